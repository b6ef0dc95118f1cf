//! Reading a store to check it: one view of a folder that no writer can move, and what can be said of the log without
//! knowing a rule of the conversation. Nothing is changed, and a running hub is not held up.

use super::code::{column, count};
use super::fault::Fault;
use super::migrate::{self, BATON, KEYS, LevelError};
use super::open::{OpenError, readable, workspace_of};
use super::reads::{all, one};
use super::{lists, packs, reads, writes};
use baton_core::event::{Fact, Header, Stream, chain, start_of_chain};
use baton_core::ids::{ConnectionId, ConversationId, Hash32, KeyId, Ms};
use baton_core::limits;
use baton_kit::store::{Entry, Error, Identity, Link, Offset, Record, Row, SealedEvent, WrappedKey};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use uuid::Uuid;

/// Findings of SQLite's own check that are told; more say no more.
const COMPLAINTS: i64 = 100;

/// Something that is not as it must be. Says where, never what anybody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for the sort of finding.
    pub code: &'static str,
    /// In which stream, if it is in one.
    pub stream: Option<Stream>,
    /// At which event.
    pub seq: Option<u64>,
    /// What, in one sentence.
    pub what: String,
}

impl Finding {
    /// Of no stream.
    pub fn of(code: &'static str, what: impl Into<String>) -> Self {
        Self { code, stream: None, seq: None, what: what.into() }
    }

    /// Of a place in a stream.
    pub fn at(code: &'static str, stream: Stream, seq: Option<u64>, what: impl Into<String>) -> Self {
        Self { code, stream: Some(stream), seq, what: what.into() }
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is kept.
    Kept(WrappedKey),
    /// It was destroyed.
    Destroyed,
}

/// What was looked at in a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Events.
    pub events: u64,
    /// Bodies whose hash was compared.
    pub bodies: u64,
    /// Whether every header could be read and the chain holds, so that a fold of them means something.
    pub whole: bool,
}

/// A store at one moment.
pub struct View {
    log: Connection,
    keys: BTreeMap<KeyId, KeyState>,
    identity: Identity,
}

fn told(fault: Fault) -> Error {
    fault.into()
}

/// SQLite's own check of a file.
fn integrity(db: &Connection, file: &str, found: &mut dyn FnMut(Finding)) -> rusqlite::Result<()> {
    let mut check = db.prepare(&format!("PRAGMA integrity_check({COMPLAINTS})"))?;
    let mut lines = check.query([])?;
    while let Some(line) = lines.next()? {
        let line: String = line.get(0)?;
        // Its complaints name pages, tables, indexes and numbers of rows, never values.
        if line != "ok" {
            found(Finding::of("damaged", format!("{file}: {}", line.trim_end().replace('\n', "; "))));
        }
    }
    Ok(())
}

impl View {
    /// Opens a folder and takes a view of it. What SQLite finds wrong with its files is told to `found`.
    ///
    /// # Errors
    /// It is not of this version's level, or cannot be read at all.
    pub fn open(folder: &Path, found: &mut dyn FnMut(Finding)) -> Result<Self, OpenError> {
        let (log_path, keys_path) = (folder.join("baton.db"), folder.join("keys.db"));
        for (path, steps) in [(&log_path, BATON), (&keys_path, KEYS)] {
            let level = migrate::inspect(path, steps)?;
            if level.found == 0 {
                let foreign = LevelError::Foreign { file: level.file };
                return Err(if path.exists() { foreign.into() } else { OpenError::LogMissing(folder.to_owned()) });
            }
        }
        let log = readable(&log_path)?;
        log.execute_batch("BEGIN")?;
        let workspace = workspace_of(&log)?;
        let generation: i64 =
            log.query_row("SELECT value FROM meta WHERE name = 'generation'", [], |row| row.get(0))?;
        integrity(&log, "baton.db", found)?;
        // After the log: the keys of all its events are durable by now.
        let keys_file = readable(&keys_path)?;
        integrity(&keys_file, "keys.db", found)?;
        if workspace_of(&keys_file)? != workspace {
            return Err(OpenError::Mixed(folder.to_owned()));
        }
        let identity = Identity { workspace, generation: generation.unsigned_abs() };
        Ok(Self { log, keys: read_keys(&keys_file)?, identity })
    }

    /// Which store.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The end of the log.
    ///
    /// # Errors
    /// The store's own.
    pub fn end(&self) -> Result<Offset, Error> {
        writes::end(&self.log).map_err(told)
    }

    /// Every key, kept or destroyed.
    pub fn keys(&self) -> &BTreeMap<KeyId, KeyState> {
        &self.keys
    }

    /// All streams. What names no stream is told to `found`.
    ///
    /// # Errors
    /// The store's own.
    pub fn streams(&self, found: &mut dyn FnMut(Finding)) -> Result<Vec<Stream>, Error> {
        let names = all(&self.log, "SELECT name FROM streams ORDER BY id", [], |row| column::<String>(row, 0));
        let mut out = Vec::new();
        for name in names.map_err(told)? {
            match name.parse() {
                Ok(stream) => out.push(stream),
                Err(_) => found(Finding::of("stream", "a stream has a name that names none")),
            }
        }
        Ok(out)
    }

    /// Events that the log holds in all, of whatever stream.
    ///
    /// # Errors
    /// The store's own.
    pub fn count(&self) -> Result<u64, Error> {
        let sql = "SELECT (SELECT count(*) FROM events) + (SELECT coalesce(sum(last - first + 1), 0) FROM packs)";
        let counted = one(&self.log, sql, [], |row| Ok(count(column(row, 0)?)));
        Ok(counted.map_err(told)?.unwrap_or(0))
    }

    /// Checks the sums and the order of what was packed.
    ///
    /// # Errors
    /// The store's own.
    pub fn packs(&self, found: &mut dyn FnMut(Finding)) -> Result<(), Error> {
        for wrong in packs::check(&self.log).map_err(told)? {
            found(Finding::of("pack", wrong));
        }
        Ok(())
    }

    /// Checks that the order of commits names each event of the log once, each stream's in its order. `last` says how many
    /// events a stream has.
    ///
    /// # Errors
    /// The store's own.
    pub fn order(&self, last: &BTreeMap<Stream, u64>, found: &mut dyn FnMut(Finding)) -> Result<(), Error> {
        let (mut after, mut seen) = (Offset(0), BTreeMap::<Stream, u64>::new());
        loop {
            let page = reads::tail(&self.log, after, limits::PAGE).map_err(told)?;
            let full = page.len() == limits::PAGE;
            for (offset, stream, seq) in page {
                let before = seen.entry(stream).or_default();
                if seq != *before + 1 || offset <= after {
                    let what = format!("the order of commits has it behind {before} of its stream");
                    found(Finding::at("order", stream, Some(seq), what));
                }
                (*before, after) = (seq, offset);
            }
            if !full {
                break;
            }
        }
        for (stream, last) in last {
            let named = seen.get(stream).copied().unwrap_or(0);
            if named != *last {
                let what = format!("the order of commits knows it up to {named}, its stream up to {last}");
                found(Finding::at("order", *stream, Some(named), what));
            }
        }
        Ok(())
    }

    /// The first event of each stream after an offset.
    ///
    /// # Errors
    /// The store's own.
    pub fn after(&self, mut offset: Offset) -> Result<BTreeMap<Stream, u64>, Error> {
        let mut first = BTreeMap::new();
        loop {
            let page = reads::tail(&self.log, offset, limits::PAGE).map_err(told)?;
            let full = page.len() == limits::PAGE;
            for (at, stream, seq) in page {
                offset = offset.max(at);
                first.entry(stream).or_insert(seq);
            }
            if !full {
                return Ok(first);
            }
        }
    }

    /// A record, expired or not.
    ///
    /// # Errors
    /// The store's own.
    pub fn record(&self, kind: &str, key: &[u8]) -> Result<Option<Record>, Error> {
        reads::record_of(&self.log, kind, key, Ms::MIN).map_err(told)
    }

    /// A conversation's row.
    ///
    /// # Errors
    /// The store's own.
    pub fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        lists::row(&self.log, id).map_err(told)
    }

    /// The tags by which a conversation's row is found.
    ///
    /// # Errors
    /// The store's own.
    pub fn row_tags(&self, id: ConversationId) -> Result<BTreeSet<Uuid>, Error> {
        let read = |row: &rusqlite::Row<'_>| Ok(Uuid::from_bytes(column(row, 0)?));
        let tags = all(&self.log, "SELECT tag FROM row_tags WHERE id = ?1", [id.0.as_bytes()], read);
        Ok(tags.map_err(told)?.into_iter().collect())
    }

    /// The entries of a conversation, in the order of their lists and ids.
    ///
    /// # Errors
    /// The store's own.
    pub fn entries(&self, id: ConversationId) -> Result<Vec<Entry>, Error> {
        let sql = "SELECT list, id, conversation, inbox, owner, state, mark_1, mark_2, at, seq, data FROM entries
                   WHERE conversation = ?1 ORDER BY list, id";
        all(&self.log, sql, [id.0.as_bytes()], super::code::list_entry).map_err(told)
    }

    /// Conversations of which rows, entries, tags, links or work for plug-ins tell.
    ///
    /// # Errors
    /// The store's own.
    pub fn told_of(&self) -> Result<Vec<(&'static str, ConversationId)>, Error> {
        let mut out = Vec::new();
        for (what, sql) in [
            ("row", "SELECT id FROM list_rows"),
            ("entry", "SELECT DISTINCT conversation FROM entries"),
            ("tag", "SELECT DISTINCT id FROM row_tags"),
            ("link", "SELECT DISTINCT conversation FROM links"),
            ("effect", "SELECT DISTINCT conversation FROM effects"),
        ] {
            out.extend(all(&self.log, sql, [], |row| Ok((what, super::code::conversation(row, 0)?))).map_err(told)?);
        }
        Ok(out)
    }

    /// Conversations that no list shows.
    ///
    /// # Errors
    /// The store's own.
    pub fn hidden(&self) -> Result<BTreeSet<ConversationId>, Error> {
        let found = all(&self.log, "SELECT conversation FROM hidden", [], |row| super::code::conversation(row, 0));
        Ok(found.map_err(told)?.into_iter().collect())
    }

    /// A stream's deadline.
    ///
    /// # Errors
    /// The store's own.
    pub fn timer(&self, stream: Stream) -> Result<Option<Ms>, Error> {
        let sql = "SELECT due FROM timers WHERE stream = (SELECT id FROM streams WHERE name = ?1)";
        one(&self.log, sql, [stream.to_string()], |row| column(row, 0)).map_err(told)
    }

    /// What connections know of a conversation.
    ///
    /// # Errors
    /// The store's own.
    pub fn links(&self, id: ConversationId) -> Result<Vec<Link>, Error> {
        let of = "SELECT connection FROM links WHERE conversation = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok(ConnectionId(Uuid::from_bytes(column(row, 0)?)));
        let connections: Vec<ConnectionId> = all(&self.log, of, [id.0.as_bytes()], read).map_err(told)?;
        let mut out = Vec::with_capacity(connections.len());
        for connection in connections {
            out.extend(reads::link_of(&self.log, connection, id).map_err(told)?);
        }
        Ok(out)
    }

    /// The work for plug-ins, as it was stored.
    ///
    /// # Errors
    /// The store's own.
    pub fn effects(&self) -> Result<Vec<(ConversationId, Vec<u8>)>, Error> {
        let read = |row: &rusqlite::Row<'_>| Ok((super::code::conversation(row, 0)?, column(row, 1)?));
        all(&self.log, "SELECT conversation, effect FROM effects ORDER BY id", [], read).map_err(told)
    }

    /// Checks one stream: seq and position without a gap, columns as headers say, the chain from its start against those that
    /// were kept, each body against its hash, each key known. `each` hears the headers in order, up
    /// to the first that is not as it was written.
    pub fn check_stream(
        &self,
        stream: Stream,
        each: &mut dyn FnMut(&Header),
        found: &mut dyn FnMut(Finding),
    ) -> Looked {
        let mut looking = Looking::new(stream);
        let mut after = 0;
        loop {
            let page = reads::events(&self.log, stream, after, limits::PAGE)
                .and_then(|page| Ok((page, reads::chains(&self.log, stream, after, limits::PAGE)?)));
            let (page, chains) = match page {
                Ok(page) => page,
                Err(fault) => {
                    let why = format!("events after {after} cannot be read: {}", told(fault));
                    found(Finding::at("unreadable", stream, Some(after + 1), why));
                    looking.looked.whole = false;
                    return looking.looked;
                }
            };
            let full = page.len() == limits::PAGE;
            for event in &page {
                after = event.seq;
                let kept = chains.binary_search_by_key(&event.seq, |(seq, _)| *seq).ok().map(|at| chains[at].1);
                looking.event(event, kept, &self.keys, each, found);
            }
            if !full {
                break;
            }
        }
        looking.end(&self.keys, each, found);
        looking.looked
    }
}

fn read_keys(db: &Connection) -> Result<BTreeMap<KeyId, KeyState>, OpenError> {
    let mut select = db.prepare("SELECT id, parent, wrapped FROM keys")?;
    let rows = select.query_map([], |row| {
        let id = KeyId(Uuid::from_bytes(row.get(0)?));
        let parent = row.get::<_, Option<[u8; 16]>>(1)?.map(|parent| KeyId(Uuid::from_bytes(parent)));
        Ok((
            id,
            match row.get::<_, Option<Vec<u8>>>(2)? {
                Some(wrapped) => KeyState::Kept(WrappedKey { id, parent, wrapped }),
                None => KeyState::Destroyed,
            },
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One stream while it is looked at.
struct Looking {
    stream: Stream,
    seq: u64,
    position: u64,
    at: Ms,
    chain: Hash32,
    /// The chain that was kept for the event before, if one was, is not the one that its header gives.
    told: bool,
    /// The last event had a chain that was kept for it.
    kept: bool,
    /// The header before, which is passed on once it is known to be as it was written: what follows from a changed one is
    /// nothing that a fold has to bear.
    waiting: Option<Header>,
    /// Events whose body is not there although their header names one, with the key that it was sealed under.
    emptied: BTreeMap<u64, Option<KeyId>>,
    redacted: BTreeSet<u64>,
    looked: Looked,
}

impl Looking {
    fn new(stream: Stream) -> Self {
        Self {
            stream,
            seq: 0,
            position: 0,
            at: Ms::MIN,
            chain: start_of_chain(stream),
            told: false,
            kept: true,
            waiting: None,
            emptied: BTreeMap::new(),
            redacted: BTreeSet::new(),
            looked: Looked { whole: true, ..Looked::default() },
        }
    }

    fn event(
        &mut self,
        event: &SealedEvent,
        kept: Option<Hash32>,
        keys: &BTreeMap<KeyId, KeyState>,
        each: &mut dyn FnMut(&Header),
        found: &mut dyn FnMut(Finding),
    ) {
        let stream = self.stream;
        let mut say = |code, what: String| found(Finding::at(code, stream, Some(event.seq), what));
        self.looked.events += 1;
        if event.seq != self.seq + 1 {
            say("seq", format!("stands after {}, and what is between them is not there", self.seq));
            self.looked.whole = false;
        }
        self.seq = event.seq;
        let header = match Header::from_bytes(&event.header) {
            Ok(header) => header,
            Err(_) => {
                say("header", "its header cannot be read".into());
                self.looked.whole = false;
                (self.chain, self.told, self.kept) = (chain(self.chain, &event.header), true, kept.is_some());
                return;
            }
        };
        if header.previous != self.chain && !self.told {
            say("chain", "the chain is broken here: this event or the one before was changed".into());
            self.looked.whole = false;
        }
        self.chain = chain(header.previous, &event.header);
        (self.told, self.kept) = (kept.is_some_and(|kept| kept != self.chain), kept.is_some());
        if self.told {
            say("chain", "its header is not the one whose chain was kept: one of them was changed".into());
            self.looked.whole = false;
        }
        if (header.stream, header.seq, header.position) != (stream, event.seq, event.position) {
            say("column", "stream, seq or position do not stand in the store as in its header".into());
            self.looked.whole = false;
        }
        if let Some(position) = event.position {
            if position != self.position + 1 {
                say("position", format!("has position {position} after {}", self.position));
            }
            self.position = position;
        }
        if header.at <= self.at {
            say("time", "is not later than the event before".into());
        }
        self.at = header.at;
        if header.key.is_some_and(|key| !keys.contains_key(&key)) {
            say("key", "its key is neither kept nor known to be destroyed".into());
        }
        match (header.body, &event.body) {
            (Some(hash), Some(body)) => {
                self.looked.bodies += 1;
                if *blake3::hash(body).as_bytes() != hash.0 {
                    say("body", "its sealed body was changed".into());
                }
            }
            (Some(_), None) => {
                self.emptied.insert(event.seq, header.key);
            }
            (None, Some(_)) => say("body", "has a body that its header does not know".into()),
            (None, None) => {}
        }
        if let Fact::Redacted(fact) = &header.fact {
            self.redacted.insert(fact.of);
        }
        self.pass_on(each);
        self.waiting = Some(header);
    }

    fn pass_on(&mut self, each: &mut dyn FnMut(&Header)) {
        if let Some(header) = self.waiting.take().filter(|_| self.looked.whole) {
            each(&header);
        }
    }

    fn end(&mut self, keys: &BTreeMap<KeyId, KeyState>, each: &mut dyn FnMut(&Header), found: &mut dyn FnMut(Finding)) {
        let stream = self.stream;
        for (seq, key) in &self.emptied {
            let erased = key.is_some_and(|key| keys.get(&key) == Some(&KeyState::Destroyed));
            if !erased && !self.redacted.contains(seq) {
                found(Finding::at("body", stream, Some(*seq), "its body is not there, and nothing says why"));
            }
        }
        // Without it nobody would see that the last event was changed.
        if !self.kept {
            found(Finding::at("chain", stream, Some(self.seq), "no chain was kept for the last event"));
            self.looked.whole = false;
        }
        self.pass_on(each);
    }
}
