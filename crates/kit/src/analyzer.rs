//! The contract of what reads a customer's text.

use baton_core::facts::Reading;
use baton_core::privacy::{Found, Pattern, Redaction, Unread};

/// Reads a text. Never waits, never fails: what it cannot tell is absent.
pub trait Analyzer: Send + Sync + 'static {
    /// What a customer's text says of their wishes.
    fn read(&self, text: &str, language: &str) -> Reading;

    /// Whether the house's one word for a person works as a request in this language.
    fn person_word(&self, language: &str) -> bool;

    /// What stands in a text and should not be kept, in order, none within another. Never waits; its time is linear in the
    /// text's length. An analyser of no house's texts finds nothing.
    ///
    /// # Errors
    /// It could not be done; the caller lets nothing of this text through.
    fn redact(&self, text: &str, rules: &Redaction) -> Result<Vec<Found>, Unread> {
        let _ = (text, rules);
        Ok(Vec::new())
    }

    /// Why a pattern of the house cannot be used; `None`: it can.
    fn unfit(&self, pattern: &Pattern) -> Option<String> {
        let _ = pattern;
        None
    }
}
