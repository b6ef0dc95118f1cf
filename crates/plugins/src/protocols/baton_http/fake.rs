//! For tests: an HTTP server of a few lines that keeps what it was sent and answers as the test says, a runtime, and a Python
//! program as a child. On threads, since a test may block its own runtime.

use baton_core::ids::Ms;
use baton_kit::runtime::{BoxFuture, Runtime};
use baton_kit::signature::{Error as SignatureError, Secret};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Once};
use std::time::Duration;

/// The secret of both sides in tests.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The machine's clock, and no more.
pub(crate) struct TestRuntime;

impl TestRuntime {
    pub(crate) fn shared() -> Arc<Self> {
        static PROVIDER: Once = Once::new();
        // An error means that another test installed it.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        Arc::new(Self)
    }
}

impl Runtime for TestRuntime {
    #[expect(clippy::disallowed_methods, reason = "children with a clock of their own check signatures")]
    fn now(&self) -> Ms {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| since.as_millis() as Ms)
    }

    fn random(&self, out: &mut [u8]) {
        out.fill(7);
    }

    #[expect(clippy::disallowed_methods, reason = "this is the runtime of these tests")]
    fn spawn(&self, _name: &'static str, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()> {
        let left = Duration::from_millis((at - self.now()).max(0) as u64);
        Box::pin(tokio::time::sleep(left))
    }
}

/// A request as the fake got it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn verify(&self) -> Result<(), SignatureError> {
        let [id, time, signature] =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| self.header(name));
        let secret = Secret::parse(SECRET).expect("a secret");
        secret.verify_request(id, time, signature, &self.body, TestRuntime.now() / 1_000)
    }
}

/// What the fake does with each request.
#[derive(Clone)]
pub(crate) enum Say {
    Answer(u16, String),
    /// Nothing, with the connection open.
    Hang,
    /// Closes the connection in the middle of the answer.
    Break,
}

pub(crate) struct Fake {
    pub(crate) url: String,
    seen: Receiver<Seen>,
}

impl Fake {
    pub(crate) fn start(say: Say) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (send, seen) = sync_channel(64);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (send, say) = (send.clone(), say.clone());
                std::thread::spawn(move || serve(stream, &send, &say));
            }
        });
        Self { url, seen }
    }

    /// The next request that was not yet taken.
    pub(crate) fn next(&self) -> Seen {
        self.seen.recv_timeout(PATIENCE).expect("a request within the patience of this test")
    }

    pub(crate) fn nothing_more(&self) -> bool {
        self.seen.try_recv().is_err()
    }
}

fn serve(mut stream: TcpStream, send: &SyncSender<Seen>, say: &Say) {
    let Some(seen) = read(&stream) else { return };
    let _ = send.send(seen);
    match say {
        Say::Answer(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
        // Held until the caller hangs up.
        Say::Hang => drop(stream.read(&mut [0; 1])),
        Say::Break => drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"mess")),
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if let Some((name, value)) = text.split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    let mut seen = Seen { headers, body: Vec::new() };
    seen.body = vec![0; seen.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

/// The top of the checkout.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A Python example as a child of the test; it ends with it.
pub(crate) struct Example {
    child: Child,
    pub(crate) url: String,
}

impl Example {
    /// Nothing if there is no Python here, which CI does not let pass.
    pub(crate) fn start(script: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new("python3");
        command.arg(top().join(script)).args(["--port", "0", "--secret", SECRET]).args(arguments);
        let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => {
                assert!(std::env::var_os("BATON_CI").is_none(), "python3: {error}");
                println!("SKIPPED: python3 is not there ({error})");
                return None;
            }
        };
        let output = child.stdout.take().expect("a pipe");
        let (send, lines) = sync_channel::<String>(1_024);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // The test may be over, or not interested in more than the first line.
                let _ = send.try_send(line);
            }
        });
        let url = match lines.recv_timeout(PATIENCE) {
            Ok(line) => line.strip_prefix("ready on ").map(str::to_owned),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        };
        let mut example = Self { child, url: String::new() };
        example.url = url.expect("the line `ready on http://…`");
        Some(example)
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Holds committed schemas against those of the types; `BATON_UPDATE=1` writes them.
pub(crate) fn schemas_are_committed(schemas: Vec<(&'static str, serde_json::Value)>) {
    for (name, schema) in schemas {
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        same_as_committed(&top().join("docs/schemas").join(name), &text);
    }
}

/// Holds a text against a committed file; `BATON_UPDATE=1` writes it.
pub(crate) fn same_as_committed(path: &Path, text: &str) {
    if std::env::var_os("BATON_UPDATE").is_some() {
        std::fs::write(path, text).expect("a file that can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} differs: look at it with BATON_UPDATE=1 cargo test -p baton-plugins",
        path.display()
    );
}

/// Whether a value fits a schema.
pub(crate) fn fits(schema: &serde_json::Value, value: &serde_json::Value) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}
