//! "And how long?" after an answer about refunds: a few words mean more when it is known what they follow.

use super::TurnContext;
use super::knowledge::KnowledgeBase;
use super::model::Opinion;

/// From this many words on, a question stands for itself.
const LONGEST: usize = 10;
/// From this many words of content on, a question stands for itself.
const MOST_CONTENT: usize = 3;
/// Log-odds that a follow-up of the last answer gains for "how long?"; words of content take shares of it.
const GAIN: f64 = 3.0;
/// A follow-up must have at least this likeness to what was said: context helps an echo, it makes nothing up.
const LEAST_NEAR: f32 = 0.12;

/// The entries that follow on from the last answer, and what that is worth for this text.
pub(crate) struct FollowUp {
    pub(crate) entries: Vec<usize>,
    gain: f64,
}

impl FollowUp {
    pub(crate) fn of(base: &KnowledgeBase, context: &TurnContext, opinion: &Opinion) -> Self {
        let (words, content) = (opinion.words(), opinion.content);
        let last = context.last_entry.as_deref().and_then(|id| base.entry(id));
        let Some(last) = last.filter(|_| words < LONGEST && content < MOST_CONTENT) else {
            return Self { entries: Vec::new(), gain: 0.0 };
        };
        let is_follow_up = |id: &String| last.follow_ups.contains(id);
        let entries = base.entries.iter().enumerate().filter(|(_, entry)| is_follow_up(&entry.id)).map(|(i, _)| i);
        let gain = GAIN * (MOST_CONTENT - content) as f64 / MOST_CONTENT as f64;
        Self { entries: entries.collect(), gain }
    }

    /// Whether an entry follows on from the last answer, for this text.
    pub(crate) fn has(&self, entry: usize, opinion: &Opinion) -> bool {
        self.entries.contains(&entry) && opinion.nearest[entry] >= LEAST_NEAR
    }

    /// The probability of such an entry, with the context counted in.
    pub(crate) fn weigh(&self, plain: f64) -> f64 {
        let odds = plain / (1.0 - plain).max(1e-9) * self.gain.exp();
        odds / (1.0 + odds)
    }
}
