//! The demo shop: what a newcomer finds on an empty data folder.

use anyhow::Result;
use baton_core::actor::Part;
use baton_core::event::Object;
use baton_core::ids::Ids;
use baton_core::permission::Permit;
use baton_engine::{Changed, Engine};
use baton_kit::runtime::seed;
use serde_json::{Value, json};
use std::path::Path;

/// What the demo shop's assistant knows.
const KNOWLEDGE: &str = include_str!("../../../knowledge/fernweh.yaml");

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
        (Object::Queue, service, json!({"card": {"name": "Service", "line": "live"}, "demo": true})),
        // The names that the shop's knowledge file gives as destinations.
        (
            Object::Queue,
            deliveries,
            json!({"card": {"name": "Deliveries", "line": "live", "priority": 2}, "demo": true}),
        ),
        (Object::Queue, safety, json!({"card": {"name": "Safety", "line": "live", "priority": 9}, "demo": true})),
        (Object::Queue, messages, json!({"card": {"name": "Messages", "line": "later"}, "demo": true})),
        (
            Object::Bot,
            bot,
            json!({"card": {"name": "Fernweh assistant", "role": {"kind": "bot", "greets": true, "takes_brief": true}}, "plugin": plugin, "demo": true}),
        ),
        (
            Object::Inbox,
            inbox,
            json!({"card": {
                "slug": "demo", "name": "Fernweh Outdoors", "bot": bot,
                "destination": {"kind": "queue", "id": service}, "queues": [service, deliveries, safety], "later": messages, "language": "en"
            }, "demo": true}),
        ),
    ];
    let changes = objects.map(|(object, id, json)| Changed { object, id, json: Some(json) });
    engine.configure(&Permit::system(Part::Setup), changes.to_vec()).await?;
    Ok(())
}
