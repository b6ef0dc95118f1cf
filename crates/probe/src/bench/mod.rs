//! `baton bench`: figures, each beside its floor, both measured in the same run and in turns.
//!
//! A figure without a floor says more of the machine than of Baton. The hub under test is this same program, started
//! on a scratch folder and a free port, and it is reached by its public surfaces alone.

mod catch_up;
mod child;
mod chromium;
mod desk;
mod echo;
mod fan_out;
mod floor;
mod floors;
mod handover;
mod idle;
mod keep;
mod load;
mod mem;
mod path;
mod restart;
mod seed;
mod slow;
mod soak;
mod stage;
mod start;

use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Which bench, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// What to measure.
    #[arg(value_enum)]
    pub bench: Bench,
    /// A short run with a small store: shows that the bench works; its figures are not for comparison.
    #[arg(long)]
    pub quick: bool,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Events in the store before the first measurement; default 1,000,000, with --quick 20,000.
    #[arg(long)]
    pub events: Option<u64>,
    /// Messages of the conversation that is opened.
    #[arg(long, default_value_t = 500)]
    pub messages: u32,
    /// Measurements of each kind; default 21, with --quick 5.
    #[arg(long)]
    pub rounds: Option<usize>,
    /// The browser.
    #[arg(long, env = "BATON_CHROMIUM", default_value = "/usr/bin/chromium")]
    pub chromium: PathBuf,
    /// Keeps a store that was filled by an earlier run in this folder, or fills it there.
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
    /// Another program as the hub under test, for instance one from before a change.
    #[arg(long, value_name = "PROGRAM")]
    pub program: Option<PathBuf>,
    /// How long `soak` lasts; default 1,800, with --quick 60.
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Compares with NAME.json in this folder, and keeps what was found there.
    #[arg(long, value_name = "FOLDER")]
    pub save: Option<PathBuf>,
    /// So small that only the form of what it prints says anything.
    #[arg(long, hide = true)]
    pub tiny: bool,
}

impl Options {
    /// This program.
    fn own(&self) -> anyhow::Result<PathBuf> {
        Ok(std::env::current_exe()?)
    }

    /// The program under test.
    fn program(&self) -> anyhow::Result<PathBuf> {
        self.program.clone().map_or_else(|| self.own(), Ok)
    }
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Bench {
    /// Opening a conversation in the desk, beside an empty page.
    Desk,
    /// A message from the customer's socket to the agent's, durable before its acknowledgement.
    Path,
    /// A frame to the socket layer and back, beside bytes over TCP.
    Echo,
    /// What an idle socket costs, and all of them coming back at once.
    Idle,
    /// The store alone: commits, sizes, cold reads.
    Store,
    /// From the customer's words to the agent's screen.
    Handover,
    /// After SIGKILL: how soon the hub accepts and offers again.
    Restart,
    /// Clients that ask for what they missed.
    CatchUp,
    /// Process start on an empty folder, and memory before a log-in.
    Start,
    /// Memory of one conversation.
    Mem,
    /// Unread sockets and a stalled disk beside others.
    Slow,
    /// Half load for long: memory and latency must stay.
    Soak,
    /// One message to very many screens.
    FanOut,
    /// The floor of `path`.
    #[value(hide = true)]
    FloorPath,
    /// The floor of `path` that keeps nothing.
    #[value(hide = true)]
    FloorPathMemory,
    /// The floor of `echo`.
    #[value(hide = true)]
    FloorEcho,
    /// The floor of `idle` and `start`.
    #[value(hide = true)]
    FloorIdle,
    /// The bad example of `idle`.
    #[value(hide = true)]
    FloorIdleDefaults,
    /// The floor of `restart`.
    #[value(hide = true)]
    FloorScan,
    /// The floor of `catch-up`.
    #[value(hide = true)]
    FloorCatchUp,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Metric {
    /// The median.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The floor's median, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
    /// Value by floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The middle half of the measurements: from, to.
    pub middle: (f64, f64),
    /// The smallest and the largest.
    pub range: (f64, f64),
    /// How many measurements.
    pub rounds: usize,
}

/// Everything that a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which bench.
    pub bench: &'static str,
    /// The figures by name.
    pub metrics: BTreeMap<String, Metric>,
    /// `quiet`, or `noisy` or `unsure` where the floor itself did not hold still.
    pub noise: &'static str,
    /// With what it was measured.
    pub config: serde_json::Value,
}

impl Report {
    /// A report; which build it was made with is added.
    pub fn new(
        bench: &'static str,
        metrics: BTreeMap<String, Metric>,
        noise: &'static str,
        mut config: serde_json::Value,
    ) -> Self {
        config["build"] = if cfg!(debug_assertions) { "debug".into() } else { "release".into() };
        Self { bench, metrics, noise, config }
    }

    /// For people or for programs.
    pub fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        println!("bench {}  ({})", self.bench, self.noise);
        let width = self.metrics.keys().map(|name| name.chars().count()).max().unwrap_or(0);
        println!("  {:width$} {:>12} {:>12} {:>8}  {:<8} range", "", "value", "floor", "ratio", "");
        for (name, metric) in &self.metrics {
            let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), shown);
            let (from, to) = metric.range;
            println!(
                "  {name:width$} {:>12} {:>12} {:>8}  {:<8} {} to {} in {}",
                shown(metric.value),
                number(metric.floor),
                number(metric.ratio),
                metric.unit,
                shown(from),
                shown(to),
                metric.rounds
            );
        }
        println!("  {}", self.config);
    }
}

/// Runs the bench with this program as the hub.
///
/// # Errors
/// The hub or the browser cannot be started, or does not show what was asked for within its time.
pub async fn run(options: Options) -> anyhow::Result<Option<Report>> {
    if let Some(ended) = floors::run(&options).await {
        return ended.map(|()| None);
    }
    let load = load_of_the_machine();
    let report = match options.bench {
        Bench::Desk => desk::run(&options).await,
        Bench::Path => path::run(&options).await,
        Bench::Echo => echo::run(&options).await,
        Bench::Idle => idle::run(&options).await,
        Bench::Handover => handover::run(&options).await,
        Bench::Restart => restart::run(&options).await,
        Bench::CatchUp => catch_up::run(&options).await,
        Bench::Start => start::run(&options).await,
        Bench::Mem => mem::run(&options).await,
        Bench::Slow => slow::run(&options).await,
        Bench::Soak => soak::run(&options).await,
        Bench::FanOut => fan_out::run(&options).await,
        Bench::Store => anyhow::bail!("the store is measured by the program itself: baton bench store"),
        _ => return Ok(None),
    };
    report.map(|mut report| {
        report.config["load_before"] = load.into();
        Some(report)
    })
}

/// Programs that ran or wanted to, on average over the last minute: more than a little, and other work was going on.
pub fn load_of_the_machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// As many digits as a reader needs.
fn shown(number: f64) -> String {
    match number.abs() {
        at if at >= 100.0 => format!("{number:.0}"),
        at if at >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.3}"),
    }
}

/// Median and quartiles.
pub fn metric(mut values: Vec<f64>, unit: &'static str, floor: Option<f64>) -> Metric {
    // A round in which nothing came has no latency.
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (values.len().saturating_sub(1)) as f64 * share;
        values.get(place.round() as usize).copied().unwrap_or(f64::NAN)
    };
    let value = at(0.5);
    let ratio = floor.filter(|floor| *floor > 0.0).map(|floor| (value / floor * 1_000.0).round() / 1_000.0);
    Metric { value, unit, floor, ratio, middle: (at(0.25), at(0.75)), range: (at(0.0), at(1.0)), rounds: values.len() }
}

/// Measurements beside those of the floor, which were made in turns with them.
pub(crate) fn beside(values: Vec<f64>, unit: &'static str, floors: Vec<f64>) -> Metric {
    let floor = metric(floors, unit, None).value;
    metric(values, unit, Some(floor))
}

/// A floor whose rounds differ by more than a quarter says that other work ran on the machine: nothing is proven.
pub(crate) fn unsure(floors: &[f64]) -> &'static str {
    let all = metric(floors.to_vec(), "", None);
    if all.range.1 - all.range.0 > all.value / 4.0 { "unsure" } else { "quiet" }
}

/// A floor whose middle half spreads by more than half of its median says that other work ran on the machine.
pub(crate) fn noise(floor: &Metric) -> &'static str {
    if floor.middle.1 - floor.middle.0 > floor.value / 2.0 { "noisy" } else { "quiet" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_the_median_with_its_middle_half_beside_its_floor() {
        let found = metric(vec![5.0, 1.0, 3.0, 2.0, 4.0], "ms", Some(1.5));
        assert_eq!((found.value, found.middle, found.rounds), (3.0, (2.0, 4.0), 5));
        assert_eq!(found.ratio, Some(2.0));
    }

    #[test]
    fn rounds_of_a_floor_that_differ_by_a_quarter_prove_nothing() {
        assert_eq!(unsure(&[100.0, 110.0, 90.0]), "quiet");
        assert_eq!(unsure(&[100.0, 120.0, 90.0]), "unsure");
    }

    #[test]
    fn a_floor_that_does_not_hold_still_is_noise() {
        assert_eq!(noise(&metric(vec![10.0, 10.5, 11.0, 10.2, 10.1], "ms", None)), "quiet");
        assert_eq!(noise(&metric(vec![10.0, 30.0, 11.0, 2.0, 25.0], "ms", None)), "noisy");
    }
}
