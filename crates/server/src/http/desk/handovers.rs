//! The handovers behind a figure of the board.

use super::Desk;
use super::board::demo_inboxes;
use super::lists::{read_cursor, write_cursor};
use super::wire;
use crate::json::Query;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::event::{Outcome, Trigger};
use baton_core::ids::{ConversationId, Ms, reference};
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::settings::Settings;
use baton_engine::entries::{self, HandoverData, word};
use baton_kit::store::{Entry, EntryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The words of an answer, without what goes along.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerWord {
    Queued,
    Assigned,
    Opening,
    Already,
    Refused,
}

/// The words of an outcome, and of none yet.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Open,
    Accepted,
    Abandoned,
    Withdrawn,
    Redirected,
    Refused,
    Failed,
    Expired,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    from: Option<Ms>,
    to: Option<Ms>,
    trigger: Option<Trigger>,
    answer: Option<AnswerWord>,
    outcome: Option<OutcomeWord>,
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    let engine = &desk.app.engine;
    let filter = EntryFilter {
        list: entries::HANDOVERS.into(),
        state: asked.outcome.as_ref().map(word),
        marks: [asked.trigger.as_ref().map(word), asked.answer.as_ref().map(word)],
        without: demo_inboxes(&desk.app),
        from: asked.from,
        to: asked.to,
        ..EntryFilter::default()
    };
    let total: u64 = engine.tally(&permit, filter.clone()).await?.iter().map(|tally| tally.count).sum();
    let (page, cursor) = desk.entries(&permit, filter, asked.cursor.as_deref(), asked.limit).await?;
    let settings = engine.settings();
    let items = page.iter().map(|entry| item(entry, &settings)).collect::<Result<Vec<_>, _>>()?;
    Ok(axum::Json(json!({"items": items, "cursor": cursor, "total": total})).into_response())
}

fn item(entry: &Entry, settings: &Settings) -> Result<Value, Problem> {
    let data: HandoverData = data(entry)?;
    let waited = data.ended_at.filter(|_| data.outcome == Some(Outcome::Accepted)).map(|ended| ended - entry.at);
    Ok(json!({
        "handover": entry.id,
        "conversation": entry.conversation,
        "reference": reference(entry.conversation),
        "inbox": inbox(entry, settings),
        "asked_at": entry.at,
        "trigger": data.trigger,
        "answer": data.answer.as_ref().map(word),
        "outcome": data.outcome.as_ref().map(word),
        "ended_at": data.ended_at,
        "waited_ms": waited,
    }))
}

/// The rest of an entry.
pub(super) fn data<T: serde::de::DeserializeOwned>(entry: &Entry) -> Result<T, Problem> {
    serde_json::from_slice(&entry.data).map_err(|error| {
        tracing::error!(list = entry.list, id = %entry.id, %error, "a list entry cannot be read");
        Problem::new(500, "internal", "A list entry cannot be read. It was logged.")
    })
}

/// The inbox of an entry by name.
pub(super) fn inbox(entry: &Entry, settings: &Settings) -> Value {
    let name = entry.inbox.and_then(|id| settings.inboxes.get(&id)).map_or("", |inbox| inbox.name.as_str());
    json!({"id": entry.inbox, "name": name})
}

impl Desk {
    /// A page of entries, and where the next one begins.
    pub(super) async fn entries(
        &self,
        permit: &baton_core::permission::Permit,
        filter: EntryFilter,
        cursor: Option<&str>,
        limit: Option<usize>,
    ) -> Result<(Vec<Entry>, Option<String>), Problem> {
        let after = cursor.filter(|text| !text.is_empty()).map(read_cursor).transpose()?;
        let limit = wire::page(limit, 50, limits::LIST_PAGE);
        let filter = EntryFilter { after: after.map(|(at, id)| (at, id.0)), limit, ..filter };
        let page = self.app.engine.entries(permit, filter).await?;
        let full = page.len() == limit;
        let next = page.last().filter(|_| full).map(|last| write_cursor((last.at, ConversationId(last.id))));
        Ok((page, next))
    }
}
