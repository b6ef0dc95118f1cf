//! List rows: upserts, filters, pages, counts.

use super::*;
use crate::store::{HolderKind, RowFilter};
use baton_core::ids::{InboxId, PersonId};

cases![
    an_older_row_never_replaces_a_newer_one,
    a_row_that_changes_hands_leaves_its_old_list,
    rows_are_filtered_by_everything_that_a_list_names,
    rows_are_paged_in_both_orders_without_gap_or_repeat,
    equal_moments_are_ordered_by_id,
    rows_of_many_holders_come_in_one_order,
    rows_are_filtered_by_person_inbox_tag_and_snooze,
    the_earliest_due_row_of_a_list_is_found,
    a_hidden_conversation_leaves_every_list_for_good,
];

async fn put(store: &impl Store, rows: Vec<Row>) {
    ok(store.commit(Commit { rows, ..Commit::default() }).await);
}

fn ids(rows: &[Row]) -> Vec<u128> {
    rows.iter().map(|row| row.id.0.as_u128()).collect()
}

fn everybody() -> RowFilter {
    RowFilter { limit: 100, ..RowFilter::default() }
}

/// Rows may arrive out of order.
pub async fn an_older_row_never_replaces_a_newer_one(store: &impl Store) {
    assert_eq!(ok(store.row(conversation(1)).await), None);
    put(store, vec![row(1, 5, 50)]).await;
    put(store, vec![row(1, 4, 40)]).await;
    assert_eq!(ok(store.row(conversation(1)).await), Some(row(1, 5, 50)));
    put(store, vec![row(1, 6, 60)]).await;
    assert_eq!(ok(store.row(conversation(1)).await), Some(row(1, 6, 60)));
    let rebuilt = Row { reference: "B-NEW".to_owned(), ..row(1, 6, 60) };
    put(store, vec![rebuilt.clone()]).await;
    assert_eq!(ok(store.row(conversation(1)).await), Some(rebuilt), "a row made anew after the same seq replaces");
    assert_eq!(ok(store.count_rows(everybody()).await), 1);
}

/// Every column of the row moves.
pub async fn a_row_that_changes_hands_leaves_its_old_list(store: &impl Store) {
    let agent = Some(Uuid::from_u128(77));
    put(store, vec![Row { offered_to: agent, ..row(1, 1, 10) }]).await;
    let held = Row { holder: HolderKind::Agent, holder_id: agent, ..row(1, 2, 20) };
    put(store, vec![held.clone()]).await;
    let of = |holder| RowFilter { holders: vec![holder], ..everybody() };
    assert_eq!(ok(store.rows(of(HolderKind::Queue)).await), []);
    assert_eq!(ok(store.rows(RowFilter { offered_to: agent, ..everybody() }).await), []);
    assert_eq!(ok(store.rows(of(HolderKind::Agent)).await), std::slice::from_ref(&held));
    assert_eq!(ok(store.rows(RowFilter { holder_id: agent, ..everybody() }).await), [held]);
}

/// Each filter alone and together; counts agree.
pub async fn rows_are_filtered_by_everything_that_a_list_names(store: &impl Store) {
    let (a, b) = (Some(Uuid::from_u128(100)), Some(Uuid::from_u128(200)));
    let rows = vec![
        Row { holder: HolderKind::Bot, holder_id: a, ..row(1, 1, 10) },
        Row { holder: HolderKind::Queue, holder_id: a, offered_to: b, ..row(2, 1, 20) },
        Row { holder: HolderKind::Queue, holder_id: b, ..row(3, 1, 30) },
        Row { holder: HolderKind::Agent, holder_id: b, ..row(4, 1, 40) },
        Row { holder: HolderKind::Nobody, holder_id: None, ..row(5, 1, 50) },
        Row { holder: HolderKind::Later, holder_id: a, ..row(6, 1, 60) },
        Row { holder: HolderKind::Target, holder_id: a, reference: "B-3".to_owned(), ..row(7, 1, 70) },
    ];
    put(store, rows).await;
    let (queue, nobody) = (HolderKind::Queue, HolderKind::Nobody);
    let cases = [
        (everybody(), vec![1, 2, 3, 4, 5, 6, 7]),
        (RowFilter { holders: vec![queue], ..everybody() }, vec![2, 3]),
        (RowFilter { holders: vec![nobody, queue, queue], ..everybody() }, vec![2, 3, 5]),
        (RowFilter { holder_id: a, ..everybody() }, vec![1, 2, 6, 7]),
        (RowFilter { holders: vec![queue], holder_id: b, ..everybody() }, vec![3]),
        (RowFilter { offered_to: b, ..everybody() }, vec![2]),
        (RowFilter { offered_to: b, holders: vec![nobody], ..everybody() }, vec![]),
        (RowFilter { reference: Some("B-3".to_owned()), ..everybody() }, vec![3, 7]),
        (RowFilter { reference: Some("B-3".to_owned()), holder_id: a, ..everybody() }, vec![7]),
        (RowFilter { reference: Some("B-9".to_owned()), ..everybody() }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&ok(store.rows(filter.clone()).await)), expected, "{filter:?}");
        assert_eq!(ok(store.count_rows(filter.clone()).await), expected.len() as u64, "{filter:?}");
        let newest = RowFilter { newest_first: true, ..filter };
        let backwards: Vec<_> = expected.into_iter().rev().collect();
        assert_eq!(ids(&ok(store.rows(newest.clone()).await)), backwards, "{newest:?}");
    }
    assert_eq!(ok(store.rows(RowFilter::default()).await), [], "a limit of 0 gives none");
    let counted = RowFilter { after: Some((40, conversation(4))), limit: 1, ..RowFilter::default() };
    assert_eq!(ok(store.count_rows(counted).await), 7, "page and limit do not count");
}

/// All pages together are the list.
pub async fn rows_are_paged_in_both_orders_without_gap_or_repeat(store: &impl Store) {
    // Sort values that repeat, ids in another order than sort values.
    put(store, (0..25u128).map(|number| row(number, 1, ((number * 7) % 5) as i64)).collect()).await;
    for newest_first in [false, true] {
        let whole = ok(store.rows(RowFilter { newest_first, ..everybody() }).await);
        assert_eq!(whole.len(), 25);
        let mut pages = Vec::new();
        let mut after = None;
        loop {
            let page = ok(store.rows(RowFilter { newest_first, after, limit: 4, ..RowFilter::default() }).await);
            let Some(last) = page.last() else { break };
            after = Some((last.sort, last.id));
            pages.extend(page);
        }
        assert_eq!(pages, whole);
    }
}

/// Ties are broken in both orders.
pub async fn equal_moments_are_ordered_by_id(store: &impl Store) {
    put(store, vec![row(2, 1, 10), row(1, 1, 10), row(3, 1, 9)]).await;
    assert_eq!(ids(&ok(store.rows(everybody()).await)), [3, 1, 2]);
    assert_eq!(ids(&ok(store.rows(RowFilter { newest_first: true, ..everybody() }).await)), [2, 1, 3]);
}

/// The lists of all holders are merged, not laid one behind the other.
pub async fn rows_of_many_holders_come_in_one_order(store: &impl Store) {
    let kinds = [HolderKind::Nobody, HolderKind::Bot, HolderKind::Agent];
    let rows = (1..=9u128).map(|number| Row { holder: kinds[number as usize % 3], ..row(number, 1, number as i64) });
    put(store, rows.collect()).await;
    let page = RowFilter { holders: kinds.to_vec(), limit: 5, ..RowFilter::default() };
    assert_eq!(ids(&ok(store.rows(page.clone()).await)), [1, 2, 3, 4, 5]);
    let after = Some((5, conversation(5)));
    assert_eq!(ids(&ok(store.rows(RowFilter { after, ..page.clone() }).await)), [6, 7, 8, 9]);
    assert_eq!(ids(&ok(store.rows(RowFilter { after, newest_first: true, ..page }).await)), [4, 3, 2, 1]);
}

fn ids_of(numbers: &[u128]) -> Vec<Uuid> {
    numbers.iter().map(|number| Uuid::from_u128(*number)).collect()
}

/// Each column alone, together, and with the rest; every column comes back as it was given.
pub async fn rows_are_filtered_by_person_inbox_tag_and_snooze(store: &impl Store) {
    let (kim, ada) = (Some(PersonId(Uuid::from_u128(50))), Some(PersonId(Uuid::from_u128(51))));
    let inbox = |number| Some(InboxId(Uuid::from_u128(number)));
    let holder_id = Some(Uuid::from_u128(77));
    let rows = vec![
        Row { person: kim, inbox: inbox(1), tags: ids_of(&[8]), ..row(1, 1, 10) },
        Row { person: kim, inbox: inbox(2), tags: ids_of(&[8, 9]), ..row(2, 1, 20) },
        Row { person: ada, inbox: inbox(1), snoozed: true, due: Some(500), holder_id, ..row(3, 1, 30) },
        Row { person: ada, inbox: inbox(3), holder_id, ..row(4, 1, 40) },
        row(5, 1, 50),
    ];
    put(store, rows.clone()).await;
    for row in rows {
        assert_eq!(ok(store.row(row.id).await).as_ref(), Some(&row));
    }
    let tag = |number| Some(Uuid::from_u128(number));
    let inboxes = |numbers: &[u128]| numbers.iter().map(|number| InboxId(Uuid::from_u128(*number))).collect::<Vec<_>>();
    let cases = [
        (RowFilter { person: kim, ..everybody() }, vec![1, 2]),
        (RowFilter { person: ada, snoozed: Some(false), ..everybody() }, vec![4]),
        (RowFilter { snoozed: Some(true), ..everybody() }, vec![3]),
        (RowFilter { inboxes: inboxes(&[1]), ..everybody() }, vec![1, 3]),
        (RowFilter { inboxes: inboxes(&[2, 3]), ..everybody() }, vec![2, 4]),
        // One without an inbox is of none of them.
        (RowFilter { without: inboxes(&[1, 3]), ..everybody() }, vec![2, 5]),
        (RowFilter { without: inboxes(&[1]), person: ada, ..everybody() }, vec![4]),
        (RowFilter { tag: tag(8), ..everybody() }, vec![1, 2]),
        (RowFilter { tag: tag(9), ..everybody() }, vec![2]),
        (RowFilter { tag: tag(7), ..everybody() }, vec![]),
        (RowFilter { tag: tag(8), inboxes: inboxes(&[1]), person: kim, ..everybody() }, vec![1]),
        (RowFilter { holder_id, snoozed: Some(true), ..everybody() }, vec![3]),
        (RowFilter { due_before: Some(501), ..everybody() }, vec![3]),
        (RowFilter { due_before: Some(500), ..everybody() }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&ok(store.rows(filter.clone()).await)), expected, "{filter:?}");
        assert_eq!(ok(store.count_rows(filter.clone()).await), expected.len() as u64, "{filter:?}");
    }
    put(store, vec![Row { person: kim, tags: ids_of(&[9]), ..row(1, 2, 10) }, Row { person: kim, ..row(2, 2, 20) }])
        .await;
    assert_eq!(ids(&ok(store.rows(RowFilter { tag: tag(8), ..everybody() }).await)), [], "tags that were taken off");
    assert_eq!(ids(&ok(store.rows(RowFilter { tag: tag(9), ..everybody() }).await)), [1]);
    put(store, vec![Row { tags: ids_of(&[8]), ..row(1, 1, 10) }]).await;
    assert_eq!(ids(&ok(store.rows(RowFilter { tag: tag(8), ..everybody() }).await)), [], "an older row's tags");
}

/// Of the rows that the filter names alone.
pub async fn the_earliest_due_row_of_a_list_is_found(store: &impl Store) {
    let later = |number, due| Row { holder: HolderKind::Later, due, ..row(number, 1, number as i64) };
    let snoozed = Row { holder: HolderKind::Agent, snoozed: true, due: Some(5), ..row(9, 1, 9) };
    let promises = RowFilter { holders: vec![HolderKind::Later], ..RowFilter::default() };
    assert_eq!(ok(store.next_row_due(promises.clone()).await), None);
    put(store, vec![later(1, Some(300)), later(2, Some(100)), later(3, None), snoozed]).await;
    assert_eq!(ok(store.next_row_due(promises.clone()).await), Some(100));
    assert_eq!(ok(store.next_row_due(everybody()).await), Some(5));
    put(store, vec![Row { seq: 2, ..later(2, None) }]).await;
    assert_eq!(ok(store.next_row_due(promises).await), Some(300));
}

/// Nothing that is written later brings it back; its log stays, and others stay.
pub async fn a_hidden_conversation_leaves_every_list_for_good(store: &impl Store) {
    let person = Some(PersonId(Uuid::from_u128(50)));
    ok(store.commit(append(stream(1), 0, 2)).await);
    put(store, vec![Row { person, tags: ids_of(&[8]), ..row(1, 1, 10) }, Row { person, ..row(2, 1, 20) }]).await;
    ok(store.commit(Commit { hide: vec![conversation(1), conversation(9)], ..Commit::default() }).await);
    put(store, vec![Row { person, ..row(1, 7, 70) }, row(9, 1, 90)]).await;
    let gone = Commit { rows: vec![row(8, 1, 80)], hide: vec![conversation(8)], ..Commit::default() };
    ok(store.commit(gone).await);
    for filter in [everybody(), RowFilter { person, ..everybody() }] {
        assert_eq!(ids(&ok(store.rows(filter.clone()).await)), [2], "{filter:?}");
        assert_eq!(ok(store.count_rows(filter).await), 1);
    }
    assert_eq!(ok(store.row(conversation(1)).await), None);
    assert_eq!(ids(&ok(store.rows(RowFilter { tag: Some(Uuid::from_u128(8)), ..everybody() }).await)), []);
    assert_eq!(ok(store.read(stream(1), 0, 10).await).len(), 2, "the log stays");
    ok(store.commit(append(stream(1), 2, 1)).await);
}
