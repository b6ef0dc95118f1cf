//! From what speaks for an answer to the probability that it is right.

/// What is known about "this entry is the right answer to this text". All of it is relative to the knowledge file, so
/// that one calibration serves files of any size and subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Signals {
    /// The classifier's log-odds.
    pub(crate) score: f32,
    /// Its lead over the best other entry.
    pub(crate) lead: f32,
    /// Likeness to the nearest example question of the entry.
    pub(crate) near: f32,
    /// The lead of that over the best other entry.
    pub(crate) near_lead: f32,
    /// Likeness in units of how alike the file's own examples are.
    pub(crate) relative_near: f32,
    /// Share of what was said that the entry's examples have.
    pub(crate) known_to_entry: f32,
    /// Amount of words of content that were said and that the entry's examples have.
    pub(crate) content: f32,
    /// Whether only fillers were said ("who are you").
    pub(crate) fillers_only: bool,
    /// Amount of what was said that the file has never seen.
    pub(crate) foreign: f32,
    /// Amount of what was said that the entry's examples lack.
    pub(crate) missing: f32,
    /// Logarithm of the number of words.
    pub(crate) words: f32,
    /// Logarithm of the number of entries.
    pub(crate) entries: f32,
    /// How alike the file's own examples are.
    pub(crate) closeness: f32,
    /// The share of the file's examples that are nearer to their own entry than to another.
    pub(crate) told_apart: f32,
}

/// Numbers that the calibrator weighs.
pub(crate) const TERMS: usize = 21;

impl Signals {
    /// The signals as the calibrator weighs them: with bends, and beside the file's own yard-sticks.
    pub(crate) fn terms(&self) -> [f64; TERMS] {
        let s = |v: f32| f64::from(v);
        let lead = s(self.lead).clamp(-6.0, 6.0);
        // Yard-sticks beyond what was seen in fitting (a file of two lines) are taken as the nearest that was.
        let closeness = s(self.closeness).clamp(0.2, 0.9);
        let told_apart = s(self.told_apart).clamp(0.3, 1.0);
        [
            1.0,
            s(self.score).clamp(-8.0, 8.0),
            lead,
            (lead - 2.0).max(0.0),
            lead.min(0.5),
            s(self.near),
            (s(self.near) - 0.5).max(0.0),
            s(self.near_lead),
            s(self.near_lead).min(0.05),
            s(self.relative_near).min(2.0),
            s(self.known_to_entry),
            s(self.foreign),
            s(self.words),
            s(self.entries),
            closeness,
            told_apart,
            s(self.near) * told_apart,
            s(self.missing),
            s(self.missing) * closeness,
            s(self.content),
            f64::from(u8::from(self.fillers_only)),
        ]
    }
}

/// Likeness to the nearest example below which an answer becomes implausible whatever else speaks for it: in a file of
/// one entry everything else does.
const PLAUSIBLE: f64 = 0.2;

/// The probability, in 0..=1, that the entry is right.
pub(crate) fn probability(signals: &Signals, weights: &[f64; TERMS]) -> f64 {
    let weighed = sigmoid(signals.terms().iter().zip(weights).map(|(term, weight)| term * weight).sum());
    weighed * (f64::from(signals.near) / PLAUSIBLE).min(1.0)
}

pub(crate) fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds.clamp(-30.0, 30.0)).exp())
}
