//! Plays customers and agents against a running hub and judges what came of it.
//!
//! It knows the hub by its public APIs alone and depends on no other crate of Baton, so that a mistake in the hub's
//! types cannot hide itself here. Its own journals are the judge; the hub's log is only a witness.

pub mod bench;
pub mod replay;
pub mod torture;

mod ambient;
mod hub;
mod script;
mod wire;

pub use script::{Conversation, Source, Turn, read as read_script};
