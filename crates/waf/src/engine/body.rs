//! The request body of a transaction: kept up to a limit, or parsed as it streams by.

use crate::body::{
    BodyKind, Multipart, Sink, boundary_of, looks_textual, parse_form, parse_json, parse_xml, transcode_utf16,
};
use crate::head::Head;
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::var::Collection;

/// What the head announced, and what has come.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    /// `None`: decided by the first bytes.
    kind: Option<BodyKind>,
    /// Reader of a multipart body; it sees every byte, however many there are.
    multipart: Option<Multipart>,
    /// Servers may read this body in different ways, so all of it is looked at as one text too.
    ambiguous: bool,
    encoded: bool,
    /// The beginning of the body.
    kept: Vec<u8>,
    received: u64,
    over_limit: bool,
}

impl RequestBody {
    pub(super) fn announced_by(head: &Head) -> Self {
        let content_type = head.header(b"content-type");
        let encoding = head.header(b"content-encoding").unwrap_or_default();
        let kind = BodyKind::of_content_type(content_type);
        let boundary = content_type.filter(|_| kind == Some(BodyKind::Multipart)).and_then(boundary_of);
        Self {
            kind,
            ambiguous: kind == Some(BodyKind::Multipart) && boundary.as_ref().is_none_or(|boundary| boundary.ambiguous),
            multipart: boundary.map(|boundary| Multipart::new(&boundary.bytes)),
            encoded: !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity"),
            ..Self::default()
        }
    }

    /// A compressed body is not looked into yet.
    pub(super) fn is_encoded(&self) -> bool {
        self.encoded
    }

    /// Whether values are taken from the stream as it passes.
    pub(super) fn is_streamed(&self) -> bool {
        self.multipart.is_some()
    }

    /// Bytes received.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    fn keep_bytes(&self, limits: &Limits) -> usize {
        match (self.kind, &self.multipart) {
            _ if self.ambiguous => limits.structured_bytes,
            // The raw beginning is kept in case the parts turn out to be broken.
            (Some(BodyKind::Multipart), _) => limits.other_bytes,
            (Some(kind), _) => kind.limit(limits),
            (None, _) => limits.structured_bytes,
        }
    }

    /// Whether another byte would make a difference; the first one beyond the limit does, it makes the body partial.
    pub(super) fn wants(&self) -> bool {
        self.is_streamed() || !self.over_limit
    }

    pub(super) fn push(&mut self, bytes: &[u8], limits: &Limits, sink: &mut Sink) {
        self.received += bytes.len() as u64;
        let room = self.keep_bytes(limits).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.over_limit |= bytes.len() > room;
        if let Some(multipart) = &mut self.multipart {
            multipart.push(bytes, limits, sink);
        }
    }

    /// Turns what has come into values. `last`: nothing more will come.
    pub(super) fn parse(&mut self, last: bool, limits: &Limits, sink: &mut Sink) {
        if self.received == 0 {
            return;
        }
        if let Some(multipart) = &mut self.multipart {
            if !last {
                return;
            }
            multipart.end(limits, sink);
            if self.ambiguous {
                sink.finding(HttpFinding::MultipartBroken);
            }
            if sink.findings.contains(&HttpFinding::MultipartBroken) {
                sink.partial |= self.over_limit;
                push_broken(&self.kept, sink);
            }
            return;
        }
        let kind = self.kind.unwrap_or_else(|| BodyKind::sniff(&self.kept));
        let text = self.kept.get(..kind.limit(limits)).unwrap_or(&self.kept);
        if self.over_limit || text.len() < self.kept.len() {
            sink.partial = true;
        }
        match kind {
            BodyKind::Form => {
                parse_form(text, Collection::ArgsPost, limits, sink);
                // Clients that post JSON under the default content type of their library are common.
                if BodyKind::sniff(text) == BodyKind::Json {
                    parse_json(text, limits, sink);
                }
            }
            BodyKind::Json => {
                if !parse_json(text, limits, sink) {
                    push_raw(text, sink);
                }
            }
            BodyKind::Xml => {
                let transcoded = transcode_utf16(text);
                let text = transcoded.as_deref().unwrap_or(text);
                parse_xml(text, limits, sink);
                push_raw(text, sink);
            }
            BodyKind::Multipart => {
                sink.finding(HttpFinding::MultipartBroken);
                push_broken(text, sink);
            }
            BodyKind::Other => {
                let transcoded = transcode_utf16(text);
                push_raw(transcoded.as_deref().unwrap_or(text), sink);
            }
        }
    }
}

/// The body itself as a value, if it is text.
fn push_raw(text: &[u8], sink: &mut Sink) {
    if looks_textual(text) {
        sink.values.push(Collection::RequestBody, b"", text);
    }
}

/// A body that servers may read in different ways, as one argument for the rules of every class: which part of it becomes
/// an argument is not known. `REQUEST_BODY` has it too, for the rules that look at whole bodies only.
fn push_broken(text: &[u8], sink: &mut Sink) {
    sink.values.push(Collection::RequestBody, b"", text);
    sink.values.push(Collection::ArgsPost, b"", text);
}
