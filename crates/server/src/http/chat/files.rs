//! The customer's files: uploaded first, then named by a message.

use super::Customer;
use crate::app::App;
use crate::files::{self, Named};
use crate::json::{Path, Query};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use baton_core::refusal::Refusal;

pub(super) async fn upload(
    State(app): State<App>,
    customer: Customer,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let state = app.engine.conversation(&customer.permit, customer.id).await?;
    if state.blocked.is_some() {
        return Err(Refusal::Blocked.into());
    }
    let widget = app.widget(state.inbox);
    if !widget.files {
        return Err(Refusal::NotAllowed.into());
    }
    let taken = files::take(&app, &customer.permit, customer.id, &widget, &name, &headers, body).await?;
    Ok((StatusCode::CREATED, axum::Json(taken)).into_response())
}

pub(super) async fn download(
    State(app): State<App>,
    customer: Customer,
    Path(blob): Path<String>,
) -> Result<Response, Problem> {
    files::give(&app, &customer.permit, customer.id, &blob).await
}
