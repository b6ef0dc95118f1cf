//! What must be true of a folder that was found after a power cut.

use crate::workload::{Journal, LATER, Sent, conversation, lane_name};
use baton_core::event::Stream;
use baton_infra::SqliteStore;
use baton_infra::sqlite::OpenOptions;
use baton_kit::store::{Commit, Offset, SealedEvent, Store};
use baton_testkit::vfs::{Disk, Image};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

pub(crate) const SEED: [u8; 16] = [7; 16];

/// Checkpoints come early, so that short runs have many.
pub(crate) fn over(disk: &Disk) -> OpenOptions {
    OpenOptions { vfs: Some(disk.name().to_owned()), checkpoint_pages: 32, ..OpenOptions::default() }
}

/// Writes the image into the folder, opens it as a hub would, and says what is wrong with it.
pub(crate) async fn image(folder: &Path, image: &Image, journal: &Journal, acknowledged: &HashSet<u64>) -> Vec<String> {
    if let Err(error) = image.write(folder) {
        return vec![format!("the image cannot be written: {error}")];
    }
    let disk = Disk::untraced(folder);
    match SqliteStore::open_with(disk.root(), SEED, &over(&disk)) {
        Ok(store) => {
            let mut wrong = kept(&store, journal, acknowledged).await;
            wrong.extend(goes_on(&store).await);
            wrong
        }
        Err(error) => vec![format!("the folder does not open: {error} {error:?}")],
    }
}

/// All that was acknowledged is there whole, and nothing is there in part.
pub(crate) async fn kept(store: &SqliteStore, journal: &Journal, acknowledged: &HashSet<u64>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut streams: BTreeMap<String, (Stream, Vec<SealedEvent>)> = BTreeMap::new();
    for event in journal.commits.iter().flat_map(|sent| &sent.commit.events) {
        if let std::collections::btree_map::Entry::Vacant(entry) = streams.entry(event.stream.to_string()) {
            match store.read(event.stream, 0, 100_000).await {
                Ok(found) => drop(entry.insert((event.stream, found))),
                Err(error) => return vec![format!("{} cannot be read: {error}", event.stream)],
            }
        }
    }
    for (stream, events) in streams.values() {
        if events.iter().zip(1..).any(|(event, seq)| event.seq != seq) {
            wrong.push(format!("{stream} has a gap"));
        }
    }
    let there = |event: &SealedEvent| {
        let (_, events) = &streams[&event.stream.to_string()];
        events.get(event.seq as usize - 1) == Some(event)
    };
    let mut done = BTreeSet::new();
    let mut present: Vec<&Sent> = Vec::new();
    for sent in &journal.commits {
        let found = sent.commit.events.iter().filter(|event| there(event)).count();
        let whole = found == sent.commit.events.len();
        if whole {
            present.push(sent);
            done.extend(sent.commit.done.iter().copied());
        } else if acknowledged.contains(&sent.number) {
            wrong.push(format!("commit {} was acknowledged and has {found} of its events", sent.number));
        } else if found > 0 {
            wrong.push(format!("commit {} is there in part", sent.number));
        }
        for record in &sent.commit.records {
            let stands = store.record(&record.kind, &record.key, 0).await.ok().flatten().as_ref() == Some(record);
            if stands != whole {
                wrong.push(format!("commit {}: its events {whole}, its record {stands}", sent.number));
            }
        }
        for entry in &sent.commit.entries {
            let stands = store.entry(&entry.list, entry.id).await.ok().flatten().as_ref() == Some(entry);
            if stands != whole {
                wrong.push(format!("commit {}: its events {whole}, its entry {stands}", sent.number));
            }
        }
        for key in sent.keys.iter().filter(|_| whole) {
            let destroyed = journal.keys.iter().any(|sent| sent.key.id == *key && sent.destroy.is_some());
            if !destroyed && store.key(*key).await.ok().flatten().is_none() {
                wrong.push(format!("commit {} is there without its key", sent.number));
            }
        }
    }
    let events: usize = streams.values().map(|(_, events)| events.len()).sum();
    let of_commits: usize = present.iter().map(|sent| sent.commit.events.len()).sum();
    if events != of_commits {
        wrong.push(format!("{events} events stand, {of_commits} belong to commits"));
    }
    match store.tail(Offset(0), 1_000_000).await {
        Ok(tail) if tail.len() == events => {}
        Ok(tail) => wrong.push(format!("the log has {} places for {events} events", tail.len())),
        Err(error) => wrong.push(format!("the log cannot be followed: {error}")),
    }
    wrong.extend(last_of(store, &present).await);
    wrong.extend(effects(store, &present).await);
    for sent in &journal.keys {
        let key = store.key(sent.key.id).await;
        let gone = sent.destroy.is_some_and(|number| acknowledged.contains(&number));
        match key {
            Ok(None) if acknowledged.contains(&sent.put) && sent.destroy.is_none() => {
                wrong.push(format!("key {} was acknowledged and is lost", sent.put));
            }
            Ok(Some(key)) if gone => wrong.push(format!("key {} was destroyed and is back: {:?}", sent.put, key.id)),
            Ok(_) => {}
            Err(error) => wrong.push(format!("a key cannot be read: {error}")),
        }
    }
    wrong
}

/// Rows, timers and links stand as the last commit of their conversation that is there left them.
async fn last_of(store: &SqliteStore, present: &[&Sent]) -> Vec<String> {
    let mut wrong = Vec::new();
    let lanes: BTreeSet<u64> = present.iter().map(|sent| sent.lane).collect();
    let timers = store.timers_due(LATER, 100_000).await.unwrap_or_default();
    for lane in lanes {
        let id = conversation(lane);
        let of_lane = || present.iter().rev().filter(|sent| sent.lane == lane).map(|sent| &sent.commit);
        let row = of_lane().flat_map(|commit| &commit.rows).next();
        if store.row(id).await.ok().flatten().as_ref() != row {
            wrong.push(format!("the row of lane {lane} is another one"));
        }
        let due = of_lane().flat_map(|commit| &commit.timers).next().and_then(|(_, due)| *due);
        let stands = timers.iter().find(|(stream, _)| *stream == Stream::Conversation(id)).map(|(_, due)| *due);
        if stands != due {
            wrong.push(format!("the timer of lane {lane} is {stands:?} for {due:?}"));
        }
        if let Some(link) = of_lane().flat_map(|commit| &commit.links).next()
            && store.link(link.connection, id).await.ok().flatten().as_ref() != Some(link)
        {
            wrong.push(format!("the link of lane {lane} is another one"));
        }
    }
    wrong
}

/// The outbox holds the work of every commit that is there, but what a later one took as done.
async fn effects(store: &SqliteStore, present: &[&Sent]) -> Vec<String> {
    let mut wrong = Vec::new();
    let lanes: BTreeSet<u64> = present.iter().map(|sent| sent.lane).collect();
    for lane in lanes {
        let of_lane = || present.iter().filter(|sent| sent.lane == lane);
        let sent: Vec<Vec<u8>> =
            of_lane().flat_map(|sent| &sent.commit.effects).map(|new| new.effect.clone()).collect();
        let done: HashSet<_> = of_lane().flat_map(|sent| &sent.commit.done).collect();
        // A lane is worked off in order, so what is left is the end of what was sent.
        let mut left = Vec::new();
        while let Ok(leased) = store.lease_effects(LATER, LATER * 2, 100_000).await {
            let own: Vec<_> = leased.into_iter().filter(|effect| effect.lane == lane_name(lane)).collect();
            let Some(head) = own.into_iter().next() else { break };
            left.push(head.effect);
            if store.finish_effect(head.id).await.is_err() {
                break;
            }
        }
        // Back to the front for the other lanes' heads.
        let _ = store.reclaim_effects(LATER).await;
        if left != sent[done.len().min(sent.len())..] {
            wrong.push(format!(
                "lane {lane} has {} pieces of work left of {}, {} done",
                left.len(),
                sent.len(),
                done.len()
            ));
        }
    }
    wrong
}

/// The store takes a new commit.
async fn goes_on(store: &SqliteStore) -> Option<String> {
    let stream = Stream::Audit;
    let seq = match store.headers(stream, 0, 100_000).await {
        Ok(headers) => headers.len() as u64,
        Err(error) => return Some(format!("it cannot be read: {error}")),
    };
    let event = SealedEvent { stream, seq: seq + 1, position: None, header: b"{}".to_vec(), body: None };
    let commit = Commit { expected: vec![(stream, seq)], events: vec![event], ..Commit::default() };
    store.commit(commit).await.err().map(|error| format!("it takes nothing more: {error}"))
}
