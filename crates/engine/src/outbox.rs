//! Work for plug-ins: leased durably before the call, in order per lane, retried with back-off and jitter, parked in sight
//! when it cannot go on.

use crate::perform::Performed;
use crate::{Engine, Error};
use baton_core::effect::Effect;
use baton_core::ids::ConnectionId;
use baton_core::limits;
use baton_kit::store::{EffectId, LeasedEffect};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, watch};

/// The poll that covers a lost wake-up.
const POLL: i64 = 2_000;

/// The pause after a store that gave no work, and before work is looked for that has no place now.
const PAUSE: i64 = 250;

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(limits::OUTSIDE_CALLS));
    let under_way = UnderWay::default();
    while !*stop.borrow() {
        let free = slots.available_permits();
        let busy = under_way.busy();
        let mut leased = Vec::new();
        let mut pause = 20;
        if free > 0 {
            let now = engine.now();
            match engine
                .store
                .lease_effects_but(now, now + limits::OUTBOX_LEASE, free.min(limits::OUTBOX_BATCH), &busy)
                .await
            {
                Ok(work) => leased = work,
                Err(error) => {
                    tracing::debug!(%error, "work for plug-ins could not be leased; tried again");
                    pause = PAUSE;
                }
            }
        }
        let again = !leased.is_empty();
        for work in leased {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let Some(effect) = engine.effect(&work).await else { continue };
            let place = under_way.enter(effect.connection());
            let task = engine.clone();
            engine.runtime.spawn(
                "outbox-work",
                Box::pin(async move {
                    task.work(work, &effect).await;
                    drop((slot, place));
                    task.wake.outbox.notify_one();
                }),
            );
        }
        if again {
            continue;
        }
        if !busy.is_empty() || free == 0 {
            pause = PAUSE;
        }
        let next = engine.store.next_effect().await.ok().flatten().unwrap_or(i64::MAX);
        let now = engine.now();
        tokio::select! {
            biased;
            () = engine.wake.outbox.notified() => {}
            () = engine.runtime.sleep_until(next.clamp(now + pause, now + POLL)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Calls under way by connection, so that one that hangs never takes all workers.
#[derive(Clone, Default)]
struct UnderWay(Arc<Mutex<BTreeMap<ConnectionId, usize>>>);

struct Place(UnderWay, ConnectionId);

impl UnderWay {
    fn all(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that might have more than [`limits::OUTSIDE_CALLS_EACH`] after another batch.
    fn busy(&self) -> Vec<ConnectionId> {
        let all = self.all();
        all.iter()
            .filter(|(_, count)| **count + limits::OUTBOX_BATCH > limits::OUTSIDE_CALLS_EACH)
            .map(|(id, _)| *id)
            .collect()
    }

    fn enter(&self, connection: ConnectionId) -> Place {
        *self.all().entry(connection).or_insert(0) += 1;
        metrics::gauge!("baton_outside_calls").increment(1.0);
        Place(self.clone(), connection)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("baton_outside_calls").decrement(1.0);
        let mut all = self.0.all();
        if let Some(count) = all.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.1);
            }
        }
    }
}

impl Engine {
    /// What is to be done; what this version cannot read is put aside.
    async fn effect(&self, work: &LeasedEffect) -> Option<Effect> {
        match serde_json::from_slice(&work.effect) {
            Ok(effect) => Some(effect),
            Err(error) => {
                tracing::error!(%error, "work of a newer version is put aside");
                let _ = self.store.park_effect(work.id, "unreadable").await;
                None
            }
        }
    }

    async fn work(&self, work: LeasedEffect, effect: &Effect) {
        let performed = self.while_leased(work.id, self.perform(&work, effect)).await;
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
