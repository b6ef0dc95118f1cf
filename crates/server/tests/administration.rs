//! What administrators set up, call by call; each answer is held against the OpenAPI document by the harness.

#![allow(clippy::disallowed_methods, reason = "a stream is read as it comes, from a hub of this machine")]

mod common;

use common::{Customer, Hub, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};

/// Makes, lists, reads, changes and removes one thing.
async fn round(hub: &Hub, sort: &str, body: Value, change: (&str, Value)) {
    let made = hub.admin(Method::POST, sort, Some(body.clone())).await.expect(201);
    let one = format!("{sort}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(hub.admin(Method::GET, &one, None).await.expect(200), made);
    let all = hub.admin(Method::GET, sort, None).await.expect(200);
    assert!(all["items"].as_array().is_some_and(|items| items.contains(&made)), "{all}");
    let mut changed = body;
    let (pointer, value) = change;
    *changed.pointer_mut(pointer).expect("a member") = value.clone();
    let now = hub.admin(Method::PUT, &one, Some(changed)).await.expect(200);
    assert_eq!((now.pointer(pointer), &now["id"], &now["version"]), (Some(&value), &made["id"], &json!(2)), "{now}");
    hub.admin(Method::DELETE, &one, None).await.expect(204);
    hub.admin(Method::GET, &one, None).await.problem(404, "object_not_found");
    hub.admin(Method::PUT, &format!("{sort}/{}", fresh_id()), Some(json!({}))).await.problem(404, "object_not_found");
}

#[tokio::test]
async fn everything_that_is_set_up_can_be_read_changed_and_removed() {
    let hub = Hub::start();
    let hours = json!({"time_zone": "Europe/Berlin", "week": [{"day": 1, "from": "09:00", "to": "17:00"}], "closed_days": ["2026-12-25"]});
    let queue = json!({"card": {"name": "Billing", "line": "live", "priority": 3, "hours": hours}});
    round(&hub, "queues", queue, ("/card/priority", json!(4))).await;
    let bot = json!({
        "card": {"name": "Robin", "role": {"kind": "bot", "limit": 5_000}},
        "plugin": {"kind": "http", "url": "https://bots.example.org/turn", "secret": "a secret of sixteen bytes"},
    });
    round(&hub, "bots", bot, ("/card/name", json!("Robin the second"))).await;
    let target = json!({
        "card": {"name": "Night desk"},
        "plugin": {"kind": "http", "url": "https://desk.example.org/", "secret": "a secret of sixteen bytes", "can": {"history": "summary"}},
    });
    round(&hub, "targets", target, ("/card/name", json!("Day desk"))).await;
    let service = hub.id_of("queues", "Service").await;
    let inbox = json!({"card": {"slug": "shop", "name": "Shop", "destination": {"kind": "queue", "id": service}, "language": "de"}});
    round(&hub, "inboxes", inbox, ("/card/name", json!("Laden"))).await;
    let account = json!({"name": "Kim", "role": "agent", "capacity": 2, "mail": "kim@example.org"});
    round(&hub, "agents", account, ("/capacity", json!(3))).await;
}

#[tokio::test]
async fn a_key_is_shown_once_and_ends_when_it_is_removed() {
    let hub = Hub::start();
    let made =
        hub.admin(Method::POST, "keys", Some(json!({"name": "nightly", "rank": "supervisor"}))).await.expect(201);
    let bearer = format!("Bearer {}", made["key"].as_str().expect("a key"));
    let me = async || hub.call(Method::GET, "/api/v1/me", &[("authorization", &bearer)], None).await;
    let read = me().await.expect(200);
    assert_eq!((&read["agent"], &read["role"]), (&Value::Null, &json!("supervisor")));
    let all = hub.admin(Method::GET, "keys", None).await.expect(200);
    let named = |item: &Value| *item == json!({"id": made["id"], "name": "nightly", "rank": "supervisor"});
    assert!(all["items"].as_array().is_some_and(|items| items.iter().any(named)), "{all}");
    hub.admin(Method::DELETE, &format!("keys/{}", made["id"].as_str().expect("an id")), None).await.expect(204);
    me().await.problem(401, "key_invalid");
}

#[tokio::test]
async fn what_is_still_used_stays_and_what_is_wrong_is_named() {
    let hub = Hub::start();
    let service = hub.id_of("queues", "Service").await;
    hub.admin(Method::DELETE, &format!("queues/{service}"), None).await.problem(422, "object_invalid");
    for (sort, body, place) in [
        ("queues", json!({"card": {"name": "", "line": "live"}}), "card.name"),
        ("queues", json!({"card": {"name": "x", "line": "never"}}), "card.line"),
        ("bots", json!({"card": {"name": "x", "role": {"kind": "bot"}}, "plugin": {"kind": "builtin"}}), "plugin"),
        (
            "inboxes",
            json!({"card": {"slug": "NO", "name": "x", "destination": {"kind": "queue", "id": service}}}),
            "card.slug",
        ),
        ("agents", json!({"name": "x", "role": "agent", "capacity": 0}), "capacity"),
    ] {
        let problem = hub.admin(Method::POST, sort, Some(body)).await.problem(422, "object_invalid");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.starts_with(place)), "{problem}");
    }
    let again = json!({"card": {"slug": "demo", "name": "x", "destination": {"kind": "queue", "id": service}}});
    hub.admin(Method::POST, "inboxes", Some(again)).await.problem(409, "slug_taken");
}

#[tokio::test]
async fn the_stream_for_networks_without_sockets_carries_the_frames_of_the_socket() {
    use futures_util::StreamExt;
    let hub = Hub::start();
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("Where is my parcel?").await;
    let agent = hub.agent("Ana", "agent", 2).await;
    agent.act(&kim.conversation, "take-over", json!({})).await.expect(200);
    let url = format!("{}/chat/v1/conversation/stream", hub.url);
    let client = reqwest::Client::builder().timeout(common::LIMIT).build().expect("a client");
    let response = client.get(url).bearer_auth(&kim.token).send().await.expect("the hub answers");
    assert!(response.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/event-stream")));
    agent
        .call(Method::POST, &format!("conversations/{}/typing", kim.conversation), Some(json!({"on": true})))
        .await
        .expect(204);
    let (mut bytes, mut text, mut kinds) = (response.bytes_stream(), String::new(), Vec::new());
    while !kinds.iter().any(|kind| kind == "typing") {
        text.push_str(std::str::from_utf8(&bytes.next().await.expect("more").expect("bytes")).expect("UTF-8"));
        while let Some((line, rest)) = text.split_once("\n\n").map(|(line, rest)| (line.to_owned(), rest.to_owned())) {
            text = rest;
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let frame: Value = serde_json::from_str(data).expect("JSON");
            common::contract::check_frame("/chat/v1/socket", "server", &frame);
            kinds.push(frame["type"].as_str().expect("a type").to_owned());
        }
    }
    assert_eq!(kinds[0], "welcome");
    assert!(kinds.iter().any(|kind| kind == "event"), "{kinds:?}");
}
