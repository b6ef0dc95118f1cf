//! What people set on a conversation and its customer: tags, who they are, whether they may write.

use super::Desk;
use super::idempotency::Key;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::response::Response;
use baton_core::command::{Command, SetCustomer};
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
