//! One pass over a value that says which rules could possibly match it.
//!
//! All required literals of all rules live in one case-insensitive automaton, single required bytes in masks. The answer
//! may only ever be "cannot match" or "ask the rule"; what the rules then say is the same with and without it.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use crate::op::Requirement;
use crate::transform::ByteMask;

/// A set of rules by index, as bits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct RuleSet(Vec<u64>);

impl RuleSet {
    pub(crate) fn insert(&mut self, rule: usize) {
        let word = rule / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (rule % 64);
        }
    }

    pub(crate) fn contains(&self, rule: usize) -> bool {
        self.0.get(rule / 64).is_some_and(|bits| bits & (1 << (rule % 64)) != 0)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn union(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (bits, more) in self.0.iter_mut().zip(&other.0) {
            *bits |= more;
        }
    }

    /// The rules that are in both sets, ascending.
    pub(crate) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().zip(&other.0).enumerate().flat_map(|(word, (left, right))| {
            let mut bits = left & right;
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits = bits.checked_sub(1).map(|lower| bits & lower)?;
                Some(word * 64 + bit as usize)
            })
        })
    }
}

/// The compiled prefilter.
#[derive(Debug)]
pub(crate) struct Prefilter {
    automaton: AhoCorasick,
    /// Rules that ask for each literal.
    rules_of: Vec<RuleSet>,
    bytes: Vec<(ByteMask, usize)>,
    always: RuleSet,
}

impl Prefilter {
    /// Builds it from the requirement of each rule.
    pub(crate) fn new(requirements: &[Requirement]) -> Result<Self, BuildError> {
        let mut literals: Vec<&[u8]> = Vec::new();
        let mut rules_of: Vec<RuleSet> = Vec::new();
        let mut bytes = Vec::new();
        let mut always = RuleSet::default();
        for (rule, requirement) in requirements.iter().enumerate() {
            match requirement {
                Requirement::None => always.insert(rule),
                Requirement::Bytes(mask) => bytes.push((*mask, rule)),
                Requirement::Literals(set) => {
                    for literal in set {
                        let known = literals.iter().position(|known| known == literal);
                        let at = known.unwrap_or_else(|| {
                            literals.push(literal);
                            rules_of.push(RuleSet::default());
                            literals.len() - 1
                        });
                        if let Some(rules) = rules_of.get_mut(at) {
                            rules.insert(rule);
                        }
                    }
                }
            }
        }
        let automaton =
            AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(&literals)?;
        Ok(Self { automaton, rules_of, bytes, always })
    }

    /// Puts the rules that could match a value into `candidates`.
    pub(crate) fn candidates(&self, value: &[u8], mask: ByteMask, candidates: &mut RuleSet) {
        candidates.clear();
        candidates.union(&self.always);
        for (required, rule) in &self.bytes {
            if required.intersects(mask) {
                candidates.insert(*rule);
            }
        }
        let mut state = OverlappingState::start();
        loop {
            self.automaton.find_overlapping(value, &mut state);
            let Some(found) = state.get_match() else { return };
            if let Some(rules) = self.rules_of.get(found.pattern().as_usize()) {
                candidates.union(rules);
            }
        }
    }

    /// Rules that no prefilter spares.
    #[cfg(test)]
    pub(crate) fn always(&self) -> &RuleSet {
        &self.always
    }
}
