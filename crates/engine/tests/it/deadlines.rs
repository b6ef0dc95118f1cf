//! Deadlines: each has its step, fires once, and none is lost when the clock jumps.

use crate::house::{HOUR, House, LATER, MINUTE, Plan, SECOND, customer, waits};
use baton_core::command::Command;
use baton_core::event::{Fact, Stream};
use baton_core::limits;
use baton_core::ownership::{Holder, Line};
use baton_engine::RowData;
use baton_kit::store::{Offset, Store};

#[tokio::test]
async fn after_a_jump_of_the_clock_deadlines_fire_once_and_the_oldest_first() {
    let house = House::open().await;
    let mut chats = Vec::new();
    for _ in 0..5 {
        chats.push(house.start().await);
        house.pass(MINUTE).await;
    }
    let before = house.store.end().await.unwrap();
    house.clock.jump(9 * HOUR).await;
    house.pass(10 * SECOND).await;
    let mut closed = Vec::new();
    for (_, stream, seq) in house.store.tail(before, usize::MAX).await.unwrap() {
        let Stream::Conversation(chat) = stream else { continue };
        let event = house.events(chat).await.swap_remove(seq as usize - 1);
        if matches!(event.header.fact, Fact::HolderSet(_)) {
            closed.push(chat);
        }
    }
    assert_eq!(closed, chats);
    for chat in chats {
        assert_eq!(house.told(chat).await, ["closed"]);
    }
    assert!(house.store.tail(Offset(0), usize::MAX).await.unwrap().len() > 10);
    house.check().await;
}

#[tokio::test]
async fn a_hub_that_was_down_over_a_deadline_keeps_it_at_its_start() {
    let mut house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.kill().await;
    house.clock.jump(HOUR).await;
    house.restart().await;
    house.pass(5 * SECOND).await;
    assert_eq!(house.told(chat).await, ["still_working", "bot_failed", "in_line"]);
    assert!(waits(&house.holder(chat).await));
    assert_eq!(house.count(chat, "failed").await, 1);
    house.check().await;
}

#[tokio::test]
async fn a_wait_is_asked_what_else_after_ten_minutes_and_becomes_a_promise_after_sixty() {
    let house = House::open().await;
    let chat = house.waiting().await;
    house.pass(10 * MINUTE - SECOND).await;
    assert_eq!(house.told(chat).await, ["asked", "in_line"]);
    house.pass(2 * SECOND).await;
    assert_eq!(house.told(chat).await, ["asked", "in_line", "wait_choice"]);
    house.pass(50 * MINUTE).await;
    assert_eq!(house.told(chat).await, ["asked", "in_line", "wait_choice", "wait_over"]);
    assert!(matches!(house.holder(chat).await, Holder::Queue { queue: LATER, line: Line::Later, .. }));
    assert_eq!(house.engine.place(chat), None);
    house.check().await;
}

#[tokio::test]
async fn a_promise_is_escalated_as_its_deadline_nears_and_stays() {
    let house = House::open().await;
    let chat = house.start().await;
    let leave = Command::LeaveMessage { text: Some(crate::fakes::text("call me").into()), contact: None };
    house.customer(chat, leave).await.expect("the list takes it");
    assert_eq!(house.told(chat).await, ["message_left"]);
    let priority = async || {
        let row = house.engine.row(&customer(chat), chat).await.unwrap().expect("a row");
        serde_json::from_slice::<RowData>(&row.data).expect("its data").priority
    };
    assert_eq!(priority().await, 0);
    let Holder::Queue { due, .. } = house.holder(chat).await else { panic!("a promise") };
    house.clock.jump(due - limits::PROMISE_NEAR - house.clock.now() - SECOND).await;
    house.pass(10).await;
    assert_eq!((priority().await, house.count(chat, "failed").await), (0, 0));
    house.pass(10 * SECOND).await;
    assert_eq!((priority().await, house.count(chat, "failed").await), (9, 1));
    // Past its deadline it is said again each day, and is still there.
    house.clock.jump(limits::PROMISE_NEAR).await;
    house.pass(10 * SECOND).await;
    assert_eq!(house.count(chat, "failed").await, 2);
    house.clock.jump(limits::PROMISE_AGAIN).await;
    house.pass(10 * SECOND).await;
    assert_eq!((priority().await, house.count(chat, "failed").await), (9, 3));
    assert!(matches!(house.holder(chat).await, Holder::Queue { line: Line::Later, .. }));
    house.check().await;
}

#[tokio::test]
async fn a_customer_whom_an_agent_does_not_answer_is_offered_again() {
    let house = House::with(Plan { capacity: (1, 0), ..Plan::default() }).await;
    let chat = house.with_ana().await;
    house.write(chat, "and now?").await;
    let waited = house.state(chat).await.waited_since.expect("it stood in line before");
    let ana = [crate::house::ANA];
    house.pass_connected(limits::UNANSWERED + 10 * SECOND, &ana).await;
    assert_eq!(house.count(chat, "failed").await, 1, "a supervisor is told");
    house.pass_connected(10 * MINUTE, &ana).await;
    let state = house.state(chat).await;
    let Holder::Queue { since, line: Line::Live, .. } = state.own.holder else { panic!("in line: {state:?}") };
    assert_eq!(since, waited);
    house.check().await;
}
