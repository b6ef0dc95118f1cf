//! The floor of the main path: a customer's frame is parsed, one writer commits what has queued, the message goes to the
//! agent's socket and an acknowledgement to the customer's. No rules, no rights, no seals, no chains, no resuming.

use anyhow::Context;
use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::serve::ListenerExt;
use rusqlite::Connection;
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

/// Messages in one commit.
const BATCH: usize = 1_024;
/// Messages that wait for the writer.
const QUEUE: usize = 8_192;
/// Frames that wait for one socket.
const OUT: usize = 1_024;
/// Agents; customer N writes to agent N modulo this.
const AGENTS: usize = 4_096;
/// The agent under whose number everybody reads.
const ALL: usize = AGENTS;
/// Pages of the write-ahead log after which the writer lets it start over.
const TOO_MANY_PAGES: i64 = 16_384;

type Out = mpsc::Sender<Utf8Bytes>;

struct Row {
    customer: usize,
    agent: usize,
    client: Uuid,
    counter: u64,
    text: String,
    back: Out,
}

struct Hub {
    writer: mpsc::Sender<Row>,
    agents: Arc<RwLock<Vec<Option<Out>>>>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame {
    Send { client: Uuid, counter: u64, text: String },
    Ping,
}

/// With a folder: durable before delivery and acknowledgement. Without: in memory alone.
pub(super) async fn run(folder: Option<PathBuf>) -> anyhow::Result<()> {
    let (writer, rows) = mpsc::channel(QUEUE);
    let agents = Arc::new(RwLock::new(vec![None; AGENTS]));
    let store = folder.map(|folder| Store::open(&folder.join("floor.db"))).transpose()?;
    let sockets = agents.clone();
    std::thread::Builder::new().name("writer".to_owned()).spawn(move || write(store, rows, &sockets))?;
    let hub = Arc::new(Hub { writer, agents });
    let routes = Router::new()
        .route("/customer/{customer}/{agent}", get(customer))
        .route("/agent/{agent}", get(agent))
        .with_state(hub);
    let listener = super::listen()?;
    super::ready(&listener)?;
    axum::serve(listener.tap_io(|socket| drop(socket.set_nodelay(true))), routes).await?;
    Ok(())
}

fn small(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.read_buffer_size(1_024).write_buffer_size(0)
}

async fn customer(
    State(hub): State<Arc<Hub>>,
    Path((customer, agent)): Path<(usize, usize)>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    small(upgrade).on_upgrade(async move |mut socket| {
        let (back, mut out) = mpsc::channel(OUT);
        loop {
            tokio::select! {
                frame = out.recv() => if !send(&mut socket, frame).await { return },
                message = socket.recv() => {
                    let Some(Ok(Message::Text(text))) = message else { return };
                    let Ok(Frame::Send { client, counter, text }) = serde_json::from_str(&text) else { continue };
                    let row = Row { customer, agent, client, counter, text, back: back.clone() };
                    if hub.writer.send(row).await.is_err() {
                        return;
                    }
                }
            }
        }
    })
}

async fn agent(
    State(hub): State<Arc<Hub>>,
    Path(agent): Path<usize>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    small(upgrade).on_upgrade(async move |mut socket| {
        let (sender, mut out) = mpsc::channel(OUT);
        if let Ok(mut agents) = hub.agents.write()
            && let Some(place) = agents.get_mut(agent)
        {
            *place = Some(sender);
        }
        if !send(&mut socket, Some(r#"{"type":"welcome"}"#.into())).await {
            return;
        }
        loop {
            tokio::select! {
                frame = out.recv() => if !send(&mut socket, frame).await { return },
                message = socket.recv() => if !matches!(message, Some(Ok(_))) { return },
            }
        }
    })
}

async fn send(socket: &mut WebSocket, frame: Option<Utf8Bytes>) -> bool {
    match frame {
        Some(frame) => socket.send(Message::Text(frame)).await.is_ok(),
        None => false,
    }
}

/// The one writer: takes what queued while its last commit ran.
fn write(mut store: Option<Store>, mut rows: mpsc::Receiver<Row>, agents: &RwLock<Vec<Option<Out>>>) {
    let began = Instant::now();
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(first) = rows.blocking_recv() {
        batch.push(first);
        while batch.len() < BATCH
            && let Ok(next) = rows.try_recv()
        {
            batch.push(next);
        }
        let at = began.elapsed().as_millis() as i64;
        if let Some(store) = &mut store
            && let Err(error) = store.append(&batch, at)
        {
            eprintln!("floor: {error:#}");
            std::process::exit(1);
        }
        for row in batch.drain(..) {
            let (counter, text) = (row.counter, &row.text);
            let event = format!(
                r#"{{"type":"event","conversation":{},"event":{{"seq":{counter},"at":{at},"text":"{text}"}}}}"#,
                row.customer
            );
            let event = Utf8Bytes::from(event);
            let to: Vec<Out> = match agents.read() {
                Ok(agents) if row.agent == ALL => agents.iter().flatten().cloned().collect(),
                Ok(agents) => agents.get(row.agent).cloned().flatten().into_iter().collect(),
                Err(_) => return,
            };
            // Made once; every socket is given the same bytes.
            for to in to {
                let _ = to.blocking_send(event.clone());
            }
            let ack = format!(r#"{{"type":"ack","client":"{}","counter":{counter},"at":{at}}}"#, row.client);
            let _ = row.back.blocking_send(ack.into());
        }
    }
}

/// SQLite, write-ahead log, full synchronisation, append-only, checkpoints on another connection.
struct Store {
    connection: Connection,
    start_over: Arc<AtomicBool>,
    nudge: std::sync::mpsc::SyncSender<()>,
}

impl Store {
    fn open(path: &std::path::Path) -> anyhow::Result<Self> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().context("the floor's store")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, conversation INTEGER, seq INTEGER, at INTEGER, body TEXT)",
        )?;
        let (start_over, checkpointer) = (Arc::new(AtomicBool::new(false)), open()?);
        let asked = start_over.clone();
        let (nudge, nudges) = std::sync::mpsc::sync_channel(1);
        std::thread::Builder::new().name("checkpoint".to_owned()).spawn(move || {
            while nudges.recv().is_ok() {
                let pages = checkpointer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(1));
                asked.store(pages.unwrap_or(0) > TOO_MANY_PAGES, Ordering::Release);
            }
        })?;
        Ok(Self { connection, start_over, nudge })
    }

    fn append(&mut self, rows: &[Row], at: i64) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO events (conversation, seq, at, body) VALUES (?1, ?2, ?3, ?4)")?;
            for row in rows {
                insert.execute((row.customer as i64, row.counter as i64, at, &row.text))?;
            }
        }
        transaction.commit()?;
        if self.start_over.swap(false, Ordering::AcqRel) {
            self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
        }
        let _ = self.nudge.try_send(());
        Ok(())
    }
}
