//! Faults planted between socket and journal, so that it can be shown that the judge finds them.

use super::journal::Received;
use crate::ambient::Dice;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// Some events never reach the journal.
    Drop,
    /// Some reach it twice.
    Double,
    /// Some change places with the next.
    Swap,
}

/// How many of a million events are hit.
const HIT: u64 = 30_000;

/// Where events pass on their way into the journal.
#[derive(Debug)]
pub(crate) struct Tap {
    fault: Option<Sabotage>,
    dice: Dice,
    held: Option<Received>,
}

impl Tap {
    pub(crate) fn new(fault: Option<Sabotage>, dice: Dice) -> Self {
        Self { fault, dice, held: None }
    }

    pub(crate) fn pass(&mut self, event: Received, into: &mut Vec<Received>) {
        if let Some(first) = self.held.take() {
            into.push(event);
            into.push(first);
            return;
        }
        match self.fault.filter(|_| self.dice.chance(HIT)) {
            None => into.push(event),
            Some(Sabotage::Drop) => {}
            Some(Sabotage::Double) => {
                into.push(event.clone());
                into.push(event);
            }
            Some(Sabotage::Swap) => self.held = Some(event),
        }
    }

    pub(crate) fn flush(&mut self, into: &mut Vec<Received>) {
        into.extend(self.held.take());
    }
}
