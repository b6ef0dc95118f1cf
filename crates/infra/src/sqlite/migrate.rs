//! Levels of the store's files: numbered scripts, embedded, applied in one transaction; what a newer Baton wrote is
//! refused untouched.

use baton_core::event::chain;
use baton_core::ids::Hash32;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use std::path::Path;

/// Written into the head of each file, so that another program's database is never taken for Baton's: `BTON`.
const APPLICATION: i32 = 0x4254_4F4E;

/// One step.
pub(super) struct Migration {
    pub(super) level: u32,
    pub(super) sql: &'static str,
    /// What SQL alone cannot do, after it and in the same transaction.
    pub(super) then: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

impl Migration {
    /// A step of SQL alone.
    pub(super) const fn sql(level: u32, sql: &'static str) -> Self {
        Self { level, sql, then: None }
    }
}

/// The steps of baton.db.
pub(super) const BATON: &[Migration] = &[
    Migration::sql(1, include_str!("../../schema/baton/0001.sql")),
    Migration::sql(2, include_str!("../../schema/baton/0002.sql")),
    Migration { then: Some(keep_ends), ..Migration::sql(3, include_str!("../../schema/baton/0003.sql")) },
];
/// The steps of keys.db.
pub(super) const KEYS: &[Migration] = &[
    Migration::sql(1, include_str!("../../schema/keys/0001.sql")),
    Migration::sql(2, include_str!("../../schema/keys/0002.sql")),
];

/// Folds the chain of each stream and keeps it with its last event.
fn keep_ends(connection: &Connection) -> rusqlite::Result<()> {
    let mut streams = connection.prepare("SELECT id, name FROM streams")?;
    let mut headers = connection.prepare("SELECT id, header FROM events WHERE stream = ?1 ORDER BY seq")?;
    let mut keep = connection.prepare("UPDATE events SET chain = ?2 WHERE id = ?1")?;
    let mut streams = streams.query([])?;
    while let Some(stream) = streams.next()? {
        // The chain begins with the hash of the name as it stands, whether or not this version can read it.
        let name: String = stream.get(1)?;
        let mut at = Hash32(*blake3::hash(name.as_bytes()).as_bytes());
        let mut last: Option<i64> = None;
        let mut events = headers.query([stream.get::<_, i64>(0)?])?;
        while let Some(event) = events.next()? {
            last = Some(event.get(0)?);
            at = chain(at, event.get_ref(1)?.as_blob()?);
        }
        if let Some(last) = last {
            keep.execute((last, at.0))?;
        }
    }
    Ok(())
}

/// Why a file's level does not fit.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// Written by a newer version.
    #[error(
        "{file} has level {found}, and this version of Baton knows levels up to {known}; use the newer version. \
         Nothing was changed"
    )]
    Newer {
        /// Which file.
        file: String,
        /// Its level.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// A step was applied that reads otherwise than this version's.
    #[error(
        "level {level} of {file} was made by a different script than this version of Baton has; it comes from a build \
         that was never released. Nothing was changed"
    )]
    Changed {
        /// Which file.
        file: String,
        /// Which step.
        level: u32,
    },
    /// Not Baton's.
    #[error("{file} is not a file of Baton. Nothing was changed")]
    Foreign {
        /// Which file.
        file: String,
    },
    /// SQLite's own.
    #[error("{file} cannot be opened: {source}")]
    Sqlite {
        /// Which file.
        file: String,
        /// Why.
        source: rusqlite::Error,
    },
}

/// The level of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Which file.
    pub file: String,
    /// The level that it has; 0 if it does not exist.
    pub found: u32,
    /// The level that this version writes.
    pub newest: u32,
}

impl Level {
    /// Is there something to do?
    pub fn behind(&self) -> bool {
        self.found < self.newest
    }
}

/// A transaction stands half in the file and must be undone before anybody can read it.
fn half_made(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK)
}

fn newest(steps: &[Migration]) -> u32 {
    steps.last().map_or(0, |step| step.level)
}

fn checksum(step: &Migration) -> String {
    blake3::hash(step.sql.as_bytes()).to_hex().to_string()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Looks at a file without changing it.
pub(super) fn inspect(path: &Path, steps: &[Migration]) -> Result<Level, LevelError> {
    let sqlite = |source| LevelError::Sqlite { file: name(path), source };
    let found = if path.exists() {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(sqlite)?;
        match level(&connection, path, steps) {
            // The power went while the file was made: what was begun is taken back by the first who may write.
            Err(LevelError::Sqlite { source, .. }) if half_made(&source) => {
                level(&Connection::open(path).map_err(sqlite)?, path, steps)?
            }
            other => other?,
        }
    } else {
        0
    };
    Ok(Level { file: name(path), found, newest: newest(steps) })
}

/// The level of an open file, after all that speaks against using it.
fn level(connection: &Connection, path: &Path, steps: &[Migration]) -> Result<u32, LevelError> {
    let sqlite = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => LevelError::Foreign { file: name(path) },
        _ => LevelError::Sqlite { file: name(path), source },
    };
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sqlite)?;
    if objects == 0 {
        return Ok(0);
    }
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(sqlite)?;
    if application != APPLICATION {
        return Err(LevelError::Foreign { file: name(path) });
    }
    let found: u32 = connection
        .query_row("SELECT value FROM meta WHERE name = 'store_level'", [], |row| row.get(0))
        .map_err(sqlite)?;
    if found > newest(steps) {
        return Err(LevelError::Newer { file: name(path), found, known: newest(steps) });
    }
    for step in steps.iter().filter(|step| step.level <= found) {
        let applied: Option<String> = connection
            .query_row("SELECT checksum FROM migrations WHERE level = ?1", [step.level], |row| row.get(0))
            .optional()
            .map_err(sqlite)?;
        if applied.is_none_or(|applied| applied != checksum(step)) {
            return Err(LevelError::Changed { file: name(path), level: step.level });
        }
    }
    Ok(found)
}

/// Brings a file to the newest level, all steps or none. The level that it had.
pub(super) fn up(connection: &mut Connection, path: &Path, steps: &[Migration]) -> Result<u32, LevelError> {
    let sqlite = |source| LevelError::Sqlite { file: name(path), source };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
    let found = level(&transaction, path, steps)?;
    if found < newest(steps) {
        apply(&transaction, found, steps).map_err(sqlite)?;
        transaction.commit().map_err(sqlite)?;
        tracing::info!(file = name(path), from = found, to = newest(steps), "brought to the level of this version");
    }
    Ok(found)
}

fn apply(connection: &Connection, found: u32, steps: &[Migration]) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION)?;
    for step in steps.iter().filter(|step| step.level > found) {
        connection.execute_batch(step.sql)?;
        if let Some(then) = step.then {
            then(connection)?;
        }
        connection.execute("INSERT INTO migrations (level, checksum) VALUES (?1, ?2)", (step.level, checksum(step)))?;
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('store_level', ?1)", [step.level])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[Migration] = &[Migration::sql(1, include_str!("../../schema/keys/0001.sql"))];
    const TWO: &[Migration] = &[
        Migration::sql(1, include_str!("../../schema/keys/0001.sql")),
        Migration::sql(2, "ALTER TABLE keys ADD COLUMN made INTEGER;"),
    ];
    const BROKEN: &[Migration] = &[
        Migration::sql(1, include_str!("../../schema/keys/0001.sql")),
        Migration::sql(2, "ALTER TABLE keys ADD COLUMN made INTEGER; ALTER TABLE nothing ADD COLUMN x;"),
    ];

    fn file() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.db");
        (folder, path)
    }

    #[test]
    fn an_older_file_is_brought_up_and_a_newer_one_is_refused_untouched() {
        let (_folder, path) = file();
        let mut connection = Connection::open(&path).unwrap();
        assert_eq!(up(&mut connection, &path, ONE).unwrap(), 0);
        connection.execute("INSERT INTO keys (id, wrapped) VALUES (x'01', x'02')", []).unwrap();
        assert_eq!(inspect(&path, TWO).unwrap(), Level { file: "keys.db".into(), found: 1, newest: 2 });
        assert_eq!(up(&mut connection, &path, TWO).unwrap(), 1);
        assert_eq!(up(&mut connection, &path, TWO).unwrap(), 2);
        let kept: i64 = connection.query_row("SELECT count(made IS NULL) FROM keys", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let refused = inspect(&path, ONE).unwrap_err();
        assert!(matches!(refused, LevelError::Newer { found: 2, known: 1, .. }), "{refused}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_at_its_old_level() {
        let (_folder, path) = file();
        let mut connection = Connection::open(&path).unwrap();
        up(&mut connection, &path, ONE).unwrap();
        assert!(up(&mut connection, &path, BROKEN).is_err());
        assert_eq!(inspect(&path, TWO).unwrap().found, 1);
        assert_eq!(up(&mut connection, &path, TWO).unwrap(), 1);
    }

    #[test]
    fn a_changed_step_and_a_foreign_file_are_refused() {
        const OTHER: &[Migration] = &[Migration::sql(1, "SELECT 1")];
        let (folder, path) = file();
        up(&mut Connection::open(&path).unwrap(), &path, ONE).unwrap();
        assert!(matches!(inspect(&path, OTHER), Err(LevelError::Changed { level: 1, .. })));
        let foreign = folder.path().join("foreign.db");
        Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(inspect(&foreign, KEYS), Err(LevelError::Foreign { .. })));
        std::fs::write(
            &foreign,
            b"a letter to my aunt, which is long enough to be looked at as a database, and is none",
        )
        .unwrap();
        assert!(matches!(inspect(&foreign, KEYS), Err(LevelError::Foreign { .. })));
    }
}
