//! How many sockets and streams there may be at once: of one chat, and from one address.

use super::Customer;
use super::stream::{After, stream as frames};
use crate::app::App;
use crate::counts::Counted;
use crate::http::address::ClientAddress;
use crate::json::Query;
use crate::problem::Problem;
use crate::rates::address_key;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use baton_core::ids::ConversationId;
use futures_util::StreamExt;

fn too_many() -> Problem {
    metrics::counter!("baton_connections_refused_total").increment(1);
    let why = "There are too many connections from here just now. Nothing was lost; connect again soon.";
    Problem::new(503, "too_many_connections", why).retry_after(5)
}

impl App {
    /// Counts a socket or stream of this chat, as long as the guard lives.
    pub(super) fn count_chat(&self, id: ConversationId) -> Result<Counted, Problem> {
        self.chat_sockets.enter(id.0.as_u128(), self.limits.sockets_per_chat).ok_or_else(too_many)
    }

    /// Counts a socket from this address; behind a proxy the connections themselves do not tell whose they are.
    pub(crate) fn count_address(&self, ClientAddress(address): ClientAddress) -> Result<Option<Counted>, Problem> {
        let Some(address) = address else { return Ok(None) };
        let most = self.limits.connections_per_address;
        self.address_sockets.enter(address_key(address), most).map(Some).ok_or_else(too_many)
    }
}

/// The stream in place of a socket; it counts until its reader is gone.
pub(super) async fn stream(
    State(app): State<App>,
    address: ClientAddress,
    customer: Customer,
    query: Query<After>,
) -> Result<Response, Problem> {
    let guards = (app.count_address(address)?, app.count_chat(customer.id)?);
    let response = frames(State(app), customer, query).await?;
    Ok(response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |bytes| {
            let _held = &guards;
            bytes
        }))
    }))
}
