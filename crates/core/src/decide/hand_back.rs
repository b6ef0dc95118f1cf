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
