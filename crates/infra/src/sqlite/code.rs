//! How values stand in the columns.

use super::fault::{Fault, broken};
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, InboxId, PersonId};
use baton_kit::store::{Entry, HolderKind, Link, Record, Row, SealedEvent};
use rusqlite::types::FromSql;
use uuid::Uuid;

/// A number as SQLite keeps it. Nothing that Baton counts comes near the bound; a caller's "no limit" does.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit of rows.
pub(super) fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A number that was kept by [`int`].
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A row's column.
pub(super) fn column<T: FromSql>(row: &rusqlite::Row<'_>, index: usize) -> Result<T, Fault> {
    Ok(row.get(index)?)
}

/// A conversation's id.
pub(super) fn conversation(row: &rusqlite::Row<'_>, index: usize) -> Result<ConversationId, Fault> {
    Ok(ConversationId(Uuid::from_bytes(column(row, index)?)))
}

/// An id that may be absent.
pub(super) fn id(row: &rusqlite::Row<'_>, index: usize) -> Result<Option<Uuid>, Fault> {
    Ok(column::<Option<[u8; 16]>>(row, index)?.map(Uuid::from_bytes))
}

/// A stream by its name.
pub(super) fn stream(row: &rusqlite::Row<'_>, index: usize) -> Result<Stream, Fault> {
    column::<String>(row, index)?.parse().map_err(broken)
}

/// Every kind of holder, with its code. Codes are never used again for something else.
pub(super) const HOLDERS: [(HolderKind, i64); 6] = [
    (HolderKind::Bot, 0),
    (HolderKind::Queue, 1),
    (HolderKind::Later, 2),
    (HolderKind::Agent, 3),
    (HolderKind::Target, 4),
    (HolderKind::Nobody, 5),
];

/// A holder's code.
pub(super) fn holder_code(holder: HolderKind) -> i64 {
    match holder {
        HolderKind::Bot => 0,
        HolderKind::Queue => 1,
        HolderKind::Later => 2,
        HolderKind::Agent => 3,
        HolderKind::Target => 4,
        HolderKind::Nobody => 5,
    }
}

/// `seq, position, header, body` of a stream.
pub(super) fn event(of: Stream, row: &rusqlite::Row<'_>) -> Result<SealedEvent, Fault> {
    Ok(SealedEvent {
        stream: of,
        seq: count(column(row, 0)?),
        position: column::<Option<i64>>(row, 1)?.map(count),
        header: column(row, 2)?,
        body: column(row, 3)?,
    })
}

/// `connection, conversation, outside, state, version`.
pub(super) fn link(row: &rusqlite::Row<'_>) -> Result<Link, Fault> {
    Ok(Link {
        connection: ConnectionId(Uuid::from_bytes(column(row, 0)?)),
        conversation: conversation(row, 1)?,
        outside: column::<Option<[u8; 16]>>(row, 2)?.map(Hash16),
        state: column(row, 3)?,
        version: count(column(row, 4)?),
    })
}

/// Ids one behind the other.
pub(super) fn ids(ids: &[Uuid]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.into_bytes()).collect()
}

/// `id, seq, holder, holder_id, offered_to, sort, reference, person, inbox, due, snoozed, tags, data`.
pub(super) fn list_row(row: &rusqlite::Row<'_>) -> Result<Row, Fault> {
    let code: i64 = column(row, 2)?;
    let holder = HOLDERS.iter().find(|(_, known)| *known == code);
    Ok(Row {
        id: conversation(row, 0)?,
        seq: count(column(row, 1)?),
        holder: holder.ok_or_else(|| broken("a kind of holder"))?.0,
        holder_id: id(row, 3)?,
        offered_to: id(row, 4)?,
        sort: column(row, 5)?,
        reference: column(row, 6)?,
        person: id(row, 7)?.map(PersonId),
        inbox: id(row, 8)?.map(InboxId),
        due: column(row, 9)?,
        snoozed: column(row, 10)?,
        tags: column::<Vec<u8>>(row, 11)?.as_chunks::<16>().0.iter().map(|id| Uuid::from_bytes(*id)).collect(),
        data: column(row, 12)?,
    })
}

/// `list, id, conversation, inbox, owner, state, mark_1, mark_2, at, seq, data`.
pub(super) fn list_entry(row: &rusqlite::Row<'_>) -> Result<Entry, Fault> {
    Ok(Entry {
        list: column(row, 0)?,
        id: Uuid::from_bytes(column(row, 1)?),
        conversation: conversation(row, 2)?,
        inbox: id(row, 3)?.map(InboxId),
        owner: id(row, 4)?,
        state: column(row, 5)?,
        marks: [column(row, 6)?, column(row, 7)?],
        at: column(row, 8)?,
        seq: count(column(row, 9)?),
        data: column(row, 10)?,
    })
}

/// `kind, key, value, expires`.
pub(super) fn record(row: &rusqlite::Row<'_>) -> Result<Record, Fault> {
    Ok(Record { kind: column(row, 0)?, key: column(row, 1)?, value: column(row, 2)?, expires: column(row, 3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_holder_reads_back_from_its_code() {
        assert!(HOLDERS.iter().all(|(holder, code)| holder_code(*holder) == *code));
    }
}
