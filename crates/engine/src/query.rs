//! Reading: every query takes a permit.

use crate::seal::open_event;
use crate::{Engine, Error};
use baton_core::agent::Agent;
use baton_core::conversation::Conversation;
use baton_core::event::{Body, Brief, Header, Stream};
use baton_core::ids::{AgentId, ConversationId};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_core::settings::Settings;
use baton_kit::bus::{Signal, Typist};
use baton_kit::store::{Offset, Row, RowFilter};
use std::ops::Deref;
use std::sync::{Arc, OnceLock, Weak};

/// A stored event, opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its header.
    pub header: Header,
    /// Its body; absent where there is none, or its key was destroyed.
    pub body: Option<Body>,
}

/// An event that one who listens reads. Where many screens show it alike, what they show is made once.
#[derive(Debug)]
pub struct Fresh {
    opened: Opened,
    /// More than a customer and an agent have the chat open.
    shared: bool,
    shown: OnceLock<(Weak<Settings>, Arc<str>)>,
}

impl Fresh {
    pub(crate) fn new(opened: Opened, shared: bool) -> Arc<Self> {
        Arc::new(Self { opened, shared, shown: OnceLock::new() })
    }

    /// What a screen shows of it under these settings; `make` must depend on nothing else.
    pub fn shown(&self, settings: &Arc<Settings>, make: impl FnOnce(&Opened) -> Arc<str>) -> Arc<str> {
        if !self.shared {
            return make(&self.opened);
        }
        if let Some((of, text)) = self.shown.get()
            && of.as_ptr() == Arc::as_ptr(settings)
        {
            return text.clone();
        }
        let text = make(&self.opened);
        // Of settings that have changed since, whoever still needs it makes it for themselves.
        let _ = self.shown.set((Arc::downgrade(settings), text.clone()));
        text
    }
}

impl Deref for Fresh {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.opened
    }
}

pub(crate) fn allowed(permit: &Permit, id: ConversationId) -> Result<(), Error> {
    if permit.conversation().is_some_and(|own| own != id) { Err(Refusal::NotFound.into()) } else { Ok(()) }
}

impl Engine {
    /// The state of a conversation.
    ///
    /// # Errors
    /// There is none, or it is not the permit's.
    pub async fn conversation(&self, permit: &Permit, id: ConversationId) -> Result<Arc<Conversation>, Error> {
        allowed(permit, id)?;
        let state = self.state(id).await?.ok_or(Refusal::NotFound)?;
        // For whom was erased there is nothing here any more; people still read that it was so.
        if state.gone() && permit.actor().who == baton_core::actor::Who::Customer {
            return Err(Refusal::NotFound.into());
        }
        Ok(state)
    }

    /// An agent as the log knows them.
    ///
    /// # Errors
    /// The store's own.
    pub async fn agent(&self, _permit: &Permit, id: AgentId) -> Result<Agent, Error> {
        self.agent_state(id).await
    }

    async fn open_all(&self, events: Vec<baton_kit::store::SealedEvent>) -> Result<Vec<Opened>, Error> {
        let workspace = self.store.identity().workspace;
        let mut out = Vec::with_capacity(events.len());
        for event in &events {
            out.push(open_event(&self.keyring, workspace, event).await?);
        }
        Ok(out)
    }

    /// Events after a seq, oldest first.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn events(
        &self,
        permit: &Permit,
        id: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Opened>, Error> {
        allowed(permit, id)?;
        self.open_all(self.store.read(Stream::Conversation(id), after, limit.min(limits::PAGE)).await?).await
    }

    /// As [`Self::events`], for one who listens: what was said just now stands in memory.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn new_events(
        &self,
        permit: &Permit,
        id: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Fresh>>, Error> {
        allowed(permit, id)?;
        match self.live.after(id, after, limit) {
            Some(events) => Ok(events),
            None => Ok(self
                .events(permit, id, after, limit)
                .await?
                .into_iter()
                .map(|opened| Fresh::new(opened, false))
                .collect()),
        }
    }

    /// As [`Self::positions`], for one who listens: what was said just now stands in memory.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn new_positions(
        &self,
        permit: &Permit,
        id: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Fresh>>, Error> {
        allowed(permit, id)?;
        match self.live.after_position(id, after, limit) {
            Some(events) => Ok(events),
            None => Ok(self
                .positions(permit, id, after, limit)
                .await?
                .into_iter()
                .map(|opened| Fresh::new(opened, false))
                .collect()),
        }
    }

    /// The last events before a seq, oldest first.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn events_before(
        &self,
        permit: &Permit,
        id: ConversationId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Opened>, Error> {
        allowed(permit, id)?;
        self.open_all(self.store.read_before(Stream::Conversation(id), before, limit.min(limits::PAGE)).await?).await
    }

    /// Events for the customer after a position, oldest first.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn positions(
        &self,
        permit: &Permit,
        id: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Opened>, Error> {
        allowed(permit, id)?;
        self.open_all(self.store.read_positions(id, after, limit.min(limits::PAGE)).await?).await
    }

    /// One event, if it exists.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn event(&self, permit: &Permit, id: ConversationId, seq: u64) -> Result<Option<Opened>, Error> {
        if seq == 0 {
            return Ok(None);
        }
        allowed(permit, id)?;
        if let Some(opened) = self.live.after(id, seq - 1, 1).and_then(|events| events.into_iter().next()) {
            return Ok(Some(opened.opened.clone()));
        }
        Ok(self.events(permit, id, seq - 1, 1).await?.pop().filter(|opened| opened.header.seq == seq))
    }

    /// The brief that went along with this passing of the baton.
    pub(crate) async fn brief_of(&self, id: ConversationId, passed: u64) -> Result<Option<Brief>, Error> {
        if passed == 0 {
            return Ok(None);
        }
        let events = self.store.read(Stream::Conversation(id), passed - 1, 1).await?;
        Ok(self.open_all(events).await?.pop().and_then(|opened| match opened.body {
            Some(Body::Passing(passing)) => passing.brief,
            _ => None,
        }))
    }

    /// Rows of a list.
    ///
    /// # Errors
    /// The store's own.
    pub async fn rows(&self, _permit: &Permit, filter: RowFilter) -> Result<Vec<Row>, Error> {
        self.write_few_rows().await?;
        let mut rows = self.store.rows(filter).await?;
        self.bring_up(&mut rows);
        Ok(rows)
    }

    /// One row.
    ///
    /// # Errors
    /// The store's own.
    pub async fn row(&self, permit: &Permit, id: ConversationId) -> Result<Option<Row>, Error> {
        allowed(permit, id)?;
        self.row_now(id).await
    }

    /// How many rows a list has.
    ///
    /// # Errors
    /// The store's own.
    pub async fn count_rows(&self, _permit: &Permit, filter: RowFilter) -> Result<u64, Error> {
        Ok(self.store.count_rows(filter).await?)
    }

    /// Events of the whole log after an offset.
    ///
    /// # Errors
    /// The store's own.
    pub async fn tail(
        &self,
        _permit: &Permit,
        after: Offset,
        limit: usize,
    ) -> Result<Vec<(Offset, Stream, u64)>, Error> {
        Ok(self.store.tail(after, limit).await?)
    }

    /// The end of the whole log.
    ///
    /// # Errors
    /// The store's own.
    pub async fn end(&self) -> Result<Offset, Error> {
        Ok(self.store.end().await?)
    }

    /// Passes on that somebody types: to those who may see it, never stored. Without voice it is dropped.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn typing(&self, permit: &Permit, id: ConversationId, on: bool) -> Result<(), Error> {
        use baton_core::actor::Who;
        let state = self.conversation(permit, id).await?;
        let actor = permit.actor();
        if actor.who == Who::Customer && state.blocked.is_some() {
            return Ok(());
        }
        let by = match (actor.who, actor.acting_agent()) {
            (Who::Customer, _) => Typist::Customer,
            (Who::Bot { .. }, _) if state.own.may_speak(&actor.who) => Typist::Bot,
            (Who::Target { .. }, _) if state.own.may_speak(&actor.who) => Typist::Target,
            (_, Some(agent)) if state.own.may_speak(&Who::Agent { id: agent }) => Typist::Agent(agent),
            _ => return Ok(()),
        };
        self.signal(Signal::Typing { conversation: id, by, on });
        if let (Typist::Customer, baton_core::ownership::Holder::Target { connection, .. }) = (by, &state.own.holder)
            && let Some(target) = self.plugins.target(*connection)
        {
            let baton = state.own.began;
            self.runtime.spawn(
                "target-typing",
                Box::pin(async move {
                    // Fleeting: a lost one is not worth a retry.
                    let _ = target.typing(id, baton, on).await;
                }),
            );
        }
        Ok(())
    }

    /// Passes on what the customer's screen has.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub fn seen(&self, permit: &Permit, id: ConversationId, position: u64) -> Result<(), Error> {
        allowed(permit, id)?;
        self.signal(Signal::Seen { conversation: id, position });
        Ok(())
    }
}
