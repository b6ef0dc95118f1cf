//! The house that the simulation runs in: one inbox, a bot, a target, two lines, a list for messages, up to four people.

use super::plan::Plan;
use baton_core::event::{Object, Trigger};
use baton_core::facts::Reading;
use baton_core::ids::{AgentId, ConnectionId, ConversationId, InboxId, PersonId, QueueId};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::settings::Rank;
use baton_engine::Changed;
use baton_kit::analyzer::Analyzer;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const INBOX: InboxId = InboxId(Uuid::from_u128(0xb0));
pub(crate) const BOT: ConnectionId = ConnectionId(Uuid::from_u128(0xb1));
pub(crate) const TARGET: ConnectionId = ConnectionId(Uuid::from_u128(0xb3));
pub(crate) const QUEUE: QueueId = QueueId(Uuid::from_u128(0xd1));
pub(crate) const URGENT: QueueId = QueueId(Uuid::from_u128(0xd2));
pub(crate) const LATER: QueueId = QueueId(Uuid::from_u128(0xd3));

/// The agent of this number; the supervisor comes after the last.
pub(crate) fn agent(number: u64) -> AgentId {
    AgentId(Uuid::from_u128(0xe0 + u128::from(number)))
}

/// The person that this customer is.
pub(crate) fn person(number: u64) -> PersonId {
    PersonId(Uuid::from_u128(0xf000 + u128::from(number)))
}

/// How many chats the agent of this number has at once.
pub(crate) fn capacity(number: u64) -> u64 {
    1 + number % 2
}

pub(crate) fn objects(plan: &Plan) -> Vec<Changed> {
    let destination = match plan.outside {
        true => json!({"kind": "target", "id": TARGET}),
        false => json!({"kind": "queue", "id": QUEUE}),
    };
    let bot = json!({"kind": "bot", "limit": 20_000, "takes_brief": true, "greets": plan.seed.is_multiple_of(3)});
    let target = json!({"kind": "target", "history": "full", "says_human": true, "tells_place": true});
    let mut inbox = json!({"slug": "shop", "name": "Shop", "destination": destination, "fallback": QUEUE,
                           "queues": [QUEUE, URGENT]});
    if plan.bot {
        inbox["bot"] = json!(BOT);
    }
    if plan.later {
        inbox["later"] = json!(LATER);
    }
    let mut all: Vec<(Object, Uuid, Value)> = vec![
        (Object::Queue, QUEUE.0, json!({"name": "Service", "line": "live", "priority": 5})),
        (Object::Queue, URGENT.0, json!({"name": "Safety", "line": "live", "priority": 9})),
        (Object::Queue, LATER.0, json!({"name": "Messages", "line": "later"})),
        (Object::Bot, BOT.0, json!({"name": "Robin", "role": bot})),
        (Object::Target, TARGET.0, json!({"name": "Night desk", "role": target})),
        (Object::Inbox, INBOX.0, inbox),
    ];
    for number in 0..=plan.agents {
        let role = if number == plan.agents { "supervisor" } else { "agent" };
        let name = format!("Agent{number}");
        all.push((Object::Agent, agent(number).0, json!({"name": name, "role": role, "capacity": capacity(number)})));
    }
    all.into_iter().map(|(object, id, card)| Changed { object, id, json: Some(json!({"card": card})) }).collect()
}

pub(crate) fn as_customer(chat: ConversationId) -> Permit {
    permit(&Subject::Customer { conversation: chat }, Action::Chat(chat)).expect("their own conversation")
}

pub(crate) fn as_agent(agent: AgentId) -> Permit {
    permit(&Subject::Person { agent, rank: Rank::Supervisor }, Action::Work).expect("people may work")
}

/// Reads two things out of texts: the word *person*, and thanks.
pub(crate) struct Words;

impl Analyzer for Words {
    fn read(&self, text: &str, _: &str) -> Reading {
        let asks = text.contains("person").then(|| (Trigger::Phrase, vec!["person".to_owned()]));
        Reading { asks_person: asks, courtesy: text.contains("thanks"), ..Reading::default() }
    }

    fn person_word(&self, language: &str) -> bool {
        language == "en"
    }
}
