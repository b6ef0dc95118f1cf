//! Upkeep, one bounded piece at a time: small segments are made into larger ones, and what was forgotten is taken out.

use super::Main;
use super::places::{episode, read, write};
use super::reads::spreads;
use super::writes::new_segment;
use crate::sqlite::code::{column, count};
use crate::sqlite::fault::Fault;
use baton_kit::search::{FEWEST, Token};
use rusqlite::{Connection, OptionalExtension, Statement};
use std::collections::HashSet;

/// Segments of one level that are made into one of the next.
const FAN: i64 = 8;
/// Rows of one piece of work.
const ROWS: usize = 10_000;
/// Bytes of one piece of work.
const BYTES: usize = 4 << 20;

/// Does one piece. True: there is more.
pub(super) fn tidy(main: &mut Main) -> Result<bool, Fault> {
    let db = &main.connection;
    if let Some(segment) = one(db, "SELECT id FROM segments WHERE state = 2 ORDER BY id LIMIT 1")? {
        delete(db, segment)?;
        return Ok(true);
    }
    if let Some(target) = one(db, "SELECT id FROM segments WHERE state = 1 LIMIT 1")? {
        let forgotten = merge(db, target)?;
        main.forgotten |= forgotten;
        return Ok(true);
    }
    if one(db, "SELECT 1 FROM episodes WHERE gone = 1 LIMIT 1")?.is_some() {
        // Everything is written anew without what is gone.
        let top = one(db, "SELECT max(level) FROM segments")?.unwrap_or(0);
        db.execute("UPDATE episodes SET gone = 2 WHERE gone = 1", [])?;
        begin(db, top, "SELECT id FROM segments WHERE state = 0")?;
        return Ok(true);
    }
    let full = "SELECT level FROM segments WHERE state = 0 GROUP BY level HAVING count(*) >= ?1 ORDER BY level LIMIT 1";
    if let Some(level) = db.prepare_cached(full)?.query_row([FAN], |row| row.get(0)).optional()? {
        let level: i64 = level;
        let sources = format!("SELECT id FROM segments WHERE state = 0 AND level = {level} ORDER BY id LIMIT {FAN}");
        begin(db, level + 1, &sources)?;
        return Ok(true);
    }
    main.scrub = std::mem::take(&mut main.forgotten);
    Ok(false)
}

fn one(db: &Connection, sql: &str) -> Result<Option<i64>, Fault> {
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0)).optional()?.flatten())
}

/// Begins to make these into one segment. They are read until it is done.
fn begin(db: &Connection, level: i64, sources: &str) -> Result<(), Fault> {
    let target = new_segment(db, level, 1)?;
    db.execute(&format!("UPDATE segments SET target = ?1 WHERE id IN ({sources}) AND id <> ?1"), [target])?;
    Ok(())
}

/// Deletes a piece of a segment that nobody reads.
fn delete(db: &Connection, segment: i64) -> Result<(), Fault> {
    let mut nth =
        db.prepare_cached("SELECT token FROM postings WHERE segment = ?1 ORDER BY token LIMIT 1 OFFSET ?2")?;
    let upto: Option<i64> = nth.query_row((segment, ROWS as i64), |row| row.get(0)).optional()?;
    match upto {
        Some(upto) => {
            db.prepare_cached("DELETE FROM postings WHERE segment = ?1 AND token < ?2")?.execute((segment, upto))?;
        }
        None => {
            db.prepare_cached("DELETE FROM postings WHERE segment = ?1")?.execute([segment])?;
            db.prepare_cached("DELETE FROM segments WHERE id = ?1")?.execute([segment])?;
        }
    }
    Ok(())
}

/// One source of a merge, at its next token.
struct Source<'s> {
    rows: rusqlite::Rows<'s>,
    at: Option<(i64, Vec<u8>)>,
}

impl<'s> Source<'s> {
    fn start(select: &'s mut Statement<'_>, segment: i64, next: i64) -> Result<Self, Fault> {
        let mut source = Self { rows: select.query((segment, next))?, at: None };
        source.step()?;
        Ok(source)
    }

    fn step(&mut self) -> Result<(), Fault> {
        self.at = match self.rows.next()? {
            Some(row) => Some((column(row, 0)?, column(row, 1)?)),
            None => None,
        };
        Ok(())
    }
}

/// Writes a piece of the segment that others are being made into. True: what was forgotten is out of it.
fn merge(db: &Connection, target: i64) -> Result<bool, Fault> {
    let next: Option<i64> =
        db.prepare_cached("SELECT next FROM segments WHERE id = ?1")?.query_row([target], |row| row.get(0))?;
    let segments: Vec<i64> = {
        let mut select = db.prepare_cached("SELECT id FROM segments WHERE target = ?1 ORDER BY id")?;
        select.query_map([target], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    let gone: HashSet<u64> = {
        let mut select = db.prepare_cached("SELECT id FROM episodes WHERE gone = 2")?;
        select.query_map([], |row| row.get(0).map(count))?.collect::<Result<_, _>>()?
    };
    let (written, next) = piece(db, &segments, next.unwrap_or(i64::MIN), &gone)?;
    let mut insert = db.prepare_cached("INSERT INTO postings (segment, token, places) VALUES (?1, ?2, ?3)")?;
    for (token, places) in written {
        insert.execute((target, token, places))?;
    }
    match next {
        Some(next) => {
            db.prepare_cached("UPDATE segments SET next = ?2 WHERE id = ?1")?.execute((target, next))?;
        }
        None => {
            db.prepare_cached("UPDATE segments SET state = 2 WHERE target = ?1")?.execute([target])?;
            db.prepare_cached("UPDATE segments SET state = 0, next = NULL WHERE id = ?1")?.execute([target])?;
            if !gone.is_empty() {
                db.execute("DELETE FROM episodes WHERE gone = 2", [])?;
                forget_rare_words(db)?;
            }
            return Ok(!gone.is_empty());
        }
    }
    Ok(false)
}

/// The merged rows of a piece, and the token with which the next one begins.
type Piece = (Vec<(i64, Vec<u8>)>, Option<i64>);

fn piece(db: &Connection, segments: &[i64], next: i64, gone: &HashSet<u64>) -> Result<Piece, Fault> {
    let sql = "SELECT token, places FROM postings WHERE segment = ?1 AND token >= ?2 ORDER BY token";
    let mut selects = segments.iter().map(|_| db.prepare_cached(sql)).collect::<Result<Vec<_>, _>>()?;
    let mut sources = Vec::with_capacity(segments.len());
    for (select, segment) in selects.iter_mut().zip(segments) {
        sources.push(Source::start(select, *segment, next)?);
    }
    let (mut out, mut bytes, mut places) = (Vec::new(), 0, Vec::new());
    loop {
        let Some(token) = sources.iter().filter_map(|source| source.at.as_ref().map(|(token, _)| *token)).min() else {
            return Ok((out, None));
        };
        if out.len() >= ROWS || bytes >= BYTES {
            return Ok((out, Some(token)));
        }
        places.clear();
        for source in &mut sources {
            if let Some((_, some)) = source.at.take_if(|(at, _)| *at == token) {
                bytes += some.len();
                read(&some, &mut places)?;
                source.step()?;
            }
        }
        if !gone.is_empty() {
            places.retain(|place| !gone.contains(&episode(*place)));
        }
        places.sort();
        places.dedup();
        if !places.is_empty() {
            out.push((token, write(&places)));
        }
    }
}

/// Sealed words that too few conversations have now.
fn forget_rare_words(db: &Connection) -> Result<(), Fault> {
    let words: Vec<i64> = {
        let mut select = db.prepare_cached("SELECT token FROM words")?;
        select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    let tokens: Vec<Token> = words.iter().map(|word| Token(word.cast_unsigned())).collect();
    let mut delete = db.prepare_cached("DELETE FROM words WHERE token = ?1")?;
    for (word, spread) in words.iter().zip(spreads(db, &tokens, FEWEST)?) {
        if spread < FEWEST {
            delete.execute([word])?;
        }
    }
    Ok(())
}
