//! What bots say and how their turns end. A bot's word is never refused: stale words are kept as withheld.

use super::moves::Moves;
use super::{Reply, person};
use crate::actor::{Actor, Part, Who};
use crate::command::{BotEnd, BotReplied};
use crate::event::{
    AskEnd, AskEnded, AskFor, Audience, Body, BotSaid, BriefAcknowledged, Failure, Fate, Once, Reason, Said, Trigger,
    Why,
};
use crate::ids::{AskId, MessageId};
use crate::limits;
use crate::notice::{ClosedBy, Notice};
use crate::ownership::{Delivery, Holder};
use crate::refusal::Refusal;
use crate::sabotage::{Invariant, off};
use crate::settings::Role;

/// A reply. Staleness is judged here, once.
pub(super) fn replied(m: &mut Moves<'_>, reply: BotReplied) -> Result<Reply, Refusal> {
    let state = m.state()?;
    let recent = state.recent_asks.iter().find(|recent| recent.id == reply.ask);
    if recent.is_some_and(|recent| reply.ordinal < recent.next) {
        return Ok(Reply::Repeat);
    }
    if reply.ordinal >= limits::REPLIES_PER_ASK {
        return Ok(Reply::Withheld);
    }
    let asked = state.ask(reply.ask).is_some_and(|ask| m.actor.who == Who::Bot { id: ask.bot });
    let fresh = state.own.baton == reply.baton && asked && state.own.may_speak(&m.actor.who);
    let fate = match (fresh || off(Invariant::LateRepliesDie), state.own.delivery) {
        (false, _) => Fate::Withheld,
        (true, Delivery::Approval) => Fate::Draft { due: m.now() + limits::DRAFT },
        (true, Delivery::Open) => Fate::Shown,
    };
    m.basis = reply.basis;
    let message = MessageId(m.deal());
    let once = Some(Once::Reply { ask: reply.ask, ordinal: reply.ordinal });
    let shown_name = match m.actor.who {
        Who::Bot { id } => Some(m.settings().connection_name(id).to_owned()),
        _ => None,
    };
    let body = Body::Message { content: reply.content, shown_name, bot: Some(reply.said) };
    let audience = if fate == Fate::Shown { Audience::Customer } else { Audience::People };
    let seq = m.push(audience, Said { message, once, fate, reply_to: None, mentions: Vec::new() }, Some(body));
    Ok(if fate == Fate::Withheld { Reply::Withheld } else { Reply::Said { seq } })
}

/// A whole answer in one commit.
pub(super) fn turn(
    m: &mut Moves<'_>,
    replies: Vec<BotReplied>,
    said: Option<BotSaid>,
    end: Option<(AskId, u64, BotEnd)>,
) -> Result<Reply, Refusal> {
    let mut out = Reply::Done;
    for reply in replies {
        out = replied(m, reply)?;
    }
    match end {
        Some((ask, baton, how)) => ended(m, ask, baton, how, said),
        None => Ok(out),
    }
}

/// The turn is over.
pub(super) fn ended(
    m: &mut Moves<'_>,
    ask: AskId,
    baton: u64,
    how: BotEnd,
    said: Option<BotSaid>,
) -> Result<Reply, Refusal> {
    let state = m.state()?;
    let own = |bot| !matches!(m.actor.who, Who::Bot { id } if id != bot);
    let Some(open) = state.ask(ask).copied().filter(|open| state.own.baton == baton && own(open.bot)) else {
        return Ok(Reply::Withheld);
    };
    let end = match &how {
        BotEnd::Silent => AskEnd::Silent,
        BotEnd::Failed(_) => AskEnd::Failed,
        _ => AskEnd::Answered,
    };
    m.push(Audience::Log, AskEnded { ask, how: end }, said.map(Body::BotSaid));
    if end != AskEnd::Failed && open.reason == AskFor::HandedBack && m.conv().brief.is_some_and(|(id, _)| id == ask) {
        m.push(Audience::People, BriefAcknowledged { ask }, None);
        tell_handed_back(m, true);
    }
    match how {
        BotEnd::Answered | BotEnd::Silent => {}
        BotEnd::Failed(failure) => failed(m, failure),
        BotEnd::Abstained { reason } => {
            let reason = Reason { evidence: vec![reason], ..Reason::default() };
            person::hand_over(m, Trigger::Abstained, None, reason);
        }
        BotEnd::HandOver { reason, to, variables } => {
            let reason = Reason { evidence: vec![reason], variables, contact: None };
            person::hand_over(m, Trigger::Bot, to, reason);
        }
        BotEnd::End => {
            let closed = m.now();
            m.pass(Holder::Nobody { closed }, Why::BotEnded, None);
            let at = m.moment(None, closed);
            m.tell(&Notice::Closed { by: ClosedBy::Bot(at) });
            super::close::ask_rating(m);
        }
    }
    Ok(Reply::Done)
}

/// A failure of the bot that holds is a handover, once: the asks that wait behind it are withdrawn with it.
pub(super) fn failed(m: &mut Moves<'_>, failure: Failure) {
    m.fail(failure);
    if !matches!(m.conv().own.holder, Holder::Bot { .. }) || off(Invariant::BotFailureIsAHandover) {
        return;
    }
    let actor = std::mem::replace(&mut m.actor, Actor::system(Part::Policy));
    if let Holder::Bot { returns_to: Some(agent), .. } = m.conv().own.holder {
        super::offer::give_to(m, agent, Why::Returned);
    } else {
        let reason = Reason::default();
        person::hand_over(m, Trigger::BotFailed, None, reason);
    }
    m.actor = actor;
}

/// The notice of a hand-back: in full when a bot that acts on briefs has one, else in its short form.
pub(super) fn tell_handed_back(m: &mut Moves<'_>, acknowledged: bool) {
    let giver = m.conv().last_agent.map(|id| m.agent_name(id));
    let giver = giver.unwrap_or_else(|| m.agent_name(crate::ids::AgentId(uuid::Uuid::nil())));
    let role = match m.conv().own.holder {
        Holder::Bot { connection, .. } => m.settings().connections.get(&connection).map(|c| &c.role),
        _ => None,
    };
    let knows = acknowledged && matches!(role, Some(Role::Bot { takes_brief: true, .. }));
    // A chat that was lent, or that came back without a brief, has no `brief_note`: then nothing is claimed.
    let acknowledged = m.facts.brief_note.clone().filter(|_| knows);
    m.tell(&Notice::HandedBack { giver, acknowledged, word: m.facts.person_word });
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{BotEnd, BotReplied, Command};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::{Audience, BotSaid, Failure};
    use crate::limits;
    use crate::ownership::{Holder, Line};

    fn given_asked() -> House {
        let mut house = given_bot();
        house.when_customer_writes("where is it").done();
        house
    }

    #[test]
    fn a_bots_reply_is_shown_under_its_name() {
        let mut house = given_asked();
        let then = house.when_bot_says("on its way");
        then.then(&["said"]);
        assert_eq!(then.done().events[0].header.audience, Audience::Customer);
        house.when_bot_ends(BotEnd::Answered).then(&["ask-ended"]);
        assert_eq!(house.state().unanswered_since, None);
    }

    #[test]
    fn a_repeated_reply_is_one_message() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "on its way")).done();
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "on its way")).then(&[]).replied(Reply::Repeat);
        house.when_bot_ends(BotEnd::Answered).done();
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "on its way")).then(&[]).replied(Reply::Repeat);
        house.when(Actor::bot(BOT), Command::BotEnded { ask, baton, how: BotEnd::Answered }).then(&[]);
    }

    #[test]
    fn a_late_reply_is_withheld_even_if_the_bot_holds_again() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        house.when(Actor::CUSTOMER, Command::AskPerson).done();
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "late")).replied(Reply::Withheld);
        house.when(Actor::CUSTOMER, Command::Withdraw).done();
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 1, "later")).replied(Reply::Withheld);
        house.when(Actor::bot(BOT), Command::BotEnded { ask, baton, how: bot_failed() }).then(&[]);
    }

    #[test]
    fn one_bot_does_not_answer_for_another() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        house.when(Actor::bot(COMPANION), bot_replied(ask, baton, 0, "me")).replied(Reply::Withheld);
        house.when(Actor::bot(COMPANION), Command::BotEnded { ask, baton, how: BotEnd::End }).then(&[]);
        assert_eq!(house.state().asks.len(), 1);
    }

    #[test]
    fn a_word_after_its_turn_ended_is_withheld() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        house.when_bot_ends(BotEnd::Answered).done();
        house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "by the way")).replied(Reply::Withheld);
    }

    #[test]
    fn more_replies_than_one_ask_may_have_are_dropped() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        let over = bot_replied(ask, baton, limits::REPLIES_PER_ASK, "more");
        house.when(Actor::bot(BOT), over).then(&[]).replied(Reply::Withheld);
    }

    #[test]
    fn a_whole_answer_is_one_commit() {
        let mut house = given_asked();
        let (ask, baton) = (house.first_ask(), house.baton());
        let reply = |ordinal, text| BotReplied {
            ask,
            ordinal,
            baton,
            basis: Some(3),
            content: content(text),
            said: BotSaid::default(),
        };
        let reason = "wants one".to_owned();
        let how = BotEnd::HandOver { reason, to: None, variables: serde_json::Map::new() };
        let turn = || Command::BotTurn {
            replies: vec![reply(0, "one"), reply(1, "two")],
            said: None,
            end: Some((ask, baton, how.clone())),
        };
        house.when(Actor::bot(BOT), turn()).then(&[
            "said",
            "said",
            "ask-ended",
            "handover-asked",
            "handover-answered",
            "told:asked",
            "holder-set",
            "told:in_line",
        ]);
        house.when(Actor::bot(BOT), turn()).then(&[]);
    }

    #[test]
    fn a_bot_that_fails_is_a_handover_once_and_the_asks_behind_it_are_withdrawn() {
        let mut house = given_asked();
        house.when_customer_writes("hello").done();
        let then = house.when_bot_ends(BotEnd::Failed(Failure::BotTimeout));
        then.then(&[
            "ask-ended",
            "failed",
            "handover-asked",
            "handover-answered",
            "told:bot_failed",
            "ask-ended",
            "holder-set",
            "told:in_line",
        ]);
        assert_eq!(house.state().bot_failures, 1);
    }

    #[test]
    fn a_bot_that_fails_when_nobody_is_there_becomes_a_promise() {
        let mut house = House::new(closed(desk()));
        house.start(CHAT);
        house.when_customer_writes("where is it").done();
        let then = house.when_bot_ends(bot_failed());
        assert!(then.words().contains("nobody is available"), "{}", then.words());
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Later, .. }));
    }

    #[test]
    fn a_bot_ends_the_chat_and_is_rated_if_it_spoke() {
        let mut house = given_asked();
        house.when_bot_says("done").done();
        house.when_bot_ends(BotEnd::End).then(&["ask-ended", "holder-set", "told:closed", "told:rating"]);
        given_asked().when_bot_ends(BotEnd::End).then(&["ask-ended", "holder-set", "told:closed"]);
    }

    #[test]
    fn a_silent_bot_was_not_asked_in_vain() {
        let mut house = given_asked();
        house.when_bot_ends(BotEnd::Silent).then(&["ask-ended"]);
        assert_eq!(house.state().unanswered_since, None);
    }
}
