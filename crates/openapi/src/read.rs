//! From bytes to a tree, JSON or YAML, and the ways about in it.

use serde_json::Value;

use crate::error::{DocumentError, FaultList, Problem};

/// 5 MiB (gateway.md §10).
pub const MAX_DOCUMENT_BYTES: usize = 5 << 20;
/// Levels of nesting.
pub const MAX_DEPTH: usize = 64;

/// Nodes of a YAML document, what aliases repeat included: 5 MiB of the smallest nodes are no more.
const MAX_NODES: usize = 2_000_000;
const MAX_ALIASES: usize = 1_000;

pub(crate) fn read(bytes: &[u8]) -> Result<Value, DocumentError> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLong(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = text.trim_start().starts_with('{');
    let unreadable = |format, message: String| {
        let message = message.lines().next().unwrap_or_default().chars().take(300).collect();
        DocumentError::Unreadable { format, message }
    };
    let document = if is_json {
        serde_json::from_str(text).map_err(|error| unreadable("JSON", error.to_string()))?
    } else {
        serde_saphyr::from_str_with_options(text, yaml_options())
            .map_err(|error| unreadable("YAML", error.to_string()))?
    };
    if is_deeper(&document, MAX_DEPTH) {
        let mut faults = FaultList::default();
        faults.add("", Problem::TooDeep);
        return Err(faults.into_error());
    }
    Ok(document)
}

fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH + 1,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 100_000,
            max_replay_stack_depth: 16,
        },
        strict_booleans: true,
        with_snippet: false,
    }
}

pub(crate) fn is_deeper(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else { return matches!(value, Value::Array(_) | Value::Object(_)) };
    match value {
        Value::Array(items) => items.iter().any(|item| is_deeper(item, below)),
        Value::Object(fields) => fields.values().any(|field| is_deeper(field, below)),
        _ => false,
    }
}

/// A pointer one step on (RFC 6901, section 3).
pub(crate) fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The pointer of a reference inside the document. Its fragment is percent-encoded (RFC 6901, section 6).
pub(crate) fn local_reference(reference: &str) -> Result<String, Problem> {
    let fragment = reference.strip_prefix('#').ok_or(Problem::Outside)?;
    let pointer = crate::value::percent_decoded(fragment.as_bytes(), false).ok_or(Problem::Dangling)?;
    if pointer.is_empty() || pointer.starts_with('/') { Ok(pointer) } else { Err(Problem::Dangling) }
}

/// The object at `pointer`, behind references, and where it really stands. Two references in a row are more than anybody writes;
/// eight end a cycle.
pub(crate) fn resolved<'a>(
    document: &'a Value,
    value: &'a Value,
    pointer: &str,
    faults: &mut FaultList,
) -> Option<(&'a Value, String)> {
    let (mut value, mut place) = (value, pointer.to_owned());
    for _ in 0..8 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some((value, place)) };
        let target = match local_reference(reference) {
            Ok(target) => target,
            Err(problem) => {
                faults.add(join(&place, "$ref"), problem);
                return None;
            }
        };
        let Some(found) = document.pointer(&target) else {
            faults.add(join(&place, "$ref"), Problem::Dangling);
            return None;
        };
        (value, place) = (found, target);
    }
    faults.add(pointer, Problem::Circular);
    None
}
