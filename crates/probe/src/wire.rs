//! What the hub's surfaces say, as far as the probe looks at it. Members that it does not judge are not named.

use serde::Deserialize;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// An event as a customer sees it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ChatEvent {
    pub(crate) position: u64,
    pub(crate) at: i64,
    #[serde(flatten)]
    pub(crate) kind: ChatKind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ChatKind {
    Message {
        message: Uuid,
        by: By,
        #[serde(default)]
        plain: String,
        client: Option<Uuid>,
        counter: Option<u64>,
    },
    Notice {
        code: String,
    },
    Rated,
    Closed,
    Opened,
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct By {
    pub(crate) kind: Speaker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Speaker {
    Customer,
    Bot,
    Agent,
    Target,
    #[serde(other)]
    Other,
}

/// A customer's view of the conversation.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ChatState {
    pub(crate) holder: Holding,
    #[serde(default)]
    pub(crate) handover: Option<Value>,
    #[serde(default)]
    pub(crate) rating: Option<Marks>,
    #[serde(default)]
    pub(crate) last_position: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Holding {
    pub(crate) kind: HolderKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HolderKind {
    Bot,
    Queue,
    Later,
    Agent,
    Target,
    Nobody,
    #[serde(other)]
    Other,
}

/// Who may be rated.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Marks {
    #[serde(default)]
    pub(crate) agent_name: Option<String>,
    #[serde(default)]
    pub(crate) bot_name: Option<String>,
}

/// What the customer's socket brings.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ChatFrame {
    Welcome {
        state: ChatState,
    },
    Event {
        event: Value,
        cursor: String,
    },
    State {
        state: ChatState,
    },
    Ack {
        client: Uuid,
        counter: u64,
        position: u64,
        at: i64,
        message: Uuid,
    },
    Refused {
        client: Uuid,
        counter: u64,
        problem: Problem,
    },
    Error {
        problem: Problem,
    },
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) detail: String,
}

/// A conversation in the desk's lists.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) state: String,
    pub(crate) holder: RowHolder,
    pub(crate) seq: u64,
    #[serde(default)]
    pub(crate) unanswered_since: Option<i64>,
    #[serde(default)]
    pub(crate) offer: Option<RowOffer>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RowHolder {
    pub(crate) kind: HolderKind,
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RowOffer {
    pub(crate) id: Uuid,
    pub(crate) to: Named,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: Uuid,
}

/// What the desk's socket brings.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum DeskFrame {
    Welcome {
        #[serde(default)]
        cursor: Option<String>,
        #[serde(default)]
        snapshot: Option<Vec<Value>>,
    },
    Row {
        row: Value,
        #[serde(default)]
        cursor: Option<String>,
    },
    Error {
        problem: Problem,
    },
    #[serde(other)]
    Other,
}

/// An event as the desk sees it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeskEvent {
    pub(crate) seq: u64,
    #[serde(default)]
    pub(crate) position: Option<u64>,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) actor: DeskActor,
    #[serde(default)]
    pub(crate) fate: Option<Value>,
    #[serde(default)]
    pub(crate) message: Option<Uuid>,
    #[serde(default)]
    pub(crate) facts: Value,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeskActor {
    pub(crate) kind: String,
}

/// A closed word that comes as a text or as an object with a `kind`.
pub(crate) fn word(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("kind").and_then(Value::as_str))
}

/// The whole content of an event in one number, to tell whether two copies are the same.
pub(crate) fn digest(event: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    mix(event, &mut hasher);
    hasher.finish()
}

/// The order of an object's members says nothing.
fn mix(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<_> = members.keys().collect();
            names.sort_unstable();
            for name in names {
                name.hash(hasher);
                mix(&members[name.as_str()], hasher);
            }
        }
        Value::Array(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| mix(item, hasher));
        }
        plain => plain.to_string().hash(hasher),
    }
}
