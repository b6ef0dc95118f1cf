//! The simulated machine: one thread, a clock that moves only when nobody can go on, and a scheduler that lets chance say
//! who goes on next. A crash drops a hub with every task that it has, at the very await where it stands.

use super::dice::{Dice, hash, mix};
use baton_core::ids::Ms;
use baton_kit::runtime::{BoxFuture, Runtime};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Whose task it is: the world's, or a hub's of this generation.
pub(crate) type Owner = u32;
/// The owner of everything that is not the hub.
pub(crate) const WORLD: Owner = 0;
/// Polls without the clock moving, after which the hub goes in circles.
const CIRCLE: u64 = 200_000;

struct Task {
    name: &'static str,
    owner: Owner,
    future: BoxFuture<'static, ()>,
    waker: Arc<TaskWaker>,
}

struct TaskWaker {
    id: u64,
    queued: AtomicBool,
    ready: Arc<Mutex<Vec<u64>>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, SeqCst) {
            lock(&self.ready).push(self.id);
        }
    }
}

/// A poisoned lock is as good as any here: a panic of a task ends the run and is reported.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Sleepers = BTreeMap<(Ms, u64), Waker>;

struct Inner {
    tasks: BTreeMap<u64, Task>,
    /// Time as it passes.
    real: Ms,
    /// What the hub's wall clock is off.
    offset: Ms,
    /// The highest that the hub was ever shown: a clock that steps back stands still.
    shown: Ms,
    /// By time as it passes.
    world: Sleepers,
    /// By what the hub is shown.
    hub: Sleepers,
    dice: Dice,
    chaos: bool,
    crashing: Option<Owner>,
    dead: Owner,
    trace: u64,
    panics: Vec<String>,
}

/// The machine.
pub(crate) struct Machine {
    inner: Mutex<Inner>,
    ready: Arc<Mutex<Vec<u64>>>,
    next: AtomicU64,
    polls: AtomicU64,
}

impl Machine {
    /// A machine whose clocks show `now`; `chaos`: chance says who goes on, else whoever has been ready longest.
    pub(crate) fn new(seed: u64, now: Ms, chaos: bool) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Inner {
                tasks: BTreeMap::new(),
                real: now,
                offset: 0,
                shown: now,
                world: Sleepers::new(),
                hub: Sleepers::new(),
                dice: Dice::new(seed, "schedule"),
                chaos,
                crashing: None,
                dead: 0,
                trace: mix(seed),
                panics: Vec::new(),
            }),
            ready: Arc::default(),
            next: AtomicU64::new(1),
            polls: AtomicU64::new(0),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    /// Time as it passes.
    pub(crate) fn real(&self) -> Ms {
        self.inner().real
    }

    /// Time as the hub is shown it.
    pub(crate) fn shown(&self) -> Ms {
        let mut inner = self.inner();
        inner.shown = inner.shown.max(inner.real + inner.offset);
        inner.shown
    }

    /// What the hub's wall clock says, even where it stands still for the hub.
    pub(crate) fn wall(&self) -> Ms {
        let inner = self.inner();
        inner.real + inner.offset
    }

    /// Sets the hub's wall clock forward or back.
    pub(crate) fn step(&self, by: Ms) {
        self.inner().offset += by;
        self.shown();
    }

    /// Polls so far.
    pub(crate) fn polls(&self) -> u64 {
        self.polls.load(SeqCst)
    }

    /// Everything that happened, as one number.
    pub(crate) fn trace(&self) -> u64 {
        self.inner().trace
    }

    /// Adds to [`Self::trace`].
    pub(crate) fn note(&self, what: u64) {
        let mut inner = self.inner();
        inner.trace = mix(inner.trace ^ what);
    }

    /// What tasks panicked with.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.inner().panics.clone()
    }

    pub(crate) fn spawn(&self, owner: Owner, name: &'static str, future: BoxFuture<'static, ()>) {
        let id = self.next.fetch_add(1, SeqCst);
        let waker = Arc::new(TaskWaker { id, queued: AtomicBool::new(false), ready: self.ready.clone() });
        {
            let mut inner = self.inner();
            if owner != WORLD && owner <= inner.dead {
                return;
            }
            inner.tasks.insert(id, Task { name, owner, future, waker: waker.clone() });
        }
        waker.wake();
    }

    /// The hub of this generation dies where it stands, as soon as the task that says so lets go.
    pub(crate) fn crash(&self, owner: Owner) {
        self.inner().crashing = Some(owner);
    }

    /// Whether the hub of this generation is dead.
    pub(crate) fn is_dead(&self, owner: Owner) -> bool {
        let inner = self.inner();
        owner != WORLD && (owner <= inner.dead || inner.crashing == Some(owner))
    }

    fn bury(&self) -> Option<Owner> {
        let (owner, tasks) = {
            let mut inner = self.inner();
            let owner = inner.crashing.take()?;
            inner.dead = inner.dead.max(owner);
            let ids: Vec<u64> = inner.tasks.iter().filter(|(_, task)| task.owner == owner).map(|(id, _)| *id).collect();
            let tasks: Vec<Task> = ids.iter().filter_map(|id| inner.tasks.remove(id)).collect();
            (owner, tasks)
        };
        // Outside the lock: what a task holds may wake others while it is dropped.
        drop(tasks);
        Some(owner)
    }

    fn choose(&self) -> Option<u64> {
        let mut inner = self.inner();
        let mut ready = lock(&self.ready);
        if ready.is_empty() {
            return None;
        }
        let at = if inner.chaos { inner.dice.below(ready.len() as u64) as usize } else { 0 };
        Some(ready.remove(at))
    }

    fn poll(&self, id: u64) {
        let task = self.inner().tasks.remove(&id);
        let Some(mut task) = task else { return };
        task.waker.queued.store(false, SeqCst);
        self.polls.fetch_add(1, SeqCst);
        {
            let mut inner = self.inner();
            inner.trace = mix(inner.trace ^ hash(task.name.as_bytes()) ^ mix(inner.real as u64));
        }
        let waker = Waker::from(task.waker.clone());
        let polled = catch_unwind(AssertUnwindSafe(|| task.future.as_mut().poll(&mut Context::from_waker(&waker))));
        match polled {
            Ok(Poll::Ready(())) => {}
            Ok(Poll::Pending) => {
                let mut inner = self.inner();
                if task.owner == WORLD || task.owner > inner.dead {
                    inner.tasks.insert(id, task);
                }
            }
            Err(panic) => {
                let words = panic.downcast_ref::<String>().map(String::as_str);
                let words = words.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words");
                let said = format!("the task `{}` panicked: {words}", task.name);
                self.inner().panics.push(said);
            }
        }
    }

    /// Goes on until everybody waits for the clock. False: the hub goes in circles.
    fn settle(&self) -> bool {
        let before = self.polls();
        while let Some(id) = self.choose() {
            self.poll(id);
            self.bury();
            if self.polls() - before > CIRCLE {
                return false;
            }
        }
        true
    }

    /// Lets time pass until `end`, everybody waking at their own moment. False: the hub goes in circles.
    pub(crate) fn run_until(&self, end: Ms) -> bool {
        loop {
            if !self.settle() {
                return false;
            }
            let next = {
                let inner = self.inner();
                let world = inner.world.first_key_value().map(|((at, _), _)| *at);
                // A clock that was set back has first to come to where it was.
                let hub = inner.hub.first_key_value().map(|((at, _), _)| *at - inner.offset);
                world.into_iter().chain(hub).min()
            };
            match next.filter(|at| *at <= end) {
                Some(at) => self.advance(at),
                None => break,
            }
        }
        self.advance(end);
        self.settle()
    }

    /// Sets all clocks to this moment at once, as after a suspended night, and wakes whoever slept until then.
    pub(crate) fn advance(&self, to: Ms) {
        let late: Vec<Waker> = {
            let mut inner = self.inner();
            inner.real = inner.real.max(to);
            inner.shown = inner.shown.max(inner.real + inner.offset);
            let (real, wall) = (inner.real, inner.real + inner.offset);
            let split = |sleepers: &mut Sleepers, now: Ms| {
                let rest = sleepers.split_off(&(now + 1, 0));
                std::mem::replace(sleepers, rest)
            };
            let mut late = split(&mut inner.world, real);
            late.append(&mut split(&mut inner.hub, wall));
            late.into_values().collect()
        };
        late.into_iter().for_each(Waker::wake);
    }

    /// Drops every task, so that nothing holds on to the world.
    pub(crate) fn end(&self) {
        let tasks = std::mem::take(&mut self.inner().tasks);
        self.inner().dead = Owner::MAX;
        drop(tasks);
        // What tasks left behind as they were dropped.
        let rest = std::mem::take(&mut self.inner().tasks);
        drop(rest);
    }

    /// Comes back after this span of passing time.
    pub(crate) fn sleep(self: &Arc<Self>, span: Ms) -> BoxFuture<'static, ()> {
        let at = self.real() + span.max(0);
        self.sleeper(at, false)
    }

    fn sleeper(self: &Arc<Self>, at: Ms, hub: bool) -> BoxFuture<'static, ()> {
        let mut sleep = Sleep { machine: self.clone(), key: (at, self.next.fetch_add(1, SeqCst)), hub };
        Box::pin(poll_fn(move |context| sleep.poll(context.waker())))
    }
}

struct Sleep {
    machine: Arc<Machine>,
    key: (Ms, u64),
    hub: bool,
}

impl Sleep {
    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let mut inner = self.machine.inner();
        let now = if self.hub { inner.real + inner.offset } else { inner.real };
        if now >= self.key.0 {
            return Poll::Ready(());
        }
        let sleepers = if self.hub { &mut inner.hub } else { &mut inner.world };
        sleepers.insert(self.key, waker.clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let mut inner = self.machine.inner();
        let sleepers = if self.hub { &mut inner.hub } else { &mut inner.world };
        sleepers.remove(&self.key);
    }
}

/// Lets everybody else go first, once.
pub(crate) async fn step_back() {
    let mut first = true;
    poll_fn(|context| {
        if std::mem::take(&mut first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

/// What a hub of one generation is run by.
pub(crate) struct HubRuntime {
    pub(crate) machine: Arc<Machine>,
    pub(crate) owner: Owner,
    pub(crate) dice: Mutex<Dice>,
}

impl Runtime for HubRuntime {
    fn now(&self) -> Ms {
        self.machine.shown()
    }

    fn random(&self, out: &mut [u8]) {
        let mut dice = lock(&self.dice);
        for part in out.chunks_mut(8) {
            part.copy_from_slice(&dice.any().to_le_bytes()[..part.len()]);
        }
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        self.machine.spawn(self.owner, name, task);
    }

    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()> {
        self.machine.sleeper(at, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleepers_wake_in_order_and_a_clock_set_back_stands_still() {
        let machine = Machine::new(1, 1_000, true);
        let hub = HubRuntime { machine: machine.clone(), owner: 1, dice: Mutex::new(Dice::new(1, "hub")) };
        let woken: Arc<Mutex<Vec<Ms>>> = Arc::default();
        for at in [1_030, 1_010, 1_020] {
            let (sleep, woken) = (hub.sleep_until(at), woken.clone());
            hub.spawn(
                "sleeper",
                Box::pin(async move {
                    sleep.await;
                    lock(&woken).push(at);
                }),
            );
        }
        assert!(machine.run_until(1_015));
        assert_eq!(*lock(&woken), [1_010]);
        machine.step(-100);
        assert_eq!(hub.now(), 1_015);
        assert!(machine.run_until(1_100));
        assert_eq!((hub.now(), lock(&woken).len()), (1_015, 1));
        assert!(machine.run_until(1_130));
        assert_eq!(*lock(&woken), [1_010, 1_020, 1_030]);
    }

    #[test]
    fn a_crash_ends_every_task_of_that_hub_and_no_other() {
        let machine = Machine::new(1, 0, true);
        let done: Arc<Mutex<Vec<Owner>>> = Arc::default();
        for owner in [WORLD, 1, 2] {
            let (sleep, done) = (machine.sleep(10), done.clone());
            machine.spawn(
                owner,
                "sleeper",
                Box::pin(async move {
                    sleep.await;
                    lock(&done).push(owner);
                }),
            );
        }
        let crashing = machine.clone();
        machine.spawn(1, "fatal", Box::pin(async move { crashing.crash(1) }));
        assert!(machine.run_until(20));
        let mut done = lock(&done).clone();
        done.sort_unstable();
        assert_eq!(done, [WORLD, 2]);
    }
}
