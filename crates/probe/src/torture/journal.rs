//! What was sent, what was answered and what came, as seen from outside. Written where it happens, never from the hub's
//! log; afterwards it is the judge.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;
use uuid::Uuid;

/// Milliseconds since the run began.
pub(crate) type Moment = u64;

/// Everything, shared by all who play.
pub(crate) struct Journal {
    began: Instant,
    inner: Mutex<Pages>,
}

/// What the journal holds.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) talks: HashMap<Uuid, Talk>,
    pub(crate) agents: HashMap<Uuid, AgentPage>,
    /// When the hub's process was killed.
    pub(crate) kills: Vec<Moment>,
    /// When it was asked to stop.
    pub(crate) stops: Vec<Moment>,
    pub(crate) races: Vec<Race>,
    pub(crate) trespasses: Vec<Trespass>,
    pub(crate) figures: Vec<Figure>,
    /// What kept a player from playing; not a violation by itself.
    pub(crate) trouble: Vec<String>,
}

/// One conversation, from all sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talk {
    pub(crate) number: u64,
    pub(crate) token: String,
    /// How often the start was sent under its one key.
    pub(crate) starts: u32,
    /// Another conversation that the same start key gave.
    pub(crate) started_as: Option<Uuid>,
    pub(crate) sends: Vec<Sent>,
    pub(crate) lives: Vec<Life>,
    pub(crate) presses: Vec<Press>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) replies: Vec<Reply>,
    pub(crate) opens: Vec<Open>,
    pub(crate) pushes: Vec<Push>,
    pub(crate) said_by_target: Vec<TargetWord>,
    pub(crate) briefs: Vec<Brief>,
    /// In words, for the history of a failing run.
    pub(crate) deeds: Vec<(Moment, String)>,
}

/// Who sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Customer,
    Agent(Uuid),
}

/// Something said by one of Baton's own clients.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) by: By,
    pub(crate) client: Uuid,
    pub(crate) counter: u64,
    pub(crate) text: String,
    pub(crate) first: Moment,
    /// How often it was put on the wire.
    pub(crate) tries: u32,
    /// Sent before its turn at least once.
    pub(crate) jumped: bool,
    /// The agent knew that it had no voice.
    pub(crate) voiceless: bool,
    pub(crate) acks: Vec<Ack>,
    pub(crate) refused: Vec<String>,
}

/// The hub said: kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) at: Moment,
    pub(crate) seq: Option<u64>,
    pub(crate) position: Option<u64>,
    pub(crate) hub_at: i64,
    pub(crate) message: Uuid,
}

/// One life of a customer's socket.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// The position of the cursor that it was opened with.
    pub(crate) after: u64,
    /// Older than what the customer had seen, on purpose.
    pub(crate) old_cursor: bool,
    /// What the hub said there was when it was opened.
    pub(crate) upto: u64,
    /// In the order in which it came.
    pub(crate) received: Vec<Received>,
}

/// One event as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) position: u64,
    pub(crate) digest: u64,
    pub(crate) plain: String,
}

/// A request for a person by the button.
#[derive(Clone, Debug)]
pub(crate) struct Press {
    pub(crate) sent: Moment,
    pub(crate) answered: Moment,
    /// Others were under way at the same moment.
    pub(crate) together: u32,
    /// The kind of the answer; nothing if none came.
    pub(crate) answer: Option<String>,
}

/// A turn as the bot got it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) ask: String,
    pub(crate) attempt: u64,
    pub(crate) reason: String,
    pub(crate) position: Option<u64>,
    pub(crate) history: Vec<(u64, String)>,
    pub(crate) brief: Option<serde_json::Value>,
    /// What the bot does with it.
    pub(crate) does: Does,
}

/// How a bot treats a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Answers,
    Later,
    Fails,
    Silent,
    Busy,
    HandsOver,
}

/// A bot's word.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) at: Moment,
    /// Which turn it answers, and which of its words it is.
    pub(crate) once: (String, u64),
    pub(crate) baton: u64,
    pub(crate) text: String,
    /// How often it was posted under its one ordinal; 0: in the answer to the turn.
    pub(crate) posts: u32,
    /// A 2xx came for it, then.
    pub(crate) kept: Option<Moment>,
}

/// An opening as the target got it.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) baton: u64,
    pub(crate) attempt: u64,
    /// What the target answered: a status.
    pub(crate) answered: u16,
    /// Positions and texts, further pages included.
    pub(crate) history: Vec<(u64, String)>,
    /// Every page of the history could be read.
    pub(crate) whole: bool,
}

/// A message that the hub pushed to the target.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub(crate) baton: u64,
    /// Nothing: a `close`.
    pub(crate) position: Option<u64>,
    pub(crate) text: String,
    pub(crate) answered: u16,
}

/// A target's word.
#[derive(Clone, Debug)]
pub(crate) struct TargetWord {
    pub(crate) at: Moment,
    pub(crate) baton: u64,
    pub(crate) text: String,
    pub(crate) posts: u32,
    pub(crate) kept: Option<Moment>,
}

/// What an agent passed to the bot.
#[derive(Clone, Debug)]
pub(crate) struct Brief {
    pub(crate) note: String,
    pub(crate) do_not_ask: Vec<String>,
    pub(crate) kept: bool,
}

/// What an agent did with its own presence.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgentPage {
    pub(crate) name: String,
    /// May take from the line at all.
    pub(crate) serves: bool,
    pub(crate) capacity: u32,
    pub(crate) sets: Vec<PresenceSet>,
    pub(crate) welcomes: Vec<Welcome>,
    pub(crate) vanished: Vec<Moment>,
    /// Chats that may come beyond the capacity, by right.
    pub(crate) over: u64,
    /// In the hub's time, as the agent's own log tells it.
    pub(crate) presence: Vec<(i64, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct PresenceSet {
    pub(crate) sent: Moment,
    /// Nothing: no answer came; it may hold or not.
    pub(crate) kept: Option<Moment>,
    pub(crate) available: bool,
}

/// What the hub said of the agent when the stream was opened.
#[derive(Clone, Debug)]
pub(crate) struct Welcome {
    pub(crate) at: Moment,
    pub(crate) available: bool,
    pub(crate) load: u64,
}

/// Several took one thing at once.
#[derive(Clone, Debug)]
pub(crate) struct Race {
    pub(crate) conversation: Uuid,
    pub(crate) what: &'static str,
    pub(crate) offer: Option<String>,
    /// Who tried, and the status each got; 0: no answer came.
    pub(crate) runners: Vec<(Uuid, u16)>,
}

/// A request of somebody who may not.
#[derive(Clone, Debug)]
pub(crate) struct Trespass {
    pub(crate) conversation: Uuid,
    pub(crate) what: String,
    pub(crate) status: u16,
    /// It bore a text of a conversation.
    pub(crate) leaked: bool,
}

/// One figure of the hub's beside the same, counted otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) hub: i64,
    pub(crate) counted: i64,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), inner: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Moment {
        self.began.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }

    pub(crate) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes on the page of a conversation.
    pub(crate) fn talk<T>(&self, id: Uuid, write: impl FnOnce(&mut Talk) -> T) -> T {
        write(self.pages().talks.entry(id).or_default())
    }

    /// Writes on an agent's page.
    pub(crate) fn agent<T>(&self, id: Uuid, write: impl FnOnce(&mut AgentPage) -> T) -> T {
        write(self.pages().agents.entry(id).or_default())
    }

    /// Tells what was done, for the history.
    pub(crate) fn deed(&self, id: Uuid, what: String) {
        let now = self.now();
        self.talk(id, |talk| talk.deeds.push((now, what)));
    }

    pub(crate) fn trouble(&self, what: String) {
        let mut pages = self.pages();
        if pages.trouble.len() < 200 {
            pages.trouble.push(what);
        }
    }

    /// A new thing to say.
    pub(crate) fn sends(&self, id: Uuid, by: By, client: Uuid, counter: u64, text: &str, voiceless: bool) {
        let first = self.now();
        self.talk(id, |talk| {
            talk.sends.push(Sent {
                by,
                client,
                counter,
                text: text.to_owned(),
                first,
                tries: 0,
                jumped: false,
                voiceless,
                acks: Vec::new(),
                refused: Vec::new(),
            });
        });
    }

    fn sent<T>(&self, id: Uuid, client: Uuid, counter: u64, write: impl FnOnce(&mut Sent) -> T) -> Option<T> {
        self.talk(id, |talk| {
            talk.sends.iter_mut().rev().find(|sent| sent.client == client && sent.counter == counter).map(write)
        })
    }

    pub(crate) fn tried(&self, id: Uuid, client: Uuid, counter: u64, jumped: bool) {
        self.sent(id, client, counter, |sent| {
            sent.tries += 1;
            sent.jumped |= jumped;
        });
    }

    pub(crate) fn acknowledged(&self, id: Uuid, client: Uuid, counter: u64, ack: Ack) {
        self.sent(id, client, counter, |sent| sent.acks.push(ack));
    }

    pub(crate) fn refused(&self, id: Uuid, client: Uuid, counter: u64, code: String) {
        self.sent(id, client, counter, |sent| sent.refused.push(code));
    }

    /// Whether it was acknowledged, and the last refusal.
    pub(crate) fn fate_of(&self, id: Uuid, client: Uuid, counter: u64) -> (bool, Option<String>) {
        self.sent(id, client, counter, |sent| (!sent.acks.is_empty(), sent.refused.last().cloned()))
            .unwrap_or((false, None))
    }
}
