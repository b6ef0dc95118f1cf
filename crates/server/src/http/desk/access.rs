//! Who may read which conversation, and in which lists it stands for them.

use baton_core::conversation::Conversation;
use baton_core::ids::{AgentId, QueueId};
use baton_core::ownership::{Guest, Holder, Line, Pause};
use baton_core::settings::{Rank, Settings};
use baton_engine::RowData;

/// Who looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) agent: Option<AgentId>,
    pub(super) rank: Rank,
}

/// Where a conversation stands, as far as reading depends on it.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    holder: Holder,
    offered_to: Option<AgentId>,
    guests: Vec<Guest>,
    last_agent: Option<AgentId>,
    mentioned: Vec<AgentId>,
}

impl From<&RowData> for Standing {
    /// A row knows neither guests nor the last agent: whoever may read by it may read by the state too.
    fn from(data: &RowData) -> Self {
        let offered_to = data.offer.map(|(_, to, ..)| to);
        Self {
            holder: data.holder.clone(),
            offered_to,
            guests: Vec::new(),
            last_agent: None,
            mentioned: data.mentioned.clone(),
        }
    }
}

impl From<&Conversation> for Standing {
    fn from(state: &Conversation) -> Self {
        Self {
            holder: state.own.holder.clone(),
            offered_to: state.own.offer.as_ref().map(|offer| offer.to),
            guests: state.own.guests.clone(),
            last_agent: state.last_agent,
            mentioned: state.mentioned.keys().copied().collect(),
        }
    }
}

impl Reader {
    /// Supervisors and administrators see the whole team's chats.
    pub(super) fn sees_all(&self) -> bool {
        self.rank >= Rank::Supervisor
    }

    pub(super) fn sees_queue(&self, settings: &Settings, queue: QueueId) -> bool {
        match self.agent {
            _ if self.sees_all() => true,
            Some(agent) => settings.serves(agent, queue),
            None => settings.queues.get(&queue).is_some_and(|card| card.agents.is_empty()),
        }
    }

    /// The one rule: what an agent holds or held last, is offered or joined, what a note calls them to, what waits in their
    /// queues, and what a bot holds, so that they can take over.
    pub(super) fn may_read(&self, settings: &Settings, at: &Standing) -> bool {
        let me = |agent: Option<AgentId>| agent.is_some() && agent == self.agent;
        self.sees_all()
            || me(at.holder.seat())
            || me(at.offered_to)
            || me(at.last_agent)
            || self.agent.is_some_and(|id| at.guests.contains(&Guest::Agent { id }) || at.mentioned.contains(&id))
            || match &at.holder {
                Holder::Bot { .. } => true,
                Holder::Queue { queue, .. } => self.sees_queue(settings, *queue),
                _ => false,
            }
    }

    /// The lists of this reader in which it stands.
    pub(super) fn lists(&self, settings: &Settings, at: &Standing) -> Vec<&'static str> {
        if !self.may_read(settings, at) {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(3);
        if at.offered_to.is_some() && at.offered_to == self.agent {
            out.push("offered");
        }
        if self.agent.is_some() && at.holder.seat() == self.agent {
            let snoozed = matches!(at.holder, Holder::Agent { pause: Pause::Snoozed, .. });
            out.push(if snoozed { "snoozed" } else { "mine" });
        }
        match &at.holder {
            Holder::Queue { queue, line, .. } if self.sees_queue(settings, *queue) => {
                out.push(if *line == Line::Live { "waiting" } else { "messages" });
            }
            Holder::Bot { .. } => out.push("bot"),
            _ => {}
        }
        out.push(if matches!(at.holder, Holder::Nobody { .. }) { "closed" } else { "all" });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_core::settings::{AgentCard, Queue};
    use uuid::Uuid;

    fn agent(n: u128) -> AgentId {
        AgentId(Uuid::from_u128(n))
    }

    fn house() -> Settings {
        let mut settings = Settings::default();
        for n in [1, 2] {
            let card = AgentCard { name: n.to_string(), role: Rank::Agent, capacity: 4, active: true };
            settings.agents.insert(agent(n), card);
        }
        for (n, agents) in [(10, vec![]), (11, vec![agent(2)])] {
            let queue =
                Queue { name: n.to_string(), line: Line::Live, priority: 0, hours: None, most_waiting: 10, agents };
            settings.queues.insert(QueueId(Uuid::from_u128(n)), queue);
        }
        settings
    }

    fn at(holder: Holder) -> Standing {
        Standing { holder, offered_to: None, guests: Vec::new(), last_agent: None, mentioned: Vec::new() }
    }

    fn waits_in(n: u128) -> Holder {
        Holder::Queue { queue: QueueId(Uuid::from_u128(n)), line: Line::Live, since: 0, priority: 0, due: 0 }
    }

    #[test]
    fn an_agent_reads_their_queues_and_own_chats_and_not_a_colleagues() {
        let (house, me) = (house(), Reader { agent: Some(agent(1)), rank: Rank::Agent });
        assert_eq!(me.lists(&house, &at(waits_in(10))), ["waiting", "all"]);
        assert!(me.lists(&house, &at(waits_in(11))).is_empty());
        let holds = |n| Holder::Agent { agent: agent(n), pause: Pause::None };
        assert_eq!(me.lists(&house, &at(holds(1))), ["mine", "all"]);
        assert!(!me.may_read(&house, &at(holds(2))));
        let offered = Standing { offered_to: Some(agent(1)), ..at(holds(2)) };
        assert_eq!(me.lists(&house, &offered), ["offered", "all"]);
        let last = Standing { last_agent: Some(agent(1)), ..at(Holder::Nobody { closed: 1 }) };
        assert_eq!(me.lists(&house, &last), ["closed"]);
        let called = Standing { mentioned: vec![agent(1)], ..at(holds(2)) };
        assert_eq!(me.lists(&house, &called), ["all"], "a note that calls somebody opens the chat to them");
        let away = Holder::Agent { agent: agent(1), pause: Pause::Snoozed };
        assert_eq!(me.lists(&house, &at(away)), ["snoozed", "all"]);
    }

    #[test]
    fn a_supervisor_reads_everything() {
        let lead = Reader { agent: Some(agent(1)), rank: Rank::Supervisor };
        let other = at(Holder::Agent { agent: agent(2), pause: Pause::None });
        assert_eq!(lead.lists(&house(), &other), ["all"]);
        assert_eq!(lead.lists(&house(), &at(waits_in(11))), ["waiting", "all"]);
    }
}
