//! Guests, lending and approval: who may speak beside the holder, and whether a bot's word waits for a person.

use super::moves::Moves;
use super::offer::give_to;
use super::{Reply, undo};
use crate::content::Content;
use crate::event::{AskFor, Audience, Body, Fate, Said, Undone, VoicesSet, Why};
use crate::ids::{ConnectionId, MessageId};
use crate::limits;
use crate::ownership::{Delivery, Guest, Holder};
use crate::refusal::Refusal;
use crate::settings::Rank;

fn set(m: &mut Moves<'_>, guests: Vec<Guest>, delivery: Delivery) {
    m.push(Audience::People, VoicesSet { guests, delivery }, None);
    m.ask_again();
}

/// A supervisor joins by right, anybody else by the holder's word.
pub(super) fn join(m: &mut Moves<'_>, guest: Guest) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let own = &m.open()?.own;
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    let holds = matches!(&own.holder, Holder::Agent { agent: holder, .. } if *holder == agent);
    if !(holds || (rank >= Some(Rank::Supervisor) && guest == Guest::Agent { id: agent })) {
        return Err(Refusal::NotAllowed);
    }
    if holds && guest == (Guest::Agent { id: agent }) {
        return Ok(Reply::Done);
    }
    if own.guests.contains(&guest) {
        return Ok(Reply::Done);
    }
    let exists = match guest {
        Guest::Agent { id } => m.settings().agents.get(&id).is_some_and(|card| card.active),
        Guest::Bot { id } => m.settings().is_bot(id),
    };
    if !exists {
        return Err(Refusal::UnknownDestination);
    }
    if !own.admits(&guest) {
        return Err(Refusal::TooManyGuests);
    }
    let (mut guests, delivery) = (own.guests.clone(), own.delivery);
    guests.push(guest);
    set(m, guests, delivery);
    Ok(Reply::Done)
}

/// A guest leaves, or the holder asks them to.
pub(super) fn leave(m: &mut Moves<'_>, guest: Guest) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let own = &m.open()?.own;
    let holds = matches!(&own.holder, Holder::Agent { agent: holder, .. } if *holder == agent);
    if !holds && guest != (Guest::Agent { id: agent }) {
        return Err(Refusal::NotAllowed);
    }
    let (mut guests, delivery, before) = (own.guests.clone(), own.delivery, own.guests.len());
    guests.retain(|other| *other != guest);
    if guest == (Guest::Agent { id: agent }) && guests.len() < before {
        undo::release_of(m, agent);
    }
    if guests.len() < before {
        set(m, guests, delivery);
    }
    Ok(Reply::Done)
}

/// The agent lends the chat to a bot; the seat stays taken and the chat returns by itself.
pub(super) fn lend(m: &mut Moves<'_>, bot: ConnectionId) -> Result<Reply, Refusal> {
    let agent = m.holding_agent()?;
    if !m.settings().is_bot(bot) {
        return Err(Refusal::UnknownDestination);
    }
    if m.conv().bot_failures >= limits::BOT_FAILURES {
        return Err(Refusal::BouncesExhausted);
    }
    let due = Some(m.now() + limits::LENDING);
    m.pass(Holder::Bot { connection: bot, returns_to: Some(agent), due }, Why::Lent, None);
    m.open_ask(bot, AskFor::HandedBack)?;
    Ok(Reply::Done)
}

/// The lent chat returns: by the lender, by a supervisor, by its deadline.
pub(super) fn give_back(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let Holder::Bot { returns_to: Some(lender), .. } = m.open()?.own.holder else { return Err(Refusal::NotHolder) };
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    if lender != agent && rank < Some(Rank::Supervisor) {
        return Err(Refusal::NotAllowed);
    }
    give_to(m, lender, Why::Returned);
    Ok(Reply::Done)
}

/// Whether a bot's replies wait for approval.
pub(super) fn set_delivery(m: &mut Moves<'_>, delivery: Delivery) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let own = &m.open()?.own;
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    let lender = own.holder.seat() == Some(agent);
    if !lender && rank < Some(Rank::Supervisor) {
        return Err(Refusal::NotAllowed);
    }
    let guests = own.guests.clone();
    if own.delivery != delivery {
        set(m, guests, delivery);
    }
    Ok(Reply::Done)
}

fn may_judge(m: &Moves<'_>) -> Result<(), Refusal> {
    let agent = m.acting_agent()?;
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    let own = &m.open()?.own;
    if own.holder.seat() == Some(agent)
        || own.guests.contains(&Guest::Agent { id: agent })
        || rank >= Some(Rank::Supervisor)
    {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// A draft goes out as a new event.
pub(super) fn approve(m: &mut Moves<'_>, draft: u64, content: Content) -> Result<Reply, Refusal> {
    may_judge(m)?;
    if !m.conv().drafts.iter().any(|(seq, _)| *seq == draft) {
        return Err(Refusal::DraftGone);
    }
    let message = MessageId(m.deal());
    let body = Body::Message { content, shown_name: None, bot: None };
    let fact = Said { message, once: None, fate: Fate::Released { of: draft }, reply_to: None, mentions: Vec::new() };
    let seq = m.push(Audience::Customer, fact, Some(body));
    Ok(Reply::Said { seq })
}

/// A draft does not go out.
pub(super) fn reject(m: &mut Moves<'_>, draft: u64) -> Result<Reply, Refusal> {
    may_judge(m)?;
    if !m.conv().drafts.iter().any(|(seq, _)| *seq == draft) {
        return Err(Refusal::DraftGone);
    }
    m.push(Audience::People, Undone { of: draft }, None);
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{BotEnd, Command};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::ids::AgentId;
    use crate::limits;
    use crate::ownership::{Delivery, Guest, Holder};
    use crate::refusal::Refusal;
    use uuid::Uuid;

    fn join(id: AgentId) -> Command {
        Command::Join { guest: Guest::Agent { id } }
    }

    #[test]
    fn a_supervisor_joins_by_right_and_an_agent_by_the_holders_word() {
        let mut house = given_held();
        house.when(Actor::agent(BEN), join(BEN)).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(SAM), join(SAM)).then(&["voices-set"]);
        house.when(Actor::agent(SAM), join(SAM)).then(&[]);
        house.when(Actor::agent(SAM), join(BEN)).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(ANA), join(BEN)).then(&["voices-set"]);
        house.when(Actor::agent(ANA), join(ANA)).then(&[]);
        house.when(Actor::agent(BEN), Command::Leave { guest: Guest::Agent { id: SAM } }).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(BEN), Command::Leave { guest: Guest::Agent { id: BEN } }).then(&["voices-set"]);
        house.when(Actor::agent(ANA), Command::Leave { guest: Guest::Agent { id: SAM } }).then(&["voices-set"]);
    }

    #[test]
    fn guests_are_few_and_known() {
        let mut house = given_held();
        let nobody = Guest::Agent { id: AgentId(Uuid::nil()) };
        house.when(Actor::agent(ANA), Command::Join { guest: nobody }).refused(&Refusal::UnknownDestination);
        let no_bot = Guest::Bot { id: TARGET };
        house.when(Actor::agent(ANA), Command::Join { guest: no_bot }).refused(&Refusal::UnknownDestination);
        for guest in [BOT, COMPANION].map(|id| Guest::Bot { id }) {
            house.when(Actor::agent(ANA), Command::Join { guest }).done();
        }
        for id in [BEN, SAM] {
            house.when(Actor::agent(ANA), join(id)).done();
        }
        let mut settings = desk();
        let fifth = AgentId(Uuid::from_u128(0xe9));
        settings.agents.insert(fifth, settings.agents[&BEN].clone());
        house.settings = settings.into();
        house.when(Actor::agent(ANA), join(fifth)).refused(&Refusal::TooManyGuests);
    }

    #[test]
    fn a_bot_at_work_is_asked_again_when_a_supervisor_joins_and_its_first_answer_is_withheld() {
        let mut house = given_bot();
        house.when_customer_writes("where is it").done();
        let (ask, baton) = (house.first_ask(), house.baton());
        let then = house.when(Actor::agent(SAM), join(SAM));
        then.then(&["voices-set", "ask-ended", "ask-opened"]).effects(&["ask_bot"]);
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "first")).replied(Reply::Withheld);
        house.when_bot_says("again").then(&["said"]);
        house.when_bot_ends(BotEnd::Answered).then(&["ask-ended"]);
        assert_eq!(house.state().bot_failures, 0);
    }

    #[test]
    fn a_lent_chat_keeps_the_seat_and_returns_by_itself() {
        let mut house = given_lent();
        assert_eq!(house.agents[&ANA].load(), 1);
        house.when_bot_ends(BotEnd::Silent).done();
        let then = house.when_passed(limits::LENDING);
        then.then(&["holder-set"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
    }

    #[test]
    fn a_lent_chat_is_given_back_by_the_lender_or_a_supervisor() {
        given_lent().when(Actor::agent(BEN), Command::Return).refused(&Refusal::NotAllowed);
        for who in [ANA, SAM] {
            let mut house = given_lent();
            house.when(Actor::agent(who), Command::Return).then(&["ask-ended", "holder-set"]);
            house.when(Actor::agent(who), Command::Return).refused(&Refusal::NotHolder);
        }
        given_held().when(Actor::agent(ANA), Command::Lend { bot: TARGET }).refused(&Refusal::UnknownDestination);
    }

    #[test]
    fn a_bot_that_fails_on_a_lent_chat_gives_it_back_to_the_lender() {
        let mut house = given_lent();
        house.when_bot_ends(bot_failed()).then(&["ask-ended", "failed", "holder-set"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
    }

    #[test]
    fn who_asks_for_a_person_while_lent_frees_the_lenders_seat() {
        let mut house = given_lent();
        house.when_customer_writes("a person").done();
        assert!(matches!(house.state().own.holder, Holder::Queue { .. }));
        assert_eq!(house.agents[&ANA].load(), 0);
    }

    fn given_draft() -> (House, u64) {
        let mut house = given_lent();
        house.when(Actor::agent(ANA), Command::SetDelivery(Delivery::Approval)).done();
        house.when_bot_says("a draft").then(&["said"]);
        let draft = house.state().drafts[0].0;
        (house, draft)
    }

    #[test]
    fn under_approval_a_bots_word_waits_and_goes_out_as_the_person_changed_it() {
        let (mut house, draft) = given_draft();
        let approve = || Command::Approve { draft, content: content("better") };
        house.when(Actor::agent(BEN), approve()).refused(&Refusal::NotAllowed);
        let then = house.when(Actor::agent(ANA), approve());
        assert!(then.done().events[0].header.position.is_some());
        house.when(Actor::agent(ANA), approve()).refused(&Refusal::DraftGone);
    }

    #[test]
    fn a_draft_is_rejected_or_lapses_and_is_gone() {
        let (mut house, draft) = given_draft();
        house.when(Actor::agent(SAM), Command::Reject { draft }).then(&["undone"]);
        house.when(Actor::agent(ANA), Command::Reject { draft }).refused(&Refusal::DraftGone);
        let (mut house, draft) = given_draft();
        house.when_bot_ends(BotEnd::Answered).done();
        house.when_passed(limits::DRAFT).then(&["undone"]);
        house.when(Actor::agent(ANA), Command::Reject { draft }).refused(&Refusal::DraftGone);
    }

    #[test]
    fn delivery_is_set_by_the_lender_or_a_supervisor() {
        let approval = || Command::SetDelivery(Delivery::Approval);
        given_bot().when(Actor::agent(ANA), approval()).refused(&Refusal::NotAllowed);
        let mut house = given_bot();
        house.when(Actor::agent(SAM), approval()).then(&["voices-set"]);
        house.when(Actor::agent(SAM), approval()).then(&[]);
    }
}
