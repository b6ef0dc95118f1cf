//! From the customer's words to the agent's screen: phrase, line, offer, acceptance, the last 50 messages.

use super::child::{Child, cpu, file_system, machine};
use super::load::{Client, Round, Socket, enter, share_ms};
use super::path::floor_load;
use super::seed::Customer;
use super::stage::{Scratch, Stage, many};
use super::{Options, Report, beside, metric, unsure};
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use crate::wire::{DeskFrame, Row};
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Messages that the agent is shown.
const HISTORY: usize = 50;
const QUESTION: &str = "When will my delivery arrive?";
const PHRASE: &str = "I want to talk to a person, please";
/// One handover takes no longer than this.
const GIVE_UP: Duration = Duration::from_secs(60);
/// Durable steps of one: the words with the question for a person, the offer, the acceptance.
const STEPS: f64 = 3.0;

struct Shown {
    conversation: Uuid,
    at: Instant,
    messages: usize,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let (singles, burst, agents) = match (options.tiny, options.quick) {
        (true, _) => (3, 5, 2),
        (false, true) => (60, 300, 10),
        (false, false) => (300, 2_000, 20),
    };
    let floor = Child::floor(&options.own()?, "floor-path", &scratch.folder.join("floor"), &[]).await?;
    let mut one = floor_load(&floor, 1, 1).await?;
    let (warm, window) = if options.tiny { (50, 100) } else { (500, 1_000) };
    let (warm, window) = (Duration::from_millis(warm), Duration::from_millis(window));
    let mut floors: Vec<Round> = Vec::new();

    let mut stage = Stage::start(options, &scratch.folder).await?;
    let accounts = stage.agents(agents, 1_000).await?;
    let exchanges = if options.tiny { 3 } else { HISTORY / 2 };
    let talked = talked(&mut stage, singles, exchanges).await?;
    let bursting = talked_lines(&mut stage, burst).await?;
    let (shown, mut showing) = mpsc::channel(4_096);
    let mut desks = JoinSet::new();
    for agent in accounts.iter().copied() {
        let socket = enter(&stage.agent_line(Some(agent), &[])).await?;
        stage.available(agent).await?;
        let (hub, key, shown) = (stage.hub.clone(), stage.key.clone(), shown.clone());
        desks.spawn(async move { desk(socket, hub, key, agent, shown).await });
    }
    let mut each = Vec::with_capacity(singles);
    let mut messages = 0;
    let third = (talked.len() / 3).max(1);
    for (number, (id, client, frame)) in talked.into_iter().enumerate() {
        if number % third == 0 {
            floors.push(one.closed(warm, window).await?);
        }
        let mut socket = enter(&client).await?;
        let began = Instant::now();
        socket.send(Message::text(frame)).await?;
        let done = timeout(GIVE_UP, next(&mut showing, &mut desks)).await.context("nobody was shown the chat")??;
        if done.conversation != id {
            bail!("the wrong chat was shown");
        }
        messages = done.messages;
        each.push(done.at.duration_since(began).as_micros() as u32);
    }
    each.sort_unstable();
    // Opened only now: a hub drops a socket that says nothing for a minute.
    let mut ready = Vec::with_capacity(burst);
    for (id, client, frame) in bursting {
        ready.push((id, enter(&client).await?, frame));
    }
    let (began, used) = (Instant::now(), cpu(stage.process.pid()));
    let mut went = HashMap::new();
    let mut open = Vec::new();
    for (id, mut socket, frame) in ready {
        went.insert(id, Instant::now());
        socket.send(Message::text(frame)).await?;
        open.push(socket);
    }
    let (mut last, mut waits) = (began, Vec::new());
    while !went.is_empty() {
        let done = timeout(GIVE_UP, next(&mut showing, &mut desks)).await.context("nobody was shown the chat")??;
        if let Some(began) = went.remove(&done.conversation) {
            waits.push(done.at.duration_since(began).as_micros() as u32);
            last = last.max(done.at);
        }
    }
    waits.sort_unstable();
    let used = (cpu(stage.process.pid()) - used) as f64 / burst as f64;
    desks.abort_all();
    one.leave().await;
    stage.process.kill().await?;
    floor.kill().await?;

    let floor_at = |share: f64| -> Vec<f64> { floors.iter().map(|r| share_ms(&r.delivered, share) * STEPS).collect() };
    let noise = unsure(&floor_at(0.5));
    let metrics = BTreeMap::from([
        ("shown_p50".to_owned(), beside(vec![share_ms(&each, 0.5)], "ms", floor_at(0.5))),
        ("shown_p99".to_owned(), beside(vec![share_ms(&each, 0.99)], "ms", floor_at(0.99))),
        ("handovers".to_owned(), metric(vec![burst as f64 / last.duration_since(began).as_secs_f64()], "1/s", None)),
        ("shown_p99_when_all_ask_at_once".to_owned(), metric(vec![share_ms(&waits, 0.99)], "ms", None)),
        ("server_cpu".to_owned(), metric(vec![used], "µs", None)),
    ]);
    let config = json!({
        "one_at_a_time": singles, "at_once": burst, "agents": agents, "events_shown": messages,
        "floor": "three messages of the floor of path, one after the other", "fsync": "full",
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("handover", metrics, noise, config))
}

/// The next chat that an agent sees; an agent who failed ends the bench.
async fn next(showing: &mut mpsc::Receiver<Shown>, desks: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Result<Shown> {
    tokio::select! {
        shown = showing.recv() => shown.context("the agents have gone"),
        Some(ended) = desks.join_next() => {
            ended.context("an agent")??;
            bail!("an agent has gone")
        }
    }
}

type Talked = (Uuid, Client, String);

/// Customers who have talked with the bot, their sockets to be, and the frame by which each asks for a person.
async fn talked(stage: &mut Stage, count: usize, exchanges: usize) -> anyhow::Result<Vec<Talked>> {
    let mut customers = stage.open(count, false).await?;
    let hub = stage.hub.clone();
    let dice = stage.dice.fork(77);
    for _ in 0..exchanges {
        let moved = std::mem::take(&mut customers);
        let moved: Vec<_> = moved.into_iter().map(|customer| std::sync::Mutex::new(Some(customer))).collect();
        let moved = std::sync::Arc::new(moved);
        let hub = hub.clone();
        customers = many(count, &dice, move |at, mut dice| {
            let (hub, customer) = (hub.clone(), moved[at].lock().ok().and_then(|mut place| place.take()));
            async move {
                let mut customer = customer.context("a customer twice")?;
                customer.say(&hub, QUESTION, &mut dice).await?;
                Ok(customer)
            }
        })
        .await?;
    }
    Ok(lines(stage, &customers))
}

async fn talked_lines(stage: &mut Stage, count: usize) -> anyhow::Result<Vec<Talked>> {
    talked(stage, count, 1).await
}

fn lines(stage: &Stage, customers: &[Customer]) -> Vec<Talked> {
    let line = |customer: &Customer| {
        let client = stage.customer_line(customer);
        let frame = json!({"type": "send", "client": client.id, "counter": client.counter + 1, "text": PHRASE});
        (customer.conversation, client, frame.to_string())
    };
    customers.iter().map(line).collect()
}

/// An agent who accepts whatever is offered and opens it.
async fn desk(
    mut socket: Socket,
    hub: Hub,
    key: String,
    agent: Uuid,
    shown: mpsc::Sender<Shown>,
) -> anyhow::Result<()> {
    let mut taken = HashSet::new();
    let mut taking: JoinSet<anyhow::Result<()>> = JoinSet::new();
    let mut draws = Dice::new(1);
    loop {
        let message = tokio::select! {
            message = socket.next() => message.context("the hub closed a desk")??,
            Some(ended) = taking.join_next() => {
                ended.context("an acceptance")??;
                continue;
            }
        };
        let Message::Text(text) = message else { continue };
        if !text.contains(r#""type":"row""#) {
            continue;
        }
        let DeskFrame::Row { row, .. } = serde_json::from_str(&text)? else { continue };
        let row = Row::deserialize(&row)?;
        let Some(offer) = row.offer.filter(|offer| offer.to.id == agent && taken.insert(offer.id)) else { continue };
        let (hub, key, shown, mut dice) = (hub.clone(), key.clone(), shown.clone(), Dice::new(draws.next()));
        let (id, seq) = (row.id, row.seq);
        taking.spawn(async move {
            let who = As::Key { key: &key, agent: Some(agent) };
            let body = json!({"offer": offer.id, "as_of": seq});
            let path = format!("/api/v1/conversations/{id}/accept");
            let answer = hub.call("POST", &path, who, Some(&body), &mut dice).await?;
            if !answer.ok() {
                // Another agent was faster, or the offer is over.
                return Ok(());
            }
            let path = format!("/api/v1/conversations/{id}/events?limit=200");
            let page: Value = hub.call("GET", &path, who, None, &mut dice).await?.read("reading the history")?;
            let messages = page["events"].as_array().map_or(0, Vec::len);
            let _ = shown.send(Shown { conversation: id, at: Instant::now(), messages }).await;
            Ok(())
        });
    }
}
