//! Whether a command in its place is an attack: its kind, its arguments, what began and what ended it, what stands around.

use super::super::gate::{Best, spend};
use super::super::reading::{
    before, from, is_blank, is_listed, is_one_of, is_space, is_word_byte, run, until, wide_characters, window,
};
use super::super::{Context, Place};
use super::Opener;
use super::command::{Argument, Kind, Known, argument, is_address, is_program_option, known, strength_for};
use super::lexer::{self, Command};

/// What `net` is asked about.
const NET_WORDS: &[&str] =
    &["user", "users", "localgroup", "group", "view", "share", "use", "accounts", "session", "config", "start"];

/// How much before a command is read for the sentence that leads to it.
const CLAUSE_BYTES: usize = 128;

/// How much of a line is read on either side for the backticks around a command, and how many words make it a sentence.
const MARKED_BYTES: usize = 256;
const MARKED_WORDS: usize = 4;

/// One command in its place.
pub(super) struct Sentence<'v> {
    pub(super) value: &'v [u8],
    pub(super) opener: Opener,
    /// Behind what opened it; blanks and parentheses may follow.
    pub(super) behind: usize,
    pub(super) start: usize,
    /// How many lines the value has.
    pub(super) lines: usize,
    pub(super) command: &'v Command,
    pub(super) context: Context,
}

impl Sentence<'_> {
    /// Offers what the sentence says.
    pub(super) fn judge(&self, best: &mut Best) {
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
            let Some(known) = known(first) else { return self.runs_file(first, rest, best) };
            let env = is_one_of(&first.text, &["env"]) && sets_or_runs(rest);
            let reserved = known.kind == Kind::Reserved && self.goes_on_as_script();
            if (known.kind == Kind::Prefix || reserved || env) && !rest.is_empty() {
                // The words of the shell are words of every text.
                prefixed |= known.kind == Kind::Prefix;
                let options = rest
                    .iter()
                    .take_while(|word| word.text.starts_with(b"-") || word.text.iter().all(u8::is_ascii_digit))
                    .count();
                words = rest.get(options..).unwrap_or_default();
                continue;
            }
            break (first, known, rest);
        };
        // Behind a pipe it is one step of everybody's scripts; what it makes is a command only where that runs.
        let maps = is_one_of(&first.text, &["tr"]) && !matches!(self.opener, Opener::Substitution | Opener::Backtick);
        if maps || is_device_setting(first, rest) {
            return;
        }
        // `date = new Date` assigns.
        if rest.first().is_some_and(|word| word.text.starts_with(b"=")) {
            return;
        }
        let span = self.start..self.command.end;
        let strength = rest.iter().map(|word| strength_for(known, word, self.value)).max();
        // `|w$DXeSEli` of a token: of a letter before a name that means nothing here no one can say that it hides.
        let chance = first.variable && first.text.len() == 1;
        let hidden = (first.disguised && !chance) || self.command.odd_blanks || known.full_path || prefixed;
        let (confidence, path) = match self.opener {
            // Settings say where a program lies: `/usr/bin/rsync`, `D:\mysql\bin\mysql.exe`.
            Opener::Start if rest.is_empty() && !hides(first) && is_idle(known) => (0, "value/program"),
            Opener::Start if known.kind == Kind::Shell && self.runs_a_comment(rest) => (0, "value/program"),
            Opener::Start => self.whole_value(known, rest, strength),
            _ if rest.is_empty() => self.alone(known, hidden),
            _ => self.with_arguments(known, rest, strength.unwrap_or(Argument::Plain), hidden),
        };
        // `a=1&b=2 cat …`: what looks assigned is a nested query.
        let confidence = if assigned && strength < Some(Argument::Certain) { confidence.min(45) } else { confidence };
        best.offer(confidence, span, path);
    }

    /// `if curl x;then`: the list of commands ends, and what is done then follows.
    fn goes_on_as_script(&self) -> bool {
        let rest = window(self.value, self.command.end, CLAUSE_BYTES);
        spend(rest.len());
        let mut words = rest.split(|byte| is_space(*byte) || matches!(byte, b';' | b'&' | b'|'));
        matches!(rest, [b';' | b'&' | b'|' | b'\n', ..]) && words.any(|word| word == b"then" || word == b"do")
    }

    /// `;/tmp/x`, `;. ./x.sh`: a file by its path, where no text and no list leads to it.
    fn runs_file(&self, first: &lexer::Word, rest: &[lexer::Word], best: &mut Best) {
        let sourced = first.text == b"." && rest.len() == 1;
        let file = if sourced { rest.first() } else { Some(first).filter(|_| !first.quoted && rest.len() <= 2) };
        let Some(file) = file.filter(|file| memchr::memchr(b'/', &file.text).is_some()) else { return };
        let local = file.text.starts_with(b"./") && file.text.len() > 2;
        let named = local || (file.text.starts_with(b"/") && memchr::memrchr(b'/', &file.text) > Some(0));
        let sure = local || argument(file, self.value) == Argument::Certain;
        let separated = matches!(self.opener, Opener::Separator(_));
        if named && sure && separated && self.context.place != Place::Path && self.opens_the_value() {
            best.offer(82, self.start..self.command.end, "separator/file");
        }
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
            (Kind::Worker, _) if is_sum(rest) && self.ends_cleanly() => 84,
            (Kind::Worker | Kind::Reader | Kind::Terse, _) if rest.len() <= 4 && self.feeds_another() => 82,
            (Kind::Network, _) if first.strip_prefix(b"@").is_some_and(is_address) => 86,
            // `$(id>x)`: what it says goes into a file.
            (Kind::Terse | Kind::Recon, _)
                if self.opener == Opener::Substitution
                    && self.closed_by(b')')
                    && rest.iter().any(|word| word.redirected) =>
            {
                84
            }
            (Kind::Recon, _) => 70,
            (Kind::Worker, _) if known.is_net && is_one_of(first, NET_WORDS) && self.ends_cleanly() => 84,
            _ if hidden => 80,
            // No text begins with a separator: what follows one there is meant for a shell.
            (Kind::Worker | Kind::Reader, _) if rest.len() <= 3 && self.opens_the_value() => 82,
            (Kind::Terse, Argument::Plain) if rest.len() == 1 && self.opens_with_pipe() => 80,
            _ => 0,
        };
        let sure = match self.opener {
            Opener::NewLine if self.lines > 3 => sure.min(62),
            Opener::Backtick if known.kind == Kind::Interpreter && !program && strength < Argument::Certain => {
                sure.min(62)
            }
            _ if strength == Argument::Likely && (self.is_alternative(rest) || tells_version(rest)) => sure.min(62),
            // `"Set" === kind` is a comparison.
            _ if strength < Argument::Certain && self.is_compared() => sure.min(62),
            Opener::Brace if strength < Argument::Likely => 0,
            Opener::Backtick if !self.closed_by(b'`') || self.is_marked_code() => sure.min(62),
            Opener::Separator(_) if sure > 62 && self.is_in_marked_code() => 62,
            // `?next=/a&sort -x`: one `&` is a separator of queries first, unless blanks stand around it.
            _ => sure,
        };
        (sure, "separator/command/argument")
    }

    /// A command without arguments behind an opener.
    fn alone(&self, known: Known, hidden: bool) -> (u8, &'static str) {
        const PATH: &str = "separator/command";
        let shown = matches!(known.kind, Kind::Recon | Kind::Terse);
        // `do command ; done`: what only runs another command does nothing alone.
        if !self.ends_cleanly()
            || matches!(known.kind, Kind::Prefix | Kind::Reserved)
            || !(shown || hidden || known.kind == Kind::Shell)
        {
            return (0, PATH);
        }
        let left = until(self.value, self.behind).trim_ascii_end();
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
                Kind::Recon if self.lines <= 3 && short => 82,
                Kind::Terse if self.lines <= 3 && short && (left.is_empty() || is_address(left)) => 82,
                Kind::Recon => 50,
                Kind::Terse if self.lines <= 3 && self.value.len() <= 16 => 60,
                _ => 0,
            },
            Opener::Separator(separator) => match known.kind {
                Kind::Recon | Kind::Terse if hidden || known.program_file => 85,
                Kind::Recon => 86,
                Kind::Shell => Self::piped_to_shell(separator, left),
                Kind::Terse if self.context.place == Place::Header && !self.follows_address(left) => 0,
                Kind::Terse => self.terse_alone(separator, short),
                _ if hidden => 80,
                _ => 0,
            },
        };
        (sure, PATH)
    }

    /// Nothing or an address stands before the separator: the headers in which proxies name the client.
    fn follows_address(&self, left: &[u8]) -> bool {
        if self.value.len() > 48 {
            return false;
        }
        let left = left.trim_ascii_end();
        let name = until(left, left.iter().position(|byte| matches!(byte, b';' | b'|' | b'&')).unwrap_or(left.len()));
        name.is_empty() || is_address(name)
    }

    /// `kill the noise; find / replace`: the slash between two words says "or", where a sentence leads to it.
    fn is_alternative(&self, rest: &[lexer::Word]) -> bool {
        let is_word = |word: &[u8]| word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic);
        let [slash, second, ..] = rest else { return false };
        let line = until(self.value, self.start);
        let line = from(line, line.len().saturating_sub(CLAUSE_BYTES));
        spend(line.len());
        let words =
            line.split(|byte| !byte.is_ascii_alphabetic() && *byte != b'\'').filter(|word| is_word(word)).count();
        slash.text == b"/"
            && is_word(&second.text)
            && rest.iter().skip(1).all(|word| argument(word, self.value) == Argument::Plain)
            && words >= 3
    }

    /// The first argument is an option or the root.
    fn has_option(&self, rest: &[lexer::Word]) -> bool {
        let first = rest.first().map(|word| word.raw.clone()).and_then(|raw| self.value.get(raw)).unwrap_or_default();
        first.starts_with(b"-") || first == b"/"
    }

    /// The first word is a whole literal.
    fn is_compared(&self) -> bool {
        self.command.words.first().is_some_and(|word| word.quoted && !word.disguised)
    }

    /// `/bin/sh -c #(nop) ADD file:…`: a comment to the end of the line, and so the history of an image says that nothing ran.
    fn runs_a_comment(&self, rest: &[lexer::Word]) -> bool {
        let [option] = rest else { return false };
        option.text == b"-c" && self.command.closer == Some(b'#')
    }

    /// Stands between backticks that mark code in a line of words: `ipconfig /release && ipconfig /renew`. It is no surer
    /// there than the command with which the code begins.
    fn is_in_marked_code(&self) -> bool {
        let line = until(self.value, self.start);
        let begin = memchr::memrchr(b'\n', line).map_or(0, |at| at + 1).max(line.len().saturating_sub(MARKED_BYTES));
        let line = from(line, begin);
        spend(line.len());
        let Some(open) = memchr::memrchr(b'`', line) else { return false };
        let behind = window(self.value, self.start, MARKED_BYTES);
        let behind = until(behind, memchr::memchr(b'\n', behind).unwrap_or(behind.len()));
        spend(behind.len());
        let Some(close) = memchr::memchr(b'`', behind) else { return false };
        let (before, after) = (until(line, open), from(behind, close + 1));
        let is_word = |word: &&[u8]| word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic);
        let words = |text: &[u8]| text.split(|byte| !byte.is_ascii_alphabetic()).filter(is_word).count();
        let apart = before.last().is_none_or(|byte| is_space(*byte) || *byte >= 0x80 || *byte == b'(')
            && after.first().is_none_or(|byte| is_space(*byte) || *byte >= 0x80 || b",.;:?!)".contains(byte));
        // The code begins with a word, not with what would end a command before it.
        let begins = line.get(open + 1).is_some_and(|byte| is_word_byte(*byte) || matches!(byte, b'/' | b'.'));
        let paired = memchr::memchr_iter(b'`', before).count().is_multiple_of(2);
        apart
            && begins
            && paired
            && words(before) + words(after) + wide_characters(before) + wide_characters(after) >= MARKED_WORDS
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
        let double = self.value.get(..self.behind).map(<[u8]>::trim_ascii_end).is_some_and(|left| {
            before(left, left.len()) == Some(separator) && before(left, left.len().saturating_sub(1)) == Some(separator)
        });
        let left = until(self.value, self.behind).trim_ascii_end();
        let left = until(left, left.len().saturating_sub(1 + usize::from(double))).trim_ascii_end();
        let right = from(self.value, self.command.end).trim_ascii();
        // A further element of a list: name|id|type.
        let listed = right.get(1).is_some_and(|byte| is_word_byte(*byte)) && !left.is_empty();
        let upper =
            self.value.get(self.start..self.command.end).is_some_and(|word| word.iter().any(u8::is_ascii_uppercase));
        if listed || upper {
            return 0;
        }
        let grouped = self.value.get(self.behind..self.start).is_some_and(|marks| marks.contains(&b'('));
        let closing = right.is_empty()
            || (grouped && right.first() == Some(&b')'))
            || matches!(right, [b';' | b'|' | b'&' | b'#' | b'\'' | b'"' | 0, ..]);
        let word = !left.is_empty() && left.iter().all(|byte| is_word_byte(*byte));
        let number = !left.is_empty() && left.iter().all(u8::is_ascii_digit);
        match (left, separator) {
            _ if !closing => 0,
            ([], b'&') if !double => 60,
            ([] | [.., b'\'' | b'"' | b')'], _) => 85,
            _ if left.eq_ignore_ascii_case(b"localhost") => 83,
            _ if is_address(left) || (number && (separator != b'&' || double)) => 83,
            // R&D, B&W: one letter, one letter.
            (_, b'&') if !double => 0,
            _ if left.first() == Some(&b'-') || ends_in_path(left) => 80,
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
            (Kind::Network, _) if url && known.full_path => 84,
            (Kind::Network, _) if url && rest.len() <= 4 => 70,
            (Kind::Shell, _)
                if rest.iter().any(|word| word.text.starts_with(b"-") && is_program_option(&word.text)) =>
            {
                84
            }
            (Kind::Recon, Some(Argument::Likely)) => 64,
            // `sleep 58|abcde`: a blank on neither side, as no text has it.
            (Kind::Delay, Some(Argument::Number)) if rest.len() == 1 && self.goes_on_in_pipe() => 80,
            (Kind::Recon, None) if known.full_path => 84,
            (Kind::Recon, None) => 60,
            (_, None) if known.full_path => 80,
            (_, Some(_)) if known.full_path => 82,
            (Kind::Terse, Some(Argument::Likely)) if rest.len() <= 2 && self.has_option(rest) => 60,
            (Kind::Terse, Some(Argument::Certain)) => 64,
            // People look for whole lines of manuals; with the path counted, too, it must not block.
            (Kind::Reader | Kind::Worker, Some(Argument::Certain)) => 55,
            _ => 0,
        };
        (sure, PATH)
    }

    /// Nothing but quotes stands before the separator, nothing but a separator behind the command. A single `|` also begins
    /// the row of a table, and a single `&` a query.
    fn opens_the_value(&self) -> bool {
        if self.value.len() > 64 {
            return false;
        }
        let left = until(self.value, self.start);
        let opens = left.iter().all(|byte| {
            is_blank(*byte)
                || matches!(byte, b';' | b'|' | b'&' | b'\'' | b'"' | b'$' | b'(' | b'`' | b')' | b'0'..=b'9')
        });
        // The address that the field was meant for.
        let target = until(left, left.iter().rposition(u8::is_ascii_digit).map_or(0, |at| at + 1));
        let opens = opens || (target.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.')) && is_address(target));
        let closes = match self.opener {
            Opener::Substitution => self.closed_by(b')'),
            Opener::Backtick => self.closed_by(b'`') && !self.is_marked_code(),
            Opener::Separator(b'|') => !from(self.value, self.command.end).contains(&b'|') || left.ends_with(b"||"),
            Opener::Separator(b'&') => left.ends_with(b"&&") || left.ends_with(b"& "),
            Opener::Separator(_) => true,
            _ => false,
        };
        opens && closes && self.ends_cleanly()
    }

    /// A pipe and one word end the value.
    fn goes_on_in_pipe(&self) -> bool {
        let next = from(self.value, self.command.end).strip_prefix(b"|").unwrap_or_default();
        next.len() >= 2 && next.len() <= 16 && next.iter().all(u8::is_ascii_lowercase)
    }

    /// `|id abcd`: no value begins so but one that goes on a command.
    fn opens_with_pipe(&self) -> bool {
        let word = self.command.words.last().map(|word| word.text.as_slice()).unwrap_or_default();
        let left = until(self.value, self.start).trim_ascii_end();
        matches!(left, b"|" | b";" | b"||" | b"&&")
            && self.command.end >= self.value.len()
            && !word.is_empty()
            && word.iter().all(u8::is_ascii_lowercase)
            && self.context.place != Place::Header
    }

    /// `echo abc|md5sum`: what a command says goes into a program that only ever reads from another one.
    fn feeds_another(&self) -> bool {
        const TAKERS: &str = "md5sum sha1sum sha256sum sha512sum base64 base32 xxd od hexdump sh bash dash zsh ksh nc ncat \
            xargs rev tac tee";
        let next = from(self.value, self.command.end);
        let Some(next) = next.strip_prefix(b"|").map(<[u8]>::trim_ascii_start) else { return false };
        let name = until(next, run(next, is_word_byte));
        let behind = from(next, name.len());
        is_listed(name, TAKERS)
            && matches!(
                behind.trim_ascii_start(),
                [] | [b';' | b'|' | b'&' | b'#' | b')' | b'`' | b'\'' | b'"' | b'-' | b'>' | 0, ..]
            )
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
                && word.text.iter().all(u8::is_ascii_alphanumeric)
                && word.text.iter().any(u8::is_ascii_digit)
                && word.text.iter().any(u8::is_ascii_alphabetic)
        });
        (odd || (token && rest.len() == 1)) && self.ends_cleanly()
    }
}

/// What follows `env` is a setting, an option or a command.
fn sets_or_runs(rest: &[lexer::Word]) -> bool {
    rest.first().is_some_and(|word| word.text.starts_with(b"-") || is_assignment(&word.text) || known(word).is_some())
}

/// `expr 69 + 75`: two numbers, and what a probe looks for in the answer.
fn is_sum(rest: &[lexer::Word]) -> bool {
    let number = |word: &lexer::Word| !word.text.is_empty() && word.text.iter().all(u8::is_ascii_digit);
    matches!(rest, [left, sign, right, ..] if number(left) && number(right) && matches!(sign.text.as_slice(), [b'+' | b'-' | b'*' | b'/' | b'%']))
}

/// Spelt as only an evasion spells it.
fn hides(word: &lexer::Word) -> bool {
    word.glob || word.disguised || word.variable
}

/// Without arguments it waits for input, complains, or tells nothing that an attacker wants.
fn is_idle(known: Known) -> bool {
    match known.kind {
        Kind::Recon | Kind::Terse => known.measures,
        Kind::Shell => !known.program_file,
        Kind::Reader
        | Kind::Worker
        | Kind::Network
        | Kind::Delay
        | Kind::Interpreter
        | Kind::Prefix
        | Kind::Reserved => true,
    }
}

/// What `ip` works on; any beginning of the word will do.
const IP_OBJECTS: &str = "address addrlabel link route rule neighbour neighbor tunnel tuntap maddress mroute mrule monitor netns \
    netconf xfrm vrf token nexthop ntable tcp_metrics macsec mptcp stats help";

/// `ip address 10.1.1.1 255.255.255.0`, `HostName 10.0.0.9`: lines in the settings of a switch or a client. The command `ip`
/// takes an object and then a verb, never an address, `hostname` is asked, not told where it is, and `set` takes one word.
fn is_device_setting(first: &lexer::Word, rest: &[lexer::Word]) -> bool {
    let [object, more @ ..] = rest else { return false };
    if is_one_of(&first.text, &["hostname"]) {
        return is_address(&object.text);
    }
    if is_one_of(&first.text, &["set"]) {
        return !more.is_empty() && object.text.iter().all(u8::is_ascii_alphabetic);
    }
    let is_object = !object.text.is_empty()
        && IP_OBJECTS.split_ascii_whitespace().any(|name| name.as_bytes().starts_with(&object.text));
    is_one_of(&first.text, &["ip"])
        && !(object.variable || object.text.starts_with(b"-"))
        && (!is_object || more.first().is_some_and(|word| is_address(&word.text)))
}

/// Whether the last word is a path or an address; `salad / dessert` ends in no path.
fn ends_in_path(text: &[u8]) -> bool {
    text.rsplit(|byte| is_blank(*byte)).next().is_some_and(|word| word.contains(&b'/'))
}

/// `node -v 18`: the answer stands behind the question.
fn tells_version(rest: &[lexer::Word]) -> bool {
    let is_number = |text: &[u8]| {
        let digits = text.strip_prefix(b"v").unwrap_or(text);
        digits.first().is_some_and(u8::is_ascii_digit) && digits.iter().all(|byte| is_word_byte(*byte) || *byte == b'.')
    };
    matches!(rest, [option, number] if is_one_of(&option.text, &["-v", "-version", "--version"]) && is_number(&number.text))
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

/// How many lines the beginning of a value has.
pub(super) fn lines(value: &[u8]) -> usize {
    let text = until(value, 4096);
    spend(text.len());
    memchr::memchr_iter(b'\n', text).count() + 1
}
