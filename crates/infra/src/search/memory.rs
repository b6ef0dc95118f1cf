//! The reference index: everything in memory behind one lock, looked through from end to end. For tests.

use super::pick::pick;
use async_trait::async_trait;
use baton_core::ids::{ConversationId, Ms};
use baton_kit::search::{Batch, By, Clause, FEWEST, Found, LAST_SEQ, Page, Place, SearchIndex, Token, Wanted};
use baton_kit::store::{Error, Offset};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An index that lives as long as its process.
#[derive(Default)]
pub struct MemoryIndex(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    position: Offset,
    last: u64,
    episodes: BTreeMap<u64, Episode>,
    words: BTreeMap<Token, Vec<u8>>,
}

struct Episode {
    conversation: ConversationId,
    first: Ms,
    last: Ms,
    events: Vec<Event>,
}

struct Event {
    seq: u64,
    by: By,
    tokens: HashSet<Token>,
}

fn holds(clause: &Clause, event: &Event) -> bool {
    clause.by.is_none_or(|by| by == event.by)
        && clause.words.iter().all(|forms| forms.iter().any(|form| event.tokens.contains(form)))
}

impl Episode {
    fn has(&self, clause: &Clause) -> bool {
        self.events.iter().any(|event| holds(clause, event))
    }

    fn wanted(&self, wanted: &Wanted) -> bool {
        !wanted.all.is_empty()
            && wanted.only.as_ref().is_none_or(|only| only.contains(&self.conversation))
            && wanted.from.is_none_or(|from| self.last >= from)
            && wanted.to.is_none_or(|to| self.first <= to)
            && wanted.all.iter().all(|clause| self.has(clause))
            && !wanted.none.iter().any(|clause| self.has(clause))
    }

    fn seqs(&self, wanted: &Wanted) -> Vec<u64> {
        let clauses = |event: &Event| {
            let met = wanted.all.iter().enumerate().filter(|(_, clause)| holds(clause, event));
            met.fold(0u32, |all, (at, _)| all | 1 << at)
        };
        pick(self.events.iter().map(|event| (event.seq, clauses(event))).filter(|(_, clauses)| *clauses > 0).collect())
    }
}

impl MemoryIndex {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn spread(&self, token: Token, most: u32) -> u32 {
        let with = self.episodes.values().filter(|one| one.events.iter().any(|event| event.tokens.contains(&token)));
        let all: HashSet<_> = with.map(|episode| episode.conversation).collect();
        u32::try_from(all.len()).unwrap_or(u32::MAX).min(most)
    }

    fn take(&mut self, entry: baton_kit::search::Entry) {
        let current = self.episodes.iter().rev().find(|(_, one)| one.conversation == entry.conversation);
        let place = match current.map(|(place, _)| *place) {
            Some(place) if !entry.opens => place,
            _ => {
                self.last += 1;
                self.last
            }
        };
        let episode = self.episodes.entry(place).or_insert(Episode {
            conversation: entry.conversation,
            first: entry.at,
            last: entry.at,
            events: Vec::new(),
        });
        episode.last = entry.at;
        episode.events.push(Event { seq: entry.seq, by: entry.by, tokens: entry.tokens.into_iter().collect() });
    }
}

#[async_trait]
impl SearchIndex for MemoryIndex {
    async fn position(&self) -> Result<Offset, Error> {
        Ok(self.inner().position)
    }

    async fn apply(&self, batch: Batch) -> Result<(), Error> {
        let mut inner = self.inner();
        if batch.upto <= inner.position {
            return Ok(());
        }
        batch.entries.into_iter().filter(|entry| entry.seq <= LAST_SEQ).for_each(|entry| inner.take(entry));
        inner.position = batch.upto;
        Ok(())
    }

    async fn tidy(&self) -> Result<bool, Error> {
        let mut inner = self.inner();
        let rare: Vec<_> = inner.words.keys().copied().filter(|token| inner.spread(*token, FEWEST) < FEWEST).collect();
        rare.iter().for_each(|token| drop(inner.words.remove(token)));
        Ok(false)
    }

    async fn find(&self, wanted: Wanted) -> Result<Page, Error> {
        let inner = self.inner();
        let (mut page, mut seen) = (Page::default(), HashMap::new());
        for (place, episode) in inner.episodes.iter().rev().filter(|(_, episode)| episode.wanted(&wanted)) {
            page.total += 1;
            let newest = *seen.entry(episode.conversation).or_insert(place) == place;
            if !newest || wanted.before.is_some_and(|before| *place >= before.0) {
                continue;
            }
            if page.found.len() == wanted.limit {
                page.more = true;
                continue;
            }
            let (place, conversation) = (Place(*place), episode.conversation);
            page.found.push(Found { place, conversation, seqs: episode.seqs(&wanted) });
        }
        Ok(page)
    }

    async fn spread(&self, tokens: Vec<Token>, most: u32) -> Result<Vec<u32>, Error> {
        let inner = self.inner();
        Ok(tokens.into_iter().map(|token| inner.spread(token, most)).collect())
    }

    async fn keep_words(&self, words: Vec<(Token, Vec<u8>)>) -> Result<(), Error> {
        self.inner().words.extend(words);
        Ok(())
    }

    async fn words(&self) -> Result<Vec<(Token, Vec<u8>)>, Error> {
        Ok(self.inner().words.iter().map(|(token, word)| (*token, word.clone())).collect())
    }

    async fn forget(&self, conversation: ConversationId) -> Result<(), Error> {
        self.inner().episodes.retain(|_, episode| episode.conversation != conversation);
        Ok(())
    }

    async fn reset(&self) -> Result<(), Error> {
        *self.inner() = Inner::default();
        Ok(())
    }
}
