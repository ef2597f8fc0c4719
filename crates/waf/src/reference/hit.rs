//! What a rule that matched says about it. Layers are left empty: how a value came to its last form is not kept here.

use sha2::{Digest, Sha256};

use super::Rule;
use super::run::Run;
use super::state::Match;
use crate::engine::is_secret;
use crate::verdict::{Hit, Severity, Snip, printable};

/// Most values of further links that a hit quotes.
const CHAIN_QUOTES: usize = 8;
/// Longest variable name quoted, in bytes.
const NAME_BYTES: usize = 128;

impl Run<'_> {
    /// Notes a rule of several links: the last match of its first one, and what the others matched.
    pub(super) fn chain_hit(&mut self, rule: &Rule, matches_of_starter: usize) {
        let matches = self.state.matches.clone();
        let (starter, further) = matches.split_at_checked(matches_of_starter).unwrap_or_default();
        if let Some(last) = starter.last() {
            self.hit(rule, last, further);
        }
    }

    /// Notes a match of a rule that logs.
    pub(super) fn hit(&mut self, rule: &Rule, matched: &Match, further: &[Match]) {
        if !rule.read.log {
            return;
        }
        if self.judgement.hits.len() >= self.options.limits.hits {
            self.judgement.hits_dropped = self.judgement.hits_dropped.saturating_add(1);
            return;
        }
        let meta = &rule.read.meta;
        let text = |template| String::from_utf8_lossy(&self.expand(rule, template)).into_owned();
        let came = matched.value.and_then(|at| self.values.get(at));
        let came = came.map_or(matched.bytes.as_slice(), |value| self.values.bytes(value));
        let (decoded, range) = self.quote(matched, &matched.bytes, matched.found.range.clone());
        let (raw, _) = self.quote(matched, came, 0..0);
        let chain = further.iter().take(CHAIN_QUOTES);
        let chain = chain.map(|link| (variable(link), self.quote_link(link, decoded.masked)));
        let chain: Vec<_> = chain.collect();
        let hit = Hit {
            rule: rule.read.id.clone(),
            msg: if decoded.masked { crate::compile::title(&meta.msg) } else { text(&meta.msg) },
            data: text(&meta.logdata),
            tags: meta.tags.clone(),
            severity: meta.severity.unwrap_or(Severity::Notice),
            class: rule.class,
            variable: variable(matched),
            raw,
            decoded,
            matched: range,
            layers: Vec::new(),
            confidence: matched.found.detected.map_or(0, |(confidence, _)| confidence),
            points: self.points.given.max(self.points.anomaly),
            paranoia: rule.paranoia,
            chain,
        };
        self.judgement.hits.push(hit);
    }

    /// What a further link matched; nothing of it is shown where the first link's value, or its own, is secret.
    fn quote_link(&self, link: &Match, secret: bool) -> Snip {
        let secret = secret || is_secret(link.collection, &link.member, &self.options.secrets);
        let range = if secret { 0..0 } else { link.found.range.clone() };
        Snip::around(&link.bytes, Sha256::digest(&link.bytes).into(), range, secret).0
    }

    fn quote(&self, matched: &Match, value: &[u8], range: std::ops::Range<usize>) -> (Snip, std::ops::Range<u32>) {
        let secret = is_secret(matched.collection, &matched.member, &self.options.secrets);
        Snip::around(value, Sha256::digest(value).into(), range, secret)
    }
}

/// `ARGS:json.patient.name`; names are cut and made printable.
fn variable(matched: &Match) -> String {
    let shown = matched.collection.shown_name();
    let name = matched.member.as_slice();
    match name.get(..NAME_BYTES).unwrap_or(name) {
        [] => shown.to_owned(),
        name => format!("{shown}:{}", printable(name)),
    }
}
