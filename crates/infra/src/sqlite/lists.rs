//! Queries of lists: rows of conversations, entries of everything else.

use super::code::{HOLDERS, column, count, holder_code, list_entry, list_row, most};
use super::fault::Fault;
use super::reads::{all, one};
use baton_core::ids::{ConversationId, InboxId, Ms};
use baton_kit::store::{Entry, EntryFilter, Row, RowFilter, Tally};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

const ROW: &str =
    "SELECT id, seq, holder, holder_id, offered_to, sort, reference, person, inbox, due, snoozed, tags, data
                   FROM list_rows WHERE";

/// One list row.
pub(super) fn row(db: &Connection, id: ConversationId) -> Result<Option<Row>, Fault> {
    one(db, &format!("{ROW} id = ?1"), [id.0.as_bytes()], list_row)
}

/// Conditions with the values that they name.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn and(&mut self, sql: &str, value: impl Into<Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.push(value.into());
    }

    fn id(&mut self, sql: &str, id: Option<Uuid>) {
        if let Some(id) = id {
            self.and(sql, id.as_bytes().to_vec());
        }
    }

    fn text(&mut self, sql: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.and(sql, text.clone());
        }
    }

    fn number(&mut self, sql: &str, number: Option<Ms>) {
        if let Some(number) = number {
            self.and(sql, number);
        }
    }

    /// `before`, a place for each inbox in brackets, `after`.
    fn inboxes(&mut self, before: &str, inboxes: &[InboxId], after: &str) {
        if !inboxes.is_empty() {
            let places = vec!["?"; inboxes.len()].join(", ");
            self.sql.push_str(&format!(" AND {before} ({places}){after}"));
            self.values.extend(inboxes.iter().map(|inbox| Value::Blob(inbox.0.as_bytes().to_vec())));
        }
    }
}

/// A filter as conditions. `holders` stands apart, because it decides how the index is used.
fn conditions(filter: &RowFilter) -> Conditions {
    let mut out = Conditions { sql: String::from(" 1"), values: Vec::new() };
    out.id("holder_id = ?", filter.holder_id);
    out.id("offered_to = ?", filter.offered_to);
    out.text("reference = ?", filter.reference.as_ref());
    out.id("person = ?", filter.person.map(|person| person.0));
    out.inboxes("inbox IN", &filter.inboxes, "");
    out.inboxes("(inbox IS NULL OR inbox NOT IN", &filter.without, ")");
    if let Some(snoozed) = filter.snoozed {
        out.sql.push_str(if snoozed { " AND snoozed = 1" } else { " AND snoozed = 0" });
    }
    out.id("id IN (SELECT id FROM row_tags WHERE tag = ?)", filter.tag);
    out.number("due < ?", filter.due_before);
    out
}

fn holders(filter: &RowFilter) -> Vec<i64> {
    if filter.holders.is_empty() {
        return HOLDERS.iter().map(|(_, code)| *code).collect();
    }
    let mut codes: Vec<_> = filter.holders.iter().map(|holder| holder_code(*holder)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn one_of(codes: &[i64]) -> String {
    let codes: Vec<_> = codes.iter().map(i64::to_string).collect();
    format!(" AND holder IN ({})", codes.join(", "))
}

/// Does it name somebody, one conversation or a tag? Then its index gives the order; else each kind of holder is read in
/// order and the lists are merged, so that a page never sorts a whole list.
fn narrow(filter: &RowFilter) -> bool {
    filter.holder_id.is_some()
        || filter.offered_to.is_some()
        || filter.reference.is_some()
        || filter.person.is_some()
        || filter.tag.is_some()
}

/// A page of list rows.
pub(super) fn rows(db: &Connection, filter: &RowFilter) -> Result<Vec<Row>, Fault> {
    let codes = holders(filter);
    let parts: Vec<_> = if narrow(filter) {
        vec![one_of(&codes)]
    } else {
        codes.iter().map(|code| format!(" AND holder = {code}")).collect()
    };
    let Conditions { sql: conditions, mut values } = conditions(filter);
    let (than, order) = if filter.newest_first { ("<", "DESC") } else { (">", "ASC") };
    let mut after = "";
    let than = format!(" AND (sort, id) {than} (?, ?)");
    if let Some((sort, id)) = filter.after {
        values.extend([Value::Integer(sort), Value::Blob(id.0.as_bytes().to_vec())]);
        after = &than;
    }
    values.push(Value::Integer(most(filter.limit)));
    // One view for all parts: a conversation that changes hands in between must not be listed twice.
    let view = db.unchecked_transaction()?;
    let mut found = Vec::new();
    for part in &parts {
        let sql = format!("{ROW}{conditions}{part}{after} ORDER BY sort {order}, id {order} LIMIT ?");
        found.extend(all(&view, &sql, params_from_iter(&values), list_row)?);
    }
    view.finish()?;
    found.sort_by_key(|row| (row.sort, row.id));
    if filter.newest_first {
        found.reverse();
    }
    found.truncate(filter.limit);
    Ok(found)
}

/// How many list rows.
pub(super) fn count_rows(db: &Connection, filter: &RowFilter) -> Result<u64, Fault> {
    let Conditions { sql: conditions, values } = conditions(filter);
    let sql = format!("SELECT count(*) FROM list_rows WHERE{conditions}{}", one_of(&holders(filter)));
    Ok(one(db, &sql, params_from_iter(&values), |row| column(row, 0))?.map_or(0, count))
}

/// The earliest due time among list rows.
pub(super) fn next_row_due(db: &Connection, filter: &RowFilter) -> Result<Option<Ms>, Fault> {
    let Conditions { sql: conditions, values } = conditions(filter);
    let sql =
        format!("SELECT min(due) FROM list_rows WHERE{conditions}{} AND due IS NOT NULL", one_of(&holders(filter)));
    Ok(one(db, &sql, params_from_iter(&values), |row| column(row, 0))?.flatten())
}

const ENTRY: &str =
    "SELECT list, id, conversation, inbox, owner, state, mark_1, mark_2, at, seq, data FROM entries WHERE list = ?";

/// One entry of a list.
pub(super) fn entry(db: &Connection, list: &str, id: Uuid) -> Result<Option<Entry>, Fault> {
    one(db, &format!("{ENTRY} AND id = ?"), (list, id.as_bytes()), list_entry)
}

fn entry_conditions(filter: &EntryFilter) -> Conditions {
    let mut out = Conditions { sql: String::new(), values: vec![Value::Text(filter.list.clone())] };
    out.text("state = ?", filter.state.as_ref());
    out.text("mark_1 = ?", filter.marks[0].as_ref());
    out.text("mark_2 = ?", filter.marks[1].as_ref());
    out.id("owner = ?", filter.owner);
    out.inboxes("(inbox IS NULL OR inbox NOT IN", &filter.without, ")");
    out.number("at >= ?", filter.from);
    out.number("at < ?", filter.to);
    out
}

/// A page of entries, newest first.
pub(super) fn entries(db: &Connection, filter: &EntryFilter) -> Result<Vec<Entry>, Fault> {
    let Conditions { mut sql, mut values } = entry_conditions(filter);
    if let Some((at, id)) = filter.after {
        sql.push_str(" AND (at, id) < (?, ?)");
        values.extend([Value::Integer(at), Value::Blob(id.as_bytes().to_vec())]);
    }
    values.push(Value::Integer(most(filter.limit)));
    all(db, &format!("{ENTRY}{sql} ORDER BY at DESC, id DESC LIMIT ?"), params_from_iter(&values), list_entry)
}

/// How many entries, by state and words.
pub(super) fn tally(db: &Connection, filter: &EntryFilter) -> Result<Vec<Tally>, Fault> {
    let Conditions { sql, values } = entry_conditions(filter);
    let sql = format!(
        "SELECT state, mark_1, mark_2, count(*) FROM entries WHERE list = ?{sql} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    );
    all(db, &sql, params_from_iter(&values), |row| {
        Ok(Tally { state: column(row, 0)?, marks: [column(row, 1)?, column(row, 2)?], count: count(column(row, 3)?) })
    })
}
