//! Who may do what: one pure function, and the [`Permit`] that only it can make. The engine's commands and queries take
//! a permit, so a route without a check does not compile.

use crate::actor::{Actor, Part, Who};
use crate::ids::{AgentId, ApiKeyId, ConnectionId, ConversationId};
use crate::refusal::Refusal;
use crate::settings::Rank;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A customer whose token names this conversation.
    Customer {
        /// The one conversation.
        conversation: ConversationId,
    },
    /// Somebody with a log-in.
    Person {
        /// Who.
        agent: AgentId,
        /// What they may.
        rank: Rank,
    },
    /// A program with an API key.
    Key {
        /// Which key.
        key: ApiKeyId,
        /// What it may.
        rank: Rank,
        /// The agent for whom it acts, and their rank.
        acts_for: Option<(AgentId, Rank)>,
    },
    /// A bot by its signed reply address.
    Bot {
        /// Which bot.
        connection: ConnectionId,
        /// The one conversation.
        conversation: ConversationId,
    },
    /// A target by its signed address.
    Target {
        /// Which target.
        connection: ConnectionId,
        /// The one conversation.
        conversation: ConversationId,
    },
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a conversation: anybody may.
    Start,
    /// Speak, ask, leave, rate as the customer of this conversation.
    Chat(ConversationId),
    /// Read a conversation at the desk.
    Read,
    /// Work in a conversation at the desk: what the holder may is core's to say.
    Work,
    /// Set one's own presence.
    Presence,
    /// Answer as a bot.
    Answer(ConversationId),
    /// Act as a target.
    Serve(ConversationId),
    /// Read the directory of people, queues, bots and targets.
    Directory,
    /// See how the whole team stands: board, handovers, reports, who looked at what; set its tags and saved replies.
    Supervise,
    /// Change settings.
    Administer,
    /// Look at what was taken out of a message.
    Reveal,
    /// Copy out everything that is kept of a person.
    Export,
    /// Erase a person for good.
    Erase,
}

impl Action {
    /// The rank from which on it is allowed; the same for all three of those who handle what is personal.
    fn is_personal(self) -> bool {
        matches!(self, Self::Reveal | Self::Export | Self::Erase)
    }
}

/// Proof that the permission function said yes, and as whom to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    conversation: Option<ConversationId>,
}

impl Permit {
    /// As whom.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The one conversation that it is good for, if it names one.
    pub fn conversation(&self) -> Option<ConversationId> {
        self.conversation
    }

    /// Baton's own parts: the router, timers, the outbox, set-up.
    pub fn system(part: Part) -> Self {
        Self { actor: Actor::system(part), conversation: None }
    }

    /// The plug-in worker reports what a bot answered, under a lease for this conversation.
    pub fn performed_for_bot(connection: ConnectionId, conversation: ConversationId) -> Self {
        Self { actor: Actor::bot(connection), conversation: Some(conversation) }
    }

    /// The plug-in worker reports what a target did, under a lease for this conversation.
    pub fn performed_for_target(connection: ConnectionId, conversation: ConversationId) -> Self {
        Self { actor: Actor::target(connection, None), conversation: Some(conversation) }
    }
}

/// The one function.
///
/// # Errors
/// [`Refusal::NotAllowed`], or [`Refusal::NotFound`] where even the existence is none of the subject's business.
pub fn permit(subject: &Subject, action: Action) -> Result<Permit, Refusal> {
    match (subject, action) {
        (Subject::Customer { conversation }, Action::Chat(asked)) => {
            if *conversation == asked {
                Ok(Permit { actor: Actor::CUSTOMER, conversation: Some(asked) })
            } else {
                Err(Refusal::NotFound)
            }
        }
        (Subject::Bot { connection, conversation }, Action::Answer(asked)) if *conversation == asked => {
            Ok(Permit { actor: Actor::bot(*connection), conversation: Some(asked) })
        }
        (Subject::Target { connection, conversation }, Action::Serve(asked)) if *conversation == asked => {
            Ok(Permit { actor: Actor::target(*connection, None), conversation: Some(asked) })
        }
        (_, Action::Start) => Ok(Permit { actor: Actor::CUSTOMER, conversation: None }),
        (Subject::Person { agent, .. }, Action::Read | Action::Work | Action::Presence | Action::Directory) => {
            Ok(Permit { actor: Actor::agent(*agent), conversation: None })
        }
        (Subject::Person { agent, rank: Rank::Supervisor | Rank::Administrator }, Action::Supervise) => {
            Ok(Permit { actor: Actor::agent(*agent), conversation: None })
        }
        (
            Subject::Key { key, acts_for: Some((agent, Rank::Supervisor | Rank::Administrator)), .. },
            Action::Supervise,
        ) => Ok(Permit {
            actor: Actor { who: Who::Integration { id: *key }, on_behalf: Some(*agent) },
            conversation: None,
        }),
        // A supervisor looks and copies; what cannot be undone is an administrator's.
        (Subject::Person { agent, rank }, personal) if personal.is_personal() => {
            let least = if personal == Action::Erase { Rank::Administrator } else { Rank::Supervisor };
            if *rank < least {
                return Err(Refusal::NotAllowed);
            }
            Ok(Permit { actor: Actor::agent(*agent), conversation: None })
        }
        (Subject::Key { key, rank, acts_for }, personal) if personal.is_personal() => {
            let least = if personal == Action::Erase { Rank::Administrator } else { Rank::Supervisor };
            // A key that acts for somebody may no more than they do.
            if acts_for.map_or(*rank, |(_, theirs)| theirs.min(*rank)) < least {
                return Err(Refusal::NotAllowed);
            }
            let on_behalf = acts_for.map(|(agent, _)| agent);
            Ok(Permit { actor: Actor { who: Who::Integration { id: *key }, on_behalf }, conversation: None })
        }
        (Subject::Person { agent, rank: Rank::Administrator }, Action::Administer) => {
            Ok(Permit { actor: Actor::agent(*agent), conversation: None })
        }
        (
            Subject::Key { key, acts_for: Some((agent, _)), .. },
            Action::Read | Action::Work | Action::Presence | Action::Directory,
        ) => Ok(Permit {
            actor: Actor { who: Who::Integration { id: *key }, on_behalf: Some(*agent) },
            conversation: None,
        }),
        (Subject::Key { key, acts_for: None, .. }, Action::Read | Action::Directory)
        | (Subject::Key { key, rank: Rank::Supervisor | Rank::Administrator, acts_for: None }, Action::Supervise)
        | (Subject::Key { key, rank: Rank::Administrator, .. }, Action::Administer) => {
            Ok(Permit { actor: Actor { who: Who::Integration { id: *key }, on_behalf: None }, conversation: None })
        }
        (Subject::Bot { .. } | Subject::Target { .. } | Subject::Customer { .. }, _) => Err(Refusal::NotFound),
        _ => Err(Refusal::NotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn chat(n: u128) -> ConversationId {
        ConversationId(Uuid::from_u128(n))
    }

    #[test]
    fn a_customer_reaches_one_conversation_and_does_not_learn_of_others() {
        let subject = Subject::Customer { conversation: chat(1) };
        assert!(permit(&subject, Action::Chat(chat(1))).is_ok());
        assert_eq!(permit(&subject, Action::Chat(chat(2))), Err(Refusal::NotFound));
        for action in [Action::Read, Action::Work, Action::Presence, Action::Administer, Action::Directory] {
            assert_eq!(permit(&subject, action), Err(Refusal::NotFound));
        }
    }

    #[test]
    fn supervisors_and_administrators_see_how_the_team_stands() {
        let agent = AgentId(Uuid::from_u128(3));
        for (rank, yes) in [(Rank::Agent, false), (Rank::Supervisor, true), (Rank::Administrator, true)] {
            assert_eq!(permit(&Subject::Person { agent, rank }, Action::Supervise).is_ok(), yes);
            let key = ApiKeyId(Uuid::from_u128(4));
            assert_eq!(permit(&Subject::Key { key, rank, acts_for: None }, Action::Supervise).is_ok(), yes);
            // A key that acts for somebody sees no more than they do.
            let for_one = Subject::Key { key, rank: Rank::Administrator, acts_for: Some((agent, rank)) };
            assert_eq!(permit(&for_one, Action::Supervise).is_ok(), yes);
        }
    }

    #[test]
    fn a_supervisor_looks_and_copies_and_only_an_administrator_erases() {
        let agent = AgentId(Uuid::from_u128(3));
        let key = ApiKeyId(Uuid::from_u128(4));
        for (rank, looks, erases) in
            [(Rank::Agent, false, false), (Rank::Supervisor, true, false), (Rank::Administrator, true, true)]
        {
            let for_one = Subject::Key { key, rank: Rank::Administrator, acts_for: Some((agent, rank)) };
            for subject in [Subject::Person { agent, rank }, Subject::Key { key, rank, acts_for: None }, for_one] {
                for (action, yes) in [(Action::Reveal, looks), (Action::Export, looks), (Action::Erase, erases)] {
                    assert_eq!(permit(&subject, action).is_ok(), yes, "{subject:?} {action:?}");
                }
            }
        }
        assert_eq!(permit(&Subject::Customer { conversation: chat(1) }, Action::Erase), Err(Refusal::NotFound));
    }

    #[test]
    fn only_an_administrator_changes_settings() {
        let agent = AgentId(Uuid::from_u128(3));
        for (rank, yes) in [(Rank::Agent, false), (Rank::Supervisor, false), (Rank::Administrator, true)] {
            assert_eq!(permit(&Subject::Person { agent, rank }, Action::Administer).is_ok(), yes);
            let key = Subject::Key { key: ApiKeyId(Uuid::from_u128(4)), rank, acts_for: None };
            assert_eq!(permit(&key, Action::Administer).is_ok(), yes);
            assert_eq!(permit(&key, Action::Work), Err(Refusal::NotAllowed));
        }
    }
}
