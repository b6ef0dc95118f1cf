//! A bus that loses hints, delivers them late, and so in another order. A hint only says "look again": nothing may hang on it.

use super::faults::Faults;
use super::machine::Owner;
use baton_core::limits;
use baton_kit::bus::{Bus, Signal};
use std::sync::Arc;
use tokio::sync::broadcast;

/// How many hints come late, of a thousand.
const LATE: u64 = 200;

/// The bus of one hub.
pub(crate) struct LossyBus {
    sender: broadcast::Sender<Signal>,
    faults: Arc<Faults>,
    owner: Owner,
}

impl LossyBus {
    pub(crate) fn new(faults: Arc<Faults>, owner: Owner) -> Self {
        Self { sender: broadcast::Sender::new(limits::HINTS), faults, owner }
    }
}

impl Bus for LossyBus {
    fn publish(&self, signal: Signal) {
        if let Some((_, name)) = self.faults.befalls("hint", self.faults.plan.hints) {
            return self.faults.note(&name, "lost");
        }
        if let Some((mut dice, name)) = self.faults.befalls("late-hint", LATE) {
            self.faults.note(&name, "late");
            let (sender, sleep) = (self.sender.clone(), self.faults.machine.sleep(dice.between(1, 3_000)));
            let late = async move {
                sleep.await;
                let _ = sender.send(signal);
            };
            return self.faults.machine.spawn(self.owner, "late hint", Box::pin(late));
        }
        // An error only says that nobody listens.
        let _ = self.sender.send(signal);
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.sender.subscribe()
    }
}
