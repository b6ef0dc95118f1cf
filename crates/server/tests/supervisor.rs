//! What a supervisor sees, against a real hub: the board and its lists, reports, mentions, looks, alerts.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, Socket, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Every item of a list, page by page.
async fn all(agent: &Agent, list: &str) -> Vec<Value> {
    let (mut out, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = agent.get(&format!("{list}&limit=3&cursor={cursor}")).await;
        out.extend(page["items"].as_array().expect("items").clone());
        match page["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return out,
        }
    }
}

/// The total of a list, which its pages bear out.
async fn total(agent: &Agent, list: &str) -> u64 {
    let total = agent.get(list).await["total"].as_u64().expect("a total");
    assert_eq!(all(agent, list).await.len() as u64, total, "{list}");
    total
}

/// Every event of a conversation.
async fn log(agent: &Agent, conversation: &str) -> Vec<Value> {
    let (mut out, mut after) = (Vec::new(), 0);
    loop {
        let page = agent.get(&format!("conversations/{conversation}/events?limit=500&after={after}")).await;
        out.extend(page["events"].as_array().expect("events").clone());
        if page["more"] != true {
            return out;
        }
        after = out.last().expect("an event")["seq"].as_u64().expect("a seq");
    }
}

/// A handover as the logs alone tell it.
#[derive(Debug, Default)]
struct Counted {
    asked_at: i64,
    trigger: String,
    answer: Option<String>,
    outcome: Option<String>,
}

/// Where a conversation is, and its handovers, from nothing but its events.
fn recount(events: &[Value], handovers: &mut BTreeMap<String, Counted>) -> String {
    let mut holder = String::new();
    for event in events {
        let facts = &event["facts"];
        let word = |value: &Value| value.as_str().or(value["kind"].as_str()).expect("a word").to_owned();
        let handover = facts["handover"].as_str().map(str::to_owned);
        let counted = handover.map(|id| handovers.entry(id).or_default());
        match (event["kind"].as_str().expect("a kind"), counted) {
            ("handover-asked", Some(handover)) => {
                handover.asked_at = event["at"].as_i64().expect("a time");
                handover.trigger = word(&facts["trigger"]);
            }
            ("handover-answered", Some(handover)) => handover.answer = Some(word(&facts["answer"])),
            ("handover-ended", Some(handover)) => handover.outcome = Some(word(&facts["outcome"])),
            ("holder-set", _) => {
                holder = word(&facts["holder"]);
                if facts["holder"]["line"] == "later" {
                    holder = "later".into();
                }
            }
            _ => {}
        }
    }
    holder
}

fn tally<'a>(words: impl Iterator<Item = Option<&'a String>>) -> Value {
    let mut out: BTreeMap<&str, u64> = BTreeMap::new();
    words.flatten().for_each(|word| *out.entry(word).or_default() += 1);
    json!(out)
}

/// Many handovers with different ends, by the public API.
async fn play(hub: &Hub, kim: &Agent, ben: &Agent) {
    let mut desk = kim.at_desk().await;
    // Accepted, answered, closed.
    for name in ["Ada", "Bo"] {
        let customer = Customer::waiting(hub, name).await;
        kim.take(&mut desk, &customer.conversation).await;
        kim.act(&customer.conversation, "close", json!({})).await.expect(200);
    }
    // Taken over from the bot; passed to a line; handed back.
    let mut taken = Customer::start(hub, "Cy").await;
    taken.say("Where is my parcel?").await;
    kim.act(&taken.conversation, "take-over", json!({})).await.expect(200);
    kim.available(false).await;
    let safety = hub.id_of("queues", "Safety").await;
    let to = json!({"to": {"kind": "queue", "id": safety}});
    kim.act(&taken.conversation, "transfer", to).await.expect(200);
    let mut back = Customer::start(hub, "Di").await;
    back.say("hello").await;
    kim.act(&back.conversation, "take-over", json!({})).await.expect(200);
    kim.act(&back.conversation, "hand-back", json!({"brief": {}})).await.expect(200);
    // Out of the line; a message in its place; still waiting.
    let out = Customer::waiting(hub, "Ed").await;
    out.call(Method::POST, "/withdraw", Some(json!({}))).await.expect(200);
    for name in ["Flo", "Gus"] {
        let left = Customer::waiting(hub, name).await;
        let message = json!({"text": "Please call"});
        left.call(Method::POST, "/message-left", Some(message)).await.expect(200);
    }
    let button = Customer::start(hub, "Hal").await;
    button.call(Method::POST, "/person", Some(json!({}))).await.expect(200);
    // Asked again: no handover of its own.
    button.call(Method::POST, "/person", Some(json!({}))).await.expect(200);
    // A chat that Ben holds, and one that nobody asked about.
    let held = Customer::waiting(hub, "Ina").await;
    ben.act(&held.conversation, "pick", json!({})).await.expect(200);
    Customer::start(hub, "Jo").await.say("hello").await;
    // A line that is full.
    let service = hub.id_of("queues", "Service").await;
    let full = json!({"card": {"name": "Service", "line": "live", "most_waiting": 1}});
    hub.admin(Method::PUT, &format!("queues/{service}"), Some(full)).await.expect(200);
    let refused = Customer::start(hub, "Kay").await;
    let answer = refused.call(Method::POST, "/person", Some(json!({}))).await.expect(200);
    assert_eq!(answer["answer"]["kind"], "refused");
}

#[tokio::test]
async fn every_figure_of_the_board_is_the_total_of_its_list_and_a_recount_of_the_logs() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    ben.call(Method::GET, "board", None).await.problem(403, "not_allowed");
    let empty = kim.get("board").await;
    assert_eq!((&empty["handovers"]["asked"], &empty["waiting"]["count"]), (&json!(0), &json!(0)));
    assert!(empty["customers_read"].as_str().is_some_and(|words| !words.is_empty()), "{empty}");
    play(&hub, &kim, &ben).await;

    let board = kim.get("board").await;
    // Each figure is the total of the list that a click opens.
    let since = &board["since"];
    for (figure, list) in [
        ("/waiting/count", "conversations?list=waiting&demo=none".to_owned()),
        ("/messages/count", "conversations?list=messages&demo=none".to_owned()),
        ("/messages/overdue", "conversations?list=messages&demo=none&overdue=true".to_owned()),
        ("/with_bot", "conversations?list=bot&demo=none".to_owned()),
        ("/with_people", "conversations?list=people&demo=none".to_owned()),
        ("/handovers/asked", format!("handovers?from={since}")),
        ("/handovers/open", format!("handovers?from={since}&outcome=open")),
    ] {
        let shown = board.pointer(figure).unwrap_or_else(|| panic!("{figure} in {board}"));
        assert_eq!(*shown, total(&kim, &list).await, "{figure} and {list}");
    }
    for by in ["trigger", "answer", "outcome"] {
        let figures = board["handovers"][format!("by_{by}")].as_object().expect("figures");
        assert!(!figures.is_empty());
        for (word, shown) in figures {
            assert_eq!(*shown, total(&kim, &format!("handovers?from={since}&{by}={word}")).await, "{by}={word}");
        }
    }
    for agent in board["agents"].as_array().expect("agents") {
        let id = agent["id"].as_str().expect("an id");
        let list = format!("conversations?list=people&holder_id={id}&demo=none");
        assert_eq!(agent["chats"], total(&kim, &list).await, "{agent}");
    }

    // And what the logs alone say.
    let mut handovers = BTreeMap::new();
    let mut holders: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = all(&kim, "conversations?list=all").await;
    rows.extend(all(&kim, "conversations?list=closed").await);
    assert_eq!(rows.len(), 11);
    for row in &rows {
        let events = log(&kim, row["id"].as_str().expect("an id")).await;
        *holders.entry(recount(&events, &mut handovers)).or_default() += 1;
    }
    let today: Vec<&Counted> = handovers.values().filter(|h| h.asked_at >= since.as_i64().expect("a time")).collect();
    let held = |kind: &str| holders.get(kind).copied().unwrap_or(0);
    assert_eq!(board["waiting"]["count"], held("queue"));
    assert_eq!(board["messages"]["count"], held("later"));
    assert_eq!(board["with_bot"], held("bot"));
    assert_eq!(board["with_people"], held("agent") + held("target"));
    let figures = &board["handovers"];
    assert_eq!(figures["asked"], today.len());
    assert_eq!(figures["open"], today.iter().filter(|handover| handover.outcome.is_none()).count());
    assert_eq!(figures["by_trigger"], tally(today.iter().map(|handover| Some(&handover.trigger))));
    assert_eq!(figures["by_answer"], tally(today.iter().map(|handover| handover.answer.as_ref())));
    assert_eq!(figures["by_outcome"], tally(today.iter().map(|handover| handover.outcome.as_ref())));
    // The play was worth it.
    for (by, word) in [
        ("by_trigger", "phrase"),
        ("by_trigger", "button"),
        ("by_trigger", "take_over"),
        ("by_trigger", "transfer"),
        ("by_trigger", "message_left"),
        ("by_answer", "refused"),
        ("by_outcome", "accepted"),
        ("by_outcome", "withdrawn"),
        ("by_outcome", "redirected"),
        ("by_outcome", "refused"),
    ] {
        assert!(figures[by][word].as_u64().is_some_and(|count| count > 0), "{by} {word}: {figures}");
    }
    let longest = all(&kim, "conversations?list=waiting").await;
    assert_eq!(board["waiting"]["longest_since"], longest[0]["waiting_since"]);
    let due = all(&kim, "conversations?list=messages").await;
    let next = due.iter().map(|row| row["later"]["due"].as_i64().expect("a promise")).min();
    assert_eq!(board["messages"]["due_next"].as_i64(), next);
}

#[tokio::test]
async fn a_restarted_hub_counts_the_same() {
    let mut hub = Hub::start();
    let mut kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    play(&hub, &kim, &ben).await;
    let before = kim.get("board").await;
    hub.kill();
    hub.restart();
    kim.moved_to(&hub);
    let after = kim.get("board").await;
    for figure in ["waiting", "messages", "with_bot", "with_people", "handovers"] {
        assert_eq!(before[figure], after[figure], "{figure}");
    }
}

/// The next board of which that is true.
async fn board(desk: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Value {
    desk.until("board", |frame| wanted(&frame["board"])).await["board"].clone()
}

#[tokio::test]
async fn a_board_on_a_screen_is_right_within_a_second() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut refused = ben.stream(None).await;
    refused.send(json!({"type": "board", "on": true})).await;
    let error = refused.until("error", |_| true).await;
    assert_eq!(error["problem"]["code"], "not_allowed");
    let mut desk = kim.stream(None).await;
    desk.until("welcome", |_| true).await;
    desk.send(json!({"type": "board", "on": true})).await;
    board(&mut desk, |board| board["waiting"]["count"] == 0).await;
    for count in 1..=3u64 {
        Customer::waiting(&hub, "Robin").await;
        let asked = Instant::now();
        board(&mut desk, |board| board["waiting"]["count"] == count && board["handovers"]["open"] == count).await;
        assert!(asked.elapsed() < Duration::from_secs(1), "it took {:?}", asked.elapsed());
    }
    // A burst is a few boards.
    let before = desk.frames.iter().filter(|frame| frame["type"] == "board").count();
    let began = Instant::now();
    for _ in 0..10 {
        Customer::waiting(&hub, "Robin").await;
    }
    board(&mut desk, |board| board["waiting"]["count"] == 13).await;
    let boards = desk.frames.iter().filter(|frame| frame["type"] == "board").count() - before;
    assert!(boards as f64 <= 2.0 * began.elapsed().as_secs_f64() + 2.0, "{boards} in {:?}", began.elapsed());
    desk.send(json!({"type": "board", "on": false})).await;
}

#[tokio::test]
async fn supervisors_are_told_when_the_last_agent_leaves_and_when_one_is_back() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut lead = kim.stream(None).await;
    let service = |frame: &Value, on: bool| {
        frame["on"] == on
            && frame["alert"]["kind"] == "nobody_available"
            && frame["alert"]["queue"]["name"] == "Service"
    };
    lead.until("alert", |frame| service(frame, true)).await;
    let alerts = kim.get("board").await["alerts"].as_array().expect("alerts").len();
    assert_eq!(alerts, 3, "three live lines are open");
    let mut desk = ben.at_desk().await;
    lead.until("alert", |frame| service(frame, false)).await;
    let board = kim.get("board").await;
    assert_eq!((&board["alerts"], &board["customers_read"]), (&json!([]), &Value::Null));
    ben.available(false).await;
    let left = Instant::now();
    let told = lead.until("alert", |frame| service(frame, true)).await;
    assert!(left.elapsed() < Duration::from_secs(1), "{:?}", left.elapsed());
    let board = kim.get("board").await;
    assert!(board["alerts"].as_array().expect("alerts").contains(&told["alert"]), "{board}");
    assert!(board["customers_read"].as_str().is_some_and(|words| words.contains("line")), "{board}");
    // What it says is what a customer then reads.
    let customer = Customer::start(&hub, "Robin").await;
    customer.call(Method::POST, "/person", Some(json!({}))).await.expect(200);
    let events = customer.events().await;
    let read = events.iter().rfind(|event| event["code"] == "in_line").expect("the notice");
    let first = |words: &Value| words.as_str().expect("words").split('.').next().map(str::to_owned);
    assert_eq!(first(&read["words"]), first(&board["customers_read"]));
    // An agent is told nothing of it.
    desk.send(json!({"type": "ping"})).await;
    desk.until("pong", |_| true).await;
    assert!(desk.frames.iter().all(|frame| frame["type"] != "alert"));
}

#[tokio::test]
async fn who_looks_into_an_agents_chat_stands_in_that_agents_log_and_in_the_audit() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("hello").await;
    let id = customer.conversation.clone();
    // With the bot it is nobody's chat.
    kim.get(&format!("conversations/{id}")).await;
    ben.act(&id, "take-over", json!({})).await.expect(200);
    ben.get(&format!("conversations/{id}/events")).await;
    let looks = async |agent: &Agent| -> Vec<Value> {
        let log = agent.get("me/log?limit=50").await;
        let items = log["items"].as_array().expect("items").clone();
        items.into_iter().filter(|item| item["kind"] == "looked").collect()
    };
    assert_eq!(looks(&ben).await, Vec::<Value>::new(), "the holder's own looks are none");
    // Again and again, by every way of reading: written once.
    for _ in 0..2 {
        kim.get(&format!("conversations/{id}")).await;
        kim.get(&format!("conversations/{id}/events")).await;
        let mut desk = kim.stream(None).await;
        desk.until("welcome", |_| true).await;
        desk.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
        desk.until("event", |_| true).await;
    }
    let written = looks(&ben).await;
    assert_eq!(written.len(), 1, "{written:?}");
    assert_eq!((&written[0]["by"]["name"], &written[0]["conversation"]), (&json!("Kim"), &json!(id)));
    assert_eq!(looks(&kim).await, Vec::<Value>::new());
    ben.available(true).await;
    let newest = ben.get("me/log?limit=1").await;
    assert_eq!((&newest["items"][0]["kind"], &newest["items"][0]["available"]), (&json!("presence"), &json!(true)));
    let rest = ben.get(&format!("me/log?cursor={}", newest["cursor"].as_str().expect("more"))).await;
    assert_eq!(rest["items"][0], written[0]);

    ben.call(Method::GET, "audit", None).await.problem(403, "not_allowed");
    let audit = all(&kim, "audit?").await;
    let looked: Vec<&Value> = audit.iter().filter(|item| item["kind"] == "looked").collect();
    assert_eq!(looked.len(), 1);
    assert_eq!((&looked[0]["by"]["name"], &looked[0]["conversation"]), (&json!("Kim"), &json!(id)));
    let made = audit.iter().find(|item| item["object"] == "agent" && item["name"] == "Ben");
    assert_eq!(made.expect("Ben's account")["kind"], "configured");
    assert!(audit.is_sorted_by(|one, next| one["at"].as_i64() >= next["at"].as_i64()), "newest first");
}

#[tokio::test]
async fn a_mention_opens_the_chat_to_who_is_called_and_is_read_once() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("hello").await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    ben.call(Method::GET, &format!("conversations/{id}"), None).await.problem(403, "not_allowed");
    let mut desk = ben.stream(None).await;
    desk.until("welcome", |frame| frame["counts"]["mentions"] == 0).await;
    let note = json!({"text": "Ben, have you seen this tent?", "mentions": [ben.id]});
    let note = kim.act(&id, "notes", note).await.expect(201);
    let row = desk.until("row", |frame| frame["counts"]["mentions"] == 1).await;
    assert_eq!((&row["row"]["id"], &row["row"]["mentions_me"]), (&json!(id), &json!(true)));
    ben.get(&format!("conversations/{id}")).await;
    let page = ben.get("mentions").await;
    assert_eq!(page["counts"]["unread"], 1);
    let mention = &page["items"][0];
    assert_eq!(
        (&mention["conversation"], &mention["seq"], &mention["by"]["name"], &mention["text"], &mention["read_at"]),
        (&json!(id), &note["seq"], &json!("Kim"), &json!("Ben, have you seen this tent?"), &Value::Null)
    );
    let read = format!("mentions/{}/read", mention["id"].as_str().expect("an id"));
    kim.call(Method::POST, &read, Some(json!({}))).await.problem(404, "conversation_not_found");
    let first = ben.call(Method::POST, &read, Some(json!({}))).await.expect(200);
    assert!(first["read_at"].is_i64());
    assert_eq!(
        ben.call(Method::POST, &read, Some(json!({}))).await.expect(200),
        first,
        "a second reading changes nothing"
    );
    desk.until("counts", |frame| frame["counts"]["mentions"] == 0).await;
    assert_eq!(ben.get("mentions?state=unread").await["items"], json!([]));
    assert_eq!(ben.get("mentions?state=all").await["items"], json!([first]));
    assert_eq!(kim.get("mentions?state=all").await["items"], json!([]));
}

#[tokio::test]
async fn a_report_is_listed_with_its_question_and_judged_once_with_a_reason() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("Where is my parcel?").await;
    let answer = loop {
        let events = customer.events().await;
        let asked = events.iter().position(|event| event["plain"] == "Where is my parcel?").expect("it was said");
        if let Some(answer) = events[asked..].iter().find(|event| event["by"]["kind"] == "bot") {
            break answer.clone();
        }
    };
    let wrong =
        json!({"position": answer["position"], "should_have_said": "It arrives tomorrow", "comment": "Too vague"});
    let report = customer.call(Method::POST, "/reports", Some(wrong.clone())).await.expect(201);
    customer.call(Method::POST, "/reports", Some(wrong)).await.problem(409, "already_reported");
    ben.call(Method::GET, "reports", None).await.problem(403, "not_allowed");
    assert_eq!(kim.get("conversations?list=mine").await["counts"]["reports_new"], 1);
    assert_eq!(ben.get("conversations?list=mine").await["counts"]["reports_new"], 0);
    let page = kim.get("reports?state=new").await;
    assert_eq!(page["counts"], json!({"new": 1, "accepted": 0, "rejected": 0}));
    let item = &page["items"][0];
    assert_eq!(
        (&item["id"], &item["question"]["text"], &item["answer"]["text"], &item["answer"]["position"]),
        (&report["report"], &json!("Where is my parcel?"), &answer["parts"][0]["text"], &answer["position"])
    );
    assert_eq!((&item["should_have_said"], &item["comment"]), (&json!("It arrives tomorrow"), &json!("Too vague")));
    let path = format!("reports/{}", item["id"].as_str().expect("an id"));
    let judge = async |agent: &Agent, how: &str, body: Value| {
        agent.call(Method::POST, &format!("{path}/{how}"), Some(body)).await
    };
    judge(&ben, "accept", json!({})).await.problem(403, "not_allowed");
    let nobody = format!("reports/{}/accept", fresh_id());
    kim.call(Method::POST, &nobody, Some(json!({}))).await.problem(404, "conversation_not_found");
    judge(&kim, "reject", json!({"reason": " "})).await.problem(422, "field_invalid");
    let judged = judge(&kim, "reject", json!({"reason": "The courier was late"})).await.expect(200);
    assert_eq!(judged["state"], "rejected");
    assert_eq!(
        (&judged["judged"]["by"]["name"], &judged["judged"]["reason"]),
        (&json!("Kim"), &json!("The courier was late"))
    );
    judge(&kim, "accept", json!({})).await.problem(409, "already_judged");
    assert_eq!(kim.get("reports?state=new").await["items"], json!([]));
    assert_eq!(kim.get("reports?state=rejected").await["items"], json!([judged]));
    assert_eq!(kim.get("reports?state=all").await["counts"], json!({"new": 0, "accepted": 0, "rejected": 1}));
}

#[tokio::test]
async fn two_who_open_the_same_waiting_chat_see_each_other_and_a_silent_look_is_not_seen() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    let ben = hub.agent("Ben", "agent", 4).await;
    let customer = Customer::waiting(&hub, "Robin").await;
    let id = customer.conversation.clone();
    let open = async |agent: &Agent| {
        let mut desk = agent.stream(None).await;
        desk.until("welcome", |_| true).await;
        desk.send(json!({"type": "watch", "conversation": id, "after": 0})).await;
        desk.until("event", |_| true).await;
        desk
    };
    let names = |frame: &Value| -> Vec<String> {
        let agents = frame["agents"].as_array().expect("agents").iter();
        agents.map(|agent| agent["name"].as_str().expect("a name").to_owned()).collect()
    };
    let mut bens = open(&ben).await;
    let mut kims = open(&kim).await;
    bens.until("viewing", |frame| names(frame) == ["Kim"]).await;
    kims.until("viewing", |frame| names(frame) == ["Ben"]).await;
    // Ben takes it: Kim, who has no part in it now, is out of his way; Kim still sees him, and that he writes.
    ben.act(&id, "pick", json!({})).await.expect(200);
    bens.until("viewing", |frame| names(frame).is_empty()).await;
    bens.send(json!({"type": "typing", "conversation": id, "on": true})).await;
    kims.until("viewing", |frame| frame["agents"][0]["writing"] == true).await;
    drop(bens);
    kims.until("viewing", |frame| names(frame).is_empty()).await;
}
