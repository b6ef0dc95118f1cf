//! One agent, played by the public agent API under an API key: accepts offers, answers, hands back with a brief,
//! closes, picks up messages that were left.

use super::Stage;
use super::journal::{Ack, AgentSend};
use crate::ambient::Dice;
use crate::hub::{Answer, As, pause};
use crate::script::{AgentMove, AgentPart};
use crate::wire::{DeskFrame, HolderKind, Row};
use anyhow::{Context, bail};
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Says that somebody sits there, as a key press would.
const ACTIVITY: Duration = Duration::from_secs(20);
/// Looks whether the stream forgot something.
const LOOK: Duration = Duration::from_secs(5);
/// After the last customer has gone.
const CLEARING_UP: Duration = Duration::from_secs(15);

/// An account that plays.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) index: usize,
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// Finds or makes the accounts that play.
pub(crate) async fn accounts(stage: &Stage, key: &str, count: usize) -> anyhow::Result<Vec<Account>> {
    let mut dice = stage.dice.fork(u64::MAX);
    let who = As::Key { key, agent: None };
    let known: Value =
        stage.hub.call("GET", "/api/v1/agents", who, None, &mut dice).await?.read("reading the agents")?;
    let known = ["items", "agents"].iter().find_map(|name| known.get(name)).unwrap_or(&known);
    let known: Vec<&Value> = known.as_array().into_iter().flatten().collect();
    let id_of = |agent: &Value| {
        let id = agent.get("id").or_else(|| agent.get("agent"));
        id.and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok())
    };
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let (name, mail) = (format!("Replay {}", index + 1), format!("replay-{}@replay.invalid", index + 1));
        let found = known.iter().find(|agent| agent.get("mail").and_then(Value::as_str) == Some(mail.as_str()));
        let id = match found.and_then(|agent| id_of(agent)) {
            Some(id) => id,
            None => {
                let body = json!({ "name": name, "mail": mail, "role": "agent", "capacity": stage.capacity });
                let made = stage.hub.call("POST", "/api/v1/agents", who, Some(&body), &mut dice).await?;
                let made: Value = made.read("making an agent")?;
                id_of(&made).context("making an agent: the answer has no id")?
            }
        };
        out.push(Account { index, id, name });
    }
    Ok(out)
}

/// Works until the stage is cleared.
pub(crate) async fn work(stage: &Stage, account: Account, key: String) {
    let dice = stage.dice.fork(1_000_000_007 + account.index as u64);
    let mut agent = Agent {
        client: dice.fork(stage.run.as_u64_pair().1).uuid(),
        stage,
        account,
        key,
        dice,
        cursor: None,
        counters: HashMap::new(),
        rows: HashMap::new(),
        stretches: HashMap::new(),
        hand_backs: HashMap::new(),
        todo: VecDeque::new(),
        queued: HashSet::new(),
        later: HashSet::new(),
        suspects: HashMap::new(),
    };
    if let Err(error) = agent.shift().await {
        let what = format!("{}: {error:#}", agent.account.name);
        stage.desk.note(|desk| desk.trouble.push(what));
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What the agent did since the conversation came.
#[derive(Default)]
struct Stretch {
    replies: u32,
    /// The seq of the last reply: a row from before it says nothing about what is unanswered.
    said_at: u64,
}

struct Agent<'a> {
    stage: &'a Stage,
    account: Account,
    key: String,
    client: Uuid,
    dice: Dice,
    cursor: Option<String>,
    counters: HashMap<Uuid, u64>,
    rows: HashMap<Uuid, Row>,
    stretches: HashMap<Uuid, Stretch>,
    hand_backs: HashMap<Uuid, u32>,
    todo: VecDeque<Uuid>,
    queued: HashSet<Uuid>,
    /// Refused a moment ago.
    later: HashSet<Uuid>,
    /// Rows that a list showed newer than the stream did.
    suspects: HashMap<Uuid, u64>,
}

impl Agent<'_> {
    async fn shift(&mut self) -> anyhow::Result<()> {
        self.set_presence(true).await?;
        let mut socket = self.connect().await?;
        let mut board = self.stage.board.watch();
        let mut ending = self.stage.ending.subscribe();
        let mut leaves_at: Option<Instant> = None;
        let (mut activity, mut look) = (Instant::now() + ACTIVITY, Instant::now() + LOOK);
        loop {
            // What came is read before anything is done, so that nothing is done on an old picture.
            while let Some(read) = socket.next().now_or_never() {
                if !self.take(read)? {
                    socket = self.reconnect().await?;
                }
            }
            if Instant::now() > activity {
                activity = Instant::now() + ACTIVITY;
                // If it fails, the next read shows it.
                let _ = socket.send(Message::text(json!({ "type": "activity" }).to_string())).await;
            }
            if Instant::now() > look {
                look = Instant::now() + LOOK;
                let again: Vec<Uuid> = self.later.drain().collect();
                again.into_iter().for_each(|id| self.queue(id));
                self.look().await?;
            }
            if *ending.borrow_and_update() {
                let leaves_at = *leaves_at.get_or_insert_with(|| Instant::now() + CLEARING_UP);
                if Instant::now() > leaves_at || (self.todo.is_empty() && self.nobody_waits().await?) {
                    return self.set_presence(false).await;
                }
            }
            if let Some(conversation) = self.todo.pop_front() {
                self.queued.remove(&conversation);
                self.act(conversation).await?;
                continue;
            }
            tokio::select! {
                read = socket.next() => if !self.take(read)? {
                    socket = self.reconnect().await?;
                },
                _ = board.changed() => self.look_at_own(),
                _ = ending.changed() => self.look_at_own(),
                () = tokio::time::sleep(Duration::from_millis(500)) => if *ending.borrow() {
                    self.look_at_own();
                },
            }
        }
    }

    /// Nothing is left to do for anybody: a bot may have handed over after its customer had gone.
    async fn nobody_waits(&mut self) -> anyhow::Result<bool> {
        let who = As::Key { key: &self.key, agent: Some(self.account.id) };
        let path = "/api/v1/conversations?list=mine&limit=1";
        let page: Value = self.stage.hub.call("GET", path, who, None, &mut self.dice).await?.read("reading a list")?;
        let count = |list: &str| page.pointer(&format!("/counts/{list}")).and_then(Value::as_u64).unwrap_or(0);
        Ok(["offered", "mine", "waiting", "messages"].into_iter().all(|list| count(list) == 0))
    }

    fn mine(&self, row: &Row) -> bool {
        row.state != "closed" && row.holder.kind == HolderKind::Agent && row.holder.id == Some(self.account.id)
    }

    fn look_at_own(&mut self) {
        let own: Vec<Uuid> = self.rows.values().filter(|row| self.mine(row)).map(|row| row.id).collect();
        own.into_iter().for_each(|id| self.queue(id));
    }

    fn queue(&mut self, id: Uuid) {
        if self.queued.insert(id) {
            self.todo.push_back(id);
        }
    }

    /// False: the line is broken.
    fn take(&mut self, read: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> anyhow::Result<bool> {
        match read {
            Some(Ok(Message::Text(text))) => self.frame(&text),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Ok(false),
            Some(Ok(_)) => Ok(true),
        }
    }

    fn frame(&mut self, text: &str) -> anyhow::Result<bool> {
        let frame: DeskFrame = serde_json::from_str(text).context("a frame of the desk's stream")?;
        match frame {
            DeskFrame::Welcome { cursor, snapshot } => {
                self.cursor = cursor.or_else(|| self.cursor.take());
                for row in snapshot.into_iter().flatten() {
                    self.learn(&row)?;
                }
            }
            DeskFrame::Row { row, cursor } => {
                self.cursor = cursor.or_else(|| self.cursor.take());
                self.learn(&row)?;
            }
            DeskFrame::Error { problem } => match problem.code.as_str() {
                "cursor_gone" => {
                    self.cursor = None;
                    return Ok(false);
                }
                "key_invalid" | "log_in_needed" => bail!("the desk's stream refused the key: {}", problem.code),
                _ => return Ok(false),
            },
            DeskFrame::Other => {}
        }
        Ok(true)
    }

    fn learn(&mut self, row: &Value) -> anyhow::Result<()> {
        let row = Row::deserialize(row).context("a row of the desk")?;
        let known = self.rows.get(&row.id).map_or(0, |known| known.seq);
        // The same seq again: an offer or a list may have changed without an event of the conversation.
        if row.seq < known {
            return Ok(());
        }
        let id = row.id;
        if row.state == "closed" || !self.concerns(&row) {
            self.stretches.remove(&id);
            self.rows.remove(&id);
            return Ok(());
        }
        self.rows.insert(id, row);
        self.queue(id);
        Ok(())
    }

    fn concerns(&self, row: &Row) -> bool {
        self.mine(row)
            || row.offer.as_ref().is_some_and(|offer| offer.to.id == self.account.id)
            || (row.holder.kind == HolderKind::Later && self.picks(row.id))
    }

    /// Two agents reach for each message, so that one of them comes too late.
    fn picks(&self, id: Uuid) -> bool {
        let agents = self.stage.agents.max(1);
        let first = id.as_u64_pair().1 as usize % agents;
        self.account.index == first || self.account.index == (first + 1) % agents
    }

    async fn act(&mut self, id: Uuid) -> anyhow::Result<()> {
        let Some(row) = self.rows.get(&id).cloned() else { return Ok(()) };
        if let Some(offer) = row.offer.as_ref().filter(|offer| offer.to.id == self.account.id) {
            let body = json!({ "offer": offer.id, "as_of": row.seq });
            let answer = self.post(id, "accept", &body).await?;
            self.stage.desk.note(|desk| if answer.ok() { desk.accepted += 1 } else { desk.too_late += 1 });
            return self.after(id, answer).await;
        }
        if self.mine(&row) {
            return self.serve(&row).await;
        }
        if row.holder.kind == HolderKind::Later && self.picks(id) {
            let answer = self.post(id, "pick", &json!({})).await?;
            self.stage.desk.note(|desk| if answer.ok() { desk.picked += 1 } else { desk.too_late += 1 });
            return self.after(id, answer).await;
        }
        Ok(())
    }

    async fn serve(&mut self, row: &Row) -> anyhow::Result<()> {
        let id = row.id;
        let (replies, said_at) = self.stretches.get(&id).map_or((0, 0), |stretch| (stretch.replies, stretch.said_at));
        let unanswered = row.unanswered_since.is_some() && row.seq > said_at;
        if (replies == 0 || unanswered) && !self.reply(row, replies + 1).await? {
            return Ok(());
        }
        let replies = self.stretches.get(&id).map_or(0, |stretch| stretch.replies);
        let done = self.stage.board.is_done(id) || *self.stage.ending.borrow();
        let given = self.hand_backs.get(&id).copied().unwrap_or(0);
        let part = self.part(id);
        let answer = match part.then {
            AgentMove::HandBack if replies >= part.replies && given == 0 => self.hand_back(id, replies).await?,
            _ if done => self.close(id).await?,
            AgentMove::Close if replies >= part.replies => self.close(id).await?,
            AgentMove::Stay | AgentMove::HandBack | AgentMove::Close => return Ok(()),
        };
        self.after(id, answer).await
    }

    /// What the file says, or a draw that is the same whoever the agent is.
    fn part(&self, id: Uuid) -> AgentPart {
        if let Some(part) = self.stage.board.part(id) {
            return part;
        }
        let (high, low) = id.as_u64_pair();
        let mut dice = self.stage.dice.fork(high ^ low);
        let then = match dice.below(10) {
            0..=2 => AgentMove::HandBack,
            3 | 4 => AgentMove::Close,
            _ => AgentMove::Stay,
        };
        AgentPart { replies: 1 + dice.below(2) as u32, then }
    }

    /// False: the hub said no.
    async fn reply(&mut self, row: &Row, number: u32) -> anyhow::Result<bool> {
        #[derive(Deserialize)]
        struct Kept {
            seq: u64,
            position: u64,
            at: i64,
            message: Uuid,
        }
        let id = row.id;
        let counter = self.counters.get(&id).copied().unwrap_or(0) + 1;
        let text = format!("{} here, answer {counter}.", self.account.name);
        let body = json!({ "client": self.client, "counter": counter, "text": text, "as_of": row.seq });
        let answer = self.post(id, "messages", &body).await?;
        if !answer.ok() {
            if answer.code() == "counter_gap" {
                let what = format!("{}: count {counter} was refused: counter_gap", self.account.name);
                self.stage.desk.note(|desk| desk.trouble.push(what));
            }
            self.after(id, answer).await?;
            return Ok(false);
        }
        let kept: Kept = answer.read("answering a customer")?;
        self.counters.insert(id, counter);
        self.stretches.insert(id, Stretch { replies: number, said_at: kept.seq });
        let ack = Ack { position: kept.position, at: kept.at, message: kept.message };
        let send = AgentSend { conversation: id, agent: self.account.index, counter, text, ack };
        self.stage.desk.note(|desk| desk.sends.push(send));
        Ok(true)
    }

    async fn close(&mut self, id: Uuid) -> anyhow::Result<Answer> {
        let body = json!({ "disposition": "answered", "wrap_up": "Answered in the chat." });
        let answer = self.post(id, "close", &body).await?;
        self.stage.desk.note(|desk| desk.closed += u64::from(answer.ok()));
        Ok(answer)
    }

    async fn hand_back(&mut self, id: Uuid, replies: u32) -> anyhow::Result<Answer> {
        let note = format!("{} gave {replies} answers; the rest is for the assistant.", self.account.name);
        let brief = json!({ "settled": [], "promised": [], "do_not_ask": ["order number"], "note": note });
        let answer = self.post(id, "hand-back", &json!({ "brief": brief })).await?;
        // Refused, too: a chat that went to and fro too often stays with people.
        *self.hand_backs.entry(id).or_default() += 1;
        self.stage.desk.note(|desk| desk.handed_back += u64::from(answer.ok()));
        Ok(answer)
    }

    async fn post(&mut self, id: Uuid, what: &str, body: &Value) -> anyhow::Result<Answer> {
        let who = As::Key { key: &self.key, agent: Some(self.account.id) };
        let path = format!("/api/v1/conversations/{id}/{what}");
        self.stage.hub.call("POST", &path, who, Some(body), &mut self.dice).await
    }

    /// Takes the picture that the answer brings; after a refusal asks for a fresh one.
    async fn after(&mut self, id: Uuid, answer: Answer) -> anyhow::Result<()> {
        if answer.ok() {
            if answer.body.get("seq").is_some() && answer.body.get("holder").is_some() {
                self.learn(&answer.body)?;
            }
            return Ok(());
        }
        self.stage.desk.note(|desk| desk.refused += 1);
        let known = self.rows.remove(&id).map_or(0, |row| row.seq);
        let who = As::Key { key: &self.key, agent: Some(self.account.id) };
        let fresh =
            self.stage.hub.call("GET", &format!("/api/v1/conversations/{id}"), who, None, &mut self.dice).await?;
        if !fresh.ok() {
            return Ok(());
        }
        let row = Row::deserialize(&fresh.body).context("a row of the desk")?;
        if self.mine(&row) {
            let moved = row.seq > known;
            self.rows.insert(id, row);
            // What was refused on this very picture would be refused again at once, for ever.
            if moved {
                self.queue(id);
            } else {
                self.later.insert(id);
            }
        }
        Ok(())
    }

    /// The lists tell what the stream may have forgotten. A row is believed to be forgotten if two looks in a row
    /// show it newer than the stream did.
    async fn look(&mut self) -> anyhow::Result<()> {
        let mut suspects = HashMap::new();
        for list in ["offered", "mine", "messages"] {
            let who = As::Key { key: &self.key, agent: Some(self.account.id) };
            let path = format!("/api/v1/conversations?list={list}&limit=200");
            let answer = self.stage.hub.call("GET", &path, who, None, &mut self.dice).await?;
            let page: Value = answer.read("reading a list")?;
            for row in page.get("items").and_then(Value::as_array).into_iter().flatten() {
                let seen = Row::deserialize(row).context("a row of the desk")?;
                if !self.concerns(&seen) || self.rows.get(&seen.id).is_some_and(|known| known.seq >= seen.seq) {
                    continue;
                }
                if self.suspects.get(&seen.id) == Some(&seen.seq) {
                    self.stage.desk.note(|desk| desk.found_by_asking += 1);
                    self.learn(row)?;
                } else {
                    suspects.insert(seen.id, seen.seq);
                }
            }
        }
        self.suspects = suspects;
        Ok(())
    }

    async fn set_presence(&mut self, available: bool) -> anyhow::Result<()> {
        let who = As::Key { key: &self.key, agent: Some(self.account.id) };
        let body = json!({ "available": available });
        let answer = self.stage.hub.call("PUT", "/api/v1/me/presence", who, Some(&body), &mut self.dice).await?;
        answer.read::<Value>("setting the presence").map(drop)
    }

    async fn reconnect(&mut self) -> anyhow::Result<Socket> {
        self.stage.desk.note(|desk| desk.reconnects += 1);
        self.connect().await
    }

    async fn connect(&mut self) -> anyhow::Result<Socket> {
        let give_up = Instant::now() + Duration::from_secs(60);
        let mut attempt = 0;
        loop {
            if attempt > 0 {
                if Instant::now() > give_up {
                    bail!("the desk's stream could not be opened");
                }
                pause(attempt, &mut self.dice).await;
            }
            attempt += 1;
            let address = self.stage.hub.socket("/api/v1/stream");
            let Ok(Ok((mut socket, _))) = timeout(Duration::from_secs(10), connect_async(address)).await else {
                continue;
            };
            let mut hello = json!({ "type": "hello", "key": self.key, "agent": self.account.id });
            if let Some(cursor) = &self.cursor {
                hello["after"] = json!(cursor);
            }
            if socket.send(Message::text(hello.to_string())).await.is_err() {
                continue;
            }
            let Ok(Some(Ok(Message::Text(text)))) = timeout(Duration::from_secs(10), socket.next()).await else {
                continue;
            };
            if self.frame(&text)? {
                return Ok(socket);
            }
        }
    }
}
