//! The incremental head scanner: one pass, every refusal at the first byte that makes it certain.

use super::body::BodyFraming;
use super::field::{forbidden_byte, is_framing_lookalike, is_token, is_valid_host, parse_field_line, strict_value};
use super::{FramingError, HttpFinding};
use crate::head::{Head, HeaderSpan, Span};

/// Sizes above which a head is refused (gateway.md §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeadLimits {
    /// The whole head with all its CRLFs, in bytes.
    pub head_bytes: usize,
    /// One header line without its CRLF, in bytes.
    pub header_bytes: usize,
    /// Number of header lines.
    pub headers: usize,
    /// The request target, in bytes. Benign traffic exceeds 8 KiB.
    pub target_bytes: usize,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self { head_bytes: 64 * 1024, header_bytes: 16 * 1024, headers: 100, target_bytes: 32 * 1024 }
    }
}

/// Longest method name accepted; the longest registered one has 17 bytes.
const METHOD_BYTES: usize = 32;
/// What a request line may hold besides its target: method, two blanks, version.
const LINE_OVERHEAD_BYTES: usize = METHOD_BYTES + 2 + 8;

/// What a browser sends fits into this many header lines.
const USUAL_HEADERS: usize = 16;

/// A complete, unambiguous head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScannedHead {
    /// Raw request line and ordered headers.
    pub head: Head,
    /// How the body ends.
    pub framing: BodyFraming,
    /// Bytes of the buffer the head took, an ignored leading CRLF included. The body begins here.
    pub length: usize,
}

/// Scans the head of one request. Make a new one for each message on a connection.
#[derive(Clone, Debug, Default)]
pub struct HeadScanner {
    limits: HeadLimits,
    /// Bytes of the caller's buffer already looked at.
    position: usize,
    /// Where the message begins: 0, or 2 after an ignored empty line (RFC 9112 §2.2).
    message_start: usize,
    line_start: usize,
    after_cr: bool,
    line: Option<RequestLine>,
    headers: Vec<HeaderSpan>,
    framing: FramingFields,
}

#[derive(Clone, Copy, Debug)]
struct RequestLine {
    line: Span,
    method: Span,
    target: Span,
    version: Span,
    http_10: bool,
}

/// What the framing headers said so far.
#[derive(Clone, Copy, Debug, Default)]
struct FramingFields {
    host: Option<Span>,
    content_length: Option<u64>,
    chunked: bool,
}

impl HeadScanner {
    /// A scanner with limits other than the default ones.
    pub fn new(limits: HeadLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Looks at the bytes received so far: `buffer` holds the message from its first byte and only ever grows between
    /// calls. `Ok(None)` asks for more; work is linear in total, bytes already seen are not read again.
    pub fn scan(&mut self, buffer: &[u8]) -> Result<Option<ScannedHead>, FramingError> {
        loop {
            self.pass_plain(buffer);
            let Some(&byte) = buffer.get(self.position) else { return Ok(None) };
            let at = self.position;
            self.position += 1;
            let complete = self.step(buffer, at, byte).map_err(|finding| FramingError { finding, at })?;
            if complete {
                return self.finish(buffer).map(Some).map_err(|finding| FramingError { finding, at });
            }
        }
    }

    /// Passes over the bytes that [`HeadScanner::step`] would take in without a word: all but line ends, what is refused,
    /// and what stands at a limit. They are most of a head, and looked at together they cost a tenth.
    fn pass_plain(&mut self, buffer: &[u8]) {
        if self.after_cr {
            return;
        }
        let end = self.first_too_far().min(buffer.len());
        let ahead = buffer.get(self.position..end).unwrap_or_default();
        let line = ahead.get(..memchr::memchr(b'\r', ahead).unwrap_or(ahead.len())).unwrap_or_default();
        let is_plain = |byte: u8| forbidden_byte(byte).is_none();
        // Without a way out in between the compiler compares many bytes at once.
        let all_plain = line.iter().fold(true, |plain, byte| plain & is_plain(*byte));
        let plain = if all_plain { None } else { line.iter().position(|byte| !is_plain(*byte)) };
        self.position += plain.unwrap_or(line.len());
    }

    /// Takes one byte in; true when it ended the head.
    fn step(&mut self, buffer: &[u8], at: usize, byte: u8) -> Result<bool, HttpFinding> {
        if self.after_cr {
            self.after_cr = false;
            if byte != b'\n' {
                return Err(HttpFinding::BareCr);
            }
            self.check_sizes(at)?;
            let line = Span::new(self.line_start, at - 1);
            self.line_start = at + 1;
            return self.end_line(buffer, line);
        }
        match byte {
            b'\r' => self.after_cr = true,
            b'\n' => return Err(HttpFinding::BareLf),
            _ => {
                if let Some(finding) = forbidden_byte(byte) {
                    return Err(finding);
                }
            }
        }
        self.check_sizes(at)?;
        Ok(false)
    }

    /// Where [`HeadScanner::check_sizes`] refuses the next byte, whatever it is.
    fn first_too_far(&self) -> usize {
        (self.line_start + self.line_limit() + 1).min(self.message_start + self.limits.head_bytes)
    }

    /// Bytes of the line being read, with its CR.
    fn line_limit(&self) -> usize {
        match self.line {
            None => self.limits.target_bytes + LINE_OVERHEAD_BYTES,
            Some(_) => self.limits.header_bytes + 1,
        }
    }

    fn check_sizes(&self, at: usize) -> Result<(), HttpFinding> {
        if at - self.line_start > self.line_limit() {
            return Err(if self.line.is_none() { HttpFinding::TargetTooLong } else { HttpFinding::HeaderTooLarge });
        }
        if at + 1 - self.message_start > self.limits.head_bytes {
            return Err(HttpFinding::HeadTooLarge);
        }
        Ok(())
    }

    fn end_line(&mut self, buffer: &[u8], span: Span) -> Result<bool, HttpFinding> {
        let line = span.of(buffer);
        let Some(request_line) = self.line else {
            if line.is_empty() && self.message_start == 0 {
                self.message_start = self.line_start;
                return Ok(false);
            }
            self.line = Some(parse_request_line(line, span, self.limits.target_bytes)?);
            return Ok(false);
        };
        if line.is_empty() {
            return Ok(true);
        }
        if self.headers.len() >= self.limits.headers {
            return Err(HttpFinding::TooManyHeaders);
        }
        let field = parse_field_line(line)?;
        let start = span.start as usize;
        let value_start = start + field.value_start;
        let value = Span::new(value_start, value_start + field.value.len());
        self.framing.note(field.name, field.raw_value, value, request_line.http_10)?;
        if self.headers.is_empty() {
            self.headers.reserve(USUAL_HEADERS);
        }
        self.headers.push(HeaderSpan { name: Span::new(start, start + field.name.len()), value });
        Ok(false)
    }

    fn finish(&mut self, buffer: &[u8]) -> Result<ScannedHead, HttpFinding> {
        let line = self.line.ok_or(HttpFinding::BadRequestLine)?;
        self.framing.check_host(buffer, &line)?;
        let framing = self.framing.body()?;
        let start = self.message_start;
        let bytes = buffer.get(start..self.position).unwrap_or_default().to_vec();
        let spans = [line.line, line.method, line.target, line.version].map(|span| span.shifted_back(start));
        let headers = std::mem::take(&mut self.headers)
            .into_iter()
            .map(|header| HeaderSpan { name: header.name.shifted_back(start), value: header.value.shifted_back(start) })
            .collect();
        Ok(ScannedHead { head: Head::from_spans(bytes, spans, headers), framing, length: self.position })
    }
}

fn parse_request_line(line: &[u8], span: Span, target_limit: usize) -> Result<RequestLine, HttpFinding> {
    if line.contains(&b'\t') {
        return Err(HttpFinding::ControlByte);
    }
    let method_end = memchr::memchr(b' ', line).ok_or(HttpFinding::BadRequestLine)?;
    let target_end = memchr::memrchr(b' ', line).ok_or(HttpFinding::BadRequestLine)?;
    if target_end <= method_end {
        return Err(HttpFinding::BadRequestLine);
    }
    let method = line.get(..method_end).unwrap_or_default();
    let target = line.get(method_end + 1..target_end).unwrap_or_default();
    let version = line.get(target_end + 1..).unwrap_or_default();
    if !is_token(method) || method.len() > METHOD_BYTES {
        return Err(HttpFinding::BadMethod);
    }
    if target.is_empty() || target.contains(&b' ') {
        return Err(HttpFinding::BadRequestLine);
    }
    if target.len() > target_limit {
        return Err(HttpFinding::TargetTooLong);
    }
    let http_10 = parse_version(version)?;
    if matches!(method, b"CONNECT" | b"TRACE") {
        return Err(HttpFinding::MethodNotAllowed);
    }
    check_target(method, target)?;
    let start = span.start as usize;
    Ok(RequestLine {
        line: span,
        method: Span::new(start, start + method_end),
        target: Span::new(start + method_end + 1, start + target_end),
        version: Span::new(start + target_end + 1, start + line.len()),
        http_10,
    })
}

/// Whether the version is 1.0 (true) or 1.1 (false).
fn parse_version(version: &[u8]) -> Result<bool, HttpFinding> {
    match version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Err(HttpFinding::UnsupportedVersion)
        }
        _ => Err(HttpFinding::BadVersion),
    }
}

fn check_target(method: &[u8], target: &[u8]) -> Result<(), HttpFinding> {
    let valid =
        target.starts_with(b"/") || absolute_authority(target).is_some() || (target == b"*" && method == b"OPTIONS");
    if valid { Ok(()) } else { Err(HttpFinding::BadTarget) }
}

/// The authority and default port of an absolute-form target.
fn absolute_authority(target: &[u8]) -> Option<(&[u8], &'static [u8])> {
    let (rest, default_port): (&[u8], &'static [u8]) = match target {
        [b'h' | b'H', b't' | b'T', b't' | b'T', b'p' | b'P', b':', b'/', b'/', rest @ ..] => (rest, b":80"),
        [b'h' | b'H', b't' | b'T', b't' | b'T', b'p' | b'P', b's' | b'S', b':', b'/', b'/', rest @ ..] => {
            (rest, b":443")
        }
        _ => return None,
    };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    is_valid_host(authority).then_some((authority, default_port))
}

impl FramingFields {
    fn note(&mut self, name: &[u8], raw_value: &[u8], value: Span, http_10: bool) -> Result<(), HttpFinding> {
        if name.eq_ignore_ascii_case(b"host") {
            if self.host.is_some() {
                return Err(HttpFinding::HostRepeated);
            }
            self.host = Some(value);
        } else if name.eq_ignore_ascii_case(b"content-length") {
            if self.content_length.is_some() {
                return Err(HttpFinding::LengthRepeated);
            }
            if self.chunked {
                return Err(HttpFinding::LengthAndTransferEncoding);
            }
            self.content_length = Some(parse_length(strict_value(raw_value)).ok_or(HttpFinding::LengthInvalid)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.content_length.is_some() {
                return Err(HttpFinding::LengthAndTransferEncoding);
            }
            if http_10 {
                return Err(HttpFinding::TransferEncodingInHttp10);
            }
            if self.chunked || strict_value(raw_value) != b"chunked" {
                return Err(HttpFinding::TransferEncodingInvalid);
            }
            self.chunked = true;
        } else if is_framing_lookalike(name) {
            return Err(HttpFinding::FramingHeaderLookalike);
        }
        Ok(())
    }

    fn check_host(&self, buffer: &[u8], line: &RequestLine) -> Result<(), HttpFinding> {
        let Some(host) = self.host.map(|span| span.of(buffer)) else {
            return if line.http_10 { Ok(()) } else { Err(HttpFinding::HostMissing) };
        };
        if !is_valid_host(host) {
            return Err(HttpFinding::HostInvalid);
        }
        let Some((authority, default_port)) = absolute_authority(line.target.of(buffer)) else { return Ok(()) };
        let bare = |host: &[u8]| host.strip_suffix(default_port).unwrap_or(host).to_ascii_lowercase();
        if bare(authority) == bare(host) { Ok(()) } else { Err(HttpFinding::HostMismatch) }
    }

    fn body(&self) -> Result<BodyFraming, HttpFinding> {
        match (self.chunked, self.content_length) {
            (true, Some(_)) => Err(HttpFinding::LengthAndTransferEncoding),
            (true, None) => Ok(BodyFraming::Chunked),
            (false, Some(length)) => Ok(BodyFraming::Length(length)),
            (false, None) => Ok(BodyFraming::None),
        }
    }
}

/// 1 to 19 digits: nineteen nines still fit in a u64.
fn parse_length(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
}
