//! Where a detector looks first, and what looking costs.
//!
//! [`Words`] finds candidates of many literals in one pass and [`Pattern`] reads what is regular. Statics cannot be built
//! at compile time, so that each has a cell, and [`prepare_all`] fills it when a policy is compiled: a request that met an
//! empty one would pay for it out of its own time. `spend` counts the bytes a detector reads by hand, so that tests hold its work to a multiple of the length.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::probe::compiled_one;
pub(super) use super::probe::spend;
use super::quotation;
use super::reading::is_prose_around;
use super::{ByteMask, Finding, Requirement};

/// Literals, in any case, of which a value must hold one to be a candidate.
pub(super) struct Words {
    words: &'static [&'static str],
    compiled: OnceLock<Option<AhoCorasick>>,
}

impl Words {
    pub(super) const fn of(words: &'static [&'static str]) -> Self {
        Self { words, compiled: OnceLock::new() }
    }

    pub(super) const fn list(&self) -> &'static [&'static str] {
        self.words
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            compiled_one();
            let mut builder = AhoCorasick::builder();
            builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(self.words).ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    /// Where the words stand, from left to right, the longest where several begin.
    pub(super) fn find_iter<'v>(&'v self, value: &'v [u8]) -> impl Iterator<Item = (Range<usize>, &'static str)> + 'v {
        spend(value.len());
        self.automaton().into_iter().flat_map(move |automaton| automaton.find_iter(value)).filter_map(move |found| {
            let word = self.words.get(found.pattern().as_usize())?;
            Some((found.range(), *word))
        })
    }

    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        self.find_iter(value).next().map(|(range, _)| range)
    }

    pub(super) fn is_in(&self, value: &[u8]) -> bool {
        self.find(value).is_some()
    }
}

/// A regular part of a grammar, in the dialect of rules (waf.md §3): bytes, and `.` matches line ends, too.
pub(super) struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Compiled>>,
}

/// A pattern and what it cannot match without.
struct Compiled {
    regex: Regex,
    /// Every match has one of these bytes, three at most: a value without them, such as base64, is told apart far faster
    /// than the pattern reads it.
    needs: Vec<u8>,
}

impl Compiled {
    fn new(text: &str) -> Option<Self> {
        let regex = RegexBuilder::new(text).unicode(false).dot_matches_new_line(true).build().ok()?;
        Some(Self { regex, needs: needed(text).unwrap_or_default() })
    }

    fn may_match(&self, value: &[u8]) -> bool {
        match *self.needs.as_slice() {
            [one] => memchr::memchr(one, value).is_some(),
            [one, two] => memchr::memchr2(one, two, value).is_some(),
            [one, two, three] => memchr::memchr3(one, two, three, value).is_some(),
            _ => true,
        }
    }
}

/// The bytes of which every match has one, when they are three at most.
fn needed(text: &str) -> Option<Vec<u8>> {
    let Requirement::Any(branches) = Requirement::of_pattern(text) else { return None };
    let mut all = ByteMask::default();
    for branch in &branches {
        all = all.or(*branch.bytes.iter().min_by_key(|mask| mask.count())?);
    }
    Some(all.iter().collect()).filter(|bytes: &Vec<u8>| (1..=3).contains(&bytes.len()))
}

impl Pattern {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn compiled(&self) -> Option<&Compiled> {
        let build = || {
            compiled_one();
            Compiled::new(self.text)
        };
        self.compiled.get_or_init(build).as_ref()
    }

    /// The pattern, if `value` has what it cannot match without.
    fn regex(&self, value: &[u8]) -> Option<&Regex> {
        Some(&self.compiled().filter(|compiled| compiled.may_match(value))?.regex)
    }

    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        spend(value.len());
        self.regex(value)?.find(value).map(|found| found.range())
    }

    pub(super) fn is_in(&self, value: &[u8]) -> bool {
        self.find(value).is_some()
    }

    /// How often it stands in `value`, without overlap.
    pub(super) fn count(&self, value: &[u8]) -> usize {
        spend(value.len());
        self.regex(value).map_or(0, |regex| regex.find_iter(value).count())
    }
}

/// What has to be compiled before it is used.
pub(super) trait Prepared: Sync {
    fn prepare(&self);
}

impl Prepared for Words {
    fn prepare(&self) {
        self.automaton();
    }
}

impl Prepared for Pattern {
    /// Searches too: the first search makes the memory that a regular expression works in.
    fn prepare(&self) {
        self.compiled().map(|compiled| compiled.regex.find(SAMPLE));
    }
}

impl<const N: usize> Prepared for [Shape; N] {
    fn prepare(&self) {
        for shape in self {
            shape.pattern.prepare();
        }
    }
}

/// A text of every sort of character that ordinary values have.
const SAMPLE: &[u8] = "id=1&name=a b, \"Q\": 'x' <y/> (z) [0] {n}; $5 a@b.cn /p/q.r?s=%20 \u{4e2d}\r\n".as_bytes();

/// Compiles all of these.
pub(super) fn prepare_all(all: &[&dyn Prepared]) {
    for one in all {
        one.prepare();
    }
}

/// One shape of an attack: how it reads, how sure it makes us, and its name in evidence.
pub(super) struct Shape {
    pub(super) pattern: Pattern,
    pub(super) confidence: u8,
    pub(super) path: &'static str,
}

pub(super) const fn shape(confidence: u8, path: &'static str, pattern: &'static str) -> Shape {
    Shape { pattern: Pattern::new(pattern), confidence, path }
}

/// The most confident of the findings offered; the first on a tie.
#[derive(Debug, Default)]
pub(super) struct Best(Option<Finding>);

impl Best {
    pub(super) fn offer(&mut self, confidence: u8, span: Range<usize>, path: &'static str) {
        if confidence > self.confidence() {
            self.0 = Some(Finding { confidence, span, path });
        }
    }

    pub(super) fn confidence(&self) -> u8 {
        self.0.as_ref().map_or(0, |finding| finding.confidence)
    }

    pub(super) fn path(&self) -> Option<&'static str> {
        self.0.as_ref().map(|finding| finding.path)
    }

    /// The line in which the finding begins.
    pub(super) fn line_of<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        let start = self.0.as_ref()?.span.start;
        spend(value.len());
        let before = value.get(..start).and_then(|head| memchr::memrchr2(b'\n', b'\r', head)).map_or(0, |at| at + 1);
        let line = value.get(before..)?;
        line.get(..memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len()))
    }

    /// Whether the finding counts at all and stands in a text that was written to be read.
    pub(super) fn is_in_prose(&self, value: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|finding| finding.confidence >= 40 && is_prose_around(value, &finding.span))
    }

    /// The same for a call, which a way out of a string before it makes no mention.
    pub(super) fn is_mentioned(&self, value: &[u8]) -> bool {
        let joined = |finding: &Finding| quotation::is_joined_to_string(value, &finding.span);
        self.is_in_prose(value) && !self.0.as_ref().is_some_and(joined)
    }

    pub(super) fn into_finding(self) -> Option<Finding> {
        self.0
    }

    /// The finding, no surer than `most`.
    pub(super) fn at_most(self, most: u8) -> Option<Finding> {
        self.0.map(|finding| Finding { confidence: finding.confidence.min(most), ..finding })
    }
}
