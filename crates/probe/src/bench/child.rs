//! Processes under test, and what the system says of them: processor time and memory, each process apart.

use anyhow::{Context, bail};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::{Instant, timeout};

/// A floor that was started says that it is ready within this.
const STARTING: Duration = Duration::from_secs(60);
/// Microseconds of one tick in which Linux counts processor time towards other processes.
const TICK: u64 = 10_000;

/// A floor: this same program under a hidden name of a bench. It is killed when it is dropped.
pub(super) struct Child {
    child: tokio::process::Child,
    pub(super) pid: u32,
    /// `http://…`
    pub(super) url: String,
    /// From the start of the process until it said that it is ready.
    pub(super) ready_after: Duration,
    drain: tokio::task::JoinHandle<()>,
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        self.drain.abort();
    }
}

impl Child {
    /// Starts `PROGRAM bench FLOOR --keep FOLDER …`.
    pub(super) async fn floor(program: &Path, floor: &str, folder: &Path, more: &[&str]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let began = Instant::now();
        let mut child = Command::new(program)
            .args(["bench", floor, "--keep"])
            .arg(folder)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the floor {floor} could not be started"))?;
        let pid = child.id().context("the floor has ended")?;
        let out = child.stdout.take().context("the floor's output is a pipe")?;
        let mut lines = BufReader::new(out).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.trim().strip_prefix(READY) {
                    return Ok(address.to_owned());
                }
            }
            bail!("the floor {floor} ended before it was ready")
        };
        let url = timeout(STARTING, ready).await.with_context(|| format!("the floor {floor} was not ready"))??;
        let ready_after = began.elapsed();
        #[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
        let drain = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, pid, url, ready_after, drain })
    }

    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("the floor could not be killed")
    }
}

/// What a floor prints, followed by its address.
pub(super) const READY: &str = "floor ready ";

/// Microseconds of processor time that a process has used, threads that ended among them.
pub(super) fn cpu(pid: u32) -> u64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
    // The second field, in brackets, may hold blanks.
    let Some((_, rest)) = stat.rsplit_once(')') else { return 0 };
    let mut fields = rest.split_whitespace().skip(11);
    let ticks = |field: Option<&str>| field.and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    (ticks(fields.next()) + ticks(fields.next())) * TICK
}

/// Microseconds of processor time of this process, which generates the load.
pub(super) fn own_cpu() -> u64 {
    cpu(std::process::id())
}

/// Bytes of memory that a process has resident.
pub(super) fn resident(pid: u32) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return 0 };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or(0) * 1_024
}

/// The file system that holds a folder, and with which options it is mounted.
pub(super) fn file_system(folder: &Path) -> String {
    let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let holding = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (_, at, kind, with) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        path.starts_with(at).then(|| (at.len(), format!("{kind} ({with})")))
    });
    holding.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, text)| text)
}

/// The processor and how many of its cores there are.
pub(super) fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} × {}", model.unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_says_what_this_process_uses() {
        assert!(resident(std::process::id()) > 1_000_000);
        let before = own_cpu();
        let mut sum = 0_u64;
        while own_cpu() < before + 2 * TICK {
            (0..100_000_u64).for_each(|n| sum = sum.wrapping_mul(31).wrapping_add(n));
        }
        assert_ne!(sum, 1);
        assert_ne!(file_system(Path::new("/")), "unknown");
    }
}
