//! A disk that is full or fails for a while: a clear refusal, nothing lost, and the store goes on by itself.

use crate::check;
use crate::workload::{Lane, Workload};
use baton_infra::SqliteStore;
use baton_kit::store::Error;
use baton_testkit::vfs::{Call, Disk, Failure, Refusal};
use std::collections::HashSet;
use tempfile::TempDir;

/// Runs until a call was refused, heals the disk, goes on, and looks at the store, at the folder after a kill and at the
/// folder after a power cut.
async fn refused_then_healed(failure: Failure) {
    let what = format!("{failure:?}");
    let tmp = TempDir::new().unwrap();
    let disk = Disk::traced(&tmp.path().join("data"));
    let store = SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk)).unwrap();
    disk.folder_synced();
    let workload = Workload::new(&store, &disk);
    let mut lane = Lane::new(1, failure.after);
    for _ in 0..3 {
        workload.step(&mut lane).await.unwrap();
    }
    disk.fail(failure);
    let mut told = 0;
    for _ in 0..30 {
        match workload.step(&mut lane).await {
            Ok(()) => {}
            Err(Error::Full(_)) => told += 1,
            Err(error) => panic!("{what}: told as {error:?}"),
        }
        if told > 1 {
            break;
        }
    }
    let refused = disk.refused();
    disk.heal();
    assert!(refused == 0 || told > 0, "{what}: {refused} calls were refused, and nobody was told");
    for _ in 0..3 {
        if let Err(error) = workload.step(&mut lane).await {
            panic!("{what}: it does not go on by itself: {error:?}");
        }
    }
    let journal = workload.journal.into_inner().unwrap();
    let trace = disk.trace();
    let acknowledged: HashSet<u64> = trace.acknowledged(trace.len()).collect();
    for seed in 0..2 {
        let image = trace.after_power_cut(trace.len(), seed);
        let wrong = check::image(&tmp.path().join(format!("cut-{seed}")), &image, &journal, &acknowledged).await;
        assert!(wrong.is_empty(), "{what}, after a power cut: {wrong:#?}");
    }
    let wrong = check::kept(&store, &journal, &acknowledged).await;
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

fn failing(call: Call, files: &'static str, after: u64, times: u64, refusal: Refusal) -> Failure {
    Failure { call, files, after, times, refusal }
}

#[tokio::test]
async fn a_write_that_is_refused_is_told_and_the_store_goes_on_when_the_disk_lets_it() {
    for refusal in [Refusal::Full, Refusal::Broken, Refusal::Short] {
        for after in 0..14 {
            refused_then_healed(failing(Call::Write, "baton.db-wal", after, u64::MAX, refusal)).await;
        }
        for after in [0, 1, 3] {
            // Once only, as a disk that has a moment of weakness.
            refused_then_healed(failing(Call::Write, "baton.db-wal", after, 1, refusal)).await;
            refused_then_healed(failing(Call::Write, "keys.db-wal", after, u64::MAX, refusal)).await;
        }
    }
}

#[tokio::test]
async fn a_sync_that_fails_is_told_and_the_store_goes_on_when_the_disk_lets_it() {
    for after in 0..4 {
        for times in [1, u64::MAX] {
            refused_then_healed(failing(Call::Sync, "baton.db-wal", after, times, Refusal::Broken)).await;
            refused_then_healed(failing(Call::Sync, "keys.db-wal", after, times, Refusal::Broken)).await;
        }
    }
    refused_then_healed(failing(Call::Sync, "", 0, u64::MAX, Refusal::Broken)).await;
    refused_then_healed(failing(Call::Write, "", 0, u64::MAX, Refusal::Full)).await;
    refused_then_healed(failing(Call::SharedMemory, "", 0, u64::MAX, Refusal::Full)).await;
}

/// A checkpoint moves what is durable already: its failure is nobody's refusal.
#[tokio::test]
async fn a_checkpoint_that_fails_refuses_nobody_and_loses_nothing() {
    for (call, refusal) in [(Call::Write, Refusal::Full), (Call::Write, Refusal::Short), (Call::Sync, Refusal::Broken)]
    {
        let tmp = TempDir::new().unwrap();
        let disk = Disk::traced(&tmp.path().join("data"));
        let store = SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk)).unwrap();
        disk.folder_synced();
        let workload = Workload::new(&store, &disk);
        disk.fail(failing(call, "baton.db", 2, u64::MAX, refusal));
        workload.run(5, 0..6, 50).await;
        let refused = disk.refused();
        disk.heal();
        workload.run(6, 10..12, 20).await;
        let journal = workload.journal.into_inner().unwrap();
        store.close();
        assert!(refused > 0, "no checkpoint met the failure");
        let trace = disk.trace();
        for (seed, cut) in [trace.len() / 3, trace.len() / 2, trace.len() * 3 / 4, trace.len()].into_iter().enumerate()
        {
            let acknowledged: HashSet<u64> = trace.acknowledged(cut).collect();
            let image = trace.after_power_cut(cut, seed as u64);
            let wrong = check::image(&tmp.path().join(format!("cut-{seed}")), &image, &journal, &acknowledged).await;
            assert!(wrong.is_empty(), "{call:?} {refusal:?}: {wrong:#?}");
        }
    }
}
