//! The holder passes a chat on, or a supervisor passes on what another has. To a person it is an offer: whoever holds
//! keeps it until it is accepted. To a line, a bot or a target it passes at once.

use super::moves::Moves;
use super::{Reply, offer, person, take, undo};
use crate::command::TransferTo;
use crate::event::{Answer, AskFor, OfferEnd, Passing, Reason, Trigger, Why};
use crate::ids::AgentId;
use crate::limits;
use crate::notice::Notice;
use crate::ownership::{Holder, Line};
use crate::refusal::Refusal;
use crate::settings::{Destination, Rank, Role};

pub(super) fn transfer(m: &mut Moves<'_>, to: TransferTo, note: Option<String>) -> Result<Reply, Refusal> {
    let giver = m.acting_agent()?;
    let holds = matches!(m.open()?.own.holder, Holder::Agent { agent, .. } if agent == giver);
    if note.as_ref().is_some_and(|note| note.chars().count() > limits::NOTE_CHARS) {
        return Err(Refusal::Field("note"));
    }
    if !holds {
        may_reassign(m, giver, to)?;
    }
    undo::release_of(m, giver);
    match (to, m.conv().own.holder.clone()) {
        // A bot or an outside desk cannot be asked to wait for a yes.
        (TransferTo::Agent(agent), Holder::Bot { .. } | Holder::Target { .. }) => {
            check_agent(m, giver, agent)?;
            take::assign(m, agent)?;
            Ok(Reply::Done)
        }
        (TransferTo::Queue(queue), Holder::Queue { queue: now, .. }) if queue == now => Ok(Reply::Done),
        (TransferTo::Target(target), Holder::Target { connection, .. }) if target == connection => Ok(Reply::Done),
        (to, _) => pass(m, giver, to, note),
    }
}

/// A supervisor passes on what they do not hold. A bot gets a chat only from the person who had it; a promise is kept by
/// a person and goes back to no line.
fn may_reassign(m: &Moves<'_>, giver: AgentId, to: TransferTo) -> Result<(), Refusal> {
    if m.settings().agents.get(&giver).is_none_or(|card| card.role < Rank::Supervisor) {
        return Err(Refusal::NotHolder);
    }
    let promised = matches!(m.conv().own.holder, Holder::Queue { line: Line::Later, .. });
    match to {
        TransferTo::Bot(_) => Err(Refusal::NotHolder),
        TransferTo::Queue(_) | TransferTo::Target(_) if promised => Err(Refusal::UnknownDestination),
        _ => Ok(()),
    }
}

fn pass(m: &mut Moves<'_>, giver: AgentId, to: TransferTo, note: Option<String>) -> Result<Reply, Refusal> {
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
            tell_team(m, giver, m.queue_name(queue), place);
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
            tell_team(m, giver, m.connection_name(target), None);
            person::open_target(m, target);
            Ok(Reply::Done)
        }
    }
}

fn passing(note: Option<String>) -> Option<Passing> {
    note.map(|note| Passing { note: Some(note), ..Passing::default() })
}

fn tell_team(m: &mut Moves<'_>, giver: AgentId, team: String, place: Option<u32>) {
    let giver = m.agent_name(giver);
    m.tell(&Notice::TransferTeam { giver, team, place });
}

fn to_agent(m: &mut Moves<'_>, giver: AgentId, agent: AgentId, note: Option<String>) -> Result<Reply, Refusal> {
    if m.conv().own.offer.is_some() {
        return Err(Refusal::Taken);
    }
    check_agent(m, giver, agent)?;
    let due = m.now() + limits::TRANSFER_OFFER;
    offer::offer(m, agent, Some(giver), due, note);
    // A supervisor who asks a colleague stays with nobody: the customer reads it when the colleague comes.
    if matches!(m.conv().own.holder, Holder::Agent { agent, .. } if agent == giver) {
        let (giver, to) = (m.agent_name(giver), m.agent_name(agent));
        m.tell(&Notice::TransferAsked { giver, to });
    }
    Ok(Reply::Done)
}

/// A colleague who is there, takes work and has a seat, and does not have the chat already.
fn check_agent(m: &Moves<'_>, giver: AgentId, agent: AgentId) -> Result<(), Refusal> {
    let has = matches!(m.conv().own.holder, Holder::Agent { agent: holder, .. } if holder == agent);
    if has || agent == giver || m.settings().agents.get(&agent).is_none_or(|card| !card.active) {
        return Err(Refusal::UnknownDestination);
    }
    if !offer::takes_work(m, agent) {
        return Err(Refusal::NotAvailable);
    }
    if m.has_seat(agent) { Ok(()) } else { Err(Refusal::NoCapacity) }
}

/// The giver takes the offer back.
pub(super) fn cancel(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    let giver = m.acting_agent()?;
    if m.open()?.own.offer.as_ref().is_none_or(|offer| offer.giver != Some(giver)) {
        return Err(Refusal::OfferGone);
    }
    m.end_offer(OfferEnd::Withdrawn);
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, TransferTo};
    use crate::common::*;
    use crate::ownership::Holder;
    use crate::refusal::Refusal;

    fn to(to: TransferTo) -> Command {
        Command::Transfer { to, note: Some("please".into()) }
    }

    fn given_transfer() -> House {
        let mut house = given_held();
        house.ready(BEN);
        let kinds = ["offered", "agent:offered", "told:transfer_asked"];
        house.when(Actor::agent(ANA), to(TransferTo::Agent(BEN))).then(&kinds);
        house
    }

    #[test]
    fn the_giver_holds_until_the_colleague_accepts() {
        let mut house = given_transfer();
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
        house.when_agent_writes(ANA, "one moment").done();
        let command = Command::AnswerOffer { offer: house.offer(), accept: true, as_of: 9 };
        let then = house.when(Actor::agent(BEN), command);
        assert_eq!(then.words(), "Ana has passed you to Ben. Ben can read this chat.");
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: BEN, .. }));
        house.when_agent_writes(ANA, "bye").refused(&Refusal::NotVoice);
    }

    #[test]
    fn a_transfer_that_lapses_or_is_cancelled_stays_with_the_giver() {
        let mut house = given_transfer();
        house.when(Actor::agent(ANA), Command::CancelTransfer).then(&["offer-ended", "agent:offer-ended"]);
        house.when(Actor::agent(ANA), Command::CancelTransfer).refused(&Refusal::OfferGone);
        let mut house = given_transfer();
        house.when_next_due().then(&["offer-ended", "agent:offer-ended"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
    }

    #[test]
    fn a_colleague_must_be_there_with_a_seat_and_be_another() {
        let mut house = given_held();
        house.when(Actor::agent(ANA), to(TransferTo::Agent(ANA))).refused(&Refusal::UnknownDestination);
        house.when(Actor::agent(ANA), to(TransferTo::Agent(BEN))).refused(&Refusal::NotAvailable);
        house.ready(BEN);
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::agent(BEN), Command::TakeOver, read("")).expect("his one seat");
        house.when(Actor::agent(ANA), to(TransferTo::Agent(BEN))).refused(&Refusal::NoCapacity);
        given_transfer().when(Actor::agent(ANA), to(TransferTo::Agent(SAM))).refused(&Refusal::Taken);
    }

    #[test]
    fn to_a_line_it_passes_at_once_with_a_place() {
        let mut house = given_held();
        let then = house.when(Actor::agent(ANA), to(TransferTo::Queue(BILLING)));
        then.then(&["handover-asked", "handover-answered", "holder-set", "agent:seat-freed", "told:transfer_team"]);
        assert_eq!(then.words(), "Ana is passing you to billing. You are 1st in line.");
        let mut house = given_held();
        house.when(Actor::agent(ANA), to(TransferTo::Queue(LATER))).refused(&Refusal::UnknownDestination);
        house.settings = full(desk()).into();
        house.when(Actor::agent(ANA), to(TransferTo::Queue(BILLING))).refused(&Refusal::NoCapacity);
    }

    #[test]
    fn to_a_bot_it_passes_at_once_and_counts_as_a_hand_back() {
        let mut house = given_held();
        let kinds = ["holder-set", "agent:seat-freed", "ask-opened"];
        house.when(Actor::agent(ANA), to(TransferTo::Bot(COMPANION))).then(&kinds).effects(&["ask_bot"]);
        assert_eq!(house.state().hand_backs, 1);
        given_held().when(Actor::agent(ANA), to(TransferTo::Bot(TARGET))).refused(&Refusal::UnknownDestination);
    }

    #[test]
    fn to_a_bot_that_failed_too_often_it_does_not_pass() {
        let mut house = given_bot();
        for _ in 0..2 {
            house.when_customer_writes("where is it").done();
            house.when_bot_ends(bot_failed()).done();
            let _ = house.when(Actor::CUSTOMER, Command::Withdraw).result;
        }
        house.when(Actor::agent(ANA), Command::Pick).done();
        house.when(Actor::agent(ANA), to(TransferTo::Bot(COMPANION))).refused(&Refusal::BouncesExhausted);
        house.when(Actor::agent(ANA), Command::Lend { bot: COMPANION }).refused(&Refusal::BouncesExhausted);
        house.when(Actor::agent(ANA), brief()).refused(&Refusal::BouncesExhausted);
    }

    #[test]
    fn to_a_target_it_is_opened_under_the_new_baton_number() {
        let mut house = given_held();
        house.when(Actor::agent(ANA), to(TransferTo::Target(TARGET))).effects(&["open_target", "poll_target"]);
        assert!(matches!(house.state().own.holder, Holder::Target { .. }));
        given_held().when(Actor::agent(ANA), to(TransferTo::Target(BOT))).refused(&Refusal::UnknownDestination);
    }

    #[test]
    fn only_the_holder_passes_it_on_with_a_note_that_fits() {
        given_held().when(Actor::agent(BEN), to(TransferTo::Queue(BILLING))).refused(&Refusal::NotHolder);
        let long = Command::Transfer { to: TransferTo::Queue(BILLING), note: Some("x".repeat(10_001)) };
        given_held().when(Actor::agent(ANA), long).refused(&Refusal::Field("note"));
    }

    #[test]
    fn a_supervisor_offers_what_another_has_to_a_colleague_and_the_holder_stays() {
        let mut house = given_held();
        house.ready(BEN);
        house.when(Actor::agent(SAM), to(TransferTo::Agent(ANA))).refused(&Refusal::UnknownDestination);
        house.when(Actor::agent(SAM), to(TransferTo::Agent(BEN))).then(&["offered", "agent:offered"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
        let command = Command::AnswerOffer { offer: house.offer(), accept: true, as_of: 9 };
        let then = house.when(Actor::agent(BEN), command);
        assert_eq!(then.words(), "Sam has passed you to Ben. Ben can read this chat.");
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: BEN, .. }));
        house.when(Actor::agent(SAM), to(TransferTo::Bot(BOT))).refused(&Refusal::NotHolder);
    }

    #[test]
    fn a_supervisor_offers_what_waits_and_the_customer_reads_who_joined() {
        for mut house in [given_waiting(), given_promise()] {
            house.ready(BEN);
            house.when(Actor::agent(SAM), to(TransferTo::Agent(BEN))).then(&["offered", "agent:offered"]);
            house.when(Actor::agent(SAM), Command::CancelTransfer).then(&["offer-ended", "agent:offer-ended"]);
            house.when(Actor::agent(SAM), to(TransferTo::Agent(BEN))).done();
            let command = Command::AnswerOffer { offer: house.offer(), accept: true, as_of: 9 };
            let then = house.when(Actor::agent(BEN), command);
            assert!(then.words().starts_with("Ben joined."), "{}", then.words());
        }
    }

    #[test]
    fn what_a_bot_or_a_target_has_a_supervisor_gives_at_once() {
        for mut house in [given_bot(), given_live()] {
            house.ready(BEN);
            house.when(Actor::agent(SAM), to(TransferTo::Agent(BEN))).done();
            assert!(matches!(house.state().own.holder, Holder::Agent { agent: BEN, .. }));
        }
    }

    #[test]
    fn a_supervisor_moves_a_chat_to_another_line_but_no_promise() {
        for mut house in [given_waiting(), given_held(), given_bot()] {
            house.when(Actor::agent(SAM), to(TransferTo::Queue(BILLING))).done();
            assert!(matches!(house.state().own.holder, Holder::Queue { queue: BILLING, .. }));
            house.when(Actor::agent(SAM), to(TransferTo::Queue(BILLING))).then(&[]);
        }
        let mut house = given_promise();
        house.when(Actor::agent(SAM), to(TransferTo::Queue(BILLING))).refused(&Refusal::UnknownDestination);
    }
}
