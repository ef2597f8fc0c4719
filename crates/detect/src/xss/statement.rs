//! Script that needs no tag around it: a value that is a statement, a function that calls another one, a link of light
//! markup whose address is script or a document.
//!
//! People ask about single statements, so one alone is doubtful only; one behind the end of another statement, or with
//! the cookie in it, is not.

use super::super::gate::{Pattern, Shape, prepare_all, shape, spend};
use super::super::reading::{begins_with, from, is_prose_around, until, window};
use super::Best;
use super::markup::{Scheme, scheme};
use super::script::{Activity, judge};

/// Longest value that is one statement.
const STATEMENT_BYTES: usize = 400;

/// A write to the page or its address, perhaps behind the end of the statement the value stands in: `1;document.body.x=`.
static WRITE: Pattern = Pattern::new(
    r"^[\s'\x22]*(?:[\w'\x22.)\]}-]{0,32}[;\n]\s*)?(?:(?:window|self|top|parent|this|document|globalThis)\b[\w$.]*(?:\((?:'[^']{0,64}'|\x22[^\x22]{0,64}\x22)\)|\[\d{1,3}\])?(?:\.\w+)*\.(?:innerHTML|outerHTML|srcdoc|action|location(?:\.href)?)|(?:(?:window|self|top|parent|document)\.)?location(?:\.(?:href|search|hash))?|new\s+Image\s*(?:\(\s*\))?\s*\.src)\s*\+?=[^=]",
);

/// Where the cookie or what a browser keeps is added to something.
static SECRET: Pattern = Pattern::new(r"(?:\+|\$\{|\()\s*(?:document\.cookie|localStorage|sessionStorage)\b");

static SHAPES: [Shape; 4] = [
    // A function handed to another one that calls it: `[1].find(alert)`, `setTimeout(alert,0,1)`.
    shape(
        84,
        "script/handed-on",
        r"\]\s*\.\s*(?:find|map|forEach|filter|some|every|findIndex|findLast|flatMap|reduce|sort)\s*\(\s*(?:alert|confirm|prompt|eval|print)\s*[,)]|\bset(?:Timeout|Interval)\s*\(\s*(?:alert|confirm|prompt|eval)\s*[,)]",
    ),
    // A function made of a text and called at once.
    shape(
        84,
        "script/constructor",
        r"\.\s*constructor\s*\(\s*(?:'[^'\n]{1,200}'|\x22[^\x22\n]{1,200}\x22)\s*\)\s*(?:\(|`)",
    ),
    // Out of a comment, a list or a block of script.
    shape(
        82,
        "script/broken-out",
        r"^\s*(?:\*/|[\])}]{1,4}[;,])[\s;,]*(?:alert|confirm|prompt|eval)\s*(?:\(\s*[\w'\x22/]|`)",
    ),
    // The address of a link in Markdown or a forum's mark-up is a document.
    shape(
        82,
        "link/document",
        r"(?i)(?:\]\(\s*<?|\]:\s{1,4}<?|\[(?:url|link)=[\x22']?)data:(?:text/html|image/svg\+xml|application/xhtml\+xml|text/xml)(?:;[\w=-]{1,24}){0,3},",
    ),
];

pub(super) fn prepare() {
    prepare_all(&[&WRITE, &SECRET, &SHAPES]);
}

pub(super) fn find(value: &[u8], best: &mut Best) {
    for shape in &SHAPES {
        if let Some(span) = shape.pattern.find(value) {
            best.keep(shape.confidence, span, shape.path);
        }
    }
    statement(value, best);
    links(value, best);
}

fn statement(value: &[u8], best: &mut Best) {
    let text = value.trim_ascii();
    if text.len() > STATEMENT_BYTES {
        return;
    }
    let Some(span) = WRITE.find(text) else { return };
    let head = until(text, span.end);
    let behind_another = memchr::memchr2(b';', b'\n', head).is_some();
    let assigned = from(text, span.end - 1).trim_ascii_start();
    // What is written is a text, a template or a page of somebody else.
    let foreign = matches!(assigned, [b'\'' | b'"' | b'`', ..]);
    let confidence = match (SECRET.is_in(text), behind_another && foreign, foreign) {
        (true, _, _) => 86,
        (_, true, _) => 82,
        (_, _, true) => 64,
        _ => return,
    };
    best.keep(confidence, 0..value.len(), "script/statement");
}

/// `[x](javascript:window.onerror=alert;throw 1)`, `[url=javascript:…]`.
fn links(value: &[u8], best: &mut Best) {
    for at in memchr::memchr2_iter(b'(', b'=', value).take(64) {
        let target = window(value, at + 1, 256);
        let opens = until(value, at).ends_with(b"]") || until(value, at).ends_with(b"[url");
        if !opens || !begins_with(target.trim_ascii_start(), b"j") {
            continue;
        }
        let target = until(target, target.iter().position(|byte| matches!(byte, b'\n' | b']')).unwrap_or(target.len()));
        spend(target.len());
        if scheme(target).is_some_and(|(kind, script)| kind == Scheme::Script && judge(script) == Activity::Hostile) {
            best.keep(82, at..at + 1 + target.len(), "link/script");
        }
    }
}

/// How sure a whole other site is that a page takes its addresses from: nobody writes such an element into a field, but
/// people explain it.
pub(super) fn of_foreign_site(value: &[u8], tag: &std::ops::Range<usize>, url: &[u8], sure: u8, doubtful: u8) -> u8 {
    let url = url.trim_ascii();
    let foreign = [b"//".as_slice(), b"http:", b"https:", b"\\\\", b"/\\"].iter().any(|start| begins_with(url, start));
    if foreign && !is_prose_around(value, tag) { sure } else { doubtful }
}
