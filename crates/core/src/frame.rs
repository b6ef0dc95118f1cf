//! A long content sealed in frames, so that it is neither kept in memory whole nor served unchecked: each frame bears its
//! number and whether it is the last, as the STREAM construction has it (Hoang, Reyhanitabar, Rogaway and Vizár, 2015). A
//! frame that is missing, moved, repeated or cut off at the end does not open.

use crate::event::{BrokenSeal, Key};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of the part of the nonce that all frames of one content share. It must be fresh for each content.
pub const PREFIX: usize = 19;
/// Bytes that sealing adds to a frame.
pub const TAG: usize = 16;

/// Seals or opens the frames of one content, in order.
pub struct Frames {
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX],
    associated: Vec<u8>,
    number: u32,
}

impl Frames {
    /// `associated` says to what the content belongs; it opens there alone.
    pub fn new(key: &Key, prefix: [u8; PREFIX], associated: Vec<u8>) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.0.into()), prefix, associated, number: 0 }
    }

    fn nonce(&mut self, last: bool) -> Result<XNonce, BrokenSeal> {
        let mut nonce = [0; 24];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..PREFIX + 4].copy_from_slice(&self.number.to_be_bytes());
        nonce[PREFIX + 4] = u8::from(last);
        // A counter that began again would use a nonce twice.
        self.number = self.number.checked_add(1).ok_or(BrokenSeal)?;
        Ok(XNonce::from(nonce))
    }

    /// Seals the next frame.
    ///
    /// # Errors
    /// More frames than a content may have.
    pub fn seal(&mut self, plain: &[u8], last: bool) -> Result<Vec<u8>, BrokenSeal> {
        let nonce = self.nonce(last)?;
        self.cipher.encrypt(&nonce, Payload { msg: plain, aad: &self.associated }).map_err(|_| BrokenSeal)
    }

    /// Opens the next frame.
    ///
    /// # Errors
    /// It is not the next, not of this content, or was changed.
    pub fn open(&mut self, sealed: &[u8], last: bool) -> Result<Vec<u8>, BrokenSeal> {
        let nonce = self.nonce(last)?;
        self.cipher.decrypt(&nonce, Payload { msg: sealed, aad: &self.associated }).map_err(|_| BrokenSeal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(of: &str) -> Frames {
        Frames::new(&Key([1; 32]), [2; PREFIX], of.into())
    }

    #[test]
    fn frames_open_in_their_order_at_their_place_and_whole() {
        let mut seal = frames("a");
        let (one, two) = (seal.seal(b"one", false).expect("sealed"), seal.seal(b"two", true).expect("sealed"));
        let mut open = frames("a");
        assert_eq!(open.open(&one, false), Ok(b"one".to_vec()));
        assert_eq!(open.open(&two, true), Ok(b"two".to_vec()));
        // Cut off after the first, swapped, of another place.
        assert_eq!(frames("a").open(&one, true), Err(BrokenSeal));
        assert_eq!(frames("a").open(&two, true), Err(BrokenSeal));
        assert_eq!(frames("b").open(&one, false), Err(BrokenSeal));
    }
}
