//! Words are erased by destroying the keys that sealed them. What the headers say stays, and with it every number.
//!
//! The order is keys, files, search, event: whatever falls in between, nothing that is said to be erased can still be read,
//! and what was begun is begun again at the next start.

use crate::execute::{Along, CONFLICT};
use crate::seal::seal_all;
use crate::states::Slot;
use crate::{Engine, Error};
use baton_core::actor::Part;
use baton_core::command::Command;
use baton_core::conversation::Conversation;
use baton_core::decide::Drafted;
use baton_core::event::{Audience, Body, Deed, ErasedBy, Fact, Handled, Header, Stream};
use baton_core::ids::{ConversationId, Hash32, KeyId, Ms, PersonId};
use baton_core::limits;
use baton_core::ownership::Holder;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_kit::store::{self, Commit, Row, RowFilter};
use std::sync::Arc;

/// A customer who returns after an erasure gets a new id; so many erasures of one customer are told apart.
const RETURNS: u32 = 64;

/// What an erasure took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose.
    pub person: PersonId,
    /// Conversations whose words are gone.
    pub conversations: u64,
}

/// An episode as erasing sees it.
struct Episode {
    key: Option<KeyId>,
    last: u64,
    closed: Option<Ms>,
}

impl Engine {
    /// Writes into the audit that somebody did something with what is personal, and why.
    pub(crate) async fn account(&self, permit: &Permit, handled: Handled, reason: &str) -> Result<(), Error> {
        let mut guard = self.audit.lock().await;
        let mut end = match *guard {
            Some(end) => end,
            None => self.end_of_audit().await?,
        };
        let before = end.seq;
        (end.seq, end.at) = (end.seq + 1, self.now().max(end.at + 1));
        let header = Header {
            stream: Stream::Audit,
            seq: end.seq,
            position: None,
            at: end.at,
            version: 1,
            actor: permit.actor(),
            audience: Audience::Log,
            baton: None,
            cause: None,
            basis: None,
            key: None,
            body: None,
            previous: Hash32([0; 32]),
            fact: Fact::Handled(handled),
        };
        let event = Drafted { header, body: Some(Body::Note { text: reason.to_owned() }) };
        let mut chains = vec![(Stream::Audit, end.chain)];
        let workspace = self.store.identity().workspace;
        let (events, _, _) = seal_all(&self.keyring, workspace, vec![event], &mut chains, &mut None).await?;
        let commit = Commit { expected: vec![(Stream::Audit, before)], events, ..Commit::default() };
        // Whatever becomes of it, the end is read anew unless it is known.
        *guard = None;
        match self.store.commit(commit).await {
            Ok(_) => {}
            Err(store::Error::Conflict) => return Err(Error::Busy),
            Err(error) => return Err(error.into()),
        }
        end.chain = chains[0].1;
        *guard = Some(end);
        Ok(())
    }

    /// All conversations of a person.
    pub(crate) async fn of_person(&self, person: PersonId) -> Result<Vec<Row>, Error> {
        let mut out: Vec<Row> = Vec::new();
        loop {
            let after = out.last().map(|row| (row.sort, row.id));
            let filter = RowFilter { person: Some(person), after, limit: limits::LIST_PAGE, ..RowFilter::default() };
            let page = self.rows(&Permit::system(Part::Setup), filter).await?;
            let full = page.len() == limits::LIST_PAGE;
            out.extend(page);
            if !full {
                return Ok(out);
            }
        }
    }

    /// Whom this id stands for: a person, or the person of this conversation.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]: nobody.
    pub async fn person_named(&self, id: uuid::Uuid) -> Result<PersonId, Error> {
        if let Some(state) = self.state(ConversationId(id)).await? {
            return Ok(state.person);
        }
        match self.of_person(PersonId(id)).await?.is_empty() {
            true => Err(Refusal::NotFound.into()),
            false => Ok(PersonId(id)),
        }
    }

    /// The id of a known customer: another one after an erasure, because a destroyed key has no successor.
    ///
    /// # Errors
    /// The store's own.
    pub async fn living(&self, person: PersonId) -> Result<PersonId, Error> {
        let mut id = person;
        for round in 0..RETURNS {
            if self.keyring.person(id).await?.is_some() {
                return Ok(id);
            }
            let mut hash = blake3::Hasher::new_keyed(&self.master.derive("persons who returned"));
            hash.update(person.0.as_bytes()).update(&round.to_le_bytes());
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&hash.finalize().as_bytes()[..16]);
            id = PersonId(uuid::Builder::from_random_bytes(bytes).into_uuid());
        }
        Err(Error::Busy)
    }

    /// Erases a person for good: the words and files of all their conversations, everything that is known of them. Open
    /// chats end. It may be repeated.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]: there is nobody with this id; the store's own.
    pub async fn erase_person(&self, permit: &Permit, person: PersonId, reason: &str) -> Result<Erasure, Error> {
        if self.of_person(person).await?.is_empty() {
            return Err(Refusal::NotFound.into());
        }
        let handled = Handled { deed: Deed::Erased, person, conversation: None, of: None };
        self.account(permit, handled, reason).await?;
        self.carry_out(person).await
    }

    /// What stands in the audit is done, from the start.
    async fn carry_out(&self, person: PersonId) -> Result<Erasure, Error> {
        let permit = Permit::system(Part::Setup);
        let mut conversations = 0;
        // Twice: what began while the first round went on is of a person whose key is gone, and gets no further.
        for round in 0..2 {
            for row in self.of_person(person).await? {
                let known = self.state(row.id).await?.is_some_and(|state| state.gone());
                if round == 0 || !known {
                    self.erase_words(&permit, row.id, ErasedBy::Customer, None).await?;
                    conversations += u64::from(round == 0);
                }
            }
            self.keyring.destroy(KeyId(person.0)).await?;
        }
        metrics::counter!("baton_persons_erased_total").increment(1);
        Ok(Erasure { person, conversations })
    }

    /// Goes on with erasures that stand in the audit and were not finished when the hub fell.
    pub(crate) async fn resume_erasures(&self) -> Result<(), Error> {
        let permit = Permit::system(Part::Setup);
        for header in self.audit_before(&permit, false, u64::MAX, limits::PAGE).await? {
            if let Fact::Handled(Handled { deed: Deed::Erased, person, .. }) = header.fact
                && self.store.key(KeyId(person.0)).await?.is_some()
            {
                self.carry_out(person).await?;
            }
        }
        Ok(())
    }

    async fn episodes(&self, id: ConversationId) -> Result<Vec<Episode>, Error> {
        let mut out: Vec<Episode> = Vec::new();
        self.fold(Stream::Conversation(id), |header, _| {
            if let Fact::Opened(_) = header.fact {
                out.push(Episode { key: header.key, last: header.seq, closed: None });
            }
            let Some(episode) = out.last_mut() else { return };
            episode.last = header.seq;
            if let Fact::HolderSet(fact) = &header.fact {
                episode.closed = matches!(fact.holder, Holder::Nobody { .. }).then_some(header.at);
            }
        })
        .await?;
        Ok(out)
    }

    /// Destroys what sealed a conversation's words: of all episodes, or of those that closed before this moment. False:
    /// there was nothing to destroy.
    pub(crate) async fn erase_words(
        &self,
        permit: &Permit,
        id: ConversationId,
        by: ErasedBy,
        before: Option<Ms>,
    ) -> Result<bool, Error> {
        let slot = self.states.conversation(id);
        // Nobody writes into it meanwhile.
        let mut slot = slot.lock_owned().await;
        let mut state = self.load_slot(&mut slot, id).await?;
        let episodes = self.episodes(id).await?;
        let due = |episode: &Episode| match before {
            None => true,
            Some(before) => episode.closed.is_some_and(|closed| closed < before),
        };
        let gone = episodes.iter().take_while(|episode| due(episode)).count();
        let upto = gone.checked_sub(1).map_or(0, |last| episodes[last].last);
        let done = state.erased.map_or(0, |erased| erased.upto);
        if before.is_some() && upto <= done {
            return Ok(false);
        }
        let kept = episodes[gone..].iter().find_map(|episode| episode.closed);
        for key in episodes[..gone].iter().filter_map(|episode| episode.key) {
            self.keyring.destroy_leaf(key).await?;
            self.delete_files(key).await?;
        }
        self.live.forget(id);
        self.forget_words(id).await?;
        for _ in 0..limits::COMMIT_TRIES {
            let (upto, kept) = if before.is_none() { (state.head.seq, None) } else { (upto, kept) };
            let command = Command::Erase { by, upto, kept };
            match self.attempt(permit, id, &mut slot, &command, &Along::default()).await {
                Err(Error::Store(why)) if why == CONFLICT => {
                    *slot = Slot::default();
                    state = self.load_slot(&mut slot, id).await?;
                }
                Err(error) => return Err(error),
                Ok(_) => {
                    drop(slot);
                    // What the index took in of opened words while the key went is taken out, too.
                    self.live.forget(id);
                    self.forget_words(id).await?;
                    return Ok(true);
                }
            }
        }
        Err(Error::Busy)
    }

    async fn load_slot(&self, slot: &mut Slot, id: ConversationId) -> Result<Arc<Conversation>, Error> {
        if !slot.loaded {
            slot.state = self.load_conversation(id).await?;
            slot.loaded = true;
        }
        Ok(slot.state.clone().ok_or(Refusal::NotFound)?)
    }

    /// The search finds nothing of a conversation's past any more; what is said in it later is taken in as it comes.
    async fn forget_words(&self, id: ConversationId) -> Result<(), Error> {
        match self.index.get() {
            Some(index) => Ok(index.forget(id).await?),
            None => Ok(()),
        }
    }
}
