//! Who got which chat: never two agents, never over capacity, the oldest of the highest priority first, nobody left
//! waiting beside a free agent; and presence is what the agent set and whether their screen is there.

use super::Findings;
use super::model::Model;
use crate::sim::evidence::Evidence;
use crate::sim::journal::What;
use crate::sim::settings;
use baton_core::actor::Who;
use baton_core::event::{Fact, PresenceBy, Stream};
use baton_core::ids::{AgentId, ConversationId, Ms, OfferId};
use baton_core::limits;
use baton_core::ownership::{Holder, Line};
use std::collections::{BTreeMap, BTreeSet};

/// Whoever let an offer pass is asked again after this at the latest; with as much again for slow calls and lost wishes.
const ASKED_AGAIN: Ms = limits::OFFER + 30_000 + 60_000;

/// Seats of each agent: one chat, one agent; never more than there are.
pub(crate) fn seats(evidence: &Evidence, findings: &mut Findings) {
    let capacity: BTreeMap<AgentId, u64> =
        (0..=evidence.plan.agents).map(|number| (settings::agent(number), settings::capacity(number))).collect();
    let mut seats: BTreeMap<AgentId, BTreeSet<ConversationId>> = BTreeMap::new();
    let mut offers: BTreeMap<AgentId, BTreeMap<OfferId, ConversationId>> = BTreeMap::new();
    let mut holders: BTreeMap<ConversationId, Holder> = BTreeMap::new();
    let mut by_commit = evidence.log.chunk_by(|a, b| a.commit == b.commit);
    for events in &mut by_commit {
        for event in events {
            match (event.header.stream, &event.header.fact) {
                (Stream::Conversation(id), Fact::HolderSet(set)) => {
                    holders.insert(id, set.holder.clone());
                }
                (Stream::Agent(agent), fact) => {
                    let (seats, offers) = (seats.entry(agent).or_default(), offers.entry(agent).or_default());
                    let before = seats.len() + offers.values().filter(|chat| !seats.contains(chat)).count();
                    match fact {
                        Fact::SeatTaken(fact) => drop(seats.insert(fact.conversation)),
                        Fact::SeatFreed(fact) => drop(seats.remove(&fact.conversation)),
                        Fact::Offered(fact) => drop(offers.insert(fact.offer, fact.conversation)),
                        Fact::OfferEnded(fact) => drop(offers.remove(&fact.offer)),
                        _ => {}
                    }
                    let load = seats.len() + offers.values().filter(|chat| !seats.contains(chat)).count();
                    let most = capacity.get(&agent).copied().unwrap_or(0) as usize;
                    // A chat that was lent comes back to its seat; what is taken away frees one.
                    findings.hold("fair_assignment", load <= most || load <= before, || {
                        format!("{agent} has {load} of {most} chats after {}", event.header.seq)
                    });
                }
                _ => {}
            }
        }
        // After each commit, seats and holders say the same.
        let mut sitting: BTreeMap<ConversationId, AgentId> = BTreeMap::new();
        for (agent, chats) in &seats {
            for chat in chats {
                let twice = sitting.insert(*chat, *agent);
                findings
                    .hold("fair_assignment", twice.is_none(), || format!("{chat} has two agents: {agent}, {twice:?}"));
            }
        }
        for event in events {
            let Some(id) = event.conversation() else { continue };
            let held = holders.get(&id).and_then(Holder::seat);
            findings.hold("fair_assignment", held == sitting.get(&id).copied(), || {
                format!("{id} {}: held for {held:?}, the seat is {:?}", event.header.seq, sitting.get(&id))
            });
        }
    }
}

/// When each agent was surely there: from a sign of life that was done, for the span of a lease.
fn there(evidence: &Evidence) -> BTreeMap<AgentId, Vec<(Ms, Ms)>> {
    let mut out: BTreeMap<AgentId, Vec<(Ms, Ms)>> = BTreeMap::new();
    for line in &evidence.lines {
        if let What::Alive { agent, sent } = line.what {
            out.entry(agent).or_default().push((sent, line.at));
        }
    }
    out
}

/// A chat that waits while somebody who may take it is free, wants work and is there.
pub(crate) fn turns(evidence: &Evidence, findings: &mut Findings) {
    struct Waiting {
        key: (u8, Ms, ConversationId),
        /// Since when it waits without an offer, in passing time.
        since: Ms,
    }
    #[derive(Default)]
    struct Desk {
        available: bool,
        seats: BTreeSet<ConversationId>,
        offers: BTreeMap<OfferId, ConversationId>,
        /// Since when this agent was free without a break, in passing time.
        free: Option<Ms>,
    }
    let mut models: BTreeMap<ConversationId, Model> = BTreeMap::new();
    let mut waiting: BTreeMap<ConversationId, Waiting> = BTreeMap::new();
    let mut desks: BTreeMap<AgentId, Desk> = BTreeMap::new();
    let mut offered: BTreeSet<ConversationId> = BTreeSet::new();
    let mut alive: BTreeMap<AgentId, Ms> = BTreeMap::new();
    // Signs of life, deaths and events in the order of passing time.
    let mut lives: Vec<(Ms, Option<AgentId>)> = Vec::new();
    for line in &evidence.lines {
        match line.what {
            What::Alive { agent, .. } => lives.push((line.real, Some(agent))),
            // After a death or a jump of the clock everybody begins anew.
            What::Died | What::Woke | What::ClockSet { .. } => lives.push((line.real, None)),
            _ => {}
        }
    }
    let mut next = 0;
    let end = evidence.lines.last().map_or(0, |line| line.real);
    for event in &evidence.log {
        if event.real > end {
            break;
        }
        while let Some((at, who)) = lives.get(next).filter(|(at, _)| *at <= event.real) {
            match who {
                Some(agent) => {
                    let before = alive.insert(*agent, *at);
                    // A break in the signs of life: was away.
                    if before.is_none_or(|before| at - before > 25_000)
                        && let Some(desk) = desks.get_mut(agent)
                    {
                        desk.free = desk.free.map(|_| *at);
                    }
                }
                None => {
                    alive.clear();
                    desks.values_mut().for_each(|desk| desk.free = desk.free.map(|_| *at));
                    waiting.values_mut().for_each(|chat| chat.since = *at);
                }
            }
            next += 1;
        }
        match (event.header.stream, &event.header.fact) {
            (Stream::Conversation(id), fact) => {
                let model = models.entry(id).or_default();
                model.apply(&event.header);
                match fact {
                    Fact::Offered(_) => drop(offered.insert(id)),
                    Fact::OfferEnded(_) | Fact::HolderSet(_) => drop(offered.remove(&id)),
                    _ => {}
                }
                match (&model.holder, model.waits() && !offered.contains(&id)) {
                    (Some(Holder::Queue { line: Line::Live, priority, since, .. }), true) => {
                        let key = (9 - priority.min(&9), *since, id);
                        let entry = waiting.entry(id).or_insert(Waiting { key, since: event.real });
                        if entry.key != key {
                            *entry = Waiting { key, since: event.real };
                        }
                    }
                    _ => drop(waiting.remove(&id)),
                }
            }
            (Stream::Agent(agent), fact) => {
                let desk = desks.entry(agent).or_default();
                match fact {
                    Fact::PresenceSet(fact) => desk.available = fact.available,
                    Fact::SeatTaken(fact) => drop(desk.seats.insert(fact.conversation)),
                    Fact::SeatFreed(fact) => drop(desk.seats.remove(&fact.conversation)),
                    Fact::Offered(fact) => drop(desk.offers.insert(fact.offer, fact.conversation)),
                    Fact::OfferEnded(fact) => drop(desk.offers.remove(&fact.offer)),
                    _ => {}
                }
                let capacity = (0..=evidence.plan.agents).find(|number| settings::agent(*number) == agent);
                let most = capacity.map_or(0, settings::capacity) as usize;
                let free = desk.available && desk.seats.len() + desk.offers.len() < most;
                desk.free = if free { desk.free.or(Some(event.real)) } else { None };
            }
            _ => {}
        }
        // Judged at each moment of the log, and only while people are there.
        for (agent, desk) in &desks {
            let Some(free) = desk.free else { continue };
            let here = alive.get(agent).is_some_and(|last| event.real - last <= 25_000);
            if !here {
                continue;
            }
            let longest = waiting.values().min_by_key(|chat| chat.key);
            if let Some(chat) = longest {
                let both = event.real - chat.since.max(free);
                findings.hold("fair_assignment", both <= ASKED_AGAIN, || {
                    format!("{} waits for {both} ms beside {agent}, who is free", chat.key.2)
                });
            }
        }
    }
    order(evidence, findings);
}

/// The router offers the oldest of the highest priority first: no chat is offered to somebody while one with a better
/// place has waited, without an offer, longer than anybody may be passed over.
fn order(evidence: &Evidence, findings: &mut Findings) {
    let mut models: BTreeMap<ConversationId, Model> = BTreeMap::new();
    let mut unoffered: BTreeMap<ConversationId, ((u8, Ms, ConversationId), Ms)> = BTreeMap::new();
    let mut restarts: Vec<Ms> = Vec::new();
    for line in &evidence.lines {
        if matches!(line.what, What::Died | What::Woke | What::ClockSet { .. }) {
            restarts.push(line.real);
        }
    }
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        if let (Fact::Offered(fact), Who::System { .. }) = (&event.header.fact, event.header.actor.who)
            && let Some((key, _)) = unoffered.get(&id).copied()
        {
            let better = unoffered.iter().find(|(_, (other, since))| {
                let began = restarts.iter().copied().filter(|at| *at <= event.real).fold(*since, Ms::max);
                *other < key && event.real - began > ASKED_AGAIN
            });
            findings.hold("fair_assignment", better.is_none(), || {
                format!("{id} was offered to {} before {better:?}", fact.to)
            });
        }
        let model = models.entry(id).or_default();
        model.apply(&event.header);
        match (&model.holder, &event.header.fact) {
            (_, Fact::Offered(_)) => drop(unoffered.remove(&id)),
            (Some(Holder::Queue { line: Line::Live, priority, since, .. }), _) => {
                let ended = matches!(event.header.fact, Fact::OfferEnded(_) | Fact::HolderSet(_));
                if ended {
                    unoffered.insert(id, ((9 - priority.min(&9), *since, id), event.real));
                }
            }
            _ => drop(unoffered.remove(&id)),
        }
    }
}

/// Presence is the agent's own word; work is offered by the router only where both the word and the screen are there.
pub(crate) fn presence(evidence: &Evidence, findings: &mut Findings) {
    let there = there(evidence);
    let mut available: BTreeMap<AgentId, bool> = BTreeMap::new();
    for event in &evidence.log {
        let Stream::Agent(agent) = event.header.stream else { continue };
        match &event.header.fact {
            Fact::PresenceSet(set) => {
                let own = event.header.actor.who == Who::Agent { id: agent } && set.by == PresenceBy::Own;
                let idle = set.by == PresenceBy::Idle && !set.available;
                findings.hold("presence", own || idle, || format!("{agent}: {set:?} by {:?}", event.header.actor));
                let before = available.insert(agent, set.available);
                findings.hold("presence", before != Some(set.available), || {
                    format!("{agent}: set as it was, without the agent's wish")
                });
            }
            Fact::Offered(fact) if fact.giver.is_none() => {
                findings.hold("presence", available.get(&agent) == Some(&true), || {
                    format!("{agent} was offered {} and had not said that they take work", fact.conversation)
                });
                let at = event.header.at;
                let seen = there.get(&agent).is_some_and(|signs| {
                    signs.iter().any(|(sent, done)| *sent <= at && at < done + limits::AGENT_LEASE)
                });
                findings.hold("presence", seen, || {
                    format!("{agent} was offered {} at {at} and their screen was not there", fact.conversation)
                });
            }
            _ => {}
        }
    }
}
