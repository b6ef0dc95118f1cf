//! What people do with a conversation: accept, pick, take over, pass on, hand back, close, join, leave.

use super::Desk;
use super::idempotency::Key;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::command::{Command, TransferTo};
use baton_core::event::Brief;
use baton_core::ids::{AgentId, ConnectionId, ConversationId, Ms, OfferId, QueueId};
use baton_core::ownership::Guest;
use baton_core::refusal::Refusal;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

type Id = Path<ConversationId>;

impl Desk {
    /// Carries it out and answers with the conversation as it is now; `{}` if it is no longer this reader's.
    pub(super) async fn act(&self, key: &Key, id: ConversationId, command: Command) -> Result<Response, Problem> {
        self.run(key, &self.work()?, id, command).await?;
        match self.view()?.detail(id).await {
            Ok(detail) => Ok(axum::Json(detail).into_response()),
            Err(problem) if problem.code() == Refusal::NotAllowed.code() => Ok(axum::Json(json!({})).into_response()),
            Err(problem) => Err(problem),
        }
    }

    fn myself(&self) -> Result<Guest, Problem> {
        Ok(Guest::Agent { id: self.caller.agent().ok_or(Refusal::NotAllowed)? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accept {
    offer: OfferId,
    #[serde(default)]
    as_of: u64,
}

pub(super) async fn accept(desk: Desk, key: Key, Path(id): Id, Json(body): Json<Accept>) -> Result<Response, Problem> {
    desk.act(&key, id, Command::AnswerOffer { offer: body.offer, accept: true, as_of: body.as_of }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decline {
    offer: OfferId,
}

pub(super) async fn decline(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(body): Json<Decline>,
) -> Result<Response, Problem> {
    desk.act(&key, id, Command::AnswerOffer { offer: body.offer, accept: false, as_of: 0 }).await
}

pub(super) async fn pick(desk: Desk, key: Key, Path(id): Id, Json(Empty {}): Json<Empty>) -> Result<Response, Problem> {
    desk.act(&key, id, Command::Pick).await
}

pub(super) async fn take_over(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    desk.act(&key, id, Command::TakeOver).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    to: To,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    kind: ToKind,
    id: Uuid,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ToKind {
    Agent,
    Queue,
    Bot,
    Target,
}

pub(super) async fn transfer(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Transfer { to, note }): Json<Transfer>,
) -> Result<Response, Problem> {
    let to = match to.kind {
        ToKind::Agent => TransferTo::Agent(AgentId(to.id)),
        ToKind::Queue => TransferTo::Queue(QueueId(to.id)),
        ToKind::Bot => TransferTo::Bot(ConnectionId(to.id)),
        ToKind::Target => TransferTo::Target(ConnectionId(to.id)),
    };
    let note = note.filter(|note| !note.trim().is_empty());
    desk.act(&key, id, Command::Transfer { to, note }).await
}

pub(super) async fn cancel_transfer(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    desk.act(&key, id, Command::CancelTransfer).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandBack {
    #[serde(default)]
    brief: Brief,
}

pub(super) async fn hand_back(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(HandBack { brief }): Json<HandBack>,
) -> Result<Response, Problem> {
    desk.act(&key, id, Command::HandBack { brief }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Close {
    disposition: Option<String>,
    wrap_up: Option<String>,
}

pub(super) async fn close(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Close { disposition, wrap_up }): Json<Close>,
) -> Result<Response, Problem> {
    let full = |text: &String| !text.trim().is_empty();
    let command = Command::Close { disposition: disposition.filter(full), wrap_up: wrap_up.filter(full) };
    desk.act(&key, id, command).await
}

pub(super) async fn join(desk: Desk, key: Key, Path(id): Id, Json(Empty {}): Json<Empty>) -> Result<Response, Problem> {
    let guest = desk.myself()?;
    desk.act(&key, id, Command::Join { guest }).await
}

pub(super) async fn leave(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    let guest = desk.myself()?;
    desk.act(&key, id, Command::Leave { guest }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snooze {
    until: Ms,
}

pub(super) async fn snooze(desk: Desk, key: Key, Path(id): Id, Json(body): Json<Snooze>) -> Result<Response, Problem> {
    desk.act(&key, id, Command::Snooze { until: body.until }).await
}

pub(super) async fn wake(desk: Desk, key: Key, Path(id): Id, Json(Empty {}): Json<Empty>) -> Result<Response, Problem> {
    desk.act(&key, id, Command::Wake).await
}

/// Opens a closed conversation again, for one who may read it.
pub(super) async fn reopen(
    desk: Desk,
    key: Key,
    Path(id): Id,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    desk.view()?.readable(id).await?;
    desk.act(&key, id, Command::Reopen).await
}
