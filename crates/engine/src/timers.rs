//! Deadlines: one row per stream in the store; what is due is core's to say.

use crate::{Engine, Error};
use baton_core::actor::Part;
use baton_core::command::Command;
use baton_core::event::Stream;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::sabotage::{Invariant, off};
use baton_kit::store::Commit;
use std::sync::Arc;
use tokio::sync::watch;

/// The poll that covers a lost wake-up.
const POLL: i64 = 5_000;
/// The pause after a deadline that could not be handled.
const PAUSE: i64 = 500;

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let now = engine.now();
        let due = match engine.store.timers_due(now, limits::TIMERS_ROUND).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "deadlines could not be read; tried again");
                Vec::new()
            }
        };
        let full = due.len() == limits::TIMERS_ROUND;
        let mut failed = false;
        for (stream, _) in due {
            match engine.fire(stream).await {
                Ok(()) => {}
                // Said once, where it is noticed.
                Err(Error::Full(_)) => {
                    failed = true;
                    break;
                }
                Err(error) => {
                    failed = true;
                    tracing::warn!(%stream, %error, "a deadline could not be handled; tried again");
                }
            }
        }
        if full && !failed {
            continue;
        }
        let next = engine.store.next_timer().await.ok().flatten().unwrap_or(i64::MAX);
        let now = engine.now();
        tokio::select! {
            biased;
            () = engine.wake.timers.notified(), if !failed => {}
            () = engine.runtime.sleep_until(next.clamp(now + if failed { PAUSE } else { 10 }, now + POLL)) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Engine {
    /// Handles what is due in a stream and arms its timer anew.
    async fn fire(&self, stream: Stream) -> Result<(), Error> {
        let Stream::Conversation(id) = stream else {
            self.store.commit(Commit { timers: vec![(stream, None)], ..Commit::default() }).await?;
            return Ok(());
        };
        if off(Invariant::NobodyWaitsForEver) {
            self.store.commit(Commit { timers: vec![(stream, None)], ..Commit::default() }).await?;
            return Ok(());
        }
        {
            // The row has fired: whatever stands in memory about it is old.
            let slot = self.states.conversation(id);
            slot.lock().await.armed = None;
        }
        let state = self.execute(&Permit::system(Part::Timer), id, Command::Due).await.map(|done| done.state);
        let due = match state {
            Ok(state) => state.next_due(),
            Err(Error::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        if due.is_none() {
            self.store.commit(Commit { timers: vec![(stream, None)], ..Commit::default() }).await?;
        }
        Ok(())
    }
}
