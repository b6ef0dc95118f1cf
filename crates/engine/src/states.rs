//! States in memory: a cache of what the log says, one lock per conversation and per agent, so that writers of one node
//! do not race each other. The store's expected seq is what protects against other nodes.

use crate::behind::Listed;
use crate::{Engine, Error};
use baton_core::agent::Agent;
use baton_core::conversation::{Conversation, FOLD, Head};
use baton_core::event::{Header, Stream, chain, start_of_chain};
use baton_core::ids::{AgentId, ConversationId, Hash32, Ms};
use baton_core::limits;
use baton_kit::store::Snapshot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// A conversation as it is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// Read from the store at least once.
    pub(crate) loaded: bool,
    /// The state, if it has begun.
    pub(crate) state: Option<Arc<Conversation>>,
    /// The deadline that stands in the store, if it is known.
    pub(crate) armed: Option<Ms>,
    /// How its row was written last by this process, as far as lists are searched by it.
    pub(crate) listed: Option<Listed>,
}

type Slots<K, V> = Mutex<HashMap<K, Arc<AsyncMutex<V>>>>;

#[derive(Default)]
pub(crate) struct States {
    conversations: Slots<ConversationId, Slot>,
    agents: Slots<AgentId, Option<Agent>>,
}

fn slot<K: Eq + Hash + Copy, V: Default>(slots: &Slots<K, V>, id: K, most: usize) -> Arc<AsyncMutex<V>> {
    let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
    if slots.len() >= most && !slots.contains_key(&id) {
        // What nobody uses now goes; a state can always be folded again.
        let mut keep = most / 2;
        slots.retain(|_, slot| {
            Arc::strong_count(slot) > 1 || {
                keep = keep.saturating_sub(1);
                keep > 0
            }
        });
    }
    slots.entry(id).or_default().clone()
}

impl States {
    pub(crate) fn conversation(&self, id: ConversationId) -> Arc<AsyncMutex<Slot>> {
        slot(&self.conversations, id, limits::STATES)
    }

    pub(crate) fn agent(&self, id: AgentId) -> Arc<AsyncMutex<Option<Agent>>> {
        slot(&self.agents, id, limits::STATES)
    }
}

/// A state that is folded from a stream, header by header. Only what is kept as a snapshot needs to be one.
pub(crate) trait Folded: Serialize + DeserializeOwned + Send {
    /// Applies the next header; none: the stream has not begun.
    fn next(state: &mut Option<Self>, stream: Stream, header: &Header);
    /// The end of the stream in it.
    fn head(&mut self) -> &mut Head;
    /// Which stream it was folded from.
    fn stream(&self) -> Stream;
}

impl Folded for Conversation {
    fn next(state: &mut Option<Self>, stream: Stream, header: &Header) {
        match (&mut *state, stream) {
            (Some(state), _) => state.apply(header),
            (None, Stream::Conversation(id)) => *state = Self::begin(id, header),
            (None, _) => {}
        }
    }

    fn head(&mut self) -> &mut Head {
        &mut self.head
    }

    fn stream(&self) -> Stream {
        Stream::Conversation(self.id)
    }
}

impl Folded for Agent {
    fn next(state: &mut Option<Self>, stream: Stream, header: &Header) {
        if let (None, Stream::Agent(id)) = (&state, stream) {
            *state = Some(Self::new(id));
        }
        if let Some(state) = state {
            state.apply(header);
        }
    }

    fn head(&mut self) -> &mut Head {
        &mut self.head
    }

    fn stream(&self) -> Stream {
        Stream::Agent(self.id)
    }
}

/// A state as a snapshot: its hash, then its JSON.
fn packed<T: Folded>(state: &mut T) -> Option<Snapshot> {
    let json = serde_json::to_vec(state).ok()?;
    let sum = chain(start_of_chain(state.stream()), &json);
    Some(Snapshot { seq: state.head().seq, level: FOLD, state: [sum.0.as_slice(), &json].concat() })
}

/// The state of a snapshot, if this version made it of this stream and not a bit of it has changed.
fn unpacked<T: Folded>(stream: Stream, snapshot: &Snapshot) -> Option<T> {
    let (sum, json) = snapshot.state.split_first_chunk::<32>()?;
    let whole = snapshot.level == FOLD && chain(start_of_chain(stream), json).0 == *sum;
    let mut state: T = whole.then(|| serde_json::from_slice(json).ok())??;
    (state.head().seq == snapshot.seq && state.stream() == stream).then_some(state)
}

fn read(bytes: &[u8]) -> Result<Header, Error> {
    Header::from_bytes(bytes).map_err(|error| Error::Unreadable(error.to_string()))
}

impl Engine {
    /// Folds a whole stream of headers, page by page; calls `each` with the header and the chain after it.
    pub(crate) async fn fold(&self, stream: Stream, mut each: impl FnMut(&Header, Hash32)) -> Result<(), Error> {
        let mut at = start_of_chain(stream);
        let mut after = 0;
        loop {
            let page = self.store.headers(stream, after, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            for bytes in page {
                let header = read(&bytes)?;
                if header.previous != at {
                    return Err(Error::Unreadable(format!("the chain of {stream} is broken at {}", header.seq)));
                }
                at = chain(at, &bytes);
                after = header.seq;
                each(&header, at);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Folds a state. A long stream begins with its snapshot, if there is a good one, and gets a newer one if much came
    /// after that; it is written behind, and nobody waits for it.
    async fn load<T: Folded>(&self, stream: Stream) -> Result<Option<T>, Error> {
        let first = self.store.headers(stream, 0, limits::PAGE).await?;
        let long = first.len() == limits::PAGE;
        let mut state = None;
        if long && let Some(kept) = self.store.snapshot(stream).await? {
            state = self.onward(stream, &kept).await?;
        }
        let from = state.as_ref().map_or(0, |(_, from)| *from);
        let mut state: Option<T> = state.map(|(state, _)| state);
        if state.is_none() {
            self.add(stream, &mut state, &first)?;
            while let Some(after) = state.as_mut().map(|state| state.head().seq).filter(|_| long) {
                let page = self.store.headers(stream, after, limits::PAGE).await?;
                self.add(stream, &mut state, &page)?;
                if page.len() < limits::PAGE {
                    break;
                }
            }
        }
        if long
            && let Some(state) = &mut state
            && state.head().seq >= from + limits::PAGE as u64
            && let Some(snapshot) = packed(state)
        {
            let store = self.store.clone();
            self.runtime.spawn(
                "snapshot",
                Box::pin(async move {
                    if let Err(error) = store.put_snapshot(stream, snapshot).await {
                        tracing::debug!(%error, "a snapshot was not kept; the next reader folds again");
                    }
                }),
            );
        }
        Ok(state)
    }

    /// A snapshot's state with all that came after it, and the snapshot's seq; none: it is not of this stream as it is.
    async fn onward<T: Folded>(&self, stream: Stream, kept: &Snapshot) -> Result<Option<(T, u64)>, Error> {
        let Some(mut state) = unpacked::<T>(stream, kept) else { return Ok(None) };
        // Its own last event is read again: the chain there says whether all before it is what was folded.
        let mut page = self.store.headers(stream, kept.seq.saturating_sub(1), limits::PAGE).await?;
        let Some(last) = page.first() else { return Ok(None) };
        let header = read(last)?;
        if header.seq != kept.seq || chain(header.previous, last) != state.head().chain {
            return Ok(None);
        }
        page.remove(0);
        let mut full = page.len() + 1 == limits::PAGE;
        let mut state = Some(state);
        loop {
            self.add(stream, &mut state, &page)?;
            match &mut state {
                Some(state) if full => page = self.store.headers(stream, state.head().seq, limits::PAGE).await?,
                _ => return Ok(state.map(|state| (state, kept.seq))),
            }
            full = page.len() == limits::PAGE;
        }
    }

    /// Adds headers to a state; each must follow the one before.
    fn add<T: Folded>(&self, stream: Stream, state: &mut Option<T>, headers: &[Vec<u8>]) -> Result<(), Error> {
        for bytes in headers {
            let header = read(bytes)?;
            let at = state.as_mut().map_or_else(|| start_of_chain(stream), |state| state.head().chain);
            if header.previous != at {
                return Err(Error::Unreadable(format!("the chain of {stream} is broken at {}", header.seq)));
            }
            T::next(state, stream, &header);
            if let Some(state) = state {
                state.head().chain = chain(at, bytes);
            }
        }
        Ok(())
    }

    pub(crate) async fn load_conversation(&self, id: ConversationId) -> Result<Option<Arc<Conversation>>, Error> {
        Ok(self.load(Stream::Conversation(id)).await?.map(Arc::new))
    }

    pub(crate) async fn load_agent(&self, id: AgentId) -> Result<Agent, Error> {
        Ok(self.load(Stream::Agent(id)).await?.unwrap_or_else(|| Agent::new(id)))
    }

    /// The state of a conversation as it is now.
    pub(crate) async fn state(&self, id: ConversationId) -> Result<Option<Arc<Conversation>>, Error> {
        let slot = self.states.conversation(id);
        let mut slot = slot.lock().await;
        if !slot.loaded {
            slot.state = self.load_conversation(id).await?;
            slot.loaded = true;
        }
        Ok(slot.state.clone())
    }

    /// The state of an agent as it is now.
    pub(crate) async fn agent_state(&self, id: AgentId) -> Result<Agent, Error> {
        let slot = self.states.agent(id);
        let mut slot = slot.lock().await;
        if let Some(agent) = &*slot {
            return Ok(agent.clone());
        }
        let agent = self.load_agent(id).await?;
        *slot = Some(agent.clone());
        Ok(agent)
    }
}
