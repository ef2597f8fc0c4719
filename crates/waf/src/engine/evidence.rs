//! Turns a match into evidence: quotes, masks secrets, names the variable.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::run::Matched;
use super::state::MatchedValue;
use crate::compile::Rule;
use crate::secrecy::{Cover, without_secrets};
use crate::var::{Collection, Values};
use crate::verdict::{Hit, Severity, Snip, printable};

/// Most values of further links that a hit quotes.
const CHAIN_QUOTES: usize = 8;

/// Longest variable name quoted, in bytes.
const NAME_BYTES: usize = 128;

/// `ARGS:json.patient.name`; names are cut at [`NAME_BYTES`] and made printable. A body that is read as something else
/// than it is can be one long name, secrets and all.
pub(crate) fn variable(collection: Collection, name: &[u8], secrets: &[String]) -> String {
    let shown = collection.shown_name();
    if name.is_empty() {
        return shown.to_owned();
    }
    let name = without_secrets(name.get(..NAME_BYTES).unwrap_or(name), secrets);
    format!("{shown}:{}", printable(&name))
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
        let cover = Cover::of(matched.collection, matched.member, &matched.found, matched.decoded.len(), secrets);
        let range = matched.found.range.clone();
        let raw_match =
            if matched.layers.is_empty() { range.clone() } else { find_raw(raw, matched.decoded, range.clone()) };
        let (decoded, matched_range) = Snip::around(matched.decoded, decoded_hash, range, cover);
        // What was secret under base64 is no less so in it.
        let hidden = decoded.masked && matched.layers.iter().any(|layer| layer.0.contains("base64"));
        let (raw, _) = Snip::around(raw, raw_hash, raw_match, if hidden { cover.tightened() } else { cover });
        Hit {
            rule: rule.id.clone(),
            msg: String::new(),
            data: String::new(),
            tags: rule.tags.clone(),
            severity: rule.severity.unwrap_or(Severity::Notice),
            class: rule.class,
            variable: variable(matched.collection, matched.member, secrets),
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
            found: starter.found.clone(),
            layers: &starter.layers,
            value: starter.value,
        };
        let hit = self.hit(rule, &matched, values, secrets);
        let starter_cover =
            Cover::of(starter.collection, &starter.member, &starter.found, starter.bytes.len(), secrets);
        let quote = |matched: &MatchedValue| {
            let MatchedValue { collection, member, bytes, found, .. } = matched;
            let cover = Cover::of(*collection, member, found, bytes.len(), secrets);
            // Further links often match all of a value, or what was captured of it: the quotation would mask nothing.
            let cover = if starter_cover.whole || cover.whole { cover.tightened() } else { cover };
            let hash = Sha256::digest(bytes).into();
            let (snip, _) = Snip::around(bytes, hash, found.range.clone(), cover);
            (variable(*collection, member, secrets), snip)
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
