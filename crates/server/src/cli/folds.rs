//! What the lists must say of a conversation, made anew from its headers, beside what stands.

use baton_core::conversation::Conversation;
use baton_core::event::{Header, Stream};
use baton_core::ids::ConversationId;
use baton_engine::entries::{Lists, MENTIONS, MentionData, READ, UNREAD};
use baton_engine::row;
use baton_infra::sqlite::{Finding, View};
use baton_kit::store::{Entry, Error, Row};
use serde_json::Value;

/// The folds over one conversation's headers.
pub(super) struct Folds {
    pub(super) id: ConversationId,
    state: Option<Conversation>,
    lists: Lists,
    /// The row that stands, and what its headers say of the moment after which it was made.
    stands: Option<Row>,
    wanted: Option<Row>,
}

impl Folds {
    pub(super) fn of(id: ConversationId, stands: Option<Row>) -> Self {
        Self { id, state: None, lists: Lists::of(id, None), stands, wanted: None }
    }

    pub(super) fn take(&mut self, header: &Header) {
        match &mut self.state {
            Some(state) => state.apply(header),
            none => *none = Conversation::begin(self.id, header),
        }
        self.lists.take(header);
        if let (Some(state), Some(stands)) = (&self.state, &self.stands)
            && state.head.seq == stands.seq
        {
            self.wanted = Some(row(state));
        }
    }

    /// Compares with what stands; how many rows and entries were looked at. `behind`: the first event whose row need not be
    /// written yet.
    pub(super) fn compare(
        self,
        view: &View,
        hidden: bool,
        behind: Option<u64>,
        found: &mut dyn FnMut(Finding),
    ) -> Result<(u64, u64), Error> {
        let (id, stream) = (self.id, Stream::Conversation(self.id));
        let mut say = |code, seq, what: String| found(Finding::at(code, stream, seq, what));
        let stands = view.entries(id)?;
        if hidden {
            if self.stands.is_some() || !stands.is_empty() || !view.row_tags(id)?.is_empty() {
                say("row", None, "is hidden and stands in a list all the same".into());
            }
            return Ok((0, stands.len() as u64));
        }
        let Some(state) = self.state else {
            say("header", Some(1), "does not begin with its opening".into());
            return Ok((0, 0));
        };
        let rows = u64::from(self.stands.is_some());
        let now = row(&state);
        match (&self.stands, &self.wanted) {
            (None, _) if behind == Some(1) => {}
            (None, _) => say("row", Some(state.head.seq), "stands in no list".into()),
            (Some(stands), None) => {
                let what = format!("its row is of an event {} that it does not have", stands.seq);
                say("row", Some(state.head.seq), what);
            }
            (Some(stands), Some(wanted)) => {
                let late = stands.seq < state.head.seq && behind.is_none_or(|behind| stands.seq + 1 < behind);
                // Only the last word and its time may be written a moment later than the event.
                if let Some(what) = differs(wanted, stands).or_else(|| searched(&now, stands)) {
                    say("row", Some(stands.seq), format!("its row says another {what} than its headers"));
                } else if late {
                    say("row", Some(stands.seq), "its row was not written since".into());
                }
                if view.row_tags(id)? != now.tags.iter().copied().collect() {
                    say("row", Some(state.head.seq), "its tags do not find it as its headers say".into());
                }
            }
        }
        let mut wanted = self.lists.changed();
        wanted.sort_by(|a, b| (&a.list, a.id).cmp(&(&b.list, b.id)));
        for entry in &wanted {
            match stands.iter().find(|found| (&found.list, found.id) == (&entry.list, entry.id)) {
                None => {
                    say("entry", Some(entry.seq), format!("the list `{}` does not have what happened here", entry.list))
                }
                Some(found) if !same(entry, found) => {
                    say(
                        "entry",
                        Some(entry.seq),
                        format!("the list `{}` says something else than the headers", entry.list),
                    );
                }
                Some(_) => {}
            }
        }
        if stands.len() > wanted.len() {
            say("entry", None, "a list has something of it that its headers do not know".into());
        }
        // A row that fires early finds nothing due and is set anew; one that fires late keeps somebody waiting.
        if let Some(due) = state.next_due()
            && view.timer(stream)?.is_none_or(|stands| stands > due)
        {
            say("timer", Some(state.head.seq), "its deadline is not armed, or too late".into());
        }
        for link in view.links(id)? {
            let later =
                serde_json::from_slice::<(u64, String)>(&link.state).is_ok_and(|(baton, _)| baton > state.own.baton);
            if link.version == 0 || later {
                say("link", None, "a connection knows more of it than its log".into());
            }
        }
        Ok((rows, stands.len() as u64))
    }
}

/// The first thing by which lists are searched and in which a row is not as it is now.
fn searched(now: &Row, stands: &Row) -> Option<&'static str> {
    let pairs = [
        ("holder", (now.holder, now.holder_id) == (stands.holder, stands.holder_id)),
        ("offer", now.offered_to == stands.offered_to),
        ("person", now.person == stands.person),
        ("inbox", now.inbox == stands.inbox),
        ("due time", (now.due, now.snoozed) == (stands.due, stands.snoozed)),
        ("tags", now.tags == stands.tags),
    ];
    pairs.iter().find(|(_, same)| !same).map(|(what, _)| *what)
}

/// The first thing in which two rows differ. A row that an older version wrote lacks what that did not keep.
fn differs(wanted: &Row, found: &Row) -> Option<&'static str> {
    let pairs = [
        ("seq", wanted.seq == found.seq),
        ("holder", (wanted.holder, wanted.holder_id) == (found.holder, found.holder_id)),
        ("offer", wanted.offered_to == found.offered_to),
        ("place in the order", wanted.sort == found.sort),
        ("short name", wanted.reference == found.reference),
        ("person", wanted.person == found.person),
        ("inbox", wanted.inbox == found.inbox),
        ("due time", (wanted.due, wanted.snoozed) == (found.due, found.snoozed)),
        ("tags", wanted.tags == found.tags),
        ("content", same_data(&wanted.data, &found.data)),
    ];
    pairs.iter().find(|(_, same)| !same).map(|(what, _)| *what)
}

fn same_data(wanted: &[u8], found: &[u8]) -> bool {
    if wanted == found {
        return true;
    }
    let (Ok(mut wanted), Ok(found)) = (serde_json::from_slice::<Value>(wanted), serde_json::from_slice::<Value>(found))
    else {
        return false;
    };
    if found.get("also").is_none_or(Value::is_null)
        && let Some(wanted) = wanted.as_object_mut()
    {
        wanted.remove("also");
        if let (Some(seqs), None) =
            (wanted.get_mut("seqs").and_then(Value::as_object_mut), found.pointer("/seqs/named"))
        {
            seqs.remove("named");
        }
    }
    let mut found = found;
    if let Some(found) = found.as_object_mut().filter(|found| found.get("also").is_some_and(Value::is_null)) {
        found.remove("also");
    }
    wanted == found
}

/// Whether an entry stands as the headers say. That a mention was read is not in the log.
fn same(wanted: &Entry, found: &Entry) -> bool {
    if wanted.list != MENTIONS || found.state != READ {
        return wanted == found;
    }
    let Ok(mut data) = serde_json::from_slice::<MentionData>(&found.data) else { return false };
    data.read_at = None;
    let Ok(data) = serde_json::to_vec(&data) else { return false };
    *wanted == Entry { state: UNREAD.to_owned(), data, ..found.clone() }
}
