//! LDAP injection: a value that closes the component of the search filter it stands in and opens one of its own
//! (RFC 4515: `(&(uid=VALUE)(password=…))`).

use super::gate::spend;
use super::{Context, Finding, Requirement, either, needs};
use crate::ByteMask;

#[cfg(test)]
mod tests;

/// Attributes that attacks ask for; any other needs a wildcard or an operator beside it.
const ATTRIBUTES: &[&str] = &[
    "uid",
    "cn",
    "sn",
    "mail",
    "objectclass",
    "objectcategory",
    "userpassword",
    "password",
    "pass",
    "member",
    "memberof",
    "samaccountname",
    "ou",
    "dc",
    "dn",
    "givenname",
    "displayname",
    "user",
    "username",
    "userprincipalname",
    "department",
    "description",
    "telephonenumber",
    "gidnumber",
    "uidnumber",
    "homedirectory",
    "useraccountcontrol",
    "admincount",
    "serviceprincipalname",
    "name",
    "directory",
    "type",
    "security",
    "access",
    "role",
    "group",
    "email",
    "employeenumber",
    "employeeid",
    "lockouttime",
    "pwdlastset",
    "logoncount",
    "unicodepwd",
    "jpegphoto",
    "sshpublickey",
    "distinguishedname",
    "loginshell",
    "krbprincipalname",
    "primarygroupid",
];

pub(super) fn requirement() -> Requirement {
    either([
        needs(&[], &[ByteMask::of(b")"), ByteMask::of(b"("), ByteMask::of(b"*=|&!")]),
        needs(&["*("], &[]),
        needs(&["\\29\\28"], &[]),
        needs(&["*)"], &[ByteMask::of(&[0])]),
    ])
}

pub(super) fn find(value: &[u8], _context: Context) -> Option<Finding> {
    let plain = filter(value);
    if plain.is_some() || memchr::memmem::find(value, ESCAPED).is_none() {
        return plain;
    }
    // An application that undoes the escapes (RFC 4515 3) hands the filter on without them.
    let finding = filter(&unescaped(value))?;
    Some(Finding { confidence: finding.confidence.min(82), span: 0..value.len(), path: "filter/escaped" })
}

/// `)(` as escapes.
const ESCAPED: &[u8] = b"\\29\\28";

/// The value with what `\28` and its like stand for; others remain.
fn unescaped(value: &[u8]) -> Vec<u8> {
    spend(value.len());
    let mut output = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        let escape = match rest {
            [b'\\', b'2', digit, ..] => match digit {
                b'8' => Some(b'('),
                b'9' => Some(b')'),
                b'a' | b'A' => Some(b'*'),
                b'6' => Some(b'&'),
                b'1' => Some(b'!'),
                _ => None,
            },
            [b'\\', b'7', b'c' | b'C', ..] => Some(b'|'),
            _ => None,
        };
        output.push(escape.unwrap_or(*byte));
        rest = if escape.is_some() { rest.get(3..).unwrap_or_default() } else { tail };
    }
    output
}

fn filter(value: &[u8]) -> Option<Finding> {
    let mut depth = 0usize;
    let mut at = 0;
    let finding = |confidence, start, end| Some(Finding { confidence, span: start..end, path: "filter" });
    // Every special character in a row is how scanners ask whether there is a filter.
    if value.starts_with(b"*()|") {
        return finding(82, 0, value.len());
    }
    if let [b'*', b'(', rest @ ..] = value
        && let Some(confidence) = component(rest)
    {
        return finding(confidence, 0, value.len());
    }
    while let Some(byte) = value.get(at) {
        spend(1);
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b')' => {
                // A parenthesis that the value did not open: it closes the filter's.
                let closing = value.iter().skip(at).take_while(|byte| matches!(byte, b')' | b' ' | b'\t')).count();
                let start = at;
                at += closing;
                match value.get(at) {
                    Some(b'(') => {
                        if let Some(confidence) = component(value.get(at + 1..).unwrap_or_default()) {
                            return finding(confidence, start, value.len());
                        }
                    }
                    Some(0) if start.checked_sub(1).and_then(|at| value.get(at)) == Some(&b'*') => {
                        return finding(80, start - 1, at + 1);
                    }
                    _ => {}
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// How sure what follows `(` is a component of a filter: `uid=*`, `|(…`, `&)`.
fn component(rest: &[u8]) -> Option<u8> {
    match rest {
        [b'|' | b'&' | b'!', next, ..] if matches!(next, b'(' | b')') => {
            let inner = rest.get(2..).unwrap_or_default();
            return Some(if *next == b')' { 82 } else { attribute(inner.trim_ascii_start()).unwrap_or(80).max(82) });
        }
        [b'|' | b'&' | b'!'] => return Some(80),
        [b'|' | b'&' | b'!', more @ ..] => return attribute(more),
        _ => {}
    }
    // `((|userpassword=*)`
    attribute(rest.strip_prefix(b"(|").or_else(|| rest.strip_prefix(b"(")).unwrap_or(rest))
}

/// `name=value`, `name>=1`, `name:dn:=x`.
fn attribute(text: &[u8]) -> Option<u8> {
    let length = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b';' | b'.' | b'_'))
        .count();
    let name = text.get(..length)?;
    if !name.first()?.is_ascii_alphabetic() {
        return None;
    }
    let assertion = match text.get(length..)? {
        [b'=', value @ ..] | [b'~' | b'<' | b'>', b'=', value @ ..] => value,
        [b':', matching @ ..] => {
            let end = memchr::memmem::find(matching.get(..64).unwrap_or(matching), b":=")?;
            matching.get(end + 2..)?
        }
        _ => return None,
    };
    let known = ATTRIBUTES.iter().any(|attribute| name.eq_ignore_ascii_case(attribute.as_bytes()));
    let end = assertion.iter().position(|byte| matches!(byte, b'(' | b')')).unwrap_or(assertion.len());
    let asserted = assertion.get(..end).unwrap_or_default();
    let wild = asserted.contains(&b'*');
    Some(match (known, wild) {
        (true, true) => 92,
        (true, false) => 85,
        (false, true) => 82,
        (false, false) => 50,
    })
}
