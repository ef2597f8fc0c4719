//! Cross-site scripting: a value that becomes script in the page that shows it.
//!
//! The value is read in the five places where a page may put it: as text, inside an attribute quoted by `"` or `'`, inside
//! an unquoted attribute, and inside a string of a script. Markup alone is no finding: there must be a script element, an
//! event handler with script in it, or a URL that runs script ([`markup`]); outside of tags, a way out of the attribute or
//! string and a call ([`inline`]).

mod document;
mod html;
mod inline;
mod markup;
mod script;
mod statement;

use std::ops::Range;

use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

/// Keeps the more confident of findings.
#[derive(Default)]
struct Best(Option<Finding>);

impl Best {
    fn keep(&mut self, confidence: u8, span: Range<usize>, path: &'static str) {
        if self.0.as_ref().is_none_or(|best| confidence > best.confidence) {
            self.0 = Some(Finding { confidence, span, path });
        }
    }
}

pub(super) fn prepare() {
    statement::prepare();
}

pub(super) fn requirement() -> Requirement {
    let calls = ByteMask::of(b"(`=[{");
    either([
        needs(&[], &[ByteMask::of(b"<")]),
        needs(&["on"], &[ByteMask::of(b"=")]),
        needs(&["//"], &[ByteMask::of(b"("), ByteMask::of(b";"), ByteMask::of(b"'\"`")]),
        needs(&["script:", "data:", "expression", "</script"], &[]),
        needs(
            &[
                "script",
                "data",
                "alert",
                "confirm",
                "prompt",
                "eval",
                "document",
                "window",
                "location",
                "fetch",
                "import",
                "constructor",
                "fromcharcode",
                "fromcodepoint",
                "atob",
                "xmlhttprequest",
                "self",
                "top",
                "parent",
                "this",
                "frames",
                "globalthis",
                "reflect",
                "function",
                "execscript",
                "throw",
                "unescape",
                "storage",
                "sendbeacon",
                "getscript",
                "createelement",
                "insertadjacenthtml",
                "fragment",
                "activexobject",
                "msgbox",
                "webassembly",
                "objecturl",
                "srcdoc",
                "new",
                "erhtml",
            ],
            &[calls],
        ),
        needs(&["[]"], &[ByteMask::of(b"!")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let mut best = Best::default();
    if memchr::memchr(b'<', value).is_some() {
        let whole = context.place == Place::BodyText;
        let data = if whole { document::scripts(value) } else { Vec::new() };
        markup::find(value, &data, &mut best);
    }
    if !context.rich_text {
        inline::find(value, &mut best);
        statement::find(value, &mut best);
    }
    // An editor sends markup as a matter of course: what is only suspicious elsewhere is its daily business.
    best.0.filter(|finding| !context.rich_text || finding.confidence >= 80)
}

#[cfg(test)]
mod tests;
