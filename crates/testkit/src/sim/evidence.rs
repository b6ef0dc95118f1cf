//! What is left of a run: the log in the order of commits with its bodies opened, the journals, and what stands beside the
//! log. The checkers see nothing else, so that a test can plant a fault in it.

use super::journal::Line;
use super::machine::lock;
use super::plan::Plan;
use super::settings;
use super::world::World;
use baton_core::conversation::Conversation;
use baton_core::event::{Body, Header, Stream};
use baton_core::ids::{ConversationId, Ms};
use baton_engine::Opened;
use baton_kit::store::{Entry, EntryFilter, Offset, ParkedEffect, Row, RowFilter, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An event of the log.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Which commit bore it; events of one commit are one moment.
    pub(crate) commit: usize,
    /// Passing time of the commit.
    pub(crate) real: Ms,
    pub(crate) bytes: Vec<u8>,
    pub(crate) header: Header,
    pub(crate) body: Option<Body>,
}

/// Everything that a run leaves.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub(crate) plan: Plan,
    pub(crate) lines: Vec<Line>,
    pub(crate) log: Vec<Event>,
    /// What the hub that stood last had in memory.
    pub(crate) live: BTreeMap<ConversationId, Arc<Conversation>>,
    /// What the log alone says.
    pub(crate) folded: BTreeMap<ConversationId, Arc<Conversation>>,
    pub(crate) rows: Vec<Row>,
    /// Entries as they were written live, and as the headers say.
    pub(crate) kept: Vec<Entry>,
    pub(crate) counted: Vec<Entry>,
    pub(crate) parked: Vec<ParkedEffect>,
    /// When work for plug-ins is due that nobody did.
    pub(crate) left: Option<Ms>,
    /// Each deadline that stood at that moment was armed.
    pub(crate) unarmed: Vec<String>,
}

impl Event {
    /// The conversation in whose stream it stands.
    pub(crate) fn conversation(&self) -> Option<ConversationId> {
        match self.header.stream {
            Stream::Conversation(id) => Some(id),
            _ => None,
        }
    }

    /// The first word of what was said.
    pub(crate) fn token(&self) -> Option<&str> {
        match &self.body {
            Some(Body::Message { content, .. }) => content.plain.split_whitespace().next(),
            _ => None,
        }
    }
}

/// Gathers it from a world that has come to rest.
pub(crate) async fn gather(world: &World, unarmed: Vec<String>) -> Result<Evidence, String> {
    let reader = world.reader().await.map_err(|error| format!("the hub does not open again: {error}"))?;
    let store = &world.disk.store;
    let wrong = |error: &dyn std::fmt::Display| format!("the disk cannot be read: {error}");
    let places = store.tail(Offset(0), usize::MAX).await.map_err(|error| wrong(&error))?;
    let commits = lock(&world.disk.commits).clone();
    let permit = settings::as_agent(settings::agent(0));
    let mut streams: BTreeMap<Stream, Vec<Event>> = BTreeMap::new();
    for (_, stream, _) in &places {
        if streams.contains_key(stream) {
            continue;
        }
        let sealed = store.read(*stream, 0, usize::MAX).await.map_err(|error| wrong(&error))?;
        let mut bodies = Vec::new();
        if let Stream::Conversation(id) = stream {
            let mut after = 0;
            loop {
                let page: Vec<Opened> = reader
                    .events(&permit, *id, after, 200)
                    .await
                    .map_err(|error| format!("the events of {id} do not open: {error}"))?;
                let Some(last) = page.last() else { break };
                after = last.header.seq;
                bodies.extend(page.into_iter().map(|opened| opened.body));
            }
        }
        bodies.resize(sealed.len(), None);
        let mut events = Vec::new();
        for (sealed, body) in sealed.into_iter().zip(bodies) {
            let header = Header::from_bytes(&sealed.header).map_err(|error| wrong(&error))?;
            events.push(Event { commit: 0, real: 0, bytes: sealed.header, header, body });
        }
        streams.insert(*stream, events);
    }
    let mut log = Vec::with_capacity(places.len());
    for (offset, stream, seq) in &places {
        let commit = commits.partition_point(|(end, _)| end < offset);
        let event = streams.get(stream).and_then(|events| events.get(*seq as usize - 1));
        let mut event = event.ok_or_else(|| format!("{stream} has no event {seq}"))?.clone();
        (event.commit, event.real) = (commit, commits.get(commit).map_or(0, |(_, real)| *real));
        log.push(event);
    }
    let (mut live, mut folded, mut counted) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for stream in streams.keys() {
        let Stream::Conversation(id) = stream else { continue };
        folded.insert(*id, reader.conversation(&permit, *id).await.map_err(|error| wrong(&error))?);
        if let Some((engine, _)) = world.engine() {
            live.insert(*id, engine.conversation(&permit, *id).await.map_err(|error| wrong(&error))?);
        }
        counted.extend(reader.recount(&permit, *id).await.map_err(|error| wrong(&error))?);
    }
    let mut kept = Vec::new();
    for list in [baton_engine::entries::HANDOVERS, baton_engine::entries::REPORTS, baton_engine::entries::MENTIONS] {
        let filter = EntryFilter { list: list.to_owned(), limit: usize::MAX, ..EntryFilter::default() };
        kept.extend(store.entries(filter).await.map_err(|error| wrong(&error))?);
    }
    let all = RowFilter { limit: usize::MAX, ..RowFilter::default() };
    Ok(Evidence {
        plan: world.plan.clone(),
        lines: world.journal.lines(),
        log,
        live,
        folded,
        rows: store.rows(all).await.map_err(|error| wrong(&error))?,
        kept,
        counted,
        parked: store.parked_effects(usize::MAX).await.map_err(|error| wrong(&error))?,
        left: store.next_effect().await.map_err(|error| wrong(&error))?,
        unarmed,
    })
}
