//! Where HTTP bots answer later and HTTP targets say what they do. The signed address says which conversation, under
//! which baton number; staleness is judged when the word is appended.

use crate::app::App;
use crate::json::{self, Path, Query};
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use baton_core::command::Command;
use baton_core::decide::Reply;
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_core::permission::{Action, Subject, permit};
use baton_kit::signature;
use baton_kit::store::Record;
use baton_plugins::bots::http::parse_later_reply;
use baton_plugins::targets::http::{CallbackDid, parse_callback};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/hooks/bots/{token}", post(bot_reply))
        .route("/hooks/targets/{token}", post(target_callback))
        .route("/hooks/history/{token}", get(history))
        .route("/hooks/secrets/{token}", post(secrets))
}

/// Counts a call about this chat: a bot or desk that repeats itself without end does not keep others waiting.
fn may_call(app: &App, chat: ConversationId) -> Result<(), Problem> {
    Ok(app.rates.hook_requests.take(chat.0.as_u128(), app.engine.runtime().now())?)
}

fn bad_address() -> Problem {
    Problem::new(
        401,
        "reply_address_invalid",
        "This address is not ours or is no longer good. Use the one that came with the request.",
    )
}

/// Checks the signature that stands in the headers.
fn signed(
    headers: &HeaderMap,
    verify: impl FnOnce(&str, &str, &str) -> Result<(), signature::Error>,
) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    verify(text("webhook-id"), text("webhook-timestamp"), text("webhook-signature"))
        .map_err(|error| Problem::new(401, "signature_invalid", error.to_string()))
}

/// A later reply. Stale words get 200 with `shown: false`: they are kept and never shown.
async fn bot_reply(State(app): State<App>, Path(token): Path<String>, body: Bytes) -> Result<Response, Problem> {
    let claims = app.engine.read_reply_address(&token).ok_or_else(bad_address)?;
    may_call(&app, claims.c)?;
    let later = parse_later_reply(&body).map_err(|error| Problem::malformed(error.to_string()))?;
    let subject = Subject::Bot { connection: claims.b, conversation: claims.c };
    let permit = permit(&subject, Action::Answer(claims.c))?;
    let shown = app.engine.bot_replied_later(&permit, &claims, later.answer).await?;
    Ok(Json(json!({"shown": shown})).into_response())
}

/// What a target did. Events are told apart by their ids, so that a callback may be repeated.
async fn target_callback(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let claims = app.engine.read_callback_address(&token).ok_or_else(bad_address)?;
    may_call(&app, claims.c)?;
    let target = app.registry.http_target(claims.t).ok_or_else(bad_address)?;
    signed(&headers, |id, timestamp, signature| target.verify(id, timestamp, signature, &body))?;
    let master = app.engine.master();
    let items =
        parse_callback(&body, &|text| master.outside(text)).map_err(|error| Problem::malformed(error.to_string()))?;
    let subject = Subject::Target { connection: claims.t, conversation: claims.c };
    let permit = permit(&subject, Action::Serve(claims.c))?;
    let mut shown = Vec::with_capacity(items.len());
    for item in items {
        match item.did {
            CallbackDid::Typing(on) => {
                app.engine.typing(&permit, claims.c, on).await?;
                shown.push(true);
            }
            CallbackDid::Did(did) => {
                let mut key = claims.c.0.as_bytes().to_vec();
                key.extend(item.outside.0);
                let record = Record {
                    kind: "target-event".into(),
                    key,
                    value: Vec::new(),
                    expires: app.engine.runtime().now() + limits::FREE_KEY,
                };
                let done = app
                    .engine
                    .execute_once(&permit, claims.c, Command::Target { baton: claims.n, did }, record)
                    .await?;
                shown.push(done.is_some_and(|done| done.reply != Reply::Withheld));
            }
        }
    }
    Ok(Json(json!({"taken": shown})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    /// Of the message that bears the answer.
    position: u64,
}

/// What a customer typed into the secret fields of the bot's own form. The address alone is not enough: it may stand in
/// somebody's log. The bot signs the request as Baton signs its own.
async fn secrets(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let claims = app.engine.read_reply_address(&token).ok_or_else(bad_address)?;
    may_call(&app, claims.c)?;
    let bot = app.registry.http_bot(claims.b).ok_or_else(bad_address)?;
    signed(&headers, |id, timestamp, signature| bot.verify(id, timestamp, signature, &body))?;
    let At { position } = json::read(&body)?;
    let subject = Subject::Bot { connection: claims.b, conversation: claims.c };
    let permit = permit(&subject, Action::Answer(claims.c))?;
    let found = app.engine.redeem(&permit, &claims, position).await?;
    let secrets: Map<String, Value> = found.into_iter().map(|one| (one.token, one.text.into())).collect();
    let mut response = Json(json!({"secrets": secrets})).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
struct Before {
    before: u64,
}

/// Earlier lines of the transcript, for a bot or target that was given this conversation.
async fn history(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(query): Query<Before>,
) -> Result<Response, Problem> {
    let (permit, id) = match (app.engine.read_callback_address(&token), app.engine.read_reply_address(&token)) {
        (Some(claims), _) => {
            let subject = Subject::Target { connection: claims.t, conversation: claims.c };
            (permit(&subject, Action::Serve(claims.c))?, claims.c)
        }
        (None, Some(claims)) => {
            let subject = Subject::Bot { connection: claims.b, conversation: claims.c };
            (permit(&subject, Action::Answer(claims.c))?, claims.c)
        }
        (None, None) => return Err(bad_address()),
    };
    may_call(&app, id)?;
    let lines = app.engine.lines_before(&permit, id, query.before).await?;
    let first = lines.first().map(|line| line.position);
    let lines: Vec<_> = lines
        .iter()
        .map(|line| json!({"position": line.position, "at": line.at, "by": line.by, "name": line.name, "text": line.text}))
        .collect();
    Ok(Json(json!({"history": lines, "before": first.filter(|first| *first > 1)})).into_response())
}
