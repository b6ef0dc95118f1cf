//! The judges: each promise of the design, as far as it can be seen at the engine, held against log and journals. They
//! know the rules anew, not from core's code, and each has a test in which a planted fault makes it speak.

mod context;
mod fair;
mod kept;
mod log;
mod model;
#[cfg(test)]
mod planted;
mod rest;

use super::evidence::Evidence;
use super::run::Violation;
use std::collections::BTreeMap;

/// The promises, in their order, by their stable words.
pub const INVARIANTS: &[&str] = &[
    "one_holder",
    "late_replies",
    "accepted_kept",
    "once_visible",
    "one_order",
    "resume",
    "true_answer",
    "nobody_waits",
    "fair_assignment",
    "bot_failure",
    "presence",
    "context",
    "numbers",
    "lanes",
    "strangers",
    "chains",
];

/// What the judges say.
#[derive(Default)]
pub(crate) struct Findings {
    violations: Vec<Violation>,
    tried: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// The promise was put to the test so many times.
    pub(crate) fn tried(&mut self, invariant: &'static str, times: u64) {
        *self.tried.entry(invariant).or_default() += times;
    }

    /// It was broken.
    pub(crate) fn wrong(&mut self, invariant: &'static str, words: String) {
        debug_assert!(INVARIANTS.contains(&invariant), "{invariant} is a promise");
        // The first few say what is wrong; a thousand more say no more.
        if self.violations.iter().filter(|known| known.invariant == invariant).count() < 5 {
            self.violations.push(Violation { invariant, words });
        }
    }

    /// One test of a promise.
    pub(crate) fn hold(&mut self, invariant: &'static str, holds: bool, words: impl FnOnce() -> String) {
        self.tried(invariant, 1);
        if !holds {
            self.wrong(invariant, words());
        }
    }
}

/// All judges.
pub(crate) fn all(evidence: &Evidence) -> (Vec<Violation>, BTreeMap<&'static str, u64>) {
    let mut findings = Findings::default();
    log::order(evidence, &mut findings);
    log::voices(evidence, &mut findings);
    log::answers(evidence, &mut findings);
    log::bots(evidence, &mut findings);
    kept::accepted(evidence, &mut findings);
    kept::once(evidence, &mut findings);
    kept::late(evidence, &mut findings);
    kept::resume(evidence, &mut findings);
    kept::strangers(evidence, &mut findings);
    fair::seats(evidence, &mut findings);
    fair::turns(evidence, &mut findings);
    fair::presence(evidence, &mut findings);
    context::bots(evidence, &mut findings);
    context::targets(evidence, &mut findings);
    context::lanes(evidence, &mut findings);
    rest::rest(evidence, &mut findings);
    rest::numbers(evidence, &mut findings);
    (findings.violations, findings.tried)
}
