//! The demo shop: what a newcomer finds on an empty data folder.

use anyhow::Result;
use baton_core::actor::Part;
use baton_core::event::Object;
use baton_core::ids::{Ids, InboxId};
use baton_core::permission::Permit;
use baton_engine::{Changed, Config, Engine};
use baton_kit::runtime::seed;
use serde_json::{Value, json};
use std::path::Path;

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
