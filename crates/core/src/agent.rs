//! The state of an agent: what they set, which seats are taken, which offers stand.

use crate::conversation::Head;
use crate::event::{Fact, Header, PresenceBy, Stream, start_of_chain};
use crate::ids::{AgentId, ConversationId, Ms, OfferId};
use crate::limits;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An agent as the log knows them. Reachability is a lease and not here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// The end of the stream.
    pub head: Head,
    /// Wants work.
    pub available: bool,
    /// Who set that.
    pub by: PresenceBy,
    /// Since when; 0: nobody ever set it.
    pub since: Ms,
    /// Chats that take a seat.
    pub seats: BTreeSet<ConversationId>,
    /// Offers that reserve a seat.
    pub offers: BTreeMap<OfferId, ConversationId>,
    /// Who looked into which chat, and when: the newest [`limits::LOOKS`], oldest first.
    pub looks: VecDeque<(ConversationId, AgentId, Ms)>,
}

impl Agent {
    /// An agent of whom the log knows nothing: not available, nothing taken.
    pub fn new(id: AgentId) -> Self {
        let chain = start_of_chain(Stream::Agent(id));
        let head = Head { seq: 0, position: 0, at: 0, chain };
        Self {
            id,
            head,
            available: false,
            by: PresenceBy::Own,
            since: 0,
            seats: BTreeSet::new(),
            offers: BTreeMap::new(),
            looks: VecDeque::new(),
        }
    }

    /// Seats taken and reserved.
    pub fn load(&self) -> u32 {
        let extra = self.offers.values().filter(|chat| !self.seats.contains(chat)).count();
        (self.seats.len() + extra) as u32
    }

    /// Whether this reader's look into this chat was written not long ago.
    pub fn was_looked_at(&self, chat: ConversationId, by: AgentId, now: Ms) -> bool {
        self.looks.iter().any(|(c, b, at)| *c == chat && *b == by && now < at + limits::LOOK_AGAIN)
    }

    /// Applies the next header.
    pub fn apply(&mut self, header: &Header) {
        self.head.seq = header.seq;
        self.head.at = header.at;
        match &header.fact {
            Fact::PresenceSet(fact) => {
                if self.since == 0 || self.available != fact.available {
                    self.since = header.at;
                }
                (self.available, self.by) = (fact.available, fact.by);
            }
            Fact::SeatTaken(fact) => {
                self.seats.insert(fact.conversation);
            }
            Fact::SeatFreed(fact) => {
                self.seats.remove(&fact.conversation);
            }
            Fact::Offered(fact) => {
                self.offers.insert(fact.offer, fact.conversation);
            }
            Fact::OfferEnded(fact) => {
                self.offers.remove(&fact.offer);
            }
            Fact::Looked(fact) => {
                self.looks.push_back((fact.conversation, fact.by, header.at));
                while self.looks.len() > limits::LOOKS {
                    self.looks.pop_front();
                }
            }
            _ => {}
        }
    }
}
