//! What an inbox does with what is personal: the form of its rules, and what a retention rule would do.

use super::check::invalid;
use crate::accounts::Caller;
use crate::app::App;
use crate::json::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use baton_core::ids::InboxId;
use baton_core::limits;
use baton_core::permission::Action;
use baton_core::privacy::{Pattern, Privacy, Retention};
use baton_engine::Engine;
use serde_json::json;
use uuid::Uuid;

/// Checks the rules of an inbox before they are kept.
pub(super) fn check(engine: &Engine, privacy: &Privacy) -> Result<(), Problem> {
    let patterns = &privacy.redaction.patterns;
    if patterns.len() > limits::PATTERNS {
        return Err(invalid("privacy.redaction.patterns", format!("at most {}", limits::PATTERNS)));
    }
    for (at, pattern) in patterns.iter().enumerate() {
        let place = format!("privacy.redaction.patterns[{at}]");
        let Pattern { name, regex } = pattern;
        super::check::name(&format!("{place}.name"), name)?;
        if name.contains(['[', ']']) {
            return Err(invalid(&format!("{place}.name"), "without square brackets"));
        }
        if regex.is_empty() || regex.chars().count() > limits::PATTERN_CHARS {
            return Err(invalid(&format!("{place}.regex"), format!("1 to {} characters", limits::PATTERN_CHARS)));
        }
        if let Some(why) = engine.unfit(pattern) {
            return Err(invalid(&format!("{place}.regex"), why));
        }
    }
    retention(&privacy.retention)
}

fn retention(rule: &Retention) -> Result<(), Problem> {
    for (place, days) in [("texts_days", rule.texts_days), ("customers_days", rule.customers_days)] {
        if days.is_some_and(|days| days == 0 || days > limits::RETENTION_DAYS) {
            let why = format!("1 to {} days; leave it out to keep for ever", limits::RETENTION_DAYS);
            return Err(invalid(&format!("privacy.retention.{place}"), why));
        }
    }
    Ok(())
}

/// What a rule would erase now. Nothing is changed.
pub(super) async fn try_retention(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(rule): Json<Retention>,
) -> Result<Response, Problem> {
    let permit = caller.may(Action::Administer)?;
    retention(&rule)?;
    if !app.engine.settings().inboxes.contains_key(&InboxId(id)) {
        return Err(super::not_found());
    }
    let would = app.engine.would_erase(&permit, InboxId(id), &rule).await?;
    let json = json!({"conversations": would.conversations, "customers": would.customers, "complete": would.complete});
    Ok(axum::Json(json).into_response())
}

/// How the retention rules of all inboxes stand.
pub(super) fn state(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Action::Administer)?;
    let state = app.engine.retention_state();
    let json = json!({
        "conversations": state.conversations, "customers": state.customers, "rounded_at": state.rounded,
        "failing": state.failing,
    });
    Ok(axum::Json(json).into_response())
}
