//! Erasing: words go, numbers stay, and nobody is torn out of a talk by a rule.

use crate::house::{ANA, House, INBOX, as_agent, reader};
use baton_core::actor::Part;
use baton_core::command::Command;
use baton_core::event::{ErasedBy, Object};
use baton_core::ids::{KeyId, PersonId};
use baton_core::limits::DAY;
use baton_core::permission::Permit;
use baton_core::privacy::Retention;
use baton_core::refusal::Refusal;
use baton_engine::{Changed, Error};
use baton_kit::store::Store;
use serde_json::json;

async fn rule(house: &House, retention: serde_json::Value) {
    privacy(house, json!({"retention": retention})).await;
}

async fn privacy(house: &House, privacy: serde_json::Value) {
    let card = house.engine.config().get(Object::Inbox, INBOX.0).expect("the inbox")["card"].clone();
    let json = json!({"card": card, "privacy": privacy});
    let change = Changed { object: Object::Inbox, id: INBOX.0, json: Some(json) };
    house.engine.configure(&Permit::system(Part::Setup), vec![change]).await.expect("kept");
}

fn close() -> Command {
    Command::Close { disposition: None, wrap_up: None }
}

#[tokio::test]
async fn a_rule_erases_what_closed_long_ago_and_leaves_numbers_and_open_chats() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.write(chat, "my parcel").await;
    house.agent(chat, ANA, close()).await.expect("closed");
    let before = house.state(chat).await;
    let days = |n| Retention { texts_days: Some(n), customers_days: None };
    house.pass(2 * DAY).await;
    let open = house.start().await;
    house.write(open, "still here").await;
    let would = house.engine.would_erase(&reader(), INBOX, &days(1)).await.expect("counted");
    assert_eq!((would.conversations, would.customers, would.complete), (1, 0, true));
    assert_eq!(house.engine.would_erase(&reader(), INBOX, &days(3)).await.expect("counted").conversations, 0);
    assert!(house.transcript(chat).await.iter().any(|line| line.contains("my parcel")), "nothing was done yet");

    rule(&house, json!({"texts_days": 1})).await;
    house.settle().await;
    let after = house.state(chat).await;
    assert_eq!(after.erased.map(|erased| erased.by), Some(ErasedBy::Rule { days: 1 }));
    assert_eq!((after.key, after.kept, after.gone()), (None, None, false));
    assert_eq!(after.marks.said, before.marks.said, "numbers come from headers");
    assert!(house.events(chat).await.iter().all(|opened| opened.body.is_none()), "no word can be opened");
    assert!(house.transcript(open).await.iter().any(|line| line.contains("still here")));
    assert_eq!(house.engine.would_erase(&reader(), INBOX, &days(1)).await.expect("counted").conversations, 0);
    assert_eq!(house.engine.retention_state().conversations, 1);
    // Nothing can be added to words that are gone; the customer's next word begins anew.
    let note =
        Command::Note { text: baton_core::content::Content::text("late").expect("a text"), mentions: Vec::new() };
    assert!(matches!(house.agent(chat, ANA, note).await, Err(Error::Refused(Refusal::Erased))));
    house.write(chat, "back again").await;
    assert!(house.transcript(chat).await.iter().any(|line| line.contains("back again")));
    assert_eq!(house.count(chat, "erased").await, 1);
}

#[tokio::test]
async fn with_a_person_all_their_chats_end_and_their_keys_are_gone_for_good() {
    let mut house = House::open().await;
    let (open, other) = (house.with_ana().await, house.start().await);
    house.write(open, "my secret").await;
    house.write(other, "another one").await;
    let person: PersonId = house.state(open).await.person;
    let done = house.engine.erase_person(&as_agent(ANA), person, "asked for it").await.expect("erased");
    assert_eq!(done.conversations, 2);
    for chat in [open, other] {
        let state = house.state(chat).await;
        assert!(state.gone() && state.closed());
        assert!(house.events(chat).await.iter().all(|opened| opened.body.is_none()));
        assert!(matches!(
            house.engine.conversation(&crate::house::customer(chat), chat).await,
            Err(Error::Refused(Refusal::NotFound))
        ));
    }
    assert!(house.store.key(KeyId(person.0)).await.expect("read").is_none());
    // The same again changes nothing that counts, and another start finds nothing left to do.
    house.engine.erase_person(&as_agent(ANA), person, "asked twice").await.expect("erased");
    house.restart().await;
    assert!(house.state(open).await.gone());
    // Who returns is somebody new, and stays that.
    let next = house.engine.living(person).await.expect("another id");
    assert_ne!(next, person);
    assert_eq!(house.engine.living(person).await.expect("the same id"), next);
    let audit = house.engine.audit_before(&reader(), false, u64::MAX, 10).await.expect("the audit");
    assert_eq!(audit.iter().filter(|header| header.fact.kind() == "handled").count(), 2);
}

#[tokio::test]
async fn customers_go_when_all_of_their_chats_closed_long_ago() {
    let house = House::open().await;
    let chat = house.with_ana().await;
    house.agent(chat, ANA, close()).await.expect("closed");
    let open = house.start().await;
    rule(&house, json!({"customers_days": 3})).await;
    house.pass(2 * DAY).await;
    assert!(!house.state(chat).await.gone());
    // The open one closes by itself when nobody writes; until it has been closed for so long, they stay.
    house.pass(3 * DAY).await;
    assert!(house.state(chat).await.gone() && house.state(open).await.gone());
    assert_eq!(house.engine.retention_state().customers, 1);
}

#[tokio::test]
async fn what_is_taken_out_is_kept_for_who_may_look_but_not_from_the_words_that_open_a_chat_again() {
    let house = House::open().await;
    privacy(&house, json!({"redaction": {"reversible": true}})).await;
    let chat = house.with_ana().await;
    let said = house.write(chat, "it is silberdistel").await.said.expect("a message");
    let revealed = house.engine.reveal(&as_agent(ANA), chat, said.seq, "a call").await.expect("it is kept");
    assert_eq!((revealed[0].token.as_str(), revealed[0].text.as_str()), ("[flower]", "silberdistel"));
    house.agent(chat, ANA, close()).await.expect("closed");
    // The key of the episode that these words begin is not there when they are looked through.
    let again = house.write(chat, "once more: silberdistel").await.said.expect("a message");
    assert!(!house.state(chat).await.closed());
    let looked = house.engine.reveal(&as_agent(ANA), chat, again.seq, "a call").await;
    assert!(matches!(looked, Err(Error::Refused(Refusal::NotFound))), "{looked:?}");
    assert_eq!(house.transcript(chat).await.last().map(String::as_str), Some("once more: [flower]"));
}
