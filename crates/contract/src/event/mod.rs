//! Events: what happened, in the shared vocabulary (ECS names, `†` extensions; see `docs/events.md`).
//!
//! An [`Event`] is flat: a closed set of promoted fields ([`Field`]) with fixed types, plus `attrs` for anything else
//! that is a JSON scalar. The vault turns it into canonical CBOR; this module knows no bytes on disk.
//!
//! Invariant: an event that [`Event::validate`] accepts can be stored, and reads back equal.
//!
//! ```
//! use medward_contract::event::{Dataset, Event, Field};
//! use medward_contract::{Severity, Timestamp};
//!
//! let event = Event::new(Dataset::AccessRequest, "serve", Timestamp::from_micros(1))
//!     .severity(Severity::Info)
//!     .set(Field::SourceIp, "203.0.113.9")
//!     .set(Field::UrlPath, "/api/v1/report");
//! assert_eq!(event.text(Field::UrlPath), Some("/api/v1/report"));
//! ```

pub mod dataset;
pub mod field;

mod entries;
mod json;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use dataset::{Dataset, Stream};
pub use entries::Entries;
pub use field::{Field, FieldKind, FieldValue};
pub use json::EventJsonError;

use self::dataset::Needed;
use crate::severity::Severity;
use crate::time::Timestamp;

/// Most fields one event may carry (promoted and attrs together).
pub const MAX_FIELDS: usize = 128;
/// Longest value in bytes; longer text is cut at a character boundary and named in `medward.truncated`.
pub const MAX_VALUE_BYTES: usize = 32 * 1024;
/// Room that an event has from the beginning: what a request takes.
const USUAL_FIELDS: usize = 16;
const USUAL_ATTRS: usize = 4;
/// Longest attribute or field name.
pub const MAX_KEY_BYTES: usize = 64;

/// `event.outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did what was asked.
    Success,
    /// It did not.
    Failure,
    /// Nobody can say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

impl std::str::FromStr for Outcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "success" => Ok(Self::Success),
            "failure" => Ok(Self::Failure),
            "unknown" => Ok(Self::Unknown),
            _ => Err(()),
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `@timestamp`: when it happened.
    pub timestamp: Timestamp,
    /// `event.dataset`: its kind.
    pub dataset: Dataset,
    /// `event.action`: one of the verbs of its kind.
    pub action: Cow<'static, str>,
    /// `event.outcome`.
    pub outcome: Outcome,
    /// `event.severity`.
    pub severity: Severity,
    /// Promoted fields.
    pub fields: Entries<Field, FieldValue>,
    /// `tags`.
    pub tags: Vec<String>,
    /// Everything else; JSON scalars only.
    pub attrs: Entries<Cow<'static, str>, serde_json::Value>,
}

/// Why an event is refused; a sensor bug, all findings at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("accept {dataset} event: {}", findings.join("; "))]
pub struct EventInvalid {
    /// Kind of the refused event.
    pub dataset: Dataset,
    /// Each missing or wrong field.
    pub findings: Vec<String>,
}

impl Event {
    /// An event of this kind with outcome `success` and severity `info`.
    pub fn new(dataset: Dataset, action: impl Into<Cow<'static, str>>, timestamp: Timestamp) -> Self {
        Self {
            timestamp,
            dataset,
            action: action.into(),
            outcome: Outcome::Success,
            severity: Severity::Info,
            fields: Entries::with_capacity(USUAL_FIELDS),
            tags: Vec::new(),
            attrs: Entries::with_capacity(USUAL_ATTRS),
        }
    }

    /// Sets `event.outcome`.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Sets `event.severity`.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets a promoted field; text longer than [`MAX_VALUE_BYTES`] is cut and named in `medward.truncated`.
    #[must_use]
    pub fn set(mut self, field: Field, value: impl Into<FieldValue>) -> Self {
        self.put(field, value.into());
        self
    }

    /// Sets a promoted field when there is a value.
    #[must_use]
    pub fn set_some(mut self, field: Field, value: Option<impl Into<FieldValue>>) -> Self {
        if let Some(value) = value {
            self.put(field, value.into());
        }
        self
    }

    /// Sets a free attribute (a JSON scalar), for example `waf.object`.
    #[must_use]
    pub fn attr(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<serde_json::Value>) -> Self {
        self.put_attr(name.into(), value.into());
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    /// Sets a promoted field in place.
    pub fn put(&mut self, field: Field, value: FieldValue) {
        let value = match value {
            FieldValue::Text(text) if text.len() > MAX_VALUE_BYTES => {
                self.note_truncated(field.name());
                FieldValue::Text(cut_text(&text).into())
            }
            FieldValue::Bytes(mut bytes) if bytes.len() > MAX_VALUE_BYTES => {
                self.note_truncated(field.name());
                bytes.truncate(MAX_VALUE_BYTES);
                FieldValue::Bytes(bytes)
            }
            other => other,
        };
        self.fields.insert(field, value);
    }

    /// Sets a free attribute in place; text is cut like that of promoted fields.
    pub fn put_attr(&mut self, name: impl Into<Cow<'static, str>>, value: serde_json::Value) {
        let name = name.into();
        let value = match value {
            serde_json::Value::String(text) if text.len() > MAX_VALUE_BYTES => {
                self.note_truncated(&name);
                serde_json::Value::String(cut_text(&text))
            }
            other => other,
        };
        self.attrs.insert(name, value);
    }

    /// Text of a promoted text field.
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.fields.get(&field)? {
            FieldValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Number of a promoted numeric field.
    pub fn int(&self, field: Field) -> Option<i64> {
        match self.fields.get(&field)? {
            FieldValue::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Lists every missing required field, wrong type and exceeded limit (`events.md` §1, §3).
    ///
    /// `agent.id`, `event.sequence` and `host.name` are not asked for: the sink stamps them.
    pub fn validate(&self) -> Result<(), EventInvalid> {
        let mut findings = Vec::new();
        if !self.dataset.actions().contains(&self.action.as_ref()) {
            findings.push(format!("event.action {:?} is not one of {:?}", self.action, self.dataset.actions()));
        }
        for needed in self.dataset.needed() {
            if !self.has(needed) {
                findings.push(format!("{} is missing", needed.name()));
            }
        }
        for (field, value) in self.fields.iter() {
            if field.kind() != value.kind() {
                findings.push(format!("{} must be {:?}", field.name(), field.kind()));
            }
        }
        for (name, value) in self.attrs.iter() {
            if !is_key(name) {
                findings.push(format!("attribute name {name:?} is not [a-z0-9_@.-]{{1,64}}"));
            }
            if value.is_array() || value.is_object() {
                findings.push(format!("{name} must be a scalar"));
            }
        }
        if self.fields.len() + self.attrs.len() + self.tags.len() > MAX_FIELDS {
            findings.push(format!("more than {MAX_FIELDS} fields"));
        }
        if findings.is_empty() { Ok(()) } else { Err(EventInvalid { dataset: self.dataset, findings }) }
    }

    fn has(&self, needed: &Needed) -> bool {
        match needed {
            Needed::Field(field) => self.fields.contains_key(field),
            Needed::Attr(name) => self.attrs.get(*name).is_some_and(|value| !value.is_null()),
        }
    }

    fn note_truncated(&mut self, name: &str) {
        let list = match self.attrs.get("medward.truncated") {
            Some(serde_json::Value::String(list)) if !list.is_empty() => format!("{list},{name}"),
            _ => name.to_owned(),
        };
        self.attrs.insert("medward.truncated".into(), list.into());
    }
}

/// Whether the text is an allowed key: `[a-z0-9_@.-]{1,64}`.
pub fn is_key(name: &str) -> bool {
    (1..=MAX_KEY_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'@' | b'.' | b'-'))
}

fn cut_text(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_VALUE_BYTES);
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
