//! Accounts, log-ins and API keys: how a request becomes a subject.

use crate::app::App;
use crate::problem::Problem;
use crate::rates::TooFast;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use baton_core::event::Object;
use baton_core::ids::{AgentId, ApiKeyId, Ids};
use baton_core::limits;
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::settings::{AgentCard, Rank};
use baton_engine::Engine;
use baton_kit::runtime::seed;
use baton_kit::store::Record;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// The cookie that bears a log-in.
pub(crate) const COOKIE: &str = "baton_login";
/// The header that shows that a page of ours sent the request.
pub(crate) const CSRF: &str = "x-baton-csrf";

/// An account as it is kept in the configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) card: AgentCard,
    pub(crate) mail: String,
    /// argon2id, in PHC form; none: cannot log in (played by an integration).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passphrase: Option<String>,
    #[serde(default)]
    pub(crate) time_zone: String,
    #[serde(default)]
    pub(crate) language: String,
    /// Part of the demo.
    #[serde(default)]
    pub(crate) demo: bool,
}

/// An API key as it is kept: its hash alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) rank: Rank,
}

#[derive(Serialize, Deserialize)]
struct LogIn {
    agent: AgentId,
    csrf: String,
}

/// Who sent a request to `/api/v1`.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) subject: Subject,
    pub(crate) csrf: Option<String>,
}

impl Caller {
    /// The one way to a permit.
    pub(crate) fn may(&self, action: Action) -> Result<Permit, Problem> {
        Ok(permit(&self.subject, action)?)
    }

    /// The agent who asks or for whom a key acts.
    pub(crate) fn agent(&self) -> Option<AgentId> {
        match self.subject {
            Subject::Person { agent, .. } => Some(agent),
            Subject::Key { acts_for, .. } => acts_for.map(|(agent, _)| agent),
            _ => None,
        }
    }

    /// What they may.
    pub(crate) fn rank(&self) -> Rank {
        match self.subject {
            Subject::Person { rank, .. } => rank,
            Subject::Key { acts_for: Some((_, rank)), .. } => rank,
            Subject::Key { rank, .. } => rank,
            _ => Rank::Agent,
        }
    }
}

pub(crate) fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Hashing costs tens of milliseconds of a core: few at once, off the async threads.
static HASHING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(limits::HASHING));

/// argon2id with the crate's recommended cost (19 MiB, 2 passes: OWASP's first choice).
pub(crate) async fn hash_passphrase(passphrase: String) -> Result<String, Problem> {
    let _slot = HASHING.acquire().await;
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(passphrase.as_bytes()).map(|hash| hash.to_string())
    });
    match hashed.await {
        Ok(Ok(hash)) => Ok(hash),
        _ => Err(Problem::new(500, "internal", "The passphrase could not be kept. Try again.")),
    }
}

async fn check_passphrase(passphrase: String, hash: String) -> bool {
    let _slot = HASHING.acquire().await;
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(passphrase.as_bytes(), &hash).is_ok())
    })
    .await
    .unwrap_or(false)
}

/// Says in words what is too weak.
pub(crate) fn check_strength(passphrase: &str) -> Result<(), Problem> {
    let weak = |why: &str| Err(Problem::new(422, "weak_passphrase", why));
    if passphrase.chars().count() < 10 {
        return weak("Use at least 10 characters; a few words in a row are easy to remember.");
    }
    if passphrase.chars().count() > 256 {
        return weak("Use at most 256 characters.");
    }
    let different = passphrase.chars().collect::<std::collections::BTreeSet<_>>().len();
    if different < 5 {
        return weak("Use more different characters.");
    }
    Ok(())
}

impl App {
    /// The account with this mail address.
    pub(crate) fn account_by_mail(&self, mail: &str) -> Option<(AgentId, Account)> {
        let config = self.engine.config();
        let wanted = mail.trim().to_lowercase();
        config.all(Object::Agent).find_map(|(id, _, json)| {
            let account: Account = serde_json::from_value(json.clone()).ok()?;
            (account.mail.to_lowercase() == wanted).then_some((AgentId(id), account))
        })
    }

    pub(crate) fn account(&self, id: AgentId) -> Option<Account> {
        serde_json::from_value(self.engine.config().get(Object::Agent, id.0)?.clone()).ok()
    }

    /// Whether anybody can log in already.
    pub(crate) fn set_up(&self) -> bool {
        self.engine.config().all(Object::Agent).any(|(_, _, json)| json.get("passphrase").is_some_and(|p| !p.is_null()))
    }

    /// A fresh token of 256 bits.
    pub(crate) fn fresh_token(&self, prefix: &str) -> String {
        fresh_token(&self.engine, prefix)
    }

    /// Checks mail and passphrase, slowed down after failures.
    pub(crate) async fn check_log_in(&self, mail: &str, passphrase: String, address: &str) -> Result<AgentId, Problem> {
        let now = self.engine.runtime().now();
        let keys = [format!("mail:{}", mail.trim().to_lowercase()), format!("address:{address}")];
        if let Some(seconds) = keys.iter().filter_map(|key| self.throttle.wait(key, now)).max() {
            return Err(Problem::new(429, "too_many_attempts", "Too many log-ins failed. Wait, then try again.")
                .retry_after(seconds));
        }
        let found = self.account_by_mail(mail);
        let hash = found.as_ref().and_then(|(_, account)| account.passphrase.clone());
        let known = hash.is_some();
        // An unknown address costs the same time as a wrong passphrase, so that nobody learns who has an account.
        let hash = match hash {
            Some(hash) => hash,
            None => hash_passphrase("nobody has this account".into()).await?,
        };
        let right = check_passphrase(passphrase, hash).await && known;
        match found.filter(|(_, account)| right && account.card.active) {
            Some((agent, _)) => {
                keys.iter().for_each(|key| self.throttle.succeeded(key));
                Ok(agent)
            }
            None => {
                keys.iter().for_each(|key| self.throttle.failed(key, now));
                Err(Problem::new(401, "login_failed", "Mail address or passphrase is wrong."))
            }
        }
    }

    /// Counts a request or frame of this account; a key that acts for an agent counts as that agent.
    pub(crate) fn may_call(&self, caller: &Caller) -> Result<(), TooFast> {
        let key = match caller.subject {
            Subject::Key { key, acts_for: None, .. } => key.0.as_u128(),
            _ => caller.agent().map_or(0, |agent| agent.0.as_u128()),
        };
        self.rates.api_requests.take(key, self.engine.runtime().now())
    }

    /// Begins a log-in: the cookie's value and the token against cross-site requests.
    pub(crate) async fn log_in(&self, agent: AgentId) -> Result<(String, String), Problem> {
        let (token, csrf) = (self.fresh_token(""), self.fresh_token(""));
        let value = serde_json::to_vec(&LogIn { agent, csrf: csrf.clone() }).unwrap_or_default();
        let expires = self.engine.runtime().now() + limits::LOG_IN;
        self.engine.store().put_record(Record { kind: "login".into(), key: digest(&token), value, expires }).await?;
        let secure = if self.secure { "; Secure" } else { "" };
        let age = limits::LOG_IN / 1_000;
        Ok((format!("{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={age}{secure}"), csrf))
    }

    /// Ends the log-in that this request bears.
    pub(crate) async fn log_out(&self, headers: &HeaderMap) -> Result<String, Problem> {
        if let Some(token) = cookie(headers) {
            self.engine.store().take_record("login", &digest(&token)).await?;
        }
        Ok(format!("{COOKIE}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"))
    }

    /// Who bears this cookie.
    pub(crate) async fn by_cookie(&self, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
        let Some(token) = cookie(headers) else { return Ok(None) };
        let now = self.engine.runtime().now();
        let Some(record) = self.engine.store().record("login", &digest(&token), now).await? else { return Ok(None) };
        let Ok(log_in) = serde_json::from_slice::<LogIn>(&record.value) else { return Ok(None) };
        let settings = self.engine.settings();
        let Some(card) = settings.agents.get(&log_in.agent).filter(|card| card.active) else { return Ok(None) };
        Ok(Some(Caller { subject: Subject::Person { agent: log_in.agent, rank: card.role }, csrf: Some(log_in.csrf) }))
    }

    /// Who bears this API key, acting for this agent.
    pub(crate) fn by_key(&self, key: &str, agent: Option<&str>) -> Result<Caller, Problem> {
        let invalid = |why: &str| Problem::new(401, "key_invalid", why);
        let hash = hex(&digest(key));
        let config = self.engine.config();
        let found = config.all(Object::ApiKey).find_map(|(id, _, json)| {
            let key: ApiKey = serde_json::from_value(json.clone()).ok()?;
            (key.hash == hash).then_some((ApiKeyId(id), key.rank))
        });
        let (key, rank) = found.ok_or_else(|| invalid("This API key is not known or was removed."))?;
        let acts_for = match agent {
            None => None,
            Some(text) => {
                let id: AgentId = text.parse().map_err(|_| invalid("`Baton-Agent` is no agent's id."))?;
                let settings = self.engine.settings();
                let card = settings
                    .agents
                    .get(&id)
                    .filter(|card| card.active)
                    .ok_or_else(|| invalid("There is no such agent."))?;
                if card.role > rank {
                    return Err(invalid("This key may not act for somebody who may more than the key."));
                }
                Some((id, card.role))
            }
        };
        Ok(Caller { subject: Subject::Key { key, rank, acts_for }, csrf: None })
    }
}

/// A fresh token of 256 bits.
pub(crate) fn fresh_token(engine: &Engine, prefix: &str) -> String {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    engine.runtime().random(&mut bytes);
    format!("{prefix}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// A new API key: its text is shown once, its hash is kept.
pub(crate) fn fresh_key(engine: &Engine, name: &str, rank: Rank) -> (Uuid, String, ApiKey) {
    let text = fresh_token(engine, "bk_");
    let id = Ids::new(seed(&**engine.runtime()), engine.runtime().now()).deal();
    let key = ApiKey { name: name.to_owned(), hash: hex(&digest(&text)), rank };
    (id, text, key)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(bearer) = text("authorization") {
            let key = bearer.strip_prefix("Bearer ").unwrap_or_default();
            let caller = app.by_key(key, text("baton-agent"))?;
            app.may_call(&caller)?;
            return Ok(caller);
        }
        let Some(caller) = app.by_cookie(&parts.headers).await? else {
            return Err(Problem::new(
                401,
                "log_in_needed",
                "Log in, or send an API key as `Authorization: Bearer bk_…`.",
            ));
        };
        app.may_call(&caller)?;
        if parts.method != Method::GET && text(CSRF) != caller.csrf.as_deref() {
            return Err(Problem::new(
                403,
                "csrf_missing",
                "The request does not come from a page of this hub: `X-Baton-CSRF` is missing or old. Reload the page.",
            ));
        }
        Ok(caller)
    }
}
