//! How long a backup of the log takes, and what those who write meanwhile notice: SQLite's online backup, as `baton backup`
//! uses it, beside `VACUUM INTO`.
//!
//! `cargo run --release -p baton-infra --example backup_figures [events] [folder]`.

use baton_core::event::Stream;
use baton_core::ids::ConversationId;
use baton_infra::SqliteStore;
use baton_infra::sqlite::copy_log;
use baton_kit::store::{Commit, SealedEvent, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

const WRITERS: u128 = 16;
const FILLERS: u128 = 64;
/// Events of one filling commit.
const AT_ONCE: u64 = 20;

fn stream(number: u128) -> Stream {
    Stream::Conversation(ConversationId(Uuid::from_u128(
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
    )))
}

fn said(stream: Stream, after: u64, many: u64) -> Commit {
    let event =
        |seq| SealedEvent { stream, seq, position: Some(seq), header: vec![b'h'; 320], body: Some(vec![7; 240]) };
    let events = (after + 1..=after + many).map(event).collect();
    Commit { expected: vec![(stream, after)], events, ..Commit::default() }
}

#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn fill(store: &Arc<SqliteStore>, events: u64) {
    let each = events / AT_ONCE / FILLERS as u64;
    let tasks: Vec<_> = (0..FILLERS)
        .map(|filler| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    let stream = stream((filler << 64) | u128::from(number) | (1 << 120));
                    store.commit(said(stream, 0, AT_ONCE)).await.expect("kept");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("filled");
    }
}

/// Writes until told to stop; the latencies.
#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn write(store: &Arc<SqliteStore>, salt: u128, stop: &Arc<AtomicBool>) -> Vec<Duration> {
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, stop) = (store.clone(), stop.clone());
            tokio::spawn(async move {
                let (stream, mut seq, mut took) = (stream((salt << 32) | writer), 0, Vec::new());
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    store.commit(said(stream, seq, 1)).await.expect("kept");
                    took.push(began.elapsed());
                    seq += 1;
                }
                took
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("written"));
    }
    all.sort_unstable();
    all
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

/// Writes beside this piece of work, and prints what both took.
#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn beside(name: &str, store: &Arc<SqliteStore>, salt: u128, work: impl FnOnce() + Send + 'static) {
    let stop = Arc::new(AtomicBool::new(false));
    let working = std::thread::spawn({
        let stop = stop.clone();
        move || {
            let began = Instant::now();
            work();
            stop.store(true, Ordering::Relaxed);
            began.elapsed()
        }
    });
    let took = write(store, salt, &stop).await;
    let span = working.join().expect("done");
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().map_or(0.0, ms);
    println!(
        "{name:<14} {:>7.2} s   writes beside it: {:>7.0} a second, p50 {:>6.2} ms, p99 {:>7.2} ms, longest {:>7.2} ms",
        span.as_secs_f64(),
        took.len() as f64 / span.as_secs_f64(),
        at(0.5),
        at(0.99),
        took.last().copied().map_or(0.0, ms)
    );
}

fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn main() {
    let mut args = std::env::args().skip(1);
    let events = args.next().and_then(|events| events.parse().ok()).unwrap_or(200_000);
    let folder =
        args.next().map_or_else(std::env::temp_dir, PathBuf::from).join(format!("baton-{}", std::process::id()));
    let store = Arc::new(SqliteStore::open(&folder.join("data"), [7; 16]).expect("a folder"));
    fill(&store, events).await;
    let size = std::fs::metadata(folder.join("data/baton.db")).map_or(0, |found| found.len());
    println!("{events} events, baton.db {} MB, {WRITERS} writers in closed loop", size >> 20);
    for round in 0..3 {
        let data = folder.join("data");
        beside("nothing", &store, 1 + round * 10, || std::thread::sleep(Duration::from_secs(3))).await;
        let to = folder.join("copy.db");
        beside("online backup", &store, 2 + round * 10, {
            let (data, to) = (data.clone(), to.clone());
            move || {
                copy_log(&data, &to, &mut |_, _| {}).expect("copied");
            }
        })
        .await;
        remove(&to);
        beside("VACUUM INTO", &store, 3 + round * 10, {
            let (from, to) = (data.join("baton.db"), to.clone());
            move || {
                let db = rusqlite::Connection::open(from).expect("opened");
                db.execute("VACUUM INTO ?1", [to.to_str().expect("a path")]).expect("copied");
            }
        })
        .await;
        remove(&to);
    }
    store.close();
    let _ = std::fs::remove_dir_all(&folder);
}
