//! Agents who are lost, come back, or outlive the hub.

use crate::house::{ANA, BEN, House, LATER, MINUTE, Plan, SECOND, as_agent, held_by, waits};
use baton_core::command::Command;
use baton_core::limits;
use baton_core::ownership::{Holder, Line};

/// Longer than a lease, its grace and the look at both.
const LOST: i64 = limits::AGENT_LEASE + limits::AGENT_LOST + 6 * SECOND;

#[tokio::test]
async fn a_lost_agents_unanswered_chat_goes_back_to_the_front_and_the_answered_one_stays() {
    let house = House::with(Plan { capacity: (2, 0), ..Plan::default() }).await;
    let unanswered = house.with_ana().await;
    let answered = house.with_ana().await;
    house.write(unanswered, "and now?").await;
    let since = house.state(unanswered).await.waited_since.expect("it stood in line before");
    house.pass(SECOND).await;
    let later = house.waiting().await;
    assert_eq!(house.engine.place(later), Some(1));
    house.pass(limits::AGENT_LEASE).await;
    assert!(held_by(&house.holder(unanswered).await, ANA), "the grace is not over");
    house.pass(LOST - limits::AGENT_LEASE).await;
    let Holder::Queue { since: kept, line: Line::Live, .. } = house.holder(unanswered).await else {
        panic!("it is offered again")
    };
    assert_eq!(kept, since);
    assert_eq!((house.engine.place(unanswered), house.engine.place(later)), (Some(1), Some(2)));
    let words = house.words(unanswered, "agent_lost").await;
    assert!(words.contains("Ana") && words.contains("next in line"), "{words}");
    assert!(held_by(&house.holder(answered).await, ANA));
    assert_eq!(house.told(answered).await, ["asked", "in_line", "joined"]);
    house.pass(MINUTE).await;
    assert_eq!(house.count(unanswered, "failed").await, 1);
    house.check().await;
}

#[tokio::test]
async fn an_agent_who_comes_back_within_the_grace_keeps_the_chats() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.write(chat, "and now?").await;
    house.pass(limits::AGENT_LEASE + 30 * SECOND).await;
    house.engine.heartbeat(ANA).await;
    house.pass(30 * SECOND).await;
    assert!(held_by(&house.holder(chat).await, ANA));
    assert_eq!(house.count(chat, "failed").await, 0);
    house.check().await;
}

#[tokio::test]
async fn presence_outlives_the_hub_and_reachability_as_long_as_its_lease() {
    let mut house = House::open().await;
    house.at_work(ANA).await;
    house.pass(20 * SECOND).await;
    house.restart().await;
    let chat = house.waiting().await;
    assert_eq!(house.offer(chat).await.map(|offer| offer.to), Some(ANA));
    house.accept(chat, ANA).await.expect("the offer stands");
    house.pass(limits::AGENT_LEASE).await;
    let second = house.waiting().await;
    assert_eq!(house.offer(second).await, None, "the lease is over");
    assert!(house.engine.agent(&as_agent(ANA), ANA).await.unwrap().available, "what she set stays");
    house.engine.heartbeat(ANA).await;
    house.settle().await;
    assert_eq!(house.offer(second).await.map(|offer| offer.to), Some(ANA));
    house.check().await;
}

#[tokio::test]
async fn a_hub_that_was_down_for_long_gives_agents_time_to_come_back() {
    let mut house = House::open().await;
    let chat = house.with_ana().await;
    house.write(chat, "and now?").await;
    house.kill().await;
    house.clock.jump(4 * MINUTE).await;
    house.restart().await;
    house.pass(30 * SECOND).await;
    assert!(held_by(&house.holder(chat).await, ANA), "it was the hub that was away");
    house.pass(MINUTE).await;
    assert!(waits(&house.holder(chat).await));
    house.check().await;
}

#[tokio::test]
async fn who_leaves_the_line_or_the_list_is_never_offered() {
    let house = House::open().await;
    let (gone, left) = (house.waiting().await, house.waiting().await);
    house.customer(gone, Command::Withdraw).await.expect("back to the bot");
    let leave = Command::LeaveMessage { text: None, contact: None };
    house.customer(left, leave).await.expect("the list takes it");
    house.at_work(ANA).await;
    house.at_work(BEN).await;
    house.pass_connected(MINUTE, &[ANA, BEN]).await;
    assert_eq!((house.offer(gone).await, house.offer(left).await), (None, None));
    // A promise is picked by hand.
    assert!(matches!(house.holder(left).await, Holder::Queue { queue: LATER, .. }));
    house.agent(left, BEN, Command::Pick).await.expect("promises are picked");
    assert!(held_by(&house.holder(left).await, BEN));
    house.check().await;
}

#[tokio::test]
async fn a_transfer_that_is_not_accepted_leaves_the_chat_where_it_is() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.at_work(BEN).await;
    let to = baton_core::command::TransferTo::Agent(BEN);
    house.agent(chat, ANA, Command::Transfer { to, note: Some("about the tent".into()) }).await.expect("an offer");
    assert!(held_by(&house.holder(chat).await, ANA));
    let baton = house.state(chat).await.own.baton;
    house.pass_connected(limits::TRANSFER_OFFER + SECOND, &[ANA, BEN]).await;
    assert_eq!((house.offer(chat).await, house.state(chat).await.own.baton), (None, baton));
    house.agent(chat, ANA, Command::Transfer { to, note: None }).await.expect("a second offer");
    house.accept(chat, BEN).await.expect("the offer stands");
    assert!(held_by(&house.holder(chat).await, BEN));
    house.check().await;
}
