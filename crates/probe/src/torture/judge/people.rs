//! Who was given what: offers, races, seats, presence.

use super::{Case, Verdict, Violation};
use crate::torture::journal::Pages;
use crate::torture::log::Log;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

const FAIR: &str = "fair_bounded_assignment";

/// Each offer ends once, is taken by the one who was asked, and goes to those who may.
pub(super) fn offers(case: &Case<'_>, verdict: &mut Verdict) {
    let mut offered: HashMap<String, Uuid> = HashMap::new();
    let mut ended: HashMap<String, u64> = HashMap::new();
    for (at, event) in case.log.desk.iter().enumerate() {
        match event.kind.as_str() {
            "offered" => {
                let to: Uuid = event.id("to").parse().unwrap_or_default();
                offered.insert(event.id("offer"), to);
                let from_line = event.facts.get("giver").is_none_or(serde_json::Value::is_null);
                if from_line && case.pages.agents.get(&to).is_some_and(|page| !page.serves) {
                    let what = format!("seq {} offers the chat to somebody who does not serve the line", event.seq);
                    case.broken(verdict, FAIR, what, &[event.seq], &[]);
                }
            }
            "offer-ended" => {
                let offer = event.id("offer");
                if let Some(before) = ended.insert(offer.clone(), event.seq) {
                    let what = format!("the offer {offer} ended twice");
                    case.broken(verdict, FAIR, what, &[before, event.seq], &[]);
                }
                let holder = case.log.desk[at + 1..].iter().find(|event| event.kind == "holder-set");
                let taker = holder.and_then(|event| event.facts.pointer("/holder/agent")?.as_str()?.parse().ok());
                if event.fact("how") == "accepted" && taker != offered.get(&offer).copied() {
                    let what = format!("the offer {offer} was taken by another than the one who was asked");
                    let seqs: Vec<u64> = [Some(event.seq), holder.map(|e| e.seq)].into_iter().flatten().collect();
                    case.broken(verdict, FAIR, what, &seqs, &[]);
                }
            }
            _ => {}
        }
    }
}

/// Several reached for one thing at once: at most one got it.
pub(super) fn races(pages: &Pages, logs: &HashMap<Uuid, Log>, verdict: &mut Verdict) {
    for race in &pages.races {
        verdict.tried(FAIR, 1);
        let winners: Vec<Uuid> =
            race.runners.iter().filter(|(_, status)| (200..300).contains(status)).map(|(agent, _)| *agent).collect();
        let mut distinct = winners.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let mut broken = |what: String| {
            verdict.broken(Violation {
                invariant: FAIR,
                conversation: Some(race.conversation),
                what,
                seqs: BTreeSet::new(),
                texts: race.offer.iter().cloned().collect(),
            });
        };
        if distinct.len() > 1 {
            broken(format!("{} agents took one chat at once ({})", distinct.len(), race.what));
        }
        // Who was told that they have it must stand in the log as having had it.
        if let (Some(winner), Some(log)) = (distinct.first(), logs.get(&race.conversation)) {
            let stands = log.desk.iter().any(|event| {
                event.kind == "holder-set"
                    && event.facts.pointer("/holder/agent").and_then(|id| id.as_str()) == Some(&winner.to_string())
            });
            if !stands {
                broken(format!("an agent was told that they took it ({}) and never held", race.what));
            }
        }
    }
    for page in pages.agents.values().filter(|page| page.serves) {
        for welcome in page.welcomes.iter().filter(|welcome| welcome.load > u64::from(page.capacity) + page.over) {
            verdict.broken(Violation {
                invariant: FAIR,
                conversation: None,
                what: format!("{} has {} chats and a capacity of {}", page.name, welcome.load, page.capacity),
                seqs: BTreeSet::new(),
                texts: Vec::new(),
            });
        }
    }
}

/// A stretch in a live line, in the hub's time.
struct Wait {
    conversation: Uuid,
    queue: String,
    since: i64,
    from: i64,
    to: i64,
    /// From, until, to whom, and the seq of each offer.
    offers: Vec<(i64, i64, String, u64)>,
}

fn waits(logs: &HashMap<Uuid, Log>) -> Vec<Wait> {
    let mut out = Vec::new();
    for (id, log) in logs {
        let mut open: Option<Wait> = None;
        for event in &log.desk {
            match event.kind.as_str() {
                "holder-set" => {
                    out.extend(open.take().map(|wait| Wait { to: event.at, ..wait }));
                    let fact =
                        |name: &str| event.facts.pointer(&format!("/holder/{name}")).cloned().unwrap_or_default();
                    if event.fact("holder") == "queue" && fact("line") == "live" {
                        let since = fact("since").as_i64().unwrap_or(event.at);
                        let queue = fact("queue").as_str().unwrap_or_default().to_owned();
                        let (from, to) = (event.at, i64::MAX);
                        open = Some(Wait { conversation: *id, queue, since, from, to, offers: Vec::new() });
                    }
                }
                "offered" => {
                    if let Some(wait) = &mut open {
                        wait.offers.push((event.at, i64::MAX, event.id("to"), event.seq));
                    }
                }
                "offer-ended" => {
                    if let Some(offer) = open.as_mut().and_then(|wait| wait.offers.last_mut()) {
                        offer.1 = event.at;
                    }
                }
                _ => {}
            }
        }
        out.extend(open);
    }
    out
}

/// The oldest wait is offered first. Tried: offers that were made while others waited in the same line.
pub(super) fn oldest_first(logs: &HashMap<Uuid, Log>, verdict: &mut Verdict) {
    // The clock may stand still for a while after a step back, so that times of two streams are compared with a margin.
    const MARGIN: i64 = 5_000;
    // Whom an offer passed by is not asked again about that chat for a minute; a bit more, for the same reason.
    const PASSED_OVER: i64 = 75_000;
    let all = waits(logs);
    for wait in &all {
        for (at, _, to, seq) in &wait.offers {
            let others = all.iter().filter(|other| {
                other.queue == wait.queue
                    && other.conversation != wait.conversation
                    && other.from < at - MARGIN
                    && other.to > at + MARGIN
            });
            let mut tried = false;
            for other in others {
                tried = true;
                let busy = other.offers.iter().any(|(from, until, ..)| *from < at + MARGIN && *until > at - MARGIN);
                let passed = other.offers.iter().any(|(from, _, agent, _)| agent == to && *from > at - PASSED_OVER);
                if other.since < wait.since - MARGIN && !busy && !passed {
                    verdict.broken(Violation {
                        invariant: FAIR,
                        conversation: Some(wait.conversation),
                        what: format!("seq {seq} was offered though {} had waited longer", other.conversation),
                        seqs: BTreeSet::from([*seq]),
                        texts: Vec::new(),
                    });
                }
            }
            verdict.tried(FAIR, u64::from(tried));
        }
    }
}

/// Tried: lines that came back to one who had set themselves away or had vanished, and offers after somebody had been
/// away.
pub(super) fn presence(pages: &Pages, logs: &HashMap<Uuid, Log>, verdict: &mut Verdict) {
    const NAME: &str = "presence";
    let broken = |verdict: &mut Verdict, conversation, what, seqs| {
        verdict.broken(Violation { invariant: NAME, conversation, what, seqs, texts: Vec::new() });
    };
    for page in pages.agents.values() {
        for welcome in &page.welcomes {
            let last = page.sets.iter().rev().find(|set| set.sent <= welcome.at);
            // Only what was acknowledged before, with nothing on its way since, is known.
            let Some(set) = last.filter(|set| set.kept.is_some_and(|kept| kept <= welcome.at)) else { continue };
            let vanished = page.vanished.iter().any(|at| *at > set.sent && *at < welcome.at);
            if !set.available || vanished {
                verdict.tried(NAME, 1);
            }
            // One who was set available may have been set away for being idle; never the other way round.
            if welcome.available && !set.available {
                let what = format!("{} had set themselves away and came back as available", page.name);
                broken(verdict, None, what, BTreeSet::new());
            }
        }
        // What was acknowledged stands in the agent's own log.
        let away = page.presence.iter().filter(|(_, available)| !available).count();
        let set: Vec<bool> = page.sets.iter().filter(|set| set.kept.is_some()).map(|set| set.available).collect();
        let changes = set.windows(2).filter(|pair| pair[0] && !pair[1]).count();
        let unknown = page.sets.iter().filter(|set| set.kept.is_none()).count();
        if away + unknown < changes {
            let what = format!("{} went away {changes}× and their log says so {away}×", page.name);
            broken(verdict, None, what, BTreeSet::new());
        }
    }
    // Offers in the hub's own time, with a margin for a clock that stands still.
    for (id, log) in logs {
        for event in log.desk.iter().filter(|event| event.kind == "offered") {
            let to: Uuid = event.id("to").parse().unwrap_or_default();
            let Some(page) = pages.agents.get(&to).filter(|page| page.serves) else { continue };
            let margin = 3_000;
            let near = page.presence.iter().any(|(at, _)| (at - event.at).abs() <= margin);
            let before = page.presence.iter().rev().find(|(at, _)| *at < event.at);
            let from_line = event.facts.get("giver").is_none_or(serde_json::Value::is_null);
            if let (false, Some((_, false)), true) = (near, before, from_line) {
                let what = format!("seq {} offers the chat to {}, who was away", event.seq, page.name);
                broken(verdict, Some(*id), what, BTreeSet::from([event.seq]));
            }
        }
    }
}
