//! Queries of the reader threads.

use super::code::{column, conversation, count, event, int, link, most, record, stream};
use super::fault::Fault;
use super::packs;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, Hash32, KeyId, Ms};
use baton_kit::store::{EffectId, Link, Offset, ParkedEffect, Record, SealedEvent, Snapshot, WrappedKey};
use rusqlite::{Connection, OptionalExtension, Params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

const OF_STREAM: &str = "stream = (SELECT id FROM streams WHERE name = ?1)";

pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.collect()
}

pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.next().transpose()
}

/// A stream's number, if it has one.
pub(super) fn stream_number(db: &Connection, of: Stream) -> Result<Option<i64>, Fault> {
    one(db, "SELECT id FROM streams WHERE name = ?1", [of.to_string()], |row| column(row, 0))
}

/// The chains that were kept after events of a stream after `seq`: `(seq, chain)`. Not every event has one.
pub(super) fn chains(db: &Connection, of: Stream, after: u64, limit: usize) -> Result<Vec<(u64, Hash32)>, Fault> {
    let Some(number) = stream_number(db, of)? else { return Ok(Vec::new()) };
    let sql = "SELECT seq, chain FROM events WHERE stream = ?1 AND seq > ?2 AND chain IS NOT NULL
               UNION ALL SELECT last, chain FROM packs WHERE stream = ?1 AND last > ?2 ORDER BY 1 LIMIT ?3";
    all(db, sql, (number, int(after), most(limit)), |row| {
        Ok((count(column(row, 0)?), Hash32(column::<[u8; 32]>(row, 1)?)))
    })
}

// Events go from the hot table into packs and never back: whoever reads the hot table first and the packs second, in two
// views, misses nothing, and sees twice what went in between.

/// Events after `seq`, oldest first.
pub(super) fn events(db: &Connection, of: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Fault> {
    let sql =
        format!("SELECT seq, position, header, body FROM events WHERE {OF_STREAM} AND seq > ?2 ORDER BY seq LIMIT ?3");
    let hot = all(db, &sql, (of.to_string(), int(after), most(limit)), |row| event(of, row))?;
    let first = hot.first().map_or(u64::MAX, |event| event.seq);
    if first == after.saturating_add(1) {
        return Ok(hot);
    }
    let Some(number) = stream_number(db, of)? else { return Ok(hot) };
    let mut found = packs::between(db, of, number, (after, first), limit, true)?;
    found.extend(hot);
    found.truncate(limit);
    Ok(found)
}

/// The last events before `seq`, oldest first.
pub(super) fn events_before(db: &Connection, of: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Fault> {
    let sql = format!(
        "SELECT seq, position, header, body FROM events WHERE {OF_STREAM} AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
    );
    let mut events = all(db, &sql, (of.to_string(), int(before), most(limit)), |row| event(of, row))?;
    let first = events.last().map_or(before, |event| event.seq);
    if events.len() < limit
        && first > 1
        && let Some(number) = stream_number(db, of)?
    {
        events.extend(packs::before(db, of, number, first, limit - events.len())?);
    }
    events.reverse();
    Ok(events)
}

/// Events for the customer after a position.
pub(super) fn positions(
    db: &Connection,
    conversation: ConversationId,
    after: u64,
    limit: usize,
) -> Result<Vec<SealedEvent>, Fault> {
    let of = Stream::Conversation(conversation);
    // Positions rise with seq and are never above it.
    let sql = format!(
        "SELECT seq, position, header, body FROM events
         WHERE {OF_STREAM} AND seq > ?2 AND position > ?2 ORDER BY seq LIMIT ?3"
    );
    let hot = all(db, &sql, (of.to_string(), int(after), most(limit)), |row| event(of, row))?;
    if hot.first().and_then(|event| event.position) == after.checked_add(1) {
        return Ok(hot);
    }
    let Some(number) = stream_number(db, of)? else { return Ok(hot) };
    let first = hot.first().map_or(u64::MAX, |event| event.seq);
    let mut found = packs::positions(db, of, number, (after, first), limit)?;
    found.extend(hot);
    found.truncate(limit);
    Ok(found)
}

/// Headers after `seq`.
pub(super) fn headers(db: &Connection, of: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let sql = format!("SELECT seq, header FROM events WHERE {OF_STREAM} AND seq > ?2 ORDER BY seq LIMIT ?3");
    let hot: Vec<(u64, Vec<u8>)> =
        all(db, &sql, (of.to_string(), int(after), most(limit)), |row| Ok((count(column(row, 0)?), column(row, 1)?)))?;
    let first = hot.first().map_or(u64::MAX, |(seq, _)| *seq);
    let hot = hot.into_iter().map(|(_, header)| header);
    if first == after.saturating_add(1) {
        return Ok(hot.collect());
    }
    let Some(number) = stream_number(db, of)? else { return Ok(hot.collect()) };
    let packed = packs::between(db, of, number, (after, first), limit, false)?;
    Ok(packed.into_iter().map(|event| event.header).chain(hot).take(limit).collect())
}

/// The whole log after an offset. One writer commits whole transactions, so no number below a visible one can
/// appear later.
pub(super) fn tail(db: &Connection, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Fault> {
    let found = hot_tail(db, after, limit)?;
    // Nothing is packed whose place was not written down before.
    if count(packs::placed(db)?) <= after.0 {
        return Ok(found);
    }
    // A check reads everything in one view that stands already.
    let view = if db.is_autocommit() { Some(db.unchecked_transaction()?) } else { None };
    let places = packs::places(db, after, limit)?;
    let mut names = HashMap::new();
    let mut found = Vec::with_capacity(places.len());
    for (offset, number, seq) in places {
        let name = match names.entry(number) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(packs::name(db, number)?),
        };
        found.push((Offset(offset), name, seq));
    }
    if found.len() < limit {
        let placed = Offset(count(packs::placed(db)?)).max(after);
        found.extend(hot_tail(db, placed, limit - found.len())?);
    }
    if let Some(view) = view {
        view.finish()?;
    }
    Ok(found)
}

fn hot_tail(db: &Connection, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Fault> {
    let sql = "SELECT e.id, s.name, e.seq FROM events e JOIN streams s ON s.id = e.stream WHERE e.id > ?1
               ORDER BY e.id LIMIT ?2";
    all(db, sql, (int(after.0), most(limit)), |row| {
        Ok((Offset(count(column(row, 0)?)), stream(row, 1)?, count(column(row, 2)?)))
    })
}

/// A snapshot of a stream.
pub(super) fn snapshot(db: &Connection, of: Stream) -> Result<Option<Snapshot>, Fault> {
    let sql = format!("SELECT seq, level, state FROM snapshots WHERE {OF_STREAM}");
    one(db, &sql, [of.to_string()], |row| {
        Ok(Snapshot { seq: count(column(row, 0)?), level: column(row, 1)?, state: column(row, 2)? })
    })
}

/// When the next work can be leased.
pub(super) fn next_effect(db: &Connection) -> Result<Option<Ms>, Fault> {
    one(db, "SELECT due FROM effects WHERE head = 1 ORDER BY due LIMIT 1", [], |row| column(row, 0))
}

/// What was put aside.
pub(super) fn parked(db: &Connection, limit: usize) -> Result<Vec<ParkedEffect>, Fault> {
    let sql = "SELECT id, conversation, lane, parked FROM effects WHERE parked IS NOT NULL ORDER BY id LIMIT ?1";
    all(db, sql, [most(limit)], |row| {
        Ok(ParkedEffect {
            id: EffectId(count(column(row, 0)?)),
            conversation: conversation(row, 1)?,
            lane: column(row, 2)?,
            reason: column(row, 3)?,
        })
    })
}

/// Deadlines that have passed.
pub(super) fn timers_due(db: &Connection, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Fault> {
    let sql = "SELECT s.name, t.due FROM timers t JOIN streams s ON s.id = t.stream WHERE t.due <= ?1
               ORDER BY t.due, t.stream LIMIT ?2";
    all(db, sql, (now, most(limit)), |row| Ok((stream(row, 0)?, column(row, 1)?)))
}

/// The earliest deadline.
pub(super) fn next_timer(db: &Connection) -> Result<Option<Ms>, Fault> {
    one(db, "SELECT due FROM timers ORDER BY due LIMIT 1", [], |row| column(row, 0))
}

/// Leases by the start of their name.
pub(super) fn leases(db: &Connection, prefix: &str) -> Result<Vec<(String, Ms)>, Fault> {
    let mut select =
        db.prepare_cached("SELECT name, until, owner IS NOT NULL FROM leases WHERE name >= ?1 ORDER BY name")?;
    let mut rows = select.query([prefix])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = column(row, 0)?;
        if !name.starts_with(prefix) {
            break;
        }
        if column(row, 2)? {
            found.push((name, column(row, 1)?));
        }
    }
    Ok(found)
}

const LINK: &str = "SELECT connection, conversation, outside, state, version FROM links WHERE connection = ?1";

/// A link.
pub(super) fn link_of(
    db: &Connection,
    connection: ConnectionId,
    conversation: ConversationId,
) -> Result<Option<Link>, Fault> {
    let sql = format!("{LINK} AND conversation = ?2");
    one(db, &sql, (connection.0.as_bytes(), conversation.0.as_bytes()), link)
}

/// A link by its outside id.
pub(super) fn link_by_outside(
    db: &Connection,
    connection: ConnectionId,
    outside: Hash16,
) -> Result<Option<Link>, Fault> {
    one(db, &format!("{LINK} AND outside = ?2"), (connection.0.as_bytes(), outside.0), link)
}

/// A record that has not expired.
pub(super) fn record_of(db: &Connection, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Fault> {
    let sql = "SELECT kind, key, value, expires FROM records WHERE kind = ?1 AND key = ?2 AND expires > ?3";
    one(db, sql, (kind, key, now), record)
}

/// A wrapped key.
pub(super) fn key(db: &Connection, id: KeyId) -> Result<Option<WrappedKey>, Fault> {
    let found = db
        .prepare_cached("SELECT parent, wrapped FROM keys WHERE id = ?1 AND wrapped IS NOT NULL")?
        .query_row([id.0.as_bytes()], |row| Ok((row.get::<_, Option<[u8; 16]>>(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map(|(parent, wrapped)| WrappedKey {
        id,
        parent: parent.map(|parent| KeyId(Uuid::from_bytes(parent))),
        wrapped,
    }))
}
