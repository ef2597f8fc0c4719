//! SQL injection: a value that continues the statement it lands in.
//!
//! The value is cut three times, as if it stood bare, after `'` and after `"` ([`tokens`]); on each cut the grammar looks for
//! a way out of that place ([`grammar`]). A statement that somebody merely writes about has no such way, nor has prose with
//! the words of SQL in it. libinjection, which judges by sequences of token kinds, only supports a finding.
//!
//! Not here: operators of document stores ([`super::nosqli`]).

mod breakout;
mod clauses;
mod expression;
mod grammar;
mod prose;
mod shape;
mod statement;
mod tokens;
mod words;

use std::cell::LazyCell;

use self::grammar::Cut;
use self::prose::Prose;
use self::tokens::{Opened, Tokens};
use super::quotation::WaysOut;
use super::reading::page_name;
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

/// A clause that the grammar recognised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Found {
    confidence: u8,
    start: usize,
    end: usize,
    path: &'static str,
    /// It continues the string or number with which the value begins.
    anchored: bool,
    /// It does something, or reads another table: more than a comparison.
    acts: bool,
    /// What follows the value in the statement is hidden by a comment, or closes its last string.
    closes: bool,
}

impl Found {
    fn acting(self) -> Self {
        Self { acts: true, ..self }
    }
}

/// How much of a value libinjection sees: it judges by the first five tokens, and its lookup is quadratic in long words.
const VOTE_BYTES: usize = 512;

/// Compiles what is looked for here.
pub(super) fn prepare() {
    words::prepare();
}

pub(super) fn requirement() -> Requirement {
    let quotes = ByteMask::of(b"'\"");
    let compares = ByteMask::of(b"=<>(-#/!");
    either([
        needs(&[], &[quotes]),
        needs(&["or", "and", "&&", "||"], &[compares]),
        needs(
            &[
                "like",
                "regexp",
                "glob",
                "similar",
                "sounds",
                "between",
                "null",
                "true",
                "false",
                " in",
                "having",
                "where",
                "union",
                "intersect",
                "except",
                "minus",
                "select",
                "order",
                "group",
                "limit",
                "offset",
                "fetch",
                "waitfor",
                "procedure",
                "outfile",
                "dumpfile",
                "infile",
                "case",
                "information_schema",
                "from",
            ],
            &[],
        ),
        needs(
            &[
                "insert", "replace", "merge", "update", "delete", "drop", "create", "alter", "truncate", "rename",
                "exec", "declare", "shutdown", "grant", "revoke", "copy", "call", "load", "show", "desc", "explain",
                "begin", "commit", "rollback", "if", "do", "handler", "attach", "pragma", "vacuum", "use", "with",
                "xp_", "sp_",
            ],
            &[],
        ),
        needs(&["--", "/*"], &[]),
        needs(&[], &[ByteMask::of(b"()")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let whole = find_in(value);
    if context.place != Place::Path || memchr::memchr(b'/', value).is_none() {
        return whole;
    }
    // A router takes its parameters from the segments of a path.
    let mut best = whole;
    let mut start = 0;
    for segment in value.split(|byte| *byte == b'/') {
        let telling = segment.iter().any(|byte| b"'\"=( \t".contains(byte));
        let names = if telling { [Some(segment), page_name(segment)] } else { [None, None] };
        for name in names.into_iter().flatten() {
            if let Some(finding) = find_in(name)
                && best.as_ref().is_none_or(|best| finding.confidence > best.confidence)
            {
                let span = start + finding.span.start..start + finding.span.end;
                best = Some(Finding { span, ..finding });
            }
        }
        start += segment.len() + 1;
    }
    best
}

fn find_in(value: &[u8]) -> Option<Finding> {
    let mut best: Option<Found> = None;
    // What breaks out of a string, wherever that began.
    let mut escape: Option<Found> = None;
    let ways_out = LazyCell::new(|| WaysOut::of(value));
    let mut worded = false;
    for opened in [Opened::Bare, Opened::Quote(b'\''), Opened::Quote(b'"')] {
        let Some(tokens) = Tokens::cut(value, opened) else { continue };
        worded = worded || tokens.iter().any(|token| token.kind.is_telling());
        Cut::new(&tokens, opened).clauses(|found| {
            let Some(found) = found else { return };
            let surer = |than: Option<Found>| than.is_none_or(|than| found.confidence > than.confidence);
            if surer(best) {
                best = Some(found);
            }
            if found.acts && found.closes && surer(escape) && prose::leaves_string(value, found.start, &ways_out) {
                escape = Some(found);
            }
        });
    }
    if best.is_none() && !worded {
        return None;
    }
    if is_binary(value) {
        // Enough random bytes hold any short way out; a whole clause they do not.
        best = best.filter(|found| found.confidence >= 90);
    }
    let prose = Prose::of(value);
    let supported = || {
        let beginning = value.get(..VOTE_BYTES).unwrap_or(value);
        !prose.is_natural() && !prose.has_foreign() && libinjectionrs::detect_sqli(beginning).is_injection()
    };
    let guarded = best.and_then(|best| guarded(best, &prose, value));
    // No text around it makes a statement that was broken out of a string a mention.
    let surest = [guarded, escape].into_iter().flatten().max_by_key(|found| found.confidence);
    let Some(mut found) = surest else {
        // Kinds of tokens alone never block.
        let vote = worded && value.len() <= VOTE_BYTES && breaks_off(value) && supported();
        return vote.then_some(Finding { confidence: 50, span: 0..value.len(), path: "fingerprint" });
    };
    if (70..80).contains(&found.confidence) && supported() {
        found.confidence = 80;
    }
    Some(Finding { confidence: found.confidence, span: found.start..found.end, path: found.path })
}

/// Several control characters, and more than a twentieth of the value.
fn is_binary(value: &[u8]) -> bool {
    let control = |byte: &&u8| matches!(byte, 0..=8 | 0x0e..=0x1e | 0x7f);
    let count = value.iter().filter(control).count();
    count >= 4 && count * 20 > value.len()
}

/// A quote without its pair, or a comment: it was not written to stand alone.
fn breaks_off(value: &[u8]) -> bool {
    let odd = |quote| memchr::memchr_iter(quote, value).count() % 2 == 1;
    odd(b'\'')
        || odd(b'"')
        || memchr::memmem::find(value, b"--").is_some()
        || memchr::memmem::find(value, b"/*").is_some()
}

/// Natural language is no injection: in prose only what breaks out of its very beginning counts.
fn guarded(mut found: Found, prose: &Prose, value: &[u8]) -> Option<Found> {
    if found.anchored {
        // The quote that opens the way out lies behind a long text: an apostrophe, more likely.
        if prose.is_natural() && found.start > value.len() / 4 && found.start > 64 {
            found.confidence = found.confidence.min(60);
        }
        return Some(found);
    }
    if prose.is_natural() {
        return None;
    }
    if prose.has_foreign() {
        found.confidence = found.confidence.min(62);
    }
    Some(found)
}

#[cfg(test)]
mod tests;
