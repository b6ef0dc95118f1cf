//! The built-in bot: answers from a knowledge file, knows how sure it is, and says nothing where it is not sure.
//!
//! A pure library. It must never do I/O, wait, look at a clock or roll dice: the same file and the same text give the
//! same turn. Who loads the file, watches it for changes and speaks the bot contract is the caller.
//!
//! ```
//! use baton_plugins::bots::builtin::{BuiltinBot, Turn, TurnContext};
//!
//! let bot = BuiltinBot::new(r#"
//! version: 1
//! name: Fernweh
//! language: en
//! greeting: Hello.
//! fallback: I don't know that.
//! entries:
//!   - id: parcel
//!     questions: ["Where is my parcel?", "Track my order", "When does my package arrive?"]
//!     answer: It is on its way.
//!   - id: returns
//!     questions: ["How do I send something back?", "Return an item", "I want to return my boots"]
//!     answer: Within 30 days.
//! "#).expect("a valid file");
//! let turn = bot.answer("where is my parcel", &TurnContext::default());
//! assert!(matches!(turn, Turn::Answer { entry_id, .. } if entry_id == "parcel"));
//! ```

pub mod knowledge;
#[doc(hidden)]
pub mod lab;

mod calibration;
mod fillers;
mod follow_up;
mod model;
/// The bot as the engine drives it.
pub mod plugin;
mod signals;
mod text;

#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};

pub use knowledge::{Entry, HandOver, KnowledgeBase, QuickReply};

use follow_up::FollowUp;
use model::{Model, Opinion};

/// How many of the best entries are weighed exactly.
const CONTENDERS: usize = 4;

/// What the conversation so far means for the next turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnContext {
    /// The entry that the bot answered with last, if the customer's words may follow on from it.
    pub last_entry: Option<String>,
}

/// What the bot makes of one message of the customer. Confidence is in millionths: the probability, as measured on
/// other subjects than this file's, that this entry is what the customer asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The bot is sure enough to say this.
    Answer {
        /// The entry that answers.
        entry_id: String,
        /// What to say.
        text: String,
        /// Buttons to offer.
        quick_replies: Vec<QuickReply>,
        /// How sure it is.
        confidence_millionths: u32,
        /// What the customer wanted, for reports and rules: the entry's id.
        intent: String,
    },
    /// The bot does not know. The caller says the file's `fallback`, or asks for a person.
    Abstain {
        /// How sure it would have been of `best`.
        confidence_millionths: u32,
        /// The nearest entry, for the administrator's eyes; none where nothing is near.
        best: Option<String>,
    },
    /// The bot asks for a person.
    HandOver {
        /// The entry that says so.
        entry_id: String,
        /// Why.
        reason: String,
        /// Where to; the inbox's own default if none.
        destination: Option<String>,
        /// What to say before, if anything.
        text: Option<String>,
        /// How sure it is that the customer asked this.
        confidence_millionths: u32,
    },
}

/// The bot: a knowledge file, what was learned from it, and a way to swap both while turns are running.
#[derive(Debug)]
pub struct BuiltinBot {
    mind: RwLock<Arc<Mind>>,
    threshold_millionths: u32,
}

/// A file and its model: swapped together, so that a turn never mixes two files.
#[derive(Debug)]
struct Mind {
    base: Arc<KnowledgeBase>,
    model: Model,
}

impl Mind {
    fn learn(base: KnowledgeBase) -> Self {
        let examples: Vec<(usize, &str)> = base
            .entries
            .iter()
            .enumerate()
            .flat_map(|(index, entry)| entry.questions.iter().map(move |question| (index, question.as_str())))
            .collect();
        let model = Model::train(&base.language, base.entries.len(), &examples);
        Self { base: Arc::new(base), model }
    }

    /// The best entry for a text, and the probability that it is right.
    fn best(&self, text: &str, context: &TurnContext) -> Option<(usize, f64)> {
        let opinion = self.model.opinion(text);
        if opinion.is_empty() {
            return None;
        }
        if let Some(entry) = opinion.verbatim {
            return Some((entry, calibration::VERBATIM));
        }
        let follow_up = FollowUp::of(&self.base, context, &opinion);
        let contenders = self.contenders(&opinion).into_iter().chain(follow_up.entries.iter().copied());
        let weighed = contenders.map(|entry| {
            let in_context = follow_up.has(entry, &opinion);
            let plain = signals::probability(&self.model.signals(&opinion, entry, in_context), &calibration::WEIGHTS);
            (entry, if in_context { follow_up.weigh(plain) } else { plain })
        });
        weighed.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The entries that the two opinions together rank first.
    fn contenders(&self, opinion: &Opinion) -> Vec<usize> {
        let mut ranked: Vec<usize> = (0..opinion.scores.len()).collect();
        ranked.sort_by(|a, b| opinion.rank(*b).total_cmp(&opinion.rank(*a)).then(a.cmp(b)));
        ranked.truncate(CONTENDERS);
        ranked
    }
}

impl BuiltinBot {
    /// A bot with the knowledge of this file.
    ///
    /// # Errors
    /// If the file cannot be taken.
    pub fn new(yaml: &str) -> Result<Self, knowledge::Error> {
        Ok(Self::of(KnowledgeBase::parse(yaml)?))
    }

    /// A bot with this knowledge.
    #[must_use]
    pub fn of(base: KnowledgeBase) -> Self {
        Self { mind: RwLock::new(Arc::new(Mind::learn(base))), threshold_millionths: calibration::THRESHOLD_MILLIONTHS }
    }

    /// The same bot, answering only from this confidence on (in millionths).
    #[must_use]
    pub fn with_threshold(mut self, millionths: u32) -> Self {
        self.threshold_millionths = millionths.min(1_000_000);
        self
    }

    /// Takes a new file. Turns that run meanwhile end with the old one; learning happens before the swap.
    ///
    /// # Errors
    /// If the file cannot be taken: the bot then keeps what it knew.
    pub fn reload(&self, yaml: &str) -> Result<(), knowledge::Error> {
        let mind = Arc::new(Mind::learn(KnowledgeBase::parse(yaml)?));
        // Nothing panics while this lock is held, and a whole `Arc` is written: a poisoned lock still holds a good mind.
        *self.mind.write().unwrap_or_else(PoisonError::into_inner) = mind;
        Ok(())
    }

    /// What the bot knows now: for its greeting, its fallback and the administrator's pages.
    #[must_use]
    pub fn knowledge(&self) -> Arc<KnowledgeBase> {
        Arc::clone(&self.mind().base)
    }

    /// What the bot makes of a message of the customer. Any text will do; a very long one is read at its beginning.
    #[must_use]
    pub fn answer(&self, text: &str, context: &TurnContext) -> Turn {
        let mind = self.mind();
        let Some((index, probability)) = mind.best(text, context) else {
            return Turn::Abstain { confidence_millionths: 0, best: None };
        };
        let entry = &mind.base.entries[index];
        let confidence_millionths = millionths(probability);
        if confidence_millionths < self.threshold_millionths {
            return Turn::Abstain { confidence_millionths, best: Some(entry.id.clone()) };
        }
        match (&entry.hand_over, &entry.answer) {
            (Some(hand_over), text) => Turn::HandOver {
                entry_id: entry.id.clone(),
                reason: hand_over.reason.clone(),
                destination: hand_over.destination.clone(),
                text: text.clone(),
                confidence_millionths,
            },
            (None, Some(text)) => Turn::Answer {
                entry_id: entry.id.clone(),
                text: text.clone(),
                quick_replies: entry.quick_replies.clone(),
                confidence_millionths,
                intent: entry.id.clone(),
            },
            // The parser refuses such an entry; one built by hand has nothing to say.
            (None, None) => Turn::Abstain { confidence_millionths, best: Some(entry.id.clone()) },
        }
    }

    fn mind(&self) -> Arc<Mind> {
        Arc::clone(&self.mind.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rounded number from 0 to 1,000,000")]
fn millionths(probability: f64) -> u32 {
    (probability.clamp(0.0, 1.0) * 1e6).round() as u32
}
