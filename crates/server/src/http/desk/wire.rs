//! What people's screens read: rows, events, counts. These types are the wire's, not the domain's.

use super::View;
use super::access::Standing;
use super::board::demo_inboxes;
use super::reason::{cut, sentence};
use super::texts::{Asked, House, RowTexts};
use crate::problem::Problem;
use baton_core::actor::{Actor, Who};
use baton_core::content::Part;
use baton_core::event::{Body, ErasedBy, Fact, Fate, Once, Outcome, Trigger};
use baton_core::ids::{ClientId, ConversationId, InboxId, MessageId, Ms};
use baton_core::limits;
use baton_core::ownership::{Holder, Line};
use baton_core::sabotage::{Invariant, off};
use baton_core::settings::Settings;
use baton_engine::{Opened, RowData, Seqs, entries};
use baton_kit::store::{EntryFilter, HolderKind, Row, RowFilter};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;

/// Characters of the last word in a list.
const LAST: usize = 200;
/// Events before a request among which the word that led to it is looked for.
const BEFORE: usize = 12;
/// Rows whose texts are opened side by side.
const AT_ONCE: usize = 8;

/// A row, made for one reader.
pub(super) struct Shown {
    /// Whether the reader may see it; if not, the value has no texts.
    pub(super) visible: bool,
    pub(super) value: Value,
}

impl View {
    /// The rows that this reader may see, as they are shown.
    pub(super) async fn visible_rows(&self, rows: Vec<Row>) -> Result<Vec<Value>, Problem> {
        let shown = stream::iter(rows.into_iter().map(async |row| self.row(&row).await)).buffered(AT_ONCE);
        let shown: Vec<Shown> = shown.try_collect().await?;
        Ok(shown.into_iter().filter(|row| row.visible).map(|row| row.value).collect())
    }

    /// A row as this reader sees it.
    pub(super) async fn row(&self, row: &Row) -> Result<Shown, Problem> {
        let data = data(row)?;
        let settings = self.app.engine.settings();
        let mut standing = Standing::from(&data);
        if !self.reader.may_read(&settings, &standing) {
            // Guests and the last agent stand in the state alone.
            standing = Standing::from(&*self.app.engine.conversation(&self.permit, row.id).await?);
        }
        let lists = self.reader.lists(&settings, &standing);
        let visible = !lists.is_empty();
        let texts = if visible { self.row_texts(row, &data).await? } else { Arc::default() };
        let mut value = self.row_value(row, &data, &texts, &settings);
        value["lists"] = json!(lists);
        Ok(Shown { visible, value })
    }

    pub(super) fn row_value(&self, row: &Row, data: &RowData, texts: &RowTexts, settings: &Settings) -> Value {
        let (kind, name) = holder_name(&data.holder, settings);
        let queue = data.queue.map(|id| json!({"id": id, "name": settings.queue_name(id)}));
        let named = |agent| json!({"id": agent, "name": settings.agent_name(agent)});
        let offer = data.offer.map(|(id, to, giver, due)| {
            json!({"id": id, "to": named(to), "giver": giver.map(named), "due": due, "note": texts.offer_note})
        });
        // A request of an earlier episode is history.
        let asked = texts.asked.as_deref().filter(|asked| asked.at >= data.opened_at);
        let handover = match (data.handover, asked) {
            (Some(id), _) => Some(json!({"id": id, "trigger": data.trigger, "outcome": null})),
            (None, Some(asked)) => {
                Some(json!({"id": asked.handover, "trigger": asked.trigger, "outcome": data.outcome.map(outcome)}))
            }
            (None, None) => None,
        };
        let later = match &data.holder {
            Holder::Queue { line: Line::Later, due, .. } => {
                Some(json!({"due": due, "contact": asked.and_then(|asked| asked.contact.clone())}))
            }
            _ => None,
        };
        let place = match &data.holder {
            Holder::Queue { line: Line::Live, .. } => self.app.engine.place(row.id),
            _ => None,
        };
        let last = texts.last.as_ref().map(|text| {
            json!({"at": data.said_at, "by": data.said_by.map_or("customer", |who| who_word(&who)), "text": text})
        });
        let inbox = settings.inboxes.get(&data.inbox).map_or("", |inbox| inbox.name.as_str());
        let closed = row.holder == HolderKind::Nobody;
        json!({
            "id": row.id,
            "reference": row.reference,
            "inbox": {"id": data.inbox, "name": inbox},
            "customer": {"name": texts.customer},
            "language": data.language,
            "state": if closed { "closed" } else { "open" },
            "holder": {"kind": kind, "id": row.holder_id, "name": name},
            "baton": data.baton,
            "seq": row.seq,
            "opened_at": data.opened_at,
            "since": data.since,
            "waiting_since": data.waiting_since,
            "unanswered_since": if closed { None } else { data.unanswered_since },
            "place": place,
            "priority": data.priority,
            "queue": queue,
            "offer": offer,
            "handover": handover,
            "reason": asked.map(|asked| sentence(asked.trigger, &asked.evidence, asked.wrote.as_deref())),
            "later": later,
            "last": last,
            "rating": data.rated.map(|(answered, agent, bot)| json!({"answered": answered, "agent": agent, "bot": bot})),
            "tags": row.tags,
            "snoozed_until": data.snoozed_until,
            "blocked": data.blocked,
            "demo": crate::demo::is_demo(&self.app.engine.config(), data.inbox),
            "erased": data.erased.map(|(at, by)| erasure(at, by)),
            "mentions_me": self.reader.agent.is_some_and(|agent| data.mentioned.contains(&agent)),
        })
    }

    /// The texts of a row: opened once per seq, whoever looks.
    pub(super) async fn row_texts(&self, row: &Row, data: &RowData) -> Result<Arc<RowTexts>, Problem> {
        let now = self.app.engine.runtime().now();
        let mut of = data.seqs;
        // An offer that is over has no note any more.
        of.offered = data.offer.map_or(0, |_| of.offered);
        let known = self.texts.row(row.id, now);
        if let Some(texts) = known.as_ref().filter(|texts| texts.of == of) {
            return Ok(texts.clone());
        }
        let settings = self.app.engine.settings();
        let same = |seq: fn(&Seqs) -> u64| known.as_ref().filter(|texts| seq(&texts.of) == seq(&of));
        let mut texts = RowTexts { of, ..RowTexts::default() };
        texts.customer = match same(|seqs| seqs.opened).and(same(|seqs| seqs.named)) {
            Some(known) => known.customer.clone(),
            None => self.called(row.id, of).await?,
        };
        texts.asked = match same(|seqs| seqs.asked) {
            Some(known) => known.asked.clone(),
            None => self.asked(row.id, of.asked, &settings).await?.map(Arc::new),
        };
        texts.last = match same(|seqs| seqs.said) {
            Some(known) => known.last.clone(),
            None => match self.open(row.id, of.said).await?.and_then(|opened| opened.body) {
                Some(Body::Message { content, .. }) => Some(cut(&content.plain, LAST)),
                _ => None,
            },
        };
        if let Some(Opened { body: Some(Body::Note { text }), .. }) = self.open(row.id, of.offered).await? {
            texts.offer_note = Some(text);
        }
        let texts = Arc::new(texts);
        self.texts.keep_row(row.id, texts.clone(), now);
        Ok(texts)
    }

    /// What the customer is called.
    async fn called(&self, id: ConversationId, of: Seqs) -> Result<Option<String>, Problem> {
        let customer = match self.open(id, of.opened).await?.and_then(|opened| opened.body) {
            Some(Body::Opening { name, .. }) => name,
            _ => None,
        };
        Ok(match self.open(id, of.named).await?.and_then(|opened| opened.body) {
            // An empty name takes the old one away.
            Some(Body::Customer { name: Some(name), .. }) => Some(name).filter(|name| !name.is_empty()),
            Some(Body::Identity(identity)) => identity.name.or(customer),
            _ => customer,
        })
    }

    /// The request for a person that stands at this seq.
    async fn asked(&self, id: ConversationId, seq: u64, settings: &Settings) -> Result<Option<Asked>, Problem> {
        let Some(opened) = self.open(id, seq).await? else { return Ok(None) };
        let Fact::HandoverAsked(fact) = &opened.header.fact else { return Ok(None) };
        let (evidence, contact) = match opened.body {
            Some(Body::Reason(reason)) => (reason.evidence, reason.contact),
            _ => (Vec::new(), None),
        };
        let asking = match fact.trigger {
            Trigger::Phrase | Trigger::Command | Trigger::Bot | Trigger::Abstained | Trigger::BotFailed => {
                self.wrote_before(id, seq).await?
            }
            _ => None,
        };
        let turns = asking.iter().map(|(position, _)| *position).collect();
        let in_words = matches!(fact.trigger, Trigger::Phrase | Trigger::Command);
        let wrote = asking.map(|(_, words)| words).filter(|_| in_words);
        let by = actor_name(&opened.header.actor, settings).map(str::to_owned);
        let at = opened.header.at;
        Ok(Some(Asked { handover: fact.handover, trigger: fact.trigger, evidence, wrote, turns, contact, by, at }))
    }

    /// The customer's word that led to this event: it stands just before it.
    async fn wrote_before(&self, id: ConversationId, seq: u64) -> Result<Option<(u64, String)>, Problem> {
        let before = self.app.engine.events_before(&self.permit, id, seq, BEFORE).await?;
        Ok(before.into_iter().rev().find_map(|opened| match (opened.header.actor.who, opened.body) {
            (Who::Customer, Some(Body::Message { content, .. })) => {
                opened.header.position.map(|position| (position, content.plain))
            }
            _ => None,
        }))
    }

    pub(super) async fn open(&self, id: ConversationId, seq: u64) -> Result<Option<Opened>, Problem> {
        Ok(self.app.engine.event(&self.permit, id, seq).await?)
    }

    /// How much stands in each list of this reader.
    pub(super) async fn counts(&self) -> Result<Value, Problem> {
        let house = self.count_house().await?;
        self.counts_with(&house).await
    }

    /// The same after something moved; `own`: perhaps in this reader's own lists. What all screens count alike is counted
    /// once.
    pub(super) async fn counts_anew(&self, before: &Value, own: bool) -> Result<Value, Problem> {
        let house = match self.texts.house(self.app.engine.told()) {
            Some(house) => house,
            None => self.count_house().await?,
        };
        if own || self.reader.sees_all() {
            return self.counts_with(&house).await;
        }
        let mut counts = before.clone();
        let (waiting, messages) = self.in_lines(&house);
        (counts["waiting"], counts["messages"], counts["bot"]) = (json!(waiting), json!(messages), json!(house.bot));
        Ok(counts)
    }

    /// Waiting chats and left messages in the lines that this reader sees.
    fn in_lines(&self, house: &House) -> (u64, u64) {
        let (engine, settings) = (&self.app.engine, self.app.engine.settings());
        let (mut waiting, mut messages) = (0, 0);
        for (id, queue) in &settings.queues {
            if !self.reader.sees_queue(&settings, *id) {
                continue;
            }
            match queue.line {
                Line::Live => waiting += u64::from(engine.waiting(*id)),
                Line::Later => messages += house.messages.get(id).copied().unwrap_or(0),
            }
        }
        (waiting, messages)
    }

    async fn counts_with(&self, house: &House) -> Result<Value, Problem> {
        let engine = &self.app.engine;
        let count = async |filter: RowFilter| engine.count_rows(&self.permit, filter).await;
        let (mut offered, mut mine, mut snoozed, mut mentions) = (0, 0, 0, 0);
        let mut reports_new = 0;
        if let Some(agent) = self.reader.agent {
            offered = count(RowFilter { offered_to: Some(agent.0), ..RowFilter::default() }).await?;
            let held = RowFilter { holders: vec![HolderKind::Agent], holder_id: Some(agent.0), ..RowFilter::default() };
            mine = count(RowFilter { snoozed: Some(false), ..held.clone() }).await?;
            snoozed = count(RowFilter { snoozed: Some(true), ..held }).await?;
            mentions = self.count_entries(entries::MENTIONS, entries::UNREAD, Some(agent.0), Vec::new()).await?;
        }
        if self.reader.sees_all() {
            let without = demo_inboxes(&self.app);
            reports_new = self.count_entries(entries::REPORTS, entries::NEW, None, without).await?;
        }
        let (waiting, messages) = self.in_lines(house);
        let bot = house.bot;
        Ok(json!({
            "offered": offered, "mine": mine, "waiting": waiting, "messages": messages, "bot": bot,
            "snoozed": snoozed, "mentions": mentions, "reports_new": reports_new,
        }))
    }

    async fn count_house(&self) -> Result<Arc<House>, Problem> {
        let (engine, settings) = (&self.app.engine, self.app.engine.settings());
        let told = engine.told();
        let mut house = House::default();
        let later = RowFilter { holders: vec![HolderKind::Later], ..RowFilter::default() };
        for id in settings.queues.iter().filter(|(_, queue)| queue.line == Line::Later).map(|(id, _)| *id) {
            let filter = RowFilter { holder_id: Some(id.0), ..later.clone() };
            house.messages.insert(id, engine.count_rows(&self.permit, filter).await?);
        }
        let bots = RowFilter { holders: vec![HolderKind::Bot], ..RowFilter::default() };
        house.bot = engine.count_rows(&self.permit, bots).await?;
        let house = Arc::new(house);
        self.texts.keep_house(told, house.clone());
        Ok(house)
    }

    async fn count_entries(
        &self,
        list: &str,
        state: &str,
        owner: Option<uuid::Uuid>,
        without: Vec<InboxId>,
    ) -> Result<u64, Problem> {
        let filter =
            EntryFilter { list: list.into(), state: Some(state.into()), owner, without, ..EntryFilter::default() };
        Ok(self.app.engine.tally(&self.permit, filter).await?.iter().map(|tally| tally.count).sum())
    }

    /// The row of one conversation, for one who may read it.
    pub(super) async fn readable(&self, id: ConversationId) -> Result<(Row, Value), Problem> {
        use baton_core::refusal::Refusal;
        let row = self.app.engine.row(&self.permit, id).await?.ok_or(Refusal::NotFound)?;
        let shown = self.row(&row).await?;
        if !shown.visible && !off(Invariant::StrangerSeesNothing) {
            return Err(Refusal::NotAllowed.into());
        }
        Ok((row, shown.value))
    }
}

/// The rest of a row.
pub(super) fn data(row: &Row) -> Result<RowData, Problem> {
    serde_json::from_slice(&row.data).map_err(|error| {
        tracing::error!(conversation = %row.id, %error, "a list row cannot be read");
        Problem::new(500, "internal", "A list entry cannot be read. It was logged.")
    })
}

/// An event as people see it.
#[derive(Serialize)]
pub(super) struct Event<'a> {
    seq: u64,
    position: Option<u64>,
    at: Ms,
    kind: &'static str,
    actor: Speaker<'a>,
    baton: Option<u64>,
    fate: Option<&'static str>,
    message: Option<MessageId>,
    parts: Option<&'a [Part]>,
    plain: Option<Cow<'a, str>>,
    facts: Facts,
    body: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_out: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
}

#[derive(Serialize)]
struct Speaker<'a> {
    kind: &'static str,
    id: Option<Uuid>,
    name: Option<&'a str>,
}

/// What its kind says of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Facts {
    Whole(Option<Box<RawValue>>),
    Named(Value),
}

/// An event as people see it. Every seq is sent, so that a screen can tell a gap.
pub(super) fn event<'a>(opened: &'a Opened, settings: &'a Settings) -> Event<'a> {
    let header = &opened.header;
    let facts = header.fact.to_json().ok();
    let facts = match (&header.fact, &facts) {
        (Fact::HolderSet(set), Some(raw)) => {
            let mut facts: Value = serde_json::from_str(raw.get()).unwrap_or_default();
            if let Some(holder) = facts.get_mut("holder").and_then(Value::as_object_mut) {
                holder.insert("name".into(), json!(holder_name(&set.holder, settings).1));
            }
            Facts::Named(facts)
        }
        _ => Facts::Whole(facts),
    };
    let (mut message, mut fate, mut once) = (None, None, None);
    match &header.fact {
        Fact::Said(said) => (message, fate, once) = (Some(said.message), Some(fate_word(said.fate)), said.once),
        Fact::Edited(edited) => (message, fate) = (Some(edited.message), Some("shown")),
        _ => {}
    }
    let mut name = actor_name(&header.actor, settings);
    let (mut parts, mut plain, mut body, mut taken_out) = (None, None, None, None);
    match &opened.body {
        Some(Body::Message { content, shown_name, bot }) => {
            parts = Some(content.parts.as_slice());
            plain = Some(Cow::Borrowed(content.plain.as_str()));
            name = shown_name.as_deref().or(name);
            body = bot.as_ref().map(|bot| json!({"bot": bot}));
            taken_out = Some(content.originals.len()).filter(|count| *count > 0);
        }
        Some(other) => {
            let mut json = json!(other);
            if let Some(members) = json.as_object_mut() {
                members.remove("body");
            }
            let words = json.get("words").or(json.get("text")).and_then(Value::as_str);
            plain = words.map(|words| Cow::Owned(words.to_owned()));
            body = Some(json);
        }
        None => {}
    }
    let (kind, id) = actor_id(&header.actor);
    let (client, counter) = match once {
        Some(Once::Client { client, counter }) => (Some(client), Some(counter)),
        _ => (None, None),
    };
    Event {
        seq: header.seq,
        position: header.position,
        at: header.at,
        kind: header.fact.kind(),
        actor: Speaker { kind, id, name },
        baton: header.baton,
        fate,
        message,
        parts,
        plain,
        facts,
        body,
        erased: (header.body.is_some() && opened.body.is_none()).then_some(true),
        taken_out,
        client,
        counter,
    }
}

/// When and by what words were erased.
fn erasure(at: baton_core::ids::Ms, by: ErasedBy) -> Value {
    let (by, days) = match by {
        ErasedBy::Rule { days } => ("rule", Some(days)),
        ErasedBy::Customer => ("customer", None),
    };
    json!({"at": at, "by": by, "days": days})
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Shown => "shown",
        Fate::Withheld => "withheld",
        Fate::Held { .. } => "held",
        Fate::Draft { .. } => "draft",
        Fate::Released { .. } => "released",
        Fate::Interrupted => "interrupted",
        Fate::Note => "note",
        Fate::Whisper => "whisper",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Abandoned => "abandoned",
        Outcome::Withdrawn => "withdrawn",
        Outcome::Redirected { .. } => "redirected",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
        Outcome::Expired => "expired",
    }
}

fn who_word(who: &Who) -> &'static str {
    match who {
        Who::Customer => "customer",
        Who::Bot { .. } => "bot",
        Who::Agent { .. } | Who::Integration { .. } => "agent",
        Who::Target { .. } => "target",
        Who::System { .. } | Who::Import { .. } => "system",
    }
}

/// Who said something, in a word.
pub(super) fn speaker(actor: &Actor) -> &'static str {
    if actor.acting_agent().is_some() { "agent" } else { who_word(&actor.who) }
}

/// An integration that acts for an agent is that agent to the readers; the facts of the log still know better.
fn actor_id(actor: &Actor) -> (&'static str, Option<uuid::Uuid>) {
    match (actor.who, actor.on_behalf) {
        (Who::Integration { .. }, Some(agent)) => ("agent", Some(agent.0)),
        (Who::Integration { id }, None) => ("integration", Some(id.0)),
        (Who::Bot { id } | Who::Target { id, .. }, _) => (who_word(&actor.who), Some(id.0)),
        (Who::Agent { id }, _) => ("agent", Some(id.0)),
        (who, _) => (who_word(&who), None),
    }
}

fn actor_name<'a>(actor: &Actor, settings: &'a Settings) -> Option<&'a str> {
    match (actor.who, actor.acting_agent()) {
        (_, Some(agent)) => Some(settings.agent_name(agent)),
        (Who::Bot { id } | Who::Target { id, .. }, _) => Some(settings.connection_name(id)),
        _ => None,
    }
}

pub(super) fn holder_name(holder: &Holder, settings: &Settings) -> (&'static str, Option<String>) {
    match holder {
        Holder::Bot { connection, .. } => ("bot", Some(settings.connection_name(*connection).to_owned())),
        Holder::Queue { line: Line::Live, queue, .. } => ("queue", Some(settings.queue_name(*queue).to_owned())),
        Holder::Queue { line: Line::Later, queue, .. } => ("later", Some(settings.queue_name(*queue).to_owned())),
        Holder::Agent { agent, .. } => ("agent", Some(settings.agent_name(*agent).to_owned())),
        Holder::Target { connection, .. } => ("target", Some(settings.connection_name(*connection).to_owned())),
        Holder::Nobody { .. } => ("nobody", None),
    }
}

/// A page's size.
pub(super) fn page(asked: Option<usize>, usual: usize, most: usize) -> usize {
    asked.unwrap_or(usual).clamp(1, most.min(limits::PAGE))
}
