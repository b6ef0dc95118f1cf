//! The chat to keep: what the customer saw, and nothing else, as text or as a page without scripts.

use super::Customer;
use crate::app::App;
use crate::json::Query;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::event::{Body as Sealed, Fact};
use baton_core::ids::reference;
use baton_core::limits;
use baton_core::refusal::Refusal;
use baton_core::words::Words;
use baton_engine::Opened;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Txt,
    Html,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    format: Format,
}

/// A chat that is being written out, page by page: one of any length takes the memory of a page.
struct Writing {
    app: App,
    customer: Customer,
    format: Format,
    zone: TimeZone,
    words: &'static Words,
    /// The customer's name, as soon as it is known.
    name: Option<String>,
    /// What is written next.
    text: String,
    /// After which position; none: all is written.
    after: Option<u64>,
}

pub(super) async fn transcript(
    State(app): State<App>,
    customer: Customer,
    Query(Asked { format }): Query<Asked>,
) -> Result<Response, Problem> {
    let state = app.engine.conversation(&customer.permit, customer.id).await?;
    if !app.widget(state.inbox).transcript {
        return Err(Refusal::NotAllowed.into());
    }
    let settings = app.engine.settings();
    let inbox = settings.inboxes.get(&state.inbox);
    let zone_name = inbox.and_then(|inbox| inbox.time_zone.as_deref()).unwrap_or("UTC");
    let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
    let short = reference(customer.id);
    let words = Words::of(&state.language);
    let mut writing =
        Writing { app: app.clone(), customer, format, zone, words, name: None, text: String::new(), after: Some(0) };
    writing.begin(inbox.map_or("Baton", |inbox| inbox.name.as_str()), &short, zone_name);
    let pages = futures_util::stream::unfold(writing, Writing::next);
    let (media_type, ending) = match format {
        Format::Txt => ("text/plain; charset=utf-8", "txt"),
        Format::Html => ("text/html; charset=utf-8", "html"),
    };
    let name = HeaderValue::from_str(&format!("attachment; filename=\"chat-{short}.{ending}\""));
    let mut response = Body::from_stream(pages).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

impl Writing {
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        let after = self.after?;
        let page = self.app.engine.positions(&self.customer.permit, self.customer.id, after, limits::PAGE).await;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%error, "a transcript could not be read to its end");
                self.after = None;
                return Some((Err(std::io::Error::other("the chat cannot be read")), self));
            }
        };
        for event in &page {
            self.add(event);
        }
        let last = page.last().and_then(|event| event.header.position);
        self.after = last.filter(|_| page.len() == limits::PAGE);
        if self.after.is_none() && self.format == Format::Html {
            self.text.push_str("</main></body></html>\n");
        }
        Some((Ok(Bytes::from(std::mem::take(&mut self.text))), self))
    }

    fn begin(&mut self, house: &str, short: &str, zone: &str) {
        let language = self.words.language();
        self.text = match self.format {
            Format::Txt => format!("{house}\n{short} ({zone})\n\n"),
            Format::Html => {
                let direction = if language == "ar" { "rtl" } else { "ltr" };
                let title = format!("{} {short}", escaped(house));
                format!(
                    "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
                    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
                    <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
                    <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{}</p>\n",
                    escaped(zone)
                )
            }
        };
    }

    fn add(&mut self, event: &Opened) {
        let (class, name, text) = match (&event.header.fact, &event.body) {
            (Fact::Opened(_), Some(Sealed::Opening { name, .. })) => {
                self.name = name.clone().or(self.name.take());
                return;
            }
            (Fact::Said(_), Some(Sealed::Message { content, shown_name, .. })) => {
                let customer = event.header.actor.who == Who::Customer;
                let you = || self.name.clone().unwrap_or_else(|| self.words.text("transcript.you").to_owned());
                let name = if customer { Some(you()) } else { shown_name.clone() };
                (if customer { "own" } else { "" }, name, content.plain.clone())
            }
            (Fact::Told(_), Some(Sealed::Notice { words, .. })) => ("house", None, words.clone()),
            _ => return,
        };
        let at = Timestamp::from_millisecond(event.header.at).unwrap_or(Timestamp::UNIX_EPOCH);
        let at = at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let line = match self.format {
            Format::Txt => {
                let name = name.map_or(String::new(), |name| format!("{}: ", name.replace('\n', " ")));
                // A line of a text must not look like the line of somebody else.
                let text = text.replace("\r\n", "\n").replace(['\r', '\n'], "\n    ");
                format!("[{at}] {name}{text}\n")
            }
            Format::Html => {
                let name = name.map_or(String::new(), |name| format!("<b><bdi>{}</bdi></b> ", escaped(&name)));
                let text = escaped(&text);
                format!(
                    "<article class=\"{class}\"><header>{name}<time>{at}</time></header><p dir=\"auto\">{text}</p></article>\n"
                )
            }
        };
        self.text.push_str(&line);
    }
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:44rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.25rem}article{margin:1rem 0}header{font-size:.875rem}time{opacity:.75}p{margin:.25rem 0;white-space:pre-wrap;\
overflow-wrap:anywhere}.own{border-inline-start:3px solid;padding-inline-start:.75rem}.house{font-style:italic}";

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_was_written_becomes_part_of_the_page() {
        assert_eq!(super::escaped("<img src=x onerror='a&b'>\""), "&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;&quot;");
    }
}
