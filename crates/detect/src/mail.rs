//! Mail injection: a header or a command of SMTP, POP or IMAP behind a line end in a field that ends up in a mail.
//!
//! People paste whole mails into fields, too: behind a header or a rule of dashes nothing is sure any more. A field that
//! begins with an address and goes on with a header is no text, so that there even a subject is one.

use super::reading::{begins_with, is_listed};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;
use command::{imap, smtp};

mod command;
#[cfg(test)]
mod tests;

/// Lines looked at.
const LINES: usize = 64;

/// Line ends written out, and the two characters whose last bytes some servers keep: the line behind each begins here.
const WRITTEN_ENDS: &[&str] = &["\\n", "\\r", "<lf>", "\u{560a}"];

pub(super) fn requirement() -> Requirement {
    let ends = ByteMask::of(b"\r\n");
    either([
        needs(
            &[
                "cc",
                "to",
                "from",
                "sender",
                "subject",
                "type",
                "mime-version",
                "transfer-encoding",
                "mailer",
                "return-path",
                "message-id",
                "unsubscribe",
                "importance",
                "x-priority",
                "disposition",
            ],
            &[ends, ByteMask::of(b":")],
        ),
        needs(command::WORDS, &[ends]),
        needs(&["-o", "-x", "-be "], &[ByteMask::of(b"/{")]),
        needs(WRITTEN_ENDS, &[ByteMask::of(b":")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(
        context.place,
        Place::FileContent | Place::BodyText | Place::ResponseBody | Place::ResponseHeader | Place::Path
    ) {
        return None;
    }
    let best = better(sendmail_options(value), in_lines(value));
    better(best, behind_written_end(value))
}

fn better(left: Option<Finding>, right: Option<Finding>) -> Option<Finding> {
    match (left, right) {
        (Some(left), Some(right)) => Some(if right.confidence > left.confidence { right } else { left }),
        (left, right) => left.or(right),
    }
}

/// Headers and commands in lines behind the first.
fn in_lines(value: &[u8]) -> Option<Finding> {
    let mut best: Option<Finding> = None;
    let mut start = 0;
    let mut field = Field::default();
    let mut before: &[u8] = &[];
    let mut behind_headers = false;
    for (number, line) in value.split(|byte| matches!(byte, b'\r' | b'\n')).take(LINES).enumerate() {
        let judged = field.judge(number, line, before);
        // An empty line ends the headers of a mail: what looks like one behind it is text, as in a letter that is answered.
        behind_headers |= ends_with_empty_line(value.get(..start).unwrap_or_default());
        if let Some((confidence, path)) = judged {
            let confidence = if behind_headers && path == "header" {
                confidence.min(QUOTED)
            } else if number > 8 {
                confidence.min(60)
            } else {
                confidence
            };
            best = better(best, Some(Finding { confidence, span: start..start + line.len(), path }));
        }
        start += line.len() + 1;
        if !line.is_empty() {
            before = line.trim_ascii();
        }
    }
    best
}

/// A header that a letter quotes.
const QUOTED: u8 = 45;

fn ends_with_empty_line(text: &[u8]) -> bool {
    text.len() > 4 && [b"\n\n".as_slice(), b"\r\n\r\n", b"\r\r"].iter().any(|end| text.ends_with(end))
}

/// What the lines so far say about the field.
#[derive(Debug, Default)]
struct Field {
    /// A mail that somebody quotes: it begins with one of its headers, or behind a rule.
    pasted: bool,
    /// The mail has a subject or a date, as one that was really sent.
    sent: bool,
    /// The first line is an address and nothing else.
    of_address: bool,
    /// Commands of SMTP and POP, and how many of them said more than their name.
    commands: usize,
    told: usize,
}

impl Field {
    fn judge(&mut self, number: usize, line: &[u8], before: &[u8]) -> Option<(u8, &'static str)> {
        let text = line.trim_ascii();
        self.sent |= is_listed(name_of(text), "subject date sent");
        if number == 0 {
            self.of_address = is_address(text) && !text.contains(&b' ');
            self.pasted = header(line, false).is_some()
                || smtp(line).is_some()
                || memchr::memmem::find(line.get(..16).unwrap_or(line), b": ").is_some();
        }
        // The rule above a mail that is answered or passed on, and the sign before its lines.
        self.pasted |= text.starts_with(b"---") || text.starts_with(b"___") || text.starts_with(b"> ");
        if number == 0 {
            return None;
        }
        let judged = if let Some(command) = smtp(line) {
            self.commands += 1;
            self.told += usize::from(command.told);
            let more = self.commands > 1 && (self.told > 0 || self.commands > 2);
            let known = command.confidence >= 40;
            let sure = if known && (more || (self.of_address && command.confidence >= 50)) { 84 } else { 0 };
            known.then_some((command.confidence.max(sure), "smtp"))
        } else {
            header(line, self.of_address)
                .map(|confidence| (confidence, "header"))
                .or_else(|| imap(line, leaves_string(before)).map(|confidence| (confidence, "imap")))
        };
        let (confidence, path) = judged?;
        // A copy that nobody is to see stands in no mail that was received.
        let hidden = is_listed(name_of(text), "bcc") && confidence >= 80 && !self.sent;
        Some((if self.pasted && !hidden { confidence.min(QUOTED) } else { confidence }, path))
    }
}

/// `INBOX`, or a quote that closes what the application opened.
fn leaves_string(line: &[u8]) -> bool {
    line.eq_ignore_ascii_case(b"inbox") || (matches!(line.last(), Some(b'"')) && line.len() < 64)
}

/// The name before the colon of a header, if the line begins with one.
fn name_of(line: &[u8]) -> &[u8] {
    let near = line.get(..40).unwrap_or(line);
    memchr::memchr(b':', near).and_then(|colon| near.get(..colon)).unwrap_or_default().trim_ascii()
}

/// A header that changes who gets the mail or what it is. Behind an address any header of a mail is one.
fn header(line: &[u8], of_address: bool) -> Option<u8> {
    let line = line.trim_ascii_start();
    let name = name_of(line);
    let value = line.get(memchr::memchr(b':', line)? + 1..)?.trim_ascii();
    let certain = |otherwise: u8| if of_address { 84 } else { otherwise };
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_slice() {
        b"bcc" if is_address(value) => 90,
        b"bcc" => certain(50),
        b"cc"
        | b"to"
        | b"reply-to"
        | b"return-path"
        | b"resent-to"
        | b"resent-cc"
        | b"resent-bcc"
        | b"errors-to"
        | b"apparently-to"
        | b"envelope-to"
        | b"delivered-to"
        | b"disposition-notification-to"
        | b"return-receipt-to"
        | b"mail-reply-to"
        | b"mail-followup-to"
        | b"x-original-to"
        | b"x-envelope-from"
            if is_address(value) =>
        {
            84
        }
        b"from" | b"sender" | b"resent-from" if is_address(value) => 80,
        b"content-type" if value.starts_with(b"multipart/") || value.starts_with(b"text/") => 80,
        b"mime-version" if value.starts_with(b"1.") => 84,
        b"content-transfer-encoding" if !value.is_empty() => 80,
        b"content-disposition" if begins_with(value, b"attachment") => certain(66),
        b"x-mailer" | b"x-priority" | b"x-msmail-priority" | b"importance" | b"list-unsubscribe"
            if !value.is_empty() =>
        {
            certain(62)
        }
        b"message-id" if value.first() == Some(&b'<') && is_address(value) => certain(66),
        b"subject" if !value.is_empty() => certain(48),
        _ => return None,
    })
}

/// `a@b.example`, `<a@b.example>`, `Name <a@b.example>`, `a@[192.0.2.1]`, also several.
fn is_address(value: &[u8]) -> bool {
    memchr::memchr(b'@', value).is_some_and(|at| {
        let before = at.checked_sub(1).and_then(|at| value.get(at));
        let after = value.get(at + 1);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'))
            && after.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'[')
    })
}

/// A header behind a line end that is written out: `a@x.example\nBcc: b@y.example`.
fn behind_written_end(value: &[u8]) -> Option<Finding> {
    let first = WRITTEN_ENDS.iter().filter_map(|end| find_end(value, end.as_bytes())).min()?;
    let head = value.get(..first).unwrap_or_default();
    // Whole mails are written so in JSON inside JSON.
    if !name_of(head).is_empty() || head.len() > 256 {
        return None;
    }
    let mut best = None;
    for end in WRITTEN_ENDS {
        let mut at = 0;
        for _ in 0..LINES {
            let Some(found) = value.get(at..).and_then(|rest| find_end(rest, end.as_bytes())) else { break };
            at += found + end.len();
            let line = value.get(at..).unwrap_or_default();
            let line = line.get(..160).unwrap_or(line);
            if let Some(confidence) = header(line, false)
                && confidence >= 80
            {
                best = better(best, Some(Finding { confidence, span: first..at + line.len(), path: "header/written" }));
            }
        }
    }
    best
}

/// Where a written line end stands; its letters in either case.
fn find_end(value: &[u8], end: &[u8]) -> Option<usize> {
    let [first, ..] = end else { return None };
    let found =
        memchr::memchr_iter(*first, value).find(|at| value.get(*at..).is_some_and(|rest| begins_with(rest, end)));
    super::gate::spend(found.unwrap_or(value.len()));
    found
}

/// How far from an option its address may stand (RFC 5321, 4.5.3.1.3).
const ADDRESS_BYTES: usize = 254;

/// Options of sendmail behind an address: `a@b.example -OQueueDirectory=/tmp -X/var/www/x.php`.
fn sendmail_options(value: &[u8]) -> Option<Finding> {
    let find = |needle: &[u8]| memchr::memmem::find(value, needle);
    let option = |name: &[u8]| if value.starts_with(name.trim_ascii_start()) { Some(0) } else { find(name) };
    let at = option(b" -X/")
        .or_else(|| find(b" -X /"))
        .or_else(|| option(b" -oQ/"))
        .or_else(|| option(b" -OQueueDirectory="))
        .or_else(|| find(b" -oQ"))
        .or_else(|| option(b" -be ").filter(|_| find(b"${run{").is_some()))?;
    // The address they stand in is near; a page has one somewhere.
    let near = value.get(at.saturating_sub(ADDRESS_BYTES)..).unwrap_or_default();
    let near = near.get(..2 * ADDRESS_BYTES).unwrap_or(near);
    let written = value.starts_with(b"-") || memchr::memchr(b'@', near).is_some();
    let told = written && (find(b"/").is_some() || find(b"${run{").is_some());
    told.then_some(Finding { confidence: 86, span: at..value.len(), path: "sendmail" })
}
