//! What a supervisor must hear of at once: a line in its open hours that nobody serves, or whose people are all full.
//! Worked out from settings, lines and reachability; nothing of it is stored.

use crate::Engine;
use baton_core::event::{Object, Stream};
use baton_core::ids::{ConversationId, Ids, InboxId, Ms, PersonId, QueueId};
use baton_core::limits;
use baton_core::ownership::Line;
use baton_kit::bus::Signal;
use baton_kit::runtime::seed;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// Hours begin and end without a signal.
const LOOK: Ms = 5_000;
/// Signals that come together are answered once.
const GATHER: Ms = 100;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// The line is open and nobody who serves it is available and reachable.
    NobodyAvailable,
    /// Everybody who serves it is full, and somebody has waited for [`limits::OVER_LOAD`].
    OverLoad,
}

impl AlertKind {
    /// Its stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::NobodyAvailable => "nobody_available",
            Self::OverLoad => "over_load",
        }
    }
}

/// Something that stands wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What.
    pub kind: AlertKind,
    /// In which line.
    pub queue: QueueId,
    /// Since when this process knows it.
    pub since: Ms,
}

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let mut signals = engine.subscribe();
    while !*stop.borrow() {
        engine.look_for_alerts();
        let next = engine.now() + LOOK;
        loop {
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = engine.runtime.sleep_until(next) => {}
                signal = signals.recv() => match signal {
                    Ok(signal) if !concerns(&signal) => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => {
                        engine.runtime.sleep_until(engine.now() + GATHER).await;
                    }
                    Err(RecvError::Closed) => return,
                },
            }
            break;
        }
    }
}

fn concerns(signal: &Signal) -> bool {
    matches!(
        signal,
        Signal::Reachable { .. }
            | Signal::Configured
            | Signal::LineMoved
            | Signal::Appended { stream: Stream::Agent(_), .. }
    )
}

impl Engine {
    /// What stands wrong now, and every change of it.
    pub fn alerts(&self) -> watch::Receiver<Arc<Vec<Alert>>> {
        self.alerts.subscribe()
    }

    fn look_for_alerts(&self) {
        let found = self.find_alerts();
        let gauge = |kind: AlertKind| {
            let count = found.iter().filter(|alert| alert.kind == kind).count();
            metrics::gauge!("baton_alerts", "kind" => kind.word()).set(count as f64);
        };
        gauge(AlertKind::NobodyAvailable);
        gauge(AlertKind::OverLoad);
        self.alerts.send_if_modified(|standing| {
            let changed = **standing != found;
            if changed {
                for alert in found.iter().filter(|alert| !standing.contains(alert)) {
                    metrics::counter!("baton_alerts_total", "kind" => alert.kind.word()).increment(1);
                    tracing::info!(queue = %alert.queue, kind = alert.kind.word(), "supervisors are told");
                }
                *standing = Arc::new(found);
            }
            changed
        });
    }

    fn find_alerts(&self) -> Vec<Alert> {
        let (config, now) = (self.config(), self.now());
        let settings = &config.settings;
        let lines = self.lines.facts(settings, &self.reach, now);
        let before = self.alerts.borrow().clone();
        let mut out = Vec::new();
        for (id, queue) in &settings.queues {
            let demo = config.get(Object::Queue, id.0).is_some_and(|json| json["demo_data"] == true);
            if queue.line != Line::Live || demo || queue.hours.as_ref().is_some_and(|hours| !hours.open_at(now)) {
                continue;
            }
            let line = lines.get(id).copied().unwrap_or_default();
            let waits = line.oldest.iter().flatten().min().is_some_and(|since| since + limits::OVER_LOAD <= now);
            let kind = if !line.staffed {
                AlertKind::NobodyAvailable
            } else if waits && !self.lines.has_seat(settings, &self.reach, *id, now) {
                AlertKind::OverLoad
            } else {
                continue;
            };
            let known = before.iter().find(|alert| alert.kind == kind && alert.queue == *id);
            out.push(Alert { kind, queue: *id, since: known.map_or(now, |alert| alert.since) });
        }
        out
    }

    /// What a customer of this inbox would be told who asked for a person now. It is decided, as the request itself would
    /// be, and nothing is kept.
    pub fn would_be_told(&self, inbox: InboxId) -> Option<String> {
        use baton_core::actor::Actor;
        use baton_core::command::{Command, Start};
        use baton_core::decide::{Loaded, decide};
        use baton_core::event::{Body, Fact};
        use baton_core::facts::Facts;
        let settings = self.settings();
        let seeded = seed(&*self.runtime);
        let id = ConversationId(Ids::new(seeded, self.now()).deal());
        let start = Start {
            inbox,
            person: PersonId(id.0),
            language: settings.inboxes.get(&inbox)?.language.clone(),
            name: None,
            contact: None,
            page: None,
            device: None,
            variables: serde_json::Map::new(),
        };
        let mut facts = Facts::at(self.now(), seeded, settings.clone());
        facts.lines = self.lines.facts(&settings, &self.reach, facts.now);
        let (mut conversation, mut words) = (None, None);
        for command in [Command::Start(start), Command::AskPerson] {
            let loaded = Loaded { id, conversation: conversation.take(), agents: Vec::new() };
            let decision = decide(loaded, &facts, Actor::CUSTOMER, command).ok()?;
            for drafted in decision.events {
                if let (Fact::Told(told), Some(Body::Notice { words: said, .. })) = (&drafted.header.fact, drafted.body)
                    && matches!(told.code.as_str(), "in_line" | "unavailable" | "message_left")
                {
                    words = Some(said);
                }
            }
            conversation = decision.conversation;
        }
        words
    }
}
