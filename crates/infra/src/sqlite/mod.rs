//! The store of a single hub: SQLite with a write-ahead log and full synchronisation.
//!
//! One writer thread commits what queued while its last commit ran and answers after the sync; checkpoints run on a
//! thread of their own; queries run on reader threads that see committed data only. Keys stand in a file of their own.

mod backup;
mod checkpoint;
mod code;
mod ends;
mod erasures;
mod fault;
mod keys;
mod lists;
mod migrate;
mod open;
mod packs;
mod readers;
mod reads;
mod search;
mod verify;
mod writer;
mod writes;

#[cfg(test)]
mod tests;

pub use backup::{CopyError, KeysCopy, LogCopy, copy_keys, copy_log, destroy_in, generation, read_keys, renew};
pub use erasures::{ERASURES, ErasureList, ErasuresError, read_erasures, write_erasures};
pub use migrate::{Level, LevelError};
pub use open::{OpenError, OpenOptions};
pub use search::SqliteIndex;
pub use verify::{Finding, KeyState, Looked, View};

use async_trait::async_trait;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, KeyId, Ms};
use baton_kit::store::{
    Commit, EffectId, Entry, EntryFilter, Error, Identity, LeasedEffect, Link, Offset, ParkedEffect, Record, Row,
    RowFilter, SealedEvent, Snapshot, Store, Tally, WrappedKey,
};
use readers::Readers;
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use uuid::Uuid;
use writer::{State, Writer};

/// A store in a data folder: `baton.db`, `keys.db` and the lock that keeps a second hub out.
pub struct SqliteStore {
    identity: Identity,
    main: Writer<writes::Main>,
    keys: Writer<keys::Keys>,
    readers: Readers,
    checkpoints: Mutex<Option<JoinHandle<()>>>,
    lock: Mutex<Option<File>>,
}

/// The levels of a folder's files, for `baton migrate --check`. Changes nothing, and works beside a running hub.
///
/// # Errors
/// A file that this version cannot use, as [`SqliteStore::open`] would say it.
pub fn check(folder: &Path) -> Result<[Level; 2], OpenError> {
    open::levels(folder)
}

/// Brings a folder to this version's level, for `baton migrate`. The levels that it had.
///
/// # Errors
/// As [`SqliteStore::open`].
pub fn migrate(folder: &Path, seed: [u8; 16]) -> Result<[Level; 2], OpenError> {
    let levels = check(folder)?;
    SqliteStore::open(folder, seed)?.close();
    Ok(levels)
}

/// Events of a folder's hot table, for the bench.
pub(crate) fn hot_events(folder: &Path) -> Result<u64, OpenError> {
    let db = open::readable(&folder.join("baton.db"))?;
    Ok(db.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

impl SqliteStore {
    /// Opens a data folder; makes it if it is not there, and brings it to this version's level. `seed`: sixteen fresh
    /// random bytes, from which a new store gets its workspace id.
    ///
    /// # Errors
    /// Another hub has the folder, its level or its files do not fit, or the disk does not let us.
    pub fn open(folder: &Path, seed: [u8; 16]) -> Result<Self, OpenError> {
        Self::open_with(folder, seed, &OpenOptions::default())
    }

    /// As [`SqliteStore::open`], over a disk that a test chooses.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    #[doc(hidden)]
    pub fn open_with(folder: &Path, seed: [u8; 16], options: &OpenOptions) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io { path: folder.to_owned(), source };
        let opened = open::open(folder, seed, options)?;
        let (nudge, checkpoints) = checkpoint::start(opened.checkpointer, options.checkpoint_pages).map_err(io)?;
        Ok(Self {
            identity: opened.identity,
            main: Writer::start("store-writer", writes::Main::new(opened.writer, nudge)).map_err(io)?,
            keys: Writer::start("store-keys", keys::Keys::new(opened.keys, opened.erasures)).map_err(io)?,
            readers: Readers::start("store-reader", opened.readers).map_err(io)?,
            checkpoints: Mutex::new(Some(checkpoints)),
            lock: Mutex::new(Some(opened.lock)),
        })
    }

    /// Does what is queued, empties the write-ahead logs and lets the folder go. Waits for it; later calls get
    /// [`Error::Closed`]. Dropping the store does the same.
    pub fn close(&self) {
        // Readers first, or the last checkpoint would wait for them.
        self.readers.stop();
        self.keys.stop();
        self.main.stop();
        let checkpoints = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).take();
        if checkpoints.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpoint thread ended by a panic");
        }
        // The lock goes last.
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn identity(&self) -> Identity {
        self.identity
    }

    async fn commit(&self, commit: Commit) -> Result<Offset, Error> {
        self.main.call(move |main| writes::commit(main, &commit)).await
    }

    async fn read(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        self.readers.call(move |files| reads::events(&files.baton, stream, after, limit)).await
    }

    async fn read_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        self.readers.call(move |files| reads::events_before(&files.baton, stream, before, limit)).await
    }

    async fn read_positions(
        &self,
        conversation: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedEvent>, Error> {
        self.readers.call(move |files| reads::positions(&files.baton, conversation, after, limit)).await
    }

    async fn headers(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        self.readers.call(move |files| reads::headers(&files.baton, stream, after, limit)).await
    }

    async fn tail(&self, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Error> {
        self.readers.call(move |files| reads::tail(&files.baton, after, limit)).await
    }

    async fn end(&self) -> Result<Offset, Error> {
        self.readers.call(|files| writes::end(&files.baton)).await
    }

    async fn pack(&self, upto: Offset, limit: usize) -> Result<u64, Error> {
        let mut dealt_with = 0;
        while dealt_with < limit as u64 {
            let step = self.readers.call(move |files| packs::plan(&files.baton, upto)).await?;
            if step.events() == 0 {
                break;
            }
            dealt_with += step.events();
            self.main.call(move |main| packs::apply(main.connection(), &step)).await?;
        }
        Ok(dealt_with)
    }

    async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, Error> {
        self.readers.call(move |files| reads::snapshot(&files.baton, stream)).await
    }

    async fn put_snapshot(&self, stream: Stream, snapshot: Snapshot) -> Result<(), Error> {
        self.main.call(move |main| writes::put_snapshot(main.connection(), stream, &snapshot)).await
    }

    async fn lease_effects_but(
        &self,
        now: Ms,
        until: Ms,
        limit: usize,
        but: &[ConnectionId],
    ) -> Result<Vec<LeasedEffect>, Error> {
        let but: Vec<String> = but.iter().map(|id| format!("\"{id}\"")).collect();
        let but = format!("[{}]", but.join(","));
        self.main.call(move |main| writes::lease_effects(main.connection(), now, until, limit, &but)).await
    }

    fn full(&self) -> bool {
        self.main.full()
    }

    async fn next_effect(&self) -> Result<Option<Ms>, Error> {
        self.readers.call(|files| reads::next_effect(&files.baton)).await
    }

    async fn reclaim_effects(&self, now: Ms) -> Result<(), Error> {
        self.main.call(move |main| writes::reclaim_effects(main.connection(), now)).await
    }

    async fn release_effect(&self, id: EffectId, not_before: Ms) -> Result<(), Error> {
        self.main.call(move |main| writes::release_effect(main.connection(), id, not_before)).await
    }

    async fn finish_effect(&self, id: EffectId) -> Result<(), Error> {
        self.main.call(move |main| writes::remove_effect(main.connection(), id)).await
    }

    async fn park_effect(&self, id: EffectId, reason: &str) -> Result<(), Error> {
        let reason = reason.to_owned();
        self.main.call(move |main| writes::park_effect(main.connection(), id, &reason)).await
    }

    async fn parked_effects(&self, limit: usize) -> Result<Vec<ParkedEffect>, Error> {
        self.readers.call(move |files| reads::parked(&files.baton, limit)).await
    }

    async fn timers_due(&self, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Error> {
        self.readers.call(move |files| reads::timers_due(&files.baton, now, limit)).await
    }

    async fn next_timer(&self) -> Result<Option<Ms>, Error> {
        self.readers.call(|files| reads::next_timer(&files.baton)).await
    }

    async fn take_lease(&self, name: &str, owner: Uuid, now: Ms, until: Ms) -> Result<Option<u64>, Error> {
        let name = name.to_owned();
        self.main.call(move |main| writes::take_lease(main.connection(), &name, owner, now, until)).await
    }

    async fn drop_lease(&self, name: &str, owner: Uuid) -> Result<(), Error> {
        let name = name.to_owned();
        self.main.call(move |main| writes::drop_lease(main.connection(), &name, owner)).await
    }

    async fn leases(&self, prefix: &str) -> Result<Vec<(String, Ms)>, Error> {
        let prefix = prefix.to_owned();
        self.readers.call(move |files| reads::leases(&files.baton, &prefix)).await
    }

    async fn link(&self, connection: ConnectionId, conversation: ConversationId) -> Result<Option<Link>, Error> {
        self.readers.call(move |files| reads::link_of(&files.baton, connection, conversation)).await
    }

    async fn link_by_outside(&self, connection: ConnectionId, outside: Hash16) -> Result<Option<Link>, Error> {
        self.readers.call(move |files| reads::link_by_outside(&files.baton, connection, outside)).await
    }

    async fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        self.readers.call(move |files| lists::row(&files.baton, id)).await
    }

    async fn rows(&self, filter: RowFilter) -> Result<Vec<Row>, Error> {
        self.readers.call(move |files| lists::rows(&files.baton, &filter)).await
    }

    async fn count_rows(&self, filter: RowFilter) -> Result<u64, Error> {
        self.readers.call(move |files| lists::count_rows(&files.baton, &filter)).await
    }

    async fn next_row_due(&self, filter: RowFilter) -> Result<Option<Ms>, Error> {
        self.readers.call(move |files| lists::next_row_due(&files.baton, &filter)).await
    }

    async fn entry(&self, list: &str, id: Uuid) -> Result<Option<Entry>, Error> {
        let list = list.to_owned();
        self.readers.call(move |files| lists::entry(&files.baton, &list, id)).await
    }

    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, Error> {
        self.readers.call(move |files| lists::entries(&files.baton, &filter)).await
    }

    async fn tally(&self, filter: EntryFilter) -> Result<Vec<Tally>, Error> {
        self.readers.call(move |files| lists::tally(&files.baton, &filter)).await
    }

    async fn record(&self, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Error> {
        let (kind, key) = (kind.to_owned(), key.to_vec());
        self.readers.call(move |files| reads::record_of(&files.baton, &kind, &key, now)).await
    }

    async fn put_record(&self, record: Record) -> Result<(), Error> {
        self.main.call(move |main| writes::put_record(main.connection(), &record)).await
    }

    async fn take_record(&self, kind: &str, key: &[u8]) -> Result<bool, Error> {
        let (kind, key) = (kind.to_owned(), key.to_vec());
        self.main.call(move |main| writes::take_record(main.connection(), &kind, &key)).await
    }

    async fn sweep_records(&self, now: Ms) -> Result<u64, Error> {
        self.main.call(move |main| writes::sweep_records(main.connection(), now)).await
    }

    async fn put_keys(&self, new: Vec<WrappedKey>) -> Result<(), Error> {
        self.keys.call(move |keys| keys::put(keys, &new)).await
    }

    async fn key(&self, id: KeyId) -> Result<Option<WrappedKey>, Error> {
        self.readers.call(move |files| reads::key(&files.keys, id)).await
    }

    async fn destroy_key(&self, id: KeyId) -> Result<(), Error> {
        self.keys.call(move |keys| keys::destroy(keys, id)).await
    }
}
