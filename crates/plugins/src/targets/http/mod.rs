//! The HTTP target, the mirror of the HTTP bot: any desk that takes a signed POST can be handed conversations. This file makes the
//! calls; `wire` is the contract, `map` the translation. Repeats with back-off are the outbox's: one operation is one call.

pub mod config;
pub mod map;
pub mod wire;

#[cfg(test)]
mod tests;

pub use config::{Config, Manifest};
pub use map::{CallbackDid, CallbackItem, parse_callback};

use crate::protocols::baton_http::{ConfigError, Verdict, WireError, guard, judge, judge_error, secret};
use baton_core::command::TargetDid;
use baton_core::effect::CloseReason;
use baton_core::ids::{ConversationId, Hash16};
use baton_core::limits;
use baton_kit::http::Client;
use baton_kit::runtime::{BoxFuture, SharedRuntime};
use baton_kit::signature::{self, Secret};
use baton_kit::target::{Error, ErrorKind, Opening, Polled, Target, Told};
use bytes::Bytes;
use std::sync::Arc;

/// Stands for an outside id in the log; keyed, because such an id may name a person.
pub type Hasher = Arc<dyn Fn(&str) -> Hash16 + Send + Sync>;

/// A desk behind an HTTP address.
pub struct HttpTarget {
    config: Config,
    secret: Secret,
    client: Client,
    runtime: SharedRuntime,
    hash: Hasher,
}

impl HttpTarget {
    /// From a checked configuration.
    ///
    /// # Errors
    /// What [`Config::check`] finds, or the HTTP client could not be made.
    pub fn new(config: Config, runtime: SharedRuntime, hash: Hasher) -> Result<Self, ConfigError> {
        config.check()?;
        let client = Client::new(guard(config.allow_private), runtime.clone()).map_err(ConfigError::Client)?;
        Ok(Self { secret: secret(&config.secret)?, config, client, runtime, hash })
    }

    /// Checks the signature of a callback: the values of `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    ///
    /// # Errors
    /// Malformed, stale or wrong.
    pub fn verify(&self, id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> Result<(), signature::Error> {
        self.secret.verify_request(id, timestamp, signatures, body, self.runtime.now() / 1_000)
    }

    async fn call(&self, id: &str, request: &wire::Request, limit: i64) -> Result<Bytes, Error> {
        let body = serde_json::to_vec(request).map_err(|error| permanent(error.to_string()))?;
        let response = self.client.post_json(&self.config.url, id, body, Some(&self.secret), limit).await;
        let (verdict, body) = match response {
            Ok(response) => (judge(response.status, response.retry_after), response.body),
            Err(error) => (judge_error(&error), Bytes::new()),
        };
        match verdict {
            Verdict::Read => Ok(body),
            Verdict::Again(detail) => Err(Error { kind: ErrorKind::Transient, detail }),
            Verdict::Never(detail) => Err(permanent(detail)),
            Verdict::Gone(detail) => Err(Error { kind: ErrorKind::Gone, detail }),
        }
    }

    async fn open_there(&self, opening: Opening) -> Result<TargetDid, Error> {
        let id = opening.handover.to_string();
        let request = map::open(&opening, self.config.can.history);
        // Shorter than the time to open: one call that hangs leaves room for another.
        let limit = opening.left.clamp(1, limits::OUTSIDE_CALL);
        let answer = self.call(&id, &request, limit).await.map_err(|error| match error.kind {
            // Nothing was there yet that could be gone: the address is wrong.
            ErrorKind::Gone => permanent(error.detail),
            _ => error,
        })?;
        let (did, refusal) = map::opened(&answer).map_err(misread)?;
        if let Some(reason) = refusal {
            tracing::info!(conversation = %opening.conversation, ?reason, "the target refused");
        }
        Ok(did)
    }
}

fn permanent(detail: String) -> Error {
    Error { kind: ErrorKind::Permanent, detail }
}

fn misread(error: WireError) -> Error {
    permanent(error.to_string())
}

impl Target for HttpTarget {
    fn open(&self, opening: Opening) -> BoxFuture<'_, Result<TargetDid, Error>> {
        Box::pin(self.open_there(opening))
    }

    fn tell(&self, told: Told) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let id = format!("{}_{}_{}", told.conversation, told.baton, told.line.position);
            self.call(&id, &map::tell(&told), limits::OUTSIDE_CALL).await.map(drop)
        })
    }

    fn typing(&self, conversation: ConversationId, baton: u64, on: bool) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let id = format!("{conversation}_{baton}_typing_{}", self.runtime.now());
            let request = map::request(conversation, baton, wire::Op::Typing { on });
            self.call(&id, &request, limits::OUTSIDE_CALL).await.map(drop)
        })
    }

    fn close(&self, conversation: ConversationId, baton: u64, reason: CloseReason) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let id = format!("{conversation}_{baton}_close");
            match self.call(&id, &map::close(conversation, baton, reason), limits::OUTSIDE_CALL).await {
                // What is not there is closed.
                Err(Error { kind: ErrorKind::Gone, .. }) => Ok(()),
                other => other.map(drop),
            }
        })
    }

    fn poll(
        &self,
        conversation: ConversationId,
        baton: u64,
        cursor: Option<String>,
    ) -> BoxFuture<'_, Result<Option<Polled>, Error>> {
        Box::pin(async move {
            if !self.config.can.polls {
                return Ok(None);
            }
            let id = format!("{conversation}_{baton}_events_{}", self.runtime.now());
            let request = map::request(conversation, baton, wire::Op::Events { after: cursor.clone() });
            let answer = self.call(&id, &request, limits::OUTSIDE_CALL).await?;
            let mut polled = map::parse_poll(&answer, &*self.hash).map_err(misread)?;
            polled.cursor = polled.cursor.or(cursor);
            Ok(Some(polled))
        })
    }
}
