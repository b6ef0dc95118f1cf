//! What whoever takes over gets: the whole history, the brief, and each push.

use super::{Case, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Tried: openings of targets and turns after a hand-back. Each word of the customer's comes as history or live, exactly
/// one of the two.
pub(super) fn context_is_complete(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "context_is_complete";
    let customers: BTreeMap<u64, &str> = case
        .log
        .desk
        .iter()
        .filter(|event| event.kind == "said" && event.actor.kind == "customer")
        .filter_map(|event| event.position.map(|position| (position, event.said())))
        .collect();
    let words: BTreeMap<u64, &str> = case
        .log
        .desk
        .iter()
        .filter(|event| event.shown())
        .filter_map(|event| event.position.map(|position| (position, event.said())))
        .collect();
    for open in case.talk.opens.iter().filter(|open| open.whole) {
        // Where the baton passed to the target, in positions.
        let passing = case.log.desk.iter().find(|event| {
            event.kind == "holder-set" && event.fact("holder") == "target" && event.baton == Some(open.baton)
        });
        let Some(passing) = passing else { continue };
        let upto = case
            .log
            .desk
            .iter()
            .filter(|event| event.seq < passing.seq)
            .filter_map(|event| event.position)
            .max()
            .unwrap_or(0);
        verdict.tried(NAME, 1);
        let history: BTreeMap<u64, &str> =
            open.history.iter().map(|(position, text)| (*position, text.as_str())).collect();
        if history.len() != open.history.len() {
            let what = format!("the opening under baton {} bears a line twice", open.baton);
            case.broken(verdict, NAME, what, &[passing.seq], &[]);
        }
        for (position, text) in words.range(..=upto) {
            if history.get(position) != Some(text) {
                let what = format!("the opening under baton {} lacks position {position}", open.baton);
                case.broken(verdict, NAME, what, &[passing.seq], &[text]);
                break;
            }
        }
        if let Some(position) = history.keys().find(|position| **position > upto) {
            let what = format!("the opening under baton {} bears position {position}, which comes live", open.baton);
            case.broken(verdict, NAME, what, &[passing.seq], &[]);
        }
        // Live, in order: what came before something that arrived has arrived as well.
        let live: BTreeSet<u64> = case
            .talk
            .pushes
            .iter()
            .filter(|push| push.baton == open.baton && push.answered == 200)
            .filter_map(|push| push.position)
            .collect();
        let last = live.iter().next_back().copied().unwrap_or(0);
        for (position, text) in customers.range(upto + 1..).take_while(|(position, _)| **position <= last) {
            if !live.contains(position) {
                let what = format!("the target got position {last} and never {position}");
                case.broken(verdict, NAME, what, &[passing.seq], &[text]);
            }
        }
        for push in case.talk.pushes.iter().filter(|push| push.baton == open.baton) {
            if let Some(text) = push.position.and_then(|position| customers.get(&position))
                && *text != push.text
            {
                let what = format!("the target got other words at position {}", push.position.unwrap_or(0));
                case.broken(verdict, NAME, what, &[passing.seq], &[text]);
            }
        }
        if let Some(position) = live.iter().find(|position| history.contains_key(position)) {
            let what = format!("the target got position {position} as history and live");
            case.broken(verdict, NAME, what, &[passing.seq], &[]);
        }
    }
    for ask in &case.talk.asks {
        let lines: BTreeMap<u64, &str> =
            ask.history.iter().map(|(position, text)| (*position, text.as_str())).collect();
        if ask.reason == "handed_back" {
            verdict.tried(NAME, 1);
            let brief = ask.brief.as_ref();
            let note = brief.and_then(|brief| brief.get("note")?.as_str()).unwrap_or_default();
            let given = case.talk.briefs.iter().find(|brief| brief.note == note);
            let listed: Vec<&str> = brief
                .and_then(|brief| brief.get("do_not_ask")?.as_array())
                .into_iter()
                .flatten()
                .filter_map(|line| line.as_str())
                .collect();
            // A target that ends to the bot gives no brief.
            if !note.is_empty() && given.is_none_or(|brief| brief.do_not_ask != listed) {
                let what = "the bot got another brief than the agent gave".to_owned();
                case.broken(verdict, NAME, what, &[], &[note]);
            }
        }
        // The newest lines, without a hole.
        let (Some(first), Some(upto)) = (lines.keys().next(), lines.keys().next_back()) else { continue };
        let missing = words
            .range(first..=upto)
            .find(|(position, text)| Some(**position) != ask.position && lines.get(position) != Some(text));
        if let Some((position, text)) = missing {
            let what = format!("a turn of the bot lacks position {position} between the lines that it got");
            case.broken(verdict, NAME, what, &[], &[text]);
        }
    }
}

/// Tried: pushes that were answered with an error first. Each comes again until it is taken or its lane has an end, in
/// order.
pub(super) fn pushes_retried_or_parked(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "pushes_retried_or_parked";
    let mut lanes: BTreeMap<u64, Vec<(Option<u64>, u16)>> = BTreeMap::new();
    for push in &case.talk.pushes {
        lanes.entry(push.baton).or_default().push((push.position, push.answered));
    }
    for (baton, pushes) in &lanes {
        // The holder when this lane was over: if it is not the target any more, the rest may be dropped.
        let passed = case
            .log
            .desk
            .iter()
            .find(|event| event.kind == "holder-set" && event.baton.is_some_and(|number| number > *baton));
        let mut taken = Vec::new();
        let mut failed: BTreeMap<Option<u64>, usize> = BTreeMap::new();
        for (at, (position, status)) in pushes.iter().enumerate() {
            match status {
                200 if !taken.contains(position) => taken.push(*position),
                503 => {
                    failed.entry(*position).or_insert(at);
                }
                _ => {}
            }
        }
        for (position, at) in failed {
            verdict.tried(NAME, 1);
            let again = pushes[at + 1..].iter().any(|(other, _)| *other == position);
            let excused = position.is_some() && passed.is_some();
            if !again && !excused {
                let what = match position {
                    Some(position) => format!("the push of position {position} failed and never came again"),
                    None => format!("the close under baton {baton} failed and never came again"),
                };
                case.broken(verdict, NAME, what, &[], &[]);
            }
            // A later one may not overtake it while it fails.
            let overtaken = pushes[at + 1..]
                .iter()
                .take_while(|(other, _)| *other != position)
                .any(|(other, status)| *status == 200 && other.is_some() && *other > position);
            if overtaken && position.is_some() {
                let what = format!("position {} was overtaken while its push failed", position.unwrap_or(0));
                case.broken(verdict, NAME, what, &[], &[]);
            }
        }
        let order: Vec<u64> = taken.into_iter().flatten().collect();
        if order.windows(2).any(|pair| pair[1] < pair[0]) {
            let what = format!("the target got positions out of order under baton {baton}: {order:?}");
            case.broken(verdict, NAME, what, &[], &[]);
        }
    }
    // Turns of a bot are pushes, too: an error that may pass is asked again under the same ask.
    for ask in case.talk.asks.iter().filter(|ask| ask.does == crate::torture::journal::Does::Busy) {
        verdict.tried(NAME, 1);
        let again = case.talk.asks.iter().any(|other| other.ask == ask.ask && other.attempt > ask.attempt);
        let ended = case.log.desk.iter().any(|event| event.kind == "ask-ended" && event.id("ask") == ask.ask);
        if !again && !ended {
            let what = format!("the turn {} failed for a moment and was never asked again", ask.ask);
            case.broken(verdict, NAME, what, &[], &[]);
        }
    }
    for open in case.talk.opens.iter().filter(|open| open.answered == 503) {
        verdict.tried(NAME, 1);
        let again = case.talk.opens.iter().any(|other| other.baton == open.baton && other.attempt > open.attempt);
        let passed = case
            .log
            .desk
            .iter()
            .any(|event| event.kind == "holder-set" && event.baton.is_some_and(|number| number > open.baton));
        if !again && !passed {
            let what = format!("the opening under baton {} failed and was neither repeated nor given up", open.baton);
            case.broken(verdict, NAME, what, &[], &[]);
        }
    }
}
