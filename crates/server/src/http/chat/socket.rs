//! The customer's socket: frames both ways, resumable by cursor.

use super::requests::{SendBody, say};
use super::stream::Reader;
use crate::app::App;
use crate::http::FRAME_LIMIT;
use crate::json;
use crate::problem::Problem;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use baton_core::ids::ClientId;
use baton_core::limits;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

pub(super) async fn socket(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    // The default buffers cost 134 KiB for each idle connection, and an unbounded one for each stalled reader.
    upgrade
        .read_buffer_size(4_096)
        .write_buffer_size(0)
        .max_write_buffer_size(limits::SOCKET_BUFFER)
        .max_message_size(limits::FRAME_BYTES)
        .max_frame_size(limits::FRAME_BYTES)
        .on_upgrade(async move |mut socket| {
            metrics::gauge!("baton_customer_sockets").increment(1.0);
            if let Err(problem) = run(app, &mut socket).await {
                let frame = json!({"type": "error", "problem": problem.json()});
                let _ = send(&mut socket, &frame).await;
                let close = CloseFrame { code: 1008, reason: Utf8Bytes::from_static(problem.code()) };
                let _ = timeout(FRAME_LIMIT, socket.send(Message::Close(Some(close)))).await;
            }
            metrics::gauge!("baton_customer_sockets").decrement(1.0);
        })
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame {
    Hello { token: String, after: Option<String>, client: Option<ClientId> },
    Send(SendBody),
    Typing { on: bool },
    Seen { position: u64 },
    Ping,
}

/// `Ok`: the client went away or stalled; `Err`: it is told why.
async fn run(app: App, socket: &mut WebSocket) -> Result<(), Problem> {
    let Ok(Some(Ok(Message::Text(first)))) = timeout(FRAME_LIMIT, socket.recv()).await else { return Ok(()) };
    let Frame::Hello { token, after, client } = json::read(first.as_bytes())? else {
        return Err(Problem::malformed("the first frame must be `hello`"));
    };
    let customer = app.customer(&token)?;
    let (permit, id) = (customer.permit, customer.id);
    let after = app.chat_cursor(after.as_deref())?;
    let speaker = app.customer(&token)?;
    let (mut reader, state) = Reader::open(app.clone(), customer, after).await?;
    let mut welcome = json!({"type": "welcome", "state": state, "cursor": app.cursor_at(after)});
    if let Some(client) = client {
        welcome["next_counter"] = json!(app.engine.next_counter(&permit, id, client).await?);
    }
    if !send(socket, &welcome).await {
        return Ok(());
    }
    let runtime = app.engine.runtime().clone();
    let mut stop = app.stop.clone();
    let mut heard = runtime.now();
    let mut beat = heard + limits::HEARTBEAT;
    loop {
        let frame = tokio::select! {
            frame = reader.next() => frame?,
            message = socket.recv() => {
                heard = runtime.now();
                let answer = match message {
                    Some(Ok(Message::Text(text))) => received(&app, &speaker, text.as_bytes()).await?,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                    Some(Ok(Message::Binary(_))) => return Err(Problem::malformed("frames are text")),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                };
                match answer {
                    Some(frame) => frame,
                    None => continue,
                }
            }
            () = runtime.sleep_until(beat) => {
                if runtime.now() > heard + limits::SOCKET_SILENT {
                    return Ok(());
                }
                beat = runtime.now() + limits::HEARTBEAT;
                json!({"type": "pong"})
            }
            _ = stop.changed() => {
                let close = CloseFrame { code: 1012, reason: Utf8Bytes::from_static("the hub restarts") };
                let _ = timeout(FRAME_LIMIT, socket.send(Message::Close(Some(close)))).await;
                return Ok(());
            }
        };
        if !send(socket, &frame).await {
            return Ok(());
        }
    }
}

/// Handles one frame of the client; a send that is refused is answered, and the socket stays open.
async fn received(app: &App, customer: &super::Customer, text: &[u8]) -> Result<Option<Value>, Problem> {
    match json::read(text)? {
        Frame::Send(body) => {
            let (client, counter) = body.client();
            Ok(Some(match say(app, customer, &body).await {
                Ok((_, mut answer)) => {
                    answer["type"] = json!("ack");
                    answer
                }
                Err(problem) => {
                    json!({"type": "refused", "client": client, "counter": counter, "problem": problem.json()})
                }
            }))
        }
        Frame::Typing { on } => {
            app.engine.typing(&customer.permit, customer.id, on).await?;
            Ok(None)
        }
        Frame::Seen { position } => {
            app.engine.seen(&customer.permit, customer.id, position)?;
            Ok(None)
        }
        Frame::Ping => Ok(Some(json!({"type": "pong"}))),
        Frame::Hello { .. } => Err(Problem::malformed("`hello` comes once")),
    }
}

/// False: the client is gone or stalled.
async fn send(socket: &mut WebSocket, frame: &Value) -> bool {
    matches!(timeout(FRAME_LIMIT, socket.send(Message::Text(frame.to_string().into()))).await, Ok(Ok(())))
}
