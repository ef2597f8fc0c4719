//! The two headers that frame a multipart body, read strictly: `Content-Type` with its boundary, and the
//! `Content-Disposition` of a part.
//!
//! What cannot be read in one way only is flagged (the parts of `MULTIPART_STRICT_ERROR`), and read all the same: a rule
//! shall see the values whatever the flags say.

use super::parameter::{count_word, decode_extended};
use super::parsed::MultipartFlags;

/// The boundary a content type announces, if there is one that can be used, and what is wrong with it.
pub(super) fn announced_boundary(content_type: &[u8], flags: &mut MultipartFlags) -> (Option<Vec<u8>>, Option<String>) {
    const WORD: &[u8] = b"boundary";
    let is_parameter = |at: &usize| {
        let after = content_type.get(at + WORD.len()..).unwrap_or_default();
        after.trim_ascii_start().starts_with(b"=")
    };
    let places = content_type.windows(WORD.len()).enumerate();
    let mut places = places.filter(|(_, word)| word.eq_ignore_ascii_case(WORD)).map(|(at, _)| at);
    let Some(at) = places.find(is_parameter) else {
        return (None, Some(fault("no boundary in the content type")));
    };
    let before = content_type.get(..at).unwrap_or_default();
    flags.semicolon_missing |= !before.trim_ascii_end().ends_with(b";");
    let after = content_type.get(at + WORD.len()..).unwrap_or_default();
    let value = after.trim_ascii_start().strip_prefix(b"=").unwrap_or_default();
    let text = value.trim_ascii_start();
    flags.boundary_whitespace |= after.trim_ascii_start().len() < after.len() || text.len() < value.len();
    let (boundary, wrong) = match text.strip_prefix(b"\"") {
        Some(quoted) => quoted_boundary(quoted, flags),
        None => token_boundary(text, flags),
    };
    // The word may occur once, beside what the boundary itself holds (`----WebKitFormBoundary…`).
    let words = count_word(content_type, WORD).saturating_sub(count_word(boundary, WORD));
    let repeated = (words > 1).then(|| fault("more than one boundary in the content type"));
    if !(1..=70).contains(&boundary.len()) {
        return (None, Some(fault("the boundary must have 1 to 70 bytes")));
    }
    (Some(boundary.to_vec()), repeated.or(wrong.map(fault)))
}

fn fault(what: &str) -> String {
    format!("multipart parsing error: {what}")
}

fn quoted_boundary<'a>(quoted: &'a [u8], flags: &mut MultipartFlags) -> (&'a [u8], Option<&'static str>) {
    flags.boundary_quoted = true;
    let end = memchr::memchr(b'"', quoted);
    let boundary = quoted.get(..end.unwrap_or(quoted.len())).unwrap_or_default();
    let after = end.and_then(|end| quoted.get(end + 1..)).map(<[u8]>::trim_ascii_start);
    flags.boundary_whitespace |= boundary.trim_ascii().len() < boundary.len();
    let wrong = if let Some(b"" | [b';', ..]) = after {
        invalid_characters(boundary, b" ")
    } else {
        flags.invalid_quoting = true;
        Some("the quotes of the boundary do not match")
    };
    (boundary, wrong)
}

fn token_boundary<'a>(text: &'a [u8], flags: &mut MultipartFlags) -> (&'a [u8], Option<&'static str>) {
    let end = memchr::memchr(b';', text).unwrap_or(text.len());
    let token = text.get(..end).unwrap_or_default();
    let boundary = token.trim_ascii_end();
    flags.boundary_whitespace |= boundary.len() < token.len();
    flags.invalid_quoting |= boundary.contains(&b'"');
    (boundary, invalid_characters(boundary, b""))
}

/// RFC 2046 §5.1.1: `bcharsnospace`, and within quotes the blank.
fn invalid_characters(boundary: &[u8], more: &[u8]) -> Option<&'static str> {
    let valid = |byte: &u8| is_boundary_byte(*byte) || more.contains(byte);
    (!boundary.iter().all(valid)).then_some("the boundary has characters that no boundary may have")
}

pub(super) fn is_boundary_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte)
}

/// What a `Content-Disposition` says.
#[derive(Debug, Default)]
pub(super) struct Disposition {
    /// The first `name`.
    pub(super) name: Vec<u8>,
    /// Every `filename` that is not empty.
    pub(super) file_names: Vec<Vec<u8>>,
    /// Every `filename*` (RFC 8187), decoded.
    pub(super) extended_names: Vec<Vec<u8>>,
}

impl Disposition {
    /// Reads the value of the header.
    pub(super) fn read(value: &[u8], flags: &mut MultipartFlags) -> Self {
        let mut disposition = Self::default();
        let mut names = 0;
        let text = value.trim_ascii();
        let kind_end = text.iter().position(|byte| b"; \t,=".contains(byte)).unwrap_or(text.len());
        flags.invalid_part |= text.get(..kind_end) != Some(b"form-data");
        let mut rest = text.get(kind_end..).unwrap_or_default().trim_ascii_start();
        while !rest.is_empty() {
            // Without the semicolon the next word is a parameter to some and a part of the last value to others.
            match rest.strip_prefix(b";") {
                Some(after) => rest = after.trim_ascii_start(),
                None => flags.invalid_part = true,
            }
            if rest.is_empty() {
                break;
            }
            let before = rest.len();
            let (name, value, after) = parameter(rest, flags);
            rest = after.trim_ascii_start();
            if rest.len() == before {
                // Nothing was taken: a lone comma or the like.
                rest = rest.get(1..).unwrap_or_default();
            }
            let known = [b"name".as_slice(), b"filename", b"filename*"].contains(&name);
            flags.invalid_part |= !known;
            match name.to_ascii_lowercase().as_slice() {
                b"name" => {
                    names += 1;
                    if names == 1 {
                        disposition.name = value;
                    }
                }
                b"filename" => disposition.file_names.push(value),
                b"filename*" => {
                    flags.invalid_part |= memchr::memchr_iter(b'\'', &value).count() < 2;
                    disposition.extended_names.push(decode_extended(&value));
                }
                _ => {}
            }
        }
        let once = names == 1 && disposition.file_names.len() <= 1 && disposition.extended_names.len() <= 1;
        flags.invalid_part |= !once || disposition.name.is_empty();
        disposition.file_names.retain(|name| !name.is_empty());
        disposition
    }
}

/// The first parameter of a list: its name, its value, and what follows.
fn parameter<'a>(list: &'a [u8], flags: &mut MultipartFlags) -> (&'a [u8], Vec<u8>, &'a [u8]) {
    let name_end = list.iter().position(|byte| b"=; \t,".contains(byte)).unwrap_or(list.len());
    let (name, rest) = list.split_at(name_end);
    let Some(after) = rest.trim_ascii_start().strip_prefix(b"=") else {
        flags.invalid_part = true;
        return (name, Vec::new(), rest);
    };
    let text = after.trim_ascii_start();
    let (value, rest) = if let [quote @ (b'"' | b'\''), quoted @ ..] = text {
        flags.invalid_quoting |= *quote == b'\'';
        quoted_value(*quote, quoted, flags)
    } else {
        let end = text.iter().position(|byte| b"; \t".contains(byte)).unwrap_or(text.len());
        let (token, rest) = text.split_at(end);
        flags.invalid_part |= token.contains(&b'"') || token.is_empty();
        (token.to_vec(), rest)
    };
    (name, value, rest)
}

/// Up to the closing quote; `\` escapes the quote and itself (old browsers send `C:\dir\file` unescaped).
fn quoted_value<'a>(quote: u8, quoted: &'a [u8], flags: &mut MultipartFlags) -> (Vec<u8>, &'a [u8]) {
    let mut value = Vec::new();
    let mut rest = quoted;
    loop {
        rest = match rest {
            [] => {
                flags.invalid_quoting = true;
                return (value, rest);
            }
            [b'\\', escaped, after @ ..] if *escaped == quote || *escaped == b'\\' => {
                value.push(*escaped);
                after
            }
            [byte, after @ ..] if *byte == quote => {
                let behind = after.trim_ascii_start();
                if !behind.is_empty() && !behind.starts_with(b";") {
                    flags.invalid_quoting = true;
                    flags.invalid_part = true;
                }
                return (value, after);
            }
            [byte, after @ ..] => {
                value.push(*byte);
                after
            }
        };
    }
}
