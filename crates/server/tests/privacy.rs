//! What people write is found in no log, no metric and no file of the data folder: not in clear, not in UTF-16, not in
//! base64 or hexadecimal digits. The hub logs as much as it can while this is tried.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

use base64::Engine as _;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Words that stand nowhere else.
const PLANTED: [&str; 4] = ["Quendoline", "zwirbelkraut seven", "abstandsbote nine", "murmelgasse twelve"];

struct Hub(Child);

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path) -> (Hub, String) {
    let log = File::create(folder.join("hub.log")).expect("a log file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .arg("--demo-key")
        .arg(folder.join("key"))
        .env("BATON__LOG__FILTER", "trace")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the hub starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let url = loop {
        let line = lines.next().expect("the hub says that it is ready").expect("text");
        if let Some(url) = line.strip_prefix("baton ready ") {
            break url.to_owned();
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    (Hub(child), url)
}

async fn post(url: &str, bearer: &str, agent: Option<&str>, body: Value) -> Value {
    let mut request = reqwest::Client::new().post(url).bearer_auth(bearer).body(body.to_string());
    request = request.header("content-type", "application/json");
    if let Some(agent) = agent {
        request = request.header("baton-agent", agent);
    }
    let response = request.send().await.expect("the hub answers");
    assert!(response.status().is_success(), "{url}: {}", response.status());
    serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default()
}

/// All the ways in which a text could stand in a file.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut out = vec![text.as_bytes().to_vec(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), hex.into_bytes()];
    // The three ways in which base64 may cut a text, without the letters at its ends that depend on what stands beside it.
    for shift in 0..3 {
        let padded = [&vec![b' '; shift], text.as_bytes()].concat();
        let code = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        out.push(code.as_bytes()[4..code.len() - 4].to_vec());
    }
    out
}

fn stands_in(text: &str, bytes: &[u8]) -> bool {
    forms(text).iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()))
}

#[test]
fn the_search_finds_what_is_there_in_each_of_its_forms() {
    use base64::engine::general_purpose::STANDARD;
    for text in PLANTED {
        let hidden = format!("before {text} after");
        let utf16: Vec<u8> = hidden.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = hidden.bytes().map(|byte| format!("{byte:02x}")).collect();
        for bytes in [hidden.as_bytes(), &utf16, hex.as_bytes()] {
            assert!(stands_in(text, bytes), "{text}");
        }
        for shift in 0..3 {
            let code = STANDARD.encode(format!("{}{hidden}", ".".repeat(shift)));
            assert!(stands_in(text, code.as_bytes()), "{text} in {code}");
        }
        assert!(!stands_in(text, b"nothing of the kind stands here, whatever one looks for"));
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn what_people_write_stands_in_no_log_no_metric_and_no_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let (hub, url) = start(folder.path());
    let key = std::fs::read_to_string(folder.path().join("key")).expect("a key");
    let [name, asked, noted, said] = PLANTED;
    let client = uuid::Uuid::from_u128(77);

    let start = json!({"inbox": "demo", "client": client, "name": name, "page": "https://shop.example/cart"});
    let started = post(&format!("{url}/chat/v1/conversations"), "none", None, start).await;
    let (token, conversation) =
        (started["token"].as_str().expect("a token"), started["conversation"].as_str().expect("an id"));
    let chat = format!("{url}/chat/v1/conversation");
    post(
        &format!("{chat}/messages"),
        token,
        None,
        json!({"client": client, "counter": 1, "text": format!("about my {asked}")}),
    )
    .await;
    // Refused input is not quoted either.
    let wrong = reqwest::Client::new()
        .post(format!("{chat}/messages"))
        .bearer_auth(token)
        .body(format!("{{\"counter\":\"{asked}\"}}"));
    let wrong = wrong.send().await.expect("an answer").text().await.expect("a body");
    assert!(!wrong.contains(asked), "{wrong}");

    // A file: neither its name nor its content, nor one that is refused.
    for (kind, status) in [("text/plain", 201), ("image/png", 415)] {
        let mut address = reqwest::Url::parse(&format!("{chat}/files")).expect("an address");
        address.query_pairs_mut().append_pair("name", &format!("{noted}.txt"));
        let upload = reqwest::Client::new().post(address).bearer_auth(token).header("content-type", kind);
        let upload = upload.body(format!("{said}, second floor")).send().await.expect("an answer");
        assert_eq!(upload.status().as_u16(), status);
    }

    let agent = json!({"name": "Ana", "role": "agent"});
    let agent =
        post(&format!("{url}/api/v1/agents"), key.trim(), None, agent).await["id"].as_str().expect("an id").to_owned();
    let desk = |action: &str| format!("{url}/api/v1/conversations/{conversation}/{action}");
    post(&desk("take-over"), key.trim(), Some(&agent), json!({})).await;
    post(&desk("notes"), key.trim(), Some(&agent), json!({"text": format!("they want {noted}")})).await;
    post(
        &desk("messages"),
        key.trim(),
        Some(&agent),
        json!({"client": client, "counter": 1, "text": format!("to {said}")}),
    )
    .await;
    post(&desk("close"), key.trim(), Some(&agent), json!({"wrap_up": format!("sent to {said}")})).await;

    let metrics = reqwest::get(format!("{url}/metrics")).await.expect("metrics").text().await.expect("text");
    assert!(metrics.contains("baton_events_total"), "{metrics}");
    // The store is looked at as it stands after a kill, with its write-ahead log.
    drop(hub);
    let paths = files(folder.path());
    assert!(paths.iter().any(|path| path.ends_with("baton.db")), "{paths:?}");
    for text in PLANTED {
        assert!(!metrics.contains(text));
        for path in &paths {
            let bytes = std::fs::read(path).expect("a file");
            assert!(!stands_in(text, &bytes), "{text} stands in {}", path.display());
        }
    }
    // Nothing was found because nothing was written down, not because nothing was logged.
    let log = std::fs::read(folder.path().join("hub.log")).expect("a log");
    assert!(log.len() > 1_000, "the hub logged at its most talkative");
}
