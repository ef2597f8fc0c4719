//! An event that is being made of a frame, and the room that is left in it.
//!
//! Invariant: the frame itself comes first: what is made of it gives way, and says so, before a byte of the frame would.
//! Invariant: whatever was put in, [`Draft::finish`] gives an event that is valid.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use medward_contract::Severity;
use medward_contract::event::{Dataset, Event, Field, FieldKind, FieldValue, MAX_VALUE_BYTES, Outcome};
use serde_json::Value;

use crate::decode::{Arrival, Profile};
use crate::frame::{Frame, FrameFault};
use crate::moment::Moment;
use crate::names::{Name, name_of, of_sender};
use crate::text::beginning;

/// What an event may take in all is 48 KiB (`events.md` §1); some of it is for what the vault adds.
const ROOM_BYTES: usize = 40 * 1024;
/// Attributes made of one frame.
const MAX_ATTRIBUTES: usize = 80;
/// A message too long to stand beside its frame keeps this much.
const SHORT_MESSAGE_BYTES: usize = 2 * 1024;
/// Longest name of a host, user, rule and the like.
const MAX_WORD_BYTES: usize = 1024;

/// Fields that hold an address; anything else under their names is only what the sender says.
const ADDRESSES: [Field; 2] = [Field::SourceIp, Field::DestinationIp];
/// Fields that hold long text.
const LONG: [Field; 6] =
    [Field::Message, Field::UrlQuery, Field::UrlPath, Field::DbStatement, Field::ProcessCommandLine, Field::UserAgent];

/// The event so far.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) event: Event,
    pub(crate) profile: &'a Profile,
    arrival: &'a Arrival,
    moment: Option<Moment>,
    message: Option<String>,
    room: usize,
    is_short: bool,
}

impl<'a> Draft<'a> {
    /// A `syslog.message` of this frame.
    pub(crate) fn new(frame: &Frame, arrival: &'a Arrival, profile: &'a Profile) -> Self {
        let mut event = Event::new(Dataset::SyslogMessage, "receive", arrival.at)
            .outcome(Outcome::Unknown)
            .set(Field::ObserverIp, arrival.peer.to_canonical())
            .set(Field::MedwardSource, profile.source.as_str())
            .set(Field::EventOriginal, frame.bytes.clone());
        // `set` has cut it and named it in `medward.truncated`.
        if frame.bytes.len() > MAX_VALUE_BYTES {
            let whole = frame.whole();
            event = event
                .attr("event.original_bytes", whole.bytes)
                .attr("event.original_sha256", HEXLOWER.encode(&whole.sha256));
        }
        let room = ROOM_BYTES - frame.bytes.len().min(MAX_VALUE_BYTES);
        let mut draft = Self { event, profile, arrival, moment: None, message: None, room, is_short: false };
        match frame.fault {
            Some(FrameFault::Count) => draft.tag("frame_error"),
            Some(FrameFault::Unfinished) => draft.tag("unfinished"),
            None => {}
        }
        draft
    }

    pub(crate) fn tag(&mut self, tag: &str) {
        self.event.tags.push(tag.to_owned());
    }

    /// The last moment that was read is that of the event: a body knows better than the head around it.
    pub(crate) fn at(&mut self, moment: Option<Moment>) {
        self.moment = moment.or(self.moment);
    }

    pub(crate) fn message(&mut self, message: &str) {
        self.message = Some(message.to_owned());
    }

    pub(crate) fn kind(&mut self, dataset: Dataset, action: &'static str, outcome: Outcome) {
        (self.event.dataset, self.event.action, self.event.outcome) = (dataset, action.into(), outcome);
    }

    pub(crate) const fn severity(&mut self, severity: Severity) {
        self.event.severity = severity;
    }

    /// Sets a text field that has none yet; an address must be one.
    pub(crate) fn field(&mut self, field: Field, text: &str) {
        if text.is_empty() || field == Field::Message {
            return;
        }
        if ADDRESSES.contains(&field) {
            match text.parse::<IpAddr>() {
                Ok(address) => self.put(field, address.to_canonical().into(), 16),
                Err(_) => self.attribute(&of_sender(field.name()), text.into()),
            }
            return;
        }
        let longest = if LONG.contains(&field) { self.room } else { MAX_WORD_BYTES };
        let kept = beginning(text, longest.min(self.room));
        self.is_short |= kept.len() < text.len();
        self.put(field, kept.into(), kept.len());
    }

    /// Sets a numeric field that has none yet.
    pub(crate) fn number(&mut self, field: Field, number: i64) {
        self.put(field, number.into(), 9);
    }

    /// Sets a port, when the text is one.
    pub(crate) fn port(&mut self, field: Field, text: &str) {
        match text.trim().parse::<u16>() {
            Ok(port) => self.number(field, i64::from(port)),
            Err(_) => self.attribute(&of_sender(field.name()), text.into()),
        }
    }

    fn put(&mut self, field: Field, value: FieldValue, bytes: usize) {
        if self.take(bytes + 5) {
            self.event.fields.insert_absent(field, || value);
        }
    }

    /// Sets an attribute that has no value yet, under this very name.
    pub(crate) fn attribute(&mut self, name: &str, value: Value) {
        if self.event.attrs.len() >= MAX_ATTRIBUTES {
            self.is_short = true;
        } else if self.take(name.len() + json_bytes(&value) + 6) {
            self.event.attrs.insert_absent(name.to_owned().into(), || value);
        }
    }

    /// Sets what the sender names so: a field of ours where name and type are one, else an attribute.
    pub(crate) fn named(&mut self, name: &str, value: Value) {
        let field = match name_of(name) {
            Name::Attribute(name) => return self.attribute(&name, value),
            Name::Field(field) => field,
        };
        match (field.kind(), value) {
            (FieldKind::Text, Value::String(text)) => self.field(field, &text),
            (FieldKind::Int, Value::Number(number)) if number.is_i64() => {
                self.number(field, number.as_i64().unwrap_or_default());
            }
            (_, value) => self.attribute(&of_sender(field.name()), value),
        }
    }

    fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.room;
        if fits {
            self.room -= bytes;
        } else {
            self.is_short = true;
        }
        fits
    }

    /// The event. One that lacks what its kind needs is a `syslog.message`, which lacks nothing.
    pub(crate) fn finish(mut self) -> Event {
        let resolved = self.moment.and_then(|moment| moment.resolve(&self.profile.zone, self.arrival.at));
        if let Some(at) = resolved {
            self.event.timestamp = at;
        } else {
            self.tag("ts_guessed");
        }
        self.put_message();
        let peer = self.arrival.peer.to_canonical();
        self.event.fields.insert_absent(Field::HostName, || peer.into());
        if self.event.dataset != Dataset::SyslogMessage && self.event.validate().is_err() {
            self.kind(Dataset::SyslogMessage, "receive", Outcome::Unknown);
            self.tag("parse_error");
        }
        if self.is_short {
            self.tag("fields_left_out");
        }
        self.event
    }

    /// Stored as an offset where it ends the frame, but counted in full by whoever makes a record fit: so a long one gives
    /// way to its frame.
    fn put_message(&mut self) {
        let Some(message) = self.message.take().filter(|message| !message.is_empty()) else { return };
        if message.len() <= self.room {
            self.event.fields.insert(Field::Message, message.into());
        } else {
            let kept = beginning(&message, SHORT_MESSAGE_BYTES);
            self.event.fields.insert(Field::Message, kept.into());
            self.is_short = true;
        }
    }
}

/// What a value takes as JSON.
fn json_bytes(value: &Value) -> usize {
    let of_byte = |byte: u8| match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => 2,
        0x00..0x20 => 6,
        _ => 1,
    };
    value.as_str().map_or(24, |text| text.bytes().map(of_byte).sum())
}

/// Severity of syslog as ours (`events.md` §4).
pub(crate) const fn severity_of_syslog(severity: u8) -> Severity {
    match severity {
        0 | 1 => Severity::Critical,
        2 => Severity::High,
        3 => Severity::Medium,
        4 => Severity::Low,
        _ => Severity::Info,
    }
}

/// Severity of CEF and LEEF, 0 to 10 or a word, as ours (`events.md` §4).
pub(crate) fn severity_of_cef(text: &str) -> Option<Severity> {
    let word = text.trim();
    if let Ok(number) = word.parse::<u8>() {
        return Some(match number {
            0 | 1 => Severity::Info,
            2 | 3 => Severity::Low,
            4..=6 => Severity::Medium,
            7 | 8 => Severity::High,
            9 | 10 => Severity::Critical,
            _ => return None,
        });
    }
    let known = [
        ("unknown", Severity::Info),
        ("low", Severity::Low),
        ("medium", Severity::Medium),
        ("high", Severity::High),
        ("very-high", Severity::Critical),
    ];
    known.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, severity)| severity)
}
