//! A person closes a conversation.

use super::Reply;
use super::moves::Moves;
use crate::event::{Outcome, Passing, Why};
use crate::limits;
use crate::notice::{ClosedBy, Notice};
use crate::ownership::Holder;
use crate::refusal::Refusal;
use crate::settings::{Destination, Rank};

pub(super) fn close(m: &mut Moves<'_>, disposition: Option<String>, wrap_up: Option<String>) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > limits::NOTE_CHARS);
    if long(&disposition) || long(&wrap_up) {
        return Err(Refusal::Field("wrap_up"));
    }
    let rank = m.settings().agents.get(&agent).map(|card| card.role);
    match &m.open()?.own.holder {
        Holder::Agent { agent: holder, .. } if *holder == agent => {}
        _ if rank >= Some(Rank::Supervisor) => {}
        _ => return Err(Refusal::NotHolder),
    }
    let closed = m.now();
    m.end_handover(Outcome::Abandoned);
    m.pass(Holder::Nobody { closed }, Why::Closed, Some(Passing { disposition, wrap_up, ..Passing::default() }));
    let queue = match m.inbox().map(|inbox| inbox.destination) {
        Some(Destination::Queue { id }) => Some(id),
        _ => None,
    };
    let (name, at) = (m.settings().agent_name(agent).to_owned(), m.moment(queue, closed));
    m.tell(&Notice::Closed { by: ClosedBy::Agent(name, at) });
    ask_rating(m);
    Ok(Reply::Done)
}

/// Asks for a mark where there is something to rate.
pub(super) fn ask_rating(m: &mut Moves<'_>) {
    if let Some(due) = m.conv().rating {
        let agent = due.agent.map(|id| m.settings().agent_name(id).to_owned());
        m.tell(&Notice::Rating { agent, bot: due.bot.is_some() });
    }
}
