//! How many commits a second the store on disk does, with 1, 64 and 256 callers at once.
//!
//! `cargo run --release -p baton-infra --example store_floor [seconds] [folder]`. Each commit is what one message
//! costs: an event with a body, a timer and a list row. For comparison, the same commits in memory.

use baton_core::event::Stream;
use baton_core::ids::{ConversationId, PersonId};
use baton_infra::{MemoryStore, SqliteStore};
use baton_kit::store::{Commit, HolderKind, Row, SealedEvent, Store};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

fn commit(number: u128, seq: u64) -> Commit {
    let id = ConversationId(Uuid::from_u128(number << 64 | number));
    let stream = Stream::Conversation(id);
    let at = 1_790_000_000_000 + seq as i64;
    Commit {
        expected: vec![(stream, seq - 1)],
        events: vec![SealedEvent {
            stream,
            seq,
            position: Some(seq),
            header: vec![b'h'; 320],
            body: Some(vec![7; 240]),
        }],
        timers: vec![(stream, Some(at))],
        rows: vec![Row {
            id,
            seq,
            holder: HolderKind::Agent,
            holder_id: Some(Uuid::from_u128(number % 50)),
            offered_to: None,
            sort: at,
            reference: format!("B-{number}"),
            person: Some(PersonId(Uuid::from_u128(number))),
            inbox: None,
            due: None,
            snoozed: false,
            tags: Vec::new(),
            data: vec![b'd'; 200],
        }],
        ..Commit::default()
    }
}

/// Processor time of this process so far, in microseconds; 0 where the system does not tell.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // utime and stime in ticks of 10 ms.
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * 1e4
}

#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn measure(name: &str, store: Arc<dyn Store>, callers: u128, salt: u128, span: Duration) {
    let (began, cpu_before) = (Instant::now(), cpu());
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let (mut waits, mut seq) = (Vec::new(), 0);
                while began.elapsed() < span {
                    seq += 1;
                    let asked = Instant::now();
                    store.commit(commit(salt + caller, seq)).await.expect("nobody else writes here");
                    waits.push(asked.elapsed());
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("the caller ran"));
    }
    let took = began.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{name:>7} {callers:>4} callers: {:>8.0} commits/s   p50 {:>7.3} ms   p99 {:>7.3} ms   {:>5.1} us CPU each   ({} commits)",
        waits.len() as f64 / took,
        at(0.5),
        at(0.99),
        (cpu() - cpu_before) / waits.len() as f64,
        waits.len(),
    );
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let folder = arguments
        .next()
        .map_or_else(|| std::env::temp_dir().join(format!("baton-store-floor-{}", std::process::id())), PathBuf::from);
    let disk = Arc::new(SqliteStore::open(&folder, [1; 16]).expect("the folder opens"));
    let memory = Arc::new(MemoryStore::new(Uuid::from_u128(1)));
    for (round, callers) in [1, 64, 256].into_iter().enumerate() {
        let salt = (round as u128 + 1) * 1_000_000;
        measure("memory", memory.clone(), callers, salt, Duration::from_secs(1)).await;
        measure("sqlite", disk.clone(), callers, salt, Duration::from_secs(seconds)).await;
    }
    disk.close();
    let size = |name: &str| std::fs::metadata(folder.join(name)).map_or(0, |found| found.len() >> 20);
    println!(
        "baton.db {} MiB, write-ahead log {} MiB, in {}",
        size("baton.db"),
        size("baton.db-wal"),
        folder.display()
    );
    drop(disk);
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
