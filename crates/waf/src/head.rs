//! The head of one request (or response) as the engine sees it: raw bytes and where its parts lie.
//!
//! One buffer holds the whole head; method, target and headers are spans into it, so a scanned head costs one copy.
//! Nothing here is decoded and nothing is a `str`: header names keep their case, values keep their bytes.
//! This is *not* a validated HTTP message; [`crate::http1`] refuses malformed ones before a `Head` exists.
//!
//! ```
//! use medward_waf::Head;
//! let head = Head::new(b"GET", b"/report?id=7", b"HTTP/1.1").with_header(b"Host", b"tj.example.org");
//! assert_eq!(head.line(), b"GET /report?id=7 HTTP/1.1");
//! assert_eq!(head.header(b"host"), Some(&b"tj.example.org"[..]));
//! ```

use std::fmt;

/// A half-open byte range inside the buffer of a [`Head`]. Heads are far below 4 GiB, so 32 bits do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// A span between two offsets; offsets beyond 4 GiB saturate, which makes the span empty rather than wrong.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    pub(crate) fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    pub(crate) fn shifted_back(self, by: usize) -> Self {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        Self { start: self.start.saturating_sub(by), end: self.end.saturating_sub(by) }
    }
}

/// Where one header's name and value lie. The value has no surrounding blanks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HeaderSpan {
    pub(crate) name: Span,
    pub(crate) value: Span,
}

/// Raw request line, its three parts, and the headers in the order they came.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Head {
    bytes: Vec<u8>,
    line: Span,
    method: Span,
    target: Span,
    version: Span,
    headers: Vec<HeaderSpan>,
}

impl Head {
    /// Builds a head from parts, for callers that did not scan one (HTTP/2, replay, tests).
    pub fn new(method: &[u8], target: &[u8], version: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(method.len() + target.len() + version.len() + 256);
        bytes.extend_from_slice(method);
        bytes.push(b' ');
        let target_start = bytes.len();
        bytes.extend_from_slice(target);
        let target_end = bytes.len();
        bytes.push(b' ');
        let version_start = bytes.len();
        bytes.extend_from_slice(version);
        let end = bytes.len();
        Self {
            line: Span::new(0, end),
            method: Span::new(0, method.len()),
            target: Span::new(target_start, target_end),
            version: Span::new(version_start, end),
            headers: Vec::new(),
            bytes,
        }
    }

    /// The head of an HTTP/2 request: the line becomes `METHOD path HTTP/2.0`, `Host` comes first and from
    /// `:authority`, and cookie crumbs (RFC 9113 §8.2.3) are joined with `; ` at the place of the first.
    pub fn http2<'a>(
        method: &[u8],
        path: &[u8],
        authority: Option<&[u8]>,
        headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Self {
        let mut head = Self::new(method, path, b"HTTP/2.0");
        if let Some(authority) = authority {
            head.push_header(b"Host", authority);
        }
        let mut kept: Vec<(&[u8], std::borrow::Cow<'_, [u8]>)> = Vec::new();
        let mut cookie_at = None;
        for (name, value) in headers {
            let joined = cookie_at.and_then(|at: usize| kept.get_mut(at));
            match joined {
                Some((_, cookies)) if name.eq_ignore_ascii_case(b"cookie") => {
                    let cookies = cookies.to_mut();
                    cookies.extend_from_slice(b"; ");
                    cookies.extend_from_slice(value);
                }
                _ => {
                    if name.eq_ignore_ascii_case(b"cookie") {
                        cookie_at = Some(kept.len());
                    }
                    kept.push((name, value.into()));
                }
            }
        }
        for (name, value) in kept {
            head.push_header(name, &value);
        }
        head
    }

    /// Takes over spans found by the scanner; they must lie inside `bytes`.
    pub(crate) fn from_spans(bytes: Vec<u8>, line: [Span; 4], headers: Vec<HeaderSpan>) -> Self {
        let [line, method, target, version] = line;
        Self { bytes, line, method, target, version, headers }
    }

    /// Appends a header; name and value are kept as they are.
    pub fn push_header(&mut self, name: &[u8], value: &[u8]) {
        let name_start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let value_start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.headers.push(HeaderSpan {
            name: Span::new(name_start, value_start),
            value: Span::new(value_start, self.bytes.len()),
        });
    }

    /// [`Head::push_header`] for building in one expression.
    #[must_use]
    pub fn with_header(mut self, name: &[u8], value: &[u8]) -> Self {
        self.push_header(name, value);
        self
    }

    /// The raw request line without its CRLF.
    pub fn line(&self) -> &[u8] {
        self.line.of(&self.bytes)
    }

    /// The method as sent.
    pub fn method(&self) -> &[u8] {
        self.method.of(&self.bytes)
    }

    /// The raw target as sent: percent-encoded, possibly absolute, possibly with a fragment.
    pub fn target(&self) -> &[u8] {
        self.target.of(&self.bytes)
    }

    /// The protocol version, for example `HTTP/1.1`.
    pub fn version(&self) -> &[u8] {
        self.version.of(&self.bytes)
    }

    /// Every header in order, names in their original case.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        self.headers.iter().map(|header| (header.name.of(&self.bytes), header.value.of(&self.bytes)))
    }

    /// The first value of a header; `name` compares without case.
    pub fn header(&self, name: &[u8]) -> Option<&[u8]> {
        self.headers().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Every value of a header, one for each of its lines.
    pub fn header_lines<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.headers().filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Memory the head holds, in bytes.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Head")
            .field("line", &self.line().escape_ascii().to_string())
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

/// The head of a response, as the upstream sent it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResponseHead {
    /// Version as sent: `HTTP/1.1`.
    pub version: Vec<u8>,
    /// Status code.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}
