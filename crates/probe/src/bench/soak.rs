//! Half load for long, with customers who come, are handed over, answered and closed, and sockets that break: whether
//! memory and latency stay where they were.

use super::child::{Child, cpu, file_system, machine, resident};
use super::load::{Load, enter, share_ms};
use super::path::floor_load;
use super::seed::Customer;
use super::stage::{Scratch, Stage};
use super::{Options, Report, metric, unsure};
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

/// Customers who come and go at the same time.
const CHURN: usize = 4;
/// Pause of each of them between two chats.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let (customers, agents) = if options.tiny { (10, 2) } else { (1_000, 100) };
    let seconds = options.seconds.unwrap_or(if options.tiny {
        2
    } else if options.quick {
        60
    } else {
        1_800
    });
    // A slice is a minute; a short run has ten.
    let slices = if seconds >= 600 {
        seconds / 60
    } else if options.tiny {
        4
    } else {
        10
    };
    let slice = Duration::from_secs_f64(seconds as f64 / slices as f64);
    let floor = Child::floor(&options.own()?, "floor-path", &scratch.folder.join("floor"), &[]).await?;
    let mut beside = floor_load(&floor, customers, agents).await?;
    let mut stage = Stage::start(options, &scratch.folder).await?;
    let (writing, reading) = stage.lines(customers, agents).await?;
    let churning = stage.agents(CHURN, 100).await?;
    let mut load = Load::connect(&writing, &reading, stage.process.pid(), 1).await?;
    let (warm, window) = if options.tiny { (50, 200) } else { (1_000, 2_000) };
    let (warm, window) = (Duration::from_millis(warm), Duration::from_millis(window));
    let mut floors = vec![beside.closed(warm, window).await?.per_second()];
    let most = load.closed(warm, window).await?.per_second();
    floors.push(beside.closed(warm, window).await?.per_second());
    beside.leave().await;
    floor.kill().await?;

    let (over, handed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut coming = JoinSet::new();
    for (number, agent) in churning.into_iter().enumerate() {
        let (hub, key) = (stage.hub.clone(), stage.key.clone());
        let (over, handed, dice) = (over.clone(), handed.clone(), stage.dice.fork(9_000 + number as u64));
        coming.spawn(async move { come_and_go(&hub, &key, agent, dice, &over, &handed).await });
    }
    let (mut p50, mut p99, mut memory, mut used, mut said) = (vec![], vec![], vec![], 0, 0);
    for _ in 0..slices {
        let round = load.open(most / 2.0, warm.min(slice / 4), slice.saturating_sub(warm.min(slice / 4))).await?;
        p50.push(share_ms(&round.acknowledged, 0.5));
        p99.push(share_ms(&round.acknowledged, 0.99));
        memory.push(resident(stage.process.pid()) as f64 / 1_048_576.0);
        (used, said) = (used + round.server_cpu, said + round.messages);
        if let Some(ended) = coming.try_join_next() {
            ended.context("a customer who comes and goes")??;
        }
    }
    over.store(true, Relaxed);
    while let Some(ended) = coming.join_next().await {
        ended.context("a customer who comes and goes")??;
    }
    let at_the_end = cpu(stage.process.pid());
    sleep(Duration::from_secs(if options.tiny { 0 } else { 3 })).await;
    let idle = cpu(stage.process.pid()) - at_the_end;
    load.leave().await;
    stage.process.kill().await?;

    let minutes = slice.as_secs_f64() / 60.0;
    // What the first slice fills (caches, pools) is no growth.
    let slope = slope(memory.get(1..).unwrap_or(&memory)) / minutes;
    let (first, last) = (p99.first().copied().unwrap_or(f64::NAN), p99.last().copied().unwrap_or(f64::NAN));
    let noise = unsure(&floors);
    let one = |value: f64, unit| metric(vec![value], unit, None);
    let metrics = BTreeMap::from([
        ("memory_slope".to_owned(), one(slope, "MiB/min")),
        ("resident".to_owned(), metric(memory, "MiB", None)),
        ("acknowledged_p50".to_owned(), metric(p50, "ms", None)),
        ("acknowledged_p99".to_owned(), metric(p99, "ms", None)),
        ("last_p99".to_owned(), metric(vec![last], "ms", Some(first))),
        ("messages".to_owned(), one(said as f64, "messages")),
        ("handovers".to_owned(), one(handed.load(Relaxed) as f64, "handovers")),
        ("server_cpu".to_owned(), one(used as f64 / said.max(1) as f64, "µs")),
        ("processor_afterwards".to_owned(), one(idle as f64 / 30_000.0, "% of a core")),
    ]);
    let config = json!({
        "seconds": seconds, "slices": slices, "customers": customers, "agents": agents, "rate": (most / 2.0).round(),
        "floor": "of last_p99: the first slice", "fsync": "full", "file_system": file_system(&scratch.folder),
        "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("soak", metrics, noise, config))
}

/// One chat after the other: begun, talked with the bot, taken over, answered, its socket broken and opened again, closed.
async fn come_and_go(
    hub: &Hub,
    key: &str,
    agent: Uuid,
    mut dice: Dice,
    over: &AtomicBool,
    handed: &AtomicU64,
) -> anyhow::Result<()> {
    let who = As::Key { key, agent: Some(agent) };
    while !over.load(Relaxed) {
        let mut customer = Customer::start(hub, "Somebody", &mut dice).await?;
        customer.say(hub, "When will my delivery arrive?", &mut dice).await?;
        let line = super::load::Client {
            address: hub.socket("/chat/v1/socket"),
            hello: Some(json!({"type": "hello", "token": customer.token, "client": customer.client}).to_string()),
            then: Vec::new(),
            id: customer.client,
            counter: 0,
        };
        // Dropped without a word, as when a phone loses its network.
        drop(enter(&line).await?);
        let path = |what: &str| format!("/api/v1/conversations/{}/{what}", customer.conversation);
        hub.call("POST", &path("take-over"), who, Some(&json!({})), &mut dice).await?.read::<Value>("taking over")?;
        let body = json!({"client": dice.uuid(), "counter": 1, "text": "It is on its way."});
        hub.call("POST", &path("messages"), who, Some(&body), &mut dice).await?.read::<Value>("answering")?;
        drop(enter(&line).await?);
        let body = json!({"disposition": "answered", "wrap_up": "Answered in the chat."});
        hub.call("POST", &path("close"), who, Some(&body), &mut dice).await?.read::<Value>("closing")?;
        handed.fetch_add(1, Relaxed);
        sleep(PAUSE).await;
    }
    Ok(())
}

/// Least squares: growth from one value to the next.
fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let (mut over, mut under) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let x = at as f64 - middle;
        (over, under) = (over + x * (value - mean), under + x * x);
    }
    over / under
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn a_slope_is_the_growth_from_one_value_to_the_next() {
        assert!((slope(&[10.0, 12.0, 14.0, 16.0]) - 2.0).abs() < 1e-9);
        assert!(slope(&[5.0, 5.0, 5.0]).abs() < 1e-9);
        assert_eq!(slope(&[1.0]), 0.0);
    }
}
