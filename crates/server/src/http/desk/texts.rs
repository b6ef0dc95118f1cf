//! Opened texts of rows and panels, kept for a minute: a hundred screens that show one chat open its bodies once. An
//! entry says of which events it is; what is of other events is opened anew.

use super::rows::Common;
use baton_core::event::{Brief, Trigger};
use baton_core::ids::{ConversationId, HandoverId, Ms, QueueId};
use baton_engine::Seqs;
use baton_kit::store::Offset;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

const ROWS: usize = 4_000;
const COMMONS: usize = 2_000;
const HISTORIES: usize = 500;
/// Short, so that what was erased is soon gone from here too.
const KEPT: Ms = 60_000;

/// The texts of a row.
#[derive(Debug, Default)]
pub(super) struct RowTexts {
    /// Of these events.
    pub(super) of: Seqs,
    pub(super) customer: Option<String>,
    pub(super) asked: Option<Arc<Asked>>,
    pub(super) last: Option<String>,
    pub(super) offer_note: Option<String>,
}

/// The newest request for a person.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) handover: HandoverId,
    pub(super) trigger: Trigger,
    pub(super) evidence: Vec<String>,
    /// What the customer wrote, if they asked in words.
    pub(super) wrote: Option<String>,
    /// Positions of the words that led to it.
    pub(super) turns: Vec<u64>,
    pub(super) contact: Option<String>,
    pub(super) by: Option<String>,
    pub(super) at: Ms,
}

/// What a whole stream says that its state does not keep.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) seq: u64,
    /// Number, opened, closed.
    pub(super) episodes: Vec<(u32, Ms, Option<Ms>)>,
    pub(super) brief: Option<Brief>,
    /// What the page attached.
    pub(super) attached: Map<String, Value>,
    /// What bots set in this episode.
    pub(super) set: Map<String, Value>,
    /// What bots tried in this episode.
    pub(super) tried: super::tried::Tries,
    /// All episodes.
    pub(super) past: super::earlier::Past,
}

/// How much stands in the lists that everybody shares: with bots, and of left messages in each line.
#[derive(Clone, Debug, Default)]
pub(super) struct House {
    pub(super) bot: u64,
    pub(super) messages: BTreeMap<QueueId, u64>,
}

/// The caches; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Texts(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rows: Mutex<Kept<ConversationId, RowTexts>>,
    histories: Mutex<Kept<ConversationId, History>>,
    commons: Mutex<Kept<ConversationId, Common>>,
    house: Mutex<Option<(Offset, Arc<House>)>>,
}

struct Kept<K, V> {
    all: HashMap<K, (Ms, Arc<V>)>,
    order: VecDeque<K>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { all: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Copy + Eq + Hash, V> Kept<K, V> {
    fn get(&self, key: &K, now: Ms) -> Option<Arc<V>> {
        self.all.get(key).filter(|(at, _)| now - at < KEPT).map(|(_, value)| value.clone())
    }

    fn put(&mut self, key: K, value: Arc<V>, now: Ms, most: usize) {
        if self.all.insert(key, (now, value)).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > most {
            if let Some(oldest) = self.order.pop_front() {
                self.all.remove(&oldest);
            }
        }
    }
}

impl Texts {
    pub(super) fn row(&self, id: ConversationId, now: Ms) -> Option<Arc<RowTexts>> {
        self.0.rows.lock().unwrap_or_else(PoisonError::into_inner).get(&id, now)
    }

    /// Keeps the time of the first reading, so that the entry does not live for ever by being extended.
    pub(super) fn keep_row(&self, id: ConversationId, texts: Arc<RowTexts>, now: Ms) {
        let mut kept = self.0.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let since = kept.all.get(&id).map(|(at, _)| *at).filter(|at| now - at < KEPT).unwrap_or(now);
        kept.put(id, texts, since, ROWS);
    }

    pub(super) fn common(&self, id: ConversationId, now: Ms) -> Option<Arc<Common>> {
        self.0.commons.lock().unwrap_or_else(PoisonError::into_inner).get(&id, now)
    }

    pub(super) fn keep_common(&self, id: ConversationId, common: Arc<Common>, now: Ms) {
        self.0.commons.lock().unwrap_or_else(PoisonError::into_inner).put(id, common, now, COMMONS);
    }

    /// What was counted when everything up to there had been told and nothing after it.
    pub(super) fn house(&self, told: Offset) -> Option<Arc<House>> {
        let house = self.0.house.lock().unwrap_or_else(PoisonError::into_inner);
        house.as_ref().filter(|(of, _)| *of == told).map(|(_, house)| house.clone())
    }

    pub(super) fn keep_house(&self, told: Offset, house: Arc<House>) {
        *self.0.house.lock().unwrap_or_else(PoisonError::into_inner) = Some((told, house));
    }

    pub(super) fn history(&self, id: ConversationId, now: Ms) -> Option<Arc<History>> {
        self.0.histories.lock().unwrap_or_else(PoisonError::into_inner).get(&id, now)
    }

    /// Keeps the time of the first reading, so that the entry does not live for ever by being extended.
    pub(super) fn keep_history(&self, id: ConversationId, history: Arc<History>, now: Ms) {
        let mut kept = self.0.histories.lock().unwrap_or_else(PoisonError::into_inner);
        let since = kept.all.get(&id).map(|(at, _)| *at).filter(|at| now - at < KEPT).unwrap_or(now);
        kept.put(id, history, since, HISTORIES);
    }
}
