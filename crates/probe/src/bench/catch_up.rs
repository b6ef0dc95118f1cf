//! Clients that come back and each ask for what they missed.

use super::child::{Child, cpu, file_system, machine};
use super::load::{Client, DRAIN, Socket, enter_from, share_ms};
use super::stage::{Scratch, Stage, many};
use super::{Options, Report, beside, unsure};
use crate::hub::As;
use anyhow::{Context, bail};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Messages that each missed.
const MISSED: u64 = 20;
/// Clients that come at the same moment.
const AT_ONCE: usize = 128;

struct Came {
    /// Microseconds, sorted: from the connection to the last missed message.
    each: Vec<u32>,
    seconds: f64,
    cpu: f64,
}

/// Everybody comes; each counts as back when the missed messages are there.
async fn come(clients: Vec<Client>, pid: u32) -> anyhow::Result<Came> {
    let (began, used, count) = (Instant::now(), cpu(pid), clients.len());
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut coming = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        let seats = seats.clone();
        coming.spawn(async move {
            let _seat = seats.acquire().await;
            let began = Instant::now();
            let mut socket = enter_from(&client, number).await?;
            timeout(DRAIN, hears(&mut socket)).await.context("messages did not come")??;
            anyhow::Ok(began.elapsed().as_micros() as u32)
        });
    }
    let mut each = Vec::with_capacity(count);
    while let Some(came) = coming.join_next().await {
        each.push(came.context("a client")??);
    }
    each.sort_unstable();
    let (seconds, used) = (began.elapsed().as_secs_f64(), cpu(pid) - used);
    Ok(Came { each, seconds, cpu: used as f64 / count.max(1) as f64 })
}

async fn hears(socket: &mut Socket) -> anyhow::Result<()> {
    let mut heard = 0;
    while let Some(message) = socket.next().await {
        if matches!(&message?, Message::Text(text) if text.contains(r#""type":"event""#)) {
            heard += 1;
            if heard == MISSED {
                return Ok(());
            }
        }
    }
    bail!("the server closed a socket")
}

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let count: usize = if options.tiny {
        10
    } else if options.quick {
        1_000
    } else {
        10_000
    };
    let rounds = options.rounds.unwrap_or(if options.tiny { 1 } else { 3 });
    let events = count.to_string();
    let floor_folder = scratch.folder.join("floor");
    let floor = Child::floor(&options.own()?, "floor-catch-up", &floor_folder, &["--events", &events]).await?;
    let mut stage = Stage::start(options, &scratch.folder).await?;
    let agents = stage.agents(count.div_ceil(500), 600).await?;
    let customers = stage.held(count, &agents).await?;
    let hub = stage.hub.clone();
    let lines: Vec<(String, Uuid)> = customers.iter().map(|one| (one.token.clone(), one.client)).collect();
    let cursors = many(count, &stage.dice, move |at, mut dice| {
        let (hub, (token, client)) = (hub.clone(), lines[at].clone());
        async move {
            let path = "/chat/v1/conversation/events?limit=500";
            let page: Value = hub.call("GET", path, As::Token(&token), None, &mut dice).await?.read("events")?;
            for counter in 1..=MISSED {
                let body = json!({"client": client, "counter": counter, "text": super::load::text_of(at, counter, 0)});
                let path = "/chat/v1/conversation/messages";
                hub.call("POST", path, As::Token(&token), Some(&body), &mut dice).await?.read::<Value>("saying")?;
            }
            Ok(page["cursor"].as_str().context("no cursor")?.to_owned())
        }
    })
    .await?;
    // Nothing of what was missed is in the hub's memory.
    stage.process.kill_and_restart().await?;
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let base = floor.url.replacen("http", "ws", 1);
        let plain = |number: usize| Client {
            address: format!("{base}/socket/{number}"),
            hello: None,
            then: Vec::new(),
            id: Uuid::nil(),
            counter: 0,
        };
        floors.push(come((0..count).map(plain).collect(), floor.pid).await?);
        let clients = customers.iter().zip(&cursors).map(|(customer, cursor)| {
            let hello = json!({"type": "hello", "token": customer.token, "after": cursor});
            Client { hello: Some(hello.to_string()), ..stage.customer_line(customer) }
        });
        ours.push(come(clients.collect(), stage.process.pid()).await?);
        sleep(Duration::from_millis(200)).await;
    }
    stage.process.kill().await?;
    floor.kill().await?;
    let both = |f: fn(&Came) -> f64| (ours.iter().map(f).collect::<Vec<_>>(), floors.iter().map(f).collect::<Vec<_>>());
    let put = |unit, (ours, floors): (Vec<f64>, Vec<f64>)| beside(ours, unit, floors);
    let noise = unsure(&floors.iter().map(|came| came.seconds).collect::<Vec<_>>());
    let metrics = BTreeMap::from([
        ("all_caught_up_after".to_owned(), put("s", both(|came| came.seconds))),
        ("one_caught_up_p50".to_owned(), put("ms", both(|came| share_ms(&came.each, 0.5)))),
        ("one_caught_up_p99".to_owned(), put("ms", both(|came| share_ms(&came.each, 0.99)))),
        ("server_cpu_each".to_owned(), put("µs", both(|came| came.cpu))),
        (
            "first_time_after_a_restart".to_owned(),
            beside(
                ours.iter().take(1).map(|came| came.seconds).collect(),
                "s",
                floors.iter().take(1).map(|came| came.seconds).collect(),
            ),
        ),
    ]);
    let config = json!({
        "clients": count, "missed": MISSED, "at_once": AT_ONCE, "rounds": rounds, "fsync": "full",
        "floor": "a socket, the same rows by an index, 20 frames", "file_system": file_system(&scratch.folder),
        "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("catch-up", metrics, noise, config))
}
