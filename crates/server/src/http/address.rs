//! From which address a client comes: the connection's, or what a proxy that is believed says of it.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// A client's address; `None`: this machine's own, which no rate or count of addresses concerns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl ClientAddress {
    /// As a text, to count failed log-ins by.
    pub(crate) fn text(self) -> String {
        self.0.map_or_else(|| "this machine".to_owned(), |address| address.to_string())
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self(peer.and_then(|peer| client(peer, &parts.headers, &app.proxies))))
    }
}

/// The last address in `X-Forwarded-For` that is not a proxy's we believe: what stands before it, anybody may have written.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let believed = |address: IpAddr| address.is_loopback() || proxies.contains(&address);
    let mut at = peer.to_canonical();
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for told in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !believed(at) {
            break;
        }
        match told.trim().parse::<IpAddr>() {
            Ok(address) => at = address.to_canonical(),
            Err(_) => break,
        }
    }
    Some(at).filter(|address| !address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, told: &[&str], proxies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in told {
            headers.append("x-forwarded-for", line.parse().expect("a header"));
        }
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let proxies: Vec<IpAddr> = proxies.iter().map(|text| address(text)).collect();
        client(address(peer), &headers, &proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_what_a_proxy_says_that_is_believed_counts() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("192.0.2.1", &[], &[]), some("192.0.2.1"));
        assert_eq!(of("192.0.2.1", &["198.51.100.7"], &[]), some("192.0.2.1"), "a stranger's word");
        assert_eq!(of("127.0.0.1", &["198.51.100.7"], &[]), some("198.51.100.7"));
        assert_eq!(of("10.0.0.5", &["198.51.100.7"], &["10.0.0.5"]), some("198.51.100.7"));
        assert_eq!(of("127.0.0.1", &["1.1.1.1, 198.51.100.7"], &[]), some("198.51.100.7"), "before it anybody wrote");
        assert_eq!(of("127.0.0.1", &["198.51.100.7", "10.0.0.5"], &["10.0.0.5"]), some("198.51.100.7"));
        assert_eq!(of("::ffff:127.0.0.1", &["nonsense"], &[]), None);
        assert_eq!(of("127.0.0.1", &[], &[]), None);
    }
}
