//! Lines that are commands of SMTP, POP and IMAP, written in capitals as programs write them.

use super::super::reading::{begins_with, is_listed};
use super::is_address;

/// Of which each line that is a command holds one.
pub(super) const WORDS: &[&str] = &[
    "data",
    "quit",
    "rset",
    "vrfy",
    "expn",
    "helo",
    "ehlo",
    "starttls",
    "auth",
    "rcpt to",
    "mail from",
    "fetch",
    "select",
    "logout",
    "examine",
    "capability",
    "login",
    "list",
    "noop",
    "append",
    "rename",
    "delete",
    "search",
    "store",
    "create",
    "stat",
    "retr",
    "dele",
    "uidl",
    "top",
    "copy",
    "status",
    "expunge",
    "subscribe",
    "uid",
];

/// A command, and whether it says more than its name.
pub(super) struct Command {
    pub(super) confidence: u8,
    pub(super) told: bool,
}

pub(super) fn smtp(line: &[u8]) -> Option<Command> {
    let line = line.trim_ascii();
    let argument = |name: &[u8]| line.strip_prefix(name).map(<[u8]>::trim_ascii).filter(|rest| !rest.is_empty());
    let lone = |rest: &[u8]| !rest.contains(&b' ') && rest.is_ascii();
    let (confidence, told) = if begins_with(line, b"rcpt to:") || begins_with(line, b"mail from:") {
        let rest = line.get(8..).unwrap_or_default();
        if !(is_address(rest) || rest.contains(&b'<')) {
            return None;
        }
        (90, true)
    } else if let Some(how) = argument(b"AUTH ") {
        let first = how.split(|byte| *byte == b' ').next().unwrap_or_default();
        if !is_listed(first, "LOGIN PLAIN CRAM-MD5 DIGEST-MD5 NTLM XOAUTH2") {
            return None;
        }
        (84, true)
    } else if let Some(host) =
        [b"EHLO ".as_slice(), b"HELO ", b"VRFY ", b"EXPN "].iter().find_map(|name| argument(name))
    {
        (if lone(host) && line.len() < 80 { 82 } else { 62 }, true)
    } else if ["ehlo ", "helo ", "vrfy ", "expn "].iter().any(|name| begins_with(line, name.as_bytes()))
        && line.len() < 80
    {
        (62, true)
    } else if [b"RETR ".as_slice(), b"DELE ", b"TOP ", b"LIST ", b"UIDL "]
        .iter()
        .find_map(|name| argument(name))
        .is_some_and(|rest| rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b' '))
    {
        (45, true)
    } else if matches!(line, b"DATA" | b"QUIT" | b"RSET" | b"STARTTLS") {
        (55, false)
    } else if matches!(line, b"NOOP" | b"STAT" | b"UIDL") {
        (41, false)
    } else if line == b"." {
        // The end of a text: nothing by itself.
        (20, true)
    } else {
        return None;
    };
    Some(Command { confidence, told })
}

/// `V001 FETCH 1 BODY`: a tag and a command. Where a string was just left, the tag may be any word.
pub(super) fn imap(line: &[u8], broken_out: bool) -> Option<u8> {
    const COMMANDS: &str = "FETCH SELECT LOGOUT EXAMINE CAPABILITY LOGIN LIST NOOP APPEND RENAME DELETE SEARCH STORE \
                            CREATE LSUB EXPUNGE AUTHENTICATE SUBSCRIBE UNSUBSCRIBE";
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (tag, command) = (words.next()?, words.next()?);
    let next = words.next();
    let tagged = tag.len() <= 6 && tag.first()?.is_ascii_alphanumeric() && tag.last()?.is_ascii_digit();
    let loose = broken_out && tag.len() <= 12 && tag.iter().all(u8::is_ascii_alphanumeric);
    let upper = command.iter().all(u8::is_ascii_uppercase);
    if !(upper && (tagged || loose)) {
        return None;
    }
    let known = is_listed(command, COMMANDS);
    let numbered = next.is_some_and(|word| word.first().is_some_and(u8::is_ascii_digit));
    let more = match command {
        b"COPY" => numbered,
        b"UID" => next.is_some_and(|word| is_listed(word, "FETCH STORE COPY SEARCH MOVE EXPUNGE")),
        b"STATUS" => line.contains(&b'('),
        _ => false,
    };
    if more {
        return Some(84);
    }
    known.then_some(if next.is_some() || command.len() > 5 || loose { 84 } else { 60 })
}
