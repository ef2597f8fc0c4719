//! Operators: what a rule asks of a value.
//!
//! Each has two halves: [`Operator::requirement`] says what a value must contain for the operator to possibly match (the
//! prefilter runs on that), and [`Operator::find`] gives the answer and where it lies.

mod bytes;
mod ip;
mod plain_sql;
mod text;
mod validate;
mod words;

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use bytes::ByteRange;
use ip::IpSet;
use plain_sql::cannot_be_sql;
pub(crate) use text::atoi;
use text::{contains_word, within};
use validate::{invalid_url_encoding, invalid_utf8};

use crate::lang::ast::OperatorKind;
use crate::lang::template::Template;
use crate::shared::Pool;
use crate::sources::Sources;
use medward_detect::{ByteMask, Context, Detector, Requirement};

/// Largest compiled form of one pattern, in bytes.
const PATTERN_BYTES: usize = 4 << 20;

/// A compiled operator.
#[derive(Clone, Debug)]
pub(crate) enum Operator {
    Rx(Arc<Regex>),
    Pm(Arc<Phrases>),
    Text(TextOperator, Vec<u8>),
    Contains(Arc<Finder<'static>>),
    Number(Comparison, i64),
    /// An operator whose argument quotes variables: it is known only when the rule runs.
    Quoting(OperatorKind, Template),
    Ip(Arc<IpSet>),
    /// The bytes that are allowed.
    ByteRange(ByteRange),
    Utf8,
    UrlEncoding,
    DetectSqli,
    DetectXss,
    /// One of our own detectors.
    Detect(Detector),
    Unconditional,
    Never,
}

/// Words looked for at once, without regard to case.
#[derive(Debug)]
pub(crate) struct Phrases {
    automaton: AhoCorasick,
    words: Vec<Vec<u8>>,
}

/// Operators that compare texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TextOperator {
    StrEq,
    BeginsWith,
    EndsWith,
    ContainsWord,
    /// The value occurs in the argument.
    Within,
}

/// Operators that compare numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
}

/// How much of a value libinjection's SQL tokenizer sees. It judges by the first five folded tokens, so more says little,
/// and the port's word lookup is quadratic in the length of a dotted word (7.7 s for 1 MB, measured).
const SQLI_BYTES: usize = 4096;

/// Compiles a pattern in the dialect of waf.md §3: bytes, `.` matches everything, `^` and `$` only at the ends.
pub(crate) fn compile_pattern(pattern: &[u8]) -> Result<Arc<Regex>, String> {
    static PATTERNS: Pool<Regex> = Pool::new();
    PATTERNS.get(pattern, || new_pattern(pattern))
}

fn new_pattern(pattern: &[u8]) -> Result<Regex, String> {
    let pattern = std::str::from_utf8(pattern).map_err(|_| "the pattern is not UTF-8".to_owned())?;
    RegexBuilder::new(&two_digit_escapes(pattern))
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

/// `\\x{ab}` as `\\xab`: a byte, which the braces would make a character.
fn two_digit_escapes(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        text.push('\\');
        let braced = after.strip_prefix("x{").and_then(|inside| inside.split_once('}'));
        if let Some((digits, behind)) = braced.filter(|(digits, _)| digits.len() == 2) {
            text.push('x');
            text.push_str(digits);
            rest = behind;
            continue;
        }
        let mut characters = after.chars();
        text.extend(characters.next());
        rest = characters.as_str();
    }
    text + rest
}

/// Findings of less confidence are not worth a point.
const LEAST_CONFIDENCE: u8 = 40;

/// What a detector's confidence is worth (waf.md §8).
fn confidence_points(confidence: u8) -> u8 {
    match confidence {
        0..LEAST_CONFIDENCE => 0,
        LEAST_CONFIDENCE..60 => 1,
        60..80 => 3,
        80.. => 5,
    }
}

/// What an operator says about a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    /// How sure a detector is, and the way through its grammar; other operators have no opinion.
    pub(crate) detected: Option<(u8, &'static str)>,
}

/// From this confidence on a finding blocks by itself.
const SURE: u8 = 80;

impl Found {
    /// Whether the value needs no further look with a layer of encoding less. A detector may be surer of that one, and it
    /// scores by the surest.
    pub(crate) fn settles(&self) -> bool {
        self.detected.is_none_or(|(confidence, _)| confidence >= SURE)
    }

    pub(crate) fn at(range: Range<usize>) -> Self {
        Self { range, detected: None }
    }
}

impl Operator {
    /// Compiles an operator, or says what is wrong with its argument. `from` is the rule's file, beside which other
    /// files are looked for.
    pub(crate) fn compile(kind: OperatorKind, argument: &[u8], sources: &Sources, from: &str) -> Result<Self, String> {
        let template = || {
            let template = Template::parse(argument)?;
            Ok::<_, String>(match template.constant() {
                Some(text) => Self::of_text(kind, text),
                None => Self::Quoting(kind, template),
            })
        };
        Ok(match kind {
            OperatorKind::Rx => Self::Rx(compile_pattern(argument)?),
            OperatorKind::Pm => Self::Pm(Phrases::shared(pm_words(argument)?)?),
            OperatorKind::PmFromFile | OperatorKind::PmF => {
                let mut phrases = Vec::new();
                for file in named_files(argument, sources, from)? {
                    phrases.extend(words::phrases(file).map(<[u8]>::to_vec));
                }
                Self::Pm(Phrases::shared(phrases)?)
            }
            OperatorKind::StrMatch => Self::Contains(Arc::new(Finder::new(argument).into_owned())),
            OperatorKind::IpMatch => Self::Ip(Arc::new(IpSet::parse_list(argument)?)),
            OperatorKind::IpMatchFromFile => {
                let mut set = IpSet::default();
                for file in named_files(argument, sources, from)? {
                    set.add_file(file)?;
                }
                Self::Ip(Arc::new(set))
            }
            OperatorKind::ValidateByteRange => Self::ByteRange(ByteRange::parse(argument)?),
            OperatorKind::ValidateUtf8Encoding => Self::Utf8,
            OperatorKind::ValidateUrlEncoding => Self::UrlEncoding,
            OperatorKind::DetectSqli => {
                plain_sql::prepare();
                Self::DetectSqli
            }
            OperatorKind::DetectXss => Self::DetectXss,
            OperatorKind::Detect => {
                let name = String::from_utf8_lossy(argument.trim_ascii());
                let detector = Detector::from_name(&name);
                medward_detect::prepare();
                Self::Detect(detector.ok_or_else(|| format!("the detector {name} is not known"))?)
            }
            OperatorKind::UnconditionalMatch => Self::Unconditional,
            OperatorKind::NoMatch => Self::Never,
            OperatorKind::StrEq
            | OperatorKind::Contains
            | OperatorKind::ContainsWord
            | OperatorKind::BeginsWith
            | OperatorKind::EndsWith
            | OperatorKind::Within
            | OperatorKind::Eq
            | OperatorKind::Ge
            | OperatorKind::Gt
            | OperatorKind::Le
            | OperatorKind::Lt => template()?,
        })
    }

    /// An operator of one of the kinds that may quote variables, its argument known.
    pub(crate) fn of_text(kind: OperatorKind, text: &[u8]) -> Self {
        let text_operator = |operator| Self::Text(operator, text.to_vec());
        match kind {
            OperatorKind::StrEq => text_operator(TextOperator::StrEq),
            OperatorKind::BeginsWith => text_operator(TextOperator::BeginsWith),
            OperatorKind::EndsWith => text_operator(TextOperator::EndsWith),
            OperatorKind::ContainsWord => text_operator(TextOperator::ContainsWord),
            OperatorKind::Within => text_operator(TextOperator::Within),
            OperatorKind::Contains => Self::Contains(Arc::new(Finder::new(text).into_owned())),
            OperatorKind::Eq => Self::Number(Comparison::Eq, atoi(text)),
            OperatorKind::Ge => Self::Number(Comparison::Ge, atoi(text)),
            OperatorKind::Gt => Self::Number(Comparison::Gt, atoi(text)),
            OperatorKind::Le => Self::Number(Comparison::Le, atoi(text)),
            OperatorKind::Lt => Self::Number(Comparison::Lt, atoi(text)),
            _ => Self::Never,
        }
    }

    /// What every matching value contains.
    pub(crate) fn requirement(&self) -> Requirement {
        match self {
            Self::Rx(regex) => Requirement::of_pattern(regex.as_str()),
            Self::Pm(phrases) => Requirement::of_literals(phrases.words.clone()),
            Self::Contains(finder) => Requirement::of_literals(vec![finder.needle().to_vec()]),
            Self::Text(operator, text) if *operator != TextOperator::Within => {
                Requirement::of_literals(vec![text.clone()])
            }
            Self::ByteRange(allowed) => Requirement::of_bytes(allowed.allowed.not()),
            Self::Utf8 => Requirement::of_bytes(const { ByteMask::range(0x80, 0xff) }),
            Self::UrlEncoding => Requirement::of_bytes(const { ByteMask::of(b"%") }),
            Self::DetectSqli => Requirement::of_bytes(NOT_WORD),
            Self::DetectXss => Requirement::of_bytes(XSS_BYTES),
            Self::Detect(detector) => detector.requirement(),
            Self::Never => Requirement::of_bytes(ByteMask::default()),
            Self::Text(..) | Self::Number(..) | Self::Quoting(..) | Self::Ip(_) | Self::Unconditional => {
                Requirement::None
            }
        }
    }

    /// Where the operator matches `value`, if it does. One that quotes variables never does: fill them in first
    /// ([`Operator::of_text`]). `context` is where the value stood; only detectors ask.
    pub(crate) fn find(&self, value: &[u8], context: Context) -> Option<Found> {
        let whole = || Found::at(0..value.len());
        match self {
            Self::Rx(regex) => regex.find(value).map(|found| Found::at(found.range())),
            Self::Pm(phrases) => phrases.automaton.find(value).map(|found| Found::at(found.range())),
            Self::Contains(finder) => finder.find(value).map(|at| Found::at(at..at + finder.needle().len())),
            Self::Text(operator, text) => operator.find(text, value).map(Found::at),
            Self::Number(comparison, number) => comparison.holds(atoi(value), *number).then(whole),
            Self::Ip(set) => set.contains_text(value).then(whole),
            Self::ByteRange(allowed) => allowed.outside(value).map(Found::at),
            Self::Utf8 => invalid_utf8(value).map(Found::at),
            Self::UrlEncoding => invalid_url_encoding(value).map(Found::at),
            Self::DetectSqli => {
                let beginning = value.get(..SQLI_BYTES).unwrap_or(value);
                if cannot_be_sql(beginning) {
                    return None;
                }
                libinjectionrs::detect_sqli(beginning).is_injection().then(|| Found::at(0..beginning.len()))
            }
            Self::DetectXss => libinjectionrs::detect_xss(value).is_injection().then(whole),
            Self::Detect(detector) => {
                let finding = detector.find(value, context).filter(|finding| finding.confidence >= LEAST_CONFIDENCE)?;
                Some(Found { range: finding.span, detected: Some((finding.confidence, finding.path)) })
            }
            Self::Unconditional => Some(whole()),
            Self::Quoting(..) | Self::Never => None,
        }
    }

    /// What `capture` puts into `TX:0` to `TX:9`: the groups of a pattern, the phrase, the fingerprint, the input; of a
    /// detector its way through the grammar, the points that its confidence is worth, and the confidence.
    pub(crate) fn captures(&self, value: &[u8], found: &Found) -> Vec<Option<Vec<u8>>> {
        let part = || value.get(found.range.clone()).unwrap_or_default().to_vec();
        match self {
            Self::Rx(regex) => regex.captures(value).map_or_else(Vec::new, |captures| {
                captures.iter().take(10).map(|group| group.map(|group| group.as_bytes().to_vec())).collect()
            }),
            Self::DetectSqli => {
                let beginning = value.get(..SQLI_BYTES).unwrap_or(value);
                vec![Some(fingerprint(beginning))]
            }
            Self::DetectXss => vec![Some(value.to_vec())],
            Self::Detect(_) => found.detected.map_or_else(Vec::new, |(confidence, path)| {
                let numbers = [u16::from(confidence_points(confidence)), u16::from(confidence)];
                let numbers = numbers.map(|number| Some(number.to_string().into_bytes()));
                std::iter::once(Some(path.as_bytes().to_vec())).chain(numbers).collect()
            }),
            _ => vec![Some(part())],
        }
    }

    /// What asking about a value of `length` bytes costs, in work units (about a nanosecond each).
    pub(crate) fn cost(&self, length: usize) -> u64 {
        let length = length as u64;
        match self {
            Self::DetectSqli => length.min(SQLI_BYTES as u64) * 24,
            Self::DetectXss | Self::Detect(_) => length * 10,
            Self::Unconditional | Self::Never | Self::Number(..) => 0,
            _ => length,
        }
    }
}

impl TextOperator {
    fn find(self, text: &[u8], value: &[u8]) -> Option<Range<usize>> {
        match self {
            Self::StrEq => (value == text).then_some(0..value.len()),
            Self::BeginsWith => value.starts_with(text).then_some(0..text.len()),
            Self::EndsWith => value.ends_with(text).then(|| value.len() - text.len()..value.len()),
            Self::ContainsWord => contains_word(value, text),
            Self::Within => within(value, text),
        }
    }
}

impl Comparison {
    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Ge => left >= right,
            Self::Gt => left > right,
            Self::Le => left <= right,
            Self::Lt => left < right,
        }
    }
}

impl Phrases {
    fn shared(words: Vec<Vec<u8>>) -> Result<Arc<Self>, String> {
        static PHRASES: Pool<Phrases> = Pool::new();
        PHRASES.get(&words.join(&b'\n'), || Self::new(words))
    }

    fn new(words: Vec<Vec<u8>>) -> Result<Self, String> {
        if words.is_empty() {
            return Err("no words".to_owned());
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostFirst)
            .build(&words)
            .map_err(|error| format!("the words do not compile: {error}"))?;
        Ok(Self { automaton, words })
    }
}

/// The bytes of each file an argument names, separated by blanks.
fn named_files<'a>(argument: &[u8], sources: &'a Sources, from: &str) -> Result<Vec<&'a [u8]>, String> {
    let file = |name| {
        let name = String::from_utf8_lossy(name);
        let file = sources.find(from, &name).ok_or_else(|| format!("the file {name} is not there"))?;
        Ok(file.bytes.as_slice())
    };
    words::file_names(argument).map(file).collect()
}

/// Letters, digits, underscores and dots are bare words and numbers to libinjection, and so is text beyond ASCII but for
/// the no-break space; of these alone it makes no injection in any context (property-tested against the full call).
const NOT_WORD: ByteMask = ByteMask::range(0, b'-')
    .or(ByteMask::of(b"/"))
    .or(ByteMask::range(b':', b'@'))
    .or(ByteMask::range(b'[', b'^'))
    .or(ByteMask::of(b"`"))
    .or(ByteMask::range(b'{', 0x7f))
    .or(ByteMask::of(&[0xa0]));

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

/// What libinjection calls the shape of the injection it saw, such as `s&sos`.
fn fingerprint(value: &[u8]) -> Vec<u8> {
    let shape = libinjectionrs::detect_sqli(value).fingerprint.map(|shape| shape.to_string());
    shape.unwrap_or_default().trim_end_matches('\0').as_bytes().to_vec()
}
