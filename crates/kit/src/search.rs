//! The search index: a write-behind projection of the log that holds keyed hashes of words, never words.
//!
//! What is searched is an *episode*: a conversation from one opening to its end. The index finds episodes and the events
//! in them; whoever asks opens the bodies under the reader's rights and sees for himself that the words are there. An
//! index may be thrown away at any time: it is built again from the log. Every implementation passes
//! [`crate::conformance::search`].

use crate::store::{Error, Offset};
use async_trait::async_trait;
use baton_core::ids::{ConversationId, Ms};

/// A word as the index knows it: a keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Baton's own.
    House,
    /// The customer's.
    Customer,
    /// A bot's.
    Bot,
    /// An agent's, or those of somebody in a target.
    Person,
}

/// The largest seq that an index takes in; what is said after that in one conversation is not found.
pub const LAST_SEQ: u64 = (1 << 24) - 1;

/// What there is to find in one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which event.
    pub seq: u64,
    /// When.
    pub at: Ms,
    /// True: an episode begins here.
    pub opens: bool,
    /// Whose words.
    pub by: By,
    /// The words, and what else the episode is found by.
    pub tokens: Vec<Token>,
}

/// Events in the order of the log, up to an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Those in which there is something to find.
    pub entries: Vec<Entry>,
    /// The offset of the last event that was looked at, found in or not.
    pub upto: Offset,
}

/// What an episode must have, or must not: one event with all of these words, each in one of its forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// Each word's forms.
    pub words: Vec<Vec<Token>>,
    /// Whose event; none: anybody's.
    pub by: Option<By>,
}

/// An episode's place in the order of all: later ones are higher. Good for going on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub u64);

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The episode has all of these. Nothing here: nothing is found.
    pub all: Vec<Clause>,
    /// And none of these.
    pub none: Vec<Clause>,
    /// It is of one of these conversations.
    pub only: Option<Vec<ConversationId>>,
    /// Something was said in it at that moment or later.
    pub from: Option<Ms>,
    /// It began at that moment or before.
    pub to: Option<Ms>,
    /// It stands below this one.
    pub before: Option<Place>,
    /// At most so many.
    pub limit: usize,
}

/// An episode that has what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its place.
    pub place: Place,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The events with the words: those with most of them first, then the newest. At most [`EVENTS`], and for each
    /// clause at least one.
    pub seqs: Vec<u64>,
}

/// A word is suggested to others only if so many conversations have it, so that no name of one person is.
pub const FEWEST: u32 = 3;

/// Events named of one episode.
pub const EVENTS: usize = 32;

/// What was found: the newest episode first, one of each conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The episodes.
    pub found: Vec<Found>,
    /// True: there are more below the last.
    pub more: bool,
    /// How many episodes there are in all, `before` left aside; some may be of one conversation.
    pub total: u64,
}

/// The contract.
#[async_trait]
pub trait SearchIndex: Send + Sync + 'static {
    /// The offset up to which the log has been taken in.
    ///
    /// # Errors
    /// The index's own.
    async fn position(&self) -> Result<Offset, Error>;

    /// Takes in events; all or nothing. A batch that does not go beyond [`Self::position`] changes nothing.
    ///
    /// # Errors
    /// The index's own.
    async fn apply(&self, batch: Batch) -> Result<(), Error>;

    /// Does one bounded piece of upkeep. True: there is more to do.
    ///
    /// # Errors
    /// The index's own.
    async fn tidy(&self) -> Result<bool, Error>;

    /// Finds episodes.
    ///
    /// # Errors
    /// The index's own.
    async fn find(&self, wanted: Wanted) -> Result<Page, Error>;

    /// In how many conversations each of these stands, counted up to `most`.
    ///
    /// # Errors
    /// The index's own.
    async fn spread(&self, tokens: Vec<Token>, most: u32) -> Result<Vec<u32>, Error>;

    /// Keeps sealed words, by their tokens.
    ///
    /// # Errors
    /// The index's own.
    async fn keep_words(&self, words: Vec<(Token, Vec<u8>)>) -> Result<(), Error>;

    /// All sealed words.
    ///
    /// # Errors
    /// The index's own.
    async fn words(&self) -> Result<Vec<(Token, Vec<u8>)>, Error>;

    /// Forgets a conversation: it is found no more at once, and once [`Self::tidy`] has nothing to do any more the file
    /// holds nothing of it, nor a sealed word that fewer than [`FEWEST`] other conversations have.
    ///
    /// # Errors
    /// The index's own.
    async fn forget(&self, conversation: ConversationId) -> Result<(), Error>;

    /// Throws everything away; the position is the log's beginning.
    ///
    /// # Errors
    /// The index's own.
    async fn reset(&self) -> Result<(), Error>;
}
