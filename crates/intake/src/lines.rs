//! JSON lines, the body of `POST /ingest/json`: each line is an event of ours, or says why it is none.
//!
//! Invariant: a line that is refused stops no other. Invariant: what a line says about its sender (`agent.id`,
//! `event.sequence`, `medward.source`, `observer.ip`) is kept under `sender.…` and believed nowhere: a chosen sequence would
//! make the vault take later events of another for repetitions.

use medward_contract::event::{Dataset, Event, EventJsonError, Field, FieldValue, Stream};
use serde_json::Value;

use crate::decode::Arrival;
use crate::names::of_sender;

/// Longest line, bytes: what an event may take, and what JSON adds to it.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// Streams in which only Medward itself writes.
const CLOSED: [Stream; 4] = [Stream::Admin, Stream::Auth, Stream::Alert, Stream::Vault];

/// Fields in which a sender says who he is.
const OF_SENDER: [Field; 4] = [Field::AgentId, Field::EventSequence, Field::MedwardSource, Field::ObserverIp];

/// Who sends over HTTP: he has shown a credential.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The log source, `medward.source`.
    pub source: String,
    /// When and from where.
    pub arrival: Arrival,
}

/// Why a line is not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineRefused {
    /// Not a JSON object.
    #[error("read the line as a JSON object")]
    NotAnObject,
    /// Longer than [`MAX_LINE_BYTES`].
    #[error("take a line of {0} bytes: at most {MAX_LINE_BYTES}")]
    TooLong(usize),
    /// Not an event: what is missing or wrong.
    #[error("{0}")]
    Invalid(String),
    /// Of a stream in which only Medward writes.
    #[error("accept {0} from outside: Medward alone writes this stream")]
    Closed(Dataset),
    /// Of Elasticsearch's actions only `index` and `create` add something.
    #[error("carry out {0}: records are only added, with index or create")]
    Action(&'static str),
    /// A bulk action without the line that should follow it.
    #[error("read the document of the last action: it is missing")]
    NoDocument,
}

/// Lines of a body, with their numbers from 1; empty ones are left out.
#[derive(Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    sender: &'a Sender,
}

impl<'a> Lines<'a> {
    /// The lines of `body`.
    pub const fn new(body: &'a [u8], sender: &'a Sender) -> Self {
        Self { rest: body, number: 0, sender }
    }
}

impl Iterator for Lines<'_> {
    type Item = (u64, Result<Event, LineRefused>);

    fn next(&mut self) -> Option<Self::Item> {
        let line = next_line(&mut self.rest, &mut self.number)?;
        Some((self.number, object_of(line).and_then(|object| event_of(object, self.sender))))
    }
}

/// The next line that is not blank, and its number.
pub(crate) fn next_line<'a>(rest: &mut &'a [u8], number: &mut u64) -> Option<&'a [u8]> {
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        *rest = after.get(1..).unwrap_or_default();
        *number += 1;
        if !line.trim_ascii().is_empty() {
            return Some(line);
        }
    }
    None
}

/// A line as a JSON object.
pub(crate) fn object_of(line: &[u8]) -> Result<serde_json::Map<String, Value>, LineRefused> {
    if line.len() > MAX_LINE_BYTES {
        return Err(LineRefused::TooLong(line.len()));
    }
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(LineRefused::NotAnObject),
    }
}

/// An event of ours that came from outside.
pub(crate) fn event_of(object: serde_json::Map<String, Value>, sender: &Sender) -> Result<Event, LineRefused> {
    let invalid = |error: EventJsonError| LineRefused::Invalid(error.to_string());
    let mut event = Event::from_value(Value::Object(object)).map_err(invalid)?;
    if CLOSED.contains(&event.dataset.stream()) {
        return Err(LineRefused::Closed(event.dataset));
    }
    for field in OF_SENDER {
        let said = match event.fields.remove(&field) {
            Some(FieldValue::Text(text)) => Value::from(text.as_str()),
            Some(FieldValue::Int(number)) => Value::from(number),
            Some(FieldValue::Bytes(_)) | None => continue,
        };
        event.put_attr(of_sender(field.name()), said);
    }
    event.put(Field::ObserverIp, sender.arrival.peer.to_canonical().into());
    event.put(Field::MedwardSource, sender.source.as_str().into());
    event.validate().map_err(|error| LineRefused::Invalid(error.to_string()))?;
    Ok(event)
}
