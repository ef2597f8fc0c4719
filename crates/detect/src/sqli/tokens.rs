//! Cuts a value into the tokens of SQL, of all dialects at once: MySQL, PostgreSQL, SQL Server, Oracle, SQLite.
//!
//! A value lands somewhere in a statement that we do not see: bare, or inside a string that the statement opened with `'`
//! or `"`. So the same bytes are cut once per [`Opened`]. Comments and blanks leave no token; one that hides the rest of
//! the statement is a [`Kind::Tail`]. MySQL's `/*!50000 … */` is code. One pass, no backing up.

use super::super::gate::spend;
use super::words::{Word, classify};

/// Where the value begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opened {
    Bare,
    /// Inside a string that this quote closes.
    Quote(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Word(Word),
    /// A run of non-ASCII bytes: no word of SQL, mostly prose.
    Foreign,
    Number,
    /// A string; the value may end within it.
    Str {
        closed: bool,
    },
    /// `=`, `<>`, `<=`, …
    Compare,
    /// `+`, `-`, `%`, `^`, …
    Arith,
    /// `*`: times, or every column.
    Star,
    /// `||`: or (MySQL), or concatenation.
    Pipes,
    /// `&&`.
    Amps,
    Open,
    Close,
    Comma,
    Semi,
    Dot,
    /// `@x`, `@@x`, `:x`, `?`.
    Var,
    /// `` `x` `` or `[x]`.
    Quoted,
    /// A comment that reaches the end of the value.
    Tail,
    /// No part of any statement.
    Junk,
    /// Behind the last token.
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// A comment stands before it.
    pub(super) commented: bool,
}

const NOTHING: Token = Token { kind: Kind::Nothing, start: 0, end: 0, commented: false };

/// Longer identifiers in brackets or backticks are none: it keeps the search for the closing mark short.
const QUOTED_BYTES: usize = 128;

/// A value, cut.
pub(super) struct Tokens<'v> {
    pub(super) value: &'v [u8],
    list: Vec<Stored>,
    /// Code inside a `/*!` comment was seen.
    pub(super) versioned: bool,
}

/// A token as it is kept: a megabyte may hold half a million.
#[derive(Clone, Copy, Debug)]
struct Stored {
    kind: Kind,
    commented: bool,
    start: u32,
    end: u32,
}

impl From<Stored> for Token {
    fn from(stored: Stored) -> Self {
        let Stored { kind, commented, start, end } = stored;
        Self { kind, start: start as usize, end: end as usize, commented }
    }
}

impl<'v> Tokens<'v> {
    /// Cuts `value`; `None` when the quote that should close the opened string does not occur.
    pub(super) fn cut(value: &'v [u8], opened: Opened) -> Option<Self> {
        let mut cutter =
            Cutter { value, at: 0, list: Vec::new(), in_version: false, versioned: false, commented: false };
        if let Opened::Quote(quote) = opened {
            let end = memchr::memchr(quote, value)? + 1;
            cutter.push(Kind::Str { closed: true }, end);
        }
        cutter.run();
        Some(Self { value, list: cutter.list, versioned: cutter.versioned })
    }

    pub(super) fn token(&self, at: usize) -> Token {
        self.list.get(at).map_or(NOTHING, |stored| (*stored).into())
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.token(at).kind
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn text(&self, at: usize) -> &'v [u8] {
        let token = self.token(at);
        self.value.get(token.start..token.end).unwrap_or_default()
    }

    /// The text of a token, compared without regard to case.
    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.text(at).eq_ignore_ascii_case(word.as_bytes())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Token> {
        self.list.iter().map(|stored| (*stored).into())
    }
}

struct Cutter<'v> {
    value: &'v [u8],
    at: usize,
    list: Vec<Stored>,
    in_version: bool,
    versioned: bool,
    commented: bool,
}

impl<'v> Cutter<'v> {
    fn rest(&self) -> &'v [u8] {
        self.value.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        spend(1 + length);
        let end = self.at + length;
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.list.push(Stored { kind, commented: self.commented, start: narrow(self.at), end: narrow(end) });
        self.commented = false;
        self.at = end;
    }

    fn previous(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.value.get(at)).copied()
    }

    fn run(&mut self) {
        loop {
            let rest = self.rest();
            let blank = blank_len(rest);
            if blank > 0 {
                self.at += blank;
                continue;
            }
            match rest {
                [] => return,
                [b'/', b'*', ..] => self.block_comment(rest),
                [b'*', b'/', ..] if self.in_version => {
                    self.in_version = false;
                    self.at += 2;
                }
                [b'-', b'-', next @ ..] if self.dashes_comment(next) => self.line_comment(),
                [b'#', ..] => self.line_comment(),
                [0, ..] => self.nul(rest),
                [b'\'' | b'"', ..] => self.string(rest, 0),
                [b'n' | b'N' | b'x' | b'X' | b'b' | b'B' | b'e' | b'E', b'\'', ..] => self.string(rest, 1),
                [b'q' | b'Q', b'\'', mark, ..] if !mark.is_ascii_alphanumeric() => self.oracle_string(rest, *mark),
                [b'$', b'$', body @ ..] => self.dollar_string(body),
                [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => {
                    let digits = rest.iter().skip(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
                    self.push(Kind::Number, 2 + digits);
                }
                [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => self.number(rest),
                [b'\\', b'N', ..] => self.push(Kind::Word(Word::Constant), 2),
                [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => self.word(rest),
                [b'@', b'>', ..] => self.operator(rest),
                [b'@', ..] => self.variable(rest, 1),
                [b':', b'=', ..] => self.push(Kind::Compare, 2),
                [b':', b':', ..] => self.push(Kind::Dot, 2),
                [b'`', ..] => self.quoted(rest, b'`'),
                [b'[', ..] => self.quoted(rest, b']'),
                [0x80..=0xff, ..] => {
                    let length = rest.iter().take_while(|byte| **byte >= 0x80).count();
                    self.push(Kind::Foreign, length);
                }
                _ => self.operator(rest),
            }
        }
    }

    fn operator(&mut self, rest: &[u8]) {
        let (kind, length) = match rest {
            [b'|', b'|', ..] => (Kind::Pipes, 2),
            [b'&', b'&', ..] => (Kind::Amps, 2),
            [b'<', b'=', b'>', ..] => (Kind::Compare, 3),
            // PostgreSQL's containment and paths of JSON.
            [b'<', b'@', ..] | [b'@', b'>', ..] => (Kind::Compare, 2),
            [b'-' | b'#', b'>', b'>', ..] => (Kind::Arith, 3),
            [b'=' | b'>' | b'!' | b'^', b'=', ..] | [b'<', b'=' | b'>', ..] | [b'!', b'<' | b'>', ..] => {
                (Kind::Compare, 2)
            }
            [b'<', b'<', ..] | [b'>' | b'-', b'>', ..] => (Kind::Arith, 2),
            [b'=' | b'<' | b'>', ..] => (Kind::Compare, 1),
            [b'*', ..] => (Kind::Star, 1),
            [b'+' | b'-' | b'/' | b'%' | b'^' | b'&' | b'|' | b'~' | b'!', ..] => (Kind::Arith, 1),
            [b'(', ..] => (Kind::Open, 1),
            [b')', ..] => (Kind::Close, 1),
            [b',', ..] => (Kind::Comma, 1),
            [b';', ..] => (Kind::Semi, 1),
            [b'.', ..] => (Kind::Dot, 1),
            [b'?', ..] => (Kind::Var, 1),
            _ => (Kind::Junk, 1),
        };
        self.push(kind, length);
    }

    /// `--` begins a comment unless it stands between two words, as in slugs.
    fn dashes_comment(&self, next: &[u8]) -> bool {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        let slug = self.previous().as_ref().is_some_and(word) && next.first().is_some_and(word);
        // `1--x⏎union`: a line that ends right behind one word hides only that word.
        let hides_word = || {
            let length = next.iter().take(COMMENT_WORD + 1).take_while(|byte| word(byte)).count();
            length <= COMMENT_WORD && next.get(length) == Some(&b'\n') && next.len() > length + 1
        };
        !slug || hides_word()
    }

    fn line_comment(&mut self) {
        let rest = self.rest();
        match memchr::memchr2(b'\n', b'\r', rest) {
            Some(end) if end + 1 < rest.len() => {
                self.at += end + 1;
                self.commented = true;
            }
            _ => self.push(Kind::Tail, rest.len()),
        }
    }

    fn block_comment(&mut self, rest: &[u8]) {
        let marked = match rest {
            [_, _, b'!', ..] => 3,
            [_, _, b'M', b'!', ..] => 4,
            _ => {
                match memchr::memmem::find(rest.get(2..).unwrap_or_default(), b"*/") {
                    Some(close) => {
                        self.at += close + 4;
                        self.commented = true;
                    }
                    None => self.push(Kind::Tail, rest.len()),
                }
                return;
            }
        };
        let digits = rest.iter().skip(marked).take(6).take_while(|byte| byte.is_ascii_digit()).count();
        self.at += marked + digits;
        self.in_version = true;
        self.versioned = true;
        self.commented = true;
    }

    /// NUL ends a statement for Access and for C programs in between.
    fn nul(&mut self, rest: &[u8]) {
        if rest.len() <= 4 { self.push(Kind::Tail, rest.len()) } else { self.at += 1 }
    }

    fn string(&mut self, rest: &[u8], prefix: usize) {
        let quote = rest.get(prefix).copied().unwrap_or(b'\'');
        let mut at = prefix + 1;
        loop {
            let Some(found) = memchr::memchr2(quote, b'\\', rest.get(at..).unwrap_or_default()) else {
                return self.push(Kind::Str { closed: false }, rest.len());
            };
            at += found;
            match (rest.get(at), rest.get(at + 1)) {
                (Some(b'\\'), Some(_)) => at += 2,
                (Some(b'\\'), None) => at += 1,
                (Some(_), Some(next)) if *next == quote => at += 2,
                _ => return self.push(Kind::Str { closed: true }, at + 1),
            }
        }
    }

    fn oracle_string(&mut self, rest: &[u8], mark: u8) {
        let close = match mark {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        match memchr::memmem::find(rest.get(3..).unwrap_or_default(), &[close, b'\'']) {
            Some(at) => self.push(Kind::Str { closed: true }, at + 5),
            None => self.push(Kind::Str { closed: false }, rest.len()),
        }
    }

    fn dollar_string(&mut self, body: &[u8]) {
        match memchr::memmem::find(body, b"$$") {
            Some(at) => self.push(Kind::Str { closed: true }, at + 4),
            None => self.push(Kind::Str { closed: false }, body.len() + 2),
        }
    }

    fn number(&mut self, rest: &[u8]) {
        let digits = |from: usize| rest.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        if rest.get(length) == Some(&b'.') {
            length += 1 + digits(length + 1);
        }
        if let Some(b'e' | b'E') = rest.get(length) {
            let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(length + 1 + sign);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        let letters = rest.iter().skip(length).take_while(|byte| is_word_byte(**byte)).count();
        let glued = classify(rest.get(length..length + letters).unwrap_or_default());
        // `1union` and `1or` are two tokens to several servers; `5mg` is a word.
        let splits = letters == 0
            || matches!(
                glued,
                Word::Logic
                    | Word::Union
                    | Word::Order
                    | Word::Group
                    | Word::Having
                    | Word::Like
                    | Word::From
                    | Word::Limit
                    | Word::Is
                    | Word::Between
                    | Word::Where
                    | Word::Procedure
                    | Word::Into
            );
        if splits { self.push(Kind::Number, length) } else { self.push(Kind::Word(Word::Plain), length + letters) }
    }

    fn word(&mut self, rest: &[u8]) {
        let length = rest.iter().take_while(|byte| is_word_byte(**byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        // A character set before a string belongs to it: `_utf8'x'`.
        if word.first() == Some(&b'_') && rest.get(length) == Some(&b'\'') {
            return self.string(rest, length);
        }
        self.push(Kind::Word(classify(word)), length);
    }

    fn variable(&mut self, rest: &[u8], marks: usize) {
        let marks = marks + usize::from(rest.get(marks) == Some(&b'@'));
        let length = rest.iter().skip(marks).take_while(|byte| is_word_byte(**byte)).count();
        self.push(if length == 0 { Kind::Junk } else { Kind::Var }, marks + length);
    }

    fn quoted(&mut self, rest: &[u8], close: u8) {
        let near = rest.get(1..rest.len().min(QUOTED_BYTES)).unwrap_or_default();
        match memchr::memchr(close, near) {
            Some(at) if at > 0 => self.push(Kind::Quoted, at + 2),
            _ => self.push(Kind::Junk, 1),
        }
    }
}

/// Longest word that tools put behind the dashes of a comment to break patterns.
const COMMENT_WORD: usize = 16;

const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// How many bytes of white space `rest` begins with, the kinds included that only some server takes for it: Latin-1 and
/// Unicode no-break space, ideographic space, control characters. (0xa0 stands alone here: as the last byte of a character
/// it was taken together with the others.)
fn blank_len(rest: &[u8]) -> usize {
    match rest {
        [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x01..=0x08 | 0x0e..=0x1f | 0x7f | 0xa0, ..] => 1,
        [0xc2, 0xa0, ..] => 2,
        [0xe3, 0x80, 0x80, ..] | [0xe2, 0x80, 0x80..=0x8b, ..] => 3,
        _ => 0,
    }
}
