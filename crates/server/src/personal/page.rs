//! The page for people: self-contained, in the colours of the pages, to be read and printed.

use serde_json::Value;
use std::fmt::Write;

const TOKENS: &str = include_str!("../../../../web/shared/tokens.css");
const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);\
font:1rem/1.5 system-ui,sans-serif}main{max-width:46rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.5rem;margin:0}\
h2{font-size:1.125rem;margin:2rem 0 .5rem}.soft,time{color:var(--text-soft)}dl{display:grid;\
grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}dt{color:var(--text-soft)}dd{margin:0;\
overflow-wrap:anywhere}section{border-block-start:1px solid var(--line);margin-block-start:2rem}\
article{margin:.75rem 0;padding:.5rem .75rem;background:var(--surface);border:1px solid var(--line);border-radius:.5rem;\
break-inside:avoid}article.customer{background:var(--sunken)}article.note{background:var(--note-tint);\
border-color:var(--note-line)}article.step{background:none;border:0;padding:0 .75rem;color:var(--text-soft);\
font-size:.875rem}header{font-size:.875rem}p{margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8125rem;margin:.25rem 0}a{color:var(--accent)}\
@media print{body{background:none}main{max-width:none;padding:0}article{border-color:#999}}";

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn words(list: &Value) -> String {
    let all: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    escaped(&all.join(", "))
}

fn text<'a>(json: &'a Value, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_default()
}

/// What a step is called; steps of a talk that need no name are not here.
fn step(kind: &str) -> &str {
    match kind {
        "opened" => "Chat begun",
        "holder-set" => "Passed on",
        "handover-asked" => "A person was asked for",
        "handover-answered" => "Answer to the request for a person",
        "handover-ended" => "Outcome of the request for a person",
        "offered" => "Offered to a colleague",
        "rated" => "Rating",
        "tagged" => "Tags",
        "customer-set" => "Customer details",
        "identified" => "Customer known",
        "blocked" => "Writing stopped or allowed",
        "reported" => "Answer reported as wrong",
        "report-judged" => "Report judged",
        "failed" => "Something failed",
        "told" => "Notice",
        "erased" => "The words up to here were erased",
        other => other,
    }
}

/// The page.
pub(super) fn html(json: &Value) -> String {
    let name = json["names"].as_array().and_then(|names| names.last()).and_then(Value::as_str);
    let title = format!("Everything kept about {}", escaped(name.unwrap_or("this person")));
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
        content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
        style-src 'unsafe-inline'\"><title>{title}</title><style>{TOKENS}{STYLE}</style></head><body><main><h1>{title}</h1>\n"
    );
    let conversations = json["conversations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let _ = writeln!(
        out,
        "<dl><dt>Names</dt><dd>{}</dd><dt>Contact</dt><dd>{}</dd><dt>Id</dt><dd>{}</dd><dt>Conversations</dt><dd>{}</dd>\
        <dt>Made</dt><dd><time>{}</time></dd></dl>",
        words(&json["names"]),
        words(&json["contacts"]),
        escaped(text(json, "person")),
        conversations.len(),
        escaped(text(json, "made_at")),
    );
    for one in conversations {
        conversation(&mut out, one);
    }
    out.push_str("</main></body></html>\n");
    out
}

fn conversation(out: &mut String, json: &Value) {
    let _ = write!(
        out,
        "<section><h2>{} <span class=\"soft\">{}</span></h2>",
        escaped(text(json, "reference")),
        escaped(text(json, "inbox"))
    );
    if json["tags"].as_array().is_some_and(|tags| !tags.is_empty()) {
        let _ = write!(out, "<p class=\"soft\">Tags: {}</p>", words(&json["tags"]));
    }
    for event in json["events"].as_array().into_iter().flatten() {
        self::event(out, event);
    }
    out.push_str("</section>\n");
}

fn event(out: &mut String, json: &Value) {
    let (kind, said) = (text(json, "kind"), text(json, "text"));
    let by = json["by"]["name"].as_str().unwrap_or_else(|| json["by"]["kind"].as_str().unwrap_or_default());
    let at = escaped(text(json, "at"));
    let talk = matches!(kind, "said" | "edited");
    let class = match (talk, json["for_people_alone"].as_bool(), text(&json["by"], "kind")) {
        (false, ..) => "step",
        (_, Some(true), _) => "note",
        (_, _, "customer") => "customer",
        _ => "",
    };
    let head = if talk { format!("<b><bdi>{}</bdi></b>", escaped(by)) } else { escaped(step(kind)) };
    let _ = write!(out, "<article class=\"{class}\"><header>{head} <time>{at}</time></header>");
    if json["erased"] == true {
        out.push_str("<p class=\"soft\">These words were erased.</p>");
    } else if !said.is_empty() {
        let _ = write!(out, "<p dir=\"auto\">{}</p>", escaped(said));
    }
    for file in json["files"].as_array().into_iter().flatten() {
        let (path, name) = (text(file, "path"), text(file, "name"));
        // A path is made of a number and a cleaned name; what a URL reads otherwise is written as such.
        let path = path.replace('%', "%25").replace('#', "%23").replace('?', "%3F");
        let _ = write!(out, "<p><a href=\"{}\">{}</a></p>", escaped(&path), escaped(name));
    }
    for key in ["details", "bot"] {
        if let Some(details) = json.get(key).filter(|details| details.as_object().is_some_and(|all| !all.is_empty())) {
            let pretty = serde_json::to_string_pretty(details).unwrap_or_default();
            let _ = write!(out, "<pre dir=\"auto\">{}</pre>", escaped(&pretty));
        }
    }
    if kind == "rated" || kind == "handover-asked" || kind == "handover-answered" || kind == "handover-ended" {
        let pretty = serde_json::to_string_pretty(&json["facts"]).unwrap_or_default();
        let _ = write!(out, "<pre>{}</pre>", escaped(&pretty));
    }
    out.push_str("</article>\n");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn nothing_that_was_written_becomes_part_of_the_page() {
        let page = super::html(&json!({"names": ["<b>Kim</b>"], "conversations": [{"events": [
            {"kind": "said", "by": {"kind": "customer"}, "text": "<script>alert(1)</script>",
             "files": [{"path": "files/0001-a#\".txt", "name": "<i>"}]},
            {"kind": "rated", "text": "&", "details": {"comment": "</pre><script>"}}]}]}));
        assert!(!page.contains("<script") && !page.contains("<b>Kim") && !page.contains("<i>"), "{page}");
        assert!(page.contains("files/0001-a%23&quot;.txt"));
    }
}
