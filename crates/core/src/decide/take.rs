//! An agent takes a chat by hand: from a line, or by right.

use super::Reply;
use super::moves::Moves;
use super::offer::{give_to, queue_of, tell_joined};
use crate::event::{Answer, Outcome, Reason, Trigger, Why};
use crate::ids::AgentId;
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
    let answer = assign(m, agent)?;
    Ok(Reply::Answer(answer))
}

/// Makes this agent the holder at once: a handover that is asked, answered and accepted in one commit.
pub(super) fn assign(m: &mut Moves<'_>, agent: AgentId) -> Result<Answer, Refusal> {
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
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::{Answer, OfferEnd};
    use crate::ownership::Holder;
    use crate::refusal::Refusal;

    fn holds(house: &House) -> Option<crate::ids::AgentId> {
        match house.state().own.holder {
            Holder::Agent { agent, .. } => Some(agent),
            _ => None,
        }
    }

    #[test]
    fn an_agent_picks_a_waiting_chat_or_a_message() {
        for mut house in [given_waiting(), given_promise()] {
            let kinds = ["holder-set", "agent:seat-taken", "handover-ended", "told:joined"];
            house.when(Actor::agent(ANA), Command::Pick).then(&kinds);
            assert_eq!(holds(&house), Some(ANA));
            house.when(Actor::agent(ANA), Command::Pick).then(&[]);
            house.when(Actor::agent(BEN), Command::Pick).refused(&Refusal::Taken);
        }
    }

    #[test]
    fn what_is_offered_to_one_is_not_picked_by_another() {
        let mut house = given_offered();
        house.when(Actor::agent(BEN), Command::Pick).refused(&Refusal::Taken);
        let then = house.when(Actor::agent(ANA), Command::Pick);
        let ended = |fact: &crate::event::Fact| matches!(fact, crate::event::Fact::OfferEnded(f) if f.how == OfferEnd::Accepted);
        assert!(then.done().events.iter().any(|event| ended(&event.header.fact)));
    }

    #[test]
    fn nobody_picks_over_capacity_or_from_a_queue_of_others() {
        let mut house = given_waiting();
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::agent(BEN), Command::TakeOver, read("")).expect("his one seat");
        house.when(Actor::agent(BEN), Command::Pick).refused(&Refusal::NoCapacity);
        let mut settings = desk();
        settings.queues.get_mut(&QUEUE).expect("the queue").agents = vec![BEN];
        house.settings = settings.into();
        house.when(Actor::agent(ANA), Command::Pick).refused(&Refusal::NotAllowed);
    }

    #[test]
    fn a_take_over_is_answered_assigned_and_accepted_in_one_commit() {
        let mut house = given_bot();
        let then = house.when(Actor::agent(ANA), Command::TakeOver);
        then.then(&[
            "handover-asked",
            "handover-answered",
            "holder-set",
            "agent:seat-taken",
            "handover-ended",
            "told:joined",
        ]);
        then.replied(Reply::Answer(Answer::Assigned { agent: ANA }));
        let again = house.when(Actor::agent(ANA), Command::TakeOver);
        again.then(&[]).replied(Reply::Answer(Answer::Assigned { agent: ANA }));
    }

    #[test]
    fn a_colleagues_chat_is_taken_by_a_supervisor_alone() {
        let mut house = given_held();
        house.when(Actor::agent(BEN), Command::TakeOver).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(SAM), Command::TakeOver).done();
        assert_eq!((holds(&house), house.agents[&ANA].load()), (Some(SAM), 0));
    }

    #[test]
    fn a_targets_chat_that_a_supervisor_takes_is_closed_there() {
        let mut house = given_live();
        house.when(Actor::agent(SAM), Command::TakeOver).effects(&["close_target"]);
        let mut house = given_opening();
        house.when(Actor::agent(SAM), Command::TakeOver).effects(&["close_target"]);
    }

    #[test]
    fn a_lent_chat_taken_by_another_frees_the_lenders_seat() {
        let mut house = given_lent();
        house.when(Actor::agent(BEN), Command::TakeOver).done();
        assert_eq!((holds(&house), house.agents[&ANA].load()), (Some(BEN), 0));
    }

    #[test]
    fn a_closed_chat_is_taken_by_nobody() {
        given_closed().when(Actor::agent(SAM), Command::TakeOver).refused(&Refusal::Closed);
        given_closed().when(Actor::agent(SAM), Command::Pick).refused(&Refusal::Closed);
    }
}
