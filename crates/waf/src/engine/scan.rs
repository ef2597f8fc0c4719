//! Runs the rules of one phase over values.
//!
//! For each value: transform lazily along the trie, prefilter each distinct result once, ask the candidate rules. All
//! buffers belong to the [`Scan`] and are reused from value to value, so a request costs few allocations.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::compile::{Link, Node, Program, Rule, RuleSet};
use crate::head::Span;
use crate::options::{Clock, Limits};
use crate::transform::{ByteMask, MAX_LAYERS, Transformation, next_layer};
use crate::var::{Collection, Value, Values};
use crate::verdict::Layer;

/// Flat price of one step whatever the length of its input, in work units.
const STEP_COST: u64 = 16;

/// How often a clock is looked at, in work units: well under a millisecond of work.
const CLOCK_UNITS: u64 = 100_000;
/// Work before the first look. So little cannot take 20 ms by itself: a clock that says otherwise measured a thread that
/// was put to sleep, and giving up then would let small attacks through on a busy machine.
const FIRST_LOOK_UNITS: u64 = 2_000_000;

/// How much text one budget is for.
const BUDGET_BYTES: usize = 64 * 1024;

/// What a transaction may still spend.
pub(super) struct Work {
    pub(super) spent: u64,
    most: u64,
    /// Microseconds spent before this run, and the clock's reading at its beginning.
    micros_before: u64,
    most_micros: u64,
    clock: Option<(Clock, u64)>,
    look_at: u64,
    late: bool,
}

impl Work {
    /// `length`: bytes of all values. The limits are meant for an ordinary request; a large body gets as many of them as
    /// it has [`BUDGET_BYTES`], or an honest upload would exhaust them and padding would carry an attack past the rules.
    pub(super) fn new(spent: u64, micros_before: u64, length: usize, limits: &Limits, clock: Option<Clock>) -> Self {
        let most_times = (limits.structured_bytes / BUDGET_BYTES).max(1);
        let times = length.div_ceil(BUDGET_BYTES).clamp(1, most_times) as u64;
        let clock = clock.map(|clock| {
            let started = clock();
            (clock, started)
        });
        Self {
            spent,
            most: limits.max_work_units.saturating_mul(times),
            micros_before,
            most_micros: limits.max_micros.saturating_mul(times),
            clock,
            look_at: FIRST_LOOK_UNITS,
            late: false,
        }
    }

    /// What the prefilter may spend on values that nobody has time to judge.
    pub(super) fn for_suspicion(length: usize, limits: &Limits) -> Self {
        let most = limits.max_work_units.saturating_mul(4);
        Self::new(0, 0, length, &Limits { max_work_units: most, ..*limits }, None)
    }

    /// Charges a step of this cost; false when the budget is gone.
    fn charge(&mut self, cost: u64) -> bool {
        self.spent = self.spent.saturating_add(STEP_COST).saturating_add(cost);
        if self.spent >= self.look_at {
            self.look_at = self.spent.saturating_add(CLOCK_UNITS);
            self.late = self.clock.is_some() && self.micros() > self.most_micros;
        }
        !self.exhausted()
    }

    pub(super) fn exhausted(&self) -> bool {
        self.late || self.spent > self.most
    }

    /// Microseconds spent so far, by the caller's clock; 0 without one.
    pub(super) fn micros(&self) -> u64 {
        let run = self.clock.as_ref().map_or(0, |(clock, started)| clock().saturating_sub(*started));
        self.micros_before.saturating_add(run)
    }
}

/// A rule that matched a value.
pub(super) struct Match<'a> {
    pub(super) rule: &'a Rule,
    pub(super) value: Value,
    /// The bytes the first link matched, after its transformations.
    pub(super) decoded: &'a [u8],
    pub(super) matched: Range<usize>,
    pub(super) layers: Vec<Layer>,
    /// SHA-256 of the value as it came, and of `decoded`.
    pub(super) hashes: [Hash; 2],
    /// What the other links matched: collection, name, bytes, where.
    pub(super) chain: Vec<Linked>,
}

/// What one chain link matched.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    pub(super) collection: Collection,
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) matched: Range<usize>,
}

pub(super) type Hash = [u8; 32];

/// One form of a value: as it came, or after transformations.
#[derive(Clone, Copy, Debug)]
struct Variant {
    span: Span,
    mask: ByteMask,
    /// The variant it was made from, and how; none for the value itself.
    made: Option<(usize, &'static str)>,
}

/// Working memory.
#[derive(Default)]
pub(super) struct Scan {
    bytes: Vec<u8>,
    variants: Vec<Variant>,
    /// Candidate rules of each variant, once asked for.
    candidates: Vec<Option<RuleSet>>,
    /// Variants each trie node leads to, once asked for.
    nodes: Vec<Vec<usize>>,
    spare_sets: Vec<RuleSet>,
    found: RuleSet,
    output: Vec<u8>,
    already: RuleSet,
    /// Hash of each variant, once asked for: several rules may match one large value.
    hashes: Vec<Option<Hash>>,
}

impl Scan {
    /// Runs the rules of `phase` over one value and reports every match to `report`.
    pub(super) fn value(
        &mut self,
        program: &Program,
        phase: u8,
        values: &Values,
        value: Value,
        work: &mut Work,
        report: &mut dyn FnMut(Match<'_>),
    ) {
        let plan = program.plan(phase, value.collection);
        if plan.is_empty() {
            return;
        }
        self.start(program, values.bytes(value));
        for (node, rules) in plan {
            self.resolve(program, *node, work);
            let count = self.nodes.get(*node).map_or(0, Vec::len);
            for at in 0..count {
                if work.exhausted() {
                    return;
                }
                let Some(variant) = self.nodes.get(*node).and_then(|variants| variants.get(at)).copied() else { break };
                self.find_candidates(program, variant, work);
                let Some(Some(candidates)) = self.candidates.get(variant) else { continue };
                for rule_at in candidates.common(rules) {
                    let Some(rule) = program.rules.get(rule_at) else { continue };
                    if self.already.contains(rule_at) {
                        continue;
                    }
                    let Some(from) = self.variants.get(variant) else { continue };
                    let decoded = from.span.of(&self.bytes);
                    let Some((matched, chain)) = ask(rule, values, value, decoded, work) else { continue };
                    self.already.insert(rule_at);
                    let hashes = [0, variant].map(|at| hash(&mut self.hashes, &self.variants, &self.bytes, at));
                    let layers = layers(&self.variants, variant);
                    report(Match { rule, value, decoded, matched, layers, hashes, chain });
                }
            }
        }
    }

    /// Whether some rule of `phase` could match the value, by the prefilter alone: for values nobody has time to judge.
    pub(super) fn suspects(
        &mut self,
        program: &Program,
        phase: u8,
        values: &Values,
        value: Value,
        work: &mut Work,
    ) -> bool {
        let plan = program.plan(phase, value.collection);
        if plan.is_empty() {
            return false;
        }
        self.start(program, values.bytes(value));
        for (node, rules) in plan {
            self.resolve(program, *node, work);
            for at in 0..self.nodes.get(*node).map_or(0, Vec::len) {
                let Some(&variant) = self.nodes.get(*node).and_then(|variants| variants.get(at)) else { continue };
                self.find_candidates(program, variant, work);
                let candidates = self.candidates.get(variant).and_then(Option::as_ref);
                let name = values.name(value);
                let covered = |at: usize| {
                    let first = program.rules.get(at).and_then(|rule| rule.links.first());
                    first.is_some_and(|link| link.targets.cover(value.collection, name))
                };
                if work.exhausted() || candidates.is_some_and(|candidates| candidates.common(rules).any(covered)) {
                    return true;
                }
            }
        }
        false
    }

    fn start(&mut self, program: &Program, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.variants.clear();
        self.variants.push(Variant { span: Span::new(0, bytes.len()), mask: mask_of(bytes), made: None });
        self.spare_sets.extend(self.candidates.drain(..).flatten());
        self.nodes.resize_with(program.nodes.len() + 1, Vec::new);
        for node in &mut self.nodes {
            node.clear();
        }
        if let Some(root) = self.nodes.first_mut() {
            root.push(0);
        }
        self.already.clear();
        self.hashes.clear();
    }

    /// Fills in the variants of a node, its ancestors first.
    fn resolve(&mut self, program: &Program, node: usize, work: &mut Work) {
        if node == 0 || self.nodes.get(node).is_none_or(|variants| !variants.is_empty()) {
            return;
        }
        let Some(&Node { parent, transformation }) = program.nodes.get(node - 1) else { return };
        self.resolve(program, parent, work);
        let parents = self.nodes.get(parent).cloned().unwrap_or_default();
        let mut variants = Vec::with_capacity(parents.len());
        for parent in parents {
            if transformation == Transformation::DecodeLayers {
                self.peel(parent, &mut variants, work);
            } else {
                let made = self.transform(parent, transformation, work);
                if !variants.contains(&made) {
                    variants.push(made);
                }
            }
        }
        if let Some(slot) = self.nodes.get_mut(node) {
            *slot = variants;
        }
    }

    /// The variant itself and every layer of encoding under it.
    fn peel(&mut self, variant: usize, variants: &mut Vec<usize>, work: &mut Work) {
        variants.push(variant);
        let mut current = variant;
        for _ in 0..MAX_LAYERS {
            let Some(from) = self.variants.get(current).copied() else { return };
            if !work.charge(from.span.len() as u64) {
                return;
            }
            let Some(name) = next_layer(from.span.of(&self.bytes), from.mask, &mut self.output) else { return };
            current = self.add_output(current, name);
            variants.push(current);
        }
    }

    fn transform(&mut self, variant: usize, transformation: Transformation, work: &mut Work) -> usize {
        let Some(from) = self.variants.get(variant).copied() else { return variant };
        if !transformation.may_change(from.mask) || !work.charge(from.span.len() as u64) {
            return variant;
        }
        transformation.apply(from.span.of(&self.bytes), &mut self.output);
        if self.output == from.span.of(&self.bytes) {
            return variant;
        }
        self.add_output(variant, transformation.name())
    }

    fn add_output(&mut self, from: usize, name: &'static str) -> usize {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&self.output);
        self.variants.push(Variant {
            span: Span::new(start, self.bytes.len()),
            mask: mask_of(&self.output),
            made: Some((from, name)),
        });
        self.variants.len() - 1
    }

    fn find_candidates(&mut self, program: &Program, variant: usize, work: &mut Work) {
        if self.candidates.len() <= variant {
            self.candidates.resize_with(variant + 1, || None);
        }
        let Some(from) = self.variants.get(variant) else { return };
        let Some(slot) = self.candidates.get_mut(variant) else { return };
        if slot.is_none() {
            let bytes = from.span.of(&self.bytes);
            work.charge(bytes.len() as u64);
            let mut set = self.spare_sets.pop().unwrap_or_default();
            program.prefilter.candidates(bytes, from.mask, &mut self.found, &mut set);
            *slot = Some(set);
        }
    }
}

/// Asks one rule, chain included, about one transformed value: where its first link matched, and what the others did.
fn ask(
    rule: &Rule,
    values: &Values,
    value: Value,
    decoded: &[u8],
    work: &mut Work,
) -> Option<(Range<usize>, Vec<Linked>)> {
    let (first, children) = rule.links.split_first()?;
    let name = values.name(value);
    if !first.targets.cover(value.collection, name) || !work.charge(first.operator.cost(decoded.len())) {
        return None;
    }
    let matched = first.find(decoded)?;
    let mut chain = Vec::with_capacity(children.len());
    if !children.is_empty() {
        let (name, bytes) = (name.to_vec(), decoded.to_vec());
        chain.push(Linked { collection: value.collection, name, bytes, matched: matched.clone() });
        for child in children {
            let linked = ask_child(child, values, &chain, work)?;
            chain.push(linked);
        }
        chain.remove(0);
    }
    Some((matched, chain))
}

/// The transformations a variant went through, first one first.
fn layers(variants: &[Variant], variant: usize) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut made = variants.get(variant).and_then(|variant| variant.made);
    while let Some((from, name)) = made {
        layers.push(Layer(name));
        made = variants.get(from).and_then(|variant| variant.made);
    }
    layers.reverse();
    layers
}

fn hash(hashes: &mut Vec<Option<Hash>>, variants: &[Variant], bytes: &[u8], variant: usize) -> Hash {
    if hashes.len() <= variant {
        hashes.resize(variant + 1, None);
    }
    let digest = || Sha256::digest(variants.get(variant).map(|variant| variant.span.of(bytes)).unwrap_or_default());
    match hashes.get_mut(variant) {
        Some(known) => *known.get_or_insert_with(|| digest().into()),
        None => digest().into(),
    }
}

/// The bytes that occur in a value, by whichever way is faster for its length.
fn mask_of(bytes: &[u8]) -> ByteMask {
    if bytes.len() < 256 { ByteMask::of(bytes) } else { ByteMask::scan(bytes) }
}

/// Asks a further link: `MATCHED_VARS` are what the chain matched before (transformed), anything else is looked up.
fn ask_child(link: &Link, values: &Values, matched: &[Linked], work: &mut Work) -> Option<Linked> {
    for earlier in matched {
        if link.targets.cover(Collection::MatchedVars, &earlier.name) {
            let found = ask_bytes(link, &earlier.bytes, work);
            if let Some((bytes, range)) = found {
                return Some(Linked {
                    collection: earlier.collection,
                    name: earlier.name.clone(),
                    bytes,
                    matched: range,
                });
            }
        }
    }
    if link.targets.only_matched() {
        return None;
    }
    for value in values.iter() {
        if !work.charge(0) {
            return None;
        }
        let name = values.name(value);
        if link.targets.cover(value.collection, name)
            && let Some((bytes, range)) = ask_bytes(link, values.bytes(value), work)
        {
            return Some(Linked { collection: value.collection, name: name.to_vec(), bytes, matched: range });
        }
    }
    None
}

/// Applies a link's transformations and operator to bytes.
fn ask_bytes(link: &Link, bytes: &[u8], work: &mut Work) -> Option<(Vec<u8>, Range<usize>)> {
    let mut current = bytes.to_vec();
    let mut output = Vec::new();
    for transformation in &link.transformations {
        if !work.charge(current.len() as u64) {
            return None;
        }
        transformation.apply(&current, &mut output);
        std::mem::swap(&mut current, &mut output);
    }
    if !work.charge(link.operator.cost(current.len())) {
        return None;
    }
    let range = link.find(&current)?;
    Some((current, range))
}
