//! The demo shop: what a newcomer finds on an empty data folder. The inbox of `/try`, and beside it demo data: conversations
//! in an inbox of their own, marked, never in the figures, removed by one request.

mod clock;
mod shop;

use anyhow::Result;
use baton_core::actor::Part;
use baton_core::command::Command;
use baton_core::event::Object;
use baton_core::ids::{ConversationId, Ids, InboxId, Ms};
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_engine::search::Search;
use baton_engine::{Changed, Config, Engine, Error};
use baton_kit::runtime::seed;
use baton_kit::store::{self, Record, RowFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Demo data that nobody touched are made anew at a start when they are older than this: "waits for two minutes" should not
/// become "for two weeks".
const FRESH: Ms = 12 * 60 * 60 * 1_000;
/// As good as for ever.
const KEPT: Ms = 100 * 365 * 24 * 60 * 60 * 1_000;

/// What is remembered of the demo data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seeded {
    at: Ms,
    inbox: InboxId,
    /// With the seq that each had.
    pub(crate) conversations: Vec<(ConversationId, u64)>,
    /// They were taken away by somebody, and do not come back.
    pub(crate) removed: bool,
}

impl Seeded {
    fn record(&self, now: Ms) -> Result<Record> {
        let value = serde_json::to_vec(self)?;
        Ok(Record { kind: "demo".into(), key: b"shop".to_vec(), value, expires: now + KEPT })
    }
}

/// What is known of the demo data; none: they were never seeded.
pub(crate) async fn seeded(engine: &Engine) -> Result<Option<Seeded>, store::Error> {
    let record = engine.store().record("demo", b"shop", engine.runtime().now()).await?;
    Ok(record.and_then(|record| serde_json::from_slice(&record.value).ok()))
}

/// Seeds the demo data beside the inbox of `/try`: once, and anew when they are old and nobody has touched them.
pub(crate) async fn seed_data(engine: &Engine) -> Result<()> {
    let system = Permit::system(Part::Setup);
    match seeded(engine).await? {
        Some(old) if old.removed || engine.runtime().now() < old.at + FRESH => return Ok(()),
        Some(old) => {
            for (id, seq) in &old.conversations {
                // One that is hidden already was on its way out when a start was cut off.
                if engine.row(&system, *id).await?.is_some_and(|row| row.seq != *seq) {
                    return Ok(());
                }
            }
            take_away(engine, &system, &old).await?;
            engine.store().take_record("demo", b"shop").await?;
        }
        // A start that was cut off may have left the inbox without its conversations.
        None => drop_objects(engine, &system, true).await?,
    }
    if let Some(made) = shop::make(engine).await? {
        tracing::info!(conversations = made.conversations.len(), "the demo data were seeded");
    }
    Ok(())
}

/// Removes the demo data for good: out of every list, their keys destroyed. The inbox goes with them, unless chats of one's
/// own were had in it: then it stays, as an ordinary inbox.
pub(crate) async fn remove(engine: &Engine, search: &Search, permit: &Permit) -> Result<()> {
    let Some(mut old) = seeded(engine).await?.filter(|old| !old.removed) else { return Ok(()) };
    // Whoever has one of them at hand has the seat back. After a fall in between all is done again.
    for (id, _) in &old.conversations {
        let close = Command::Close { disposition: None, wrap_up: None };
        match engine.execute(&Permit::system(Part::Setup), *id, close).await {
            Ok(_) | Err(Error::Refused(Refusal::Closed | Refusal::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    take_away(engine, permit, &old).await?;
    // Before it is remembered as done: afterwards nobody knows which they were.
    for (id, _) in &old.conversations {
        search.forget(*id).await?;
    }
    old.removed = true;
    old.conversations.clear();
    engine.store().put_record(old.record(engine.runtime().now())?).await?;
    Ok(())
}

async fn take_away(engine: &Engine, permit: &Permit, old: &Seeded) -> Result<()> {
    engine.forget(permit, old.conversations.iter().map(|(id, _)| *id).collect()).await?;
    let own = RowFilter { inboxes: vec![old.inbox], limit: 1, ..RowFilter::default() };
    let used = engine.count_rows(permit, own).await? > 0;
    drop_objects(engine, permit, !used).await
}

/// Takes the marked objects away; or only the agents, and from the others the mark.
async fn drop_objects(engine: &Engine, permit: &Permit, all: bool) -> Result<()> {
    let config = engine.config();
    let marked: Vec<Changed> = config
        .objects
        .iter()
        .filter(|(_, (_, json))| marked(json))
        .map(|((object, id), (_, json))| {
            let mut kept = (!all && *object != Object::Agent).then(|| json.clone());
            if let Some(kept) = kept.as_mut().and_then(Value::as_object_mut) {
                kept.remove(MARK);
            }
            Changed { object: *object, id: *id, json: kept }
        })
        .collect();
    if !marked.is_empty() {
        engine.configure(permit, marked).await?;
    }
    Ok(())
}

/// What the demo shop's assistant knows.
const KNOWLEDGE: &str = include_str!("../../../knowledge/fernweh.yaml");

/// The member of an inbox's settings that marks demo data: never in the figures, and removable at once.
pub(crate) const MARK: &str = "demo_data";

/// Whether an inbox holds demo data, by its settings.
pub(crate) fn marked(json: &Value) -> bool {
    json.get(MARK).and_then(Value::as_bool).unwrap_or(false)
}

/// Whether this inbox holds demo data. The inbox of `/try` does not: what is tried there is real.
pub(crate) fn is_demo(config: &Config, inbox: InboxId) -> bool {
    config.get(Object::Inbox, inbox.0).is_some_and(marked)
}

/// Seeds the demo unless there is an inbox already. `knowledge`: a file instead of the shop's own.
pub(crate) async fn seed_demo(engine: &Engine, knowledge: Option<&Path>) -> Result<()> {
    if engine.config().all(Object::Inbox).next().is_some() {
        return Ok(());
    }
    let mut ids = Ids::new(seed(&**engine.runtime()), engine.runtime().now());
    let (service, messages, bot, inbox) = (ids.deal(), ids.deal(), ids.deal(), ids.deal());
    let (deliveries, safety) = (ids.deal(), ids.deal());
    let plugin = match knowledge {
        Some(file) => json!({"kind": "builtin", "file": std::path::absolute(file)?}),
        None => json!({"kind": "builtin", "knowledge": KNOWLEDGE}),
    };
    let objects: [(Object, uuid::Uuid, Value); 6] = [
        (Object::Queue, service, json!({"card": {"name": "Service", "line": "live"}})),
        // The names that the shop's knowledge file gives as destinations.
        (Object::Queue, deliveries, json!({"card": {"name": "Deliveries", "line": "live", "priority": 2}})),
        (Object::Queue, safety, json!({"card": {"name": "Safety", "line": "live", "priority": 9}})),
        (Object::Queue, messages, json!({"card": {"name": "Messages", "line": "later"}})),
        (
            Object::Bot,
            bot,
            json!({"card": {"name": "Fernweh assistant", "role": {"kind": "bot", "greets": true, "takes_brief": true}}, "plugin": plugin}),
        ),
        (
            Object::Inbox,
            inbox,
            json!({"card": {
                "slug": "demo", "name": "Fernweh Outdoors", "bot": bot,
                "destination": {"kind": "queue", "id": service}, "queues": [service, deliveries, safety], "later": messages, "language": "en"
            }}),
        ),
    ];
    let changes = objects.map(|(object, id, json)| Changed { object, id, json: Some(json) });
    engine.configure(&Permit::system(Part::Setup), changes.to_vec()).await?;
    Ok(())
}
