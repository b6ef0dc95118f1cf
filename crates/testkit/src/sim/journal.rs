//! What everybody outside the hub did, was promised and got. The checkers hold the log against it.

use super::machine::lock;
use baton_core::event::Answer;
use baton_core::ids::{AgentId, AskId, ClientId, ConversationId, Ms};
use std::sync::Mutex;

/// One thing that happened outside the hub.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "some of it is read in stories alone, in its Debug form")]
pub(crate) enum What {
    /// A start was answered.
    Started { key: String, conversation: ConversationId },
    /// Something was sent, perhaps for the second time.
    Sends { conversation: ConversationId, client: ClientId, counter: u64, token: String },
    /// It was acknowledged.
    Acked {
        client: ClientId,
        counter: u64,
        token: String,
        seq: u64,
        position: Option<u64>,
        conversation: ConversationId,
    },
    /// A request for a person was answered.
    Answered { conversation: ConversationId, answer: Answer },
    /// A wish was granted.
    Granted { conversation: ConversationId, wish: String },
    /// A wish was refused, or nobody knows.
    Denied { conversation: ConversationId, wish: String, why: String },
    /// A page was read after this position: positions with what was read.
    Read { conversation: ConversationId, after: u64, page: Vec<(u64, u64)> },
    /// A sign of life of an agent, sent then and done now.
    Alive { agent: AgentId, sent: Ms },
    /// Somebody was let into another's conversation.
    Trespass { conversation: ConversationId },
    /// A bot was given a turn.
    Turn { conversation: ConversationId, ask: AskId, baton: u64, attempt: u32, upto: u64, history: Vec<(u64, String)> },
    /// A bot said this, under the number of its turn; `taken`: the hub said that it has it.
    BotSays { conversation: ConversationId, ask: AskId, baton: u64, ordinal: u16, token: String, taken: bool },
    /// A target was asked to take a conversation; `taken`: it did.
    Opened { conversation: ConversationId, baton: u64, attempt: u32, taken: bool, history: Vec<(u64, String)> },
    /// A target was told what the customer said.
    Told { conversation: ConversationId, baton: u64, position: u64, taken: bool },
    /// A target was asked to close; `taken`: it did.
    Closed { conversation: ConversationId, baton: u64, taken: bool },
    /// A target did something; `taken`: the hub said that it has it. `over`: nothing is open there any more.
    TargetDid { conversation: ConversationId, baton: u64, what: String, token: Option<String>, taken: bool, over: bool },
    /// The hub was asked how a conversation stands, past everything that goes wrong on the way.
    Looked,
    /// It said what was true once.
    Behind { conversation: ConversationId, words: String },
    /// A chat waits in a line and has no place there.
    NoPlace { conversation: ConversationId },
    /// The hub died.
    Died,
    /// A hub opened.
    Woke,
    /// The wall clock was set.
    ClockSet { by: Ms },
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Passing time.
    pub(crate) real: Ms,
    /// The wall clock.
    pub(crate) at: Ms,
    pub(crate) who: String,
    pub(crate) what: What,
}

/// All lines.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Vec<Line>>);

impl Journal {
    pub(crate) fn push(&self, line: Line) {
        lock(&self.0).push(line);
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        lock(&self.0).clone()
    }
}
