//! Checkpoints on a thread and a connection of their own: inline, they would make every hundredth command wait three
//! times as long.

use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Pages in the write-ahead log that are worth a checkpoint.
const PAGES: i64 = 1_000;
/// Pages after which the writer is made to wait once, so that the write-ahead log can start over: under a load without
/// a pause a passive checkpoint never gets that far, and the file would grow for ever. 64 MiB.
const TOO_MANY_PAGES: i64 = 16_384;
/// Commands after which the checkpoint thread looks.
const COMMANDS: usize = 64;

/// Tells the checkpoint thread that something was written.
pub(super) struct Nudge {
    sender: SyncSender<()>,
    since: usize,
}

impl Nudge {
    pub(super) fn written(&mut self, commands: usize) {
        self.since += commands;
        if self.since >= COMMANDS {
            self.since = 0;
            // A nudge that finds one waiting adds nothing.
            let _ = self.sender.try_send(());
        }
    }
}

/// Starts the thread; it ends when the nudge is dropped, after a last checkpoint that empties the log.
pub(super) fn start(connection: Connection) -> std::io::Result<(Nudge, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(1);
    let thread = std::thread::Builder::new().name("store-checkpoint".to_owned());
    let thread = thread.spawn(move || run(&connection, &receiver))?;
    Ok((Nudge { sender, since: 0 }, thread))
}

fn run(connection: &Connection, nudges: &Receiver<()>) {
    while nudges.recv().is_ok() {
        if let Err(error) = look(connection) {
            tracing::warn!(%error, "a checkpoint failed; the next one tries again");
        }
    }
    if let Err(error) = checkpoint(connection, "TRUNCATE") {
        tracing::warn!(%error, "the last checkpoint failed; the next start reads the write-ahead log");
    }
}

fn look(connection: &Connection) -> rusqlite::Result<()> {
    let (logged, moved) = checkpoint(connection, "NOOP")?;
    if logged - moved < PAGES {
        return Ok(());
    }
    let (logged, moved) = checkpoint(connection, "PASSIVE")?;
    tracing::debug!(logged, moved, "checkpoint");
    if logged > TOO_MANY_PAGES {
        checkpoint(connection, "RESTART")?;
    }
    Ok(())
}

/// Runs a checkpoint; pages in the write-ahead log, and how many of them are in the file.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| Ok((row.get(1)?, row.get(2)?)))
}
