//! Starts one program, shows its output as it comes, keeps it for counting, and ends it when its time is over.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How many lines may wait between a program and the terminal.
const LINES_IN_FLIGHT: usize = 1_000;
/// A program that ended but left its output open in a child of its own is not waited for longer than this.
const DRAIN: Duration = Duration::from_secs(2);
/// Between asking a program to end and ending it.
const GRACE: Duration = Duration::from_secs(5);

/// What a program left behind.
pub(crate) struct Outcome {
    /// Whether it ended by itself with success.
    pub(crate) ok: bool,
    /// Why not, in words.
    pub(crate) why: String,
    /// All of its output, both streams in the order in which it came.
    pub(crate) output: Vec<String>,
}

/// Runs `command` for at most `limit` and hands each line to `show`, and an empty one when a moment passes without any, so that a
/// clock can be drawn. A carriage return ends a line too: that is how cargo draws its progress.
pub(crate) fn run(command: &mut Command, limit: Duration, mut show: impl FnMut(&str)) -> Result<Outcome> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let (lines, received) = sync_channel(LINES_IN_FLIGHT);
    if let Some(out) = child.stdout.take() {
        forward(out, lines.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward(err, lines.clone());
    }
    drop(lines);
    let mut output = Vec::new();
    let status = watch(&mut child, &received, limit, |line| {
        show(&line);
        if !line.is_empty() {
            output.push(line);
        }
    })?;
    let (ok, why) = match status {
        Some(status) if status.success() => (true, String::new()),
        Some(status) => (false, format!("{name} ended with {status}")),
        None => (false, format!("{name} was ended after {} s, its limit", limit.as_secs())),
    };
    Ok(Outcome { ok, why, output })
}

/// Prints each line: the usual `show`.
pub(crate) fn print(line: &str) {
    if !line.is_empty() {
        println!("{line}");
    }
}

/// Runs a short command and returns its standard output, or nothing if it is missing or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn forward(stream: impl Read + Send + 'static, lines: SyncSender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        loop {
            let (taken, ended) = match reader.fill_buf() {
                Ok([]) | Err(_) => break,
                Ok(bytes) => match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                    Some(at) => {
                        line.extend_from_slice(&bytes[..at]);
                        (at + 1, true)
                    }
                    None => {
                        line.extend_from_slice(bytes);
                        (bytes.len(), false)
                    }
                },
            };
            reader.consume(taken);
            if ended && !pass(&mut line, &lines) {
                return;
            }
        }
        pass(&mut line, &lines);
    });
}

/// Says whether anybody still listens.
fn pass(line: &mut Vec<u8>, lines: &SyncSender<String>) -> bool {
    let text = String::from_utf8_lossy(line).trim_end().to_owned();
    line.clear();
    text.is_empty() || lines.send(text).is_ok()
}

/// Returns the status, or nothing if the time ran out and the program was ended.
fn watch(
    child: &mut Child,
    received: &Receiver<String>,
    limit: Duration,
    mut take: impl FnMut(String),
) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    let mut ended: Option<(Instant, ExitStatus)> = None;
    loop {
        match received.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => take(line),
            Err(RecvTimeoutError::Disconnected) if ended.is_none() => {
                // Both streams are closed; poll on, since a program may close its output before it ends.
                ended = child.try_wait()?.map(|status| (Instant::now(), status));
                if ended.is_none() {
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(ended.map(|(_, status)| status)),
            Err(RecvTimeoutError::Timeout) if ended.is_none() => {
                take(String::new());
                ended = child.try_wait()?.map(|status| (Instant::now(), status));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some((at, status)) = ended
            && at.elapsed() > DRAIN
        {
            return Ok(Some(status));
        }
        if ended.is_none() && started.elapsed() > limit {
            end(child)?;
            return Ok(None);
        }
    }
}

/// Ends the program and what it started, each by its id: first asked, then made to.
fn end(child: &mut Child) -> Result<()> {
    let family = descendants(child.id());
    signal("TERM", &family);
    let asked = Instant::now();
    while asked.elapsed() < GRACE && child.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(50));
    }
    signal("KILL", &family);
    child.wait()?;
    Ok(())
}

fn signal(name: &str, ids: &[u32]) {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    // The shell's own `kill`: a slim Debian has no program of that name. Some ids may be gone already, so failure means nothing.
    let _ = Command::new("sh").arg("-c").arg(format!("kill -{name} {} 2>/dev/null", ids.join(" "))).status();
}

/// The process `id` and all processes below it, read from /proc.
fn descendants(id: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let child = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in brackets may hold spaces; the parent is the second field after it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((child, parent))
        })
        .collect();
    let mut family = vec![id];
    let mut next = 0;
    while next < family.len() {
        let of = family[next];
        family.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(child, _)| *child));
        next += 1;
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        command
    }

    #[test]
    fn output_of_both_streams_is_kept_and_a_failure_says_its_status() {
        let outcome =
            run(&mut sh("echo one; echo two >&2; exit 3"), Duration::from_secs(20), |_| {}).expect("sh starts");
        assert!(!outcome.ok);
        assert!(outcome.why.contains('3'), "{}", outcome.why);
        let mut lines = outcome.output;
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_program_over_its_time_is_ended_together_with_its_children() {
        let started = Instant::now();
        let outcome = run(&mut sh("sleep 300 & echo $!; wait"), Duration::from_millis(500), |_| {}).expect("sh starts");
        assert!(!outcome.ok && started.elapsed() < Duration::from_secs(30));
        let child = outcome.output.first().expect("the child's id was printed");
        let alive = std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        assert!(!alive, "the sleeping child {child} still runs");
    }

    #[test]
    fn a_child_that_keeps_the_output_open_does_not_hold_up_the_step() {
        let started = Instant::now();
        let outcome = run(&mut sh("sleep 20 & echo started"), Duration::from_secs(60), |_| {}).expect("sh starts");
        assert!(outcome.ok && started.elapsed() < Duration::from_secs(15));
    }
}
