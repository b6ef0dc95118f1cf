//! What the panel says of the customer and of the conversation beside its row: tags, a block, who they are, where they
//! came from, what they read last, what the reader may still undo.

use super::View;
use super::texts::RowTexts;
use crate::problem::Problem;
use baton_core::conversation::Conversation;
use baton_core::event::{Body, Fact};
use baton_core::ids::{AgentId, ConversationId};
use baton_core::settings::Settings;
use baton_engine::Opened;
use serde_json::{Value, json};

impl View {
    /// Puts it beside the row.
    pub(super) async fn about(&self, state: &Conversation, texts: &RowTexts, out: &mut Value) -> Result<(), Problem> {
        let settings = self.app.engine.settings();
        let tag = |id| Some(json!({"id": id, "name": settings.tags.get(id)?.name}));
        // A tag that was removed is on nothing any more.
        out["tags"] = state.tags.iter().filter_map(tag).collect();
        out["blocked"] = self.block(state, &settings).await?;
        let (mut contact, mut page, mut device) = (None, None, None);
        let opened = self.open(state.id, state.marks.first_opened).await?.and_then(|opened| opened.body);
        if let Some(Body::Opening { contact: by, page: on, device: with, .. }) = opened {
            (contact, page, device) = (by, on, with);
        }
        match self.open(state.id, state.marks.contact).await?.and_then(|opened| opened.body) {
            // An empty one takes the old one away.
            Some(Body::Customer { contact: Some(set), .. }) => contact = Some(set).filter(|set| !set.is_empty()),
            Some(Body::Identity(identity)) => contact = identity.mail.or(identity.phone).or(contact),
            _ => {}
        }
        out["customer"] = json!({
            "name": texts.customer,
            "language": state.language,
            "person_first": state.person_first,
            "contact": contact,
            "known": state.known,
            "id": state.person,
        });
        (out["page"], out["device"]) = (json!(page), json!(device));
        out["told"] = self.told(state.id, state.marks.told).await?;
        let mine = |agent: Option<AgentId>| agent.is_some() && agent == self.reader.agent;
        out["held"] = state
            .held
            .iter()
            .filter(|held| mine(held.actor.acting_agent()))
            .map(|held| json!({"seq": held.seq, "until": held.due}))
            .collect();
        Ok(())
    }

    async fn block(&self, state: &Conversation, settings: &Settings) -> Result<Value, Problem> {
        let Some((seq, at)) = state.blocked else { return Ok(Value::Null) };
        let Some(opened) = self.open(state.id, seq).await? else { return Ok(Value::Null) };
        let by = opened.header.actor.acting_agent();
        let reason = match opened.body {
            Some(Body::Note { text }) => text,
            _ => String::new(),
        };
        let by = by.map(|agent| json!({"id": agent, "name": settings.agent_name(agent)}));
        Ok(json!({"reason": reason, "by": by, "at": at}))
    }

    /// The newest notice, as the customer read it.
    async fn told(&self, id: ConversationId, seq: u64) -> Result<Value, Problem> {
        Ok(match self.open(id, seq).await? {
            Some(Opened { header, body: Some(Body::Notice { words, .. }) }) => match header.fact {
                Fact::Told(told) => json!({"words": words, "at": header.at, "code": told.code}),
                _ => Value::Null,
            },
            _ => Value::Null,
        })
    }
}
