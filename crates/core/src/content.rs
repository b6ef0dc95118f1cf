//! What a message is made of, and the one readable text of it.

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
        Ok(Self { parts, plain, native: None })
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
        other => other,
    }
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
            Part::File { name, .. } => format!("[{name}]"),
            Part::Form { .. } => "[form]".to_owned(),
            Part::FormAnswer { json } => json.to_string(),
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
}
