//! Fills a hub by its public surface: many customers who write while they wait, and one conversation to be opened.

use crate::ambient::Dice;
use crate::hub::{As, Hub};
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Messages of one filling conversation.
const EACH: u64 = 250;
/// Customers who write at the same time.
const AT_ONCE: usize = 24;
/// Messages of one customer that are under way at the same time.
const UNDER_WAY: u64 = 32;
/// Events that a conversation has beside its messages: opened, greeted, asked, answered, told.
const AROUND: u64 = 8;

const WORDS: &[&str] = &[
    "parcel",
    "order",
    "invoice",
    "refund",
    "Refunds",
    "address",
    "Berlin",
    "Hamburg",
    "Lyon",
    "delivery",
    "tomorrow",
    "tent",
    "boots",
    "jacket",
    "size",
    "colour",
    "broken",
    "missing",
    "late",
    "thanks",
    "please",
    "number",
    "payment",
    "card",
    "gift",
    "return",
    "exchange",
    "warranty",
    "zip",
    "sole",
    "weight",
    "water",
    "proof",
    "pack",
    "stove",
    "gas",
    "map",
    "when",
    "where",
    "why",
    "still",
    "nothing",
    "arrived",
    "yesterday",
    "Monday",
    "Friday",
    "colleague",
    "account",
    "mail",
    "password",
];

/// What a customer writes.
fn sentence(dice: &mut Dice) -> String {
    let count = 5 + dice.below(9);
    let words: Vec<_> = (0..count).map(|_| WORDS[dice.below(WORDS.len() as u64) as usize]).collect();
    words.join(" ")
}

/// A conversation as its customer holds it.
pub(super) struct Customer {
    pub(super) conversation: Uuid,
    pub(super) token: String,
    pub(super) client: Uuid,
    pub(super) counter: u64,
}

impl Customer {
    pub(super) async fn start(hub: &Hub, name: &str, dice: &mut Dice) -> anyhow::Result<Self> {
        let client = dice.uuid();
        let body = json!({"inbox": "demo", "client": client, "language": "en", "name": name});
        let answer = hub.call("POST", "/chat/v1/conversations", As::Nobody, Some(&body), dice).await?;
        let started: Value = answer.read("starting a conversation")?;
        let text = |name: &str| started[name].as_str().context("the answer is not of the documented form");
        let (conversation, token) = (text("conversation")?.parse()?, text("token")?.to_owned());
        Ok(Self { conversation, token, client, counter: 0 })
    }

    pub(super) async fn ask_person(&self, hub: &Hub, dice: &mut Dice) -> anyhow::Result<()> {
        let path = "/chat/v1/conversation/person";
        hub.call("POST", path, As::Token(&self.token), Some(&json!({})), dice).await?.read::<Value>("asking")?;
        Ok(())
    }

    pub(super) async fn say(&mut self, hub: &Hub, text: &str, dice: &mut Dice) -> anyhow::Result<()> {
        self.counter += 1;
        let body = json!({"client": self.client, "counter": self.counter, "text": text});
        let path = "/chat/v1/conversation/messages";
        hub.call("POST", path, As::Token(&self.token), Some(&body), dice).await?.read::<Value>("saying")?;
        Ok(())
    }

    /// Many messages by the socket; comes back when all are acknowledged.
    async fn pour(&mut self, hub: &Hub, count: u64, dice: &mut Dice) -> anyhow::Result<()> {
        let (mut socket, _) = tokio_tungstenite::connect_async(hub.socket("/chat/v1/socket")).await?;
        let hello = json!({"type": "hello", "token": self.token, "client": self.client});
        socket.send(Message::text(hello.to_string())).await?;
        let (mut sent, mut acknowledged) = (0, 0);
        while acknowledged < count {
            while sent < count && sent - acknowledged < UNDER_WAY {
                sent += 1;
                let frame = json!({
                    "type": "send", "client": self.client, "counter": self.counter + sent, "text": sentence(dice),
                });
                socket.send(Message::text(frame.to_string())).await?;
            }
            let Some(message) = socket.next().await else { bail!("the hub closed the socket") };
            let Message::Text(text) = message? else { continue };
            // The frame's kind stands first or last; only acknowledgements are looked at.
            if text.contains("\"type\":\"ack\"") {
                acknowledged += 1;
            } else if text.contains("\"type\":\"refused\"") || text.contains("\"type\":\"error\"") {
                bail!("the hub refused a message: {text}");
            }
        }
        self.counter += count;
        socket.close(None).await?;
        Ok(())
    }
}

/// Fills the store up to about so many events. Returns how many were acknowledged.
pub(super) async fn fill(hub: &Hub, events: u64, dice: &Dice) -> anyhow::Result<u64> {
    let conversations = events.div_ceil(EACH + AROUND);
    let (done, next) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut pouring = JoinSet::new();
    for worker in 0..AT_ONCE {
        let (hub, done, next) = (hub.clone(), done.clone(), next.clone());
        let mut dice = dice.fork(worker as u64 + 100);
        pouring.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= conversations {
                    return anyhow::Ok(());
                }
                let mut customer = Customer::start(&hub, &format!("Customer {number}"), &mut dice).await?;
                customer.ask_person(&hub, &mut dice).await?;
                customer.pour(&hub, EACH, &mut dice).await?;
                let all = done.fetch_add(EACH + AROUND, Ordering::Relaxed);
                if (all / 100_000) != (all + EACH + AROUND) / 100_000 {
                    eprintln!("bench: {all} of {events} events");
                }
            }
        });
    }
    while let Some(ended) = pouring.join_next().await {
        ended.context("a customer")??;
    }
    Ok(done.load(Ordering::Relaxed))
}
