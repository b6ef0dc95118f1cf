//! Power cuts under the real store: what was acknowledged stands, whatever the disk made of the rest.
//!
//! `BATON_CUTS=20000 BATON_CUT_SEED=7` looks at more of them.

#![allow(clippy::unwrap_used, reason = "a step of the test's own that fails ends it, as it should")]

mod check;
mod cuts;
mod engine;
mod refusals;
mod workload;
