//! From an [`Event`] to canonical bytes.

use std::sync::Arc;

use medward_contract::Timestamp;
use medward_contract::event::{Event, Field, FieldValue, is_key};

use super::cbor::{major, write_bytes, write_head, write_int, write_text};
use super::{MAX_RECORD_BYTES, Value, View, key};

/// Attributes the vault itself sets; a sensor's value would be a lie and is not stored.
const RESERVED_ATTRS: [&str; 2] = ["event.ingested", "medward.seq"];

/// What the record of a request takes; a larger one grows.
const USUAL_BYTES: usize = 768;

/// Why an event has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The record would pass [`MAX_RECORD_BYTES`].
    #[error("encode record: {bytes} bytes, at most {MAX_RECORD_BYTES} fit")]
    TooLarge {
        /// What it would take.
        bytes: usize,
    },
    /// A field's value does not have the field's type.
    #[error("encode record: {0} has the wrong type")]
    WrongType(&'static str),
    /// An attribute is not a scalar or its name is not allowed.
    #[error("encode record: attribute {0:?} is not a scalar or not a name of [a-z0-9_@.-]{{1,64}}")]
    Attribute(String),
}

/// An event encoded as far as possible before its place is known, so that the one commit thread only copies.
#[derive(Debug, Clone)]
pub struct Prepared {
    timestamp: Timestamp,
    /// Keys 3–8, then keys 11–49.
    body: Vec<u8>,
    split: usize,
    /// Entries in `body`.
    entries: u64,
    agent_id: Option<Arc<str>>,
    sequence: Option<i64>,
}

impl Prepared {
    /// Encodes everything but the place and the idempotency key.
    pub fn new(event: &Event) -> Result<Self, EncodeError> {
        let mut body = Vec::with_capacity(USUAL_BYTES);
        let mut entries = 0_u64;
        let mut put_key = |body: &mut Vec<u8>, key: u64| {
            write_head(body, major::UINT, key);
            entries += 1;
        };
        put_key(&mut body, key::DATASET);
        write_text(&mut body, event.dataset.as_str());
        put_key(&mut body, key::ACTION);
        write_text(&mut body, &event.action);
        put_key(&mut body, key::OUTCOME);
        write_text(&mut body, event.outcome.as_str());
        put_key(&mut body, key::SEVERITY);
        write_head(&mut body, major::UINT, u64::from(u8::from(event.severity)));

        let message_off = message_offset(event);
        let mut split = None;
        for (field, value) in event.fields.iter() {
            if value.kind() != field.kind() {
                return Err(EncodeError::WrongType(field.name()));
            }
            if *field > Field::EventSequence {
                split.get_or_insert(body.len());
            }
            match (field, message_off) {
                (Field::AgentId | Field::EventSequence, _) => {}
                (Field::Message, Some(offset)) => {
                    put_key(&mut body, key::MESSAGE_OFF);
                    write_head(&mut body, major::UINT, offset as u64);
                }
                _ => {
                    put_key(&mut body, u64::from(field.key()));
                    write_value(&mut body, value);
                }
            }
        }
        let split = split.unwrap_or(body.len());
        if !event.tags.is_empty() {
            put_key(&mut body, key::TAGS);
            write_head(&mut body, major::ARRAY, event.tags.len() as u64);
            event.tags.iter().for_each(|tag| write_text(&mut body, tag));
        }
        if let Some(attrs) = attrs_text(event)? {
            put_key(&mut body, key::ATTRS);
            write_head(&mut body, major::TEXT, attrs.len() as u64);
            body.extend_from_slice(&attrs);
        }
        let agent_id = event.text(Field::AgentId).map(Arc::from);
        let sequence = event.int(Field::EventSequence);
        let prepared = Self { timestamp: event.timestamp, body, split, entries, agent_id, sequence };
        let bytes = prepared.max_len();
        if bytes > MAX_RECORD_BYTES { Err(EncodeError::TooLarge { bytes }) } else { Ok(prepared) }
    }

    /// `agent.id` and `event.sequence`, when the sensor or sink set both.
    pub fn agent(&self) -> Option<(&str, u64)> {
        Some((self.agent_id.as_deref()?, u64::try_from(self.sequence?).ok()?))
    }

    /// Sets `agent.id` and `event.sequence`.
    pub fn stamp(&mut self, agent_id: Arc<str>, sequence: u64) -> Result<(), EncodeError> {
        (self.agent_id, self.sequence) = (Some(agent_id), i64::try_from(sequence).ok());
        let bytes = self.max_len();
        if bytes > MAX_RECORD_BYTES { Err(EncodeError::TooLarge { bytes }) } else { Ok(()) }
    }

    /// `@timestamp` of the event.
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Length of the canonical bytes with the longest possible `seq` and times.
    pub fn max_len(&self) -> usize {
        let agent = self.agent_id.as_ref().map_or(0, |agent| agent.len()) + 16;
        self.body.len() + agent + 40
    }

    /// Appends the canonical bytes. `stamp` replaces `agent.id` and `event.sequence`; it is for lanes whose sequence is
    /// drawn at commit.
    pub fn write(&self, seq: u64, ingested: Timestamp, stamp: Option<(&str, u64)>, out: &mut Vec<u8>) {
        let (agent_id, sequence) = match stamp {
            Some((agent_id, sequence)) => (Some(agent_id), i64::try_from(sequence).ok()),
            None => (self.agent_id.as_deref(), self.sequence),
        };
        let agent_entries = u64::from(agent_id.is_some()) + u64::from(sequence.is_some());
        write_head(out, major::MAP, self.entries + agent_entries + 3);
        write_head(out, major::UINT, key::SEQ);
        write_head(out, major::UINT, seq);
        write_head(out, major::UINT, key::TIMESTAMP);
        write_int(out, self.timestamp.as_micros());
        write_head(out, major::UINT, key::INGESTED);
        write_int(out, ingested.as_micros());
        let (before, after) = self.body.split_at_checked(self.split).unwrap_or((&self.body, &[]));
        out.extend_from_slice(before);
        if let Some(id) = agent_id {
            write_head(out, major::UINT, key::AGENT_ID);
            write_text(out, id);
        }
        if let Some(sequence) = sequence {
            write_head(out, major::UINT, key::EVENT_SEQUENCE);
            write_int(out, sequence);
        }
        out.extend_from_slice(after);
    }
}

/// Appends the canonical bytes of a record read elsewhere: the inverse of [`View::parse`].
pub fn write_view(view: &View<'_>, out: &mut Vec<u8>) {
    let message_off = suffix_offset(view);
    let entries = 7 + view.fields.len() + usize::from(!view.tags.is_empty()) + usize::from(view.attrs.is_some());
    write_head(out, major::MAP, entries as u64);
    write_head(out, major::UINT, key::SEQ);
    write_head(out, major::UINT, view.seq);
    write_head(out, major::UINT, key::TIMESTAMP);
    write_int(out, view.timestamp.as_micros());
    write_head(out, major::UINT, key::INGESTED);
    write_int(out, view.ingested.as_micros());
    write_head(out, major::UINT, key::DATASET);
    write_text(out, view.dataset);
    write_head(out, major::UINT, key::ACTION);
    write_text(out, view.action);
    write_head(out, major::UINT, key::OUTCOME);
    write_text(out, view.outcome);
    write_head(out, major::UINT, key::SEVERITY);
    write_head(out, major::UINT, u64::from(view.severity));
    for (field, value) in &view.fields {
        if let (Field::Message, Some(offset)) = (field, message_off) {
            write_head(out, major::UINT, key::MESSAGE_OFF);
            write_head(out, major::UINT, offset as u64);
            continue;
        }
        write_head(out, major::UINT, u64::from(field.key()));
        match value {
            Value::Text(text) => write_text(out, text),
            Value::Int(number) => write_int(out, *number),
            Value::Bytes(bytes) => write_bytes(out, bytes),
        }
    }
    if !view.tags.is_empty() {
        write_head(out, major::UINT, key::TAGS);
        write_head(out, major::ARRAY, view.tags.len() as u64);
        view.tags.iter().for_each(|tag| write_text(out, tag));
    }
    if let Some(attrs) = view.attrs {
        write_head(out, major::UINT, key::ATTRS);
        write_text(out, attrs);
    }
}

/// Offset of `message` in `event.original` when only that is stored.
pub fn suffix_offset(view: &View<'_>) -> Option<usize> {
    let Value::Bytes(original) = view.get(Field::EventOriginal)? else { return None };
    let message = view.text(Field::Message)?;
    let original = std::str::from_utf8(original).ok()?;
    original.ends_with(message).then(|| original.len() - message.len())
}

/// Canonical bytes of one record.
pub fn encode(seq: u64, ingested: Timestamp, event: &Event) -> Result<Vec<u8>, EncodeError> {
    let prepared = Prepared::new(event)?;
    let mut out = Vec::with_capacity(prepared.max_len());
    prepared.write(seq, ingested, None, &mut out);
    Ok(out)
}

/// Offset of `message` in `event.original` when it is its suffix and the original is UTF-8 (`vault.md` §3).
fn message_offset(event: &Event) -> Option<usize> {
    let (FieldValue::Text(message), FieldValue::Bytes(original)) =
        (event.fields.get(&Field::Message)?, event.fields.get(&Field::EventOriginal)?)
    else {
        return None;
    };
    let original = std::str::from_utf8(original).ok()?;
    original.ends_with(message.as_str()).then(|| original.len() - message.len())
}

fn write_value(out: &mut Vec<u8>, value: &FieldValue) {
    match value {
        FieldValue::Text(text) => write_text(out, text),
        FieldValue::Int(number) => write_int(out, *number),
        FieldValue::Bytes(bytes) => write_bytes(out, bytes),
    }
}

/// The attributes as JSON.
fn attrs_text(event: &Event) -> Result<Option<Vec<u8>>, EncodeError> {
    let mut text = Vec::with_capacity(128);
    for (name, value) in event.attrs.iter() {
        if RESERVED_ATTRS.contains(&name.as_ref()) {
            continue;
        }
        if !is_key(name) || value.is_array() || value.is_object() {
            return Err(EncodeError::Attribute(name.to_string()));
        }
        text.push(if text.is_empty() { b'{' } else { b',' });
        text.push(b'"');
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b"\":");
        serde_json::to_writer(&mut text, value).map_err(|_| EncodeError::Attribute(name.to_string()))?;
    }
    if text.is_empty() {
        return Ok(None);
    }
    text.push(b'}');
    Ok(Some(text))
}
