//! Which events of an episode are named.

use baton_kit::search::EVENTS;
use std::cmp::Reverse;

/// `matches`: each event with the clauses that it meets, in any order, one bit for each clause. Those with most clauses
/// first, then the newest; at most [`EVENTS`], and for each clause its newest event among them.
pub(crate) fn pick(mut matches: Vec<(u64, u32)>) -> Vec<u64> {
    matches.sort_unstable_by_key(|(seq, clauses)| Reverse((clauses.count_ones(), *seq)));
    if matches.len() > EVENTS {
        let (mut wanted, mut left) = (matches.iter().fold(0, |all, (_, clauses)| all | clauses), Vec::new());
        for (_, clauses) in matches.iter().take(EVENTS) {
            wanted &= !clauses;
        }
        for (seq, clauses) in matches.drain(EVENTS..) {
            if clauses & wanted != 0 {
                wanted &= !clauses;
                left.push((seq, clauses));
            }
        }
        matches.truncate(EVENTS.saturating_sub(left.len()));
        matches.extend(left);
    }
    matches.into_iter().map(|(seq, _)| seq).collect()
}
