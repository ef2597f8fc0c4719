//! Errors as people and programs get them: RFC 9457 problem documents with a stable code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medward_contract::{ErrorCode, PortError};
use medward_store::StoreError;
use serde::Serialize;

use crate::codes;

/// A refusal or failure of one request.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {} ({detail})", code.code, code.title)]
pub struct ApiError {
    /// Which of the stable codes.
    pub code: ErrorCode,
    /// What exactly, in English; no secrets, no patient data.
    pub detail: String,
    /// Values for the translated text, `name` → `value`.
    pub args: Vec<(String, String)>,
    /// `Retry-After`, seconds.
    pub retry_after: Option<u64>,
}

/// The document on the wire.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `about:blank`; the code says more.
    pub r#type: &'static str,
    /// What happened.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What exactly.
    pub detail: String,
    /// Stable code, see `docs/errors.md`.
    pub code: String,
    /// Values for the translated text.
    pub args: std::collections::BTreeMap<String, String>,
    /// Id to quote.
    pub request_id: String,
}

impl ApiError {
    /// An error with this code.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), args: Vec::new(), retry_after: None }
    }

    /// Adds a value for the translated text.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.push((name.to_owned(), value.into()));
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(codes::NOT_FOUND, format!("no such {what}"))
    }

    /// A field is wrong.
    pub fn field(field: &str, problem: impl std::fmt::Display) -> Self {
        Self::new(codes::UNPROCESSABLE, format!("{field}: {problem}")).arg("field", field)
    }

    /// Something failed on our side; the cause goes to the log only.
    pub fn internal(operation: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(operation, error = medward_kernel::supervisor::with_sources(error), "request failed");
        Self::new(codes::INTERNAL, operation)
    }

    /// The document, with the id of the request it answers.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let problem = Problem {
            r#type: "about:blank",
            title: self.code.title.to_owned(),
            status: self.code.status,
            detail: self.detail.clone(),
            code: self.code.code.to_owned(),
            args: self.args.iter().cloned().collect(),
            request_id: request_id.to_owned(),
        };
        let status = StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, serde_json::to_string(&problem).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Handlers do not know the request id: the gate renders the document from the error in the response's extensions.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            tracing::error!(error = medward_kernel::supervisor::with_sources(&error), "the database cannot be reached");
            return Self::new(codes::UNAVAILABLE, "the database cannot be reached");
        }
        if error.is_unique_violation() {
            return Self::new(codes::CONFLICT, "it exists already");
        }
        if matches!(error, StoreError::NulInText { .. }) {
            return Self::new(codes::UNPROCESSABLE, "text must not contain the character NUL");
        }
        Self::internal("use the database", &error)
    }
}

impl From<PortError> for ApiError {
    fn from(error: PortError) -> Self {
        Self::new(codes::UNAVAILABLE, format!("failed to {error}"))
    }
}
