//! Suites that every implementation of a contract passes. They are plain async functions, so that an implementation
//! runs them in its own tests, as a whole or case by case.

pub mod blobs;
pub mod search_cases;
pub mod store_cases;

pub use blobs::blobs;
pub use search_cases::search;
pub use store_cases::store;
