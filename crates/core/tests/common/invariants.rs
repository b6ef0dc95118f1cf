//! What must hold in each commit and in the house after it.

use super::{Chat, House};
use baton_core::actor::{Actor, Who};
use baton_core::agent::Agent;
use baton_core::command::{Command, TargetDid};
use baton_core::conversation::Conversation;
use baton_core::decide::{Decision, Drafted, Loaded};
use baton_core::effect::{CloseReason, Effect};
use baton_core::event::{
    Answer, AskEnd, Audience, Body, BodyKind, Fact, Failure, Fate, Header, OfferEnd, Outcome, Stream, Why,
};
use baton_core::ids::{AskId, ConversationId, HandoverId, Ms};
use baton_core::limits;
use baton_core::ownership::{Holder, Ownership, Phase};
use baton_core::settings::Settings;
use std::collections::{BTreeMap, BTreeSet};

/// What the log has said so far of things that happen once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// Handovers without outcome.
    open: BTreeMap<HandoverId, ConversationId>,
    /// Handovers with outcome.
    ended: BTreeSet<HandoverId>,
    /// Asks that are open, and the baton number under which they were given to the bot.
    asks: BTreeMap<AskId, (ConversationId, u64)>,
    /// Counts that were taken.
    counts: BTreeSet<(ConversationId, String)>,
}

impl Ledger {
    /// Forgets what only grows; a walk over many states does without.
    pub(crate) fn forget(&mut self) {
        self.ended.clear();
        self.counts.clear();
    }

    pub(super) fn take(&mut self, id: ConversationId, decision: &Decision) {
        for event in of(id, &decision.events) {
            match &event.header.fact {
                Fact::HandoverAsked(fact) => {
                    assert!(!self.ended.contains(&fact.handover), "a handover is asked once");
                    assert_eq!(self.open.insert(fact.handover, id), None, "a handover is asked once");
                }
                Fact::HandoverEnded(fact) => {
                    assert_eq!(self.open.remove(&fact.handover), Some(id), "a handover has one outcome");
                    self.ended.insert(fact.handover);
                }
                Fact::AskEnded(fact) => {
                    assert!(self.asks.remove(&fact.ask).is_some(), "an ask ends once");
                }
                Fact::Said(fact) => {
                    if let Some(once) = fact.once {
                        let new = self.counts.insert((id, format!("{once:?}")));
                        assert!(new || fact.fate == Fate::Withheld, "{once:?} was taken before");
                    }
                }
                _ => {}
            }
        }
        for effect in &decision.effects {
            if let Effect::AskBot { ask, baton, .. } = effect {
                self.asks.insert(*ask, (id, *baton));
            }
        }
    }
}

fn of(id: ConversationId, events: &[Drafted]) -> impl Iterator<Item = &Drafted> {
    events.iter().filter(move |event| event.header.stream == Stream::Conversation(id))
}

/// One decision, against the state that it was made on.
pub(crate) fn decision(loaded: &Loaded, decision: &Decision, now: Ms, settings: &Settings) {
    let mut state = loaded.conversation.clone();
    let mut agents = loaded.agents.clone();
    for event in &decision.events {
        body(event);
        match event.header.stream {
            Stream::Conversation(id) => {
                assert_eq!(id, loaded.id);
                let before = state.clone();
                match &mut state {
                    Some(state) => {
                        let head = state.head;
                        order(&event.header, head.seq, head.position, head.at, now);
                        state.apply(&event.header);
                    }
                    none => {
                        order(&event.header, 0, 0, 0, now);
                        *none = Conversation::begin(id, &event.header);
                    }
                }
                let after = state.as_ref().expect("begun by `opened`");
                assert_eq!(event.header.baton, Some(after.own.baton));
                if let Some(before) = &before {
                    baton(&before.own, &after.own, &event.header);
                    voice(before, event);
                    counted(before, after, &event.header, settings);
                }
            }
            Stream::Agent(id) => {
                let agent = agents.iter_mut().find(|agent| agent.id == id).expect("`agents` named it");
                order(&event.header, agent.head.seq, 0, agent.head.at, now);
                agent.apply(&event.header);
            }
            _ => panic!("core writes conversations and agents"),
        }
    }
    assert_eq!(state, decision.conversation, "the decision's state is the fold of its headers");
    assert_eq!(agents, decision.agents, "the decision's agents are the fold of their headers");
    if let Some(after) = &state {
        handovers(loaded, decision, after);
        truth(loaded, decision);
        offers(loaded, decision, after);
        outside(loaded, decision, after);
        heard(loaded, decision, after);
        finish(after, now);
    }
}

/// A header reads its own bytes.
pub(super) fn bytes(header: &Header) {
    let bytes = header.to_bytes().expect("a header is JSON");
    assert_eq!(&Header::from_bytes(&bytes).expect("readable"), header);
}

fn body(event: &Drafted) {
    let kind = event.header.fact.body_kind();
    match &event.body {
        Some(body) => assert_eq!(body.kind(), kind),
        None => assert!(
            matches!(
                kind,
                BodyKind::None
                    | BodyKind::Passing
                    | BodyKind::Note
                    | BodyKind::Rating
                    | BodyKind::BotSaid
                    | BodyKind::Customer
                    | BodyKind::Report
            ),
            "{} needs its body",
            event.header.fact.kind()
        ),
    }
    if let Some(Body::Notice { words, .. }) = &event.body {
        assert!(!words.trim().is_empty() && !words.contains(['…', '{', '}', '!']), "{words}");
    }
}

fn order(header: &Header, seq: u64, position: u64, at: Ms, now: Ms) {
    assert_eq!(header.seq, seq + 1, "seq is gap-free");
    assert!(header.at > at && header.at >= now, "`at` strictly rises and is not before the decision");
    let expected = (header.audience == Audience::Customer).then_some(position + 1);
    assert_eq!(header.position, expected, "events for the customer, and only they, have a dense position");
}

/// The baton number never falls and rises exactly with holder, guests and delivery.
fn baton(before: &Ownership, after: &Ownership, header: &Header) {
    let changed =
        !before.holder.same_party(&after.holder) || before.guests != after.guests || before.delivery != after.delivery;
    assert_eq!(after.baton, before.baton + u64::from(changed), "after {:?}", header.fact);
    assert!(after.guests.len() <= limits::GUESTS);
}

/// What the customer sees was said by the customer or by a voice under the present baton number.
fn voice(before: &Conversation, event: &Drafted) {
    let Fact::Said(said) = &event.header.fact else { return };
    let seen = event.header.audience == Audience::Customer;
    let shown = matches!(said.fate, Fate::Shown | Fate::Released { .. } | Fate::Interrupted);
    assert_eq!(seen, shown, "shown is what the customer gets");
    if !seen || event.header.actor.who == Who::Customer {
        return;
    }
    if let Fate::Released { of } = said.fate {
        if before.drafts.iter().any(|(seq, _)| *seq == of) {
            return;
        }
        let held = before.held.iter().find(|held| held.seq == of).expect("what is released was held or a draft");
        assert_eq!(held.actor, event.header.actor, "it is said by whoever said it");
    }
    let who = match event.header.actor.acting_agent() {
        Some(id) => Who::Agent { id },
        None => event.header.actor.who,
    };
    assert!(before.own.may_speak(&who), "{who:?} is no voice under {:?}", before.own);
}

/// Hand-backs and failures of an episode are bounded.
fn counted(before: &Conversation, after: &Conversation, header: &Header, settings: &Settings) {
    assert!(after.hand_backs <= limits::HAND_BACKS, "hand-backs are bounded");
    if let Fact::HolderSet(fact) = &header.fact
        && let Holder::Bot { connection, .. } = &fact.holder
    {
        assert!(settings.is_bot(*connection));
        assert!(before.bot_failures < limits::BOT_FAILURES, "beyond the limit only a person or close is left");
    }
    assert!(after.bot_failures <= limits::BOT_FAILURES, "failures are bounded");
}

/// One answer in the same commit, a true one.
fn handovers(loaded: &Loaded, decision: &Decision, after: &Conversation) {
    let mut open = loaded.conversation.as_ref().and_then(|state| state.handover).map(|open| open.id);
    let mut unanswered: Option<HandoverId> = None;
    for event in of(loaded.id, &decision.events) {
        match &event.header.fact {
            Fact::HandoverAsked(fact) => {
                assert_eq!(open, None, "one handover is open at a time");
                (open, unanswered) = (Some(fact.handover), Some(fact.handover));
            }
            Fact::HandoverAnswered(fact) => {
                assert_eq!(unanswered, Some(fact.handover), "one answer");
                unanswered = None;
                match fact.answer {
                    Answer::Assigned { agent } => {
                        assert!(matches!(after.own.holder, Holder::Agent { agent: holder, .. } if holder == agent));
                    }
                    Answer::Already { .. } => panic!("`already` opens no handover"),
                    _ => {}
                }
            }
            Fact::HandoverEnded(fact) => {
                assert_eq!((open, unanswered), (Some(fact.handover), None), "an outcome comes after the answer");
                if fact.outcome == Outcome::Accepted {
                    assert!(matches!(
                        after.own.holder,
                        Holder::Agent { .. } | Holder::Target { phase: Phase::Live, .. }
                    ));
                }
                open = None;
            }
            _ => {}
        }
    }
    assert_eq!(unanswered, None, "a handover is answered in the same commit");
    assert_eq!(open, after.handover.map(|open| open.id));
    let failed = |event: &Drafted| matches!(&event.header.fact, Fact::Failed(fact) if matches!(fact.what, Failure::BotTimeout | Failure::BotError));
    if of(loaded.id, &decision.events).any(failed) {
        assert!(!matches!(after.own.holder, Holder::Bot { .. }), "a bot's failure is a handover");
        let asked = |event: &&Drafted| matches!(event.header.fact, Fact::HandoverAsked(_));
        assert!(of(loaded.id, &decision.events).filter(asked).count() <= 2, "once, and its promise if nobody is there");
    }
}

/// The one table: what the customer is told with each answer and each outcome.
fn truth(loaded: &Loaded, decision: &Decision) {
    let told: Vec<&str> = of(loaded.id, &decision.events)
        .filter_map(|event| match &event.header.fact {
            Fact::Told(fact) => Some(fact.code.as_str()),
            _ => None,
        })
        .collect();
    for event in of(loaded.id, &decision.events) {
        let fits: &[&str] = match &event.header.fact {
            Fact::HandoverAnswered(fact) => match fact.answer {
                Answer::Queued { .. } => &[
                    "in_line",
                    "message_left",
                    "wait_over",
                    "transfer_team",
                    "agent_lost",
                    "agent_silent",
                    "bot_failed_nobody",
                    "target_failed_none",
                    // Closed, and no list: the reason why nobody comes yet.
                    "unavailable",
                ],
                Answer::Assigned { .. } => &["joined"],
                Answer::Opening { .. } => &["asked", "bot_failed", "transfer_team"],
                Answer::Refused { .. } => &["unavailable", "bot_failed_nobody", "target_failed_none"],
                Answer::Already { .. } => &["already"],
            },
            Fact::HandoverEnded(fact) => match fact.outcome {
                Outcome::Accepted => &["joined", "transfer_passed"],
                Outcome::Abandoned => &["closed"],
                Outcome::Withdrawn => &["withdrawn"],
                Outcome::Redirected { .. } => {
                    &["joined", "message_left", "in_line", "unavailable", "asked", "transfer_team"]
                }
                Outcome::Refused => {
                    &["unavailable", "bot_failed_nobody", "target_failed", "target_failed_none", "target_failed_back"]
                }
                Outcome::Failed => &["target_failed", "target_failed_none", "target_failed_back", "unavailable"],
                Outcome::Expired => &["wait_over"],
            },
            _ => continue,
        };
        assert!(fits.iter().any(|code| told.contains(code)), "{:?} is told as {told:?}", event.header.fact);
    }
}

/// An accepted offer made its agent the holder; both streams say the same.
fn offers(loaded: &Loaded, decision: &Decision, after: &Conversation) {
    let on = |agents: bool| {
        decision
            .events
            .iter()
            .filter(move |event| matches!(event.header.stream, Stream::Agent(_)) == agents)
            .filter_map(|event| match &event.header.fact {
                Fact::Offered(fact) => Some((fact.offer, None)),
                Fact::OfferEnded(fact) => Some((fact.offer, Some(fact.how))),
                _ => None,
            })
    };
    assert!(on(true).eq(on(false)), "both streams tell the same of an offer");
    for (offer, how) in on(false) {
        let standing = loaded.conversation.as_ref().and_then(|state| state.own.offer.as_ref());
        if how == Some(OfferEnd::Accepted) {
            let to = standing.filter(|standing| standing.id == offer).expect("it stood").to;
            assert!(matches!(after.own.holder, Holder::Agent { agent, .. } if agent == to), "accepted: now the holder");
        }
    }
}

/// Effects bear the baton number that stands after the commit, and a target that lost the chat is closed.
fn outside(loaded: &Loaded, decision: &Decision, after: &Conversation) {
    for effect in &decision.effects {
        match effect {
            Effect::AskBot { ask, baton, .. } => {
                if after.ask(*ask).is_some() {
                    assert_eq!(*baton, after.own.baton);
                }
            }
            Effect::OpenTarget { baton, .. } | Effect::TellTarget { baton, .. } | Effect::PollTarget { baton, .. } => {
                // A target knows the number under which it was opened, whoever has joined since.
                assert_eq!(*baton, after.own.began);
            }
            Effect::CloseTarget { .. } => {}
        }
    }
    let Some(before) = &loaded.conversation else { return };
    if let Holder::Target { connection, .. } = before.own.holder
        && !before.own.holder.same_party(&after.own.holder)
    {
        let ended = of(loaded.id, &decision.events).any(|event| match &event.header.fact {
            Fact::HolderSet(fact) => fact.why == Why::TargetEnded,
            Fact::PhaseSet(fact) => fact.phase == Phase::Ending,
            _ => false,
        });
        let closed = decision.effects.iter().any(
            |effect| matches!(effect, Effect::CloseTarget { target, baton, .. } if *target == connection && *baton == before.own.began),
        );
        assert!(ended || closed, "a target that lost the chat is told: {:?}", decision.events);
    }
}

/// A customer's word reaches its holder as history or live, exactly one of the two: live where the holder stays, as an
/// ask of a bot or a push to a target; where the baton passes in the same commit, it is history.
fn heard(loaded: &Loaded, decision: &Decision, after: &Conversation) {
    let stays = |baton| baton == Some(after.own.baton);
    for event in of(loaded.id, &decision.events) {
        if !matches!((&event.header.fact, event.header.actor.who), (Fact::Said(_), Who::Customer)) {
            continue;
        }
        let pushed = decision
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::TellTarget { seq, .. } if *seq == event.header.seq))
            .count();
        let live = stays(event.header.baton) && matches!(after.own.holder, Holder::Target { .. });
        assert_eq!(pushed, usize::from(live), "a word to a target");
        let asked = of(loaded.id, &decision.events)
            .filter(|other| matches!(&other.header.fact, Fact::AskOpened(f) if Some(f.upto) == event.header.position))
            .count();
        let live = stays(event.header.baton) && matches!(after.own.holder, Holder::Bot { .. });
        let refused = matches!(after.marks.outcome, Some(Outcome::Refused)) && after.handover.is_none();
        assert!(asked == usize::from(live) || (asked == 0 && refused), "a word to a bot");
    }
}

/// Nobody waits for ever; nothing is left over at the end.
fn finish(after: &Conversation, now: Ms) {
    let own = &after.own;
    if after.closed() {
        assert_eq!(after.next_due(), None, "nothing is due in a closed chat");
        assert!(after.asks.is_empty() && own.offer.is_none() && own.guests.is_empty());
        assert!(after.drafts.is_empty() && after.held.is_empty() && after.snoozed_until.is_none());
        assert_eq!(after.handover, None, "a closed chat has no open handover");
    } else {
        let due = after.next_due().expect("every state that is not final has a deadline");
        assert!(due < now.max(after.head.at) + 15 * 24 * 3_600_000, "and it is near");
    }
    let waits =
        matches!(own.holder, Holder::Queue { .. } | Holder::Target { phase: Phase::Opening | Phase::Waiting, .. });
    assert_eq!(after.handover.is_some(), waits, "a handover is open while somebody waits: {own:?}");
    if !after.asks.is_empty() {
        assert!(matches!(own.holder, Holder::Bot { .. }), "only a bot that holds is asked");
    }
}

/// What comes under an old baton number is never shown, and a target that opened too late is closed.
pub(crate) fn late(before: &Conversation, actor: &Actor, command: &Command, decision: &Decision) {
    let baton = match command {
        Command::BotReplied(reply) => reply.baton,
        Command::BotEnded { baton, .. } | Command::Target { baton, .. } | Command::TargetTurn { baton, .. } => *baton,
        _ => return,
    };
    // A target that holds the chat speaks under the number with which its stretch began.
    let present = match (&before.own.holder, actor.who) {
        (Holder::Target { connection, .. }, Who::Target { id, .. }) if *connection == id => before.own.began,
        _ => before.own.baton,
    };
    if baton == present {
        return;
    }
    let seen = decision.events.iter().any(|event| event.header.audience == Audience::Customer);
    assert!(!seen, "shown under an old baton number: {:?}", decision.events);
    if let (Command::Target { did, .. }, Who::Target { id, .. }) = (command, actor.who) {
        let opened = matches!(did, TargetDid::Accepted | TargetDid::Waiting { .. } | TargetDid::Joined { .. });
        let close = Effect::CloseTarget { target: id, baton, reason: CloseReason::TooLate };
        assert_eq!(decision.effects.as_slice(), if opened { std::slice::from_ref(&close) } else { &[] });
    }
}

/// All streams together.
pub(crate) fn house(house: &House) {
    for (id, chat) in &house.chats {
        asked(house, *id, chat);
    }
    for agent in house.agents.values() {
        seats(house, agent);
    }
    assert!(house.ledger.open.iter().all(|(open, id)| house.chat(*id).handover.is_some_and(|h| h.id == *open)));
}

/// A bot's answer to what it is asked now would be shown.
fn asked(house: &House, id: ConversationId, chat: &Chat) {
    for ask in &chat.state.asks {
        let given = house.ledger.asks.get(&ask.id);
        assert_eq!(given, Some(&(id, chat.state.own.baton)), "an open ask was given under the present baton number");
        assert!(chat.state.own.may_speak(&Who::Bot { id: ask.bot }));
    }
}

fn seats(house: &House, agent: &Agent) {
    let held = house.chats.iter().filter(|(_, chat)| chat.state.own.holder.seat() == Some(agent.id)).map(|(id, _)| id);
    assert!(agent.seats.iter().eq(held), "a seat is taken exactly by what the agent holds or lent");
    let offered: BTreeMap<_, _> = house
        .chats
        .iter()
        .filter_map(|(id, chat)| chat.state.own.offer.as_ref().filter(|o| o.to == agent.id).map(|o| (o.id, *id)))
        .collect();
    assert_eq!(agent.offers, offered, "an offer reserves a seat exactly while it stands");
    if let Some(card) = house.settings.agents.get(&agent.id) {
        assert!(agent.load() <= card.capacity, "{:?} has {} of {}", agent.id, agent.load(), card.capacity);
    }
}

/// The whole log of a chat says its state, with or without bodies.
pub(crate) fn log(chat: &Chat) {
    let folded = Conversation::fold(chat.state.id, &chat.headers).expect("begun by `opened`");
    assert_eq!(folded, chat.state, "the state is the fold of the log");
    let erased: Vec<Header> = chat
        .headers
        .iter()
        .map(|header| Header::from_bytes(&header.to_bytes().expect("JSON")).expect("readable"))
        .map(|header| Header { key: None, body: None, ..header })
        .collect();
    assert_eq!(Conversation::fold(chat.state.id, &erased), Some(folded), "no body is needed");
    let answered = |end: &AskEnd| matches!(end, AskEnd::Answered | AskEnd::Silent | AskEnd::Failed | AskEnd::Withdrawn);
    let opened = chat.headers.iter().filter(|header| matches!(header.fact, Fact::AskOpened(_))).count();
    let ended = chat.headers.iter().filter(|h| matches!(&h.fact, Fact::AskEnded(fact) if answered(&fact.how))).count();
    assert_eq!(opened, ended + chat.state.asks.len(), "each ask has one end");
}
