//! Stores and buses, and the runtime on which a real hub runs. Nothing here sees an unsealed body.

pub mod bench;
pub mod blobs;
pub mod bus;
pub mod faults;
pub mod memory;
pub mod runtime;
pub mod search;
pub mod sqlite;

pub use blobs::{FolderBlobs, MemoryBlobs};
pub use bus::LocalBus;
pub use memory::MemoryStore;
pub use runtime::TokioRuntime;
pub use search::MemoryIndex;
pub use sqlite::{SqliteIndex, SqliteStore};
