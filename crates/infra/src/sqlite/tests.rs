//! What only this store has: files, locks, levels, a disk that fills up.

use super::*;
use baton_core::ids::{InboxId, PersonId};
use baton_core::limits;
use baton_kit::store::{HolderKind, NewEffect};
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const SEED: [u8; 16] = [7; 16];

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    (folder, path)
}

fn stream(number: u128) -> Stream {
    Stream::Conversation(ConversationId(Uuid::from_u128(number)))
}

fn said(stream: Stream, seq: u64, bytes: usize) -> Commit {
    let event = SealedEvent { stream, seq, position: None, header: b"{}".to_vec(), body: Some(vec![7; bytes]) };
    Commit { expected: vec![(stream, seq - 1)], events: vec![event], ..Commit::default() }
}

fn refusal(opened: Result<SqliteStore, OpenError>) -> OpenError {
    opened.err().expect("it must be refused")
}

#[tokio::test]
async fn a_second_hub_on_a_folder_is_refused_until_the_first_lets_it_go() {
    let (_tmp, folder) = folder();
    let first = SqliteStore::open(&folder, SEED).unwrap();
    let refused = refusal(SqliteStore::open(&folder, SEED));
    assert!(matches!(refused, OpenError::InUse(_)) && refused.to_string().contains("another hub"), "{refused}");
    assert!(!check(&folder).unwrap()[0].behind(), "a check works beside a running hub");
    first.close();
    SqliteStore::open(&folder, SEED).unwrap();
}

#[tokio::test]
async fn a_closed_store_says_so_and_leaves_no_write_ahead_log() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    store.commit(said(stream(1), 1, 10)).await.unwrap();
    store.close();
    store.close();
    assert!(matches!(store.commit(said(stream(1), 2, 10)).await, Err(Error::Closed)));
    assert!(matches!(store.read(stream(1), 0, 1).await, Err(Error::Closed)));
    assert!(matches!(store.key(KeyId(Uuid::nil())).await, Err(Error::Closed)));
    for log in ["baton.db-wal", "keys.db-wal"] {
        assert!(std::fs::metadata(folder.join(log)).map_or(0, |found| found.len()) == 0, "{log} is left");
    }
}

#[tokio::test]
async fn what_is_queued_when_the_store_closes_is_still_committed() {
    let (_tmp, folder) = folder();
    let store = Arc::new(SqliteStore::open(&folder, SEED).unwrap());
    let mut commits: Vec<_> = (0..200).map(|number| Box::pin(store.commit(said(stream(number), 1, 10)))).collect();
    for commit in &mut commits {
        // Polled once: queued.
        assert!(commit.now_or_never().is_none());
    }
    store.close();
    assert!(join_all(commits).await.into_iter().all(|outcome| outcome.is_ok()));
    drop(store);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    assert_eq!(store.tail(Offset(0), 1_000).await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_full_queue_is_said_at_once() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    let (hold, held) = std::sync::mpsc::sync_channel::<()>(0);
    let mut blocked = Box::pin(store.main.call(move |_| {
        let _ = held.recv();
        Ok(())
    }));
    assert!((&mut blocked).now_or_never().is_none());
    let mut waiting = Vec::new();
    let mut busy = false;
    // One batch more than the queue: some may have been taken out of it before the writer was held.
    for number in 0..2 * limits::WRITER_QUEUE as u128 {
        let mut commit = Box::pin(store.commit(said(stream(number), 1, 1)));
        match (&mut commit).now_or_never() {
            Some(outcome) => {
                assert!(matches!(outcome, Err(Error::Busy)), "{outcome:?}");
                busy = true;
                break;
            }
            None => waiting.push(commit),
        }
    }
    assert!(busy);
    drop(hold);
    assert!(join_all(waiting).await.into_iter().all(|outcome| outcome.is_ok()));
    blocked.await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_as_one_and_the_store_goes_on_when_there_is_room() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    store.commit(said(stream(1), 1, 10)).await.unwrap();
    let most_pages = async |pages: i64| {
        let set = move |main: &mut writes::Main| {
            Ok(main.connection().query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        };
        store.main.call(set).await.unwrap();
    };
    most_pages(60).await;
    // Small ones in the same batch as the one that does not fit: none of what was answered with success is lost.
    let commits = (2..40).map(|number| store.commit(said(stream(number), 1, if number == 20 { 1 << 20 } else { 10 })));
    let outcomes = join_all(commits).await;
    assert!(matches!(outcomes[18], Err(Error::Full(_))), "{:?}", outcomes[18]);
    let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(store.tail(Offset(0), 1_000).await.unwrap().len(), 1 + kept);
    most_pages(1_000_000).await;
    for (number, outcome) in (2..40).zip(outcomes) {
        let next = if outcome.is_ok() { 2 } else { 1 };
        store.commit(said(stream(number), next, 10)).await.unwrap();
    }
    store.commit(said(stream(1), 2, 1 << 20)).await.unwrap();
}

#[tokio::test]
async fn a_store_that_may_not_be_written_says_so_and_keeps_nothing() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    store.main.call(|main| Ok(main.connection().pragma_update(None, "query_only", true)?)).await.unwrap();
    assert!(matches!(store.commit(said(stream(1), 1, 10)).await, Err(Error::Full(_))));
    drop(store);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    assert_eq!(store.end().await.unwrap(), Offset(0));
    store.commit(said(stream(1), 1, 10)).await.unwrap();
}

#[tokio::test]
async fn a_command_that_fails_after_writing_fails_alone() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    // Two links with one outside id: found when the first is written already.
    let twice = |number: u128| {
        let link = |conversation: u128| Link {
            connection: ConnectionId(Uuid::from_u128(1)),
            conversation: ConversationId(Uuid::from_u128(conversation)),
            outside: Some(Hash16([number as u8; 16])),
            state: Vec::new(),
            version: 1,
        };
        Commit { links: vec![link(2 * number), link(2 * number + 1)], ..said(stream(number), 1, 10) }
    };
    let commits =
        (0..30).map(|number| store.commit(if number % 5 == 0 { twice(number) } else { said(stream(number), 1, 10) }));
    for (number, outcome) in join_all(commits).await.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number % 5 != 0, "{number}: {outcome:?}");
    }
    for number in 0..30 {
        let next = if number % 5 == 0 { 1 } else { 2 };
        store.commit(said(stream(number), next, 10)).await.unwrap();
    }
}

#[tokio::test]
async fn a_write_ahead_log_that_has_become_too_long_starts_over_under_load() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    for seq in 1..=25 {
        store.commit(said(stream(1), seq, 3 << 20)).await.unwrap();
    }
    let other = rusqlite::Connection::open(folder.join("baton.db")).unwrap();
    let logged = || checkpoint::checkpoint(&other, "NOOP").unwrap().0;
    assert!(logged() > 16_384);
    // Small ones without a pause: the checkpoint thread moves what there is, then the writer starts over.
    let mut seq = 0;
    while logged() > 4_096 {
        seq += 1;
        assert!(seq < 50_000, "the log does not start over");
        store.commit(said(stream(2), seq, 10)).await.unwrap();
    }
}

#[tokio::test]
async fn a_destroyed_key_stands_nowhere_in_the_folder() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    let secret = *b"a wrapped key that must be gone!";
    let key = |number: u128, wrapped: &[u8]| WrappedKey {
        id: KeyId(Uuid::from_u128(number)),
        parent: None,
        wrapped: wrapped.to_vec(),
    };
    let anywhere = || {
        std::fs::read_dir(&folder).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(secret.len()).any(|part| part == secret)
        })
    };
    store.put_keys((0..50).map(|number| key(number, &[number as u8; 32])).collect()).await.unwrap();
    store.put_keys(vec![key(99, &secret)]).await.unwrap();
    assert!(anywhere());
    store.destroy_key(KeyId(Uuid::from_u128(99))).await.unwrap();
    assert!(!anywhere());
    assert!(store.key(KeyId(Uuid::from_u128(7))).await.unwrap().is_some());
}

#[tokio::test]
async fn files_of_different_stores_or_without_their_other_half_are_refused() {
    let (_tmp, one) = folder();
    let (_tmp, two) = folder();
    for (folder, seed) in [(&one, [1; 16]), (&two, [2; 16])] {
        let store = SqliteStore::open(folder, seed).unwrap();
        store.put_keys(vec![WrappedKey { id: KeyId(Uuid::nil()), parent: None, wrapped: vec![1] }]).await.unwrap();
    }
    let (log, keys) = (one.join("baton.db"), one.join("keys.db"));
    std::fs::rename(&keys, one.join("aside")).unwrap();
    assert!(matches!(refusal(SqliteStore::open(&one, SEED)), OpenError::KeysMissing(_)));
    std::fs::copy(two.join("keys.db"), &keys).unwrap();
    assert!(matches!(refusal(SqliteStore::open(&one, SEED)), OpenError::Mixed(_)));
    std::fs::rename(one.join("aside"), &keys).unwrap();
    SqliteStore::open(&one, SEED).unwrap();
    std::fs::remove_file(&log).unwrap();
    assert!(matches!(refusal(SqliteStore::open(&one, SEED)), OpenError::LogMissing(_)));
}

#[tokio::test]
async fn a_store_of_a_newer_level_is_refused_with_a_plain_sentence() {
    let (_tmp, folder) = folder();
    SqliteStore::open(&folder, SEED).unwrap().close();
    let newer = rusqlite::Connection::open(folder.join("baton.db")).unwrap();
    newer.execute("UPDATE meta SET value = 99 WHERE name = 'store_level'", []).unwrap();
    newer.close().unwrap();
    let before = std::fs::read(folder.join("baton.db")).unwrap();
    let refused = refusal(SqliteStore::open(&folder, SEED)).to_string();
    assert!(refused.contains("level 99") && refused.contains("newer version"), "{refused}");
    assert!(check(&folder).is_err());
    assert_eq!(std::fs::read(folder.join("baton.db")).unwrap(), before);
}

/// A data folder as these scripts make it.
fn fixture(scripts: [(&str, &str); 2]) -> (TempDir, PathBuf) {
    let (tmp, folder) = folder();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, sql) in scripts {
        rusqlite::Connection::open(folder.join(name)).unwrap().execute_batch(sql).unwrap();
    }
    (tmp, folder)
}

/// A store as the first release wrote it. The fixture must open for ever; it is never written anew.
fn level_1() -> (TempDir, PathBuf) {
    fixture([
        ("baton.db", include_str!("../../tests/fixtures/level-1/baton.sql")),
        ("keys.db", include_str!("../../tests/fixtures/level-1/keys.sql")),
    ])
}

#[tokio::test]
async fn a_store_of_level_1_opens_and_has_all_it_had() {
    let (_tmp, folder) = level_1();
    assert_eq!(check(&folder).unwrap().map(|level| level.found), [1, 1]);
    assert_eq!(migrate(&folder, SEED).unwrap().map(|level| level.found), [1, 1]);
    assert!(check(&folder).unwrap().iter().all(|level| !level.behind()));
    let store = SqliteStore::open(&folder, SEED).unwrap();
    assert_eq!(store.identity(), Identity { workspace: Uuid::from_u128(0xB), generation: 3 });
    let events = store.read(stream(1), 0, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| (event.seq, event.position)).collect::<Vec<_>>(), [(1, None), (2, Some(1))]);
    assert_eq!((events[1].header.as_slice(), events[1].body.as_deref()), (b"h2".as_slice(), Some(b"b2".as_slice())));
    assert_eq!(store.tail(Offset(0), 10).await.unwrap().last(), Some(&(Offset(3), Stream::Workspace, 1)));
    assert_eq!(store.timers_due(100, 10).await.unwrap(), [(stream(1), 50)]);
    assert_eq!(
        store.row(ConversationId(Uuid::from_u128(1))).await.unwrap().map(|row| row.holder),
        Some(HolderKind::Agent)
    );
    let link = store.link_by_outside(ConnectionId(Uuid::from_u128(2)), Hash16([9; 16])).await.unwrap();
    assert_eq!(link.map(|link| (link.version, link.state)), Some((4, b"state".to_vec())));
    assert_eq!(store.record("login", b"k", 0).await.unwrap().map(|record| record.expires), Some(900));
    assert_eq!(store.take_lease("router", Uuid::from_u128(1), 0, 10).await.unwrap(), Some(6));
    assert_eq!(store.parked_effects(10).await.unwrap().len(), 1);
    let leased = store.lease_effects(100, 200, 10).await.unwrap();
    assert_eq!(leased.iter().map(|work| (work.id, work.attempts)).collect::<Vec<_>>(), [(EffectId(7), 3)]);
    assert!(store.key(KeyId(Uuid::from_u128(5))).await.unwrap().is_some());
    assert_eq!(store.key(KeyId(Uuid::from_u128(6))).await.unwrap(), None);
    // And it goes on from there.
    let effects =
        vec![NewEffect { conversation: ConversationId(Uuid::from_u128(1)), lane: "l".into(), effect: vec![] }];
    let mut next = said(stream(1), 3, 10);
    next.effects = effects;
    assert_eq!(store.commit(next).await.unwrap(), Offset(4));
}

#[tokio::test]
async fn rows_of_level_1_get_their_columns_from_what_they_say() {
    let (_tmp, folder) = level_1();
    let (person, inbox) = (PersonId(Uuid::from_u128(0xAB_CDEF)), InboxId(Uuid::from_u128(0x12)));
    let old = rusqlite::Connection::open(folder.join("baton.db")).unwrap();
    for (number, holder, says) in [(11u128, 2, "queue"), (12, 1, "queue"), (13, 3, "agent")] {
        let data = format!(
            "{{\"inbox\":\"{inbox}\",\"person\":\"{person}\",\"language\":\"en\",\"holder\":{{\"kind\":\"{says}\",\"due\":777}}}}"
        );
        let id = Uuid::from_u128(number);
        old.execute(
            "INSERT INTO list_rows VALUES (?1, 1, ?2, NULL, NULL, 10, 'B-X', ?3)",
            (id.as_bytes(), holder, data.as_bytes()),
        )
        .unwrap();
    }
    drop(old);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    let dues = [(11u128, Some(777)), (12, None), (13, None)];
    for (number, due) in dues {
        let row = store.row(ConversationId(Uuid::from_u128(number))).await.unwrap().unwrap();
        assert_eq!((row.person, row.inbox, row.due), (Some(person), Some(inbox), due), "{number}");
        assert_eq!((row.snoozed, row.tags.len()), (false, 0));
    }
    let of = RowFilter { person: Some(person), limit: 10, ..RowFilter::default() };
    assert_eq!(store.rows(of).await.unwrap().len(), 3);
    let bare = store.row(ConversationId(Uuid::from_u128(1))).await.unwrap().unwrap();
    assert_eq!((bare.person, bare.inbox, bare.due), (None, None, None), "what it does not say is not known");
    assert_eq!(store.tally(EntryFilter { list: "handover".into(), ..EntryFilter::default() }).await.unwrap(), []);
}

/// A store of level 2. The fixture must open for ever; it is never written anew.
#[tokio::test]
async fn a_store_of_level_2_opens_and_has_all_it_had() {
    let (_tmp, folder) = fixture([
        ("baton.db", include_str!("../../tests/fixtures/level-2/baton.sql")),
        ("keys.db", include_str!("../../tests/fixtures/level-2/keys.sql")),
    ]);
    assert_eq!(migrate(&folder, SEED).unwrap().map(|level| level.found), [2, 1]);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    assert_eq!(store.identity(), Identity { workspace: Uuid::from_u128(0xB), generation: 3 });
    assert_eq!(store.read(stream(1), 0, 10).await.unwrap().len(), 2);
    let tag = Some(Uuid::from_u128(9));
    let rows = store.rows(RowFilter { tag, snoozed: Some(true), limit: 10, ..RowFilter::default() }).await.unwrap();
    let [row] = rows.as_slice() else { panic!("one row bears the tag") };
    assert_eq!((row.person, row.inbox), (Some(PersonId(Uuid::from_u128(50))), Some(InboxId(Uuid::from_u128(51)))));
    assert_eq!((row.due, row.tags.as_slice()), (Some(500), [Uuid::from_u128(8), Uuid::from_u128(9)].as_slice()));
    let tally = store.tally(EntryFilter { list: "handover".into(), ..EntryFilter::default() }).await.unwrap();
    assert_eq!(tally, [Tally { state: "accepted".into(), marks: ["button".into(), "queued".into()], count: 1 }]);
    let owner = Some(Uuid::from_u128(77));
    let mine = EntryFilter { list: "mention".into(), owner, limit: 10, ..EntryFilter::default() };
    assert_eq!(store.entries(mine).await.unwrap().len(), 1);
    let hidden = Row { id: ConversationId(Uuid::from_u128(3)), seq: 9, ..row.clone() };
    store.commit(Commit { rows: vec![hidden], ..Commit::default() }).await.unwrap();
    assert_eq!(store.count_rows(RowFilter::default()).await.unwrap(), 1, "what was hidden stays hidden");
}

/// A store of level 3, part of it packed. The fixture must open for ever; it is never written anew.
#[tokio::test]
async fn a_store_of_level_3_opens_and_has_all_it_had() {
    let (_tmp, folder) = fixture([
        ("baton.db", include_str!("../../tests/fixtures/level-3/baton.sql")),
        ("keys.db", include_str!("../../tests/fixtures/level-3/keys.sql")),
    ]);
    assert_eq!(check(&folder).unwrap().map(|level| level.found), [3, 2]);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    let events = store.read(stream(1), 0, 10).await.unwrap();
    let said = |event: &SealedEvent| (event.seq, event.position, event.header.clone(), event.body.clone());
    let expected = [
        (1, None, b"h1".to_vec(), None),
        (2, Some(1), b"h2".to_vec(), Some(b"b2".to_vec())),
        (3, Some(2), b"h3".to_vec(), None),
    ];
    assert_eq!(events.iter().map(said).collect::<Vec<_>>(), expected);
    let tail: Vec<_> = store.tail(Offset(0), 10).await.unwrap().into_iter().map(|(at, _, seq)| (at.0, seq)).collect();
    assert_eq!(tail, [(1, 1), (2, 2), (3, 1), (4, 3)]);
    assert_eq!(store.snapshot(stream(1)).await.unwrap().map(|snapshot| snapshot.seq), Some(2));
    let problems = store.readers.call(|files| packs::check(&files.baton)).await.unwrap();
    assert_eq!(problems, [""; 0]);
    // And it goes on from there: written to, and packed further.
    assert!(matches!(store.commit(said_next(2)).await, Err(Error::Conflict)));
    assert_eq!(store.commit(said_next(4)).await.unwrap(), Offset(5));
    while store.pack(Offset(u64::MAX), 10).await.unwrap() > 0 {}
    assert_eq!(store.read(stream(1), 0, 10).await.unwrap().len(), 4);
    let problems = store.readers.call(|files| packs::check(&files.baton)).await.unwrap();
    assert_eq!(problems, [""; 0]);
}

fn said_next(seq: u64) -> Commit {
    said(stream(1), seq, 10)
}

/// A store of level 2 gets the chain of each stream's last event, and its old events can be packed.
#[tokio::test]
async fn what_level_2_did_not_keep_is_made_up_for() {
    let (_tmp, folder) = fixture([
        ("baton.db", include_str!("../../tests/fixtures/level-2/baton.sql")),
        ("keys.db", include_str!("../../tests/fixtures/level-2/keys.sql")),
    ]);
    let store = SqliteStore::open(&folder, SEED).unwrap();
    let start = baton_core::event::start_of_chain(stream(1));
    let chain = [b"h1", b"h2"].iter().fold(start, |at, header| baton_core::event::chain(at, *header));
    store.commit(said(stream(1), 3, 10)).await.unwrap();
    // Up to the first event alone, which has no chain of its own; then the rest.
    while store.pack(Offset(1), 10).await.unwrap() > 0 {}
    while store.pack(Offset(u64::MAX), 10).await.unwrap() > 0 {}
    store.commit(said(stream(1), 4, 10)).await.unwrap();
    let chains = store.readers.call(|files| reads::chains(&files.baton, stream(1), 0, 10)).await.unwrap();
    assert_eq!(chains.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(chains[1].1, chain);
    let problems = store.readers.call(|files| packs::check(&files.baton)).await.unwrap();
    assert_eq!(problems, [""; 0]);
    assert_eq!(store.read(stream(1), 0, 10).await.unwrap().len(), 4);
}

/// Whatever byte of a packed row is changed, the check says so.
#[tokio::test]
async fn a_changed_byte_of_what_is_packed_is_found() {
    let (_tmp, folder) = folder();
    let store = SqliteStore::open(&folder, SEED).unwrap();
    for seq in 1..=40 {
        store.commit(said(stream(1), seq, 30)).await.unwrap();
        store.commit(said(stream(2), seq, 3)).await.unwrap();
    }
    while store.pack(Offset(70), 10).await.unwrap() > 0 {}
    store.close();
    let db = rusqlite::Connection::open(folder.join("baton.db")).unwrap();
    assert_eq!(packs::check(&db).unwrap(), [""; 0]);
    for (table, column) in [
        ("packs", "chain"),
        ("packs", "sum"),
        ("packs", "headers"),
        ("packs", "bodies"),
        ("places", "sum"),
        ("places", "places"),
    ] {
        let first = format!("SELECT rowid, {column} FROM {table} ORDER BY rowid LIMIT 1");
        let (row, whole): (i64, Vec<u8>) = db.query_row(&first, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            let set = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
            db.execute(&set, (&changed, row)).unwrap();
            assert!(!packs::check(&db).unwrap().is_empty(), "{table}.{column} at {at}");
            db.execute(&set, (&whole, row)).unwrap();
        }
    }
    for change in [
        "UPDATE packs SET position = 3 WHERE id = 1",
        "UPDATE packs SET last = last + 100 WHERE id = 1",
        "UPDATE packs SET stream = 77 WHERE id = 1",
        "UPDATE places SET first = 2 WHERE first = 1",
        "DELETE FROM places",
    ] {
        db.execute_batch("SAVEPOINT before").unwrap();
        assert!(db.execute(change, []).unwrap() > 0);
        assert!(!packs::check(&db).unwrap().is_empty(), "{change}");
        db.execute_batch("ROLLBACK TO before; RELEASE before").unwrap();
    }
}

/// No list may cost more as the store grows: each query of a list is answered from an index.
#[tokio::test]
async fn lists_and_tallies_are_read_from_indexes() {
    let (_tmp, folder) = folder();
    SqliteStore::open(&folder, SEED).unwrap().close();
    let db = rusqlite::Connection::open(folder.join("baton.db")).unwrap();
    for (sql, index) in [
        ("SELECT count(*) FROM list_rows WHERE 1 AND holder IN (1)", "COVERING INDEX list_rows_by_holder"),
        (
            "SELECT count(*) FROM list_rows WHERE 1 AND (inbox IS NULL OR inbox NOT IN (?)) AND snoozed = 0 AND holder IN (3, 4)",
            "COVERING INDEX list_rows_by_holder",
        ),
        (
            "SELECT data FROM list_rows WHERE 1 AND person = ? AND holder IN (5) ORDER BY sort DESC, id DESC",
            "list_rows_by_person",
        ),
        ("SELECT min(due) FROM list_rows WHERE 1 AND holder IN (2) AND due IS NOT NULL", "list_rows_by_due"),
        (
            "SELECT data FROM list_rows WHERE 1 AND id IN (SELECT id FROM row_tags WHERE tag = ?) AND holder IN (5)",
            "row_tags_by_tag",
        ),
        (
            "SELECT state, mark_1, mark_2, count(*) FROM entries WHERE list = ? AND (inbox IS NULL OR inbox NOT IN (?)) AND at >= ? GROUP BY 1, 2, 3",
            "COVERING INDEX entries_by_time",
        ),
        (
            "SELECT data FROM entries WHERE list = ? AND at >= ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?",
            "entries_by_time",
        ),
        ("SELECT data FROM entries WHERE list = ? AND state = ? ORDER BY at DESC, id DESC LIMIT ?", "entries_by_state"),
        ("SELECT data FROM entries WHERE list = ? AND owner = ? ORDER BY at DESC, id DESC LIMIT ?", "entries_by_owner"),
    ] {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let (mut steps, mut lines) = (plan.raw_query(), Vec::<String>::new());
        while let Some(step) = steps.next().unwrap() {
            lines.push(step.get(3).unwrap());
        }
        assert!(lines.iter().any(|line| line.contains(index)), "{sql}: {lines:?}");
    }
}
