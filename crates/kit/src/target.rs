//! The contract of a target: an outside contact centre to which conversations are passed.

use crate::bot::Line;
use crate::runtime::BoxFuture;
use baton_core::command::TargetDid;
use baton_core::effect::CloseReason;
use baton_core::ids::{ConversationId, HandoverId};
use serde_json::{Map, Value};

/// A conversation to be passed.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its short name.
    pub reference: String,
    /// Which handover: the key under which a repeat is known.
    pub handover: HandoverId,
    /// Under which baton number.
    pub baton: u64,
    /// What led to it, as a stable word.
    pub trigger: String,
    /// The words that asked, or what the bot said.
    pub evidence: Vec<String>,
    /// The customer's name, if given.
    pub customer: Option<String>,
    /// Language code.
    pub language: String,
    /// Variables of the conversation.
    pub variables: Map<String, Value>,
    /// The newest lines, oldest first.
    pub history: Vec<Line>,
    /// Where earlier lines can be read, signed; none if these are all.
    pub history_address: Option<String>,
    /// Where the target says what it does, signed.
    pub callback: String,
    /// Tries so far, this one included.
    pub attempt: u32,
    /// Milliseconds until the opening fails.
    pub left: i64,
}

/// What a customer said, for a target that holds.
#[derive(Clone, Debug)]
pub struct Told {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Under which baton number.
    pub baton: u64,
    /// The line; its position is the key under which a repeat is known.
    pub line: Line,
    /// Tries so far, this one included.
    pub attempt: u32,
}

/// Why a target did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Error {
    /// What to do about it.
    pub kind: ErrorKind,
    /// For the administrator; no text of the conversation, no secret.
    pub detail: String,
}

/// What to do about a target that did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Not reached, or overloaded: the same operation may be tried again.
    #[error("the target could not be reached")]
    Transient,
    /// Trying again is no use.
    #[error("the target refused or answered nonsense")]
    Permanent,
    /// It does not know the conversation (any more).
    #[error("the target does not have this conversation")]
    Gone,
}

/// A configured target. All its operations are *repeatable* under their keys.
pub trait Target: Send + Sync + 'static {
    /// Passes a conversation. Answers accepted, waiting or refused.
    fn open(&self, opening: Opening) -> BoxFuture<'_, Result<TargetDid, Error>>;

    /// Says what the customer said.
    fn tell(&self, told: Told) -> BoxFuture<'_, Result<(), Error>>;

    /// Says that the customer types, or no longer. Fleeting: no retry.
    fn typing(&self, conversation: ConversationId, baton: u64, on: bool) -> BoxFuture<'_, Result<(), Error>>;

    /// Closes what is open there.
    fn close(&self, conversation: ConversationId, baton: u64, reason: CloseReason) -> BoxFuture<'_, Result<(), Error>>;

    /// For a target that is polled: what it did since the cursor, with the new cursor and when to ask again (ms).
    /// `None`: this target calls back.
    fn poll(
        &self,
        conversation: ConversationId,
        baton: u64,
        cursor: Option<String>,
    ) -> BoxFuture<'_, Result<Option<Polled>, Error>>;
}

/// What a polled target did.
#[derive(Clone, Debug, Default)]
pub struct Polled {
    /// In order.
    pub did: Vec<TargetDid>,
    /// Where to go on.
    pub cursor: Option<String>,
    /// When to ask again, in milliseconds.
    pub again: i64,
}
