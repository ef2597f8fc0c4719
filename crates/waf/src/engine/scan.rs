//! Finds what rules match, before any rule runs.
//!
//! Whether an operator matches a value depends on the value alone, so all values of a phase are looked at once: transform
//! lazily along the trie, prefilter each distinct result, ask the candidate rules. What comes out is a list of matches in
//! the order in which the rules will want them. All buffers are reused from value to value.

use crate::compile::{Look, Needed, Node, Phase, Program, RuleSet, Stages};
use crate::head::Span;
use crate::op::Found;
use crate::options::Target;
use crate::transform::{Transformation, next_layer};
use crate::var::{Collection, Value, Values};
use crate::verdict::Layer;
use medward_detect::{ByteMask, Context, Place};

use super::work::Work;

/// The first link of a rule matches a value.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) rule: usize,
    /// Which of the link's variables means the value.
    target: usize,
    /// Number of the value.
    pub(super) value: usize,
    /// Which of the forms of the value that the rule looks at matched.
    stage: usize,
    /// Each form that matches counts, not only the first.
    every: bool,
    pub(super) found: Found,
    decoded: Span,
    pub(super) layers: Vec<Layer>,
}

/// What a phase's values match.
#[derive(Debug, Default)]
pub(super) struct Matches {
    list: Vec<Match>,
    /// Transformed values that matched.
    kept: Vec<u8>,
}

impl Matches {
    /// The bytes the operator saw.
    pub(super) fn decoded(&self, found: &Match) -> &[u8] {
        found.decoded.of(&self.kept)
    }

    pub(super) fn get(&self, at: usize) -> Option<&Match> {
        self.list.get(at)
    }

    /// Sorts by rule, then as the rule names its variables, then as the values came and changed.
    pub(super) fn sort(&mut self) {
        self.list.sort_by_key(|found| (found.rule, found.target, found.value, found.stage));
        self.list.dedup_by(|later, first| {
            !first.every && first.found.settles() && (first.rule, first.value) == (later.rule, later.value)
        });
    }
}

/// One form of a value: as it came, or after transformations.
#[derive(Clone, Copy, Debug)]
struct Variant {
    span: Span,
    mask: ByteMask,
    /// The variant it was made from, and how; none for the value itself.
    made: Option<(usize, &'static str)>,
    /// The variant without one more layer of encoding, once asked for; itself when there is none.
    peeled: Option<usize>,
    /// The variant that differs at most in the case of its letters, so that the same literals occur in it; mostly itself.
    spelling: usize,
    /// Whether the literals that occur in it have been looked for.
    searched: bool,
    /// Where it is kept, once something matched it.
    kept: Option<Span>,
}

/// Working memory.
#[derive(Default)]
pub(super) struct Scan {
    bytes: Vec<u8>,
    variants: Vec<Variant>,
    /// Rules that look at each variant.
    looking: Vec<RuleSet>,
    /// What each variant holds that the prefilter looks for, once it has been searched.
    met: Vec<RuleSet>,
    /// Transformations that have been done, and which variant came of which.
    done: Vec<(usize, Transformation, usize)>,
    /// The variant each trie node leads to, once asked for.
    nodes: Vec<u32>,
    needed: Needed,
    candidates: RuleSet,
    output: Vec<u8>,
}

/// Where the values of a collection stand.
pub(crate) fn place_of(collection: Collection, name: &[u8]) -> Place {
    match collection {
        // What could not be taken apart stands under no name.
        Collection::ArgsPost if name.is_empty() => Place::BodyText,
        Collection::RequestLine
        | Collection::RequestUri
        | Collection::RequestUriRaw
        | Collection::RequestFilename
        | Collection::RequestBasename => Place::Path,
        Collection::ArgsGetNames
        | Collection::ArgsPostNames
        | Collection::RequestCookiesNames
        | Collection::RequestHeadersNames
        | Collection::FilesNames => Place::Name,
        Collection::RequestCookies => Place::Cookie,
        Collection::RequestHeaders | Collection::MultipartPartHeaders | Collection::MultipartPartValues => {
            Place::Header
        }
        Collection::Files => Place::FileName,
        Collection::FilesContent => Place::FileContent,
        Collection::RequestBody => Place::BodyText,
        Collection::ResponseHeaders => Place::ResponseHeader,
        Collection::ResponseBody => Place::ResponseBody,
        _ => Place::Value,
    }
}

/// One form of a value, for those who want to know why.
pub(super) struct Seen<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) layers: Vec<Layer>,
    /// Rules that look at it.
    pub(super) looking: Option<&'s RuleSet>,
    /// Those of them that could match it.
    pub(super) candidates: &'s RuleSet,
}

/// A node whose variant has not been asked for.
const UNKNOWN: u32 = u32::MAX;

impl Scan {
    /// Looks at one value for the rules of a phase. `rich_text`: what carries markup on purpose.
    #[expect(clippy::too_many_arguments, reason = "what a scan looks at and what it fills in")]
    pub(super) fn value(
        &mut self,
        program: &Program,
        phase: &Phase,
        values: &Values,
        rich_text: &[Target],
        at: usize,
        work: &mut Work,
        matches: &mut Matches,
    ) {
        let Some(value) = values.get(at) else { return };
        if !self.prepare(program, phase, values, value, work) {
            return;
        }
        for variant in 0..self.variants.len() {
            if work.exhausted() {
                return;
            }
            if self.find_candidates(phase, variant, work) {
                self.ask(program, phase, values, rich_text, (at, value), variant, work, matches);
            }
        }
    }

    /// Whether some rule of a phase could match the value, by the prefilter alone: for values nobody has time to judge.
    pub(super) fn suspects(
        &mut self,
        program: &Program,
        phase: &Phase,
        values: &Values,
        value: Value,
        work: &mut Work,
    ) -> bool {
        if !self.prepare(program, phase, values, value, work) {
            return false;
        }
        let name = values.name(value);
        for variant in 0..self.variants.len() {
            if !self.find_candidates(phase, variant, work) {
                continue;
            }
            let covered = |own_number: usize| {
                let first = program.rules.get(phase.rule(own_number)).and_then(|rule| rule.links.first());
                first.is_some_and(|link| link.targets.cover(value.collection, name))
            };
            if work.exhausted() || self.candidates.iter().any(covered) {
                return true;
            }
        }
        work.exhausted()
    }

    /// Makes the variants the plan asks for, and notes which rules look at which. False when no rule looks at the value.
    pub(super) fn prepare(
        &mut self,
        program: &Program,
        phase: &Phase,
        values: &Values,
        value: Value,
        work: &mut Work,
    ) -> bool {
        let Some(plan) = phase.plan(value.collection) else { return false };
        self.start(program, values.bytes(value));
        let mask = self.variants.first().map_or(ByteMask::default(), |variant| variant.mask);
        if plan.may_change(mask) {
            for look in &plan.plain {
                if look.may_change(mask) {
                    self.look(program, look, work);
                } else {
                    self.note(0, &look.rules);
                }
            }
        } else {
            self.note(0, &plan.unchanged);
        }
        for look in &plan.special {
            self.look(program, look, work);
        }
        true
    }

    /// How many forms the value has that was prepared.
    pub(super) fn variants(&self) -> usize {
        self.variants.len()
    }

    /// What is known of a form after [`Scan::find_candidates`].
    pub(super) fn seen(&self, variant: usize) -> Option<Seen<'_>> {
        let from = self.variants.get(variant)?;
        Some(Seen {
            bytes: from.span.of(&self.bytes),
            layers: layers(&self.variants, variant),
            looking: self.looking.get(variant),
            candidates: &self.candidates,
        })
    }

    /// Notes that rules look at what a node leads to.
    fn look(&mut self, program: &Program, look: &Look, work: &mut Work) {
        let variant = self.resolve(program, look.node, work);
        self.note(variant, &look.rules);
    }

    fn note(&mut self, variant: usize, rules: &RuleSet) {
        if self.looking.len() <= variant {
            self.looking.resize_with(variant + 1, RuleSet::default);
        }
        if let Some(looking) = self.looking.get_mut(variant) {
            looking.union(rules);
        }
    }

    fn start(&mut self, program: &Program, bytes: &[u8]) {
        for looking in self.looking.iter_mut().take(self.variants.len()) {
            looking.clear();
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.variants.clear();
        let span = Span::new(0, bytes.len());
        self.add(Variant {
            span,
            mask: ByteMask::scan(bytes),
            made: None,
            peeled: None,
            spelling: 0,
            searched: false,
            kept: None,
        });
        self.done.clear();
        self.nodes.clear();
        self.nodes.resize(program.nodes.len() + 1, UNKNOWN);
    }

    /// The variant a node leads to.
    fn resolve(&mut self, program: &Program, node: usize, work: &mut Work) -> usize {
        if node == 0 {
            return 0;
        }
        if let Some(known) = self.nodes.get(node).filter(|known| **known != UNKNOWN) {
            return *known as usize;
        }
        let Some(step) = program.nodes.get(node - 1) else { return 0 };
        let from = self.resolve(program, step.parent, work);
        let variant = match step.transformation {
            Transformation::DecodeLayers => self.peel(from, work),
            _ => self.transform(from, step, work),
        };
        if let Some(slot) = self.nodes.get_mut(node) {
            *slot = u32::try_from(variant).unwrap_or(UNKNOWN);
        }
        variant
    }

    /// The variant with one layer of encoding less; itself when there is none.
    fn peel(&mut self, variant: usize, work: &mut Work) -> usize {
        let Some(from) = self.variants.get(variant).copied() else { return variant };
        if let Some(peeled) = from.peeled {
            return peeled;
        }
        let name = if work.charge(from.span.len() as u64) {
            next_layer(from.span.of(&self.bytes), from.mask, &mut self.output)
        } else {
            None
        };
        let peeled = name.map_or(variant, |name| self.add_output(variant, name, ByteMask::scan(&self.output)));
        if let Some(from) = self.variants.get_mut(variant) {
            from.peeled = Some(peeled);
        }
        peeled
    }

    fn transform(&mut self, variant: usize, step: &Node, work: &mut Work) -> usize {
        let Some(from) = self.variants.get(variant).copied() else { return variant };
        let transformation = step.transformation;
        if !step.may_change(from.mask) {
            return variant;
        }
        // Chains that differ elsewhere take the same step.
        let known = self.done.iter().find(|(before, how, _)| (*before, *how) == (variant, transformation));
        if let Some((_, _, after)) = known {
            return *after;
        }
        if !work.charge(from.span.len() as u64) {
            return variant;
        }
        transformation.apply(from.span.of(&self.bytes), &mut self.output);
        let after = if self.output == from.span.of(&self.bytes) {
            variant
        } else if transformation == Transformation::Lowercase {
            self.add_output(variant, transformation.name(), from.mask.to_lowercase())
        } else {
            self.add_output(variant, transformation.name(), ByteMask::scan(&self.output))
        };
        self.done.push((variant, transformation, after));
        after
    }

    /// The variant of what was just made, which may be there already. `mask`: the bytes that occur in it.
    fn add_output(&mut self, from: usize, name: &'static str, mask: ByteMask) -> usize {
        let same = |known: &Variant| known.mask == mask && known.span.of(&self.bytes) == self.output;
        if let Some(known) = self.variants.iter().position(same) {
            return known;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&self.output);
        let span = Span::new(start, self.bytes.len());
        let own = self.variants.len();
        let spelling = match self.variants.get(from) {
            Some(from) if name == Transformation::Lowercase.name() => from.spelling,
            _ => own,
        };
        self.add(Variant { span, mask, made: Some((from, name)), peeled: None, spelling, searched: false, kept: None });
        own
    }

    fn add(&mut self, variant: Variant) {
        self.variants.push(variant);
        if self.met.len() < self.variants.len() {
            self.met.push(RuleSet::default());
        }
    }

    /// Fills in the candidates of a variant; false when there are none.
    pub(super) fn find_candidates(&mut self, phase: &Phase, variant: usize, work: &mut Work) -> bool {
        let Some(from) = self.variants.get(variant) else { return false };
        let Some(looking) = self.looking.get(variant).filter(|looking| !looking.is_empty()) else { return false };
        work.charge(from.span.len() as u64);
        let mask = from.mask;
        let none = RuleSet::default();
        let mut met = &none;
        if phase.prefilter.asks_for_literals(from.span.len(), looking) {
            let spelling = from.spelling;
            if let (Some(same), Some(found)) = (self.variants.get_mut(spelling), self.met.get_mut(spelling)) {
                if !same.searched {
                    same.searched = true;
                    phase.prefilter.find_literals(same.span.of(&self.bytes), found);
                }
                met = found;
            }
        }
        phase.prefilter.candidates(met, mask, looking, &mut self.needed, &mut self.candidates);
        !self.candidates.is_empty()
    }

    #[expect(clippy::too_many_arguments, reason = "what a scan looks at and what it fills in")]
    fn ask(
        &mut self,
        program: &Program,
        phase: &Phase,
        values: &Values,
        rich_text: &[Target],
        (at, value): (usize, Value),
        variant: usize,
        work: &mut Work,
        matches: &mut Matches,
    ) {
        let name = values.name(value);
        let Self { candidates, variants, bytes, nodes, .. } = self;
        let Some(from) = variants.get(variant).copied() else { return };
        let decoded = from.span.of(bytes);
        let rich_text = rich_text.iter().any(|target| target.covers(value.collection, name));
        let context = Context { place: place_of(value.collection, name), rich_text };
        let mut kept = from.kept;
        for own_number in candidates.iter() {
            let rule = phase.rule(own_number);
            let Some((looks, link)) = program.rules.get(rule).and_then(|rule| Some((&rule.looks, rule.links.first()?)))
            else {
                continue;
            };
            let Some(target) = link.targets.position(value.collection, name) else { continue };
            if !work.charge(link.operator.cost(decoded.len())) {
                return;
            }
            let Some(found) = link.find(decoded, context) else { continue };
            let span = *kept.get_or_insert_with(|| {
                let start = matches.kept.len();
                matches.kept.extend_from_slice(decoded);
                Span::new(start, matches.kept.len())
            });
            let layers = layers(variants, variant);
            let every = link.stages == Stages::Every;
            for (stage, node) in looks.iter().enumerate().filter(|(_, node)| made(nodes, **node) == variant) {
                if every && !is_form(program, nodes, *node) {
                    continue;
                }
                let (found, layers) = (found.clone(), layers.clone());
                matches.list.push(Match { rule, target, value: at, stage, every, found, decoded: span, layers });
                if !every {
                    break;
                }
            }
        }
    }
}

/// The variant a node leads to: the value itself when it was plain enough that nobody asked.
fn made(nodes: &[u32], node: usize) -> usize {
    nodes.get(node).filter(|variant| **variant != UNKNOWN).map_or(0, |variant| *variant as usize)
}

/// Whether a node's result is a form of its own: a step that changes nothing makes none, and nothing comes of a layer that is
/// not there.
fn is_form(program: &Program, nodes: &[u32], node: usize) -> bool {
    let changes = |node: usize, step: &Node| made(nodes, step.parent) != made(nodes, node);
    let step_to = |node: usize| program.nodes.get(node.wrapping_sub(1));
    let mut at = node;
    while let Some(step) = step_to(at) {
        let must_change = at == node || step.transformation == Transformation::DecodeLayers;
        if must_change && !changes(at, step) {
            return false;
        }
        at = step.parent;
    }
    true
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
