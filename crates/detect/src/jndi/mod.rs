//! Lookups of Log4j and its kin: `${jndi:ldap://…}`, however deep it hides.
//!
//! Nested lookups are evaluated as Log4j does it (lower, upper, defaults, environment, dates; to [`DEPTH`] levels), because
//! `${${::-j}ndi:…}` is only `jndi` once evaluated. Confirmed when the result begins with `jndi:`; a lookup that would leak
//! the environment counts less, and `${name}` of templates is nothing.

#[cfg(test)]
mod tests;

use super::gate::{Best, spend};
use super::reading::{begins_with, from, is_listed, until, window};
use super::{Context, Finding, Place, Requirement, needs};
use crate::ByteMask;

/// Levels of lookups inside lookups.
const DEPTH: usize = 10;
/// Longest lookup read.
const LOOKUP_BYTES: usize = 1024;
/// Lookups evaluated in one value.
const LOOKUPS: usize = 64;

pub(super) fn requirement() -> Requirement {
    needs(&["${", "%{", "jndi:"], &[ByteMask::of(b":")])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader) {
        return None;
    }
    let mut best = Best::default();
    let mut left = LOOKUPS;
    let mut at = 0;
    spend(value.len());
    while let Some(found) = memchr::memchr(b'{', from(value, at)) {
        let start = at + found;
        at = start + 1;
        let opens = start.checked_sub(1).and_then(|at| value.get(at)).is_some_and(|byte| matches!(byte, b'$' | b'%'));
        if !opens || left == 0 {
            continue;
        }
        left -= 1;
        let mut evaluation =
            Evaluation { text: window(value, at, LOOKUP_BYTES), at: 0, disguised: false, leaks: false };
        let content = evaluation.content(DEPTH);
        let end = at + evaluation.at;
        evaluation.judge(&content, start - 1..end.min(value.len()), &mut best);
        if best.confidence() >= 90 {
            break;
        }
        if content.is_empty() {
            continue;
        }
        at = end.max(at).min(value.len());
    }
    // A filter that removes `${` leaves the rest; what an application logs may put it back.
    if begins_with(value, b"jndi:") && protocol(from(value, 5)) {
        best.offer(85, 0..value.len().min(64), "jndi/bare");
    }
    if best.confidence() < 80 && best.is_in_prose(value) { best.at_most(70) } else { best.into_finding() }
}

/// The reading of one lookup.
struct Evaluation<'v> {
    text: &'v [u8],
    at: usize,
    /// Built from inner lookups: nobody writes `${lower:j}` to be read.
    disguised: bool,
    /// Asks for the environment or the system.
    leaks: bool,
}

impl Evaluation<'_> {
    /// Reads up to the brace that closes this lookup and evaluates the lookups inside.
    fn content(&mut self, depth: usize) -> Vec<u8> {
        let mut content = Vec::new();
        while let Some(byte) = self.text.get(self.at).copied() {
            spend(1);
            match byte {
                b'}' => {
                    self.at += 1;
                    return content;
                }
                b'$' if self.text.get(self.at + 1) == Some(&b'{') => {
                    self.at += 2;
                    if depth == 0 {
                        return content;
                    }
                    let inner = self.content(depth - 1);
                    content.extend(self.evaluate(&inner));
                }
                // A line end or a control byte ends what could be a lookup.
                0..=0x1f => return content,
                _ => {
                    content.push(byte);
                    self.at += 1;
                }
            }
        }
        content
    }

    /// What an inner lookup becomes.
    fn evaluate(&mut self, inner: &[u8]) -> Vec<u8> {
        let (lookup, default) = split_default(inner);
        let (name, argument) = match lookup.iter().position(|byte| *byte == b':') {
            Some(colon) => (until(lookup, colon), from(lookup, colon + 1)),
            None => (lookup, b"".as_slice()),
        };
        spend(inner.len());
        let known = is_listed(
            name,
            "env sys java ctx main map bundle k8s docker spring web event log4j marker sd base64 date lower upper jndi hostname",
        );
        // `${::-j}` has an empty name, `${${a}}` no lookup at all.
        self.disguised |= default.is_some() || (lookup.contains(&b':') && (known || name.is_empty()));
        match name {
            b"jndi" => inner.to_vec(),
            name if name.eq_ignore_ascii_case(b"lower") => argument.to_ascii_lowercase(),
            // U+0131, the dotless i, is an I in upper case.
            name if name.eq_ignore_ascii_case(b"upper") => upper(argument),
            name if name.eq_ignore_ascii_case(b"date") => {
                argument.iter().copied().filter(|byte| *byte != b'\'').collect()
            }
            name if name.eq_ignore_ascii_case(b"base64") => {
                let mut text = Vec::new();
                crate::base64_decode(argument, &mut text);
                text
            }
            _ => {
                self.leaks |= is_listed(name, "env sys java ctx k8s docker hostname web spring");
                default.unwrap_or_default().to_vec()
            }
        }
    }

    fn judge(&self, content: &[u8], span: std::ops::Range<usize>, best: &mut Best) {
        let (lookup, default) = split_default(content);
        // `${::-jndi:ldap://…}` and `${x:-jndi:…}` come to their default.
        let reached = if begins_with(lookup, b"jndi:") { lookup } else { default.unwrap_or(lookup) };
        let blank = reached.iter().take_while(|byte| **byte == b' ').count();
        let reached = from(reached, blank);
        if begins_with(reached, b"jndi:") {
            let target = from(reached, 5);
            let sure = if !self.disguised && leaves_out_host(target) {
                // `${jndi:ldap://...}`: the same question, with dots for the address.
                35
            } else if protocol(target) {
                97
            } else if !self.disguised && target.iter().all(u8::is_ascii_alphanumeric) {
                // `${jndi:ldap}` names the hole in a question; nothing is fetched without an address.
                35
            } else if self.disguised || target.len() > 3 {
                90
            } else {
                82
            };
            best.offer(sure, span, "lookup/jndi");
            return;
        }
        if begins_with(&lookup.iter().copied().filter(u8::is_ascii_alphanumeric).take(8).collect::<Vec<_>>(), b"jndi")
            && self.disguised
        {
            best.offer(88, span, "lookup/jndi/nested");
            return;
        }
        let name = until(content, content.iter().position(|byte| *byte == b':').unwrap_or(0));
        let leaks = is_listed(name, "env sys java ctx k8s docker hostname web spring bundle");
        let argument = from(content, name.len() + 1);
        let plain = !argument.is_empty()
            && argument.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-'));
        if self.disguised && self.leaks {
            best.offer(66, span, "lookup/nested");
        } else if leaks && plain && !is_listed(name, "web") {
            best.offer(60, span, "lookup/environment");
        } else if self.disguised {
            best.offer(62, span, "lookup/nested");
        }
    }
}

/// `lookup:-default`.
fn split_default(content: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memmem::find(content, b":-") {
        Some(at) => (until(content, at), Some(from(content, at + 2))),
        None => (content, None),
    }
}

/// `ldap://...`: three dots and no letter of a host.
fn leaves_out_host(target: &[u8]) -> bool {
    let host = from(target, target.iter().position(|byte| *byte == b':').unwrap_or(target.len()));
    memchr::memmem::find(host, b"...").is_some() && host.iter().all(|byte| b":/. ".contains(byte))
}

/// Whether a JNDI name begins with a protocol that fetches.
fn protocol(name: &[u8]) -> bool {
    let colon = name.iter().take(12).position(|byte| *byte == b':').unwrap_or(0);
    is_listed(until(name, colon), "ldap ldaps rmi dns iiop corba nis nds http https java")
}

fn upper(text: &[u8]) -> Vec<u8> {
    let mut upper = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = if let [0xc4, 0xb1, tail @ ..] = rest {
            upper.push(b'I');
            tail
        } else {
            upper.push(byte.to_ascii_uppercase());
            tail
        };
    }
    upper
}
