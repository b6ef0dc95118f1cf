//! Whole conversations that come and go at once: demo data. Their log is as true as any other; what is taken in was made by
//! an engine of this workspace and master key on a store of its own.

use crate::states::Slot;
use crate::{Engine, Error};
use baton_core::event::Stream;
use baton_core::ids::ConversationId;
use baton_core::ownership::Holder;
use baton_core::permission::Permit;
use baton_kit::bus::Signal;
use baton_kit::store::{Commit, WrappedKey};

impl Engine {
    /// Takes in what another engine made: keys first, then all in one commit.
    ///
    /// # Errors
    /// The store's own; [`Error::Busy`] when one of its streams or records is there already.
    pub async fn take_in(&self, _permit: &Permit, keys: Vec<WrappedKey>, commit: Commit) -> Result<(), Error> {
        let heads: Vec<_> = commit.rows.iter().map(|row| (row.id, row.seq)).collect();
        self.store.put_keys(keys).await?;
        let streams: Vec<Stream> = commit.expected.iter().map(|(stream, _)| *stream).collect();
        let events = commit.events.len();
        let offset = self.store.commit(commit).await?;
        // Whoever asked before found nothing; that must not be remembered.
        for stream in streams {
            match stream {
                Stream::Conversation(id) => *self.states.conversation(id).lock().await = Slot::default(),
                Stream::Agent(id) => *self.states.agent(id).lock().await = None,
                _ => {}
            }
        }
        self.live.told(offset, events);
        self.load_lines().await?;
        for (id, seq) in heads {
            let stream = Stream::Conversation(id);
            self.signal(Signal::Appended { stream, seq, offset, moved: true, own: false });
        }
        Ok(())
    }

    /// Takes conversations out of every list for good and destroys their texts and files. Their headers stay in the log.
    ///
    /// # Errors
    /// The store's own. It may be repeated.
    pub async fn forget(&self, permit: &Permit, conversations: Vec<ConversationId>) -> Result<(), Error> {
        let commit = Commit { hide: conversations.clone(), ..Commit::default() };
        self.store.commit(commit).await?;
        for id in conversations {
            self.behind.forget(id);
            let closed = Holder::Nobody { closed: self.now() };
            if self.lines.place_row(id, &closed, false) {
                self.signal(Signal::LineMoved);
            }
            self.destroy_texts(permit, id).await?;
        }
        self.signal(Signal::Listed { owner: None });
        Ok(())
    }
}
