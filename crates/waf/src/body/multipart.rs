//! multipart/form-data (RFC 7578), read as a stream: 50 MB of upload cost the memory of its fields.
//!
//! Fields become `ARGS_POST`; a part with a file name becomes `FILES` (the name), `FILES_NAMES` (the field) and the
//! beginning of its content as `FILES_TMP_CONTENT`; every part header is a `MULTIPART_PART_HEADERS`, and what it says beside
//! these names a `MULTIPART_PART_VALUES`. Applications differ in what they forgive, so this forgives much and reports it: line ends without CR, repeated parameters, text around the
//! parts, parts behind the end (PHP reads them), a missing end.
//!
//! They also differ in what a file is: PHP knows no `filename*`, Go takes an empty file name for none. What could be a
//! field is one here. Some programs hand out the text of a file like that of a field: a short text, and any text under a
//! head that leaves room for doubt, is an `ARGS_POST` as well. Scripts, tables and logs that people upload are longer.

use memchr::memmem;

use super::beyond::Beyond;
use super::charset::Charset;
use super::parameter::{charset_of, parameter_values, parameters, split_at_byte};
use super::{Sink, looks_textual};
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::transform::url_decode_into;
use crate::var::Collection;

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
    beyond: Beyond,
}

#[derive(Debug)]
enum State {
    Preamble,
    Headers,
    Content(Part),
    /// Behind the last boundary; a further boundary opens a part all the same.
    Epilogue,
    /// Behind as many parts as are read: the rest is one text.
    Done,
}

/// Content-Transfer-Encoding (RFC 2045 §6). RFC 7578 §4.7 forbids it, PHP ignores it, Go and Django undo some of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Encoding {
    #[default]
    None,
    QuotedPrintable,
    Base64,
    Unknown,
}

impl Encoding {
    fn of(value: &[u8]) -> Self {
        match value.trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"7bit" | b"8bit" | b"binary" => Self::None,
            b"quoted-printable" => Self::QuotedPrintable,
            b"base64" => Self::Base64,
            _ => Self::Unknown,
        }
    }

    fn decode(self, content: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::None | Self::Unknown => None,
            Self::QuotedPrintable => Some(quoted_printable_decode(content)),
            Self::Base64 => {
                let letters: Vec<u8> = content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
                let mut decoded = Vec::with_capacity(letters.len());
                medward_detect::base64_decode(&letters, &mut decoded);
                Some(decoded)
            }
        }
    }
}

fn quoted_printable_decode(mut content: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(content.len());
    loop {
        let end = memchr::memchr(b'=', content).unwrap_or(content.len());
        let (plain, rest) = content.split_at(end);
        decoded.extend_from_slice(plain);
        content = match rest {
            [] => return decoded,
            [b'=', b'\r', b'\n', rest @ ..] | [b'=', b'\n', rest @ ..] => rest,
            [b'=', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = [b'%', *high, *low];
                url_decode_into(&digits, &mut decoded);
                rest
            }
            [equals, rest @ ..] => {
                decoded.push(*equals);
                rest
            }
        };
    }
}

/// Longest text of a file that may stand for a field.
const FIELD_BYTES: usize = 512;

#[derive(Debug, Default)]
struct Part {
    name: Vec<u8>,
    is_file: bool,
    /// Not every server takes it for a file.
    doubtful: bool,
    /// The part's own type says that its content is text.
    says_text: bool,
    encoding: Encoding,
    charset: Charset,
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
            beyond: Beyond::default(),
        }
    }

    /// Takes in the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], limits: &Limits, sink: &mut Sink) {
        self.pending.extend_from_slice(bytes);
        while self.advance(limits, sink) {}
    }

    /// The body has ended.
    pub(crate) fn end(&mut self, limits: &Limits, sink: &mut Sink) {
        if !matches!(self.state, State::Headers) {
            self.take(self.pending.len(), limits, sink);
        }
        let whole = match std::mem::replace(&mut self.state, State::Done) {
            State::Epilogue | State::Done => true,
            State::Content(part) => {
                part.finish(sink);
                false
            }
            State::Headers => {
                read_headers(&self.pending, sink).finish(sink);
                false
            }
            State::Preamble => false,
        };
        if !whole {
            sink.finding(HttpFinding::MultipartBroken);
        }
        let beyond = self.beyond.take();
        if !beyond.is_empty() {
            sink.values.push(Collection::ArgsPost, b"", &beyond);
        }
    }

    /// One step; false when more bytes are needed.
    fn advance(&mut self, limits: &Limits, sink: &mut Sink) -> bool {
        match &mut self.state {
            State::Done => {
                self.beyond.push(&self.pending, limits);
                self.pending.clear();
                false
            }
            State::Headers => self.headers(limits, sink),
            State::Preamble | State::Content(_) | State::Epilogue => self.content(limits, sink),
        }
    }

    /// Moves bytes up to the next delimiter, or all that cannot be part of one.
    fn content(&mut self, limits: &Limits, sink: &mut Sink) -> bool {
        let Some(at) = memmem::find(&self.pending, &self.delimiter) else {
            // The tail may be the beginning of a delimiter, and the byte before it the CR that belongs to it.
            let sure = self.pending.len().saturating_sub(self.delimiter.len());
            self.take(sure, limits, sink);
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
        self.take(at - usize::from(after_cr), limits, sink);
        // A part behind the end is no part to most servers, and one to PHP.
        if matches!(self.state, State::Epilogue) {
            sink.finding(HttpFinding::MultipartBroken);
        }
        self.pending.drain(..if last { after + 2 } else { after });
        if let State::Content(part) = std::mem::replace(&mut self.state, State::Headers) {
            part.finish(sink);
        }
        if last {
            self.state = State::Epilogue;
        } else if self.parts == limits.multipart_parts {
            sink.limited(HttpFinding::MultipartTooManyParts);
            self.state = State::Done;
        }
        true
    }

    /// Gives the first `length` pending bytes to the open part, as far as there is room. Outside of parts only blanks
    /// belong: what stands there is read by some servers and skipped by others.
    fn take(&mut self, length: usize, limits: &Limits, sink: &mut Sink) {
        let mut piece = self.pending.get(..length).unwrap_or_default();
        let part = match &mut self.state {
            State::Content(part) => part,
            State::Preamble | State::Epilogue if !piece.trim_ascii().is_empty() => {
                sink.finding(HttpFinding::MultipartBroken);
                return;
            }
            _ => return,
        };
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
        part.content.extend_from_slice(kept);
        *total += kept.len();
        let rest = piece.get(kept.len()..).unwrap_or_default();
        if !rest.is_empty() && !part.is_file {
            if !part.cut {
                self.beyond.begin(&part.name, &part.content, limits);
            }
            self.beyond.push(rest, limits);
        }
        part.cut |= !rest.is_empty();
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
    let (mut file_names, mut extended_names) = (Vec::new(), Vec::new());
    let (mut dispositions, mut values) = (0, Vec::new());
    for header in &headers {
        let Some((name, value)) = split_at_byte(header, b':') else {
            sink.finding(HttpFinding::MultipartBroken);
            continue;
        };
        match name.trim_ascii().to_ascii_lowercase().as_slice() {
            b"content-disposition" => {
                let names = parameter_values(value, b"name");
                dispositions += 1;
                if names.len() != 1 || dispositions > 1 {
                    sink.finding(HttpFinding::MultipartBroken);
                }
                part.name = names.into_iter().next().unwrap_or_default();
                file_names.extend(parameter_values(value, b"filename"));
                extended_names.extend(parameter_values(value, b"filename*"));
                values.extend(further_values(value, sink));
                continue;
            }
            b"content-type" => part.read_type(value, sink),
            b"content-transfer-encoding" => {
                part.encoding = Encoding::of(value);
                if part.encoding != Encoding::None {
                    sink.finding(HttpFinding::MultipartBroken);
                }
            }
            _ => {}
        }
        values.push(value.trim_ascii().to_vec());
    }
    for header in &headers {
        sink.values.push(Collection::MultipartPartHeaders, &part.name, header);
    }
    for value in values.iter().filter(|value| !value.is_empty()) {
        sink.values.push(Collection::MultipartPartValues, &part.name, value);
    }
    // Two dispositions: servers choose differently, so neither file name counts.
    part.is_file = dispositions == 1 && file_names.iter().any(|name| !name.is_empty());
    part.doubtful = file_names.len() != 1 || !extended_names.is_empty() || part.encoding != Encoding::None;
    file_names.append(&mut extended_names);
    for file_name in &file_names {
        sink.argument(Collection::Files, &part.name, file_name);
    }
    part
}

/// Most parameters of a part's Content-Disposition that are looked at; browsers send two.
const PARAMETERS: usize = 32;

/// What a Content-Disposition says that is neither the field nor the file: its type, and parameters of other names with
/// these names, which programs may read as well.
fn further_values(value: &[u8], sink: &mut Sink) -> Vec<Vec<u8>> {
    let (kind, list) = split_at_byte(value, b';').unwrap_or((value, b""));
    let known = [b"name".as_slice(), b"filename", b"filename*"];
    let mut further = parameters(list);
    further.retain(|(name, _)| !known.iter().any(|known| name.eq_ignore_ascii_case(known)));
    if further.len() > PARAMETERS {
        further.truncate(PARAMETERS);
        sink.limited(HttpFinding::TooManyValues);
    }
    let further = further.into_iter().flat_map(|(name, value)| [name.to_vec(), value]);
    std::iter::once(kind.trim_ascii().to_vec()).chain(further).collect()
}

impl Part {
    fn read_type(&mut self, content_type: &[u8], sink: &mut Sink) {
        let essence = content_type.trim_ascii().to_ascii_lowercase();
        let nested = essence.starts_with(b"multipart/");
        if nested {
            sink.finding(HttpFinding::MultipartBroken);
        }
        self.says_text = nested || essence.starts_with(b"text/");
        self.charset = charset_of(content_type);
    }

    fn finish(self, sink: &mut Sink) {
        let decoded = self.encoding.decode(&self.content);
        if self.is_file {
            if self.content.is_empty() {
                return;
            }
            sink.values.push(Collection::FilesContent, &self.name, &self.content);
            for content in [Some(&self.content), decoded.as_ref()].into_iter().flatten() {
                let field_like = self.doubtful || content.len() <= FIELD_BYTES;
                if field_like && (self.says_text || looks_textual(content)) {
                    sink.values.push(Collection::ArgsPost, &self.name, content);
                }
            }
            return;
        }
        if self.cut {
            sink.partial = true;
        }
        sink.argument(Collection::ArgsPost, &self.name, &self.content);
        for text in [decoded, self.charset.decode(&self.content)].into_iter().flatten() {
            sink.values.push(Collection::ArgsPost, &self.name, &text);
        }
    }
}
