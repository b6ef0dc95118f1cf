//! Work for plug-ins: leased durably before the call, in order per lane, retried with back-off and jitter, parked in sight
//! when it cannot go on.

use crate::perform::Performed;
use crate::{Engine, Error};
use baton_core::effect::Effect;
use baton_core::limits;
use baton_kit::store::{EffectId, LeasedEffect};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// The poll that covers a lost wake-up.
const POLL: i64 = 2_000;

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(limits::OUTSIDE_CALLS));
    while !*stop.borrow() {
        let free = slots.available_permits();
        let mut leased = Vec::new();
        if free > 0 {
            let now = engine.now();
            match engine.store.lease_effects(now, now + limits::OUTBOX_LEASE, free.min(64)).await {
                Ok(work) => leased = work,
                Err(error) => tracing::warn!(%error, "work for plug-ins could not be leased; tried again"),
            }
        }
        let again = !leased.is_empty();
        for work in leased {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let task = engine.clone();
            engine.runtime.spawn(
                "outbox-work",
                Box::pin(async move {
                    task.work(work).await;
                    drop(slot);
                    task.wake.outbox.notify_one();
                }),
            );
        }
        if again {
            continue;
        }
        let next = engine.store.next_effect().await.ok().flatten().unwrap_or(i64::MAX);
        let now = engine.now();
        tokio::select! {
            biased;
            () = engine.wake.outbox.notified() => {}
            () = engine.runtime.sleep_until(next.clamp(now + 20, now + POLL)) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Engine {
    async fn work(&self, work: LeasedEffect) {
        let effect: Effect = match serde_json::from_slice(&work.effect) {
            Ok(effect) => effect,
            Err(error) => {
                tracing::error!(%error, "work of a newer version is put aside");
                let _ = self.store.park_effect(work.id, "unreadable").await;
                return;
            }
        };
        let performed = self.while_leased(work.id, self.perform(&work, &effect)).await;
        let result = match performed {
            Ok(Performed::Done) => Ok(()),
            Ok(Performed::Nothing) => self.store.finish_effect(work.id).await,
            Ok(Performed::Again { after }) => self.store.release_effect(work.id, self.now() + after).await,
            Ok(Performed::Park { reason }) => {
                metrics::counter!("baton_effects_parked_total").increment(1);
                tracing::warn!(lane = work.lane, reason, "work for a plug-in was put aside");
                self.store.park_effect(work.id, reason).await
            }
            Err(error) => {
                let after = self.back_off(work.attempts);
                tracing::warn!(lane = work.lane, %error, after, "work for a plug-in is tried again");
                self.store.release_effect(work.id, self.now() + after).await
            }
        };
        if let Err(error) = result {
            tracing::warn!(lane = work.lane, %error, "the lease of a plug-in's work runs out by itself");
        }
    }

    /// A bot may think longer than a lease lasts: the lease goes on meanwhile, so that nobody makes the call a second time.
    async fn while_leased<T>(&self, id: EffectId, performing: impl Future<Output = T>) -> T {
        tokio::pin!(performing);
        loop {
            tokio::select! {
                biased;
                done = &mut performing => return done,
                () = self.runtime.sleep_until(self.now() + limits::OUTBOX_LEASE / 2) => {}
            }
            if let Err(error) = self.store.release_effect(id, self.now() + limits::OUTBOX_LEASE).await {
                tracing::warn!(%error, "a lease could not be prolonged; the call may be made twice");
            }
        }
    }

    /// Doubles from a quarter of a second to half a minute, half of it by chance.
    pub(crate) fn back_off(&self, attempts: u32) -> i64 {
        let full = 250i64 << attempts.saturating_sub(1).min(7);
        let mut byte = [0; 2];
        self.runtime.random(&mut byte);
        let share = i64::from(u16::from_le_bytes(byte)) * full / (2 * 65_536);
        full / 2 + share
    }
}

/// Keeps errors of performing apart from those of the store.
pub(crate) type Result<T> = std::result::Result<T, Error>;
