//! An event of ours as the engine's library asks for it, with the virtual fields of vault.md §10 added.

use std::borrow::Cow;
use std::cell::RefCell;

use rsigma_eval::{Event as SigmaEvent, EventValue};
use serde_json::json;

use crate::local::LocalTime;
use crate::view::{EventView, Value};

/// Fields that no event has: they are worked out when a rule asks. An attribute of the same name cannot take their place.
const VIRTUAL_PREFIX: &str = "medward.";

pub(crate) struct Adapter<'a> {
    pub(crate) event: &'a dyn EventView,
    pub(crate) local: &'a LocalTime,
}

impl Adapter<'_> {
    fn virtual_field(&self, name: &str) -> Option<EventValue<'_>> {
        match name.strip_prefix(VIRTUAL_PREFIX)? {
            "local_hour" => Some(EventValue::Int(self.local.hour(self.event.timestamp()))),
            "workday" => Some(EventValue::Bool(self.local.is_workday(self.event.timestamp()))),
            "url" => self.url().map(|url| EventValue::Str(Cow::Owned(url))),
            _ => None,
        }
    }

    /// Path and query together: many applications tell their pages apart by the query alone.
    fn url(&self) -> Option<String> {
        let Some(Value::Text(path)) = self.event.field("url.path") else { return None };
        match self.event.field("url.query") {
            Some(Value::Text(query)) if !query.is_empty() => Some(format!("{path}?{query}")),
            _ => Some(path.to_owned()),
        }
    }

    /// A field as text, for keys of groups.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get_field(name)?.as_str().map(Cow::into_owned)
    }
}

impl SigmaEvent for Adapter<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        if let Some(value) = self.virtual_field(path) {
            return Some(value);
        }
        Some(match self.event.field(path)? {
            Value::Text(text) => EventValue::Str(Cow::Borrowed(text)),
            Value::Int(number) => EventValue::Int(number),
            Value::Float(number) => EventValue::Float(number),
            Value::Bool(truth) => EventValue::Bool(truth),
        })
    }

    fn any_string_value(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.event.any_text(wanted)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let texts = RefCell::new(Vec::new());
        self.event.any_text(&|text| {
            texts.borrow_mut().push(Cow::Owned(text.to_owned()));
            false
        });
        texts.into_inner()
    }

    /// Correlations keep references only, and take them from here: the whole event is never copied.
    fn to_json(&self) -> serde_json::Value {
        self.event.record().map_or_else(|| json!({}), |record| json!({ "_id": record.to_string() }))
    }
}
