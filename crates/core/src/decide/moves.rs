//! What the commands are made of: each move appends an event and at once applies it to the working state, so that the
//! next move sees it.

use super::{Decision, Loaded, Reply, undo};
use crate::actor::{Actor, Part};
use crate::agent::Agent;
use crate::conversation::Conversation;
use crate::effect::{CloseReason, Effect};
use crate::event::{
    Answer, AskEnd, AskEnded, AskFor, AskOpened, Audience, Body, Fact, Failed, Failure, HandoverAnswered,
    HandoverAsked, HandoverEnded, Header, HolderSet, OfferEnd, OfferEnded, Outcome, Passing, Reason, SeatFreed,
    SeatTaken, Stream, Told, Trigger, Why,
};
use crate::facts::Facts;
use crate::hours::{utc_moment, zone_moment};
use crate::ids::{AgentId, AskId, ConnectionId, ConversationId, HandoverId, Ids, Ms, QueueId, reference};
use crate::limits;
use crate::notice::{Notice, notice};
use crate::ownership::{Holder, Phase};
use crate::refusal::Refusal;
use crate::settings::{Destination, History, Inbox, Role, Settings};
use crate::words::Words;

/// An event before it is sealed: `key`, `body` and `previous` of its header are not set yet.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The header.
    pub header: Header,
    /// What will be sealed.
    pub body: Option<Body>,
}

pub(super) struct Moves<'a> {
    pub(super) id: ConversationId,
    pub(super) state: Option<Conversation>,
    pub(super) agents: Vec<Agent>,
    pub(super) facts: &'a Facts,
    pub(super) actor: Actor,
    pub(super) basis: Option<u64>,
    events: Vec<Drafted>,
    effects: Vec<Effect>,
    ids: Ids,
}

impl<'a> Moves<'a> {
    pub(super) fn new(loaded: Loaded, facts: &'a Facts, actor: Actor) -> Self {
        Self {
            id: loaded.id,
            state: loaded.conversation,
            agents: loaded.agents,
            facts,
            actor,
            basis: None,
            events: Vec::new(),
            effects: Vec::new(),
            ids: Ids::new(facts.seed, facts.now),
        }
    }

    pub(super) fn finish(self, reply: Reply) -> Decision {
        Decision { events: self.events, effects: self.effects, conversation: self.state, agents: self.agents, reply }
    }

    pub(super) fn state(&self) -> Result<&Conversation, Refusal> {
        self.state.as_ref().ok_or(Refusal::NotFound)
    }

    pub(super) fn open(&self) -> Result<&Conversation, Refusal> {
        let state = self.state()?;
        if state.closed() { Err(Refusal::Closed) } else { Ok(state) }
    }

    /// The working state, where an earlier line has shown that there is one.
    pub(super) fn conv(&self) -> &Conversation {
        self.state.as_ref().expect("a move that reads the state comes after the check that the conversation exists")
    }

    pub(super) fn settings(&self) -> &'a Settings {
        &self.facts.settings
    }

    pub(super) fn inbox(&self) -> Option<&'a Inbox> {
        self.facts.settings.inboxes.get(&self.conv().inbox)
    }

    pub(super) fn now(&self) -> Ms {
        self.facts.now
    }

    pub(super) fn deal(&mut self) -> uuid::Uuid {
        self.ids.deal()
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Appends to the conversation, by the actor of the command.
    pub(super) fn push(&mut self, audience: Audience, fact: impl Into<Fact>, body: Option<Body>) -> u64 {
        self.push_as(self.actor, audience, fact, body)
    }

    /// Appends to the conversation, by another actor.
    pub(super) fn push_as(
        &mut self,
        actor: Actor,
        audience: Audience,
        fact: impl Into<Fact>,
        body: Option<Body>,
    ) -> u64 {
        let fact = fact.into();
        let stream = Stream::Conversation(self.id);
        let (seq, position, at) = match &self.state {
            Some(state) => (state.head.seq, state.head.position, state.head.at),
            None => (0, 0, 0),
        };
        let position = (audience == Audience::Customer).then_some(position + 1);
        let at = self.facts.now.max(at + 1);
        let previous = crate::ids::Hash32([0; 32]);
        let mut header = Header {
            stream,
            seq: seq + 1,
            position,
            at,
            version: 1,
            actor,
            audience,
            baton: None,
            cause: None,
            basis: self.basis,
            key: None,
            body: None,
            previous,
            fact,
        };
        match &mut self.state {
            Some(state) => state.apply(&header),
            none => *none = Conversation::begin(self.id, &header),
        }
        header.baton = self.state.as_ref().map(|state| state.own.baton);
        debug_assert!(body.as_ref().is_none_or(|body| body.kind() == header.fact.body_kind()), "the table fact → body");
        self.events.push(Drafted { header, body });
        seq + 1
    }

    pub(super) fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }

    /// Appends to an agent's stream.
    pub(super) fn push_agent(&mut self, id: AgentId, fact: impl Into<Fact>) {
        let (now, actor, cause) =
            (self.facts.now, self.actor, self.state.as_ref().map(|s| (Stream::Conversation(s.id), s.head.seq)));
        let Some(agent) = self.agents.iter_mut().find(|agent| agent.id == id) else {
            debug_assert!(false, "`agents` names every agent that a command touches");
            return;
        };
        let header = Header {
            stream: Stream::Agent(id),
            seq: agent.head.seq + 1,
            position: None,
            at: now.max(agent.head.at + 1),
            version: 1,
            actor,
            audience: Audience::People,
            baton: None,
            cause,
            basis: None,
            key: None,
            body: None,
            previous: crate::ids::Hash32([0; 32]),
            fact: fact.into(),
        };
        agent.apply(&header);
        self.events.push(Drafted { header, body: None });
    }

    /// Tells the customer.
    pub(super) fn tell(&mut self, fact: &Notice) {
        let told = notice(fact, &self.conv().language);
        let words = Body::Notice {
            values: told.values,
            words: told.words,
            actions: told.actions.into_iter().map(str::to_owned).collect(),
        };
        let fact = Told { code: told.code.to_owned(), catalogue: told.catalogue, language: told.language };
        self.push_as(Actor::system(Part::Policy), Audience::Customer, fact, Some(words));
    }

    pub(super) fn fail(&mut self, what: Failure) {
        self.push(Audience::People, Failed { what }, None);
    }

    /// Ends the offer that stands, on both streams.
    pub(super) fn end_offer(&mut self, how: OfferEnd) {
        if let Some(offer) = self.conv().own.offer.clone() {
            self.push(Audience::People, OfferEnded { offer: offer.id, how }, None);
            self.push_agent(offer.to, OfferEnded { offer: offer.id, how });
        }
    }

    /// Withdraws every turn that a bot still has.
    pub(super) fn withdraw_asks(&mut self) {
        let asks: Vec<AskId> = self.conv().asks.iter().map(|ask| ask.id).collect();
        for ask in asks {
            self.push(Audience::Log, AskEnded { ask, how: AskEnd::Withdrawn }, None);
        }
    }

    /// Passes the baton: ends what belonged to the old stretch, frees and takes seats, closes a target that was open.
    pub(super) fn pass(&mut self, holder: Holder, why: Why, passing: Option<Passing>) {
        let offer = self.conv().own.offer.as_ref();
        let (to, giver) = (offer.map(|offer| offer.to), offer.and_then(|offer| offer.giver));
        let taken = matches!(&holder, Holder::Agent { agent, .. } if Some(*agent) == to);
        let giver = giver.filter(|_| taken);
        undo::settle(self, &[self.actor.acting_agent(), giver]);
        self.end_offer(if taken { OfferEnd::Accepted } else { OfferEnd::Withdrawn });
        self.withdraw_asks();
        let before = self.conv().own.clone();
        if let Holder::Target { connection, phase, .. } = &before.holder
            && *phase != Phase::Ending
            && why != Why::TargetEnded
            && !before.holder.same_party(&holder)
        {
            let reason = match why {
                Why::Withdrawn => CloseReason::Withdrawn,
                Why::Closed | Why::Quiet => CloseReason::Closed,
                _ => CloseReason::Passed,
            };
            self.effect(Effect::CloseTarget { target: *connection, baton: before.began, reason });
        }
        let (old, new) = (before.holder.seat(), holder.seat());
        self.push(Audience::People, HolderSet { holder, why }, passing.map(Body::Passing));
        if old != new {
            let conversation = self.id;
            if let Some(agent) = old {
                self.push_agent(agent, SeatFreed { conversation });
            }
            if let Some(agent) = new {
                self.push_agent(agent, SeatTaken { conversation });
            }
        }
    }

    /// Gives a turn to a bot.
    pub(super) fn open_ask(&mut self, bot: ConnectionId, reason: AskFor) -> Result<(), Refusal> {
        if self.conv().asks.len() >= limits::OPEN_ASKS {
            return Err(Refusal::TooManyAsks);
        }
        let ask = AskId(self.deal());
        let (upto, limit) = (self.conv().head.position, self.settings().bot_limit(bot));
        let upto = if reason == AskFor::Message { upto } else { 0 };
        self.push(Audience::Log, AskOpened { ask, bot, reason, upto, limit }, None);
        let baton = self.conv().own.baton;
        self.effect(Effect::AskBot { bot, ask, baton });
        Ok(())
    }

    /// Gives the open turns to the bot once more: what it says under the old baton number would be withheld, and its
    /// silence under the new one would count as a failure.
    pub(super) fn ask_again(&mut self) {
        let asks = self.conv().asks.clone();
        self.withdraw_asks();
        for old in asks {
            let ask = AskId(self.deal());
            let fact = AskOpened { ask, bot: old.bot, reason: old.reason, upto: old.upto, limit: old.limit };
            self.push(Audience::Log, fact, None);
            let baton = self.conv().own.baton;
            self.effect(Effect::AskBot { bot: old.bot, ask, baton });
        }
    }

    /// Records that a person is wanted; the caller answers in the same commit.
    pub(super) fn ask_handover(
        &mut self,
        trigger: Trigger,
        to: Destination,
        priority: u8,
        reason: Reason,
    ) -> HandoverId {
        let handover = HandoverId(self.deal());
        // A promise whose customer asks again: it goes on in the new one.
        self.end_handover(Outcome::Redirected { to: handover });
        let fact = HandoverAsked { handover, trigger, to, priority };
        self.push(Audience::People, fact, Some(Body::Reason(reason)));
        handover
    }

    pub(super) fn answer_handover(&mut self, handover: HandoverId, answer: Answer) {
        self.push(Audience::People, HandoverAnswered { handover, answer }, None);
    }

    /// Gives the open handover its outcome, if one is open.
    pub(super) fn end_handover(&mut self, outcome: Outcome) {
        if let Some(open) = self.conv().handover {
            self.push(Audience::People, HandoverEnded { handover: open.id, outcome }, None);
        }
    }

    /// What the house calls this moment, in the customer's language.
    pub(super) fn moment(&self, queue: Option<QueueId>, at: Ms) -> String {
        let language = &self.conv().language;
        match queue.and_then(|id| self.settings().queues.get(&id)).and_then(|queue| queue.hours.as_ref()) {
            Some(hours) => hours.moment(at, self.now(), language),
            None => match self.inbox().and_then(|inbox| inbox.time_zone.as_deref()) {
                Some(zone) => zone_moment(zone, at, self.now(), language),
                None => utc_moment(at, self.now(), language),
            },
        }
    }

    /// The name of an agent as customers read it; words of their language if the account was removed.
    pub(super) fn agent_name(&self, id: AgentId) -> String {
        self.named(self.settings().agents.get(&id).map(|card| &card.name), "name.colleague")
    }

    /// The name of a bot or target, the same way.
    pub(super) fn connection_name(&self, id: ConnectionId) -> String {
        self.named(self.settings().connections.get(&id).map(|connection| &connection.name), "name.team")
    }

    /// The name of a queue, the same way.
    pub(super) fn queue_name(&self, id: QueueId) -> String {
        self.named(self.settings().queues.get(&id).map(|queue| &queue.name), "name.team")
    }

    fn named(&self, name: Option<&String>, otherwise: &str) -> String {
        name.cloned().unwrap_or_else(|| Words::of(&self.conv().language).text(otherwise).to_owned())
    }

    /// The healthy bot of the inbox, if it may take the chat again.
    pub(super) fn bot(&self) -> Option<ConnectionId> {
        let state = self.conv();
        let bot = self.inbox()?.bot.filter(|bot| self.settings().is_bot(*bot))?;
        (state.bot_failures < limits::BOT_FAILURES).then_some(bot)
    }

    /// The list for left messages.
    pub(super) fn later(&self) -> Option<QueueId> {
        self.inbox()?.later.filter(|id| self.settings().queues.contains_key(id))
    }

    /// When a message that is left now is to be answered.
    pub(super) fn promise(&self, later: QueueId) -> Ms {
        let now = self.now();
        let hours = self.settings().queues.get(&later).and_then(|queue| queue.hours.as_ref());
        hours.and_then(|hours| hours.after_open_time(now, limits::PROMISE_OPEN_TIME)).unwrap_or(now + limits::PROMISE)
    }

    pub(super) fn reference(&self) -> String {
        reference(self.id)
    }

    /// What a destination gets of the history.
    pub(super) fn history(&self, to: Destination) -> History {
        match to {
            Destination::Queue { .. } => History::Full,
            Destination::Target { id } => match self.settings().connections.get(&id).map(|c| &c.role) {
                Some(Role::Target { history, .. }) => *history,
                _ => History::None,
            },
        }
    }

    /// The agent who acts and has an account.
    pub(super) fn acting_agent(&self) -> Result<AgentId, Refusal> {
        self.actor
            .acting_agent()
            .filter(|id| self.settings().agents.get(id).is_some_and(|card| card.active))
            .ok_or(Refusal::NotAllowed)
    }

    /// The acting agent, who must hold the conversation.
    pub(super) fn holding_agent(&self) -> Result<AgentId, Refusal> {
        let agent = self.acting_agent()?;
        match &self.open()?.own.holder {
            Holder::Agent { agent: holder, .. } if *holder == agent => Ok(agent),
            _ => Err(Refusal::NotHolder),
        }
    }

    /// Whether one more chat fits, beside those that have or reserve a seat already.
    pub(super) fn has_seat(&self, agent: AgentId) -> bool {
        let capacity = self.settings().agents.get(&agent).map_or(0, |card| card.capacity);
        self.agent(agent).is_some_and(|state| {
            let own = state.seats.contains(&self.id) || state.offers.values().any(|chat| *chat == self.id);
            state.load() < capacity + u32::from(own)
        })
    }
}
