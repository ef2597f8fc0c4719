//! XPath and XQuery injection: a value that leaves its string and goes on with a path, an axis or a function of XPath.
//!
//! What looks the same in SQL (`' or '1'='1`) is left to [`super::sqli`].

use super::gate::spend;
use super::gate::{Pattern, prepare_all};
use super::{Context, Finding, Requirement, either, needs};
use crate::ByteMask;

#[cfg(test)]
mod tests;

/// How much behind a joining word is read.
const REACH_BYTES: usize = 160;
/// How many joining words are tried.
const TRIES: usize = 64;

/// Functions that SQL does not have, at least not without arguments.
const FUNCTIONS: &[&str] = &[
    "name()",
    "local-name(",
    "namespace-uri(",
    "position()",
    "last()",
    "string-length(",
    "starts-with(",
    "ends-with(",
    "contains(",
    "substring-before(",
    "substring-after(",
    "normalize-space(",
    "text()",
    "node()",
    "comment()",
    "true()",
    "false()",
    "doc(",
    "doc-available(",
    "unparsed-text(",
    "document(",
    "current()",
    "boolean(",
    "string(",
    "codepoints-to-string(",
    "string-to-codepoints(",
    "encode-for-uri(",
    "collection(",
    "processing-instruction(",
    "name(",
    "count(",
    "not(",
    "substring(",
    "concat(",
    "system-property(",
    "error(",
    "upper-case(",
    "lower-case(",
    "base-uri(",
    "document-uri(",
    "static-base-uri(",
    "environment-variable(",
    "available-environment-variables(",
    "json-doc(",
    "root(",
    "xs:",
    "fn:",
    "db:",
    "xmldb:",
    "util:",
    "file:",
    "xdmp:",
    "saxon:",
    "for $",
    "some $",
    "every $",
    "let $",
];

/// Functions of the list that only an axis or path inside makes one of XPath.
const SHARED: &[&str] = &["name(", "count(", "not(", "substring(", "concat(", "string(", "contains("];

const AXES: &[&str] = &[
    "parent::",
    "child::",
    "ancestor::",
    "ancestor-or-self::",
    "descendant::",
    "descendant-or-self::",
    "following::",
    "following-sibling::",
    "preceding::",
    "preceding-sibling::",
    "self::",
    "attribute::",
    "namespace::",
];

/// Break-outs that go on with no join: XQuery after the string, or a step up from the element that was asked for.
static GOES_ON: Pattern = Pattern::new(
    r"(?i)^[^'\x22]{0,64}['\x22][\])]*\s*(?:,\s*(?:db|xmldb|util|file|fn|xdmp|system|saxon):[\w-]+\(|\}?\s*return\s+(?://\w|<\w+>\{|\$\w+\s*\}\s*for\s))|^-?\d+\]/(?:\.\./|\*|@\*)",
);

/// A walk along the axes that goes on, behind `|`, with everything of a name anywhere: nobody asks for two things so
/// different but to read what the first part was to keep in.
static UNION: Pattern = Pattern::new(
    r"(?:ancestor|descendant|following|preceding|parent|child|self|attribute)(?:-or-self|-sibling)?::[\w*()-]{1,40}[^'\x22\s]{0,80}\|\s*//[\w*]{1,40}\s*$",
);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&STYLE_SHEET, &GOES_ON, &UNION]);
}

/// A style sheet that calls a program of PHP, or reads a file or another site where it is applied.
static STYLE_SHEET: Pattern = Pattern::new(
    r"(?i)<xsl:[\w-]{1,24}\s[^>]{0,200}(?:php:function(?:String)?\s*\(|unparsed-text\s*\(\s*['\x22](?:/|file:|https?:|[a-z]:)|document\s*\(\s*['\x22](?:/\w|file:|ftp:|[a-z]:[\\/]))|<msxsl:script[\s>]",
);

pub(super) fn requirement() -> Requirement {
    let leaves = ByteMask::of(b"'\"])0123456789");
    let path = ByteMask::of(b"(/:");
    either([
        needs(&["or", "and"], &[leaves, path]),
        needs(&[], &[ByteMask::of(b"|"), leaves, path]),
        needs(&["return", "db:", "util:", "file:", "fn:", "xdmp:", "system:", "saxon:"], &[ByteMask::of(b"'\"")]),
        needs(&["]/", "::", "<xsl:", "<msxsl:"], &[]),
    ])
}

pub(super) fn find(value: &[u8], _context: Context) -> Option<Finding> {
    let mut best = GOES_ON.find(value).map(|span| Finding { confidence: 84, span, path: "break-out" });
    if let Some(span) = UNION.find(value) {
        best = best.or(Some(Finding { confidence: 82, span, path: "union" }));
    }
    if let Some(span) = STYLE_SHEET.find(value) {
        best = Some(Finding { confidence: 88, span, path: "style-sheet" });
    }
    let mut at = 0;
    for _ in 0..TRIES {
        let Some((start, end)) = next_join(value, at) else { break };
        let rest = value.get(end..).unwrap_or_default();
        let rest = rest.get(..REACH_BYTES).unwrap_or(rest);
        let left = value.get(..start).unwrap_or_default().trim_ascii_end();
        if let Some(confidence) = continues(left, rest)
            && best.as_ref().is_none_or(|best| confidence > best.confidence)
        {
            best = Some(Finding { confidence, span: start..end + rest.len(), path: "join" });
        }
        at = end;
    }
    best
}

/// The next `or`, `and` or `|`: where it begins and ends.
fn next_join(value: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(byte) = value.get(at) {
        let rest = value.get(at..).unwrap_or_default();
        let word = match rest {
            [b'|', b'|', ..] => {
                at += 2;
                continue;
            }
            [b'|', ..] => return Some((at, at + 1)),
            [b'o' | b'O', b'r' | b'R', ..] => 2,
            [b'a' | b'A', b'n' | b'N', b'd' | b'D', ..] => 3,
            _ => 0,
        };
        if word > 0 && !rest.get(word).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return Some((at, at + word));
        }
        at += if byte.is_ascii_alphanumeric() {
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
        } else {
            1
        };
    }
    None
}

/// Whether a way out stands left of a join and XPath right of it.
fn continues(left: &[u8], right: &[u8]) -> Option<u8> {
    spend(left.len() + right.len());
    let (quoted, closed) = match left.last()? {
        b'\'' | b'"' => (odd_quotes(left), false),
        b']' | b')' => (odd_quotes(left), true),
        b'0'..=b'9' => (false, false),
        _ => return None,
    };
    let number = left.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b']' | b')'));
    let unopened = left.last() == Some(&b']') && more(left, b']', b'[');
    if !(quoted || number || unopened) {
        return None;
    }
    let mut right = right.trim_ascii_start();
    while let Some(inner) = right.strip_prefix(b"not(").or_else(|| right.strip_prefix(b"(")) {
        right = inner.trim_ascii_start();
    }
    let axis = AXES.iter().any(|axis| memchr::memmem::find(right, axis.as_bytes()).is_some());
    let inside = |needle: &[u8]| memchr::memmem::find(right, needle).is_some();
    let path = is_path(right) || inside(b"(/") || (right.contains(&b'(') && inside(b"|//"));
    let function = FUNCTIONS.iter().find(|name| right.starts_with(name.as_bytes()));
    let own = function.is_some_and(|name| !SHARED.contains(name));
    let compared = function
        .and_then(|name| right.get(name.len()..))
        .is_some_and(|rest| matches!(rest.trim_ascii_start(), [b'=' | b'<' | b'>', ..]));
    // `it's a "b" or //server`: people write so, too.
    let said = left.contains(&b' ') && ends_in_name(right);
    let closes_string =
        matches!(left.trim_ascii_end().iter().rev().find(|byte| !matches!(byte, b')' | b']')), Some(b'\'' | b'"'));
    Some(match (own, axis || path) {
        (_, true) if said => 60,
        (true, false) if number && (compared || is_truth(right)) => 82,
        (true, false) if quoted && closes_string => 84,
        (true | false, true) if function.is_some() => 90,
        (_, true) => {
            if quoted || axis || closed {
                86
            } else {
                60
            }
        }
        (true, false) if quoted && !closed => 84,
        (true, false) => 66,
        (false, false) if quoted && closes_string && is_step_compared(right) => 82,
        (false, false) if function.is_some() && quoted && !closed && right.starts_with(b"contains(") => 82,
        _ => return None,
    })
}

/// `true()` or `false()`, and nothing but more of the expression behind it.
fn is_truth(right: &[u8]) -> bool {
    let rest = right.strip_prefix(b"true()").or_else(|| right.strip_prefix(b"false()"));
    rest.is_some_and(|rest| rest.len() < 16)
}

/// `.='x'`, `../password='x'`.
fn is_step_compared(right: &[u8]) -> bool {
    let Some(rest) = right.strip_prefix(b".") else { return false };
    let rest = rest.strip_prefix(b"./").map_or(rest, |name| {
        let length =
            name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@')).count();
        name.get(length..).unwrap_or_default()
    });
    matches!(rest.trim_ascii_start(), [b'=', b'\'' | b'"', ..])
}

/// `//name` to the end.
fn ends_in_name(right: &[u8]) -> bool {
    right.strip_prefix(b"//").is_some_and(|name| name.iter().all(u8::is_ascii_alphanumeric))
}

fn more(text: &[u8], one: u8, other: u8) -> bool {
    memchr::memchr_iter(one, text).count() > memchr::memchr_iter(other, text).count()
}

/// An odd number of some quote: the value closes a string that it did not open.
fn odd_quotes(text: &[u8]) -> bool {
    [b'\'', b'"'].iter().any(|quote| memchr::memchr_iter(*quote, text).count() % 2 == 1)
}

/// `//user/*`, `/*`, `//*[…]`, `../x`; no URL without a scheme, which has a dot in its first name.
fn is_path(text: &[u8]) -> bool {
    let rest = match text {
        [b'/', b'/', rest @ ..] => rest,
        // Not the comment of SQL, which has an end.
        [b'/', b'*', b'[' | b'/' | b'|' | b')' | b'=', ..] | [b'/', b'*', b' ', b'|', ..] => return true,
        _ => return false,
    };
    let name = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'*' | b'@' | b':'))
        .count();
    name > 0 && matches!(rest.get(name), None | Some(b'[' | b'/' | b'|' | b')' | b'(' | b' ' | b'=' | b'\''))
}
