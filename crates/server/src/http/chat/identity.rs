//! The customer's site says who the customer is.

use super::{Customer, wire};
use crate::app::App;
use crate::identity::{self, Secrets};
use crate::json::Json;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use baton_core::command::Identify;
use baton_core::conversation::Conversation;
use baton_core::event::{Identity, Object};
use baton_core::ids::{InboxId, PersonId};
use serde::Deserialize;
use std::sync::Arc;

impl App {
    /// Reads a token of the site of this inbox.
    pub(super) fn read_identity(&self, inbox: InboxId, token: &str) -> Result<Identity, Problem> {
        let config = self.engine.config();
        let kept = config.get(Object::Inbox, inbox.0).and_then(|json| json.get("identity"));
        let secrets: Secrets = kept.and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default();
        identity::verify(token, &secrets, self.engine.runtime().now())
            .map_err(|why| Problem::new(401, "identity_invalid", why.to_string()))
    }

    /// The person of this identity: the same on every device of theirs.
    pub(super) async fn person_of(&self, inbox: InboxId, identity: &Identity) -> Result<Option<PersonId>, Problem> {
        match identity.sub.as_deref().map(|sub| identity::person(self.engine.master(), inbox, sub)) {
            // Who was erased and returns is somebody new.
            Some(person) => Ok(Some(self.engine.living(person).await?)),
            None => Ok(None),
        }
    }

    /// Makes the customer of this conversation known. On a device that several use, the next to log in must not get the
    /// chat of the one before.
    pub(super) async fn make_known(
        &self,
        customer: &Customer,
        state: Arc<Conversation>,
        identity: Identity,
    ) -> Result<Arc<Conversation>, Problem> {
        let person = self.person_of(state.inbox, &identity).await?;
        let person =
            person.ok_or_else(|| Problem::new(401, "identity_invalid", identity::Invalid::Nobody.to_string()))?;
        if state.known && state.person == person && state.blocked.is_some() {
            // Who is blocked reads on; their site renews its tokens all the same.
            return Ok(state);
        }
        if state.known && state.person != person {
            match self.engine.signed_person(&customer.permit, customer.id).await? {
                // An agent has joined this customer with another one since: that stands.
                Some(signed) if signed == person => return Ok(state),
                Some(_) => {
                    let why = "This chat belongs to another customer of this site. Start a new one.";
                    return Err(Problem::new(409, "identity_other", why));
                }
                // Known by an agent's word alone: the site knows better.
                None => {}
            }
        }
        Ok(self.engine.identify(&customer.permit, customer.id, Identify { person, identity }).await?.state)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    token: String,
}

pub(super) async fn identify(
    State(app): State<App>,
    customer: Customer,
    Json(Token { token }): Json<Token>,
) -> Result<Response, Problem> {
    let state = app.engine.conversation(&customer.permit, customer.id).await?;
    let identity = app.read_identity(state.inbox, &token)?;
    let state = app.make_known(&customer, state, identity).await?;
    Ok(axum::Json(wire::state(&app, &customer.permit, &state).await).into_response())
}
