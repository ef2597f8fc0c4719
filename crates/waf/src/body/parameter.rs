//! Parameters of header values (`Content-Type`, `Content-Disposition`), and the boundary of a multipart body.
//!
//! Servers disagree about repeated, half-quoted and extended parameters. What can be read in one way only is certain;
//! everything else is told to the caller, who then looks at the body as a whole.

use super::charset::Charset;

/// The boundary named by a content type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Boundary {
    /// Without its quotes; 1 to 70 bytes (RFC 2046 §5.1.1).
    pub(crate) bytes: Vec<u8>,
    /// Whether some server could read another boundary from the same header.
    pub(crate) ambiguous: bool,
}

/// The first boundary of a content type.
pub(crate) fn boundary_of(content_type: &[u8]) -> Option<Boundary> {
    let (_, parameters) = split_at_byte(content_type, b';')?;
    let bytes = parameter_values(parameters, b"boundary").into_iter().next()?;
    // PHP takes whatever follows the first `boundary` anywhere, Werkzeug the last parameter or its extended form: so the
    // word may occur once, beside what the value itself holds.
    let named = count_word(content_type, b"boundary").saturating_sub(count_word(&bytes, b"boundary"));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_-./:=?".contains(byte);
    let quoted = [b"\"".as_slice(), &bytes, b"\""].concat();
    let closed = memchr::memmem::find(parameters, &quoted).map(|at| {
        let after = parameters.get(at + quoted.len()..).unwrap_or_default().trim_ascii_start();
        after.is_empty() || after.starts_with(b";")
    });
    let written_well = match closed {
        Some(closed) => closed && bytes.iter().all(|byte| plain(byte) || b" ,;".contains(byte)),
        None => bytes.iter().all(plain),
    };
    let ambiguous = named != 1 || !written_well;
    (1..=70).contains(&bytes.len()).then_some(Boundary { bytes, ambiguous })
}

/// The charset named by a content type; the first that hides ASCII when there are several.
pub(crate) fn charset_of(content_type: &[u8]) -> Charset {
    let Some((_, parameters)) = split_at_byte(content_type, b';') else { return Charset::AsciiLike };
    let mut names = parameter_values(parameters, b"charset");
    names.extend(parameter_values(parameters, b"charset*"));
    let charsets = names.iter().map(|name| Charset::named(name));
    charsets.max_by_key(|charset| *charset != Charset::AsciiLike).unwrap_or_default()
}

pub(super) fn count_word(text: &[u8], word: &[u8]) -> usize {
    text.windows(word.len()).filter(|window| window.eq_ignore_ascii_case(word)).count()
}

pub(super) fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// Every value of a parameter in a `;`-separated list.
pub(super) fn parameter_values(list: &[u8], wanted: &[u8]) -> Vec<Vec<u8>> {
    let all = parameters(list).into_iter();
    all.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value).collect()
}

/// The parameters of a `;`-separated list, name and value: token, quoted (with backslash escapes) or extended (RFC 8187).
pub(super) fn parameters(list: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut parameters = Vec::new();
    let mut rest = list;
    loop {
        let start = rest.iter().position(|byte| !matches!(byte, b';' | b' ' | b'\t'));
        rest = start.and_then(|at| rest.get(at..)).unwrap_or_default();
        if rest.is_empty() {
            return parameters;
        }
        let name_end = rest.iter().position(|byte| matches!(byte, b'=' | b';')).unwrap_or(rest.len());
        let name = rest.get(..name_end).unwrap_or_default().trim_ascii();
        rest = rest.get(name_end..).unwrap_or_default();
        let Some(after) = rest.strip_prefix(b"=") else { continue };
        let (value, taken) = parameter_value(after);
        rest = after.get(taken..).unwrap_or_default();
        parameters.push((name, if name.ends_with(b"*") { decode_extended(&value) } else { value }));
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
pub(super) fn decode_extended(value: &[u8]) -> Vec<u8> {
    let text = value.splitn(3, |byte| *byte == b'\'').nth(2).unwrap_or(value);
    let mut decoded = Vec::with_capacity(text.len());
    crate::transform::url_decode_into(text, &mut decoded);
    decoded
}
