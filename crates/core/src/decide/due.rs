//! Deadlines that have passed. All that are due are handled in one commit, oldest first; one that no longer matches is
//! gone from the state and so ignored.

use super::moves::Moves;
use super::{Reply, bot, close, offer, person, presence};
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
                presence::requeue(m, agent, Trigger::AgentLost);
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
