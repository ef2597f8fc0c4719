//! Turns a match into evidence: quotes, masks secrets, names the variable.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::run::Matched;
use super::state::MatchedValue;
use crate::compile::Rule;
use crate::op::Found;
use crate::var::{Collection, Values};
use crate::verdict::{Hit, Severity, Snip, printable};

/// Most values of further links that a hit quotes.
const CHAIN_QUOTES: usize = 8;

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
pub(crate) fn is_secret(collection: Collection, name: &[u8], more: &[String]) -> bool {
    if matches!(collection, Collection::ArgsGetNames | Collection::ArgsPostNames | Collection::RequestHeadersNames) {
        return false;
    }
    let lower = String::from_utf8_lossy(name).to_lowercase();
    let whole_header = match collection {
        Collection::RequestHeaders => lower == "cookie",
        Collection::ResponseHeaders => lower == "set-cookie",
        _ => false,
    };
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
pub(super) fn confidence(points: u16) -> u8 {
    match points {
        0 => 20,
        1..=2 => 50,
        3..=4 => 70,
        _ => 90,
    }
}

/// Makes hits; remembers hashes, since several rules may match one large value.
#[derive(Default)]
pub(super) struct Evidence {
    hashes: HashMap<usize, [u8; 32]>,
}

impl Evidence {
    fn raw_hash(&mut self, at: usize, bytes: &[u8]) -> [u8; 32] {
        *self.hashes.entry(at).or_insert_with(|| Sha256::digest(bytes).into())
    }

    /// The hit of a rule of one link.
    pub(super) fn hit(&mut self, rule: &Rule, matched: &Matched<'_>, values: &Values, secrets: &[String]) -> Hit {
        let raw = matched.value.and_then(|at| values.get(at)).map_or(matched.decoded, |value| values.bytes(value));
        let raw_hash = match matched.value {
            Some(at) => self.raw_hash(at, raw),
            None => Sha256::digest(raw).into(),
        };
        let decoded_hash = if matched.layers.is_empty() && raw == matched.decoded {
            raw_hash
        } else {
            Sha256::digest(matched.decoded).into()
        };
        let secret = is_secret(matched.collection, matched.member, secrets);
        let range = matched.found.range.clone();
        let raw_match =
            if matched.layers.is_empty() { range.clone() } else { find_raw(raw, matched.decoded, range.clone()) };
        let (decoded, matched_range) = Snip::around(matched.decoded, decoded_hash, range, secret);
        let (raw, _) = Snip::around(raw, raw_hash, raw_match, secret);
        Hit {
            rule: rule.id.clone(),
            msg: String::new(),
            data: String::new(),
            tags: rule.tags.clone(),
            severity: rule.severity.unwrap_or(Severity::Notice),
            class: rule.class,
            variable: variable(matched.collection, matched.member),
            raw,
            decoded,
            matched: matched_range,
            layers: matched.layers.to_vec(),
            confidence: matched.found.detected.map_or(0, |(confidence, _)| confidence),
            points: 0,
            paranoia: rule.paranoia,
            chain: Vec::new(),
        }
    }

    /// The hit of a chain: its first link's last match, and what the other links matched.
    pub(super) fn chain(
        &mut self,
        rule: &Rule,
        all: &[MatchedValue],
        further_from: usize,
        values: &Values,
        secrets: &[String],
    ) -> Option<Hit> {
        let (first, further) = all.split_at_checked(further_from)?;
        let starter = first.last()?;
        let matched = Matched {
            collection: starter.collection,
            member: &starter.member,
            decoded: &starter.bytes,
            found: Found::at(starter.range.clone()),
            layers: &starter.layers,
            value: starter.value,
        };
        let hit = self.hit(rule, &matched, values, secrets);
        let quote = |matched: &MatchedValue| {
            // Further links often match all of a value, or what was captured of it: the quotation would mask nothing.
            let secret = hit.decoded.masked || is_secret(matched.collection, &matched.member, secrets);
            let range = if secret { 0..0 } else { matched.range.clone() };
            let hash = Sha256::digest(&matched.bytes).into();
            let (snip, _) = Snip::around(&matched.bytes, hash, range, secret);
            (variable(matched.collection, &matched.member), snip)
        };
        let chain = further.iter().take(CHAIN_QUOTES).map(quote).collect();
        Some(Hit { chain, ..hit })
    }
}

/// The matched bytes in the value as it came, when they occur there unchanged; else nothing is marked.
fn find_raw(raw: &[u8], decoded: &[u8], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let matched = decoded.get(range).unwrap_or_default();
    match memchr::memmem::find(raw, matched) {
        Some(at) if !matched.is_empty() => at..at + matched.len(),
        _ => 0..0,
    }
}
