//! The log's format: clear header, sealed body, chain.
//!
//! A kind is frozen in the commit that first writes it; `corpus/events/v1` holds one of each and a test reads them all.

mod body;
mod fact;
mod header;
mod seal;
mod value;

pub use body::{Body, BodyKind, BotSaid, Brief, Identity, Passing, Reason, Settled};
pub use fact::*;
pub use header::{Audience, Error, Header, Stream, chain, start_of_chain};
pub use seal::{BrokenSeal, Key, open, seal, unwrap_key, wrap_key};
pub use value::*;
