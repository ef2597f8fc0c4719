//! Finds the values of secret names in a text of any shape: `name=value`, `"name":"value"`, `<name>value</name>`, and the
//! parts of a multipart body.
//!
//! The text is looked at as its reader would see it: percent escapes, backslashes, JSON escapes and XML entities undone up
//! to [`LAYERS`] times. Each byte remembers how deep it was escaped, so that an escaped `&` or `"` within a value does not
//! end it. Every step goes forward, and back at most [`NAME_UNITS`]: time is linear.

use std::cell::Cell;
use std::ops::Range;

use super::is_secret_name;

/// How often escapes are undone: JSON in a string of JSON in a query.
const LAYERS: usize = 3;
/// Longest name.
const NAME_UNITS: usize = 128;
/// Most blanks between a name, its sign and its value.
const BLANKS: usize = 8;
/// Longest rest of a part's header behind the name of its field.
const PART_HEADER_UNITS: usize = 512;

/// One byte as the reader sees it.
#[derive(Clone, Copy)]
struct Unit {
    byte: u8,
    /// How many times it was escaped.
    depth: u8,
    /// Where it stands in the text.
    start: usize,
    end: usize,
}

/// The values that stand under secret names in `text`, in order and apart from each other.
pub(crate) fn secret_spans(text: &[u8], more: &[String]) -> Vec<Range<usize>> {
    if memchr::memchr3(b'=', b':', b'>', text).is_none() && memchr::memchr2(b'%', b'&', text).is_none() {
        return Vec::new();
    }
    let view = View { units: units(text), more, unclosed: [Cell::new(None), Cell::new(None)] };
    let mut spans = Vec::new();
    let (mut at, mut last_open) = (0, None);
    while let Some(unit) = view.units.get(at) {
        let value = match unit.byte {
            b'<' => {
                last_open = Some(at);
                None
            }
            b'=' => view.assigned(at),
            b':' => view.member(at),
            b'>' => last_open.take().and_then(|open| view.element(open, at)),
            _ => None,
        };
        at += 1;
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        if let (Some(first), Some(last)) = (view.units.get(value.start), view.units.get(value.end - 1)) {
            spans.push(first.start..last.end);
            at = value.end.max(at);
        }
    }
    spans
}

/// Whether [`secret_spans`] would read `name=` as this name and no other.
pub(super) fn is_bare_name(name: &[u8]) -> bool {
    name.len() <= NAME_UNITS && name.iter().all(|byte| is_name_byte(*byte))
}

/// Whether no secret can stand in this text: no layer of it holds a sign, a quote or an end of line.
pub(super) fn is_bare_text(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        rest = match (byte, behind) {
            // Escapes of bytes beyond ASCII: what they stand for is no sign, and begins no further escape.
            (b'%', [b'8' | b'9' | b'A'..=b'F' | b'a'..=b'f', low, behind @ ..]) if low.is_ascii_hexdigit() => behind,
            _ if is_name_byte(*byte) || b"+,/~!*()".contains(byte) => behind,
            _ => return false,
        };
    }
    true
}

fn units(text: &[u8]) -> Vec<Unit> {
    let plain = text.iter().enumerate();
    let mut units: Vec<Unit> = plain.map(|(at, byte)| Unit { byte: *byte, depth: 0, start: at, end: at + 1 }).collect();
    for _ in 0..LAYERS {
        let Some(undone) = layer(&units) else { break };
        units = undone;
    }
    units
}

/// One layer of escapes undone; `None` when there is none.
fn layer(units: &[Unit]) -> Option<Vec<Unit>> {
    if !units.iter().any(|unit| matches!(unit.byte, b'%' | b'\\' | b'&')) {
        return None;
    }
    let mut undone = Vec::with_capacity(units.len());
    let mut rest = units;
    let mut changed = false;
    while let [first, behind @ ..] = rest {
        let escape = match first.byte {
            b'%' => percent(behind),
            b'\\' => backslash(first, behind),
            b'&' => entity(behind),
            _ => None,
        };
        let Some((code, length)) = escape else {
            undone.push(*first);
            rest = behind;
            continue;
        };
        changed = true;
        let taken = rest.get(..=length).unwrap_or(rest);
        let depth = taken.iter().map(|unit| unit.depth).max().unwrap_or(0) + 1;
        let end = taken.last().map_or(first.end, |unit| unit.end);
        let mut buffer = [0; 4];
        let bytes = match code {
            Code::Byte(byte) => {
                buffer = [byte, 0, 0, 0];
                buffer.get(..1)
            }
            Code::Character(character) => Some(character.encode_utf8(&mut buffer).as_bytes()),
        };
        undone.extend(bytes.unwrap_or_default().iter().map(|byte| Unit {
            byte: *byte,
            depth,
            start: first.start,
            end,
        }));
        rest = rest.get(length + 1..).unwrap_or_default();
    }
    changed.then_some(undone)
}

enum Code {
    Byte(u8),
    Character(char),
}

fn digit(unit: Unit) -> Option<u32> {
    char::from(unit.byte).to_digit(16)
}

/// `HH` behind a percent sign, and how long it is.
fn percent(behind: &[Unit]) -> Option<(Code, usize)> {
    let [high, low, ..] = behind else { return None };
    let byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    Some((Code::Byte(byte), 2))
}

fn backslash(first: &Unit, behind: &[Unit]) -> Option<(Code, usize)> {
    match behind {
        // An escaped backslash escapes nothing by itself.
        [next, ..] if matches!(next.byte, b'"' | b'\'' | b'\\' | b'/') && next.depth == first.depth => {
            Some((Code::Byte(next.byte), 1))
        }
        [letter, a, b, c, d, ..] if letter.byte == b'u' => {
            let code = digit(*a)? << 12 | digit(*b)? << 8 | digit(*c)? << 4 | digit(*d)?;
            Some((Code::Character(char::from_u32(code)?), 5))
        }
        _ => None,
    }
}

fn entity(behind: &[Unit]) -> Option<(Code, usize)> {
    const NAMED: [(&[u8], u8); 7] = [
        (b"lt;", b'<'),
        (b"gt;", b'>'),
        (b"amp;", b'&'),
        (b"quot;", b'"'),
        (b"apos;", b'\''),
        (b"#34;", b'"'),
        (b"#39;", b'\''),
    ];
    let is = |name: &[u8]| {
        behind.len() >= name.len() && behind.iter().zip(name).all(|(unit, byte)| unit.byte.eq_ignore_ascii_case(byte))
    };
    NAMED.iter().find(|(name, _)| is(name)).map(|(name, byte)| (Code::Byte(*byte), name.len()))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_-.[]$@".contains(&byte)
}

struct View<'a> {
    units: Vec<Unit>,
    more: &'a [String],
    /// For `"` and for `'`: up to which depth nothing further on closes a value. Each is looked for in vain once.
    unclosed: [Cell<Option<u8>>; 2],
}

impl View<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.units.get(at).map(|unit| unit.byte)
    }

    fn bytes(&self, range: Range<usize>) -> Vec<u8> {
        let end = range.end.min(self.units.len());
        self.units.get(range.start..end).unwrap_or_default().iter().map(|unit| unit.byte).collect()
    }

    /// The name that ends before `end`, in quotes or not.
    fn name_before(&self, end: usize) -> Vec<u8> {
        let mut end = end;
        let before = |end: usize| end.checked_sub(1).and_then(|at| self.byte(at));
        for _ in 0..BLANKS {
            match before(end) {
                Some(b' ' | b'\t') => end -= 1,
                _ => break,
            }
        }
        if matches!(before(end), Some(b'"' | b'\'')) {
            end -= 1;
        }
        let mut start = end;
        while end - start < NAME_UNITS && before(start).is_some_and(is_name_byte) {
            start -= 1;
        }
        self.bytes(start..end)
    }

    fn is_secret(&self, name: &[u8]) -> bool {
        !name.is_empty() && is_secret_name(name, self.more)
    }

    fn skip_blanks(&self, at: usize) -> usize {
        let blanks = (at..at + BLANKS).take_while(|at| matches!(self.byte(*at), Some(b' ' | b'\t' | b'\r' | b'\n')));
        at + blanks.count()
    }

    fn depth(&self, at: usize) -> u8 {
        self.units.get(at).map_or(0, |unit| unit.depth)
    }

    /// The value behind the `=` at `sign`.
    fn assigned(&self, sign: usize) -> Option<Range<usize>> {
        let name = self.name_before(sign);
        if name.eq_ignore_ascii_case(b"name") {
            return self.part(sign);
        }
        self.is_secret(&name).then(|| self.value(sign, b"&"))
    }

    /// The value behind the `:` at `sign`; that of a URL's scheme is none.
    fn member(&self, sign: usize) -> Option<Range<usize>> {
        if self.byte(sign + 1) == Some(b'/') && self.byte(sign + 2) == Some(b'/') {
            return None;
        }
        self.is_secret(&self.name_before(sign)).then(|| self.value(sign, b",}&"))
    }

    /// The value behind the sign, up to its closing quote, or to one of `ends` or what ends every value.
    fn value(&self, sign: usize, ends: &[u8]) -> Range<usize> {
        let depth = self.depth(sign);
        let mut start = self.skip_blanks(sign + 1);
        if let Some(quote @ (b'"' | b'\'')) = self.byte(start) {
            let inside = start + 1;
            if let Some(end) = self.closing(quote, self.depth(start), inside) {
                return inside..end;
            }
            start = inside;
        }
        // A text that should have closed its quotes is covered as far as it goes.
        let ends_here = |at: &usize| {
            let Some(unit) = self.units.get(*at).filter(|unit| unit.depth <= depth) else { return false };
            match unit.byte {
                b'\r' | b'\n' => true,
                b'"' => *at > start && self.is_behind_value(at + 1),
                b';' => matches!(self.byte(at + 1), None | Some(b' ')),
                b'<' => self.byte(at + 1) == Some(b'/'),
                b' ' => self.bytes(at + 1..at + 6) == b"HTTP/",
                byte => ends.contains(&byte),
            }
        };
        let end = (start..self.units.len()).find(ends_here).unwrap_or(self.units.len());
        start..end
    }

    fn closing(&self, quote: u8, depth: u8, from: usize) -> Option<usize> {
        let [double, single] = &self.unclosed;
        let unclosed = if quote == b'"' { double } else { single };
        if unclosed.get().is_some_and(|known| known >= depth) {
            return None;
        }
        let closes = |at: &usize| self.is_unescaped(*at, quote, depth) && self.is_behind_value(at + 1);
        let end = (from..self.units.len()).find(closes);
        if end.is_none() {
            unclosed.set(Some(depth));
        }
        end
    }

    fn is_unescaped(&self, at: usize, byte: u8, depth: u8) -> bool {
        self.units.get(at).is_some_and(|unit| unit.byte == byte && unit.depth <= depth)
    }

    /// Whether what stands here goes on behind a value in quotes, rather than within one.
    fn is_behind_value(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| byte.is_ascii_whitespace() || b",;&}])>/?\"'\\".contains(&byte))
    }

    /// What the element that begins at `open` and whose tag ends at `close` holds.
    fn element(&self, open: usize, close: usize) -> Option<Range<usize>> {
        let tag = self.bytes(open + 1..close.min(open + 1 + NAME_UNITS));
        let name = tag.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let is_start = name.first().is_some_and(|first| is_name_byte(*first)) && self.byte(close - 1) != Some(b'/');
        if !is_start || !self.is_secret(name) {
            return None;
        }
        let depth = self.depth(close);
        let start = close + 1;
        let is_cdata = self.byte(start) == Some(b'<') && self.byte(start + 1) == Some(b'!');
        let ends_here =
            |at: &usize| self.is_unescaped(*at, b'<', depth) && (!is_cdata || self.byte(at + 1) == Some(b'/'));
        Some(start..(start..self.units.len()).find(ends_here).unwrap_or(self.units.len()))
    }

    /// The content of the multipart part whose Content-Disposition has `name=` with the `=` at `sign`.
    fn part(&self, sign: usize) -> Option<Range<usize>> {
        let header = self.bytes(sign + 1..sign + 1 + PART_HEADER_UNITS);
        let field = match header.strip_prefix(b"\"") {
            Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
            None => header.split(|byte| matches!(byte, b';' | b'\r' | b'\n')).next(),
        };
        if !self.is_secret(field?) {
            return None;
        }
        let blank_line = [b"\n\r\n".as_slice(), b"\n\n"]
            .into_iter()
            .filter_map(|line| memchr::memmem::find(&header, line).map(|at| at + line.len()));
        let start = sign + 1 + blank_line.min()?;
        let ends_here = |at: &usize| self.byte(*at) == Some(b'\n') && self.bytes(at + 1..at + 3) == b"--";
        let end = (start..self.units.len()).find(ends_here).unwrap_or(self.units.len());
        let after_cr = end > start && self.byte(end - 1) == Some(b'\r');
        Some(start..end - usize::from(after_cr))
    }
}
