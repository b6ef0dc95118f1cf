//! States in memory: a cache of what the log says, one lock per conversation and per agent, so that writers of one node
//! do not race each other. The store's expected seq is what protects against other nodes.

use crate::behind::Listed;
use crate::{Engine, Error};
use baton_core::agent::Agent;
use baton_core::conversation::Conversation;
use baton_core::event::{Header, Stream, chain, start_of_chain};
use baton_core::ids::{AgentId, ConversationId, Hash32, Ms};
use baton_core::limits;
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
    pub(crate) state: Option<Conversation>,
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

impl Engine {
    /// Folds a whole stream of headers, page by page; calls `each` with the header and the chain after it.
    pub(crate) async fn fold(&self, stream: Stream, mut each: impl FnMut(&Header, Hash32)) -> Result<(), Error> {
        let mut at = start_of_chain(stream);
        let mut after = 0;
        loop {
            let page = self.store.headers(stream, after, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            for bytes in page {
                let header = Header::from_bytes(&bytes).map_err(|error| Error::Unreadable(error.to_string()))?;
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

    pub(crate) async fn load_conversation(&self, id: ConversationId) -> Result<Option<Conversation>, Error> {
        let mut state: Option<Conversation> = None;
        self.fold(Stream::Conversation(id), |header, chain| {
            match &mut state {
                Some(state) => state.apply(header),
                none => *none = Conversation::begin(id, header),
            }
            if let Some(state) = &mut state {
                state.head.chain = chain;
            }
        })
        .await?;
        Ok(state)
    }

    pub(crate) async fn load_agent(&self, id: AgentId) -> Result<Agent, Error> {
        let mut agent = Agent::new(id);
        self.fold(Stream::Agent(id), |header, chain| {
            agent.apply(header);
            agent.head.chain = chain;
        })
        .await?;
        Ok(agent)
    }

    /// The state of a conversation as it is now.
    pub(crate) async fn state(&self, id: ConversationId) -> Result<Option<Conversation>, Error> {
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
