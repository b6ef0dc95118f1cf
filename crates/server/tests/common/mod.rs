//! A real hub as a process, and clients that use its public API alone.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]
#![allow(unreachable_pub, reason = "a module of several test binaries")]

pub mod contract;

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// The bound of every wait.
pub const LIMIT: Duration = Duration::from_secs(30);

fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A running hub; killed when dropped.
pub struct Hub {
    child: Child,
    folder: tempfile::TempDir,
    more: &'static [&'static str],
    settings: Vec<(String, String)>,
    /// Where it listens.
    pub url: String,
    /// An administrator's API key.
    pub key: String,
    /// The secret of the one-time set-up link, as long as nobody is set up.
    pub secret: Option<String>,
}

impl Hub {
    /// A hub with the demo shop on an empty folder.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with further arguments, also after a restart.
    pub fn with(more: &'static [&'static str]) -> Self {
        Self::begin(more, &[])
    }

    /// The same with settings of the environment, such as `("LIMITS__STARTS", "3")`.
    pub fn set(settings: &[(&str, &str)]) -> Self {
        Self::begin(&[], settings)
    }

    fn begin(more: &'static [&'static str], settings: &[(&str, &str)]) -> Self {
        provider();
        let folder = tempfile::tempdir().expect("a folder");
        let settings: Vec<(String, String)> =
            settings.iter().map(|(name, value)| (format!("BATON__{name}"), (*value).to_owned())).collect();
        let (child, url, key, secret) = launch(folder.path(), more, &settings);
        Self { child, folder, more, settings, url, key, secret }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has ended, at most so long: its exit code, or `None`.
    pub async fn ended(&mut self, limit: Duration) -> Option<i32> {
        let ending = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it is ours") {
                    return status.code();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(limit, ending).await.ok().flatten()
    }

    /// `kill -9`: nothing is said to anybody.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Starts again on the same data; the port is another one.
    pub fn restart(&mut self) {
        (self.child, self.url, self.key, self.secret) = launch(self.folder.path(), self.more, &self.settings);
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A request without any authority.
    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        call(&self.url, method, path, headers, body.map(str::to_owned)).await
    }

    /// A request of the administrator's key.
    pub async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let body = body.map(|body| body.to_string());
        call(&self.url, method, &format!("/api/v1/{path}"), &[("authorization", &bearer)], body).await
    }

    /// A new account, played by the administrator's key.
    pub async fn agent(&self, name: &str, role: &str, capacity: u32) -> Agent {
        let body = json!({"name": name, "role": role, "capacity": capacity});
        let made = self.admin(Method::POST, "agents", Some(body)).await.expect(201);
        Agent { url: self.url.clone(), key: self.key.clone(), id: made["id"].as_str().expect("an id").to_owned() }
    }

    /// The one object of a sort whose name is this.
    pub async fn id_of(&self, sort: &str, name: &str) -> String {
        let all = self.admin(Method::GET, sort, None).await.expect(200);
        let named = |item: &&Value| item.pointer("/card/name").or(item.get("name")).is_some_and(|n| n == name);
        let items = all["items"].as_array().expect("items");
        let item = items.iter().find(named).unwrap_or_else(|| panic!("no {name} in {all}"));
        item["id"].as_str().expect("an id").to_owned()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(folder: &Path, more: &[&str], settings: &[(String, String)]) -> (Child, String, String, Option<String>) {
    let key_file = folder.join("key");
    let mut child = Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .arg("--demo-key")
        .arg(&key_file)
        .args(more)
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the hub starts");
    let lines = lines(child.stdout.take().expect("piped"));
    let next = || lines.recv_timeout(LIMIT).expect("the hub says that it is ready");
    let url = loop {
        if let Some(url) = next().strip_prefix("baton ready ") {
            break url.trim().to_owned();
        }
    };
    let mut secret = None;
    loop {
        let line = next();
        if let Some((_, rest)) = line.split_once("/setup#") {
            secret = rest.split_whitespace().next().map(str::to_owned);
        }
        if line.starts_with('└') {
            break;
        }
    }
    let key = std::fs::read_to_string(key_file).expect("the key was written");
    (child, url, key.trim().to_owned(), secret)
}

/// Reads in a thread of its own, to the end, so that the hub never waits for a reader.
fn lines(out: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = sync_channel(1_000);
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = send.try_send(line);
        }
    });
    receive
}

/// An answer of the hub.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Content type.
    pub kind: String,
    /// `Set-Cookie`, up to the first semicolon.
    pub cookie: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<u64>,
    /// The JSON body; null if there is none.
    pub body: Value,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Checks that it is this problem, in its proper form.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.kind, "application/problem+json");
        assert_eq!(self.body["type"], format!("/docs/errors/{code}"));
        assert_eq!(self.body["status"], status);
        assert!(!self.body["detail"].as_str().unwrap_or_default().is_empty(), "{}", self.body);
        self.body
    }
}

async fn call(url: &str, method: Method, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
    provider();
    let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
    let mut request = client.request(method.clone(), format!("{url}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body.clone() {
        request = request.header("content-type", "application/json").body(body);
    }
    let response = request.send().await.expect("the hub answers");
    let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let cookie = text("set-cookie").and_then(|line| line.split(';').next().map(str::to_owned));
    let (kind, retry_after) =
        (text("content-type").unwrap_or_default(), text("retry-after").and_then(|s| s.parse().ok()));
    let bytes = response.bytes().await.expect("a body");
    let request = body.as_deref();
    contract::Exchange { method: &method, address: path, request, status, kind: &kind, answer: &bytes }.check();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Answer { status, kind, cookie, retry_after, body }
}

/// A customer's page.
#[derive(Clone, Debug)]
pub struct Customer {
    url: String,
    /// Which conversation.
    pub conversation: String,
    /// Its token.
    pub token: String,
    /// This copy of the client.
    pub client: String,
    counter: u64,
}

impl Customer {
    /// Opens a chat in the demo shop.
    pub async fn start(hub: &Hub, name: &str) -> Self {
        let client = Uuid::from_u128(rand()).to_string();
        let body = json!({"inbox": "demo", "client": client, "language": "en", "name": name}).to_string();
        let started = call(&hub.url, Method::POST, "/chat/v1/conversations", &[], Some(body)).await.expect(201);
        let text = |name: &str| started[name].as_str().expect("a text").to_owned();
        let (conversation, token) = (text("conversation"), text("token"));
        Self { url: hub.url.clone(), conversation, token, client, counter: 0 }
    }

    /// A chat that waits for a person.
    pub async fn waiting(hub: &Hub, name: &str) -> Self {
        let mut customer = Self::start(hub, name).await;
        customer.say("I want to talk to a human").await;
        customer
    }

    /// After a restart of the hub.
    pub fn moved_to(&mut self, hub: &Hub) {
        self.url.clone_from(&hub.url);
    }

    /// Any request with this customer's token.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let path = format!("/chat/v1/conversation{path}");
        call(&self.url, method, &path, &[("authorization", &bearer)], body.map(|body| body.to_string())).await
    }

    /// Says the next thing.
    pub async fn say(&mut self, text: &str) -> Value {
        self.counter += 1;
        let body = json!({"client": self.client, "counter": self.counter, "text": text});
        self.call(Method::POST, "/messages", Some(body)).await.expect(201)
    }

    /// How the chat stands.
    pub async fn state(&self) -> Value {
        self.call(Method::GET, "", None).await.expect(200)
    }

    /// Everything that the customer sees, from the start.
    pub async fn events(&self) -> Vec<Value> {
        let mut out = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.call(Method::GET, &format!("/events?limit=500&after={after}"), None).await.expect(200);
            out.extend(page["events"].as_array().expect("events").clone());
            if page["more"] != true {
                return out;
            }
            after = page["cursor"].as_str().expect("a cursor").to_owned();
        }
    }
}

fn rand() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    (u128::from(RandomState::new().hash_one(1)) << 64) | u128::from(RandomState::new().hash_one(2))
}

/// A fresh id for a client copy.
pub fn fresh_id() -> String {
    Uuid::from_u128(rand()).to_string()
}

/// An agent, played through an API key.
#[derive(Clone, Debug)]
pub struct Agent {
    url: String,
    key: String,
    /// Who.
    pub id: String,
}

impl Agent {
    /// After a restart of the hub.
    pub fn moved_to(&mut self, hub: &Hub) {
        (self.url, self.key) = (hub.url.clone(), hub.key.clone());
    }

    /// Any request below `/api/v1/`.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_with(method, path, &[], body.map(|body| body.to_string())).await
    }

    /// With further headers and a body that need not be JSON.
    pub async fn call_with(&self, method: Method, path: &str, more: &[(&str, &str)], body: Option<String>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let mut headers = vec![("authorization", bearer.as_str()), ("baton-agent", self.id.as_str())];
        headers.extend(more);
        call(&self.url, method, &format!("/api/v1/{path}"), &headers, body).await
    }

    /// A list or a conversation.
    pub async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await.expect(200)
    }

    /// An action in a conversation.
    pub async fn act(&self, conversation: &str, action: &str, body: Value) -> Answer {
        self.call(Method::POST, &format!("conversations/{conversation}/{action}"), Some(body)).await
    }

    /// Wants work, or none.
    pub async fn available(&self, available: bool) -> Value {
        self.call(Method::PUT, "me/presence", Some(json!({"available": available}))).await.expect(200)
    }

    /// The desk's stream, which keeps this agent reachable.
    pub async fn stream(&self, after: Option<&str>) -> Socket {
        let mut socket = Socket::open(&self.url, "/api/v1/stream", &[]).await;
        let hello = json!({"type": "hello", "key": self.key, "agent": self.id, "after": after});
        socket.send(hello).await;
        socket
    }

    /// At the desk: the stream is open and work is wanted.
    pub async fn at_desk(&self) -> Socket {
        let mut socket = self.stream(None).await;
        socket.until("welcome", |_| true).await;
        self.available(true).await;
        socket
    }

    /// Waits for the offer of this conversation and accepts it.
    pub async fn take(&self, socket: &mut Socket, conversation: &str) -> Value {
        let offer = socket.offer(conversation).await;
        let body = json!({"offer": offer["offer"]["id"], "as_of": offer["seq"]});
        self.act(conversation, "accept", body).await.expect(200)
    }
}

/// A WebSocket of JSON frames.
pub struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    path: String,
    /// Every frame that came, in order.
    pub frames: Vec<Value>,
}

impl Socket {
    /// Opens one.
    pub async fn open(url: &str, path: &str, headers: &[(&'static str, &str)]) -> Self {
        Self::try_open(url, path, headers).await.expect("it opens")
    }

    /// Opens one, or says with which status it was refused.
    pub async fn try_open(url: &str, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        provider();
        let url = format!("{}{path}", url.replacen("http", "ws", 1));
        let path = path.to_owned();
        let mut request = url.into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        match timeout(LIMIT, connect_async(request)).await.expect("in time") {
            Ok((inner, _)) => Ok(Self { inner, path, frames: Vec::new() }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a frame of which the document tells.
    pub async fn send(&mut self, frame: Value) {
        contract::check_frame(&self.path, "client", &frame);
        self.send_anything(frame).await;
    }

    /// Sends what need not be a frame.
    pub async fn send_anything(&mut self, frame: Value) {
        self.inner.send(Message::Text(frame.to_string().into())).await.expect("sent");
    }

    /// The next frame; `None`: the other side has closed.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            match timeout(LIMIT, self.inner.next()).await.expect("a frame in time")? {
                Ok(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    contract::check_frame(&self.path, "server", &frame);
                    self.frames.push(frame.clone());
                    return Some(frame);
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame of this type of which that is true.
    pub async fn until(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let find = async {
            loop {
                let Some(frame) = self.next().await else {
                    panic!("closed before a `{kind}` came, after {:?}", self.frames.last());
                };
                if frame["type"] == kind && wanted(&frame) {
                    return frame;
                }
            }
        };
        timeout(LIMIT, find).await.unwrap_or_else(|_| panic!("no `{kind}` as wanted in time"))
    }

    /// The row of this conversation as soon as that is true of it.
    pub async fn row(&mut self, conversation: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let frame = self.until("row", |frame| frame["row"]["id"] == conversation && wanted(&frame["row"])).await;
        frame["row"].clone()
    }

    /// The row in which this conversation is offered to the socket's reader; it may have come already.
    pub async fn offer(&mut self, conversation: &str) -> Value {
        let offered = |row: &Value| row["lists"].as_array().is_some_and(|lists| lists.iter().any(|l| l == "offered"));
        match self.known(conversation) {
            Some(row) if offered(row) => row.clone(),
            _ => self.row(conversation, offered).await,
        }
    }

    /// The newest row of this conversation that came.
    pub fn known(&self, conversation: &str) -> Option<&Value> {
        self.frames.iter().rev().find_map(|frame| match frame["type"].as_str() {
            Some("row") => Some(&frame["row"]).filter(|row| row["id"] == conversation),
            Some("welcome") => frame["snapshot"].as_array()?.iter().find(|row| row["id"] == conversation),
            _ => None,
        })
    }
}
