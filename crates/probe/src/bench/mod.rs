//! `baton bench`: figures, each beside its floor, both measured in the same run and in turns.
//!
//! A figure without a floor says more of the machine than of Baton. The hub under test is this same program, started
//! on a scratch folder and a free port, and it is reached by its public surfaces alone.

mod chromium;
mod desk;
mod floor;
mod seed;

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
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Bench {
    /// Opening a conversation in the desk, beside an empty page.
    Desk,
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
    /// How many measurements.
    pub rounds: usize,
}

/// Everything that a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which bench.
    pub bench: &'static str,
    /// The figures by name.
    pub metrics: BTreeMap<&'static str, Metric>,
    /// `quiet` or `noisy`: whether the floor itself held still.
    pub noise: &'static str,
    /// With what it was measured.
    pub config: serde_json::Value,
}

impl Report {
    /// For people or for programs.
    pub fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        println!("bench {}  ({})", self.bench, self.noise);
        for (name, metric) in &self.metrics {
            let floor = metric.floor.map(|floor| format!("  floor {floor:.1}")).unwrap_or_default();
            let (from, to) = metric.middle;
            println!(
                "  {name:<28} {:>10.1} {:<8} middle half {from:.1} to {to:.1}{floor}  ({} rounds)",
                metric.value, metric.unit, metric.rounds
            );
        }
        println!("  {}", self.config);
    }
}

/// Runs the bench with this program as the hub.
///
/// # Errors
/// The hub or the browser cannot be started, or does not show what was asked for within its time.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    match options.bench {
        Bench::Desk => desk::run(&options).await,
    }
}

/// Median and quartiles.
pub(crate) fn metric(mut values: Vec<f64>, unit: &'static str, floor: Option<f64>) -> Metric {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (values.len().saturating_sub(1)) as f64 * share;
        values.get(place.round() as usize).copied().unwrap_or(f64::NAN)
    };
    let value = at(0.5);
    let ratio = floor.filter(|floor| *floor > 0.0).map(|floor| (value / floor * 1_000.0).round() / 1_000.0);
    Metric { value, unit, floor, ratio, middle: (at(0.25), at(0.75)), rounds: values.len() }
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
    fn a_floor_that_does_not_hold_still_is_noise() {
        assert_eq!(noise(&metric(vec![10.0, 10.5, 11.0, 10.2, 10.1], "ms", None)), "quiet");
        assert_eq!(noise(&metric(vec![10.0, 30.0, 11.0, 2.0, 25.0], "ms", None)), "noisy");
    }
}
