//! What bots say and how their turns end. A bot's word is never refused: stale words are kept as withheld.

use super::moves::Moves;
use super::{Reply, person};
use crate::actor::{Actor, Part, Who};
use crate::command::{BotEnd, BotReplied};
use crate::event::{
    AskEnd, AskEnded, AskFor, Audience, Body, BriefAcknowledged, Failure, Fate, Once, Reason, Said, Trigger, Why,
};
use crate::ids::{AskId, MessageId};
use crate::limits;
use crate::notice::{ClosedBy, Notice};
use crate::ownership::{Delivery, Holder};
use crate::refusal::Refusal;
use crate::settings::Role;

/// A reply. Staleness is judged here, once.
pub(super) fn replied(m: &mut Moves<'_>, reply: BotReplied) -> Result<Reply, Refusal> {
    let state = m.state()?;
    let recent = state.recent_asks.iter().find(|recent| recent.id == reply.ask);
    if recent.is_some_and(|recent| reply.ordinal < recent.next) {
        return Ok(Reply::Repeat);
    }
    if reply.ordinal >= limits::REPLIES_PER_ASK {
        return Ok(Reply::Withheld);
    }
    let asked = state.ask(reply.ask).is_some_and(|ask| m.actor.who == Who::Bot { id: ask.bot });
    let fresh = state.own.baton == reply.baton && asked && state.own.may_speak(&m.actor.who);
    let fate = match (fresh, state.own.delivery) {
        (false, _) => Fate::Withheld,
        (true, Delivery::Approval) => Fate::Draft { due: m.now() + limits::DRAFT },
        (true, Delivery::Open) => Fate::Shown,
    };
    m.basis = reply.basis;
    let message = MessageId(m.deal());
    let once = Some(Once::Reply { ask: reply.ask, ordinal: reply.ordinal });
    let shown_name = match m.actor.who {
        Who::Bot { id } => Some(m.settings().connection_name(id).to_owned()),
        _ => None,
    };
    let body = Body::Message { content: reply.content, shown_name, bot: Some(reply.said) };
    let audience = if fate == Fate::Shown { Audience::Customer } else { Audience::People };
    let seq = m.push(audience, Said { message, once, fate, reply_to: None }, Some(body));
    Ok(if fate == Fate::Withheld { Reply::Withheld } else { Reply::Said { seq } })
}

/// A whole answer in one commit.
pub(super) fn turn(
    m: &mut Moves<'_>,
    replies: Vec<BotReplied>,
    end: Option<(AskId, u64, BotEnd)>,
) -> Result<Reply, Refusal> {
    let mut out = Reply::Done;
    for reply in replies {
        out = replied(m, reply)?;
    }
    match end {
        Some((ask, baton, how)) => ended(m, ask, baton, how),
        None => Ok(out),
    }
}

/// The turn is over.
pub(super) fn ended(m: &mut Moves<'_>, ask: AskId, baton: u64, how: BotEnd) -> Result<Reply, Refusal> {
    let state = m.state()?;
    let Some(open) = state.ask(ask).copied().filter(|_| state.own.baton == baton) else {
        return Ok(Reply::Withheld);
    };
    let end = match &how {
        BotEnd::Silent => AskEnd::Silent,
        BotEnd::Failed(_) => AskEnd::Failed,
        _ => AskEnd::Answered,
    };
    m.push(Audience::Log, AskEnded { ask, how: end }, None);
    if end != AskEnd::Failed && open.reason == AskFor::HandedBack && m.conv().brief.is_some_and(|(id, _)| id == ask) {
        m.push(Audience::People, BriefAcknowledged { ask }, None);
        tell_handed_back(m, true);
    }
    match how {
        BotEnd::Answered | BotEnd::Silent => {}
        BotEnd::Failed(failure) => failed(m, failure),
        BotEnd::Abstained { reason } => {
            let reason = Reason { evidence: vec![reason], ..Reason::default() };
            person::hand_over(m, Trigger::Abstained, None, reason);
        }
        BotEnd::HandOver { reason, to, variables } => {
            let reason = Reason { evidence: vec![reason], variables, contact: None };
            person::hand_over(m, Trigger::Bot, to, reason);
        }
        BotEnd::End => {
            let closed = m.now();
            m.pass(Holder::Nobody { closed }, Why::BotEnded, None);
            let at = m.moment(None, closed);
            m.tell(&Notice::Closed { by: ClosedBy::Bot(at) });
            super::close::ask_rating(m);
        }
    }
    Ok(Reply::Done)
}

/// A failure of the bot that holds is a handover, once: the asks that wait behind it are withdrawn with it.
pub(super) fn failed(m: &mut Moves<'_>, failure: Failure) {
    m.fail(failure);
    if !matches!(m.conv().own.holder, Holder::Bot { .. }) {
        return;
    }
    let actor = std::mem::replace(&mut m.actor, Actor::system(Part::Policy));
    if let Holder::Bot { returns_to: Some(agent), .. } = m.conv().own.holder {
        super::offer::give_to(m, agent, Why::Returned);
    } else {
        let reason = Reason::default();
        person::hand_over(m, Trigger::BotFailed, None, reason);
    }
    m.actor = actor;
}

/// The notice of a hand-back: in full when a bot that acts on briefs has one, else in its short form.
pub(super) fn tell_handed_back(m: &mut Moves<'_>, acknowledged: bool) {
    let giver = m.conv().last_agent.map(|id| m.settings().agent_name(id).to_owned());
    let giver = giver.unwrap_or_else(|| m.settings().agent_name(crate::ids::AgentId(uuid::Uuid::nil())).to_owned());
    let role = match m.conv().own.holder {
        Holder::Bot { connection, .. } => m.settings().connections.get(&connection).map(|c| &c.role),
        _ => None,
    };
    let knows = acknowledged && matches!(role, Some(Role::Bot { takes_brief: true, .. }));
    // A chat that was lent, or that came back without a brief, has no `brief_note`: then nothing is claimed.
    let acknowledged = m.facts.brief_note.clone().filter(|_| knows);
    m.tell(&Notice::HandedBack { giver, acknowledged, word: m.facts.person_word });
}
