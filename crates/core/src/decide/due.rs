//! Deadlines that have passed. All that are due are handled in one commit, oldest first; one that no longer matches is
//! gone from the state and so ignored.

use super::moves::Moves;
use super::{Reply, bot, close, offer, person, presence, snooze, undo};
use crate::actor::{Actor, Part};
use crate::conversation::DueKind;
use crate::event::{AskEnd, AskEnded, Audience, Failure, Outcome, Trigger, Undone, Why};
use crate::limits;
use crate::notice::{ClosedBy, Notice};
use crate::ownership::{Holder, Phase};
use crate::refusal::Refusal;

/// One commit handles at most this many: each step makes its own deadline go away, and the assertion below holds it to that.
const STEPS: usize = 64;

pub(super) fn due(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    if m.state.is_none() {
        return Ok(Reply::Done);
    }
    m.actor = Actor::system(Part::Timer);
    for _ in 0..STEPS {
        let now = m.now();
        let Some(next) = m.conv().dues().into_iter().find(|due| due.at <= now) else { return Ok(Reply::Done) };
        let before = m.conv().head.seq;
        fire(m, next.kind);
        if m.conv().head.seq == before {
            break;
        }
    }
    debug_assert!(m.conv().dues().iter().all(|due| due.at > m.now()), "every deadline has a next step that ends it");
    Ok(Reply::Done)
}

fn fire(m: &mut Moves<'_>, kind: DueKind) {
    match kind {
        DueKind::BotStill => m.tell(&Notice::StillWorking),
        DueKind::BotLimit => {
            if let Some(first) = m.conv().asks.first().copied() {
                m.push(Audience::Log, AskEnded { ask: first.id, how: AskEnd::Failed }, None);
                bot::failed(m, Failure::BotTimeout);
            }
        }
        DueKind::BriefLate => bot::tell_handed_back(m, false),
        DueKind::Offer => offer::lapse(m),
        DueKind::WaitChoice => {
            let ways = person::ways(m);
            m.tell(&Notice::WaitChoice { ways });
        }
        DueKind::WaitOver => wait_over(m),
        DueKind::PromiseNear => m.fail(Failure::PromiseNear),
        DueKind::PromiseDue => m.fail(Failure::PromiseDue),
        DueKind::Target => target(m),
        DueKind::AgentSilent => m.fail(Failure::AgentSilent),
        DueKind::AgentSilentOffer => {
            if let Holder::Agent { agent, .. } = m.conv().own.holder {
                presence::requeue(m, agent, false);
                if matches!(m.conv().own.holder, Holder::Agent { .. }) {
                    // No line to go to: the supervisor is warned again and the clock starts anew.
                    quiet_or_warn(m);
                }
            }
        }
        DueKind::Lending => {
            if let Holder::Bot { returns_to: Some(agent), .. } = m.conv().own.holder {
                offer::give_to(m, agent, Why::Returned);
            }
        }
        DueKind::Draft => {
            let now = m.now();
            let late: Vec<u64> = m.conv().drafts.iter().filter(|(_, due)| *due <= now).map(|(seq, _)| *seq).collect();
            for of in late {
                m.push(Audience::People, Undone { of }, None);
            }
        }
        DueKind::Held => undo::due(m),
        DueKind::Wake => snooze::resume(m),
        DueKind::Quiet => close_quiet(m),
    }
}

fn wait_over(m: &mut Moves<'_>) {
    let Holder::Queue { queue, priority, since, .. } = m.conv().own.holder else { return };
    m.fail(Failure::WaitOver);
    match m.later() {
        Some(later) => {
            let by = m.moment(Some(later), m.promise(later));
            person::promise(m, later, Trigger::WaitOver, None);
            let reference = m.reference();
            m.tell(&Notice::WaitOver { reference, by });
        }
        // No list: the customer keeps the place, and the wait gets a new deadline.
        None => {
            person::enter_line(m, queue, priority, since, Why::WaitOver, None);
            let ways = person::ways(m);
            m.tell(&Notice::WaitChoice { ways });
        }
    }
}

fn target(m: &mut Moves<'_>) {
    let Holder::Target { connection, phase, .. } = m.conv().own.holder else { return };
    if phase == Phase::Live {
        return close_quiet(m);
    }
    m.fail(Failure::TargetLost);
    person::next_destination(m, connection, Outcome::Failed);
}

/// Nobody writes: the chat is closed, unless the customer waits for a word.
fn close_quiet(m: &mut Moves<'_>) {
    let closed = m.now();
    let minutes = (closed - m.conv().last_word.max(m.conv().since)) / 60_000;
    m.end_handover(Outcome::Abandoned);
    m.pass(Holder::Nobody { closed }, Why::Quiet, None);
    m.tell(&Notice::Closed { by: ClosedBy::Quiet(minutes.max(limits::QUIET / 60_000)) });
    close::ask_rating(m);
}

fn quiet_or_warn(m: &mut Moves<'_>) {
    let Holder::Agent { agent, .. } = m.conv().own.holder else { return };
    m.fail(Failure::AgentSilent);
    offer::give_to(m, agent, Why::Accepted);
}

#[cfg(test)]
mod tests {
    use crate::actor::{Actor, Part};
    use crate::command::{BotEnd, Command};
    use crate::common::*;
    use crate::event::Failure;
    use crate::limits;
    use crate::ownership::{Holder, Line, Pause};

    fn given_asked() -> House {
        let mut house = given_bot();
        house.when_customer_writes("where is it").done();
        house
    }

    #[test]
    fn a_deadline_that_no_longer_matches_is_ignored() {
        given_asked().when(Actor::system(Part::Timer), Command::Due).then(&[]);
        given_closed().when_passed(30 * 24 * HOUR).then(&[]);
    }

    #[test]
    fn a_slow_bot_is_excused_once_and_then_has_failed() {
        let mut house = given_asked();
        house.when_next_due().then(&["told:still_working"]);
        let then = house.when_next_due();
        assert_eq!(then.kinds()[..2], ["ask-ended", "failed"]);
        assert_eq!(house.state().bot_failures, 1);
        assert!(matches!(house.state().own.holder, Holder::Queue { .. }));
    }

    #[test]
    fn a_bot_with_a_short_limit_fails_without_an_excuse() {
        let mut settings = desk();
        let role = crate::settings::Role::Bot { limit: 5 * SECOND, greets: false, takes_brief: false };
        settings.connections.get_mut(&BOT).expect("the bot").role = role;
        let mut house = House::new(settings);
        house.start(CHAT);
        house.when_customer_writes("where is it").done();
        assert_eq!(house.when_passed(6 * SECOND).kinds()[..2], ["ask-ended", "failed"]);
    }

    #[test]
    fn the_limit_of_a_second_message_begins_when_the_first_is_answered() {
        let mut house = given_asked();
        house.when_customer_writes("hello").done();
        house.now += 19 * SECOND;
        house.when_bot_ends(BotEnd::Answered).done();
        house.when_passed(5 * SECOND).then(&[]);
        house.when_passed(10 * SECOND).then(&["told:still_working"]);
    }

    #[test]
    fn a_quiet_bot_chat_closes() {
        let mut house = given_bot();
        let then = house.when_next_due();
        then.then(&["holder-set", "told:closed"]);
        assert!(then.words().contains("for 30 minutes"), "{}", then.words());
    }

    #[test]
    fn a_long_wait_is_asked_what_else_and_then_becomes_a_promise() {
        let mut house = given_waiting();
        house.when_next_due().then(&["told:wait_choice"]);
        house.when_next_due().then(&[
            "failed",
            "handover-ended",
            "handover-asked",
            "handover-answered",
            "holder-set",
            "told:wait_over",
        ]);
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Later, .. }));
    }

    #[test]
    fn without_a_list_the_customer_keeps_the_place_and_is_asked_again() {
        let mut house = House::new(without_list());
        house.start(CHAT);
        house.when(Actor::CUSTOMER, Command::AskPerson).done();
        let Holder::Queue { since, .. } = house.state().own.holder else { panic!("in line") };
        house.when_next_due().then(&["told:wait_choice"]);
        house.when_next_due().then(&["failed", "holder-set", "told:wait_choice"]);
        assert!(matches!(house.state().own.holder, Holder::Queue { since: kept, .. } if kept == since));
        assert!(house.state().next_due().is_some());
    }

    #[test]
    fn a_promise_is_said_before_its_deadline_at_it_and_each_day_after() {
        let mut house = given_promise();
        for failures in [1, 2, 3, 4] {
            house.when_next_due().then(&["failed"]);
            assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Later, .. }), "{failures}");
        }
        assert!(house.state().told_near);
    }

    #[test]
    fn a_target_that_does_not_answer_in_time_is_lost() {
        let mut house = given_opening();
        let then = house.when_next_due();
        assert_eq!(then.kinds()[..2], ["failed", "handover-ended"]);
        assert!(matches!(house.state().own.holder, Holder::Queue { line: Line::Live, .. }));
    }

    #[test]
    fn an_agent_who_says_nothing_is_told_of_and_then_the_chat_is_offered_again() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        let then = house.when_next_due();
        then.then(&["failed"]);
        let silent =
            |fact: &crate::event::Fact| matches!(fact, crate::event::Fact::Failed(f) if f.what == Failure::AgentSilent);
        assert!(silent(&then.done().events[0].header.fact));
        let words = house.when_next_due().words();
        assert_eq!(words, "Ana could not answer in time. You are next in line, and what you wrote is kept.");
        assert!(matches!(house.state().own.holder, Holder::Queue { .. }));
    }

    #[test]
    fn an_agent_who_waits_for_the_customer_is_not_silent() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.when(Actor::agent(ANA), Command::SetPause(Pause::Snoozed)).done();
        house.when_passed(limits::UNANSWERED_OFFER).then(&[]);
    }

    #[test]
    fn an_agent_chat_in_which_nobody_says_anything_closes_after_a_day() {
        let mut house = given_held();
        house.when_next_due().then(&["holder-set", "agent:seat-freed", "told:closed"]);
    }

    #[test]
    fn with_no_line_to_go_to_the_silent_agent_keeps_the_chat_and_a_standing_offer_is_not_accepted() {
        let mut house = House::new(outside_alone());
        house.start(CHAT);
        house.when(Actor::agent(ANA), Command::TakeOver).done();
        house.when_customer_writes("hello").done();
        house.when_next_due().then(&["failed"]);
        house.now = house.state().next_due().expect("a deadline");
        house.ready(BEN);
        let to = crate::command::TransferTo::Agent(BEN);
        house.when(Actor::agent(ANA), Command::Transfer { to, note: None }).done();
        let then = house.when(Actor::system(Part::Timer), Command::Due);
        then.then(&["failed", "offer-ended", "agent:offer-ended", "holder-set"]);
        assert!(matches!(house.state().own.holder, Holder::Agent { agent: ANA, .. }));
    }

    #[test]
    fn after_a_jump_of_the_clock_all_that_is_due_fires_in_one_commit_oldest_first() {
        let mut house = given_asked();
        let then = house.when_passed(2 * HOUR);
        assert_eq!(then.kinds()[..3], ["told:still_working", "ask-ended", "failed"]);
        let mut house = given_offered();
        let kinds = house.when_passed(2 * HOUR).kinds();
        assert_eq!(kinds[..3], ["offer-ended", "agent:offer-ended", "told:wait_choice"]);
        assert_eq!(kinds.last().map(String::as_str), Some("told:wait_over"));
    }
}
