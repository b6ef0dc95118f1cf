//! The state of a conversation, folded from headers alone: no body is ever needed, so erasing bodies changes nothing here.

mod due;
mod evolve;

pub use due::{Due, DueKind};

use crate::actor::Actor;
use crate::event::{AskFor, ErasedBy, Trigger};
use crate::ids::{
    AgentId, AskId, ClientId, ConnectionId, ConversationId, HandoverId, Hash32, InboxId, KeyId, MessageId, Ms,
    PersonId, ReportId, TagId,
};
use crate::ownership::Ownership;
use crate::settings::Destination;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which fold this is. Raised with every change of a state's shape or of what [`Conversation::apply`] or
/// [`crate::agent::Agent::apply`] make of a header: kept states of other folds are not read. A test knows the states that
/// this one makes.
pub const FOLD: u32 = 1;

/// The end of a stream: what the next event follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Last seq.
    pub seq: u64,
    /// Last position.
    pub position: u64,
    /// Time of the last event.
    pub at: Ms,
    /// Chain up to and with the last event.
    pub chain: Hash32,
}

/// A conversation that has begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Which one.
    pub id: ConversationId,
    /// The end of its stream.
    pub head: Head,
    /// Its inbox.
    pub inbox: InboxId,
    /// Who chats.
    pub person: PersonId,
    /// Key of the episode's bodies.
    pub key: Option<KeyId>,
    /// Language code.
    pub language: String,
    /// From 1.
    pub episode: u32,
    /// When the episode began.
    pub opened: Ms,
    /// Who holds, who may speak.
    pub own: Ownership,
    /// When the holder last changed.
    pub since: Ms,
    /// The handover that has no outcome yet.
    pub handover: Option<OpenHandover>,
    /// Turns given to a bot and not over, oldest first; the first is in flight.
    pub asks: Vec<OpenAsk>,
    /// Asks whose replies are still told apart from repeats.
    pub recent_asks: VecDeque<RecentAsk>,
    /// Highest count of each client copy.
    pub clients: BTreeMap<ClientId, u64>,
    /// The oldest customer word that no voice has answered.
    pub unanswered_since: Option<Ms>,
    /// Start of this episode's last live wait: a lost agent's chat goes back to that place.
    pub waited_since: Option<Ms>,
    /// Time of the last word of anybody.
    pub last_word: Ms,
    /// Position of the last customer word.
    pub last_customer: u64,
    /// Stages of the present wait that were told.
    pub told_choice: bool,
    /// A promise whose nearing deadline was escalated.
    pub told_near: bool,
    /// When a promise's passed deadline was last escalated.
    pub told_due: Option<Ms>,
    /// A supervisor was told of the unanswered customer.
    pub told_silent: bool,
    /// Hand-backs in this episode.
    pub hand_backs: u32,
    /// Bot failures in this episode.
    pub bot_failures: u32,
    /// Words in the present people stretch: customer's, people's.
    pub people_words: (u32, u32),
    /// Words of a bot in this episode.
    pub bot_words: u32,
    /// The last bot of this episode.
    pub last_bot: Option<ConnectionId>,
    /// The last agent of this episode.
    pub last_agent: Option<AgentId>,
    /// What the customer may rate now.
    pub rating: Option<RatingDue>,
    /// The brief that the bot has not acknowledged: the ask that bears it, and until when the full notice waits.
    pub brief: Option<(AskId, Ms)>,
    /// Drafts that wait for approval: seq and until when.
    pub drafts: Vec<(u64, Ms)>,
    /// Words of people that may still be undone, oldest first.
    pub held: Vec<Held>,
    /// When a chat that was put away comes back.
    pub snoozed_until: Option<Ms>,
    /// When the agent's clock was last stopped or started in this stretch; 0: never.
    pub paused_at: Ms,
    /// Tags on it.
    pub tags: BTreeSet<TagId>,
    /// The customer wants a person first.
    pub person_first: bool,
    /// It is known who the customer is.
    pub known: bool,
    /// The customer may not write: the event that says why, and since when.
    pub blocked: Option<(u64, Ms)>,
    /// What the customer reported, oldest first.
    pub reports: Vec<Report>,
    /// People whom a note called and who have written nothing here since: the newest such note.
    pub mentioned: BTreeMap<AgentId, u64>,
    /// When the oldest episode closed that is closed and whose words are kept.
    pub kept: Option<Ms>,
    /// The newest erasure of its words.
    pub erased: Option<Erased>,
    /// Where the events stand that lists and panels show.
    pub marks: Marks,
}

/// An erasure of a conversation's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When.
    pub at: Ms,
    /// By what.
    pub by: ErasedBy,
    /// Up to this event.
    pub upto: u64,
}

/// Seqs of the newest event of some kinds: their bodies are opened when somebody looks. 0: there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The episode's `opened`.
    pub opened: u64,
    /// The first `opened` of all, which has the customer's name.
    pub first_opened: u64,
    /// The newest `handover-asked`, its trigger and its outcome.
    pub asked: u64,
    /// What led to the newest handover.
    pub trigger: Option<Trigger>,
    /// How it ended.
    pub outcome: Option<crate::event::Outcome>,
    /// The newest `told`.
    pub told: u64,
    /// The newest word that the customer can see, and who said it.
    pub said: u64,
    /// Who said it.
    pub said_by: Option<crate::actor::Who>,
    /// The newest `holder-set` that bears something for the next holder.
    pub passed: u64,
    /// The newest `offered`.
    pub offered: u64,
    /// The newest event that says the customer's name, after `opened`.
    pub named: u64,
    /// The newest event that says how to reach the customer.
    pub contact: u64,
    /// The newest mark: answered, of the agent, of the bot.
    pub rated: Option<(Option<crate::event::Answered>, Option<u8>, Option<u8>)>,
}

/// A handover without outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHandover {
    /// Which one.
    pub id: HandoverId,
    /// What led to it.
    pub trigger: Trigger,
    /// Where to.
    pub to: Destination,
    /// 0 to 9.
    pub priority: u8,
    /// When it was asked.
    pub asked: Ms,
    /// The one answer was given.
    pub answered: bool,
}

/// A turn given to a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAsk {
    /// Which ask.
    pub id: AskId,
    /// Which bot.
    pub bot: ConnectionId,
    /// Why.
    pub reason: AskFor,
    /// The customer's position that it answers.
    pub upto: u64,
    /// Silence after which it has failed.
    pub limit: Ms,
    /// Since when it is the first in its lane; 0 while it is not.
    pub first_since: Ms,
    /// "Still working on it." was said.
    pub told_still: bool,
}

/// An ask whose replies are still told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentAsk {
    /// Which ask.
    pub id: AskId,
    /// The ordinal of its next reply.
    pub next: u16,
}

/// Something said that may still be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The event that holds it.
    pub seq: u64,
    /// When it goes out.
    pub due: Ms,
    /// Who said it.
    pub actor: Actor,
    /// Which message.
    pub message: MessageId,
    /// Position that it answers.
    pub reply_to: Option<u64>,
}

/// What a customer reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Which report.
    pub id: ReportId,
    /// Position of the answer.
    pub position: u64,
    /// Whether the customer is right, once somebody judged it.
    pub accepted: Option<bool>,
}

/// What the customer may rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingDue {
    /// The agent of the last people stretch with words from both sides.
    pub agent: Option<AgentId>,
    /// The bot of this episode, if it spoke.
    pub bot: Option<ConnectionId>,
}

impl Conversation {
    /// Whether nobody holds it.
    pub fn closed(&self) -> bool {
        matches!(self.own.holder, crate::ownership::Holder::Nobody { .. })
    }

    /// Whether its customer was erased: nothing is added to it any more.
    pub fn gone(&self) -> bool {
        self.erased.is_some_and(|erased| erased.by == ErasedBy::Customer)
    }

    /// The open ask of this id.
    pub fn ask(&self, id: AskId) -> Option<&OpenAsk> {
        self.asks.iter().find(|ask| ask.id == id)
    }
}
