//! Search over what was said. A task follows the log and feeds the index, which holds keyed hashes; a question finds
//! candidates there, and their bodies are opened under the reader's rights: what cannot be opened is not found.

mod ask;
mod follow;
mod hits;
mod snippet;
mod suggest;
mod texts;
mod words;

pub use ask::{Asked, Wrong};
pub use hits::Hit;
pub use snippet::Piece;
pub use suggest::Suggestion;

use crate::{Engine, Error};
use baton_core::event::Key;
use baton_core::ids::{AgentId, ConversationId, InboxId, Ms};
use baton_core::permission::Permit;
use baton_kit::search::{By, Clause, Page, Place, SearchIndex, Token, Wanted};
use std::sync::{Arc, Mutex};
use texts::Mark;

/// What narrows a search beside its words.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    /// Whose words.
    pub by: Option<By>,
    /// Episodes of one of these inboxes; empty: of any.
    pub inboxes: Vec<InboxId>,
    /// Episodes that this agent held or spoke in.
    pub agent: Option<AgentId>,
    /// One of these conversations.
    pub only: Option<Vec<ConversationId>>,
    /// Said at that moment or later.
    pub from: Option<Ms>,
    /// Said at that moment or before.
    pub to: Option<Ms>,
}

/// The search.
pub struct Search {
    engine: Arc<Engine>,
    index: Arc<dyn SearchIndex>,
    key: [u8; 32],
    word_key: Key,
    forms: words::Forms,
    known: Mutex<suggest::Known>,
}

impl Search {
    /// Over this index, which is fed once [`Self::run`] is called.
    pub fn new(engine: Arc<Engine>, index: Arc<dyn SearchIndex>) -> Arc<Self> {
        // Whoever destroys keys tells the index by this.
        let _ = engine.index.set(index.clone());
        let (key, word_key) = (engine.master.derive("search"), Key(engine.master.derive("search words")));
        Arc::new(Self { engine, index, key, word_key, forms: words::Forms::default(), known: Mutex::default() })
    }

    /// Starts the task that follows the log.
    pub fn run(self: &Arc<Self>) {
        let (search, stop) = (self.clone(), self.engine.stopped());
        self.engine.runtime.spawn("search", Box::pin(follow::run(search, stop)));
    }

    /// How many events of the log are not yet found.
    ///
    /// # Errors
    /// The index's or the store's own.
    pub async fn behind(&self) -> Result<u64, Error> {
        Ok(self.engine.store.end().await?.0.saturating_sub(self.index.position().await?.0))
    }

    /// Forgets a conversation, because its keys were destroyed or it is hidden from everybody.
    ///
    /// # Errors
    /// The index's own.
    pub async fn forget(&self, id: ConversationId) -> Result<(), Error> {
        Ok(self.index.forget(id).await?)
    }

    /// Candidates, the newest episode first. Whether the reader may see one, and whether the words are there, is yet to
    /// be found out.
    ///
    /// # Errors
    /// The index's own.
    pub async fn find(
        &self,
        _permit: &Permit,
        asked: &Asked,
        narrow: &Narrow,
        before: Option<Place>,
        limit: usize,
    ) -> Result<Page, Error> {
        let by = narrow.by.or(asked.by);
        let mut all: Vec<Clause> = asked.terms.iter().map(|term| Clause { by, ..self.clause(term) }).collect();
        if all.is_empty() {
            all.push(Clause { words: vec![vec![self.mark(Mark::Any)]], by: None });
        }
        if !narrow.inboxes.is_empty() {
            let forms = narrow.inboxes.iter().map(|id| self.mark(Mark::Inbox(*id))).collect();
            all.push(Clause { words: vec![forms], by: None });
        }
        if let Some(agent) = narrow.agent {
            all.push(Clause { words: vec![vec![self.mark(Mark::Agent(agent))]], by: None });
        }
        let none = asked.without.iter().map(|term| self.clause(term)).collect();
        let (only, from, to) = (narrow.only.clone(), narrow.from, narrow.to);
        Ok(self.index.find(Wanted { all, none, only, from, to, before, limit }).await?)
    }

    fn clause(&self, term: &ask::Term) -> Clause {
        let mut words = Vec::new();
        let mut paired = false;
        for (at, word) in term.words.iter().enumerate() {
            let next = term.words.get(at + 1).filter(|next| words::adjoin(&word.word, &next.word));
            match next {
                Some(next) => words.push(vec![self.token(&pair(&word.word, &next.word))]),
                // The last of a run is in the pair before.
                None if paired => {}
                None if term.exact => words.push(vec![self.token(&word.word.folded)]),
                None => words.push(word.forms.iter().map(|form| self.token(form)).collect()),
            }
            paired = next.is_some();
        }
        Clause { words, by: None }
    }

    fn token(&self, form: &str) -> Token {
        self.keyed(b"w", form.as_bytes())
    }

    fn mark(&self, mark: Mark) -> Token {
        match mark {
            Mark::Any => self.keyed(b"e", b""),
            Mark::Inbox(id) => self.keyed(b"i", id.0.as_bytes()),
            Mark::Agent(id) => self.keyed(b"a", id.0.as_bytes()),
        }
    }

    fn keyed(&self, sort: &[u8; 1], what: &[u8]) -> Token {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(sort).update(what);
        let mut out = [0; 8];
        hasher.finalize_xof().fill(&mut out);
        Token(u64::from_le_bytes(out))
    }
}

/// Two characters of a dense script, as one word.
fn pair(one: &words::Word, other: &words::Word) -> String {
    format!("{}{}", one.folded, other.folded)
}
