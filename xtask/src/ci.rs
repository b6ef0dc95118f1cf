//! `cargo ci`: everything that must hold, on a fresh Debian machine. Its last line is the number of tests.

use crate::counts::{self, Counts};
use crate::pages::{self, Stamp};
use crate::run;
use crate::{debian, tidy, up};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How many lines of a failed step are shown again at the end.
const TAIL: usize = 80;
const MINUTE: Duration = Duration::from_secs(60);

/// Runs all steps; one whose ground failed is left out. Says whether all held.
pub(crate) fn ci(root: &Path, args: &[String]) -> Result<bool> {
    let fast = match args {
        [] => false,
        [one] if one == "--fast" => true,
        _ => bail!("usage: cargo ci [--fast]"),
    };
    let mut ci = Ci { root: root.to_path_buf(), target: crate::target(root), steps: Vec::new() };
    let started = Instant::now();
    let before = ci.changed_files();
    if !fast {
        ci.step("debian packages", &[], |_| said(debian::install()));
    }
    ci.step("rust tools", &[], |ci| ci.rust_tools());
    ci.step("format", &["rust tools"], |ci| ci.cargo(&["fmt", "--all", "--check"], 2 * MINUTE));
    ci.step("npm packages", &[], |ci| ci.npm_packages());
    ci.step("pages", &["npm packages"], |ci| ci.npm("build", 10 * MINUTE, false));
    ci.step("widget size", &["pages"], |ci| said(ci.widget_size()));
    ci.step("page format", &["npm packages"], |ci| ci.npm("format:check", 5 * MINUTE, false));
    ci.step("API types", &["npm packages"], |ci| ci.npm("api:check", 5 * MINUTE, false));
    ci.step("page types", &["npm packages"], |ci| ci.npm("check", 5 * MINUTE, false));
    ci.step("page tests", &["npm packages"], |ci| ci.npm("test", 10 * MINUTE, true));
    ci.step("build + clippy", &["rust tools"], |ci| {
        ci.cargo(&["build", "--workspace", "--all-targets", "--locked"], 45 * MINUTE)
    });
    ci.step("tidy", &[], |ci| said(tidy::check(&ci.root)));
    ci.step("tests", &["build + clippy"], |ci| ci.rust_tests());
    ci.step("doc tests", &["build + clippy"], |ci| {
        ci.counted(ci.cargo_command(&["test", "--workspace", "--doc", "--locked", "--quiet"]), 10 * MINUTE)
    });
    if !fast {
        let ground = ["debian packages", "pages", "build + clippy"];
        ci.step("browser tests", &ground, |ci| ci.npm("test:browser", 20 * MINUTE, true));
    }
    ci.step("torture", &["build + clippy"], |ci| ci.torture());
    // Last, because the program lies in the same place and can break its promises from now on, if it is told to.
    ci.step("broken promises", &["build + clippy"], |ci| {
        let args = ["test", "-p", "baton-server", "--features", "sabotage", "--test", "sabotage", "--locked", "--"];
        ci.counted(ci.cargo_command(&[&args[..], &["--test-threads", "3"]].concat()), 20 * MINUTE)
    });
    if std::env::var_os("CI").is_some() {
        ci.step("drift", &[], |ci| said(ci.drift(&before)));
    }
    Ok(ci.report(started.elapsed()))
}

struct Ci {
    root: PathBuf,
    target: PathBuf,
    steps: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    end: End,
}

enum End {
    Held { note: String, counts: Counts },
    Failed { why: String, tail: Vec<String>, counts: Counts },
    LeftOut { ground: &'static str },
}

/// The end of a step that is one sentence.
fn said(answer: Result<String, String>) -> Result<End> {
    Ok(match answer {
        Ok(note) => End::Held { note, counts: Counts::default() },
        Err(why) => End::Failed { why, tail: Vec::new(), counts: Counts::default() },
    })
}

impl Ci {
    fn step(&mut self, name: &'static str, needs: &[&'static str], work: impl FnOnce(&Self) -> Result<End>) {
        println!("\n── {name}");
        let started = Instant::now();
        let ground = needs.iter().find(|need| self.steps.iter().any(|step| step.name == **need && !step.held()));
        let end = match ground {
            Some(ground) => End::LeftOut { ground },
            None => work(self).unwrap_or_else(|error| End::Failed {
                why: format!("{error:#}"),
                tail: Vec::new(),
                counts: Counts::default(),
            }),
        };
        let step = Step { name, took: started.elapsed(), end };
        println!("   {}", step.line());
        self.steps.push(step);
    }

    /// The environment of every cargo call. Clippy runs as the compiler of our own crates, so that they are linted while they are
    /// built and no dependency is checked a second time; it must be set for each call, or cargo builds our crates once more.
    fn cargo_command(&self, args: &[&str]) -> Command {
        let mut cargo = up::cargo(&self.root);
        cargo
            .args(args)
            .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
            .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__")
            // A test that cannot run here says so when a person runs it, and fails when we do.
            .env("BATON_CI", "1");
        cargo
    }

    fn cargo(&self, args: &[&str], limit: Duration) -> Result<End> {
        self.run(self.cargo_command(args), limit)
    }

    /// A bare toolchain has neither clippy nor rustfmt.
    fn rust_tools(&self) -> Result<End> {
        let here = |program: &str| run::ask(Command::new(program).arg("--version")).is_some();
        if here("clippy-driver") && here("rustfmt") {
            return said(Ok("all there".into()));
        }
        let mut rustup = Command::new("rustup");
        rustup.args(["component", "add", "clippy", "rustfmt"]).current_dir(&self.root);
        if run::ask(Command::new("rustup").arg("--version")).is_none() {
            return said(Err("clippy-driver or rustfmt is missing: apt-get install rust-clippy rustfmt".into()));
        }
        self.run(rustup, 10 * MINUTE)
    }

    fn npm_packages(&self) -> Result<End> {
        if let Some(obstacle) = pages::obstacle(&self.root) {
            return said(Err(obstacle));
        }
        let stamp = Stamp::packages(&self.root, &self.target)?;
        if stamp.fresh {
            return said(Ok("unchanged".into()));
        }
        let end = self.run(pages::packages(&self.root), 15 * MINUTE)?;
        if matches!(end, End::Held { .. }) {
            stamp.keep()?;
        }
        Ok(end)
    }

    fn npm(&self, script: &str, limit: Duration, tests: bool) -> Result<End> {
        let mut npm = pages::script(&self.root, script);
        npm.env("BATON_CI", "1").env("BATON_BIN", self.target.join("debug/baton"));
        if tests { self.counted(npm, limit) } else { self.run(npm, limit) }
    }

    fn widget_size(&self) -> Result<String, String> {
        let size = pages::widget_size(&self.root)?;
        let line = format!("the widget's first load is {size} bytes gzipped, its budget is {}", pages::WIDGET_BUDGET);
        if size <= pages::WIDGET_BUDGET { Ok(line) } else { Err(line) }
    }

    fn rust_tests(&self) -> Result<End> {
        // nextest is no Debian package and slow to build, so it is used if it is there and not missed if not.
        let nextest = run::ask(Command::new("cargo-nextest").args(["nextest", "--version"])).is_some();
        let args: &[&str] = if nextest {
            &[
                "nextest",
                "run",
                "--workspace",
                "--all-targets",
                "--locked",
                "--no-fail-fast",
                "--no-tests=pass",
                "--status-level=slow",
            ]
        } else {
            &["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]
        };
        self.counted(self.cargo_command(args), 30 * MINUTE)
    }

    /// The short form; hours of it are run by hand, see docs/reliability.md.
    fn torture(&self) -> Result<End> {
        let mut torture = Command::new(self.target.join("debug/baton"));
        torture.args(["torture", "--seconds", "75", "--seed", "1"]).env("RUST_BACKTRACE", "0");
        self.run(torture, 10 * MINUTE)
    }

    /// What git sees as changed, or nothing without git.
    fn changed_files(&self) -> String {
        run::ask(Command::new("git").args(["status", "--porcelain"]).current_dir(&self.root)).unwrap_or_default()
    }

    /// A lock file, schema or generated file that a run rewrites was committed stale. Only asked where nobody else edits the tree.
    fn drift(&self, before: &str) -> Result<String, String> {
        let after = self.changed_files();
        let new: Vec<&str> = after.lines().filter(|line| !before.lines().any(|old| old == *line)).collect();
        if new.is_empty() {
            Ok("this run changed no committed file".into())
        } else {
            Err(format!("this run changed: {}", new.join(", ")))
        }
    }

    fn run(&self, mut command: Command, limit: Duration) -> Result<End> {
        let outcome = run::run(&mut command, limit, run::print)?;
        Ok(if outcome.ok {
            End::Held { note: String::new(), counts: Counts::default() }
        } else {
            End::Failed { why: outcome.why, tail: tail(outcome.output), counts: Counts::default() }
        })
    }

    /// Runs tests: they are counted, and one that did not run is a failure.
    fn counted(&self, mut command: Command, limit: Duration) -> Result<End> {
        let outcome = run::run(&mut command, limit, run::print)?;
        let counts = counts::count(&outcome.output);
        let why = match (outcome.ok, counts) {
            (_, Counts { failed, .. }) if failed > 0 => format!("{failed} tests failed"),
            (false, _) => outcome.why,
            (true, Counts { skipped, .. }) if skipped > 0 => format!("{skipped} tests did not run"),
            (true, _) => return Ok(End::Held { note: format!("{} tests", counts.passed), counts }),
        };
        Ok(End::Failed { why, tail: tail(outcome.output), counts })
    }

    fn report(&self, took: Duration) -> bool {
        for step in &self.steps {
            if let End::Failed { tail, .. } = &step.end
                && !tail.is_empty()
            {
                println!("\n── {}: the last lines", step.name);
                tail.iter().for_each(|line| println!("{line}"));
            }
        }
        println!("\n── summary");
        let (mut sum, mut broken) = (Counts::default(), 0);
        for step in &self.steps {
            println!("   {:<16} {}", step.name, step.line());
            if let End::Held { counts, .. } | End::Failed { counts, .. } = &step.end {
                sum += *counts;
            }
            // A step that failed without a failed test still fails the whole, and the last line must say so.
            broken += u64::from(matches!(&step.end, End::Failed { counts, .. } if counts.failed == 0));
        }
        println!("   {:<16} {}", "all", seconds(took));
        println!("{} passed, {} failed", sum.passed, sum.failed + broken);
        self.steps.iter().all(Step::held)
    }
}

impl Step {
    fn held(&self) -> bool {
        matches!(self.end, End::Held { .. })
    }

    fn line(&self) -> String {
        let took = seconds(self.took);
        match &self.end {
            End::Held { note, .. } => format!("{took}  ok  {note}").trim_end().to_owned(),
            End::Failed { why, .. } => format!("{took}  FAILED  {why}"),
            End::LeftOut { ground } => format!("{took}  left out, since \"{ground}\" failed"),
        }
    }
}

fn seconds(took: Duration) -> String {
    format!("{:>6.1} s", took.as_secs_f64())
}

fn tail(output: Vec<String>) -> Vec<String> {
    let skip = output.len().saturating_sub(TAIL);
    output.into_iter().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ci() -> Ci {
        Ci { root: PathBuf::from("."), target: PathBuf::from("target"), steps: Vec::new() }
    }

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_step_whose_ground_failed_is_left_out_and_the_others_still_run() {
        let mut ci = ci();
        ci.step("ground", &[], |ci| ci.run(sh("exit 1"), MINUTE));
        ci.step("upon it", &["ground"], |_| unreachable!("its ground failed"));
        ci.step("beside it", &[], |ci| ci.run(sh("true"), MINUTE));
        assert_eq!(ci.steps.iter().map(Step::held).collect::<Vec<_>>(), [false, false, true]);
        assert!(!ci.report(MINUTE));
    }

    #[test]
    fn a_skipped_test_fails_its_step() {
        let end = ci().counted(sh("echo '      Tests  4 passed | 1 skipped (5)'"), MINUTE).expect("sh starts");
        assert!(matches!(end, End::Failed { counts: Counts { passed: 4, skipped: 1, .. }, .. }));
    }

    #[test]
    fn a_command_that_cannot_be_started_fails_its_step_alone() {
        let mut ci = ci();
        ci.step("missing", &[], |ci| ci.run(Command::new("no-such-program-of-baton"), MINUTE));
        assert!(!ci.steps[0].held());
    }
}
