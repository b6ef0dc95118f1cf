//! Identities, hashes and time as the log writes them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use uuid::Uuid;

/// A moment: UTC milliseconds since 1970.
pub type Ms = i64;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A lasting thread of a person on a channel.
    ConversationId,
    /// The one who chats; may have several conversations.
    PersonId,
    /// Someone with a log-in.
    AgentId,
    /// A channel connection, its bot, its policy and its default destination.
    InboxId,
    /// A line of waiting conversations, or of promises.
    QueueId,
    /// A configured plug-in with its credentials.
    ConnectionId,
    /// One handover, from its request to its outcome.
    HandoverId,
    /// One offer of a conversation to a person.
    OfferId,
    /// One turn given to a bot.
    AskId,
    /// One message.
    MessageId,
    /// One running copy of a client; counts its own sends.
    ClientId,
    /// A key in the key file.
    KeyId,
    /// An administrator-made API key.
    ApiKeyId,
    /// A tag that people put on conversations.
    TagId,
    /// A customer's report of a bot's answer.
    ReportId,
}

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident: $bytes:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// Lower-case hexadecimal digits.
            pub fn to_hex(&self) -> String {
                let mut out = String::with_capacity(2 * $bytes);
                for byte in self.0 {
                    for digit in [byte >> 4, byte & 15] {
                        out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
                    }
                }
                out
            }

            /// Reads what [`Self::to_hex`] wrote.
            pub fn from_hex(text: &str) -> Option<Self> {
                let digits = text.as_bytes();
                if digits.len() != 2 * $bytes {
                    return None;
                }
                let mut out = [0u8; $bytes];
                for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
                    let high = (pair[0] as char).to_digit(16)?;
                    let low = (pair[1] as char).to_digit(16)?;
                    *byte = (high * 16 + low) as u8;
                }
                Some(Self(out))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_hex())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.to_hex())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not a hash of the right length"))
            }
        }
    )+};
}

hashes! {
    /// A keyed 128-bit hash: stands for an outside id or a free key, which may name a person.
    Hash16: 16,
    /// A BLAKE3 hash.
    Hash32: 32,
}

/// Deals out ids: UUIDs of version 7 whose random part comes from a seed, so that `decide` stays pure.
#[derive(Clone, Debug)]
pub struct Ids {
    seed: [u8; 16],
    now: Ms,
    dealt: u32,
}

impl Ids {
    /// `seed` must be fresh for each command; `now` gives the sortable part.
    pub fn new(seed: [u8; 16], now: Ms) -> Self {
        Self { seed, now, dealt: 0 }
    }

    /// The next id.
    pub fn deal(&mut self) -> Uuid {
        let mut input = [0u8; 20];
        input[..16].copy_from_slice(&self.seed);
        input[16..].copy_from_slice(&self.dealt.to_le_bytes());
        self.dealt += 1;
        let hash = blake3::hash(&input);
        let mut random = [0u8; 10];
        random.copy_from_slice(&hash.as_bytes()[..10]);
        uuid::Builder::from_unix_timestamp_millis(self.now.max(0) as u64, &random).into_uuid()
    }
}

/// The short name of a conversation that people read to each other: `B-` and six digits of Crockford's base 32
/// (no I, L, O, U), taken from a hash of the id. Two of a million conversations may share one; the desk then shows both.
pub fn reference(conversation: ConversationId) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let hash = blake3::hash(conversation.0.as_bytes());
    let mut bits = u32::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1], hash.as_bytes()[2], hash.as_bytes()[3]]);
    let mut out = String::from("B-");
    for _ in 0..6 {
        out.push(DIGITS[(bits & 31) as usize] as char);
        bits >>= 5;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_seed_differ_and_repeat_from_the_same_seed() {
        let mut one = Ids::new([7; 16], 1_700_000_000_000);
        let mut same = Ids::new([7; 16], 1_700_000_000_000);
        let (a, b) = (one.deal(), one.deal());
        assert_ne!(a, b);
        assert_eq!((a, b), (same.deal(), same.deal()));
        assert_eq!(a.get_version_num(), 7);
    }

    #[test]
    fn a_hash_reads_its_own_digits_and_refuses_others() {
        let hash = Hash16([0xab; 16]);
        assert_eq!(Hash16::from_hex(&hash.to_hex()), Some(hash));
        assert_eq!(Hash16::from_hex("zz"), None);
        assert_eq!(Hash32::from_hex(&hash.to_hex()), None);
    }
}
