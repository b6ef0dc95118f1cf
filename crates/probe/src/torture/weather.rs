//! What befalls the hub itself: SIGKILL and asked stops at drawn moments, a slow disk, a clock that is stepped.

use super::world::World;
use crate::hub::Process;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;

/// The file in a data folder which says that it was made to be tormented.
const MARKER: &str = "made-by-baton-torture";

/// The file by which the hub's disk is slowed and its clock stepped.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    path: PathBuf,
}

impl Faults {
    /// Marks the data folder and makes the file.
    pub(crate) fn new(data: &Path, beside: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)?;
        std::fs::write(data.join(MARKER), "This hub is started with faults by baton torture.\n")?;
        let faults = Self { path: beside.join("faults.json") };
        faults.set(0, 0)?;
        Ok(faults)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whole or not at all: the hub reads it at any moment.
    pub(crate) fn set(&self, commit_delay_ms: u64, clock_ahead_ms: i64) -> anyhow::Result<()> {
        let draft = self.path.with_extension("draft");
        let text = json!({"commit_delay_ms": commit_delay_ms, "clock_ahead_ms": clock_ahead_ms}).to_string();
        std::fs::write(&draft, text)?;
        Ok(std::fs::rename(&draft, &self.path)?)
    }
}

/// Torments the hub until it is told to stop; gives the process back. In haste for a short run.
pub(crate) async fn torment(
    world: Arc<World>,
    mut process: Process,
    faults: Faults,
    hasty: bool,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Process> {
    let mut dice = world.dice.fork(5);
    let mut slow = 0;
    let mut next_step = 4;
    let mut round = 0_u64;
    // On a machine that has no time to spare the hub is given as long as it took to start, or it would only ever start.
    let mut starting = Duration::ZERO;
    loop {
        let span = Duration::from_millis(if hasty { 1_000 + dice.below(1_500) } else { 1_200 + dice.below(3_600) });
        let span = span + 2 * starting.saturating_sub(Duration::from_secs(1));
        tokio::select! {
            () = tokio::time::sleep(span) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
        round += 1;
        let mut ahead = world.ahead.load(Ordering::Relaxed);
        slow = if slow == 0 && dice.chance(350_000) { 5 + dice.below(120) } else { 0 };
        if round >= next_step {
            next_step = round + 3 + dice.below(4);
            ahead += match dice.below(6) {
                // Back: it must stand still until the real time has caught up.
                0 => -(300 + dice.below(1_500) as i64),
                // Every lease is over at once, and every lost agent's grace.
                1 => 100_000,
                _ => 1_000 + dice.below(9_000) as i64,
            };
        }
        world.ahead.store(ahead, Ordering::Relaxed);
        faults.set(slow, ahead)?;
        match dice.below(100) {
            roll if hasty || roll < 62 => {
                tokio::time::sleep(Duration::from_micros(dice.below(40_000))).await;
                let now = world.journal.now();
                world.journal.pages().kills.push(now);
                let began = tokio::time::Instant::now();
                process.kill_and_restart().await?;
                starting = began.elapsed();
            }
            62..=70 => {
                let now = world.journal.now();
                world.journal.pages().stops.push(now);
                if !process.stop_and_restart().await? {
                    world.journal.trouble("the hub did not stop in time when it was asked to".into());
                }
            }
            _ => {}
        }
    }
    faults.set(0, world.ahead.load(Ordering::Relaxed))?;
    Ok(process)
}
