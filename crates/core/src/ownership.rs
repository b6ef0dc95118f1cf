//! Who answers for the customer, and who may speak.
//!
//! The **baton number** is a fencing token: it rises with the holder's identity, the guests and the bot's delivery,
//! never with a phase, a pause, an offer or a deadline. Whatever was said under an older number is withheld.

use crate::actor::Who;
use crate::ids::{AgentId, ConnectionId, Ms, OfferId, QueueId};
use crate::limits;
use serde::{Deserialize, Serialize};

/// Everything about who holds a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ownership {
    /// Rises with each change of who holds or who may speak.
    pub baton: u64,
    /// The number with which the present holder began. A target knows a chat by the number under which it was opened,
    /// and keeps its voice whoever joins beside it: its words are judged by this one.
    pub began: u64,
    /// Who answers and owns the clock.
    pub holder: Holder,
    /// Who else may speak, at most [`limits::GUESTS`].
    pub guests: Vec<Guest>,
    /// Whether a bot's reply goes out at once.
    pub delivery: Delivery,
    /// An offer to a person; changes neither holder nor baton number.
    pub offer: Option<Offer>,
}

/// Exactly one party at every instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Holder {
    /// A bot.
    Bot {
        /// Which connection.
        connection: ConnectionId,
        /// The agent who lent the chat and gets it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returns_to: Option<AgentId>,
        /// When a lent chat returns.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Ms>,
    },
    /// A line of waiting customers, or of promises.
    Queue {
        /// Which queue.
        queue: QueueId,
        /// Someone waits live, or later.
        line: Line,
        /// Start of the wait; kept when an agent is lost, so that the place is kept too.
        since: Ms,
        /// 0 to 9, 9 first.
        priority: u8,
        /// When the wait is over, or the promise is due.
        due: Ms,
    },
    /// A person at the desk.
    Agent {
        /// Who.
        agent: AgentId,
        /// Whether the clock stands.
        pause: Pause,
    },
    /// An outside contact centre.
    Target {
        /// Which connection.
        connection: ConnectionId,
        /// How far it is.
        phase: Phase,
        /// When the phase must have moved on.
        due: Ms,
    },
    /// The conversation is closed.
    Nobody {
        /// Since when.
        closed: Ms,
    },
}

/// What kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The customer waits in the chat.
    Live,
    /// A promise: message left, call-back.
    Later,
}

/// How far a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The call is under way.
    Opening,
    /// The target has it in a line of its own.
    Waiting,
    /// A person there answers.
    Live,
    /// Being closed.
    Ending,
}

/// Whether an agent's clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// It runs.
    None,
    /// The customer must answer first.
    WaitingCustomer,
    /// Put away until later.
    Snoozed,
}

/// What happens to a bot's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It goes out.
    Open,
    /// It waits as a draft for a person.
    Approval,
}

/// A voice beside the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Guest {
    /// A joined supervisor or second agent.
    Agent {
        /// Who.
        id: AgentId,
    },
    /// A companion bot.
    Bot {
        /// Which.
        id: ConnectionId,
    },
}

/// A conversation offered to one person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer {
    /// Which offer.
    pub id: OfferId,
    /// To whom.
    pub to: AgentId,
    /// The agent who transfers; absent for an offer from a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub giver: Option<AgentId>,
    /// When it lapses.
    pub due: Ms,
}

impl Holder {
    /// Whether two holders are the same party: then a change between them leaves the baton number alone.
    pub fn same_party(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bot { connection: a, returns_to: x, .. }, Self::Bot { connection: b, returns_to: y, .. }) => {
                a == b && x == y
            }
            (Self::Queue { queue: a, line: x, .. }, Self::Queue { queue: b, line: y, .. }) => a == b && x == y,
            (Self::Agent { agent: a, .. }, Self::Agent { agent: b, .. }) => a == b,
            (Self::Target { connection: a, .. }, Self::Target { connection: b, .. }) => a == b,
            (Self::Nobody { .. }, Self::Nobody { .. }) => true,
            _ => false,
        }
    }

    /// The agent who holds, or to whom a lent chat returns: that agent's seat is taken.
    pub fn seat(&self) -> Option<AgentId> {
        match self {
            Self::Agent { agent, .. } => Some(*agent),
            Self::Bot { returns_to, .. } => *returns_to,
            _ => None,
        }
    }
}

impl Ownership {
    /// The first owner.
    pub fn new(holder: Holder) -> Self {
        Self { baton: 1, began: 1, holder, guests: Vec::new(), delivery: Delivery::Open, offer: None }
    }

    /// Passes the baton. Guests leave, delivery opens and an offer ends, because all three belonged to the stretch.
    #[must_use]
    pub fn pass(&self, holder: Holder) -> Self {
        let voices = self.guests.is_empty() && self.delivery == Delivery::Open;
        let baton = self.baton + u64::from(!(voices && self.holder.same_party(&holder)));
        Self { baton, began: baton, holder, guests: Vec::new(), delivery: Delivery::Open, offer: None }
    }

    /// Sets guests and delivery; raises the baton number if either changed.
    #[must_use]
    pub fn set_voices(&self, guests: Vec<Guest>, delivery: Delivery) -> Self {
        let changed = self.guests != guests || self.delivery != delivery;
        Self { baton: self.baton + u64::from(changed), guests, delivery, ..self.clone() }
    }

    /// Whether this party may speak to the customer now.
    pub fn may_speak(&self, who: &Who) -> bool {
        match (who, &self.holder) {
            (Who::Bot { id }, Holder::Bot { connection, .. }) if id == connection => true,
            (Who::Agent { id }, Holder::Agent { agent, .. }) if id == agent => true,
            (Who::Target { id, .. }, Holder::Target { connection, phase, .. })
                if id == connection && *phase != Phase::Ending =>
            {
                true
            }
            (Who::Agent { id }, _) => self.guests.contains(&Guest::Agent { id: *id }),
            (Who::Bot { id }, _) => self.guests.contains(&Guest::Bot { id: *id }),
            _ => false,
        }
    }

    /// Whether one more guest fits.
    pub fn admits(&self, guest: &Guest) -> bool {
        !self.guests.contains(guest) && self.guests.len() < limits::GUESTS
    }
}
