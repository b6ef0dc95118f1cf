//! What an outside contact centre does. Like a bot's, its words are never refused; stale ones are kept as withheld.

use super::moves::Moves;
use super::{Reply, person};
use crate::actor::Who;
use crate::command::TargetDid;
use crate::effect::{CloseReason, Effect};
use crate::event::{Audience, Body, Failure, Fate, Once, Outcome, Passing, PhaseSet, Said, Why};
use crate::ids::MessageId;
use crate::limits;
use crate::notice::{ClosedBy, Notice, Ways};
use crate::ownership::{Holder, Phase};
use crate::refusal::Refusal;
use crate::settings::{Destination, Role};

pub(super) fn did(m: &mut Moves<'_>, baton: u64, did: TargetDid) -> Result<Reply, Refusal> {
    let own = &m.state()?.own;
    let Who::Target { id: target, .. } = m.actor.who else { return Err(Refusal::NotAllowed) };
    let phase = match &own.holder {
        Holder::Target { connection, phase, .. } if *connection == target && own.baton == baton => *phase,
        _ => return Ok(stale(m, baton, did)),
    };
    let team = m.settings().connection_name(target).to_owned();
    match did {
        TargetDid::Accepted => {
            if phase == Phase::Opening {
                let due = m.now() + limits::WAIT_OVER;
                m.push(Audience::People, PhaseSet { phase: Phase::Waiting, due, place: None }, None);
                tell_line(m, target, team, None);
            }
        }
        TargetDid::Waiting { place } => {
            if phase != Phase::Live {
                let due = m.now() + limits::WAIT_OVER;
                let first = phase == Phase::Opening;
                m.push(Audience::People, PhaseSet { phase: Phase::Waiting, due, place }, None);
                if first {
                    tell_line(m, target, team, place);
                }
            }
        }
        TargetDid::Joined { human, name, .. } => joined(m, target, team, human, name),
        TargetDid::Said { content, name, party: _, outside } => {
            if phase != Phase::Live {
                joined(m, target, team, false, None);
            }
            let once = outside.map(|id| Once::Outside { id });
            let message = MessageId(m.deal());
            let body = Body::Message { content, shown_name: name, bot: None };
            let seq = m.push(Audience::Customer, Said { message, once, fate: Fate::Shown, reply_to: None }, Some(body));
            return Ok(Reply::Said { seq });
        }
        TargetDid::Transferred { name } => joined(m, target, team, false, name),
        TargetDid::Refused => {
            m.fail(Failure::TargetRefused);
            person::next_destination(m, target, Outcome::Refused);
        }
        TargetDid::Failed(failure) => {
            m.fail(failure);
            person::next_destination(m, target, Outcome::Failed);
        }
        TargetDid::Ended { disposition, back_to_bot } => ended(m, disposition, back_to_bot),
    }
    Ok(Reply::Done)
}

/// Judged by baton number: said too late is kept, opened too late is closed there.
fn stale(m: &mut Moves<'_>, baton: u64, did: TargetDid) -> Reply {
    let Who::Target { id: target, .. } = m.actor.who else { return Reply::Withheld };
    match did {
        TargetDid::Said { content, name, outside, .. } => {
            let message = MessageId(m.deal());
            let once = outside.map(|id| Once::Outside { id });
            let body = Body::Message { content, shown_name: name, bot: None };
            m.push(Audience::People, Said { message, once, fate: Fate::Withheld, reply_to: None }, Some(body));
        }
        TargetDid::Accepted | TargetDid::Waiting { .. } | TargetDid::Joined { .. } => {
            m.effect(Effect::CloseTarget { target, baton, reason: CloseReason::TooLate });
        }
        _ => {}
    }
    Reply::Withheld
}

fn tell_line(m: &mut Moves<'_>, target: crate::ids::ConnectionId, team: String, place: Option<u32>) {
    let tells =
        matches!(m.settings().connections.get(&target).map(|c| &c.role), Some(Role::Target { tells_place: true, .. }));
    let place = place.filter(|_| tells);
    m.tell(&Notice::InLine { place, team: Some(team), choice_by: None, staffed: true, ways: Ways::default() });
}

/// Somebody there answers: the handover is accepted, once.
fn joined(m: &mut Moves<'_>, target: crate::ids::ConnectionId, team: String, human: bool, name: Option<String>) {
    let due = m.now() + limits::AGENT_QUIET;
    m.push(Audience::People, PhaseSet { phase: Phase::Live, due, place: None }, None);
    m.end_handover(Outcome::Accepted);
    let says =
        matches!(m.settings().connections.get(&target).map(|c| &c.role), Some(Role::Target { says_human: true, .. }));
    let history = m.history(Destination::Target { id: target });
    m.tell(&Notice::Joined { name, human: human && says, team, say_team: true, history });
}

fn ended(m: &mut Moves<'_>, disposition: Option<String>, back_to_bot: bool) {
    // A target that ends before anybody answered has not accepted: the customer still waits.
    if let (Holder::Target { phase: Phase::Opening | Phase::Waiting, connection, .. }, true) =
        (&m.conv().own.holder, m.conv().handover.is_some())
    {
        let connection = *connection;
        m.fail(Failure::TargetLost);
        return person::next_destination(m, connection, Outcome::Failed);
    }
    let passing = disposition.map(|disposition| Passing { disposition: Some(disposition), ..Passing::default() });
    match m.bot().filter(|_| back_to_bot && m.conv().hand_backs < limits::HAND_BACKS) {
        Some(bot) => {
            m.pass(Holder::Bot { connection: bot, returns_to: None, due: None }, Why::HandedBack, passing);
            // A bot that cannot be asked now is not lost: the customer's next word asks it.
            let _ = m.open_ask(bot, crate::event::AskFor::HandedBack);
        }
        None => {
            let closed = m.now();
            m.pass(Holder::Nobody { closed }, Why::TargetEnded, passing);
            let at = m.moment(None, closed);
            m.tell(&Notice::Closed { by: ClosedBy::House(at) });
            super::close::ask_rating(m);
        }
    }
}
