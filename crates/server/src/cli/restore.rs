//! `baton restore FROM`: puts a backup in the place of a data folder. All is made ready beside that folder and takes its
//! name at the end, in one step; the old folder is kept aside. What was erased since the backup was made stays erased.

use super::backup::{copy, free};
use super::manifest::{Manifest, hash, write_new};
use super::say::{Say, bytes, many};
use super::{BLOBS, ERASURES, KEYS, LOG, MASTER, blobs, make_folder, place, stamp, sync_folder};
use crate::options::Options;
use anyhow::{Context, Result, bail};
use baton_core::ids::{Hash32, KeyId};
use baton_infra::sqlite::{
    CopyError, ErasureList, check, destroy_in, generation, read_erasures, read_keys, renew, write_erasures,
};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What `baton restore` is told.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup's folder.
    from: PathBuf,
    /// An erasure list that is newer than the backup: a file `erasures.list`, or a folder that holds one, such as a newer
    /// backup or a data folder that cannot be used any more. May be given more than once.
    #[arg(long)]
    erasures: Vec<PathBuf>,
    /// Restores although no erasure list is at hand. What was erased since the backup was made can then be read again:
    /// erase it again afterwards.
    #[arg(long)]
    no_erasure_list: bool,
}

/// Room that is left on the disk beside what the copy needs.
const MARGIN: u64 = 16 << 20;

/// What was erased, and how that is known.
struct Erased {
    keys: BTreeSet<KeyId>,
    known_from: Vec<String>,
}

/// Puts the backup in place.
pub(crate) fn run(options: &Options, args: &Restore) -> Result<()> {
    let began = super::now();
    let data = &options.store.data;
    let manifest = whole(&args.from)?;
    let (parent, name) = place(data)?;
    let data = parent.join(&name);
    let old = data.join(LOG).exists() || data.join(KEYS).exists();
    refuse(&args.from, &manifest, &parent, &data, old)?;
    let lock = if old { hold(&data)? } else { None };
    let erased = erased(args, &manifest, &data, old)?;
    // The two differ after the exchange alone, so a cut-off restore leaves the data folder as it was.
    let made = unused(&parent.join(format!("{name}.restoring-{}", stamp(began))));
    make_folder(&made).context("nothing was changed")?;
    let ready = prepare(options, &args.from, &manifest, &data, old, &erased, &made, began);
    let (told, gone) = match ready {
        Ok(ready) => ready,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&made);
            return Err(error.context("nothing was changed"));
        }
    };
    let aside = unused(&parent.join(format!("{name}.before-restore-{}", stamp(began))));
    let kept = swap(&made, &data, &aside)?;
    sync_folder(&parent)?;
    drop(lock);
    println!("Restored  {} from {}, made {}", data.display(), args.from.display(), manifest.time);
    println!(
        "Erasures  {} from {}; {} came with the backup and {} destroyed again",
        many(erased.keys.len(), "key", "keys"),
        if erased.known_from.is_empty() { "no list".to_owned() } else { erased.known_from.join(", ") },
        gone,
        if gone == 1 { "was" } else { "were" }
    );
    println!("Cursors   of before the restore are answered 410: clients load anew by themselves");
    println!("Log-ins   have ended: everybody logs in again");
    println!("Key       {told}");
    if kept {
        println!("Before    the folder as it was is kept as {}; delete it when all is well", aside.display());
    }
    println!("Next      baton verify --data {0}, then baton serve --data {0}", data.display());
    Ok(())
}

/// A name that nothing has yet.
fn unused(wanted: &Path) -> PathBuf {
    let more = (2..1_000).map(|number| PathBuf::from(format!("{}-{number}", wanted.display())));
    std::iter::once(wanted.to_owned()).chain(more).find(|path| !path.exists()).unwrap_or_else(|| wanted.to_owned())
}

/// Checks every byte of a backup before anything else is done.
fn whole(from: &Path) -> Result<Manifest> {
    let manifest = Manifest::read(from).context("nothing was changed")?;
    let mut wrong = Vec::new();
    let mut say = Say::new();
    manifest.check(from, &mut |done, all| say.progress("checks the backup", done, all), &mut |finding| {
        wrong.push(finding)
    })?;
    drop(say);
    if wrong.is_empty() {
        return Ok(manifest);
    }
    for finding in wrong.iter().take(20) {
        eprintln!("{}", finding.what);
    }
    bail!(
        "{} is not as it was made ({}); nothing was changed. Take another backup",
        from.display(),
        many(wrong.len(), "finding", "findings")
    )
}

/// What speaks against it before anything is made.
fn refuse(from: &Path, manifest: &Manifest, parent: &Path, data: &Path, old: bool) -> Result<()> {
    // Its files must be of a level that this version can bring up to its own.
    check(from).context("nothing was changed")?;
    if !parent.is_dir() {
        bail!("{} is not there; make it first, or name another data folder", parent.display());
    }
    let held = std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if held && !old && !data.join(ERASURES).exists() {
        bail!("{} holds something that is no data of Baton; name another folder with --data", data.display());
    }
    if data.exists() && mounted(parent, data) {
        bail!(
            "{} is the root of a disk of its own and cannot be exchanged; name a folder inside it, e.g. --data {}, and set \
             store.data to that",
            data.display(),
            data.join("data").display()
        );
    }
    if std::fs::canonicalize(from)?.starts_with(std::fs::canonicalize(data).unwrap_or_else(|_| data.to_owned())) {
        bail!("the backup lies in the data folder that it should replace; move it elsewhere first");
    }
    let needed: u64 = manifest.files.iter().map(|file| file.size).sum();
    if let Some(free) = free(parent).filter(|free| *free < needed + MARGIN) {
        bail!(
            "{} has {} free, and the restored data need {}; the old folder is kept, so both must fit. Nothing was changed",
            parent.display(),
            bytes(free),
            bytes(needed + MARGIN)
        );
    }
    Ok(())
}

#[cfg(unix)]
fn mounted(parent: &Path, data: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let disk = |path: &Path| std::fs::metadata(path).map(|found| found.dev()).ok();
    disk(parent) != disk(data)
}

#[cfg(not(unix))]
fn mounted(_: &Path, _: &Path) -> bool {
    false
}

/// Holds the old folder, so that no hub runs on it meanwhile.
fn hold(data: &Path) -> Result<Option<File>> {
    let Ok(file) = File::options().write(true).open(data.join("baton.lock")) else { return Ok(None) };
    if file.try_lock().is_err() {
        bail!("a hub runs on {}; stop it first. Nothing was changed", data.display());
    }
    Ok(Some(file))
}

/// What was erased since the backup was made, from everything that knows of it: the folder that is replaced says it twice,
/// in its keys and in its list; lists that were kept elsewhere come by `--erasures`.
fn erased(args: &Restore, manifest: &Manifest, data: &Path, old: bool) -> Result<Erased> {
    let mut erased = Erased { keys: BTreeSet::new(), known_from: Vec::new() };
    let of_this_store = |workspace: Uuid| workspace == manifest.workspace;
    let mut others = false;
    if data.join(KEYS).exists() {
        match read_keys(data) {
            Ok(keys) if of_this_store(keys.workspace) => {
                erased.keys.extend(keys.destroyed);
                erased.known_from.push(data.join(KEYS).display().to_string());
            }
            Ok(_) => others = true,
            Err(error) => {
                eprintln!("The keys of the old folder cannot be read, so they say nothing of erasures: {error}")
            }
        }
    }
    let mut lists = vec![(data.join(ERASURES), false)];
    for given in &args.erasures {
        lists.push((if given.is_dir() { given.join(ERASURES) } else { given.clone() }, true));
    }
    for (path, given) in lists {
        match read_erasures(&path) {
            Ok(Some(list)) if of_this_store(list.workspace) => {
                erased.keys.extend(list.keys);
                erased.known_from.push(path.display().to_string());
            }
            Ok(Some(_)) if given => {
                bail!("{} is the erasure list of another store. Nothing was changed", path.display())
            }
            Ok(Some(_)) => others = true,
            Ok(None) if given => bail!("{} is not there. Nothing was changed", path.display()),
            Ok(None) => {}
            Err(error) if given => return Err(error).context("nothing was changed"),
            Err(error) => eprintln!("The erasure list of the old folder cannot be used: {error}"),
        }
    }
    if erased.known_from.is_empty() && !args.no_erasure_list {
        let why = match (others, old) {
            (true, _) => format!("{} belongs to another store", data.display()),
            (_, true) => format!("{} has none that can be read", data.display()),
            _ => format!("there is no old data folder at {}", data.display()),
        };
        bail!(
            "no erasure list is at hand ({why}), so people who were erased since {} would come back. Name a newer list with \
             --erasures (every backup holds one, and every data folder), or say --no-erasure-list and erase them again \
             afterwards. Nothing was changed",
            manifest.time
        );
    }
    Ok(erased)
}

/// Makes the new folder, whole and durable, beside the old one. The erasure list is applied before anything else is there.
/// Says where the master key is, and how many keys were destroyed again.
fn prepare(
    options: &Options,
    from: &Path,
    manifest: &Manifest,
    data: &Path,
    old: bool,
    erased: &Erased,
    made: &Path,
    now: i64,
) -> Result<(String, u64)> {
    let mut say = Say::new();
    bring(from, made, manifest, KEYS)?;
    let gone = destroy_in(&made.join(KEYS), &erased.keys)?;
    let keys = read_keys(made)?;
    let mut list = ErasureList { workspace: manifest.workspace, keys: keys.destroyed.clone() };
    list.keys.extend(&erased.keys);
    write_erasures(&made.join(ERASURES), &list)?;
    bring(from, made, manifest, LOG)?;
    renew(&made.join(LOG), next_generation(manifest, data, old, now))?;
    let told = master_key(options, from, manifest, data, made, keys.sample.as_ref())?;
    make_folder(&made.join(BLOBS))?;
    let all = manifest.files.len() as u64;
    for (number, file) in manifest.files.iter().enumerate() {
        let Some(blob) = blobs::Blob::read(&file.path) else { continue };
        // Nobody could open it, but it has no business here.
        if blobs::key(&from.join(&file.path))?.is_some_and(|key| list.keys.contains(&key)) {
            continue;
        }
        let group = made.join(BLOBS).join(blob.group.to_hex());
        if !group.exists() {
            make_folder(&group)?;
        }
        bring(from, made, manifest, &file.path)?;
        sync_folder(&group)?;
        say.progress("files", number as u64 + 1, all);
    }
    sync_folder(&made.join(BLOBS))?;
    sync_folder(made)?;
    Ok((told, gone))
}

/// Copies one file of the backup, and makes sure that what arrived is what the manifest says.
fn bring(from: &Path, made: &Path, manifest: &Manifest, path: &str) -> Result<()> {
    let to = made.join(path);
    if !copy(&from.join(path), &to)? {
        bail!("{} is not in the backup any more", path);
    }
    let (_, hash) = hash(&to, &mut |_| {}).with_context(|| format!("{} cannot be read", to.display()))?;
    if manifest.file(path).is_none_or(|file| file.blake3 != hash) {
        bail!("{path} was changed while it was copied");
    }
    private(&to)
}

#[cfg(unix)]
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .with_context(|| format!("{} cannot be made private", path.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}

/// A generation that no store of this workspace had: above the backup's and the old folder's, and never below the seconds
/// of the clock, so that two restores of one backup differ even if nothing is left of the first.
fn next_generation(manifest: &Manifest, data: &Path, old: bool, now: i64) -> u64 {
    let stood = if old { generation(data).unwrap_or(0) } else { 0 };
    let clock = u64::try_from(now / 1_000).unwrap_or(0);
    (manifest.generation.max(stood) + 1).max(clock)
}

/// Puts the master key where the hub looks for it, if one is at hand that opens the restored keys. Says what was done.
fn master_key(
    options: &Options,
    from: &Path,
    manifest: &Manifest,
    data: &Path,
    made: &Path,
    sample: Option<&baton_kit::store::WrappedKey>,
) -> Result<String> {
    let opens = |master: &baton_kit::keys::Master| sample.is_none_or(|sample| super::wraps(master, sample));
    if !options.keys.master.is_empty() {
        let master = super::master_of(&options.keys.master, "the setting keys.master")?;
        if !opens(&master) {
            bail!("the master key of the settings does not open this backup; it was made under another one");
        }
        return Ok("the master key of the settings opens it".to_owned());
    }
    let mut places = vec![(from.join(MASTER), "the backup")];
    if manifest.file(MASTER).is_none() {
        places.clear();
    }
    places.push((data.join(MASTER), "the old folder"));
    for (path, whose) in places {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let master = super::master_of(&text, &path.display().to_string())?;
        if opens(&master) {
            write_new(&made.join(MASTER), Hash32(master.0.0).to_hex().as_bytes())?;
            return Ok(format!("the master key of {whose} opens it, and is in its place"));
        }
    }
    Ok(format!(
        "no master key that opens it is at hand: put it into {} or set keys.master before the hub starts",
        data.join(MASTER).display()
    ))
}

/// Gives the new folder its name and the old one another. True: there was an old one.
fn swap(made: &Path, data: &Path, aside: &Path) -> Result<bool> {
    let into_place = || {
        format!("{} cannot take the place of {}; it is whole and can be moved by hand", made.display(), data.display())
    };
    let held = std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if !held {
        if data.exists() {
            std::fs::remove_dir(data).with_context(into_place)?;
        }
        std::fs::rename(made, data).with_context(into_place)?;
        return Ok(false);
    }
    if exchange(made, data) {
        std::fs::rename(made, aside)
            .with_context(|| format!("all is restored, but the old folder is still named {}", made.display()))?;
        return Ok(true);
    }
    // Without an exchange there is a moment in which the folder has no name; a hub is not started in it by anybody who reads
    // what this command says.
    std::fs::rename(data, aside).with_context(into_place)?;
    if let Err(error) = std::fs::rename(made, data) {
        std::fs::rename(aside, data).context("the old folder could not be put back")?;
        return Err(error).with_context(into_place);
    }
    Ok(true)
}

/// Exchanges two folders in one step; false: this system cannot.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

/// Whether a folder holds keys, so that a master key must be there already and none may be made up.
pub(crate) fn holds_keys(data: &Path) -> Result<bool> {
    match read_keys(data) {
        Ok(keys) => Ok(keys.sample.is_some()),
        Err(CopyError::Missing { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
