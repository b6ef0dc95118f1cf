//! Settings as immutable versions in the workspace stream. Credentials are in the sealed bodies and nowhere else.

use crate::keyring::Keyring;
use crate::seal::{open_event, seal_all};
use crate::{Engine, Error};
use baton_core::decide::Drafted;
use baton_core::event::{Audience, Body, Configured, Fact, Header, Object, Stream, chain, start_of_chain};
use baton_core::ids::{AgentId, ConnectionId, Hash32, InboxId, Ms, QueueId, TagId};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_core::settings::{AgentCard, Connection, Desk, Inbox, Queue, Settings, Tag};
use baton_kit::bus::Signal;
use baton_kit::store::{self, Commit, Store};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// The whole configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Every object that is not removed: version and JSON, with credentials.
    pub objects: BTreeMap<(Object, Uuid), (u32, Value)>,
    /// What decisions need of it.
    pub settings: Arc<Settings>,
}

/// A change of settings.
#[derive(Clone, Debug)]
pub struct Changed {
    /// What sort of thing.
    pub object: Object,
    /// Which one.
    pub id: Uuid,
    /// Its new JSON; `None`: it is gone. The member `card` is what decisions see; the rest is the plug-in's or the server's.
    pub json: Option<Value>,
}

impl Config {
    /// All objects of one sort.
    pub fn all(&self, object: Object) -> impl Iterator<Item = (Uuid, u32, &Value)> {
        self.objects
            .iter()
            .filter(move |((o, _), _)| *o == object)
            .map(|((_, id), (version, json))| (*id, *version, json))
    }

    /// One object.
    pub fn get(&self, object: Object, id: Uuid) -> Option<&Value> {
        self.objects.get(&(object, id)).map(|(_, json)| json)
    }

    fn apply(&mut self, fact: &Configured, json: Option<Value>) {
        match json {
            Some(json) if !fact.removed => self.objects.insert((fact.object, fact.id), (fact.version, json)),
            _ => self.objects.remove(&(fact.object, fact.id)),
        };
    }

    fn fold(&mut self) {
        fn card<T: serde::de::DeserializeOwned>(json: &Value) -> Option<T> {
            serde_json::from_value(json.get("card")?.clone()).ok()
        }
        let mut settings = Settings::default();
        for ((object, id), (_, json)) in &self.objects {
            match object {
                Object::Inbox => {
                    let privacy = json.get("privacy").and_then(|json| serde_json::from_value(json.clone()).ok());
                    settings.privacy.extend(privacy.map(|privacy| (InboxId(*id), privacy)));
                    settings.inboxes.extend(card::<Inbox>(json).map(|card| (InboxId(*id), card)));
                }
                Object::Queue => {
                    settings.queues.extend(card::<Queue>(json).map(|card| (QueueId(*id), card)));
                }
                Object::Bot | Object::Target => {
                    settings.connections.extend(card::<Connection>(json).map(|card| (ConnectionId(*id), card)));
                }
                Object::Agent => {
                    settings.agents.extend(card::<AgentCard>(json).map(|card| (AgentId(*id), card)));
                }
                Object::Tag => {
                    settings.tags.extend(card::<Tag>(json).map(|card| (TagId(*id), card)));
                }
                Object::Desk => settings.desk = card::<Desk>(json).unwrap_or_default(),
                // A saved reply is text that nobody decides by.
                Object::ApiKey | Object::Reply => {}
            }
        }
        self.settings = Arc::new(settings);
    }
}

struct Kept {
    config: Arc<Config>,
    seq: u64,
    at: Ms,
    chain: Hash32,
}

pub(crate) struct Registry {
    kept: RwLock<Kept>,
    writing: tokio::sync::Mutex<()>,
}

impl Registry {
    pub(crate) async fn load(store: &dyn Store, keyring: &Keyring) -> Result<Self, Error> {
        let workspace = store.identity().workspace;
        let mut config = Config::default();
        let (mut seq, mut at, mut head) = (0, 0, start_of_chain(Stream::Workspace));
        loop {
            let page = store.read(Stream::Workspace, seq, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            for event in page {
                let opened = open_event(keyring, workspace, &event).await?;
                head = chain(head, &event.header);
                (seq, at) = (opened.header.seq, opened.header.at);
                if let Fact::Configured(fact) = &opened.header.fact {
                    let json = match opened.body {
                        Some(Body::Settings { json }) => Some(json),
                        _ => None,
                    };
                    config.apply(fact, json);
                }
            }
            if !full {
                break;
            }
        }
        config.fold();
        let kept = Kept { config: Arc::new(config), seq, at, chain: head };
        Ok(Self { kept: RwLock::new(kept), writing: tokio::sync::Mutex::new(()) })
    }

    pub(crate) fn current(&self) -> Arc<Config> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).config.clone()
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).config.settings.clone()
    }
}

impl Engine {
    /// Gives settings new versions, all or nothing. The caller has checked their form.
    ///
    /// # Errors
    /// The store's own.
    pub async fn configure(&self, permit: &Permit, changes: Vec<Changed>) -> Result<Arc<Config>, Error> {
        self.configure_from(permit, changes, &[]).await
    }

    /// The same if these still have these versions: what was made of an older one does not overwrite a newer one.
    ///
    /// # Errors
    /// [`Error::Busy`]: one of them has changed since; else the store's own.
    pub async fn configure_from(
        &self,
        permit: &Permit,
        changes: Vec<Changed>,
        seen: &[(Object, uuid::Uuid, u32)],
    ) -> Result<Arc<Config>, Error> {
        let _writing = self.config.writing.lock().await;
        let now = self.config.current();
        let stands = |(object, id, version): &(Object, uuid::Uuid, u32)| {
            now.objects.get(&(*object, *id)).is_some_and(|(now, _)| now == version)
        };
        if !seen.iter().all(stands) {
            return Err(Error::Busy);
        }
        let (mut config, mut seq, mut at, head) = {
            let kept = self.config.kept.read().unwrap_or_else(PoisonError::into_inner);
            ((*kept.config).clone(), kept.seq, kept.at, kept.chain)
        };
        let before = seq;
        let mut events = Vec::new();
        for change in changes {
            let version = config.objects.get(&(change.object, change.id)).map_or(1, |(version, _)| version + 1);
            let fact = Configured { object: change.object, id: change.id, version, removed: change.json.is_none() };
            config.apply(&fact, change.json.clone());
            seq += 1;
            at = self.now().max(at + 1);
            let header = Header {
                stream: Stream::Workspace,
                seq,
                position: None,
                at,
                version: 1,
                actor: permit.actor(),
                audience: Audience::People,
                baton: None,
                cause: None,
                basis: None,
                key: None,
                body: None,
                previous: Hash32([0; 32]),
                fact: Fact::Configured(fact),
            };
            events.push(Drafted { header, body: change.json.map(|json| Body::Settings { json }) });
        }
        config.fold();
        let mut chains = vec![(Stream::Workspace, head)];
        let workspace = self.store.identity().workspace;
        let (events, _, _) = seal_all(&self.keyring, workspace, events, &mut chains, &mut None).await?;
        let commit = Commit { expected: vec![(Stream::Workspace, before)], events, ..Commit::default() };
        let written = commit.events.len();
        match self.store.commit(commit).await {
            Ok(offset) => self.live.told(offset, written),
            Err(store::Error::Conflict) => return Err(Error::Busy),
            Err(error) => return Err(error.into()),
        }
        let config = Arc::new(config);
        {
            let mut kept = self.config.kept.write().unwrap_or_else(PoisonError::into_inner);
            *kept = Kept { config: config.clone(), seq, at, chain: chains[0].1 };
        }
        self.signal(Signal::Configured);
        self.wake.router.notify_one();
        self.wake.retention.notify_one();
        Ok(config)
    }

    /// The inbox with this slug.
    ///
    /// # Errors
    /// There is none.
    pub fn inbox(&self, slug: &str) -> Result<(InboxId, Inbox), Refusal> {
        let settings = self.settings();
        let found = settings.inboxes.iter().find(|(_, inbox)| inbox.slug == slug);
        found.map(|(id, inbox)| (*id, inbox.clone())).ok_or(Refusal::UnknownDestination)
    }
}
