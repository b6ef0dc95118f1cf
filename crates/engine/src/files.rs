//! Files of a conversation: sealed in frames under the episode's key before any byte of them reaches the disk, named by a
//! keyed hash, and gone with the key. A file opens in its own conversation alone: the frames say to which they belong.
//!
//! On disk: a line that says the form, the key's id, the frames' nonce, the length of the first frame; then the first frame
//! (name and media type) and the content in frames of [`FRAME`] bytes.

use crate::query::allowed;
use crate::{Engine, Error};
use baton_core::event::{BrokenSeal, Key};
use baton_core::frame::{Frames, PREFIX, TAG};
use baton_core::ids::{ConversationId, Hash16, KeyId};
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_kit::blobs::{self, Opened, Reading, Writing};
use serde::{Deserialize, Serialize};

pub(crate) const FORM: &[u8] = b"baton-blob-1\n";
/// Bytes of content in one frame.
pub(crate) const FRAME: usize = 64 * 1024;
pub(crate) const HEAD: usize = FORM.len() + 16 + PREFIX + 4;

/// A file as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// By which it is asked for.
    pub blob: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

#[derive(Serialize, Deserialize)]
struct About {
    name: String,
    media_type: String,
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        match error {
            blobs::Error::Full(why) => Self::Full(why),
            blobs::Error::Failed(why) => Self::Store(why),
        }
    }
}

fn broken(_: BrokenSeal) -> Error {
    Error::Unreadable("a file was changed or cut off on the disk".into())
}

/// A blob's address: its group and its name in it.
fn address(group: Hash16, name: Hash16) -> String {
    format!("{}{}", group.to_hex(), name.to_hex())
}

fn read_address(blob: &str) -> Option<(Hash16, Hash16)> {
    let (group, name) = blob.split_at_checked(32)?;
    Some((Hash16::from_hex(group)?, Hash16::from_hex(name)?))
}

pub(crate) fn first_half(hash: blake3::Hash) -> Hash16 {
    let mut out = [0; 16];
    out.copy_from_slice(&hash.as_bytes()[..16]);
    Hash16(out)
}

/// A file that comes in. Dropped before [`Self::finish`], it leaves nothing.
pub struct Incoming {
    writing: Box<dyn Writing>,
    frames: Frames,
    naming: blake3::Hasher,
    group: Hash16,
    about: About,
    /// What does not fill a frame yet.
    rest: Vec<u8>,
    size: u64,
}

impl Incoming {
    /// The next bytes.
    ///
    /// # Errors
    /// The place's own.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.naming.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full frame waits for one more byte: only then is it known not to be the last.
            if self.rest.len() == FRAME {
                let sealed = self.frames.seal(&self.rest, false).map_err(broken)?;
                self.writing.write(&sealed).await?;
                self.rest.clear();
            }
            let (now, later) = bytes.split_at(bytes.len().min(FRAME - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes it durable. The same content under the same name is one file, however often it is sent.
    ///
    /// # Errors
    /// The place's own; nothing was kept.
    pub async fn finish(mut self) -> Result<File, Error> {
        let sealed = self.frames.seal(&self.rest, true).map_err(broken)?;
        self.writing.write(&sealed).await?;
        let name = first_half(self.naming.finalize());
        self.writing.finish(name).await?;
        let About { name: shown, media_type } = self.about;
        Ok(File { blob: address(self.group, name), name: shown, media_type, size: self.size })
    }
}

/// A file that goes out.
pub struct Outgoing {
    reading: Box<dyn Reading>,
    frames: Frames,
    /// Sealed bytes that were not read yet.
    left: u64,
}

impl Outgoing {
    /// The next bytes; `None`: that was all. Nothing is returned that was not checked.
    ///
    /// # Errors
    /// The place's own, or the file was changed.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let take = self.left.min((FRAME + TAG) as u64);
        let sealed = self.reading.read(take as usize).await?;
        self.left -= take;
        Ok(Some(self.frames.open(&sealed, self.left == 0).map_err(broken)?))
    }
}

impl Engine {
    fn belongs(&self, id: ConversationId, key: KeyId) -> Vec<u8> {
        format!("blob|{}|{}|{}", self.store.identity().workspace, id, key.0).into_bytes()
    }

    /// Under which group the files of an episode lie. It can be told without the episode's key, so that they can be deleted
    /// when that is gone.
    fn group(&self, key: KeyId) -> Hash16 {
        first_half(blake3::keyed_hash(&self.master.derive("blobs"), key.0.as_bytes()))
    }

    /// Begins a file of the conversation's present episode. The caller has looked at its type.
    ///
    /// # Errors
    /// As [`Self::conversation`]; [`Refusal::FilesFull`] when the episode holds as much as it may.
    pub async fn take_file(
        &self,
        permit: &Permit,
        id: ConversationId,
        name: &str,
        media_type: &str,
    ) -> Result<Incoming, Error> {
        let state = self.conversation(permit, id).await?;
        let key_id = state.key.ok_or(Refusal::NotFound)?;
        let key = self.keyring.get(key_id).await?.ok_or(Refusal::NotFound)?;
        let group = self.group(key_id);
        let used = self.blobs.used(group).await?;
        if used.count >= limits::FILES || used.bytes >= limits::FILES_BYTES {
            return Err(Refusal::FilesFull.into());
        }
        let name = self.redacted_name(&state, &permit.actor(), name);
        let about = About { name, media_type: media_type.to_owned() };
        let json = serde_json::to_vec(&about).map_err(|error| Error::Unreadable(error.to_string()))?;
        let mut prefix = [0; PREFIX];
        self.runtime.random(&mut prefix);
        let mut frames = Frames::new(&key, prefix, self.belongs(id, key_id));
        let first = frames.seal(&json, false).map_err(broken)?;
        let mut writing = self.blobs.begin(group).await?;
        let mut head = Vec::with_capacity(HEAD + first.len());
        head.extend_from_slice(FORM);
        head.extend_from_slice(key_id.0.as_bytes());
        head.extend_from_slice(&prefix);
        head.extend_from_slice(&(first.len() as u32).to_le_bytes());
        head.extend_from_slice(&first);
        writing.write(&head).await?;
        let Key(bytes) = &key;
        let mut naming = blake3::Hasher::new_keyed(&blake3::derive_key("baton 2026 names of blobs", bytes));
        naming.update(&(json.len() as u64).to_le_bytes());
        naming.update(&json);
        Ok(Incoming { writing, frames, naming, group, about, rest: Vec::with_capacity(FRAME), size: 0 })
    }

    /// Opens a file of this conversation.
    ///
    /// # Errors
    /// [`Refusal::FileNotFound`]: there is none of this name in this conversation, or its key was destroyed.
    pub async fn open_file(&self, permit: &Permit, id: ConversationId, blob: &str) -> Result<(File, Outgoing), Error> {
        allowed(permit, id)?;
        let none = || Error::from(Refusal::FileNotFound);
        let (group, name) = read_address(blob).ok_or_else(none)?;
        let Opened { length, mut reading } = self.blobs.open(group, name).await?.ok_or_else(none)?;
        let head = reading.read(HEAD).await?;
        let short = || Error::Unreadable("a file on the disk is not of a form that this version knows".into());
        let rest = head.strip_prefix(FORM).filter(|rest| rest.len() == HEAD - FORM.len()).ok_or_else(short)?;
        let (key_id, rest) = rest.split_at(16);
        let (prefix, first) = rest.split_at(PREFIX);
        let key_id = KeyId(uuid::Uuid::from_slice(key_id).map_err(|_| short())?);
        let prefix = <[u8; PREFIX]>::try_from(prefix).map_err(|_| short())?;
        let first = u32::from_le_bytes(first.try_into().map_err(|_| short())?) as usize;
        if first > FRAME {
            return Err(short());
        }
        let key = self.keyring.get(key_id).await?.ok_or_else(none)?;
        let mut frames = Frames::new(&key, prefix, self.belongs(id, key_id));
        let sealed = reading.read(first).await?;
        // The first frame of another conversation's file does not open here: for this one there is no such file.
        let about = frames.open(&sealed, false).map_err(|_| none())?;
        let About { name, media_type } = serde_json::from_slice(&about).map_err(|_| short())?;
        let left = length.saturating_sub((HEAD + first) as u64);
        let size = left.saturating_sub(left.div_ceil((FRAME + TAG) as u64) * TAG as u64);
        Ok((File { blob: blob.to_owned(), name, media_type, size }, Outgoing { reading, frames, left }))
    }

    /// What a message can say of a file of this conversation.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub async fn file(&self, permit: &Permit, id: ConversationId, blob: &str) -> Result<File, Error> {
        Ok(self.open_file(permit, id, blob).await?.0)
    }

    /// Deletes the files of an episode, whose key may be gone already.
    pub(crate) async fn delete_files(&self, key: KeyId) -> Result<(), Error> {
        Ok(self.blobs.delete(self.group(key)).await?)
    }

    /// Destroys all keys of a conversation's episodes: its texts and files can never be read again. What its headers say
    /// stays. A key that other conversations use is not among them.
    ///
    /// # Errors
    /// The store's own.
    pub async fn destroy_texts(&self, permit: &Permit, id: ConversationId) -> Result<(), Error> {
        allowed(permit, id)?;
        for key in self.keys_of(id).await? {
            self.keyring.destroy_leaf(key).await?;
            self.delete_files(key).await?;
        }
        self.live.forget(id);
        Ok(())
    }
}
