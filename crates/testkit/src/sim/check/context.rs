//! What bots and targets were given: the whole transcript up to their turn, each later word exactly once and in order; and
//! nothing stays open outside of which the hub knows nothing.

use super::Findings;
use super::model::Model;
use crate::sim::evidence::{Event, Evidence};
use crate::sim::journal::What;
use baton_core::actor::Who;
use baton_core::event::{Body, Fact, Fate};
use baton_core::ids::{AskId, ConversationId};
use baton_kit::bot::HISTORY;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in a transcript at each position, as words.
type Transcript = BTreeMap<u64, String>;

fn transcripts(evidence: &Evidence) -> BTreeMap<ConversationId, Transcript> {
    let mut out: BTreeMap<ConversationId, Transcript> = BTreeMap::new();
    for event in &evidence.log {
        let (Some(id), Some(position)) = (event.conversation(), event.header.position) else { continue };
        let words = match (&event.header.fact, &event.body) {
            (Fact::Said(_), Some(Body::Message { content, .. })) => content.plain.clone(),
            (Fact::Told(_), Some(Body::Notice { words, .. })) => words.clone(),
            _ => continue,
        };
        out.entry(id).or_default().insert(position, words);
    }
    out
}

/// Whether this history is the newest lines up to and with `upto` but for `without`.
fn complete(transcript: &Transcript, history: &[(u64, String)], upto: u64, without: u64) -> bool {
    let first = upto.saturating_sub(HISTORY as u64);
    let right = transcript
        .range(first..=upto)
        .skip_while(|(position, _)| **position == first)
        .filter(|(position, _)| **position != without);
    right.eq(history.iter().map(|(position, words)| (position, words)))
}

/// Each turn of a bot bears everything that was said before.
pub(crate) fn bots(evidence: &Evidence, findings: &mut Findings) {
    let transcripts = transcripts(evidence);
    let none = Transcript::new();
    let mut opened: BTreeMap<AskId, &Event> = BTreeMap::new();
    for event in &evidence.log {
        if let Fact::AskOpened(ask) = &event.header.fact {
            opened.insert(ask.ask, event);
        }
    }
    let mut asked: BTreeMap<ConversationId, Vec<u64>> = BTreeMap::new();
    for line in &evidence.lines {
        let What::Turn { conversation, ask, upto, history, baton, .. } = &line.what else { continue };
        let Some(event) = opened.get(ask) else {
            findings.wrong("lanes", format!("{conversation}: a bot was given a turn that the log does not know"));
            continue;
        };
        findings.hold("late_replies", event.header.baton == Some(*baton), || {
            format!("{conversation}: a turn under {baton} that was opened under {:?}", event.header.baton)
        });
        let transcript = transcripts.get(conversation).unwrap_or(&none);
        let last = if *upto == 0 { history.last().map_or(0, |(position, _)| *position) } else { *upto };
        findings.hold("context", complete(transcript, history, last, *upto), || {
            format!(
                "{conversation}: the turn {upto} of a bot bears {:?}",
                history.iter().map(|(p, _)| p).collect::<Vec<_>>()
            )
        });
        asked.entry(*conversation).or_default().push(event.header.seq);
    }
    for (conversation, seqs) in asked {
        // A turn may be given again, never one after a later one.
        findings.hold("lanes", seqs.is_sorted(), || format!("{conversation}: turns were given out of order: {seqs:?}"));
    }
}

/// A target knows everything that was said before it, and each of the customer's words since, in order.
pub(crate) fn targets(evidence: &Evidence, findings: &mut Findings) {
    let transcripts = transcripts(evidence);
    let none = Transcript::new();
    // The stretches: number, position at its start, the customer's positions in it.
    let mut stretches: BTreeMap<(ConversationId, u64), (u64, Vec<u64>)> = BTreeMap::new();
    let mut now: BTreeMap<ConversationId, (Model, u64)> = BTreeMap::new();
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        let (model, position) = now.entry(id).or_default();
        let before = model.began;
        model.apply(&event.header);
        if model.began != before {
            stretches.insert((id, model.began), (*position, Vec::new()));
        }
        if let Some(new) = event.header.position {
            *position = new;
            let word = matches!(&event.header.fact, Fact::Said(said) if said.fate == Fate::Shown);
            if word
                && event.header.actor.who == Who::Customer
                && let Some((_, words)) = stretches.get_mut(&(id, model.began))
            {
                words.push(new);
            }
        }
    }
    let mut told: BTreeMap<(ConversationId, u64), Vec<u64>> = BTreeMap::new();
    for line in &evidence.lines {
        match &line.what {
            What::Opened { conversation, baton, history, .. } => {
                let transcript = transcripts.get(conversation).unwrap_or(&none);
                let start = stretches.get(&(*conversation, *baton)).map_or(0, |(start, _)| *start);
                findings.hold("context", complete(transcript, history, start, 0), || {
                    let got: Vec<_> = history.iter().map(|(position, _)| position).collect();
                    format!("{conversation}: the target of {baton} got {got:?}, which began at {start}")
                });
            }
            What::Told { conversation, baton, position, taken: true } => {
                told.entry((*conversation, *baton)).or_default().push(*position);
            }
            _ => {}
        }
    }
    for (place, positions) in told {
        findings.hold("lanes", positions.is_sorted(), || {
            format!("{} {}: the target heard words out of order: {positions:?}", place.0, place.1)
        });
        let heard: BTreeSet<u64> = positions.iter().copied().collect();
        let words = stretches.get(&place).map(|(_, words)| words.as_slice()).unwrap_or_default();
        let last = heard.last().copied().unwrap_or(0);
        let missing: Vec<_> = words.iter().filter(|word| **word <= last && !heard.contains(word)).collect();
        findings.hold("context", missing.is_empty(), || {
            format!("{} {}: the target never heard {missing:?}", place.0, place.1)
        });
        let history: Vec<_> = heard.iter().filter(|position| !words.contains(position)).collect();
        findings.hold("context", history.is_empty(), || {
            format!("{} {}: the target was told {history:?}, which it had as history", place.0, place.1)
        });
    }
}

/// No work is left, what was put aside can be seen, and nothing stays open at a target that the hub has left.
pub(crate) fn lanes(evidence: &Evidence, findings: &mut Findings) {
    findings.hold("lanes", evidence.left.is_none(), || format!("work for plug-ins was left: due {:?}", evidence.left));
    let mut open: BTreeSet<(ConversationId, u64)> = BTreeSet::new();
    for line in &evidence.lines {
        match &line.what {
            What::Opened { conversation, baton, taken: true, .. } => drop(open.insert((*conversation, *baton))),
            What::Closed { conversation, baton, taken: true } => drop(open.remove(&(*conversation, *baton))),
            What::TargetDid { conversation, baton, over: true, .. } => drop(open.remove(&(*conversation, *baton))),
            _ => {}
        }
    }
    for (conversation, baton) in open {
        let parked = evidence.parked.iter().any(|parked| parked.conversation == conversation);
        findings.hold("lanes", parked, || format!("{conversation} is still open at the target, under {baton}"));
    }
}
