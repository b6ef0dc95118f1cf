//! An agent takes a chat by hand: from a line, or by right.

use super::Reply;
use super::moves::Moves;
use super::offer::{give_to, queue_of, tell_joined};
use crate::event::{Answer, Outcome, Reason, Trigger, Why};
use crate::ownership::Holder;
use crate::refusal::Refusal;
use crate::settings::{Destination, Rank};

/// From a live line or from the messages.
pub(super) fn pick(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let queue = match &m.open()?.own.holder {
        Holder::Queue { queue, .. } => *queue,
        Holder::Agent { agent: holder, .. } if *holder == agent => return Ok(Reply::Done),
        _ => return Err(Refusal::Taken),
    };
    if m.conv().own.offer.as_ref().is_some_and(|offer| offer.to != agent) {
        return Err(Refusal::Taken);
    }
    if !m.settings().serves(agent, queue) {
        return Err(Refusal::NotAllowed);
    }
    if !m.has_seat(agent) {
        return Err(Refusal::NoCapacity);
    }
    give_to(m, agent, Why::Picked);
    tell_joined(m, agent, Some(queue));
    Ok(Reply::Done)
}

/// From anybody: a bot's chat by any agent, a colleague's or a target's by a supervisor. It is a handover answered
/// `assigned` with outcome `accepted`, in one commit.
pub(super) fn take_over(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let holder = m.open()?.own.holder.clone();
    let rank = m.settings().agents.get(&agent).map(|card| card.role).ok_or(Refusal::NotAllowed)?;
    match holder {
        Holder::Agent { agent: own, .. } if own == agent => return Ok(Reply::Answer(Answer::Assigned { agent })),
        Holder::Bot { .. } => {}
        Holder::Queue { .. } => return pick(m),
        _ if rank >= Rank::Supervisor => {}
        _ => return Err(Refusal::NotAllowed),
    }
    if !m.has_seat(agent) {
        return Err(Refusal::NoCapacity);
    }
    let to = m.inbox().map(|inbox| inbox.destination).ok_or(Refusal::UnknownDestination)?;
    let next = crate::ids::HandoverId(m.deal());
    m.end_handover(Outcome::Redirected { to: next });
    let fact = crate::event::HandoverAsked { handover: next, trigger: Trigger::TakeOver, to, priority: 0 };
    m.push(crate::event::Audience::People, fact, Some(crate::event::Body::Reason(Reason::default())));
    let answer = Answer::Assigned { agent };
    m.answer_handover(next, answer);
    let queue = queue_of(m).or(match to {
        Destination::Queue { id } => Some(id),
        Destination::Target { .. } => None,
    });
    give_to(m, agent, Why::TakenOver);
    tell_joined(m, agent, queue);
    Ok(Reply::Answer(answer))
}
