//! Commands of the operating system: POSIX shells, cmd.exe and PowerShell.
//!
//! Confirmed by a place where a shell begins a command (a separator, a substitution, the start of a value), a word there
//! that is a command once [`lexer`] has resolved its quoting, and an argument that only a command would take. A command that
//! stands alone (`;id`) counts only where no prose or list puts such a word.
//!
//! Not here: code that starts commands from within a language (java, php, node), and path traversal without a command.

mod command;
mod lexer;
mod program;
mod sentence;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::gate::{Best, spend};
use super::reading::{before, from, is_binary, is_prose_around, is_space, is_word_byte, page_name, run, until, window};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;
use lexer::{Inside, Lexer, variables};
use sentence::Sentence;

/// At most so many bytes are read as commands, for each byte of the value and at least [`FREE_BYTES`]; behind them only a doubt
/// remains, which is never nothing.
const WORK: usize = 16;
const FREE_BYTES: usize = 65_536;

/// Compiles what is looked for here.
pub(super) fn prepare() {
    command::prepare();
    program::prepare();
}

/// What must be there for a shell to begin a command inside a value, or for a value to be one.
pub(super) fn requirement() -> Requirement {
    either([
        needs(&[], &[ByteMask::of(b";|&`\n\r$({'\"\\^")]),
        needs(program::WORDS.list(), &[]),
        needs(STARTS, &[]),
        needs(&[], &[ByteMask::of(b"?*["), ByteMask::of(b"/")]),
    ])
}

/// Starts of values that are commands without any separator.
const STARTS: &[&str] = &[
    " /",
    "\t/",
    "\x0b/",
    "\x0c/",
    "</",
    ">/",
    "+/",
    "/bin/",
    "/sbin/",
    ":/",
    "../",
    "~/",
    " -",
    "\t-",
    "\x0b-",
    "\x0c-",
    "+-",
    "uname",
    "ifconfig",
    "printenv",
    "lsof",
    "getent",
    "lscpu",
    "lsblk",
    "lsmod",
    "hostnamectl",
    "lsb_release",
    "dmidecode",
    "dmesg",
    "iptables",
    "phpinfo",
    "vmstat",
    "uptime",
    "netstat",
    "whoami",
    "ipconfig",
    "systeminfo",
    "tasklist",
    "quser",
    "qwinsta",
    "wmic",
    "vssadmin",
    "dsquery",
    "nltest",
    "gpresult",
    "getmac",
    "driverquery",
];

/// Where a command begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Opener {
    /// The value itself.
    Start,
    /// `;`, `|`, `&` and their doubles.
    Separator(u8),
    NewLine,
    /// `$(` or a process substitution.
    Substitution,
    Backtick,
    /// `{` of a brace expansion.
    Brace,
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let whole = find_in(value, context);
    if context.place != Place::Path || memchr::memchr(b'/', value).is_none() {
        return whole;
    }
    // A router takes its parameters from the segments of a path.
    let mut best = whole;
    let mut start = 0;
    for segment in value.split(|byte| *byte == b'/') {
        let telling = segment.iter().any(|byte| b";|&`$\n".contains(byte));
        let names = if telling { [Some(segment), page_name(segment)] } else { [None, None] };
        for name in names.into_iter().flatten() {
            if let Some(finding) = find_in(name, context)
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

fn find_in(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader) || is_binary(value) {
        return None;
    }
    let mut best = Best::default();
    program::find(value, context, &mut best);
    let variables = variables(value);
    let tables = tables(value);
    let json = is_json(value);
    let lines = sentence::lines(value);
    let mut left = value.len().saturating_mul(WORK).saturating_add(FREE_BYTES);
    let mut judge = |opener: Opener, behind: usize, start: usize, best: &mut Best| {
        let inside = match opener {
            Opener::Backtick => Inside::Backticks,
            Opener::Brace => Inside::Braces,
            _ => Inside::Plain,
        };
        let table = tables.partition_point(|table| table.end <= start);
        let in_table = tables.get(table).is_some_and(|table| table.contains(&start));
        if in_table || !could_be_command(from(value, start)) {
            return;
        }
        if left == 0 {
            best.offer(60, start..value.len(), "separator/unread");
            return;
        }
        let value = if json { until(value, end_of_string(value, start)) } else { value };
        let lexer = Lexer { value, inside, variables: &variables };
        let command = lexer.read(start);
        left = left.saturating_sub(command.end - start + COMMAND_COST);
        Sentence { value, opener, behind, start, lines, command: &command, context }.judge(best);
    };
    let first = run(value, is_space);
    judge(Opener::Start, first, first, &mut best);
    let mut at = 0;
    // Where the blanks and marks behind the last opener end, and which that was: line ends among them begin no other command.
    let mut begun = (Opener::Start, 0);
    spend(value.len());
    // What stands between the tags of a body is also judged as the parser reads it.
    let markup = context.place == Place::BodyText && value.trim_ascii_start().first() == Some(&b'<');
    while let Some(found) = next_opener(value, at) {
        let (opener, behind) = found;
        at = behind;
        if markup && opener == Opener::Separator(b';') && ends_entity(until(value, behind)) {
            continue;
        }
        let start = if behind <= begun.1 { begun.1 } else { command_start(value, opener, behind) };
        if begun == (opener, start) {
            continue;
        }
        begun = (opener, start);
        judge(opener, behind, start, &mut best);
    }
    if best.confidence() >= 40 && is_table_row(value) {
        return best.at_most(55);
    }
    let finding = best.into_finding()?;
    let most = if finding.confidence < 40 {
        100
    } else if tells_of_commands(value, finding.span.start) {
        35
    } else if is_prose_around(value, &finding.span) {
        65
    } else {
        100
    };
    Some(Finding { confidence: finding.confidence.min(most), ..finding })
}

/// Behind the blanks and the marks that may stand before a command: `(id)`, `{ id; }`, `! id`.
fn command_start(value: &[u8], opener: Opener, behind: usize) -> usize {
    let mut at = behind;
    loop {
        let blanks = run(from(value, at), is_space);
        spend(blanks + 1);
        at += blanks;
        let separated = matches!(opener, Opener::Separator(_) | Opener::NewLine);
        match from(value, at) {
            // On a line of its own a parenthesis begins a remark; with a blank behind it, programs in logs and texts are grouped.
            [b'(', next, ..] if separated && opener != Opener::NewLine && !is_space(*next) => at += 1,
            [b'{' | b'!', b' ' | b'\t' | b'\n', ..] if separated => at += 2,
            _ => return at,
        }
    }
}

/// What reading a command costs beside its bytes.
const COMMAND_COST: usize = 4;

/// `{"a": …}`, `[{…}]`: looked at from both ends only.
fn is_json(value: &[u8]) -> bool {
    match value.trim_ascii() {
        [b'{', inside @ .., b'}'] => inside.trim_ascii_start().first() == Some(&b'"'),
        [b'[', inside @ .., b']'] => matches!(inside.trim_ascii_start().first(), Some(b'"' | b'{' | b'[')),
        _ => false,
    }
}

/// Where the string of JSON ends in which a command begins at `start`: the quote that closes it is no word of the command.
fn end_of_string(value: &[u8], start: usize) -> usize {
    let text = window(value, start, STRING_BYTES);
    let closes = |at: &usize| {
        let next = from(text, at + 1).trim_ascii_start().first();
        before(text, *at) != Some(b'\\') && matches!(next, Some(b',' | b'}' | b']' | b':'))
    };
    memchr::memchr_iter(b'"', text).take(QUOTES).find(closes).map_or(value.len(), |at| start + at)
}

/// So much of a string, and so many quotes in it, are read to find its end.
const STRING_BYTES: usize = 512;
const QUOTES: usize = 16;

/// `ls -l | wc -l 的含义`, `步骤: cd /opt && ./stop.sh`: Chinese words around a line that begins with a command of its own,
/// where an injection begins with what the field was meant for. In JSON and XML it begins behind a quote
/// or a tag.
fn tells_of_commands(value: &[u8], found: usize) -> bool {
    let left = until(value, found);
    spend(left.len());
    let begin = memchr::memrchr3(b'"', b'>', b'\n', left).map_or(0, |at| at + 1);
    // In the address of a search, what was typed begins behind the sign.
    let typed = memchr::memrchr(b'=', left).map(|at| at + 1).filter(|at| *at > begin && left.starts_with(b"http"));
    let begin = typed.unwrap_or(begin);
    let text = window(value, begin, TOLD_BYTES);
    let text = until(text, run(text, |byte| !matches!(byte, b'"' | b'<' | b'\n' | b'#')));
    let lead = told_lead(text);
    if lead.is_some() && wide(text) >= 3 {
        return true;
    }
    // `报错 0x11b; 已执行 net stop spooler & net start spooler`: the words stand in the same clause, before the command.
    let before = window(value, begin, found.saturating_sub(begin).min(TOLD_BYTES));
    let clauses = memchr::memchr2_iter(b';', b',', before).take(CLAUSES);
    clauses.into_iter().any(|mark| {
        let clause = from(before, mark + 1);
        told_lead(clause).is_some_and(|lead| wide(until(clause, lead)) >= 3)
    })
}

/// How long the words are that lead to a command with arguments.
fn told_lead(text: &[u8]) -> Option<usize> {
    let lead = run(text, |byte| byte >= 0x80 || matches!(byte, b':' | b' '));
    let word = run(from(text, lead), |byte| byte.is_ascii_lowercase());
    let command = lexer::Word { text: window(text, lead, word).to_vec(), ..lexer::Word::default() };
    (text.get(lead + word) == Some(&b' ') && command::known(&command).is_some()).then_some(lead)
}

/// How many Chinese characters.
fn wide(text: &[u8]) -> usize {
    text.iter().filter(|byte| matches!(byte, 0xe3..=0xe9)).count()
}

/// So many clauses of a line are looked at.
const CLAUSES: usize = 16;

/// How much of a value is read for the words around a command.
const TOLD_BYTES: usize = 1024;

/// `| id | text | number |`: a line of a table, whose columns happen to be called like commands.
fn is_table_row(value: &[u8]) -> bool {
    let row = value.trim_ascii();
    let bars = memchr::memmem::find_iter(row, b" |").count();
    row.starts_with(b"| ") && row.ends_with(b" |") && bars >= 3 && !row.iter().any(|byte| b"\n#/$;&`\\".contains(byte))
}

/// The lines of tables: `|cd /  |切换到根目录  |` below or above another such line. A shell refuses to read a line that ends
/// with a pipe and goes on with one, so nothing in it runs.
fn tables(value: &[u8]) -> Vec<Range<usize>> {
    let is_row = |line: &[u8]| {
        let row = line.trim_ascii();
        row.len() > 2
            && row.starts_with(b"|")
            && row.ends_with(b"|")
            && !row.starts_with(b"||")
            && !row.ends_with(b"||")
    };
    let mut tables: Vec<Range<usize>> = Vec::new();
    let (mut at, mut rows, mut begin) = (0, 0usize, 0);
    spend(value.len());
    for line in value.split_inclusive(|byte| *byte == b'\n') {
        if is_row(line) {
            begin = if rows == 0 { at } else { begin };
            rows += 1;
        } else {
            if rows > 1 {
                tables.push(begin..at);
            }
            rows = 0;
        }
        at += line.len();
    }
    if rows > 1 {
        tables.push(begin..at);
    }
    tables
}

/// `&quot;`, `&#60;`.
fn ends_entity(text: &[u8]) -> bool {
    let tail = from(text, text.len().saturating_sub(ENTITY_BYTES));
    let Some(name) = tail.strip_suffix(b";") else { return false };
    let start = memchr::memrchr(b'&', name).map_or(name.len(), |at| at + 1);
    let name = from(name, start);
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
}

/// The longest entity that is looked for.
const ENTITY_BYTES: usize = 10;

/// The next place at or behind `at` where a command may begin, and where it would begin.
fn next_opener(value: &[u8], at: usize) -> Option<(Opener, usize)> {
    let mut at = at;
    loop {
        let found = at + from(value, at).iter().position(|byte| OPENERS.intersects(ByteMask::of(&[*byte])))?;
        let (byte, next) = (value.get(found).copied()?, value.get(found + 1).copied());
        at = found + 1;
        match byte {
            b'(' => match before(value, found) {
                Some(b'$' | b'<' | b'>') if next != Some(b'(') => return Some((Opener::Substitution, at)),
                _ => {}
            },
            b'{' => {
                let word =
                    run(until(from(value, at), 24), |byte| is_word_byte(byte) || matches!(byte, b'/' | b'\'' | b'\\'));
                if word > 0 && value.get(at + word) == Some(&b',') && before(value, found) != Some(b'$') {
                    return Some((Opener::Brace, at));
                }
            }
            b'`' => return Some((Opener::Backtick, at)),
            b'\n' | b'\r' => return Some((Opener::NewLine, at)),
            _ => {
                let double = usize::from(next == Some(byte));
                return Some((Opener::Separator(byte), at + double));
            }
        }
    }
}

const OPENERS: ByteMask = ByteMask::of(b";|&`\n\r({");

/// Whether the text begins as a command can.
fn could_be_command(text: &[u8]) -> bool {
    matches!(text, [b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'\\' | b'\'' | b'"' | b'$' | b'.' | b'^', _, ..] | [b'w'])
}
