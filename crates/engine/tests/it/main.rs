//! The engine on the store in memory, with a clock that a test moves and bots and targets whose answers a test gives.
//! Every scenario ends in [`house::House::check`]: what was written live equals what the log alone says.

#![allow(clippy::unwrap_used, reason = "a lock that is poisoned or a store that fails ends the test, as it should")]

mod bots;
mod check;
mod clock;
mod crashes;
mod deadlines;
mod fakes;
mod hand_backs;
mod house;
mod lists;
mod offers;
mod privacy;
mod readers;
mod rows;
mod search;
mod seats;
mod secrets;
mod snapshots;
mod targets;
