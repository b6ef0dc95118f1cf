//! Checkpoints on a thread and a connection of their own: inline, they would make every hundredth command wait three
//! times as long.

use super::open::WAIT;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Pages in the write-ahead log that are worth a checkpoint.
pub(super) const PAGES: i64 = 1_024;
/// After so many times as many the writer itself finishes a checkpoint, so that the write-ahead log can start over: under
/// a load without a pause a passive checkpoint never gets to its end, and the file would grow for ever. 64 MiB.
const TOO_MANY: i64 = 16;
/// Commands after which the checkpoint thread looks.
const COMMANDS: usize = 64;

/// The writer's side: tells the checkpoint thread that something was written, and starts the log over when told to.
pub(super) struct Nudge {
    sender: SyncSender<()>,
    since: usize,
    start_over: Arc<AtomicBool>,
}

impl Nudge {
    /// So many commands have been committed on this connection.
    pub(super) fn written(&mut self, connection: &Connection, commands: usize) {
        // Done by the writer between two transactions: another connection would have to fight it for its lock, and a
        // writer under load lets that go for microseconds only. Nearly all pages are in the file already.
        if self.start_over.load(Ordering::Acquire) {
            // A reader that stands for long, a backup, must not hold up the writer: it is asked for again later.
            let _ = connection.busy_timeout(Duration::ZERO);
            if let Err(error) = checkpoint(connection, "RESTART") {
                tracing::warn!(%error, "the write-ahead log could not start over");
            }
            let _ = connection.busy_timeout(WAIT);
            self.start_over.store(false, Ordering::Release);
        }
        self.since += commands;
        if self.since >= COMMANDS {
            self.since = 0;
            // A nudge that finds one waiting adds nothing.
            let _ = self.sender.try_send(());
        }
    }
}

/// Starts the thread; it ends when the nudge is dropped, after a last checkpoint that empties the log.
pub(super) fn start(connection: Connection, pages: i64) -> std::io::Result<(Nudge, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(1);
    let thread = std::thread::Builder::new().name("store-checkpoint".to_owned());
    let start_over = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&start_over);
    let thread = thread.spawn(move || run(&connection, pages, &receiver, &asked))?;
    Ok((Nudge { sender, since: 0, start_over }, thread))
}

fn run(connection: &Connection, pages: i64, nudges: &Receiver<()>, start_over: &AtomicBool) {
    while nudges.recv().is_ok() {
        if start_over.load(Ordering::Acquire) {
            continue;
        }
        match look(connection, pages) {
            Ok(too_long) => start_over.store(too_long, Ordering::Release),
            Err(error) => tracing::warn!(%error, "a checkpoint failed; the next one tries again"),
        }
    }
    if let Err(error) = checkpoint(connection, "TRUNCATE") {
        tracing::warn!(%error, "the last checkpoint failed; the next start reads the write-ahead log");
    }
}

/// Moves pages into the file if there are enough of them. True: the write-ahead log has become too long.
fn look(connection: &Connection, pages: i64) -> rusqlite::Result<bool> {
    let (logged, moved) = checkpoint(connection, "NOOP")?;
    if logged - moved < pages {
        return Ok(false);
    }
    let (logged, moved) = checkpoint(connection, "PASSIVE")?;
    tracing::debug!(logged, moved, "checkpoint");
    Ok(logged > pages * TOO_MANY)
}

/// Runs a checkpoint; pages in the write-ahead log, and how many of them are in the file.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| Ok((row.get(1)?, row.get(2)?)))
}
