//! Events too large for a record are made to fit before they are encoded: an attacker who sends long values must not be
//! able to keep his attack out of the log.
//!
//! Order: long plain values (paths, user agents, messages) give way first; then lists in JSON, element by element from
//! the end, so that what is left can still be read; then whatever is longest.

use medward_contract::event::{Event, Field, FieldValue, MAX_FIELDS, MAX_VALUE_BYTES};

use super::MAX_EVENT_BYTES;

/// The attribute that names what was cut.
const TRUNCATED: &str = "medward.truncated";

/// A plain value keeps this much of its beginning as long as a list can be shortened instead.
const PLAIN_FLOOR: usize = 2 * 1024;

/// Cuts the values of an event that passes [`MAX_EVENT_BYTES`], text at character boundaries, naming each in
/// `medward.truncated`, until it fits.
pub fn fit(event: &mut Event) {
    // A round takes away all excess or brings one value to its floor, of which there are two.
    for _ in 0..2 * MAX_FIELDS {
        let excess = weight(event).saturating_sub(MAX_EVENT_BYTES);
        if excess == 0 {
            return;
        }
        let cut = shorten_plain(event, excess, PLAIN_FLOOR)
            .or_else(|| shorten_list(event, excess))
            .or_else(|| shorten_plain(event, excess, 0));
        let Some(name) = cut else { return };
        note_truncated(event, &name);
    }
}

/// Bytes the event takes when encoded, at most.
fn weight(event: &Event) -> usize {
    let fields: usize = event.fields.values().map(field_len).sum();
    let attrs: usize = event.attrs.iter().map(|(name, value)| name.len() + attr_len(value) + 6).sum();
    let tags: usize = event.tags.iter().map(|tag| tag.len() + 3).sum();
    fields + attrs + tags + event.fields.len() * 5 + 64
}

fn field_len(value: &FieldValue) -> usize {
    match value {
        FieldValue::Text(text) => text.len(),
        FieldValue::Bytes(bytes) => bytes.len(),
        FieldValue::Int(_) => 9,
    }
}

fn attr_len(value: &serde_json::Value) -> usize {
    value.as_str().map_or(24, json_len)
}

/// Length of a text inside JSON quotes, as `serde_json` writes it.
fn json_len(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => 2,
        0x00..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
}

/// Cuts the longest plain value, but not below `floor` bytes. `None` when none is longer.
fn shorten_plain(event: &mut Event, excess: usize, floor: usize) -> Option<String> {
    let field = event
        .fields
        .iter()
        .map(|(field, value)| (field_len(value), *field))
        .filter(|(length, field)| *length > floor.max(9) && !matches!(field, Field::AgentId))
        .max_by_key(|(length, _)| *length);
    let attr = event
        .attrs
        .iter()
        .filter(|(name, _)| *name != TRUNCATED)
        .filter_map(|(name, value)| value.as_str().map(|text| (json_len(text), text, name)))
        .filter(|(_, text, _)| text.len() > floor && (floor == 0 || list_of(text).is_none()))
        .map(|(length, _, name)| (length, name.to_string()))
        .max_by_key(|(length, _)| *length);
    match (field, attr) {
        (Some((length, field)), attr) if attr.as_ref().is_none_or(|(other, _)| *other <= length) => {
            let keep = length.saturating_sub(excess).max(floor);
            match event.fields.get_mut(&field)? {
                FieldValue::Text(text) => text.truncate(text.floor_char_boundary(keep)),
                FieldValue::Bytes(bytes) => bytes.truncate(keep),
                FieldValue::Int(_) => return None,
            }
            Some(field.name().to_owned())
        }
        (_, Some((_, name))) => {
            // A byte of text is at least one of JSON.
            if let Some(serde_json::Value::String(text)) = event.attrs.get_mut(&*name) {
                text.truncate(text.floor_char_boundary(text.len().saturating_sub(excess).max(floor)));
            }
            Some(name)
        }
        _ => None,
    }
}

/// Takes elements from the end of the longest list.
fn shorten_list(event: &mut Event, excess: usize) -> Option<String> {
    let lists = event.attrs.iter().filter_map(|(name, value)| {
        let text = value.as_str()?;
        Some((json_len(text), name.clone(), list_of(text)?))
    });
    let (length, name, list) = lists.filter(|(_, _, list)| !list.is_empty()).max_by_key(|(length, _, _)| *length)?;
    let room = length.saturating_sub(excess);
    let mut kept = String::from("[");
    for element in list {
        let element = element.to_string();
        if json_len(&kept) + json_len(&element) + 2 > room {
            break;
        }
        if kept.len() > 1 {
            kept.push(',');
        }
        kept.push_str(&element);
    }
    kept.push(']');
    event.attrs.insert(name.clone(), kept.into());
    Some(name.into_owned())
}

fn list_of(text: &str) -> Option<Vec<serde_json::Value>> {
    if text.starts_with('[') { serde_json::from_str(text).ok() } else { None }
}

fn note_truncated(event: &mut Event, name: &str) {
    let list = match event.attrs.get(TRUNCATED).and_then(serde_json::Value::as_str) {
        Some(list) if list.split(',').any(|other| other == name) => return,
        Some(list) if !list.is_empty() && list.len() < MAX_VALUE_BYTES => format!("{list},{name}"),
        _ => name.to_owned(),
    };
    event.attrs.insert(TRUNCATED.into(), list.into());
}
