//! What people set on a conversation and its customer: tags, who they are, whether they may write.

use super::Desk;
use super::idempotency::Key;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::response::IntoResponse;
use axum::response::Response;
use baton_core::command::{Command, Identify, SetCustomer};
use baton_core::event::Identity;
use baton_core::ids::{ConversationId, TagId};
use serde::Deserialize;

type Id = Path<ConversationId>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tags {
    tags: Vec<TagId>,
}

pub(super) async fn tags(desk: Desk, key: Key, Path(id): Id, Json(body): Json<Tags>) -> Result<Response, Problem> {
    desk.view()?.readable(id).await?;
    desk.act(&key, id, Command::SetTags { tags: body.tags }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    name: Option<String>,
    language: Option<String>,
    person_first: Option<bool>,
    contact: Option<String>,
}

pub(super) async fn set(desk: Desk, key: Key, Path(id): Id, Json(body): Json<Customer>) -> Result<Response, Problem> {
    desk.view()?.readable(id).await?;
    let Customer { name, language, person_first, contact } = body;
    desk.act(&key, id, Command::SetCustomer(SetCustomer { name, language, person_first, contact })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamePerson {
    conversation: ConversationId,
}

/// An agent's word that the customers of two conversations are one person. The agent must see both. A repeat changes
/// nothing.
pub(super) async fn same_person(
    desk: Desk,
    Path(id): Id,
    Json(SamePerson { conversation }): Json<SamePerson>,
) -> Result<Response, Problem> {
    let view = desk.view()?;
    view.readable(id).await?;
    let (other, _) = view.readable(conversation).await?;
    if conversation == id {
        return Err(baton_core::refusal::Refusal::Field("conversation").into());
    }
    let person = other.person.ok_or(baton_core::refusal::Refusal::NotFound)?;
    let identify = Identify { person, identity: Identity::default() };
    desk.app.engine.identify(&desk.work()?, id, identify).await?;
    Ok(axum::Json(view.detail(id).await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    reason: String,
}

pub(super) async fn block(desk: Desk, key: Key, Path(id): Id, Json(body): Json<Block>) -> Result<Response, Problem> {
    desk.act(&key, id, Command::Block { reason: body.reason }).await
}

pub(super) async fn unblock(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(super::actions::Empty {}): Json<super::actions::Empty>,
) -> Result<Response, Problem> {
    desk.act(&key, id, Command::Unblock).await
}
