//! Opening a conversation in the desk: by its address, and by a click in the list; beside an empty page that shows the
//! same last words. And a search over everything, by the API.

use super::chromium::{Chromium, Traffic};
use super::seed::{self, Customer};
use super::stage::Scratch;
use super::{Options, Report, floor, metric, noise};
use crate::ambient::{Dice, fresh};
use crate::hub::{As, Hub, Launch, Process};
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

const LAST: &str = "these are the very last words";
const NAME: &str = "Bench Customer";
const OTHER: &str = "Another Customer";
const MAIL: &str = "bench@example.org";
/// Until the index has followed a store that was just filled.
const INDEXED: Duration = Duration::from_secs(600);

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let events = options.events.unwrap_or(if options.quick { 20_000 } else { 1_000_000 });
    let rounds = options.rounds.unwrap_or(if options.quick { 5 } else { 21 });
    let scratch = Scratch::new(options)?;
    let mut dice = Dice::new(1);
    let key_file = scratch.folder.join("key");
    let launch = Launch {
        program: options.program()?,
        data: scratch.folder.join("data"),
        more: vec!["--demo".into(), "--demo-key".into(), key_file.display().to_string()],
    };
    let filled = launch.data.join("master.key").exists() || key_file.exists();
    let mut process = Process::start(launch, &mut Dice::new(fresh().as_u64_pair().0)).await?;
    let hub = Hub::new(process.address())?;
    let key = std::fs::read_to_string(&key_file).context("the hub wrote no key")?.trim().to_owned();
    if !filled {
        seed::fill(&hub, events, &dice).await?;
    }
    // A passphrase of this run alone: the account is asked for again when the store is kept.
    let passphrase = format!("bench {} {}", fresh(), fresh());
    let agent = account(&hub, &key, &passphrase, &mut dice).await?;
    let opened = conversation(&hub, &key, agent, NAME, options.messages, &mut dice).await?;
    conversation(&hub, &key, agent, OTHER, 6, &mut dice).await?;

    let mut browser = Chromium::start(&options.chromium).await?;
    log_in(&mut browser, process.address(), &passphrase).await?;
    let empty = floor::serve(LAST).await?;
    let address = format!("{}/console/c/{opened}", process.address());
    let desk = format!("{}/console", process.address());
    let (mut floors, mut by_address, mut by_click, mut again) = (vec![], vec![], vec![], vec![]);
    let (mut traffic, mut clicked) = (Traffic::default(), Traffic::default());
    for round in 0..=rounds {
        let floor = shown(&mut browser, &empty.url).await?;
        browser.traffic();
        let whole = shown(&mut browser, &address).await?;
        let fetched = browser.traffic();
        navigate(&mut browser, &desk).await?;
        browser.evaluate(&listed()).await.context("the desk's list")?;
        browser.traffic();
        let first = browser.evaluate(&click(NAME, LAST)).await?.as_f64().context("no time")?;
        let opened = browser.traffic();
        browser.evaluate(&click(OTHER, "word 6 of 6")).await?;
        let second = browser.evaluate(&click(NAME, LAST)).await?.as_f64().context("no time")?;
        // The first round fills caches.
        if round > 0 {
            (traffic, clicked) = (fetched, opened);
            floors.push(floor);
            by_address.push(whole);
            by_click.push(first);
            again.push(second);
        }
    }
    browser.stop().await;
    let searched = search(&hub, &key, rounds, &mut dice).await?;
    process.kill().await?;

    let floor = metric(floors, "ms", None);
    let noise = noise(&floor);
    let base = Some(floor.value);
    let count = |value: u64, unit| metric(vec![value as f64], unit, None);
    let metrics = BTreeMap::from([
        ("opened_by_address", metric(by_address, "ms", base)),
        ("opened_by_click", metric(by_click, "ms", base)),
        ("opened_again", metric(again, "ms", base)),
        ("empty_page", floor),
        ("search", metric(searched, "ms", None)),
        ("requests_by_address", count(traffic.requests, "requests")),
        ("bytes_by_address", count(traffic.bytes, "bytes")),
        ("requests_by_click", count(clicked.requests, "requests")),
        ("bytes_by_click", count(clicked.bytes, "bytes")),
    ]);
    let config = json!({
        "events": events, "messages": options.messages, "rounds": rounds, "quick": options.quick,
    });
    let metrics = metrics.into_iter().map(|(name, metric)| (name.to_owned(), metric)).collect();
    Ok(Report::new("desk", metrics, noise, config))
}

async fn account(hub: &Hub, key: &str, passphrase: &str, dice: &mut Dice) -> anyhow::Result<Uuid> {
    let admin = As::Key { key, agent: None };
    let listed: Value = hub.call("GET", "/api/v1/agents", admin, None, dice).await?.read("listing the agents")?;
    let items = listed["items"].as_array().or(listed.as_array()).cloned().unwrap_or_default();
    let known = items.iter().find(|item| item["mail"] == MAIL).and_then(|item| item["id"].as_str());
    let body = json!({"name": "Bench", "role": "agent", "capacity": 100, "mail": MAIL, "passphrase": passphrase});
    let (method, path) = match known {
        Some(id) => ("PUT", format!("/api/v1/agents/{id}")),
        None => ("POST", "/api/v1/agents".to_owned()),
    };
    let made: Value = hub.call(method, &path, admin, Some(&body), dice).await?.read("making an agent")?;
    made["id"].as_str().or(known).context("the agent has no id")?.parse().context("the agent's id")
}

/// Milliseconds of a question whose words stand in very many conversations, once the index has followed the log.
async fn search(hub: &Hub, key: &str, rounds: usize, dice: &mut Dice) -> anyhow::Result<Vec<f64>> {
    let who = As::Key { key, agent: None };
    let path = "/api/v1/search?q=Berlin%20refund";
    let give_up = Instant::now() + INDEXED;
    loop {
        let found: Value = hub.call("GET", path, who, None, dice).await?.read("searching")?;
        if found["behind"] == 0 {
            break;
        }
        if Instant::now() > give_up {
            bail!("the index is still {} events behind", found["behind"]);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let from = Instant::now();
        hub.call("GET", path, who, None, dice).await?.read::<Value>("searching")?;
        times.push(from.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(times)
}

/// A conversation that the agent holds, customer and agent in turns.
async fn conversation(
    hub: &Hub,
    key: &str,
    agent: Uuid,
    name: &str,
    messages: u32,
    dice: &mut Dice,
) -> anyhow::Result<Uuid> {
    let mut customer = Customer::start(hub, name, dice).await?;
    customer.ask_person(hub, dice).await?;
    let id = customer.conversation;
    let who = As::Key { key, agent: Some(agent) };
    let path = format!("/api/v1/conversations/{id}");
    hub.call("POST", &format!("{path}/pick"), who, Some(&json!({})), dice).await?.read::<Value>("picking")?;
    let client = dice.uuid();
    for n in 1..=messages {
        let text = if n == messages && messages > 10 { LAST.to_owned() } else { format!("word {n} of {messages}") };
        if n % 2 == 1 {
            customer.say(hub, &text, dice).await?;
        } else {
            let body = json!({"client": client, "counter": n / 2, "text": text});
            let path = format!("{path}/messages");
            hub.call("POST", &path, who, Some(&body), dice).await?.read::<Value>("answering")?;
        }
    }
    Ok(id)
}

async fn log_in(browser: &mut Chromium, base: &str, passphrase: &str) -> anyhow::Result<()> {
    navigate(browser, &format!("{base}/console")).await?;
    let body = json!({"mail": MAIL, "passphrase": passphrase}).to_string();
    let script = format!(
        "fetch('/api/v1/login', {{method: 'POST', headers: {{'content-type': 'application/json'}}, \
         body: {body:?}}}).then((answer) => answer.status)"
    );
    let status = browser.evaluate(&script).await?;
    if status != 200 {
        bail!("the log-in was answered with {status}");
    }
    Ok(())
}

async fn navigate(browser: &mut Chromium, url: &str) -> anyhow::Result<()> {
    let went = browser.call("Page.navigate", json!({"url": url})).await?;
    if let Some(error) = went["errorText"].as_str() {
        bail!("{url}: {error}");
    }
    browser
        .evaluate(
            "new Promise((go) => document.readyState === 'complete' ? go() : addEventListener('load', () => go()))",
        )
        .await?;
    Ok(())
}

/// Milliseconds from the start of the navigation until the words are painted.
async fn shown(browser: &mut Chromium, url: &str) -> anyhow::Result<f64> {
    let script = browser
        .call("Page.addScriptToEvaluateOnNewDocument", json!({"source": format!("window.__shown = {};", wait(LAST))}))
        .await?;
    let went = browser.call("Page.navigate", json!({"url": url})).await?;
    if let Some(error) = went["errorText"].as_str() {
        bail!("{url}: {error}");
    }
    let at = browser.evaluate("window.__shown").await?.as_f64().with_context(|| format!("{url}: no time"));
    let script = script["identifier"].clone();
    browser.call("Page.removeScriptToEvaluateOnNewDocument", json!({"identifier": script})).await?;
    at
}

/// A promise of `performance.now()` after the frame in which the log shows these words.
fn wait(words: &str) -> String {
    format!(
        "new Promise((found, failed) => {{
            const end = performance.now() + 30000;
            const look = () => {{
                const log = document.querySelector('[aria-label=Messages]');
                if (log && log.textContent.includes({words:?})) {{
                    requestAnimationFrame(() => setTimeout(() => found(performance.now())));
                }} else if (performance.now() > end) failed(new Error('the words were not shown'));
                else requestAnimationFrame(look);
            }};
            requestAnimationFrame(look);
        }})"
    )
}

/// A promise that the list has the conversation.
fn listed() -> String {
    format!(
        "new Promise((found, failed) => {{
            const end = performance.now() + 30000;
            const look = () => {{
                if ({}) found(true);
                else if (performance.now() > end) failed(new Error('the conversation is not in the list'));
                else requestAnimationFrame(look);
            }};
            look();
        }})",
        row(NAME)
    )
}

fn row(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('nav a, nav button, [role=list] a, [role=list] button, [role=listbox] [role=option], aside a, aside button, main a, main button')].find((row) => row.textContent.includes({name:?}))"
    )
}

/// Clicks a row of the list; milliseconds until the words are painted.
fn click(name: &str, words: &str) -> String {
    format!(
        "(async () => {{ const from = performance.now(); ({}).click(); return (await {}) - from; }})()",
        row(name),
        wait(words)
    )
}
