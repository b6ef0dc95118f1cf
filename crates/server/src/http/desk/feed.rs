//! What one screen is sent: rows that changed, events of the chats that it watches, fleeting things. The store is the
//! truth; a lost hint only delays a frame, because the engine looks through the log for what was missed.

use super::View;
use super::access::Standing;
use super::board::alert_json;
use super::pace::{MANY_GATHER, Pace};
use super::rows::{EventFrame, RowFrame};
use super::session::describe;
use super::viewers::{VIEW_BEAT, Viewers};
use super::wire;
use crate::accounts::Caller;
use crate::http::frames::text;
use crate::problem::Problem;
use axum::extract::ws::Utf8Bytes;
use baton_core::conversation::Conversation;
use baton_core::event::{Fact, Header, Stream};
use baton_core::ids::{AgentId, ConversationId, Ms};
use baton_core::limits;
use baton_core::permission::{Action, Permit};
use baton_core::refusal::Refusal;
use baton_engine::{Alert, Cursor, Heard, Listener, seen_by_others};
use baton_kit::bus::{Signal, Typist};
use baton_kit::store::Offset;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::watch;

/// A look that nothing asks for.
const NEVER: Ms = Ms::MAX;
/// Changes of rows are gathered for this long, so that a busy chat costs a screen few frames.
const GATHER: Ms = 25;
/// On a loaded hub for this many times as long as the last look took, so that screens leave room for the chats themselves.
const GATHER_LOOKS: Ms = 4;
const GATHER_MOST: Ms = 1_000;
/// And for so much longer with each row of the last look: nobody reads a hundred changes a second.
const GATHER_ROW: Ms = 40;
/// A look of no more milliseconds than this burdens nobody: after it an offer need not wait at all.
const LIGHT: Ms = 5;
/// Frames that are gathered before they leave.
const TOGETHER: usize = 32;
/// A board is sent at most so often.
const BOARD_PAUSE: Ms = 500;
/// And looked at so often, for what only time changes.
const BOARD_LOOK: Ms = 1_000;
/// Places in line are told again at most so often.
const PLACES: Ms = 500;
/// Places told in one go.
const PLACES_AT_ONCE: usize = 100;
/// Chats that one screen watches.
const WATCHED: usize = 64;
/// Rows of a snapshot.
const SNAPSHOT: usize = 500;
/// A screen that missed more events than this gets a snapshot.
const REPLAYED: u64 = 5_000;
/// Conversations of which it is remembered that the screen was told they left its lists.
const GONE: usize = 10_000;

/// A chat whose events are sent.
#[derive(Clone, Copy)]
struct Watched {
    /// The last seq that was sent.
    sent: u64,
    /// This reader was found to be allowed since the watching began.
    allowed: bool,
    /// Others were told that this reader has it open.
    seen: bool,
}

pub(super) struct Feed {
    view: View,
    caller: Caller,
    listener: Listener,
    ready: VecDeque<Utf8Bytes>,
    cursor: Offset,
    next_look: Ms,
    looked: Ms,
    gather: Ms,
    /// The part of it that even an offer waits for: what a loaded hub needs.
    spared: Ms,
    watched: HashMap<ConversationId, Watched>,
    dirty: HashSet<ConversationId>,
    /// Not before then are they looked at.
    next_events: Ms,
    pace: Pace,
    /// Conversations whose row changed.
    changed: HashSet<ConversationId>,
    /// The log is read from the cursor on, as after a break.
    behind: bool,
    /// More than a word was said since the last counting; in this reader's own lists.
    moved: bool,
    moved_own: bool,
    counts: Value,
    gone: HashSet<ConversationId>,
    places: HashMap<ConversationId, Option<u32>>,
    next_places: Option<Ms>,
    me: Value,
    me_due: bool,
    counts_due: bool,
    /// Conversations left the lists without an event: the screen is told everything anew.
    anew: bool,
    board: Option<Watch>,
    alerts: Option<Alerts>,
    viewers: Viewers,
}

/// A board that is kept up to date on the screen.
struct Watch {
    permit: Permit,
    /// What the screen has, without the moment at which it was made.
    shown: Value,
    sent: Ms,
    next: Ms,
}

/// What a supervisor's screen was told to stand wrong.
struct Alerts {
    now: watch::Receiver<Arc<Vec<Alert>>>,
    told: Vec<Alert>,
    due: bool,
}

impl Alerts {
    /// Waits for a change; for ever where nobody is to be told.
    async fn changed(alerts: &mut Option<Self>) {
        match alerts {
            Some(alerts) => match alerts.now.changed().await {
                Ok(()) => alerts.due = true,
                Err(_) => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }
}

impl Feed {
    /// Subscribes first and reads then, so that nothing falls between.
    pub(super) async fn open(view: View, caller: Caller, after: Option<&str>) -> Result<(Self, Value), Problem> {
        let engine = view.app.engine.clone();
        let agent = caller.agent();
        let listener = engine.listen_at_desk(agent, caller.may(Action::Supervise).is_ok());
        let end = engine.end().await?;
        let identity = engine.store().identity();
        let resumed = match after.filter(|text| !text.is_empty()) {
            Some(text) => {
                let at = Cursor::parse(text, identity)?.at;
                if at > end.0 {
                    return Err(Problem::new(410, "cursor_gone", "This cursor is from beyond the end; load anew."));
                }
                Some(Offset(at)).filter(|_| end.0 - at <= REPLAYED)
            }
            None => None,
        };
        let me = describe(&view.app, &caller).await?;
        let snapshot = match resumed {
            Some(_) => None,
            None => Some(view.snapshot(SNAPSHOT).await?),
        };
        let counts = view.counts().await?;
        let cursor = resumed.unwrap_or(end);
        let at = Cursor::of(identity, cursor.0).text();
        let welcome = json!({"type": "welcome", "me": me, "cursor": at, "snapshot": snapshot, "counts": counts});
        let told = Alerts { now: engine.alerts(), told: Vec::new(), due: true };
        let alerts = caller.may(Action::Supervise).is_ok().then_some(told);
        let places = snapshot.iter().flatten().filter_map(standing_place).collect();
        let feed = Self {
            view,
            caller,
            listener,
            ready: VecDeque::new(),
            cursor,
            next_look: 0,
            looked: 0,
            gather: GATHER,
            spared: 0,
            watched: HashMap::new(),
            dirty: HashSet::new(),
            next_events: 0,
            pace: Pace::default(),
            changed: HashSet::new(),
            behind: true,
            moved: false,
            moved_own: false,
            counts,
            gone: HashSet::new(),
            places,
            next_places: None,
            me,
            me_due: false,
            counts_due: false,
            anew: false,
            board: None,
            alerts,
            viewers: Viewers::default(),
        };
        Ok((feed, welcome))
    }

    /// The next frame. Cancelling it loses nothing: what was read is taken over in one step, after the reading.
    pub(super) async fn next(&mut self) -> Result<Utf8Bytes, Problem> {
        let runtime = self.view.app.engine.runtime().clone();
        loop {
            let now = runtime.now();
            let events = now >= self.next_events && !self.dirty.is_empty();
            if (!events || self.ready.len() >= TOGETHER)
                && let Some(frame) = self.ready.pop_front()
            {
                return Ok(frame);
            }
            if self.alerts.as_ref().is_some_and(|alerts| alerts.due) {
                self.look_at_alerts();
            } else if self.me_due {
                self.look_at_me().await?;
            } else if self.anew {
                self.welcome_anew().await?;
            } else if self.counts_due {
                let counts = self.view.counts().await?;
                self.counts_due = false;
                self.ready.push_back(text(&json!({"type": "counts", "counts": counts})));
                self.counts = counts;
            } else if let Some(id) = self.dirty.iter().next().copied().filter(|_| events) {
                self.look_at(id).await?;
                if self.dirty.is_empty() && self.pace.many(now) {
                    self.next_events = now + MANY_GATHER;
                }
            } else if now >= self.next_look {
                self.look().await?;
            } else if self.next_places.is_some_and(|at| now >= at) {
                self.look_at_places().await?;
            } else if now >= self.viewers.next {
                self.look_at_viewers();
            } else if self.board.as_ref().is_some_and(|board| now >= board.next) {
                self.look_at_board().await?;
            } else {
                let next = if self.dirty.is_empty() { self.next_look } else { self.next_look.min(self.next_events) };
                let next = self.next_places.map_or(next, |at| at.min(next));
                let next = next.min(self.viewers.next);
                let next = self.board.as_ref().map_or(next, |board| board.next.min(next));
                tokio::select! {
                    heard = self.listener.recv() => self.hear(heard),
                    () = Alerts::changed(&mut self.alerts) => {}
                    () = runtime.sleep_until(next) => {}
                }
            }
        }
    }

    /// The next frame, if there is one already.
    pub(super) fn ready(&mut self) -> Option<Utf8Bytes> {
        self.ready.pop_front()
    }

    /// From now on the board is sent whenever it changes.
    pub(super) fn watch_board(&mut self, on: bool) -> Result<(), Problem> {
        let permit = self.caller.may(Action::Supervise)?;
        self.board = on.then_some(Watch { permit, shown: Value::Null, sent: 0, next: 0 });
        Ok(())
    }

    async fn look_at_board(&mut self) -> Result<(), Problem> {
        let Some(Watch { permit, .. }) = self.board else { return Ok(()) };
        let board = self.view.board(&permit).await?;
        let now = self.view.app.engine.runtime().now();
        let Some(watch) = &mut self.board else { return Ok(()) };
        let mut shown = board.clone();
        shown["at"] = Value::Null;
        // What only time changes, a promise that falls due, has no signal.
        watch.next = now + BOARD_LOOK;
        if shown != watch.shown {
            (watch.shown, watch.sent) = (shown, now);
            self.ready.push_back(text(&json!({"type": "board", "board": board})));
        }
        Ok(())
    }

    /// The same as at the beginning, so that the screen forgets what is gone.
    async fn welcome_anew(&mut self) -> Result<(), Problem> {
        let engine = self.view.app.engine.clone();
        let end = engine.end().await?;
        let snapshot = self.view.snapshot(SNAPSHOT).await?;
        let counts = self.view.counts().await?;
        let at = Cursor::of(engine.store().identity(), end.0).text();
        self.places = snapshot.iter().filter_map(standing_place).collect();
        self.gone.clear();
        (self.cursor, self.anew, self.counts_due, self.counts) = (end, false, false, counts.clone());
        if let Some(alerts) = &mut self.alerts {
            (alerts.told, alerts.due) = (Vec::new(), true);
        }
        let frame = json!({"type": "welcome", "me": self.me, "cursor": at, "snapshot": snapshot, "counts": counts});
        self.ready.push_back(text(&frame));
        Ok(())
    }

    fn look_at_alerts(&mut self) {
        let Some(alerts) = &mut self.alerts else { return };
        let standing = alerts.now.borrow_and_update().clone();
        let frame = |alert: &Alert, on: bool| {
            text(&json!({"type": "alert", "alert": alert_json(&self.view.app, alert), "on": on}))
        };
        let over = alerts.told.iter().filter(|alert| !standing.contains(alert)).map(|alert| frame(alert, false));
        let new = standing.iter().filter(|alert| !alerts.told.contains(alert)).map(|alert| frame(alert, true));
        self.ready.extend(over.chain(new));
        (alerts.told, alerts.due) = (standing.to_vec(), false);
    }

    /// From now on every event of this chat after that seq is sent.
    pub(super) fn watch(&mut self, id: ConversationId, after: u64) -> Result<(), Problem> {
        if self.watched.len() >= WATCHED && !self.watched.contains_key(&id) {
            return Err(Problem::malformed(format!("one stream watches at most {WATCHED} conversations")));
        }
        self.watched.insert(id, Watched { sent: after, allowed: false, seen: false });
        self.listener.watch(id);
        self.dirty.insert(id);
        Ok(())
    }

    pub(super) fn unwatch(&mut self, id: ConversationId) {
        if self.watched.remove(&id).is_some_and(|watched| watched.seen) {
            self.view.app.engine.view(&self.view.permit, id, false, false);
        }
        self.listener.unwatch(id);
        self.viewers.forget(id);
        self.dirty.remove(&id);
    }

    /// Others are told that this reader has the chat open, as long as that is in their way.
    fn show_myself(&mut self, id: ConversationId, state: &Conversation) {
        let Some(agent) = self.caller.agent() else { return };
        let Some(watched) = self.watched.get_mut(&id) else { return };
        let seen = seen_by_others(state, agent);
        if seen != watched.seen {
            watched.seen = seen;
            self.view.app.engine.view(&self.view.permit, id, seen, seen);
        }
    }

    /// Says again what this screen has open, and forgets those who were not heard of for long.
    fn look_at_viewers(&mut self) {
        let now = self.view.app.engine.runtime().now();
        for (id, _) in self.watched.iter().filter(|(_, watched)| watched.seen) {
            self.view.app.engine.view(&self.view.permit, *id, true, false);
        }
        for id in self.viewers.sweep(now) {
            self.tell_viewers(id);
        }
        self.viewers.next = now + VIEW_BEAT;
    }

    fn tell_viewers(&mut self, id: ConversationId) {
        let settings = self.view.app.engine.settings();
        let agents: Vec<Value> = self
            .viewers
            .of(id)
            .map(|(agent, writing)| json!({"id": agent, "name": settings.agent_name(agent), "writing": writing}))
            .collect();
        self.ready.push_back(text(&json!({"type": "viewing", "conversation": id, "agents": agents})));
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Signal(signal) => self.take(signal),
            Heard::Missed => self.missed(),
        }
    }

    fn missed(&mut self) {
        (self.next_look, self.behind, self.me_due, self.counts_due) = (0, true, true, true);
        self.board.iter_mut().for_each(|board| board.next = 0);
        self.dirty.extend(self.watched.keys());
    }

    fn take(&mut self, signal: Signal) {
        let me = self.caller.agent();
        let fleeting = matches!(signal, Signal::Typing { .. } | Signal::Seen { .. } | Signal::Viewing { .. });
        if let Some(board) = self.board.as_mut().filter(|_| !fleeting) {
            let now = self.view.app.engine.runtime().now();
            board.next = board.next.min((board.sent + BOARD_PAUSE).max(now + GATHER));
        }
        match signal {
            Signal::Appended { stream, moved, own, .. } => self.appended(stream, moved, own),
            Signal::Typing { conversation, by, on } if self.watched.contains_key(&conversation) => {
                let settings = self.view.app.engine.settings();
                let (kind, name) = match by {
                    Typist::Agent(agent) if Some(agent) == me => return,
                    Typist::Agent(agent) => ("agent", Some(settings.agent_name(agent).to_owned())),
                    Typist::Customer => ("customer", None),
                    Typist::Bot => ("bot", None),
                    Typist::Target => ("target", None),
                };
                if let Typist::Agent(agent) = by
                    && self.viewers.writes(conversation, agent, on)
                {
                    self.tell_viewers(conversation);
                }
                let by = json!({"kind": kind, "name": name});
                self.ready
                    .push_back(text(&json!({"type": "typing", "conversation": conversation, "by": by, "on": on})));
            }
            Signal::Viewing { conversation, agent, on, ask } if self.watched.contains_key(&conversation) => {
                let (permit, app) = (self.view.permit, &self.view.app);
                let seen = self.watched.get(&conversation).is_some_and(|watched| watched.seen);
                // Another screen of this reader's own was closed: this one has it open still.
                if seen && (ask && Some(agent) != me || !on && Some(agent) == me) {
                    app.engine.view(&permit, conversation, true, false);
                }
                let now = app.engine.runtime().now();
                if Some(agent) != me && self.viewers.heard(conversation, agent, on, now) {
                    self.tell_viewers(conversation);
                }
            }
            Signal::Seen { conversation, position } if self.watched.contains_key(&conversation) => {
                let frame = json!({"type": "seen", "conversation": conversation, "position": position});
                self.ready.push_back(text(&frame));
            }
            Signal::LineMoved => {
                let now = self.view.app.engine.runtime().now();
                self.next_places = self.next_places.or(Some(now + PLACES));
            }
            Signal::Reachable { agent } if Some(agent) == me => self.me_due = true,
            Signal::Configured => self.me_due = true,
            Signal::Listed { owner: None } => self.anew = true,
            Signal::Listed { owner } if owner == me => self.counts_due = true,
            _ => {}
        }
    }

    fn appended(&mut self, stream: Stream, moved: bool, own: bool) {
        match stream {
            Stream::Conversation(id) => {
                self.moved |= moved;
                self.moved_own |= own;
                if self.watched.contains_key(&id) {
                    self.dirty.insert(id);
                }
                self.changed.insert(id);
                let gather = if own { self.spared } else { self.gather };
                self.next_look = self.next_look.min(self.looked + gather);
            }
            Stream::Agent(agent) if Some(agent) == self.caller.agent() => self.me_due = true,
            _ => {}
        }
    }

    /// Sends the newest row of each conversation that changed, once.
    async fn look(&mut self) -> Result<(), Problem> {
        let (engine, permit) = (self.view.app.engine.clone(), self.view.permit);
        let began = engine.runtime().now();
        // Whatever the log has up to this mark has been heard by now.
        let mut cursor = engine.told().max(self.cursor);
        while let Some(heard) = self.listener.try_recv() {
            self.hear(heard);
        }
        let mut full = false;
        let mut behind = Vec::new();
        let mut me_due = self.me_due;
        let mut changed: Vec<ConversationId> = Vec::new();
        if self.behind {
            let page = engine.tail(&permit, self.cursor, limits::PAGE).await?;
            full = page.len() == limits::PAGE;
            cursor = page.last().map_or(self.cursor, |(offset, ..)| *offset);
            for (_, stream, seq) in &page {
                match stream {
                    Stream::Conversation(id) => {
                        if self.watched.get(id).is_some_and(|watched| watched.sent < *seq) {
                            behind.push(*id);
                        }
                        if !changed.contains(id) {
                            changed.push(*id);
                        }
                    }
                    Stream::Agent(agent) if Some(*agent) == self.caller.agent() => me_due = true,
                    _ => {}
                }
            }
        } else {
            changed.extend(&self.changed);
        }
        let mut rows = Vec::with_capacity(changed.len());
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        for id in &changed {
            let Some(row) = self.view.row_for_screen(*id).await? else { continue };
            if row.visible {
                here.push(*id);
                rows.push(row);
            } else if !self.gone.contains(id) {
                // Once, without texts: it may have stood in this reader's lists before.
                gone.push(*id);
                rows.push(row);
            }
        }
        // What is only said in a chat moves it in no list, so that it changes no count.
        let counts = match (self.behind, self.moved) {
            (true, _) => Some(self.view.counts().await?),
            (false, true) => Some(self.view.counts_anew(&self.counts, self.moved_own).await?),
            (false, false) => None,
        };
        // From here on nothing waits.
        let identity = engine.store().identity();
        let last = rows.len().saturating_sub(1);
        let sent = rows.len() as Ms;
        if let Some(counts) = counts {
            // Where no row bears them, they come alone.
            if rows.is_empty() && counts != self.counts {
                self.ready.push_back(text(&json!({"type": "counts", "counts": counts})));
            }
            (self.counts, self.moved, self.moved_own) = (counts, false, false);
        }
        let counts = self.counts.to_string();
        for (at, row) in rows.into_iter().enumerate() {
            match row.place {
                Some(place) => drop(self.places.insert(row.id, place)),
                None => drop(self.places.remove(&row.id)),
            }
            // Whoever breaks off before the last row resumes before the first one.
            let reached = if at == last { cursor } else { self.cursor };
            let cursor = Cursor::of(identity, reached.0).text();
            // Both are JSON already.
            let frame = format!(r#"{{"type":"row","row":{},"counts":{counts},"cursor":"{cursor}"}}"#, row.json);
            self.ready.push_back(frame.into());
        }
        here.iter().for_each(|id| {
            self.gone.remove(id);
        });
        self.dirty.extend(behind);
        if self.gone.len() + gone.len() > GONE {
            self.gone.clear();
        }
        self.gone.extend(gone);
        if self.behind {
            self.behind = full;
        } else {
            self.changed.clear();
        }
        (self.cursor, self.me_due) = (cursor, me_due);
        self.looked = engine.runtime().now();
        let took = self.looked - began;
        let load = (GATHER_LOOKS * took).min(GATHER_MOST);
        self.spared = if took > LIGHT { load } else { 0 };
        self.gather = load.max(GATHER + GATHER_ROW * sent).clamp(GATHER, GATHER_MOST);
        let more = self.behind || !self.changed.is_empty();
        self.next_look = if self.behind {
            0
        } else if more {
            self.looked + self.gather
        } else {
            NEVER
        };
        Ok(())
    }

    /// Sends what is new of a watched chat, as long as this reader may read it.
    async fn look_at(&mut self, id: ConversationId) -> Result<(), Problem> {
        let (engine, permit) = (self.view.app.engine.clone(), self.view.permit);
        let Some(Watched { sent, allowed, .. }) = self.watched.get(&id).copied() else {
            self.dirty.remove(&id);
            return Ok(());
        };
        let settings = engine.settings();
        let state = match engine.conversation(&permit, id).await {
            Ok(state) => state,
            Err(error) => return self.refuse(id, error.into()),
        };
        let readable = self.view.reader.may_read(&settings, &Standing::from(&*state));
        if !readable && !allowed {
            return self.refuse(id, Refusal::NotAllowed.into());
        }
        if readable && let Err(error) = engine.look(&permit, id).await {
            return self.refuse(id, error.into());
        }
        self.show_myself(id, &state);
        let mut events = engine.new_events(&permit, id, sent, limits::PAGE).await?;
        if !readable {
            let me = self.caller.agent();
            // The event that took it away is the last that this reader gets; without one their rights were changed.
            match events.iter().position(|opened| may_take_away(&opened.header, me)) {
                Some(last) => events.truncate(last + 1),
                None => return self.refuse(id, Refusal::NotAllowed.into()),
            }
        }
        self.pace.add(events.len(), engine.runtime().now());
        let full = events.len() == limits::PAGE;
        let mut reached = sent;
        for opened in &events {
            reached = opened.header.seq;
            let frame = opened.shown(&settings, |opened| {
                let event = wire::event(opened, &settings);
                text(&EventFrame { kind: "event", conversation: id, event }).as_str().into()
            });
            self.ready.push_back((&*frame).into());
        }
        if !readable {
            self.unwatch(id);
            return Ok(());
        }
        if let Some(watched) = self.watched.get_mut(&id) {
            (watched.sent, watched.allowed) = (reached, true);
        }
        if !full {
            self.dirty.remove(&id);
        }
        Ok(())
    }

    /// A chat that cannot be watched is said, and the stream goes on.
    fn refuse(&mut self, id: ConversationId, problem: Problem) -> Result<(), Problem> {
        self.unwatch(id);
        self.ready.push_back(text(&json!({"type": "error", "conversation": id, "problem": problem.json()})));
        Ok(())
    }

    async fn look_at_me(&mut self) -> Result<(), Problem> {
        let me = describe(&self.view.app, &self.caller).await?;
        self.me_due = false;
        if me != self.me {
            self.ready.push_back(text(&json!({"type": "me", "me": me})));
            self.me = me;
        }
        Ok(())
    }

    /// Rows of a live line whose place moved although nothing happened in them.
    async fn look_at_places(&mut self) -> Result<(), Problem> {
        let engine = self.view.app.engine.clone();
        let moved: Vec<ConversationId> = self
            .places
            .iter()
            .filter(|(id, place)| engine.place(**id) != **place)
            .map(|(id, _)| *id)
            .take(PLACES_AT_ONCE)
            .collect();
        let mut rows = Vec::with_capacity(moved.len());
        for id in &moved {
            if let Some(row) = engine.row(&self.view.permit, *id).await? {
                rows.push((*id, self.view.row(&row).await?));
            }
        }
        let counts = if rows.is_empty() { Value::Null } else { self.view.counts().await? };
        let cursor = Cursor::of(engine.store().identity(), self.cursor.0).text();
        for (id, shown) in rows {
            match standing_place(&shown.value) {
                Some((_, place)) if shown.visible => {
                    self.places.insert(id, place);
                    let frame = RowFrame { kind: "row", row: &shown.value, counts: &counts, cursor: &cursor };
                    self.ready.push_back(text(&frame));
                }
                // It left the line; the log tells.
                _ => {
                    self.places.remove(&id);
                }
            }
        }
        let again = (moved.len() == PLACES_AT_ONCE).then(|| engine.runtime().now() + PLACES);
        self.next_places = again;
        Ok(())
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        for (id, _) in self.watched.iter().filter(|(_, watched)| watched.seen) {
            self.view.app.engine.view(&self.view.permit, *id, false, false);
        }
    }
}

/// Whether after this event somebody may be without the right to read on: it passed, an offer or a guest's part is over, or
/// they wrote what a colleague had called them for.
fn may_take_away(header: &Header, me: Option<AgentId>) -> bool {
    match header.fact {
        Fact::HolderSet(_) | Fact::OfferEnded(_) | Fact::VoicesSet(_) => true,
        Fact::Said(_) => me.is_some() && header.actor.acting_agent() == me,
        _ => false,
    }
}

fn row_id(row: &Value) -> Option<ConversationId> {
    row.get("id")?.as_str()?.parse().ok()
}

/// The place of a row that stands in a live line.
fn standing_place(row: &Value) -> Option<(ConversationId, Option<u32>)> {
    if row.pointer("/holder/kind")? != "queue" {
        return None;
    }
    Some((row_id(row)?, row.get("place").and_then(Value::as_u64).map(|place| place as u32)))
}
