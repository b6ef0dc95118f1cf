//! Lists of other things than conversations: kept by every commit, read by people, made anew from headers.

use crate::projections::lists::{Lists, MENTIONS, MentionData, READ, continues};
use crate::{Engine, Error};
use baton_core::conversation::Conversation;
use baton_core::event::{Header, Stream};
use baton_core::ids::{ConversationId, Ms};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_kit::bus::Signal;
use baton_kit::store::{Commit, Entry, EntryFilter, Offset, Record, RowFilter, Tally};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The record that says which fold made the lists of a store; a store of an older fold gets them made anew.
const FOLD: (&str, &[u8], &[u8]) = ("projection", b"lists", b"1");

impl Engine {
    /// The entries that these events change. Those that began earlier are read: a commit in between would be a conflict.
    pub(crate) async fn entries_of(
        &self,
        id: ConversationId,
        before: Option<&Conversation>,
        headers: &[Header],
    ) -> Result<Vec<Entry>, Error> {
        let mut lists = Lists::of(id, before.map(|state| state.inbox));
        for header in headers {
            if let Some(key) = continues(&header.fact)
                && !lists.has(&key)
                && let Some(entry) = self.store.entry(key.0, key.1).await?
            {
                lists.stood(key, entry);
            }
            lists.take(header);
        }
        Ok(lists.changed())
    }

    /// The entries of a conversation as its headers alone say; nobody has read a mention in them.
    ///
    /// # Errors
    /// The store's own, or events that this version cannot read.
    pub async fn recount(&self, _permit: &Permit, id: ConversationId) -> Result<Vec<Entry>, Error> {
        let mut lists = Lists::of(id, None);
        self.fold(Stream::Conversation(id), |header, _| lists.take(header)).await?;
        Ok(lists.changed())
    }

    /// Makes the lists of a store that comes from before this fold.
    pub(crate) async fn load_lists(&self, permit: &Permit) -> Result<(), Error> {
        let (kind, key, version) = FOLD;
        if self.store.record(kind, key, 0).await?.is_some_and(|record| record.value == version) {
            return Ok(());
        }
        let (mut after, mut seen) = (Offset(0), BTreeSet::new());
        loop {
            let page = self.store.tail(after, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            after = page.last().map_or(after, |(offset, ..)| *offset);
            for (_, stream, _) in page {
                if let Stream::Conversation(id) = stream
                    && seen.insert(id)
                {
                    self.rebuild(permit, id).await?;
                }
            }
            if !full {
                break;
            }
        }
        if !seen.is_empty() {
            tracing::info!(
                conversations = seen.len(),
                "the lists of handovers, reports and mentions were made from the log"
            );
        }
        let record = Record { kind: kind.into(), key: key.to_vec(), value: version.to_vec(), expires: Ms::MAX };
        Ok(self.store.put_record(record).await?)
    }

    /// Writes the entries of one conversation anew. What somebody has read stays read.
    async fn rebuild(&self, permit: &Permit, id: ConversationId) -> Result<(), Error> {
        let mut entries = Vec::new();
        for entry in self.recount(permit, id).await? {
            if entry.list != MENTIONS || self.store.entry(&entry.list, entry.id).await?.is_none() {
                entries.push(entry);
            }
        }
        if !entries.is_empty() {
            self.store.commit(Commit { entries, ..Commit::default() }).await?;
        }
        Ok(())
    }

    /// Entries of a list, newest first.
    ///
    /// # Errors
    /// The store's own.
    pub async fn entries(&self, _permit: &Permit, filter: EntryFilter) -> Result<Vec<Entry>, Error> {
        Ok(self.store.entries(filter).await?)
    }

    /// One entry.
    ///
    /// # Errors
    /// There is none, or the store's own.
    pub async fn entry(&self, _permit: &Permit, list: &str, id: Uuid) -> Result<Entry, Error> {
        Ok(self.store.entry(list, id).await?.ok_or(Refusal::NotFound)?)
    }

    /// How many entries, by state and words.
    ///
    /// # Errors
    /// The store's own.
    pub async fn tally(&self, _permit: &Permit, filter: EntryFilter) -> Result<Vec<Tally>, Error> {
        Ok(self.store.tally(filter).await?)
    }

    /// The earliest due time among rows.
    ///
    /// # Errors
    /// The store's own.
    pub async fn next_row_due(&self, _permit: &Permit, filter: RowFilter) -> Result<Option<Ms>, Error> {
        Ok(self.store.next_row_due(filter).await?)
    }

    /// The agent for whom the permit stands has read a mention of theirs.
    ///
    /// # Errors
    /// It is nobody's, or another's.
    pub async fn read_mention(&self, permit: &Permit, id: Uuid) -> Result<(), Error> {
        let agent = permit.actor().acting_agent().ok_or(Refusal::NotAllowed)?;
        let mut entry = self.entry(permit, MENTIONS, id).await?;
        if entry.owner != Some(agent.0) {
            return Err(Refusal::NotFound.into());
        }
        if entry.state == READ {
            return Ok(());
        }
        let mut data: MentionData =
            serde_json::from_slice(&entry.data).map_err(|error| Error::Unreadable(error.to_string()))?;
        data.read_at = Some(self.now());
        entry.state = READ.to_owned();
        entry.data = serde_json::to_vec(&data).map_err(|error| Error::Unreadable(error.to_string()))?;
        self.store.commit(Commit { entries: vec![entry], ..Commit::default() }).await?;
        self.signal(Signal::Listed { owner: Some(agent) });
        Ok(())
    }
}

/// Whether these events are of those that lists are made of; most are not.
pub(crate) fn concern_lists(headers: &[Header]) -> bool {
    use baton_core::event::Fact;
    headers.iter().any(|header| match &header.fact {
        Fact::HandoverAsked(_) | Fact::Reported(_) => true,
        Fact::Said(said) => !said.mentions.is_empty(),
        fact => continues(fact).is_some(),
    })
}
