//! Deadlines. Each is worked out from the state, so that the store keeps one row per stream and nothing can be forgotten.

use super::Conversation;
use crate::ids::Ms;
use crate::limits;
use crate::ownership::{Holder, Line, Pause, Phase};

/// A deadline and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When.
    pub at: Ms,
    /// For what.
    pub kind: DueKind,
}

/// What happens when the deadline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// "Still working on it."
    BotStill,
    /// The bot has failed.
    BotLimit,
    /// The short form of the hand-back notice.
    BriefLate,
    /// An offer lapses.
    Offer,
    /// "What else?" in a live wait.
    WaitChoice,
    /// The live wait is over.
    WaitOver,
    /// A promise's deadline nears.
    PromiseNear,
    /// A promise's deadline has passed.
    PromiseDue,
    /// The target has not moved on.
    Target,
    /// A supervisor is told.
    AgentSilent,
    /// The chat is offered again.
    AgentSilentOffer,
    /// The lent chat returns.
    Lending,
    /// A draft goes to the agent as not sent.
    Draft,
    /// Nobody writes.
    Quiet,
}

impl Conversation {
    /// All deadlines that stand now, in order.
    pub fn dues(&self) -> Vec<Due> {
        let mut out = Vec::with_capacity(4);
        let mut due = |at: Ms, kind: DueKind| out.push(Due { at, kind });
        if let Some(first) = self.asks.first() {
            if !first.told_still && first.limit > limits::BOT_STILL {
                due(first.first_since + limits::BOT_STILL, DueKind::BotStill);
            }
            due(first.first_since + first.limit, DueKind::BotLimit);
        }
        if let Some((_, until)) = self.brief {
            due(until, DueKind::BriefLate);
        }
        if let Some(offer) = &self.own.offer {
            due(offer.due, DueKind::Offer);
        }
        if let Some(at) = self.drafts.iter().map(|(_, at)| *at).min() {
            due(at, DueKind::Draft);
        }
        match &self.own.holder {
            Holder::Bot { due: returns, returns_to, .. } => {
                if let (Some(at), Some(_)) = (returns, returns_to) {
                    due(*at, DueKind::Lending);
                }
                if self.asks.is_empty() {
                    due(self.last_word.max(self.since) + limits::QUIET, DueKind::Quiet);
                }
            }
            Holder::Queue { line: Line::Live, due: over, .. } => {
                if !self.told_choice {
                    due(self.since + limits::WAIT_CHOICE, DueKind::WaitChoice);
                }
                due(*over, DueKind::WaitOver);
            }
            Holder::Queue { line: Line::Later, due: promised, .. } => {
                if !self.told_near && self.told_due.is_none() {
                    due(*promised - limits::PROMISE_NEAR, DueKind::PromiseNear);
                }
                // A broken promise is never forgotten: it is said again each day.
                due(self.told_due.map_or(*promised, |at| at + limits::PROMISE_AGAIN), DueKind::PromiseDue);
            }
            Holder::Agent { pause, .. } => match (self.unanswered_since, pause) {
                (Some(since), Pause::None) => {
                    let from = since.max(self.since);
                    if !self.told_silent {
                        due(from + limits::UNANSWERED, DueKind::AgentSilent);
                    }
                    due(from + limits::UNANSWERED_OFFER, DueKind::AgentSilentOffer);
                }
                _ => due(self.last_word.max(self.since) + limits::AGENT_QUIET, DueKind::Quiet),
            },
            Holder::Target { due: moved, phase, .. } => {
                let quiet = self.last_word + limits::AGENT_QUIET;
                let at = if *phase == Phase::Live { quiet.max(*moved) } else { *moved };
                due(at, DueKind::Target);
            }
            Holder::Nobody { .. } => {}
        }
        out.sort_unstable();
        out
    }

    /// The earliest deadline: the store's timer row.
    pub fn next_due(&self) -> Option<Ms> {
        self.dues().first().map(|due| due.at)
    }
}
