//! The hub as seen from outside: its address, calls that wait while it is away, and, if the probe started it, its
//! process.

use crate::ambient::{self, Dice};
use crate::wire::Problem;
use anyhow::{Context, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

/// A hub that stays away for so long does not come back.
const AWAY: Duration = Duration::from_secs(60);
/// A hub that was started says that it is ready within this.
const STARTING: Duration = Duration::from_secs(60);

/// A hub that was asked to stop has stopped within this.
const STOPPING: Duration = Duration::from_secs(20);

/// Where the hub is.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    base: String,
    http: reqwest::Client,
}

/// How a call is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As<'a> {
    /// A stranger.
    Nobody,
    /// A customer, by the conversation's token.
    Token(&'a str),
    /// An API key, acting for an agent or for itself.
    Key { key: &'a str, agent: Option<uuid::Uuid> },
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code of a problem; for an answer without one its status.
    pub(crate) fn code(&self) -> String {
        let problem: Problem = serde_json::from_value(self.body.clone()).unwrap_or_default();
        if problem.code.is_empty() { self.status.to_string() } else { problem.code }
    }

    /// The body of a success, read as this.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(self, what: &str) -> anyhow::Result<T> {
        if !self.ok() {
            let problem: Problem = serde_json::from_value(self.body.clone()).unwrap_or_default();
            bail!("{what}: {} {} {}", self.status, problem.code, problem.detail);
        }
        serde_json::from_value(self.body).with_context(|| format!("{what}: the answer is not of the documented form"))
    }
}

impl Hub {
    pub(crate) fn new(base: &str) -> anyhow::Result<Self> {
        let base = base.trim_end_matches('/').to_owned();
        if !base.starts_with("http://") {
            bail!("the hub's address begins with http://, not {base}: a replay is for a hub that one may torment");
        }
        Ok(Self { base, http: ambient::http()? })
    }

    /// The same hub by another way, given up sooner.
    pub(crate) fn hasty(base: &str, limit: Duration) -> anyhow::Result<Self> {
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http: ambient::http_within(limit)? })
    }

    /// The address of a socket.
    pub(crate) fn socket(&self, path: &str) -> String {
        format!("ws{}{path}", self.base.strip_prefix("http").unwrap_or(&self.base))
    }

    /// One try.
    pub(crate) async fn once(
        &self,
        method: &str,
        path: &str,
        who: As<'_>,
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        self.once_with(method, path, who, &[], body).await
    }

    /// One try with headers of its own.
    pub(crate) async fn once_with(
        &self,
        method: &str,
        path: &str,
        who: As<'_>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap_or(reqwest::Method::GET);
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        match who {
            As::Nobody => {}
            As::Token(token) => request = request.bearer_auth(token),
            As::Key { key, agent } => {
                request = request.bearer_auth(key);
                if let Some(agent) = agent {
                    request = request.header("Baton-Agent", agent.to_string());
                }
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    /// A page that is no JSON.
    pub(crate) async fn text(&self, path: &str) -> reqwest::Result<String> {
        self.http.get(format!("{}{path}", self.base)).send().await?.text().await
    }

    /// The first call of all: a hub that is not there now is not waited for.
    pub(crate) async fn found(&self, path: &str, dice: &mut Dice) -> anyhow::Result<Answer> {
        let give_up = Instant::now() + Duration::from_secs(3);
        loop {
            match self.once("GET", path, As::Nobody, None).await {
                Ok(answer) => return Ok(answer),
                Err(_) if Instant::now() < give_up => pause(4, dice).await,
                Err(error) => return Err(error).with_context(|| format!("no hub listens on {}", self.base)),
            }
        }
    }

    /// Calls until the hub answers something that a repeat would not change. Only for calls that may be repeated.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        who: As<'_>,
        body: Option<&Value>,
        dice: &mut Dice,
    ) -> anyhow::Result<Answer> {
        let give_up = Instant::now() + AWAY;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let failed = match self.once(method, path, who, body).await {
                Ok(answer) if matches!(answer.status, 429 | 500 | 502..=504) => {
                    if Instant::now() > give_up {
                        return Ok(answer);
                    }
                    None
                }
                Ok(answer) => return Ok(answer),
                Err(error) => Some(error),
            };
            if let Some(error) = failed.filter(|_| Instant::now() > give_up) {
                return Err(error).with_context(|| format!("{method} {path}: the hub stayed away"));
            }
            pause(attempt, dice).await;
        }
    }
}

/// Growing, scattered pauses before the next try.
pub(crate) async fn pause(attempt: u32, dice: &mut Dice) {
    let longest = 20_u64 << attempt.min(6);
    tokio::time::sleep(Duration::from_millis(longest / 2 + dice.below(longest / 2 + 1))).await;
}

/// How to start a hub.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) data: PathBuf,
    /// After `serve --data … --listen …`.
    pub(crate) more: Vec<String>,
}

/// A hub's process that the probe started.
#[derive(Debug)]
pub(crate) struct Process {
    launch: Launch,
    child: Child,
    /// Where it listened first, and listens again after each restart: customers know no other address.
    address: String,
    drain: tokio::task::JoinHandle<()>,
}

impl Process {
    /// Starts a hub on a free port.
    pub(crate) async fn start(launch: Launch, dice: &mut Dice) -> anyhow::Result<Self> {
        let listen = free_address(dice)?;
        Self::start_on(launch, &listen).await
    }

    /// Starts a hub on this address.
    pub(crate) async fn start_on(launch: Launch, listen: &str) -> anyhow::Result<Self> {
        let (child, address, drain) = spawn(&launch, listen).await?;
        Ok(Self { launch, child, address, drain })
    }

    /// The process that runs now.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// SIGKILL, and a fresh process on the same folder and port.
    pub(crate) async fn kill_and_restart(&mut self) -> anyhow::Result<()> {
        self.kill().await?;
        let listen = self.address.trim_start_matches("http://").to_owned();
        let mut last = anyhow::anyhow!("the hub did not come back");
        for _ in 0..5 {
            match spawn(&self.launch, &listen).await {
                Ok((child, address, drain)) if address == self.address => {
                    self.child = child;
                    self.drain = drain;
                    return Ok(());
                }
                // The other process is killed as its handle falls.
                Ok((_, address, _)) => last = anyhow::anyhow!("the hub came back on {address}, not {}", self.address),
                Err(error) => last = error,
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Err(last)
    }

    /// Asked to stop, as a service manager does, and started again. False: it did not stop in time and was killed.
    pub(crate) async fn stop_and_restart(&mut self) -> anyhow::Result<bool> {
        let mut graceful = false;
        if let Some(id) = self.child.id() {
            let asked = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            graceful = asked.is_ok_and(|status| status.success())
                && timeout(STOPPING, self.child.wait()).await.is_ok_and(|ended| ended.is_ok());
        }
        self.kill_and_restart().await?;
        Ok(graceful)
    }

    pub(crate) async fn kill(&mut self) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_none() {
            self.child.kill().await.context("the hub's process could not be killed")?;
        }
        self.drain.abort();
        Ok(())
    }
}

/// A port that the system does not deal to outgoing connections: a customer that calls a hub which is away could else
/// be given the hub's own port and hold it.
pub(crate) fn free_address(dice: &mut Dice) -> anyhow::Result<String> {
    for _ in 0..200 {
        let address = format!("127.0.0.1:{}", 20_000 + dice.below(12_000));
        if std::net::TcpListener::bind(&address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port was found between 20000 and 32000")
}

async fn spawn(launch: &Launch, listen: &str) -> anyhow::Result<(Child, String, tokio::task::JoinHandle<()>)> {
    std::fs::create_dir_all(&launch.data)?;
    let mut log = launch.data.clone().into_os_string();
    log.push(".log");
    let log = std::fs::File::options().create(true).append(true).open(&log)?;
    let mut child = Command::new(&launch.program)
        .arg("serve")
        .arg("--data")
        .arg(&launch.data)
        .args(["--listen", listen])
        .args(&launch.more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} could not be started", launch.program.display()))?;
    let out = child.stdout.take().context("the hub's output is a pipe")?;
    let mut lines = BufReader::new(out).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.trim().strip_prefix("baton ready ") {
                return Ok(address.trim_end_matches('/').to_owned());
            }
        }
        bail!("the hub ended before it was ready; see {}.log", launch.data.display())
    };
    let address = timeout(STARTING, ready).await.context("the hub was not ready in time")??;
    // A pipe that nobody empties would stop the hub some day.
    #[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
    let drain = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, address, drain))
}
