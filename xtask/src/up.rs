//! `cargo up`: from a bare checkout to a running hub with demo data, in four steps that say how far they are.

use crate::pages::{self, Stamp};
use crate::run::{self, Outcome};
use anyhow::{Context, Result};
use std::io::{IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const NPM_LIMIT: Duration = Duration::from_secs(15 * 60);
const BUILD_LIMIT: Duration = Duration::from_secs(90 * 60);
/// A guess for two cores, told before the first build.
const FIRST_BUILD_MINUTES: u32 = 4;

/// Returns only on failure: the last step becomes the server, so that Ctrl-C and signals reach it without a middleman.
pub(crate) fn up(root: &Path, args: &[String]) -> Result<bool> {
    let target = crate::target(root);
    let binary = target.join("debug/baton");
    if !binary.exists() {
        println!("Building Baton: the first time takes about {FIRST_BUILD_MINUTES} min, the next time seconds.");
    }
    build_pages(root, &target)?;
    if !build_hub(root)? {
        return Ok(false);
    }
    let data = root.join("data");
    let mut step = Step::new(3, "data folder");
    let new = !data.exists();
    std::fs::create_dir_all(&data).with_context(|| format!("cannot create {}", data.display()))?;
    step.done(if new { "./data, new" } else { "./data, kept" });
    let mut step = Step::new(4, "start");
    step.done("Ctrl-C stops it");
    let mut serve = Command::new(&binary);
    serve
        .args(["serve", "--demo-data", "--data", "./data"])
        .args(args.iter().filter(|arg| *arg != "--"))
        .current_dir(root);
    if std::env::var_os("BATON__LOG__FILTER").is_none() {
        // The addresses should be the last thing that a newcomer sees; a hub in earnest logs more.
        serve.env("BATON__LOG__FILTER", "warn");
    }
    Err(serve.exec()).with_context(|| format!("cannot start {}", binary.display()))
}

/// Never stops `up`: a hub without pages still serves its API, and its pages say that they are not built.
fn build_pages(root: &Path, target: &Path) -> Result<()> {
    let mut step = Step::new(1, "pages");
    if let Some(obstacle) = pages::obstacle(root) {
        step.done(&format!("not built. {obstacle}. Going on without pages."));
        return Ok(());
    }
    let packages = Stamp::packages(root, target)?;
    if !packages.fresh {
        let outcome = run::run(&mut pages::packages(root), NPM_LIMIT, |_| step.show("npm packages", 5))?;
        if !outcome.ok {
            return without_pages(&mut step, &outcome);
        }
        packages.keep()?;
    }
    let built = Stamp::pages(root, target)?;
    if built.fresh {
        step.done("unchanged");
        return Ok(());
    }
    for (script, what, percent) in [("build:console", "console", 50), ("build:widget", "widget", 80)] {
        let outcome = run::run(&mut pages::script(root, script), NPM_LIMIT, |_| step.show(what, percent))?;
        if !outcome.ok {
            return without_pages(&mut step, &outcome);
        }
    }
    built.keep()?;
    step.done("built");
    Ok(())
}

fn without_pages(step: &mut Step, outcome: &Outcome) -> Result<()> {
    step.done(&format!("not built: {}. Going on without pages. The last lines:", outcome.why));
    for line in outcome.output.iter().rev().take(8).rev() {
        println!("      {line}");
    }
    Ok(())
}

fn build_hub(root: &Path) -> Result<bool> {
    let mut step = Step::new(2, "hub");
    // The whole workspace is selected, as in `ci`, since another selection switches features and rebuilds dependencies.
    let mut build = cargo(root);
    build.args(["build", "--workspace", "--bin", "baton"]);
    // Cargo draws "Building [==> ] 412/640: axum, tokio" even into a pipe if told to.
    build
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "120")
        .env("CARGO_TERM_COLOR", "never");
    let (mut done, mut all) = (0, 0);
    let outcome = run::run(&mut build, BUILD_LIMIT, |line| {
        (done, all) = progress(line).unwrap_or((done, all));
        let what = if all == 0 { "fetching".to_owned() } else { format!("{done}/{all} crates") };
        step.show(&what, done * 100 / all.max(1));
    })?;
    if outcome.ok {
        step.done("built");
        return Ok(true);
    }
    step.done(&outcome.why);
    for line in outcome.output.iter().filter(|line| progress(line).is_none()) {
        println!("{line}");
    }
    Ok(false)
}

/// The "412/640" of cargo's progress line.
fn progress(line: &str) -> Option<(u64, u64)> {
    let (_, after) = line.trim_start().strip_prefix("Building [")?.split_once(']')?;
    let (done, all) = after.trim_start().split(':').next()?.split_once('/')?;
    Some((done.trim().parse().ok()?, all.trim().parse().ok()?))
}

/// Cargo itself, free of what `cargo run` told this program about its own package: a build script that reads such a variable
/// would otherwise be run again.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// One line on the terminal that is drawn over itself; in a pipe, one line each 20 percent.
struct Step {
    head: String,
    started: Instant,
    terminal: bool,
    shown: u64,
}

impl Step {
    fn new(number: u8, name: &str) -> Self {
        let terminal = std::io::stdout().is_terminal();
        Self { head: format!("[{number}/4] {name:<12}"), started: Instant::now(), terminal, shown: 0 }
    }

    fn show(&mut self, what: &str, percent: u64) {
        let seconds = self.started.elapsed().as_secs();
        let line = format!("{} {percent:>3} %  {}:{:02}  {what}", self.head, seconds / 60, seconds % 60);
        if self.terminal {
            print!("\r\x1b[K{line}");
            // A terminal that cannot be written to is no reason to stop the build.
            let _ = std::io::stdout().flush();
        } else if percent >= self.shown + 20 {
            self.shown = percent;
            println!("{line}");
        }
    }

    fn done(&mut self, what: &str) {
        let start = if self.terminal { "\r\x1b[K" } else { "" };
        println!("{start}{} 100 %  {:.1} s  {what}", self.head, self.started.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_progress_line_is_understood() {
        assert_eq!(progress("    Building [=======>      ] 412/640: axum, tokio(build)"), Some((412, 640)));
        assert_eq!(progress("    Building [             ] 0/12"), Some((0, 12)));
        assert_eq!(progress("   Compiling axum v0.8.9"), None);
        assert_eq!(progress("    Finished `dev` profile in 2.1s"), None);
    }
}
