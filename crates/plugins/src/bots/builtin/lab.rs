//! For the evaluation and the fitting of the calibrator alone: no part of the bot's interface.

use super::{BuiltinBot, KnowledgeBase, Mind, TurnContext, signals};

/// What the model says of a text before it is calibrated.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The entry ranked first.
    pub entry: usize,
    /// The terms that the calibrator weighs.
    pub terms: Vec<f64>,
}

/// A bot with its lid off.
#[derive(Debug)]
pub struct Lab(Mind);

impl Lab {
    /// Learns a knowledge base.
    #[must_use]
    pub fn of(base: KnowledgeBase) -> Self {
        Self(Mind::learn(base))
    }

    /// The entry ranked first for a text, and its terms; none for a text without words.
    #[must_use]
    pub fn measure(&self, text: &str) -> Option<Measured> {
        let opinion = self.0.model.opinion(text);
        let entry = *self.0.contenders(&opinion).first().filter(|_| !opinion.is_empty())?;
        let terms = self.0.model.signals(&opinion, entry, false).terms().to_vec();
        Some(Measured { entry, terms })
    }
}

/// The committed weights of the calibrator.
#[must_use]
pub fn weights() -> Vec<f64> {
    super::calibration::WEIGHTS.to_vec()
}

/// The committed threshold.
#[must_use]
pub fn threshold_millionths() -> u32 {
    super::calibration::THRESHOLD_MILLIONTHS
}

/// The best entry's index and its probability, whether or not the bot would answer.
#[must_use]
pub fn best(bot: &BuiltinBot, text: &str) -> Option<(usize, f64)> {
    bot.mind().best(text, &TurnContext::default())
}

/// The probability for terms under given weights.
#[must_use]
pub fn probability(terms: &[f64], weights: &[f64]) -> f64 {
    let log_odds: f64 = terms.iter().zip(weights).map(|(term, weight)| term * weight).sum();
    signals::sigmoid(log_odds)
}

/// The folded tokens of a text, as the bot sees them.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    super::text::tokens(text)
}
