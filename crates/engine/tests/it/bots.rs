//! A bot that hangs, fails, answers twice, answers too late, answers an older turn.

use crate::fakes::{fails, says, text, then};
use crate::house::{ANA, House, Plan, SECOND, as_agent, held_by, waits};
use baton_core::command::Command;
use baton_core::ids::ConversationId;
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_engine::ReplyClaims;
use baton_kit::bot::{Answer, ErrorKind, Then, Turn};
use baton_kit::bus::{Signal, Typist};

/// What the signed address of a turn says, and the permit that the hub gives to whoever uses it.
fn address(house: &House, turn: &Turn) -> (ReplyClaims, Permit) {
    let address = turn.reply_address.as_ref().expect("every turn has one");
    let token = address.strip_prefix("http://hub.test/hooks/bots/").expect("an address of this hub");
    let claims = house.engine.read_reply_address(token).expect("our own address");
    let subject = Subject::Bot { connection: claims.b, conversation: claims.c };
    (claims, permit(&subject, Action::Answer(claims.c)).expect("a bot may answer"))
}

async fn replies_later(house: &House, turn: &Turn, ordinal: u16, words: &str, then: Then) -> bool {
    let (claims, permit) = address(house, turn);
    let answer = Answer { messages: vec![text(words)], first_ordinal: ordinal, then, ..Answer::default() };
    let shown = house.engine.bot_replied_later(&permit, &claims, answer).await.expect("it is taken");
    house.settle().await;
    shown
}

async fn take_over(house: &House, chat: ConversationId) {
    house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
}

#[tokio::test]
async fn a_bot_that_hangs_is_excused_at_eight_seconds_and_replaced_at_its_limit_once() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.pass(8 * SECOND - 100).await;
    assert!(house.told(chat).await.is_empty());
    house.pass(200).await;
    assert_eq!(house.told(chat).await, ["still_working"]);
    assert_eq!(house.words(chat, "still_working").await, "Still working on it.");
    house.pass(11 * SECOND).await;
    assert_eq!(house.told(chat).await, ["still_working"]);
    house.pass(2 * SECOND).await;
    assert_eq!(house.told(chat).await, ["still_working", "bot_failed", "in_line"]);
    assert!(waits(&house.holder(chat).await));
    // What it says after that is kept for people, and nothing fails a second time.
    house.bot.give(says("on its way"));
    house.pass(120 * SECOND).await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel"]);
    assert_eq!(house.withheld(chat).await, ["on its way"]);
    assert_eq!((house.count(chat, "handover-asked").await, house.count(chat, "failed").await), (1, 1));
    assert_eq!(house.bot.asked(), 1);
    house.check().await;
}

#[tokio::test]
async fn the_customer_sees_the_bot_type_once_it_takes_a_second() {
    let house = House::open().await;
    let chat = house.start().await;
    let mut signals = house.engine.subscribe();
    let mut typing = || {
        let mut seen = Vec::new();
        while let Ok(signal) = signals.try_recv() {
            if let Signal::Typing { by: Typist::Bot, on, .. } = signal {
                seen.push(on);
            }
        }
        seen
    };
    house.write(chat, "where is my parcel").await;
    house.pass(900).await;
    assert!(typing().is_empty());
    house.pass(200).await;
    assert_eq!(typing(), [true]);
    house.bot.give(says("on its way"));
    house.settle().await;
    assert_eq!(typing(), [false]);
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_thinks_longer_than_a_lease_lasts_is_asked_once() {
    let house = House::with(Plan { limit: 250 * SECOND, ..Plan::default() }).await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.pass(240 * SECOND).await;
    assert_eq!(house.bot.asked(), 1);
    house.bot.give(says("on its way"));
    house.settle().await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    assert_eq!(house.told(chat).await, ["still_working"]);
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_fails_for_good_is_a_handover_at_once_and_once() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.write(chat, "hello?").await;
    house.bot.give(fails(ErrorKind::Permanent));
    house.settle().await;
    assert_eq!(house.told(chat).await, ["bot_failed", "in_line"]);
    house.pass(60 * SECOND).await;
    assert_eq!((house.count(chat, "handover-asked").await, house.count(chat, "failed").await), (1, 1));
    assert_eq!(house.bot.asked(), 1, "the second turn was withdrawn with the first");
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_is_not_reached_is_asked_again_under_the_same_ask_and_answers_once() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    for _ in 0..2 {
        house.bot.give(fails(ErrorKind::Transient));
        house.pass(SECOND).await;
    }
    let turns: Vec<_> = house.bot.turns.lock().unwrap().iter().map(|turn| (turn.ask, turn.attempt)).collect();
    assert_eq!(turns.iter().map(|(_, attempt)| *attempt).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(turns.iter().all(|(ask, _)| *ask == turns[0].0));
    house.bot.give(says("on its way"));
    house.pass(60 * SECOND).await;
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "on its way"]);
    assert!(house.told(chat).await.is_empty());
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_is_never_reached_has_failed_at_its_limit() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    for _ in 0..40 {
        if waits(&house.holder(chat).await) {
            break;
        }
        house.bot.give(fails(ErrorKind::Transient));
        while house.bot.turn().left > 500 && !house.state(chat).await.asks.is_empty() {
            let before = house.bot.asked();
            house.pass(500).await;
            if house.bot.asked() > before {
                break;
            }
        }
    }
    assert!(waits(&house.holder(chat).await));
    assert!(house.clock.now() - house.state(chat).await.opened <= 21 * SECOND);
    assert_eq!(house.count(chat, "failed").await, 1);
    house.check().await;
}

#[tokio::test]
async fn a_later_reply_that_comes_twice_is_one_message() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.bot.give(then(Then::Later));
    house.settle().await;
    let turn = house.bot.turn();
    assert!(replies_later(&house, &turn, 0, "one moment", Then::Later).await);
    assert!(!replies_later(&house, &turn, 0, "one moment", Then::Later).await);
    assert!(replies_later(&house, &turn, 1, "on its way", Then::Done).await);
    assert!(!replies_later(&house, &turn, 1, "on its way", Then::Done).await);
    assert_eq!(house.transcript(chat).await, ["where is my parcel", "one moment", "on its way"]);
    assert!(house.withheld(chat).await.is_empty());
    house.check().await;
}

#[tokio::test]
async fn a_bot_that_promised_a_later_reply_and_gives_none_has_failed_at_its_limit() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "where is my parcel").await;
    house.bot.give(then(Then::Later));
    house.pass(21 * SECOND).await;
    assert_eq!(house.told(chat).await, ["still_working", "bot_failed", "in_line"]);
    house.check().await;
}

#[tokio::test]
async fn a_reply_after_the_take_over_is_withheld_at_once_or_later() {
    let house = House::open().await;
    for later in [false, true] {
        let chat = house.start().await;
        house.write(chat, "where is my parcel").await;
        let turn = house.bot.turn();
        if later {
            house.bot.give(then(Then::Later));
            house.settle().await;
        }
        take_over(&house, chat).await;
        if later {
            assert!(!replies_later(&house, &turn, 0, "on its way", Then::Done).await);
        } else {
            house.bot.give(says("on its way"));
            house.settle().await;
        }
        assert_eq!(house.withheld(chat).await, ["on its way"]);
        assert_eq!(house.transcript(chat).await, ["where is my parcel"]);
        assert!(held_by(&house.holder(chat).await, ANA));
    }
    house.check().await;
}

#[tokio::test]
async fn what_a_customer_writes_while_the_bot_thinks_is_asked_one_by_one_in_order() {
    let house = House::open().await;
    let chat = house.start().await;
    for words in ["first", "second", "third"] {
        house.write(chat, words).await;
    }
    for answer in ["to the first", "to the second", "to the third"] {
        let asked = house.bot.asked();
        let turn = house.bot.turn();
        let words = turn.message.expect("a customer's word").1.plain;
        assert_eq!(format!("to the {words}"), answer);
        house.pass(SECOND).await;
        assert_eq!(house.bot.asked(), asked, "one ask is in flight");
        house.bot.give(says(answer));
        house.settle().await;
    }
    let shown = house.transcript(chat).await;
    assert_eq!(shown, ["first", "second", "third", "to the first", "to the second", "to the third"]);
    assert_eq!(house.bot.asked(), 3);
    house.check().await;
}

#[tokio::test]
async fn a_turn_waits_for_the_later_reply_to_the_turn_before_it() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "first").await;
    let first = house.bot.turn();
    house.bot.give(then(Then::Later));
    house.write(chat, "second").await;
    house.pass(3 * SECOND).await;
    assert_eq!(house.bot.asked(), 1);
    assert!(replies_later(&house, &first, 0, "to the first", Then::Done).await);
    house.pass(SECOND).await;
    assert_eq!(house.bot.asked(), 2);
    // A word to the first turn comes after that turn is over: kept, not shown.
    assert!(!replies_later(&house, &first, 1, "and this", Then::Done).await);
    house.bot.give(says("to the second"));
    house.settle().await;
    assert_eq!(house.transcript(chat).await, ["first", "second", "to the first", "to the second"]);
    assert_eq!(house.withheld(chat).await, ["and this"]);
    house.check().await;
}

#[tokio::test]
async fn a_reply_address_is_good_for_its_conversation_and_its_time_alone() {
    let house = House::open().await;
    let (chat, other) = (house.start().await, house.start().await);
    house.write(chat, "where is my parcel").await;
    let (claims, permit) = address(&house, &house.bot.turn());
    let stolen = ReplyClaims { c: other, ..claims };
    assert!(house.engine.bot_replied_later(&permit, &stolen, Answer::default()).await.is_err());
    let token = house.bot.turn().reply_address.expect("an address");
    let token = token.rsplit('/').next().expect("a token");
    assert!(house.engine.read_reply_address(&format!("{token}x")).is_none());
    assert!(house.engine.read_callback_address(token).is_none(), "a bot's address is no target's");
    house.clock.jump(baton_core::limits::REPLY_ADDRESS + 1).await;
    assert!(house.engine.read_reply_address(token).is_none());
    house.check().await;
}

#[tokio::test]
async fn a_bots_request_goes_to_the_queue_that_it_names() {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "the lid came off in my hand").await;
    let named = Some("safety".to_owned());
    house.bot.give(then(Then::HandOver { reason: "safety".into(), to: None, named }));
    house.settle().await;
    assert_eq!(house.told(chat).await, ["asked", "in_line"]);
    assert_eq!(house.engine.waiting(crate::house::URGENT), 1);
    let permit = as_agent(ANA);
    assert_eq!(
        house.engine.conversation(&permit, chat).await.unwrap().marks.trigger,
        Some(baton_core::event::Trigger::Bot)
    );
    house.check().await;
}
