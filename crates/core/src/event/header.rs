//! The clear header: one JSON object in fixed field order, and the chain over its bytes.

use crate::actor::Actor;
use crate::event::fact::Fact;
use crate::ids::{AgentId, ConversationId, Hash32, KeyId, Ms, PersonId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A sequence of events with its own gap-free numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// A conversation.
    Conversation(ConversationId),
    /// An agent: presence, seats, offers.
    Agent(AgentId),
    /// A person.
    Person(PersonId),
    /// Configuration, in immutable versions.
    Workspace,
    /// Who did what to the house.
    Audit,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(id) => write!(f, "c/{id}"),
            Self::Agent(id) => write!(f, "a/{id}"),
            Self::Person(id) => write!(f, "p/{id}"),
            Self::Workspace => f.write_str("w"),
            Self::Audit => f.write_str("u"),
        }
    }
}

impl FromStr for Stream {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |_| format!("{text} names no stream");
        match text.split_once('/') {
            Some(("c", id)) => id.parse().map(Self::Conversation).map_err(bad),
            Some(("a", id)) => id.parse().map(Self::Agent).map_err(bad),
            Some(("p", id)) => id.parse().map(Self::Person).map_err(bad),
            None if text == "w" => Ok(Self::Workspace),
            None if text == "u" => Ok(Self::Audit),
            _ => Err(format!("{text} names no stream")),
        }
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Who gets an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The customer too; such an event has a position.
    Customer,
    /// People at the desk.
    People,
    /// The log alone.
    Log,
}

/// The clear part of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Where it stands.
    pub stream: Stream,
    /// From 1, gap-free.
    pub seq: u64,
    /// From 1, gap-free among events for the customer.
    pub position: Option<u64>,
    /// When; strictly rises in a stream.
    pub at: Ms,
    /// Version of the kind.
    pub version: u16,
    /// Who.
    pub actor: Actor,
    /// For whom.
    pub audience: Audience,
    /// The baton number after this event; absent where a stream has none.
    pub baton: Option<u64>,
    /// The event that led here.
    pub cause: Option<(Stream, u64)>,
    /// The highest seq that the speaker had seen.
    pub basis: Option<u64>,
    /// The key of the body.
    pub key: Option<KeyId>,
    /// BLAKE3 of the sealed body.
    pub body: Option<Hash32>,
    /// The chain up to the event before.
    pub previous: Hash32,
    /// What happened.
    pub fact: Fact,
}

/// Why stored header bytes cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the JSON of a header.
    #[error("a stored header is not readable")]
    Json(#[from] serde_json::Error),
    /// Written by a newer version.
    #[error("kind {kind} version {version} is not known to this version of Baton; upgrade this node")]
    Unknown {
        /// The kind.
        kind: String,
        /// Its version.
        version: u16,
    },
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    stream: Stream,
    seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    at: Ms,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    v: u16,
    actor: Actor,
    audience: Audience,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baton: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<(Stream, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<KeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Hash32>,
    prev: Hash32,
    #[serde(borrow)]
    facts: Cow<'a, RawValue>,
}

/// Older version of a kind → facts of the next version. Empty while every kind stands at version 1.
const UPCASTS: &[Lift] = &[];

/// A kind, the version that is lifted, and how its facts become those of the next version.
type Lift = (&'static str, u16, fn(&str) -> String);

/// The newest version of each kind that this build writes.
const NEWEST: u16 = 1;

impl Header {
    /// The bytes that are stored and chained.
    ///
    /// # Errors
    /// None in practice; the serialiser's own.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let facts = self.fact.to_json()?;
        serde_json::to_vec(&Wire {
            stream: self.stream,
            seq: self.seq,
            position: self.position,
            at: self.at,
            kind: Cow::Borrowed(self.fact.kind()),
            v: self.version,
            actor: self.actor,
            audience: self.audience,
            baton: self.baton,
            cause: self.cause,
            basis: self.basis,
            key: self.key,
            body: self.body,
            prev: self.previous,
            facts: Cow::Owned(facts),
        })
    }

    /// Reads stored bytes, lifting older versions of a kind.
    ///
    /// # Errors
    /// Unreadable bytes, or a kind of a newer version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let wire: Wire<'_> = serde_json::from_slice(bytes)?;
        let fact = read_fact(&wire.kind, wire.v, wire.facts.get(), UPCASTS)?;
        Ok(Self {
            stream: wire.stream,
            seq: wire.seq,
            position: wire.position,
            at: wire.at,
            version: wire.v,
            actor: wire.actor,
            audience: wire.audience,
            baton: wire.baton,
            cause: wire.cause,
            basis: wire.basis,
            key: wire.key,
            body: wire.body,
            previous: wire.prev,
            fact,
        })
    }
}

fn read_fact(kind: &str, version: u16, facts: &str, upcasts: &[Lift]) -> Result<Fact, Error> {
    let mut at = version;
    let mut text = Cow::Borrowed(facts);
    while let Some((_, _, lift)) = upcasts.iter().find(|(name, from, _)| *name == kind && *from == at) {
        text = Cow::Owned(lift(&text));
        at += 1;
    }
    let newest =
        NEWEST.max(upcasts.iter().filter(|(name, ..)| *name == kind).map(|(_, from, _)| from + 1).max().unwrap_or(0));
    if at > newest {
        return Err(Error::Unknown { kind: kind.to_owned(), version });
    }
    match Fact::from_json(kind, &text) {
        Some(fact) => Ok(fact?),
        None => Err(Error::Unknown { kind: kind.to_owned(), version }),
    }
}

/// The chain after an event: BLAKE3(previous ‖ header bytes).
pub fn chain(previous: Hash32, header: &[u8]) -> Hash32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&previous.0);
    hasher.update(header);
    Hash32(*hasher.finalize().as_bytes())
}

/// The chain before the first event of a stream: a hash of its name, so that no stream can stand in for another.
pub fn start_of_chain(stream: Stream) -> Hash32 {
    Hash32(*blake3::hash(stream.to_string().as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_of_a_kind_is_lifted_and_a_newer_one_is_refused() {
        let lift: &[Lift] = &[("undone", 1, |_| r#"{"of":7}"#.to_owned())];
        let fact = read_fact("undone", 1, "{}", lift).expect("lifted");
        assert_eq!(fact.to_json().expect("json").get(), r#"{"of":7}"#);
        assert!(matches!(read_fact("undone", 3, "{}", lift), Err(Error::Unknown { version: 3, .. })));
        assert!(matches!(read_fact("sung", 1, "{}", &[]), Err(Error::Unknown { .. })));
    }

    #[test]
    fn streams_read_their_own_names() {
        let id = ConversationId(uuid::Uuid::from_u128(5));
        for stream in [Stream::Conversation(id), Stream::Workspace, Stream::Audit] {
            assert_eq!(stream.to_string().parse::<Stream>(), Ok(stream));
        }
        assert!("x/1".parse::<Stream>().is_err());
    }
}
