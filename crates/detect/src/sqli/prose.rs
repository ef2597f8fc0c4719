//! The natural-language guard: is a value mostly words that no statement is made of?

use super::super::quotation::WaysOut;
use super::tokens::Kind;
use super::words::{Word, classify};

/// What a value is made of, quotes and comments disregarded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Prose {
    /// Words that mean nothing to SQL. Two characters of Chinese count as one.
    plain: usize,
    /// Words of SQL, numbers, and marks that are no punctuation of prose.
    other: usize,
    foreign: bool,
}

/// Fewer words are no text.
const WORDS: usize = 5;

impl Prose {
    pub(super) fn of(value: &[u8]) -> Self {
        let mut prose = Self::default();
        let mut rest = value;
        while let [byte, tail @ ..] = rest {
            let length = match byte {
                0x80.. => {
                    let run = rest.iter().take_while(|byte| **byte >= 0x80).count();
                    prose.foreign = prose.foreign || run >= 6;
                    prose.plain += run.div_ceil(6);
                    run
                }
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    let run = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                    let word = rest.get(..run).unwrap_or_default();
                    if byte.is_ascii_alphabetic() && classify(word) == Word::Plain {
                        prose.plain += 1;
                    } else {
                        prose.other += 1;
                    }
                    run
                }
                b'=' | b'<' | b'>' | b'|' | b'&' | b'(' | b'*' | b'+' | b'#' | b'\'' | b'"' | b'%' | b'@' => {
                    prose.other += 1;
                    1
                }
                _ => 1,
            };
            rest = rest.get(length..).unwrap_or(tail);
        }
        prose
    }

    /// At least seven tenths are words without meaning to SQL.
    pub(super) fn is_natural(self) -> bool {
        self.plain >= WORDS && self.plain * 10 >= (self.plain + self.other) * 7
    }

    /// Chinese (or another script) occurs.
    pub(super) fn has_foreign(self) -> bool {
        self.foreign
    }
}

/// Whether a quote that closes a string stands before `at`, and between them only what may follow a string in a statement: a
/// separator, an operator, a parenthesis, the next clause. (`the patients' table; drop …` has words there.)
pub(super) fn leaves_string(value: &[u8], at: usize, ways_out: &WaysOut) -> bool {
    ways_out.before(value, at).any(|between| {
        let between = between.get(..BETWEEN_BYTES).unwrap_or(between);
        let mut rest = between;
        loop {
            rest = match rest {
                [] => return true,
                [b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c | b')', tail @ ..] => tail,
                [b'/', b'*', tail @ ..] => match memchr::memmem::find(tail, b"*/") {
                    Some(end) => tail.get(end + 2..).unwrap_or_default(),
                    None => return true,
                },
                _ => break,
            };
        }
        let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        match rest.first() {
            Some(
                b';' | b'|' | b'&' | b'+' | b'-' | b'*' | b'^' | b'%' | b'=' | b'<' | b'>' | b'!' | b',' | b'\'' | b'"',
            ) => true,
            _ => {
                matches!(
                    classify(rest.get(..word).unwrap_or_default()),
                    Word::Logic
                        | Word::Union
                        | Word::Having
                        | Word::Where
                        | Word::Order
                        | Word::Limit
                        | Word::Like
                        | Word::In
                        | Word::Is
                        | Word::Between
                ) && word > 0
            }
        }
    })
}

/// How much between the quote and the clause is read.
const BETWEEN_BYTES: usize = 64;

impl Kind {
    /// A word that libinjection's opinion could rest on.
    pub(super) fn is_telling(self) -> bool {
        matches!(
            self,
            Self::Word(
                Word::Union
                    | Word::Select
                    | Word::Logic
                    | Word::Having
                    | Word::Like
                    | Word::Between
                    | Word::Timing
                    | Word::Danger
            )
        )
    }
}
