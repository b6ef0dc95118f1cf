//! The real engine over a disk that loses its power: what it accepted is kept, readable and there once.

use crate::check;
use crate::cuts::{number, places};
use baton_core::actor::Part;
use baton_core::command::{Command, Say, Start};
use baton_core::content::Content;
use baton_core::event::{Body, Header, Key, Object, Stream, chain, start_of_chain};
use baton_core::facts::Reading;
use baton_core::ids::{AgentId, ClientId, ConnectionId, ConversationId, InboxId, PersonId, QueueId};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::settings::Rank;
use baton_engine::{Changed, Deps, Engine, Plugins};
use baton_infra::{LocalBus, MemoryBlobs, SqliteStore, TokioRuntime};
use baton_kit::analyzer::Analyzer;
use baton_kit::bot::{self, Answer, Bot, Turn};
use baton_kit::keys::Master;
use baton_kit::runtime::BoxFuture;
use baton_kit::store::Store;
use baton_kit::target::Target;
use baton_testkit::vfs::{Dice, Disk, Trace};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use uuid::Uuid;

const INBOX: InboxId = InboxId(Uuid::from_u128(0xb0));
const BOT: ConnectionId = ConnectionId(Uuid::from_u128(0xb1));
const QUEUE: QueueId = QueueId(Uuid::from_u128(0xd1));
const LATER: QueueId = QueueId(Uuid::from_u128(0xd3));
const ANA: AgentId = AgentId(Uuid::from_u128(0xe1));
const WIDGET: ClientId = ClientId(Uuid::from_u128(0xc1));
const DESK: ClientId = ClientId(Uuid::from_u128(0xc2));

/// Repeats what it hears.
struct Echo;

impl Bot for Echo {
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, bot::Error>> {
        let text = Content::text(&format!("heard in turn {}", turn.ask.0)).expect("a text");
        Box::pin(async move { Ok(Answer { messages: vec![text], ..Answer::default() }) })
    }
}

impl Plugins for Echo {
    fn bot(&self, id: ConnectionId) -> Option<Arc<dyn Bot>> {
        (id == BOT).then(|| Arc::new(Self) as Arc<dyn Bot>)
    }

    fn target(&self, _id: ConnectionId) -> Option<Arc<dyn Target>> {
        None
    }
}

struct Nothing;

impl Analyzer for Nothing {
    fn read(&self, _: &str, _: &str) -> Reading {
        Reading::default()
    }

    fn person_word(&self, _: &str) -> bool {
        false
    }
}

async fn hub(store: &Arc<SqliteStore>) -> Arc<Engine> {
    let deps = Deps {
        store: store.clone(),
        blobs: Arc::new(MemoryBlobs::default()),
        bus: Arc::new(LocalBus::new()),
        runtime: Arc::new(TokioRuntime::new()),
        master: Master(Key([7; 32])),
        analyzer: Arc::new(Nothing),
        plugins: Arc::new(Echo),
        public_url: "http://hub.test".into(),
    };
    Engine::open(deps).await.expect("the engine opens")
}

async fn furnish(engine: &Engine) {
    let role = json!({"kind": "bot", "limit": 60_000});
    let inbox = json!({"slug": "shop", "name": "Shop", "bot": BOT, "queues": [QUEUE], "later": LATER,
        "destination": {"kind": "queue", "id": QUEUE}, "fallback": QUEUE});
    let objects = [
        (Object::Queue, QUEUE.0, json!({"name": "Service", "line": "live", "priority": 5})),
        (Object::Queue, LATER.0, json!({"name": "Messages", "line": "later"})),
        (Object::Bot, BOT.0, json!({"name": "Robin", "role": role})),
        (Object::Agent, ANA.0, json!({"name": "Ana", "role": "supervisor", "capacity": 50})),
        (Object::Inbox, INBOX.0, inbox),
    ];
    let changes =
        objects.into_iter().map(|(object, id, card)| Changed { object, id, json: Some(json!({"card": card})) });
    engine.configure(&Permit::system(Part::Setup), changes.collect()).await.expect("the settings are kept");
}

fn customer(chat: ConversationId) -> Permit {
    permit(&Subject::Customer { conversation: chat }, Action::Chat(chat)).expect("their own conversation")
}

fn ana() -> Permit {
    permit(&Subject::Person { agent: ANA, rank: Rank::Supervisor }, Action::Work).expect("people may work")
}

/// One message, as a client sends and repeats it.
#[derive(Clone)]
struct Message {
    number: u64,
    chat: ConversationId,
    permit: Permit,
    client: ClientId,
    counter: u64,
    text: String,
}

impl Message {
    async fn send(&self, engine: &Engine) -> Result<(), baton_engine::Error> {
        let content = Content::text(&self.text).expect("a text");
        let once = Some((self.client, self.counter));
        let say = Say { content, once, reply_to: None, basis: None, hold: false };
        engine.execute(&self.permit, self.chat, Command::Say(say)).await.map(|_| ())
    }
}

struct House {
    engine: Arc<Engine>,
    disk: Disk,
    next: AtomicU64,
    sent: Mutex<Vec<Message>>,
    chats: Mutex<Vec<(u64, ConversationId)>>,
}

impl House {
    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    async fn say(&self, chat: ConversationId, permit: Permit, client: ClientId) {
        let number = self.number();
        let counter = self.engine.next_counter(&permit, chat, client).await.expect("a counter");
        let message =
            Message { number, chat, permit, client, counter, text: format!("message {number}, word for word") };
        self.sent.lock().unwrap().push(message.clone());
        self.disk.begin(number);
        message.send(&self.engine).await.expect("it is taken");
        self.disk.acknowledge(number);
    }

    /// A customer who writes to the bot, asks for a person and goes on with her.
    async fn visit(&self) {
        let number = self.number();
        let anybody = Subject::Customer { conversation: ConversationId(Uuid::nil()) };
        let start = Start {
            inbox: INBOX,
            person: PersonId(Uuid::from_u128(0xf000 + u128::from(number))),
            language: "en".into(),
            name: Some("Kim".into()),
            contact: None,
            page: None,
            device: None,
            variables: serde_json::Map::new(),
        };
        let anybody = permit(&anybody, Action::Start).expect("anybody may start");
        let chat = self.engine.start(&anybody, start, None).await.expect("it starts").conversation;
        self.chats.lock().unwrap().push((number, chat));
        self.disk.acknowledge(number);
        for _ in 0..3 {
            self.say(chat, customer(chat), WIDGET).await;
        }
        self.engine.execute(&customer(chat), chat, Command::AskPerson).await.expect("a person is asked for");
        let offer = loop {
            let state = self.engine.conversation(&ana(), chat).await.expect("it is there");
            match &state.own.offer {
                Some(offer) => break (offer.id, state.head.seq),
                None => tokio::task::yield_now().await,
            }
        };
        let accept = Command::AnswerOffer { offer: offer.0, accept: true, as_of: offer.1 };
        self.engine.execute(&ana(), chat, accept).await.expect("the offer stands");
        for _ in 0..2 {
            self.say(chat, ana(), DESK).await;
            self.say(chat, customer(chat), WIDGET).await;
        }
    }
}

struct Run {
    trace: Trace,
    sent: Vec<Message>,
    chats: Vec<(u64, ConversationId)>,
}

async fn run(folder: &std::path::Path) -> Run {
    let disk = Disk::traced(folder);
    let store = Arc::new(SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk)).unwrap());
    disk.folder_synced();
    let engine = hub(&store).await;
    furnish(&engine).await;
    engine.run();
    engine.heartbeat(ANA).await;
    engine.set_presence(&ana(), true).await.expect("she is at work");
    let house = House { engine, disk, next: AtomicU64::new(1), sent: Mutex::default(), chats: Mutex::default() };
    join_all((0..8).map(|_| house.visit())).await;
    house.engine.stop();
    store.close();
    Run { trace: house.disk.trace(), sent: house.sent.into_inner().unwrap(), chats: house.chats.into_inner().unwrap() }
}

/// The texts of a conversation, after everything about its log was looked at.
async fn texts(engine: &Engine, store: &SqliteStore, chat: ConversationId) -> Result<Vec<String>, String> {
    let stream = Stream::Conversation(chat);
    let told = |error: &dyn std::fmt::Display| format!("{chat}: {error}");
    let headers = store.headers(stream, 0, 100_000).await.map_err(|error| told(&error))?;
    let (mut last, mut position) = (start_of_chain(stream), 0);
    for (bytes, seq) in headers.iter().zip(1..) {
        let header = Header::from_bytes(bytes).map_err(|error| told(&error))?;
        if header.previous != last || header.seq != seq {
            return Err(told(&format!("the chain breaks at {seq}")));
        }
        last = chain(last, bytes);
        if let Some(found) = header.position {
            position += 1;
            if found != position {
                return Err(told(&format!("position {found} stands where {position} must")));
            }
        }
    }
    if headers.is_empty() {
        return Err(told(&"it is not there"));
    }
    // Opening a body needs its key and its hash.
    let events = engine.events(&ana(), chat, 0, 500).await.map_err(|error| told(&error))?;
    Ok(events
        .into_iter()
        .filter_map(|event| match event.body {
            Some(Body::Message { content, .. }) => Some(content.plain),
            _ => None,
        })
        .collect())
}

async fn after(run: &Run, cut: usize, seed: u64) -> Result<(), String> {
    let tmp = TempDir::new().unwrap();
    let folder = tmp.path().join("data");
    run.trace.after_power_cut(cut, seed).write(&folder).unwrap();
    let disk = Disk::untraced(&folder);
    let opened = SqliteStore::open_with(disk.root(), check::SEED, &check::over(&disk));
    let store = Arc::new(opened.map_err(|error| error.to_string())?);
    let engine = hub(&store).await;
    let acknowledged: HashSet<u64> = run.trace.acknowledged(cut).collect();
    for (number, chat) in run.chats.iter().filter(|(number, _)| acknowledged.contains(number)) {
        let found = texts(&engine, &store, *chat).await.map_err(|what| format!("chat {number}: {what}"))?;
        let of_chat = || run.sent.iter().filter(|message| message.chat == *chat);
        for message in of_chat() {
            let times = found.iter().filter(|text| **text == message.text).count();
            if times > 1 || (times == 0 && acknowledged.contains(&message.number)) {
                return Err(format!("message {} is there {times} times", message.number));
            }
        }
        // Clients repeat whatever they sent last, acknowledged or not. What the customer may not say yet, as the hub is
        // further back than they are, is refused; what is taken stands once.
        let mut taken = acknowledged.clone();
        for message in of_chat().filter(|message| message.client == WIDGET) {
            if message.send(&engine).await.is_ok() {
                taken.insert(message.number);
            } else if acknowledged.contains(&message.number) {
                return Err(format!("the repeat of message {} is refused", message.number));
            }
        }
        let found = texts(&engine, &store, *chat).await?;
        for message in of_chat().filter(|message| taken.contains(&message.number)) {
            let times = found.iter().filter(|text| **text == message.text).count();
            if times != 1 {
                return Err(format!("message {} is there {times} times after its repeat", message.number));
            }
        }
    }
    store.close();
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_engine_accepted_is_kept_through_any_power_cut_and_a_repeat_adds_nothing() {
    let seed = number("BATON_CUT_SEED", 1);
    let tmp = TempDir::new().unwrap();
    let run = run(&tmp.path().join("data")).await;
    assert_eq!((run.chats.len(), run.sent.len()), (8, 56));
    for (at, cut) in places(&run.trace, &mut Dice::new(seed), number("BATON_CUTS", 300) / 6).into_iter().enumerate() {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(at as u64);
        if let Err(wrong) = after(&run, cut, seed).await {
            panic!("cut {cut} of {}, seed {seed}: {wrong}", run.trace.len());
        }
    }
}
