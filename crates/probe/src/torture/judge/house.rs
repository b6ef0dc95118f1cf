//! The house as a whole: its figures, and its doors.

use super::{Verdict, Violation};
use crate::torture::journal::Pages;
use std::collections::BTreeSet;

/// Each figure of the hub's against the same counted from the logs.
pub(super) fn numbers(pages: &Pages, verdict: &mut Verdict) {
    const NAME: &str = "numbers_from_headers";
    // Without a kill or a stop every figure was made in one go: nothing was put to the test.
    let hazard = !pages.kills.is_empty() || !pages.stops.is_empty();
    for figure in &pages.figures {
        verdict.tried(NAME, u64::from(hazard));
        if figure.hub != figure.counted {
            verdict.broken(Violation {
                invariant: NAME,
                conversation: None,
                what: format!("{}: the hub says {}, the log {}", figure.what, figure.hub, figure.counted),
                seqs: BTreeSet::new(),
                texts: Vec::new(),
            });
        }
    }
}

/// Each request of somebody who may not.
pub(super) fn strangers(pages: &Pages, verdict: &mut Verdict) {
    const NAME: &str = "stranger_sees_nothing";
    for trespass in &pages.trespasses {
        verdict.tried(NAME, 1);
        if trespass.leaked || (200..300).contains(&trespass.status) {
            let bore = if trespass.leaked { ", and it bore a customer's words" } else { "" };
            verdict.broken(Violation {
                invariant: NAME,
                conversation: Some(trespass.conversation).filter(|id| !id.is_nil()),
                what: format!("somebody {}: {}{bore}", trespass.what, trespass.status),
                seqs: BTreeSet::new(),
                texts: Vec::new(),
            });
        }
    }
}
