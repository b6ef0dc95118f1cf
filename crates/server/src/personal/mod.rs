//! What is kept of a person, written out for them: as JSON for programs and as a page for people, with their files. And
//! what the command line does with persons.

mod page;
pub(crate) mod zip;

use anyhow::{Context, Result, bail};
use baton_core::actor::Part;
use baton_core::content::Part as Piece;
use baton_core::event::{Body, Fact, Fate};
use baton_core::ids::{ConversationId, PersonId, reference};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_engine::{Engine, Error, Opened};
use baton_kit::store::{Row, RowFilter};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

/// A file that goes along.
pub(crate) struct Attached {
    pub(crate) conversation: ConversationId,
    pub(crate) blob: String,
    /// Where it lies beside the page.
    pub(crate) path: String,
}

/// Everything about one person.
pub(crate) struct Copied {
    pub(crate) json: Value,
    pub(crate) files: Vec<Attached>,
}

impl Copied {
    /// The page.
    pub(crate) fn html(&self) -> String {
        page::html(&self.json)
    }

    /// The JSON, for people who open it in an editor, too.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string_pretty(&self.json).unwrap_or_default()
    }
}

fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// Reads everything of these conversations.
pub(crate) async fn copy(engine: &Engine, permit: &Permit, person: PersonId, rows: Vec<Row>) -> Result<Copied, Error> {
    let mut files = Vec::new();
    let mut conversations = Vec::new();
    let (mut names, mut contacts) = (Vec::new(), Vec::new());
    for row in rows {
        let one = conversation(engine, permit, &row, &mut files).await?;
        for (known, key) in [(&mut names, "names"), (&mut contacts, "contacts")] {
            for value in one[key].as_array().into_iter().flatten() {
                if !known.contains(value) {
                    known.push(value.clone());
                }
            }
        }
        conversations.push(one);
    }
    let json = json!({
        "format": "baton-person-1",
        "made_at": moment(engine.runtime().now()),
        "person": person,
        "names": names,
        "contacts": contacts,
        "conversations": conversations,
    });
    Ok(Copied { json, files })
}

fn push(list: &mut Vec<Value>, value: Option<&String>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        let value = json!(value);
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

async fn conversation(engine: &Engine, permit: &Permit, row: &Row, files: &mut Vec<Attached>) -> Result<Value, Error> {
    let settings = engine.settings();
    let (mut names, mut contacts, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let mut after = 0;
    loop {
        let page = engine.events(permit, row.id, after, limits::PAGE).await?;
        for opened in &page {
            after = opened.header.seq;
            known(opened, &mut names, &mut contacts);
            events.extend(event(opened, row.id, &settings, files));
        }
        if page.len() < limits::PAGE {
            break;
        }
    }
    let inbox = row.inbox.and_then(|id| settings.inboxes.get(&id)).map(|inbox| inbox.name.clone());
    let tags: Vec<String> = row
        .tags
        .iter()
        .filter_map(|id| settings.tags.get(&baton_core::ids::TagId(*id)).map(|tag| tag.name.clone()))
        .collect();
    Ok(json!({
        "id": row.id,
        "reference": reference(row.id),
        "inbox": inbox,
        "tags": tags,
        "names": names,
        "contacts": contacts,
        "events": events,
    }))
}

fn known(opened: &Opened, names: &mut Vec<Value>, contacts: &mut Vec<Value>) {
    match &opened.body {
        Some(Body::Opening { name, contact, .. } | Body::Customer { name, contact }) => {
            push(names, name.as_ref());
            push(contacts, contact.as_ref());
        }
        Some(Body::Identity(identity)) => {
            push(names, identity.name.as_ref());
            push(contacts, identity.mail.as_ref());
            push(contacts, identity.phone.as_ref());
        }
        Some(Body::Reason(reason)) => push(contacts, reason.contact.as_ref()),
        _ => {}
    }
}

/// An event as the person may read it: what happened, by whom, and every word of it.
fn event(
    opened: &Opened,
    id: ConversationId,
    settings: &baton_core::settings::Settings,
    files: &mut Vec<Attached>,
) -> Option<Value> {
    let header = &opened.header;
    let by = match header.actor.acting_agent() {
        Some(agent) => json!({"kind": "agent", "name": settings.agent_name(agent)}),
        None => match header.actor.who {
            baton_core::actor::Who::Customer => json!({"kind": "customer", "name": null}),
            baton_core::actor::Who::Bot { id } => json!({"kind": "bot", "name": settings.connection_name(id)}),
            baton_core::actor::Who::Target { id, .. } => {
                json!({"kind": "target", "name": settings.connection_name(id)})
            }
            _ => json!({"kind": "house", "name": null}),
        },
    };
    let facts: Value =
        header.fact.to_json().ok().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let mut out = json!({
        "seq": header.seq, "at": moment(header.at), "kind": header.fact.kind(), "by": by, "facts": facts,
    });
    if header.body.is_some() && opened.body.is_none() {
        out["erased"] = json!(true);
    }
    match &opened.body {
        Some(Body::Message { content, shown_name, bot }) => {
            out["text"] = json!(content.plain);
            out["parts"] = json!(content.parts);
            if let Some(name) = shown_name {
                out["by"]["name"] = json!(name);
            }
            if let Some(bot) = bot {
                out["bot"] = json!(bot);
            }
            if let Fact::Said(said) = &header.fact {
                out["for_people_alone"] = json!(matches!(said.fate, Fate::Note | Fate::Whisper));
            }
            let mut paths = Vec::new();
            for part in &content.parts {
                if let Piece::File { blob, name, .. } = part {
                    let path = format!("files/{:04}-{}", files.len() + 1, baton_core::content::file_name(name));
                    paths.push(json!({"name": name, "path": path}));
                    files.push(Attached { conversation: id, blob: blob.clone(), path });
                }
            }
            if !paths.is_empty() {
                out["files"] = json!(paths);
            }
        }
        Some(other) => {
            let mut json = json!(other);
            if let Some(members) = json.as_object_mut() {
                members.remove("body");
            }
            let words = ["words", "text", "comment"].iter().find_map(|key| json.get(*key).and_then(Value::as_str));
            out["text"] = json!(words);
            out["details"] = json;
        }
        // Steps of the machinery that say nothing about the person stay out.
        None if matches!(header.fact, Fact::AskOpened(_) | Fact::AskEnded(_) | Fact::VoicesSet(_)) => return None,
        None => {}
    }
    Some(out)
}

/// Whom a word of the command line stands for: the id of a person or of a conversation, or a conversation's short name.
pub(crate) async fn named(engine: &Engine, word: &str) -> Result<PersonId> {
    if let Ok(id) = word.parse::<Uuid>() {
        return engine.person_named(id).await.with_context(|| format!("there is nobody with the id {word}"));
    }
    let filter = RowFilter { reference: Some(word.to_uppercase()), limit: 2, ..RowFilter::default() };
    let rows = engine.store().rows(filter).await?;
    match rows.as_slice() {
        [row] => row.person.context("this conversation has no customer"),
        [] => bail!("there is no conversation {word}; give its short name, its id, or the customer's id"),
        _ => bail!("several conversations are called {word}; give the id of one"),
    }
}

fn checked(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > limits::REASON_CHARS {
        bail!(
            "--reason takes 1 to {} characters; it stands in the audit for good, so name nobody",
            limits::REASON_CHARS
        );
    }
    Ok(reason)
}

/// `baton admin erase`.
pub(crate) async fn erase(engine: &Engine, word: &str, reason: &str, yes: bool) -> Result<()> {
    let reason = checked(reason)?;
    let person = named(engine, word).await?;
    if !yes {
        bail!("this would erase the person {person} for good, and nothing was done; say it again with --yes");
    }
    let done = engine.erase_person(&Permit::system(Part::Setup), person, reason).await?;
    println!(
        "Erased the person {} with {} conversation(s). Their words cannot be read any more.",
        person, done.conversations
    );
    println!("Copies of the data folder that were made before still hold them; see docs/privacy.md.");
    Ok(())
}

/// `baton admin export`: a folder that stands for itself.
pub(crate) async fn export(engine: &Engine, word: &str, reason: &str, folder: &Path) -> Result<()> {
    let reason = checked(reason)?;
    let person = named(engine, word).await?;
    let permit = Permit::system(Part::Setup);
    if folder.exists() && folder.read_dir()?.next().is_some() {
        bail!("{} is not empty", folder.display());
    }
    let rows = engine.export_person(&permit, person, reason).await?;
    let copied = copy(engine, &permit, person, rows).await?;
    std::fs::create_dir_all(folder.join("files"))?;
    crate::hub::write_private(&folder.join("person.json"), &copied.text())?;
    crate::hub::write_private(&folder.join("index.html"), &copied.html())?;
    for file in &copied.files {
        let Ok((_, mut outgoing)) = engine.open_file(&permit, file.conversation, &file.blob).await else { continue };
        let mut to = std::fs::File::create(folder.join(&file.path))?;
        while let Some(bytes) = outgoing.next().await? {
            std::io::Write::write_all(&mut to, &bytes)?;
        }
    }
    println!(
        "Wrote {}: index.html to read, person.json for programs, {} file(s).",
        folder.display(),
        copied.files.len()
    );
    Ok(())
}
