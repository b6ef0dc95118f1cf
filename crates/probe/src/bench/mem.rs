//! What one conversation costs in memory: one that a bot holds, one that waits, and after a restart.

use super::child::{file_system, machine, resident};
use super::stage::{Scratch, Stage};
use super::{Options, Report, metric};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let (open, waiting) = match (options.tiny, options.quick) {
        (true, _) => (20, 5),
        (false, true) => (5_000, 1_000),
        (false, false) => (100_000, 9_000),
    };
    let settle = Duration::from_millis(if options.tiny { 50 } else { 3_000 });
    let mut stage = Stage::start(options, &scratch.folder).await?;
    // What any hub needs once it works is not counted to its conversations.
    stage.open(50, false).await?;
    sleep(settle).await;
    let begun = resident(stage.process.pid());
    stage.open(open, false).await?;
    sleep(settle).await;
    let opened = resident(stage.process.pid());
    stage.open(waiting, true).await?;
    sleep(settle).await;
    let waited = resident(stage.process.pid());
    stage.process.kill_and_restart().await?;
    sleep(settle).await;
    let restarted = resident(stage.process.pid());
    stage.process.kill().await?;
    let each = |from: u64, to: u64, count: usize| vec![to.saturating_sub(from) as f64 / count as f64];
    let mib = |bytes: u64| vec![bytes as f64 / 1_048_576.0];
    let metrics = BTreeMap::from([
        ("per_open_conversation".to_owned(), metric(each(begun, opened, open), "bytes", None)),
        ("per_waiting_conversation".to_owned(), metric(each(opened, waited, waiting), "bytes", None)),
        ("per_conversation_after_a_restart".to_owned(), metric(each(begun, restarted, open + waiting), "bytes", None)),
        ("resident_begun".to_owned(), metric(mib(begun), "MiB", None)),
        ("resident_with_all".to_owned(), metric(mib(waited), "MiB", None)),
        ("resident_after_a_restart".to_owned(), metric(mib(restarted), "MiB", None)),
    ]);
    let config = json!({
        "open": open, "waiting": waiting, "file_system": file_system(&scratch.folder), "machine": machine(),
        "quick": options.quick,
    });
    Ok(Report::new("mem", metrics, "quiet", config))
}
