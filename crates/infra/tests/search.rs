//! Both search indexes pass the suite; the one on disk also survives what may happen to its file.

use baton_core::ids::ConversationId;
use baton_infra::{MemoryIndex, SqliteIndex};
use baton_kit::conformance;
use baton_kit::search::{Batch, By, Clause, Entry, SearchIndex, Token, Wanted};
use baton_kit::store::{Identity, Offset};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

const STORE: Identity = Identity { workspace: Uuid::from_u128(1), generation: 1 };

#[tokio::test]
async fn the_index_in_memory_does_what_an_index_must() {
    conformance::search(|| async { MemoryIndex::default() }).await;
}

#[tokio::test]
async fn the_index_on_disk_does_what_an_index_must() {
    let folder = TempDir::new().unwrap();
    let number = AtomicU32::new(0);
    conformance::search(|| async {
        let own = folder.path().join(number.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::create_dir(&own).unwrap();
        SqliteIndex::open(&own, STORE).unwrap()
    })
    .await;
}

fn batch(upto: u64, conversation: u128, token: u64) -> Batch {
    let entry = Entry {
        conversation: ConversationId(Uuid::from_u128(conversation)),
        seq: 1,
        at: 1,
        opens: true,
        by: By::Customer,
        tokens: vec![Token(token)],
    };
    Batch { entries: vec![entry], upto: Offset(upto) }
}

async fn total(index: &SqliteIndex, token: u64) -> u64 {
    let clause = Clause { words: vec![vec![Token(token)]], by: None };
    index.find(Wanted { all: vec![clause], limit: 1, ..Wanted::default() }).await.expect("an answer").total
}

#[tokio::test]
async fn an_index_is_kept_over_a_restart_and_made_anew_for_another_store() {
    let folder = TempDir::new().unwrap();
    let index = SqliteIndex::open(folder.path(), STORE).unwrap();
    index.apply(batch(4, 1, 10)).await.unwrap();
    drop(index);
    let index = SqliteIndex::open(folder.path(), STORE).unwrap();
    assert_eq!((index.position().await.unwrap(), total(&index, 10).await), (Offset(4), 1));
    drop(index);
    let restored = SqliteIndex::open(folder.path(), Identity { generation: 2, ..STORE }).unwrap();
    assert_eq!((restored.position().await.unwrap(), total(&restored, 10).await), (Offset(0), 0));
}

#[tokio::test]
async fn a_file_that_is_damaged_or_not_an_index_is_made_anew() {
    let folder = TempDir::new().unwrap();
    let rubbish = b"a letter to my aunt, which is long enough to be looked at as a database, and is none".repeat(50);
    std::fs::write(folder.path().join("search.db"), rubbish).unwrap();
    let index = SqliteIndex::open(folder.path(), STORE).unwrap();
    assert_eq!(index.position().await.unwrap(), Offset(0));
    index.apply(batch(4, 1, 10)).await.unwrap();
    assert_eq!(total(&index, 10).await, 1);
}

fn stands_in(folder: &Path, bytes: &[u8]) -> bool {
    ["search.db", "search.db-wal"].iter().any(|name| {
        let file = std::fs::read(folder.join(name)).unwrap_or_default();
        file.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test]
async fn the_hash_of_a_forgotten_word_stands_nowhere_in_the_file() {
    let folder = TempDir::new().unwrap();
    let index = SqliteIndex::open(folder.path(), STORE).unwrap();
    let (gone, kept) = (0x1122_3344_5566_7788, 0x2122_3344_5566_7788);
    index.apply(batch(1, 1, gone)).await.unwrap();
    index.apply(batch(2, 2, kept)).await.unwrap();
    assert!(stands_in(folder.path(), &u64::to_be_bytes(gone)));
    index.forget(ConversationId(Uuid::from_u128(1))).await.unwrap();
    while index.tidy().await.unwrap() {}
    assert!(!stands_in(folder.path(), &u64::to_be_bytes(gone)));
    assert!(stands_in(folder.path(), &u64::to_be_bytes(kept)));
    assert_eq!(total(&index, kept).await, 1);
}

#[tokio::test]
async fn upkeep_goes_on_where_a_restart_interrupted_it() {
    let folder = TempDir::new().unwrap();
    for round in 0..40u64 {
        let index = SqliteIndex::open(folder.path(), STORE).unwrap();
        index.apply(batch(round + 1, u128::from(round), 10)).await.unwrap();
        index.tidy().await.unwrap();
    }
    let index = SqliteIndex::open(folder.path(), STORE).unwrap();
    assert_eq!(total(&index, 10).await, 40);
    while index.tidy().await.unwrap() {}
    assert_eq!(total(&index, 10).await, 40);
}
