//! `docs/walkthroughs/customer-asks-for-a-person.md` told by a real hub: its log and its notices are those of the page.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, LIMIT, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const PAGE: &str = "docs/walkthroughs/customer-asks-for-a-person.md";

/// The lines of the page's code block of this name.
fn block(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let start = page.find(&format!("```{name}\n")).unwrap_or_else(|| panic!("{PAGE} has no block `{name}`"));
    let inside = page[start..].lines().skip(1).take_while(|line| *line != "```");
    inside.map(|line| line.trim_end().to_owned()).collect()
}

/// What the page shows of a text.
const SHOWN: usize = 40;

/// One line of the log, as the page writes it: seq, baton number, kind, and what was said, told or set.
fn line(event: &Value) -> String {
    let word = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let what = match word("/kind") {
        "said" => {
            let who = event.pointer("/actor/name").and_then(Value::as_str).unwrap_or(word("/actor/kind"));
            let text = word("/plain");
            let short: String = text.chars().take(SHOWN).collect();
            format!("{who}: {short}{}", if short.len() < text.len() { "…" } else { "" })
        }
        "holder-set" => word("/facts/holder/kind").to_owned(),
        "told" => word("/facts/code").to_owned(),
        _ => String::new(),
    };
    let number = |name: &str| event[name].as_u64().unwrap_or_default();
    format!("{:>2}  #{}  {:<17} {what}", number("seq"), number("baton"), word("/kind")).trim_end().to_owned()
}

async fn log(agent: &Agent, conversation: &str) -> Vec<Value> {
    let page = agent.get(&format!("conversations/{conversation}/events?after=0&limit=500")).await;
    page["events"].as_array().expect("events").clone()
}

/// Waits until the bot has answered everything that it was asked.
async fn bot_is_done(agent: &Agent, conversation: &str, asks: usize) {
    let done = async {
        loop {
            let events = log(agent, conversation).await;
            if events.iter().filter(|event| event["kind"] == "ask-ended").count() >= asks {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, done).await.expect("the bot answers in time");
}

#[tokio::test]
async fn customer_asks_for_a_person() {
    let hub = Hub::start();
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut desk = ana.at_desk().await;
    let mut kim = Customer::start(&hub, "Kim").await;
    let id = kim.conversation.clone();
    bot_is_done(&ana, &id, 1).await;
    kim.say("Where is my parcel?").await;
    bot_is_done(&ana, &id, 2).await;
    kim.say("I want to talk to a person").await;
    ana.take(&mut desk, &id).await;
    let client = fresh_id();
    let say = json!({"client": client, "counter": 1, "text": "Hello Kim, I am looking at it."});
    ana.act(&id, "messages", say).await.expect(201);
    kim.say("Thank you").await;
    ana.act(&id, "close", json!({"disposition": "solved"})).await.expect(200);
    let rating = json!({"answered": "yes", "agent": 5, "bot": 3});
    kim.call(Method::POST, "/rating", Some(rating)).await.expect(200);

    let events = log(&ana, &id).await;
    let told: Vec<String> = events.iter().map(line).collect();
    assert_eq!(told.join("\n"), block("log").join("\n"), "the log is the page's");

    let notices = kim.events().await;
    let words = notices
        .iter()
        .filter(|event| event["type"] == "notice")
        .map(|event| event["words"].as_str().unwrap_or_default());
    for (said, written) in words.zip(block("notices")) {
        let (before, after) = written.split_once('…').unwrap_or((&written, ""));
        assert!(said.starts_with(before) && said.ends_with(after), "told: {said}\nthe page: {written}");
    }
    assert_eq!(notices.iter().filter(|event| event["type"] == "notice").count(), block("notices").len());
}
