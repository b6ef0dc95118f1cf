//! Packing: events that have become old leave the hot table for one row per stretch of their stream, so that the table
//! and its index stay as small as what is active. Nothing a caller can read changes by it.
//!
//! A step is prepared by a reader and done by the writer in a transaction of its own, small enough that nobody waits for
//! it. First the order of commits is written down ([`Step::Places`]), then the events go, oldest first
//! ([`Step::Stretches`]). The newest event of all stays, because the next row id follows from it.

use super::code::{column, count, int, most};
use super::fault::{Fault, broken};
use super::reads::{all, one};
use baton_core::event::{Stream, chain, start_of_chain};
use baton_core::ids::Hash32;
use baton_core::limits;
use baton_kit::store::{Error, Offset, SealedEvent};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::{Connection, Row};
use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};

/// What is to be done next.
pub(super) enum Step {
    Nothing,
    Places(Places),
    Stretches(Vec<Stretch>),
}

/// Stream and seq of the offsets `first..=last`.
pub(super) struct Places {
    first: u64,
    last: u64,
    count: u64,
    bytes: Vec<u8>,
}

/// Events `first..=last` of a stream.
pub(super) struct Stretch {
    stream: i64,
    first: u64,
    last: u64,
    position: Option<u64>,
    chain: Vec<u8>,
    headers: Vec<u8>,
    bodies: Vec<u8>,
}

impl Step {
    /// How many events it deals with.
    pub(super) fn events(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Places(places) => places.count,
            Self::Stretches(stretches) => stretches.iter().map(|stretch| stretch.last + 1 - stretch.first).sum(),
        }
    }
}

/// The next step towards having all packed that stands at or before `upto`.
pub(super) fn plan(db: &Connection, upto: Offset) -> Result<Step, Fault> {
    let view = db.unchecked_transaction()?;
    let newest: Option<i64> = one(&view, "SELECT max(id) FROM events", [], |row| column(row, 0))?.flatten();
    let upto = int(upto.0).min(newest.unwrap_or(0) - 1);
    let placed = placed(&view)?;
    let step = if let Some(places) = next_places(&view, placed, upto)? {
        Step::Places(places)
    } else {
        match next_stretches(&view, upto)? {
            stretches if stretches.is_empty() => Step::Nothing,
            stretches => Step::Stretches(stretches),
        }
    };
    view.finish()?;
    let left = count(newest.unwrap_or(0).saturating_sub(placed.max(0)));
    metrics::gauge!("baton_store_unpacked_offsets").set(left as f64);
    Ok(step)
}

/// The last offset whose place is written down.
pub(super) fn placed(db: &Connection) -> Result<i64, Fault> {
    Ok(one(db, "SELECT max(last) FROM places", [], |row| column::<Option<i64>>(row, 0))?.flatten().unwrap_or(0))
}

fn next_places(db: &Connection, placed: i64, upto: i64) -> Result<Option<Places>, Fault> {
    let sql = "SELECT id, stream, seq FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
    let events = all(db, sql, (placed, upto, most(limits::PLACES_BLOCK)), |row| {
        Ok((count(column(row, 0)?), count(column(row, 1)?), count(column(row, 2)?)))
    })?;
    let (Some((first, ..)), Some((last, ..))) = (events.first(), events.last()) else { return Ok(None) };
    let mut bytes = Vec::with_capacity(events.len() * 6);
    let mut before = first - 1;
    for (offset, stream, seq) in &events {
        put(&mut bytes, offset - before);
        put(&mut bytes, *stream);
        put(&mut bytes, *seq);
        before = *offset;
    }
    Ok(Some(Places { first: *first, last: *last, count: events.len() as u64, bytes }))
}

/// The streams of the oldest events, until there is enough for one transaction.
fn next_stretches(db: &Connection, upto: i64) -> Result<Vec<Stretch>, Fault> {
    let mut select = db.prepare_cached("SELECT stream FROM events WHERE id <= ?1 ORDER BY id")?;
    let mut rows = select.query([upto])?;
    let (mut streams, mut stretches) = (HashSet::new(), Vec::new());
    let (mut events, mut bytes) = (0, 0);
    while events < limits::PACK_EVENTS
        && bytes < limits::PACK_BYTES
        && let Some(row) = rows.next()?
    {
        let stream = column(row, 0)?;
        if streams.insert(stream) {
            let stretch = next_stretch(db, stream, upto)?;
            events += stretch.last + 1 - stretch.first;
            bytes += stretch.bodies.len() + stretch.headers.len();
            stretches.push(stretch);
        }
    }
    Ok(stretches)
}

fn next_stretch(db: &Connection, stream: i64, upto: i64) -> Result<Stretch, Fault> {
    let mut select =
        db.prepare_cached("SELECT id, seq, position, header, body, chain FROM events WHERE stream = ?1 ORDER BY seq")?;
    let mut rows = select.query([stream])?;
    let (mut first, mut last, mut position, mut kept) = (0, 0, None, None);
    let (mut headers, mut bodies, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let id: i64 = column(row, 0)?;
        let held = bodies.len() + headers.len();
        if id > upto || (first > 0 && (last + 1 - first >= limits::PACK_EVENTS || held >= limits::PACK_BYTES)) {
            break;
        }
        last = count(column(row, 1)?);
        first = if first == 0 { last } else { first };
        let at: Option<u64> = column::<Option<i64>>(row, 2)?.map(count);
        position = at.or(position);
        let header: Vec<u8> = column(row, 3)?;
        put(&mut headers, at.map_or(0, |at| at + 1));
        put(&mut headers, header.len() as u64);
        headers.extend_from_slice(&header);
        match row.get_ref(4)?.as_blob_or_null().map_err(broken)? {
            Some(body) => {
                put(&mut bodies, body.len() as u64 + 1);
                bodies.extend_from_slice(body);
            }
            None => put(&mut bodies, 0),
        }
        kept = column::<Option<[u8; 32]>>(row, 5)?;
        bytes.push(header);
    }
    let chain = match kept {
        Some(chain) => Hash32(chain),
        None => folded(db, stream, first, &bytes)?,
    };
    Ok(Stretch { stream, first, last, position, chain: chain.0.to_vec(), headers: deflate(&headers)?, bodies })
}

/// The chain after a stretch that ends with an event of level 2, which does not keep it.
fn folded(db: &Connection, stream: i64, first: u64, headers: &[Vec<u8>]) -> Result<Hash32, Fault> {
    let before = "SELECT chain FROM packs WHERE stream = ?1 AND last = ?2";
    let start = match one(db, before, (stream, int(first) - 1), |row| column::<[u8; 32]>(row, 0))? {
        Some(chain) => Hash32(chain),
        None => start_of_chain(name(db, stream)?),
    };
    Ok(headers.iter().fold(start, |at, header| chain(at, header)))
}

/// The stream with this number.
pub(super) fn name(db: &Connection, stream: i64) -> Result<Stream, Fault> {
    one(db, "SELECT name FROM streams WHERE id = ?1", [stream], |row| super::code::stream(row, 0))?
        .ok_or_else(|| broken("an event without a stream"))
}

/// Does a step, in the transaction that is under way. [`Error::Conflict`]: somebody else has done it.
pub(super) fn apply(db: &Connection, step: &Step) -> Result<(), Fault> {
    match step {
        Step::Nothing => Ok(()),
        Step::Places(places) => {
            if placed(db)? >= int(places.first) {
                return Err(Error::Conflict.into());
            }
            db.prepare_cached("INSERT INTO places (last, first, sum, places) VALUES (?1, ?2, ?3, ?4)")?.execute((
                int(places.last),
                int(places.first),
                sum(&[places.first, places.last], &[&places.bytes]),
                &places.bytes,
            ))?;
            Ok(())
        }
        Step::Stretches(stretches) => stretches.iter().try_for_each(|stretch| apply_stretch(db, stretch)),
    }
}

fn apply_stretch(db: &Connection, stretch: &Stretch) -> Result<(), Fault> {
    let Stretch { stream, first, last, position, chain, headers, bodies } = stretch;
    let gone = db.prepare_cached("DELETE FROM events WHERE stream = ?1 AND seq BETWEEN ?2 AND ?3")?.execute((
        stream,
        int(*first),
        int(*last),
    ))?;
    if gone as u64 != last + 1 - first {
        return Err(Error::Conflict.into());
    }
    let sum = sum(&[count(*stream), *first, *last, position.map_or(0, |at| at + 1)], &[chain, headers, bodies]);
    db.prepare_cached(
        "INSERT INTO packs (stream, first, last, position, chain, sum, headers, bodies)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((stream, int(*first), int(*last), position.map(int), chain, sum, headers, bodies))?;
    metrics::counter!("baton_store_packed_events_total").increment(gone as u64);
    Ok(())
}

/// What stands in a row, in one hash; a part's length keeps it apart from the next.
fn sum(numbers: &[u64], parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    for number in numbers {
        hasher.update(&number.to_le_bytes());
    }
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().as_bytes().to_vec()
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(broken)
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes that are read from the front.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn number(&mut self) -> Result<u64, Fault> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first().ok_or_else(|| broken("a cut stretch"))?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken("a number without an end"))
    }

    fn take(&mut self, bytes: u64) -> Result<&'a [u8], Fault> {
        let at = usize::try_from(bytes).ok().filter(|at| *at <= self.0.len()).ok_or_else(|| broken("a cut stretch"))?;
        let (taken, rest) = self.0.split_at(at);
        self.0 = rest;
        Ok(taken)
    }
}

/// `first, last, headers, bodies` of a stretch; bodies may be left out.
fn unpack(of: Stream, row: &Row<'_>) -> Result<Vec<SealedEvent>, Fault> {
    let (first, last) = (count(column(row, 0)?), count(column(row, 1)?));
    let mut headers = Vec::new();
    DeflateDecoder::new(row.get_ref(2)?.as_blob().map_err(broken)?).read_to_end(&mut headers).map_err(broken)?;
    let mut headers = Rest(&headers);
    let mut bodies = row.get_ref(3)?.as_blob_or_null().map_err(broken)?.map(Rest);
    let mut events = Vec::new();
    for seq in first..=last {
        let position = headers.number()?.checked_sub(1);
        let length = headers.number()?;
        let header = headers.take(length)?.to_vec();
        let body = match &mut bodies {
            Some(bodies) => match bodies.number()?.checked_sub(1) {
                Some(length) => Some(bodies.take(length)?.to_vec()),
                None => None,
            },
            None => None,
        };
        events.push(SealedEvent { stream: of, seq, position, header, body });
    }
    if headers.0.is_empty() && bodies.is_none_or(|rest| rest.0.is_empty()) {
        Ok(events)
    } else {
        Err(broken("a stretch with something behind its end"))
    }
}

/// Packed events of a stream between two seqs, neither of them included, oldest first.
pub(super) fn between(
    db: &Connection,
    of: Stream,
    number: i64,
    (after, before): (u64, u64),
    limit: usize,
    bodies: bool,
) -> Result<Vec<SealedEvent>, Fault> {
    let sql = if bodies {
        "SELECT first, last, headers, bodies FROM packs WHERE stream = ?1 AND last > ?2 ORDER BY last"
    } else {
        "SELECT first, last, headers, NULL FROM packs WHERE stream = ?1 AND last > ?2 ORDER BY last"
    };
    gather(
        db,
        sql,
        (number, after),
        of,
        limit,
        |event| {
            if event.seq >= before { None } else { Some(event.seq > after) }
        },
    )
}

/// Packed events for the customer after a position, before a seq, oldest first.
pub(super) fn positions(
    db: &Connection,
    of: Stream,
    number: i64,
    (after, before): (u64, u64),
    limit: usize,
) -> Result<Vec<SealedEvent>, Fault> {
    let sql = "SELECT first, last, headers, bodies FROM packs WHERE stream = ?1 AND position > ?2 ORDER BY last";
    gather(db, sql, (number, after), of, limit, |event| {
        if event.seq >= before { None } else { Some(event.position.is_some_and(|at| at > after)) }
    })
}

/// Reads stretches until there are enough events. `wanted`: none when it has come to the end.
fn gather(
    db: &Connection,
    sql: &str,
    (number, after): (i64, u64),
    of: Stream,
    limit: usize,
    wanted: impl Fn(&SealedEvent) -> Option<bool>,
) -> Result<Vec<SealedEvent>, Fault> {
    let mut found = Vec::new();
    let mut select = db.prepare_cached(sql)?;
    let mut rows = select.query((number, int(after)))?;
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        for event in unpack(of, row)? {
            match wanted(&event) {
                Some(true) if found.len() < limit => found.push(event),
                Some(_) => {}
                None => return Ok(found),
            }
        }
    }
    Ok(found)
}

/// The last packed events before a seq, newest first.
pub(super) fn before(
    db: &Connection,
    of: Stream,
    number: i64,
    before: u64,
    limit: usize,
) -> Result<Vec<SealedEvent>, Fault> {
    let mut found = Vec::new();
    let mut select = db.prepare_cached(
        "SELECT first, last, headers, bodies FROM packs WHERE stream = ?1 AND last < ?2 ORDER BY last DESC",
    )?;
    // The stretch that holds the seq itself ends at most a whole stretch behind it.
    let mut rows = select.query((number, int(before.saturating_add(limits::PACK_EVENTS))))?;
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let events = unpack(of, row)?.into_iter().rev().filter(|event| event.seq < before);
        let room = limit - found.len();
        found.extend(events.take(room));
    }
    Ok(found)
}

/// Written-down places after an offset: `(offset, stream's number, seq)`.
pub(super) fn places(db: &Connection, after: Offset, limit: usize) -> Result<Vec<(u64, i64, u64)>, Fault> {
    let mut found = Vec::new();
    let mut select = db.prepare_cached("SELECT first, places FROM places WHERE last > ?1 ORDER BY last")?;
    let mut rows = select.query([int(after.0)])?;
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let bytes: Vec<u8> = column(row, 1)?;
        each_place(count(column(row, 0)?), &bytes, |offset, stream, seq| {
            if offset > after.0 && found.len() < limit {
                found.push((offset, int(stream), seq));
            }
        })?;
    }
    Ok(found)
}

fn each_place(first: u64, bytes: &[u8], mut each: impl FnMut(u64, u64, u64)) -> Result<u64, Fault> {
    let (mut rest, mut offset) = (Rest(bytes), first.wrapping_sub(1));
    while !rest.0.is_empty() {
        offset = offset.wrapping_add(rest.number()?);
        each(offset, rest.number()?, rest.number()?);
    }
    Ok(offset)
}

/// Everything that is wrong with what was packed: sums, order, gaps. What the headers say is for the reader of streams.
pub(super) fn check(db: &Connection) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    check_packs(db, &mut wrong)?;
    check_places(db, &mut wrong)?;
    Ok(wrong)
}

fn check_packs(db: &Connection, wrong: &mut Vec<String>) -> Result<(), Fault> {
    let mut select = db.prepare(
        "SELECT p.first, p.last, p.headers, p.bodies, p.stream, p.position, p.chain, p.sum, s.name
         FROM packs p LEFT JOIN streams s ON s.id = p.stream ORDER BY p.stream, p.last",
    )?;
    let mut rows = select.query([])?;
    let mut before = (0, 0);
    while let Some(row) = rows.next()? {
        let (first, last): (u64, u64) = (count(column(row, 0)?), count(column(row, 1)?));
        let (stream, position): (i64, Option<i64>) = (column(row, 4)?, column(row, 5)?);
        let what = format!("stretch {first} to {last} of stream number {stream}");
        let numbers = [count(stream), first, last, position.map_or(0, |at| count(at) + 1)];
        let [headers, bodies, chain] = [2, 3, 6].map(|at| column::<Vec<u8>>(row, at));
        if sum(&numbers, &[&chain?, &headers?, &bodies?]) != column::<Vec<u8>>(row, 7)? {
            wrong.push(format!("{what} was changed"));
        }
        match super::code::stream(row, 8) {
            Err(_) => wrong.push(format!("{what}: the stream has no name")),
            Ok(of) => match unpack(of, row) {
                Err(_) => wrong.push(format!("{what} cannot be read")),
                Ok(events) => {
                    if events.iter().rev().find_map(|event| event.position) != position.map(count) {
                        wrong.push(format!("{what} has other positions than it says"));
                    }
                }
            },
        }
        if first != if before.0 == stream { before.1 + 1 } else { 1 } {
            wrong.push(format!("{what} does not follow the one before"));
        }
        before = (stream, last);
    }
    Ok(())
}

fn check_places(db: &Connection, wrong: &mut Vec<String>) -> Result<(), Fault> {
    let mut select = db.prepare("SELECT first, last, sum, places FROM places ORDER BY last")?;
    let mut rows = select.query([])?;
    let (mut before, mut seqs) = (0, HashMap::<u64, u64>::new());
    while let Some(row) = rows.next()? {
        let (first, last): (u64, u64) = (count(column(row, 0)?), count(column(row, 1)?));
        let bytes: Vec<u8> = column(row, 3)?;
        if sum(&[first, last], &[&bytes]) != column::<Vec<u8>>(row, 2)? {
            wrong.push(format!("the order of offsets {first} to {last} was changed"));
        }
        let mut gaps = 0;
        let end = each_place(first, &bytes, |_, stream, seq| {
            let last = seqs.insert(stream, seq).unwrap_or(0);
            gaps += u64::from(seq != last + 1);
        });
        if end.ok() != Some(last) || first <= before || gaps > 0 {
            wrong.push(format!("the order of offsets {first} to {last} has gaps"));
        }
        before = last;
    }
    // What is packed stands in the order, and no event is missing between the order and the hot table.
    let packed: Vec<(i64, i64)> = all(db, "SELECT stream, max(last) FROM packs GROUP BY stream", [], |row| {
        Ok((column(row, 0)?, column(row, 1)?))
    })?;
    for (stream, last) in packed {
        if seqs.get(&count(stream)).is_none_or(|placed| *placed < count(last)) {
            wrong.push(format!("stream number {stream} is packed further than the order of offsets goes"));
        }
        let next: Option<i64> =
            one(db, "SELECT min(seq) FROM events WHERE stream = ?1", [stream], |row| column(row, 0))?.flatten();
        if next.is_some_and(|next| next != last + 1) {
            wrong.push(format!("stream number {stream} has a gap after its packed part"));
        }
    }
    Ok(())
}
