//! Operators: what a rule asks of a value.
//!
//! Each has two halves: [`Operator::requirement`] says what a value must contain for the operator to possibly match (the
//! prefilter runs on that), and [`Operator::find`] gives the answer and where it lies.

#[cfg_attr(not(test), expect(dead_code, reason = "the operators that use it follow"))]
mod bytes;
#[cfg_attr(not(test), expect(dead_code, reason = "the operators that use it follow"))]
mod ip;
mod required;
#[cfg_attr(not(test), expect(dead_code, reason = "the operators that use it follow"))]
mod text;
#[cfg_attr(not(test), expect(dead_code, reason = "the operators that use it follow"))]
mod validate;
#[cfg_attr(not(test), expect(dead_code, reason = "the operators that use it follow"))]
mod words;

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

pub(crate) use required::Requirement;
use required::pattern_requirement;

use crate::lang::ast::OperatorKind;
use crate::transform::ByteMask;

/// Largest compiled form of one pattern, in bytes.
const PATTERN_BYTES: usize = 4 << 20;

/// A compiled operator.
#[derive(Debug)]
pub(crate) enum Operator {
    Rx(Box<Regex>),
    Pm(AhoCorasick, Vec<Vec<u8>>),
    Contains(Box<Finder<'static>>),
    StrEq(Vec<u8>),
    BeginsWith(Vec<u8>),
    EndsWith(Vec<u8>),
    DetectSqli,
    DetectXss,
    Unconditional,
}

/// How much of a value libinjection's SQL tokenizer sees. It judges by the first five folded tokens, so more says little,
/// and the port's word lookup is quadratic in the length of a dotted word (7.7 s for 1 MB, measured).
const SQLI_BYTES: usize = 4096;

/// Compiles a pattern in the dialect of waf.md §3: bytes, `.` matches everything, `^` and `$` only at the ends.
pub(crate) fn compile_pattern(pattern: &[u8]) -> Result<Regex, String> {
    let pattern = std::str::from_utf8(pattern).map_err(|_| "the pattern is not UTF-8".to_owned())?;
    RegexBuilder::new(pattern)
        .unicode(false)
        .dot_matches_new_line(true)
        .multi_line(false)
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|error| {
            let last = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
            format!("the pattern does not compile: {last}")
        })
}

impl Operator {
    /// Compiles an operator, or says what is wrong with its argument.
    pub(crate) fn compile(kind: OperatorKind, argument: &[u8]) -> Result<Self, String> {
        Ok(match kind {
            OperatorKind::Rx => Self::Rx(Box::new(compile_pattern(argument)?)),
            OperatorKind::Pm => {
                let words: Vec<Vec<u8>> = pm_words(argument)?;
                let automaton = AhoCorasick::builder()
                    .ascii_case_insensitive(true)
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(&words)
                    .map_err(|error| format!("the words do not compile: {error}"))?;
                Self::Pm(automaton, words)
            }
            OperatorKind::Contains => Self::Contains(Box::new(Finder::new(argument).into_owned())),
            OperatorKind::StrEq => Self::StrEq(argument.to_vec()),
            OperatorKind::BeginsWith => Self::BeginsWith(argument.to_vec()),
            OperatorKind::EndsWith => Self::EndsWith(argument.to_vec()),
            OperatorKind::DetectSqli => Self::DetectSqli,
            OperatorKind::DetectXss => Self::DetectXss,
            OperatorKind::UnconditionalMatch => Self::Unconditional,
        })
    }

    /// What every matching value contains.
    pub(crate) fn requirement(&self) -> Requirement {
        match self {
            Self::Rx(regex) => pattern_requirement(regex.as_str()),
            Self::Pm(_, words) => Requirement::of_literals(words.clone()),
            Self::Contains(finder) => Requirement::of_literals(vec![finder.needle().to_vec()]),
            Self::StrEq(text) | Self::BeginsWith(text) | Self::EndsWith(text) => {
                Requirement::of_literals(vec![text.clone()])
            }
            Self::DetectSqli => Requirement::of_bytes(NOT_WORD),
            Self::DetectXss => Requirement::of_bytes(XSS_BYTES),
            Self::Unconditional => Requirement::None,
        }
    }

    /// Where the operator matches `value`, if it does.
    pub(crate) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        match self {
            Self::Rx(regex) => regex.find(value).map(|found| found.range()),
            Self::Pm(automaton, _) => automaton.find(value).map(|found| found.range()),
            Self::Contains(finder) => finder.find(value).map(|at| at..at + finder.needle().len()),
            Self::StrEq(text) => (value == text.as_slice()).then_some(0..value.len()),
            Self::BeginsWith(text) => value.starts_with(text).then_some(0..text.len()),
            Self::EndsWith(text) => value.ends_with(text).then(|| value.len() - text.len()..value.len()),
            Self::DetectSqli => {
                let beginning = value.get(..SQLI_BYTES).unwrap_or(value);
                libinjectionrs::detect_sqli(beginning).is_injection().then_some(0..beginning.len())
            }
            Self::DetectXss => libinjectionrs::detect_xss(value).is_injection().then_some(0..value.len()),
            Self::Unconditional => Some(0..value.len()),
        }
    }

    /// What asking about a value of `length` bytes costs, in work units (about a nanosecond each).
    pub(crate) fn cost(&self, length: usize) -> u64 {
        let length = length as u64;
        match self {
            Self::DetectSqli => length.min(SQLI_BYTES as u64) * 24,
            Self::DetectXss => length * 10,
            _ => length,
        }
    }
}

/// A value of only letters, digits and underscores is one bare word to libinjection and no injection in any context
/// (property-tested against the full call).
const NOT_WORD: ByteMask = ByteMask::range(0, b'/')
    .or(ByteMask::range(b':', b'@'))
    .or(ByteMask::range(b'[', b'^'))
    .or(ByteMask::of(b"`"))
    .or(ByteMask::range(b'{', 0xff));

/// Without `<` there is no element, without `=` no attribute has a value (property-tested against the full call).
const XSS_BYTES: ByteMask = ByteMask::of(b"<=");

/// The words of `@pm`: split on blanks, `|41 42|` spells bytes.
fn pm_words(argument: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut words = vec![Vec::new()];
    for (at, piece) in argument.split(|byte| *byte == b'|').enumerate() {
        if at % 2 == 1 {
            if let Some(word) = words.last_mut() {
                word.extend(hex_bytes(piece)?);
            }
            continue;
        }
        for (at, text) in piece.split(u8::is_ascii_whitespace).enumerate() {
            match words.last_mut() {
                Some(word) if at == 0 => word.extend_from_slice(text),
                _ => words.push(text.to_vec()),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    if words.is_empty() { Err("no words".to_owned()) } else { Ok(words) }
}

fn hex_bytes(text: &[u8]) -> Result<Vec<u8>, String> {
    let pairs = text.split(u8::is_ascii_whitespace).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let text = String::from_utf8_lossy(pair);
            u8::from_str_radix(&text, 16).map_err(|_| format!("{text} between | is no hex byte"))
        })
        .collect()
}

#[cfg(test)]
mod tests;
