//! `baton torture`: a hub of its own on a scratch folder, tormented by everything that can go wrong, and judged by what
//! those saw who were there.
//!
//! The hub is a child process and is reached by its public APIs alone. What was sent, acknowledged and received is
//! written into journals of the probe's own; the hub's log, read at the end by a process that has nothing in memory, is
//! the witness. Each promise of Baton has a checker; what it counts as tried had the hazard present.

mod agent;
mod bot;
mod customer;
mod figures;
mod history;
mod journal;
mod judge;
mod listen;
mod log;
mod proxy;
mod report;
mod stranger;
mod target;
mod weather;
mod world;

pub use judge::{Count, INVARIANTS};
pub use report::Report;

use crate::ambient::{Dice, fresh};
use crate::hub::{Hub, Launch, Process};
use anyhow::{Context, bail};
use journal::Journal;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use world::World;

/// How long, from which seed, and how much at once.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Seconds of play. What comes to rest afterwards and the reading back take about half a minute more.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// What every draw depends on: hazards, moments, plots.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Prints the report as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Customers at the same time.
    #[arg(long, default_value_t = 80)]
    pub customers: usize,
    /// Agents.
    #[arg(long, default_value_t = 16)]
    pub agents: usize,
    /// The fewest cases that each promise must have been put to; with fewer the run fails as too weak.
    #[arg(long, default_value_t = 100)]
    pub at_least: u64,
    /// Looks for the breach of this one promise alone; for builds in which it is broken on purpose.
    #[arg(long, hide = true)]
    pub only: Option<String>,
    /// The program that is started as the hub; by default this one.
    #[arg(long, hide = true, value_name = "PROGRAM")]
    pub program: Option<PathBuf>,
    /// Leaves the data folder, the hub's log and the journals here instead of in a scratch folder that is removed.
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

impl Options {
    /// What the command line says if it names nothing.
    pub fn new(seconds: u64, seed: u64) -> Self {
        use clap::{Args, FromArgMatches};
        let command = Self::augment_args(clap::Command::new("torture").no_binary_name(true));
        let matches = command.get_matches_from(Vec::<String>::new());
        let options = Self::from_arg_matches(&matches).expect("an empty command line is a whole one");
        Self { seconds, seed, ..options }
    }
}

/// Starts a task that nobody waits for: bots, targets and connections of the bad network end with the process.
#[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
fn go(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

/// A folder that is removed at the end.
struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    fn new(keep: Option<&Path>) -> anyhow::Result<Self> {
        let path = match keep {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("baton-torture-{}", fresh().simple())),
        };
        std::fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        let path = path.canonicalize()?;
        Ok(Self { path, keep: keep.is_some() })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Torments and judges. The report says whether everything held; an error says that it could not be run at all.
///
/// # Errors
/// The hub cannot be started, set up or read.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    if options.only.as_ref().is_some_and(|name| !INVARIANTS.contains(&name.as_str())) {
        bail!("there is no promise of this name; they are {}", INVARIANTS.join(", "));
    }
    let scratch = Scratch::new(options.keep.as_deref())?;
    let data = scratch.path.join("data");
    let faults = weather::Faults::new(&data, &scratch.path)?;
    let program = match &options.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().context("this program does not know where it is")?,
    };
    let key = make_key(&program, &data).await?;
    let dice = Dice::new(options.seed);
    let journal = Arc::new(Journal::new());
    let ahead = Arc::new(AtomicI64::new(0));
    let bot = Arc::new(bot::Bot::new(journal.clone(), dice.fork(21)));
    let target = Arc::new(target::Target::new(journal.clone(), dice.fork(22), ahead.clone()));
    let (bot_url, target_url) = (listen::serve(bot.clone()).await?, listen::serve(target.clone()).await?);

    // The proxy must stand before the hub, which tells bots and targets its address.
    let (process, proxy) = start(&program, &scratch.path, &faults, &dice).await?;
    let direct = Hub::new(process.address())?;
    let capacity = 3;
    let people = world::set_up(&direct, &key, options.agents, capacity, &bot_url, &target_url, &journal).await?;
    let agent_key = world::agent_key(&direct, &key).await?;
    bot.answers_through(&proxy.address)?;
    target.answers_through(&proxy.address)?;
    let world = Arc::new(World {
        hub: world::hasty(&proxy.address)?,
        direct,
        proxy,
        key,
        agent_key,
        dice,
        run: fresh(),
        bot,
        people,
        ending: watch::channel(false).0,
        closing: watch::channel(false).0,
        acknowledged: AtomicU64::new(0),
        ahead,
        journal,
    });
    let began = Instant::now();
    let process = play(&world, &options, process, &faults).await?;
    let logs = rest(&world, &options, process, &faults, &data).await?;
    let pages = std::mem::take(&mut *world.journal.pages());
    if options.keep.is_some() {
        history::write_all(&scratch.path.join("histories.txt"), &pages, &logs)?;
    }
    let verdict = judge::judge(&pages, &logs);
    let acknowledged = world.acknowledged.load(Ordering::Relaxed);
    let network = world.proxy.hurt();
    Ok(report::write(&options, &pages, &logs, verdict, acknowledged, network, began.elapsed()))
}

/// An administrator's key, made while no hub runs on the folder.
async fn make_key(program: &Path, data: &Path) -> anyhow::Result<String> {
    let made = tokio::process::Command::new(program)
        .arg("--data")
        .arg(data)
        .args(["admin", "key", "--name", "torture", "--rank", "administrator"])
        .output()
        .await
        .with_context(|| format!("{} could not be started", program.display()))?;
    let key = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    if !made.status.success() || key.is_empty() {
        bail!("no key could be made: {}", String::from_utf8_lossy(&made.stderr));
    }
    Ok(key)
}

async fn start(
    program: &Path,
    scratch: &Path,
    faults: &weather::Faults,
    dice: &Dice,
) -> anyhow::Result<(Process, proxy::Proxy)> {
    // The hub is told the proxy's address and the proxy the hub's: the hub's port is dealt first.
    let mut ports = Dice::new(fresh().as_u64_pair().0);
    let listen = crate::hub::free_address(&mut ports)?;
    let proxy = proxy::Proxy::start(&listen, dice.fork(31)).await?;
    // Twenty agents under one key, who repeat everything, are no misuse here.
    let config = scratch.join("baton.toml");
    std::fs::write(&config, "[limits]\nrates = \"off\"\n")?;
    let more = vec![
        "--config".to_owned(),
        config.display().to_string(),
        "--public-url".to_owned(),
        proxy.address.clone(),
        "--faults".to_owned(),
        faults.path().display().to_string(),
    ];
    let launch = Launch { program: program.to_owned(), data: scratch.join("data"), more };
    Ok((Process::start_on(launch, &listen).await?, proxy))
}

/// Everybody plays while the hub is tormented.
async fn play(
    world: &Arc<World>,
    options: &Options,
    process: Process,
    faults: &weather::Faults,
) -> anyhow::Result<Process> {
    let mut others = JoinSet::new();
    for index in 0..options.agents {
        let world = world.clone();
        others.spawn(async move { agent::work(&world, index).await });
    }
    for index in 0..world.people.restless.len() {
        let world = world.clone();
        others.spawn(async move { agent::come_and_go(&world, index).await });
    }
    for number in 0..3 {
        let world = world.clone();
        others.spawn(async move { stranger::try_doors(&world, number).await });
    }
    let (stop, stopped) = watch::channel(false);
    let mut tormentor = JoinSet::new();
    {
        let (world, faults) = (world.clone(), faults.clone());
        let hasty = options.only.is_some();
        tormentor.spawn(async move { weather::torment(world, process, faults, hasty, stopped).await });
    }
    let numbers = Arc::new(AtomicU64::new(0));
    let mut customers = JoinSet::new();
    for _ in 0..options.customers {
        let (world, numbers) = (world.clone(), numbers.clone());
        customers.spawn(async move {
            while !*world.closing.borrow() {
                customer::play(&world, numbers.fetch_add(1, Ordering::Relaxed)).await;
            }
        });
    }
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    tick.tick().await;
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(until) => break,
            _ = tick.tick() => if !options.json {
                let kills = world.journal.pages().kills.len();
                let (talks, said) = (numbers.load(Ordering::Relaxed), world.acknowledged.load(Ordering::Relaxed));
                eprintln!("torture: {talks} conversations, {said} messages acknowledged, {kills} kills");
            },
            ended = tormentor.join_next() => {
                ended.context("the tormentor ended")?.context("the tormentor")??;
            }
        }
    }
    world.closing.send_replace(true);
    // The weather clears: what was begun is played to its end.
    stop.send_replace(true);
    let process = tormentor.join_next().await.context("the tormentor ended")?.context("the tormentor")??;
    world.proxy.calm();
    while let Some(ended) = customers.join_next().await {
        ended.context("a customer")?;
    }
    world.ending.send_replace(true);
    while let Some(ended) = others.join_next().await {
        ended.context("an agent")?;
    }
    Ok(process)
}

/// Lets everything come to rest, by the hub's clock and not by ours, and reads the log back from a fresh process.
async fn rest(
    world: &Arc<World>,
    options: &Options,
    mut process: Process,
    faults: &weather::Faults,
    data: &Path,
) -> anyhow::Result<std::collections::HashMap<uuid::Uuid, log::Log>> {
    const MINUTE: i64 = 60_000;
    let say = |what: &str| {
        if !options.json {
            eprintln!("torture: {what}");
        }
    };
    say("nobody plays any more; a day passes on the hub's clock");
    // Turns, offers and openings run out first; then waits; then everything that nobody goes on with.
    let day = [50_000, 2 * MINUTE, 12 * MINUTE, 70 * MINUTE, 70 * MINUTE, 25 * 60 * MINUTE, 70 * MINUTE];
    // One who looks for another breach need not wait for it.
    let whole = options.only.as_deref().is_none_or(|only| only == "nobody_waits_for_ever");
    settle(world, Duration::from_secs(2)).await?;
    for step in if whole { &day[..] } else { &[] } {
        let ahead = world.ahead.fetch_add(*step, Ordering::Relaxed) + step;
        faults.set(0, ahead)?;
        settle(world, Duration::from_secs(30)).await?;
    }
    // The witness is asked by a process that has nothing in memory.
    process.kill_and_restart().await?;
    say("the log is read back and judged");
    let logs = log::read_all(world).await?;
    log::read_presence(world).await?;
    figures::compare(world, &logs, "").await?;
    if whole {
        figures::erase_some(world, &logs).await?;
        figures::compare(world, &logs, " after erasures").await?;
    }
    let mut hub_log = data.to_owned().into_os_string();
    hub_log.push(".log");
    stranger::read_what_is_open(world, Path::new(&hub_log)).await;
    process.kill().await?;
    Ok(logs)
}

/// Waits until the board has not changed for two seconds, at most so long.
async fn settle(world: &World, most: Duration) -> anyhow::Result<()> {
    let mut dice = world.dice.fork(51);
    let until = Instant::now() + most;
    let (mut before, mut changed) = (Value::Null, Instant::now());
    while Instant::now() < until && changed.elapsed() < Duration::from_secs(2) {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let answer = world.direct.call("GET", "/api/v1/board", world.as_key(), None, &mut dice).await?;
        let board: Value = answer.read("the board")?;
        let part = |name: &str| board.get(name).cloned().unwrap_or_default();
        let now = Value::from(vec![
            part("waiting"),
            part("messages"),
            part("with_bot"),
            part("with_people"),
            part("handovers"),
        ]);
        if now != before {
            (before, changed) = (now, Instant::now());
        }
    }
    Ok(())
}
