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
    /// A word that can no longer be undone goes out; before all else, because it may be the answer.
    Held,
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
    /// A chat that was put away comes back.
    Wake,
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
        if let Some(at) = self.held.iter().map(|held| held.due).min() {
            due(at, DueKind::Held);
        }
        // Nobody is silent whose word is on its way.
        let on_its_way = self.held.iter().map(|held| held.due).max().unwrap_or(0);
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
                    due((self.last_word.max(self.since) + limits::QUIET).max(on_its_way), DueKind::Quiet);
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
            Holder::Agent { pause, .. } => match (self.unanswered_since, pause, self.snoozed_until) {
                (_, Pause::Snoozed, Some(until)) => due(until, DueKind::Wake),
                (Some(since), Pause::None, _) => {
                    let from = since.max(self.since).max(self.paused_at);
                    if !self.told_silent {
                        due((from + limits::UNANSWERED).max(on_its_way), DueKind::AgentSilent);
                    }
                    due((from + limits::UNANSWERED_OFFER).max(on_its_way), DueKind::AgentSilentOffer);
                }
                _ => {
                    let from = self.last_word.max(self.since).max(self.paused_at);
                    due((from + limits::AGENT_QUIET).max(on_its_way), DueKind::Quiet);
                }
            },
            Holder::Target { due: moved, phase, .. } => {
                let quiet = (self.last_word + limits::AGENT_QUIET).max(on_its_way);
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
