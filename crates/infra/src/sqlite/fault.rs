//! What can go wrong inside the store, and what its callers are told.

use baton_kit::store::Error;
use rusqlite::{ErrorCode, ffi};

/// Why a piece of work failed: refused by a rule of the store, or by SQLite.
#[derive(Debug)]
pub(super) enum Fault {
    Refused(Error),
    Sqlite(rusqlite::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(error) => error,
            Fault::Sqlite(error) => told(&error),
        }
    }
}

/// What the store holds and cannot be read as what it should be.
pub(super) fn broken(what: impl std::fmt::Display) -> Fault {
    Fault::Refused(Error::Failed(format!("the store holds something unreadable: {what}")))
}

/// What callers are told of an error of SQLite. Its messages name tables and columns, never values.
pub(super) fn told(error: &rusqlite::Error) -> Error {
    let Some(code) = error.sqlite_error() else { return Error::Failed(error.to_string()) };
    // A write that the system refuses for another reason than space (a quota, a file system gone read-only) comes as
    // an input/output error of a writing call; some systems notice only at the sync.
    let cannot_write = matches!(code.code, ErrorCode::DiskFull | ErrorCode::ReadOnly)
        || matches!(
            code.extended_code,
            ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_SHMSIZE
                | ffi::SQLITE_IOERR_TRUNCATE
                | ffi::SQLITE_IOERR_FSYNC
                | ffi::SQLITE_IOERR_DIR_FSYNC
        );
    if cannot_write { Error::Full(error.to_string()) } else { Error::Failed(error.to_string()) }
}
