//! The bodies of the HTTP target contract, version 1, exactly as they are sent and read. `docs/http-target.md` explains them.

use crate::protocols::baton_http::{Line, Part, schema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version that stands in each request.
pub const VERSION: &str = "1";

/// What Baton posts to the one address of a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Always `1`.
    pub version: String,
    /// Which conversation.
    pub conversation: String,
    /// Under which baton number. Conversation and baton number together name one passing: the same conversation may be passed
    /// again under a higher one.
    pub baton: u64,
    /// What to do.
    #[serde(flatten)]
    pub op: Op,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// Take this conversation. Answer with [`OpenAnswer`].
    Open(Box<Open>),
    /// The customer wrote. Any 2xx will do.
    Message {
        /// What, its position being the key under which a repeat is known.
        line: Line,
        /// Tries so far, this one included.
        attempt: u32,
    },
    /// The customer types, or no longer.
    Typing {
        /// Types.
        on: bool,
    },
    /// You have it no longer: close what is open. Any 2xx will do, also when nothing is open.
    Close {
        /// Why.
        reason: CloseReason,
    },
    /// Only to a target that is polled: what happened since? Answer with [`Events`].
    Events {
        /// The cursor of your last answer; null at first.
        after: Option<String>,
    },
}

/// A conversation to be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Open {
    /// Its short name, which the customer may know.
    pub reference: String,
    /// Which handover.
    pub handover: String,
    /// What led to it.
    pub reason: Reason,
    /// Who.
    pub customer: Customer,
    /// Language code.
    pub language: String,
    /// Variables of the conversation.
    pub variables: Map<String, Value>,
    /// The newest lines, oldest first; empty unless your manifest says `history: full`.
    pub history: Vec<Line>,
    /// Where a GET reads the page before these lines; null if these are all.
    pub history_address: Option<String>,
    /// The last lines in short; null unless your manifest says `history: summary`.
    pub summary: Option<String>,
    /// Where you post what happens. Keep it secret: who has it can speak as you.
    pub callback: String,
    /// Tries so far, this one included.
    pub attempt: u32,
    /// Milliseconds until Baton goes on without you.
    pub left_ms: i64,
}

/// What led to a handover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// A stable word: `phrase`, `command`, `button`, `bot`, `bot_failed`, `abstained`, `transfer`, `rule` and so on.
    pub trigger: String,
    /// The words that asked, or what the bot said.
    pub evidence: Vec<String>,
}

/// The customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Customer {
    /// Their name, if given.
    pub name: Option<String>,
}

/// Why a conversation is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The customer went away or back to the bot.
    Withdrawn,
    /// You answered after your time.
    TooLate,
    /// Somebody else has it now.
    Passed,
    /// The conversation was closed.
    Closed,
}

/// The answer to `open`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum OpenAnswer {
    /// You have it; a person comes or is there.
    Accepted,
    /// It stands in a line of yours.
    Waiting {
        /// Place there, from 1, if you tell.
        #[serde(default)]
        #[schemars(range(min = 1))]
        place: Option<u32>,
    },
    /// You do not take it.
    Refused {
        /// Why.
        #[serde(default)]
        reason: Refusal,
    },
}

/// The names that an [`OpenAnswer`] may have.
pub const OPEN_ANSWER_FIELDS: &[&str] = &["status", "place", "reason"];

/// Why a target does not take a conversation. Words of this list alone: the reason goes to the administrator's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody works now.
    ClosedHours,
    /// All are busy.
    NoCapacity,
    /// Nobody can do this.
    NoSkill,
    /// Not from here.
    NotAllowed,
    /// Anything else.
    #[default]
    Other,
}

/// What happened: the body of a callback, and the answer to a poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Events {
    /// In order.
    pub events: Vec<Event>,
    /// Where to go on (only in the answer to a poll).
    #[serde(default)]
    pub cursor: Option<String>,
    /// When to ask again, in milliseconds (only in the answer to a poll).
    #[serde(default)]
    pub again_ms: Option<i64>,
}

/// The names that an [`Events`] may have.
pub const EVENTS_FIELDS: &[&str] = &["events", "cursor", "again_ms"];

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Your id of it: the same id is the same event, and counts once.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// You have it after all; a person comes.
    Accepted,
    /// It stands in a line of yours.
    Waiting {
        /// Place there, from 1, if you tell.
        #[serde(default)]
        #[schemars(range(min = 1))]
        place: Option<u32>,
    },
    /// You do not take it after all.
    Refused {
        /// Why.
        #[serde(default)]
        reason: Refusal,
    },
    /// Somebody joined.
    Joined {
        /// This is a person.
        #[serde(default)]
        human: bool,
        /// Name that the customer reads.
        #[serde(default)]
        name: Option<String>,
        /// Your id of them.
        #[serde(default)]
        agent_id: Option<String>,
    },
    /// Somebody wrote. Give `text` or `parts`.
    Message {
        /// A plain text.
        #[serde(default)]
        text: Option<String>,
        /// Or parts in order.
        #[serde(default)]
        parts: Option<Vec<Part>>,
        /// Name that the customer reads.
        #[serde(default)]
        name: Option<String>,
        /// Your id of them.
        #[serde(default)]
        agent_id: Option<String>,
    },
    /// Somebody types, or no longer.
    Typing {
        /// Types.
        on: bool,
    },
    /// Passed on inside your house.
    Transferred {
        /// Who has it now.
        #[serde(default)]
        name: Option<String>,
    },
    /// It is over.
    Ended {
        /// How.
        #[serde(default)]
        reason: EndReason,
        /// How it was filed.
        #[serde(default)]
        disposition: Option<String>,
        /// Where the conversation goes.
        #[serde(default)]
        to: EndTo,
    },
}

/// How a stretch at the target ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The matter is done.
    #[default]
    Done,
    /// You cannot go on: Baton gives the customer to somebody else.
    Failed,
}

/// Where a conversation goes after the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndTo {
    /// It is closed.
    #[default]
    Close,
    /// Back to the bot.
    Bot,
}

/// File name (under `docs/schemas/`) and schema of each body.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("http-target-request.schema.json", schema::written::<Request>("Baton HTTP target: a request, version 1")),
        (
            "http-target-open-answer.schema.json",
            schema::taken::<OpenAnswer>("Baton HTTP target: the answer to open, version 1"),
        ),
        (
            "http-target-events.schema.json",
            schema::taken::<Events>("Baton HTTP target: a callback, or the answer to a poll, version 1"),
        ),
    ]
}
