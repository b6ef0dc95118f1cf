//! A hub under test with agents who hold customers' chats, made by its public surfaces.

use super::Options;
use super::load::Client;
use super::seed::Customer;
use crate::ambient::{Dice, fresh};
use crate::hub::{As, Hub, Launch, Process};
use anyhow::Context;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Requests under way at once while the stage is set.
const AT_ONCE: usize = 32;

/// A folder of this run alone: gone afterwards unless it is kept.
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
    keep: bool,
}

impl Scratch {
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let folder = options.keep.clone();
        let keep = folder.is_some();
        let folder = folder.unwrap_or_else(|| std::env::temp_dir().join(format!("baton-bench-{}", fresh())));
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, keep })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// How a hub under test is started: rates per caller are off, because all its callers come from one machine.
fn serving(folder: &Path, key_file: &Path, more: &[String]) -> anyhow::Result<Vec<String>> {
    let config = folder.join("bench.toml");
    std::fs::write(&config, "[limits]\nrates = \"off\"\n\n[log]\nfilter = \"warn\"\n")?;
    let text = |path: &Path| path.display().to_string();
    let mut all = vec!["--demo".into(), "--demo-key".into(), text(key_file), "--config".into(), text(&config)];
    all.extend_from_slice(more);
    Ok(all)
}

/// A hub of the bench's own.
pub(super) struct Stage {
    pub(super) process: Process,
    pub(super) hub: Hub,
    /// An administrator's.
    pub(super) key: String,
    pub(super) dice: Dice,
}

impl Stage {
    /// Starts the program under test on this folder.
    pub(super) async fn start(options: &Options, folder: &Path) -> anyhow::Result<Self> {
        Self::start_with(options, folder, &[]).await
    }

    /// The same with more on its command line.
    pub(super) async fn start_with(options: &Options, folder: &Path, more: &[String]) -> anyhow::Result<Self> {
        let mut dice = Dice::new(fresh().as_u64_pair().0);
        let key_file = folder.join("key");
        let launch =
            Launch { program: options.program()?, data: folder.join("data"), more: serving(folder, &key_file, more)? };
        let process = Process::start(launch, &mut dice).await?;
        let hub = Hub::new(process.address())?;
        let key = std::fs::read_to_string(&key_file).context("the hub wrote no key")?.trim().to_owned();
        Ok(Self { process, hub, key, dice })
    }

    /// Makes agents with so many seats each.
    pub(super) async fn agents(&mut self, count: usize, capacity: usize) -> anyhow::Result<Vec<Uuid>> {
        let admin = As::Key { key: &self.key, agent: None };
        let mut agents = Vec::with_capacity(count);
        for number in 0..count {
            let body = json!({
                "name": format!("Agent {number}"), "role": "agent", "capacity": capacity,
                "mail": format!("agent-{}@bench.invalid", fresh()),
            });
            let made = self.hub.call("POST", "/api/v1/agents", admin, Some(&body), &mut self.dice).await?;
            let made: Value = made.read("making an agent")?;
            agents.push(made["id"].as_str().context("the agent has no id")?.parse()?);
        }
        Ok(agents)
    }

    /// Makes customers whom the bot greets, or who wait for a person.
    pub(super) async fn open(&mut self, count: usize, waiting: bool) -> anyhow::Result<Vec<Customer>> {
        let hub = self.hub.clone();
        let dice = self.dice.fork(self.dice.clone().next());
        self.dice.next();
        many(count, &dice, move |number, mut dice| {
            let hub = hub.clone();
            async move {
                let customer = Customer::start(&hub, &format!("Customer {number}"), &mut dice).await?;
                if waiting {
                    customer.ask_person(&hub, &mut dice).await?;
                }
                Ok(customer)
            }
        })
        .await
    }

    /// Makes agents, customers whose chats they hold, and the sockets of both.
    pub(super) async fn lines(
        &mut self,
        customers: usize,
        agents: usize,
    ) -> anyhow::Result<(Vec<Client>, Vec<Client>)> {
        let agents = self.agents(agents, (customers / agents.max(1) + 10).min(1_000)).await?;
        let customers = self.held(customers, &agents).await?;
        let writing = customers.iter().map(|customer| self.customer_line(customer)).collect();
        let screen = |(number, agent): (usize, &Uuid)| {
            let held = customers.iter().skip(number).step_by(agents.len());
            let held: Vec<_> = held.map(|customer| customer.conversation).collect();
            self.agent_line(Some(*agent), &held)
        };
        Ok((writing, agents.iter().enumerate().map(screen).collect()))
    }

    /// An agent wants work.
    pub(super) async fn available(&mut self, agent: Uuid) -> anyhow::Result<()> {
        let who = As::Key { key: &self.key, agent: Some(agent) };
        let body = json!({"available": true});
        self.hub
            .call("PUT", "/api/v1/me/presence", who, Some(&body), &mut self.dice)
            .await?
            .read::<Value>("presence")?;
        Ok(())
    }

    /// Makes customers whose chats these agents hold, in turn. Comes back in order.
    pub(super) async fn held(&mut self, count: usize, agents: &[Uuid]) -> anyhow::Result<Vec<Customer>> {
        let (hub, key) = (self.hub.clone(), self.key.clone());
        let agents = agents.to_vec();
        many(count, &self.dice, move |number, mut dice| {
            let (hub, key, agents) = (hub.clone(), key.clone(), agents.clone());
            async move {
                let customer = Customer::start(&hub, &format!("Customer {number}"), &mut dice).await?;
                let agent = agents.get(number % agents.len().max(1)).copied();
                let path = format!("/api/v1/conversations/{}/take-over", customer.conversation);
                let who = As::Key { key: &key, agent };
                hub.call("POST", &path, who, Some(&json!({})), &mut dice).await?.read::<Value>("taking over")?;
                Ok(customer)
            }
        })
        .await
    }

    /// A customer's socket.
    pub(super) fn customer_line(&self, customer: &Customer) -> Client {
        let hello = json!({"type": "hello", "token": customer.token, "client": customer.client});
        Client {
            address: self.hub.socket("/chat/v1/socket"),
            hello: Some(hello.to_string()),
            then: Vec::new(),
            id: customer.client,
            counter: customer.counter,
        }
    }

    /// An agent's screen that has these chats open.
    pub(super) fn agent_line(&self, agent: Option<Uuid>, open: &[Uuid]) -> Client {
        let hello = json!({"type": "hello", "key": self.key, "agent": agent});
        let watch = |id: &Uuid| json!({"type": "watch", "conversation": id, "after": 0}).to_string();
        Client {
            address: self.hub.socket("/api/v1/stream"),
            hello: Some(hello.to_string()),
            then: open.iter().map(watch).collect(),
            id: Uuid::nil(),
            counter: 0,
        }
    }
}

/// Does something many times, some at once; the results in order.
pub(super) async fn many<T, F, R>(count: usize, dice: &Dice, each: F) -> anyhow::Result<Vec<T>>
where
    T: Send + 'static,
    F: Fn(usize, Dice) -> R,
    R: Future<Output = anyhow::Result<T>> + Send + 'static,
{
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut doing = JoinSet::new();
    for number in 0..count {
        let (seats, one) = (seats.clone(), each(number, dice.fork(number as u64 + 1)));
        doing.spawn(async move {
            let _seat = seats.acquire().await;
            one.await.map(|done| (number, done))
        });
    }
    let mut out = Vec::with_capacity(count);
    while let Some(ended) = doing.join_next().await {
        out.push(ended.context("a task")??);
    }
    out.sort_by_key(|(number, _)| *number);
    Ok(out.into_iter().map(|(_, done)| done).collect())
}
