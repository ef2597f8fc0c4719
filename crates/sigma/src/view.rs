//! What a rule may ask of an event, whatever the event is made of.
//!
//! The contract's [`Event`] answers from its maps, a vault's record from its canonical bytes: neither is copied for a rule.

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field, FieldValue};
use medward_contract::vault::{Record, RecordRef};

/// Value of one field, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// UTF-8 text.
    Text(&'a str),
    /// Integer; durations are nanoseconds.
    Int(i64),
    /// A number that is no 64-bit integer; only attributes have such.
    Float(f64),
    /// Truth; only attributes have such.
    Bool(bool),
}

/// An event as rules see it.
pub trait EventView {
    /// Its kind.
    fn dataset(&self) -> Dataset;

    /// `@timestamp`.
    fn timestamp(&self) -> Timestamp;

    /// Its address, once it is recorded.
    fn record(&self) -> Option<RecordRef>;

    /// The value under a dotted name: envelope, promoted field or attribute.
    fn field(&self, name: &str) -> Option<Value<'_>>;

    /// Whether `tags` holds this one.
    fn has_tag(&self, tag: &str) -> bool;

    /// Whether any text of the event is wanted; stops at the first.
    fn any_text(&self, wanted: &dyn Fn(&str) -> bool) -> bool;
}

impl EventView for Event {
    fn dataset(&self) -> Dataset {
        self.dataset
    }

    fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn record(&self) -> Option<RecordRef> {
        None
    }

    fn field(&self, name: &str) -> Option<Value<'_>> {
        match name {
            "@timestamp" => return Some(Value::Int(self.timestamp.as_micros())),
            "event.dataset" => return Some(Value::Text(self.dataset.as_str())),
            "event.action" => return Some(Value::Text(&self.action)),
            "event.outcome" => return Some(Value::Text(self.outcome.as_str())),
            "event.severity" => return Some(Value::Int(u8::from(self.severity).into())),
            _ => {}
        }
        match Field::from_name(name) {
            Some(field) => value_of(self.fields.get(&field)?),
            None => scalar(self.attrs.get(name)?),
        }
    }

    fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|other| other == tag)
    }

    fn any_text(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        let in_fields =
            self.fields.values().any(|value| matches!(value_of(value), Some(Value::Text(text)) if wanted(text)));
        in_fields || self.attrs.values().any(|value| value.as_str().is_some_and(wanted))
    }
}

impl EventView for Record {
    fn dataset(&self) -> Dataset {
        self.event.dataset
    }

    fn timestamp(&self) -> Timestamp {
        self.event.timestamp
    }

    fn record(&self) -> Option<RecordRef> {
        Some(self.at)
    }

    fn field(&self, name: &str) -> Option<Value<'_>> {
        self.event.field(name)
    }

    fn has_tag(&self, tag: &str) -> bool {
        self.event.has_tag(tag)
    }

    fn any_text(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.event.any_text(wanted)
    }
}

/// Bytes that are not UTF-8 are no text to a rule; the message decoded from them is.
fn value_of(value: &FieldValue) -> Option<Value<'_>> {
    match value {
        FieldValue::Text(text) => Some(Value::Text(text)),
        FieldValue::Int(number) => Some(Value::Int(*number)),
        FieldValue::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Value::Text),
    }
}

fn scalar(value: &serde_json::Value) -> Option<Value<'_>> {
    match value {
        serde_json::Value::String(text) => Some(Value::Text(text)),
        serde_json::Value::Bool(truth) => Some(Value::Bool(*truth)),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Float))
        }
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use medward_contract::Severity;

    use super::*;

    fn event() -> Event {
        Event::new(Dataset::WafAttack, "block", Timestamp::from_micros(7))
            .severity(Severity::High)
            .set(Field::SourceIp, "203.0.113.9")
            .set(Field::HttpStatus, 403_u16)
            .set(Field::EventOriginal, b"\xffraw".to_vec())
            .attr("waf.object", "portal")
            .attr("waf.score", 7.5)
            .attr("waf.cut", true)
            .tag("alerted")
    }

    fn check(name: &str, expected: Option<Value<'_>>) {
        assert_eq!(event().field(name), expected, "{name}");
    }

    #[test]
    fn every_kind_of_field_is_found_by_its_name() {
        check("@timestamp", Some(Value::Int(7)));
        check("event.dataset", Some(Value::Text("waf.attack")));
        check("event.action", Some(Value::Text("block")));
        check("event.outcome", Some(Value::Text("success")));
        check("event.severity", Some(Value::Int(3)));
        check("source.ip", Some(Value::Text("203.0.113.9")));
        check("http.response.status_code", Some(Value::Int(403)));
        check("waf.object", Some(Value::Text("portal")));
        check("waf.score", Some(Value::Float(7.5)));
        check("waf.cut", Some(Value::Bool(true)));
        check("event.original", None);
        check("user.name", None);
        assert!(event().has_tag("alerted") && !event().has_tag("alert"));
        assert!(event().any_text(&|text| text == "portal") && !event().any_text(&|text| text == "raw"));
    }
}
