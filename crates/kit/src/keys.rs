//! The master key and what is derived from it.

use crate::signature::Secret;
use baton_core::event::Key;
use baton_core::ids::Hash16;
use sha2::{Digest, Sha256};

/// The key above all keys. Not printable.
#[derive(Clone)]
pub struct Master(pub Key);

impl Master {
    /// A key for one purpose; purposes are apart even if one derived key is known.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"baton/derive/1\0");
        hash.update(self.0.0);
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }

    /// The secret under which tokens and reply addresses are signed.
    pub fn tokens(&self) -> Secret {
        Secret::from_bytes(&self.derive("tokens"))
    }

    /// The keyed hash by which an outside id or a free key is known.
    pub fn outside(&self, text: &str) -> Hash16 {
        let mut hash = Sha256::new();
        hash.update(self.derive("outside"));
        hash.update(text.as_bytes());
        let full = hash.finalize();
        let mut out = [0; 16];
        out.copy_from_slice(&full[..16]);
        Hash16(out)
    }
}
