//! `/api/v1` for people: what they see, what they do, and the stream that keeps their screens right.

mod about;
mod access;
mod actions;
mod audit;
mod board;
mod brief;
mod customer;
mod detail;
mod directory;
mod earlier;
mod feed;
mod files;
#[cfg(test)]
mod golden;
mod handovers;
mod idempotency;
mod lists;
mod mentions;
mod messages;
mod pace;
mod personal;
mod preferences;
mod reason;
mod reports;
mod rows;
mod search;
mod session;
mod stream;
mod texts;
mod tried;
mod viewers;
mod wire;
mod words;
mod workspace;

use crate::accounts::Caller;
use crate::app::App;
use crate::problem::Problem;
use access::Reader;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use baton_core::permission::{Action, Permit};
use texts::Texts;

pub(crate) fn routes() -> Router<App> {
    let one = |rest: &str| format!("/api/v1/conversations/{{id}}{rest}");
    Router::new()
        .route("/api/v1/setup", get(session::set_up_needed).post(session::set_up))
        .route("/api/v1/login", post(session::log_in))
        .route("/api/v1/logout", post(session::log_out))
        .route("/api/v1/me", get(session::me))
        .route("/api/v1/me/presence", put(session::presence))
        .route("/api/v1/me/preferences", get(preferences::read).put(preferences::write))
        .route("/api/v1/tags", get(workspace::tags).post(workspace::make_tag))
        .route("/api/v1/tags/{id}", put(workspace::set_tag).delete(workspace::remove_tag))
        .route("/api/v1/replies", get(workspace::replies).post(workspace::make_reply))
        .route("/api/v1/replies/{id}", put(workspace::set_reply).delete(workspace::remove_reply))
        .route("/api/v1/desk-settings", get(workspace::desk_settings).put(workspace::set_desk_settings))
        .route("/api/v1/directory", get(directory::directory))
        .route("/api/v1/me/log", get(audit::mine))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/board", get(board::board))
        .route("/api/v1/handovers", get(handovers::list))
        .route("/api/v1/reports", get(reports::list))
        .route("/api/v1/reports/{id}/accept", post(reports::accept))
        .route("/api/v1/reports/{id}/reject", post(reports::reject))
        .route("/api/v1/mentions", get(mentions::list))
        .route("/api/v1/mentions/{id}/read", post(mentions::read))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/conversations", get(lists::list))
        .route(&one(""), get(detail::detail))
        .route(&one("/events"), get(detail::events))
        .route(&one("/brief"), get(brief::brief))
        .route(&one("/messages"), post(messages::say))
        .route(&one("/messages/{seq}/undo"), post(messages::undo))
        .route(&one("/files"), post(files::upload))
        .route(&one("/files/{blob}"), get(files::download))
        .route(&one("/notes"), post(messages::note))
        .route(&one("/typing"), post(messages::typing))
        .route(&one("/accept"), post(actions::accept))
        .route(&one("/decline"), post(actions::decline))
        .route(&one("/pick"), post(actions::pick))
        .route(&one("/take-over"), post(actions::take_over))
        .route(&one("/transfer"), post(actions::transfer))
        .route(&one("/transfer/cancel"), post(actions::cancel_transfer))
        .route(&one("/hand-back"), post(actions::hand_back))
        .route(&one("/close"), post(actions::close))
        .route(&one("/join"), post(actions::join))
        .route(&one("/leave"), post(actions::leave))
        .route(&one("/snooze"), post(actions::snooze))
        .route(&one("/wake"), post(actions::wake))
        .route(&one("/reopen"), post(actions::reopen))
        .route(&one("/tags"), put(customer::tags))
        .route(&one("/customer"), put(customer::set))
        .route(&one("/messages/{seq}/reveal"), post(personal::reveal))
        .route(&one("/customer/export"), post(personal::export))
        .route(&one("/customer/erase"), post(personal::erase))
        .route(&one("/same-person"), post(customer::same_person))
        .route(&one("/block"), post(customer::block))
        .route(&one("/unblock"), post(customer::unblock))
        .route("/api/v1/stream", get(stream::stream))
        .layer(Extension(Texts::default()))
}

/// A request of somebody at the desk.
pub(super) struct Desk {
    app: App,
    caller: Caller,
    texts: Texts,
}

impl Desk {
    /// What this caller may see.
    fn view(&self) -> Result<View, Problem> {
        View::of(&self.app, &self.caller, &self.texts)
    }

    fn work(&self) -> Result<Permit, Problem> {
        self.caller.may(Action::Work)
    }
}

/// The hub through the eyes of one reader.
#[derive(Clone)]
pub(super) struct View {
    app: App,
    texts: Texts,
    permit: Permit,
    reader: Reader,
}

impl View {
    fn of(app: &App, caller: &Caller, texts: &Texts) -> Result<Self, Problem> {
        let permit = caller.may(Action::Read)?;
        let reader = Reader { agent: caller.agent(), rank: caller.rank() };
        Ok(Self { app: app.clone(), texts: texts.clone(), permit, reader })
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let texts = parts.extensions.get::<Texts>().cloned().unwrap_or_default();
        Ok(Self { app: app.clone(), caller, texts })
    }
}
