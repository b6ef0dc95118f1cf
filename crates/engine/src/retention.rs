//! Retention: words are destroyed so many days after their episode closed, customers so many days after their last
//! conversation did, by the inbox's rules. A task goes round all conversations of inboxes with a rule, a bounded step at a
//! time. What it does may be cut off at any moment: the next round finds it again.

use crate::projections::RowData;
use crate::{Engine, Error};
use baton_core::actor::Part;
use baton_core::event::{Deed, ErasedBy, Handled};
use baton_core::ids::{ConversationId, InboxId, Ms, PersonId};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::privacy::Retention;
use baton_kit::store::{HolderKind, Row, RowFilter};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// How the rules stand, for whoever watches the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionState {
    /// Conversations whose words were erased since the hub started.
    pub conversations: u64,
    /// Customers who were.
    pub customers: u64,
    /// When everything had been looked at last.
    pub rounded: Option<Ms>,
    /// The last step failed; it is tried again.
    pub failing: bool,
}

/// What a rule would erase now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WouldErase {
    /// Conversations of which something would go.
    pub conversations: u64,
    /// Customers who would go.
    pub customers: u64,
    /// False: there are more conversations than were looked at.
    pub complete: bool,
}

#[derive(Default)]
pub(crate) struct Progress(Mutex<(RetentionState, Option<(Ms, ConversationId)>)>);

impl Progress {
    fn with<T>(&self, change: impl FnOnce(&mut RetentionState, &mut Option<(Ms, ConversationId)>) -> T) -> T {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, cursor) = &mut *kept;
        change(state, cursor)
    }
}

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    if let Err(error) = engine.erase_again().await {
        tracing::error!(%error, "what was erased before a restore is not erased in the log yet; tried at the next start");
    }
    if let Err(error) = engine.resume_erasures().await {
        tracing::error!(%error, "an erasure that was cut off could not be finished; it is tried at the next start");
    }
    while !*stop.borrow() {
        let more = match engine.retention_step().await {
            Ok(more) => {
                engine.retention.with(|state, _| state.failing = false);
                more
            }
            Err(error) => {
                tracing::warn!(%error, "the retention rules could not be followed; tried again");
                engine.retention.with(|state, _| state.failing = true);
                false
            }
        };
        let wait = if more { limits::RETENTION_NEXT } else { limits::RETENTION_REST };
        tokio::select! {
            biased;
            () = engine.runtime.sleep_until(engine.now() + wait) => {}
            () = engine.wake.retention.notified() => {}
            _ = stop.changed() => {}
        }
    }
}

/// When the oldest of a conversation's episodes closed whose words are kept. A row that was written before this was noted
/// says when its last one did.
fn kept(row: &Row, data: &RowData) -> Option<Ms> {
    data.kept.or_else(|| (row.holder == HolderKind::Nobody && data.erased.is_none()).then_some(data.since))
}

fn gone(data: &RowData) -> bool {
    matches!(data.erased, Some((_, ErasedBy::Customer)))
}

fn read(row: &Row) -> Result<RowData, Error> {
    serde_json::from_slice(&row.data).map_err(|error| Error::Unreadable(error.to_string()))
}

impl Engine {
    fn retention_rules(&self) -> BTreeMap<InboxId, Retention> {
        let settings = self.settings();
        let rules = settings.privacy.iter().map(|(id, privacy)| (*id, privacy.retention.clone()));
        rules.filter(|(_, rule)| *rule != Retention::default()).collect()
    }

    /// One bounded step. True: there is more to look at.
    pub(crate) async fn retention_step(&self) -> Result<bool, Error> {
        let rules = self.retention_rules();
        if rules.is_empty() {
            self.retention.with(|_, cursor| *cursor = None);
            return Ok(false);
        }
        let now = self.now();
        let after = self.retention.with(|_, cursor| *cursor);
        let filter = RowFilter {
            inboxes: rules.keys().copied().collect(),
            after,
            limit: limits::RETENTION_ROUND,
            ..RowFilter::default()
        };
        let permit = Permit::system(Part::Policy);
        let rows = self.rows(&permit, filter).await?;
        let more = rows.len() == limits::RETENTION_ROUND;
        for row in &rows {
            let data = read(row)?;
            let Some(rule) = rules.get(&data.inbox).filter(|_| !gone(&data)) else { continue };
            if let (Some(before), Some(closed), Some(days)) =
                (rule.texts_before(now), kept(row, &data), rule.texts_days)
                && closed < before
                && self.erase_words(&permit, row.id, ErasedBy::Rule { days }, Some(before)).await?
            {
                metrics::counter!("baton_retention_erased_total").increment(1);
                self.retention.with(|state, _| state.conversations += 1);
            }
            // Another row of this step may have been theirs.
            if self.customer_due(&rules, row, &data, now).await?
                && !self.state(row.id).await?.is_some_and(|state| state.gone())
            {
                let handled = Handled { deed: Deed::Erased, person: data.person, conversation: None, of: None };
                self.account(&permit, handled, "The retention rule of the inbox.").await?;
                self.resume_erasures().await?;
                self.retention.with(|state, _| state.customers += 1);
            }
        }
        self.retention.with(|state, cursor| {
            *cursor = rows.last().filter(|_| more).map(|row| (row.sort, row.id));
            if !more {
                state.rounded = Some(now);
            }
        });
        Ok(more)
    }

    /// Whether this customer is to go: each conversation of theirs is closed for longer than its inbox keeps customers.
    async fn customer_due(
        &self,
        rules: &BTreeMap<InboxId, Retention>,
        row: &Row,
        data: &RowData,
        now: Ms,
    ) -> Result<bool, Error> {
        let old = |row: &Row, data: &RowData| {
            let before = rules.get(&data.inbox).and_then(|rule| rule.customers_before(now));
            row.holder == HolderKind::Nobody && before.is_some_and(|before| data.since.max(data.said_at) < before)
        };
        if !old(row, data) {
            return Ok(false);
        }
        for other in self.of_person(data.person).await? {
            if !old(&other, &read(&other)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a rule would erase now if it were this inbox's. Nothing is changed.
    ///
    /// # Errors
    /// The store's own.
    pub async fn would_erase(&self, permit: &Permit, inbox: InboxId, rule: &Retention) -> Result<WouldErase, Error> {
        let mut rules = self.retention_rules();
        rules.insert(inbox, rule.clone());
        let now = self.now();
        let (mut out, mut after, mut looked) = (WouldErase::default(), None, 0);
        let mut customers: HashSet<PersonId> = HashSet::new();
        loop {
            let limit = limits::RETENTION_ROUND;
            let filter = RowFilter { inboxes: vec![inbox], after, limit, ..RowFilter::default() };
            let rows = self.rows(permit, filter).await?;
            for row in &rows {
                let data = read(row)?;
                if gone(&data) {
                    continue;
                }
                let texts =
                    rule.texts_before(now).zip(kept(row, &data)).is_some_and(|(before, closed)| closed < before);
                let customer = customers.contains(&data.person) || self.customer_due(&rules, row, &data, now).await?;
                if customer {
                    customers.insert(data.person);
                }
                out.conversations += u64::from(texts || customer);
            }
            looked += rows.len();
            after = rows.last().map(|row| (row.sort, row.id));
            let full = rows.len() == limit;
            if !full || looked >= limits::RETENTION_DRY {
                out.customers = customers.len() as u64;
                out.complete = !full;
                return Ok(out);
            }
        }
    }

    /// How the retention rules stand.
    pub fn retention_state(&self) -> RetentionState {
        self.retention.with(|state, _| *state)
    }
}
