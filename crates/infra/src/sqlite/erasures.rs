//! The erasure list: which keys were destroyed, in a file of its own beside the data. A backup that is older than an
//! erasure still holds the key; whoever puts such a backup back destroys again what stands on this list. The tombstones in
//! keys.db say the same, but a folder that has to be replaced may have lost just that file.

use baton_core::ids::KeyId;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Its name in a data folder and in a backup.
pub const ERASURES: &str = "erasures.list";
const FORM: &str = "baton-erasures/1";

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ErasuresError {
    /// Not a list, or one of a newer form.
    #[error("{} is not an erasure list that this version of Baton knows", .0.display())]
    Foreign(PathBuf),
    /// A line was changed.
    #[error("line {line} of {} was changed or is not whole; what it names cannot be told", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// The system's own.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// An erasure list as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureList {
    /// Whose keys.
    pub workspace: Uuid,
    /// Which ones.
    pub keys: BTreeSet<KeyId>,
}

/// Reads a list; `None`: there is no such file. A last line that a power cut left half is no erasure: nobody was told that
/// it was done.
///
/// # Errors
/// It is none, a line of it was changed, or the system's own.
pub fn read_erasures(path: &Path) -> Result<Option<ErasureList>, ErasuresError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ErasuresError::Io { path: path.to_owned(), source }),
    };
    let foreign = || ErasuresError::Foreign(path.to_owned());
    let text = std::str::from_utf8(&bytes).map_err(|_| foreign())?;
    let (head, rest) = text.split_once('\n').ok_or_else(foreign)?;
    let workspace = head.strip_prefix(FORM).and_then(|id| id.trim().parse().ok()).ok_or_else(foreign)?;
    let mut keys = BTreeSet::new();
    // What stands after the last line's end is what a power cut left.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for (at, line) in whole.lines().enumerate() {
        let key = read_line(workspace, line);
        keys.insert(key.ok_or_else(|| ErasuresError::Broken { path: path.to_owned(), line: at + 2 })?);
    }
    Ok(Some(ErasureList { workspace, keys }))
}

/// Writes a list anew, whole or not at all.
///
/// # Errors
/// The system's own.
pub fn write_erasures(path: &Path, list: &ErasureList) -> Result<(), ErasuresError> {
    let io = |source| ErasuresError::Io { path: path.to_owned(), source };
    let mut text = format!("{FORM} {}\n", list.workspace);
    for key in &list.keys {
        text.push_str(&line(list.workspace, *key));
    }
    let new = path.with_extension("new");
    let mut file = private(&new).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    std::fs::rename(&new, path).map_err(io)
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// The check at the end of a line: a list is all that stands between an old backup and what was erased.
fn check(workspace: Uuid, key: KeyId) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(FORM.as_bytes()).update(workspace.as_bytes()).update(key.0.as_bytes());
    hash.finalize().to_hex()[..12].to_owned()
}

fn line(workspace: Uuid, key: KeyId) -> String {
    format!("key {} {}\n", key.0, check(workspace, key))
}

fn read_line(workspace: Uuid, line: &str) -> Option<KeyId> {
    let (id, sum) = line.strip_prefix("key ")?.split_once(' ')?;
    let key = KeyId(id.parse().ok()?);
    (id == key.0.to_string() && sum == check(workspace, key)).then_some(key)
}

/// The list of a running hub.
pub(super) struct Erasures {
    workspace: Uuid,
    file: File,
    /// Something was added that may not be on the disk yet.
    unsynced: bool,
}

impl Erasures {
    /// Opens the list of a data folder. One that is missing, unreadable or behind the tombstones is made anew from them and
    /// from what could be read; an unreadable one is kept beside it.
    pub(super) fn open(folder: &Path, workspace: Uuid, tombstones: BTreeSet<KeyId>) -> Result<Self, ErasuresError> {
        let path = folder.join(ERASURES);
        let io = |source| ErasuresError::Io { path: path.clone(), source };
        let mut list = ErasureList { workspace, keys: tombstones };
        let stands = match read_erasures(&path) {
            Ok(Some(old)) if old.workspace == workspace => {
                let stands = list.keys.is_subset(&old.keys);
                list.keys.extend(old.keys);
                stands && ends_with_a_line(&path).map_err(io)?
            }
            Ok(None) => false,
            Ok(Some(_)) | Err(ErasuresError::Foreign(_) | ErasuresError::Broken { .. }) => {
                tracing::warn!("erasures.list cannot be read; it is made anew, and the old one kept as erasures.old");
                std::fs::rename(&path, path.with_extension("old")).map_err(io)?;
                false
            }
            Err(error) => return Err(error),
        };
        if !stands {
            write_erasures(&path, &list)?;
        }
        let file = File::options().append(true).open(&path).map_err(io)?;
        Ok(Self { workspace, file, unsynced: false })
    }

    /// Adds keys that are about to be destroyed. Fails before anything is destroyed.
    pub(super) fn add(&mut self, keys: &[KeyId]) -> std::io::Result<()> {
        let lines: String = keys.iter().map(|key| line(self.workspace, *key)).collect();
        self.unsynced = true;
        self.file.write_all(lines.as_bytes())
    }

    /// Makes what was added durable; one sync for a whole batch. The tombstones are durable already, and the next start
    /// makes the list complete from them.
    pub(super) fn sync(&mut self) {
        if !self.unsynced {
            return;
        }
        match self.file.sync_data() {
            Ok(()) => self.unsynced = false,
            Err(error) => tracing::error!(%error, "erasures.list could not be synced; it is tried again"),
        }
    }
}

fn ends_with_a_line(path: &Path) -> std::io::Result<bool> {
    Ok(std::fs::read(path)?.last() == Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u128) -> KeyId {
        KeyId(Uuid::from_u128(number))
    }

    #[test]
    fn a_list_reads_back_and_any_changed_byte_of_it_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(ERASURES);
        assert_eq!(read_erasures(&path).unwrap(), None);
        let list = ErasureList { workspace: Uuid::from_u128(7), keys: [key(1), key(2)].into() };
        write_erasures(&path, &list).unwrap();
        assert_eq!(read_erasures(&path).unwrap(), Some(list.clone()));
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() - 1 {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(read_erasures(&path).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_half_line_of_a_power_cut_is_mended_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(ERASURES);
        let workspace = Uuid::from_u128(7);
        let mut list = Erasures::open(folder.path(), workspace, [key(1)].into()).unwrap();
        list.add(&[key(2)]).unwrap();
        list.sync();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
        assert_eq!(read_erasures(&path).unwrap().unwrap().keys, [key(1)].into());
        // Its tombstone is in keys.db.
        let mut list = Erasures::open(folder.path(), workspace, [key(1), key(2)].into()).unwrap();
        list.add(&[key(3)]).unwrap();
        assert_eq!(read_erasures(&path).unwrap().unwrap().keys, [key(1), key(2), key(3)].into());
    }

    #[test]
    fn an_unreadable_list_is_kept_beside_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ERASURES), "a letter to my aunt\n").unwrap();
        Erasures::open(folder.path(), Uuid::from_u128(7), [key(1)].into()).unwrap();
        let list = read_erasures(&folder.path().join(ERASURES)).unwrap().unwrap();
        assert_eq!(list.keys, [key(1)].into());
        assert!(folder.path().join("erasures.old").exists());
    }
}
