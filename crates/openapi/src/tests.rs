mod faults;
mod generated;
mod paths;
mod requests;

use crate::{Checks, Document, RequestHead};

/// Our own document of a hospital's appointments, as vendors write them: 3.0, YAML.
pub(crate) const APPOINTMENT: &str = include_str!("../tests/fixtures/appointment.yaml");

pub(crate) fn appointment() -> Document {
    Document::compile(APPOINTMENT.as_bytes()).unwrap()
}

pub(crate) const STRICT: Checks = Checks { refuse_unknown_parameters: true, max_body_bytes: 4_096 };

/// Violations of a head, as text; `target` is path and query.
pub(crate) fn head(
    document: &Document,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    content_length: Option<u64>,
) -> Vec<String> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes());
    let head = RequestHead { method, path, query, header: &header, content_length };
    document.check_head(&head, &STRICT).iter().map(ToString::to_string).collect()
}
