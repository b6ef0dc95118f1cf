//! Taking in, forgetting, throwing away.

use super::places::{place, write};
use super::{column_of, position, set_position};
use crate::sqlite::code::{count, int};
use crate::sqlite::fault::Fault;
use baton_core::ids::{ConversationId, Ms};
use baton_kit::search::{Batch, Entry, LAST_SEQ, Token};
use baton_kit::store::Offset;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;

/// Takes in a batch as one segment.
pub(super) fn apply(db: &Connection, batch: &Batch) -> Result<(), Fault> {
    if batch.upto <= position(db)? {
        return Ok(());
    }
    let mut episodes: HashMap<ConversationId, (u64, Ms)> = HashMap::new();
    let mut all: Vec<(i64, u64)> = Vec::new();
    for entry in batch.entries.iter().filter(|entry| entry.seq <= LAST_SEQ) {
        let id = match episodes.get(&entry.conversation) {
            Some((id, _)) if !entry.opens => *id,
            known => {
                if let Some((id, last)) = known {
                    touch(db, *id, *last)?;
                }
                episode(db, entry)?
            }
        };
        episodes.insert(entry.conversation, (id, entry.at));
        let at = place(id, entry.seq, entry.by);
        all.extend(entry.tokens.iter().map(|token| (column_of(*token), at)));
    }
    for (id, last) in episodes.values() {
        touch(db, *id, *last)?;
    }
    all.sort_unstable();
    all.dedup();
    if !all.is_empty() {
        let segment = new_segment(db, 0, 0)?;
        let mut insert = db.prepare_cached("INSERT INTO postings (segment, token, places) VALUES (?1, ?2, ?3)")?;
        let mut places = Vec::new();
        for same in all.chunk_by(|one, other| one.0 == other.0) {
            places.clear();
            places.extend(same.iter().map(|(_, at)| *at));
            insert.execute((segment, same[0].0, write(&places)))?;
        }
    }
    set_position(db, batch.upto)
}

/// A new segment.
pub(super) fn new_segment(db: &Connection, level: i64, state: i64) -> Result<i64, Fault> {
    db.prepare_cached("INSERT INTO segments (level, state) VALUES (?1, ?2)")?.execute((level, state))?;
    Ok(db.last_insert_rowid())
}

/// The episode that an event belongs to; a new one if it opens one, or if there is none any more.
fn episode(db: &Connection, entry: &Entry) -> Result<u64, Fault> {
    let conversation = entry.conversation.0.as_bytes();
    if !entry.opens {
        let newest: Option<(i64, i64)> = db
            .prepare_cached("SELECT id, gone FROM episodes WHERE conversation = ?1 ORDER BY id DESC LIMIT 1")?
            .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((id, 0)) = newest {
            return Ok(count(id));
        }
    }
    db.prepare_cached("INSERT INTO episodes (conversation, first, last) VALUES (?1, ?2, ?2)")?
        .execute((conversation, entry.at))?;
    Ok(count(db.last_insert_rowid()))
}

fn touch(db: &Connection, id: u64, last: Ms) -> Result<(), Fault> {
    db.prepare_cached("UPDATE episodes SET last = ?2 WHERE id = ?1")?.execute((int(id), last))?;
    Ok(())
}

/// Keeps sealed words.
pub(super) fn keep_words(db: &Connection, words: &[(Token, Vec<u8>)]) -> Result<(), Fault> {
    let mut insert = db.prepare_cached("INSERT OR REPLACE INTO words (token, sealed) VALUES (?1, ?2)")?;
    for (token, sealed) in words {
        insert.execute((column_of(*token), sealed))?;
    }
    Ok(())
}

/// Hides a conversation; the upkeep takes it out.
pub(super) fn forget(db: &Connection, conversation: ConversationId) -> Result<(), Fault> {
    db.prepare_cached("UPDATE episodes SET gone = 1 WHERE conversation = ?1 AND gone = 0")?
        .execute([conversation.0.as_bytes()])?;
    Ok(())
}

/// Throws everything away.
pub(super) fn reset(db: &Connection) -> Result<(), Fault> {
    for table in ["postings", "segments", "episodes", "words"] {
        db.execute(&format!("DELETE FROM {table}"), [])?;
    }
    set_position(db, Offset(0))
}
