//! Everything that is kept of a person, for a copy of it.

use crate::{Engine, Error};
use baton_core::event::{Deed, Handled};
use baton_core::ids::PersonId;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_kit::store::Row;

impl Engine {
    /// The conversations of a person, oldest first. That somebody copied them stands in the audit before they are read.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]: there is nobody with this id; the store's own.
    pub async fn export_person(&self, permit: &Permit, person: PersonId, reason: &str) -> Result<Vec<Row>, Error> {
        let mut rows = self.of_person(person).await?;
        if rows.is_empty() {
            return Err(Refusal::NotFound.into());
        }
        rows.sort_by_key(|row| row.id);
        rows.truncate(limits::EXPORT_CONVERSATIONS);
        let handled = Handled { deed: Deed::Exported, person, conversation: None, of: None };
        self.account(permit, handled, reason).await?;
        Ok(rows)
    }
}
