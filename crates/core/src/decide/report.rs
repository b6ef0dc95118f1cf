//! A customer says that a bot's answer was wrong; people judge it.

use super::Reply;
use super::moves::Moves;
use crate::actor::Who;
use crate::command::Report;
use crate::event::{Audience, Body, ReportJudged, Reported};
use crate::ids::ReportId;
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::Rank;

/// Only a bot's message that this customer saw, and each once.
pub(super) fn report(m: &mut Moves<'_>, report: Report) -> Result<Reply, Refusal> {
    if m.actor.who != Who::Customer {
        return Err(Refusal::NotAllowed);
    }
    let state = m.state()?;
    if state.reports.iter().any(|other| other.position == report.position) {
        return Err(Refusal::AlreadyReported);
    }
    let Some((of, bot)) = m.facts.bot_message else { return Err(Refusal::NotABotMessage) };
    if state.reports.len() >= limits::REPORTS {
        return Err(Refusal::TooManyReports);
    }
    let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (should_have_said, comment) = (full(report.should_have_said), full(report.comment));
    let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > limits::NOTE_CHARS);
    if long(&should_have_said) {
        return Err(Refusal::Field("should_have_said"));
    }
    if long(&comment) {
        return Err(Refusal::Field("comment"));
    }
    let id = ReportId(m.deal());
    let says = should_have_said.is_some() || comment.is_some();
    let fact = Reported { report: id, of, position: report.position, bot };
    m.push(Audience::People, fact, says.then_some(Body::Report { should_have_said, comment }));
    Ok(Reply::Reported { report: id })
}

/// A supervisor says whether the customer is right, once.
pub(super) fn judge(
    m: &mut Moves<'_>,
    report: ReportId,
    accepted: bool,
    reason: Option<String>,
) -> Result<Reply, Refusal> {
    let agent = m.acting_agent()?;
    if m.settings().agents.get(&agent).is_none_or(|card| card.role < Rank::Supervisor) {
        return Err(Refusal::NotAllowed);
    }
    let found = m.state()?.reports.iter().find(|other| other.id == report).ok_or(Refusal::UnknownReport)?;
    if found.accepted.is_some() {
        return Err(Refusal::AlreadyJudged);
    }
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > limits::NOTE_CHARS)
        || (!accepted && reason.is_none())
    {
        return Err(Refusal::Field("reason"));
    }
    m.push(Audience::People, ReportJudged { report, accepted }, reason.map(|text| Body::Note { text }));
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, Report};
    use crate::common::*;
    use crate::decide::Reply;
    use crate::event::Body;
    use crate::ids::ReportId;
    use crate::limits;
    use crate::refusal::Refusal;

    fn report(position: u64) -> Command {
        Command::Report(Report { position, should_have_said: Some("30 days".into()), comment: Some(" ".into()) })
    }

    fn given_answer() -> (House, u64) {
        let mut house = given_bot();
        house.when_customer_writes("how long").done();
        house.when_bot_says("14 days").done();
        let position = house.state().head.position;
        (house, position)
    }

    #[test]
    fn a_bots_message_is_reported_once() {
        let (mut house, position) = given_answer();
        let then = house.when(Actor::CUSTOMER, report(position));
        then.then(&["reported"]);
        let body = Body::Report { should_have_said: Some("30 days".into()), comment: None };
        assert_eq!(then.done().events[0].body, Some(body));
        house.when(Actor::CUSTOMER, report(position)).refused(&Refusal::AlreadyReported);
    }

    #[test]
    fn nothing_but_a_bots_message_that_was_shown_is_reported() {
        let (mut house, position) = given_answer();
        for other in [0, position - 1, position + 1] {
            house.when(Actor::CUSTOMER, report(other)).refused(&Refusal::NotABotMessage);
        }
        house.when(Actor::agent(ANA), report(position)).refused(&Refusal::NotAllowed);
        let long = Report { position, should_have_said: Some("x".repeat(limits::NOTE_CHARS + 1)), comment: None };
        house.when(Actor::CUSTOMER, Command::Report(long)).refused(&Refusal::Field("should_have_said"));
    }

    #[test]
    fn a_supervisor_judges_it_once_and_says_why_not() {
        let (mut house, position) = given_answer();
        let Reply::Reported { report } = house.when(Actor::CUSTOMER, report(position)).done().reply else {
            panic!("a report")
        };
        let judge = |accepted, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            Command::JudgeReport { report, accepted, reason }
        };
        house.when(Actor::agent(ANA), judge(true, None)).refused(&Refusal::NotAllowed);
        house.when(Actor::agent(SAM), judge(false, Some(" "))).refused(&Refusal::Field("reason"));
        house.when(Actor::agent(SAM), judge(false, Some("it is 14 days"))).then(&["report-judged"]);
        house.when(Actor::agent(SAM), judge(true, None)).refused(&Refusal::AlreadyJudged);
        let unknown = Command::JudgeReport { report: ReportId(uuid::Uuid::nil()), accepted: true, reason: None };
        house.when(Actor::agent(SAM), unknown).refused(&Refusal::UnknownReport);
    }
}
