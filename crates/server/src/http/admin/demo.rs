//! The demo data: whether there are any, and away with them.

use crate::accounts::Caller;
use crate::app::App;
use crate::demo;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_core::permission::Action;
use serde_json::json;

pub(super) async fn present(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Action::Read)?;
    let seeded = demo::seeded(&app.engine).await?.filter(|seeded| !seeded.removed);
    let conversations = seeded.as_ref().map_or(0, |seeded| seeded.conversations.len());
    Ok(axum::Json(json!({"present": seeded.is_some(), "conversations": conversations})).into_response())
}

pub(super) async fn remove(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    let permit = caller.may(Action::Administer)?;
    match demo::remove(&app.engine, &app.search, &permit).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => match error.downcast::<baton_engine::Error>() {
            Ok(error) => Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "the demo data could not be removed");
                Err(Problem::new(500, "internal", "The demo data could not be removed. It was logged; try again."))
            }
        },
    }
}
