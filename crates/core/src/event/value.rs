//! What facts are made of: enums that are stored as words.

use crate::ids::{AgentId, AskId, ClientId, ConnectionId, HandoverId, Hash16, Ms};
use serde::{Deserialize, Serialize};

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
