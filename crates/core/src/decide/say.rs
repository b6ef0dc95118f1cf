//! Somebody says something.

use super::moves::Moves;
use super::{Reply, block, person, reopen, snooze, undo};
use crate::actor::Who;
use crate::command::Say;
use crate::content::Content;
use crate::effect::Effect;
use crate::event::{AskFor, Audience, Body, Fate, Once, Reason, Said};
use crate::ids::{AgentId, ClientId, MessageId};
use crate::limits;
use crate::ownership::{Holder, Line, Pause};
use crate::refusal::Refusal;
use crate::sabotage::{Invariant, off};

pub(super) fn say(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    if let Some((client, counter)) = say.once
        && repeat(m, client, counter)?
    {
        return Ok(Reply::Repeat);
    }
    block::check(m)?;
    m.basis = say.basis;
    match m.actor.who {
        Who::Customer => customer(m, say),
        _ => voice(m, say),
    }
}

/// True: this count was taken before. Only the highest and one is new.
pub(super) fn repeat(m: &Moves<'_>, client: ClientId, counter: u64) -> Result<bool, Refusal> {
    let clients = &m.state()?.clients;
    let highest = clients.get(&client).copied().unwrap_or(0);
    if counter == 0 || counter > highest + 1 {
        return Err(Refusal::CounterGap { expected: highest + 1 });
    }
    if highest == 0 && clients.len() >= limits::CLIENTS {
        return Err(Refusal::TooManyClients);
    }
    Ok(counter <= highest && !off(Invariant::OnceVisible))
}

pub(super) fn push_said(m: &mut Moves<'_>, say: Say, shown_name: Option<String>) -> u64 {
    let once = say.once.map(|(client, counter)| Once::Client { client, counter });
    let message = MessageId(m.deal());
    let body = Body::Message { content: say.content, shown_name, bot: None };
    m.push(
        Audience::Customer,
        Said { message, once, fate: Fate::Shown, reply_to: say.reply_to, mentions: Vec::new() },
        Some(body),
    )
}

fn customer(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    let state = m.state()?;
    if let Holder::Nobody { closed } = state.own.holder {
        if m.facts.reading.courtesy && m.now() < closed + limits::COURTESY {
            let seq = push_said(m, say, None);
            return Ok(Reply::Said { seq });
        }
        reopen::by_word(m)?;
    }
    if m.conv().asks.len() >= limits::OPEN_ASKS {
        return Err(Refusal::TooManyAsks);
    }
    let seq = push_said(m, say, None);
    let asks_person = m.facts.reading.asks_person.clone();
    match (m.conv().own.holder.clone(), asks_person) {
        (Holder::Bot { .. }, Some((trigger, evidence))) => {
            person::hand_over(m, trigger, None, Reason { evidence, ..Reason::default() });
        }
        (Holder::Bot { connection, .. }, None) => m.open_ask(connection, AskFor::Message)?,
        (Holder::Target { connection, .. }, _) => {
            let baton = m.conv().own.began;
            m.effect(Effect::TellTarget { target: connection, seq, baton });
        }
        // Asked again while waiting: the place is told again, no second handover is opened.
        (Holder::Queue { line: Line::Live, .. }, Some(_)) => person::tell_already(m),
        (Holder::Agent { pause, .. }, _) if pause != Pause::None => {
            snooze::resume(m);
        }
        (Holder::Queue { .. } | Holder::Agent { .. } | Holder::Nobody { .. }, _) => {}
    }
    Ok(Reply::Said { seq })
}

/// An agent or an admitted guest speaks to the customer.
fn voice(m: &mut Moves<'_>, say: Say) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    if !m.open()?.own.may_speak(&Who::Agent { id: agent }) && !off(Invariant::OneHolder) {
        return Err(Refusal::NotVoice);
    }
    let name = m.agent_name(agent);
    if say.hold && m.settings().undo() > 0 {
        return Ok(Reply::Said { seq: undo::hold(m, say, name) });
    }
    // What they said before goes out before.
    undo::release_of(m, agent);
    let seq = push_said(m, say, Some(name));
    Ok(Reply::Said { seq })
}

/// A note for people; needs no voice.
pub(super) fn note(m: &mut Moves<'_>, text: Content, mut mentions: Vec<AgentId>) -> Result<Reply, Refusal> {
    m.state()?;
    let agent = m.acting_agent()?;
    if text.plain.chars().count() > limits::NOTE_CHARS {
        return Err(Refusal::Field("note"));
    }
    mentions.sort_unstable();
    mentions.dedup();
    mentions.retain(|other| *other != agent);
    if mentions.len() > limits::MENTIONS {
        return Err(Refusal::Field("mentions"));
    }
    if mentions.iter().any(|id| m.settings().agents.get(id).is_none_or(|card| !card.active)) {
        return Err(Refusal::UnknownDestination);
    }
    let name = m.agent_name(agent);
    let message = MessageId(m.deal());
    let body = Body::Message { content: text, shown_name: Some(name), bot: None };
    let seq =
        m.push(Audience::People, Said { message, once: None, fate: Fate::Note, reply_to: None, mentions }, Some(body));
    Ok(Reply::Said { seq })
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::Audience;
    use crate::limits;
    use crate::ownership::{Guest, Holder, Pause};
    use crate::refusal::Refusal;
    use crate::settings::Reopen;

    #[test]
    fn a_customers_word_is_given_to_the_bot() {
        given_bot().when_customer_writes("where is it").then(&["said", "ask-opened"]).effects(&["ask_bot"]);
    }

    #[test]
    fn who_asks_for_a_person_in_words_gets_in_line_and_the_bots_turn_is_withdrawn() {
        let mut house = given_bot();
        house.when_customer_writes("where is it").done();
        house.when_customer_writes("a person").then(&[
            "said",
            "handover-asked",
            "handover-answered",
            "told:asked",
            "ask-ended",
            "holder-set",
            "told:in_line",
        ]);
    }

    #[test]
    fn a_repeat_leaves_no_event_and_a_gap_is_refused() {
        let mut house = given_bot();
        house.when_customer_writes("one").done();
        house.when(Actor::CUSTOMER, say("one", Some((WIDGET, 1)))).then(&[]).replied(Reply::Repeat);
        let gap = house.when(Actor::CUSTOMER, say("three", Some((WIDGET, 3))));
        gap.refused(&Refusal::CounterGap { expected: 2 });
        house.when(Actor::CUSTOMER, say("none", Some((WIDGET, 0)))).refused(&Refusal::CounterGap { expected: 2 });
    }

    #[test]
    fn a_repeat_is_answered_as_the_first_time_even_after_the_baton_passed() {
        let mut house = given_held();
        house.when_agent_writes(ANA, "hello").done();
        house.when(Actor::agent(SAM), Command::TakeOver).done();
        house.when(Actor::agent(ANA), say("hello", Some((DESK, 1)))).then(&[]).replied(Reply::Repeat);
        house.when(Actor::agent(ANA), say("more", Some((DESK, 2)))).refused(&Refusal::NotVoice);
    }

    #[test]
    fn only_the_holder_and_guests_speak_and_a_note_needs_no_voice() {
        let mut house = given_held();
        house.when_agent_writes(BEN, "me too").refused(&Refusal::NotVoice);
        house.when(Actor::agent(ANA), Command::Join { guest: Guest::Agent { id: BEN } }).done();
        house.when_agent_writes(BEN, "me too").then(&["said"]);
        let then = house.when(Actor::agent(SAM), Command::Note { text: content("vip"), mentions: Vec::new() });
        assert_eq!(then.done().events[0].header.audience, Audience::People);
    }

    #[test]
    fn a_note_calls_colleagues_until_they_write() {
        let mut house = given_held();
        let note =
            |mentions: &[crate::ids::AgentId]| Command::Note { text: content("look"), mentions: mentions.to_vec() };
        let then = house.when(Actor::agent(ANA), note(&[SAM, BEN, SAM, ANA]));
        let crate::event::Fact::Said(said) = &then.done().events[0].header.fact else { panic!("a note") };
        assert_eq!(said.mentions, [BEN, SAM]);
        house.when(Actor::agent(SAM), note(&[])).done();
        assert_eq!(house.state().mentioned.keys().copied().collect::<Vec<_>>(), [BEN]);
        let nobody = crate::ids::AgentId(uuid::Uuid::nil());
        house.when(Actor::agent(ANA), note(&[nobody])).refused(&Refusal::UnknownDestination);
    }

    #[test]
    fn a_word_to_a_target_is_told_there() {
        given_live().when_customer_writes("hello").then(&["said"]).effects(&["tell_target"]);
    }

    #[test]
    fn a_word_starts_the_agents_clock_again() {
        let mut house = given_held();
        house.when(Actor::agent(ANA), Command::SetPause(Pause::WaitingCustomer)).then(&["paused"]);
        house.when_customer_writes("here I am").then(&["said", "paused"]);
    }

    #[test]
    fn who_asks_again_while_waiting_is_told_the_place_and_gets_no_second_handover() {
        given_waiting().when_customer_writes("a person").then(&["said", "told:already"]);
    }

    #[test]
    fn a_word_after_closing_opens_a_new_episode_with_the_bot() {
        let mut house = given_closed();
        house.when_customer_writes("one more thing").then(&["opened", "holder-set", "said", "ask-opened"]);
        assert_eq!(house.state().episode, 2);
    }

    #[test]
    fn a_courtesy_after_closing_wakes_nobody_for_two_minutes() {
        let mut house = given_closed();
        house.when_customer_writes("thanks").then(&["said"]);
        house.now += limits::COURTESY;
        house.when_customer_writes("thanks").then(&["opened", "holder-set", "said", "ask-opened"]);
    }

    #[test]
    fn a_word_soon_after_closing_goes_to_people_where_the_inbox_says_so() {
        for (later, people) in [(HOUR, true), (limits::REOPEN + HOUR, false)] {
            let mut settings = desk();
            settings.inboxes.get_mut(&INBOX).expect("the inbox").reopen = Reopen::People;
            let mut house = given_closed();
            house.settings = settings.into();
            house.now += later;
            house.when_customer_writes("one more thing").done();
            assert_eq!(matches!(house.state().own.holder, Holder::Queue { .. }), people);
        }
    }

    #[test]
    fn who_writes_faster_than_the_bot_answers_is_stopped_at_the_limit() {
        let mut house = given_bot();
        for _ in 0..limits::OPEN_ASKS {
            house.when_customer_writes("and").done();
        }
        house.when_customer_writes("and").refused(&Refusal::TooManyAsks);
    }

    #[test]
    fn an_account_that_was_switched_off_says_nothing() {
        let mut house = given_held();
        let mut settings = desk();
        settings.agents.get_mut(&ANA).expect("Ana").active = false;
        house.settings = settings.into();
        house.when_agent_writes(ANA, "hello").refused(&Refusal::NotAllowed);
    }
}
