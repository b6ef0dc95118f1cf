//! Requests for a person: their answers, their ends, and that everything has an end.

use super::{Case, Verdict};
use crate::torture::journal::Does;
use crate::torture::log::Event;
use std::collections::BTreeMap;

#[derive(Default)]
struct Handover<'a> {
    asked: Option<&'a Event>,
    answers: Vec<&'a Event>,
    outcomes: Vec<&'a Event>,
}

/// Tried: requests that were sent several times at once, that a kill fell into, or that a failing destination got.
pub(super) fn true_answer_true_outcome(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "true_answer_true_outcome";
    let mut all: BTreeMap<String, Handover<'_>> = BTreeMap::new();
    for event in &case.log.desk {
        let entry = || event.id("handover");
        match event.kind.as_str() {
            "handover-asked" => all.entry(entry()).or_default().asked = Some(event),
            "handover-answered" => all.entry(entry()).or_default().answers.push(event),
            "handover-ended" => all.entry(entry()).or_default().outcomes.push(event),
            _ => {}
        }
    }
    for (id, handover) in &all {
        let seqs: Vec<u64> =
            handover.asked.iter().chain(&handover.answers).chain(&handover.outcomes).map(|event| event.seq).collect();
        if handover.answers.len() != 1 {
            let what = format!("the request {id} has {} answers", handover.answers.len());
            case.broken(verdict, NAME, what, &seqs, &[]);
        }
        if handover.outcomes.len() > 1 {
            let what = format!("the request {id} has {} outcomes", handover.outcomes.len());
            case.broken(verdict, NAME, what, &seqs, &[]);
        }
        // Only what still stands in a line of promises may be open.
        if handover.outcomes.is_empty() && matches!(case.last_holder(), "agent" | "nobody" | "bot") {
            let what = format!("the request {id} has no outcome though {} holds", case.last_holder());
            case.broken(verdict, NAME, what, &seqs, &[]);
        }
        if let (Some(answer), Some(asked)) = (handover.answers.first(), handover.asked) {
            answer_is_true(case, verdict, answer);
            if matches!(asked.fact("trigger"), "bot_failed" | "target_failed" | "agent_lost" | "wait_over") {
                verdict.tried(NAME, 1);
            }
        }
    }
    // What the button was told, against what stands in the log.
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for press in &case.talk.presses {
        if press.together > 1 || case.killed_in(press.sent, press.answered + 2_000) {
            verdict.tried(NAME, 1);
        }
        if let Some(answer) = press.answer.as_deref().filter(|answer| *answer != "already") {
            *told.entry(answer).or_default() += 1;
        }
    }
    for (answer, count) in told {
        let stands = all
            .values()
            .filter(|handover| handover.asked.is_some_and(|asked| asked.fact("trigger") == "button"))
            .flat_map(|handover| &handover.answers)
            .filter(|event| event.fact("answer") == answer)
            .count();
        if count > stands {
            let what = format!("the customer was told \"{answer}\" {count}× and the log says so {stands}×");
            case.broken(verdict, NAME, what, &[], &[]);
        }
    }
}

/// The answer says what happens in the same commit: the next holder is of that kind.
fn answer_is_true(case: &Case<'_>, verdict: &mut Verdict, answer: &Event) {
    let wanted = match answer.fact("answer") {
        "queued" => "queue",
        "assigned" => "agent",
        "opening" => "target",
        _ => return,
    };
    let next = case.log.desk.iter().find(|event| event.seq > answer.seq && event.kind == "holder-set");
    let found = next.map_or("nobody", |event| event.fact("holder"));
    if found != wanted {
        let what = format!("the answer at seq {} was {} and then {found} held", answer.seq, answer.fact("answer"));
        let seqs: Vec<u64> = [Some(answer.seq), next.map(|event| event.seq)].into_iter().flatten().collect();
        case.broken(verdict, "true_answer_true_outcome", what, &seqs, &[]);
    }
}

/// Tried: turns that a bot never answered, offers that nobody took, openings and waits that nobody ended, agents that
/// vanished with an unanswered customer. Everything has come to rest by now: hours have passed on the hub's clock.
pub(super) fn nobody_waits_for_ever(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "nobody_waits_for_ever";
    let mut open: BTreeMap<String, &Event> = BTreeMap::new();
    for event in &case.log.desk {
        match event.kind.as_str() {
            "ask-opened" => {
                open.insert(format!("turn {}", event.id("ask")), event);
            }
            "ask-ended" => {
                open.remove(&format!("turn {}", event.id("ask")));
                verdict.tried(NAME, u64::from(event.fact("how") == "failed"));
            }
            "offered" => {
                open.insert(format!("offer {}", event.id("offer")), event);
            }
            "offer-ended" => {
                open.remove(&format!("offer {}", event.id("offer")));
                verdict.tried(NAME, u64::from(event.fact("how") == "lapsed"));
            }
            "failed" => {
                let what = event.fact("what");
                let waited = matches!(what, "target_lost" | "agent_lost" | "wait_over" | "lane_dead" | "agent_silent");
                verdict.tried(NAME, u64::from(waited));
            }
            _ => {}
        }
    }
    for (what, event) in open {
        let what = format!("the {what} of seq {} never ended", event.seq);
        case.broken(verdict, NAME, what, &[event.seq], &[]);
    }
    let rests = match case.last_holder() {
        "nobody" => true,
        // A promise stands until somebody keeps it.
        "queue" => {
            let last = case.log.desk.iter().rfind(|event| event.kind == "holder-set");
            let line = last.and_then(|event| event.facts.pointer("/holder/line").cloned()).unwrap_or_default();
            line == "later"
        }
        _ => false,
    };
    if !rests {
        let what = format!("a day later {} still holds, and nothing has happened", case.last_holder());
        let last: Vec<u64> = case.log.desk.iter().rev().take(3).map(|event| event.seq).collect();
        case.broken(verdict, NAME, what, &last, &[]);
    }
}

/// Tried: turns of a bot that failed.
pub(super) fn bot_failure_is_a_handover(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "bot_failure_is_a_handover";
    let (mut failures, mut hand_backs) = (0, 0);
    let mut failed_asks = Vec::new();
    for (at, event) in case.log.desk.iter().enumerate() {
        match event.kind.as_str() {
            "opened" => (failures, hand_backs) = (0, 0),
            "ask-opened" if failures >= 2 => {
                let what = format!("a bot that failed twice was asked again at seq {}", event.seq);
                case.broken(verdict, NAME, what, &[event.seq], &[]);
            }
            "holder-set" if event.fact("why") == "handed_back" => {
                hand_backs += 1;
                if hand_backs > 3 {
                    let what = format!("a chat was handed back for the fourth time at seq {}", event.seq);
                    case.broken(verdict, NAME, what, &[event.seq], &[]);
                }
            }
            "ask-ended" if event.fact("how") == "failed" => {
                verdict.tried(NAME, 1);
                failures += 1;
                failed_asks.push(event.id("ask"));
                let next: Vec<&Event> = case.log.desk[at + 1..].iter().take(3).collect();
                let told = next.iter().any(|event| event.kind == "failed");
                let asked =
                    next.iter().any(|event| event.kind == "handover-asked" && event.fact("trigger") == "bot_failed");
                if !told || !asked {
                    let what = format!("the bot failed at seq {} and no request for a person followed", event.seq);
                    let seqs: Vec<u64> = std::iter::once(event.seq).chain(next.iter().map(|e| e.seq)).collect();
                    case.broken(verdict, NAME, what, &seqs, &[]);
                }
            }
            _ => {}
        }
    }
    // A turn that the bot let fail may end as withdrawn, never as answered.
    for ask in case.talk.asks.iter().filter(|ask| matches!(ask.does, Does::Fails | Does::Silent)) {
        let ended = case.log.desk.iter().find(|event| event.kind == "ask-ended" && event.id("ask") == ask.ask);
        if let Some(event) = ended.filter(|event| !matches!(event.fact("how"), "failed" | "withdrawn")) {
            let what = format!("the bot failed a turn that ends as {} at seq {}", event.fact("how"), event.seq);
            case.broken(verdict, NAME, what, &[event.seq], &[]);
        }
    }
}
