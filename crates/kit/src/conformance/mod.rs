//! Suites that every implementation of a contract passes. They are plain async functions, so that an implementation
//! runs them in its own tests, as a whole or case by case.

pub mod store_cases;

pub use store_cases::store;
