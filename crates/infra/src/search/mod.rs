//! Search indexes: the one in memory, and what both share.

mod memory;
pub(crate) mod pick;

pub use memory::MemoryIndex;
