//! Commands that live in other crates: an example there, started from here, so that this crate needs none of their dependencies.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Runs an example, optimised, with the data sets' folder named; says whether it succeeded.
pub(crate) fn example(root: &Path, package: &str, name: &str, args: &[String]) -> Result<bool> {
    let data = std::env::var_os("BATON_DATA").unwrap_or_else(|| root.join("data-sets").into());
    if !Path::new(&data).is_dir() {
        eprintln!("There are no data sets in {} (BATON_DATA names another folder).", Path::new(&data).display());
    }
    let status = cargo()
        .args(["run", "--quiet", "--release", "--package", package, "--example", name, "--"])
        .args(args)
        .env("BATON_DATA", data)
        .status()
        .with_context(|| format!("cannot start the example {name} of {package}"))?;
    Ok(status.success())
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
