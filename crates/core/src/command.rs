//! Everything that can be asked of a conversation or an agent.

use crate::content::Content;
use crate::event::{Answered, BotSaid, Brief, ErasedBy, Failure, Identity, PresenceBy};
use crate::ids::{
    AgentId, AskId, ClientId, ConnectionId, Hash16, InboxId, Ms, OfferId, PersonId, QueueId, ReportId, TagId,
};
use crate::ownership::{Delivery, Guest, Pause};
use crate::settings::Destination;
use serde_json::{Map, Value};

/// A wish. Who wishes it stands beside it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A customer opens a conversation.
    Start(Start),
    /// A customer or an agent says something.
    Say(Say),
    /// An agent takes back a word that is still held.
    Undo {
        /// The event that holds it.
        of: u64,
    },
    /// The customer presses the button.
    AskPerson,
    /// The customer leaves the line.
    Withdraw,
    /// The customer leaves a message.
    LeaveMessage {
        /// A last word, if any.
        text: Option<Say>,
        /// An address for the answer.
        contact: Option<String>,
    },
    /// The router offers a waiting chat.
    MakeOffer {
        /// To whom.
        agent: AgentId,
    },
    /// The offered agent says yes or no.
    AnswerOffer {
        /// Which offer.
        offer: OfferId,
        /// Yes or no.
        accept: bool,
        /// The seq that the agent's screen has.
        as_of: u64,
    },
    /// An agent picks a waiting chat or a message by hand.
    Pick,
    /// An agent or supervisor takes over by right.
    TakeOver,
    /// The holder passes it on.
    Transfer {
        /// To whom.
        to: TransferTo,
        /// For the next person.
        note: Option<String>,
    },
    /// The giver takes the transfer's offer back.
    CancelTransfer,
    /// The agent passes it back to the bot.
    HandBack {
        /// For the bot.
        brief: Brief,
    },
    /// An agent lends it to a bot for a while.
    Lend {
        /// To which bot.
        bot: ConnectionId,
    },
    /// The lent chat returns.
    Return,
    /// A guest joins.
    Join {
        /// Who.
        guest: Guest,
    },
    /// A guest leaves.
    Leave {
        /// Who.
        guest: Guest,
    },
    /// Whether a bot's replies wait for approval.
    SetDelivery(Delivery),
    /// A draft goes out.
    Approve {
        /// The draft's event.
        draft: u64,
        /// Its content, as the person changed it or not.
        content: Content,
    },
    /// A draft does not go out.
    Reject {
        /// The draft's event.
        draft: u64,
    },
    /// The agent's clock stops or runs.
    SetPause(Pause),
    /// The holder puts the chat away.
    Snooze {
        /// Until then.
        until: Ms,
    },
    /// The holder takes it up again.
    Wake,
    /// A note for people.
    Note {
        /// The text.
        text: Content,
        /// Whom it calls.
        mentions: Vec<AgentId>,
    },
    /// Makes these the tags of the conversation.
    SetTags {
        /// All of them.
        tags: Vec<TagId>,
    },
    /// People set what is known of the customer.
    SetCustomer(SetCustomer),
    /// It is known who the customer is: by a checked token if the customer brings it, else by an agent's word.
    Identify(Identify),
    /// The customer may not write any more.
    Block {
        /// Why, for the supervisor.
        reason: String,
    },
    /// The customer may write again.
    Unblock,
    /// An agent opens a closed conversation.
    Reopen,
    /// The customer says that a bot's answer was wrong.
    Report(Report),
    /// A supervisor judges a report.
    JudgeReport {
        /// Which report.
        report: ReportId,
        /// The customer is right.
        accepted: bool,
        /// Why; needed where the customer is not.
        reason: Option<String>,
    },
    /// Somebody read the conversation at the desk.
    Look,
    /// Closes the conversation.
    Close {
        /// How it is filed.
        disposition: Option<String>,
        /// The agent's summary.
        wrap_up: Option<String>,
    },
    /// The customer's mark.
    Rate(Rate),
    /// An agent sets their presence.
    SetPresence {
        /// Wants work.
        available: bool,
        /// Who set it.
        by: PresenceBy,
    },
    /// A bot said something.
    BotReplied(BotReplied),
    /// A bot's turn is over.
    BotEnded {
        /// Which ask.
        ask: AskId,
        /// Under which baton number.
        baton: u64,
        /// How.
        how: BotEnd,
    },
    /// A bot's whole answer in one commit: what it says, and how its turn ends if it does.
    BotTurn {
        /// In order.
        replies: Vec<BotReplied>,
        /// What it says of a turn without messages; with messages this stands in the first of them.
        said: Option<BotSaid>,
        /// Which ask ends, under which baton number, and how.
        end: Option<(AskId, u64, BotEnd)>,
    },
    /// What a target did.
    Target {
        /// Under which baton number it was opened.
        baton: u64,
        /// What.
        did: TargetDid,
    },
    /// What a polled target did since its cursor, in one commit.
    TargetTurn {
        /// Under which baton number it was opened.
        baton: u64,
        /// In order.
        did: Vec<TargetDid>,
    },
    /// An agent's lease and grace are over.
    AgentLost {
        /// Who.
        agent: AgentId,
    },
    /// The house erased words: their keys are destroyed already.
    Erase {
        /// By what.
        by: ErasedBy,
        /// Up to this event.
        upto: u64,
        /// When the oldest episode closed that is closed and was not erased.
        kept: Option<Ms>,
    },
    /// Deadlines have passed.
    Due,
}

/// A customer opens a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// In which inbox.
    pub inbox: InboxId,
    /// Who.
    pub person: PersonId,
    /// Language code.
    pub language: String,
    /// The customer's name, if given.
    pub name: Option<String>,
    /// A way to reach the customer, if given.
    pub contact: Option<String>,
    /// Where the customer is.
    pub page: Option<String>,
    /// What the customer's program is, in plain words.
    pub device: Option<String>,
    /// What the page attached.
    pub variables: Map<String, Value>,
}

/// What people set of a customer. What is absent stays; an empty word takes the old one away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetCustomer {
    /// The name to use.
    pub name: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// They want a person first.
    pub person_first: Option<bool>,
    /// A way to reach them.
    pub contact: Option<String>,
}

/// Who a customer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Identify {
    /// The person that this is.
    pub person: PersonId,
    /// What is known of them.
    pub identity: Identity,
}

/// A customer's report of a bot's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The answer's position.
    pub position: u64,
    /// What it should have said.
    pub should_have_said: Option<String>,
    /// Anything else.
    pub comment: Option<String>,
}

/// Something said by a customer or an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// The content.
    pub content: Content,
    /// Client copy and its count; absent for integrations that use free keys.
    pub once: Option<(ClientId, u64)>,
    /// Position that it answers.
    pub reply_to: Option<u64>,
    /// The highest seq that the speaker had seen.
    pub basis: Option<u64>,
    /// An agent's word that may still be undone for a moment.
    pub hold: bool,
}

impl From<Content> for Say {
    /// Without a count: a repeat is not known.
    fn from(content: Content) -> Self {
        Self { content, once: None, reply_to: None, basis: None, hold: false }
    }
}

/// Where an agent passes a chat to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferTo {
    /// A colleague, as an offer.
    Agent(AgentId),
    /// A line.
    Queue(QueueId),
    /// A bot, without brief.
    Bot(ConnectionId),
    /// A contact centre.
    Target(ConnectionId),
}

/// The customer's mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rate {
    /// Is the question answered?
    pub answered: Option<Answered>,
    /// 1 to 5.
    pub agent: Option<u8>,
    /// 1 to 5.
    pub bot: Option<u8>,
    /// In the customer's words.
    pub comment: Option<String>,
}

/// A bot's reply.
#[derive(Clone, Debug, PartialEq)]
pub struct BotReplied {
    /// To which ask.
    pub ask: AskId,
    /// Which of its replies, from 0.
    pub ordinal: u16,
    /// Under which baton number it was asked.
    pub baton: u64,
    /// The highest seq that it had seen.
    pub basis: Option<u64>,
    /// What it says.
    pub content: Content,
    /// What it says of that.
    pub said: BotSaid,
}

/// How a bot's turn ends.
#[derive(Clone, Debug, PartialEq)]
pub enum BotEnd {
    /// It has said all.
    Answered,
    /// It says nothing, on purpose.
    Silent,
    /// It failed.
    Failed(Failure),
    /// It did not know, and the house hands over then.
    Abstained {
        /// Why, in its words.
        reason: String,
    },
    /// It wants a person.
    HandOver {
        /// Why, in its words.
        reason: String,
        /// Where to; none: the inbox's default.
        to: Option<Destination>,
        /// Variables that go along.
        variables: Map<String, Value>,
    },
    /// It ends the conversation.
    End,
}

/// What a target did.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetDid {
    /// It has the chat; a person comes or is there.
    Accepted,
    /// It has a line of its own.
    Waiting {
        /// Place there, if it tells.
        place: Option<u32>,
    },
    /// It says no.
    Refused,
    /// It failed or is lost.
    Failed(Failure),
    /// Somebody joined.
    Joined {
        /// It says that this is a person.
        human: bool,
        /// Their name.
        name: Option<String>,
        /// Who, as a keyed hash of the outside name.
        party: Option<Hash16>,
    },
    /// Somebody said something.
    Said {
        /// What.
        content: Content,
        /// Under which name.
        name: Option<String>,
        /// Who, as a keyed hash.
        party: Option<Hash16>,
        /// Outside message id, as a keyed hash; repeats are told apart by the link.
        outside: Option<Hash16>,
    },
    /// Passed on inside the target.
    Transferred {
        /// Who has it now.
        name: Option<String>,
    },
    /// It is over there.
    Ended {
        /// How it was filed.
        disposition: Option<String>,
        /// True: the chat goes back to the bot; else it is closed.
        back_to_bot: bool,
    },
}
