//! Runs the simulation by hand: `cargo run -p baton-testkit --bin simulate -- --seed S --runs N --seconds T`.
//!
//! `--keep NAMES` runs one seed with those choices alone, as a shrunk run is printed; `--story` prints what happened;
//! `--trace` prints one seed's run as one number.

use baton_testkit::sim::{INVARIANTS, Outcome, Plan, run, shrink, words};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Runs that making a failing one short may take.
const SHRINKING: u32 = 600;

struct Wish {
    seed: u64,
    runs: u64,
    seconds: u64,
    jobs: u64,
    keep: Option<String>,
    story: bool,
    trace: bool,
}

fn wish() -> Result<Wish, String> {
    let mut wish = Wish { seed: 1, runs: u64::MAX, seconds: 60, jobs: 1, keep: None, story: false, trace: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--story" => wish.story = true,
            "--trace" => wish.trace = true,
            _ => {}
        }
        if matches!(word.as_str(), "--story" | "--trace") {
            continue;
        }
        let value = words.next().ok_or(format!("{word} wants a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{value} is no number"));
        match word.as_str() {
            "--seed" => wish.seed = number()?,
            "--runs" => wish.runs = number()?,
            "--seconds" => wish.seconds = number()?,
            "--jobs" => wish.jobs = number()?.max(1),
            "--keep" => wish.keep = Some(value),
            _ => return Err(format!("{word} is not known: --seed --runs --seconds --jobs --keep --story")),
        }
    }
    Ok(wish)
}

fn tell(outcome: &Outcome) {
    for violation in &outcome.violations {
        println!("BROKEN {}: {}", violation.invariant, violation.words);
    }
}

fn one(seed: u64, keep: &str, story: bool) -> ExitCode {
    let outcome = run(&Plan::with(seed, Some(Plan::names(keep))));
    tell(&outcome);
    if story {
        outcome.story.iter().for_each(|line| println!("{line}"));
    }
    println!("seed {seed} trace {:016x} events {} polls {}", outcome.trace, outcome.events, outcome.polls);
    if outcome.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn main() -> ExitCode {
    let wish = match wish() {
        Ok(wish) => wish,
        Err(words) => {
            eprintln!("{words}");
            return ExitCode::from(2);
        }
    };
    // A panic inside a run is one of its findings.
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|wish| wish == "0") {
        std::panic::set_hook(Box::new(|_| {}));
    }
    if wish.trace {
        println!("seed {} trace {:016x}", wish.seed, run(&Plan::new(wish.seed)).trace);
        return ExitCode::SUCCESS;
    }
    if let Some(keep) = &wish.keep {
        return one(wish.seed, keep, wish.story);
    }
    #[expect(clippy::disallowed_methods, reason = "how long the simulation itself takes")]
    let started = Instant::now();
    let (next, done, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..wish.jobs {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let over = started.elapsed() >= Duration::from_secs(wish.seconds);
                    if number >= wish.runs || over || failed.lock().is_ok_and(|failed| failed.is_some()) {
                        return;
                    }
                    let outcome = run(&Plan::new(wish.seed.wrapping_add(number)));
                    if !outcome.violations.is_empty()
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.get_or_insert_with(|| outcome.clone());
                    }
                    if let Ok(mut done) = done.lock() {
                        done.push(outcome);
                    }
                }
            });
        }
    });
    let took = started.elapsed();
    let done = done.into_inner().unwrap_or_default();
    summary(&done, took);
    let Some(failing) = failed.into_inner().ok().flatten() else { return ExitCode::SUCCESS };
    println!("\nseed {} fails:", failing.seed);
    tell(&failing);
    let shrunk = shrink(failing, SHRINKING);
    println!("\nshrunk in {} runs to {} choices:", shrunk.runs, shrunk.kept.len());
    tell(&shrunk.outcome);
    if wish.story {
        shrunk.outcome.story.iter().for_each(|line| println!("{line}"));
    }
    println!("again: --seed {} --keep '{}' --story", shrunk.outcome.seed, words(&shrunk.kept));
    ExitCode::FAILURE
}

fn summary(done: &[Outcome], took: Duration) {
    let (mut faults, mut tried): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) = Default::default();
    for outcome in done {
        for (sort, count) in &outcome.faults {
            *faults.entry(sort).or_default() += count;
        }
        for (invariant, count) in &outcome.tried {
            *tried.entry(invariant).or_default() += count;
        }
    }
    let sum = |of: fn(&Outcome) -> u64| done.iter().map(of).sum::<u64>();
    let minutes = took.as_secs_f64() / 60.0;
    println!(
        "{} runs in {:.1} s ({:.0} a minute): {} events, {} steps, {} deaths of the hub",
        done.len(),
        took.as_secs_f64(),
        done.len() as f64 / minutes.max(f64::MIN_POSITIVE),
        sum(|outcome| outcome.events),
        sum(|outcome| outcome.polls),
        sum(|outcome| outcome.deaths),
    );
    for (sort, count) in faults {
        println!("  fault {sort:<40} {count:>9}");
    }
    for invariant in INVARIANTS {
        println!("  tried {invariant:<40} {:>9}", tried.get(invariant).copied().unwrap_or(0));
    }
}
