//! A real hub under more than it is meant for: who asks too much is told when to go on, loses nothing, and nobody else is
//! concerned.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Customer, Hub, LIMIT, Socket, fresh_id};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

fn told(value: &Value) -> u64 {
    value["retry_after"].as_u64().expect("it says when to try again")
}

#[tokio::test]
async fn a_chat_that_sends_too_fast_is_told_when_to_go_on_and_nobody_else_is_concerned() {
    // One in ten seconds after the first six: a slow machine does not fill the bucket meanwhile.
    let hub = Hub::set(&[("LIMITS__CHAT_MESSAGES", "6")]);
    let kim = Customer::start(&hub, "Kim").await;
    let say = async |counter: u64| {
        let body = json!({"client": kim.client, "counter": counter, "text": format!("message {counter}")});
        kim.call(Method::POST, "/messages", Some(body)).await
    };
    let mut counter = 1;
    let refused = loop {
        let answer = say(counter).await;
        if answer.status != 201 {
            break answer;
        }
        counter += 1;
        assert!(counter < 30, "nothing was too fast");
    };
    assert!(counter > 6, "{counter}");
    assert!(refused.retry_after.is_some_and(|seconds| (1..=10).contains(&seconds)), "{refused:?}");
    let problem = refused.problem(429, "rate_limited");
    assert_eq!(problem["rate"], "chat_messages");
    Customer::start(&hub, "Ben").await.say("I am slow").await;
    // A repeat under the same counter is taken once there is room.
    sleep(Duration::from_secs(told(&problem))).await;
    say(counter).await.expect(201);
    let last = format!("message {counter}");
    let said = kim.events().await.iter().filter(|event| event["plain"] == last.as_str()).count();
    assert_eq!(said, 1);
    let metrics = metrics(&hub).await;
    assert!(metrics.contains(r#"baton_rate_limited_total{rate="chat_messages"} 1"#), "{metrics}");
}

#[tokio::test]
async fn a_socket_that_sends_too_fast_is_slowed_down_and_every_message_is_taken_once() {
    let hub = Hub::set(&[("LIMITS__CHAT_MESSAGES", "120")]);
    let kim = Customer::start(&hub, "Kim").await;
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token})).await;
    socket.until("welcome", |_| true).await;
    // The client does not wait for anything.
    for counter in 1..=124 {
        let text = format!("message {counter}");
        socket.send(json!({"type": "send", "client": kim.client, "counter": counter, "text": text})).await;
    }
    socket.until("slow_down", |frame| frame["seconds"].as_u64().is_some_and(|seconds| seconds >= 1)).await;
    let acknowledged = |frames: &[Value]| frames.iter().filter(|frame| frame["type"] == "ack").count();
    while acknowledged(&socket.frames) < 124 {
        let frame = socket.next().await.expect("the socket stays open");
        assert_ne!(frame["type"], "refused", "{frame}");
    }
    let said: Vec<Value> = kim.events().await.into_iter().filter(|event| event["by"]["kind"] == "customer").collect();
    let counters: Vec<u64> = said.iter().filter_map(|event| event["counter"].as_u64()).collect();
    assert_eq!(counters, (1..=124).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_would_wait_too_long_on_a_socket_is_refused_with_the_time_and_the_socket_stays() {
    let hub = Hub::set(&[("LIMITS__CHAT_MESSAGES", "2")]);
    let kim = Customer::start(&hub, "Kim").await;
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token})).await;
    let send = |counter: u64| json!({"type": "send", "client": kim.client, "counter": counter, "text": "Hello"});
    for counter in 1..=3 {
        socket.send(send(counter)).await;
    }
    let refused = socket.until("refused", |_| true).await;
    assert_eq!((&refused["counter"], &refused["problem"]["code"]), (&json!(3), &json!("rate_limited")));
    assert!((5..=30).contains(&told(&refused["problem"])), "{refused}");
    // It is read on after a pause.
    socket.send(json!({"type": "ping"})).await;
    socket.until("pong", |_| true).await;
    let own = kim.events().await.iter().filter(|event| event["by"]["kind"] == "customer").count();
    assert_eq!(own, 2);
}

#[tokio::test]
async fn an_address_begins_so_many_chats_a_minute_and_others_begin_theirs() {
    let hub = Hub::set(&[("LIMITS__STARTS", "3")]);
    let start = async |from: &str| {
        let body = json!({"inbox": "demo", "client": fresh_id()}).to_string();
        hub.call(Method::POST, "/chat/v1/conversations", &[("x-forwarded-for", from)], Some(&body)).await
    };
    for _ in 0..3 {
        start("203.0.113.7").await.expect(201);
    }
    let problem = start("203.0.113.7").await.problem(429, "rate_limited");
    assert_eq!(problem["rate"], "starts");
    start("203.0.113.8").await.expect(201);
    // This machine's own address is nobody's in particular.
    for _ in 0..5 {
        Customer::start(&hub, "Kim").await;
    }
}

#[tokio::test]
async fn an_account_asks_so_much_a_minute_and_its_colleagues_work_on() {
    let hub = Hub::set(&[("LIMITS__API_REQUESTS", "60")]);
    let (ana, ben) = (hub.agent("Ana", "agent", 4).await, hub.agent("Ben", "agent", 4).await);
    let mut refused = None;
    for _ in 0..80 {
        let answer = ana.call(Method::GET, "me", None).await;
        if answer.status != 200 {
            refused = Some(answer.problem(429, "rate_limited"));
            break;
        }
    }
    assert_eq!(refused.expect("one of eighty was too much")["rate"], "api_requests");
    ben.get("me").await;
}

#[tokio::test]
async fn a_chat_has_so_many_sockets_at_once() {
    let hub = Hub::set(&[("LIMITS__SOCKETS_PER_CHAT", "2")]);
    let mut kim = Customer::start(&hub, "Kim").await;
    let open = async || {
        let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
        socket.send(json!({"type": "hello", "token": kim.token})).await;
        let first = socket.next().await.expect("a frame");
        (socket, first)
    };
    let (mut one, welcome) = open().await;
    let (two, _) = open().await;
    assert_eq!(welcome["type"], "welcome");
    let (mut three, error) = open().await;
    assert_eq!(error["problem"]["code"], "too_many_connections", "{error}");
    assert_eq!(three.next().await, None, "and it is closed");
    drop(two);
    let again = async {
        loop {
            let (socket, first) = open().await;
            if first["type"] == "welcome" {
                return socket;
            }
        }
    };
    let _four = timeout(LIMIT, again).await.expect("a place that is left is free");
    kim.say("Hello").await;
    one.until("event", |frame| frame["event"]["plain"] == "Hello").await;
}

#[tokio::test]
async fn beyond_the_last_connection_the_answer_says_so_and_a_free_place_is_taken() {
    let hub = Hub::set(&[("LIMITS__CONNECTIONS", "8")]);
    let address = hub.url.trim_start_matches("http://").to_owned();
    let connect = async || TcpStream::connect(&address).await.expect("it connects");
    let ask = async |stream: &mut TcpStream| {
        let request = b"GET /health/live HTTP/1.1\r\nhost: hub\r\n\r\n";
        stream.write_all(request).await.expect("sent");
        let mut answer = String::new();
        // Head and body may come apart.
        loop {
            let mut part = vec![0; 4_096];
            let read = timeout(LIMIT, stream.read(&mut part)).await.expect("in time").expect("an answer");
            answer.push_str(&String::from_utf8_lossy(&part[..read]));
            let whole = answer.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                length.and_then(|length| length.parse::<usize>().ok()).is_none_or(|length| body.len() >= length)
            });
            if whole || read == 0 {
                return answer;
            }
        }
    };
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut stream = connect().await;
        let answer = ask(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        held.push(stream);
    }
    let answer = ask(&mut connect().await).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: ") && answer.contains("too_many_connections"), "{answer}");
    held.pop();
    let free = async {
        loop {
            if ask(&mut connect().await).await.starts_with("HTTP/1.1 200") {
                return;
            }
        }
    };
    timeout(LIMIT, free).await.expect("a place that is left is free");
    assert!(ask(&mut held[0]).await.starts_with("HTTP/1.1 200"), "those that are open are not concerned");
}

async fn metrics(hub: &Hub) -> String {
    let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
    let answer = client.get(format!("{}/metrics", hub.url)).send().await.expect("the hub answers");
    String::from_utf8(answer.bytes().await.expect("a body").to_vec()).expect("text")
}
