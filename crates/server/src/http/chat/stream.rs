//! What a customer's client is sent, however it is carried: events from the cursor on, then live; state, typing, place.

use super::{Customer, wire};
use crate::app::App;
use crate::json::Query;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use baton_core::event::Stream as LogStream;
use baton_core::ids::Ms;
use baton_core::limits;
use baton_core::sabotage::{Invariant, off};
use baton_kit::bus::{Signal, Typist};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// A reader of one conversation by cursor. Frames come in order; a lost hint only delays them, because the store is read
/// anew every few seconds whatever the bus says.
pub(super) struct Reader {
    app: App,
    customer: Customer,
    sent: u64,
    seen_seq: u64,
    place: Option<u32>,
    signals: broadcast::Receiver<Signal>,
    ready: VecDeque<Value>,
    next_look: Ms,
}

/// The poll that covers lost hints.
const LOOK: Ms = 5_000;

impl Reader {
    /// Subscribes first and reads then, so that nothing falls between.
    pub(super) async fn open(app: App, customer: Customer, after: u64) -> Result<(Self, Value), Problem> {
        let signals = app.engine.subscribe();
        let state = app.engine.conversation(&customer.permit, customer.id).await?;
        if after > state.head.position {
            return Err(Problem::new(410, "cursor_gone", "This cursor is from beyond the end; load anew without it."));
        }
        let after = if after > 0 && off(Invariant::ResumeWithoutGap) { after + 1 } else { after };
        let wire_state = wire::state(&app, &customer.permit, &state).await;
        let place = app.engine.place(customer.id);
        let next_look = app.engine.runtime().now();
        let seen_seq = state.head.seq;
        Ok((
            Self { app, customer, sent: after, seen_seq, place, signals, ready: VecDeque::new(), next_look },
            wire_state,
        ))
    }

    /// The next frame. Cancelling it loses nothing: what was read stands in `ready`.
    pub(super) async fn next(&mut self) -> Result<Value, Problem> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Ok(frame);
            }
            let runtime = self.app.engine.runtime().clone();
            if runtime.now() >= self.next_look {
                self.look().await?;
                continue;
            }
            tokio::select! {
                signal = self.signals.recv() => match signal {
                    Ok(signal) => self.take(signal),
                    Err(RecvError::Lagged(_)) => self.next_look = 0,
                    Err(RecvError::Closed) => return Err(Problem::new(503, "busy", "The hub is stopping. Connect again.")),
                },
                () = runtime.sleep_until(self.next_look) => {}
            }
        }
    }

    fn take(&mut self, signal: Signal) {
        match signal {
            Signal::Appended { stream, .. } if stream == LogStream::Conversation(self.customer.id) => {
                self.next_look = 0
            }
            Signal::Typing { conversation, by, on } if conversation == self.customer.id => {
                let settings = self.app.engine.settings();
                let by = match by {
                    Typist::Customer => return,
                    Typist::Bot => json!({"kind": "bot", "name": null}),
                    Typist::Target => json!({"kind": "target", "name": null}),
                    Typist::Agent(agent) => json!({"kind": "agent", "name": settings.agent_name(agent)}),
                };
                self.ready.push_back(json!({"type": "typing", "by": by, "on": on}));
            }
            Signal::LineMoved => {
                let place = self.app.engine.place(self.customer.id);
                if place != self.place {
                    self.place = place;
                    self.ready.push_back(json!({"type": "place", "place": place}));
                }
            }
            _ => {}
        }
    }

    /// Reads what is new.
    async fn look(&mut self) -> Result<(), Problem> {
        let engine = self.app.engine.clone();
        let settings = engine.settings();
        let (permit, id) = (self.customer.permit, self.customer.id);
        let events = engine.positions(&permit, id, self.sent, limits::PAGE).await?;
        // A full page: there is more, look again at once.
        let full = events.len() == limits::PAGE;
        for opened in &events {
            if let (Some(position), Some(event)) = (opened.header.position, wire::event(opened, &settings)) {
                self.sent = position;
                self.ready.push_back(json!({"type": "event", "event": event, "cursor": self.app.cursor_at(position)}));
            }
        }
        if off(Invariant::OneOrder) {
            self.ready.make_contiguous().reverse();
        }
        let state = engine.conversation(&permit, id).await?;
        if state.head.seq != self.seen_seq {
            self.seen_seq = state.head.seq;
            self.place = engine.place(id);
            let state = wire::state(&self.app, &permit, &state).await;
            self.ready.push_back(json!({"type": "state", "state": state}));
        }
        self.next_look = if full { 0 } else { engine.runtime().now() + LOOK };
        Ok(())
    }
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// The fallback where sockets fail: the same frames as server-sent events, with requests for the way back.
pub(super) async fn stream(
    State(app): State<App>,
    customer: Customer,
    Query(query): Query<After>,
) -> Result<Response, Problem> {
    let after = app.chat_cursor(query.after.as_deref())?;
    let stop = app.stop.clone();
    let cursor = app.cursor_at(after);
    let (reader, state) = Reader::open(app, customer, after).await?;
    let welcome = json!({"type": "welcome", "state": state, "cursor": cursor});
    let frames = stream::unfold((Some(reader), Some(welcome), stop), async |(reader, first, mut stop)| {
        let mut reader = reader?;
        if let Some(first) = first {
            return Some((sse(&first), (Some(reader), None, stop)));
        }
        tokio::select! {
            frame = reader.next() => match frame {
                Ok(frame) => Some((sse(&frame), (Some(reader), None, stop))),
                Err(problem) => Some((sse(&json!({"type": "error", "problem": problem.json()})), (None, None, stop))),
            },
            _ = stop.changed() => None,
        }
    });
    let beat = KeepAlive::new()
        .interval(Duration::from_millis(limits::HEARTBEAT as u64))
        .event(Event::default().data(r#"{"type":"pong"}"#));
    Ok(Sse::new(frames).keep_alive(beat).into_response())
}

fn sse(frame: &Value) -> Result<Event, Infallible> {
    Ok(Event::default().data(frame.to_string()))
}
