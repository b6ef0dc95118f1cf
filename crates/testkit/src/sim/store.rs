//! The store of a simulated hub: the store in memory behind faults. What was done is durable, what was not is lost, and
//! who is told that it failed does not know which.

use super::faults::{Fault, Faults};
use super::machine::{Owner, lock};
use async_trait::async_trait;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, KeyId, Ms};
use baton_infra::MemoryStore;
use baton_kit::store::{
    Commit, EffectId, Entry, EntryFilter, Error, Identity, LeasedEffect, Link, Offset, ParkedEffect, Record, Row,
    RowFilter, SealedEvent, Snapshot, Store, Tally, WrappedKey,
};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What outlives every hub.
pub(crate) struct Disk {
    pub(crate) store: MemoryStore,
    /// Where each commit that bore events ended, and the passing time then.
    pub(crate) commits: Mutex<Vec<(Offset, Ms)>>,
}

/// The disk as one hub sees it.
pub(crate) struct FaultyStore {
    pub(crate) disk: Arc<Disk>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) owner: Owner,
}

fn error(fault: Fault) -> Error {
    match fault {
        Fault::Full => Error::Full("simulated".into()),
        Fault::Busy => Error::Busy,
        Fault::Conflict => Error::Conflict,
        _ => Error::Failed("simulated".into()),
    }
}

/// One call: what befalls it before, the call, what befalls it after.
macro_rules! call {
    ($self:ident, $place:literal, $writes:literal, $call:expr) => {{
        let fault = $self.faults.of_store($place, $writes).map(|(fault, _)| fault);
        if !$self.faults.before($self.owner, fault).await {
            return Err(error(fault.unwrap_or(Fault::Fails)));
        }
        let out = $call.await;
        $self.faults.after($self.owner, fault, $writes).await;
        match fault {
            Some(Fault::PerhapsKept) => Err(error(Fault::PerhapsKept)),
            _ => out,
        }
    }};
}

#[async_trait]
impl Store for FaultyStore {
    fn identity(&self) -> Identity {
        self.disk.store.identity()
    }

    async fn commit(&self, commit: Commit) -> Result<Offset, Error> {
        let bears = !commit.events.is_empty();
        call!(self, "commit", true, async {
            let out = self.disk.store.commit(commit).await;
            if let (true, Ok(offset)) = (bears, &out) {
                lock(&self.disk.commits).push((*offset, self.faults.machine.real()));
            }
            out
        })
    }

    async fn read(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        call!(self, "read", false, self.disk.store.read(stream, after, limit))
    }

    async fn read_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        call!(self, "read", false, self.disk.store.read_before(stream, before, limit))
    }

    async fn read_positions(
        &self,
        conversation: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedEvent>, Error> {
        call!(self, "read", false, self.disk.store.read_positions(conversation, after, limit))
    }

    async fn headers(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        call!(self, "headers", false, self.disk.store.headers(stream, after, limit))
    }

    async fn tail(&self, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Error> {
        call!(self, "read", false, self.disk.store.tail(after, limit))
    }

    async fn end(&self) -> Result<Offset, Error> {
        call!(self, "read", false, self.disk.store.end())
    }

    async fn lease_effects_but(
        &self,
        now: Ms,
        until: Ms,
        limit: usize,
        but: &[ConnectionId],
    ) -> Result<Vec<LeasedEffect>, Error> {
        call!(self, "lease", true, self.disk.store.lease_effects_but(now, until, limit, but))
    }

    async fn next_effect(&self) -> Result<Option<Ms>, Error> {
        call!(self, "read", false, self.disk.store.next_effect())
    }

    async fn reclaim_effects(&self, now: Ms) -> Result<(), Error> {
        call!(self, "lease", true, self.disk.store.reclaim_effects(now))
    }

    async fn release_effect(&self, id: EffectId, not_before: Ms) -> Result<(), Error> {
        call!(self, "release", true, self.disk.store.release_effect(id, not_before))
    }

    async fn finish_effect(&self, id: EffectId) -> Result<(), Error> {
        call!(self, "finish", true, self.disk.store.finish_effect(id))
    }

    async fn park_effect(&self, id: EffectId, reason: &str) -> Result<(), Error> {
        call!(self, "park", true, self.disk.store.park_effect(id, reason))
    }

    async fn parked_effects(&self, limit: usize) -> Result<Vec<ParkedEffect>, Error> {
        call!(self, "read", false, self.disk.store.parked_effects(limit))
    }

    async fn timers_due(&self, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Error> {
        call!(self, "timers", false, self.disk.store.timers_due(now, limit))
    }

    async fn next_timer(&self) -> Result<Option<Ms>, Error> {
        call!(self, "timers", false, self.disk.store.next_timer())
    }

    async fn take_lease(&self, name: &str, owner: Uuid, now: Ms, until: Ms) -> Result<Option<u64>, Error> {
        call!(self, "agent-lease", true, self.disk.store.take_lease(name, owner, now, until))
    }

    async fn drop_lease(&self, name: &str, owner: Uuid) -> Result<(), Error> {
        call!(self, "agent-lease", true, self.disk.store.drop_lease(name, owner))
    }

    async fn leases(&self, prefix: &str) -> Result<Vec<(String, Ms)>, Error> {
        call!(self, "read", false, self.disk.store.leases(prefix))
    }

    async fn link(&self, connection: ConnectionId, conversation: ConversationId) -> Result<Option<Link>, Error> {
        call!(self, "link", false, self.disk.store.link(connection, conversation))
    }

    async fn link_by_outside(&self, connection: ConnectionId, outside: Hash16) -> Result<Option<Link>, Error> {
        call!(self, "link", false, self.disk.store.link_by_outside(connection, outside))
    }

    async fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        call!(self, "rows", false, self.disk.store.row(id))
    }

    async fn rows(&self, filter: RowFilter) -> Result<Vec<Row>, Error> {
        call!(self, "rows", false, self.disk.store.rows(filter))
    }

    async fn count_rows(&self, filter: RowFilter) -> Result<u64, Error> {
        call!(self, "rows", false, self.disk.store.count_rows(filter))
    }

    async fn next_row_due(&self, filter: RowFilter) -> Result<Option<Ms>, Error> {
        call!(self, "rows", false, self.disk.store.next_row_due(filter))
    }

    async fn entry(&self, list: &str, id: Uuid) -> Result<Option<Entry>, Error> {
        call!(self, "rows", false, self.disk.store.entry(list, id))
    }

    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, Error> {
        call!(self, "rows", false, self.disk.store.entries(filter))
    }

    async fn tally(&self, filter: EntryFilter) -> Result<Vec<Tally>, Error> {
        call!(self, "rows", false, self.disk.store.tally(filter))
    }

    async fn record(&self, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Error> {
        call!(self, "record", false, self.disk.store.record(kind, key, now))
    }

    async fn put_record(&self, record: Record) -> Result<(), Error> {
        call!(self, "put-record", true, self.disk.store.put_record(record))
    }

    async fn take_record(&self, kind: &str, key: &[u8]) -> Result<bool, Error> {
        call!(self, "put-record", true, self.disk.store.take_record(kind, key))
    }

    async fn sweep_records(&self, now: Ms) -> Result<u64, Error> {
        call!(self, "put-record", true, self.disk.store.sweep_records(now))
    }

    async fn put_keys(&self, keys: Vec<WrappedKey>) -> Result<(), Error> {
        call!(self, "keys", true, self.disk.store.put_keys(keys))
    }

    async fn key(&self, id: KeyId) -> Result<Option<WrappedKey>, Error> {
        call!(self, "key", false, self.disk.store.key(id))
    }

    async fn pack(&self, upto: Offset, limit: usize) -> Result<u64, Error> {
        call!(self, "pack", true, self.disk.store.pack(upto, limit))
    }

    async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, Error> {
        call!(self, "snapshot", false, self.disk.store.snapshot(stream))
    }

    async fn put_snapshot(&self, stream: Stream, snapshot: Snapshot) -> Result<(), Error> {
        call!(self, "put-snapshot", true, self.disk.store.put_snapshot(stream, snapshot))
    }

    async fn destroy_key(&self, id: KeyId) -> Result<(), Error> {
        call!(self, "keys", true, self.disk.store.destroy_key(id))
    }
}
