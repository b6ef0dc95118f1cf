//! A command that leaves no trace, and why. Each code has a page in `docs/errors/`.

use crate::content;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such conversation.
    #[error("there is no such conversation")]
    NotFound,
    /// The caller may not do this.
    #[error("your role does not allow this")]
    NotAllowed,
    /// Neither holder nor admitted voice.
    #[error("somebody else holds this conversation now; reload it to see who")]
    NotVoice,
    /// Only the holder may do this.
    #[error("only the one who holds this conversation can do this")]
    NotHolder,
    /// It is closed.
    #[error("this conversation is closed")]
    Closed,
    /// It is open.
    #[error("this conversation is still open")]
    Open,
    /// A send that is not the next.
    #[error("this client's next message must bear the counter {expected}")]
    CounterGap {
        /// The one that is accepted.
        expected: u64,
    },
    /// More client copies than [`crate::limits::CLIENTS`].
    #[error("too many clients have sent in this conversation")]
    TooManyClients,
    /// Not an acceptable content.
    #[error("{0}")]
    Content(#[from] content::Error),
    /// A name, note or brief that is too long or empty.
    #[error("{0} is empty or too long")]
    Field(&'static str),
    /// The offer is over or is not yours.
    #[error("this offer is over")]
    OfferGone,
    /// Somebody else has it.
    #[error("somebody else has taken this conversation")]
    Taken,
    /// No free seat.
    #[error("no seat is free")]
    NoCapacity,
    /// They take no work now.
    #[error("this agent is not available now")]
    NotAvailable,
    /// No such agent, queue, bot or target.
    #[error("there is no such destination")]
    UnknownDestination,
    /// Passed to and fro too often.
    #[error("this chat was handed back as often as is allowed; close it or pass it to a person")]
    BouncesExhausted,
    /// The inbox has no bot.
    #[error("this inbox has no assistant to go back to")]
    NoBot,
    /// Nothing is waiting.
    #[error("nobody is waiting in this conversation")]
    NotWaiting,
    /// No message list.
    #[error("this inbox takes no messages")]
    NoMessages,
    /// An address for which there is no way of answering.
    #[error("Baton has no way to answer at that address; leave the message without it and come back to this chat")]
    NoWayToAnswer,
    /// Nothing to rate, or rated.
    #[error("there is nothing to rate now")]
    NothingToRate,
    /// A mark that is no mark.
    #[error("a mark is a whole number from 1 to 5")]
    BadMark,
    /// More open asks than the bot can be given.
    #[error("too many messages wait for the assistant; wait for an answer")]
    TooManyAsks,
    /// No room for another guest.
    #[error("no further guest can join")]
    TooManyGuests,
    /// No such draft.
    #[error("this draft is gone")]
    DraftGone,
    /// No such file in this conversation.
    #[error("there is no such file in this conversation; upload it first")]
    FileNotFound,
    /// No such form in this conversation, or none that can be filled in, or not the asker's.
    #[error("there is no such form in this chat, or it cannot be filled in")]
    FormNotFound,
    /// The conversation holds as many files as it may.
    #[error("this chat holds as many files as it may")]
    FilesFull,
    /// The word is out, or was taken back before.
    #[error("it is too late to take this back")]
    TooLate,
    /// The customer was stopped from writing.
    #[error("you cannot write in this chat any more")]
    Blocked,
    /// No such tag.
    #[error("there is no such tag")]
    UnknownTag,
    /// Not something that a bot said to this customer.
    #[error("only an answer of the assistant in this chat can be reported")]
    NotABotMessage,
    /// Reported before.
    #[error("this answer was reported already")]
    AlreadyReported,
    /// More reports than one conversation may have.
    #[error("too many answers were reported in this chat")]
    TooManyReports,
    /// No such report.
    #[error("there is no such report")]
    UnknownReport,
    /// Judged before.
    #[error("this report was judged already")]
    AlreadyJudged,
    /// The customer was erased, or the words that this would be added to.
    #[error("what was said here was erased; nothing can be added to it")]
    Erased,
    /// The stream was begun already.
    #[error("this conversation exists already")]
    Exists,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "conversation_not_found",
            Self::NotAllowed => "not_allowed",
            Self::NotVoice => "not_voice",
            Self::NotHolder => "not_holder",
            Self::Closed => "conversation_closed",
            Self::Open => "conversation_open",
            Self::CounterGap { .. } => "counter_gap",
            Self::TooManyClients => "too_many_clients",
            Self::Content(content::Error::Empty) => "text_empty",
            Self::Content(content::Error::TooLong) => "text_too_long",
            Self::Content(content::Error::TooManyParts) => "too_many_parts",
            Self::Field(_) => "field_invalid",
            Self::OfferGone => "offer_gone",
            Self::Taken => "taken",
            Self::NoCapacity => "no_capacity",
            Self::NotAvailable => "not_available",
            Self::UnknownDestination => "unknown_destination",
            Self::BouncesExhausted => "bounces_exhausted",
            Self::NoBot => "no_bot",
            Self::NotWaiting => "not_waiting",
            Self::NoMessages => "no_messages",
            Self::NoWayToAnswer => "no_way_to_answer",
            Self::NothingToRate => "nothing_to_rate",
            Self::BadMark => "bad_mark",
            Self::TooManyAsks => "too_many_asks",
            Self::TooManyGuests => "too_many_guests",
            Self::DraftGone => "draft_gone",
            Self::FileNotFound => "file_not_found",
            Self::FormNotFound => "form_not_found",
            Self::FilesFull => "files_full",
            Self::TooLate => "too_late",
            Self::Blocked => "blocked",
            Self::UnknownTag => "unknown_tag",
            Self::NotABotMessage => "not_a_bot_message",
            Self::AlreadyReported => "already_reported",
            Self::TooManyReports => "too_many_reports",
            Self::UnknownReport => "report_not_found",
            Self::AlreadyJudged => "already_judged",
            Self::Erased => "erased",
            Self::Exists => "conversation_exists",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound
            | Self::UnknownDestination
            | Self::FileNotFound
            | Self::FormNotFound
            | Self::UnknownReport => 404,
            Self::NotAllowed | Self::Blocked => 403,
            Self::Erased => 410,
            Self::Content(_)
            | Self::Field(_)
            | Self::BadMark
            | Self::NoWayToAnswer
            | Self::UnknownTag
            | Self::NotABotMessage => 422,
            Self::TooManyClients | Self::TooManyAsks | Self::TooManyReports => 429,
            _ => 409,
        }
    }

    /// Every code of this module, for the pages and the check that none is missing.
    pub const CODES: &'static [&'static str] = &[
        "conversation_not_found",
        "not_allowed",
        "not_voice",
        "not_holder",
        "conversation_closed",
        "conversation_open",
        "counter_gap",
        "too_many_clients",
        "text_empty",
        "text_too_long",
        "too_many_parts",
        "field_invalid",
        "offer_gone",
        "taken",
        "no_capacity",
        "not_available",
        "unknown_destination",
        "bounces_exhausted",
        "no_bot",
        "not_waiting",
        "no_messages",
        "no_way_to_answer",
        "nothing_to_rate",
        "bad_mark",
        "too_many_asks",
        "too_many_guests",
        "draft_gone",
        "file_not_found",
        "form_not_found",
        "files_full",
        "too_late",
        "blocked",
        "unknown_tag",
        "not_a_bot_message",
        "already_reported",
        "too_many_reports",
        "report_not_found",
        "already_judged",
        "erased",
        "conversation_exists",
    ];
}
