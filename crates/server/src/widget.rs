//! How the widget of an inbox looks and what it offers: set by an administrator beside the inbox's card, checked here, read
//! by pages before a chat begins. No decision depends on it.

use crate::app::App;
use crate::demo;
use crate::files::kind;
use crate::problem::Problem;
use baton_core::event::Object;
use baton_core::form::{self, Field, FieldKind, Wrong};
use baton_core::ids::InboxId;
use baton_core::limits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is set. A member that is left out has its usual value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Widget {
    /// `#rrggbb`; none: the house's own.
    pub(crate) accent: Option<String>,
    pub(crate) position: Position,
    pub(crate) title: Option<String>,
    /// First line before the chat.
    pub(crate) opening: Option<String>,
    /// Texts instead of the catalogue's, by its keys.
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) pre_chat: Vec<Field>,
    /// Whether customers may send files.
    pub(crate) files: bool,
    pub(crate) file_bytes: u64,
    /// Groups of types; see [`kind::GROUPS`].
    pub(crate) file_types: Vec<String>,
    pub(crate) transcript: bool,
    pub(crate) sound: bool,
    pub(crate) privacy_url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Position {
    #[default]
    End,
    Start,
}

impl Default for Widget {
    fn default() -> Self {
        Self {
            accent: None,
            position: Position::End,
            title: None,
            opening: None,
            texts: BTreeMap::new(),
            pre_chat: Vec::new(),
            files: true,
            file_bytes: limits::FILE_BYTES,
            file_types: kind::USUAL.iter().map(|group| (*group).to_owned()).collect(),
            transcript: true,
            sound: true,
            privacy_url: None,
        }
    }
}

fn invalid(place: &str, why: impl std::fmt::Display) -> Problem {
    Problem::new(422, "object_invalid", format!("{place}: {why}"))
}

fn words(place: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.trim().is_empty() || text.chars().count() > most || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(invalid(place, format!("give a text of 1 to {most} characters")));
    }
    Ok(())
}

/// Contrast of a colour with white, as WCAG 2.2 counts it.
fn contrast_with_white(colour: [u8; 3]) -> f64 {
    let light = |byte: u8| {
        let part = f64::from(byte) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * light(colour[0]) + 0.7152 * light(colour[1]) + 0.0722 * light(colour[2]);
    1.05 / (luminance + 0.05)
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|rest| rest.len() == 6 && rest.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

impl Widget {
    /// Says what is wrong with it, if anything.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if let Some(accent) = &self.accent {
            let colour = colour(accent).ok_or_else(|| invalid("widget.accent", "write a colour as #rrggbb"))?;
            let contrast = contrast_with_white(colour);
            if contrast < limits::CONTRAST {
                let least = limits::CONTRAST;
                let why = format!(
                    "white text on {accent} has a contrast of {contrast:.1}:1; at least {least}:1 is needed to read it, so take a darker colour"
                );
                return Err(invalid("widget.accent", why));
            }
        }
        for (place, text, most) in [
            ("widget.title", &self.title, limits::NAME_CHARS),
            ("widget.opening", &self.opening, limits::WIDGET_TEXT_CHARS),
        ] {
            if let Some(text) = text {
                words(place, text, most)?;
            }
        }
        if self.texts.len() > limits::WIDGET_TEXTS {
            return Err(invalid("widget.texts", format!("at most {} texts", limits::WIDGET_TEXTS)));
        }
        for (key, text) in &self.texts {
            let good =
                (1..=60).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            if !good {
                return Err(invalid("widget.texts", "a key is one of the widget's catalogue, e.g. `launcher.open`"));
            }
            words(&format!("widget.texts.{key}"), text, limits::WIDGET_TEXT_CHARS)?;
        }
        self.check_fields()?;
        if !(1..=limits::FILE_BYTES_MOST).contains(&self.file_bytes) {
            return Err(invalid("widget.file_bytes", format!("1 to {} bytes", limits::FILE_BYTES_MOST)));
        }
        if let Some(group) = self.file_types.iter().find(|group| !kind::GROUPS.contains(&group.as_str())) {
            return Err(invalid("widget.file_types", format!("{group:?} is none of {}", kind::GROUPS.join(", "))));
        }
        if let Some(url) = &self.privacy_url
            && (!(url.starts_with("https://") || url.starts_with("http://"))
                || url.len() > 2_000
                || url.chars().any(|c| c.is_control() || c.is_whitespace()))
        {
            return Err(invalid("widget.privacy_url", "give an address that begins with https://"));
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<(), Problem> {
        // What is answered before a chat becomes the customer's name, contact and variables, which people read.
        if let Some(number) = self.pre_chat.iter().position(|field| field.kind == FieldKind::Secret) {
            let why = "a secret can be asked only in the chat, by a form";
            return Err(invalid(&format!("widget.pre_chat[{number}].kind"), why));
        }
        form::check("widget.pre_chat", &self.pre_chat).map_err(|unfit| invalid(&unfit.place, unfit.why))
    }

    /// Checks what a customer filled in; a field whose key is in `known` need not be.
    pub(crate) fn filled(
        &self,
        fields: &Map<String, Value>,
        known: &[&str],
    ) -> Result<BTreeMap<String, String>, Problem> {
        form::filled(&self.pre_chat, fields, known).map_err(|wrong| match wrong {
            Wrong::Unasked { key } => {
                Problem::new(422, "field_invalid", format!("{key}: this inbox does not ask this")).with("field", key)
            }
            Wrong::Missing { key, label } => {
                let why = format!("Fill in \u{201c}{label}\u{201d} before the chat.");
                Problem::new(422, "field_required", why).with("field", key)
            }
            Wrong::Unfit { key, why } => Problem::new(422, "field_invalid", format!("{key}: {why}")).with("field", key),
        })
    }

    /// As a page reads it before a chat.
    pub(crate) fn public(&self, demo: bool) -> Value {
        let mut out = serde_json::to_value(self).unwrap_or_default();
        out["file_types"] = json!(kind::media_types(self.file_types.iter().map(String::as_str)));
        out["demo"] = json!(demo);
        out
    }
}

/// The form of a mail address, no more: only a mail can tell whether somebody reads it.
/// What is set for an inbox in the configuration's JSON.
pub(crate) fn of(json: &Value) -> Widget {
    json.get("widget").and_then(|widget| serde_json::from_value(widget.clone()).ok()).unwrap_or_default()
}

impl App {
    /// The widget of an inbox as it is set, or the usual one.
    pub(crate) fn widget(&self, inbox: InboxId) -> Widget {
        self.engine.config().get(Object::Inbox, inbox.0).map(of).unwrap_or_default()
    }

    /// The same, as a page reads it.
    pub(crate) fn public_widget(&self, inbox: InboxId) -> Value {
        self.widget(inbox).public(demo::is_demo(&self.engine.config(), inbox))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, kind: FieldKind, required: bool) -> Field {
        Field { key: key.into(), label: "Label".into(), kind, required, options: Vec::new(), one_time: false }
    }

    #[test]
    fn a_colour_on_which_white_text_cannot_be_read_is_refused_with_its_contrast() {
        let with = |accent: &str| Widget { accent: Some(accent.into()), ..Widget::default() }.check();
        assert!(with("#0a6654").is_ok() && with("#767676").is_ok() && with("#000000").is_ok());
        for (accent, why) in [("#777777", "4.5:1"), ("#ffcc00", "1.5:1"), ("green", "#rrggbb"), ("#12345", "#rrggbb")] {
            let problem = with(accent).expect_err(accent).json().to_string();
            assert!(problem.contains(why), "{problem}");
        }
    }

    #[test]
    fn what_is_set_wrongly_is_refused_by_its_place() {
        let select = |options: &[&str]| Field {
            options: options.iter().map(|o| (*o).to_owned()).collect(),
            ..field("topic", FieldKind::Select, false)
        };
        for (widget, place) in [
            (Widget { pre_chat: vec![field("a", FieldKind::Text, true); 2], ..Widget::default() }, "pre_chat[1].key"),
            (Widget { pre_chat: vec![field("Ä", FieldKind::Text, true)], ..Widget::default() }, "pre_chat[0].key"),
            (Widget { pre_chat: vec![select(&["one"])], ..Widget::default() }, "pre_chat[0].options"),
            (Widget { pre_chat: vec![field("pin", FieldKind::Secret, true)], ..Widget::default() }, "pre_chat[0].kind"),
            (Widget { title: Some(" ".into()), ..Widget::default() }, "widget.title"),
            (Widget { file_types: vec!["program".into()], ..Widget::default() }, "widget.file_types"),
            (Widget { file_bytes: 1 << 40, ..Widget::default() }, "widget.file_bytes"),
            (Widget { privacy_url: Some("javascript:alert(1)".into()), ..Widget::default() }, "widget.privacy_url"),
            (Widget { texts: [("a b".into(), "x".into())].into(), ..Widget::default() }, "widget.texts"),
        ] {
            let problem = widget.check().expect_err(place).json().to_string();
            assert!(problem.contains(place), "{problem}");
        }
        let nine = (0..9).map(|n| field(&format!("f{n}"), FieldKind::Text, false)).collect();
        assert!(Widget { pre_chat: nine, ..Widget::default() }.check().is_err());
        assert!(Widget { pre_chat: vec![select(&["one", "two"])], ..Widget::default() }.check().is_ok());
    }

    #[test]
    fn answers_before_the_chat_are_checked_field_by_field() {
        let widget = Widget {
            pre_chat: vec![
                field("name", FieldKind::Text, true),
                field("mail", FieldKind::Mail, false),
                Field { options: vec!["Order".into(), "Return".into()], ..field("topic", FieldKind::Select, false) },
            ],
            ..Widget::default()
        };
        let filled = |json: Value, known: &[&str]| {
            let fields = json.as_object().expect("an object").clone();
            widget.filled(&fields, known).map_err(|problem| problem.code())
        };
        let good = filled(json!({"name": " Kim ", "topic": "Order"}), &[]).expect("good");
        assert_eq!((good["name"].as_str(), good["topic"].as_str(), good.len()), ("Kim", "Order", 2));
        assert_eq!(filled(json!({}), &[]), Err("field_required"));
        assert!(filled(json!({}), &["name"]).is_ok());
        for bad in [
            json!({"name": "Kim", "mail": "nobody"}),
            json!({"name": "Kim", "topic": "Else"}),
            json!({"name": "Kim", "sudo": "yes"}),
            json!({"name": 7}),
            json!({"name": "x".repeat(81)}),
        ] {
            assert_eq!(filled(bad, &[]), Err("field_invalid"));
        }
    }
}
