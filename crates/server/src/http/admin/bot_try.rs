//! Asks a bot one question and shows what it would answer. Nothing is stored: there is no conversation, no event, and the
//! bot is given no address for later replies.

use super::not_found;
use crate::accounts::Caller;
use crate::app::App;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use baton_core::content::Content;
use baton_core::event::{AskFor, Object};
use baton_core::ids::{AskId, ConnectionId, ConversationId, Ids};
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::refusal::Refusal;
use baton_engine::Plugins;
use baton_kit::bot::{ErrorKind, Then, Turn};
use baton_kit::runtime::seed;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Try {
    text: String,
    language: Option<String>,
}

pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<Try>,
) -> Result<Response, Problem> {
    caller.may(Action::Administer)?;
    app.engine.config().get(Object::Bot, id).ok_or_else(not_found)?;
    let content = Content::text(&body.text).map_err(Refusal::from)?;
    let language = body.language.filter(|code| code.len() <= 16 && code.is_ascii()).unwrap_or_else(|| "en".to_owned());
    let connection = ConnectionId(id);
    let limit = app.engine.settings().bot_limit(connection).min(limits::BOT_TRY);
    let runtime = app.engine.runtime();
    let started = runtime.now();
    let answer = |outcome: &str, reason: Option<String>| {
        json!({
            "outcome": outcome, "replies": [], "plain": [], "confidence": null, "intent": null, "reason": reason,
            "took_ms": runtime.now() - started,
        })
    };
    let Some(bot) = app.registry.bot(connection) else {
        let why = "The bot cannot be used as it is set up; the hub's log says why.";
        return Ok(axum::Json(answer("failed", Some(why.into()))).into_response());
    };
    let mut ids = Ids::new(seed(&**runtime), started);
    let turn = Turn {
        conversation: ConversationId(ids.deal()),
        ask: AskId(ids.deal()),
        baton: 1,
        reason: AskFor::Message,
        message: Some((1, content)),
        history: Vec::new(),
        history_before: None,
        variables: Map::new(),
        language,
        brief: None,
        reply_address: None,
        attempt: 1,
        left: limit,
    };
    let asked = tokio::time::timeout(Duration::from_millis(limit as u64), bot.ask(turn)).await;
    let out = match asked {
        Err(_) => answer("failed", Some(format!("No answer within {} seconds.", limit / 1_000))),
        Ok(Err(error)) => {
            let what = match error.kind {
                ErrorKind::Transient => "did not answer",
                ErrorKind::Permanent => "refused, or answered something that cannot be understood",
            };
            answer("failed", Some(format!("The bot {what}: {}", error.detail)))
        }
        Ok(Ok(said)) => {
            let (outcome, reason) = match said.then {
                Then::HandOver { reason, .. } | Then::Abstained { reason } => ("hand_over", Some(reason)),
                Then::Silent => ("silent", None),
                Then::Later if said.messages.is_empty() => {
                    ("silent", Some("It answers later, at its reply address; a try gives it none.".to_owned()))
                }
                Then::Done if said.messages.is_empty() => ("silent", None),
                Then::Done | Then::Later | Then::End => ("answered", None),
            };
            let mut out = answer(outcome, reason);
            out["replies"] = said.messages.iter().flat_map(|content| &content.parts).map(|part| json!(part)).collect();
            out["plain"] = said.messages.iter().map(|content| Value::from(content.plain.as_str())).collect();
            out["confidence"] = json!(said.said.confidence.map(|millionths| f64::from(millionths) / 1_000_000.0));
            out["intent"] = json!(said.said.intent);
            out
        }
    };
    Ok(axum::Json(out).into_response())
}
