//! Offers: they go to people only, reserve a seat, and change neither holder nor baton number.

use super::Reply;
use super::moves::Moves;
use crate::actor::{Actor, Part};
use crate::event::{Audience, Body, OfferEnd, Offered, Outcome, PresenceBy, PresenceSet, Why};
use crate::ids::{AgentId, Ms, OfferId, QueueId};
use crate::limits;
use crate::notice::Notice;
use crate::ownership::{Holder, Line, Pause};
use crate::refusal::Refusal;
use crate::sabotage::{Invariant, off};
use crate::settings::{Destination, History};

/// The router offers a waiting chat.
pub(super) fn make(m: &mut Moves<'_>, agent: AgentId) -> Result<Reply, Refusal> {
    let own = &m.open()?.own;
    let Holder::Queue { queue, line: Line::Live, .. } = own.holder else { return Err(Refusal::NotWaiting) };
    if own.offer.is_some() {
        return Err(Refusal::Taken);
    }
    if !takes_work(m, agent) || !m.settings().serves(agent, queue) {
        return Err(Refusal::NotAvailable);
    }
    if !m.has_seat(agent) {
        return Err(Refusal::NoCapacity);
    }
    let due = m.now() + limits::OFFER;
    offer(m, agent, None, due, None);
    Ok(Reply::Done)
}

/// Available by their own word, and reachable.
pub(super) fn takes_work(m: &Moves<'_>, agent: AgentId) -> bool {
    m.agent(agent).is_some_and(|state| state.available)
        && m.facts.reachable.contains(&agent)
        && m.settings().agents.get(&agent).is_some_and(|card| card.active)
}

/// Puts an offer on both streams.
pub(super) fn offer(m: &mut Moves<'_>, to: AgentId, giver: Option<AgentId>, due: Ms, note: Option<String>) {
    let offer = OfferId(m.deal());
    let fact = Offered { offer, conversation: m.id, to, giver, due };
    m.push(Audience::People, fact.clone(), note.map(|text| Body::Note { text }));
    m.push_agent(to, fact);
}

/// The offered agent says yes or no.
pub(super) fn answer(m: &mut Moves<'_>, id: OfferId, accept: bool, as_of: u64) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let standing = m.state()?.own.offer.clone();
    let Some(offer) =
        standing.filter(|offer| offer.id == id && (offer.to == agent || off(Invariant::FairBoundedAssignment)))
    else {
        return Err(Refusal::OfferGone);
    };
    if offer.due <= m.now() {
        return Err(Refusal::OfferGone);
    }
    if !accept {
        m.end_offer(OfferEnd::Declined);
        return Ok(Reply::Done);
    }
    m.basis = Some(as_of);
    let queue = queue_of(m);
    let from_agent = matches!(m.conv().own.holder, Holder::Agent { .. });
    give_to(m, agent, Why::Accepted);
    match offer.giver {
        // One who gave what stood in a line was never with the customer.
        Some(giver) if from_agent => {
            let (giver, to) = (m.agent_name(giver), m.agent_name(agent));
            m.tell(&Notice::TransferPassed { giver, to });
        }
        _ => tell_joined(m, agent, queue),
    }
    Ok(Reply::Done)
}

/// The queue in which it waits, if it does.
pub(super) fn queue_of(m: &Moves<'_>) -> Option<QueueId> {
    match m.conv().own.holder {
        Holder::Queue { queue, .. } => Some(queue),
        _ => None,
    }
}

/// Makes an agent the holder; an open handover gets its outcome.
pub(super) fn give_to(m: &mut Moves<'_>, agent: AgentId, why: Why) {
    m.pass(Holder::Agent { agent, pause: Pause::None }, why, None);
    m.end_handover(Outcome::Accepted);
}

/// Tells that a person joined. The desk shows the whole history to whom it gives a chat.
pub(super) fn tell_joined(m: &mut Moves<'_>, agent: AgentId, queue: Option<QueueId>) {
    let several = m.inbox().is_some_and(|inbox| !inbox.queues.is_empty());
    let queue = queue.or(match m.inbox().map(|inbox| inbox.destination) {
        Some(Destination::Queue { id }) => Some(id),
        _ => None,
    });
    let team = queue.map_or_else(String::new, |id| m.queue_name(id));
    let name = Some(m.agent_name(agent));
    m.tell(&Notice::Joined { name, human: true, say_team: several && !team.is_empty(), team, history: History::Full });
}

/// No answer in time. An agent who touched neither key nor pointer for long is away.
pub(super) fn lapse(m: &mut Moves<'_>) {
    let Some(offer) = m.conv().own.offer.clone() else { return };
    m.end_offer(OfferEnd::Lapsed);
    let idle = m.facts.idle.get(&offer.to).copied().unwrap_or(0);
    if idle >= limits::AGENT_IDLE && m.agent(offer.to).is_some_and(|agent| agent.available) {
        let actor = std::mem::replace(&mut m.actor, Actor::system(Part::Timer));
        m.push_agent(offer.to, PresenceSet { available: false, by: PresenceBy::Idle });
        m.actor = actor;
    }
}

#[cfg(test)]
mod tests {
    use crate::actor::{Actor, Part};
    use crate::command::Command;
    use crate::common::*;
    use crate::ids::{AgentId, OfferId};
    use crate::limits;
    use crate::ownership::Holder;
    use crate::refusal::Refusal;
    use uuid::Uuid;

    const ROUTER: Actor = Actor::system(Part::Router);

    fn answer(house: &House, accept: bool) -> Command {
        Command::AnswerOffer { offer: house.offer(), accept, as_of: 5 }
    }

    #[test]
    fn an_offer_stands_on_both_streams_and_changes_neither_holder_nor_baton_number() {
        let mut house = given_waiting();
        house.ready(ANA);
        let before = house.state().own.clone();
        house.when(ROUTER, Command::MakeOffer { agent: ANA }).then(&["offered", "agent:offered"]);
        assert_eq!((&house.state().own.holder, house.baton()), (&before.holder, before.baton));
        assert_eq!(house.agents[&ANA].load(), 1);
    }

    #[test]
    fn an_offer_goes_to_one_person_who_wants_work_is_there_may_and_has_a_seat() {
        let mut house = given_waiting();
        let offer = |agent| Command::MakeOffer { agent };
        house.when(ROUTER, offer(ANA)).refused(&Refusal::NotAvailable);
        house.ready(ANA);
        house.reachable.clear();
        house.when(ROUTER, offer(ANA)).refused(&Refusal::NotAvailable);
        house.ready(ANA);
        house.ready(BEN);
        let mut settings = desk();
        settings.queues.get_mut(&QUEUE).expect("the queue").agents = vec![ANA];
        house.settings = settings.into();
        house.when(ROUTER, offer(BEN)).refused(&Refusal::NotAvailable);
        house.when(ROUTER, offer(ANA)).done();
        house.when(ROUTER, offer(ANA)).refused(&Refusal::Taken);
        given_held().when(ROUTER, offer(ANA)).refused(&Refusal::NotWaiting);
    }

    #[test]
    fn a_full_agent_is_offered_nothing() {
        let mut house = given_waiting();
        house.ready(BEN);
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::agent(BEN), Command::TakeOver, read("")).expect("his one seat");
        house.when(ROUTER, Command::MakeOffer { agent: BEN }).refused(&Refusal::NoCapacity);
    }

    #[test]
    fn who_accepts_holds_and_the_customer_is_told_who_joined() {
        let mut house = given_offered();
        let command = answer(&house, true);
        let then = house.when(Actor::agent(ANA), command);
        let kinds =
            ["offer-ended", "agent:offer-ended", "holder-set", "agent:seat-taken", "handover-ended", "told:joined"];
        then.then(&kinds);
        let words = "Ana joined. Ana is a person in our orders team and can read everything above.";
        assert_eq!(then.words(), words);
        assert_eq!(then.done().events[2].header.basis, Some(5), "what the agent's screen had");
    }

    #[test]
    fn who_declines_leaves_the_customer_in_line() {
        let mut house = given_offered();
        let command = answer(&house, false);
        house.when(Actor::agent(ANA), command).then(&["offer-ended", "agent:offer-ended"]);
        assert!(matches!(house.state().own.holder, Holder::Queue { .. }));
    }

    #[test]
    fn an_offer_that_is_over_or_anothers_cannot_be_taken() {
        let mut house = given_offered();
        let command = answer(&house, true);
        house.when(Actor::agent(BEN), command.clone()).refused(&Refusal::OfferGone);
        let unknown = Command::AnswerOffer { offer: OfferId(Uuid::nil()), accept: true, as_of: 0 };
        house.when(Actor::agent(ANA), unknown).refused(&Refusal::OfferGone);
        // The deadline counts even where its timer has not fired yet.
        house.now += limits::OFFER;
        house.when(Actor::agent(ANA), command.clone()).refused(&Refusal::OfferGone);
        house.when_next_due().then(&["offer-ended", "agent:offer-ended"]);
        house.when(Actor::agent(ANA), command).refused(&Refusal::OfferGone);
    }

    #[test]
    fn who_is_long_idle_and_lets_an_offer_lapse_is_away() {
        let mut house = given_offered();
        house.idle.insert(ANA, limits::AGENT_IDLE);
        house.when_next_due().then(&["offer-ended", "agent:offer-ended", "agent:presence-set"]);
        assert!(!house.agents[&ANA].available);
    }

    #[test]
    fn a_stranger_accepts_nothing() {
        let mut house = given_offered();
        let command = answer(&house, true);
        house.when(Actor::agent(AgentId(Uuid::nil())), command).refused(&Refusal::NotAllowed);
    }
}
