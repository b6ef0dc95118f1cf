//! Who the customer is: what people note about them, and how an anonymous customer becomes a known one.

use super::Reply;
use super::moves::Moves;
use crate::actor::Who;
use crate::command::{Identify, SetCustomer};
use crate::event::{Audience, Body, CustomerSet, Identified, IdentifiedBy};
use crate::limits;
use crate::refusal::Refusal;

fn check(text: Option<&String>, chars: usize, field: &'static str) -> Result<(), Refusal> {
    match text {
        Some(text) if text.chars().count() > chars || text.chars().any(char::is_control) => Err(Refusal::Field(field)),
        _ => Ok(()),
    }
}

/// People set what is known of the customer. What is absent stays; an empty word takes the old one away.
pub(super) fn set(m: &mut Moves<'_>, set: SetCustomer) -> Result<Reply, Refusal> {
    m.acting_agent()?;
    let state = m.state()?;
    check(set.name.as_ref(), limits::NAME_CHARS, "name")?;
    check(set.contact.as_ref(), limits::CONTACT_CHARS, "contact")?;
    let code = |code: &String| {
        (2..=35).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if set.language.as_ref().is_some_and(|language| !code(language)) {
        return Err(Refusal::Field("language"));
    }
    let fact = CustomerSet {
        person_first: set.person_first.filter(|first| *first != state.person_first),
        language: set.language.filter(|language| *language != state.language),
        named: set.name.is_some(),
        contact: set.contact.is_some(),
    };
    let says = fact.named || fact.contact;
    if says || fact.person_first.is_some() || fact.language.is_some() {
        let trim = |text: Option<String>| text.map(|text| text.trim().to_owned());
        let body = says.then(|| Body::Customer { name: trim(set.name), contact: trim(set.contact) });
        m.push(Audience::People, fact, body);
    }
    Ok(Reply::Done)
}

/// The one way in which an anonymous customer and a known one become the same: a signed token, or an agent's word. A
/// repeat for the same person leaves no event.
pub(super) fn identify(m: &mut Moves<'_>, identify: Identify) -> Result<Reply, Refusal> {
    let by = match m.actor.who {
        Who::Customer => IdentifiedBy::Token,
        _ => {
            m.acting_agent()?;
            IdentifiedBy::Agent
        }
    };
    let state = m.state()?;
    let Identify { person, identity } = identify;
    if state.known && state.person == person {
        return Ok(Reply::Done);
    }
    check(identity.name.as_ref(), limits::NAME_CHARS, "name")?;
    check(identity.mail.as_ref(), limits::CONTACT_CHARS, "mail")?;
    check(identity.phone.as_ref(), limits::CONTACT_CHARS, "phone")?;
    check(identity.sub.as_ref(), limits::CONTACT_CHARS, "sub")?;
    let (named, contact) = (identity.name.is_some(), identity.mail.is_some() || identity.phone.is_some());
    m.push(Audience::People, Identified { person, by, named, contact }, Some(Body::Identity(identity)));
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::{Command, Identify, SetCustomer};
    use crate::common::*;
    use crate::event::{Body, Identity};
    use crate::ids::PersonId;
    use crate::ownership::Holder;
    use crate::refusal::Refusal;
    use uuid::Uuid;

    fn set(set: SetCustomer) -> Command {
        Command::SetCustomer(set)
    }

    #[test]
    fn what_is_set_is_kept_and_what_is_absent_stays() {
        let mut house = given_held();
        let name = SetCustomer { name: Some(" Kim Lee ".into()), ..SetCustomer::default() };
        let then = house.when(Actor::agent(ANA), set(name));
        let body = Body::Customer { name: Some("Kim Lee".into()), contact: None };
        assert_eq!(then.done().events[0].body, Some(body));
        assert_eq!((house.state().marks.named, house.state().marks.contact), (house.state().head.seq, 0));
        let speaks = SetCustomer { language: Some("pl".into()), person_first: Some(true), ..SetCustomer::default() };
        let then = house.when(Actor::agent(ANA), set(speaks.clone()));
        assert_eq!(then.done().events[0].body, None);
        assert_eq!((house.state().language.as_str(), house.state().person_first), ("pl", true));
        house.when(Actor::agent(ANA), set(speaks)).then(&[]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut house = given_held();
        for (command, field) in [
            (SetCustomer { name: Some("x".repeat(81)), ..SetCustomer::default() }, "name"),
            (SetCustomer { name: Some("a\u{7}".into()), ..SetCustomer::default() }, "name"),
            (SetCustomer { contact: Some("x".repeat(201)), ..SetCustomer::default() }, "contact"),
            (SetCustomer { language: Some("e n".into()), ..SetCustomer::default() }, "language"),
        ] {
            house.when(Actor::agent(ANA), set(command)).refused(&Refusal::Field(field));
        }
    }

    #[test]
    fn who_wants_a_person_first_gets_one_in_the_next_episode_if_one_is_there() {
        for (settings, queue) in [(desk(), true), (closed(desk()), false)] {
            let mut house = given_closed();
            house.settings = settings.into();
            let first = SetCustomer { person_first: Some(true), ..SetCustomer::default() };
            house.when(Actor::agent(ANA), set(first)).then(&["customer-set"]);
            house.when_customer_writes("one more thing").done();
            assert_eq!(matches!(house.state().own.holder, Holder::Queue { .. }), queue);
            assert_eq!(matches!(house.state().own.holder, Holder::Bot { .. }), !queue);
        }
    }

    #[test]
    fn a_known_customer_is_written_down_once() {
        let mut house = given_bot();
        let person = PersonId(Uuid::from_u128(77));
        let identity = Identity { sub: Some("u-1".into()), name: Some("Kim".into()), ..Identity::default() };
        let command = || Command::Identify(Identify { person, identity: identity.clone() });
        house.when(Actor::CUSTOMER, command()).then(&["identified"]);
        assert_eq!((house.state().person, house.state().known), (person, true));
        house.when(Actor::CUSTOMER, command()).then(&[]);
        let other = Identify { person: PersonId(Uuid::from_u128(78)), identity: Identity::default() };
        house.when(Actor::agent(ANA), Command::Identify(other)).then(&["identified"]);
        assert_eq!(house.state().person, PersonId(Uuid::from_u128(78)));
    }
}
