//! A person is wanted: the one place where a handover is asked, answered, redirected and withdrawn.

use super::moves::Moves;
use super::{Reply, reopen};
use crate::actor::{Actor, Part};
use crate::command::Say;
use crate::effect::Effect;
use crate::event::{Already, Answer, Audience, Body, No, Outcome, Passing, Reason, Trigger, Why};
use crate::ids::{ConnectionId, QueueId};
use crate::limits;
use crate::notice::{AlreadyAt, AskedBy, Notice, Unavailable, Ways};
use crate::ownership::{Holder, Line, Phase};
use crate::refusal::Refusal;
use crate::settings::{Destination, Role};

/// The button.
pub(super) fn ask(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    m.state()?;
    if m.conv().closed() {
        return Ok(Reply::Answer(reopen::by_button(m)?));
    }
    if let Some(place) = already(&m.conv().own.holder) {
        tell_already(m);
        return Ok(Reply::Answer(Answer::Already { place }));
    }
    let evidence = Reason::default();
    Ok(Reply::Answer(hand_over(m, Trigger::Button, None, evidence)))
}

fn already(holder: &Holder) -> Option<Already> {
    match holder {
        Holder::Queue { line: Line::Live, .. } => Some(Already::Queue),
        Holder::Agent { .. } => Some(Already::Agent),
        Holder::Target { .. } => Some(Already::Target),
        _ => None,
    }
}

/// Says where the customer is already.
pub(super) fn tell_already(m: &mut Moves<'_>) {
    let at = match &m.conv().own.holder {
        Holder::Queue { .. } => AlreadyAt::Line { place: m.facts.place },
        Holder::Agent { agent, .. } => AlreadyAt::Agent(m.agent_name(*agent)),
        Holder::Target { connection, .. } => AlreadyAt::Target(m.connection_name(*connection)),
        _ => return,
    };
    m.tell(&Notice::Already(at));
}

/// Opens a handover, gives it its one answer, and passes the baton where the answer says so.
pub(super) fn hand_over(m: &mut Moves<'_>, trigger: Trigger, to: Option<Destination>, reason: Reason) -> Answer {
    let Some(inbox) = m.inbox() else { return Answer::Refused { reason: No::NotAllowed } };
    let to = to.filter(|to| exists(m, *to)).unwrap_or(inbox.destination);
    let priority = match to {
        Destination::Queue { id } => m.settings().queues.get(&id).map_or(0, |queue| queue.priority.min(9)),
        Destination::Target { .. } => 0,
    };
    // A bot that keeps the chat because nobody is there still answers what it was asked: only a pass withdraws asks.
    let handover = m.ask_handover(trigger, to, priority, reason);
    match to {
        Destination::Target { id } => {
            let answer = Answer::Opening { target: id };
            m.answer_handover(handover, answer);
            tell_asked(m, trigger, to);
            open_target(m, id);
            answer
        }
        Destination::Queue { id } => to_queue(m, trigger, id, priority),
    }
}

fn exists(m: &Moves<'_>, to: Destination) -> bool {
    match to {
        Destination::Queue { id } => m.settings().queues.get(&id).is_some_and(|queue| queue.line == Line::Live),
        Destination::Target { id } => {
            matches!(m.settings().connections.get(&id).map(|c| &c.role), Some(Role::Target { .. }))
        }
    }
}

/// Passes the baton to a target, whose opening is an effect. The open handover names it.
pub(super) fn open_target(m: &mut Moves<'_>, target: ConnectionId) {
    let opening = match m.settings().connections.get(&target).map(|c| &c.role) {
        Some(Role::Target { opening, .. }) => (*opening).clamp(1_000, limits::WAIT_OVER),
        _ => limits::TARGET_OPENING,
    };
    let due = m.now() + opening;
    m.pass(Holder::Target { connection: target, phase: Phase::Opening, due }, Why::Handover, None);
    let (baton, handover) = (m.conv().own.baton, m.conv().handover.map(|open| open.id));
    if let Some(handover) = handover {
        m.effect(Effect::OpenTarget { target, handover, baton });
        m.effect(Effect::PollTarget { target, baton });
    }
}

fn tell_asked(m: &mut Moves<'_>, trigger: Trigger, to: Destination) {
    let history = m.history(to);
    match trigger {
        Trigger::Phrase | Trigger::Command | Trigger::Button => {
            m.tell(&Notice::Asked { by: AskedBy::Customer, history })
        }
        Trigger::Bot | Trigger::Abstained | Trigger::Rule => m.tell(&Notice::Asked { by: AskedBy::House, history }),
        // A line says its place instead.
        Trigger::NoBot if matches!(to, Destination::Target { .. }) => {
            m.tell(&Notice::Asked { by: AskedBy::Nobody, history });
        }
        Trigger::BotFailed => m.tell(&Notice::BotFailed),
        _ => {}
    }
}

/// Answers the open handover with a place in a line, or with a refusal and what else there is.
fn to_queue(m: &mut Moves<'_>, trigger: Trigger, queue: QueueId, priority: u8) -> Answer {
    let Some(open) = m.conv().handover else { return Answer::Refused { reason: No::NotAllowed } };
    let line = m.facts.line(queue);
    let set = m.settings().queues.get(&queue);
    let closed = set.and_then(|q| q.hours.as_ref()).filter(|hours| !hours.open_at(m.now()));
    let full = set.is_none_or(|q| line.waiting >= q.most_waiting);
    let language = &m.conv().language;
    let why = match (closed, full) {
        (Some(hours), _) => Some((
            No::ClosedHours,
            Unavailable::Closed {
                hours: (hours.words(language), hours.zone_words(language)),
                next: hours.next_open(m.now()).map(|at| hours.moment(at, m.now(), language)),
            },
        )),
        (None, true) => Some((No::NoCapacity, Unavailable::Full)),
        (None, false) => None,
    };
    if let Some((no, why)) = why {
        let answer = Answer::Refused { reason: no };
        m.answer_handover(open.id, answer);
        m.end_handover(Outcome::Refused);
        unavailable(m, trigger, why);
        return answer;
    }
    let place = line.at_least[priority.min(9) as usize] + 1;
    let answer = Answer::Queued { place: Some(place) };
    m.answer_handover(open.id, answer);
    tell_asked(m, trigger, Destination::Queue { id: queue });
    enter_line(m, queue, priority, m.now(), Why::Handover, None);
    let choice_by = Some(m.moment(Some(queue), m.now() + limits::WAIT_CHOICE));
    let ways = ways(m);
    m.tell(&Notice::InLine { place: Some(place), team: None, choice_by, staffed: line.staffed, ways });
    answer
}

/// Puts the chat into a live line.
pub(super) fn enter_line(
    m: &mut Moves<'_>,
    queue: QueueId,
    priority: u8,
    since: i64,
    why: Why,
    passing: Option<Passing>,
) {
    let due = m.now() + limits::WAIT_OVER;
    m.pass(Holder::Queue { queue, line: Line::Live, since, priority, due }, why, passing);
}

/// Ways besides waiting, only those that exist.
pub(super) fn ways(m: &Moves<'_>) -> Ways {
    Ways { leave_by: m.later().map(|later| m.moment(Some(later), m.promise(later))), bot: m.bot().is_some() }
}

/// Nobody can take it: with a healthy bot as holder the customer chooses; without one it becomes a promise by itself,
/// because nobody may be left without a holder and a deadline.
fn unavailable(m: &mut Moves<'_>, trigger: Trigger, why: Unavailable) {
    let holder_can_stay = matches!(m.conv().own.holder, Holder::Bot { .. }) && trigger != Trigger::BotFailed;
    if holder_can_stay {
        let ways = ways(m);
        m.tell(&Notice::Unavailable { why, ways });
        return;
    }
    match m.later() {
        Some(later) => {
            if !matches!(trigger, Trigger::BotFailed | Trigger::TargetFailed) {
                m.tell(&Notice::Unavailable { why, ways: Ways::default() });
            }
            let due = promise(m, later, trigger_of_promise(trigger), None);
            let by = m.moment(Some(later), due);
            let reference = m.reference();
            let notice = match trigger {
                Trigger::BotFailed => Notice::BotFailedNobody { reference, by: Some(by) },
                Trigger::TargetFailed => Notice::TargetFailedNone { reference, by },
                _ => Notice::MessageLeft { reference, by },
            };
            m.tell(&notice);
        }
        None => {
            // No list either: the chat waits in its live line until the hours begin. The line's own deadline stands.
            let queue = m.inbox().and_then(|inbox| match inbox.destination {
                Destination::Queue { id } => Some(id),
                Destination::Target { .. } => inbox.fallback,
            });
            let Some(queue) = queue.filter(|id| exists(m, Destination::Queue { id: *id })) else {
                return nobody_left(m, why);
            };
            let handover =
                m.ask_handover(trigger_of_promise(trigger), Destination::Queue { id: queue }, 0, Reason::default());
            m.answer_handover(handover, Answer::Queued { place: None });
            enter_line(m, queue, 0, m.now(), Why::Handover, None);
            if trigger == Trigger::BotFailed {
                let reference = m.reference();
                m.tell(&Notice::BotFailedNobody { reference, by: None });
            } else {
                m.tell(&Notice::Unavailable { why, ways: Ways::default() });
            }
        }
    }
}

/// Everything that could take the chat was removed from the settings: it is said, and the chat does not pretend to wait.
fn nobody_left(m: &mut Moves<'_>, why: Unavailable) {
    m.tell(&Notice::Unavailable { why, ways: Ways::default() });
    if !m.conv().closed() {
        let closed = m.now();
        m.pass(Holder::Nobody { closed }, Why::Closed, None);
        let at = m.moment(None, closed);
        m.tell(&Notice::Closed { by: crate::notice::ClosedBy::House(at) });
    }
}

fn trigger_of_promise(trigger: Trigger) -> Trigger {
    match trigger {
        Trigger::BotFailed | Trigger::TargetFailed | Trigger::WaitOver => trigger,
        _ => Trigger::MessageLeft,
    }
}

/// Turns what is open into a promise: the live handover ends as redirected to one in the later queue.
///
/// A promise that was given before keeps its deadline. Returns the deadline.
pub(super) fn promise(m: &mut Moves<'_>, later: QueueId, trigger: Trigger, contact: Option<String>) -> i64 {
    let (since, due) = match m.conv().own.holder {
        Holder::Queue { line: Line::Later, since, due, .. } if due > m.now() => (since, due),
        _ => (m.now(), m.promise(later)),
    };
    let before = m.conv().handover;
    let reason = Reason { contact, ..Reason::default() };
    let to = Destination::Queue { id: later };
    let priority = m.settings().queues.get(&later).map_or(0, |queue| queue.priority.min(9));
    // The outcome of the old one names the new one; asking first would leave two open.
    let next = crate::ids::HandoverId(m.deal());
    if before.is_some() {
        let outcome = if trigger == Trigger::WaitOver { Outcome::Expired } else { Outcome::Redirected { to: next } };
        m.end_handover(outcome);
    }
    let fact = crate::event::HandoverAsked { handover: next, trigger, to, priority };
    m.push(Audience::People, fact, Some(Body::Reason(reason)));
    m.answer_handover(next, Answer::Queued { place: None });
    let why = if trigger == Trigger::WaitOver { Why::WaitOver } else { Why::MessageLeft };
    m.pass(Holder::Queue { queue: later, line: Line::Later, since, priority, due }, why, None);
    due
}

/// The customer leaves the line and is back with the bot.
pub(super) fn withdraw(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    match &m.open()?.own.holder {
        Holder::Queue { .. } | Holder::Target { phase: Phase::Opening | Phase::Waiting, .. } => {}
        // Chosen under a notice while the bot still holds: nothing to undo.
        Holder::Bot { .. } => return Ok(Reply::Done),
        _ => return Err(Refusal::NotWaiting),
    }
    let Some(bot) = m.bot() else {
        return Err(if m.inbox().is_some_and(|inbox| inbox.bot.is_some()) {
            Refusal::BouncesExhausted
        } else {
            Refusal::NoBot
        });
    };
    m.end_handover(Outcome::Withdrawn);
    m.pass(Holder::Bot { connection: bot, returns_to: None, due: None }, Why::Withdrawn, None);
    m.tell(&Notice::Withdrawn);
    Ok(Reply::Done)
}

/// The customer leaves a message.
pub(super) fn leave_message(m: &mut Moves<'_>, text: Option<Say>, contact: Option<String>) -> Result<Reply, Refusal> {
    if contact.is_some_and(|contact| !contact.trim().is_empty()) {
        // No channel that could answer at an address exists yet; asking for one would be a false promise.
        return Err(Refusal::NoWayToAnswer);
    }
    if m.state()?.closed() {
        // Who says at the end that the question is not answered may leave it: with words, in a new episode.
        let Some(say) = &text else { return Err(Refusal::Closed) };
        if let Some((client, counter)) = say.once
            && super::say::repeat(m, client, counter)?
        {
            return Ok(Reply::Repeat);
        }
        m.later().ok_or(Refusal::NoMessages)?;
        super::reopen::by_message(m);
    }
    if matches!(m.conv().own.holder, Holder::Agent { .. } | Holder::Target { phase: Phase::Live, .. }) {
        return Err(Refusal::NotWaiting);
    }
    let later = m.later().ok_or(Refusal::NoMessages)?;
    let promised = matches!(m.conv().own.holder, Holder::Queue { line: Line::Later, .. });
    if let Some(say) = text {
        let repeat = say.once.map(|(client, counter)| super::say::repeat(m, client, counter)).transpose()?;
        match repeat {
            Some(true) if promised => return Ok(Reply::Repeat),
            Some(true) => {}
            _ => {
                super::say::push_said(m, say, None);
            }
        }
    }
    if !promised {
        promise(m, later, Trigger::MessageLeft, None);
    }
    let Holder::Queue { due, .. } = m.conv().own.holder else { return Err(Refusal::NotWaiting) };
    let (reference, by) = (m.reference(), m.moment(Some(later), due));
    m.tell(&Notice::MessageLeft { reference, by });
    Ok(Reply::Done)
}

/// A target failed, refused or is lost: the system opens the next handover.
pub(super) fn next_destination(m: &mut Moves<'_>, failed: ConnectionId, outcome: Outcome) {
    let had_answered = m.conv().handover.is_some();
    if had_answered {
        m.end_handover(outcome);
    }
    let fallback = m.inbox().and_then(|inbox| {
        inbox.fallback.or(match inbox.destination {
            Destination::Queue { id } => Some(id),
            Destination::Target { .. } => None,
        })
    });
    // A line that was removed is none: the default destination may be the target that failed.
    let fallback = fallback.filter(|id| exists(m, Destination::Queue { id: *id }));
    let actor = std::mem::replace(&mut m.actor, Actor::system(Part::Policy));
    let team = m.connection_name(failed);
    match fallback {
        Some(queue) => {
            let set = m.settings().queues.get(&queue);
            let line = m.facts.line(queue);
            let open = set.is_some_and(|q| {
                q.hours.as_ref().is_none_or(|hours| hours.open_at(m.now())) && line.waiting < q.most_waiting
            });
            if open {
                let next = m.queue_name(queue);
                m.tell(&Notice::TargetFailed { team, next });
            }
            let to = Destination::Queue { id: queue };
            hand_over(m, Trigger::TargetFailed, Some(to), Reason::default());
        }
        None => match m.later() {
            Some(later) => {
                let by = m.moment(Some(later), m.promise(later));
                promise(m, later, Trigger::TargetFailed, None);
                let reference = m.reference();
                m.tell(&Notice::TargetFailedNone { reference, by });
            }
            None => back_to_any(m, team),
        },
    }
    m.actor = actor;
}

/// Nothing is left but the bot, or the end: never a chat without holder.
fn back_to_any(m: &mut Moves<'_>, team: String) {
    match m.bot() {
        Some(bot) => {
            m.pass(Holder::Bot { connection: bot, returns_to: None, due: None }, Why::Withdrawn, None);
            m.tell(&Notice::TargetFailedBack { team, bot: true });
        }
        None => {
            let closed = m.now();
            m.pass(Holder::Nobody { closed }, Why::Closed, None);
            m.tell(&Notice::TargetFailedBack { team, bot: false });
            let at = m.moment(None, closed);
            m.tell(&Notice::Closed { by: crate::notice::ClosedBy::House(at) });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{BotEnd, Command};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::{Answer, No};
    use crate::ownership::{Holder, Line};
    use crate::refusal::Refusal;
    use crate::settings::Destination;

    fn leave() -> Command {
        Command::LeaveMessage { text: None, contact: None }
    }

    #[test]
    fn the_button_puts_the_customer_in_line_and_says_the_place() {
        let mut house = given_bot();
        house.start(OTHER_CHAT);
        house.act(OTHER_CHAT, Actor::CUSTOMER, Command::AskPerson, read("")).expect("in line");
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        then.replied(Reply::Answer(Answer::Queued { place: Some(2) }));
        assert!(then.words().contains("You are 2nd in line."), "{}", then.words());
    }

    #[test]
    fn a_handover_to_a_target_opens_it() {
        let mut house = House::new(outside());
        house.start(CHAT);
        let kinds = ["handover-asked", "handover-answered", "told:asked", "holder-set"];
        house.when(Actor::CUSTOMER, Command::AskPerson).then(&kinds).effects(&["open_target", "poll_target"]);
    }

    #[test]
    fn outside_the_hours_the_bot_keeps_the_chat_and_the_customer_chooses() {
        let mut house = House::new(closed(desk()));
        house.start(CHAT);
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        then.then(&["handover-asked", "handover-answered", "handover-ended", "told:unavailable"]);
        then.replied(Reply::Answer(Answer::Refused { reason: No::ClosedHours }));
        assert!(then.words().contains("We are back 13:00."), "{}", then.words());
    }

    #[test]
    fn a_bot_that_keeps_the_chat_still_answers_what_it_was_asked() {
        let mut house = House::new(closed(desk()));
        house.start(CHAT);
        house.when_customer_writes("where is it").done();
        house.when(Actor::CUSTOMER, Command::AskPerson).done();
        house.when_bot_says("on its way").then(&["said"]);
        house.when_bot_ends(BotEnd::Answered).then(&["ask-ended"]);
    }

    #[test]
    fn a_bot_names_another_queue_and_an_unknown_one_is_the_default() {
        for (id, queue) in [(BILLING, BILLING), (LATER, QUEUE)] {
            let mut house = given_bot();
            house.when_customer_writes("money back").done();
            let (to, variables) = (Some(Destination::Queue { id }), serde_json::Map::new());
            house.when_bot_ends(BotEnd::HandOver { reason: "refund".into(), to, variables }).done();
            assert!(matches!(house.state().own.holder, Holder::Queue { queue: q, line: Line::Live, .. } if q == queue));
        }
    }

    #[test]
    fn who_leaves_the_line_is_back_with_the_bot() {
        let mut house = given_waiting();
        house.when(Actor::CUSTOMER, Command::Withdraw).then(&["handover-ended", "holder-set", "told:withdrawn"]);
        house.when(Actor::CUSTOMER, Command::Withdraw).then(&[]);
    }

    #[test]
    fn who_leaves_while_a_target_opens_has_it_closed_there() {
        given_opening().when(Actor::CUSTOMER, Command::Withdraw).effects(&["close_target"]);
    }

    #[test]
    fn nobody_leaves_a_line_for_a_bot_that_is_not_there_or_failed_too_often() {
        let mut house = House::new(without_bot());
        house.start(CHAT);
        house.when(Actor::CUSTOMER, Command::Withdraw).refused(&Refusal::NoBot);
        let mut house = given_bot();
        for _ in 0..2 {
            house.when_customer_writes("where is it").done();
            house.when_bot_ends(bot_failed()).done();
            let then = house.when(Actor::CUSTOMER, Command::Withdraw);
            if house.state().bot_failures == 2 {
                then.refused(&Refusal::BouncesExhausted);
            }
        }
        given_held().when(Actor::CUSTOMER, Command::Withdraw).refused(&Refusal::NotWaiting);
    }

    #[test]
    fn a_repeated_left_message_is_one_message() {
        let mut house = given_waiting();
        let client = crate::ids::ClientId(uuid::Uuid::from_u128(991));
        let say = || crate::command::Say { once: Some((client, 1)), ..content("call me").into() };
        let leave = || Command::LeaveMessage { text: Some(say()), contact: None };
        house.when(Actor::CUSTOMER, leave()).done();
        house.when(Actor::CUSTOMER, leave()).then(&[]).replied(Reply::Repeat);
    }

    #[test]
    fn a_left_message_ends_the_wait_and_becomes_a_promise() {
        let mut house = given_waiting();
        let text = Some(content("call me").into());
        house.when(Actor::CUSTOMER, Command::LeaveMessage { text, contact: None }).then(&[
            "said",
            "handover-ended",
            "handover-asked",
            "handover-answered",
            "holder-set",
            "told:message_left",
        ]);
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Later, .. }));
        house.when(Actor::CUSTOMER, leave()).then(&["told:message_left"]);
    }

    #[test]
    fn a_message_is_not_taken_where_nobody_could_answer_it() {
        let contact = Some("kim@example.org".to_owned());
        let there = Command::LeaveMessage { text: None, contact };
        given_waiting().when(Actor::CUSTOMER, there).refused(&Refusal::NoWayToAnswer);
        given_held().when(Actor::CUSTOMER, leave()).refused(&Refusal::NotWaiting);
        given_live().when(Actor::CUSTOMER, leave()).refused(&Refusal::NotWaiting);
        let mut house = House::new(without_list());
        house.start(CHAT);
        house.when(Actor::CUSTOMER, leave()).refused(&Refusal::NoMessages);
    }

    #[test]
    fn who_left_a_message_and_asks_again_gets_in_line_if_people_are_there() {
        let mut house = given_promise();
        let promised = house.state().handover.expect("the promise").id;
        house.when(Actor::CUSTOMER, Command::AskPerson).done();
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Live, .. }));
        assert_ne!(house.state().handover.expect("a new one").id, promised);
    }

    #[test]
    fn who_left_a_message_and_asks_in_vain_keeps_the_deadline() {
        let mut house = given_promise();
        let Holder::Queue { due, since, .. } = house.state().own.holder else { panic!("a promise") };
        house.settings = full(desk()).into();
        house.now += HOUR;
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        assert!(then.kinds().ends_with(&["told:message_left".to_owned()]));
        let Holder::Queue { due: still, since: from, line: Line::Later, .. } = house.state().own.holder else {
            panic!("a promise")
        };
        assert_eq!((still, from), (due, since));
    }

    #[test]
    fn nobody_and_no_list_means_the_line_itself_keeps_the_chat_of_a_failed_bot() {
        let mut house = House::new(closed(without_list()));
        house.start(CHAT);
        house.when_customer_writes("where is it").done();
        let then = house.when_bot_ends(bot_failed());
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Live, .. }));
        assert!(then.words().contains("What you wrote is kept under B-"), "{}", then.words());
    }

    #[test]
    fn who_says_at_the_end_that_nothing_is_answered_may_leave_a_message() {
        let mut house = given_closed();
        house.when(Actor::CUSTOMER, leave()).refused(&Refusal::Closed);
        let left = || {
            let say = crate::command::Say { once: Some((WIDGET, 1)), ..content("the strap is still torn").into() };
            Command::LeaveMessage { text: Some(say), contact: None }
        };
        house.when(Actor::CUSTOMER, left()).then(&[
            "opened",
            "said",
            "handover-asked",
            "handover-answered",
            "holder-set",
            "told:message_left",
        ]);
        assert_eq!(house.state().episode, 2);
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Later, .. }));
        house.when(Actor::CUSTOMER, left()).then(&[]).replied(Reply::Repeat);
    }
}
