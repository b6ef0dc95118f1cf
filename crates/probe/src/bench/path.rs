//! The main path: a customer's socket, a durable and sealed message, the agent's socket and the acknowledgement.

use super::child::{Child, file_system, machine};
use super::load::{Client, Load, PAYLOAD, Round, share_ms};
use super::stage::{Scratch, Stage};
use super::{Options, Report, beside, unsure};
use crate::ambient::fresh;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Shares of the throughput at which latencies are measured.
const RATES: [(u32, f64); 3] = [(25, 0.25), (50, 0.5), (75, 0.75)];

struct Size {
    customers: usize,
    agents: usize,
    rounds: usize,
    warm: Duration,
    window: Duration,
}

impl Size {
    fn of(options: &Options) -> Self {
        let (customers, agents) = if options.tiny { (20, 4) } else { (1_000, 100) };
        let (rounds, warm, window) = match (options.tiny, options.quick) {
            (true, _) => (2, 100, 300),
            (false, true) => (3, 1_000, 1_500),
            (false, false) => (3, 1_000, 3_000),
        };
        let rounds = options.rounds.unwrap_or(rounds);
        Self { customers, agents, rounds, warm: Duration::from_millis(warm), window: Duration::from_millis(window) }
    }
}

/// What is measured in turns.
struct Sides {
    baton: Load,
    floor: Load,
    memory: Load,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<Report> {
    let size = Size::of(options);
    let scratch = Scratch::new(options)?;
    let own = options.own()?;
    let floor = Child::floor(&own, "floor-path", &scratch.folder.join("floor"), &[]).await?;
    let memory = Child::floor(&own, "floor-path-memory", &scratch.folder.join("memory"), &[]).await?;
    let mut stage = Stage::start(options, &scratch.folder).await?;
    let (writing, reading) = stage.lines(size.customers, size.agents).await?;
    let mut sides = Sides {
        baton: Load::connect(&writing, &reading, stage.process.pid(), 1).await?,
        floor: floor_load(&floor, size.customers, size.agents).await?,
        memory: floor_load(&memory, size.customers, size.agents).await?,
    };

    let (mut ours, mut floors, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        floors.push(sides.floor.closed(size.warm, size.window).await?);
        ours.push(sides.baton.closed(size.warm, size.window).await?);
        memories.push(sides.memory.closed(size.warm, size.window).await?);
    }
    let each = |rounds: &[Round], f: fn(&Round) -> f64| rounds.iter().map(f).collect::<Vec<f64>>();
    let mut metrics = BTreeMap::new();
    let mut put = |name: &str, metric| metrics.insert(name.to_owned(), metric);
    let throughput = beside(each(&ours, Round::per_second), "1/s", each(&floors, Round::per_second));
    let most = throughput.value;
    let noise = unsure(&each(&floors, Round::per_second));
    put("throughput", throughput);
    let in_memory = each(&memories, Round::per_second);
    put("throughput_beside_memory_alone", beside(each(&ours, Round::per_second), "1/s", in_memory));
    put("server_cpu", beside(each(&ours, Round::cpu_each), "µs", each(&floors, Round::cpu_each)));
    put("load_cpu", beside(each(&ours, Round::own_cpu_each), "µs", each(&floors, Round::own_cpu_each)));
    put(
        "acknowledged_p50_full",
        beside(
            each(&ours, |r| share_ms(&r.acknowledged, 0.5)),
            "ms",
            each(&floors, |r| share_ms(&r.acknowledged, 0.5)),
        ),
    );
    put(
        "acknowledged_p99_full",
        beside(
            each(&ours, |r| share_ms(&r.acknowledged, 0.99)),
            "ms",
            each(&floors, |r| share_ms(&r.acknowledged, 0.99)),
        ),
    );

    let mut rates = BTreeMap::new();
    for (percent, share) in RATES {
        let rate = most * share;
        rates.insert(percent.to_string(), rate.round());
        let (mut ours, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..size.rounds {
            floors.push(sides.floor.open(rate, size.warm, size.window).await?);
            ours.push(sides.baton.open(rate, size.warm, size.window).await?);
        }
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)] {
            let acknowledged = |rounds: &[Round]| rounds.iter().map(|r| share_ms(&r.acknowledged, share)).collect();
            let delivered = |rounds: &[Round]| rounds.iter().map(|r| share_ms(&r.delivered, share)).collect();
            put(&format!("acknowledged_{name}_at_{percent}"), beside(acknowledged(&ours), "ms", acknowledged(&floors)));
            put(&format!("delivered_{name}_at_{percent}"), beside(delivered(&ours), "ms", delivered(&floors)));
        }
        put(
            &format!("server_cpu_at_{percent}"),
            beside(each(&ours, Round::cpu_each), "µs", each(&floors, Round::cpu_each)),
        );
    }
    let Sides { baton, floor: of_floor, memory: of_memory } = sides;
    baton.leave().await;
    of_floor.leave().await;
    of_memory.leave().await;
    stage.process.kill().await?;
    floor.kill().await?;
    memory.kill().await?;
    let config = json!({
        "customers": size.customers, "agents": size.agents, "payload": PAYLOAD, "rounds": size.rounds,
        "window_ms": size.window.as_millis(), "rates": rates, "fsync": "full, before the acknowledgement",
        "file_system": file_system(&scratch.folder), "machine": machine(), "quick": options.quick,
    });
    Ok(Report::new("path", metrics, noise, config))
}

pub(super) async fn floor_load(floor: &Child, customers: usize, agents: usize) -> anyhow::Result<Load> {
    let base = floor.url.replacen("http", "ws", 1);
    let client = |address: String, hello: Option<&str>| Client {
        address,
        hello: hello.map(str::to_owned),
        then: Vec::new(),
        id: fresh(),
        counter: 0,
    };
    let writing: Vec<_> =
        (0..customers).map(|number| client(format!("{base}/customer/{number}/{}", number % agents), None)).collect();
    let hello = Some(r#"{"type":"ping"}"#);
    let reading: Vec<_> = (0..agents).map(|number| client(format!("{base}/agent/{number}"), hello)).collect();
    Load::connect(&writing, &reading, floor.pid, 1).await
}
