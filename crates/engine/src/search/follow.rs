//! Follows the log and feeds the index: behind the commits, in bounded batches, from where it stopped.

use super::words::{adjoin, language, words};
use super::{Search, pair, texts};
use crate::Error;
use crate::projections::RowData;
use crate::seal::open_event;
use baton_core::event::{Fact, Stream};
use baton_core::ids::{ConversationId, Ms};
use baton_core::limits;
use baton_kit::bus::Signal;
use baton_kit::search::{Batch, Entry, Token};
use baton_kit::store::{Offset, SealedEvent};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// The poll that covers lost hints, and the pause after a failure.
const POLL: Ms = 5_000;
/// Pieces of upkeep between two batches of a log that goes on.
const UPKEEP: usize = 4;
/// Hints during one batch from which on the hub counts as busy.
const BUSY: usize = 500;
/// A busy hub's index rests so many times as long as a batch took.
const REST: Ms = 4;
/// Conversations whose language is remembered.
const LANGUAGES: usize = 20_000;

pub(crate) async fn run(search: Arc<Search>, mut stop: watch::Receiver<bool>) {
    let engine = search.engine.clone();
    let mut signals = engine.subscribe();
    let mut follower = Follower { search, languages: HashMap::new() };
    let mut far = false;
    if let Err(error) = follower.begin().await {
        tracing::warn!(%error, "the search index cannot be read; tried again");
    }
    while !*stop.borrow() {
        let began = engine.now();
        let wait = match follower.step().await {
            Ok(true) => {
                far |= follower.tell(far).await;
                // Messages first: where many came in the meantime, most of the time is theirs.
                if signals.len() >= BUSY {
                    signals = signals.resubscribe();
                    let now = engine.now();
                    tokio::select! {
                        biased;
                        _ = stop.changed() => return,
                        () = engine.runtime.sleep_until(now + REST * (now - began)) => {}
                    }
                }
                continue;
            }
            Ok(false) => {
                if std::mem::take(&mut far) {
                    tracing::info!("the search index has caught up");
                }
                limits::SEARCH_GATHER
            }
            Err(error) => {
                tracing::warn!(%error, "the search index is behind; tried again");
                POLL
            }
        };
        let poll = engine.now() + POLL;
        loop {
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                () = engine.runtime.sleep_until(poll) => break,
                signal = signals.recv() => match signal {
                    Ok(Signal::Appended { .. }) | Err(RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
        // What is said within the same moment is taken in together.
        tokio::select! {
            biased;
            () = engine.runtime.sleep_until(engine.now() + wait) => {}
            _ = stop.changed() => return,
        }
    }
}

struct Follower {
    search: Arc<Search>,
    languages: HashMap<ConversationId, String>,
}

impl Follower {
    /// An index that is ahead of its log is of another one.
    async fn begin(&self) -> Result<(), Error> {
        let (at, end) = (self.search.index.position().await?, self.search.engine.store.end().await?);
        if at > end {
            tracing::warn!("the search index is ahead of the log; it is built anew");
            self.search.index.reset().await?;
        }
        self.search.read_words().await
    }

    /// Says how far behind it is, once in a while. True: it was far.
    async fn tell(&self, told: bool) -> bool {
        let behind = self.search.behind().await.unwrap_or(0);
        metrics::gauge!("baton_search_behind_events").set(behind as f64);
        let far = behind > 10 * limits::SEARCH_BATCH as u64;
        if far && !told {
            tracing::info!(behind, "the search index is catching up");
        }
        far
    }

    /// One batch, or one piece of upkeep if there is none. True: there is more to do.
    async fn step(&mut self) -> Result<bool, Error> {
        let search = self.search.clone();
        let at = search.index.position().await?;
        let page = search.engine.store.tail(at, limits::SEARCH_BATCH).await?;
        let Some((upto, ..)) = page.last().copied() else {
            metrics::gauge!("baton_search_behind_events").set(0.0);
            return Ok(search.index.tidy().await?);
        };
        let more = page.len() == limits::SEARCH_BATCH;
        let (entries, common) = self.entries(&page).await?;
        search.index.apply(Batch { entries, upto }).await?;
        search.keep(common).await?;
        for _ in 0..UPKEEP {
            if !search.index.tidy().await? {
                return Ok(more);
            }
        }
        Ok(true)
    }

    /// What there is to find in these events, and words that may have become common.
    async fn entries(&mut self, page: &[(Offset, Stream, u64)]) -> Result<(Vec<Entry>, Vec<(Token, String)>), Error> {
        let events = self.read(page).await?;
        let (mut entries, mut common) = (Vec::new(), BTreeSet::new());
        for (_, stream, seq) in page {
            let Stream::Conversation(id) = *stream else { continue };
            if let Some(event) = events.get(&(id, *seq)) {
                entries.extend(self.entry(id, event, &mut common).await?);
            }
        }
        Ok((entries, common.into_iter().collect()))
    }

    /// The events of a page, with one reading for each conversation.
    async fn read(&self, page: &[(Offset, Stream, u64)]) -> Result<HashMap<(ConversationId, u64), SealedEvent>, Error> {
        let mut spans: HashMap<ConversationId, (u64, u64)> = HashMap::new();
        for (_, stream, seq) in page {
            if let Stream::Conversation(id) = stream {
                let (first, last) = spans.entry(*id).or_insert((*seq, *seq));
                (*first, *last) = ((*first).min(*seq), (*last).max(*seq));
            }
        }
        let mut out = HashMap::with_capacity(page.len());
        for (id, (first, last)) in spans {
            let mut after = first - 1;
            while after < last {
                let limit = usize::try_from(last - after).unwrap_or(limits::PAGE).min(limits::PAGE);
                let events = self.search.engine.store.read(Stream::Conversation(id), after, limit).await?;
                let Some(newest) = events.last() else { break };
                after = newest.seq;
                out.extend(events.into_iter().map(|event| ((id, event.seq), event)));
            }
        }
        Ok(out)
    }

    async fn entry(
        &mut self,
        id: ConversationId,
        event: &SealedEvent,
        common: &mut BTreeSet<(Token, String)>,
    ) -> Result<Option<Entry>, Error> {
        let search = self.search.clone();
        let opened = match open_event(&search.engine.keyring, search.engine.store.identity().workspace, event).await {
            Ok(opened) => opened,
            Err(Error::Unreadable(why)) => {
                tracing::warn!(conversation = %id, seq = event.seq, why, "an event is not searched");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let opens = if let Fact::Opened(fact) = &opened.header.fact {
            self.remember(id, fact.language.clone());
            true
        } else {
            false
        };
        let mut tokens: BTreeSet<Token> = texts::marks(&opened).into_iter().map(|mark| search.mark(mark)).collect();
        for text in texts::texts(&opened) {
            let own = language(&text);
            let spoken = self.language(id).await?;
            let languages: Vec<&str> = [Some(spoken.as_str()), own].into_iter().flatten().collect();
            search.tokens(id, &text, &languages, &mut tokens, common);
        }
        if tokens.is_empty() && !opens {
            return Ok(None);
        }
        let (seq, at, by) = (opened.header.seq, opened.header.at, texts::by(&opened.header.actor));
        Ok(Some(Entry { conversation: id, seq, at, opens, by, tokens: tokens.into_iter().collect() }))
    }

    fn remember(&mut self, id: ConversationId, language: String) {
        if self.languages.len() >= LANGUAGES {
            self.languages.clear();
        }
        self.languages.insert(id, language);
    }

    /// The language of a conversation.
    async fn language(&mut self, id: ConversationId) -> Result<String, Error> {
        if let Some(language) = self.languages.get(&id) {
            return Ok(language.clone());
        }
        let row = self.search.engine.row_now(id).await?;
        let data = row.and_then(|row| serde_json::from_slice::<RowData>(&row.data).ok());
        let language = data.map(|data| data.language).unwrap_or_default();
        self.remember(id, language.clone());
        Ok(language)
    }
}

impl Search {
    /// The tokens of a text.
    fn tokens(
        &self,
        of: ConversationId,
        text: &str,
        languages: &[&str],
        tokens: &mut BTreeSet<Token>,
        common: &mut BTreeSet<(Token, String)>,
    ) {
        let words = words(text);
        let mut forms = BTreeSet::new();
        for (at, word) in words.iter().enumerate() {
            forms.clear();
            self.forms.of(word, languages, &mut forms);
            tokens.extend(forms.iter().filter(|form| !form.is_empty()).map(|form| self.token(form)));
            if let Some(next) = words.get(at + 1).filter(|next| adjoin(word, next)) {
                tokens.insert(self.token(&pair(word, next)));
            }
            common.extend(self.count(self.token(&word.folded), word, of));
        }
    }
}
