//! Where streams end: number, last seq and chain of those that were written to lately, so that a commit asks the disk
//! for none of it. Bounded; what was not asked for since the last turn goes first.

use super::code::{column, count};
use super::fault::{Fault, broken};
use super::reads::{one, stream_number};
use baton_core::event::{Stream, start_of_chain};
use baton_core::ids::Hash32;
use rusqlite::Connection;
use std::collections::HashMap;

/// The end of a stream.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// The stream's number.
    pub(super) id: i64,
    /// Its last seq; 0 if nothing was written yet.
    pub(super) seq: u64,
    /// The chain after that.
    pub(super) chain: Hash32,
}

/// The ends that are in memory.
pub(super) struct Ends {
    most: usize,
    recent: HashMap<Stream, End>,
    before: HashMap<Stream, End>,
}

impl Ends {
    pub(super) fn new(most: usize) -> Self {
        Self { most, recent: HashMap::new(), before: HashMap::new() }
    }

    pub(super) fn get(&mut self, stream: Stream) -> Option<End> {
        if let Some(end) = self.recent.get(&stream) {
            return Some(*end);
        }
        let end = self.before.remove(&stream)?;
        self.put(stream, end);
        Some(end)
    }

    pub(super) fn put(&mut self, stream: Stream, end: End) {
        if self.recent.len() >= self.most / 2 && !self.recent.contains_key(&stream) {
            self.before = std::mem::take(&mut self.recent);
        }
        self.recent.insert(stream, end);
    }

    pub(super) fn remove(&mut self, stream: Stream) {
        self.recent.remove(&stream);
        self.before.remove(&stream);
    }

    pub(super) fn clear(&mut self) {
        self.recent.clear();
        self.before.clear();
    }
}

/// The end of a stream as the disk knows it, if the stream has a number: of its last event, or of its last stretch if all
/// is packed.
pub(super) fn find(db: &Connection, of: Stream) -> Result<Option<End>, Fault> {
    let Some(id) = stream_number(db, of)? else { return Ok(None) };
    let read = |row: &rusqlite::Row<'_>| {
        let chain: Option<[u8; 32]> = column(row, 1)?;
        Ok(End {
            id,
            seq: count(column(row, 0)?),
            chain: Hash32(chain.ok_or_else(|| broken("an end without a chain"))?),
        })
    };
    // Events go from the first table to the second and never back: asked in this order, nothing is missed.
    let hot = "SELECT seq, chain FROM events WHERE stream = ?1 ORDER BY seq DESC LIMIT 1";
    if let Some(end) = one(db, hot, [id], read)? {
        return Ok(Some(end));
    }
    let packed = one(db, "SELECT last, chain FROM packs WHERE stream = ?1 ORDER BY last DESC LIMIT 1", [id], read)?;
    Ok(Some(packed.unwrap_or(End { id, seq: 0, chain: start_of_chain(of) })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_core::ids::ConversationId;

    #[test]
    fn what_is_asked_for_stays_and_the_number_of_ends_is_bounded() {
        let mut ends = Ends::new(100);
        let stream = |number: usize| Stream::Conversation(ConversationId(uuid::Uuid::from_u128(number as u128)));
        for number in 0..1_000 {
            ends.put(stream(number), End { id: number as i64, seq: 1, chain: Hash32([0; 32]) });
            assert_eq!(ends.get(stream(0)).map(|end| end.id), Some(0));
        }
        assert!(ends.recent.len() + ends.before.len() <= 100);
        assert!(ends.get(stream(1)).is_none());
    }
}
