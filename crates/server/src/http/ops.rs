//! Health and metrics.

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::routing::get;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(async || "alive\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready: the store answers.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.engine.end().await?;
    Ok("ready\n")
}

/// Prometheus' text form.
async fn metrics(State(app): State<App>) -> String {
    app.metrics.run_upkeep();
    app.metrics.render()
}
