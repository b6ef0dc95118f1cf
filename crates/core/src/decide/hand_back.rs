//! From people to the bot, with what was settled, promised, must not be asked again.

use super::Reply;
use super::moves::Moves;
use crate::event::{AskFor, Brief, Passing, Why};
use crate::limits;
use crate::ownership::Holder;
use crate::refusal::Refusal;

pub(super) fn hand_back(m: &mut Moves<'_>, brief: Brief) -> Result<Reply, Refusal> {
    m.holding_agent()?;
    check(&brief)?;
    if m.conv().hand_backs >= limits::HAND_BACKS {
        return Err(Refusal::BouncesExhausted);
    }
    let Some(bot) = m.bot() else {
        return Err(if m.inbox().is_some_and(|inbox| inbox.bot.is_some()) {
            Refusal::BouncesExhausted
        } else {
            Refusal::NoBot
        });
    };
    let passing = Passing { brief: Some(brief), ..Passing::default() };
    m.pass(Holder::Bot { connection: bot, returns_to: None, due: None }, Why::HandedBack, Some(passing));
    // The notice comes when the bot has acknowledged the brief, or in its short form when that takes too long.
    m.open_ask(bot, AskFor::HandedBack)?;
    Ok(Reply::Done)
}

fn check(brief: &Brief) -> Result<(), Refusal> {
    let long = |text: &String| text.chars().count() > limits::NOTE_CHARS;
    let lists = [brief.promised.len(), brief.do_not_ask.len(), brief.settled.len()];
    if lists.iter().any(|len| *len > limits::BRIEF_LINES)
        || long(&brief.note)
        || brief.promised.iter().chain(&brief.do_not_ask).any(long)
        || brief.settled.iter().any(|settled| long(&settled.fact) || settled.fact.trim().is_empty())
    {
        return Err(Refusal::Field("brief"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{BotEnd, Command};
    use crate::common::*;
    use crate::event::{Brief, Settled};
    use crate::limits;
    use crate::refusal::Refusal;

    fn given_back() -> House {
        let mut house = given_held();
        let then = house.when(Actor::agent(ANA), brief());
        then.then(&["holder-set", "agent:seat-freed", "ask-opened"]).effects(&["ask_bot"]);
        house.brief_note = Some("the refund is on its way".into());
        house
    }

    #[test]
    fn the_customer_is_told_when_the_bot_has_the_brief() {
        let mut house = given_back();
        let then = house.when_bot_ends(BotEnd::Silent);
        then.then(&["ask-ended", "brief-acknowledged", "told:handed_back"]);
        let words = "Ana has handed you back to the assistant. It knows what you settled: the refund is on its way. \
                     Write “person” at any time to get someone.";
        assert_eq!(then.words(), words);
    }

    #[test]
    fn a_bot_that_takes_its_time_with_the_brief_is_told_of_in_short() {
        let mut house = given_back();
        house.when_next_due().then(&["told:still_working"]);
        let then = house.when_next_due();
        then.then(&["told:handed_back_short"]);
        assert!(!then.words().contains("knows"), "{}", then.words());
        house.when_bot_ends(BotEnd::Answered).then(&["ask-ended"]);
    }

    #[test]
    fn a_bot_that_does_not_act_on_briefs_is_not_said_to_know() {
        let mut house = given_back();
        let mut settings = desk();
        settings.connections.insert(BOT, settings.connections[&COMPANION].clone());
        house.settings = settings.into();
        let then = house.when_bot_ends(BotEnd::Answered);
        assert!(!then.words().contains("knows"), "{}", then.words());
    }

    #[test]
    fn a_bot_that_fails_over_the_brief_is_a_handover_and_no_hand_back_is_told() {
        let mut house = given_back();
        let then = house.when_bot_ends(bot_failed());
        assert!(!then.kinds().iter().any(|kind| kind.starts_with("told:handed_back")), "{:?}", then.kinds());
    }

    #[test]
    fn a_chat_goes_back_three_times_an_episode() {
        let mut house = given_held();
        for _ in 0..limits::HAND_BACKS {
            house.when(Actor::agent(ANA), brief()).done();
            house.when(Actor::agent(ANA), Command::TakeOver).done();
        }
        house.when(Actor::agent(ANA), brief()).refused(&Refusal::BouncesExhausted);
        house.when(Actor::agent(ANA), Command::Close { disposition: None, wrap_up: None }).done();
        house.when_customer_writes("one more thing").done();
        house.when(Actor::agent(ANA), Command::TakeOver).done();
        house.when(Actor::agent(ANA), brief()).done();
    }

    #[test]
    fn only_the_holder_hands_back_and_only_to_a_bot_that_is_there() {
        given_held().when(Actor::agent(SAM), brief()).refused(&Refusal::NotHolder);
        let mut house = House::new(without_bot());
        house.start(CHAT);
        house.when(Actor::agent(ANA), Command::Pick).done();
        house.when(Actor::agent(ANA), brief()).refused(&Refusal::NoBot);
    }

    #[test]
    fn a_brief_has_bounds() {
        let empty = Settled { fact: " ".into(), turn: 0 };
        for wrong in [
            Brief { settled: vec![empty], ..Brief::default() },
            Brief { promised: vec!["x".into(); limits::BRIEF_LINES + 1], ..Brief::default() },
            Brief { note: "x".repeat(limits::NOTE_CHARS + 1), ..Brief::default() },
        ] {
            given_held().when(Actor::agent(ANA), Command::HandBack { brief: wrong }).refused(&Refusal::Field("brief"));
        }
    }
}
