//! States that are kept: what a fold makes is known by its number.

use baton_core::agent::Agent;
use baton_core::conversation::{Conversation, FOLD};
use baton_core::event::{Fact, Header, Stream};
use baton_core::ids::{AgentId, ConversationId};
use std::path::Path;
use uuid::Uuid;

/// What every fold so far makes of the frozen headers.
const KNOWN: [(u32, &str); 1] = [(1, "2674d8f2f9c56c0c")];

#[test]
fn the_fold_is_the_one_that_its_number_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/events/v1");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    // Without its number a header says nothing of the baton; the fold counts by itself.
    let read = |file| Header { baton: None, ..Header::from_bytes(&std::fs::read(file).unwrap()).unwrap() };
    let headers: Vec<Header> = files.iter().map(read).collect();
    let opened = headers.iter().find(|header| matches!(header.fact, Fact::Opened(_))).unwrap();
    let mut chat = Conversation::begin(ConversationId(Uuid::nil()), opened).unwrap();
    let mut agent = Agent::new(AgentId(Uuid::nil()));
    let mut hash = blake3::Hasher::new();
    for header in &headers {
        match header.stream {
            Stream::Agent(_) => agent.apply(header),
            _ => chat.apply(header),
        }
        hash.update(&serde_json::to_vec(&chat).unwrap());
        hash.update(&serde_json::to_vec(&agent).unwrap());
    }
    let made = &hash.finalize().to_hex()[..16];
    assert!(
        KNOWN.contains(&(FOLD, made)),
        "fold {FOLD} makes other states than it did: raise conversation::FOLD, and add ({}, \"{made}\") here. With a new \
         kind in the corpus alone, put \"{made}\" in the place of the hash of {FOLD}",
        FOLD + 1,
    );
}
