//! Which texts of an event are found, and what else an episode is found by.

use crate::query::Opened;
use baton_core::actor::{Actor, Who};
use baton_core::event::{Body, Fact, Fate};
use baton_core::ids::{AgentId, InboxId};
use baton_core::ownership::Holder;
use baton_kit::search::By;
use serde_json::Value;

/// What an episode is found by beside words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Every episode.
    Any,
    /// Its inbox.
    Inbox(InboxId),
    /// Somebody who held it or spoke in it.
    Agent(AgentId),
}

/// Whose words an event's are.
pub(crate) fn by(actor: &Actor) -> By {
    match actor.who {
        Who::Customer => By::Customer,
        Who::Bot { .. } => By::Bot,
        Who::Agent { .. } | Who::Target { .. } => By::Person,
        Who::Integration { .. } if actor.on_behalf.is_some() => By::Person,
        Who::Integration { .. } | Who::System { .. } | Who::Import { .. } => By::House,
    }
}

/// The texts of an event that are found: what people and bots said and wrote, names and ways to reach somebody. The
/// house's own notices are not: they stand in every conversation.
pub(crate) fn texts(opened: &Opened) -> Vec<String> {
    let mut out = Vec::new();
    let mut some = |text: &Option<String>| out.extend(text.clone());
    match (&opened.header.fact, &opened.body) {
        // It comes again when it goes out, and is nothing if it is taken back.
        (Fact::Said(said), _) if matches!(said.fate, Fate::Held { .. } | Fate::Draft { .. }) => {}
        (_, Some(Body::Message { content, .. })) => out.push(content.plain.clone()),
        (_, Some(Body::Note { text })) => out.push(text.clone()),
        (_, Some(Body::Reason(reason))) => some(&reason.contact),
        (_, Some(Body::Passing(passing))) => {
            for text in [&passing.note, &passing.wrap_up, &passing.disposition] {
                some(text);
            }
            if let Some(brief) = &passing.brief {
                out.extend(brief.settled.iter().map(|settled| settled.fact.clone()));
                out.extend(brief.promised.iter().cloned());
                out.push(brief.note.clone());
            }
        }
        (_, Some(Body::Opening { name, contact, variables, .. })) => {
            some(name);
            some(contact);
            values(variables, &mut out);
        }
        (_, Some(Body::Rating { comment })) => out.push(comment.clone()),
        (_, Some(Body::Customer { name, contact })) => {
            some(name);
            some(contact);
        }
        (_, Some(Body::Identity(identity))) => {
            for text in [&identity.sub, &identity.name, &identity.mail, &identity.phone] {
                some(text);
            }
            values(&identity.variables, &mut out);
        }
        (_, Some(Body::Report { should_have_said, comment })) => {
            some(should_have_said);
            some(comment);
        }
        _ => {}
    }
    out.retain(|text| !text.trim().is_empty());
    out
}

/// Words and numbers that a page attached; a bot's own memory is nothing for people.
fn values(variables: &serde_json::Map<String, Value>, out: &mut Vec<String>) {
    for (_, value) in variables.iter().filter(|(name, _)| !name.starts_with('_')) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Number(number) => out.push(number.to_string()),
            _ => {}
        }
    }
}

/// What an event's episode is found by beside words.
pub(crate) fn marks(opened: &Opened) -> Vec<Mark> {
    let mut out = Vec::new();
    match &opened.header.fact {
        Fact::Opened(fact) => out.extend([Mark::Any, Mark::Inbox(fact.inbox)]),
        Fact::HolderSet(fact) => {
            if let Holder::Agent { agent, .. } = fact.holder {
                out.push(Mark::Agent(agent));
            }
        }
        _ => {}
    }
    if let (Fact::Said(_) | Fact::Edited(_), Some(agent)) = (&opened.header.fact, opened.header.actor.acting_agent()) {
        out.push(Mark::Agent(agent));
    }
    out
}
