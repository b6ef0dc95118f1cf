//! Random commits, with packing at random moments and a restart now and then: what can be read is what the store in
//! memory says.

#![allow(clippy::unwrap_used, reason = "a store that fails ends the test, as it should")]

use baton_core::event::Stream;
use baton_core::ids::{AgentId, ConversationId};
use baton_infra::{MemoryStore, SqliteStore};
use baton_kit::store::*;
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Step {
    /// So many events on one of the streams, every how manieth with a position.
    Write {
        stream: u8,
        events: u16,
        shown: u16,
        body: u16,
    },
    /// Two streams in one commit.
    Both {
        one: u8,
        other: u8,
    },
    /// A part of the log, in thousandths, in bites of this size.
    Pack {
        upto: u16,
        bite: usize,
        bites: u8,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..12u8, 1..40u16, 1..5u16, 0..300u16)
            .prop_map(|(stream, events, shown, body)| Step::Write { stream, events, shown, body }),
        1 => (0..12u8, 200..600u16).prop_map(|(stream, events)| Step::Write { stream, events, shown: 2, body: 5 }),
        2 => (0..12u8, 0..12u8).prop_map(|(one, other)| Step::Both { one, other }),
        4 => (0..=1_000u16, 1..500usize, 1..20u8).prop_map(|(upto, bite, bites)| Step::Pack { upto, bite, bites }),
        1 => Just(Step::Reopen),
    ]
}

fn stream(number: u8) -> Stream {
    match number {
        0 => Stream::Workspace,
        1 => Stream::Agent(AgentId(Uuid::from_u128(1))),
        number => Stream::Conversation(ConversationId(Uuid::from_u128(number.into()))),
    }
}

struct World {
    folder: TempDir,
    disk: Option<SqliteStore>,
    memory: MemoryStore,
    ends: [(u64, u64); 12],
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let disk = Some(SqliteStore::open(folder.path(), [7; 16]).unwrap());
        Self { folder, disk, memory: MemoryStore::new(Uuid::nil()), ends: [(0, 0); 12] }
    }

    fn disk(&self) -> &SqliteStore {
        self.disk.as_ref().unwrap()
    }

    fn events(&mut self, number: u8, events: u16, shown: u16, body: u16) -> Vec<SealedEvent> {
        let (seq, position) = &mut self.ends[usize::from(number)];
        let mut out = Vec::new();
        for at in 0..events {
            *seq += 1;
            let shows = matches!(stream(number), Stream::Conversation(_)) && at % shown == 0;
            *position += u64::from(shows);
            out.push(SealedEvent {
                stream: stream(number),
                seq: *seq,
                position: shows.then_some(*position),
                header: format!("{{\"stream\":{number},\"seq\":{seq},\"at\":{at}}}").into_bytes(),
                body: (at % 4 != 3).then(|| vec![at as u8; usize::from(body)]),
            });
        }
        out
    }

    async fn commit(&self, commit: Commit) {
        let kept = self.disk().commit(commit.clone()).await.unwrap();
        assert_eq!(kept, self.memory.commit(commit).await.unwrap());
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Write { stream: number, events, shown, body } => {
                let expected = vec![(stream(number), self.ends[usize::from(number)].0)];
                let events = self.events(number, events, shown, body);
                self.commit(Commit { expected, events, ..Commit::default() }).await;
            }
            Step::Both { one, other } if one != other => {
                let expected = [one, other].map(|number| (stream(number), self.ends[usize::from(number)].0)).to_vec();
                let events = [self.events(one, 1, 1, 9), self.events(other, 2, 2, 9)].concat();
                self.commit(Commit { expected, events, ..Commit::default() }).await;
            }
            Step::Both { .. } => {}
            Step::Pack { upto, bite, bites } => {
                let upto = Offset(self.memory.end().await.unwrap().0 * u64::from(upto) / 1_000);
                for _ in 0..bites {
                    if self.disk().pack(upto, bite).await.unwrap() == 0 {
                        break;
                    }
                }
            }
            Step::Reopen => {
                self.disk.take();
                self.disk = Some(SqliteStore::open(self.folder.path(), [8; 16]).unwrap());
            }
        }
    }

    async fn same(&self, at: u64, limit: usize) {
        let (disk, memory) = (self.disk(), &self.memory);
        for of in (0..12).map(stream) {
            assert_eq!(disk.read(of, at, limit).await.unwrap(), memory.read(of, at, limit).await.unwrap());
            assert_eq!(disk.headers(of, at, limit).await.unwrap(), memory.headers(of, at, limit).await.unwrap());
            assert_eq!(
                disk.read_before(of, at, limit).await.unwrap(),
                memory.read_before(of, at, limit).await.unwrap()
            );
            if let Stream::Conversation(id) = of {
                let read = disk.read_positions(id, at, limit).await.unwrap();
                assert_eq!(read, memory.read_positions(id, at, limit).await.unwrap());
            }
        }
        let (at, limit) = (Offset(at), limit * 4);
        assert_eq!(disk.tail(at, limit).await.unwrap(), memory.tail(at, limit).await.unwrap());
        assert_eq!(disk.end().await.unwrap(), memory.end().await.unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_store_that_packs_at_random_moments_reads_as_the_one_in_memory(
        steps in prop::collection::vec((step(), 0..700u64, 0..400usize), 1..30)
    ) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let mut world = World::new();
            for (step, at, limit) in steps {
                world.step(step).await;
                world.same(at, limit).await;
            }
            world.same(0, usize::MAX / 8).await;
        });
    }
}
