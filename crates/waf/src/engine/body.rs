//! The request body of a transaction: kept up to a limit, or parsed as it streams by.

use crate::body::{
    BodyKind, Boundary, Charset, Codings, Multipart, Sink, boundary_of, charset_of, looks_textual, parse_form,
    parse_json, parse_xml, xml_charset,
};
use crate::head::Head;
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::var::Collection;

/// What the head announced, and what has come.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    /// One for each Content-Type line; `None`: decided by the first bytes.
    kinds: Vec<Option<BodyKind>>,
    charset: Charset,
    /// The declared type is a text, or there is none: NUL bytes do not make it binary.
    says_text: bool,
    /// Reader of a multipart body; it sees every byte, however many there are.
    multipart: Option<Multipart>,
    /// Servers may read this body in different ways, so all of it is looked at as one text too.
    ambiguous: bool,
    codings: Codings,
    boundary: Option<Boundary>,
    /// The beginning of the body.
    kept: Vec<u8>,
    received: u64,
    over_limit: bool,
}

impl RequestBody {
    pub(super) fn announced_by(head: &Head, sink: &mut Sink) -> Self {
        let types: Vec<&[u8]> = head.header_lines(b"content-type").collect();
        let codings = Codings::of(head.header_lines(b"content-encoding"));
        if codings.unknown {
            sink.limited(HttpFinding::EncodingUnknown);
        }
        let mut kinds: Vec<_> =
            types.iter().map(|content_type| BodyKind::of_content_type(Some(content_type))).collect();
        if kinds.is_empty() {
            kinds.push(None);
        }
        // Of two lines one server takes the first, another the last, a third joins them.
        let repeated = types.len() > 1;
        if repeated {
            sink.finding(HttpFinding::ContentTypeRepeated);
        }
        let is_multipart = kinds.contains(&Some(BodyKind::Multipart));
        let boundary = types.iter().filter(|_| is_multipart).find_map(|content_type| boundary_of(content_type));
        let charsets = types.iter().map(|content_type| charset_of(content_type));
        let charset = charsets.max_by_key(|charset| *charset != Charset::AsciiLike).unwrap_or_default();
        if charset == Charset::Unknown {
            sink.finding(HttpFinding::CharsetUnknown);
        }
        let ambiguous_boundary = is_multipart && boundary.as_ref().is_none_or(|boundary| boundary.ambiguous);
        Self {
            kinds,
            charset,
            says_text: types.is_empty() || types.iter().any(|content_type| BodyKind::says_text(content_type)),
            ambiguous: repeated || ambiguous_boundary,
            // A compressed body is taken apart when it has been decompressed.
            multipart: boundary
                .as_ref()
                .filter(|_| !codings.can_decode())
                .map(|boundary| Multipart::new(&boundary.bytes)),
            codings,
            boundary,
            ..Self::default()
        }
    }

    /// The same body when it has been decompressed (or is read as if it never was compressed).
    fn without_codings(&self) -> Self {
        Self {
            kinds: self.kinds.clone(),
            charset: self.charset,
            says_text: self.says_text,
            multipart: self.boundary.as_ref().map(|boundary| Multipart::new(&boundary.bytes)),
            ambiguous: self.ambiguous,
            ..Self::default()
        }
    }

    /// Reads a compressed body in both ways an application may.
    fn parse_compressed(&self, last: bool, limits: &Limits, sink: &mut Sink) {
        if !last && self.boundary.is_some() {
            return;
        }
        let (text, finding) = self.codings.decode(&self.kept);
        let mut decompressed = self.without_codings();
        decompressed.push(&text, limits, sink);
        decompressed.parse(true, limits, sink);
        sink.partial |= self.over_limit;
        if finding.is_none() || !last || self.over_limit {
            // Well compressed: as text it can only be what somebody hid in it.
            sink.values.push(Collection::RequestBody, b"", self.kept.get(..limits.other_bytes).unwrap_or(&self.kept));
        }
        let certain = |finding: &HttpFinding| !self.over_limit || *finding == HttpFinding::DecompressionBomb;
        if let Some(finding) = finding.filter(|finding| last && certain(finding)) {
            sink.limited(finding);
            let findings = sink.findings.len();
            let mut raw = self.without_codings();
            raw.push(&self.kept, limits, sink);
            raw.parse(true, limits, sink);
            sink.findings.truncate(findings);
        }
    }

    /// Whether values are taken from the stream as it passes.
    pub(super) fn is_streamed(&self) -> bool {
        self.multipart.is_some()
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.codings.can_decode()
    }

    /// Bytes received.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    fn keep_bytes(&self, limits: &Limits) -> usize {
        if self.ambiguous || self.codings.can_decode() {
            return limits.structured_bytes;
        }
        match self.kinds.first().copied().flatten() {
            // The raw beginning is kept in case the parts turn out to be broken.
            Some(BodyKind::Multipart) => limits.other_bytes,
            Some(kind) => kind.limit(limits),
            None => limits.structured_bytes,
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
        // What streams by is complete only at the end.
        if self.received == 0 || (self.is_streamed() && !last) {
            return;
        }
        if self.codings.can_decode() {
            return self.parse_compressed(last, limits, sink);
        }
        let mut broken = self.ambiguous;
        if self.kinds.contains(&Some(BodyKind::Multipart)) {
            if let Some(multipart) = &mut self.multipart {
                multipart.end(limits, sink);
            }
            if self.ambiguous {
                sink.finding(HttpFinding::MultipartBroken);
            }
            broken |= sink.findings.contains(&HttpFinding::MultipartBroken);
        }
        for kind in &self.kinds {
            if *kind != Some(BodyKind::Multipart) {
                self.parse_kept(*kind, limits, sink);
            }
        }
        if broken {
            sink.partial |= self.over_limit;
            push_broken(&self.kept, sink);
        }
    }

    /// Reads what was kept as the text its charset says or its bytes show, and as the bytes it is.
    fn parse_kept(&self, kind: Option<BodyKind>, limits: &Limits, sink: &mut Sink) {
        let sniffed = match Charset::sniff(&self.kept) {
            Charset::AsciiLike if kind == Some(BodyKind::Xml) => xml_charset(&self.kept),
            sniffed => sniffed,
        };
        let mut known = None;
        for charset in [sniffed, self.charset] {
            if known == Some(charset) {
                continue;
            }
            if let Some(text) = charset.decode(&self.kept) {
                self.parse_text(kind, &text, limits, sink);
                known = Some(charset);
            }
        }
        let findings = sink.findings.len();
        self.parse_text(kind, &self.kept, limits, sink);
        if known.is_some() {
            // That UTF-16 is no JSON as bytes says nothing about the body.
            sink.findings.truncate(findings);
        }
    }

    fn parse_text(&self, kind: Option<BodyKind>, bytes: &[u8], limits: &Limits, sink: &mut Sink) {
        let kind = kind.unwrap_or_else(|| BodyKind::sniff(bytes));
        let text = bytes.get(..kind.limit(limits)).unwrap_or(bytes);
        if self.over_limit || text.len() < bytes.len() {
            sink.partial = true;
        }
        match kind {
            BodyKind::Form => {
                let before = sink.values.mark();
                parse_form(text, Collection::ArgsPost, limits, sink);
                self.decode_fields(before, sink);
                // Clients that post JSON under the default content type of their library are common.
                if BodyKind::sniff(text) == BodyKind::Json {
                    parse_json(text, limits, sink);
                }
            }
            BodyKind::Json => {
                if !parse_json(text, limits, sink) {
                    if BodyKind::sniff(text) == BodyKind::Form {
                        parse_form(text, Collection::ArgsPost, limits, sink);
                    }
                    if sink.findings.contains(&HttpFinding::JsonBroken) {
                        push_broken(text, sink);
                    } else {
                        // Merely large or deep: everybody reads it as JSON.
                        sink.values.push(Collection::RequestBody, b"", text);
                    }
                }
            }
            BodyKind::Xml => {
                parse_xml(text, limits, sink);
                sink.values.push(Collection::RequestBody, b"", text);
            }
            BodyKind::Multipart => push_broken(text, sink),
            BodyKind::Other => {
                if self.says_text || looks_textual(text) {
                    sink.values.push(Collection::RequestBody, b"", text);
                    parse_as_it_looks(text, limits, sink);
                } else {
                    // Data, as an uploaded file would be: a serialised object needs no text around it.
                    sink.values.push(Collection::FilesContent, b"", text);
                }
            }
        }
    }

    /// ASP.NET applies the charset of a form to its percent-decoded values.
    fn decode_fields(&self, since: crate::var::Mark, sink: &mut Sink) {
        let fields: Vec<_> = sink.values.since(since).collect();
        for field in fields {
            if let Some(text) = self.charset.decode(sink.values.bytes(field)) {
                let name = sink.values.name(field).to_vec();
                sink.values.push(field.collection, &name, &text);
            }
        }
    }
}

/// Programs that expect a form, JSON or XML often read one whatever type it claims to have.
fn parse_as_it_looks(text: &[u8], limits: &Limits, sink: &mut Sink) {
    let findings = sink.findings.len();
    match BodyKind::sniff(text) {
        BodyKind::Form => parse_form(text, Collection::ArgsPost, limits, sink),
        BodyKind::Json => {
            parse_json(text, limits, sink);
        }
        BodyKind::Xml => parse_xml(text, limits, sink),
        BodyKind::Multipart | BodyKind::Other => {}
    }
    // That it is none of these says nothing about a text.
    sink.findings.truncate(findings);
}

/// A body that servers may read in different ways, as one argument for the rules of every class: which part of it becomes
/// an argument is not known. `REQUEST_BODY` has it too, for the rules that look at whole bodies only.
fn push_broken(text: &[u8], sink: &mut Sink) {
    sink.values.push(Collection::RequestBody, b"", text);
    sink.values.push(Collection::ArgsPost, b"", text);
}
