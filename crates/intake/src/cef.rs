//! CEF:0, the format of ArcSight that most security devices speak.
//!
//! `CEF:0|vendor|product|version|class id|name|severity|key=value key=value …`; escapes `\|` and `\\` before the last bar,
//! `\=`, `\\`, `\n` and `\r` behind it. A value may hold blanks: it ends where the next ` key=` begins.

use medward_contract::event::{Dataset, Field, MAX_KEY_BYTES, Outcome, Stream};

use crate::decode::Read;
use crate::draft::{Draft, severity_of_cef};
use crate::moment::Moment;
use crate::names::clean;

/// Most pairs of one message that are read.
pub(crate) const MAX_PAIRS: usize = 128;

/// Reads a body that begins with `CEF:`.
pub(crate) fn read(draft: &mut Draft<'_>, body: &str) -> Read {
    let Some((head, extension)) = split_head(body) else { return Read::Broken };
    let [version, vendor, product, device_version, class, name, severity] = &head;
    if version != "0" && version != "1" {
        return Read::Broken;
    }
    put_device(draft, [vendor, product, device_version], class);
    draft.field(Field::RuleName, name);
    if let Some(severity) = severity_of_cef(severity) {
        draft.severity(severity);
    }
    let mut act = None;
    for (key, value) in pairs(extension) {
        if key == "act" {
            act = Some(value.clone());
        }
        put_pair(draft, "cef", key, &value);
    }
    put_network(draft, act.as_deref());
    Read::Known
}

/// The seven parts before the extension, and the extension.
fn split_head(body: &str) -> Option<([String; 7], &str)> {
    let mut rest = body.strip_prefix("CEF:")?;
    let mut parts: [String; 7] = Default::default();
    for part in &mut parts {
        let mut characters = rest.char_indices();
        loop {
            match characters.next()? {
                (at, '|') => {
                    rest = rest.get(at + 1..)?;
                    break;
                }
                (_, '\\') => match characters.next()?.1 {
                    escaped @ ('|' | '\\') => part.push(escaped),
                    other => part.extend(['\\', other]),
                },
                (_, other) => part.push(other),
            }
        }
    }
    Some((parts, rest))
}

/// Pairs of an extension, unescaped.
fn pairs(extension: &str) -> Vec<(&str, String)> {
    let keys = keys(extension);
    let mut pairs = Vec::with_capacity(keys.len());
    for (number, key) in keys.iter().enumerate() {
        let end = keys.get(number + 1).map_or(extension.len(), |next| next.begin);
        let value = extension.get(key.sign + 1..end).unwrap_or_default();
        pairs.push((key.name, unescaped(value.trim_end())));
    }
    pairs
}

/// A key, where it begins and where its equals sign stands.
struct Key<'a> {
    name: &'a str,
    begin: usize,
    sign: usize,
}

/// The words before equals signs that no backslash escapes. A sign without one belongs to the value it stands in.
fn keys(extension: &str) -> Vec<Key<'_>> {
    let is_name = |word: &str| {
        (1..=MAX_KEY_BYTES).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']'))
    };
    let (mut keys, mut begin, mut is_escaped) = (Vec::new(), 0, false);
    for (at, byte) in extension.bytes().enumerate() {
        match byte {
            b' ' => begin = at + 1,
            b'=' if !is_escaped && keys.len() < MAX_PAIRS => {
                let name = extension.get(begin..at).unwrap_or_default();
                if is_name(name) {
                    keys.push(Key { name, begin, sign: at });
                }
            }
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    keys
}

fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some(escaped @ ('=' | '\\' | '|')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    value
}

/// What CEF and LEEF have in common before their pairs.
pub(crate) fn put_device(draft: &mut Draft<'_>, [vendor, product, version]: [&str; 3], class: &str) {
    draft.field(Field::RuleId, class);
    let device = [("observer.vendor", vendor), ("observer.product", product), ("observer.version", version)];
    for (name, word) in device.into_iter().filter(|(_, word)| !word.is_empty()) {
        draft.attribute(name, word.into());
    }
}

/// One pair of CEF or LEEF (vault.md §8); what has no field of ours is an attribute.
pub(crate) fn put_pair(draft: &mut Draft<'_>, prefix: &str, key: &str, value: &str) {
    match key {
        "src" => draft.field(Field::SourceIp, value),
        "dst" => draft.field(Field::DestinationIp, value),
        "spt" | "srcPort" => draft.port(Field::SourcePort, value),
        "dpt" | "dstPort" => draft.port(Field::DestinationPort, value),
        "suser" | "usrName" => draft.field(Field::UserName, value),
        "duser" => draft.field(Field::UserTargetName, value),
        "proto" => draft.field(Field::NetworkTransport, &value.to_ascii_lowercase()),
        "cat" => draft.field(Field::RuleCategory, value),
        "request" | "url" => put_url(draft, value),
        "requestMethod" => draft.field(Field::HttpMethod, value),
        "requestClientApplication" => draft.field(Field::UserAgent, value),
        "msg" => draft.message(value),
        "rt" | "devTime" => match Moment::read_whole(value) {
            Some(moment) => draft.at(Some(moment)),
            None => draft.attribute(&clean(&format!("{prefix}.{key}")), value.into()),
        },
        _ => draft.attribute(&clean(&format!("{prefix}.{key}")), value.into()),
    }
}

/// Address line of a request: `https://host/path?query`, or a path alone.
fn put_url(draft: &mut Draft<'_>, url: &str) {
    let behind_host = url.split_once("://").map(|(_, rest)| rest);
    let (host, path) = match behind_host {
        Some(rest) => rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, "")),
        None => ("", url),
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    draft.field(Field::UrlDomain, host);
    draft.field(Field::UrlPath, if path.is_empty() && !host.is_empty() { "/" } else { path });
    draft.field(Field::UrlQuery, query);
}

/// Makes `network.ips` or `network.firewall` of a message whose source stands in the network.
pub(crate) fn put_network(draft: &mut Draft<'_>, act: Option<&str>) {
    const STOPPED: [&str; 7] = ["block", "deny", "drop", "reset", "reject", "refuse", "阻断"];
    if draft.profile.stream != Some(Stream::Network) {
        return;
    }
    let act = act.unwrap_or_default().to_lowercase();
    let is_stopped = STOPPED.iter().any(|word| act.contains(word));
    let has = |field: Field| draft.event.fields.contains_key(&field);
    if !has(Field::SourceIp) || !has(Field::DestinationIp) {
        return;
    }
    if has(Field::RuleCategory) && has(Field::RuleId) && has(Field::DestinationPort) && has(Field::NetworkTransport) {
        draft.kind(Dataset::NetworkIps, if is_stopped { "block" } else { "alert" }, Outcome::Success);
    } else if !act.is_empty() {
        draft.kind(Dataset::NetworkFirewall, if is_stopped { "deny" } else { "allow" }, Outcome::Success);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_head_and_extension_are_taken_back() {
        let (head, extension) = split_head(
            r"CEF:0|Vend\|or|Pro\\duct|1.0|100|detected a \| in message|10|src=10.0.0.1 act=blocked a | dst=1.1.1.1",
        )
        .unwrap();
        assert_eq!(head, ["0", "Vend|or", r"Pro\duct", "1.0", "100", "detected a | in message", "10"]);
        let found = pairs(extension);
        let expected = [("src", "10.0.0.1"), ("act", "blocked a |"), ("dst", "1.1.1.1")];
        assert_eq!(found, expected.map(|(key, value)| (key, value.to_owned())));
    }

    #[test]
    fn value_ends_where_the_next_key_begins() {
        let check = |extension: &str, expected: &[(&str, &str)]| {
            let found = pairs(extension);
            let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (*key, value.as_str())).collect();
            assert_eq!(found, expected, "{extension}");
        };
        check("msg=two words  src=10.0.0.1", &[("msg", "two words"), ("src", "10.0.0.1")]);
        check(r"filePath=C:\\a\=b msg=x\ny", &[("filePath", r"C:\a=b"), ("msg", "x\ny")]);
        check("request=/a?b=c&d=e act=block", &[("request", "/a?b=c&d=e"), ("act", "block")]);
        check("cs1Label=attackType cs1=SQL 注入", &[("cs1Label", "attackType"), ("cs1", "SQL 注入")]);
        check("empty= src=10.0.0.1", &[("empty", ""), ("src", "10.0.0.1")]);
        check("no pairs here", &[]);
    }
}
