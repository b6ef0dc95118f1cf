//! Time, randomness and tasks of a real hub: the one place that reads the wall clock and starts tasks.

use baton_core::ids::Ms;
use baton_kit::runtime::{BoxFuture, Runtime};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;

/// A long sleep looks at the clock again this often, so that a suspended machine or a clock that was set forward is
/// noticed: the timer of the async runtime does neither.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The runtime of a hub under tokio.
#[derive(Debug)]
pub struct TokioRuntime {
    tasks: Handle,
    highest: AtomicI64,
}

impl TokioRuntime {
    /// Tasks will run on the tokio runtime that this is called in.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new() -> Self {
        Self::on(Handle::current())
    }

    /// Tasks will run there.
    pub fn on(tasks: Handle) -> Self {
        Self { tasks, highest: AtomicI64::new(0) }
    }

    fn not_before(&self, wall: Ms) -> Ms {
        self.highest.fetch_max(wall, Ordering::AcqRel).max(wall)
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Ms {
        let wall = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => Ms::try_from(since.as_millis()).unwrap_or(Ms::MAX),
            Err(_) => 0,
        };
        self.not_before(wall + crate::faults::clock_ahead())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn random(&self, out: &mut [u8]) {
        // Without randomness no key, nonce or token can be made; going on would be worse than stopping.
        getrandom::fill(out).expect("the operating system gives randomness");
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        self.tasks.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                // What it panicked with may hold a text; the panic hook decides about that, not the log.
                tracing::error!(task = name, "a task ended by a panic");
            }
        });
    }

    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()> {
        // The clock is read afresh at each look; a clock that stepped back only makes the sleep longer.
        let clock = Self { tasks: self.tasks.clone(), highest: AtomicI64::new(self.now()) };
        Box::pin(async move {
            loop {
                let left = at.saturating_sub(clock.now());
                let Ok(left @ 1..) = u64::try_from(left) else { return };
                tokio::time::sleep(Duration::from_millis(left).min(LOOK_AGAIN)).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_that_steps_back_stands_still() {
        let runtime = TokioRuntime::new();
        let ahead = runtime.now() + 3_600_000;
        assert_eq!(runtime.not_before(ahead), ahead);
        assert_eq!(runtime.now(), ahead);
    }

    #[tokio::test]
    async fn a_sleep_ends_once_its_moment_has_come() {
        let runtime = TokioRuntime::new();
        let at = runtime.now() + 20;
        runtime.sleep_until(at).await;
        assert!(runtime.now() >= at);
        runtime.sleep_until(at - 10_000).await;
    }

    #[tokio::test]
    async fn a_task_that_panics_takes_nothing_else_with_it() {
        let runtime = TokioRuntime::new();
        let (done, finished) = tokio::sync::oneshot::channel();
        runtime.spawn("falls", Box::pin(async { panic!("on purpose") }));
        runtime.spawn(
            "stands",
            Box::pin(async move {
                let _ = done.send(());
            }),
        );
        finished.await.expect("the second task ran");
    }

    #[tokio::test]
    async fn two_draws_differ() {
        let runtime = TokioRuntime::new();
        assert_ne!(baton_kit::runtime::seed(&runtime), baton_kit::runtime::seed(&runtime));
    }
}
