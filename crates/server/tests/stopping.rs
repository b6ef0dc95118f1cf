//! A stop while messages flow: within its time, with the exit code of a good end, and nothing that was acknowledged is lost.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Customer, Hub, Socket};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

fn terminate(hub: &Hub) {
    let pid = Pid::from_raw(i32::try_from(hub.pid()).expect("a process id")).expect("not zero");
    kill_process(pid, Signal::TERM).expect("it runs");
}

/// Sends one message after the other until the socket is closed: what was acknowledged, and the close code.
async fn flow(url: String, customer: Customer) -> (String, BTreeSet<u64>, Option<u16>) {
    let mut acknowledged = BTreeSet::new();
    let address = format!("{}/chat/v1/socket", url.replacen("http", "ws", 1));
    let (mut socket, _) = connect_async(address).await.expect("it opens");
    let text = |frame: Value| Message::Text(frame.to_string().into());
    socket.send(text(json!({"type": "hello", "token": customer.token}))).await.expect("sent");
    let mut counter = 1;
    let send = |counter: u64| {
        text(
            json!({"type": "send", "client": customer.client, "counter": counter, "text": format!("message {counter}")}),
        )
    };
    socket.send(send(1)).await.expect("sent");
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(frame))) => {
                let frame: Value = serde_json::from_str(&frame).expect("JSON");
                if frame["type"] == "ack" {
                    acknowledged.insert(frame["counter"].as_u64().expect("a counter"));
                    counter += 1;
                    let _ = socket.send(send(counter)).await;
                }
            }
            Some(Ok(Message::Close(close))) => {
                return (customer.conversation, acknowledged, close.map(|close| close.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return (customer.conversation, acknowledged, None),
        }
    }
}

#[tokio::test]
async fn a_stop_under_load_is_in_time_loses_nothing_that_was_acknowledged_and_ends_well() {
    let mut hub = Hub::set(&[("LIMITS__RATES", "off"), ("SERVER__STOP_SECONDS", "20"), ("SERVER__DRAIN_SECONDS", "2")]);
    // With a person who says nothing: the customers' messages alone flow.
    let ana = hub.agent("Ana", "agent", 50).await;
    let mut flows = Vec::new();
    let mut customers = Vec::new();
    for number in 0..8 {
        let customer = Customer::start(&hub, &format!("Customer {number}")).await;
        ana.act(&customer.conversation, "take-over", json!({})).await.expect(200);
        customers.push(customer.clone());
        flows.push(tokio::spawn(flow(hub.url.clone(), customer)));
    }
    // One that holds its connection and says nothing does not keep the hub.
    let address = hub.url.trim_start_matches("http://").to_owned();
    let _silent = tokio::net::TcpStream::connect(&address).await.expect("it connects");
    let mut desk = ana.stream(None).await;
    desk.until("welcome", |_| true).await;
    sleep(Duration::from_secs(2)).await;

    terminate(&hub);
    let began = Instant::now();
    // It says that it is leaving before it turns anybody away.
    let red = async {
        loop {
            let answer = hub.call(Method::GET, "/health/ready", &[], None).await;
            if answer.status != 200 {
                return answer;
            }
        }
    };
    timeout(Duration::from_secs(5), red).await.expect("it turns red").problem(503, "stopping");
    let code = hub.ended(Duration::from_secs(25)).await;
    assert_eq!(code, Some(0));
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    let flowed: Vec<_> = join_all(flows).await.into_iter().map(|one| one.expect("it ends")).collect();
    assert!(flowed.iter().any(|(_, acknowledged, _)| acknowledged.len() > 3), "messages flowed");
    for (chat, _, close) in &flowed {
        assert_eq!(*close, Some(1012), "{chat} is told that the hub restarts");
    }

    hub.restart();
    for (mut customer, (_, acknowledged, _)) in customers.into_iter().zip(flowed) {
        customer.moved_to(&hub);
        let events = customer.events().await;
        let counters: Vec<u64> = events.iter().filter_map(|event| event["counter"].as_u64()).collect();
        let known: BTreeSet<u64> = counters.iter().copied().collect();
        assert_eq!(counters.len(), known.len(), "each once");
        assert!(known.is_superset(&acknowledged), "{acknowledged:?} were acknowledged, {known:?} are kept");
        let positions: Vec<u64> = events.iter().filter_map(|event| event["position"].as_u64()).collect();
        assert_eq!(positions, (1..=positions.len() as u64).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn who_never_lets_go_does_not_keep_the_hub_beyond_its_time() {
    let mut hub = Hub::set(&[("SERVER__STOP_SECONDS", "4")]);
    let kim = Customer::start(&hub, "Kim").await;
    // A request whose body never ends, and a socket that reads nothing.
    use tokio::io::AsyncWriteExt;
    let address = hub.url.trim_start_matches("http://").to_owned();
    let mut half = tokio::net::TcpStream::connect(&address).await.expect("it connects");
    let head = format!(
        "POST /chat/v1/conversation/messages HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        kim.token
    );
    half.write_all(head.as_bytes()).await.expect("sent");
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token})).await;
    socket.until("welcome", |_| true).await;
    terminate(&hub);
    assert_eq!(hub.ended(Duration::from_secs(20)).await, Some(0));
    hub.restart();
}
