//! Makes a failing run short: leaves out what people do and what goes wrong, piece by piece, as long as the same promise
//! is still broken.

use super::plan::{Names, Plan};
use super::run::{Outcome, run};

/// What is left of a failing run.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The run.
    pub outcome: Outcome,
    /// The choices without which it holds; [`Plan::with`] runs them again.
    pub kept: Names,
    /// Runs that it took.
    pub runs: u32,
}

/// Shrinks a failing run, in at most so many further runs.
pub fn shrink(failing: Outcome, most: u32) -> Shrunk {
    let Some(invariant) = failing.violations.first().map(|violation| violation.invariant) else {
        let kept = failing.used.clone();
        return Shrunk { outcome: failing, kept, runs: 0 };
    };
    let seed = failing.seed;
    let (mut best, mut runs) = (failing, 0);
    let mut names: Vec<String> = best.used.iter().cloned().collect();
    // The longest pieces first: most of a run has nothing to do with what went wrong.
    let mut piece = names.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let before = names.len();
        while at < names.len() && runs < most {
            let end = (at + piece).min(names.len());
            let kept: Names = names[..at].iter().chain(&names[end..]).cloned().collect();
            runs += 1;
            let outcome = run(&Plan::with(seed, Some(kept)));
            if outcome.violations.iter().any(|violation| violation.invariant == invariant) {
                // What was allowed and never came to pass is gone as well.
                names = outcome.used.iter().cloned().collect();
                best = outcome;
            } else {
                at = end;
            }
        }
        if runs >= most || (piece == 1 && names.len() == before) {
            break;
        }
        piece = (piece / 2).max(1);
    }
    Shrunk { kept: names.into_iter().collect(), outcome: best, runs }
}
