//! From drafted events to sealed ones, and back.

use crate::keyring::Keyring;
use crate::{Error, query::Opened};
use baton_core::decide::Drafted;
use baton_core::event::{Body, Fact, Header, Stream, chain, open, seal};
use baton_core::ids::{Hash32, KeyId, PersonId};
use baton_kit::store::SealedEvent;
use uuid::Uuid;

/// Seals the events of one decision. `chains` and `keys` are the heads of the streams before it and come back as after it. Headers and bodies come back as they were sealed.
pub(crate) async fn seal_all(
    keyring: &Keyring,
    workspace: Uuid,
    events: Vec<Drafted>,
    chains: &mut [(Stream, Hash32)],
    episode_key: &mut Option<KeyId>,
) -> Result<(Vec<SealedEvent>, Vec<Header>, Vec<Option<Body>>), Error> {
    let mut sealed = Vec::with_capacity(events.len());
    let mut headers = Vec::with_capacity(events.len());
    let mut bodies = Vec::with_capacity(events.len());
    for Drafted { mut header, body } in events {
        let stream = header.stream;
        if let Fact::Opened(opened) = &header.fact {
            *episode_key = Some(keyring.episode(opened.person).await?);
        }
        let bytes = match &body {
            None => None,
            Some(body) => {
                let key_id = key_of(stream, *episode_key)?;
                let key = match stream {
                    Stream::Conversation(_) => keyring.get(key_id).await?.ok_or_else(|| gone(stream))?,
                    _ => keyring.under_master(key_id).await?,
                };
                let plain = serde_json::to_vec(body).map_err(|error| Error::Unreadable(error.to_string()))?;
                let place = (workspace, stream, header.seq, header.fact.kind(), header.version);
                let bytes = seal(&key, keyring.nonce(), place, &plain);
                header.key = Some(key_id);
                header.body = Some(Hash32(*blake3::hash(&bytes).as_bytes()));
                Some(bytes)
            }
        };
        if matches!(header.fact, Fact::Opened(_)) {
            header.key = *episode_key;
        }
        let previous = chains.iter_mut().find(|(s, _)| *s == stream).map(|(_, c)| c);
        let Some(previous) = previous else { return Err(Error::Unreadable(format!("no chain for {stream}"))) };
        header.previous = *previous;
        let header_bytes = header.to_bytes().map_err(|error| Error::Unreadable(error.to_string()))?;
        *previous = chain(*previous, &header_bytes);
        sealed.push(SealedEvent {
            stream,
            seq: header.seq,
            position: header.position,
            header: header_bytes,
            body: bytes,
        });
        headers.push(header);
        bodies.push(body);
    }
    Ok((sealed, headers, bodies))
}

/// Nothing can be added to words that were erased.
fn gone(_: Stream) -> Error {
    baton_core::refusal::Refusal::Erased.into()
}

fn key_of(stream: Stream, episode: Option<KeyId>) -> Result<KeyId, Error> {
    match stream {
        Stream::Conversation(_) => episode.ok_or_else(|| gone(stream)),
        Stream::Agent(id) => Ok(KeyId(id.0)),
        Stream::Person(PersonId(id)) => Ok(KeyId(id)),
        Stream::Workspace => Ok(KeyId(Uuid::from_u128(1))),
        Stream::Audit => Ok(KeyId(Uuid::from_u128(2))),
    }
}

/// Opens a stored event. A body whose key is gone is absent: the header still counts.
pub(crate) async fn open_event(keyring: &Keyring, workspace: Uuid, event: &SealedEvent) -> Result<Opened, Error> {
    let header = Header::from_bytes(&event.header).map_err(|error| Error::Unreadable(error.to_string()))?;
    let body = match (&event.body, header.key) {
        (Some(bytes), Some(key_id)) => match keyring.get(key_id).await? {
            Some(key) => {
                let place = (workspace, header.stream, header.seq, header.fact.kind(), header.version);
                let plain = open(&key, place, bytes).map_err(|broken| Error::Unreadable(broken.to_string()))?;
                let body: Body =
                    serde_json::from_slice(&plain).map_err(|error| Error::Unreadable(error.to_string()))?;
                Some(body)
            }
            None => None,
        },
        _ => None,
    };
    Ok(Opened { header, body })
}
