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

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, Rate};
    use crate::common::*;
    use crate::event::{Answered, Fact};
    use crate::refusal::Refusal;

    fn given_rating() -> House {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house.when_agent_writes(ANA, "hello").done();
        house.when(Actor::agent(ANA), Command::Close { disposition: None, wrap_up: None }).done();
        house
    }

    #[test]
    fn a_mark_is_given_once_and_names_whom_it_is_for() {
        let mut house = given_rating();
        let rate = Rate { answered: Some(Answered::Partly), agent: Some(4), bot: Some(2), comment: Some("ok".into()) };
        let then = house.when(Actor::CUSTOMER, Command::Rate(rate.clone()));
        then.then(&["rated"]);
        let Fact::Rated(rated) = &then.done().events[0].header.fact else { panic!("a mark") };
        assert_eq!((rated.agent, rated.of_agent, rated.bot, rated.of_bot), (Some(4), Some(ANA), None, None));
        house.when(Actor::CUSTOMER, Command::Rate(rate)).refused(&Refusal::NothingToRate);
    }

    #[test]
    fn marks_run_from_one_to_five_and_comments_have_a_bound() {
        for (agent, comment, refusal) in [
            (Some(0), None, Refusal::BadMark),
            (Some(6), None, Refusal::BadMark),
            (None, Some("x".repeat(10_001)), Refusal::Field("comment")),
        ] {
            let rate = Rate { agent, comment, ..Rate::default() };
            given_rating().when(Actor::CUSTOMER, Command::Rate(rate)).refused(&refusal);
        }
    }

    #[test]
    fn where_nobody_spoke_there_is_nothing_to_rate() {
        given_bot().when(Actor::CUSTOMER, Command::Rate(Rate::default())).refused(&Refusal::NothingToRate);
        given_closed().when(Actor::CUSTOMER, Command::Rate(Rate::default())).refused(&Refusal::NothingToRate);
    }

    #[test]
    fn a_blank_comment_is_none() {
        let rate = Rate { agent: Some(5), comment: Some("  ".into()), ..Rate::default() };
        let mut house = given_rating();
        let then = house.when(Actor::CUSTOMER, Command::Rate(rate));
        assert_eq!(then.done().events[0].body, None);
    }
}
