//! The bus of a single hub: hints travel inside the process.

use baton_core::limits;
use baton_kit::bus::{Bus, Signal};
use tokio::sync::broadcast;

/// Carries signals to every listener in this process.
#[derive(Debug)]
pub struct LocalBus {
    sender: broadcast::Sender<Signal>,
}

impl LocalBus {
    /// A bus that keeps [`limits::HINTS`] signals for slow listeners.
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(limits::HINTS) }
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for LocalBus {
    fn publish(&self, signal: Signal) {
        // An error only says that nobody listens, which is fine for a hint.
        let _ = self.sender.send(signal);
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.sender.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_who_listens_gets_a_hint_and_a_slow_one_is_told_that_it_missed_some() {
        let bus = LocalBus::new();
        bus.publish(Signal::LineMoved);
        let (mut first, mut second) = (bus.subscribe(), bus.subscribe());
        bus.publish(Signal::Configured);
        assert_eq!(first.recv().await, Ok(Signal::Configured));
        assert_eq!(second.recv().await, Ok(Signal::Configured));
        for _ in 0..=limits::HINTS {
            bus.publish(Signal::LineMoved);
        }
        assert!(matches!(first.recv().await, Err(broadcast::error::RecvError::Lagged(_))));
    }
}
