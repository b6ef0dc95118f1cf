//! The customer says that an answer of the assistant was wrong.

use super::Customer;
use crate::app::App;
use crate::json::Json;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_core::command::{Command, Report};
use baton_core::decide::Reply;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportBody {
    position: u64,
    should_have_said: Option<String>,
    comment: Option<String>,
}

pub(super) async fn report(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<ReportBody>,
) -> Result<Response, Problem> {
    let ReportBody { position, should_have_said, comment } = body;
    let command = Command::Report(Report { position, should_have_said, comment });
    let done = app.engine.execute(&customer.permit, customer.id, command).await?;
    let Reply::Reported { report } = done.reply else {
        return Err(Problem::new(500, "internal", "A report got no id."));
    };
    Ok((StatusCode::CREATED, axum::Json(json!({"report": report}))).into_response())
}
