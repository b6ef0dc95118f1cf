//! What people say: to the customer, and to each other.

use super::Desk;
use super::actions::Empty;
use super::idempotency::{Key, Ran};
use crate::files::{self, SendFile};
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_core::command::{Command, Say};
use baton_core::content::{Content, Part};
use baton_core::decide::Reply;
use baton_core::form::Form;
use baton_core::ids::{AgentId, ClientId, ConversationId};
use baton_core::refusal::Refusal;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SayBody {
    client: ClientId,
    counter: u64,
    text: Option<String>,
    /// A file that was uploaded before, in place of a text.
    file: Option<SendFile>,
    /// Or a form for the customer to fill in.
    form: Option<Form>,
    /// The seq that the speaker's screen had.
    as_of: Option<u64>,
    reply_to: Option<u64>,
    /// It may be undone for a moment.
    #[serde(default)]
    hold: bool,
}

/// Says something to the customer; the answer is that of the first time, however often it is repeated.
pub(super) async fn say(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Json(body): Json<SayBody>,
) -> Result<Response, Problem> {
    let permit = desk.work()?;
    let content = match (&body.text, &body.file, &body.form) {
        (Some(text), None, None) => {
            // People write the same subset of markdown as bots.
            let part = Part::Text { text: text.clone(), markdown: true, language: None };
            Content::parts(vec![part]).map_err(Refusal::from)?
        }
        (None, Some(file), None) => files::content(&desk.app, &permit, id, file, true).await?,
        (None, None, Some(form)) => {
            form.check().map_err(|unfit| Problem::new(422, "object_invalid", format!("form.{unfit}")))?;
            let part = Part::Form { json: json!(form) };
            Content::parts(vec![part]).map_err(Refusal::from)?
        }
        _ => return Err(Problem::malformed("send one of `text`, `file` and `form`")),
    };
    let say = Say {
        content,
        once: Some((body.client, body.counter)),
        reply_to: body.reply_to,
        basis: body.as_of,
        hold: body.hold,
    };
    let done = desk.app.engine.execute(&permit, id, Command::Say(say)).await?;
    let said = done.said.ok_or_else(|| Problem::new(500, "internal", "The first send of this count is not found."))?;
    let status = if done.reply == Reply::Repeat { StatusCode::OK } else { StatusCode::CREATED };
    let mut answer = json!({
        "seq": said.seq, "position": said.position, "at": said.at, "client": body.client, "counter": body.counter,
        "message": said.message,
    });
    if let Some(until) = said.held_until {
        answer["held_until"] = json!(until);
    }
    Ok((status, axum::Json(answer)).into_response())
}

/// Takes back what is still held.
pub(super) async fn undo(
    desk: Desk,
    key: Key,
    Path((id, of)): Path<(ConversationId, u64)>,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    desk.run(&key, &desk.work()?, id, Command::Undo { of }).await?;
    Ok(axum::Json(json!({"undone": true})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteBody {
    text: String,
    /// Whom it calls.
    #[serde(default)]
    mentions: Vec<AgentId>,
}

/// A note for people. Whoever may read the conversation may add one.
pub(super) async fn note(
    desk: Desk,
    key: Key,
    Path(id): Path<ConversationId>,
    Json(body): Json<NoteBody>,
) -> Result<Response, Problem> {
    let permit = desk.work()?;
    desk.view()?.readable(id).await?;
    let text = Content::text(&body.text).map_err(Refusal::from)?;
    match desk.run(&key, &permit, id, Command::Note { text, mentions: body.mentions }).await? {
        Ran::First(done) => {
            let said = done.said.ok_or_else(|| Problem::new(500, "internal", "The note is not found."))?;
            let answer = json!({"seq": said.seq, "at": said.at});
            desk.keep(&key, &answer).await?;
            Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
        }
        // Without the first answer the hub fell between the commit and its keeping: the note stands, its seq is not known here.
        Ran::Repeat(answer) => {
            Ok(axum::Json(answer.unwrap_or_else(|| json!({"seq": null, "at": null}))).into_response())
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypingBody {
    on: bool,
}

/// Passes on that the agent types; never stored.
pub(super) async fn typing(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Json(body): Json<TypingBody>,
) -> Result<StatusCode, Problem> {
    desk.app.engine.typing(&desk.work()?, id, body.on).await?;
    Ok(StatusCode::NO_CONTENT)
}
