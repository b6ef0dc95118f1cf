//! The key file: small, apart, and scrubbed, because erasing somebody means that their key is nowhere on the disk.

use super::checkpoint::checkpoint;
use super::erasures::Erasures;
use super::fault::Fault;
use super::writer::State;
use baton_core::ids::KeyId;
use baton_kit::store::{Error, WrappedKey};
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the writer of keys.db remembers.
pub(super) struct Keys {
    connection: Connection,
    /// What was destroyed, in a file of its own.
    erasures: Erasures,
    /// A key was destroyed and may still stand in the write-ahead log.
    scrub: bool,
}

impl Keys {
    pub(super) fn new(connection: Connection, erasures: Erasures) -> Self {
        Self { connection, erasures, scrub: false }
    }
}

impl State for Keys {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn committed(&mut self, _commands: usize) {
        if !self.scrub {
            return;
        }
        self.erasures.sync();
        // `secure_delete` wipes the page; its older copies in the write-ahead log go by emptying that.
        match checkpoint(&self.connection, "TRUNCATE") {
            Ok(_) => self.scrub = false,
            Err(error) => tracing::warn!(%error, "destroyed keys stand in keys.db-wal until the next write"),
        }
    }
}

/// Keeps keys; a destroyed one does not come back.
pub(super) fn put(keys: &mut Keys, new: &[WrappedKey]) -> Result<(), Fault> {
    for key in new {
        let written = keys
            .connection
            .prepare_cached(
                "INSERT INTO keys (id, parent, wrapped) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, wrapped = excluded.wrapped
                 WHERE wrapped IS NOT NULL",
            )?
            .execute((key.id.0.as_bytes(), key.parent.map(|parent| parent.0.into_bytes()), &key.wrapped))?;
        if written == 0 {
            return Err(Error::Conflict.into());
        }
    }
    Ok(())
}

/// Destroys a key, and with it all that it wraps: a key that was wrapped anew since a backup was made has another parent
/// in that backup, and would come back with it.
pub(super) fn destroy(keys: &mut Keys, id: KeyId) -> Result<(), Fault> {
    let wrapped = keys
        .connection
        .prepare_cached("SELECT id FROM keys WHERE parent = ?1 AND wrapped IS NOT NULL")?
        .query_map([id.0.as_bytes()], |row| row.get(0))?
        .collect::<Result<Vec<[u8; 16]>, _>>()?;
    let gone: Vec<KeyId> =
        std::iter::once(id).chain(wrapped.into_iter().map(|id| KeyId(Uuid::from_bytes(id)))).collect();
    // Before the commit: what is not on the list would come back with an old backup, so it is not said to be erased.
    keys.erasures.add(&gone).map_err(|error| Error::Full(format!("erasures.list: {error}")))?;
    for id in gone {
        bury(&keys.connection, id)?;
    }
    keys.scrub = true;
    Ok(())
}

/// Leaves a key's tombstone.
pub(super) fn bury(connection: &Connection, id: KeyId) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO keys (id, parent, wrapped) VALUES (?1, NULL, NULL)
             ON CONFLICT (id) DO UPDATE SET parent = NULL, wrapped = NULL",
        )?
        .execute([id.0.as_bytes()])
        .map(drop)
}

/// The keys that were destroyed.
pub(super) fn tombstones(connection: &Connection) -> Result<BTreeSet<KeyId>, rusqlite::Error> {
    connection
        .prepare("SELECT id FROM keys WHERE wrapped IS NULL")?
        .query_map([], |row| Ok(KeyId(Uuid::from_bytes(row.get(0)?))))?
        .collect()
}
