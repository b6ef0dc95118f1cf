//! The contract of a bot: it is given turns and answers them, at once or later by a signed reply address.

use crate::runtime::BoxFuture;
use baton_core::content::Content;
use baton_core::event::{AskFor, BotSaid, Brief};
use baton_core::ids::{AskId, ConversationId};
use baton_core::settings::Destination;
use serde_json::{Map, Value};

/// One turn given to a bot.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Which ask: the key under which a repeat is known.
    pub ask: AskId,
    /// Under which baton number.
    pub baton: u64,
    /// Why the bot is asked.
    pub reason: AskFor,
    /// What the customer said, and its position; none when the bot is asked without a message.
    pub message: Option<(u64, Content)>,
    /// What was said before, oldest first, the newest [`crate::bot::HISTORY`] of it.
    pub history: Vec<Line>,
    /// Cursor with which earlier history can be read; empty if that is all.
    pub history_before: Option<u64>,
    /// Variables of the conversation.
    pub variables: Map<String, Value>,
    /// Language code.
    pub language: String,
    /// What people settled, when they handed back.
    pub brief: Option<Brief>,
    /// Where later replies go, signed; none for a bot that answers at once.
    pub reply_address: Option<String>,
    /// Tries of this ask so far, this one included.
    pub attempt: u32,
    /// Milliseconds until the ask fails.
    pub left: i64,
}

/// Lines of history that a turn bears.
pub const HISTORY: usize = 50;

/// A line of the transcript.
#[derive(Clone, Debug)]
pub struct Line {
    /// Position.
    pub position: u64,
    /// When, UTC milliseconds.
    pub at: i64,
    /// `customer`, `bot`, `agent`, `target` or `house`.
    pub by: &'static str,
    /// Name, if one was shown.
    pub name: Option<String>,
    /// Readable text.
    pub text: String,
}

/// What a bot answers.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// In order, numbered by their place from `first_ordinal` on.
    pub messages: Vec<Content>,
    /// The ordinal of the first message.
    pub first_ordinal: u16,
    /// What it says of its answer.
    pub said: BotSaid,
    /// How the turn goes on.
    pub then: Then,
    /// The highest position that it had seen.
    pub basis: Option<u64>,
}

/// How a turn goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Then {
    /// It is over.
    #[default]
    Done,
    /// More comes by the reply address, within the limit.
    Later,
    /// It says nothing, on purpose.
    Silent,
    /// It did not know.
    Abstained {
        /// In its words.
        reason: String,
    },
    /// It wants a person.
    HandOver {
        /// In its words.
        reason: String,
        /// Where to; none: the inbox's default.
        to: Option<Destination>,
        /// Or the name of one of the inbox's queues; a name that none bears counts as none.
        named: Option<String>,
    },
    /// The conversation is over.
    End,
}

/// Why a bot did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Error {
    /// What to do about it.
    pub kind: ErrorKind,
    /// For the administrator; no text of the conversation, no secret.
    pub detail: String,
}

/// What to do about a bot that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// It may answer if asked again under the same ask.
    #[error("the bot did not answer")]
    Transient,
    /// Asking again is no use.
    #[error("the bot refused or answered nonsense")]
    Permanent,
}

/// A configured bot. Asking is *repeatable*: the same ask may be given twice and the bot knows it by its id.
pub trait Bot: Send + Sync + 'static {
    /// Gives it a turn.
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, Error>>;
}
