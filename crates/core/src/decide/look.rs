//! Who looks into an agent's chat without a part in it is written on that agent's own stream.

use super::Reply;
use super::moves::Moves;
use crate::event::Looked;
use crate::ownership::{Guest, Holder};
use crate::refusal::Refusal;

/// A reader read the conversation. [`Reply::Repeat`]: nothing is to be written.
pub(super) fn look(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let by = m.acting_agent()?;
    let own = &m.state()?.own;
    let Holder::Agent { agent, .. } = own.holder else { return Ok(Reply::Repeat) };
    let part = agent == by
        || own.guests.contains(&Guest::Agent { id: by })
        || own.offer.as_ref().is_some_and(|offer| offer.to == by || offer.giver == Some(by));
    let (conversation, now) = (m.id, m.now());
    if part || m.agent(agent).is_none_or(|state| state.was_looked_at(conversation, by, now)) {
        return Ok(Reply::Repeat);
    }
    m.push_agent(agent, Looked { conversation, by });
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::decide::Reply;
    use crate::limits;
    use crate::ownership::Guest;

    #[test]
    fn a_look_is_written_on_the_agent_once_in_a_while() {
        let mut house = given_held();
        house.when(Actor::agent(SAM), Command::Look).then(&["agent:looked"]);
        house.when(Actor::agent(SAM), Command::Look).then(&[]).replied(Reply::Repeat);
        house.when(Actor::agent(BEN), Command::Look).then(&["agent:looked"]);
        house.now += limits::LOOK_AGAIN + SECOND;
        house.when(Actor::agent(SAM), Command::Look).then(&["agent:looked"]);
    }

    #[test]
    fn whoever_has_a_part_in_the_chat_may_read_it_unwritten() {
        let mut house = given_held();
        house.when(Actor::agent(ANA), Command::Look).then(&[]);
        house.when(Actor::agent(SAM), Command::Join { guest: Guest::Agent { id: SAM } }).done();
        house.when(Actor::agent(SAM), Command::Look).then(&[]);
        given_bot().when(Actor::agent(SAM), Command::Look).then(&[]);
        given_closed().when(Actor::agent(SAM), Command::Look).then(&[]);
    }
}
