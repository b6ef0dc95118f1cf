//! What a customer's client reads. These types are the wire's, not the domain's.

use crate::app::App;
use baton_core::actor::Who;
use baton_core::content::Part;
use baton_core::conversation::Conversation;
use baton_core::conversation::Report;
use baton_core::event::{Answer, Answered, Body, Fact, Fate, No, Once};
use baton_core::ids::{AgentId, ClientId, ConnectionId, ConversationId, HandoverId, InboxId, MessageId, Ms, reference};
use baton_core::limits;
use baton_core::ownership::{Holder, Line, Phase};
use baton_core::permission::Permit;
use baton_core::sabotage::{Invariant, off};
use baton_core::settings::{Role, Settings};
use baton_engine::{Engine, Opened};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Of a notice whose words were erased.
static NO_VALUES: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// An event as the customer sees it.
#[derive(Serialize)]
pub(crate) struct Event<'a> {
    position: u64,
    at: Ms,
    #[serde(flatten)]
    what: What<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum What<'a> {
    Message(Message<'a>),
    /// The new words stand where the old ones stood; this position itself shows nothing.
    Edited {
        message: MessageId,
        old: MessageId,
        parts: &'a [Part],
        plain: &'a str,
    },
    Notice {
        code: &'a str,
        language: &'a str,
        words: &'a str,
        values: &'a Map<String, Value>,
        actions: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        closed: Option<bool>,
    },
    Rated {
        answered: Option<Answered>,
        agent: Option<u8>,
        bot: Option<u8>,
    },
    Opened {
        episode: u32,
    },
    Other,
}

#[derive(Serialize)]
struct Message<'a> {
    message: MessageId,
    by: By<'a>,
    parts: &'a [Part],
    plain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interrupted: Option<bool>,
}

#[derive(Serialize)]
struct By<'a> {
    kind: &'static str,
    name: Option<&'a str>,
    human: bool,
}

/// Said only where it is so.
fn only(so: bool) -> Option<bool> {
    so.then_some(true)
}

/// An event as the customer sees it; `None` for one that is not theirs.
pub(crate) fn event<'a>(opened: &'a Opened, settings: &Settings) -> Option<Event<'a>> {
    let header = &opened.header;
    let position = header.position?;
    let words = match &opened.body {
        Some(Body::Message { content, shown_name, .. }) => Some((content, shown_name.as_deref())),
        _ => None,
    };
    let parts = words.map_or(&[] as &[Part], |(content, _)| &content.parts);
    let plain = words.map_or("", |(content, _)| &content.plain);
    let what = match &header.fact {
        Fact::Said(said) => {
            let (kind, human) = match header.actor.who {
                Who::Customer => ("customer", true),
                Who::Bot { .. } => ("bot", false),
                Who::Target { id, .. } => ("target", says_human(settings, id)),
                _ => ("agent", true),
            };
            let (client, counter) = match said.once {
                Some(Once::Client { client, counter }) if header.actor.who == Who::Customer => {
                    (Some(client), Some(counter))
                }
                _ => (None, None),
            };
            What::Message(Message {
                message: said.message,
                by: By { kind, name: words.and_then(|(_, name)| name), human },
                parts,
                plain,
                erased: only(opened.body.is_none()),
                client,
                counter,
                reply_to: said.reply_to,
                interrupted: only(said.fate == Fate::Interrupted),
            })
        }
        Fact::Edited(edited) => What::Edited { message: edited.message, old: edited.old, parts, plain },
        Fact::Told(told) => {
            let (words, values, actions) = match &opened.body {
                Some(Body::Notice { words, values, actions }) => (words.as_str(), values, actions.as_slice()),
                _ => ("", &*NO_VALUES, &[] as &[String]),
            };
            let (code, language) = (told.code.as_str(), told.language.as_str());
            What::Notice { code, language, words, values, actions, closed: only(code == "closed") }
        }
        Fact::Rated(rated) => What::Rated { answered: rated.answered, agent: rated.agent, bot: rated.bot },
        Fact::Opened(opened) => What::Opened { episode: opened.episode },
        _ => What::Other,
    };
    Some(Event { position, at: header.at, what })
}

/// The state as the customer sees it.
pub(crate) async fn state(app: &App, permit: &Permit, state: &Conversation) -> Value {
    let called = customer_name(app, permit, state).await;
    let place = app.engine.place(state.id);
    Standing::of(state, place, called.as_deref()).shown(app, state.head.position)
}

/// What of a conversation its customer is shown, apart from the position of its last event. Two that are equal are shown
/// alike, under the same settings.
#[derive(PartialEq)]
pub(crate) struct Standing<'a> {
    id: ConversationId,
    inbox: InboxId,
    language: &'a str,
    episode: u32,
    holder: &'a Holder,
    offered: bool,
    handover: Option<HandoverId>,
    rating: Option<(Option<AgentId>, Option<ConnectionId>)>,
    bot_failures: u32,
    closed: bool,
    blocked: bool,
    reports: &'a [Report],
    known: bool,
    place: Option<u32>,
    called: Option<&'a str>,
}

impl<'a> Standing<'a> {
    /// Of a customer who is called so and has this place in line.
    pub(crate) fn of(state: &'a Conversation, place: Option<u32>, called: Option<&'a str>) -> Self {
        Self {
            id: state.id,
            inbox: state.inbox,
            language: &state.language,
            episode: state.episode,
            holder: &state.own.holder,
            offered: state.own.offer.is_some(),
            handover: state.handover.map(|open| open.id),
            rating: state.rating.map(|due| (due.agent, due.bot)),
            bot_failures: state.bot_failures,
            closed: state.closed(),
            blocked: state.blocked.is_some(),
            reports: &state.reports,
            known: state.known,
            place,
            called,
        }
    }

    /// The state as it is shown; events up to this position are there.
    pub(crate) fn shown(&self, app: &App, last_position: u64) -> Value {
        let settings = app.engine.settings();
        let (kind, name, human) = holder(self.holder, &settings);
        let place = match self.holder {
            Holder::Queue { line: Line::Live, .. } => self.place,
            _ => None,
        };
        let inbox = settings.inboxes.get(&self.inbox);
        let bot_ready = inbox.and_then(|inbox| inbox.bot).is_some_and(|bot| settings.is_bot(bot))
            && self.bot_failures < limits::BOT_FAILURES;
        let waiting =
            matches!(self.holder, Holder::Queue { .. } | Holder::Target { phase: Phase::Opening | Phase::Waiting, .. });
        let with_people =
            matches!(self.holder, Holder::Agent { .. } | Holder::Target { phase: Phase::Live | Phase::Ending, .. });
        let later = inbox.and_then(|inbox| inbox.later).is_some_and(|id| settings.queues.contains_key(&id));
        let handover = self.handover.map(|id| {
            let stage = match self.holder {
                Holder::Target { phase: Phase::Opening, .. } => "opening",
                _ if self.offered => "offered",
                _ => "waiting",
            };
            json!({"id": id, "state": stage})
        });
        let promised = matches!(self.holder, Holder::Queue { line: Line::Later, .. });
        let rating = self.rating.map(|(agent, bot)| {
            json!({
                "agent_name": agent.map(|id| settings.agent_name(id).to_owned()),
                "bot_name": bot.map(|id| settings.connection_name(id).to_owned()),
            })
        });
        let bot_holds = matches!(self.holder, Holder::Bot { .. });
        let widget = app.widget(self.inbox);
        // Who is blocked reads on, and writes nothing.
        let free = !self.blocked;
        json!({
            "conversation": self.id,
            "inbox": inbox.map(|inbox| inbox.slug.clone()),
            "episode": self.episode,
            "language": self.language,
            "holder": {"kind": kind, "name": name, "human": human},
            "place": place,
            "handover": handover,
            "reference": promised.then(|| reference(self.id)),
            "can": {
                "write": free,
                "ask_person": free && (bot_holds || promised || self.closed),
                "withdraw": waiting && bot_ready,
                "leave_message": free && later && !with_people && !promised,
                "stay_with_bot": bot_holds || (waiting && bot_ready),
                "rate": self.rating.is_some(),
                "upload": free && widget.files,
                "report": free && self.reports.len() < limits::REPORTS,
                "transcript": widget.transcript,
            },
            "reported": self.reports.iter().map(|report| report.position).collect::<Vec<_>>(),
            "blocked": !free,
            "customer": {"name": self.called, "known": self.known},
            "rating": rating,
            "last_position": last_position,
        })
    }
}

/// The name to use: what was said of the customer last, or when the chat began.
pub(crate) async fn customer_name(app: &App, permit: &Permit, state: &Conversation) -> Option<String> {
    for seq in [state.marks.named, state.marks.first_opened] {
        let opened = app.engine.event(permit, state.id, seq).await.ok().flatten();
        let name = match opened.and_then(|opened| opened.body) {
            Some(Body::Opening { name, .. } | Body::Customer { name, .. }) => name,
            Some(Body::Identity(identity)) => identity.name,
            _ => None,
        };
        if name.as_ref().is_some_and(|name| !name.is_empty()) {
            return name;
        }
    }
    None
}

fn holder(holder: &Holder, settings: &Settings) -> (&'static str, Option<String>, bool) {
    match holder {
        Holder::Bot { connection, .. } => ("bot", Some(settings.connection_name(*connection).to_owned()), false),
        Holder::Queue { line: Line::Live, queue, .. } => ("queue", Some(settings.queue_name(*queue).to_owned()), false),
        Holder::Queue { line: Line::Later, queue, .. } => {
            ("later", Some(settings.queue_name(*queue).to_owned()), false)
        }
        Holder::Agent { agent, .. } => ("agent", Some(settings.agent_name(*agent).to_owned()), true),
        Holder::Target { connection, phase, .. } => {
            let human = *phase == Phase::Live && says_human(settings, *connection);
            ("target", Some(settings.connection_name(*connection).to_owned()), human)
        }
        Holder::Nobody { .. } => ("nobody", None, false),
    }
}

/// Only a target that says truly who answers may be shown as a person.
fn says_human(settings: &Settings, target: baton_core::ids::ConnectionId) -> bool {
    matches!(settings.connections.get(&target).map(|c| &c.role), Some(Role::Target { says_human: true, .. }))
}

/// The one answer to a request for a person.
pub(crate) fn answer(answer: &Answer, engine: &Engine) -> Value {
    let settings = engine.settings();
    match answer {
        Answer::Queued { .. } if off(Invariant::TrueAnswerTrueOutcome) => json!({"kind": "assigned", "agent_name": ""}),
        Answer::Queued { place } => json!({"kind": "queued", "place": place}),
        Answer::Assigned { agent } => json!({"kind": "assigned", "agent_name": settings.agent_name(*agent)}),
        Answer::Opening { target } => json!({"kind": "opening", "target_name": settings.connection_name(*target)}),
        Answer::Already { place } => json!({"kind": "already", "where": place}),
        Answer::Refused { reason } => json!({"kind": "refused", "reason": reason_word(*reason)}),
    }
}

fn reason_word(no: No) -> &'static str {
    match no {
        No::ClosedHours => "closed_hours",
        No::NoCapacity => "no_capacity",
        No::NoSkill => "no_skill",
        No::NotAllowed => "not_allowed",
        No::BouncesExhausted => "bounces_exhausted",
    }
}
