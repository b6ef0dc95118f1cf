//! Lists of conversations, a page at a time.

use super::board::demo_inboxes;
use super::{Desk, View};
use crate::json::Query;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::event::Outcome;
use baton_core::ids::{ConversationId, InboxId, Ms, PersonId, QueueId, TagId};
use baton_core::limits;
use baton_engine::entries::{self, HandoverData};
use baton_kit::store::{EntryFilter, HolderKind, Row, RowFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Store pages that one request looks through when most rows are not the reader's; the cursor then goes on from there.
const SCANS: usize = 5;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
    Offered,
    Mine,
    Waiting,
    Messages,
    Bot,
    #[default]
    All,
    Closed,
    Snoozed,
    /// With people of the house or of a target.
    People,
}

/// Whether demo data are listed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Demo {
    Only,
    None,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    list: List,
    limit: Option<usize>,
    cursor: Option<String>,
    /// The short name of one conversation.
    reference: Option<String>,
    inbox: Option<InboxId>,
    queue: Option<QueueId>,
    tag: Option<TagId>,
    holder_id: Option<Uuid>,
    person: Option<PersonId>,
    demo: Option<Demo>,
    /// Promises whose time has passed.
    #[serde(default)]
    overdue: bool,
}

pub(super) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let view = desk.view()?;
    let limit = super::wire::page(asked.limit, 50, limits::LIST_PAGE);
    let after = asked.cursor.as_deref().filter(|text| !text.is_empty()).map(read_cursor).transpose()?;
    let counts = view.counts().await?;
    let (mut items, mut next, mut total) = (Vec::new(), None, view.reader.sees_all().then_some(0));
    if let Some(filter) = view.filter(asked.list).and_then(|filter| asked.narrowed(filter, &view)) {
        // What stands in a list of somebody who does not see all is known only by looking at each row.
        if total.is_some() {
            total = Some(view.app.engine.count_rows(&view.permit, filter.clone()).await?);
        }
        (items, next) = view.page(filter, after, limit).await?;
    }
    let mut answer = json!({"items": items, "cursor": next, "counts": counts, "total": total});
    if asked.list == List::Waiting {
        answer["last_waited_ms"] = view.last_waited().await?.into();
    }
    Ok(axum::Json(answer).into_response())
}

impl Asked {
    /// The list narrowed to what is asked for; `None`: nothing can stand in it.
    fn narrowed(&self, mut filter: RowFilter, view: &View) -> Option<RowFilter> {
        filter.reference = self.reference.as_ref().map(|text| text.trim().to_uppercase());
        // A list that names its holder has no other one's chats.
        for holder in self.holder_id.into_iter().chain(self.queue.map(|queue| queue.0)) {
            if filter.holder_id.replace(holder).is_some_and(|before| before != holder) {
                return None;
            }
        }
        filter.person = self.person;
        filter.tag = self.tag.map(|tag| tag.0);
        filter.inboxes.extend(self.inbox);
        if self.overdue {
            filter.due_before = Some(view.app.engine.runtime().now());
        }
        if let Some(demo) = self.demo {
            let inboxes = demo_inboxes(&view.app);
            match (demo, self.inbox) {
                (Demo::None, _) => filter.without = inboxes,
                (Demo::Only, Some(inbox)) if inboxes.contains(&inbox) => {}
                (Demo::Only, Some(_)) => return None,
                (Demo::Only, None) if inboxes.is_empty() => return None,
                (Demo::Only, None) => filter.inboxes = inboxes,
            }
        }
        Some(filter)
    }
}

impl View {
    /// How long the customer waited to whom a person came last.
    async fn last_waited(&self) -> Result<Option<Ms>, Problem> {
        let filter = EntryFilter {
            list: entries::HANDOVERS.into(),
            state: Some(entries::word(&Outcome::Accepted)),
            without: demo_inboxes(&self.app),
            limit: 1,
            ..EntryFilter::default()
        };
        let Some(last) = self.app.engine.entries(&self.permit, filter).await?.pop() else { return Ok(None) };
        let data: HandoverData = super::handovers::data(&last)?;
        Ok(data.ended_at.map(|ended| ended - last.at))
    }

    /// The rows of a list; `None`: it is empty for this reader.
    fn filter(&self, list: List) -> Option<RowFilter> {
        use HolderKind::{Agent, Bot, Later, Nobody, Queue, Target};
        let agent = self.reader.agent.map(|agent| agent.0);
        let held = |holders: &[HolderKind], newest_first| RowFilter {
            holders: holders.to_vec(),
            newest_first,
            ..RowFilter::default()
        };
        Some(match list {
            List::Offered => RowFilter { offered_to: Some(agent?), ..RowFilter::default() },
            List::Mine => RowFilter { holder_id: Some(agent?), snoozed: Some(false), ..held(&[Agent], true) },
            List::Snoozed => RowFilter { holder_id: Some(agent?), snoozed: Some(true), ..held(&[Agent], true) },
            List::People => held(&[Agent, Target], true),
            List::Waiting => held(&[Queue], false),
            List::Messages => held(&[Later], false),
            List::Bot => held(&[Bot], true),
            List::All => held(&[Bot, Queue, Later, Agent, Target], true),
            List::Closed => held(&[Nobody], true),
        })
    }

    async fn page(
        &self,
        mut filter: RowFilter,
        after: Option<(Ms, ConversationId)>,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<String>), Problem> {
        let mut items: Vec<Value> = Vec::new();
        filter.after = after;
        for _ in 0..SCANS {
            filter.limit = limit - items.len();
            let rows = self.app.engine.rows(&self.permit, filter.clone()).await?;
            let full = rows.len() == filter.limit;
            filter.after = rows.last().map(|row| (row.sort, row.id)).or(filter.after);
            items.extend(self.visible_rows(rows).await?);
            if !full {
                return Ok((items, None));
            }
            if items.len() >= limit {
                break;
            }
        }
        Ok((items, filter.after.map(write_cursor)))
    }

    /// Open rows for a fresh screen, at most `most`: what is this reader's own first, then who waits, then the rest.
    pub(super) async fn snapshot(&self, most: usize) -> Result<Vec<Value>, Problem> {
        let mut rows: Vec<Row> = Vec::new();
        for list in [List::Offered, List::Mine, List::Snoozed, List::Waiting, List::Messages, List::Bot, List::All] {
            let Some(filter) = self.filter(list) else { continue };
            if rows.len() >= most || (list == List::All && !self.reader.sees_all()) {
                continue;
            }
            let filter = RowFilter { limit: most, ..filter };
            for row in self.app.engine.rows(&self.permit, filter).await? {
                if rows.len() < most && !rows.iter().any(|other| other.id == row.id) {
                    rows.push(row);
                }
            }
        }
        self.visible_rows(rows).await
    }
}

pub(super) fn write_cursor((sort, id): (Ms, ConversationId)) -> String {
    format!("{sort:x}.{}", id.0.simple())
}

pub(super) fn read_cursor(text: &str) -> Result<(Ms, ConversationId), Problem> {
    let read = |text: &str| {
        let (sort, id) = text.split_once('.')?;
        Some((Ms::from_str_radix(sort, 16).ok()?, id.parse().ok()?))
    };
    read(text).ok_or_else(|| Problem::new(400, "cursor_malformed", "This is no cursor of a list."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_cursor_reads_what_it_wrote_and_nothing_else() {
        let at = (1_764_000_000_000, ConversationId(uuid::Uuid::from_u128(7)));
        assert_eq!(read_cursor(&write_cursor(at)).ok(), Some(at));
        for bad in ["", "x", "1.x", "zz.00000000000000000000000000000007"] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
