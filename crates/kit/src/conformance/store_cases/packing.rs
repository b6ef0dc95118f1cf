//! Packing changes nothing that can be read; snapshots are a cache and no more.

use super::*;
use crate::store::{Offset, Snapshot};

cases![
    what_is_packed_reads_as_before,
    a_stream_that_goes_on_after_it_was_packed_is_whole,
    a_packed_stream_still_guards_its_commits,
    packing_comes_to_an_end_and_never_takes_what_is_newer,
    the_tail_of_a_packed_log_is_what_it_was,
    what_is_not_the_log_is_left_alone_by_packing,
    a_snapshot_is_what_was_last_put,
];

/// Packs all that may be packed.
async fn pack(store: &impl Store, upto: Offset) {
    for _ in 0..10_000 {
        if ok(store.pack(upto, 100).await) == 0 {
            return;
        }
    }
    panic!("packing never comes to an end");
}

/// Events of all shapes: with and without a body or a position, empty, large, and bytes that are no text.
fn shapes(of: Stream, expected: u64, events: u64) -> Commit {
    let mut commit = append(of, expected, events);
    for event in &mut commit.events {
        event.position = (event.seq % 3 != 2).then(|| event.seq - (event.seq + 1) / 3);
        match event.seq % 5 {
            0 => event.body = None,
            1 => event.body = Some(Vec::new()),
            2 => event.body = Some((0..event.seq * 97).map(|at| (at * 31) as u8).collect()),
            _ => event.header.extend((0..40).map(|at| (at * event.seq) as u8)),
        }
    }
    commit
}

async fn the_same(store: &impl Store, number: u128, expected: &[SealedEvent]) {
    let (of, end) = (stream(number), expected.len() as u64);
    assert_eq!(ok(store.read(of, 0, usize::MAX).await), expected);
    let headers: Vec<_> = expected.iter().map(|event| event.header.clone()).collect();
    assert_eq!(ok(store.headers(of, 0, usize::MAX).await), headers);
    let positions: Vec<_> = expected.iter().filter(|event| event.position.is_some()).cloned().collect();
    for at in [0, end / 2, end, u64::MAX] {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(expected.len());
        for limit in [1, 300] {
            let to = (from + limit).min(expected.len());
            assert_eq!(ok(store.read(of, at, limit).await), expected[from..to]);
            assert_eq!(ok(store.headers(of, at, limit).await), headers[from..to]);
            let until = from.saturating_sub(usize::from(at <= end));
            assert_eq!(ok(store.read_before(of, at, limit).await), expected[until.saturating_sub(limit)..until]);
            let after = positions.iter().filter(|event| event.position > Some(at)).take(limit).cloned();
            let read = ok(store.read_positions(conversation(number), at, limit).await);
            assert_eq!(read, after.collect::<Vec<_>>());
        }
    }
}

/// Longer and shorter than a stretch, beside each other.
pub async fn what_is_packed_reads_as_before(store: &impl Store) {
    let lengths = [1u64, 256, 700];
    let mut logs = Vec::new();
    for (number, events) in (1..).zip(lengths) {
        let commit = shapes(stream(number), 0, events);
        logs.push((number, commit.events.clone()));
        ok(store.commit(commit).await);
    }
    ok(store.commit(append(Stream::Workspace, 0, 1)).await);
    pack(store, Offset(u64::MAX)).await;
    for (number, events) in &logs {
        the_same(store, *number, events).await;
    }
}

/// Packed, written to, packed again: in every state the whole stream is there.
pub async fn a_stream_that_goes_on_after_it_was_packed_is_whole(store: &impl Store) {
    let mut log = Vec::new();
    for round in 1..=3u64 {
        let commit = shapes(stream(1), log.len() as u64, round * 7);
        log.extend(commit.events.clone());
        ok(store.commit(commit).await);
        the_same(store, 1, &log).await;
        let upto = if round % 2 == 0 { ok(store.end().await) } else { Offset(round * 5) };
        pack(store, upto).await;
        the_same(store, 1, &log).await;
    }
}

/// The seq of a stream of which nothing is left in the hot table is known, and its commits conflict as ever.
pub async fn a_packed_stream_still_guards_its_commits(store: &impl Store) {
    ok(store.commit(append(stream(1), 0, 5)).await);
    ok(store.commit(append(stream(2), 0, 1)).await);
    pack(store, Offset(u64::MAX)).await;
    for wrong in [0, 4, 6] {
        conflict(store.commit(append(stream(1), wrong, 1)).await);
    }
    ok(store.commit(append(stream(1), 5, 2)).await);
    let read = ok(store.read(stream(1), 0, 10).await);
    assert_eq!(read, (1..=7).map(|seq| event(stream(1), seq)).collect::<Vec<_>>());
}

/// Nothing to do is said, before, between and after.
pub async fn packing_comes_to_an_end_and_never_takes_what_is_newer(store: &impl Store) {
    assert_eq!(ok(store.pack(Offset(u64::MAX), 10).await), 0, "there is nothing yet");
    let first = ok(store.commit(append(stream(1), 0, 4)).await);
    ok(store.commit(append(stream(1), 4, 4)).await);
    assert_eq!(ok(store.pack(Offset(0), 10).await), 0);
    pack(store, first).await;
    assert_eq!(ok(store.pack(first, 10).await), 0);
    let next = ok(store.commit(append(stream(2), 0, 1)).await);
    assert!(next > first);
    pack(store, Offset(u64::MAX)).await;
    let last = ok(store.commit(append(stream(2), 1, 1)).await);
    assert!(last > next, "an offset was given twice");
    assert_eq!(ok(store.end().await), last);
}

/// From every offset, in pages, before and after.
pub async fn the_tail_of_a_packed_log_is_what_it_was(store: &impl Store) {
    for round in 0..12u64 {
        for number in 0..5u128 {
            if !(round + number as u64).is_multiple_of(3) {
                let of = stream(number);
                let seq = ok(store.headers(of, 0, 1_000).await).len() as u64;
                ok(store.commit(append(of, seq, 1 + round % 2)).await);
            }
        }
    }
    let before = ok(store.tail(Offset(0), 10_000).await);
    let end = ok(store.end().await);
    for share in [3, 2, 1] {
        pack(store, Offset(end.0 / share)).await;
        assert_eq!(ok(store.tail(Offset(0), 10_000).await), before);
        for (at, (offset, ..)) in before.iter().enumerate().step_by(5) {
            for limit in [1, 7] {
                let to = (at + 1 + limit).min(before.len());
                assert_eq!(ok(store.tail(*offset, limit).await), before[at + 1..to]);
            }
        }
        assert_eq!(ok(store.tail(Offset(0), 0).await), []);
        assert_eq!(ok(store.end().await), end);
    }
}

/// Keys that were destroyed stay so; links, rows, timers, work and what is hidden stand as before.
pub async fn what_is_not_the_log_is_left_alone_by_packing(store: &impl Store) {
    use crate::store::WrappedKey;
    use baton_core::ids::KeyId;
    let key = |number: u128| WrappedKey { id: KeyId(Uuid::from_u128(number)), parent: None, wrapped: vec![1; 32] };
    ok(store.put_keys(vec![key(1), key(2)]).await);
    ok(store.destroy_key(key(1).id).await);
    let commit = Commit {
        effects: vec![work("lane", "work")],
        timers: vec![(stream(1), Some(5))],
        links: vec![link(7, 1)],
        rows: vec![row(7, 1, 1), row(8, 1, 1)],
        records: vec![record("start", b"key", 1_000)],
        hide: vec![conversation(8)],
        ..append(stream(1), 0, 9)
    };
    ok(store.commit(commit).await);
    ok(store.put_snapshot(stream(1), Snapshot { seq: 4, level: 1, state: b"state".to_vec() }).await);
    ok(store.commit(append(stream(2), 0, 1)).await);
    pack(store, Offset(u64::MAX)).await;
    assert_eq!(ok(store.key(key(1).id).await), None);
    assert_eq!(ok(store.key(key(2).id).await), Some(key(2)));
    assert_eq!(ok(store.timers_due(5, 10).await), [(stream(1), 5)]);
    assert_eq!(ok(store.link(connection(1), conversation(7)).await), Some(link(7, 1)));
    assert_eq!(ok(store.row(conversation(7)).await), Some(row(7, 1, 1)));
    assert_eq!(ok(store.row(conversation(8)).await), None);
    assert_eq!(ok(store.record("start", b"key", 0).await), Some(record("start", b"key", 1_000)));
    assert_eq!(ok(store.snapshot(stream(1)).await).map(|snapshot| snapshot.seq), Some(4));
    assert_eq!(ok(store.lease_effects(0, 10, 10).await).len(), 1);
}

/// None of an unknown stream; the last one counts, also an older one.
pub async fn a_snapshot_is_what_was_last_put(store: &impl Store) {
    let snapshot = |seq, level| Snapshot { seq, level, state: format!("{seq} {level}").into_bytes() };
    ok(store.put_snapshot(stream(1), snapshot(1, 1)).await);
    assert_eq!(ok(store.snapshot(stream(1)).await), None);
    ok(store.commit(append(stream(1), 0, 3)).await);
    ok(store.commit(append(stream(2), 0, 3)).await);
    for kept in [snapshot(3, 1), snapshot(2, 2), snapshot(3, 1)] {
        ok(store.put_snapshot(stream(1), kept.clone()).await);
        assert_eq!(ok(store.snapshot(stream(1)).await), Some(kept));
    }
    assert_eq!(ok(store.snapshot(stream(2)).await), None);
}
