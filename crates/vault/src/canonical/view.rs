//! From canonical bytes back to a record, without copying.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use medward_contract::event::{Dataset, Event, Field, FieldKind, FieldValue, Outcome, Stream};
use medward_contract::vault::{Record, RecordRef};
use medward_contract::{Severity, Timestamp};
use smallvec::SmallVec;

use super::cbor::Reader;
use super::{MAX_RECORD_BYTES, attrs, key};

/// Why bytes are not a canonical record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than [`MAX_RECORD_BYTES`].
    #[error("read record: longer than {MAX_RECORD_BYTES} bytes")]
    TooLarge,
    /// Not the deterministic CBOR of a record.
    #[error("read record: not canonical at {0}")]
    NotCanonical(&'static str),
    /// `event.dataset` names a kind this release does not know.
    #[error("read record: unknown event.dataset")]
    UnknownDataset,
}

/// A promoted value, borrowed from the record's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// Integer.
    Int(i64),
    /// Bytes of `event.original`.
    Bytes(&'a [u8]),
}

/// A record read in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View<'a> {
    /// Position in its stream.
    pub seq: u64,
    /// `@timestamp`.
    pub timestamp: Timestamp,
    /// `event.ingested`.
    pub ingested: Timestamp,
    /// `event.dataset`.
    pub dataset: &'a str,
    /// `event.action`.
    pub action: &'a str,
    /// `event.outcome`.
    pub outcome: &'a str,
    /// `event.severity`, 0–4.
    pub severity: u8,
    /// Promoted fields in key order; `message` is whole even when only its offset is stored.
    pub fields: SmallVec<[(Field, Value<'a>); 16]>,
    /// `tags`.
    pub tags: SmallVec<[&'a str; 4]>,
    /// The JSON text of everything else.
    pub attrs: Option<&'a str>,
}

const fn wrong(place: &'static str) -> DecodeError {
    DecodeError::NotCanonical(place)
}

impl<'a> View<'a> {
    /// Reads one record. Anything that [`encode`](super::encode) would not have written is refused.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(DecodeError::TooLarge);
        }
        let mut reader = Reader::new(bytes);
        let entries = reader.map().ok_or(wrong("map"))?;
        let mut view = Self::parse_envelope(&mut reader)?;
        let mut last = key::SEVERITY;
        let mut message_off = None;
        for _ in 7..entries {
            let key = reader.uint().filter(|key| *key > last).ok_or(wrong("key order"))?;
            last = key;
            match key {
                key::MESSAGE_OFF => message_off = Some(reader.uint().ok_or(wrong("message_off"))?),
                key::TAGS => view.tags = parse_tags(&mut reader)?,
                key::ATTRS => {
                    let text = reader.text().filter(|text| attrs::is_canonical(text)).ok_or(wrong("attrs"))?;
                    view.attrs = Some(text);
                }
                _ => {
                    let field = u8::try_from(key).ok().and_then(Field::from_key).ok_or(wrong("key"))?;
                    let value = match field.kind() {
                        FieldKind::Text => reader.text().map(Value::Text),
                        FieldKind::Int => reader.int().map(Value::Int),
                        FieldKind::Bytes => reader.bytes().map(Value::Bytes),
                    };
                    view.fields.push((field, value.ok_or(wrong(field.name()))?));
                }
            }
        }
        if entries < 7 || !reader.is_empty() {
            return Err(wrong("length"));
        }
        view.resolve_message(message_off)?;
        Ok(view)
    }

    /// Reads only what every record has, without looking at fields: `seq`, times, kind, action, outcome, severity.
    pub fn parse_head(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.map().ok_or(wrong("map"))?;
        Self::parse_envelope(&mut reader)
    }

    fn parse_envelope(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let expect_key =
            |reader: &mut Reader<'a>, key| (reader.uint() == Some(key)).then_some(()).ok_or(wrong("key order"));
        expect_key(reader, key::SEQ)?;
        let seq = reader.uint().ok_or(wrong("seq"))?;
        expect_key(reader, key::TIMESTAMP)?;
        let timestamp = reader.int().ok_or(wrong("@timestamp"))?;
        expect_key(reader, key::INGESTED)?;
        let ingested = reader.int().ok_or(wrong("event.ingested"))?;
        expect_key(reader, key::DATASET)?;
        let dataset = reader.text().ok_or(wrong("event.dataset"))?;
        expect_key(reader, key::ACTION)?;
        let action = reader.text().ok_or(wrong("event.action"))?;
        expect_key(reader, key::OUTCOME)?;
        let outcome = reader.text().filter(|text| text.parse::<Outcome>().is_ok()).ok_or(wrong("event.outcome"))?;
        expect_key(reader, key::SEVERITY)?;
        let severity = reader.uint().and_then(|number| u8::try_from(number).ok()).filter(|number| *number <= 4);
        Ok(Self {
            seq,
            timestamp: Timestamp::from_micros(timestamp),
            ingested: Timestamp::from_micros(ingested),
            dataset,
            action,
            outcome,
            severity: severity.ok_or(wrong("event.severity"))?,
            fields: SmallVec::new(),
            tags: SmallVec::new(),
            attrs: None,
        })
    }

    /// Puts `message` back when only its offset was stored, and refuses a whole `message` that should have been one.
    fn resolve_message(&mut self, message_off: Option<u64>) -> Result<(), DecodeError> {
        let original = self.fields.iter().position(|(field, _)| *field == Field::EventOriginal);
        let original_text = original.and_then(|at| match self.fields.get(at) {
            Some((_, Value::Bytes(bytes))) => std::str::from_utf8(bytes).ok(),
            _ => None,
        });
        let message = self.text(Field::Message);
        match (message_off, message, original_text) {
            (None, None, _) | (None, Some(_), None) => Ok(()),
            (None, Some(message), Some(original)) if !original.ends_with(message) => Ok(()),
            (Some(offset), None, Some(whole)) => {
                let suffix = usize::try_from(offset).ok().and_then(|offset| whole.get(offset..));
                let suffix = suffix.ok_or(wrong("message_off"))?;
                self.fields.insert(original.unwrap_or(0), (Field::Message, Value::Text(suffix)));
                Ok(())
            }
            _ => Err(wrong("message")),
        }
    }

    /// A promoted value.
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        self.fields.iter().find(|(other, _)| *other == field).map(|(_, value)| *value)
    }

    /// A promoted text.
    pub fn text(&self, field: Field) -> Option<&'a str> {
        match self.get(field)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `agent.id` and `event.sequence` when both are there.
    pub fn agent(&self) -> Option<(&'a str, u64)> {
        let Value::Int(sequence) = self.get(Field::EventSequence)? else { return None };
        Some((self.text(Field::AgentId)?, u64::try_from(sequence).ok()?))
    }

    /// The stream of `event.dataset`.
    pub fn stream(&self) -> Option<Stream> {
        dataset_of(self.dataset).map(Dataset::stream)
    }

    /// The record with its event.
    pub fn to_record(&self) -> Result<Record, DecodeError> {
        let dataset = dataset_of(self.dataset).ok_or(DecodeError::UnknownDataset)?;
        let fields = self.fields.iter().map(|(field, value)| {
            let value = match value {
                Value::Text(text) => FieldValue::from(*text),
                Value::Int(number) => FieldValue::Int(*number),
                Value::Bytes(bytes) => FieldValue::Bytes(bytes.to_vec()),
            };
            (*field, value)
        });
        let mut event = Event::new(dataset, self.action.to_owned(), self.timestamp)
            .outcome(self.outcome.parse().map_err(|()| wrong("event.outcome"))?)
            .severity(Severity::try_from(self.severity).map_err(|_| wrong("event.severity"))?);
        event.fields = fields.collect();
        event.tags = self.tags.iter().map(|tag| (*tag).to_owned()).collect();
        if let Some(attrs) = self.attrs {
            let attrs: BTreeMap<String, serde_json::Value> = serde_json::from_str(attrs).map_err(|_| wrong("attrs"))?;
            event.attrs = attrs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        }
        let at = RecordRef { stream: dataset.stream(), seq: self.seq };
        Ok(Record { at, ingested: self.ingested, event })
    }
}

fn parse_tags<'a>(reader: &mut Reader<'a>) -> Result<SmallVec<[&'a str; 4]>, DecodeError> {
    let count = reader.array().filter(|count| *count > 0).ok_or(wrong("tags"))?;
    let mut tags = SmallVec::new();
    for _ in 0..count {
        tags.push(reader.text().ok_or(wrong("tags"))?);
    }
    Ok(tags)
}

fn dataset_of(name: &str) -> Option<Dataset> {
    static BY_NAME: LazyLock<HashMap<&'static str, Dataset>> =
        LazyLock::new(|| Dataset::ALL.iter().map(|dataset| (dataset.as_str(), *dataset)).collect());
    BY_NAME.get(name).copied()
}
