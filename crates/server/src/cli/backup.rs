//! `baton backup TO`: a copy of the data of one moment, made beside a running hub or without one.
//!
//! The order matters. The log comes first and the keys after it: a key is durable before the first event that uses it, so the
//! later keys open every event of the earlier log, and what was erased in between is erased in the copy too. Files come last:
//! a message names a file only after that is durable.

use super::manifest::{About, Listed, Manifest, hash, write_new};
use super::say::{Say, bytes, many};
use super::{BLOBS, ERASURES, KEYS, LOG, MASTER, blobs, make_folder, place, sync_folder};
use crate::options::Options;
use anyhow::{Context, Result, bail};
use baton_core::ids::Ms;
use baton_infra::sqlite::{ErasureList, copy_keys, copy_log, read_erasures, write_erasures};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What `baton backup` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Backup {
    /// The folder to make; it must not be there yet. Its parent must be, best on another disk.
    to: PathBuf,
    /// Puts the master key into the backup too. Whoever holds such a backup can read everything in it; without this, keep
    /// the key somewhere else, or the backup cannot be read by anybody.
    #[arg(long)]
    with_master_key: bool,
    /// An earlier backup on the same disk: files that are in it are linked instead of copied once more.
    #[arg(long)]
    previous: Option<PathBuf>,
    /// Prints what was made as JSON.
    #[arg(long)]
    json: bool,
}

/// Room that a copy leaves on the disk beside what it needs.
const MARGIN: u64 = 16 << 20;

/// Makes the backup.
pub(crate) fn run(options: &Options, args: &Backup) -> Result<()> {
    let began = super::now();
    let data = &options.store.data;
    let (parent, name) = place(&args.to)?;
    let to = parent.join(&name);
    refuse(data, &parent, &to)?;
    let previous = match &args.previous {
        Some(folder) => Some((folder.clone(), Manifest::read(folder).context("--previous")?)),
        None => None,
    };
    let needed = needed(data, previous.as_ref())? + MARGIN;
    if let Some(free) = free(&parent).filter(|free| *free < needed) {
        bail!(
            "{} has {} free, and the copy needs about {}; make room, or name a place on another disk",
            parent.display(),
            bytes(free),
            bytes(needed)
        );
    }
    let unfinished = parent.join(format!("{name}.unfinished"));
    let lock = begin(&unfinished)?;
    let work = Work { data, folder: &unfinished, previous: previous.as_ref() };
    let made = work.make(options, args.with_master_key, began).and_then(|manifest| {
        drop(lock);
        std::fs::remove_file(unfinished.join(LOCK)).context("the lock of the unfinished backup stays")?;
        sync_folder(&unfinished)?;
        rename(&unfinished, &to)?;
        sync_folder(&parent)?;
        Ok(manifest)
    });
    let manifest = match made {
        Ok(manifest) => manifest,
        Err(error) => {
            // Nothing half is left behind; if not even that can be done, it has no manifest and no final name.
            let _ = std::fs::remove_dir_all(&unfinished);
            return Err(error.context("no backup was made"));
        }
    };
    let took = super::now() - began;
    if args.json {
        let size: u64 = manifest.files.iter().map(|file| file.size).sum();
        let json = serde_json::json!({
            "folder": to, "milliseconds": took, "files": manifest.files.len(), "bytes": size, "end": manifest.end,
            "workspace": manifest.workspace, "generation": manifest.generation,
            "master_key": manifest.file(MASTER).is_some(), "erasures": manifest.erasures,
        });
        println!("{json}");
    } else {
        tell(&to, &manifest, took);
    }
    Ok(())
}

fn tell(to: &Path, manifest: &Manifest, took: Ms) {
    let size = manifest.files.iter().map(|file| file.size).sum();
    let files = manifest.files.iter().filter(|file| file.path.starts_with(BLOBS)).count();
    println!("Backup   {}", to.display());
    println!(
        "Holds    the log up to {}, {}, {}, {} in all",
        manifest.end,
        many(files, "file of customers and agents", "files of customers and agents"),
        many(manifest.erasures, "key on the erasure list", "keys on the erasure list"),
        bytes(size)
    );
    println!("Took     {}.{:03} s", took / 1_000, took % 1_000);
    if manifest.file(MASTER).is_some() {
        println!("Key      the master key is in it: whoever holds this folder can read everything");
    } else {
        println!("Key      the master key is not in it: keep it somewhere else, without it nobody can read the backup");
    }
    println!("Check    baton verify {}", to.display());
}

const LOCK: &str = "unfinished.lock";

/// What speaks against it before anything is made.
fn refuse(data: &Path, parent: &Path, to: &Path) -> Result<()> {
    if !data.join(LOG).exists() {
        bail!("{} holds no data of Baton; name the data folder with --data", data.display());
    }
    if !parent.is_dir() {
        bail!("{} is not there; make it first, or name another place", parent.display());
    }
    if to.exists() {
        bail!("{} is there already; name a folder that is not, e.g. one with today's date", to.display());
    }
    let (inside, within) = (std::fs::canonicalize(parent)?, std::fs::canonicalize(data)?);
    if inside.starts_with(&within) {
        bail!("{} lies in the data folder itself; a backup belongs elsewhere, best on another disk", to.display());
    }
    Ok(())
}

/// Bytes that the copy takes: files of an earlier backup are linked.
fn needed(data: &Path, previous: Option<&(PathBuf, Manifest)>) -> Result<u64> {
    let size = |name: &str| std::fs::metadata(data.join(name)).map_or(0, |found| found.len());
    let mut needed = size(LOG) + size("baton.db-wal") + size(KEYS);
    for blob in blobs::all(data)?.0 {
        let path = blob.path();
        if previous.is_none_or(|(_, manifest)| manifest.file(&path).is_none()) {
            needed += size(&path);
        }
    }
    Ok(needed)
}

/// Bytes that are free on the disk of this folder, as far as the system says.
#[cfg(unix)]
pub(super) fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
pub(super) fn free(_: &Path) -> Option<u64> {
    None
}

/// Makes the folder in which it is written. One that a killed backup left is cleared away; one of a running backup is not.
fn begin(unfinished: &Path) -> Result<File> {
    let lock = unfinished.join(LOCK);
    if unfinished.exists() {
        if let Ok(old) = File::options().write(true).open(&lock)
            && old.try_lock().is_err()
        {
            bail!("another backup to the same place is under way in {}", unfinished.display());
        }
        std::fs::remove_dir_all(unfinished).with_context(|| {
            format!("{}, left by a backup that was cut off, cannot be removed", unfinished.display())
        })?;
    }
    make_folder(unfinished)?;
    let file = File::create_new(&lock).with_context(|| format!("{} cannot be made", lock.display()))?;
    file.try_lock().context("the lock of the backup cannot be taken")?;
    Ok(file)
}

/// Gives the finished backup its name, if nobody took that meanwhile.
fn rename(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        bail!("{} came into being while the backup was made; name another folder", to.display());
    }
    std::fs::rename(from, to).with_context(|| format!("{} cannot get its name {}", from.display(), to.display()))
}

struct Work<'a> {
    data: &'a Path,
    folder: &'a Path,
    previous: Option<&'a (PathBuf, Manifest)>,
}

impl Work<'_> {
    fn make(&self, options: &Options, with_master_key: bool, at: Ms) -> Result<Manifest> {
        let mut say = Say::new();
        let log = copy_log(self.data, &self.folder.join(LOG), &mut |done, all| say.progress(LOG, done, all))?;
        let keys = copy_keys(self.data, &self.folder.join(KEYS))?;
        if keys.workspace != log.identity.workspace {
            bail!("baton.db and keys.db in {} belong to different stores", self.data.display());
        }
        let mut erased = ErasureList { workspace: keys.workspace, keys: keys.destroyed };
        // The tombstones say all; a list that says more comes from an erasure that was cut off, and counts.
        if let Ok(Some(list)) = read_erasures(&self.data.join(ERASURES))
            && list.workspace == erased.workspace
        {
            erased.keys.extend(list.keys);
        }
        write_erasures(&self.folder.join(ERASURES), &erased)?;
        let mut files = Vec::new();
        for name in [LOG, KEYS, ERASURES] {
            files.push(self.list(name, &mut say)?);
        }
        if with_master_key {
            self.master_key(options, keys.sample.as_ref())?;
            files.push(self.list(MASTER, &mut say)?);
        }
        self.blobs(&mut files, &mut say)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let about = About {
            at,
            workspace: keys.workspace,
            generation: log.identity.generation,
            end: log.end.0,
            levels: (log.level, keys.level),
            erasures: erased.keys.len(),
        };
        let manifest = Manifest::new(&about, files);
        manifest.write(self.folder)?;
        Ok(manifest)
    }

    fn list(&self, path: &str, say: &mut Say) -> Result<Listed> {
        let whole = self.folder.join(path);
        let all = std::fs::metadata(&whole).map_or(0, |found| found.len());
        let mut done = 0;
        let (size, blake3) = hash(&whole, &mut |bytes| {
            done += bytes;
            say.progress("hashes", done, all);
        })
        .with_context(|| format!("{} cannot be read", whole.display()))?;
        Ok(Listed { path: path.to_owned(), size, blake3 })
    }

    fn master_key(&self, options: &Options, sample: Option<&baton_kit::store::WrappedKey>) -> Result<()> {
        let Some(master) = super::master_at(options, self.data)? else {
            bail!("--with-master-key: there is no master key in the settings, nor in {}", self.data.display());
        };
        if sample.is_some_and(|sample| !super::wraps(&master, sample)) {
            bail!("--with-master-key: the master key that is at hand does not open this data");
        }
        let text = baton_core::ids::Hash32(master.0.0).to_hex();
        write_new(&self.folder.join(MASTER), text.as_bytes())
    }

    fn blobs(&self, files: &mut Vec<Listed>, say: &mut Say) -> Result<()> {
        let (blobs, _) = blobs::all(self.data)?;
        make_folder(&self.folder.join(BLOBS))?;
        let (mut group, all) = (None, blobs.len() as u64);
        for (number, blob) in blobs.iter().enumerate() {
            let path = blob.path();
            let (from, to) = (self.data.join(&path), self.folder.join(&path));
            if group != Some(blob.group) {
                self.sync_group(group)?;
                group = Some(blob.group);
                make_folder(&self.folder.join(BLOBS).join(blob.group.to_hex()))?;
            }
            let before = self.previous.and_then(|(folder, manifest)| Some((folder.join(&path), manifest.file(&path)?)));
            let size = std::fs::metadata(&from).map(|found| found.len());
            let known = before.as_ref().filter(|(_, listed)| size.as_ref().is_ok_and(|size| *size == listed.size));
            let kept = match known {
                Some((earlier, _)) => std::fs::hard_link(earlier, &to).is_ok(),
                None => false,
            };
            if !kept && !copy(&from, &to)? {
                // It was erased a moment ago.
                continue;
            }
            match known {
                Some((_, listed)) if kept => files.push((*listed).clone()),
                _ => files.push(self.list(&path, &mut Say::new())?),
            }
            say.progress("files", number as u64 + 1, all);
        }
        self.sync_group(group)?;
        sync_folder(&self.folder.join(BLOBS))
    }

    fn sync_group(&self, group: Option<baton_core::ids::Hash16>) -> Result<()> {
        group.map_or(Ok(()), |group| sync_folder(&self.folder.join(BLOBS).join(group.to_hex())))
    }
}

/// Copies a file, durably. False: it is gone.
pub(super) fn copy(from: &Path, to: &Path) -> Result<bool> {
    let copied = std::fs::copy(from, to).and_then(|_| File::options().write(true).open(to)?.sync_all());
    match copied {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{} cannot be written", to.display())),
    }
}
