//! Keys three deep: master → person → episode. Agent, workspace and audit streams have one key each under the master.
//! A key is durable before the first event that uses it.

use crate::Error;
use baton_core::event::{Key, unwrap_key, wrap_key};
use baton_core::ids::{KeyId, PersonId};
use baton_core::limits;
use baton_kit::keys::Master;
use baton_kit::runtime::{SharedRuntime, seed};
use baton_kit::store::{Store, WrappedKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Keys that are made at once wait for each other only within one of so many groups.
const GROUPS: usize = 64;

pub(crate) struct Keyring {
    master: Master,
    store: Arc<dyn Store>,
    runtime: SharedRuntime,
    open: Mutex<HashMap<KeyId, Key>>,
    /// Held from the look for a key to its keeping: a second key of one id would replace the first, and with it be lost
    /// whatever stands under that.
    making: Vec<tokio::sync::Mutex<()>>,
}

impl Keyring {
    pub(crate) fn new(master: Master, store: Arc<dyn Store>, runtime: SharedRuntime) -> Self {
        let making = (0..GROUPS).map(|_| tokio::sync::Mutex::default()).collect();
        Self { master, store, runtime, open: Mutex::new(HashMap::new()), making }
    }

    async fn making(&self, id: KeyId) -> tokio::sync::MutexGuard<'_, ()> {
        // The last byte of an id is chance; the first ones are often the time.
        self.making[usize::from(id.0.as_bytes()[15]) % GROUPS].lock().await
    }

    pub(crate) fn nonce(&self) -> [u8; 24] {
        let mut nonce = [0; 24];
        self.runtime.random(&mut nonce);
        nonce
    }

    fn fresh(&self) -> Key {
        let mut key = [0; 32];
        self.runtime.random(&mut key);
        Key(key)
    }

    fn keep(&self, id: KeyId, key: &Key) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= limits::KEYS_OPEN {
            open.clear();
        }
        open.insert(id, key.clone());
    }

    /// A key by its id; `None`: it was destroyed.
    pub(crate) async fn get(&self, id: KeyId) -> Result<Option<Key>, Error> {
        if let Some(key) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Some(key.clone()));
        }
        let Some(wrapped) = self.store.key(id).await? else { return Ok(None) };
        let parent = match wrapped.parent {
            None => self.master.0.clone(),
            Some(parent) => match Box::pin(self.get(parent)).await? {
                Some(key) => key,
                None => return Ok(None),
            },
        };
        let key = unwrap_key(&parent, id, &wrapped.wrapped).map_err(|_| {
            Error::Unreadable("a key does not open under its parent; is this the right master key?".into())
        })?;
        self.keep(id, &key);
        Ok(Some(key))
    }

    /// The key of a stream that has one under the master; made on first use.
    pub(crate) async fn under_master(&self, id: KeyId) -> Result<Key, Error> {
        if let Some(key) = self.get(id).await? {
            return Ok(key);
        }
        let _alone = self.making(id).await;
        if let Some(key) = self.get(id).await? {
            return Ok(key);
        }
        let key = self.fresh();
        let wrapped = wrap_key(&self.master.0, self.nonce(), id, &key);
        self.store.put_keys(vec![WrappedKey { id, parent: None, wrapped }]).await?;
        self.keep(id, &key);
        Ok(key)
    }

    /// A fresh key for an episode of this person, whose own key is made on first use.
    pub(crate) async fn episode(&self, person: PersonId) -> Result<KeyId, Error> {
        let id = KeyId(uuid::Builder::from_random_bytes(seed(&*self.runtime)).into_uuid());
        let key = self.fresh();
        self.wrap_under(person, id, &key).await?;
        self.keep(id, &key);
        Ok(id)
    }

    /// Wraps an episode's key anew, under this person's key.
    pub(crate) async fn give_to(&self, id: KeyId, person: PersonId) -> Result<(), Error> {
        match self.get(id).await? {
            Some(key) => self.wrap_under(person, id, &key).await,
            // It was destroyed: there is nothing to give.
            None => Ok(()),
        }
    }

    async fn wrap_under(&self, person: PersonId, id: KeyId, key: &Key) -> Result<(), Error> {
        let person = KeyId(person.0);
        let mut keys = Vec::with_capacity(2);
        let _alone = self.making(person).await;
        let parent = match self.get(person).await? {
            Some(key) => key,
            None => {
                let key = self.fresh();
                keys.push(WrappedKey {
                    id: person,
                    parent: None,
                    wrapped: wrap_key(&self.master.0, self.nonce(), person, &key),
                });
                key
            }
        };
        keys.push(WrappedKey { id, parent: Some(person), wrapped: wrap_key(&parent, self.nonce(), id, key) });
        self.store.put_keys(keys).await?;
        // Only what is durable is kept: another key for the same person must not come in between.
        self.keep(person, &parent);
        Ok(())
    }

    /// A person's key, made on first use; `None`: it was destroyed, and there will be no other.
    pub(crate) async fn person(&self, person: PersonId) -> Result<Option<Key>, Error> {
        let id = KeyId(person.0);
        match self.under_master(id).await {
            Ok(key) => Ok(Some(key)),
            // A destroyed key cannot be replaced.
            Err(Error::Busy) => self.get(id).await,
            Err(error) => Err(error),
        }
    }

    /// Destroys a key for good: what it sealed can never be opened again, nor what is sealed under keys that it wraps.
    pub(crate) async fn destroy(&self, id: KeyId) -> Result<(), Error> {
        self.store.destroy_key(id).await?;
        // Which of the opened keys it had wrapped is not remembered: all are opened anew when they are needed.
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// Destroys a key that wraps no other.
    pub(crate) async fn destroy_leaf(&self, id: KeyId) -> Result<(), Error> {
        self.store.destroy_key(id).await?;
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Ok(())
    }
}
