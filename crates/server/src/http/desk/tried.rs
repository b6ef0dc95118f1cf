//! What the bot tried in this episode: each question that it was given, what it said, how sure it was.

use super::reason::cut;
use baton_core::actor::Who;
use baton_core::event::{AskFor, Body, Fact, Fate, Once};
use baton_core::ids::{AskId, Ms};
use baton_engine::Opened;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Turns that are shown: the last ones.
const MOST: usize = 20;
/// Characters of a question or an answer.
const CHARS: usize = 400;
/// Words of the customer among which a question is looked for.
const WORDS: usize = 64;

/// One turn of a bot.
#[derive(Clone, Debug)]
struct Try {
    ask: AskId,
    at: Ms,
    question: Option<String>,
    answer: Option<String>,
    confidence: Option<u32>,
}

/// The turns of the newest episode.
#[derive(Clone, Debug, Default)]
pub(super) struct Tries {
    words: VecDeque<(u64, String)>,
    all: VecDeque<Try>,
}

impl Tries {
    /// Takes in the next event of a conversation.
    pub(super) fn take(&mut self, opened: &Opened) {
        let header = &opened.header;
        match (&header.fact, &opened.body) {
            (Fact::Opened(_), _) => *self = Self::default(),
            (Fact::Said(_), Some(Body::Message { content, .. })) if header.actor.who == Who::Customer => {
                self.words.push_back((header.position.unwrap_or(0), cut(&super::words::words(content), CHARS)));
                if self.words.len() > WORDS {
                    self.words.pop_front();
                }
            }
            (Fact::AskOpened(fact), _) if fact.reason != AskFor::Opened => {
                let question = self.words.iter().rev().find(|(position, _)| *position == fact.upto);
                let question = question.map(|(_, text)| text.clone());
                self.all.push_back(Try { ask: fact.ask, at: header.at, question, answer: None, confidence: None });
                if self.all.len() > MOST {
                    self.all.pop_front();
                }
            }
            (Fact::Said(fact), Some(Body::Message { content, bot, .. })) => {
                let Some(Once::Reply { ask, .. }) = fact.once else { return };
                if fact.fate == Fate::Withheld {
                    return;
                }
                if let Some(turn) = self.of(ask) {
                    let said = match &turn.answer {
                        Some(before) => format!("{before} {}", super::words::words(content)),
                        None => super::words::words(content),
                    };
                    turn.answer = Some(cut(&said, CHARS));
                    turn.confidence = bot.as_ref().and_then(|bot| bot.confidence).or(turn.confidence);
                }
            }
            (Fact::AskEnded(fact), Some(Body::BotSaid(said))) => {
                if let Some(turn) = self.of(fact.ask) {
                    turn.confidence = said.confidence.or(turn.confidence);
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, ask: AskId) -> Option<&mut Try> {
        self.all.iter_mut().rev().find(|turn| turn.ask == ask)
    }

    /// As the panel shows it, oldest first.
    pub(super) fn json(&self) -> Value {
        let turn = |turn: &Try| {
            let confidence = turn.confidence.map(|millionths| f64::from(millionths) / 1e6);
            json!({"at": turn.at, "question": turn.question, "answer": turn.answer, "confidence": confidence})
        };
        self.all.iter().map(turn).collect()
    }
}
