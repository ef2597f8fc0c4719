//! Which words are commands, and which words only a command would take as argument.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::gate::spend;
use super::super::reading::{
    before, begins_with, ends_with, from, is_listed, is_one_of, is_word_byte, run, until, without,
};
use super::lexer::Word;

/// What a command is for, which decides when its mention is an attack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Tells about the machine and is no word of any language.
    Recon,
    /// Tells about the machine, and is also a word, a field or a parameter.
    Terse,
    /// Shows a file.
    Reader,
    /// Changes or searches files, or does something else with arguments.
    Worker,
    /// Talks to another machine.
    Network,
    /// Takes time.
    Delay,
    /// Runs the commands it is given.
    Shell,
    /// Runs a program it is given.
    Interpreter,
    /// Runs the command that follows as its arguments.
    Prefix,
    /// A word of the shell's own grammar before a command.
    Reserved,
}

/// POSIX commands are written in lower case; cmd.exe does not care.
const POSIX: &[(Kind, &str)] = &[
    (
        Kind::Recon,
        "uname ifconfig printenv lsof getent lscpu lsblk lsmod hostnamectl lsb_release dmidecode dmesg \
         iptables phpinfo vmstat uptime netstat whoami",
    ),
    (Kind::Terse, "id ls pwd w who ps env date df du hostname ss ip arp ll logname lastlog"),
    (
        Kind::Reader,
        "cat tac nl head tail more less rev sort uniq od xxd hexdump strings cut grep egrep fgrep zcat \
         bzcat stat md5sum sha1sum base64 base32 diff wc source readlink locate whereis which ionice tee \
         dd vi vim nano",
    ),
    (
        Kind::Worker,
        "cp mv rm ln chmod chown chgrp touch mkdir rmdir mkfifo mknod find awk gawk sed tar gzip gunzip \
         zip unzip echo printf kill killall pkill useradd usermod adduser passwd crontab systemctl gdb \
         openssl expr tr reboot shutdown poweroff unset cd chroot su tmux mysql psql redis-cli mysqldump truncate shred",
    ),
    (
        Kind::Network,
        "curl wget nc ncat netcat socat telnet ssh scp sftp ftp tftp rsync nslookup dig host traceroute \
         tracepath lynx axel aria2c nmap tcpdump",
    ),
    (Kind::Delay, "sleep usleep ping ping6"),
    (Kind::Shell, "sh bash zsh dash ksh csh tcsh ash fish rbash"),
    (Kind::Interpreter, "python perl ruby php node lua java tclsh irb php-cgi nodejs"),
    (
        Kind::Prefix,
        "sudo nohup exec command time busybox nice xargs timeout eval then do else builtin setsid stdbuf \
         toybox watch doas strace",
    ),
    (Kind::Reserved, "if while until elif"),
];

const WINDOWS: &[(Kind, &str)] = &[
    (
        Kind::Recon,
        "whoami ipconfig netstat systeminfo tasklist quser qwinsta wmic vssadmin dsquery nltest gpresult \
         getmac driverquery schtasks",
    ),
    (Kind::Terse, "dir ver set hostname arp"),
    (Kind::Reader, "type more findstr fc"),
    (
        Kind::Worker,
        "copy xcopy robocopy del erase move rename attrib icacls cacls net net1 reg sc taskkill \
         netsh echo md rd msiexec cscript wscript rundll32 regsvr32 mshta powershell_ise",
    ),
    (Kind::Network, "iwr irm certutil bitsadmin nslookup tracert pathping telnet ftp tftp curl"),
    (Kind::Delay, "ping timeout waitfor"),
    (Kind::Shell, "cmd powershell pwsh command.com"),
    (Kind::Prefix, "forfiles"),
];

/// Directories that hold the commands of a Unix.
const COMMAND_DIRECTORIES: &[&str] = &["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/"];

/// A first word that is a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub(super) kind: Kind,
    /// Written with its directory.
    pub(super) full_path: bool,
    /// Written with `.exe`.
    pub(super) program_file: bool,
    /// A word of cmd.exe only, to which `/app` is an option it does not have.
    pub(super) windows: bool,
    /// `net` of Windows, whose arguments are words.
    pub(super) is_net: bool,
    /// Takes a signal by its number.
    pub(super) signals: bool,
    /// Tells how much or how late, and of whom and what nothing.
    pub(super) measures: bool,
}

/// The command a word names, by itself, with its directory or through wildcards.
pub(super) fn known(word: &Word) -> Option<Known> {
    let text = word.text.as_slice();
    if text.len() > 64 {
        return None;
    }
    if word.glob {
        return by_glob(text);
    }
    let separator = text.iter().rposition(|byte| matches!(byte, b'/' | b'\\'));
    let name = separator.map_or(text, |at| from(text, at + 1));
    let directory = separator.map(|at| until(text, at + 1));
    let full_path = match directory {
        None | Some(b"/" | b"./") => false,
        Some(directory) if is_one_of(directory, COMMAND_DIRECTORIES) => true,
        Some(directory) if directory.ends_with(b"\\") || matches!(directory, [_, b':', ..]) => true,
        // /images/date is a path of the application.
        Some(_) => return None,
    };
    let stem = if ends_with(name, b".exe") { until(name, name.len() - 4) } else { name };
    let program_file = stem.len() < name.len();
    let kind = kind_of(stem)?;
    let windows = !TABLES.0.contains_key(stem) && kind != Kind::Interpreter;
    let signals = is_one_of(stem, &["kill", "killall", "pkill"]);
    let (is_net, measures) = (is_one_of(stem, &["net", "net1"]), is_one_of(stem, &["df", "du", "date", "uptime"]));
    Some(Known { kind, full_path, program_file, windows, is_net, signals, measures })
}

fn kind_of(name: &[u8]) -> Option<Kind> {
    spend(name.len() + 1);
    if name.is_empty() || name.len() > 14 {
        return None;
    }
    let mut lower = [0; 14];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let versioned = matches!(name, b"python2" | b"python3").then_some(Kind::Interpreter);
    TABLES.0.get(name).or_else(|| TABLES.1.get(&*lower)).copied().or(versioned)
}

type Table = HashMap<&'static [u8], Kind>;

/// Builds the tables.
pub(super) fn prepare() {
    LazyLock::force(&TABLES);
}

/// The tables for look-up.
static TABLES: LazyLock<(Table, Table)> = LazyLock::new(|| {
    let table = |kinds: &[(Kind, &'static str)]| {
        let each =
            kinds.iter().flat_map(|(kind, names)| names.split_ascii_whitespace().map(|name| (name.as_bytes(), *kind)));
        each.collect::<Table>()
    };
    (table(POSIX), table(WINDOWS))
});

/// `/???/c?t`: two segments at least, and one command that the wildcards could name.
fn by_glob(text: &[u8]) -> Option<Known> {
    let literal = text.iter().filter(|byte| is_word_byte(**byte)).count();
    if text.first() != Some(&b'/') || memchr::memrchr(b'/', text) == Some(0) || literal == 0 {
        return None;
    }
    let mut budget = 4_000usize;
    for (kind, names) in POSIX {
        for name in names.split_ascii_whitespace() {
            for directory in COMMAND_DIRECTORIES {
                let path = [directory.as_bytes(), name.as_bytes()].concat();
                if glob_matches(text, &path, &mut budget) {
                    return Some(Known {
                        kind: *kind,
                        full_path: true,
                        program_file: false,
                        windows: false,
                        is_net: false,
                        signals: false,
                        measures: false,
                    });
                }
            }
        }
    }
    None
}

/// Whether a shell pattern matches `text` as a whole; `*` and `?` do not match a slash.
fn glob_matches(pattern: &[u8], text: &[u8], budget: &mut usize) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    loop {
        let Some(left) = budget.checked_sub(1) else { return false };
        *budget = left;
        match (pattern, text) {
            ([], []) => return true,
            ([b'*', rest @ ..], _) => {
                let reach = text.iter().position(|byte| *byte == b'/').unwrap_or(text.len());
                return (0..=reach).any(|taken| glob_matches(rest, from(text, taken), budget));
            }
            ([b'?', rest @ ..], [byte, tail @ ..]) if *byte != b'/' => (pattern, text) = (rest, tail),
            ([b'[', rest @ ..], [byte, tail @ ..]) => {
                let Some(close) = rest.iter().position(|byte| *byte == b']') else { return false };
                if !until(rest, close).contains(byte) && !until(rest, close).contains(&b'-') {
                    return false;
                }
                (pattern, text) = (from(rest, close + 1), tail);
            }
            ([expected, rest @ ..], [byte, tail @ ..]) if expected == byte => (pattern, text) = (rest, tail),
            _ => return false,
        }
    }
}

/// What an argument looks like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Argument {
    /// A word that could be prose.
    Plain,
    Number,
    /// Only a machine reads this: an option, a variable, a file name.
    Likely,
    /// A path of the system, a URL, a redirection into a file.
    Certain,
}

const TOP_DIRECTORIES: &str =
    "etc bin usr var tmp dev proc home root opt sbin lib mnt srv www sys boot run flag app windows";

const FILE_SUFFIXES: &str = "php sh txt conf cfg ini log py pl exe dll bat ps1 jsp jspx aspx asp xml yml yaml properties json bak \
    rb class jar war elf tar gz zip html htm js sql db key pem env";

/// Judges one argument; `value` is what the word was read from.
pub(super) fn argument(word: &Word, value: &[u8]) -> Argument {
    let text = word.text.as_slice();
    let raw = value.get(word.raw.clone()).unwrap_or_default();
    spend(raw.len());
    if word.redirected {
        let file = text.iter().any(|byte| matches!(byte, b'/' | b'.' | b'\\')) && !text.starts_with(b"/>");
        return if file || text.starts_with(b"&") { path(text).max(Argument::Plain) } else { Argument::Plain };
    }
    if text.is_empty() {
        return if word.variable { Argument::Likely } else { Argument::Plain };
    }
    if word.glob && text.contains(&b'/') && !text.starts_with(b"/*") && text.iter().any(u8::is_ascii_alphanumeric) {
        return Argument::Certain;
    }
    if matches!(path(text), Argument::Certain | Argument::Likely) {
        return path(text);
    }
    if word.disguised && raw.len() > text.len() {
        return Argument::Likely;
    }
    let wildcard =
        word.glob && text.contains(&b'*') && text.iter().all(|byte| is_word_byte(*byte) || matches!(byte, b'*' | b'.'));
    if is_option(text) || wildcard || word.variable || is_address(text) || has_file_suffix(text) {
        return Argument::Likely;
    }
    // The options of ps and tar in the manner of BSD are no words.
    if matches!(text, b"aux" | b"auxw" | b"auxww" | b"axu" | b"axo" | b"xzf" | b"xvf" | b"czf" | b"zxvf" | b"xzvf") {
        return Argument::Likely;
    }
    if text.iter().all(u8::is_ascii_digit) { Argument::Number } else { Argument::Plain }
}

/// What an argument says to a command. What shows files or tells about the machine takes no URL, and people write `more at
/// https://…`; and `COPY . /app` is a line for another program than cmd.exe.
pub(super) fn strength_for(known: Known, word: &Word, value: &[u8]) -> Argument {
    let web = begins_with(&word.text, b"http://") || begins_with(&word.text, b"https://");
    let unix = word.text.starts_with(b"/") && word.text.len() > 2 && !word.text.contains(&b':');
    let signal = matches!(word.text.as_slice(), [b'-', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    match known.kind {
        Kind::Worker if known.signals && signal => Argument::Likely,
        Kind::Network if joins_address(&word.text) => Argument::Likely,
        Kind::Reader | Kind::Terse | Kind::Recon if web && !word.redirected => Argument::Plain,
        Kind::Worker if known.windows && unix && !word.redirected => Argument::Plain,
        _ => argument(word, value),
    }
}

/// `tcp:1.2.3.4:44`, `exec:/bin/sh`: the ends that a relay joins.
fn joins_address(text: &[u8]) -> bool {
    let kind = run(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let end = from(text, kind + 1);
    kind >= 3 && text.get(kind) == Some(&b':') && !end.starts_with(b"//") && (end.starts_with(b"/") || is_address(end))
}

/// `-x`, `--long=1`, `/x`, `*`, `%VARIABLE%`.
fn is_option(text: &[u8]) -> bool {
    match text {
        [b'-', b'-', b'a'..=b'z', b'a'..=b'z', rest @ ..] => {
            rest.iter().all(|byte| is_word_byte(*byte) || matches!(byte, b'-' | b'=' | b'.' | b'/'))
        }
        [b'-', b'a'..=b'z' | b'A'..=b'Z', rest @ ..] => rest.len() <= 6 && rest.iter().all(u8::is_ascii_alphanumeric),
        [b'*'] | [b'/', b'a'..=b'z' | b'A'..=b'Z'] => true,
        [b'%', inside @ .., b'%'] => inside.len() > 1,
        _ => false,
    }
}

/// Whether a word is a path, and how surely one of the system.
fn path(text: &[u8]) -> Argument {
    let url = [b"http://".as_slice(), b"https://", b"ftp://", b"tftp://", b"file://"];
    if url.iter().any(|scheme| begins_with(text, scheme)) {
        return Argument::Certain;
    }
    let drive = matches!(text, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    if drive || text.starts_with(b"../") || text.starts_with(b"~/") || text.starts_with(b"\\\\") {
        return Argument::Certain;
    }
    if text == b"/" || text == b"~" || text == b".." || text == b"./" {
        return Argument::Likely;
    }
    if text.starts_with(b"./") {
        return Argument::Likely;
    }
    let Some(inside) = text.strip_prefix(b"/") else { return Argument::Plain };
    let inside = inside.trim_ascii_start();
    let first =
        inside.split(|byte| *byte == b'/').find(|segment| !segment.is_empty() && *segment != b".").unwrap_or_default();
    if is_listed(first, TOP_DIRECTORIES) {
        return Argument::Certain;
    }
    let two = inside.contains(&b'/') || has_file_suffix(inside);
    if two && first.first().is_some_and(u8::is_ascii_alphanumeric) { Argument::Likely } else { Argument::Plain }
}

/// A dotted IPv4 address or a domain name.
pub(super) fn is_address(text: &[u8]) -> bool {
    let host = text.split(|byte| matches!(byte, b':' | b'/')).next().unwrap_or_default();
    let mut labels = host.split(|byte| *byte == b'.');
    let plain = labels
        .clone()
        .all(|label| !label.is_empty() && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'));
    let count = labels.clone().count();
    let numeric = labels.clone().all(|label| label.iter().all(u8::is_ascii_digit));
    plain
        && if numeric {
            count == 4
        } else {
            count >= 2
                && labels.next_back().is_some_and(|last| last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic))
        }
}

fn has_file_suffix(text: &[u8]) -> bool {
    let Some(dot) = text.iter().rposition(|byte| *byte == b'.') else { return false };
    let stem = until(text, dot);
    before(stem, stem.len()).is_some_and(is_word_byte) && is_listed(from(text, dot + 1), FILE_SUFFIXES)
}

/// Whether the arguments of a shell or an interpreter hand it a program: `-c`, `-e`, `-i`, `/c`, `-enc`.
pub(super) fn is_program_option(text: &[u8]) -> bool {
    if let Some(letter) = text.strip_prefix(b"/") {
        return matches!(letter, [b'c' | b'k' | b'r' | b'C' | b'K' | b'R', ..] if letter.len() <= 12);
    }
    let Some(option) = text.strip_prefix(b"-") else { return false };
    let long = [
        "command",
        "enc",
        "encodedcommand",
        "ep",
        "exec",
        "executionpolicy",
        "nop",
        "noprofile",
        "noni",
        "w",
        "windowstyle",
        "file",
        "nol",
        "sta",
        "hidden",
        "ec",
        "version",
    ];
    is_one_of(option, &long)
        || without(option, b"enc").is_some()
        || (option.len() <= 4
            && option.iter().any(|byte| matches!(byte, b'c' | b'e' | b'r' | b'i' | b's' | b'p'))
            && option.iter().all(u8::is_ascii_lowercase))
}
