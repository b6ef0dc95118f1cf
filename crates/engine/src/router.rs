//! Who waits and who can take it. Rebuilt from rows at start; kept by every commit. One task offers: the oldest of the
//! highest priority first, to the eligible agent with the fewest chats.

use crate::projections::RowData;
use crate::{Engine, Error, Reach};
use baton_core::actor::Part;
use baton_core::agent::Agent;
use baton_core::command::Command;
use baton_core::conversation::Conversation;
use baton_core::event::Object;
use baton_core::facts::LineFact;
use baton_core::ids::{AgentId, ConversationId, Ms, QueueId};
use baton_core::limits;
use baton_core::ownership::{Holder, Line};
use baton_core::permission::Permit;
use baton_core::settings::Settings;
use baton_kit::store::{HolderKind, RowFilter};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Order in a line: highest priority, oldest wait.
type Key = (u8, Ms, ConversationId);

/// One line, in order, and how many of each priority stand in it.
#[derive(Default)]
struct Standing {
    keys: BTreeSet<Key>,
    of_priority: [u32; 10],
}

impl Standing {
    fn insert(&mut self, key: Key) {
        if self.keys.insert(key) {
            self.of_priority[usize::from(9 - key.0)] += 1;
        }
    }

    fn remove(&mut self, key: Key) {
        if self.keys.remove(&key) {
            self.of_priority[usize::from(9 - key.0)] -= 1;
        }
    }

    fn fact(&self) -> LineFact {
        let mut fact = LineFact { waiting: self.keys.len() as u32, ..LineFact::default() };
        let mut count = 0;
        for priority in (0..10u8).rev() {
            let at = usize::from(priority);
            if self.of_priority[at] > 0 {
                let first = (9 - priority, Ms::MIN, ConversationId(uuid::Uuid::nil()));
                fact.oldest[at] = self.keys.range(first..).next().map(|(_, since, _)| *since);
            }
            count += self.of_priority[at];
            fact.at_least[at] = count;
        }
        fact
    }
}

#[derive(Default)]
struct Inner {
    lines: BTreeMap<QueueId, Standing>,
    /// Over all lines: those that nobody is being offered.
    open: BTreeSet<(Key, QueueId)>,
    /// Places in the long lines, as they were counted last, and when.
    places: HashMap<QueueId, (Ms, HashMap<ConversationId, u32>)>,
    /// Where a waiting conversation stands, and whether it is offered.
    waiting: HashMap<ConversationId, (QueueId, Key, bool)>,
    agents: HashMap<AgentId, AgentNow>,
    /// Who said no to what, or nothing, and until when they are not asked again.
    passed_over: HashMap<(ConversationId, AgentId), Ms>,
    /// When those whom it is over for were last forgotten.
    swept: Ms,
    /// Rises with each offer: the agent with the lowest was asked longest ago.
    turn: u64,
}

#[derive(Clone, Copy, Default)]
struct AgentNow {
    available: bool,
    load: u32,
    last_turn: u64,
}

/// The lines of this node.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Inner>);

/// Who let an offer pass is not asked again about this chat for so long.
const PASSED_OVER: Ms = 30_000;
/// A line of more than so many is counted through for all its places at once, and not more often than this.
const LONG: usize = 200;
const COUNTED: Ms = 500;
/// Who was passed over long enough is looked for so often.
const SWEEP: Ms = 1_000;

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn place_row(&self, id: ConversationId, holder: &Holder, offered: bool) -> bool {
        let mut inner = self.lock();
        let new = match holder {
            Holder::Queue { queue, line: Line::Live, since, priority, .. } => {
                Some((*queue, (9 - (*priority).min(9), *since, id)))
            }
            _ => None,
        };
        let old = inner.waiting.get(&id).copied();
        if let Some((queue, key, _)) = old
            && new != Some((queue, key))
        {
            inner.waiting.remove(&id);
            inner.open.remove(&(key, queue));
            if let Some(line) = inner.lines.get_mut(&queue) {
                line.remove(key);
            }
            inner.passed_over.retain(|(chat, _), _| *chat != id);
        }
        if let Some((queue, key)) = new {
            inner.waiting.insert(id, (queue, key, offered));
            inner.lines.entry(queue).or_default().insert(key);
            match offered {
                true => inner.open.remove(&(key, queue)),
                false => inner.open.insert((key, queue)),
            };
        }
        old.map(|(queue, key, _)| (queue, key)) != new
    }

    /// Takes in a state; true: some line has moved.
    pub(crate) fn conversation_changed(&self, state: &Conversation) -> bool {
        self.place_row(state.id, &state.own.holder, state.own.offer.is_some())
    }

    pub(crate) fn agent_changed(&self, agent: &Agent) {
        let mut inner = self.lock();
        let entry = inner.agents.entry(agent.id).or_default();
        (entry.available, entry.load) = (agent.available, agent.load());
    }

    /// Place in line, from 1; in a very long line as it was a moment ago.
    pub(crate) fn place(&self, id: ConversationId, now: Ms) -> Option<u32> {
        let mut inner = self.lock();
        let Inner { lines, waiting, places, .. } = &mut *inner;
        let (queue, key, _) = waiting.get(&id)?;
        let line = &lines.get(queue)?.keys;
        if line.len() <= LONG {
            return Some(line.range(..key).count() as u32 + 1);
        }
        let (at, counted) = places.entry(*queue).or_default();
        if now - *at > COUNTED {
            *counted = line.iter().zip(1..).map(|((.., id), place)| (*id, place)).collect();
            *at = now;
        }
        // Who came since stands behind all who were counted.
        Some(counted.get(&id).copied().unwrap_or_else(|| line.range(..key).count() as u32 + 1))
    }

    /// The lines as decisions see them.
    pub(crate) fn facts(&self, settings: &Settings, reach: &Reach, now: Ms) -> BTreeMap<QueueId, LineFact> {
        let inner = self.lock();
        let mut out = BTreeMap::new();
        for id in settings.queues.keys() {
            let mut fact = inner.lines.get(id).map(Standing::fact).unwrap_or_default();
            fact.staffed = inner
                .agents
                .iter()
                .any(|(agent, entry)| entry.available && settings.serves(*agent, *id) && reach.reachable(*agent, now));
            out.insert(*id, fact);
        }
        out
    }

    /// Whether somebody who serves this line has a seat free.
    pub(crate) fn has_seat(&self, settings: &Settings, reach: &Reach, queue: QueueId, now: Ms) -> bool {
        self.lock().agents.iter().any(|(agent, entry)| {
            entry.available
                && entry.load < settings.agents.get(agent).map_or(0, |card| card.capacity)
                && settings.serves(*agent, queue)
                && reach.reachable(*agent, now)
        })
    }

    /// The next offer to make, if any.
    fn next(&self, settings: &Settings, reach: &Reach, now: Ms) -> Option<(ConversationId, AgentId)> {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if now - inner.swept >= SWEEP {
            inner.passed_over.retain(|_, until| *until > now);
            inner.swept = now;
        }
        let free: Vec<(AgentId, AgentNow)> = inner
            .agents
            .iter()
            .filter(|(agent, entry)| {
                entry.available
                    && entry.load < settings.agents.get(agent).map_or(0, |card| card.capacity)
                    && reach.reachable(**agent, now)
            })
            .map(|(agent, entry)| (*agent, *entry))
            .collect();
        // Who could take a chat of each line: of a line that nobody serves now no chat is looked at.
        let mut serving: BTreeMap<QueueId, Vec<(AgentId, AgentNow)>> = BTreeMap::new();
        for queue in inner.lines.keys() {
            let mut agents: Vec<_> =
                free.iter().filter(|(agent, _)| settings.serves(*agent, *queue)).copied().collect();
            agents.sort_unstable_by_key(|(agent, entry)| (entry.load, entry.last_turn, *agent));
            if !agents.is_empty() {
                serving.insert(*queue, agents);
            }
        }
        if serving.is_empty() {
            return None;
        }
        // Over all lines: the highest priority, then the oldest wait.
        for ((.., chat), queue) in &inner.open {
            let Some(agents) = serving.get(queue) else { continue };
            let passed = |agent| inner.passed_over.get(&(*chat, agent)).is_some_and(|until| *until > now);
            let best = agents.iter().map(|(agent, _)| *agent).find(|agent| !passed(*agent));
            if let Some(agent) = best {
                let chat = *chat;
                inner.turn += 1;
                let turn = inner.turn;
                if let Some(entry) = inner.agents.get_mut(&agent) {
                    entry.last_turn = turn;
                }
                // Not asked again about this chat while this offer, or its echo, is fresh.
                inner.passed_over.insert((chat, agent), now + limits::OFFER + PASSED_OVER);
                return Some((chat, agent));
            }
        }
        None
    }

    fn waits(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Waiting conversations of a line.
    pub(crate) fn waiting(&self, queue: QueueId) -> u32 {
        self.lock().lines.get(&queue).map_or(0, |line| line.keys.len() as u32)
    }
}

impl Engine {
    pub(crate) async fn load_lines(&self) -> Result<(), Error> {
        let config = self.config();
        let mut after = None;
        loop {
            let filter =
                RowFilter { holders: vec![HolderKind::Queue], after, limit: limits::PAGE, ..RowFilter::default() };
            let rows = self.store.rows(filter).await?;
            for row in &rows {
                let data: RowData =
                    serde_json::from_slice(&row.data).map_err(|error| Error::Unreadable(error.to_string()))?;
                // Demo data ring for nobody by themselves; whoever acts on one of them makes it a chat like any other.
                let inbox = config.get(Object::Inbox, data.inbox.0);
                let demo = inbox.is_some_and(|json| json["demo_data"] == true);
                self.lines.place_row(row.id, &data.holder, data.offer.is_some() || demo);
            }
            match rows.last() {
                Some(last) if rows.len() == limits::PAGE => after = Some((last.sort, last.id)),
                _ => break,
            }
        }
        for agent in self.settings().agents.keys() {
            let agent = self.agent_state(*agent).await?;
            self.lines.agent_changed(&agent);
        }
        Ok(())
    }

    /// Waiting conversations of a line, as people see it.
    pub fn waiting(&self, queue: QueueId) -> u32 {
        self.lines.waiting(queue)
    }

    /// Place in line, from 1.
    pub fn place(&self, id: ConversationId) -> Option<u32> {
        self.lines.place(id, self.now())
    }
}

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let permit = Permit::system(Part::Router);
    while !*stop.borrow() {
        loop {
            let (settings, now) = (engine.settings(), engine.now());
            let Some((chat, agent)) = engine.lines.next(&settings, &engine.reach, now) else { break };
            match engine.execute(&permit, chat, Command::MakeOffer { agent }).await {
                Ok(_) => metrics::counter!("baton_offers_total").increment(1),
                Err(Error::Refused(refusal)) => {
                    tracing::debug!(%chat, %agent, code = refusal.code(), "an offer was overtaken")
                }
                Err(error) => {
                    tracing::warn!(%chat, %agent, %error, "an offer could not be made; it is tried again");
                    break;
                }
            }
        }
        // Those who were passed over are asked again later, without any event: look once a second while somebody waits.
        let pause = if engine.lines.waits() { 1_000 } else { 60_000 };
        tokio::select! {
            biased;
            () = engine.wake.router.notified() => {}
            () = engine.runtime.sleep_until(engine.now() + pause) => {}
            _ = stop.changed() => {}
        }
    }
}
