//! The floor of `catch-up`: a socket is opened and the rows of one conversation are read by an index and sent.

use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::serve::ListenerExt;
use rusqlite::Connection;
use std::sync::{Arc, Mutex};

/// Messages of each conversation.
const EACH: u64 = 20;

pub(super) async fn run(folder: &std::path::Path, conversations: u64) -> anyhow::Result<()> {
    let mut store = Connection::open(folder.join("floor.db"))?;
    store.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    store.execute_batch(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, conversation INTEGER, seq INTEGER, body TEXT);
         CREATE UNIQUE INDEX by_conversation ON events (conversation, seq);",
    )?;
    let body = super::super::load::text_of(0, 0, 0);
    let all = store.transaction()?;
    for seq in 0..EACH {
        for conversation in 0..conversations {
            all.prepare_cached("INSERT INTO events (conversation, seq, body) VALUES (?1, ?2, ?3)")?.execute((
                conversation as i64,
                seq as i64,
                &body,
            ))?;
        }
    }
    all.commit()?;
    let store = Arc::new(Mutex::new(store));
    let routes = Router::new().route("/socket/{conversation}", get(socket)).with_state(store);
    let listener = super::listen()?;
    super::ready(&listener)?;
    axum::serve(listener.tap_io(|socket| drop(socket.set_nodelay(true))), routes).await?;
    Ok(())
}

async fn socket(
    State(store): State<Arc<Mutex<Connection>>>,
    Path(conversation): Path<i64>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    upgrade.read_buffer_size(1_024).write_buffer_size(0).on_upgrade(async move |mut socket| {
        let frames = match store.lock() {
            Ok(store) => read(&store, conversation).unwrap_or_default(),
            Err(_) => return,
        };
        for frame in frames {
            if socket.send(Message::Text(frame)).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.recv().await {}
    })
}

fn read(store: &Connection, conversation: i64) -> rusqlite::Result<Vec<Utf8Bytes>> {
    let mut rows = store.prepare_cached("SELECT seq, body FROM events WHERE conversation = ?1 ORDER BY seq")?;
    let rows = rows.query_map([conversation], |row| {
        let (seq, body): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok(format!(r#"{{"type":"event","event":{{"position":{seq},"text":"{body}"}}}}"#).into())
    })?;
    rows.collect()
}
