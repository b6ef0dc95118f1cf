//! A frame to the hub's socket layer and its answer, beside bytes over TCP alone.

use super::child::{Child, cpu, machine};
use super::load::{Client, Socket, enter};
use super::stage::{Scratch, Stage};
use super::{Options, Report, beside, unsure};
use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;

/// As long as the frame with its head.
const BYTES: usize = 21;

/// One client that says something and waits for the answer.
enum Line {
    Baton(Box<Socket>),
    Floor(TcpStream),
}

impl Line {
    async fn round_trip(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Baton(socket) => {
                socket.send(Message::text(r#"{"type":"ping"}"#)).await?;
                loop {
                    let message = socket.next().await.context("the hub closed the socket")??;
                    if matches!(&message, Message::Text(text) if text.contains("pong")) {
                        return Ok(());
                    }
                }
            }
            Self::Floor(socket) => {
                let mut bytes = [0; BYTES];
                socket.write_all(&bytes).await?;
                socket.read_exact(&mut bytes).await?;
                Ok(())
            }
        }
    }
}

/// Round trips a second and microseconds of the server's processor time for each.
async fn round(lines: Vec<Line>, pid: u32, warm: Duration, window: Duration) -> anyhow::Result<(Vec<Line>, f64, f64)> {
    let (count, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut going = JoinSet::new();
    for mut line in lines {
        let (count, over) = (count.clone(), over.clone());
        going.spawn(async move {
            while !over.load(Relaxed) {
                line.round_trip().await?;
                count.fetch_add(1, Relaxed);
            }
            anyhow::Ok(line)
        });
    }
    sleep(warm).await;
    let before = (count.load(Relaxed), cpu(pid));
    sleep(window).await;
    let (done, used) = (count.load(Relaxed) - before.0, cpu(pid) - before.1);
    over.store(true, Relaxed);
    let mut lines = Vec::new();
    while let Some(ended) = going.join_next().await {
        lines.push(ended.context("a line")??);
    }
    Ok((lines, done as f64 / window.as_secs_f64(), used as f64 / done.max(1) as f64))
}

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let sizes: &[usize] = if options.tiny { &[1, 5] } else { &[1, 100, 1_000] };
    let (warm, window) = match (options.tiny, options.quick) {
        (true, _) => (50, 200),
        (false, true) => (500, 1_000),
        (false, false) => (1_000, 3_000),
    };
    let (warm, window) = (Duration::from_millis(warm), Duration::from_millis(window));
    let rounds = options.rounds.unwrap_or(3);
    let floor = Child::floor(&options.own()?, "floor-echo", &scratch.folder.join("floor"), &[]).await?;
    let mut stage = Stage::start(options, &scratch.folder).await?;
    let most = sizes.iter().copied().max().unwrap_or(1);
    let customers = stage.open(most, false).await?;
    let mut metrics = BTreeMap::new();
    let mut noise = "quiet";
    for size in sizes.iter().copied() {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for customer in customers.iter().take(size) {
            let client: Client = stage.customer_line(customer);
            ours.push(Line::Baton(Box::new(enter(&client).await?)));
            let socket = TcpStream::connect(floor.url.trim_start_matches("http://")).await?;
            socket.set_nodelay(true)?;
            theirs.push(Line::Floor(socket));
        }
        let (mut speeds, mut floors, mut used, mut floor_used) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (lines, speed, each) = round(theirs, floor.pid, warm, window).await?;
            (theirs, _) = (lines, (floors.push(speed), floor_used.push(each)));
            let (lines, speed, each) = round(ours, stage.process.pid(), warm, window).await?;
            (ours, _) = (lines, (speeds.push(speed), used.push(each)));
        }
        if unsure(&floors) != "quiet" {
            noise = "unsure";
        }
        metrics.insert(format!("round_trips_with_{size}"), beside(speeds, "1/s", floors));
        metrics.insert(format!("server_cpu_with_{size}"), beside(used, "µs", floor_used));
    }
    stage.process.kill().await?;
    floor.kill().await?;
    let config = json!({"sockets": sizes, "payload": BYTES, "rounds": rounds, "window_ms": window.as_millis(), "machine": machine(), "quick": options.quick});
    Ok(Report::new("echo", metrics, noise, config))
}
