//! Offers: to whom, in which order, and never more than one commit's worth.

use crate::fakes::then;
use crate::house::{ANA, BEN, House, MINUTE, Plan, SECOND, as_agent, held_by, refused};
use baton_core::command::Command;
use baton_core::event::PresenceBy;
use baton_core::ids::{AgentId, ConversationId};
use baton_core::limits;
use baton_core::refusal::Refusal;
use baton_kit::bot::Then;

async fn offered_to(house: &House, chat: ConversationId) -> Option<AgentId> {
    house.offer(chat).await.map(|offer| offer.to)
}

#[tokio::test]
async fn the_oldest_of_the_highest_priority_is_offered_first() {
    let house = House::with(Plan { capacity: (1, 1), ..Plan::default() }).await;
    let first = house.waiting().await;
    house.pass(SECOND).await;
    let second = house.waiting().await;
    house.pass(SECOND).await;
    let urgent = house.start().await;
    house.write(urgent, "the lid came off in my hand").await;
    let named = Some("Safety".to_owned());
    house.bot.give(then(Then::HandOver { reason: "safety".into(), to: None, named }));
    house.settle().await;
    assert_eq!((house.engine.place(first), house.engine.place(second)), (Some(1), Some(2)));
    house.at_work(ANA).await;
    assert_eq!(offered_to(&house, urgent).await, Some(ANA));
    house.at_work(BEN).await;
    assert_eq!(offered_to(&house, first).await, Some(BEN));
    assert_eq!(offered_to(&house, second).await, None);
    // A seat that comes free takes the next one.
    house.accept(urgent, ANA).await.expect("the offer stands");
    assert_eq!(offered_to(&house, second).await, None);
    house.agent(urgent, ANA, Command::Close { disposition: None, wrap_up: None }).await.expect("the holder closes");
    assert_eq!(offered_to(&house, second).await, Some(ANA));
    house.check().await;
}

#[tokio::test]
async fn a_declined_offer_goes_to_the_next_agent_and_not_back() {
    let house = House::open().await;
    house.at_work(ANA).await;
    house.at_work(BEN).await;
    let chat = house.waiting().await;
    let one = offered_to(&house, chat).await.expect("somebody is asked");
    let other = if one == ANA { BEN } else { ANA };
    house.answer_offer(chat, one, false).await.expect("it may be declined");
    assert_eq!(offered_to(&house, chat).await, Some(other));
    house.answer_offer(chat, other, false).await.expect("it may be declined");
    house.pass_connected(10 * SECOND, &[ANA, BEN]).await;
    assert_eq!(offered_to(&house, chat).await, None, "both said no just now");
    // Later they are asked again: nobody waits for ever.
    house.pass_connected(2 * MINUTE, &[ANA, BEN]).await;
    assert!(house.count(chat, "offered").await > 2);
    assert_eq!(house.engine.place(chat), Some(1));
    house.check().await;
}

#[tokio::test]
async fn an_offer_that_lapses_makes_an_idle_agent_away_and_leaves_an_active_one() {
    let house = House::with(Plan { capacity: (1, 1), ..Plan::default() }).await;
    house.at_work(ANA).await;
    house.at_work(BEN).await;
    house.pass_connected(limits::AGENT_IDLE, &[ANA, BEN]).await;
    house.engine.active(BEN);
    let (first, second) = (house.waiting().await, house.waiting().await);
    let mut offered = [offered_to(&house, first).await, offered_to(&house, second).await];
    offered.sort();
    assert_eq!(offered, [Some(ANA), Some(BEN)]);
    house.pass_connected(limits::OFFER + SECOND, &[ANA, BEN]).await;
    let (ana, ben) = (
        house.engine.agent(&as_agent(ANA), ANA).await.unwrap(),
        house.engine.agent(&as_agent(BEN), BEN).await.unwrap(),
    );
    assert_eq!((ana.available, ana.by), (false, PresenceBy::Idle));
    assert!(ben.available);
    house.check().await;
}

#[tokio::test]
async fn nobody_ever_has_more_than_their_seats() {
    let house = House::with(Plan { capacity: (2, 1), ..Plan::default() }).await;
    house.at_work(ANA).await;
    house.at_work(BEN).await;
    let mut chats = Vec::new();
    for _ in 0..6 {
        chats.push(house.waiting().await);
    }
    let mut held = 0;
    for _ in 0..3 {
        for chat in &chats {
            if let Some(agent) = offered_to(&house, *chat).await {
                house.accept(*chat, agent).await.expect("the offer stands");
                held += 1;
            }
        }
        house.pass_connected(20 * SECOND, &[ANA, BEN]).await;
    }
    assert_eq!(held, 3);
    // By hand neither.
    let waiting = chats[5];
    assert_eq!(refused(house.agent(waiting, ANA, Command::Pick).await), Refusal::NoCapacity);
    house.check().await;
}

#[tokio::test]
async fn of_two_agents_who_take_a_chat_at_once_one_gets_it() {
    let house = House::open().await;
    let chat = house.waiting().await;
    let (ana, ben) = (as_agent(ANA), as_agent(BEN));
    let (one, two) =
        tokio::join!(house.engine.execute(&ana, chat, Command::Pick), house.engine.execute(&ben, chat, Command::Pick));
    assert!(one.is_ok() != two.is_ok());
    let loser = if one.is_ok() { two } else { one };
    assert_eq!(refused(loser), Refusal::Taken);
    house.check().await;
}

#[tokio::test]
async fn of_two_hubs_on_one_store_whose_agents_take_a_chat_at_once_one_gets_it() {
    let house = House::open().await;
    let chat = house.waiting().await;
    let other = house.beside().await;
    // The second hub has read the conversation before the first one changes it.
    assert_eq!(other.conversation(&as_agent(BEN), chat).await.unwrap(), house.state(chat).await);
    house.agent(chat, ANA, Command::Pick).await.expect("nobody has it");
    assert_eq!(refused(other.execute(&as_agent(BEN), chat, Command::Pick).await), Refusal::Taken);
    assert!(held_by(&house.holder(chat).await, ANA));
    house.check().await;
}

#[tokio::test]
async fn an_offer_that_is_accepted_twice_or_by_somebody_else_is_accepted_once() {
    let house = House::open().await;
    house.at_work(ANA).await;
    let chat = house.waiting().await;
    let offer = house.offer(chat).await.expect("Ana is asked").id;
    let accept = Command::AnswerOffer { offer, accept: true, as_of: house.state(chat).await.head.seq };
    assert_eq!(refused(house.agent(chat, BEN, accept.clone()).await), Refusal::OfferGone);
    house.agent(chat, ANA, accept.clone()).await.expect("the offer stands");
    assert_eq!(refused(house.agent(chat, ANA, accept).await), Refusal::OfferGone);
    assert_eq!(house.told(chat).await, ["asked", "in_line", "joined"]);
    house.check().await;
}

#[tokio::test]
async fn work_is_offered_only_to_who_wants_it_and_can_be_reached() {
    let house = House::open().await;
    let chat = house.waiting().await;
    // Reachable, and does not want work.
    house.engine.heartbeat(ANA).await;
    house.pass(3 * SECOND).await;
    assert_eq!(offered_to(&house, chat).await, None);
    // Wants work, and cannot be reached.
    house.engine.set_presence(&as_agent(BEN), true).await.unwrap();
    house.pass(3 * SECOND).await;
    assert_eq!(offered_to(&house, chat).await, None);
    house.engine.heartbeat(BEN).await;
    house.settle().await;
    assert_eq!(offered_to(&house, chat).await, Some(BEN));
    house.check().await;
}
