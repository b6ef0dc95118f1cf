//! Opening a data folder: the lock, the levels, the connections.

use super::checkpoint;
use super::erasures::{Erasures, ErasuresError};
use super::keys;
use super::migrate::{self, BATON, KEYS, Level, LevelError};
use super::readers::Files;
use baton_kit::store::Identity;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// Reader threads. Two, as the engine keeps states in memory and reads seldom.
const READERS: usize = 2;
/// How long a connection waits for another one; checkpoints alone can make it wait.
pub(super) const WAIT: Duration = Duration::from_secs(10);
/// The generation of a store that was never restored.
const FIRST_GENERATION: i64 = 1;

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another hub", .0.display())]
    InUse(PathBuf),
    /// A file's level does not fit.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// The log is there, the keys are not: nothing in it could be read.
    #[error("{} holds baton.db but not its keys.db; put back both from the same backup", .0.display())]
    KeysMissing(PathBuf),
    /// The keys are there, the log is not.
    #[error("{} holds keys.db but not its baton.db; put back both from the same backup", .0.display())]
    LogMissing(PathBuf),
    /// The two files belong to different stores.
    #[error("baton.db and keys.db in {} belong to different stores; put back both from the same backup", .0.display())]
    Mixed(PathBuf),
    /// The erasure list cannot be kept.
    #[error(transparent)]
    Erasures(#[from] ErasuresError),
    /// SQLite's own.
    #[error("the store cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The system's own.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What tests set otherwise than a hub does, to run the store over a disk of theirs.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// SQLite's name of the file system; none: the system's own.
    pub vfs: Option<String>,
    /// When SQLite waits for the disk. A hub never sets it: anything less than `FULL` loses what was acknowledged.
    pub synchronous: &'static str,
    /// Pages in the write-ahead log that are worth a checkpoint.
    pub checkpoint_pages: i64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { vfs: None, synchronous: "FULL", checkpoint_pages: checkpoint::PAGES }
    }
}

/// A data folder with all its connections.
pub(super) struct Opened {
    pub(super) identity: Identity,
    pub(super) lock: File,
    pub(super) writer: Connection,
    pub(super) checkpointer: Connection,
    pub(super) keys: Connection,
    pub(super) erasures: Erasures,
    pub(super) readers: Vec<Files>,
}

/// The levels of a folder's files, with nothing changed.
pub(super) fn levels(folder: &Path) -> Result<[Level; 2], OpenError> {
    Ok([migrate::inspect(&folder.join("baton.db"), BATON)?, migrate::inspect(&folder.join("keys.db"), KEYS)?])
}

/// Opens a folder, makes it if it is not there, and brings it to this version's level.
pub(super) fn open(folder: &Path, seed: [u8; 16], options: &OpenOptions) -> Result<Opened, OpenError> {
    let io = |source| OpenError::Io { path: folder.to_owned(), source };
    let above = above(folder);
    make_private(folder).map_err(io)?;
    let lock = lock(folder)?;
    let [baton, keys] = levels(folder)?;
    let (log_path, keys_path) = (folder.join("baton.db"), folder.join("keys.db"));
    if baton.found > 0 && keys.found == 0 {
        return Err(OpenError::KeysMissing(folder.to_owned()));
    }
    // Keys first: a first start that is cut short leaves a key file without keys, and the next start goes on from it.
    let keys_file = writable(&keys_path, true, options, &|db| migrate::up(db, &keys_path, KEYS).map(|_| ()))?;
    let kept: i64 = keys_file.query_row("SELECT count(*) FROM keys", [], |row| row.get(0))?;
    if baton.found == 0 && kept > 0 {
        return Err(OpenError::LogMissing(folder.to_owned()));
    }
    let fresh = uuid::Builder::from_random_bytes(seed).into_uuid();
    let workspace = once(&keys_file, fresh)?;
    let writer = writable(&log_path, false, options, &|db| migrate::up(db, &log_path, BATON).map(|_| ()))?;
    if once(&writer, workspace)? != workspace {
        return Err(OpenError::Mixed(folder.to_owned()));
    }
    writer.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('generation', ?1)", [FIRST_GENERATION])?;
    let generation: i64 = writer.query_row("SELECT value FROM meta WHERE name = 'generation'", [], |row| row.get(0))?;
    let erasures = Erasures::open(folder, workspace, keys::tombstones(&keys_file)?)?;
    sync_folder(folder).map_err(io)?;
    if baton.found == 0 {
        // The folder's own name, too, or a power cut may take the whole of it.
        above.iter().try_for_each(|folder| sync_folder(folder)).map_err(io)?;
    }
    let readable = |path| readable_over(path, options);
    let readers = (0..READERS).map(|_| Ok(Files { baton: readable(&log_path)?, keys: readable(&keys_path)? }));
    Ok(Opened {
        identity: Identity { workspace, generation: generation.unsigned_abs() },
        lock,
        checkpointer: plain(&log_path, options)?,
        readers: readers.collect::<Result<_, OpenError>>()?,
        writer,
        keys: keys_file,
        erasures,
    })
}

/// The folders that get a new name when this one is made: the one above it, and those above that which have to be made.
fn above(folder: &Path) -> Vec<PathBuf> {
    let named = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    let missing = folder.ancestors().skip(1).take_while(|folder| !named(folder).exists()).count();
    folder.ancestors().skip(1).take(missing + 1).map(named).collect()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        // One that we may not look into was not made by us just now.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

/// Other systems keep names by themselves and have no way to ask for it.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("baton.lock");
    let io = |source| OpenError::Io { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

/// The workspace that a file belongs to, which is set once.
fn once(connection: &Connection, workspace: Uuid) -> rusqlite::Result<Uuid> {
    connection.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('workspace', ?1)", [workspace.as_bytes()])?;
    workspace_of(connection)
}

/// The workspace that a file belongs to.
pub(super) fn workspace_of(connection: &Connection) -> rusqlite::Result<Uuid> {
    let bytes: [u8; 16] =
        connection.query_row("SELECT value FROM meta WHERE name = 'workspace'", [], |row| row.get(0))?;
    Ok(Uuid::from_bytes(bytes))
}

fn plain(path: &Path, options: &OpenOptions) -> Result<Connection, OpenError> {
    let connection = over(path, OpenFlags::default(), options)?;
    // Before anything that may meet a lock, the change to the write-ahead log among it.
    connection.busy_timeout(WAIT)?;
    Ok(connection)
}

fn writable(
    path: &Path,
    secret: bool,
    options: &OpenOptions,
    bring_up: &dyn Fn(&mut Connection) -> Result<(), LevelError>,
) -> Result<Connection, OpenError> {
    let mut connection = plain(path, options)?;
    connection.pragma_update(None, "secure_delete", secret)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", options.synchronous)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if !secret {
        // Checkpoints are the work of another thread.
        connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
        connection.pragma_update(None, "cache_size", -32_768)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    bring_up(&mut connection)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn readable(path: &Path) -> Result<Connection, OpenError> {
    readable_over(path, &OpenOptions::default())
}

fn readable_over(path: &Path, options: &OpenOptions) -> Result<Connection, OpenError> {
    let connection = over(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, options)?;
    connection.busy_timeout(WAIT)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn over(path: &Path, flags: OpenFlags, options: &OpenOptions) -> rusqlite::Result<Connection> {
    let connection = match &options.vfs {
        None => Connection::open_with_flags(path, flags),
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
    }?;
    // Without it a statement that may use a partial index is compiled anew for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}
