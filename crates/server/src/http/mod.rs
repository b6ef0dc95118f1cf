//! Routes: parse → permit → one engine call → response or problem.

pub(crate) mod address;
mod admin;
mod chat;
mod desk;
mod frames;
mod hooks;
mod openapi;
mod ops;
mod pages;

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use baton_core::limits;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowMethods, Any, CorsLayer};

/// Everything that the hub answers.
pub(crate) fn router(app: App) -> Router {
    // The widget runs on customers' sites: any origin may call it, with its token and never with a cookie.
    // A service of its own, because a preflight must meet the CORS layer before any fallback says 405.
    let chat = chat::routes()
        .fallback(async || Problem::new(404, "route_not_found", "There is nothing at this address; see docs/api.md."))
        .method_not_allowed_fallback(wrong_method)
        .layer(cors())
        .with_state(app.clone());
    Router::new()
        .nest_service("/chat", chat)
        .merge(api())
        .merge(hooks::routes())
        .merge(ops::routes())
        .merge(pages::routes())
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(count))
        .with_state(app)
}

/// `/api/v1`.
fn api() -> Router<App> {
    Router::new().merge(desk::routes()).merge(admin::routes()).merge(openapi::routes())
}

/// Mirrors what is asked for: a `*` does not cover `Authorization` (Fetch standard, CORS protocol and credentials).
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(Duration::from_secs(3_600))
}

async fn wrong_method() -> Problem {
    Problem::new(405, "method_not_allowed", "This address takes another method; see docs/api.md.")
}

/// A panic is a defect; the client reads that it is ours, the log says where.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked; see the message above");
    Problem::new(500, "internal", "Something went wrong inside. It was logged; try again.").into_response()
}

/// A request whose sender never comes to its end is not waited for. Uploads have a limit of their own; streams and sockets
/// begin at once.
async fn in_time(request: Request, next: Next) -> Response {
    if request.uri().path().ends_with("/files") {
        return next.run(request).await;
    }
    match tokio::time::timeout(Duration::from_millis(limits::REQUEST as u64), next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let why = "The request was not done in time. It may have been carried out: repeat it under the same key.";
            Problem::new(503, "busy", why).retry_after(2).into_response()
        }
    }
}

/// Counts requests by class of status, and keeps answers from being cached or sniffed.
async fn count(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let class = match response.status().as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    metrics::counter!("baton_http_responses_total", "status" => class).increment(1);
    let headers = response.headers_mut();
    headers.entry("cache-control").or_insert(axum::http::HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", axum::http::HeaderValue::from_static("nosniff"));
    headers.entry("referrer-policy").or_insert(axum::http::HeaderValue::from_static("no-referrer"));
    response
}

/// How long one frame may take to leave: a stalled reader is dropped and resumes later.
pub(crate) const FRAME_LIMIT: Duration = Duration::from_millis(limits::FRAME_LEAVES as u64);
