//! Reads one simple command as POSIX shells, cmd.exe and PowerShell would, until something ends it.
//!
//! Quotes, backslashes, carets, `$IFS`, empty expansions, slices of known variables, brace expansion and ANSI-C quoting are
//! resolved, so that `c'a't${IFS}/e\tc/passwd` reads as `cat`, `/etc/passwd`. What a shell would only know at run time
//! (other variables, substitutions) reads as nothing and is noted on the word.

use std::ops::Range;

use super::super::gate::spend;
use super::super::reading::{from, is_blank, is_word_byte, run, until, window};

/// How far one command is read; arguments beyond say nothing new.
const COMMAND_BYTES: usize = 256;
const WORD_BYTES: usize = 96;
const WORDS: usize = 12;
/// The longest word in backticks that is read as one that says nothing.
const NOTHING_BYTES: usize = 8;

/// One word after expansion.
#[derive(Debug, Default)]
pub(super) struct Word {
    pub(super) text: Vec<u8>,
    /// Where it stands in the value.
    pub(super) raw: Range<usize>,
    /// Holds an unquoted `*`, `?` or `[`.
    pub(super) glob: bool,
    /// Quoting or an expansion inside the word: nobody writes a word so but to hide it.
    pub(super) disguised: bool,
    /// Holds the value of a variable or of a substitution.
    pub(super) variable: bool,
    /// Began with a quote.
    pub(super) quoted: bool,
    /// Stands behind `<` or `>`.
    pub(super) redirected: bool,
}

/// One simple command.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// Where reading ended.
    pub(super) end: usize,
    /// The byte that ended it; `None` at the end of the value or of what is read.
    pub(super) closer: Option<u8>,
    /// Words were parted by `$IFS` or by the commas of a brace expansion.
    pub(super) odd_blanks: bool,
}

/// Where a command stands, which decides what ends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inside {
    Plain,
    Backticks,
    Braces,
}

/// Variables set earlier in the value (`a=ca;b=t;$a$b`).
pub(super) type Variables<'v> = Vec<(&'v [u8], &'v [u8])>;

pub(super) struct Lexer<'v> {
    pub(super) value: &'v [u8],
    pub(super) inside: Inside,
    pub(super) variables: &'v Variables<'v>,
}

enum Next {
    /// The word goes on behind this many bytes.
    Took(usize),
    /// A blank of this many bytes.
    Blank(usize),
    End(u8),
}

impl Lexer<'_> {
    /// The command that begins at `start`.
    pub(super) fn read(&self, start: usize) -> Command {
        let mut command = Command { end: start, ..Command::default() };
        let mut word: Option<Word> = None;
        let limit = start.saturating_add(COMMAND_BYTES).min(self.value.len());
        let mut at = start;
        let mut redirected = false;
        while at < limit && command.words.len() < WORDS {
            spend(1);
            let Some(byte) = self.value.get(at).copied() else { break };
            let next = if is_blank(byte) {
                Next::Blank(1)
            } else if matches!(byte, b'<' | b'>') {
                redirected = true;
                Next::Blank(1 + run(from(self.value, at + 1), |byte| matches!(byte, b'<' | b'>' | b'&' | b'|')).min(2))
            } else {
                let fresh = word.is_none();
                let word = word.get_or_insert_with(|| Word { raw: at..at, redirected, ..Word::default() });
                self.step(at, byte, word, fresh)
            };
            match next {
                Next::Took(length) => {
                    at += length.max(1);
                    if let Some(word) = &mut word {
                        word.raw.end = at.min(self.value.len());
                        if word.text.len() > WORD_BYTES {
                            break;
                        }
                    }
                }
                Next::Blank(length) => {
                    command.odd_blanks |= !is_blank(byte) && !matches!(byte, b'<' | b'>' | b'+');
                    at += length.max(1);
                    if let Some(done) = word.take() {
                        redirected = matches!(byte, b'<' | b'>');
                        command.push(done);
                    }
                }
                Next::End(closer) => {
                    command.closer = Some(closer);
                    break;
                }
            }
        }
        command.end = at.min(self.value.len());
        if let Some(done) = word {
            command.push(done);
        }
        command
    }

    /// Reads what stands at `at`, which is no blank, into `word`.
    fn step(&self, at: usize, byte: u8, word: &mut Word, fresh: bool) -> Next {
        let rest = from(self.value, at + 1);
        match byte {
            b';' | b'|' | b'&' | b'\n' | b'\r' | b'(' | b')' | 0 | 0x80.. => Next::End(byte),
            b'#' if fresh => Next::End(byte),
            b'}' | b',' if self.inside == Inside::Braces => {
                if byte == b',' {
                    Next::Blank(1)
                } else {
                    Next::End(byte)
                }
            }
            b'`' if self.inside == Inside::Backticks => Next::End(byte),
            b'`' => match rest.first() {
                Some(b'`') => disguise(word, 2),
                // w`x`ho`y`ami: what is no command says nothing, and the word goes on.
                Some(_) if !fresh => match run(until(rest, NOTHING_BYTES), is_word_byte) {
                    silent
                        if rest.get(silent) == Some(&b'`')
                            && rest.get(silent + 1).is_some_and(|next| is_word_byte(*next)) =>
                    {
                        disguise(word, silent + 2)
                    }
                    _ => Next::End(byte),
                },
                _ => Next::End(byte),
            },
            b'\'' | b'"' => quotes(word, byte, rest, fresh),
            b'\\' => match rest.first() {
                Some(b'\n') => disguise(word, 2),
                // C:\Windows keeps its backslashes.
                _ if matches!(word.text.as_slice(), [_, b':', ..] | [b'%', .., b'%']) || word.text.contains(&b'\\') => {
                    word.text.push(byte);
                    Next::Took(1)
                }
                Some(b'\\') => {
                    word.text.push(b'\\');
                    Next::Took(2)
                }
                Some(next @ b' '..=b'~') if !matches!(next, b'\'' | b'"') => {
                    word.text.push(*next);
                    disguise(word, 2)
                }
                _ => Next::End(byte),
            },
            b'^' if rest.first().is_some_and(|next| is_word_byte(*next)) && !fresh => disguise(word, 1),
            // A form that was decoded only half: cat+/etc/passwd.
            b'+' if !fresh && matches!(rest.first(), Some(b'/' | b'~' | b'-')) => Next::Blank(1),
            b'$' => self.dollar(word, rest),
            b'*' | b'?' | b'[' => {
                word.glob = true;
                word.text.push(byte);
                Next::Took(1)
            }
            _ if byte < b' ' => Next::End(byte),
            _ => {
                word.text.push(byte);
                Next::Took(1)
            }
        }
    }

    /// What stands behind a `$`.
    fn dollar(&self, word: &mut Word, rest: &[u8]) -> Next {
        match rest {
            [b'I', b'F', b'S', after @ ..] => {
                let dropped = usize::from(after.starts_with(b"$9") || after.starts_with(b"$1")) * 2;
                Next::Blank(4 + dropped)
            }
            [b'{', b'I', b'F', b'S', after @ ..] => match memchr::memchr(b'}', until(after, 16)) {
                Some(close) => {
                    let tail = from(after, close + 1);
                    let dropped = usize::from(tail.starts_with(b"$9") || tail.starts_with(b"$1")) * 2;
                    Next::Blank(6 + close + dropped)
                }
                None => Next::End(b'$'),
            },
            [b'@' | b'*' | b'!' | b'#' | b'-' | b'0'..=b'9', ..] => disguise(word, 2),
            [b'\'', after @ ..] => ansi_c(word, after),
            [b'(', b')', ..] => disguise(word, 3),
            [b'(', after @ ..] => {
                word.variable = true;
                Next::Took(memchr::memchr(b')', until(after, 64)).map_or(2, |close| close + 3))
            }
            [b'{', after @ ..] => match memchr::memchr(b'}', until(after, 40)) {
                Some(close) => {
                    self.expand(word, until(after, close));
                    Next::Took(close + 3)
                }
                None => Next::End(b'$'),
            },
            [first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
                let length = run(until(rest, 40), is_word_byte);
                self.expand(word, until(rest, length));
                Next::Took(1 + length)
            }
            _ => {
                word.text.push(b'$');
                Next::Took(1)
            }
        }
    }

    /// `${name}`, `${name:offset:length}` or `$name`.
    fn expand(&self, word: &mut Word, inside: &[u8]) {
        let name = until(inside, run(inside, is_word_byte));
        let slice = from(inside, name.len());
        word.disguised = true;
        if slice.starts_with(b":0:1") || slice.starts_with(b"%%u") || slice.starts_with(b"::1") {
            // The first character of PATH, HOME, PWD, SHELL … is a slash.
            word.text.push(b'/');
        } else if let Some((_, text)) = self.variables.iter().find(|(known, _)| *known == name) {
            word.text.extend_from_slice(text);
        } else {
            word.variable = true;
        }
    }
}

impl Command {
    fn push(&mut self, word: Word) {
        if !word.text.is_empty() || word.variable {
            self.words.push(word);
        }
    }
}

fn disguise(word: &mut Word, length: usize) -> Next {
    word.disguised = true;
    Next::Took(length)
}

/// A quoted part. A quote that nothing closes closes the application's own string: the command ends.
fn quotes(word: &mut Word, quote: u8, rest: &[u8], fresh: bool) -> Next {
    let near = until(rest, WORD_BYTES);
    spend(near.len().min(8));
    let Some(close) = memchr::memchr(quote, near) else { return Next::End(quote) };
    spend(close);
    let inner = until(near, close);
    if fresh {
        word.quoted = true;
    } else {
        word.disguised = true;
    }
    // A word that goes on behind the quote was quoted to hide it: 'c'at.
    let goes_on = rest.get(close + 1).is_some_and(|byte| is_word_byte(*byte) || matches!(byte, b'\'' | b'"' | b'/'));
    word.disguised |= goes_on;
    word.text.extend(inner.iter().filter(|byte| **byte != b'\\'));
    Next::Took(close + 2)
}

/// `$'\x63\141t'`.
fn ansi_c(word: &mut Word, rest: &[u8]) -> Next {
    let Some(close) = memchr::memchr(b'\'', until(rest, WORD_BYTES)) else { return Next::End(b'$') };
    let mut inner = until(rest, close);
    while let [byte, tail @ ..] = inner {
        spend(1);
        inner = match (byte, tail) {
            (b'\\', [b'x', ..]) => push_digits(word, window(tail, 1, 2), 16, tail, 1),
            (b'\\', [b'0'..=b'7', ..]) => push_digits(word, until(tail, 3), 8, tail, 0),
            _ => {
                word.text.push(*byte);
                tail
            }
        };
    }
    disguise(word, close + 3)
}

fn push_digits<'t>(word: &mut Word, digits: &[u8], radix: u32, tail: &'t [u8], skip: usize) -> &'t [u8] {
    let count = run(digits, |byte| char::from(byte).is_digit(radix));
    let code = until(digits, count).iter().filter_map(|digit| char::from(*digit).to_digit(radix));
    let code = code.fold(0u32, |code, digit| code * radix + digit);
    word.text.extend(u8::try_from(code & 0xff));
    from(tail, skip + count)
}

/// The first assignments `name=word` of a value.
pub(super) fn variables(value: &[u8]) -> Variables<'_> {
    const MOST: usize = 8;
    let mut found = Variables::new();
    if memchr::memchr(b'$', value).is_none() {
        return found;
    }
    for equals in memchr::memchr_iter(b'=', value).take(64) {
        let head = until(value, equals);
        let name_length = run_back(head);
        let name = from(head, head.len() - name_length);
        let text = window(value, equals + 1, 32);
        let text = until(text, run(text, |byte| is_word_byte(byte) || matches!(byte, b'/' | b'.' | b'-')));
        let ends =
            value.get(equals + 1 + text.len()).is_none_or(|byte| matches!(byte, b';' | b'&' | b' ' | b'\n' | b'|'));
        if !name.is_empty() && name_length <= 16 && !text.is_empty() && ends {
            found.push((name, text));
            if found.len() == MOST {
                break;
            }
        }
    }
    found
}

fn run_back(head: &[u8]) -> usize {
    let tail = head.iter().rev().take(20).take_while(|byte| is_word_byte(**byte)).count();
    spend(tail + 1);
    tail
}
