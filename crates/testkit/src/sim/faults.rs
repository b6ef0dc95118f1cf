//! What goes wrong, and where: each call of the store, each request and each call of a bot or target asks here what
//! befalls it. The answer follows from the seed and from how many calls of its sort there were.

use super::dice::{Dice, hash, mix};
use super::machine::{Machine, Owner, lock, step_back};
use super::plan::{Names, Plan};
use baton_core::ids::Ms;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// It takes its time, and then is done.
    Slow(Ms),
    /// It is done, and its caller learns of it late.
    LateAnswer(Ms),
    /// It fails and is not done.
    Fails,
    /// It is done and says that it failed.
    PerhapsKept,
    /// The place is full: it is not done.
    Full,
    /// Too much to do: it is not done.
    Busy,
    /// Somebody else wrote first, it says.
    Conflict,
    /// The hub dies before it is done.
    DeathBefore,
    /// The hub dies after it is done.
    DeathAfter,
}

impl Fault {
    /// Its sort, for counting.
    pub(crate) fn sort(self) -> &'static str {
        match self {
            Self::Slow(_) => "slow",
            Self::LateAnswer(_) => "late answer",
            Self::Fails => "fails",
            Self::PerhapsKept => "perhaps kept",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Conflict => "conflict",
            Self::DeathBefore => "death before",
            Self::DeathAfter => "death after",
        }
    }
}

#[derive(Default)]
struct Inner {
    armed: bool,
    counts: BTreeMap<&'static str, u64>,
    done: BTreeMap<String, u64>,
    used: Names,
    story: Vec<(Ms, String)>,
}

/// All faults of a run.
pub(crate) struct Faults {
    pub(crate) plan: Plan,
    pub(crate) machine: Arc<Machine>,
    /// Somebody has to open the next hub.
    pub(crate) died: Notify,
    inner: Mutex<Inner>,
}

impl Faults {
    pub(crate) fn new(plan: Plan, machine: Arc<Machine>) -> Self {
        Self { plan, machine, died: Notify::new(), inner: Mutex::default() }
    }

    /// From now on things go wrong, or no more.
    pub(crate) fn arm(&self, armed: bool) {
        lock(&self.inner).armed = armed;
    }

    /// Whether this choice takes place; a choice that does is remembered for the shrinker.
    pub(crate) fn allows(&self, name: &str) -> bool {
        let allowed = self.plan.allows(name);
        if allowed {
            lock(&self.inner).used.insert(name.to_owned());
        }
        allowed
    }

    /// Dice for the next call at this place, and its name, where chance says that something befalls it.
    pub(crate) fn befalls(&self, place: &'static str, of_thousand: u64) -> Option<(Dice, String)> {
        let count = {
            let mut inner = lock(&self.inner);
            if !inner.armed {
                return None;
            }
            let count = inner.counts.entry(place).or_default();
            *count += 1;
            *count
        };
        if mix(self.plan.seed ^ mix(hash(place.as_bytes()) ^ count)) % 1_000 >= of_thousand {
            return None;
        }
        let name = format!("{place}.{count}");
        self.allows(&name).then(|| (Dice::new(self.plan.seed, &name), name))
    }

    /// Counts a fault and keeps it for the story.
    pub(crate) fn note(&self, name: &str, sort: &str) {
        let now = self.machine.real();
        let place = name.split('.').next().unwrap_or(name);
        let mut inner = lock(&self.inner);
        *inner.done.entry(format!("{place} {sort}")).or_default() += 1;
        inner.story.push((now, format!("{name}: {sort}")));
    }

    /// What befalls this call of the store.
    pub(crate) fn of_store(&self, place: &'static str, writes: bool) -> Option<(Fault, String)> {
        let rate = if writes { self.plan.store } else { self.plan.store.div_ceil(4) };
        let (mut dice, name) = self.befalls(place, rate)?;
        let long = if dice.chance(200) { 20_000 } else { 1_500 };
        let span = dice.between(1, long);
        let fault = if dice.chance(self.plan.deaths) {
            *dice.pick(&[Fault::DeathBefore, Fault::DeathAfter])
        } else if place == "commit" {
            let all = [
                Fault::Slow(span),
                Fault::LateAnswer(span),
                Fault::Fails,
                Fault::PerhapsKept,
                Fault::PerhapsKept,
                Fault::Full,
                Fault::Busy,
                Fault::Conflict,
            ];
            *dice.pick(&all)
        } else if writes {
            *dice.pick(&[Fault::Slow(span), Fault::LateAnswer(span), Fault::Fails, Fault::PerhapsKept])
        } else {
            *dice.pick(&[Fault::Slow(span), Fault::Fails])
        };
        self.note(&name, fault.sort());
        Some((fault, name))
    }

    /// What was done of each sort.
    pub(crate) fn done(&self) -> BTreeMap<String, u64> {
        lock(&self.inner).done.clone()
    }

    /// Every choice that took place.
    pub(crate) fn used(&self) -> Names {
        lock(&self.inner).used.clone()
    }

    /// What went wrong, in order.
    pub(crate) fn story(&self) -> Vec<(Ms, String)> {
        lock(&self.inner).story.clone()
    }

    /// Waits as this fault says before the thing is done; false: it is not to be done.
    pub(crate) async fn before(&self, owner: Owner, fault: Option<Fault>) -> bool {
        match fault {
            None if self.plan.chaos => step_back().await,
            Some(Fault::Slow(span)) => self.machine.sleep(span).await,
            Some(Fault::DeathBefore) => self.die(owner).await,
            Some(Fault::Fails | Fault::Full | Fault::Busy | Fault::Conflict) => {
                step_back().await;
                return false;
            }
            _ => {}
        }
        true
    }

    /// Waits as this fault says after the thing was done. Whoever wrote hears of it a moment after it is durable: a
    /// caller may go away in between.
    pub(crate) async fn after(&self, owner: Owner, fault: Option<Fault>, wrote: bool) {
        match fault {
            None if wrote && self.plan.chaos => step_back().await,
            Some(Fault::LateAnswer(span)) => self.machine.sleep(span).await,
            Some(Fault::DeathAfter) => self.die(owner).await,
            _ => {}
        }
    }

    async fn die(&self, owner: Owner) {
        self.machine.crash(owner);
        self.died.notify_one();
        std::future::pending::<()>().await;
    }
}
