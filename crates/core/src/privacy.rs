//! What an inbox does with what is personal: what is taken out before anybody keeps it, and how long words are kept.

use crate::ids::Ms;
use crate::limits;
use serde::{Deserialize, Serialize};

/// The rules of one inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// What is taken out of texts before they are kept.
    pub redaction: Redaction,
    /// How long words are kept.
    pub retention: Retention,
}

/// What is taken out of what is said, before it reaches store, bot, target and log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redaction {
    /// Numbers of payment cards.
    pub cards: bool,
    /// International bank account numbers.
    pub ibans: bool,
    /// The house's own patterns.
    pub patterns: Vec<Pattern>,
    /// Also of what people of the house say.
    pub agents: bool,
    /// Also of what bots and outside desks say.
    pub bots: bool,
    /// The original is sealed apart, so that who may can look at it. False: it is not kept at all.
    pub reversible: bool,
}

impl Default for Redaction {
    fn default() -> Self {
        Self { cards: true, ibans: true, patterns: Vec::new(), agents: false, bots: false, reversible: false }
    }
}

/// A pattern of the house.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// What stands in the place of what was found.
    pub name: String,
    /// A regular expression without look-around and back-references, so that its time is linear in the text.
    pub regex: String,
}

/// Something that stands in a text and should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What a person reads instead.
    pub token: String,
}

/// The search could not be done: what was to be looked through is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text could not be looked through")]
pub struct Unread;

/// How long words are kept. None: for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days after an episode closes until its texts and files are destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texts_days: Option<u32>,
    /// Days after a customer's last conversation closed until the customer is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers_days: Option<u32>,
}

impl Retention {
    /// The moment before which an episode must have closed for its texts to be destroyed now.
    pub fn texts_before(&self, now: Ms) -> Option<Ms> {
        self.texts_days.map(|days| now - Ms::from(days) * limits::DAY)
    }

    /// The same for the customer.
    pub fn customers_before(&self, now: Ms) -> Option<Ms> {
        self.customers_days.map(|days| now - Ms::from(days) * limits::DAY)
    }
}
