//! One pass over a value that says which rules could possibly match it.
//!
//! All required literals of all rules live in one case-insensitive automaton, single required bytes in masks; a rule asks
//! for one of several branches, each a literal and bytes together. The answer may only ever be "cannot match" or "ask the rule"; what the rules then say is the same with and without it.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::op::Requirement;
use crate::transform::ByteMask;

/// A set of rules (or branches of rules) by index, as bits.
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

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
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

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.common(self)
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
    /// Branches that ask for each literal.
    branches_of: Vec<RuleSet>,
    branches: Vec<Needed>,
    /// Branches that ask for single bytes only.
    byte_branches: RuleSet,
    always: RuleSet,
}

/// One way in which a rule may match.
#[derive(Debug)]
struct Needed {
    rule: usize,
    bytes: Vec<ByteMask>,
}

/// Largest automaton kept as a table of all transitions, which is three times as fast as the compact form.
const TABLE_BYTES: usize = 8 << 20;

fn automaton(literals: &[&[u8]]) -> Result<AhoCorasick, BuildError> {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard).prefilter(false);
    let table = builder.kind(Some(AhoCorasickKind::DFA)).build(literals)?;
    if table.memory_usage() <= TABLE_BYTES {
        return Ok(table);
    }
    builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(literals)
}

impl Prefilter {
    /// Builds it from the requirement of each rule.
    pub(crate) fn new(requirements: &[Requirement]) -> Result<Self, BuildError> {
        let mut literals: Vec<&[u8]> = Vec::new();
        let mut branches_of: Vec<RuleSet> = Vec::new();
        let mut branches = Vec::new();
        let (mut byte_branches, mut always) = (RuleSet::default(), RuleSet::default());
        for (rule, requirement) in requirements.iter().enumerate() {
            let Requirement::Any(any) = requirement else {
                always.insert(rule);
                continue;
            };
            for branch in any {
                let at = branches.len();
                branches.push(Needed { rule, bytes: branch.bytes.clone() });
                if branch.literals.is_empty() {
                    byte_branches.insert(at);
                }
                for literal in &branch.literals {
                    let known = literals.iter().position(|known| known == literal);
                    let number = known.unwrap_or_else(|| {
                        literals.push(literal);
                        branches_of.push(RuleSet::default());
                        literals.len() - 1
                    });
                    if let Some(asking) = branches_of.get_mut(number) {
                        asking.insert(at);
                    }
                }
            }
        }
        let automaton = automaton(&literals)?;
        Ok(Self { automaton, branches_of, branches, byte_branches, always })
    }

    /// Puts the rules that could match a value into `candidates`. `found` is working memory.
    pub(crate) fn candidates(&self, value: &[u8], mask: ByteMask, found: &mut RuleSet, candidates: &mut RuleSet) {
        candidates.clear();
        candidates.union(&self.always);
        found.clear();
        found.union(&self.byte_branches);
        let mut state = OverlappingState::start();
        loop {
            self.automaton.find_overlapping(value, &mut state);
            let Some(literal) = state.get_match() else { break };
            if let Some(asking) = self.branches_of.get(literal.pattern().as_usize()) {
                found.union(asking);
            }
        }
        for at in found.iter() {
            if let Some(needed) = self.branches.get(at)
                && needed.bytes.iter().all(|bytes| bytes.intersects(mask))
            {
                candidates.insert(needed.rule);
            }
        }
    }

    /// Rules that no prefilter spares.
    #[cfg(test)]
    pub(crate) fn always(&self) -> &RuleSet {
        &self.always
    }
}
