//! Thousands of requests that nobody would send against a real hub: it stays alive, answers each in its time, and refuses
//! with a problem and never with a fault of its own.
//!
//! The requests follow the hub's own description, so that a new call is tried without a word here, and go wrong at random:
//! values of other types, awkward texts, numbers at their ends, missing and unknown fields, broken JSON, any bytes.
//! `BATON_FUZZ_ROUNDS=100000 BATON_FUZZ_SEED=7` tries more of them.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Customer, Hub, LIMIT};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const DOCUMENT: &str = include_str!("../../../docs/openapi.json");
const AWKWARD: &str = include_str!("../../core/tests/corpus/awkward.json");
/// Calls that would take the test's own authority or house away, or that never end by themselves.
const LEFT_OUT: &[(&str, &str)] = &[
    ("delete", "/api/v1/demo"),
    ("delete", "/api/v1/keys/{id}"),
    ("delete", "/api/v1/agents/{id}"),
    ("put", "/api/v1/agents/{id}"),
    ("post", "/api/v1/logout"),
    ("get", "/api/v1/stream"),
    ("get", "/chat/v1/conversation/stream"),
    ("get", "/chat/v1/socket"),
];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Numbers from a seed (SplitMix64), so that a failing request can be made again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What requests are made of.
struct Source {
    document: Value,
    awkward: Vec<String>,
    /// Ids that exist.
    ids: Vec<String>,
    key: String,
    customers: Vec<Customer>,
}

/// One request.
#[derive(Debug)]
struct Request {
    method: Method,
    path: String,
    authority: Option<String>,
    kind: &'static str,
    body: Option<Vec<u8>>,
}

impl Source {
    fn calls(&self) -> Vec<(String, String)> {
        let paths = self.document["paths"].as_object().expect("paths");
        let calls = paths.iter().flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(|(method, _)| (method.clone(), path.clone()))
        });
        calls.filter(|(method, path)| !LEFT_OUT.contains(&(method.as_str(), path.as_str()))).collect()
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(place) => self.document.pointer(&place[1..]).expect("it is there"),
            None => schema,
        }
    }

    fn text(&self, dice: &mut Dice) -> String {
        match dice.below(10) {
            0 => dice.pick(&self.ids).clone(),
            1 => char::from_u32(dice.roll() as u32 % 0x11_0000).unwrap_or('\u{fffd}').to_string(),
            2 => dice.pick(&self.awkward).repeat(1 + dice.below(60)),
            3 => "word for word ".repeat(dice.below(4)),
            _ => dice.pick(&self.awkward).clone(),
        }
    }

    fn anything(&self, dice: &mut Dice, depth: usize) -> Value {
        match dice.below(if depth > 4 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(dice.percent(50)),
            2 => json!([i64::MIN, i64::MAX, -1, 0, 1, 253_402_300_800_000, 8_640_000_000_000_001][dice.below(7)]),
            3 => json!([u64::MAX as f64, 1.5, -0.0, 1e300][dice.below(4)]),
            4 | 5 => json!(self.text(dice)),
            6 => (0..dice.below(5)).map(|_| self.anything(dice, depth + 1)).collect(),
            _ => {
                let fields = (0..dice.below(4)).map(|_| (self.text(dice), self.anything(dice, depth + 1)));
                Value::Object(fields.collect())
            }
        }
    }

    /// A value as the description has it, but for what goes wrong.
    fn value(&self, schema: &Value, dice: &mut Dice, wrong: usize, depth: usize) -> Value {
        if dice.percent(wrong) || depth > 12 {
            return self.anything(dice, 0);
        }
        if schema["$ref"].as_str().is_some_and(|name| name.ends_with("/Id")) && dice.percent(80) {
            return json!(dice.pick(&self.ids));
        }
        let schema = self.resolved(schema);
        for several in ["oneOf", "anyOf"] {
            if let Some(of) = schema[several].as_array() {
                return self.value(dice.pick(of), dice, wrong, depth + 1);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut out = Map::new();
            for part in all {
                if let Value::Object(fields) = self.value(part, dice, 0, depth + 1) {
                    out.extend(fields);
                }
            }
            return Value::Object(out);
        }
        if let Some(of) = schema["enum"].as_array() {
            return dice.pick(of).clone();
        }
        if !schema["const"].is_null() {
            return schema["const"].clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => dice.pick(kinds).as_str().unwrap_or_default(),
            kind => kind.as_str().unwrap_or_default(),
        };
        match kind {
            "object" => self.object(schema, dice, wrong, depth),
            "array" => (0..dice.below(4)).map(|_| self.value(&schema["items"], dice, wrong, depth + 1)).collect(),
            "string" if schema["format"] == "uuid" => json!(dice.pick(&self.ids)),
            "string" => json!(self.text(dice)),
            "integer" | "number" => json!(dice.below(100_000)),
            "boolean" => json!(dice.percent(50)),
            "null" => Value::Null,
            _ => self.anything(dice, 0),
        }
    }

    fn object(&self, schema: &Value, dice: &mut Dice, wrong: usize, depth: usize) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut out = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let needed = required.iter().any(|required| required == name);
            if if needed { !dice.percent(wrong / 2) } else { dice.percent(40) } {
                out.insert(name.clone(), self.value(field, dice, wrong, depth + 1));
            }
        }
        if dice.percent(wrong) {
            out.insert(self.text(dice), self.anything(dice, 0));
        }
        Value::Object(out)
    }

    fn request(&self, dice: &mut Dice, method: &str, path: &str) -> Request {
        let description = &self.document["paths"][path][method];
        let wrong = *dice.pick(&[0, 3, 25]);
        let customer = dice.pick(&self.customers);
        let mut filled = String::new();
        for (at, part) in path.split('/').enumerate() {
            if at > 0 {
                filled.push('/');
            }
            match part.starts_with('{') {
                false => filled.push_str(part),
                true if part == "{slug}" && dice.percent(50) => filled.push_str("demo"),
                true if part == "{seq}" => filled.push_str(&dice.below(40).to_string()),
                true if dice.percent(30) => filled.push_str(&escaped(&self.text(dice))),
                true if path.contains("/conversations/") => filled.push_str(&customer.conversation),
                true => filled.push_str(dice.pick::<String>(&self.ids)),
            }
        }
        let mut query = Vec::new();
        for parameter in description["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolved(parameter);
            if parameter["in"] == "query" && dice.percent(50) {
                let value = match self.value(&parameter["schema"], dice, wrong + 10, 0) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                query.push(format!("{}={}", parameter["name"].as_str().unwrap_or_default(), escaped(&value)));
            }
        }
        if !query.is_empty() {
            filled = format!("{filled}?{}", query.join("&"));
        }
        let authority = match dice.below(20) {
            0 => None,
            // A header bears no control characters; those never reach the hub.
            1 => Some(self.text(dice).chars().filter(|c| c.is_ascii_graphic()).collect()),
            _ if path.starts_with("/chat/") => Some(customer.token.clone()),
            _ => Some(self.key.clone()),
        };
        let content = description["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
        let (kind, body) = match content {
            _ if dice.percent(4) => ("application/json", Some(self.bytes(dice))),
            Some((kind, content)) if kind == "application/json" => {
                let mut body = self.value(&content["schema"], dice, wrong, 0).to_string().into_bytes();
                if dice.percent(5) {
                    let at = dice.below(body.len());
                    match dice.below(3) {
                        0 => body.truncate(at),
                        1 => body[at] = dice.roll() as u8,
                        _ => body.splice(at..at, self.bytes(dice)).for_each(drop),
                    }
                }
                (if dice.percent(3) { "text/plain" } else { "application/json" }, Some(body))
            }
            Some(_) => ("application/octet-stream", Some(self.bytes(dice))),
            None => ("application/json", None),
        };
        Request { method: method.to_uppercase().parse().expect("a method"), path: filled, authority, kind, body }
    }

    fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        match dice.below(6) {
            0 => b"[".repeat(dice.below(50_000)),
            1 => b"{\"a\":".repeat(dice.below(20_000)),
            2 => self.text(dice).into_bytes(),
            // The beginnings by which kinds of files are known.
            3 => [
                *dice.pick(&[
                    &b"\x89PNG\r\n\x1a\n"[..],
                    b"\xff\xd8\xff\xe0",
                    b"%PDF-1.7",
                    b"PK\x03\x04",
                    b"GIF89a",
                    b"RIFF\0\0\0\0WEBP",
                    b"<svg ",
                ]),
                &self.noise(dice),
            ]
            .concat(),
            _ => self.noise(dice),
        }
    }

    fn noise(&self, dice: &mut Dice) -> Vec<u8> {
        (0..dice.below(300)).map(|_| dice.roll() as u8).collect()
    }
}

/// Any text inside an address.
fn escaped(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().take(3_000).fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => out.push(char::from(byte)),
            _ => drop(write!(out, "%{byte:02x}")),
        }
        out
    })
}

/// How an answer is wrong.
async fn ask(client: &reqwest::Client, url: &str, request: Request) -> Result<u16, String> {
    let told = |what: String| format!("{what}: {} {} {}", request.method, request.path, shown(request.body.as_deref()));
    let mut call = client.request(request.method.clone(), format!("{url}{}", request.path));
    if let Some(authority) = &request.authority {
        call = call.header("authorization", format!("Bearer {authority}"));
    }
    if let Some(body) = &request.body {
        call = call.header("content-type", request.kind).body(body.clone());
    }
    let answer = call.send().await.map_err(|error| told(format!("no answer ({error})")))?;
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = answer.bytes().await.map_err(|error| told(format!("half an answer ({error})")))?;
    if status >= 500 {
        return Err(told(format!("{status} {}", String::from_utf8_lossy(&bytes))));
    }
    if status >= 400 {
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if kind != "application/problem+json" || !problem["code"].is_string() || problem["status"] != status {
            return Err(told(format!("{status} {kind} is no problem: {}", String::from_utf8_lossy(&bytes))));
        }
    }
    Ok(status)
}

fn shown(body: Option<&[u8]>) -> String {
    let body = body.unwrap_or_default();
    String::from_utf8_lossy(&body[..body.len().min(600)]).into_owned()
}

async fn source(hub: &Hub) -> Source {
    let mut customers = Vec::new();
    for number in 0..6 {
        let mut customer = Customer::start(hub, "Kim").await;
        customer.say(if number % 2 == 0 { "Where is my parcel?" } else { "I want to talk to a human" }).await;
        customers.push(customer);
    }
    let mut ids: Vec<String> = customers.iter().map(|customer| customer.conversation.clone()).collect();
    for list in ["inboxes", "queues", "bots", "targets", "agents", "tags", "replies", "keys"] {
        let items = hub.admin(Method::GET, list, None).await.expect(200);
        ids.extend(
            items["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()).map(str::to_owned),
        );
    }
    Source {
        document: serde_json::from_str(DOCUMENT).expect("JSON"),
        awkward: serde_json::from_str(AWKWARD).expect("a list of texts"),
        ids,
        key: hub.key.clone(),
        customers,
    }
}

/// It serves on, and what it had accepted before is there. Its inboxes may be gone: requests that are right are carried out.
async fn alive(hub: &Hub, source: &Source) {
    assert_eq!(hub.call(Method::GET, "/health/ready", &[], None).await.status, 200);
    hub.admin(Method::GET, "inboxes", None).await.expect(200);
    for customer in &source.customers {
        let events = hub.admin(Method::GET, &format!("conversations/{}/events", customer.conversation), None).await;
        let events = events.expect(200);
        assert!(events["events"].as_array().is_some_and(|events| !events.is_empty()), "{events}");
    }
}

#[tokio::test]
async fn no_request_makes_the_hub_fail() {
    let hub = Hub::set(&[("LIMITS__RATES", "off")]);
    let source = source(&hub).await;
    let calls = source.calls();
    let client = reqwest::Client::builder().timeout(LIMIT * 4).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client");
    let (seed, rounds) = (setting("BATON_FUZZ_SEED", 1), setting("BATON_FUZZ_ROUNDS", 1_500));
    let mut dice = Dice(seed);
    let (mut wrong, mut taken, mut done) = (Vec::new(), 0, 0);
    while done < rounds {
        let requests: Vec<Request> = (0..16)
            .map(|_| {
                let (method, path) = dice.pick(&calls);
                source.request(&mut dice, method, path)
            })
            .collect();
        done += 16;
        for answer in join_all(requests.into_iter().map(|request| ask(&client, &hub.url, request))).await {
            match answer {
                Ok(status) => taken += u64::from(status < 300),
                Err(what) => wrong.push(what),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {done}, seed {seed}:\n{}", wrong.len(), wrong[..wrong.len().min(25)].join("\n"));
    assert!(taken > done / 10, "only {taken} of {done} requests were anything but refused: too weak");
    alive(&hub, &source).await;
}

#[tokio::test]
async fn no_frame_and_no_bytes_on_a_connection_make_the_hub_fail() {
    let hub = Hub::set(&[("LIMITS__RATES", "off")]);
    let source = source(&hub).await;
    let mut dice = Dice(setting("BATON_FUZZ_SEED", 1) ^ 0xF0);
    let rounds = setting("BATON_FUZZ_ROUNDS", 1_500) / 20;
    let frames = &source.document["components"]["schemas"];
    for round in 0..rounds {
        // The chat's socket and the desk's, greeted rightly or not, then frames of all sorts until the hub has enough.
        let chat = round % 2 == 0;
        let customer = dice.pick(&source.customers);
        let (path, hello, frame) = match chat {
            true => ("/chat/v1/socket", json!({"type": "hello", "token": customer.token}), &frames["ChatClientFrame"]),
            false => ("/api/v1/stream", json!({"type": "hello", "key": source.key}), &frames["DeskClientFrame"]),
        };
        let (mut socket, _) =
            connect_async(format!("{}{path}", hub.url.replacen("http", "ws", 1))).await.expect("it opens");
        if dice.percent(80) {
            let _ = socket.send(Message::text(hello.to_string())).await;
        }
        for _ in 0..8 {
            let message = match dice.below(6) {
                0 => Message::binary(source.bytes(&mut dice)),
                1 => Message::text(source.text(&mut dice)),
                2 => Message::text(String::from_utf8_lossy(&source.bytes(&mut dice)).into_owned()),
                _ => Message::text(source.value(frame, &mut dice, 10, 0).to_string()),
            };
            if socket.send(message).await.is_err() {
                break;
            }
        }
        let _ = socket.send(Message::Close(None)).await;
        let ends = async { while let Some(Ok(_)) = socket.next().await {} };
        timeout(LIMIT * 4, ends).await.expect("the hub ends a socket that is closed");
        // Bytes that are no HTTP, and HTTP that is none.
        let address = hub.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let mut bytes = source.bytes(&mut dice);
        if dice.percent(50) {
            let start = format!("{} /{} HTTP/1.1\r\nhost: a\r\n", dice.pick(&["GET", "POST", "\0", "PRI *"]), round);
            bytes.splice(0..0, start.into_bytes());
        }
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = timeout(LIMIT * 4, stream.read_to_end(&mut answer)).await;
        read.expect("the hub ends a connection on which nothing can come").ok();
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "round {round}: {}", String::from_utf8_lossy(&answer));
    }
    alive(&hub, &source).await;
}
