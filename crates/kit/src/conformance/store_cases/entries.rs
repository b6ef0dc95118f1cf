//! Entries of lists that are not lists of conversations: upserts, filters, pages, tallies.

use super::*;
use crate::store::{Entry, EntryFilter, Tally};
use baton_core::ids::InboxId;

cases![
    an_older_entry_never_replaces_a_newer_one,
    entries_are_filtered_by_everything_that_a_list_names,
    entries_are_paged_newest_first_without_gap_or_repeat,
    entries_are_tallied_by_state_and_words,
    lists_know_nothing_of_each_other,
    entries_of_a_hidden_conversation_are_gone_for_good,
    a_refused_commit_leaves_no_entry,
];

fn entry(number: u128, seq: u64, at: i64) -> Entry {
    Entry {
        list: "handover".to_owned(),
        id: Uuid::from_u128(number),
        conversation: conversation(1),
        inbox: None,
        owner: None,
        state: "open".to_owned(),
        marks: ["button".to_owned(), String::new()],
        at,
        seq,
        data: format!("{{\"seq\":{seq}}}").into_bytes(),
    }
}

fn of(list: &str) -> EntryFilter {
    EntryFilter { list: list.to_owned(), limit: 100, ..EntryFilter::default() }
}

async fn put(store: &impl Store, entries: Vec<Entry>) {
    ok(store.commit(Commit { entries, ..Commit::default() }).await);
}

fn ids(entries: &[Entry]) -> Vec<u128> {
    entries.iter().map(|entry| entry.id.as_u128()).collect()
}

async fn total(store: &impl Store, filter: EntryFilter) -> u64 {
    ok(store.tally(filter).await).iter().map(|tally| tally.count).sum()
}

/// Entries may be written out of order.
pub async fn an_older_entry_never_replaces_a_newer_one(store: &impl Store) {
    let id = Uuid::from_u128(1);
    assert_eq!(ok(store.entry("handover", id).await), None);
    let ended = Entry { state: "accepted".to_owned(), owner: Some(Uuid::from_u128(5)), ..entry(1, 5, 50) };
    put(store, vec![ended.clone()]).await;
    put(store, vec![entry(1, 4, 50)]).await;
    assert_eq!(ok(store.entry("handover", id).await), Some(ended));
    let again = Entry { state: "read".to_owned(), ..entry(1, 5, 50) };
    put(store, vec![again.clone()]).await;
    assert_eq!(ok(store.entry("handover", id).await), Some(again), "one made anew after the same seq replaces");
    put(store, vec![entry(2, 1, 10), entry(2, 2, 10)]).await;
    assert_eq!(ok(store.entry("handover", Uuid::from_u128(2)).await), Some(entry(2, 2, 10)), "the last of a commit");
    assert_eq!(total(store, of("handover")).await, 2);
}

/// Each filter alone and together; tallies agree.
pub async fn entries_are_filtered_by_everything_that_a_list_names(store: &impl Store) {
    let owner = Some(Uuid::from_u128(70));
    let inbox = |number| InboxId(Uuid::from_u128(number));
    let marks = |one: &str, two: &str| [one.to_owned(), two.to_owned()];
    let entries = vec![
        Entry { inbox: Some(inbox(1)), ..entry(1, 1, 10) },
        Entry { inbox: Some(inbox(2)), marks: marks("bot", "queued"), owner, ..entry(2, 1, 20) },
        Entry { state: "accepted".to_owned(), marks: marks("button", "queued"), ..entry(3, 1, 30) },
        Entry { state: "accepted".to_owned(), owner, ..entry(4, 1, 40) },
    ];
    put(store, entries).await;
    let word = |text: &str| Some(text.to_owned());
    let cases = [
        (of("handover"), vec![4, 3, 2, 1]),
        (EntryFilter { state: word("open"), ..of("handover") }, vec![2, 1]),
        (EntryFilter { state: word("lost"), ..of("handover") }, vec![]),
        (EntryFilter { marks: [word("button"), None], ..of("handover") }, vec![4, 3, 1]),
        (EntryFilter { marks: [None, word("queued")], ..of("handover") }, vec![3, 2]),
        (EntryFilter { marks: [None, word("")], ..of("handover") }, vec![4, 1]),
        (EntryFilter { marks: [word("bot"), word("queued")], ..of("handover") }, vec![2]),
        (EntryFilter { owner, ..of("handover") }, vec![4, 2]),
        (EntryFilter { owner, state: word("open"), ..of("handover") }, vec![2]),
        (EntryFilter { from: Some(20), to: Some(40), ..of("handover") }, vec![3, 2]),
        (EntryFilter { from: Some(41), ..of("handover") }, vec![]),
        (EntryFilter { without: vec![inbox(1), inbox(3)], ..of("handover") }, vec![4, 3, 2]),
        (EntryFilter { without: vec![inbox(2)], owner, ..of("handover") }, vec![4]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&ok(store.entries(filter.clone()).await)), expected, "{filter:?}");
        assert_eq!(total(store, filter.clone()).await, expected.len() as u64, "{filter:?}");
    }
    assert_eq!(ok(store.entries(EntryFilter { limit: 0, ..of("handover") }).await), [], "a limit of 0 gives none");
    let page = EntryFilter { after: Some((20, Uuid::from_u128(2))), limit: 1, ..of("handover") };
    assert_eq!(total(store, page).await, 4, "page and limit do not count");
}

/// All pages together are the list.
pub async fn entries_are_paged_newest_first_without_gap_or_repeat(store: &impl Store) {
    let owner = Some(Uuid::from_u128(70));
    let entries = (0..25u128).map(|number| Entry {
        owner: owner.filter(|_| number % 2 == 0),
        ..entry(number, 1, ((number * 7) % 5) as i64)
    });
    put(store, entries.collect()).await;
    for filter in [of("handover"), EntryFilter { owner, ..of("handover") }] {
        let whole = ok(store.entries(filter.clone()).await);
        assert!(whole.is_sorted_by(|one, next| (one.at, one.id) > (next.at, next.id)));
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = ok(store.entries(EntryFilter { after, limit: 4, ..filter.clone() }).await);
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.id));
            pages.extend(page);
        }
        assert_eq!(pages, whole);
    }
}

/// One line for each combination that there is.
pub async fn entries_are_tallied_by_state_and_words(store: &impl Store) {
    let with = |number, state: &str, one: &str| Entry {
        state: state.to_owned(),
        marks: [one.to_owned(), "queued".to_owned()],
        ..entry(number, 1, number as i64)
    };
    assert_eq!(ok(store.tally(of("handover")).await), []);
    put(store, vec![with(1, "open", "bot"), with(2, "open", "bot"), with(3, "lost", "bot"), with(4, "open", "button")])
        .await;
    let tally = |state: &str, one: &str, count| Tally {
        state: state.to_owned(),
        marks: [one.to_owned(), "queued".to_owned()],
        count,
    };
    let all = [tally("lost", "bot", 1), tally("open", "bot", 2), tally("open", "button", 1)];
    assert_eq!(ok(store.tally(of("handover")).await), all);
    put(store, vec![Entry { seq: 2, ..with(2, "lost", "bot") }]).await;
    let moved = [tally("lost", "bot", 2), tally("open", "bot", 1), tally("open", "button", 1)];
    assert_eq!(ok(store.tally(of("handover")).await), moved);
    assert_eq!(ok(store.tally(EntryFilter { from: Some(4), ..of("handover") }).await), [tally("open", "button", 1)]);
}

/// The same id may stand in two lists.
pub async fn lists_know_nothing_of_each_other(store: &impl Store) {
    let report = Entry { list: "report".to_owned(), ..entry(1, 9, 90) };
    put(store, vec![entry(1, 1, 10), report.clone()]).await;
    assert_eq!(ok(store.entry("handover", Uuid::from_u128(1)).await), Some(entry(1, 1, 10)));
    assert_eq!(ok(store.entries(of("report")).await), [report]);
    assert_eq!(ok(store.entries(of("mention")).await), []);
    assert_eq!(total(store, of("handover")).await, 1);
}

/// As its row is.
pub async fn entries_of_a_hidden_conversation_are_gone_for_good(store: &impl Store) {
    let other = Entry { conversation: conversation(2), ..entry(2, 1, 20) };
    put(store, vec![entry(1, 1, 10), other.clone()]).await;
    ok(store.commit(Commit { hide: vec![conversation(1)], ..Commit::default() }).await);
    put(store, vec![entry(1, 2, 10), entry(3, 2, 30)]).await;
    assert_eq!(ok(store.entries(of("handover")).await), [other]);
    assert_eq!(ok(store.entry("handover", Uuid::from_u128(1)).await), None);
    assert_eq!(total(store, of("handover")).await, 1);
}

/// All or nothing.
pub async fn a_refused_commit_leaves_no_entry(store: &impl Store) {
    ok(store.commit(append(stream(1), 0, 1)).await);
    let refused = Commit { entries: vec![entry(1, 1, 10)], hide: vec![conversation(2)], ..append(stream(1), 0, 1) };
    conflict(store.commit(refused.clone()).await);
    nothing_of(store, &refused, &[(stream(1), 1)]).await;
    put(store, vec![Entry { conversation: conversation(2), ..entry(2, 1, 20) }]).await;
    assert_eq!(total(store, of("handover")).await, 1, "nothing was hidden");
}
