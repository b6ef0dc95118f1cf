//! The committed OpenAPI document, as it is served; a test holds it against the routes.

use crate::app::App;
use axum::Router;
use axum::http::header;
use axum::routing::get;

/// `docs/openapi.json`.
const DOCUMENT: &str = include_str!("../../../../docs/openapi.json");

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api/v1/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// "get /path" of each route, read from the form in which axum shows a router to developers: it tells them nowhere else.
    /// Were that form to change, nothing would be found and the test would fail.
    fn routes_of(router: &Router<App>, prefix: &str) -> BTreeSet<String> {
        let text = format!("{router:?}");
        let mut out = BTreeSet::new();
        // paths: {RouteId(0): "/v1/socket", …}
        let paths = text.split("paths: {").nth(1).and_then(|rest| rest.split("} }").next()).unwrap_or_default();
        for pair in paths.split("RouteId(").skip(1) {
            let Some((id, path)) = pair.split_once("): \"") else { continue };
            let path = path.split('"').next().unwrap_or_default();
            // routes: {RouteId(0): MethodRouter(MethodRouter { get: BoxedHandler(…), head: None, …
            let start = format!("RouteId({id}): MethodRouter(");
            let route = text.split(&start).nth(1).unwrap_or_default();
            for method in ["get", "post", "put", "delete", "patch"] {
                let endpoint = route.split(&format!(" {method}: ")).nth(1).unwrap_or_default();
                if !endpoint.starts_with("None") {
                    out.insert(format!("{method} {prefix}{path}"));
                }
            }
        }
        out
    }

    #[test]
    fn every_route_is_in_the_document_and_nothing_else_is() {
        let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
        let documented: BTreeSet<String> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().expect("methods").keys().map(move |method| format!("{method} {path}"))
            })
            .collect();
        let mut there = routes_of(&super::super::api(), "");
        there.extend(routes_of(&super::super::chat::routes(), "/chat"));
        assert!(there.len() > 60, "the routes could not be read: {there:?}");
        let missing: Vec<_> = there.difference(&documented).collect();
        assert!(missing.is_empty(), "not in docs/openapi.json: {missing:#?}");
        let absent: Vec<_> = documented.difference(&there).collect();
        assert!(absent.is_empty(), "in docs/openapi.json and nowhere else: {absent:#?}");
    }
}
