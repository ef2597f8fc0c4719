//! From rule sources to a program that transactions share.
//!
//! Put the files together ([`crate::lang::ruleset`]), compile operators, then index: transformations become a trie,
//! required literals one automaton, names of `TX` variables slots, and each phase and collection gets the list of rules
//! that look at it.

mod fold;
mod phase;
mod prefilter;
mod program;
mod target;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub(crate) use phase::{Look, Phase};
pub(crate) use prefilter::{Needed, RuleSet};
pub(crate) use program::{Link, Node, Rule, SetVar, Slots, Stages, VarName};
pub use program::{Profile, Program};
pub(crate) use target::{Targets, Wanted};

use crate::engine::TxValue;
use crate::lang::ast;
use crate::lang::ruleset::{self, load};
use crate::lang::template::{Part, Quote, Template};
use crate::op::Operator;
use crate::sources::{CompileError, Sources, Warning};
use crate::transform::{MAX_LAYERS, Transformation};
use crate::verdict::{AttackClass, PolicyId};
use fold::{Folded, fold};

/// How to compile.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CompileOptions {
    /// Name the program carries in its verdicts.
    pub policy: PolicyId,
    /// How requests are taken apart.
    pub profile: Profile,
}

/// Compiles a policy. All errors are reported, not only the first.
pub fn compile(sources: &Sources, options: &CompileOptions) -> Result<(Arc<Program>, Vec<Warning>), Vec<CompileError>> {
    let loaded = load(sources);
    let mut builder = Builder { errors: loaded.errors, warnings: loaded.warnings, ..Builder::default() };
    for number in 0..10 {
        builder.slots.intern(number.to_string().as_bytes());
    }
    let folded = fold(&loaded.ruleset.rules, sources);
    for (rule, kept) in loaded.ruleset.rules.iter().zip(&folded.kept) {
        builder.add(sources, ruleset::path_of(&loaded.paths, rule.file), rule, &folded, *kept);
    }
    builder.begin_with(&folded);
    let warnings = std::mem::take(&mut builder.warnings);
    let program = builder.finish(options, loaded.ruleset.settings, hash_sources(sources))?;
    Ok((Arc::new(program), warnings))
}

fn hash_sources(sources: &Sources) -> [u8; 16] {
    let mut hash = Sha256::new();
    for file in sources.files.iter().chain(&sources.referenced) {
        hash.update((file.path.len() as u64).to_le_bytes());
        hash.update(&file.path);
        hash.update((file.bytes.len() as u64).to_le_bytes());
        hash.update(&file.bytes);
    }
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    id
}

#[derive(Default)]
struct Builder {
    rules: Vec<Rule>,
    /// The nodes whose results each rule's first link looks at: an empty list for a rule that is asked in its turn, nothing
    /// for one that never runs.
    looks: Vec<Option<Vec<usize>>>,
    /// What the variables of `TX` are at the beginning, by slot.
    base: Vec<Option<TxValue>>,
    nodes: Vec<Node>,
    slots: Slots,
    errors: Vec<CompileError>,
    warnings: Vec<Warning>,
}

impl Builder {
    /// Adds a rule; one that is not `kept` is known, but never runs.
    fn add(&mut self, sources: &Sources, path: &str, rule: &ruleset::Rule, folded: &Folded, kept: bool) {
        let mut links = Vec::new();
        for link in &rule.links {
            match Operator::compile(link.operator.kind, &link.operator.argument, sources, path) {
                Ok(operator) => links.push(self.link(link, filled_in(operator, folded))),
                Err(message) => self.errors.push(CompileError::at(path, link.operator.place, message)),
            }
        }
        let meta = &rule.meta;
        if meta.msg.parts.is_empty() && rule.log {
            let message = format!("rule {} has no msg: its hits will say nothing", rule.id);
            self.warnings.push(Warning { path: path.to_owned(), line: rule.place.line, message });
        }
        let scanned = links.first().is_some_and(Link::can_be_scanned);
        let looks = match links.first() {
            Some(link) if scanned => self.stages(&link.transformations, link.stages),
            _ => Vec::new(),
        };
        self.looks.push(kept.then(|| looks.clone()));
        self.rules.push(Rule {
            looks,
            id: rule.id.clone(),
            phase: rule.phase,
            title: title(&meta.msg),
            msg: meta.msg.clone(),
            logdata: meta.logdata.clone(),
            class: meta.tags.iter().find_map(|tag| AttackClass::from_tag(tag)).unwrap_or(AttackClass::Other),
            paranoia: meta.tags.iter().find_map(|tag| tag.strip_prefix("paranoia-level/")?.parse().ok()).unwrap_or(1),
            active_content: meta.tags.iter().any(|tag| tag == "active-content"),
            tags: meta.tags.clone(),
            steers: rule.steers(),
            severity: meta.severity,
            log: rule.log,
            action: rule.action.clone(),
            status: meta.status,
            jump: rule.jump,
            version: meta.version.clone(),
            revision: meta.revision.clone(),
            links,
        });
    }

    /// The variables that transactions begin with.
    fn begin_with(&mut self, folded: &Folded) {
        for (name, value) in &folded.base {
            let slot = self.slots.intern(name);
            if self.base.len() <= slot {
                self.base.resize(slot + 1, None);
            }
            if let Some(place) = self.base.get_mut(slot) {
                *place = Some(TxValue::text(value));
            }
        }
    }

    fn link(&mut self, link: &ast::Link, operator: Operator) -> Link {
        let layered = link.transformations.contains(&Transformation::DecodeLayers);
        let stages = match (link.multi_match, layered) {
            (true, _) => Stages::Every,
            (false, true) => Stages::Any,
            (false, false) => Stages::Last,
        };
        let setvars = link.setvars.iter().map(|setvar| SetVar {
            name: match setvar.name.constant() {
                Some(name) => VarName::Slot(self.slots.intern(name)),
                None => VarName::Quoting(setvar.name.clone()),
            },
            change: setvar.change.clone(),
        });
        Link {
            setvars: setvars.collect(),
            targets: Targets::new(&link.variables),
            operator,
            negated: link.operator.negated,
            transformations: link.transformations.clone(),
            stages,
            capture: link.capture,
            ctls: link.ctls.clone(),
        }
    }

    /// The trie nodes whose results a link looks at, in this order. `decodeLayers` is one node per layer.
    fn stages(&mut self, chain: &[Transformation], stages: Stages) -> Vec<usize> {
        let mut ends = vec![0];
        let mut looks = if stages == Stages::Every { vec![0] } else { Vec::new() };
        for transformation in chain {
            let mut next: Vec<usize> = Vec::new();
            for end in ends {
                if *transformation == Transformation::DecodeLayers {
                    next.push(end);
                    let mut layer = end;
                    for _ in 0..MAX_LAYERS {
                        layer = self.node(layer, *transformation);
                        next.push(layer);
                    }
                } else {
                    next.push(self.node(end, *transformation));
                }
            }
            ends = next;
            if stages == Stages::Every {
                looks.extend(&ends);
            }
        }
        if stages != Stages::Every {
            looks = ends;
        }
        let mut seen = std::collections::HashSet::new();
        looks.retain(|node| seen.insert(*node));
        looks
    }

    fn node(&mut self, parent: usize, transformation: Transformation) -> usize {
        let node = Node::new(parent, transformation);
        let known = self.nodes.iter().position(|known| *known == node);
        known.unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        }) + 1
    }

    fn finish(
        mut self,
        options: &CompileOptions,
        settings: ruleset::Settings,
        id: [u8; 16],
    ) -> Result<Program, Vec<CompileError>> {
        let phases = (1..=5).map(|number| Phase::new(number, &self.rules, &self.looks, &self.nodes));
        let phases = match phases.collect::<Result<Vec<_>, _>>() {
            Ok(phases) if self.errors.is_empty() => phases,
            Ok(_) => return Err(self.errors),
            Err(error) => {
                let place = crate::lang::lexer::Place { line: 1, column: 1 };
                let message = format!("the prefilter does not compile: {error}");
                self.errors.push(CompileError::at(&options.policy.0, place, message));
                return Err(self.errors);
            }
        };
        Ok(Program {
            policy: options.policy.clone(),
            id,
            profile: options.profile,
            settings,
            rules: self.rules,
            nodes: self.nodes,
            phases,
            slots: self.slots,
            base: self.base.into(),
        })
    }
}

/// An operator whose macros are all constants is no different from one without macros.
fn filled_in(operator: Operator, folded: &Folded) -> Operator {
    match &operator {
        Operator::Quoting(kind, template) => {
            folded.constant(template).map_or(operator.clone(), |text| Operator::of_text(*kind, &text))
        }
        _ => operator,
    }
}

/// A message for lists of rules: macros are shown as they are written.
pub(crate) fn title(msg: &Template) -> String {
    let parts = msg.parts.iter().map(|part| match part {
        Part::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Part::Quote(Quote { collection, name: None }) => format!("%{{{}}}", collection.name()),
        Part::Quote(Quote { collection, name: Some(name) }) => {
            format!("%{{{}.{}}}", collection.name(), String::from_utf8_lossy(name))
        }
    });
    parts.collect()
}
