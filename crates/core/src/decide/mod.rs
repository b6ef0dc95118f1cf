//! State, facts and a command to events and effects, or a refusal. Pure.

mod block;
mod bot;
mod close;
mod customer;
mod due;
mod erase;
mod hand_back;
mod look;
mod moves;
mod offer;
mod person;
mod presence;
mod rate;
mod reopen;
mod report;
mod say;
mod snooze;
mod start;
mod tags;
mod take;
mod target;
mod transfer;
mod undo;
mod voices;

pub use moves::Drafted;

use crate::actor::Actor;
use crate::agent::Agent;
use crate::command::{Command, TransferTo};
use crate::conversation::Conversation;
use crate::effect::Effect;
use crate::event::{Answer, Stream};
use crate::facts::Facts;
use crate::ids::{AgentId, ConversationId, ReportId};
use crate::ownership::{Holder, Line};
use crate::refusal::Refusal;
use moves::Moves;

/// What a decision starts from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Which conversation; for presence alone any.
    pub id: ConversationId,
    /// Its state, if it has begun.
    pub conversation: Option<Conversation>,
    /// The agents that [`agents`] named.
    pub agents: Vec<Agent>,
}

/// Events, effects and the states after them.
#[derive(Clone, Debug)]
pub struct Decision {
    /// In order; the engine seals and stores them.
    pub events: Vec<Drafted>,
    /// To be done after the commit.
    pub effects: Vec<Effect>,
    /// The conversation after the events; its chain is set when the events are sealed.
    pub conversation: Option<Conversation>,
    /// The agents after the events.
    pub agents: Vec<Agent>,
    /// What the caller gets.
    pub reply: Reply,
}

/// What a caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Done.
    Done,
    /// It was done before: the event of this client's count says how.
    Repeat,
    /// The event that bears what was said.
    Said {
        /// Its seq.
        seq: u64,
    },
    /// The one answer to a request for a person.
    Answer(Answer),
    /// Kept, and not shown.
    Withheld,
    /// A report was taken.
    Reported {
        /// Which one.
        report: ReportId,
    },
}

/// Which agents' states a command needs.
pub fn agents(state: Option<&Conversation>, actor: &Actor, command: &Command) -> Vec<AgentId> {
    let mut out = Vec::new();
    // A word in a people stretch touches nobody's seat: an agent's chats must not wait for each other.
    let lent = state.is_some_and(|state| matches!(state.own.holder, Holder::Bot { returns_to: Some(_), .. }));
    if (matches!(command, Command::Say(_)) && !lent) || touches_no_agent(command) {
        return out;
    }
    if let Some(state) = state {
        out.extend(state.own.holder.seat());
        if let Some(offer) = &state.own.offer {
            out.push(offer.to);
            out.extend(offer.giver);
        }
    }
    match command {
        Command::MakeOffer { agent } | Command::AgentLost { agent } => out.push(*agent),
        Command::Transfer { to: TransferTo::Agent(agent), .. } => out.push(*agent),
        _ => {}
    }
    out.extend(actor.acting_agent());
    out.sort_unstable();
    out.dedup();
    out
}

/// Commands after which every seat and every offer is as before.
fn touches_no_agent(command: &Command) -> bool {
    matches!(
        command,
        Command::Note { .. }
            | Command::Rate(_)
            | Command::Undo { .. }
            | Command::SetPause(_)
            | Command::Snooze { .. }
            | Command::Wake
            | Command::SetTags { .. }
            | Command::SetCustomer(_)
            | Command::Identify(_)
            | Command::Block { .. }
            | Command::Unblock
            | Command::Report(_)
            | Command::JudgeReport { .. }
    )
}

/// What has to be gathered before the decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Read the customer's text.
    pub reading: bool,
    /// Look at the lines.
    pub lines: bool,
    /// Look at leases and idle times of the loaded agents.
    pub presence: bool,
}

/// Which facts a command needs; everything else is left ungathered.
pub fn needs(state: Option<&Conversation>, actor: &Actor, command: &Command) -> Needs {
    use crate::actor::Who;
    match command {
        // What is said to people is read by people; it opens no handover, so nobody need know what it says.
        Command::Say(_) if actor.who == Who::Customer && state.is_some_and(to_people) => Needs::default(),
        Command::Say(_) if actor.who == Who::Customer => Needs { reading: true, lines: true, presence: false },
        Command::Say(_) | Command::Start(_) if state.is_some() => Needs::default(),
        command if touches_no_agent(command) => Needs::default(),
        Command::Look => Needs::default(),
        Command::BotReplied(_) | Command::Approve { .. } | Command::Reject { .. } => Needs::default(),
        Command::MakeOffer { .. } | Command::Transfer { .. } | Command::Due => {
            Needs { reading: false, lines: true, presence: true }
        }
        _ => Needs { reading: false, lines: true, presence: false },
    }
}

/// Whether a customer's word goes to an agent, a target or a promise.
fn to_people(state: &Conversation) -> bool {
    matches!(state.own.holder, Holder::Agent { .. } | Holder::Target { .. } | Holder::Queue { line: Line::Later, .. })
}

/// The decision.
///
/// # Errors
/// A refusal leaves no trace.
pub fn decide(loaded: Loaded, facts: &Facts, actor: Actor, command: Command) -> Result<Decision, Refusal> {
    let mut m = Moves::new(loaded, facts, actor);
    if m.gone() && !matches!(command, Command::Erase { .. }) {
        return Err(Refusal::Erased);
    }
    // A send is checked after it is known not to be a repeat.
    if !matches!(command, Command::Say(_)) {
        block::check(&m)?;
    }
    let reply = match command {
        Command::Start(start) => start::start(&mut m, start),
        Command::Say(say) => say::say(&mut m, say),
        Command::Undo { of } => undo::undo(&mut m, of),
        Command::AskPerson => person::ask(&mut m),
        Command::Withdraw => person::withdraw(&mut m),
        Command::LeaveMessage { text, contact } => person::leave_message(&mut m, text, contact),
        Command::MakeOffer { agent } => offer::make(&mut m, agent),
        Command::AnswerOffer { offer, accept, as_of } => offer::answer(&mut m, offer, accept, as_of),
        Command::Pick => take::pick(&mut m),
        Command::TakeOver => take::take_over(&mut m),
        Command::Transfer { to, note } => transfer::transfer(&mut m, to, note),
        Command::CancelTransfer => transfer::cancel(&mut m),
        Command::HandBack { brief } => hand_back::hand_back(&mut m, brief),
        Command::Lend { bot } => voices::lend(&mut m, bot),
        Command::Return => voices::give_back(&mut m),
        Command::Join { guest } => voices::join(&mut m, guest),
        Command::Leave { guest } => voices::leave(&mut m, guest),
        Command::SetDelivery(delivery) => voices::set_delivery(&mut m, delivery),
        Command::Approve { draft, content } => voices::approve(&mut m, draft, content),
        Command::Reject { draft } => voices::reject(&mut m, draft),
        Command::SetPause(pause) => snooze::pause(&mut m, pause, None),
        Command::Snooze { until } => snooze::snooze(&mut m, until),
        Command::Wake => snooze::wake(&mut m),
        Command::Note { text, mentions } => say::note(&mut m, text, mentions),
        Command::SetTags { tags } => tags::set(&mut m, tags),
        Command::SetCustomer(set) => customer::set(&mut m, set),
        Command::Identify(identify) => customer::identify(&mut m, identify),
        Command::Block { reason } => block::block(&mut m, reason),
        Command::Unblock => block::unblock(&mut m),
        Command::Reopen => reopen::by_agent(&mut m),
        Command::Report(report) => report::report(&mut m, report),
        Command::JudgeReport { report, accepted, reason } => report::judge(&mut m, report, accepted, reason),
        Command::Look => look::look(&mut m),
        Command::Close { disposition, wrap_up } => close::close(&mut m, disposition, wrap_up),
        Command::Rate(rate) => rate::rate(&mut m, rate),
        Command::SetPresence { available, by } => presence::set(&mut m, available, by),
        Command::BotReplied(reply) => bot::replied(&mut m, reply),
        Command::BotEnded { ask, baton, how } => bot::ended(&mut m, ask, baton, how, None),
        Command::BotTurn { replies, said, end } => bot::turn(&mut m, replies, said, end),
        Command::Target { baton, did } => target::did(&mut m, baton, did),
        Command::TargetTurn { baton, did } => target::turn(&mut m, baton, did),
        Command::AgentLost { agent } => presence::lost(&mut m, agent),
        Command::Erase { by, upto, kept } => erase::erase(&mut m, by, upto, kept),
        Command::Due => due::due(&mut m),
    }?;
    Ok(m.finish(reply))
}

/// The streams that a decision wrote, each with the seq that it was decided on.
pub fn streams(events: &[Drafted]) -> Vec<(Stream, u64)> {
    let mut out: Vec<(Stream, u64)> = Vec::new();
    for event in events {
        if !out.iter().any(|(stream, _)| *stream == event.header.stream) {
            out.push((event.header.stream, event.header.seq - 1));
        }
    }
    out
}
