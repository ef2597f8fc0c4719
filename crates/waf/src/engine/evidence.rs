//! Turns a match into evidence: quotes, masks secrets, names the variable.

use sha2::{Digest, Sha256};

use super::scan::{Linked, Match};
use crate::var::{Collection, Values};
use crate::verdict::{Hit, Snip, printable};

/// Longest variable name quoted, in bytes.
const NAME_BYTES: usize = 128;

/// Parts of parameter names whose values nobody needs to read in a log (个人信息保护法 第五十一条).
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "authorization",
    "signature",
    "idcard",
    "id_card",
    "idno",
    "id_no",
    "identity",
    "idnumber",
    "sfzh",
    "zjhm",
    "身份证",
    "口令",
    "密码",
    "cvv",
    "bankcard",
    "captcha",
    "otp",
];

/// Whether values of this name are masked.
pub(super) fn is_secret(collection: Collection, name: &[u8], more: &[String]) -> bool {
    if matches!(collection, Collection::ArgsGetNames | Collection::ArgsPostNames | Collection::RequestHeadersNames) {
        return false;
    }
    let lower = String::from_utf8_lossy(name).to_lowercase();
    let whole_header = collection == Collection::RequestHeaders && lower == "cookie";
    whole_header
        || SECRET_NAMES.iter().any(|secret| lower.contains(secret))
        || more.iter().any(|secret| !secret.is_empty() && lower.contains(&secret.to_lowercase()))
}

/// `ARGS:json.patient.name`; names are cut at [`NAME_BYTES`] and made printable.
fn variable(collection: Collection, name: &[u8]) -> String {
    let shown = collection.shown_name();
    if name.is_empty() {
        return shown.to_owned();
    }
    format!("{shown}:{}", printable(name.get(..NAME_BYTES).unwrap_or(name)))
}

/// How sure a rule is, from the points it gives (waf.md §8: ≥80 is 5 points, 60–79 is 3, 40–59 is 1).
fn confidence(points: u16) -> u8 {
    match points {
        0 => 20,
        1..=2 => 50,
        3..=4 => 70,
        _ => 90,
    }
}

/// The evidence of a match that added `points` to the score.
pub(super) fn hit(found: &Match<'_>, values: &Values, secrets: &[String], points: u16) -> Hit {
    let rule = found.rule;
    let name = values.name(found.value);
    let raw = values.bytes(found.value);
    let secret = is_secret(found.value.collection, name, secrets);
    let (decoded, matched) = Snip::around(found.decoded, found.hashes[1], found.matched.clone(), secret);
    let raw_match = if found.layers.is_empty() { found.matched.clone() } else { find_raw(raw, found) };
    let (raw, _) = Snip::around(raw, found.hashes[0], raw_match, secret);
    Hit {
        rule: rule.id.clone(),
        msg: rule.msg.clone(),
        tags: rule.tags.clone(),
        severity: rule.severity,
        class: rule.class,
        variable: variable(found.value.collection, name),
        raw,
        decoded,
        matched,
        layers: found.layers.clone(),
        confidence: confidence(rule.points),
        points,
        paranoia: 1,
        chain: found.chain.iter().map(|linked| quote_link(linked, secrets)).collect(),
    }
}

/// The matched bytes in the value as it came, when they occur there unchanged; else nothing is marked.
fn find_raw(raw: &[u8], found: &Match<'_>) -> std::ops::Range<usize> {
    let matched = found.decoded.get(found.matched.clone()).unwrap_or_default();
    match memchr::memmem::find(raw, matched) {
        Some(at) if !matched.is_empty() => at..at + matched.len(),
        _ => 0..0,
    }
}

fn quote_link(linked: &Linked, secrets: &[String]) -> (String, Snip) {
    let secret = is_secret(linked.collection, &linked.name, secrets);
    let (snip, _) = Snip::around(&linked.bytes, Sha256::digest(&linked.bytes).into(), linked.matched.clone(), secret);
    (variable(linked.collection, &linked.name), snip)
}
