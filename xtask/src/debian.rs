//! What Debian must have for `cargo ci`: installed when we may, listed when we may not.

use crate::run;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Package, and a file that shows it is there.
const PACKAGES: &[(&str, &str)] = &[("chromium", "/usr/bin/chromium"), ("gzip", "/bin/gzip")];
const LIMIT: Duration = Duration::from_secs(600);

/// Brings in what is missing. An error is one sentence that says what to do.
pub(crate) fn install() -> Result<String, String> {
    let missing = missing();
    if missing.is_empty() {
        return Ok("all there".into());
    }
    let wanted = missing.join(" ");
    let by_hand = format!("run: apt-get update && apt-get install --no-install-recommends {wanted}");
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("not a Debian machine; missing: {wanted}"));
    }
    if run::ask(Command::new("id").arg("-u")).is_none_or(|id| id.trim() != "0") {
        return Err(format!("missing, and only root can install them; {by_hand}"));
    }
    apt(&["update"]).map_err(|why| format!("{why}; {by_hand}"))?;
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(&missing);
    apt(&args).map_err(|why| format!("{why}; {by_hand}"))?;
    match self::missing().as_slice() {
        [] => Ok(format!("installed {wanted}")),
        still => Err(format!("still missing after apt-get: {}", still.join(" "))),
    }
}

fn missing() -> Vec<&'static str> {
    PACKAGES.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(package, _)| *package).collect()
}

fn apt(args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.arg("-q").args(args).env("DEBIAN_FRONTEND", "noninteractive");
    let outcome = run::run(&mut command, LIMIT, run::print).map_err(|error| format!("{error:#}"))?;
    if outcome.ok { Ok(()) } else { Err(outcome.why) }
}
