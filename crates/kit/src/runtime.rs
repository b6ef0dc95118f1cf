//! Time, randomness and tasks. The engine takes all three from here, so that a simulator can supply its own.

use baton_core::ids::Ms;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What runs the engine.
pub trait Runtime: Send + Sync + 'static {
    /// UTC milliseconds. Never falls: a clock that steps back stands still.
    fn now(&self) -> Ms;

    /// Fresh randomness, good enough for nonces and keys.
    fn random(&self, out: &mut [u8]);

    /// Runs a named task until it ends or the process does.
    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>);

    /// Comes back once `now` has reached this moment.
    fn sleep_until(&self, at: Ms) -> BoxFuture<'static, ()>;
}

/// The runtime as it is handed around.
pub type SharedRuntime = Arc<dyn Runtime>;

/// Sixteen fresh bytes, e.g. to seed ids.
pub fn seed(runtime: &dyn Runtime) -> [u8; 16] {
    let mut out = [0; 16];
    runtime.random(&mut out);
    out
}
