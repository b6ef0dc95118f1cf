//! The key file: small, apart, and scrubbed, because erasing somebody means that their key is nowhere on the disk.

use super::checkpoint::checkpoint;
use super::fault::Fault;
use super::writer::State;
use baton_core::ids::KeyId;
use baton_kit::store::{Error, WrappedKey};
use rusqlite::Connection;

/// What the writer of keys.db remembers.
pub(super) struct Keys {
    connection: Connection,
    /// A key was destroyed and may still stand in the write-ahead log.
    scrub: bool,
}

impl Keys {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, scrub: false }
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

/// Destroys a key.
pub(super) fn destroy(keys: &mut Keys, id: KeyId) -> Result<(), Fault> {
    keys.connection
        .prepare_cached(
            "INSERT INTO keys (id, parent, wrapped) VALUES (?1, NULL, NULL)
             ON CONFLICT (id) DO UPDATE SET parent = NULL, wrapped = NULL",
        )?
        .execute([id.0.as_bytes()])?;
    keys.scrub = true;
    Ok(())
}
