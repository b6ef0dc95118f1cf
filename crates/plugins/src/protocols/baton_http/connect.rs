//! The part of a configuration that a bot and a target share: where, with which secret, and into which nets.

use baton_core::limits;
use baton_kit::http::{self, Guard};
use baton_kit::signature::Secret;

/// What is wrong with a configuration; names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The address cannot be called.
    #[error("url: {0}")]
    Url(String),
    /// Not a secret.
    #[error("secret: `whsec_` and base64, or at least 16 characters")]
    Secret,
    /// Too short or too long.
    #[error("limit_ms: from 1000 to {}", limits::BOT_LIMIT_MOST)]
    Limit,
    /// The HTTP client could not be made.
    #[error("{0}")]
    Client(http::Error),
}

/// Which addresses a connection may call.
pub fn guard(allow_private: bool) -> Guard {
    if allow_private { Guard::Any } else { Guard::Public }
}

/// Checks an address without calling it.
///
/// # Errors
/// Not an address that may be called, or plain HTTP through the open internet.
pub fn check_address(address: &str, allow_private: bool) -> Result<(), ConfigError> {
    let url = reqwest::Url::parse(address).map_err(|error| ConfigError::Url(error.to_string()))?;
    http::check(&url, guard(allow_private)).map_err(|error| ConfigError::Url(error.to_string()))?;
    if !allow_private && url.scheme() != "https" {
        return Err(ConfigError::Url("must be https, since it bears what customers write".into()));
    }
    Ok(())
}

/// Reads the shared secret.
///
/// # Errors
/// Too short, or no base64 after `whsec_`.
pub fn secret(text: &str) -> Result<Secret, ConfigError> {
    Secret::parse(text).map_err(|_| ConfigError::Secret)
}
