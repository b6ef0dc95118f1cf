//! A chat that is put away until a moment; the customer's next word brings it back at once.

use super::Reply;
use super::moves::Moves;
use crate::event::{Audience, Paused};
use crate::ids::Ms;
use crate::limits;
use crate::ownership::{Holder, Pause};
use crate::refusal::Refusal;

/// The holder's clock stops or runs.
pub(super) fn pause(m: &mut Moves<'_>, pause: Pause, until: Option<Ms>) -> Result<Reply, Refusal> {
    m.holding_agent()?;
    m.push(Audience::People, Paused { pause, until }, None);
    Ok(Reply::Done)
}

pub(super) fn snooze(m: &mut Moves<'_>, until: Ms) -> Result<Reply, Refusal> {
    let now = m.now();
    if until <= now || until > now + limits::SNOOZE {
        m.holding_agent()?;
        return Err(Refusal::Field("until"));
    }
    pause(m, Pause::Snoozed, Some(until))
}

pub(super) fn wake(m: &mut Moves<'_>) -> Result<Reply, Refusal> {
    m.holding_agent()?;
    resume(m);
    Ok(Reply::Done)
}

/// The clock runs again, if it stood.
pub(super) fn resume(m: &mut Moves<'_>) {
    if matches!(m.conv().own.holder, Holder::Agent { pause, .. } if pause != Pause::None) {
        m.push(Audience::People, Paused { pause: Pause::None, until: None }, None);
    }
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::limits;
    use crate::ownership::{Holder, Pause};
    use crate::refusal::Refusal;

    fn given_snoozed(span: i64) -> House {
        let mut house = given_held();
        let until = house.now + span;
        house.when(Actor::agent(ANA), Command::Snooze { until }).then(&["paused"]);
        assert_eq!(house.state().snoozed_until, Some(until));
        house
    }

    fn awake(house: &House) -> bool {
        let runs = matches!(house.state().own.holder, Holder::Agent { agent: ANA, pause: Pause::None });
        runs && house.state().snoozed_until.is_none()
    }

    #[test]
    fn it_comes_back_when_the_moment_is_there_and_is_not_closed_before() {
        let mut house = given_snoozed(3 * 24 * HOUR);
        house.when_passed(2 * 24 * HOUR).then(&[]);
        house.when_passed(24 * HOUR).then(&["paused"]);
        assert!(awake(&house));
        house.when_passed(HOUR).then(&[]);
        assert_eq!(house.when_passed(limits::AGENT_QUIET).kinds()[0], "holder-set");
    }

    #[test]
    fn the_customers_word_brings_it_back() {
        let mut house = given_snoozed(HOUR);
        house.when_customer_writes("here I am").then(&["said", "paused"]);
        assert!(awake(&house));
        house.when_passed(limits::UNANSWERED + SECOND).then(&["failed"]);
    }

    #[test]
    fn who_was_not_answered_before_is_seen_to_after() {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        let until = house.now + HOUR;
        house.when(Actor::agent(ANA), Command::Snooze { until }).done();
        house.when_next_due().then(&["paused"]);
        house.when_next_due().then(&["failed"]);
    }

    #[test]
    fn the_agent_brings_it_back() {
        let mut house = given_snoozed(HOUR);
        house.when(Actor::agent(ANA), Command::Wake).then(&["paused"]);
        assert!(awake(&house));
        house.when(Actor::agent(ANA), Command::Wake).then(&[]);
    }

    #[test]
    fn the_holder_alone_puts_it_away_until_a_moment_that_comes_soon_enough() {
        let mut house = given_held();
        for until in [house.now, house.now + limits::SNOOZE + 1] {
            house.when(Actor::agent(ANA), Command::Snooze { until }).refused(&Refusal::Field("until"));
        }
        let until = house.now + HOUR;
        house.when(Actor::agent(SAM), Command::Snooze { until }).refused(&Refusal::NotHolder);
        house.when(Actor::agent(SAM), Command::Wake).refused(&Refusal::NotHolder);
    }

    #[test]
    fn whoever_gets_it_next_gets_it_awake() {
        let mut house = given_snoozed(HOUR);
        house.when(Actor::agent(SAM), Command::TakeOver).done();
        assert_eq!(house.state().snoozed_until, None);
    }
}
