//! Timers, leases, links, records and keys.

use super::*;
use crate::store::WrappedKey;
use baton_core::ids::{Hash16, KeyId};
use futures_util::future::{join, join_all};

cases![
    timers_are_set_moved_and_cleared_with_commits,
    a_stream_without_events_may_have_a_timer,
    a_lease_belongs_to_one_owner_until_it_ends,
    of_many_owners_one_gets_the_lease,
    leases_are_listed_by_the_start_of_their_name,
    a_link_is_kept_and_an_older_one_conflicts,
    a_link_is_found_by_its_outside_id,
    an_outside_id_belongs_to_one_conversation_of_a_connection,
    a_record_of_a_commit_must_be_new,
    a_record_is_gone_when_it_expires,
    of_two_takers_of_a_record_one_gets_it,
    keys_are_kept_and_wrapped_anew,
    a_destroyed_key_does_not_come_back,
];

/// One deadline per stream; due ones come oldest first.
pub async fn timers_are_set_moved_and_cleared_with_commits(store: &impl Store) {
    let set = async |timers: Vec<(Stream, Option<i64>)>| {
        ok(store.commit(Commit { timers, ..Commit::default() }).await);
    };
    assert_eq!(ok(store.next_timer().await), None);
    let (a, b, c) = (stream(1), stream(2), Stream::Workspace);
    set(vec![(a, Some(300)), (b, Some(100)), (c, Some(200))]).await;
    assert_eq!(ok(store.next_timer().await), Some(100));
    assert_eq!(ok(store.timers_due(99, 10).await), []);
    assert_eq!(ok(store.timers_due(250, 10).await), [(b, 100), (c, 200)]);
    assert_eq!(ok(store.timers_due(1_000, 2).await), [(b, 100), (c, 200)]);
    assert_eq!(ok(store.timers_due(250, 10).await).len(), 2, "looking does not take them away");
    set(vec![(a, Some(50)), (b, None), (stream(9), None)]).await;
    assert_eq!(ok(store.timers_due(1_000, 10).await), [(a, 50), (c, 200)]);
    set(vec![(a, None), (c, None)]).await;
    assert_eq!(ok(store.next_timer().await), None);
}

/// The stream is named, not made: its first event is still number 1.
pub async fn a_stream_without_events_may_have_a_timer(store: &impl Store) {
    ok(store.commit(Commit { timers: vec![(stream(1), Some(1))], ..Commit::default() }).await);
    ok(store.commit(append(stream(1), 0, 1)).await);
    assert_eq!(ok(store.timers_due(1, 10).await), [(stream(1), 1)]);
}

/// Renewal keeps the epoch; another owner raises it.
pub async fn a_lease_belongs_to_one_owner_until_it_ends(store: &impl Store) {
    let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let first = ok(store.take_lease("router", a, 0, 100).await).expect("nobody has it");
    assert_eq!(ok(store.take_lease("router", b, 99, 200).await), None);
    assert_eq!(ok(store.take_lease("router", a, 50, 150).await), Some(first), "a renewal keeps the epoch");
    assert_eq!(ok(store.take_lease("router", b, 149, 200).await), None);
    let second = ok(store.take_lease("router", b, 150, 250).await).expect("it has run out");
    assert!(second > first, "the epoch rises with the owner");
    assert_eq!(ok(store.take_lease("router", a, 200, 300).await), None);
    ok(store.drop_lease("router", a).await);
    assert_eq!(ok(store.take_lease("router", a, 200, 300).await), None, "only its owner lets it go");
    ok(store.drop_lease("router", b).await);
    let third = ok(store.take_lease("router", a, 200, 300).await).expect("it was let go");
    assert!(third > second);
    assert!(ok(store.take_lease("another", b, 200, 300).await).is_some());
}

/// At once: one.
pub async fn of_many_owners_one_gets_the_lease(store: &impl Store) {
    let owners = join_all((1..=16).map(|owner| store.take_lease("router", Uuid::from_u128(owner), 0, 100))).await;
    assert_eq!(owners.into_iter().filter_map(ok).count(), 1);
}

/// With their end; those that were let go are not among them.
pub async fn leases_are_listed_by_the_start_of_their_name(store: &impl Store) {
    let owner = Uuid::from_u128(1);
    for (name, until) in [("agent/b", 20), ("agent/a", 10), ("router", 30), ("agent0", 40), ("agent/c", 50)] {
        ok(store.take_lease(name, owner, 0, until).await);
    }
    ok(store.drop_lease("agent/c", owner).await);
    assert_eq!(ok(store.leases("agent/").await), [("agent/a".to_owned(), 10), ("agent/b".to_owned(), 20)]);
    assert_eq!(ok(store.leases("").await).len(), 4);
    assert_eq!(ok(store.leases("x").await), []);
}

async fn put_link(store: &impl Store, link: Link) -> Result<(), Error> {
    store.commit(Commit { links: vec![link], ..Commit::default() }).await.map(drop)
}

/// Versions rise.
pub async fn a_link_is_kept_and_an_older_one_conflicts(store: &impl Store) {
    assert_eq!(ok(store.link(connection(1), conversation(1)).await), None);
    ok(put_link(store, link(1, 1)).await);
    ok(put_link(store, link(1, 2)).await);
    conflict(put_link(store, Link { state: b"other".to_vec(), ..link(1, 2) }).await);
    conflict(put_link(store, link(1, 1)).await);
    assert_eq!(ok(store.link(connection(1), conversation(1)).await), Some(link(1, 2)));
    assert_eq!(ok(store.link(connection(2), conversation(1)).await), None);
    let both = join(put_link(store, link(1, 3)), put_link(store, link(1, 3))).await;
    assert!(matches!(both, (Ok(()), Err(Error::Conflict)) | (Err(Error::Conflict), Ok(()))), "exactly one wins");
}

/// Per connection; a new outside id replaces the old one.
pub async fn a_link_is_found_by_its_outside_id(store: &impl Store) {
    let (x, y) = (Hash16([1; 16]), Hash16([2; 16]));
    let first = Link { outside: Some(x), ..link(1, 1) };
    ok(put_link(store, first.clone()).await);
    assert_eq!(ok(store.link_by_outside(connection(1), x).await), Some(first));
    assert_eq!(ok(store.link_by_outside(connection(2), x).await), None);
    let second = Link { outside: Some(y), ..link(1, 2) };
    ok(put_link(store, second.clone()).await);
    assert_eq!(ok(store.link_by_outside(connection(1), x).await), None);
    assert_eq!(ok(store.link_by_outside(connection(1), y).await), Some(second));
}

/// Two starts of one outside thread: the second conflicts, unless the same commit sets the id free.
pub async fn an_outside_id_belongs_to_one_conversation_of_a_connection(store: &impl Store) {
    let outside = Some(Hash16([1; 16]));
    let of = |number| Link { outside, ..link(number, 1) };
    let both = join(put_link(store, of(1)), put_link(store, of(2))).await;
    assert!(matches!(both, (Ok(()), Err(Error::Conflict)) | (Err(Error::Conflict), Ok(()))), "exactly one wins");
    let (has, wants) = if both.0.is_ok() { (1, 2) } else { (2, 1) };
    ok(put_link(store, Link { connection: connection(2), ..of(wants) }).await);
    ok(store.commit(Commit { links: vec![link(has, 2), of(wants)], ..Commit::default() }).await);
    assert_eq!(ok(store.link_by_outside(connection(1), Hash16([1; 16])).await), Some(of(wants)));
}

/// Insert if absent, also when two come at once.
pub async fn a_record_of_a_commit_must_be_new(store: &impl Store) {
    let commit = |value: &[u8]| Commit {
        records: vec![Record { value: value.to_vec(), ..record("start", b"k", 100) }],
        ..Commit::default()
    };
    let both = join(store.commit(commit(b"one")), store.commit(commit(b"two"))).await;
    let value: &[u8] = match both {
        (Ok(_), Err(Error::Conflict)) => b"one",
        (Err(Error::Conflict), Ok(_)) => b"two",
        other => panic!("exactly one must win: {other:?}"),
    };
    assert_eq!(ok(store.record("start", b"k", 0).await).map(|record| record.value).as_deref(), Some(value));
    ok(store
        .commit(Commit { records: vec![record("login", b"k", 100), record("start", b"l", 100)], ..Commit::default() })
        .await);
    ok(store.put_record(Record { value: b"over".to_vec(), ..record("start", b"k", 200) }).await);
    assert_eq!(ok(store.record("start", b"k", 150).await).map(|record| record.value), Some(b"over".to_vec()));
}

/// Expired ones are not seen and are swept.
pub async fn a_record_is_gone_when_it_expires(store: &impl Store) {
    for (key, expires) in [(b"a", 100), (b"b", 200), (b"c", 100)] {
        ok(store.put_record(record("login", key, expires)).await);
    }
    assert!(ok(store.record("login", b"a", 99).await).is_some());
    assert_eq!(ok(store.record("login", b"a", 100).await), None);
    assert_eq!(ok(store.sweep_records(99).await), 0);
    assert_eq!(ok(store.sweep_records(100).await), 2);
    assert_eq!(ok(store.record("login", b"a", 0).await), None);
    assert!(ok(store.record("login", b"b", 150).await).is_some());
    ok(store.commit(Commit { records: vec![record("login", b"a", 300)], ..Commit::default() }).await);
}

/// A one-time link works once.
pub async fn of_two_takers_of_a_record_one_gets_it(store: &impl Store) {
    ok(store.put_record(record("setup", b"once", 100)).await);
    let takers = join_all((0..8).map(|_| store.take_record("setup", b"once"))).await;
    assert_eq!(takers.into_iter().map(ok).filter(|taken| *taken).count(), 1);
    assert_eq!(ok(store.record("setup", b"once", 0).await), None);
    assert!(!ok(store.take_record("setup", b"never").await));
}

fn key(number: u128, wrapped: &[u8]) -> WrappedKey {
    WrappedKey {
        id: KeyId(Uuid::from_u128(number)),
        parent: Some(KeyId(Uuid::from_u128(1))),
        wrapped: wrapped.to_vec(),
    }
}

/// Under another parent, too.
pub async fn keys_are_kept_and_wrapped_anew(store: &impl Store) {
    let top = WrappedKey { parent: None, ..key(1, b"top") };
    ok(store.put_keys(vec![top.clone(), key(2, b"two"), key(3, b"three")]).await);
    assert_eq!(ok(store.key(top.id).await), Some(top));
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(2))).await), Some(key(2, b"two")));
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(9))).await), None);
    let moved = WrappedKey { parent: Some(KeyId(Uuid::from_u128(8))), ..key(2, b"anew") };
    ok(store.put_keys(vec![moved.clone()]).await);
    assert_eq!(ok(store.key(moved.id).await), Some(moved));
}

/// Not even by somebody who still has the wrapped bytes.
pub async fn a_destroyed_key_does_not_come_back(store: &impl Store) {
    ok(store.put_keys(vec![key(2, b"two"), key(3, b"three")]).await);
    ok(store.destroy_key(KeyId(Uuid::from_u128(2))).await);
    ok(store.destroy_key(KeyId(Uuid::from_u128(2))).await);
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(2))).await), None);
    conflict(store.put_keys(vec![key(4, b"four"), key(2, b"two")]).await);
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(2))).await), None);
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(4))).await), None, "all or nothing");
    assert_eq!(ok(store.key(KeyId(Uuid::from_u128(3))).await), Some(key(3, b"three")));
}
