//! Signatures: of requests, as Standard Webhooks describes them (<https://www.standardwebhooks.com>), and of small tokens
//! that Baton itself reads again.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a signed request's clock may be off, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// A shared secret for signing; not printable.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of the right form.
    #[error("the signature or the secret is not of the right form")]
    Malformed,
    /// Wrong.
    #[error("the signature does not match")]
    Wrong,
    /// Too old or from the future.
    #[error("the time stamp is more than {TOLERANCE_SECONDS} seconds off")]
    Stale,
}

impl Secret {
    /// From its written form: `whsec_` and base64, or any text of at least 16 bytes taken as it is.
    ///
    /// # Errors
    /// Too short, or no base64 after `whsec_`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bytes = match text.strip_prefix("whsec_") {
            Some(rest) => STANDARD.decode(rest).map_err(|_| Error::Malformed)?,
            None => text.as_bytes().to_vec(),
        };
        if bytes.len() < 16 { Err(Error::Malformed) } else { Ok(Self(bytes)) }
    }

    /// From bytes that are secret already, e.g. derived from the master key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part);
        }
        mac
    }

    /// The bare signature (HMAC-SHA-256) of some bytes.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.mac(&[bytes]).finalize().into_bytes().to_vec()
    }

    /// Whether this is the bare signature of these bytes; takes the same time for any wrong one.
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.mac(&[bytes]).verify_slice(signature).is_ok()
    }

    /// The value of `webhook-signature` for this request.
    pub fn sign_request(&self, id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
        let time = timestamp_seconds.to_string();
        let mac = self.mac(&[id.as_bytes(), b".", time.as_bytes(), b".", body]).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(mac))
    }

    /// Checks `webhook-id`, `webhook-timestamp`, `webhook-signature` (several, apart by spaces).
    ///
    /// # Errors
    /// Malformed, stale or wrong.
    pub fn verify_request(
        &self,
        id: &str,
        timestamp: &str,
        signatures: &str,
        body: &[u8],
        now_seconds: i64,
    ) -> Result<(), Error> {
        let time: i64 = timestamp.parse().map_err(|_| Error::Malformed)?;
        if now_seconds.abs_diff(time) > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(Error::Stale);
        }
        for signature in signatures.split(' ').filter_map(|part| part.strip_prefix("v1,")) {
            if let Ok(bytes) = STANDARD.decode(signature) {
                let mac = self.mac(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
                if mac.verify_slice(&bytes).is_ok() {
                    return Ok(());
                }
            }
        }
        Err(Error::Wrong)
    }

    /// A token that bears `claims` readably and holds only under this secret and purpose.
    pub fn token(&self, purpose: &str, claims: &str) -> String {
        let mac = self.mac(&[purpose.as_bytes(), b"\0", claims.as_bytes()]).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(mac))
    }

    /// The claims of a token of this purpose.
    ///
    /// # Errors
    /// Malformed or wrong.
    pub fn read_token(&self, purpose: &str, token: &str) -> Result<String, Error> {
        let (claims, mac) = token.split_once('.').ok_or(Error::Malformed)?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| Error::Malformed)?;
        let claims = String::from_utf8(claims).map_err(|_| Error::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(mac).map_err(|_| Error::Malformed)?;
        self.mac(&[purpose.as_bytes(), b"\0", claims.as_bytes()]).verify_slice(&bytes).map_err(|_| Error::Wrong)?;
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_signature_follows_the_published_example() {
        // Example of the Standard Webhooks reference libraries.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let body = br#"{"test": 2432232314}"#;
        let signature = secret.sign_request("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let check = |now| secret.verify_request("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", &signature, body, now);
        assert_eq!(check(1_614_265_331), Ok(()));
        assert_eq!(check(1_614_275_331), Err(Error::Stale));
    }

    #[test]
    fn a_token_holds_only_for_its_purpose_and_secret() {
        let secret = Secret::from_bytes(&[7; 32]);
        let token = secret.token("chat", "c|1|2");
        assert_eq!(secret.read_token("chat", &token), Ok("c|1|2".to_owned()));
        assert_eq!(secret.read_token("reply", &token), Err(Error::Wrong));
        assert_eq!(Secret::from_bytes(&[8; 32]).read_token("chat", &token), Err(Error::Wrong));
        assert_eq!(secret.read_token("chat", "nonsense"), Err(Error::Malformed));
    }

    #[test]
    fn a_time_stamp_at_the_end_of_all_numbers_is_stale_and_no_fault() {
        let secret = Secret::from_bytes(&[7; 32]);
        for (stamp, now) in [(i64::MIN, 1_614_265_330), (i64::MAX, -1), (i64::MIN, i64::MAX), (i64::MIN, 0)] {
            let signature = secret.sign_request("id", stamp, b"{}");
            let checked = secret.verify_request("id", &stamp.to_string(), &signature, b"{}", now);
            assert_eq!(checked, Err(Error::Stale), "{stamp} at {now}");
        }
    }

    #[test]
    fn awkward_texts_are_no_signature_no_token_and_no_fault() {
        let secret = Secret::from_bytes(&[7; 32]);
        let awkward = include_str!("../../core/tests/corpus/awkward.json");
        let awkward: Vec<String> = serde_json::from_str(awkward).expect("a list of texts");
        for text in &awkward {
            let _ = Secret::parse(text);
            for other in &awkward {
                assert!(secret.verify_request(text, other, text, b"{}", 0).is_err(), "{text:?}, {other:?}");
                assert!(secret.verify_request(other, "0", text, b"{}", 0).is_err(), "{text:?}, {other:?}");
            }
            assert!(secret.read_token("chat", text).is_err(), "{text:?}");
            let token = secret.token("chat", text);
            assert_eq!(secret.read_token("chat", &token).as_ref(), Ok(text));
            assert_eq!(secret.read_token("desk", &token), Err(Error::Wrong));
        }
    }
}
