//! What a query asks, and whether a record answers it.

use std::net::IpAddr;

use ipnet::IpNet;
use medward_contract::event::{Field, Stream};
use regex::Regex;
use serde_json::Value as Json;

use super::cell::{Cell, to_float};
use super::term::Term;
use crate::canonical::{Value, View};
use crate::streams::StreamSet;

/// A parsed query.
#[derive(Debug, Clone)]
pub struct Query {
    /// The filter.
    pub filter: Filter,
    /// Whether it names a time itself (`_time:`).
    pub has_time: bool,
}

/// A condition on a record.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Every record.
    All,
    /// All of these.
    And(Vec<Filter>),
    /// Any of these.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// Records of one stream.
    Stream(Stream),
    /// `@timestamp` in `[from, to)`, µs.
    Time {
        /// First moment inside.
        from: i64,
        /// First moment outside.
        to: i64,
    },
    /// A test on a value.
    Match(Target, Test),
}

/// Which values a test looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Every text of the record.
    AnyText,
    /// The stream of the record.
    Stream,
    /// `event.dataset`.
    Dataset,
    /// `event.action`.
    Action,
    /// `event.outcome`.
    Outcome,
    /// `event.severity`.
    Severity,
    /// `@timestamp`, µs.
    Timestamp,
    /// `event.ingested`, µs.
    Ingested,
    /// `medward.seq`.
    Seq,
    /// `tags`.
    Tags,
    /// A promoted field.
    Field(Field),
    /// Any other name.
    Attr(String),
}

impl Target {
    /// The target of a field name.
    pub fn of(name: &str) -> Self {
        match name {
            "stream" => Self::Stream,
            "event.dataset" => Self::Dataset,
            "event.action" => Self::Action,
            "event.outcome" => Self::Outcome,
            "event.severity" => Self::Severity,
            "@timestamp" => Self::Timestamp,
            "event.ingested" => Self::Ingested,
            "medward.seq" => Self::Seq,
            "tags" => Self::Tags,
            _ => Field::from_name(name).map_or_else(|| Self::Attr(name.to_owned()), Self::Field),
        }
    }

    /// The name it has in queries; `*` for every text.
    pub fn name(&self) -> &str {
        match self {
            Self::AnyText => "*",
            Self::Stream => "stream",
            Self::Dataset => "event.dataset",
            Self::Action => "event.action",
            Self::Outcome => "event.outcome",
            Self::Severity => "event.severity",
            Self::Timestamp => "@timestamp",
            Self::Ingested => "event.ingested",
            Self::Seq => "medward.seq",
            Self::Tags => "tags",
            Self::Field(field) => field.name(),
            Self::Attr(name) => name,
        }
    }
}

/// A test on one value.
#[derive(Debug, Clone)]
pub enum Test {
    /// Holds a word, phrase or beginning.
    Term(Term),
    /// Is exactly this.
    Equals(String),
    /// Is there and is not exactly this.
    NotEquals(String),
    /// Is exactly one of these.
    In(Vec<String>),
    /// A regular expression matches somewhere.
    Regex(Regex),
    /// Is there.
    Exists,
    /// A number in a range, both ends included.
    Between(f64, f64),
    /// A number below.
    Below(f64),
    /// A number above.
    Above(f64),
    /// An address inside a network.
    Cidr(IpNet),
}

impl Test {
    /// Whether a text passes.
    pub(super) fn text(&self, text: &str) -> bool {
        match self {
            Self::Term(term) => term.is_in(text),
            Self::Equals(value) => text == value,
            Self::NotEquals(value) => text != value,
            Self::In(values) => values.iter().any(|value| value == text),
            Self::Regex(regex) => regex.is_match(text),
            Self::Exists => true,
            Self::Between(..) | Self::Below(_) | Self::Above(_) => text.parse().is_ok_and(|number| self.number(number)),
            Self::Cidr(net) => text.parse::<IpAddr>().is_ok_and(|address| net.contains(&address)),
        }
    }

    fn number(&self, number: f64) -> bool {
        match self {
            Self::Between(low, high) => (*low..=*high).contains(&number),
            Self::Below(limit) => number < *limit,
            Self::Above(limit) => number > *limit,
            _ => self.text(&number.to_string()),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a query's numbers are f64; sizes and times beyond 2^53 compare roughly"
    )]
    fn int(&self, number: i64) -> bool {
        match self {
            Self::Between(..) | Self::Below(_) | Self::Above(_) => self.number(number as f64),
            _ => self.text(&number.to_string()),
        }
    }

    /// Whether a value of a table passes; what is not there passes nothing.
    pub(super) fn cell(&self, cell: &Cell<'_>) -> bool {
        match cell {
            Cell::Null => false,
            Cell::Text(text) => self.text(text),
            Cell::Int(number) => {
                i64::try_from(*number).map_or_else(|_| self.number(to_float(*number)), |n| self.int(n))
            }
            Cell::Float(number) => self.number(*number),
        }
    }
}

impl Filter {
    /// Whether the record answers the filter.
    pub fn matches(&self, stream: Stream, view: &View<'_>) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|filter| filter.matches(stream, view)),
            Self::Or(any) => any.iter().any(|filter| filter.matches(stream, view)),
            Self::Not(inner) => !inner.matches(stream, view),
            Self::Stream(wanted) => *wanted == stream,
            Self::Time { from, to } => (*from..*to).contains(&view.timestamp.as_micros()),
            Self::Match(target, test) => test_target(target, test, stream, view),
        }
    }

    /// Whether it says anything of `_time`.
    pub fn names_time(&self) -> bool {
        match self {
            Self::Time { .. } => true,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::names_time),
            Self::Not(inner) => inner.names_time(),
            Self::All | Self::Stream(_) | Self::Match(..) => false,
        }
    }

    /// Streams that may hold a match.
    pub fn streams(&self) -> StreamSet {
        match self {
            Self::Stream(stream) => StreamSet::EMPTY.with(*stream),
            Self::And(all) => all.iter().map(Self::streams).fold(StreamSet::ALL, StreamSet::and),
            Self::Or(any) => any.iter().map(Self::streams).fold(StreamSet::EMPTY, StreamSet::or),
            Self::Not(inner) => match **inner {
                Self::Stream(stream) => StreamSet::EMPTY.with(stream).complement(),
                _ => StreamSet::ALL,
            },
            Self::All | Self::Time { .. } | Self::Match(..) => StreamSet::ALL,
        }
    }

    /// `[from, to)` outside which nothing matches, µs.
    pub fn bounds(&self) -> (i64, i64) {
        const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);
        match self {
            Self::Time { from, to } => (*from, *to),
            Self::And(all) => {
                all.iter().map(Self::bounds).fold(ALWAYS, |(from, to), (low, high)| (from.max(low), to.min(high)))
            }
            Self::Or(any) => any
                .iter()
                .map(Self::bounds)
                .reduce(|(from, to), (low, high)| (from.min(low), to.max(high)))
                .unwrap_or(ALWAYS),
            Self::All | Self::Not(_) | Self::Stream(_) | Self::Match(..) => ALWAYS,
        }
    }
}

fn test_target(target: &Target, test: &Test, stream: Stream, view: &View<'_>) -> bool {
    match target {
        Target::AnyText => any_text(test, view),
        Target::Stream => test.text(stream.as_str()),
        Target::Dataset => test.text(view.dataset),
        Target::Action => test.text(view.action),
        Target::Outcome => test.text(view.outcome),
        Target::Severity => test.int(i64::from(view.severity)),
        Target::Timestamp => test.int(view.timestamp.as_micros()),
        Target::Ingested => test.int(view.ingested.as_micros()),
        Target::Seq => i64::try_from(view.seq).is_ok_and(|seq| test.int(seq)),
        Target::Tags => view.tags.iter().any(|tag| test.text(tag)),
        Target::Field(field) => view.get(*field).is_some_and(|value| test_value(test, value)),
        Target::Attr(name) => {
            view.attrs.and_then(|attrs| attr(attrs, name)).is_some_and(|value| test_json(test, &value))
        }
    }
}

fn test_value(test: &Test, value: Value<'_>) -> bool {
    match value {
        Value::Text(text) => test.text(text),
        Value::Int(number) => test.int(number),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).is_ok_and(|text| test.text(text)),
    }
}

fn test_json(test: &Test, value: &Json) -> bool {
    match value {
        Json::String(text) => test.text(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => test.int(number),
            (None, Some(number)) => test.number(number),
            (None, None) => false,
        },
        Json::Bool(value) => test.text(if *value { "true" } else { "false" }),
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

fn any_text(test: &Test, view: &View<'_>) -> bool {
    let fields = view.fields.iter().any(|(_, value)| match value {
        Value::Text(text) => test.text(text),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).is_ok_and(|text| test.text(text)),
        Value::Int(_) => false,
    });
    fields
        || test.text(view.dataset)
        || test.text(view.action)
        || view.tags.iter().any(|tag| test.text(tag))
        || view.attrs.is_some_and(|attrs| test.text(attrs))
}

/// One value of the attrs text. A key between quotes and a colon cannot stand inside a JSON string, whose quotes are
/// escaped, so the first place found is the right one.
pub(super) fn attr(attrs: &str, name: &str) -> Option<Json> {
    let key = format!("\"{name}\":");
    let (_, rest) = attrs.split_once(&key)?;
    serde_json::Deserializer::from_str(rest).into_iter().next()?.ok()
}

/// The value of a target as text, for grouping.
pub(super) fn text_of(target: &Target, stream: Stream, view: &View<'_>) -> Option<String> {
    Some(match target {
        Target::AnyText => return None,
        Target::Stream => stream.as_str().to_owned(),
        Target::Dataset => view.dataset.to_owned(),
        Target::Action => view.action.to_owned(),
        Target::Outcome => view.outcome.to_owned(),
        Target::Severity => view.severity.to_string(),
        Target::Timestamp => view.timestamp.as_micros().to_string(),
        Target::Ingested => view.ingested.as_micros().to_string(),
        Target::Seq => view.seq.to_string(),
        Target::Tags => view.tags.first().map(|tag| (*tag).to_owned())?,
        Target::Field(field) => match view.get(*field)? {
            Value::Text(text) => text.to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        },
        Target::Attr(name) => match attr(view.attrs?, name)? {
            Json::String(text) => text,
            other => other.to_string(),
        },
    })
}
