//! Variables that the request head gives.

use crate::body::{Sink, parse_cookies, parse_form};
use crate::head::Head;
use crate::options::{Conn, Limits};
use crate::transform::{normalize_path, url_decode_into};
use crate::var::Collection;

/// Adds every variable of the head.
pub(crate) fn head_values(head: &Head, conn: &Conn, limits: &Limits, sink: &mut Sink) {
    let target = Target::of(head.target());
    sink.values.push(Collection::RequestLine, b"", head.line());
    sink.values.push(Collection::RequestMethod, b"", head.method());
    sink.values.push(Collection::RequestProtocol, b"", head.version());
    sink.values.push(Collection::RequestUriRaw, b"", head.target());
    sink.values.push(Collection::RequestUri, b"", target.uri);
    sink.values.push(Collection::RequestFilename, b"", target.path);
    let basename_start = memchr::memrchr2(b'/', b'\\', target.path).map_or(0, |at| at + 1);
    sink.values.push(Collection::RequestBasename, b"", target.path.get(basename_start..).unwrap_or_default());
    if let Some(query) = target.query {
        sink.values.push(Collection::QueryString, b"", query);
        parse_form(query, Collection::ArgsGet, limits, sink);
    }
    sink.values.push(Collection::RemoteAddr, b"", conn.client.to_string().as_bytes());
    for (name, value) in head.headers() {
        sink.argument(Collection::RequestHeaders, name, value);
        if name.eq_ignore_ascii_case(b"cookie") {
            parse_cookies(value, limits, sink);
        }
    }
}

/// A target taken apart; everything is still percent-encoded.
struct Target<'a> {
    /// Path and query, without scheme, host and fragment.
    uri: &'a [u8],
    path: &'a [u8],
    query: Option<&'a [u8]>,
}

impl<'a> Target<'a> {
    fn of(raw: &'a [u8]) -> Self {
        let uri = without_authority(raw);
        let uri = memchr::memchr(b'#', uri).and_then(|at| uri.get(..at)).unwrap_or(uri);
        match memchr::memchr(b'?', uri) {
            Some(at) => Self { uri, path: uri.get(..at).unwrap_or_default(), query: uri.get(at + 1..) },
            None => Self { uri, path: uri, query: None },
        }
    }
}

fn without_authority(raw: &[u8]) -> &[u8] {
    if raw.starts_with(b"/") {
        return raw;
    }
    let Some(scheme) = memchr::memmem::find(raw, b"://") else { return raw };
    let rest = raw.get(scheme + 3..).unwrap_or_default();
    let path = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    rest.get(path..).unwrap_or_default()
}

/// The path an exclusion's prefix is compared with: decoded once and without dot segments.
pub(crate) fn comparable_path(head: &Head) -> Vec<u8> {
    let (mut decoded, mut path) = (Vec::new(), Vec::new());
    url_decode_into(Target::of(head.target()).path, &mut decoded);
    normalize_path(&decoded, false, &mut path);
    path
}
