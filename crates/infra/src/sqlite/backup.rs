//! Copies of a store's files that are whole and of one moment, made beside a running hub: SQLite's online backup, inside one
//! read transaction, so that the copy never begins again and never waits for the writer, nor the writer for it. Beside
//! `VACUUM INTO` it reads pages in order instead of building every index anew, and so stands in the way of checkpoints for
//! a fraction of the time.

use super::fault::told;
use super::migrate::{self, BATON, KEYS, LevelError, Migration};
use super::open::{OpenError, readable, workspace_of};
use super::{keys, writes};
use baton_core::ids::KeyId;
use baton_kit::store::{Error, Identity, Offset, WrappedKey};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Pages between two looks at the progress: 4 MiB.
const PAGES: i32 = 1_024;

/// Why a file could not be copied or made ready.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The folder holds no store.
    #[error("{} holds no store: there is no {file} in it", folder.display())]
    Missing {
        /// Where.
        folder: PathBuf,
        /// What is not there.
        file: &'static str,
    },
    /// Its level does not fit.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no room or no right to write.
    #[error("{} cannot be written: {why}", path.display())]
    Full {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It cannot be read: damaged, or the disk's own failure.
    #[error("{} cannot be copied: {why}", path.display())]
    Failed {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// What a copy of the log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCopy {
    /// Which store.
    pub identity: Identity,
    /// The end of its log.
    pub end: Offset,
    /// Its level.
    pub level: u32,
}

/// What a copy of the keys holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysCopy {
    /// Whose.
    pub workspace: Uuid,
    /// Its level.
    pub level: u32,
    /// Which keys were destroyed.
    pub destroyed: BTreeSet<KeyId>,
    /// One that the master key wraps, if there is any: whether a master key is the right one can be tried on it.
    pub sample: Option<WrappedKey>,
}

/// Copies `baton.db` of this folder to a new file. `progress` hears pages done and pages in all.
///
/// # Errors
/// There is none, it cannot be read, or the copy cannot be written.
pub fn copy_log(folder: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<LogCopy, CopyError> {
    let (db, path, level) = open(folder, "baton.db", BATON)?;
    let failed = |error| failed(&path, &error);
    begin(&db).map_err(failed)?;
    let workspace = workspace_of(&db).map_err(failed)?;
    let generation: i64 =
        db.query_row("SELECT value FROM meta WHERE name = 'generation'", [], |row| row.get(0)).map_err(failed)?;
    let end = writes::end(&db)
        .map_err(|fault| CopyError::Failed { path: path.clone(), why: Error::from(fault).to_string() })?;
    copy(&db, &path, to, progress)?;
    Ok(LogCopy { identity: Identity { workspace, generation: generation.unsigned_abs() }, end, level })
}

/// Copies `keys.db` of this folder to a new file. To be called after [`copy_log`]: a key is durable before the first event
/// that uses it, so later keys open every event of an earlier log.
///
/// # Errors
/// As [`copy_log`].
pub fn copy_keys(folder: &Path, to: &Path) -> Result<KeysCopy, CopyError> {
    let (db, path, level) = open(folder, "keys.db", KEYS)?;
    begin(&db).map_err(|error| failed(&path, &error))?;
    let said = said(&db, level).map_err(|error| failed(&path, &error))?;
    copy(&db, &path, to, &mut |_, _| {})?;
    Ok(said)
}

/// What `keys.db` of this folder says of itself and of destroyed keys.
///
/// # Errors
/// As [`copy_log`].
pub fn read_keys(folder: &Path) -> Result<KeysCopy, CopyError> {
    let (db, path, level) = open(folder, "keys.db", KEYS)?;
    said(&db, level).map_err(|error| failed(&path, &error))
}

fn said(db: &Connection, level: u32) -> rusqlite::Result<KeysCopy> {
    let sample = "SELECT id, wrapped FROM keys WHERE parent IS NULL AND wrapped IS NOT NULL LIMIT 1";
    let sample = db.query_row(sample, [], |row| {
        Ok(WrappedKey { id: KeyId(Uuid::from_bytes(row.get(0)?)), parent: None, wrapped: row.get(1)? })
    });
    Ok(KeysCopy { workspace: workspace_of(db)?, level, destroyed: keys::tombstones(db)?, sample: sample.optional()? })
}

/// The generation of a folder's `baton.db`.
///
/// # Errors
/// As [`copy_log`].
pub fn generation(folder: &Path) -> Result<u64, CopyError> {
    let (db, path, _) = open(folder, "baton.db", BATON)?;
    let number: i64 = db
        .query_row("SELECT value FROM meta WHERE name = 'generation'", [], |row| row.get(0))
        .map_err(|error| failed(&path, &error))?;
    Ok(number.unsigned_abs())
}

fn open(
    folder: &Path,
    file: &'static str,
    steps: &'static [Migration],
) -> Result<(Connection, PathBuf, u32), CopyError> {
    let path = folder.join(file);
    let level = migrate::inspect(&path, steps)?;
    if level.found == 0 {
        return Err(CopyError::Missing { folder: folder.to_owned(), file });
    }
    Ok((readable(&path)?, path, level.found))
}

/// Begins the one view in which everything is read.
fn begin(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("BEGIN")
}

fn failed(path: &Path, error: &rusqlite::Error) -> CopyError {
    match told(error) {
        Error::Full(why) => CopyError::Full { path: path.to_owned(), why },
        other => CopyError::Failed { path: path.to_owned(), why: other.to_string() },
    }
}

fn copy(db: &Connection, from: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), CopyError> {
    let written = |error: rusqlite::Error| match failed(to, &error) {
        full @ CopyError::Full { .. } => full,
        _ => failed(from, &error),
    };
    let mut copy = Connection::open(to).map_err(|error| failed(to, &error))?;
    // What is not finished is thrown away, so it needs no journal; it is synced once, at the end.
    copy.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(())).map_err(written)?;
    copy.pragma_update(None, "synchronous", "OFF").map_err(written)?;
    {
        let backup = Backup::new(db, &mut copy).map_err(written)?;
        loop {
            let step = backup.step(PAGES).map_err(written)?;
            let at = backup.progress();
            let (all, left) = (at.pagecount.unsigned_abs(), at.remaining.unsigned_abs());
            progress(u64::from(all.saturating_sub(left)), u64::from(all));
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                // The view stands and nobody else knows the copy: neither can be locked by another.
                _ => return Err(CopyError::Failed { path: from.to_owned(), why: "it is locked".into() }),
            }
        }
    }
    // A copy in one file: whoever opens it to read must leave nothing beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(written)?;
    copy.close().map_err(|(_, error)| written(error))?;
    let synced = File::options().write(true).open(to).and_then(|file| file.sync_all());
    synced.map_err(|error| CopyError::Full { path: to.to_owned(), why: error.to_string() })
}

/// Destroys keys in a copy of `keys.db` that no hub has opened yet, with all that they wrap, and wipes their bytes. How many
/// of them were still there.
///
/// # Errors
/// The copy cannot be written.
pub fn destroy_in(keys_db: &Path, erased: &BTreeSet<KeyId>) -> Result<u64, CopyError> {
    let failed = |error| failed(keys_db, &error);
    let mut db = Connection::open(keys_db).map_err(failed)?;
    db.pragma_update(None, "secure_delete", "ON").map_err(failed)?;
    db.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(())).map_err(failed)?;
    let work = db.transaction().map_err(failed)?;
    let mut gone = 0;
    for id in erased {
        let alive = "SELECT count(*) FROM keys WHERE id = ?1 AND wrapped IS NOT NULL";
        gone += work.query_row(alive, [id.0.as_bytes()], |row| row.get::<_, u32>(0).map(u64::from)).map_err(failed)?;
        keys::bury(&work, *id).map_err(failed)?;
    }
    // What hangs under a destroyed key cannot be opened; it gets its own tombstone, so that later lists name it.
    let orphans = "SELECT id FROM keys k WHERE wrapped IS NOT NULL AND parent IS NOT NULL AND NOT EXISTS
                     (SELECT 1 FROM keys p WHERE p.id = k.parent AND p.wrapped IS NOT NULL)";
    let orphans = {
        let mut select = work.prepare(orphans).map_err(failed)?;
        let ids = select.query_map([], |row| row.get(0)).map_err(failed)?;
        ids.collect::<Result<Vec<[u8; 16]>, _>>().map_err(failed)?
    };
    for id in orphans {
        gone += 1;
        keys::bury(&work, KeyId(Uuid::from_bytes(id))).map_err(failed)?;
    }
    work.commit().map_err(failed)?;
    // Pages that were freed before this copy was made have been wiped then; this leaves no other copy of any row.
    db.execute_batch("VACUUM").map_err(failed)?;
    db.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(failed)?;
    db.close().map_err(|(_, error)| failed(error))?;
    sync(keys_db)?;
    Ok(gone)
}

/// Makes a copy of `baton.db` ready to go on from: its generation rises, so that cursors from before it are known as gone;
/// all work for plug-ins counts as perhaps done, for it may have been done since the copy was made; and log-ins end, for
/// some of them may have been ended since.
///
/// # Errors
/// The copy cannot be written.
pub fn renew(baton_db: &Path, generation: u64) -> Result<(), CopyError> {
    let failed = |error| failed(baton_db, &error);
    let mut db = Connection::open(baton_db).map_err(failed)?;
    let work = db.transaction().map_err(failed)?;
    work.execute("UPDATE meta SET value = ?1 WHERE name = 'generation'", [super::code::int(generation)])
        .map_err(failed)?;
    work.execute("UPDATE effects SET attempts = 1 WHERE attempts = 0 AND parked IS NULL", []).map_err(failed)?;
    work.execute("DELETE FROM records WHERE kind IN ('login', 'setup')", []).map_err(failed)?;
    // The next start erases in the log what the erasure list has erased in the keys.
    let restored = "INSERT OR REPLACE INTO records (kind, key, value, expires) VALUES ('restored', ?1, x'', ?2)";
    work.execute(restored, (b"erasures".as_slice(), i64::MAX)).map_err(failed)?;
    work.commit().map_err(failed)?;
    db.close().map_err(|(_, error)| failed(error))?;
    sync(baton_db)
}

fn sync(path: &Path) -> Result<(), CopyError> {
    let synced = File::options().write(true).open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| CopyError::Full { path: path.to_owned(), why: error.to_string() })
}
