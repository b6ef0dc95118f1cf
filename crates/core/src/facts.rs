//! What the engine gathers before a decision. A decision sees nothing else.

use crate::content::Content;
use crate::event::Trigger;
use crate::ids::{AgentId, ConnectionId, Ms, QueueId};
use crate::settings::Settings;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything outside the state that a decision may use.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment of the decision.
    pub now: Ms,
    /// Fresh randomness for ids.
    pub seed: [u8; 16],
    /// The settings.
    pub settings: Arc<Settings>,
    /// What was read out of the text at hand.
    pub reading: Reading,
    /// The lines, where [`needs`](crate::decide::needs) asked for them.
    pub lines: BTreeMap<QueueId, LineFact>,
    /// The place of this conversation, if it stands in a live line.
    pub place: Option<u32>,
    /// The line of the brief that the agent approved for the customer's eyes, where a brief waits to be acknowledged;
    /// empty if the brief has no such line, none if there is no brief.
    pub brief_note: Option<String>,
    /// What the words that may still be undone say, and the name under which: by the event that holds them.
    pub held: BTreeMap<u64, (Content, Option<String>)>,
    /// For a report: the event of the bot's message at that position, and whose it is; none: it is no such message.
    pub bot_message: Option<(u64, ConnectionId)>,
    /// The word for a person works as a request in the customer's language.
    pub person_word: bool,
    /// Agents whose reachability lease stands, where asked for.
    pub reachable: BTreeSet<AgentId>,
    /// Milliseconds since an agent's last key or pointer, where asked for.
    pub idle: BTreeMap<AgentId, Ms>,
}

/// What was read out of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The customer asks for a person: by phrase or by command, and the words that say so.
    pub asks_person: Option<(Trigger, Vec<String>)>,
    /// The text is a courtesy and no more.
    pub courtesy: bool,
    /// Language code, if it is clear.
    pub language: Option<String>,
}

/// A line as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFact {
    /// Waiting customers.
    pub waiting: u32,
    /// Of these, how many with each priority or a higher one.
    pub at_least: [u32; 10],
    /// Start of the longest wait with each priority.
    pub oldest: [Option<Ms>; 10],
    /// Somebody who serves it is available and reachable, whether or not a seat is free.
    pub staffed: bool,
}

impl Facts {
    /// Facts with nothing gathered.
    pub fn at(now: Ms, seed: [u8; 16], settings: Arc<Settings>) -> Self {
        Self {
            now,
            seed,
            settings,
            reading: Reading::default(),
            lines: BTreeMap::new(),
            place: None,
            brief_note: None,
            held: BTreeMap::new(),
            bot_message: None,
            person_word: false,
            reachable: BTreeSet::new(),
            idle: BTreeMap::new(),
        }
    }

    /// The line of this queue, empty if it was not gathered.
    pub fn line(&self, queue: QueueId) -> LineFact {
        self.lines.get(&queue).copied().unwrap_or_default()
    }
}
