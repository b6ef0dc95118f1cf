//! The search index of a single hub: `search.db`, with a writer and a reader thread of its own, so that neither the log's
//! writer nor its readers wait for it. What is taken in becomes a small sorted segment, and small segments are made into
//! larger ones piece by piece: every write is in order, whatever hashes come.
//!
//! Its commits are not synced one by one: after a crash the index is a little behind, and catches up from the log.

mod places;
mod reads;
mod tidy;
mod writes;

use super::checkpoint::checkpoint;
use super::code::{count, int};
use super::fault::Fault;
use super::migrate::{self, Migration};
use super::open::OpenError;
use super::readers::Readers;
use super::writer::{State, Writer};
use async_trait::async_trait;
use baton_core::ids::ConversationId;
use baton_kit::search::{Batch, Page, SearchIndex, Token, Wanted};
use baton_kit::store::{Error, Identity, Offset};
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The steps of search.db.
const SEARCH: &[Migration] = &[Migration::sql(1, include_str!("../../../schema/search/0001.sql"))];
/// How long a connection waits for the other.
const WAIT: Duration = Duration::from_secs(10);

/// What the writer thread owns.
struct Main {
    connection: Connection,
    /// Something was forgotten, and stands in pages that upkeep will delete.
    forgotten: bool,
    /// It is deleted, and may still stand in the write-ahead log.
    scrub: bool,
}

impl State for Main {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn committed(&mut self, _commands: usize) {
        if !self.scrub {
            return;
        }
        match checkpoint(&self.connection, "TRUNCATE") {
            Ok(_) => self.scrub = false,
            Err(error) => {
                tracing::warn!(%error, "hashes of forgotten words stand in search.db-wal until the next write")
            }
        }
    }
}

/// A search index in a data folder.
pub struct SqliteIndex {
    writer: Writer<Main>,
    readers: Readers<Connection>,
}

impl SqliteIndex {
    /// Opens the index of this store. One that is missing, damaged, from another version or of another store is made
    /// anew: it is built from the log.
    ///
    /// # Errors
    /// The disk does not let us.
    pub fn open(folder: &Path, of: Identity) -> Result<Self, OpenError> {
        let path = folder.join("search.db");
        let (writer, reader) = match open(&path, of) {
            Ok(pair) => pair,
            Err(error) => {
                tracing::warn!(%error, "the search index is built anew");
                remove(&path)?;
                open(&path, of)?
            }
        };
        let io = |source| OpenError::Io { path: path.clone(), source };
        Ok(Self {
            writer: Writer::start("search-writer", Main { connection: writer, forgotten: false, scrub: false })
                .map_err(io)?,
            readers: Readers::start("search-reader", vec![reader]).map_err(io)?,
        })
    }

    /// Does what is queued and lets the file go; later calls get [`Error::Closed`]. Dropping the index does the same.
    pub fn close(&self) {
        self.readers.stop();
        self.writer.stop();
    }
}

impl Drop for SqliteIndex {
    fn drop(&mut self) {
        self.close();
    }
}

fn remove(path: &Path) -> Result<(), OpenError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let path = PathBuf::from(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(OpenError::Io { path, source }),
            _ => {}
        }
    }
    Ok(())
}

fn open(path: &Path, of: Identity) -> Result<(Connection, Connection), OpenError> {
    let mut writer = Connection::open(path)?;
    writer.busy_timeout(WAIT)?;
    // What was forgotten is wiped, not only unlinked.
    writer.pragma_update(None, "secure_delete", "ON")?;
    writer.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    writer.pragma_update(None, "synchronous", "NORMAL")?;
    writer.pragma_update(None, "temp_store", "MEMORY")?;
    writer.pragma_update(None, "cache_size", -16_384)?;
    // Few checkpoints, as each of them syncs: the disk belongs to the log.
    writer.query_row("PRAGMA wal_autocheckpoint = 8000", [], |_| Ok(()))?;
    writer.set_prepared_statement_cache_capacity(64);
    migrate::up(&mut writer, path, SEARCH)?;
    checkpoint(&writer, "TRUNCATE")?;
    let kept: Option<Vec<u8>> =
        writer.query_row("SELECT value FROM meta WHERE name = 'store'", [], |row| row.get(0)).optional()?;
    let name = [of.workspace.as_bytes().as_slice(), &of.generation.to_be_bytes()].concat();
    match kept {
        Some(kept) if kept == name => {}
        Some(_) => {
            tracing::info!("the search index is of another store or of one before a restore; it is built anew");
            writes::reset(&writer).map_err(|_| rusqlite::Error::InvalidQuery)?;
        }
        None => {}
    }
    writer.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('store', ?1)", [name])?;
    let reader = super::open::readable(path)?;
    reader.pragma_update(None, "cache_size", -16_384)?;
    Ok((writer, reader))
}

/// The offset up to which the log has been taken in.
fn position(db: &Connection) -> Result<Offset, Fault> {
    let kept: Option<i64> = db
        .prepare_cached("SELECT value FROM meta WHERE name = 'position'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(Offset(count(kept.unwrap_or(0))))
}

fn set_position(db: &Connection, at: Offset) -> Result<(), Fault> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('position', ?1)")?.execute([int(at.0)])?;
    Ok(())
}

/// A token as it stands in a column.
fn column_of(token: Token) -> i64 {
    token.0.cast_signed()
}

#[async_trait]
impl SearchIndex for SqliteIndex {
    async fn position(&self) -> Result<Offset, Error> {
        self.readers.call(position).await
    }

    async fn apply(&self, batch: Batch) -> Result<(), Error> {
        self.writer.call(move |main| writes::apply(&main.connection, &batch)).await
    }

    async fn tidy(&self) -> Result<bool, Error> {
        self.writer.call(tidy::tidy).await
    }

    async fn find(&self, wanted: Wanted) -> Result<Page, Error> {
        self.readers.call(move |db| reads::find(db, &wanted)).await
    }

    async fn spread(&self, tokens: Vec<Token>, most: u32) -> Result<Vec<u32>, Error> {
        self.readers.call(move |db| reads::spread_all(db, &tokens, most)).await
    }

    async fn keep_words(&self, words: Vec<(Token, Vec<u8>)>) -> Result<(), Error> {
        self.writer.call(move |main| writes::keep_words(&main.connection, &words)).await
    }

    async fn words(&self) -> Result<Vec<(Token, Vec<u8>)>, Error> {
        self.readers.call(reads::words).await
    }

    async fn forget(&self, conversation: ConversationId) -> Result<(), Error> {
        self.writer.call(move |main| writes::forget(&main.connection, conversation)).await
    }

    async fn reset(&self) -> Result<(), Error> {
        self.writer.call(|main| writes::reset(&main.connection)).await
    }
}
