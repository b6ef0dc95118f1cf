//! `baton replay`: plays written conversations against a running hub, as customers and, if asked, as agents.
//!
//! The hub is reached by its public APIs alone. What was sent, what was acknowledged and what each socket brought is
//! written into journals of the probe's own; they are the judge, and the hub's log, read at the end, is a witness.

mod agent;
mod customer;
mod journal;
mod judge;
mod killer;
mod report;
mod sabotage;

pub use judge::{Fault, Violation};
pub use report::{AgentCounts, Conversations, Handovers, HubCounts, Messages, Report, Waits};
pub use sabotage::Sabotage;

use crate::ambient::{Dice, fresh};
use crate::hub::{As, Hub, Launch, Process};
use crate::script::{self, AgentPart, Conversation};
use crate::wire::{ChatEvent, DeskEvent};
use anyhow::{Context, bail};
use journal::{DeskJournal, Received};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// What to play, against which hub, and with which troubles.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The conversations: JSON Lines, one conversation per line. Several files are mixed evenly.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The word in the addresses of the inbox that is written to.
    #[arg(long, default_value = "demo")]
    pub inbox: String,
    /// Where the hub listens.
    #[arg(long, default_value = "http://127.0.0.1:8090")]
    pub url: String,
    /// How much faster than people write; 0: no pauses.
    #[arg(long, default_value_t = 0.0)]
    pub speed: f64,
    /// Conversations at the same time.
    #[arg(long, default_value_t = 50)]
    pub concurrency: usize,
    /// Plays only the first N conversations of the file.
    #[arg(long)]
    pub limit: Option<usize>,
    /// Prints the report as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Agents to play; needs an administrator's API key.
    #[arg(long, default_value_t = 0)]
    pub agents: usize,
    /// Chats that each played agent takes at once.
    #[arg(long, default_value_t = 20)]
    pub capacity: u32,
    /// An administrator's API key, to play agents and to read the desk's log.
    #[arg(long)]
    pub key: Option<String>,
    /// A file that holds that key.
    #[arg(long, conflicts_with = "key")]
    pub key_file: Option<PathBuf>,
    /// Seconds for which a customer who has said everything waits for people.
    #[arg(long, default_value_t = 120)]
    pub patience: u64,
    /// How often in a hundred turns a customer's network breaks just before it.
    #[arg(long, default_value_t = 2.0)]
    pub cuts: f64,
    /// What draws depend on: who leaves the line, what agents do, when the hub is killed.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Plants faults between socket and journal; the replay must then fail.
    #[arg(long, value_enum)]
    pub sabotage: Option<Sabotage>,
    /// Starts this program as the hub (`PROGRAM serve --data … --listen …`) instead of using one that runs.
    #[arg(long, value_name = "PROGRAM", requires = "hub_data")]
    pub serve: Option<PathBuf>,
    /// The data folder of the hub that is started.
    #[arg(long, value_name = "FOLDER")]
    pub hub_data: Option<PathBuf>,
    /// Kills the started hub so often with SIGKILL at drawn moments, and starts it again.
    #[arg(long, default_value_t = 0, requires = "serve")]
    pub kills: u32,
    /// Further arguments of the hub that is started; given after `--`.
    #[arg(last = true)]
    pub hub_arguments: Vec<String>,
}

impl Options {
    /// What the command line says if it names the file alone.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        use clap::{Args, FromArgMatches};
        let command = Self::augment_args(clap::Command::new("replay").no_binary_name(true));
        let matches = command.get_matches_from([file.into()]);
        Self::from_arg_matches(&matches).expect("a file alone is a whole command line")
    }
}

/// What customers, agents and the killer share.
pub(crate) struct Stage {
    pub(crate) hub: Hub,
    pub(crate) inbox: String,
    /// Names this run, so that its start keys are its own.
    pub(crate) run: Uuid,
    pub(crate) dice: Dice,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) speed: f64,
    /// Broken networks per million turns.
    pub(crate) cuts: u64,
    pub(crate) patience: Duration,
    pub(crate) has_agents: bool,
    pub(crate) agents: usize,
    pub(crate) capacity: u32,
    pub(crate) board: Board,
    pub(crate) desk: DeskJournal,
    /// Acknowledged messages of customers.
    pub(crate) progress: watch::Sender<u64>,
    /// The customers have gone.
    pub(crate) ending: watch::Sender<bool>,
}

/// What an agent would learn from the customer's last words: that everything is said.
pub(crate) struct Board {
    inner: Mutex<Inside>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Inside {
    done: HashSet<Uuid>,
    parts: HashMap<Uuid, AgentPart>,
}

impl Board {
    fn new() -> Self {
        Self { inner: Mutex::default(), changed: watch::channel(0).0 }
    }

    fn inside<T>(&self, look: impl FnOnce(&mut Inside) -> T) -> T {
        look(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn enter(&self, conversation: Uuid, part: Option<AgentPart>) {
        if let Some(part) = part {
            self.inside(|inside| inside.parts.insert(conversation, part));
        }
    }

    pub(crate) fn part(&self, conversation: Uuid) -> Option<AgentPart> {
        self.inside(|inside| inside.parts.get(&conversation).copied())
    }

    pub(crate) fn done(&self, conversation: Uuid) {
        if self.inside(|inside| inside.done.insert(conversation)) {
            self.changed.send_modify(|version| *version += 1);
        }
    }

    pub(crate) fn is_done(&self, conversation: Uuid) -> bool {
        self.inside(|inside| inside.done.contains(&conversation))
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// Plays and judges. The report says whether everything held; an error says that it could not be played at all.
///
/// # Errors
/// The file, the hub, the inbox, the key or the agents are not as they must be.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    let mut script = script::mixed(&options.files)?;
    script.truncate(options.limit.unwrap_or(usize::MAX));
    let mut process = match (&options.serve, &options.hub_data) {
        (Some(program), Some(data)) => {
            let launch = Launch { program: program.clone(), data: data.clone(), more: options.hub_arguments.clone() };
            Some(Process::start(launch, &mut Dice::new(fresh().as_u64_pair().0)).await?)
        }
        _ => None,
    };
    let url = process.as_ref().map_or(options.url.as_str(), Process::address);
    let stage = Arc::new(stage(&options, Hub::new(url)?));
    let mut dice = stage.dice.fork(3);
    let path = format!("/chat/v1/inboxes/{}", stage.inbox);
    stage.hub.found(&path, &mut dice).await?.read::<Value>("finding the inbox")?;
    let key = key(&options)?;
    let accounts = match (&key, options.agents) {
        (_, 0) => Vec::new(),
        (Some(key), count) => agent::accounts(&stage, key, count).await?,
        (None, _) => bail!("playing agents needs an administrator's API key: --key or --key-file"),
    };

    let begun = Instant::now();
    let mut agents = JoinSet::new();
    for account in accounts {
        let (stage, key) = (stage.clone(), key.clone().unwrap_or_default());
        agents.spawn(async move { agent::work(&stage, account, key).await });
    }
    let (stop_killing, stopped) = watch::channel(false);
    let mut killer = JoinSet::new();
    if let Some(process) = process.take() {
        let texts = script.iter().flat_map(|conversation| &conversation.turns).filter(|turn| turn.text.is_some());
        let turns = texts.count() as u64;
        let stage = stage.clone();
        let kills = options.kills;
        killer.spawn(async move { killer::kill(&stage, process, kills, turns, stopped).await });
    }
    let played = customers(&stage, script, options.concurrency).await?;
    stage.ending.send_replace(true);
    while let Some(ended) = agents.join_next().await {
        ended.context("an agent")?;
    }
    let played_for = begun.elapsed();
    stop_killing.send_replace(true);
    let (mut process, mut kills) = match killer.join_next().await {
        Some(ended) => {
            let (process, kills) = ended.context("the killer")??;
            (Some(process), kills)
        }
        None => (None, 0),
    };
    // The witness is asked by a process that has nothing in memory.
    if let Some(process) = process.as_mut().filter(|_| options.kills > 0) {
        process.kill_and_restart().await?;
        kills += 1;
    }
    let logs = read_logs(&stage, &played, key.as_deref()).await?;
    if let Some(process) = &mut process {
        process.kill().await?;
    }
    Ok(report::write(&stage, &options, &played, &logs, kills, played_for))
}

fn stage(options: &Options, hub: Hub) -> Stage {
    Stage {
        hub,
        inbox: options.inbox.clone(),
        run: fresh(),
        dice: Dice::new(options.seed),
        sabotage: options.sabotage,
        speed: options.speed,
        cuts: (options.cuts.clamp(0.0, 100.0) * 10_000.0) as u64,
        patience: Duration::from_secs(options.patience),
        has_agents: options.agents > 0,
        agents: options.agents,
        capacity: options.capacity,
        board: Board::new(),
        desk: DeskJournal::default(),
        progress: watch::channel(0).0,
        ending: watch::channel(false).0,
    }
}

fn key(options: &Options) -> anyhow::Result<Option<String>> {
    match (&options.key, &options.key_file) {
        (Some(key), _) => Ok(Some(key.trim().to_owned())),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            Ok(Some(text.trim().to_owned()))
        }
        (None, None) => Ok(None),
    }
}

async fn customers(
    stage: &Arc<Stage>,
    script: Vec<Conversation>,
    concurrency: usize,
) -> anyhow::Result<Vec<customer::Played>> {
    let count = script.len();
    let seats = Arc::new(Semaphore::new(concurrency.max(1)));
    let mut playing = JoinSet::new();
    for (number, conversation) in script.into_iter().enumerate() {
        let (stage, seats) = (stage.clone(), seats.clone());
        playing.spawn(async move {
            let _seat = seats.acquire().await;
            (number, customer::play(&stage, conversation, number as u64).await)
        });
    }
    let mut played = Vec::with_capacity(count);
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    tick.tick().await;
    loop {
        tokio::select! {
            ended = playing.join_next() => match ended {
                Some(ended) => played.push(ended.context("a customer")?),
                None => break,
            },
            _ = tick.tick() => {
                eprintln!("replay: {} of {count} conversations, {} messages", played.len(), *stage.progress.borrow());
            }
        }
    }
    played.sort_by_key(|(number, _)| *number);
    Ok(played.into_iter().map(|(_, played)| played).collect())
}

/// What the hub's log says of one conversation.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) chat: Vec<Received>,
    /// The desk's side; absent without a key.
    pub(crate) desk: Option<Vec<DeskEvent>>,
}

async fn read_logs(
    stage: &Arc<Stage>,
    played: &[customer::Played],
    key: Option<&str>,
) -> anyhow::Result<HashMap<Uuid, Log>> {
    let seats = Arc::new(Semaphore::new(8));
    let mut reading = JoinSet::new();
    for one in played {
        let (Some(id), Some(token)) = (one.journal.conversation, one.token.clone()) else { continue };
        let (stage, seats, key) = (stage.clone(), seats.clone(), key.map(str::to_owned));
        reading.spawn(async move {
            let _seat = seats.acquire().await;
            let log = read_log(&stage, id, &token, key.as_deref()).await;
            (id, log)
        });
    }
    let mut logs = HashMap::new();
    while let Some(read) = reading.join_next().await {
        let (id, log) = read.context("reading the log back")?;
        logs.insert(id, log?);
    }
    Ok(logs)
}

async fn read_log(stage: &Stage, id: Uuid, token: &str, key: Option<&str>) -> anyhow::Result<Log> {
    #[derive(Deserialize)]
    struct ChatPage {
        events: Vec<Value>,
        cursor: String,
        more: bool,
    }
    #[derive(Deserialize)]
    struct DeskPage {
        events: Vec<DeskEvent>,
        more: bool,
    }
    let (high, low) = id.as_u64_pair();
    let mut dice = stage.dice.fork(high ^ low);
    let mut chat = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/chat/v1/conversation/events?limit=500{after}");
        let answer = stage.hub.call("GET", &path, As::Token(token), None, &mut dice).await?;
        let page: ChatPage = answer.read("reading the transcript back")?;
        for whole in &page.events {
            let event = ChatEvent::deserialize(whole).context("an event of the transcript")?;
            chat.push(Received::new(&event, whole));
        }
        if !page.more || page.events.is_empty() {
            break;
        }
        after = format!("&after={}", page.cursor);
    }
    let Some(key) = key else { return Ok(Log { chat, desk: None }) };
    let mut desk: Vec<DeskEvent> = Vec::new();
    loop {
        let after = desk.last().map_or(0, |event| event.seq);
        let path = format!("/api/v1/conversations/{id}/events?limit=500&after={after}");
        let answer = stage.hub.call("GET", &path, As::Key { key, agent: None }, None, &mut dice).await?;
        let page: DeskPage = answer.read("reading the desk's log")?;
        let empty = page.events.is_empty();
        desk.extend(page.events);
        if !page.more || empty {
            return Ok(Log { chat, desk: Some(desk) });
        }
    }
}
