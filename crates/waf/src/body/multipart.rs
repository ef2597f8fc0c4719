//! multipart/form-data (RFC 7578), read as a stream: 50 MB of upload cost the memory of its fields.
//!
//! Fields become `ARGS_POST`; a part with a file name becomes `FILES` (the name), `FILES_NAMES` (the field) and the
//! beginning of its content as `FILES_TMP_CONTENT`; every part header is a `MULTIPART_PART_HEADERS`. Applications differ in
//! what they forgive, so this forgives much and reports it: line ends without CR, repeated parameters, a missing end.

use memchr::memmem;

use super::Sink;
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::var::Collection;

/// The boundary named by a content type, without its quotes; 1 to 70 bytes (RFC 2046 §5.1.1).
pub(crate) fn boundary_of(content_type: &[u8]) -> Option<Vec<u8>> {
    let (_, parameters) = split_at_byte(content_type, b';')?;
    let boundary = parameter_values(parameters, b"boundary").into_iter().next()?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// Reads one multipart body, piece by piece.
#[derive(Debug)]
pub(crate) struct Multipart {
    /// `\n--boundary`: a CR before it belongs to it, and its absence is noted.
    delimiter: Vec<u8>,
    state: State,
    pending: Vec<u8>,
    /// In a header block: where its current line begins, and how far it has been looked at.
    line_start: usize,
    looked_at: usize,
    parts: usize,
    field_bytes: usize,
    file_bytes: usize,
}

#[derive(Debug)]
enum State {
    Preamble,
    Headers,
    Content(Part),
    Epilogue,
}

#[derive(Debug, Default)]
struct Part {
    name: Vec<u8>,
    is_file: bool,
    content: Vec<u8>,
    /// Content beyond what is kept.
    cut: bool,
    /// The LF that ended the header block still stands before the content.
    skip_line_end: bool,
}

impl Multipart {
    pub(crate) fn new(boundary: &[u8]) -> Self {
        Self {
            delimiter: [b"\n--", boundary].concat(),
            state: State::Preamble,
            // So that a delimiter at the very beginning is found like any other.
            pending: b"\r\n".to_vec(),
            line_start: 0,
            looked_at: 0,
            parts: 0,
            field_bytes: 0,
            file_bytes: 0,
        }
    }

    /// Takes in the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], limits: &Limits, sink: &mut Sink) {
        self.pending.extend_from_slice(bytes);
        while self.advance(limits, sink) {}
    }

    /// The body has ended.
    pub(crate) fn end(&mut self, limits: &Limits, sink: &mut Sink) {
        match std::mem::replace(&mut self.state, State::Epilogue) {
            State::Epilogue => return,
            content @ State::Content(_) => {
                self.state = content;
                self.take(self.pending.len(), limits);
                if let State::Content(part) = std::mem::replace(&mut self.state, State::Epilogue) {
                    part.finish(sink);
                }
            }
            State::Headers => read_headers(&self.pending, sink).finish(sink),
            State::Preamble => {}
        }
        sink.finding(HttpFinding::MultipartBroken);
    }

    /// One step; false when more bytes are needed.
    fn advance(&mut self, limits: &Limits, sink: &mut Sink) -> bool {
        match &mut self.state {
            State::Epilogue => {
                self.pending.clear();
                false
            }
            State::Headers => self.headers(limits, sink),
            State::Preamble | State::Content(_) => self.content(limits, sink),
        }
    }

    /// Moves bytes up to the next delimiter, or all that cannot be part of one.
    fn content(&mut self, limits: &Limits, sink: &mut Sink) -> bool {
        let Some(at) = memmem::find(&self.pending, &self.delimiter) else {
            // The tail may be the beginning of a delimiter, and the byte before it the CR that belongs to it.
            let sure = self.pending.len().saturating_sub(self.delimiter.len());
            self.take(sure, limits);
            self.pending.drain(..sure);
            return false;
        };
        let after = at + self.delimiter.len();
        let Some(tail) = self.pending.get(after..after + 2) else { return false };
        let last = tail == b"--";
        let after_cr = self.pending.get(..at).is_some_and(|content| content.ends_with(b"\r"));
        if !after_cr {
            sink.finding(HttpFinding::MultipartBroken);
        }
        self.take(at - usize::from(after_cr), limits);
        self.pending.drain(..after);
        if let State::Content(part) = std::mem::replace(&mut self.state, State::Headers) {
            part.finish(sink);
        }
        if last {
            self.state = State::Epilogue;
        } else if self.parts == limits.multipart_parts {
            sink.limited(HttpFinding::MultipartTooManyParts);
            self.state = State::Epilogue;
        }
        true
    }

    /// Gives the first `length` pending bytes to the open part, as far as there is room.
    fn take(&mut self, length: usize, limits: &Limits) {
        let State::Content(part) = &mut self.state else { return };
        let mut piece = self.pending.get(..length).unwrap_or_default();
        if part.skip_line_end && !piece.is_empty() {
            part.skip_line_end = false;
            piece = piece.get(1..).unwrap_or_default();
        }
        let (total, room) = if part.is_file {
            // All files together are kept no larger than a structured body.
            let room = limits.structured_bytes.saturating_sub(self.file_bytes);
            (&mut self.file_bytes, room.min(limits.file_bytes.saturating_sub(part.content.len())))
        } else {
            let room = limits.multipart_field_bytes.saturating_sub(self.field_bytes);
            (&mut self.field_bytes, room)
        };
        let kept = piece.get(..room).unwrap_or(piece);
        part.cut |= kept.len() < piece.len();
        part.content.extend_from_slice(kept);
        *total += kept.len();
    }

    /// End of the header lines and beginning of the content, within the first `most` bytes. Each byte is looked at once,
    /// however small the pieces are that arrive.
    fn find_header_end(&mut self, most: usize) -> Option<(usize, usize)> {
        let bytes = self.pending.get(..most).unwrap_or(&self.pending);
        while let Some(offset) = bytes.get(self.looked_at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            let at = self.looked_at + offset;
            let line = bytes.get(self.line_start..at).unwrap_or_default();
            // The first line is the rest of the delimiter's own line.
            if self.line_start > 0 && (line.is_empty() || line == b"\r") {
                return Some((self.line_start, at + 1));
            }
            self.line_start = at + 1;
            self.looked_at = at + 1;
        }
        self.looked_at = bytes.len();
        None
    }

    /// Reads the header block of a part once it is complete.
    fn headers(&mut self, limits: &Limits, sink: &mut Sink) -> bool {
        let most = limits.part_header_bytes;
        let end = self.find_header_end(most);
        if end.is_none() && self.pending.len() < most {
            return false;
        }
        let (block_end, content_start) = end.unwrap_or((most, most));
        if end.is_none() {
            sink.limited(HttpFinding::MultipartBroken);
        }
        let block = self.pending.get(..block_end).unwrap_or_default();
        let mut part = read_headers(block, sink);
        self.parts += 1;
        // The LF of the blank line stays: some clients let it begin the delimiter of an empty part.
        let drained = content_start.saturating_sub(1);
        part.skip_line_end = end.is_some();
        self.pending.drain(..drained);
        (self.line_start, self.looked_at) = (0, 0);
        self.state = State::Content(part);
        true
    }
}

fn read_headers(block: &[u8], sink: &mut Sink) -> Part {
    let mut part = Part::default();
    let mut lines = block.split(|byte| *byte == b'\n');
    // The rest of the delimiter's line: blanks only.
    if lines.next().is_some_and(|rest| !rest.trim_ascii().is_empty()) {
        sink.finding(HttpFinding::MultipartBroken);
    }
    let mut headers: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match headers.last_mut() {
            Some(last) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                last.push(b' ');
                last.extend_from_slice(line.trim_ascii());
                sink.finding(HttpFinding::MultipartBroken);
            }
            _ if !line.is_empty() => headers.push(line.to_vec()),
            _ => {}
        }
    }
    let mut file_names = Vec::new();
    for header in &headers {
        let Some((name, value)) = split_at_byte(header, b':') else {
            sink.finding(HttpFinding::MultipartBroken);
            continue;
        };
        if name.trim_ascii().eq_ignore_ascii_case(b"content-disposition") {
            let names = parameter_values(value, b"name");
            if names.len() != 1 {
                sink.finding(HttpFinding::MultipartBroken);
            }
            part.name = names.into_iter().next().unwrap_or_default();
            file_names = parameter_values(value, b"filename");
            file_names.extend(parameter_values(value, b"filename*"));
        }
    }
    for header in &headers {
        sink.values.push(Collection::MultipartPartHeaders, &part.name, header);
    }
    part.is_file = !file_names.is_empty();
    for file_name in &file_names {
        sink.argument(Collection::Files, &part.name, file_name);
    }
    part
}

/// Every value of a parameter in a `;`-separated list: token, quoted (with backslash escapes) or extended (RFC 8187).
fn parameter_values(list: &[u8], wanted: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    let mut rest = list;
    loop {
        let start = rest.iter().position(|byte| !matches!(byte, b';' | b' ' | b'\t'));
        rest = start.and_then(|at| rest.get(at..)).unwrap_or_default();
        if rest.is_empty() {
            return values;
        }
        let name_end = rest.iter().position(|byte| matches!(byte, b'=' | b';')).unwrap_or(rest.len());
        let name = rest.get(..name_end).unwrap_or_default().trim_ascii();
        rest = rest.get(name_end..).unwrap_or_default();
        let Some(after) = rest.strip_prefix(b"=") else { continue };
        let (value, taken) = parameter_value(after);
        rest = after.get(taken..).unwrap_or_default();
        if name.eq_ignore_ascii_case(wanted) {
            let extended = wanted.ends_with(b"*");
            values.push(if extended { decode_extended(&value) } else { value });
        }
    }
}

fn parameter_value(after: &[u8]) -> (Vec<u8>, usize) {
    let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let text = after.get(blanks..).unwrap_or_default();
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = memchr::memchr(b';', text).unwrap_or(text.len());
        return (text.get(..end).unwrap_or_default().trim_ascii().to_vec(), blanks + end);
    };
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(&byte) = quoted.get(at) {
        match byte {
            b'"' => return (value, blanks + 1 + at + 1),
            // Old browsers send `C:\dir\file` unescaped: only an escaped quote or backslash is an escape.
            b'\\' if matches!(quoted.get(at + 1), Some(b'"' | b'\\')) => {
                value.extend(quoted.get(at + 1));
                at += 1;
            }
            _ => value.push(byte),
        }
        at += 1;
    }
    (value, after.len())
}

/// `charset'language'percent-encoded`.
fn decode_extended(value: &[u8]) -> Vec<u8> {
    let text = value.splitn(3, |byte| *byte == b'\'').nth(2).unwrap_or(value);
    let mut decoded = Vec::with_capacity(text.len());
    crate::transform::url_decode_into(text, &mut decoded);
    decoded
}

impl Part {
    fn finish(self, sink: &mut Sink) {
        if self.is_file {
            if !self.content.is_empty() {
                sink.values.push(Collection::FilesContent, &self.name, &self.content);
            }
            return;
        }
        if self.cut {
            sink.partial = true;
        }
        sink.argument(Collection::ArgsPost, &self.name, &self.content);
    }
}
