//! The desk's socket: rows, watched events, typing, presence. A sign of life of the socket is a sign of life of its agent.

use super::View;
use super::feed::Feed;
use super::session::same_site;
use super::texts::Texts;
use crate::accounts::Caller;
use crate::app::App;
use crate::http::FRAME_LIMIT;
use crate::http::address::ClientAddress;
use crate::http::frames::{Together, bounded, send, text};
use crate::json;
use crate::problem::Problem;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use baton_core::ids::{ConversationId, Ms};
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::refusal::Refusal;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

/// Three beats fit into the lease of an agent.
const BEAT: Ms = 15_000;
/// A socket that answers no ping for this long keeps nobody reachable, though it is not yet dropped.
const LIVELY: Ms = 25_000;

pub(super) async fn stream(
    State(app): State<App>,
    address: ClientAddress,
    Extension(texts): Extension<Texts>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if headers.contains_key(header::COOKIE) {
        same_site(&app, &headers)?;
    }
    let counted = app.count_address(address)?;
    Ok(bounded(upgrade).on_upgrade(async move |mut socket| {
        let _counted = counted;
        metrics::gauge!("baton_desk_sockets").increment(1.0);
        if let Err(problem) = run(&app, texts, &headers, &mut socket).await {
            let frame = json!({"type": "error", "problem": problem.json()});
            let _ = send(&mut socket, &frame).await;
            let close = CloseFrame { code: 1008, reason: Utf8Bytes::from_static(problem.code()) };
            let _ = timeout(FRAME_LIMIT, socket.send(Message::Close(Some(close)))).await;
        }
        metrics::gauge!("baton_desk_sockets").decrement(1.0);
    }))
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame {
    Hello(Hello),
    Watch {
        conversation: ConversationId,
        #[serde(default)]
        after: u64,
    },
    Unwatch {
        conversation: ConversationId,
    },
    Typing {
        conversation: ConversationId,
        on: bool,
    },
    Board {
        on: bool,
    },
    Activity,
    Ping,
}

#[derive(Deserialize)]
struct Hello {
    csrf: Option<String>,
    key: Option<String>,
    agent: Option<String>,
    after: Option<String>,
}

/// Who speaks: asked at the start and at every beat, so that a log-out or a removed key ends the stream.
async fn caller(app: &App, headers: &HeaderMap, hello: &Hello) -> Result<Caller, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if let Some(key) = hello.key.as_deref().or(bearer) {
        return app.by_key(key, hello.agent.as_deref().or(text("baton-agent")));
    }
    let Some(caller) = app.by_cookie(headers).await? else {
        return Err(Problem::new(401, "log_in_needed", "Log in, or say hello with an API key."));
    };
    if caller.csrf.is_none() || caller.csrf != hello.csrf {
        return Err(Problem::new(403, "csrf_missing", "`csrf` in the first frame is missing or old. Reload the page."));
    }
    Ok(caller)
}

/// `Ok`: the client went away or stalled; `Err`: it is told why.
async fn run(app: &App, texts: Texts, headers: &HeaderMap, socket: &mut WebSocket) -> Result<(), Problem> {
    let Ok(Some(Ok(Message::Text(first)))) = timeout(FRAME_LIMIT, socket.recv()).await else { return Ok(()) };
    let Frame::Hello(hello) = json::read(first.as_bytes())? else {
        return Err(Problem::malformed("the first frame must be `hello`"));
    };
    let caller_now = caller(app, headers, &hello).await?;
    let view = View::of(app, &caller_now, &texts)?;
    let agent = caller_now.agent();
    if let Some(agent) = agent {
        app.engine.heartbeat(agent).await;
    }
    let (mut feed, welcome) = Feed::open(view, caller_now.clone(), hello.after.as_deref()).await?;
    if !send(socket, &welcome).await {
        return Ok(());
    }
    let runtime = app.engine.runtime().clone();
    let mut full = app.engine.storage_full();
    if *full.borrow_and_update() && !send(socket, &json!({"type": "house", "storage_full": true})).await {
        return Ok(());
    }
    let mut stop = app.stop.clone();
    let mut heard = runtime.now();
    let mut beat = heard + BEAT;
    // Frames that come too fast wait: until then nothing is read, and the client's own sending slows down.
    let mut held: Option<(Ms, Utf8Bytes)> = None;
    loop {
        let frame = tokio::select! {
            frame = feed.next() => frame?,
            () = runtime.sleep_until(held.as_ref().map_or(Ms::MAX, |(until, _)| *until)), if held.is_some() => {
                let Some((_, said)) = held.take() else { continue };
                match received(app, &caller_now, &mut feed, said.as_bytes()).await? {
                    Some(frame) => frame,
                    None => continue,
                }
            }
            message = socket.recv(), if held.is_none() => {
                heard = runtime.now();
                match message {
                    Some(Ok(Message::Text(said))) if let Err(fast) = app.may_call(&caller_now) => {
                        metrics::counter!("baton_slowed_total").increment(1);
                        held = Some((runtime.now() + fast.wait.min(limits::SLOW_DOWN), said));
                        text(&json!({"type": "slow_down", "seconds": fast.seconds()}))
                    }
                    Some(Ok(Message::Text(said))) => match received(app, &caller_now, &mut feed, said.as_bytes()).await? {
                        Some(frame) => frame,
                        None => continue,
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Binary(_))) => return Err(Problem::malformed("frames are text")),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                }
            }
            Ok(()) = full.changed() => text(&json!({"type": "house", "storage_full": *full.borrow_and_update()})),
            () = runtime.sleep_until(beat) => {
                let now = runtime.now();
                if now > heard + limits::SOCKET_SILENT {
                    return Ok(());
                }
                if caller(app, headers, &hello).await?.subject != caller_now.subject {
                    return Err(Problem::new(401, "log_in_needed", "What you may do has changed. Reload the page."));
                }
                if let Some(agent) = agent.filter(|_| now <= heard + LIVELY) {
                    app.engine.heartbeat(agent).await;
                }
                beat = now + BEAT;
                // Every WebSocket client answers this by itself: so a dead line is known even if its page says nothing.
                if !matches!(timeout(FRAME_LIMIT, socket.send(Message::Ping(Vec::new().into()))).await, Ok(Ok(()))) {
                    return Ok(());
                }
                text(&json!({"type": "pong"}))
            }
            _ = stop.changed() => {
                let close = CloseFrame { code: 1012, reason: Utf8Bytes::from_static("the hub restarts") };
                let _ = timeout(FRAME_LIMIT, socket.send(Message::Close(Some(close)))).await;
                return Ok(());
            }
        };
        let mut together = Together::default();
        if !together.put(socket, frame).await {
            return Ok(());
        }
        // What is ready by now leaves in the same write.
        while let Some(frame) = feed.ready() {
            if !together.put(socket, frame).await {
                return Ok(());
            }
        }
        if !together.flush(socket).await {
            return Ok(());
        }
    }
}

/// Handles one frame of the client.
async fn received(app: &App, caller: &Caller, feed: &mut Feed, said: &[u8]) -> Result<Option<Utf8Bytes>, Problem> {
    match json::read(said)? {
        Frame::Watch { conversation, after } => feed.watch(conversation, after)?,
        Frame::Unwatch { conversation } => feed.unwatch(conversation),
        Frame::Typing { conversation, on } => {
            // Fleeting: for a chat that is gone or not theirs it is dropped, as for one without voice.
            match app.engine.typing(&caller.may(Action::Work)?, conversation, on).await {
                Ok(()) | Err(baton_engine::Error::Refused(Refusal::NotFound)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Frame::Board { on } => feed.watch_board(on)?,
        Frame::Activity => {
            if let Some(agent) = caller.agent() {
                app.engine.active(agent);
            }
        }
        Frame::Ping => return Ok(Some(text(&json!({"type": "pong"})))),
        Frame::Hello(_) => return Err(Problem::malformed("`hello` comes once")),
    }
    Ok(None)
}
