//! The pages, from the binary itself. In development they are read from the disk; without a build they say so.

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// What each error code means and what to do: the `type` of a problem is the address of its page.
#[derive(Embed)]
#[folder = "../../docs/errors"]
#[include = "*.md"]
struct Errors;

/// No inline script or style, nothing from elsewhere, no markup from text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/console")))
        .route("/console", get(page))
        .route("/console/{*rest}", get(page))
        .route("/setup", get(page))
        .route("/try", get(page))
        .route("/docs/errors/{code}", get(error_page))
        .route("/widget.js", get(async || file("widget.js", false)))
        .route("/favicon.svg", get(async || file("favicon.svg", false)))
        .route("/favicon.ico", get(async || Redirect::permanent("/favicon.svg")))
        .route("/assets/{*path}", get(async |Path(path): Path<String>| file(&format!("assets/{path}"), true)))
        .fallback(async |uri: Uri| missing(&uri))
}

fn missing(uri: &Uri) -> Response {
    // Other files of the build, e.g. those that the widget takes on demand.
    let path = uri.path().trim_start_matches('/');
    if !path.is_empty() && Dist::get(path).is_some() && !path.starts_with('.') {
        return file(path, false);
    }
    Problem::new(404, "route_not_found", "There is nothing at this address; see docs/api.md.").into_response()
}

async fn error_page(Path(code): Path<String>) -> Response {
    match Errors::get(&format!("{code}.md")) {
        Some(page) => {
            ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], page.data.into_owned()).into_response()
        }
        None => Problem::new(404, "route_not_found", "There is no error of this code.").into_response(),
    }
}

async fn page() -> Response {
    match Dist::get("console.html") {
        Some(_) => {
            let mut response = file("console.html", false);
            response.headers_mut().insert("content-security-policy", HeaderValue::from_static(POLICY));
            response
        }
        None => (
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            "The pages are not built. `cargo up` builds them; it needs Node 20 and npm. The API works without them.\n",
        )
            .into_response(),
    }
}

fn file(path: &str, hashed: bool) -> Response {
    let Some(file) = Dist::get(path) else {
        return Problem::new(404, "route_not_found", "There is no such file in this build.").into_response();
    };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if !path.ends_with(".html") {
        // The widget is taken by customers' sites, and its parts are modules, which need this leave.
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    response
}
