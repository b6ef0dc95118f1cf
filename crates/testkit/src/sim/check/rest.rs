//! After all deadlines: every conversation rests, what is in memory is what the log says, and every number is the headers'.

use super::Findings;
use crate::sim::evidence::Evidence;
use crate::sim::journal::What;
use baton_core::ownership::{Holder, Line};
use baton_engine::row;
use std::collections::BTreeMap;

/// Nobody waits for ever.
pub(crate) fn rest(evidence: &Evidence, findings: &mut Findings) {
    for words in &evidence.unarmed {
        findings.wrong("nobody_waits", format!("a deadline for which no timer stands: {words}"));
    }
    for (id, state) in &evidence.folded {
        let rests = match state.own.holder {
            Holder::Nobody { .. } | Holder::Queue { line: Line::Later, .. } => true,
            // Without a list for messages a customer keeps the place, and the wait gets a new deadline each time.
            Holder::Queue { line: Line::Live, .. } => !evidence.plan.later,
            _ => false,
        };
        findings.hold("nobody_waits", rests, || format!("{id} never comes to rest: {:?}", state.own.holder));
        let final_state = matches!(state.own.holder, Holder::Nobody { .. });
        findings.hold("nobody_waits", final_state || state.next_due().is_some(), || {
            format!("{id} has no deadline: {:?}", state.own.holder)
        });
        findings.hold("nobody_waits", state.asks.is_empty() && state.held.is_empty(), || {
            format!("{id} rests with open turns or words that nobody sends")
        });
    }
}

/// What stands beside the log follows from it.
pub(crate) fn numbers(evidence: &Evidence, findings: &mut Findings) {
    let rows: BTreeMap<_, _> = evidence.rows.iter().map(|row| (row.id, row)).collect();
    for (id, state) in &evidence.folded {
        findings.hold("numbers", rows.get(id).is_some_and(|kept| **kept == row(state)), || {
            format!("the row of {id} is not what the log says")
        });
        if let Some(live) = evidence.live.get(id) {
            findings.hold("numbers", live == state, || format!("{id} in memory is not what the log says"));
        }
    }
    for line in &evidence.lines {
        match &line.what {
            What::Looked => findings.tried("numbers", 1),
            What::Behind { conversation, words } => findings.wrong("numbers", format!("{conversation}: {words}")),
            What::NoPlace { conversation } => {
                findings.wrong("fair_assignment", format!("{conversation} waits, and the router does not know of it"));
            }
            _ => {}
        }
    }
    let sorted = |entries: &[baton_kit::store::Entry]| {
        let mut entries = entries.to_vec();
        entries.sort_by(|a, b| (&a.list, a.id).cmp(&(&b.list, b.id)));
        entries
    };
    let (kept, counted) = (sorted(&evidence.kept), sorted(&evidence.counted));
    findings.hold("numbers", kept == counted, || {
        format!("{} entries were written live, the headers say {}", kept.len(), counted.len())
    });
}
