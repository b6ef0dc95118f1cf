//! Back to the bot, with what was settled.

use crate::fakes::{fails, says};
use crate::house::{ANA, House, Plan, SECOND, refused, waits};
use baton_core::command::Command;
use baton_core::event::{AskFor, Brief, Settled};
use baton_core::limits;
use baton_core::ownership::Holder;
use baton_core::refusal::Refusal;
use baton_kit::bot::ErrorKind;

fn brief() -> Brief {
    Brief {
        settled: vec![Settled { fact: "Order 7731".into(), turn: 4 }],
        promised: vec!["A call on Friday".into()],
        do_not_ask: vec!["The order number".into()],
        note: "Your new street is noted".into(),
    }
}

fn hand_back() -> Command {
    Command::HandBack { brief: brief() }
}

#[tokio::test]
async fn the_brief_is_in_the_same_request_and_the_notice_comes_with_its_acknowledgement() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.agent(chat, ANA, hand_back()).await.expect("the holder may");
    let turn = house.bot.turn();
    assert_eq!((turn.reason, turn.brief), (AskFor::HandedBack, Some(brief())));
    assert!(turn.history.iter().any(|line| line.text == "Hello, Ana here."));
    house.pass(3 * SECOND).await;
    assert!(!house.told(chat).await.contains(&"handed_back".to_owned()), "it is not acknowledged yet");
    house.bot.give(says("Welcome back."));
    house.pass(30 * SECOND).await;
    let words = house.words(chat, "handed_back").await;
    assert!(words.starts_with("Ana has handed you back to the assistant."), "{words}");
    assert!(words.contains("Your new street is noted."), "{words}");
    assert_eq!(house.count(chat, "brief-acknowledged").await, 1);
    assert_eq!(house.told(chat).await, ["asked", "in_line", "joined", "handed_back"]);
    house.check().await;
}

#[tokio::test]
async fn a_brief_without_acknowledgement_is_told_in_short_after_ten_seconds_and_once() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.agent(chat, ANA, hand_back()).await.expect("the holder may");
    house.pass(limits::NOTICE_SHORT - 100).await;
    assert_eq!(house.told(chat).await.last().map(String::as_str), Some("still_working"));
    house.pass(200).await;
    let words = house.words(chat, "handed_back_short").await;
    assert!(words.starts_with("Ana has handed you back to the assistant."), "{words}");
    assert!(!words.contains("street") && !words.contains("knows"), "{words}");
    house.bot.give(says("Welcome back."));
    house.pass(30 * SECOND).await;
    let told = house.told(chat).await;
    assert_eq!(told.iter().filter(|code| code.starts_with("handed_back")).count(), 1);
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_acts_on_no_briefs_is_claimed_to_know_nothing() {
    let house = House::with(Plan { takes_brief: false, ..Plan::default() }).await;
    let chat = house.with_ana().await;
    house.agent(chat, ANA, hand_back()).await.expect("the holder may");
    house.bot.give(says("Hello."));
    house.settle().await;
    let words = house.words(chat, "handed_back_short").await;
    assert!(!words.contains("street") && !words.contains("knows"), "{words}");
    house.check().await;
}

#[tokio::test]
async fn beyond_three_hand_backs_a_chat_stays_with_people() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    for _ in 0..limits::HAND_BACKS {
        house.agent(chat, ANA, hand_back()).await.expect("one of three");
        house.bot.give(says("Welcome back."));
        house.settle().await;
        house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
    }
    assert_eq!(refused(house.agent(chat, ANA, hand_back()).await), Refusal::BouncesExhausted);
    assert!(matches!(house.holder(chat).await, Holder::Agent { .. }));
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_fails_at_the_hand_back_is_a_handover_and_not_a_circle() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.agent(chat, ANA, hand_back()).await.expect("the holder may");
    house.bot.give(fails(ErrorKind::Permanent));
    house.settle().await;
    assert!(waits(&house.holder(chat).await));
    assert_eq!(house.told(chat).await[3..], ["bot_failed", "in_line"]);
    house.check().await;
}

#[tokio::test]
async fn a_word_while_the_brief_is_read_reaches_the_bot_once() {
    let house = House::asleep(Plan::default()).await;
    let chat = house.start().await;
    house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
    house.agent(chat, ANA, hand_back()).await.expect("the holder may");
    house.write(chat, "and the tent?").await;
    house.engine.run();
    house.settle().await;
    let first = house.bot.turn();
    assert_eq!(first.reason, AskFor::HandedBack);
    assert!(first.history.iter().all(|line| line.text != "and the tent?"), "it comes as a turn of its own");
    house.bot.give(says("Welcome back."));
    house.settle().await;
    assert_eq!(house.bot.turn().message.map(|(_, content)| content.plain), Some("and the tent?".into()));
    house.check().await;
}
