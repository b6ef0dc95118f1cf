//! The clock of the demo data: it stands where it is put, so that what is seeded has happened before now. Randomness is the
//! hub's own.

use baton_core::ids::Ms;
use baton_kit::runtime::{BoxFuture, Runtime, SharedRuntime};
use std::sync::atomic::{AtomicI64, Ordering};

pub(super) struct Clock {
    at: AtomicI64,
    real: SharedRuntime,
}

impl Clock {
    pub(super) fn new(real: SharedRuntime) -> Self {
        Self { at: AtomicI64::new(real.now()), real }
    }

    pub(super) fn set(&self, at: Ms) {
        self.at.store(at, Ordering::Relaxed);
    }
}

impl Runtime for Clock {
    fn now(&self) -> Ms {
        self.at.load(Ordering::Relaxed)
    }

    fn random(&self, out: &mut [u8]) {
        self.real.random(out);
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        self.real.spawn(name, task);
    }

    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()> {
        self.real.sleep_until(at)
    }
}
