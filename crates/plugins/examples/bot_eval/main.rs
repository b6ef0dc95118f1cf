//! Measures the built-in bot on people's words, fits its calibrator, and makes a knowledge file for replays.
//!
//! ```text
//! cargo run -p baton-plugins --release --example bot_eval -- [eval] [--json] [--seeds N] [--examples N] [--similarity F] [--choosing]
//! cargo run -p baton-plugins --release --example bot_eval -- fit
//! cargo run -p baton-plugins --release --example bot_eval -- bitext-knowledge [--out target/replay]
//! ```
//! Data sets are read from `BATON_DATA` (default `./data-sets`) and are no part of this repository; where they are
//! absent this is said and the exit code is 0.

mod data;
mod eval;
mod fit;
mod knowledge;
mod metrics;
mod split;

use std::path::PathBuf;
use std::process::ExitCode;

const KNOWN: &str = "Known: eval | fit | bitext-knowledge, --json, --choosing, --seeds N, --examples N, \
    --similarity F, --out DIR.";

/// What was asked on the command line.
pub(crate) struct Options {
    pub(crate) json: bool,
    pub(crate) seeds: u64,
    pub(crate) examples: usize,
    pub(crate) similarity: f64,
    pub(crate) out: PathBuf,
    /// Judge by the texts that the method was chosen by, not by the test's.
    pub(crate) choosing: bool,
}

fn main() -> ExitCode {
    let mut command = "eval".to_owned();
    let out = PathBuf::from("target/replay");
    let mut options = Options { json: false, seeds: 5, examples: 60, similarity: 0.6, out, choosing: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap_or_default();
        let understood = match arg.as_str() {
            "eval" | "fit" | "bitext-knowledge" => {
                command.clone_from(&arg);
                true
            }
            "--json" => {
                options.json = true;
                true
            }
            "--choosing" => {
                options.choosing = true;
                true
            }
            "--seeds" => value().parse().map(|n: u64| options.seeds = n.max(1)).is_ok(),
            "--examples" => value().parse().map(|n| options.examples = n).is_ok(),
            "--similarity" => value().parse().map(|n| options.similarity = n).is_ok(),
            "--out" => {
                options.out = PathBuf::from(value());
                true
            }
            _ => false,
        };
        if !understood {
            eprintln!("Cannot read {arg:?}. {KNOWN}");
            return ExitCode::from(2);
        }
    }
    let done = match command.as_str() {
        "fit" => fit::run(),
        "bitext-knowledge" => knowledge::run(&options),
        _ => eval::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(data::Missing::Absent(path)) => {
            let why = format!("{} is absent; set BATON_DATA to the folder of the data sets", path.display());
            if options.json {
                println!("{}", serde_json::json!({ "skipped": why }));
            } else {
                println!("Skipped: {why}.");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
