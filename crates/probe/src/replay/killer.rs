//! Kills the hub on the way, at moments that are drawn and depend on how far the play is, so that each kill hits
//! something.

use super::Stage;
use crate::hub::Process;
use std::time::Duration;
use tokio::sync::watch;

/// Kills so often, spread over so many turns; gives the process back.
pub(crate) async fn kill(
    stage: &Stage,
    mut process: Process,
    kills: u32,
    turns: u64,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<(Process, u32)> {
    let mut dice = stage.dice.fork(5);
    let mut progress = stage.progress.subscribe();
    let mut done = 0;
    for number in 0..kills {
        let share = (f64::from(number) + 0.1 + 0.8 * dice.share()) / f64::from(kills);
        let at = (turns as f64 * share) as u64;
        let moment = Duration::from_micros(dice.below(40_000));
        tokio::select! {
            _ = progress.wait_for(|acknowledged| *acknowledged >= at) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
        tokio::time::sleep(moment).await;
        eprintln!("replay: SIGKILL {} of {kills} after {at} messages", number + 1);
        process.kill_and_restart().await?;
        done += 1;
    }
    // Nobody else holds the process: it lives until the play is over.
    let _ = stop.wait_for(|stop| *stop).await;
    Ok((process, done))
}
