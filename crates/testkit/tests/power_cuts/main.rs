//! Power cuts under the real store: what was acknowledged stands, whatever the disk made of the rest.
//!
//! `BATON_CUTS=20000 BATON_CUT_SEED=7 cargo nextest run -p baton-testkit power_cuts` looks at more of them.

mod check;
mod cuts;
mod engine;
mod refusals;
mod workload;
