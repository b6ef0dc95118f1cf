//! Settings of the process: documented defaults, then `baton.toml`, then `BATON__SECTION__KEY`, then `…_FILE`. Unknown
//! keys are refused, and an error names the place.

use anyhow::{Context, Result, bail};
use baton_core::limits;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) log: Log,
    pub(crate) keys: Keys,
    pub(crate) limits: Limits,
}

/// Where the hub listens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Address and port; port 0 takes a free one.
    pub(crate) listen: String,
    /// Where customers, bots and targets reach this hub; by default the address on which it listens.
    pub(crate) public_url: String,
    /// A stop is over after so many seconds, whatever is still under way.
    pub(crate) stop_seconds: u64,
    /// How long a stop goes on taking connections after `/health/ready` has turned red, so that a balancer sees it.
    pub(crate) drain_seconds: u64,
    /// Reverse proxies on other machines whose `X-Forwarded-For` is believed; this machine's always are.
    pub(crate) proxies: Vec<std::net::IpAddr>,
}

/// How much each may do; a number is so many a minute, 0 is no limit. docs/operations.md says what each is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// `on` or `off`: off is no rate at all, for benches.
    pub(crate) rates: Switch,
    pub(crate) chat_messages: u32,
    pub(crate) chat_requests: u32,
    pub(crate) starts: u32,
    pub(crate) log_ins: u32,
    pub(crate) api_requests: u32,
    pub(crate) hook_requests: u32,
    pub(crate) inbox_messages: u32,
    pub(crate) inbox_starts: u32,
    /// At once, not a minute; at most what the system's file descriptors allow.
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    pub(crate) sockets_per_chat: usize,
}

/// Rates as they are set, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    On,
    Off,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rates: Switch::On,
            chat_messages: limits::CHAT_MESSAGES,
            chat_requests: limits::CHAT_REQUESTS,
            starts: limits::STARTS,
            log_ins: limits::LOG_INS,
            api_requests: limits::API_REQUESTS,
            hook_requests: limits::HOOK_REQUESTS,
            inbox_messages: limits::INBOX_MESSAGES,
            inbox_starts: limits::INBOX_STARTS,
            connections: limits::CONNECTIONS,
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS,
            sockets_per_chat: limits::SOCKETS_PER_CHAT,
        }
    }
}

/// Where it keeps things.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Store {
    /// The data folder.
    pub(crate) data: PathBuf,
}

/// What it says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: String,
    /// As `tracing-subscriber` reads it, e.g. `info` or `warn,baton_engine=debug`.
    pub(crate) filter: String,
}

/// The master key.
#[derive(Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    /// 64 hexadecimal digits; empty: made once and kept in the data folder as `master.key`.
    pub(crate) master: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8090".into(),
            public_url: String::new(),
            stop_seconds: 10,
            drain_seconds: 0,
            proxies: Vec::new(),
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self { data: "data".into() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: "text".into(), filter: "info".into() }
    }
}

impl Options {
    /// Reads the file, if there is one, and lays the environment over it.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self> {
        let mut table = match file {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
                text.parse::<Table>().with_context(|| format!("{} is no TOML", path.display()))?
            }
            None => Table::new(),
        };
        overlay(&mut table, std::env::vars())?;
        serde_path_to_error::deserialize(Value::Table(table))
            .map_err(|error| anyhow::anyhow!("setting {}: {}", error.path(), error.inner()))
    }
}

/// `BATON__SERVER__LISTEN=…` sets `server.listen`; `BATON__KEYS__MASTER_FILE=path` takes the value from a file.
fn overlay(table: &mut Table, vars: impl Iterator<Item = (String, String)>) -> Result<()> {
    for (name, value) in vars {
        let Some(rest) = name.strip_prefix("BATON__") else { continue };
        let path = rest.to_lowercase();
        let Some((section, key)) = path.split_once("__") else {
            bail!("{name}: write BATON__SECTION__KEY");
        };
        let (key, value) = match key.strip_suffix("_file") {
            Some(key) => (
                key,
                std::fs::read_to_string(&value)
                    .with_context(|| format!("{name}: {value} cannot be read"))?
                    .trim()
                    .to_owned(),
            ),
            None => (key, value),
        };
        let number = key.ends_with("_seconds") || section == "limits";
        let Value::Table(section) = table.entry(section).or_insert_with(|| Value::Table(Table::new())) else {
            bail!("{name}: {section} is no section");
        };
        let value = match value.parse::<i64>() {
            Ok(value) if number => Value::Integer(value),
            // A list is written with commas.
            _ if key == "proxies" => {
                let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
            }
            _ => Value::String(value),
        };
        section.insert(key.to_owned(), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(vars: &[(&str, &str)]) -> Result<Options> {
        let mut table = Table::new();
        overlay(&mut table, vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))?;
        serde_path_to_error::deserialize(Value::Table(table))
            .map_err(|e| anyhow::anyhow!("setting {}: {}", e.path(), e.inner()))
    }

    #[test]
    fn the_environment_sets_what_the_file_leaves_open() {
        let options =
            with(&[("BATON__SERVER__LISTEN", "0.0.0.0:80"), ("BATON__SERVER__STOP_SECONDS", "3"), ("PATH", "/bin")])
                .expect("valid");
        assert_eq!(options.server.listen, "0.0.0.0:80");
        assert_eq!(options.server.stop_seconds, 3);
        assert_eq!(options.log.format, "text");
    }

    #[test]
    fn the_environment_sets_limits_and_proxies() {
        let options = with(&[
            ("BATON__LIMITS__RATES", "off"),
            ("BATON__LIMITS__CHAT_MESSAGES", "0"),
            ("BATON__SERVER__PROXIES", "10.0.0.5, fd00::1"),
        ]);
        let options = options.expect("valid");
        assert_eq!((options.limits.rates, options.limits.chat_messages), (Switch::Off, 0));
        assert_eq!(options.limits.starts, limits::STARTS);
        assert_eq!(options.server.proxies.len(), 2);
    }

    #[test]
    fn an_unknown_setting_is_refused_by_its_name() {
        let error = with(&[("BATON__SERVER__LISTN", "x")]).expect_err("unknown").to_string();
        assert!(error.contains("server") && error.contains("listn"), "{error}");
    }
}
