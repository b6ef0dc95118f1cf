//! What the writer thread does in a command: checks first, then writes; undone as a whole if anything fails.

use super::checkpoint::Nudge;
use super::code::{column, conversation, count, holder_code, ids, int, most};
use super::ends::{self, End, Ends};
use super::fault::Fault;
use super::writer::State;
use baton_core::event::{Stream, chain, start_of_chain};
use baton_core::ids::{ConversationId, Ms};
use baton_core::limits;
use baton_kit::store::{
    Commit, EffectId, Entry, Error, LeasedEffect, Link, NewEffect, Offset, Record, Row, SealedEvent, Snapshot,
};
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use uuid::Uuid;

/// What the writer of baton.db remembers.
pub(super) struct Main {
    connection: Connection,
    ends: Ends,
    touched: Vec<Stream>,
    nudge: Nudge,
}

impl State for Main {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn begin(&mut self) {
        self.touched.clear();
    }

    fn undo(&mut self) {
        for stream in self.touched.drain(..) {
            self.ends.remove(stream);
        }
    }

    fn forget(&mut self) {
        self.ends.clear();
    }

    fn committed(&mut self, commands: usize) {
        self.nudge.written(&self.connection, commands);
    }
}

impl Main {
    pub(super) fn new(connection: Connection, nudge: Nudge) -> Self {
        Self { connection, ends: Ends::new(limits::STREAM_ENDS), touched: Vec::new(), nudge }
    }

    fn end(&mut self, stream: Stream) -> Result<Option<End>, Fault> {
        if let Some(end) = self.ends.get(stream) {
            return Ok(Some(end));
        }
        let found = ends::find(&self.connection, stream)?;
        if let Some(end) = found {
            self.ends.put(stream, end);
        }
        Ok(found)
    }

    fn end_or_new(&mut self, stream: Stream) -> Result<End, Fault> {
        if let Some(end) = self.end(stream)? {
            return Ok(end);
        }
        self.connection.prepare_cached("INSERT INTO streams (name) VALUES (?1)")?.execute([stream.to_string()])?;
        let end = End { id: self.connection.last_insert_rowid(), seq: 0, chain: start_of_chain(stream) };
        self.touched.push(stream);
        self.ends.put(stream, end);
        Ok(end)
    }

    fn append(&mut self, event: &SealedEvent) -> Result<Offset, Fault> {
        let end = self.end_or_new(event.stream)?;
        let chain = chain(end.chain, &event.header);
        self.connection
            .prepare_cached(
                "INSERT INTO events (stream, seq, position, header, body, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((end.id, int(event.seq), event.position.map(int), &event.header, &event.body, chain.0))?;
        self.touched.push(event.stream);
        self.ends.put(event.stream, End { seq: event.seq, chain, ..end });
        Ok(Offset(count(self.connection.last_insert_rowid())))
    }
}

/// All or nothing.
pub(super) fn commit(main: &mut Main, commit: &Commit) -> Result<Offset, Fault> {
    check_streams(main, commit)?;
    // What may still conflict comes first, so that a refusal mostly has nothing to undo.
    for record in &commit.records {
        add_record(&main.connection, record)?;
    }
    for link in &commit.links {
        put_link(&main.connection, link)?;
    }
    let mut last = None;
    for event in &commit.events {
        last = Some(main.append(event)?);
    }
    for id in &commit.done {
        remove_effect(&main.connection, *id)?;
    }
    for effect in &commit.effects {
        add_effect(&main.connection, effect)?;
    }
    for (stream, due) in &commit.timers {
        set_timer(main, *stream, *due)?;
    }
    for conversation in &commit.hide {
        hide(&main.connection, *conversation)?;
    }
    for row in &commit.rows {
        put_row(&main.connection, row)?;
    }
    for entry in &commit.entries {
        put_entry(&main.connection, entry)?;
    }
    match last {
        Some(offset) => Ok(offset),
        None => end(&main.connection),
    }
}

fn check_streams(main: &mut Main, commit: &Commit) -> Result<(), Fault> {
    let mut seqs = Vec::with_capacity(commit.expected.len());
    for (stream, expected) in &commit.expected {
        if main.end(*stream)?.map_or(0, |end| end.seq) != *expected {
            return Err(Error::Conflict.into());
        }
        seqs.push((*stream, *expected));
    }
    for event in &commit.events {
        let seq = seqs.iter_mut().find(|(stream, _)| *stream == event.stream);
        let (_, seq) = seq.ok_or_else(|| Error::Failed("an event of a stream that is not expected".into()))?;
        *seq += 1;
        if event.seq != *seq {
            return Err(Error::Failed("the events of a stream are not gap-free".into()).into());
        }
    }
    Ok(())
}

/// The end of the log.
pub(super) fn end(connection: &Connection) -> Result<Offset, Fault> {
    let last: Option<i64> = connection.prepare_cached("SELECT max(id) FROM events")?.query_row([], |row| row.get(0))?;
    Ok(Offset(last.map_or(0, count)))
}

fn set_timer(main: &mut Main, stream: Stream, due: Option<Ms>) -> Result<(), Fault> {
    if let Some(due) = due {
        let end = main.end_or_new(stream)?;
        main.connection
            .prepare_cached(
                "INSERT INTO timers (stream, due) VALUES (?1, ?2)
                 ON CONFLICT (stream) DO UPDATE SET due = excluded.due WHERE due <> excluded.due",
            )?
            .execute((end.id, due))?;
    } else if let Some(end) = main.end(stream)? {
        main.connection.prepare_cached("DELETE FROM timers WHERE stream = ?1")?.execute([end.id])?;
    }
    Ok(())
}

fn put_link(connection: &Connection, link: &Link) -> Result<(), Fault> {
    let written = connection
        .prepare_cached(
            "INSERT INTO links (connection, conversation, outside, state, version) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (connection, conversation) DO UPDATE
             SET outside = excluded.outside, state = excluded.state, version = excluded.version
             WHERE excluded.version > version",
        )?
        .execute((
            link.connection.0.as_bytes(),
            link.conversation.0.as_bytes(),
            link.outside.map(|hash| hash.0),
            &link.state,
            int(link.version),
        ));
    match written {
        Ok(0) => Err(Error::Conflict.into()),
        Ok(_) => Ok(()),
        // Another conversation has this outside id.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Err(Error::Conflict.into()),
        Err(error) => Err(error.into()),
    }
}

/// Takes a conversation out of every list; [`put_row`] and [`put_entry`] leave it out from then on.
fn hide(connection: &Connection, conversation: ConversationId) -> Result<(), Fault> {
    for sql in [
        "INSERT INTO hidden (conversation) VALUES (?1) ON CONFLICT DO NOTHING",
        "DELETE FROM list_rows WHERE id = ?1",
        "DELETE FROM row_tags WHERE id = ?1",
        "DELETE FROM entries WHERE conversation = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([conversation.0.as_bytes()])?;
    }
    Ok(())
}

fn put_row(connection: &Connection, row: &Row) -> Result<(), Fault> {
    let id = row.id.0.as_bytes();
    let written = connection
        .prepare_cached(
            "INSERT INTO list_rows
               (id, seq, holder, holder_id, offered_to, sort, reference, person, inbox, due, snoozed, tags, data)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
             WHERE NOT EXISTS (SELECT 1 FROM hidden WHERE conversation = ?1)
             ON CONFLICT (id) DO UPDATE SET
               seq = excluded.seq, holder = excluded.holder, holder_id = excluded.holder_id,
               offered_to = excluded.offered_to, sort = excluded.sort, reference = excluded.reference,
               person = excluded.person, inbox = excluded.inbox, due = excluded.due, snoozed = excluded.snoozed,
               tags = excluded.tags, data = excluded.data
             WHERE excluded.seq >= seq",
        )?
        .execute((
            id,
            int(row.seq),
            holder_code(row.holder),
            row.holder_id.map(Uuid::into_bytes),
            row.offered_to.map(Uuid::into_bytes),
            row.sort,
            &row.reference,
            row.person.map(|person| person.0.into_bytes()),
            row.inbox.map(|inbox| inbox.0.into_bytes()),
            row.due,
            row.snoozed,
            ids(&row.tags),
            &row.data,
        ))?;
    if written > 0 {
        connection.prepare_cached("DELETE FROM row_tags WHERE id = ?1")?.execute([id])?;
        for tag in &row.tags {
            connection
                .prepare_cached("INSERT INTO row_tags (id, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute((id, tag.as_bytes()))?;
        }
    }
    Ok(())
}

fn put_entry(connection: &Connection, entry: &Entry) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO entries (list, id, conversation, inbox, owner, state, mark_1, mark_2, at, seq, data)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
             WHERE NOT EXISTS (SELECT 1 FROM hidden WHERE conversation = ?3)
             ON CONFLICT (list, id) DO UPDATE SET
               conversation = excluded.conversation, inbox = excluded.inbox, owner = excluded.owner,
               state = excluded.state, mark_1 = excluded.mark_1, mark_2 = excluded.mark_2, at = excluded.at,
               seq = excluded.seq, data = excluded.data
             WHERE excluded.seq >= seq",
        )?
        .execute((
            &entry.list,
            entry.id.as_bytes(),
            entry.conversation.0.as_bytes(),
            entry.inbox.map(|inbox| inbox.0.into_bytes()),
            entry.owner.map(Uuid::into_bytes),
            &entry.state,
            &entry.marks[0],
            &entry.marks[1],
            entry.at,
            int(entry.seq),
            &entry.data,
        ))?;
    Ok(())
}

fn add_record(connection: &Connection, record: &Record) -> Result<(), Fault> {
    let written = connection
        .prepare_cached(
            "INSERT INTO records (kind, key, value, expires) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute((&record.kind, &record.key, &record.value, record.expires))?;
    if written == 0 { Err(Error::Conflict.into()) } else { Ok(()) }
}

/// Sets a record, also over an old one.
pub(super) fn put_record(connection: &Connection, record: &Record) -> Result<(), Fault> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO records (kind, key, value, expires) VALUES (?1, ?2, ?3, ?4)")?
        .execute((&record.kind, &record.key, &record.value, record.expires))?;
    Ok(())
}

/// Takes a record away.
pub(super) fn take_record(connection: &Connection, kind: &str, key: &[u8]) -> Result<bool, Fault> {
    Ok(connection.prepare_cached("DELETE FROM records WHERE kind = ?1 AND key = ?2")?.execute((kind, key))? > 0)
}

/// Sweeps expired records.
pub(super) fn sweep_records(connection: &Connection, now: Ms) -> Result<u64, Fault> {
    Ok(connection.prepare_cached("DELETE FROM records WHERE expires <= ?1")?.execute([now])? as u64)
}

fn add_effect(connection: &Connection, new: &NewEffect) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO effects (conversation, lane, effect, due, attempts, head)
             VALUES (?1, ?2, ?3, 0, 0, NOT EXISTS (SELECT 1 FROM effects WHERE lane = ?2 AND parked IS NULL))",
        )?
        .execute((new.conversation.0.as_bytes(), &new.lane, &new.effect))?;
    Ok(())
}

/// Makes the oldest work of a lane its head.
fn advance(connection: &Connection, lane: &str) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE effects SET head = 1
             WHERE head = 0 AND id = (SELECT min(id) FROM effects WHERE lane = ?1 AND parked IS NULL)",
        )?
        .execute([lane])?;
    Ok(())
}

/// Takes work away, parked or not.
pub(super) fn remove_effect(connection: &Connection, id: EffectId) -> Result<(), Fault> {
    let lane: Option<String> = connection
        .prepare_cached("DELETE FROM effects WHERE id = ?1 RETURNING lane")?
        .query_row([int(id.0)], |row| row.get(0))
        .optional()?;
    lane.map_or(Ok(()), |lane| advance(connection, &lane))
}

/// Leases the head of each lane that is due.
pub(super) fn lease_effects(
    connection: &Connection,
    now: Ms,
    until: Ms,
    limit: usize,
    but: &str,
) -> Result<Vec<LeasedEffect>, Fault> {
    // A lane is `CONVERSATION/CONNECTION` and perhaps more.
    let mut select = connection.prepare_cached(
        "SELECT id, conversation, lane, effect, attempts FROM effects
         WHERE head = 1 AND due <= ?1 AND substr(lane, instr(lane, '/') + 1, 36) NOT IN (SELECT value FROM json_each(?3))
         ORDER BY due, id LIMIT ?2",
    )?;
    let leased = select.query_and_then((now, most(limit), but), |row| {
        Ok(LeasedEffect {
            id: EffectId(count(column(row, 0)?)),
            conversation: conversation(row, 1)?,
            lane: column(row, 2)?,
            effect: column(row, 3)?,
            attempts: column::<u32>(row, 4)? + 1,
        })
    })?;
    let leased = leased.collect::<Result<Vec<_>, Fault>>()?;
    for work in &leased {
        connection.prepare_cached("UPDATE effects SET due = ?2, attempts = ?3 WHERE id = ?1")?.execute((
            int(work.id.0),
            until,
            work.attempts,
        ))?;
    }
    Ok(leased)
}

/// Gives back what a process that is gone had leased.
pub(super) fn reclaim_effects(connection: &Connection, now: Ms) -> Result<(), Fault> {
    connection.execute("UPDATE effects SET due = ?1 WHERE parked IS NULL AND attempts > 0 AND due > ?1", [now])?;
    Ok(())
}

/// Gives a lease back. Parked work goes to the end of its lane, for what came after it may be under way.
pub(super) fn release_effect(connection: &Connection, id: EffectId, not_before: Ms) -> Result<(), Fault> {
    let released = connection
        .prepare_cached("UPDATE effects SET due = ?2 WHERE id = ?1 AND parked IS NULL")?
        .execute((int(id.0), not_before))?;
    if released == 0 {
        connection
            .prepare_cached(
                "INSERT INTO effects (conversation, lane, effect, due, attempts, head)
                 SELECT conversation, lane, effect, ?2, attempts,
                        NOT EXISTS (SELECT 1 FROM effects f WHERE f.lane = e.lane AND f.parked IS NULL)
                 FROM effects e WHERE id = ?1",
            )?
            .execute((int(id.0), not_before))?;
        connection.prepare_cached("DELETE FROM effects WHERE id = ?1")?.execute([int(id.0)])?;
    }
    Ok(())
}

/// Puts work aside.
pub(super) fn park_effect(connection: &Connection, id: EffectId, reason: &str) -> Result<(), Fault> {
    let lane: Option<String> = connection
        .prepare_cached("UPDATE effects SET parked = ?2, head = 0 WHERE id = ?1 RETURNING lane")?
        .query_row((int(id.0), reason), |row| row.get(0))
        .optional()?;
    lane.map_or(Ok(()), |lane| advance(connection, &lane))
}

/// Takes or renews a lease.
pub(super) fn take_lease(
    connection: &Connection,
    name: &str,
    owner: Uuid,
    now: Ms,
    until: Ms,
) -> Result<Option<u64>, Fault> {
    let epoch: Option<i64> = connection
        .prepare_cached(
            "INSERT INTO leases (name, owner, epoch, until) VALUES (?1, ?2, 1, ?4)
             ON CONFLICT (name) DO UPDATE
             SET epoch = epoch + (owner IS NOT excluded.owner), owner = excluded.owner, until = excluded.until
             WHERE owner IS NULL OR owner = excluded.owner OR until <= ?3
             RETURNING epoch",
        )?
        .query_row((name, owner.as_bytes(), now, until), |row| row.get(0))
        .optional()?;
    Ok(epoch.map(count))
}

/// Lets a lease go.
pub(super) fn drop_lease(connection: &Connection, name: &str, owner: Uuid) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE leases SET owner = NULL WHERE name = ?1 AND owner = ?2")?
        .execute((name, owner.as_bytes()))?;
    Ok(())
}

/// Keeps a snapshot in the place of the last one, if there is such a stream.
pub(super) fn put_snapshot(connection: &Connection, of: Stream, snapshot: &Snapshot) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshots (stream, seq, level, state)
             SELECT id, ?2, ?3, ?4 FROM streams WHERE name = ?1",
        )?
        .execute((of.to_string(), int(snapshot.seq), snapshot.level, &snapshot.state))?;
    Ok(())
}
