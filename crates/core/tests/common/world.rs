//! The houses in which the tests take place, and their ids.

use baton_core::hours::{Hours, Span};
use baton_core::ids::{AgentId, ConnectionId, ConversationId, InboxId, Ms, QueueId, TagId};
use baton_core::ownership::Line;
use baton_core::settings::{
    AgentCard, Connection, Desk, Destination, History, Inbox, Queue, Rank, Reopen, Role, Settings, Tag,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(crate) const CHAT: ConversationId = ConversationId(Uuid::from_u128(0xa1));
pub(crate) const OTHER_CHAT: ConversationId = ConversationId(Uuid::from_u128(0xa2));
pub(crate) const THIRD_CHAT: ConversationId = ConversationId(Uuid::from_u128(0xa3));
pub(crate) const INBOX: InboxId = InboxId(Uuid::from_u128(0xb0));
pub(crate) const BOT: ConnectionId = ConnectionId(Uuid::from_u128(0xb1));
pub(crate) const COMPANION: ConnectionId = ConnectionId(Uuid::from_u128(0xb2));
pub(crate) const TARGET: ConnectionId = ConnectionId(Uuid::from_u128(0xb3));
pub(crate) const QUEUE: QueueId = QueueId(Uuid::from_u128(0xd1));
pub(crate) const BILLING: QueueId = QueueId(Uuid::from_u128(0xd2));
pub(crate) const LATER: QueueId = QueueId(Uuid::from_u128(0xd3));
pub(crate) const ANA: AgentId = AgentId(Uuid::from_u128(0xe1));
pub(crate) const BEN: AgentId = AgentId(Uuid::from_u128(0xe2));
/// A supervisor.
pub(crate) const SAM: AgentId = AgentId(Uuid::from_u128(0xe3));

pub(crate) const REFUND: TagId = TagId(Uuid::from_u128(0xe8));
pub(crate) const VIP: TagId = TagId(Uuid::from_u128(0xe9));

/// Monday, 23 November 2026, 12:00 UTC.
pub(crate) const MONDAY_NOON: Ms = 1_795_435_200_000;
pub(crate) const HOUR: Ms = 3_600_000;
pub(crate) const MINUTE: Ms = 60_000;
pub(crate) const SECOND: Ms = 1_000;

fn card(name: &str, role: Rank, capacity: u32) -> AgentCard {
    AgentCard { name: name.into(), role, capacity, active: true }
}

fn queue(name: &str, line: Line, priority: u8) -> Queue {
    Queue { name: name.into(), line, priority, hours: None, most_waiting: 3, agents: Vec::new() }
}

/// Bot, live line, list for messages; a target is set up and may be transferred to.
pub(crate) fn desk() -> Settings {
    let inbox = Inbox {
        slug: "shop".into(),
        name: "Shop".into(),
        bot: Some(BOT),
        destination: Destination::Queue { id: QUEUE },
        fallback: None,
        queues: vec![BILLING],
        later: Some(LATER),
        language: "en".into(),
        reopen: Reopen::Bot,
        time_zone: None,
    };
    let bot = |takes_brief| Role::Bot { limit: 20 * SECOND, greets: false, takes_brief };
    let target = Role::Target { history: History::Full, says_human: true, tells_place: true, opening: 30 * SECOND };
    Settings {
        privacy: BTreeMap::default(),
        inboxes: BTreeMap::from([(INBOX, inbox)]),
        queues: BTreeMap::from([
            (QUEUE, queue("orders", Line::Live, 5)),
            (BILLING, queue("billing", Line::Live, 7)),
            (LATER, queue("messages", Line::Later, 0)),
        ]),
        connections: BTreeMap::from([
            (BOT, Connection { name: "Robin".into(), role: bot(true) }),
            (COMPANION, Connection { name: "Coco".into(), role: bot(false) }),
            (TARGET, Connection { name: "Night desk".into(), role: target }),
        ]),
        agents: BTreeMap::from([
            (ANA, card("Ana", Rank::Agent, 2)),
            (BEN, card("Ben", Rank::Agent, 1)),
            (SAM, card("Sam", Rank::Supervisor, 1)),
        ]),
        tags: BTreeMap::from([(REFUND, Tag { name: "refund".into() }), (VIP, Tag { name: "vip".into() })]),
        desk: Desk::default(),
    }
}

/// A handover goes to the target, and to the live line if that fails.
pub(crate) fn outside() -> Settings {
    let mut settings = desk();
    let inbox = settings.inboxes.get_mut(&INBOX).expect("the inbox");
    (inbox.destination, inbox.fallback) = (Destination::Target { id: TARGET }, Some(QUEUE));
    settings
}

/// The target is all there is: no line, no list.
pub(crate) fn outside_alone() -> Settings {
    let mut settings = outside();
    let inbox = settings.inboxes.get_mut(&INBOX).expect("the inbox");
    (inbox.fallback, inbox.later) = (None, None);
    settings
}

/// As [`desk`] without a list for messages.
pub(crate) fn without_list() -> Settings {
    let mut settings = desk();
    settings.inboxes.get_mut(&INBOX).expect("the inbox").later = None;
    settings
}

/// As [`desk`] without a bot: people answer first.
pub(crate) fn without_bot() -> Settings {
    let mut settings = desk();
    settings.inboxes.get_mut(&INBOX).expect("the inbox").bot = None;
    settings
}

/// The live lines are closed at [`MONDAY_NOON`] and open at 13:00.
pub(crate) fn closed(mut settings: Settings) -> Settings {
    let from = jiff::civil::Time::constant(13, 0, 0, 0);
    let to = jiff::civil::Time::constant(17, 0, 0, 0);
    let week = (1..=5).map(|day| Span { day, from, to }).collect();
    let hours = Hours { time_zone: "UTC".into(), week, closed_days: Vec::new() };
    for queue in settings.queues.values_mut().filter(|queue| queue.line == Line::Live) {
        queue.hours = Some(hours.clone());
    }
    settings
}

/// The live lines take nobody.
pub(crate) fn full(mut settings: Settings) -> Settings {
    settings.queues.values_mut().filter(|queue| queue.line == Line::Live).for_each(|queue| queue.most_waiting = 0);
    settings
}

/// Another manifest for the target.
pub(crate) fn manifest(mut settings: Settings, history: History, says_human: bool, tells_place: bool) -> Settings {
    let target = settings.connections.get_mut(&TARGET).expect("the target");
    target.role = Role::Target { history, says_human, tells_place, opening: 30 * SECOND };
    settings
}
