//! Bots: who answers first.

pub mod builtin;
pub mod http;
