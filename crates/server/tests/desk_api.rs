//! The people's API, against a real hub.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, Socket, fresh_id};
use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

fn lists(row: &Value) -> Vec<&str> {
    row["lists"].as_array().expect("lists").iter().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn an_offer_is_accepted_answered_handed_back_and_closed() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut desk = kim.at_desk().await;
    let mut customer = Customer::waiting(&hub, "Robin").await;
    let id = customer.conversation.clone();

    let row = desk.offer(&id).await;
    assert_eq!(row["customer"]["name"], "Robin");
    assert_eq!(row["reason"], "Asked for a person: “I want to talk to a human”");
    assert_eq!(row["offer"]["to"]["name"], "Kim");
    let detail = kim.act(&id, "accept", json!({"offer": row["offer"]["id"], "as_of": row["seq"]})).await.expect(200);
    assert_eq!(detail["holder"]["name"], "Kim");
    assert_eq!(detail["reason"]["trigger"], "phrase");
    assert_eq!(detail["can"]["reply"], true);
    assert_eq!(detail["episodes"].as_array().expect("episodes").len(), 1);

    let said = json!({"client": fresh_id(), "counter": 1, "text": "Hello Robin", "as_of": detail["seq"]});
    let first = kim.act(&id, "messages", said).await.expect(201);
    let events = customer.events().await;
    let seen = events.iter().find(|event| event["plain"] == "Hello Robin").expect("the customer reads it");
    assert_eq!(seen["position"], first["position"]);
    assert_eq!(seen["by"], json!({"kind": "agent", "name": "Kim", "human": true}));
    customer.say("Thank you").await;

    let note = kim.act(&id, "notes", json!({"text": "Knows the shop well"})).await.expect(201);
    assert!(note["seq"].as_u64() > first["seq"].as_u64());
    assert!(customer.events().await.iter().all(|event| event["plain"] != "Knows the shop well"));

    let brief = json!({"settled": [{"fact": "Wants size M", "turn": 2}], "promised": [], "do_not_ask": ["the size"], "note": "Size M it is"});
    let detail = kim.act(&id, "hand-back", json!({"brief": brief})).await.expect(200);
    assert_eq!(detail["holder"]["kind"], "bot");
    assert_eq!(detail["brief"]["do_not_ask"], json!(["the size"]));

    let detail = kim.act(&id, "take-over", json!({})).await.expect(200);
    assert_eq!(detail["holder"]["name"], "Kim");
    let detail = kim.act(&id, "close", json!({"disposition": "sold", "wrap_up": "Bought a tent"})).await.expect(200);
    assert_eq!((detail["state"].as_str(), lists(&detail)), (Some("closed"), vec!["closed"]));
    desk.row(&id, |row| row["state"] == "closed").await;
    let closed = kim.get("conversations?list=closed").await;
    assert_eq!(closed["items"][0]["id"], id);
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_wins_and_the_other_is_told() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut kims = kim.at_desk().await;
    for _ in 0..5 {
        let customer = Customer::waiting(&hub, "Robin").await;
        let id = customer.conversation.clone();
        let row = kims.offer(&id).await;
        let body = json!({"offer": row["offer"]["id"], "as_of": row["seq"]});
        let (first, second, third) = tokio::join!(
            kim.act(&id, "accept", body.clone()),
            ben.act(&id, "accept", body.clone()),
            ben.act(&id, "pick", json!({}))
        );
        assert_eq!(first.status, 200, "{}", first.body);
        second.problem(409, "offer_gone");
        third.problem(409, "taken");
        kim.act(&id, "close", json!({})).await.expect(200);
    }
    // By hand, from the line: nobody is at the desk who could be offered it.
    kim.available(false).await;
    let customer = Customer::waiting(&hub, "Robin").await;
    let id = customer.conversation.clone();
    let (one, other) = tokio::join!(kim.act(&id, "pick", json!({})), ben.act(&id, "pick", json!({})));
    let mut codes = [one.status, other.status];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "{} {}", one.body, other.body);
}

#[tokio::test]
async fn a_repeated_reply_is_one_message_and_a_gap_is_refused() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("hello").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);

    let client = fresh_id();
    let say = |counter: u64, text: &str| json!({"client": client, "counter": counter, "text": text});
    let first = kim.act(&id, "messages", say(1, "One")).await.expect(201);
    let again = kim.act(&id, "messages", say(1, "One")).await.expect(200);
    assert_eq!(first, again);
    let problem = kim.act(&id, "messages", say(3, "Three")).await.problem(409, "counter_gap");
    assert_eq!(problem["expected"], 2);
    kim.act(&id, "messages", say(2, "Two")).await.expect(201);
    let events = customer.events().await;
    assert_eq!(events.iter().filter(|event| event["plain"] == "One").count(), 1);

    let key = [("idempotency-key", "again")];
    let path = format!("conversations/{id}/take-over");
    for _ in 0..2 {
        kim.call_with(Method::POST, &path, &key, Some("{}".into())).await.expect(200);
    }
    let path = format!("conversations/{id}/notes");
    let note = || Some(json!({"text": "only once"}).to_string());
    let first = kim.call_with(Method::POST, &path, &key, note()).await.expect(201);
    let again = kim.call_with(Method::POST, &path, &key, note()).await.expect(200);
    assert_eq!(first, again);
    let page = kim.get(&format!("conversations/{id}/events?limit=500")).await;
    let notes = page["events"].as_array().expect("events").iter().filter(|event| event["fate"] == "note").count();
    assert_eq!(notes, 1);
}

#[tokio::test]
async fn bad_input_gets_a_problem_that_names_the_place() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let customer = Customer::start(&hub, "Robin").await;
    let id = customer.conversation.clone();
    let say = json!({"client": fresh_id(), "counter": 1, "text": "hi"});

    kim.act(&id, "messages", say.clone()).await.problem(409, "not_voice");
    kim.act(&id, "take-over", json!({})).await.expect(200);
    ben.act(&id, "messages", say.clone()).await.problem(409, "not_voice");
    ben.act(&id, "close", json!({})).await.problem(409, "not_holder");
    ben.call(Method::GET, &format!("conversations/{id}"), None).await.problem(403, "not_allowed");
    ben.call(Method::GET, &format!("conversations/{id}/events"), None).await.problem(403, "not_allowed");
    ben.act(&id, "notes", json!({"text": "psst"})).await.problem(403, "not_allowed");
    ben.act(&id, "join", json!({})).await.problem(403, "not_allowed");

    let nobody = fresh_id();
    kim.call(Method::GET, &format!("conversations/{nobody}"), None).await.problem(404, "conversation_not_found");
    kim.act(&nobody, "messages", say).await.problem(404, "conversation_not_found");
    kim.call(Method::GET, "conversations/not-an-id", None).await.problem(404, "route_not_found");
    kim.call(Method::GET, "no-such-thing", None).await.problem(404, "route_not_found");
    kim.call(Method::DELETE, "me", None).await.problem(405, "method_not_allowed");
    kim.call(Method::GET, "conversations?list=nonsense", None).await.problem(400, "malformed");
    kim.call(Method::GET, "conversations?cursor=nonsense", None).await.problem(400, "cursor_malformed");
    kim.call(Method::GET, &format!("conversations/{id}/events?after=1&before=2"), None).await.problem(400, "malformed");

    let path = format!("conversations/{id}/messages");
    kim.call_with(Method::POST, &path, &[], Some("{".into())).await.problem(400, "malformed");
    kim.call_with(Method::POST, &path, &[], Some("{} {}".into())).await.problem(400, "malformed");
    let wrong = json!({"client": fresh_id(), "counter": "my secret", "text": "hi"});
    let problem = kim.act(&id, "messages", wrong).await.problem(400, "malformed");
    let detail = problem["detail"].as_str().expect("a sentence");
    assert!(detail.contains("counter") && !detail.contains("my secret"), "{detail}");
    let extra = json!({"client": fresh_id(), "counter": 1, "text": "hi", "sudo": true});
    kim.act(&id, "messages", extra).await.problem(400, "malformed");
    let long = json!({"client": fresh_id(), "counter": 1, "text": "ü".repeat(20_001)});
    kim.act(&id, "messages", long).await.problem(422, "text_too_long");
    kim.act(&id, "messages", json!({"client": fresh_id(), "counter": 1, "text": " "})).await.problem(422, "text_empty");
    kim.act(&id, "notes", json!({"text": "n".repeat(10_001)})).await.problem(422, "field_invalid");
    let huge = "x".repeat(300 * 1024);
    kim.call_with(Method::POST, &path, &[], Some(huge)).await.problem(413, "body_too_large");
    kim.act(&id, "transfer", json!({"to": {"kind": "queue", "id": nobody}})).await.problem(404, "unknown_destination");
    kim.act(&id, "transfer", json!({"to": {"kind": "moon", "id": nobody}})).await.problem(400, "malformed");
    kim.act(&id, "transfer/cancel", json!({})).await.problem(409, "offer_gone");
    kim.act(&id, "accept", json!({"offer": nobody, "as_of": 1})).await.problem(409, "offer_gone");
}

#[tokio::test]
async fn stale_and_foreign_credentials_open_nothing() {
    let hub = Hub::start();
    let other = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let customer = Customer::start(&hub, "Robin").await;
    let me = |token: &str| vec![("authorization", format!("Bearer {token}"))];
    for (token, code) in
        [("bk_nonsense", "key_invalid"), (other.key.as_str(), "key_invalid"), (&customer.token, "key_invalid")]
    {
        let headers = me(token);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        hub.call(Method::GET, "/api/v1/me", &headers, None).await.problem(401, code);
    }
    hub.call(Method::GET, "/api/v1/me", &[], None).await.problem(401, "log_in_needed");
    hub.call(Method::GET, "/api/v1/me", &[("cookie", "baton_login=nonsense")], None)
        .await
        .problem(401, "log_in_needed");
    let bearer = format!("Bearer {}", hub.key);
    let nobody = fresh_id();
    let headers = [("authorization", bearer.as_str()), ("baton-agent", nobody.as_str())];
    hub.call(Method::GET, "/api/v1/me", &headers, None).await.problem(401, "key_invalid");

    // A customer's token of one hub is nothing to another, nor to another conversation.
    let foreign = [("authorization", format!("Bearer {}", customer.token))];
    let foreign: Vec<_> = foreign.iter().map(|(name, value)| (*name, value.as_str())).collect();
    other.call(Method::GET, "/chat/v1/conversation", &foreign, None).await.problem(401, "token_invalid");
    let mut tampered = customer.token.clone();
    tampered.replace_range(4..5, if &tampered[4..5] == "A" { "B" } else { "A" });
    let tampered = format!("Bearer {tampered}");
    let tampered = [("authorization", tampered.as_str())];
    hub.call(Method::GET, "/chat/v1/conversation", &tampered, None).await.problem(401, "token_invalid");

    // An agent's rank opens no settings; a key that acts for nobody reads and does nothing.
    let key = json!({"name": "desk", "rank": "agent"});
    let key = hub.admin(Method::POST, "keys", Some(key)).await.expect(201)["key"].as_str().expect("a key").to_owned();
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("baton-agent", kim.id.as_str())];
    hub.call(Method::GET, "/api/v1/me", &headers, None).await.expect(200);
    hub.call(Method::GET, "/api/v1/agents", &headers, None).await.problem(403, "not_allowed");
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let headers = [("authorization", bearer.as_str()), ("baton-agent", lead.id.as_str())];
    hub.call(Method::GET, "/api/v1/me", &headers, None).await.problem(401, "key_invalid");
    hub.admin(Method::POST, &format!("conversations/{}/pick", customer.conversation), Some(json!({})))
        .await
        .problem(403, "not_allowed");
    let read = hub.admin(Method::GET, "conversations?list=bot", None).await.expect(200);
    assert_eq!(read["items"][0]["id"], customer.conversation);
}

#[tokio::test]
async fn the_set_up_link_works_once_and_logs_in() {
    let hub = Hub::start();
    let secret = hub.secret.clone().expect("the link was printed");
    assert_eq!(hub.call(Method::GET, "/api/v1/setup", &[], None).await.expect(200)["needed"], true);
    let body = |secret: &str, passphrase: &str, mail: &str| {
        json!({"secret": secret, "name": "Ada", "mail": mail, "passphrase": passphrase, "time_zone": "Europe/Berlin", "language": "en"})
            .to_string()
    };
    let good = "tents and four ropes";
    let set_up = async |body: &str| hub.call(Method::POST, "/api/v1/setup", &[], Some(body)).await;
    set_up(&body("nonsense", good, "ada@example.org")).await.problem(410, "setup_link_used");
    set_up(&body(&secret, "short", "ada@example.org")).await.problem(422, "weak_passphrase");
    set_up(&body(&secret, good, "no address")).await.problem(422, "object_invalid");

    let (one, other) = (body(&secret, good, "ada@example.org"), body(&secret, good, "bea@example.org"));
    let (one, other) = tokio::join!(set_up(&one), set_up(&other));
    let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
    assert_eq!((won.status, lost.status), (201, 410), "{} {}", won.body, lost.body);
    let again = set_up(&body(&secret, good, "cy@example.org")).await.problem(410, "setup_link_used");
    assert!(again["used_at"].as_i64().is_some());
    set_up(&body("nonsense", good, "cy@example.org")).await.problem(409, "setup_done");
    assert_eq!(hub.call(Method::GET, "/api/v1/setup", &[], None).await.expect(200)["needed"], false);

    // The answer has logged in already; the passphrase does so too.
    let cookie = won.cookie.expect("a log-in");
    let mail = won.body["mail"].as_str().expect("a mail").to_owned();
    let me = hub.call(Method::GET, "/api/v1/me", &[("cookie", &cookie)], None).await.expect(200);
    assert_eq!((me["role"].as_str(), me["agent"].clone()), (Some("administrator"), won.body["agent"].clone()));
    let log_in = json!({"mail": mail.to_uppercase(), "passphrase": good}).to_string();
    let answer = hub.call(Method::POST, "/api/v1/login", &[], Some(&log_in)).await;
    assert!(answer.cookie.is_some());
    answer.expect(200);
}

#[tokio::test]
async fn another_sites_page_cannot_use_a_log_in() {
    let hub = Hub::start();
    let (cookie, csrf) = logged_in(&hub).await;
    let away = Some(r#"{"available":false}"#);
    let put = async |headers: &[(&str, &str)]| hub.call(Method::PUT, "/api/v1/me/presence", headers, away).await;
    put(&[("cookie", &cookie)]).await.problem(403, "csrf_missing");
    put(&[("cookie", &cookie), ("x-baton-csrf", "nonsense")]).await.problem(403, "csrf_missing");
    put(&[("cookie", &cookie), ("x-baton-csrf", &csrf)]).await.expect(200);

    let evil = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(Socket::try_open(&hub.url, "/api/v1/stream", &evil).await.err(), Some(403));
    let own = [("cookie", cookie.as_str()), ("origin", hub.url.as_str())];
    let mut socket = Socket::open(&hub.url, "/api/v1/stream", &own).await;
    socket.send(json!({"type": "hello", "csrf": "nonsense"})).await;
    let refused = socket.until("error", |_| true).await;
    assert_eq!(refused["problem"]["code"], "csrf_missing");
    let mut socket = Socket::open(&hub.url, "/api/v1/stream", &own).await;
    socket.send(json!({"type": "hello", "csrf": csrf})).await;
    socket.until("welcome", |_| true).await;
    let log_in = json!({"mail": "ada@example.org", "passphrase": "tents and four ropes"}).to_string();
    let from = [("origin", "https://evil.example")];
    hub.call(Method::POST, "/api/v1/login", &from, Some(&log_in)).await.problem(403, "csrf_missing");

    let out = hub.call(Method::POST, "/api/v1/logout", &[("cookie", &cookie), ("x-baton-csrf", &csrf)], None).await;
    assert_eq!(out.status, 204);
    hub.call(Method::GET, "/api/v1/me", &[("cookie", &cookie)], None).await.problem(401, "log_in_needed");
}

async fn logged_in(hub: &Hub) -> (String, String) {
    let body =
        json!({"secret": hub.secret, "name": "Ada", "mail": "ada@example.org", "passphrase": "tents and four ropes"});
    let answer = hub.call(Method::POST, "/api/v1/setup", &[], Some(&body.to_string())).await;
    let (cookie, me) = (answer.cookie.clone().expect("a cookie"), answer.expect(201));
    (cookie, me["csrf"].as_str().expect("a token").to_owned())
}

#[tokio::test]
async fn guessing_a_passphrase_is_slowed_down() {
    let hub = Hub::start();
    logged_in(&hub).await;
    let wrong = json!({"mail": "ada@example.org", "passphrase": "not the one at all"}).to_string();
    let unknown = json!({"mail": "nobody@example.org", "passphrase": "not the one at all"}).to_string();
    for body in [&wrong, &unknown].into_iter().cycle().take(10) {
        hub.call(Method::POST, "/api/v1/login", &[], Some(body)).await.problem(401, "login_failed");
    }
    let answer = hub.call(Method::POST, "/api/v1/login", &[], Some(&wrong)).await;
    assert!(answer.retry_after.is_some_and(|seconds| seconds > 0));
    answer.problem(429, "too_many_attempts");
}

#[tokio::test]
async fn work_is_offered_only_to_those_who_want_it_and_are_reachable() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 1).await;
    let me = kim.available(true).await;
    assert_eq!(me["presence"], json!({"available": true, "reachable": false, "by": "self"}));
    let first = Customer::waiting(&hub, "Robin").await;
    let second = Customer::waiting(&hub, "Sam").await;
    let page = kim.get("conversations?list=waiting").await;
    assert_eq!(page["counts"]["waiting"], 2);
    assert_eq!(page["items"][0]["id"], first.conversation);
    assert_eq!((page["items"][0]["place"].as_u64(), page["items"][1]["place"].as_u64()), (Some(1), Some(2)));

    // The stream makes reachable; the oldest is offered first.
    let mut desk = kim.stream(None).await;
    let welcome = desk.until("welcome", |_| true).await;
    assert_eq!(welcome["me"]["presence"]["reachable"], true);
    let row = desk.offer(&first.conversation).await;
    let body = json!({"offer": row["offer"]["id"]});
    kim.act(&first.conversation, "decline", body).await.expect(200);
    let row = desk.row(&second.conversation, |row| !row["offer"].is_null()).await;
    kim.act(&second.conversation, "accept", json!({"offer": row["offer"]["id"], "as_of": row["seq"]}))
        .await
        .expect(200);
    // An offer reserves the seat already: the frame may have come before the row.
    if !desk.frames.iter().any(|frame| frame["me"]["load"] == 1) {
        desk.until("me", |frame| frame["me"]["load"] == 1).await;
    }
    kim.act(&first.conversation, "pick", json!({})).await.problem(409, "no_capacity");
    // Whoever stands second moves up without anything happening in that chat.
    let moved = kim.get(&format!("conversations/{}", first.conversation)).await;
    assert_eq!(moved["place"], 1);
}

#[tokio::test]
async fn a_transfer_is_an_offer_and_the_giver_holds_until_it_is_taken() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let customer = Customer::start(&hub, "Robin").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    let to = json!({"to": {"kind": "agent", "id": ben.id}, "note": "Needs a refund"});
    kim.act(&id, "transfer", to.clone()).await.problem(409, "not_available");
    let mut bens = ben.at_desk().await;
    let detail = kim.act(&id, "transfer", to.clone()).await.expect(200);
    assert_eq!(detail["holder"]["name"], "Kim");
    let row = bens.offer(&id).await;
    assert_eq!(
        (row["offer"]["note"].as_str(), row["offer"]["giver"]["name"].as_str()),
        (Some("Needs a refund"), Some("Kim"))
    );
    kim.act(&id, "transfer/cancel", json!({})).await.expect(200);
    ben.act(&id, "accept", json!({"offer": row["offer"]["id"], "as_of": row["seq"]})).await.problem(409, "offer_gone");
    // Ben, who may not read Kim's chats, is told once more and without texts.
    let left = bens.row(&id, |row| row["offer"].is_null()).await;
    assert!(lists(&left).is_empty() && left["customer"]["name"].is_null() && left["last"].is_null(), "{left}");

    kim.act(&id, "transfer", to).await.expect(200);
    ben.take(&mut bens, &id).await;
    kim.call(Method::GET, &format!("conversations/{id}"), None).await.problem(403, "not_allowed");
    // A supervisor reads, joins, speaks and leaves.
    let detail = lead.act(&id, "join", json!({})).await.expect(200);
    assert_eq!(detail["guests"], json!([{"id": lead.id, "name": "Lea"}]));
    let hello = json!({"client": fresh_id(), "counter": 1, "text": "Lea here"});
    lead.act(&id, "messages", hello.clone()).await.expect(201);
    lead.act(&id, "leave", json!({})).await.expect(200);
    lead.act(&id, "messages", json!({"client": fresh_id(), "counter": 1, "text": "still here"}))
        .await
        .problem(409, "not_voice");
    lead.act(&id, "take-over", json!({})).await.expect(200);
    let directory = lead.get("directory").await;
    let load = |agent: &Agent| {
        let agents = directory["agents"].as_array().expect("agents").clone();
        agents.iter().find(|one| one["id"] == agent.id).expect("listed")["load"].clone()
    };
    assert_eq!((load(&kim), load(&ben), load(&lead)), (json!(0), json!(0), json!(1)));
}

#[tokio::test]
async fn a_stream_resumes_rows_and_watched_events_without_a_gap() {
    let mut hub = Hub::start();
    let mut kim = hub.agent("Kim", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    let mut desk = kim.stream(None).await;
    let welcome = desk.until("welcome", |_| true).await;
    let snapshot = welcome["snapshot"].as_array().expect("a snapshot");
    assert!(snapshot.iter().any(|row| row["id"] == id && lists(row) == ["mine", "all"]), "{welcome}");

    desk.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    customer.say("first").await;
    let mut seqs = Vec::new();
    let last = watch_until(&mut desk, &mut seqs, "first").await;
    let frame = desk.until("row", |frame| frame["row"]["last"]["text"] == "first").await;
    let cursor = frame["cursor"].as_str().expect("a cursor").to_owned();
    desk.send(json!({"type": "typing", "conversation": id, "on": true})).await;
    drop(desk);

    customer.say("while away").await;
    hub.kill();
    hub.restart();
    kim.moved_to(&hub);
    customer.moved_to(&hub);
    customer.say("after the restart").await;
    let mut desk = kim.stream(Some(&cursor)).await;
    let welcome = desk.until("welcome", |_| true).await;
    assert!(welcome["snapshot"].is_null(), "a resumed stream replays");
    desk.until("row", |frame| frame["row"]["last"]["text"] == "after the restart").await;
    desk.send(json!({"type": "watch", "conversation": id, "after": last})).await;
    watch_until(&mut desk, &mut seqs, "after the restart").await;
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "every seq once, in order");

    // Fleeting: the customer types, and is seen to have read.
    customer.call(Method::POST, "/typing", Some(json!({"on": true}))).await;
    let typing = desk.until("typing", |_| true).await;
    assert_eq!((typing["conversation"].clone(), typing["by"]["kind"].clone()), (json!(id), json!("customer")));
    customer.call(Method::POST, "/seen", Some(json!({"position": 2}))).await;
    assert_eq!(desk.until("seen", |_| true).await["position"], 2);

    let mut desk = kim.stream(Some("7-1")).await;
    let refused = desk.until("error", |_| true).await;
    assert_eq!(refused["problem"]["code"], "cursor_gone");
    assert!(desk.next().await.is_none(), "it closes");
}

/// Gathers the seqs of watched events until this text came; its seq.
async fn watch_until(desk: &mut Socket, seqs: &mut Vec<u64>, text: &str) -> u64 {
    let mark = desk.frames.len();
    let frame = desk.until("event", |frame| frame["event"]["plain"] == text).await;
    let events = desk.frames[mark..].iter().filter(|frame| frame["type"] == "event");
    seqs.extend(events.filter_map(|frame| frame["event"]["seq"].as_u64()));
    frame["event"]["seq"].as_u64().expect("a seq")
}

#[tokio::test]
async fn a_stream_shows_nobody_what_they_may_not_read() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    let id = customer.conversation.clone();
    let mut bens = ben.stream(None).await;
    bens.until("welcome", |_| true).await;
    bens.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    bens.until("event", |_| true).await;
    kim.act(&id, "take-over", json!({})).await.expect(200);
    let left = bens.row(&id, |row| lists(row).is_empty()).await;
    assert!(left["last"].is_null(), "{left}");
    for _ in 0..3 {
        customer.say("my card number").await;
    }
    // What another chat tells comes after whatever was to come of this one.
    let other = Customer::start(&hub, "Sam").await;
    bens.row(&other.conversation, |_| true).await;
    let told = bens.frames.iter().filter(|frame| frame["row"]["id"] == id && lists(&frame["row"]).is_empty());
    assert_eq!(told.count(), 1, "that it left is told once");
    bens.send(json!({"type": "watch", "conversation": id, "after": 3})).await;
    let refused = bens.until("error", |_| true).await;
    assert_eq!(refused["problem"]["code"], "not_allowed");
    bens.send(json!({"type": "ping"})).await;
    bens.until("pong", |_| true).await;
    assert!(bens.frames.iter().all(|frame| !frame.to_string().contains("my card number")));
}

#[tokio::test]
async fn who_does_not_take_a_colleagues_chat_reads_no_further() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    let mut bens = ben.at_desk().await;
    kim.act(&id, "transfer", json!({"to": {"kind": "agent", "id": ben.id}})).await.expect(200);
    let row = bens.offer(&id).await;
    bens.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
    bens.until("event", |frame| frame["event"]["kind"] == "offered").await;
    ben.act(&id, "decline", json!({"offer": row["offer"]["id"]})).await.expect(200);
    // What took it away is the last that he reads.
    bens.until("event", |frame| frame["event"]["kind"] == "offer-ended").await;
    customer.say("my card number").await;
    let other = Customer::start(&hub, "Sam").await;
    bens.row(&other.conversation, |_| true).await;
    bens.send(json!({"type": "ping"})).await;
    bens.until("pong", |_| true).await;
    assert!(bens.frames.iter().all(|frame| !frame.to_string().contains("my card number")));
}

#[tokio::test]
async fn a_key_that_acts_for_nobody_follows_everything_and_is_no_agent() {
    let hub = Hub::start();
    let mut socket = Socket::open(&hub.url, "/api/v1/stream", &[]).await;
    socket.send(json!({"type": "hello", "key": hub.key})).await;
    let welcome = socket.until("welcome", |_| true).await;
    assert!(welcome["me"]["agent"].is_null(), "{welcome}");
    let customer = Customer::waiting(&hub, "Robin").await;
    socket.row(&customer.conversation, |row| lists(row) == ["waiting", "all"] && row["place"] == 1).await;
    socket.send(json!({"type": "watch", "conversation": customer.conversation, "after": 0})).await;
    socket.until("event", |frame| frame["event"]["kind"] == "handover-asked").await;

    let mut socket = Socket::open(&hub.url, "/api/v1/stream", &[]).await;
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.until("error", |_| true).await["problem"]["code"], "malformed");
    let mut socket = Socket::open(&hub.url, "/api/v1/stream", &[]).await;
    socket.send(json!({"type": "hello", "key": "bk_nonsense"})).await;
    assert_eq!(socket.until("error", |_| true).await["problem"]["code"], "key_invalid");
}

#[tokio::test]
async fn lists_and_events_are_read_in_pages() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 40).await;
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push(Customer::waiting(&hub, "Robin").await.conversation);
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = kim.get(&format!("conversations?list=waiting&limit=3&cursor={cursor}")).await;
        found.extend(page["items"].as_array().expect("items").iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, all, "oldest first, each once");

    let path = format!("conversations/{}/events", all[0]);
    let newest = kim.get(&format!("{path}?limit=3")).await;
    let whole = kim.get(&format!("{path}?after=0&limit=500")).await;
    let (last, more) = (whole["last_seq"].as_u64().expect("a seq"), whole["more"].clone());
    assert_eq!((whole["events"].as_array().expect("events").len() as u64, more), (last, json!(false)));
    assert_eq!((newest["events"][2]["seq"].as_u64(), newest["more"].clone()), (Some(last), json!(true)));
    let before = newest["events"][0]["seq"].as_u64().expect("a seq");
    let upwards = kim.get(&format!("{path}?before={before}&limit=500")).await;
    assert_eq!(
        (upwards["events"].as_array().expect("events").len() as u64, upwards["more"].clone()),
        (before - 1, json!(false))
    );
}

/// The first frame of a busy desk is far longer than any other: it must leave all the same.
#[tokio::test]
async fn a_desk_with_hundreds_of_waiting_chats_opens() {
    const CHATS: usize = 190;
    let hub = Hub::set(&[("LIMITS__RATES", "off")]);
    let kim = hub.agent("Kim", "agent", 4).await;
    let words = "私の注文はまだ届いていません。".repeat(20);
    let wait = async |chat: usize| {
        let mut customer = Customer::waiting(&hub, &format!("Robin {chat}")).await;
        customer.say(&words).await;
    };
    stream::iter(0..CHATS).for_each_concurrent(4, wait).await;
    let mut desk = kim.stream(None).await;
    let welcome = desk.until("welcome", |_| true).await;
    assert_eq!(welcome["snapshot"].as_array().expect("a snapshot").len(), CHATS);
    let bytes = welcome.to_string().len();
    assert!(bytes > 262_144, "{bytes} bytes are no long frame");
}
