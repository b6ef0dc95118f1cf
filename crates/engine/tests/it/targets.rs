//! A contact centre outside: opened, waited in, talked to, lost, too late, polled.

use crate::fakes::{joined_there, said_there, unreachable};
use crate::house::{ANA, House, Plan, SECOND, TARGET, held_by, waits};
use baton_core::command::{Command, TargetDid};
use baton_core::decide::Reply;
use baton_core::effect::CloseReason;
use baton_core::event::{AskFor, Failure, Outcome};
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_core::ownership::{Holder, Phase};
use baton_core::permission::{Action, Subject, permit};
use baton_kit::target::ErrorKind;
use std::collections::{BTreeSet, VecDeque};

async fn opening() -> (House, ConversationId) {
    let house = House::with(Plan::outside()).await;
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    (house, chat)
}

/// A person there has said hello.
async fn live() -> (House, ConversationId) {
    let (house, chat) = opening().await;
    house.target.give(Ok(TargetDid::Accepted));
    house.settle().await;
    did(&house, chat, joined_there()).await;
    (house, chat)
}

/// What a callback says, under the baton number of the last opening.
async fn did(house: &House, chat: ConversationId, did: TargetDid) -> Reply {
    let baton = house.target.openings.lock().unwrap().last().expect("it was opened").baton;
    let subject = Subject::Target { connection: TARGET, conversation: chat };
    let permit = permit(&subject, Action::Serve(chat)).expect("a target may serve");
    let done = house.engine.execute(&permit, chat, Command::Target { baton, did }).await.expect("it is taken");
    house.settle().await;
    done.reply
}

fn closed(house: &House) -> BTreeSet<(ConversationId, u64)> {
    house.target.closed.lock().unwrap().iter().map(|(chat, baton, _)| (*chat, *baton)).collect()
}

async fn phase(house: &House, chat: ConversationId) -> Option<Phase> {
    match house.holder(chat).await {
        Holder::Target { phase, .. } => Some(phase),
        _ => None,
    }
}

#[tokio::test]
async fn a_conversation_goes_to_a_target_and_comes_back_to_the_bot() {
    let house = House::with(Plan::outside()).await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.bot.give(crate::fakes::says("which parcel?"));
    house.settle().await;
    house.write(chat, "a person please").await;
    assert_eq!(phase(&house, chat).await, Some(Phase::Opening));
    let opening = house.target.openings.lock().unwrap().last().cloned().expect("it was opened");
    let history: Vec<_> = opening.history.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(history[..3], ["where is my parcel", "which parcel?", "a person please"]);
    assert_eq!((opening.trigger.as_str(), opening.customer.as_deref()), ("phrase", Some("Kim")));
    house.target.give(Ok(TargetDid::Waiting { place: Some(2) }));
    house.settle().await;
    assert_eq!(phase(&house, chat).await, Some(Phase::Waiting));
    assert!(house.words(chat, "in_line").await.contains("2nd"));
    did(&house, chat, joined_there()).await;
    assert_eq!(phase(&house, chat).await, Some(Phase::Live));
    assert!(house.words(chat, "joined").await.contains("Sam"));
    assert_eq!(house.state(chat).await.marks.outcome, Some(Outcome::Accepted));
    house.write(chat, "hello Sam").await;
    did(&house, chat, said_there("hello Kim")).await;
    assert_eq!(house.target.heard(), ["hello Sam"]);
    did(&house, chat, TargetDid::Ended { disposition: None, back_to_bot: true }).await;
    assert_eq!(house.bot.turn().reason, AskFor::HandedBack);
    house.bot.give(crate::fakes::says("welcome back"));
    house.settle().await;
    let shown = house.transcript(chat).await;
    assert_eq!(shown[3..], ["hello Sam", "hello Kim", "welcome back"]);
    assert!(closed(&house).is_empty(), "it ended there by itself");
    house.check().await;
}

#[tokio::test]
async fn a_target_that_ends_without_handing_back_closes_the_conversation() {
    let (house, chat) = live().await;
    did(&house, chat, said_there("all done")).await;
    did(&house, chat, TargetDid::Ended { disposition: Some("solved".into()), back_to_bot: false }).await;
    assert!(matches!(house.holder(chat).await, Holder::Nobody { .. }));
    assert!(house.told(chat).await.contains(&"closed".to_owned()));
    house.check().await;
}

#[tokio::test]
async fn a_target_that_refuses_is_followed_by_the_desk_with_a_word_to_the_customer() {
    let (house, chat) = opening().await;
    house.target.give(Ok(TargetDid::Refused));
    house.settle().await;
    assert_eq!(house.told(chat).await, ["asked", "target_failed", "in_line"]);
    let words = house.words(chat, "target_failed").await;
    assert!(words.contains("Night desk") && words.contains("Service"), "{words}");
    assert!(waits(&house.holder(chat).await));
    house.at_work(ANA).await;
    house.accept(chat, ANA).await.expect("the desk has it");
    assert_eq!(house.count(chat, "handover-asked").await, 2);
    house.check().await;
}

#[tokio::test]
async fn a_target_that_is_lost_while_it_opens_is_followed_by_the_desk() {
    let (house, chat) = opening().await;
    house.pass(limits::TARGET_OPENING + SECOND).await;
    assert_eq!(house.told(chat).await, ["asked", "target_failed", "in_line"]);
    assert!(waits(&house.holder(chat).await));
    assert_eq!(house.count(chat, "failed").await, 1);
    house.check().await;
}

#[tokio::test]
async fn a_target_that_cannot_be_reached_at_all_is_followed_by_the_desk() {
    let (house, chat) = opening().await;
    for _ in 0..20 {
        if waits(&house.holder(chat).await) {
            break;
        }
        house.target.give(unreachable(ErrorKind::Transient));
        let opened = house.target.opened();
        for _ in 0..40 {
            house.pass(SECOND).await;
            if house.target.opened() > opened || waits(&house.holder(chat).await) {
                break;
            }
        }
    }
    assert!(waits(&house.holder(chat).await));
    assert_eq!(house.told(chat).await, ["asked", "target_failed", "in_line"]);
    house.check().await;
}

#[tokio::test]
async fn a_target_that_opens_too_late_is_closed_there() {
    let (house, chat) = opening().await;
    house.pass(limits::TARGET_OPENING + SECOND).await;
    assert!(closed(&house).is_empty(), "nothing is closed while the call is under way");
    house.target.give(Ok(TargetDid::Accepted));
    house.pass(10 * SECOND).await;
    let baton = house.target.openings.lock().unwrap()[0].baton;
    assert_eq!(closed(&house), BTreeSet::from([(chat, baton)]), "under one key");
    assert_eq!(house.target.opened(), 1);
    assert_eq!(house.told(chat).await, ["asked", "target_failed", "in_line"]);
    assert!(waits(&house.holder(chat).await));
    house.check().await;
}

#[tokio::test]
async fn a_customer_who_goes_back_to_the_bot_has_the_target_closed() {
    let (house, chat) = opening().await;
    house.target.give(Ok(TargetDid::Waiting { place: None }));
    house.settle().await;
    house.customer(chat, Command::Withdraw).await.expect("back to the bot");
    let all = house.target.closed.lock().unwrap().clone();
    assert_eq!(all.iter().map(|(_, _, reason)| *reason).collect::<Vec<_>>(), [CloseReason::Withdrawn]);
    assert!(matches!(house.holder(chat).await, Holder::Bot { .. }));
    house.check().await;
}

#[tokio::test]
async fn words_to_a_target_are_told_again_until_it_takes_them_and_in_order() {
    let (house, chat) = live().await;
    *house.target.deaf.lock().unwrap() = VecDeque::from([ErrorKind::Transient; 3]);
    for words in ["one", "two", "three"] {
        house.write(chat, words).await;
    }
    assert!(house.target.heard().is_empty());
    house.pass(10 * SECOND).await;
    assert_eq!(house.target.heard(), ["one", "two", "three"]);
    assert_eq!(house.target.told.lock().unwrap()[0].1, 4);
    assert_eq!(phase(&house, chat).await, Some(Phase::Live));
    house.check().await;
}

#[tokio::test]
async fn a_target_that_takes_no_more_words_is_followed_by_the_desk() {
    for (error, what) in [(ErrorKind::Permanent, Failure::LaneDead), (ErrorKind::Gone, Failure::TargetLost)] {
        let (house, chat) = live().await;
        house.target.deaf.lock().unwrap().push_back(error);
        house.write(chat, "are you there?").await;
        assert!(waits(&house.holder(chat).await), "{what:?}");
        let failed = |event: &baton_engine::Opened| matches!(&event.header.fact, baton_core::event::Fact::Failed(failed) if failed.what == what);
        assert!(house.events(chat).await.iter().any(failed));
        assert_eq!(house.transcript(chat).await, ["are you there?"]);
        house.check().await;
    }
}

#[tokio::test]
async fn a_callback_after_the_baton_passed_is_withheld() {
    let (house, chat) = live().await;
    did(&house, chat, said_there("one moment")).await;
    house.agent(chat, ANA, Command::TakeOver).await.expect("a supervisor may");
    assert_eq!(did(&house, chat, said_there("here I am again")).await, Reply::Withheld);
    assert_eq!(did(&house, chat, joined_there()).await, Reply::Withheld);
    assert_eq!(did(&house, chat, TargetDid::Ended { disposition: None, back_to_bot: true }).await, Reply::Withheld);
    assert_eq!(house.transcript(chat).await, ["one moment"]);
    assert_eq!(house.withheld(chat).await, ["here I am again"]);
    assert!(held_by(&house.holder(chat).await, ANA));
    assert_eq!(closed(&house).len(), 1);
    house.check().await;
}

#[tokio::test]
async fn a_word_during_the_opening_reaches_the_target_once() {
    let (house, chat) = opening().await;
    house.target.give(unreachable(ErrorKind::Transient));
    house.write(chat, "and it is urgent").await;
    house.pass(SECOND).await;
    house.target.give(Ok(TargetDid::Accepted));
    house.settle().await;
    house.write(chat, "still here").await;
    let opening = house.target.openings.lock().unwrap().last().cloned().expect("it was opened");
    let mut reached: Vec<String> = opening.history.into_iter().map(|line| line.text).collect();
    reached.extend(house.target.heard());
    reached.retain(|text| ["and it is urgent", "still here"].contains(&text.as_str()));
    assert_eq!(reached, ["and it is urgent", "still here"], "as history or live, exactly one of the two");
    house.check().await;
}

#[tokio::test]
async fn a_polled_target_is_heard_and_polled_no_more_once_the_baton_has_passed() {
    let house = House::with(Plan::outside()).await;
    *house.target.events.lock().unwrap() = Some(Vec::new());
    let chat = house.start().await;
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.target.give(Ok(TargetDid::Waiting { place: Some(1) }));
    house.pass(5 * SECOND).await;
    let events = [joined_there(), said_there("hello"), said_there("hello again")];
    house.target.events.lock().unwrap().as_mut().expect("it is polled").extend(events);
    house.pass(5 * SECOND).await;
    assert_eq!(house.transcript(chat).await, ["hello", "hello again"]);
    let end = TargetDid::Ended { disposition: None, back_to_bot: true };
    house.target.events.lock().unwrap().as_mut().expect("it is polled").push(end);
    house.pass(5 * SECOND).await;
    assert_eq!(house.bot.turn().reason, AskFor::HandedBack);
    let polled = house.target.polled.lock().unwrap().len();
    house.pass(10 * SECOND).await;
    assert_eq!(house.target.polled.lock().unwrap().len(), polled);
    house.check().await;
}
