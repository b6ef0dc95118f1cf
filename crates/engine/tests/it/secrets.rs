//! What a form asks for in secret: kept for whoever asked, and in no word of the log.

use crate::fakes::text;
use crate::house::{ANA, House, as_agent, customer, reader, refused};
use baton_core::command::{Command, Say};
use baton_core::content::{Content, Part};
use baton_core::ids::{ClientId, ConnectionId, ConversationId};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::refusal::Refusal;
use baton_engine::{Error, ReplyClaims};
use baton_kit::bot::Answer;
use serde_json::json;
use uuid::Uuid;

const PIN: &str = "zirbenholz 0417";

/// A chat in which the bot's form asks for a PIN, and the position of that form.
async fn asked(house: &House) -> (ConversationId, u64) {
    let chat = house.start().await;
    house.write(chat, "my card is blocked").await;
    let json = json!({"title": "Your PIN", "fields": [{"key": "pin", "label": "PIN", "kind": "secret"}]});
    let form = Content::parts(vec![Part::Form { json }]).expect("a form");
    assert_eq!(form.plain, "Your PIN\n[PIN]");
    house.bot.give(Ok(Answer { messages: vec![form], ..Answer::default() }));
    house.settle().await;
    let events = house.engine.positions(&reader(), chat, 0, 100).await.expect("the log");
    (chat, events.last().and_then(|event| event.header.position).expect("a position"))
}

fn fills(reply_to: Option<u64>, counter: u64) -> Command {
    let part = Part::FormAnswer { json: json!({"pin": PIN, "order": "7731"}), secret: vec!["pin".into()] };
    let content = Content::parts(vec![part]).expect("an answer");
    assert!(!content.plain.contains(PIN), "not even before it is taken out");
    let once = Some((ClientId(Uuid::from_u128(0xc9)), counter));
    Command::Say(Say { content, once, reply_to, basis: None, hold: false })
}

/// What the bot's reply address says of its newest turn, and its permit.
fn address(house: &House) -> (ReplyClaims, Permit) {
    let address = house.bot.turn().reply_address.expect("every turn has one");
    let claims = house.engine.read_reply_address(address.rsplit('/').next().expect("a token")).expect("our own");
    let subject = Subject::Bot { connection: claims.b, conversation: claims.c };
    (claims, permit(&subject, Action::Answer(claims.c)).expect("a bot may answer"))
}

async fn audited(house: &House) -> usize {
    house.engine.audit_before(&reader(), false, u64::MAX, 10).await.expect("the audit").len()
}

#[tokio::test]
async fn a_secret_is_kept_for_whoever_asked_and_stands_in_no_word_of_the_log() {
    let house = House::open().await;
    let (chat, form) = asked(&house).await;
    let done = house.customer(chat, fills(Some(form), 1)).await.expect("it is taken");
    let said = done.said.expect("a message");
    let position = said.position.expect("the customer sees it");
    let everything = format!("{:?} {:?}", house.events(chat).await, house.bot.turn());
    assert!(!everything.contains("zirbenholz") && everything.contains("7731"), "{everything}");
    assert!(house.transcript(chat).await.iter().any(|line| line.contains("[hidden: pin]")));

    // A person with the right looks, and it is written.
    let revealed = house.engine.reveal(&as_agent(ANA), chat, said.seq, "a call").await.expect("it is kept");
    assert_eq!((revealed[0].token.as_str(), revealed[0].text.as_str(), revealed.len()), ("[hidden: pin]", PIN, 1));
    assert_eq!(audited(&house).await, 1);

    // The bot whose form asked is given it, under its own name in the audit.
    let (claims, bot) = address(&house);
    let given = house.engine.redeem(&bot, &claims, position).await.expect("its own form");
    assert_eq!((given[0].token.as_str(), given[0].text.as_str(), given.len()), ("pin", PIN, 1));
    assert_eq!(audited(&house).await, 2);
    // Nobody else's, and nothing that answers no form of its own.
    let other = ReplyClaims { b: ConnectionId(Uuid::from_u128(0xbb)), ..claims };
    for (claims, at, refusal) in [
        (other, position, Refusal::NotHolder),
        (ReplyClaims { n: claims.n + 1, ..claims }, position, Refusal::NotHolder),
        (claims, form, Refusal::FormNotFound),
        (claims, 0, Refusal::FormNotFound),
        (claims, position + 100, Refusal::FormNotFound),
    ] {
        let answer = house.engine.redeem(&bot, &claims, at).await;
        assert!(matches!(&answer, Err(Error::Refused(why)) if *why == refusal), "{answer:?}");
    }
    let none = house.customer(chat, fills(None, 2)).await.expect("taken").said.and_then(|said| said.position);
    let answer = house.engine.redeem(&bot, &claims, none.expect("a position")).await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::FormNotFound))), "it answers no form");
    // Who holds no more asks in vain.
    house.agent(chat, ANA, Command::TakeOver).await.expect("taken over");
    let answer = house.engine.redeem(&bot, &claims, position).await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::NotHolder))));
    assert_eq!(audited(&house).await, 2, "what was refused was not seen");

    // With the person it is gone.
    house.engine.erase_person(&as_agent(ANA), done.state.person, "asked for it").await.expect("erased");
    let answer = house.engine.reveal(&as_agent(ANA), chat, said.seq, "late").await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::NotFound))));
    house.check().await;
}

#[tokio::test]
async fn a_secret_that_could_not_be_kept_is_refused_and_leaves_no_trace() {
    let house = House::open().await;
    let (chat, form) = asked(&house).await;
    house.agent(chat, ANA, Command::TakeOver).await.expect("taken over");
    house.agent(chat, ANA, Command::Close { disposition: None, wrap_up: None }).await.expect("closed");
    let before = house.events(chat).await.len();
    assert_eq!(refused(house.customer(chat, fills(Some(form), 1)).await), Refusal::Closed);
    assert_eq!(house.events(chat).await.len(), before);
    // Plain words begin anew, as ever.
    let words = Say { reply_to: None, ..text("hello again").into() };
    let once = Some((ClientId(Uuid::from_u128(0xc9)), 1));
    house.customer(chat, Command::Say(Say { once, ..words })).await.expect("it is taken");
    assert!(house.engine.conversation(&customer(chat), chat).await.is_ok_and(|state| !state.closed()));
    house.check().await;
}
