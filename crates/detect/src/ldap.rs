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
];

pub(super) fn requirement() -> Requirement {
    either([
        needs(&[], &[ByteMask::of(b")"), ByteMask::of(b"("), ByteMask::of(b"*=|&!")]),
        needs(&["*("], &[]),
        needs(&["*)"], &[ByteMask::of(&[0])]),
    ])
}

pub(super) fn find(value: &[u8], _context: Context) -> Option<Finding> {
    let mut depth = 0usize;
    let mut at = 0;
    let finding = |confidence, start, end| Some(Finding { confidence, span: start..end, path: "filter" });
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
