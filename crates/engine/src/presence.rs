//! Reachability: a lease of 45 seconds after an agent's last sign of life, and when a key or pointer was last used.
//! What the agent *set* is in the log; both must hold before work is offered.

use crate::{Engine, Error};
use baton_core::actor::Part;
use baton_core::command::Command;
use baton_core::event::Object;
use baton_core::ids::{AgentId, Ms};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_kit::bus::Signal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

#[derive(Clone, Copy)]
struct Entry {
    until: Ms,
    active: Ms,
    told: bool,
}

/// Who is reachable.
#[derive(Default)]
pub struct Reach(Mutex<BTreeMap<AgentId, Entry>>);

impl Reach {
    fn with<T>(&self, f: impl FnOnce(&mut BTreeMap<AgentId, Entry>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the lease stands.
    pub fn reachable(&self, agent: AgentId, now: Ms) -> bool {
        self.with(|all| all.get(&agent).is_some_and(|entry| entry.until > now))
    }

    /// Milliseconds since the last key or pointer.
    pub(crate) fn idle(&self, agent: AgentId, now: Ms) -> Ms {
        self.with(|all| all.get(&agent).map_or(Ms::MAX, |entry| now - entry.active))
    }

    /// Renews the lease; true: the agent was not reachable before.
    pub(crate) fn renew(&self, agent: AgentId, now: Ms) -> bool {
        self.with(|all| {
            let entry = all.entry(agent).or_insert(Entry { until: 0, active: now, told: false });
            let before = entry.until > now;
            // Somebody who comes back has touched something.
            if !before {
                entry.active = now;
            }
            (entry.until, entry.told) = (now + limits::AGENT_LEASE, false);
            !before
        })
    }

    pub(crate) fn touch(&self, agent: AgentId, now: Ms) {
        self.with(|all| {
            if let Some(entry) = all.get_mut(&agent) {
                entry.active = now;
            }
        });
    }

    fn known(&self, agent: AgentId, until: Ms, active: Ms) {
        self.with(|all| all.insert(agent, Entry { until, active, told: false }));
    }

    /// Agents whose lease just ended (once each), and those whose grace is over too.
    fn swept(&self, now: Ms) -> (Vec<AgentId>, Vec<AgentId>) {
        self.with(|all| {
            let mut ended = Vec::new();
            let mut lost = Vec::new();
            for (agent, entry) in all.iter_mut() {
                if entry.until <= now && !entry.told {
                    entry.told = true;
                    ended.push(*agent);
                }
                if entry.until + limits::AGENT_LOST <= now {
                    lost.push(*agent);
                }
            }
            (ended, lost)
        })
    }
}

impl Engine {
    pub(crate) async fn load_reach(&self) -> Result<(), Error> {
        let now = self.now();
        // Agents who hold chats but have no lease get the whole grace after a start: it may be our own fault.
        for agent in self.settings().agents.keys() {
            self.reach.known(*agent, now, now);
        }
        for (name, until) in self.store.leases("agent/").await? {
            if let Some(Ok(agent)) = name.strip_prefix("agent/").map(str::parse) {
                self.reach.known(agent, until.max(now), now);
            }
        }
        Ok(())
    }

    /// A key or pointer was used at this agent's desk.
    pub fn active(&self, agent: AgentId) {
        self.reach.touch(agent, self.now());
    }

    /// Who is reachable.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }
}

pub(crate) async fn run(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    let permit = Permit::system(Part::Timer);
    while !*stop.borrow() {
        let now = engine.now();
        let (ended, lost) = engine.reach.swept(now);
        for agent in ended {
            engine.signal(Signal::Reachable { agent });
            engine.wake.router.notify_one();
        }
        let config = engine.config();
        for agent in lost {
            // Nobody is behind the agents of the demo data: their chats stand as they were seeded.
            if config.get(Object::Agent, agent.0).is_some_and(|json| json["demo_data"] == true) {
                continue;
            }
            let Ok(state) = engine.agent_state(agent).await else { continue };
            for chat in state.seats {
                if let Err(error) = engine.execute(&permit, chat, Command::AgentLost { agent }).await {
                    tracing::warn!(%chat, %agent, %error, "a lost agent's chat could not be offered again yet");
                }
            }
        }
        if let Err(error) = engine.store.sweep_records(now).await {
            tracing::debug!(%error, "expired records stay a little longer");
        }
        tokio::select! {
            biased;
            () = engine.runtime.sleep_until(engine.now() + 5_000) => {}
            _ = stop.changed() => {}
        }
    }
}
