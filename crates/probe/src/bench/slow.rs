//! One part is slow, the others must not feel it: sockets that nobody reads, and a disk that stalls.

use super::child::{file_system, machine, resident};
use super::load::{Load, Round, Socket, enter_narrow, share_ms};
use super::stage::{Scratch, Stage};
use super::{Options, Report, beside, metric, unsure};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// So long the disk stalls.
const STALL: Duration = Duration::from_millis(200);

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let (customers, agents) = if options.tiny { (10, 2) } else { (1_000, 100) };
    let stalled = if options.tiny { 2 } else { (customers + agents) / 100 };
    let (warm, window) = match (options.tiny, options.quick) {
        (true, _) => (50, 300),
        (false, true) => (1_000, 2_000),
        (false, false) => (1_000, 4_000),
    };
    let (warm, window) = (Duration::from_millis(warm), Duration::from_millis(window));
    let rounds = options.rounds.unwrap_or(if options.tiny { 1 } else { 3 });
    let faults = scratch.folder.join("faults.json");
    std::fs::create_dir_all(scratch.folder.join("data"))?;
    // Only a folder that bears this mark may be tormented.
    std::fs::write(scratch.folder.join("data/made-by-baton-torture"), "")?;
    delay(&faults, Duration::ZERO)?;
    let more = ["--faults".to_owned(), faults.display().to_string()];
    let mut stage = Stage::start_with(options, &scratch.folder, &more).await?;
    let (writing, reading) = stage.lines(customers, agents).await?;
    let mut load = Load::connect(&writing, &reading, stage.process.pid(), 1).await?;
    let rate = load.closed(warm, window).await?.per_second() / 4.0;
    let (mut quiet, mut slow, mut stalls, mut grown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        quiet.push(load.open(rate, warm, window).await?);
        let before = resident(stage.process.pid());
        // The same chats once more, on sockets with small buffers that nobody reads.
        let mut unread: Vec<Socket> = Vec::new();
        for client in writing.iter().take(stalled).chain(reading.iter().take(stalled.min(reading.len()))) {
            unread.push(enter_narrow(client).await?);
        }
        slow.push(load.open(rate, warm, window).await?);
        grown.push(resident(stage.process.pid()).saturating_sub(before) as f64 / 1_048_576.0);
        drop(unread);
        // A stall in the middle: how long until acknowledgements come again.
        let stall = async {
            sleep(warm + window / 2).await;
            let began = Instant::now();
            delay(&faults, STALL)?;
            sleep(STALL).await;
            delay(&faults, Duration::ZERO)?;
            anyhow::Ok(began.elapsed())
        };
        let (round, stalled) = tokio::join!(load.open(rate, warm, window), stall);
        stalled?;
        stalls.push(round?);
    }
    load.leave().await;
    stage.process.kill().await?;
    let p = |rounds: &[Round], share: f64| rounds.iter().map(|r| share_ms(&r.acknowledged, share)).collect::<Vec<_>>();
    let noise = unsure(&p(&quiet, 0.5));
    let metrics = BTreeMap::from([
        ("others_p50_beside_unread_sockets".to_owned(), beside(p(&slow, 0.5), "ms", p(&quiet, 0.5))),
        ("others_p99_beside_unread_sockets".to_owned(), beside(p(&slow, 0.99), "ms", p(&quiet, 0.99))),
        ("memory_for_unread_sockets".to_owned(), metric(grown, "MiB", None)),
        ("longest_with_a_stalled_disk".to_owned(), beside(p(&stalls, 1.0), "ms", p(&quiet, 1.0))),
        ("p50_with_a_stalled_disk".to_owned(), beside(p(&stalls, 0.5), "ms", p(&quiet, 0.5))),
    ]);
    let config = json!({
        "customers": customers, "agents": agents, "unread": 2 * stalled, "rate": rate.round(), "rounds": rounds,
        "stall_ms": STALL.as_millis(), "floor": "the same load without the fault", "fsync": "full",
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("slow", metrics, noise, config))
}

/// Each commit takes so much longer, until told otherwise. The hub looks at the file every 50 ms.
fn delay(file: &Path, by: Duration) -> anyhow::Result<()> {
    std::fs::write(file, json!({"commit_delay_ms": by.as_millis() as u64}).to_string())?;
    Ok(())
}
