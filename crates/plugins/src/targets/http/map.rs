//! From what Baton tells a target to the request's body, and from the target's words to what it did. Pure.

use super::wire::{
    CloseReason as WireCloseReason, Customer, EVENTS_FIELDS, EndReason, EndTo, Event, Events, OPEN_ANSWER_FIELDS, Op,
    Open, OpenAnswer, Reason, Refusal, Request, VERSION, What,
};
use crate::protocols::baton_http::{Line, Message, Parts, WireError, read, short};
use baton_core::command::TargetDid;
use baton_core::content::Content;
use baton_core::effect::CloseReason;
use baton_core::event::Failure;
use baton_core::ids::{ConversationId, Hash16, Ms};
use baton_core::limits;
use baton_core::settings::History;
use baton_kit::target::{Opening, Polled, Told};

/// Events in one callback or one answer to a poll.
const EVENTS: usize = limits::PAGE;
/// Characters in an outside id.
const ID_CHARS: usize = 200;
/// Lines and characters of a line in a summary.
const SUMMARY: (usize, usize) = (10, 200);
/// Bounds of the pause between two polls, and what it is if the target does not say.
const AGAIN: (Ms, Ms, Ms) = (500, 60_000, 2_000);

/// The body of `open`.
pub fn open(opening: &Opening, history: History) -> Request {
    let full = history == History::Full;
    let lines = if full { opening.history.iter().map(Line::from).collect() } else { Vec::new() };
    let open = Open {
        reference: opening.reference.clone(),
        handover: opening.handover.to_string(),
        reason: Reason { trigger: opening.trigger.clone(), evidence: opening.evidence.clone() },
        customer: Customer { name: opening.customer.clone() },
        language: opening.language.clone(),
        variables: opening.variables.clone(),
        history: lines,
        history_address: opening.history_address.clone().filter(|_| full),
        summary: (history == History::Summary).then(|| summary(opening)),
        callback: opening.callback.clone(),
        attempt: opening.attempt,
        left_ms: opening.left,
    };
    request(opening.conversation, opening.baton, Op::Open(Box::new(open)))
}

/// The last lines, each cut: for a desk that has room for one note.
fn summary(opening: &Opening) -> String {
    let (lines, chars) = SUMMARY;
    let skip = opening.history.len().saturating_sub(lines);
    let mut out = String::new();
    for line in &opening.history[skip..] {
        let text: String = line.text.chars().take(chars).collect();
        let cut = if text.len() < line.text.len() { "…" } else { "" };
        out.push_str(&format!("{}: {}{cut}\n", line.name.as_deref().unwrap_or(line.by), text.replace('\n', " ")));
    }
    out
}

/// The body of `message`.
pub fn tell(told: &Told) -> Request {
    request(told.conversation, told.baton, Op::Message { line: Line::from(&told.line), attempt: told.attempt })
}

/// The body of `close`.
pub fn close(conversation: ConversationId, baton: u64, reason: CloseReason) -> Request {
    let reason = match reason {
        CloseReason::Withdrawn => WireCloseReason::Withdrawn,
        CloseReason::TooLate => WireCloseReason::TooLate,
        CloseReason::Passed => WireCloseReason::Passed,
        CloseReason::Closed => WireCloseReason::Closed,
    };
    request(conversation, baton, Op::Close { reason })
}

/// Any request.
pub fn request(conversation: ConversationId, baton: u64, op: Op) -> Request {
    Request { version: VERSION.to_owned(), conversation: conversation.to_string(), baton, op }
}

/// Reads the answer to `open`. A reason of refusal comes along for the log.
///
/// # Errors
/// What is to be put right in the body.
pub fn opened(bytes: &[u8]) -> Result<(TargetDid, Option<Refusal>), WireError> {
    Ok(match read(bytes, OPEN_ANSWER_FIELDS)? {
        OpenAnswer::Accepted => (TargetDid::Accepted, None),
        OpenAnswer::Waiting { place } => (TargetDid::Waiting { place: counted("place", place)? }, None),
        OpenAnswer::Refused { reason } => (TargetDid::Refused, Some(reason)),
    })
}

/// One thing that a target reports.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackItem {
    /// The target's id of it, as a keyed hash: what came under it before is a repeat.
    pub outside: Hash16,
    /// What.
    pub did: CallbackDid,
}

/// What a target reports.
#[derive(Clone, Debug, PartialEq)]
pub enum CallbackDid {
    /// For the log.
    Did(TargetDid),
    /// Fleeting: somebody there types, or no longer.
    Typing(bool),
}

/// Reads a callback. `hash` is keyed: outside ids may name a person.
///
/// # Errors
/// What is to be put right in the body; then nothing of it counts.
pub fn parse_callback(bytes: &[u8], hash: &dyn Fn(&str) -> Hash16) -> Result<Vec<CallbackItem>, WireError> {
    items(read::<Events>(bytes, EVENTS_FIELDS)?.events, hash)
}

/// Reads the answer to a poll.
///
/// # Errors
/// As [`parse_callback`].
pub fn parse_poll(bytes: &[u8], hash: &dyn Fn(&str) -> Hash16) -> Result<Polled, WireError> {
    let events: Events = read(bytes, EVENTS_FIELDS)?;
    let cursor = short("cursor", events.cursor, limits::NOTE_CHARS)?;
    if cursor.is_none() && !events.events.is_empty() {
        return Err(WireError::at("cursor", "missing: without it the same events would come again"));
    }
    let (least, most, usual) = AGAIN;
    let did = items(events.events, hash)?.into_iter().filter_map(|item| match item.did {
        CallbackDid::Did(did) => Some(did),
        CallbackDid::Typing(_) => None,
    });
    Ok(Polled { did: did.collect(), cursor, again: events.again_ms.unwrap_or(usual).clamp(least, most) })
}

fn items(events: Vec<Event>, hash: &dyn Fn(&str) -> Hash16) -> Result<Vec<CallbackItem>, WireError> {
    if events.len() > EVENTS {
        return Err(WireError::at("events", format!("at most {EVENTS} at once")));
    }
    events.into_iter().enumerate().map(|(at, event)| item(&format!("events[{at}]"), event, hash)).collect()
}

fn item(place: &str, event: Event, hash: &dyn Fn(&str) -> Hash16) -> Result<CallbackItem, WireError> {
    let id = short(&format!("{place}.id"), Some(event.id), ID_CHARS)?
        .ok_or_else(|| WireError::at(format!("{place}.id"), "must not be empty"))?;
    // An event's id and an agent's id may be the same word.
    let outside = hash(&format!("event:{id}"));
    let name = |name| short(&format!("{place}.name"), name, limits::NAME_CHARS);
    let party = |id: Option<String>| {
        let id = short(&format!("{place}.agent_id"), id, ID_CHARS)?;
        Ok::<_, WireError>(id.map(|id| hash(&format!("party:{id}"))))
    };
    let did = match event.what {
        What::Accepted => TargetDid::Accepted,
        What::Waiting { place: there } => TargetDid::Waiting { place: counted(&format!("{place}.place"), there)? },
        What::Refused { .. } => TargetDid::Refused,
        What::Joined { human, name: who, agent_id } => {
            TargetDid::Joined { human, name: name(who)?, party: party(agent_id)? }
        }
        What::Message { text, parts, name: who, agent_id } => {
            let content = content(place, text, parts)?;
            TargetDid::Said { content, name: name(who)?, party: party(agent_id)?, outside: Some(outside) }
        }
        What::Typing { on } => return Ok(CallbackItem { outside, did: CallbackDid::Typing(on) }),
        What::Transferred { name: who } => TargetDid::Transferred { name: name(who)? },
        What::Ended { reason: EndReason::Failed, .. } => TargetDid::Failed(Failure::TargetLost),
        What::Ended { reason: EndReason::Done, disposition, to } => TargetDid::Ended {
            disposition: short(&format!("{place}.disposition"), disposition, limits::NAME_CHARS)?,
            back_to_bot: to == EndTo::Bot,
        },
    };
    Ok(CallbackItem { outside, did: CallbackDid::Did(did) })
}

fn content(
    place: &str,
    text: Option<String>,
    parts: Option<Vec<crate::protocols::baton_http::Part>>,
) -> Result<Content, WireError> {
    match (text, parts) {
        (Some(text), None) => Message::Text(text).into_content(&format!("{place}.text")),
        (None, Some(parts)) => Message::Parts(Parts { parts }).into_content(place),
        _ => Err(WireError::at(place, "a message has `text` or `parts`")),
    }
}

/// Nobody is at place 0 of a line.
fn counted(place: &str, there: Option<u32>) -> Result<Option<u32>, WireError> {
    match there {
        Some(0) => Err(WireError::at(place, "places count from 1")),
        other => Ok(other),
    }
}
