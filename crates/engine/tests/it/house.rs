//! A small house: one inbox, a bot, a target, two lines, a list for messages, two agents; and what people do in it.

use crate::clock::{Clock, TestRuntime};
use crate::fakes::{FakeBot, FakeTarget, Outside, Words, text};
use baton_core::actor::Part;
use baton_core::command::{Command, Say, Start};
use baton_core::conversation::Conversation;
use baton_core::event::{Body, Fact, Fate, Key, Object};
use baton_core::ids::{AgentId, ClientId, ConnectionId, ConversationId, InboxId, Ms, OfferId, PersonId, QueueId};
use baton_core::ownership::{Holder, Line, Offer};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::refusal::Refusal;
use baton_core::settings::Rank;
use baton_engine::{Changed, Deps, Done, Engine, Error, Opened, Started};
use baton_infra::{LocalBus, MemoryStore};
use baton_kit::keys::Master;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) const INBOX: InboxId = InboxId(Uuid::from_u128(0xb0));
pub(crate) const BOT: ConnectionId = ConnectionId(Uuid::from_u128(0xb1));
pub(crate) const TARGET: ConnectionId = ConnectionId(Uuid::from_u128(0xb3));
pub(crate) const QUEUE: QueueId = QueueId(Uuid::from_u128(0xd1));
pub(crate) const URGENT: QueueId = QueueId(Uuid::from_u128(0xd2));
pub(crate) const LATER: QueueId = QueueId(Uuid::from_u128(0xd3));
pub(crate) const ANA: AgentId = AgentId(Uuid::from_u128(0xe1));
pub(crate) const BEN: AgentId = AgentId(Uuid::from_u128(0xe2));
const WIDGET: ClientId = ClientId(Uuid::from_u128(0xc1));
const DESK: ClientId = ClientId(Uuid::from_u128(0xc2));

/// Monday, 23 November 2026, 12:00 UTC.
const MONDAY_NOON: Ms = 1_795_435_200_000;
pub(crate) const SECOND: Ms = 1_000;
pub(crate) const MINUTE: Ms = 60 * SECOND;
pub(crate) const HOUR: Ms = 60 * MINUTE;

/// How a house differs from the usual one.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Handovers go to the target first, with the line behind it.
    pub(crate) outside: bool,
    /// Silence after which the bot has failed.
    pub(crate) limit: Ms,
    /// Whether the bot acts on briefs.
    pub(crate) takes_brief: bool,
    /// Chats at once: Ana's, Ben's.
    pub(crate) capacity: (u32, u32),
}

impl Default for Plan {
    fn default() -> Self {
        Self { outside: false, limit: 20 * SECOND, takes_brief: true, capacity: (2, 1) }
    }
}

impl Plan {
    pub(crate) fn outside() -> Self {
        Self { outside: true, ..Self::default() }
    }

    fn objects(&self) -> Vec<(Object, Uuid, Value)> {
        let destination = match self.outside {
            true => json!({"kind": "target", "id": TARGET}),
            false => json!({"kind": "queue", "id": QUEUE}),
        };
        let role = json!({"kind": "bot", "limit": self.limit, "takes_brief": self.takes_brief});
        let outside = json!({"kind": "target", "history": "full", "says_human": true, "tells_place": true});
        let agent = |name: &str, capacity: u32| json!({"name": name, "role": "supervisor", "capacity": capacity});
        vec![
            (Object::Queue, QUEUE.0, json!({"name": "Service", "line": "live", "priority": 5})),
            (Object::Queue, URGENT.0, json!({"name": "Safety", "line": "live", "priority": 9})),
            (Object::Queue, LATER.0, json!({"name": "Messages", "line": "later"})),
            (Object::Bot, BOT.0, json!({"name": "Robin", "role": role})),
            (Object::Target, TARGET.0, json!({"name": "Night desk", "role": outside})),
            (Object::Agent, ANA.0, agent("Ana", self.capacity.0)),
            (Object::Agent, BEN.0, agent("Ben", self.capacity.1)),
            (
                Object::Inbox,
                INBOX.0,
                json!({"slug": "shop", "name": "Shop", "bot": BOT, "destination": destination, "fallback": QUEUE,
                       "queues": [QUEUE, URGENT], "later": LATER}),
            ),
        ]
    }
}

/// A hub and everything around it.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) bot: Arc<FakeBot>,
    pub(crate) target: Arc<FakeTarget>,
    runtime: Arc<TestRuntime>,
}

async fn engine(
    store: &Arc<MemoryStore>,
    runtime: &Arc<TestRuntime>,
    bot: &Arc<FakeBot>,
    target: &Arc<FakeTarget>,
) -> Arc<Engine> {
    let plugins = Arc::new(Outside { bot: (BOT, bot.clone()), target: (TARGET, target.clone()) });
    let deps = Deps {
        store: store.clone(),
        blobs: Arc::new(baton_infra::MemoryBlobs::default()),
        bus: Arc::new(LocalBus::new()),
        runtime: runtime.clone(),
        master: Master(Key([7; 32])),
        analyzer: Arc::new(Words),
        plugins,
        public_url: "http://hub.test".into(),
    };
    Engine::open(deps).await.expect("the engine opens")
}

impl House {
    /// The usual house, at work.
    pub(crate) async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    /// Another house, at work.
    pub(crate) async fn with(plan: Plan) -> Self {
        let house = Self::asleep(plan).await;
        house.engine.run();
        house.clock.settle().await;
        house
    }

    /// A house whose hub commits, and performs nothing: killed right after its commits.
    pub(crate) async fn asleep(plan: Plan) -> Self {
        let clock = Clock::at(MONDAY_NOON);
        let store = Arc::new(MemoryStore::new(Uuid::from_u128(1)));
        let (bot, target) = (Arc::new(FakeBot::default()), Arc::new(FakeTarget::default()));
        let runtime = TestRuntime::new(clock.clone());
        let engine = engine(&store, &runtime, &bot, &target).await;
        let changes = plan.objects().into_iter().map(|(object, id, card)| Changed {
            object,
            id,
            json: Some(json!({"card": card})),
        });
        engine.configure(&Permit::system(Part::Setup), changes.collect()).await.expect("the settings are kept");
        Self { engine, clock, store, bot, target, runtime }
    }

    /// Kills the hub where it stands, as SIGKILL would, and starts another on the same store.
    pub(crate) async fn restart(&mut self) {
        self.kill().await;
        self.runtime = TestRuntime::new(self.clock.clone());
        self.engine = engine(&self.store, &self.runtime, &self.bot, &self.target).await;
        self.engine.run();
        self.clock.settle().await;
    }

    /// Kills the hub: nothing of it runs on.
    pub(crate) async fn kill(&self) {
        self.runtime.check();
        self.runtime.kill();
        self.clock.settle().await;
    }

    /// A second hub on the same store, which commits and performs nothing.
    pub(crate) async fn beside(&self) -> Arc<Engine> {
        engine(&self.store, &self.runtime, &self.bot, &self.target).await
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, by: Ms) {
        self.clock.pass(by).await;
        self.runtime.check();
    }

    pub(crate) async fn settle(&self) {
        self.clock.settle().await;
        self.runtime.check();
    }

    // What customers do.

    pub(crate) async fn start(&self) -> ConversationId {
        let started = self.begin(None).await;
        self.settle().await;
        started.conversation
    }

    pub(crate) async fn start_with_key(&self, key: &str) -> Started {
        self.begin(Some(key)).await
    }

    async fn begin(&self, key: Option<&str>) -> Started {
        let anybody = Subject::Customer { conversation: ConversationId(Uuid::nil()) };
        let permit = permit(&anybody, Action::Start).expect("anybody may start");
        let start = Start {
            inbox: INBOX,
            person: PersonId(Uuid::from_u128(0xf1)),
            language: "en".into(),
            name: Some("Kim".into()),
            contact: None,
            page: None,
            device: None,
            variables: serde_json::Map::new(),
        };
        self.engine.start(&permit, start, key).await.expect("it starts")
    }

    /// Says something as the customer, under the next counter.
    pub(crate) async fn write(&self, chat: ConversationId, words: &str) -> Done {
        let permit = customer(chat);
        let counter = self.engine.next_counter(&permit, chat, WIDGET).await.expect("a counter");
        self.customer(chat, say(words, WIDGET, counter)).await.expect("it is taken")
    }

    pub(crate) async fn customer(&self, chat: ConversationId, command: Command) -> Result<Done, Error> {
        let done = self.engine.execute(&customer(chat), chat, command).await;
        self.settle().await;
        done
    }

    /// A new conversation that waits in the usual line.
    pub(crate) async fn waiting(&self) -> ConversationId {
        let chat = self.start().await;
        self.customer(chat, Command::AskPerson).await.expect("a person is asked for");
        chat
    }

    /// A new conversation that Ana holds and in which she said hello.
    pub(crate) async fn with_ana(&self) -> ConversationId {
        self.at_work(ANA).await;
        let chat = self.waiting().await;
        self.accept(chat, ANA).await.expect("the offer stands");
        self.reply(chat, ANA, "Hello, Ana here.").await;
        chat
    }

    // What agents do.

    /// Makes an agent available and reachable.
    pub(crate) async fn at_work(&self, agent: AgentId) {
        self.engine.heartbeat(agent).await;
        self.engine.set_presence(&as_agent(agent), true).await.expect("presence is set");
        self.settle().await;
    }

    /// Lets time pass while these desks stay connected.
    pub(crate) async fn pass_connected(&self, by: Ms, agents: &[AgentId]) {
        let end = self.clock.now() + by;
        while self.clock.now() < end {
            for agent in agents {
                self.engine.heartbeat(*agent).await;
            }
            self.pass((end - self.clock.now()).min(20 * SECOND)).await;
        }
    }

    pub(crate) async fn agent(&self, chat: ConversationId, agent: AgentId, command: Command) -> Result<Done, Error> {
        let done = self.engine.execute(&as_agent(agent), chat, command).await;
        self.settle().await;
        done
    }

    /// Accepts the offer that stands.
    pub(crate) async fn accept(&self, chat: ConversationId, agent: AgentId) -> Result<Done, Error> {
        self.answer_offer(chat, agent, true).await
    }

    pub(crate) async fn answer_offer(&self, chat: ConversationId, agent: AgentId, accept: bool) -> Result<Done, Error> {
        let state = self.state(chat).await;
        let offer = state.own.offer.as_ref().map_or(OfferId(Uuid::nil()), |offer| offer.id);
        self.agent(chat, agent, Command::AnswerOffer { offer, accept, as_of: state.head.seq }).await
    }

    /// Says something as an agent, under the next counter.
    pub(crate) async fn reply(&self, chat: ConversationId, agent: AgentId, words: &str) {
        let counter = self.engine.next_counter(&as_agent(agent), chat, DESK).await.expect("a counter");
        self.agent(chat, agent, say(words, DESK, counter)).await.expect("it is taken");
    }

    // What is there to see.

    pub(crate) async fn state(&self, chat: ConversationId) -> Arc<Conversation> {
        self.engine.conversation(&reader(), chat).await.expect("the conversation is there")
    }

    pub(crate) async fn holder(&self, chat: ConversationId) -> Holder {
        self.state(chat).await.own.holder.clone()
    }

    pub(crate) async fn offer(&self, chat: ConversationId) -> Option<Offer> {
        self.state(chat).await.own.offer.clone()
    }

    pub(crate) async fn events(&self, chat: ConversationId) -> Vec<Opened> {
        self.engine.events(&reader(), chat, 0, 500).await.expect("the log is there")
    }

    /// How many events of this kind the log has.
    pub(crate) async fn count(&self, chat: ConversationId, kind: &str) -> usize {
        self.events(chat).await.iter().filter(|event| event.header.fact.kind() == kind).count()
    }

    /// The codes of the notices that the customer read.
    pub(crate) async fn told(&self, chat: ConversationId) -> Vec<String> {
        let code = |event: &Opened| match &event.header.fact {
            Fact::Told(told) => Some(told.code.clone()),
            _ => None,
        };
        self.events(chat).await.iter().filter_map(code).collect()
    }

    /// The words of the last notice with this code.
    pub(crate) async fn words(&self, chat: ConversationId, code: &str) -> String {
        let words = |event: &Opened| match (&event.header.fact, &event.body) {
            (Fact::Told(told), Some(Body::Notice { words, .. })) if told.code == code => Some(words.clone()),
            _ => None,
        };
        self.events(chat).await.iter().filter_map(words).next_back().expect("the customer was told this")
    }

    /// Everything that the customer can read as messages, in order.
    pub(crate) async fn transcript(&self, chat: ConversationId) -> Vec<String> {
        let events = self.engine.positions(&reader(), chat, 0, 500).await.expect("the log is there");
        let text = |event: &Opened| match &event.body {
            Some(Body::Message { content, .. }) => Some(content.plain.clone()),
            _ => None,
        };
        events.iter().filter_map(text).collect()
    }

    /// Texts that were kept and not shown.
    pub(crate) async fn withheld(&self, chat: ConversationId) -> Vec<String> {
        let text = |event: &Opened| match (&event.header.fact, &event.body) {
            (Fact::Said(said), Some(Body::Message { content, .. })) if said.fate == Fate::Withheld => {
                Some(content.plain.clone())
            }
            _ => None,
        };
        self.events(chat).await.iter().filter_map(text).collect()
    }
}

pub(crate) fn customer(chat: ConversationId) -> Permit {
    permit(&Subject::Customer { conversation: chat }, Action::Chat(chat)).expect("their own conversation")
}

pub(crate) fn as_agent(agent: AgentId) -> Permit {
    permit(&Subject::Person { agent, rank: Rank::Supervisor }, Action::Work).expect("people may work")
}

pub(crate) fn reader() -> Permit {
    as_agent(ANA)
}

pub(crate) fn say(words: &str, client: ClientId, counter: u64) -> Command {
    Command::Say(Say { content: text(words), once: Some((client, counter)), reply_to: None, basis: None, hold: false })
}

/// Whether somebody waits in a live line.
pub(crate) fn waits(holder: &Holder) -> bool {
    matches!(holder, Holder::Queue { line: Line::Live, .. })
}

/// Whether this agent holds.
pub(crate) fn held_by(holder: &Holder, who: AgentId) -> bool {
    matches!(holder, Holder::Agent { agent, .. } if *agent == who)
}

/// The code of a refusal.
pub(crate) fn refused(result: Result<Done, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
