//! Readers by cursor, while others write.

use crate::house::{ANA, House, Plan, as_agent, customer, say};
use baton_core::command::Command;
use baton_core::ids::ClientId;
use baton_core::refusal::Refusal;
use baton_engine::{Cursor, Error};
use baton_kit::store::Store;
use std::time::Duration;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;
use uuid::Uuid;

const WRITERS: u64 = 6;
const EACH: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_from_any_position_sees_every_event_once_and_in_order_while_others_write() {
    let house = House::asleep(Plan::default()).await;
    let chat = house.start().await;
    // With an agent as holder a customer's word asks nobody: only the log is at work.
    house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
    let first = house.state(chat).await.head.position;
    let last = first + WRITERS * EACH;
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let engine = house.engine.clone();
        tasks.spawn(async move {
            for counter in 1..=EACH {
                let client = ClientId(Uuid::from_u128(u128::from(writer) + 1));
                let command = say(&format!("{writer}/{counter}"), client, counter);
                let done = engine.execute(&customer(chat), chat, command.clone()).await.expect("it is taken");
                // A repeat is the same place.
                let again = engine.execute(&customer(chat), chat, command).await.expect("a repeat");
                assert_eq!(again.said, done.said);
                yield_now().await;
            }
        });
    }
    for (from, page) in [(0, 1), (0, 7), (first, 3), (first + 50, 500), (last - 1, 2)] {
        let engine = house.engine.clone();
        tasks.spawn(async move {
            let mut at = from;
            let mut signals = engine.subscribe();
            while at < last {
                let events = engine.positions(&as_agent(ANA), chat, at, page).await.expect("readable");
                for event in &events {
                    assert_eq!(event.header.position, Some(at + 1), "a gap or a repeat");
                    at += 1;
                }
                if events.is_empty() {
                    // The bus wakes, the store tells: a hint that was missed is made up for by looking.
                    let _ = timeout(Duration::from_millis(20), signals.recv()).await;
                }
            }
        });
    }
    timeout(Duration::from_secs(20), async { while tasks.join_next().await.transpose().expect("holds").is_some() {} })
        .await
        .expect("in time");
    // Each writer's own order is kept.
    let shown = house.transcript(chat).await;
    for writer in 0..WRITERS {
        let own: Vec<_> = shown.iter().filter(|text| text.starts_with(&format!("{writer}/"))).collect();
        assert_eq!(own, (1..=EACH).map(|n| format!("{writer}/{n}")).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    }
    house.check().await;
}

#[tokio::test]
async fn a_counter_that_is_not_the_next_says_which_one_is() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "one").await;
    let client = ClientId(Uuid::from_u128(0xc9));
    let gap = house.customer(chat, say("three", client, 3)).await;
    assert!(matches!(gap, Err(Error::Refused(Refusal::CounterGap { expected: 1 }))), "{gap:?}");
    house.check().await;
}

#[tokio::test]
async fn a_foreign_permit_learns_nothing() {
    let house = House::open().await;
    let (chat, other) = (house.start().await, house.start().await);
    let permit = customer(other);
    for result in [
        house.engine.execute(&permit, chat, Command::AskPerson).await.map(|_| ()),
        house.engine.conversation(&permit, chat).await.map(|_| ()),
        house.engine.positions(&permit, chat, 0, 10).await.map(|_| ()),
    ] {
        assert!(matches!(result, Err(Error::Refused(Refusal::NotFound))));
    }
    let mut identity = house.store.identity();
    let cursor = Cursor::of(identity, 3).text();
    identity.generation += 1;
    assert!(Cursor::parse(&cursor, identity).is_err(), "from before a restore");
    house.check().await;
}

#[tokio::test]
async fn a_start_key_that_is_used_twice_opens_one_conversation() {
    let house = House::open().await;
    let one = house.start_with_key("k1").await;
    let two = house.start_with_key("k1").await;
    let three = house.start_with_key("k2").await;
    assert_eq!((one.conversation, one.repeat, two.repeat), (two.conversation, false, true));
    assert_ne!(one.conversation, three.conversation);
    house.check().await;
}
