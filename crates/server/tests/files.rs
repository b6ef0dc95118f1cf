//! Files in a chat, against a real hub: taken whole or not at all, never run, never another chat's.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Agent, Customer, Hub, fresh_id};
use reqwest::header::HeaderMap;
use reqwest::{Body, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// An answer whose body may be a file.
struct Got {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    #[track_caller]
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    #[track_caller]
    fn problem(self, status: u16, code: &str) -> Value {
        let json = self.json();
        assert_eq!((self.status, json["code"].as_str()), (status, Some(code)), "{json}");
        json
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

async fn send(method: Method, url: &str, token: &str, kind: &str, body: impl Into<Body>) -> Got {
    let mut request = reqwest::Client::new().request(method.clone(), url).bearer_auth(token).body(body);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    got(&method, url, request.send().await.expect("the hub answers")).await
}

/// The answer, held against the OpenAPI document.
async fn got(method: &Method, url: &str, response: reqwest::Response) -> Got {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let got = Got { status, headers, bytes: response.bytes().await.expect("a body").to_vec() };
    let url = reqwest::Url::parse(url).expect("an address");
    let address = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let (kind, answer) = (got.header("content-type"), &got.bytes);
    common::contract::Exchange { method, address: &address, request: None, status, kind, answer }.check();
    got
}

async fn upload(hub: &Hub, customer: &Customer, name: &str, kind: &str, bytes: impl Into<Body>) -> Got {
    let mut url = reqwest::Url::parse(&format!("{}/chat/v1/conversation/files", hub.url)).expect("an address");
    url.query_pairs_mut().append_pair("name", name);
    send(Method::POST, url.as_str(), &customer.token, kind, bytes).await
}

async fn download(hub: &Hub, customer: &Customer, blob: &str) -> Got {
    let url = format!("{}/chat/v1/conversation/files/{blob}", hub.url);
    send(Method::GET, &url, &customer.token, "", Vec::new()).await
}

fn blob(uploaded: &Value) -> String {
    uploaded["blob"].as_str().expect("a blob").to_owned()
}

async fn name_it(customer: &Customer, counter: u64, file: Value) -> common::Answer {
    let body = json!({"client": customer.client, "counter": counter, "file": file});
    customer.call(Method::POST, "/messages", Some(body)).await
}

/// Content that no compression and no chance makes the same twice.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while bytes.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[tokio::test]
async fn a_file_is_uploaded_named_by_a_message_and_read_on_both_sides() {
    let hub = Hub::start();
    let customer = Customer::start(&hub, "Robin").await;
    assert_eq!(customer.state().await["can"]["upload"], true);
    // Around the sizes at which a frame ends.
    for (counter, length) in [(1, 64 * 1024 - 1), (2, 64 * 1024), (3, 64 * 1024 + 1), (4, 300_000), (5, 20)] {
        let bytes = noise(length);
        let uploaded = upload(&hub, &customer, "invoice.pdf", "application/pdf", bytes.clone()).await.expect(201);
        assert_eq!((uploaded["size"].as_u64(), uploaded["name"].as_str()), (Some(length as u64), Some("invoice.pdf")));
        name_it(&customer, counter, json!({"blob": blob(&uploaded), "text": "Here it is"})).await.expect(201);
        let got = download(&hub, &customer, &blob(&uploaded)).await;
        assert_eq!((got.status, got.bytes == bytes), (200, true), "{length}");
        assert_eq!(got.header("content-type"), "application/pdf");
        assert!(got.header("content-disposition").starts_with("attachment; filename=\"invoice.pdf\""));
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("content-security-policy"), "default-src 'none'; sandbox");
    }
    let events = customer.events().await;
    let said = events.iter().find(|event| event["by"]["kind"] == "customer").expect("the message");
    assert_eq!(said["plain"], "Here it is\n[file: invoice.pdf, 64 KB]");
    assert_eq!(said["parts"][1]["type"], "file");
    assert_eq!(said["parts"][1]["media_type"], "application/pdf");

    // The desk reads it, and answers with a picture, which alone is shown in the page.
    let kim: Agent = hub.agent("Kim", "agent", 4).await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    let desk = async |method: Method, path: &str, kind: &str, bytes: Vec<u8>| {
        let url = format!("{}/api/v1/conversations/{id}/{path}", hub.url);
        let client = reqwest::Client::new().request(method.clone(), &url);
        let request = client.bearer_auth(&hub.key).header("baton-agent", &kim.id).header("content-type", kind);
        got(&method, &url, request.body(bytes).send().await.expect("the hub answers")).await
    };
    let blob_of = said["parts"][1]["blob"].as_str().expect("a blob");
    assert_eq!(desk(Method::GET, &format!("files/{blob_of}"), "", Vec::new()).await.bytes, noise(64 * 1024 - 1));
    let picture = desk(Method::POST, "files?name=tent.png", "image/png", PNG.to_vec()).await.expect(201);
    let body = json!({"client": fresh_id(), "counter": 1, "file": {"blob": blob(&picture)}});
    kim.act(&id, "messages", body).await.expect(201);
    let events = customer.events().await;
    assert!(events.iter().any(|event| event["plain"] == "[file: tent.png, 29 bytes]"), "{events:?}");
    let got = download(&hub, &customer, &blob(&picture)).await;
    assert!(got.header("content-disposition").starts_with("inline"), "{}", got.header("content-disposition"));
    // Somebody who may not read the chat reads no file of it.
    let ben = hub.agent("Ben", "agent", 4).await;
    let path = format!("conversations/{}/files/{blob_of}", customer.conversation);
    ben.call(Method::GET, &path, None).await.problem(403, "not_allowed");
}

#[tokio::test]
async fn a_file_of_another_chat_is_no_file() {
    let hub = Hub::start();
    let (robin, sam) = (Customer::start(&hub, "Robin").await, Customer::start(&hub, "Sam").await);
    let uploaded = upload(&hub, &robin, "tent.png", "image/png", PNG).await.expect(201);
    let theirs = blob(&uploaded);
    name_it(&sam, 1, json!({"blob": theirs})).await.problem(404, "file_not_found");
    download(&hub, &sam, &theirs).await.problem(404, "file_not_found");
    for wrong in ["", "x", "../../master.key", &"0".repeat(64), &"é".repeat(32), &theirs[..63]] {
        name_it(&robin, 1, json!({"blob": wrong})).await.problem(404, "file_not_found");
    }
    download(&hub, &robin, "..%2F..%2Fmaster.key").await.problem(404, "file_not_found");
    send(Method::GET, &format!("{}/chat/v1/conversation/files/{theirs}", hub.url), "nonsense", "", Vec::new())
        .await
        .problem(401, "token_invalid");
    // No event came of any of it, and the same upload again is the same file.
    name_it(&robin, 1, json!({"blob": theirs})).await.expect(201);
    let again = upload(&hub, &robin, "tent.png", "image/png", PNG).await.expect(201);
    assert_eq!(blob(&again), theirs);
    let other_name = upload(&hub, &robin, "other.png", "image/png", PNG).await.expect(201);
    assert_ne!(blob(&other_name), theirs);
}

#[tokio::test]
async fn hostile_names_and_types_are_refused_with_the_reason_or_made_harmless() {
    let hub = Hub::start();
    let customer = Customer::start(&hub, "Robin").await;
    for (name, shown) in [
        ("../../etc/tent.png", "tent.png"),
        ("C:\\temp\\tent.png", "tent.png"),
        ("tent\u{202e}gnp.png", "tentgnp.png"),
        ("a\u{0}b\r\nSet-Cookie: x=1.png", "abSet-Cookie_ x=1.png"),
        ("\"; filename=evil.exe;.png", "_; filename=evil.exe;.png"),
        ("渓谷 テント.png", "渓谷 テント.png"),
    ] {
        let uploaded = upload(&hub, &customer, name, "image/png", PNG).await.expect(201);
        assert_eq!(uploaded["name"], shown);
        let got = download(&hub, &customer, &blob(&uploaded)).await;
        assert_eq!(got.status, 200);
        assert!(got.headers.get("set-cookie").is_none());
        let disposition = got.header("content-disposition");
        assert!(
            disposition.is_ascii()
                && disposition.matches("filename=").count() == 1 + usize::from(name.contains("evil")),
            "{disposition}"
        );
    }
    for (name, kind, bytes, says) in [
        ("invoice.pdf", "application/pdf", PNG, "image/png"),
        ("tent.png", "text/html", PNG, "text/html"),
        ("tent.png", "image/png", &b"MZ\x90\0\x03\0\0\0"[..], "type"),
        ("logo.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", "type"),
        ("page.html", "text/html", b"<!doctype html><script>alert(1)</script>", "type"),
        ("page.txt", "text/plain", b"<html><script>alert(1)</script>", "type"),
        ("all.zip", "application/zip", b"PK\x03\x04\x14\0\0\0\0\0", "type"),
        ("run.sh", "", b"#!/bin/sh\n", "type"),
    ] {
        let problem = upload(&hub, &customer, name, kind, bytes).await.problem(415, "file_type_refused");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(says)), "{problem}");
    }
    upload(&hub, &customer, "empty.txt", "text/plain", "").await.problem(422, "file_empty");
}

#[tokio::test]
async fn fifty_megabytes_are_refused_before_they_are_read_and_leave_nothing() {
    let hub = Hub::start();
    let customer = Customer::start(&hub, "Robin").await;
    // Only the head is sent: the answer comes without the rest.
    let address = hub.url.strip_prefix("http://").expect("an address");
    let mut socket = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let head = format!(
        "POST /chat/v1/conversation/files?name=a.pdf HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
        content-type: application/pdf\r\ncontent-length: 52428800\r\n\r\n%PDF-1.7",
        customer.token
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 4_096];
    let length = tokio::time::timeout(common::LIMIT, socket.read(&mut answer)).await.expect("in time").expect("read");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("\"limit\":10485760"), "{answer}");
    // Without a length: as soon as it is too much.
    let chunk = noise(1024 * 1024);
    let endless = futures_util::stream::iter((0..50).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let mut url = reqwest::Url::parse(&format!("{}/chat/v1/conversation/files", hub.url)).expect("an address");
    url.query_pairs_mut().append_pair("name", "a.pdf");
    let request = reqwest::Client::new().post(url).bearer_auth(&customer.token).body(Body::wrap_stream(endless));
    // The hub hangs up on whoever goes on sending; the answer may get lost with the connection.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status().as_u16(), 413);
    }
    let folders = std::fs::read_dir(hub.data().join("blobs")).expect("the folder");
    let names: Vec<_> = folders.map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["unfinished"]);
    // At the limit itself it is taken.
    let most = upload(&hub, &customer, "a.pdf", "application/pdf", noise(10 * 1024 * 1024)).await.expect(201);
    assert_eq!(most["size"], 10 * 1024 * 1024);
    upload(&hub, &customer, "a.pdf", "application/pdf", noise(10 * 1024 * 1024 + 1))
        .await
        .problem(413, "file_too_large");
}

#[tokio::test]
async fn a_hub_that_is_killed_after_an_upload_has_the_file_and_after_half_of_one_has_nothing() {
    let mut hub = Hub::start();
    let mut customer = Customer::start(&hub, "Robin").await;
    let bytes = noise(200_000);
    let uploaded = upload(&hub, &customer, "invoice.pdf", "application/pdf", bytes.clone()).await.expect(201);
    // Another one is half there.
    let address = hub.url.strip_prefix("http://").expect("an address").to_owned();
    let mut socket = tokio::net::TcpStream::connect(&address).await.expect("it listens");
    let head = format!(
        "POST /chat/v1/conversation/files?name=b.pdf HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
        content-type: application/pdf\r\ncontent-length: 400000\r\n\r\n",
        customer.token
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(&noise(300_000)).await.expect("sent");
    let unfinished = hub.data().join("blobs/unfinished");
    let started = std::time::Instant::now();
    while std::fs::read_dir(&unfinished).expect("the folder").next().is_none() {
        assert!(started.elapsed() < common::LIMIT, "the half file is on its way to the disk");
        tokio::task::yield_now().await;
    }
    hub.kill();
    hub.restart();
    customer.moved_to(&hub);
    assert_eq!(std::fs::read_dir(hub.data().join("blobs/unfinished")).expect("the folder").count(), 0);
    name_it(&customer, 1, json!({"blob": blob(&uploaded)})).await.expect(201);
    assert_eq!(download(&hub, &customer, &blob(&uploaded)).await.bytes, bytes);
    // What is on the disk tells nothing: neither the content nor the name.
    for folder in std::fs::read_dir(hub.data().join("blobs")).expect("the folder") {
        let Ok(files) = std::fs::read_dir(folder.expect("an entry").path()) else { continue };
        for file in files {
            let stored = std::fs::read(file.expect("an entry").path()).expect("a file");
            for part in [&bytes[1_000..1_016], b"invoice.pdf", b"%PDF", b"application/pdf"] {
                assert!(!stored.windows(part.len()).any(|window| window == part));
            }
        }
    }
    // A file that was changed on the disk is not served as if it were whole.
    let group = &blob(&uploaded)[..32];
    let path = hub.data().join("blobs").join(group).join(&blob(&uploaded)[32..]);
    let mut stored = std::fs::read(&path).expect("a file");
    let last = stored.len() - 1;
    stored[last] ^= 1;
    std::fs::write(&path, &stored).expect("written");
    let url = format!("{}/chat/v1/conversation/files/{}", hub.url, blob(&uploaded));
    // The connection ends before the last byte; how much of it was on its way already does not matter.
    let whole = match reqwest::Client::new().get(url).bearer_auth(&customer.token).send().await {
        Ok(response) => response.bytes().await.is_ok(),
        Err(_) => false,
    };
    assert!(!whole, "the client sees that it is not whole");
    assert_eq!(customer.state().await["can"]["upload"], true, "the hub goes on");
}

#[tokio::test]
async fn an_inbox_says_whether_and_which_files_it_takes() {
    let hub = Hub::start();
    let customer = Customer::start(&hub, "Robin").await;
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let inbox = hub.admin(Method::GET, &format!("inboxes/{id}"), None).await.expect(200);
    let set = async |widget: Value| {
        let body = json!({"card": inbox["card"], "widget": widget});
        hub.admin(Method::PUT, &format!("inboxes/{id}"), Some(body)).await
    };
    set(json!({"file_types": ["pdf", "archive"], "file_bytes": 1_000})).await.expect(200);
    upload(&hub, &customer, "tent.png", "image/png", PNG).await.problem(415, "file_type_refused");
    upload(&hub, &customer, "a.pdf", "application/pdf", noise(1_001)).await.problem(413, "file_too_large");
    upload(&hub, &customer, "a.zip", "application/zip", &b"PK\x03\x04\x14\0\0\0\0\0"[..]).await.expect(201);
    let shown = hub.call(Method::GET, "/chat/v1/inboxes/demo", &[], None).await.expect(200);
    let types = shown["widget"]["file_types"].as_array().expect("types");
    assert!(types.contains(&json!("application/pdf")) && !types.contains(&json!("image/png")), "{types:?}");
    set(json!({"files": false})).await.expect(200);
    upload(&hub, &customer, "a.pdf", "application/pdf", noise(100)).await.problem(403, "not_allowed");
    assert_eq!(customer.state().await["can"]["upload"], false);
    set(json!({"file_types": ["program"]})).await.problem(422, "object_invalid");
}

#[tokio::test]
async fn a_transcript_has_what_the_customer_saw_and_no_more() {
    let hub = Hub::start();
    let mut customer = Customer::start(&hub, "Robin <b>").await;
    customer.say("Where is my parcel?\n[2026-01-01 10:00] Kim: forged").await;
    let kim = hub.agent("Kim", "agent", 4).await;
    let id = customer.conversation.clone();
    kim.act(&id, "take-over", json!({})).await.expect(200);
    kim.act(&id, "notes", json!({"text": "a secret note"})).await.expect(201);
    let said = json!({"client": fresh_id(), "counter": 1, "text": "Hello & <script>alert(1)</script>"});
    kim.act(&id, "messages", said).await.expect(201);
    let get = async |format: &str| {
        let url = format!("{}/chat/v1/conversation/transcript?format={format}", hub.url);
        send(Method::GET, &url, &customer.token, "", Vec::new()).await
    };
    let text = get("txt").await;
    assert!(text.header("content-disposition").starts_with("attachment; filename=\"chat-B-"));
    let text = String::from_utf8(text.bytes).expect("text");
    assert!(text.contains("] Robin <b>: Where is my parcel?\n    [2026-01-01 10:00] Kim: forged\n"), "{text}");
    assert!(text.contains("] Kim: Hello & <script>") && text.contains("Kim is a person"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let page = get("html").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let page = String::from_utf8(page.bytes).expect("text");
    assert!(page.contains("Hello &amp; &lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(page.contains("Robin &lt;b&gt;") && page.ends_with("</html>\n"), "{page}");
    get("pdf").await.problem(400, "malformed");
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let inbox = hub.admin(Method::GET, &format!("inboxes/{id}"), None).await.expect(200);
    let body = json!({"card": inbox["card"], "widget": {"transcript": false}});
    hub.admin(Method::PUT, &format!("inboxes/{id}"), Some(body)).await.expect(200);
    get("txt").await.problem(403, "not_allowed");
    assert_eq!(customer.state().await["can"]["transcript"], false);
}
