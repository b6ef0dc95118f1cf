//! What stands beside a chat on the desk: what the bot tried, earlier episodes, and a brief that is only proposed.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};

async fn detail(agent: &Agent, chat: &str) -> Value {
    agent.get(&format!("conversations/{chat}")).await
}

/// The detail, as soon as the bot has answered so many questions.
async fn answered(agent: &Agent, chat: &str, times: usize) -> Value {
    for _ in 0..3_000 {
        let detail = detail(agent, chat).await;
        let tried = detail["tried"].as_array().expect("what was tried");
        if tried.iter().filter(|tried| tried["answer"].is_string()).count() >= times {
            return detail;
        }
    }
    panic!("the bot does not answer");
}

async fn reply(agent: &Agent, chat: &str, client: &str, counter: u64, text: &str) {
    let body = json!({"client": client, "counter": counter, "text": text});
    agent.act(chat, "messages", body).await.expect(201);
}

#[tokio::test]
async fn what_the_bot_tried_and_earlier_episodes_stand_beside_a_chat() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    let chat = customer.conversation.clone();
    customer.say("Where is my parcel?").await;
    let found = answered(&kim, &chat, 1).await;
    let tried = found["tried"].as_array().expect("turns");
    assert_eq!(tried.len(), 1, "the greeting is no try: {tried:?}");
    assert_eq!(tried[0]["question"], "Where is my parcel?");
    assert!(tried[0]["answer"].as_str().expect("an answer").starts_with("Parcels leave our warehouse"), "{tried:?}");
    assert!(tried[0]["confidence"].as_f64().is_some_and(|sure| (0.5..=1.0).contains(&sure)), "{tried:?}");
    assert_eq!(found["earlier"], json!([]));

    kim.act(&chat, "take-over", json!({})).await.expect(200);
    kim.act(&chat, "close", json!({"disposition": "delivered", "wrap_up": "found it"})).await.expect(200);
    customer.call(Method::POST, "/rating", Some(json!({"answered": "yes", "agent": 5}))).await;
    customer.say("One more thing: do you repair tents?").await;
    let found = answered(&kim, &chat, 1).await;
    let tried = found["tried"].as_array().expect("turns");
    assert_eq!(tried.len(), 1, "only this episode's: {tried:?}");
    assert_eq!(tried[0]["question"], "One more thing: do you repair tents?");
    let earlier = found["earlier"].as_array().expect("episodes");
    assert_eq!(earlier.len(), 1, "{earlier:?}");
    let first = &earlier[0];
    assert_eq!((&first["conversation"], &first["episode"]), (&json!(chat), &json!(1)));
    assert_eq!((&first["disposition"], &first["trigger"]), (&json!("delivered"), &json!("take_over")));
    assert!(first["closed_at"].as_i64() > first["opened_at"].as_i64(), "{first}");
    assert_eq!(first["inbox"]["name"], "Fernweh Outdoors");
}

#[tokio::test]
async fn a_brief_is_proposed_from_what_was_said_and_changes_nothing() {
    let hub = Hub::start();
    let (kim, ben) = (hub.agent("Kim", "agent", 4).await, hub.agent("Ben", "agent", 4).await);
    let mut customer = Customer::start(&hub, "Robin").await;
    let (chat, client) = (customer.conversation.clone(), fresh_id());
    let brief = format!("conversations/{chat}/brief");
    assert_eq!(kim.get(&brief).await, json!({"settled": [], "promised": [], "do_not_ask": [], "note": ""}));
    kim.act(&chat, "take-over", json!({})).await.expect(200);
    reply(&kim, &chat, &client, 1, "Hello Robin. What is your order number?").await;
    customer.say("It is 4711-22, and I live at Hauptstr. 5.").await;
    reply(&kim, &chat, &client, 2, "Thank you. I'll send a new lamp to Hauptstraße 5 by Friday.").await;
    kim.act(&chat, "notes", json!({"text": "I'll never tell the bot"})).await.expect(201);
    let before = detail(&kim, &chat).await["seq"].clone();
    let found = kim.get(&brief).await;
    assert_eq!(found["promised"], json!(["I'll send a new lamp to Hauptstraße 5 by Friday."]));
    assert_eq!(found["do_not_ask"], json!(["What is your order number?"]));
    assert_eq!(found["settled"].as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found["settled"][0]["fact"], "It is 4711-22, and I live at Hauptstr. 5.");
    let events = kim.get(&format!("conversations/{chat}/events?limit=500")).await;
    let thanked = events["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["plain"].as_str().is_some_and(|text| text.starts_with("Thank you.")));
    assert_eq!(found["settled"][0]["turn"], thanked.expect("it was said")["position"]);
    assert_eq!(detail(&kim, &chat).await["seq"], before, "a proposal leaves no event");
    kim.act(&chat, "hand-back", json!({"brief": found})).await.expect(200);
    ben.call(Method::GET, &brief, None).await.expect(200);
    kim.act(&chat, "take-over", json!({})).await.expect(200);
    ben.call(Method::GET, &brief, None).await.problem(403, "not_allowed");
}
