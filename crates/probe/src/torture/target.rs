//! An HTTP target by the public contract: it accepts, lets wait, refuses, fails, dies in mid-chat and reports twice, as
//! the dice say.

use super::journal::{Journal, Open, Push, TargetWord};
use super::listen::{Answer, Service};
use super::world::{OPENING, SECRET, hasty};
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// The target and its chats.
pub(crate) struct Target {
    journal: Arc<Journal>,
    hub: OnceLock<Hub>,
    dice: Dice,
    words: AtomicU64,
    chats: Mutex<HashMap<(Uuid, u64), Chat>>,
    /// What was added to the hub's clock: signatures bear its time.
    ahead: Arc<AtomicI64>,
}

#[derive(Clone, Debug, Default)]
struct Chat {
    callback: String,
    messages: u32,
    over: bool,
    /// After so many messages it dies.
    dies_after: u32,
    fails_opening: u32,
    /// Tries of each message so far.
    tries: HashMap<u64, u32>,
    plan: Plan,
}

/// What a target does with an opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Plan {
    #[default]
    Accepts,
    Waits,
    Refuses,
    /// Answers with errors for good.
    Broken,
    /// Answers after the hub has given up.
    TooLate,
    /// Says that it waits and never comes.
    Forgets,
}

impl Target {
    pub(crate) fn new(journal: Arc<Journal>, dice: Dice, ahead: Arc<AtomicI64>) -> Self {
        let (words, chats) = (AtomicU64::new(0), Mutex::default());
        Self { journal, hub: OnceLock::new(), dice, words, chats, ahead }
    }

    /// Callbacks go through the bad network.
    pub(crate) fn answers_through(&self, address: &str) -> anyhow::Result<()> {
        let _ = self.hub.set(hasty(address)?);
        Ok(())
    }

    fn chat<T>(&self, id: (Uuid, u64), change: impl FnOnce(&mut Chat) -> T) -> T {
        change(self.chats.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
    }

    /// Reports an event so often, until it is taken.
    async fn report(&self, id: (Uuid, u64), event: Value, posts: u32) -> bool {
        let callback = self.chat(id, |chat| chat.callback.clone());
        // Closed before any opening arrived: there is nowhere to report to.
        let Some(hub) = self.hub.get().filter(|_| !callback.is_empty()) else { return false };
        let path = &callback[callback.find("/hooks/").unwrap_or(0)..];
        let body = json!({"events": [event]});
        let tries = (0..posts.max(1)).map(|number| {
            let (body, path) = (&body, path);
            let mut dice = self.dice.fork(id.0.as_u64_pair().1 ^ u64::from(number));
            async move {
                for attempt in 1..30 {
                    let headers = signed(body, self.ahead.load(Ordering::Relaxed));
                    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
                    match hub.once_with("POST", path, As::Nobody, &headers, Some(body)).await {
                        Ok(answer) if answer.ok() => return Some(answer.status),
                        // The clock may have been stepped between signing and reading.
                        Ok(answer) if matches!(answer.status, 401 | 429 | 500 | 502..=504) => {}
                        Ok(answer) => return Some(answer.status),
                        Err(_) => {}
                    }
                    crate::hub::pause(attempt, &mut dice).await;
                }
                None
            }
        });
        let answers = futures_util::future::join_all(tries).await;
        let taken = answers.iter().flatten().any(|status| (200..300).contains(status));
        if let Some(status) = answers.iter().flatten().find(|status| !(200..300).contains(*status)) {
            self.journal.trouble(format!("a target's event got {status}"));
        }
        taken
    }

    async fn say(&self, id: (Uuid, u64), posts: u32) {
        let text = format!("target word {}", self.words.fetch_add(1, Ordering::Relaxed));
        let at = self.journal.now();
        let word = TargetWord { at, baton: id.1, text: text.clone(), posts, kept: None };
        self.journal.talk(id.0, |talk| talk.said_by_target.push(word));
        self.journal.deed(id.0, format!("the target reports \"{text}\" under baton {}, {posts}×", id.1));
        let event = json!({"id": text, "type": "message", "text": text, "name": "Tess"});
        if self.report(id, event, posts).await {
            let now = self.journal.now();
            self.journal.talk(id.0, |talk| {
                if let Some(word) = talk.said_by_target.iter_mut().find(|word| word.text == text) {
                    word.kept = Some(now);
                }
            });
        }
    }

    fn event(&self, id: (Uuid, u64), kind: &str, more: Value) -> Value {
        let mut event =
            json!({"id": format!("{kind} {} {}", id.1, self.words.fetch_add(1, Ordering::Relaxed)), "type": kind});
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        event
    }

    async fn open(self: Arc<Self>, id: (Uuid, u64), body: &Value) -> Answer {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let attempt = body.get("attempt").and_then(Value::as_u64).unwrap_or(1);
        let mut dice = self.dice.fork(id.0.as_u64_pair().0 ^ id.0.as_u64_pair().1 ^ id.1);
        let plan = match dice.below(100) {
            0..=69 => Plan::Accepts,
            70..=78 => Plan::Waits,
            79..=85 => Plan::Refuses,
            86..=91 => Plan::Broken,
            92..=96 => Plan::TooLate,
            _ => Plan::Forgets,
        };
        let failing = if dice.chance(250_000) { 1 } else { 0 };
        let (dies_after, posts) = (3 + dice.below(6) as u32, 1 + dice.below(3) as u32);
        let first = self.chat(id, |chat| {
            let first = chat.callback.is_empty();
            chat.callback = text("callback");
            if first {
                (chat.plan, chat.dies_after, chat.fails_opening) = (plan, dies_after, failing);
            }
            first
        });
        let fails = plan == Plan::Broken
            || self.chat(id, |chat| {
                let fails = chat.fails_opening > 0;
                chat.fails_opening = chat.fails_opening.saturating_sub(1);
                fails
            });
        let (history, whole) = self.history(body).await;
        let answered = if fails { 503 } else { 200 };
        let open = Open { baton: id.1, attempt, answered, history, whole };
        self.journal.talk(id.0, |talk| talk.opens.push(open));
        let what = format!("the target is opened (baton {}, attempt {attempt}) and {plan:?}, {answered}", id.1);
        self.journal.deed(id.0, what);
        if fails {
            return Answer::Json(503, json!({"error": "not now"}));
        }
        match plan {
            Plan::Accepts => {
                if first {
                    let target = self.clone();
                    super::go(async move {
                        let joined = target.event(id, "joined", json!({"human": true, "name": "Tess"}));
                        target.report(id, joined, posts).await;
                        target.say(id, posts).await;
                    });
                }
                Answer::Json(200, json!({"status": "accepted"}))
            }
            Plan::Waits => {
                if first {
                    let target = self.clone();
                    super::go(async move {
                        tokio::time::sleep(Duration::from_millis(600)).await;
                        let joined = target.event(id, "joined", json!({"human": true, "name": "Tess"}));
                        target.report(id, joined, posts).await;
                        target.say(id, posts).await;
                    });
                }
                Answer::Json(200, json!({"status": "waiting", "place": 2}))
            }
            Plan::Refuses => Answer::Json(200, json!({"status": "refused", "reason": "no_capacity"})),
            Plan::Broken => Answer::Json(503, json!({"error": "broken"})),
            Plan::TooLate => {
                tokio::time::sleep(Duration::from_millis(OPENING + 500)).await;
                Answer::Json(200, json!({"status": "accepted"}))
            }
            Plan::Forgets => Answer::Json(200, json!({"status": "waiting"})),
        }
    }

    /// The lines of the opening and of every page before them.
    async fn history(&self, body: &Value) -> (Vec<(u64, String)>, bool) {
        let lines = |page: Option<&Value>| -> Vec<(u64, String)> {
            let lines = page.and_then(Value::as_array).into_iter().flatten();
            let text = |line: &Value| line.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
            lines.map(|line| (line.get("position").and_then(Value::as_u64).unwrap_or(0), text(line))).collect()
        };
        let mut all = lines(body.get("history"));
        let mut next = body.get("history_address").and_then(Value::as_str).map(str::to_owned);
        let Some(hub) = self.hub.get() else { return (all, false) };
        while let Some(address) = next.take() {
            let path = &address[address.find("/hooks/").unwrap_or(0)..];
            let mut dice = self.dice.fork(7);
            let Ok(page) = hub.call("GET", path, As::Nobody, None, &mut dice).await else { return (all, false) };
            if !page.ok() {
                return (all, false);
            }
            let mut earlier = lines(page.body.get("history"));
            earlier.append(&mut all);
            all = earlier;
            let base = path.split_once("before=").map_or(path, |(base, _)| base);
            next = page.body.get("before").and_then(Value::as_u64).map(|before| format!("{base}before={before}"));
        }
        (all, true)
    }

    async fn message(self: Arc<Self>, id: (Uuid, u64), body: &Value) -> Answer {
        let position = body.pointer("/line/position").and_then(Value::as_u64).unwrap_or(0);
        let text = body.pointer("/line/text").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut dice = self.dice.fork(id.0.as_u64_pair().1 ^ (position << 8) ^ id.1);
        let failures = if dice.chance(550_000) { 1 + dice.below(2) as u32 } else { 0 };
        let posts = 1 + dice.below(3) as u32;
        let dies = dice.below(4);
        let (status, first_time, over) = self.chat(id, |chat| {
            let tries = chat.tries.entry(position).or_default();
            *tries += 1;
            let tries = *tries;
            if tries <= failures {
                return (503, false, false);
            }
            let first_time = tries == failures + 1;
            if first_time {
                chat.messages += 1;
            }
            let over = chat.messages >= chat.dies_after && !chat.over;
            if over && dies == 0 {
                return (410, false, false);
            }
            chat.over |= over;
            (200, first_time, over)
        });
        let push = Push { baton: id.1, position: Some(position), text, answered: status };
        self.journal.talk(id.0, |talk| talk.pushes.push(push));
        self.journal.deed(id.0, format!("position {position} is pushed to the target (baton {}), {status}", id.1));
        if status == 200 && first_time {
            let target = self.clone();
            super::go(async move {
                target.say(id, posts).await;
                if over {
                    let more = match dies {
                        1 => json!({"to": "close", "reason": "failed"}),
                        2 => json!({"to": "bot", "disposition": "solved"}),
                        _ => json!({"to": "close", "disposition": "solved"}),
                    };
                    let ended = target.event(id, "ended", more);
                    target.report(id, ended, posts).await;
                    // A word that crosses its own end.
                    target.say(id, posts).await;
                }
            });
        }
        Answer::Json(status, json!({}))
    }

    async fn close(self: Arc<Self>, id: (Uuid, u64)) -> Answer {
        let tries = self.chat(id, |chat| {
            chat.over = true;
            let tries = chat.tries.entry(u64::MAX).or_default();
            *tries += 1;
            *tries
        });
        let fails = tries == 1 && id.0.as_u64_pair().1.is_multiple_of(2);
        let answered = if fails { 503 } else { 200 };
        let push = Push { baton: id.1, position: None, text: String::new(), answered };
        self.journal.talk(id.0, |talk| talk.pushes.push(push));
        self.journal.deed(id.0, format!("the target is closed (baton {}), {answered}", id.1));
        if tries == 1 && self.chat(id, |chat| !chat.callback.is_empty()) {
            // Somebody there was just writing.
            let target = self.clone();
            super::go(async move { target.say(id, 1).await });
        }
        Answer::Json(answered, json!({}))
    }
}

impl Service for Target {
    async fn answer(self: Arc<Self>, body: Value) -> Answer {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(conversation) = text("conversation").parse::<Uuid>() else {
            return Answer::Json(400, json!({"error": "no conversation"}));
        };
        let id = (conversation, body.get("baton").and_then(Value::as_u64).unwrap_or(0));
        match text("op") {
            "open" => self.open(id, &body).await,
            "message" => self.message(id, &body).await,
            "close" => self.close(id).await,
            _ => Answer::Json(200, json!({})),
        }
    }
}

/// The headers of a signed request, by the Standard Webhooks.
fn signed(body: &Value, ahead: i64) -> [(&'static str, String); 3] {
    let seconds = crate::ambient::seconds() + ahead / 1_000;
    let id = "torture";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length is a key");
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body.to_string().as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}
