//! One header or trailer line: `name: value` with nothing left to interpretation.

use super::HttpFinding;

/// Bytes of an RFC 9110 token.
pub(super) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        )
}

pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// A byte that may not stand in a head: the finding it stands for. CR and LF are the caller's.
pub(super) const fn forbidden_byte(byte: u8) -> Option<HttpFinding> {
    match byte {
        0 => Some(HttpFinding::NulByte),
        b'\t' | b' '..=b'~' | 0x80..=0xff => None,
        _ => Some(HttpFinding::ControlByte),
    }
}

/// A header line cut in two. Offsets are relative to the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FieldLine<'a> {
    pub(super) name: &'a [u8],
    /// Everything after the colon, blanks included: framing headers are judged on this.
    pub(super) raw_value: &'a [u8],
    /// The value without surrounding blanks, and where it begins.
    pub(super) value: &'a [u8],
    pub(super) value_start: usize,
}

/// Cuts a complete line (without CRLF, not empty) at its colon.
pub(super) fn parse_field_line(line: &[u8]) -> Result<FieldLine<'_>, HttpFinding> {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return Err(HttpFinding::ObsFold);
    }
    let colon = memchr::memchr(b':', line).ok_or(HttpFinding::BadHeaderName)?;
    let (name, rest) = line.split_at(colon);
    if matches!(name.last(), Some(b' ' | b'\t')) {
        return Err(HttpFinding::BlankBeforeColon);
    }
    if !is_token(name) {
        return Err(HttpFinding::BadHeaderName);
    }
    let raw_value = rest.get(1..).unwrap_or_default();
    let leading = raw_value.iter().take_while(|byte| is_blank(**byte)).count();
    let value = raw_value.trim_ascii();
    Ok(FieldLine { name, raw_value, value, value_start: colon + 1 + leading })
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The value of a framing header: what follows the colon with at most one blank before it and none after.
/// More blanks are legal elsewhere, but here they are what makes two parsers disagree.
pub(super) fn strict_value(raw_value: &[u8]) -> &[u8] {
    raw_value.strip_prefix(b" ").unwrap_or(raw_value)
}

/// Names that a CGI-style server folds into a framing header (`-` and `_` become the same variable).
pub(super) fn is_framing_lookalike(name: &[u8]) -> bool {
    if !name.contains(&b'_') {
        return false;
    }
    let folded: Vec<u8> =
        name.iter().map(|byte| if *byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }).collect();
    matches!(folded.as_slice(), b"content-length" | b"transfer-encoding")
}

/// Fields that may not come after the body (RFC 9110 §6.5.1): framing, routing, authentication, conditionals, content.
pub(super) fn is_forbidden_trailer(name: &[u8]) -> bool {
    const FORBIDDEN: &[&[u8]] = &[
        b"authorization",
        b"cache-control",
        b"connection",
        b"content-encoding",
        b"content-length",
        b"content-range",
        b"content-type",
        b"cookie",
        b"expect",
        b"forwarded",
        b"host",
        b"keep-alive",
        b"max-forwards",
        b"origin",
        b"pragma",
        b"proxy-authorization",
        b"proxy-connection",
        b"range",
        b"referer",
        b"set-cookie",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"via",
    ];
    let lower = name.to_ascii_lowercase();
    FORBIDDEN.contains(&lower.as_slice())
        || lower.starts_with(b"if-")
        || lower.starts_with(b"x-forwarded")
        || lower.starts_with(b"x-medward")
        || is_framing_lookalike(name)
}

/// A Host value: a name, an IPv4 address or a bracketed IPv6 address, with an optional port.
/// Narrower than RFC 3986 on purpose: sub-delimiters and percent escapes in a host serve no browser.
pub(super) fn is_valid_host(host: &[u8]) -> bool {
    let (name_valid, rest) = if let Some(inner) = host.strip_prefix(b"[") {
        let Some(close) = memchr::memchr(b']', inner) else { return false };
        let (address, rest) = inner.split_at(close);
        let valid = address.contains(&b':')
            && address.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
        (valid, rest.get(1..).unwrap_or_default())
    } else {
        let end = memchr::memchr(b':', host).unwrap_or(host.len());
        let (name, rest) = host.split_at(end);
        let valid = !name.is_empty()
            && name.len() <= 255
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        (valid, rest)
    };
    let port_valid = match rest.strip_prefix(b":") {
        None => rest.is_empty(),
        Some(digits) => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
    };
    name_valid && port_valid
}
