//! Node.js: modules, processes and constructors reached from a value, and polluted prototypes.
//!
//! Browsers run the same language, so only what a browser does not have confirms: modules of the server, its process, the
//! way out of a sandbox through constructors, and `__proto__` where a key is expected.

#[cfg(test)]
mod tests;

use super::condense::Condensed;
use super::gate::{Best, Pattern, Shape, Words, prepare_all, shape};
use super::{Context, Finding, Place, Requirement, needs};

static WORDS: Words = Words::of(&[
    "require",
    "process",
    "child_process",
    "constructor",
    "__proto__",
    "execsync",
    "spawnsync",
    "function(",
    "function (",
    "readfilesync",
    "readdirsync",
    "writefilesync",
    "import(",
    "prototype",
    "globalthis",
    "_prefix",
    "buffer.from",
    "reflect.",
]);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &KEY, &SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    needs(WORDS.list(), &[])
}

static SHAPES: [Shape; 18] = [
    shape(88, "eval/buffer", r"(?i)\b(?:eval|function|runinthiscontext)\(buffer\.from\("),
    shape(88, "constructor/reflected", r"(?i)\breflect\.construct\(function,\["),
    shape(
        84,
        "function/returns-process",
        r"(?i)\(function\(\)\{return ?(?:process|global|require)\b[^}]{0,80}\}\)\(\)",
    ),
    shape(
        93,
        "require/process",
        r"(?i)\brequire\(['\x22`](?:node:)?(?:child_process|vm)['\x22`]\)|\brequire\(['\x22`](?:node:)?child_process",
    ),
    shape(
        88,
        "require/call",
        r"(?i)\brequire\(['\x22`](?:node:)?(?:fs|net|os|http|https|dgram|dns|tls|util|path|process)['\x22`]\)\.\w+\(",
    ),
    shape(
        62,
        "require/module",
        r"(?i)\brequire\(['\x22`](?:node:)?(?:fs|net|os|dgram|tls|cluster|repl|worker_threads|module)['\x22`]\)",
    ),
    shape(
        93,
        "process/module",
        r"(?i)\bprocess\.(?:mainmodule|binding\(|dlopen|_linkedbinding)|\bprocess\[['\x22`]?(?:mainmodule|binding|env)\b",
    ),
    shape(
        90,
        "process/global",
        r"(?i)\b(?:global|globalthis|root)\.process\.(?:mainmodule|exit|env|binding|kill|version|cwd)|\bmainmodule\.require\(",
    ),
    shape(
        92,
        "constructor/chain",
        r"(?i)\bconstructor(?:\.|\[['\x22`])constructor\b|\bconstructor['\x22`]?\]?\(['\x22`](?:return|process|throw)",
    ),
    shape(
        92,
        "function/process",
        r"(?i)\bfunction\(['\x22`][^'\x22`]{0,40}(?:return process|return global\b|process\.|mainmodule)",
    ),
    shape(
        90,
        "child/call",
        r"(?i)\bchild_process['\x22`)\]]*\.(?:exec|spawn|fork)|\bimport\(['\x22`](?:node:)?(?:child_process|fs|vm)",
    ),
    shape(62, "child", r"(?i)\bchild_process\b"),
    shape(86, "child/synchronous", r"(?i)\b(?:exec|spawn|execfile)sync\(['\x22`]"),
    shape(86, "file/synchronous", r"(?i)\b(?:readfile|readdir|writefile|appendfile)sync\(['\x22`]"),
    shape(
        86,
        "prototype/member",
        r"['\x22]__proto__['\x22]\s*:|(?:^|[?&;,{])[\w.]{0,40}(?:\[?\x22?__proto__\x22?\]?)[\[.][^=&]{1,64}=|constructor\[prototype\]|\[__proto__\]|['\x22]constructor['\x22]\s*:\s*\{\s*['\x22]prototype['\x22]",
    ),
    shape(
        84,
        "process/exit",
        r"(?i)^(?:['\x22`]?[;+)]?|\w{1,8};)process\.(?:exit|kill|abort|chdir)\(|\{process\.(?:abort|exit)\(\)\}\)?$",
    ),
    shape(60, "prototype/chain", r"(?i)\)\.__proto__|\[\]\.__proto__|\[['\x22`]__proto__['\x22`]\]"),
    shape(
        93,
        "flight/constructor",
        r"['\x22]\$\d+:(?:constructor|__proto__):(?:constructor|then)|_response['\x22]:\{['\x22]_prefix['\x22]:",
    ),
];

/// A key that names a prototype, alone or as one step of a path.
static KEY: Pattern = Pattern::new(
    r"(?:^|[.\[\]])['\x22]?__proto__['\x22]?(?:$|[.\[\]])|(?:^|[.\[\]])constructor['\x22]?\]?[.\[]['\x22]?prototype(?:$|[.\]\['\x22])",
);

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileContent) || !WORDS.is_in(value)
    {
        return None;
    }
    let mut best = Best::default();
    if context.place == Place::Name
        && let Some(span) = KEY.find(value)
    {
        best.offer(90, span, "key/prototype");
    }
    if value.trim_ascii() == b"__proto__" {
        best.offer(62, 0..value.len(), "value/prototype");
    }
    Condensed::of(value).offer_all(&SHAPES, &mut best);
    if best.is_mentioned(value) { best.at_most(62) } else { best.into_finding() }
}
