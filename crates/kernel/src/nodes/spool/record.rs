//! From event to payload: stamped with agent, number and host, and made to fit.

use medward_contract::event::{Event, Field, FieldValue};
use serde_json::Value;

use super::segment::MAX_PAYLOAD_BYTES;

const TRUNCATED: &str = "medward.truncated";
/// Room for one more name in [`TRUNCATED`].
const NOTE_BYTES: usize = 96;

/// Who a lane is.
#[derive(Debug)]
pub(super) struct Sender {
    /// `agent.id`.
    pub(super) agent: String,
    /// `host.name` of events that do not name their host.
    pub(super) host: String,
}

/// The event as one line of JSON with the lane's `agent.id` and this number. `None` when it does not fit into
/// [`MAX_PAYLOAD_BYTES`] even with all its texts emptied.
pub(super) fn payload(mut event: Event, sender: &Sender, number: u64) -> Option<Vec<u8>> {
    event.fields.insert_absent(Field::HostName, || sender.host.as_str().into());
    event.put(Field::AgentId, sender.agent.as_str().into());
    event.put(Field::EventSequence, i64::try_from(number).ok()?.into());
    loop {
        let line = serde_json::to_vec(&event.to_value()).ok()?;
        let Some(excess) = line.len().checked_sub(MAX_PAYLOAD_BYTES + 1) else { return Some(line) };
        shorten_longest(&mut event, excess + 1 + NOTE_BYTES)?;
    }
}

/// Takes at least `excess` bytes from the end of the longest text, or all of it. `None` when there is no text left.
fn shorten_longest(event: &mut Event, excess: usize) -> Option<()> {
    let length = |value: &FieldValue| match value {
        FieldValue::Text(text) => text.len(),
        FieldValue::Bytes(bytes) => bytes.len(),
        FieldValue::Int(_) => 0,
    };
    let fields = event.fields.iter().filter(|(field, _)| !matches!(field, Field::AgentId | Field::HostName));
    let field = fields.map(|(field, value)| (length(value), *field)).max_by_key(|(length, _)| *length);
    let attrs = event.attrs.iter().filter(|(name, _)| *name != TRUNCATED);
    let attr =
        attrs.filter_map(|(name, value)| Some((value.as_str()?.len(), name.clone()))).max_by_key(|(length, _)| *length);
    let field_length = field.map_or(0, |(length, _)| length);
    let attr_length = attr.as_ref().map_or(0, |(length, _)| *length);
    let keep = field_length.max(attr_length).checked_sub(1)?.saturating_sub(excess);
    let name = match (field, attr) {
        (Some((_, field)), _) if field_length >= attr_length => {
            match event.fields.get_mut(&field)? {
                FieldValue::Text(text) => text.truncate(text.floor_char_boundary(keep)),
                FieldValue::Bytes(bytes) => bytes.truncate(keep),
                FieldValue::Int(_) => return None,
            }
            field.name().to_owned()
        }
        (_, Some((_, name))) => {
            let Some(Value::String(text)) = event.attrs.get_mut(&*name) else { return None };
            text.truncate(text.floor_char_boundary(keep));
            name.into_owned()
        }
        _ => return None,
    };
    note_truncated(event, name);
    Some(())
}

fn note_truncated(event: &mut Event, name: String) {
    let list = match event.attrs.get(TRUNCATED).and_then(Value::as_str) {
        Some(list) if list.split(',').any(|other| other == name) => return,
        Some(list) if !list.is_empty() => format!("{list},{name}"),
        _ => name,
    };
    event.attrs.insert(TRUNCATED.into(), list.into());
}
