//! Forms: what is asked before a chat and in one. What is filled in stands in the transcript; a secret never does.

use crate::limits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A form in a message, as whoever asks writes it. Members that this version does not know are kept and not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Above the fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Below the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// In order.
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Under which the answer is given.
    pub key: String,
    /// What the customer reads.
    pub label: String,
    /// What is asked for.
    pub kind: FieldKind,
    /// Whether it may be left empty.
    #[serde(default)]
    pub required: bool,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// A secret that is good for one time: devices offer the code that they were just sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_time: bool,
}

/// What a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// A mail address.
    Mail,
    /// A telephone number.
    Phone,
    /// One of the options.
    Select,
    /// Several lines.
    Area,
    /// A PIN, a password, a one-time code: it is typed unseen and never stands in the transcript.
    Secret,
}

/// Why a form cannot be used, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Unfit {
    /// Which member.
    pub place: String,
    /// What is to be put right.
    pub why: String,
}

/// Why an answer to a form was not taken. None of them says what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such field.
    Unasked {
        /// The name that was given.
        key: String,
    },
    /// It must be filled in.
    Missing {
        /// Which field.
        key: String,
        /// What the customer reads there.
        label: String,
    },
    /// It cannot be right.
    Unfit {
        /// Which field.
        key: String,
        /// Why.
        why: String,
    },
}

/// What stands in the place of a secret, wherever the answer is read.
pub fn hidden(key: &str) -> String {
    format!("[hidden: {key}]")
}

/// Puts [`hidden`] in the place of these secrets and says what stood there: the token, and the words. What is no object
/// is hidden as a whole.
pub fn take_secrets(json: &mut Value, secret: &[String]) -> Vec<(String, String)> {
    let take = |place: &mut Value, key: &str| {
        let token = hidden(key);
        let words = match std::mem::replace(place, token.clone().into()) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        (!words.is_empty() && words != token).then_some((token, words))
    };
    match json {
        Value::Object(members) => secret.iter().filter_map(|key| take(members.get_mut(key)?, key)).collect(),
        other => secret.first().and_then(|key| take(other, key)).into_iter().collect(),
    }
}

/// Whether a text can be shown as words.
fn words(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// Says what is wrong with these questions, if anything; `place` is what they are called.
///
/// # Errors
/// The first fault.
pub fn check(place: &str, fields: &[Field]) -> Result<(), Unfit> {
    if fields.len() > limits::PRE_CHAT_FIELDS {
        let why = format!("at most {} questions", limits::PRE_CHAT_FIELDS);
        return Err(Unfit { place: place.to_owned(), why });
    }
    let label = |text: &str| words(text, limits::NAME_CHARS);
    let mut keys = BTreeSet::new();
    for (number, field) in fields.iter().enumerate() {
        let unfit =
            |part: &str, why: &str| Err(Unfit { place: format!("{place}[{number}].{part}"), why: why.to_owned() });
        let good = (1..=40).contains(&field.key.len())
            && field.key.starts_with(|c: char| c.is_ascii_lowercase())
            && field.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !good {
            return unfit("key", "use 1 to 40 of the characters a-z, 0-9 and _, a letter first");
        }
        if !keys.insert(&field.key) {
            return unfit("key", "another question has this key");
        }
        if !label(&field.label) {
            return unfit("label", &format!("give a text of 1 to {} characters", limits::NAME_CHARS));
        }
        match (field.kind, field.options.len()) {
            (FieldKind::Select, 2..=limits::PRE_CHAT_OPTIONS) if field.options.iter().all(|one| label(one)) => {}
            (FieldKind::Select, _) => {
                let most = limits::PRE_CHAT_OPTIONS;
                return unfit("options", &format!("a choice needs 2 to {most} options of 1 to 80 characters"));
            }
            (_, 0) => {}
            _ => return unfit("options", "only a field of the kind `select` has options"),
        }
        if field.one_time && field.kind != FieldKind::Secret {
            return unfit("one_time", "only a field of the kind `secret` is good for one time");
        }
    }
    Ok(())
}

/// Checks what a customer filled in; a field whose key is in `known` need not be. A secret stays as it was typed, spaces too.
///
/// # Errors
/// The first fault.
pub fn filled(
    fields: &[Field],
    values: &Map<String, Value>,
    known: &[&str],
) -> Result<BTreeMap<String, String>, Wrong> {
    if let Some(key) = values.keys().find(|key| !fields.iter().any(|field| field.key == **key)) {
        return Err(Wrong::Unasked { key: key.chars().take(40).collect() });
    }
    let mut out = BTreeMap::new();
    for Field { key, label, kind, required, options, .. } in fields {
        let unfit = |why: &str| Err(Wrong::Unfit { key: key.clone(), why: why.to_owned() });
        let text = match values.get(key) {
            None | Some(Value::Null) => "",
            Some(Value::String(text)) if *kind == FieldKind::Secret => text,
            Some(Value::String(text)) => text.trim(),
            Some(_) => return unfit("give a text"),
        };
        if text.trim().is_empty() {
            if *required && !known.contains(&key.as_str()) {
                return Err(Wrong::Missing { key: key.clone(), label: label.clone() });
            }
            continue;
        }
        let most = match (kind, key.as_str()) {
            (FieldKind::Secret, _) => limits::SECRET_CHARS,
            (_, "name") => limits::NAME_CHARS,
            (FieldKind::Area, _) => limits::PRE_CHAT_AREA_CHARS,
            _ => limits::PRE_CHAT_CHARS,
        };
        let lines = *kind == FieldKind::Area;
        if text.chars().count() > most || text.chars().any(|c| c.is_control() && !(lines && c == '\n')) {
            return unfit(&format!("give at most {most} characters"));
        }
        match kind {
            FieldKind::Mail if !is_mail(text) => return unfit("this is no mail address"),
            FieldKind::Phone if !is_phone(text) => return unfit("this is no telephone number"),
            FieldKind::Select if !options.iter().any(|option| option == text) => {
                return unfit("choose one of the options");
            }
            _ => {}
        }
        out.insert(key.clone(), text.to_owned());
    }
    Ok(out)
}

/// Whether this can be a mail address.
pub fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
    }) && text.len() <= 200
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (4..=20).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c))
}

impl Form {
    /// The form of a part; `None`: it is none that this version can show.
    pub fn of(json: &Value) -> Option<Self> {
        Self::deserialize(json).ok().filter(|form: &Self| form.check().is_ok())
    }

    /// Says what is wrong with it, if anything.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Unfit> {
        let unfit = |place: &str, why: String| Err(Unfit { place: place.to_owned(), why });
        for (place, text, most) in
            [("title", &self.title, limits::NAME_CHARS), ("text", &self.text, limits::WIDGET_TEXT_CHARS)]
        {
            if text.as_ref().is_some_and(|text| !words(text, most)) {
                return unfit(place, format!("give a text of 1 to {most} characters"));
            }
        }
        if self.fields.is_empty() {
            return unfit("fields", "a form asks at least one question".to_owned());
        }
        check("fields", &self.fields)
    }

    /// The keys of the secrets that it asks for.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.kind == FieldKind::Secret).map(|field| field.key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(fields: Value) -> Form {
        serde_json::from_value(json!({"title": "Confirm", "fields": fields})).expect("a form")
    }

    #[test]
    fn a_form_that_cannot_be_shown_is_told_with_its_place() {
        let pin = json!({"key": "pin", "label": "PIN", "kind": "secret", "required": true, "one_time": true});
        let good = form(json!([pin, {"key": "order", "label": "Order", "kind": "text"}]));
        assert_eq!((good.check(), good.secrets().collect::<Vec<_>>()), (Ok(()), vec!["pin"]));
        for (fields, why) in [
            (json!([]), "fields: a form asks"),
            (json!([pin, pin]), "fields[1].key: another"),
            (json!([{"key": "pin", "label": " ", "kind": "secret"}]), "fields[0].label"),
            (json!([{"key": "PIN", "label": "PIN", "kind": "secret"}]), "fields[0].key"),
            (json!([{"key": "a", "label": "A", "kind": "text", "one_time": true}]), "fields[0].one_time"),
        ] {
            let told = form(fields.clone()).check().expect_err("no form").to_string();
            assert!(told.contains(why), "{fields} gave {told}");
        }
        // As it stands in logs of before: no form that can be shown.
        assert_eq!(Form::of(&json!({"fields": ["order"]})), None);
    }

    #[test]
    fn a_secret_is_taken_as_it_was_typed_and_no_fault_quotes_it() {
        let pin = json!([{"key": "pin", "label": "PIN", "kind": "secret", "required": true}]);
        let fields = form(pin).fields;
        let fill = |values: Value| filled(&fields, values.as_object().expect("an object"), &[]);
        assert_eq!(fill(json!({"pin": " 04 17 "})).expect("taken")["pin"], " 04 17 ");
        for (values, missing) in [(json!({}), true), (json!({"pin": "  "}), true), (json!({"pin": 417}), false)] {
            let wrong = fill(values).expect_err("not taken");
            assert_eq!(matches!(wrong, Wrong::Missing { .. }), missing, "{wrong:?}");
        }
        for bad in ["zwirbel".repeat(100), "zwirbel\u{7}".to_owned()] {
            let wrong = fill(json!({"pin": bad})).expect_err("not taken");
            assert!(matches!(&wrong, Wrong::Unfit { why, .. } if !why.contains("zwirbel")), "{wrong:?}");
        }
        assert!(matches!(fill(json!({"pin": "1", "sudo": "2"})), Err(Wrong::Unasked { .. })));
    }
}
