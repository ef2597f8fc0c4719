//! Reading bytes without regard to case, and telling prose from code.
//!
//! Offsets beyond the end read as nothing, so a reader of hostile input needs no bounds of its own.

use std::ops::Range;

use super::gate::spend;

/// The part of `value` from `start` on.
pub(super) fn from(value: &[u8], start: usize) -> &[u8] {
    value.get(start..).unwrap_or_default()
}

/// The part of `value` before `end`.
pub(super) fn until(value: &[u8], end: usize) -> &[u8] {
    value.get(..end).unwrap_or(value)
}

/// At most `most` bytes of `value` from `start` on.
pub(super) fn window(value: &[u8], start: usize, most: usize) -> &[u8] {
    until(from(value, start), most)
}

/// The byte before `at`.
pub(super) fn before(value: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|last| value.get(last)).copied()
}

pub(super) fn begins_with(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

pub(super) fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len().checked_sub(end.len()).is_some_and(|at| from(text, at).eq_ignore_ascii_case(end))
}

/// `text` without `start`, which it begins with in any case.
pub(super) fn without<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    begins_with(text, start).then(|| from(text, start.len()))
}

/// Whether `text` is one of `words`, in any case.
pub(super) fn is_one_of(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(text))
}

/// Whether `text` is one of the `words` between blanks, in any case.
pub(super) fn is_listed(text: &[u8], words: &str) -> bool {
    words.split_ascii_whitespace().any(|word| word.as_bytes().eq_ignore_ascii_case(text))
}

pub(super) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

pub(super) const fn is_space(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'\r' | b'\n')
}

/// How many bytes at the start of `text` satisfy `is`.
pub(super) fn run(text: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let length = text.iter().take_while(|byte| is(**byte)).count();
    spend(length + 1);
    length
}

/// What a router hands on of a segment that ends as a page does: `7 or 1=1` of `7 or 1=1.html`; none when it does not.
pub(super) fn page_name(segment: &[u8]) -> Option<&[u8]> {
    const SUFFIXES: &str = "html htm shtml php jsp jspx asp aspx do action json xml";
    let tail = from(segment, segment.len().saturating_sub(8));
    spend(tail.len());
    let dot = tail.iter().rposition(|byte| *byte == b'.')?;
    let suffix = from(tail, dot + 1);
    is_listed(suffix, SUFFIXES).then(|| until(segment, segment.len() - suffix.len() - 1))
}

/// How much of a value is looked at to tell prose.
const PROSE_BYTES: usize = 4096;

/// Marks behind which an interpreter reads nothing more: what stands there is no part of a text.
const COMMENTS: [&[u8]; 9] = [b"#", b"//", b"--", b"/*", b"<!--", b"\0", b"%00", b"?", b"rem "];

/// Whether the text around `span` was written to be read: a dozen Chinese characters, or a line of words with blanks
/// between. What a comment hides behind the span does not count, nor do bytes that are no characters.
pub(super) fn is_prose_around(value: &[u8], span: &Range<usize>) -> bool {
    let before = until(value, span.start);
    let before = from(before, before.len().saturating_sub(PROSE_BYTES));
    let after = window(value, span.end, PROSE_BYTES);
    let hidden = COMMENTS.iter().filter_map(|mark| memchr::memmem::find(after, mark)).min();
    let after = until(after, hidden.unwrap_or(after.len()));
    spend((before.len() + after.len()) * 4);
    if wide_characters(before) + wide_characters(after) >= 12 {
        return true;
    }
    let (mut words, mut other) = (0usize, 0usize);
    for word in [before, after].into_iter().flat_map(|text| text.split(|byte| is_space(*byte))) {
        let core = word.trim_ascii_end();
        let core = core.strip_suffix(b",").or_else(|| core.strip_suffix(b".")).unwrap_or(core);
        let letters = core.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
        let plain = letters == core.len() || core.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'\'');
        words += usize::from(plain && letters > 0);
        other += usize::from(!(core.is_empty() || plain && letters > 0));
    }
    words >= 8 && words * 10 >= (words + other) * 7
}

/// How many characters of three bytes, as Chinese has them, `text` holds.
pub(super) fn wide_characters(text: &[u8]) -> usize {
    let is_tail = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, 0x80..=0xbf));
    let mut lead = text.iter().enumerate().filter(|(_, byte)| matches!(byte, 0xe3..=0xe9));
    lead.by_ref().filter(|(at, _)| is_tail(text.get(at + 1)) && is_tail(text.get(at + 2))).count()
}

/// Whether the value is data no person could type: more than one byte in twenty is a control byte.
pub(super) fn is_binary(value: &[u8]) -> bool {
    let text = until(value, PROSE_BYTES);
    spend(text.len());
    let control = text.iter().filter(|byte| **byte < b' ' && !is_space(**byte)).count();
    control * 20 > text.len() && control > 1
}
