//! `baton bench`: the probe measures from outside; the store alone is measured from here, because the probe knows no crate
//! of the hub.

use anyhow::{Context, Result};
use baton_infra::bench::{Plan, Speed, store};
use baton_probe::bench::{Bench, Metric, Options, Report, load_of_the_machine, metric};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Measures, prints, and keeps the figures if asked.
pub(crate) async fn run(options: Options) -> Result<()> {
    let (json, save) = (options.json, options.save.clone());
    let report = match options.bench {
        Bench::Store => Some(of_store(&options).await?),
        _ => baton_probe::bench::run(options).await?,
    };
    // A floor ends without one.
    if let Some(report) = report {
        report.print(json);
        if let Some(folder) = save {
            report.save(&folder)?;
        }
    }
    Ok(())
}

async fn of_store(options: &Options) -> Result<Report> {
    let load = load_of_the_machine();
    let mut plan = if options.quick || options.tiny { Plan::quick() } else { Plan::full() };
    if options.tiny {
        plan = Plan { sizes: vec![2_000, 4_000], round: Duration::from_millis(50), rounds: 1, young: 1_000, ..plan };
    }
    if let Some(most) = options.events {
        plan.sizes.retain(|size| *size <= most);
    }
    let folder = options.keep.clone();
    let scratch = std::env::temp_dir().join(format!("baton-bench-store-{}", std::process::id()));
    let at = folder.as_ref().unwrap_or(&scratch);
    let found = store(at, &plan, &mut |line| eprintln!("{line}")).await.context("the store's bench");
    if folder.is_none() {
        let _ = std::fs::remove_dir_all(&scratch);
    }
    let found = found?;
    let mut metrics = BTreeMap::new();
    let mut spread = 0.0_f64;
    for speed in &found.speeds {
        let name = format!("{}_{}_events_{}_queued", speed.pattern.name(), speed.events, speed.queued);
        spread = spread.max((speed.floor[2] - speed.floor[1]) / speed.floor[0].max(1.0));
        metrics.insert(format!("{name}_cpu"), metric(vec![speed.cpu], "µs", None));
        metrics.insert(name, commits(speed));
    }
    let one = |value: f64, unit| metric(vec![value], unit, None);
    let pair = |value: f64, floor: f64| metric(vec![value], "ms", Some(floor));
    metrics.insert("cold_read_p50".into(), one(found.cold_read[0], "ms"));
    metrics.insert("cold_read_p99".into(), one(found.cold_read[1], "ms"));
    metrics.insert("packed".into(), one(found.packed_per_second, "events/s"));
    metrics.insert("commit_p50_while_packing".into(), pair(found.while_packing[0], found.alone[0]));
    metrics.insert("commit_p99_while_packing".into(), pair(found.while_packing[1], found.alone[1]));
    metrics.insert("opened_after".into(), one(found.open, "ms"));
    metrics.insert("bytes_per_event".into(), one(found.bytes_per_event, "bytes"));
    let config = json!({
        "events": found.events, "sizes": plan.sizes, "queued": plan.queued, "rounds": plan.rounds, "quick": options.quick,
        "fsync": "full", "load_before": load, "floor": "the same bytes appended to a file and synced as often",
    });
    Ok(Report::new("store", metrics, if spread > 0.25 { "unsure" } else { "quiet" }, config))
}

/// Commits a second, with the range of the rounds.
fn commits(speed: &Speed) -> Metric {
    let [median, low, high] = speed.per_second;
    metric(vec![low, median, high], "1/s", Some(speed.floor[0]))
}
