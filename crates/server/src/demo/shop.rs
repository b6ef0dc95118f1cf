//! Eight conversations that give every page something to show at first sight: made by the hub's own commands, on a store in
//! memory and with a clock of the past, then taken in at once. Their deadlines are not wound: what waits goes on waiting
//! until somebody acts on it, and from then on it is a chat like any other.

use super::clock::Clock;
use super::{MARK, Seeded};
use crate::analyzer::Insight;
use anyhow::{Context, Result, anyhow};
use baton_core::actor::Part;
use baton_core::command::{BotEnd, BotReplied, Command, Rate, Report, Say, Start};
use baton_core::content::Content;
use baton_core::event::{Answered, BotSaid, Failure, Object, Stream};
use baton_core::facts::Reading;
use baton_core::ids::{AgentId, ClientId, ConnectionId, ConversationId, Ids, InboxId, KeyId, Ms, PersonId};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::settings::Rank;
use baton_engine::entries::{HANDOVERS, MENTIONS, REPORTS};
use baton_engine::{Changed, Deps, Engine, Plugins};
use baton_infra::{LocalBus, MemoryBlobs, MemoryStore};
use baton_kit::analyzer::Analyzer;
use baton_kit::runtime::seed;
use baton_kit::store::{Commit, EntryFilter, Store, WrappedKey};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

const SHOP: &str = include_str!("../../../../knowledge/demo-shop.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shop {
    agents: Vec<DemoAgent>,
    chats: Vec<Chat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoAgent {
    key: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chat {
    #[serde(rename = "key")]
    _key: String,
    customer: String,
    language: String,
    page: String,
    /// Seconds ago that the last step happened.
    ended: Ms,
    /// Seconds from step to step.
    pace: Ms,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    Customer(String),
    Bot {
        text: String,
        #[serde(default)]
        intent: Option<String>,
        confidence: u32,
        #[serde(default)]
        hand_over: Option<String>,
    },
    BotFails(Failure),
    Offer(String),
    Accept(String),
    Agent {
        who: String,
        text: String,
    },
    Note {
        who: String,
        text: String,
    },
    /// So many messages to and fro; `{n}` is their number.
    Exchange {
        who: String,
        messages: u32,
        customer: Vec<String>,
        agent: Vec<String>,
    },
    Leave(String),
    Close {
        who: String,
        disposition: String,
        wrap_up: String,
    },
    Rate {
        answered: Answered,
        agent: u8,
        bot: u8,
        comment: String,
    },
    Report {
        should_have_said: String,
        comment: String,
    },
}

impl Step {
    fn moments(&self) -> Ms {
        match self {
            Self::Exchange { messages, .. } => Ms::from(*messages),
            _ => 1,
        }
    }
}

/// No plug-in is asked while the demo data are made.
struct Nobody;

impl Plugins for Nobody {
    fn bot(&self, _: ConnectionId) -> Option<Arc<dyn baton_kit::bot::Bot>> {
        None
    }

    fn target(&self, _: ConnectionId) -> Option<Arc<dyn baton_kit::target::Target>> {
        None
    }
}

/// Reads customers' texts, except where there are thousands of which it is known that nothing is in them.
#[derive(Default)]
struct Reader {
    rests: AtomicBool,
    insight: Insight,
}

impl Analyzer for Reader {
    fn read(&self, text: &str, language: &str) -> Reading {
        if self.rests.load(Ordering::Relaxed) { Reading::default() } else { self.insight.read(text, language) }
    }

    fn person_word(&self, language: &str) -> bool {
        self.insight.person_word(language)
    }
}

/// What is seeded besides conversations.
struct House {
    inbox: InboxId,
    bot: ConnectionId,
    agents: BTreeMap<String, AgentId>,
    objects: Vec<Changed>,
}

fn house(real: &Engine, shop: &Shop) -> Option<House> {
    let config = real.config();
    let (_, demo) = real.inbox("demo").ok()?;
    let bot = demo.bot?;
    let mut ids = Ids::new(seed(&**real.runtime()), real.runtime().now());
    let agents: BTreeMap<String, AgentId> =
        shop.agents.iter().map(|agent| (agent.key.clone(), AgentId(ids.deal()))).collect();
    let (line, later, inbox) = (ids.deal(), ids.deal(), ids.deal());
    let mut objects: Vec<(Object, Uuid, Value)> = shop
        .agents
        .iter()
        .map(|agent| {
            let card = json!({"name": agent.name, "role": "agent", "capacity": 4});
            (Object::Agent, agents[&agent.key].0, json!({"card": card, "mail": "", "demo": true, MARK: true}))
        })
        .collect();
    let queue = |name: &str, kind: &str| json!({"card": {"name": name, "line": kind}, MARK: true});
    objects.push((Object::Queue, line, queue("Demo shop", "live")));
    objects.push((Object::Queue, later, queue("Demo shop messages", "later")));
    let mut card = json!({
        "slug": "demo-shop", "name": "Demo shop", "bot": bot, "destination": {"kind": "queue", "id": line}, "later": later,
        "language": "en",
    });
    if let Some(zone) = demo.time_zone {
        card["time_zone"] = json!(zone);
    }
    objects.push((Object::Inbox, inbox, json!({"card": card, MARK: true})));
    if config.all(Object::Inbox).any(|(_, _, json)| json.pointer("/card/slug").is_some_and(|slug| slug == "demo-shop"))
    {
        return None;
    }
    let objects = objects.into_iter().map(|(object, id, json)| Changed { object, id, json: Some(json) }).collect();
    Some(House { inbox: InboxId(inbox), bot, agents, objects })
}

/// The hub in memory in which it all happens.
struct Stage {
    engine: Arc<Engine>,
    clock: Arc<Clock>,
    store: Arc<MemoryStore>,
    reader: Arc<Reader>,
    bot: ConnectionId,
    inbox: InboxId,
    agents: BTreeMap<String, AgentId>,
}

/// One conversation on the stage.
struct Scene<'a> {
    stage: &'a Stage,
    id: ConversationId,
    customer: Permit,
    client: ClientId,
    said: u64,
    agent_client: ClientId,
    agent_said: u64,
    at: Ms,
    pace: Ms,
}

/// Seeds the demo data; `None`: there is no demo shop beside which they could stand.
pub(super) async fn make(real: &Engine) -> Result<Option<Seeded>> {
    let shop: Shop = serde_json::from_str(SHOP).context("knowledge/demo-shop.json")?;
    let Some(house) = house(real, &shop) else { return Ok(None) };
    let store = Arc::new(MemoryStore::new(real.store().identity().workspace));
    let clock = Arc::new(Clock::new(real.runtime().clone()));
    let reader = Arc::new(Reader::default());
    let engine = Engine::open(Deps {
        store: store.clone(),
        blobs: Arc::new(MemoryBlobs::default()),
        bus: Arc::new(LocalBus::new()),
        runtime: clock.clone(),
        master: real.master().clone(),
        analyzer: reader.clone(),
        plugins: Arc::new(Nobody),
        public_url: String::new(),
    })
    .await?;
    let setup = Permit::system(Part::Setup);
    // The stage has the hub's own settings and what is new.
    let config = real.config();
    let mut objects: Vec<Changed> = config
        .objects
        .iter()
        .map(|((object, id), (_, json))| Changed { object: *object, id: *id, json: Some(json.clone()) })
        .collect();
    objects.extend(house.objects.clone());
    engine.configure(&setup, objects).await?;
    let now = real.runtime().now();
    let stage = Stage { engine, clock, store, reader, bot: house.bot, inbox: house.inbox, agents: house.agents };
    let earliest = shop.chats.iter().map(|chat| chat.begins(now)).min().unwrap_or(now);
    stage.clock.set(earliest - 60_000);
    for agent in stage.agents.values() {
        stage.engine.set_presence(&person(*agent)?, true).await?;
    }
    let mut conversations = Vec::new();
    for chat in &shop.chats {
        conversations.push(stage.play(chat, now).await?);
    }
    let (keys, mut commit) = stage.pack(&conversations).await?;
    let seeded = Seeded {
        at: now,
        inbox: stage.inbox,
        conversations: commit.rows.iter().map(|row| (row.id, row.seq)).collect(),
        removed: false,
    };
    commit.records = vec![seeded.record(now)?];
    real.configure(&setup, house.objects).await?;
    real.take_in(&setup, keys, commit).await?;
    Ok(Some(seeded))
}

fn person(agent: AgentId) -> Result<Permit> {
    permit(&Subject::Person { agent, rank: Rank::Agent }, Action::Work).map_err(|refusal| anyhow!(refusal))
}

impl Chat {
    fn begins(&self, now: Ms) -> Ms {
        let moments: Ms = self.steps.iter().map(Step::moments).sum();
        now - (self.ended + moments * self.pace) * 1_000
    }
}

impl Stage {
    async fn play(&self, chat: &Chat, now: Ms) -> Result<ConversationId> {
        let begins = chat.begins(now);
        self.clock.set(begins);
        let mut ids = Ids::new(seed(&**self.engine.runtime()), begins);
        let start = Start {
            inbox: self.inbox,
            person: PersonId(ids.deal()),
            language: chat.language.clone(),
            name: Some(chat.customer.clone()),
            contact: None,
            page: Some(chat.page.clone()),
            device: None,
            variables: Map::new(),
        };
        let anybody = Subject::Customer { conversation: ConversationId(Uuid::nil()) };
        let started = self.engine.start(&permit(&anybody, Action::Start)?, start, None).await?;
        let id = started.conversation;
        let customer = permit(&Subject::Customer { conversation: id }, Action::Chat(id))?;
        let (client, agent_client) = (ClientId(ids.deal()), ClientId(ids.deal()));
        let pace = chat.pace * 1_000;
        let mut scene =
            Scene { stage: self, id, customer, client, said: 0, agent_client, agent_said: 0, at: begins, pace };
        for step in &chat.steps {
            scene.step(step).await.with_context(|| format!("the demo chat of {}", chat.customer))?;
        }
        Ok(id)
    }

    /// Everything that was made, as one commit of the real store.
    async fn pack(&self, conversations: &[ConversationId]) -> Result<(Vec<WrappedKey>, Commit)> {
        let mut commit = Commit::default();
        let mut keys: BTreeSet<KeyId> = BTreeSet::new();
        let streams = conversations.iter().map(|id| Stream::Conversation(*id));
        for stream in streams.chain(self.agents.values().map(|id| Stream::Agent(*id))) {
            commit.expected.push((stream, 0));
            let mut after = 0;
            loop {
                let page = self.store.read(stream, after, baton_core::limits::PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                for event in page {
                    keys.extend(baton_core::event::Header::from_bytes(&event.header)?.key);
                    commit.events.push(event);
                }
            }
        }
        self.engine.write_rows().await?;
        for id in conversations {
            commit.rows.extend(self.store.row(*id).await?);
        }
        for list in [HANDOVERS, REPORTS, MENTIONS] {
            let filter = EntryFilter { list: list.to_owned(), limit: 1_000, ..EntryFilter::default() };
            commit.entries.extend(self.store.entries(filter).await?);
        }
        let mut wrapped: BTreeMap<KeyId, WrappedKey> = BTreeMap::new();
        let mut wanted: Vec<KeyId> = keys.into_iter().collect();
        while let Some(id) = wanted.pop() {
            if let (false, Some(key)) = (wrapped.contains_key(&id), self.store.key(id).await?) {
                wanted.extend(key.parent);
                wrapped.insert(id, key);
            }
        }
        Ok((wrapped.into_values().collect(), commit))
    }
}

impl Scene<'_> {
    fn agent(&self, key: &str) -> Result<(AgentId, Permit)> {
        let id = *self.stage.agents.get(key).with_context(|| format!("no agent {key}"))?;
        Ok((id, person(id)?))
    }

    /// The next moment; both agents sit at their desks.
    async fn tick(&mut self) {
        self.at += self.pace;
        self.stage.clock.set(self.at);
    }

    async fn at_desk(&self, agent: AgentId) {
        self.stage.engine.heartbeat(agent).await;
    }

    async fn run(&self, permit: &Permit, command: Command) -> Result<baton_engine::Done> {
        Ok(self.stage.engine.execute(permit, self.id, command).await?)
    }

    async fn customer_says(&mut self, text: &str) -> Result<()> {
        self.said += 1;
        let once = Some((self.client, self.said));
        let say = Say { content: Content::text(text)?, once, reply_to: None, basis: None, hold: false };
        self.run(&self.customer.clone(), Command::Say(say)).await?;
        Ok(())
    }

    async fn agent_says(&mut self, who: &str, text: &str) -> Result<()> {
        let (_, permit) = self.agent(who)?;
        self.agent_said += 1;
        let once = Some((self.agent_client, self.agent_said));
        let say = Say { content: Content::text(text)?, once, reply_to: None, basis: None, hold: false };
        self.run(&permit, Command::Say(say)).await?;
        Ok(())
    }

    /// The bot's turn that is open: the newest.
    async fn bot_turn(&self, end: BotEnd, words: Option<(&str, BotSaid)>) -> Result<()> {
        let bot = Permit::performed_for_bot(self.stage.bot, self.id);
        let state = self.stage.engine.conversation(&bot, self.id).await?;
        let ask = state.asks.first().context("no turn of the bot is open")?.id;
        let baton = state.own.baton;
        let replies = match words {
            Some((text, said)) => {
                vec![BotReplied { ask, ordinal: 0, baton, basis: None, content: Content::text(text)?, said }]
            }
            None => Vec::new(),
        };
        self.run(&bot, Command::BotTurn { replies, said: None, end: Some((ask, baton, end)) }).await?;
        Ok(())
    }

    async fn offer(&self, agent: AgentId) -> Result<baton_engine::Done> {
        self.at_desk(agent).await;
        self.run(&Permit::system(Part::Router), Command::MakeOffer { agent }).await
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        self.tick().await;
        match step {
            Step::Customer(text) => self.customer_says(text).await?,
            Step::Bot { text, intent, confidence, hand_over } => {
                let said = BotSaid { confidence: Some(*confidence), intent: intent.clone(), variables: Map::new() };
                // People are there when the bot asks for one.
                for agent in self.stage.agents.values() {
                    self.at_desk(*agent).await;
                }
                let end = match hand_over {
                    Some(reason) => BotEnd::HandOver { reason: reason.clone(), to: None, variables: Map::new() },
                    None => BotEnd::Answered,
                };
                self.bot_turn(end, Some((text, said))).await?;
            }
            Step::BotFails(how) => {
                for agent in self.stage.agents.values() {
                    self.at_desk(*agent).await;
                }
                self.bot_turn(BotEnd::Failed(*how), None).await?;
            }
            Step::Offer(who) => {
                let (agent, _) = self.agent(who)?;
                self.offer(agent).await?;
            }
            Step::Accept(who) => {
                let (agent, permit) = self.agent(who)?;
                let state = self.offer(agent).await?.state;
                let offer = state.own.offer.as_ref().context("no offer stands")?.id;
                let answer = Command::AnswerOffer { offer, accept: true, as_of: state.head.seq };
                self.run(&permit, answer).await?;
            }
            Step::Agent { who, text } => self.agent_says(who, text).await?,
            Step::Note { who, text } => {
                let (_, permit) = self.agent(who)?;
                self.run(&permit, Command::Note { text: Content::text(text)?, mentions: Vec::new() }).await?;
            }
            Step::Exchange { who, messages, customer, agent } => {
                let line = |lines: &[String], n: u32| -> Result<String> {
                    let line = lines.get(n as usize / 2 % lines.len().max(1)).context("an exchange without lines")?;
                    Ok(line.replace("{n}", &(n / 2 + 1).to_string()))
                };
                self.stage.reader.rests.store(true, Ordering::Relaxed);
                for n in 0..*messages {
                    if n > 0 {
                        self.tick().await;
                    }
                    if n % 2 == 0 {
                        self.customer_says(&line(customer, n)?).await?;
                    } else {
                        self.agent_says(who, &line(agent, n)?).await?;
                    }
                }
                self.stage.reader.rests.store(false, Ordering::Relaxed);
            }
            Step::Leave(text) => {
                self.said += 1;
                let once = Some((self.client, self.said));
                let text = Say { content: Content::text(text)?, once, reply_to: None, basis: None, hold: false };
                self.run(&self.customer.clone(), Command::LeaveMessage { text: Some(text), contact: None }).await?;
            }
            Step::Close { who, disposition, wrap_up } => {
                let (_, permit) = self.agent(who)?;
                let command = Command::Close { disposition: Some(disposition.clone()), wrap_up: Some(wrap_up.clone()) };
                self.run(&permit, command).await?;
            }
            Step::Rate { answered, agent, bot, comment } => {
                let rate = Rate {
                    answered: Some(*answered),
                    agent: Some(*agent),
                    bot: Some(*bot),
                    comment: Some(comment.clone()),
                };
                self.run(&self.customer.clone(), Command::Rate(rate)).await?;
            }
            Step::Report { should_have_said, comment } => {
                let state = self.stage.engine.conversation(&self.customer, self.id).await?;
                let report = Report {
                    position: state.head.position,
                    should_have_said: Some(should_have_said.clone()),
                    comment: Some(comment.clone()),
                };
                self.run(&self.customer.clone(), Command::Report(report)).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_shop_has_eight_chats_and_two_agents() {
        let shop: Shop = serde_json::from_str(SHOP).expect("it can be read");
        assert_eq!((shop.chats.len(), shop.agents.len()), (8, 2));
        let long: Ms = shop.chats[0].steps.iter().map(Step::moments).sum();
        assert!(long >= 4_994, "{long}");
    }
}
