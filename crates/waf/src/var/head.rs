//! Variables that the request head gives.

use crate::body::{Sink, parse_cookies, parse_form, read_arguments, read_cookies};
use crate::compile::Profile;
use crate::head::Head;
use crate::http1::HttpFinding;
use crate::options::{Conn, Limits};
use crate::transform::{normalize_path, url_decode_into};
use crate::var::Collection;
use medward_detect::base64_decode_skipping;

/// Adds every variable of the head.
pub(crate) fn head_values(head: &Head, conn: &Conn, profile: Profile, separator: u8, limits: &Limits, sink: &mut Sink) {
    let target = Target::of(head.target());
    let values = &mut sink.values;
    values.push(Collection::RequestLine, b"", head.line());
    values.push(Collection::RequestMethod, b"", head.method());
    values.push(Collection::RequestProtocol, b"", head.version());
    values.push(Collection::RequestUriRaw, b"", head.target());
    values.push(Collection::RequestUri, b"", target.uri);
    let declared = profile == Profile::ModSecurity;
    let mut decoded = Vec::new();
    let path = if declared {
        percent_decode_into(target.path, &mut decoded);
        &decoded
    } else {
        target.path
    };
    values.push(Collection::RequestFilename, b"", path);
    let basename_start = memchr::memrchr2(b'/', b'\\', path).map_or(0, |at| at + 1);
    values.push(Collection::RequestBasename, b"", path.get(basename_start..).unwrap_or_default());
    values.push(Collection::RemoteAddr, b"", conn.client.to_string().as_bytes());
    values.push(Collection::RemotePort, b"", conn.client_port.to_string().as_bytes());
    values.push(Collection::ServerName, b"", host_name(head.header(b"host").unwrap_or_default()));
    if let Some(query) = target.query {
        values.push(Collection::QueryString, b"", query);
        if declared {
            let parsed = read_arguments(query, separator, limits);
            sink.partial |= parsed.partial;
            for (name, value) in &parsed.args_post {
                sink.values.push(Collection::ArgsGetNames, name, name);
                sink.values.push(Collection::ArgsGet, name, value);
            }
        } else {
            parse_form(query, Collection::ArgsGet, limits, sink);
        }
    } else if declared {
        // Rules ask whether there is one.
        values.push(Collection::QueryString, b"", b"");
    }
    if memchr::memchr(b'#', head.target()).is_some() {
        sink.finding(HttpFinding::TargetFragment);
    }
    for (name, value) in head.headers() {
        sink.argument(Collection::RequestHeaders, name, value);
        // Rule sets of others decode what they want decoded.
        let credentials = if declared { None } else { basic_credentials(name, value) };
        for credential in credentials.iter().flatten().filter(|credential| !credential.is_empty()) {
            sink.values.push(Collection::RequestHeaders, name, credential);
        }
        if !name.eq_ignore_ascii_case(b"cookie") {
            continue;
        }
        if declared {
            for (name, value) in read_cookies(value, limits) {
                sink.values.push(Collection::RequestCookiesNames, name, name);
                sink.values.push(Collection::RequestCookies, name, value);
            }
        } else {
            parse_cookies(value, limits, sink);
        }
    }
}

/// User and password of a header of the `Basic` scheme (RFC 7617), as far as they are to be judged. Read like the
/// applications that look them up, and more leniently than most: any blanks, what is no base64 skipped, a user without a
/// password.
fn basic_credentials(name: &[u8], value: &[u8]) -> Option<[Vec<u8>; 2]> {
    let names: [&[u8]; 2] = [b"authorization", b"proxy-authorization"];
    if !names.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return None;
    }
    let value = value.trim_ascii_start();
    let (scheme, token) = value.split_at(value.iter().position(u8::is_ascii_whitespace)?);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let mut credentials = Vec::with_capacity(token.len());
    base64_decode_skipping(token, &mut credentials);
    let user_end = memchr::memchr(b':', &credentials).unwrap_or(credentials.len());
    let password = credentials.get(user_end + 1..).unwrap_or_default();
    let password = if is_more_than_a_word(password) { password.to_vec() } else { Vec::new() };
    // A lookup has colons of its own: whoever logs the pair runs what the first of them cuts apart.
    let is_cut_apart = credentials.get(..user_end).is_some_and(|user| memchr::memmem::find(user, b"${").is_some());
    if !is_cut_apart {
        credentials.truncate(user_end);
    }
    Some([credentials, password])
}

/// Whether a password has parts, as whatever is to run somewhere has: blanks or a comment between them, strings, an
/// expression. One word of any bytes is what a generator of passwords gives, and one of 2,500 would be blocked for a quote
/// with a `#` behind it or a semicolon before a letter; whoever had it would be locked out of everything.
fn is_more_than_a_word(password: &[u8]) -> bool {
    let quotes = |quote: u8| memchr::memchr_iter(quote, password).nth(2).is_some();
    let holds = |part: &[u8]| memchr::memmem::find(password, part).is_some();
    password.iter().any(u8::is_ascii_whitespace)
        || [b"/*".as_slice(), b"${", b"{{"].into_iter().any(holds)
        || quotes(b'\'')
        || quotes(b'"')
}

/// `%hh` decoded, as the path of a target has it: a `+` is a `+` there.
fn percent_decode_into(text: &[u8], output: &mut Vec<u8>) {
    for (at, piece) in text.split(|byte| *byte == b'+').enumerate() {
        if at > 0 {
            output.push(b'+');
        }
        url_decode_into(piece, output);
    }
}

/// The host without its port.
fn host_name(host: &[u8]) -> &[u8] {
    let end = match host.first() {
        Some(b'[') => memchr::memchr(b']', host).map_or(host.len(), |at| at + 1),
        _ => memchr::memchr(b':', host).unwrap_or(host.len()),
    };
    host.get(..end).unwrap_or(host)
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
