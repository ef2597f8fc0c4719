//! What tests ask of the inside: the work that detectors did, and texts that make for much of it.
//!
//! Not for anybody else, and hidden from the documentation: nothing here is promised.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    static SPENT: Cell<usize> = const { Cell::new(0) };
}

/// Counts `steps` of work: bytes that a detector looked at by hand.
#[inline]
pub(crate) fn spend(steps: usize) {
    SPENT.with(|spent| spent.set(spent.get().saturating_add(steps)));
}

static COMPILED: AtomicUsize = AtomicUsize::new(0);

/// Counts an automaton or pattern that was compiled.
pub(crate) fn compiled_one() {
    COMPILED.fetch_add(1, Ordering::Relaxed);
}

/// How many automata and patterns of detectors this process has compiled.
pub fn compiled() -> usize {
    COMPILED.load(Ordering::Relaxed)
}

/// The steps `work` takes on this thread.
pub fn steps_of(work: impl FnOnce()) -> usize {
    let before = SPENT.with(Cell::get);
    work();
    SPENT.with(Cell::get).saturating_sub(before)
}

/// What makes parsers go back and forth when it is repeated: openings without end, nesting, joins without number.
pub const REPEATED: &[&str] = &[
    "'",
    "\"",
    "`",
    "(",
    "((",
    "<",
    "<a ",
    "<a \"",
    "<script>",
    "<script",
    "<style>",
    "<iframe srcdoc='<a ",
    "'or ",
    "or 1=1 ",
    "union select ",
    "/*",
    "/*!",
    "--",
    "#",
    "$$",
    "q'!",
    "q'(",
    "[",
    "case when ",
    "case when 1 then ",
    "select ",
    "(select ",
    "{{",
    "${",
    "{",
    "<%",
    "{%",
    "{{a.",
    "#set($",
    "$class",
    "*(",
    ")(",
    ") (",
    "|",
    "or //",
    "1 or count(",
    "' or ",
    "\r\n",
    "嘊",
    "x: y\n",
    "$ne",
    "[$ne]",
    "db.",
    "';",
    "on",
    "onxyz=",
    " onxyz=",
    "a=",
    "javascript:",
    "'-",
    "a.",
    "1,",
    "not ",
    "- ",
    "x'y",
    "<a b=c ",
    "sleep(",
    "concat(",
    "if(",
    "in (",
    "between ",
    "order by 1,",
    "exec ",
    ";drop table x ",
    "@@x",
    "::",
    "' or x=",
    "1 and x like ",
    "<!--",
    "</script",
    "\\",
    "中",
    "x ",
    "=",
    "{{7*",
    "to: a@b\n",
];
