//! From rule sources to a program that transactions share.
//!
//! Parse every file, check what only the whole can tell (ids are unique), compile operators, then index: transformations
//! become a trie, required literals one automaton, and each phase and collection gets the list of rules that look at it.

mod prefilter;
mod program;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub(crate) use prefilter::RuleSet;
pub use program::Program;
pub(crate) use program::{Link, Node, Rule};

use crate::lang::ast;
use crate::lang::lexer::Place;
use crate::lang::parser::parse;
use crate::op::{Operator, Requirement};
use crate::transform::Transformation;
use crate::var::Collection;
use crate::verdict::{AttackClass, PolicyId};
use prefilter::Prefilter;
use program::Targets;

/// One rule file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Name used in error messages; nothing is read from it.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Every file a policy consists of, in load order. Nothing outside is ever read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// The files.
    pub files: Vec<SourceFile>,
}

/// How to compile.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CompileOptions {
    /// Name the program carries in its verdicts.
    pub policy: PolicyId,
}

/// A place in the sources that makes the policy unusable.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("compile the policy: {path}:{line}:{column}: {message}")]
pub struct CompileError {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong, naming the token.
    pub message: String,
}

/// A place in the sources that has no effect here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What was ignored.
    pub message: String,
}

/// Compiles a policy. All errors are reported, not only the first.
pub fn compile(sources: &Sources, options: &CompileOptions) -> Result<(Arc<Program>, Vec<Warning>), Vec<CompileError>> {
    let mut builder = Builder::default();
    for file in &sources.files {
        let (rules, errors) = parse(&file.bytes);
        builder.errors.extend(errors.into_iter().map(|error| located(file, error.place, error.message)));
        for rule in &rules {
            builder.add(file, rule);
        }
    }
    let warnings = std::mem::take(&mut builder.warnings);
    let program = builder.finish(options.policy.clone(), hash_sources(sources))?;
    Ok((Arc::new(program), warnings))
}

fn located(file: &SourceFile, place: Place, message: String) -> CompileError {
    CompileError { path: file.path.clone(), line: place.line, column: place.column, message }
}

fn hash_sources(sources: &Sources) -> [u8; 16] {
    let mut hash = Sha256::new();
    for file in &sources.files {
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
    /// Phase and node of each rule.
    places: Vec<(u8, usize)>,
    nodes: Vec<Node>,
    ids: HashSet<String>,
    errors: Vec<CompileError>,
    warnings: Vec<Warning>,
}

impl Builder {
    fn add(&mut self, file: &SourceFile, rule: &ast::Rule) {
        if !self.ids.insert(rule.meta.id.clone()) {
            self.errors.push(located(file, rule.place, format!("the id {} is used twice", rule.meta.id)));
        }
        let mut links = Vec::new();
        for link in std::iter::once(&rule.link).chain(&rule.children) {
            match Operator::compile(link.operator.kind, &link.operator.argument) {
                Ok(operator) => links.push(Link {
                    targets: targets(&link.variables),
                    operator,
                    negated: link.operator.negated,
                    transformations: link.transformations.clone(),
                }),
                Err(message) => self.errors.push(located(file, link.operator.place, message)),
            }
        }
        let matched_in_starter =
            rule.link.variables.iter().any(|variable| variable.collection == Collection::MatchedVars);
        if matched_in_starter {
            let message = "MATCHED_VARS is empty in the first link of a chain".to_owned();
            self.errors.push(located(file, rule.place, message));
        }
        if rule.meta.msg.is_empty() {
            let message = format!("rule {} has no msg: its hits will say nothing", rule.meta.id);
            self.warnings.push(Warning { path: file.path.clone(), line: rule.place.line, message });
        }
        let node = self.node(&rule.link.transformations);
        self.places.push((rule.meta.phase, node));
        self.rules.push(Rule {
            id: rule.meta.id.clone(),
            msg: rule.meta.msg.clone(),
            class: rule.meta.tags.iter().find_map(|tag| AttackClass::from_tag(tag)).unwrap_or(AttackClass::Other),
            active_content: rule.meta.tags.iter().any(|tag| tag == "active-content"),
            tags: rule.meta.tags.clone(),
            severity: rule.meta.severity,
            disruptive: rule.meta.disruptive,
            status: rule.meta.status,
            points: rule.children.last().map_or(rule.link.points, |last| last.points),
            links,
        });
    }

    /// The trie node of a transformation chain. Node 0, the raw value, is implied and comes first.
    fn node(&mut self, chain: &[Transformation]) -> usize {
        chain.iter().fold(0, |parent, transformation| {
            let node = Node { parent, transformation: *transformation };
            let known = self.nodes.iter().position(|known| *known == node);
            known.unwrap_or_else(|| {
                self.nodes.push(node);
                self.nodes.len() - 1
            }) + 1
        })
    }

    fn finish(mut self, policy: PolicyId, id: [u8; 16]) -> Result<Program, Vec<CompileError>> {
        let requirements: Vec<Requirement> = self.rules.iter().map(rule_requirement).collect();
        let prefilter = match Prefilter::new(&requirements) {
            Ok(prefilter) if self.errors.is_empty() => prefilter,
            Ok(_) => return Err(self.errors),
            Err(error) => {
                let place = Place { line: 1, column: 1 };
                let file = SourceFile { path: policy.0, bytes: Vec::new() };
                self.errors.push(located(&file, place, format!("the prefilter does not compile: {error}")));
                return Err(self.errors);
            }
        };
        let plans = [1, 2].map(|phase| {
            Collection::ALL.iter().map(|collection| plan(&self.rules, &self.places, phase, *collection)).collect()
        });
        Ok(Program { policy, id, rules: self.rules, nodes: self.nodes, prefilter, plans })
    }
}

fn targets(variables: &[ast::Variable]) -> Targets {
    let mut targets = Targets::default();
    for variable in variables {
        let list = if variable.excluded { &mut targets.excluded } else { &mut targets.included };
        list.push((variable.collection, variable.selector.clone()));
    }
    targets
}

fn rule_requirement(rule: &Rule) -> Requirement {
    match rule.links.first() {
        Some(link) if !link.negated => link.operator.requirement(),
        _ => Requirement::None,
    }
}

fn plan(rules: &[Rule], places: &[(u8, usize)], phase: u8, collection: Collection) -> program::Plan {
    let mut plan = program::Plan::new();
    for (at, (rule, (rule_phase, node))) in rules.iter().zip(places).enumerate() {
        let touches = rule.links.first().is_some_and(|link| link.targets.touch(collection));
        if *rule_phase != phase || !touches {
            continue;
        }
        if let Some((_, set)) = plan.iter_mut().find(|(known, _)| known == node) {
            set.insert(at);
        } else {
            let mut set = RuleSet::default();
            set.insert(at);
            plan.push((*node, set));
        }
    }
    plan
}
