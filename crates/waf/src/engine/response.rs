//! The response of a transaction: its head, and as much of its body as rules look at.

use crate::body::Codings;
use crate::body::Sink;
use crate::head::ResponseHead;
use crate::http1::HttpFinding;
use crate::lang::ruleset::Settings;
use crate::var::Collection;

/// How much of a response body is looked at when the rules do not say.
const BODY_BYTES: usize = 512 * 1024;
/// What is looked at when the rules do not say.
const TEXT_TYPES: &[&[u8]] = &[b"text/plain", b"text/html", b"text/xml"];

/// What is kept of a response.
#[derive(Debug, Default)]
pub(super) struct Response {
    is_text: bool,
    wanted: bool,
    limit: usize,
    kept: Vec<u8>,
    codings: Codings,
    /// More came than is looked at.
    pub(super) over_limit: bool,
}

impl Response {
    /// Takes in the head.
    pub(super) fn of_head(head: &ResponseHead, settings: &Settings, sink: &mut Sink) -> Self {
        let values = &mut sink.values;
        values.push(Collection::ResponseStatus, b"", head.status.to_string().as_bytes());
        values.push(Collection::ResponseProtocol, b"", &head.version);
        for (name, value) in &head.headers {
            values.push(Collection::ResponseHeadersNames, name, name);
            values.push(Collection::ResponseHeaders, name, value);
        }
        let header = |wanted: &'static [u8]| {
            let lines = head.headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
            lines.map(|(_, value)| value.as_slice())
        };
        let content_type = header(b"content-type").next().unwrap_or_default();
        values.push(Collection::ResponseContentType, b"", content_type);
        if let Some(length) = header(b"content-length").next() {
            values.push(Collection::ResponseContentLength, b"", length);
        }
        let codings = Codings::of(header(b"content-encoding"));
        let limit = settings.response_body_limit.unwrap_or(BODY_BYTES);
        Self { is_text: is_text(content_type, settings), limit, codings, ..Self::default() }
    }

    /// Says whether the body is to be looked at; it is only if its type is one that rules look at.
    pub(super) fn read_body(&mut self, access: bool, sink: &mut Sink) {
        self.wanted = access && self.is_text;
        if self.codings.unknown && self.wanted {
            sink.limited(HttpFinding::EncodingUnknown);
        }
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.codings.can_decode()
    }

    pub(super) fn kept_bytes(&self) -> usize {
        self.kept.len()
    }

    /// Whether another byte would make a difference.
    pub(super) fn wants(&self) -> bool {
        self.wanted && !self.over_limit
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        if !self.wanted {
            return;
        }
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.over_limit |= bytes.len() > room;
    }

    /// Turns what has come into `RESPONSE_BODY`.
    pub(super) fn end(&mut self, sink: &mut Sink) {
        if !self.wanted {
            return;
        }
        sink.partial |= self.over_limit;
        if self.codings.can_decode() {
            let (text, finding) = self.codings.decode(&self.kept);
            if let Some(finding) = finding.filter(|_| !self.over_limit) {
                sink.limited(finding);
            }
            sink.values.push(Collection::ResponseBody, b"", text.get(..self.limit).unwrap_or(&text));
        } else {
            sink.values.push(Collection::ResponseBody, b"", &self.kept);
        }
    }
}

fn is_text(content_type: &[u8], settings: &Settings) -> bool {
    let end = content_type.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t')).unwrap_or(content_type.len());
    let essence = content_type.get(..end).unwrap_or_default();
    if settings.response_types.is_empty() {
        return TEXT_TYPES.iter().any(|known| known.eq_ignore_ascii_case(essence));
    }
    settings.response_types.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(essence))
}
