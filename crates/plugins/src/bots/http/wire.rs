//! The bodies of the HTTP bot contract, version 1, exactly as they are sent and read. `docs/http-bot.md` explains them.

use crate::protocols::baton_http::schema;
use crate::protocols::baton_http::{Line, Message, Part};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version that stands in each request.
pub const VERSION: &str = "1";

/// One turn, as Baton posts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Always `1`.
    pub version: String,
    /// Which conversation.
    pub conversation: String,
    /// Which ask. A repeat bears the same: answer it as the first time.
    pub ask: String,
    /// The baton number under which you are asked. When it has risen, somebody else holds the conversation.
    pub baton: u64,
    /// Why you are asked.
    pub reason: Reason,
    /// Tries of this ask so far, this one included.
    pub attempt: u32,
    /// What the customer said; null when you are asked without a message.
    pub message: Option<Said>,
    /// What was said before, oldest first, the newest 50 lines at most.
    pub history: Vec<Line>,
    /// The position that the earlier lines lie before; null if there are none.
    pub history_cursor: Option<u64>,
    /// Where a GET reads the page before these lines; null if there is none.
    pub history_address: Option<String>,
    /// Variables of the conversation.
    pub variables: Map<String, Value>,
    /// Language code.
    pub language: String,
    /// What people settled, when they handed back.
    pub brief: Option<Brief>,
    /// Where later replies go; null if only an answer at once counts. Keep it secret: who has it can speak as you.
    pub reply_address: Option<String>,
    /// Where a signed POST of `{"position": …}` reads what the customer typed into secret fields of your form; null if this
    /// message bears none.
    pub secrets_address: Option<String>,
    /// Milliseconds until the conversation goes to people because you did not answer.
    pub left_ms: i64,
}

/// Why a bot is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The conversation opened.
    Opened,
    /// The customer wrote.
    Message,
    /// A person handed back.
    HandedBack,
}

/// What the customer said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// Position in what the customer sees.
    pub position: u64,
    /// Readable text of all parts.
    pub text: String,
    /// In order.
    pub parts: Vec<Part>,
}

/// What people settled before they handed back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Brief {
    /// Facts that stand.
    pub settled: Vec<Settled>,
    /// What was promised to the customer.
    pub promised: Vec<String>,
    /// What must not be asked again.
    pub do_not_ask: Vec<String>,
    /// One line that the customer may read.
    pub note: String,
}

/// A settled fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settled {
    /// The fact.
    pub fact: String,
    /// The position at which it was settled; 0 if at none.
    pub turn: u64,
}

/// An answer at once: the body of the response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Reply {
    /// In order.
    pub messages: Vec<Message>,
    /// Variables to set.
    pub variables: Map<String, Value>,
    /// How sure you are.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
    /// What you took the customer to want.
    pub intent: Option<String>,
    /// Pass the conversation to people, after the messages.
    pub hand_over: Option<HandOver>,
    /// You say nothing, on purpose.
    pub silent: bool,
    /// The conversation is over, after the messages.
    pub end: bool,
    /// More comes by the reply address, before `left_ms` is over.
    pub later: bool,
    /// The highest position that you had seen.
    pub seen: Option<u64>,
}

/// The names that a [`Reply`] may have.
pub const REPLY_FIELDS: &[&str] =
    &["messages", "variables", "confidence", "intent", "hand_over", "silent", "end", "later", "seen"];

/// A later reply: the body of a POST to the reply address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Later {
    /// How many messages of this ask you sent before, at once and later. A number that was there already is a repeat.
    pub ordinal: Option<u16>,
    /// In order.
    pub messages: Vec<Message>,
    /// Variables to set.
    pub variables: Map<String, Value>,
    /// How sure you are.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
    /// What you took the customer to want.
    pub intent: Option<String>,
    /// Pass the conversation to people, after the messages.
    pub hand_over: Option<HandOver>,
    /// You say nothing, on purpose.
    pub silent: bool,
    /// The conversation is over, after the messages.
    pub end: bool,
    /// Nothing more comes for this ask.
    pub done: bool,
    /// The highest position that you had seen.
    pub seen: Option<u64>,
}

/// The names that a [`Later`] may have.
pub const LATER_FIELDS: &[&str] =
    &["ordinal", "messages", "variables", "confidence", "intent", "hand_over", "silent", "end", "done", "seen"];

/// A bot's wish for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandOver {
    /// Why; the agent reads it.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Where to; the inbox's default if not given.
    #[serde(default)]
    pub destination: Option<Destination>,
}

/// Where a handover goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Destination {
    /// Which kind.
    pub kind: DestinationKind,
    /// Its id, a UUID.
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
}

/// Which kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// A queue of the desk.
    Queue,
    /// An outside contact centre.
    Target,
}

/// File name (under `docs/schemas/`) and schema of each body.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("http-bot-request.schema.json", schema::written::<Request>("Baton HTTP bot: one turn, version 1")),
        ("http-bot-reply.schema.json", schema::taken::<Reply>("Baton HTTP bot: an answer at once, version 1")),
        ("http-bot-later.schema.json", schema::taken::<Later>("Baton HTTP bot: a later reply, version 1")),
    ]
}
