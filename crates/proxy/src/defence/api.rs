//! Calls held against the description of the interface (gateway.md §10; CD-046).

use std::sync::Arc;

use medward_openapi::{Checks, Code, Document, RequestHead, Violation};
use medward_waf::Head;

/// The description, and what follows from a call that is not in it.
pub struct ApiGuard {
    /// The description.
    pub document: Arc<Document>,
    /// What is checked beyond it.
    pub checks: Checks,
    /// Whether such calls are refused; otherwise they are told about.
    pub enforces: bool,
}

/// A call that is not what it should be.
pub(super) struct Deviation {
    /// `unknown_path`, `parameter_type` and so on.
    pub(super) code: Code,
    /// Where, and what was expected; never what was sent.
    pub(super) told: String,
}

impl ApiGuard {
    /// Judges what is known before the body.
    pub(super) fn head(&self, head: &Head, announced: Option<u64>) -> Option<Deviation> {
        let method = std::str::from_utf8(head.method()).ok()?;
        let Ok(target) = std::str::from_utf8(head.target()) else {
            // A description is text, and so is every path in it.
            return Some(Deviation { code: Code::UnknownPath, told: "path: expected UTF-8".to_owned() });
        };
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let header = |name: &str| {
            let same = head.headers().filter(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
            same.last().map(|(_, value)| value)
        };
        let request = RequestHead { method, path, query, header: &header, content_length: announced };
        first(&self.document.check_head(&request, &self.checks))
    }

    /// Judges the body, when all of it was read.
    pub(super) fn body(&self, head: &Head, body: &[u8]) -> Option<Deviation> {
        let method = std::str::from_utf8(head.method()).ok()?;
        let target = std::str::from_utf8(head.target()).ok()?;
        let path = target.split('?').next().unwrap_or_default();
        let kind = head.header(b"content-type");
        first(&self.document.check_body(method, path, kind, body, &self.checks))
    }
}

fn first(violations: &[Violation]) -> Option<Deviation> {
    let violation = violations.first()?;
    Some(Deviation { code: violation.code, told: violation.to_string() })
}

impl Deviation {
    /// More of a body than is looked at.
    pub(super) fn too_large() -> Self {
        Self { code: Code::BodyTooLarge, told: "body: larger than what is inspected".to_owned() }
    }

    /// The status that says it.
    pub(super) fn status(&self) -> u16 {
        match self.code {
            Code::UnknownPath => 404,
            Code::MethodNotAllowed => 405,
            Code::ContentType => 415,
            Code::BodyTooLarge => 413,
            _ => 400,
        }
    }
}
