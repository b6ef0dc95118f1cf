//! Who did something.

use crate::ids::{AgentId, ApiKeyId, ConnectionId, Hash16};
use serde::{Deserialize, Serialize};

/// The party itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Who {
    /// The one who chats.
    Customer,
    /// A bot connection.
    Bot {
        /// Which one.
        id: ConnectionId,
    },
    /// Someone with a log-in.
    Agent {
        /// Which one.
        id: AgentId,
    },
    /// An outside contact centre, and the person there as a keyed hash of the outside name.
    Target {
        /// Which one.
        id: ConnectionId,
        /// Who there, if the centre said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<Hash16>,
    },
    /// Baton itself.
    System {
        /// Which part of it.
        part: Part,
    },
    /// A program with an API key.
    Integration {
        /// Which key.
        id: ApiKeyId,
    },
    /// A run that brought in old conversations.
    Import {
        /// Which run.
        id: uuid::Uuid,
    },
}

/// A part of Baton that acts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A deadline passed.
    Timer,
    /// The router found someone.
    Router,
    /// The rules of the house.
    Policy,
    /// Set-up and start.
    Setup,
    /// The worker that calls outside systems.
    Outbox,
}

/// A party, and on whose behalf it acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The party.
    pub who: Who,
    /// The agent for whom an integration acts.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<AgentId>,
}

impl Actor {
    /// The customer.
    pub const CUSTOMER: Self = Self { who: Who::Customer, on_behalf: None };

    /// A part of Baton.
    pub const fn system(part: Part) -> Self {
        Self { who: Who::System { part }, on_behalf: None }
    }

    /// An agent at the desk.
    pub const fn agent(id: AgentId) -> Self {
        Self { who: Who::Agent { id }, on_behalf: None }
    }

    /// A bot.
    pub const fn bot(id: ConnectionId) -> Self {
        Self { who: Who::Bot { id }, on_behalf: None }
    }

    /// A target.
    pub const fn target(id: ConnectionId, party: Option<Hash16>) -> Self {
        Self { who: Who::Target { id, party }, on_behalf: None }
    }

    /// The agent who acts, by log-in or through an integration.
    pub fn acting_agent(&self) -> Option<AgentId> {
        match self.who {
            Who::Agent { id } => Some(id),
            _ => self.on_behalf,
        }
    }
}
