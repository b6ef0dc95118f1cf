//! Both stores pass the suite; the one on disk also when it is closed and opened again before every single call.

use baton_infra::{MemoryStore, SqliteStore};
use baton_kit::conformance;
use tempfile::TempDir;
use uuid::Uuid;

mod packing;
mod reopening;

use reopening::{Before, Reopening};

#[tokio::test]
async fn the_store_in_memory_does_what_a_store_must() {
    conformance::store(|| async { MemoryStore::new(Uuid::from_u128(1)) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_on_disk_does_what_a_store_must() {
    let folders = TempDir::new().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    conformance::store(|| async {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        SqliteStore::open(&folders.path().join(number.to_string()), [7; 16]).unwrap()
    })
    .await;
}

#[tokio::test]
async fn the_store_on_disk_forgets_nothing_when_it_is_closed_before_every_call() {
    conformance::store(|| async { Reopening::new(Before::Reopen) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_packs_before_every_call_does_what_a_store_must() {
    conformance::store(|| async { Reopening::new(Before::Pack) }).await;
    conformance::store_cases::packing::store(&|| async { Reopening::new(Before::PackAndReopen) }).await;
}
