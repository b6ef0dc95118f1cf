//! List rows are written behind: whatever lists are searched by (who holds it, whose it is, when it is due …) is committed
//! with the event that changes it; the rest (the last word and its time) follows within a second, once for many messages.
//! Until then it is read from memory. A record says up to which event of the log every row is written; at a start the rows
//! of what came after are made anew.

use crate::projections::row;
use crate::{Engine, Error};
use baton_core::conversation::Conversation;
use baton_core::event::Stream;
use baton_core::ids::{ConversationId, InboxId, Ms, PersonId, TagId};
use baton_core::limits;
use baton_core::ownership::{Holder, Line, Pause};
use baton_kit::store::{Commit, HolderKind, Offset, Record, Row};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

/// Rows wait at most so long.
const WAIT: Ms = 1_000;
/// Rows of one commit: messages wait for no more than that.
const AT_ONCE: usize = 200;
/// The record that says up to where rows are written.
const WRITTEN: (&str, &[u8]) = ("projection", b"rows");

/// What lists are searched by, apart from the time of the last change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
    holder: HolderKind,
    holder_id: Option<Uuid>,
    offered_to: Option<Uuid>,
    person: PersonId,
    inbox: InboxId,
    snoozed_until: Option<Ms>,
    promised: Option<Ms>,
    line_since: Option<Ms>,
    tags: BTreeSet<TagId>,
}

impl Listed {
    pub(crate) fn of(state: &Conversation) -> Self {
        let (holder, holder_id, line_since) = match &state.own.holder {
            Holder::Bot { connection, .. } => (HolderKind::Bot, Some(connection.0), None),
            Holder::Queue { queue, line, since, .. } => {
                let kind = if *line == Line::Live { HolderKind::Queue } else { HolderKind::Later };
                (kind, Some(queue.0), Some(*since))
            }
            Holder::Agent { agent, .. } => (HolderKind::Agent, Some(agent.0), None),
            Holder::Target { connection, .. } => (HolderKind::Target, Some(connection.0), None),
            Holder::Nobody { .. } => (HolderKind::Nobody, None, None),
        };
        let snoozed = matches!(state.own.holder, Holder::Agent { pause: Pause::Snoozed, .. });
        Self {
            holder,
            holder_id,
            offered_to: state.own.offer.as_ref().map(|offer| offer.to.0),
            person: state.person,
            inbox: state.inbox,
            snoozed_until: state.snoozed_until.filter(|_| snoozed),
            promised: match state.own.holder {
                Holder::Queue { line: Line::Later, due, .. } => Some(due),
                _ => None,
            },
            line_since,
            tags: state.tags.clone(),
        }
    }
}

/// Rows that are not written yet.
#[derive(Default)]
pub(crate) struct Behind(Mutex<HashMap<ConversationId, Arc<Conversation>>>);

impl Behind {
    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Arc<Conversation>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This state's row is to be written; true: so many wait that nobody should wait for the next round.
    pub(crate) fn add(&self, state: &Arc<Conversation>) -> bool {
        let mut rows = self.lock();
        rows.insert(state.id, state.clone());
        rows.len() >= limits::ROWS_BEHIND
    }

    /// A row as new as this state was written.
    pub(crate) fn written(&self, id: ConversationId, seq: u64) {
        let mut rows = self.lock();
        if rows.get(&id).is_some_and(|state| state.head.seq <= seq) {
            rows.remove(&id);
        }
    }

    /// It is in no list any more.
    pub(crate) fn forget(&self, id: ConversationId) {
        self.lock().remove(&id);
    }

    fn get(&self, id: ConversationId) -> Option<Arc<Conversation>> {
        self.lock().get(&id).cloned()
    }

    fn all(&self) -> Vec<Arc<Conversation>> {
        self.lock().values().cloned().collect()
    }
}

impl Engine {
    /// The row of a conversation as it is now, if it has one.
    pub(crate) async fn row_now(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        match self.behind.get(id) {
            Some(state) => Ok(Some(row(&state))),
            None => Ok(self.store.row(id).await?),
        }
    }

    /// Rows of a list, with what is not written yet.
    pub(crate) fn bring_up(&self, rows: &mut [Row]) {
        for stood in rows {
            if let Some(state) = self.behind.get(stood.id).filter(|state| state.head.seq > stood.seq) {
                let sort = stood.sort;
                *stood = row(&state);
                // The place in the page is the one by which the next page goes on.
                stood.sort = sort;
            }
        }
    }

    /// A state was committed; its row along with it or not.
    pub(crate) fn row_changed(&self, state: &Arc<Conversation>, later: bool) {
        if !later {
            self.behind.written(state.id, state.head.seq);
        } else if self.behind.add(state) {
            self.wake.rows.notify_one();
        }
    }

    /// Rows of a list as they are now, unless so many wait that lists may be a second behind.
    pub(crate) async fn write_few_rows(&self) -> Result<(), Error> {
        let waiting = self.behind.lock().len();
        if !(1..=AT_ONCE).contains(&waiting) || self.store.full() {
            return Ok(());
        }
        match self.write_rows().await {
            // Lists can be read as long as anything can.
            Err(Error::Full(_)) => Ok(()),
            written => written,
        }
    }

    /// Writes every row that waits.
    ///
    /// # Errors
    /// The store's own; what was not written waits on.
    pub async fn write_rows(&self) -> Result<(), Error> {
        let upto = self.live.upto();
        let waiting = self.behind.all();
        if waiting.is_empty() {
            return Ok(());
        }
        for some in waiting.chunks(AT_ONCE) {
            let rows = some.iter().map(|state| row(state)).collect();
            self.store.commit(Commit { rows, ..Commit::default() }).await?;
            some.iter().for_each(|state| self.behind.written(state.id, state.head.seq));
        }
        self.rows_written(upto).await
    }

    async fn rows_written(&self, upto: Offset) -> Result<(), Error> {
        let (kind, key) = WRITTEN;
        let value = upto.0.to_be_bytes().to_vec();
        Ok(self.store.put_record(Record { kind: kind.into(), key: key.into(), value, expires: Ms::MAX }).await?)
    }

    /// Makes the rows anew that were not written when the last process ended.
    pub(crate) async fn load_rows(&self) -> Result<(), Error> {
        let (kind, key) = WRITTEN;
        let end = self.store.end().await?;
        let written = self.store.record(kind, key, 0).await?;
        // A store without the record was written when every row went along with its event.
        let Some(written) = written.and_then(|record| <[u8; 8]>::try_from(record.value).ok()) else {
            return self.rows_written(end).await;
        };
        let (mut after, mut stale) = (Offset(u64::from_be_bytes(written)), BTreeSet::new());
        if after >= end {
            return Ok(());
        }
        loop {
            let page = self.store.tail(after, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            after = page.last().map_or(after, |(offset, ..)| *offset);
            stale.extend(page.into_iter().filter_map(|(_, stream, _)| match stream {
                Stream::Conversation(id) => Some(id),
                _ => None,
            }));
            if !full {
                break;
            }
        }
        let stale: Vec<ConversationId> = stale.into_iter().collect();
        for some in stale.chunks(AT_ONCE) {
            let mut rows = Vec::with_capacity(some.len());
            for id in some {
                // States that are not needed now would only push out others.
                rows.extend(self.load_conversation(*id).await?.as_deref().map(row));
            }
            self.store.commit(Commit { rows, ..Commit::default() }).await?;
        }
        self.rows_written(end).await
    }
}

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    loop {
        let ends = *stop.borrow();
        let written = engine.write_rows().await;
        // A full disk says so once, where it is noticed.
        if let Err(error) = written.or_else(|error| if matches!(error, Error::Full(_)) { Ok(()) } else { Err(error) }) {
            tracing::warn!(%error, "list rows could not be written yet; they are read from memory");
        }
        if ends {
            return;
        }
        tokio::select! {
            biased;
            _ = stop.changed() => {}
            () = engine.wake.rows.notified() => {}
            () = engine.runtime.sleep_until(engine.now() + WAIT) => {}
        }
    }
}
