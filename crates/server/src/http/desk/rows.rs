//! Rows for many screens: what all who may read a chat are shown alike is made once for each of its events.

use super::View;
use super::access::Standing;
use super::wire;
use crate::problem::Problem;
use baton_core::ids::{AgentId, ConversationId};
use baton_core::ownership::{Holder, Line};
use baton_core::settings::Settings;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What every reader is shown of a row, as it was after this event and under these settings.
#[derive(Debug)]
pub(super) struct Common {
    seq: u64,
    settings: Arc<Settings>,
    /// A JSON object that lacks its end: `place`, `mentions_me` and `lists` follow.
    json: String,
    mentioned: Vec<AgentId>,
}

/// A row, made for one reader, as JSON.
pub(super) struct ForScreen {
    pub(super) id: ConversationId,
    /// Whether the reader may see it; if not, the JSON has no texts.
    pub(super) visible: bool,
    /// It stands in a live line: there.
    pub(super) place: Option<Option<u32>>,
    pub(super) json: String,
}

/// A row on its way to a screen.
#[derive(Serialize)]
pub(super) struct RowFrame<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) row: &'a Value,
    pub(super) counts: &'a Value,
    pub(super) cursor: &'a str,
}

/// An event on its way to a screen.
#[derive(Serialize)]
pub(super) struct EventFrame<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) conversation: ConversationId,
    pub(super) event: wire::Event<'a>,
}

impl View {
    /// The row of a conversation as this reader's screen is sent it; `None`: it has none.
    pub(super) async fn row_for_screen(&self, id: ConversationId) -> Result<Option<ForScreen>, Problem> {
        let engine = &self.app.engine;
        let state = match engine.conversation(&self.permit, id).await {
            Ok(state) => state,
            Err(baton_engine::Error::Refused(baton_core::refusal::Refusal::NotFound)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let settings = engine.settings();
        let lists = self.reader.lists(&settings, &Standing::from(&*state));
        let place = match &state.own.holder {
            Holder::Queue { line: Line::Live, .. } => Some(engine.place(id)),
            _ => None,
        };
        if lists.is_empty() {
            let Some(row) = engine.row(&self.permit, id).await? else { return Ok(None) };
            let shown = self.row(&row).await?;
            return Ok(Some(ForScreen { id, visible: shown.visible, place, json: shown.value.to_string() }));
        }
        let now = engine.runtime().now();
        let known = self.texts.common(id, now);
        let known = known.filter(|known| known.seq == state.head.seq && Arc::ptr_eq(&known.settings, &settings));
        let common = match known {
            Some(common) => common,
            None => {
                let Some(row) = engine.row(&self.permit, id).await? else { return Ok(None) };
                let data = wire::data(&row)?;
                let texts = self.row_texts(&row, &data).await?;
                let mut value = self.row_value(&row, &data, &texts, &settings);
                if let Some(members) = value.as_object_mut() {
                    members.remove("place");
                    members.remove("mentions_me");
                }
                let mut json = value.to_string();
                json.pop();
                let common = Arc::new(Common { seq: row.seq, settings, json, mentioned: data.mentioned });
                self.texts.keep_common(id, common.clone(), now);
                common
            }
        };
        let mentions_me = self.reader.agent.is_some_and(|agent| common.mentioned.contains(&agent));
        let own = json!({"place": place.flatten(), "mentions_me": mentions_me, "lists": lists}).to_string();
        let mut json = String::with_capacity(common.json.len() + own.len());
        json.push_str(&common.json);
        json.push(',');
        json.push_str(own.trim_start_matches('{'));
        Ok(Some(ForScreen { id, visible: true, place, json }))
    }
}
