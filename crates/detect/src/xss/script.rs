//! What a piece of JavaScript would do: the part of an event handler, a `javascript:` URL or a script element that tells an
//! attack from the ordinary behaviour of a page.
//!
//! Not a parser of the whole language: identifiers, calls, assignments and strings are enough to say whether it is script
//! at all, and whether it reaches for what only injected script needs. One pass.

use super::super::gate::spend;

/// What script does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Activity {
    /// No script.
    None,
    /// Script that changes nothing beyond its own element: `return false`, `this.src='x.png'`, `history.back()`,
    /// `if(this.value=='…')this.value=''`.
    Harmless,
    /// A call or assignment of some sort.
    Plain,
    /// Shows itself, reads secrets, loads or evaluates code.
    Hostile,
}

/// Names that injected script uses and the handlers of pages do not.
const HOSTILE: &[&str] = &[
    "alert",
    "$eval",
    "confirm",
    "prompt",
    "eval",
    "execscript",
    "fromcharcode",
    "fromcodepoint",
    "atob",
    "constructor",
    "fetch",
    "xmlhttprequest",
    "sendbeacon",
    "getscript",
    "globalthis",
    "reflect",
    "localstorage",
    "sessionstorage",
    "throw",
    "import",
    "importscripts",
    "unescape",
    "srcdoc",
    "function",
    "createelement",
    "insertadjacenthtml",
    "createcontextualfragment",
    "activexobject",
    "wscript",
    "msgbox",
    "webassembly",
    "queueobjecturl",
    "createobjecturl",
    "document.cookie",
    "document.domain",
    "document.write",
    "document.writeln",
    "document.location",
    "document.url",
    "window.name",
    "serviceworker",
];

/// Objects of which an attack takes a member by a computed name: `top['al'+'ert']`.
const GLOBALS: &[&str] = &["window", "self", "top", "parent", "this", "frames", "document", "globalthis", "location"];

/// Judges script.
pub(super) fn judge(script: &[u8]) -> Activity {
    judge_as(script, false)
}

/// Judges script that stands where a program is meant to stand: it may give up with `throw`.
pub(super) fn judge_program(script: &[u8]) -> Activity {
    judge_as(script, true)
}

fn judge_as(script: &[u8], program: bool) -> Activity {
    let previous = Vec::new();
    let mut reader = Reader { rest: script, previous, activity: Activity::None, own: true, returns: false, program };
    while reader.step() {}
    match reader.activity {
        Activity::Plain if reader.own => Activity::Harmless,
        activity => activity,
    }
}

/// Whether script begins with a call of something hostile: `alert(1)`, `window['alert'](1)`, `` eval`1` ``.
pub(super) fn hostile_call(script: &[u8]) -> bool {
    let script = script.trim_ascii_start();
    let built = script.strip_prefix(b"new").filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
    let script = built.map_or(script, <[u8]>::trim_ascii_start);
    let name = script.iter().take_while(|byte| is_name_byte(**byte) || **byte == b'.').count();
    if name == 0 {
        return false;
    }
    // A picture that nobody sees carries away what is in its address.
    if built.is_some() && script.get(..name) == Some(b"Image".as_slice()) {
        let near = script.get(name..CALL_BYTES.min(script.len())).unwrap_or_default();
        return near.trim_ascii_start().starts_with(b"(") && memchr::memmem::find(near, b"src").is_some();
    }
    let (name, rest) = script.split_at_checked(name).unwrap_or((script, b""));
    let near = script.get(..CALL_BYTES).unwrap_or(script);
    match rest.trim_ascii_start() {
        [b'(' | b'[', ..] | [b'?', b'.', ..] => judge(near) == Activity::Hostile,
        [b'`', ..] => judge(name) == Activity::Hostile,
        [b'=', next, ..] if *next != b'=' => {
            let writes =
                [b".innerHTML".as_slice(), b".outerHTML", b".srcdoc"].iter().any(|member| name.ends_with(member));
            writes || (name.ends_with(b"location") && judge(near) == Activity::Hostile)
        }
        _ => false,
    }
}

/// How much of a call is read to judge it.
const CALL_BYTES: usize = 200;

pub(super) const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// Longest name that is looked up.
const NAME_BYTES: usize = 24;

struct Reader<'s> {
    rest: &'s [u8],
    /// The name before the last dot, in lower case.
    previous: Vec<u8>,
    activity: Activity,
    /// So far everything happened to `this`, or is a plain `return`.
    own: bool,
    returns: bool,
    /// A program of some length is expected here.
    program: bool,
}

impl Reader<'_> {
    fn raise(&mut self, activity: Activity) {
        self.activity = self.activity.max(activity);
    }

    fn step(&mut self) -> bool {
        spend(1);
        match self.rest {
            [] => return false,
            [quote @ (b'\'' | b'"' | b'`'), body @ ..] => {
                self.rest = after_string(body, *quote);
            }
            [b'/', b'*', body @ ..] => {
                self.rest = memchr::memmem::find(body, b"*/").and_then(|at| body.get(at + 2..)).unwrap_or_default();
            }
            [b'=', b'=' | b'>', rest @ ..] => self.rest = rest,
            [b'=', rest @ ..] => {
                self.raise(Activity::Plain);
                self.rest = rest;
            }
            [byte, ..] if is_name_byte(*byte) => self.name(),
            [_, rest @ ..] => {
                self.previous.clear();
                self.rest = rest;
            }
        }
        true
    }

    fn name(&mut self) {
        let length = self.rest.iter().take_while(|byte| is_name_byte(**byte)).count();
        let (name, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, b""));
        let mut lower = name.get(..NAME_BYTES.min(length)).unwrap_or_default().to_ascii_lowercase();
        let after = rest.trim_ascii_start();
        let called = matches!(after, [b'(' | b'`', ..]);
        let known = |name: &[u8]| HOSTILE.iter().any(|hostile| hostile.as_bytes() == name);
        let dotted = if self.previous.is_empty() {
            Vec::new()
        } else {
            [self.previous.as_slice(), b".", lower.as_slice()].concat()
        };
        let declares = name == b"function" || (name.eq_ignore_ascii_case(b"confirm") && self.returns);
        let computed = matches!(after, [b'[', ..]) && GLOBALS.iter().any(|global| global.as_bytes() == lower);
        // A string as a program: `setTimeout('ale'+'rt(1)')`.
        let runs_text = matches!(lower.as_slice(), b"settimeout" | b"setinterval")
            && after.get(1..).is_some_and(|argument| matches!(argument.trim_ascii_start(), [b'\'' | b'"' | b'`', ..]));
        let gives_up = self.program && lower == b"throw";
        if (known(&lower) && !declares && !gives_up) || known(&dotted) || computed || runs_text {
            self.raise(Activity::Hostile);
        } else if called {
            self.raise(Activity::Plain);
        }
        if self.previous.is_empty() {
            self.own = self.own
                && (matches!(
                    lower.as_slice(),
                    b"this"
                        | b"if"
                        | b"else"
                        | b"return"
                        | b"false"
                        | b"true"
                        | b"void"
                        | b"null"
                        | b"event"
                        | b"history"
                        | b"javascript"
                        | b"confirm"
                        | b"window"
                ) || name.iter().all(u8::is_ascii_digit));
        }
        self.returns = lower == b"return";
        self.rest = rest;
        if let [b'.', tail @ ..] = after {
            self.rest = tail;
            self.previous = std::mem::take(&mut lower);
        } else {
            self.previous.clear();
        }
    }
}

/// Behind the string whose body begins here; empty when it does not end.
fn after_string(body: &[u8], quote: u8) -> &[u8] {
    let mut at = 0;
    loop {
        let Some(found) = memchr::memchr2(quote, b'\\', body.get(at..).unwrap_or_default()) else { return b"" };
        at += found;
        if body.get(at) == Some(&quote) {
            return body.get(at + 1..).unwrap_or_default();
        }
        at += 2;
    }
}
