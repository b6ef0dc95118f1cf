//! An HTTP bot by the public contract, which is as bad as customers ask it to be: the word in brackets at the end of a
//! message says what it does with that turn.

use super::journal::{Ask, Does, Journal, Reply};
use super::listen::{Answer, Service};
use super::world::hasty;
use crate::ambient::Dice;
use crate::hub::{As, Hub};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// The bot and what it has not said yet.
pub(crate) struct Bot {
    journal: Arc<Journal>,
    hub: OnceLock<Hub>,
    dice: Dice,
    words: AtomicU64,
    pending: Mutex<HashMap<Uuid, Vec<Pending>>>,
    /// The newest turn of each conversation that is over.
    past: Mutex<HashMap<Uuid, Pending>>,
}

/// A turn that the bot may still answer.
#[derive(Clone, Debug)]
struct Pending {
    ask: String,
    address: String,
    baton: u64,
    ordinal: u64,
}

impl Bot {
    pub(crate) fn new(journal: Arc<Journal>, dice: Dice) -> Self {
        let (words, pending) = (AtomicU64::new(0), Mutex::default());
        Self { journal, hub: OnceLock::new(), dice, words, pending, past: Mutex::default() }
    }

    /// Later replies go through the bad network.
    pub(crate) fn answers_through(&self, address: &str) -> anyhow::Result<()> {
        let _ = self.hub.set(hasty(address)?);
        Ok(())
    }

    fn word(&self) -> String {
        format!("bot word {}", self.words.fetch_add(1, Ordering::Relaxed))
    }

    /// Says now what was asked before: whoever holds the conversation meanwhile. True: there was something to say.
    pub(crate) async fn release(&self, conversation: Uuid, posts: u32) -> bool {
        let waiting = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&conversation);
        let mut any = false;
        for pending in waiting.into_iter().flatten() {
            any = true;
            self.post(conversation, &pending, posts, true).await;
        }
        any
    }

    /// Answers under a turn that is over.
    async fn post_old(&self, conversation: Uuid) {
        let old = self.past.lock().unwrap_or_else(PoisonError::into_inner).get(&conversation).cloned();
        if let Some(old) = old {
            self.post(conversation, &old, 1, true).await;
        }
    }

    /// Posts one reply so often under one ordinal, all at once.
    async fn post(&self, conversation: Uuid, pending: &Pending, posts: u32, done: bool) {
        let text = self.word();
        let at = self.journal.now();
        let once = (pending.ask.clone(), pending.ordinal);
        let reply = Reply { at, once, baton: pending.baton, text: text.clone(), posts, kept: None };
        self.journal.talk(conversation, |talk| talk.replies.push(reply));
        self.journal.deed(conversation, format!("the bot posts \"{text}\" under baton {}, {posts}×", pending.baton));
        let body = json!({"ordinal": pending.ordinal, "messages": [text], "done": done});
        let Some(hub) = self.hub.get() else { return };
        let path = &pending.address[pending.address.find("/hooks/").unwrap_or(0)..];
        let tries = (0..posts.max(1)).map(|number| {
            let mut dice = self.dice.fork(at ^ u64::from(number));
            let body = &body;
            async move { hub.call("POST", path, As::Nobody, Some(body), &mut dice).await }
        });
        for answer in futures_util::future::join_all(tries).await {
            match answer {
                Ok(answer) if answer.ok() => {
                    let now = self.journal.now();
                    self.journal.talk(conversation, |talk| {
                        if let Some(reply) = talk.replies.iter_mut().find(|reply| reply.text == text) {
                            reply.kept.get_or_insert(now);
                        }
                    });
                }
                Ok(answer) if answer.status >= 500 || answer.status == 429 => {}
                Ok(answer) => {
                    let what = format!("a bot's later reply got {} {}", answer.status, answer.code());
                    self.journal.trouble(what);
                }
                Err(_) => {}
            }
        }
    }
}

/// The word in brackets.
fn wish(text: &str) -> &str {
    text.rsplit_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(word, _)| word)
}

impl Service for Bot {
    async fn answer(self: Arc<Self>, body: Value) -> Answer {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |pointer: &str| body.pointer(pointer).and_then(Value::as_u64);
        let Ok(conversation) = text("/conversation").parse::<Uuid>() else {
            return Answer::Json(400, json!({"error": "no conversation"}));
        };
        let baton = number("/baton").unwrap_or(0);
        let attempt = number("/attempt").unwrap_or(1);
        let wanted = wish(&text("/message/text")).to_owned();
        let does = match wanted.as_str() {
            "late" | "double" => Does::Later,
            "fail" | "garbage" => Does::Fails,
            "silent" => Does::Silent,
            "busy" if attempt == 1 => Does::Busy,
            "person" => Does::HandsOver,
            _ => Does::Answers,
        };
        let lines = body.get("history").and_then(Value::as_array).cloned().unwrap_or_default();
        let history = lines
            .iter()
            .map(|line| {
                let text = line.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
                (line.get("position").and_then(Value::as_u64).unwrap_or(0), text)
            })
            .collect();
        let ask = Ask {
            ask: text("/ask"),
            attempt,
            reason: text("/reason"),
            position: number("/message/position"),
            history,
            brief: body.get("brief").filter(|brief| !brief.is_null()).cloned(),
            does,
        };
        let what = format!("the bot is asked ({}, baton {baton}, attempt {attempt}) and {does:?}", ask.reason);
        self.journal.talk(conversation, |talk| talk.asks.push(ask));
        self.journal.deed(conversation, what);
        let pending = |ordinal| Pending { ask: text("/ask"), address: text("/reply_address"), baton, ordinal };
        match does {
            Does::Fails if wanted == "garbage" => return Answer::Nonsense,
            Does::Fails => return Answer::Json(422, json!({"error": "the bot cannot"})),
            Does::Busy => {
                return if baton.is_multiple_of(2) { Answer::Cut } else { Answer::Json(503, json!({"error": "busy"})) };
            }
            Does::Silent => return Answer::Json(200, json!({"later": true})),
            Does::Later if wanted == "late" => {
                let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
                all.entry(conversation).or_default().push(pending(0));
                return Answer::Json(200, json!({"later": true}));
            }
            Does::Later => {
                let (bot, first) = (self.clone(), pending(0));
                super::go(async move {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    bot.post(conversation, &first, 3, true).await;
                });
                return Answer::Json(200, json!({"later": true}));
            }
            Does::HandsOver => {
                return Answer::Json(200, json!({"hand_over": {"reason": "the customer wants a person"}}));
            }
            Does::Answers => {}
        }
        let words: Vec<String> = (0..if wanted == "two" { 2 } else { 1 }).map(|_| self.word()).collect();
        let at = self.journal.now();
        let text_of_ask = text("/ask");
        self.journal.talk(conversation, |talk| {
            talk.replies.extend(words.iter().zip(0..).map(|(text, ordinal)| {
                let once = (text_of_ask.clone(), ordinal);
                Reply { at, once, baton, text: text.clone(), posts: 0, kept: None }
            }));
        });
        if wanted == "slow" {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        if wanted == "old" {
            self.post_old(conversation).await;
        }
        let next = pending(words.len() as u64);
        self.past.lock().unwrap_or_else(PoisonError::into_inner).insert(conversation, next);
        Answer::Json(200, json!({"messages": words, "seen": number("/message/position")}))
    }
}
