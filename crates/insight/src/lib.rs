//! What Baton reads out of a customer's text: does it ask for a person, in which language is it, is it only a courtesy.
//!
//! Everything here is a pure function of the text (and of what the caller already knows, such as the language of the
//! conversation). Nothing here reads a file, a clock or a network, and nothing decides: what follows from a reading is
//! policy and stands in the core. Each reading can be explained: it names the rule and the words behind it.
//!
//! - [`human_request`]: does this turn ask for a person? Twelve languages.
//! - [`language`]: which of the twelve languages is this turn in?
//! - [`brief`]: what was settled, promised and asked in an episode, to be approved by a person before a hand-back.
//! - [`redact`]: where do card numbers, account numbers and the house's own patterns stand in this text?
//! - [`courtesy`]: is this turn nothing but a thank-you, an okay or a goodbye?

pub mod brief;
pub mod courtesy;
mod fold;
pub mod human_request;
mod lang;
pub mod language;
mod lexicon;
pub mod redact;

pub use lang::Lang;
