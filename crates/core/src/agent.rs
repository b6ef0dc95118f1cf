//! The state of an agent: what they set, which seats are taken, which offers stand.

use crate::conversation::Head;
use crate::event::{Fact, Header, PresenceBy, Stream, start_of_chain};
use crate::ids::{AgentId, ConversationId, OfferId};
use std::collections::{BTreeMap, BTreeSet};

/// An agent as the log knows them. Reachability is a lease and not here.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// The end of the stream.
    pub head: Head,
    /// Wants work.
    pub available: bool,
    /// Who set that.
    pub by: PresenceBy,
    /// Chats that take a seat.
    pub seats: BTreeSet<ConversationId>,
    /// Offers that reserve a seat.
    pub offers: BTreeMap<OfferId, ConversationId>,
}

impl Agent {
    /// An agent of whom the log knows nothing: not available, nothing taken.
    pub fn new(id: AgentId) -> Self {
        let chain = start_of_chain(Stream::Agent(id));
        let head = Head { seq: 0, position: 0, at: 0, chain };
        Self { id, head, available: false, by: PresenceBy::Own, seats: BTreeSet::new(), offers: BTreeMap::new() }
    }

    /// Seats taken and reserved.
    pub fn load(&self) -> u32 {
        let extra = self.offers.values().filter(|chat| !self.seats.contains(chat)).count();
        (self.seats.len() + extra) as u32
    }

    /// Applies the next header.
    pub fn apply(&mut self, header: &Header) {
        self.head.seq = header.seq;
        self.head.at = header.at;
        match &header.fact {
            Fact::PresenceSet(fact) => (self.available, self.by) = (fact.available, fact.by),
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
            _ => {}
        }
    }
}
