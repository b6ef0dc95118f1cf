//! Who holds and who may speak, followed event by event: the design's rules in the fewest lines, apart from core's fold.

use baton_core::actor::Who;
use baton_core::event::{Fact, Header};
use baton_core::ids::{AskId, ConnectionId};
use baton_core::ownership::{Delivery, Guest, Holder, Line, Phase};
use std::collections::BTreeMap;

/// A conversation as the judges see it.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) baton: u64,
    /// The number with which the present holder began.
    pub(crate) began: u64,
    pub(crate) holder: Option<Holder>,
    pub(crate) guests: Vec<Guest>,
    pub(crate) delivery: Delivery,
    /// Open asks: which bot, under which number.
    pub(crate) asks: BTreeMap<AskId, (ConnectionId, u64)>,
}

/// The party that a holder is.
pub(crate) fn party(holder: &Holder) -> String {
    match holder {
        Holder::Bot { connection, returns_to, .. } => format!("bot {connection} {returns_to:?}"),
        Holder::Queue { queue, line, .. } => format!("queue {queue} {line:?}"),
        Holder::Agent { agent, .. } => format!("agent {agent}"),
        Holder::Target { connection, .. } => format!("target {connection}"),
        Holder::Nobody { .. } => "nobody".to_owned(),
    }
}

impl Default for Model {
    fn default() -> Self {
        Self { baton: 1, began: 1, holder: None, guests: Vec::new(), delivery: Delivery::Open, asks: BTreeMap::new() }
    }
}

impl Model {
    pub(crate) fn apply(&mut self, header: &Header) {
        match &header.fact {
            Fact::HolderSet(set) => {
                let same = match &self.holder {
                    Some(before) => party(before) == party(&set.holder),
                    None => matches!(set.holder, Holder::Nobody { .. }),
                };
                if !same || !self.guests.is_empty() || self.delivery != Delivery::Open {
                    self.baton += 1;
                }
                self.began = self.baton;
                self.holder = Some(set.holder.clone());
                self.guests.clear();
                self.delivery = Delivery::Open;
            }
            Fact::VoicesSet(set) => {
                if self.guests != set.guests || self.delivery != set.delivery {
                    self.baton += 1;
                }
                self.guests.clone_from(&set.guests);
                self.delivery = set.delivery;
            }
            Fact::PhaseSet(set) => {
                if let Some(Holder::Target { phase, .. }) = &mut self.holder {
                    *phase = set.phase;
                }
            }
            Fact::AskOpened(ask) => {
                self.asks.insert(ask.ask, (ask.bot, self.baton));
            }
            Fact::AskEnded(ask) => {
                self.asks.remove(&ask.ask);
            }
            _ => {}
        }
    }

    /// Whether this party may speak to the customer.
    pub(crate) fn may_speak(&self, who: &Who) -> bool {
        let guest = |guest: Guest| self.guests.contains(&guest);
        match (who, &self.holder) {
            (Who::Bot { id }, Some(Holder::Bot { connection, .. })) if id == connection => true,
            (Who::Bot { id }, _) => guest(Guest::Bot { id: *id }),
            (Who::Agent { id }, Some(Holder::Agent { agent, .. })) if id == agent => true,
            (Who::Agent { id }, _) => guest(Guest::Agent { id: *id }),
            (Who::Target { id, .. }, Some(Holder::Target { connection, phase, .. })) => {
                id == connection && *phase != Phase::Ending
            }
            _ => false,
        }
    }

    /// Whether it stands in a live line.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.holder, Some(Holder::Queue { line: Line::Live, .. }))
    }
}
