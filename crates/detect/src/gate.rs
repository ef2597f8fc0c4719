//! Where a detector looks first, and what looking costs.
//!
//! [`Words`] finds candidates of many literals in one pass and [`Pattern`] reads what is regular; both compile on first
//! use. `spend` counts the bytes a detector reads by hand, so that tests hold its work to a multiple of the length.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::Finding;
pub(super) use super::probe::spend;
use super::reading::is_prose_around;

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

    /// Where the words stand, from left to right, the longest where several begin.
    pub(super) fn find_iter<'v>(&'v self, value: &'v [u8]) -> impl Iterator<Item = (Range<usize>, &'static str)> + 'v {
        spend(value.len());
        let compiled = self.compiled.get_or_init(|| {
            let mut builder = AhoCorasick::builder();
            builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(self.words).ok()
        });
        compiled.iter().flat_map(move |automaton| automaton.find_iter(value)).filter_map(move |found| {
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
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || RegexBuilder::new(self.text).unicode(false).dot_matches_new_line(true).build().ok();
        self.compiled.get_or_init(build).as_ref()
    }

    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        spend(value.len());
        self.regex()?.find(value).map(|found| found.range())
    }

    pub(super) fn is_in(&self, value: &[u8]) -> bool {
        self.find(value).is_some()
    }

    /// How often it stands in `value`, without overlap.
    pub(super) fn count(&self, value: &[u8]) -> usize {
        spend(value.len());
        self.regex().map_or(0, |regex| regex.find_iter(value).count())
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

    pub(super) fn into_finding(self) -> Option<Finding> {
        self.0
    }

    /// The finding, no surer than `most`.
    pub(super) fn at_most(self, most: u8) -> Option<Finding> {
        self.0.map(|finding| Finding { confidence: finding.confidence.min(most), ..finding })
    }
}
