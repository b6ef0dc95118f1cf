//! The frozen format: what this build writes is what is stored for ever, and what was ever stored is readable.
//!
//! `corpus/events/v1` has the stored bytes of one header per kind and per variant that a kind holds, `corpus/bodies/v1`
//! of each body under its seal, `corpus/effects/v1` of each outbox row, `corpus/settings/v1` of each setting. A file is
//! never changed; `BATON_WRITE_CORPUS=1` writes those that are missing.

use baton_core::actor::{Actor, Part, Who};
use baton_core::content::{Choice, Content, Native, Original, Part as Piece};
use baton_core::effect::{CloseReason, Effect};
use baton_core::event::*;
use baton_core::ids::*;
use baton_core::ownership::{Delivery, Guest, Holder, Line, Pause, Phase};
use baton_core::settings::{AgentCard, Connection, Desk, Destination, History, Inbox, Queue, Rank, Reopen, Role, Tag};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0192_f000_0000_7000_8000_0000_0000_0000 + n)
}

const AT: Ms = 1_795_435_200_123;

fn chat() -> ConversationId {
    ConversationId(uuid(1))
}

fn agent() -> AgentId {
    AgentId(uuid(2))
}

fn other() -> AgentId {
    AgentId(uuid(3))
}

fn bot() -> ConnectionId {
    ConnectionId(uuid(4))
}

fn target() -> ConnectionId {
    ConnectionId(uuid(5))
}

fn queue() -> QueueId {
    QueueId(uuid(6))
}

fn handover() -> HandoverId {
    HandoverId(uuid(7))
}

fn offer() -> OfferId {
    OfferId(uuid(8))
}

fn ask() -> AskId {
    AskId(uuid(9))
}

fn message() -> MessageId {
    MessageId(uuid(10))
}

fn party() -> Hash16 {
    Hash16([0xab; 16])
}

/// A header as the engine stores it, with everything that may stand in one.
fn header(actor: Actor, audience: Audience, fact: impl Into<Fact>) -> Header {
    let fact = fact.into();
    let bears = fact.body_kind() != BodyKind::None;
    Header {
        stream: Stream::Conversation(chat()),
        seq: 12,
        position: (audience == Audience::Customer).then_some(7),
        at: AT,
        version: 1,
        actor,
        audience,
        baton: Some(3),
        cause: None,
        basis: None,
        key: bears.then_some(KeyId(uuid(11))),
        body: bears.then_some(Hash32([0xcd; 32])),
        previous: Hash32([0xef; 32]),
        fact,
    }
}

fn on_agent(fact: impl Into<Fact>) -> Header {
    let cause = Some((Stream::Conversation(chat()), 12));
    let stream = Stream::Agent(agent());
    Header { stream, cause, baton: None, ..header(Actor::agent(agent()), Audience::People, fact) }
}

fn on_workspace(fact: impl Into<Fact>) -> Header {
    let setup = Actor::system(Part::Setup);
    Header { stream: Stream::Workspace, baton: None, ..header(setup, Audience::Log, fact) }
}

fn said(once: Option<Once>, fate: Fate) -> Said {
    Said { message: message(), once, fate, reply_to: None, mentions: Vec::new() }
}

fn name(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).expect("JSON");
    let word = json.get("kind").unwrap_or(&json);
    word.as_str().expect("a stable word").replace('_', "-")
}

type Named<T> = Vec<(String, T)>;

fn headers() -> Named<Header> {
    let mut out: Named<Header> = Vec::new();
    let mut add = |name: &str, header: Header| out.push((name.to_owned(), header));
    sayings(&mut add);
    holders(&mut add);
    handovers(&mut add);
    bots_and_notices(&mut add);
    agents_and_settings(&mut add);
    customers_and_reports(&mut add);
    out
}

fn sayings(add: &mut impl FnMut(&str, Header)) {
    let customer = |fact: Fact| header(Actor::CUSTOMER, Audience::Customer, fact);
    let (inbox, person) = (InboxId(uuid(12)), PersonId(uuid(13)));
    add("opened", customer(Opened { episode: 1, inbox, person, language: "en".into() }.into()));
    let client = Once::Client { client: ClientId(uuid(14)), counter: 4 };
    let first = Said { reply_to: Some(5), ..said(Some(client), Fate::Shown) };
    add("said-client", Header { basis: Some(11), ..customer(first.into()) });
    let reply = Once::Reply { ask: ask(), ordinal: 0 };
    let by_bot = |fate, audience| header(Actor::bot(bot()), audience, said(Some(reply), fate));
    add("said-reply", by_bot(Fate::Shown, Audience::Customer));
    add("said-withheld", by_bot(Fate::Withheld, Audience::People));
    add("said-draft", by_bot(Fate::Draft { due: AT + 120_000 }, Audience::People));
    add("said-interrupted", by_bot(Fate::Interrupted, Audience::Customer));
    let outside = said(Some(Once::Outside { id: party() }), Fate::Shown);
    add("said-outside", header(Actor::target(target(), Some(party())), Audience::Customer, outside));
    let by_agent = |fate, audience| header(Actor::agent(agent()), audience, said(None, fate));
    add("said-held", by_agent(Fate::Held { due: AT + 5_000 }, Audience::People));
    add("said-released", by_agent(Fate::Released { of: 9 }, Audience::Customer));
    add("said-note", by_agent(Fate::Note, Audience::People));
    add("said-whisper", by_agent(Fate::Whisper, Audience::People));
    let calls = Said { mentions: vec![other()], ..said(None, Fate::Note) };
    add("said-note-mentions", header(Actor::agent(agent()), Audience::People, calls));
    let program = Actor { who: Who::Integration { id: ApiKeyId(uuid(15)) }, on_behalf: Some(agent()) };
    add("said-integration", header(program, Audience::Customer, said(None, Fate::Shown)));
    let import = Actor { who: Who::Import { id: uuid(16) }, on_behalf: None };
    add("said-import", header(import, Audience::Customer, said(None, Fate::Shown)));
    let edited = Edited { message: MessageId(uuid(17)), old: message() };
    add("edited", header(Actor::agent(agent()), Audience::Customer, edited));
    add("undone", header(Actor::agent(agent()), Audience::People, Undone { of: 9 }));
    add("redacted", header(Actor::agent(agent()), Audience::People, Redacted { of: 9 }));
    for (by, kept) in [(ErasedBy::Rule { days: 30 }, Some(AT)), (ErasedBy::Customer, None)] {
        let erased = header(Actor::system(Part::Setup), Audience::People, Erased { by, upto: 9, kept });
        add(if kept.is_some() { "erased-rule" } else { "erased-customer" }, erased);
    }
}

fn holders(add: &mut impl FnMut(&str, Header)) {
    let mut holder = |name: &str, actor: Actor, holder: Holder, why: Why| {
        add(&format!("holder-set-{name}"), header(actor, Audience::People, HolderSet { holder, why }));
    };
    let due = AT + 600_000;
    let with_bot = |returns_to, due| Holder::Bot { connection: bot(), returns_to, due };
    let line = |line| Holder::Queue { queue: queue(), line, since: AT - 1_000, priority: 5, due };
    let with_agent = |pause| Holder::Agent { agent: agent(), pause };
    let with_target = |phase| Holder::Target { connection: target(), phase, due };
    let (policy, ana) = (Actor::system(Part::Policy), Actor::agent(agent()));
    holder("bot", Actor::CUSTOMER, with_bot(None, None), Why::Opened);
    holder("bot-lent", ana, with_bot(Some(agent()), Some(due)), Why::Lent);
    holder("bot-handed-back", ana, with_bot(None, None), Why::HandedBack);
    holder("bot-withdrawn", Actor::CUSTOMER, with_bot(None, None), Why::Withdrawn);
    holder("queue-live", Actor::CUSTOMER, line(Line::Live), Why::Handover);
    holder("queue-transferred", ana, line(Line::Live), Why::Transferred);
    holder("queue-agent-lost", policy, line(Line::Live), Why::AgentLost);
    holder("queue-later", Actor::CUSTOMER, line(Line::Later), Why::MessageLeft);
    holder("queue-wait-over", Actor::system(Part::Timer), line(Line::Later), Why::WaitOver);
    holder("agent", ana, with_agent(Pause::None), Why::Accepted);
    holder("agent-picked", ana, with_agent(Pause::None), Why::Picked);
    holder("agent-taken-over", ana, with_agent(Pause::WaitingCustomer), Why::TakenOver);
    holder("agent-returned", ana, with_agent(Pause::Snoozed), Why::Returned);
    holder("agent-reopened", ana, with_agent(Pause::None), Why::Reopened);
    holder("target", policy, with_target(Phase::Opening), Why::Handover);
    let nobody = Holder::Nobody { closed: AT };
    holder("nobody", ana, nobody.clone(), Why::Closed);
    holder("nobody-quiet", Actor::system(Part::Timer), nobody.clone(), Why::Quiet);
    holder("nobody-bot-ended", Actor::bot(bot()), nobody.clone(), Why::BotEnded);
    holder("nobody-target-ended", Actor::target(target(), None), nobody, Why::TargetEnded);
    let guests = vec![Guest::Agent { id: other() }, Guest::Bot { id: bot() }];
    let voices = |guests, delivery| header(Actor::agent(agent()), Audience::People, VoicesSet { guests, delivery });
    add("voices-set", voices(guests, Delivery::Open));
    add("voices-set-approval", voices(Vec::new(), Delivery::Approval));
    for phase in [Phase::Opening, Phase::Waiting, Phase::Live, Phase::Ending] {
        let place = (phase == Phase::Waiting).then_some(2);
        let fact = PhaseSet { phase, due, place };
        add(
            &format!("phase-set-{}", name(phase)),
            header(Actor::target(target(), Some(party())), Audience::People, fact),
        );
    }
    for pause in [Pause::None, Pause::WaitingCustomer, Pause::Snoozed] {
        add(
            &format!("paused-{}", name(pause)),
            header(Actor::agent(agent()), Audience::People, Paused { pause, until: None }),
        );
    }
    let away = Paused { pause: Pause::Snoozed, until: Some(AT + 3_600_000) };
    add("paused-until", header(ana, Audience::People, away));
}

fn handovers(add: &mut impl FnMut(&str, Header)) {
    for trigger in [
        Trigger::Phrase,
        Trigger::Command,
        Trigger::Button,
        Trigger::Bot,
        Trigger::Abstained,
        Trigger::BotFailed,
        Trigger::TakeOver,
        Trigger::Transfer,
        Trigger::AgentLost,
        Trigger::TargetFailed,
        Trigger::MessageLeft,
        Trigger::WaitOver,
        Trigger::NoBot,
        Trigger::Rule,
    ] {
        let to = if trigger == Trigger::Bot {
            Destination::Target { id: target() }
        } else {
            Destination::Queue { id: queue() }
        };
        let fact = HandoverAsked { handover: handover(), trigger, to, priority: 5 };
        add(&format!("handover-asked-{}", name(trigger)), header(Actor::CUSTOMER, Audience::People, fact));
    }
    let mut answered = |name: &str, answer| {
        let fact = HandoverAnswered { handover: handover(), answer };
        add(&format!("handover-answered-{name}"), header(Actor::CUSTOMER, Audience::People, fact));
    };
    answered("queued", Answer::Queued { place: Some(2) });
    answered("queued-no-place", Answer::Queued { place: None });
    answered("assigned", Answer::Assigned { agent: agent() });
    answered("opening", Answer::Opening { target: target() });
    for place in [Already::Queue, Already::Agent, Already::Target] {
        answered(&format!("already-{}", name(place)), Answer::Already { place });
    }
    for reason in [No::ClosedHours, No::NoCapacity, No::NoSkill, No::NotAllowed, No::BouncesExhausted] {
        answered(&format!("refused-{}", name(reason)), Answer::Refused { reason });
    }
    for outcome in [
        Outcome::Accepted,
        Outcome::Abandoned,
        Outcome::Withdrawn,
        Outcome::Redirected { to: HandoverId(uuid(18)) },
        Outcome::Refused,
        Outcome::Failed,
        Outcome::Expired,
    ] {
        let fact = HandoverEnded { handover: handover(), outcome };
        add(&format!("handover-ended-{}", name(outcome)), header(Actor::CUSTOMER, Audience::People, fact));
    }
    let offered = |giver| Offered { offer: offer(), conversation: chat(), to: agent(), giver, due: AT + 30_000 };
    add("offered", header(Actor::system(Part::Router), Audience::People, offered(None)));
    add("offered-transfer", header(Actor::agent(other()), Audience::People, offered(Some(other()))));
    add("offered-on-agent", on_agent(offered(None)));
    for how in [OfferEnd::Accepted, OfferEnd::Declined, OfferEnd::Lapsed, OfferEnd::Withdrawn] {
        let fact = OfferEnded { offer: offer(), how };
        add(&format!("offer-ended-{}", name(how)), header(Actor::agent(agent()), Audience::People, fact));
    }
}

fn bots_and_notices(add: &mut impl FnMut(&str, Header)) {
    for reason in [AskFor::Opened, AskFor::Message, AskFor::HandedBack] {
        let fact = AskOpened { ask: ask(), bot: bot(), reason, upto: 7, limit: 20_000 };
        add(&format!("ask-opened-{}", name(reason)), header(Actor::CUSTOMER, Audience::Log, fact));
    }
    for how in [AskEnd::Answered, AskEnd::Silent, AskEnd::Failed, AskEnd::Withdrawn] {
        let fact = AskEnded { ask: ask(), how };
        add(&format!("ask-ended-{}", name(how)), header(Actor::bot(bot()), Audience::Log, fact));
    }
    let bare = AskEnded { ask: ask(), how: AskEnd::Answered };
    add(
        "ask-ended-without-body",
        Header { key: None, body: None, ..header(Actor::system(Part::Outbox), Audience::Log, bare) },
    );
    add("brief-acknowledged", header(Actor::bot(bot()), Audience::People, BriefAcknowledged { ask: ask() }));
    let told = Told { code: "in_line".into(), catalogue: 1, language: "en".into() };
    add("told", header(Actor::system(Part::Policy), Audience::Customer, told));
    let rated = |answered, agent: Option<u8>, bot: Option<u8>| Rated {
        answered,
        agent,
        of_agent: agent.map(|_| self::agent()),
        bot,
        of_bot: bot.map(|_| self::bot()),
    };
    for answered in [Answered::Yes, Answered::Partly, Answered::No] {
        let fact = rated(Some(answered), Some(5), Some(1));
        add(&format!("rated-{}", name(answered)), header(Actor::CUSTOMER, Audience::Customer, fact));
    }
    add("rated-nothing", header(Actor::CUSTOMER, Audience::Customer, rated(None, None, None)));
    for what in [
        Failure::BotTimeout,
        Failure::BotError,
        Failure::TargetRefused,
        Failure::TargetLost,
        Failure::LaneDead,
        Failure::AgentLost,
        Failure::OfferLapsed,
        Failure::WaitOver,
        Failure::PromiseNear,
        Failure::PromiseDue,
        Failure::AgentSilent,
        Failure::SignalMissing,
    ] {
        add(&format!("failed-{}", name(what)), header(Actor::system(Part::Timer), Audience::People, Failed { what }));
    }
}

fn agents_and_settings(add: &mut impl FnMut(&str, Header)) {
    for by in [PresenceBy::Own, PresenceBy::Idle, PresenceBy::Supervisor] {
        let available = by == PresenceBy::Own;
        add(&format!("presence-set-{}", name(by)), on_agent(PresenceSet { available, by }));
    }
    add("seat-taken", on_agent(SeatTaken { conversation: chat() }));
    add("seat-freed", on_agent(SeatFreed { conversation: chat() }));
    let looked = Looked { conversation: chat(), by: other() };
    add("looked", Header { actor: Actor::agent(other()), ..on_agent(looked.clone()) });
    let audit = header(Actor::agent(other()), Audience::Log, looked);
    add("looked-audit", Header { stream: Stream::Audit, baton: None, ..audit });
    for (deed, of) in [(Deed::Erased, None), (Deed::Exported, None), (Deed::Revealed, Some(12))] {
        let fact = Handled { deed, person: PersonId(uuid(24)), conversation: of.map(|_| chat()), of };
        let audit = header(Actor::agent(other()), Audience::People, fact);
        add(&format!("handled-{}", name(deed)), Header { stream: Stream::Audit, baton: None, ..audit });
    }
    for object in [
        Object::Inbox,
        Object::Queue,
        Object::Bot,
        Object::Target,
        Object::Agent,
        Object::ApiKey,
        Object::Tag,
        Object::Reply,
        Object::Desk,
    ] {
        let fact = Configured { object, id: uuid(19), version: 1, removed: object == Object::ApiKey };
        add(&format!("configured-{}", name(object)), on_workspace(fact));
    }
}

fn customers_and_reports(add: &mut impl FnMut(&str, Header)) {
    let people = |fact: Fact| header(Actor::agent(agent()), Audience::People, fact);
    let bare = |header: Header| Header { key: None, body: None, ..header };
    let tag = |n| TagId(uuid(n));
    add("tagged", people(Tagged { add: vec![tag(21), tag(22)], remove: vec![tag(23)] }.into()));
    let set = |person_first, language: Option<&str>, named, contact| {
        people(CustomerSet { person_first, language: language.map(str::to_owned), named, contact }.into())
    };
    add("customer-set", set(Some(true), Some("pl"), true, true));
    add("customer-set-without-body", bare(set(Some(false), None, false, false)));
    for by in [IdentifiedBy::Token, IdentifiedBy::Agent] {
        let fact = Identified { person: PersonId(uuid(24)), by, named: by == IdentifiedBy::Token, contact: false };
        let actor = if by == IdentifiedBy::Token { Actor::CUSTOMER } else { Actor::agent(agent()) };
        add(&format!("identified-{}", name(by)), header(actor, Audience::People, fact));
    }
    add("blocked", people(Blocked { on: true }.into()));
    add("blocked-off", bare(people(Blocked { on: false }.into())));
    let report = ReportId(uuid(25));
    let reported = Reported { report, of: 9, position: 6, bot: bot() };
    add("reported", header(Actor::CUSTOMER, Audience::People, reported.clone()));
    add("reported-without-body", bare(header(Actor::CUSTOMER, Audience::People, reported)));
    for accepted in [true, false] {
        let word = if accepted { "accepted" } else { "rejected" };
        add(&format!("report-judged-{word}"), people(ReportJudged { report, accepted }.into()));
    }
}

fn bodies() -> Named<Body> {
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    let said = BotSaid {
        confidence: Some(870_000),
        intent: Some("parcel".into()),
        variables: object(json!({"order": "7731"})),
    };
    let settled = vec![Settled { fact: "the address".into(), turn: 4 }];
    let brief = Brief {
        settled,
        promised: vec!["a call".into()],
        do_not_ask: vec!["the order".into()],
        note: "the refund is on its way".into(),
    };
    let passing = Passing {
        brief: Some(brief),
        note: Some("vip".into()),
        disposition: Some("solved".into()),
        wrap_up: Some("refunded".into()),
        party_name: Some("Rita".into()),
    };
    let plain = Body::Message { content: Content::text("Guten Tag").expect("a text"), shown_name: None, bot: None };
    let reason = Reason {
        evidence: vec!["a person please".into()],
        variables: object(json!({"order": 7731})),
        contact: Some("kim@example.org".into()),
    };
    let identity = Identity {
        sub: Some("u-7731".into()),
        name: Some("Kim".into()),
        mail: Some("kim@example.org".into()),
        phone: Some("+49 30 1234".into()),
        variables: object(json!({"plan": "gold"})),
    };
    [
        ("message", plain),
        (
            "message-all-parts",
            Body::Message { content: all_parts(), shown_name: Some("Robin".into()), bot: Some(said.clone()) },
        ),
        ("message-secret", Body::Message { content: hidden_answer(), shown_name: None, bot: None }),
        (
            "notice",
            Body::Notice {
                values: object(json!({"n": 2, "place": "2nd"})),
                words: "You are 2nd in line.".into(),
                actions: vec!["wait".into()],
            },
        ),
        ("reason", Body::Reason(reason)),
        ("reason-empty", Body::Reason(Reason::default())),
        ("passing", Body::Passing(passing)),
        ("passing-empty", Body::Passing(Passing::default())),
        (
            "opening",
            Body::Opening {
                name: Some("Kim".into()),
                contact: None,
                page: Some("https://shop.example/cart".into()),
                device: None,
                variables: object(json!({"plan": "gold"})),
            },
        ),
        (
            "opening-contact-and-device",
            Body::Opening {
                name: None,
                contact: Some("kim@example.org".into()),
                page: None,
                device: Some("Firefox, Linux".into()),
                variables: serde_json::Map::new(),
            },
        ),
        (
            "opening-empty",
            Body::Opening { name: None, contact: None, page: None, device: None, variables: serde_json::Map::new() },
        ),
        ("note", Body::Note { text: "please".into() }),
        ("rating", Body::Rating { comment: "quick".into() }),
        ("bot-said", Body::BotSaid(said)),
        ("bot-said-empty", Body::BotSaid(BotSaid::default())),
        ("settings", Body::Settings { json: json!({"name": "orders"}) }),
        ("customer", Body::Customer { name: Some("Kim".into()), contact: Some("kim@example.org".into()) }),
        ("customer-empty", Body::Customer { name: None, contact: None }),
        ("identity", Body::Identity(identity)),
        ("identity-empty", Body::Identity(Identity::default())),
        ("report", Body::Report { should_have_said: Some("30 days".into()), comment: Some("the old rule".into()) }),
        ("report-empty", Body::Report { should_have_said: None, comment: None }),
    ]
    .into_iter()
    .map(|(name, body)| (name.to_owned(), body))
    .collect()
}

fn all_parts() -> Content {
    let text = |text: &str, markdown, language: Option<&str>| Piece::Text {
        text: text.into(),
        markdown,
        language: language.map(str::to_owned),
    };
    let parts = vec![
        text("*Hello*", true, Some("en")),
        text("plain", false, None),
        Piece::Choices { choices: vec![Choice { label: "Yes".into(), value: "y".into() }] },
        Piece::Card { kind: "adaptive".into(), json: json!({"title": "Parcel"}) },
        Piece::File { blob: "b1".into(), name: "bill.pdf".into(), media_type: "application/pdf".into(), size: 1_024 },
        Piece::Form { json: json!({"fields": ["order"]}) },
        Piece::FormAnswer { json: json!({"order": "7731"}), secret: Vec::new() },
        Piece::Link { url: "https://shop.example".into(), title: "Shop".into() },
        Piece::Location { lat: "52.52".into(), lon: "13.40".into(), label: "Berlin".into() },
        Piece::Event { name: "cart".into(), json: json!({"items": 2}) },
        Piece::Unknown { media_type: "application/x-new".into(), json: json!(null) },
    ];
    let native = Some(Native { protocol: "activity".into(), json: json!({"type": "message"}) });
    // As it was stored: how a readable text is made of the parts may change, what was made stays.
    let plain = "*Hello*\nplain\n[Yes]\nParcel\n[bill.pdf]\n[form]\n{\"order\":\"7731\"}\nShop (https://shop.example)\n\
                 Berlin\n[cart]\n[application/x-new]";
    Content { parts, plain: plain.into(), native, originals: Vec::new() }
}

fn hidden_answer() -> Content {
    let json = json!({"order": "7731", "pin": "[hidden: pin]"});
    let originals = vec![Original { token: "[hidden: pin]".into(), sealed: "00ff".into() }];
    let plain = "Order: 7731\nPIN: [hidden: pin]".into();
    let parts = vec![Piece::FormAnswer { json, secret: vec!["pin".into()] }];
    Content { parts, plain, native: None, originals }
}

fn effects() -> Named<Effect> {
    let mut out = vec![
        ("ask-bot".to_owned(), Effect::AskBot { bot: bot(), ask: ask(), baton: 3 }),
        ("open-target".to_owned(), Effect::OpenTarget { target: target(), handover: handover(), baton: 3 }),
        ("tell-target".to_owned(), Effect::TellTarget { target: target(), seq: 12, baton: 3 }),
        ("poll-target".to_owned(), Effect::PollTarget { target: target(), baton: 3 }),
    ];
    for reason in [CloseReason::Withdrawn, CloseReason::TooLate, CloseReason::Passed, CloseReason::Closed] {
        out.push((
            format!("close-target-{}", name(reason)),
            Effect::CloseTarget { target: target(), baton: 3, reason },
        ));
    }
    out
}

fn folder(of: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(of).join("v1")
}

fn files(of: &str) -> Named<Vec<u8>> {
    let mut out: Named<Vec<u8>> = std::fs::read_dir(folder(of))
        .unwrap_or_else(|error| panic!("corpus/{of}/v1: {error}"))
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file"))
        })
        .collect();
    out.sort();
    out
}

/// Writes the files that are missing, where that is wanted.
fn missing(of: &str, written: &Named<Vec<u8>>) {
    if std::env::var_os("BATON_WRITE_CORPUS").is_some() {
        std::fs::create_dir_all(folder(of)).expect("a folder");
        for (name, bytes) in written {
            let path = folder(of).join(format!("{name}.json"));
            if !path.exists() {
                std::fs::write(path, bytes).expect("written");
            }
        }
    }
}

/// Each file is read and written again to the same bytes, and this build writes what the file of that name has.
fn frozen(of: &str, written: Named<Vec<u8>>, read: impl Fn(&[u8]) -> Vec<u8>) {
    missing(of, &written);
    let stored = files(of);
    for (name, bytes) in &stored {
        assert_eq!(text(&read(bytes)), text(bytes), "corpus/{of}/v1/{name}.json: written otherwise than it was stored");
    }
    for (name, bytes) in written {
        let (_, file) = stored
            .iter()
            .find(|(stored, _)| *stored == name)
            .unwrap_or_else(|| panic!("corpus/{of}/v1/{name}.json is missing; BATON_WRITE_CORPUS=1 writes it"));
        assert_eq!(text(&bytes), text(file), "corpus/{of}/v1/{name}.json: this build would store it otherwise");
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("JSON is UTF-8")
}

fn json_bytes<T: Serialize>(named: Named<T>) -> Named<Vec<u8>> {
    named.into_iter().map(|(name, value)| (name, serde_json::to_vec(&value).expect("JSON"))).collect()
}

fn again<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Vec<u8> {
    let value: T = serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{}: {error}", text(bytes)));
    serde_json::to_vec(&value).expect("JSON")
}

#[test]
fn every_header_that_was_ever_stored_is_read_and_written_to_the_same_bytes() {
    let written = headers().into_iter().map(|(name, header)| (name, header.to_bytes().expect("JSON"))).collect();
    frozen("events", written, |bytes| Header::from_bytes(bytes).expect("readable").to_bytes().expect("JSON"));
    let kinds: BTreeSet<String> = files("events")
        .iter()
        .map(|(_, bytes)| Header::from_bytes(bytes).expect("readable").fact.kind().into())
        .collect();
    let all: BTreeSet<String> = Fact::KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(kinds, all, "every kind has a file");
    for (name, bytes) in files("events") {
        let kind = Header::from_bytes(&bytes).expect("readable").fact.kind();
        assert!(name.starts_with(kind), "{name} is of kind {kind}");
    }
}

#[test]
fn every_body_that_was_ever_sealed_is_read_and_written_to_the_same_bytes() {
    frozen("bodies", json_bytes(bodies()), again::<Body>);
    let read = |bytes: &[u8]| serde_json::from_slice::<Body>(bytes).expect("readable").kind();
    let kinds: Vec<BodyKind> = files("bodies").iter().map(|(_, bytes)| read(bytes)).collect();
    for kind in [
        BodyKind::Message,
        BodyKind::Notice,
        BodyKind::Reason,
        BodyKind::Passing,
        BodyKind::Opening,
        BodyKind::Note,
        BodyKind::Rating,
        BodyKind::BotSaid,
        BodyKind::Settings,
        BodyKind::Customer,
        BodyKind::Identity,
        BodyKind::Report,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} has a file");
    }
}

#[test]
fn every_outbox_row_that_was_ever_stored_is_read_and_written_to_the_same_bytes() {
    frozen("effects", json_bytes(effects()), again::<Effect>);
}

#[test]
fn every_setting_that_was_ever_stored_is_read() {
    let inbox = Inbox {
        slug: "shop".into(),
        name: "Shop".into(),
        bot: Some(bot()),
        destination: Destination::Target { id: target() },
        fallback: Some(queue()),
        queues: vec![queue()],
        later: Some(QueueId(uuid(20))),
        language: "de".into(),
        reopen: Reopen::People,
        time_zone: None,
    };
    let hours = json!({
        "time_zone": "Europe/Berlin",
        "week": [{"day": 1, "from": "09:00", "to": "17:00"}],
        "closed_days": ["2026-12-25"]
    });
    let line = Queue {
        name: "orders".into(),
        line: Line::Live,
        priority: 5,
        hours: serde_json::from_value(hours).ok(),
        most_waiting: 100,
        agents: vec![agent()],
    };
    let connection = |role| Connection { name: "Robin".into(), role };
    let target = Role::Target { history: History::Summary, says_human: true, tells_place: false, opening: 30_000 };
    let card = AgentCard { name: "Ana".into(), role: Rank::Supervisor, capacity: 4, active: true };
    let one = |name: &str, bytes: serde_json::Result<Vec<u8>>| (name.to_owned(), bytes.expect("JSON"));
    let written = vec![
        one("inbox", serde_json::to_vec(&inbox)),
        one("queue", serde_json::to_vec(&line)),
        one("bot", serde_json::to_vec(&connection(Role::Bot { limit: 20_000, greets: true, takes_brief: true }))),
        one("target", serde_json::to_vec(&connection(target))),
        one("agent", serde_json::to_vec(&card)),
        one("tag", serde_json::to_vec(&Tag { name: "refund".into() })),
        one("desk", serde_json::to_vec(&Desk { dispositions: vec!["solved".into()], hold_seconds: 5 })),
    ];
    // A setting gains fields with a default: what must hold for ever is that each old one is read.
    missing("settings", &written);
    for (name, bytes) in files("settings") {
        let read = |bytes: &[u8]| match serde_json::from_slice::<Value>(bytes).expect("JSON") {
            value if value.get("slug").is_some() => again::<Inbox>(bytes),
            value if value.get("line").is_some() => again::<Queue>(bytes),
            value if value.get("capacity").is_some() => again::<AgentCard>(bytes),
            value if value.get("dispositions").is_some() => again::<Desk>(bytes),
            value if value.as_object().is_some_and(|card| card.len() == 1) => again::<Tag>(bytes),
            _ => again::<Connection>(bytes),
        };
        let once = read(&bytes);
        assert_eq!(text(&read(&once)), text(&once), "{name}");
    }
}
