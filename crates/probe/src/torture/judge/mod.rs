//! Compares the journals with the hub's log, one checker for each promise of Baton. Pure: the same journals and logs give
//! the same verdict. What is counted as tried had its hazard present.

mod context;
mod house;
mod people;
mod requests;
mod words;

use super::journal::{Moment, Pages, Talk};
use super::log::{Event, Log};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The promises, in the order of the design.
pub const INVARIANTS: [&str; 15] = [
    "one_holder",
    "late_replies_die",
    "accepted_means_kept",
    "once_visible",
    "one_order",
    "resume_without_gap",
    "true_answer_true_outcome",
    "nobody_waits_for_ever",
    "fair_bounded_assignment",
    "bot_failure_is_a_handover",
    "presence",
    "context_is_complete",
    "numbers_from_headers",
    "pushes_retried_or_parked",
    "stranger_sees_nothing",
];

/// How often a promise was put to the test, and how often it broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Cases in which the hazard was present.
    pub tried: u64,
    /// Of these, broken.
    pub violated: u64,
}

/// One broken promise.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) invariant: &'static str,
    pub(crate) conversation: Option<Uuid>,
    pub(crate) what: String,
    /// Seqs of the log that show it.
    pub(crate) seqs: BTreeSet<u64>,
    /// Texts that show it.
    pub(crate) texts: Vec<String>,
}

/// The verdict so far.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) counts: BTreeMap<&'static str, Count>,
    pub(crate) violations: Vec<Violation>,
}

impl Verdict {
    fn tried(&mut self, invariant: &'static str, times: u64) {
        self.counts.entry(invariant).or_default().tried += times;
    }

    /// A finding; each counts, and the first of each promise are kept.
    fn broken(&mut self, violation: Violation) {
        self.counts.entry(violation.invariant).or_default().violated += 1;
        if self.violations.iter().filter(|other| other.invariant == violation.invariant).count() < 20 {
            self.violations.push(violation);
        }
    }
}

/// One conversation as the checkers look at it.
struct Case<'a> {
    id: Uuid,
    talk: &'a Talk,
    log: &'a Log,
    pages: &'a Pages,
    by_text: HashMap<&'a str, Vec<&'a Event>>,
    /// Of each event, who held when it was appended, and who else could speak.
    voices: Vec<Voices>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Voices {
    kind: String,
    id: Option<Uuid>,
    guests: Vec<Uuid>,
}

impl<'a> Case<'a> {
    fn new(id: Uuid, talk: &'a Talk, log: &'a Log, pages: &'a Pages) -> Self {
        let mut by_text: HashMap<&str, Vec<&Event>> = HashMap::new();
        let mut voices = Vec::with_capacity(log.desk.len());
        let mut now = Voices::default();
        for event in &log.desk {
            if event.kind == "said" {
                by_text.entry(event.said()).or_default().push(event);
            }
            match event.kind.as_str() {
                "holder-set" => {
                    let holder = event.facts.get("holder").cloned().unwrap_or_default();
                    let id = ["agent", "connection", "queue"].iter().find_map(|name| holder.get(*name));
                    now = Voices {
                        kind: event.fact("holder").to_owned(),
                        id: id.and_then(|id| id.as_str()).and_then(|id| id.parse().ok()),
                        guests: Vec::new(),
                    };
                }
                "voices-set" => {
                    let guests = event.facts.get("guests").and_then(|guests| guests.as_array()).into_iter().flatten();
                    let ids = guests.filter_map(|guest| guest.get("id")?.as_str()?.parse().ok());
                    now.guests = ids.collect();
                }
                _ => {}
            }
            voices.push(now.clone());
        }
        Self { id, talk, log, pages, by_text, voices }
    }

    fn said(&self, text: &str) -> &[&'a Event] {
        self.by_text.get(text).map_or(&[], Vec::as_slice)
    }

    fn broken(&self, verdict: &mut Verdict, invariant: &'static str, what: String, seqs: &[u64], texts: &[&str]) {
        verdict.broken(Violation {
            invariant,
            conversation: Some(self.id),
            what,
            seqs: seqs.iter().copied().collect(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        });
    }

    /// The hub was killed within ten seconds after this.
    fn killed_after(&self, at: Moment) -> bool {
        self.pages.kills.iter().any(|kill| *kill >= at && *kill < at + 10_000)
    }

    /// The hub was killed in this span.
    fn killed_in(&self, from: Moment, to: Moment) -> bool {
        self.pages.kills.iter().any(|kill| *kill >= from && *kill <= to)
    }

    fn last_holder(&self) -> &str {
        self.voices.last().map_or("", |voices| voices.kind.as_str())
    }
}

/// Judges everything. The logs were read when all had come to rest.
pub(crate) fn judge(pages: &Pages, logs: &HashMap<Uuid, Log>) -> Verdict {
    let mut verdict = Verdict::default();
    for name in INVARIANTS {
        verdict.counts.insert(name, Count::default());
    }
    let mut ids: Vec<&Uuid> = pages.talks.keys().collect();
    ids.sort_by_key(|id| pages.talks[*id].number);
    for id in ids {
        let talk = &pages.talks[id];
        let Some(log) = logs.get(id) else { continue };
        let case = Case::new(*id, talk, log, pages);
        words::one_holder(&case, &mut verdict);
        words::late_replies_die(&case, &mut verdict);
        words::accepted_means_kept(&case, &mut verdict);
        words::once_visible(&case, &mut verdict);
        words::one_order(&case, &mut verdict);
        words::resume_without_gap(&case, &mut verdict);
        requests::true_answer_true_outcome(&case, &mut verdict);
        requests::nobody_waits_for_ever(&case, &mut verdict);
        requests::bot_failure_is_a_handover(&case, &mut verdict);
        people::offers(&case, &mut verdict);
        context::context_is_complete(&case, &mut verdict);
        context::pushes_retried_or_parked(&case, &mut verdict);
    }
    people::races(pages, logs, &mut verdict);
    people::oldest_first(logs, &mut verdict);
    people::presence(pages, logs, &mut verdict);
    house::numbers(pages, &mut verdict);
    house::strangers(pages, &mut verdict);
    verdict
}
