//! What an agent set, and what follows when one is lost.

use super::moves::Moves;
use super::{Reply, person, undo};
use crate::actor::{Actor, Part};
use crate::event::{Answer, Failure, PresenceBy, PresenceSet, Reason, Trigger, Why};
use crate::ids::AgentId;
use crate::notice::Notice;
use crate::ownership::Holder;
use crate::refusal::Refusal;
use crate::sabotage::{Invariant, off};
use crate::settings::Destination;

pub(super) fn set(m: &mut Moves<'_>, available: bool, by: PresenceBy) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    if !available && off(Invariant::Presence) {
        return Ok(Reply::Done);
    }
    // The commonest repeat, a reconnecting desk, leaves no event.
    if m.agent(agent).is_none_or(|state| state.available != available) {
        m.push_agent(agent, PresenceSet { available, by });
    }
    Ok(Reply::Done)
}

/// Lease and grace are over. A chat with an unanswered customer is offered again, at its old place; one whose customer
/// has an answer waits for the agent.
pub(super) fn lost(m: &mut Moves<'_>, agent: AgentId) -> Result<Reply, Refusal> {
    if !matches!(m.open()?.own.holder, Holder::Agent { agent: holder, .. } if holder == agent) {
        return Ok(Reply::Done);
    }
    // What they wrote last may be the answer.
    undo::release_of(m, agent);
    if m.conv().unanswered_since.is_none() {
        return Ok(Reply::Done);
    }
    m.fail(Failure::AgentLost);
    requeue(m, agent, true);
    Ok(Reply::Done)
}

/// Back into the line at the old place: with the start of the first wait, or of the word that nobody answered.
pub(super) fn requeue(m: &mut Moves<'_>, agent: AgentId, lost: bool) {
    let Some(inbox) = m.inbox() else { return };
    let queue = match (inbox.destination, inbox.fallback) {
        (Destination::Queue { id }, _) | (Destination::Target { .. }, Some(id)) => id,
        (Destination::Target { .. }, None) => return,
    };
    let state = m.conv();
    let since = state.waited_since.or(state.unanswered_since).unwrap_or(m.now());
    let actor = std::mem::replace(&mut m.actor, Actor::system(Part::Policy));
    let priority = m.settings().queues.get(&queue).map_or(0, |queue| queue.priority.min(9));
    let handover = m.ask_handover(Trigger::AgentLost, Destination::Queue { id: queue }, priority, Reason::default());
    let line = m.facts.line(queue);
    let above = line.at_least.get(priority as usize + 1).is_some_and(|waiting| *waiting > 0);
    let front = !above && line.oldest[priority as usize].is_none_or(|oldest| since < oldest);
    let place = front.then_some(1);
    m.answer_handover(handover, Answer::Queued { place });
    person::enter_line(m, queue, priority, since, Why::AgentLost, None);
    let name = m.agent_name(agent);
    m.tell(&Notice::AgentLost { name, lost, place });
    m.actor = actor;
}

#[cfg(test)]
mod tests {
    use crate::actor::{Actor, Part};
    use crate::command::Command;
    use crate::common::*;
    use crate::event::PresenceBy;
    use crate::ids::AgentId;
    use crate::ownership::Holder;
    use crate::refusal::Refusal;

    const TIMER: Actor = Actor::system(Part::Timer);

    #[test]
    fn a_presence_that_is_set_again_leaves_no_event() {
        let mut house = given_bot();
        let set = |available| Command::SetPresence { available, by: PresenceBy::Own };
        house.when(Actor::agent(ANA), set(true)).then(&["agent:presence-set"]);
        house.when(Actor::agent(ANA), set(true)).then(&[]);
        house.when(Actor::agent(ANA), set(false)).then(&["agent:presence-set"]);
        house.when(Actor::agent(AgentId(uuid::Uuid::nil())), set(true)).refused(&Refusal::NotAllowed);
    }

    #[test]
    fn an_unanswered_customer_of_a_lost_agent_is_in_line_again_at_the_old_place() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        let waited = house.state().waited_since.expect("it stood in line before");
        house.now += HOUR / 4;
        let then = house.when(TIMER, Command::AgentLost { agent: ANA });
        then.then(&[
            "failed",
            "handover-asked",
            "handover-answered",
            "holder-set",
            "agent:seat-freed",
            "told:agent_lost",
        ]);
        assert_eq!(then.words(), "Ana lost the connection. You are next in line, and what you wrote is kept.");
        assert!(matches!(house.state().own.holder, Holder::Queue { since, .. } if since == waited));
    }

    #[test]
    fn the_front_is_claimed_before_those_who_came_later_and_not_before_those_who_came_earlier() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.now += HOUR / 60;
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::CUSTOMER, Command::AskPerson, read("")).expect("in line");
        let then = house.when(TIMER, Command::AgentLost { agent: ANA });
        assert!(then.words().contains("You are next in line"), "{}", then.words());

        house.ready(BEN);
        house.act(OTHER_CHAT, Actor::agent(BEN), Command::Pick, read("")).expect("picked");
        house.act(OTHER_CHAT, Actor::CUSTOMER, say("hello", None), read("hello")).expect("said");
        let then = house.act(OTHER_CHAT, TIMER, Command::AgentLost { agent: BEN }, read("")).expect("lost");
        let told = then.events.iter().rev().find_map(|event| match &event.body {
            Some(crate::event::Body::Notice { words, .. }) => Some(words.clone()),
            _ => None,
        });
        assert!(told.is_some_and(|words| words.contains("You are in line again")));
    }

    #[test]
    fn a_customer_who_has_an_answer_waits_for_the_agent() {
        let mut house = given_held();
        house.when(TIMER, Command::AgentLost { agent: ANA }).then(&[]);
        house.when_customer_writes("hello").done();
        house.when_agent_writes(ANA, "hello").done();
        house.when(TIMER, Command::AgentLost { agent: ANA }).then(&[]);
        house.when(TIMER, Command::AgentLost { agent: BEN }).then(&[]);
    }
}
