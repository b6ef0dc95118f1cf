//! Who looked at what, and who changed what. An agent sees the looks into their own chats; supervisors see all.

use super::Desk;
use super::wire;
use crate::json::Query;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::event::{Fact, Header};
use baton_core::ids::reference;
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::refusal::Refusal;
use baton_core::settings::Settings;
use baton_engine::entries::word;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct Asked {
    cursor: Option<String>,
    limit: Option<usize>,
}

fn malformed() -> Problem {
    Problem::new(400, "cursor_malformed", "This is no cursor of a log.")
}

fn by(header: &Header, settings: &Settings) -> Option<Value> {
    let agent = match &header.fact {
        Fact::Looked(fact) => Some(fact.by),
        _ => header.actor.acting_agent(),
    };
    match (agent, header.actor.who) {
        (Some(agent), _) => Some(json!({"id": agent, "name": settings.agent_name(agent)})),
        // A bot that was given what its form asked for.
        (None, Who::Bot { id }) => Some(json!({"id": id, "name": settings.connection_name(id)})),
        _ => None,
    }
}

/// What I may know of what was done around me: who looked into my chats, and my own presence.
pub(super) async fn mine(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Read)?;
    let agent = desk.caller.agent().ok_or(Refusal::NotAllowed)?;
    let before = match asked.cursor.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => u64::from_str_radix(text, 16).map_err(|_| malformed())?,
        None => u64::MAX,
    };
    let limit = wire::page(asked.limit, 50, limits::LIST_PAGE);
    let (headers, next) = desk.app.engine.log_before(&permit, agent, before, limit).await?;
    let settings = desk.app.engine.settings();
    let items: Vec<Value> = headers
        .iter()
        .filter_map(|header| {
            let mut item = json!({
                "at": header.at, "kind": "looked", "by": by(header, &settings), "conversation": null, "reference": null,
            });
            match &header.fact {
                Fact::Looked(fact) => {
                    (item["conversation"], item["reference"]) =
                        (json!(fact.conversation), json!(reference(fact.conversation)));
                }
                Fact::PresenceSet(fact) => {
                    (item["kind"], item["available"]) = (json!("presence"), json!(fact.available))
                }
                _ => return None,
            }
            Some(item)
        })
        .collect();
    Ok(axum::Json(json!({"items": items, "cursor": next.map(|seq| format!("{seq:x}"))})).into_response())
}

/// The audit and the changes of settings as one list, newest first.
pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    let engine = &desk.app.engine;
    let (looks, changes) = match asked.cursor.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => read_cursor(text).ok_or_else(malformed)?,
        None => (u64::MAX, u64::MAX),
    };
    let limit = wire::page(asked.limit, 50, limits::LIST_PAGE);
    let mut all = engine.audit_before(&permit, false, looks, limit).await?;
    all.extend(engine.audit_before(&permit, true, changes, limit).await?);
    all.sort_by_key(|header| std::cmp::Reverse((header.at, header.seq)));
    let more = all.len() > limit;
    all.truncate(limit);
    let last = |settings: bool, before: u64| {
        let of = all.iter().filter(|header| matches!(header.fact, Fact::Configured(_)) == settings);
        of.map(|header| header.seq).min().unwrap_or(before)
    };
    let cursor = (more || all.len() == limit).then(|| format!("{:x}.{:x}", last(false, looks), last(true, changes)));
    let config = engine.config();
    let items: Vec<Value> = all
        .iter()
        .map(|header| {
            let mut item = json!({
                "at": header.at, "kind": header.fact.kind(), "by": by(header, &config.settings), "conversation": null,
                "object": null, "name": null,
            });
            match &header.fact {
                Fact::Looked(fact) => {
                    (item["conversation"], item["name"]) =
                        (json!(fact.conversation), json!(reference(fact.conversation)));
                }
                Fact::Handled(fact) => {
                    item["kind"] = json!(word(&fact.deed));
                    (item["conversation"], item["name"]) =
                        (json!(fact.conversation), json!(fact.conversation.map(reference)));
                    item["person"] = json!(fact.person);
                }
                Fact::Configured(fact) => {
                    if fact.removed {
                        item["kind"] = json!("removed");
                    }
                    item["object"] = json!(word(&fact.object));
                    let json = config.get(fact.object, fact.id);
                    item["name"] = json!(json.and_then(|json| json.pointer("/card/name").or(json.get("name"))));
                }
                _ => {}
            }
            item
        })
        .collect();
    Ok(axum::Json(json!({"items": items, "cursor": cursor})).into_response())
}

fn read_cursor(text: &str) -> Option<(u64, u64)> {
    let (looks, changes) = text.split_once('.')?;
    Some((u64::from_str_radix(looks, 16).ok()?, u64::from_str_radix(changes, 16).ok()?))
}
