//! `baton verify [DIR]`: reads a backup or a data folder and says what is not as it must be, with stream and seq and never a
//! word of anybody. Nothing is changed; beside a running hub it reads one moment and holds nobody up.

use super::folds::Folds;
use super::manifest::{MANIFEST, Manifest};
use super::say::{Say, many};
use super::{BLOBS, LOG, blobs, make_folder};
use crate::options::Options;
use anyhow::{Context, Result, bail};
use baton_core::event::{Key, Stream, unwrap_key};
use baton_core::ids::{ConversationId, KeyId, PersonId};
use baton_engine::at_rest::{blob_group, blob_holds};
use baton_infra::sqlite::{Finding, KeyState, OpenError, View, check, copy_keys, copy_log, migrate};
use baton_kit::keys::Master;
use baton_kit::store::Offset;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What `baton verify` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Verify {
    /// A backup or a data folder; the data folder of the settings if none is named.
    folder: Option<PathBuf>,
    /// Prints the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Findings that are printed; their number is told in any case.
const SHOWN: usize = 1_000;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Looked {
    files: usize,
    streams: u64,
    events: u64,
    bodies: u64,
    rows: u64,
    entries: u64,
    keys: usize,
    blobs: usize,
    /// Whether keys and files were opened: a master key was at hand.
    opened: bool,
}

/// Collects findings.
#[derive(Default)]
struct Found {
    first: Vec<Finding>,
    number: usize,
}

impl Found {
    fn add(&mut self, finding: Finding) {
        self.number += 1;
        if self.first.len() < SHOWN {
            self.first.push(finding);
        }
    }
}

/// Looks, prints, and fails if anything was found.
pub(crate) fn run(options: &Options, args: &Verify) -> Result<()> {
    let folder = args.folder.as_ref().unwrap_or(&options.store.data);
    if !folder.is_dir() {
        bail!("{} is not there", folder.display());
    }
    let began = super::now();
    let (mut found, mut looked) = (Found::default(), Looked::default());
    let backup = folder.join(MANIFEST).exists() || !folder.join(LOG).exists();
    if backup {
        match Manifest::read(folder) {
            Ok(manifest) => {
                let mut say = Say::new();
                looked.files = manifest.files.len();
                manifest.check(folder, &mut |done, all| say.progress("files", done, all), &mut |f| found.add(f))?;
            }
            // A folder that holds neither is a mistake of the one who asked, not a finding.
            Err(error) if !folder.join(LOG).exists() => return Err(error),
            Err(error) => found.add(Finding::of("manifest", format!("{error:#}"))),
        }
    }
    contents(options, folder, &mut looked, &mut found)?;
    let took = super::now() - began;
    if args.json {
        json(folder, backup, &looked, &found, took);
    } else {
        print(folder, &looked, &found, took);
    }
    if found.number > 0 {
        bail!("{} is not as it must be: {}", folder.display(), many(found.number, "finding", "findings"));
    }
    Ok(())
}

fn print(folder: &Path, looked: &Looked, found: &Found, took: i64) {
    for finding in &found.first {
        let stream = finding.stream.map_or(String::new(), |stream| format!(" {stream}"));
        let seq = finding.seq.map_or(String::new(), |seq| format!(" {seq}"));
        println!("{}{stream}{seq}: {}", finding.code, finding.what);
    }
    if found.number > found.first.len() {
        println!("… and {} more", found.number - found.first.len());
    }
    let Looked { streams, events, bodies, rows, entries, keys, blobs, .. } = looked;
    println!(
        "{}: {events} events of {streams} streams, {bodies} bodies, {rows} rows, {entries} entries, {keys} keys, {blobs} files \
         looked at in {}.{:03} s",
        folder.display(),
        took / 1_000,
        took % 1_000
    );
    if !looked.opened {
        println!("No master key was at hand: whether keys and files open was not tried");
    }
    if found.number == 0 {
        println!("All is as it must be");
    }
}

fn json(folder: &Path, backup: bool, looked: &Looked, found: &Found, took: i64) {
    let findings: Vec<_> = found
        .first
        .iter()
        .map(|f| serde_json::json!({"code": f.code, "stream": f.stream, "seq": f.seq, "what": f.what}))
        .collect();
    let out = serde_json::json!({
        "ok": found.number == 0,
        "folder": folder,
        "kind": if backup { "backup" } else { "data" },
        "milliseconds": took,
        "looked_at": looked,
        "found": found.number,
        "findings": findings,
    });
    println!("{out}");
}

/// A folder that goes when it is dropped.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The contents of a folder: log, projections, keys, files.
fn contents(options: &Options, folder: &Path, looked: &mut Looked, found: &mut Found) -> Result<()> {
    let behind = match check(folder) {
        Ok(levels) => levels.iter().any(|level| level.behind()),
        Err(error) => return unreadable(error, found),
    };
    // Files of an older level are read as this version would have them, in a copy.
    let scratch = if behind { Some(lifted(folder)?) } else { None };
    let view = match View::open(scratch.as_ref().map_or(folder, |scratch| &scratch.0), &mut |f| found.add(f)) {
        Ok(view) => view,
        Err(error) => return unreadable(error, found),
    };
    // Damage inside a file makes any further reading fail somewhere; what SQLite said is the finding then.
    if let Err(error) = store(options, folder, &view, looked, found)
        && found.number == 0
    {
        found.add(Finding::of("unreadable", format!("{error:#}")));
    }
    Ok(())
}

fn unreadable(error: OpenError, found: &mut Found) -> Result<()> {
    match error {
        // Nothing is wrong with the folder: it is the wrong version or the wrong folder.
        OpenError::Level(baton_infra::sqlite::LevelError::Newer { .. }) | OpenError::Io { .. } => Err(error.into()),
        other => {
            found.add(Finding::of("unreadable", other.to_string()));
            Ok(())
        }
    }
}

/// A copy of a folder's two files at this version's level.
fn lifted(folder: &Path) -> Result<Scratch> {
    let scratch = Scratch(std::env::temp_dir().join(format!("baton-verify-{}", std::process::id())));
    make_folder(&scratch.0)?;
    copy_log(folder, &scratch.0.join(LOG), &mut |_, _| {})?;
    copy_keys(folder, &scratch.0.join(super::KEYS))?;
    migrate(&scratch.0, [0; 16]).context("a copy could not be brought to this version's level")?;
    Ok(scratch)
}

fn store(options: &Options, folder: &Path, view: &View, looked: &mut Looked, found: &mut Found) -> Result<()> {
    let streams = view.streams(&mut |f| found.add(f))?;
    let hidden = view.hidden()?;
    let behind = behind(view)?;
    let mut say = Say::new();
    let mut owners: BTreeMap<KeyId, ConversationId> = BTreeMap::new();
    let mut conversations = BTreeSet::new();
    view.packs(&mut |f| found.add(f))?;
    let mut last = BTreeMap::new();
    for stream in streams {
        let mut folds = match stream {
            Stream::Conversation(id) => Some(Folds::of(id, view.row(id)?)),
            _ => None,
        };
        let seen = view.check_stream(
            stream,
            &mut |header| {
                if let Some(folds) = &mut folds {
                    folds.take(header);
                    if let Some(key) = header.key {
                        owners.insert(key, folds.id);
                    }
                }
            },
            &mut |f| found.add(f),
        );
        looked.streams += 1;
        looked.events += seen.events;
        looked.bodies += seen.bodies;
        last.insert(stream, seen.events);
        if let (Some(folds), true) = (folds, seen.whole) {
            conversations.insert(folds.id);
            let (rows, entries) = {
                let (id, behind) = (folds.id, behind.get(&stream).copied());
                folds.compare(view, hidden.contains(&id), behind, &mut |f| found.add(f))?
            };
            looked.rows += rows;
            looked.entries += entries;
        } else if let Stream::Conversation(id) = stream {
            // What its headers do not tell any more cannot be compared; the finding stands already.
            conversations.insert(id);
        }
        say.count("events", looked.events);
    }
    let counted = view.count()?;
    if counted != looked.events {
        let what = format!("the log holds {counted} events, and the streams have {}", looked.events);
        found.add(Finding::of("count", what));
    }
    view.order(&last, &mut |f| found.add(f))?;
    for (what, id) in view.told_of()? {
        if !conversations.contains(&id) {
            found.add(Finding::at(
                what,
                Stream::Conversation(id),
                None,
                format!("there is a {what} of it, and no log"),
            ));
        }
    }
    for (id, effect) in view.effects()? {
        if serde_json::from_slice::<baton_core::effect::Effect>(&effect).is_err() {
            found.add(Finding::at("effect", Stream::Conversation(id), None, "work for a plug-in cannot be read"));
        }
    }
    let master = super::master_at(options, folder)?;
    looked.opened = master.is_some();
    let opened = keys(view, master.as_ref(), looked, found);
    files(folder, view, master.as_ref(), &opened, &owners, looked, found)
}

/// The first event of each stream whose row need not be written yet: rows follow the log by a moment, and a record says how
/// far they are. A store without that record writes every row with its event.
fn behind(view: &View) -> Result<BTreeMap<Stream, u64>> {
    let written = view.record("projection", b"rows")?.and_then(|record| <[u8; 8]>::try_from(record.value).ok());
    match written {
        Some(written) => Ok(view.after(Offset(u64::from_be_bytes(written)))?),
        None => Ok(BTreeMap::new()),
    }
}

/// Every key, its parent, and, under the master key, whether it opens. The open ones.
fn keys(view: &View, master: Option<&Master>, looked: &mut Looked, found: &mut Found) -> BTreeMap<KeyId, Key> {
    looked.keys = view.keys().len();
    let mut open: BTreeMap<KeyId, Key> = BTreeMap::new();
    let whose = |id: KeyId| Stream::Person(PersonId(id.0));
    // Those under the master first, then those under them: three deep, with the master's.
    for under_master in [true, false] {
        for (id, state) in view.keys() {
            let KeyState::Kept(wrapped) = state else { continue };
            if wrapped.parent.is_none() != under_master {
                continue;
            }
            let parent = match wrapped.parent {
                None => master.map(|master| master.0.clone()),
                Some(parent) => match view.keys().get(&parent) {
                    None => {
                        found.add(Finding::of("key", format!("key {} hangs under one that is not there", id.0)));
                        continue;
                    }
                    Some(_) => open.get(&parent).cloned(),
                },
            };
            let Some(parent) = parent else { continue };
            match unwrap_key(&parent, *id, &wrapped.wrapped) {
                Ok(key) => {
                    open.insert(*id, key);
                }
                Err(_) if under_master => found.add(Finding::of(
                    "key",
                    format!(
                        "key {} does not open under the master key: it was changed, or this is another master key",
                        id.0
                    ),
                )),
                Err(_) => found.add(Finding::at("key", whose(*id), None, "a key does not open under its parent")),
            }
        }
    }
    open
}

/// Every file against its name, and, with its key, to its last frame.
fn files(
    folder: &Path,
    view: &View,
    master: Option<&Master>,
    open: &BTreeMap<KeyId, Key>,
    owners: &BTreeMap<KeyId, ConversationId>,
    looked: &mut Looked,
    found: &mut Found,
) -> Result<()> {
    let (all, strange) = blobs::all(folder)?;
    for path in strange {
        found.add(Finding::of("blob", format!("{} is no file of Baton", path.display())));
    }
    let workspace = view.identity().workspace;
    let mut say = Say::new();
    for (number, blob) in all.iter().enumerate() {
        let path = blob.path();
        let (head, mut rest) = match blobs::head(&folder.join(&path)) {
            Ok(opened) => opened,
            // Erased a moment ago, beside a running hub.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                found.add(Finding::of("blob", format!("{path} cannot be read: {error}")));
                continue;
            }
        };
        looked.blobs += 1;
        let Some(head) = head else {
            found.add(Finding::of("blob", format!("{path} is not of the form of Baton's files")));
            continue;
        };
        match view.keys().get(&head.key) {
            None => found.add(Finding::of("blob", format!("{path} is sealed under a key that is not known"))),
            Some(KeyState::Destroyed) => {
                found.add(Finding::of("blob", format!("{path} is left over: its key was destroyed")));
            }
            Some(KeyState::Kept(_)) => {
                if master.is_some_and(|master| blob_group(master, head.key) != blob.group) {
                    found.add(Finding::of("blob", format!("{path} lies in a group that is not its key's")));
                } else if let (Some(key), Some(owner)) = (open.get(&head.key), owners.get(&head.key))
                    && !blob_holds(&head, key, (workspace, *owner), blob.name, &mut rest)
                        .with_context(|| format!("{BLOBS} cannot be read"))?
                {
                    let stream = Stream::Conversation(*owner);
                    found.add(Finding::at("blob", stream, None, format!("{path} was changed, cut off or renamed")));
                }
            }
        }
        say.progress("files", number as u64 + 1, all.len() as u64);
    }
    Ok(())
}
