//! Failed attempts per key (an account, an address): so many in a window, then a wait. Kept in memory: a restart
//! forgives, which a stranger cannot cause.

use baton_core::ids::Ms;
use baton_core::limits;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, (u32, Ms)>>);

impl Throttle {
    fn with<T>(&self, f: impl FnOnce(&mut HashMap<String, (u32, Ms)>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seconds to wait, if too many attempts failed.
    pub(crate) fn wait(&self, key: &str, now: Ms) -> Option<u64> {
        self.with(|all| match all.get(key) {
            Some((failed, since)) if *failed >= limits::LOG_IN_FAILURES && now < since + limits::LOG_IN_WINDOW => {
                Some(((since + limits::LOG_IN_WINDOW - now) / 1_000 + 1) as u64)
            }
            _ => None,
        })
    }

    pub(crate) fn failed(&self, key: &str, now: Ms) {
        self.with(|all| {
            if all.len() >= limits::LOG_IN_KEYS && !all.contains_key(key) {
                all.retain(|_, (_, since)| now < *since + limits::LOG_IN_WINDOW);
                // All of them failed just now: those with the fewest failures go, which were the nearest to a first try.
                let mut failed: Vec<u32> = all.values().map(|(failed, _)| *failed).collect();
                if failed.len() >= limits::LOG_IN_KEYS {
                    let half = failed.len() / 2;
                    let (_, middle, _) = failed.select_nth_unstable(half);
                    let (middle, mut left) = (*middle, half);
                    all.retain(|_, (failed, _)| {
                        *failed > middle || {
                            left = left.saturating_sub(1);
                            left > 0
                        }
                    });
                }
            }
            let entry = all.entry(key.to_owned()).or_insert((0, now));
            if now >= entry.1 + limits::LOG_IN_WINDOW {
                *entry = (0, now);
            }
            entry.0 += 1;
        });
    }

    pub(crate) fn succeeded(&self, key: &str) {
        self.with(|all| all.remove(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_failures_a_wait_begins_and_ends() {
        let throttle = Throttle::default();
        for _ in 0..limits::LOG_IN_FAILURES {
            assert_eq!(throttle.wait("kim", 1_000), None);
            throttle.failed("kim", 1_000);
        }
        assert!(throttle.wait("kim", 2_000).is_some());
        assert_eq!(throttle.wait("ben", 2_000), None);
        assert_eq!(throttle.wait("kim", 1_000 + limits::LOG_IN_WINDOW), None);
    }
}
