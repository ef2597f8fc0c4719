//! What the fuzz targets of OpenAPI documents do with their bytes. The targets and the replay test on stable share it, so a
//! corpus file means the same to both.

use medward_openapi::{Checks, Document, DocumentError, MAX_FAULTS, MAX_VIOLATIONS, RequestHead};

/// A document: it is refused with its faults, or its operations are found by their own templates.
pub(crate) fn document(data: &[u8]) {
    let document = match Document::compile(data) {
        Ok(document) => document.with_base_path(""),
        Err(DocumentError::Faults(faults)) => {
            assert!((1..=MAX_FAULTS).contains(&faults.len()));
            assert!(faults.iter().all(|fault| fault.pointer.is_empty() || fault.pointer.starts_with('/')));
            return;
        }
        Err(_) => return,
    };
    for operation in document.operations().take(50) {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/';
        if operation.template.bytes().all(is_plain) {
            assert_eq!(document.path_template(operation.template), Some(operation.template));
        }
        request(&document, operation.method, operation.template, "a=1&b", b"{\"a\":[1]}");
    }
}

/// A request against a fixed document: lines of method, target, cookie and body. Nothing of it is told.
pub(crate) fn lines(data: &[u8]) {
    let document = Document::compile(include_bytes!("../../crates/openapi/tests/fixtures/appointment.yaml")).unwrap();
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let mut text = || std::str::from_utf8(lines.next().unwrap_or_default()).unwrap_or_default();
    let (method, target) = (text(), text());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    request(&document, method, path, query, lines.next().unwrap_or_default());
}

fn request(document: &Document, method: &str, path: &str, query: &str, body: &[u8]) {
    let header = |name: &str| match name {
        "content-type" => Some(b"application/json".as_slice()),
        _ => Some(body),
    };
    let checks = Checks { refuse_unknown_parameters: true, max_body_bytes: 4_096 };
    let head = RequestHead { method, path, query: Some(query), header: &header, content_length: None };
    let violations = document.check_head(&head, &checks);
    assert!(violations.len() <= MAX_VIOLATIONS);
    for kind in ["application/json", "application/x-www-form-urlencoded"] {
        let told = document.check_body(method, path, Some(kind.as_bytes()), body, &checks);
        assert!(told.len() <= MAX_VIOLATIONS);
        assert!(told.iter().all(|violation| violation.place.starts_with("body") || violation.place == "content_type"));
    }
}
