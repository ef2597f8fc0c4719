//! Reads tags and attributes the way browsers do (HTML Living Standard §13.2.5), from any place where one may begin.
//!
//! A value may land in text, in an attribute or in a comment, so every `<` is tried, also one within quotes. Most tags are read
//! within [`TAG_BYTES`], all of them together at most [`WORK`] times the value; longer ones share [`LONG_WORK`] times the value.

use super::super::gate::spend;

/// Longest tag that is read at once.
const TAG_BYTES: usize = 4096;
/// How often a byte may be read on average.
const WORK: usize = 8;
/// The same for tags that do not end within [`TAG_BYTES`].
const LONG_WORK: usize = 4;

/// A start tag.
#[derive(Clone, Debug)]
pub(super) struct Tag<'v> {
    /// Where `<` stands.
    pub(super) start: usize,
    /// Behind `>`, or behind the last attribute when it is missing.
    pub(super) end: usize,
    pub(super) name: &'v [u8],
    pub(super) attributes: Vec<Attribute<'v>>,
    pub(super) closed: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'v> {
    pub(super) name: &'v [u8],
    /// `None` without `=`.
    pub(super) value: Option<&'v [u8]>,
}

impl Tag<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&[u8]> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name.as_bytes()))
            .and_then(|attribute| attribute.value)
    }
}

/// Every start tag of `value`, in order.
pub(super) fn tags(value: &[u8]) -> impl Iterator<Item = Tag<'_>> {
    let mut work = value.len().saturating_mul(WORK).saturating_add(TAG_BYTES);
    let mut long = value.len().saturating_mul(LONG_WORK);
    memchr::memchr_iter(b'<', value).filter_map(move |start| {
        let tag = tag_at(value, start, TAG_BYTES.min(work))?;
        work = work.saturating_sub(tag.end - tag.start);
        let cut = !tag.closed && tag.end < value.len() && long > 0;
        let whole = cut.then(|| tag_at(value, start, long)).flatten();
        long = long.saturating_sub(whole.as_ref().map_or(0, |whole| whole.end - whole.start));
        Some(whole.unwrap_or(tag))
    })
}

/// The tag whose `<` is at `start`, read for at most `most` bytes.
fn tag_at(value: &[u8], start: usize, most: usize) -> Option<Tag<'_>> {
    let body = value.get(start + 1..)?;
    let body = body.get(..most).unwrap_or(body);
    let blanks = body.iter().take(4).take_while(|byte| byte.is_ascii_whitespace()).count();
    let named = body.get(blanks..)?;
    let length = named.iter().take(64).take_while(|byte| is_tag_name(**byte)).count();
    let name = named.get(..length)?;
    // A blank before the name makes it text; careless filters remove it.
    // `<%` began an element to old browsers.
    let first = name.first()?;
    if !(first.is_ascii_alphabetic() || *first == b'%') || (blanks > 0 && !name.eq_ignore_ascii_case(b"script")) {
        return None;
    }
    let (attributes, end, closed) = attributes(named, length, false);
    spend(end);
    Some(Tag { start, end: start + 1 + blanks + end, name, attributes, closed })
}

const fn is_tag_name(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b'/' | b'>' | b'<' | b'=' | b'"' | b'\'')
        && byte < 0x80
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b'/')
}

/// Attributes from `at` up to `>`: them, where they end, and whether `>` was there. `strict`: stop at a name that no
/// attribute has, since the text may not be markup at all.
pub(super) fn attributes(text: &[u8], mut at: usize, strict: bool) -> (Vec<Attribute<'_>>, usize, bool) {
    let mut list = Vec::new();
    loop {
        at += text.iter().skip(at).take_while(|byte| is_blank(**byte) || matches!(byte, b'"' | b'\'')).count();
        match text.get(at) {
            None => return (list, text.len(), false),
            Some(b'>') => return (list, at + 1, true),
            Some(_) => {}
        }
        let length = text.iter().skip(at).take_while(|byte| !is_blank(**byte) && !matches!(byte, b'=' | b'>')).count();
        let name = text.get(at..at + length).unwrap_or_default();
        if strict
            && (name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.@".contains(byte)))
        {
            return (list, at, false);
        }
        at += length;
        let blanks = text.iter().skip(at).take_while(|byte| is_blank(**byte) && **byte != b'/').count();
        if text.get(at + blanks) == Some(&b'=') {
            at += blanks + 1;
            at += text.iter().skip(at).take_while(|byte| is_blank(**byte) && **byte != b'/').count();
            let (value, taken) = value_at(text.get(at..).unwrap_or_default());
            at += taken;
            list.push(Attribute { name, value: Some(value) });
        } else if length == 0 {
            // A lone `=`.
            at += 1;
        } else {
            list.push(Attribute { name, value: None });
        }
    }
}

/// The attribute value that begins here, and how many bytes it takes.
fn value_at(text: &[u8]) -> (&[u8], usize) {
    match text {
        [quote @ (b'"' | b'\'' | b'`'), body @ ..] => match memchr::memchr(*quote, body) {
            Some(end) => (body.get(..end).unwrap_or_default(), end + 2),
            None if *quote == b'`' => unquoted(text),
            None => (body, text.len()),
        },
        _ => unquoted(text),
    }
}

fn unquoted(text: &[u8]) -> (&[u8], usize) {
    let length = text.iter().take_while(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'>')).count();
    (text.get(..length).unwrap_or_default(), length)
}
