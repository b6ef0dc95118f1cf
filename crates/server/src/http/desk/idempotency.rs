//! `Idempotency-Key`: a repeated request does nothing a second time. The key stands as a hash, and its record is in the
//! same commit as what the request did; nothing that anybody typed is kept with it.

use super::Desk;
use crate::accounts::digest;
use crate::app::App;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use baton_core::command::Command;
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_engine::Done;
use baton_kit::store::Record;
use serde_json::Value;

const KIND: &str = "idem";
const LONGEST: usize = 200;

/// The request's key, bound to its address; absent: each request is new.
pub(super) struct Key(Option<String>);

/// What became of a request.
pub(super) enum Ran {
    First(Box<Done>),
    /// It was done before; the answer of then, if it was kept.
    Repeat(Option<Value>),
}

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(text) if !text.is_empty() && text.len() <= LONGEST => {
                Ok(Self(Some(format!("{} {}\n{text}", parts.method, parts.uri.path()))))
            }
            _ => Err(Problem::malformed(format!("`Idempotency-Key` has 1 to {LONGEST} visible characters"))),
        }
    }
}

impl Desk {
    fn record(&self, key: &str, value: Vec<u8>) -> Record {
        let key = digest(&format!("{:?}\n{key}", self.caller.subject));
        Record { kind: KIND.into(), key, value, expires: self.app.engine.runtime().now() + limits::FREE_KEY }
    }

    /// Carries out a command, once per key.
    pub(super) async fn run(
        &self,
        key: &Key,
        permit: &Permit,
        id: ConversationId,
        command: Command,
    ) -> Result<Ran, Problem> {
        let engine = &self.app.engine;
        let Some(key) = &key.0 else {
            return Ok(Ran::First(Box::new(engine.execute(permit, id, command).await?)));
        };
        let record = self.record(key, Vec::new());
        let name = record.key.clone();
        match engine.execute_once(permit, id, command, record).await? {
            Some(done) => Ok(Ran::First(Box::new(done))),
            None => {
                let kept = engine.store().record(KIND, &name, engine.runtime().now()).await?;
                Ok(Ran::Repeat(kept.and_then(|record| serde_json::from_slice(&record.value).ok())))
            }
        }
    }

    /// Keeps the answer for repeats. Never give it anything that a person typed.
    pub(super) async fn keep(&self, key: &Key, answer: &Value) -> Result<(), Problem> {
        if let Some(key) = &key.0 {
            let value = serde_json::to_vec(answer).unwrap_or_default();
            self.app.engine.store().put_record(self.record(key, value)).await?;
        }
        Ok(())
    }
}
