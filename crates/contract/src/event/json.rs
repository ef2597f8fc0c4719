//! Events as JSON: flat or nested on entry, flat on exit.

use serde_json::{Map, Value};

use super::{Dataset, Event, Field, FieldKind, FieldValue, MAX_FIELDS, Outcome, is_key};
use crate::severity::Severity;
use crate::time::Timestamp;

/// Why a JSON text is not an event.
#[derive(Debug, thiserror::Error)]
pub enum EventJsonError {
    /// Not a JSON object.
    #[error("read event: not a JSON object")]
    NotAnObject(#[source] Option<serde_json::Error>),
    /// A field that every event has is missing or has the wrong type.
    #[error("read event: {field} {problem}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// More fields than allowed, or nested too deeply.
    #[error("read event: more than {MAX_FIELDS} fields or nested deeper than 8")]
    TooLarge,
}

/// Nesting deeper than this is refused before it costs anything.
const MAX_DEPTH: usize = 8;

impl Event {
    /// Reads an event from JSON with dotted or nested keys. Does not [`validate`](Event::validate).
    pub fn from_json(text: &str) -> Result<Self, EventJsonError> {
        let value: Value = serde_json::from_str(text).map_err(|error| EventJsonError::NotAnObject(Some(error)))?;
        Self::from_value(value)
    }

    /// As [`from_json`](Event::from_json), from a parsed value.
    pub fn from_value(value: Value) -> Result<Self, EventJsonError> {
        let Value::Object(object) = value else { return Err(EventJsonError::NotAnObject(None)) };
        let mut flat = Vec::new();
        flatten("", object, 0, &mut flat)?;

        let mut timestamp = None;
        let mut dataset = None;
        let mut action = None;
        let mut outcome = Outcome::Unknown;
        let mut severity = Severity::Info;
        let mut rest = Vec::new();
        for (name, value) in flat {
            match name.as_str() {
                "@timestamp" => {
                    timestamp = Some(serde_json::from_value::<Timestamp>(value).map_err(|error| wrong(&name, error))?);
                }
                "event.dataset" => {
                    dataset = Some(text_of(&name, value)?.parse::<Dataset>().map_err(|error| wrong(&name, error))?);
                }
                "event.action" => action = Some(text_of(&name, value)?),
                "event.outcome" => {
                    outcome = text_of(&name, value)?
                        .parse()
                        .map_err(|()| wrong(&name, "is not success, failure or unknown"))?;
                }
                "event.severity" => severity = serde_json::from_value(value).map_err(|error| wrong(&name, error))?,
                _ => rest.push((name, value)),
            }
        }
        let missing = |field: &str| wrong(field, "is missing");
        let mut event = Self::new(
            dataset.ok_or_else(|| missing("event.dataset"))?,
            action.ok_or_else(|| missing("event.action"))?,
            timestamp.ok_or_else(|| missing("@timestamp"))?,
        )
        .outcome(outcome)
        .severity(severity);
        for (name, value) in rest {
            event.put_json(&name, value)?;
        }
        Ok(event)
    }

    fn put_json(&mut self, name: &str, value: Value) -> Result<(), EventJsonError> {
        if name == "tags" {
            self.tags = serde_json::from_value(value).map_err(|error| wrong(name, error))?;
            return Ok(());
        }
        let Some(field) = Field::from_name(name) else {
            if !is_key(name) {
                return Err(wrong(name, "is not a name of [a-z0-9_@.-]{1,64}"));
            }
            self.put_attr(name.to_owned(), value);
            return Ok(());
        };
        let value = match (field.kind(), value) {
            (FieldKind::Text, Value::String(text)) => FieldValue::Text(text.into()),
            (FieldKind::Bytes, Value::String(text)) => FieldValue::Bytes(text.into_bytes()),
            (FieldKind::Int, Value::Number(number)) => {
                FieldValue::Int(number.as_i64().ok_or_else(|| wrong(name, "must be a 64-bit integer"))?)
            }
            (kind, _) => return Err(wrong(name, format!("must be {kind:?}"))),
        };
        self.put(field, value);
        Ok(())
    }

    /// The event as one flat JSON object. `event.original` that is not UTF-8 is shown with `\u{fffd}`; the exact
    /// bytes stay in the vault's canonical form.
    pub fn to_value(&self) -> Value {
        let mut object = Map::new();
        object.insert("@timestamp".into(), self.timestamp.as_micros().into());
        object.insert("event.dataset".into(), self.dataset.as_str().into());
        object.insert("event.action".into(), self.action.as_ref().into());
        object.insert("event.outcome".into(), self.outcome.as_str().into());
        object.insert("event.severity".into(), u8::from(self.severity).into());
        for (field, value) in self.fields.iter() {
            let value = match value {
                FieldValue::Text(text) => Value::from(text.as_str()),
                FieldValue::Int(number) => Value::from(*number),
                FieldValue::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes).into_owned()),
            };
            object.insert(field.name().into(), value);
        }
        if !self.tags.is_empty() {
            object.insert("tags".into(), self.tags.clone().into());
        }
        object.extend(self.attrs.iter().map(|(name, value)| (name.clone().into_owned(), value.clone())));
        Value::Object(object)
    }
}

fn flatten(
    prefix: &str,
    object: Map<String, Value>,
    depth: usize,
    flat: &mut Vec<(String, Value)>,
) -> Result<(), EventJsonError> {
    if depth > MAX_DEPTH {
        return Err(EventJsonError::TooLarge);
    }
    for (key, value) in object {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(inner) => flatten(&name, inner, depth + 1, flat)?,
            Value::Null => {}
            value => flat.push((name, value)),
        }
        if flat.len() > MAX_FIELDS {
            return Err(EventJsonError::TooLarge);
        }
    }
    Ok(())
}

fn text_of(name: &str, value: Value) -> Result<String, EventJsonError> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong(name, "must be text")),
    }
}

fn wrong(field: &str, problem: impl std::fmt::Display) -> EventJsonError {
    EventJsonError::Field { field: field.chars().take(80).collect(), problem: problem.to_string() }
}
