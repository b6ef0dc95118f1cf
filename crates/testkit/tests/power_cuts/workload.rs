//! Commits of every sort over the real store, and a journal of what was sent.

use baton_core::event::Stream;
use baton_core::ids::{AgentId, ConnectionId, ConversationId, KeyId, Ms};
use baton_infra::SqliteStore;
use baton_kit::store::{
    Commit, EffectId, Entry, Error, HolderKind, Link, NewEffect, Offset, Record, Row, SealedEvent, Snapshot, Store,
    WrappedKey,
};
use baton_testkit::vfs::{Dice, Disk};
use futures_util::future::join_all;
use std::ops::Range;
use std::sync::Mutex;
use uuid::Uuid;

/// When leases of the workload end: later than any moment that a check asks about.
pub(crate) const LATER: Ms = 1 << 40;

/// What was sent, in the order of sending within each lane.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) commits: Vec<Sent>,
    pub(crate) keys: Vec<SentKey>,
}

#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) number: u64,
    pub(crate) lane: u64,
    pub(crate) commit: Commit,
    /// The keys under which its events would be sealed.
    pub(crate) keys: Vec<KeyId>,
    /// Bytes that stand in the write-ahead log as soon as it is written.
    pub(crate) token: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct SentKey {
    pub(crate) put: u64,
    pub(crate) destroy: Option<u64>,
    pub(crate) key: WrappedKey,
}

impl Journal {
    /// What was sent to the same folder before.
    pub(crate) fn put_before(&mut self, earlier: &Self) {
        self.commits.splice(0..0, earlier.commits.iter().cloned());
        self.keys.splice(0..0, earlier.keys.iter().cloned());
    }
}

pub(crate) struct Workload<'a> {
    pub(crate) store: &'a SqliteStore,
    pub(crate) disk: &'a Disk,
    pub(crate) journal: Mutex<Journal>,
    next: Mutex<u64>,
}

/// One conversation and one agent, written to by one task at a time.
pub(crate) struct Lane {
    pub(crate) lane: u64,
    pub(crate) dice: Dice,
    conversation: u64,
    agent: u64,
    link: u64,
    key: KeyId,
}

pub(crate) fn conversation(lane: u64) -> ConversationId {
    ConversationId(Uuid::from_u128(0xC000 + u128::from(lane)))
}

pub(crate) fn agent(lane: u64) -> Stream {
    Stream::Agent(AgentId(Uuid::from_u128(0xA000 + u128::from(lane))))
}

pub(crate) fn lane_name(lane: u64) -> String {
    format!("lane-{lane}")
}

impl Lane {
    pub(crate) fn new(lane: u64, seed: u64) -> Self {
        let dice = Dice::new(seed ^ (lane << 48));
        Self { lane, dice, conversation: 0, agent: 0, link: 0, key: KeyId(Uuid::nil()) }
    }

    fn token(&mut self) -> Vec<u8> {
        [self.dice.roll().to_be_bytes(), self.dice.roll().to_be_bytes()].concat()
    }

    fn filler(&mut self, most: u64) -> Vec<u8> {
        let length = self.dice.below(most) / 8;
        (0..length).flat_map(|_| self.dice.roll().to_be_bytes()).collect()
    }

    fn event(&mut self, stream: Stream, seq: u64, start: &[u8], most: u64) -> SealedEvent {
        let header = format!("{{\"stream\":\"{stream}\",\"seq\":{seq}}}").into_bytes();
        let position = matches!(stream, Stream::Conversation(_)).then_some(seq);
        let body = [start, &self.filler(most)].concat();
        SealedEvent { stream, seq, position, header, body: Some(body) }
    }
}

impl<'a> Workload<'a> {
    pub(crate) fn new(store: &'a SqliteStore, disk: &'a Disk) -> Self {
        Self { store, disk, journal: Mutex::default(), next: Mutex::new(1) }
    }

    pub(crate) fn number(&self) -> u64 {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        *next - 1
    }

    /// Numbers begin here.
    pub(crate) fn start_at(&self, number: u64) {
        *self.next.lock().unwrap() = number;
    }

    /// So many steps in each of these lanes at once.
    pub(crate) async fn run(&self, seed: u64, lanes: Range<u64>, steps: u64) {
        join_all(lanes.map(async |lane| {
            let mut lane = Lane::new(lane, seed);
            for _ in 0..steps {
                self.step(&mut lane).await.unwrap();
            }
        }))
        .await;
    }

    /// A key, if it is time for one, and a commit.
    pub(crate) async fn step(&self, lane: &mut Lane) -> Result<(), Error> {
        if lane.key.0.is_nil() || lane.dice.percent(10) {
            self.new_key(lane).await?;
        }
        if lane.dice.percent(4) {
            self.destroy_a_key(lane).await?;
        }
        if lane.dice.percent(5) {
            self.pack().await?;
        }
        if lane.dice.percent(5) {
            let stream = Stream::Conversation(conversation(lane.lane));
            let snapshot = Snapshot { seq: lane.conversation, level: 1, state: lane.filler(300) };
            self.store.put_snapshot(stream, snapshot).await?;
        }
        let leased = if lane.dice.percent(15) { self.lease(lane).await? } else { Vec::new() };
        let mut attempt = self.commit(lane, &leased);
        self.disk.begin(attempt.number);
        let outcome = self.store.commit(std::mem::take(&mut attempt.commit)).await;
        self.settle(&attempt, &outcome, lane);
        outcome.map(|_| ())
    }

    async fn new_key(&self, lane: &mut Lane) -> Result<(), Error> {
        let id = KeyId(Uuid::from_u64_pair(lane.dice.roll(), lane.dice.roll()));
        let key = WrappedKey { id, parent: None, wrapped: lane.token() };
        let number = self.number();
        let at = {
            let mut journal = self.journal.lock().unwrap();
            journal.keys.push(SentKey { put: number, destroy: None, key: key.clone() });
            journal.keys.len() - 1
        };
        self.disk.begin(number);
        let put = self.store.put_keys(vec![key]).await;
        match put {
            Ok(()) => {
                self.disk.acknowledge(number);
                lane.key = id;
                Ok(())
            }
            Err(error) => {
                // Refused: nobody uses it, whether it is there or not.
                self.journal.lock().unwrap().keys[at].put = u64::MAX;
                Err(error)
            }
        }
    }

    async fn destroy_a_key(&self, lane: &mut Lane) -> Result<(), Error> {
        let number = self.number();
        let chosen = {
            let mut journal = self.journal.lock().unwrap();
            let used = lane.key;
            let mut free = journal.keys.iter_mut().filter(|key| key.destroy.is_none() && key.put != u64::MAX);
            // Only keys that are acknowledged and not in use by this lane; another lane's current key stays too.
            let current = free.find(|key| key.key.id != used && key.key.id.0.as_u128() % 2 == 0);
            current.map(|key| {
                key.destroy = Some(number);
                key.key.id
            })
        };
        let Some(id) = chosen else { return Ok(()) };
        self.store.destroy_key(id).await?;
        self.disk.acknowledge(number);
        Ok(())
    }

    /// Moves what was written so far into packs, some at a time; nothing that can be read may change by it.
    async fn pack(&self) -> Result<(), Error> {
        let end = self.store.end().await?;
        for _ in 0..3 {
            match self.store.pack(Offset(end.0.saturating_sub(5)), 20).await {
                Ok(0) | Err(Error::Conflict) => break,
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn lease(&self, lane: &Lane) -> Result<Vec<EffectId>, Error> {
        let leased = self.store.lease_effects(1, LATER, 1_000).await?;
        let name = lane_name(lane.lane);
        let (own, others): (Vec<_>, Vec<_>) = leased.into_iter().partition(|effect| effect.lane == name);
        for effect in others {
            self.store.release_effect(effect.id, 0).await?;
        }
        Ok(own.into_iter().map(|effect| effect.id).collect())
    }

    fn commit(&self, lane: &mut Lane, done: &[EffectId]) -> Attempt {
        let number = self.number();
        let id = conversation(lane.lane);
        let stream = Stream::Conversation(id);
        let token = lane.token();
        let mut commit = Commit { expected: vec![(stream, lane.conversation)], ..Commit::default() };
        let events = 1 + lane.dice.below(3);
        // Most are short, some need pages of their own.
        let most = if lane.dice.percent(10) { 20_000 } else { 400 };
        for at in 1..=events {
            let start = if at == 1 { token.clone() } else { Vec::new() };
            commit.events.push(lane.event(stream, lane.conversation + at, &start, if at == 1 { 400 } else { most }));
        }
        let seq = lane.conversation + events;
        if lane.dice.percent(30) {
            commit.expected.push((agent(lane.lane), lane.agent));
            commit.events.push(lane.event(agent(lane.lane), lane.agent + 1, &[], 200));
        }
        if lane.dice.percent(50) {
            let value = lane.filler(200);
            commit.records.push(Record {
                kind: "sent".into(),
                key: number.to_be_bytes().into(),
                value,
                expires: LATER,
            });
        }
        if lane.dice.percent(50) {
            let effect = number.to_string().into_bytes();
            commit.effects.push(NewEffect { conversation: id, lane: lane_name(lane.lane), effect });
        }
        commit.done = done.to_vec();
        commit.timers = vec![(stream, lane.dice.percent(70).then_some(1_000 + number as Ms))];
        commit.rows = vec![row(id, seq, number)];
        if lane.dice.percent(30) {
            commit.entries = vec![entry(id, seq, number)];
        }
        if lane.dice.percent(20) {
            let connection = ConnectionId(Uuid::from_u128(1));
            let state = lane.filler(100);
            commit.links.push(Link { connection, conversation: id, outside: None, state, version: lane.link + 1 });
        }
        let sent = Sent { number, lane: lane.lane, commit: commit.clone(), keys: vec![lane.key], token };
        let mut journal = self.journal.lock().unwrap();
        journal.commits.push(sent);
        Attempt { number, at: journal.commits.len() - 1, commit }
    }

    fn settle(&self, attempt: &Attempt, outcome: &Result<Offset, Error>, lane: &mut Lane) {
        let journal = self.journal.lock().unwrap();
        let sent = &journal.commits[attempt.at];
        if outcome.is_ok() {
            self.disk.acknowledge(attempt.number);
            for event in &sent.commit.events {
                match event.stream {
                    Stream::Agent(_) => lane.agent = event.seq,
                    _ => lane.conversation = event.seq,
                }
            }
            lane.link += sent.commit.links.len() as u64;
        }
    }
}

struct Attempt {
    number: u64,
    at: usize,
    commit: Commit,
}

fn row(id: ConversationId, seq: u64, number: u64) -> Row {
    Row {
        id,
        seq,
        holder: HolderKind::Queue,
        holder_id: None,
        offered_to: None,
        sort: number as Ms,
        reference: format!("B-{number}"),
        person: None,
        inbox: None,
        due: None,
        snoozed: false,
        tags: vec![Uuid::from_u128(number.into())],
        data: format!("{{\"number\":{number}}}").into_bytes(),
    }
}

fn entry(conversation: ConversationId, seq: u64, number: u64) -> Entry {
    Entry {
        list: "handover".into(),
        id: Uuid::from_u128(0xE000_0000 + u128::from(number)),
        conversation,
        inbox: None,
        owner: None,
        state: "open".into(),
        marks: [String::new(), String::new()],
        at: number as Ms,
        seq,
        data: b"{}".to_vec(),
    }
}
