//! RFC 9457 problem details: every error of the API says what to do, by a stable code with a page in `docs/errors/`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baton_core::refusal::Refusal;
use serde_json::{Map, Value};

/// An error as a client reads it.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    extra: Map<String, Value>,
    retry_after: Option<u64>,
}

/// Codes that are the server's own; core's are in `Refusal::CODES`.
pub(crate) const CODES: &[&str] = &[
    "malformed",
    "unknown_inbox",
    "token_invalid",
    "reply_address_invalid",
    "signature_invalid",
    "log_in_needed",
    "login_failed",
    "csrf_missing",
    "key_invalid",
    "too_many_attempts",
    "rate_limited",
    "too_many_connections",
    "setup_link_used",
    "setup_done",
    "weak_passphrase",
    "mail_taken",
    "slug_taken",
    "object_not_found",
    "object_invalid",
    "cursor_gone",
    "query_invalid",
    "cursor_malformed",
    "route_not_found",
    "method_not_allowed",
    "body_too_large",
    "file_too_large",
    "file_type_refused",
    "file_empty",
    "too_many_files",
    "field_required",
    "form_answer_wanted",
    "identity_invalid",
    "identity_other",
    "confirmation_wrong",
    "busy",
    "stopping",
    "storage_full",
    "internal",
];

impl Problem {
    pub(crate) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(CODES.contains(&code) || Refusal::CODES.contains(&code), "{code} has no page");
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, detail: detail.into(), extra: Map::new(), retry_after: None }
    }

    /// A further member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Says when to try again, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(400, "malformed", detail)
    }

    /// When to try again, in seconds, if it is worth it.
    pub(crate) fn wait(&self) -> Option<u64> {
        self.retry_after
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The members, for a body or a frame.
    pub(crate) fn json(&self) -> Value {
        let mut out = self.extra.clone();
        out.insert("type".into(), format!("/docs/errors/{}", self.code).into());
        out.insert("title".into(), title(self.code).into());
        out.insert("status".into(), self.status.as_u16().into());
        out.insert("detail".into(), self.detail.clone().into());
        out.insert("code".into(), self.code.into());
        // A frame has no header, and a page of another site may not read this one.
        if let Some(seconds) = self.retry_after {
            out.insert("retry_after".into(), seconds.into());
        }
        Value::Object(out)
    }
}

/// The code in words.
fn title(code: &str) -> String {
    let mut out = code.replace('_', " ");
    if let Some(first) = out.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    out
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.status(), refusal.code(), refusal.to_string());
        match refusal {
            Refusal::CounterGap { expected } => problem.with("expected", expected),
            Refusal::TooManyAsks | Refusal::TooManyClients => problem.retry_after(5),
            _ => problem,
        }
    }
}

impl From<baton_engine::Error> for Problem {
    fn from(error: baton_engine::Error) -> Self {
        match error {
            baton_engine::Error::Refused(refusal) => refusal.into(),
            baton_engine::Error::Busy => {
                Self::new(503, "busy", "Too much happened at once. Nothing was changed; try again.").retry_after(1)
            }
            baton_engine::Error::Full(why) => {
                // Said once where it is noticed: a full disk needs no line for every message.
                tracing::debug!(why, "the store cannot write");
                metrics::counter!("baton_storage_refused_total").increment(1);
                Self::new(507, "storage_full", "Nothing can be kept just now and nothing was. Try again soon.")
                    .retry_after(5)
            }
            other => {
                tracing::error!(error = %other, "a request failed inside");
                Self::new(500, "internal", "Something went wrong inside. It was logged; try again.")
            }
        }
    }
}

impl From<baton_kit::store::Error> for Problem {
    fn from(error: baton_kit::store::Error) -> Self {
        baton_engine::Error::from(error).into()
    }
}

impl From<baton_engine::BadCursor> for Problem {
    fn from(bad: baton_engine::BadCursor) -> Self {
        match bad {
            baton_engine::BadCursor::Malformed => Self::new(400, "cursor_malformed", bad.to_string()),
            baton_engine::BadCursor::Gone => Self::new(410, "cursor_gone", bad.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.json()).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
