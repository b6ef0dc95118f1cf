//! What agents do beside speaking and passing on, against a real hub: undo, put away, reopen, block, tags, who the
//! customer is, reassigning; and what customers report.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What the hub holds a word for, and what it may take besides.
const HELD: Duration = Duration::from_secs(5);
const BOUND: Duration = Duration::from_secs(20);

/// Kim has taken Robin's chat over.
async fn held(hub: &Hub) -> (Agent, Customer, String) {
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut customer = Customer::start(hub, "Robin").await;
    customer.say("hello").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    (kim, customer, id)
}

async fn hold(agent: &Agent, id: &str, client: &str, counter: u64, text: &str) -> Value {
    let body = json!({"client": client, "counter": counter, "text": text, "hold": true});
    let said = agent.act(id, "messages", body).await.expect(201);
    assert_eq!(said["position"], Value::Null);
    assert!(said["held_until"].as_i64() > said["at"].as_i64());
    said
}

async fn put(agent: &Agent, id: &str, what: &str, body: Value) -> common::Answer {
    agent.call(Method::PUT, &format!("conversations/{id}/{what}"), Some(body)).await
}

async fn reads(customer: &Customer, text: &str) -> bool {
    customer.events().await.iter().any(|event| event["plain"] == text)
}

/// The customer reads it within the bound.
async fn comes(customer: &Customer, text: &str) -> Duration {
    let began = Instant::now();
    while !reads(customer, text).await {
        assert!(began.elapsed() < BOUND, "{text:?} did not come");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    began.elapsed()
}

#[tokio::test]
async fn a_word_can_be_undone_until_the_hub_sends_it() {
    let hub = Hub::start();
    let (kim, customer, id) = held(&hub).await;
    let client = fresh_id();

    let said = hold(&kim, &id, &client, 1, "wrong window").await;
    let detail = kim.get(&format!("conversations/{id}")).await;
    assert_eq!(detail["held"], json!([{"seq": said["seq"], "until": said["held_until"]}]));
    assert_eq!(detail["can"]["undo"], true);
    let undo = |seq: &Value| format!("messages/{seq}/undo");
    let undone = kim.act(&id, &undo(&said["seq"]), json!({})).await.expect(200);
    assert_eq!(undone, json!({"undone": true}));
    kim.act(&id, &undo(&said["seq"]), json!({})).await.problem(409, "too_late");

    let began = Instant::now();
    let said = hold(&kim, &id, &client, 2, "here I am").await;
    let again = json!({"client": client, "counter": 2, "text": "here I am", "hold": true});
    assert_eq!(kim.act(&id, "messages", again).await.expect(200), said);
    comes(&customer, "here I am").await;
    assert!(began.elapsed() >= HELD, "{:?}", began.elapsed());
    kim.act(&id, &undo(&said["seq"]), json!({})).await.problem(409, "too_late");
    assert!(!reads(&customer, "wrong window").await);
    let events = customer.events().await;
    let shown = events.iter().find(|event| event["plain"] == "here I am").expect("shown");
    assert_eq!((&shown["message"], &shown["by"]["name"]), (&said["message"], &json!("Kim")));
    let detail = kim.get(&format!("conversations/{id}")).await;
    assert_eq!((&detail["unanswered_since"], &detail["held"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn what_is_held_goes_out_with_its_writer_and_is_withheld_when_another_takes_over() {
    let hub = Hub::start();
    let (kim, customer, id) = held(&hub).await;
    let sam = hub.agent("Sam", "supervisor", 4).await;
    let client = fresh_id();

    hold(&kim, &id, &client, 1, "never seen").await;
    sam.act(&id, "take-over", json!({})).await.expect(200);
    let page = sam.get(&format!("conversations/{id}/events?limit=500")).await;
    let events = page["events"].as_array().expect("events");
    let undone = events.iter().find(|event| event["kind"] == "undone").expect("it is said that it was withheld");
    assert_eq!(undone["actor"]["kind"], "system");

    hold(&sam, &id, &client, 2, "goodbye").await;
    sam.act(&id, "close", json!({})).await.expect(200);
    let events = customer.events().await;
    let at = |wanted: &dyn Fn(&Value) -> bool| events.iter().position(wanted);
    let goodbye = at(&|event| event["plain"] == "goodbye").expect("sent before the chat was closed");
    assert!(goodbye < at(&|event| event["code"] == "closed").expect("closed"));
    assert!(!reads(&customer, "never seen").await);
}

#[tokio::test]
async fn a_held_word_survives_a_fall_of_the_hub() {
    let mut hub = Hub::start();
    let (mut kim, mut customer, id) = held(&hub).await;
    hold(&kim, &id, &fresh_id(), 1, "kept").await;
    hub.kill();
    hub.restart();
    kim.moved_to(&hub);
    customer.moved_to(&hub);
    comes(&customer, "kept").await;
}

#[tokio::test]
async fn a_chat_that_is_put_away_comes_back_with_the_customers_word() {
    let hub = Hub::start();
    let (kim, mut customer, id) = held(&hub).await;
    let now = kim.get(&format!("conversations/{id}")).await["since"].as_i64().expect("a time");
    let until = now + 3_600_000;
    let detail = kim.act(&id, "snooze", json!({"until": until})).await.expect(200);
    assert_eq!((&detail["snoozed_until"], &detail["lists"]), (&json!(until), &json!(["snoozed", "all"])));
    assert_eq!((&detail["can"]["snooze"], &detail["can"]["wake"]), (&json!(false), &json!(true)));
    customer.say("I am back").await;
    let detail = kim.get(&format!("conversations/{id}")).await;
    assert_eq!((&detail["snoozed_until"], &detail["lists"]), (&Value::Null, &json!(["mine", "all"])));

    kim.act(&id, "snooze", json!({"until": now - 1})).await.problem(422, "field_invalid");
    kim.act(&id, "snooze", json!({"until": until})).await.expect(200);
    let detail = kim.act(&id, "wake", json!({})).await.expect(200);
    assert_eq!(detail["can"]["snooze"], true);
}

#[tokio::test]
async fn a_closed_chat_is_opened_again_by_an_agent_and_by_the_button() {
    let hub = Hub::start();
    let (kim, mut customer, id) = held(&hub).await;
    let detail = kim.act(&id, "close", json!({})).await.expect(200);
    assert_eq!(detail["can"]["reopen"], true);
    let detail = kim.act(&id, "reopen", json!({})).await.expect(200);
    assert_eq!((&detail["holder"]["name"], &detail["told"]["code"]), (&json!("Kim"), &json!("joined")));
    assert_eq!(detail["episodes"].as_array().map(Vec::len), Some(2));
    kim.act(&id, "reopen", json!({})).await.problem(409, "conversation_open");
    customer.say("great").await;
    kim.act(&id, "close", json!({})).await.expect(200);

    assert_eq!(customer.state().await["can"]["ask_person"], true);
    let answer = customer.call(Method::POST, "/person", Some(json!({}))).await.expect(200);
    assert_eq!(answer["answer"]["kind"], "queued");
    assert_eq!(customer.state().await["episode"], 3);
}

#[tokio::test]
async fn a_blocked_customer_writes_nothing_until_unblocked() {
    let hub = Hub::start();
    let (kim, mut customer, id) = held(&hub).await;
    kim.act(&id, "block", json!({"reason": " "})).await.problem(422, "field_invalid");
    let detail = kim.act(&id, "block", json!({"reason": "insults"})).await.expect(200);
    assert_eq!((&detail["blocked"]["reason"], &detail["blocked"]["by"]["name"]), (&json!("insults"), &json!("Kim")));
    assert_eq!(detail["can"]["unblock"], true);

    let before = customer.events().await.len();
    let body = json!({"client": customer.client, "counter": 2, "text": "more"});
    let problem = customer.call(Method::POST, "/messages", Some(body)).await.problem(403, "blocked");
    assert!(!problem["detail"].as_str().expect("a sentence").contains("insults"));
    customer.call(Method::POST, "/person", Some(json!({}))).await.problem(403, "blocked");
    let state = customer.state().await;
    assert_eq!((&state["blocked"], &state["can"]["write"]), (&json!(true), &json!(false)));
    assert_eq!(customer.events().await.len(), before);

    kim.act(&id, "unblock", json!({})).await.expect(200);
    customer.say("sorry").await;
}

#[tokio::test]
async fn an_answer_is_reported_once_and_nothing_but_an_answer() {
    let hub = Hub::start();
    let mut customer = Customer::start(&hub, "Robin").await;
    let asked = customer.say("Where is my parcel?").await;
    let began = Instant::now();
    let answer = loop {
        let events = customer.events().await;
        if let Some(event) = events.iter().find(|event| event["by"]["kind"] == "bot") {
            break event["position"].clone();
        }
        assert!(began.elapsed() < BOUND, "the bot answers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let report = |position: &Value| {
        let body = json!({"position": position, "should_have_said": "In Berlin", "comment": null});
        customer.call(Method::POST, "/reports", Some(body))
    };
    report(&asked["position"]).await.problem(422, "not_a_bot_message");
    report(&json!(10_000)).await.problem(422, "not_a_bot_message");
    let made = report(&answer).await.expect(201);
    assert!(made["report"].is_string());
    report(&answer).await.problem(409, "already_reported");
    assert_eq!(customer.state().await["reported"], json!([answer]));
}

#[tokio::test]
async fn tags_and_what_is_known_of_the_customer_stand_in_the_panel_and_in_the_list() {
    let hub = Hub::start();
    let (kim, _customer, id) = held(&hub).await;
    let sam = hub.agent("Sam", "supervisor", 4).await;
    let tag = sam.call(Method::POST, "tags", Some(json!({"name": "refund"}))).await.expect(201);
    let detail = put(&kim, &id, "tags", json!({"tags": [tag["id"]]})).await.expect(200);
    assert_eq!(detail["tags"], json!([{"id": tag["id"], "name": "refund"}]));
    put(&kim, &id, "tags", json!({"tags": [fresh_id()]})).await.problem(422, "unknown_tag");
    let mine = kim.get("conversations?list=mine").await;
    assert_eq!(mine["items"][0]["tags"], json!([tag["id"]]));

    let body = json!({"name": "Robin Hood", "language": "de", "person_first": true, "contact": "+49 30 1234"});
    let detail = put(&kim, &id, "customer", body).await.expect(200);
    let customer = &detail["customer"];
    assert_eq!((&customer["name"], &customer["language"]), (&json!("Robin Hood"), &json!("de")));
    assert_eq!((&customer["person_first"], &customer["contact"]), (&json!(true), &json!("+49 30 1234")));
    assert_eq!(customer["known"], false);
    let detail = put(&kim, &id, "customer", json!({"contact": ""})).await.expect(200);
    assert_eq!((&detail["customer"]["contact"], &detail["customer"]["name"]), (&Value::Null, &json!("Robin Hood")));
    put(&kim, &id, "customer", json!({"language": "?"})).await.problem(422, "field_invalid");

    let ben = hub.agent("Ben", "agent", 4).await;
    put(&ben, &id, "tags", json!({"tags": []})).await.problem(403, "not_allowed");
    let note = json!({"text": "please look", "mentions": [ben.id]});
    kim.act(&id, "notes", note).await.expect(201);
    assert_eq!(ben.get(&format!("conversations/{id}")).await["mentions_me"], true);
}

#[tokio::test]
async fn a_supervisor_reassigns_a_chat_and_the_holder_keeps_it_until_it_is_taken() {
    let hub = Hub::start();
    let (kim, customer, id) = held(&hub).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let sam = hub.agent("Sam", "supervisor", 4).await;
    let mut bens = ben.at_desk().await;
    let to = json!({"to": {"kind": "agent", "id": ben.id}, "note": "Ben knows tents"});
    ben.act(&id, "transfer", to.clone()).await.problem(409, "not_holder");
    assert_eq!(sam.get(&format!("conversations/{id}")).await["can"]["reassign"], true);
    let detail = sam.act(&id, "transfer", to).await.expect(200);
    assert_eq!((&detail["holder"]["name"], &detail["offer"]["giver"]["name"]), (&json!("Kim"), &json!("Sam")));
    ben.take(&mut bens, &id).await;
    assert!(customer.events().await.iter().any(|event| event["code"] == "transfer_passed"));
    kim.call(Method::GET, &format!("conversations/{id}"), None).await.problem(403, "not_allowed");
}

#[tokio::test]
async fn an_agents_word_makes_the_customers_of_two_chats_one_person() {
    let hub = Hub::start();
    let (kim, _customer, id) = held(&hub).await;
    let mut before = Customer::start(&hub, "Robin at work").await;
    before.say("an older question").await;
    let other = before.conversation.clone();
    kim.act(&other, "take-over", json!({})).await.expect(200);
    let earlier = |detail: &Value| {
        let list = detail["earlier"].as_array().cloned().unwrap_or_default();
        list.iter().any(|one| one["conversation"] == other.as_str())
    };
    assert!(!earlier(&kim.get(&format!("conversations/{id}")).await));

    for _ in 0..2 {
        let detail = kim.act(&id, "same-person", json!({"conversation": other})).await.expect(200);
        assert_eq!(detail["customer"]["known"], true);
        assert!(earlier(&detail), "{detail}");
    }
    kim.act(&id, "same-person", json!({"conversation": id})).await.problem(422, "field_invalid");
    kim.act(&id, "same-person", json!({"conversation": fresh_id()})).await.problem(404, "conversation_not_found");
}
