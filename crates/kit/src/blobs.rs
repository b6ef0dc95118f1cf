//! The contract of a place for files: sealed bytes by name, in groups that are deleted as one.
//!
//! A place for files sees sealed bytes only. What was not finished was never there, and what was finished is durable.
//! Every implementation passes [`crate::conformance::blobs`].

use async_trait::async_trait;
use baton_core::ids::Hash16;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no room or no right to write. Nothing was kept.
    #[error("the place for files cannot write: {0}")]
    Full(String),
    /// Anything else of its own.
    #[error("the place for files failed: {0}")]
    Failed(String),
}

/// How much a group holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Blobs.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A blob that is being read.
pub struct Opened {
    /// All of its bytes.
    pub length: u64,
    /// From its start.
    pub reading: Box<dyn Reading>,
}

/// A blob that is being written. Dropped before [`Self::finish`], it leaves nothing.
#[async_trait]
pub trait Writing: Send {
    /// The next bytes.
    ///
    /// # Errors
    /// Its own; the blob can then only be dropped.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// Gives it its name: from now on, and after a fall of the machine too, all of it is there. The same name again
    /// replaces what it named.
    ///
    /// # Errors
    /// Its own; nothing was kept.
    async fn finish(self: Box<Self>, name: Hash16) -> Result<(), Error>;
}

/// A blob's bytes in order.
#[async_trait]
pub trait Reading: Send {
    /// The next `most` bytes; fewer at the end alone, none after it.
    ///
    /// # Errors
    /// Its own.
    async fn read(&mut self, most: usize) -> Result<Vec<u8>, Error>;
}

/// The contract.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Begins a blob of a group.
    ///
    /// # Errors
    /// Its own.
    async fn begin(&self, group: Hash16) -> Result<Box<dyn Writing>, Error>;

    /// Opens a finished blob; `None`: there is none.
    ///
    /// # Errors
    /// Its own.
    async fn open(&self, group: Hash16, name: Hash16) -> Result<Option<Opened>, Error>;

    /// How much a group holds, of what is finished.
    ///
    /// # Errors
    /// Its own.
    async fn used(&self, group: Hash16) -> Result<Used, Error>;

    /// Deletes a group with all its blobs; nothing happens if there is none.
    ///
    /// # Errors
    /// Its own.
    async fn delete(&self, group: Hash16) -> Result<(), Error>;
}
