//! Queries of the reader threads.

use super::code::{
    HOLDERS, column, conversation, count, event, holder_code, int, link, list_row, most, record, stream,
};
use super::fault::Fault;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, KeyId, Ms};
use baton_kit::store::{EffectId, Link, Offset, ParkedEffect, Record, Row, RowFilter, SealedEvent, WrappedKey};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Params, params_from_iter};
use uuid::Uuid;

const OF_STREAM: &str = "stream = (SELECT id FROM streams WHERE name = ?1)";

fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.collect()
}

fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.next().transpose()
}

/// Events after `seq`, oldest first.
pub(super) fn events(db: &Connection, of: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Fault> {
    let sql =
        format!("SELECT seq, position, header, body FROM events WHERE {OF_STREAM} AND seq > ?2 ORDER BY seq LIMIT ?3");
    all(db, &sql, (of.to_string(), int(after), most(limit)), |row| event(of, row))
}

/// The last events before `seq`, oldest first.
pub(super) fn events_before(db: &Connection, of: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Fault> {
    let sql = format!(
        "SELECT seq, position, header, body FROM events WHERE {OF_STREAM} AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
    );
    let mut events = all(db, &sql, (of.to_string(), int(before), most(limit)), |row| event(of, row))?;
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
    let sql = format!(
        "SELECT seq, position, header, body FROM events WHERE {OF_STREAM} AND position > ?2 ORDER BY position LIMIT ?3"
    );
    all(db, &sql, (of.to_string(), int(after), most(limit)), |row| event(of, row))
}

/// Headers after `seq`.
pub(super) fn headers(db: &Connection, of: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let sql = format!("SELECT header FROM events WHERE {OF_STREAM} AND seq > ?2 ORDER BY seq LIMIT ?3");
    all(db, &sql, (of.to_string(), int(after), most(limit)), |row| column(row, 0))
}

/// The whole log after an offset. One writer commits whole transactions, so no number below a visible one can
/// appear later.
pub(super) fn tail(db: &Connection, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Fault> {
    let sql = "SELECT e.id, s.name, e.seq FROM events e JOIN streams s ON s.id = e.stream WHERE e.id > ?1
               ORDER BY e.id LIMIT ?2";
    all(db, sql, (int(after.0), most(limit)), |row| {
        Ok((Offset(count(column(row, 0)?)), stream(row, 1)?, count(column(row, 2)?)))
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

const ROW: &str = "SELECT id, seq, holder, holder_id, offered_to, sort, reference, data FROM list_rows WHERE";

/// One list row.
pub(super) fn row(db: &Connection, id: ConversationId) -> Result<Option<Row>, Fault> {
    one(db, &format!("{ROW} id = ?1"), [id.0.as_bytes()], list_row)
}

/// A filter as conditions. `holders` stands apart, because it decides how the index is used.
fn conditions(filter: &RowFilter) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::from(" 1"), Vec::new());
    let ids = [("holder_id", filter.holder_id), ("offered_to", filter.offered_to)];
    for (name, id) in ids {
        if let Some(id) = id {
            sql.push_str(&format!(" AND {name} = ?"));
            values.push(Value::Blob(id.as_bytes().to_vec()));
        }
    }
    if let Some(reference) = &filter.reference {
        sql.push_str(" AND reference = ?");
        values.push(Value::Text(reference.clone()));
    }
    (sql, values)
}

fn holders(filter: &RowFilter) -> Vec<i64> {
    if filter.holders.is_empty() {
        return HOLDERS.iter().map(|(_, code)| *code).collect();
    }
    let mut codes: Vec<_> = filter.holders.iter().map(|holder| holder_code(*holder)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn one_of(codes: &[i64]) -> String {
    let codes: Vec<_> = codes.iter().map(i64::to_string).collect();
    format!(" AND holder IN ({})", codes.join(", "))
}

/// Does it name somebody or one conversation? Then its index gives the order; else each kind of holder is read in
/// order and the lists are merged, so that a page never sorts a whole list.
fn narrow(filter: &RowFilter) -> bool {
    filter.holder_id.is_some() || filter.offered_to.is_some() || filter.reference.is_some()
}

/// A page of list rows.
pub(super) fn rows(db: &Connection, filter: &RowFilter) -> Result<Vec<Row>, Fault> {
    let codes = holders(filter);
    let parts: Vec<_> = if narrow(filter) {
        vec![one_of(&codes)]
    } else {
        codes.iter().map(|code| format!(" AND holder = {code}")).collect()
    };
    let (conditions, mut values) = conditions(filter);
    let (than, order) = if filter.newest_first { ("<", "DESC") } else { (">", "ASC") };
    let mut after = "";
    let than = format!(" AND (sort, id) {than} (?, ?)");
    if let Some((sort, id)) = filter.after {
        values.extend([Value::Integer(sort), Value::Blob(id.0.as_bytes().to_vec())]);
        after = &than;
    }
    values.push(Value::Integer(most(filter.limit)));
    // One view for all parts: a conversation that changes hands in between must not be listed twice.
    let view = db.unchecked_transaction()?;
    let mut found = Vec::new();
    for part in &parts {
        let sql = format!("{ROW}{conditions}{part}{after} ORDER BY sort {order}, id {order} LIMIT ?");
        found.extend(all(&view, &sql, params_from_iter(&values), list_row)?);
    }
    view.finish()?;
    found.sort_by_key(|row| (row.sort, row.id));
    if filter.newest_first {
        found.reverse();
    }
    found.truncate(filter.limit);
    Ok(found)
}

/// How many list rows.
pub(super) fn count_rows(db: &Connection, filter: &RowFilter) -> Result<u64, Fault> {
    let (conditions, values) = conditions(filter);
    let sql = format!("SELECT count(*) FROM list_rows WHERE{conditions}{}", one_of(&holders(filter)));
    Ok(one(db, &sql, params_from_iter(&values), |row| column(row, 0))?.map_or(0, count))
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
