//! The store: log, outbox, links, timers, leases, rows, records and wrapped keys, committed together.
//!
//! A store sees sealed bytes only. Every implementation passes [`crate::conformance::store`].

use async_trait::async_trait;
use baton_core::event::Stream;
use baton_core::ids::{ConnectionId, ConversationId, Hash16, InboxId, KeyId, Ms, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place in the whole log; rises with each event, not gap-free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub u64);

/// Which store this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// One store is one workspace; the id is in tokens, cursors and seals.
    pub workspace: Uuid,
    /// Rises with a restore, so that cursors from before it are known.
    pub generation: u64,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEvent {
    /// Where it stands.
    pub stream: Stream,
    /// From 1, gap-free.
    pub seq: u64,
    /// Position, if it is for the customer.
    pub position: Option<u64>,
    /// The header's bytes, exactly as they are chained.
    pub header: Vec<u8>,
    /// The sealed body.
    pub body: Option<Vec<u8>>,
}

/// Everything that one decision changes: all or nothing.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Each stream written, with the seq on which the decision was made; 0 for a stream that does not exist.
    pub expected: Vec<(Stream, u64)>,
    /// In order.
    pub events: Vec<SealedEvent>,
    /// New work for plug-ins.
    pub effects: Vec<NewEffect>,
    /// Work whose receipt this commit is; nothing happens if it is gone already.
    pub done: Vec<EffectId>,
    /// Each stream's earliest deadline, or none.
    pub timers: Vec<(Stream, Option<Ms>)>,
    /// What connections now know.
    pub links: Vec<Link>,
    /// New versions of list rows.
    pub rows: Vec<Row>,
    /// New versions of list entries.
    pub entries: Vec<Entry>,
    /// Conversations whose row and entries go for good, whatever is written of them later. Their log stays.
    pub hide: Vec<ConversationId>,
    /// Records that must not exist yet; an expired one counts until it is swept or taken.
    pub records: Vec<Record>,
}

/// A state that was folded from a stream's headers, kept so that they need not be folded again. A cache: it may be thrown
/// away at any time, and whoever reads one must be able to do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last event that is in it.
    pub seq: u64,
    /// Which fold made it; another one makes its own.
    pub level: u32,
    /// The state. Made of headers alone: no text.
    pub state: Vec<u8>,
}

/// Names one piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(pub u64);

/// Work to be done after the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEffect {
    /// Whose conversation.
    pub conversation: ConversationId,
    /// Work of one lane is done in order.
    pub lane: String,
    /// What to do, as JSON of `core::effect::Effect`; names events, holds no text.
    pub effect: Vec<u8>,
}

/// Work that was leased: from now on it counts as perhaps done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEffect {
    /// Which.
    pub id: EffectId,
    /// Whose conversation.
    pub conversation: ConversationId,
    /// Its lane.
    pub lane: String,
    /// What to do.
    pub effect: Vec<u8>,
    /// Leases so far, this one included; more than 1: perhaps done before.
    pub attempts: u32,
}

/// Work that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedEffect {
    /// Which.
    pub id: EffectId,
    /// Whose conversation.
    pub conversation: ConversationId,
    /// Its lane.
    pub lane: String,
    /// Why, as a stable word.
    pub reason: String,
}

/// What a connection knows of a conversation. Outlives a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Keyed hash of the outside id, by which the link is found. One conversation of a connection has it: a commit that
    /// gives it to a second one conflicts, unless it takes it from the first before.
    pub outside: Option<Hash16>,
    /// The plug-in's state, sealed.
    pub state: Vec<u8>,
    /// Rises with each change; a commit with an older one conflicts.
    pub version: u64,
}

/// Who holds, as a list column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// A bot.
    Bot,
    /// A live line.
    Queue,
    /// A list of promises.
    Later,
    /// An agent.
    Agent,
    /// A target.
    Target,
    /// Nobody: closed.
    Nobody,
}

/// A conversation in the lists. Made by a pure fold in the engine; holds ids and numbers, no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which conversation.
    pub id: ConversationId,
    /// The seq after which it was made; an older row never replaces a newer one.
    pub seq: u64,
    /// Who holds.
    pub holder: HolderKind,
    /// The holder's id: agent, queue or connection.
    pub holder_id: Option<Uuid>,
    /// The agent to whom it is offered.
    pub offered_to: Option<Uuid>,
    /// Order in lists: lines by start of the wait, the rest by last change.
    pub sort: Ms,
    /// Short name.
    pub reference: String,
    /// Who chats.
    pub person: Option<PersonId>,
    /// Its inbox.
    pub inbox: Option<InboxId>,
    /// When a promise must be kept or a snooze ends; none in other lists.
    pub due: Option<Ms>,
    /// Put away until later by the agent who holds it.
    pub snoozed: bool,
    /// Its tags, in the order of their ids.
    pub tags: Vec<Uuid>,
    /// Everything else, as JSON.
    pub data: Vec<u8>,
}

/// Which rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowFilter {
    /// Held by one of these; empty: by anybody.
    pub holders: Vec<HolderKind>,
    /// Held by this one.
    pub holder_id: Option<Uuid>,
    /// Offered to this one.
    pub offered_to: Option<Uuid>,
    /// Short name.
    pub reference: Option<String>,
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of one of these inboxes; empty: of any.
    pub inboxes: Vec<InboxId>,
    /// Of none of these inboxes.
    pub without: Vec<InboxId>,
    /// Snoozed, or not; none: either.
    pub snoozed: Option<bool>,
    /// Bearing this tag.
    pub tag: Option<Uuid>,
    /// Due before that moment.
    pub due_before: Option<Ms>,
    /// Newest first; else oldest first.
    pub newest_first: bool,
    /// After this row, in the order asked for.
    pub after: Option<(Ms, ConversationId)>,
    /// At most so many; 0: none.
    pub limit: usize,
}

/// One thing in a list that is not a list of conversations: a handover, a report, a mention. Made by a pure fold in the
/// engine; holds ids and numbers, no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// In which list, e.g. `handover`.
    pub list: String,
    /// Which one of the list.
    pub id: Uuid,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Its inbox.
    pub inbox: Option<InboxId>,
    /// Whose it is, if it is somebody's.
    pub owner: Option<Uuid>,
    /// Where it stands, e.g. `open`.
    pub state: String,
    /// Two more words by which the list is filtered and counted; empty where it has none.
    pub marks: [String; 2],
    /// When it began; never changes.
    pub at: Ms,
    /// The seq after which it was made; an older one never replaces a newer one.
    pub seq: u64,
    /// Everything else, as JSON.
    pub data: Vec<u8>,
}

/// Which entries of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Which list.
    pub list: String,
    /// Standing so; none: anyhow.
    pub state: Option<String>,
    /// With these words; none: with any.
    pub marks: [Option<String>; 2],
    /// Of this owner.
    pub owner: Option<Uuid>,
    /// Of none of these inboxes.
    pub without: Vec<InboxId>,
    /// Begun then or later.
    pub from: Option<Ms>,
    /// Begun before.
    pub to: Option<Ms>,
    /// After this one, newest first.
    pub after: Option<(Ms, Uuid)>,
    /// At most so many; 0: none.
    pub limit: usize,
}

/// How many entries stand so and bear these words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// Where they stand.
    pub state: String,
    /// Their words.
    pub marks: [String; 2],
    /// How many.
    pub count: u64,
}

/// A small thing that expires: log-ins, one-time links, keys of repeated requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What sort, e.g. `login`.
    pub kind: String,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
    /// When it is gone.
    pub expires: Ms,
}

/// A key as it is kept: wrapped by its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which key.
    pub id: KeyId,
    /// By which key it is wrapped; none: by the master key.
    pub parent: Option<KeyId>,
    /// The wrapped bytes.
    pub wrapped: Vec<u8>,
}

/// Why a store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else wrote first, or a record or link stands already. Load again and decide again.
    #[error("the state has changed since it was read")]
    Conflict,
    /// The disk is full or may not be written. Nothing was kept.
    #[error("the store cannot write: {0}")]
    Full(String),
    /// It is closing.
    #[error("the store is closed")]
    Closed,
    /// Its queue is full.
    #[error("the store has too much to do")]
    Busy,
    /// Anything else of the store's own.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// The contract.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Which store this is.
    fn identity(&self) -> Identity;

    /// Commits all or nothing, and comes back only when it is durable. Returns the offset of the last event.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a stream has moved on, a record exists or a link is older; others of the store's own.
    async fn commit(&self, commit: Commit) -> Result<Offset, Error>;

    /// Events of a stream after `seq`, oldest first.
    ///
    /// # Errors
    /// The store's own.
    async fn read(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<SealedEvent>, Error>;

    /// The last `limit` events of a stream before `seq`, oldest first.
    ///
    /// # Errors
    /// The store's own.
    async fn read_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<SealedEvent>, Error>;

    /// Events for the customer after `position`, oldest first.
    ///
    /// # Errors
    /// The store's own.
    async fn read_positions(
        &self,
        conversation: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedEvent>, Error>;

    /// Headers alone of a stream after `seq`, oldest first: what states are folded from.
    ///
    /// # Errors
    /// The store's own.
    async fn headers(&self, stream: Stream, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error>;

    /// Events of the whole log after `offset`, in the order of commits: `(offset, stream, seq)`.
    ///
    /// # Errors
    /// The store's own.
    async fn tail(&self, after: Offset, limit: usize) -> Result<Vec<(Offset, Stream, u64)>, Error>;

    /// The end of the whole log.
    ///
    /// # Errors
    /// The store's own.
    async fn end(&self) -> Result<Offset, Error>;

    /// Packs some of what was written at or before `upto`, oldest first, so that what is written now stays cheap however
    /// much there is. Nothing that can be read changes by it: not a byte, not a seq, not an offset. About as many events
    /// as `limit`; how many were dealt with, and 0 when nothing is left to do.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody else packs at the same time; others of the store's own.
    async fn pack(&self, upto: Offset, limit: usize) -> Result<u64, Error>;

    /// The snapshot of a stream, if one was kept.
    ///
    /// # Errors
    /// The store's own.
    async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, Error>;

    /// Keeps a snapshot of a stream in the place of the last one; nothing happens if there is no such stream.
    ///
    /// # Errors
    /// The store's own.
    async fn put_snapshot(&self, stream: Stream, snapshot: Snapshot) -> Result<(), Error>;

    /// Leases the first piece of work of each lane that nobody holds and whose time has come. The lease is durable
    /// before it is returned.
    ///
    /// # Errors
    /// The store's own.
    async fn lease_effects(&self, now: Ms, until: Ms, limit: usize) -> Result<Vec<LeasedEffect>, Error> {
        self.lease_effects_but(now, until, limit, &[]).await
    }

    /// As [`Self::lease_effects`], and leaves the work of these connections where it is: a lane's name tells the
    /// connection after its first slash.
    ///
    /// # Errors
    /// The store's own.
    async fn lease_effects_but(
        &self,
        now: Ms,
        until: Ms,
        limit: usize,
        but: &[ConnectionId],
    ) -> Result<Vec<LeasedEffect>, Error>;

    /// Whether the last write failed for want of room or leave: nothing new is kept until one succeeds.
    fn full(&self) -> bool {
        false
    }

    /// When the next piece of work can be leased, if any.
    ///
    /// # Errors
    /// The store's own.
    async fn next_effect(&self) -> Result<Option<Ms>, Error>;

    /// Gives a lease back; the work may be tried again from `not_before`. Parked work goes to the end of its lane, under a
    /// new id and with its attempts.
    ///
    /// # Errors
    /// The store's own.
    async fn release_effect(&self, id: EffectId, not_before: Ms) -> Result<(), Error>;

    /// Gives back work that was leased by a process that is gone: it still counts as perhaps done, but nobody need wait
    /// for its lease to end. An embedded store belongs to one process, so at that one's start it is all that is leased.
    ///
    /// # Errors
    /// The store's own.
    async fn reclaim_effects(&self, now: Ms) -> Result<(), Error>;

    /// Takes the work off its lane without a commit of its own: it is done and left no event.
    ///
    /// # Errors
    /// The store's own.
    async fn finish_effect(&self, id: EffectId) -> Result<(), Error>;

    /// Puts the work aside: its lane goes on, and people can see it.
    ///
    /// # Errors
    /// The store's own.
    async fn park_effect(&self, id: EffectId, reason: &str) -> Result<(), Error>;

    /// What was put aside.
    ///
    /// # Errors
    /// The store's own.
    async fn parked_effects(&self, limit: usize) -> Result<Vec<ParkedEffect>, Error>;

    /// Streams whose deadline has passed, oldest first.
    ///
    /// # Errors
    /// The store's own.
    async fn timers_due(&self, now: Ms, limit: usize) -> Result<Vec<(Stream, Ms)>, Error>;

    /// The earliest deadline of all.
    ///
    /// # Errors
    /// The store's own.
    async fn next_timer(&self) -> Result<Option<Ms>, Error>;

    /// Takes or renews a lease. `Some(epoch)`: it is ours; the epoch rises when the owner changes.
    ///
    /// # Errors
    /// The store's own.
    async fn take_lease(&self, name: &str, owner: Uuid, now: Ms, until: Ms) -> Result<Option<u64>, Error>;

    /// Lets a lease go, if it is ours.
    ///
    /// # Errors
    /// The store's own.
    async fn drop_lease(&self, name: &str, owner: Uuid) -> Result<(), Error>;

    /// All leases whose name starts so, with their end.
    ///
    /// # Errors
    /// The store's own.
    async fn leases(&self, prefix: &str) -> Result<Vec<(String, Ms)>, Error>;

    /// What a connection knows of a conversation.
    ///
    /// # Errors
    /// The store's own.
    async fn link(&self, connection: ConnectionId, conversation: ConversationId) -> Result<Option<Link>, Error>;

    /// The link with this outside id.
    ///
    /// # Errors
    /// The store's own.
    async fn link_by_outside(&self, connection: ConnectionId, outside: Hash16) -> Result<Option<Link>, Error>;

    /// One row.
    ///
    /// # Errors
    /// The store's own.
    async fn row(&self, id: ConversationId) -> Result<Option<Row>, Error>;

    /// Rows of a list.
    ///
    /// # Errors
    /// The store's own.
    async fn rows(&self, filter: RowFilter) -> Result<Vec<Row>, Error>;

    /// How many rows; `after` and `limit` do not count.
    ///
    /// # Errors
    /// The store's own.
    async fn count_rows(&self, filter: RowFilter) -> Result<u64, Error>;

    /// The earliest due time among these rows; `after` and `limit` do not count.
    ///
    /// # Errors
    /// The store's own.
    async fn next_row_due(&self, filter: RowFilter) -> Result<Option<Ms>, Error>;

    /// One entry of a list.
    ///
    /// # Errors
    /// The store's own.
    async fn entry(&self, list: &str, id: Uuid) -> Result<Option<Entry>, Error>;

    /// Entries of a list, newest first.
    ///
    /// # Errors
    /// The store's own.
    async fn entries(&self, filter: EntryFilter) -> Result<Vec<Entry>, Error>;

    /// How many entries, by state and words, in their order; `after` and `limit` do not count.
    ///
    /// # Errors
    /// The store's own.
    async fn tally(&self, filter: EntryFilter) -> Result<Vec<Tally>, Error>;

    /// A record that has not expired.
    ///
    /// # Errors
    /// The store's own.
    async fn record(&self, kind: &str, key: &[u8], now: Ms) -> Result<Option<Record>, Error>;

    /// Sets a record, also over an old one.
    ///
    /// # Errors
    /// The store's own.
    async fn put_record(&self, record: Record) -> Result<(), Error>;

    /// Takes a record away; true: it was there. Of two takers one gets true.
    ///
    /// # Errors
    /// The store's own.
    async fn take_record(&self, kind: &str, key: &[u8]) -> Result<bool, Error>;

    /// Sweeps what has expired; how many.
    ///
    /// # Errors
    /// The store's own.
    async fn sweep_records(&self, now: Ms) -> Result<u64, Error>;

    /// Keeps wrapped keys, durably, before anything uses them; all or none. A key with a known id is wrapped anew.
    ///
    /// # Errors
    /// [`Error::Conflict`] when one of them was destroyed; others of the store's own.
    async fn put_keys(&self, keys: Vec<WrappedKey>) -> Result<(), Error>;

    /// A wrapped key, unless it was destroyed.
    ///
    /// # Errors
    /// The store's own.
    async fn key(&self, id: KeyId) -> Result<Option<WrappedKey>, Error>;

    /// Destroys a key for good.
    ///
    /// # Errors
    /// The store's own.
    async fn destroy_key(&self, id: KeyId) -> Result<(), Error>;
}
