//! Both places for files pass the suite; the one on disk takes away what a killed hub did not finish.

use baton_core::ids::Hash16;
use baton_infra::{FolderBlobs, MemoryBlobs};
use baton_kit::blobs::Blobs;
use baton_kit::conformance;
use tempfile::TempDir;

#[tokio::test]
async fn the_place_in_memory_does_what_a_place_for_files_must() {
    conformance::blobs(|| async { MemoryBlobs::default() }).await;
}

#[tokio::test]
async fn the_place_on_disk_does_what_a_place_for_files_must() {
    let folders = TempDir::new().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    conformance::blobs(|| async {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        FolderBlobs::open(&folders.path().join(number.to_string())).unwrap()
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_hub_did_not_finish_is_gone_after_the_next_start_and_the_rest_stays() {
    let folder = TempDir::new().unwrap();
    let place = FolderBlobs::open(folder.path()).unwrap();
    let (group, name) = (Hash16([1; 16]), Hash16([2; 16]));
    let mut whole = place.begin(group).await.unwrap();
    whole.write(b"whole").await.unwrap();
    whole.finish(name).await.unwrap();
    let mut half = place.begin(group).await.unwrap();
    half.write(b"half").await.unwrap();
    // As a kill does: nothing is dropped.
    std::mem::forget(half);
    assert_eq!(std::fs::read_dir(folder.path().join("unfinished")).unwrap().count(), 1);
    let place = FolderBlobs::open(folder.path()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("unfinished")).unwrap().count(), 0);
    assert_eq!(place.used(group).await.unwrap().count, 1);
}
