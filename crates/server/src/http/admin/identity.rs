//! The secret under which a site signs who its customers are. It is shown when it is made and never again; the one before
//! stays good until the next is made, so that a site can change over without turning anybody away.

use super::not_found;
use crate::accounts::{Caller, fresh_token};
use crate::app::App;
use crate::identity::Secrets;
use crate::json::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use baton_core::event::Object;
use baton_core::permission::Action;
use baton_engine::Changed;
use serde_json::json;
use uuid::Uuid;

pub(super) async fn rotate(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let permit = caller.may(Action::Administer)?;
    let config = app.engine.config();
    let (version, inbox) = config.objects.get(&(Object::Inbox, id)).ok_or_else(not_found)?;
    let (mut inbox, seen) = (inbox.clone(), [(Object::Inbox, id, *version)]);
    let old: Secrets =
        inbox.get("identity").and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default();
    let secret = fresh_token(&app.engine, "bi_");
    let new = Secrets { first: Some(secret.clone()), second: old.first };
    inbox["identity"] = serde_json::to_value(new).unwrap_or_default();
    let changes = vec![Changed { object: Object::Inbox, id, json: Some(inbox) }];
    app.engine.configure_from(&permit, changes, &seen).await?;
    Ok(axum::Json(json!({"secret": secret})).into_response())
}
