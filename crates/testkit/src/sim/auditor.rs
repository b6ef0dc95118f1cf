//! Looks over the hub's shoulder while it runs: what it says of a conversation is never older than what the disk had
//! before it was asked, and whoever stands in a line has a place there.

use super::journal::What;
use super::machine::lock;
use super::settings::{agent, as_agent};
use super::world::World;
use baton_core::event::Stream;
use baton_core::ids::{ConversationId, Ms};
use baton_core::ownership::{Holder, Line};
use baton_kit::store::Store;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Between two looks.
const LOOK: Ms = 4_000;
/// A hub of which nobody heard what became of a commit finds it by itself within two looks at its log.
const FINDS: Ms = 15_000;

/// Looks until people go.
pub(crate) async fn auditor(world: Arc<World>, chats: Arc<Mutex<Vec<ConversationId>>>) {
    // Since when a chat waits without a place, as of which event.
    let mut lost: BTreeMap<ConversationId, (u64, Ms)> = BTreeMap::new();
    while world.machine.real() < world.end {
        world.machine.sleep(LOOK).await;
        let chats = lock(&chats).clone();
        for chat in chats {
            let Some((engine, _)) = world.engine() else { break };
            let last = world.disk.store.read_before(Stream::Conversation(chat), u64::MAX, 1).await;
            let on_disk = last.ok().and_then(|events| events.last().map(|event| event.seq)).unwrap_or(0);
            let asked = world.ask_plainly(move |engine| {
                Box::pin(async move { engine.conversation(&as_agent(agent(0)), chat).await })
            });
            let Some(Ok(state)) = asked.await else { continue };
            let seq = state.head.seq;
            world.note("auditor", What::Looked);
            if seq < on_disk {
                let words = format!("the hub says {seq}, the disk had {on_disk} before it was asked");
                world.note("auditor", What::Behind { conversation: chat, words });
            }
            let waits = matches!(state.own.holder, Holder::Queue { line: Line::Live, .. });
            if !waits || engine.place(chat).is_some() {
                lost.remove(&chat);
                continue;
            }
            let (since, at) = *lost.entry(chat).or_insert((seq, world.machine.real()));
            if since == seq && world.machine.real() - at > FINDS {
                world.note("auditor", What::NoPlace { conversation: chat });
            } else if since != seq {
                lost.insert(chat, (seq, world.machine.real()));
            }
        }
    }
}
