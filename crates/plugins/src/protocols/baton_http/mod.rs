//! What Baton's own two HTTP contracts share, the one for bots and its mirror for desks: messages, lines of history, reading with
//! errors that say what to fix, and what an HTTP status means.
//!
//! Reading is tolerant of fields that it does not know, since a newer bot may talk to an older Baton, and strict about the type of
//! those that it does. An error never repeats what it read: texts of a conversation must not reach a log.

mod connect;
mod content;
#[cfg(test)]
pub(crate) mod fake;
mod read;
pub mod schema;

pub use connect::{ConfigError, check_address, guard, secret};
pub use content::{Choice, Line, Message, Part, Parts, Rich};
pub use read::{WireError, read};

use baton_core::limits;
use baton_kit::http;
use serde_json::{Map, Value};

/// What the outcome of a call means for the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The body is to be read.
    Read,
    /// The same call may be made again.
    Again(String),
    /// Calling again is no use.
    Never(String),
    /// The other side does not have what was named.
    Gone(String),
}

/// Judges an HTTP status. Every operation of both contracts is repeatable, so a crash (500) may be tried again.
pub fn judge(status: u16, retry_after: Option<i64>) -> Verdict {
    let wait = retry_after.map(|seconds| format!(", Retry-After {seconds} s")).unwrap_or_default();
    match status {
        200..=299 => Verdict::Read,
        300..=399 => Verdict::Never(format!("HTTP {status}: redirects are not followed; set the final address")),
        401 | 403 => Verdict::Never(format!("HTTP {status}: does the other side have the same secret?")),
        404 | 410 => Verdict::Gone(format!("HTTP {status}: is the address right?")),
        408 | 425 | 429 | 500 | 502 | 503 | 504 => Verdict::Again(format!("HTTP {status}{wait}")),
        _ => Verdict::Never(format!("HTTP {status}: answer with 200 and JSON")),
    }
}

/// Judges a call that brought no answer.
pub fn judge_error(error: &http::Error) -> Verdict {
    match error {
        http::Error::Unreachable(_) | http::Error::TimedOut(_) => Verdict::Again(error.to_string()),
        http::Error::Address(_) | http::Error::TooLarge => Verdict::Never(error.to_string()),
    }
}

/// Variables within their limit.
///
/// # Errors
/// Larger than [`limits::VARIABLES_BYTES`] as JSON.
pub fn variables(map: Map<String, Value>) -> Result<Map<String, Value>, WireError> {
    let size = serde_json::to_vec(&map).map_or(usize::MAX, |json| json.len());
    if size > limits::VARIABLES_BYTES {
        return Err(WireError::at("variables", format!("at most {} bytes as JSON", limits::VARIABLES_BYTES)));
    }
    Ok(map)
}

/// A text within its limit; control characters and white space around it are taken off, and nothing left is none.
///
/// # Errors
/// More than `most` characters.
pub fn short(place: &str, text: Option<String>, most: usize) -> Result<Option<String>, WireError> {
    let Some(text) = text else { return Ok(None) };
    // Terminals and text columns break on these, and no reader shows them.
    let shown: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let text = shown.trim();
    if text.chars().count() > most {
        return Err(WireError::at(place, format!("at most {most} characters")));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_or_broken_server_may_be_asked_again_and_a_refusing_one_not() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(matches!(judge(status, None), Verdict::Again(_)), "{status}");
        }
        for status in [301, 400, 401, 403, 405, 409, 422, 501] {
            assert!(matches!(judge(status, None), Verdict::Never(_)), "{status}");
        }
        assert!(matches!(judge(404, None), Verdict::Gone(_)));
        assert_eq!(judge(204, None), Verdict::Read);
        assert_eq!(judge(429, Some(7)), Verdict::Again("HTTP 429, Retry-After 7 s".into()));
    }
}
