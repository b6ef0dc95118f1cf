//! Has the store pack what is old. The store knows no clock: each hour it is noted how far the log has come, and what a
//! note of a day ago names is old. Slow on purpose: whoever writes meanwhile must not feel it.

use crate::{Engine, Error};
use baton_core::ids::Ms;
use baton_core::limits;
use baton_kit::store::{self, Offset, Record};
use std::sync::Arc;
use tokio::sync::watch;

const KIND: &str = "packing";
const KEY: &[u8] = b"notes";
/// Notes are not for ever, but longer than a hub is ever switched off.
const KEPT: Ms = 3_650 * limits::DAY;

/// How far the log had come at which time, oldest first.
type Notes = Vec<(Ms, Offset)>;

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = engine.pack(&stop).await {
            tracing::warn!(%error, "what is old could not be packed; tried again");
        }
        tokio::select! {
            biased;
            () = engine.runtime.sleep_until(engine.now() + limits::PACK_NOTE) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Engine {
    /// Notes how far the log is, and packs what is old, in small bites with pauses between.
    async fn pack(&self, stop: &watch::Receiver<bool>) -> Result<(), Error> {
        let now = self.now();
        let kept = self.store.record(KIND, KEY, now).await?;
        let mut notes: Notes = kept.and_then(|kept| serde_json::from_slice(&kept.value).ok()).unwrap_or_default();
        if let Some(upto) = noted(&mut notes, now, self.store.end().await?) {
            let value = serde_json::to_vec(&notes).map_err(|error| Error::Unreadable(error.to_string()))?;
            let record = Record { kind: KIND.into(), key: KEY.into(), value, expires: now + KEPT };
            self.store.put_record(record).await?;
            while !*stop.borrow() {
                match self.store.pack(upto, limits::PACK_BITE).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    // It has enough to do without this.
                    Err(store::Error::Busy) => {}
                    Err(error) => return Err(error.into()),
                }
                self.runtime.sleep_until(self.now() + limits::PACK_PAUSE).await;
            }
        }
        Ok(())
    }
}

/// Adds a note; the offset up to which all is old. None: nothing is to be noted yet.
fn noted(notes: &mut Notes, now: Ms, end: Offset) -> Option<Offset> {
    if notes.last().is_some_and(|(at, _)| now < at + limits::PACK_NOTE) {
        return None;
    }
    notes.push((now, end));
    let old = notes.iter().rposition(|(at, _)| at + limits::PACK_AFTER <= now);
    // Of the old ones, the newest says it all.
    notes.drain(..old.unwrap_or(0));
    Some(old.map_or(Offset(0), |_| notes[0].1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_note_of_a_day_ago_names_is_old_and_notes_do_not_pile_up() {
        let mut notes = Notes::new();
        for hour in 0..100 {
            let (now, end) = (hour * limits::PACK_NOTE, Offset(hour as u64 * 10));
            let old = (hour - limits::PACK_AFTER / limits::PACK_NOTE).max(0);
            assert_eq!(noted(&mut notes, now, end), Some(Offset(old as u64 * 10)));
            assert_eq!(noted(&mut notes, now + 1, end), None, "once an hour");
        }
        assert!(notes.len() as i64 <= limits::PACK_AFTER / limits::PACK_NOTE + 1);
        // A hub that was off for long.
        let now = 1_000 * limits::PACK_NOTE;
        assert_eq!(noted(&mut notes, now, Offset(5_000)), Some(Offset(990)));
        assert_eq!(notes.len(), 2);
    }
}
