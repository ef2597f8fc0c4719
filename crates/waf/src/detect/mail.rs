//! Mail injection: a header or a command of SMTP or IMAP behind a line end in a field that ends up in a mail.

use super::{Context, Finding, Place, Requirement, either, needs};
use crate::transform::ByteMask;

#[cfg(test)]
mod tests;

/// Lines looked at.
const LINES: usize = 64;

/// A header that a letter quotes.
const QUOTED: u8 = 45;

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
            ],
            &[ends, ByteMask::of(b":")],
        ),
        needs(
            &[
                "data",
                "quit",
                "rset",
                "vrfy",
                "expn",
                "helo",
                "ehlo",
                "starttls",
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
            ],
            &[ends],
        ),
        needs(&[" -o", " -x"], &[ByteMask::of(b"/")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(
        context.place,
        Place::FileContent | Place::BodyText | Place::ResponseBody | Place::ResponseHeader | Place::Path
    ) {
        return None;
    }
    let mut best = sendmail_options(value);
    let mut start = 0;
    let mut pasted = false;
    // An empty line ends the headers of a mail: what looks like one behind it is text, as in a letter that is answered.
    let mut behind_headers = false;
    for (number, line) in value.split(|byte| matches!(byte, b'\r' | b'\n')).take(LINES).enumerate() {
        behind_headers |= ends_with_empty_line(value.get(..start).unwrap_or_default());
        let judged = header(line)
            .map(|(confidence, path)| (if behind_headers { QUOTED.min(confidence) } else { confidence }, path))
            .or_else(|| smtp(line))
            .or_else(|| imap(line));
        if number == 0 {
            // A mail that somebody quotes begins with one of its headers.
            pasted = judged.is_some() || memchr::memmem::find(line.get(..16).unwrap_or(line), b": ").is_some();
        } else if let Some((confidence, path)) = judged {
            let confidence = if pasted {
                QUOTED.min(confidence)
            } else if number > 8 {
                confidence.min(60)
            } else {
                confidence
            };
            if best.as_ref().is_none_or(|best| confidence > best.confidence) {
                best = Some(Finding { confidence, span: start..start + line.len(), path });
            }
        }
        start += line.len() + 1;
    }
    best
}

/// Whether the last line of `text`, whatever its line ends are, is empty.
fn ends_with_empty_line(text: &[u8]) -> bool {
    [b"\n\n".as_slice(), b"\n\r\n", b"\r\r"].iter().any(|ends| text.ends_with(ends))
}

/// A header that changes who gets the mail or what it is.
fn header(line: &[u8]) -> Option<(u8, &'static str)> {
    let colon = memchr::memchr(b':', line.get(..32).unwrap_or(line))?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.get(1..)?.trim_ascii();
    let address = || is_address(value);
    let confidence = match name.trim_ascii().to_ascii_lowercase().as_slice() {
        b"bcc" if address() => 90,
        b"cc" | b"to" | b"reply-to" | b"return-path" | b"resent-to" if address() => 84,
        b"from" | b"sender" if address() => 80,
        b"bcc" => 50,
        b"content-type" if value.starts_with(b"multipart/") || value.starts_with(b"text/") => 80,
        b"mime-version" if value.starts_with(b"1.") => 84,
        b"content-transfer-encoding" if !value.is_empty() => 80,
        b"x-mailer" if !value.is_empty() => 62,
        b"subject" if !value.is_empty() => 48,
        _ => return None,
    };
    Some((confidence, "header"))
}

/// `a@b.example`, `<a@b.example>`, `Name <a@b.example>`, also several.
fn is_address(value: &[u8]) -> bool {
    memchr::memchr(b'@', value).is_some_and(|at| {
        let before = at.checked_sub(1).and_then(|at| value.get(at));
        let after = value.get(at + 1);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'))
            && after.is_some_and(u8::is_ascii_alphanumeric)
    })
}

fn smtp(line: &[u8]) -> Option<(u8, &'static str)> {
    let line = line.trim_ascii();
    let begins = |command: &[u8]| line.get(..command.len()).is_some_and(|start| start.eq_ignore_ascii_case(command));
    let certain = (begins(b"rcpt to:") || begins(b"mail from:")) && is_address(line);
    let hello = (begins(b"ehlo ") || begins(b"helo ") || begins(b"vrfy ") || begins(b"expn ")) && line.len() < 80;
    let lone = matches!(line, b"DATA" | b"QUIT" | b"RSET" | b"STARTTLS");
    let confidence = if certain {
        90
    } else if hello {
        62
    } else if lone {
        55
    } else {
        return None;
    };
    Some((confidence, "smtp"))
}

/// `V001 FETCH 1 BODY`: a tag and a command in capitals.
fn imap(line: &[u8]) -> Option<(u8, &'static str)> {
    const COMMANDS: &[&[u8]] = &[
        b"FETCH",
        b"SELECT",
        b"LOGOUT",
        b"EXAMINE",
        b"CAPABILITY",
        b"LOGIN",
        b"LIST",
        b"NOOP",
        b"APPEND",
        b"RENAME",
        b"DELETE",
        b"SEARCH",
        b"STORE",
        b"CREATE",
    ];
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (tag, command) = (words.next()?, words.next()?);
    let tagged = tag.len() <= 6 && tag.first()?.is_ascii_alphanumeric() && tag.last()?.is_ascii_digit();
    let known = COMMANDS.contains(&command);
    let told = words.next().is_some();
    (tagged && known).then_some((if told || command.len() > 5 { 84 } else { 60 }, "imap"))
}

/// Options of sendmail behind an address: `a@b.example -OQueueDirectory=/tmp -X/var/www/x.php`.
fn sendmail_options(value: &[u8]) -> Option<Finding> {
    let find = |needle: &[u8]| memchr::memmem::find(value, needle);
    let at = find(b" -X/")
        .or_else(|| find(b" -X /"))
        .or_else(|| find(b" -oQ/"))
        .or_else(|| find(b" -OQueueDirectory="))
        .or_else(|| find(b" -oQ"))?;
    let told = find(b"@").is_some() && find(b"/").is_some();
    told.then_some(Finding { confidence: 86, span: at..value.len(), path: "sendmail" })
}
