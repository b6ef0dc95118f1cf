//! What a team sets for its own work: tags, saved replies, how chats are filed, how long a word may be undone. Everybody
//! reads it; supervisors and administrators write it; a personal reply is its agent's own.

use super::Desk;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_core::event::Object;
use baton_core::ids::{AgentId, Ids, QueueId};
use baton_core::limits;
use baton_core::permission::{Action, Permit};
use baton_core::settings;
use baton_engine::{Changed, Config};
use baton_kit::runtime::seed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

fn invalid(place: &str, why: impl std::fmt::Display) -> Problem {
    Problem::new(422, "object_invalid", format!("{place}: {why}"))
}

fn not_found() -> Problem {
    Problem::new(404, "object_not_found", "There is nothing with this id.")
}

/// A short text that people read in lists.
fn short(place: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(invalid(place, format!("give 1 to {most} characters on one line")));
    }
    Ok(text.to_owned())
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Desk {
    fn fresh(&self) -> Uuid {
        let runtime = self.app.engine.runtime();
        Ids::new(seed(&**runtime), runtime.now()).deal()
    }

    /// The id under which it is written: a new one, or that of what is there.
    fn id_or_fresh(&self, object: Object, id: Option<Uuid>) -> Result<Uuid, Problem> {
        match id {
            Some(id) if self.app.engine.config().get(object, id).is_none() => Err(not_found()),
            Some(id) => Ok(id),
            None => Ok(self.fresh()),
        }
    }

    async fn write(&self, permit: &Permit, object: Object, id: Uuid, json: Option<Value>) -> Result<(), Problem> {
        self.app.engine.configure(permit, vec![Changed { object, id, json }]).await?;
        Ok(())
    }
}

fn status(fresh: bool) -> StatusCode {
    if fresh { StatusCode::CREATED } else { StatusCode::OK }
}

// ------------------------------------------------------------------------------------------------------------ tags

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagBody {
    name: String,
}

pub(super) async fn tags(desk: Desk) -> Result<Response, Problem> {
    desk.caller.may(Action::Directory)?;
    let config = desk.app.engine.config();
    let mut items: Vec<Value> = config.all(Object::Tag).filter_map(|(id, ..)| tag(&config, id)).collect();
    items.sort_by_key(|tag| tag["name"].as_str().unwrap_or_default().to_lowercase());
    Ok(axum::Json(json!({"items": items})).into_response())
}

fn tag(config: &Config, id: Uuid) -> Option<Value> {
    let (version, json) = config.objects.get(&(Object::Tag, id))?;
    Some(json!({"id": id, "version": version, "name": json.pointer("/card/name")?}))
}

pub(super) async fn make_tag(desk: Desk, Json(body): Json<TagBody>) -> Result<Response, Problem> {
    write_tag(desk, None, body).await
}

pub(super) async fn set_tag(desk: Desk, Path(id): Path<Uuid>, Json(body): Json<TagBody>) -> Result<Response, Problem> {
    write_tag(desk, Some(id), body).await
}

async fn write_tag(desk: Desk, asked: Option<Uuid>, body: TagBody) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    let id = desk.id_or_fresh(Object::Tag, asked)?;
    let name = short("name", &body.name, limits::TAG_CHARS)?;
    let tags = &desk.app.engine.settings().tags;
    if tags.iter().any(|(other, tag)| other.0 != id && same(&tag.name, &name)) {
        return Err(invalid("name", "another tag has this name"));
    }
    if asked.is_none() && tags.len() >= limits::TAGS_KNOWN {
        return Err(invalid("name", format!("there are {} tags; remove one first", limits::TAGS_KNOWN)));
    }
    desk.write(&permit, Object::Tag, id, Some(json!({"card": settings::Tag { name }}))).await?;
    let shown = tag(&desk.app.engine.config(), id).ok_or_else(not_found)?;
    Ok((status(asked.is_none()), axum::Json(shown)).into_response())
}

pub(super) async fn remove_tag(desk: Desk, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    desk.id_or_fresh(Object::Tag, Some(id))?;
    desk.write(&permit, Object::Tag, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

// --------------------------------------------------------------------------------------------------- saved replies

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyBody {
    shortcut: String,
    title: String,
    text: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    queue: Option<QueueId>,
    #[serde(default)]
    personal: bool,
}

/// A saved reply as it is kept.
#[derive(Serialize, Deserialize)]
struct Saved {
    shortcut: String,
    title: String,
    text: String,
    language: Option<String>,
    queue: Option<QueueId>,
    /// Whose own it is; none: everybody's.
    owner: Option<AgentId>,
}

fn saved(config: &Config) -> impl Iterator<Item = (Uuid, u32, Saved)> + '_ {
    config
        .all(Object::Reply)
        .filter_map(|(id, version, json)| Some((id, version, serde_json::from_value(json.clone()).ok()?)))
}

fn shown((id, version, reply): (Uuid, u32, Saved)) -> Value {
    json!({
        "id": id, "version": version, "shortcut": reply.shortcut, "title": reply.title, "text": reply.text,
        "language": reply.language, "queue": reply.queue, "personal": reply.owner.is_some(),
    })
}

/// The replies that this agent may use: everybody's and their own.
pub(super) fn replies_of(config: &Config, agent: Option<AgentId>) -> Vec<Value> {
    let mine = saved(config).filter(|(.., reply)| reply.owner.is_none() || reply.owner == agent);
    let mut items: Vec<Value> = mine.map(shown).collect();
    items.sort_by_key(|reply| reply["shortcut"].as_str().unwrap_or_default().to_lowercase());
    items
}

pub(super) async fn replies(desk: Desk) -> Result<Response, Problem> {
    desk.caller.may(Action::Directory)?;
    let items = replies_of(&desk.app.engine.config(), desk.caller.agent());
    Ok(axum::Json(json!({"items": items})).into_response())
}

pub(super) async fn make_reply(desk: Desk, Json(body): Json<ReplyBody>) -> Result<Response, Problem> {
    write_reply(desk, None, body).await
}

pub(super) async fn set_reply(
    desk: Desk,
    Path(id): Path<Uuid>,
    Json(body): Json<ReplyBody>,
) -> Result<Response, Problem> {
    write_reply(desk, Some(id), body).await
}

impl Desk {
    /// Who may write a reply of this owner; somebody else's own is not even there.
    fn may_write(&self, owner: Option<AgentId>) -> Result<Permit, Problem> {
        match owner {
            None => self.caller.may(Action::Supervise),
            Some(owner) if Some(owner) == self.caller.agent() => self.caller.may(Action::Work),
            Some(_) => Err(not_found()),
        }
    }

    fn owner_of_reply(&self, id: Uuid) -> Result<Option<AgentId>, Problem> {
        let config = self.app.engine.config();
        saved(&config).find(|(other, ..)| *other == id).map(|(.., reply)| reply.owner).ok_or_else(not_found)
    }
}

async fn write_reply(desk: Desk, asked: Option<Uuid>, body: ReplyBody) -> Result<Response, Problem> {
    if let Some(id) = asked {
        desk.may_write(desk.owner_of_reply(id)?)?;
    }
    let owner = match body.personal {
        true => Some(desk.caller.agent().ok_or_else(|| invalid("personal", "this key acts for no agent"))?),
        false => None,
    };
    let permit = desk.may_write(owner)?;
    let id = desk.id_or_fresh(Object::Reply, asked)?;
    let reply = checked(&desk, body, owner)?;
    let config = desk.app.engine.config();
    let clash = |other: &Saved| {
        other.owner == owner && same(&other.shortcut, &reply.shortcut) && other.language == reply.language
    };
    if saved(&config).any(|(other, _, saved)| other != id && clash(&saved)) {
        return Err(invalid("shortcut", "another reply has this shortcut"));
    }
    if asked.is_none() && saved(&config).filter(|(.., reply)| reply.owner == owner).count() >= limits::SAVED_REPLIES {
        return Err(invalid("text", format!("{} are kept; remove one first", limits::SAVED_REPLIES)));
    }
    desk.write(&permit, Object::Reply, id, Some(json!(reply))).await?;
    let config = desk.app.engine.config();
    let made = saved(&config).find(|(other, ..)| *other == id).ok_or_else(not_found)?;
    Ok((status(asked.is_none()), axum::Json(shown(made))).into_response())
}

fn checked(desk: &Desk, body: ReplyBody, owner: Option<AgentId>) -> Result<Saved, Problem> {
    let shortcut = short("shortcut", body.shortcut.trim_start_matches('/'), limits::SHORTCUT_CHARS)?;
    if shortcut.chars().any(char::is_whitespace) {
        return Err(invalid("shortcut", "one word, as it is typed after `/`"));
    }
    let title = short("title", &body.title, limits::NAME_CHARS)?;
    let text = body.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > limits::TEXT_CHARS {
        return Err(invalid("text", format!("give 1 to {} characters", limits::TEXT_CHARS)));
    }
    let language = body.language.filter(|code| !code.is_empty());
    if language.as_deref().is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_lowercase())) {
        return Err(invalid("language", "give a code of two letters such as `de`"));
    }
    if body.queue.is_some_and(|queue| !desk.app.engine.settings().queues.contains_key(&queue)) {
        return Err(invalid("queue", "there is no queue with this id"));
    }
    Ok(Saved { shortcut, title, text, language, queue: body.queue, owner })
}

pub(super) async fn remove_reply(desk: Desk, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let permit = desk.may_write(desk.owner_of_reply(id)?)?;
    desk.write(&permit, Object::Reply, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

// --------------------------------------------------------------------------------------------------- desk settings

pub(super) async fn desk_settings(desk: Desk) -> Result<Response, Problem> {
    desk.caller.may(Action::Directory)?;
    Ok(axum::Json(&desk.app.engine.settings().desk).into_response())
}

pub(super) async fn set_desk_settings(desk: Desk, Json(body): Json<settings::Desk>) -> Result<Response, Problem> {
    let permit = desk.caller.may(Action::Supervise)?;
    let most = (limits::UNDO_MOST / 1_000) as u32;
    if body.hold_seconds > most {
        return Err(invalid("hold_seconds", format!("0 to {most}")));
    }
    if body.dispositions.len() > limits::DISPOSITIONS {
        return Err(invalid("dispositions", format!("at most {}", limits::DISPOSITIONS)));
    }
    let mut dispositions: Vec<String> = Vec::with_capacity(body.dispositions.len());
    for (at, text) in body.dispositions.iter().enumerate() {
        let text = short(&format!("dispositions[{at}]"), text, limits::NAME_CHARS)?;
        if dispositions.iter().any(|other| same(other, &text)) {
            return Err(invalid(&format!("dispositions[{at}]"), "it is there twice"));
        }
        dispositions.push(text);
    }
    let card = settings::Desk { dispositions, hold_seconds: body.hold_seconds };
    // There is one; its id is fixed.
    desk.write(&permit, Object::Desk, Uuid::nil(), Some(json!({"card": card}))).await?;
    Ok(axum::Json(card).into_response())
}
