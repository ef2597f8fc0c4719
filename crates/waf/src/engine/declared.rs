//! The request body as `ModSecurity` reads it: one processor, named by the content type or by rules.

use crate::body::{Codings, FormData, Parsed, Sink, read_arguments, read_json_body, read_xml_body};
use crate::head::Head;
use crate::http1::HttpFinding;
use crate::lang::ast::Processor;
use crate::lang::ruleset::Settings;
use crate::options::Limits;
use crate::var::Collection;

/// Inspected when the rules do not say: what `ModSecurity` keeps in memory.
const BODY_BYTES: usize = 128 * 1024;

/// What is kept of a body.
#[derive(Debug, Default)]
pub(super) struct DeclaredBody {
    content_type: Vec<u8>,
    codings: Codings,
    kept: Vec<u8>,
    limit: usize,
    pub(super) received: u64,
    pub(super) over_limit: bool,
}

impl DeclaredBody {
    pub(super) fn announced_by(head: &Head, settings: &Settings) -> Self {
        Self {
            content_type: head.header(b"content-type").unwrap_or_default().to_vec(),
            codings: Codings::of(head.header_lines(b"content-encoding")),
            limit: settings.request_body_limit.unwrap_or(BODY_BYTES),
            ..Self::default()
        }
    }

    /// The processor of the content type alone; the other types are for rules to know.
    pub(super) fn processor(&self) -> Option<Processor> {
        let begins = |essence: &[u8]| {
            let start = self.content_type.get(..essence.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(essence))
        };
        if begins(b"application/x-www-form-urlencoded") {
            return Some(Processor::UrlEncoded);
        }
        begins(b"multipart/form-data").then_some(Processor::Multipart)
    }

    pub(super) fn wants(&self) -> bool {
        !self.over_limit
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.codings.can_decode()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.received += bytes.len() as u64;
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.over_limit |= bytes.len() > room;
    }

    /// Turns what has come into values; says whether a limit left something out. `last`: nothing more will come.
    pub(super) fn parse(
        &self,
        reading: Reading,
        last: bool,
        settings: &Settings,
        limits: &Limits,
        sink: &mut Sink,
    ) -> bool {
        let Reading { processor, forced } = reading;
        // The end that has not come, or is not kept, is no fault of the body.
        let cut_off = self.over_limit || !last;
        let decoded;
        let mut body = self.kept.as_slice();
        if self.codings.can_decode() {
            let (text, finding) = self.codings.decode(body);
            if let Some(finding) = finding.filter(|_| !cut_off) {
                sink.limited(finding);
            }
            decoded = text;
            body = &decoded;
        } else if self.codings.unknown {
            sink.limited(HttpFinding::EncodingUnknown);
        }
        let length = self.received.to_string();
        sink.values.push(Collection::RequestBodyLength, b"", length.as_bytes());
        let limits = Limits {
            arguments: settings.arguments.unwrap_or(limits.arguments),
            json_depth: settings.json_depth.unwrap_or(JSON_DEPTH),
            ..*limits
        };
        // Names of elements are no input, and files would drown the rules for texts.
        if forced || !matches!(processor, Some(Processor::Multipart | Processor::Xml)) {
            sink.values.push(Collection::RequestBody, b"", body.get(..limits.structured_bytes).unwrap_or(body));
        }
        let parsed = match processor {
            _ if body.is_empty() => Parsed::default(),
            Some(Processor::UrlEncoded) => read_arguments(body, settings.separator, &limits),
            Some(Processor::Multipart) => {
                let mut parts = FormData::announced_by(&self.content_type, &limits);
                parts.push(body);
                parts.end(cut_off)
            }
            Some(Processor::Json) => read_json_body(body, &limits),
            Some(Processor::Xml) => read_xml_body(body, &limits),
            None => Parsed::default(),
        };
        push_parsed(&parsed, processor, cut_off, sink);
        let limited = self.over_limit || parsed.partial;
        sink.partial |= limited;
        limited
    }
}

/// How rules want a body read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) processor: Option<Processor>,
    /// `REQUEST_BODY` is wanted whatever the processor.
    pub(super) forced: bool,
}

/// Deepest JSON when the rules do not say.
const JSON_DEPTH: usize = 512;

fn push_parsed(parsed: &Parsed, processor: Option<Processor>, cut_off: bool, sink: &mut Sink) {
    let values = &mut sink.values;
    for (name, value) in &parsed.args_post {
        // An array has a name, too, which its first member tells.
        if let Some(array) = name.strip_suffix(b".array_0").filter(|_| processor == Some(Processor::Json)) {
            values.push(Collection::ArgsPostNames, array, array);
        }
        values.push(Collection::ArgsPostNames, name, name);
        values.push(Collection::ArgsPost, name, value);
    }
    for file in &parsed.files {
        for name in &file.names {
            values.push(Collection::Files, &file.field, name);
        }
        values.push(Collection::FilesNames, &file.field, &file.field);
        values.push(Collection::FilesSizes, &file.field, file.size_bytes.to_string().as_bytes());
        values.push(Collection::FilesContent, &file.field, &file.content);
    }
    for (name, line) in &parsed.part_headers {
        values.push(Collection::MultipartPartHeaders, name, line);
    }
    if let Some(text) = &parsed.xml_text {
        values.push(Collection::XmlText, b"", text);
    }
    for attribute in &parsed.xml_attributes {
        values.push(Collection::XmlAttributes, b"", attribute);
    }
    let error = parsed.error.as_deref().filter(|_| !cut_off);
    let flag = |on: bool| if on { b"1".as_slice() } else { b"0" };
    for collection in [Collection::ReqbodyError, Collection::ReqbodyProcessorError] {
        values.push(collection, b"", flag(error.is_some()));
    }
    for collection in [Collection::ReqbodyErrorMsg, Collection::ReqbodyProcessorErrorMsg] {
        values.push(collection, b"", error.unwrap_or_default().as_bytes());
    }
    values.push(Collection::FilesCombinedSize, b"", parsed.files_combined_size().to_string().as_bytes());
    if processor == Some(Processor::Multipart) {
        let flags = &parsed.multipart;
        for (collection, on) in [
            (Collection::MultipartStrictError, flags.strict_error()),
            (Collection::MultipartBoundaryQuoted, flags.boundary_quoted),
            (Collection::MultipartBoundaryWhitespace, flags.boundary_whitespace),
            (Collection::MultipartDataBefore, flags.data_before),
            (Collection::MultipartDataAfter, flags.data_after),
            (Collection::MultipartHeaderFolding, flags.header_folding),
            (Collection::MultipartLfLine, flags.lf_line),
            (Collection::MultipartCrlfLfLines, flags.crlf_lf_lines),
            (Collection::MultipartSemicolonMissing, flags.semicolon_missing),
            (Collection::MultipartInvalidQuoting, flags.invalid_quoting),
            (Collection::MultipartInvalidPart, flags.invalid_part),
            (Collection::MultipartInvalidHeaderFolding, flags.invalid_header_folding),
            (Collection::MultipartFileLimitExceeded, flags.file_limit_exceeded),
            (Collection::MultipartUnmatchedBoundary, flags.unmatched_boundary),
        ] {
            values.push(collection, b"", flag(on));
        }
    }
}
