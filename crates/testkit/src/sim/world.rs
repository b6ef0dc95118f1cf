//! Everything of one run: the machine, the disk, the hub that stands or is down, and the way to it.

use super::bus::LossyBus;
use super::dice::Dice;
use super::faults::Faults;
use super::journal::{Journal, Line, What};
use super::machine::{HubRuntime, Machine, Owner, WORLD, lock, step_back};
use super::outside::{SimBot, SimTarget};
use super::plan::Plan;
use super::settings::{self, BOT, TARGET, Words};
use super::store::{Disk, FaultyStore};
use baton_core::actor::Part;
use baton_core::event::Key;
use baton_core::ids::{ConnectionId, Ms};
use baton_core::permission::Permit;
use baton_engine::{Deps, Engine, Plugins};
use baton_infra::{MemoryBlobs, MemoryStore};
use baton_kit::bot::Bot;
use baton_kit::keys::Master;
use baton_kit::runtime::BoxFuture;
use baton_kit::target::Target;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

/// Monday, 23 November 2026, 12:00 UTC.
const MONDAY_NOON: Ms = 1_795_435_200_000;
/// Whoever asks the hub waits so long for an answer.
const PATIENCE: Ms = 30_000;

#[derive(Default)]
struct Hub {
    owner: Owner,
    engine: Option<Arc<Engine>>,
}

/// Everything of one run.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) machine: Arc<Machine>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) journal: Journal,
    pub(crate) bot: Arc<SimBot>,
    pub(crate) target: Arc<SimTarget>,
    blobs: Arc<MemoryBlobs>,
    hub: Mutex<Hub>,
    up: Notify,
    /// Counts of the senders, for tokens.
    tokens: Mutex<BTreeMap<String, u64>>,
    /// When people stop.
    pub(crate) end: Ms,
}

struct Outside(Arc<SimBot>, Arc<SimTarget>);

impl Plugins for Outside {
    fn bot(&self, id: ConnectionId) -> Option<Arc<dyn Bot>> {
        (id == BOT).then(|| self.0.clone() as Arc<dyn Bot>)
    }

    fn target(&self, id: ConnectionId) -> Option<Arc<dyn Target>> {
        (id == TARGET).then(|| self.1.clone() as Arc<dyn Target>)
    }
}

impl World {
    /// A world in which a hub stands with its settings, and nothing has gone wrong yet.
    pub(crate) fn new(plan: Plan) -> Arc<Self> {
        let machine = Machine::new(plan.seed, MONDAY_NOON, plan.chaos);
        let faults = Arc::new(Faults::new(plan.clone(), machine.clone()));
        let disk = Arc::new(Disk { store: MemoryStore::new(Uuid::from_u128(1)), commits: Mutex::default() });
        let world = Arc::new_cyclic(|world| Self {
            end: MONDAY_NOON + plan.active,
            machine,
            faults,
            disk,
            journal: Journal::default(),
            bot: Arc::new(SimBot::new(world.clone(), plan.seed)),
            target: Arc::new(SimTarget::new(world.clone(), plan.seed, plan.polled)),
            blobs: Arc::default(),
            hub: Mutex::default(),
            up: Notify::new(),
            tokens: Mutex::default(),
            plan,
        });
        let first = world.clone();
        world.machine.spawn(
            WORLD,
            "set-up",
            Box::pin(async move {
                let engine = first.open(1).await.expect("a hub opens where nothing goes wrong");
                let changes = settings::objects(&first.plan);
                engine.configure(&Permit::system(Part::Setup), changes).await.expect("settings are kept");
                engine.stop();
                drop(engine);
                first.machine.crash(1);
                first.wake(2);
            }),
        );
        let _ = world.machine.run_until(MONDAY_NOON);
        world
    }

    async fn open(&self, owner: Owner) -> Result<Arc<Engine>, baton_engine::Error> {
        let dice = Dice::new(self.plan.seed, &format!("hub {owner}"));
        let deps = Deps {
            store: Arc::new(FaultyStore { disk: self.disk.clone(), faults: self.faults.clone(), owner }),
            blobs: self.blobs.clone(),
            bus: Arc::new(LossyBus::new(self.faults.clone(), owner)),
            runtime: Arc::new(HubRuntime { machine: self.machine.clone(), owner, dice: Mutex::new(dice) }),
            master: Master(Key([7; 32])),
            analyzer: Arc::new(Words),
            plugins: Arc::new(Outside(self.bot.clone(), self.target.clone())),
            public_url: "http://hub.test".into(),
        };
        Engine::open(deps).await
    }

    /// A hub that reads what is durable and does nothing: for the checkers.
    pub(crate) async fn reader(&self) -> Result<Arc<Engine>, baton_engine::Error> {
        self.open(Owner::MAX).await
    }

    /// Opens the hub of this generation, as often as it takes.
    fn wake(self: &Arc<Self>, owner: Owner) {
        lock(&self.hub).owner = owner;
        let world = self.clone();
        let opening = async move {
            loop {
                match world.open(owner).await {
                    Ok(engine) => {
                        engine.run();
                        lock(&world.hub).engine = Some(engine);
                        world.note("hub", What::Woke);
                        world.up.notify_waiters();
                        return;
                    }
                    Err(_) => world.machine.sleep(500).await,
                }
            }
        };
        self.machine.spawn(owner, "opening", Box::pin(opening));
    }

    /// Watches the hub: one that died is followed by the next after a while.
    pub(crate) async fn keep_up(self: Arc<Self>) {
        let mut dice = Dice::new(self.plan.seed, "keeper");
        loop {
            self.faults.died.notified().await;
            let owner = lock(&self.hub).owner;
            if self.machine.is_dead(owner) {
                lock(&self.hub).engine = None;
                self.note("hub", What::Died);
                self.machine.sleep(dice.between(0, 4_000)).await;
                self.wake(owner + 1);
            }
        }
    }

    /// The hub, if it stands.
    pub(crate) fn engine(&self) -> Option<(Arc<Engine>, Owner)> {
        let hub = lock(&self.hub);
        let owner = hub.owner;
        hub.engine.clone().filter(|_| !self.machine.is_dead(owner)).map(|engine| (engine, owner))
    }

    /// Waits for a hub; none: it took too long.
    async fn standing(&self) -> Option<(Arc<Engine>, Owner)> {
        let end = self.machine.real() + PATIENCE;
        loop {
            if let Some(hub) = self.engine() {
                return Some(hub);
            }
            if self.machine.real() >= end {
                return None;
            }
            let up = self.up.notified();
            tokio::select! {
                biased;
                () = up => {}
                () = self.machine.sleep(1_000) => {}
            }
        }
    }

    pub(crate) fn note(&self, who: &str, what: What) {
        self.journal.push(Line { real: self.machine.real(), at: self.machine.shown(), who: who.to_owned(), what });
    }

    /// A word that nobody else says in this run.
    pub(crate) fn token(&self, who: &str) -> String {
        let mut tokens = lock(&self.tokens);
        let count = tokens.entry(who.to_owned()).or_default();
        *count += 1;
        format!("{who}-{count}")
    }

    /// Asks the hub something. None: the request or its answer was lost, the hub died or was too slow: nobody knows
    /// whether it was done. A request whose sender is gone is dropped where it stands, as a server does.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        what: &'static str,
        request: impl FnOnce(Arc<Engine>) -> BoxFuture<'static, T> + Send + 'static,
    ) -> Option<T> {
        let (mut lost, mut answer_lost, mut cut) = (false, false, None);
        let mut way = (0, 0);
        if let Some((mut dice, name)) = self.faults.befalls("net", self.plan.net) {
            let sort = match dice.below(4) {
                0 => {
                    lost = true;
                    "request lost"
                }
                1 => {
                    answer_lost = true;
                    "answer lost"
                }
                2 => {
                    cut = Some(1 + dice.below(12));
                    "cut on the way"
                }
                _ => {
                    way = (dice.between(0, 4_000), dice.between(0, 4_000));
                    "slow way"
                }
            };
            self.faults.note(&name, sort);
        }
        self.machine.sleep(way.0).await;
        if lost {
            self.machine.sleep(1_000).await;
            return None;
        }
        let (engine, owner) = self.standing().await?;
        let (sender, receiver) = oneshot::channel();
        let work = async move {
            if let Some(out) = some_polls(cut, request(engine)).await {
                let _ = sender.send(out);
            }
        };
        self.machine.spawn(owner, what, Box::pin(work));
        let out = tokio::select! {
            biased;
            out = receiver => out.ok(),
            () = self.machine.sleep(PATIENCE) => None,
        };
        self.machine.sleep(way.1).await;
        out.filter(|_| !answer_lost)
    }

    /// Asks the hub something, and nothing goes wrong on the way. None: it died, or did not answer.
    pub(crate) async fn ask_plainly<T: Send + 'static>(
        &self,
        request: impl FnOnce(Arc<Engine>) -> BoxFuture<'static, T> + Send + 'static,
    ) -> Option<T> {
        let (engine, owner) = self.engine()?;
        let (sender, receiver) = oneshot::channel();
        let work = async move {
            let _ = sender.send(request(engine).await);
        };
        self.machine.spawn(owner, "auditor's question", Box::pin(work));
        tokio::select! {
            biased;
            out = receiver => out.ok(),
            () = self.machine.sleep(PATIENCE) => None,
        }
    }

    /// Sets the wall clock now and then.
    pub(crate) async fn set_clocks(self: Arc<Self>) {
        while self.machine.real() < self.end {
            self.machine.sleep(10_000).await;
            let Some((mut dice, name)) = self.faults.befalls("clock", self.plan.clock) else { continue };
            let by = match dice.below(3) {
                0 => -dice.between(100, 40_000),
                1 => dice.between(100, 60_000),
                _ => dice.between(60_000, 40 * 60_000),
            };
            self.faults.note(&name, if by < 0 { "set back" } else { "set forward" });
            self.machine.step(by);
            self.note("clock", What::ClockSet { by });
        }
    }
}

/// Runs a future, and drops it after so many polls.
async fn some_polls<T>(most: Option<u64>, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut polls = 0;
    let out = poll_fn(|context| {
        if most.is_some_and(|most| polls >= most) {
            return Poll::Ready(None);
        }
        polls += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await;
    step_back().await;
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::outside::text;
    use crate::sim::settings::{INBOX, as_customer, person};
    use baton_core::command::{Command, Say, Start};
    use baton_core::event::Stream;
    use baton_core::ids::ConversationId;
    use baton_core::permission::{Action, Subject, permit};
    use baton_kit::store::Store;

    /// Found by the simulator: a request that was dropped between its commit and its answer left the state of before in
    /// memory, and what was asked next was decided on it.
    #[test]
    fn a_caller_who_goes_away_at_any_moment_leaves_nothing_stale_in_memory() {
        let mut plan = Plan::new(1);
        (plan.net, plan.store, plan.chaos) = (0, 0, true);
        let world = World::new(plan);
        let passed = Arc::new(Mutex::new(false));
        let (of, out) = (world.clone(), passed.clone());
        let task = async move {
            let (engine, _) = of.engine().expect("a hub stands");
            let anybody = Subject::Customer { conversation: ConversationId(Uuid::nil()) };
            let starts = permit(&anybody, Action::Start).expect("anybody may start");
            let start = Start {
                inbox: INBOX,
                person: person(1),
                language: "en".into(),
                name: None,
                contact: None,
                page: None,
                device: None,
                variables: serde_json::Map::new(),
            };
            let chat = engine.start(&starts, start, None).await.expect("it starts").conversation;
            for polls in 1..40 {
                let say = Command::Say(Say::from(text("hello")));
                let _ = some_polls(Some(polls), engine.execute(&as_customer(chat), chat, say)).await;
                let last = of.disk.store.read_before(Stream::Conversation(chat), u64::MAX, 1).await;
                let on_disk = last.expect("the disk can be read").last().map_or(0, |event| event.seq);
                let state = engine.conversation(&as_customer(chat), chat).await.expect("the chat is there");
                assert!(state.head.seq >= on_disk, "dropped after {polls} polls: {} and {on_disk}", state.head.seq);
            }
            *lock(&out) = true;
        };
        world.machine.spawn(WORLD, "goes away", Box::pin(task));
        world.machine.run_until(world.machine.real() + 60_000);
        let panics = world.machine.panics();
        world.machine.end();
        assert!(*lock(&passed) && panics.is_empty(), "{panics:?}");
    }
}
