//! Who looks at a chat just now, so that two people do not answer at once. By the bus alone: never stored, and lost
//! without harm.

use crate::Engine;
use baton_core::ids::{AgentId, ConversationId};
use baton_core::ownership::{Guest, Holder};
use baton_core::permission::Permit;
use baton_kit::bus::Signal;

impl Engine {
    /// The agent of the permit opened this chat on a screen or left it. `ask`: whoever else has it open says so.
    pub fn view(&self, permit: &Permit, conversation: ConversationId, on: bool, ask: bool) {
        if let Some(agent) = permit.actor().acting_agent() {
            self.signal(Signal::Viewing { conversation, agent, on, ask });
        }
    }
}

/// Whether others are told that this agent has the chat open. Who only looks into a colleague's chat is not in anybody's
/// way, and stands in that colleague's log.
pub fn seen_by_others(state: &baton_core::conversation::Conversation, agent: AgentId) -> bool {
    match state.own.holder {
        Holder::Agent { agent: holder, .. } => {
            holder == agent
                || state.own.guests.contains(&Guest::Agent { id: agent })
                || state.own.offer.as_ref().is_some_and(|offer| offer.to == agent)
                || state.mentioned.contains_key(&agent)
        }
        _ => true,
    }
}
