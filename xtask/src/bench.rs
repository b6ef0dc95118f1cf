//! `cargo xtask bench-all`: every bench on this machine, one after the other, the figures kept in `docs/benchmarks`.

use crate::shell;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// All that need no browser, the short ones first.
const BENCHES: [&str; 12] =
    ["start", "echo", "path", "fan-out", "slow", "handover", "catch-up", "mem", "idle", "restart", "store", "soak"];

/// Builds the hub, optimised, and runs the benches named (all without names); `--quick` and the like go to each of them.
pub(crate) fn all(root: &Path, args: &[String]) -> Result<bool> {
    let (options, named): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| arg.starts_with("--"));
    let mut build = shell::cargo();
    build.args(["build", "--release", "--package", "baton-server"]).current_dir(root);
    if !build.status().context("cannot start cargo")?.success() {
        return Ok(false);
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let mut failed = Vec::new();
    for bench in BENCHES {
        if !named.is_empty() && !named.iter().any(|name| *name == bench) {
            continue;
        }
        let mut run = Command::new(target.join("release/baton"));
        run.args(["bench", bench, "--save"]).arg(root.join("docs/benchmarks")).args(&options).current_dir(root);
        if !run.status().context("cannot start the hub")?.success() {
            failed.push(bench);
        }
    }
    if !failed.is_empty() {
        eprintln!("These benches failed: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}
