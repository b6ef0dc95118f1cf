//! What a failing run tells: the shortest history of the conversation concerned, in words, cut to what the checker needed.

use super::journal::Pages;
use super::judge::Violation;
use super::log::{Event, Log};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::path::Path;
use uuid::Uuid;

/// Requests around what was found.
const DEEDS: usize = 14;

/// The history of one violation.
pub(crate) fn shortest(violation: &Violation, pages: &Pages, logs: &HashMap<Uuid, Log>) -> String {
    let mut out = format!("{}: {}\n", violation.invariant, violation.what);
    let Some(id) = violation.conversation else { return out };
    let (Some(talk), Some(log)) = (pages.talks.get(&id), logs.get(&id)) else { return out };
    let _ = writeln!(out, "conversation {id}, customer {}", talk.number);
    let mut seqs = violation.seqs.clone();
    seqs.extend(log.desk.iter().filter(|event| mentions(violation, event.said())).map(|event| event.seq));
    // Who held at each of these, and what stands just before.
    let mut wanted: BTreeSet<u64> = seqs.clone();
    for seq in &seqs {
        wanted.extend(
            log.desk.iter().rfind(|event| event.seq <= *seq && event.kind == "holder-set").map(|event| event.seq),
        );
        wanted.insert(seq.saturating_sub(1));
    }
    let deeds: Vec<&(u64, String)> = talk.deeds.iter().filter(|(_, deed)| mentions(violation, deed)).collect();
    let deeds = if deeds.is_empty() {
        let skip = talk.deeds.len().saturating_sub(DEEDS);
        talk.deeds.iter().skip(skip).collect()
    } else {
        deeds
    };
    if let (Some((from, _)), Some((to, _))) = (deeds.first(), deeds.last()) {
        let _ = writeln!(out, "what was done:");
        let kills = pages.kills.iter().filter(|kill| **kill + 3_000 >= *from && **kill <= to + 10_000);
        let mut lines: Vec<(u64, String)> = deeds.iter().map(|(at, deed)| (*at, deed.clone())).collect();
        lines.extend(kills.map(|kill| (*kill, "the hub is killed".to_owned())));
        lines.sort();
        for (at, line) in lines {
            let _ = writeln!(out, "  {:>9.3} s  {line}", at as f64 / 1_000.0);
        }
    }
    let _ = writeln!(out, "what the log says:");
    for event in log.desk.iter().filter(|event| wanted.contains(&event.seq)) {
        let mark = if seqs.contains(&event.seq) { '>' } else { ' ' };
        let _ = writeln!(out, " {mark}{}", line(event));
    }
    out
}

fn mentions(violation: &Violation, words: &str) -> bool {
    !words.is_empty() && violation.texts.iter().any(|text| !text.is_empty() && words.contains(text.as_str()))
}

fn line(event: &Event) -> String {
    let mut out = format!("seq {:>4}", event.seq);
    let _ = match event.position {
        Some(position) => write!(out, " position {position:>3}"),
        None => write!(out, "             "),
    };
    let _ = write!(out, " at {} baton {} {} {}", event.at, event.baton.unwrap_or(0), event.actor.kind, event.kind);
    if let Some(fate) = &event.fate {
        let _ = write!(out, " {fate}");
    }
    if event.kind == "said" || event.kind == "told" {
        let _ = write!(out, " \"{}\"", event.said());
    } else if event.facts.as_object().is_some_and(|facts| !facts.is_empty()) {
        let _ = write!(out, " {}", event.facts);
    }
    out
}

/// Every conversation's whole history, for somebody who looks for a cause.
pub(crate) fn write_all(path: &Path, pages: &Pages, logs: &HashMap<Uuid, Log>) -> anyhow::Result<()> {
    let mut out = String::new();
    let mut ids: Vec<&Uuid> = pages.talks.keys().collect();
    ids.sort_by_key(|id| pages.talks[*id].number);
    for id in ids {
        let talk = &pages.talks[id];
        let _ = writeln!(out, "\n== {id}, customer {}", talk.number);
        for (at, deed) in &talk.deeds {
            let _ = writeln!(out, "  {:>9.3} s  {deed}", *at as f64 / 1_000.0);
        }
        for event in logs.get(id).map_or(&[][..], |log| &log.desk) {
            let _ = writeln!(out, "  {}", line(event));
        }
    }
    let _ = writeln!(out, "\nkilled at {:?}\nstopped at {:?}\ntrouble {:#?}", pages.kills, pages.stops, pages.trouble);
    Ok(std::fs::write(path, out)?)
}
