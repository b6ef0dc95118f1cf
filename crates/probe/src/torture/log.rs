//! The hub's own log, read through the public API after everything: the witness.

use super::journal::Received;
use super::world::World;
use crate::hub::As;
use crate::wire::{ChatEvent, ChatKind, digest, word};
use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

/// One conversation as the hub tells it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// What the customer sees.
    pub(crate) chat: Vec<Received>,
    /// Everything, as people see it.
    pub(crate) desk: Vec<Event>,
}

/// An event of the desk's log.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Event {
    pub(crate) seq: u64,
    #[serde(default)]
    pub(crate) position: Option<u64>,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) actor: Actor,
    #[serde(default)]
    pub(crate) baton: Option<u64>,
    #[serde(default)]
    pub(crate) fate: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<Uuid>,
    #[serde(default)]
    pub(crate) plain: Option<String>,
    #[serde(default)]
    pub(crate) facts: Value,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Actor {
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
}

impl Event {
    /// A fact that is a word, or an object with a `kind`.
    pub(crate) fn fact(&self, name: &str) -> &str {
        self.facts.get(name).and_then(word).unwrap_or_default()
    }

    /// A fact that is a text of its own.
    pub(crate) fn id(&self, name: &str) -> String {
        self.facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The customer saw it as words of somebody.
    pub(crate) fn shown(&self) -> bool {
        self.kind == "said" && matches!(self.fate.as_deref(), Some("shown" | "released" | "interrupted"))
    }

    pub(crate) fn said(&self) -> &str {
        self.plain.as_deref().unwrap_or_default()
    }
}

/// Reads all conversations of the journal.
pub(crate) async fn read_all(world: &Arc<World>) -> anyhow::Result<HashMap<Uuid, Log>> {
    let wanted: Vec<(Uuid, String)> =
        world.journal.pages().talks.iter().map(|(id, talk)| (*id, talk.token.clone())).collect();
    let seats = Arc::new(Semaphore::new(8));
    let mut reading = JoinSet::new();
    for (id, token) in wanted.into_iter().filter(|(_, token)| !token.is_empty()) {
        let (world, seats) = (world.clone(), seats.clone());
        reading.spawn(async move {
            let _seat = seats.acquire().await;
            (id, read(&world, id, &token).await)
        });
    }
    let mut logs = HashMap::new();
    while let Some(read) = reading.join_next().await {
        let (id, log) = read.context("reading the log back")?;
        logs.insert(id, log?);
    }
    Ok(logs)
}

async fn read(world: &World, id: Uuid, token: &str) -> anyhow::Result<Log> {
    #[derive(Deserialize)]
    struct ChatPage {
        events: Vec<Value>,
        cursor: String,
        more: bool,
    }
    #[derive(Deserialize)]
    struct DeskPage {
        events: Vec<Event>,
        more: bool,
    }
    let mut dice = world.dice.fork(id.as_u64_pair().1);
    let mut log = Log::default();
    let mut after = String::new();
    loop {
        let path = format!("/chat/v1/conversation/events?limit=500{after}");
        let answer = world.direct.call("GET", &path, As::Token(token), None, &mut dice).await?;
        // A conversation whose start was answered and that is gone is for the judge.
        if answer.status == 404 {
            return Ok(log);
        }
        let page: ChatPage = answer.read("reading the transcript back")?;
        for whole in &page.events {
            log.chat.push(received(whole)?);
        }
        if !page.more || page.events.is_empty() {
            break;
        }
        after = format!("&after={}", page.cursor);
    }
    loop {
        let after = log.desk.last().map_or(0, |event| event.seq);
        let path = format!("/api/v1/conversations/{id}/events?limit=500&after={after}");
        let answer = world.direct.call("GET", &path, world.as_key(), None, &mut dice).await?;
        if answer.status == 404 {
            return Ok(log);
        }
        let page: DeskPage = answer.read("reading the desk's log")?;
        let empty = page.events.is_empty();
        log.desk.extend(page.events);
        if !page.more || empty {
            return Ok(log);
        }
    }
}

fn received(whole: &Value) -> anyhow::Result<Received> {
    let event = ChatEvent::deserialize(whole).context("an event of the transcript")?;
    let plain = match event.kind {
        ChatKind::Message { plain, .. } => plain,
        _ => String::new(),
    };
    Ok(Received { position: event.position, digest: digest(whole), plain })
}

/// Reads when each agent was available, in the hub's time, from their own logs.
pub(crate) async fn read_presence(world: &World) -> anyhow::Result<()> {
    let mut dice = world.dice.fork(12);
    for agent in world.people.agents.iter().chain(&world.people.restless) {
        let mut presence = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/me/log?limit=200{cursor}");
            let answer = world.direct.call("GET", &path, world.as_agent(*agent), None, &mut dice).await?;
            let page: Value = answer.read("an agent's own log")?;
            let items = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
            for item in &items {
                let at = item.get("at").and_then(Value::as_i64);
                if let (Some(at), Some(available)) = (at, item.get("available").and_then(Value::as_bool)) {
                    presence.push((at, available));
                }
            }
            match page.get("cursor").and_then(Value::as_str) {
                Some(next) => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
        presence.sort_unstable();
        world.journal.agent(*agent, |page| page.presence = presence);
    }
    Ok(())
}
