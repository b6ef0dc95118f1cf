//! What a customer's page may send that it should not, against a real hub: a problem with a code, never a panic, and
//! nothing of it in the log.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

#[path = "../common/mod.rs"]
mod common;

use common::{Customer, Hub, Socket, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};

async fn start_with(hub: &Hub, body: &str) -> common::Answer {
    hub.call(Method::POST, "/chat/v1/conversations", &[("content-type", "application/json")], Some(body)).await
}

#[tokio::test]
async fn a_malformed_start_opens_nothing() {
    let hub = Hub::start();
    let client = fresh_id();
    for body in ["", "{", "7", "[]", "\"x\"", "{} {}", "{\"inbox\": \"demo\"}", "\u{0}"] {
        start_with(&hub, body).await.problem(400, "malformed");
    }
    for (change, value) in
        [("client", json!("me")), ("inbox", json!(7)), ("name", json!([])), ("variables", json!("x"))]
    {
        let mut body = json!({"inbox": "demo", "client": client});
        body[change] = value;
        let problem = start_with(&hub, &body.to_string()).await.problem(400, "malformed");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(change)), "{problem}");
    }
    let unknown = json!({"inbox": "no-such", "client": client}).to_string();
    start_with(&hub, &unknown).await.problem(404, "unknown_inbox");
    let long = json!({"inbox": "demo", "client": client, "name": "x".repeat(81)}).to_string();
    start_with(&hub, &long).await.problem(422, "field_invalid");
    let much = json!({"inbox": "demo", "client": client, "variables": {"x": "y".repeat(20_000)}}).to_string();
    start_with(&hub, &much).await.problem(422, "field_invalid");
    let more = json!({"inbox": "demo", "client": client, "variables": {"x": "y".repeat(300_000)}}).to_string();
    start_with(&hub, &more).await.problem(413, "body_too_large");
    hub.call(Method::GET, "/chat/v1/inboxes/no-such", &[], None).await.problem(404, "unknown_inbox");
    hub.call(Method::GET, "/chat/v1/inboxes/%FF", &[], None).await.problem(404, "route_not_found");
    hub.call(Method::GET, "/chat/v1/nothing", &[], None).await.problem(404, "route_not_found");
}

#[tokio::test]
async fn what_a_customer_may_not_send_leaves_no_event() {
    let hub = Hub::start();
    let mut kim = Customer::start(&hub, "Kim").await;
    let post = async |path: &str, body: Value| kim.call(Method::POST, path, Some(body)).await;
    let say = |counter: u64, text: Value| json!({"client": kim.client, "counter": counter, "text": text});
    post("/messages", say(1, json!("x".repeat(20_001)))).await.problem(422, "text_too_long");
    post("/messages", say(1, json!(" \n "))).await.problem(422, "text_empty");
    post("/messages", say(1, json!(7))).await.problem(400, "malformed");
    post("/messages", say(0, json!("zero"))).await.problem(409, "counter_gap");
    let gap = post("/messages", say(2, json!("two"))).await.problem(409, "counter_gap");
    assert_eq!(gap["expected"], 1);
    for body in [
        json!({"client": kim.client, "counter": 1}),
        json!({"client": kim.client, "counter": -1, "text": "x"}),
        json!({"client": kim.client, "counter": 1, "text": "x", "choice": {"label": "a", "value": "b"}}),
        json!({"client": "me", "counter": 1, "text": "x"}),
        json!({"client": kim.client, "counter": 1, "text": "x", "texxt": "y"}),
        json!([1, 2]),
    ] {
        post("/messages", body).await.problem(400, "malformed");
    }
    post("/rating", json!({"answered": "perhaps"})).await.problem(400, "malformed");
    post("/rating", json!({"answered": "yes"})).await.problem(409, "nothing_to_rate");
    post("/person", json!({"now": true})).await.problem(400, "malformed");
    post("/message-left", json!({"contact": "kim@example.org"})).await.problem(422, "no_way_to_answer");
    post("/typing", json!({"on": "yes"})).await.problem(400, "malformed");
    for cursor in ["x", "0-", "-", "zz-1", "1-ffffffffffffffffff", "%00"] {
        kim.call(Method::GET, &format!("/events?after={cursor}"), None).await.problem(400, "cursor_malformed");
    }
    kim.call(Method::GET, "/events?limit=many", None).await.problem(400, "malformed");
    kim.call(Method::GET, "/events?after=ffff-1", None).await.problem(410, "cursor_gone");
    // The right next one is taken, after all of it.
    let at = kim.say("Where is my parcel?").await["position"].clone();
    let own: Vec<_> = kim.events().await.into_iter().filter(|event| event["by"]["kind"] == "customer").collect();
    assert_eq!((own.len(), &own[0]["position"]), (1, &at));
}

#[tokio::test]
async fn a_foreign_or_spoilt_token_opens_nothing() {
    let hub = Hub::start();
    let kim = Customer::start(&hub, "Kim").await;
    let mut flipped = kim.token.clone().into_bytes();
    let middle = flipped.len() / 2;
    flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
    let other = Hub::start();
    let foreign = Customer::start(&other, "Ben").await.token;
    let tokens =
        [String::new(), "x".into(), format!("{}x", kim.token), String::from_utf8(flipped).expect("text"), foreign];
    for token in tokens {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        for (method, path, body) in [
            (Method::GET, "", None),
            (Method::GET, "/events", None),
            (Method::GET, "/stream", None),
            (Method::POST, "/person", Some("{}")),
            (Method::POST, "/messages", Some("{}")),
        ] {
            let answer = hub.call(method, &format!("/chat/v1/conversation{path}"), &headers, body).await;
            answer.problem(401, "token_invalid");
        }
        let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
        socket.send(json!({"type": "hello", "token": token})).await;
        let error = socket.until("error", |_| true).await;
        assert_eq!(error["problem"]["code"], "token_invalid");
        assert_eq!(socket.next().await, None, "and the socket is closed");
    }
    // A chat's token is no key of the people's API.
    let bearer = format!("Bearer {}", kim.token);
    let answer = hub.call(Method::GET, "/api/v1/me", &[("authorization", &bearer)], None).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
}

#[tokio::test]
async fn bad_frames_on_a_customers_socket_are_answered_and_nothing_breaks() {
    let hub = Hub::start();
    let kim = Customer::start(&hub, "Kim").await;
    for bad in [json!({"type": "send"}), json!({"type": "sing"}), json!([]), json!({"type": "hello", "token": 7})] {
        let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
        socket.send(json!({"type": "hello", "token": kim.token})).await;
        socket.until("welcome", |_| true).await;
        socket.send_anything(bad).await;
        let error = socket.until("error", |_| true).await;
        assert_eq!(error["problem"]["code"], "malformed");
    }
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token, "client": kim.client})).await;
    let welcome = socket.until("welcome", |_| true).await;
    assert_eq!(welcome["next_counter"], 1);
    // A send that is refused is answered, and the socket stays open.
    let send =
        |counter: u64, text: &str| json!({"type": "send", "client": kim.client, "counter": counter, "text": text});
    socket.send(send(5, "five")).await;
    let refused = socket.until("refused", |_| true).await;
    assert_eq!((&refused["counter"], &refused["problem"]["code"]), (&json!(5), &json!("counter_gap")));
    socket.send(send(1, &"x".repeat(20_001))).await;
    assert_eq!(socket.until("refused", |_| true).await["problem"]["code"], "text_too_long");
    socket.send(send(1, "one")).await;
    let ack = socket.until("ack", |_| true).await;
    socket.send(send(1, "one")).await;
    let again = socket.until("ack", |_| true).await;
    assert_eq!((&ack["position"], &ack["message"]), (&again["position"], &again["message"]));
    let said = kim.events().await.iter().filter(|event| event["plain"] == "one").count();
    assert_eq!(said, 1);
}

#[tokio::test]
async fn a_stored_cursor_is_read_by_stream_as_by_socket() {
    let hub = Hub::start();
    let mut kim = Customer::start(&hub, "Kim").await;
    for text in ["one", "two", "three"] {
        kim.say(text).await;
    }
    let whole = kim.events().await;
    let page = kim.call(Method::GET, "/events?limit=2", None).await.expect(200);
    let cursor = page["cursor"].as_str().expect("a cursor");
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token, "after": cursor})).await;
    for wanted in &whole[2..] {
        let frame = socket.until("event", |_| true).await;
        assert_eq!(frame["event"]["position"], wanted["position"]);
    }
}
