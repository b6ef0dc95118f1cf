//! The customer's socket: frames both ways, resumable by cursor.

use super::Customer;
use super::requests::{Said, SendBody, say};
use super::stream::Reader;
use crate::app::App;
use crate::http::FRAME_LIMIT;
use crate::http::address::ClientAddress;
use crate::http::frames::{Together, bounded, send, text};
use crate::json;
use crate::problem::Problem;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use baton_core::ids::{ClientId, Ms};
use baton_core::limits;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Frames that leave in one go, at most; then the client is heard again.
const IN_ONE_GO: usize = 32;

pub(super) async fn socket(
    State(app): State<App>,
    address: ClientAddress,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let counted = app.count_address(address)?;
    Ok(bounded(upgrade).on_upgrade(async move |mut socket| {
        let _counted = counted;
        metrics::gauge!("baton_customer_sockets").increment(1.0);
        if let Err(problem) = run(app, &mut socket).await {
            let frame = json!({"type": "error", "problem": problem.json()});
            let _ = send(&mut socket, &frame).await;
            let close = CloseFrame { code: 1008, reason: Utf8Bytes::from_static(problem.code()) };
            let _ = timeout(FRAME_LIMIT, socket.send(Message::Close(Some(close)))).await;
        }
        metrics::gauge!("baton_customer_sockets").decrement(1.0);
    }))
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
    let _counted = app.count_chat(id)?;
    let after = app.chat_cursor(after.as_deref())?;
    let speaker = customer;
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
    // A timer of its own: the runtime's sleeps look at the clock every second, which ten thousand idle sockets would feel.
    let mut beats = interval(Duration::from_millis(limits::HEARTBEAT as u64));
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.tick().await;
    // What came too fast: while it is held, no more is read, and the client's own sending slows down.
    let mut held = Held::default();
    loop {
        let until = held.until;
        let frame = tokio::select! {
            frame = reader.next() => frame?,
            () = async { runtime.sleep_until(until).await }, if until > 0 => {
                heard = runtime.now();
                match received(&app, &speaker, &mut held).await? {
                    Some(frame) => frame,
                    None => continue,
                }
            }
            message = socket.recv(), if until == 0 => {
                heard = runtime.now();
                let answer = match message {
                    Some(Ok(Message::Text(said))) => {
                        held.frame = Some(said);
                        received(&app, &speaker, &mut held).await?
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                    Some(Ok(Message::Binary(_))) => return Err(Problem::malformed("frames are text")),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                };
                match answer {
                    Some(frame) => frame,
                    None => continue,
                }
            }
            _ = beats.tick() => {
                if runtime.now() > heard + limits::SOCKET_SILENT {
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
        // What is ready by now leaves with it: an acknowledgement and the message that it acknowledges are one write.
        for _ in 0..IN_ONE_GO {
            let Some(frame) = reader.next().now_or_never() else { break };
            if !together.put(socket, frame?).await {
                return Ok(());
            }
        }
        if !together.flush(socket).await {
            return Ok(());
        }
    }
}

#[derive(Serialize)]
struct Ack {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    answer: Said,
}

/// A frame that came too fast, until when it is held, and since when; 0: not at all.
#[derive(Default)]
struct Held {
    frame: Option<Utf8Bytes>,
    since: Ms,
    until: Ms,
}

/// Handles one frame of the client; a send that is refused is answered, and the socket stays open. A frame that comes too
/// fast is held for a while, and refused if even that was not enough.
async fn received(app: &App, customer: &Customer, held: &mut Held) -> Result<Option<Utf8Bytes>, Problem> {
    held.until = 0;
    let Some(said) = held.frame.take() else { return Ok(None) };
    let frame = json::read(said.as_bytes())?;
    let now = app.engine.runtime().now();
    let mut may = if held.since == 0 { app.may_ask(customer) } else { Ok(()) };
    if matches!(frame, Frame::Send(_)) {
        may = may.and_then(|()| app.may_say(customer));
    }
    if let Err(fast) = may {
        let first = held.since == 0;
        let since = if first { now } else { held.since };
        if now + fast.wait <= since + limits::SLOW_DOWN {
            metrics::counter!("baton_slowed_total").increment(1);
            *held = Held { frame: Some(said), since, until: now + fast.wait };
            return Ok(first.then(|| text(&json!({"type": "slow_down", "seconds": fast.seconds()}))));
        }
        held.since = 0;
        let problem = Problem::from(fast);
        return match frame {
            Frame::Send(body) => Ok(Some(refused(&body, &problem, held, now))),
            // Nothing is lost with a sign of typing or of having read.
            _ => Ok(None),
        };
    }
    held.since = 0;
    match frame {
        Frame::Send(body) => Ok(Some(match say(app, customer, &body).await {
            Ok((_, answer)) => text(&Ack { kind: "ack", answer }),
            Err(problem) => refused(&body, &problem, held, now),
        })),
        Frame::Typing { on } => {
            app.engine.typing(&customer.permit, customer.id, on).await?;
            Ok(None)
        }
        Frame::Seen { position } => {
            app.engine.seen(&customer.permit, customer.id, position)?;
            Ok(None)
        }
        Frame::Ping => Ok(Some(text(&json!({"type": "pong"})))),
        Frame::Hello { .. } => Err(Problem::malformed("`hello` comes once")),
    }
}

/// Says that a message was not taken. Where it is worth another try, nothing is read until then.
fn refused(body: &SendBody, problem: &Problem, held: &mut Held, now: Ms) -> Utf8Bytes {
    let (client, counter) = body.client();
    if let Some(seconds) = problem.wait() {
        held.until = now + limits::SLOW_DOWN.min(Ms::try_from(seconds).unwrap_or(1) * 1_000);
    }
    text(&json!({"type": "refused", "client": client, "counter": counter, "problem": problem.json()}))
}
