//! Search over what was said: candidates come from the index, and only what this reader may see is opened and shown.

use super::access::Standing;
use super::{Desk, View, wire};
use crate::json::Query;
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::ids::{AgentId, ConversationId, InboxId, Ms, TagId};
use baton_core::limits;
use baton_core::settings::Settings;
use baton_engine::search::{Asked, Hit, Narrow, Search, Wrong};
use baton_kit::search::{By, Found, Place};
use baton_kit::store::{HolderKind, Row, RowFilter};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Rows that are looked at side by side.
const AT_ONCE: usize = 8;
/// Times that one request looks further down when nothing among the newest is the reader's; the cursor then goes on.
const ROUNDS: usize = 5;
/// Conversations with one short name that are looked at.
const NAMESAKES: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Closed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Party {
    Customer,
    Bot,
    Agent,
}

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    q: String,
    inbox: Option<InboxId>,
    agent: Option<AgentId>,
    tag: Option<TagId>,
    by: Option<Party>,
    state: Option<State>,
    from: Option<Ms>,
    to: Option<Ms>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// What rows must be like.
struct Rows {
    tags: Vec<Uuid>,
    state: Option<State>,
}

/// One page of what was found.
#[derive(Default)]
struct Shown {
    items: Vec<Value>,
    /// Where the next page goes on.
    next: Option<Place>,
    /// Conversations that this reader may see, as far as was looked.
    total: u64,
    /// All were looked at.
    exact: bool,
}

fn invalid(why: impl Into<String>) -> Problem {
    Problem::new(422, "query_invalid", why)
}

pub(super) async fn search(desk: Desk, Query(request): Query<Request>) -> Result<Response, Problem> {
    let view = desk.view()?;
    let (engine, search) = (&view.app.engine, &view.app.search);
    let began = engine.runtime().now();
    let asked = read(search, &request)?;
    // Before looking: what comes in meanwhile may not have been found.
    let behind = search.behind().await?;
    let (narrow, rows) = view.narrow(&asked, &request).await?;
    let limit = wire::page(request.limit, 20, limits::SEARCH_PAGE);
    let before = request.cursor.as_deref().filter(|text| !text.is_empty()).map(read_cursor).transpose()?;
    let mut shown = match &narrow.only {
        // A short name alone needs no index.
        Some(only) if !asked.has_words() => view.named(only, &rows, limit).await?,
        _ => view.found(&asked, &narrow, &rows, before.map(|(place, ..)| place), limit).await?,
    };
    if let Some((_, total, exact)) = before {
        (shown.total, shown.exact) = (total, exact);
    }
    let mut meant = None;
    if shown.total == 0 && shown.exact && before.is_none() {
        for suggestion in search.suggest(&asked).await? {
            let Ok(other) = search.parse(&suggestion.question) else { continue };
            let others = view.found(&other, &narrow, &rows, None, 1).await?;
            if others.total > 0 {
                meant = Some(json!({"word": suggestion.word, "count": others.total}));
                break;
            }
        }
    }
    let cursor = shown.next.map(|place| write_cursor(place, shown.total, shown.exact));
    let body = json!({
        "items": shown.items,
        "cursor": cursor,
        "total": shown.total,
        "total_exact": shown.exact,
        "took_ms": (engine.runtime().now() - began).max(0),
        "behind": behind,
        "did_you_mean": meant,
    });
    Ok(axum::Json(body).into_response())
}

/// The question; without words, if a filter is set.
fn read(search: &Search, request: &Request) -> Result<Asked, Problem> {
    let filtered = request.inbox.is_some()
        || request.agent.is_some()
        || request.tag.is_some()
        || request.state.is_some()
        || request.from.is_some()
        || request.to.is_some();
    match search.parse(&request.q) {
        Err(Wrong::Empty) if filtered => Ok(Asked::default()),
        other => other.map_err(|wrong| invalid(wrong.to_string())),
    }
}

fn inbox_named(settings: &Settings, name: &str) -> Option<InboxId> {
    let same = |text: &str| text.to_lowercase() == name.to_lowercase();
    settings.inboxes.iter().find(|(_, inbox)| same(&inbox.slug) || same(&inbox.name)).map(|(id, _)| *id)
}

fn tag_named(settings: &Settings, name: &str) -> Option<TagId> {
    settings.tags.iter().find(|(_, tag)| tag.name.to_lowercase() == name.to_lowercase()).map(|(id, _)| *id)
}

impl View {
    /// What is meant by names, and by the filters beside the question.
    async fn narrow(&self, asked: &Asked, request: &Request) -> Result<(Narrow, Rows), Problem> {
        let settings = self.app.engine.settings();
        let mut inboxes: Vec<InboxId> = request.inbox.into_iter().collect();
        for name in &asked.inboxes {
            let id = inbox_named(&settings, name).ok_or_else(|| invalid("inbox: names no inbox of this hub."))?;
            // Beside one that was picked it must be the same.
            if request.inbox.is_some_and(|picked| picked != id) {
                return Err(invalid("inbox: and the inbox that was picked are not the same."));
            }
            inboxes.push(id);
        }
        let mut tags: Vec<Uuid> = request.tag.into_iter().map(|tag| tag.0).collect();
        for name in &asked.tags {
            let id = tag_named(&settings, name).ok_or_else(|| invalid("tag: names no tag of this hub."))?;
            tags.push(id.0);
        }
        let mut only = None;
        for name in &asked.references {
            let name = if name.starts_with("B-") { name.clone() } else { format!("B-{name}") };
            let filter =
                RowFilter { reference: Some(name), newest_first: true, limit: NAMESAKES, ..RowFilter::default() };
            let rows = self.app.engine.rows(&self.permit, filter).await?;
            only.get_or_insert_with(Vec::new).extend(rows.into_iter().map(|row| row.id));
        }
        let by = request.by.map(|by| match by {
            Party::Customer => By::Customer,
            Party::Bot => By::Bot,
            Party::Agent => By::Person,
        });
        let narrow = Narrow { by, inboxes, agent: request.agent, only, from: request.from, to: request.to };
        Ok((narrow, Rows { tags, state: request.state }))
    }

    /// The row, if this reader may see it and it is as wanted. Opens no texts.
    async fn seen(&self, id: ConversationId, wanted: &Rows) -> Result<Option<Row>, Problem> {
        let engine = &self.app.engine;
        let Some(row) = engine.row(&self.permit, id).await? else { return Ok(None) };
        let closed = row.holder == HolderKind::Nobody;
        let state = wanted.state.is_none_or(|state| (state == State::Closed) == closed);
        if !state || !wanted.tags.iter().all(|tag| row.tags.contains(tag)) {
            return Ok(None);
        }
        Ok(self.sees(&row).await?.then_some(row))
    }

    /// Whether this reader may see the conversation of a row. Opens no texts.
    pub(super) async fn sees(&self, row: &Row) -> Result<bool, Problem> {
        let engine = &self.app.engine;
        let (data, settings) = (wire::data(row)?, engine.settings());
        if self.reader.may_read(&settings, &Standing::from(&data)) {
            return Ok(true);
        }
        // Only one whom the row names can be allowed by the state; rows from before that was kept name nobody.
        let me = self.reader.agent;
        if me.is_none() || data.also.is_some_and(|also| !also.iter().any(|agent| me == Some(*agent))) {
            return Ok(false);
        }
        let state = engine.conversation(&self.permit, row.id).await?;
        Ok(self.reader.may_read(&settings, &Standing::from(&*state)))
    }

    /// Conversations by their short names alone.
    async fn named(&self, only: &[ConversationId], wanted: &Rows, limit: usize) -> Result<Shown, Problem> {
        let mut shown = Shown { exact: true, ..Shown::default() };
        for id in only {
            let Some(row) = self.seen(*id, wanted).await? else { continue };
            shown.total += 1;
            if shown.items.len() < limit {
                shown.items.push(json!({"row": self.row(&row).await?.value, "hits": []}));
            }
        }
        Ok(shown)
    }

    /// What was found, from the first candidates that are this reader's.
    async fn found(
        &self,
        asked: &Asked,
        narrow: &Narrow,
        wanted: &Rows,
        before: Option<Place>,
        limit: usize,
    ) -> Result<Shown, Problem> {
        let mut shown = self.round(asked, narrow, wanted, before, limit).await?;
        for _ in 1..ROUNDS {
            if !shown.items.is_empty() || shown.next.is_none() {
                break;
            }
            shown = self.round(asked, narrow, wanted, shown.next, limit).await?;
        }
        Ok(shown)
    }

    /// What the index found, as far as this reader may see it and the words are there.
    async fn round(
        &self,
        asked: &Asked,
        narrow: &Narrow,
        wanted: &Rows,
        before: Option<Place>,
        limit: usize,
    ) -> Result<Shown, Problem> {
        let search = &self.app.search;
        let page = search.find(&self.permit, asked, narrow, before, limits::SEARCH_CHECKED).await?;
        let seen = stream::iter(page.found).map(async |found| {
            let row = self.seen(found.conversation, wanted).await?;
            Ok::<_, Problem>((found, row))
        });
        let seen: Vec<(Found, Option<Row>)> = seen.buffered(AT_ONCE).try_collect().await?;
        let mut shown = Shown::default();
        let (mut unopened, mut last) = (0, None);
        for (found, row) in seen {
            let Some(row) = row else {
                last = if unopened == 0 { Some(found.place) } else { last };
                continue;
            };
            if shown.items.len() == limit {
                unopened += 1;
                continue;
            }
            last = Some(found.place);
            let hits = if asked.has_words() {
                search.hits(&self.permit, asked, narrow, &found).await?
            } else {
                Some(Vec::new())
            };
            if let Some(hits) = hits {
                let hits: Vec<Value> = hits.iter().map(hit).collect();
                shown.items.push(json!({"row": self.row(&row).await?.value, "hits": hits}));
            }
        }
        shown.total = shown.items.len() as u64 + unopened;
        shown.exact = !page.more && (unopened == 0 || !asked.has_phrases());
        shown.next = last.filter(|_| unopened > 0 || page.more);
        Ok(shown)
    }
}

fn hit(hit: &Hit) -> Value {
    let pieces: Vec<Value> = hit.snippet.iter().map(|piece| json!({"text": piece.text, "hit": piece.hit})).collect();
    json!({"seq": hit.seq, "at": hit.at, "by": wire::speaker(&hit.by), "snippet": pieces})
}

/// The place, and the total that the first page told.
fn write_cursor(place: Place, total: u64, exact: bool) -> String {
    format!("{:x}.{total:x}.{}", place.0, u8::from(exact))
}

fn read_cursor(text: &str) -> Result<(Place, u64, bool), Problem> {
    let read = |text: &str| {
        let mut parts = text.split('.');
        let place = u64::from_str_radix(parts.next()?, 16).ok()?;
        let total = u64::from_str_radix(parts.next()?, 16).ok()?;
        let exact = match parts.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        parts.next().is_none().then_some((Place(place), total, exact))
    };
    read(text).ok_or_else(|| Problem::new(400, "cursor_malformed", "This is no cursor of a search."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_cursor_reads_what_it_wrote_and_nothing_else() {
        let text = write_cursor(Place(77), 400, false);
        assert_eq!(read_cursor(&text).ok(), Some((Place(77), 400, false)));
        for bad in ["", "x", "1.2", "1.2.3", "1.2.1.1", "zz.1.1"] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
