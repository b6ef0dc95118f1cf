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
        Holder::Target { connection, phase, .. } if *connection == target && own.began == baton => *phase,
        _ => return Ok(stale(m, baton, did)),
    };
    let team = m.connection_name(target);
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
            let seq = m.push(
                Audience::Customer,
                Said { message, once, fate: Fate::Shown, reply_to: None, mentions: Vec::new() },
                Some(body),
            );
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

/// What a polled target did, in one commit with its cursor.
pub(super) fn turn(m: &mut Moves<'_>, baton: u64, all: Vec<TargetDid>) -> Result<Reply, Refusal> {
    let mut reply = Reply::Done;
    for one in all {
        reply = did(m, baton, one)?;
    }
    Ok(reply)
}

/// Judged by baton number: said too late is kept, opened too late is closed there.
fn stale(m: &mut Moves<'_>, baton: u64, did: TargetDid) -> Reply {
    let Who::Target { id: target, .. } = m.actor.who else { return Reply::Withheld };
    match did {
        TargetDid::Said { content, name, outside, .. } => {
            let message = MessageId(m.deal());
            let once = outside.map(|id| Once::Outside { id });
            let body = Body::Message { content, shown_name: name, bot: None };
            m.push(
                Audience::People,
                Said { message, once, fate: Fate::Withheld, reply_to: None, mentions: Vec::new() },
                Some(body),
            );
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
            // It is over there already: nothing is left to close.
            m.push(Audience::People, PhaseSet { phase: Phase::Ending, due: m.now(), place: None }, None);
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

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, TargetDid};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::ownership::{Holder, Phase};
    use crate::refusal::Refusal;

    fn joined() -> TargetDid {
        TargetDid::Joined { human: true, name: Some("Rita".into()), party: None }
    }

    fn said() -> TargetDid {
        TargetDid::Said { content: content("Rita here"), name: Some("Rita".into()), party: None, outside: None }
    }

    fn ended(back_to_bot: bool) -> TargetDid {
        TargetDid::Ended { disposition: Some("solved".into()), back_to_bot }
    }

    #[test]
    fn a_target_accepts_once_and_the_handover_waits_for_a_person() {
        let mut house = given_opening();
        house.when_target(TargetDid::Accepted).then(&["phase-set", "told:in_line"]);
        house.when_target(TargetDid::Accepted).then(&[]);
        house.when_target(TargetDid::Waiting { place: Some(2) }).then(&["phase-set"]);
        assert!(house.state().handover.is_some());
        house.when_target(joined()).then(&["phase-set", "handover-ended", "told:joined"]);
        house.when_target(TargetDid::Waiting { place: Some(1) }).then(&[]);
    }

    #[test]
    fn a_first_word_is_a_person_who_joined() {
        let mut house = given_opening();
        house.when_target(said()).then(&["phase-set", "handover-ended", "told:joined", "said"]);
        house.when_target(said()).then(&["said"]);
    }

    #[test]
    fn a_target_opened_too_late_is_closed_and_its_late_word_withheld() {
        let mut house = given_opening();
        let baton = house.baton();
        house.when_next_due().effects(&["close_target"]);
        let late = |did| Command::Target { baton, did };
        for did in [TargetDid::Accepted, joined()] {
            house.when(Actor::target(TARGET, None), late(did)).then(&[]).effects(&["close_target"]);
        }
        house.when(Actor::target(TARGET, None), late(said())).then(&["said"]).replied(Reply::Withheld).effects(&[]);
        house.when(Actor::target(TARGET, None), late(ended(true))).then(&[]).effects(&[]);
    }

    #[test]
    fn a_target_that_refuses_fails_over_to_the_line() {
        let mut house = given_opening();
        house.when_target(TargetDid::Refused).then(&[
            "failed",
            "handover-ended",
            "told:target_failed",
            "handover-asked",
            "handover-answered",
            "holder-set",
            "told:in_line",
        ]);
    }

    #[test]
    fn a_target_that_ends_before_anybody_answered_has_failed() {
        let mut house = given_opening();
        house.when_target(TargetDid::Accepted).done();
        house.when_target(ended(false)).done();
        assert!(matches!(house.state().own.holder, Holder::Queue { .. }));
    }

    #[test]
    fn a_target_that_is_done_gives_back_or_closes() {
        let mut house = given_live();
        house.when_target(ended(true)).then(&["phase-set", "holder-set", "ask-opened"]).effects(&["ask_bot"]);
        assert_eq!(house.state().hand_backs, 1);
        let mut house = given_live();
        house.when_target(ended(false)).then(&["holder-set", "told:closed"]).effects(&[]);
    }

    #[test]
    fn a_target_keeps_its_voice_when_a_supervisor_joins_and_is_closed_under_the_number_that_it_knows() {
        let mut house = given_live();
        let opened = house.baton();
        house.when(Actor::agent(SAM), Command::Join { guest: crate::ownership::Guest::Agent { id: SAM } }).done();
        assert!(house.baton() > opened, "a voice more is a new number");
        house.when_customer_writes("hello").effects(&["tell_target"]);
        let did = Command::Target { baton: opened, did: said() };
        let then = house.when(Actor::target(TARGET, None), did);
        assert!(then.done().events[0].header.position.is_some(), "what it says is shown");
        let then = house.when(Actor::agent(SAM), Command::TakeOver);
        let closes = |effect: &crate::effect::Effect| matches!(effect, crate::effect::Effect::CloseTarget { baton, .. } if *baton == opened);
        assert!(then.done().effects.iter().any(closes));
        let late = Command::Target { baton: opened, did: said() };
        house.when(Actor::target(TARGET, None), late).replied(Reply::Withheld);
    }

    #[test]
    fn what_a_target_gives_back_was_not_given_by_the_agent_before_it() {
        let mut house = given_live();
        house.when(Actor::agent(SAM), Command::TakeOver).done();
        let to = crate::command::TransferTo::Target(TARGET);
        house.when(Actor::agent(SAM), Command::Transfer { to, note: None }).done();
        house.when_target(joined()).done();
        house.when_target(ended(true)).done();
        let then = house.when_bot_ends(crate::command::BotEnd::Answered);
        assert!(then.words().starts_with("Our colleague has handed you back"), "{}", then.words());
    }

    #[test]
    fn a_person_passed_on_inside_the_target_is_told_as_joining() {
        let mut house = given_live();
        house.when_target(TargetDid::Transferred { name: None }).then(&["phase-set", "told:joined"]);
        assert!(matches!(house.state().own.holder, Holder::Target { phase: Phase::Live, .. }));
    }

    #[test]
    fn only_a_target_acts_as_one() {
        let baton = given_opening().baton();
        let command = Command::Target { baton, did: TargetDid::Accepted };
        given_opening().when(Actor::bot(BOT), command).refused(&Refusal::NotAllowed);
    }
}
