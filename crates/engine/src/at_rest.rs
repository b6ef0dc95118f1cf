//! Files as they lie on the disk, looked at without an engine: for backups, and for checks of a folder.

use crate::files::{FORM, FRAME, HEAD, first_half};
use baton_core::event::Key;
use baton_core::frame::{Frames, PREFIX, TAG};
use baton_core::ids::{ConversationId, Hash16, KeyId};
use baton_kit::keys::Master;
use std::io::Read;
use uuid::Uuid;

/// Bytes at the start of a file that say under which key it is sealed.
pub const BLOB_HEAD: usize = HEAD;

/// The start of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobHead {
    /// The key under which it is sealed.
    pub key: KeyId,
    prefix: [u8; PREFIX],
    first: usize,
}

/// Reads the first [`BLOB_HEAD`] bytes of a file; `None`: it is of no form that this version knows.
pub fn blob_head(bytes: &[u8]) -> Option<BlobHead> {
    let rest = bytes.strip_prefix(FORM)?;
    let (key, rest) = rest.split_at_checked(16)?;
    let (prefix, rest) = rest.split_at_checked(PREFIX)?;
    let first = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let key = KeyId(Uuid::from_slice(key).ok()?);
    (first <= FRAME).then_some(BlobHead { key, prefix: prefix.try_into().ok()?, first })
}

/// The group in which the files under this key lie.
pub fn blob_group(master: &Master, key: KeyId) -> Hash16 {
    first_half(blake3::keyed_hash(&master.derive("blobs"), key.0.as_bytes()))
}

/// Whether what follows the head opens under this key, as a file of this conversation, to its last frame, and bears the name
/// that its content gives it.
pub fn blob_holds(
    head: &BlobHead,
    key: &Key,
    (workspace, conversation): (Uuid, ConversationId),
    name: Hash16,
    rest: &mut impl Read,
) -> std::io::Result<bool> {
    let belongs = format!("blob|{workspace}|{conversation}|{}", head.key.0).into_bytes();
    let mut frames = Frames::new(key, head.prefix, belongs);
    let Some(about) = next(rest, head.first)? else { return Ok(false) };
    let Ok(about) = frames.open(&about, false) else { return Ok(false) };
    let mut naming = blake3::Hasher::new_keyed(&blake3::derive_key("baton 2026 names of blobs", &key.0));
    naming.update(&(about.len() as u64).to_le_bytes()).update(&about);
    let mut frame = next(rest, FRAME + TAG)?;
    while let Some(sealed) = frame {
        frame = next(rest, FRAME + TAG)?;
        let Ok(content) = frames.open(&sealed, frame.is_none()) else { return Ok(false) };
        naming.update(&content);
        if frame.is_none() {
            return Ok(first_half(naming.finalize()) == name);
        }
    }
    Ok(false)
}

/// So many bytes, fewer at the end alone; `None`: there are no more.
fn next(from: &mut impl Read, most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut out = Vec::with_capacity(most);
    from.take(most as u64).read_to_end(&mut out)?;
    Ok((!out.is_empty()).then_some(out))
}
