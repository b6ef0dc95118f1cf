//! What an agent has set for their own screen: keys, sounds, language, density. One object that the hub keeps and does
//! not read, sealed, because nobody but its agent has a use for it.

use super::Desk;
use crate::json::Json;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::event::{Key, Stream, open, seal};
use baton_core::ids::{AgentId, Ms};
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::refusal::Refusal;
use baton_kit::store::Record;
use serde_json::{Map, Value};
use uuid::Uuid;

const KIND: &str = "preferences";

type Preferences = Map<String, Value>;

impl Desk {
    fn preferences_key(&self) -> Key {
        Key(self.app.engine.master().derive(KIND))
    }

    fn preferences_place(&self, agent: AgentId) -> (Uuid, Stream, u64, &'static str, u16) {
        (self.app.engine.store().identity().workspace, Stream::Agent(agent), 0, KIND, 1)
    }

    fn preferring(&self) -> Result<AgentId, Problem> {
        self.caller.may(Action::Work)?;
        Ok(self.caller.agent().ok_or(Refusal::NotAllowed)?)
    }
}

pub(super) async fn read(desk: Desk) -> Result<Response, Problem> {
    let agent = desk.preferring()?;
    let (store, now) = (desk.app.engine.store(), desk.app.engine.runtime().now());
    let kept = store.record(KIND, agent.0.as_bytes(), now).await?;
    // What cannot be opened is of another master key: the screen starts afresh.
    let opened =
        kept.and_then(|record| open(&desk.preferences_key(), desk.preferences_place(agent), &record.value).ok());
    let preferences: Preferences = opened.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    Ok(axum::Json(preferences).into_response())
}

pub(super) async fn write(desk: Desk, Json(preferences): Json<Preferences>) -> Result<Response, Problem> {
    let agent = desk.preferring()?;
    let bytes = serde_json::to_vec(&preferences).unwrap_or_default();
    if bytes.len() > limits::PREFERENCES_BYTES {
        let why = format!("preferences are at most {} bytes", limits::PREFERENCES_BYTES);
        return Err(Problem::new(422, "object_invalid", why));
    }
    let mut nonce = [0; 24];
    desk.app.engine.runtime().random(&mut nonce);
    let value = seal(&desk.preferences_key(), nonce, desk.preferences_place(agent), &bytes);
    let record = Record { kind: KIND.into(), key: agent.0.as_bytes().to_vec(), value, expires: Ms::MAX };
    desk.app.engine.store().put_record(record).await?;
    Ok(axum::Json(preferences).into_response())
}
