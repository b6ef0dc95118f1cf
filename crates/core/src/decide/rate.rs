//! The customer's mark.

use super::Reply;
use super::moves::Moves;
use crate::command::Rate;
use crate::event::{Audience, Body, Rated};
use crate::limits;
use crate::refusal::Refusal;

pub(super) fn rate(m: &mut Moves<'_>, rate: Rate) -> Result<Reply, Refusal> {
    let Some(due) = m.state()?.rating else { return Err(Refusal::NothingToRate) };
    if rate.agent.into_iter().chain(rate.bot).any(|mark| !(1..=5).contains(&mark)) {
        return Err(Refusal::BadMark);
    }
    let comment = rate.comment.filter(|comment| !comment.trim().is_empty());
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > limits::NOTE_CHARS) {
        return Err(Refusal::Field("comment"));
    }
    let fact = Rated {
        answered: rate.answered,
        agent: rate.agent.filter(|_| due.agent.is_some()),
        of_agent: due.agent,
        bot: rate.bot.filter(|_| due.bot.is_some()),
        of_bot: due.bot,
    };
    m.push(Audience::Customer, fact, comment.map(|comment| Body::Rating { comment }));
    Ok(Reply::Done)
}
