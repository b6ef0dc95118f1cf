//! Kinds and their facts: ids, enums, numbers, spans. Nothing that a person typed or that names one.

use crate::event::body::BodyKind;
use crate::ids::{
    AgentId, AskId, ClientId, ConnectionId, ConversationId, HandoverId, Hash16, InboxId, MessageId, Ms, OfferId,
    PersonId, ReportId, TagId,
};
use crate::ownership::{Delivery, Guest, Holder, Pause, Phase};
use crate::settings::Destination;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a sender's repeats are told from new messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Once {
    /// Baton's own clients count.
    Client {
        /// Which copy.
        client: ClientId,
        /// Its count, from 1.
        counter: u64,
    },
    /// A bot's reply to an ask.
    Reply {
        /// Which ask.
        ask: AskId,
        /// Which of its replies, from 0.
        ordinal: u16,
    },
    /// An outside message id, as a keyed hash.
    Outside {
        /// The hash.
        id: Hash16,
    },
}

/// What became of something said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fate {
    /// Shown to the customer.
    Shown,
    /// Stale or without voice: kept, never shown.
    Withheld,
    /// May still be undone.
    Held {
        /// Until then.
        due: Ms,
    },
    /// A bot's reply that waits for approval.
    Draft {
        /// Until then.
        due: Ms,
    },
    /// A draft or held message that went out.
    Released {
        /// The event that held it.
        of: u64,
    },
    /// A stream cut by a new baton number: what was seen.
    Interrupted,
    /// For people alone.
    Note,
    /// For bot or agent, never for the customer.
    Whisper,
}

/// What led to a handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The customer asked in words.
    Phrase,
    /// The customer gave a command.
    Command,
    /// The customer pressed the button.
    Button,
    /// The bot asked.
    Bot,
    /// The bot did not know, and the house hands over then.
    Abstained,
    /// The bot was silent, erred or was unreachable.
    BotFailed,
    /// An agent or supervisor took the chat.
    TakeOver,
    /// A colleague passed it to a queue or target.
    Transfer,
    /// The agent could not be reached.
    AgentLost,
    /// A target refused or failed.
    TargetFailed,
    /// The customer left a message.
    MessageLeft,
    /// The live wait was over.
    WaitOver,
    /// The inbox has no bot.
    NoBot,
    /// A policy's rule.
    Rule,
}

/// The answer to a request for a person: at once, exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// Stands in a line.
    Queued {
        /// Place, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<u32>,
    },
    /// The holder is an agent, in the same commit.
    Assigned {
        /// Who.
        agent: AgentId,
    },
    /// A target is being opened.
    Opening {
        /// Which.
        target: ConnectionId,
    },
    /// One is under way.
    Already {
        /// Where.
        #[serde(rename = "where")]
        place: Already,
    },
    /// No.
    Refused {
        /// Why.
        reason: No,
    },
}

/// Where a customer who asks again already is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Already {
    /// In a line.
    Queue,
    /// With an agent.
    Agent,
    /// With a target.
    Target,
}

/// Why a handover is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// Outside the hours.
    ClosedHours,
    /// The line is full.
    NoCapacity,
    /// Nobody could take it.
    NoSkill,
    /// The inbox does not allow it.
    NotAllowed,
    /// Passed to and fro too often.
    BouncesExhausted,
}

/// How a handover ended, exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// A person answered.
    Accepted,
    /// The customer went away.
    Abandoned,
    /// The customer went back to the bot.
    Withdrawn,
    /// A newer one took over.
    Redirected {
        /// Which.
        to: HandoverId,
    },
    /// See its answer.
    Refused,
    /// The destination failed.
    Failed,
    /// Nobody came in time.
    Expired,
}

/// Why the holder changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A conversation began.
    Opened,
    /// A handover was answered.
    Handover,
    /// An offer was accepted.
    Accepted,
    /// Picked by hand.
    Picked,
    /// Taken by right.
    TakenOver,
    /// Passed by a colleague.
    Transferred,
    /// Passed back to the bot.
    HandedBack,
    /// The customer went back to the bot.
    Withdrawn,
    /// Lent to a bot.
    Lent,
    /// A lent chat returned.
    Returned,
    /// A message was left.
    MessageLeft,
    /// The agent could not be reached.
    AgentLost,
    /// A person closed it.
    Closed,
    /// Nobody wrote.
    Quiet,
    /// The bot ended it.
    BotEnded,
    /// The target ended it.
    TargetEnded,
    /// The wait was over.
    WaitOver,
    /// An agent opened a closed chat again.
    Reopened,
}

/// How an ask ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskEnd {
    /// It said something.
    Answered,
    /// It said that it says nothing.
    Silent,
    /// Time-out or error.
    Failed,
    /// The baton passed.
    Withdrawn,
}

/// Why a bot is given a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskFor {
    /// The conversation opened.
    Opened,
    /// The customer wrote.
    Message,
    /// A person handed back, with a brief.
    HandedBack,
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// Taken.
    Accepted,
    /// Said no.
    Declined,
    /// No answer in time.
    Lapsed,
    /// No longer needed.
    Withdrawn,
}

/// Who set a presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceBy {
    /// The agent.
    Own,
    /// Baton: no key, no pointer, an unanswered offer.
    Idle,
    /// A supervisor.
    Supervisor,
}

/// What failed; `failure::consequence` says what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Silence over the limit.
    BotTimeout,
    /// It answered with an error, or nonsense, or not at all.
    BotError,
    /// It said no.
    TargetRefused,
    /// It does not answer.
    TargetLost,
    /// Pushes cannot go on.
    LaneDead,
    /// Lease and grace are over.
    AgentLost,
    /// No answer in time.
    OfferLapsed,
    /// The live wait is over.
    WaitOver,
    /// A promise's deadline nears.
    PromiseNear,
    /// A promise's deadline has passed.
    PromiseDue,
    /// The customer waits for an agent's word.
    AgentSilent,
    /// A signal could not be had.
    SignalMissing,
}

/// What a `configured` event sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// An inbox.
    Inbox,
    /// A queue.
    Queue,
    /// A bot.
    Bot,
    /// A target.
    Target,
    /// An account.
    Agent,
    /// An API key.
    ApiKey,
    /// A tag.
    Tag,
    /// A saved reply.
    Reply,
    /// What holds for the whole desk.
    Desk,
}

/// Who says who a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifiedBy {
    /// A signed token of the house's own site.
    Token,
    /// An agent.
    Agent,
}

/// By what words were erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ErasedBy {
    /// The inbox's rule.
    Rule {
        /// Days after closing.
        days: u32,
    },
    /// The customer was erased, and with them everything.
    Customer,
}

/// What was done with what is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A person was erased.
    Erased,
    /// A person was copied out.
    Exported,
    /// What had been taken out of a message was looked at.
    Revealed,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Whether the question is answered, as the customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Yes.
    Yes,
    /// Partly.
    Partly,
    /// No.
    No,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:literal $variant:ident $body:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub struct $variant { $($(#[$fdoc])* pub $field: $type),* }
        )+

        /// What happened: one variant per kind. All kinds of version 1 are critical: a node that does not know one
        /// closes that stream for itself.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Fact { $($(#[$doc])* $variant($variant)),+ }

        impl Fact {
            /// Every kind's stable name.
            pub const KINDS: &'static [&'static str] = &[$($name),+];

            /// The stable name.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            /// The one table kind → body.
            pub fn body_kind(&self) -> BodyKind {
                match self { $(Self::$variant(_) => BodyKind::$body),+ }
            }

            /// The facts as JSON.
            ///
            /// # Errors
            /// None in practice; the serialiser's own.
            pub fn to_json(&self) -> serde_json::Result<Box<serde_json::value::RawValue>> {
                match self { $(Self::$variant(fact) => serde_json::value::to_raw_value(fact)),+ }
            }

            /// Reads facts of a known kind; `None`: the kind is not known.
            pub fn from_json(kind: &str, facts: &str) -> Option<serde_json::Result<Self>> {
                match kind { $($name => Some(serde_json::from_str(facts).map(Self::$variant)),)+ _ => None }
            }
        }

        $(impl From<$variant> for Fact { fn from(fact: $variant) -> Self { Self::$variant(fact) } })+
    };
}

kinds! {
    /// An episode began.
    "opened" Opened Opening {
        /// From 1.
        episode: u32,
        /// Which inbox.
        inbox: InboxId,
        /// Who chats.
        person: PersonId,
        /// Language code.
        language: String,
    }
    /// Somebody said something.
    "said" Said Message {
        /// Which message.
        message: MessageId,
        /// How a repeat is known.
        once: Option<Once>,
        /// What became of it.
        fate: Fate,
        /// Position that it answers.
        reply_to: Option<u64>,
        /// The people whom a note calls.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentId>,
    }
    /// A message was changed; has its own position.
    "edited" Edited Message {
        /// The new message.
        message: MessageId,
        /// The old one.
        old: MessageId,
    }
    /// A held message was taken back.
    "undone" Undone None {
        /// The event that held it.
        of: u64,
    }
    /// A message's body was emptied.
    "redacted" Redacted None {
        /// The event.
        of: u64,
    }
    /// The baton passed.
    "holder-set" HolderSet Passing {
        /// To whom.
        holder: Holder,
        /// Why.
        why: Why,
    }
    /// Guests or delivery changed.
    "voices-set" VoicesSet None {
        /// Who else may speak.
        guests: Vec<Guest>,
        /// A bot's delivery.
        delivery: Delivery,
    }
    /// A target moved on.
    "phase-set" PhaseSet None {
        /// Where to.
        phase: Phase,
        /// When it must have moved on.
        due: Ms,
        /// Place in the target's line, if it tells.
        place: Option<u32>,
    }
    /// An agent's clock was stopped or started.
    "paused" Paused None {
        /// How.
        pause: Pause,
        /// When a chat that was put away comes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Ms>,
    }
    /// Offered to a person; on the conversation and on the agent.
    "offered" Offered Note {
        /// Which offer.
        offer: OfferId,
        /// Which conversation.
        conversation: ConversationId,
        /// To whom.
        to: AgentId,
        /// From whom, if a colleague.
        giver: Option<AgentId>,
        /// When it lapses.
        due: Ms,
    }
    /// The offer is over; on the conversation and on the agent.
    "offer-ended" OfferEnded None {
        /// Which offer.
        offer: OfferId,
        /// How.
        how: OfferEnd,
    }
    /// A person is wanted.
    "handover-asked" HandoverAsked Reason {
        /// Which handover.
        handover: HandoverId,
        /// What led to it.
        trigger: Trigger,
        /// Where to.
        to: Destination,
        /// 0 to 9.
        priority: u8,
    }
    /// The one answer.
    "handover-answered" HandoverAnswered None {
        /// Which handover.
        handover: HandoverId,
        /// The answer.
        answer: Answer,
    }
    /// The one outcome.
    "handover-ended" HandoverEnded None {
        /// Which handover.
        handover: HandoverId,
        /// The outcome.
        outcome: Outcome,
    }
    /// A turn was given to a bot.
    "ask-opened" AskOpened None {
        /// Which ask.
        ask: AskId,
        /// Which bot.
        bot: ConnectionId,
        /// Why.
        reason: AskFor,
        /// The customer's position that it answers; 0 if none.
        upto: u64,
        /// Its time limit, counted from when it is first in its lane.
        limit: Ms,
    }
    /// The turn is over.
    "ask-ended" AskEnded BotSaid {
        /// Which ask.
        ask: AskId,
        /// How.
        how: AskEnd,
    }
    /// The bot has the brief.
    "brief-acknowledged" BriefAcknowledged None {
        /// By which ask.
        ask: AskId,
    }
    /// A text of the house to the customer.
    "told" Told Notice {
        /// Which notice.
        code: String,
        /// Catalogue version.
        catalogue: u32,
        /// Language code.
        language: String,
    }
    /// The customer's mark.
    "rated" Rated Rating {
        /// Is the question answered?
        answered: Option<Answered>,
        /// 1 to 5.
        agent: Option<u8>,
        /// Who was rated.
        of_agent: Option<AgentId>,
        /// 1 to 5.
        bot: Option<u8>,
        /// Which bot was rated.
        of_bot: Option<ConnectionId>,
    }
    /// Something failed.
    "failed" Failed None {
        /// What.
        what: Failure,
    }
    /// What an agent set.
    "presence-set" PresenceSet None {
        /// Wants work.
        available: bool,
        /// Who set it.
        by: PresenceBy,
    }
    /// A chat takes a seat of an agent.
    "seat-taken" SeatTaken None {
        /// Which chat.
        conversation: ConversationId,
    }
    /// The seat is free.
    "seat-freed" SeatFreed None {
        /// Which chat.
        conversation: ConversationId,
    }
    /// A setting got a new version.
    "configured" Configured Settings {
        /// What sort of thing.
        object: Object,
        /// Which one.
        id: Uuid,
        /// From 1.
        version: u32,
        /// True: it is gone.
        removed: bool,
    }
    /// Tags were put on or taken off.
    "tagged" Tagged None {
        /// Put on.
        add: Vec<TagId>,
        /// Taken off.
        remove: Vec<TagId>,
    }
    /// People set what is known of the customer.
    "customer-set" CustomerSet Customer {
        /// They want a person first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person_first: Option<bool>,
        /// Language code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// The body says the name.
        #[serde(default, skip_serializing_if = "is_false")]
        named: bool,
        /// The body says a way to reach them.
        #[serde(default, skip_serializing_if = "is_false")]
        contact: bool,
    }
    /// It is known who the customer is.
    "identified" Identified Identity {
        /// Who.
        person: PersonId,
        /// Who says so.
        by: IdentifiedBy,
        /// The body says the name.
        #[serde(default, skip_serializing_if = "is_false")]
        named: bool,
        /// The body says a way to reach them.
        #[serde(default, skip_serializing_if = "is_false")]
        contact: bool,
    }
    /// The customer may not write any more, or may again.
    "blocked" Blocked Note {
        /// True: may not.
        on: bool,
    }
    /// The customer says that a bot's answer was wrong.
    "reported" Reported Report {
        /// Which report.
        report: ReportId,
        /// The event that bears the answer.
        of: u64,
        /// Its position.
        position: u64,
        /// Whose answer.
        bot: ConnectionId,
    }
    /// People judged a report.
    "report-judged" ReportJudged Note {
        /// Which report.
        report: ReportId,
        /// The customer is right.
        accepted: bool,
    }
    /// Somebody who has no part in an agent's chat read it; on that agent and in the audit.
    "looked" Looked None {
        /// Which chat.
        conversation: ConversationId,
        /// Who read it.
        by: AgentId,
    }
    /// Words of a conversation were erased; what the headers say stays.
    "erased" Erased None {
        /// By what.
        by: ErasedBy,
        /// Up to this event; those after it may still be read.
        upto: u64,
        /// When the oldest episode closed that is closed and was not erased.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Ms>,
    }
    /// Something was done with what is personal; in the audit. The body says why.
    "handled" Handled Note {
        /// What.
        deed: Deed,
        /// With whose.
        person: PersonId,
        /// In which conversation, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// With which event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
    }
}
