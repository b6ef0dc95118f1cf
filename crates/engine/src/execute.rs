//! The one algorithm: load, gather, decide, seal, commit; on conflict again.

use crate::behind::Listed;
use crate::lists::concern_lists;
use crate::projections::row;
use crate::query::Opened;
use crate::seal::seal_all;
use crate::states::Slot;
use crate::{Engine, Error};
use baton_core::actor::{Part, Who};
use baton_core::agent::Agent;
use baton_core::command::{Command, Start};
use baton_core::content::Content;
use baton_core::conversation::Conversation;
use baton_core::decide::{Decision, Loaded, Reply, agents, decide, needs, streams};
use baton_core::event::{Body, Fact, Fate, Header, Once, PresenceBy, Stream};
use baton_core::facts::Facts;
use baton_core::ids::{AgentId, ClientId, ConnectionId, ConversationId, MessageId, Ms};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_kit::bus::Signal;
use baton_kit::runtime::seed;
use baton_kit::store::{self, Commit, EffectId, Link, NewEffect, Record};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// What a command did.
#[derive(Clone, Debug)]
pub struct Done {
    /// What core replied.
    pub reply: Reply,
    /// The state after it.
    pub state: Arc<Conversation>,
    /// The event that bears what was said, also for a repeat.
    pub said: Option<SaidAt>,
}

/// Where something said stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidAt {
    /// In the stream.
    pub seq: u64,
    /// Among what the customer sees.
    pub position: Option<u64>,
    /// When.
    pub at: Ms,
    /// Which message.
    pub message: MessageId,
    /// Until when it may be undone, if it was held.
    pub held_until: Option<Ms>,
}

/// A conversation that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Which one.
    pub conversation: ConversationId,
    /// True: this key had started it before.
    pub repeat: bool,
    /// Its state.
    pub state: Arc<Conversation>,
}

/// What goes along with the events into one commit.
#[derive(Default)]
pub(crate) struct Along {
    pub(crate) done: Vec<EffectId>,
    pub(crate) links: Vec<Link>,
    pub(crate) records: Vec<Record>,
}

impl Engine {
    /// Carries out a command in a conversation.
    ///
    /// # Errors
    /// A refusal leaves no trace; [`Error::Busy`] after too many conflicts; the store's own.
    pub async fn execute(&self, permit: &Permit, id: ConversationId, command: Command) -> Result<Done, Error> {
        self.execute_along(permit, id, command, Along::default()).await
    }

    /// Carries out a command unless this record stands already; `None`: it does, so this is a repeat.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn execute_once(
        &self,
        permit: &Permit,
        id: ConversationId,
        command: Command,
        record: Record,
    ) -> Result<Option<Done>, Error> {
        if self.store.record(&record.kind, &record.key, self.now()).await?.is_some() {
            return Ok(None);
        }
        let along = Along { records: vec![record.clone()], ..Along::default() };
        match self.execute_along(permit, id, command, along).await {
            Err(Error::Busy) if self.store.record(&record.kind, &record.key, self.now()).await?.is_some() => Ok(None),
            other => other.map(Some),
        }
    }

    pub(crate) async fn execute_along(
        &self,
        permit: &Permit,
        id: ConversationId,
        mut command: Command,
        along: Along,
    ) -> Result<Done, Error> {
        if permit.conversation().is_some_and(|own| own != id) {
            return Err(Refusal::NotFound.into());
        }
        let slot = self.states.conversation(id);
        let mut slot = slot.lock_owned().await;
        for round in 0..limits::COMMIT_TRIES {
            if !slot.loaded {
                slot.state = self.load_conversation(id).await?;
                slot.loaded = true;
            }
            if round == 0 {
                self.redact(id, slot.state.as_deref(), &permit.actor(), &mut command).await?;
            }
            match self.attempt(permit, id, &mut slot, &command, &along).await {
                Err(Error::Store(why)) if why == CONFLICT => *slot = Slot::default(),
                other => return other,
            }
        }
        metrics::counter!("baton_commit_conflicts_given_up_total").increment(1);
        Err(Error::Busy)
    }

    pub(crate) async fn attempt(
        &self,
        permit: &Permit,
        id: ConversationId,
        slot: &mut Slot,
        command: &Command,
        along: &Along,
    ) -> Result<Done, Error> {
        let actor = permit.actor();
        // Agents are locked in the order of their ids, always after the conversation: no circle can form.
        let mut held: Vec<OwnedMutexGuard<Option<Agent>>> = Vec::new();
        let mut loaded_agents = Vec::new();
        for agent in agents(slot.state.as_deref(), &actor, command) {
            let mut guard = self.states.agent(agent).lock_owned().await;
            if guard.is_none() {
                *guard = Some(self.load_agent(agent).await?);
            }
            loaded_agents.extend(guard.clone());
            held.push(guard);
        }
        let facts = self.gather(id, slot.state.as_deref(), &loaded_agents, &actor, command).await?;
        let loaded = Loaded { id, conversation: slot.state.as_deref().cloned(), agents: loaded_agents };
        let decision = decide(loaded, &facts, actor, command.clone())?;
        if decision.reply == Reply::Repeat && decision.events.is_empty() {
            let state = slot.state.clone().ok_or(Refusal::NotFound)?;
            let said = self.find_said(id, command).await?;
            if !along.done.is_empty() {
                let commit = Commit { done: along.done.clone(), ..Commit::default() };
                self.store.commit(commit).await?;
            }
            return Ok(Done { reply: Reply::Repeat, state, said });
        }
        self.commit(id, slot, held, decision, along).await
    }

    async fn commit(
        &self,
        id: ConversationId,
        slot: &mut Slot,
        mut held: Vec<OwnedMutexGuard<Option<Agent>>>,
        decision: Decision,
        along: &Along,
    ) -> Result<Done, Error> {
        let Decision { mut events, effects, conversation, agents, reply } = decision;
        let mut audit = self.audited(&mut events).await?;
        // From here on nobody knows what the store will have kept, above all where the caller goes away and this is dropped
        // half-way: what is in memory is put back only after the commit, and else read anew.
        let was = std::mem::take(slot);
        let agents_were: Vec<Option<Agent>> = held.iter_mut().map(|guard| guard.take()).collect();
        let end_was = audit.as_mut().and_then(|end| end.take());
        let before = was.state.as_deref();
        let expected = streams(&events);
        let mut chains: Vec<(Stream, baton_core::ids::Hash32)> = expected
            .iter()
            .map(|(stream, _)| {
                let chain = match stream {
                    Stream::Conversation(_) => before.map(|state| state.head.chain),
                    Stream::Agent(agent) => agents_were.iter().flatten().find(|a| a.id == *agent).map(|a| a.head.chain),
                    Stream::Audit => end_was.as_ref().map(|end| end.chain),
                    _ => None,
                };
                (*stream, chain.unwrap_or_else(|| baton_core::event::start_of_chain(*stream)))
            })
            .collect();
        let mut key = before.and_then(|state| state.key);
        let workspace = self.store.identity().workspace;
        let (sealed, headers, bodies) = seal_all(&self.keyring, workspace, events, &mut chains, &mut key).await?;
        let mut state = conversation;
        if let Some(state) = &mut state {
            // An erasure took the key away; an episode that begins has another one.
            if key != before.and_then(|state| state.key) {
                state.key = key;
            }
            if let Some((_, chain)) = chains.iter().find(|(stream, _)| *stream == Stream::Conversation(id)) {
                state.head.chain = *chain;
            }
        }
        let state = state.map(Arc::new);
        let changed = expected.iter().any(|(stream, _)| *stream == Stream::Conversation(id));
        let due = state.as_ref().and_then(|state| state.next_due());
        // A later deadline needs no write: the row fires early, finds nothing due and is armed anew.
        let arm = match (due, was.armed) {
            (Some(due), Some(armed)) => due < armed,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let entries = match concern_lists(&headers) {
            true => self.entries_of(id, before, &headers).await?,
            false => Vec::new(),
        };
        let listed = state.as_deref().map(Listed::of);
        // The last word alone moves it in no list: such a row follows later.
        let later = listed.is_some() && listed == was.listed;
        let moved = !later || !entries.is_empty();
        let commit = Commit {
            expected,
            events: sealed,
            effects: effects
                .iter()
                .map(|effect| {
                    let json = serde_json::to_vec(effect).map_err(|error| Error::Unreadable(error.to_string()))?;
                    Ok(NewEffect { conversation: id, lane: effect.lane(id), effect: json })
                })
                .collect::<Result<_, Error>>()?,
            done: along.done.clone(),
            timers: if arm { vec![(Stream::Conversation(id), due)] } else { Vec::new() },
            links: along.links.clone(),
            rows: state.as_deref().filter(|_| changed && !later).map(row).into_iter().collect(),
            entries,
            hide: Vec::new(),
            records: along.records.clone(),
        };
        let nothing = commit.events.is_empty()
            && commit.done.is_empty()
            && commit.timers.is_empty()
            && commit.links.is_empty()
            && commit.records.is_empty();
        if !nothing {
            match self.store.commit(commit).await {
                Ok(offset) => {
                    metrics::counter!("baton_events_total").increment(headers.len() as u64);
                    if let Some(state) = state.as_ref().filter(|_| changed) {
                        self.row_changed(state, later);
                    }
                    self.publish(id, &headers, bodies, (offset, moved), before, state.as_deref());
                }
                Err(store::Error::Conflict) => return Err(Error::Store(CONFLICT.to_owned())),
                Err(error) => return Err(error.into()),
            }
        }
        if let (Some(guard), Some(mut end)) = (audit.as_mut(), end_was) {
            if let Some(last) = headers.iter().rfind(|header| header.stream == Stream::Audit)
                && let Some((_, chain)) = chains.iter().find(|(stream, _)| *stream == Stream::Audit)
            {
                (end.seq, end.at, end.chain) = (last.seq, last.at, *chain);
            }
            **guard = Some(end);
        }
        let moves_seats = !agents.is_empty();
        for mut agent in agents {
            if let Some((_, chain)) = chains.iter().find(|(stream, _)| *stream == Stream::Agent(agent.id)) {
                agent.head.chain = *chain;
            }
            self.lines.agent_changed(&agent);
            let place = agents_were.iter().position(|was| was.as_ref().is_some_and(|was| was.id == agent.id));
            if let Some(guard) = place.and_then(|at| held.get_mut(at)) {
                **guard = Some(agent);
            }
        }
        *slot = Slot { loaded: true, state: state.clone(), armed: if arm { due } else { was.armed }, listed };
        let state = state.ok_or(Refusal::NotFound)?;
        if changed {
            let moved = self.lines.conversation_changed(&state);
            if moved {
                self.signal(Signal::LineMoved);
            }
            // A word in a chat that somebody has makes no seat free and puts nobody in a line.
            if moved || moves_seats || state.own.offer.is_some() {
                self.wake.router.notify_one();
            }
        }
        if !effects.is_empty() {
            self.wake.outbox.notify_one();
        }
        if arm {
            self.wake.timers.notify_one();
        }
        let said = match reply {
            Reply::Said { seq } => {
                headers.iter().find(|h| h.seq == seq && h.stream == Stream::Conversation(id)).and_then(said_at)
            }
            _ => None,
        };
        Ok(Done { reply, state, said })
    }

    /// Tells whom it concerns, after the commit.
    fn publish(
        &self,
        id: ConversationId,
        headers: &[Header],
        bodies: Vec<Option<Body>>,
        (offset, moved): (store::Offset, bool),
        before: Option<&Conversation>,
        after: Option<&Conversation>,
    ) {
        let own = Stream::Conversation(id);
        if self.live.listened(id) {
            let opened = headers.iter().zip(bodies).filter(|(header, _)| header.stream == own);
            self.live.keep(id, opened.map(|(header, body)| Opened { header: header.clone(), body }));
        }
        let mut seen: Vec<(Stream, u64)> = Vec::with_capacity(2);
        for header in headers {
            match seen.iter_mut().find(|(stream, _)| *stream == header.stream) {
                Some((_, seq)) => *seq = header.seq,
                None => seen.push((header.stream, header.seq)),
            }
        }
        for (stream, seq) in seen {
            let signal = Signal::Appended { stream, seq, offset, moved, own: false };
            match after {
                Some(after) if stream == own => self.live.tell_appended(&signal, before, after),
                _ => self.live.tell(&signal),
            }
            self.bus.publish(signal);
        }
        self.live.told(offset, headers.len());
    }

    async fn gather(
        &self,
        id: ConversationId,
        state: Option<&Conversation>,
        agents: &[Agent],
        actor: &baton_core::actor::Actor,
        command: &Command,
    ) -> Result<Facts, Error> {
        let needs = needs(state, actor, command);
        let mut facts = Facts::at(self.now(), seed(&*self.runtime), self.settings());
        if let (true, Command::Say(say), Some(state)) = (needs.reading, command, state) {
            facts.reading = self.read(&say.content, &state.language);
        }
        if needs.lines {
            facts.lines = self.lines.facts(&facts.settings, &self.reach, facts.now);
            facts.place = self.lines.place(id, facts.now);
        }
        if needs.presence {
            for agent in agents {
                if self.reach.reachable(agent.id, facts.now) {
                    facts.reachable.insert(agent.id);
                }
                facts.idle.insert(agent.id, self.reach.idle(agent.id, facts.now));
            }
        }
        if let Some(state) = state.filter(|state| state.brief.is_some()) {
            facts.person_word = self.analyzer.person_word(&state.language);
            facts.brief_note = self.brief_of(id, state.marks.passed).await?.map(|brief| brief.note);
        }
        let permit = Permit::system(Part::Policy);
        for held in state.iter().flat_map(|state| &state.held) {
            // Erased words are absent and so are not sent.
            if let Some(Body::Message { content, shown_name, .. }) =
                self.event(&permit, id, held.seq).await?.and_then(|opened| opened.body)
            {
                facts.held.insert(held.seq, (content, shown_name));
            }
        }
        if let Command::Report(report) = command {
            facts.bot_message = self.bot_message(&permit, id, report.position).await?;
        }
        Ok(facts)
    }

    /// The event and the bot of the message at this position, if a bot said it.
    async fn bot_message(
        &self,
        permit: &Permit,
        id: ConversationId,
        position: u64,
    ) -> Result<Option<(u64, ConnectionId)>, Error> {
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let found = self.positions(permit, id, before, 1).await?.pop().filter(|o| o.header.position == Some(position));
        Ok(found.and_then(|opened| match (&opened.header.fact, opened.header.actor.who) {
            (Fact::Said(_), Who::Bot { id }) => Some((opened.header.seq, id)),
            _ => None,
        }))
    }

    fn read(&self, content: &Content, language: &str) -> baton_core::facts::Reading {
        self.analyzer.read(&content.plain, language)
    }

    /// The event of a repeat: found by its client's count or its ask's ordinal. Rare, so the stream is searched.
    async fn find_said(&self, id: ConversationId, command: &Command) -> Result<Option<SaidAt>, Error> {
        let wanted = match command {
            Command::Say(say) => say.once.map(|(client, counter)| Once::Client { client, counter }),
            Command::BotReplied(reply) => Some(Once::Reply { ask: reply.ask, ordinal: reply.ordinal }),
            _ => None,
        };
        let Some(wanted) = wanted else { return Ok(None) };
        let mut found = None;
        self.fold(Stream::Conversation(id), |header, _| {
            if let Fact::Said(fact) = &header.fact
                && fact.once == Some(wanted)
            {
                found = said_at(header);
            }
        })
        .await?;
        Ok(found)
    }

    /// Opens a conversation. A start key makes a repeat find the same one, for seven days.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn start(&self, permit: &Permit, start: Start, key: Option<&str>) -> Result<Started, Error> {
        let record_key = key.map(|key| self.master.outside(key).0.to_vec());
        for _ in 0..limits::COMMIT_TRIES {
            if let Some(key) = &record_key
                && let Some(record) = self.store.record("start", key, self.now()).await?
                && let Ok(bytes) = <[u8; 16]>::try_from(record.value.as_slice())
            {
                let conversation = ConversationId(uuid::Uuid::from_bytes(bytes));
                let state = self.state(conversation).await?.ok_or(Refusal::NotFound)?;
                return Ok(Started { conversation, repeat: true, state });
            }
            let conversation = ConversationId(baton_core::ids::Ids::new(seed(&*self.runtime), self.now()).deal());
            let mut along = Along::default();
            along.records.extend(record_key.clone().map(|key| Record {
                kind: "start".into(),
                key,
                value: conversation.0.as_bytes().to_vec(),
                expires: self.now() + limits::START_KEY,
            }));
            match self.execute_along(permit, conversation, Command::Start(start.clone()), along).await {
                Ok(done) => return Ok(Started { conversation, repeat: false, state: done.state }),
                // The key was used by another request in this moment: that one's conversation is the answer.
                Err(Error::Busy) if record_key.is_some() => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// Sets what an agent wants: work or none.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn set_presence(&self, permit: &Permit, available: bool) -> Result<Agent, Error> {
        let agent = permit.actor().acting_agent().ok_or(Refusal::NotAllowed)?;
        // Presence is a command on the agent's stream alone: the conversation is a name that no stream has.
        let nowhere = ConversationId(uuid::Uuid::nil());
        for _ in 0..limits::COMMIT_TRIES {
            let mut slot = Slot { loaded: true, ..Slot::default() };
            let command = Command::SetPresence { available, by: PresenceBy::Own };
            match self.attempt(permit, nowhere, &mut slot, &command, &Along::default()).await {
                Err(Error::Store(why)) if why == CONFLICT => {}
                // No conversation came of it, as is right.
                Ok(_) | Err(Error::Refused(Refusal::NotFound)) => {
                    self.wake.router.notify_one();
                    self.signal(Signal::Reachable { agent });
                    return self.agent_state(agent).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// What a client copy's next counter is.
    ///
    /// # Errors
    /// The store's own.
    pub async fn next_counter(&self, permit: &Permit, id: ConversationId, client: ClientId) -> Result<u64, Error> {
        let state = self.conversation(permit, id).await?;
        Ok(state.clients.get(&client).copied().unwrap_or(0) + 1)
    }

    /// Takes a sign of life of an agent.
    pub async fn heartbeat(&self, agent: AgentId) {
        let now = self.now();
        if self.reach.renew(agent, now) {
            self.signal(Signal::Reachable { agent });
            self.wake.router.notify_one();
        }
        let name = format!("agent/{agent}");
        if let Err(error) = self.store.take_lease(&name, agent.0, now, now + limits::AGENT_LEASE).await {
            tracing::warn!(%agent, %error, "a lease could not be kept; after a restart this agent counts as lost sooner");
        }
    }
}

/// Marks a conflict between the tries of one command; never leaves the engine.
pub(crate) const CONFLICT: &str = "conflict";

fn said_at(header: &Header) -> Option<SaidAt> {
    match &header.fact {
        Fact::Said(fact) => {
            let held_until = match fact.fate {
                Fate::Held { due } => Some(due),
                _ => None,
            };
            let (seq, position, at) = (header.seq, header.position, header.at);
            Some(SaidAt { seq, position, at, message: fact.message, held_until })
        }
        _ => None,
    }
}

/// Keeps the compiler honest about what crosses tasks.
const fn _assert_send<T: Send + Sync>() {}
const _: () = _assert_send::<Arc<Engine>>();
