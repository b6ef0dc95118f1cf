//! Files at the desk: sent by agents, read by whoever may read the conversation.

use super::Desk;
use crate::files::{self, Named};
use crate::json::{Path, Query};
use crate::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::ids::ConversationId;
use baton_core::refusal::Refusal;

pub(super) async fn upload(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let permit = desk.work()?;
    desk.view()?.readable(id).await?;
    let state = desk.app.engine.conversation(&permit, id).await?;
    // Bytes are taken of whoever could send them.
    let voice = permit.actor().acting_agent().is_some_and(|id| state.own.may_speak(&Who::Agent { id }));
    if !voice {
        return Err(Refusal::NotVoice.into());
    }
    // Whether customers may send files is the inbox's to say; agents always may, of the same types.
    let widget = desk.app.widget(state.inbox);
    let taken = files::take(&desk.app, &permit, id, &widget, &name, &headers, body).await?;
    Ok((StatusCode::CREATED, axum::Json(taken)).into_response())
}

pub(super) async fn download(
    desk: Desk,
    Path((id, blob)): Path<(ConversationId, String)>,
) -> Result<Response, Problem> {
    let view = desk.view()?;
    view.readable(id).await?;
    files::give(&desk.app, &view.permit, id, &blob).await
}
