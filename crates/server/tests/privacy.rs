//! What people write is found in no log, no metric, no file of the data folder and no backup: not in clear, not in UTF-16,
//! not in base64 or hexadecimal digits, not in what a store compressed. The hub logs as much as it can while this is tried.
//! After an erasure none of it can be opened, whoever holds the master key.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

use base64::Engine as _;
use baton_core::event::{Header, Key, Stream, open, unwrap_key};
use baton_core::ids::KeyId;
use futures_util::{SinkExt, StreamExt};
use rusqlite::types::ValueRef;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
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
    let status = response.status();
    let answer: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default();
    assert!(status.is_success(), "{url}: {answer}");
    answer
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
    any_stands_in(&[text], bytes).is_some()
}

/// The first of these that stands there in any form. All that is looked for is ASCII, so that a search in text finds it,
/// and that one is quick.
fn any_stands_in<'a>(words: &[&'a str], bytes: &[u8]) -> Option<&'a str> {
    let there = String::from_utf8_lossy(bytes);
    let stands = |form: &Vec<u8>| there.contains(std::str::from_utf8(form).expect("ASCII"));
    words.iter().find(|word| forms(word).iter().any(stands)).copied()
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

/// What stands in the databases of a folder as the store reads it: every cell, and what a compressed one holds.
fn cells(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for path in files(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "db")) {
        let db = rusqlite::Connection::open(&path).expect("a database");
        let names = |sql: &str| -> Vec<String> {
            let mut asked = db.prepare(sql).expect("a question");
            let rows = asked.query_map([], |row| row.get(0)).expect("rows");
            rows.map(|name| name.expect("a name")).collect()
        };
        for table in names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
            let mut asked = db.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
            let columns = asked.column_count();
            let mut rows = asked.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for column in 0..columns {
                    let bytes = match row.get_ref(column).expect("a cell") {
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
                        _ => continue,
                    };
                    let place = format!("{}:{table}", path.display());
                    out.extend(opened(&bytes).into_iter().map(|bytes| (place.clone(), bytes)));
                    out.push((place, bytes));
                }
            }
        }
    }
    out
}

/// What bytes say if they are compressed in one of the usual ways.
fn opened(bytes: &[u8]) -> Vec<Vec<u8>> {
    use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
    let read = |mut from: Box<dyn Read + '_>| {
        let mut out = Vec::new();
        // What breaks off in the middle was not compressed, or says something all the same.
        let _ = from.read_to_end(&mut out);
        (!out.is_empty()).then_some(out)
    };
    [
        read(Box::new(DeflateDecoder::new(bytes))),
        read(Box::new(ZlibDecoder::new(bytes))),
        read(Box::new(GzDecoder::new(bytes))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn what_was_compressed_is_looked_into() {
    let mut to = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut to, "before Quendoline after, before Quendoline after".as_bytes()).expect("written");
    let bytes = to.finish().expect("finished");
    assert!(!stands_in("Quendoline", &bytes) && opened(&bytes).iter().any(|bytes| stands_in("Quendoline", bytes)));
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
        json!({"client": uuid::Uuid::from_u128(76), "counter": 1, "text": format!("to {said}")}),
    )
    .await;
    post(&desk("close"), key.trim(), Some(&agent), json!({"wrap_up": format!("sent to {said}")})).await;

    let metrics = reqwest::get(format!("{url}/metrics")).await.expect("metrics").text().await.expect("text");
    assert!(metrics.contains("baton_events_total"), "{metrics}");
    // The store is looked at as it stands after a kill, with its write-ahead log.
    drop(hub);
    let paths = files(folder.path());
    assert!(paths.iter().any(|path| path.ends_with("baton.db")), "{paths:?}");
    assert_eq!(any_stands_in(&PLANTED, metrics.as_bytes()), None);
    for path in &paths {
        let bytes = std::fs::read(path).expect("a file");
        assert_eq!(any_stands_in(&PLANTED, &bytes), None, "in {}", path.display());
    }
    // Nothing was found because nothing was written down, not because nothing was logged.
    let log = std::fs::read(folder.path().join("hub.log")).expect("a log");
    assert!(log.len() > 1_000, "the hub logged at its most talkative");
}

/// A card and an account that everybody uses for tests, and words that stand nowhere else.
const CARD: &str = "4242 4242 4242 4242";
const IBAN: &str = "DE89370400440532013000";
const WORDS: [&str; 9] = [
    "Theodelinde",
    "wurzelsepp one",
    "kranewitter two",
    "gugelhupf three",
    "zwetschgen four",
    "paradeiser five",
    "schlagobers six",
    "marillen eight",
    "theodelinde@ribisel.example",
];

/// What a customer types into a field that asks for a secret.
const PIN: &str = "hagebutten ten";

/// Ana asks for a secret. Whatever is wrong with the answer is refused without a word of it; the right one, by the socket, is
/// kept as a token. The seq of the customer's answer.
async fn a_secret_is_asked_for(url: &str, desk: &str, key: &str, agent: &str, token: &str) -> u64 {
    let chat = format!("{url}/chat/v1/conversation");
    let fields = json!([{"key": "pin", "label": "PIN", "kind": "secret", "required": true}]);
    let form = json!({"title": "Please confirm", "fields": fields});
    let word = json!({"client": uuid::Uuid::from_u128(80), "counter": 1, "form": form});
    post(&format!("{desk}/messages"), key, Some(agent), word).await;
    let begun = std::time::Instant::now();
    let position = loop {
        let (_, events) = get(&format!("{chat}/events?limit=200"), token, None).await;
        let events: Value = serde_json::from_slice(&events).expect("JSON");
        let mut all = events["events"].as_array().expect("events").iter();
        if let Some(found) = all.find(|one| one["parts"][0]["type"] == "form") {
            break found["position"].as_u64().expect("a position");
        }
        assert!(begun.elapsed().as_secs() < 60, "the form goes out");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    let client = uuid::Uuid::from_u128(81);
    for (body, status, code) in [
        (json!({"form": {}}), 422, "field_required"),
        (json!({"form": {"pin": " "}}), 422, "field_required"),
        (json!({"form": {"pin": PIN.repeat(20)}}), 422, "field_invalid"),
        (json!({"form": {"pin": [PIN]}}), 422, "field_invalid"),
        (json!({"form": {"pin": "1", PIN: PIN}}), 422, "field_invalid"),
        (json!({"form": PIN}), 400, "malformed"),
        (json!({"form": {"pin": PIN}, "text": PIN}), 422, "form_answer_wanted"),
        (json!({"text": PIN}), 422, "form_answer_wanted"),
        (json!({"choice": {"label": PIN, "value": PIN}}), 422, "form_answer_wanted"),
        (json!({"form": {"pin": PIN}, "reply_to": 1}), 404, "form_not_found"),
        (json!({"form": {"pin": PIN}, "reply_to": null}), 400, "malformed"),
    ] {
        let mut whole = json!({"client": client, "counter": 1, "reply_to": position});
        whole.as_object_mut().expect("an object").extend(body.as_object().expect("an object").clone());
        let request = reqwest::Client::new().post(format!("{chat}/messages")).bearer_auth(token);
        let response = request.body(whole.to_string()).send().await.expect("an answer");
        let (answered, told) = (response.status().as_u16(), response.bytes().await.expect("a body"));
        let problem: Value = serde_json::from_slice(&told).expect("a problem");
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{whole}");
        assert!(!stands_in(PIN, &told), "{problem}");
    }
    let address = format!("{}/chat/v1/socket", url.replacen("http", "ws", 1));
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.expect("a socket");
    let hello = json!({"type": "hello", "token": token, "client": client});
    let send = json!({"type": "send", "client": client, "counter": 1, "reply_to": position, "form": {"pin": PIN}});
    for frame in [hello, send] {
        let frame = tokio_tungstenite::tungstenite::Message::Text(frame.to_string().into());
        socket.send(frame).await.expect("sent");
    }
    let acknowledged = async {
        loop {
            let frame = socket.next().await.expect("it goes on").expect("a frame").into_data();
            assert!(!stands_in(PIN, &frame), "no frame echoes it");
            if stands_in("\"type\":\"ack\"", &frame) {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), acknowledged).await.expect("it is taken");
    let (_, own) = get(&format!("{chat}/events?limit=200"), token, None).await;
    let (_, saved) = get(&format!("{chat}/transcript?format=html"), token, None).await;
    for read in [&own, &saved] {
        assert!(stands_in("PIN: [hidden: pin]", read) && !stands_in(PIN, read));
    }
    let (_, events) = get(&format!("{desk}/events?limit=200"), key, Some(agent)).await;
    let events: Value = serde_json::from_slice(&events).expect("JSON");
    let all = events["events"].as_array().expect("events");
    let answer = all.iter().find(|one| one["parts"][0]["type"] == "form_answer").expect("the customer's answer");
    assert_eq!(answer["parts"][0], json!({"type": "form_answer", "json": {"pin": "[hidden: pin]"}, "secret": ["pin"]}));
    assert_eq!((&answer["plain"], &answer["taken_out"]), (&json!("PIN: [hidden: pin]"), &json!(1)));
    answer["seq"].as_u64().expect("a seq")
}

/// Every key of a data folder that the master key still opens, and all wrapped bytes.
fn keys(data: &Path) -> (HashMap<KeyId, Key>, Vec<Vec<u8>>) {
    let text = std::fs::read_to_string(data.join("master.key")).expect("the master key");
    let master = baton_core::ids::Hash32::from_hex(text.trim()).expect("digits");
    let db = rusqlite::Connection::open(data.join("keys.db")).expect("the keys");
    let mut asked = db.prepare("SELECT id, parent, wrapped FROM keys WHERE wrapped IS NOT NULL").expect("a table");
    let id = |bytes: [u8; 16]| KeyId(uuid::Uuid::from_bytes(bytes));
    let rows: Vec<(KeyId, Option<KeyId>, Vec<u8>)> = asked
        .query_map([], |row| {
            Ok((id(row.get(0)?), row.get::<_, Option<[u8; 16]>>(1)?.map(id), row.get::<_, Vec<u8>>(2)?))
        })
        .expect("rows")
        .map(|row| row.expect("a key"))
        .collect();
    let mut open: HashMap<KeyId, Key> = HashMap::new();
    for (id, _, wrapped) in rows.iter().filter(|(_, parent, _)| parent.is_none()) {
        open.extend(unwrap_key(&Key(master.0), *id, wrapped).ok().map(|key| (*id, key)));
    }
    for (id, parent, wrapped) in &rows {
        let key = parent.and_then(|parent| unwrap_key(open.get(&parent)?, *id, wrapped).ok());
        open.extend(key.map(|key| (*id, key)));
    }
    (open, rows.into_iter().map(|(_, _, wrapped)| wrapped).collect())
}

/// Every body of the log that can be opened with all keys that there are.
fn bodies(data: &Path) -> Vec<String> {
    let (keys, _) = keys(data);
    let db = rusqlite::Connection::open(data.join("baton.db")).expect("the log");
    let workspace = cells(data)
        .iter()
        .find_map(|(place, bytes)| {
            let text = std::str::from_utf8(bytes).ok().filter(|_| place.ends_with(":meta"));
            text.and_then(|text| text.parse().ok())
                .or_else(|| uuid::Uuid::from_slice(bytes).ok().filter(|_| place.ends_with(":meta")))
        })
        .expect("the workspace's id");
    let mut asked = db.prepare("SELECT header, body FROM events WHERE body IS NOT NULL").expect("a table");
    let mut rows = asked.query([]).expect("rows");
    let mut out = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        let header: Vec<u8> = row.get(0).expect("a header");
        let body: Vec<u8> = row.get(1).expect("a body");
        let header = Header::from_bytes(&header).expect("a header");
        let place = (workspace, header.stream, header.seq, header.fact.kind(), header.version);
        let key = header.key.and_then(|key| keys.get(&key));
        if matches!(header.stream, Stream::Conversation(_))
            && let Some(plain) = key.and_then(|key| open(key, place, &body).ok())
        {
            out.push(String::from_utf8(plain).expect("JSON"));
        }
    }
    out
}

async fn get(url: &str, bearer: &str, agent: Option<&str>) -> (u16, Vec<u8>) {
    let mut request = reqwest::Client::new().get(url).bearer_auth(bearer);
    if let Some(agent) = agent {
        request = request.header("baton-agent", agent);
    }
    let response = request.send().await.expect("the hub answers");
    let status = response.status().as_u16();
    (status, response.bytes().await.expect("a body").to_vec())
}

/// A search until it finds so many conversations; the index follows the log.
async fn found(url: &str, key: &str, agent: &str, word: &str, wanted: usize) -> bool {
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 60 {
        let (status, page) = get(&format!("{url}/api/v1/search?q={word}"), key, Some(agent)).await;
        let page: Value = serde_json::from_slice(&page).unwrap_or_default();
        if status == 200 && page["items"].as_array().is_some_and(|items| items.len() == wanted) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    false
}

/// Every file as it stands. Read before a database is opened: whoever closes one empties its write-ahead log.
fn raw(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let read = |path: std::path::PathBuf| std::fs::read(&path).map(|bytes| (path, bytes)).expect("a file");
    files(folder).into_iter().map(read).collect()
}

fn nowhere(words: &[&str], raw: &[(std::path::PathBuf, Vec<u8>)], folder: &Path) {
    let cells = cells(folder);
    for (path, bytes) in raw {
        assert_eq!(any_stands_in(words, bytes), None, "in {}", path.display());
    }
    for (place, bytes) in &cells {
        assert_eq!(any_stands_in(words, bytes), None, "in {place}");
    }
}

#[tokio::test]
async fn after_an_erasure_nothing_can_be_opened_with_the_master_key_in_hand() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (hub, url) = start(folder.path());
    let key = std::fs::read_to_string(folder.path().join("key")).expect("a key").trim().to_owned();
    let [name, asked, noted, said, filed, file_name, rated, attached, mail] = WORDS;
    let client = uuid::Uuid::from_u128(78);
    // The inbox keeps what it takes out, sealed apart.
    let (_, inboxes) = get(&format!("{url}/api/v1/inboxes"), &key, None).await;
    let inboxes: Value = serde_json::from_slice(&inboxes).expect("JSON");
    let inbox = inboxes["items"].as_array().and_then(|all| all.iter().find(|one| one["card"]["slug"] == "demo"));
    let inbox = inbox.expect("the demo's inbox").clone();
    let mut changed = json!({"card": inbox["card"], "privacy": inbox["privacy"]});
    changed["privacy"]["redaction"]["reversible"] = json!(true);
    let put = reqwest::Client::new().put(format!("{url}/api/v1/inboxes/{}", inbox["id"].as_str().expect("an id")));
    let put = put.bearer_auth(&key).header("content-type", "application/json").body(changed.to_string());
    assert_eq!(put.send().await.expect("an answer").status().as_u16(), 200);

    let begin = |name: &str, page: String| json!({"inbox": "demo", "client": client, "name": name, "page": page, "variables": {"note": attached, "paid_by": CARD}});
    let started = post(
        &format!("{url}/chat/v1/conversations"),
        "none",
        None,
        begin(name, format!("https://shop.example/?c={IBAN}")),
    )
    .await;
    let (token, id) = (started["token"].as_str().expect("a token"), started["conversation"].as_str().expect("an id"));
    // Another customer, who stays.
    let other = post(
        &format!("{url}/chat/v1/conversations"),
        "none",
        None,
        json!({"inbox": "demo", "client": client, "name": "Stayer"}),
    )
    .await;
    let chat = format!("{url}/chat/v1/conversation");
    let text = format!("my {asked} and card {CARD} or 4242-4242-4242-4242, account {IBAN}, mail {mail}");
    post(&format!("{chat}/messages"), token, None, json!({"client": client, "counter": 1, "text": text})).await;
    let stays = "the stayer asks about rosenkohl";
    let other_token = other["token"].as_str().expect("a token");
    post(&format!("{chat}/messages"), other_token, None, json!({"client": client, "counter": 1, "text": stays})).await;
    let mut address = reqwest::Url::parse(&format!("{chat}/files")).expect("an address");
    address.query_pairs_mut().append_pair("name", &format!("{file_name} {CARD}.txt"));
    let upload = reqwest::Client::new().post(address).bearer_auth(token).header("content-type", "text/plain");
    let upload = upload.body(format!("{filed} in a file")).send().await.expect("an answer");
    let upload: Value = serde_json::from_slice(&upload.bytes().await.expect("a body")).expect("JSON");
    let part = json!({"client": client, "counter": 2, "file": {"blob": upload["blob"]}});
    post(&format!("{chat}/messages"), token, None, part).await;
    let agent = json!({"name": "Ana", "role": "administrator"});
    let agent =
        post(&format!("{url}/api/v1/agents"), &key, None, agent).await["id"].as_str().expect("an id").to_owned();
    let desk = |action: &str| format!("{url}/api/v1/conversations/{id}/{action}");
    post(&desk("take-over"), &key, Some(&agent), json!({})).await;
    post(&desk("notes"), &key, Some(&agent), json!({"text": format!("they want {noted}")})).await;
    let word = json!({"client": uuid::Uuid::from_u128(79), "counter": 1, "text": format!("to {said}")});
    post(&desk("messages"), &key, Some(&agent), word).await;
    // It may be undone for a moment; then it goes out.
    let begun = std::time::Instant::now();
    while !stands_in(said, &get(&format!("{chat}/events?limit=200"), token, None).await.1) {
        assert!(begun.elapsed().as_secs() < 60, "an agent's word goes out");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let asked_in_secret = format!("{url}/api/v1/conversations/{id}");
    let secret = a_secret_is_asked_for(&url, &asked_in_secret, &key, &agent, token).await;
    let opened =
        post(&desk(&format!("messages/{secret}/reveal")), &key, Some(&agent), json!({"reason": "a call"})).await;
    assert_eq!(opened["items"], json!([{"token": "[hidden: pin]", "text": PIN}]));
    post(&format!("{chat}/messages"), token, None, json!({"client": client, "counter": 3, "text": "thanks"})).await;
    post(&desk("close"), &key, Some(&agent), json!({})).await;
    post(&format!("{chat}/rating"), token, None, json!({"agent": 5, "comment": format!("{rated} {CARD}")})).await;

    // It is all there for those who may read it, and what nobody should keep is not.
    let (_, events) = get(&desk("events?limit=200"), &key, Some(&agent)).await;
    let shown = String::from_utf8(events.clone()).expect("text");
    for word in [asked, noted, said, rated, mail, file_name, "[card ending 4242]", "[IBAN ending 3000]"] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    assert!(!shown.contains(PIN), "{shown}");
    assert!(!shown.contains("4242 4242") && !shown.contains("4242-4242") && !shown.contains(IBAN), "{shown}");
    let events: Value = serde_json::from_slice(&events).expect("JSON");
    let taken = events["events"].as_array().and_then(|all| all.iter().find(|one| one["taken_out"] == 3));
    let seq = taken.expect("a message of which three things were taken out")["seq"].as_u64().expect("a seq");
    let revealed =
        post(&desk(&format!("messages/{seq}/reveal")), &key, Some(&agent), json!({"reason": "a refund"})).await;
    assert_eq!((&revealed["items"][0]["text"], &revealed["items"][2]["text"]), (&json!(CARD), &json!(IBAN)));
    let blob = upload["blob"].as_str().expect("a name");
    let (status, bytes) = get(&desk(&format!("files/{blob}")), &key, Some(&agent)).await;
    assert!(status == 200 && stands_in(filed, &bytes));
    assert!(found(&url, &key, &agent, "kranewitter", 1).await, "the search finds it");
    let (_, audit) = get(&format!("{url}/api/v1/audit"), &key, Some(&agent)).await;
    assert!(String::from_utf8_lossy(&audit).contains("revealed"));
    let export = json!({"reason": "asked for it", "format": "json"});
    let copied = post(&desk("customer/export"), &key, Some(&agent), export).await.to_string();
    for word in [name, asked, noted, said, rated, attached, file_name, "[hidden: pin]"] {
        assert!(copied.contains(word), "{word} in {copied}");
    }
    assert!(!copied.contains(PIN), "{copied}");
    assert!(found(&url, &key, &agent, "hagebutten", 0).await, "the search does not know it");
    let zip = reqwest::Client::new().post(desk("customer/export")).bearer_auth(&key).header("baton-agent", &agent);
    let zip = zip.header("content-type", "application/json").body(json!({"reason": "x"}).to_string());
    let zip = zip.send().await.expect("an answer").bytes().await.expect("a body");
    for word in ["index.html", "person.json", filed, "<!doctype html>"] {
        assert!(stands_in(word, &zip), "{word} in the archive");
    }
    assert!(!stands_in(PIN, &zip));

    // None of it stands anywhere as it is: not in the folder, the log, the metrics or a backup.
    let metrics = reqwest::get(format!("{url}/metrics")).await.expect("metrics").text().await.expect("text");
    let mut backup = Command::new(env!("CARGO_BIN_EXE_baton"));
    let backup = backup.arg("backup").arg(folder.path().join("backup")).arg("--data").arg(&data);
    let backup = backup.output().expect("it runs");
    assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
    drop(hub);
    let planted = WORDS.into_iter().chain([CARD, "4242424242424242", "4242-4242-4242-4242", IBAN, PIN]);
    let planted: Vec<&str> = planted.collect();
    for word in &planted {
        assert!(!metrics.contains(word));
    }
    nowhere(&planted, &raw(folder.path()), folder.path());
    let before = bodies(&data).join("\n");
    for word in [name, asked, noted, said, rated, attached] {
        assert!(before.contains(word), "the test itself can open {word}");
    }
    assert!(before.contains("[hidden: pin]"));
    for word in [CARD, IBAN, PIN] {
        assert!(!before.contains(word), "what was taken out is sealed apart");
    }
    let (_, wrapped_before) = keys(&data);

    // Erased, with the name of the right one.
    let (hub, url) = start(folder.path());
    let key = std::fs::read_to_string(folder.path().join("key")).expect("a key").trim().to_owned();
    let desk = |action: &str| format!("{url}/api/v1/conversations/{id}/{action}");
    let mut socket = {
        let address = format!("{}/chat/v1/socket", url.replacen("http", "ws", 1));
        let (mut socket, _) = tokio_tungstenite::connect_async(address).await.expect("a socket");
        let hello = json!({"type": "hello", "token": token}).to_string();
        socket.send(tokio_tungstenite::tungstenite::Message::Text(hello.into())).await.expect("sent");
        socket.next().await.expect("welcome").expect("a frame");
        socket
    };
    let erase = |confirm: &str| {
        let request =
            reqwest::Client::new().post(desk("customer/erase")).bearer_auth(&key).header("baton-agent", &agent);
        let body = json!({"reason": "asked for it", "confirm": confirm}).to_string();
        request.header("content-type", "application/json").body(body).send()
    };
    assert_eq!(erase("Stayer").await.expect("an answer").status().as_u16(), 422);
    assert_eq!(erase(name).await.expect("an answer").status().as_u16(), 200);
    let ended = async {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_close() {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.expect("the customer's socket ends");
    assert_eq!(erase(name).await.expect("an answer").status().as_u16(), 410);
    let (status, _) = get(&format!("{url}/chat/v1/conversation"), token, None).await;
    assert_eq!(status, 404, "for the customer there is nothing any more");
    let (status, events) = get(&desk("events?limit=200"), &key, Some(&agent)).await;
    assert_eq!(status, 200, "the desk can still say what happened");
    for word in &planted {
        assert!(!stands_in(word, &events), "{word} after the erasure");
    }
    assert!(stands_in("\"erased\":true", &events) && stands_in("\"customer\"", &events));
    let (_, page) = get(&format!("{url}/api/v1/conversations/{id}"), &key, Some(&agent)).await;
    let (status, _) = get(&desk(&format!("files/{blob}")), &key, Some(&agent)).await;
    assert_eq!(status, 404);
    let export = json!({"reason": "to see", "format": "json"});
    let copied = post(&desk("customer/export"), &key, Some(&agent), export).await.to_string();
    for word in &planted {
        assert!(!copied.contains(word) && !stands_in(word, &page), "{word} after the erasure");
    }
    assert!(found(&url, &key, &agent, "kranewitter", 0).await);
    assert!(found(&url, &key, &agent, "rosenkohl", 1).await, "nobody else's words went");
    let (_, audit) = get(&format!("{url}/api/v1/audit"), &key, Some(&agent)).await;
    assert!(stands_in("\"erased\"", &audit));
    drop(hub);
    let after = raw(folder.path());
    let (left, wrapped) = keys(&data);
    let opened = bodies(&data).join("\n");
    for word in &planted {
        assert!(!opened.contains(word), "{word} can be opened after the erasure");
    }
    assert!(opened.contains(stays) && !left.is_empty());
    let gone: Vec<&Vec<u8>> = wrapped_before.iter().filter(|old| !wrapped.contains(old)).collect();
    assert!(gone.len() >= 2, "the person's key and the episode's are gone");
    // The backup of before holds them, as it must; `restore` destroys them again.
    for (path, bytes) in after.iter().filter(|(path, _)| path.starts_with(&data)) {
        for old in &gone {
            assert!(!bytes.windows(old.len()).any(|window| window == old.as_slice()), "a key in {}", path.display());
        }
    }
    nowhere(&planted, &after, folder.path());
}
