//! Whom the run is about: inboxes, queues, a bot, a target and agents, set up through the public administration API, and
//! what all who play share.

use super::bot::Bot;
use super::journal::Journal;
use super::proxy::Proxy;
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use anyhow::Context;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// The secret between the hub and what stands outside.
pub(crate) const SECRET: &str = "torture shares this with nobody else";
/// A bot that says nothing has failed after this.
pub(crate) const BOT_LIMIT: u64 = 2_500;
/// A target has this long to answer an opening.
pub(crate) const OPENING: u64 = 4_000;
/// Accounts that come and go.
const RESTLESS: usize = 4;
/// A request that the bad network swallowed is given up after this.
const HASTY: Duration = Duration::from_secs(10);

/// What all share.
pub(crate) struct World {
    pub(crate) journal: Arc<Journal>,
    /// Through the bad network.
    pub(crate) hub: Hub,
    /// Past it.
    pub(crate) direct: Hub,
    pub(crate) proxy: Proxy,
    /// An administrator's.
    pub(crate) key: String,
    /// One that may act for agents and no more.
    pub(crate) agent_key: String,
    pub(crate) dice: Dice,
    pub(crate) run: Uuid,
    pub(crate) bot: Arc<Bot>,
    pub(crate) people: People,
    /// Customers have gone: agents leave, too.
    pub(crate) ending: watch::Sender<bool>,
    /// No more new conversations.
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) acknowledged: AtomicU64,
    /// What was added to the hub's clock.
    pub(crate) ahead: Arc<AtomicI64>,
}

/// Ids of what was set up.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub(crate) agents: Vec<Uuid>,
    pub(crate) supervisor: Uuid,
    /// An account that may take from no line and sees nobody's chats.
    pub(crate) outsider: Uuid,
    /// Accounts that come and go all the time and serve no line.
    pub(crate) restless: Vec<Uuid>,
    pub(crate) queue: Uuid,
    pub(crate) second: Uuid,
    pub(crate) bot: Uuid,
    pub(crate) target: Uuid,
}

impl World {
    pub(crate) fn as_agent(&self, agent: Uuid) -> As<'_> {
        let key = if agent == self.people.supervisor { &self.key } else { &self.agent_key };
        As::Key { key, agent: Some(agent) }
    }

    pub(crate) fn as_key(&self) -> As<'_> {
        As::Key { key: &self.key, agent: None }
    }

    pub(crate) fn kept(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn ends(&self) -> bool {
        *self.ending.borrow()
    }
}

/// A client through the bad network.
pub(crate) fn hasty(address: &str) -> anyhow::Result<Hub> {
    Hub::hasty(address, HASTY)
}

/// A key that may act for agents and no more.
pub(crate) async fn agent_key(hub: &Hub, key: &str) -> anyhow::Result<String> {
    let body = json!({"name": "agents", "rank": "agent"});
    let who = As::Key { key, agent: None };
    let made = hub.call("POST", "/api/v1/keys", who, Some(&body), &mut Dice::new(2)).await?;
    let made: Value = made.read("making a key")?;
    made.get("key").and_then(Value::as_str).map(str::to_owned).context("an answer without a key")
}

/// Sets everything up on an empty hub.
pub(crate) async fn set_up(
    hub: &Hub,
    key: &str,
    agents: usize,
    capacity: u32,
    bot_url: &str,
    target_url: &str,
    journal: &Journal,
) -> anyhow::Result<People> {
    let mut dice = Dice::new(1);
    let mut make = async |what: &str, body: Value| -> anyhow::Result<Uuid> {
        let who = As::Key { key, agent: None };
        let path = format!("/api/v1/{what}");
        let made: Value = hub.call("POST", &path, who, Some(&body), &mut dice).await?.read(what)?;
        made.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).context("an answer without an id")
    };
    let mut people = People::default();
    for number in 0..agents {
        let name = format!("Agent {number}");
        let body = json!({"name": name, "mail": format!("agent-{number}@torture.invalid"), "role": "agent", "capacity": capacity});
        let id = make("agents", body).await?;
        people.agents.push(id);
        journal.agent(id, |page| (page.name, page.serves, page.capacity) = (name, true, capacity));
    }
    for (name, role) in [("Supervisor", "supervisor"), ("Outsider", "agent")] {
        let body = json!({"name": name, "mail": format!("{name}@torture.invalid"), "role": role, "capacity": 50});
        let id = make("agents", body).await?;
        journal.agent(id, |page| (page.name, page.capacity) = (name.to_owned(), 50));
        *(if role == "agent" { &mut people.outsider } else { &mut people.supervisor }) = id;
    }
    for number in 0..RESTLESS {
        let name = format!("Restless {number}");
        let body = json!({"name": name, "mail": format!("restless-{number}@torture.invalid"), "role": "agent"});
        let id = make("agents", body).await?;
        people.restless.push(id);
        journal.agent(id, |page| page.name = name);
    }
    let queue = |name: &str, line: &str| json!({"card": {"name": name, "line": line, "agents": people.agents.clone()}});
    let (live, second, later) = (queue("Desk", "live"), queue("Second", "live"), queue("Messages", "later"));
    let (live, second, later) =
        (make("queues", live).await?, make("queues", second).await?, make("queues", later).await?);
    (people.queue, people.second) = (live, second);
    let bot = json!({
        "card": {"name": "Bot", "role": {"kind": "bot", "limit": BOT_LIMIT, "takes_brief": true}},
        "plugin": {"kind": "http", "url": bot_url, "secret": SECRET, "allow_private": true, "limit_ms": BOT_LIMIT},
    });
    people.bot = make("bots", bot).await?;
    let target = json!({
        "card": {"name": "Target", "opening": OPENING},
        "plugin": {"kind": "http", "url": target_url, "secret": SECRET, "allow_private": true,
            "can": {"history": "full", "says_human": true, "tells_place": true, "polls": false}},
    });
    people.target = make("targets", target).await?;
    let inbox = |slug: &str, destination: Value| {
        json!({"card": {
            "slug": slug, "name": slug, "bot": people.bot, "destination": destination, "fallback": live,
            "queues": [live, second], "later": later, "language": "en",
        }})
    };
    let (to_desk, to_target) = (
        inbox("to-desk", json!({"kind": "queue", "id": live})),
        inbox("to-target", json!({"kind": "target", "id": people.target})),
    );
    make("inboxes", to_desk).await?;
    make("inboxes", to_target).await?;
    Ok(people)
}
