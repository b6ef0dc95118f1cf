//! The contract of what reads a customer's text.

use baton_core::facts::Reading;

/// Reads a text. Never waits, never fails: what it cannot tell is absent.
pub trait Analyzer: Send + Sync + 'static {
    /// What a customer's text says of their wishes.
    fn read(&self, text: &str, language: &str) -> Reading;

    /// Whether the house's one word for a person works as a request in this language.
    fn person_word(&self, language: &str) -> bool;
}
