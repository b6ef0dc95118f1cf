//! Randomness and the raw HTTP client: the one place of the probe that touches them, since it may not use the hub's.

use std::time::Duration;
use uuid::Uuid;

/// A small seeded generator: what is drawn from it can be drawn again.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another generator that depends on this one's seed and on `what`, not on how much was drawn.
    pub(crate) fn fork(&self, what: u64) -> Self {
        let mut dice = Self(self.0 ^ what.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        dice.next();
        dice
    }

    /// SplitMix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `most`, which is at least 1.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    /// True in this share of the draws, in millionths.
    pub(crate) fn chance(&mut self, millionths: u64) -> bool {
        self.below(1_000_000) < millionths
    }

    /// Between 0 and 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.below(1 << 32) as f64 / (1_u64 << 32) as f64
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// Never the same twice: names a run, so that two runs with one seed are different customers for the hub.
#[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's runtime")]
pub(crate) fn fresh() -> Uuid {
    Uuid::new_v4()
}

/// A client without redirects and with time limits.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    http_within(Duration::from_secs(20))
}

/// The same with a limit of its own.
#[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's client")]
pub(crate) fn http_within(limit: Duration) -> anyhow::Result<reqwest::Client> {
    // Two installations in one process are no error: the first stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(2))
        .timeout(limit)
        .pool_max_idle_per_host(64)
        .no_proxy()
        .build()?)
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the probe may not use the hub's clock")]
pub(crate) fn seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs().try_into().unwrap_or(i64::MAX)
}
