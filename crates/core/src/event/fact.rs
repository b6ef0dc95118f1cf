//! Kinds and their facts: ids, enums, numbers, spans. Nothing that a person typed or that names one.

use crate::event::body::BodyKind;
use crate::event::value::*;
use crate::ids::{
    AgentId, AskId, ConnectionId, ConversationId, HandoverId, InboxId, MessageId, Ms, OfferId, PersonId, ReportId,
    TagId,
};
use crate::ownership::{Delivery, Guest, Holder, Pause, Phase};
use crate::settings::Destination;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

fn is_false(value: &bool) -> bool {
    !*value
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
