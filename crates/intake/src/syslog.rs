//! The head of a syslog message: RFC 5424, and RFC 3164 as devices really write it.
//!
//! Written here instead of taken from `syslog_loose` 0.23: that one reads a first word behind the host as the tag
//! whatever it is, so that `fw01 CEF:0|…` loses the `CEF:` it would be known by and `host {"a": 1}` its brace; it takes
//! the local time of a date with year for UTC; and it brings a second calendar and parser generator into a house that
//! has `jiff`.
//!
//! Invariant: nothing is refused. What is no head is body.

use crate::moment::Moment;
use crate::text::beginning;

/// Longest name of a host or program that is taken for one.
const MAX_NAME_BYTES: usize = 255;
/// Most parameters of structured data that are read.
const MAX_PARAMETERS: usize = 64;

/// What stands before the message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// Facility × 8 + severity.
    pub(crate) priority: Option<u8>,
    pub(crate) moment: Option<Moment>,
    pub(crate) host: Option<&'a str>,
    pub(crate) app: Option<&'a str>,
    pub(crate) process: Option<&'a str>,
    pub(crate) message_id: Option<&'a str>,
    /// `id.name` and value of each parameter.
    pub(crate) parameters: Vec<(String, String)>,
    /// The message itself.
    pub(crate) body: &'a str,
    /// It claims to be RFC 5424 and is not.
    pub(crate) is_faulty: bool,
}

/// Reads a whole message.
pub(crate) fn read(text: &str) -> Head<'_> {
    let text = text.trim_end_matches(['\n', '\r', '\0']);
    let (priority, rest) = read_priority(text);
    let head = priority.and_then(|_| read_5424(rest)).unwrap_or_else(|| read_3164(rest));
    Head { priority, ..head }
}

/// `<0>` to `<191>`.
fn read_priority(text: &str) -> (Option<u8>, &str) {
    let found = text.strip_prefix('<').and_then(|text| text.split_once('>')).and_then(|(digits, rest)| {
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let priority = is_number.then(|| digits.parse::<u8>().ok()).flatten().filter(|priority| *priority <= 191)?;
        Some((priority, rest))
    });
    found.map_or((None, text), |(priority, rest)| (Some(priority), rest))
}

/// RFC 5424 behind the priority; `None` when it is not even meant to be.
fn read_5424(text: &str) -> Option<Head<'_>> {
    let (version, rest) = text.split_once(' ')?;
    if version.is_empty() || version.len() > 2 || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (stamp, rest) = rest.split_once(' ')?;
    let moment = match stamp {
        "-" => None,
        stamp => match Moment::read(stamp)? {
            (moment @ Moment::Exact(_), "") => Some(moment),
            _ => return None,
        },
    };
    let body = rest;
    let mut names = [None; 4];
    let mut rest = rest;
    for name in &mut names {
        let Some((word, after)) = rest.split_once(' ') else {
            return Some(Head { moment, body, is_faulty: true, ..Head::default() });
        };
        *name = (word != "-" && !word.is_empty()).then(|| beginning(word, MAX_NAME_BYTES));
        rest = after;
    }
    let [host, app, process, message_id] = names;
    let mut parameters = Vec::new();
    let message = read_parameters(rest, &mut parameters);
    let is_faulty = message.is_none();
    let body = message.map_or(rest, |message| message.strip_prefix('\u{feff}').unwrap_or(message));
    Some(Head { moment, host, app, process, message_id, parameters, body, is_faulty, ..Head::default() })
}

/// Structured data, RFC 5424 §6.3, and what follows it; `None` when it does not read.
fn read_parameters<'a>(text: &'a str, parameters: &mut Vec<(String, String)>) -> Option<&'a str> {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    if rest.len() == text.len() {
        while let Some(inside) = rest.strip_prefix('[') {
            rest = read_element(inside, parameters)?;
        }
        if rest.len() == text.len() {
            return None;
        }
    }
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

/// One element behind its `[`; gives what follows its `]`.
fn read_element<'a>(text: &'a str, parameters: &mut Vec<(String, String)>) -> Option<&'a str> {
    let (id, mut rest) = text.split_at_checked(text.find([' ', ']'])?)?;
    if id.is_empty() {
        return None;
    }
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix(']') {
            return Some(after);
        }
        let (name, after) = rest.split_once("=\"")?;
        if name.is_empty() || name.contains([' ', ']', '"']) {
            return None;
        }
        let (value, after) = read_quoted(after)?;
        if parameters.len() < MAX_PARAMETERS {
            parameters.push((format!("{id}.{name}"), value));
        }
        rest = after;
    }
}

/// A value behind its opening quote: `\"`, `\\` and `\]` are escapes, any other backslash is itself.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match characters.next()?.1 {
                escaped @ ('"' | '\\' | ']') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

/// RFC 3164 behind the priority: time, host and tag, each where it is one.
fn read_3164(text: &str) -> Head<'_> {
    let mut head = Head::default();
    let mut rest = text.trim_start_matches(' ');
    if let Some((moment, after)) = Moment::read(rest) {
        head.moment = Some(moment);
        (head.host, rest) = read_host(after);
    }
    (head.app, head.process, head.body) = read_tag(rest);
    head
}

/// The host behind the time. A word that is a tag or the beginning of a body is none.
fn read_host(text: &str) -> (Option<&str>, &str) {
    let Some(text) = text.strip_prefix(' ') else { return (None, text.trim_start_matches([':', ' '])) };
    let text = text.trim_start_matches(' ');
    let is_host = |word: &str| {
        (1..=MAX_NAME_BYTES).contains(&word.len())
            && !word.ends_with(':')
            && word.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'%') || !byte.is_ascii()
            })
    };
    match text.split_once(' ') {
        Some((word, rest)) if is_host(word) && !is_body(text) && !word.starts_with('%') => {
            (Some(word), rest.trim_start_matches(' '))
        }
        _ => (None, text),
    }
}

/// Program and process of `app[123]: `; no tag is taken from what a body parser would know.
fn read_tag(text: &str) -> (Option<&str>, Option<&str>, &str) {
    let none = (None, None, text);
    if is_body(text) {
        return none;
    }
    let Some(end) = text.find([':', '[', ' ']).filter(|end| (1..=MAX_NAME_BYTES).contains(end)) else { return none };
    let Some((app, after)) = text.split_at_checked(end) else { return none };
    if let Some(inside) = after.strip_prefix('[') {
        let Some((process, after)) = inside.split_once(']') else { return none };
        let Some(body) = after.strip_prefix(':') else { return none };
        return (Some(app), Some(process), body.strip_prefix(' ').unwrap_or(body));
    }
    match after.strip_prefix(':') {
        // `http://` is no program.
        Some(body) if body.is_empty() || body.starts_with(' ') || app.starts_with('%') => {
            (Some(app), None, body.strip_prefix(' ').unwrap_or(body))
        }
        _ => none,
    }
}

/// Whether a body begins here that its parser knows by its first word.
fn is_body(text: &str) -> bool {
    ["CEF:", "LEEF:", "{", "@cee:"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let head = read(text);
        let words = [
            ("pri", head.priority.map(|priority| priority.to_string())),
            ("at", head.moment.map(|moment| format!("{moment:?}"))),
            ("host", head.host.map(str::to_owned)),
            ("app", head.app.map(str::to_owned)),
            ("pid", head.process.map(str::to_owned)),
            ("id", head.message_id.map(str::to_owned)),
            ("sd", (!head.parameters.is_empty()).then(|| format!("{:?}", head.parameters))),
            ("body", Some(head.body.to_owned())),
            ("faulty", head.is_faulty.then(String::new)),
        ];
        let told: Vec<String> =
            words.into_iter().filter_map(|(name, word)| Some(format!("{name}={}", word?))).collect();
        expected.assert_eq(&told.join(" "));
    }

    /// RFC 5424 §6.5, examples 1 to 4.
    #[test]
    fn examples_of_rfc_5424_are_read() {
        check(
            "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{feff}'su root' failed for lonvick on /dev/pts/8",
            expect![
                "pri=34 at=Exact(Timestamp(1065910455003000)) host=mymachine.example.com app=su id=ID47 body='su root' failed for lonvick on /dev/pts/8"
            ],
        );
        check(
            "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
            expect![
                "pri=165 at=Exact(Timestamp(1061727255000003)) host=192.0.2.1 app=myproc pid=8710 body=%% It's time to make the do-nuts."
            ],
        );
        check(
            r#"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="App\"lication\]" eventID="1011"][examplePriority@32473 class="high"] An application event"#,
            expect![[
                r#"pri=165 at=Exact(Timestamp(1065910455003000)) host=mymachine.example.com app=evntslog id=ID47 sd=[("exampleSDID@32473.iut", "3"), ("exampleSDID@32473.eventSource", "App\"lication]"), ("exampleSDID@32473.eventID", "1011"), ("examplePriority@32473.class", "high")] body=An application event"#
            ]],
        );
        check(
            r#"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [a@1 class="high"]"#,
            expect![[
                r#"pri=165 at=Exact(Timestamp(1065910455003000)) host=mymachine.example.com app=evntslog id=ID47 sd=[("a@1.class", "high")] body="#
            ]],
        );
    }

    #[test]
    fn broken_rfc_5424_keeps_its_rest_as_body() {
        check("<13>1 - - - - - [a b=\"c] x", expect![[r#"pri=13 body=[a b="c] x faulty="#]]);
        check("<13>1 - host", expect!["pri=13 body=host faulty="]);
        check("<13>1 yesterday h a - - - x", expect!["pri=13 body=1 yesterday h a - - - x"]);
    }

    /// RFC 3164 §5.4, and what devices make of it.
    #[test]
    fn examples_of_rfc_3164_and_of_devices_are_read() {
        check(
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
            expect![
                "pri=34 at=NoYear { month: 10, day: 11, time: 22:14:15 } host=mymachine app=su body='su root' failed for lonvick on /dev/pts/8"
            ],
        );
        check(
            "<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!",
            expect!["pri=13 at=NoYear { month: 2, day: 5, time: 17:32:18 } host=10.0.0.99 body=Use the BFG!"],
        );
        check(
            "<190>2026-11-23 10:00:01 USG6600 %%01POLICY/6/POLICYPERMIT(l)[12]:vsys=public, source-ip=10.1.1.2",
            expect![
                "pri=190 at=Local(2026-11-23T10:00:01) host=USG6600 app=%%01POLICY/6/POLICYPERMIT(l) pid=12 body=vsys=public, source-ip=10.1.1.2"
            ],
        );
        check(
            "<189>*Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured",
            expect!["pri=189 at=NoYear { month: 3, day: 1, time: 18:46:11.123 } app=%SYS-5-CONFIG_I body=Configured"],
        );
        check(
            "<134>Nov 23 10:00:01 fw01 CEF:0|V|P|1|100|n|5|src=10.0.0.1",
            expect![
                "pri=134 at=NoYear { month: 11, day: 23, time: 10:00:01 } host=fw01 body=CEF:0|V|P|1|100|n|5|src=10.0.0.1"
            ],
        );
        check(
            "<134>Nov 23 10:00:01 CEF:0|V|P|1|100|n|5|",
            expect!["pri=134 at=NoYear { month: 11, day: 23, time: 10:00:01 } body=CEF:0|V|P|1|100|n|5|"],
        );
        check(
            "<13>Nov 23 10:00:01 his {\"a\": 1}",
            expect![[r#"pri=13 at=NoYear { month: 11, day: 23, time: 10:00:01 } host=his body={"a": 1}"#]],
        );
        check("<13>root: no time", expect!["pri=13 app=root body=no time"]);
        check("no head at all: http://a", expect!["body=no head at all: http://a"]);
        check("<192>x", expect!["body=<192>x"]);
        check("", expect!["body="]);
    }
}
