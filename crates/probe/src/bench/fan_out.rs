//! One message to very many screens: supervisors who all have the same chat open.

use super::child::{Child, file_system, machine};
use super::load::{Client, Load, PAYLOAD, Round, share_ms};
use super::stage::{Scratch, Stage};
use super::{Options, Report, beside, unsure};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// The number under which the floor sends to all who read.
const ALL: usize = 4_096;

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new(options)?;
    let screens = if options.tiny { 5 } else { 500 };
    // Each message becomes so many frames: more than this the two cores do not carry, whatever the program.
    let rate = if options.tiny { 20.0 } else { 40.0 };
    let (warm, window) = match (options.tiny, options.quick) {
        (true, _) => (100, 400),
        (false, true) => (1_000, 2_000),
        (false, false) => (1_000, 4_000),
    };
    let (warm, window) = (Duration::from_millis(warm), Duration::from_millis(window));
    let rounds = options.rounds.unwrap_or(3);
    let floor = Child::floor(&options.own()?, "floor-path", &scratch.folder.join("floor"), &[]).await?;
    let base = floor.url.replacen("http", "ws", 1);
    let client = |address: String, hello: Option<&str>| Client {
        address,
        hello: hello.map(str::to_owned),
        then: Vec::new(),
        id: Uuid::nil(),
        counter: 0,
    };
    let writer = [client(format!("{base}/customer/0/{ALL}"), None)];
    let hello = Some(r#"{"type":"ping"}"#);
    let readers: Vec<_> = (0..screens).map(|number| client(format!("{base}/agent/{number}"), hello)).collect();
    let mut theirs = Load::connect(&writer, &readers, floor.pid, screens as u64).await?;
    let mut stage = Stage::start(options, &scratch.folder).await?;
    let agents = stage.agents(1, 10).await?;
    let customers = stage.held(1, &agents).await?;
    let writer: Vec<Client> = customers.iter().map(|customer| stage.customer_line(customer)).collect();
    let chat: Vec<Uuid> = customers.iter().map(|customer| customer.conversation).collect();
    let readers: Vec<Client> = (0..screens).map(|_| stage.agent_line(None, &chat)).collect();
    let mut ours = Load::connect(&writer, &readers, stage.process.pid(), screens as u64).await?;
    let (mut found, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        floors.push(theirs.open(rate, warm, window).await?);
        found.push(ours.open(rate, warm, window).await?);
    }
    ours.leave().await;
    theirs.leave().await;
    stage.process.kill().await?;
    floor.kill().await?;
    let frames = screens as f64;
    let each = |rounds: &[Round], f: &dyn Fn(&Round) -> f64| rounds.iter().map(f).collect::<Vec<f64>>();
    let both = |unit, f: &dyn Fn(&Round) -> f64| beside(each(&found, f), unit, each(&floors, f));
    let noise = unsure(&each(&floors, &|r| r.cpu_each()));
    let metrics = BTreeMap::from([
        ("server_cpu_per_frame".to_owned(), both("µs", &|r| r.cpu_each() / frames)),
        ("frames".to_owned(), both("1/s", &|r| r.per_second() * frames)),
        ("delivered_p50".to_owned(), both("ms", &|r| share_ms(&r.delivered, 0.5))),
        ("delivered_p99".to_owned(), both("ms", &|r| share_ms(&r.delivered, 0.99))),
    ]);
    let config = json!({
        "screens": screens, "messages_a_second": rate, "payload": PAYLOAD, "rounds": rounds,
        "window_ms": window.as_millis(), "floor": "one serialisation and a write to each socket", "fsync": "full",
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("fan-out", metrics, noise, config))
}
