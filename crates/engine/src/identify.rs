//! An anonymous customer becomes a known one: the conversation's keys come under the known person's key, so that what is
//! erased with the person is all of it. No event is touched.

use crate::query::allowed;
use crate::{Done, Engine, Error};
use baton_core::command::{Command, Identify};
use baton_core::event::{Fact, IdentifiedBy, Stream};
use baton_core::ids::{ConversationId, KeyId, PersonId};
use baton_core::permission::Permit;

impl Engine {
    /// Says who the customer of a conversation is.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn identify(&self, permit: &Permit, id: ConversationId, identify: Identify) -> Result<Done, Error> {
        let person = identify.person;
        let done = self.execute(permit, id, Command::Identify(identify)).await?;
        // After the event, and again with each repeat of it: a fall in between is mended by the client's next try.
        for key in self.keys_of(id).await? {
            self.keyring.give_to(key, person).await?;
        }
        Ok(done)
    }

    /// Whom the house's own site has said that the customer is, last; an agent's word does not count.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn signed_person(&self, permit: &Permit, id: ConversationId) -> Result<Option<PersonId>, Error> {
        allowed(permit, id)?;
        let mut signed = None;
        self.fold(Stream::Conversation(id), |header, _| {
            if let Fact::Identified(fact) = &header.fact
                && fact.by == IdentifiedBy::Token
            {
                signed = Some(fact.person);
            }
        })
        .await?;
        Ok(signed)
    }

    /// The keys of a conversation's episodes.
    pub(crate) async fn keys_of(&self, id: ConversationId) -> Result<Vec<KeyId>, Error> {
        let mut keys: Vec<KeyId> = Vec::new();
        self.fold(Stream::Conversation(id), |header, _| {
            if let Some(key) = header.key
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        })
        .await?;
        Ok(keys)
    }
}
