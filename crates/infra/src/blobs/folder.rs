//! Files in a folder: `GROUP/NAME`, each written under `unfinished/` first, synced, and moved to its name. A hub that is
//! killed leaves at most unfinished ones, which the next start takes away.

use async_trait::async_trait;
use baton_core::ids::Hash16;
use baton_kit::blobs::{Blobs, Error, Opened, Reading, Used, Writing};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const UNFINISHED: &str = "unfinished";

/// A folder of files.
#[derive(Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
    /// Names of unfinished ones; the folder belongs to one process.
    next: AtomicU64,
}

fn failed(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::PermissionDenied => Error::Full(error.to_string()),
        _ => Error::Failed(error.to_string()),
    }
}

impl FolderBlobs {
    /// Opens the folder, makes it if need be, and takes away what an earlier run did not finish.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let unfinished = folder.join(UNFINISHED);
        match std::fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        std::fs::create_dir_all(&unfinished).map_err(failed)?;
        // Their names are durable before anything in them is. One above that we may not look into was not made by us.
        for made in [Some(folder), folder.parent()].into_iter().flatten() {
            match std::fs::File::open(if made.as_os_str().is_empty() { Path::new(".") } else { made }) {
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
                opened => opened.and_then(|made| made.sync_all()).map_err(failed)?,
            }
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
        Ok(Self { folder: folder.to_owned(), next: AtomicU64::new(0) })
    }

    fn group(&self, group: Hash16) -> PathBuf {
        self.folder.join(group.to_hex())
    }
}

/// A new name in a folder is durable only when the folder is synced too.
async fn sync_folder(path: &Path) -> Result<(), Error> {
    File::open(path).await.map_err(failed)?.sync_all().await.map_err(failed)
}

struct Half {
    root: PathBuf,
    group: PathBuf,
    path: PathBuf,
    file: Option<File>,
}

impl Drop for Half {
    fn drop(&mut self) {
        // After a finish there is nothing under this name; else this is what must not stay.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[async_trait]
impl Writing for Half {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).await.map_err(failed),
            None => Err(Error::Failed("it is finished".into())),
        }
    }

    async fn finish(mut self: Box<Self>, name: Hash16) -> Result<(), Error> {
        let Some(mut file) = self.file.take() else { return Err(Error::Failed("it is finished".into())) };
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        match fs::create_dir(&self.group).await {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
            // Also when it is there already: another upload may have made it this moment, or a run before this one that
            // was killed, and neither has to have synced it.
            _ => sync_folder(&self.root).await?,
        }
        fs::rename(&self.path, self.group.join(name.to_hex())).await.map_err(failed)?;
        sync_folder(&self.group).await
    }
}

struct Open(File);

#[async_trait]
impl Reading for Open {
    async fn read(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut out = Vec::with_capacity(most);
        (&mut self.0).take(most as u64).read_to_end(&mut out).await.map_err(failed)?;
        Ok(out)
    }
}

#[async_trait]
impl Blobs for FolderBlobs {
    async fn begin(&self, group: Hash16) -> Result<Box<dyn Writing>, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(UNFINISHED).join(number.to_string());
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).await.map_err(failed)?;
        Ok(Box::new(Half { root: self.folder.clone(), group: self.group(group), path, file: Some(file) }))
    }

    async fn open(&self, group: Hash16, name: Hash16) -> Result<Option<Opened>, Error> {
        let file = match File::open(self.group(group).join(name.to_hex())).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let length = file.metadata().await.map_err(failed)?.len();
        Ok(Some(Opened { length, reading: Box::new(Open(file)) }))
    }

    async fn used(&self, group: Hash16) -> Result<Used, Error> {
        let mut used = Used::default();
        let mut entries = match fs::read_dir(self.group(group)).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(used),
            Err(error) => return Err(failed(error)),
        };
        while let Some(entry) = entries.next_entry().await.map_err(failed)? {
            used.count += 1;
            used.bytes += entry.metadata().await.map_err(failed)?.len();
        }
        Ok(used)
    }

    async fn delete(&self, group: Hash16) -> Result<(), Error> {
        match fs::remove_dir_all(self.group(group)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
            _ => sync_folder(&self.folder).await,
        }
    }
}
