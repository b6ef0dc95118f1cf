//! One that hangs or stalls is no trouble for the others: a bot that never answers, and a reader that reads no more.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;
mod outside_common;

use common::{Customer, Hub, LIMIT, Socket, fresh_id};
use futures_util::{SinkExt, StreamExt};
use outside_common::{OwnServer, SECRET, wait, with_bot};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// Takes requests and answers none.
async fn hangs() -> (String, tokio::sync::watch::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (count, taken) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        let mut held: Vec<TcpStream> = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            count.send_replace(held.len());
        }
    });
    (url, taken)
}

/// A second inbox, whose bot answers at this address.
async fn second_inbox(hub: &Hub, url: &str) {
    let card = json!({"name": "Quick bot", "role": {"kind": "bot", "limit": 60_000}});
    let plugin = json!({"kind": "http", "url": url, "secret": SECRET, "allow_private": true});
    let bot = hub.admin(Method::POST, "bots", Some(json!({"card": card, "plugin": plugin}))).await.expect(201);
    let queue = hub.id_of("queues", "Service").await;
    let card = json!({
        "slug": "other", "name": "Other", "bot": bot["id"],
        "destination": {"kind": "queue", "id": queue}, "queues": [queue],
    });
    hub.admin(Method::POST, "inboxes", Some(json!({"card": card}))).await.expect(201);
}

#[tokio::test]
async fn a_bot_that_hangs_with_hundreds_of_chats_slows_no_other_inbox() {
    const CHATS: usize = 400;
    let hub = Hub::set(&[("LIMITS__RATES", "off")]);
    let (hanging, taken) = hangs().await;
    let quick = OwnServer::start().await;
    with_bot(&hub, &hanging).await;
    second_inbox(&hub, &quick.url).await;
    let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
    let start = async |inbox: &str| -> (String, String) {
        let id = fresh_id();
        let body = json!({"inbox": inbox, "client": id}).to_string();
        let request =
            client.post(format!("{}/chat/v1/conversations", hub.url)).header("content-type", "application/json");
        let bytes = request.body(body).send().await.expect("an answer").bytes().await.expect("a body");
        let started: Value = serde_json::from_slice(&bytes).expect("JSON");
        (started["token"].as_str().expect("a token").to_owned(), id)
    };
    let say = async |token: &str, id: &str| {
        let body = json!({"client": id, "counter": 1, "text": "Where is my parcel?"}).to_string();
        let request = client.post(format!("{}/chat/v1/conversation/messages", hub.url)).bearer_auth(token);
        let answer = request.header("content-type", "application/json").body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
    };
    // More than one bot may have under way.
    let chats = futures_util::stream::iter(0..CHATS).for_each_concurrent(16, async |_| {
        let (token, id) = start("demo").await;
        say(&token, &id).await;
    });
    timeout(4 * LIMIT, chats).await.expect("the chats begin");
    let mut watched = taken.clone();
    timeout(LIMIT, watched.wait_for(|taken| *taken >= 150)).await.expect("the bot has its hands full").expect("open");

    // Its neighbour answers as if nothing were.
    for number in 0..5 {
        quick.will_answer(json!({"messages": [format!("Answer {number}")]}));
        let began = Instant::now();
        let asked = quick.requests().len();
        let (token, id) = start("other").await;
        say(&token, &id).await;
        wait("the quick bot is asked", async || (quick.requests().len() > asked).then_some(())).await;
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    }
    let answer = client.get(format!("{}/metrics", hub.url)).send().await.expect("an answer");
    let metrics = String::from_utf8(answer.bytes().await.expect("a body").to_vec()).expect("text");
    let line = metrics.lines().find_map(|line| line.strip_prefix("baton_outside_calls ")).expect("a figure");
    let under_way: f64 = line.parse().expect("a number");
    assert!(under_way <= 260.0, "{under_way} calls are under way, of which the quick bot has a few");
}

/// A socket with a small buffer for what comes, so that a reader who stops is noticed soon.
async fn narrow(hub: &Hub) -> tokio_tungstenite::WebSocketStream<TcpStream> {
    let address = hub.url.trim_start_matches("http://").parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("it is set");
    let stream = socket.connect(address).await.expect("it connects");
    let url = format!("{}/chat/v1/socket", hub.url.replacen("http", "ws", 1));
    client_async(url, stream).await.expect("it opens").0
}

/// Bytes of memory that the hub has.
fn resident(hub: &Hub) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", hub.pid())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).expect("a number") * 1_024
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_reader_that_reads_no_more_is_dropped_and_has_every_event_once_when_it_comes_back() {
    const MESSAGES: usize = 200;
    const STALLED: usize = 20;
    let hub = Hub::set(&[("LIMITS__RATES", "off")]);
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    // With a person, so that nobody but the two says anything.
    ana.act(&kim.conversation, "take-over", json!({})).await.expect(200);
    let hello = json!({"type": "hello", "token": kim.token}).to_string();
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        let mut socket = narrow(&hub).await;
        socket.send(Message::Text(hello.clone().into())).await.expect("sent");
        let first = timeout(LIMIT, socket.next()).await.expect("in time").expect("a frame").expect("whole");
        assert!(first.to_text().is_ok_and(|text| text.contains("welcome")));
        stalled.push(socket);
    }
    let mut reading = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    reading.send(json!({"type": "hello", "token": kim.token})).await;
    reading.until("welcome", |_| true).await;
    let before = resident(&hub);
    let text = "a long line that fills a buffer. ".repeat(600);
    let mut slowest = Duration::ZERO;
    for number in 0..MESSAGES {
        let began = Instant::now();
        let said = kim.say(&format!("{number} {text}")).await;
        reading.until("event", |frame| frame["event"]["position"] == said["position"]).await;
        slowest = slowest.max(began.elapsed());
        // Who says nothing for a minute is dropped, too.
        reading.send(json!({"type": "ping"})).await;
    }
    assert!(slowest < Duration::from_secs(10), "others wait for who does not read: {slowest:?}");
    // 200 messages of 20 KB are 4 MB; twenty stalled readers with all of them would be 80.
    let grown = resident(&hub).saturating_sub(before);
    assert!(grown < 60 * 1024 * 1024, "{grown} bytes");
    // The hub lets go of them by itself.
    let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
    let gone = async || {
        let answer = client.get(format!("{}/metrics", hub.url)).send().await.ok()?;
        let text = String::from_utf8(answer.bytes().await.ok()?.to_vec()).ok()?;
        let line = text.lines().find(|line| line.starts_with("baton_customer_sockets "))?.to_owned();
        (line.ends_with(" 1")).then_some(())
    };
    let mut look = tokio::time::interval(Duration::from_millis(250));
    let gone = async {
        while gone().await.is_none() {
            look.tick().await;
            reading.send(json!({"type": "ping"})).await;
            reading.until("pong", |_| true).await;
        }
    };
    timeout(3 * LIMIT, gone).await.expect("who reads nothing is dropped");
    // What the first of them had got is read now; from its last cursor on it has the rest, each once.
    let mut got: Vec<u64> = Vec::new();
    let mut cursor = Value::Null;
    let mut first = stalled.swap_remove(0);
    while let Ok(Some(Ok(Message::Text(text)))) = timeout(LIMIT, first.next()).await {
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        if frame["type"] == "event" {
            got.push(frame["event"]["position"].as_u64().expect("a position"));
            cursor = frame["cursor"].clone();
        }
    }
    let had = got.len();
    assert!(had < MESSAGES, "it was dropped before the end");
    let mut again = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    again.send(json!({"type": "hello", "token": kim.token, "after": cursor})).await;
    let whole: Vec<u64> = kim.events().await.iter().filter_map(|event| event["position"].as_u64()).collect();
    while got.len() < whole.len() {
        let frame = again.until("event", |_| true).await;
        got.push(frame["event"]["position"].as_u64().expect("a position"));
    }
    assert_eq!(got, whole);
}
