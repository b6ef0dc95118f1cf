//! One agent, by the public API: takes offers (often several at once reach for one), answers, takes words back, passes
//! chats on in every way, goes away, vanishes, and now and then speaks where it has no voice.

use super::journal::{Ack, Brief, By, PresenceSet, Race, Welcome};
use super::world::World;
use crate::ambient::Dice;
use crate::hub::{Answer, pause};
use crate::wire::{DeskFrame, HolderKind, Row};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

const OPENING: Duration = Duration::from_secs(12);
/// Conversations that an agent remembers having had.
const PAST: usize = 40;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Works until the customers have gone.
pub(crate) async fn work(world: &World, index: usize) {
    Agent::new(world, world.people.agents[index], 1_000_003 + index as u64).shift().await;
}

/// Comes and goes until the customers have gone.
pub(crate) async fn come_and_go(world: &World, index: usize) {
    let mut agent = Agent::new(world, world.people.restless[index], 2_000_003 + index as u64);
    while !world.ends() {
        agent.set_presence(true).await;
        agent.goes_away().await;
    }
}

#[derive(Default)]
struct Stretch {
    replies: u64,
    said_at: u64,
}

struct Agent<'a> {
    world: &'a World,
    id: Uuid,
    client: Uuid,
    dice: Dice,
    socket: Option<Socket>,
    cursor: Option<String>,
    rows: HashMap<Uuid, Row>,
    stretches: HashMap<Uuid, Stretch>,
    counters: HashMap<Uuid, u64>,
    /// Offers that are left to lapse.
    ignored: Vec<Uuid>,
    past: VecDeque<Uuid>,
    words: u64,
}

impl<'a> Agent<'a> {
    fn new(world: &'a World, id: Uuid, fork: u64) -> Self {
        let dice = world.dice.fork(fork);
        Self {
            world,
            id,
            client: dice.fork(world.run.as_u64_pair().1).uuid(),
            dice,
            socket: None,
            cursor: None,
            rows: HashMap::new(),
            stretches: HashMap::new(),
            counters: HashMap::new(),
            ignored: Vec::new(),
            past: VecDeque::new(),
            words: 0,
        }
    }
}

impl Agent<'_> {
    async fn shift(&mut self) {
        self.set_presence(true).await;
        let mut odd = Instant::now() + Duration::from_millis(self.dice.below(1_500));
        while !self.world.ends() {
            if !self.connected().await {
                continue;
            }
            self.read(Duration::from_millis(120)).await;
            let ids: Vec<Uuid> = self.rows.keys().copied().collect();
            for id in ids {
                if self.world.ends() {
                    break;
                }
                self.act(id).await;
                self.read(Duration::ZERO).await;
            }
            if Instant::now() > odd {
                odd = Instant::now() + Duration::from_millis(700 + self.dice.below(1_200));
                self.odd().await;
            }
        }
        self.set_presence(false).await;
        self.socket = None;
    }

    /// Something besides the work.
    async fn odd(&mut self) {
        match self.dice.below(100) {
            0..=24 => {
                self.goes_away().await;
                self.connected().await;
                self.set_presence(true).await;
            }
            25..=31 => {
                let now = self.world.journal.now();
                self.world.journal.agent(self.id, |page| page.vanished.push(now));
                self.socket = None;
                let away = 1_500 + self.dice.below(3_500);
                tokio::time::sleep(Duration::from_millis(away)).await;
            }
            32..=40 => self.socket = None,
            41..=80 => self.speaks_without_voice().await,
            _ => {}
        }
    }

    /// Away; a line that comes back does not make available.
    async fn goes_away(&mut self) {
        self.set_presence(false).await;
        for _ in 0..=1 + self.dice.below(2) {
            self.socket = None;
            self.cursor = None;
            self.connected().await;
            self.read(Duration::from_millis(60)).await;
        }
        self.socket = None;
        self.cursor = None;
    }

    async fn act(&mut self, id: Uuid) {
        let Some(row) = self.rows.get(&id).cloned() else { return };
        if let Some(offer) = row.offer.as_ref().filter(|offer| offer.to.id == self.id) {
            if self.ignored.contains(&offer.id) {
                return;
            }
            match self.dice.below(100) {
                0..=44 => {
                    let body = json!({"offer": offer.id, "as_of": row.seq});
                    let answer = self.post(id, "accept", &body).await;
                    self.after(id, answer).await;
                }
                45..=87 => self.race(id, offer.id, row.seq).await,
                88..=93 => {
                    let answer = self.post(id, "decline", &json!({"offer": offer.id})).await;
                    self.after(id, answer).await;
                }
                _ => self.ignored.push(offer.id),
            }
            return;
        }
        if self.holds(&row) {
            return self.serve(&row).await;
        }
        if row.holder.kind == HolderKind::Later && self.dice.chance(100_000) {
            self.pick_race(id).await;
        }
    }

    fn holds(&self, row: &Row) -> bool {
        row.state != "closed" && row.holder.kind == HolderKind::Agent && row.holder.id == Some(self.id)
    }

    fn another(&mut self) -> Uuid {
        let all = &self.world.people.agents;
        let own = all.iter().position(|id| *id == self.id).unwrap_or(0);
        let step = 1 + self.dice.below(all.len() as u64 - 1) as usize;
        all[(own + step) % all.len()]
    }

    /// The one who was asked, a colleague with the same offer, and one who picks: at once.
    async fn race(&mut self, id: Uuid, offer: Uuid, as_of: u64) {
        let (other, third) = (self.another(), self.another());
        let accept = json!({"offer": offer, "as_of": as_of});
        let empty = json!({});
        let (own, colleague, picks) = tokio::join!(
            self.once(self.id, id, "accept", &accept),
            self.once(other, id, "accept", &accept),
            self.once(third, id, "pick", &empty),
        );
        let runners = vec![(self.id, own), (other, colleague), (third, picks)];
        self.raced(id, "accept", Some(offer.to_string()), runners);
        self.refresh(id).await;
    }

    async fn pick_race(&mut self, id: Uuid) {
        let other = self.another();
        let empty = json!({});
        let (own, colleague) =
            tokio::join!(self.once(self.id, id, "pick", &empty), self.once(other, id, "pick", &empty));
        self.raced(id, "pick", None, vec![(self.id, own), (other, colleague)]);
        self.refresh(id).await;
    }

    fn raced(&self, conversation: Uuid, what: &'static str, offer: Option<String>, runners: Vec<(Uuid, u16)>) {
        let told: Vec<_> = runners.iter().map(|(_, status)| status.to_string()).collect();
        self.world
            .journal
            .deed(conversation, format!("{} reach for it at once ({what}): {}", runners.len(), told.join(", ")));
        self.world.journal.pages().races.push(Race { conversation, what, offer, runners });
    }

    /// One try by this agent; the status, 0 if no answer came.
    async fn once(&self, agent: Uuid, id: Uuid, what: &str, body: &Value) -> u16 {
        let path = format!("/api/v1/conversations/{id}/{what}");
        self.world.hub.once("POST", &path, self.world.as_agent(agent), Some(body)).await.map_or(0, |a| a.status)
    }

    async fn serve(&mut self, row: &Row) {
        let id = row.id;
        let (replies, said_at) = self.stretches.get(&id).map_or((0, 0), |stretch| (stretch.replies, stretch.said_at));
        let unanswered = row.unanswered_since.is_some() && row.seq > said_at;
        if replies == 0 || unanswered {
            if !self.reply(id, row.seq, replies + 1).await {
                return self.refresh(id).await;
            }
        } else if row.seq <= said_at && !self.dice.chance(60_000) {
            return;
        }
        let what = match self.dice.below(100) {
            0..=9 => self.hand_back(id).await,
            10..=14 => {
                let to = json!({"to": {"kind": "queue", "id": self.world.people.second}, "note": "for the others"});
                self.passes(id, "transfer", &to).await
            }
            15..=20 => {
                let to = json!({"to": {"kind": "agent", "id": self.another()}});
                self.passes(id, "transfer", &to).await
            }
            21..=25 => {
                let to = json!({"to": {"kind": "target", "id": self.world.people.target}});
                self.passes(id, "transfer", &to).await
            }
            26..=29 => {
                let supervisor = self.world.people.supervisor;
                let empty = json!({});
                let status = self.once(supervisor, id, "take-over", &empty).await;
                self.world.journal.deed(id, format!("the supervisor takes over: {status}"));
                let close = json!({"disposition": "answered"});
                self.once(supervisor, id, "close", &close).await;
                true
            }
            30..=47 => self.passes(id, "close", &json!({"disposition": "answered"})).await,
            _ => false,
        };
        if what {
            self.remember(id);
            if self.dice.chance(500_000) {
                self.speaks_without_voice().await;
            }
            self.refresh(id).await;
        }
    }

    fn remember(&mut self, id: Uuid) {
        self.stretches.remove(&id);
        self.past.push_back(id);
        if self.past.len() > PAST {
            self.past.pop_front();
        }
    }

    async fn passes(&mut self, id: Uuid, what: &str, body: &Value) -> bool {
        let answer = self.post(id, what, body).await;
        let told = answer.as_ref().map_or_else(|| "no answer".to_owned(), Answer::code);
        self.world.journal.deed(id, format!("{} {what}: {told}", self.name()));
        answer.is_some_and(|answer| answer.ok())
    }

    fn name(&self) -> String {
        self.world.journal.agent(self.id, |page| page.name.clone())
    }

    async fn hand_back(&mut self, id: Uuid) -> bool {
        self.words += 1;
        let note = format!("brief {} {}", self.name(), self.words);
        let do_not_ask = vec![format!("asked {}", self.words)];
        let brief = json!({"settled": [], "promised": [], "do_not_ask": do_not_ask, "note": note});
        self.world.journal.talk(id, |talk| {
            talk.briefs.push(Brief { note: note.clone(), do_not_ask: do_not_ask.clone(), kept: false });
        });
        let kept = self.passes(id, "hand-back", &json!({"brief": brief})).await;
        self.world.journal.talk(id, |talk| {
            if let Some(brief) = talk.briefs.iter_mut().rev().find(|brief| brief.note == note) {
                brief.kept = kept;
            }
        });
        kept
    }

    /// False: the hub said no.
    async fn reply(&mut self, id: Uuid, as_of: u64, number: u64) -> bool {
        let hold = self.dice.chance(150_000);
        let Some(answer) = self.say(id, as_of, hold, false).await else { return false };
        let Some(seq) = answer.body.get("seq").and_then(Value::as_u64) else { return false };
        self.stretches.insert(id, Stretch { replies: number, said_at: seq });
        if hold && self.dice.chance(500_000) {
            let undone = self.post(id, &format!("messages/{seq}/undo"), &json!({})).await;
            let told = undone.map_or_else(|| "no answer".to_owned(), |answer| answer.code());
            self.world.journal.deed(id, format!("{} takes seq {seq} back: {told}", self.name()));
        }
        true
    }

    /// Says something; the answer if it was kept.
    async fn say(&mut self, id: Uuid, as_of: u64, hold: bool, voiceless: bool) -> Option<Answer> {
        #[derive(Deserialize)]
        struct Kept {
            seq: u64,
            position: Option<u64>,
            at: i64,
            message: Uuid,
        }
        self.words += 1;
        let text = format!("{} says {}", self.name(), self.words);
        // One who has no voice counts apart: what is refused uses up no number.
        let client = if voiceless { self.dice.uuid() } else { self.client };
        let counter = if voiceless { 1 } else { self.counters.get(&id).copied().unwrap_or(0) + 1 };
        let by = By::Agent(self.id);
        self.world.journal.sends(id, by, client, counter, &text, voiceless);
        let mut body = json!({"client": client, "counter": counter, "text": text, "as_of": as_of});
        if hold {
            body["hold"] = json!(true);
        }
        let times = 1 + self.dice.below(3);
        let path = format!("/api/v1/conversations/{id}/messages");
        let tries = (0..times).map(|number| {
            let (world, path, body, agent) = (self.world, path.as_str(), &body, self.id);
            let mut dice = self.dice.fork(number + 9);
            async move {
                world.journal.tried(id, client, counter, false);
                world.hub.call("POST", path, world.as_agent(agent), Some(body), &mut dice).await
            }
        });
        let mut first = None;
        for answer in futures_util::future::join_all(tries).await.into_iter().flatten() {
            if !answer.ok() {
                self.world.journal.refused(id, client, counter, answer.code());
                continue;
            }
            let Ok(Kept { seq, position, at, message }) = answer.clone().read("an agent's word") else { continue };
            let ack = Ack { at: self.world.journal.now(), seq: Some(seq), position, hub_at: at, message };
            if first.is_none() {
                self.world.kept();
            }
            self.world.journal.acknowledged(id, client, counter, ack);
            first.get_or_insert(answer);
        }
        let told = if first.is_some() { "kept" } else { "refused" };
        let how = if voiceless { " without a voice" } else { "" };
        self.world.journal.deed(id, format!("{} says \"{text}\"{how}, {times}×: {told}", self.name()));
        if first.is_some() && !voiceless {
            self.counters.insert(id, counter);
        }
        first
    }

    /// Into a chat that the agent gave away.
    async fn speaks_without_voice(&mut self) {
        if self.past.is_empty() {
            return;
        }
        let at = self.dice.below(self.past.len() as u64) as usize;
        let id = self.past[at];
        // It may have come back meanwhile.
        if self.rows.get(&id).is_some_and(|row| self.holds(row) || row.offer.is_some()) {
            return;
        }
        self.say(id, 0, false, true).await;
    }

    async fn post(&mut self, id: Uuid, what: &str, body: &Value) -> Option<Answer> {
        let path = format!("/api/v1/conversations/{id}/{what}");
        let who = self.world.as_agent(self.id);
        match self.world.hub.call("POST", &path, who, Some(body), &mut self.dice).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.world.journal.trouble(format!("{}: {error:#}", self.name()));
                None
            }
        }
    }

    async fn after(&mut self, id: Uuid, answer: Option<Answer>) {
        match answer {
            Some(answer) if answer.ok() && answer.body.get("holder").is_some() => self.learn(&answer.body),
            _ => self.refresh(id).await,
        }
    }

    async fn refresh(&mut self, id: Uuid) {
        self.rows.remove(&id);
        let path = format!("/api/v1/conversations/{id}");
        let who = self.world.as_agent(self.id);
        if let Ok(answer) = self.world.hub.call("GET", &path, who, None, &mut self.dice).await
            && answer.ok()
        {
            self.learn(&answer.body);
        }
    }

    fn learn(&mut self, row: &Value) {
        let Ok(row) = Row::deserialize(row) else { return };
        if self.rows.get(&row.id).is_some_and(|known| row.seq < known.seq) {
            return;
        }
        let concerns = self.holds(&row)
            || row.offer.as_ref().is_some_and(|offer| offer.to.id == self.id)
            || row.holder.kind == HolderKind::Later;
        if row.state == "closed" || !concerns {
            if self.rows.remove(&row.id).is_some_and(|old| self.holds(&old)) {
                self.remember(row.id);
            }
            return;
        }
        if !self.rows.get(&row.id).is_some_and(|known| self.holds(known)) {
            self.stretches.remove(&row.id);
        }
        self.rows.insert(row.id, row);
    }

    async fn set_presence(&mut self, available: bool) {
        let sent = self.world.journal.now();
        self.world.journal.agent(self.id, |page| page.sets.push(PresenceSet { sent, kept: None, available }));
        let who = self.world.as_agent(self.id);
        let body = json!({"available": available});
        let answer = self.world.hub.call("PUT", "/api/v1/me/presence", who, Some(&body), &mut self.dice).await;
        let kept = answer.is_ok_and(|answer| answer.ok()).then(|| self.world.journal.now());
        self.world.journal.agent(self.id, |page| {
            if let Some(set) = page.sets.iter_mut().rev().find(|set| set.sent == sent) {
                set.kept = kept;
            }
        });
    }

    /// Reads what has come, for so long.
    async fn read(&mut self, span: Duration) {
        let until = Instant::now() + span;
        while let Some(socket) = &mut self.socket {
            let Ok(read) = timeout_at(until, socket.next()).await else { return };
            match read {
                Some(Ok(Message::Text(text))) => self.frame(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => self.socket = None,
                Some(Ok(_)) => {}
            }
        }
    }

    fn frame(&mut self, text: &str) {
        let Ok(frame) = serde_json::from_str::<DeskFrame>(text) else {
            self.world.journal.trouble("a frame of the desk's stream cannot be read".into());
            return;
        };
        match frame {
            DeskFrame::Welcome { cursor, snapshot } => {
                self.cursor = cursor.or_else(|| self.cursor.take());
                let value: Value = serde_json::from_str(text).unwrap_or_default();
                if let Some(available) = value.pointer("/me/presence/available").and_then(Value::as_bool) {
                    let load = value.pointer("/me/load").and_then(Value::as_u64).unwrap_or(0);
                    let at = self.world.journal.now();
                    self.world.journal.agent(self.id, |page| page.welcomes.push(Welcome { at, available, load }));
                }
                if let Some(rows) = snapshot {
                    self.rows.clear();
                    rows.iter().for_each(|row| self.learn(row));
                }
            }
            DeskFrame::Row { row, cursor } => {
                self.cursor = cursor.or_else(|| self.cursor.take());
                self.learn(&row);
            }
            DeskFrame::Error { .. } => {
                self.cursor = None;
                self.socket = None;
            }
            DeskFrame::Other => {}
        }
    }

    async fn connected(&mut self) -> bool {
        let mut attempt = 0;
        while self.socket.is_none() && !self.world.ends() {
            if attempt > 0 {
                pause(attempt, &mut self.dice).await;
            }
            attempt += 1;
            let address = self.world.hub.socket("/api/v1/stream");
            let Ok(Ok((mut socket, _))) = timeout(OPENING, connect_async(address)).await else { continue };
            let mut hello = json!({"type": "hello", "key": self.world.agent_key, "agent": self.id});
            if let Some(cursor) = &self.cursor {
                hello["after"] = json!(cursor);
            }
            if !matches!(timeout(OPENING, socket.send(Message::text(hello.to_string()))).await, Ok(Ok(()))) {
                continue;
            }
            let Ok(Some(Ok(Message::Text(text)))) = timeout(OPENING, socket.next()).await else { continue };
            self.socket = Some(socket);
            self.frame(&text);
        }
        self.socket.is_some()
    }
}
