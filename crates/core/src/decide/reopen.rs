//! A closed conversation opens again: by the customer's word, by the button, by an agent.

use super::moves::Moves;
use super::{Reply, offer, person, start};
use crate::event::{Answer, AskFor, Audience, Body, HolderSet, Opened, Reason, SeatTaken, Trigger, Why};
use crate::limits;
use crate::ownership::{Holder, Pause};
use crate::refusal::Refusal;
use crate::settings::Reopen;

/// Writes that a new episode begins; the caller gives it its holder.
fn open_episode(m: &mut Moves<'_>, language: Option<String>) {
    let state = m.conv();
    let (episode, inbox, person) = (state.episode + 1, state.inbox, state.person);
    let language = language.unwrap_or_else(|| state.language.clone());
    let body = Body::Opening { name: None, contact: None, page: None, device: None, variables: serde_json::Map::new() };
    m.push(Audience::Customer, Opened { episode, inbox, person, language }, Some(body));
}

/// A word after closing: the bot takes it, or people where the inbox or the customer wants that.
pub(super) fn by_word(m: &mut Moves<'_>) -> Result<(), Refusal> {
    let Holder::Nobody { closed } = m.conv().own.holder else { return Ok(()) };
    let soon = m.now() < closed + limits::REOPEN;
    open_episode(m, m.facts.reading.language.clone());
    if soon && m.inbox().is_some_and(|inbox| inbox.reopen == Reopen::People) {
        person::hand_over(m, Trigger::NoBot, None, Reason::default());
        if !m.conv().closed() {
            return Ok(());
        }
    }
    start::first_holder(m, AskFor::Message)?;
    // Nobody there: the bot has it and the customer chooses. Who asks in words is handed over by those words.
    if m.conv().person_first
        && matches!(m.conv().own.holder, Holder::Bot { .. })
        && m.facts.reading.asks_person.is_none()
    {
        person::hand_over(m, Trigger::Rule, None, Reason::default());
    }
    Ok(())
}

/// The button on a closed conversation: a new episode, and a handover in it.
pub(super) fn by_button(m: &mut Moves<'_>) -> Result<Answer, Refusal> {
    open_episode(m, None);
    if m.bot().is_some() {
        start::first_holder(m, AskFor::Message)?;
    }
    Ok(person::hand_over(m, Trigger::Button, None, Reason::default()))
}

/// A message left after closing: a new episode, which the caller gives to the list of promises.
pub(super) fn by_message(m: &mut Moves<'_>) {
    open_episode(m, m.facts.reading.language.clone());
}

/// An agent opens it and holds it.
pub(super) fn by_agent(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    if !m.state()?.closed() {
        return Err(Refusal::Open);
    }
    if !m.has_seat(agent) {
        return Err(Refusal::NoCapacity);
    }
    open_episode(m, None);
    let holder = Holder::Agent { agent, pause: Pause::None };
    m.push(Audience::People, HolderSet { holder, why: Why::Reopened }, None);
    let conversation = m.id;
    m.push_agent(agent, SeatTaken { conversation });
    offer::tell_joined(m, agent, None);
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::{Answer, No};
    use crate::ownership::Holder;
    use crate::refusal::Refusal;

    #[test]
    fn an_agent_opens_a_closed_chat_and_holds_the_new_episode() {
        let mut house = given_closed();
        let kinds = ["opened", "holder-set", "agent:seat-taken", "told:joined"];
        house.when(Actor::agent(BEN), Command::Reopen).then(&kinds);
        assert_eq!(house.state().episode, 2);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: BEN, .. }));
        house.when_agent_writes(BEN, "one more thing").then(&["said"]);
        house.when(Actor::agent(BEN), Command::Reopen).refused(&Refusal::Open);
    }

    #[test]
    fn an_agent_without_a_free_seat_opens_nothing() {
        let mut house = given_closed();
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::agent(BEN), Command::TakeOver, read("")).expect("his one seat");
        house.when(Actor::agent(BEN), Command::Reopen).refused(&Refusal::NoCapacity);
        house.when(Actor::CUSTOMER, Command::Reopen).refused(&Refusal::NotAllowed);
    }

    #[test]
    fn the_button_on_a_closed_chat_opens_an_episode_and_hands_over() {
        let mut house = given_closed();
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        then.then(&[
            "opened",
            "holder-set",
            "handover-asked",
            "handover-answered",
            "told:asked",
            "holder-set",
            "told:in_line",
        ]);
        then.replied(Reply::Answer(Answer::Queued { place: Some(1) }));
    }

    #[test]
    fn the_button_on_a_closed_chat_out_of_hours_leaves_it_with_the_bot_and_a_choice() {
        let mut house = given_closed();
        house.settings = closed(desk()).into();
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        then.replied(Reply::Answer(Answer::Refused { reason: No::ClosedHours }));
        assert!(matches!(house.state().own.holder, Holder::Bot { .. }));
    }
}
