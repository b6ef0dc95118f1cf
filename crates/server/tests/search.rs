//! Search, against a real hub: what is found, by whom, and that the data folder tells nobody what was said.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use base64::Engine as _;
use common::{Agent, Customer, Hub};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Asks until the index has taken in everything.
async fn found(agent: &Agent, query: &str) -> Value {
    for _ in 0..3_000 {
        let page = agent.get(&format!("search?{query}")).await;
        if page["behind"] == 0 {
            return page;
        }
        tokio::task::yield_now().await;
    }
    panic!("the index does not catch up");
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().filter_map(|item| item["row"]["id"].as_str()).collect()
}

fn marked(hit: &Value) -> String {
    let piece = |piece: &Value| match piece["hit"].as_bool() {
        Some(true) => format!("[{}]", piece["text"].as_str().expect("a text")),
        _ => piece["text"].as_str().expect("a text").to_owned(),
    };
    hit["snippet"].as_array().expect("pieces").iter().map(piece).collect()
}

#[tokio::test]
async fn berlin_refund_finds_refunds_in_berlin() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("Are there Refunds at your shop in berlin?").await;
    let mut other = Customer::start(&hub, "Alex").await;
    other.say("Berlin is far away").await;

    let page = found(&kim, "q=Berlin%20refund").await;
    assert_eq!(ids(&page), [customer.conversation.as_str()]);
    assert_eq!((page["total"].as_u64(), page["total_exact"].as_bool()), (Some(1), Some(true)));
    let hit = &page["items"][0]["hits"][0];
    assert_eq!(marked(hit), "Are there [Refunds] at your shop in [berlin]?");
    assert_eq!(hit["by"], "customer");
    assert_eq!(page["items"][0]["row"]["customer"]["name"], "Robin");

    let both = [other.conversation.as_str(), customer.conversation.as_str()];
    assert_eq!(ids(&found(&kim, "q=BERLIN&by=customer").await), both, "the newest first");
    assert_eq!(ids(&found(&kim, "q=robin%20berlin").await), [customer.conversation.as_str()]);
    assert_eq!(ids(&found(&kim, "q=berlin%20-refund").await), [other.conversation.as_str()]);
    assert_eq!(ids(&found(&kim, "q=%22far%20away%22").await), [other.conversation.as_str()]);
    assert_eq!(ids(&found(&kim, "q=%22away%20far%22").await), [] as [&str; 0]);
    assert_eq!(ids(&found(&kim, "q=berlin&state=closed").await), [] as [&str; 0]);
    assert_eq!(ids(&found(&kim, "q=berlin%20inbox:demo").await), both);
    let reference = page["items"][0]["row"]["reference"].as_str().expect("a reference").to_lowercase();
    assert_eq!(ids(&found(&kim, &format!("q=ref:{reference}")).await), [customer.conversation.as_str()]);

    let first = found(&kim, "q=berlin&limit=1").await;
    let cursor = first["cursor"].as_str().expect("there is more");
    let second = found(&kim, &format!("q=berlin&limit=1&cursor={cursor}")).await;
    assert_eq!([ids(&first), ids(&second)].concat(), both);
    assert_eq!((&first["total"], &second["total"], &second["cursor"]), (&json!(2), &json!(2), &Value::Null));
}

#[tokio::test]
async fn only_what_the_reader_may_see_is_found_counted_or_suggested() {
    let hub = Hub::start();
    let (kim, ben) = (hub.agent("Kim", "agent", 4).await, hub.agent("Ben", "agent", 4).await);
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut customer = Customer::start(&hub, "Robin").await;
        customer.say("my confidential zeppelin").await;
        kim.act(&customer.conversation, "take-over", json!({})).await.expect(200);
        kim.act(&customer.conversation, "notes", json!({"text": "handle with mittens"})).await.expect(201);
        held.push(customer.conversation);
    }
    held.reverse();
    for question in ["q=zeppelin", "q=mittens%20by:agent", &format!("q=zeppelin&agent={}", kim.id)] {
        assert_eq!(ids(&found(&kim, question).await), held, "{question}");
        assert_eq!(ids(&found(&lead, question).await), held, "{question}");
        let page = found(&ben, question).await;
        assert_eq!(
            (ids(&page).len(), &page["total"], &page["total_exact"]),
            (0, &json!(0), &json!(true)),
            "{question}"
        );
    }
    assert_eq!(found(&kim, "q=zepelin").await["did_you_mean"], json!({"word": "zeppelin", "count": 3}));
    assert_eq!(found(&ben, "q=zepelin").await["did_you_mean"], Value::Null, "not even that the word is there");
    // Whoever closed it may still find it.
    kim.act(&held[0], "close", json!({"wrap_up": "sent a balloon instead"})).await.expect(200);
    assert_eq!(ids(&found(&kim, "q=balloon&state=closed").await), [held[0].as_str()]);
    assert_eq!(ids(&found(&ben, "q=balloon").await), [] as [&str; 0]);
}

#[tokio::test]
async fn a_search_that_cannot_be_answered_says_why() {
    let hub = Hub::start();
    let kim = hub.agent("Kim", "agent", 4).await;
    for query in [
        "q=",
        "q=-spam",
        "q=tag:nobody",
        "q=hello%20inbox:nowhere",
        "q=hello%20by:me",
        &format!("q={}", "x".repeat(500)),
    ] {
        kim.call(Method::GET, &format!("search?{query}"), None).await.problem(422, "query_invalid");
    }
    kim.call(Method::GET, "search?q=hello&cursor=nonsense", None).await.problem(400, "cursor_malformed");
    kim.call(Method::GET, "search?q=hello&by=nobody", None).await.problem(400, "malformed");
    assert_eq!(found(&kim, "q=&state=open").await["total"], 0);
}

/// All the ways in which a text could stand in a file.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    let mut out = vec![text.as_bytes().to_vec(), hex.into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];
    for shift in 0..3 {
        let code =
            base64::engine::general_purpose::STANDARD_NO_PAD.encode([&vec![b' '; shift], text.as_bytes()].concat());
        out.push(code.as_bytes()[4..code.len() - 4].to_vec());
    }
    out
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn the_data_folder_tells_nobody_what_can_be_found() {
    let mut hub = Hub::start();
    let kim = hub.agent("Kim", "supervisor", 4).await;
    // Often enough for each of these words to be suggested.
    for _ in 0..4 {
        let mut customer = Customer::start(&hub, "Quendoline").await;
        customer.say("Zwirbelkraut refunds in Murmelhausen").await;
        kim.act(&customer.conversation, "take-over", json!({})).await.expect(200);
        kim.act(&customer.conversation, "close", json!({"wrap_up": "Abstandsbote"})).await.expect(200);
    }
    let page = found(&kim, "q=zwirbelkraut%20murmelhausen%20quendoline%20abstandsbote").await;
    assert_eq!(page["total"], 4);
    assert_eq!(found(&kim, "q=murmelhuasen").await["did_you_mean"]["word"], "murmelhausen");
    hub.kill();
    let paths = files(&hub.data());
    assert!(paths.iter().any(|path| path.ends_with("search.db")), "{paths:?}");
    for word in [
        "zwirbelkraut",
        "murmelhausen",
        "quendoline",
        "abstandsbote",
        "Zwirbelkraut",
        "Murmelhausen",
        "Quendoline",
        "Abstandsbote",
    ] {
        let forms = forms(word);
        for path in &paths {
            let bytes = std::fs::read(path).expect("a file");
            let stands = forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()));
            assert!(!stands, "{word} stands in {}", path.display());
        }
    }
    // Nothing was lost by the kill: what was found is found again.
    hub.restart();
    let mut kim = kim;
    kim.moved_to(&hub);
    assert_eq!(found(&kim, "q=zwirbelkraut").await["total"], 4);
}
