//! The front door: `cargo up` starts a hub from a bare checkout, `cargo ci` runs everything that must hold.
//! It depends on `anyhow` alone, so that it runs within seconds of a clean checkout; whatever needs more is an example of the
//! crate it belongs to and is started from here. It must never be a dependency of anything.
#![allow(
    clippy::disallowed_methods,
    reason = "a build tool measures real time; the bans protect the hub's simulated time"
)]

mod bench;
mod ci;
mod counts;
mod debian;
mod pages;
mod run;
mod shell;
mod tidy;
mod up;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo up [-- ARGS OF baton serve]   build pages and hub, start a hub with demo data, print its addresses
cargo ci [--fast]                   everything that must hold; --fast leaves the browser out

cargo xtask tidy                    the rules of the tree: dependency edges, file sizes, frozen events, ...
cargo xtask bench-all [NAME ...] [--quick]   every bench, its figures kept in docs/benchmarks; leave the machine alone
cargo xtask bot-eval [--json]       the built-in bot, measured on the published data sets
cargo xtask requests-eval [--json]  the detector of requests for a person, measured
cargo xtask convert multidogo|bitext ...   a data set as conversations for baton replay

The data sets are read from BATON_DATA (./data-sets if unset); see docs/replay.md.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "up" => up::up(&root(), &rest),
        "ci" => ci::ci(&root(), &rest),
        "tidy" => tidy::tidy(&root()),
        "bench-all" => bench::all(&root(), &rest),
        "bot-eval" => shell::example(&root(), "baton-plugins", "bot_eval", &rest),
        "requests-eval" => shell::example(&root(), "baton-insight", "human_request_eval", &rest),
        "convert" => shell::example(&root(), "baton-probe", "convert", &rest),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("There is no command {other:?}.\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The checkout. Cargo names the manifest's folder at run time; the compiled-in path serves a binary started by hand.
fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo builds: one folder for `up`, `ci` and people.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
