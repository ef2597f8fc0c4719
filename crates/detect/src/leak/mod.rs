//! What a response must not show: traces, database errors, listings, sources, settings, keys.
//!
//! Honest pages discuss errors, so a phrase alone is nothing. Confirmed by the structure that only the failing server prints
//! (frames of a trace in a row, an error with its driver and position), and by where it stands: a response that begins with
//! it is an error page, an article that quotes it is not.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::gate::{Best, Pattern, Shape, Words, prepare_all, shape, spend};
use super::reading::{is_space, until, window};
use super::{Context, Finding, Place, Requirement, needs};

/// How much of a response is read.
const RESPONSE_BYTES: usize = 128 << 10;
/// A page that fails says so early.
const EARLY: usize = 4096;

const WORDS: &[&str] = &[
    ".java:",
    ".rb:",
    "ref: refs/",
    "java.sql.SQL",
    "Unknown Source",
    "Native Method",
    "Traceback (most",
    "File \"",
    "Stack trace:",
    "Fatal error",
    "Parse error",
    "Warning: ",
    "Notice: ",
    "Server Error in '",
    "at System.",
    "   at ",
    "    at ",
    "node_modules",
    "SQL syntax",
    "ORA-",
    "PLS-",
    "SQLSTATE",
    "sql error",
    "mysql_",
    "mysqli",
    "pg_query",
    "PG::",
    "psycopg",
    "sqlite",
    "SQLException",
    "quotation mark",
    "OLE DB",
    "ODBC",
    "JDBC",
    "SQLServer",
    "syntax error at",
    "Index of /",
    "Directory listing",
    "Directory Listing",
    "Parent Directory",
    "<?php",
    "<%@",
    "<%!",
    "#!/",
    "repositoryformatversion",
    "root:x:0",
    "for 16-bit",
    "[boot loader]",
    "PRIVATE KEY",
    "AKIA",
    "DB_PASSWORD",
    "APP_KEY",
    "phpinfo()",
    "PHP Version",
    "uid=",
    "JAVA PROFILE",
    "jdbc:",
    "connectionString",
    "aws_secret",
    "Whitelabel",
    "goroutine ",
    "panic:",
    "RuntimeError",
    "ActionController",
    "Whoops",
    "django",
    "Werkzeug",
    "dir\n",
    "svn-base",
    "You have an error",
    "password=",
    "PASSWORD=",
    "_SECRET",
    "SECRET_KEY",
];

static GATE: Words = Words::of(WORDS);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&GATE, &SECRETS, &EXACT, &EARLY_SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    needs(WORDS, &[])
}

/// What is a leak wherever a response holds it.
static EXACT: [Shape; 12] = [
    shape(95, "file/passwd", r"(?m)^root:[x*!]?:0:0:[^:\n]*:/[^:\n]*:/[^\n]*$"),
    shape(95, "file/win-ini", r"^\s*; for 16-bit app support\s|\[boot loader\]\s+timeout="),
    shape(
        93,
        "key/private",
        r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----\s+(?:[\w-]+: [^\n]*\n)*\s*(?:[A-Za-z0-9+/=]{48,76}\s+){3}",
    ),
    shape(92, "file/git", r"\[core\]\s+repositoryformatversion = \d|^ref: refs/heads/[\w./-]+\s*$"),
    shape(92, "command/id", r"^\s*(?:<pre>)?\s*uid=\d+\([\w.-]+\) gid=\d+\([\w.-]+\)"),
    shape(
        91,
        "page/phpinfo",
        r"<title>(?:PHP [\d.]+[^<]* - )?phpinfo\(\)</title>|<h1 class=\x22p\x22>PHP Version [\d.]+",
    ),
    shape(93, "file/heap", r"^JAVA PROFILE 1\.0\.[12]\x00"),
    shape(
        90,
        "listing",
        r"(?i)<title>Index of /[^<]*</title>.*<h1>Index of /|<title>Directory listing for /|<title>Directory Listing For \[?/|<pre><A HREF=\x22[^\x22]*\x22>\[To Parent Directory\]",
    ),
    shape(
        90,
        "trace/dotnet-page",
        r"<title>[^<]{0,200}</title>.*<H1>Server Error in '[^']{0,80}' Application\.|\[\w+Exception(?: \(0x[0-9a-f]+\))?: [^\]\n]*\]\s+[\w.]+\([^)]*\)",
    ),
    shape(
        88,
        "trace/debugger",
        r"(?i)<title>[^<]{0,200}// Werkzeug Debugger</title>|<h1>Whitelabel Error Page</h1>.{0,80}.*\.java:\d+|<div class=\x22exc-title|<title>Action Controller: Exception caught</title>|<title>[^<]{0,120} at /[^<]{0,120}</title>.*You're seeing this error because you have <code>DEBUG = True",
    ),
    shape(88, "settings/environment", r"(?m)^(?:[A-Z][A-Z0-9_]{2,40}=[^\n]*\r?\n(?:\s*\r?\n|#[^\n]*\r?\n)*){2,}"),
    shape(
        90,
        "settings/connection",
        r"(?i)<add name=\x22[^\x22]{1,64}\x22\s+connectionString=\x22[^\x22]*password=[^\x22;]+|\baws_secret_access_key\s*=\s*[A-Za-z0-9/+]{40}|\bAKIA[0-9A-Z]{16}\b[^\n]{0,80}\n?[^\n]{0,80}\b[A-Za-z0-9/+]{40}\b",
    ),
];

/// What is a leak where a response begins with it or consists of it.
static EARLY_SHAPES: [Shape; 16] = [
    shape(
        88,
        "trace/java",
        r"(?:[\w$]+\.){2,}[\w$]*(?:Exception|Error|Throwable)\b[^\n]{0,400}(?:\r?\n|<br\s*/?>)\s*(?:&nbsp;|\s)*at (?:[\w$]+\.)+[\w$<>&;]+\([\w$ ]+(?:\.java:\d+)?\)(?:\s*(?:\[[^\]\n]*\])?\s*(?:\r?\n|<br\s*/?>)(?:&nbsp;|\s)*at (?:[\w$]+\.)+[\w$<>&;]+\([\w$ ]+(?:\.java:\d+)?\)){1,}",
    ),
    shape(88, "trace/python", r"Traceback \(most recent call last\):\s+File \x22[^\x22\n]+\x22, line \d+, in "),
    shape(
        88,
        "trace/php",
        r"(?:<b>)?(?:Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?:\s{1,3}[^\n]{3,400} in (?:<b>)?(?:/|[A-Z]:\\)[^\s<]{3,200}\.(?:php|inc|phtml)(?:</b>)? on line (?:<b>)?\d+",
    ),
    shape(86, "trace/php-frames", r"Stack trace:\s+#0 (?:/|[A-Z]:\\|\{main\}|\[internal)[^\n]*\n"),
    shape(
        86,
        "trace/dotnet",
        r"(?m)(?:^|\n)\s*(?:Unhandled Exception: )?(?:[\w]+\.)+\w*Exception: [^\n]*\r?\n\s+at (?:[\w`]+\.)+[\w`<>]+\([^)\n]*\)(?: in [^\n]*:line \d+)?\s*\r?\n\s+at ",
    ),
    shape(
        86,
        "trace/node",
        r"(?:Error|TypeError|ReferenceError|SyntaxError|RangeError): [^\n]{0,300}\n\s+at (?:[^\n]{0,120}\()?(?:file://)?(?:/|[A-Z]:\\)[^\n:]{1,200}:\d+:\d+\)?\n\s+at ",
    ),
    shape(86, "trace/go", r"panic: [^\n]{1,300}\n\n?goroutine \d+ \[running\]:\n|^goroutine \d+ \[running\]:\n"),
    shape(84, "trace/ruby", r"(?m)^(?:/[\w./-]+\.rb):\d+:in [`'][^'\n]+'"),
    shape(
        90,
        "database/mysql",
        r"You have an error in your SQL syntax; check the manual that corresponds to your (?:MySQL|MariaDB) server version for the right syntax to use near '|(?:mysqli?_|mysql)[\w]*\(\)[^\n]{0,80}(?:expects parameter|supplied argument is not)|com\.mysql\.(?:cj\.)?jdbc\.exceptions",
    ),
    shape(88, "database/oracle", r"\bORA-\d{5}: [^\n]{3,200}(?:\n|<br|$|ORA-)|\bPLS-\d{5}: "),
    shape(
        88,
        "database/sql-server",
        r"Unclosed quotation mark (?:after|before) the character string '|Incorrect syntax near '[^'\n]{0,80}'\.|\[(?:Microsoft|unixODBC|ODBC)\][^\n]{0,120}\[(?:SQL Server|ODBC[\w ]*Driver|Driver Manager)\]|Microsoft OLE DB Provider for [\w ]{3,40}(?:<[^>]*>|\s)*error '80|com\.microsoft\.sqlserver\.jdbc\.SQLServerException: ",
    ),
    shape(
        88,
        "database/postgresql",
        r"(?:pg_(?:query|exec)|PG::\w+|psycopg2\.\w+|org\.postgresql\.util\.PSQLException)[^\n]{0,80}(?:ERROR|Error|failed):?\s|ERROR:\s+syntax error at or near \x22[^\x22\n]{0,80}\x22\s+(?:LINE \d+|at character|Position)",
    ),
    shape(
        86,
        "database/driver",
        r"SQLSTATE\[\w{5}\](?: \[\d+\])?: ?[^\n]{0,40}(?:error|violation|not found|denied|failure|Unknown|syntax)|(?:java\.sql\.SQL\w*Exception|SQLite3?::\w*Exception|sqlite3\.(?:Operational|Programming)Error|near \x22[^\x22\n]{0,40}\x22: syntax error|org\.h2\.jdbc\.\w+)(?::|\b)",
    ),
    shape(91, "source/php", r"^\s*<\?php\s[^<]{0,400}[;({]"),
    shape(90, "source/server-page", r"^\s*<%@\s*(?:page|Page|Language|WebHandler|Control|Master)\b"),
    shape(60, "source/script", r"^#!\s?/(?:usr/)?bin/\w+[^\n]{0,40}\n"),
];

/// Names of settings that hold a secret.
static SECRETS: Pattern = Pattern::new(
    r"(?m)^(?:DB_(?:PASSWORD|PASS|PWD)|DATABASE_URL|APP_KEY|SECRET_KEY|\w*_SECRET(?:_KEY)?|AWS_\w+|REDIS_PASSWORD|MAIL_PASSWORD|\w*PASSWORD|\w*API_KEY|JWT_\w+)=\S",
);

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if context.place != Place::ResponseBody {
        return None;
    }
    let value = until(value, RESPONSE_BYTES);
    if !GATE.is_in(value) {
        return None;
    }
    let mut best = Best::default();
    for shape in &EXACT {
        let Some(span) = shape.pattern.find(value) else { continue };
        let settings = shape.path == "settings/environment";
        if settings && !(span.start < 256 && SECRETS.is_in(value) && !is_page(value)) {
            continue;
        }
        let quoted = is_page(value)
            && is_quoted(value, &span)
            && !shape.path.starts_with("listing")
            && !shape.path.starts_with("page");
        best.offer(if quoted { 55 } else { shape.confidence }, span, shape.path);
    }
    for shape in &EARLY_SHAPES {
        let Some(span) = shape.pattern.find(value) else { continue };
        best.offer(weigh(value, &span, shape.confidence), span, shape.path);
    }
    best.into_finding()
}

/// Full confidence for a response that is the error; less for a page that also says something else.
fn weigh(value: &[u8], span: &Range<usize>, confidence: u8) -> u8 {
    if is_quoted(value, span) {
        return 35;
    }
    if !is_page(value) {
        // A log or a text that somebody asked for has the trace somewhere in the middle.
        return if span.start < EARLY / 4 { confidence } else { 55 };
    }
    let text_before = visible(until(value, span.start));
    match text_before {
        0..400 => confidence,
        400..1200 => 62,
        _ => 40,
    }
}

fn is_page(value: &[u8]) -> bool {
    let start = window(value, 0, 512).to_ascii_lowercase();
    spend(start.len());
    [b"<!doctype".as_slice(), b"<html", b"<head", b"<body", b"<div"]
        .iter()
        .any(|tag| memchr::memmem::find(&start, tag).is_some())
}

/// Inside `<code>`, `<pre class=`, `<blockquote>` or a text area: an article quotes it.
fn is_quoted(value: &[u8], span: &Range<usize>) -> bool {
    let before = window(value, span.start.saturating_sub(EARLY), EARLY.min(span.start)).to_ascii_lowercase();
    spend(before.len());
    [
        (b"<code".as_slice(), b"</code".as_slice()),
        (b"<blockquote", b"</blockquote"),
        (b"<textarea", b"</textarea"),
        (b"<pre class", b"</pre"),
        (b"class=\"hljs", b"</pre"),
    ]
    .iter()
    .any(|(open, close)| {
        let opened = memchr::memmem::rfind(&before, open);
        opened.is_some_and(|at| memchr::memmem::rfind(&before, close).is_none_or(|closed| closed < at))
    })
}

/// Elements whose text nobody sees.
const HIDDEN: [(&[u8], &[u8]); 3] = [(b"<script", b"</script"), (b"<style", b"</style"), (b"<title", b"</title")];

/// How many bytes of text outside elements, scripts and styles stand in `html`.
fn visible(html: &[u8]) -> usize {
    spend(html.len());
    let (mut count, mut inside, mut at) = (0, false, 0);
    let lower = html.to_ascii_lowercase();
    while let Some(byte) = lower.get(at) {
        match byte {
            b'<' => {
                let rest = lower.get(at..).unwrap_or_default();
                let skipped = HIDDEN.iter().find(|(open, _)| rest.starts_with(open));
                if let Some((_, close)) = skipped {
                    let end = memchr::memmem::find(rest, close).unwrap_or(rest.len());
                    spend(end);
                    at += end.max(1);
                    if end == rest.len() {
                        return count;
                    }
                }
                inside = true;
            }
            b'>' => inside = false,
            byte if !inside && !is_space(*byte) => count += 1,
            _ => {}
        }
        at += 1;
    }
    count
}
