//! Sealing of bodies and wrapping of keys: XChaCha20-Poly1305 with random nonces, which come in as arguments.

use crate::event::Stream;
use crate::ids::KeyId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;

/// A 256-bit key. Not printable on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The seal does not hold: wrong key, wrong place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed text cannot be opened: its key is gone or its bytes were changed")]
pub struct BrokenSeal;

const NONCE: usize = 24;

fn associated(workspace: Uuid, stream: Stream, seq: u64, kind: &str, version: u16) -> Vec<u8> {
    format!("{workspace}|{stream}|{seq}|{kind}|{version}").into_bytes()
}

/// Seals a body for its place in the log. The nonce must be fresh.
pub fn seal(key: &Key, nonce: [u8; NONCE], place: (Uuid, Stream, u64, &str, u16), plain: &[u8]) -> Vec<u8> {
    let aad = associated(place.0, place.1, place.2, place.3, place.4);
    encrypt(key, nonce, &aad, plain)
}

/// Opens what [`seal`] sealed for the same place.
///
/// # Errors
/// The seal does not hold.
pub fn open(key: &Key, place: (Uuid, Stream, u64, &str, u16), sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
    let aad = associated(place.0, place.1, place.2, place.3, place.4);
    decrypt(key, &aad, sealed)
}

/// Wraps a key with its parent. The nonce must be fresh.
pub fn wrap_key(parent: &Key, nonce: [u8; NONCE], id: KeyId, key: &Key) -> Vec<u8> {
    encrypt(parent, nonce, id.0.as_bytes(), &key.0)
}

/// Opens what [`wrap_key`] wrapped.
///
/// # Errors
/// The seal does not hold.
pub fn unwrap_key(parent: &Key, id: KeyId, wrapped: &[u8]) -> Result<Key, BrokenSeal> {
    let bytes = decrypt(parent, id.0.as_bytes(), wrapped)?;
    bytes.try_into().map(Key).map_err(|_| BrokenSeal)
}

fn encrypt(key: &Key, nonce: [u8; NONCE], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&key.0.into());
    let mut out = Vec::with_capacity(NONCE + plain.len() + 16);
    out.extend_from_slice(&nonce);
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .expect("the cipher refuses only plain texts of 256 GiB and more");
    out.extend_from_slice(&sealed);
    out
}

fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
    let (nonce, msg) = sealed.split_at_checked(NONCE).ok_or(BrokenSeal)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| BrokenSeal)?;
    let cipher = XChaCha20Poly1305::new(&key.0.into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg, aad }).map_err(|_| BrokenSeal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_opens_only_in_its_own_place() {
        let (key, workspace) = (Key([1; 32]), Uuid::from_u128(9));
        let sealed = seal(&key, [2; 24], (workspace, Stream::Workspace, 4, "said", 1), b"order 7731");
        assert_eq!(open(&key, (workspace, Stream::Workspace, 4, "said", 1), &sealed), Ok(b"order 7731".to_vec()));
        assert_eq!(open(&key, (workspace, Stream::Workspace, 5, "said", 1), &sealed), Err(BrokenSeal));
        assert_eq!(open(&Key([3; 32]), (workspace, Stream::Workspace, 4, "said", 1), &sealed), Err(BrokenSeal));
        assert_eq!(open(&key, (workspace, Stream::Workspace, 4, "said", 1), b"short"), Err(BrokenSeal));
    }
}
