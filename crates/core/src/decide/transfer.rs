//! The holder passes a chat on. To a person it is an offer: the giver holds until it is accepted. To a line, a bot or a
//! target it passes at once.

use super::moves::Moves;
use super::{Reply, offer, person};
use crate::command::TransferTo;
use crate::event::{Answer, AskFor, OfferEnd, Passing, Reason, Trigger, Why};
use crate::ids::AgentId;
use crate::limits;
use crate::notice::Notice;
use crate::ownership::{Holder, Line};
use crate::refusal::Refusal;
use crate::settings::{Destination, Role};

pub(super) fn transfer(m: &mut Moves<'_>, to: TransferTo, note: Option<String>) -> Result<Reply, Refusal> {
    let giver = m.holding_agent()?;
    if note.as_ref().is_some_and(|note| note.chars().count() > limits::NOTE_CHARS) {
        return Err(Refusal::Field("note"));
    }
    match to {
        TransferTo::Agent(agent) => to_agent(m, giver, agent, note),
        TransferTo::Queue(queue) => {
            let set = m.settings().queues.get(&queue).ok_or(Refusal::UnknownDestination)?;
            if set.line == Line::Later {
                return Err(Refusal::UnknownDestination);
            }
            let (priority, line) = (set.priority.min(9), m.facts.line(queue));
            if line.waiting >= set.most_waiting {
                return Err(Refusal::NoCapacity);
            }
            let place = Some(line.at_least[priority as usize] + 1);
            let to = Destination::Queue { id: queue };
            let handover = m.ask_handover(Trigger::Transfer, to, priority, Reason::default());
            m.answer_handover(handover, Answer::Queued { place });
            let since = m.now();
            person::enter_line(m, queue, priority, since, Why::Transferred, passing(note));
            tell_team(m, giver, m.settings().queue_name(queue).to_owned(), place);
            Ok(Reply::Done)
        }
        TransferTo::Bot(bot) => {
            if !m.settings().is_bot(bot) {
                return Err(Refusal::UnknownDestination);
            }
            if m.conv().hand_backs >= limits::HAND_BACKS || m.conv().bot_failures >= limits::BOT_FAILURES {
                return Err(Refusal::BouncesExhausted);
            }
            m.pass(Holder::Bot { connection: bot, returns_to: None, due: None }, Why::HandedBack, passing(note));
            m.open_ask(bot, AskFor::HandedBack)?;
            Ok(Reply::Done)
        }
        TransferTo::Target(target) => {
            if !matches!(m.settings().connections.get(&target).map(|c| &c.role), Some(Role::Target { .. })) {
                return Err(Refusal::UnknownDestination);
            }
            let to = Destination::Target { id: target };
            let handover = m.ask_handover(
                Trigger::Transfer,
                to,
                0,
                Reason { evidence: note.into_iter().collect(), ..Reason::default() },
            );
            m.answer_handover(handover, Answer::Opening { target });
            tell_team(m, giver, m.settings().connection_name(target).to_owned(), None);
            person::open_target(m, target);
            Ok(Reply::Done)
        }
    }
}

fn passing(note: Option<String>) -> Option<Passing> {
    note.map(|note| Passing { note: Some(note), ..Passing::default() })
}

fn tell_team(m: &mut Moves<'_>, giver: AgentId, team: String, place: Option<u32>) {
    let giver = m.settings().agent_name(giver).to_owned();
    m.tell(&Notice::TransferTeam { giver, team, place });
}

fn to_agent(m: &mut Moves<'_>, giver: AgentId, agent: AgentId, note: Option<String>) -> Result<Reply, Refusal> {
    if agent == giver || m.settings().agents.get(&agent).is_none_or(|card| !card.active) {
        return Err(Refusal::UnknownDestination);
    }
    if m.conv().own.offer.is_some() {
        return Err(Refusal::Taken);
    }
    if !offer::takes_work(m, agent) {
        return Err(Refusal::NotAvailable);
    }
    if !m.has_seat(agent) {
        return Err(Refusal::NoCapacity);
    }
    let due = m.now() + limits::TRANSFER_OFFER;
    offer::offer(m, agent, Some(giver), due, note);
    let (giver, to) = (m.settings().agent_name(giver).to_owned(), m.settings().agent_name(agent).to_owned());
    m.tell(&Notice::TransferAsked { giver, to });
    Ok(Reply::Done)
}

/// The giver takes the offer back.
pub(super) fn cancel(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let giver = m.holding_agent()?;
    if m.conv().own.offer.as_ref().is_none_or(|offer| offer.giver != Some(giver)) {
        return Err(Refusal::OfferGone);
    }
    m.end_offer(OfferEnd::Withdrawn);
    Ok(Reply::Done)
}
