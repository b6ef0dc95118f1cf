//! What an administrator sets: the part that decisions need. Credentials are not here.

use crate::hours::Hours;
use crate::ids::{AgentId, ConnectionId, InboxId, Ms, QueueId, TagId};
use crate::limits;
use crate::ownership::Line;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One consistent picture of all settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// By id.
    pub inboxes: BTreeMap<InboxId, Inbox>,
    /// By id.
    pub queues: BTreeMap<QueueId, Queue>,
    /// By id; bots and targets.
    pub connections: BTreeMap<ConnectionId, Connection>,
    /// By id.
    pub agents: BTreeMap<AgentId, AgentCard>,
    /// By id.
    pub tags: BTreeMap<TagId, Tag>,
    /// What holds for the whole desk.
    pub desk: Desk,
    /// What each inbox does with what is personal, where it is not the default.
    pub privacy: BTreeMap<InboxId, crate::privacy::Privacy>,
}

/// A word that people put on conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Shown to people.
    pub name: String,
}

/// What holds for the whole desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// How a closed chat may be filed.
    #[serde(default)]
    pub dispositions: Vec<String>,
    /// Seconds in which an agent's word may be undone, at most [`limits::UNDO_MOST`]; 0: none.
    #[serde(default = "undo")]
    pub hold_seconds: u32,
}

fn undo() -> u32 {
    (limits::UNDO / 1_000) as u32
}

impl Default for Desk {
    fn default() -> Self {
        Self { dispositions: Vec::new(), hold_seconds: undo() }
    }
}

/// Where a handover goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// The desk, by a queue.
    Queue {
        /// Which queue.
        id: QueueId,
    },
    /// An outside contact centre.
    Target {
        /// Which connection.
        id: ConnectionId,
    },
}

/// A channel connection with its bot and its default destination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// The word in addresses and in the widget's snippet.
    pub slug: String,
    /// Shown to people.
    pub name: String,
    /// Who answers first; none: the customer goes straight to people.
    #[serde(default)]
    pub bot: Option<ConnectionId>,
    /// Where a handover goes.
    pub destination: Destination,
    /// Where it goes if a target fails.
    #[serde(default)]
    pub fallback: Option<QueueId>,
    /// Further queues that agents and bots may name.
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// Where messages are left.
    #[serde(default)]
    pub later: Option<QueueId>,
    /// Language of the house if the customer's is not known.
    #[serde(default = "english")]
    pub language: String,
    /// Who takes the first word after closing.
    #[serde(default)]
    pub reopen: Reopen,
    /// Whose clock customers are told where a queue has no hours of its own: an IANA name; none: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

fn english() -> String {
    "en".to_owned()
}

/// Who takes the first word after closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// The bot.
    #[default]
    Bot,
    /// The default destination.
    People,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Shown to people.
    pub name: String,
    /// Live or later.
    pub line: Line,
    /// 0 to 9, 9 first.
    #[serde(default)]
    pub priority: u8,
    /// When it is open; none: always.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Waiting customers at most.
    #[serde(default = "waiting")]
    pub most_waiting: u32,
    /// Who may take from it; empty: every agent.
    #[serde(default)]
    pub agents: Vec<AgentId>,
}

fn waiting() -> u32 {
    limits::WAITING
}

/// A bot or a target: what decisions need of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Shown to people.
    pub name: String,
    /// Bot or target, and what it can.
    pub role: Role,
}

/// What a connection is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Role {
    /// Answers first.
    Bot {
        /// Silence after which it has failed.
        #[serde(default = "bot_limit")]
        limit: Ms,
        /// Whether it is asked when a conversation opens.
        #[serde(default)]
        greets: bool,
        /// Whether it acts on a brief.
        #[serde(default)]
        takes_brief: bool,
    },
    /// An outside contact centre.
    Target {
        /// What it is given of the history.
        history: History,
        /// Whether it says that a person answers.
        #[serde(default)]
        says_human: bool,
        /// Whether it tells the place in its line.
        #[serde(default)]
        tells_place: bool,
        /// Time to answer an opening.
        #[serde(default = "opening")]
        opening: Ms,
    },
}

fn bot_limit() -> Ms {
    limits::BOT_LIMIT
}

fn opening() -> Ms {
    limits::TARGET_OPENING
}

/// What a destination gets of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// All of it.
    Full,
    /// A summary.
    Summary,
    /// Nothing.
    None,
}

/// What decisions need of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentCard {
    /// The name that customers read.
    pub name: String,
    /// What they may.
    pub role: Rank,
    /// Chats at once.
    #[serde(default = "capacity")]
    pub capacity: u32,
    /// False: may not log in and gets no work.
    #[serde(default = "yes")]
    pub active: bool,
}

fn capacity() -> u32 {
    limits::CAPACITY
}

fn yes() -> bool {
    true
}

/// What someone with a log-in may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Answers customers.
    Agent,
    /// Sees and may join the chats of the team.
    Supervisor,
    /// Sets things up.
    Administrator,
}

impl Settings {
    /// The name of a bot or target; the plain word if it was removed.
    pub fn connection_name(&self, id: ConnectionId) -> &str {
        self.connections.get(&id).map_or("assistant", |c| c.name.as_str())
    }

    /// The name of an agent; a plain word if the account was removed.
    pub fn agent_name(&self, id: AgentId) -> &str {
        self.agents.get(&id).map_or("Our colleague", |a| a.name.as_str())
    }

    /// How long an agent's word may be undone.
    pub fn undo(&self) -> Ms {
        (Ms::from(self.desk.hold_seconds) * 1_000).min(limits::UNDO_MOST)
    }

    /// The silence after which this bot has failed.
    pub fn bot_limit(&self, id: ConnectionId) -> Ms {
        match self.connections.get(&id).map(|c| &c.role) {
            Some(Role::Bot { limit, .. }) => (*limit).clamp(1_000, limits::BOT_LIMIT_MOST),
            _ => limits::BOT_LIMIT,
        }
    }

    /// Whether this connection is a bot that is set up.
    pub fn is_bot(&self, id: ConnectionId) -> bool {
        matches!(self.connections.get(&id).map(|c| &c.role), Some(Role::Bot { .. }))
    }

    /// Whether this agent may take from this queue.
    pub fn serves(&self, agent: AgentId, queue: QueueId) -> bool {
        self.agents.get(&agent).is_some_and(|a| a.active)
            && self.queues.get(&queue).is_some_and(|q| q.agents.is_empty() || q.agents.contains(&agent))
    }

    /// The name of a queue; a plain word if it was removed.
    pub fn queue_name(&self, id: QueueId) -> &str {
        self.queues.get(&id).map_or("our team", |q| q.name.as_str())
    }
}
