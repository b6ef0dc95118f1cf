//! What an administrator sets for an HTTP bot.

use crate::protocols::baton_http::{ConfigError, check_address, secret};
use baton_core::ids::Ms;
use baton_core::limits;
use serde::Deserialize;

/// Configuration of one bot. No `Serialize`: it bears the secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where turns are posted.
    pub url: String,
    /// Shared secret: `whsec_` and base64, or a text of at least 16 bytes.
    pub secret: String,
    /// The longest that one call may take.
    #[serde(default = "limit")]
    pub limit_ms: Ms,
    /// The address may lie in a private net, and may be plain HTTP.
    #[serde(default)]
    pub allow_private: bool,
}

fn limit() -> Ms {
    limits::BOT_LIMIT
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("limit_ms", &self.limit_ms).finish_non_exhaustive()
    }
}

impl Config {
    /// Checks what can be checked without calling.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        check_address(&self.url, self.allow_private)?;
        if !(1_000..=limits::BOT_LIMIT_MOST).contains(&self.limit_ms) {
            return Err(ConfigError::Limit);
        }
        secret(&self.secret).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, secret: &str, allow_private: bool) -> Config {
        Config { url: url.into(), secret: secret.into(), limit_ms: limit(), allow_private }
    }

    #[test]
    fn the_address_must_be_public_https_unless_the_administrator_says_otherwise() {
        let secret = "a secret of more than sixteen bytes";
        assert_eq!(config("https://bot.example.org/turn", secret, false).check(), Ok(()));
        assert!(matches!(config("http://bot.example.org/turn", secret, false).check(), Err(ConfigError::Url(_))));
        assert!(matches!(config("https://10.0.0.7/turn", secret, false).check(), Err(ConfigError::Url(_))));
        assert_eq!(config("http://10.0.0.7/turn", secret, true).check(), Ok(()));
        assert!(matches!(config("turn", secret, true).check(), Err(ConfigError::Url(_))));
    }

    #[test]
    fn a_short_secret_and_an_odd_limit_are_refused() {
        assert_eq!(config("http://localhost:1", "short", true).check(), Err(ConfigError::Secret));
        let mut odd = config("http://localhost:1", "a secret of more than sixteen bytes", true);
        odd.limit_ms = 10;
        assert_eq!(odd.check(), Err(ConfigError::Limit));
    }

    #[test]
    fn the_secret_is_not_printed_and_an_unknown_field_is_refused() {
        let text = r#"{"url": "https://a.example", "secret": "0123456789abcdef0"}"#;
        let config: Config = serde_json::from_str(text).expect("a configuration");
        assert!(!format!("{config:?}").contains("0123456789"));
        let text = r#"{"url": "https://a.example", "secret": "0123456789abcdef0", "limit": 7}"#;
        assert!(serde_json::from_str::<Config>(text).is_err());
    }
}
