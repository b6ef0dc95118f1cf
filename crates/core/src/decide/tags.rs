//! Tags: words that people put on a conversation, to find it again and to count.

use super::Reply;
use super::moves::Moves;
use crate::event::{Audience, Tagged};
use crate::ids::TagId;
use crate::limits;
use crate::refusal::Refusal;
use std::collections::BTreeSet;

/// Makes these the tags of the conversation, whoever holds it and also when it is closed.
pub(super) fn set(m: &mut Moves<'_>, tags: Vec<TagId>) -> Result<Reply, Refusal> {
    m.acting_agent()?;
    let old = &m.state()?.tags;
    let new: BTreeSet<TagId> = tags.into_iter().collect();
    if new.len() > limits::TAGS {
        return Err(Refusal::Field("tags"));
    }
    let add: Vec<TagId> = new.difference(old).copied().collect();
    let remove: Vec<TagId> = old.difference(&new).copied().collect();
    if add.iter().any(|tag| !m.settings().tags.contains_key(tag)) {
        return Err(Refusal::UnknownTag);
    }
    if !(add.is_empty() && remove.is_empty()) {
        m.push(Audience::People, Tagged { add, remove }, None);
    }
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::Actor;
    use crate::command::Command;
    use crate::common::*;
    use crate::ids::TagId;
    use crate::limits;
    use crate::refusal::Refusal;
    use uuid::Uuid;

    fn tags(tags: &[TagId]) -> Command {
        Command::SetTags { tags: tags.to_vec() }
    }

    #[test]
    fn what_changes_is_written_and_nothing_else() {
        let mut house = given_bot();
        house.when(Actor::agent(ANA), tags(&[REFUND, REFUND])).then(&["tagged"]);
        house.when(Actor::agent(BEN), tags(&[REFUND])).then(&[]);
        house.when(Actor::agent(BEN), tags(&[VIP])).then(&["tagged"]);
        assert_eq!(house.state().tags, [VIP].into());
        house.when(Actor::agent(BEN), tags(&[])).then(&["tagged"]);
        assert!(house.state().tags.is_empty());
    }

    #[test]
    fn a_closed_chat_can_be_tagged_and_keeps_its_tags_when_it_opens_again() {
        let mut house = given_closed();
        house.when(Actor::agent(ANA), tags(&[REFUND])).then(&["tagged"]);
        house.when_customer_writes("one more thing").done();
        assert_eq!(house.state().tags, [REFUND].into());
    }

    #[test]
    fn a_tag_must_be_known_unless_it_is_there_already_and_there_are_not_many() {
        let mut house = given_bot();
        house.when(Actor::agent(ANA), tags(&[TagId(Uuid::nil())])).refused(&Refusal::UnknownTag);
        house.when(Actor::CUSTOMER, tags(&[REFUND])).refused(&Refusal::NotAllowed);
        let many: Vec<TagId> = (0..=limits::TAGS as u128).map(|n| TagId(Uuid::from_u128(n))).collect();
        house.when(Actor::agent(ANA), tags(&many)).refused(&Refusal::Field("tags"));
        house.when(Actor::agent(ANA), tags(&[REFUND])).done();
        let mut settings = desk();
        settings.tags.remove(&REFUND);
        house.settings = settings.into();
        house.when(Actor::agent(ANA), tags(&[REFUND, VIP])).then(&["tagged"]);
    }
}
