//! Who else has the chats of one screen open, as far as this process has heard. Fleeting: whoever is not heard of again is
//! forgotten.

use baton_core::ids::{AgentId, ConversationId, Ms};
use std::collections::{BTreeMap, HashMap};

/// Open chats are named again so often.
pub(super) const VIEW_BEAT: Ms = 20_000;
/// Who is not heard of for so long has left.
const VIEW_LOST: Ms = 50_000;

#[derive(Clone, Copy)]
struct Viewer {
    heard: Ms,
    writing: bool,
}

/// By conversation and agent.
#[derive(Default)]
pub(super) struct Viewers {
    known: HashMap<ConversationId, BTreeMap<AgentId, Viewer>>,
    /// When the beat is due.
    pub(super) next: Ms,
}

impl Viewers {
    /// Who has it open, and whether they write.
    pub(super) fn of(&self, id: ConversationId) -> impl Iterator<Item = (AgentId, bool)> {
        self.known.get(&id).into_iter().flatten().map(|(agent, viewer)| (*agent, viewer.writing))
    }

    /// True: something changed that the screen shows.
    pub(super) fn heard(&mut self, id: ConversationId, agent: AgentId, on: bool, now: Ms) -> bool {
        let viewers = self.known.entry(id).or_default();
        if !on {
            return viewers.remove(&agent).is_some();
        }
        match viewers.get_mut(&agent) {
            Some(viewer) => {
                viewer.heard = now;
                false
            }
            None => {
                viewers.insert(agent, Viewer { heard: now, writing: false });
                true
            }
        }
    }

    /// True: something changed that the screen shows.
    pub(super) fn writes(&mut self, id: ConversationId, agent: AgentId, on: bool) -> bool {
        let viewer = self.known.get_mut(&id).and_then(|viewers| viewers.get_mut(&agent));
        viewer.is_some_and(|viewer| std::mem::replace(&mut viewer.writing, on) != on)
    }

    /// Conversations that somebody left without a word.
    pub(super) fn sweep(&mut self, now: Ms) -> Vec<ConversationId> {
        let mut changed = Vec::new();
        for (id, viewers) in &mut self.known {
            let before = viewers.len();
            viewers.retain(|_, viewer| viewer.heard + VIEW_LOST > now);
            if viewers.len() != before {
                changed.push(*id);
            }
        }
        changed
    }

    /// The screen does not show it any more.
    pub(super) fn forget(&mut self, id: ConversationId) {
        self.known.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_is_not_heard_of_again_has_left() {
        let (chat, ana) = (ConversationId(Uuid::from_u128(1)), AgentId(Uuid::from_u128(2)));
        let mut viewers = Viewers::default();
        assert!(viewers.heard(chat, ana, true, 0));
        assert!(!viewers.heard(chat, ana, true, VIEW_BEAT), "a beat changes nothing on the screen");
        assert!(viewers.writes(chat, ana, true) && !viewers.writes(chat, ana, true));
        assert_eq!(viewers.of(chat).collect::<Vec<_>>(), [(ana, true)]);
        assert!(viewers.sweep(VIEW_LOST).is_empty());
        assert_eq!(viewers.sweep(VIEW_BEAT + VIEW_LOST), [chat]);
        assert_eq!(viewers.of(chat).count(), 0);
        assert!(!viewers.heard(chat, ana, false, 0), "who was not there does not leave");
    }
}
