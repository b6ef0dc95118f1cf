//! What a customer's client is sent, however it is carried: events from the cursor on, then live; state, typing, place.

use super::Customer;
use super::wire::{self, Standing};
use crate::app::App;
use crate::http::frames::text;
use crate::json::Query;
use crate::problem::Problem;
use axum::extract::State;
use axum::extract::ws::Utf8Bytes;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use baton_core::conversation::Conversation;
use baton_core::ids::Ms;
use baton_core::limits;
use baton_core::ownership::Holder;
use baton_core::sabotage::{Invariant, off};
use baton_engine::{Config, Heard, Listener};
use baton_kit::bus::{Signal, Typist};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// A place in line is told at most so often.
const PLACES: Ms = 1_000;

/// A reader of one conversation by cursor. Frames come in order; a lost hint only delays them, because the engine looks
/// through the log for what was missed. An idle reader does nothing at all.
pub(super) struct Reader {
    app: App,
    customer: Customer,
    sent: u64,
    seen_seq: u64,
    place: Option<u32>,
    /// When the place was last looked at, and when it is again.
    placed: Ms,
    next_place: Option<Ms>,
    listener: Listener,
    ready: VecDeque<Utf8Bytes>,
    /// Something is new, or may be.
    behind: bool,
    /// What the state was made of that was sent last.
    shown: (Arc<Conversation>, Arc<Config>),
    name: Name,
}

/// The name by which the customer is called, with the seqs of the events that say it.
type Name = Option<((u64, u64), Option<String>)>;

impl Reader {
    /// Subscribes first and reads then, so that nothing falls between.
    pub(super) async fn open(app: App, customer: Customer, after: u64) -> Result<(Self, Value), Problem> {
        let mut listener = app.engine.listen(customer.id);
        let state = app.engine.conversation(&customer.permit, customer.id).await?;
        if after > state.head.position {
            return Err(Problem::new(410, "cursor_gone", "This cursor is from beyond the end; load anew without it."));
        }
        let after = if after > 0 && off(Invariant::ResumeWithoutGap) { after + 1 } else { after };
        listener.in_line(waits(&state));
        let mut name = None;
        let config = app.engine.config();
        let called = named(&app, &customer, &state, &mut name).await;
        let place = app.engine.place(customer.id);
        let shown = Standing::of(&state, place, called.as_deref()).shown(&app, state.head.position);
        let reader = Self {
            sent: after,
            seen_seq: state.head.seq,
            place,
            placed: 0,
            next_place: None,
            listener,
            ready: VecDeque::new(),
            behind: true,
            shown: (state, config),
            name,
            app,
            customer,
        };
        Ok((reader, shown))
    }

    /// The next frame. Cancelling it loses nothing: what was read stands in `ready`.
    pub(super) async fn next(&mut self) -> Result<Utf8Bytes, Problem> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Ok(frame);
            }
            if self.behind {
                self.look().await?;
                continue;
            }
            let now = self.app.engine.runtime().now();
            if self.next_place.is_some_and(|at| now >= at) {
                self.look_at_place(now);
                continue;
            }
            let heard = match self.next_place {
                None => self.listener.recv().await,
                Some(at) => tokio::select! {
                    biased;
                    heard = self.listener.recv() => heard,
                    () = self.app.engine.runtime().sleep_until(at) => continue,
                },
            };
            match heard {
                Heard::Signal(signal) => self.take(signal),
                Heard::Missed => self.behind = true,
            }
        }
    }

    fn take(&mut self, signal: Signal) {
        match signal {
            Signal::Appended { .. } => self.behind = true,
            Signal::Typing { conversation, by, on } if conversation == self.customer.id => {
                let settings = self.app.engine.settings();
                let by = match by {
                    Typist::Customer => return,
                    Typist::Bot => json!({"kind": "bot", "name": null}),
                    Typist::Target => json!({"kind": "target", "name": null}),
                    Typist::Agent(agent) => json!({"kind": "agent", "name": settings.agent_name(agent)}),
                };
                self.ready.push_back(text(&json!({"type": "typing", "by": by, "on": on})));
            }
            // In a busy line everybody's place moves all the time; it is told once in a while.
            Signal::LineMoved => self.next_place = self.next_place.or(Some(self.placed + PLACES)),
            _ => {}
        }
    }

    fn look_at_place(&mut self, now: Ms) {
        (self.next_place, self.placed) = (None, now);
        let place = self.app.engine.place(self.customer.id);
        if place != self.place {
            self.place = place;
            self.ready.push_back(text(&json!({"type": "place", "place": place})));
        }
    }

    /// Reads what is new.
    async fn look(&mut self) -> Result<(), Problem> {
        let engine = self.app.engine.clone();
        let settings = engine.settings();
        let (permit, id) = (self.customer.permit, self.customer.id);
        let events = engine.new_positions(&permit, id, self.sent, limits::SOCKET_QUEUE).await?;
        // A full page: there is more, look again at once.
        let full = events.len() == limits::SOCKET_QUEUE;
        let (state, config) = (engine.conversation(&permit, id).await?, engine.config());
        let new = state.head.seq != self.seen_seq;
        let was = self.name.clone();
        let called = if new { named(&self.app, &self.customer, &state, &mut self.name).await } else { None };
        // From here on nothing waits.
        for opened in &events {
            if let (Some(position), Some(event)) = (opened.header.position, wire::event(opened, &settings)) {
                self.sent = position;
                let cursor = self.app.cursor_at(position);
                self.ready.push_back(text(&EventFrame { kind: "event", event, cursor }));
            }
        }
        if off(Invariant::OneOrder) {
            self.ready.make_contiguous().reverse();
        }
        if new {
            let place = engine.place(id);
            let before = Standing::of(&self.shown.0, self.place, was.as_ref().and_then(|(_, name)| name.as_deref()));
            let now = Standing::of(&state, place, called.as_deref());
            // Each event bears its position; a state that differs in nothing else is not sent.
            if before != now || !Arc::ptr_eq(&self.shown.1, &config) {
                let state = now.shown(&self.app, state.head.position);
                self.ready.push_back(text(&json!({"type": "state", "state": state})));
            }
            (self.seen_seq, self.place) = (state.head.seq, place);
            self.listener.in_line(waits(&state));
            self.shown = (state, config);
        }
        self.behind = full;
        Ok(())
    }
}

#[derive(Serialize)]
struct EventFrame<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    event: wire::Event<'a>,
    cursor: String,
}

/// Whether the customer stands in a line, so that their place may move.
fn waits(state: &Conversation) -> bool {
    matches!(state.own.holder, Holder::Queue { .. })
}

/// The name to use, read anew only when another event says it.
async fn named(app: &App, customer: &Customer, state: &Conversation, known: &mut Name) -> Option<String> {
    let marks = (state.marks.named, state.marks.first_opened);
    if let Some((of, name)) = known
        && *of == marks
    {
        return name.clone();
    }
    let name = wire::customer_name(app, &customer.permit, state).await;
    *known = Some((marks, name.clone()));
    name
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
            return Some((sse(&text(&first)), (Some(reader), None, stop)));
        }
        tokio::select! {
            frame = reader.next() => match frame {
                Ok(frame) => Some((sse(&frame), (Some(reader), None, stop))),
                Err(problem) => {
                    let frame = text(&json!({"type": "error", "problem": problem.json()}));
                    Some((sse(&frame), (None, None, stop)))
                }
            },
            _ = stop.changed() => None,
        }
    });
    let beat = KeepAlive::new()
        .interval(Duration::from_millis(limits::HEARTBEAT as u64))
        .event(Event::default().data(r#"{"type":"pong"}"#));
    Ok(Sse::new(frames).keep_alive(beat).into_response())
}

fn sse(frame: &Utf8Bytes) -> Result<Event, Infallible> {
    Ok(Event::default().data(frame.as_str()))
}
