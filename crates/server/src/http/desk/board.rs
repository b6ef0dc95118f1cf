//! How things stand: counts of the store and of the lines, each equal to the total of a list that a click opens. Demo
//! data are in none of them.

use super::{Desk, View};
use crate::app::App;
use crate::demo;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::event::Object;
use baton_core::hours::start_of_day;
use baton_core::ids::{InboxId, Ms};
use baton_core::permission::{Action, Permit};
use baton_core::sabotage::{Invariant, off};
use baton_engine::{Alert, entries};
use baton_kit::store::{EntryFilter, HolderKind, RowFilter};
use serde_json::{Map, Value, json};

pub(super) async fn board(desk: Desk) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    Ok(axum::Json(desk.view()?.board(&permit).await?).into_response())
}

/// Inboxes that hold demo data.
pub(super) fn demo_inboxes(app: &App) -> Vec<InboxId> {
    let config = app.engine.config();
    config.all(Object::Inbox).filter(|(_, _, json)| demo::marked(json)).map(|(id, ..)| InboxId(id)).collect()
}

/// The house's own inbox that stands for all: the first by age.
fn first_inbox(app: &App, without: &[InboxId]) -> Option<InboxId> {
    app.engine.settings().inboxes.keys().find(|id| !without.contains(id)).copied()
}

/// The clock by which the house counts its days.
fn time_zone(app: &App, without: &[InboxId]) -> String {
    let settings = app.engine.settings();
    let mut zones = settings
        .inboxes
        .iter()
        .filter(|(id, _)| !without.contains(id))
        .filter_map(|(_, inbox)| inbox.time_zone.clone());
    zones.next().unwrap_or_else(|| "UTC".to_owned())
}

impl View {
    /// The whole board.
    pub(super) async fn board(&self, permit: &Permit) -> Result<Value, Problem> {
        let engine = &self.app.engine;
        let without = demo_inboxes(&self.app);
        let now = engine.runtime().now();
        let zone = time_zone(&self.app, &without);
        let since = start_of_day(&zone, now);
        let held = |holders: &[HolderKind]| RowFilter {
            holders: holders.to_vec(),
            without: without.clone(),
            ..RowFilter::default()
        };
        let count = async |filter| engine.count_rows(permit, filter).await;
        let waiting = held(&[HolderKind::Queue]);
        let longest = engine.rows(permit, RowFilter { limit: 1, ..waiting.clone() }).await?;
        let later = held(&[HolderKind::Later]);
        let overdue = RowFilter { due_before: Some(now), ..later.clone() };
        let (agents, somebody) = self.board_agents(permit, &without, now).await?;
        let customers_read = match somebody {
            true => None,
            false => first_inbox(&self.app, &without).and_then(|inbox| engine.would_be_told(inbox)),
        };
        Ok(json!({
            "at": now,
            "since": since,
            "time_zone": zone,
            "waiting": {"count": count(waiting).await?, "longest_since": longest.first().map(|row| row.sort)},
            "messages": {
                "count": count(later.clone()).await?,
                "due_next": engine.next_row_due(permit, later).await?,
                "overdue": count(overdue).await?,
            },
            "with_bot": count(held(&[HolderKind::Bot])).await?,
            "with_people": count(held(&[HolderKind::Agent, HolderKind::Target])).await?,
            "agents": agents,
            "handovers": self.board_handovers(permit, without, since).await?,
            "alerts": self.app.engine.alerts().borrow().iter().map(|alert| alert_json(&self.app, alert)).collect::<Vec<_>>(),
            "customers_read": customers_read,
            "demo_excluded": true,
        }))
    }

    /// People of the house, and whether one of them is there.
    async fn board_agents(&self, permit: &Permit, without: &[InboxId], now: Ms) -> Result<(Vec<Value>, bool), Problem> {
        let engine = &self.app.engine;
        let config = engine.config();
        let (mut agents, mut somebody) = (Vec::new(), false);
        for (id, card) in config.settings.agents.iter().filter(|(_, card)| card.active) {
            if config.get(Object::Agent, id.0).is_some_and(demo::marked) {
                continue;
            }
            let state = engine.agent(permit, *id).await?;
            let reachable = engine.reach().reachable(*id, now);
            somebody |= state.available && reachable;
            let chats = RowFilter {
                holders: vec![HolderKind::Agent],
                holder_id: Some(id.0),
                without: without.to_vec(),
                ..RowFilter::default()
            };
            agents.push(json!({
                "id": id, "name": card.name, "available": state.available, "reachable": reachable,
                "load": state.load(), "capacity": card.capacity, "since": (state.since > 0).then_some(state.since),
                "chats": engine.count_rows(permit, chats).await?,
            }));
        }
        Ok((agents, somebody))
    }

    /// Today's requests for a person, counted every way.
    async fn board_handovers(&self, permit: &Permit, without: Vec<InboxId>, since: Ms) -> Result<Value, Problem> {
        let filter =
            EntryFilter { list: entries::HANDOVERS.into(), from: Some(since), without, ..EntryFilter::default() };
        let (mut asked, mut open) = (0, 0);
        let (mut by_trigger, mut by_answer, mut by_outcome) = (Map::new(), Map::new(), Map::new());
        let add = |into: &mut Map<String, Value>, word: String, count: u64| {
            let old = into.get(&word).and_then(Value::as_u64).unwrap_or(0);
            into.insert(word, json!(old + count));
        };
        for tally in self.app.engine.tally(permit, filter).await? {
            let [trigger, answer] = tally.marks;
            asked += tally.count;
            add(&mut by_trigger, trigger, tally.count);
            if !answer.is_empty() {
                add(&mut by_answer, answer, tally.count);
            }
            match tally.state.as_str() {
                entries::OPEN => open += tally.count,
                _ => add(&mut by_outcome, tally.state, tally.count),
            }
        }
        asked += u64::from(off(Invariant::NumbersFromHeaders));
        Ok(json!({
            "asked": asked, "open": open, "by_trigger": by_trigger, "by_answer": by_answer, "by_outcome": by_outcome,
        }))
    }
}

/// An alert as supervisors read it.
pub(super) fn alert_json(app: &App, alert: &Alert) -> Value {
    let queue = json!({"id": alert.queue, "name": app.engine.settings().queue_name(alert.queue)});
    json!({"kind": alert.kind.word(), "since": alert.since, "queue": queue})
}
