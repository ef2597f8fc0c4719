//! One frame in, one event out.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use medward_contract::Timestamp;
use medward_contract::event::{Event, Field, Stream};

use crate::draft::{Draft, severity_of_syslog};
use crate::frame::Frame;
use crate::text::{Charset, text_of};
use crate::{cef, json, leef, linux, syslog};

/// `medward.source` of senders that nobody has registered.
pub const UNREGISTERED: &str = "unregistered";

/// When and from where a frame came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it arrived.
    pub at: Timestamp,
    /// Who delivered it; not always who wrote it.
    pub peer: IpAddr,
}

/// What is known of its sender.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The log source (日志源), `medward.source`.
    pub source: String,
    /// Zone of times without one.
    pub zone: TimeZone,
    /// Where its CEF and LEEF belong: `Network` makes `network.ips` and `network.firewall` of what has their fields.
    pub stream: Option<Stream>,
}

impl Profile {
    /// A sender nobody has registered.
    pub fn unregistered(zone: TimeZone) -> Self {
        Self { source: UNREGISTERED.to_owned(), zone, stream: None }
    }
}

/// Makes an event of a frame. It is valid, and `event.original` is the frame, of which 32 KiB are kept.
pub fn decode(frame: &Frame, arrival: &Arrival, profile: &Profile) -> Event {
    let mut draft = Draft::new(frame, arrival, profile);
    let (text, charset) = text_of(&frame.bytes);
    match charset {
        Charset::Utf8 => {}
        Charset::Gb18030 => draft.tag("gb18030"),
        Charset::Unknown => draft.tag("charset_error"),
    }
    let head = syslog::read(&text);
    put_head(&mut draft, &head);
    draft.message(head.body);
    if read_body(&mut draft, &head) == Read::Broken {
        draft.tag("parse_error");
    }
    draft.finish()
}

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// A parser understood it.
    Known,
    /// It is plain text.
    Plain,
    /// It is not what it claims to be.
    Broken,
}

/// Each parser knows its own by its first characters (vault.md §8 gives their order).
fn read_body(draft: &mut Draft<'_>, head: &syslog::Head<'_>) -> Read {
    let body = head.body.trim_start();
    let body = body.strip_prefix("@cee:").map_or(body, str::trim_start);
    if body.starts_with('{') {
        json::read(draft, body, head.app)
    } else if body.starts_with("CEF:") {
        cef::read(draft, body)
    } else if body.starts_with("LEEF:") {
        leef::read(draft, body)
    } else {
        linux::read(draft, head)
    }
}

fn put_head(draft: &mut Draft<'_>, head: &syslog::Head<'_>) {
    draft.at(head.moment);
    if head.is_faulty {
        draft.tag("parse_error");
    }
    if let Some(priority) = head.priority {
        draft.severity(severity_of_syslog(priority % 8));
        draft.attribute("log.syslog.facility.code", (priority / 8).into());
        draft.attribute("log.syslog.severity.code", (priority % 8).into());
    }
    let texts = [(Field::HostName, head.host), (Field::ProcessName, head.app)];
    for (field, text) in texts.into_iter().filter_map(|(field, text)| Some((field, text?))) {
        draft.field(field, text);
    }
    let attributes = [("log.syslog.procid", head.process), ("log.syslog.msgid", head.message_id)];
    for (name, text) in attributes.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        draft.attribute(name, text.into());
    }
    for (name, value) in &head.parameters {
        draft.attribute(&crate::names::clean(&format!("log.sd.{name}")), value.as_str().into());
    }
}
