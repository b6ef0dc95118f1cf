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
    if start.contact.as_ref().is_some_and(|contact| contact.chars().count() > limits::CONTACT_CHARS) {
        return Err(Refusal::Field("contact"));
    }
    let Start { name, contact, page, device, variables, .. } = start;
    let body = Body::Opening { name, contact, page, device, variables };
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

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::ids::InboxId;
    use crate::refusal::Refusal;
    use crate::settings::{Role, Settings};

    fn started(settings: Settings) -> Then {
        let mut house = House::new(settings);
        house.when(Actor::CUSTOMER, start())
    }

    #[test]
    fn a_conversation_starts_with_the_bot_of_the_inbox() {
        started(desk()).then(&["opened", "holder-set"]).effects(&[]);
    }

    #[test]
    fn a_bot_that_greets_is_asked_at_once() {
        let mut settings = desk();
        let bot = settings.connections.get_mut(&BOT).expect("the bot");
        bot.role = Role::Bot { limit: 20 * SECOND, greets: true, takes_brief: false };
        started(settings).then(&["opened", "holder-set", "ask-opened"]).effects(&["ask_bot"]);
    }

    #[test]
    fn without_a_bot_people_come_first() {
        let kinds = ["opened", "handover-asked", "handover-answered", "holder-set", "told:in_line"];
        started(without_bot()).then(&kinds);
    }

    #[test]
    fn without_a_bot_and_outside_the_hours_it_becomes_a_promise() {
        let then = started(closed(without_bot()));
        assert!(then.kinds().ends_with(&["holder-set".to_owned(), "told:message_left".to_owned()]));
    }

    #[test]
    fn a_conversation_starts_once_in_an_inbox_that_is_there_with_a_name_that_fits() {
        given_bot().when(Actor::CUSTOMER, start()).refused(&Refusal::Exists);
        for (inbox, name, refusal) in [
            (InboxId(uuid::Uuid::nil()), "Kim".to_owned(), Refusal::UnknownDestination),
            (INBOX, "x".repeat(81), Refusal::Field("name")),
        ] {
            let Command::Start(mut command) = start() else { return };
            (command.inbox, command.name) = (inbox, Some(name));
            House::new(desk()).when(Actor::CUSTOMER, Command::Start(command)).refused(&refusal);
        }
    }
}
