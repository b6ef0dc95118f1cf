//! What an administrator sends is checked before it becomes a version: strictly, with the place that is wrong.

use crate::accounts::{Account, check_strength, hash_passphrase};
use crate::app::App;
use crate::demo;
use crate::identity::Secrets;
use crate::plugins::{BotPlugin, TargetPlugin};
use crate::problem::Problem;
use crate::widget::{self, Widget};
use baton_core::event::Object;
use baton_core::hours::is_zone;
use baton_core::ids::{AgentId, ConnectionId, QueueId};
use baton_core::limits;
use baton_core::privacy::Privacy;
use baton_core::settings::{AgentCard, Connection, Destination, Inbox, Queue, Role, Settings};
use baton_plugins::bots::builtin::KnowledgeBase;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) fn invalid(place: &str, why: impl std::fmt::Display) -> Problem {
    Problem::new(422, "object_invalid", format!("{place}: {why}"))
}

fn read<T: DeserializeOwned>(place: &str, json: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { place.to_owned() } else { format!("{place}.{path}") };
        invalid(&place, error.into_inner())
    })
}

/// A name that people read.
pub(super) fn name(place: &str, name: &str) -> Result<(), Problem> {
    let long = name.chars().count() > limits::NAME_CHARS;
    if name.trim().is_empty() || long || name.chars().any(char::is_control) {
        return Err(invalid(place, format!("give a name of 1 to {} characters", limits::NAME_CHARS)));
    }
    Ok(())
}

/// The object as it is kept, or what is wrong with it.
pub(super) async fn checked(
    app: &App,
    object: Object,
    id: Uuid,
    body: Value,
    old: Option<&Value>,
) -> Result<Value, Problem> {
    let settings = app.engine.settings();
    match object {
        Object::Inbox => {
            let mut out = inbox(&settings, id, body.clone(), old)?;
            // Absent: as it was. Null: the defaults.
            let privacy = match body.get("privacy") {
                Some(Value::Null) => None,
                Some(new) => {
                    let new: Privacy = read("privacy", new.clone())?;
                    super::privacy::check(&app.engine, &new)?;
                    serde_json::to_value(new).ok()
                }
                None => old.and_then(|old| old.get("privacy")).cloned(),
            };
            if let Some(privacy) = privacy {
                out["privacy"] = privacy;
            }
            Ok(out)
        }
        Object::Queue => queue(&settings, body),
        Object::Bot => connection(object, body, old).and_then(bot),
        Object::Target => connection(object, body, old).and_then(target),
        Object::Agent => agent(app, id, body, old).await,
        Object::ApiKey => Err(invalid("object", "API keys are made by POST /api/v1/keys")),
        Object::Tag | Object::Reply | Object::Desk => Err(invalid("object", "it has a call of its own")),
    }
}

fn known_queue(settings: &Settings, place: &str, id: QueueId) -> Result<(), Problem> {
    if settings.queues.contains_key(&id) { Ok(()) } else { Err(invalid(place, "there is no queue with this id")) }
}

fn inbox(settings: &Settings, id: Uuid, body: Value, old: Option<&Value>) -> Result<Value, Problem> {
    let card: Inbox = read("card", body.get("card").cloned().unwrap_or_default())?;
    name("card.name", &card.name)?;
    let good = !card.slug.is_empty()
        && card.slug.len() <= 40
        && card.slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good {
        return Err(invalid("card.slug", "use 1 to 40 of the characters a-z, 0-9 and -"));
    }
    if settings.inboxes.iter().any(|(other, inbox)| other.0 != id && inbox.slug == card.slug) {
        return Err(Problem::new(409, "slug_taken", "Another inbox has this slug."));
    }
    if card.time_zone.as_deref().is_some_and(|zone| !is_zone(zone)) {
        return Err(invalid("card.time_zone", "give an IANA name such as Europe/Berlin"));
    }
    if let Some(bot) = card.bot
        && !settings.is_bot(bot)
    {
        return Err(invalid("card.bot", "there is no bot with this id"));
    }
    match card.destination {
        Destination::Queue { id } => known_queue(settings, "card.destination.id", id)?,
        Destination::Target { id } => {
            if !matches!(settings.connections.get(&id).map(|c| &c.role), Some(Role::Target { .. })) {
                return Err(invalid("card.destination.id", "there is no target with this id"));
            }
            if card.fallback.is_none() && card.later.is_none() {
                return Err(invalid(
                    "card.fallback",
                    "name a queue (or a `later` queue) for the time when the target fails",
                ));
            }
        }
    }
    for (place, queue) in [("card.fallback", card.fallback), ("card.later", card.later)] {
        if let Some(queue) = queue {
            known_queue(settings, place, queue)?;
        }
    }
    for queue in &card.queues {
        known_queue(settings, "card.queues", *queue)?;
    }
    let mut out = json!({"card": card});
    match body.get("widget") {
        Some(Value::Null) => {}
        Some(new) => {
            let new: Widget = read("widget", new.clone())?;
            new.check()?;
            out["widget"] = serde_json::to_value(new).unwrap_or_default();
        }
        None => out["widget"] = old.and_then(|old| old.get("widget")).cloned().unwrap_or_default(),
    }
    // Secrets have a request of their own.
    if let Some(secrets) = old.and_then(|old| old.get("identity")) {
        out["identity"] = secrets.clone();
    }
    if out["widget"].is_null()
        && let Some(out) = out.as_object_mut()
    {
        out.remove("widget");
    }
    Ok(out)
}

fn queue(settings: &Settings, body: Value) -> Result<Value, Problem> {
    let card: Queue = read("card", body.get("card").cloned().unwrap_or_default())?;
    name("card.name", &card.name)?;
    if card.priority > 9 {
        return Err(invalid("card.priority", "0 to 9, 9 first"));
    }
    if let Some(hours) = &card.hours {
        hours.check().map_err(|error| invalid("card.hours", error))?;
    }
    if let Some(agent) = card.agents.iter().find(|agent| !settings.agents.contains_key(agent)) {
        return Err(invalid("card.agents", format!("there is no agent {agent}")));
    }
    Ok(json!({"card": card}))
}

/// Reads a connection; a secret that was shown as `set` stays what it was.
fn connection(object: Object, body: Value, old: Option<&Value>) -> Result<(Connection, Value), Problem> {
    let mut plugin = body.get("plugin").cloned().unwrap_or_default();
    if plugin.get("secret").is_none_or(|secret| secret == "set")
        && let Some(secret) = old.and_then(|old| old.pointer("/plugin/secret"))
        && let Some(plugin) = plugin.as_object_mut()
    {
        plugin.insert("secret".into(), secret.clone());
    }
    let mut card = body.get("card").cloned().unwrap_or_default();
    // A target says once, in its plug-in's manifest, what it can; decisions read it from the card.
    if object == Object::Target
        && let Some(can) = crate::plugins::Registry::manifest(&plugin)
        && let Some(card) = card.as_object_mut()
    {
        let opening = card.get("opening").and_then(Value::as_i64);
        card.remove("opening");
        card.insert("role".into(), serde_json::to_value(can.role(opening)).unwrap_or_default());
    }
    let card: Connection = read("card", card)?;
    name("card.name", &card.name)?;
    Ok((card, plugin))
}

fn bot((card, plugin): (Connection, Value)) -> Result<Value, Problem> {
    let Role::Bot { limit, .. } = card.role else { return Err(invalid("card.role", "a bot's role is `bot`")) };
    if !(1_000..=limits::BOT_LIMIT_MOST).contains(&limit) {
        return Err(invalid("card.role.limit", format!("1000 to {} milliseconds", limits::BOT_LIMIT_MOST)));
    }
    match read("plugin", plugin.clone())? {
        BotPlugin::Builtin { knowledge: Some(text), .. } => {
            KnowledgeBase::parse(&text).map_err(|error| invalid("plugin.knowledge", error))?;
        }
        BotPlugin::Builtin { knowledge: None, file: Some(path) } => {
            let text = std::fs::read_to_string(&path).map_err(|error| invalid("plugin.file", error))?;
            KnowledgeBase::parse(&text).map_err(|error| invalid("plugin.file", error))?;
        }
        BotPlugin::Builtin { .. } => return Err(invalid("plugin", "give `knowledge` or `file`")),
        BotPlugin::Http(config) => config.check().map_err(|error| invalid("plugin", error))?,
    }
    Ok(json!({"card": card, "plugin": plugin}))
}

fn target((card, plugin): (Connection, Value)) -> Result<Value, Problem> {
    if !matches!(card.role, Role::Target { .. }) {
        return Err(invalid("card.role", "a target's role is `target`"));
    }
    let TargetPlugin::Http(config) = read("plugin", plugin.clone())?;
    config.check().map_err(|error| invalid("plugin", error))?;
    Ok(json!({"card": card, "plugin": plugin}))
}

/// An account as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentBody {
    name: String,
    role: baton_core::settings::Rank,
    #[serde(default)]
    capacity: Option<u32>,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    mail: Option<String>,
    #[serde(default)]
    passphrase: Option<String>,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    language: Option<String>,
}

async fn agent(app: &App, id: Uuid, body: Value, old: Option<&Value>) -> Result<Value, Problem> {
    let body: AgentBody = read("agent", body)?;
    let old: Option<Account> = old.and_then(|old| serde_json::from_value(old.clone()).ok());
    name("name", &body.name)?;
    let capacity = body.capacity.or(old.as_ref().map(|a| a.card.capacity)).unwrap_or(limits::CAPACITY);
    if !(1..=1_000).contains(&capacity) {
        return Err(invalid("capacity", "1 to 1000 chats at once"));
    }
    let active = body.active.or(old.as_ref().map(|a| a.card.active)).unwrap_or(true);
    let mail = body.mail.or(old.as_ref().map(|a| a.mail.clone())).unwrap_or_default();
    if !mail.is_empty() {
        if !mail.contains('@') || mail.len() > 200 || mail.chars().any(char::is_whitespace) {
            return Err(invalid("mail", "give a mail address"));
        }
        if app.account_by_mail(&mail).is_some_and(|(other, _)| other != AgentId(id)) {
            return Err(Problem::new(409, "mail_taken", "Another account has this mail address."));
        }
    }
    let passphrase = match body.passphrase {
        Some(text) => {
            check_strength(&text)?;
            if mail.is_empty() {
                return Err(invalid("mail", "an account with a passphrase needs a mail address"));
            }
            Some(hash_passphrase(text).await?)
        }
        None => old.as_ref().and_then(|account| account.passphrase.clone()),
    };
    let account = Account {
        card: AgentCard { name: body.name, role: body.role, capacity, active },
        mail,
        passphrase,
        time_zone: body.time_zone.or(old.as_ref().map(|a| a.time_zone.clone())).unwrap_or_else(|| "UTC".into()),
        language: body.language.or(old.as_ref().map(|a| a.language.clone())).unwrap_or_else(|| "en".into()),
        demo: old.is_some_and(|account| account.demo),
    };
    serde_json::to_value(account).map_err(|error| Problem::new(500, "internal", error.to_string()))
}

/// Nothing that is still named may be removed: a conversation must always find where to go.
pub(super) fn unused(app: &App, object: Object, id: Uuid) -> Result<(), Problem> {
    let settings = app.engine.settings();
    let queue = QueueId(id);
    let connection = ConnectionId(id);
    let used = settings.inboxes.values().find(|inbox| match object {
        Object::Queue => {
            inbox.destination == Destination::Queue { id: queue }
                || inbox.fallback == Some(queue)
                || inbox.later == Some(queue)
                || inbox.queues.contains(&queue)
        }
        Object::Bot => inbox.bot == Some(connection),
        Object::Target => inbox.destination == Destination::Target { id: connection },
        _ => false,
    });
    match used {
        Some(inbox) => Err(invalid("id", format!("the inbox {} still uses it", inbox.name))),
        None if object == Object::Queue && app.engine.waiting(queue) > 0 => Err(invalid("id", "customers wait in it")),
        None => Ok(()),
    }
}

/// The object as an administrator sees it: without secrets.
pub(super) fn shown(id: Uuid, version: u32, object: Object, json: &Value) -> Value {
    if object == Object::Agent
        && let Ok(account) = serde_json::from_value::<Account>(json.clone())
    {
        return json!({
            "id": id, "version": version, "name": account.card.name, "role": account.card.role,
            "capacity": account.card.capacity, "active": account.card.active, "mail": account.mail,
            "time_zone": account.time_zone, "language": account.language,
            "can_log_in": account.passphrase.is_some(), "demo": account.demo,
        });
    }
    let mut out = json.clone();
    if object == Object::Inbox {
        let secrets: Secrets =
            json.get("identity").and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default();
        out["identity"] = json!({"set": secrets.first.is_some(), "second": secrets.second.is_some()});
        out["widget"] = serde_json::to_value(widget::of(json)).unwrap_or_default();
        let privacy: Privacy =
            json.get("privacy").and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default();
        out["privacy"] = serde_json::to_value(privacy).unwrap_or_default();
    }
    if let Some(out) = out.as_object_mut() {
        out.remove(demo::MARK);
        out.insert("demo".into(), json!(demo::marked(json)));
    }
    if let Some(secret) = out.pointer_mut("/plugin/secret") {
        *secret = json!("set");
    }
    if let Some(out) = out.as_object_mut() {
        out.insert("id".into(), json!(id));
        out.insert("version".into(), json!(version));
    }
    out
}
