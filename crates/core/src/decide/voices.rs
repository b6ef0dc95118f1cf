//! Guests, lending and approval: who may speak beside the holder, and whether a bot's word waits for a person.

use super::Reply;
use super::moves::Moves;
use super::offer::give_to;
use crate::content::Content;
use crate::event::{AskFor, Audience, Body, Fate, Paused, Said, Undone, VoicesSet, Why};
use crate::ids::{ConnectionId, MessageId};
use crate::limits;
use crate::ownership::{Delivery, Guest, Holder, Pause};
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
    let (mut guests, delivery) = (own.guests.clone(), own.delivery);
    guests.retain(|other| *other != guest);
    if guests.len() < own.guests.len() {
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
    let fact = Said { message, once: None, fate: Fate::Released { of: draft }, reply_to: None };
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

/// The agent's clock stops or runs.
pub(super) fn pause(m: &mut Moves<'_>, pause: Pause) -> Result<Reply, Refusal> {
    m.holding_agent()?;
    m.push(Audience::People, Paused { pause }, None);
    Ok(Reply::Done)
}
