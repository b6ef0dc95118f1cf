//! What follows from each failure: one table, and it fails towards a human.

use crate::event::{Failure, Trigger};

/// The next step after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// A person is wanted, with this trigger.
    HandOver(Trigger),
    /// The handover fails and the system opens the next one.
    NextDestination,
    /// Back to the front of the line, with the old start of the wait.
    OfferAgain,
    /// The wait becomes a promise with an owner and a deadline.
    Promise,
    /// Higher priority, seen by supervisors, and it stays.
    Escalate,
    /// Said to supervisors.
    Warn,
    /// Nothing: the rest goes on without it.
    Ignore,
}

/// The table.
pub const fn consequence(failure: Failure) -> Consequence {
    match failure {
        Failure::BotTimeout | Failure::BotError => Consequence::HandOver(Trigger::BotFailed),
        Failure::TargetRefused | Failure::TargetLost | Failure::LaneDead => Consequence::NextDestination,
        Failure::AgentLost | Failure::OfferLapsed => Consequence::OfferAgain,
        Failure::WaitOver => Consequence::Promise,
        Failure::PromiseNear | Failure::PromiseDue => Consequence::Escalate,
        Failure::AgentSilent => Consequence::Warn,
        Failure::SignalMissing => Consequence::Ignore,
    }
}
