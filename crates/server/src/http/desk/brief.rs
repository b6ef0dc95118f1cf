//! What could be told to the bot at a hand-back: found in the episode, for the agent to approve or edit.

use super::{Desk, View};
use crate::json::Path;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::event::{Body, Fact, Fate};
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_engine::Opened;
use baton_insight::brief::{Party, Turn, propose};
use serde_json::{Value, json};

/// Events of an episode that are read: the last ones.
const EVENTS: usize = 2_000;

pub(super) async fn brief(desk: Desk, Path(id): Path<ConversationId>) -> Result<Response, Problem> {
    let view = desk.view()?;
    let (row, _) = view.readable(id).await?;
    let said = view.said(id, row.seq + 1).await?;
    let turns: Vec<Turn<'_>> =
        said.iter().map(|(position, by, text)| Turn { position: *position, by: *by, text }).collect();
    let found = propose(&turns);
    let settled: Vec<Value> =
        found.settled.into_iter().map(|(fact, turn)| json!({"fact": fact, "turn": turn})).collect();
    let body = json!({"settled": settled, "promised": found.promised, "do_not_ask": found.do_not_ask, "note": ""});
    Ok(axum::Json(body).into_response())
}

impl View {
    /// What customer, bot and people said to each other in the newest episode, oldest first.
    async fn said(&self, id: ConversationId, mut before: u64) -> Result<Vec<(u64, Party, String)>, Problem> {
        let mut out = Vec::new();
        let mut read = 0;
        while read < EVENTS {
            let page = self.app.engine.events_before(&self.permit, id, before, limits::PAGE).await?;
            let Some(first) = page.first() else { break };
            (before, read) = (first.header.seq, read + page.len());
            for opened in page.iter().rev() {
                if matches!(opened.header.fact, Fact::Opened(_)) {
                    out.reverse();
                    return Ok(out);
                }
                out.extend(turn(opened));
            }
        }
        out.reverse();
        Ok(out)
    }
}

/// What the customer saw of it.
fn turn(opened: &Opened) -> Option<(u64, Party, String)> {
    let by = match (opened.header.actor.who, opened.header.actor.acting_agent()) {
        (Who::Customer, _) => Party::Customer,
        (Who::Bot { .. }, _) => Party::Bot,
        (Who::Target { .. }, _) | (_, Some(_)) => Party::Person,
        _ => return None,
    };
    match (&opened.header.fact, &opened.body) {
        (Fact::Said(said), Some(Body::Message { content, .. }))
            if matches!(said.fate, Fate::Shown | Fate::Released { .. }) =>
        {
            Some((opened.header.position?, by, super::words::words(content)))
        }
        _ => None,
    }
}
