//! Invocations that are attacks wherever they stand: shells handed a program, reverse shells, downloads into a shell.

use std::ops::Range;

use memchr::memmem;

use super::super::gate::{Best, Pattern, Shape, Words, prepare_all, shape, spend};
use super::super::reading::{from, until, window};
use super::super::{Context, Place};

/// What an invocation cannot do without.
pub(super) static WORDS: Words = Words::of(&[
    "/dev/tcp/",
    "/dev/udp/",
    "sh -",
    "bash -",
    "nc -",
    "ncat -",
    "cmd",
    "powershell",
    "pwsh",
    "comspec",
    "mkfifo",
    "iex",
    "invoke-",
    "new-object",
    "frombase64string",
    "downloadstring",
    "net user",
    "net localgroup",
    "certutil",
    "bitsadmin",
    "mshta",
    "rundll32",
    "regsvr32",
    "python",
    "perl -",
    "ruby -",
    "php -r",
    "rm -rf",
    "#exec",
    "<!--",
    "<esi:",
    "proxycommand",
    "-config=core.",
    "upload-pack",
    "use-askpass",
    "checkpoint-action",
    "-invoke=",
    "-exec=",
    "-o ",
    "-o\t",
    "|sh",
    "| sh",
    "|bash",
    "| bash",
    "() {",
    "(){",
    "() ",
    "/bin/sh",
    "/bin/bash",
    "wget",
    "curl",
    "chmod",
    "zip/tmp",
    "pipe%",
    " in (",
    " in(",
    "__import__",
    "os.",
    "posix.",
    "subprocess",
    "pty.",
    "import ",
    "io.popen",
    "process.spawn",
    "open3",
    "kernel.",
    "%x",
    "file.read",
    "file.open",
    "@{",
    "qx",
    ":(",
    "graphic-context",
]);

const PYTHON: &str = "python/call";

static INVOCATIONS: [Shape; 25] = [
    // An address in a drawing of ImageMagick, which hands it to a shell between quotes.
    shape(88, "drawing/delegate", r"(?i)push\s+graphic-context\b.{0,200}\burl\([^)]{0,200}[\x22`$][^)]{0,16}[|;&`(]"),
    // Arguments for a program that fetches: where to write, and what.
    shape(84, "option/write", r"^\s*-[oO]\s+/[\w./-]{2,120}\s+(?:https?|ftp)://\S+\s*$"),
    shape(92, "reverse-shell/device", r"/dev/(?:tcp|udp)/[\w.$:{}-]+/[\w${]+"),
    shape(95, "function/shellshock", r"(?:^|['\x22=])\s{0,2}\(\s*\)\s*\{[^}]{0,40};\s*\}\s*;"),
    shape(88, "shell/program", r"(?i)(?:^|[^\w.-])(?:ba|da|z|k|a)?sh\s{1,4}-(?:[a-z]{0,3}[ci])\s{1,4}['\x22{>&(|/a-z]"),
    shape(
        90,
        "reverse-shell/netcat",
        r"(?i)(?:^|[^\w-])(?:nc|ncat|netcat)(?:\.exe|\.traditional|\.openbsd)?\s+(?:[\w.:-]+\s+){0,6}(?:-[a-z]{0,4}[ec])\s*(?:/bin/|cmd|bash|sh\b|powershell)",
    ),
    shape(
        86,
        "cmd/program",
        r"(?i)(?:^|[^\w.])cmd(?:\.exe)?['\x22]?[\s+]*/[ckr](?:[\s+\x22'(@^]+[a-z%.\\]|(?:whoami|dir|type|net|ping|echo|calc|powershell|certutil|ipconfig|start|copy|del|systeminfo|tasklist)\b)",
    ),
    shape(92, "cmd/formula", r"(?i)[=+@-]\s*cmd\s*\|\s*'"),
    shape(82, "cmd/comspec", r"(?i)%comspec%"),
    shape(
        88,
        "powershell/option",
        r"(?i)(?:powershell|pwsh)(?:\.exe)?['\x22]?(?:\s+-\w+(?:\s+\w+)?){0,4}\s+[-/](?:nop|noni|enc|e\b|ec\b|ep\b|exec|w\b|window|c\b|command|f\b|file|sta\b|encodedcommand)",
    ),
    shape(
        88,
        "powershell/expression",
        r"(?i)(?:\biex\b|\binvoke-expression)\s*[(\x22'$]|\bnew-object\s+(?:system\.)?net\.(?:webclient|sockets)|\.downloadstring\s*\(|::frombase64string\s*\(|\binvoke-(?:webrequest|restmethod|command|mimikatz|item)\s+[-\x22'h$(]|\biwr\s+-?(?:uri|http|u)",
    ),
    shape(86, "windows/account", r"(?i)\bnet1?(?:\.exe)?\s+(?:user|localgroup)\s+\S+\s+(?:\S+\s+)?/(?:add|del|active)"),
    shape(
        86,
        "windows/loader",
        r"(?i)\bcertutil(?:\.exe)?\s+[^|;&]{0,40}-(?:urlcache|decode|f\b)|\bbitsadmin(?:\.exe)?\s+/(?:transfer|create)|\bmshta(?:\.exe)?\s+(?:http|vbscript|javascript)|\brundll32(?:\.exe)?\s+(?:javascript|\\\\|[\w.]+,)|\bregsvr32(?:\.exe)?\s+[^|;&]{0,24}/i:",
    ),
    shape(
        86,
        "interpreter/program",
        r"(?i)(?:^|[^\w.-])(?:python[23]?(?:\.\d+)?|perl|ruby|php)\s+-[cer]\w*\s*['\x22][^'\x22]{0,8}\w",
    ),
    shape(86, "destroy/recursive", r"(?:^|[^\w-])rm\s+-(?:rf|fr|r\s+-f|f\s+-r)\s+(?:--no-preserve-root\s+)?[/~*.$]"),
    shape(
        90,
        "server-side-include/exec",
        r"(?i)<!--\s*#\s*(?:exec|include)\s+(?:cmd|cgi|file|virtual)\s*=|<esi:(?:include|inline)\s",
    ),
    shape(
        88,
        "download/shell",
        r"(?i)\b(?:curl|wget|fetch|lwp-download)\b[^|;&\n]+\|\s*(?:sudo\s+)?(?:\S*/)?(?:ba|da|z|k)?sh\b",
    ),
    shape(
        86,
        "download/run",
        r"(?i)\b(?:curl|wget|tftp)\s[^|;&\n]+(?:;|&&|\|\||%26%26)\s*(?:chmod\s+(?:\+x|\d{3})|(?:ba)?sh\s+\S|\./\w|/tmp/\w)",
    ),
    shape(
        84,
        "pipe/named",
        r"\bmkfifo\s+/?[\w/.]+\s*[;&|]|\bmknod\s+\S+\s+p\b|%pipe%(?:id|cat|ls|wget|curl|bash|sh|touch|echo|/)",
    ),
    shape(
        84,
        "cmd/loop",
        r"(?i)(?:^|[&|;(]|/c )\s*for\s+(?:/[dfrl]\s+[^%]{0,80})?%{1,2}\S?\w{0,8} in ?\([^)]{0,200}\)\s*do\b",
    ),
    shape(90, "bomb", r":\(\)\s*\{\s*:\s*\|\s*:?&?\s*:?\s*&?\s*\}\s*;\s*:"),
    shape(
        88,
        PYTHON,
        r"(?i)__import__\s*\(\s*['\x22](?:os|subprocess|pty|commands|socket|importlib|timeit)['\x22]|\b(?:os|posix)\.(?:system|popen)\s*\(\s*['\x22(\w]|\bsubprocess\.(?:popen|call|run|check_output|getoutput)\s*\(|\bpty\.spawn\s*\(|\bimport\s+(?:\w+\s*,\s*){0,8}(?:os|subprocess|pty)\b(?:\s*,\s*\w+){0,8}\s*;\s*\w",
    ),
    shape(
        86,
        "ruby/call",
        r"(?i)\b(?:io\.popen|process\.spawn|open3\.(?:capture|popen)\w*|kernel\.(?:exec|system|open)|kernel\.`)\s*\(?\s*['\x22(`]|(?-i:%x)[({\[][^)}\]]{2,80}[)}\]]|\bfile\.(?:read|open)\s*\(?\s*['\x22](?:/etc/|/proc/)",
    ),
    shape(
        86,
        "perl/call",
        r"@\{\s*\[.{0,80}?(?:system|exec|eval|open|qx|core::)|(?:^|[^\w/+])qx\s*[{(/]\s*[a-z]{1,12}\d?(?:[ \t;|.-][^})/]{0,80})?[})/]",
    ),
    shape(
        84,
        "option/command",
        r"(?i)(?:^|\s)-(?:oproxycommand=|-config=core\.\w{0,16}(?:command|pager|editor|hookspath)=|-upload-pack=|-use-askpass=|-checkpoint-action=|-pre-invoke=|-exec=)\S",
    ),
];
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &FRAME, &INVOCATIONS]);
}

/// Offers what of this stands in `value`.
pub(super) fn find(value: &[u8], context: Context, best: &mut Best) {
    if !WORDS.is_in(value) {
        return;
    }
    for invocation in &INVOCATIONS {
        let Some(span) = invocation.pattern.find(value) else { continue };
        let outside = match invocation.path {
            PYTHON => outside_tracebacks(value, span, &invocation.pattern),
            _ => Some(span),
        };
        let Some(span) = outside else { continue };
        // A user agent may name a tool with options; only a shell function or a device is never its name.
        let header = context.place == Place::Header && invocation.confidence < 88;
        // Options of a documented command in a long text: somebody explains it.
        let quoted_at_length = value.len() > 4096 && memchr::memchr_iter(b' ', window(value, 0, 512)).count() > 40;
        let confidence = match (header, quoted_at_length) {
            (true, _) => 60,
            (_, true) => invocation.confidence.min(70),
            _ => invocation.confidence,
        };
        best.offer(confidence, span, invocation.path);
    }
}

/// The line above a line of source in what Python prints when it fails.
static FRAME: Pattern =
    Pattern::new(r"^[ \t]*File (?:\\?\x22|&quot;|&#34;)[^\x22&]+(?:\x22|&quot;|&#34;), line \d{1,7}, in \S+[ \t\r]*$");

/// So many lines of one traceback are passed over.
const FRAMES: usize = 64;

/// The first match, from `found` on, that is not a line of source in a traceback. Such a frame is no Python: whatever runs
/// the text fails at it, unless the frame stands within a literal of several lines.
fn outside_tracebacks(value: &[u8], found: Range<usize>, pattern: &Pattern) -> Option<Range<usize>> {
    let literal = [b"\x22\x22\x22".as_slice(), b"'''", b"\\\n", b"\\\r\n"];
    if literal.iter().any(|mark| memmem::find(value, mark).is_some()) {
        return Some(found);
    }
    let mut found = found;
    for _ in 0..FRAMES {
        let before = until(value, found.start);
        let Some((above, source)) = last_line(before) else { return Some(found) };
        let frame = last_line(above).map_or(above, |(_, frame)| frame);
        // A literal of one line holds the escapes of line breaks; what closes it, or is computed in it, would run.
        if !FRAME.is_in(frame) || source.iter().any(|byte| b"'\"{}".contains(byte)) {
            return Some(found);
        }
        let next = pattern.find(from(value, found.end))?;
        found = found.end + next.start..found.end + next.end;
    }
    Some(found)
}

/// What stands before the last line break, plain or as JSON writes it, and what behind.
fn last_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = from(text, text.len().saturating_sub(LINE_BYTES));
    spend(text.len());
    let plain = memchr::memrchr(b'\n', text).map(|at| (at, at + 1));
    let escaped = memmem::rfind(text, b"\\n").map(|at| (at, at + 2));
    let (end, start) = plain.max(escaped)?;
    Some((until(text, end), from(text, start)))
}

/// How much of a line is read.
const LINE_BYTES: usize = 1024;
