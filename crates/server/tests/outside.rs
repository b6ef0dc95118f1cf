//! A real hub with bots and desks outside it: the example programs as they are, faults, and SIGKILL.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;
mod outside_common;

use common::{Customer, Hub, Socket, fresh_id};
use outside_common::{
    OwnServer, Program, SECRET, callback_to, held_by, log, now, post_to, reads, told, transcript, wait, with_bot,
    with_target, withheld,
};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_brief_scenario() {
    let Some(bot) = Program::start("http-bot/bot.py", &[]) else { return };
    let hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut desk = ana.at_desk().await;
    let mut kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();

    kim.say("I moved to another street").await;
    let row = desk.offer(&id).await;
    assert!(row["reason"].as_str().is_some_and(|reason| reason.contains("address")), "{}", row["reason"]);
    ana.take(&mut desk, &id).await;
    let order = kim.say("It is order 7731").await["position"].as_u64().expect("a position");
    let street = kim.say("and now it is Lindenweg 4").await["position"].as_u64().expect("a position");
    let say = json!({"client": fresh_id(), "counter": 1, "text": "Done, it is changed."});
    ana.act(&id, "messages", say).await.expect(201);
    let brief = json!({
        "settled": [{"fact": "The order is 7731.", "turn": order}, {"fact": "The new street is Lindenweg 4.", "turn": street}],
        "promised": [],
        "do_not_ask": ["order number", "street"],
        "note": "Order 7731 goes to Lindenweg 4",
    });
    ana.act(&id, "hand-back", json!({"brief": brief})).await.expect(200);

    let greeting = "bot: Welcome back. Your order 7731 goes to Lindenweg 4. What else can I do for you?";
    reads(&kim, greeting).await;
    let words = told(&kim, "handed_back").await;
    assert!(words.starts_with("Ana has handed you back to the assistant."), "{words}");
    assert!(words.contains("Order 7731 goes to Lindenweg 4."), "{words}");
    // It asks neither again.
    kim.say("Where is my parcel?").await;
    let all = reads(&kim, "bot: Your order 7731 goes to Lindenweg 4. It is on its way.").await;
    let after = all.iter().position(|line| line == greeting).expect("it was read");
    assert!(all[after..].iter().all(|line| !line.contains("order number") && !line.contains("Which")), "{all:?}");
    let kinds: Vec<_> = log(&ana, &id).await.iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "brief-acknowledged").count(), 1);
}

#[tokio::test]
async fn a_brief_reaches_the_bot_in_the_request_that_gives_it_the_chat() {
    let bot = OwnServer::start().await;
    let hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    let ana = hub.agent("Ana", "agent", 4).await;
    let kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();
    ana.act(&id, "take-over", json!({})).await.expect(200);
    bot.will_answer(json!({"messages": ["Welcome back."]}));
    let brief = json!({"settled": [{"fact": "Order 7731", "turn": 2}], "promised": ["a call"], "do_not_ask": ["it"], "note": "So"});
    ana.act(&id, "hand-back", json!({"brief": brief})).await.expect(200);
    let turn = bot.request(0).await;
    assert_eq!((&turn["reason"], &turn["brief"], &turn["message"]), (&json!("handed_back"), &brief, &Value::Null));
    reads(&kim, "bot: Welcome back.").await;
    assert_eq!(bot.requests().len(), 1);
}

#[tokio::test]
async fn a_bot_reads_the_secret_that_its_own_form_asked_for_by_a_request_that_it_signs() {
    let bot = OwnServer::start().await;
    let hub = Hub::start();
    let bot_id = with_bot(&hub, &bot.url).await;
    let ana = hub.agent("Ana", "supervisor", 4).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();
    let form =
        json!({"fields": [{"key": "pin", "label": "PIN", "kind": "secret", "required": true, "one_time": true}]});
    bot.will_answer(json!({"messages": [{"parts": [{"type": "form", "json": form}]}]}));
    kim.say("my card is blocked").await;
    assert_eq!(bot.request(0).await["secrets_address"], Value::Null);
    reads(&kim, "bot: [PIN]").await;
    let asked = kim.events().await.iter().rev().find(|one| one["type"] == "message").expect("the form").clone();
    let answer =
        json!({"client": fresh_id(), "counter": 1, "reply_to": asked["position"], "form": {"pin": "0417 2211"}});
    let position = kim.call(Method::POST, "/messages", Some(answer.clone())).await.expect(201)["position"].clone();
    // A repeat after a lost answer is the same message.
    assert_eq!(kim.call(Method::POST, "/messages", Some(answer)).await.expect(200)["position"], position);

    let turn = bot.request(1).await;
    assert!(!turn.to_string().contains("0417"), "{turn}");
    assert_eq!((&turn["message"]["text"], &turn["message"]["position"]), (&json!("PIN: [hidden: pin]"), &position));
    assert_eq!(turn["message"]["parts"][0]["secret"], json!(["pin"]));
    let address = turn["secrets_address"].as_str().expect("an address").to_owned();
    let body = json!({"position": position}).to_string();
    assert_eq!(
        callback_to(&hub, &address, &body, SECRET, now()).await.expect(200),
        json!({"secrets": {"pin": "0417 2211"}})
    );
    // The address alone opens nothing, nor does another's secret or an old request.
    post_to(&hub, &address, &body).await.problem(401, "signature_invalid");
    let wrong = "another secret, also longer than sixteen bytes";
    callback_to(&hub, &address, &body, wrong, now()).await.problem(401, "signature_invalid");
    callback_to(&hub, &address, &body, SECRET, now() - 1_000).await.problem(401, "signature_invalid");
    callback_to(&hub, "/hooks/secrets/x", &body, SECRET, now()).await.problem(401, "reply_address_invalid");
    let form_itself = json!({"position": asked["position"]}).to_string();
    callback_to(&hub, &address, &form_itself, SECRET, now()).await.problem(404, "form_not_found");
    let audit = ana.get("audit").await;
    let revealed: Vec<&Value> =
        audit["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "revealed").collect();
    assert_eq!(revealed.len(), 1, "{audit}");
    assert_eq!(revealed[0]["by"], json!({"id": bot_id, "name": "Example bot"}));
    // Who passed the chat on reads it no more.
    ana.act(&id, "take-over", json!({})).await.expect(200);
    callback_to(&hub, &address, &body, SECRET, now()).await.problem(409, "not_holder");
}

#[tokio::test]
async fn a_conversation_goes_to_an_http_desk_and_back() {
    let Some(bot) = Program::start("http-bot/bot.py", &[]) else { return };
    let Some(desk) = Program::start("http-desk/desk.py", &[]) else { return };
    let hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    with_target(&hub, &desk.url, 30_000, json!({"says_human": true, "tells_place": true})).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("Where is my parcel?").await;
    reads(&kim, "bot: Which order number?").await;
    kim.say("I want to talk to a person").await;
    let line = told(&kim, "in_line").await;
    assert!(line.contains("1st") && !line.contains("minute"), "{line}");
    // The desk has the whole history.
    let chat = desk.chats().await.pop().expect("one chat");
    let lines: Vec<_> = chat["lines"].as_array().expect("lines").iter().map(|line| line["text"].clone()).collect();
    assert_eq!(lines[..3], ["Where is my parcel?", "Which order number?", "I want to talk to a person"]);

    let reference = chat["reference"].clone();
    desk.does("/say", json!({"conversation": reference, "text": "Hello Kim", "name": "Sam"})).await;
    reads(&kim, "target: Hello Kim").await;
    let joined = told(&kim, "joined").await;
    assert!(joined.contains("Sam"), "{joined}");
    held_by(&kim, "target").await;
    kim.say("It is 7731").await;
    wait("the desk hears it", async || {
        let chats = desk.chats().await;
        let lines = chats[0]["lines"].as_array()?;
        (lines.iter().filter(|line| line["text"] == "It is 7731").count() == 1).then_some(())
    })
    .await;
    desk.does("/end", json!({"conversation": reference, "to": "bot", "disposition": "solved"})).await;
    let all = reads(&kim, "bot: Welcome back. What else can I do for you?").await;
    held_by(&kim, "bot").await;
    assert_eq!(all.iter().filter(|line| line.starts_with("target:")).count(), 1, "{all:?}");
    kim.say("Where is my parcel?").await;
    held_by(&kim, "bot").await;
}

#[tokio::test]
async fn a_conversation_goes_to_an_http_desk_that_is_polled() {
    let Some(desk) = Program::start("http-desk/desk.py", &["--poll"]) else { return };
    let hub = Hub::start();
    with_target(&hub, &desk.url, 30_000, json!({"says_human": true, "polls": true})).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("I want to talk to a person").await;
    told(&kim, "in_line").await;
    let reference = desk.chats().await.pop().expect("one chat")["reference"].clone();
    for text in ["Hello Kim", "What is it?"] {
        desk.does("/say", json!({"conversation": reference, "text": text, "name": "Sam"})).await;
    }
    let all = reads(&kim, "target: What is it?").await;
    assert_eq!(all.iter().filter(|line| line.starts_with("target:")).count(), 2, "{all:?}");
    desk.does("/end", json!({"conversation": reference})).await;
    told(&kim, "closed").await;
}

#[tokio::test]
async fn a_desk_that_is_down_fails_over_to_the_built_in_desk() {
    let hub = Hub::start();
    // A port on which nobody listens any more.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    with_target(&hub, &format!("http://{gone}"), 2_000, json!({})).await;
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut desk = ana.at_desk().await;
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("I want to talk to a person").await;
    let words = told(&kim, "target_failed").await;
    assert!(words.contains("Night desk") && words.contains("Service"), "{words}");
    ana.take(&mut desk, &kim.conversation).await;
    let client = fresh_id();
    let say = json!({"client": client, "counter": 1, "text": "Hello Kim"});
    ana.act(&kim.conversation, "messages", say).await.expect(201);
    reads(&kim, "agent: Hello Kim").await;
    let log = log(&ana, &kim.conversation).await;
    let outcomes: Vec<_> = log
        .iter()
        .filter(|event| event["kind"] == "handover-ended")
        .map(|event| event["facts"]["outcome"].clone())
        .collect();
    let kind = |outcome: &Value| outcome.get("kind").unwrap_or(outcome).as_str().unwrap_or_default().to_owned();
    assert_eq!(outcomes.iter().map(kind).collect::<Vec<_>>(), ["failed", "accepted"]);
}

#[tokio::test]
async fn a_late_reply_address_is_withheld_after_a_take_over() {
    let Some(bot) = Program::start("http-bot/bot.py", &["--slow", "0.7"]) else { return };
    let hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();
    // In time it is shown …
    kim.say("slow").await;
    reads(&kim, "bot: Here is the slow answer.").await;
    // … and after a take-over it is kept for people.
    kim.say("slow").await;
    wait("the bot is asked", async || {
        let asks = log(&ana, &id).await.iter().filter(|event| event["kind"] == "ask-opened").count();
        (asks == 2).then_some(())
    })
    .await;
    ana.act(&id, "take-over", json!({})).await.expect(200);
    assert_eq!(withheld(&ana, &id).await, "Here is the slow answer.");
    assert_eq!(transcript(&kim).await, ["customer: slow", "bot: Here is the slow answer.", "customer: slow"]);
}

#[tokio::test]
async fn replayed_and_foreign_reply_addresses_are_refused() {
    let bot = OwnServer::start().await;
    let hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("Where is my parcel?").await;
    let turn = bot.request(0).await;
    let address = turn["reply_address"].as_str().expect("an address");
    let reply = json!({"ordinal": 0, "messages": ["On its way."], "done": true}).to_string();

    // Malformed and foreign ones first: none of them changes anything.
    post_to(&hub, address, "{").await.problem(400, "malformed");
    post_to(&hub, address, "[1]").await.problem(400, "malformed");
    post_to(&hub, address, &json!({"ordinal": 0, "messages": 7}).to_string()).await.problem(400, "malformed");
    for foreign in [format!("{address}x"), address[..address.len() - 2].to_owned(), "/hooks/bots/x".to_owned()] {
        post_to(&hub, &foreign, &reply).await.problem(401, "reply_address_invalid");
    }
    let as_target = address.replace("/hooks/bots/", "/hooks/targets/");
    post_to(&hub, &as_target, &reply).await.problem(401, "reply_address_invalid");
    // Signed by another hub.
    let other = Hub::start();
    post_to(&other, address, &reply).await.problem(401, "reply_address_invalid");

    assert_eq!(post_to(&hub, address, &reply).await.expect(200), json!({"shown": true}));
    // A repeat is taken and is no second message; a further word comes after the end of the turn.
    assert_eq!(post_to(&hub, address, &reply).await.expect(200), json!({"shown": false}));
    let further = json!({"ordinal": 1, "messages": ["And more."]}).to_string();
    assert_eq!(post_to(&hub, address, &further).await.expect(200), json!({"shown": false}));
    assert_eq!(transcript(&kim).await, ["customer: Where is my parcel?", "bot: On its way."]);
    // The address of one conversation says nothing in another.
    let mut ben = Customer::start(&hub, "Ben").await;
    ben.say("And mine?").await;
    bot.request(1).await;
    post_to(&hub, address, &reply).await.expect(200);
    assert_eq!(transcript(&ben).await, ["customer: And mine?"]);
}

#[tokio::test]
async fn callbacks_of_a_target_need_its_signature_and_count_once() {
    let target = OwnServer::start().await;
    target.will_answer(json!({"status": "accepted"}));
    let hub = Hub::start();
    let bot = OwnServer::start().await;
    with_bot(&hub, &bot.url).await;
    with_target(&hub, &target.url, 30_000, json!({"says_human": true})).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("I want to talk to a person").await;
    told(&kim, "in_line").await;
    let opening = target.request(0).await;
    let callback = opening["callback"].as_str().expect("an address");
    let events = |id: &str, text: &str| {
        json!({"events": [{"id": id, "type": "message", "text": text, "name": "Sam"}]}).to_string()
    };
    let body = events("1", "Hello Kim");
    let now = now();
    callback_to(&hub, callback, &body, "another secret of more bytes", now).await.problem(401, "signature_invalid");
    callback_to(&hub, callback, &body, SECRET, now - 3_600).await.problem(401, "signature_invalid");
    post_to(&hub, callback, &body).await.problem(401, "signature_invalid");
    callback_to(&hub, "/hooks/targets/x", &body, SECRET, now).await.problem(401, "reply_address_invalid");
    callback_to(&hub, callback, "{\"events\": 7}", SECRET, now).await.problem(400, "malformed");
    assert_eq!(transcript(&kim).await, ["customer: I want to talk to a person"]);

    assert_eq!(callback_to(&hub, callback, &body, SECRET, now).await.expect(200), json!({"taken": [true]}));
    // The same event again, in another request: taken and not said twice.
    assert_eq!(callback_to(&hub, callback, &body, SECRET, now).await.expect(200), json!({"taken": [false]}));
    let ana = hub.agent("Ana", "supervisor", 4).await;
    ana.act(&kim.conversation, "take-over", json!({})).await.expect(200);
    let late = events("2", "Are you there?");
    assert_eq!(callback_to(&hub, callback, &late, SECRET, now).await.expect(200), json!({"taken": [false]}));
    assert_eq!(withheld(&ana, &kim.conversation).await, "Are you there?");
    assert_eq!(transcript(&kim).await, ["customer: I want to talk to a person", "target: Hello Kim"]);
    let close = target.request(1).await;
    assert_eq!((close["op"].as_str(), close["reason"].as_str()), (Some("close"), Some("passed")));
}

/// A customer's page: a socket, and everything that came over it.
struct Page {
    socket: Socket,
    cursor: String,
    positions: Vec<u64>,
}

impl Page {
    async fn open(hub: &Hub, kim: &Customer, after: Option<&str>) -> Self {
        let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
        socket.send(json!({"type": "hello", "token": kim.token, "after": after, "client": kim.client})).await;
        socket.until("welcome", |_| true).await;
        Self { socket, cursor: after.unwrap_or_default().to_owned(), positions: Vec::new() }
    }

    async fn until(&mut self, plain: &str) {
        loop {
            let frame = self.socket.until("event", |_| true).await;
            self.positions.push(frame["event"]["position"].as_u64().expect("a position"));
            self.cursor = frame["cursor"].as_str().expect("a cursor").to_owned();
            if frame["event"]["plain"] == plain {
                return;
            }
        }
    }
}

#[tokio::test]
async fn the_hub_is_killed_and_the_conversation_goes_on() {
    let Some(bot) = Program::start("http-bot/bot.py", &[]) else { return };
    let mut hub = Hub::start();
    with_bot(&hub, &bot.url).await;
    let mut ana = hub.agent("Ana", "agent", 4).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();
    let mut page = Page::open(&hub, &kim, None).await;
    let mut seen = Vec::new();
    for (said, answer) in [
        ("My order", "Which order number?"),
        ("7731", "Your order 7731 goes to the address you gave. It is on its way."),
    ] {
        kim.say(said).await;
        page.until(answer).await;
        // Acknowledged, and killed: whether the bot was asked already, nobody knows.
        kim.say("hello").await;
        hub.kill();
        hub.restart();
        kim.moved_to(&hub);
        ana.moved_to(&hub);
        seen.append(&mut page.positions);
        page = Page::open(&hub, &kim, Some(&page.cursor.clone())).await;
        page.until("hello").await;
        page.until("Hello. What is it about?\n[My order] [Something else]").await;
    }
    ana.act(&id, "take-over", json!({})).await.expect(200);
    let client = fresh_id();
    let say = json!({"client": client, "counter": 1, "text": "Ana here."});
    let first = ana.act(&id, "messages", say.clone()).await.expect(201);
    hub.kill();
    hub.restart();
    kim.moved_to(&hub);
    ana.moved_to(&hub);
    // The agent's page does not know whether it arrived, and sends it again.
    let again = ana.act(&id, "messages", say).await.expect(200);
    assert_eq!(again, first);
    kim.say("Hello Ana").await;
    seen.append(&mut page.positions);
    page = Page::open(&hub, &kim, Some(&page.cursor.clone())).await;
    page.until("Hello Ana").await;
    seen.append(&mut page.positions);
    let whole: Vec<u64> = kim.events().await.iter().filter_map(|event| event["position"].as_u64()).collect();
    assert_eq!(whole, (1..=whole.len() as u64).collect::<Vec<_>>());
    assert_eq!(seen, whole, "over four pages: every event once, in order, without a gap");
    let all = transcript(&kim).await;
    assert_eq!(all.iter().filter(|line| *line == "agent: Ana here.").count(), 1);
    assert_eq!(all.iter().filter(|line| *line == "bot: Which order number?").count(), 1);
    let failed = log(&ana, &id).await.iter().filter(|event| event["kind"] == "failed").count();
    assert_eq!(failed, 0, "the bot did not fail because the hub was killed");
}

#[tokio::test]
async fn a_bot_that_answers_nonsense_or_is_gone_is_a_handover() {
    let hub = Hub::start();
    let bot = OwnServer::start().await;
    with_bot(&hub, &bot.url).await;
    bot.will_answer(json!({"messages": [{"text": 7}]}));
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("Where is my parcel?").await;
    let words = told(&kim, "bot_failed").await;
    assert!(words.contains("arrived"), "{words}");
    told(&kim, "in_line").await;
    assert_eq!(bot.requests().len(), 1, "nonsense is not asked for twice");
    assert_eq!(kim.call(Method::POST, "/person", Some(json!({}))).await.expect(200)["answer"]["kind"], "already");
}
