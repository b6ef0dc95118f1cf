//! What is measured, and how sure the measure is.

use super::data::Dice;

/// One judged turn.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) confidence: f64,
    pub(crate) right: bool,
    pub(crate) in_scope: bool,
    /// Turns of one cluster are drawn together when the interval is made.
    pub(crate) cluster: usize,
}

/// The three figures of the bot, and two more that explain them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    /// Expected calibration error over all turns, 15 bins of equal width.
    pub(crate) ece: f64,
    /// The same over given answers alone.
    pub(crate) ece_answered: f64,
    /// Share of given answers that are wrong (both halves weigh equally).
    pub(crate) wrong: f64,
    /// Share of in-scope turns that get an answer.
    pub(crate) answered: f64,
    /// Share of in-scope turns whose best entry is the right one, answered or not.
    pub(crate) accuracy: f64,
    /// Share of out-of-scope turns that get an answer.
    pub(crate) false_answers: f64,
}

pub(crate) const NAMES: [&str; 6] = [
    "expected_calibration_error",
    "expected_calibration_error_of_answers",
    "wrong_share_of_answers",
    "in_scope_answered",
    "in_scope_accuracy",
    "out_of_scope_answered",
];

impl Figures {
    pub(crate) fn list(&self) -> [f64; 6] {
        [self.ece, self.ece_answered, self.wrong, self.answered, self.accuracy, self.false_answers]
    }
}

/// The figures, each half weighing one half however many turns it has.
pub(crate) fn figures<'a>(turns: impl Iterator<Item = &'a Judged> + Clone, threshold: f64) -> Figures {
    let count = |scope: bool| turns.clone().filter(|t| t.in_scope == scope).count().max(1) as f64;
    let (inside, outside) = (count(true), count(false));
    let weight = |t: &Judged| 0.5 / if t.in_scope { inside } else { outside };
    let mut out = Figures::default();
    let (mut given, mut wrong) = (0.0, 0.0);
    for turn in turns.clone() {
        let answers = turn.confidence >= threshold;
        if answers {
            given += weight(turn);
            wrong += if turn.right { 0.0 } else { weight(turn) };
        }
        match turn.in_scope {
            true => {
                out.answered += f64::from(u8::from(answers)) / inside;
                out.accuracy += f64::from(u8::from(turn.right)) / inside;
            }
            false => out.false_answers += f64::from(u8::from(answers)) / outside,
        }
    }
    out.wrong = if given > 0.0 { wrong / given } else { 0.0 };
    out.ece = calibration_error(turns.clone().map(|t| (t.confidence, t.right, weight(t))));
    let answers = turns.filter(|t| t.confidence >= threshold);
    out.ece_answered = calibration_error(answers.map(|t| (t.confidence, t.right, weight(t))));
    out
}

const BINS: usize = 15;

/// Weighted mean distance between confidence and truth, over bins of equal width.
pub(crate) fn calibration_error(turns: impl Iterator<Item = (f64, bool, f64)>) -> f64 {
    let bins = reliability(turns);
    let all: f64 = bins.iter().map(|bin| bin.weight).sum();
    bins.iter().map(|bin| bin.weight * (bin.confidence - bin.right).abs()).sum::<f64>() / all.max(1e-12)
}

/// One bin of the reliability diagram.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bin {
    pub(crate) weight: f64,
    pub(crate) confidence: f64,
    pub(crate) right: f64,
}

pub(crate) fn reliability(turns: impl Iterator<Item = (f64, bool, f64)>) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (confidence, right, weight) in turns {
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.weight += weight;
        bin.confidence += weight * confidence;
        bin.right += if right { weight } else { 0.0 };
    }
    for bin in bins.iter_mut().filter(|bin| bin.weight > 0.0) {
        bin.confidence /= bin.weight;
        bin.right /= bin.weight;
    }
    bins
}

/// 95 % intervals by drawing whole clusters with replacement, each half by itself.
pub(crate) fn intervals(turns: &[Judged], threshold: f64, draws: usize) -> [(f64, f64); 6] {
    let groups = |scope: bool| {
        let mut by: std::collections::BTreeMap<usize, Vec<&Judged>> = std::collections::BTreeMap::new();
        turns.iter().filter(|t| t.in_scope == scope).for_each(|t| by.entry(t.cluster).or_default().push(t));
        by.into_values().collect::<Vec<_>>()
    };
    let halves = [groups(true), groups(false)];
    let mut dice = Dice::new(7);
    let mut drawn: [Vec<f64>; 6] = Default::default();
    for _ in 0..draws {
        let mut sample: Vec<&Judged> = Vec::with_capacity(turns.len());
        for half in &halves {
            for _ in 0..half.len() {
                sample.extend(&half[dice.below(half.len())]);
            }
        }
        for (list, value) in drawn.iter_mut().zip(figures(sample.into_iter(), threshold).list()) {
            list.push(value);
        }
    }
    std::array::from_fn(|i| {
        drawn[i].sort_by(f64::total_cmp);
        let at = |share: f64| drawn[i][((draws as f64 - 1.0) * share).round() as usize];
        (at(0.025), at(0.975))
    })
}
