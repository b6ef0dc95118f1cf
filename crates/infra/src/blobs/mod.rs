//! Places for files: a folder on the hub's disk, and memory for tests. Both see sealed bytes alone.

mod folder;
mod memory;

pub use folder::FolderBlobs;
pub use memory::MemoryBlobs;
