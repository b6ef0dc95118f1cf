//! A customer who abuses the chat may be stopped from writing, with a reason that the supervisor sees.

use super::Reply;
use super::moves::Moves;
use crate::actor::Who;
use crate::event::{Audience, Blocked, Body};
use crate::limits;
use crate::ownership::Guest;
use crate::refusal::Refusal;
use crate::settings::Rank;

/// Whoever has or had the chat, and supervisors.
fn may(m: &Moves<'_>) -> Result<(), Refusal> {
    let agent = m.acting_agent()?;
    let state = m.state()?;
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    let has = state.own.holder.seat() == Some(agent) || state.own.guests.contains(&Guest::Agent { id: agent });
    let had = state.closed() && state.last_agent == Some(agent);
    if has || had || rank >= Some(Rank::Supervisor) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

pub(super) fn block(m: &mut Moves<'_>, reason: String) -> Result<Reply, Refusal> {
    may(m)?;
    if reason.trim().is_empty() || reason.chars().count() > limits::NOTE_CHARS {
        return Err(Refusal::Field("reason"));
    }
    if m.conv().blocked.is_none() {
        m.push(Audience::People, Blocked { on: true }, Some(Body::Note { text: reason }));
    }
    Ok(Reply::Done)
}

pub(super) fn unblock(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    may(m)?;
    if m.conv().blocked.is_some() {
        m.push(Audience::People, Blocked { on: false }, None);
    }
    Ok(Reply::Done)
}

/// What a customer writes is refused while they are blocked, and leaves no event.
pub(super) fn check(m: &Moves<'_>) -> Result<(), Refusal> {
    let blocked = m.actor.who == Who::Customer && m.state.as_ref().is_some_and(|state| state.blocked.is_some());
    if blocked { Err(Refusal::Blocked) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, Rate};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::refusal::Refusal;

    fn block() -> Command {
        Command::Block { reason: "insults".into() }
    }

    #[test]
    fn what_a_blocked_customer_does_is_refused_until_they_are_unblocked() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.when(Actor::agent(ANA), block()).then(&["blocked"]);
        house.when(Actor::agent(ANA), block()).then(&[]);
        house.when_customer_writes("hey").refused(&Refusal::Blocked);
        for command in [
            Command::AskPerson,
            Command::Withdraw,
            Command::LeaveMessage { text: None, contact: None },
            Command::Rate(Rate::default()),
        ] {
            house.when(Actor::CUSTOMER, command).refused(&Refusal::Blocked);
        }
        house.when_agent_writes(ANA, "please stop").then(&["said"]);
        house.when(Actor::agent(ANA), Command::Unblock).then(&["blocked"]);
        house.when(Actor::agent(ANA), Command::Unblock).then(&[]);
        house.when_customer_writes("hey").then(&["said"]);
    }

    #[test]
    fn what_was_accepted_before_is_still_answered_as_the_first_time() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.when(Actor::agent(ANA), block()).done();
        let again = house.act(CHAT, Actor::CUSTOMER, say("hello", Some((WIDGET, 1))), read("hello"));
        assert_eq!(again.expect("a repeat").reply, Reply::Repeat);
    }

    #[test]
    fn a_block_lasts_beyond_the_episode() {
        let mut house = given_held();
        house.when(Actor::agent(ANA), block()).done();
        house.when(Actor::agent(ANA), Command::Close { disposition: None, wrap_up: None }).done();
        house.when_customer_writes("hello").refused(&Refusal::Blocked);
        house.when(Actor::agent(ANA), Command::Unblock).then(&["blocked"]);
    }

    #[test]
    fn whoever_has_or_had_the_chat_and_supervisors_block_with_a_reason() {
        let mut house = given_held();
        house.when(Actor::agent(BEN), block()).refused(&Refusal::NotAllowed);
        house.when(Actor::CUSTOMER, block()).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(ANA), Command::Block { reason: " ".into() }).refused(&Refusal::Field("reason"));
        house.when(Actor::agent(SAM), block()).then(&["blocked"]);
    }
}
