//! How much each caller may do in a minute: one bucket per chat, address, account and inbox. A full bucket holds a
//! minute's worth, so that who is slow on the whole may be quick for a while. Kept in memory and bounded: a restart
//! forgives, which no caller can cause.

use crate::options::{Limits, Switch};
use crate::problem::Problem;
use baton_core::ids::Ms;
use baton_core::limits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// All rates of the hub.
pub(crate) struct Rates {
    pub(crate) chat_messages: Rate,
    pub(crate) chat_requests: Rate,
    pub(crate) starts: Rate,
    pub(crate) log_ins: Rate,
    pub(crate) api_requests: Rate,
    pub(crate) hook_requests: Rate,
    pub(crate) inbox_messages: Rate,
    pub(crate) inbox_starts: Rate,
}

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        let rate = |name, a_minute: u32| Rate::new(name, if limits.rates == Switch::On { a_minute } else { 0 });
        Self {
            chat_messages: rate("chat_messages", limits.chat_messages),
            chat_requests: rate("chat_requests", limits.chat_requests),
            starts: rate("starts", limits.starts),
            log_ins: rate("log_ins", limits.log_ins),
            api_requests: rate("api_requests", limits.api_requests),
            hook_requests: rate("hook_requests", limits.hook_requests),
            inbox_messages: rate("inbox_messages", limits.inbox_messages),
            inbox_starts: rate("inbox_starts", limits.inbox_starts),
        }
    }
}

/// Too fast: what would have gone through so many milliseconds later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooFast {
    rate: &'static str,
    pub(crate) wait: Ms,
}

impl TooFast {
    /// Whole seconds, at least one, as `Retry-After` has them.
    pub(crate) fn seconds(self) -> u64 {
        u64::try_from(self.wait).unwrap_or(0).div_ceil(1_000).max(1)
    }
}

impl From<TooFast> for Problem {
    fn from(fast: TooFast) -> Self {
        metrics::counter!("baton_rate_limited_total", "rate" => fast.rate).increment(1);
        let why = "Too much came in too short a time. Nothing was changed; try again after the time that is told.";
        Self::new(429, "rate_limited", why).with("rate", fast.rate).retry_after(fast.seconds())
    }
}

/// One rate: a bucket per key, as the moment at which the bucket is full again (GCRA), in microseconds.
pub(crate) struct Rate {
    name: &'static str,
    a_minute: u32,
    full_at: Mutex<HashMap<u128, i64>>,
}

const MINUTE: i64 = 60_000_000;

impl Rate {
    fn new(name: &'static str, a_minute: u32) -> Self {
        Self { name, a_minute, full_at: Mutex::default() }
    }

    /// Takes one from the bucket of this key, or says when there will be one.
    pub(crate) fn take(&self, key: u128, now: Ms) -> Result<(), TooFast> {
        if self.a_minute == 0 {
            return Ok(());
        }
        let one = MINUTE / i64::from(self.a_minute);
        let now = now.saturating_mul(1_000);
        let mut all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = all.get(&key).copied().unwrap_or(now).max(now);
        let wait = full_at + one - now - MINUTE;
        if wait > 0 {
            return Err(TooFast { rate: self.name, wait: wait / 1_000 + 1 });
        }
        if all.len() >= limits::RATE_KEYS && !all.contains_key(&key) {
            forget(&mut all, now);
        }
        all.insert(key, full_at + one);
        Ok(())
    }
}

/// Makes room: full buckets go, and if that is not enough, the fuller half.
fn forget(all: &mut HashMap<u128, i64>, now: i64) {
    all.retain(|_, full_at| *full_at > now);
    if all.len() >= limits::RATE_KEYS {
        let mut moments: Vec<i64> = all.values().copied().collect();
        let half = moments.len() / 2;
        let (_, middle, _) = moments.select_nth_unstable(half);
        let (middle, mut left) = (*middle, half);
        all.retain(|_, full_at| {
            *full_at > middle || {
                left = left.saturating_sub(1);
                left > 0
            }
        });
    }
}

/// The key of an address: of IPv6 the network, within which a client changes its address at will.
pub(crate) fn address_key(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64 | 1 << 63,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_goes_at_once_and_then_one_by_one() {
        let rate = Rate::new("test", 60);
        for _ in 0..60 {
            assert_eq!(rate.take(7, 1_000), Ok(()));
        }
        let fast = rate.take(7, 1_000).expect_err("too fast");
        assert!((990..=1_010).contains(&fast.wait), "{fast:?}");
        assert_eq!(fast.seconds(), if fast.wait > 1_000 { 2 } else { 1 });
        assert_eq!(rate.take(8, 1_000), Ok(()), "another caller is not concerned");
        assert_eq!(rate.take(7, 1_000 + fast.wait), Ok(()));
        assert!(rate.take(7, 1_000 + fast.wait).is_err());
        for _ in 0..60 {
            assert_eq!(rate.take(7, 200_000), Ok(()), "after a quiet minute all of it is there again");
        }
    }

    #[test]
    fn zero_is_no_limit() {
        let rate = Rate::new("test", 0);
        assert!((0..100_000).all(|_| rate.take(7, 1_000).is_ok()));
    }

    #[test]
    fn whoever_is_too_fast_is_remembered_while_strangers_come_and_go() {
        let rate = Rate::new("test", 60);
        (0..60).for_each(|_| rate.take(7, 1_000).expect("the first"));
        for stranger in 0..3 * limits::RATE_KEYS as u128 {
            rate.take(1_000 + stranger, 1_000).expect("once each");
        }
        assert!(rate.full_at.lock().expect("whole").len() <= limits::RATE_KEYS);
        assert!(rate.take(7, 1_000).is_err());
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let key = |text: &str| address_key(text.parse().expect("an address"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
