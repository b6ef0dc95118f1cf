//! Bot answers that customers said were wrong: the question before, the answer, what the customer wrote, and what people
//! made of it. All texts are opened when somebody looks.

use super::Desk;
use super::board::demo_inboxes;
use super::handovers::{data, inbox};
use super::idempotency::Key;
use crate::json::{Json, Path, Query};
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::command::Command;
use baton_core::event::{Body, Fact};
use baton_core::ids::{ReportId, reference};
use baton_core::permission::{Action, Permit};
use baton_engine::entries::{self, ReportData};
use baton_kit::store::{Entry, EntryFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Events before the answer among which the question is looked for, a page at a time.
const BEFORE: usize = 20;
/// Pages of them.
const PAGES: usize = 5;

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    New,
    Accepted,
    Rejected,
    #[default]
    All,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: State,
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    let state = match asked.state {
        State::New => Some(entries::NEW),
        State::Accepted => Some(entries::ACCEPTED),
        State::Rejected => Some(entries::REJECTED),
        State::All => None,
    };
    let filter =
        EntryFilter { list: entries::REPORTS.into(), state: state.map(str::to_owned), ..EntryFilter::default() };
    let (page, cursor) = desk.entries(&permit, filter, asked.cursor.as_deref(), asked.limit).await?;
    let mut items = Vec::with_capacity(page.len());
    for entry in &page {
        items.push(desk.report(&permit, entry).await?);
    }
    let counted =
        EntryFilter { list: entries::REPORTS.into(), without: demo_inboxes(&desk.app), ..EntryFilter::default() };
    let mut counts = json!({entries::NEW: 0, entries::ACCEPTED: 0, entries::REJECTED: 0});
    for tally in desk.app.engine.tally(&permit, counted).await? {
        counts[tally.state.as_str()] = json!(tally.count);
    }
    Ok(axum::Json(json!({"items": items, "cursor": cursor, "counts": counts})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judged {
    reason: Option<String>,
}

pub(super) async fn accept(
    desk: Desk,
    key: Key,
    Path(id): Path<Uuid>,
    Json(body): Json<Judged>,
) -> Result<Response, Problem> {
    desk.judge(&key, id, true, body.reason).await
}

pub(super) async fn reject(
    desk: Desk,
    key: Key,
    Path(id): Path<Uuid>,
    Json(body): Json<Judged>,
) -> Result<Response, Problem> {
    desk.judge(&key, id, false, body.reason).await
}

impl Desk {
    async fn judge(&self, key: &Key, id: Uuid, accepted: bool, reason: Option<String>) -> Result<Response, Problem> {
        let permit = self.caller.may(Action::Supervise)?;
        let entry = self.app.engine.entry(&permit, entries::REPORTS, id).await?;
        let command = Command::JudgeReport { report: ReportId(id), accepted, reason };
        self.run(key, &permit, entry.conversation, command).await?;
        let entry = self.app.engine.entry(&permit, entries::REPORTS, id).await?;
        Ok(axum::Json(self.report(&permit, &entry).await?).into_response())
    }

    async fn report(&self, permit: &Permit, entry: &Entry) -> Result<Value, Problem> {
        let (engine, id) = (&self.app.engine, entry.conversation);
        let settings = engine.settings();
        let data: ReportData = data(entry)?;
        let answer = engine.event(permit, id, data.of).await?.and_then(|opened| match opened.body {
            Some(Body::Message { content, shown_name, .. }) => {
                let bot = shown_name.or_else(|| Some(settings.connections.get(&data.bot)?.name.clone()));
                Some(json!({"position": data.position, "text": super::words::words(&content), "bot": bot}))
            }
            _ => None,
        });
        let (should_have_said, comment) = match engine.event(permit, id, data.reported).await?.and_then(|o| o.body) {
            Some(Body::Report { should_have_said, comment }) => (should_have_said, comment),
            _ => (None, None),
        };
        let mut judged = Value::Null;
        if let Some((seq, at, by)) = data.judged {
            let reason = match engine.event(permit, id, seq).await?.and_then(|opened| opened.body) {
                Some(Body::Note { text }) => Some(text),
                _ => None,
            };
            let by = by.map(|agent| json!({"id": agent, "name": settings.agent_name(agent)}));
            judged = json!({"by": by, "at": at, "reason": reason});
        }
        Ok(json!({
            "id": entry.id,
            "conversation": id,
            "reference": reference(id),
            "inbox": inbox(entry, &settings),
            "demo": entry.inbox.is_some_and(|inbox| crate::demo::is_demo(&engine.config(), inbox)),
            "at": entry.at,
            "state": entry.state,
            "question": self.question(permit, entry, data.of).await?,
            "answer": answer,
            "should_have_said": should_have_said,
            "comment": comment,
            "judged": judged,
        }))
    }

    /// The customer's last words before the answer.
    async fn question(&self, permit: &Permit, entry: &Entry, mut before: u64) -> Result<Option<Value>, Problem> {
        for _ in 0..PAGES {
            let page = self.app.engine.events_before(permit, entry.conversation, before, BEFORE).await?;
            let Some(first) = page.first() else { break };
            before = first.header.seq;
            let asked = page.iter().rfind(|opened| {
                opened.header.actor.who == Who::Customer
                    && opened.header.position.is_some()
                    && matches!(opened.header.fact, Fact::Said(_))
            });
            if let Some(opened) = asked {
                return Ok(match &opened.body {
                    Some(Body::Message { content, .. }) => {
                        Some(json!({"position": opened.header.position, "text": super::words::words(content)}))
                    }
                    // The words were erased.
                    _ => None,
                });
            }
        }
        Ok(None)
    }
}
