//! Health and metrics.

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::sync::atomic::Ordering;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(async || "alive\n"))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready: the store answers, and no stop has begun.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    if app.leaving.load(Ordering::Acquire) {
        return Err(Problem::new(503, "stopping", "The hub is stopping. Send new customers elsewhere.").retry_after(5));
    }
    app.engine.end().await?;
    if app.engine.store().full() {
        let why = "The disk of the data folder is full or cannot be written. Reading works; nothing new is kept.";
        return Err(Problem::new(503, "storage_full", why).retry_after(5));
    }
    Ok("ready\n")
}

/// Prometheus' text form.
async fn metrics(State(app): State<App>) -> String {
    #[cfg(unix)]
    if let Ok(disk) = rustix::fs::statvfs(&app.data) {
        metrics::gauge!("baton_disk_free_bytes").set((disk.f_bavail * disk.f_frsize) as f64);
    }
    app.metrics.run_upkeep();
    app.metrics.render()
}
