//! The built-in bot as the engine drives it: the turn in, the answer out. What it must remember between turns stands in
//! the conversation's variables, so that any node can go on; their names begin with `_`, so people do not see them.

use super::{BuiltinBot, QuickReply, Turn as Opinion, TurnContext};
use baton_core::content::{Choice, Content, Part};
use baton_core::event::{AskFor, BotSaid};
use baton_kit::bot::{Answer, Bot, Error, Then, Turn};
use baton_kit::runtime::BoxFuture;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A built-in bot that can be asked.
#[derive(Clone, Debug)]
pub struct Plugin(pub Arc<BuiltinBot>);

/// The variable that names the entry answered last.
const LAST_ENTRY: &str = "_last_entry";
/// The variable that counts turns in a row to which the bot knew no answer.
const FALLBACKS: &str = "_fallbacks";
/// Not knowing so many times in a row hands over.
const FALLBACKS_MOST: u64 = 2;

impl Bot for Plugin {
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(async move { Ok(self.answer(&turn)) })
    }
}

impl Plugin {
    fn answer(&self, turn: &Turn) -> Answer {
        match (turn.reason, &turn.message) {
            (AskFor::Opened, _) => say(&self.0.knowledge().greeting, &[], BotSaid::default(), Then::Done),
            // It asks nothing by itself, so a brief is taken by keeping quiet: what was settled is not asked again.
            (AskFor::HandedBack, _) | (AskFor::Message, None) => Answer { then: Then::Silent, ..Answer::default() },
            (AskFor::Message, Some((_, content))) => self.message(turn, content),
        }
    }

    fn message(&self, turn: &Turn, content: &Content) -> Answer {
        let context = TurnContext {
            last_entry: turn
                .variables
                .get(LAST_ENTRY)
                .and_then(Value::as_str)
                .filter(|id| !id.is_empty())
                .map(str::to_owned),
        };
        match self.0.answer(words(content), &context) {
            Opinion::Answer { entry_id, text, quick_replies, confidence_millionths, intent } => {
                say(&text, &quick_replies, said(confidence_millionths, Some(intent), &entry_id, 0), Then::Done)
            }
            Opinion::HandOver { entry_id, reason, destination, text, confidence_millionths } => {
                let said = said(confidence_millionths, Some(entry_id.clone()), &entry_id, 0);
                let then = Then::HandOver { reason, to: None, named: destination };
                match text {
                    Some(text) => say(&text, &[], said, then),
                    None => Answer { said, then, ..Answer::default() },
                }
            }
            Opinion::Abstain { confidence_millionths, best } => {
                let before = turn.variables.get(FALLBACKS).and_then(Value::as_u64).unwrap_or(0);
                let said = said(confidence_millionths, best, "", before + 1);
                if before + 1 >= FALLBACKS_MOST {
                    let reason = format!("The assistant knew no answer {} times in a row.", before + 1);
                    Answer { said, then: Then::Abstained { reason }, ..Answer::default() }
                } else {
                    say(&self.0.knowledge().fallback, &[], said, Then::Done)
                }
            }
        }
    }
}

/// The value of a quick reply, else the text.
fn words(content: &Content) -> &str {
    let value = content.parts.iter().find_map(|part| match part {
        Part::Event { name, json } if name == "choice" => json.get("value").and_then(Value::as_str),
        _ => None,
    });
    value.unwrap_or(&content.plain)
}

fn said(confidence: u32, intent: Option<String>, entry: &str, fallbacks: u64) -> BotSaid {
    let mut variables = Map::new();
    variables.insert(LAST_ENTRY.into(), json!(entry));
    variables.insert(FALLBACKS.into(), json!(fallbacks));
    BotSaid { confidence: Some(confidence), intent, variables }
}

fn say(text: &str, quick_replies: &[QuickReply], said: BotSaid, then: Then) -> Answer {
    let mut parts = vec![Part::Text { text: text.trim().to_owned(), markdown: false, language: None }];
    if !quick_replies.is_empty() {
        let choices =
            quick_replies.iter().map(|reply| Choice { label: reply.label.clone(), value: reply.value.clone() });
        parts.push(Part::Choices { choices: choices.collect() });
    }
    let messages: Vec<Content> = Content::parts(parts).into_iter().collect();
    Answer { messages, said, then, ..Answer::default() }
}
