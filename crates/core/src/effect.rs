//! What is to be done outside after a commit. An effect names events; texts are rendered when it is performed.

use crate::ids::{AskId, ConnectionId, ConversationId, HandoverId, QueueId};
use serde::{Deserialize, Serialize};

/// One thing to do, in the lane conversation × connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Effect {
    /// Give a turn to a bot.
    AskBot {
        /// Which bot.
        bot: ConnectionId,
        /// Which ask.
        ask: AskId,
        /// Under which baton number.
        baton: u64,
    },
    /// Open a target.
    OpenTarget {
        /// Which target.
        target: ConnectionId,
        /// For which handover.
        handover: HandoverId,
        /// Under which baton number.
        baton: u64,
    },
    /// Tell the target what the customer said.
    TellTarget {
        /// Which target.
        target: ConnectionId,
        /// The event that holds the words.
        seq: u64,
        /// Under which baton number.
        baton: u64,
    },
    /// Ask a target that is polled what it did; goes on until the baton passes.
    PollTarget {
        /// Which target.
        target: ConnectionId,
        /// Under which baton number.
        baton: u64,
    },
    /// Close what is open there: the baton passed, or it was opened too late.
    CloseTarget {
        /// Which target.
        target: ConnectionId,
        /// The baton number under which it was opened.
        baton: u64,
        /// Why, as a stable word.
        reason: CloseReason,
    },
}

/// Why a target is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The customer went away or back to the bot.
    Withdrawn,
    /// It answered after its time.
    TooLate,
    /// Somebody else has the chat now.
    Passed,
    /// The conversation was closed.
    Closed,
}

impl Effect {
    /// The connection that it goes to.
    pub fn connection(&self) -> ConnectionId {
        match self {
            Self::AskBot { bot, .. } => *bot,
            Self::OpenTarget { target, .. }
            | Self::TellTarget { target, .. }
            | Self::PollTarget { target, .. }
            | Self::CloseTarget { target, .. } => *target,
        }
    }

    /// The lane: effects of one lane are performed in order.
    pub fn lane(&self, conversation: ConversationId) -> String {
        match self {
            // Polling waits most of the time: in a lane of its own it holds nothing up.
            Self::PollTarget { target, .. } => format!("{conversation}/{target}/poll"),
            _ => format!("{conversation}/{}", self.connection()),
        }
    }
}

/// A queue got or lost a waiting conversation, or a seat changed: the router should look. Never stored: the router
/// rebuilds itself from the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineChanged(pub QueueId);
