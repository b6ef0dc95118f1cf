//! Contracts between the engine and what it drives, their conformance suites, and what at least two kinds of plug-in use.

pub mod analyzer;
pub mod blobs;
pub mod bot;
pub mod bus;
pub mod conformance;
pub mod http;
pub mod keys;
pub mod runtime;
pub mod search;
pub mod signature;
pub mod store;
pub mod target;
