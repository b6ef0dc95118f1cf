//! SIGKILL with very many open conversations, and how soon the hub accepts and offers again.

use super::child::{Child, file_system, machine};
use super::load::enter;
use super::stage::{Scratch, Stage, many};
use super::{Options, Report, beside, metric, unsure};
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use anyhow::{Context, bail};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// An offer after a restart comes within this.
const GIVE_UP: Duration = Duration::from_secs(120);
const QUESTIONS: [&str; 2] = ["When will my delivery arrive?", "Can I change my delivery address?"];
/// Conversations of which every event is counted before and after.
const COUNTED: usize = 200;

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let (open, waiting) = match (options.tiny, options.quick) {
        (true, _) => (20, 5),
        (false, true) => (3_000, 300),
        (false, false) => (91_000, 9_000),
    };
    let rounds = options.rounds.unwrap_or(if options.tiny { 1 } else { 3 });
    let mut stage = Stage::start(options, &scratch.folder).await?;
    // One seat: with each restart one more of those who wait is offered.
    let agent = *stage.agents(1, 500).await?.first().context("no agent")?;
    let mut customers = stage.open(waiting, true).await?;
    customers.extend(stage.open(open, false).await?);
    let hub = stage.hub.clone();
    let tokens: Vec<String> = customers.iter().map(|customer| customer.token.clone()).collect();
    let talkers: Vec<(String, Uuid)> =
        customers.iter().skip(waiting).map(|customer| (customer.token.clone(), customer.client)).collect();
    let count = talkers.len();
    many(count, &stage.dice, move |at, mut dice| {
        let (hub, (token, client)) = (hub.clone(), talkers[at].clone());
        async move {
            for (place, text) in QUESTIONS.iter().enumerate() {
                let body = json!({"client": client, "counter": place + 1, "text": text});
                let path = "/chat/v1/conversation/messages";
                hub.call("POST", path, As::Token(&token), Some(&body), &mut dice).await?.read::<Value>("saying")?;
            }
            Ok(())
        }
    })
    .await?;
    // The bot's last answers.
    tokio::time::sleep(Duration::from_millis(if options.tiny { 300 } else { 3_000 })).await;
    let some: Vec<Uuid> = {
        let step = (customers.len() / COUNTED).max(1);
        customers.iter().step_by(step).map(|customer| customer.conversation).collect()
    };
    let before = counted(&stage.hub, &stage.key, &some, &mut stage.dice).await?;
    let each = before.iter().sum::<u64>() as f64 / before.len().max(1) as f64;
    // Wanting work is kept; being reachable is not, so nothing is offered before the first restart.
    stage.available(agent).await?;
    let own = options.own()?;
    let (mut accepts, mut offers, mut scans) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        stage.process.kill().await?;
        let scan = Child::floor(&own, "floor-scan", &scratch.folder.join("data"), &[]).await?;
        let micros: f64 = scan.url.split(' ').next_back().and_then(|text| text.parse().ok()).context("no time")?;
        scans.push(micros / 1_000.0);
        drop(scan);
        let began = Instant::now();
        stage.process.kill_and_restart().await?;
        stage.hub.call("GET", "/health/ready", As::Nobody, None, &mut stage.dice).await?;
        accepts.push(began.elapsed().as_secs_f64() * 1_000.0);
        let mut screen = enter(&stage.agent_line(Some(agent), &[])).await?;
        timeout(GIVE_UP, offered(&mut screen)).await.context("nothing was offered after the restart")??;
        offers.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let after = counted(&stage.hub, &stage.key, &some, &mut stage.dice).await?;
    let lost: u64 = before.iter().zip(&after).map(|(before, after)| before.saturating_sub(*after)).sum();
    let sure = stage.hub.call("GET", "/chat/v1/conversation", As::Token(&tokens[0]), None, &mut stage.dice).await?;
    if !sure.ok() {
        bail!("a customer's chat is gone after the restart");
    }
    stage.process.kill().await?;
    let noise = unsure(&scans);
    let metrics = BTreeMap::from([
        ("accepts_after".to_owned(), beside(accepts, "ms", scans.clone())),
        ("offers_after".to_owned(), beside(offers, "ms", scans)),
        ("events_lost".to_owned(), metric(vec![lost as f64], "events", None)),
    ]);
    let config = json!({
        "open": open + waiting, "waiting": waiting, "events": (each * (open + waiting) as f64).round(), "rounds": rounds,
        "floor": "every row of the log read once with the SQLite library", "fsync": "full",
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("restart", metrics, noise, config))
}

async fn offered(screen: &mut super::load::Socket) -> anyhow::Result<()> {
    while let Some(message) = screen.next().await {
        if matches!(&message?, Message::Text(text) if text.contains(r#""type":"row""#) && text.contains(r#""offer":{"#))
        {
            return Ok(());
        }
    }
    bail!("the hub closed the desk")
}

/// The last seq of each of these conversations.
async fn counted(hub: &Hub, key: &str, some: &[Uuid], dice: &mut Dice) -> anyhow::Result<Vec<u64>> {
    let mut out = Vec::with_capacity(some.len());
    for id in some {
        let path = format!("/api/v1/conversations/{id}/events?limit=1");
        let who = As::Key { key, agent: None };
        let page: Value = hub.call("GET", &path, who, None, dice).await?.read("reading events")?;
        out.push(page["last_seq"].as_u64().context("no last_seq")?);
    }
    Ok(out)
}
