//! Somebody says something.

use super::moves::Moves;
use super::{Reply, person, start};
use crate::actor::Who;
use crate::command::Say;
use crate::content::Content;
use crate::effect::Effect;
use crate::event::{AskFor, Audience, Body, Fate, Once, Opened, Paused, Reason, Said};
use crate::ids::{ClientId, MessageId};
use crate::limits;
use crate::ownership::{Holder, Line, Pause};
use crate::refusal::Refusal;
use crate::settings::Reopen;

pub(super) fn say(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    if let Some((client, counter)) = say.once
        && repeat(m, client, counter)?
    {
        return Ok(Reply::Repeat);
    }
    m.basis = say.basis;
    match m.actor.who {
        Who::Customer => customer(m, say),
        _ => voice(m, say),
    }
}

/// True: this count was taken before. Only the highest and one is new.
fn repeat(m: &Moves<'_>, client: ClientId, counter: u64) -> Result<bool, Refusal> {
    let clients = &m.state()?.clients;
    let highest = clients.get(&client).copied().unwrap_or(0);
    if counter == 0 || counter > highest + 1 {
        return Err(Refusal::CounterGap { expected: highest + 1 });
    }
    if highest == 0 && clients.len() >= limits::CLIENTS {
        return Err(Refusal::TooManyClients);
    }
    Ok(counter <= highest)
}

fn push_said(m: &mut Moves<'_>, say: Say, shown_name: Option<String>) -> u64 {
    let once = say.once.map(|(client, counter)| Once::Client { client, counter });
    let message = MessageId(m.deal());
    let body = Body::Message { content: say.content, shown_name, bot: None };
    m.push(Audience::Customer, Said { message, once, fate: Fate::Shown, reply_to: say.reply_to }, Some(body))
}

fn customer(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    let state = m.state()?;
    if let Holder::Nobody { closed } = state.own.holder {
        if m.facts.reading.courtesy && m.now() < closed + limits::COURTESY {
            let seq = push_said(m, say, None);
            return Ok(Reply::Said { seq });
        }
        reopen(m)?;
    }
    if m.conv().asks.len() >= limits::OPEN_ASKS {
        return Err(Refusal::TooManyAsks);
    }
    let seq = push_said(m, say, None);
    let asks_person = m.facts.reading.asks_person.clone();
    match (m.conv().own.holder.clone(), asks_person) {
        (Holder::Bot { .. }, Some((trigger, evidence))) => {
            person::hand_over(m, trigger, None, Reason { evidence, ..Reason::default() });
        }
        (Holder::Bot { connection, .. }, None) => m.open_ask(connection, AskFor::Message)?,
        (Holder::Target { connection, .. }, _) => {
            let baton = m.conv().own.baton;
            m.effect(Effect::TellTarget { target: connection, seq, baton });
        }
        // Asked again while waiting: the place is told again, no second handover is opened.
        (Holder::Queue { line: Line::Live, .. }, Some(_)) => person::tell_already(m),
        (Holder::Agent { pause, .. }, _) if pause != Pause::None => {
            m.push(Audience::People, Paused { pause: Pause::None }, None);
        }
        (Holder::Queue { .. } | Holder::Agent { .. } | Holder::Nobody { .. }, _) => {}
    }
    Ok(Reply::Said { seq })
}

/// A word after closing opens a new episode.
fn reopen(m: &mut Moves<'_>) -> Result<(), Refusal> {
    let state = m.conv();
    let Holder::Nobody { closed } = state.own.holder else { return Ok(()) };
    let (episode, inbox, person) = (state.episode + 1, state.inbox, state.person);
    let language = m.facts.reading.language.clone().unwrap_or_else(|| state.language.clone());
    let soon = m.now() < closed + limits::REOPEN;
    m.push(
        Audience::Customer,
        Opened { episode, inbox, person, language },
        Some(Body::Opening { name: None, page: None, variables: serde_json::Map::new() }),
    );
    let people = m.inbox().is_some_and(|inbox| inbox.reopen == Reopen::People);
    if soon && people {
        person::hand_over(m, crate::event::Trigger::NoBot, None, Reason::default());
        if !m.conv().closed() {
            return Ok(());
        }
    }
    start::first_holder(m, AskFor::Message)
}

/// An agent or an admitted guest speaks to the customer.
fn voice(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    if !m.open()?.own.may_speak(&Who::Agent { id: agent }) {
        return Err(Refusal::NotVoice);
    }
    let name = m.settings().agent_name(agent).to_owned();
    let seq = push_said(m, say, Some(name));
    Ok(Reply::Said { seq })
}

/// A note for people; needs no voice.
pub(super) fn note(m: &mut Moves<'_>, text: Content) -> Result<Reply, Refusal> {
    m.state()?;
    let agent = m.acting_agent()?;
    if text.plain.chars().count() > limits::NOTE_CHARS {
        return Err(Refusal::Field("note"));
    }
    let name = m.settings().agent_name(agent).to_owned();
    let message = MessageId(m.deal());
    let body = Body::Message { content: text, shown_name: Some(name), bot: None };
    let seq = m.push(Audience::People, Said { message, once: None, fate: Fate::Note, reply_to: None }, Some(body));
    Ok(Reply::Said { seq })
}
