//! The HTTP bot: any program that takes a signed POST can be a bot. This file makes the one call; `wire` is the contract, `map` the
//! translation. Repeats with back-off are the outbox's: one `ask` is one call.

pub mod config;
pub mod map;
pub mod wire;

#[cfg(test)]
mod tests;

pub use config::Config;
pub use map::{LaterReply, parse_later_reply};

use crate::protocols::baton_http::{ConfigError, Verdict, guard, judge, judge_error, secret};
use baton_kit::bot::{Answer, Bot, Error, ErrorKind, Turn};
use baton_kit::http::Client;
use baton_kit::runtime::{BoxFuture, SharedRuntime};
use baton_kit::signature::{self, Secret};

/// A bot behind an HTTP address.
pub struct HttpBot {
    config: Config,
    secret: Secret,
    client: Client,
    runtime: SharedRuntime,
}

impl HttpBot {
    /// From a checked configuration.
    ///
    /// # Errors
    /// What [`Config::check`] finds, or the HTTP client could not be made.
    pub fn new(config: Config, runtime: SharedRuntime) -> Result<Self, ConfigError> {
        config.check()?;
        let client = Client::new(guard(config.allow_private), runtime.clone()).map_err(ConfigError::Client)?;
        Ok(Self { secret: secret(&config.secret)?, config, client, runtime })
    }

    /// Checks the signature of a request that the bot makes: the values of `webhook-id`, `webhook-timestamp` and
    /// `webhook-signature`.
    ///
    /// # Errors
    /// Malformed, stale or wrong.
    pub fn verify(&self, id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> Result<(), signature::Error> {
        self.secret.verify_request(id, timestamp, signatures, body, self.runtime.now() / 1_000)
    }

    async fn call(&self, turn: Turn) -> Result<Answer, Error> {
        let may_be_late = turn.reply_address.is_some();
        let body = serde_json::to_vec(&map::request(&turn)).map_err(|error| permanent(error.to_string()))?;
        let limit = self.config.limit_ms.min(turn.left.max(1));
        let id = turn.ask.to_string();
        let response = self.client.post_json(&self.config.url, &id, body, Some(&self.secret), limit).await;
        let (verdict, body) = match &response {
            Ok(response) => (judge(response.status, response.retry_after), &response.body[..]),
            Err(error) => (judge_error(error), &[][..]),
        };
        match verdict {
            Verdict::Read => map::answer(body, may_be_late).map_err(|error| permanent(error.to_string())),
            Verdict::Again(detail) => Err(Error { kind: ErrorKind::Transient, detail }),
            Verdict::Never(detail) | Verdict::Gone(detail) => Err(permanent(detail)),
        }
    }
}

fn permanent(detail: String) -> Error {
    Error { kind: ErrorKind::Permanent, detail }
}

impl Bot for HttpBot {
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(self.call(turn))
    }
}
