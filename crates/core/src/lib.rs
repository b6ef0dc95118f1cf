//! The rules of Baton, and nothing else.
//!
//! Read in this order: [`ownership`] (who holds a conversation and who may speak), [`event`] (the log's format),
//! [`conversation`] and [`agent`] (states folded from headers), [`command`] (what can be asked), [`decide`](decide::decide)
//! (the answer: events and effects, or a refusal).
//!
//! This crate never does I/O, never reads a clock, never draws randomness and never waits: time, ids and facts come in
//! as arguments.

pub mod actor;
pub mod agent;
pub mod command;
pub mod content;
pub mod conversation;
pub mod decide;
pub mod effect;
pub mod event;
pub mod facts;
pub mod failure;
pub mod form;
pub mod frame;
pub mod hours;
pub mod ids;
pub mod limits;
pub mod notice;
pub mod ownership;
pub mod permission;
pub mod privacy;
pub mod refusal;
pub mod sabotage;
pub mod seen;
pub mod settings;
pub mod words;

// The tables of tests beside each command use the same small house as the walks in `tests/`.
#[cfg(test)]
extern crate self as baton_core;
#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod common;
