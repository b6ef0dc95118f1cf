//! What stands outside the hub: the example programs as they are, and a bot that remembers what it was sent.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::disallowed_methods, reason = "tests talk to programs of their own on this machine")]
#![allow(unreachable_pub, reason = "a module of several test binaries")]

use super::common::{Agent, Answer, Customer, Hub, LIMIT};
use axum::{Router, extract::State, routing::post};
use baton_kit::signature::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The secret that the hub shares with what stands outside.
pub const SECRET: &str = "a secret of the tests, longer than sixteen bytes";

/// Looks until there is something to see.
pub async fn wait<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            sleep(Duration::from_millis(25)).await;
        }
    };
    timeout(LIMIT, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// A running example program; killed when dropped.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Program {
    /// Starts one of `examples/`. `None`, and said so: there is no Python here, which continuous integration does not accept.
    pub fn start(script: &str, more: &[&str]) -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(script);
        let started = Command::new("python3")
            .arg(&path)
            .args(["--port", "0", "--secret", SECRET])
            .args(more)
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                println!("skipped: there is no python3");
                assert!(std::env::var_os("BATON_CI").is_none(), "continuous integration has python3");
                return None;
            }
            Err(error) => panic!("{}: {error}", path.display()),
        };
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("it says that it is ready").expect("text");
        let url = first.strip_prefix("ready on ").unwrap_or_else(|| panic!("{first}")).to_owned();
        // It prints conversations; somebody has to read them, or it stops in mid-sentence.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Some(Self { child, url })
    }

    /// What the person at the example desk does.
    pub async fn does(&self, what: &str, order: Value) {
        let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
        let request = client.post(format!("{}{what}", self.url)).header("content-type", "application/json");
        let response = request.body(order.to_string()).send().await.expect("the desk answers");
        assert_eq!(response.status().as_u16(), 200);
    }

    /// The conversations at the example desk.
    pub async fn chats(&self) -> Vec<Value> {
        let client = reqwest::Client::builder().timeout(LIMIT).build().expect("a client");
        let bytes = client.get(&self.url).send().await.expect("the desk answers").bytes().await.expect("a body");
        serde_json::from_slice(&bytes).expect("a list")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bot or a desk of the test's own: remembers each request, and answers what it was told to or that it answers later.
#[derive(Clone, Default)]
pub struct OwnServer {
    requests: Arc<Mutex<Vec<Value>>>,
    answers: Arc<Mutex<VecDeque<Value>>>,
    /// Where it listens.
    pub url: String,
}

impl OwnServer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Self { url, ..Self::default() };
        let router = Router::new().route("/", post(Self::take)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    async fn take(State(server): State<Self>, body: String) -> axum::Json<Value> {
        server.requests.lock().expect("whole").push(serde_json::from_str(&body).expect("JSON"));
        let answer = server.answers.lock().expect("whole").pop_front();
        axum::Json(answer.unwrap_or_else(|| json!({"later": true})))
    }

    /// What it answers to the next request.
    pub fn will_answer(&self, answer: Value) {
        self.answers.lock().expect("whole").push_back(answer);
    }

    /// All requests that it got.
    pub fn requests(&self) -> Vec<Value> {
        self.requests.lock().expect("whole").clone()
    }

    /// The request of this number, as soon as it came.
    pub async fn request(&self, number: usize) -> Value {
        wait("a request of the hub", async || self.requests().get(number).cloned()).await
    }
}

/// Puts a bot behind an address into the demo inbox.
pub async fn with_bot(hub: &Hub, url: &str) -> String {
    let card = json!({"name": "Example bot", "role": {"kind": "bot", "limit": 20_000, "takes_brief": true}});
    let plugin = json!({"kind": "http", "url": url, "secret": SECRET, "allow_private": true});
    let made = hub.admin(Method::POST, "bots", Some(json!({"card": card, "plugin": plugin}))).await.expect(201);
    let bot = made["id"].as_str().expect("an id").to_owned();
    change_inbox(hub, |card| card["bot"] = json!(bot)).await;
    bot
}

/// Sends the demo inbox's handovers to a desk behind an address, with the queue `Service` behind it.
pub async fn with_target(hub: &Hub, url: &str, opening: i64, can: Value) -> String {
    let card = json!({"name": "Night desk", "opening": opening});
    let plugin = json!({"kind": "http", "url": url, "secret": SECRET, "allow_private": true, "can": can});
    let made = hub.admin(Method::POST, "targets", Some(json!({"card": card, "plugin": plugin}))).await.expect(201);
    let (target, service) = (made["id"].as_str().expect("an id").to_owned(), hub.id_of("queues", "Service").await);
    change_inbox(hub, |card| {
        card["destination"] = json!({"kind": "target", "id": target});
        card["fallback"] = json!(service);
    })
    .await;
    target
}

async fn change_inbox(hub: &Hub, change: impl FnOnce(&mut Value)) {
    let id = hub.id_of("inboxes", "Fernweh Outdoors").await;
    let path = format!("inboxes/{id}");
    let mut card = hub.admin(Method::GET, &path, None).await.expect(200)["card"].clone();
    change(&mut card);
    hub.admin(Method::PUT, &path, Some(json!({"card": card}))).await.expect(200);
}

/// Posts to a signed address that the hub gave out; the hub may have moved.
pub async fn post_to(hub: &Hub, address: &str, body: &str) -> Answer {
    let path = &address[address.find("/hooks/").expect("an address of the hub")..];
    hub.call(Method::POST, path, &[("content-type", "application/json")], Some(body)).await
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    since.as_secs().try_into().expect("before the sun goes out")
}

/// A callback of a target, signed at this second.
pub async fn callback_to(hub: &Hub, address: &str, body: &str, secret: &str, second: i64) -> Answer {
    let path = &address[address.find("/hooks/").expect("an address of the hub")..];
    let signature = Secret::parse(secret).expect("a secret").sign_request("m1", second, body.as_bytes());
    let second = second.to_string();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", "m1"),
        ("webhook-timestamp", second.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    hub.call(Method::POST, path, &headers, Some(body)).await
}

/// The customer's messages so far, as `who: text`.
pub async fn transcript(customer: &Customer) -> Vec<String> {
    let events = customer.events().await;
    let said = events.iter().filter(|event| event["type"] == "message");
    said.map(|event| format!("{}: {}", text(event, "/by/kind"), text(event, "/plain"))).collect()
}

/// Waits until the customer reads this message, and returns all of them.
pub async fn reads(customer: &Customer, line: &str) -> Vec<String> {
    wait(line, async || Some(transcript(customer).await).filter(|all| all.iter().any(|one| one == line))).await
}

/// Waits for the notice with this code, and returns its words.
pub async fn told(customer: &Customer, code: &str) -> String {
    wait(code, async || {
        let events = customer.events().await;
        let found = events.iter().rev().find(|event| event["code"] == code);
        found.map(|event| text(event, "/words").to_owned())
    })
    .await
}

/// Waits until this sort of party holds.
pub async fn held_by(customer: &Customer, kind: &str) {
    wait(kind, async || (customer.state().await["holder"]["kind"] == kind).then_some(())).await;
}

/// The whole log, as people see it.
pub async fn log(agent: &Agent, conversation: &str) -> Vec<Value> {
    let page = agent.get(&format!("conversations/{conversation}/events?after=0&limit=500")).await;
    page["events"].as_array().expect("events").clone()
}

/// Waits until the log has a text that was kept and not shown.
pub async fn withheld(agent: &Agent, conversation: &str) -> String {
    wait("a withheld text", async || {
        let log = log(agent, conversation).await;
        let found = log.iter().find(|event| event["fate"] == "withheld");
        found.map(|event| text(event, "/plain").to_owned())
    })
    .await
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
