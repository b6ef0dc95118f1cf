//! Files that customers and agents send: taken in a stream, looked at, sealed, and given out so that no browser runs them.

pub(crate) mod kind;

use crate::app::App;
use crate::problem::Problem;
use crate::widget::Widget;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baton_core::content::{Content, Part, file_name};
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_engine::File;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// A file in place of a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendFile {
    blob: String,
    text: Option<String>,
}

/// The query of an upload.
#[derive(Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    pub(crate) name: String,
}

/// Uploads under way, by conversation.
#[derive(Clone, Default)]
pub(crate) struct Uploads(Arc<Mutex<HashMap<ConversationId, u32>>>);

/// One upload; it counts until it is dropped.
struct Slot(Uploads, ConversationId);

impl Uploads {
    fn begin(&self, id: ConversationId) -> Result<Slot, Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total: u32 = all.values().sum();
        if total as usize >= limits::UPLOADS_ALL || all.get(&id).is_some_and(|own| *own >= limits::UPLOADS) {
            let why = "Too many files are being uploaded at once. Wait for one of them, then send this one again.";
            return Err(Problem::new(429, "too_many_files", why).retry_after(2));
        }
        *all.entry(id).or_insert(0) += 1;
        Ok(Slot(self.clone(), id))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut all = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get_mut(&self.1) {
            *own -= 1;
            if *own == 0 {
                all.remove(&self.1);
            }
        }
    }
}

fn too_large(limit: u64) -> Problem {
    let why = format!("The file is larger than the {} MB that are taken here.", limit / (1024 * 1024));
    Problem::new(413, "file_too_large", why).with("limit", limit)
}

fn refused(refused: &kind::Refused) -> Problem {
    Problem::new(415, "file_type_refused", format!("This file was not taken: {refused}."))
}

/// Takes a file in. What is too large is refused by its declared length, before any of it is read; without one, as soon as
/// it is.
pub(crate) async fn take(
    app: &App,
    permit: &Permit,
    id: ConversationId,
    widget: &Widget,
    name: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Value, Problem> {
    let mut body = body.into_data_stream();
    let limit = Duration::from_millis(limits::UPLOAD as u64);
    let taken = match timeout(limit, take_from(app, permit, id, widget, name, headers, &mut body)).await {
        Ok(taken) => taken,
        Err(_) => Err(stalled()),
    };
    if taken.is_err() {
        drop_rest(app, body);
    }
    taken
}

/// Who is still sending when the answer comes reads it only if the connection is not torn down under them: browsers send all
/// of a body first. So some of what follows is taken in and dropped, beside the answer.
fn drop_rest(app: &App, mut body: BodyDataStream) {
    let dropping = async move {
        let mut left = limits::UPLOAD_DROPPED;
        while let Some(Ok(bytes)) = body.next().await {
            left = left.saturating_sub(bytes.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    app.engine.runtime().spawn(
        "upload-dropped",
        Box::pin(async move {
            let _ = timeout(Duration::from_millis(limits::UPLOAD_DROPPED_FOR as u64), dropping).await;
        }),
    );
}

async fn take_from(
    app: &App,
    permit: &Permit,
    id: ConversationId,
    widget: &Widget,
    name: &str,
    headers: &HeaderMap,
    rest: &mut BodyDataStream,
) -> Result<Value, Problem> {
    let limit = widget.file_bytes;
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text(header::CONTENT_LENGTH).parse::<u64>().is_ok_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let _slot = app.uploads.begin(id)?;
    let name = file_name(name);
    let mut head: Vec<u8> = Vec::new();
    let mut ended = false;
    while head.len() < kind::HEAD && !ended {
        match next(rest).await? {
            Some(bytes) => head.extend_from_slice(&bytes),
            None => ended = true,
        }
    }
    if head.is_empty() {
        return Err(Problem::new(422, "file_empty", "The file is empty."));
    }
    let looked_at = &head[..head.len().min(kind::HEAD)];
    let whole = ended && head.len() <= kind::HEAD;
    let groups: Vec<&str> = widget.file_types.iter().map(String::as_str).collect();
    let media_type = kind::of(looked_at, whole, &name, text(header::CONTENT_TYPE), &groups);
    let media_type = media_type.map_err(|why| refused(&why))?;
    if head.len() as u64 > limit {
        return Err(too_large(limit));
    }
    let mut incoming = app.engine.take_file(permit, id, &name, media_type).await?;
    incoming.write(&head).await?;
    drop(head);
    while !ended {
        match next(rest).await? {
            Some(bytes) if incoming.size() + bytes.len() as u64 > limit => return Err(too_large(limit)),
            Some(bytes) => incoming.write(&bytes).await?,
            None => ended = true,
        }
    }
    let File { blob, name, media_type, size } = incoming.finish().await?;
    Ok(json!({"blob": blob, "name": name, "media_type": media_type, "size": size}))
}

fn stalled() -> Problem {
    Problem::new(400, "malformed", "The upload did not come to its end in time. Send the file again.")
}

async fn next(body: &mut BodyDataStream) -> Result<Option<Bytes>, Problem> {
    match timeout(Duration::from_millis(limits::UPLOAD_SILENT as u64), body.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        // Cut off, or nothing came: what came is dropped.
        Ok(Some(Err(_))) | Err(_) => Err(stalled()),
    }
}

/// Gives a file out: checked frame by frame, never run, shown in the page only if it is a picture.
pub(crate) async fn give(app: &App, permit: &Permit, id: ConversationId, blob: &str) -> Result<Response, Problem> {
    let (file, outgoing) = app.engine.open_file(permit, id, blob).await?;
    let inline = kind::INLINE.contains(&file.media_type.as_str());
    let disposition = format!(
        "{}; filename=\"{}\"; filename*=UTF-8''{}",
        if inline { "inline" } else { "attachment" },
        file.name
            .chars()
            .map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' })
            .collect::<String>(),
        encoded(&file.name),
    );
    let bytes = futures_util::stream::unfold(outgoing, async |mut outgoing| match outgoing.next().await {
        Ok(Some(bytes)) => Some((Ok(Bytes::from(bytes)), outgoing)),
        Ok(None) => None,
        Err(error) => {
            tracing::error!(%error, "a file could not be read to its end");
            // The client knows the length, so it sees that this is not all.
            Some((Err(std::io::Error::other("the file cannot be read")), outgoing))
        }
    });
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    let media_type = if file.media_type.starts_with("text/") {
        format!("{}; charset=utf-8", file.media_type)
    } else {
        file.media_type.clone()
    };
    let value =
        |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, value(&media_type));
    headers.insert(header::CONTENT_LENGTH, file.size.into());
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// Percent-encoded as RFC 8187 has it.
fn encoded(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The content of a message that names a file of this conversation.
pub(crate) async fn content(
    app: &App,
    permit: &Permit,
    id: ConversationId,
    file: &SendFile,
    markdown: bool,
) -> Result<Content, Problem> {
    let File { blob, name, media_type, size } = app.engine.file(permit, id, &file.blob).await?;
    let words = file.text.as_ref().filter(|text| !text.trim().is_empty());
    let mut parts: Vec<Part> =
        words.map(|text| Part::Text { text: text.clone(), markdown, language: None }).into_iter().collect();
    parts.push(Part::File { blob, name, media_type, size });
    Ok(Content::parts(parts).map_err(Refusal::from)?)
}
