//! What must hold at the end of every scenario: the log is whole, and everything beside it follows from it.

use crate::house::{House, reader};
use baton_core::agent::Agent;
use baton_core::conversation::Conversation;
use baton_core::event::{Fact, Fate, Header, Stream, chain, start_of_chain};
use baton_core::ids::{AgentId, ConversationId, Ms};
use baton_core::ownership::Holder;
use baton_engine::{entries, row};
use baton_kit::store::{EntryFilter, Offset, Store};
use std::collections::{BTreeMap, BTreeSet};

impl House {
    /// Holds what is live to what the log alone says.
    pub(crate) async fn check(&self) {
        self.settle().await;
        let streams: BTreeSet<Stream> =
            self.store.tail(Offset(0), usize::MAX).await.unwrap().into_iter().map(|(_, stream, _)| stream).collect();
        let mut seats: BTreeMap<AgentId, BTreeSet<ConversationId>> = BTreeMap::new();
        let mut offers: BTreeMap<AgentId, BTreeSet<ConversationId>> = BTreeMap::new();
        let timers: BTreeMap<Stream, Ms> =
            self.store.timers_due(Ms::MAX, usize::MAX).await.unwrap().into_iter().collect();
        for stream in &streams {
            let Stream::Conversation(id) = stream else { continue };
            let state = self.check_conversation(*id).await;
            if let Some(due) = state.next_due() {
                let armed = timers.get(stream).copied();
                assert!(armed.is_some_and(|armed| armed <= due), "{id}: due {due}, armed {armed:?}");
            }
            if let Some(agent) = state.own.holder.seat() {
                seats.entry(agent).or_default().insert(*id);
            }
            if let Some(offer) = &state.own.offer {
                offers.entry(offer.to).or_default().insert(*id);
            }
        }
        self.check_lists(&streams).await;
        for stream in &streams {
            let Stream::Agent(id) = stream else { continue };
            let (headers, _) = self.headers(*stream).await;
            let mut agent = Agent::new(*id);
            let most = self.engine.settings().agents[id].capacity;
            for header in &headers {
                agent.apply(header);
                assert!(agent.load() <= most, "{id} had {} of {most} chats", agent.load());
            }
            assert_eq!(agent.seats, seats.remove(id).unwrap_or_default(), "the seats of {id}");
            let reserved: BTreeSet<ConversationId> = agent.offers.values().copied().collect();
            assert_eq!(reserved, offers.remove(id).unwrap_or_default(), "the offers to {id}");
        }
        assert!(
            seats.is_empty() && offers.is_empty(),
            "chats of agents who know nothing of them: {seats:?} {offers:?}"
        );
    }

    /// What the headers alone say is what was written live, in every list.
    async fn check_lists(&self, streams: &BTreeSet<Stream>) {
        let mut counted = Vec::new();
        for stream in streams {
            let Stream::Conversation(id) = stream else { continue };
            counted.extend(self.engine.recount(&reader(), *id).await.unwrap());
        }
        let mut kept = Vec::new();
        for list in [entries::HANDOVERS, entries::REPORTS, entries::MENTIONS] {
            let filter = EntryFilter { list: list.to_owned(), limit: usize::MAX, ..EntryFilter::default() };
            kept.extend(self.store.entries(filter).await.unwrap());
        }
        counted.sort_by_key(|entry| entry.id);
        kept.sort_by_key(|entry| entry.id);
        assert_eq!(kept, counted, "the lists as they were written live");
    }

    async fn headers(&self, stream: Stream) -> (Vec<Header>, baton_core::ids::Hash32) {
        let stored = self.store.headers(stream, 0, usize::MAX).await.unwrap();
        let mut head = start_of_chain(stream);
        let mut headers: Vec<Header> = Vec::with_capacity(stored.len());
        for bytes in &stored {
            let header = Header::from_bytes(bytes).expect("a header of this version");
            assert_eq!(header.previous, head, "the chain of {stream}");
            assert_eq!(header.seq, headers.len() as u64 + 1, "{stream} has a gap");
            assert!(headers.last().is_none_or(|last| last.at < header.at), "time stands still in {stream}");
            head = chain(head, bytes);
            headers.push(header);
        }
        (headers, head)
    }

    async fn check_conversation(&self, id: ConversationId) -> Conversation {
        let (headers, head) = self.headers(Stream::Conversation(id)).await;
        let mut state = Conversation::fold(id, &headers).expect("it begins with `opened`");
        state.head.chain = head;
        assert_eq!(*self.engine.conversation(&reader(), id).await.unwrap(), state, "the state in memory");
        assert_eq!(self.engine.row(&reader(), id).await.unwrap(), Some(row(&state)), "the row as people see it");
        self.engine.write_rows().await.unwrap();
        assert_eq!(self.store.row(id).await.unwrap(), Some(row(&state)), "the row as it was written");
        let shown: Vec<u64> = headers.iter().filter_map(|header| header.position).collect();
        assert_eq!(shown, (1..=shown.len() as u64).collect::<Vec<_>>(), "positions of {id}");
        let mut handovers = BTreeMap::new();
        for header in &headers {
            match &header.fact {
                Fact::Said(said) if said.fate == Fate::Withheld => assert_eq!(header.position, None),
                Fact::HandoverAsked(fact) => assert!(handovers.insert(fact.handover, (0, 0)).is_none()),
                Fact::HandoverAnswered(fact) => handovers.get_mut(&fact.handover).expect("asked before").0 += 1,
                Fact::HandoverEnded(fact) => handovers.get_mut(&fact.handover).expect("asked before").1 += 1,
                _ => {}
            }
        }
        for (handover, (answers, outcomes)) in handovers {
            let open = state.handover.is_some_and(|open| open.id == handover);
            assert_eq!((answers, outcomes), (1, u32::from(!open)), "one answer and one outcome of {handover}");
        }
        assert_eq!(self.events(id).await.len(), headers.len(), "every body opens");
        assert!(matches!(state.own.holder, Holder::Nobody { .. }) || state.next_due().is_some(), "{id} waits for ever");
        state
    }
}
