//! Words of a conversation are erased. Whoever destroyed the keys says so here, so that everybody can read why nothing
//! stands there any more.

use super::Reply;
use super::moves::Moves;
use crate::event::{Audience, Erased, ErasedBy, Outcome, Why};
use crate::ids::Ms;
use crate::ownership::Holder;
use crate::refusal::Refusal;

impl Moves<'_> {
    /// Whether the customer was erased.
    pub(super) fn gone(&self) -> bool {
        self.state().is_ok_and(crate::conversation::Conversation::gone)
    }
}

/// By a rule nobody is torn out of a talk; with the customer an open one ends without a word, as nobody may read it.
pub(super) fn erase(m: &mut Moves<'_>, by: ErasedBy, upto: u64, kept: Option<Ms>) -> Result<Reply, Refusal> {
    let open = !m.state()?.closed();
    if by == ErasedBy::Customer && open {
        let closed = m.now();
        m.end_handover(Outcome::Abandoned);
        m.pass(Holder::Nobody { closed }, Why::Closed, None);
    }
    // What ended just now is erased, too.
    let upto = if by == ErasedBy::Customer { m.conv().head.seq } else { upto };
    m.push(Audience::People, Erased { by, upto, kept }, None);
    Ok(Reply::Done)
}

#[cfg(test)]
mod tests {
    use crate::actor::{Actor, Part};
    use crate::command::Command;
    use crate::common::*;
    use crate::event::ErasedBy;
    use crate::limits;
    use crate::refusal::Refusal;

    const BY_CUSTOMER: Command = Command::Erase { by: ErasedBy::Customer, upto: 0, kept: None };

    #[test]
    fn with_the_customer_an_open_chat_ends_without_a_word() {
        let mut house = given_held();
        house.when(Actor::system(Part::Setup), BY_CUSTOMER).then(&["holder-set", "agent:seat-freed", "erased"]);
        assert!(house.state().gone() && house.state().closed() && house.state().key.is_none());
        house.when(Actor::CUSTOMER, say("hello?", None)).refused(&Refusal::Erased);
        house.when(Actor::agent(ANA), Command::Reopen).refused(&Refusal::Erased);
        // The same again, as after a fall in between.
        house.when(Actor::system(Part::Setup), BY_CUSTOMER).then(&["erased"]);
    }

    #[test]
    fn a_rule_erases_what_closed_and_the_chat_goes_on_with_the_next_word() {
        let mut house = given_closed();
        assert!(house.state().kept.is_some());
        let upto = house.state().head.seq;
        house.when(Actor::system(Part::Setup), Command::Erase { by: ErasedBy::Rule { days: 30 }, upto, kept: None });
        assert_eq!((house.state().kept, house.state().gone()), (None, false));
        house.now += 40 * limits::DAY;
        house.when_customer_writes("hello again").done();
        assert!(!house.state().closed());
    }
}
