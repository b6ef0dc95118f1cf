//! Entries of other lists than those of conversations: handovers, reports, mentions. A pure fold of headers into the
//! entries that stood before, so that a rebuild equals what was written live.

use baton_core::event::{Answer, Fact, Header, Outcome, Stream, Trigger};
use baton_core::ids::{AgentId, ConnectionId, ConversationId, InboxId, Ms};
use baton_core::settings::Destination;
use baton_kit::store::Entry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Requests for a person. State: the outcome, or [`OPEN`]. Words: trigger, answer.
pub const HANDOVERS: &str = "handover";
/// What customers said of a bot's answer. State: [`NEW`], [`ACCEPTED`] or [`REJECTED`]. Owner: the bot.
pub const REPORTS: &str = "report";
/// Notes that call somebody. State: [`UNREAD`] or [`READ`]; what somebody has read is not in the log. Owner: who is called.
pub const MENTIONS: &str = "mention";

/// A handover without outcome.
pub const OPEN: &str = "open";
/// A report that nobody judged.
pub const NEW: &str = "new";
/// The customer is right.
pub const ACCEPTED: &str = "accepted";
/// The customer is not.
pub const REJECTED: &str = "rejected";
/// A mention whose note was not opened.
pub const UNREAD: &str = "unread";
/// One that was.
pub const READ: &str = "read";

/// The rest of a handover's entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverData {
    /// What led to it.
    pub trigger: Trigger,
    /// Where to.
    pub to: Destination,
    /// The one answer.
    pub answer: Option<Answer>,
    /// The one outcome.
    pub outcome: Option<Outcome>,
    /// When it came.
    pub ended_at: Option<Ms>,
    /// The agent by whose deed it ended.
    pub by: Option<AgentId>,
}

/// The rest of a report's entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportData {
    /// The event that bears the answer.
    pub of: u64,
    /// Its position.
    pub position: u64,
    /// Whose answer.
    pub bot: ConnectionId,
    /// The event that reports it.
    pub reported: u64,
    /// The event that judges it, when, and who.
    pub judged: Option<(u64, Ms, Option<AgentId>)>,
}

/// The rest of a mention's entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MentionData {
    /// The note.
    pub seq: u64,
    /// Who wrote the note; none: an integration by itself.
    pub by: Option<AgentId>,
    /// When it was read.
    pub read_at: Option<Ms>,
}

/// The word by which an enum without data, or with a `kind`, is known on the wire.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

/// The list and id of the entry that this event changes but does not make.
pub(crate) fn continues(fact: &Fact) -> Option<(&'static str, Uuid)> {
    match fact {
        Fact::HandoverAnswered(fact) => Some((HANDOVERS, fact.handover.0)),
        Fact::HandoverEnded(fact) => Some((HANDOVERS, fact.handover.0)),
        Fact::ReportJudged(fact) => Some((REPORTS, fact.report.0)),
        _ => None,
    }
}

/// The fold over the events of one conversation.
pub struct Lists {
    conversation: ConversationId,
    inbox: Option<InboxId>,
    entries: BTreeMap<(&'static str, Uuid), Entry>,
    changed: BTreeSet<(&'static str, Uuid)>,
}

impl Lists {
    /// Before the first of these events the conversation was in this inbox.
    pub fn of(conversation: ConversationId, inbox: Option<InboxId>) -> Self {
        Self { conversation, inbox, entries: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// Whether an entry was made by the events so far, or is known.
    pub(crate) fn has(&self, key: &(&'static str, Uuid)) -> bool {
        self.entries.contains_key(key)
    }

    /// An entry that stood before.
    pub(crate) fn stood(&mut self, key: (&'static str, Uuid), entry: Entry) {
        self.entries.insert(key, entry);
    }

    /// Takes the next event.
    pub fn take(&mut self, header: &Header) {
        if header.stream != Stream::Conversation(self.conversation) {
            return;
        }
        match &header.fact {
            Fact::Opened(fact) => self.inbox = Some(fact.inbox),
            Fact::HandoverAsked(fact) => {
                let (trigger, to) = (fact.trigger, fact.to);
                let data = HandoverData { trigger, to, answer: None, outcome: None, ended_at: None, by: None };
                let marks = [word(&trigger), String::new()];
                self.begin(header, (HANDOVERS, fact.handover.0), OPEN, marks, None, &data);
            }
            Fact::HandoverAnswered(fact) => {
                self.go_on(header, (HANDOVERS, fact.handover.0), |entry, data: &mut HandoverData| {
                    data.answer = Some(fact.answer);
                    entry.marks[1] = word(&fact.answer);
                });
            }
            Fact::HandoverEnded(fact) => {
                self.go_on(header, (HANDOVERS, fact.handover.0), |entry, data: &mut HandoverData| {
                    (data.outcome, data.ended_at) = (Some(fact.outcome), Some(header.at));
                    data.by = header.actor.acting_agent();
                    entry.state = word(&fact.outcome);
                });
            }
            Fact::Reported(fact) => {
                let (of, position, bot) = (fact.of, fact.position, fact.bot);
                let data = ReportData { of, position, bot, reported: header.seq, judged: None };
                self.begin(header, (REPORTS, fact.report.0), NEW, Default::default(), Some(bot.0), &data);
            }
            Fact::ReportJudged(fact) => {
                self.go_on(header, (REPORTS, fact.report.0), |entry, data: &mut ReportData| {
                    data.judged = Some((header.seq, header.at, header.actor.acting_agent()));
                    entry.state = if fact.accepted { ACCEPTED } else { REJECTED }.to_owned();
                });
            }
            Fact::Said(fact) => {
                for agent in &fact.mentions {
                    let key = (MENTIONS, mention_id(self.conversation, header.seq, *agent));
                    let data = MentionData { seq: header.seq, by: header.actor.acting_agent(), read_at: None };
                    self.begin(header, key, UNREAD, Default::default(), Some(agent.0), &data);
                }
            }
            _ => {}
        }
    }

    fn begin(
        &mut self,
        header: &Header,
        key: (&'static str, Uuid),
        state: &str,
        marks: [String; 2],
        owner: Option<Uuid>,
        data: &impl Serialize,
    ) {
        let entry = Entry {
            list: key.0.to_owned(),
            id: key.1,
            conversation: self.conversation,
            inbox: self.inbox,
            owner,
            state: state.to_owned(),
            marks,
            at: header.at,
            seq: header.seq,
            data: serde_json::to_vec(data).unwrap_or_default(),
        };
        self.entries.insert(key, entry);
        self.changed.insert(key);
    }

    fn go_on<T: Serialize + serde::de::DeserializeOwned>(
        &mut self,
        header: &Header,
        key: (&'static str, Uuid),
        change: impl FnOnce(&mut Entry, &mut T),
    ) {
        // Without its beginning an entry is not known here: the rebuild that made the lists has it.
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let Ok(mut data) = serde_json::from_slice(&entry.data) else { return };
        change(entry, &mut data);
        entry.seq = header.seq;
        entry.data = serde_json::to_vec(&data).unwrap_or_default();
        self.changed.insert(key);
    }

    /// What the events changed.
    pub fn changed(mut self) -> Vec<Entry> {
        self.changed.iter().filter_map(|key| self.entries.remove(key)).collect()
    }
}

/// A mention has no id of its own in the log: it is the call of one agent by one note.
fn mention_id(conversation: ConversationId, seq: u64, agent: AgentId) -> Uuid {
    let mut hash = blake3::Hasher::new();
    hash.update(conversation.0.as_bytes()).update(&seq.to_le_bytes()).update(agent.0.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.finalize().as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}
