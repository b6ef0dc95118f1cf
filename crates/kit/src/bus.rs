//! Hints and fleeting things. The store is the truth; a hint only says "look again", and may be lost.

use crate::store::Offset;
use baton_core::event::Stream;
use baton_core::ids::{AgentId, ConversationId};
use tokio::sync::broadcast;

/// What travels.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// Events were appended up to this seq and offset.
    Appended {
        /// To which stream.
        stream: Stream,
        /// Its last seq.
        seq: u64,
        /// The log's end after it.
        offset: Offset,
        /// It may stand in other lists now, or other counts may be true: more than a word was said.
        moved: bool,
        /// It stands, or stood, in own lists of whoever hears of it, who must not wait.
        own: bool,
    },
    /// Somebody types. Never stored.
    Typing {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        by: Typist,
        /// Began or stopped.
        on: bool,
    },
    /// The customer's screen has this position. Never stored.
    Seen {
        /// In which conversation.
        conversation: ConversationId,
        /// Up to there.
        position: u64,
    },
    /// Somebody has a conversation on their screen, or not any more. Never stored.
    Viewing {
        /// Which.
        conversation: ConversationId,
        /// Who.
        agent: AgentId,
        /// Opened, or left.
        on: bool,
        /// Whoever else has it open says so.
        ask: bool,
    },
    /// Places in some line have moved; those who show one look again.
    LineMoved,
    /// An agent's reachability changed.
    Reachable {
        /// Who.
        agent: AgentId,
    },
    /// A list changed without an event.
    Listed {
        /// Whose mentions; none: conversations are gone from everybody's lists.
        owner: Option<AgentId>,
    },
    /// Settings have a new version.
    Configured,
}

/// Who types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typist {
    /// The customer.
    Customer,
    /// The bot that was asked.
    Bot,
    /// An agent.
    Agent(AgentId),
    /// Somebody in a target.
    Target,
}

/// Carries signals to everybody who listens.
pub trait Bus: Send + Sync + 'static {
    /// Sends; nobody listening is fine.
    fn publish(&self, signal: Signal);

    /// Listens from now on. A listener that lags misses the oldest signals and must look at the store.
    fn subscribe(&self) -> broadcast::Receiver<Signal>;
}
