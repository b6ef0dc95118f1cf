//! What came of a run, as JSON for programs and as a table for people.

use super::Options;
use super::history;
use super::journal::Pages;
use super::judge::{Count, INVARIANTS, Verdict};
use super::log::Log;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// Everything that a run says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What every draw depended on.
    pub seed: u64,
    /// Of play.
    pub seconds: u64,
    /// SIGKILLs.
    pub kills: u64,
    /// By customers and agents.
    pub messages_acknowledged: u64,
    /// One count for each promise.
    #[serde(serialize_with = "in_order")]
    pub invariants: BTreeMap<&'static str, Count>,
    /// Nothing was violated, and each promise was put to the test often enough.
    pub ok: bool,
    #[serde(skip)]
    more: More,
}

/// For people alone.
#[derive(Clone, Debug, Default)]
struct More {
    conversations: u64,
    stops: u64,
    network: u64,
    took: Duration,
    at_least: u64,
    histories: Vec<String>,
    trouble: Vec<String>,
}

fn in_order<S: Serializer>(counts: &BTreeMap<&'static str, Count>, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(INVARIANTS.len()))?;
    for name in INVARIANTS {
        map.serialize_entry(name, &counts.get(name).copied().unwrap_or_default())?;
    }
    map.end()
}

pub(crate) fn write(
    options: &Options,
    pages: &Pages,
    logs: &HashMap<Uuid, Log>,
    verdict: Verdict,
    acknowledged: u64,
    network: u64,
    took: Duration,
) -> Report {
    let looks = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let held = verdict.counts.iter().filter(|(name, _)| looks(name)).all(|(_, count)| count.violated == 0);
    let strong = options.only.is_some() || verdict.counts.values().all(|count| count.tried >= options.at_least);
    let mut histories = Vec::new();
    for name in INVARIANTS.iter().filter(|name| looks(name)) {
        let of = verdict.violations.iter().filter(|violation| violation.invariant == *name);
        // The one that needs the fewest lines says the most.
        let mut told: Vec<String> = of.map(|violation| history::shortest(violation, pages, logs)).collect();
        told.sort_by_key(|history| history.lines().count());
        histories.extend(told.into_iter().next());
    }
    Report {
        seed: options.seed,
        seconds: options.seconds,
        kills: pages.kills.len() as u64,
        messages_acknowledged: acknowledged,
        invariants: verdict.counts,
        ok: held && strong,
        more: More {
            conversations: logs.len() as u64,
            stops: pages.stops.len() as u64,
            network,
            took,
            at_least: options.at_least,
            histories,
            trouble: pages.trouble.clone(),
        },
    }
}

impl Report {
    /// One count.
    pub fn count(&self, name: &str) -> Count {
        self.invariants.get(name).copied().unwrap_or_default()
    }

    /// Prints it: JSON on standard output, or a table; what failed goes to standard error in both cases.
    pub fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
        } else {
            println!("{self}");
        }
        if !self.ok {
            eprintln!("torture failed with --seed {} --seconds {}", self.seed, self.seconds);
            self.more.histories.iter().for_each(|history| eprintln!("\n{history}"));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = &self.more;
        writeln!(
            to,
            "seed {}; {} s of play, {:.0} s in all; {} conversations, {} messages acknowledged; {} SIGKILLs, {} asked \
             stops, {} connections hurt",
            self.seed,
            self.seconds,
            more.took.as_secs_f64(),
            more.conversations,
            self.messages_acknowledged,
            self.kills,
            more.stops,
            more.network
        )?;
        writeln!(to, "{:<28} {:>8} {:>9}", "promise", "tried", "violated")?;
        for name in INVARIANTS {
            let count = self.count(name);
            let mark = match (count.violated, count.tried < more.at_least) {
                (1.., _) => "  BROKEN",
                (0, true) => "  too weak",
                (0, false) => "",
            };
            writeln!(to, "{name:<28} {:>8} {:>9}{mark}", count.tried, count.violated)?;
        }
        if !more.trouble.is_empty() {
            writeln!(to, "{} players had trouble, for instance: {}", more.trouble.len(), more.trouble[0])?;
            for line in more.trouble.iter().take(12) {
                writeln!(to, "  {line}")?;
            }
        }
        write!(to, "{}", if self.ok { "every promise was kept" } else { "the run failed" })
    }
}
