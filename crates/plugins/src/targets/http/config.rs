//! What an administrator sets for an HTTP target, and what the target says of itself.

use crate::protocols::baton_http::{ConfigError, check_address, secret};
use baton_core::ids::Ms;
use baton_core::limits;
use baton_core::settings::{History, Role};
use serde::{Deserialize, Serialize};

/// Configuration of one target. No `Serialize`: it bears the secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where Baton posts.
    pub url: String,
    /// Shared secret: `whsec_` and base64, or a text of at least 16 bytes.
    pub secret: String,
    /// The address may lie in a private net, and may be plain HTTP.
    #[serde(default)]
    pub allow_private: bool,
    /// What it can.
    #[serde(default)]
    pub can: Manifest,
}

/// What a target can. Notices to the customer claim no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What it is given of the history.
    #[serde(default = "full")]
    pub history: History,
    /// Whether its `joined` says truly that a person answers.
    #[serde(default)]
    pub says_human: bool,
    /// Whether it tells the place in its line.
    #[serde(default)]
    pub tells_place: bool,
    /// Whether it is asked what happened, instead of calling back.
    #[serde(default)]
    pub polls: bool,
}

fn full() -> History {
    History::Full
}

impl Default for Manifest {
    fn default() -> Self {
        Self { history: full(), says_human: false, tells_place: false, polls: false }
    }
}

impl Manifest {
    /// The part that decisions need.
    pub fn role(&self, opening: Option<Ms>) -> Role {
        Role::Target {
            history: self.history,
            says_human: self.says_human,
            tells_place: self.tells_place,
            opening: opening.unwrap_or(limits::TARGET_OPENING),
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("can", &self.can).finish_non_exhaustive()
    }
}

impl Config {
    /// Checks what can be checked without calling.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        check_address(&self.url, self.allow_private)?;
        secret(&self.secret).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_says_nothing_promises_nothing_about_persons_and_places() {
        let text = r#"{"url": "https://desk.example.org", "secret": "0123456789abcdef0"}"#;
        let config: Config = serde_json::from_str(text).expect("a configuration");
        assert_eq!(config.check(), Ok(()));
        assert_eq!(config.can, Manifest::default());
        assert!(!config.can.says_human && !config.can.tells_place);
        assert!(!format!("{config:?}").contains("0123456789"));
    }

    #[test]
    fn an_unknown_ability_is_refused() {
        let text = r#"{"url": "https://desk.example.org", "secret": "0123456789abcdef0", "can": {"flies": true}}"#;
        assert!(serde_json::from_str::<Config>(text).is_err());
    }
}
