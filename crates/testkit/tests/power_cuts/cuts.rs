//! Cuts through one run.

use crate::check;
use crate::workload::{Journal, Workload};
use baton_infra::SqliteStore;
use baton_infra::sqlite::OpenOptions;
use baton_testkit::vfs::{Dice, Disk, FileNumber, Op, Trace};
use std::collections::HashSet;
use std::path::Path;
use tempfile::TempDir;

pub(crate) fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

struct Run {
    journal: Journal,
    trace: Trace,
}

/// A store over a traced disk, opened, used by several at once and closed.
async fn run(folder: &Path, seed: u64, lanes: u64, steps: u64, synchronous: &'static str) -> Run {
    let disk = Disk::traced(folder);
    // Made by a hub as it is: a run that syncs less would else lose the store before it lost a commit.
    SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk)).unwrap().close();
    let options = OpenOptions { synchronous, ..check::over(&disk) };
    let store = SqliteStore::open_with(disk.root(), check::SEED, &options).unwrap();
    // Opening ends with a sync of the folder by itself.
    disk.folder_synced();
    let workload = Workload::new(&store, &disk);
    workload.run(seed, 0..lanes, steps).await;
    let journal = workload.journal.into_inner().unwrap();
    store.close();
    Run { journal, trace: disk.trace() }
}

/// Places to cut at: half of them right behind an acknowledgement, where a missing sync hurts most.
pub(crate) fn places(trace: &Trace, dice: &mut Dice, count: u64) -> Vec<usize> {
    let acknowledged: Vec<usize> =
        (0..trace.len()).filter(|at| matches!(trace.ops()[*at], Op::Acknowledged(_))).collect();
    (0..count)
        .map(|_| match dice.below(2) {
            0 => acknowledged[dice.below(acknowledged.len() as u64) as usize] + 1,
            _ => dice.below(trace.len() as u64 + 1) as usize,
        })
        .collect()
}

/// Everything that is wrong after cuts at these places.
async fn wrong(run: &Run, places: &[usize], seed: u64) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, cut) in places.iter().enumerate() {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(at as u64);
        let folder = TempDir::new().unwrap();
        let image = run.trace.after_power_cut(*cut, seed);
        let acknowledged: HashSet<u64> = run.trace.acknowledged(*cut).collect();
        let found = check::image(&folder.path().join("data"), &image, &run.journal, &acknowledged).await;
        wrong.extend(found.into_iter().map(|what| format!("cut {cut}, seed {seed}: {what}")));
    }
    wrong
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong, the first: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
}

#[tokio::test]
async fn what_was_acknowledged_stands_after_any_power_cut() {
    let seed = number("BATON_CUT_SEED", 1);
    let cuts = number("BATON_CUTS", 300);
    let mut dice = Dice::new(seed);
    // A run over and over at its start, and one that is long enough for checkpoints and a log that starts over.
    for (round, (lanes, steps, share)) in [(4, 10, 2), (6, 60, 2)].into_iter().enumerate() {
        let folder = TempDir::new().unwrap();
        let run = run(&folder.path().join("data"), seed + round as u64, lanes, steps, "FULL").await;
        let places = places(&run.trace, &mut dice, cuts * share / 4);
        none(&wrong(&run, &places, seed).await);
    }
}

/// What the log of the run holds of each commit, by its acknowledgement.
fn tokens(journal: &Journal) -> Vec<(u64, Vec<u8>)> {
    journal.commits.iter().map(|sent| (sent.number, sent.token.clone())).collect()
}

fn tokens_of_keys(journal: &Journal) -> Vec<(u64, Vec<u8>)> {
    journal.keys.iter().map(|sent| (sent.put, sent.key.wrapped.clone())).collect()
}

#[tokio::test]
async fn nothing_is_acknowledged_before_the_sync_of_its_commit() {
    let folder = TempDir::new().unwrap();
    let run = run(&folder.path().join("data"), 3, 6, 60, "FULL").await;
    for (log, tokens) in [("baton.db-wal", tokens(&run.journal)), ("keys.db-wal", tokens_of_keys(&run.journal))] {
        let (unseen, early): (Vec<_>, Vec<_>) =
            run.trace.early(log, &tokens).into_iter().partition(|early| early.why == "it was never written");
        assert_eq!(early, []);
        // Now and then a token stands in no single write as it is. Whether such a commit is there is what the cuts show;
        // were it more than a few, this test would see too little.
        assert!(unseen.len() <= 3 + tokens.len() / 20, "{unseen:?} of {}", tokens.len());
    }
    // Else the run would show too little: the log was carried over into the file and started over while it was used.
    let [log, file] = ["baton.db-wal", "baton.db"].map(|name| run.trace.made(name));
    let syncs = |files: &[FileNumber]| {
        run.trace.ops().iter().filter(|op| matches!(op, Op::Sync { file, .. } if files.contains(file))).count()
    };
    let starts = run
        .trace
        .ops()
        .iter()
        .filter(|op| matches!(op, Op::Write { file, at: 0, bytes } if log.contains(file) && bytes.len() == 32));
    assert!(syncs(&log) > 50 && syncs(&file) > 5, "{} and {}", syncs(&log), syncs(&file));
    assert!(starts.count() >= 2, "the write-ahead log never started over");
}

#[tokio::test]
async fn without_a_sync_at_each_commit_the_same_checks_find_losses_and_early_acknowledgements() {
    let folder = TempDir::new().unwrap();
    let run = run(&folder.path().join("data"), 1, 4, 10, "NORMAL").await;
    let early = run.trace.early("baton.db-wal", &tokens(&run.journal));
    assert!(early.len() > run.journal.commits.len() / 2, "{} of {}", early.len(), run.journal.commits.len());
    let places = places(&run.trace, &mut Dice::new(1), 60);
    let wrong = wrong(&run, &places, 1).await;
    let lost = wrong.iter().filter(|what| what.contains("was acknowledged and has")).count();
    assert!(lost > 10, "the cuts show only {lost} losses: {:#?}", wrong.iter().take(5).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_second_power_cut_while_the_hub_starts_again_loses_nothing_either() {
    let seed = number("BATON_CUT_SEED", 1);
    let mut dice = Dice::new(seed ^ 0x5EC0);
    let tmp = TempDir::new().unwrap();
    let first = run(&tmp.path().join("data"), seed, 4, 12, "FULL").await;
    for (round, cut) in places(&first.trace, &mut dice, number("BATON_CUTS", 300).div_ceil(25)).into_iter().enumerate()
    {
        let image = first.trace.after_power_cut(cut, seed + round as u64);
        let acknowledged: HashSet<u64> = first.trace.acknowledged(cut).collect();
        let folder = tmp.path().join(round.to_string());
        image.write(&folder).unwrap();
        let disk = Disk::traced(&folder);
        let store = SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk)).unwrap();
        disk.folder_synced();
        let more = Workload::new(&store, &disk);
        // Streams and numbers of their own, so that the two journals can be put together.
        more.start_at(1 << 32);
        more.run(seed, 100..102, 5).await;
        let mut journal = more.journal.into_inner().unwrap();
        drop(store);
        let trace = disk.trace();
        journal.put_before(&first.journal);
        for (at, cut) in places(&trace, &mut dice, 4).into_iter().enumerate() {
            let image = trace.after_power_cut(cut, seed + at as u64);
            let known: HashSet<u64> = acknowledged.iter().copied().chain(trace.acknowledged(cut)).collect();
            let again = tmp.path().join(format!("{round}-{at}"));
            let wrong = check::image(&again, &image, &journal, &known).await;
            assert!(wrong.is_empty(), "round {round}, cut {cut}: {:#?}", &wrong[..wrong.len().min(5)]);
        }
    }
}
