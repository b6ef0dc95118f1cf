//! Opaque cursors: the store's generation and a number. After a restore an old one is known as gone.

use baton_kit::store::Identity;

/// A place from which a reader goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Generation of the store.
    pub generation: u64,
    /// Position, seq or offset, by what is read.
    pub at: u64,
}

/// Why a cursor cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCursor {
    /// Not written by Baton.
    #[error("this is no cursor of Baton's")]
    Malformed,
    /// From before a restore, or from beyond the end.
    #[error("this cursor is from before a restore; load anew without it")]
    Gone,
}

impl Cursor {
    /// A cursor of this store.
    pub fn of(identity: Identity, at: u64) -> Self {
        Self { generation: identity.generation, at }
    }

    /// Its opaque text.
    pub fn text(&self) -> String {
        format!("{:x}-{:x}", self.generation, self.at)
    }

    /// Reads what [`Self::text`] wrote, for this store.
    ///
    /// # Errors
    /// Malformed, or of another generation.
    pub fn parse(text: &str, identity: Identity) -> Result<Self, BadCursor> {
        let (generation, at) = text.split_once('-').ok_or(BadCursor::Malformed)?;
        let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| BadCursor::Malformed);
        let cursor = Self { generation: number(generation)?, at: number(at)? };
        if cursor.generation == identity.generation { Ok(cursor) } else { Err(BadCursor::Gone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_generation_is_gone() {
        let now = Identity { workspace: uuid::Uuid::nil(), generation: 2 };
        let text = Cursor::of(now, 77).text();
        assert_eq!(Cursor::parse(&text, now).map(|c| c.at), Ok(77));
        let restored = Identity { generation: 3, ..now };
        assert_eq!(Cursor::parse(&text, restored), Err(BadCursor::Gone));
        assert_eq!(Cursor::parse("x", now), Err(BadCursor::Malformed));
    }
}
