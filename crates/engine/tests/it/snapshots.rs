//! Long streams begin with a snapshot, and nobody can tell by what comes out.

use crate::house::{ANA, House, Plan, customer, reader, say};
use baton_core::command::Command;
use baton_core::conversation::{Conversation, FOLD};
use baton_core::event::{Header, Stream};
use baton_core::ids::{ClientId, ConversationId};
use baton_kit::store::{Snapshot, Store};
use std::sync::Arc;
use uuid::Uuid;

/// More than two pages of headers.
const WORDS: u64 = 1_100;

async fn talk(house: &House, chat: ConversationId, from: u64, to: u64) {
    let client = ClientId(Uuid::from_u128(1));
    for counter in from..=to {
        house.engine.execute(&customer(chat), chat, say("hello", client, counter)).await.expect("it is taken");
    }
}

/// The state as a hub that has just started makes it.
async fn loaded(house: &House, chat: ConversationId) -> Arc<Conversation> {
    let state = house.beside().await.conversation(&reader(), chat).await.expect("it is there");
    house.settle().await;
    state
}

async fn folded(house: &House, chat: ConversationId) -> Conversation {
    let headers: Vec<Header> = house
        .store
        .headers(Stream::Conversation(chat), 0, usize::MAX)
        .await
        .unwrap()
        .iter()
        .map(|bytes| Header::from_bytes(bytes).unwrap())
        .collect();
    let mut state = Conversation::fold(chat, &headers).unwrap();
    state.head.chain = house.state(chat).await.head.chain;
    state
}

async fn long() -> (House, ConversationId, Stream) {
    let house = House::asleep(Plan::default()).await;
    let chat = house.start().await;
    // With an agent as holder a customer's word asks nobody: only the log is at work.
    house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
    talk(&house, chat, 1, WORDS).await;
    (house, chat, Stream::Conversation(chat))
}

#[tokio::test]
async fn the_state_of_a_long_stream_is_its_snapshot_and_what_came_after() {
    let (house, chat, stream) = long().await;
    assert_eq!(house.store.snapshot(stream).await.unwrap(), None, "nothing is kept while somebody writes");
    assert_eq!(*loaded(&house, chat).await, folded(&house, chat).await);
    let first = house.store.snapshot(stream).await.unwrap().expect("the first who folds it keeps it");
    assert_eq!((first.seq, first.level), (house.state(chat).await.head.seq, FOLD));
    for words in [WORDS + 10, WORDS + 490, WORDS + 510, WORDS + 1_600] {
        let from = house.state(chat).await.clients[&ClientId(Uuid::from_u128(1))] + 1;
        talk(&house, chat, from, words).await;
        assert_eq!(*loaded(&house, chat).await, folded(&house, chat).await);
    }
    let last = house.store.snapshot(stream).await.unwrap().unwrap();
    assert_eq!(last.seq, house.state(chat).await.head.seq, "much came after the first");
}

#[tokio::test]
async fn a_wrong_old_or_broken_snapshot_is_ignored_and_made_anew() {
    let (house, chat, stream) = long().await;
    let state = loaded(&house, chat).await;
    let good = house.store.snapshot(stream).await.unwrap().unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.state.clone();
        bytes[at] ^= 1;
        Snapshot { state: bytes, ..good.clone() }
    };
    let mut bad = vec![
        Snapshot { level: FOLD + 1, ..good.clone() },
        Snapshot { level: 0, ..good.clone() },
        Snapshot { seq: good.seq - 1, ..good.clone() },
        Snapshot { seq: u64::MAX, ..good.clone() },
        Snapshot { state: Vec::new(), ..good.clone() },
        Snapshot { state: good.state[..good.state.len() / 2].to_vec(), ..good.clone() },
    ];
    bad.extend([0, 31, 32, 200, good.state.len() - 1].map(flipped));
    // Another chat's, as good as one can be.
    let (other, other_chat, _) = long().await;
    assert_ne!(other_chat, ConversationId(Uuid::nil()));
    loaded(&other, other_chat).await;
    let others = other.store.snapshot(Stream::Conversation(other_chat)).await.unwrap().unwrap();
    if others != good {
        bad.push(others);
    }
    for bad in bad {
        house.store.put_snapshot(stream, bad.clone()).await.unwrap();
        assert_eq!(loaded(&house, chat).await, state, "{} {}", bad.seq, bad.level);
        assert_eq!(house.store.snapshot(stream).await.unwrap().as_ref(), Some(&good), "it is made anew");
    }
}

#[tokio::test]
async fn a_short_stream_has_no_snapshot() {
    let house = House::asleep(Plan::default()).await;
    let chat = house.start().await;
    house.agent(chat, ANA, Command::TakeOver).await.expect("any agent may take a bot's chat");
    talk(&house, chat, 1, 50).await;
    loaded(&house, chat).await;
    assert_eq!(house.store.snapshot(Stream::Conversation(chat)).await.unwrap(), None);
}
