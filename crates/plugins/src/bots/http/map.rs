//! From a turn to the request's body, and from a reply's body to an answer. Pure.

use super::wire::{
    Brief, Destination as WireDestination, DestinationKind, HandOver, LATER_FIELDS, Later, REPLY_FIELDS, Reason, Reply,
    Request, Said, Settled, VERSION,
};
use crate::protocols::baton_http::{Line, Message, Part, WireError, read, short, variables};
use baton_core::content::{Content, Part as CorePart};
use baton_core::event::{AskFor, BotSaid};
use baton_core::ids::{ConnectionId, QueueId};
use baton_core::limits;
use baton_core::settings::Destination;
use baton_kit::bot::{Answer, Then, Turn};

/// The request's body.
pub fn request(turn: &Turn) -> Request {
    let earlier = turn.history_before;
    Request {
        version: VERSION.to_owned(),
        conversation: turn.conversation.to_string(),
        ask: turn.ask.to_string(),
        baton: turn.baton,
        reason: match turn.reason {
            AskFor::Opened => Reason::Opened,
            AskFor::Message => Reason::Message,
            AskFor::HandedBack => Reason::HandedBack,
        },
        attempt: turn.attempt,
        message: turn.message.as_ref().map(|(position, content)| Said {
            position: *position,
            text: content.plain.clone(),
            parts: content.parts.iter().map(Part::from).collect(),
        }),
        history: turn.history.iter().map(Line::from).collect(),
        history_cursor: earlier,
        history_address: earlier
            .zip(turn.reply_address.as_deref())
            .map(|(before, reply)| history_address(reply, before)),
        variables: turn.variables.clone(),
        language: turn.language.clone(),
        brief: turn.brief.as_ref().map(|brief| Brief {
            settled: brief.settled.iter().map(|s| Settled { fact: s.fact.clone(), turn: s.turn }).collect(),
            promised: brief.promised.clone(),
            do_not_ask: brief.do_not_ask.clone(),
            note: brief.note.clone(),
        }),
        reply_address: turn.reply_address.clone(),
        secrets_address: turn
            .reply_address
            .as_deref()
            .filter(|_| bears_secret(turn))
            .map(|reply| beside(reply, "secrets")),
        left_ms: turn.left,
    }
}

/// One token opens the doors of a turn: what may be answered may be read.
fn history_address(reply_address: &str, before: u64) -> String {
    format!("{}?before={before}", beside(reply_address, "history"))
}

fn beside(reply_address: &str, door: &str) -> String {
    reply_address.replacen("/hooks/bots/", &format!("/hooks/{door}/"), 1)
}

/// Whether the customer filled in a secret.
fn bears_secret(turn: &Turn) -> bool {
    let secret = |part: &CorePart| matches!(part, CorePart::FormAnswer { secret, .. } if !secret.is_empty());
    turn.message.as_ref().is_some_and(|(_, content)| content.parts.iter().any(secret))
}

/// Reads an answer at once. `may_be_late`: there is a reply address.
///
/// # Errors
/// What is to be put right in the body.
pub fn answer(bytes: &[u8], may_be_late: bool) -> Result<Answer, WireError> {
    let reply: Reply = read(bytes, REPLY_FIELDS)?;
    if reply.later && !may_be_late {
        return Err(WireError::at("later", "this bot has no reply address, so it must answer at once"));
    }
    let hints = [(reply.later, "later", Then::Later)];
    let then = then(reply.hand_over, reply.silent, reply.end, &hints)?;
    let messages = messages(reply.messages, 0)?;
    if messages.is_empty() && then.is_none() {
        return Err(says_nothing());
    }
    assemble(messages, 0, then.unwrap_or_default(), said(reply.variables, reply.confidence, reply.intent)?, reply.seen)
}

/// What came by the reply address.
#[derive(Clone, Debug)]
pub struct LaterReply {
    /// Messages and how the turn goes on.
    pub answer: Answer,
    /// Nothing more comes for this ask.
    pub done: bool,
}

/// Reads a later reply.
///
/// # Errors
/// What is to be put right in the body.
pub fn parse_later_reply(bytes: &[u8]) -> Result<LaterReply, WireError> {
    let later: Later = read(bytes, LATER_FIELDS)?;
    let end = then(later.hand_over, later.silent, later.end, &[])?;
    let first = match later.ordinal {
        Some(first) => first,
        None if later.messages.is_empty() => 0,
        None => return Err(WireError::at("ordinal", "say how many messages of this ask came before (0 for none)")),
    };
    let messages = messages(later.messages, first)?;
    if messages.is_empty() && end.is_none() && !later.done {
        return Err(says_nothing());
    }
    let done = later.done || end.is_some();
    let then = end.unwrap_or(if done { Then::Done } else { Then::Later });
    let said = said(later.variables, later.confidence, later.intent)?;
    Ok(LaterReply { answer: assemble(messages, first, then, said, later.seen)?, done })
}

fn says_nothing() -> WireError {
    WireError::at(
        "body",
        "says nothing: give messages, or one of hand_over, end, silent: true, later: true (done: true)",
    )
}

fn then(
    hand_over: Option<HandOver>,
    silent: bool,
    end: bool,
    more: &[(bool, &'static str, Then)],
) -> Result<Option<Then>, WireError> {
    let hand_over = hand_over.map(want_person).transpose()?;
    let mut ways: Vec<(&str, Then)> = Vec::new();
    ways.extend(hand_over.map(|then| ("hand_over", then)));
    ways.extend(silent.then_some(("silent", Then::Silent)));
    ways.extend(end.then_some(("end", Then::End)));
    ways.extend(more.iter().filter(|(set, ..)| *set).map(|(_, name, then)| (*name, then.clone())));
    match ways.as_slice() {
        [] => Ok(None),
        [(_, then)] => Ok(Some(then.clone())),
        [(one, _), (other, _), ..] => Err(WireError::at(*other, format!("cannot stand beside {one}"))),
    }
}

fn want_person(wish: HandOver) -> Result<Then, WireError> {
    let reason = short("hand_over.reason", Some(wish.reason), limits::NOTE_CHARS)?
        .ok_or_else(|| WireError::at("hand_over.reason", "say why; the agent reads it"))?;
    Ok(Then::HandOver { reason, to: wish.destination.map(destination).transpose()?, named: None })
}

fn destination(wish: WireDestination) -> Result<Destination, WireError> {
    let id = uuid::Uuid::parse_str(&wish.id)
        .map_err(|_| WireError::at("hand_over.destination.id", "must be the UUID of a queue or target"))?;
    Ok(match wish.kind {
        DestinationKind::Queue => Destination::Queue { id: QueueId(id) },
        DestinationKind::Target => Destination::Target { id: ConnectionId(id) },
    })
}

fn messages(wire: Vec<Message>, first: u16) -> Result<Vec<Content>, WireError> {
    if wire.len() + usize::from(first) > usize::from(limits::REPLIES_PER_ASK) {
        return Err(WireError::at("messages", format!("at most {} to one ask", limits::REPLIES_PER_ASK)));
    }
    wire.into_iter().enumerate().map(|(at, message)| message.into_content(&format!("messages[{at}]"))).collect()
}

fn said(
    set: serde_json::Map<String, serde_json::Value>,
    confidence: Option<f64>,
    intent: Option<String>,
) -> Result<BotSaid, WireError> {
    let confidence = match confidence {
        Some(sure) if (0.0..=1.0).contains(&sure) => Some((sure * 1_000_000.0).round() as u32),
        Some(_) => return Err(WireError::at("confidence", "must be from 0 to 1")),
        None => None,
    };
    Ok(BotSaid { confidence, intent: short("intent", intent, limits::NAME_CHARS)?, variables: variables(set)? })
}

fn assemble(
    messages: Vec<Content>,
    first_ordinal: u16,
    then: Then,
    said: BotSaid,
    basis: Option<u64>,
) -> Result<Answer, WireError> {
    if then == Then::Silent && !messages.is_empty() {
        return Err(WireError::at("silent", "cannot stand beside messages"));
    }
    Ok(Answer { messages, first_ordinal, said, then, basis })
}
