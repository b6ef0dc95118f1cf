//! From the start of the process until it accepts, and what it has resident before anybody comes.

use super::child::{Child, cpu, file_system, machine, resident};
use super::stage::Scratch;
use super::{Options, Report, beside, metric, unsure};
use crate::ambient::{Dice, fresh};
use crate::hub::{Launch, Process};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const MIB: f64 = 1_048_576.0;

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let rounds = options.rounds.unwrap_or(if options.tiny {
        1
    } else if options.quick {
        5
    } else {
        15
    });
    let settle = Duration::from_millis(if options.tiny { 50 } else { 2_000 });
    let own = options.own()?;
    let (mut first, mut again, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut memory, mut floor_memory, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let floor = Child::floor(&own, "floor-idle", &scratch.folder.join("floor"), &[]).await?;
        floors.push(floor.ready_after.as_secs_f64() * 1_000.0);
        floor_memory.push(resident(floor.pid) as f64 / MIB);
        floor.kill().await?;
        let folder = scratch.folder.join(format!("data-{round}"));
        let (process, took) = started(options, &folder).await?;
        first.push(took);
        let before = cpu(process.pid());
        sleep(settle).await;
        busy.push((cpu(process.pid()) - before) as f64 / settle.as_micros() as f64 * 100.0);
        memory.push(resident(process.pid()) as f64 / MIB);
        stop(process).await?;
        let (process, took) = started(options, &folder).await?;
        again.push(took);
        stop(process).await?;
    }
    let noise = unsure(&floors);
    let metrics = BTreeMap::from([
        ("start_on_an_empty_folder".to_owned(), beside(first, "ms", floors.clone())),
        ("start_again".to_owned(), beside(again, "ms", floors)),
        ("resident_before_a_log_in".to_owned(), beside(memory, "MiB", floor_memory)),
        ("processor_when_idle".to_owned(), metric(busy, "% of a core", None)),
    ]);
    let config = json!({
        "rounds": rounds, "fsync": "full", "file_system": file_system(&scratch.folder), "machine": machine(),
        "quick": options.quick,
    });
    Ok(Report::new("start", metrics, noise, config))
}

/// A hub on this folder, and after how many milliseconds it said that it is ready.
async fn started(options: &Options, folder: &Path) -> anyhow::Result<(Process, f64)> {
    let launch = Launch { program: options.program()?, data: folder.to_owned(), more: Vec::new() };
    let mut dice = Dice::new(fresh().as_u64_pair().0);
    let began = Instant::now();
    let process = Process::start(launch, &mut dice).await?;
    Ok((process, began.elapsed().as_secs_f64() * 1_000.0))
}

async fn stop(mut process: Process) -> anyhow::Result<()> {
    process.kill().await
}
