//! JSON to named values: an own pull parser that keeps what it has read when the rest is broken.
//!
//! Names are `json.a.b`; array members are numbered as libmodsecurity does it, `json.items.array_0.code`; a scalar at the
//! root is `json`. Duplicate keys are all kept, since the application may use any of them. Numbers stay as written, `null`
//! is empty, empty containers give nothing.
//!
//! What is no JSON is read a second time as lenient readers do (fastjson, Gson, Jackson with its features on): strings in
//! single quotes, names and words without quotes, comments, `=` and `;` for `:` and `,`. It stays broken, whatever that
//! finds.

use thiserror::Error;

use super::{Parsed, Sink};
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::var::Collection;

/// Why a text was not read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub(crate) enum JsonError {
    #[error("JSON parsing error: unexpected input at byte {0}")]
    Broken(usize),
    #[error("JSON parsing error: nested deeper than {0}")]
    TooDeep(usize),
    #[error("JSON parsing error: more than {0} values")]
    TooManyValues(usize),
}

/// Gives every scalar of `text` to `emit`, with its name.
fn read_json(text: &[u8], limits: &Limits, mut emit: impl FnMut(&[u8], &[u8])) -> Result<(), JsonError> {
    let bytes = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut parser = Parser::of(bytes, limits, false, &mut emit);
    let Err(stop) = parser.document() else { return Ok(()) };
    let at = parser.at;
    if matches!(stop, Stop::Broken) {
        // Both readings are the same up to where the strict one ends; a value that it gave in part comes again if there
        // is more of it.
        let mut known = parser.values - usize::from(parser.inside_value);
        let mut partly = parser.inside_value.then(|| std::mem::take(&mut parser.scratch));
        let mut emit_new = |name: &[u8], value: &[u8]| match known.checked_sub(1) {
            Some(left) => known = left,
            None if partly.take().is_some_and(|part| part == value) => {}
            None => emit(name, value),
        };
        let _broken_anyway = Parser::of(bytes, limits, true, &mut emit_new).document();
    }
    Err(match stop {
        Stop::Broken => JsonError::Broken(at + text.len() - bytes.len()),
        Stop::TooDeep => JsonError::TooDeep(limits.json_depth),
        Stop::TooManyValues => JsonError::TooManyValues(limits.json_values),
    })
}

/// Adds every scalar of `text` as `ARGS_POST` and every name as `ARGS_POST_NAMES`. False when it is not JSON to its end.
pub(crate) fn parse_json(text: &[u8], limits: &Limits, sink: &mut Sink) -> bool {
    let read = read_json(text, limits, |name, value| {
        sink.argument(Collection::ArgsPost, name, value);
    });
    match read {
        Ok(()) => return true,
        Err(JsonError::Broken(_)) => sink.finding(HttpFinding::JsonBroken),
        Err(JsonError::TooDeep(_)) => sink.limited(HttpFinding::JsonTooDeep),
        Err(JsonError::TooManyValues(_)) => sink.limited(HttpFinding::JsonTooManyValues),
    }
    false
}

/// A JSON body as the rule language sees it. More values than are read make it partial and no error: honest lists are long,
/// and what was read is judged (waf.md §5). Deeper nesting than `SecRequestBodyJsonDepthLimit` allows is an error, as its
/// documentation says: nobody nests so deep in earnest, and a kilobyte of brackets would hide whatever stands behind them.
pub(crate) fn read_json_body(text: &[u8], limits: &Limits) -> Parsed {
    let mut parsed = Parsed::default();
    let read = read_json(text, limits, |name, value| {
        parsed.args_post.push((name.to_vec(), value.to_vec()));
    });
    if let Err(error) = read {
        parsed.partial = !matches!(error, JsonError::Broken(_));
        parsed.error = (!matches!(error, JsonError::TooManyValues(_))).then(|| error.to_string());
    }
    parsed
}

enum Stop {
    Broken,
    TooDeep,
    TooManyValues,
}

/// An open container: how long the path was before it, and the next index of an array.
struct Open {
    path_length: usize,
    next_index: Option<usize>,
}

struct Parser<'a, E> {
    bytes: &'a [u8],
    at: usize,
    path: Vec<u8>,
    open: Vec<Open>,
    values: usize,
    limits: &'a Limits,
    scratch: Vec<u8>,
    /// Reads what is no JSON, too.
    lenient: bool,
    /// The value given last may not be all of it.
    inside_value: bool,
    /// Takes a name and a value.
    emit: E,
}

/// Longest name kept; deeper paths are cut, the values still count.
const NAME_BYTES: usize = 512;

impl<'a, E: FnMut(&[u8], &[u8])> Parser<'a, E> {
    fn of(bytes: &'a [u8], limits: &'a Limits, lenient: bool, emit: E) -> Self {
        let (path, open, scratch) = (b"json".to_vec(), Vec::new(), Vec::new());
        Self { bytes, at: 0, path, open, values: 0, limits, scratch, lenient, inside_value: false, emit }
    }

    fn document(&mut self) -> Result<(), Stop> {
        loop {
            // A value is due here.
            let opened = self.value()?;
            if opened && self.enter()? {
                continue;
            }
            // A value or container has ended: comma, or close containers.
            loop {
                if self.open.is_empty() {
                    self.blanks();
                    return if self.at == self.bytes.len() { Ok(()) } else { Err(Stop::Broken) };
                }
                if self.next_member()? {
                    break;
                }
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            if !self.lenient || !self.comment() {
                return;
            }
        }
    }

    /// Reads a scalar, or opens a container (true).
    fn value(&mut self) -> Result<bool, Stop> {
        self.blanks();
        match self.peek().ok_or(Stop::Broken)? {
            open @ (b'{' | b'[') => {
                if self.open.len() >= self.limits.json_depth {
                    return Err(Stop::TooDeep);
                }
                self.at += 1;
                let next_index = (open == b'[').then_some(0);
                self.open.push(Open { path_length: self.path.len(), next_index });
                return Ok(true);
            }
            quote if self.is_quote(quote) => {
                let complete = self.string(quote);
                self.emit()?;
                self.inside_value = complete.is_err();
                complete?;
            }
            // At the root it would be any text.
            _ if self.lenient && !self.open.is_empty() => {
                self.word(b",;}]");
                if self.scratch == b"null" {
                    self.scratch.clear();
                }
                self.emit()?;
            }
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
                    self.at += 1;
                }
                let word = self.bytes.get(start..self.at).unwrap_or_default();
                if !is_literal(word) {
                    return Err(Stop::Broken);
                }
                self.scratch.clear();
                if word != b"null" {
                    self.scratch.extend_from_slice(word);
                }
                self.emit()?;
                // Until a comma or bracket comes.
                self.inside_value = true;
            }
        }
        Ok(false)
    }

    fn emit(&mut self) -> Result<(), Stop> {
        if self.values == self.limits.json_values {
            return Err(Stop::TooManyValues);
        }
        self.values += 1;
        (self.emit)(self.path.get(..NAME_BYTES).unwrap_or(&self.path), &self.scratch);
        Ok(())
    }

    /// After an opening bracket: positions at the first member (true), or leaves the empty container.
    fn enter(&mut self) -> Result<bool, Stop> {
        self.blanks();
        let close = if self.in_array() { b']' } else { b'}' };
        if self.peek() == Some(close) {
            self.at += 1;
            self.leave();
            return Ok(false);
        }
        self.name_member()?;
        Ok(true)
    }

    fn is_quote(&self, byte: u8) -> bool {
        byte == b'"' || (self.lenient && byte == b'\'')
    }

    fn in_array(&self) -> bool {
        self.open.last().is_some_and(|open| open.next_index.is_some())
    }

    fn leave(&mut self) {
        if let Some(open) = self.open.pop() {
            self.path.truncate(open.path_length);
        }
    }

    /// After a value: positions at the next member (true), or closes the container (false).
    fn next_member(&mut self) -> Result<bool, Stop> {
        self.blanks();
        let close = if self.in_array() { b']' } else { b'}' };
        self.inside_value &= !matches!(self.peek(), Some(b',' | b']' | b'}'));
        match self.peek() {
            Some(b',' | b';') if self.lenient => {
                // Any number of separators, also before the end.
                while matches!(self.peek(), Some(b',' | b';')) {
                    self.at += 1;
                    self.blanks();
                }
                if self.peek() == Some(close) {
                    return self.next_member();
                }
                self.name_member()?;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.blanks();
                self.name_member()?;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                self.leave();
                Ok(false)
            }
            _ => Err(Stop::Broken),
        }
    }

    /// Extends the path by an index or a key, and reads the colon after a key.
    fn name_member(&mut self) -> Result<(), Stop> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        self.path.truncate(open.path_length);
        if let Some(index) = open.next_index {
            open.next_index = Some(index + 1);
            self.path.extend_from_slice(format!(".array_{index}").as_bytes());
            return Ok(());
        }
        let complete = match self.peek() {
            Some(quote) if self.is_quote(quote) => self.string(quote),
            Some(_) if self.lenient => {
                self.word(b":=,;}]");
                Ok(())
            }
            _ => return Err(Stop::Broken),
        };
        self.path.push(b'.');
        self.path.extend_from_slice(&self.scratch);
        complete?;
        self.blanks();
        match self.peek() {
            Some(b':') => self.at += 1,
            // `=`, and `=>`
            Some(b'=') if self.lenient => {
                let arrow = self.bytes.get(self.at + 1) == Some(&b'>');
                self.at += 1 + usize::from(arrow);
            }
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    /// Text without quotes, up to a blank or one of `ends`, into `scratch`.
    fn word(&mut self, ends: &[u8]) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| ends.contains(byte) || byte.is_ascii_whitespace());
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        self.scratch.clear();
        self.scratch.extend_from_slice(word);
    }

    /// Passes `// …`, `# …` or `/* … */`; false when there is none.
    fn comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = match rest {
            [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map(|end| end + 4),
            [b'/', b'/', ..] | [b'#', ..] => memchr::memchr2(b'\r', b'\n', rest),
            _ => return false,
        };
        self.at += length.unwrap_or(rest.len());
        true
    }

    /// Reads a string into `scratch`, escapes undone. Raw control bytes are tolerated: many clients send them.
    fn string(&mut self, quote: u8) -> Result<(), Stop> {
        self.scratch.clear();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let end = memchr::memchr2(quote, b'\\', rest).ok_or(Stop::Broken);
            let plain = rest.get(..*end.as_ref().unwrap_or(&rest.len())).unwrap_or_default();
            self.scratch.extend_from_slice(plain);
            self.at += plain.len();
            end?;
            if self.peek() == Some(quote) {
                self.at += 1;
                return Ok(());
            }
            self.escape()?;
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let byte = match rest.first().ok_or(Stop::Broken)? {
            byte @ (b'"' | b'\\' | b'/') => *byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.unicode_escape(),
            b'x' if self.lenient => return self.hex_escape(),
            byte if self.lenient => *byte,
            _ => return Err(Stop::Broken),
        };
        self.scratch.push(byte);
        self.at += 2;
        Ok(())
    }

    /// `\xHH`
    fn hex_escape(&mut self) -> Result<(), Stop> {
        let [high, low] = [2, 3].map(|offset| self.bytes.get(self.at + offset).copied());
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let code = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low);
        let character = code.and_then(char::from_u32).ok_or(Stop::Broken)?;
        self.at += 4;
        self.scratch.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    /// `\uHHHH`, with surrogate pairs; a lone surrogate becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<(), Stop> {
        let first = self.hex4(self.at + 2).ok_or(Stop::Broken)?;
        self.at += 6;
        let mut code = first;
        if (0xd800..0xdc00).contains(&first)
            && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
            && let Some(second) = self.hex4(self.at + 2).filter(|second| (0xdc00..0xe000).contains(second))
        {
            code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            self.at += 6;
        }
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.scratch.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
    }
}

/// `true`, `false`, `null`, or something a lenient parser takes for a number (Python writes and reads `NaN`).
fn is_literal(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity")
        || (word.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte))
            && word.iter().any(u8::is_ascii_digit))
}
