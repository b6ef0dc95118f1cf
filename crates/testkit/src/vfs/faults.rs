//! What a disk refuses.

use rusqlite::ffi;
use std::ffi::c_int;

/// A call of the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Bytes into a file.
    Write,
    /// A file cut to a size.
    Truncate,
    /// A file's bytes to the disk.
    Sync,
    /// Room in the index of the write-ahead log.
    SharedMemory,
}

/// Why it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No space is left (ENOSPC).
    Full,
    /// The device failed (EIO).
    Broken,
    /// No space is left after a part of the bytes.
    Short,
}

/// Which calls fail, and how.
#[derive(Clone, Debug)]
pub struct Failure {
    /// These.
    pub call: Call,
    /// Of files whose name ends so; empty: of all.
    pub files: &'static str,
    /// So many succeed first.
    pub after: u64,
    /// So many fail then.
    pub times: u64,
    /// How.
    pub refusal: Refusal,
}

#[derive(Default)]
pub(super) struct Faults {
    plan: Option<Failure>,
    seen: u64,
    refused: u64,
}

impl Faults {
    pub(super) fn plan(&mut self, failure: Failure) {
        *self = Self { plan: Some(failure), seen: 0, refused: 0 };
    }

    pub(super) fn heal(&mut self) {
        self.plan = None;
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    /// Is this call refused?
    pub(super) fn meets(&mut self, call: Call, file: &str) -> Option<Refusal> {
        let plan = self.plan.as_ref()?;
        if plan.call != call || !file.ends_with(plan.files) {
            return None;
        }
        self.seen += 1;
        if self.seen <= plan.after || self.seen > plan.after.saturating_add(plan.times) {
            return None;
        }
        self.refused += 1;
        Some(plan.refusal)
    }
}

/// What SQLite's own file system answers then.
pub(super) fn code(call: Call, refusal: Refusal) -> c_int {
    match (call, refusal) {
        (Call::Write, Refusal::Full | Refusal::Short) => ffi::SQLITE_FULL,
        (Call::Write, Refusal::Broken) => ffi::SQLITE_IOERR_WRITE,
        (Call::Truncate, _) => ffi::SQLITE_IOERR_TRUNCATE,
        (Call::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
        (Call::SharedMemory, _) => ffi::SQLITE_IOERR_SHMSIZE,
    }
}
