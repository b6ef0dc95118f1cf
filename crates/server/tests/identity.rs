//! Who a customer is: by a signed token alone, against a real hub. With it: questions before a chat, and a bot's trial.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_kit::signature::Secret;
use common::{Answer, Hub, fresh_id};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() as i64
}

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn signed(secret: &str, head: Value, claims: &Value) -> String {
    let text = format!("{}.{}", part(&head), part(claims));
    let signature = Secret::from_bytes(secret.as_bytes()).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn token(secret: &str, sub: &str) -> String {
    let claims =
        json!({"sub": sub, "name": "Robin Wong", "mail": "robin@example.org", "iat": now(), "exp": now() + 600});
    signed(secret, json!({"alg": "HS256", "typ": "JWT"}), &claims)
}

async fn secret(hub: &Hub) -> String {
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let made = hub.admin(Method::POST, &format!("inboxes/{id}/identity-secret"), Some(json!({}))).await.expect(200);
    made["secret"].as_str().expect("a secret").to_owned()
}

async fn start(hub: &Hub, more: Value) -> Answer {
    let mut body = json!({"inbox": "demo", "client": fresh_id()});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    hub.call(Method::POST, "/chat/v1/conversations", &[], Some(&body.to_string())).await
}

async fn identify(hub: &Hub, chat: &Value, token: &str) -> Answer {
    let bearer = format!("Bearer {}", chat["token"].as_str().expect("a token"));
    let body = json!({"token": token}).to_string();
    let headers = [("authorization", bearer.as_str())];
    hub.call(Method::POST, "/chat/v1/conversation/identity", &headers, Some(&body)).await
}

#[tokio::test]
async fn a_signed_token_makes_an_anonymous_customer_known_and_nothing_else_does() {
    let hub = Hub::start();
    let chat = start(&hub, json!({"name": "somebody"})).await.expect(201);
    assert_eq!(chat["state"]["customer"], json!({"name": "somebody", "known": false}));
    let early = identify(&hub, &chat, &token("bi_none_is_set_yet", "u-1")).await.problem(401, "identity_invalid");
    assert!(early["detail"].as_str().is_some_and(|why| why.contains("no identity secret")), "{early}");

    let secret = secret(&hub).await;
    let hs = || json!({"alg": "HS256"});
    let claims = |from: i64, life: i64| json!({"sub": "u-1", "iat": now() + from, "exp": now() + from + life});
    let unsigned = format!("{}.{}.", part(&json!({"alg": "none"})), part(&claims(0, 600)));
    let mut tampered = token(&secret, "u-1");
    tampered.insert(tampered.find('.').expect("a dot") + 1, 'A');
    for (token, says) in [
        (unsigned, "HS256"),
        (signed(&secret, json!({"alg": "HS512"}), &claims(0, 600)), "HS256"),
        (signed("bi_another_secret_altogether", hs(), &claims(0, 600)), "signature"),
        (tampered, "signature"),
        (signed(&secret, hs(), &claims(-1_000, 600)), "expired"),
        (signed(&secret, hs(), &claims(600, 600)), "future"),
        (signed(&secret, hs(), &claims(0, 25 * 3_600)), "24 hours"),
        (signed(&secret, hs(), &json!({"iat": now(), "exp": now() + 60, "sub": ""})), "nobody"),
        ("nonsense".to_owned(), "form"),
    ] {
        let problem = identify(&hub, &chat, &token).await.problem(401, "identity_invalid");
        assert!(problem["detail"].as_str().is_some_and(|why| why.contains(says)), "{says}: {problem}");
        start(&hub, json!({"identity": token})).await.problem(401, "identity_invalid");
    }
    let known = identify(&hub, &chat, &token(&secret, "u-1")).await.expect(200);
    assert_eq!(known["customer"], json!({"name": "Robin Wong", "known": true}));
    let again = identify(&hub, &chat, &token(&secret, "u-1")).await.expect(200);
    assert_eq!(again["last_position"], known["last_position"]);
    // The next to log in on this device does not get this chat.
    identify(&hub, &chat, &token(&secret, "u-2")).await.problem(409, "identity_other");
}

#[tokio::test]
async fn a_known_customer_has_a_chat_of_their_own_on_each_device_and_is_one_person_to_the_desk() {
    let mut hub = Hub::start();
    let secret = secret(&hub).await;
    let anonymous = start(&hub, json!({})).await.expect(201);
    let first = start(&hub, json!({})).await.expect(201);
    identify(&hub, &first, &token(&secret, "u-1")).await.expect(200);
    let second = start(&hub, json!({"identity": token(&secret, "u-1")})).await.expect(201);
    assert_ne!(first["conversation"], second["conversation"]);
    assert_eq!(second["state"]["customer"], json!({"name": "Robin Wong", "known": true}));
    let other = start(&hub, json!({"identity": token(&secret, "u-2")})).await.expect(201);
    let text = |chat: &Value| chat["conversation"].as_str().expect("an id").to_owned();
    // The texts open again after a restart, now under the known person's key.
    hub.kill();
    hub.restart();
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let detail = lead.get(&format!("conversations/{}", text(&second))).await;
    if let Some(earlier) = detail["earlier"].as_array() {
        let chats: Vec<&str> = earlier.iter().filter_map(|chat| chat["conversation"].as_str()).collect();
        assert!(chats.contains(&text(&first).as_str()), "{chats:?}");
        assert!(!chats.contains(&text(&anonymous).as_str()) && !chats.contains(&text(&other).as_str()), "{chats:?}");
    }
    let page = lead.get(&format!("conversations/{}/events?limit=500", text(&first))).await;
    let identified = page["events"].as_array().expect("events").iter().find(|event| event["kind"] == "identified");
    assert_eq!(identified.expect("the event")["body"]["name"], "Robin Wong");
}

#[tokio::test]
async fn an_agents_word_turns_no_customer_away_from_their_chat() {
    let hub = Hub::start();
    let secret = secret(&hub).await;
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let text = |chat: &Value| chat["conversation"].as_str().expect("an id").to_owned();
    let other = start(&hub, json!({})).await.expect(201);
    let anonymous = start(&hub, json!({})).await.expect(201);
    let signed = start(&hub, json!({"identity": token(&secret, "u-1")})).await.expect(201);
    for chat in [&anonymous, &signed] {
        let body = json!({"conversation": text(&other)});
        lead.act(&text(chat), "same-person", body).await.expect(200);
        let known = identify(&hub, chat, &token(&secret, "u-1")).await.expect(200);
        assert_eq!(known["customer"]["known"], true);
        identify(&hub, chat, &token(&secret, "u-2")).await.problem(409, "identity_other");
    }
}

#[tokio::test]
async fn chats_that_one_customer_begins_at_once_can_all_be_read_after_a_restart() {
    let mut hub = Hub::start();
    let secret = secret(&hub).await;
    let token = token(&secret, "u-1");
    let begun = (0..8).map(|_| start(&hub, json!({"identity": token})));
    let begun: Vec<Value> = join_all(begun).await.into_iter().map(|answer| answer.expect(201)).collect();
    hub.kill();
    hub.restart();
    let lead = hub.agent("Lea", "supervisor", 4).await;
    for chat in begun {
        let id = chat["conversation"].as_str().expect("an id");
        let page = lead.get(&format!("conversations/{id}/events?limit=500")).await;
        let identified = page["events"].as_array().expect("events").iter().find(|event| event["kind"] == "identified");
        assert_eq!(identified.expect("the event")["body"]["name"], "Robin Wong");
    }
}

#[tokio::test]
async fn a_repeated_start_gives_nobody_the_chat_of_another_customer() {
    let hub = Hub::start();
    let secret = secret(&hub).await;
    let key = fresh_id();
    let begin = async |sub: &str| start(&hub, json!({"key": key, "identity": token(&secret, sub)})).await;
    let first = begin("u-1").await.expect(201);
    assert_eq!(begin("u-1").await.expect(200)["conversation"], first["conversation"]);
    begin("u-2").await.problem(409, "identity_other");
}

#[tokio::test]
async fn the_secret_is_shown_once_and_the_one_before_is_good_until_the_next() {
    let hub = Hub::start();
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let shown = async || hub.admin(Method::GET, &format!("inboxes/{id}"), None).await.expect(200)["identity"].clone();
    assert_eq!(shown().await, json!({"set": false, "second": false}));
    let one = secret(&hub).await;
    assert_eq!(shown().await, json!({"set": true, "second": false}));
    let two = secret(&hub).await;
    assert_eq!(shown().await, json!({"set": true, "second": true}));
    for secret in [&one, &two] {
        start(&hub, json!({"identity": token(secret, "u-1")})).await.expect(201);
    }
    // Other settings do not touch it, and nothing reads it.
    let inbox = hub.admin(Method::GET, &format!("inboxes/{id}"), None).await.expect(200);
    assert!(!inbox.to_string().contains(&two[3..]));
    let body = json!({"card": inbox["card"]});
    hub.admin(Method::PUT, &format!("inboxes/{id}"), Some(body)).await.expect(200);
    start(&hub, json!({"identity": token(&two, "u-1")})).await.expect(201);
    let three = secret(&hub).await;
    start(&hub, json!({"identity": token(&one, "u-1")})).await.problem(401, "identity_invalid");
    start(&hub, json!({"identity": token(&three, "u-1")})).await.expect(201);
    hub.admin(Method::POST, &format!("inboxes/{}/identity-secret", fresh_id()), Some(json!({})))
        .await
        .problem(404, "object_not_found");
}

#[tokio::test]
async fn what_is_asked_before_a_chat_must_be_answered_and_becomes_the_desks_to_read() {
    let hub = Hub::start();
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let inbox = hub.admin(Method::GET, &format!("inboxes/{id}"), None).await.expect(200);
    let widget = json!({
        "accent": "#0a6654", "title": "Fernweh", "opening": "Hello there.",
        "pre_chat": [
            {"key": "name", "label": "Your name", "kind": "text", "required": true},
            {"key": "mail", "label": "Your mail", "kind": "mail", "required": false},
            {"key": "topic", "label": "What is it about?", "kind": "select", "required": true, "options": ["Order", "Return"]},
        ],
    });
    let put = async |widget: &Value| {
        let body = json!({"card": inbox["card"], "widget": widget});
        hub.admin(Method::PUT, &format!("inboxes/{id}"), Some(body)).await
    };
    put(&widget).await.expect(200);
    let shown = hub.call(Method::GET, "/chat/v1/inboxes/demo", &[], None).await.expect(200);
    assert_eq!(shown["widget"]["pre_chat"][2]["options"], json!(["Order", "Return"]));
    assert_eq!((shown["widget"]["title"].as_str(), shown["widget"]["demo"].as_bool()), (Some("Fernweh"), Some(false)));
    let missing = start(&hub, json!({"fields": {"name": "Kim"}})).await.problem(422, "field_required");
    assert_eq!(missing["field"], "topic");
    for bad in [json!({"name": "Kim", "topic": "Else"}), json!({"name": "Kim", "topic": "Order", "mail": "nobody"})] {
        start(&hub, json!({"fields": bad})).await.problem(422, "field_invalid");
    }
    let fields = json!({"name": "Kim", "topic": "Order", "mail": "kim@example.org"});
    let chat = start(&hub, json!({"fields": fields})).await.expect(201);
    assert_eq!(chat["state"]["customer"]["name"], "Kim");
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let detail = lead.get(&format!("conversations/{}", chat["conversation"].as_str().expect("an id"))).await;
    assert_eq!(detail["variables"]["topic"], "Order");
    // Who is known need not say their name.
    let secret = secret(&hub).await;
    let known = json!({"identity": token(&secret, "u-1"), "fields": {"topic": "Return"}});
    start(&hub, known).await.expect(201);
    let mut pale = widget.clone();
    pale["accent"] = json!("#ffcc00");
    let problem = put(&pale).await.problem(422, "object_invalid");
    assert!(problem["detail"].as_str().is_some_and(|why| why.contains("4.5:1")), "{problem}");
}

#[tokio::test]
async fn a_bot_can_be_tried_and_nothing_is_kept() {
    let hub = Hub::start();
    let id = hub.id_of("bots", "Fernweh assistant").await;
    let ask = async |text: &str| {
        let body = json!({"text": text, "language": "en"});
        hub.admin(Method::POST, &format!("bots/{id}/try"), Some(body)).await
    };
    let tried = ask("Where is my parcel?").await.expect(200);
    assert_eq!((tried["outcome"].as_str(), tried["intent"].as_str()), (Some("answered"), Some("parcel")));
    assert!(tried["confidence"].as_f64().is_some_and(|sure| (0.3..=1.0).contains(&sure)), "{tried}");
    assert!(tried["plain"][0].as_str().is_some_and(|text| text.contains("Parcels leave")), "{tried}");
    let lost = ask("My parcel is lost").await.expect(200);
    assert_eq!(lost["outcome"], "hand_over");
    assert!(lost["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    ask("  ").await.problem(422, "text_empty");
    let list = hub.admin(Method::GET, "conversations?list=all", None).await.expect(200);
    assert_eq!(list["items"], json!([]));
    // A bot of the other kind that does not answer.
    let card = json!({"name": "Dead", "role": {"kind": "bot"}});
    let plugin = json!({"kind": "http", "url": "http://127.0.0.1:9/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "allow_private": true});
    let made = hub.admin(Method::POST, "bots", Some(json!({"card": card, "plugin": plugin}))).await;
    if made.status == 201 {
        let dead = made.body["id"].as_str().expect("an id").to_owned();
        let tried =
            hub.admin(Method::POST, &format!("bots/{dead}/try"), Some(json!({"text": "Hello"}))).await.expect(200);
        assert_eq!(tried["outcome"], "failed");
        assert!(tried["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{tried}");
    } else {
        panic!("{}", made.body);
    }
}
