//! List rows: upserts, filters, pages, counts.

use super::*;
use crate::store::{HolderKind, RowFilter};

cases![
    an_older_row_never_replaces_a_newer_one,
    a_row_that_changes_hands_leaves_its_old_list,
    rows_are_filtered_by_everything_that_a_list_names,
    rows_are_paged_in_both_orders_without_gap_or_repeat,
    equal_moments_are_ordered_by_id,
    rows_of_many_holders_come_in_one_order,
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
