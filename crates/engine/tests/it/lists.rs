//! Lists of other things than conversations, alerts, and who looked: kept with every commit, made anew from a log.

use crate::fakes::says;
use crate::house::{ANA, BEN, HOUR, House, MINUTE, Plan, QUEUE, SECOND, URGENT, as_agent, reader};
use baton_core::actor::Part;
use baton_core::command::{Command, Report};
use baton_core::content::Content;
use baton_core::decide::Reply;
use baton_core::event::{Fact, Header, Object, Stream};
use baton_core::ids::{ConversationId, KeyId};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_engine::entries::{HANDOVERS, MENTIONS, REPORTS};
use baton_engine::{AlertKind, Changed, Error};
use baton_infra::MemoryStore;
use baton_kit::store::{Commit, Entry, EntryFilter, Offset, Store};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

async fn list(store: &MemoryStore, list: &str) -> Vec<Entry> {
    store.entries(EntryFilter { list: list.into(), limit: 100, ..EntryFilter::default() }).await.unwrap()
}

fn note(words: &str) -> Command {
    Command::Note { text: Content::text(words).expect("a text"), mentions: vec![BEN] }
}

/// A house with a handover that ended, one that is open, a judged report and two mentions, one of them read.
async fn busy() -> (House, ConversationId) {
    let house = House::open().await;
    let chat = house.start().await;
    house.write(chat, "how long").await;
    house.bot.give(says("14 days"));
    house.settle().await;
    let position = house.state(chat).await.head.position;
    let wrong = Report { position, should_have_said: Some("30 days".into()), comment: None };
    let done = house.customer(chat, Command::Report(wrong)).await.expect("it may be reported");
    let Reply::Reported { report } = done.reply else { panic!("a report") };
    let judge = Command::JudgeReport { report, accepted: true, reason: None };
    house.agent(chat, ANA, judge).await.expect("it may be judged");
    house.customer(chat, Command::AskPerson).await.expect("a person is asked for");
    house.at_work(ANA).await;
    house.accept(chat, ANA).await.expect("the offer stands");
    house.agent(chat, ANA, note("Ben, is it 30?")).await.expect("a note");
    house.agent(chat, ANA, note("Ben?")).await.expect("a note");
    house.pass(SECOND).await;
    house.waiting().await;
    (house, chat)
}

#[tokio::test]
async fn handovers_reports_and_mentions_are_listed_as_the_log_says() {
    let (house, chat) = busy().await;
    let words = |entry: &Entry| (entry.state.clone(), entry.marks.join(" "));
    let handovers: Vec<_> = list(&house.store, HANDOVERS).await.iter().map(words).collect();
    assert_eq!(handovers, [("open".into(), "button queued".into()), ("accepted".into(), "button queued".into())]);
    let reports = list(&house.store, REPORTS).await;
    assert_eq!(reports.iter().map(words).collect::<Vec<_>>(), [("accepted".into(), " ".into())]);
    assert_eq!(reports[0].conversation, chat);
    let mentions = list(&house.store, MENTIONS).await;
    assert!(mentions.iter().all(|entry| entry.owner == Some(BEN.0) && entry.state == "unread"), "{mentions:?}");
    house.check().await;
    // It is read by whom it calls, and by nobody else.
    let mine = mentions[0].id;
    let other = house.engine.read_mention(&as_agent(ANA), mine).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::NotFound))), "{other:?}");
    house.engine.read_mention(&as_agent(BEN), mine).await.expect("it calls Ben");
    let states: Vec<_> = list(&house.store, MENTIONS).await.into_iter().map(|entry| entry.state).collect();
    assert_eq!(states, ["read", "unread"]);
}

/// The same log and keys, without the lists that came later.
async fn without_lists(old: &MemoryStore) -> MemoryStore {
    let new = MemoryStore::new(old.identity().workspace);
    let mut keys: Vec<KeyId> = Vec::new();
    let streams: BTreeSet<Stream> =
        old.tail(Offset(0), usize::MAX).await.unwrap().into_iter().map(|(_, stream, _)| stream).collect();
    for stream in streams {
        let events = old.read(stream, 0, usize::MAX).await.unwrap();
        keys.extend(events.iter().filter_map(|event| Header::from_bytes(&event.header).unwrap().key));
        let mut commit = Commit { expected: vec![(stream, 0)], events, ..Commit::default() };
        if let Stream::Conversation(id) = stream {
            commit.rows.extend(old.row(id).await.unwrap());
        }
        new.commit(commit).await.unwrap();
    }
    let timers = old.timers_due(i64::MAX, usize::MAX).await.unwrap();
    let timers = timers.into_iter().map(|(stream, due)| (stream, Some(due))).collect();
    new.commit(Commit { timers, ..Commit::default() }).await.unwrap();
    while let Some(id) = keys.pop() {
        if let Some(key) = old.key(id).await.unwrap() {
            keys.extend(key.parent);
            new.put_keys(vec![key]).await.unwrap();
        }
    }
    new
}

#[tokio::test]
async fn a_store_from_before_the_lists_gets_them_from_its_log_once() {
    let (mut house, _) = busy().await;
    let mut live = Vec::new();
    for name in [HANDOVERS, REPORTS, MENTIONS] {
        live.push(list(&house.store, name).await);
    }
    house.store = Arc::new(without_lists(&house.store).await);
    house.restart().await;
    for (name, before) in [HANDOVERS, REPORTS, MENTIONS].into_iter().zip(live) {
        assert_eq!(list(&house.store, name).await, before, "{name}");
    }
    house.check().await;
    // What somebody has read stays read, also if the lists are made anew.
    let mention = list(&house.store, MENTIONS).await[0].id;
    house.engine.read_mention(&as_agent(BEN), mention).await.expect("it calls Ben");
    for forget in [false, true] {
        if forget {
            house.store.take_record("projection", b"lists").await.unwrap();
        }
        house.restart().await;
        assert_eq!(list(&house.store, MENTIONS).await[0].state, "read");
    }
}

#[tokio::test]
async fn a_look_stands_on_the_agent_and_in_the_audit_and_both_go_on_after_a_restart() {
    let mut house = House::open().await;
    let chat = house.with_ana().await;
    let looks = async |house: &House, stream: Stream| {
        let headers = house.store.headers(stream, 0, 1_000).await.unwrap();
        let headers = headers.iter().map(|bytes| Header::from_bytes(bytes).unwrap());
        headers.filter(|header| matches!(header.fact, Fact::Looked(_))).count()
    };
    house.engine.look(&as_agent(ANA), chat).await.expect("her own chat");
    assert_eq!(looks(&house, Stream::Audit).await, 0);
    for expected in 1..=3 {
        for _ in 0..3 {
            house.engine.look(&as_agent(BEN), chat).await.expect("a look");
        }
        for stream in [Stream::Agent(ANA), Stream::Audit] {
            assert_eq!(looks(&house, stream).await, expected, "{stream}");
        }
        house.restart().await;
        house.pass_connected(limits::LOOK_AGAIN + SECOND, &[ANA]).await;
    }
    // The audit is a chain like any other stream.
    let audit = house.store.headers(Stream::Audit, 0, 10).await.unwrap();
    let mut head = baton_core::event::start_of_chain(Stream::Audit);
    for (at, bytes) in audit.iter().enumerate() {
        let header = Header::from_bytes(bytes).unwrap();
        assert_eq!((header.seq, header.previous), (at as u64 + 1, head));
        head = baton_core::event::chain(head, bytes);
    }
    let newest = house.engine.audit_before(&reader(), false, u64::MAX, 2).await.unwrap();
    assert_eq!(newest.iter().map(|header| header.seq).collect::<Vec<_>>(), [3, 2]);
    house.check().await;
}

fn standing(house: &House) -> Vec<(AlertKind, Uuid)> {
    house.engine.alerts().borrow().iter().map(|alert| (alert.kind, alert.queue.0)).collect()
}

#[tokio::test]
async fn an_alert_stands_while_an_open_line_has_nobody_and_not_in_its_closed_hours() {
    let house = House::open().await;
    house.pass(SECOND).await;
    let nobody = |queue: baton_core::ids::QueueId| (AlertKind::NobodyAvailable, queue.0);
    assert_eq!(standing(&house), [nobody(QUEUE), nobody(URGENT)]);
    let since = house.engine.alerts().borrow()[0].since;
    house.at_work(ANA).await;
    house.pass(SECOND).await;
    assert_eq!(standing(&house), []);
    // The lease of an agent whose screen is gone runs out by itself.
    house.pass(limits::AGENT_LEASE + 10 * SECOND).await;
    assert_eq!(standing(&house).len(), 2);
    assert!(house.engine.alerts().borrow()[0].since > since, "it stands since it began again");
    // Monday noon: this line opens in an hour.
    let week = json!([{"day": 1, "from": "13:00", "to": "17:00"}]);
    let card = json!({"name": "Service", "line": "live", "hours": {"time_zone": "UTC", "week": week}});
    let change = Changed { object: Object::Queue, id: QUEUE.0, json: Some(json!({"card": card})) };
    house.engine.configure(&Permit::system(Part::Setup), vec![change]).await.expect("kept");
    house.pass(SECOND).await;
    assert_eq!(standing(&house), [nobody(URGENT)]);
    house.pass(HOUR).await;
    assert_eq!(standing(&house), [nobody(QUEUE), nobody(URGENT)], "its hours have begun");
}

#[tokio::test]
async fn an_alert_says_that_everybody_is_full_and_somebody_waits_long() {
    let house = House::with(Plan { capacity: (1, 1), ..Plan::default() }).await;
    house.with_ana().await;
    let second = house.waiting().await;
    house.pass_connected(limits::OVER_LOAD - 10 * SECOND, &[ANA]).await;
    assert_eq!(standing(&house), []);
    house.pass_connected(MINUTE, &[ANA]).await;
    assert_eq!(standing(&house), [(AlertKind::OverLoad, QUEUE.0)]);
    house.at_work(BEN).await;
    house.accept(second, BEN).await.expect("the offer stands");
    house.pass(SECOND).await;
    assert_eq!(standing(&house), [], "full, but nobody waits");
}

#[tokio::test]
async fn what_a_customer_would_be_told_is_what_they_then_are_told() {
    let house = House::open().await;
    let inbox = crate::house::INBOX;
    let forecast = house.engine.would_be_told(inbox).expect("nobody is there");
    let events = house.store.end().await.unwrap();
    assert_eq!(house.engine.would_be_told(inbox), Some(forecast.clone()), "it leaves no trace");
    assert_eq!(house.store.end().await.unwrap(), events);
    let chat = house.waiting().await;
    assert_eq!(house.words(chat, "in_line").await, forecast);
}
