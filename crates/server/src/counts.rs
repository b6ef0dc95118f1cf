//! How many there are of something at this moment, by key: sockets of a chat, connections of an address. Who is counted
//! holds a guard; when it is dropped, they count no more. Nothing stays of keys that nobody holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Arc<Mutex<HashMap<u128, usize>>>);

/// One that counts.
#[derive(Debug)]
pub(crate) struct Counted {
    all: Counts,
    key: u128,
}

impl Counts {
    /// One more of this key, unless there are so many already; 0 is no bound.
    pub(crate) fn enter(&self, key: u128, most: usize) -> Option<Counted> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(key).or_insert(0);
        if most > 0 && *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { all: self.clone(), key })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.key);
            }
        }
        // After a storm the room that it took goes, too.
        if all.capacity() > 1_024 && all.len() * 8 < all.capacity() {
            all.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_a_place_that_is_left_is_free() {
        let counts = Counts::default();
        let first = counts.enter(7, 2).expect("the first");
        let _second = counts.enter(7, 2).expect("the second");
        assert!(counts.enter(7, 2).is_none());
        assert!(counts.enter(8, 2).is_some(), "another key is not concerned");
        drop(first);
        assert!(counts.enter(7, 2).is_some());
        assert_eq!(counts.0.lock().expect("whole").len(), 1, "nothing stays of keys that nobody holds");
    }
}
