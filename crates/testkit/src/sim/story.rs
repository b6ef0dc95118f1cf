//! What happened in a run, in words: what people, bots and targets did, what went wrong, and what the log says.

use super::evidence::{Event, Evidence};
use super::journal::What;
use baton_core::event::{Fact, Stream};
use baton_core::ids::{ConversationId, Ms};
use std::collections::BTreeMap;

/// Lines of a story at most; a shrunk run needs few.
const MOST: usize = 400;

/// One line for each thing that happened, in order of passing time.
pub(crate) fn words(evidence: &Evidence, faults: &[(Ms, String)]) -> Vec<String> {
    let mut names: BTreeMap<ConversationId, String> = BTreeMap::new();
    for line in &evidence.lines {
        if let What::Started { conversation, .. } = &line.what {
            names.insert(*conversation, format!("chat of {}", line.who));
        }
    }
    let first = evidence.lines.first().map_or(0, |line| line.real);
    let named = |text: String| {
        let mut text = text;
        for (id, name) in &names {
            text = text.replace(&format!("ConversationId({id})"), name).replace(&id.to_string(), name);
        }
        text
    };
    let mut all: Vec<(Ms, u8, String)> = Vec::new();
    for line in &evidence.lines {
        // Reads and signs of life tell little and are many.
        if !matches!(line.what, What::Read { .. } | What::Alive { .. } | What::Looked) {
            all.push((line.real, 2, named(format!("{}: {:?}", line.who, line.what))));
        }
    }
    for (at, fault) in faults {
        if !fault.starts_with("late-hint") && !fault.starts_with("hint") {
            all.push((*at, 1, format!("FAULT {fault}")));
        }
    }
    for event in &evidence.log {
        if let Stream::Conversation(_) | Stream::Agent(_) = event.header.stream {
            all.push((event.real, 0, named(of_event(event))));
        }
    }
    all.sort_by_key(|(at, order, _)| (*at, *order));
    let more = all.len().saturating_sub(MOST);
    let mut out: Vec<String> =
        all.into_iter().take(MOST).map(|(at, _, words)| format!("{:>9} ms  {words}", at - first)).collect();
    if more > 0 {
        out.push(format!("and {more} lines more"));
    }
    out
}

fn of_event(event: &Event) -> String {
    let what = match &event.header.fact {
        Fact::Said(said) => {
            format!("said {:?} {:?} by {:?}", event.token().unwrap_or("-"), said.fate, event.header.actor.who)
        }
        Fact::Told(told) => format!("told {}", told.code),
        fact => format!("{fact:?}"),
    };
    let number = event.header.baton.map_or_else(String::new, |baton| format!(" number {baton}"));
    format!("LOG {} {}{number} [commit {}]: {what}", event.header.stream, event.header.seq, event.commit)
}
