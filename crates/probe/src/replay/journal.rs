//! What the probe itself saw. Filled at the socket, never from the hub's log; afterwards it is the judge.

use super::sabotage::Tap;
use crate::Source;
use crate::wire::{ChatEvent, ChatKind, Speaker, digest};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// One customer's side.
#[derive(Debug)]
pub(crate) struct CustomerJournal {
    /// The id in the replay file.
    pub(crate) id: String,
    pub(crate) source: Source,
    /// The customer's copy of the widget.
    pub(crate) client: Uuid,
    pub(crate) conversation: Option<Uuid>,
    /// In the order of the counters.
    pub(crate) sends: Vec<Send>,
    /// In the order in which the socket delivered, over all its lives.
    pub(crate) received: Vec<Received>,
    /// The last position that the customer had seen when it left; what came later was not meant for its socket.
    pub(crate) left_at: u64,
    /// Breaks of the socket that the customer healed.
    pub(crate) reconnects: u32,
    /// Breaks that the customer made itself.
    pub(crate) cuts: u32,
    /// Times that the hub no longer knew the cursor.
    pub(crate) cursors_gone: u32,
    /// Turns for which no word came within the bound though a bot held.
    pub(crate) unanswered: u32,
    /// Why it could not be played to its end.
    pub(crate) trouble: Option<String>,
    tap: Tap,
}

/// One message of a customer.
#[derive(Clone, Debug)]
pub(crate) struct Send {
    pub(crate) counter: u64,
    pub(crate) text: String,
    /// More than one if a repeat was acknowledged again.
    pub(crate) acks: Vec<Ack>,
    /// The hub said no.
    pub(crate) refused: Option<String>,
}

/// The hub said: kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) position: u64,
    pub(crate) at: i64,
    pub(crate) message: Uuid,
}

/// One event as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) position: u64,
    pub(crate) at: i64,
    pub(crate) message: Option<Message>,
    /// The code of a notice.
    pub(crate) notice: Option<String>,
    /// Of the whole event.
    pub(crate) digest: u64,
}

/// A message among what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) by: Speaker,
    pub(crate) plain: String,
    pub(crate) once: Option<(Uuid, u64)>,
}

impl Received {
    pub(crate) fn new(event: &ChatEvent, whole: &Value) -> Self {
        let message = match &event.kind {
            ChatKind::Message { message, by, plain, client, counter } => {
                Some(Message { id: *message, by: by.kind, plain: plain.clone(), once: client.zip(*counter) })
            }
            _ => None,
        };
        let notice = match &event.kind {
            ChatKind::Notice { code } => Some(code.clone()),
            _ => None,
        };
        Self { position: event.position, at: event.at, message, notice, digest: digest(whole) }
    }
}

impl CustomerJournal {
    pub(crate) fn new(id: String, source: Source, client: Uuid, tap: Tap) -> Self {
        Self {
            id,
            source,
            client,
            conversation: None,
            sends: Vec::new(),
            received: Vec::new(),
            left_at: 0,
            reconnects: 0,
            cuts: 0,
            cursors_gone: 0,
            unanswered: 0,
            trouble: None,
            tap,
        }
    }

    /// The socket delivered this.
    pub(crate) fn receive(&mut self, event: Received) {
        self.tap.pass(event, &mut self.received);
    }

    /// Nothing more will come.
    pub(crate) fn seal(&mut self, left_at: u64) {
        self.tap.flush(&mut self.received);
        self.left_at = left_at;
    }

    pub(crate) fn acknowledged(&mut self, counter: u64, ack: Ack) {
        if let Some(send) = self.sends.iter_mut().find(|send| send.counter == counter) {
            send.acks.push(ack);
        }
    }
}

/// What an agent said, and what the hub answered.
#[derive(Clone, Debug)]
pub(crate) struct AgentSend {
    pub(crate) conversation: Uuid,
    pub(crate) agent: usize,
    pub(crate) counter: u64,
    pub(crate) text: String,
    pub(crate) ack: Ack,
}

/// All agents' side, shared by them.
#[derive(Debug, Default)]
pub(crate) struct DeskJournal(Mutex<Desk>);

/// What agents did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    pub(crate) sends: Vec<AgentSend>,
    pub(crate) accepted: u64,
    pub(crate) picked: u64,
    pub(crate) too_late: u64,
    pub(crate) handed_back: u64,
    pub(crate) closed: u64,
    pub(crate) refused: u64,
    pub(crate) reconnects: u64,
    pub(crate) found_by_asking: u64,
    pub(crate) trouble: Vec<String>,
}

impl DeskJournal {
    pub(crate) fn note(&self, write: impl FnOnce(&mut Desk)) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn read(&self) -> Desk {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
