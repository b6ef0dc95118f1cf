//! One customer: starts a conversation, says its turns, waits for answers, asks for people, rates, and writes down
//! what it sees. A broken socket is opened again at the last cursor; what was not acknowledged is sent again under its
//! count.

use super::Stage;
use super::journal::{Ack, CustomerJournal, Received, Send};
use super::sabotage::Tap;
use crate::ambient::Dice;
use crate::hub::{As, pause};
use crate::script::{Conversation, Press, Turn};
use crate::wire::{ChatEvent, ChatFrame, ChatKind, ChatState, HolderKind, Problem, Speaker};
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

/// Silence of the hub after which a socket counts as broken.
const SILENCE: Duration = Duration::from_secs(45);
/// A broken line is tried again for so long.
const AWAY: Duration = Duration::from_secs(60);
/// An acknowledgement comes within this, or the line is opened anew.
const ACK: Duration = Duration::from_secs(15);
/// A greeting is given this long before the first turn.
const GREETING: Duration = Duration::from_millis(300);
/// Somebody who stands in a line writes on after this.
const IN_LINE: Duration = Duration::from_millis(250);
/// Half of them wait for somebody to come first, for so long.
const IN_LINE_QUIETLY: Duration = Duration::from_secs(20);
/// Nothing more is awaited from a bot that has said nothing for so long.
const SETTLING: Duration = Duration::from_millis(400);
/// The last events reach the socket within this.
const CATCH_UP: Duration = Duration::from_secs(20);
/// A customer whose bot was asked and says nothing gives up on that turn.
const ANSWER: Duration = Duration::from_secs(30);

/// In millionths: how often somebody does something besides talking.
const BY_POST: u64 = 60_000;
const LEAVES_LINE: u64 = 40_000;
const LEAVES_MESSAGE: u64 = 30_000;
const RATES: u64 = 800_000;

/// What is left when the customer has gone.
pub(crate) struct Played {
    pub(crate) journal: CustomerJournal,
    /// Reads the log back at the end.
    pub(crate) token: Option<String>,
}

/// Plays one conversation.
pub(crate) async fn play(stage: &Stage, script: Conversation, number: u64) -> Played {
    let mut dice = stage.dice.fork(number + 1);
    let client = dice.fork(stage.run.as_u64_pair().0).uuid();
    let tap = Tap::new(stage.sabotage, dice.fork(2));
    let mut journal = CustomerJournal::new(script.id.clone(), script.source, client, tap);
    let key = format!("replay-{}-{number}", stage.run);
    let started = match start(stage, &script, client, &key, &mut dice).await {
        Ok(started) => started,
        Err(error) => {
            journal.trouble = Some(format!("{error:#}"));
            return Played { journal, token: None };
        }
    };
    journal.conversation = Some(started.conversation);
    stage.board.enter(started.conversation, script.agent);
    let token = started.token;
    let quiet = stage.has_agents && dice.chance(500_000);
    let mut line = Line {
        stage,
        quiet,
        token: token.clone(),
        cursor: None,
        socket: None,
        state: started.state,
        journal,
        dice,
        last_seen: 0,
        word_at: 0,
        person_at: 0,
        decided: None,
    };
    if let Err(error) = line.converse(&script.turns).await {
        line.journal.trouble = Some(format!("{error:#}"));
        let left_at = line.last_seen;
        line.journal.seal(left_at);
    }
    stage.board.done(started.conversation);
    Played { journal: line.journal, token: Some(token) }
}

#[derive(Deserialize)]
struct Started {
    conversation: Uuid,
    token: String,
    state: ChatState,
}

async fn start(
    stage: &Stage,
    script: &Conversation,
    client: Uuid,
    key: &str,
    dice: &mut Dice,
) -> anyhow::Result<Started> {
    let mut body = json!({ "inbox": stage.inbox, "client": client, "key": key });
    if let Some(language) = &script.language {
        body["language"] = json!(language);
    }
    let answer = stage.hub.call("POST", "/chat/v1/conversations", As::Nobody, Some(&body), dice).await?;
    answer.read("starting a conversation")
}

/// What came while listening.
enum Heard {
    /// Something, already written down.
    Frame,
    /// The line broke and stands again.
    Again,
    /// Nothing within the bound.
    Silence,
}

struct Line<'a> {
    stage: &'a Stage,
    /// Says nothing while it stands in a line.
    quiet: bool,
    token: String,
    cursor: Option<String>,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    state: ChatState,
    journal: CustomerJournal,
    dice: Dice,
    /// The highest position that came.
    last_seen: u64,
    /// The highest position at which somebody else than the customer said something, or a notice stood.
    word_at: u64,
    /// The same of people alone.
    person_at: u64,
    /// The handover for which was already decided whether to stay in the line.
    decided: Option<Value>,
}

impl Line<'_> {
    async fn converse(&mut self, turns: &[Turn]) -> anyhow::Result<()> {
        self.listen_until(Instant::now() + GREETING, |line| line.word_at > 0).await?;
        for turn in turns {
            self.think(turn).await?;
            if self.dice.chance(self.stage.cuts) {
                self.cut();
            }
            match (&turn.text, turn.press) {
                (Some(text), _) => {
                    if let Some(position) = self.say(text).await? {
                        self.wait_for_word(position).await?;
                    }
                }
                (None, Some(Press::Person)) => {
                    let before = self.last_seen;
                    self.post("person", &json!({})).await?;
                    self.wait_for_word(before).await?;
                }
                (None, Some(Press::Withdraw)) => self.post("withdraw", &json!({})).await?,
                (None, None) => {}
            }
        }
        if let Some(conversation) = self.journal.conversation {
            self.stage.board.done(conversation);
        }
        self.wait_for_people().await?;
        self.rate().await?;
        self.leave().await
    }

    /// At a speed above 0 people need time to write.
    async fn think(&mut self, turn: &Turn) -> anyhow::Result<()> {
        if self.stage.speed <= 0.0 {
            return Ok(());
        }
        let typing = turn.text.as_ref().map_or(1.0, |text| 1.0 + 0.06 * text.chars().count() as f64);
        let span = turn.after.unwrap_or(typing).clamp(0.0, 3_600.0) / self.stage.speed;
        self.listen_until(Instant::now() + Duration::from_secs_f64(span), |_| false).await
    }

    /// Says it until it is acknowledged; the position, or nothing if the hub refused it.
    async fn say(&mut self, text: &str) -> anyhow::Result<Option<u64>> {
        let counter = self.journal.sends.iter().filter(|send| send.refused.is_none()).count() as u64 + 1;
        self.journal.sends.push(Send { counter, text: text.to_owned(), acks: Vec::new(), refused: None });
        if self.dice.chance(BY_POST) {
            self.say_by_post(counter, text).await?
        } else {
            self.say_by_socket(counter, text).await?
        }
        let Some(send) = self.journal.sends.last() else { return Ok(None) };
        match (send.acks.first(), &send.refused) {
            (Some(ack), _) => {
                let position = ack.position;
                self.stage.progress.send_modify(|acknowledged| *acknowledged += 1);
                Ok(Some(position))
            }
            (None, Some(code)) if code == "counter_gap" => bail!("count {counter} was refused: counter_gap"),
            (None, _) => Ok(None),
        }
    }

    async fn say_by_post(&mut self, counter: u64, text: &str) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Kept {
            position: u64,
            at: i64,
            message: Uuid,
        }
        let body = json!({ "client": self.journal.client, "counter": counter, "text": text });
        let path = "/chat/v1/conversation/messages";
        let answer = self.stage.hub.call("POST", path, As::Token(&self.token), Some(&body), &mut self.dice).await?;
        if answer.ok() {
            let Kept { position, at, message } = answer.read("saying something")?;
            self.journal.acknowledged(counter, Ack { position, at, message });
        } else {
            self.refused(counter, &answer.code());
        }
        Ok(())
    }

    async fn say_by_socket(&mut self, counter: u64, text: &str) -> anyhow::Result<()> {
        let frame = json!({ "type": "send", "client": self.journal.client, "counter": counter, "text": text });
        let give_up = Instant::now() + AWAY + ACK;
        loop {
            self.connected().await?;
            if let Some(socket) = &mut self.socket
                && socket.send(Message::text(frame.to_string())).await.is_err()
            {
                self.socket = None;
                continue;
            }
            let until = Instant::now() + ACK;
            loop {
                let send = self.journal.sends.last().context("a message is being sent")?;
                if !send.acks.is_empty() || send.refused.is_some() {
                    return Ok(());
                }
                match self.next(until).await? {
                    Heard::Frame => {}
                    Heard::Again => break,
                    Heard::Silence if Instant::now() > give_up => bail!("count {counter} was never acknowledged"),
                    Heard::Silence => {
                        self.cut();
                        break;
                    }
                }
            }
        }
    }

    fn refused(&mut self, counter: u64, code: &str) {
        if let Some(send) = self.journal.sends.iter_mut().rev().find(|send| send.counter == counter) {
            send.refused = Some(code.to_owned());
        }
    }

    /// Waits as long as the holder deserves it.
    async fn wait_for_word(&mut self, after: u64) -> anyhow::Result<()> {
        let from = Instant::now();
        loop {
            let (heard, bound) = match self.state.holder.kind {
                HolderKind::Agent => (self.person_at > after, ANSWER),
                HolderKind::Queue if self.quiet => (false, IN_LINE_QUIETLY),
                HolderKind::Queue => (self.word_at > after, IN_LINE),
                HolderKind::Later | HolderKind::Nobody => (self.word_at > after, IN_LINE),
                HolderKind::Bot | HolderKind::Target | HolderKind::Other => (self.word_at > after, ANSWER),
            };
            if heard {
                break;
            }
            match self.next(from + bound).await? {
                Heard::Silence => {
                    let bot = matches!(self.state.holder.kind, HolderKind::Bot);
                    self.journal.unanswered += u32::from(bot);
                    break;
                }
                Heard::Frame | Heard::Again => {}
            }
        }
        self.stay_in_line().await
    }

    /// Once per handover: some leave the line, some leave a message.
    async fn stay_in_line(&mut self) -> anyhow::Result<()> {
        if self.state.holder.kind != HolderKind::Queue {
            return Ok(());
        }
        let handover = self.state.handover.as_ref().and_then(|handover| handover.get("id")).cloned();
        if handover.is_none() || handover == self.decided {
            return Ok(());
        }
        self.decided = handover;
        if self.dice.chance(LEAVES_LINE) {
            self.post("withdraw", &json!({})).await?;
        } else if self.dice.chance(LEAVES_MESSAGE) {
            self.post("message-left", &json!({})).await?;
        }
        Ok(())
    }

    /// Everything is said: whoever waits for people or has one stays until it is over.
    async fn wait_for_people(&mut self) -> anyhow::Result<()> {
        let give_up = Instant::now() + self.stage.patience;
        let mut settled = false;
        loop {
            self.refresh().await?;
            match self.state.holder.kind {
                // A bot that is still thinking may hand over.
                HolderKind::Bot if !settled => {
                    let before = self.last_seen;
                    self.listen_until(Instant::now() + SETTLING, |line| line.last_seen > before).await?;
                    settled = self.last_seen == before;
                    continue;
                }
                HolderKind::Bot | HolderKind::Later | HolderKind::Nobody | HolderKind::Other => return Ok(()),
                HolderKind::Queue if !self.stage.has_agents => {
                    let way = if self.dice.chance(500_000) { "withdraw" } else { "message-left" };
                    return self.post(way, &json!({})).await;
                }
                HolderKind::Queue | HolderKind::Agent | HolderKind::Target => {}
            }
            if Instant::now() > give_up {
                return Ok(());
            }
            let holder = self.state.holder.kind;
            let look_again = Instant::now() + Duration::from_secs(2);
            self.listen_until(look_again, |line| line.state.holder.kind != holder).await?;
        }
    }

    async fn rate(&mut self) -> anyhow::Result<()> {
        let Some(marks) = self.state.rating.clone() else { return Ok(()) };
        if !self.dice.chance(RATES) {
            return Ok(());
        }
        let answered = ["yes", "partly", "no"][self.dice.below(3) as usize];
        let agent = marks.agent_name.is_some().then(|| 1 + self.dice.below(5));
        let bot = marks.bot_name.is_some().then(|| 1 + self.dice.below(5));
        self.post("rating", &json!({ "answered": answered, "agent": agent, "bot": bot })).await
    }

    /// Stays until the socket has brought everything that the hub says there is.
    async fn leave(&mut self) -> anyhow::Result<()> {
        let give_up = Instant::now() + CATCH_UP;
        loop {
            self.refresh().await?;
            let last = self.state.last_position;
            self.listen_until(give_up, |line| line.last_seen >= last).await?;
            if self.last_seen == last || Instant::now() > give_up {
                self.journal.seal(last);
                self.socket = None;
                return Ok(());
            }
        }
    }

    /// A press of a button. The hub may refuse it, for instance because an agent was faster.
    async fn post(&mut self, what: &str, body: &Value) -> anyhow::Result<()> {
        let path = format!("/chat/v1/conversation/{what}");
        let answer = self.stage.hub.call("POST", &path, As::Token(&self.token), Some(body), &mut self.dice).await?;
        if answer.status >= 500 || answer.status == 404 || answer.status == 422 {
            bail!("{path}: {}", answer.code());
        }
        Ok(())
    }

    async fn refresh(&mut self) -> anyhow::Result<()> {
        let path = "/chat/v1/conversation";
        let answer = self.stage.hub.call("GET", path, As::Token(&self.token), None, &mut self.dice).await?;
        self.state = answer.read("reading the conversation's state")?;
        Ok(())
    }

    /// As when a phone loses its network.
    fn cut(&mut self) {
        if self.socket.take().is_some() {
            self.journal.cuts += 1;
        }
    }

    /// Listens until the moment, or until this holds.
    async fn listen_until(&mut self, until: Instant, enough: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        while !enough(self) {
            if let Heard::Silence = self.next(until).await? {
                break;
            }
        }
        Ok(())
    }

    /// The next frame, written down; heals the line if it is broken.
    async fn next(&mut self, until: Instant) -> anyhow::Result<Heard> {
        if self.connected().await? {
            return Ok(Heard::Again);
        }
        let Some(socket) = &mut self.socket else { return Ok(Heard::Again) };
        let silence = Instant::now() + SILENCE;
        match timeout_at(until.min(silence), socket.next()).await {
            Err(_) if silence <= until => {
                self.socket = None;
                Ok(Heard::Again)
            }
            Err(_) => Ok(Heard::Silence),
            Ok(Some(Ok(Message::Text(text)))) => {
                self.frame(&text)?;
                Ok(Heard::Frame)
            }
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => {
                self.socket = None;
                Ok(Heard::Again)
            }
            Ok(Some(Ok(_))) => Ok(Heard::Frame),
        }
    }

    fn frame(&mut self, text: &str) -> anyhow::Result<()> {
        let frame: ChatFrame = serde_json::from_str(text).context("a frame of the customer's socket")?;
        match frame {
            ChatFrame::Welcome { state } | ChatFrame::State { state } => self.state = state,
            ChatFrame::Event { event: whole, cursor } => {
                let event = ChatEvent::deserialize(&whole).context("an event at the customer's socket")?;
                self.cursor = Some(cursor);
                self.last_seen = self.last_seen.max(event.position);
                match &event.kind {
                    ChatKind::Message { by, .. } if by.kind != Speaker::Customer => {
                        self.word_at = self.word_at.max(event.position);
                        if matches!(by.kind, Speaker::Agent | Speaker::Target) {
                            self.person_at = self.person_at.max(event.position);
                        }
                    }
                    ChatKind::Notice { .. } | ChatKind::Closed => self.word_at = self.word_at.max(event.position),
                    _ => {}
                }
                self.journal.receive(Received::new(&event, &whole));
            }
            ChatFrame::Ack { client, counter, position, at, message } if client == self.journal.client => {
                self.journal.acknowledged(counter, Ack { position, at, message });
            }
            ChatFrame::Refused { client, counter, problem } if client == self.journal.client => {
                self.refused(counter, &problem.code);
            }
            ChatFrame::Error { problem } => self.told_off(&problem)?,
            ChatFrame::Ack { .. } | ChatFrame::Refused { .. } => bail!("the socket answered another client"),
            ChatFrame::Other => {}
        }
        Ok(())
    }

    fn told_off(&mut self, problem: &Problem) -> anyhow::Result<()> {
        self.socket = None;
        match problem.code.as_str() {
            "cursor_gone" => {
                self.cursor = None;
                self.journal.cursors_gone += 1;
            }
            "token_invalid" => bail!("the hub no longer takes the conversation's token"),
            _ => {}
        }
        Ok(())
    }

    /// Opens the line if it is not open; true if it had to.
    async fn connected(&mut self) -> anyhow::Result<bool> {
        if self.socket.is_some() {
            return Ok(false);
        }
        let give_up = Instant::now() + AWAY;
        let mut attempt = 0;
        loop {
            if attempt > 0 {
                if Instant::now() > give_up {
                    bail!("the socket could not be opened for {} s", AWAY.as_secs());
                }
                pause(attempt, &mut self.dice).await;
            }
            attempt += 1;
            let address = self.stage.hub.socket("/chat/v1/socket");
            let Ok(Ok((mut socket, _))) = timeout(Duration::from_secs(10), connect_async(address)).await else {
                continue;
            };
            let mut hello = json!({ "type": "hello", "token": self.token, "client": self.journal.client });
            if let Some(cursor) = &self.cursor {
                hello["after"] = json!(cursor);
            }
            if socket.send(Message::text(hello.to_string())).await.is_err() {
                continue;
            }
            let first = timeout(Duration::from_secs(10), socket.next()).await;
            let Ok(Some(Ok(Message::Text(text)))) = first else { continue };
            self.socket = Some(socket);
            self.frame(&text)?;
            if self.socket.is_some() {
                self.journal.reconnects += u32::from(self.cursor.is_some());
                return Ok(true);
            }
        }
    }
}
