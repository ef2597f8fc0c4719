//! Finds the numbers in a stream of bytes and covers them.
//!
//! Digits are the same bytes in UTF-8 and GBK, so neither is decoded. A number begins and ends where a reader would say so:
//!
//! - beside another digit it is part of a longer number; behind `digit.` or before `.digit` it is part of a fraction;
//! - beside one of `a` to `f` it is part of a hash, unless that letter is the second byte of a GBK character;
//! - escapes end before it: `\n138…`, `\u673a138…` (PHP and Java write JSON so) and `%BA138…` hold a number.
//!
//! Numbers that are written in groups (`138 0013 8000`) are not found.

use super::number::{self, Kind, MAX_DIGITS, MaskRules};

/// Bytes before a run of digits that say whether a number may begin there: `\u` and four hex digits, and one more.
const LOOK_BEHIND: usize = 7;
/// An escape's digits, the longest number, its X, and the two bytes that say whether it ended.
const LONGEST_UNDECIDED: usize = 4 + MAX_DIGITS + 1 + 2;
/// No more than this is held back between chunks, what was sent already included.
pub const MAX_HELD_BYTES: usize = LOOK_BEHIND + LONGEST_UNDECIDED;

/// How many numbers were masked, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Masked {
    pub identity_numbers: u64,
    pub old_identity_numbers: u64,
    pub mobile_numbers: u64,
    pub bank_cards: u64,
}

impl Masked {
    pub fn total(&self) -> u64 {
        self.identity_numbers + self.old_identity_numbers + self.mobile_numbers + self.bank_cards
    }

    fn count(&mut self, kind: Kind) {
        let counter = match kind {
            Kind::IdentityNumber => &mut self.identity_numbers,
            Kind::OldIdentityNumber => &mut self.old_identity_numbers,
            Kind::MobileNumber => &mut self.mobile_numbers,
            Kind::BankCard => &mut self.bank_cards,
        };
        *counter = counter.saturating_add(1);
    }
}

/// Masks one body. What goes out lags at most `MAX_HELD_BYTES` behind what came in; `finish` sends the rest.
#[derive(Debug)]
pub struct Masker {
    rules: MaskRules,
    /// What was sent last, then what is not decided yet; during `feed` also the chunk.
    work: Vec<u8>,
    /// How much of `work` was sent.
    sent: usize,
    masked: Masked,
}

impl Masker {
    pub fn new(rules: MaskRules) -> Self {
        Self { rules, work: Vec::new(), sent: 0, masked: Masked::default() }
    }

    /// Takes the next bytes of the body and appends to `out` what is decided.
    pub fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        self.work.extend_from_slice(chunk);
        self.mask(false, out);
    }

    /// The body is over: appends the rest. A masker is for one body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.mask(true, out);
    }

    pub fn masked(&self) -> Masked {
        self.masked
    }

    fn mask(&mut self, is_last: bool, out: &mut Vec<u8>) {
        let mut at = self.sent;
        let decided = loop {
            let Some(start) = find_from(&self.work, at, |byte| byte.is_ascii_digit()) else { break self.work.len() };
            let first = start + escaped_digits(&self.work, start);
            let end = find_from(&self.work, first, |byte| !byte.is_ascii_digit()).unwrap_or(self.work.len());
            let is_open = end == self.work.len() || self.work.len() - end < 3;
            if is_open && !is_last && end - start <= 4 + MAX_DIGITS {
                break start;
            }
            if end > first && may_begin(&self.work, first) {
                self.cover(first, end);
            }
            at = end.max(start + 1);
        };
        out.extend_from_slice(self.work.get(self.sent..decided).unwrap_or_default());
        let forgotten = decided.saturating_sub(LOOK_BEHIND);
        self.work.drain(..forgotten);
        self.sent = decided - forgotten;
    }

    /// Covers the number of the digits from `first` to `end`, if it is one.
    fn cover(&mut self, first: usize, end: usize) {
        let has_check_letter = end - first == 17 && matches!(self.work.get(end), Some(b'X' | b'x'));
        let end = end + usize::from(has_check_letter);
        if end - first > MAX_DIGITS || !may_end(&self.work, end) {
            return;
        }
        let Some(place) = self.work.get_mut(first..end) else { return };
        let found = std::str::from_utf8(place).ok().and_then(|number| number::masked(number, self.rules));
        if let Some((kind, masked)) = found.filter(|(_, masked)| masked.len() == place.len()) {
            place.copy_from_slice(masked.as_bytes());
            self.masked.count(kind);
        }
    }
}

fn find_from(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.get(from..)?.iter().position(|byte| wanted(*byte)).map(|at| from + at)
}

/// How many of the bytes from `start`, where digits begin, still belong to an escape.
fn escaped_digits(bytes: &[u8], start: usize) -> usize {
    let before = bytes.get(..start).unwrap_or_default();
    for (mark, hex_digits) in [(b"\\u".as_slice(), 4), (b"%".as_slice(), 2)] {
        for begun in 0..hex_digits {
            let Some((rest, hex)) = before.len().checked_sub(begun).and_then(|at| before.split_at_checked(at)) else {
                continue;
            };
            let wanted = hex_digits - begun;
            let open = rest.ends_with(mark) && hex.iter().all(u8::is_ascii_hexdigit);
            let run = bytes.get(start..).unwrap_or_default();
            let digits = run.iter().take(wanted).take_while(|byte| byte.is_ascii_digit()).count();
            // `%13` would be a control character that no page holds, and `13` the beginning of a number.
            let is_number = mark == b"%" && begun == 0 && matches!(run, [b'1', b'3'..=b'9', ..]);
            let closed = run.iter().take(wanted).all(u8::is_ascii_hexdigit) && run.len() >= wanted;
            if open && closed && !is_number {
                return digits;
            }
        }
    }
    0
}

/// Whether a number may begin at `first`, which stands behind whole escapes.
fn may_begin(bytes: &[u8], first: usize) -> bool {
    let before = bytes.get(..first).unwrap_or_default();
    if ends_with_escape(before) {
        return true;
    }
    match before {
        [.., lead, b'a'..=b'f' | b'A'..=b'F'] => !lead.is_ascii(),
        [.., b'0'..=b'9'] | [.., b'0'..=b'9', b'.'] | [b'a'..=b'f' | b'A'..=b'F'] => false,
        _ => true,
    }
}

/// `\uXXXX`, `%XX`, or a backslash and a letter.
fn ends_with_escape(before: &[u8]) -> bool {
    let unicode = before.last_chunk::<6>().is_some_and(|[mark @ .., a, b, c, d]| {
        mark == b"\\u" && [a, b, c, d].iter().all(|byte| byte.is_ascii_hexdigit())
    });
    let percent = matches!(before, [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    unicode || percent || matches!(before, [.., b'\\', letter] if letter.is_ascii_alphabetic())
}

fn may_end(bytes: &[u8], end: usize) -> bool {
    let after = bytes.get(end..).unwrap_or_default();
    !matches!(after, [b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..] | [b'.', b'0'..=b'9', ..])
}
