//! Server-side template injection: an expression between the marks of a template engine that computes or reaches for more
//! than a name.
//!
//! `{{name}}` and `${amount}` are what honest templates look like, so the marks alone mean nothing: between them must stand
//! arithmetic on literals (the probe), a chain to classes and their internals, or a call that runs something.

use std::ops::Range;

use super::gate::spend;
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

#[cfg(test)]
mod tests;

/// How much of one expression is read, and how many are.
const BODY_BYTES: usize = 2048;
const EXPRESSIONS: usize = 128;

/// Opening and closing marks, and how much a bare computation between them says.
const MARKS: &[(&[u8], &[u8], u8)] = &[
    (b"${{", b"}}", 90),
    (b"{{", b"}}", 90),
    (b"${", b"}", 88),
    (b"#{", b"}", 85),
    (b"*{", b"}", 85),
    (b"@{", b"}", 82),
    (b"~{", b"}", 82),
    (b"%{", b"}", 82),
    (b"<%", b"%>", 88),
    (b"{%", b"%}", 85),
    (b"@(", b")", 82),
    (b"[[", b"]]", 55),
    (b"{", b"}", 60),
];

pub(super) fn requirement() -> Requirement {
    either([
        needs(&["{{", "${", "#{", "*{", "@{", "~{", "%{", "<%", "{%", "@(", "[["], &[]),
        needs(&["#set", "#assign", "#evaluate", "#include", "#parse", "$class", ".getclass", ".class.forname"], &[]),
        needs(&["php", "include", "debug"], &[ByteMask::of(b"{")]),
        needs(&[], &[ByteMask::of(b"{"), ByteMask::of(b"}"), ByteMask::of(b"*+-/%($.[`|?:_ \\")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let mut best: Option<Finding> = None;
    let mut keep = |confidence: u8, span: Range<usize>, path: &'static str| {
        if best.as_ref().is_none_or(|best| confidence > best.confidence) {
            best = Some(Finding { confidence, span, path });
        }
    };
    let mut tried = 0;
    let mut at = 0;
    while let Some(found) = value.get(at..).and_then(|rest| rest.iter().position(|byte| b"$#{*@~%<[".contains(byte))) {
        at += found;
        let rest = value.get(at..).unwrap_or_default();
        let marks = MARKS.iter().find(|(open, _, _)| rest.starts_with(open));
        // A body without structure of its own is often JSON that broke off.
        let marks = marks.filter(|(open, _, _)| context.place != Place::BodyText || *open != b"{");
        if let Some((open, close, computed)) = marks {
            tried += 1;
            if tried > EXPRESSIONS {
                break;
            }
            let body = rest.get(open.len()..).unwrap_or_default();
            let body = body.get(..BODY_BYTES).unwrap_or(body);
            let end = memchr::memmem::find(body, close);
            let inner = body.get(..end.unwrap_or(body.len())).unwrap_or_default();
            if let Some((confidence, path)) = expression(inner, open, *computed, end.is_some()) {
                keep(confidence, at..at + open.len() + inner.len(), path);
            }
            at += open.len();
        } else {
            at += 1;
        }
    }
    for at in memchr::memchr2_iter(b'#', b'$', value).take(EXPRESSIONS) {
        let rest = value.get(at..).unwrap_or_default();
        if let Some(confidence) = directive(rest.get(..BODY_BYTES).unwrap_or(rest)) {
            keep(confidence, at..value.len(), "directive");
        }
    }
    if let Some(at) = memchr::memmem::find(value, b"${{<%") {
        // Breaks every engine at once, which is what it is for.
        keep(85, at..value.len(), "polyglot");
    }
    best
}

/// Judges what stands between marks.
fn expression(body: &[u8], open: &[u8], computed: u8, closed: bool) -> Option<(u8, &'static str)> {
    let single = open == b"{";
    let inner = body.trim_ascii();
    let inner = inner.strip_prefix(b"=").or_else(|| inner.strip_prefix(b"-")).unwrap_or(inner).trim_ascii();
    // `{{- x -}}`, `{{{x}}}`.
    let inner = inner.strip_suffix(b"-").or_else(|| inner.strip_suffix(b"%")).unwrap_or(inner).trim_ascii();
    let inner = inner.strip_prefix(b"{").unwrap_or(inner);
    if closed && let Some(certain) = arithmetic(inner) {
        // `{10-20}` is a range, `{{2026-11-20}}` a date.
        let confidence = if certain { computed } else { computed.saturating_sub(40) };
        return (confidence >= 40).then_some((confidence, "expression/arithmetic"));
    }
    if single && !closed {
        return None;
    }
    // `{%print(7*7)%}`, `{%set x=7*7%}`
    if open == b"{%" && closed {
        let computed = inner.iter().position(|byte| matches!(byte, b'(' | b'=')).and_then(|at| inner.get(at + 1..));
        let computed = computed.map(|body| body.strip_suffix(b")").unwrap_or(body).trim_ascii());
        if computed.and_then(arithmetic) == Some(true) {
            return Some((85, "expression/arithmetic"));
        }
    }
    if open == b"{{" && closed && prints_literals(inner) {
        return Some((82, "expression/print"));
    }
    let runs_quoted = matches!(open, b"<%" | b"#{") && (matches!(inner, [b'`', .., b'`']) || quotes_command(inner));
    let confidence = if runs_quoted { 84 } else { reach(inner)? };
    // One brace is no template to most; it needs the strongest signs.
    // One brace begins JSON, code and much else: only Smarty's own forms are templates.
    let confidence = match single && !is_smarty(inner) {
        true if is_member(inner) => confidence.min(50),
        true => confidence.min(60),
        false => confidence,
    };
    let confidence = if closed { confidence } else { confidence.min(60) };
    (confidence >= 40).then_some((confidence, "expression/reach"))
}

/// `%x|id|`: a command between any two marks, to Ruby.
fn quotes_command(inner: &[u8]) -> bool {
    let Some([mark, body @ ..]) = inner.strip_prefix(b"%x") else { return false };
    let close = match mark {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        mark if mark.is_ascii_punctuation() => *mark,
        _ => return false,
    };
    memchr::memrchr(close, body).is_some_and(|end| end > 1)
}

/// `printf "%s%d" "abc" 123`: Go's templates print what they were given, and who asks for nothing but literals asks
/// whether they do.
fn prints_literals(inner: &[u8]) -> bool {
    let Some(rest) = inner.strip_prefix(b"printf ").or_else(|| inner.strip_prefix(b"println ")) else { return false };
    spend(rest.len());
    let mut literals = 0;
    let mut rest = rest.trim_ascii_start();
    while let [byte, tail @ ..] = rest {
        let length = match byte {
            b'"' | b'`' => match memchr::memchr(*byte, tail) {
                Some(end) => end + 2,
                None => return false,
            },
            b'0'..=b'9' => rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
            _ => return false,
        };
        literals += 1;
        rest = rest.get(length..).unwrap_or_default().trim_ascii_start();
    }
    literals >= 2
}

/// `{"msg": "java.lang.NullPointerException at …"}`: what stands in the brace begins as a member of JSON, as pasted answers do.
fn is_member(inner: &[u8]) -> bool {
    // In JSON within JSON the blanks and the quote are escaped.
    let blanks = inner.iter().take_while(|byte| b"\\nrt \t\r\n".contains(byte)).count();
    let Some(name) = inner.get(blanks..).and_then(|text| text.strip_prefix(b"\"")) else { return false };
    let Some(end) = memchr::memchr(b'"', name) else { return false };
    spend(blanks + end);
    name.get(end + 1..).unwrap_or_default().trim_ascii_start().first() == Some(&b':')
}

/// `{system('id')}`, `{if system('id')}`, `{$smarty.version}`, `{php}`: a tag that begins with what it runs.
fn is_smarty(inner: &[u8]) -> bool {
    let body = inner.strip_prefix(b"if ").unwrap_or(inner).trim_ascii_start();
    let name = body.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let after = body.get(name..).unwrap_or_default();
    let called = after.first() == Some(&b'(') && !names_its_arguments(after);
    let runs = name > 0 && (called || after.starts_with(b"::"));
    let inside =
        [b"__init__".as_slice(), b"__globals__", b"__subclasses__", b"__mro__", b"__builtins__", b"__import__"];
    let chain = inside
        .iter()
        .any(|name| memchr::memmem::find(body, name).is_some_and(|at| at > 0 && body.get(at - 1) == Some(&b'.')));
    let chain = chain || body.starts_with(b"''.") || body.starts_with(b"\"\".");
    runs || chain || body == b"php" || body.starts_with(b"$smarty.")
}

/// `(id: 1)`: a field of GraphQL, whose arguments always have names. Smarty's are values, and its colon is a double one.
fn names_its_arguments(call: &[u8]) -> bool {
    let argument = call.get(1..).unwrap_or_default().trim_ascii_start();
    let name = argument.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let after = argument.get(name..).unwrap_or_default().trim_ascii_start();
    name > 0 && after.first() == Some(&b':') && after.get(1) != Some(&b':')
}

/// Whether `inner` is arithmetic on literals only. False: it may be a date or a range.
fn arithmetic(inner: &[u8]) -> Option<bool> {
    let (mut operands, mut operators, mut sure) = (0, 0, false);
    let mut expect_operand = true;
    let mut rest = inner;
    while let [byte, tail @ ..] = rest {
        rest = match byte {
            b' ' | b'(' | b')' | b'\t' => tail,
            b'0'..=b'9' => {
                if !expect_operand {
                    return None;
                }
                operands += 1;
                expect_operand = false;
                let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
                rest.get(length..).unwrap_or_default()
            }
            b'\'' | b'"' => {
                if !expect_operand {
                    return None;
                }
                operands += 1;
                expect_operand = false;
                let end = memchr::memchr(*byte, tail)?;
                tail.get(end + 1..).unwrap_or_default()
            }
            b'*' | b'+' | b'-' | b'/' | b'%' | b'~' => {
                if expect_operand && operands > 0 && *byte != b'*' {
                    return None;
                }
                operators += usize::from(!expect_operand);
                sure = sure || matches!(byte, b'*' | b'+' | b'%' | b'~');
                expect_operand = true;
                tail
            }
            _ => return None,
        };
    }
    (operands >= 2 && operators >= 1 && !expect_operand && (sure || operators == 1)).then_some(sure)
}

/// Names by which an expression leaves the template, each with how sure a use of it is: as a member or call.
const REACHES: &[(&str, u8)] = &[
    ("getclass", 88),
    ("forname", 88),
    ("getruntime", 92),
    ("runtime", 82),
    ("processbuilder", 92),
    ("classloader", 86),
    ("getmethod", 82),
    ("getdeclaredmethod", 86),
    ("newinstance", 84),
    ("scriptenginemanager", 92),
    ("getengine", 80),
    ("subclasses", 86),
    ("popen", 90),
    ("execsync", 90),
    ("spawnsync", 90),
    ("child_process", 90),
    ("mainmodule", 90),
    ("system", 84),
    ("passthru", 88),
    ("shell_exec", 90),
    ("exec", 84),
    ("eval", 82),
    ("phpinfo", 86),
    ("file_get_contents", 88),
    ("file_put_contents", 88),
    ("readfile", 82),
    ("registerundefinedfiltercallback", 92),
    ("getfilter", 86),
    ("require", 80),
    ("import_module", 86),
    ("memberaccess", 88),
    ("get_flashed_messages", 70),
    ("lipsum", 62),
    ("freemarker", 84),
    ("objectconstructor", 88),
    ("smarty_internal_write_file", 92),
    ("ioutils", 86),
    ("getproperty", 62),
    ("println", 60),
    ("printstream", 70),
    ("processimpl", 88),
    ("unixprocess", 90),
    ("defineclass", 86),
    ("getresource", 70),
    ("protectiondomain", 84),
    ("urlclassloader", 88),
    ("base64utils", 84),
    ("bcelclassloader", 88),
    ("open", 55),
    ("entries", 55),
    ("write_file", 84),
    ("attr", 80),
    ("include_file", 70),
    ("config", 50),
    ("secret_key", 80),
    ("system.diagnostics", 88),
    ("diagnostics", 80),
    ("fopen", 82),
    ("show_source", 84),
    ("highlight_file", 84),
];

/// How sure the names and calls of an expression make; `None` when they are those of honest templates.
fn reach(inner: &[u8]) -> Option<u8> {
    spend(inner.len());
    let lower = inner.to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    let mut best = 0;
    let mut keep = |confidence: u8| best = best.max(confidence);
    // Python's internals, also put together from pieces or escapes.
    if has(b"__class__")
        || has(b"__globals__")
        || has(b"__subclasses__")
        || has(b"__builtins__")
        || has(b"__import__")
        || has(b"__mro__")
        || has(b"__base")
        || has(b"__init__")
    {
        keep(93);
    } else if has(b"__context") || has(b"__environment") {
        // `self._TemplateReference__context`: a private name, as Python mangles it.
        keep(84);
    } else if has(b"\\x5f")
        || has(b"\\137")
        || has(b"\\u005f")
        || (has(b"__") && (has(b"['__") || has(b"[\"__") || has(b"'__")))
    {
        keep(84);
    }
    if (has(b"t(java.") || has(b"t(org.") || has(b"t(javax.") || has(b"t (java"))
        || has(b"new java.")
        || has(b"@java.lang")
        || has(b"java.lang.")
        || has(b"java.util.scanner")
    {
        keep(90);
    }
    for filter in [b"|filter(".as_slice(), b"|map(", b"|sort(", b"|reduce(", b"| filter(", b"| map(", b"| reduce("] {
        if let Some(at) = memchr::memmem::find(&lower, filter) {
            let argument = lower.get(at + filter.len()..).unwrap_or_default().trim_ascii_start();
            let command =
                [b"system".as_slice(), b"exec", b"passthru", b"shell_exec", b"popen", b"assert", b"phpinfo", b"file_"];
            let quoted = argument.get(1..).unwrap_or_default();
            if command.iter().any(|command| quoted.starts_with(command)) {
                keep(92);
            }
        }
    }
    for (start, end) in words(&lower) {
        keep(used(&lower, start, end));
    }
    // A method of a literal is how engines are told apart: `{{'a'.toUpperCase()}}`.
    if let [quote @ (b'\'' | b'"'), tail @ ..] = lower.as_slice()
        && let Some(end) = memchr::memchr(*quote, tail)
        && tail.get(end + 1) == Some(&b'.')
        && tail.contains(&b'(')
    {
        keep(76);
    }
    // A path handed to what reads files: `'/etc/passwd'|file_excerpt(1,30)`.
    if let [quote @ (b'\'' | b'"'), b'/', tail @ ..] = lower.as_slice()
        && let Some(end) = memchr::memchr(*quote, tail)
        && let Some(filter) = tail.get(end + 1..).unwrap_or_default().trim_ascii_start().strip_prefix(b"|")
        && [b"file_".as_slice(), b"include", b"source", b"readfile", b"file("]
            .iter()
            .any(|name| filter.trim_ascii_start().starts_with(name))
    {
        keep(84);
    }
    (best >= 40).then_some(best)
}

/// How sure one word of an expression makes, by what stands around it; 0 when it is an ordinary name.
fn used(lower: &[u8], start: usize, end: usize) -> u8 {
    let has = |needle: &[u8]| memchr::memmem::find(lower, needle).is_some();
    let word = lower.get(start..end).unwrap_or_default();
    let after = lower.get(end..).unwrap_or_default().trim_ascii_start();
    let before = lower.get(..start).unwrap_or_default().trim_ascii_end();
    let called = after.starts_with(b"(");
    let joined = called
        || after.starts_with(b".")
        || after.starts_with(b"[")
        || after.starts_with(b"|")
        || after.starts_with(b"::")
        || before.ends_with(b".");
    let listed = REACHES.iter().find(|(name, _)| name.as_bytes() == word).map_or(0, |(_, confidence)| *confidence);
    let free = called && before.is_empty();
    // A property of the system's settings, `${system.biz.date}`, or a line printed by a lesson's program.
    let named = start == 0 && lower.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'.');
    let property = word == b"system" && (named || after.starts_with(b".out.print"));
    let listed = match listed {
        _ if property => 0,
        sure @ 80.. if called || (joined && sure >= 84) || word == b"secret_key" => sure,
        sure if called && joined && !free => sure,
        _ => 0,
    };
    let sure = match word {
        b"system" | b"exec" | b"passthru" | b"shell_exec" | b"popen" if before.ends_with(b"|") => 84,
        b"class" if start == 0 && after.starts_with(b".get") => 82,
        b"environ" if before.ends_with(b"request.") => 70,
        b"constructor"
            if after.starts_with(b".constructor") || after.starts_with(b"[") || (called && before.ends_with(b".")) =>
        {
            88
        }
        b"constructor" if before.ends_with(b"[\"") || before.ends_with(b"['") => 85,
        b"class" if before.ends_with(b".") && after.starts_with(b".") => 82,
        b"import" if after.starts_with(b"os") || after.starts_with(b"subprocess") => 88,
        b"_self" if after.starts_with(b".env") => 92,
        b"smarty" if before.ends_with(b"$") && after.starts_with(b".") => 84,
        b"php" if lower.len() <= 4 => 82,
        b"process" if after.starts_with(b".") && (has(b"mainmodule") || has(b"binding(")) => 88,
        b"config" | b"self" | b"settings" | b"request" | b"app" if start == 0 && lower.len() == end => {
            if word == b"config" { 62 } else { 30 }
        }
        b"config" if called || after.starts_with(b".items") || after.starts_with(b".from") => 82,
        b"request" if after.starts_with(b".application") || after.starts_with(b"|attr") => 88,
        b"new" if before.ends_with(b"?") && called => 92,
        // Ansible runs a command for what it looks up in a pipe.
        b"lookup" | b"query" if after.starts_with(b"('pipe'") || after.starts_with(b"(\"pipe\"") => 82,
        // The name of the page to include comes with the request itself.
        b"include" if after.starts_with(b"request.") => 82,
        b"dump" if called && has(b"app") => 80,
        b"debug" if lower.len() == 5 => 70,
        b"include" if after.starts_with(b"'/") || after.starts_with(b"\"/") || has(b"../") => 82,
        b"file" | b"dir" | b"io" | b"kernel" | b"open3"
            if after.starts_with(b".open")
                || after.starts_with(b".read")
                || after.starts_with(b".entries")
                || after.starts_with(b".popen") =>
        {
            86
        }
        _ => 0,
    };
    sure.max(listed)
}

/// Where the words of `text` begin and end.
fn words(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        at += text.iter().skip(at).take_while(|byte| !is_word(byte)).count();
        let start = at;
        at += text.iter().skip(at).take_while(|byte| is_word(byte)).count();
        (at > start).then_some((start, at))
    })
}

/// Directives without closing marks: Velocity's `#set($x=…)`, FreeMarker's `<#assign x="…"?new()>`.
fn directive(rest: &[u8]) -> Option<u8> {
    spend(rest.len());
    let lower = rest.to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    let reaches = || {
        has(b"class") && (has(b"runtime") || has(b"getclass") || has(b"inspect(") || has(b"forname"))
            || has(b"classloader")
            || has(b"protectiondomain")
            || has(b"?new(")
            || has(b"freemarker.template.utility")
            || has(b".exec(")
    };
    if lower.starts_with(b"#set") && has(b"$") && has(b"=") {
        let body = memchr::memchr(b'=', &lower).and_then(|at| lower.get(at + 1..)).unwrap_or_default();
        let body = body.get(..memchr::memchr(b')', body).unwrap_or(body.len())).unwrap_or(body);
        return Some(if reaches() {
            92
        } else if arithmetic(body.trim_ascii()) == Some(true) {
            85
        } else {
            45
        });
    }
    if (lower.starts_with(b"#assign")
        || lower.starts_with(b"#evaluate(")
        || lower.starts_with(b"#include(")
        || lower.starts_with(b"#parse("))
        && (reaches() || has(b"/etc/"))
    {
        return Some(92);
    }
    if lower.starts_with(b"$class.inspect(") {
        return Some(90);
    }
    // Velocity's references need no braces: `$request.getClass()`.
    let name = lower.iter().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let reference = name > 0 && lower.first() == Some(&b'$');
    let member = lower.get(name + 1..).unwrap_or_default();
    (reference && (member.starts_with(b".getclass()") || member.starts_with(b".class.forname("))).then_some(88)
}
