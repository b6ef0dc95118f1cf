//! One customer: starts a conversation and plays a plot that the seed draws, over a network that breaks. What is not
//! acknowledged is sent again under its count; a broken socket is opened again at a cursor, now and then at an old one.

use super::journal::{Ack, By, Life, Press, Received};
use super::world::World;
use crate::ambient::Dice;
use crate::hub::{As, pause};
use crate::wire::{ChatEvent, ChatFrame, ChatKind, ChatState, HolderKind, Speaker, digest};
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// An acknowledgement comes within this, or the line is opened anew.
const ACK: Duration = Duration::from_secs(4);
/// What is not acknowledged by then never will be.
const AWAY: Duration = Duration::from_secs(75);
/// A line is opened within this, or the try is given up.
const OPENING: Duration = Duration::from_secs(8);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Plays one conversation to its end.
pub(crate) async fn play(world: &World, number: u64) {
    let mut dice = world.dice.fork(number.wrapping_mul(31) + 11);
    let client = dice.fork(world.run.as_u64_pair().0).uuid();
    let slug = if dice.chance(400_000) { "to-target" } else { "to-desk" };
    let key = format!("{}-{number}", world.run);
    match start(world, slug, client, &key, number, &mut dice).await {
        Ok((conversation, token, state)) => {
            let mut customer = Customer {
                world,
                dice,
                conversation,
                token,
                client,
                counter: 0,
                number,
                said: 0,
                socket: None,
                cursors: Vec::new(),
                last_seen: 0,
                person_at: 0,
                state,
                to_target: slug == "to-target",
            };
            if let Err(error) = customer.plot().await {
                world.journal.trouble(format!("customer {number}: {error:#}"));
            }
        }
        Err(error) => world.journal.trouble(format!("customer {number} could not start: {error:#}")),
    }
}

/// Starts it, up to three times at once under one key.
async fn start(
    world: &World,
    slug: &str,
    client: Uuid,
    key: &str,
    number: u64,
    dice: &mut Dice,
) -> anyhow::Result<(Uuid, String, ChatState)> {
    #[derive(Deserialize)]
    struct Started {
        conversation: Uuid,
        token: String,
        state: ChatState,
    }
    let body = json!({"inbox": slug, "client": client, "key": key, "name": format!("Customer {number}")});
    let times = 1 + dice.below(3);
    let tries = (0..times).map(|again| {
        let (body, mut dice) = (&body, dice.fork(again + 1));
        async move { world.hub.call("POST", "/chat/v1/conversations", As::Nobody, Some(body), &mut dice).await }
    });
    let mut first: Option<Started> = None;
    for answer in futures_util::future::join_all(tries).await {
        let Ok(answer) = answer else { continue };
        if let (Some(first), false) = (&first, answer.ok()) {
            // A repeat is answered as the first time.
            world.journal.talk(first.conversation, |talk| talk.started_as = Some(Uuid::nil()));
            continue;
        }
        let started: Started = answer.read("starting a conversation")?;
        match &first {
            Some(first) if first.conversation != started.conversation => {
                let other = started.conversation;
                world.journal.talk(first.conversation, |talk| talk.started_as = Some(other));
            }
            Some(_) => {}
            None => first = Some(started),
        }
    }
    let Started { conversation, token, state } = first.context("no start was answered")?;
    world.journal.talk(conversation, |talk| {
        (talk.number, talk.token, talk.starts) = (number, token.clone(), times as u32);
    });
    world.journal.deed(conversation, format!("customer {number} starts in {slug}, {times}× under one key"));
    Ok((conversation, token, state))
}

struct Customer<'a> {
    world: &'a World,
    dice: Dice,
    conversation: Uuid,
    token: String,
    client: Uuid,
    counter: u64,
    number: u64,
    said: u64,
    socket: Option<Socket>,
    /// Of each position that came, the cursor after it.
    cursors: Vec<(u64, String)>,
    last_seen: u64,
    /// The highest position at which a person or a target said something.
    person_at: u64,
    state: ChatState,
    to_target: bool,
}

impl Customer<'_> {
    async fn plot(&mut self) -> anyhow::Result<()> {
        for _ in 0..=self.dice.below(2) {
            let wish = ["", "", "two", "slow", "busy", "double", "old"][self.dice.below(7) as usize];
            self.say(wish).await?;
            self.listen(300 + self.dice.clone().below(500)).await?;
        }
        match self.dice.below(100) {
            0..=24 => self.late().await?,
            25..=42 => self.failing().await?,
            43..=84 => self.people().await?,
            85..=91 => self.message().await?,
            92..=95 => {
                self.say("person").await?;
                self.with_people().await?;
            }
            _ => {}
        }
        // Some go without a word; the others see everything first.
        if self.dice.chance(700_000) {
            self.catch_up().await?;
        }
        self.socket = None;
        Ok(())
    }

    /// The bot answers after the baton has passed.
    async fn late(&mut self) -> anyhow::Result<()> {
        self.say("late").await?;
        self.listen(150).await?;
        self.press().await;
        let posts = 1 + self.dice.below(3) as u32;
        let waits = self.dice.below(4) == 0;
        if waits {
            self.listen(700).await?;
        }
        self.world.bot.release(self.conversation, posts).await;
        self.listen(300).await?;
        if self.dice.chance(600_000) {
            // Back to the bot, which then answers under the old turn, too.
            self.post("withdraw").await;
            self.say("old").await?;
            self.listen(500).await?;
            self.say("old").await?;
            self.listen(500).await?;
            return Ok(());
        }
        self.with_people().await
    }

    /// The bot fails; people come.
    async fn failing(&mut self) -> anyhow::Result<()> {
        let wish = ["fail", "garbage", "silent"][self.dice.below(3) as usize];
        self.say(wish).await?;
        let until = Instant::now() + Duration::from_secs(8);
        while self.state.holder.kind == HolderKind::Bot && Instant::now() < until {
            self.listen(400).await?;
        }
        if self.dice.chance(500_000) {
            self.post("withdraw").await;
            self.say(wish).await?;
            self.listen(500).await?;
            return Ok(());
        }
        self.with_people().await
    }

    async fn people(&mut self) -> anyhow::Result<()> {
        self.press().await;
        if !self.to_target && self.dice.chance(120_000) {
            self.post("withdraw").await;
            self.say("").await?;
            return Ok(());
        }
        self.with_people().await
    }

    async fn message(&mut self) -> anyhow::Result<()> {
        self.press().await;
        self.post("message-left").await;
        self.listen(400).await
    }

    /// Waits for somebody and talks, two words at once now and then.
    async fn with_people(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_millis(5_000 + self.dice.below(7_000));
        let mut heard = 0;
        let mut words = 0;
        let most = if self.to_target { 4 + self.dice.below(5) } else { 1 + self.dice.below(5) };
        while Instant::now() < until && words < most && !self.world.ends() {
            match self.state.holder.kind {
                HolderKind::Agent | HolderKind::Target if self.person_at > heard => {
                    heard = self.person_at;
                    words += 1;
                    if self.dice.chance(300_000) {
                        self.say_swapped().await?;
                    } else {
                        self.say("").await?;
                    }
                    self.listen(200).await?;
                }
                HolderKind::Queue if self.dice.chance(150_000) => {
                    words += 1;
                    self.say("").await?;
                }
                HolderKind::Nobody => return Ok(()),
                _ => self.listen(350).await?,
            }
            if self.dice.chance(120_000) {
                self.world.journal.deed(self.conversation, "the customer's line breaks".into());
                self.socket = None;
                if self.dice.chance(500_000) {
                    let away = self.dice.below(900);
                    tokio::time::sleep(Duration::from_millis(away)).await;
                }
            }
        }
        Ok(())
    }

    /// Everything that the hub says there is.
    async fn catch_up(&mut self) -> anyhow::Result<()> {
        for _ in 0..20 {
            self.connected().await?;
            if self.last_seen >= self.state.last_position {
                return Ok(());
            }
            self.listen(300).await?;
        }
        Ok(())
    }

    fn text(&mut self, wish: &str) -> String {
        self.said += 1;
        let wish = if wish.is_empty() { String::new() } else { format!(" [{wish}]") };
        format!("word {}-{}{wish}", self.number, self.said)
    }

    /// Presses the button up to three times at once.
    async fn press(&mut self) {
        let times = if self.dice.chance(600_000) { 2 + self.dice.below(2) } else { 1 };
        let tries = (0..times).map(|number| {
            let (world, token) = (self.world, self.token.as_str());
            let mut dice = self.dice.fork(number + 77);
            let empty = json!({});
            async move {
                let sent = world.journal.now();
                let path = "/chat/v1/conversation/person";
                let answer = world.hub.call("POST", path, As::Token(token), Some(&empty), &mut dice).await;
                let kind = answer.ok().filter(crate::hub::Answer::ok);
                let kind = kind.and_then(|a| a.body.pointer("/answer/kind").and_then(Value::as_str).map(str::to_owned));
                Press { sent, answered: world.journal.now(), together: 0, answer: kind }
            }
        });
        let presses = futures_util::future::join_all(tries).await;
        let told: Vec<_> = presses.iter().map(|press| press.answer.as_deref().unwrap_or("no answer")).collect();
        self.world
            .journal
            .deed(self.conversation, format!("the button is pressed {times}× at once: {}", told.join(", ")));
        self.world.journal.talk(self.conversation, |talk| {
            talk.presses.extend(presses.into_iter().map(|press| Press { together: times as u32, ..press }));
        });
    }

    async fn post(&mut self, what: &str) {
        let path = format!("/chat/v1/conversation/{what}");
        let answer = self.world.hub.call("POST", &path, As::Token(&self.token), Some(&json!({})), &mut self.dice).await;
        let told = answer.map_or_else(|_| "no answer".to_owned(), |answer| answer.code());
        self.world.journal.deed(self.conversation, format!("{what}: {told}"));
    }

    /// Says something until it is acknowledged or refused, one to three times.
    async fn say(&mut self, wish: &str) -> anyhow::Result<()> {
        let text = self.text(wish);
        self.counter += 1;
        let counter = self.counter;
        self.world.journal.sends(self.conversation, By::Customer, self.client, counter, &text, false);
        self.until_taken(counter, &text).await
    }

    /// Says two things, the second of them first.
    async fn say_swapped(&mut self) -> anyhow::Result<()> {
        let (one, two) = (self.text(""), self.text(""));
        let (first, second) = (self.counter + 1, self.counter + 2);
        self.counter = second;
        for (counter, text) in [(first, &one), (second, &two)] {
            self.world.journal.sends(self.conversation, By::Customer, self.client, counter, text, false);
        }
        self.connected().await?;
        self.world.journal.tried(self.conversation, self.client, second, true);
        self.frame(second, &two).await;
        self.until_taken(first, &one).await?;
        self.until_taken(second, &two).await
    }

    async fn until_taken(&mut self, counter: u64, text: &str) -> anyhow::Result<()> {
        let give_up = Instant::now() + AWAY;
        let mut refusals = 0;
        loop {
            if Instant::now() > give_up {
                bail!("count {counter} was never acknowledged");
            }
            let times = [1, 1, 2, 3][self.dice.below(4) as usize];
            if self.dice.chance(250_000) {
                self.by_request(counter, text, times).await;
            } else {
                self.connected().await?;
                for _ in 0..times {
                    self.world.journal.tried(self.conversation, self.client, counter, false);
                    self.frame(counter, text).await;
                }
            }
            let until = Instant::now() + ACK;
            loop {
                match self.world.journal.fate_of(self.conversation, self.client, counter) {
                    (true, _) => return Ok(()),
                    (false, Some(code)) if code == "counter_gap" => {
                        // Its elder is not there yet: only possible where this one was sent first.
                        refusals += 1;
                        if refusals > 40 {
                            bail!("count {counter} is refused as a gap for good");
                        }
                        self.world.journal.talk(self.conversation, |talk| {
                            if let Some(sent) = talk.sends.iter_mut().rev().find(|sent| sent.counter == counter) {
                                sent.refused.clear();
                            }
                        });
                        break;
                    }
                    (false, Some(code)) if matches!(code.as_str(), "busy" | "rate_limited" | "store_full") => {
                        pause(3, &mut self.dice).await;
                        self.world.journal.talk(self.conversation, |talk| {
                            if let Some(sent) = talk.sends.iter_mut().rev().find(|sent| sent.counter == counter) {
                                sent.refused.clear();
                            }
                        });
                        break;
                    }
                    (false, Some(_)) => return Ok(()),
                    (false, None) => {}
                }
                if self.socket.is_none() {
                    break;
                }
                if !self.next(until).await? {
                    if Instant::now() >= until {
                        self.socket = None;
                    }
                    break;
                }
            }
        }
    }

    async fn by_request(&mut self, counter: u64, text: &str, times: u64) {
        let body = json!({"client": self.client, "counter": counter, "text": text});
        let tries = (0..times).map(|number| {
            let (world, token, body) = (self.world, self.token.as_str(), &body);
            let (conversation, client) = (self.conversation, self.client);
            let mut dice = self.dice.fork(number + 5);
            async move {
                world.journal.tried(conversation, client, counter, false);
                let path = "/chat/v1/conversation/messages";
                let Ok(answer) = world.hub.call("POST", path, As::Token(token), Some(body), &mut dice).await else {
                    return;
                };
                if answer.ok() {
                    acknowledged(world, conversation, client, counter, &answer.body);
                } else {
                    world.journal.refused(conversation, client, counter, answer.code());
                }
            }
        });
        futures_util::future::join_all(tries).await;
    }

    async fn frame(&mut self, counter: u64, text: &str) {
        let frame = json!({"type": "send", "client": self.client, "counter": counter, "text": text});
        if let Some(socket) = &mut self.socket
            && !matches!(timeout(OPENING, socket.send(Message::text(frame.to_string()))).await, Ok(Ok(())))
        {
            self.socket = None;
        }
    }

    /// Listens for so long.
    async fn listen(&mut self, milliseconds: u64) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_millis(milliseconds);
        while Instant::now() < until {
            self.connected().await?;
            self.next(until).await?;
        }
        Ok(())
    }

    /// Takes one frame. False: none came by then, or the line broke.
    async fn next(&mut self, until: Instant) -> anyhow::Result<bool> {
        let Some(socket) = &mut self.socket else { return Ok(false) };
        let Ok(read) = timeout_at(until, socket.next()).await else { return Ok(false) };
        match read {
            Some(Ok(Message::Text(text))) => {
                self.take(&text)?;
                Ok(self.socket.is_some())
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => {
                self.socket = None;
                Ok(false)
            }
            Some(Ok(_)) => Ok(true),
        }
    }

    fn take(&mut self, text: &str) -> anyhow::Result<()> {
        let frame: ChatFrame = serde_json::from_str(text).context("a frame of the chat's socket")?;
        match frame {
            ChatFrame::Welcome { state } => {
                let upto = state.last_position;
                self.state = state;
                self.world.journal.talk(self.conversation, |talk| {
                    if let Some(life) = talk.lives.last_mut() {
                        life.upto = upto;
                    }
                });
            }
            ChatFrame::State { state } => self.state = state,
            ChatFrame::Event { event, cursor } => {
                let seen = ChatEvent::deserialize(&event).context("an event of the chat")?;
                let mut plain = String::new();
                if let ChatKind::Message { by, plain: words, .. } = &seen.kind {
                    plain.clone_from(words);
                    if matches!(by.kind, Speaker::Agent | Speaker::Target) {
                        self.person_at = self.person_at.max(seen.position);
                    }
                }
                let received = Received { position: seen.position, digest: digest(&event), plain };
                self.world.journal.talk(self.conversation, |talk| {
                    if let Some(life) = talk.lives.last_mut() {
                        life.received.push(received);
                    }
                });
                self.last_seen = self.last_seen.max(seen.position);
                self.cursors.push((seen.position, cursor));
            }
            ChatFrame::Ack { client, counter, position, at, message } => {
                let body = json!({"position": position, "at": at, "message": message});
                acknowledged(self.world, self.conversation, client, counter, &body);
            }
            ChatFrame::Refused { client, counter, problem } => {
                self.world.journal.refused(self.conversation, client, counter, problem.code);
            }
            ChatFrame::Error { problem } => {
                self.socket = None;
                if problem.code == "cursor_gone" {
                    self.world.journal.trouble("a cursor was gone though nothing was restored".into());
                    self.cursors.clear();
                }
            }
            ChatFrame::Other => {}
        }
        Ok(())
    }

    /// Opens the line if it is broken, at the newest cursor or at an old one.
    async fn connected(&mut self) -> anyhow::Result<()> {
        let give_up = Instant::now() + AWAY;
        let mut attempt = 0;
        while self.socket.is_none() {
            if attempt > 0 {
                if Instant::now() > give_up {
                    bail!("the chat's socket could not be opened");
                }
                pause(attempt, &mut self.dice).await;
            }
            attempt += 1;
            let Ok(Ok((mut socket, _))) =
                timeout(OPENING, connect_async(self.world.hub.socket("/chat/v1/socket"))).await
            else {
                continue;
            };
            let old_cursor = self.cursors.len() > 2 && self.dice.chance(200_000);
            let cursor = if old_cursor {
                let at = self.dice.below(self.cursors.len() as u64) as usize;
                self.cursors.get(at).cloned()
            } else {
                self.cursors.iter().max_by_key(|(position, _)| *position).cloned()
            };
            let mut hello = json!({"type": "hello", "token": self.token, "client": self.client});
            if let Some((_, cursor)) = &cursor {
                hello["after"] = json!(cursor);
            }
            if !matches!(timeout(OPENING, socket.send(Message::text(hello.to_string()))).await, Ok(Ok(()))) {
                continue;
            }
            let Ok(Some(Ok(Message::Text(text)))) = timeout(OPENING, socket.next()).await else { continue };
            let after = cursor.map_or(0, |(position, _)| position);
            self.world.journal.talk(self.conversation, |talk| {
                talk.lives.push(Life { after, old_cursor, upto: 0, received: Vec::new() });
            });
            self.world.journal.deed(
                self.conversation,
                format!(
                    "the customer's socket opens after position {after}{}",
                    if old_cursor { ", an old one" } else { "" }
                ),
            );
            self.socket = Some(socket);
            self.take(&text)?;
        }
        Ok(())
    }
}

fn acknowledged(world: &World, conversation: Uuid, client: Uuid, counter: u64, body: &Value) {
    let number = |name: &str| body.get(name).and_then(Value::as_i64).unwrap_or(0);
    let message = body.get("message").and_then(Value::as_str).and_then(|id| id.parse().ok()).unwrap_or_default();
    let ack = Ack {
        at: world.journal.now(),
        seq: None,
        position: u64::try_from(number("position")).ok(),
        hub_at: number("at"),
        message,
    };
    if !world.journal.fate_of(conversation, client, counter).0 {
        world.kept();
    }
    world.journal.acknowledged(conversation, client, counter, ack);
}
