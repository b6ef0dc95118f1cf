//! The real engine in a simulated world: one seed decides everything that happens, and the same seed does it again.
//!
//! [`run()`] runs one seed, [`shrink()`] makes a failing run short. The engine is the product's own; its clock, randomness
//! and tasks, its store, bus, bots and targets are simulated, and so are the people. Things go wrong at every place where
//! the engine waits.

mod agent;
mod auditor;
mod bus;
mod check;
mod customer;
mod dice;
mod evidence;
mod faults;
mod journal;
mod machine;
mod outside;
mod plan;
mod run;
mod settings;
mod shrink;
mod store;
mod story;
mod target;
mod world;

pub use check::INVARIANTS;
pub use plan::{Names, Plan, words};
pub use run::{Outcome, Violation, run};
pub use shrink::{Shrunk, shrink};
