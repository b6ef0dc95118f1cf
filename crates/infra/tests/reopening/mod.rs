//! A store on disk that is closed and opened again, or packed as far as it goes, before every single call.

use async_trait::async_trait;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, KeyId, Ms};
use baton_infra::SqliteStore;
use baton_kit::store::*;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// What is done before every call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Reopen,
    Pack,
    PackAndReopen,
}

pub(crate) struct Reopening {
    before: Before,
    folder: TempDir,
    identity: Identity,
    store: Mutex<Option<SqliteStore>>,
}

impl Reopening {
    pub(crate) fn new(before: Before) -> Self {
        let folder = TempDir::new().expect("the folder opens");
        let store = SqliteStore::open(folder.path(), [7; 16]).expect("the folder opens");
        Self { before, identity: store.identity(), folder, store: Mutex::new(Some(store)) }
    }

    /// The store after what is done before every call; calls at once wait for each other.
    async fn open(&self) -> Open<'_> {
        let mut store = self.store.lock().await;
        if self.before != Before::Pack {
            store.take();
        }
        // Another seed: who the store is comes from the disk.
        let opened = store.get_or_insert_with(|| SqliteStore::open(self.folder.path(), [8; 16]).expect("it opens"));
        assert_eq!(opened.identity(), self.identity);
        if self.before != Before::Reopen {
            while opened.pack(Offset(u64::MAX), 1_000).await.expect("it packs") > 0 {}
        }
        Open(store)
    }
}

struct Open<'a>(MutexGuard<'a, Option<SqliteStore>>);

impl Open<'_> {
    fn store(&self) -> &SqliteStore {
        self.0.as_ref().expect("it was just opened")
    }
}

#[async_trait]
impl Store for Reopening {
    fn identity(&self) -> Identity {
        self.identity
    }

    async fn commit(&self, commit: Commit) -> Result<Offset, Error> {
        self.open().await.store().commit(commit).await
    }

    async fn read(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        self.open().await.store().read(stream, after, limit).await
    }

    async fn read_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        self.open().await.store().read_before(stream, before, limit).await
    }

    async fn read_positions(
        &self,
        conversation: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedEvent>, Error> {
        self.open().await.store().read_positions(conversation, after, limit).await
    }

    async fn headers(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        self.open().await.store().headers(stream, after, limit).await
    }

    async fn tail(&self, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Error> {
        self.open().await.store().tail(after, limit).await
    }

    async fn end(&self) -> Result<Offset, Error> {
        self.open().await.store().end().await
    }

    async fn pack(&self, upto: Offset, limit: usize) -> Result<u64, Error> {
        self.open().await.store().pack(upto, limit).await
    }

    async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, Error> {
        self.open().await.store().snapshot(stream).await
    }

    async fn put_snapshot(&self, stream: Stream, snapshot: Snapshot) -> Result<(), Error> {
        self.open().await.store().put_snapshot(stream, snapshot).await
    }

    async fn lease_effects_but(
        &self,
        now: Ms,
        until: Ms,
        limit: usize,
        but: &[ConnectionId],
    ) -> Result<Vec<LeasedEffect>, Error> {
        self.open().await.store().lease_effects_but(now, until, limit, but).await
    }

    async fn next_effect(&self) -> Result<Option<Ms>, Error> {
        self.open().await.store().next_effect().await
    }

    async fn release_effect(&self, id: EffectId, not_before: Ms) -> Result<(), Error> {
        self.open().await.store().release_effect(id, not_before).await
    }

    async fn reclaim_effects(&self, now: Ms) -> Result<(), Error> {
        self.open().await.store().reclaim_effects(now).await
    }

    async fn finish_effect(&self, id: EffectId) -> Result<(), Error> {
        self.open().await.store().finish_effect(id).await
    }

    async fn park_effect(&self, id: EffectId, reason: &str) -> Result<(), Error> {
        self.open().await.store().park_effect(id, reason).await
    }

    async fn parked_effects(&self, limit: usize) -> Result<Vec<ParkedEffect>, Error> {
        self.open().await.store().parked_effects(limit).await
    }

    async fn timers_due(&self, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Error> {
        self.open().await.store().timers_due(now, limit).await
    }

    async fn next_timer(&self) -> Result<Option<Ms>, Error> {
        self.open().await.store().next_timer().await
    }

    async fn take_lease(&self, name: &str, owner: Uuid, now: Ms, until: Ms) -> Result<Option<u64>, Error> {
        self.open().await.store().take_lease(name, owner, now, until).await
    }

    async fn drop_lease(&self, name: &str, owner: Uuid) -> Result<(), Error> {
        self.open().await.store().drop_lease(name, owner).await
    }

    async fn leases(&self, prefix: &str) -> Result<Vec<(String, Ms)>, Error> {
        self.open().await.store().leases(prefix).await
    }

    async fn link(&self, connection: ConnectionId, conversation: ConversationId) -> Result<Option<Link>, Error> {
        self.open().await.store().link(connection, conversation).await
    }

    async fn link_by_outside(&self, connection: ConnectionId, outside: Hash16) -> Result<Option<Link>, Error> {
        self.open().await.store().link_by_outside(connection, outside).await
    }

    async fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        self.open().await.store().row(id).await
    }

    async fn rows(&self, filter: RowFilter) -> Result<Vec<Row>, Error> {
        self.open().await.store().rows(filter).await
    }

    async fn count_rows(&self, filter: RowFilter) -> Result<u64, Error> {
        self.open().await.store().count_rows(filter).await
    }

    async fn next_row_due(&self, filter: RowFilter) -> Result<Option<Ms>, Error> {
        self.open().await.store().next_row_due(filter).await
    }

    async fn entry(&self, list: &str, id: Uuid) -> Result<Option<Entry>, Error> {
        self.open().await.store().entry(list, id).await
    }

    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, Error> {
        self.open().await.store().entries(filter).await
    }

    async fn tally(&self, filter: EntryFilter) -> Result<Vec<Tally>, Error> {
        self.open().await.store().tally(filter).await
    }

    async fn record(&self, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Error> {
        self.open().await.store().record(kind, key, now).await
    }

    async fn put_record(&self, record: Record) -> Result<(), Error> {
        self.open().await.store().put_record(record).await
    }

    async fn take_record(&self, kind: &str, key: &[u8]) -> Result<bool, Error> {
        self.open().await.store().take_record(kind, key).await
    }

    async fn sweep_records(&self, now: Ms) -> Result<u64, Error> {
        self.open().await.store().sweep_records(now).await
    }

    async fn put_keys(&self, keys: Vec<WrappedKey>) -> Result<(), Error> {
        self.open().await.store().put_keys(keys).await
    }

    async fn key(&self, id: KeyId) -> Result<Option<WrappedKey>, Error> {
        self.open().await.store().key(id).await
    }

    async fn destroy_key(&self, id: KeyId) -> Result<(), Error> {
        self.open().await.store().destroy_key(id).await
    }
}
