//! List rows: a pure fold of the state, so that a rebuild equals what was written live. Ids and numbers, no text: names
//! and previews are opened from bodies when somebody looks.

pub mod lists;

use baton_core::actor::Who;
use baton_core::conversation::Conversation;
use baton_core::event::{Answered, ErasedBy, Outcome, Trigger};
use baton_core::ids::{AgentId, HandoverId, InboxId, Ms, OfferId, PersonId, QueueId, reference};
use baton_core::ownership::{Guest, Holder, Line, Pause};
use baton_kit::store::{HolderKind, Row};
use serde::{Deserialize, Serialize};

/// The rest of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowData {
    /// Its inbox.
    pub inbox: InboxId,
    /// Who chats.
    pub person: PersonId,
    /// Language code.
    pub language: String,
    /// Which episode.
    pub episode: u32,
    /// Baton number.
    pub baton: u64,
    /// When the episode began.
    pub opened_at: Ms,
    /// When the holder last changed.
    pub since: Ms,
    /// The holder in full.
    pub holder: Holder,
    /// Start of the wait.
    pub waiting_since: Option<Ms>,
    /// The oldest customer word without answer.
    pub unanswered_since: Option<Ms>,
    /// 0 to 9; raised when a promise is escalated.
    pub priority: u8,
    /// The line it stands in.
    pub queue: Option<QueueId>,
    /// The offer that stands: id, to whom, from whom, until when.
    pub offer: Option<(OfferId, AgentId, Option<AgentId>, Ms)>,
    /// The handover without outcome.
    pub handover: Option<HandoverId>,
    /// What led to the newest handover.
    pub trigger: Option<Trigger>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Who spoke last.
    pub said_by: Option<Who>,
    /// Time of the last word.
    pub said_at: Ms,
    /// Seqs of events to open: name, reason, last word, notice, note to the next holder, offer's note.
    pub seqs: Seqs,
    /// The newest mark.
    pub rated: Option<(Option<Answered>, Option<u8>, Option<u8>)>,
    /// The customer may not write.
    #[serde(default, skip_serializing_if = "is_false")]
    pub blocked: bool,
    /// When a chat that was put away comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Ms>,
    /// People whom a note called and who have written nothing since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentioned: Vec<AgentId>,
    /// Who may read it beside those named above: its guests and its last agent. None: a row from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<AgentId>>,
    /// When the oldest episode closed that is closed and whose words are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Ms>,
    /// The newest erasure of its words: when, and by what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<(Ms, ErasedBy)>,
}

fn also(state: &Conversation) -> Vec<AgentId> {
    let guests = state.own.guests.iter().filter_map(|guest| match guest {
        Guest::Agent { id } => Some(*id),
        Guest::Bot { .. } => None,
    });
    guests.chain(state.last_agent).collect()
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Seqs of events that bear the texts of a row; 0: there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seqs {
    /// `opened`, with the customer's name.
    pub opened: u64,
    /// `handover-asked`.
    pub asked: u64,
    /// The last word.
    pub said: u64,
    /// The last notice.
    pub told: u64,
    /// The last passing of the baton.
    pub passed: u64,
    /// The last offer.
    pub offered: u64,
    /// The newest event that says the customer's name, after `opened`.
    #[serde(default)]
    pub named: u64,
}

/// The row of a conversation, as every commit writes it and a rebuild would.
pub fn row(state: &Conversation) -> Row {
    let (holder, holder_id, queue, line_since, mut priority) = match &state.own.holder {
        Holder::Bot { connection, .. } => (HolderKind::Bot, Some(connection.0), None, None, 0),
        Holder::Queue { queue, line, since, priority, .. } => {
            let kind = if *line == Line::Live { HolderKind::Queue } else { HolderKind::Later };
            (kind, Some(queue.0), Some(*queue), Some(*since), *priority)
        }
        Holder::Agent { agent, .. } => (HolderKind::Agent, Some(agent.0), None, None, 0),
        Holder::Target { connection, .. } => (HolderKind::Target, Some(connection.0), None, None, 0),
        Holder::Nobody { .. } => (HolderKind::Nobody, None, None, None, 0),
    };
    // The escalation of a promise: it stands first in the list and is picked first.
    if state.told_near || state.told_due.is_some() {
        priority = 9;
    }
    let snoozed = matches!(state.own.holder, Holder::Agent { pause: Pause::Snoozed, .. });
    let snoozed_until = state.snoozed_until.filter(|_| snoozed);
    let promised = match state.own.holder {
        Holder::Queue { line: Line::Later, due, .. } => Some(due),
        _ => None,
    };
    let data = RowData {
        inbox: state.inbox,
        person: state.person,
        language: state.language.clone(),
        episode: state.episode,
        baton: state.own.baton,
        opened_at: state.opened,
        since: state.since,
        holder: state.own.holder.clone(),
        waiting_since: line_since.or(state.handover.map(|open| open.asked)),
        unanswered_since: state.unanswered_since,
        priority,
        queue,
        offer: state.own.offer.as_ref().map(|offer| (offer.id, offer.to, offer.giver, offer.due)),
        handover: state.handover.map(|open| open.id),
        trigger: state.marks.trigger,
        outcome: state.marks.outcome,
        said_by: state.marks.said_by,
        said_at: state.last_word,
        seqs: Seqs {
            opened: state.marks.first_opened,
            asked: state.marks.asked,
            said: state.marks.said,
            told: state.marks.told,
            passed: state.marks.passed,
            offered: state.marks.offered,
            named: state.marks.named,
        },
        rated: state.marks.rated,
        blocked: state.blocked.is_some(),
        snoozed_until,
        mentioned: state.mentioned.keys().copied().collect(),
        also: Some(also(state)),
        kept: state.kept,
        erased: state.erased.map(|erased| (erased.at, erased.by)),
    };
    Row {
        id: state.id,
        seq: state.head.seq,
        holder,
        holder_id,
        offered_to: state.own.offer.as_ref().map(|offer| offer.to.0),
        // An erasure is no change that lists are ordered by.
        sort: line_since.unwrap_or(match &state.erased {
            Some(erased) if erased.at == state.head.at => state.since.max(state.last_word),
            _ => state.head.at,
        }),
        reference: reference(state.id),
        person: Some(state.person),
        inbox: Some(state.inbox),
        due: promised.or(snoozed_until),
        snoozed,
        tags: state.tags.iter().map(|tag| tag.0).collect(),
        data: serde_json::to_vec(&data).unwrap_or_default(),
    }
}
