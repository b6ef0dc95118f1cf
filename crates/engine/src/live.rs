//! Who listens to what in this process, and the last events of the chats that somebody has open. A message wakes the few
//! screens that it concerns, however many sockets are open; its readers find it here, opened, and need not ask the store.
//!
//! The store stays the truth: what is not here is read there, and what no signal told is found by [`run`].

use crate::query::{Fresh, Opened};
use crate::{Engine, Error};
use baton_core::conversation::Conversation;
use baton_core::event::Stream;
use baton_core::ids::{AgentId, ConversationId, Ms};
use baton_core::limits;
use baton_core::ownership::{Guest, Holder};
use baton_kit::bus::Signal;
use baton_kit::store::Offset;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// Those who stand in a line are told of places at most so often.
const PLACES: Ms = 500;
/// The look at the log that covers signals that never came.
const POLL: Ms = 5_000;
/// Listeners of different conversations wait for each other only within one of so many groups.
const SHARDS: usize = 32;
/// A customer and an agent: for more screens it is worth to keep what they show.
const ALONE: usize = 2;

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the signals for one screen wait.
#[derive(Default)]
struct Mailbox {
    mail: Mutex<Mail>,
    notify: Notify,
}

#[derive(Default)]
struct Mail {
    waiting: VecDeque<Signal>,
    /// Streams of which a hint waits already: the next look finds everything.
    hinted: HashSet<Stream>,
    line_moved: bool,
    missed: bool,
}

impl Mailbox {
    fn put(&self, signal: &Signal) {
        {
            let mut mail = lock(&self.mail);
            let known = match signal {
                // That something moved is told even to whom a word waits for.
                Signal::Appended { stream, moved, .. } => !mail.hinted.insert(*stream) && !moved,
                Signal::LineMoved => std::mem::replace(&mut mail.line_moved, true),
                _ => false,
            };
            if known || mail.missed {
                return;
            }
            if mail.waiting.len() >= limits::HINTS {
                *mail = Mail { missed: true, ..Mail::default() };
            } else {
                mail.waiting.push_back(signal.clone());
            }
        }
        self.notify.notify_one();
    }

    fn take(&self) -> Option<Heard> {
        let mut mail = lock(&self.mail);
        if mail.missed {
            // What came meanwhile was noted as waiting and does not: it must be heard of again.
            *mail = Mail::default();
            return Some(Heard::Missed);
        }
        let signal = mail.waiting.pop_front()?;
        match &signal {
            Signal::Appended { stream, .. } => {
                mail.hinted.remove(stream);
            }
            Signal::LineMoved => mail.line_moved = false,
            _ => {}
        }
        if mail.waiting.is_empty() {
            // An idle screen keeps no memory for its busiest moment.
            (mail.waiting, mail.hinted) = (VecDeque::new(), HashSet::new());
        }
        Some(Heard::Signal(signal))
    }
}

/// What a listener is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Something happened.
    Signal(Signal),
    /// More happened than was kept: look at everything again.
    Missed,
}

#[derive(Default)]
struct Topic {
    boxes: Vec<Arc<Mailbox>>,
    /// Gap-free, up to the last event of this process.
    recent: VecDeque<Arc<Fresh>>,
}

#[derive(Default)]
struct House {
    /// Every desk.
    desks: Vec<Arc<Mailbox>>,
    /// Desks of those who see all chats.
    all: Vec<Arc<Mailbox>>,
    agents: HashMap<AgentId, Vec<Arc<Mailbox>>>,
    /// Customers in a line.
    lines: Vec<Arc<Mailbox>>,
}

/// Up to where every event has been told.
#[derive(Default)]
struct Told {
    upto: u64,
    /// Told, but something before is not: first and last.
    apart: BTreeMap<u64, u64>,
}

/// Listeners and recent events.
#[derive(Default)]
pub(crate) struct Live {
    topics: [Mutex<HashMap<ConversationId, Topic>>; SHARDS],
    house: Mutex<House>,
    line_moved: Notify,
    told: Mutex<Told>,
}

fn drop_box(boxes: &mut Vec<Arc<Mailbox>>, mailbox: &Arc<Mailbox>) {
    if let Some(at) = boxes.iter().position(|other| Arc::ptr_eq(other, mailbox)) {
        boxes.swap_remove(at);
    }
}

impl Live {
    fn topics(&self, id: ConversationId) -> MutexGuard<'_, HashMap<ConversationId, Topic>> {
        // The last byte of an id is chance; the first ones are the time.
        lock(&self.topics[usize::from(id.0.as_bytes()[15]) % SHARDS])
    }

    /// Whether somebody has this chat open.
    pub(crate) fn listened(&self, id: ConversationId) -> bool {
        self.topics(id).contains_key(&id)
    }

    /// Keeps what was just committed for those who have the chat open. In order, under the lock of its conversation.
    pub(crate) fn keep(&self, id: ConversationId, events: impl IntoIterator<Item = Opened>) {
        let mut topics = self.topics(id);
        let Some(topic) = topics.get_mut(&id) else { return };
        let shared = topic.boxes.len() > ALONE;
        for event in events {
            if topic.recent.back().is_some_and(|last| last.header.seq + 1 != event.header.seq) {
                topic.recent.clear();
            }
            if topic.recent.len() >= limits::RECENT_EVENTS {
                topic.recent.pop_front();
            }
            topic.recent.push_back(Fresh::new(event, shared));
        }
    }

    /// Forgets what was kept of a chat: its words were erased.
    pub(crate) fn forget(&self, id: ConversationId) {
        if let Some(topic) = self.topics(id).get_mut(&id) {
            topic.recent = VecDeque::new();
        }
    }

    /// Events after a seq, if all that there are stand here.
    pub(crate) fn after(&self, id: ConversationId, seq: u64, limit: usize) -> Option<Vec<Arc<Fresh>>> {
        let topics = self.topics(id);
        let recent = &topics.get(&id)?.recent;
        let first = recent.front()?.header.seq;
        if seq + 1 < first {
            return None;
        }
        let skip = usize::try_from(seq + 1 - first).unwrap_or(usize::MAX);
        Some(recent.iter().skip(skip).take(limit).cloned().collect())
    }

    /// Events for the customer after a position, if all that there are stand here.
    pub(crate) fn after_position(&self, id: ConversationId, position: u64, limit: usize) -> Option<Vec<Arc<Fresh>>> {
        let topics = self.topics(id);
        let recent = &topics.get(&id)?.recent;
        let of_customer = || recent.iter().filter(|event| event.header.position.is_some());
        // Positions are dense: from the first one here on, none is missing.
        let first = of_customer().next()?.header.position?;
        if position + 1 < first {
            return None;
        }
        let after = of_customer().filter(|event| event.header.position.is_some_and(|at| at > position));
        Some(after.take(limit).cloned().collect())
    }

    /// Tells whoever a signal concerns; of an appended conversation everybody at a desk, as nothing is known of it.
    pub(crate) fn tell(&self, signal: &Signal) {
        match signal {
            Signal::Typing { conversation, .. }
            | Signal::Seen { conversation, .. }
            | Signal::Viewing { conversation, .. } => self.tell_topic(*conversation, signal),
            Signal::Appended { stream: Stream::Conversation(id), .. } => {
                self.tell_topic(*id, signal);
                lock(&self.house).desks.iter().for_each(|mailbox| mailbox.put(signal));
            }
            Signal::Appended { stream: Stream::Agent(agent), .. } | Signal::Reachable { agent } => {
                self.tell_agent(*agent, signal);
            }
            Signal::Listed { owner: Some(agent) } => self.tell_agent(*agent, signal),
            Signal::LineMoved => {
                lock(&self.house).desks.iter().for_each(|mailbox| mailbox.put(signal));
                // Those who stand in the line are told together, by [`run_lines`].
                self.line_moved.notify_one();
            }
            Signal::Configured | Signal::Listed { owner: None } | Signal::Appended { .. } => {
                lock(&self.house).desks.iter().for_each(|mailbox| mailbox.put(signal));
            }
        }
    }

    /// Tells whoever has or had this chat in a list that something was appended to it.
    pub(crate) fn tell_appended(&self, signal: &Signal, before: Option<&Conversation>, after: &Conversation) {
        self.tell_topic(after.id, signal);
        let house = lock(&self.house);
        if let Signal::Appended { stream, seq, offset, moved: true, .. } = signal {
            let own = Signal::Appended { stream: *stream, seq: *seq, offset: *offset, moved: true, own: true };
            for state in before.into_iter().chain([after]) {
                readers(state, |agent| {
                    let boxes = house.agents.get(&agent).into_iter().flatten();
                    boxes.for_each(|mailbox| mailbox.put(&own));
                });
            }
        }
        let open = |state: &Conversation| matches!(state.own.holder, Holder::Bot { .. } | Holder::Queue { .. });
        if open(after) || before.is_none_or(open) {
            house.desks.iter().for_each(|mailbox| mailbox.put(signal));
            return;
        }
        house.all.iter().for_each(|mailbox| mailbox.put(signal));
        let concerned = |agent: AgentId| {
            if let Some(boxes) = house.agents.get(&agent) {
                boxes.iter().for_each(|mailbox| mailbox.put(signal));
            }
        };
        // A second hint to the same box adds nothing.
        for state in before.into_iter().chain([after]) {
            readers(state, concerned);
        }
    }

    fn tell_topic(&self, id: ConversationId, signal: &Signal) {
        if let Some(topic) = self.topics(id).get(&id) {
            topic.boxes.iter().for_each(|mailbox| mailbox.put(signal));
        }
    }

    fn tell_agent(&self, agent: AgentId, signal: &Signal) {
        let house = lock(&self.house);
        house.all.iter().chain(house.agents.get(&agent).into_iter().flatten()).for_each(|mailbox| mailbox.put(signal));
    }

    /// So many events up to this offset have been told.
    pub(crate) fn told(&self, last: Offset, events: usize) {
        let mut told = lock(&self.told);
        if events == 0 || last.0 <= told.upto {
            return;
        }
        let first = (last.0 + 1).saturating_sub(events as u64);
        told.apart.insert(first, last.0);
        while let Some((&first, &last)) = told.apart.first_key_value()
            && first <= told.upto + 1
        {
            told.apart.pop_first();
            told.upto = told.upto.max(last);
        }
    }

    /// Everything up to there has been told, whatever is known of single events.
    pub(crate) fn told_upto(&self, offset: Offset) {
        let mut told = lock(&self.told);
        told.upto = told.upto.max(offset.0);
        let upto = told.upto;
        told.apart.retain(|_, last| *last > upto);
    }

    pub(crate) fn upto(&self) -> Offset {
        Offset(lock(&self.told).upto)
    }
}

/// Agents in whose lists a chat stands that is neither with a bot nor in a line.
fn readers(state: &Conversation, mut each: impl FnMut(AgentId)) {
    state.own.holder.seat().into_iter().for_each(&mut each);
    state.own.offer.iter().for_each(|offer| each(offer.to));
    state.last_agent.into_iter().for_each(&mut each);
    for guest in &state.own.guests {
        if let Guest::Agent { id } = guest {
            each(*id);
        }
    }
    state.mentioned.keys().for_each(|agent| each(*agent));
}

/// Hears what concerns one screen, until it is dropped.
pub struct Listener {
    engine: Arc<Engine>,
    mailbox: Arc<Mailbox>,
    watched: Vec<ConversationId>,
    desk: Option<(Option<AgentId>, bool)>,
    in_line: bool,
}

impl Engine {
    /// Listens to one conversation, as its customer.
    pub fn listen(self: &Arc<Self>, id: ConversationId) -> Listener {
        let mut listener = self.listener(None);
        listener.watch(id);
        listener
    }

    /// Listens as a desk: to what concerns this agent, or to every chat.
    pub fn listen_at_desk(self: &Arc<Self>, agent: Option<AgentId>, all: bool) -> Listener {
        let listener = self.listener(Some((agent, all)));
        let mut house = lock(&self.live.house);
        house.desks.push(listener.mailbox.clone());
        if all {
            house.all.push(listener.mailbox.clone());
        }
        if let Some(agent) = agent {
            house.agents.entry(agent).or_default().push(listener.mailbox.clone());
        }
        drop(house);
        listener
    }

    fn listener(self: &Arc<Self>, desk: Option<(Option<AgentId>, bool)>) -> Listener {
        let mailbox = Arc::new(Mailbox::default());
        Listener { engine: self.clone(), mailbox, watched: Vec::new(), desk, in_line: false }
    }

    /// Every event up to there has been told to those who listened.
    pub fn told(&self) -> Offset {
        self.live.upto()
    }

    /// Tells this process and, by the bus, the others.
    pub(crate) fn signal(&self, signal: Signal) {
        self.live.tell(&signal);
        self.bus.publish(signal);
    }
}

impl Listener {
    /// The next thing that was heard. Cancelling it loses nothing.
    pub async fn recv(&mut self) -> Heard {
        loop {
            if let Some(heard) = self.mailbox.take() {
                return heard;
            }
            self.mailbox.notify.notified().await;
        }
    }

    /// What was heard already.
    pub fn try_recv(&mut self) -> Option<Heard> {
        self.mailbox.take()
    }

    /// Hears of this conversation, too.
    pub fn watch(&mut self, id: ConversationId) {
        if !self.watched.contains(&id) {
            self.watched.push(id);
            self.engine.live.topics(id).entry(id).or_default().boxes.push(self.mailbox.clone());
        }
    }

    /// Hears of it no more.
    pub fn unwatch(&mut self, id: ConversationId) {
        if let Some(at) = self.watched.iter().position(|other| *other == id) {
            self.watched.swap_remove(at);
            self.leave(id);
        }
    }

    /// Hears whenever places in a line have moved, or not any more.
    pub fn in_line(&mut self, on: bool) {
        if std::mem::replace(&mut self.in_line, on) != on {
            let mut house = lock(&self.engine.live.house);
            match on {
                true => house.lines.push(self.mailbox.clone()),
                false => drop_box(&mut house.lines, &self.mailbox),
            }
        }
    }

    fn leave(&self, id: ConversationId) {
        let mut topics = self.engine.live.topics(id);
        if let Some(topic) = topics.get_mut(&id) {
            drop_box(&mut topic.boxes, &self.mailbox);
            if topic.boxes.is_empty() {
                topics.remove(&id);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.in_line(false);
        for id in &self.watched {
            self.leave(*id);
        }
        let Some((agent, all)) = self.desk else { return };
        let mut house = lock(&self.engine.live.house);
        drop_box(&mut house.desks, &self.mailbox);
        if all {
            drop_box(&mut house.all, &self.mailbox);
        }
        if let Some(agent) = agent
            && let Some(boxes) = house.agents.get_mut(&agent)
        {
            drop_box(boxes, &self.mailbox);
            if boxes.is_empty() {
                house.agents.remove(&agent);
            }
        }
    }
}

/// Tells those who stand in a line that places have moved: at once, and in a busy hour not more often than once in a while,
/// for each time wakes everybody who waits.
pub(crate) async fn run_lines(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            biased;
            _ = stop.changed() => {}
            () = engine.live.line_moved.notified() => {
                lock(&engine.live.house).lines.iter().for_each(|mailbox| mailbox.put(&Signal::LineMoved));
                tokio::select! {
                    biased;
                    _ = stop.changed() => {}
                    () = engine.runtime.sleep_until(engine.now() + PLACES) => {}
                }
            }
        }
    }
}

/// Finds what no signal told: written by another process, or by a commit of which it was not known whether it was kept.
pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = engine.tell_what_was_missed().await {
            tracing::warn!(%error, "the log could not be looked at for what was missed; tried again");
        }
        tokio::select! {
            biased;
            _ = stop.changed() => {}
            () = engine.runtime.sleep_until(engine.now() + POLL) => {}
        }
    }
}

impl Engine {
    /// What follows a commit in this process, for one of which nobody here knows: its caller went away, or it was not known
    /// whether it was kept. Lines, seats and rows are as the log says from then on.
    async fn take_note_of(&self, stream: Stream) -> Result<(), Error> {
        match stream {
            Stream::Conversation(id) => {
                let slot = self.states.conversation(id);
                let mut slot = slot.lock().await;
                if !slot.loaded {
                    slot.state = self.load_conversation(id).await?;
                    slot.loaded = true;
                }
                // Under the lock of the conversation: a later commit must not be overtaken.
                if let Some(state) = &slot.state {
                    self.behind.add(state);
                    // Demo data ring for nobody by themselves.
                    let config = self.config();
                    let inbox = config.get(baton_core::event::Object::Inbox, state.inbox.0);
                    let demo = inbox.is_some_and(|json| json["demo_data"] == true);
                    if self.lines.place_row(id, &state.own.holder, state.own.offer.is_some() || demo) {
                        self.signal(Signal::LineMoved);
                    }
                }
            }
            Stream::Agent(id) => {
                let slot = self.states.agent(id);
                let mut slot = slot.lock().await;
                let agent = match slot.take() {
                    Some(agent) => agent,
                    None => self.load_agent(id).await?,
                };
                self.lines.agent_changed(&agent);
                *slot = Some(agent);
            }
            _ => return Ok(()),
        }
        self.wake.router.notify_one();
        self.wake.outbox.notify_one();
        self.wake.timers.notify_one();
        Ok(())
    }

    async fn tell_what_was_missed(&self) -> Result<(), Error> {
        loop {
            let page = self.store.tail(self.live.upto(), limits::PAGE).await?;
            let Some((last, ..)) = page.last().copied() else { return Ok(()) };
            for (offset, stream, seq) in &page {
                self.live.tell(&Signal::Appended {
                    stream: *stream,
                    seq: *seq,
                    offset: *offset,
                    moved: true,
                    own: false,
                });
                self.take_note_of(*stream).await?;
            }
            self.live.told_upto(last);
            if page.len() < limits::PAGE {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_rises_only_over_what_was_told_without_a_gap() {
        let live = Live::default();
        live.told_upto(Offset(10));
        live.told(Offset(14), 2);
        assert_eq!(live.upto(), Offset(10), "11 and 12 are still on their way");
        live.told(Offset(12), 2);
        assert_eq!(live.upto(), Offset(14));
        live.told(Offset(20), 1);
        live.told_upto(Offset(19));
        live.told(Offset(21), 1);
        assert_eq!(live.upto(), Offset(21));
    }

    #[test]
    fn a_box_that_is_full_says_that_it_missed_something_and_begins_anew() {
        let mailbox = Mailbox::default();
        let seen = |position| Signal::Seen { conversation: ConversationId(uuid::Uuid::from_u128(1)), position };
        for position in 0..=limits::HINTS as u64 {
            mailbox.put(&seen(position));
        }
        assert_eq!(mailbox.take(), Some(Heard::Missed));
        assert_eq!(mailbox.take(), None);
        mailbox.put(&seen(7));
        assert_eq!(mailbox.take(), Some(Heard::Signal(seen(7))));
        let hint = Signal::Appended {
            stream: Stream::Conversation(ConversationId(uuid::Uuid::from_u128(1))),
            seq: 1,
            offset: Offset(1),
            moved: false,
            own: false,
        };
        for position in 0..=limits::HINTS as u64 {
            mailbox.put(&seen(position));
        }
        mailbox.put(&hint);
        assert_eq!(mailbox.take(), Some(Heard::Missed));
        mailbox.put(&hint);
        assert_eq!(
            mailbox.take(),
            Some(Heard::Signal(hint)),
            "a hint that fell into a full box does not hide the next"
        );
    }

    #[test]
    fn hints_of_one_stream_wait_once() {
        let mailbox = Mailbox::default();
        let hint = |seq| Signal::Appended {
            stream: Stream::Conversation(ConversationId(uuid::Uuid::from_u128(1))),
            seq,
            offset: Offset(seq),
            moved: false,
            own: false,
        };
        mailbox.put(&hint(1));
        mailbox.put(&hint(2));
        mailbox.put(&Signal::LineMoved);
        mailbox.put(&Signal::LineMoved);
        assert!(mailbox.take().is_some() && mailbox.take().is_some());
        assert_eq!(mailbox.take(), None);
        mailbox.put(&hint(3));
        assert!(mailbox.take().is_some(), "after it was heard the next one waits again");
    }
}
