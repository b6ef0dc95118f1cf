//! Core by its public surface: rules that hold over many commands, and the frozen format.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod corpus;
mod errors;
mod failures;
mod fold;
mod languages;
mod notices;
mod operations;
mod properties;
mod walk;
