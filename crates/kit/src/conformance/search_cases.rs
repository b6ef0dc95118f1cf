//! What every search index must do. Each case is a sentence, gets an empty index and panics where it does otherwise.

use crate::search::{Batch, By, Clause, EVENTS, Entry, FEWEST, Found, Page, SearchIndex, Token, Wanted};
use crate::store::{Error, Offset};
use baton_core::ids::ConversationId;
use std::future::Future;
use uuid::Uuid;

macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        /// Runs all cases, each on an index of its own.
        pub async fn search<S, F, Fut>(make: F)
        where
            S: SearchIndex,
            F: Fn() -> Fut,
            Fut: Future<Output = S>,
        {
            $(
                tracing::info!(case = stringify!($case));
                $case(&make().await).await;
            )+
        }
    };
}

cases![
    words_of_different_events_meet_in_an_episode,
    a_phrase_is_of_one_event,
    words_are_told_apart_by_who_said_them,
    an_excluded_word_excludes_its_episode,
    an_episode_is_found_by_its_time_and_its_conversation,
    the_newest_episode_comes_first_and_stands_for_its_conversation,
    a_page_goes_on_where_the_last_one_ended,
    events_with_most_words_come_first_and_no_clause_is_left_out,
    a_batch_that_comes_twice_counts_once,
    what_is_found_stays_the_same_through_upkeep,
    a_forgotten_conversation_is_gone_and_may_begin_anew,
    sealed_words_are_kept_until_too_few_conversations_have_them,
    an_index_that_was_thrown_away_is_built_again,
];

#[track_caller]
fn ok<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the index refused what it must do: {error}"),
    }
}

fn chat(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}

/// An event of a conversation: its seq is its time, and the first one opens.
fn said(number: u128, seq: u64, by: By, tokens: &[u64]) -> Entry {
    let tokens = tokens.iter().copied().map(Token).collect();
    Entry { conversation: chat(number), seq, at: seq as i64, opens: seq == 1, by, tokens }
}

async fn put(index: &impl SearchIndex, upto: u64, entries: Vec<Entry>) {
    ok(index.apply(Batch { entries, upto: Offset(upto) }).await);
}

async fn settle(index: &impl SearchIndex) {
    for _ in 0..10_000 {
        if !ok(index.tidy().await) {
            return;
        }
    }
    panic!("the upkeep has no end");
}

fn word(token: u64) -> Clause {
    Clause { words: vec![vec![Token(token)]], by: None }
}

fn all(clauses: Vec<Clause>) -> Wanted {
    Wanted { all: clauses, limit: 100, ..Wanted::default() }
}

fn words(tokens: &[u64]) -> Wanted {
    all(tokens.iter().copied().map(word).collect())
}

async fn find(index: &impl SearchIndex, wanted: Wanted) -> Page {
    ok(index.find(wanted).await)
}

fn chats(page: &Page) -> Vec<u128> {
    page.found.iter().map(|found| found.conversation.0.as_u128()).collect()
}

async fn found(index: &impl SearchIndex, wanted: Wanted) -> Vec<u128> {
    chats(&find(index, wanted).await)
}

/// Words of different events meet in an episode, and each of them may come in several forms.
pub async fn words_of_different_events_meet_in_an_episode(index: &impl SearchIndex) {
    put(
        index,
        9,
        vec![
            said(1, 1, By::Customer, &[10]),
            said(2, 1, By::Customer, &[10, 21]),
            said(1, 2, By::Person, &[20]),
            said(3, 1, By::Bot, &[20]),
        ],
    )
    .await;
    assert_eq!(found(index, words(&[10, 20])).await, [1]);
    let either = Clause { words: vec![vec![Token(20), Token(21)]], by: None };
    assert_eq!(found(index, all(vec![word(10), either])).await, [2, 1]);
    assert_eq!(found(index, words(&[10, 99])).await, [] as [u128; 0]);
    assert_eq!(found(index, Wanted { limit: 10, ..Wanted::default() }).await, [] as [u128; 0]);
}

/// All words of one clause stand in one event.
pub async fn a_phrase_is_of_one_event(index: &impl SearchIndex) {
    put(
        index,
        3,
        vec![said(1, 1, By::Customer, &[10]), said(1, 2, By::Customer, &[20]), said(2, 1, By::Customer, &[10, 20])],
    )
    .await;
    let phrase = Clause { words: vec![vec![Token(10)], vec![Token(20)]], by: None };
    assert_eq!(found(index, all(vec![phrase])).await, [2]);
}

/// A clause may ask for the words of one party.
pub async fn words_are_told_apart_by_who_said_them(index: &impl SearchIndex) {
    put(index, 2, vec![said(1, 1, By::Customer, &[10]), said(2, 1, By::Person, &[10])]).await;
    for (by, expected) in [(By::Customer, &[1u128][..]), (By::Person, &[2]), (By::Bot, &[]), (By::House, &[])] {
        let clause = Clause { by: Some(by), ..word(10) };
        assert_eq!(found(index, all(vec![clause])).await, expected);
    }
}

/// An episode with an excluded word is not found, whoever said it and wherever in it.
pub async fn an_excluded_word_excludes_its_episode(index: &impl SearchIndex) {
    put(index, 3, vec![said(1, 1, By::Customer, &[10]), said(2, 1, By::Customer, &[10]), said(2, 7, By::Bot, &[66])])
        .await;
    assert_eq!(found(index, Wanted { none: vec![word(66)], ..words(&[10]) }).await, [1]);
}

/// Time and conversation narrow what is found.
pub async fn an_episode_is_found_by_its_time_and_its_conversation(index: &impl SearchIndex) {
    let at = |number: u128, seq: u64, at: i64| Entry { at, ..said(number, seq, By::Customer, &[10]) };
    put(index, 4, vec![at(1, 1, 100), at(2, 1, 200), at(1, 2, 300), at(3, 1, 400)]).await;
    let span = |from: Option<i64>, to: Option<i64>| Wanted { from, to, ..words(&[10]) };
    assert_eq!(found(index, span(Some(250), None)).await, [3, 1]);
    assert_eq!(found(index, span(None, Some(250))).await, [2, 1]);
    assert_eq!(found(index, span(Some(150), Some(250))).await, [2, 1], "1 was open at that time");
    assert_eq!(found(index, span(Some(401), None)).await, [] as [u128; 0]);
    assert_eq!(found(index, span(Some(400), Some(400))).await, [3]);
    let only = Some(vec![chat(2), chat(9)]);
    assert_eq!(found(index, Wanted { only, ..words(&[10]) }).await, [2]);
}

/// A conversation that opens again is a new episode: it stands where it was opened last, and is found once.
pub async fn the_newest_episode_comes_first_and_stands_for_its_conversation(index: &impl SearchIndex) {
    let again = Entry { opens: true, ..said(1, 5, By::Customer, &[10, 30]) };
    put(index, 3, vec![said(1, 1, By::Customer, &[10, 20]), said(2, 1, By::Customer, &[10]), again]).await;
    let page = find(index, words(&[10])).await;
    assert_eq!(chats(&page), [1, 2]);
    assert_eq!(page.found[0].seqs, [5]);
    assert_eq!(page.total, 3);
    let page = find(index, words(&[20])).await;
    assert_eq!(page.found[0].seqs, [1]);
    assert_eq!(found(index, words(&[20, 30])).await, [] as [u128; 0], "words of two episodes do not meet");
    let first = find(index, Wanted { limit: 1, ..words(&[10]) }).await;
    let rest = find(index, Wanted { before: Some(first.found[0].place), ..words(&[10]) }).await;
    assert_eq!(
        (chats(&first), chats(&rest)),
        (vec![1], vec![2]),
        "a conversation does not come again on the next page"
    );
}

/// Pages have no gap and no repeat.
pub async fn a_page_goes_on_where_the_last_one_ended(index: &impl SearchIndex) {
    put(index, 7, (1..=7).map(|n| said(n, 1, By::Customer, &[10])).collect()).await;
    let (mut before, mut pages) = (None, Vec::new());
    loop {
        let page = find(index, Wanted { before, limit: 3, ..words(&[10]) }).await;
        assert_eq!(page.total, 7);
        before = page.found.last().map(|found| found.place);
        pages.push(chats(&page));
        if !page.more {
            break;
        }
    }
    assert_eq!(pages, [vec![7, 6, 5], vec![4, 3, 2], vec![1]]);
}

/// Events with most of the words come first, then the newest; and of each clause at least one is named.
pub async fn events_with_most_words_come_first_and_no_clause_is_left_out(index: &impl SearchIndex) {
    let mut entries = vec![
        said(1, 1, By::Customer, &[10]),
        said(1, 2, By::Customer, &[10, 20]),
        said(1, 3, By::Customer, &[10]),
        said(1, 4, By::Customer, &[30]),
    ];
    put(index, 4, entries.clone()).await;
    assert_eq!(find(index, words(&[10, 20])).await.found[0].seqs, [2, 3, 1]);
    entries = (5..100).map(|seq| said(1, seq, By::Customer, &[10, 20])).collect();
    put(index, 100, entries).await;
    let Found { seqs, .. } = find(index, words(&[10, 20, 30])).await.found.remove(0);
    assert_eq!(seqs.len(), EVENTS);
    assert!(seqs.contains(&4) && seqs.contains(&99), "{seqs:?}");
}

/// A batch that was taken in already changes nothing.
pub async fn a_batch_that_comes_twice_counts_once(index: &impl SearchIndex) {
    for _ in 0..2 {
        put(index, 5, vec![said(1, 1, By::Customer, &[10])]).await;
    }
    let page = find(index, words(&[10])).await;
    assert_eq!((page.total, page.found[0].seqs.as_slice()), (1, &[1][..]));
    assert_eq!(ok(index.position().await), Offset(5));
    put(index, 8, Vec::new()).await;
    assert_eq!(ok(index.position().await), Offset(8), "events in which there is nothing to find count as read");
}

/// Upkeep changes how it is kept, not what is found.
pub async fn what_is_found_stays_the_same_through_upkeep(index: &impl SearchIndex) {
    for n in 1..=200u64 {
        let mut entries = vec![said(u128::from(n), 1, By::Customer, &[10, 1_000 + n % 7])];
        // Conversations go on side by side.
        if n > 3 {
            entries.push(said(u128::from(n - 3), 2, By::Person, &[20, u64::MAX - n]));
        }
        put(index, n, entries).await;
        if n % 50 == 0 {
            settle(index).await;
        }
    }
    let before = find(index, words(&[10, 20, 1_003])).await;
    settle(index).await;
    assert_eq!(find(index, words(&[10, 20, 1_003])).await, before);
    assert_eq!(before.total, (1..=197).filter(|n| n % 7 == 3).count() as u64);
    assert_eq!(found(index, words(&[u64::MAX - 200])).await, [197]);
    assert_eq!(ok(index.spread(vec![Token(10), Token(1_003), Token(5)], 5).await), [5, 5, 0]);
}

/// A forgotten conversation is not found, and what is said in it later is found again.
pub async fn a_forgotten_conversation_is_gone_and_may_begin_anew(index: &impl SearchIndex) {
    put(index, 2, vec![said(1, 1, By::Customer, &[10]), said(2, 1, By::Customer, &[10])]).await;
    ok(index.forget(chat(1)).await);
    assert_eq!(found(index, words(&[10])).await, [2]);
    put(index, 3, vec![said(1, 2, By::Customer, &[10])]).await;
    assert_eq!(found(index, words(&[10])).await, [1, 2]);
    settle(index).await;
    let page = find(index, words(&[10])).await;
    assert_eq!((chats(&page), page.found[0].seqs.as_slice()), (vec![1, 2], &[2][..]));
    ok(index.forget(chat(77)).await);
}

/// A sealed word stays as long as enough conversations have it.
pub async fn sealed_words_are_kept_until_too_few_conversations_have_them(index: &impl SearchIndex) {
    let most = u128::from(FEWEST);
    put(index, 2, (1..=most).map(|n| said(n, 1, By::Customer, &[10, 20])).collect()).await;
    put(index, 3, vec![said(most + 1, 1, By::Customer, &[20])]).await;
    ok(index.keep_words(vec![(Token(10), vec![1; 40]), (Token(20), vec![2; 40])]).await);
    assert_eq!(ok(index.words().await).len(), 2);
    ok(index.forget(chat(1)).await);
    settle(index).await;
    assert_eq!(ok(index.words().await), [(Token(20), vec![2; 40])]);
    assert_eq!(ok(index.spread(vec![Token(10), Token(20)], 9).await), [FEWEST - 1, FEWEST]);
}

/// After a reset nothing is found and everything can be taken in again.
pub async fn an_index_that_was_thrown_away_is_built_again(index: &impl SearchIndex) {
    put(index, 5, vec![said(1, 1, By::Customer, &[10])]).await;
    ok(index.keep_words(vec![(Token(10), vec![1; 40])]).await);
    ok(index.reset().await);
    assert_eq!(ok(index.position().await), Offset(0));
    assert_eq!(found(index, words(&[10])).await, [] as [u128; 0]);
    assert!(ok(index.words().await).is_empty());
    put(index, 5, vec![said(1, 1, By::Customer, &[10])]).await;
    assert_eq!(found(index, words(&[10])).await, [1]);
}
