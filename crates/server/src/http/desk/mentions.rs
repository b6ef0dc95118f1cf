//! Notes that call somebody.

use super::Desk;
use super::actions::Empty;
use super::handovers::data;
use crate::json::{Json, Path, Query};
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::event::Body;
use baton_core::ids::reference;
use baton_core::permission::{Action, Permit};
use baton_core::refusal::Refusal;
use baton_engine::entries::{self, MentionData};
use baton_kit::store::{Entry, EntryFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    #[default]
    Unread,
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
    let permit = desk.caller.may(Action::Read)?;
    let owner = desk.caller.agent().ok_or(Refusal::NotAllowed)?;
    let mine = EntryFilter { list: entries::MENTIONS.into(), owner: Some(owner.0), ..EntryFilter::default() };
    let state = (asked.state == State::Unread).then(|| entries::UNREAD.to_owned());
    let filter = EntryFilter { state, ..mine.clone() };
    let (page, cursor) = desk.entries(&permit, filter, asked.cursor.as_deref(), asked.limit).await?;
    let mut items = Vec::with_capacity(page.len());
    for entry in &page {
        items.push(desk.mention(&permit, entry).await?);
    }
    let counted = EntryFilter { state: Some(entries::UNREAD.to_owned()), ..mine };
    let unread: u64 = desk.app.engine.tally(&permit, counted).await?.iter().map(|tally| tally.count).sum();
    Ok(axum::Json(json!({"items": items, "cursor": cursor, "counts": {"unread": unread}})).into_response())
}

pub(super) async fn read(desk: Desk, Path(id): Path<Uuid>, Json(Empty {}): Json<Empty>) -> Result<Response, Problem> {
    let permit = desk.work()?;
    desk.app.engine.read_mention(&permit, id).await?;
    let entry = desk.app.engine.entry(&permit, entries::MENTIONS, id).await?;
    Ok(axum::Json(desk.mention(&permit, &entry).await?).into_response())
}

impl Desk {
    async fn mention(&self, permit: &Permit, entry: &Entry) -> Result<Value, Problem> {
        let data: MentionData = data(entry)?;
        let settings = self.app.engine.settings();
        let text = match self.app.engine.event(permit, entry.conversation, data.seq).await?.and_then(|o| o.body) {
            Some(Body::Message { content, .. }) => content.plain,
            _ => String::new(),
        };
        Ok(json!({
            "id": entry.id,
            "conversation": entry.conversation,
            "reference": reference(entry.conversation),
            "seq": data.seq,
            "at": entry.at,
            "by": data.by.map(|agent| json!({"id": agent, "name": settings.agent_name(agent)})),
            "text": text,
            "read_at": data.read_at,
        }))
    }
}
