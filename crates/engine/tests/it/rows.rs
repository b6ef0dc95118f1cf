//! List rows that are written behind: read at once, written within a second, made anew after a crash.

use crate::house::{ANA, House, SECOND, reader};
use baton_engine::row;
use baton_kit::store::{RowFilter, Store};

#[tokio::test]
async fn the_last_word_is_in_the_row_at_once_and_in_the_store_within_a_second() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.write(chat, "one more thing").await;
    house.pass(2 * SECOND).await;
    let settled = house.store.row(chat).await.unwrap().expect("it is listed");
    let done = house.write(chat, "and another").await;
    let now = row(&done.state);
    assert!(now.seq > settled.seq);
    assert_eq!(house.store.row(chat).await.unwrap().as_ref(), Some(&settled), "the event alone was committed");
    assert_eq!(house.engine.row(&reader(), chat).await.unwrap().as_ref(), Some(&now));
    let listed = house.engine.rows(&reader(), RowFilter { limit: 10, ..RowFilter::default() }).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&now), "a list is as new as the row");
    house.write(chat, "the last one").await;
    house.pass(2 * SECOND).await;
    assert!(house.store.row(chat).await.unwrap().is_some_and(|kept| kept.seq > now.seq));
    house.check().await;
}

#[tokio::test]
async fn a_row_that_a_killed_hub_owed_is_written_at_the_next_start() {
    let mut house = House::open().await;
    let chat = house.with_ana().await;
    house.pass(2 * SECOND).await;
    house.write(chat, "one more thing").await;
    let done = house.write(chat, "and another").await;
    assert!(house.store.row(chat).await.unwrap().is_some_and(|kept| kept.seq < done.state.head.seq));
    house.restart().await;
    let kept = house.store.row(chat).await.unwrap().expect("it is listed");
    assert!(kept.seq >= done.state.head.seq, "its words of the last second count");
    assert_eq!(kept.holder_id, Some(ANA.0));
    house.check().await;
}
