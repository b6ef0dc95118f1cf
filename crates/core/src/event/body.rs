//! Sealed bodies: what a person typed or what names one.

use crate::content::Content;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which body a kind bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// No body ever.
    None,
    /// [`Body::Message`].
    Message,
    /// [`Body::Notice`].
    Notice,
    /// [`Body::Reason`].
    Reason,
    /// [`Body::Passing`], where there is something to say.
    Passing,
    /// [`Body::Opening`].
    Opening,
    /// [`Body::Note`], where there is one.
    Note,
    /// [`Body::Rating`], where there is a comment.
    Rating,
    /// [`Body::Settings`].
    Settings,
    /// [`Body::BotSaid`], where it was not said with a message.
    BotSaid,
    /// [`Body::Customer`], where it says more than the facts.
    Customer,
    /// [`Body::Identity`].
    Identity,
    /// [`Body::Report`], where the customer wrote something.
    Report,
}

/// The sealed part of an event, as JSON under the seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "body", rename_all = "snake_case")]
pub enum Body {
    /// What was said.
    Message {
        /// The content.
        content: Content,
        /// The name under which it was shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown_name: Option<String>,
        /// What a bot said of its own answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bot: Option<BotSaid>,
    },
    /// What the customer was told.
    Notice {
        /// Values by name.
        values: Map<String, Value>,
        /// The words as shown.
        words: String,
        /// What the customer can do next.
        actions: Vec<String>,
    },
    /// Why a person is wanted.
    Reason(Reason),
    /// What goes along when the baton passes.
    Passing(Passing),
    /// What is known when an episode begins.
    Opening {
        /// The customer's name, if given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// A way to reach the customer, if given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
        /// Where the customer is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
        /// What the customer's program is, in plain words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
        /// What the page attached.
        #[serde(default)]
        variables: Map<String, Value>,
    },
    /// A text for people.
    Note {
        /// The text.
        text: String,
    },
    /// The customer's words with a rating.
    Rating {
        /// The words.
        comment: String,
    },
    /// What a bot said of a turn in which it sent no message.
    BotSaid(BotSaid),
    /// A setting.
    Settings {
        /// As JSON.
        json: Value,
    },
    /// What people know of the customer. An empty word takes the old one away.
    Customer {
        /// The name to use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// A way to reach them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
    },
    /// Who the customer is, as the house's own site or an agent says.
    Identity(Identity),
    /// What the customer says of a bot's answer.
    Report {
        /// What it should have said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        should_have_said: Option<String>,
        /// Anything else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
}

/// Who a customer is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// The name of the account at the house's own site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The name to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What the site says besides.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
}

/// What a bot said of its own answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BotSaid {
    /// How sure it is, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u32>,
    /// What it took the customer to want.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Variables that it set.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
}

/// Why a person is wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The words that asked, or what the bot said.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Variables of the conversation.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// Where to answer a left message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// What goes along when the baton passes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Passing {
    /// For the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<Brief>,
    /// For the next person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How a closed chat was filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// The agent's summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap_up: Option<String>,
    /// The name of a person in a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_name: Option<String>,
}

/// What a bot must know when it gets a conversation back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// What is settled, and at which turn (position).
    #[serde(default)]
    pub settled: Vec<Settled>,
    /// What was promised.
    #[serde(default)]
    pub promised: Vec<String>,
    /// What must not be asked again.
    #[serde(default)]
    pub do_not_ask: Vec<String>,
    /// One line that the customer may read.
    #[serde(default)]
    pub note: String,
}

/// A settled fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The fact.
    pub fact: String,
    /// The position at which it was settled; 0 if at none.
    #[serde(default)]
    pub turn: u64,
}

impl Body {
    /// Which kind of body this is.
    pub fn kind(&self) -> BodyKind {
        match self {
            Self::Message { .. } => BodyKind::Message,
            Self::Notice { .. } => BodyKind::Notice,
            Self::Reason(_) => BodyKind::Reason,
            Self::Passing(_) => BodyKind::Passing,
            Self::Opening { .. } => BodyKind::Opening,
            Self::Note { .. } => BodyKind::Note,
            Self::Rating { .. } => BodyKind::Rating,
            Self::Settings { .. } => BodyKind::Settings,
            Self::BotSaid(_) => BodyKind::BotSaid,
            Self::Customer { .. } => BodyKind::Customer,
            Self::Identity(_) => BodyKind::Identity,
            Self::Report { .. } => BodyKind::Report,
        }
    }
}
