//! Commands for the one who looks after the data: `baton backup`, `restore`, `verify`. They work on folders, beside a
//! running hub or without one, and never see a text.

pub(crate) mod backup;
mod blobs;
mod folds;
mod manifest;
pub(crate) mod restore;
mod say;
pub(crate) mod verify;

use crate::options::Options;
use anyhow::{Context, Result, bail};
use baton_core::event::{Key, unwrap_key};
use baton_core::ids::{Hash32, Ms};
use baton_infra::TokioRuntime;
use baton_kit::keys::Master;
use baton_kit::runtime::Runtime;
use baton_kit::store::WrappedKey;
use std::fs::File;
use std::path::{Path, PathBuf};

const LOG: &str = "baton.db";
const KEYS: &str = "keys.db";
const MASTER: &str = "master.key";
const BLOBS: &str = "blobs";
const ERASURES: &str = baton_infra::sqlite::ERASURES;

fn now() -> Ms {
    TokioRuntime::new().now()
}

/// A moment as people write it, in UTC.
fn moment(at: Ms) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A moment as a part of a file's name.
fn stamp(at: Ms) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y%m%d-%H%M%S").to_string())
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> Result<()> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("{} cannot be synced", path.display()))
}

/// A folder for the owner alone, whose parent must be there.
fn make_folder(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).with_context(|| format!("{} cannot be made", path.display()))
}

/// The folder in which this one stands, and its name there.
fn place(path: &Path) -> Result<(PathBuf, String)> {
    let whole = std::path::absolute(path).with_context(|| format!("{} is no path", path.display()))?;
    match (whole.parent(), whole.file_name().and_then(|name| name.to_str())) {
        (Some(parent), Some(name)) => Ok((parent.to_owned(), name.to_owned())),
        _ => bail!("{} names no folder", path.display()),
    }
}

/// A master key from its 64 digits.
fn master_of(text: &str, from: &str) -> Result<Master> {
    let key = Hash32::from_hex(text.trim()).with_context(|| format!("{from} is not 64 hexadecimal digits"))?;
    Ok(Master(Key(key.0)))
}

/// The master key that is at hand: of the settings, or of this folder.
fn master_at(options: &Options, folder: &Path) -> Result<Option<Master>> {
    if !options.keys.master.is_empty() {
        return master_of(&options.keys.master, "the setting keys.master").map(Some);
    }
    let path = folder.join(MASTER);
    match std::fs::read_to_string(&path) {
        Ok(text) => master_of(&text, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Whether this master key wraps that key.
fn wraps(master: &Master, sample: &WrappedKey) -> bool {
    unwrap_key(&master.0, sample.id, &sample.wrapped).is_ok()
}
