//! Golden vectors for the pages: logs as both audiences are sent them, and what core says is seen of them. The pages'
//! reducers are held to these files by their own tests; this one fails when hub or core would write them differently.
//! `BATON_WRITE_GOLDEN=1 cargo test -p baton-server golden` writes them anew.

use super::wire;
use crate::http::chat::wire as chat;
use baton_core::actor::{Actor, Part, Who};
use baton_core::command::{BotEnd, Command, Rate, Report, SetCustomer, TargetDid, TransferTo};
use baton_core::event::{Answered, Audience, Body, Edited, Fact, Failure, Fate, Header, PresenceBy, Redacted, Said};
use baton_core::ids::{AgentId, MessageId};
use baton_core::limits;
use baton_core::ownership::{Delivery, Guest, Holder, Line};
use baton_core::seen::{Item, Shown, What, at_desk, by_customer};
use baton_core::settings::Settings;
use baton_engine::Opened;
use common::*;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use uuid::Uuid;

/// Core's own house of tests.
#[path = "../../../../core/tests/common/mod.rs"]
mod common;

/// A log, and the words that stood in it before they were erased.
struct Story {
    name: String,
    settings: Settings,
    log: Vec<(Header, Option<Body>)>,
    erased: Vec<(Header, Option<Body>)>,
}

impl Story {
    fn of(name: impl Into<String>, house: &House) -> Self {
        let chat = &house.chats[&CHAT];
        let log = chat.headers.iter().cloned().zip(chat.bodies.iter().cloned()).collect();
        Self { name: name.into(), settings: (*house.settings).clone(), log, erased: Vec::new() }
    }

    /// An event that no command makes yet, as one would write it.
    fn then(mut self, actor: Actor, audience: Audience, fact: impl Into<Fact>, body: Option<Body>) -> Self {
        let (last, _) = self.log.last().expect("a log");
        let mut header = last.clone();
        let position = self.log.iter().filter_map(|(header, _)| header.position).max().unwrap_or(0);
        header.seq = last.seq + 1;
        header.at = last.at + SECOND;
        header.position = (audience == Audience::Customer).then_some(position + 1);
        (header.actor, header.audience, header.fact) = (actor, audience, fact.into());
        self.log.push((header, body));
        self
    }

    /// The newest words of a bot or an agent.
    fn newest(&self, choose: impl Fn(&Who) -> bool) -> (u64, MessageId) {
        let said = |(header, _): &(Header, Option<Body>)| match &header.fact {
            Fact::Said(said) if choose(&header.actor.who) => Some((header.seq, said.message)),
            Fact::Edited(edited) if choose(&header.actor.who) => Some((header.seq, edited.message)),
            _ => None,
        };
        self.log.iter().rev().find_map(said).expect("words")
    }

    /// The words of this event are emptied.
    fn erase(mut self, seq: u64) -> Self {
        let entry = self.log.iter_mut().find(|(header, _)| header.seq == seq).expect("an event");
        self.erased.push(entry.clone());
        entry.1 = None;
        self
    }

    fn json(&self) -> Value {
        let opened = |(header, body): &(Header, Option<Body>)| Opened { header: header.clone(), body: body.clone() };
        let events: Vec<Opened> = self.log.iter().map(opened).collect();
        let erased: Vec<Opened> = self.erased.iter().map(opened).collect();
        let pairs = || self.log.iter().map(|(header, body)| (header, body.as_ref()));
        json!({
            "name": self.name,
            "chat": events.iter().filter_map(|event| chat::event(event, &self.settings)).collect::<Vec<_>>(),
            "desk": events.iter().map(|event| wire::event(event, &self.settings)).collect::<Vec<_>>(),
            "desk_before_erasing": erased.iter().map(|event| wire::event(event, &self.settings)).collect::<Vec<_>>(),
            "customer_sees": by_customer(pairs()).into_iter().map(shown).collect::<Vec<_>>(),
            "desk_sees": at_desk(pairs()).into_iter().map(item).collect::<Vec<_>>(),
        })
    }
}

fn by(actor: &Actor) -> &'static str {
    match actor.who {
        Who::Customer => "customer",
        Who::Bot { .. } => "bot",
        Who::Target { .. } => "target",
        Who::Agent { .. } | Who::Integration { .. } => "agent",
        _ => "system",
    }
}

fn shown(shown: Shown) -> Value {
    match shown {
        Shown::Message { position, by: actor, text, interrupted, edited, erased } => json!({
            "position": position, "kind": "message", "by": by(&actor), "text": text,
            "interrupted": interrupted, "edited": edited, "erased": erased,
        }),
        Shown::Notice { position, code, text } => {
            json!({"position": position, "kind": "notice", "code": code, "text": text})
        }
        Shown::Rated { position, answered, agent, bot } => {
            json!({"position": position, "kind": "rated", "answered": answered, "agent": agent, "bot": bot})
        }
        Shown::Opened { position, episode } => json!({"position": position, "kind": "opened", "episode": episode}),
    }
}

fn item(item: Item) -> Value {
    let holder = item.holder.map(|holder| match holder {
        Holder::Bot { connection, .. } => json!({"kind": "bot", "id": connection}),
        Holder::Queue { queue, line: Line::Live, .. } => json!({"kind": "queue", "id": queue}),
        Holder::Queue { queue, line: Line::Later, .. } => json!({"kind": "later", "id": queue}),
        Holder::Agent { agent, .. } => json!({"kind": "agent", "id": agent}),
        Holder::Target { connection, .. } => json!({"kind": "target", "id": connection}),
        Holder::Nobody { .. } => json!({"kind": "nobody", "id": null}),
    });
    let mut out = json!({"seq": item.seq, "holder": holder, "by": by(&item.by)});
    match item.what {
        What::Message { fate, text, edited, erased } => {
            let fate = json!(fate);
            out["kind"] = json!("message");
            out["fate"] = fate["kind"].clone();
            (out["text"], out["edited"], out["erased"]) = (json!(text), json!(edited), json!(erased));
        }
        What::Told { code, text } => {
            (out["kind"], out["code"], out["text"]) = (json!("told"), json!(code), json!(text));
        }
        What::Rated(rated) => {
            out["kind"] = json!("rated");
            (out["answered"], out["agent"], out["bot"]) = (json!(rated.answered), json!(rated.agent), json!(rated.bot));
        }
    }
    out
}

fn does(house: &mut House, agent: AgentId, command: Command) {
    house.when(Actor::agent(agent), command).done();
}

fn holds_back(house: &mut House, agent: AgentId) {
    let counter = house.state().clients.get(&DESK).map_or(0, |n| *n) + 1;
    does(house, agent, say_held("held", DESK, counter));
}

fn stories() -> Vec<Story> {
    let mut all = vec![an_ordinary_chat(), a_late_reply(), held_words(), drafts(), words_that_change(), transfers()];
    all.extend([an_outside_desk(), a_left_message_and_a_new_episode(), what_people_set()]);
    all
}

/// Bot, line, agent, back to the bot with a brief, closed, rated.
fn an_ordinary_chat() -> Story {
    let mut house = given_bot();
    house.when_customer_writes("where is my parcel").done();
    house.when_bot_says("It left Hamburg **yesterday**.").done();
    house.when_bot_ends(BotEnd::Answered).done();
    house.when_customer_writes("I want a person").done();
    house.ready(ANA);
    house.when(Actor::system(Part::Router), Command::MakeOffer { agent: ANA }).done();
    let (offer, as_of) = (house.offer(), house.state().head.seq);
    does(&mut house, ANA, Command::AnswerOffer { offer, accept: true, as_of });
    house.when_agent_writes(ANA, "Hello, this is Ana.").done();
    house.when_customer_writes("it is late").done();
    does(&mut house, ANA, Command::Note { text: content("is often late"), mentions: vec![BEN] });
    house.when_agent_writes(ANA, "You get the postage back.").done();
    does(&mut house, ANA, brief());
    house.when_bot_says("Is there anything else?").done();
    house.when_bot_ends(BotEnd::End).done();
    let rate = Rate { answered: Some(Answered::Partly), agent: Some(5), bot: Some(2), comment: Some("slow".into()) };
    house.when(Actor::CUSTOMER, Command::Rate(rate)).done();
    Story::of("an ordinary chat", &house)
}

/// The bot answers after a supervisor has taken the chat; its own chat is cut.
fn a_late_reply() -> Story {
    let mut house = given_bot();
    house.when_customer_writes("where is my parcel").done();
    let (ask, baton) = (house.first_ask(), house.baton());
    does(&mut house, SAM, Command::TakeOver);
    house.when_agent_writes(SAM, "I am Sam and look into it.").done();
    house.when(Actor::bot(BOT), bot_replied(ask, baton, 0, "It is in Hamburg.")).done();
    let story = Story::of("a late reply of the bot", &house);
    let fact = Said {
        message: MessageId(Uuid::from_u128(0x77)),
        once: None,
        fate: Fate::Interrupted,
        reply_to: None,
        mentions: Vec::new(),
    };
    let body = Body::Message { content: content("It is in Ham"), shown_name: Some("Robin".into()), bot: None };
    story.then(Actor::bot(BOT), Audience::Customer, fact, Some(body))
}

/// One goes out, one is taken back, one goes out because its agent passes the chat on, one is kept from the customer.
fn held_words() -> Story {
    let mut house = given_held();
    holds_back(&mut house, ANA);
    house.when_customer_writes("where is my parcel").done();
    house.when_passed(limits::UNDO).done();
    holds_back(&mut house, ANA);
    let of = house.state().head.seq;
    does(&mut house, ANA, Command::Undo { of });
    house.when_agent_writes(ANA, "One moment.").done();
    holds_back(&mut house, ANA);
    does(&mut house, SAM, Command::TakeOver);
    holds_back(&mut house, SAM);
    does(&mut house, SAM, Command::Transfer { to: TransferTo::Queue(BILLING), note: Some("wants a refund".into()) });
    Story::of("held words", &house)
}

/// A companion bot's drafts: one approved and changed, one rejected, one left to lapse.
fn drafts() -> Story {
    let mut house = given_held();
    does(&mut house, ANA, Command::Lend { bot: BOT });
    does(&mut house, SAM, Command::Join { guest: Guest::Agent { id: SAM } });
    does(&mut house, SAM, Command::SetDelivery(Delivery::Approval));
    for what in ["approve", "reject", "lapse"] {
        house.when_customer_writes("where is my parcel").done();
        house.when_bot_says(&format!("a draft to {what}")).done();
        let draft = house.state().drafts.last().expect("a draft").0;
        match what {
            "approve" => does(&mut house, SAM, Command::Approve { draft, content: content("as Sam has it") }),
            "reject" => does(&mut house, SAM, Command::Reject { draft }),
            _ => {
                house.when_passed(limits::DRAFT).done();
            }
        }
    }
    Story::of("drafts", &house)
}

/// Edited twice, and erased.
fn words_that_change() -> Story {
    let mut house = given_held();
    house.when_agent_writes(ANA, "It comes on Munday.").done();
    house.when_customer_writes("my card is 4111 1111 1111 1111").done();
    house.when_agent_writes(ANA, "Please do not send that here.").done();
    let mut story = Story::of("words that change", &house);
    for (n, text) in [(0x78, "It comes on Monday."), (0x79, "It comes on Tuesday.")] {
        let (old, message) = (agent_words(&story, n), MessageId(Uuid::from_u128(n)));
        let body = Body::Message { content: content(text), shown_name: Some("Ana".into()), bot: None };
        story = story.then(Actor::agent(ANA), Audience::Customer, Edited { message, old }, Some(body));
    }
    let (card, _) = story.newest(|who| *who == Who::Customer);
    story.then(Actor::agent(SAM), Audience::People, Redacted { of: card }, None).erase(card)
}

/// The first edit names the first words, the second the first edit.
fn agent_words(story: &Story, n: u128) -> MessageId {
    if n == 0x78 {
        let first = |(header, body): &(Header, Option<Body>)| match (&header.fact, body) {
            (Fact::Said(said), Some(Body::Message { content, .. })) if content.plain.contains("Munday") => {
                Some(said.message)
            }
            _ => None,
        };
        return story.log.iter().find_map(first).expect("the first words");
    }
    MessageId(Uuid::from_u128(n - 1))
}

/// To a colleague who declines, to one who accepts, to a line, picked up again.
fn transfers() -> Story {
    let mut house = given_held();
    house.ready(BEN);
    for accept in [false, true] {
        let note = Some("you know about this".into());
        does(&mut house, ANA, Command::Transfer { to: TransferTo::Agent(BEN), note });
        let (offer, as_of) = (house.offer(), house.state().head.seq);
        does(&mut house, BEN, Command::AnswerOffer { offer, accept, as_of });
    }
    house.when_agent_writes(BEN, "Ben here.").done();
    does(&mut house, BEN, Command::Transfer { to: TransferTo::Queue(BILLING), note: None });
    house.when_customer_writes("hello?").done();
    does(&mut house, ANA, Command::Pick);
    house.when_agent_writes(ANA, "Me again.").done();
    Story::of("transfers", &house)
}

/// A target opens, speaks, is lost; the line takes over.
fn an_outside_desk() -> Story {
    let mut house = given_opening();
    house.when_target(TargetDid::Waiting { place: Some(2) }).done();
    house.when_target(TargetDid::Joined { human: true, name: Some("Rita".into()), party: None }).done();
    let said =
        |text: &str| TargetDid::Said { content: content(text), name: Some("Rita".into()), party: None, outside: None };
    house.when_target(said("Rita from the night desk.")).done();
    house.when_customer_writes("my parcel is late").done();
    house.when_target(said("I see it.")).done();
    house.when_target(TargetDid::Failed(Failure::TargetLost)).done();
    Story::of("an outside desk", &house)
}

/// A message is left, answered, the chat closed; the customer comes back.
fn a_left_message_and_a_new_episode() -> Story {
    let mut house = given_waiting();
    let text = Some(content("call me").into());
    house.when(Actor::CUSTOMER, Command::LeaveMessage { text, contact: None }).done();
    house.ready(ANA);
    does(&mut house, ANA, Command::Pick);
    house.when_agent_writes(ANA, "Your parcel is on its way.").done();
    let (disposition, wrap_up) = (Some("Answered".into()), Some("told where it is".into()));
    does(&mut house, ANA, Command::Close { disposition, wrap_up });
    house.now += HOUR;
    house.when_customer_writes("where is my parcel").done();
    house.when_bot_says("It is out for delivery.").done();
    Story::of("a left message and a new episode", &house)
}

/// Tags, the customer's name, a report and its judgement, snoozed, blocked.
fn what_people_set() -> Story {
    let mut house = given_bot();
    house.when_customer_writes("where is my parcel").done();
    house.when_bot_says("We are open on Sundays.").done();
    house.when_bot_ends(BotEnd::Answered).done();
    let position = house.state().head.position;
    let position = house.chats[&CHAT]
        .headers
        .iter()
        .rev()
        .find(|header| matches!(header.actor.who, Who::Bot { .. }) && header.position.is_some())
        .and_then(|header| header.position)
        .unwrap_or(position);
    let report = Report { position, should_have_said: Some("Closed on Sundays.".into()), comment: None };
    house.when(Actor::CUSTOMER, Command::Report(report)).done();
    let report = house.state().reports[0].id;
    does(&mut house, SAM, Command::JudgeReport { report, accepted: true, reason: None });
    does(&mut house, SAM, Command::TakeOver);
    does(&mut house, SAM, Command::SetTags { tags: vec![REFUND, VIP] });
    does(&mut house, SAM, Command::SetTags { tags: vec![VIP] });
    let set = SetCustomer { name: Some("Kim Berg".into()), person_first: Some(true), ..SetCustomer::default() };
    does(&mut house, SAM, Command::SetCustomer(set));
    let until = house.now + HOUR;
    does(&mut house, SAM, Command::Snooze { until });
    does(&mut house, SAM, Command::Wake);
    does(&mut house, SAM, Command::Block { reason: "insults".into() });
    does(&mut house, SAM, Command::Unblock);
    house.when_agent_writes(SAM, "We are closed on Sundays.").done();
    Story::of("what people set", &house)
}

/// Chats in which anything may happen, always the same.
fn walk(seed: u64) -> Story {
    let mut house = House::new(if seed.is_multiple_of(2) { desk() } else { outside() });
    house.start(CHAT);
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    for step in 0..60 {
        let agent = [ANA, BEN, SAM][draw(3) as usize];
        let holder = match house.state().own.holder {
            Holder::Agent { agent, .. } => agent,
            _ => agent,
        };
        // A refused step is none.
        let _ = match draw(16) {
            0..=2 => house.when_customer_writes(&format!("where is my parcel, {step}")).result.is_ok(),
            3 => house.when(Actor::CUSTOMER, Command::AskPerson).result.is_ok(),
            4 => {
                house.reachable.insert(agent);
                let command = Command::SetPresence { available: true, by: PresenceBy::Own };
                house.when(Actor::agent(agent), command).result.is_ok()
            }
            5 => house.when(Actor::agent(agent), Command::Pick).result.is_ok(),
            6 => house.when(Actor::agent(SAM), Command::TakeOver).result.is_ok(),
            7 | 8 => house.when_agent_writes(holder, &format!("from an agent, {step}")).result.is_ok(),
            9 => {
                let counter = house.state().clients.get(&DESK).map_or(0, |n| *n) + 1;
                house.when(Actor::agent(holder), say_held("held", DESK, counter)).result.is_ok()
            }
            10 | 11 if !house.state().asks.is_empty() => {
                house.when_bot_says(&format!("from the bot, {step}")).result.is_ok()
            }
            12 if !house.state().asks.is_empty() => house.when_bot_ends(BotEnd::Answered).result.is_ok(),
            13 => house.when(Actor::agent(holder), brief()).result.is_ok(),
            14 => {
                let command = Command::Close { disposition: None, wrap_up: None };
                draw(3) == 0 && house.when(Actor::agent(holder), command).result.is_ok()
            }
            _ => house.when_passed(draw(3 * MINUTE as u64) as i64).result.is_ok(),
        };
    }
    Story::of(format!("walk {seed}"), &house)
}

/// One event a line: a change of one is a change of one line.
fn laid_out(stories: &[Story]) -> String {
    let mut out = String::from("[\n");
    for (at, story) in stories.iter().enumerate() {
        let json = story.json();
        let members = json.as_object().expect("an object");
        out.push_str("  {\n");
        for (n, (name, value)) in members.iter().enumerate() {
            let comma = if n + 1 < members.len() { "," } else { "" };
            match value.as_array().filter(|items| !items.is_empty()) {
                Some(items) => {
                    let lines: Vec<String> = items.iter().map(|item| format!("      {item}")).collect();
                    let _ = writeln!(out, "    \"{name}\": [\n{}\n    ]{comma}", lines.join(",\n"));
                }
                None => {
                    let _ = writeln!(out, "    \"{name}\": {value}{comma}");
                }
            }
        }
        out.push_str(if at + 1 < stories.len() { "  },\n" } else { "  }\n" });
    }
    out.push_str("]\n");
    out
}

#[test]
fn the_golden_vectors_of_the_pages_are_what_hub_and_core_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/shared/golden");
    let walks: Vec<Story> = (1..=6).map(walk).collect();
    for (name, stories) in [("stories.json", stories()), ("walks.json", walks)] {
        let (path, made) = (folder.join(name), laid_out(&stories));
        if std::env::var_os("BATON_WRITE_GOLDEN").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &made).expect("written");
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
        assert!(
            kept == made,
            "web/shared/golden/{name} differs from line {:?} on; BATON_WRITE_GOLDEN=1 writes it anew",
            differs.map(|line| line + 1),
        );
    }
}
