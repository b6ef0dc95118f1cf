//! `/api/v1` for administrators: inboxes, queues, bots, targets, accounts, API keys. Each change is a new immutable
//! version; secrets can be written and never read.

mod bot_try;
mod check;
mod demo;
mod identity;
mod privacy;

use crate::accounts::{ApiKey, Caller, fresh_key};
use crate::app::App;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use baton_core::event::Object;
use baton_core::ids::Ids;
use baton_core::permission::Action;
use baton_engine::Changed;
use baton_kit::runtime::seed;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/keys", get(keys).post(make_key))
        .route("/api/v1/keys/{id}", axum::routing::delete(remove_key))
        .route("/api/v1/inboxes/{id}/identity-secret", post(identity::rotate))
        .route("/api/v1/inboxes/{id}/retention/try", post(privacy::try_retention))
        .route("/api/v1/retention", get(async |state: State<App>, caller: Caller| privacy::state(state, caller)))
        .route("/api/v1/bots/{id}/try", post(bot_try::ask))
        .route("/api/v1/demo", get(demo::present).delete(demo::remove))
        .merge(objects("inboxes", Object::Inbox))
        .merge(objects("queues", Object::Queue))
        .merge(objects("bots", Object::Bot))
        .merge(objects("targets", Object::Target))
        .merge(objects("agents", Object::Agent))
}

/// The four routes of one sort of thing.
fn objects(name: &str, object: Object) -> Router<App> {
    let all = format!("/api/v1/{name}");
    let one = format!("/api/v1/{name}/{{id}}");
    Router::new()
        .route(
            &all,
            get(async move |state: State<App>, caller: Caller| list(state, caller, object)).post(
                async move |state: State<App>, caller: Caller, body: Json<Value>| {
                    write(state, caller, object, None, body).await
                },
            ),
        )
        .route(
            &one,
            get(async move |state: State<App>, caller: Caller, id: Path<Uuid>| read(state, caller, object, id))
                .put(async move |state: State<App>, caller: Caller, Path(id): Path<Uuid>, body: Json<Value>| {
                    write(state, caller, object, Some(id), body).await
                })
                .delete(async move |state: State<App>, caller: Caller, id: Path<Uuid>| {
                    remove(state, caller, object, id).await
                }),
        )
}

fn not_found() -> Problem {
    Problem::new(404, "object_not_found", "There is nothing with this id.")
}

fn list(State(app): State<App>, caller: Caller, object: Object) -> Result<Response, Problem> {
    caller.may(Action::Administer)?;
    let config = app.engine.config();
    let items: Vec<Value> =
        config.all(object).map(|(id, version, json)| check::shown(id, version, object, json)).collect();
    Ok(axum::Json(json!({"items": items})).into_response())
}

fn read(State(app): State<App>, caller: Caller, object: Object, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    caller.may(Action::Administer)?;
    let config = app.engine.config();
    let (version, json) = config.objects.get(&(object, id)).ok_or_else(not_found)?;
    Ok(axum::Json(check::shown(id, *version, object, json)).into_response())
}

async fn write(
    State(app): State<App>,
    caller: Caller,
    object: Object,
    id: Option<Uuid>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let permit = caller.may(Action::Administer)?;
    let config = app.engine.config();
    // What is not named stays as it was, so the version that it was read from must still stand.
    let (old, seen) = match id {
        Some(id) => {
            let (version, json) = config.objects.get(&(object, id)).ok_or_else(not_found)?;
            (Some(json.clone()), vec![(object, id, *version)])
        }
        None => (None, Vec::new()),
    };
    let fresh = id.is_none();
    let id = id.unwrap_or_else(|| Ids::new(seed(&**app.engine.runtime()), app.engine.runtime().now()).deal());
    let mut json = check::checked(&app, object, id, body, old.as_ref()).await?;
    // What marks demo data is nobody's to set, and stays whatever is changed.
    if let Some(mark) = old.as_ref().and_then(|old| old.get(crate::demo::MARK)) {
        json[crate::demo::MARK] = mark.clone();
    }
    let config = app.engine.configure_from(&permit, vec![Changed { object, id, json: Some(json) }], &seen).await?;
    if matches!(object, Object::Bot | Object::Target) {
        let (registry, config) = (app.registry.clone(), config.clone());
        // A large knowledge file takes a moment to learn.
        let _ = tokio::task::spawn_blocking(move || registry.rebuild(&config)).await;
    }
    let (version, json) = config.objects.get(&(object, id)).ok_or_else(not_found)?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(check::shown(id, *version, object, json))).into_response())
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    object: Object,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let permit = caller.may(Action::Administer)?;
    if app.engine.config().get(object, id).is_none() {
        return Err(not_found());
    }
    check::unused(&app, object, id)?;
    app.engine.configure(&permit, vec![Changed { object, id, json: None }]).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keys(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Action::Administer)?;
    let config = app.engine.config();
    let items: Vec<Value> = config
        .all(Object::ApiKey)
        .filter_map(|(id, _, json)| {
            let key: ApiKey = serde_json::from_value(json.clone()).ok()?;
            Some(json!({"id": id, "name": key.name, "rank": key.rank}))
        })
        .collect();
    Ok(axum::Json(json!({"items": items})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyBody {
    name: String,
    rank: baton_core::settings::Rank,
}

async fn make_key(State(app): State<App>, caller: Caller, Json(body): Json<KeyBody>) -> Result<Response, Problem> {
    let permit = caller.may(Action::Administer)?;
    check::name("name", &body.name)?;
    let (id, text, key) = fresh_key(&app.engine, &body.name, body.rank);
    let json = serde_json::to_value(key).map_err(|error| Problem::new(500, "internal", error.to_string()))?;
    app.engine.configure(&permit, vec![Changed { object: Object::ApiKey, id, json: Some(json) }]).await?;
    Ok((StatusCode::CREATED, axum::Json(json!({"id": id, "key": text}))).into_response())
}

async fn remove_key(state: State<App>, caller: Caller, id: Path<Uuid>) -> Result<StatusCode, Problem> {
    remove(state, caller, Object::ApiKey, id).await
}
