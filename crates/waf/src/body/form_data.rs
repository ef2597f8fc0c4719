//! multipart/form-data (RFC 7578) as the rule language sees it: fields, files, part headers, and a flag for each way in
//! which the framing is not exactly what the standards say.
//!
//! The body is read line by line as it streams by, since the flags are about lines. A line longer than [`LINE_BYTES`] can
//! be no delimiter and passes in pieces, so memory does not grow with the upload. Reading goes on behind every fault:
//! [`super::Multipart`] is the reader for our own policies, with their idea of what applications forgive.

use memchr::memmem;

use super::beyond::Beyond;
use super::disposition::{Disposition, announced_boundary, is_boundary_byte};
use super::parsed::{Parsed, UploadedFile};
use crate::options::Limits;

/// Longest line that is looked at as a whole: a delimiter has at most 74 bytes and the blanks behind it.
const LINE_BYTES: usize = 256;

/// Reads one body, piece by piece.
#[derive(Debug)]
pub(crate) struct FormData {
    /// `--boundary`.
    delimiter: Vec<u8>,
    state: State,
    /// The line that has begun.
    pending: Vec<u8>,
    /// How much of `pending` holds no line end.
    looked_at: usize,
    /// The beginning of the current line has passed already.
    inside_line: bool,
    received: bool,
    seen_crlf: bool,
    seen_lf: bool,
    parts: usize,
    room: Room,
    parsed: Parsed,
}

/// What is kept, and what of it is kept apart because it lies beyond a limit.
#[derive(Debug)]
struct Room {
    field_bytes: usize,
    file_bytes: usize,
    limits: Limits,
    beyond: Beyond,
}

#[derive(Debug)]
enum State {
    Preamble,
    Headers(HeaderBlock),
    Content(Part),
    /// Behind the last delimiter. A further one opens a part all the same, as it does in PHP.
    Epilogue,
    /// No boundary, or behind as many parts as are read: the rest is then one text.
    Done,
}

#[derive(Debug, Default)]
struct HeaderBlock {
    /// Folded lines put together.
    headers: Vec<Vec<u8>>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Part {
    disposition: Disposition,
    content: Vec<u8>,
    size_bytes: u64,
    /// The line end that belongs to the content only if no delimiter follows.
    held_line_end: &'static [u8],
    /// No line has been read.
    fresh: bool,
    cut: bool,
}

/// A line that begins with the boundary.
enum Delimiter {
    Open,
    Last,
    /// Something stands behind it.
    Trailed,
}

impl FormData {
    /// A reader for the body that a content type announces.
    pub(crate) fn announced_by(content_type: &[u8], limits: &Limits) -> Self {
        let mut parsed = Parsed::default();
        let (boundary, error) = announced_boundary(content_type, &mut parsed.multipart);
        parsed.error = error;
        let state = if boundary.is_some() { State::Preamble } else { State::Done };
        Self {
            delimiter: [b"--".as_slice(), &boundary.unwrap_or_default()].concat(),
            state,
            pending: Vec::new(),
            looked_at: 0,
            inside_line: false,
            received: false,
            seen_crlf: false,
            seen_lf: false,
            parts: 0,
            room: Room { field_bytes: 0, file_bytes: 0, limits: *limits, beyond: Beyond::default() },
            parsed,
        }
    }

    /// Takes in the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.received |= !bytes.is_empty();
        if matches!(self.state, State::Done) {
            if self.parsed.multipart.file_limit_exceeded {
                self.room.push_beyond(bytes);
            }
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(bytes);
        let mut rest = pending.as_slice();
        while let Some(offset) = rest.get(self.looked_at..).and_then(|unseen| memchr::memchr(b'\n', unseen)) {
            let (line, after) = rest.split_at(self.looked_at + offset + 1);
            self.line(line);
            self.looked_at = 0;
            rest = after;
        }
        self.looked_at = rest.len();
        if matches!(self.state, State::Done) {
            self.room.push_beyond(rest);
            rest = &[];
        } else if rest.len() > self.longest_line() {
            // A carriage return may belong to the line end.
            let piece = rest.strip_suffix(b"\r").unwrap_or(rest);
            self.piece(piece);
            rest = rest.get(piece.len()..).unwrap_or_default();
            self.looked_at = rest.len();
        }
        let taken = pending.len() - rest.len();
        pending.drain(..taken);
        self.pending = pending;
    }

    /// The body has ended, or was cut off where it says nothing about the body: what is left is then still read.
    pub(crate) fn end(mut self, cut_off: bool) -> Parsed {
        let (flags, error) = (self.parsed.multipart, self.parsed.error.clone());
        let last = std::mem::take(&mut self.pending);
        if !last.is_empty() {
            self.line(&last);
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Preamble if self.received => self.parsed.fail(NO_BOUNDARY_FOUND),
            State::Headers(block) => {
                self.parsed.multipart.invalid_part = true;
                let part = self.read_headers(block);
                self.finish(part);
                self.parsed.fail(FINAL_BOUNDARY_MISSING);
            }
            State::Content(part) => {
                self.finish(part);
                self.parsed.fail(FINAL_BOUNDARY_MISSING);
            }
            State::Preamble | State::Epilogue | State::Done => {}
        }
        let beyond = self.room.beyond.take();
        if !beyond.is_empty() {
            self.parsed.args_post.push((Vec::new(), beyond));
        }
        if cut_off {
            self.parsed.multipart = flags;
            self.parsed.error = error;
        }
        self.parsed
    }

    /// How long a line may be before it passes in pieces, line end included.
    fn longest_line(&self) -> usize {
        match &self.state {
            State::Headers(block) => self.room.limits.part_header_bytes.saturating_sub(block.bytes),
            _ => LINE_BYTES + 1,
        }
    }

    /// The beginning of a line whose end has not come and which is too long to be looked at.
    fn piece(&mut self, piece: &[u8]) {
        self.leave_endless_headers();
        match &mut self.state {
            State::Content(part) => part.take(piece, &mut self.room),
            State::Preamble => self.parsed.multipart.data_before = true,
            State::Epilogue => self.parsed.multipart.data_after = true,
            State::Done => self.room.push_beyond(piece),
            State::Headers(_) => {}
        }
        self.inside_line = true;
    }

    /// A line with its end, or the last one without.
    fn line(&mut self, line: &[u8]) {
        if matches!(self.state, State::Done) {
            self.room.push_beyond(line);
            return;
        }
        let (text, line_end) = split_line_end(line);
        let too_long = match &self.state {
            State::Headers(block) => block.bytes + line.len() > self.room.limits.part_header_bytes,
            _ => text.len() > LINE_BYTES,
        };
        if self.inside_line || too_long {
            self.piece(text);
            self.inside_line = false;
            if let State::Content(part) = &mut self.state {
                part.held_line_end = line_end;
            }
            return;
        }
        match self.delimiter_of(text) {
            Some(Delimiter::Open) => return self.open_part(line_end),
            Some(Delimiter::Last) => return self.close_parts(line_end),
            Some(Delimiter::Trailed) => {
                self.parsed.multipart.unmatched_boundary = true;
                self.parsed.fail("multipart parsing error: text behind a boundary");
            }
            None => {}
        }
        match &mut self.state {
            State::Preamble => self.parsed.multipart.data_before = true,
            State::Epilogue => self.parsed.multipart.data_after = true,
            State::Headers(_) => self.header_line(text, line_end),
            State::Content(part) => {
                self.parsed.multipart.unmatched_boundary |= looks_like_delimiter(text, &self.delimiter);
                part.take(text, &mut self.room);
                part.held_line_end = line_end;
            }
            State::Done => {}
        }
    }

    fn delimiter_of(&mut self, text: &[u8]) -> Option<Delimiter> {
        let behind = text.strip_prefix(self.delimiter.as_slice())?;
        let (kind, blanks) = match behind.strip_prefix(b"--") {
            Some(blanks) => (Delimiter::Last, blanks),
            None => (Delimiter::Open, behind),
        };
        if !blanks.trim_ascii().is_empty() {
            return Some(Delimiter::Trailed);
        }
        self.parsed.multipart.boundary_whitespace |= !blanks.is_empty();
        Some(kind)
    }

    /// Notes how a line of the framing ended.
    fn framing_line_end(&mut self, line_end: &[u8]) {
        self.seen_crlf |= line_end == b"\r\n";
        self.seen_lf |= line_end == b"\n";
        self.parsed.multipart.lf_line = self.seen_lf;
        self.parsed.multipart.crlf_lf_lines = self.seen_lf && self.seen_crlf;
    }

    /// A delimiter has been read: whatever was open ends here.
    fn end_part(&mut self, line_end: &[u8]) {
        match std::mem::replace(&mut self.state, State::Epilogue) {
            State::Content(part) => {
                // The delimiter begins with a line end of its own (RFC 2046 §5.1.1).
                self.parsed.multipart.invalid_part |= part.fresh;
                self.framing_line_end(part.held_line_end);
                self.finish(Part { held_line_end: b"", ..part });
            }
            State::Headers(block) => {
                self.parsed.multipart.invalid_part = true;
                let part = self.read_headers(block);
                self.finish(part);
            }
            State::Epilogue => self.parsed.multipart.data_after = true,
            State::Preamble | State::Done => {}
        }
        self.framing_line_end(line_end);
    }

    fn open_part(&mut self, line_end: &[u8]) {
        self.end_part(line_end);
        if self.parts == self.room.limits.multipart_parts {
            self.parsed.multipart.file_limit_exceeded = true;
            self.parsed.partial = true;
            self.state = State::Done;
            return;
        }
        self.parts += 1;
        self.state = State::Headers(HeaderBlock::default());
    }

    fn close_parts(&mut self, line_end: &[u8]) {
        if matches!(self.state, State::Preamble) {
            self.parsed.fail(NO_BOUNDARY_FOUND);
        }
        self.end_part(line_end);
    }

    fn header_line(&mut self, text: &[u8], line_end: &'static [u8]) {
        self.framing_line_end(line_end);
        let State::Headers(block) = &mut self.state else { return };
        block.bytes += text.len() + line_end.len();
        if text.is_empty() {
            let block = std::mem::take(block);
            let part = self.read_headers(block);
            self.state = State::Content(part);
            return;
        }
        if text.contains(&0) {
            self.parsed.fail("multipart parsing error: NUL byte in a part header");
        }
        let folded = matches!(text, [b' ' | b'\t' | 0x0b | 0x0c | b'\r', ..]);
        if !folded {
            if text.starts_with(b":") || !text.contains(&b':') {
                self.parsed.fail("multipart parsing error: a part header without name or colon");
            }
            block.headers.push(text.to_vec());
            return;
        }
        let continuation = text.trim_ascii();
        self.parsed.multipart.header_folding = true;
        self.parsed.multipart.invalid_header_folding |= !text.starts_with(b" ") && !text.starts_with(b"\t");
        self.parsed.multipart.invalid_header_folding |= continuation.is_empty();
        if let Some(header) = block.headers.last_mut() {
            header.push(b' ');
            header.extend_from_slice(continuation);
        } else {
            self.parsed.multipart.invalid_header_folding = true;
            self.parsed.fail("multipart parsing error: the first part header is folded");
            block.headers.push(continuation.to_vec());
        }
    }

    /// What follows headers that are too long is read as content.
    fn leave_endless_headers(&mut self) {
        let State::Headers(block) = &mut self.state else { return };
        let block = std::mem::take(block);
        self.parsed.multipart.invalid_part = true;
        self.parsed.partial = true;
        self.parsed.fail("multipart parsing error: the headers of a part are too long");
        let part = self.read_headers(block);
        self.state = State::Content(part);
    }

    fn read_headers(&mut self, block: HeaderBlock) -> Part {
        let flags = &mut self.parsed.multipart;
        let mut dispositions = 0;
        let mut disposition = Disposition::default();
        for header in &block.headers {
            let colon = memchr::memchr(b':', header).unwrap_or(header.len());
            let (name, value) = header.split_at(colon);
            let value = value.get(1..).unwrap_or_default();
            if name.trim_ascii_end().eq_ignore_ascii_case(b"content-disposition") {
                dispositions += 1;
                flags.invalid_part |= name.ends_with(b" ") || name.ends_with(b"\t") || dispositions > 1;
                let read = Disposition::read(value, flags);
                if dispositions == 1 {
                    disposition = read;
                }
            }
            let nested = name.eq_ignore_ascii_case(b"content-type")
                && value.trim_ascii_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/"));
            flags.invalid_part |= nested;
        }
        flags.invalid_part |= dispositions == 0;
        let name = &disposition.name;
        self.parsed.part_headers.extend(block.headers.into_iter().map(|header| (name.clone(), header)));
        Part { disposition, fresh: true, ..Part::default() }
    }

    fn finish(&mut self, mut part: Part) {
        part.release_line_end(&mut self.room);
        let is_field = part.is_field();
        self.parsed.partial |= part.cut && is_field;
        let Disposition { name, file_names, extended_names } = part.disposition;
        let names: Vec<Vec<u8>> = file_names.into_iter().chain(extended_names).collect();
        if !names.is_empty() {
            let content = part.content.get(..self.room.limits.file_bytes).unwrap_or(&part.content).to_vec();
            self.parsed.files.push(UploadedFile { field: name.clone(), names, size_bytes: part.size_bytes, content });
        }
        if is_field {
            self.parsed.args_post.push((name, part.content));
        }
    }
}

const NO_BOUNDARY_FOUND: &str = "multipart parsing error: no boundary found in the body";
const FINAL_BOUNDARY_MISSING: &str = "multipart parsing error: the final boundary is missing";

impl Part {
    /// Whether some server takes it for a field: PHP knows no `filename*`.
    fn is_field(&self) -> bool {
        self.disposition.file_names.is_empty()
    }

    /// Adds a line, or a piece of one, as far as there is room.
    fn take(&mut self, bytes: &[u8], room: &mut Room) {
        self.release_line_end(room);
        self.fresh = false;
        self.append(bytes, room);
    }

    fn release_line_end(&mut self, room: &mut Room) {
        let line_end = std::mem::take(&mut self.held_line_end);
        self.append(line_end, room);
    }

    fn append(&mut self, bytes: &[u8], room: &mut Room) {
        let limits = room.limits;
        let (total, left) = if self.is_field() {
            let left = limits.multipart_field_bytes.saturating_sub(room.field_bytes);
            (&mut room.field_bytes, left)
        } else {
            // All files together are kept no larger than a structured body.
            let left = limits.structured_bytes.saturating_sub(room.file_bytes);
            (&mut room.file_bytes, left.min(limits.file_bytes.saturating_sub(self.content.len())))
        };
        let kept = bytes.get(..left).unwrap_or(bytes);
        self.content.extend_from_slice(kept);
        self.size_bytes += bytes.len() as u64;
        *total += kept.len();
        let rest = bytes.get(kept.len()..).unwrap_or_default();
        if !rest.is_empty() && self.is_field() {
            if !self.cut {
                room.beyond.begin(&self.disposition.name, &self.content, &limits);
            }
            room.push_beyond(rest);
        }
        self.cut |= !rest.is_empty();
    }
}

impl Room {
    fn push_beyond(&mut self, bytes: &[u8]) {
        self.beyond.push(bytes, &self.limits);
    }
}

fn split_line_end(line: &[u8]) -> (&[u8], &'static [u8]) {
    if let Some(text) = line.strip_suffix(b"\r\n") {
        (text, b"\r\n")
    } else if let Some(text) = line.strip_suffix(b"\n") {
        (text, b"\n")
    } else {
        (line, b"")
    }
}

/// Whether a line of content could be the delimiter of another reading of the boundary: it holds ours in the wrong place,
/// or is `--` and a word of boundary characters. PEM headings, signature lines and rulers of dashes are none.
fn looks_like_delimiter(text: &[u8], delimiter: &[u8]) -> bool {
    let word = text.strip_prefix(b"--").map(<[u8]>::trim_ascii_end).unwrap_or_default();
    let is_boundary = word.iter().all(|byte| is_boundary_byte(*byte)) && word.iter().any(|byte| *byte != b'-');
    is_boundary || memmem::find(text, delimiter).is_some()
}
