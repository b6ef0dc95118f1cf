//! After a backup was put back: keys that were destroyed since it was made are destroyed in it, too, but its log does not
//! say so yet. What they sealed is erased in the log as well, so that pages say it and no open chat waits for words that
//! nobody can seal.

use crate::{Engine, Error};
use baton_core::actor::Part;
use baton_core::event::ErasedBy;
use baton_core::ids::KeyId;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_kit::store::{HolderKind, RowFilter};

/// The record that a restore leaves in the store.
const RESTORED: (&str, &[u8]) = ("restored", b"erasures");

impl Engine {
    /// Goes through the conversations of a store that was restored, once.
    pub(crate) async fn erase_again(&self) -> Result<(), Error> {
        let (kind, key) = RESTORED;
        if self.store.record(kind, key, 0).await?.is_none() {
            return Ok(());
        }
        let permit = Permit::system(Part::Setup);
        let mut filter = RowFilter { limit: limits::PAGE, ..RowFilter::default() };
        let mut erased = 0_u64;
        loop {
            let page = self.store.rows(filter.clone()).await?;
            filter.after = page.last().map(|row| (row.sort, row.id));
            for row in &page {
                let known = match row.person {
                    Some(person) => self.store.key(KeyId(person.0)).await?.is_some(),
                    None => true,
                };
                // A rule erases what is closed; what was open when the backup was made may have been closed since.
                if known && row.holder == HolderKind::Nobody {
                    continue;
                }
                let Some(state) = self.state(row.id).await?.filter(|state| !state.gone()) else { continue };
                let sealed = match state.key {
                    Some(key) => self.store.key(key).await?.is_some(),
                    None => true,
                };
                if !known || !sealed {
                    self.erase_words(&permit, row.id, ErasedBy::Customer, None).await?;
                    erased += 1;
                }
            }
            if page.len() < limits::PAGE {
                break;
            }
        }
        tracing::info!(erased, "the store was restored; what was erased since its backup is erased in its log, too");
        self.store.take_record(kind, key).await?;
        Ok(())
    }
}
