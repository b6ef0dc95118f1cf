//! Who a customer is, said by the house's own site: a token (JWT, RFC 7519) signed with HMAC-SHA-256 under the inbox's
//! identity secret. Nothing else makes an anonymous customer a known one, except an agent.
//!
//! One algorithm, named here and not by the token: a token's header that names another, `none` above all, is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_core::event::Identity;
use baton_core::form::is_mail;
use baton_core::ids::{Hash16, InboxId, Ms, PersonId};
use baton_core::limits;
use baton_kit::keys::Master;
use baton_kit::signature::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The secrets of an inbox, as they are kept in its sealed settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<String>,
    /// The one before, good until the next is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) second: Option<String>,
}

/// Why a token says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("This inbox has no identity secret yet; an administrator makes one in its settings.")]
    NoSecret,
    #[error(
        "The identity token is not of the form HEADER.CLAIMS.SIGNATURE, or one of its claims is not of the right form."
    )]
    Malformed,
    #[error("The identity token must be signed with HS256; its header names another algorithm or wants more.")]
    Algorithm,
    #[error("The identity token's signature is wrong: it was signed with another secret, or changed.")]
    Signature,
    #[error("The identity token has expired. The site makes a new one for each visit.")]
    Expired,
    #[error("The identity token is from the future: the site's clock is more than a minute ahead.")]
    Early,
    #[error("The identity token is good for more than 24 hours, or lacks `iat` or `exp`.")]
    Long,
    #[error("The identity token names nobody: `sub` must be a text of 1 to 200 characters.")]
    Nobody,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    sub: Value,
    iat: Option<f64>,
    exp: Option<f64>,
    nbf: Option<f64>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    mail: Option<String>,
    /// The name that OpenID Connect gives it.
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    variables: Map<String, Value>,
}

/// Reads a token.
pub(crate) fn verify(token: &str, secrets: &Secrets, now: Ms) -> Result<Identity, Invalid> {
    let secrets: Vec<&String> = secrets.first.iter().chain(&secrets.second).collect();
    if secrets.is_empty() {
        return Err(Invalid::NoSecret);
    }
    if token.len() > limits::IDENTITY_TOKEN_BYTES {
        return Err(Invalid::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Invalid::Malformed)?;
    let (head, claims) = signed.split_once('.').ok_or(Invalid::Malformed)?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Invalid::Malformed);
    let head: Head = serde_json::from_slice(&part(head)?).map_err(|_| Invalid::Malformed)?;
    if head.alg != "HS256" || head.crit.is_some() {
        return Err(Invalid::Algorithm);
    }
    let signature = part(signature)?;
    // The claims are read only after the signature held.
    if !secrets.iter().any(|secret| Secret::from_bytes(secret.as_bytes()).signed(signed.as_bytes(), &signature)) {
        return Err(Invalid::Signature);
    }
    let claims: Claims = serde_json::from_slice(&part(claims)?).map_err(|_| Invalid::Malformed)?;
    let ms = |seconds: f64| (seconds * 1_000.0) as Ms;
    let (Some(issued), Some(expires)) = (claims.iat.map(ms), claims.exp.map(ms)) else { return Err(Invalid::Long) };
    if now > expires.saturating_add(limits::CLOCK_SKEW) {
        return Err(Invalid::Expired);
    }
    let starts = claims.nbf.map_or(issued, |nbf| ms(nbf).max(issued));
    if starts > now + limits::CLOCK_SKEW {
        return Err(Invalid::Early);
    }
    if expires.saturating_sub(issued) > limits::IDENTITY_TOKEN {
        return Err(Invalid::Long);
    }
    let sub = match claims.sub {
        Value::String(sub) => sub,
        Value::Number(number) => number.to_string(),
        _ => return Err(Invalid::Nobody),
    };
    if sub.trim().is_empty() || sub.chars().count() > 200 || sub.chars().any(char::is_control) {
        return Err(Invalid::Nobody);
    }
    let line = |text: Option<String>, most: usize| -> Result<Option<String>, Invalid> {
        match text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
            Some(text) if text.chars().count() > most || text.chars().any(char::is_control) => Err(Invalid::Malformed),
            other => Ok(other),
        }
    };
    let mail = line(claims.mail.or(claims.email), 200)?;
    if mail.as_deref().is_some_and(|mail| !is_mail(mail)) {
        return Err(Invalid::Malformed);
    }
    let size = serde_json::to_vec(&claims.variables).map_or(usize::MAX, |bytes| bytes.len());
    if size > limits::VARIABLES_BYTES {
        return Err(Invalid::Malformed);
    }
    Ok(Identity {
        sub: Some(sub),
        name: line(claims.name, limits::NAME_CHARS)?,
        mail,
        phone: line(claims.phone, 40)?,
        variables: claims.variables,
    })
}

/// The person of an account at the site of an inbox: the same on every device, and not to be told from the account's name.
pub(crate) fn person(master: &Master, inbox: InboxId, sub: &str) -> PersonId {
    let Hash16(bytes) = master.outside(&format!("person|{inbox}|{sub}"));
    PersonId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Ms = 1_764_000_000_000;
    const SECRET: &str = "bi_0123456789abcdefghij";

    fn token(head: Value, claims: Value, secret: &str) -> String {
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(head), part(claims));
        let signature = Secret::from_bytes(secret.as_bytes()).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn secrets() -> Secrets {
        Secrets { first: Some(SECRET.into()), second: Some("bi_older_older_older".into()) }
    }

    fn claims(seconds: Ms, life: Ms) -> Value {
        let now = NOW / 1_000;
        json!({"sub": "4711", "name": "Kim", "iat": now + seconds, "exp": now + seconds + life})
    }

    fn read(token: &str) -> Result<Identity, Invalid> {
        verify(token, &secrets(), NOW)
    }

    #[test]
    fn a_token_of_either_secret_says_who_it_is() {
        for secret in [SECRET, "bi_older_older_older"] {
            let identity = read(&token(json!({"alg": "HS256", "typ": "JWT"}), claims(0, 600), secret)).expect("good");
            assert_eq!((identity.sub.as_deref(), identity.name.as_deref()), (Some("4711"), Some("Kim")));
        }
        let number = json!({"sub": 4711, "iat": NOW / 1_000, "exp": NOW / 1_000 + 60});
        assert_eq!(read(&token(json!({"alg": "HS256"}), number, SECRET)).expect("good").sub.as_deref(), Some("4711"));
    }

    #[test]
    fn no_other_algorithm_is_taken_whatever_the_signature() {
        let unsigned = |alg: &str| {
            let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
            format!("{}.{}.", part(json!({"alg": alg})), part(claims(0, 600)))
        };
        for alg in ["none", "None", "NONE", "", "HS512", "RS256", "hs256"] {
            assert_eq!(read(&unsigned(alg)), Err(Invalid::Algorithm), "{alg}");
            assert_eq!(read(&token(json!({"alg": alg}), claims(0, 600), SECRET)), Err(Invalid::Algorithm), "{alg}");
        }
        assert_eq!(read(&unsigned("HS256")), Err(Invalid::Signature));
        let wants_more = json!({"alg": "HS256", "crit": ["exp"]});
        assert_eq!(read(&token(wants_more, claims(0, 600), SECRET)), Err(Invalid::Algorithm));
    }

    #[test]
    fn a_wrong_old_early_or_long_token_says_which_it_is() {
        let hs = || json!({"alg": "HS256"});
        for (token, why) in [
            (token(hs(), claims(0, 600), "bi_another_another"), Invalid::Signature),
            (token(hs(), claims(-700, 600), SECRET), Invalid::Expired),
            (token(hs(), claims(61, 600), SECRET), Invalid::Early),
            (token(hs(), claims(0, 24 * 3_600 + 1), SECRET), Invalid::Long),
            (token(hs(), json!({"sub": "a", "exp": NOW / 1_000 + 60}), SECRET), Invalid::Long),
            (token(hs(), json!({"sub": "a", "iat": NOW / 1_000}), SECRET), Invalid::Long),
            (token(hs(), json!({"sub": " ", "iat": NOW / 1_000, "exp": NOW / 1_000 + 60}), SECRET), Invalid::Nobody),
            (token(hs(), json!({"sub": [], "iat": NOW / 1_000, "exp": NOW / 1_000 + 60}), SECRET), Invalid::Nobody),
            ("nonsense".into(), Invalid::Malformed),
            ("a.b.c".into(), Invalid::Malformed),
            ("x".repeat(100_000), Invalid::Malformed),
        ] {
            assert_eq!(read(&token), Err(why));
        }
        // A minute of skew is forgiven, in both directions.
        assert!(read(&token(hs(), claims(-650, 600), SECRET)).is_ok());
        assert!(read(&token(hs(), claims(59, 600), SECRET)).is_ok());
        assert_eq!(verify("a.b.c", &Secrets::default(), NOW), Err(Invalid::NoSecret));
    }

    #[test]
    fn an_account_is_one_person_in_its_inbox_and_another_in_the_next() {
        let master = Master(baton_core::event::Key([5; 32]));
        let inbox = |n| InboxId(uuid::Uuid::from_u128(n));
        assert_eq!(person(&master, inbox(1), "4711"), person(&master, inbox(1), "4711"));
        assert_ne!(person(&master, inbox(1), "4711"), person(&master, inbox(2), "4711"));
        assert_ne!(person(&master, inbox(1), "4711"), person(&master, inbox(1), "4712"));
    }
}
