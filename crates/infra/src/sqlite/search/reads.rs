//! Finding: lists of places, put together in memory.

use super::column_of;
use super::places::{episode_of, event, first_event, is_by, read, seq_of};
use crate::search::pick::pick;
use crate::sqlite::code::{column, conversation, count, int};
use crate::sqlite::fault::Fault;
use baton_core::ids::ConversationId;
use baton_kit::search::{Clause, Found, Page, Place, Token, Wanted};
use rusqlite::Connection;
use std::collections::HashSet;

/// Runs a query on one state of the file.
fn still<T>(db: &Connection, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let transaction = db.unchecked_transaction()?;
    let result = work();
    transaction.finish()?;
    result
}

fn segments(db: &Connection) -> Result<Vec<i64>, Fault> {
    let mut select = db.prepare_cached("SELECT id FROM segments WHERE state = 0 ORDER BY id")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn gone(db: &Connection) -> Result<HashSet<u64>, Fault> {
    let mut select = db.prepare_cached("SELECT id FROM episodes WHERE gone > 0")?;
    Ok(select.query_map([], |row| row.get(0).map(count))?.collect::<Result<_, _>>()?)
}

/// Every place of a token, in no order, onto the end of `out`.
fn places(db: &Connection, segments: &[i64], token: Token, out: &mut Vec<u64>) -> Result<(), Fault> {
    let mut select = db.prepare_cached("SELECT places FROM postings WHERE segment = ?1 AND token = ?2")?;
    for segment in segments {
        let mut rows = select.query((segment, column_of(token)))?;
        if let Some(row) = rows.next()? {
            read(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?, out)?;
        }
    }
    Ok(())
}

/// The events that meet a clause, rising.
fn events(db: &Connection, segments: &[i64], clause: &Clause) -> Result<Vec<u64>, Fault> {
    let mut met: Option<Vec<u64>> = None;
    for forms in &clause.words {
        let mut found = Vec::new();
        for form in forms {
            places(db, segments, *form, &mut found)?;
        }
        if let Some(by) = clause.by {
            found.retain(|place| is_by(*place, by));
        }
        found.iter_mut().for_each(|place| *place = event(*place));
        found.sort();
        found.dedup();
        met = Some(match met {
            None => found,
            Some(met) => common(&met, &found),
        });
        if met.as_ref().is_some_and(Vec::is_empty) {
            break;
        }
    }
    Ok(met.unwrap_or_default())
}

/// What stands in both of two rising lists.
fn common(one: &[u64], other: &[u64]) -> Vec<u64> {
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut rest = many;
    let mut out = Vec::new();
    for number in few {
        rest = &rest[rest.partition_point(|other| other < number)..];
        if rest.first() == Some(number) {
            out.push(*number);
        }
    }
    out
}

fn episodes(events: &[u64]) -> Vec<u64> {
    let mut out: Vec<u64> = events.iter().map(|event| episode_of(*event)).collect();
    out.dedup();
    out
}

/// Finds episodes.
pub(super) fn find(db: &Connection, wanted: &Wanted) -> Result<Page, Fault> {
    still(db, || {
        let segments = segments(db)?;
        let mut clauses: Vec<Vec<u64>> = Vec::with_capacity(wanted.all.len());
        let mut met: Option<Vec<u64>> = None;
        for clause in &wanted.all {
            let events = events(db, &segments, clause)?;
            let episodes = episodes(&events);
            clauses.push(events);
            let both = met.map_or_else(|| episodes.clone(), |met| common(&met, &episodes));
            if both.is_empty() {
                return Ok(Page::default());
            }
            met = Some(both);
        }
        let mut met = met.unwrap_or_default();
        for clause in &wanted.none {
            let not: HashSet<u64> = episodes(&events(db, &segments, clause)?).into_iter().collect();
            met.retain(|episode| !not.contains(episode));
        }
        narrow(db, wanted, &mut met)?;
        page(db, wanted, &met, &clauses)
    })
}

/// Takes out what is gone, or of another conversation or time.
fn narrow(db: &Connection, wanted: &Wanted, met: &mut Vec<u64>) -> Result<(), Fault> {
    let gone = gone(db)?;
    if !gone.is_empty() {
        met.retain(|episode| !gone.contains(episode));
    }
    if let Some(only) = &wanted.only {
        let mut ids = HashSet::new();
        for id in only {
            ids.extend(of_conversation(db, *id)?);
        }
        met.retain(|episode| ids.contains(episode));
    }
    if let Some(to) = wanted.to {
        let mut select = db.prepare_cached("SELECT max(id) FROM episodes WHERE first <= ?1")?;
        let last: Option<i64> = select.query_row([to], |row| row.get(0))?;
        // Clocks of two conversations may be a little apart; numbers rise with the log.
        met.truncate(met.partition_point(|episode| last.is_some_and(|last| *episode <= count(last))));
    }
    if let Some(from) = wanted.from {
        let mut select = db.prepare_cached("SELECT id FROM episodes WHERE last >= ?1")?;
        let late: HashSet<u64> = select.query_map([from], |row| row.get(0).map(count))?.collect::<Result<_, _>>()?;
        met.retain(|episode| late.contains(episode));
    }
    Ok(())
}

fn of_conversation(db: &Connection, id: ConversationId) -> Result<Vec<u64>, Fault> {
    let mut select = db.prepare_cached("SELECT id FROM episodes WHERE conversation = ?1")?;
    Ok(select.query_map([id.0.as_bytes()], |row| row.get(0).map(count))?.collect::<Result<_, _>>()?)
}

/// The newest of these, with their events.
fn page(db: &Connection, wanted: &Wanted, met: &[u64], clauses: &[Vec<u64>]) -> Result<Page, Fault> {
    let mut page = Page { total: met.len() as u64, ..Page::default() };
    let mut select = db.prepare_cached("SELECT conversation FROM episodes WHERE id = ?1")?;
    let below = wanted.before.map_or(met.len(), |before| met.partition_point(|episode| *episode < before.0));
    for episode in met[..below].iter().rev() {
        let mut rows = select.query([int(*episode)])?;
        let Some(row) = rows.next()? else { continue };
        let conversation = conversation(row, 0)?;
        // A later episode of this conversation was found: it stands for this one.
        if of_conversation(db, conversation)?.iter().any(|other| other > episode && met.binary_search(other).is_ok()) {
            continue;
        }
        if page.found.len() == wanted.limit {
            page.more = true;
            break;
        }
        page.found.push(Found { place: Place(*episode), conversation, seqs: seqs(*episode, clauses) });
    }
    Ok(page)
}

fn seqs(episode: u64, clauses: &[Vec<u64>]) -> Vec<u64> {
    let (from, to) = (first_event(episode), first_event(episode + 1));
    let mut matches: Vec<(u64, u32)> = Vec::new();
    for (at, events) in clauses.iter().enumerate() {
        let here = &events[events.partition_point(|event| *event < from)..];
        let here = &here[..here.partition_point(|event| *event < to)];
        matches.extend(here.iter().map(|event| (seq_of(*event), 1u32 << at)));
    }
    matches.sort_unstable();
    let merged = matches.chunk_by(|one, other| one.0 == other.0);
    pick(merged.map(|same| (same[0].0, same.iter().fold(0, |all, (_, clause)| all | clause))).collect())
}

/// In how many conversations each token stands, up to `most`.
pub(super) fn spread_all(db: &Connection, tokens: &[Token], most: u32) -> Result<Vec<u32>, Fault> {
    still(db, || spreads(db, tokens, most))
}

/// The same, inside a transaction.
pub(super) fn spreads(db: &Connection, tokens: &[Token], most: u32) -> Result<Vec<u32>, Fault> {
    let (segments, gone) = (segments(db)?, gone(db)?);
    tokens.iter().map(|token| spread(db, &segments, &gone, *token, most)).collect()
}

fn spread(db: &Connection, segments: &[i64], gone: &HashSet<u64>, token: Token, most: u32) -> Result<u32, Fault> {
    let mut select = db.prepare_cached("SELECT conversation FROM episodes WHERE id = ?1")?;
    let (mut seen, mut conversations) = (HashSet::new(), HashSet::new());
    // The newest segments first, and no more of them than needed.
    for segment in segments.iter().rev() {
        let mut found = Vec::new();
        places(db, &[*segment], token, &mut found)?;
        for place in found {
            let episode = episode_of(event(place));
            if gone.contains(&episode) || !seen.insert(episode) {
                continue;
            }
            let mut rows = select.query([int(episode)])?;
            if let Some(row) = rows.next()? {
                conversations.insert(conversation(row, 0)?);
            }
            if conversations.len() as u64 >= u64::from(most) {
                return Ok(most);
            }
        }
    }
    Ok(u32::try_from(conversations.len()).unwrap_or(most))
}

/// All sealed words.
pub(super) fn words(db: &Connection) -> Result<Vec<(Token, Vec<u8>)>, Fault> {
    let mut select = db.prepare_cached("SELECT token, sealed FROM words")?;
    select.query_and_then([], |row| Ok((Token(column::<i64>(row, 0)?.cast_unsigned()), column(row, 1)?)))?.collect()
}
