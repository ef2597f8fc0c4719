//! Script without tags: the value stands inside an attribute or a string of a script and finds its way out.

use super::Best;
use super::html::attributes;
use super::markup::{Scheme, is_handler, scheme, squeezed};
use super::script::{Activity, hostile_call, is_name_byte, judge};

const QUOTED: &str = "attribute/quoted";

pub(super) fn find(value: &[u8], best: &mut Best) {
    whole_url(value, best);
    let first_tag = memchr::memchr(b'<', value).unwrap_or(value.len());
    for quote in [b'"', b'\'', b'`'] {
        if let Some(at) = memchr::memchr(quote, value)
            && at < first_tag
        {
            let after = value.get(at + 1..).unwrap_or_default();
            if quote != b'`' {
                attribute_list(value, at + 1, 88, QUOTED, best);
            }
            out_of_string(value, at, after, quote, best);
        }
    }
    unquoted_attribute(value, first_tag, best);
    whole_call(value, best);
    template(value, best);
    inner_url(value, best);
    only_brackets(value, best);
}

/// The value is a URL that runs script.
fn whole_url(value: &[u8], best: &mut Best) {
    let Some((scheme, rest)) = scheme(value) else { return };
    let confidence = match scheme {
        Scheme::Script => match judge(rest) {
            Activity::Hostile => 92,
            Activity::Plain => 60,
            Activity::Harmless | Activity::None => return,
        },
        Scheme::Document => {
            let hostile = rest.contains(&b'<') || memchr::memmem::find(rest, b"base64").is_some();
            if !hostile || memchr::memmem::find(rest, b"svg").is_some() { 50 } else { 85 }
        }
    };
    best.keep(confidence, 0..value.len(), "url");
}

/// `…javascript:alert(1)` somewhere in a style, a URL or JSON.
fn inner_url(value: &[u8], best: &mut Best) {
    for at in memchr::memmem::find_iter(value, b":").take(64) {
        let name = value.get(at.saturating_sub(10)..at).unwrap_or_default();
        let rest = value.get(at + 1..).unwrap_or_default();
        let rest = rest.get(..256).unwrap_or(rest);
        // Style sheets have comments inside of names: `expre/**/ssion(`.
        let open = memchr::memchr(b'(', rest.get(..64).unwrap_or(rest)).map_or(0, |open| open + 1);
        let expression = squeezed(rest.get(..open).unwrap_or_default()) == b"expression(";
        let hostile = hostile_call(if expression { rest.get(open..).unwrap_or_default() } else { rest });
        if (expression || name.eq_ignore_ascii_case(b"javascript")) && hostile {
            best.keep(82, at - name.len()..at + 1 + rest.len(), "url/inner");
        }
    }
}

/// Attributes from `at` on, one of them a handler with script.
fn attribute_list(value: &[u8], at: usize, sure: u8, path: &'static str, best: &mut Best) {
    let (list, end, _) = attributes(value, at, true);
    for attribute in list {
        let Some(script) = attribute.value else { continue };
        let confidence = if is_handler(attribute.name) {
            match judge(script) {
                Activity::Hostile => sure,
                // Out of the quotes, and away to another site.
                Activity::Plain if path == QUOTED && leads_away(script) => sure.saturating_sub(8),
                Activity::Plain if path == QUOTED => sure.saturating_sub(24),
                Activity::Plain | Activity::Harmless | Activity::None => continue,
            }
        } else if scheme(script).is_some_and(|(kind, rest)| kind == Scheme::Script && judge(rest) == Activity::Hostile)
        {
            sure
        } else {
            continue;
        };
        best.keep(confidence, at.saturating_sub(1)..end, path);
    }
}

/// A string of the script is an address of any other site.
fn leads_away(script: &[u8]) -> bool {
    [b"'//".as_slice(), b"\"//", b"`//", b"'http", b"\"http"]
        .iter()
        .any(|start| memchr::memmem::find(script, start).is_some())
}

/// `x onmouseover=alert(1)`: a blank ends an unquoted attribute.
fn unquoted_attribute(value: &[u8], first_tag: usize, best: &mut Best) {
    let head = value.get(..first_tag).unwrap_or(value);
    // Four tries: what does not begin with attributes after that is a text about them.
    let starts = memchr::memmem::find_iter(head, b"on")
        .chain(memchr::memmem::find_iter(head, b"ON"))
        .chain(memchr::memmem::find_iter(head, b"oN"))
        .chain(memchr::memmem::find_iter(head, b"On"));
    for at in starts.filter(|at| begins_attribute(head, *at)).take(4) {
        attribute_list(value, at, 82, "attribute/unquoted", best);
    }
}

/// A name with `=` begins here, behind a blank or at the very beginning.
fn begins_attribute(head: &[u8], at: usize) -> bool {
    let free =
        at.checked_sub(1).and_then(|at| head.get(at)).is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'/');
    let name = head.iter().skip(at).take(40).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let after = head.get(at + name..).unwrap_or_default().trim_ascii_start();
    free && name >= 5 && after.first() == Some(&b'=') && after.get(1) != Some(&b'=')
}

/// `';alert(1)//`, `"-alert(1)-"`, `'));eval(name)//`: out of a string of script.
fn out_of_string(value: &[u8], at: usize, after: &[u8], quote: u8, best: &mut Best) {
    let marks = after
        .iter()
        .take(16)
        .take_while(|byte| !is_name_byte(**byte) && !matches!(byte, b'\'' | b'"' | b'<' | b'[' | b'('))
        .count();
    let joined = after.get(..marks).unwrap_or_default();
    let opens = after.get(marks..).unwrap_or_default();
    // What stands between must be able to end one expression and begin another.
    let splits = joined.iter().any(|byte| b";-+*/^|&,%?:=>\n".contains(byte))
        && !joined.iter().any(|byte| b"#@\\.".contains(byte));
    if !splits {
        return;
    }
    // `;a=prompt,a()`
    let assigns = joined.contains(&b';') && {
        let name = opens.iter().take_while(|byte| is_name_byte(**byte)).count();
        name > 0 && opens.get(name) == Some(&b'=') && judge(opens.get(..200).unwrap_or(opens)) == Activity::Hostile
    };
    let hostile =
        assigns || hostile_call(opens) || (matches!(opens, [b'(' | b'[', ..]) && judge(opens) == Activity::Hostile);
    let throws_away = joined.contains(&b';') && memchr::memmem::find(opens, b"//").is_some() && calls(opens);
    if !hostile && !throws_away {
        return;
    }
    let trimmed = value.trim_ascii_end();
    let cut = memchr::memmem::find(opens, b"//").is_some()
        || memchr::memmem::find(opens, b"/*").is_some()
        || memchr::memmem::find(opens, b"<!--").is_some();
    let balanced = memchr::memchr_iter(quote, value).count().is_multiple_of(2)
        && (trimmed.ends_with(&[quote]) || opens.contains(&quote));
    let short = value.len() <= 400;
    let confidence = if cut || balanced {
        86
    } else if short {
        80
    } else {
        60
    };
    best.keep(confidence, at..value.len(), "script/string");
}

/// `name(`, `name.member(`.
fn calls(script: &[u8]) -> bool {
    let name = script.iter().take_while(|byte| is_name_byte(**byte) || **byte == b'.').count();
    name > 0 && script.get(name) == Some(&b'(')
}

/// The value is nothing but a call: `alert(1)`, `eval(atob('…'))`.
fn whole_call(value: &[u8], best: &mut Best) {
    let text = value.trim_ascii();
    if text.len() > 400 || !hostile_call(text) {
        return;
    }
    let ends = matches!(text.last(), Some(b')' | b';' | b'`' | b'/' | b'}'));
    let open = memchr::memchr2(b'(', b'`', text).unwrap_or(text.len());
    let name = text.get(..open).unwrap_or_default();
    let inside = text.get(open + 1..).unwrap_or_default().trim_ascii();
    // `alert (high)`, `Alert(s) and …` and `confirm()` are prose and documentation.
    let goes_on =
        memchr::memmem::find(inside, b") ").and_then(|at| inside.get(at + 2)).is_some_and(u8::is_ascii_alphabetic);
    let argued = !inside.is_empty() && !inside.starts_with(b")") && !name.ends_with(b" ") && !goes_on;
    if ends && argued {
        let computed = name.contains(&b'[');
        if name.contains(&b'=') || !(computed || judge(name) == Activity::Hostile) {
            return;
        }
        // Nobody shows people a number or the cookie, but for those who try whether script runs.
        let tries = matches!(name, b"alert" | b"prompt" | b"confirm")
            && (inside.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'/')
                || inside.starts_with(b"document.")
                || text.contains(&b'`'));
        // Code of another site, named without a scheme, or the cookie carried there.
        let loads = matches!(name, b"import" | b"fetch" | b"$.getScript" | b"navigator.sendBeacon")
            && (matches!(inside, [b'\'' | b'"' | b'`', b'/', b'/', ..])
                || memchr::memmem::find(inside, b"document.cookie").is_some());
        let tries = tries || loads;
        best.keep(if computed || tries { 82 } else { 72 }, 0..value.len(), "script/call");
    }
}

/// `${alert(1)}`, `{{constructor.constructor('alert(1)')()}}`: templates that run in the browser.
fn template(value: &[u8], best: &mut Best) {
    for open in [b"${".as_slice(), b"{{"] {
        for at in memchr::memmem::find_iter(value, open).take(8) {
            let body = value.get(at + 2..).unwrap_or_default();
            let body = body.get(..1024).unwrap_or(body);
            let close: &[u8] = if open == b"{{" { b"}}" } else { b"}" };
            let body = body.get(..memchr::memmem::find(body, close).unwrap_or(body.len())).unwrap_or(body);
            let called = body.contains(&b'(') || body.contains(&b'`');
            // The name of what makes functions, as a text: a member by a computed name.
            let computed = open == b"{{"
                && [b"'constructor'".as_slice(), b"\"constructor\""]
                    .iter()
                    .any(|name| memchr::memmem::find(body, name).is_some());
            if called && (computed || judge(body) == Activity::Hostile) {
                best.keep(86, at..at + 2 + body.len(), "template");
            }
        }
    }
}

/// Script written with six characters only.
fn only_brackets(value: &[u8], best: &mut Best) {
    let text = value.trim_ascii();
    let strange = text.len() >= 24 && text.iter().all(|byte| b"[]()!+ ".contains(byte));
    if strange && memchr::memmem::find(text, b"[]").is_some() && text.contains(&b'!') {
        best.keep(86, 0..value.len(), "script/brackets");
    }
}
