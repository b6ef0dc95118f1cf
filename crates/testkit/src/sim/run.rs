//! One run: people come and go while things go wrong; then nothing goes wrong any more and the clock runs until every
//! conversation rests; then what is left is judged.

use super::auditor::auditor;
use super::check;
use super::customer::customer;
use super::dice::{hash, mix};
use super::evidence::{Evidence, gather};
use super::machine::{WORLD, lock};
use super::plan::{Names, Plan};
use super::world::World;
use super::{agent, settings};
use baton_core::event::Stream;
use baton_core::ids::Ms;
use baton_kit::store::{HolderKind, RowFilter, Store};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

/// Whatever is under way when people go has ended after this.
const UNDER_WAY: Ms = 90_000;
/// Deadlines that pass before everybody rests; more are a circle.
const DEADLINES: u32 = 600;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which one, by its stable word.
    pub invariant: &'static str,
    /// What was seen.
    pub words: String,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Empty: all promises were kept.
    pub violations: Vec<Violation>,
    /// Everything that happened, as one number.
    pub trace: u64,
    /// Events in the log.
    pub events: u64,
    /// Steps of tasks.
    pub polls: u64,
    /// How often the hub died.
    pub deaths: u64,
    /// Faults by place and sort.
    pub faults: BTreeMap<String, u64>,
    /// Every choice that took place.
    pub used: Names,
    /// How often each promise was put to the test.
    pub tried: BTreeMap<&'static str, u64>,
    /// What happened, in words.
    pub story: Vec<String>,
}

/// Runs what is done without waiting.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(out) => out,
        std::task::Poll::Pending => unreachable!("the store in memory does not wait"),
    }
}

/// Runs a plan to its end.
pub fn run(plan: &Plan) -> Outcome {
    let world = World::new(plan.clone());
    let mut violations = Vec::new();
    let evidence = live(&world, &mut violations);
    let machine = &world.machine;
    for words in machine.panics() {
        violations.push(Violation { invariant: "no_panic", words });
    }
    let mut tried = BTreeMap::new();
    let (mut events, mut story) = (0, Vec::new());
    if let Some(evidence) = &evidence {
        events = evidence.log.len() as u64;
        for event in &evidence.log {
            machine.note(hash(&event.bytes));
        }
        let (found, counts) = check::all(evidence);
        violations.extend(found);
        tried = counts;
        if !violations.is_empty() {
            story = super::story::words(evidence, &world.faults.story());
        }
    }
    let lines = world.journal.lines();
    let deaths = lines.iter().filter(|line| matches!(line.what, super::journal::What::Died)).count() as u64;
    let trace = mix(machine.trace() ^ hash(format!("{lines:?}").as_bytes()));
    let (polls, faults, used) = (machine.polls(), world.faults.done(), world.faults.used());
    machine.end();
    Outcome { seed: plan.seed, violations, trace, events, polls, deaths, faults, used, tried, story }
}

/// What is left of a run.
pub(crate) fn live(world: &Arc<World>, violations: &mut Vec<Violation>) -> Option<Evidence> {
    let machine = &world.machine;
    let mut wrong = |invariant, words: &str| violations.push(Violation { invariant, words: words.to_owned() });
    world.faults.arm(true);
    let chats = Arc::default();
    machine.spawn(WORLD, "keeper", Box::pin(world.clone().keep_up()));
    machine.spawn(WORLD, "clock", Box::pin(world.clone().set_clocks()));
    for number in 0..world.plan.customers {
        machine.spawn(WORLD, "customer", Box::pin(customer(world.clone(), number, Arc::clone(&chats))));
    }
    for number in 0..=world.plan.agents {
        machine.spawn(WORLD, "agent", Box::pin(agent::agent(world.clone(), number, Arc::clone(&chats))));
    }
    machine.spawn(WORLD, "auditor", Box::pin(auditor(world.clone(), Arc::clone(&chats))));
    if !machine.run_until(world.end) {
        wrong("nobody_waits", "the hub goes in circles while people are there");
        return None;
    }
    world.faults.arm(false);
    if !machine.run_until(world.end + UNDER_WAY) {
        wrong("nobody_waits", "the hub goes in circles after people have gone");
        return None;
    }
    let unarmed = unarmed(world);
    if !drain(world) {
        wrong("nobody_waits", "after all deadlines had passed the hub has not come to rest");
    }
    let out: Arc<Mutex<Option<Result<Evidence, String>>>> = Arc::default();
    let (gathering, into) = (world.clone(), out.clone());
    let gathered = async move {
        let gathered = gather(&gathering, unarmed).await;
        *lock(&into) = Some(gathered);
    };
    machine.spawn(WORLD, "gathering", Box::pin(gathered));
    machine.run_until(machine.real() + 1_000);
    match lock(&out).take() {
        Some(Ok(evidence)) => Some(evidence),
        Some(Err(words)) => {
            wrong("chains", &words);
            None
        }
        None => {
            wrong("nobody_waits", "the hub does not let anybody read");
            None
        }
    }
}

/// Conversations that have a deadline for which no timer stands.
fn unarmed(world: &Arc<World>) -> Vec<String> {
    let timers: BTreeMap<Stream, Ms> =
        now(world.disk.store.timers_due(Ms::MAX, usize::MAX)).unwrap_or_default().into_iter().collect();
    let Some((engine, _)) = world.engine() else { return vec!["no hub stands".into()] };
    let out: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = out.clone();
    let rows = now(world.disk.store.rows(RowFilter { limit: usize::MAX, ..RowFilter::default() })).unwrap_or_default();
    let looking = async move {
        let permit = settings::as_agent(settings::agent(0));
        for row in rows {
            let Ok(state) = engine.conversation(&permit, row.id).await else { continue };
            let armed = timers.get(&Stream::Conversation(row.id)).copied();
            if let Some(due) = state.next_due().filter(|due| armed.is_none_or(|armed| armed > *due)) {
                lock(&into).push(format!("{}: due {due}, armed {armed:?}", row.id));
            }
        }
    };
    world.machine.spawn(WORLD, "look at timers", Box::pin(looking));
    world.machine.run_until(world.machine.real());
    std::mem::take(&mut *lock(&out))
}

/// Lets each deadline pass in turn until every conversation rests and no work is left. False: it does not come to that.
fn drain(world: &Arc<World>) -> bool {
    let (machine, store) = (&world.machine, &world.disk.store);
    let began = machine.real();
    for _ in 0..DEADLINES {
        let all = RowFilter { limit: usize::MAX, ..RowFilter::default() };
        let rows = now(store.rows(all)).unwrap_or_default();
        // Without a list for messages a customer keeps the place, and the wait gets a new deadline each time.
        let waited = machine.real() - began > 8 * 3_600_000;
        let rests = rows.iter().all(|row| match row.holder {
            HolderKind::Nobody | HolderKind::Later => true,
            HolderKind::Queue => !world.plan.later && waited,
            _ => false,
        });
        let work = now(store.next_effect()).ok().flatten();
        if rests && work.is_none() {
            return true;
        }
        let timer = now(store.next_timer()).ok().flatten();
        // Work that is put on again and again does not hold the deadlines up.
        let Some(next) = timer.or(work) else { return false };
        machine.advance(machine.real() + (next - machine.wall()).max(50));
        if !machine.run_until(machine.real() + 6_000) {
            return false;
        }
    }
    false
}
