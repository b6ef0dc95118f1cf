//! A real browser, spoken to by the DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>): the few calls that the benches need.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

const STARTING: Duration = Duration::from_secs(30);
const CALL: Duration = Duration::from_secs(60);

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A browser with one page.
pub(super) struct Chromium {
    child: Child,
    socket: Socket,
    session: String,
    next: u64,
    /// What the network did since it was last asked.
    traffic: Traffic,
    _profile: Profile,
}

/// What a page fetched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) requests: u64,
    pub(super) bytes: u64,
}

/// The browser's folder, gone with the browser.
struct Profile(std::path::PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Chromium {
    pub(super) async fn start(program: &Path) -> anyhow::Result<Self> {
        let profile = Profile(std::env::temp_dir().join(format!("baton-bench-{}", crate::ambient::fresh())));
        let mut child = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-extensions"])
            .args(["--remote-debugging-port=0", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.0.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started; install chromium or name one", program.display()))?;
        let out = child.stderr.take().context("the browser's output is a pipe")?;
        let mut lines = BufReader::new(out).lines();
        let address = timeout(STARTING, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.trim().strip_prefix("DevTools listening on ") {
                    return Ok(address.to_owned());
                }
            }
            bail!("the browser ended before it was ready")
        })
        .await
        .context("the browser was not ready in time")??;
        #[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(address.as_str()).await.context("no DevTools socket")?;
        let traffic = Traffic::default();
        let mut browser = Self { child, socket, session: String::new(), next: 0, traffic, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"})).await?;
        let id = target["targetId"].as_str().context("no page")?.to_owned();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": id, "flatten": true})).await?;
        browser.session = attached["sessionId"].as_str().context("no session")?.to_owned();
        for domain in ["Page.enable", "Network.enable", "Runtime.enable"] {
            browser.call(domain, json!({})).await?;
        }
        Ok(browser)
    }

    /// Calls a method and waits for its answer; what happens meanwhile on the network is counted.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> anyhow::Result<Value> {
        self.next += 1;
        let id = self.next;
        let mut frame = json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            frame["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(frame.to_string())).await?;
        timeout(CALL, self.answer(id)).await.with_context(|| format!("{method}: the browser did not answer"))?
    }

    async fn answer(&mut self, id: u64) -> anyhow::Result<Value> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let frame: Value = serde_json::from_str(&text)?;
            if frame["id"] == id {
                if let Some(error) = frame.get("error") {
                    bail!("the browser refused: {error}");
                }
                return Ok(frame["result"].clone());
            }
            match frame["method"].as_str() {
                Some("Network.requestWillBeSent") => self.traffic.requests += 1,
                Some("Network.loadingFinished") => {
                    self.traffic.bytes += frame["params"]["encodedDataLength"].as_f64().unwrap_or_default() as u64;
                }
                Some("Network.webSocketFrameReceived") => {
                    let payload = frame["params"]["response"]["payloadData"].as_str();
                    self.traffic.bytes += payload.map_or(0, |payload| payload.len() as u64);
                }
                _ => {}
            }
        }
        bail!("the browser closed its socket")
    }

    /// What the network did since this was last asked.
    pub(super) fn traffic(&mut self) -> Traffic {
        std::mem::take(&mut self.traffic)
    }

    /// Runs a script in the page and waits for its promise.
    pub(super) async fn evaluate(&mut self, script: &str) -> anyhow::Result<Value> {
        let params = json!({"expression": script, "awaitPromise": true, "returnByValue": true});
        let found = self.call("Runtime.evaluate", params).await?;
        if let Some(details) = found.get("exceptionDetails") {
            bail!("the page's script failed: {}", details["exception"]["description"]);
        }
        Ok(found["result"]["value"].clone())
    }

    pub(super) async fn stop(mut self) {
        let _ = self.child.kill().await;
    }
}
