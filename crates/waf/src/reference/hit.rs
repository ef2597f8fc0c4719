//! What a rule that matched says about it. Layers are left empty: how a value came to its last form is not kept here.

use sha2::{Digest, Sha256};

use super::Rule;
use super::run::Run;
use super::state::Match;
use crate::engine::variable;
use crate::secrecy::Cover;
use crate::verdict::{Hit, Severity, Snip};

/// Most values of further links that a hit quotes.
const CHAIN_QUOTES: usize = 8;

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
        let secrets = &self.options.secrets;
        let whole = self.cover(matched).whole;
        let chain = chain.map(|link| (variable(link.collection, &link.member, secrets), self.quote_link(link, whole)));
        let chain: Vec<_> = chain.collect();
        let hit = Hit {
            rule: rule.read.id.clone(),
            msg: if decoded.masked { crate::compile::title(&meta.msg) } else { text(&meta.msg) },
            data: text(&meta.logdata),
            tags: meta.tags.clone(),
            severity: meta.severity.unwrap_or(Severity::Notice),
            class: rule.class,
            variable: variable(matched.collection, &matched.member, secrets),
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
        let cover = self.cover(link);
        let cover = if secret || cover.whole { cover.tightened() } else { cover };
        Snip::around(&link.bytes, Sha256::digest(&link.bytes).into(), link.found.range.clone(), cover).0
    }

    fn quote(&self, matched: &Match, value: &[u8], range: std::ops::Range<usize>) -> (Snip, std::ops::Range<u32>) {
        Snip::around(value, Sha256::digest(value).into(), range, self.cover(matched))
    }

    fn cover(&self, matched: &Match) -> Cover<'_> {
        let Match { collection, member, found, bytes, .. } = matched;
        Cover::of(*collection, member, found, bytes.len(), &self.options.secrets)
    }
}
