//! Backups, whole: made beside a running hub, put back after a fall, and checked to the last byte.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use baton_infra::SqliteStore;
use baton_kit::store::{Offset, Store};
use common::{Agent, Customer, Hub, LIMIT, fresh_id};
use reqwest::Method;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a command answered.
struct Said {
    ok: bool,
    out: String,
    err: String,
}

fn baton(args: &[&str]) -> Said {
    let done =
        Command::new(env!("CARGO_BIN_EXE_baton")).args(args).env("RUST_BACKTRACE", "0").output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { ok: done.status.success(), out: text(&done.stdout), err: text(&done.stderr) }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn backup(data: &Path, to: &Path, more: &[&str]) -> Value {
    let said = baton(&[&["backup", text(to), "--data", text(data), "--json"], more].concat());
    assert!(said.ok, "{}", said.err);
    serde_json::from_str(&said.out).expect("JSON")
}

/// What `verify` found; nothing, if all is well.
fn verify(folder: &Path) -> Value {
    let said = baton(&["verify", text(folder), "--json"]);
    let found: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    assert_eq!(said.ok, found["ok"] == true, "{found}");
    found
}

#[track_caller]
fn whole(folder: &Path) -> Value {
    let found = verify(folder);
    assert_eq!(found["ok"], true, "{found}");
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        match entry.file_type().expect("a type").is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => {
                std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
            }
        }
    }
}

/// Asks until the index has taken in everything.
async fn found(agent: &Agent, query: &str) -> usize {
    let asking = async {
        loop {
            let page = agent.get(&format!("search?q={query}")).await;
            if page["behind"] == 0 {
                return page["items"].as_array().expect("items").len();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(2 * LIMIT, asking).await.expect("the index catches up")
}

async fn upload(hub: &Hub, customer: &Customer, bytes: Vec<u8>) -> String {
    let url = format!("{}/chat/v1/conversation/files?name=invoice.pdf", hub.url);
    let request =
        reqwest::Client::new().post(url).bearer_auth(&customer.token).header("content-type", "application/pdf");
    let answer = request.body(bytes).send().await.expect("the hub answers");
    let answer: Value = answer.json().await.expect("JSON");
    answer["blob"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn download(hub: &Hub, customer: &Customer, blob: &str) -> Vec<u8> {
    let url = format!("{}/chat/v1/conversation/files/{blob}", hub.url);
    let answer = reqwest::Client::new().get(url).bearer_auth(&customer.token).send().await.expect("the hub answers");
    answer.bytes().await.expect("bytes").to_vec()
}

async fn answer(agent: &Agent, conversation: &str, text: &str) {
    let body = json!({"client": fresh_id(), "counter": 1, "text": text});
    agent.act(conversation, "messages", body).await.expect(201);
}

fn pdf(length: usize) -> Vec<u8> {
    b"%PDF-1.7\n".iter().copied().cycle().take(length).collect()
}

async fn plains(customer: &Customer) -> Vec<String> {
    customer.events().await.iter().filter_map(|event| event["plain"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_messages_flow_comes_back_whole_after_a_fall() {
    let mut hub = Hub::start();
    let tmp = tempfile::tempdir().expect("a folder");
    let (first, second) = (tmp.path().join("first"), tmp.path().join("second"));
    let mut kim = Customer::waiting(&hub, "Kim").await;
    kim.say("zebra crossing").await;
    let file = pdf(200_000);
    let blob = upload(&hub, &kim, file.clone()).await;

    // Messages flow while the copy is made.
    let stop = Arc::new(AtomicBool::new(false));
    let mut sam = Customer::start(&hub, "Sam").await;
    let flow = tokio::spawn({
        let stop = stop.clone();
        async move {
            let mut sent = 0;
            while !stop.load(Ordering::Relaxed) {
                sam.say(&format!("number {sent}")).await;
                sent += 1;
            }
            (sam, sent)
        }
    });
    let data = hub.data();
    let (made, live) = tokio::task::spawn_blocking({
        let (data, first) = (data.clone(), first.clone());
        move || (backup(&data, &first, &[]), verify(&data))
    })
    .await
    .expect("made");
    stop.store(true, Ordering::Relaxed);
    let (mut sam, sent) = flow.await.expect("it flowed");
    assert!(sent > 0);
    assert_eq!(live["ok"], true, "a running hub is whole in each moment: {live}");
    assert_eq!((&made["master_key"], &made["generation"]), (&json!(false), &json!(1)));
    assert!(!first.join("master.key").exists() && !first.join("search.db").exists());
    let checked = whole(&first);
    assert!(checked["looked_at"]["events"].as_u64() > Some(5) && checked["looked_at"]["blobs"] == 1, "{checked}");

    // Of the second, the file is linked to the first.
    backup(&data, &second, &["--previous", text(&first)]);
    whole(&second);
    kim.say("after the backup").await;
    let page = kim.call(Method::GET, "/events?limit=1", None).await.expect(200);
    let cursor = page["cursor"].as_str().expect("a cursor").to_owned();

    hub.kill();
    whole(&data);
    let said = baton(&["restore", text(&second), "--data", text(&data)]);
    assert!(said.ok, "{}", said.err);
    let aside = said.out.lines().find_map(|line| line.split("is kept as ").nth(1)).expect("where the old folder is");
    let aside = PathBuf::from(aside.split(';').next().expect("a path"));
    assert!(whole(&data)["looked_at"]["opened"] == true, "the master key came along from the old folder");
    whole(&aside);

    hub.restart();
    kim.moved_to(&hub);
    sam.moved_to(&hub);
    kim.call(Method::GET, &format!("/events?after={cursor}"), None).await.problem(410, "cursor_gone");
    let said = plains(&kim).await;
    assert!(said.iter().any(|text| text == "zebra crossing") && !said.iter().any(|text| text == "after the backup"));
    assert!(download(&hub, &kim, &blob).await == file);
    let numbers = plains(&sam).await.iter().filter(|text| text.starts_with("number ")).count();
    assert_eq!(numbers, sent, "all of them were said before the second backup");
    let ana = hub.agent("Ana", "agent", 4).await;
    assert_eq!(found(&ana, "zebra").await, 1);
    // And it goes on: who waited is still in line, and gets an answer.
    let mut desk = ana.at_desk().await;
    ana.take(&mut desk, &kim.conversation).await;
    answer(&ana, &kim.conversation, "Here I am").await;
    assert!(plains(&kim).await.iter().any(|text| text == "Here I am"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_never_brings_back_who_was_erased() {
    let mut hub = Hub::start();
    let tmp = tempfile::tempdir().expect("a folder");
    let (before, after) = (tmp.path().join("before"), tmp.path().join("after"));
    let mut kim = Customer::start(&hub, "Kim").await;
    kim.say("my secret is zebra").await;
    upload(&hub, &kim, pdf(1_000)).await;
    let mut sam = Customer::start(&hub, "Sam").await;
    sam.say("mine is giraffe").await;
    let data = hub.data();
    backup(&data, &before, &["--with-master-key"]);
    assert!(before.join("master.key").exists());
    let erase = format!("conversations/{}/customer/erase", kim.conversation);
    hub.admin(Method::POST, &erase, Some(json!({"reason": "asked for it", "confirm": "Kim"}))).await.expect(200);
    backup(&data, &after, &[]);
    hub.kill();
    let elsewhere = tmp.path().join("elsewhere");

    // Without the folder that was erased in, and without a list, it is refused.
    let refused = baton(&["restore", text(&before), "--data", text(&elsewhere)]);
    assert!(!refused.ok && refused.err.contains("no erasure list is at hand"), "{}", refused.err);
    assert!(!elsewhere.exists());
    // A newer backup has the list.
    let said = baton(&["restore", text(&before), "--data", text(&elsewhere), "--erasures", text(&after)]);
    assert!(said.ok, "{}", said.err);
    whole(&elsewhere);
    assert_eq!(std::fs::read_dir(elsewhere.join("blobs")).expect("files").count(), 0, "nobody could open it");
    // The folder that is replaced has it too, and so has its list alone if its keys are lost.
    let said = baton(&["restore", text(&before), "--data", text(&data)]);
    assert!(said.ok, "{}", said.err);
    std::fs::remove_file(data.join("keys.db")).expect("lost");
    let said = baton(&["restore", text(&before), "--data", text(&data)]);
    assert!(said.ok, "{}", said.err);
    whole(&data);

    hub.restart();
    kim.moved_to(&hub);
    sam.moved_to(&hub);
    // The log of before the erasure learns of it, too, and the desk says so.
    let ana = hub.agent("Ana", "supervisor", 4).await;
    let erased = async {
        while ana.get(&format!("conversations/{}", kim.conversation)).await["erased"].is_null() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(2 * LIMIT, erased).await.expect("it is erased in the log");
    let gone = kim.call(Method::GET, "/events", None).await;
    assert!(!gone.body.to_string().contains("zebra"), "{}", gone.body);
    whole(&data);
    assert!(plains(&sam).await.iter().any(|text| text == "mine is giraffe"));
    assert_eq!((found(&ana, "zebra").await, found(&ana, "giraffe").await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_against_a_backup_or_a_restore_is_said_and_nothing_is_touched() {
    let mut hub = Hub::start();
    let tmp = tempfile::tempdir().expect("a folder");
    let (data, good) = (hub.data(), tmp.path().join("good"));
    let refused = |args: &[&str], why: &str| {
        let said = baton(args);
        assert!(!said.ok && said.err.contains(why), "{why}: {}", said.err);
        assert!(!said.err.contains("panicked"), "{}", said.err);
    };
    backup(&data, &good, &[]);
    refused(&["backup", text(&good), "--data", text(&data)], "is there already");
    refused(&["backup", text(&data.join("inside")), "--data", text(&data)], "lies in the data folder");
    refused(&["backup", text(&tmp.path().join("no/where")), "--data", text(&data)], "make it first");
    refused(&["backup", text(&tmp.path().join("x")), "--data", text(tmp.path())], "holds no data of Baton");
    refused(&["restore", text(&good), "--data", text(&data)], "stop it first");
    hub.kill();
    refused(&["verify", text(&tmp.path().join("nowhere"))], "is not there");

    // A disk that takes no more than a few kilobytes of each file.
    let small = tmp.path().join("small");
    let line = format!(
        "trap '' XFSZ; ulimit -f 40; exec {} backup {} --data {}",
        env!("CARGO_BIN_EXE_baton"),
        text(&small),
        text(&data)
    );
    let said = Command::new("sh").args(["-c", &line]).output().expect("it runs");
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && err.contains("no backup was made"), "{err}");
    assert!(!small.exists() && !tmp.path().join("small.unfinished").exists());

    // A backup that was killed is taken for nothing, and the next one clears it away.
    let cut = tmp.path().join("cut.unfinished");
    copy(&good, &cut);
    std::fs::remove_file(cut.join("manifest.json")).expect("there");
    refused(&["restore", text(&cut), "--data", text(&data)], "is no whole backup");
    refused(&["verify", text(tmp.path())], "is no whole backup");
    backup(&data, &tmp.path().join("cut"), &[]);
    assert!(!cut.exists());

    // A changed byte, a missing file, one too many: refused before anything is touched.
    let stands = std::fs::read(data.join("baton.db")).expect("the log");
    let bad = tmp.path().join("bad");
    for spoil in [
        (&|bad: &Path| flip(&bad.join("keys.db"), 5_000)) as &dyn Fn(&Path),
        &|bad| std::fs::remove_file(bad.join("erasures.list")).expect("there"),
        &|bad| std::fs::write(bad.join("more"), "more").expect("written"),
        &|bad| flip(&bad.join("manifest.json"), 40),
        &|bad| flip(&bad.join("manifest.blake3"), 4),
    ] {
        copy(&good, &bad);
        spoil(&bad);
        refused(&["restore", text(&bad), "--data", text(&data)], "othing was changed");
        assert_eq!(verify(&bad)["ok"], false);
        std::fs::remove_dir_all(&bad).expect("removed");
    }
    assert_eq!(std::fs::read(data.join("baton.db")).expect("the log"), stands);
    let beside = data.parent().expect("a folder");
    let names = std::fs::read_dir(beside).expect("a folder").filter_map(Result::ok).map(|entry| entry.file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with("data.")), "nothing half is left");
    // Without its master key a hub does not make up another one.
    std::fs::rename(data.join("master.key"), tmp.path().join("kept")).expect("moved");
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)], "master key is not at hand");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).expect("a file");
    let at = at % bytes.len();
    bytes[at] ^= 0x20;
    std::fs::write(path, bytes).expect("written");
}

/// Chance that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// A data folder with something of everything, of a hub that was stopped.
async fn full() -> (tempfile::TempDir, PathBuf) {
    let mut hub = Hub::start();
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut desk = ana.at_desk().await;
    for name in ["Kim", "Sam"] {
        let mut customer = Customer::waiting(&hub, name).await;
        ana.take(&mut desk, &customer.conversation).await;
        customer.say("hello").await;
        answer(&ana, &customer.conversation, "Here I am").await;
    }
    let sue = hub.agent("Sue", "supervisor", 1).await;
    let tag = sue.call(Method::POST, "tags", Some(json!({"name": "refund"}))).await.expect(201);
    let list = ana.get("conversations?list=mine").await;
    let one = list["items"][0]["id"].as_str().expect("one").to_owned();
    let tags = json!({"tags": [tag["id"]]});
    ana.call(Method::PUT, &format!("conversations/{one}/tags"), Some(tags)).await.expect(200);
    let note = json!({"text": "please look", "mentions": [sue.id]});
    ana.act(&one, "notes", note).await.expect(201);
    Customer::start(&hub, "Robin").await;
    hub.kill();
    let tmp = tempfile::tempdir().expect("a folder");
    let data = tmp.path().join("data");
    copy(&hub.data(), &data);
    // Half of it becomes old and is packed.
    let store = SqliteStore::open(&data, [7; 16]).expect("a store");
    let end = store.end().await.expect("an end");
    while store.pack(Offset(end.0 / 2), 100).await.expect("packed") > 0 {}
    store.close();
    let db = rusqlite::Connection::open(data.join("baton.db")).expect("the log");
    // One file, so that its bytes can be changed where they lie, and no old copy of any beside it.
    db.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).expect("in one file");
    db.execute_batch("VACUUM").expect("without holes");
    let packs: u32 = db.query_row("SELECT count(*) FROM packs", [], |row| row.get(0)).expect("packs");
    assert!(packs > 2, "{packs}");
    (tmp, data)
}

#[tokio::test(flavor = "multi_thread")]
async fn any_changed_byte_of_the_log_and_its_lists_is_found() {
    let (tmp, data) = full().await;
    whole(&data);
    let path = data.join("baton.db");
    let good = std::fs::read(&path).expect("the log");
    let mut dice = Dice(7);
    let (mut tried, mut missed) = (0, Vec::new());

    // Each column of each row of the log and of what is made from it, one byte of it changed.
    for (table, key) in [
        ("streams", "rowid"),
        ("events", "rowid"),
        ("packs", "rowid"),
        ("places", "rowid"),
        ("list_rows", "id"),
        ("row_tags", "id"),
        ("entries", "id"),
    ] {
        let db = rusqlite::Connection::open(&path).expect("the log");
        let columns: Vec<String> = (db.prepare(&format!("PRAGMA table_info({table})")).expect("a table"))
            .query_map([], |row| row.get(1))
            .and_then(Iterator::collect)
            .expect("columns");
        let keys: Vec<Cell> = (db.prepare(&format!("SELECT {key} FROM {table}")).expect("a table"))
            .query_map([], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("rows");
        drop(db);
        // The number of a packed row stands for nothing.
        for column in columns.iter().filter(|column| (table, column.as_str()) != ("packs", "id")) {
            for _ in 0..3.min(keys.len()) {
                let row = &keys[dice.below(keys.len())];
                let db = rusqlite::Connection::open(&path).expect("the log");
                let select = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                let cell: Cell = db.query_row(&select, [row], |row| row.get(0)).expect("a cell");
                let changed = match cell.clone() {
                    Cell::Integer(number) => Cell::Integer(number ^ (1 << dice.below(3))),
                    Cell::Text(text) if text.is_empty() => Cell::Text("x".into()),
                    Cell::Text(text) => {
                        let at = dice.below(text.len());
                        let mut bytes = text.into_bytes();
                        bytes[at] ^= 1;
                        Cell::Text(String::from_utf8(bytes).expect("still text"))
                    }
                    Cell::Blob(bytes) if bytes.is_empty() => Cell::Blob(vec![7; 16]),
                    Cell::Blob(mut bytes) => {
                        let at = dice.below(bytes.len());
                        bytes[at] ^= 1 << dice.below(8);
                        Cell::Blob(bytes)
                    }
                    other => other,
                };
                let update = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                let done = if changed == cell { Ok(0) } else { db.execute(&update, (&changed, row)) };
                drop(db);
                // A null has no byte; what an index forbids cannot stand.
                if done.is_ok_and(|rows| rows > 0) {
                    tried += 1;
                    if verify(&data)["ok"] == true {
                        missed.push(format!("{table}.{column}: {cell:?} became {changed:?}"));
                    }
                }
                std::fs::write(&path, &good).expect("as it was");
            }
        }
    }

    // Bytes of headers, bodies and chains where they lie in the file.
    let db = rusqlite::Connection::open(&path).expect("the log");
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for (table, column) in
        [("events", "header"), ("events", "body"), ("events", "chain"), ("packs", "headers"), ("packs", "bodies")]
    {
        let select = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
        let mut select = db.prepare(&select).expect("a table");
        pieces.extend(
            select.query_map([], |row| row.get(0)).and_then(Iterator::collect::<Result<Vec<_>, _>>).expect("rows"),
        );
    }
    drop(db);
    for _ in 0..60 {
        let piece = &pieces[dice.below(pieces.len())];
        // A long one goes on in other pages: its first bytes lie together.
        let start = &piece[..piece.len().min(32)];
        // The last place: a table's first page keeps old copies of rows that moved to others, as unused space.
        let Some(at) = good.windows(start.len()).rposition(|window| window == start) else { continue };
        let at = at + dice.below(start.len());
        let mut bad = good.clone();
        bad[at] ^= 1 << dice.below(8);
        std::fs::write(&path, &bad).expect("written");
        tried += 1;
        if verify(&data)["ok"] == true {
            missed.push(format!("byte {at} of the file"));
        }
    }
    std::fs::write(&path, &good).expect("as it was");
    whole(&data);
    assert!(tried > 100, "only {tried} were tried");
    assert!(missed.is_empty(), "{} of {tried} were not found: {missed:#?}", missed.len());
    drop(tmp);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_changed_byte_of_a_backup_is_found() {
    let (tmp, data) = full().await;
    let to = tmp.path().join("backup");
    backup(&data, &to, &["--with-master-key"]);
    whole(&to);
    let mut dice = Dice(11);
    let names = ["baton.db", "keys.db", "erasures.list", "master.key", "manifest.json", "manifest.blake3"];
    for number in 0..90 {
        let path = to.join(names[number % names.len()]);
        let good = std::fs::read(&path).expect("a file");
        let (at, bit) = (dice.below(good.len()), 1 << dice.below(8));
        let mut bad = good.clone();
        bad[at] ^= bit;
        std::fs::write(&path, &bad).expect("written");
        assert_eq!(verify(&to)["ok"], false, "byte {at} of {}", path.display());
        std::fs::write(&path, &good).expect("as it was");
    }
    whole(&to);
}
