//! JSON bodies and query strings whose errors name the place that is wrong.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// A JSON body, read strictly.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.to_string().contains("length limit");
            let code = if too_large { "body_too_large" } else { "malformed" };
            Problem::new(if too_large { 413 } else { 400 }, code, rejection.to_string())
        })?;
        read(&bytes).map(Self)
    }
}

/// Reads JSON; an empty body counts as `{}`.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // Only where something is wrong is it worth to keep account of the place.
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let place = error.path().to_string();
        // The place and what was expected; never the value, which may be a customer's text.
        let inner = error.into_inner();
        let what = match inner.classify() {
            serde_json::error::Category::Data => without_values(&inner.to_string()),
            _ => format!("not valid JSON at line {} column {}", inner.line(), inner.column()),
        };
        Problem::malformed(if place == "." { what } else { format!("{place}: {what}") })
    })?;
    from.end().map_err(|_| Problem::malformed("there is something after the JSON value"))?;
    Ok(value)
}

/// serde's messages quote the offending string; a message to a client need not.
fn without_values(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    match (message.find('"'), message.rfind('"')) {
        (Some(from), Some(to)) if to > from => format!("{}…{}", &message[..from], &message[to + 1..]),
        _ => message.to_owned(),
    }
}

/// A query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) = axum::extract::Query::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::malformed(rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// An id in the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(value) = axum::extract::Path::from_request_parts(parts, state).await.map_err(|_| {
            Problem::new(404, "route_not_found", "The address names nothing: an id in it is not of the right form.")
        })?;
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Say {
        #[expect(dead_code, reason = "only the reading is tested")]
        counter: u64,
    }

    #[test]
    fn an_error_names_the_place_and_not_the_value() {
        let problem = read::<Say>(br#"{"counter":"my secret"}"#).expect_err("a text is no number");
        let text = problem.json().to_string();
        assert!(text.contains("counter"), "{text}");
        assert!(!text.contains("my secret"), "{text}");
        let problem = read::<Say>(b"{").expect_err("not closed");
        assert_eq!(problem.code(), "malformed");
    }
}
