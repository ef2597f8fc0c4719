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
#[cfg(test)]
mod tests;

use super::gate::{Best, spend};
use super::reading::{
    before, from, is_binary, is_blank, is_one_of, is_prose, is_space, is_word_byte, run, until, window,
};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::transform::ByteMask;
use command::{Argument, Kind, Known, argument, is_address, is_program_option, known};
use lexer::{Command, Inside, Lexer, variables};

/// At most so many commands are read to the end in one value; what matters stands early.
const COMMANDS: usize = 256;

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

/// What `net` is asked about.
const NET_WORDS: &[&str] =
    &["user", "users", "localgroup", "group", "view", "share", "use", "accounts", "session", "config", "start"];

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
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader) || is_binary(value) {
        return None;
    }
    let mut best = Best::default();
    program::find(value, context, &mut best);
    let variables = variables(value);
    let mut left = COMMANDS;
    let mut judge = |opener: Opener, start: usize, best: &mut Best| {
        if left == 0 {
            return;
        }
        let inside = match opener {
            Opener::Backtick => Inside::Backticks,
            Opener::Brace => Inside::Braces,
            _ => Inside::Plain,
        };
        if !could_be_command(from(value, start)) {
            return;
        }
        left -= 1;
        let lexer = Lexer { value, inside, variables: &variables };
        let command = lexer.read(start);
        Sentence { value, opener, start, command: &command, context }.judge(best);
    };
    judge(Opener::Start, run(value, is_space), &mut best);
    let mut at = 0;
    spend(value.len());
    while let Some(found) = next_opener(value, at) {
        let (opener, behind) = found;
        at = behind;
        let start = behind + run(window(value, behind, 16), is_space);
        judge(opener, start, &mut best);
    }
    if best.confidence() >= 40 && is_prose(value) { best.at_most(65) } else { best.into_finding() }
}

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

/// One command in its place.
struct Sentence<'v> {
    value: &'v [u8],
    opener: Opener,
    start: usize,
    command: &'v Command,
    context: Context,
}

impl Sentence<'_> {
    fn judge(&self, best: &mut Best) {
        let mut words = self.command.words.as_slice();
        let mut assigned = false;
        let mut prefixed = false;
        let (first, known, rest) = loop {
            let [first, rest @ ..] = words else { return };
            if !first.quoted && is_assignment(&first.text) {
                assigned = true;
                words = rest;
                continue;
            }
            let Some(known) = known(first) else { return };
            if known.kind == Kind::Prefix && !rest.is_empty() {
                prefixed = true;
                let options = rest
                    .iter()
                    .take_while(|word| word.text.starts_with(b"-") || word.text.iter().all(u8::is_ascii_digit))
                    .count();
                words = rest.get(options..).unwrap_or_default();
                continue;
            }
            break (first, known, rest);
        };
        let span = self.start..self.command.end;
        let strength = rest.iter().map(|word| argument(word, self.value)).max();
        let hidden = first.disguised || self.command.odd_blanks || known.full_path || prefixed;
        let (confidence, path) = match self.opener {
            Opener::Start => self.whole_value(known, rest, strength),
            _ if rest.is_empty() => self.alone(known, hidden),
            _ => self.with_arguments(known, rest, strength.unwrap_or(Argument::Plain), hidden),
        };
        // `a=1&b=2 cat …`: what looks assigned is a nested query.
        let confidence = if assigned && strength < Some(Argument::Certain) { confidence.min(45) } else { confidence };
        best.offer(confidence, span, path);
    }

    /// A command with arguments behind an opener.
    fn with_arguments(
        &self,
        known: Known,
        rest: &[lexer::Word],
        strength: Argument,
        hidden: bool,
    ) -> (u8, &'static str) {
        let first = rest.first().map(|word| word.text.as_slice()).unwrap_or_default();
        let program = rest.iter().any(|word| is_program_option(&word.text));
        let sure = match (known.kind, strength) {
            (Kind::Shell, _) if program => 90,
            (Kind::Delay, Argument::Number) if rest.len() == 1 && self.ends_cleanly() => 88,
            (Kind::Network | Kind::Delay, Argument::Likely | Argument::Certain) => 88,
            (Kind::Network, _) if is_address(first) => 88,
            (_, Argument::Certain) => 90,
            (Kind::Terse | Kind::Recon | Kind::Worker | Kind::Interpreter, Argument::Likely) => 86,
            (Kind::Reader, Argument::Likely) => 84,
            (Kind::Worker, _) if self.speaks(rest) => 84,
            (Kind::Recon, _) if first.starts_with(b"/") => 84,
            (Kind::Recon, _) => 70,
            (Kind::Worker, _) if known.is_net && is_one_of(first, NET_WORDS) && self.ends_cleanly() => 84,
            _ if hidden => 80,
            (Kind::Worker, Argument::Number) if self.ends_cleanly() && is_at_start(self.value, self.start) => 62,
            _ => 0,
        };
        let sure = match self.opener {
            Opener::NewLine if lines(self.value) > 3 => sure.min(62),
            Opener::Backtick if known.kind == Kind::Interpreter && !program && strength < Argument::Certain => {
                sure.min(62)
            }
            // `"Set" === kind` is a comparison.
            _ if strength < Argument::Certain && self.is_compared() => sure.min(62),
            Opener::Brace if strength < Argument::Likely => 0,
            Opener::Backtick if !self.closed_by(b'`') || self.is_marked_code() => sure.min(62),
            // `?next=/a&sort -x`: one `&` is a separator of queries first, unless blanks stand around it.
            _ => sure,
        };
        (sure, "separator/command/argument")
    }

    /// A command without arguments behind an opener.
    fn alone(&self, known: Known, hidden: bool) -> (u8, &'static str) {
        const PATH: &str = "separator/command";
        let shown = matches!(known.kind, Kind::Recon | Kind::Terse);
        if !self.ends_cleanly() || !(shown || hidden || known.kind == Kind::Shell) {
            return (0, PATH);
        }
        let left = until(self.value, self.start).trim_ascii_end();
        let short = self.value.len() <= 64;
        let sure = match self.opener {
            Opener::Substitution if !self.closed_by(b')') => 0,
            Opener::Substitution if known.kind == Kind::Recon || hidden => 90,
            // `$(id).show()` is a script that somebody asks about.
            Opener::Substitution if from(self.value, self.command.end + 1).first() == Some(&b'.') => 0,
            Opener::Substitution if short => 84,
            Opener::Substitution => 60,
            Opener::Backtick if !self.closed_by(b'`') => 0,
            Opener::Backtick if known.kind == Kind::Recon && short => 85,
            Opener::Backtick => self.in_backticks(hidden),
            Opener::Brace | Opener::Start => 0,
            Opener::NewLine => match known.kind {
                Kind::Recon if lines(self.value) <= 3 && short => 82,
                Kind::Terse if lines(self.value) <= 3 && short && (left.is_empty() || is_address(left)) => 82,
                Kind::Recon => 50,
                _ => 0,
            },
            Opener::Separator(separator) => match known.kind {
                Kind::Recon | Kind::Terse if hidden || known.program_file => 85,
                Kind::Recon => 86,
                Kind::Shell => Self::piped_to_shell(separator, left),
                Kind::Terse if self.context.place == Place::Header => 0,
                Kind::Terse => self.terse_alone(separator, short),
                _ if hidden => 80,
                _ => 0,
            },
        };
        (sure, PATH)
    }

    /// The first word is a whole literal.
    fn is_compared(&self) -> bool {
        self.command.words.first().is_some_and(|word| word.quoted && !word.disguised)
    }

    /// A command in backticks inside a sentence: people mark code so.
    fn is_marked_code(&self) -> bool {
        let side = |at: Option<usize>| {
            at.and_then(|at| self.value.get(at)).is_some_and(|byte| is_space(*byte) || *byte >= 0x80)
        };
        side(self.start.checked_sub(2)) || side(Some(self.command.end + 1))
    }

    /// Backticks around one word are also how people mark code: only glued to something, or alone, they run it.
    fn in_backticks(&self, hidden: bool) -> u8 {
        let left = self.start.checked_sub(2).and_then(|at| self.value.get(at)).copied();
        let right = self.value.get(self.command.end + 1).copied();
        let glued = |side: Option<u8>| side.is_none_or(|byte| !is_space(byte) && byte < 0x80);
        if !glued(left) || !glued(right) || self.value.len() > 64 {
            return 0;
        }
        if hidden || left.is_none() || right.is_none() { 82 } else { 60 }
    }

    /// `;id`, `|ls`, `1&&pwd`: the word is also a field name, so what stands around it decides.
    fn terse_alone(&self, separator: u8, short: bool) -> u8 {
        if !short {
            return 0;
        }
        let double = self.value.get(..self.start).map(<[u8]>::trim_ascii_end).is_some_and(|left| {
            before(left, left.len()) == Some(separator) && before(left, left.len().saturating_sub(1)) == Some(separator)
        });
        let left = until(self.value, self.start).trim_ascii_end();
        let left = until(left, left.len().saturating_sub(1 + usize::from(double))).trim_ascii_end();
        let right = from(self.value, self.command.end).trim_ascii();
        // A further element of a list: name|id|type.
        let listed = right.get(1).is_some_and(|byte| is_word_byte(*byte)) && !left.is_empty();
        let upper =
            self.value.get(self.start..self.command.end).is_some_and(|word| word.iter().any(u8::is_ascii_uppercase));
        if listed || upper {
            return 0;
        }
        let closing = right.is_empty() || matches!(right, [b';' | b'|' | b'&' | b'#' | b'\'' | b'"' | 0, ..]);
        let word = !left.is_empty() && left.iter().all(|byte| is_word_byte(*byte));
        let number = !left.is_empty() && left.iter().all(u8::is_ascii_digit);
        match (left, separator) {
            _ if !closing => 0,
            ([], b'&') if !double => 60,
            ([] | [.., b'\'' | b'"' | b')'], _) => 85,
            _ if is_address(left) || (number && separator != b'&') => 83,
            // R&D, B&W: one letter, one letter.
            (_, b'&') if !double => 0,
            _ if left.first() == Some(&b'-') || left.contains(&b'/') => 80,
            _ if word && self.command.end - self.start >= 2 => 60,
            _ => 0,
        }
    }

    /// `… | sh`: what feeds the pipe tells a command from a list of codes.
    fn piped_to_shell(separator: u8, left: &[u8]) -> u8 {
        let left = until(left, left.len().saturating_sub(1));
        let tail = from(left, left.len().saturating_sub(128));
        spend(tail.len());
        let fed = ["curl", "wget", "echo", "printf", "base64", "cat ", "://", "xxd", "rev"];
        if fed.iter().any(|word| memchr::memmem::find(tail, word.as_bytes()).is_some()) && separator == b'|' {
            return 90;
        }
        if left.is_empty() { 70 } else { 0 }
    }

    /// The whole value is one command.
    fn whole_value(&self, known: Known, rest: &[lexer::Word], strength: Option<Argument>) -> (u8, &'static str) {
        const PATH: &str = "value/command";
        let closed = self.command.closer.is_none() || self.ends_cleanly();
        if !closed || matches!(self.context.place, Place::BodyText | Place::FileContent | Place::Path) {
            return (0, PATH);
        }
        // Files that exploits read or write first; administrators name others.
        let marks = [
            "/etc/passwd",
            "/etc/shadow",
            "/etc/hosts",
            "/etc/issue",
            "/proc/",
            "/root",
            "/tmp/",
            "/flag",
            "/bin/",
            "win.ini",
            "boot.ini",
        ];
        let sensitive = rest
            .iter()
            .any(|word| marks.iter().any(|mark| memchr::memmem::find(&word.text, mark.as_bytes()).is_some()));
        let url = rest.iter().any(|word| memchr::memmem::find(&word.text, b"://").is_some());
        let sure = match (known.kind, strength) {
            (Kind::Reader | Kind::Terse | Kind::Worker, Some(Argument::Certain)) if sensitive => 84,
            (Kind::Reader, _)
                if rest.iter().any(|word| word.glob && word.text.starts_with(b"/") && word.text.len() > 6) =>
            {
                82
            }
            (Kind::Shell, Some(Argument::Certain)) if known.program_file || is_windows_path(rest) => 80,
            (Kind::Network, _) if url && rest.len() <= 4 => 70,
            (Kind::Shell, _)
                if rest.iter().any(|word| word.text.starts_with(b"-") && is_program_option(&word.text)) =>
            {
                84
            }
            (Kind::Recon, Some(Argument::Likely)) => 64,
            (Kind::Recon, None) if known.full_path => 84,
            (Kind::Recon, None) => 60,
            (_, None) if known.full_path => 80,
            (_, Some(_)) if known.full_path => 82,
            (Kind::Terse, Some(Argument::Likely))
                if rest.len() <= 2 && rest.first().is_some_and(|word| word.text.starts_with(b"-")) =>
            {
                60
            }
            (Kind::Reader | Kind::Worker, Some(Argument::Certain)) => 62,
            _ => 0,
        };
        (sure, PATH)
    }

    /// Words with nothing behind them but the end of the command, as a shell sees it.
    fn ends_cleanly(&self) -> bool {
        let odd = self.command.closer.is_some_and(|closer| matches!(closer, 0x80..|b'('| b'$' | b'}'));
        let ended = self.command.closer.is_some() || self.command.end >= self.value.len();
        ended && (!odd || (self.opener == Opener::Brace && self.closed_by(b'}')))
    }

    fn closed_by(&self, closer: u8) -> bool {
        self.command.closer == Some(closer)
    }

    /// `echo` and its kin say something a person would not: quotes, a redirection, a hash, an expression.
    fn speaks(&self, rest: &[lexer::Word]) -> bool {
        let odd = rest.iter().any(|word| word.quoted || word.disguised || word.variable);
        let token = rest.first().is_some_and(|word| {
            word.text.len() >= 6
                && word.text.iter().any(u8::is_ascii_digit)
                && word.text.iter().any(u8::is_ascii_alphabetic)
        });
        (odd || (token && rest.len() == 1)) && self.ends_cleanly()
    }
}

fn is_at_start(value: &[u8], start: usize) -> bool {
    until(value, start).iter().all(|byte| is_blank(*byte) || matches!(byte, b';' | b'|' | b'&' | b'\'' | b'"'))
}

/// The first argument begins with a drive.
fn is_windows_path(rest: &[lexer::Word]) -> bool {
    rest.first().is_some_and(|word| matches!(word.text.as_slice(), [_, b':', b'\\' | b'/', ..]))
}

/// `name=…` before the command.
fn is_assignment(text: &[u8]) -> bool {
    let name = run(text, is_word_byte);
    name > 0 && text.get(name) == Some(&b'=')
}

fn lines(value: &[u8]) -> usize {
    let text = until(value, 4096);
    spend(text.len());
    memchr::memchr_iter(b'\n', text).count() + 1
}
