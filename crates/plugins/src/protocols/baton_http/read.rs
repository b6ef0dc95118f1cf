//! Reads JSON into wire types with errors that say where and what, and never what stood there.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with a body, for the one who wrote the other side. Bears no text of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct WireError {
    /// Path of the field, as `messages[0].text`; `body` for the whole.
    pub place: String,
    /// What is expected there.
    pub what: String,
}

impl WireError {
    /// An error at this field.
    pub fn at(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// Reads an object. `fields` are the names that it may have: a name that is nearly one of them is taken for a slip, because the
/// bot whose `handOver` is passed over in silence would be hard to put right. Other names are let be.
///
/// # Errors
/// Not JSON, not an object, a slip in a name, or a wrong type.
pub fn read<T: DeserializeOwned>(bytes: &[u8], fields: &[&str]) -> Result<T, WireError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        WireError::at("body", format!("not JSON in UTF-8 ({place}); answer with one JSON object"))
    })?;
    let Value::Object(map) = &value else { return Err(WireError::at("body", "must be one JSON object")) };
    for name in map.keys().filter(|name| !fields.contains(&name.as_str())) {
        if let Some(meant) = fields.iter().find(|field| folded(field) == folded(name)) {
            return Err(WireError::at(*meant, format!("is written `{meant}`")));
        }
    }
    typed(value)
}

/// Reads a value of this type.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, WireError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = match error.path().to_string() {
            path if path == "." => "body".to_owned(),
            path => path,
        };
        WireError::at(place, scrubbed(&error.into_inner().to_string()))
    })
}

/// serde says what it found, which may be what a person wrote; what it expected stands last and is ours. Rust's names for types are
/// put into JSON's.
fn scrubbed(message: &str) -> String {
    let Some((_, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let expected = match expected {
        "u8" | "u16" | "u32" | "u64" => "a whole number from 0",
        "i64" => "a whole number",
        "f64" => "a number",
        "a map" => "an object",
        "a sequence" => "a list",
        rust if rust.starts_with("struct ") || rust.starts_with("internally tagged enum ") => "an object",
        other => other,
    };
    format!("expected {expected}")
}

fn folded(name: &str) -> String {
    let mut out: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if out.ends_with('s') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Little {
        hand_over: Option<u8>,
        #[serde(default)]
        messages: Vec<String>,
    }

    fn little(text: &str) -> Result<Little, WireError> {
        read(text.as_bytes(), &["hand_over", "messages"])
    }

    #[test]
    fn an_error_names_the_place_and_does_not_repeat_what_stood_there() {
        let error = little(r#"{"hand_over": "my card number is 4111"}"#).expect_err("a wrong type");
        assert_eq!(error.to_string(), "hand_over: expected a whole number from 0");
        let error = little(r#"{"messages": ["a", 7]}"#).expect_err("a wrong type");
        assert_eq!(error.to_string(), "messages[1]: expected a string");
        let error = little(r#"{"hand_over": "x, expected y"}"#).expect_err("a wrong type");
        assert_eq!(error.to_string(), "hand_over: expected a whole number from 0");
    }

    #[test]
    fn a_slip_in_a_name_is_an_error_and_an_unknown_name_is_not() {
        assert_eq!(little(r#"{"handOver": 1}"#).expect_err("a slip").to_string(), "hand_over: is written `hand_over`");
        assert_eq!(little(r#"{"message": []}"#).expect_err("a slip").place, "messages");
        assert!(little(r#"{"trace": "abc"}"#).is_ok());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "\"hi\"", "null", "{", "\u{feff}{}"] {
            assert_eq!(little(text).expect_err("no object").place, "body", "{text:?}");
        }
    }
}
