//! `/chat/v1`: the customer's side. A token is scoped to one conversation.

mod device;
mod files;
mod forms;
mod identity;
mod reports;
mod requests;
mod socket;
mod sockets;
mod stream;
mod transcript;
pub(crate) mod wire;

use crate::app::App;
use crate::problem::Problem;
use crate::rates::TooFast;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{get, post};
use baton_core::ids::{ConversationId, InboxId, Ms};
use baton_core::limits;
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_engine::Cursor;
use serde::{Deserialize, Serialize};

/// Below `/chat`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/v1/inboxes/{slug}", get(requests::inbox))
        .route("/v1/conversations", post(requests::start))
        .route("/v1/conversation", get(requests::state))
        .route("/v1/conversation/events", get(requests::events))
        .route("/v1/conversation/messages", post(requests::send))
        .route("/v1/conversation/identity", post(identity::identify))
        .route("/v1/conversation/files", post(files::upload))
        .route("/v1/conversation/files/{blob}", get(files::download))
        .route("/v1/conversation/person", post(requests::person))
        .route("/v1/conversation/withdraw", post(requests::withdraw))
        .route("/v1/conversation/message-left", post(requests::leave_message))
        .route("/v1/conversation/rating", post(requests::rate))
        .route("/v1/conversation/reports", post(reports::report))
        .route("/v1/conversation/transcript", get(transcript::transcript))
        .route("/v1/conversation/typing", post(requests::typing))
        .route("/v1/conversation/seen", post(requests::seen))
        .route("/v1/conversation/stream", get(sockets::stream))
        .route("/v1/socket", get(socket::socket))
}

#[derive(Serialize, Deserialize)]
struct Claims {
    c: ConversationId,
    /// Tokens of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<InboxId>,
    w: uuid::Uuid,
    e: Ms,
}

const PURPOSE: &str = "chat";

/// The customer of one conversation.
#[derive(Clone, Copy)]
pub(crate) struct Customer {
    pub(crate) id: ConversationId,
    inbox: Option<InboxId>,
    pub(crate) permit: Permit,
}

impl App {
    /// A token for this conversation.
    pub(crate) fn chat_token(&self, id: ConversationId, inbox: InboxId) -> String {
        let claims = Claims {
            c: id,
            i: Some(inbox),
            w: self.engine.store().identity().workspace,
            e: self.engine.runtime().now() + limits::CHAT_TOKEN,
        };
        self.tokens.token(PURPOSE, &serde_json::to_string(&claims).unwrap_or_default())
    }

    /// Reads a token.
    pub(crate) fn customer(&self, token: &str) -> Result<Customer, Problem> {
        let invalid =
            || Problem::new(401, "token_invalid", "This chat's token is not good any more. Start the chat again.");
        let claims = self.tokens.read_token(PURPOSE, token).map_err(|_| invalid())?;
        let claims: Claims = serde_json::from_str(&claims).map_err(|_| invalid())?;
        if claims.w != self.engine.store().identity().workspace || claims.e < self.engine.runtime().now() {
            return Err(invalid());
        }
        let permit = permit(&Subject::Customer { conversation: claims.c }, Action::Chat(claims.c))?;
        Ok(Customer { id: claims.c, inbox: claims.i, permit })
    }

    /// Counts a request or frame under this chat's token.
    fn may_ask(&self, customer: &Customer) -> Result<(), TooFast> {
        self.rates.chat_requests.take(customer.id.0.as_u128(), self.engine.runtime().now())
    }

    /// Counts a message of this customer, in their chat and in its inbox.
    fn may_say(&self, customer: &Customer) -> Result<(), TooFast> {
        let now = self.engine.runtime().now();
        self.rates.chat_messages.take(customer.id.0.as_u128(), now)?;
        match customer.inbox {
            Some(inbox) => self.rates.inbox_messages.take(inbox.0.as_u128(), now),
            None => Ok(()),
        }
    }

    /// Reads a cursor of positions; absent: from the start.
    pub(crate) fn chat_cursor(&self, text: Option<&str>) -> Result<u64, Problem> {
        match text.filter(|text| !text.is_empty()) {
            None => Ok(0),
            Some(text) => Ok(Cursor::parse(text, self.engine.store().identity())?.at),
        }
    }

    pub(crate) fn cursor_at(&self, at: u64) -> String {
        Cursor::of(self.engine.store().identity(), at).text()
    }
}

impl FromRequestParts<App> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let bearer = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|text| text.strip_prefix("Bearer "));
        let customer = app.customer(token.unwrap_or_default())?;
        app.may_ask(&customer)?;
        Ok(customer)
    }
}
