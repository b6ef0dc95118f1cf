//! A person closes a conversation.

use super::Reply;
use super::moves::Moves;
use crate::actor::{Part, Who};
use crate::event::{Outcome, Passing, Why};
use crate::limits;
use crate::notice::{ClosedBy, Notice};
use crate::ownership::Holder;
use crate::refusal::Refusal;
use crate::settings::{Destination, Rank};

pub(super) fn close(m: &mut Moves<'_>, disposition: Option<String>, wrap_up: Option<String>) -> Result<Reply, Refusal> {
    // The house itself closes what it takes away.
    let agent = match m.actor.who {
        Who::System { part: Part::Setup } => None,
        _ => Some(m.acting_agent()?),
    };
    let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > limits::NOTE_CHARS);
    if long(&disposition) || long(&wrap_up) {
        return Err(Refusal::Field("wrap_up"));
    }
    let rank = agent.and_then(|agent| m.settings().agents.get(&agent)).map(|card| card.role);
    match &m.open()?.own.holder {
        _ if agent.is_none() => {}
        Holder::Agent { agent: holder, .. } if Some(*holder) == agent => {}
        _ if rank >= Some(Rank::Supervisor) => {}
        _ => return Err(Refusal::NotHolder),
    }
    let closed = m.now();
    m.end_handover(Outcome::Abandoned);
    m.pass(Holder::Nobody { closed }, Why::Closed, Some(Passing { disposition, wrap_up, ..Passing::default() }));
    let queue = match m.inbox().map(|inbox| inbox.destination) {
        Some(Destination::Queue { id }) => Some(id),
        _ => None,
    };
    let at = m.moment(queue, closed);
    let by = match agent {
        Some(agent) => ClosedBy::Agent(m.agent_name(agent), at),
        None => ClosedBy::House(at),
    };
    m.tell(&Notice::Closed { by });
    ask_rating(m);
    Ok(Reply::Done)
}

/// Asks for a mark where there is something to rate.
pub(super) fn ask_rating(m: &mut Moves<'_>) {
    if let Some(due) = m.conv().rating {
        let agent = due.agent.map(|id| m.agent_name(id));
        m.tell(&Notice::Rating { agent, bot: due.bot.is_some() });
    }
}

#[cfg(test)]
mod tests {
    use crate::actor::{Actor, Part};
    use crate::command::Command;
    use crate::common::*;
    use crate::refusal::Refusal;

    fn close() -> Command {
        Command::Close { disposition: Some("solved".into()), wrap_up: None }
    }

    #[test]
    fn the_holder_closes_and_the_customer_reads_who_and_when() {
        let mut house = given_held();
        let then = house.when(Actor::agent(ANA), close());
        then.then(&["holder-set", "agent:seat-freed", "told:closed"]);
        let words = "Ana closed this chat at 12:00 UTC. Write here at any time and it goes on, with everything above.";
        assert_eq!(then.words(), words);
        house.when(Actor::agent(ANA), close()).refused(&Refusal::Closed);
    }

    #[test]
    fn a_rating_is_asked_where_both_sides_spoke() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.when_agent_writes(ANA, "hello").done();
        let then = house.when(Actor::agent(ANA), close());
        then.then(&["holder-set", "agent:seat-freed", "told:closed", "told:rating"]);
        assert!(then.words().contains("How was Ana?"), "{}", then.words());
    }

    #[test]
    fn another_agent_does_not_close_and_a_supervisor_does() {
        given_held().when(Actor::agent(BEN), close()).refused(&Refusal::NotHolder);
        for mut house in [given_held(), given_bot(), given_waiting(), given_promise(), given_live(), given_lent()] {
            house.when(Actor::agent(SAM), close()).done();
            assert!(house.state().closed());
        }
    }

    #[test]
    fn the_house_closes_what_it_takes_away_and_the_seat_is_free() {
        let mut house = given_held();
        house.when(Actor::system(Part::Timer), close()).refused(&Refusal::NotAllowed);
        house.when(Actor::system(Part::Setup), close()).then(&["holder-set", "agent:seat-freed", "told:closed"]);
    }

    #[test]
    fn a_target_that_had_the_chat_is_closed_too() {
        given_live().when(Actor::agent(SAM), close()).effects(&["close_target"]);
        given_opening().when(Actor::agent(SAM), close()).effects(&["close_target"]);
    }

    #[test]
    fn a_wrap_up_has_a_bound() {
        let long = Command::Close { disposition: None, wrap_up: Some("x".repeat(10_001)) };
        given_held().when(Actor::agent(ANA), long).refused(&Refusal::Field("wrap_up"));
    }
}
