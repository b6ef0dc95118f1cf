//! The reference store: everything in memory behind one lock. For tests, the simulator and `baton try`; it keeps
//! nothing over a restart and must never be offered as durable.

use async_trait::async_trait;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, KeyId, Ms};
use baton_kit::store::{
    Commit, EffectId, Entry, EntryFilter, Error, Identity, LeasedEffect, Link, NewEffect, Offset, ParkedEffect, Record,
    Row, RowFilter, SealedEvent, Snapshot, Store, Tally, WrappedKey,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// A store that lives as long as its process.
pub struct MemoryStore {
    workspace: Uuid,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    log: Vec<(Stream, u64)>,
    streams: HashMap<Stream, Vec<SealedEvent>>,
    snapshots: HashMap<Stream, Snapshot>,
    effects: BTreeMap<EffectId, Work>,
    last_effect: u64,
    lanes: BTreeMap<String, BTreeSet<EffectId>>,
    timers: BTreeMap<Stream, Ms>,
    links: HashMap<(ConnectionId, ConversationId), Link>,
    outside: HashMap<(ConnectionId, Hash16), ConversationId>,
    rows: HashMap<ConversationId, Row>,
    entries: HashMap<(String, Uuid), Entry>,
    hidden: HashSet<ConversationId>,
    records: HashMap<(String, Vec<u8>), Record>,
    leases: BTreeMap<String, Lease>,
    keys: HashMap<KeyId, Option<WrappedKey>>,
}

struct Work {
    new: NewEffect,
    /// The end of its lease or the moment before which it must not be tried, whichever was set last.
    due: Ms,
    attempts: u32,
    parked: Option<String>,
}

struct Lease {
    owner: Option<Uuid>,
    epoch: u64,
    until: Ms,
}

impl MemoryStore {
    /// An empty store of this workspace.
    pub fn new(workspace: Uuid) -> Self {
        Self { workspace, inner: Mutex::new(Inner::default()) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it holds the lock")
    }
}

impl Inner {
    fn seq(&self, stream: Stream) -> u64 {
        self.streams.get(&stream).map_or(0, |events| events.len() as u64)
    }

    fn end(&self) -> Offset {
        Offset(self.log.len() as u64)
    }

    /// Everything that can speak against a commit, before anything is written.
    fn check(&self, commit: &Commit) -> Result<(), Error> {
        let mut seqs = HashMap::new();
        for (stream, expected) in &commit.expected {
            if self.seq(*stream) != *expected {
                return Err(Error::Conflict);
            }
            seqs.insert(*stream, *expected);
        }
        for event in &commit.events {
            let seq = seqs
                .get_mut(&event.stream)
                .ok_or_else(|| Error::Failed("an event of a stream that is not expected".into()))?;
            *seq += 1;
            if event.seq != *seq {
                return Err(Error::Failed("the events of a stream are not gap-free".into()));
            }
        }
        self.check_links(&commit.links)?;
        let mut keys = HashSet::new();
        for record in &commit.records {
            let key = (record.kind.clone(), record.key.clone());
            if self.records.contains_key(&key) || !keys.insert(key) {
                return Err(Error::Conflict);
            }
        }
        Ok(())
    }

    fn check_links(&self, links: &[Link]) -> Result<(), Error> {
        let mut staged: HashMap<_, &Link> = HashMap::new();
        let mut outside: HashMap<_, Option<ConversationId>> = HashMap::new();
        for link in links {
            let key = (link.connection, link.conversation);
            let old = staged.get(&key).copied().or_else(|| self.links.get(&key));
            if old.is_some_and(|old| old.version >= link.version) {
                return Err(Error::Conflict);
            }
            if let Some(hash) = old.and_then(|old| old.outside) {
                outside.insert((link.connection, hash), None);
            }
            if let Some(hash) = link.outside {
                let place = (link.connection, hash);
                let taken = match outside.get(&place) {
                    Some(by) => by.is_some(),
                    None => self.outside.contains_key(&place),
                };
                if taken {
                    return Err(Error::Conflict);
                }
                outside.insert(place, Some(link.conversation));
            }
            staged.insert(key, link);
        }
        Ok(())
    }

    fn apply(&mut self, commit: Commit) -> Offset {
        for event in commit.events {
            self.log.push((event.stream, event.seq));
            self.streams.entry(event.stream).or_default().push(event);
        }
        for id in commit.done {
            self.remove_effect(id);
        }
        for new in commit.effects {
            self.add_effect(Work { new, due: 0, attempts: 0, parked: None });
        }
        for (stream, due) in commit.timers {
            match due {
                Some(due) => self.timers.insert(stream, due),
                None => self.timers.remove(&stream),
            };
        }
        for link in commit.links {
            self.put_link(link);
        }
        for conversation in commit.hide {
            self.hidden.insert(conversation);
            self.rows.remove(&conversation);
            self.entries.retain(|_, entry| entry.conversation != conversation);
        }
        for row in commit.rows {
            if self.rows.get(&row.id).is_none_or(|old| old.seq <= row.seq) && !self.hidden.contains(&row.id) {
                self.rows.insert(row.id, row);
            }
        }
        for entry in commit.entries {
            let key = (entry.list.clone(), entry.id);
            let newer = self.entries.get(&key).is_none_or(|old| old.seq <= entry.seq);
            if newer && !self.hidden.contains(&entry.conversation) {
                self.entries.insert(key, entry);
            }
        }
        for record in commit.records {
            self.records.insert((record.kind.clone(), record.key.clone()), record);
        }
        self.end()
    }

    fn put_link(&mut self, link: Link) {
        let key = (link.connection, link.conversation);
        if let Some(hash) = self.links.get(&key).and_then(|old| old.outside) {
            self.outside.remove(&(link.connection, hash));
        }
        if let Some(hash) = link.outside {
            self.outside.insert((link.connection, hash), link.conversation);
        }
        self.links.insert(key, link);
    }

    fn add_effect(&mut self, work: Work) {
        self.last_effect += 1;
        let id = EffectId(self.last_effect);
        self.lanes.entry(work.new.lane.clone()).or_default().insert(id);
        self.effects.insert(id, work);
    }

    fn leave_lane(&mut self, id: EffectId) {
        let Some(work) = self.effects.get(&id) else { return };
        if let Some(lane) = self.lanes.get_mut(&work.new.lane) {
            lane.remove(&id);
            if lane.is_empty() {
                self.lanes.remove(&work.new.lane);
            }
        }
    }

    fn remove_effect(&mut self, id: EffectId) {
        self.leave_lane(id);
        self.effects.remove(&id);
    }

    /// The first piece of work of each lane, by due time.
    fn heads(&self) -> Vec<(Ms, EffectId)> {
        let mut heads: Vec<_> = self
            .lanes
            .values()
            .filter_map(|lane| lane.first())
            .filter_map(|id| self.effects.get(id).map(|work| (work.due, *id)))
            .collect();
        heads.sort_unstable();
        heads
    }

    fn events(&self, stream: Stream) -> &[SealedEvent] {
        self.streams.get(&stream).map_or(&[], Vec::as_slice)
    }

    fn after(&self, stream: Stream, seq: u64) -> &[SealedEvent] {
        let events = self.events(stream);
        &events[usize::try_from(seq).unwrap_or(usize::MAX).min(events.len())..]
    }
}

fn wanted(row: &Row, filter: &RowFilter) -> bool {
    (filter.holders.is_empty() || filter.holders.contains(&row.holder))
        && (filter.holder_id.is_none() || filter.holder_id == row.holder_id)
        && (filter.offered_to.is_none() || filter.offered_to == row.offered_to)
        && filter.reference.as_ref().is_none_or(|reference| *reference == row.reference)
        && (filter.person.is_none() || filter.person == row.person)
        && (filter.inboxes.is_empty() || row.inbox.is_some_and(|inbox| filter.inboxes.contains(&inbox)))
        && row.inbox.is_none_or(|inbox| !filter.without.contains(&inbox))
        && filter.snoozed.is_none_or(|snoozed| snoozed == row.snoozed)
        && filter.tag.is_none_or(|tag| row.tags.contains(&tag))
        && filter.due_before.is_none_or(|before| row.due.is_some_and(|due| due < before))
}

fn listed(entry: &Entry, filter: &EntryFilter) -> bool {
    entry.list == filter.list
        && filter.state.as_ref().is_none_or(|state| *state == entry.state)
        && filter.marks.iter().zip(&entry.marks).all(|(asked, word)| asked.as_ref().is_none_or(|asked| asked == word))
        && (filter.owner.is_none() || filter.owner == entry.owner)
        && entry.inbox.is_none_or(|inbox| !filter.without.contains(&inbox))
        && filter.from.is_none_or(|from| entry.at >= from)
        && filter.to.is_none_or(|to| entry.at < to)
}

#[async_trait]
impl Store for MemoryStore {
    fn identity(&self) -> Identity {
        Identity { workspace: self.workspace, generation: 1 }
    }

    async fn commit(&self, commit: Commit) -> Result<Offset, Error> {
        let mut inner = self.inner();
        inner.check(&commit)?;
        Ok(inner.apply(commit))
    }

    async fn read(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        Ok(self.inner().after(stream, after).iter().take(limit).cloned().collect())
    }

    async fn read_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Error> {
        let inner = self.inner();
        let events = inner.events(stream);
        let end = usize::try_from(before.saturating_sub(1)).unwrap_or(usize::MAX).min(events.len());
        Ok(events[end.saturating_sub(limit)..end].to_vec())
    }

    async fn read_positions(
        &self,
        conversation: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedEvent>, Error> {
        let inner = self.inner();
        let events = inner.events(Stream::Conversation(conversation));
        Ok(events.iter().filter(|event| event.position.is_some_and(|at| at > after)).take(limit).cloned().collect())
    }

    async fn headers(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        Ok(self.inner().after(stream, after).iter().take(limit).map(|event| event.header.clone()).collect())
    }

    async fn tail(&self, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Error> {
        let inner = self.inner();
        let from = usize::try_from(after.0).unwrap_or(usize::MAX).min(inner.log.len());
        let places = (from as u64 + 1..).zip(&inner.log[from..]).take(limit);
        Ok(places.map(|(offset, (stream, seq))| (Offset(offset), *stream, *seq)).collect())
    }

    async fn end(&self) -> Result<Offset, Error> {
        Ok(self.inner().end())
    }

    async fn pack(&self, _upto: Offset, _limit: usize) -> Result<u64, Error> {
        Ok(0)
    }

    async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, Error> {
        Ok(self.inner().snapshots.get(&stream).cloned())
    }

    async fn put_snapshot(&self, stream: Stream, snapshot: Snapshot) -> Result<(), Error> {
        let mut inner = self.inner();
        if inner.streams.contains_key(&stream) {
            inner.snapshots.insert(stream, snapshot);
        }
        Ok(())
    }

    async fn lease_effects_but(
        &self,
        now: Ms,
        until: Ms,
        limit: usize,
        but: &[ConnectionId],
    ) -> Result<Vec<LeasedEffect>, Error> {
        let mut inner = self.inner();
        let mut leased = Vec::new();
        let but: Vec<String> = but.iter().map(|id| format!("/{id}")).collect();
        for (_, id) in inner.heads().into_iter().take_while(|(due, _)| *due <= now) {
            if leased.len() == limit {
                break;
            }
            let Some(work) = inner.effects.get_mut(&id) else { continue };
            if but.iter().any(|connection| work.new.lane.contains(connection)) {
                continue;
            }
            work.due = until;
            work.attempts += 1;
            leased.push(LeasedEffect {
                id,
                conversation: work.new.conversation,
                lane: work.new.lane.clone(),
                effect: work.new.effect.clone(),
                attempts: work.attempts,
            });
        }
        Ok(leased)
    }

    async fn next_effect(&self) -> Result<Option<Ms>, Error> {
        Ok(self.inner().heads().first().map(|(due, _)| *due))
    }

    async fn reclaim_effects(&self, now: Ms) -> Result<(), Error> {
        for work in self.inner().effects.values_mut().filter(|work| work.attempts > 0) {
            work.due = work.due.min(now);
        }
        Ok(())
    }

    async fn release_effect(&self, id: EffectId, not_before: Ms) -> Result<(), Error> {
        let mut inner = self.inner();
        let Some(work) = inner.effects.get_mut(&id) else { return Ok(()) };
        work.due = not_before;
        if work.parked.take().is_some()
            && let Some(work) = inner.effects.remove(&id)
        {
            inner.add_effect(work);
        }
        Ok(())
    }

    async fn finish_effect(&self, id: EffectId) -> Result<(), Error> {
        self.inner().remove_effect(id);
        Ok(())
    }

    async fn park_effect(&self, id: EffectId, reason: &str) -> Result<(), Error> {
        let mut inner = self.inner();
        inner.leave_lane(id);
        if let Some(work) = inner.effects.get_mut(&id) {
            work.parked = Some(reason.to_owned());
        }
        Ok(())
    }

    async fn parked_effects(&self, limit: usize) -> Result<Vec<ParkedEffect>, Error> {
        let inner = self.inner();
        let parked = inner.effects.iter().filter_map(|(id, work)| {
            Some(ParkedEffect {
                id: *id,
                conversation: work.new.conversation,
                lane: work.new.lane.clone(),
                reason: work.parked.clone()?,
            })
        });
        Ok(parked.take(limit).collect())
    }

    async fn timers_due(&self, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Error> {
        let inner = self.inner();
        let mut due: Vec<_> =
            inner.timers.iter().map(|(stream, at)| (*stream, *at)).filter(|(_, at)| *at <= now).collect();
        due.sort_unstable_by_key(|(stream, at)| (*at, *stream));
        due.truncate(limit);
        Ok(due)
    }

    async fn next_timer(&self) -> Result<Option<Ms>, Error> {
        Ok(self.inner().timers.values().min().copied())
    }

    async fn take_lease(&self, name: &str, owner: Uuid, now: Ms, until: Ms) -> Result<Option<u64>, Error> {
        let mut inner = self.inner();
        let lease = inner.leases.entry(name.to_owned()).or_insert(Lease { owner: None, epoch: 0, until: 0 });
        if lease.owner != Some(owner) {
            if lease.owner.is_some() && lease.until > now {
                return Ok(None);
            }
            lease.epoch += 1;
        }
        lease.owner = Some(owner);
        lease.until = until;
        Ok(Some(lease.epoch))
    }

    async fn drop_lease(&self, name: &str, owner: Uuid) -> Result<(), Error> {
        if let Some(lease) = self.inner().leases.get_mut(name).filter(|lease| lease.owner == Some(owner)) {
            lease.owner = None;
        }
        Ok(())
    }

    async fn leases(&self, prefix: &str) -> Result<Vec<(String, Ms)>, Error> {
        let inner = self.inner();
        let named = inner.leases.range(prefix.to_owned()..).take_while(|(name, _)| name.starts_with(prefix));
        Ok(named.filter(|(_, lease)| lease.owner.is_some()).map(|(name, lease)| (name.clone(), lease.until)).collect())
    }

    async fn link(&self, connection: ConnectionId, conversation: ConversationId) -> Result<Option<Link>, Error> {
        Ok(self.inner().links.get(&(connection, conversation)).cloned())
    }

    async fn link_by_outside(&self, connection: ConnectionId, outside: Hash16) -> Result<Option<Link>, Error> {
        let inner = self.inner();
        let conversation = inner.outside.get(&(connection, outside));
        Ok(conversation.and_then(|conversation| inner.links.get(&(connection, *conversation))).cloned())
    }

    async fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        Ok(self.inner().rows.get(&id).cloned())
    }

    async fn rows(&self, filter: RowFilter) -> Result<Vec<Row>, Error> {
        let inner = self.inner();
        let mut rows: Vec<_> = inner.rows.values().filter(|row| wanted(row, &filter)).collect();
        rows.sort_unstable_by_key(|row| (row.sort, row.id));
        if filter.newest_first {
            rows.reverse();
        }
        let beyond = |row: &&&Row| match filter.after {
            Some(after) if filter.newest_first => (row.sort, row.id) < after,
            Some(after) => (row.sort, row.id) > after,
            None => true,
        };
        Ok(rows.iter().filter(beyond).take(filter.limit).map(|row| (*row).clone()).collect())
    }

    async fn count_rows(&self, filter: RowFilter) -> Result<u64, Error> {
        Ok(self.inner().rows.values().filter(|row| wanted(row, &filter)).count() as u64)
    }

    async fn next_row_due(&self, filter: RowFilter) -> Result<Option<Ms>, Error> {
        Ok(self.inner().rows.values().filter(|row| wanted(row, &filter)).filter_map(|row| row.due).min())
    }

    async fn entry(&self, list: &str, id: Uuid) -> Result<Option<Entry>, Error> {
        Ok(self.inner().entries.get(&(list.to_owned(), id)).cloned())
    }

    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, Error> {
        let inner = self.inner();
        let mut entries: Vec<_> = inner.entries.values().filter(|entry| listed(entry, &filter)).collect();
        entries.sort_unstable_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
        let beyond = |entry: &&&Entry| filter.after.is_none_or(|after| (entry.at, entry.id) < after);
        Ok(entries.iter().filter(beyond).take(filter.limit).map(|entry| (*entry).clone()).collect())
    }

    async fn tally(&self, filter: EntryFilter) -> Result<Vec<Tally>, Error> {
        let inner = self.inner();
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for entry in inner.entries.values().filter(|entry| listed(entry, &filter)) {
            *counts.entry((entry.state.clone(), entry.marks.clone())).or_default() += 1;
        }
        Ok(counts.into_iter().map(|((state, marks), count)| Tally { state, marks, count }).collect())
    }

    async fn record(&self, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Error> {
        let inner = self.inner();
        let record = inner.records.get(&(kind.to_owned(), key.to_vec()));
        Ok(record.filter(|record| record.expires > now).cloned())
    }

    async fn put_record(&self, record: Record) -> Result<(), Error> {
        self.inner().records.insert((record.kind.clone(), record.key.clone()), record);
        Ok(())
    }

    async fn take_record(&self, kind: &str, key: &[u8]) -> Result<bool, Error> {
        Ok(self.inner().records.remove(&(kind.to_owned(), key.to_vec())).is_some())
    }

    async fn sweep_records(&self, now: Ms) -> Result<u64, Error> {
        let mut inner = self.inner();
        let before = inner.records.len();
        inner.records.retain(|_, record| record.expires > now);
        Ok((before - inner.records.len()) as u64)
    }

    async fn put_keys(&self, keys: Vec<WrappedKey>) -> Result<(), Error> {
        let mut inner = self.inner();
        if keys.iter().any(|key| inner.keys.get(&key.id).is_some_and(Option::is_none)) {
            return Err(Error::Conflict);
        }
        for key in keys {
            inner.keys.insert(key.id, Some(key));
        }
        Ok(())
    }

    async fn key(&self, id: KeyId) -> Result<Option<WrappedKey>, Error> {
        Ok(self.inner().keys.get(&id).cloned().flatten())
    }

    async fn destroy_key(&self, id: KeyId) -> Result<(), Error> {
        self.inner().keys.insert(id, None);
        Ok(())
    }
}
