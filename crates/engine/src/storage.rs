//! Whether the store can keep anything: told once when it cannot and once when it can again, and tried meanwhile, so that
//! nobody has to start the hub anew after making room.

use crate::Engine;
use baton_core::limits;
use baton_kit::store::Record;
use std::sync::Arc;
use tokio::sync::watch;

/// Bytes of what is written to see whether there is room: more than any message.
const TRIED: usize = 128 * 1024;
const KIND: &str = "room";

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let told = metrics::gauge!("baton_storage_full");
    told.set(0.0);
    while !*stop.borrow() {
        let full = engine.store.full();
        if full != *engine.full.borrow() {
            told.set(if full { 1.0 } else { 0.0 });
            match full {
                true => {
                    tracing::error!("the disk of the data folder is full or cannot be written: nothing new is kept")
                }
                false => tracing::info!("the data folder can be written again"),
            }
            engine.full.send_replace(full);
        }
        if full {
            engine.try_to_write().await;
        }
        tokio::select! {
            biased;
            () = engine.runtime.sleep_until(engine.now() + limits::DISK_LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Engine {
    /// Turns true when the store can keep nothing, and false when it can again.
    pub fn storage_full(&self) -> watch::Receiver<bool> {
        self.full.subscribe()
    }

    /// Writes something that nobody needs and takes it away again: a store that had room for it says so by itself.
    async fn try_to_write(&self) {
        let record = Record {
            kind: KIND.into(),
            key: KIND.into(),
            value: vec![0; TRIED],
            expires: self.now() + limits::DISK_LOOK,
        };
        if self.store.put_record(record).await.is_ok() {
            let _ = self.store.take_record(KIND, KIND.as_bytes()).await;
        }
    }
}
