//! Words of people that may still be undone: held in the log, released as a new event when their time is over.
//!
//! Whoever passes the chat on themselves sends first what they still hold; what is held when somebody else takes the
//! chat is withheld, and the agent sees it.

use super::Reply;
use super::moves::Moves;
use crate::actor::{Actor, Part, Who};
use crate::command::Say;
use crate::conversation::Held;
use crate::event::{Audience, Body, Fate, Once, Said, Undone};
use crate::ids::{AgentId, MessageId};
use crate::limits;
use crate::refusal::Refusal;

/// Keeps a word until it can no longer be undone.
pub(super) fn hold(m: &mut Moves<'_>, say: Say, shown_name: String) -> u64 {
    if m.conv().held.len() >= limits::HELD {
        let oldest = m.conv().held[0];
        release(m, oldest);
    }
    let once = say.once.map(|(client, counter)| Once::Client { client, counter });
    let message = MessageId(m.deal());
    let due = m.now() + m.settings().undo();
    let fact = Said { message, once, fate: Fate::Held { due }, reply_to: say.reply_to, mentions: Vec::new() };
    let body = Body::Message { content: say.content, shown_name: Some(shown_name), bot: None };
    m.push(Audience::People, fact, Some(body))
}

/// The agent takes a word back.
pub(super) fn undo(m: &mut Moves<'_>, of: u64) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let held = m.state()?.held.iter().find(|held| held.seq == of).ok_or(Refusal::TooLate)?;
    if held.actor.acting_agent() != Some(agent) {
        return Err(Refusal::NotAllowed);
    }
    m.push(Audience::People, Undone { of }, None);
    Ok(Reply::Done)
}

/// Sends what this agent still holds.
pub(super) fn release_of(m: &mut Moves<'_>, agent: AgentId) {
    for held in m.conv().held.clone() {
        if held.actor.acting_agent() == Some(agent) {
            release(m, held);
        }
    }
}

/// Before the baton passes: the words of those who pass it go out, those of others are withheld.
pub(super) fn settle(m: &mut Moves<'_>, senders: &[Option<AgentId>]) {
    for held in m.conv().held.clone() {
        let agent = held.actor.acting_agent();
        if agent.is_some() && senders.contains(&agent) {
            release(m, held);
        } else {
            withhold(m, held.seq);
        }
    }
}

/// Their time is over.
pub(super) fn due(m: &mut Moves<'_>) {
    let now = m.now();
    for held in m.conv().held.clone().into_iter().filter(|held| held.due <= now) {
        release(m, held);
    }
}

/// Goes out as whoever said it, if they still have a voice and the words were not erased.
fn release(m: &mut Moves<'_>, held: Held) {
    let voice = held.actor.acting_agent().is_some_and(|id| m.conv().own.may_speak(&Who::Agent { id }));
    let Some((content, shown_name)) = m.facts.held.get(&held.seq).cloned().filter(|_| voice) else {
        return withhold(m, held.seq);
    };
    let fate = Fate::Released { of: held.seq };
    let fact = Said { message: held.message, once: None, fate, reply_to: held.reply_to, mentions: Vec::new() };
    let basis = m.basis.take();
    m.push_as(held.actor, Audience::Customer, fact, Some(Body::Message { content, shown_name, bot: None }));
    m.basis = basis;
}

fn withhold(m: &mut Moves<'_>, of: u64) {
    m.push_as(Actor::system(Part::Policy), Audience::People, Undone { of }, None);
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, TransferTo};
    use crate::common::*;
    use crate::event::{Audience, Fact, Fate};
    use crate::ids::AgentId;
    use crate::limits;
    use crate::ownership::{Guest, Holder};
    use crate::refusal::Refusal;

    fn holds(house: &mut House, agent: AgentId, text: &str) -> u64 {
        let counter = house.state().clients.get(&DESK).map_or(0, |n| *n) + 1;
        house.when(Actor::agent(agent), say_held(text, DESK, counter)).then(&["said"]);
        house.state().held.last().expect("held").seq
    }

    fn given_word() -> (House, u64) {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        let seq = holds(&mut house, ANA, "one moment");
        (house, seq)
    }

    #[test]
    fn a_held_word_goes_out_when_its_time_is_over_as_the_agents_own() {
        let (mut house, of) = given_word();
        let before = house.state().head.position;
        assert!(house.state().unanswered_since.is_some(), "the customer has no answer yet");
        let then = house.when_passed(limits::UNDO);
        then.then(&["said"]);
        let header = &then.done().events[0].header;
        assert_eq!((header.actor, header.position), (Actor::agent(ANA), Some(before + 1)));
        assert!(matches!(&header.fact, Fact::Said(said) if said.fate == Fate::Released { of }));
        assert_eq!(house.state().unanswered_since, None);
        house.when(Actor::agent(ANA), Command::Undo { of }).refused(&Refusal::TooLate);
    }

    #[test]
    fn a_held_word_is_undone_by_its_writer_alone_and_is_never_shown() {
        let (mut house, of) = given_word();
        house.when(Actor::agent(SAM), Command::Undo { of }).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(ANA), Command::Undo { of }).then(&["undone"]);
        house.when(Actor::agent(ANA), Command::Undo { of }).refused(&Refusal::TooLate);
        house.when_passed(limits::UNDO).then(&[]);
    }

    #[test]
    fn held_words_and_others_keep_their_order() {
        let mut house = given_held();
        holds(&mut house, ANA, "first");
        house.now += SECOND;
        holds(&mut house, ANA, "second");
        let then = house.when_agent_writes(ANA, "third");
        then.then(&["said", "said", "said"]);
        assert!(then.done().events.iter().all(|event| event.header.audience == Audience::Customer));
    }

    #[test]
    fn a_desk_without_a_time_for_undoing_sends_at_once() {
        let mut house = given_held();
        let mut settings = desk();
        settings.desk.hold_seconds = 0;
        house.settings = settings.into();
        let then = house.when(Actor::agent(ANA), say_held("now", DESK, 1));
        assert!(then.done().events[0].header.position.is_some());
    }

    #[test]
    fn who_passes_the_chat_on_sends_first_what_they_hold() {
        let close = Command::Close { disposition: None, wrap_up: None };
        let transfer = Command::Transfer { to: TransferTo::Queue(BILLING), note: None };
        for command in [close, transfer, brief(), Command::Lend { bot: BOT }] {
            let (mut house, _) = given_word();
            let then = house.when(Actor::agent(ANA), command);
            assert_eq!(then.kinds()[0], "said", "{:?}", then.kinds());
            assert!(then.done().events[0].header.position.is_some());
            assert!(house.state().held.is_empty());
        }
    }

    #[test]
    fn what_a_giver_holds_goes_out_before_the_colleague_has_the_chat() {
        let mut house = given_held();
        house.ready(BEN);
        house.when(Actor::agent(ANA), Command::Transfer { to: TransferTo::Agent(BEN), note: None }).done();
        holds(&mut house, ANA, "Ben comes");
        let command = Command::AnswerOffer { offer: house.offer(), accept: true, as_of: 9 };
        let then = house.when(Actor::agent(BEN), command);
        assert!(then.kinds()[..3].contains(&"said".to_owned()), "{:?}", then.kinds());
    }

    #[test]
    fn what_is_held_when_another_takes_over_is_withheld() {
        let (mut house, of) = given_word();
        let then = house.when(Actor::agent(SAM), Command::TakeOver);
        let undone = |fact: &Fact| matches!(fact, Fact::Undone(undone) if undone.of == of);
        assert!(then.done().events.iter().any(|event| undone(&event.header.fact)));
        house.when_passed(limits::UNDO).then(&[]);
    }

    #[test]
    fn a_guest_who_leaves_sends_first_and_one_who_is_sent_away_does_not() {
        for (by, shown) in [(SAM, true), (ANA, false)] {
            let mut house = given_held();
            let guest = Guest::Agent { id: SAM };
            house.when(Actor::agent(SAM), Command::Join { guest }).done();
            holds(&mut house, SAM, "I am here too");
            house.when(Actor::agent(by), Command::Leave { guest }).done();
            house.when_passed(limits::UNDO).done();
            let said = |header: &&crate::event::Header| matches!(&header.fact, Fact::Said(f) if matches!(f.fate, Fate::Released { .. }));
            assert_eq!(house.chats[&CHAT].headers.iter().filter(said).count() == 1, shown);
        }
    }

    #[test]
    fn an_answer_that_is_on_its_way_stops_the_clock_of_the_unanswered() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.now += limits::UNANSWERED_OFFER - 2 * SECOND;
        house.when(Actor::system(crate::actor::Part::Timer), Command::Due).done();
        holds(&mut house, ANA, "yes");
        house.when_passed(10 * SECOND).then(&["said"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
    }

    #[test]
    fn a_lost_agents_word_that_was_on_its_way_is_the_answer() {
        let (mut house, _) = given_word();
        let then = house.when(Actor::system(crate::actor::Part::Timer), Command::AgentLost { agent: ANA });
        then.then(&["said"]);
    }
}
