//! A disk that takes no more, by the process's own bound on file sizes: it works for root and for others, and needs no mount.
//! New messages are refused with a clear word, what was accepted stays and is read, and once there is room all goes on.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;
mod outside_common;

use common::{Customer, Hub, Socket};
use outside_common::wait;
use reqwest::Method;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::json;

/// Lets no file of the hub grow beyond so many bytes; `None`: as far as they like.
fn most(hub: &Hub, bytes: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(hub.pid()).expect("a process id"));
    // The hub was given ours.
    let maximum = getrlimit(Resource::Fsize).maximum;
    prlimit(pid, Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).expect("it is set");
}

#[tokio::test]
async fn a_full_disk_refuses_new_messages_keeps_what_it_has_and_recovers_without_a_restart() {
    let mut hub = Hub::start();
    let ana = hub.agent("Ana", "agent", 4).await;
    let mut desk = ana.stream(None).await;
    desk.until("welcome", |_| true).await;
    let mut kim = Customer::start(&hub, "Kim").await;
    ana.act(&kim.conversation, "take-over", json!({})).await.expect(200);
    for text in ["one", "two", "three"] {
        kim.say(text).await;
    }
    let before = kim.events().await;
    let mut socket = Socket::open(&hub.url, "/chat/v1/socket", &[]).await;
    socket.send(json!({"type": "hello", "token": kim.token})).await;
    socket.until("welcome", |_| true).await;

    most(&hub, Some(4_096));
    let next = json!({"client": kim.client, "counter": 4, "text": "four"});
    let refused = kim.call(Method::POST, "/messages", Some(next.clone())).await;
    assert!(refused.retry_after.is_some(), "{refused:?}");
    refused.problem(507, "storage_full");
    let frame = json!({"type": "send", "client": kim.client, "counter": 4, "text": "four"});
    socket.send(frame.clone()).await;
    let refused = socket.until("refused", |_| true).await;
    assert_eq!(refused["problem"]["code"], "storage_full");
    assert!(refused["problem"]["retry_after"].as_u64().is_some_and(|seconds| seconds > 0), "{refused}");
    // Everybody can read, and whoever looks is told.
    assert_eq!(kim.events().await, before);
    ana.get(&format!("conversations/{}/events?after=0&limit=500", kim.conversation)).await;
    desk.until("house", |frame| frame["storage_full"] == true).await;
    hub.call(Method::GET, "/health/ready", &[], None).await.problem(503, "storage_full");
    hub.call(Method::GET, "/health/live", &[], None).await;
    let mut late = ana.stream(None).await;
    late.until("house", |frame| frame["storage_full"] == true).await;

    most(&hub, None);
    desk.until("house", |frame| frame["storage_full"] == false).await;
    wait("it is ready again", async || {
        (hub.call(Method::GET, "/health/ready", &[], None).await.status == 200).then_some(())
    })
    .await;
    socket.send(frame).await;
    socket.until("ack", |frame| frame["counter"] == 4).await;
    kim.call(Method::POST, "/messages", Some(next)).await.expect(200);
    let said = |events: &[serde_json::Value]| -> Vec<String> {
        let own = events.iter().filter(|event| event["by"]["kind"] == "customer");
        own.map(|event| event["plain"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(said(&kim.events().await), ["one", "two", "three", "four"]);
    // What was answered is on disk.
    hub.kill();
    hub.restart();
    kim.moved_to(&hub);
    assert_eq!(said(&kim.events().await), ["one", "two", "three", "four"]);
}
