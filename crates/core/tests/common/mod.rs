//! A small house to test in: settings, conversations, agents, a clock, and the outside as a list of effects.
//!
//! A test reads `given…()`, `when(actor, command)`, `then(&[kinds])`. Every commit in the house is held to the
//! invariants of [`invariants`], whatever the test is about.

// Two test targets (core's own tables, and the walks) share this file; neither uses all of it.
#![allow(dead_code)]

pub(crate) mod invariants;
pub(crate) mod world;

use baton_core::actor::{Actor, Part, Who};
use baton_core::agent::Agent;
use baton_core::command::{BotEnd, BotReplied, Command, Say, Start, TargetDid};
use baton_core::content::Content;
use baton_core::conversation::Conversation;
use baton_core::decide::{Decision, Drafted, Loaded, Reply, agents, decide, needs};
use baton_core::effect::Effect;
use baton_core::event::{Body, BotSaid, Brief, Fact, Failure, Header, PresenceBy, Stream, Trigger};
use baton_core::facts::{Facts, LineFact, Reading};
use baton_core::ids::{AgentId, AskId, ClientId, ConnectionId, ConversationId, Ms, OfferId, PersonId, QueueId};
use baton_core::ownership::{Holder, Line};
use baton_core::refusal::Refusal;
use baton_core::settings::Settings;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) use world::*;

/// A customer's client copy, an agent's.
pub(crate) const WIDGET: ClientId = ClientId(Uuid::from_u128(0xc1));
/// See [`WIDGET`].
pub(crate) const DESK: ClientId = ClientId(Uuid::from_u128(0xc2));

/// One conversation with its log.
#[derive(Clone, Debug)]
pub(crate) struct Chat {
    pub(crate) state: Conversation,
    pub(crate) headers: Vec<Header>,
    pub(crate) bodies: Vec<Option<Body>>,
}

impl Chat {
    /// The bot's message at this position.
    fn bot_message(&self, position: u64) -> Option<(u64, ConnectionId)> {
        let header = self.headers.iter().find(|header| header.position == Some(position))?;
        match (&header.fact, header.actor.who) {
            (Fact::Said(_), Who::Bot { id }) => Some((header.seq, id)),
            _ => None,
        }
    }
}

/// Everything that a test needs to stand in.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) settings: Arc<Settings>,
    pub(crate) now: Ms,
    pub(crate) chats: BTreeMap<ConversationId, Chat>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) reachable: BTreeSet<AgentId>,
    pub(crate) idle: BTreeMap<AgentId, Ms>,
    pub(crate) effects: Vec<(ConversationId, Effect)>,
    pub(crate) brief_note: Option<String>,
    pub(crate) person_word: bool,
    /// What is kept beside the states to judge them.
    pub(crate) ledger: invariants::Ledger,
    /// Logs are kept and stored bytes are read again; a walk over many states does without.
    pub(crate) keep_logs: bool,
    /// Which of a test's worlds it began as.
    pub(crate) world: usize,
    seed: u64,
}

/// What a commit did.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) events: Vec<Drafted>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) reply: Reply,
}

impl House {
    pub(crate) fn new(settings: Settings) -> Self {
        let agents = settings.agents.keys().map(|id| (*id, Agent::new(*id))).collect();
        Self {
            settings: Arc::new(settings),
            now: MONDAY_NOON,
            chats: BTreeMap::new(),
            agents,
            reachable: BTreeSet::new(),
            idle: BTreeMap::new(),
            effects: Vec::new(),
            brief_note: None,
            person_word: true,
            ledger: invariants::Ledger::default(),
            keep_logs: true,
            world: 0,
            seed: 0,
        }
    }

    pub(crate) fn chat(&self, id: ConversationId) -> &Conversation {
        &self.chats[&id].state
    }

    pub(crate) fn state(&self) -> &Conversation {
        self.chat(CHAT)
    }

    /// What the engine would gather.
    pub(crate) fn facts(&mut self, id: ConversationId, reading: Reading) -> Facts {
        self.seed += 1;
        let mut seed = [0u8; 16];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        let mut facts = Facts::at(self.now, seed, self.settings.clone());
        facts.reading = reading;
        facts.reachable = self.reachable.clone();
        facts.idle = self.idle.clone();
        facts.brief_note = self.brief_note.clone();
        facts.person_word = self.person_word;
        for queue in self.settings.queues.keys() {
            facts.lines.insert(*queue, self.line(*queue));
        }
        facts.place = self.place(id);
        if let Some(chat) = self.chats.get(&id) {
            facts.held = chat.state.held.iter().map(|held| (held.seq, (content("held"), None))).collect();
        }
        facts
    }

    fn line(&self, queue: QueueId) -> LineFact {
        let mut line = LineFact::default();
        for chat in self.chats.values() {
            if let Holder::Queue { queue: other, line: Line::Live, priority, since, .. } = chat.state.own.holder
                && other == queue
            {
                line.waiting += 1;
                (0..=usize::from(priority)).for_each(|p| line.at_least[p] += 1);
                let oldest = &mut line.oldest[usize::from(priority)];
                *oldest = Some(oldest.map_or(since, |oldest| oldest.min(since)));
            }
        }
        line.staffed = self.agents.values().any(|agent| {
            agent.available && self.reachable.contains(&agent.id) && self.settings.serves(agent.id, queue)
        });
        line
    }

    fn place(&self, id: ConversationId) -> Option<u32> {
        let waits = |state: &Conversation| match state.own.holder {
            Holder::Queue { queue, line: Line::Live, since, priority, .. } => Some((queue, priority, since)),
            _ => None,
        };
        let (queue, priority, since) = waits(&self.chats.get(&id)?.state)?;
        let before = self.chats.iter().filter(|(other, chat)| {
            **other != id
                && waits(&chat.state)
                    .is_some_and(|(q, p, s)| q == queue && (p > priority || (p == priority && s < since)))
        });
        Some(before.count() as u32 + 1)
    }

    /// Decides on what is stored now, without committing.
    pub(crate) fn decide(
        &mut self,
        id: ConversationId,
        actor: Actor,
        command: Command,
        reading: Reading,
    ) -> Result<(Decision, Loaded), Refusal> {
        let mut facts = self.facts(id, reading);
        if let (Command::Report(report), Some(chat)) = (&command, self.chats.get(&id)) {
            facts.bot_message = chat.bot_message(report.position);
        }
        let conversation = self.chats.get(&id).map(|chat| chat.state.clone());
        let named = agents(conversation.as_ref(), &actor, &command);
        let agents = named
            .into_iter()
            .map(|agent| self.agents.get(&agent).cloned().unwrap_or_else(|| Agent::new(agent)))
            .collect();
        let loaded = Loaded { id, conversation, agents };
        let declared = declared(&facts, &loaded, &actor, &command);
        let result = decide(loaded.clone(), &declared, actor, command.clone());
        if self.keep_logs {
            let all = decide(loaded.clone(), &facts, actor, command.clone());
            let shown = |result: &Result<Decision, Refusal>| format!("{result:?}");
            assert_eq!(shown(&result), shown(&all), "`needs` names every fact that {command:?} looks at");
        }
        Ok((result?, loaded))
    }

    /// Commits a decision, holding it to the invariants.
    pub(crate) fn commit(&mut self, loaded: &Loaded, decision: Decision) -> Done {
        invariants::decision(loaded, &decision, self.now, &self.settings);
        if self.keep_logs {
            decision.events.iter().for_each(|event| invariants::bytes(&event.header));
        }
        self.ledger.take(loaded.id, &decision);
        if let Some(state) = decision.conversation {
            let chat = self.chats.entry(loaded.id).or_insert_with(|| Chat {
                state: state.clone(),
                headers: Vec::new(),
                bodies: Vec::new(),
            });
            chat.state = state;
            if self.keep_logs {
                for event in &decision.events {
                    if event.header.stream == Stream::Conversation(loaded.id) {
                        chat.headers.push(event.header.clone());
                        chat.bodies.push(event.body.clone());
                    }
                }
            }
        }
        for agent in decision.agents {
            self.agents.insert(agent.id, agent);
        }
        self.effects.extend(decision.effects.iter().map(|effect| (loaded.id, effect.clone())));
        invariants::house(self);
        Done { events: decision.events, effects: decision.effects, reply: decision.reply }
    }

    /// One command, decided and committed.
    pub(crate) fn act(
        &mut self,
        id: ConversationId,
        actor: Actor,
        command: Command,
        reading: Reading,
    ) -> Result<Done, Refusal> {
        let due = command == Command::Due;
        let (decision, loaded) = self.decide(id, actor, command.clone(), reading)?;
        if let Some(state) = &loaded.conversation {
            invariants::late(state, &actor, &command, &decision);
        }
        let done = self.commit(&loaded, decision);
        if due && let Some(chat) = self.chats.get(&id) {
            assert!(chat.state.next_due().is_none_or(|at| at > self.now), "what was due is done: {:?}", chat.state);
        }
        Ok(done)
    }

    /// The step that a test is about.
    pub(crate) fn when(&mut self, actor: Actor, command: Command) -> Then {
        Then { result: self.act(CHAT, actor, command, Reading::default()) }
    }

    /// The customer writes, and the words are read.
    pub(crate) fn when_customer_writes(&mut self, text: &str) -> Then {
        let counter = self.chats.get(&CHAT).and_then(|c| c.state.clients.get(&WIDGET)).map_or(0, |n| *n) + 1;
        Then { result: self.act(CHAT, Actor::CUSTOMER, say(text, Some((WIDGET, counter))), read(text)) }
    }

    /// An agent writes.
    pub(crate) fn when_agent_writes(&mut self, agent: AgentId, text: &str) -> Then {
        let counter = self.state().clients.get(&DESK).map_or(0, |n| *n) + 1;
        self.when(Actor::agent(agent), say(text, Some((DESK, counter))))
    }

    /// The bot answers the oldest open ask.
    pub(crate) fn when_bot_says(&mut self, text: &str) -> Then {
        let (ask, baton) = (self.first_ask(), self.state().own.baton);
        let ordinal = self.state().recent_asks.iter().find(|recent| recent.id == ask).map_or(0, |recent| recent.next);
        self.when(Actor::bot(BOT), bot_replied(ask, baton, ordinal, text))
    }

    /// The bot ends its turn.
    pub(crate) fn when_bot_ends(&mut self, how: BotEnd) -> Then {
        let (ask, baton) = (self.first_ask(), self.state().own.baton);
        self.when(Actor::bot(BOT), Command::BotEnded { ask, baton, how })
    }

    /// The target does something under the present baton number.
    pub(crate) fn when_target(&mut self, did: TargetDid) -> Then {
        let baton = self.state().own.baton;
        self.when(Actor::target(TARGET, None), Command::Target { baton, did })
    }

    /// The clock goes on to the next deadline, which fires.
    pub(crate) fn when_next_due(&mut self) -> Then {
        self.now = self.now.max(self.state().next_due().expect("a deadline"));
        self.when(Actor::system(Part::Timer), Command::Due)
    }

    /// Time passes, and what is due fires.
    pub(crate) fn when_passed(&mut self, span: Ms) -> Then {
        self.now += span;
        self.when(Actor::system(Part::Timer), Command::Due)
    }

    pub(crate) fn first_ask(&self) -> AskId {
        self.state().asks.first().expect("an open ask").id
    }

    pub(crate) fn offer(&self) -> OfferId {
        self.state().own.offer.as_ref().expect("an offer").id
    }

    pub(crate) fn baton(&self) -> u64 {
        self.state().own.baton
    }

    pub(crate) fn start(&mut self, id: ConversationId) {
        self.act(id, Actor::CUSTOMER, start(), Reading::default()).expect("it starts");
    }

    /// An agent is there and wants work.
    pub(crate) fn ready(&mut self, agent: AgentId) {
        self.reachable.insert(agent);
        let command = Command::SetPresence { available: true, by: PresenceBy::Own };
        self.act(CHAT, Actor::agent(agent), command, Reading::default()).expect("presence is set");
    }

    /// The codes and words that the customer was told, in order.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let chat = &self.chats[&CHAT];
        chat.headers
            .iter()
            .zip(&chat.bodies)
            .filter_map(|(header, body)| match (&header.fact, body) {
                (Fact::Told(told), Some(Body::Notice { words, .. })) => Some((told.code.clone(), words.clone())),
                _ => None,
            })
            .collect()
    }
}

/// What the engine gathers of all facts: what `needs` names, and presence of the loaded agents alone.
fn declared(all: &Facts, loaded: &Loaded, actor: &Actor, command: &Command) -> Facts {
    let needs = needs(loaded.conversation.as_ref(), actor, command);
    let mut facts = all.clone();
    if !needs.reading {
        facts.reading = Reading::default();
    }
    if !needs.lines {
        facts.lines.clear();
        facts.place = None;
    }
    let known = |agent: &AgentId| needs.presence && loaded.agents.iter().any(|loaded| loaded.id == *agent);
    facts.reachable.retain(known);
    facts.idle.retain(|agent, _| known(agent));
    if loaded.conversation.as_ref().is_none_or(|state| state.brief.is_none()) {
        (facts.brief_note, facts.person_word) = (None, false);
    }
    facts
}

/// What a step did, or its refusal.
#[derive(Debug)]
pub(crate) struct Then {
    pub(crate) result: Result<Done, Refusal>,
}

impl Then {
    #[track_caller]
    pub(crate) fn done(&self) -> &Done {
        match &self.result {
            Ok(done) => done,
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }

    /// The kinds of its events in order; those on an agent's stream as `agent:kind`, notices as `told:code`.
    #[track_caller]
    pub(crate) fn kinds(&self) -> Vec<String> {
        let name = |event: &Drafted| match (&event.header.stream, &event.header.fact) {
            (Stream::Agent(_), fact) => format!("agent:{}", fact.kind()),
            (_, Fact::Told(told)) => format!("told:{}", told.code),
            (_, fact) => fact.kind().to_owned(),
        };
        self.done().events.iter().map(name).collect()
    }

    #[track_caller]
    pub(crate) fn then(&self, kinds: &[&str]) -> &Self {
        assert_eq!(self.kinds(), kinds);
        self
    }

    #[track_caller]
    pub(crate) fn refused(&self, with: &Refusal) {
        assert_eq!(self.result.as_ref().map(|done| done.reply).err(), Some(with), "{:?}", self.result);
    }

    #[track_caller]
    pub(crate) fn replied(&self, reply: Reply) -> &Self {
        assert_eq!(self.done().reply, reply);
        self
    }

    /// The effects, by their stable words.
    #[track_caller]
    pub(crate) fn effects(&self, words: &[&str]) -> &Self {
        let word = |effect: &Effect| match effect {
            Effect::AskBot { .. } => "ask_bot",
            Effect::OpenTarget { .. } => "open_target",
            Effect::TellTarget { .. } => "tell_target",
            Effect::PollTarget { .. } => "poll_target",
            Effect::CloseTarget { .. } => "close_target",
        };
        assert_eq!(self.done().effects.iter().map(word).collect::<Vec<_>>(), words);
        self
    }

    /// The words of the last notice in it.
    #[track_caller]
    pub(crate) fn words(&self) -> String {
        let notice = |event: &Drafted| match &event.body {
            Some(Body::Notice { words, .. }) => Some(words.clone()),
            _ => None,
        };
        self.done().events.iter().rev().find_map(notice).expect("a notice")
    }
}

/// A customer comes.
pub(crate) fn start() -> Command {
    Command::Start(Start {
        inbox: INBOX,
        person: PersonId(Uuid::from_u128(0xf1)),
        language: "en".into(),
        name: Some("Kim".into()),
        contact: None,
        page: None,
        device: None,
        variables: serde_json::Map::new(),
    })
}

pub(crate) fn content(text: &str) -> Content {
    Content::text(text).expect("a text")
}

pub(crate) fn say(text: &str, once: Option<(ClientId, u64)>) -> Command {
    Command::Say(Say { content: content(text), once, reply_to: None, basis: None, hold: false })
}

/// As [`say`], to be held for a moment.
pub(crate) fn say_held(text: &str, client: ClientId, counter: u64) -> Command {
    Command::Say(Say { content: content(text), once: Some((client, counter)), reply_to: None, basis: None, hold: true })
}

pub(crate) fn bot_replied(ask: AskId, baton: u64, ordinal: u16, text: &str) -> Command {
    let (content, said) = (content(text), BotSaid::default());
    Command::BotReplied(BotReplied { ask, ordinal, baton, basis: None, content, said })
}

pub(crate) fn bot_failed() -> BotEnd {
    BotEnd::Failed(Failure::BotError)
}

pub(crate) fn brief() -> Command {
    Command::HandBack { brief: Brief { note: "the refund is on its way".into(), ..Brief::default() } }
}

/// A reader as small as the tests need.
pub(crate) fn read(text: &str) -> Reading {
    let asks = text.contains("person").then(|| (Trigger::Phrase, vec![text.to_owned()]));
    Reading { asks_person: asks, courtesy: text == "thanks", language: None }
}

/// The customer is with the bot and has written nothing.
pub(crate) fn given_bot() -> House {
    let mut house = House::new(desk());
    house.start(CHAT);
    house
}

/// The customer waits in the live line.
pub(crate) fn given_waiting() -> House {
    let mut house = given_bot();
    house.when(Actor::CUSTOMER, Command::AskPerson).done();
    house
}

/// Ana was offered the waiting chat.
pub(crate) fn given_offered() -> House {
    let mut house = given_waiting();
    house.ready(ANA);
    house.when(Actor::system(Part::Router), Command::MakeOffer { agent: ANA }).done();
    house
}

/// Ana holds.
pub(crate) fn given_held() -> House {
    let mut house = given_offered();
    let offer = house.offer();
    house.when(Actor::agent(ANA), Command::AnswerOffer { offer, accept: true, as_of: 5 }).done();
    house
}

/// A message was left.
pub(crate) fn given_promise() -> House {
    let mut house = given_waiting();
    house.when(Actor::CUSTOMER, Command::LeaveMessage { text: None, contact: None }).done();
    house
}

/// A target is being opened.
pub(crate) fn given_opening() -> House {
    let mut house = House::new(outside());
    house.start(CHAT);
    house.when(Actor::CUSTOMER, Command::AskPerson).done();
    house
}

/// A person at the target answers.
pub(crate) fn given_live() -> House {
    let mut house = given_opening();
    house.when_target(TargetDid::Accepted).done();
    house.when_target(TargetDid::Joined { human: true, name: Some("Rita".into()), party: None }).done();
    house
}

/// Ana lent the chat to the bot.
pub(crate) fn given_lent() -> House {
    let mut house = given_held();
    house.when(Actor::agent(ANA), Command::Lend { bot: BOT }).done();
    house
}

/// Ana closed it.
pub(crate) fn given_closed() -> House {
    let mut house = given_held();
    house.when(Actor::agent(ANA), Command::Close { disposition: None, wrap_up: None }).done();
    house
}
