//! Random sequences of commands, with repeats, late replies, stale offers and time jumps.

use crate::common::*;
use baton_core::actor::{Actor, Part, Who};
use baton_core::command::{BotEnd, Command, Rate, Report, SetCustomer, TargetDid, TransferTo};
use baton_core::conversation::Conversation;
use baton_core::decide::Reply;
use baton_core::effect::Effect;
use baton_core::event::{Fact, Failure, PresenceBy};
use baton_core::facts::Reading;
use baton_core::ids::{AgentId, AskId, ConversationId, OfferId};
use baton_core::ownership::{Delivery, Guest, Holder, Pause};
use baton_core::refusal::Refusal;
use baton_core::settings::{Destination, Settings};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const CHATS: [ConversationId; 3] = [CHAT, OTHER_CHAT, THIRD_CHAT];
const AGENTS: [AgentId; 3] = [ANA, BEN, SAM];

/// What happens next; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Customer {
        text: &'static str,
    },
    Repeat,
    Gap,
    AskPerson,
    Withdraw,
    Leave {
        word: bool,
    },
    Router {
        agent: usize,
    },
    Answer {
        agent: usize,
        accept: bool,
        offer: usize,
    },
    Agent {
        agent: usize,
        what: AgentStep,
    },
    Bot {
        ask: usize,
        what: BotStep,
    },
    Target {
        opening: usize,
        what: usize,
    },
    Lost {
        agent: usize,
    },
    Present {
        agent: usize,
        available: bool,
        reachable: bool,
    },
    Idle {
        agent: usize,
    },
    Pass {
        span: i64,
    },
    Due,
    Rate,
    Report {
        position: u64,
    },
    /// An administrator takes something away, or puts it back.
    Settings {
        what: usize,
    },
}

#[derive(Clone, Copy, Debug)]
enum AgentStep {
    Say,
    Hold,
    Undo,
    Note,
    Pick,
    TakeOver,
    ToAgent(usize),
    ToQueue(bool),
    ToBot,
    ToTarget,
    Cancel,
    HandBack,
    Lend,
    Return,
    Join(usize),
    JoinBot,
    Leave(usize),
    Approval(bool),
    Draft(bool),
    Pause(usize),
    Close,
    Customer(usize),
    Snooze(bool),
    Reopen,
    Look,
}

#[derive(Clone, Copy, Debug)]
enum BotStep {
    Reply(u16),
    End(usize),
    HandOverTo(bool),
    Turn(u16),
}

fn agent_step() -> impl Strategy<Value = AgentStep> {
    prop_oneof![
        3 => Just(AgentStep::Say),
        3 => Just(AgentStep::Hold),
        1 => Just(AgentStep::Undo),
        1 => (0..5usize).prop_map(AgentStep::Customer),
        1 => any::<bool>().prop_map(AgentStep::Snooze),
        1 => Just(AgentStep::Reopen),
        1 => Just(AgentStep::Look),
        1 => Just(AgentStep::Note),
        3 => Just(AgentStep::Pick),
        2 => Just(AgentStep::TakeOver),
        2 => (0..3usize).prop_map(AgentStep::ToAgent),
        1 => any::<bool>().prop_map(AgentStep::ToQueue),
        1 => Just(AgentStep::ToBot),
        1 => Just(AgentStep::ToTarget),
        1 => Just(AgentStep::Cancel),
        2 => Just(AgentStep::HandBack),
        2 => Just(AgentStep::Lend),
        1 => Just(AgentStep::Return),
        1 => (0..3usize).prop_map(AgentStep::Join),
        1 => Just(AgentStep::JoinBot),
        1 => (0..3usize).prop_map(AgentStep::Leave),
        1 => any::<bool>().prop_map(AgentStep::Approval),
        1 => any::<bool>().prop_map(AgentStep::Draft),
        1 => (0..3usize).prop_map(AgentStep::Pause),
        1 => Just(AgentStep::Close),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop_oneof![4 => Just("where is my parcel"), 2 => Just("a person"), 1 => Just("thanks")];
    let span = prop_oneof![
        4 => 0..20_000i64,
        3 => 0..(11 * MINUTE),
        1 => 0..(70 * MINUTE),
        1 => 0..(3 * 24 * HOUR),
        1 => -2_000..0i64,
    ];
    let bot = prop_oneof![
        4 => (0..2u16).prop_map(BotStep::Reply),
        4 => (0..5usize).prop_map(BotStep::End),
        1 => any::<bool>().prop_map(BotStep::HandOverTo),
        2 => (0..3u16).prop_map(BotStep::Turn),
    ];
    prop_oneof![
        8 => text.prop_map(|text| Step::Customer { text }),
        1 => Just(Step::Repeat),
        1 => Just(Step::Gap),
        3 => Just(Step::AskPerson),
        1 => Just(Step::Withdraw),
        1 => any::<bool>().prop_map(|word| Step::Leave { word }),
        5 => (0..3usize).prop_map(|agent| Step::Router { agent }),
        5 => (0..3usize, prop::bool::weighted(0.8), 0..3usize)
            .prop_map(|(agent, accept, offer)| Step::Answer { agent, accept, offer }),
        12 => (0..3usize, agent_step()).prop_map(|(agent, what)| Step::Agent { agent, what }),
        8 => (0..3usize, bot).prop_map(|(ask, what)| Step::Bot { ask, what }),
        5 => (0..3usize, 0..24usize).prop_map(|(opening, what)| Step::Target { opening, what }),
        1 => (0..3usize).prop_map(|agent| Step::Lost { agent }),
        3 => (0..3usize, prop::bool::weighted(0.8), prop::bool::weighted(0.9))
            .prop_map(|(agent, available, reachable)| Step::Present { agent, available, reachable }),
        1 => (0..3usize).prop_map(|agent| Step::Idle { agent }),
        5 => span.prop_map(|span| Step::Pass { span }),
        5 => Just(Step::Due),
        1 => Just(Step::Rate),
        1 => (0..12u64).prop_map(|position| Step::Report { position }),
        1 => (0..7usize).prop_map(|what| Step::Settings { what }),
    ]
}

fn world(world: usize) -> Settings {
    match world {
        0 | 1 => desk(),
        2 => outside(),
        3 => outside_alone(),
        4 => without_list(),
        5 => without_bot(),
        6 => closed(desk()),
        _ => full(outside()),
    }
}

/// The last but `back`th effect of this chat that `choose` takes, which may be long stale.
fn effect<T>(house: &House, id: ConversationId, back: usize, choose: impl Fn(&Effect) -> Option<T>) -> Option<T> {
    house.effects.iter().rev().filter(|(of, _)| *of == id).filter_map(|(_, effect)| choose(effect)).nth(back)
}

fn offers(house: &House, id: ConversationId) -> Vec<OfferId> {
    let offer = |fact: &Fact| match fact {
        Fact::Offered(fact) => Some(fact.offer),
        _ => None,
    };
    house.chats[&id].headers.iter().filter_map(|header| offer(&header.fact)).collect()
}

fn count(house: &House, id: ConversationId, client: baton_core::ids::ClientId) -> u64 {
    house.chat(id).clients.get(&client).copied().unwrap_or(0)
}

fn take(house: &mut House, id: ConversationId, step: &Step) {
    let state = house.chat(id).clone();
    let (actor, command, reading) = match step {
        Step::Customer { text } => {
            (Actor::CUSTOMER, say(text, Some((WIDGET, count(house, id, WIDGET) + 1))), read(text))
        }
        Step::Repeat => return repeat(house, id),
        Step::Gap => {
            let gap = house.act(id, Actor::CUSTOMER, say("x", Some((WIDGET, count(house, id, WIDGET) + 2))), read("x"));
            let expected = count(house, id, WIDGET) + 1;
            assert_eq!(gap.err(), Some(Refusal::CounterGap { expected }));
            return;
        }
        Step::AskPerson => (Actor::CUSTOMER, Command::AskPerson, Reading::default()),
        Step::Withdraw => (Actor::CUSTOMER, Command::Withdraw, Reading::default()),
        Step::Leave { word } => {
            let text = word.then(|| content("call me").into());
            (Actor::CUSTOMER, Command::LeaveMessage { text, contact: None }, Reading::default())
        }
        Step::Router { agent } => {
            (Actor::system(Part::Router), Command::MakeOffer { agent: AGENTS[*agent] }, Reading::default())
        }
        Step::Answer { agent, accept, offer } => {
            let Some(offer) = offers(house, id).iter().rev().nth(*offer).copied() else { return };
            let agent = if state.own.offer.as_ref().is_some_and(|o| o.id == offer) && *agent < 2 {
                state.own.offer.as_ref().map_or(ANA, |o| o.to)
            } else {
                AGENTS[*agent]
            };
            let command = Command::AnswerOffer { offer, accept: *accept, as_of: state.head.seq };
            (Actor::agent(agent), command, Reading::default())
        }
        Step::Agent { agent, what } => {
            // Half of the time the one who holds: else most steps would be refused.
            let agent = match state.own.holder {
                Holder::Agent { agent: holder, .. } if *agent == 0 => holder,
                _ => AGENTS[*agent],
            };
            (Actor::agent(agent), agent_command(house, id, *what), Reading::default())
        }
        Step::Bot { ask, what } => {
            let of = |effect: &Effect| match effect {
                Effect::AskBot { bot, ask, baton } => Some((*bot, *ask, *baton)),
                _ => None,
            };
            let Some((bot, ask, baton)) = effect(house, id, *ask, of) else { return };
            (Actor::bot(bot), bot_command(ask, baton, *what), Reading::default())
        }
        Step::Target { opening, what } => {
            let of = |effect: &Effect| match effect {
                Effect::OpenTarget { target, baton, .. } => Some((*target, *baton)),
                _ => None,
            };
            let Some((target, baton)) = effect(house, id, *opening, of) else { return };
            let command = if *what < 12 {
                Command::Target { baton, did: did(what % 8) }
            } else {
                Command::TargetTurn { baton, did: vec![did(what % 3), did(what % 8)] }
            };
            (Actor::target(target, None), command, Reading::default())
        }
        Step::Lost { agent } => {
            house.reachable.remove(&AGENTS[*agent]);
            (Actor::system(Part::Timer), Command::AgentLost { agent: AGENTS[*agent] }, Reading::default())
        }
        Step::Present { agent, available, reachable } => {
            if *reachable {
                house.reachable.insert(AGENTS[*agent]);
            } else {
                house.reachable.remove(&AGENTS[*agent]);
            }
            let command = Command::SetPresence { available: *available, by: PresenceBy::Own };
            (Actor::agent(AGENTS[*agent]), command, Reading::default())
        }
        Step::Idle { agent } => {
            let idle = house.idle.get(&AGENTS[*agent]).copied().unwrap_or(0);
            house.idle.insert(AGENTS[*agent], if idle == 0 { 20 * MINUTE } else { 0 });
            return;
        }
        Step::Pass { span } => {
            house.now += span;
            return;
        }
        Step::Due => return due(house, id),
        Step::Settings { what } => return administer(house, *what),
        Step::Report { position } => {
            let report = Report { position: *position, should_have_said: None, comment: None };
            (Actor::CUSTOMER, Command::Report(report), Reading::default())
        }
        Step::Rate => {
            let rate = Rate { agent: Some(4), bot: Some(2), ..Rate::default() };
            (Actor::CUSTOMER, Command::Rate(rate), Reading::default())
        }
    };
    let was_shown = matches!(command, Command::Say(_)) && actor.who != Who::Customer;
    let active = |id: &AgentId| house.settings.agents.get(id).is_some_and(|card| card.active);
    let may = actor.acting_agent().filter(active).is_some_and(|id| state.own.may_speak(&Who::Agent { id }));
    let result = house.act(id, actor, command, reading);
    if was_shown {
        assert_eq!(result.is_ok(), may, "an agent's send passes exactly with voice: {:?}", result.err());
    }
}

fn agent_command(house: &House, id: ConversationId, what: AgentStep) -> Command {
    let state = house.chat(id);
    let draft = state.drafts.first().map_or(3, |(seq, _)| *seq);
    match what {
        AgentStep::Say => say("Hello", Some((DESK, count(house, id, DESK) + 1))),
        AgentStep::Hold => say_held("Hello", DESK, count(house, id, DESK) + 1),
        AgentStep::Undo => Command::Undo { of: state.held.first().map_or(3, |held| held.seq) },
        AgentStep::Customer(0) => Command::Block { reason: "insults".into() },
        AgentStep::Customer(1 | 2) => Command::Unblock,
        AgentStep::Customer(3) => Command::SetTags { tags: vec![REFUND] },
        AgentStep::Customer(_) => {
            let person_first = Some(!state.person_first);
            Command::SetCustomer(SetCustomer { person_first, ..SetCustomer::default() })
        }
        AgentStep::Snooze(true) => Command::Snooze { until: house.now + HOUR },
        AgentStep::Snooze(false) => Command::Wake,
        AgentStep::Reopen => Command::Reopen,
        AgentStep::Look => Command::Look,
        AgentStep::Note => Command::Note { text: content("vip"), mentions: vec![BEN] },
        AgentStep::Pick => Command::Pick,
        AgentStep::TakeOver => Command::TakeOver,
        AgentStep::ToAgent(to) => Command::Transfer { to: TransferTo::Agent(AGENTS[to]), note: Some("please".into()) },
        AgentStep::ToQueue(other) => {
            Command::Transfer { to: TransferTo::Queue(if other { BILLING } else { QUEUE }), note: None }
        }
        AgentStep::ToBot => Command::Transfer { to: TransferTo::Bot(COMPANION), note: None },
        AgentStep::ToTarget => Command::Transfer { to: TransferTo::Target(TARGET), note: None },
        AgentStep::Cancel => Command::CancelTransfer,
        AgentStep::HandBack => brief(),
        AgentStep::Lend => Command::Lend { bot: COMPANION },
        AgentStep::Return => Command::Return,
        AgentStep::Join(agent) => Command::Join { guest: Guest::Agent { id: AGENTS[agent] } },
        AgentStep::JoinBot => Command::Join { guest: Guest::Bot { id: COMPANION } },
        AgentStep::Leave(agent) => Command::Leave { guest: Guest::Agent { id: AGENTS[agent] } },
        AgentStep::Approval(on) => Command::SetDelivery(if on { Delivery::Approval } else { Delivery::Open }),
        AgentStep::Draft(true) => Command::Approve { draft, content: content("as I changed it") },
        AgentStep::Draft(false) => Command::Reject { draft },
        AgentStep::Pause(how) => Command::SetPause([Pause::None, Pause::WaitingCustomer, Pause::Snoozed][how]),
        AgentStep::Close => Command::Close { disposition: None, wrap_up: None },
    }
}

fn bot_command(ask: AskId, baton: u64, what: BotStep) -> Command {
    let end = |how| Command::BotEnded { ask, baton, how };
    match what {
        BotStep::Reply(ordinal) => bot_replied(ask, baton, ordinal, "It is on its way."),
        BotStep::End(0) => end(BotEnd::Answered),
        BotStep::End(1) => end(BotEnd::Silent),
        BotStep::End(2) => end(bot_failed()),
        BotStep::End(3) => end(BotEnd::Abstained { reason: "not known".into() }),
        BotStep::End(_) => end(BotEnd::End),
        BotStep::Turn(replies) => {
            let reply = |ordinal| match bot_replied(ask, baton, ordinal, "It is on its way.") {
                Command::BotReplied(reply) => reply,
                _ => unreachable!("made above"),
            };
            let replies = (0..replies).map(reply).collect();
            Command::BotTurn { replies, said: None, end: Some((ask, baton, BotEnd::Answered)) }
        }
        BotStep::HandOverTo(target) => {
            let to = if target { Destination::Target { id: TARGET } } else { Destination::Queue { id: BILLING } };
            end(BotEnd::HandOver { reason: "wants one".into(), to: Some(to), variables: serde_json::Map::new() })
        }
    }
}

fn did(what: usize) -> TargetDid {
    match what {
        0 => TargetDid::Accepted,
        1 => TargetDid::Waiting { place: Some(2) },
        2 => TargetDid::Refused,
        3 => TargetDid::Failed(Failure::TargetLost),
        4 => TargetDid::Joined { human: true, name: Some("Rita".into()), party: None },
        5 => TargetDid::Said { content: content("Rita here"), name: None, party: None, outside: None },
        6 => TargetDid::Ended { disposition: None, back_to_bot: true },
        _ => TargetDid::Ended { disposition: None, back_to_bot: false },
    }
}

fn administer(house: &mut House, what: usize) {
    let (before, now) = (world(house.world), Arc::make_mut(&mut house.settings));
    let (old, inbox) = (&before.inboxes[&INBOX], now.inboxes.get_mut(&INBOX).expect("the inbox"));
    match what {
        0 => inbox.bot = if inbox.bot.is_some() { None } else { old.bot },
        1 => inbox.later = if inbox.later.is_some() { None } else { old.later },
        2 => inbox.fallback = if inbox.fallback.is_some() { None } else { old.fallback },
        3 => toggle(&mut now.connections, &before.connections, TARGET),
        4 => toggle(&mut now.connections, &before.connections, BOT),
        5 => toggle(&mut now.queues, &before.queues, QUEUE),
        _ => {
            let ben = now.agents.get_mut(&BEN).expect("Ben");
            ben.active = !ben.active;
        }
    }
}

fn toggle<K: Ord, V: Clone>(now: &mut BTreeMap<K, V>, before: &BTreeMap<K, V>, key: K) {
    if now.remove(&key).is_none()
        && let Some(old) = before.get(&key)
    {
        now.insert(key, old.clone());
    }
}

/// The customer's last send comes again: nothing new is written, and it is answered as known.
fn repeat(house: &mut House, id: ConversationId) {
    let counter = count(house, id, WIDGET);
    if counter > 0 {
        let done = house.act(id, Actor::CUSTOMER, say("again", Some((WIDGET, counter))), read("a person"));
        let done = done.expect("a repeat is no error");
        assert_eq!((done.reply, done.events.len(), done.effects.len()), (Reply::Repeat, 0, 0));
    }
}

/// The next deadline fires and makes progress.
fn due(house: &mut House, id: ConversationId) {
    let Some(at) = house.chat(id).next_due() else { return };
    house.now = house.now.max(at);
    let done = house.act(id, Actor::system(Part::Timer), Command::Due, Reading::default()).expect("deadlines fire");
    assert!(!done.events.is_empty(), "a deadline makes progress");
}

/// Whatever stands, deadlines alone lead on: to the end, to a person's turn, or to a promise that is said again each day.
fn settle(house: &mut House, id: ConversationId) {
    for _ in 0..200 {
        let state: &Conversation = house.chat(id);
        if state.closed() || state.told_due.is_some() {
            return;
        }
        due(house, id);
    }
    let state = house.chat(id);
    let waits = matches!(state.own.holder, Holder::Queue { .. } | Holder::Agent { .. });
    assert!(waits, "deadlines alone lead to an end or to people: {state:?}");
}

fn lived(world: usize, steps: &[(usize, Step)]) -> House {
    let mut house = House::new(self::world(world));
    house.world = world;
    for id in CHATS {
        house.start(id);
    }
    house.ready(ANA);
    house.ready(BEN);
    for (chat, step) in steps {
        // Most happens in one chat; the others make seats scarce.
        take(&mut house, CHATS[chat.saturating_sub(3)], step);
    }
    house
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants(
        world in 0..8usize,
        steps in prop::collection::vec((0..6usize, step()), 1..90),
    ) {
        let mut house = lived(world, &steps);
        for id in CHATS {
            crate::common::invariants::log(&house.chats[&id]);
            settle(&mut house, id);
            crate::common::invariants::log(&house.chats[&id]);
        }
    }

    #[test]
    fn the_fold_takes_any_headers_in_any_order(
        world in 0..8usize,
        steps in prop::collection::vec((0..6usize, step()), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let house = lived(world, &steps);
        let log = &house.chats[&CHAT].headers;
        let shuffled: Vec<_> = std::iter::once(&log[0])
            .chain(order.iter().map(|index| index.get(log)))
            // Without its number a header says nothing of the baton; the fold counts by itself.
            .map(|header| baton_core::event::Header { baton: None, ..header.clone() })
            .collect();
        let state = Conversation::fold(CHAT, &shuffled).expect("it begins with `opened`");
        prop_assert!(state.closed() || state.next_due().is_some());
        prop_assert_eq!(Conversation::fold(CHAT, &log[1..]).is_none(), true);
    }

    #[test]
    fn a_state_that_was_kept_and_read_back_goes_on_as_if_it_had_been_folded(
        world in 0..8usize,
        steps in prop::collection::vec((0..6usize, step()), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let house = lived(world, &steps);
        for id in CHATS {
            let log = &house.chats[&id].headers;
            let cut = 1 + cut.index(log.len());
            let state = Conversation::fold(id, &log[..cut]).expect("it begins with `opened`");
            let kept = serde_json::to_vec(&state).expect("a state is data");
            let mut read: Conversation = serde_json::from_slice(&kept).expect("and is read back");
            prop_assert_eq!(&read, &state);
            log[cut..].iter().for_each(|header| read.apply(header));
            prop_assert_eq!(Some(read), Conversation::fold(id, log));
        }
    }
}
