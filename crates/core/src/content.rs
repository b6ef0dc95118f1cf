//! What a message is made of, and the one readable text of it.

use crate::form::{Form, take_secrets};
use crate::limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One part of a message. A plug-in says of each kind whether it shows, degrades or refuses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Words, plain or in a subset of markdown.
    Text {
        /// The words.
        text: String,
        /// True: a subset of markdown.
        #[serde(default)]
        markdown: bool,
        /// Language code, if known.
        #[serde(default)]
        language: Option<String>,
    },
    /// Quick replies.
    Choices {
        /// What can be picked.
        choices: Vec<Choice>,
    },
    /// A card whose JSON is kept whole.
    Card {
        /// What sort of card, e.g. `adaptive`.
        kind: String,
        /// The card as it came.
        json: Value,
    },
    /// A file that was uploaded before.
    File {
        /// Name of the blob.
        blob: String,
        /// File name.
        name: String,
        /// Media type.
        media_type: String,
        /// Bytes.
        size: u64,
    },
    /// Fields to fill in.
    Form {
        /// The form as it came.
        json: Value,
    },
    /// What was filled in.
    FormAnswer {
        /// Field to value.
        json: Value,
        /// Fields that are secret: their values never come further than the redaction, which puts
        /// [`hidden`](crate::form::hidden) in their place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        secret: Vec<String>,
    },
    /// A link.
    Link {
        /// Where to.
        url: String,
        /// What it says.
        title: String,
    },
    /// A place on earth.
    Location {
        /// Degrees, as written.
        lat: String,
        /// Degrees, as written.
        lon: String,
        /// What it is.
        label: String,
    },
    /// A program's event.
    Event {
        /// Its name.
        name: String,
        /// Its values.
        json: Value,
    },
    /// Something of a kind that this version does not know.
    Unknown {
        /// Media type.
        media_type: String,
        /// As it came.
        json: Value,
    },
}

/// A quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the customer reads.
    pub label: String,
    /// What the bot gets.
    pub value: String,
}

/// The content of a message: ordered parts, and `plain` made once from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// In order.
    pub parts: Vec<Part>,
    /// Readable text of all parts.
    pub plain: String,
    /// The original of a protocol, kept for loss-free relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<Native>,
    /// What was taken out, where the inbox keeps it: in the order of the tokens that stand for it. Sealed once more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<Original>,
}

/// Something that was taken out of a text, sealed apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// What stands in its place.
    pub token: String,
    /// The sealed words as hexadecimal digits.
    pub sealed: String,
}

/// A message as an outside protocol wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Native {
    /// Which protocol.
    pub protocol: String,
    /// The original.
    pub json: Value,
}

/// Why a content is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing readable in it.
    #[error("a message needs a text or another part")]
    Empty,
    /// Longer than [`limits::TEXT_CHARS`].
    #[error("a message may have at most {} characters", limits::TEXT_CHARS)]
    TooLong,
    /// More than [`limits::PARTS`].
    #[error("a message may have at most {} parts", limits::PARTS)]
    TooManyParts,
}

impl Content {
    /// A plain text.
    ///
    /// # Errors
    /// Empty (white space alone) or too long.
    pub fn text(text: &str) -> Result<Self, Error> {
        Self::parts(vec![Part::Text { text: text.to_owned(), markdown: false, language: None }])
    }

    /// From parts; makes `plain`.
    ///
    /// # Errors
    /// Nothing in it, too long, or too many parts.
    pub fn parts(parts: Vec<Part>) -> Result<Self, Error> {
        if parts.len() > limits::PARTS {
            return Err(Error::TooManyParts);
        }
        let parts: Vec<Part> = parts.into_iter().map(clean).collect();
        let plain = plain(&parts);
        if plain.trim().is_empty() {
            return Err(Error::Empty);
        }
        if plain.chars().count() > limits::TEXT_CHARS {
            return Err(Error::TooLong);
        }
        Ok(Self { parts, plain, native: None, originals: Vec::new() })
    }

    /// Makes `plain` anew after its parts were changed in place. It may be longer than a new one could be. False: it was
    /// not made from the parts as they were, and stays.
    pub fn renew(&mut self, before: &[Part]) -> bool {
        let made = self.plain == plain(before);
        if made {
            self.plain = plain(&self.parts);
        }
        made
    }
}

/// Takes out control characters that no reader shows (NUL breaks text columns and terminals), keeps line breaks and tabs.
fn clean(part: Part) -> Part {
    match part {
        Part::Text { text, markdown, language } => Part::Text {
            text: if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
                text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect()
            } else {
                text
            },
            markdown,
            language,
        },
        Part::File { blob, name, media_type, size } => Part::File { blob, name: file_name(&name), media_type, size },
        other => other,
    }
}

/// Characters that change how the rest of a name is read: they turn `invoice\u{202e}fdp.exe` into something else.
fn turns_or_hides(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A file's name as it can be shown and saved: no path, nothing that steers the text's direction or hides, none of the
/// characters that a file system forbids, not longer than [`limits::FILE_NAME_CHARS`], its ending kept.
pub fn file_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).find(|part| !part.trim_matches(['.', ' ']).is_empty()).unwrap_or_default();
    let cleaned: String = last
        .chars()
        .filter(|c| !c.is_control() && !turns_or_hides(*c))
        .map(|c| if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    let cleaned = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if cleaned.is_empty() {
        return "file".to_owned();
    }
    if cleaned.chars().count() <= limits::FILE_NAME_CHARS {
        return cleaned.to_owned();
    }
    let ending = cleaned.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 10);
    let keep = limits::FILE_NAME_CHARS - ending.map_or(0, |ending| ending.chars().count() + 1);
    let start: String = cleaned.chars().take(keep).collect();
    // As above, where the cut has made a new end.
    let start = start.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    ending.map_or_else(|| start.to_owned(), |ending| format!("{start}.{ending}"))
}

/// A size as people read it.
fn size_words(bytes: u64) -> String {
    const KB: u64 = 1024;
    match bytes {
        0..KB => format!("{bytes} bytes"),
        KB..1_048_576 => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn form_words(form: &Form) -> String {
    let labels: Vec<String> = form.fields.iter().map(|field| format!("[{}]", field.label)).collect();
    let lines = [form.title.clone(), form.text.clone(), Some(labels.join(" "))];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A readable text never holds a secret, not even before it was taken out.
fn answer_words(json: &Value, secret: &[String]) -> String {
    let mut json = json.clone();
    take_secrets(&mut json, secret);
    json.to_string()
}

fn plain(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        let line = match part {
            Part::Text { text, .. } => text.clone(),
            Part::Choices { choices } => {
                choices.iter().map(|choice| format!("[{}]", choice.label)).collect::<Vec<_>>().join(" ")
            }
            Part::Card { json, .. } => {
                json.get("title").or_else(|| json.get("text")).and_then(Value::as_str).unwrap_or("[card]").to_owned()
            }
            Part::File { name, size, .. } => format!("[file: {name}, {}]", size_words(*size)),
            Part::Form { json } => Form::of(json).map_or_else(|| "[form]".to_owned(), |form| form_words(&form)),
            Part::FormAnswer { json, secret } => answer_words(json, secret),
            Part::Link { url, title } => format!("{title} ({url})"),
            Part::Location { label, .. } => label.clone(),
            Part::Event { name, .. } => format!("[{name}]"),
            Part::Unknown { media_type, .. } => format!("[{media_type}]"),
        };
        if !out.is_empty() && !line.is_empty() {
            out.push('\n');
        }
        out.push_str(&line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_white_space_is_refused_and_a_long_one_too() {
        assert_eq!(Content::text(" \n "), Err(Error::Empty));
        assert_eq!(Content::text(&"x".repeat(limits::TEXT_CHARS + 1)), Err(Error::TooLong));
        assert!(Content::text(&"ü".repeat(limits::TEXT_CHARS)).is_ok());
    }

    #[test]
    fn control_characters_are_taken_out_and_line_breaks_stay() {
        let content = Content::text("a\u{0}b\nc\u{7}").expect("acceptable");
        assert_eq!(content.plain, "ab\nc");
    }

    #[test]
    fn a_files_name_is_shown_without_path_direction_marks_and_forbidden_characters() {
        for (raw, shown) in [
            ("invoice.pdf", "invoice.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\Kim\\bill.pdf", "bill.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}b\u{0}c\n.txt", "abc.txt"),
            ("who<is>it?.png", "who_is_it_.png"),
            ("..", "file"),
            (" . ", "file"),
            ("folder/", "folder"),
            ("зов 名前.pdf", "зов 名前.pdf"),
        ] {
            assert_eq!(file_name(raw), shown, "{raw:?}");
        }
        let long = file_name(&format!("{}.pdf", "x".repeat(300)));
        assert_eq!((long.chars().count(), &long[long.len() - 4..]), (limits::FILE_NAME_CHARS, ".pdf"));
    }

    #[test]
    fn a_file_can_be_read_as_text() {
        let file = |name: &str, size| Part::File {
            blob: "b".into(),
            name: name.into(),
            media_type: "application/pdf".into(),
            size,
        };
        let words = Part::Text { text: "Here it is".into(), markdown: false, language: None };
        let content = Content::parts(vec![words, file("x/invoice.pdf", 122_000)]).expect("acceptable");
        assert_eq!(content.plain, "Here it is\n[file: invoice.pdf, 120 KB]");
        assert_eq!(Content::parts(vec![file("a.txt", 12)]).expect("acceptable").plain, "[file: a.txt, 12 bytes]");
        assert_eq!(Content::parts(vec![file("a.mp4", 1_600_000)]).expect("acceptable").plain, "[file: a.mp4, 1.5 MB]");
    }
}
