//! One pass over a value that says which rules could possibly match it.
//!
//! All required literals of all rules live in one case-insensitive automaton, single required bytes in masks; a rule asks
//! for one of several branches, each a literal and bytes together. The answer may only ever be "cannot match" or "ask the rule"; what the rules then say is the same with and without it.

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use crate::shared::Pool;
use medward_detect::{ByteMask, Requirement};

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

    /// Whether two sets have a member in common.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(left, right)| left & right != 0)
    }

    /// Makes this the same set.
    fn assign(&mut self, other: &Self) {
        self.0.clear();
        self.0.extend_from_slice(&other.0);
    }

    /// Makes this the set of what is in `left` and `right`.
    fn assign_common(&mut self, left: &Self, right: &Self) {
        self.0.clear();
        self.0.extend(left.0.iter().zip(&right.0).map(|(left, right)| left & right));
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            let mut bits = *bits;
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
    branches_of: Vec<Vec<u32>>,
    branches: Vec<Branch>,
    /// Branches that ask for single bytes only, by the first set of bytes they ask for.
    byte_branches: Vec<Vec<u32>>,
    /// The sets for which there are any.
    byte_branch_sets: Sets,
    /// The different sets of bytes that branches ask for.
    sets: Vec<ByteMask>,
    /// The sets each byte is in.
    sets_of: Vec<Sets>,
    always: RuleSet,
    /// Rules that ask for a literal in some branch.
    with_literals: RuleSet,
    /// Rules with a branch that asks for single bytes only.
    with_bytes_only: RuleSet,
}

/// One way in which a rule may match: of each of these sets of bytes it asks for one.
#[derive(Debug)]
struct Branch {
    rule: usize,
    needs: Sets,
}

/// Sets of bytes, by their number. What does not fit is not asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Sets([u64; SET_WORDS]);

const SET_WORDS: usize = 6;

impl Sets {
    fn insert(&mut self, set: usize) {
        if let Some(word) = self.0.get_mut(set / 64) {
            *word |= 1 << (set % 64);
        }
    }

    fn union(&mut self, other: Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn within(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & !other == 0)
    }

    fn common(self, other: Self) -> Self {
        let mut common = self;
        for (word, other) in common.0.iter_mut().zip(other.0) {
            *word &= other;
        }
        common
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits = bits.checked_sub(1).map(|lower| bits & lower)?;
                Some(word * 64 + bit as usize)
            })
        })
    }
}

/// Working memory of [`Prefilter::candidates`].
#[derive(Debug, Default)]
pub(crate) struct Needed {
    asked: RuleSet,
}

/// Largest automaton kept as a table of all transitions, which is three times as fast as the compact form.
const TABLE_BYTES: usize = 8 << 20;

/// How much of a literal is looked for. More makes few candidates fewer, and an automaton of ten thousand words too large
/// for a table.
const BEGINNING_BYTES: usize = 8;

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
    /// The prefilter for these requirements, which other programs may use too.
    pub(crate) fn shared(requirements: &[Requirement]) -> Result<Arc<Self>, BuildError> {
        static PREFILTERS: Pool<Prefilter> = Pool::new();
        PREFILTERS.get(format!("{requirements:?}").as_bytes(), || Self::new(requirements))
    }

    /// Builds it from the requirement of each rule.
    fn new(requirements: &[Requirement]) -> Result<Self, BuildError> {
        let mut literals: Vec<&[u8]> = Vec::new();
        let mut known: HashMap<&[u8], usize> = HashMap::new();
        let mut prefilter = Self {
            automaton: AhoCorasick::new([""; 0])?,
            branches_of: Vec::new(),
            branches: Vec::new(),
            byte_branches: Vec::new(),
            byte_branch_sets: Sets::default(),
            sets: Vec::new(),
            sets_of: vec![Sets::default(); 256],
            always: RuleSet::default(),
            with_literals: RuleSet::default(),
            with_bytes_only: RuleSet::default(),
        };
        for (rule, requirement) in requirements.iter().enumerate() {
            let Requirement::Any(any) = requirement else {
                prefilter.always.insert(rule);
                continue;
            };
            for branch in any {
                let at = prefilter.add_branch(rule, &branch.bytes, branch.literals.is_empty());
                for literal in &branch.literals {
                    let literal = literal.get(..BEGINNING_BYTES).unwrap_or(literal);
                    prefilter.with_literals.insert(rule);
                    let number = *known.entry(literal).or_insert_with(|| {
                        literals.push(literal);
                        prefilter.branches_of.push(Vec::new());
                        literals.len() - 1
                    });
                    if let Some(asking) = prefilter.branches_of.get_mut(number)
                        && asking.last() != Some(&at)
                    {
                        asking.push(at);
                    }
                }
            }
        }
        prefilter.automaton = automaton(&literals)?;
        Ok(prefilter)
    }

    fn add_branch(&mut self, rule: usize, bytes: &[ByteMask], bytes_only: bool) -> u32 {
        let mut needs = Sets::default();
        let mut first = None;
        for mask in bytes {
            let set = self.set(*mask);
            needs.insert(set);
            // The set of fewest bytes is the least likely to be there.
            let fewer = |known: &usize| self.sets.get(*known).is_none_or(|known| mask.count() < known.count());
            if first.as_ref().is_none_or(fewer) {
                first = Some(set);
            }
        }
        let at = u32::try_from(self.branches.len()).unwrap_or(u32::MAX);
        self.branches.push(Branch { rule, needs });
        if bytes_only {
            match first.filter(|set| *set < SET_WORDS * 64) {
                Some(set) => {
                    self.with_bytes_only.insert(rule);
                    self.byte_branch_sets.insert(set);
                    if let Some(list) = self.byte_branches.get_mut(set) {
                        list.push(at);
                    }
                }
                None => self.always.insert(rule),
            }
        }
        at
    }

    /// The number of a set of bytes.
    fn set(&mut self, mask: ByteMask) -> usize {
        if let Some(known) = self.sets.iter().position(|known| *known == mask) {
            return known;
        }
        let set = self.sets.len();
        self.sets.push(mask);
        self.byte_branches.push(Vec::new());
        for byte in 0..=u8::MAX {
            if mask.contains(byte)
                && let Some(sets) = self.sets_of.get_mut(usize::from(byte))
            {
                sets.insert(set);
            }
        }
        set
    }

    /// Whether rules that are `looking` ask for literals a value of this length may hold.
    pub(crate) fn asks_for_literals(&self, length: usize, looking: &RuleSet) -> bool {
        length > 1 && looking.intersects(&self.with_literals)
    }

    /// Fills in the branches one of whose literals occurs in a value, in whichever case.
    pub(crate) fn find_literals(&self, value: &[u8], met: &mut RuleSet) {
        met.clear();
        let mut state = OverlappingState::start();
        loop {
            self.automaton.find_overlapping(value, &mut state);
            let Some(literal) = state.get_match() else { break };
            for branch in self.branches_of.get(literal.pattern().as_usize()).into_iter().flatten() {
                met.insert(*branch as usize);
            }
        }
    }

    /// Puts those of the rules that are `looking` into `candidates` that could match a value in which the bytes of `mask`
    /// occur, and literals of the branches `met`.
    pub(crate) fn candidates(
        &self,
        met: &RuleSet,
        mask: ByteMask,
        looking: &RuleSet,
        memory: &mut Needed,
        candidates: &mut RuleSet,
    ) {
        let asked = &mut memory.asked;
        asked.assign(&self.always);
        let asks_for_bytes = looking.intersects(&self.with_bytes_only);
        if asks_for_bytes || !met.is_empty() {
            let mut there = Sets::default();
            for byte in mask.iter() {
                if let Some(sets) = self.sets_of.get(usize::from(byte)) {
                    there.union(*sets);
                }
            }
            let mut ask = |at: usize| {
                if let Some(branch) = self.branches.get(at)
                    && branch.needs.within(there)
                {
                    asked.insert(branch.rule);
                }
            };
            for set in there.common(self.byte_branch_sets).iter() {
                for at in self.byte_branches.get(set).into_iter().flatten() {
                    ask(*at as usize);
                }
            }
            met.iter().for_each(ask);
        }
        candidates.assign_common(asked, looking);
    }

    /// Rules that no prefilter spares.
    #[cfg(test)]
    pub(crate) fn always(&self) -> &RuleSet {
        &self.always
    }
}
