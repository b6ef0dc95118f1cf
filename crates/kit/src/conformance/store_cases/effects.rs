//! Work for plug-ins: lanes, leases, receipts, dead letters.

use super::*;
use crate::store::{EffectId, LeasedEffect, ParkedEffect};
use futures_util::future::join_all;
use std::collections::BTreeSet;

cases![
    only_the_first_of_a_lane_is_leased,
    the_work_of_connections_that_have_enough_stays_where_it_is,
    the_next_of_a_lane_comes_after_each_way_to_end,
    a_lease_that_ran_out_is_leased_again_and_counted,
    of_many_workers_each_piece_goes_to_one,
    the_oldest_due_work_is_leased_first,
    a_receipt_takes_the_work_away_with_its_commit,
    a_refused_commit_leaves_the_work_leased,
    released_work_waits_for_its_moment_and_holds_its_lane,
    parked_work_is_seen_and_its_lane_goes_on,
    parked_work_that_is_released_goes_to_the_end_of_its_lane,
    a_receipt_of_one_piece_never_hits_another,
    work_of_a_process_that_is_gone_is_leased_again_at_once,
];

fn names(leased: &[LeasedEffect]) -> Vec<String> {
    leased.iter().map(|work| String::from_utf8_lossy(&work.effect).into_owned()).collect()
}

#[track_caller]
fn only(leased: Vec<LeasedEffect>) -> LeasedEffect {
    let [one] = <[LeasedEffect; 1]>::try_from(leased).expect("exactly one piece of work is leased");
    one
}

/// It still counts as perhaps done; work that nobody leased is as it was.
pub async fn work_of_a_process_that_is_gone_is_leased_again_at_once(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "a1"), work("b", "b1")])).await);
    let first = ok(store.lease_effects(100, 60_000, 1).await);
    ok(store.reclaim_effects(200).await);
    let again = ok(store.lease_effects(200, 60_200, 10).await);
    assert_eq!(names(&again), ["b1", "a1"], "in the order in which they became due");
    let attempts = |id| again.iter().find(|work| work.id == id).map(|work| work.attempts);
    assert_eq!(attempts(first[0].id), Some(2));
}

/// Two lanes of two: the first of each.
pub async fn only_the_first_of_a_lane_is_leased(store: &impl Store) {
    assert_eq!(ok(store.next_effect().await), None);
    ok(store.commit(effects(&[work("a", "a1"), work("a", "a2"), work("b", "b1"), work("b", "b2")])).await);
    assert!(ok(store.next_effect().await).is_some_and(|due| due <= 0), "new work is due at once");
    let leased = ok(store.lease_effects(100, 200, 10).await);
    assert_eq!(names(&leased), ["a1", "b1"]);
    assert!(leased.iter().all(|work| work.attempts == 1 && work.conversation == conversation(1)));
    assert_eq!(leased[0].lane, "a");
    assert_eq!(ok(store.lease_effects(150, 250, 10).await), []);
    assert_eq!(ok(store.next_effect().await), Some(200), "next when a lease runs out");
    ok(store.commit(effects(&[work("a", "a3")])).await);
    assert_eq!(ok(store.lease_effects(150, 250, 10).await), [], "new work waits behind the lane's");
}

/// Who is named has enough to do; the lanes of others go on, whatever waits before them.
pub async fn the_work_of_connections_that_have_enough_stays_where_it_is(store: &impl Store) {
    let id = |number: u128| ConnectionId(Uuid::from_u128(number));
    let lane = |chat: u128, connection: u128| format!("{}/{}", conversation(chat), id(connection));
    let lanes = [lane(1, 7), lane(2, 7), format!("{}/poll", lane(3, 7)), lane(4, 8), lane(5, 9)];
    let all: Vec<NewEffect> =
        lanes.iter().zip(["a", "b", "c", "d", "e"]).map(|(lane, name)| work(lane, name)).collect();
    ok(store.commit(effects(&all)).await);
    assert_eq!(names(&ok(store.lease_effects_but(0, 100, 1, &[id(7)]).await)), ["d"]);
    assert_eq!(names(&ok(store.lease_effects_but(0, 100, 10, &[id(7), id(9)]).await)), [""; 0]);
    assert_eq!(names(&ok(store.lease_effects_but(0, 100, 10, &[id(8)]).await)), ["a", "b", "c", "e"]);
}

/// Finished, received, parked: the lane goes on each time.
pub async fn the_next_of_a_lane_comes_after_each_way_to_end(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2"), work("a", "3"), work("a", "4")])).await);
    let first = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.finish_effect(first.id).await);
    let second = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.commit(Commit { done: vec![second.id], ..Commit::default() }).await);
    let third = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.park_effect(third.id, "gone").await);
    let fourth = only(ok(store.lease_effects(0, 100, 10).await));
    assert_eq!(names(&[first, second, third, fourth.clone()]), ["1", "2", "3", "4"]);
    ok(store.finish_effect(fourth.id).await);
    assert_eq!(ok(store.next_effect().await), None);
    // The lane is empty and starts over.
    ok(store.commit(effects(&[work("a", "5")])).await);
    assert_eq!(names(&ok(store.lease_effects(0, 100, 10).await)), ["5"]);
}

/// Perhaps done before: the second lease says so.
pub async fn a_lease_that_ran_out_is_leased_again_and_counted(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2")])).await);
    let first = only(ok(store.lease_effects(0, 100, 10).await));
    assert_eq!(ok(store.lease_effects(99, 300, 10).await), []);
    let again = only(ok(store.lease_effects(100, 300, 10).await));
    assert_eq!((again.id, again.attempts), (first.id, 2));
    let third = only(ok(store.lease_effects(300, 400, 10).await));
    assert_eq!((third.id, third.attempts), (first.id, 3));
}

/// Workers at once: no piece twice, none forgotten, limits kept.
pub async fn of_many_workers_each_piece_goes_to_one(store: &impl Store) {
    let all: Vec<_> = (0..40).map(|number| work(&format!("lane {number}"), &number.to_string())).collect();
    ok(store.commit(effects(&all)).await);
    let leased = join_all((0..8).map(|_| store.lease_effects(0, 100, 5))).await;
    let mut ids = BTreeSet::new();
    for page in leased {
        let page = ok(page);
        assert!(page.len() <= 5);
        for work in page {
            assert!(ids.insert(work.id), "a piece of work was leased twice");
        }
    }
    assert_eq!(ids.len(), 40);
    assert_eq!(ok(store.lease_effects(99, 100, 100).await), []);
}

/// By due time, then by age.
pub async fn the_oldest_due_work_is_leased_first(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "a"), work("b", "b"), work("c", "c")])).await);
    for (work, not_before) in ok(store.lease_effects(0, 100, 10).await).iter().zip([30, 10, 20]) {
        ok(store.release_effect(work.id, not_before).await);
    }
    assert_eq!(ok(store.next_effect().await), Some(10));
    assert_eq!(names(&ok(store.lease_effects(25, 100, 10).await)), ["b", "c"]);
    assert_eq!(ok(store.next_effect().await), Some(30));
    assert_eq!(names(&ok(store.lease_effects(30, 100, 1).await)), ["a"]);
}

/// Events and receipt in one commit; a repeat of the receipt is nothing.
pub async fn a_receipt_takes_the_work_away_with_its_commit(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1")])).await);
    let leased = only(ok(store.lease_effects(0, 100, 10).await));
    let receipt = Commit { done: vec![leased.id], effects: vec![work("a", "2")], ..append(stream(1), 0, 1) };
    ok(store.commit(receipt).await);
    assert_eq!(names(&ok(store.lease_effects(0, 100, 10).await)), ["2"]);
    assert_eq!(ok(store.lease_effects(1_000, 2_000, 10).await).len(), 1, "the first does not come back");
    ok(store.finish_effect(leased.id).await);
    ok(store.release_effect(leased.id, 0).await);
    ok(store.park_effect(leased.id, "late").await);
    assert_eq!(ok(store.parked_effects(10).await), [], "work that is gone cannot be parked");
}

/// The receipt of a commit that conflicts does not count.
pub async fn a_refused_commit_leaves_the_work_leased(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2")])).await);
    let leased = only(ok(store.lease_effects(0, 100, 10).await));
    conflict(store.commit(Commit { done: vec![leased.id], ..append(stream(1), 7, 1) }).await);
    assert_eq!(ok(store.lease_effects(50, 150, 10).await), []);
    assert_eq!(only(ok(store.lease_effects(100, 200, 10).await)).id, leased.id);
}

/// A retry comes not before its time, and nothing overtakes it.
pub async fn released_work_waits_for_its_moment_and_holds_its_lane(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2")])).await);
    let leased = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.release_effect(leased.id, 500).await);
    assert_eq!(ok(store.next_effect().await), Some(500));
    assert_eq!(ok(store.lease_effects(499, 600, 10).await), []);
    let again = only(ok(store.lease_effects(500, 600, 10).await));
    assert_eq!((again.id, again.attempts), (leased.id, 2));
}

/// Dead letters are listed, oldest first, and never leased.
pub async fn parked_work_is_seen_and_its_lane_goes_on(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2"), work("b", "3")])).await);
    let leased = ok(store.lease_effects(0, 100, 10).await);
    ok(store.park_effect(leased[0].id, "permanent").await);
    ok(store.park_effect(leased[1].id, "gone").await);
    let parked = ok(store.parked_effects(10).await);
    let expected = |at: usize, reason: &str| ParkedEffect {
        id: leased[at].id,
        conversation: conversation(1),
        lane: leased[at].lane.clone(),
        reason: reason.to_owned(),
    };
    assert_eq!(parked, [expected(0, "permanent"), expected(1, "gone")]);
    assert_eq!(ok(store.parked_effects(1).await).len(), 1);
    assert_eq!(names(&ok(store.lease_effects(1_000, 2_000, 10).await)), ["2"]);
    ok(store.finish_effect(leased[1].id).await);
    assert_eq!(ok(store.parked_effects(10).await), [expected(0, "permanent")], "a dead letter can be thrown away");
}

/// A replay never runs beside what came after it, and remembers its tries.
pub async fn parked_work_that_is_released_goes_to_the_end_of_its_lane(store: &impl Store) {
    ok(store.commit(effects(&[work("a", "1"), work("a", "2")])).await);
    let first = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.park_effect(first.id, "permanent").await);
    let second = only(ok(store.lease_effects(0, 100, 10).await));
    ok(store.release_effect(first.id, 0).await);
    assert_eq!(ok(store.parked_effects(10).await), []);
    assert_eq!(ok(store.lease_effects(50, 100, 10).await), [], "the second is under way");
    ok(store.finish_effect(second.id).await);
    let again = only(ok(store.lease_effects(50, 100, 10).await));
    assert_eq!((again.effect.as_slice(), again.attempts), (b"1".as_slice(), 2));
    ok(store.park_effect(again.id, "permanent").await);
    ok(store.release_effect(again.id, 70).await);
    assert_eq!(ok(store.next_effect().await), Some(70), "alone in its lane it is the first of it");
}

/// Numbers of work are not used again.
pub async fn a_receipt_of_one_piece_never_hits_another(store: &impl Store) {
    let mut seen: BTreeSet<EffectId> = BTreeSet::new();
    for _ in 0..5 {
        ok(store.commit(effects(&[work("a", "1")])).await);
        let leased = only(ok(store.lease_effects(0, 100, 10).await));
        assert!(seen.insert(leased.id), "a number was used again");
        ok(store.finish_effect(leased.id).await);
    }
}
