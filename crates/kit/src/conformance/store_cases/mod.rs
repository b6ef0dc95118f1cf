//! What every store must do. Each case is a sentence, gets an empty store and panics where the store does otherwise.

pub mod effects;
pub mod entries;
pub mod lists;
pub mod log;
pub mod packing;
pub mod small;

use crate::store::{Commit, Error, Link, NewEffect, Record, Row, SealedEvent, Store};
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId};
use std::future::Future;
use uuid::Uuid;

/// Runs all cases, each on a store of its own.
pub async fn store<S, F, Fut>(make: F)
where
    S: Store,
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
{
    log::store(&make).await;
    effects::store(&make).await;
    lists::store(&make).await;
    entries::store(&make).await;
    small::store(&make).await;
    packing::store(&make).await;
}

/// Defines the runner of a file's cases.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        /// Runs the cases of this file, each on a store of its own.
        pub async fn store<S, F, Fut>(make: &F)
        where
            S: crate::store::Store,
            F: Fn() -> Fut,
            Fut: std::future::Future<Output = S>,
        {
            $(
                tracing::info!(case = stringify!($case));
                $case(&make().await).await;
            )+
        }
    };
}
use cases;

#[track_caller]
fn ok<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the store refused what it must do: {error}"),
    }
}

#[track_caller]
fn conflict<T>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::Conflict)), "a conflict must be refused, and as a conflict");
}

fn conversation(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}

fn stream(number: u128) -> Stream {
    Stream::Conversation(conversation(number))
}

fn connection(number: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(number))
}

/// An event whose bytes tell it from every other.
fn event(of: Stream, seq: u64) -> SealedEvent {
    SealedEvent {
        stream: of,
        seq,
        position: None,
        header: format!("header of {of} {seq}").into_bytes(),
        body: Some(format!("body of {of} {seq}").into_bytes()),
    }
}

/// A commit of the next events of one stream.
fn append(of: Stream, expected: u64, events: u64) -> Commit {
    Commit {
        expected: vec![(of, expected)],
        events: (expected + 1..=expected + events).map(|seq| event(of, seq)).collect(),
        ..Commit::default()
    }
}

fn work(lane: &str, effect: &str) -> NewEffect {
    NewEffect { conversation: conversation(1), lane: lane.to_owned(), effect: effect.as_bytes().to_vec() }
}

fn effects(work: &[NewEffect]) -> Commit {
    Commit { effects: work.to_vec(), ..Commit::default() }
}

fn link(number: u128, version: u64) -> Link {
    Link {
        connection: connection(1),
        conversation: conversation(number),
        outside: None,
        state: format!("state {version}").into_bytes(),
        version,
    }
}

fn row(number: u128, seq: u64, sort: i64) -> Row {
    Row {
        id: conversation(number),
        seq,
        holder: crate::store::HolderKind::Queue,
        holder_id: None,
        offered_to: None,
        sort,
        reference: format!("B-{number}"),
        person: None,
        inbox: None,
        due: None,
        snoozed: false,
        tags: Vec::new(),
        data: format!("{{\"seq\":{seq}}}").into_bytes(),
    }
}

fn record(kind: &str, key: &[u8], expires: i64) -> Record {
    Record { kind: kind.to_owned(), key: key.to_vec(), value: b"value".to_vec(), expires }
}

/// Asserts that nothing of a refused commit is there.
async fn nothing_of(store: &impl Store, refused: &Commit, stands: &[(Stream, u64)]) {
    for (stream, seq) in stands {
        assert_eq!(ok(store.headers(*stream, 0, 1_000).await).len() as u64, *seq, "{stream} has moved");
    }
    let events: u64 = stands.iter().map(|(_, seq)| seq).sum();
    assert_eq!(ok(store.tail(crate::store::Offset(0), 1_000).await).len() as u64, events, "the log has moved");
    assert_eq!(ok(store.next_effect().await), None, "an effect was kept");
    assert_eq!(ok(store.next_timer().await), None, "a timer was kept");
    for link in &refused.links {
        assert_ne!(ok(store.link(link.connection, link.conversation).await).as_ref(), Some(link), "a link was kept");
    }
    for row in &refused.rows {
        assert_eq!(ok(store.row(row.id).await), None, "a row was kept");
    }
    for entry in &refused.entries {
        assert_eq!(ok(store.entry(&entry.list, entry.id).await), None, "an entry was kept");
    }
    for record in &refused.records {
        let found = ok(store.record(&record.kind, &record.key, i64::MIN).await);
        assert_ne!(found.as_ref(), Some(record), "a record was kept");
    }
}
