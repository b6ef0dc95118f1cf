//! A bot, a target and a reader of texts that do what a test says, and remember what was asked of them.

use baton_core::command::TargetDid;
use baton_core::content::Content;
use baton_core::effect::CloseReason;
use baton_core::event::Trigger;
use baton_core::facts::Reading;
use baton_core::ids::{ConnectionId, ConversationId};
use baton_core::privacy::{Found, Redaction, Unread};
use baton_engine::Plugins;
use baton_kit::analyzer::Analyzer;
use baton_kit::bot::{self, Answer, Bot, Turn};
use baton_kit::runtime::BoxFuture;
use baton_kit::target::{self, Opening, Polled, Target, Told};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

type Waiting<T, E> = Mutex<VecDeque<oneshot::Sender<Result<T, E>>>>;

async fn answer_of<T, E>(waiting: &Waiting<T, E>) -> Result<T, E> {
    let (sender, receiver) = oneshot::channel();
    waiting.lock().unwrap().push_back(sender);
    match receiver.await {
        Ok(answer) => answer,
        Err(_) => std::future::pending().await,
    }
}

fn give<T, E>(waiting: &Waiting<T, E>, answer: Result<T, E>) {
    loop {
        // Those of a hub that was killed listen no more.
        let sender = waiting.lock().unwrap().pop_front().expect("somebody waits for this answer");
        if !sender.is_closed() {
            assert!(sender.send(answer).is_ok(), "the answer is taken");
            return;
        }
    }
}

/// A bot that waits until the test answers for it.
#[derive(Default)]
pub(crate) struct FakeBot {
    pub(crate) turns: Mutex<Vec<Turn>>,
    waiting: Waiting<Answer, bot::Error>,
}

impl FakeBot {
    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.turns.lock().unwrap().len()
    }

    /// The turn that it was given last.
    pub(crate) fn turn(&self) -> Turn {
        self.turns.lock().unwrap().last().cloned().expect("the bot was asked")
    }

    /// Answers the oldest call that still waits.
    pub(crate) fn give(&self, answer: Result<Answer, bot::Error>) {
        give(&self.waiting, answer);
    }
}

impl Bot for FakeBot {
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, bot::Error>> {
        self.turns.lock().unwrap().push(turn);
        Box::pin(answer_of(&self.waiting))
    }
}

/// A contact centre that waits until the test answers an opening, and takes everything else.
#[derive(Default)]
pub(crate) struct FakeTarget {
    pub(crate) openings: Mutex<Vec<Opening>>,
    pub(crate) told: Mutex<Vec<(String, u32)>>,
    pub(crate) closed: Mutex<Vec<(ConversationId, u64, CloseReason)>>,
    /// How the next calls of `tell` fail.
    pub(crate) deaf: Mutex<VecDeque<target::ErrorKind>>,
    /// What a polled target did, in order; none: it calls back.
    pub(crate) events: Mutex<Option<Vec<TargetDid>>>,
    pub(crate) polled: Mutex<Vec<Option<String>>>,
    waiting: Waiting<TargetDid, target::Error>,
}

impl FakeTarget {
    /// Answers the oldest opening that still waits.
    pub(crate) fn give(&self, answer: Result<TargetDid, target::Error>) {
        give(&self.waiting, answer);
    }

    /// How often it was opened.
    pub(crate) fn opened(&self) -> usize {
        self.openings.lock().unwrap().len()
    }

    /// The texts that it was told, each as often as it took it.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.told.lock().unwrap().iter().map(|(text, _)| text.clone()).collect()
    }
}

fn target_error(kind: target::ErrorKind) -> target::Error {
    target::Error { kind, detail: "as the test says".into() }
}

impl Target for FakeTarget {
    fn open(&self, opening: Opening) -> BoxFuture<'_, Result<TargetDid, target::Error>> {
        self.openings.lock().unwrap().push(opening);
        Box::pin(answer_of(&self.waiting))
    }

    fn tell(&self, told: Told) -> BoxFuture<'_, Result<(), target::Error>> {
        let fails = self.deaf.lock().unwrap().pop_front();
        if fails.is_none() {
            self.told.lock().unwrap().push((told.line.text, told.attempt));
        }
        Box::pin(async move { fails.map_or(Ok(()), |kind| Err(target_error(kind))) })
    }

    fn typing(&self, _: ConversationId, _: u64, _: bool) -> BoxFuture<'_, Result<(), target::Error>> {
        Box::pin(async { Ok(()) })
    }

    fn close(&self, id: ConversationId, baton: u64, reason: CloseReason) -> BoxFuture<'_, Result<(), target::Error>> {
        self.closed.lock().unwrap().push((id, baton, reason));
        Box::pin(async { Ok(()) })
    }

    fn poll(
        &self,
        _: ConversationId,
        _: u64,
        cursor: Option<String>,
    ) -> BoxFuture<'_, Result<Option<Polled>, target::Error>> {
        let Some(events) = self.events.lock().unwrap().clone() else { return Box::pin(async { Ok(None) }) };
        self.polled.lock().unwrap().push(cursor.clone());
        let after: usize = cursor.map_or(0, |cursor| cursor.parse().expect("our own cursor"));
        let did = events[after..].to_vec();
        Box::pin(async move { Ok(Some(Polled { did, cursor: Some(events.len().to_string()), again: 1_000 })) })
    }
}

/// Both, under the ids of the house.
pub(crate) struct Outside {
    pub(crate) bot: (ConnectionId, Arc<FakeBot>),
    pub(crate) target: (ConnectionId, Arc<FakeTarget>),
}

impl Plugins for Outside {
    fn bot(&self, id: ConnectionId) -> Option<Arc<dyn Bot>> {
        (id == self.bot.0).then(|| self.bot.1.clone() as Arc<dyn Bot>)
    }

    fn target(&self, id: ConnectionId) -> Option<Arc<dyn Target>> {
        (id == self.target.0).then(|| self.target.1.clone() as Arc<dyn Target>)
    }
}

/// Reads one wish out of texts, the word *person*, and takes one word out of them, *silberdistel*.
pub(crate) struct Words;

impl Analyzer for Words {
    fn read(&self, text: &str, _: &str) -> Reading {
        let asks = text.contains("person").then(|| (Trigger::Phrase, vec!["person".to_owned()]));
        Reading { asks_person: asks, ..Reading::default() }
    }

    fn person_word(&self, language: &str) -> bool {
        language == "en"
    }

    fn redact(&self, text: &str, _: &Redaction) -> Result<Vec<Found>, Unread> {
        let found = text.match_indices("silberdistel");
        Ok(found.map(|(start, word)| Found { start, end: start + word.len(), token: "[flower]".into() }).collect())
    }
}

/// A text.
pub(crate) fn text(text: &str) -> Content {
    Content::text(text).expect("a text of the test's own")
}

/// An answer that says this.
pub(crate) fn says(words: &str) -> Result<Answer, bot::Error> {
    Ok(Answer { messages: vec![text(words)], ..Answer::default() })
}

/// An answer that says nothing but how the turn goes on.
pub(crate) fn then(then: bot::Then) -> Result<Answer, bot::Error> {
    Ok(Answer { then, ..Answer::default() })
}

/// No answer.
pub(crate) fn fails(kind: bot::ErrorKind) -> Result<Answer, bot::Error> {
    Err(bot::Error { kind, detail: "as the test says".into() })
}

/// An opening that did not work.
pub(crate) fn unreachable(kind: target::ErrorKind) -> Result<TargetDid, target::Error> {
    Err(target_error(kind))
}

/// Something said in a target.
pub(crate) fn said_there(words: &str) -> TargetDid {
    TargetDid::Said { content: text(words), name: Some("Sam".into()), party: None, outside: None }
}

/// Somebody joined in a target.
pub(crate) fn joined_there() -> TargetDid {
    TargetDid::Joined { human: true, name: Some("Sam".into()), party: None }
}
