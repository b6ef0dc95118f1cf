//! Messages and lines as both contracts write them.

use super::read::{WireError, typed};
use baton_core::content::{Choice as CoreChoice, Content, Part as CorePart};
use baton_core::form::Form;
use baton_core::limits;
use baton_kit::bot::Line as KitLine;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A message: a text, a text with quick replies, or parts.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Message {
    /// A plain text.
    Text(String),
    /// A text, with quick replies if wanted.
    Rich(Rich),
    /// Parts in order.
    Parts(Parts),
}

/// A text, with quick replies if wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rich {
    /// The words.
    pub text: String,
    /// True: a subset of markdown.
    #[serde(default)]
    pub markdown: bool,
    /// Language code, if it is not the conversation's.
    #[serde(default)]
    pub language: Option<String>,
    /// Quick replies.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// Parts in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parts {
    /// In order.
    pub parts: Vec<Part>,
}

// By hand: an untagged enum says "did not match any variant" where a developer needs to know which field is wrong.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let value = Value::deserialize(from)?;
        // The place of the message itself is added outside.
        let inner = |error: WireError| match error.place.as_str() {
            "body" => D::Error::custom(error.what),
            _ => D::Error::custom(error),
        };
        let forms = "a message is a string, {\"text\": …, \"choices\": […]} or {\"parts\": […]}";
        let (text, parts) = (value.get("text").is_some(), value.get("parts").is_some());
        match value {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Object(_) if text && !parts => typed(value).map(Self::Rich).map_err(inner),
            Value::Object(_) if parts && !text => typed(value).map(Self::Parts).map_err(inner),
            _ => Err(D::Error::custom(forms)),
        }
    }
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Words.
    Text {
        /// The words.
        text: String,
        /// True: a subset of markdown.
        #[serde(default)]
        markdown: bool,
        /// Language code, if it is not the conversation's.
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
        /// The card.
        json: Value,
    },
    /// A file of the customer. Baton sends these and takes none.
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
        /// The form: `{"title"?, "text"?, "fields": [{"key", "label", "kind", "required"?, "options"?, "one_time"?}]}`.
        json: Value,
    },
    /// What was filled in. Baton sends these.
    FormAnswer {
        /// Field to value.
        json: Value,
        /// Fields that are secret: a token stands in the place of their values.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        secret: Vec<String>,
    },
    /// A link: http, https, mailto or tel.
    Link {
        /// Where to.
        url: String,
        /// What it says.
        title: String,
    },
    /// A place on earth.
    Location {
        /// Degrees north, as written.
        lat: String,
        /// Degrees east, as written.
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

/// A quick reply: a label, or a label with the value that is sent when it is picked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "ChoiceForm")]
pub struct Choice {
    /// What the customer reads.
    pub label: String,
    /// What the bot gets.
    pub value: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a string, or an object with `label` and `value`")]
enum ChoiceForm {
    /// Label and value alike.
    Label(String),
    /// Apart.
    Pair {
        /// What the customer reads.
        label: String,
        /// What the bot gets; the label if it is not given.
        #[serde(default)]
        value: Option<String>,
    },
}

impl From<ChoiceForm> for Choice {
    fn from(form: ChoiceForm) -> Self {
        match form {
            ChoiceForm::Label(label) => Self { value: label.clone(), label },
            ChoiceForm::Pair { label, value } => Self { value: value.unwrap_or_else(|| label.clone()), label },
        }
    }
}

/// A line of the transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Position in what the customer sees.
    pub position: u64,
    /// When, UTC milliseconds since 1970.
    pub at: i64,
    /// `customer`, `bot`, `agent`, `target` or `house` (a notice).
    pub by: String,
    /// Name under which it was shown.
    pub name: Option<String>,
    /// Readable text.
    pub text: String,
}

impl From<&KitLine> for Line {
    fn from(line: &KitLine) -> Self {
        Self {
            position: line.position,
            at: line.at,
            by: line.by.to_owned(),
            name: line.name.clone(),
            text: line.text.clone(),
        }
    }
}

impl Message {
    /// As the log keeps it.
    ///
    /// # Errors
    /// Empty, too long, or a part that may not come from outside; the place starts with `place`.
    pub fn into_content(self, place: &str) -> Result<Content, WireError> {
        let parts = match self {
            Self::Text(text) => vec![CorePart::Text { text, markdown: false, language: None }],
            Self::Rich(Rich { text, markdown, language, choices }) => {
                let mut parts = vec![CorePart::Text { text, markdown, language }];
                if !choices.is_empty() {
                    parts.push(Part::Choices { choices }.into_core(place)?);
                }
                parts
            }
            Self::Parts(Parts { parts }) => {
                let numbered = parts.into_iter().take(limits::PARTS + 1).enumerate();
                numbered
                    .map(|(at, part)| part.into_core(&format!("{place}.parts[{at}]")))
                    .collect::<Result<Vec<_>, _>>()?
            }
        };
        Content::parts(parts).map_err(|error| WireError::at(place, error.to_string()))
    }
}

impl Part {
    fn into_core(self, place: &str) -> Result<CorePart, WireError> {
        Ok(match self {
            Self::Text { text, markdown, language } => CorePart::Text { text, markdown, language },
            Self::Choices { choices } => {
                if choices.is_empty() || choices.len() > limits::PARTS {
                    return Err(WireError::at(format!("{place}.choices"), format!("1 to {}", limits::PARTS)));
                }
                let long = |text: &str| text.trim().is_empty() || text.chars().count() > limits::NAME_CHARS;
                if choices.iter().any(|choice| long(&choice.label) || choice.value.chars().count() > limits::NOTE_CHARS)
                {
                    let what = format!("a label has 1 to {} characters", limits::NAME_CHARS);
                    return Err(WireError::at(format!("{place}.choices"), what));
                }
                let choices = choices.into_iter();
                CorePart::Choices {
                    choices: choices.map(|Choice { label, value }| CoreChoice { label, value }).collect(),
                }
            }
            Self::Card { kind, json } => CorePart::Card { kind, json },
            Self::File { .. } => return Err(WireError::at(place, "Baton takes no files; send a link")),
            Self::Form { json } => {
                let at = |part: &str| match part {
                    "body" => format!("{place}.json"),
                    part => format!("{place}.json.{part}"),
                };
                let form: Form = typed(json.clone()).map_err(|error| WireError::at(at(&error.place), error.what))?;
                form.check().map_err(|unfit| WireError::at(at(&unfit.place), unfit.why))?;
                CorePart::Form { json }
            }
            Self::FormAnswer { json, secret } => CorePart::FormAnswer { json, secret },
            Self::Link { url, title } => {
                // A page turns this into something to click on: `javascript:` must never get there.
                let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
                if !matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel") {
                    return Err(WireError::at(format!("{place}.url"), "must be http, https, mailto or tel"));
                }
                CorePart::Link { url, title }
            }
            Self::Location { lat, lon, label } => CorePart::Location { lat, lon, label },
            Self::Event { name, json } => CorePart::Event { name, json },
            Self::Unknown { media_type, json } => CorePart::Unknown { media_type, json },
        })
    }
}

impl From<&CorePart> for Part {
    fn from(part: &CorePart) -> Self {
        match part.clone() {
            CorePart::Text { text, markdown, language } => Self::Text { text, markdown, language },
            CorePart::Choices { choices } => Self::Choices {
                choices: choices
                    .into_iter()
                    .map(|choice| Choice { label: choice.label, value: choice.value })
                    .collect(),
            },
            CorePart::Card { kind, json } => Self::Card { kind, json },
            CorePart::File { blob, name, media_type, size } => Self::File { blob, name, media_type, size },
            CorePart::Form { json } => Self::Form { json },
            CorePart::FormAnswer { json, secret } => Self::FormAnswer { json, secret },
            CorePart::Link { url, title } => Self::Link { url, title },
            CorePart::Location { lat, lon, label } => Self::Location { lat, lon, label },
            CorePart::Event { name, json } => Self::Event { name, json },
            CorePart::Unknown { media_type, json } => Self::Unknown { media_type, json },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn content(value: Value) -> Result<Content, WireError> {
        typed::<Message>(value)?.into_content("messages[0]")
    }

    #[test]
    fn the_three_forms_of_a_message_are_read() {
        assert_eq!(content(json!("Hello")).expect("a text").plain, "Hello");
        let rich = content(json!({"text": "Which?", "choices": ["One", {"label": "Two", "value": "2"}]}));
        assert_eq!(rich.expect("choices").plain, "Which?\n[One] [Two]");
        let parts = json!({"parts": [{"type": "text", "text": "See"},
            {"type": "link", "url": "https://example.org", "title": "the page"}]});
        assert_eq!(content(parts).expect("parts").plain, "See\nthe page (https://example.org)");
        let form = json!({"title": "Your PIN", "fields": [{"key": "pin", "label": "PIN", "kind": "secret"}]});
        let form = content(json!({"parts": [{"type": "form", "json": form}]}));
        assert_eq!(form.expect("a form").plain, "Your PIN\n[PIN]");
    }

    #[test]
    fn what_is_no_message_is_told_with_its_place() {
        for (value, part) in [
            (json!(7), "a message is a string"),
            (json!({}), "a message is a string"),
            (json!({"text": "a", "parts": []}), "a message is a string"),
            (json!({"text": 7}), "text: expected a string"),
            (json!({"text": "a", "choices": [7]}), "choices[0]: expected a string, or an object"),
            (json!({"text": "a", "choices": [""]}), "messages[0].choices: a label has 1 to"),
            (json!({"parts": [{"type": "hologram"}]}), "parts[0].type: expected one of"),
            (json!({"parts": [{"type": "link", "url": "JavaScript:alert(1)", "title": "x"}]}), "parts[0].url: must be"),
            (json!({"parts": [{"type": "file", "blob": "b", "name": "n", "media_type": "m", "size": 1}]}), "no files"),
            (
                json!({"parts": [{"type": "form", "json": {"fields": [{"key": "pin", "label": "PIN"}]}}]}),
                "parts[0].json.fields[0]: ",
            ),
            (json!({"parts": [{"type": "form", "json": {"fields": []}}]}), "parts[0].json.fields: a form asks"),
            (json!("  "), "messages[0]: a message needs"),
            (json!({"parts": []}), "messages[0]: a message needs"),
        ] {
            let error = content(value.clone()).expect_err("no message").to_string();
            assert!(error.contains(part), "{value} gave {error}");
        }
    }
}
