//! How fast a store of a million events is searched, and what feeding the index costs those who write meanwhile.
//!
//! `cargo run --release -p baton-engine --example search_floor [events] [folder]`. It fills a store on disk with made-up
//! conversations of twenty events, lets the index catch up, and asks as the server does: candidates, their rows, and the
//! messages of the first twenty, opened and marked.

use baton_core::actor::{Actor, Part};
use baton_core::content::Content;
use baton_core::conversation::Conversation;
use baton_core::event::{
    Audience, Body, Fact, Fate, Header, HolderSet, Key, Opened, Said, Stream, Why, chain, seal, start_of_chain,
    wrap_key,
};
use baton_core::facts::Reading;
use baton_core::ids::{ConnectionId, ConversationId, Hash32, InboxId, KeyId, MessageId, Ms, PersonId};
use baton_core::limits;
use baton_core::ownership::Holder;
use baton_core::permission::Permit;
use baton_engine::search::{Narrow, Search};
use baton_engine::{Deps, Engine, Plugins, row};
use baton_infra::{FolderBlobs, LocalBus, SqliteIndex, SqliteStore, TokioRuntime};
use baton_kit::analyzer::Analyzer;
use baton_kit::bot::Bot;
use baton_kit::keys::Master;
use baton_kit::search::SearchIndex;
use baton_kit::store::{Commit, SealedEvent, Store, WrappedKey};
use baton_kit::target::Target;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Events of one conversation: its opening, its holder, and what is said.
const EACH: u64 = 20;
/// Conversations in one commit.
const AT_ONCE: u64 = 25;
const BOT: ConnectionId = ConnectionId(Uuid::from_u128(0xb1));
const INBOX: InboxId = InboxId(Uuid::from_u128(0xb0));

struct Nobody;

impl Plugins for Nobody {
    fn bot(&self, _: ConnectionId) -> Option<Arc<dyn Bot>> {
        None
    }
    fn target(&self, _: ConnectionId) -> Option<Arc<dyn Target>> {
        None
    }
}

impl Analyzer for Nobody {
    fn read(&self, _: &str, _: &str) -> Reading {
        Reading::default()
    }
    fn person_word(&self, _: &str) -> bool {
        false
    }
}

/// Numbers that look like chance and are the same at every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn nonce(&mut self) -> [u8; 24] {
        let mut out = [0; 24];
        out.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.next().to_le_bytes()));
        out
    }

    /// A word: a few are said all the time, most of fifty thousand seldom.
    fn word(&mut self) -> String {
        const COMMON: [&str; 24] = [
            "the", "my", "order", "is", "not", "and", "please", "when", "will", "it", "arrive", "have", "a", "parcel",
            "to", "for", "you", "can", "thank", "delivery", "with", "was", "in", "number",
        ];
        match self.below(100) {
            0..60 => COMMON[self.below(COMMON.len() as u64) as usize].to_owned(),
            60..62 => "Refunds".to_owned(),
            62 => "berlin".to_owned(),
            _ => {
                let rank = self.below(50_000).min(self.below(50_000)).min(self.below(50_000));
                const PARTS: [&str; 16] = [
                    "ka", "lo", "mi", "ne", "ru", "sta", "ve", "zo", "bri", "tha", "que", "dor", "fin", "gal", "hem",
                    "jut",
                ];
                (0..4).map(|digit| PARTS[(rank >> (4 * digit)) as usize & 15]).collect()
            }
        }
    }

    fn text(&mut self) -> String {
        let length = 4 + self.below(14);
        (0..length).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// The events, keys and row of one made-up conversation.
fn conversation(number: u64, dice: &mut Dice, master: &Master, workspace: Uuid) -> (Vec<WrappedKey>, Commit) {
    let id = ConversationId(Uuid::from_u128((u128::from(number) << 64) | u128::from(dice.next())));
    let person = PersonId(Uuid::from_u128(u128::from(dice.next()) << 32 | u128::from(number)));
    let (own, episode) = (Key([number as u8; 32]), Key([dice.next() as u8; 32]));
    let (own_id, key_id) =
        (KeyId(person.0), KeyId(Uuid::from_u128(u128::from(dice.next()) << 40 | u128::from(number))));
    let keys = vec![
        WrappedKey { id: own_id, parent: None, wrapped: wrap_key(&master.0, dice.nonce(), own_id, &own) },
        WrappedKey { id: key_id, parent: Some(own_id), wrapped: wrap_key(&own, dice.nonce(), key_id, &episode) },
    ];
    let stream = Stream::Conversation(id);
    let (mut previous, mut state, mut events): (Hash32, Option<Conversation>, Vec<SealedEvent>) =
        (start_of_chain(stream), None, Vec::new());
    let mut position = 0;
    for seq in 1..=EACH {
        let said = |dice: &mut Dice| {
            let message = MessageId(Uuid::from_u128(u128::from(number) << 32 | u128::from(seq)));
            let fact = Said { message, once: None, fate: Fate::Shown, reply_to: None, mentions: Vec::new() };
            let content = Content::text(&dice.text()).expect("words");
            (Fact::from(fact), Some(Body::Message { content, shown_name: None, bot: None }))
        };
        let (actor, (fact, body)) = match seq {
            1 => {
                let fact = Opened { episode: 1, inbox: INBOX, person, language: "en".into() };
                let name = Some(format!("Robin {}", dice.word()));
                let body =
                    Body::Opening { name, contact: None, page: None, device: None, variables: Default::default() };
                (Actor::CUSTOMER, (fact.into(), Some(body)))
            }
            2 => {
                let holder = Holder::Bot { connection: BOT, returns_to: None, due: None };
                (Actor::system(Part::Policy), (HolderSet { holder, why: Why::Opened }.into(), None))
            }
            seq if seq % 2 == 1 => (Actor::CUSTOMER, said(dice)),
            _ => (Actor::bot(BOT), said(dice)),
        };
        let shown = matches!(fact, Fact::Said(_));
        position += u64::from(shown);
        let sealed = body.map(|body| {
            let place = (workspace, stream, seq, fact.kind(), 1);
            seal(&episode, dice.nonce(), place, &serde_json::to_vec(&body).expect("JSON"))
        });
        let header = Header {
            stream,
            seq,
            position: shown.then_some(position),
            at: 1_790_000_000_000 + (number * 1_000 + seq) as Ms,
            version: 1,
            actor,
            audience: if shown { Audience::Customer } else { Audience::Log },
            baton: Some(1),
            cause: None,
            basis: None,
            key: Some(key_id),
            body: sealed.as_ref().map(|bytes| Hash32(*blake3::hash(bytes).as_bytes())),
            previous,
            fact,
        };
        let bytes = header.to_bytes().expect("a header");
        previous = chain(previous, &bytes);
        match &mut state {
            Some(state) => state.apply(&header),
            none => *none = Conversation::begin(id, &header),
        }
        events.push(SealedEvent { stream, seq, position: header.position, header: bytes, body: sealed });
    }
    let rows = state.iter().map(row).collect();
    (keys, Commit { expected: vec![(stream, 0)], events, rows, ..Commit::default() })
}

fn quantiles(name: &str, mut waits: Vec<Duration>) {
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let most = waits.last().map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!(
        "{name:<46} p50 {:>7.2} ms   p99 {:>7.2} ms   most {most:>7.2} ms   ({} times)",
        at(0.5),
        at(0.99),
        waits.len()
    );
}

/// Commits one conversation after the other, as somebody who writes.
#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn write(store: &SqliteStore, master: &Master, from: u64, until: &AtomicBool, span: Duration) -> Vec<Duration> {
    let (mut dice, mut waits, began) = (Dice(from), Vec::new(), Instant::now());
    let workspace = store.identity().workspace;
    let mut number = from;
    while began.elapsed() < span && !until.load(Ordering::Relaxed) {
        let (keys, commit) = conversation(number, &mut dice, master, workspace);
        store.put_keys(keys).await.expect("keys are kept");
        let asked = Instant::now();
        store.commit(commit).await.expect("nobody else writes this one");
        waits.push(asked.elapsed());
        number += 1;
    }
    waits
}

async fn ask(search: &Search, engine: &Engine, permit: &Permit, question: &str) -> (u64, usize) {
    let asked = search.parse(question).expect("a question");
    let narrow = Narrow::default();
    let page = search.find(permit, &asked, &narrow, None, limits::SEARCH_CHECKED).await.expect("an answer");
    let mut shown = 0;
    for found in &page.found {
        let row = engine.row(permit, found.conversation).await.expect("a row");
        if row.is_some() && shown < 20 && search.hits(permit, &asked, &narrow, found).await.expect("hits").is_some() {
            shown += 1;
        }
    }
    (page.total, shown)
}

#[expect(clippy::disallowed_methods, reason = "this program measures")]
#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let events: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = arguments
        .next()
        .map_or_else(|| std::env::temp_dir().join(format!("baton-search-floor-{}", std::process::id())), PathBuf::from);
    let master = Master(Key([7; 32]));
    let store = Arc::new(SqliteStore::open(&folder, [1; 16]).expect("the folder opens"));
    let began = Instant::now();
    let (mut dice, workspace) = (Dice(1), store.identity().workspace);
    for first in (0..events / EACH).step_by(AT_ONCE as usize) {
        let (mut keys, mut all) = (Vec::new(), Commit::default());
        for number in first..first + AT_ONCE {
            let (more, commit) = conversation(number, &mut dice, &master, workspace);
            keys.extend(more);
            all.expected.extend(commit.expected);
            all.events.extend(commit.events);
            all.rows.extend(commit.rows);
        }
        store.put_keys(keys).await.expect("keys are kept");
        store.commit(all).await.expect("nobody else writes");
    }
    println!("{events} events in {} conversations made in {:.1} s", events / EACH, began.elapsed().as_secs_f64());

    let deps = Deps {
        store: store.clone(),
        blobs: Arc::new(FolderBlobs::open(&folder.join("blobs")).expect("a folder")),
        bus: Arc::new(LocalBus::new()),
        runtime: Arc::new(TokioRuntime::new()),
        master: master.clone(),
        analyzer: Arc::new(Nobody),
        plugins: Arc::new(Nobody),
        public_url: String::new(),
    };
    let engine = Engine::open(deps).await.expect("the engine opens");
    let never = AtomicBool::new(false);
    quantiles(
        "a commit of 20 events, no index",
        write(&store, &master, 10_000_000, &never, Duration::from_secs(5)).await,
    );
    let index = Arc::new(SqliteIndex::open(&folder, store.identity()).expect("the index opens"));
    let search = Search::new(engine.clone(), index.clone());
    let began = Instant::now();
    search.run();
    quantiles(
        "a commit of 20 events, the index catching up",
        write(&store, &master, 20_000_000, &never, Duration::from_secs(5)).await,
    );
    while search.behind().await.expect("a number") > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = began.elapsed().as_secs_f64();
    let end = store.end().await.expect("an end").0;
    let size = std::fs::metadata(folder.join("search.db")).map_or(0, |found| found.len() >> 20);
    println!("{end} events taken in within {took:.1} s: {:.0} a second; search.db {size} MiB", end as f64 / took);

    let permit = Permit::system(Part::Setup);
    let questions = [
        "Berlin refund",
        "refund",
        "berlin",
        "\"berlin refunds\"",
        "order delivery parcel",
        "the -berlin",
        "robin refund by:customer",
        "kalomine berlin",
        "nonsuchword",
    ];
    for question in questions {
        let (mut waits, mut seen) = (Vec::new(), (0, 0));
        for _ in 0..60 {
            let asked = Instant::now();
            seen = ask(&search, &engine, &permit, question).await;
            waits.push(asked.elapsed());
        }
        quantiles(&format!("{question}: {} of {}", seen.1, seen.0), waits);
    }
    // While somebody writes all the time and the index follows.
    let stop = Arc::new(AtomicBool::new(false));
    let writing = {
        let (store, master, stop) = (store.clone(), master.clone(), stop.clone());
        tokio::spawn(async move { write(&store, &master, 30_000_000, &stop, Duration::from_secs(60)).await })
    };
    let mut waits = Vec::new();
    for _ in 0..100 {
        let asked = Instant::now();
        ask(&search, &engine, &permit, "Berlin refund").await;
        waits.push(asked.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    quantiles("Berlin refund, while somebody writes", waits);
    quantiles("a commit of 20 events meanwhile", writing.await.expect("it wrote"));
    engine.stop();
    while index.tidy().await.unwrap_or(false) {}
    index.close();
    store.close();
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
