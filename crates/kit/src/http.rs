//! The one HTTP client: time limits, bounded answers, an address guard, signatures.

use crate::runtime::SharedRuntime;
use crate::signature::Secret;
use baton_core::limits;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Which addresses outside calls may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Public addresses alone: no loopback, no private net, no link-local (where clouds keep their credentials).
    Public,
    /// Any address: for bots and desks in one's own net, set by the administrator.
    Any,
}

/// Why a call brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not an address that may be called.
    #[error("the address is not allowed: {0}")]
    Address(String),
    /// Not reached, or the connection broke.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("no answer within {0} ms")]
    TimedOut(i64),
    /// The answer is too large.
    #[error("the answer is larger than {} bytes", limits::BODY_BYTES)]
    TooLarge,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Seconds of `Retry-After`, if any.
    pub retry_after: Option<i64>,
    /// The body.
    pub body: Bytes,
}

/// The client.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    guard: Guard,
    runtime: SharedRuntime,
}

impl Client {
    /// A client under this guard. `rustls`'s provider must have been installed by `main`.
    ///
    /// # Errors
    /// The TLS set-up failed.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes a raw client, with limits and guard")]
    pub fn new(guard: Guard, runtime: SharedRuntime) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(16)
            .user_agent(concat!("Baton/", env!("CARGO_PKG_VERSION")));
        if guard == Guard::Public {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        let inner = builder.build().map_err(|error| Error::Unreachable(error.to_string()))?;
        Ok(Self { inner, guard, runtime })
    }

    /// Posts JSON, signed if there is a secret; waits at most `limit` milliseconds for the whole answer.
    ///
    /// # Errors
    /// No answer; an HTTP error status is an answer.
    pub async fn post_json(
        &self,
        url: &str,
        id: &str,
        body: Vec<u8>,
        secret: Option<&Secret>,
        limit: i64,
    ) -> Result<Response, Error> {
        self.send(url, id, Some(body), secret, limit).await
    }

    /// Gets, signed over an empty body if there is a secret.
    ///
    /// # Errors
    /// As [`Self::post_json`].
    pub async fn get(&self, url: &str, id: &str, secret: Option<&Secret>, limit: i64) -> Result<Response, Error> {
        self.send(url, id, None, secret, limit).await
    }

    async fn send(
        &self,
        url: &str,
        id: &str,
        body: Option<Vec<u8>>,
        secret: Option<&Secret>,
        limit: i64,
    ) -> Result<Response, Error> {
        let url = reqwest::Url::parse(url).map_err(|error| Error::Address(error.to_string()))?;
        check(&url, self.guard)?;
        let seconds = self.runtime.now() / 1_000;
        let mut request = match &body {
            Some(_) => self.inner.post(url).header("content-type", "application/json"),
            None => self.inner.get(url),
        };
        if let Some(secret) = secret {
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", seconds.to_string())
                .header("webhook-signature", secret.sign_request(id, seconds, body.as_deref().unwrap_or_default()));
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let limit = limit.clamp(1, limits::BOT_LIMIT_MOST);
        let request = request.timeout(Duration::from_millis(limit as u64));
        let why = |error: reqwest::Error| {
            if error.is_timeout() {
                Error::TimedOut(limit)
            } else {
                // Without the URL: it may bear a secret.
                Error::Unreachable(error.without_url().to_string())
            }
        };
        let response = request.send().await.map_err(why)?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        let mut stream = response.bytes_stream();
        let mut body = BytesMut::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(why)?;
            if body.len() + chunk.len() > limits::BODY_BYTES {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, retry_after, body: body.freeze() })
    }
}

/// Checks what can be seen in the address itself; names are checked when they are resolved.
///
/// # Errors
/// Not http(s), with credentials, or an address that the guard does not allow.
pub fn check(url: &reqwest::Url, guard: Guard) -> Result<(), Error> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Address("only http and https can be called".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Address("an address must not bear credentials".into()));
    }
    let host = url.host_str().ok_or_else(|| Error::Address("an address needs a host".into()))?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match (guard, literal) {
        (Guard::Public, Ok(ip)) if !public(ip) => Err(Error::Address(format!("{ip} is not a public address"))),
        _ => Ok(()),
    }
}

/// Whether an address is reachable for the whole world.
pub fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4() {
                return public(IpAddr::V4(v4));
            }
            let first = v6.segments()[0];
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || (first == 0x2001 && v6.segments()[1] == 0xdb8)
                || first == 0x0064)
        }
    }
}

struct PublicOnly;

impl reqwest::dns::Resolve for PublicOnly {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let all: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let good: Vec<SocketAddr> = all.into_iter().filter(|address| public(address.ip())).collect();
            if good.is_empty() {
                return Err(format!("{host} has no public address").into());
            }
            Ok(Box::new(good.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_refuses_inner_addresses_however_they_are_written() {
        for url in [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
            "http://0x7f000001/",
            "ftp://example.org/",
            "http://user:pass@example.org/",
        ] {
            let url = reqwest::Url::parse(url).expect("a URL");
            assert!(check(&url, Guard::Public).is_err(), "{url}");
        }
        assert!(check(&reqwest::Url::parse("https://example.org/bot").expect("a URL"), Guard::Public).is_ok());
    }
}
