//! What a backup holds, file by file: written last, so that a folder without it is no backup; sealed by a hash of its own,
//! so that a changed byte of it is found like one of any other file.

use super::blobs::Blob;
use super::{ERASURES, KEYS, LOG, MASTER};
use anyhow::{Context, Result, bail};
use baton_core::ids::Ms;
use baton_infra::sqlite::Finding;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub(super) const MANIFEST: &str = "manifest.json";
const SEAL: &str = "manifest.blake3";
const FORM: &str = "baton-backup/1";

/// The manifest of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    form: String,
    /// Which version of Baton made it.
    pub(super) made_by: String,
    /// When it was begun, in milliseconds and in words.
    pub(super) at: Ms,
    pub(super) time: String,
    /// Which store, and which of its generations.
    pub(super) workspace: Uuid,
    pub(super) generation: u64,
    /// The end of the log in it.
    pub(super) end: u64,
    /// The levels of its two files.
    pub(super) baton_level: u32,
    pub(super) keys_level: u32,
    /// Keys that stand on its erasure list.
    pub(super) erasures: usize,
    /// Every other file of the backup.
    pub(super) files: Vec<Listed>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Below the backup.
    pub(super) path: String,
    pub(super) size: u64,
    /// BLAKE3 of its bytes.
    pub(super) blake3: String,
}

/// What a manifest says beside its files.
pub(super) struct About {
    pub(super) at: Ms,
    pub(super) workspace: Uuid,
    pub(super) generation: u64,
    pub(super) end: u64,
    pub(super) levels: (u32, u32),
    pub(super) erasures: usize,
}

impl Manifest {
    pub(super) fn new(about: &About, files: Vec<Listed>) -> Self {
        Self {
            form: FORM.to_owned(),
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            at: about.at,
            time: super::moment(about.at),
            workspace: about.workspace,
            generation: about.generation,
            end: about.end,
            baton_level: about.levels.0,
            keys_level: about.levels.1,
            erasures: about.erasures,
            files,
        }
    }

    /// Writes it into a finished backup, durably.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        write_new(&folder.join(MANIFEST), &json)?;
        write_new(&folder.join(SEAL), seal(&json).as_bytes())
    }

    /// Reads the manifest of a backup and checks it against its own hash.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            bail!("{} is not there", folder.display());
        }
        if !folder.join(MANIFEST).exists() {
            bail!(
                "{} is no whole backup: it holds no {MANIFEST}. A backup that was cut off has none; take an earlier one",
                folder.display()
            );
        }
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
        };
        let json = read(MANIFEST)?;
        if read(SEAL)? != seal(&json).as_bytes() {
            bail!("{} was changed since the backup was made: it does not fit {SEAL}", folder.join(MANIFEST).display());
        }
        let manifest: Self = serde_json::from_slice(&json).with_context(|| {
            format!("{} is of a form that this version does not know", folder.join(MANIFEST).display())
        })?;
        if manifest.form != FORM {
            bail!("the backup is of form `{}`, and this version of Baton knows `{FORM}`", manifest.form);
        }
        if let Some(strange) = manifest.files.iter().find(|file| !known(&file.path)) {
            bail!("the manifest names a file that no backup of Baton has: {}", strange.path);
        }
        Ok(manifest)
    }

    /// What the manifest says of one file.
    pub(super) fn file(&self, path: &str) -> Option<&Listed> {
        // In the order of their paths.
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Reads every file of the backup and tells what is not as the manifest says.
    pub(super) fn check(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(u64, u64),
        found: &mut dyn FnMut(Finding),
    ) -> Result<()> {
        let all = self.files.iter().map(|file| file.size).sum();
        let mut done = 0;
        for file in &self.files {
            let path = folder.join(&file.path);
            match hash(&path, &mut |bytes| {
                done += bytes;
                progress(done, all);
            }) {
                Ok((size, _)) if size != file.size => {
                    let what = format!("{} has {size} bytes; the manifest says {}", file.path, file.size);
                    found(Finding::of("file", what));
                }
                Ok((_, hash)) if hash != file.blake3 => {
                    found(Finding::of("file", format!("{} was changed since the backup was made", file.path)));
                }
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    found(Finding::of("file", format!("{} is not there", file.path)));
                }
                Err(error) => found(Finding::of("file", format!("{} cannot be read: {error}", file.path))),
            }
        }
        let listed: BTreeSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        for path in walk(folder)? {
            if !listed.contains(path.as_str()) && path != MANIFEST && path != SEAL {
                found(Finding::of("file", format!("{path} is there, and the manifest does not know it")));
            }
        }
        Ok(())
    }
}

fn known(path: &str) -> bool {
    [LOG, KEYS, ERASURES, MASTER].contains(&path) || Blob::read(path).is_some()
}

fn seal(json: &[u8]) -> String {
    format!("{}\n", blake3::hash(json).to_hex())
}

/// Size and hash of a file; `each` hears how many bytes were read.
pub(super) fn hash(path: &Path, each: &mut dyn FnMut(u64)) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, hasher.finalize().to_hex().to_string()));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
        each(read as u64);
    }
}

/// Writes a new file for the owner alone, durably.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.with_context(|| format!("{} cannot be written", path.display()))
}

/// All files below a folder, by their path from it.
fn walk(folder: &Path) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let mut left = vec![PathBuf::new()];
    while let Some(below) = left.pop() {
        let here = folder.join(&below);
        for entry in std::fs::read_dir(&here).with_context(|| format!("{} cannot be read", here.display()))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                left.push(path);
            } else {
                out.push(path.to_string_lossy().into_owned());
            }
        }
    }
    Ok(out)
}
