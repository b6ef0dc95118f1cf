//! Where a chat can be passed on to, and what else a screen lets choose from.

use super::Desk;
use super::workspace::replies_of;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::ownership::Line;
use baton_core::permission::Action;
use baton_kit::store::{HolderKind, RowFilter};
use serde_json::json;

pub(super) async fn directory(desk: Desk) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Directory)?;
    let engine = &desk.app.engine;
    let (settings, now) = (engine.settings(), engine.runtime().now());
    let mut agents = Vec::new();
    for (id, card) in settings.agents.iter().filter(|(_, card)| card.active) {
        let state = engine.agent(&permit, *id).await?;
        agents.push(json!({
            "id": id, "name": card.name, "available": state.available, "reachable": engine.reach().reachable(*id, now),
            "load": state.load(), "capacity": card.capacity,
        }));
    }
    let mut queues = Vec::new();
    for (id, queue) in &settings.queues {
        let (kind, waiting) = match queue.line {
            Line::Live => ("live", u64::from(engine.waiting(*id))),
            Line::Later => {
                let filter =
                    RowFilter { holders: vec![HolderKind::Later], holder_id: Some(id.0), ..RowFilter::default() };
                ("later", engine.count_rows(&permit, filter).await?)
            }
        };
        let open = queue.hours.as_ref().is_none_or(|hours| hours.open_at(now));
        queues.push(json!({"id": id, "name": queue.name, "kind": kind, "open": open, "waiting": waiting}));
    }
    let (mut bots, mut targets) = (Vec::new(), Vec::new());
    for (id, card) in &settings.connections {
        let list = if settings.is_bot(*id) { &mut bots } else { &mut targets };
        list.push(json!({"id": id, "name": card.name}));
    }
    let inboxes: Vec<_> =
        settings.inboxes.iter().map(|(id, inbox)| json!({"id": id, "slug": inbox.slug, "name": inbox.name})).collect();
    let tags: Vec<_> = settings.tags.iter().map(|(id, tag)| json!({"id": id, "name": tag.name})).collect();
    let replies = replies_of(&engine.config(), desk.caller.agent());
    let body = json!({
        "agents": agents, "queues": queues, "bots": bots, "targets": targets, "inboxes": inboxes,
        "tags": tags, "replies": replies, "dispositions": settings.desk.dispositions,
    });
    Ok(axum::Json(body).into_response())
}
