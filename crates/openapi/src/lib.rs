//! API descriptions as a guard (gateway.md §10, CD-046): an OpenAPI document is uploaded for an object, and each request is
//! held against it.
//!
//! `Document::compile` reads OpenAPI 3.0 or 3.1 in JSON or YAML. `check_head` judges path, method, parameters and content type
//! before the body is there, `check_body` the body. What follows from a violation (observe or enforce) is the caller's, and so
//! is who may call: security requirements are not checked.
//!
//! Invariant: no I/O, and no reference leaves the document. Invariant: a `Violation` says where and what was expected, never
//! what was sent, because that may be a patient's. Invariant: patterns of a document match in linear time.
//!
//! ```
//! use medward_openapi::{Checks, Document, RequestHead};
//!
//! let document = Document::compile(br#"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {
//!     "/slots": {"get": {"parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}]}}}}"#)?;
//! let head = RequestHead { method: "GET", path: "/slots", query: Some("page=x"), header: &|_| None, content_length: None };
//! let violations = document.check_head(&head, &Checks::default());
//! assert_eq!(violations[0].to_string(), "parameter_type at query.page: expected integer");
//! # Ok::<(), medward_openapi::DocumentError>(())
//! ```

mod check;
mod compile;
mod error;
mod parameter;
mod path;
mod read;
mod schema;
mod value;
mod violation;

#[cfg(test)]
mod tests;

pub use self::check::{Checks, DEFAULT_MAX_BODY_BYTES, MAX_BODY_DEPTH, RequestHead};
pub use self::compile::{Document, MAX_OPERATIONS, MAX_PARAMETERS, OperationInfo};
pub use self::error::{DocumentError, Fault, MAX_FAULTS, Problem};
pub use self::read::{MAX_DEPTH, MAX_DOCUMENT_BYTES};
pub use self::schema::{MAX_SCHEMAS, MAX_WEIGHT};
pub use self::violation::{Code, MAX_VIOLATIONS, Violation};
