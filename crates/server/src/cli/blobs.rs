//! The files of a data folder or a backup: `blobs/GROUP/NAME`. They are written once and never changed, so that one that
//! an earlier backup holds can be linked instead of copied.

use super::BLOBS;
use anyhow::{Context, Result};
use baton_core::ids::{Hash16, KeyId};
use baton_engine::at_rest::{BLOB_HEAD, BlobHead, blob_head};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) group: Hash16,
    pub(super) name: Hash16,
}

impl Blob {
    /// Where it lies below the folder.
    pub(super) fn path(&self) -> String {
        format!("{BLOBS}/{}/{}", self.group.to_hex(), self.name.to_hex())
    }

    /// Reads what [`Self::path`] wrote.
    pub(super) fn read(path: &str) -> Option<Self> {
        let (group, name) = path.strip_prefix(BLOBS)?.strip_prefix('/')?.split_once('/')?;
        Some(Self { group: Hash16::from_hex(group)?, name: Hash16::from_hex(name)? })
    }
}

/// All files below a folder, in the order of their names. A group that is deleted meanwhile has none; what has no name of
/// a file comes back apart.
pub(super) fn all(folder: &Path) -> Result<(Vec<Blob>, Vec<PathBuf>)> {
    let (mut found, mut strange) = (Vec::new(), Vec::new());
    for group in names(&folder.join(BLOBS))? {
        let path = folder.join(BLOBS).join(&group);
        // What is being uploaded just now; the next start takes away what was not finished.
        if group == "unfinished" {
            continue;
        }
        let Some(group) = Hash16::from_hex(&group) else {
            strange.push(path);
            continue;
        };
        for name in names(&path)? {
            match Hash16::from_hex(&name) {
                Some(name) => found.push(Blob { group, name }),
                None => strange.push(path.join(name)),
            }
        }
    }
    found.sort_by_key(|blob| (blob.group, blob.name));
    Ok((found, strange))
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let why = || format!("{} cannot be read", folder.display());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(why),
    };
    entries.map(|entry| Ok(entry.with_context(why)?.file_name().to_string_lossy().into_owned())).collect()
}

/// The start of a file, and the rest to read on; `None`: of no form that this version knows.
pub(super) fn head(path: &Path) -> std::io::Result<(Option<BlobHead>, File)> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::with_capacity(BLOB_HEAD);
    (&mut file).take(BLOB_HEAD as u64).read_to_end(&mut bytes)?;
    Ok((blob_head(&bytes), file))
}

/// The key under which a file is sealed.
pub(super) fn key(path: &Path) -> Result<Option<KeyId>> {
    let (head, _) = head(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(head.map(|head| head.key))
}
