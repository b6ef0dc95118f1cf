//! What a customer's client reads. These types are the wire's, not the domain's.

use crate::app::App;
use baton_core::actor::Who;
use baton_core::conversation::Conversation;
use baton_core::event::{Answer, Body, Fact, Fate, No, Once};
use baton_core::ids::reference;
use baton_core::limits;
use baton_core::ownership::{Holder, Line, Phase};
use baton_core::permission::Permit;
use baton_core::sabotage::{Invariant, off};
use baton_core::settings::{Role, Settings};
use baton_engine::{Engine, Opened};
use serde_json::{Value, json};

/// An event as the customer sees it; `None` for one that is not theirs.
pub(crate) fn event(opened: &Opened, settings: &Settings) -> Option<Value> {
    let header = &opened.header;
    let position = header.position?;
    let base = |kind: &str| json!({"position": position, "at": header.at, "type": kind});
    let mut out = match (&header.fact, &opened.body) {
        (Fact::Said(said), body) => {
            let mut out = base("message");
            let (parts, plain, name) = match body {
                Some(Body::Message { content, shown_name, .. }) => {
                    (json!(content.parts), json!(content.plain), shown_name.clone())
                }
                _ => (json!([]), json!(""), None),
            };
            let (kind, human) = match header.actor.who {
                Who::Customer => ("customer", true),
                Who::Bot { .. } => ("bot", false),
                Who::Target { id, .. } => ("target", says_human(settings, id)),
                _ => ("agent", true),
            };
            out["message"] = json!(said.message);
            out["by"] = json!({"kind": kind, "name": name, "human": human});
            out["parts"] = parts;
            out["plain"] = plain;
            if body.is_none() {
                out["erased"] = json!(true);
            }
            if let Some(Once::Client { client, counter }) = said.once
                && header.actor.who == Who::Customer
            {
                out["client"] = json!(client);
                out["counter"] = json!(counter);
            }
            if let Some(to) = said.reply_to {
                out["reply_to"] = json!(to);
            }
            if said.fate == Fate::Interrupted {
                out["interrupted"] = json!(true);
            }
            out
        }
        // The new words stand where the old ones stood; this position itself shows nothing.
        (Fact::Edited(edited), body) => {
            let mut out = base("edited");
            let (parts, plain) = match body {
                Some(Body::Message { content, .. }) => (json!(content.parts), json!(content.plain)),
                _ => (json!([]), json!("")),
            };
            (out["message"], out["old"]) = (json!(edited.message), json!(edited.old));
            (out["parts"], out["plain"]) = (parts, plain);
            out
        }
        (Fact::Told(told), body) => {
            let mut out = base("notice");
            out["code"] = json!(told.code);
            out["language"] = json!(told.language);
            let (words, values, actions) = match body {
                Some(Body::Notice { words, values, actions }) => (json!(words), json!(values), json!(actions)),
                _ => (json!(""), json!({}), json!([])),
            };
            (out["words"], out["values"], out["actions"]) = (words, values, actions);
            out
        }
        (Fact::Rated(rated), _) => {
            let mut out = base("rated");
            (out["answered"], out["agent"], out["bot"]) = (json!(rated.answered), json!(rated.agent), json!(rated.bot));
            out
        }
        (Fact::Opened(opened), _) => {
            let mut out = base("opened");
            out["episode"] = json!(opened.episode);
            out
        }
        _ => base("other"),
    };
    if out["type"] == "notice" && out["code"] == "closed" {
        out["closed"] = json!(true);
    }
    Some(out)
}

/// The state as the customer sees it.
pub(crate) async fn state(app: &App, permit: &Permit, state: &Conversation) -> Value {
    state_named(app, state, customer_name(app, permit, state).await)
}

/// The state of a customer who is called so.
pub(crate) fn state_named(app: &App, state: &Conversation, called: Option<String>) -> Value {
    let engine = &app.engine;
    let settings = engine.settings();
    let (kind, name, human) = holder(&state.own.holder, &settings);
    let place = match &state.own.holder {
        Holder::Queue { line: Line::Live, .. } => engine.place(state.id),
        _ => None,
    };
    let inbox = settings.inboxes.get(&state.inbox);
    let bot_ready = inbox.and_then(|inbox| inbox.bot).is_some_and(|bot| settings.is_bot(bot))
        && state.bot_failures < limits::BOT_FAILURES;
    let waiting = matches!(
        &state.own.holder,
        Holder::Queue { .. } | Holder::Target { phase: Phase::Opening | Phase::Waiting, .. }
    );
    let with_people =
        matches!(&state.own.holder, Holder::Agent { .. } | Holder::Target { phase: Phase::Live | Phase::Ending, .. });
    let later = inbox.and_then(|inbox| inbox.later).is_some_and(|id| settings.queues.contains_key(&id));
    let handover = state.handover.map(|open| {
        let stage = match &state.own.holder {
            Holder::Target { phase: Phase::Opening, .. } => "opening",
            _ if state.own.offer.is_some() => "offered",
            _ => "waiting",
        };
        json!({"id": open.id, "state": stage})
    });
    let promised = matches!(&state.own.holder, Holder::Queue { line: Line::Later, .. });
    let rating = state.rating.map(|due| {
        json!({
            "agent_name": due.agent.map(|id| settings.agent_name(id).to_owned()),
            "bot_name": due.bot.map(|id| settings.connection_name(id).to_owned()),
        })
    });
    let bot_holds = matches!(&state.own.holder, Holder::Bot { .. });
    let widget = app.widget(state.inbox);
    // Who is blocked reads on, and writes nothing.
    let free = state.blocked.is_none();
    json!({
        "conversation": state.id,
        "inbox": inbox.map(|inbox| inbox.slug.clone()),
        "episode": state.episode,
        "language": state.language,
        "holder": {"kind": kind, "name": name, "human": human},
        "place": place,
        "handover": handover,
        "reference": promised.then(|| reference(state.id)),
        "can": {
            "write": free,
            "ask_person": free && (bot_holds || promised || state.closed()),
            "withdraw": waiting && bot_ready,
            "leave_message": free && later && !with_people && !promised,
            "stay_with_bot": bot_holds || (waiting && bot_ready),
            "rate": state.rating.is_some(),
            "upload": free && widget.files,
            "report": free && state.reports.len() < limits::REPORTS,
            "transcript": widget.transcript,
        },
        "reported": state.reports.iter().map(|report| report.position).collect::<Vec<_>>(),
        "blocked": !free,
        "customer": {"name": called, "known": state.known},
        "rating": rating,
        "last_position": state.head.position,
    })
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
