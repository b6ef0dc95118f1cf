//! A customer opens a conversation.

use super::moves::Moves;
use super::{Reply, person};
use crate::command::Start;
use crate::event::{AskFor, Audience, Body, HolderSet, Opened, Reason, Trigger, Why};
use crate::limits;
use crate::ownership::Holder;
use crate::refusal::Refusal;
use crate::settings::Role;

pub(super) fn start(m: &mut Moves<'_>, start: Start) -> Result<Reply, Refusal> {
    if m.state.is_some() {
        return Err(Refusal::Exists);
    }
    if start.name.as_ref().is_some_and(|name| name.chars().count() > limits::NAME_CHARS) {
        return Err(Refusal::Field("name"));
    }
    if !m.settings().inboxes.contains_key(&start.inbox) {
        return Err(Refusal::UnknownDestination);
    }
    let fact = Opened { episode: 1, inbox: start.inbox, person: start.person, language: start.language };
    let body = Body::Opening { name: start.name, page: start.page, variables: start.variables };
    m.push(Audience::Customer, fact, Some(body));
    first_holder(m, AskFor::Opened)?;
    Ok(Reply::Done)
}

/// Gives a fresh episode its first holder: the bot, or people if there is none. A first message asks the bot by itself.
pub(super) fn first_holder(m: &mut Moves<'_>, reason: AskFor) -> Result<(), Refusal> {
    match m.bot() {
        Some(bot) => {
            let holder = Holder::Bot { connection: bot, returns_to: None, due: None };
            m.push(Audience::People, HolderSet { holder, why: Why::Opened }, None);
            let greets =
                matches!(m.settings().connections.get(&bot).map(|c| &c.role), Some(Role::Bot { greets: true, .. }));
            if greets && reason == AskFor::Opened {
                m.open_ask(bot, AskFor::Opened)?;
            }
        }
        None => {
            person::hand_over(m, Trigger::NoBot, None, Reason::default());
        }
    }
    Ok(())
}
