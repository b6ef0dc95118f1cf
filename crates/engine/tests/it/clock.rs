//! A runtime with a clock that only a test moves. Everything runs on one thread, so that "nothing more happens now" is
//! a fact and not a guess: no task was polled while all of them had their chance.

use baton_core::ids::Ms;
use baton_kit::runtime::{BoxFuture, Runtime};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use tokio::task::{JoinSet, yield_now};

/// Rounds in which a scenario must come to rest; more are a circle.
const ROUNDS: u32 = 100_000;

/// The clock, which outlives the hubs that are killed under it.
pub(crate) struct Clock {
    now: AtomicI64,
    next: AtomicU64,
    polls: AtomicU64,
    drawn: AtomicU64,
    sleepers: Mutex<BTreeMap<(Ms, u64), Waker>>,
}

impl Clock {
    pub(crate) fn at(now: Ms) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(now),
            next: AtomicU64::new(0),
            polls: AtomicU64::new(0),
            drawn: AtomicU64::new(0),
            sleepers: Mutex::default(),
        })
    }

    pub(crate) fn now(&self) -> Ms {
        self.now.load(SeqCst)
    }

    /// Sets the clock at once and wakes whoever slept until then: a machine that was suspended.
    pub(crate) async fn jump(&self, by: Ms) {
        let now = self.now.fetch_add(by, SeqCst) + by;
        let late = {
            let mut sleepers = self.sleepers.lock().unwrap();
            let rest = sleepers.split_off(&(now + 1, 0));
            std::mem::replace(&mut *sleepers, rest)
        };
        late.into_values().for_each(Waker::wake);
        self.settle().await;
    }

    /// Lets time pass: everybody who sleeps wakes at their own moment, and is done before the next one wakes.
    pub(crate) async fn pass(&self, by: Ms) {
        let end = self.now() + by;
        self.settle().await;
        loop {
            let next = self.sleepers.lock().unwrap().first_key_value().map(|((at, _), _)| *at);
            match next.filter(|at| *at <= end) {
                Some(at) => self.jump((at - self.now()).max(0)).await,
                None => break,
            }
        }
        self.jump(end - self.now()).await;
    }

    /// Waits until nothing more happens without the clock.
    pub(crate) async fn settle(&self) {
        let mut quiet = 0;
        for _ in 0..ROUNDS {
            let before = self.polls.load(SeqCst);
            yield_now().await;
            quiet = if self.polls.load(SeqCst) == before { quiet + 1 } else { 0 };
            if quiet == 4 {
                return;
            }
        }
        panic!("the hub does not come to rest");
    }
}

/// One hub's share of the runtime: its tasks die with it.
pub(crate) struct TestRuntime {
    clock: Arc<Clock>,
    tasks: Mutex<JoinSet<()>>,
}

impl TestRuntime {
    pub(crate) fn new(clock: Arc<Clock>) -> Arc<Self> {
        Arc::new(Self { clock, tasks: Mutex::default() })
    }

    /// Ends every task where it stands, as SIGKILL would.
    pub(crate) fn kill(&self) {
        self.tasks.lock().unwrap().abort_all();
    }

    /// A task that panicked fails the test.
    pub(crate) fn check(&self) {
        let mut tasks = self.tasks.lock().unwrap();
        while let Some(ended) = tasks.try_join_next() {
            if let Err(error) = ended
                && let Ok(panic) = error.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl Runtime for TestRuntime {
    fn now(&self) -> Ms {
        self.clock.now()
    }

    fn random(&self, out: &mut [u8]) {
        // The same at every run, and never the same twice.
        for part in out.chunks_mut(8) {
            let mut x = self.clock.drawn.fetch_add(1, SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            part.copy_from_slice(&(x ^ (x >> 31)).to_le_bytes()[..part.len()]);
        }
    }

    fn spawn(&self, _name: &'static str, mut task: BoxFuture<'static, ()>) {
        let clock = self.clock.clone();
        self.tasks.lock().unwrap().spawn(poll_fn(move |context| {
            clock.polls.fetch_add(1, SeqCst);
            task.as_mut().poll(context)
        }));
    }

    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()> {
        let clock = self.clock.clone();
        let entry = (at, clock.next.fetch_add(1, SeqCst));
        let mut sleep = Sleep { clock, entry };
        Box::pin(poll_fn(move |context| sleep.poll(context.waker())))
    }
}

struct Sleep {
    clock: Arc<Clock>,
    entry: (Ms, u64),
}

impl Sleep {
    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        if self.clock.now() >= self.entry.0 {
            return Poll::Ready(());
        }
        self.clock.sleepers.lock().unwrap().insert(self.entry, waker.clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.sleepers.lock().unwrap().remove(&self.entry);
    }
}
