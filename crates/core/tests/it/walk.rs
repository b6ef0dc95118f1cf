//! Every reachable state of the ownership model, from a small alphabet of commands.
//!
//! Two agents (one a supervisor), a bot, its companion, a target, live lines, a list, lending, approval, guests. What
//! bots and targets answer is delivered never, once or again, in time or under an old baton number: so each state also
//! stands for a crash between a commit and its effects. In each state every pair of contending commands is decided twice,
//! as two writers would: the second meets a conflict, is decided again, and both leave a sound house.

use crate::common::*;
use baton_core::actor::{Actor, Part};
use baton_core::command::{BotEnd, Command, TargetDid, TransferTo};
use baton_core::decide::{Reply, streams};
use baton_core::effect::Effect;
use baton_core::event::{Audience, Failure};
use baton_core::facts::Reading;
use baton_core::ids::{AgentId, OfferId};
use baton_core::limits;
use baton_core::ownership::{Delivery, Guest, Holder, Line, Pause, Phase};
use baton_core::settings::Settings;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// A state as the walk tells states apart: times and counts are left out unless a rule looks at them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shape {
    holder: (u8, u128, bool),
    guests: Vec<Guest>,
    approval: bool,
    offer: Option<(AgentId, bool)>,
    asked: bool,
    brief: bool,
    draft: bool,
    held: bool,
    unanswered: bool,
    told: bool,
    spent: (bool, bool),
    /// A bot's, a target's answer may still come under an old baton number.
    late: (bool, bool),
}

fn shape(house: &House) -> Shape {
    let state = house.state();
    let own = &state.own;
    let holder = match &own.holder {
        Holder::Bot { connection, returns_to, .. } => (0, connection.0.as_u128(), returns_to.is_some()),
        Holder::Queue { queue, line, .. } => (1, queue.0.as_u128(), *line == Line::Later),
        Holder::Agent { agent, pause } => (2, agent.0.as_u128(), *pause != Pause::None),
        Holder::Target { phase, .. } => (3, *phase as u128, *phase == Phase::Live),
        Holder::Nobody { .. } => (4, 0, false),
    };
    let mut guests = own.guests.clone();
    guests.sort_by_key(|guest| format!("{guest:?}"));
    Shape {
        holder,
        guests,
        approval: own.delivery == Delivery::Approval,
        offer: own.offer.as_ref().map(|offer| (offer.to, offer.giver.is_some())),
        asked: !state.asks.is_empty(),
        brief: state.brief.is_some(),
        draft: !state.drafts.is_empty(),
        held: !state.held.is_empty(),
        unanswered: state.unanswered_since.is_some(),
        told: state.told_choice || state.told_near || state.told_silent || state.told_due.is_some(),
        spent: (state.hand_backs >= limits::HAND_BACKS, state.bot_failures >= limits::BOT_FAILURES),
        late: (bot_calls(house).iter().any(|(_, baton)| *baton != own.baton), !old_targets(house).is_empty()),
    }
}

fn bot_calls(house: &House) -> Vec<(Effect, u64)> {
    let ask = |effect: &Effect| match effect {
        Effect::AskBot { baton, .. } => Some((effect.clone(), *baton)),
        _ => None,
    };
    house.effects.iter().filter_map(|(_, effect)| ask(effect)).collect()
}

fn target_calls(house: &House) -> Vec<u64> {
    let open = |effect: &Effect| match effect {
        Effect::OpenTarget { baton, .. } => Some(*baton),
        _ => None,
    };
    house.effects.iter().filter_map(|(_, effect)| open(effect)).collect()
}

fn old_targets(house: &House) -> Vec<u64> {
    let baton = house.baton();
    target_calls(house).into_iter().filter(|opened| *opened != baton).collect()
}

/// Keeps of the past what a late answer needs: the newest call, and the newest under an old baton number.
fn prune(house: &mut House) {
    let baton = house.baton();
    let mut kept = Vec::new();
    let (mut asks, mut opens) = ([false; 2], [false; 2]);
    for (id, effect) in house.effects.iter().rev() {
        let (seen, of) = match effect {
            Effect::AskBot { baton, .. } => (&mut asks, *baton),
            Effect::OpenTarget { baton, .. } => (&mut opens, *baton),
            _ => continue,
        };
        if !std::mem::replace(&mut seen[usize::from(of == baton)], true) {
            kept.push((*id, effect.clone()));
        }
    }
    kept.reverse();
    house.effects = kept;
    house.ledger.forget();
}

/// One letter of the alphabet, made for a state.
#[derive(Clone, Debug)]
struct Letter {
    actor: Actor,
    command: Command,
    reading: Reading,
    /// Time goes to the next deadline first.
    due: bool,
    /// Tried against the others as a second writer.
    contends: bool,
}

fn alphabet(house: &House, stale_offer: Option<OfferId>) -> Vec<Letter> {
    let mut out = Vec::new();
    let mut letter = |actor, command, contends| {
        out.push(Letter { actor, command, reading: Reading::default(), due: false, contends });
    };
    customer(house, &mut letter);
    for (agent, other) in [(ANA, SAM), (SAM, ANA)] {
        desk_letters(house, agent, other, stale_offer, &mut letter);
    }
    for agent in [ANA, SAM] {
        letter(Actor::system(Part::Router), Command::MakeOffer { agent }, agent == ANA);
        letter(Actor::system(Part::Timer), Command::AgentLost { agent }, false);
    }
    outside_letters(house, &mut letter);
    for text in ["where is it", "a person"] {
        let count = house.state().clients.get(&WIDGET).map_or(0, |n| *n);
        let command = say(text, Some((WIDGET, count + 1)));
        out.push(Letter { actor: Actor::CUSTOMER, command, reading: read(text), due: false, contends: true });
    }
    let (actor, command) = (Actor::system(Part::Timer), Command::Due);
    out.push(Letter { actor, command, reading: Reading::default(), due: true, contends: true });
    out
}

fn customer(house: &House, letter: &mut impl FnMut(Actor, Command, bool)) {
    letter(Actor::CUSTOMER, Command::AskPerson, true);
    letter(Actor::CUSTOMER, Command::Withdraw, true);
    letter(Actor::CUSTOMER, Command::LeaveMessage { text: None, contact: None }, true);
    if let Some(count) = house.state().clients.get(&WIDGET) {
        letter(Actor::CUSTOMER, say("again", Some((WIDGET, *count))), false);
    }
}

fn desk_letters(
    house: &House,
    agent: AgentId,
    other: AgentId,
    stale_offer: Option<OfferId>,
    letter: &mut impl FnMut(Actor, Command, bool),
) {
    let (state, actor) = (house.state(), Actor::agent(agent));
    let as_of = state.head.seq;
    for offer in state.own.offer.as_ref().map(|offer| offer.id).into_iter().chain(stale_offer) {
        letter(actor, Command::AnswerOffer { offer, accept: true, as_of }, true);
        letter(actor, Command::AnswerOffer { offer, accept: false, as_of }, false);
    }
    letter(actor, say("hello", Some((DESK, state.clients.get(&DESK).map_or(0, |n| *n) + 1))), agent == ANA);
    if agent == ANA {
        letter(actor, say_held("hello", DESK, state.clients.get(&DESK).map_or(0, |n| *n) + 1), true);
    }
    if let Some(held) = state.held.last() {
        letter(actor, Command::Undo { of: held.seq }, true);
    }
    letter(actor, Command::Reopen, agent == SAM);
    letter(actor, Command::Snooze { until: house.now + HOUR }, false);
    letter(actor, Command::Pick, agent == SAM);
    letter(actor, Command::TakeOver, agent == SAM);
    for (to, contends) in [
        (TransferTo::Agent(other), agent == ANA),
        (TransferTo::Queue(BILLING), false),
        (TransferTo::Bot(BOT), false),
        (TransferTo::Target(TARGET), false),
    ] {
        letter(actor, Command::Transfer { to, note: None }, contends);
    }
    letter(actor, Command::CancelTransfer, false);
    letter(actor, brief(), agent == ANA);
    letter(actor, Command::Lend { bot: COMPANION }, false);
    letter(actor, Command::Return, false);
    let guest = if agent == SAM { Guest::Agent { id: SAM } } else { Guest::Bot { id: COMPANION } };
    letter(actor, Command::Join { guest }, agent == SAM);
    letter(actor, Command::Leave { guest }, false);
    let delivery = if state.own.delivery == Delivery::Open { Delivery::Approval } else { Delivery::Open };
    letter(actor, Command::SetDelivery(delivery), false);
    if let Some((draft, _)) = state.drafts.first() {
        letter(actor, Command::Approve { draft: *draft, content: content("so") }, false);
        letter(actor, Command::Reject { draft: *draft }, false);
    }
    letter(actor, Command::SetPause(Pause::WaitingCustomer), false);
    letter(actor, Command::Close { disposition: None, wrap_up: None }, agent == SAM);
}

fn outside_letters(house: &House, letter: &mut impl FnMut(Actor, Command, bool)) {
    for (effect, _) in bot_calls(house) {
        let Effect::AskBot { bot, ask, baton } = effect else { continue };
        let actor = Actor::bot(bot);
        letter(actor, bot_replied(ask, baton, 0, "here"), true);
        for (how, contends) in [
            (BotEnd::Answered, false),
            (bot_failed(), true),
            (BotEnd::HandOver { reason: "x".into(), to: None, variables: serde_json::Map::new() }, false),
            (BotEnd::End, false),
        ] {
            letter(actor, Command::BotEnded { ask, baton, how }, contends);
        }
    }
    for baton in target_calls(house) {
        for (did, contends) in [
            (TargetDid::Accepted, false),
            (TargetDid::Waiting { place: None }, false),
            (TargetDid::Joined { human: true, name: Some("Rita".into()), party: None }, true),
            (TargetDid::Said { content: content("hi"), name: None, party: None, outside: None }, false),
            (TargetDid::Refused, false),
            (TargetDid::Failed(Failure::TargetLost), true),
            (TargetDid::Ended { disposition: None, back_to_bot: true }, false),
            (TargetDid::Ended { disposition: None, back_to_bot: false }, false),
        ] {
            letter(Actor::target(TARGET, None), Command::Target { baton, did }, contends);
        }
    }
}

#[derive(Debug, Default)]
struct Count {
    states: usize,
    transitions: usize,
    refusals: usize,
    conflicts: usize,
    holders: BTreeMap<(u8, u128, bool), usize>,
}

struct Node {
    house: House,
    stale_offer: Option<OfferId>,
}

fn go(node: &Node, letter: &Letter) -> Option<(Node, Reply)> {
    let mut house = node.house.clone();
    if letter.due {
        house.now = house.now.max(house.state().next_due()?);
    }
    let offer = house.state().own.offer.as_ref().map(|offer| offer.id);
    let done = house.act(CHAT, letter.actor, letter.command.clone(), letter.reading.clone()).ok()?;
    prune(&mut house);
    let stale_offer = offer.filter(|_| house.state().own.offer.is_none()).or(node.stale_offer);
    Some((Node { house, stale_offer }, done.reply))
}

/// The second of two writers has decided on a state that the first has changed: its commit meets a conflict on a stream
/// of both, it decides again, and the house is sound after both.
fn two_writers(node: &Node, first: &Letter, after: &Node, second: &Letter) -> bool {
    let mut old = node.house.clone();
    let Ok((decided, _)) = old.decide(CHAT, second.actor, second.command.clone(), second.reading.clone()) else {
        return false;
    };
    if decided.events.is_empty() || after.house.state().head.seq == node.house.state().head.seq {
        return false;
    }
    let stale = streams(&decided.events).into_iter().any(|(stream, expected)| match stream {
        baton_core::event::Stream::Conversation(id) => after.house.chat(id).head.seq != expected,
        baton_core::event::Stream::Agent(id) => after.house.agents[&id].head.seq != expected,
        _ => false,
    });
    assert!(stale, "{second:?} was decided before {first:?} and meets no conflict");
    let _ = go(after, second);
    true
}

fn walk(settings: Settings, worn: bool) -> Count {
    let mut house = House::new(settings);
    house.keep_logs = false;
    house.start(CHAT);
    house.ready(ANA);
    house.ready(SAM);
    if worn {
        wear(&mut house);
    }
    prune(&mut house);
    let (mut count, mut seen, mut pairs) = (Count::default(), HashSet::new(), 0usize);
    seen.insert(shape(&house));
    let mut todo = VecDeque::from([Node { house, stale_offer: None }]);
    while let Some(node) = todo.pop_front() {
        count.states += 1;
        *count.holders.entry(shape(&node.house).holder).or_default() += 1;
        let letters = alphabet(&node.house, node.stale_offer);
        for letter in &letters {
            let Some((after, reply)) = go(&node, letter) else {
                count.refusals += 1;
                continue;
            };
            count.transitions += 1;
            if matches!(reply, Reply::Repeat) {
                assert_eq!(after.house.state(), node.house.state(), "a repeat changes nothing");
            }
            // A share of the pairs is enough: the states are many and alike.
            for second in letters.iter().filter(|second| letter.contends && second.contends) {
                pairs += 1;
                if pairs % 17 == 0 && two_writers(&node, letter, &after, second) {
                    count.conflicts += 1;
                }
            }
            if seen.insert(shape(&after.house)) {
                todo.push_back(after);
            }
        }
    }
    count
}

/// A conversation that is one hand-back and one failure away from the limits.
fn wear(house: &mut House) {
    for _ in 1..limits::HAND_BACKS {
        house.when(Actor::agent(ANA), Command::TakeOver).done();
        house.when(Actor::agent(ANA), brief()).done();
        house.when_bot_ends(BotEnd::Answered).done();
    }
    house.when_customer_writes("where is it").done();
    house.when_bot_ends(bot_failed()).done();
    house.when(Actor::CUSTOMER, Command::Withdraw).done();
    assert_eq!(house.state().hand_backs, limits::HAND_BACKS - 1);
    assert_eq!(house.state().bot_failures, limits::BOT_FAILURES - 1);
}

#[test]
fn every_reachable_state_keeps_the_invariants() {
    let worlds: [(&str, Settings, bool); 6] = [
        ("desk", desk(), true),
        ("target first", outside(), false),
        ("target alone", outside_alone(), false),
        ("no list", without_list(), false),
        ("people first", without_bot(), false),
        ("closed", closed(desk()), false),
    ];
    let counts: Vec<(&str, Count)> = std::thread::scope(|scope| {
        let walks: Vec<_> = worlds
            .into_iter()
            .map(|(name, settings, worn)| (name, scope.spawn(move || walk(settings, worn))))
            .collect();
        walks.into_iter().map(|(name, walk)| (name, walk.join().expect("the walk ends"))).collect()
    });
    for (name, count) in &counts {
        println!(
            "{name}: {} states, {} transitions, {} refusals, {} conflicts, {:?}",
            count.states, count.transitions, count.refusals, count.conflicts, count.holders
        );
        assert!(count.states > 100, "the walk gets about");
    }
}

#[test]
fn what_comes_under_an_old_baton_number_is_never_shown() {
    // The rule that `House::act` holds each command to, said once by example.
    let mut house = given_bot();
    house.when_customer_writes("where is it").done();
    let (ask, baton) = (house.first_ask(), house.baton());
    house.when(Actor::CUSTOMER, Command::AskPerson).done();
    house.when(Actor::CUSTOMER, Command::Withdraw).done();
    let then = house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "too late"));
    then.then(&["said"]).replied(Reply::Withheld);
    assert_eq!(then.done().events[0].header.audience, Audience::People);
}
