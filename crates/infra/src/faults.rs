//! A slow disk and a stepped clock, for `baton torture` alone: `serve --faults` sets them, and only on a data folder
//! that torture made. Nothing else calls this.

use baton_core::ids::Ms;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

static COMMIT_DELAY: AtomicU64 = AtomicU64::new(0);
static CLOCK_AHEAD: AtomicI64 = AtomicI64::new(0);

/// From now on each commit takes so much longer, and the clock is so far ahead.
pub fn set(commit_delay: Duration, clock_ahead: Ms) {
    COMMIT_DELAY.store(commit_delay.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    CLOCK_AHEAD.store(clock_ahead, Ordering::Relaxed);
}

/// The writer's commit waits here.
pub(crate) fn before_commit() {
    let delay = COMMIT_DELAY.load(Ordering::Relaxed);
    if delay > 0 {
        wait(Duration::from_millis(delay));
    }
}

/// A disk that takes its time.
#[expect(clippy::disallowed_methods, reason = "the writer's own thread is to be slow")]
pub(crate) fn wait(span: Duration) {
    std::thread::sleep(span);
}

/// What the clock adds.
pub(crate) fn clock_ahead() -> Ms {
    CLOCK_AHEAD.load(Ordering::Relaxed)
}
