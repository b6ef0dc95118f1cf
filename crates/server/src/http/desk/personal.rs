//! What is personal: looking at what was taken out of a message, a copy of everything kept of a person, erasing a person.
//! Each needs its right and a reason, and stands in the audit.

use super::Desk;
use crate::json::{Json, Path};
use crate::personal::{self, Attached, Copied, zip};
use crate::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baton_core::event::Body as Sealed;
use baton_core::ids::{ConversationId, PersonId};
use baton_core::limits;
use baton_core::permission::{Action, Permit};
use baton_core::refusal::Refusal;
use baton_engine::{Engine, Error};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Pieces of an archive that wait for a slow reader.
const WAITING: usize = 4;

fn reason(reason: &str) -> Result<&str, Problem> {
    let reason = reason.trim();
    let good = !reason.is_empty() && reason.chars().count() <= limits::REASON_CHARS;
    if good { Ok(reason) } else { Err(Refusal::Field("reason").into()) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    reason: String,
}

/// What was taken out of a message.
pub(super) async fn reveal(
    desk: Desk,
    Path((id, seq)): Path<(ConversationId, u64)>,
    Json(why): Json<Why>,
) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Reveal)?;
    desk.view()?.readable(id).await?;
    let revealed = desk.app.engine.reveal(&permit, id, seq, reason(&why.reason)?).await?;
    let items: Vec<Value> = revealed.into_iter().map(|one| json!({"token": one.token, "text": one.text})).collect();
    let mut response = axum::Json(json!({"items": items})).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Zip,
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    reason: String,
    #[serde(default)]
    format: Format,
}

/// Everything that is kept of the customer of a conversation.
pub(super) async fn export(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Json(asked): Json<Export>,
) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Export)?;
    let engine = desk.app.engine.clone();
    let person = engine.conversation(&permit, id).await?.person;
    let rows = engine.export_person(&permit, person, reason(&asked.reason)?).await?;
    let copied = personal::copy(&engine, &permit, person, rows).await?;
    if asked.format == Format::Json {
        return Ok(axum::Json(copied.json).into_response());
    }
    let (to, from) = mpsc::channel(WAITING);
    let mut archive = zip::Archive::new(to);
    let runtime = engine.runtime().clone();
    runtime.spawn(
        "export",
        Box::pin(async move {
            match write(&engine, &permit, &copied, &mut archive).await {
                Ok(()) => drop(archive.finish().await),
                Err(error) => {
                    tracing::warn!(%error, "a copy of a person's data was not written to its end");
                    archive.fail().await;
                }
            }
        }),
    );
    let stream = futures_util::stream::unfold(from, async |mut from| Some((from.recv().await?, from)));
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let name = HeaderValue::from_static("attachment; filename=\"person.zip\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn write(
    engine: &Arc<Engine>,
    permit: &Permit,
    copied: &Copied,
    archive: &mut zip::Archive,
) -> anyhow::Result<()> {
    archive.whole("index.html", copied.html().into_bytes()).await?;
    archive.whole("person.json", copied.text().into_bytes()).await?;
    for Attached { conversation, blob, path } in &copied.files {
        // Read twice: the format wants the checksum first, and a file need not fit into memory.
        let (file, mut outgoing) = match engine.open_file(permit, *conversation, blob).await {
            Ok(opened) => opened,
            Err(Error::Refused(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut crc = flate2::Crc::new();
        while let Some(bytes) = outgoing.next().await? {
            crc.update(&bytes);
        }
        archive.begin(path, crc.sum(), file.size).await?;
        let (_, mut outgoing) = engine.open_file(permit, *conversation, blob).await?;
        while let Some(bytes) = outgoing.next().await? {
            archive.data(bytes).await?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erase {
    reason: String,
    /// The customer's name as the desk shows it, or the conversation's short name: whoever erases says whom.
    confirm: String,
}

/// Erases the customer of a conversation, with everything.
pub(super) async fn erase(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Json(asked): Json<Erase>,
) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Erase)?;
    let engine = &desk.app.engine;
    let reason = reason(&asked.reason)?;
    let state = engine.conversation(&permit, id).await?;
    if state.gone() {
        return Err(Refusal::Erased.into());
    }
    let mut names = vec![baton_core::ids::reference(id)];
    for seq in [state.marks.named, state.marks.first_opened] {
        match engine.event(&permit, id, seq).await?.and_then(|opened| opened.body) {
            Some(Sealed::Opening { name, .. } | Sealed::Customer { name, .. }) => names.extend(name),
            Some(Sealed::Identity(identity)) => names.extend(identity.name),
            _ => {}
        }
    }
    if !names.iter().any(|name| !name.is_empty() && name.trim() == asked.confirm.trim()) {
        let why = "`confirm` is neither the customer's name nor the conversation's short name. Nothing was erased.";
        return Err(Problem::new(422, "confirmation_wrong", why));
    }
    let person: PersonId = state.person;
    let done = engine.erase_person(&permit, person, reason).await?;
    Ok(axum::Json(json!({"conversations": done.conversations})).into_response())
}
