//! The hub is killed before a call, after it, and before its receipt; what the outside was asked is counted there.

use crate::fakes::{said_there, says, text, unreachable};
use crate::house::{ANA, House, Plan, SECOND, held_by, waits};
use baton_core::command::{Command, TargetDid};
use baton_core::permission::{Action, Subject, permit};
use baton_kit::bot::Answer;
use baton_kit::target::ErrorKind;

#[tokio::test]
async fn killed_before_the_call_the_bot_is_asked_once() {
    let mut house = House::asleep(Plan::default()).await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.restart().await;
    assert_eq!(house.bot.asked(), 1);
    house.bot.give(says("on its way"));
    house.settle().await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    house.check().await;
}

#[tokio::test]
async fn killed_after_the_call_the_bot_is_asked_again_under_the_same_ask_and_answers_once() {
    let mut house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    let first = house.bot.turn();
    house.restart().await;
    assert_eq!(house.bot.asked(), 2);
    let second = house.bot.turn();
    assert_eq!((second.ask, second.baton, second.attempt), (first.ask, first.baton, 2));
    house.bot.give(says("on its way"));
    house.pass(60 * SECOND).await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    assert!(house.told(chat).await.is_empty(), "no failure came of it");
    house.check().await;
}

#[tokio::test]
async fn killed_after_the_receipt_the_bot_is_not_asked_again() {
    let mut house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.bot.give(says("on its way"));
    house.settle().await;
    house.restart().await;
    house.pass(120 * SECOND).await;
    assert_eq!(house.bot.asked(), 1);
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    house.check().await;
}

#[tokio::test]
async fn a_reply_to_the_first_call_and_one_to_the_repeated_call_are_one_message() {
    let mut house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    let first = house.bot.turn();
    house.restart().await;
    let token = first.reply_address.expect("an address");
    let token = token.rsplit('/').next().expect("a token");
    let claims = house.engine.read_reply_address(token).expect("good after a restart as well");
    let subject = Subject::Bot { connection: claims.b, conversation: chat };
    let permit = permit(&subject, Action::Answer(chat)).expect("a bot may answer");
    let answer = Answer { messages: vec![text("on its way")], ..Answer::default() };
    assert!(house.engine.bot_replied_later(&permit, &claims, answer).await.expect("it is taken"));
    house.bot.give(says("on its way"));
    house.pass(60 * SECOND).await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    assert_eq!((house.bot.asked(), house.count(chat, "failed").await), (2, 0));
    house.check().await;
}

#[tokio::test]
async fn killed_again_and_again_a_silent_bot_fails_once_and_at_its_limit() {
    let mut house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    for _ in 0..4 {
        house.restart().await;
        house.pass(4 * SECOND).await;
    }
    assert_eq!(house.told(chat).await, ["still_working"]);
    house.restart().await;
    house.pass(5 * SECOND).await;
    assert_eq!(house.told(chat).await, ["still_working", "bot_failed", "in_line"]);
    assert_eq!(house.count(chat, "handover-asked").await, 1);
    house.check().await;
}

#[tokio::test]
async fn a_line_and_an_offer_outlive_the_hub() {
    let mut house = House::open().await;
    house.at_work(ANA).await;
    let (first, second) = (house.waiting().await, house.waiting().await);
    let offers = (house.offer(first).await.map(|offer| offer.id), house.offer(second).await.map(|offer| offer.id));
    assert!(offers.0.is_some() && offers.1.is_some());
    house.restart().await;
    assert_eq!((house.engine.place(first), house.engine.place(second)), (Some(1), Some(2)));
    assert_eq!(house.offer(first).await.map(|offer| offer.id), offers.0, "the same offer stands");
    house.accept(first, ANA).await.expect("the offer stands");
    assert!(held_by(&house.holder(first).await, ANA));
    house.check().await;
}

#[tokio::test]
async fn killed_while_a_target_is_opened_it_is_opened_again_under_the_same_handover() {
    let mut house = House::with(Plan::outside()).await;
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.restart().await;
    let openings: Vec<_> =
        house.target.openings.lock().unwrap().iter().map(|o| (o.handover, o.baton, o.attempt)).collect();
    assert_eq!(openings.len(), 2);
    assert_eq!((openings[0].0, openings[0].1, 2), openings[1]);
    house.target.give(Ok(TargetDid::Waiting { place: Some(1) }));
    house.settle().await;
    assert_eq!(house.told(chat).await, ["asked", "in_line"]);
    house.restart().await;
    house.pass(10 * SECOND).await;
    assert_eq!(house.target.opened(), 2);
    assert!(house.target.closed.lock().unwrap().is_empty());
    house.check().await;
}

#[tokio::test]
async fn killed_while_a_target_is_opened_until_its_time_is_over_it_is_closed_there() {
    let mut house = House::with(Plan::outside()).await;
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.kill().await;
    // Nobody knows whether it was opened: it counts as perhaps opened.
    house.clock.jump(40 * SECOND).await;
    house.restart().await;
    house.pass(10 * SECOND).await;
    assert!(waits(&house.holder(chat).await));
    let closed: std::collections::BTreeSet<_> =
        house.target.closed.lock().unwrap().iter().map(|(chat, baton, _)| (*chat, *baton)).collect();
    assert_eq!(closed.len(), 1, "under one key");
    assert_eq!(house.target.opened(), 1);
    house.check().await;
}

#[tokio::test]
async fn what_a_polled_target_did_is_taken_exactly_once_over_restarts() {
    let mut house = House::with(Plan::outside()).await;
    *house.target.events.lock().unwrap() = Some(Vec::new());
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.target.give(Ok(TargetDid::Accepted));
    house.pass(2 * SECOND).await;
    for words in ["one", "two", "three"] {
        house.target.events.lock().unwrap().as_mut().expect("it is polled").push(said_there(words));
        house.pass(3 * SECOND).await;
        house.restart().await;
        house.pass(3 * SECOND).await;
    }
    assert_eq!(house.transcript(chat).await, ["one", "two", "three"]);
    assert!(house.target.polled.lock().unwrap().len() > 6);
    house.check().await;
}

#[tokio::test]
async fn a_target_that_is_not_reached_at_first_is_opened_later_within_its_time() {
    let house = House::with(Plan::outside()).await;
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.target.give(unreachable(ErrorKind::Transient));
    house.pass(SECOND).await;
    house.target.give(Ok(TargetDid::Accepted));
    house.settle().await;
    assert_eq!(house.target.opened(), 2);
    assert_eq!(house.told(chat).await, ["asked", "in_line"]);
    house.check().await;
}
