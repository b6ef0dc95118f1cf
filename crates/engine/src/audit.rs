//! The audit: who looked into whose chats, and who changed which setting. A look stands in the looked-at agent's own
//! stream and in the audit, in one commit; settings have a stream of their own, which the audit is read together with.

use crate::{Engine, Error};
use baton_core::conversation::Head as End;
use baton_core::decide::Drafted;
use baton_core::event::{Fact, Header, Stream, chain, start_of_chain};
use baton_core::ids::{AgentId, ConversationId};
use baton_core::limits;
use baton_core::ownership::Holder;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use tokio::sync::{Mutex, MutexGuard};

/// The end of the audit stream; none: not read yet.
pub(crate) type Head = Mutex<Option<End>>;

/// Pages of an agent's stream that one request looks through; the cursor then goes on from there.
const SCANS: usize = 10;

impl Engine {
    /// Adds to drafted events what the audit keeps of them. The guard stands until the commit is over.
    pub(crate) async fn audited(
        &self,
        events: &mut Vec<Drafted>,
    ) -> Result<Option<MutexGuard<'_, Option<End>>>, Error> {
        let looks: Vec<Header> =
            events.iter().filter(|e| matches!(e.header.fact, Fact::Looked(_))).map(|e| e.header.clone()).collect();
        if looks.is_empty() {
            return Ok(None);
        }
        let mut guard = self.audit.lock().await;
        let mut end = match *guard {
            Some(end) => end,
            None => self.end_of_audit().await?,
        };
        *guard = Some(end);
        for look in looks {
            (end.seq, end.at) = (end.seq + 1, look.at.max(end.at + 1));
            let header = Header { stream: Stream::Audit, seq: end.seq, at: end.at, ..look };
            events.push(Drafted { header, body: None });
        }
        Ok(Some(guard))
    }

    pub(crate) async fn end_of_audit(&self) -> Result<End, Error> {
        let last = self.store.read_before(Stream::Audit, u64::MAX, 1).await?.pop();
        let Some(last) = last else {
            return Ok(End { seq: 0, position: 0, at: 0, chain: start_of_chain(Stream::Audit) });
        };
        let header = Header::from_bytes(&last.header).map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(End { seq: header.seq, position: 0, at: header.at, chain: chain(header.previous, &last.header) })
    }

    /// Somebody read a conversation: if it is an agent's chat in which they have no part, that is written, once in
    /// [`limits::LOOK_AGAIN`].
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn look(&self, permit: &Permit, id: ConversationId) -> Result<(), Error> {
        let Some(reader) = permit.actor().acting_agent() else { return Ok(()) };
        let Some(state) = self.state(id).await? else { return Ok(()) };
        let Holder::Agent { agent, .. } = state.own.holder else { return Ok(()) };
        if agent == reader || self.agent_state(agent).await?.was_looked_at(id, reader, self.now()) {
            return Ok(());
        }
        match self.execute(permit, id, baton_core::command::Command::Look).await {
            // It changed hands in between: there is nothing to write.
            Err(Error::Refused(Refusal::NotFound | Refusal::NotAllowed)) => Ok(()),
            other => other.map(drop),
        }
    }

    /// The last events before `seq` of the audit or of the settings, newest first.
    ///
    /// # Errors
    /// The store's own.
    pub async fn audit_before(
        &self,
        _permit: &Permit,
        settings: bool,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Header>, Error> {
        let stream = if settings { Stream::Workspace } else { Stream::Audit };
        self.headers_before(stream, before, limit).await
    }

    /// What an agent's own log says of looks and presence before `seq`, newest first, and from where to go on.
    ///
    /// # Errors
    /// The store's own.
    pub async fn log_before(
        &self,
        _permit: &Permit,
        agent: AgentId,
        mut before: u64,
        limit: usize,
    ) -> Result<(Vec<Header>, Option<u64>), Error> {
        let mut out = Vec::new();
        for _ in 0..SCANS {
            let page = self.headers_before(Stream::Agent(agent), before, limits::PAGE).await?;
            let full = page.len() == limits::PAGE;
            for header in page {
                before = header.seq;
                if matches!(header.fact, Fact::Looked(_) | Fact::PresenceSet(_)) {
                    out.push(header);
                }
                if out.len() == limit {
                    return Ok((out, (before > 1).then_some(before)));
                }
            }
            if !full {
                return Ok((out, None));
            }
        }
        Ok((out, Some(before)))
    }

    async fn headers_before(&self, stream: Stream, before: u64, limit: usize) -> Result<Vec<Header>, Error> {
        let events = self.store.read_before(stream, before, limit.min(limits::PAGE)).await?;
        let read = |bytes: &[u8]| Header::from_bytes(bytes).map_err(|error| Error::Unreadable(error.to_string()));
        events.iter().rev().map(|event| read(&event.header)).collect()
    }
}
