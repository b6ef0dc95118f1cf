//! The log: commits, reading, the whole log by cursor.

use super::*;
use crate::store::{EffectId, Offset};
use futures_util::future::{join, join_all};
use std::collections::HashMap;

cases![
    a_commit_over_several_streams_is_kept_whole,
    a_commit_on_a_stream_that_has_moved_leaves_nothing,
    any_part_that_conflicts_undoes_the_whole_commit,
    a_stream_that_is_only_looked_at_guards_the_commit,
    events_that_do_not_follow_each_other_are_refused,
    of_two_commits_on_one_stream_one_wins,
    of_many_commits_at_once_each_lands_or_conflicts,
    a_conflict_does_not_fail_those_beside_it,
    a_stream_is_read_in_pages_forwards,
    a_stream_is_read_in_pages_backwards,
    positions_are_read_in_pages,
    headers_are_read_in_pages,
    an_unknown_stream_is_empty,
    the_tail_gives_each_event_once_in_the_order_of_commits,
    a_reader_of_the_tail_never_skips_what_is_committed_meanwhile,
    a_commit_without_events_tells_the_end_of_the_log,
    big_bodies_come_back_byte_for_byte,
    every_kind_of_stream_keeps_its_own_numbers,
    the_store_knows_who_it_is,
];

fn everything(of: Stream, expected: u64) -> Commit {
    Commit {
        effects: vec![work("lane", "work")],
        timers: vec![(of, Some(5))],
        links: vec![link(7, 1)],
        rows: vec![row(7, 1, 1)],
        records: vec![record("start", b"key", 1_000)],
        ..append(of, expected, 1)
    }
}

/// Two streams, effects, timers, links, rows and records: all are there.
pub async fn a_commit_over_several_streams_is_kept_whole(store: &impl Store) {
    let (a, b) = (stream(1), Stream::Workspace);
    let mut commit = everything(a, 0);
    commit.expected.push((b, 0));
    commit.events = vec![event(a, 1), event(b, 1), event(a, 2)];
    let end = ok(store.commit(commit.clone()).await);
    assert_eq!(ok(store.end().await), end);
    assert_eq!(ok(store.read(a, 0, 10).await), [event(a, 1), event(a, 2)]);
    assert_eq!(ok(store.read(b, 0, 10).await), [event(b, 1)]);
    assert_eq!(ok(store.lease_effects(0, 10, 10).await).len(), 1);
    assert_eq!(ok(store.timers_due(5, 10).await), [(a, 5)]);
    assert_eq!(ok(store.link(connection(1), conversation(7)).await), Some(link(7, 1)));
    assert_eq!(ok(store.row(conversation(7)).await), Some(row(7, 1, 1)));
    assert_eq!(ok(store.record("start", b"key", 0).await), Some(record("start", b"key", 1_000)));
    // The same streams go on from there.
    ok(store
        .commit(Commit { expected: vec![(a, 2), (b, 1)], events: vec![event(b, 2), event(a, 3)], ..Commit::default() })
        .await);
    assert_eq!(ok(store.headers(a, 0, 10).await).len(), 3);
}

/// A wrong expected seq, below and above, conflicts and keeps nothing.
pub async fn a_commit_on_a_stream_that_has_moved_leaves_nothing(store: &impl Store) {
    let (a, b) = (stream(1), stream(2));
    ok(store.commit(append(a, 0, 2)).await);
    for wrong in [0, 1, 3] {
        let mut commit = everything(b, 0);
        commit.expected.push((a, wrong));
        commit.events.push(event(a, wrong + 1));
        conflict(store.commit(commit.clone()).await);
        nothing_of(store, &commit, &[(a, 2), (b, 0)]).await;
    }
    ok(store.commit(append(b, 0, 1)).await);
    ok(store.commit(append(a, 2, 1)).await);
}

/// A record that stands, a link that is older, an outside id that is taken: each undoes the rest.
pub async fn any_part_that_conflicts_undoes_the_whole_commit(store: &impl Store) {
    let a = stream(1);
    let outside = Some(baton_core::ids::Hash16([9; 16]));
    ok(store
        .commit(Commit {
            links: vec![Link { outside, ..link(5, 3) }],
            records: vec![record("start", b"taken", 1_000)],
            ..append(a, 0, 1)
        })
        .await);
    let base = everything(a, 1);
    let mut commits = vec![base.clone(); 4];
    commits[0].records.push(record("start", b"taken", 2_000));
    commits[1].links.push(link(5, 3));
    commits[2].links.push(Link { outside, ..link(6, 1) });
    commits[3].records.push(record("start", b"key", 2_000));
    for commit in commits {
        conflict(store.commit(commit.clone()).await);
        nothing_of(store, &commit, &[(a, 1)]).await;
    }
    ok(store.commit(base).await);
}

/// An expected stream without events must not have moved either.
pub async fn a_stream_that_is_only_looked_at_guards_the_commit(store: &impl Store) {
    let (a, b) = (stream(1), stream(2));
    ok(store.commit(append(b, 0, 1)).await);
    let mut commit = append(a, 0, 1);
    commit.expected.push((b, 0));
    conflict(store.commit(commit.clone()).await);
    commit.expected[1] = (b, 1);
    ok(store.commit(commit).await);
    assert_eq!(ok(store.headers(b, 0, 10).await).len(), 1);
}

/// A gap, a repeat, a stream that is not expected: refused whole.
pub async fn events_that_do_not_follow_each_other_are_refused(store: &impl Store) {
    let a = stream(1);
    for events in [vec![event(a, 2)], vec![event(a, 1), event(a, 1)], vec![event(a, 1), event(stream(2), 1)]] {
        let commit = Commit { expected: vec![(a, 0)], events, ..Commit::default() };
        assert!(store.commit(commit.clone()).await.is_err(), "events with a hole were kept");
        nothing_of(store, &commit, &[(a, 0), (stream(2), 0)]).await;
    }
    ok(store.commit(append(a, 0, 1)).await);
}

/// Two commits decided on the same state: exactly one is kept.
pub async fn of_two_commits_on_one_stream_one_wins(store: &impl Store) {
    for round in 0..10 {
        let a = stream(round);
        let both = join(store.commit(append(a, 0, 1)), store.commit(append(a, 0, 2))).await;
        match both {
            (Ok(_), Err(Error::Conflict)) => assert_eq!(ok(store.headers(a, 0, 10).await).len(), 1),
            (Err(Error::Conflict), Ok(_)) => assert_eq!(ok(store.headers(a, 0, 10).await).len(), 2),
            other => panic!("exactly one must win: {other:?}"),
        }
    }
}

/// 64 at once on four streams: as many events as successes, in order.
pub async fn of_many_commits_at_once_each_lands_or_conflicts(store: &impl Store) {
    let outcomes =
        join_all((0..64).map(|number| store.commit(append(stream(number % 4), (number / 32) as u64, 1)))).await;
    let landed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Error::Conflict))));
    assert!(landed >= 4, "the first of each stream lands");
    let mut kept = 0;
    for number in 0..4 {
        kept += ok(store.read(stream(number), 0, 10).await).len();
    }
    assert_eq!(kept, landed);
    assert_eq!(ok(store.tail(Offset(0), 1_000).await).len(), landed);
}

/// A refused commit in the middle of others takes none of them with it, and the next ones on its stream land.
pub async fn a_conflict_does_not_fail_those_beside_it(store: &impl Store) {
    ok(store.commit(Commit { records: vec![record("start", b"taken", 9)], ..Commit::default() }).await);
    let commits = (0..30u128).map(|number| {
        let mut commit = append(stream(number), 0, 2);
        if number % 3 == 1 {
            commit.records.push(record("start", b"taken", 9));
        }
        store.commit(commit)
    });
    for (number, outcome) in join_all(commits).await.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number % 3 != 1, "commit {number}: {outcome:?}");
    }
    for number in 0..30 {
        let there = if number % 3 == 1 { 0 } else { 2 };
        assert_eq!(ok(store.headers(stream(number), 0, 10).await).len(), there);
        ok(store.commit(append(stream(number), there as u64, 1)).await);
    }
}

async fn ten(store: &impl Store) -> Stream {
    let a = stream(1);
    ok(store.commit(append(a, 0, 4)).await);
    ok(store.commit(append(stream(2), 0, 3)).await);
    ok(store.commit(append(a, 4, 6)).await);
    a
}

fn seqs(events: &[SealedEvent]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

/// `read` pages by the last seq.
pub async fn a_stream_is_read_in_pages_forwards(store: &impl Store) {
    let a = ten(store).await;
    assert_eq!(seqs(&ok(store.read(a, 0, 4).await)), [1, 2, 3, 4]);
    assert_eq!(seqs(&ok(store.read(a, 4, 4).await)), [5, 6, 7, 8]);
    assert_eq!(seqs(&ok(store.read(a, 8, 4).await)), [9, 10]);
    assert_eq!(seqs(&ok(store.read(a, 10, 4).await)), [0; 0]);
    assert_eq!(seqs(&ok(store.read(a, u64::MAX, 4).await)), [0; 0]);
    assert_eq!(ok(store.read(a, 0, usize::MAX).await), (1..=10).map(|seq| event(a, seq)).collect::<Vec<_>>());
    assert_eq!(seqs(&ok(store.read(a, 0, 0).await)), [0; 0]);
}

/// `read_before` gives the newest below, oldest first.
pub async fn a_stream_is_read_in_pages_backwards(store: &impl Store) {
    let a = ten(store).await;
    assert_eq!(seqs(&ok(store.read_before(a, u64::MAX, 3).await)), [8, 9, 10]);
    assert_eq!(seqs(&ok(store.read_before(a, 8, 4).await)), [4, 5, 6, 7]);
    assert_eq!(seqs(&ok(store.read_before(a, 4, 10).await)), [1, 2, 3]);
    assert_eq!(seqs(&ok(store.read_before(a, 1, 10).await)), [0; 0]);
    assert_eq!(seqs(&ok(store.read_before(a, 0, 10).await)), [0; 0]);
    assert_eq!(ok(store.read_before(a, 3, 1).await), [event(a, 2)]);
}

/// Only events with a position, by position.
pub async fn positions_are_read_in_pages(store: &impl Store) {
    let a = stream(1);
    let mut commit = append(a, 0, 9);
    for (position, event) in (1..).zip(commit.events.iter_mut().filter(|event| event.seq % 2 == 1)) {
        event.position = Some(position);
    }
    ok(store.commit(commit.clone()).await);
    let mut other = append(stream(2), 0, 1);
    other.events[0].position = Some(1);
    ok(store.commit(other).await);
    let page = ok(store.read_positions(conversation(1), 0, 2).await);
    assert_eq!(page, [commit.events[0].clone(), commit.events[2].clone()]);
    assert_eq!(seqs(&ok(store.read_positions(conversation(1), 2, 10).await)), [5, 7, 9]);
    assert_eq!(seqs(&ok(store.read_positions(conversation(1), 5, 10).await)), [0; 0]);
}

/// Headers alone, exactly as given.
pub async fn headers_are_read_in_pages(store: &impl Store) {
    let a = ten(store).await;
    assert_eq!(ok(store.headers(a, 2, 2).await), [event(a, 3).header, event(a, 4).header]);
    assert_eq!(ok(store.headers(a, 9, 5).await), [event(a, 10).header]);
}

/// Nothing is there, and asking changes nothing.
pub async fn an_unknown_stream_is_empty(store: &impl Store) {
    assert_eq!(ok(store.read(stream(1), 0, 10).await), []);
    assert_eq!(ok(store.read_before(stream(1), 10, 10).await), []);
    assert_eq!(ok(store.read_positions(conversation(1), 0, 10).await), []);
    assert_eq!(ok(store.headers(stream(1), 0, 10).await).len(), 0);
    assert_eq!(ok(store.tail(Offset(0), 10).await), []);
    assert_eq!(ok(store.end().await), Offset(0));
    ok(store.commit(append(stream(1), 0, 1)).await);
}

/// Cursors go through the whole log without a gap or a repeat.
pub async fn the_tail_gives_each_event_once_in_the_order_of_commits(store: &impl Store) {
    ten(store).await;
    let mut cursor = Offset(0);
    let mut seen = Vec::new();
    loop {
        let page = ok(store.tail(cursor, 4).await);
        let Some((last, ..)) = page.last() else { break };
        assert!(page.iter().all(|(offset, ..)| *offset > cursor) && page.is_sorted_by(|a, b| a.0 < b.0));
        cursor = *last;
        seen.extend(page.into_iter().map(|(_, stream, seq)| (stream, seq)));
    }
    let expected: Vec<_> = (1..=4)
        .map(|seq| (stream(1), seq))
        .chain((1..=3).map(|seq| (stream(2), seq)))
        .chain((5..=10).map(|seq| (stream(1), seq)))
        .collect();
    assert_eq!(seen, expected);
    assert_eq!(ok(store.end().await), cursor);
    assert_eq!(ok(store.tail(Offset(u64::MAX), 4).await), []);
}

/// A reader that follows while others commit sees each event exactly once, each stream in order.
pub async fn a_reader_of_the_tail_never_skips_what_is_committed_meanwhile(store: &impl Store) {
    const STREAMS: u128 = 16;
    const COMMITS: u64 = 6;
    const EACH: u64 = 2;
    let writers = join_all((0..STREAMS).map(|number| async move {
        for commit in 0..COMMITS {
            let mut new = append(stream(number), commit * EACH, EACH);
            if commit % 3 == 2 {
                // A refused commit in between must leave no hole that hides something.
                new.expected[0].1 += 1;
                conflict(store.commit(new.clone()).await);
                new.expected[0].1 -= 1;
            }
            ok(store.commit(new).await);
            tokio::task::yield_now().await;
        }
    }));
    let reader = async {
        let mut cursor = Offset(0);
        let mut last: HashMap<Stream, u64> = HashMap::new();
        let mut seen = 0;
        while seen < STREAMS as u64 * COMMITS * EACH {
            let end = ok(store.end().await);
            for (offset, stream, seq) in ok(store.tail(cursor, 5).await) {
                assert!(offset > cursor, "the log went back");
                cursor = offset;
                let before = last.insert(stream, seq).unwrap_or(0);
                assert_eq!(seq, before + 1, "{stream}: an event was skipped or repeated");
                seen += 1;
            }
            assert!(ok(store.end().await) >= end, "the end went back");
            tokio::task::yield_now().await;
        }
        assert_eq!(ok(store.tail(cursor, 5).await), []);
    };
    join(writers, reader).await;
}

/// Offsets of commits are the offsets of the tail.
pub async fn a_commit_without_events_tells_the_end_of_the_log(store: &impl Store) {
    assert_eq!(ok(store.commit(Commit::default()).await), Offset(0));
    let end = ok(store.commit(append(stream(1), 0, 3)).await);
    assert_eq!(ok(store.tail(Offset(0), 10).await).last().map(|(offset, ..)| *offset), Some(end));
    let done = Commit { done: vec![EffectId(99)], ..Commit::default() };
    assert_eq!(ok(store.commit(done).await), end, "the receipt of work that is gone is nothing");
}

/// Sizes around pages and limits, and bytes that are no text.
pub async fn big_bodies_come_back_byte_for_byte(store: &impl Store) {
    let a = stream(1);
    let sizes = [0, 1, 4_095, 4_096, 65_537, baton_core::limits::BODY_BYTES, 3 << 20];
    let bytes = |size: usize, salt: usize| (0..size).map(|at| (at * 31 + at / 251 + salt) as u8).collect::<Vec<u8>>();
    for (seq, size) in (1..).zip(sizes) {
        let new = SealedEvent { header: bytes(size.min(9_000), 1), body: Some(bytes(size, 2)), ..event(a, seq) };
        ok(store.commit(Commit { expected: vec![(a, seq - 1)], events: vec![new], ..Commit::default() }).await);
    }
    let none = SealedEvent { body: None, ..event(a, 8) };
    ok(store.commit(Commit { expected: vec![(a, 7)], events: vec![none.clone()], ..Commit::default() }).await);
    let read = ok(store.read(a, 0, 100).await);
    for (event, size) in read.iter().zip(sizes) {
        assert!(event.body.as_ref() == Some(&bytes(size, 2)), "a body of {size} bytes has changed");
        assert!(event.header == bytes(size.min(9_000), 1), "a header of {size} bytes has changed");
    }
    assert_eq!(read.last(), Some(&none));
}

/// Conversations, agents and persons of the same id are not the same stream.
pub async fn every_kind_of_stream_keeps_its_own_numbers(store: &impl Store) {
    use baton_core::ids::{AgentId, PersonId};
    let id = Uuid::from_u128(1);
    let streams = [
        Stream::Conversation(ConversationId(id)),
        Stream::Agent(AgentId(id)),
        Stream::Person(PersonId(id)),
        Stream::Workspace,
        Stream::Audit,
    ];
    for stream in streams {
        ok(store.commit(append(stream, 0, 1)).await);
    }
    let tail = ok(store.tail(Offset(0), 10).await);
    assert_eq!(
        tail.iter().map(|(_, stream, seq)| (*stream, *seq)).collect::<Vec<_>>(),
        streams.map(|stream| (stream, 1))
    );
}

/// Two questions, one answer.
pub async fn the_store_knows_who_it_is(store: &impl Store) {
    assert_eq!(store.identity(), store.identity());
    assert!(store.identity().generation >= 1, "cursors carry it");
}
