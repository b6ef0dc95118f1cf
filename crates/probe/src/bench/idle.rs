//! Sockets that are open and say nothing, and all of them coming back at once, some with a message that they missed.

use super::child::{Child, cpu, file_system, machine, resident};
use super::load::{ALIVE, Client, DRAIN, Socket, enter_from};
use super::seed::Customer;
use super::stage::{Scratch, Stage, many};
use super::{Options, Report, metric};
use crate::ambient::fresh;
use crate::hub::As;
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Descriptors that a process needs beside its sockets.
const SPARE: usize = 1_000;
/// Sockets with the library's defaults, the bad example.
const DEFAULTS: usize = 2_000;
/// Sockets that are opened at the same moment.
const AT_ONCE: usize = 512;
/// One in so many missed a message.
const MISSED: usize = 10;

/// How many descriptors a process may have.
fn descriptors() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).and_then(|soft| soft.parse().ok());
    soft.unwrap_or(usize::MAX)
}

/// Sockets that are held open until this is dropped.
struct Held {
    tasks: JoinSet<()>,
    took: Duration,
}

/// Opens a socket for each client; all are kept alive.
async fn hold(clients: Vec<Client>) -> anyhow::Result<Held> {
    let began = Instant::now();
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        let seats = seats.clone();
        opening.spawn(async move {
            let _seat = seats.acquire().await;
            enter_from(&client, number).await
        });
    }
    let mut sockets = Vec::with_capacity(opening.len());
    while let Some(opened) = opening.join_next().await {
        sockets.push(opened.context("a socket")??);
    }
    let took = began.elapsed();
    let mut tasks = JoinSet::new();
    for socket in sockets {
        tasks.spawn(keep(socket));
    }
    Ok(Held { tasks, took })
}

async fn keep(mut socket: Socket) {
    let mut alive = Instant::now() + ALIVE;
    loop {
        tokio::select! {
            message = socket.next() => if !matches!(message, Some(Ok(_))) { return },
            () = sleep_until(alive) => {
                alive = Instant::now() + ALIVE;
                if socket.send(Message::text(r#"{"type":"ping"}"#)).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Bytes that one of so many sockets costs, and the share of a core that all cost while nothing happens.
struct Cost {
    bytes: f64,
    busy: f64,
    opened: f64,
}

async fn cost(pid: u32, clients: Vec<Client>, quiet: Duration) -> anyhow::Result<(Cost, Held)> {
    let count = clients.len().max(1) as f64;
    let before = resident(pid);
    let mut held = hold(clients).await?;
    sleep(quiet / 4).await;
    let bytes = resident(pid).saturating_sub(before) as f64 / count;
    let used = cpu(pid);
    sleep(quiet).await;
    let busy = (cpu(pid) - used) as f64 / quiet.as_micros() as f64 * 100.0;
    if let Some(ended) = held.tasks.try_join_next() {
        ended.context("a socket")?;
        bail!("the server closed an idle socket");
    }
    Ok((Cost { bytes, busy, opened: held.took.as_secs_f64() }, held))
}

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let wanted = if options.tiny {
        30
    } else if options.quick {
        15_000
    } else {
        60_000
    };
    let most = descriptors().saturating_sub(SPARE);
    let count = wanted.min(most);
    let quiet = Duration::from_millis(if options.tiny {
        200
    } else if options.quick {
        8_000
    } else {
        40_000
    });
    let own = options.own()?;
    let plain = |child: &Child, count: usize| -> Vec<Client> {
        let address = format!("{}/socket", child.url.replacen("http", "ws", 1));
        let hello = Some(r#"{"type":"ping"}"#.to_owned());
        (0..count)
            .map(|_| Client {
                address: address.clone(),
                hello: hello.clone(),
                then: Vec::new(),
                id: Uuid::nil(),
                counter: 0,
            })
            .collect()
    };
    let floor = Child::floor(&own, "floor-idle", &scratch.folder.join("floor"), &[]).await?;
    let (least, held) = cost(floor.pid, plain(&floor, count), quiet).await?;
    drop(held);
    floor.kill().await?;
    let bad = Child::floor(&own, "floor-idle-defaults", &scratch.folder.join("defaults"), &[]).await?;
    let (worst, held) = cost(bad.pid, plain(&bad, count.min(DEFAULTS)), quiet / 8).await?;
    drop(held);
    bad.kill().await?;

    let mut stage = Stage::start(options, &scratch.folder).await?;
    let customers = stage.open(count, false).await?;
    sleep(quiet / 8).await;
    let clients: Vec<Client> = customers.iter().map(|customer| stage.customer_line(customer)).collect();
    let (ours, held) = cost(stage.process.pid(), clients, quiet).await?;
    let storm = storm(&stage, &customers, held).await?;
    stage.process.kill().await?;

    let one = |value: f64, unit, floor: Option<f64>| metric(vec![value], unit, floor);
    let metrics = BTreeMap::from([
        ("resident_per_socket".to_owned(), one(ours.bytes, "bytes", Some(least.bytes))),
        ("resident_per_socket_with_library_defaults".to_owned(), one(worst.bytes, "bytes", Some(least.bytes))),
        ("processor_while_idle".to_owned(), one(ours.busy, "% of a core", Some(least.busy))),
        ("all_opened_after".to_owned(), one(ours.opened, "s", Some(least.opened))),
        ("all_back_after".to_owned(), one(storm.seconds, "s", Some(least.opened))),
        ("missed_messages".to_owned(), one(storm.missed as f64, "messages", None)),
        ("missed_messages_lost".to_owned(), one(storm.lost as f64, "messages", None)),
    ]);
    let config = json!({
        "sockets": count, "wanted": wanted, "descriptors_of_a_process": descriptors(), "quiet_ms": quiet.as_millis(),
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("idle", metrics, "quiet", config))
}

struct Storm {
    seconds: f64,
    missed: usize,
    lost: usize,
}

/// Everybody's network breaks; some are sent a message meanwhile; everybody comes back at the same moment.
async fn storm(stage: &Stage, customers: &[Customer], mut held: Held) -> anyhow::Result<Storm> {
    let some: Vec<usize> = (0..customers.len()).step_by(MISSED).collect();
    let (hub, tokens) = (stage.hub.clone(), some.iter().map(|at| customers[*at].token.clone()).collect::<Vec<_>>());
    // Where each of them stands before the break.
    let cursors = many(tokens.len(), &stage.dice, {
        let (hub, tokens) = (hub.clone(), tokens.clone());
        move |at, mut dice| {
            let (hub, token) = (hub.clone(), tokens[at].clone());
            async move {
                let path = "/chat/v1/conversation/events?limit=500";
                let page: Value = hub.call("GET", path, As::Token(&token), None, &mut dice).await?.read("events")?;
                Ok(page["cursor"].as_str().context("no cursor")?.to_owned())
            }
        }
    })
    .await?;
    held.tasks.abort_all();
    while held.tasks.join_next().await.is_some() {}
    many(tokens.len(), &stage.dice, move |at, mut dice| {
        let (hub, token) = (hub.clone(), tokens[at].clone());
        async move {
            let body = json!({"client": fresh(), "counter": 1, "text": word(at)});
            let path = "/chat/v1/conversation/messages";
            hub.call("POST", path, As::Token(&token), Some(&body), &mut dice).await?.read::<Value>("saying")?;
            Ok(())
        }
    })
    .await?;
    let began = Instant::now();
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut coming = JoinSet::new();
    let mut sockets = JoinSet::new();
    for (number, customer) in customers.iter().enumerate() {
        let mut client = stage.customer_line(customer);
        let missed = (number % MISSED == 0).then_some(number / MISSED);
        if let Some(at) = missed {
            let hello = json!({"type": "hello", "token": customer.token, "after": cursors[at]});
            client.hello = Some(hello.to_string());
        }
        let seats = seats.clone();
        coming.spawn(async move {
            let _seat = seats.acquire().await;
            let mut socket = enter_from(&client, number).await?;
            let got = match missed {
                Some(at) => timeout(DRAIN, hears(&mut socket, &word(at))).await.is_ok_and(|heard| heard),
                None => true,
            };
            anyhow::Ok((socket, got))
        });
    }
    let mut lost = 0;
    while let Some(came) = coming.join_next().await {
        let (socket, got) = came.context("a socket")??;
        lost += usize::from(!got);
        sockets.spawn(keep(socket));
    }
    Ok(Storm { seconds: began.elapsed().as_secs_f64(), missed: some.len(), lost })
}

fn word(at: usize) -> String {
    format!("When will my delivery arrive, please look at storm-{at}-end")
}

async fn hears(socket: &mut Socket, words: &str) -> bool {
    while let Some(Ok(message)) = socket.next().await {
        if matches!(&message, Message::Text(text) if text.contains(words)) {
            return true;
        }
    }
    false
}
