//! What one phase does: which rules look at which values, after which transformations.
//!
//! Rules of a phase that are scanned for have numbers of their own here, so that sets of them are small.

use std::sync::Arc;

use aho_corasick::BuildError;

use super::prefilter::{Prefilter, RuleSet};
use super::program::{Node, Rule};
use crate::var::Collection;
use medward_detect::{ByteMask, Requirement};

/// The compiled form of one phase.
#[derive(Debug)]
pub(crate) struct Phase {
    /// Number in the program of each rule that is scanned for, ascending.
    rules: Vec<usize>,
    /// By collection: what to do with its values.
    plans: Vec<Plan>,
    pub(crate) prefilter: Arc<Prefilter>,
    /// Rules that are asked in their turn, because what they look at is made by other rules.
    pub(crate) direct: Vec<usize>,
}

/// What to do with the values of one collection: rules grouped by the node whose results they look at.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Nodes whose transformations change nothing in a value without certain bytes, parents before children.
    pub(crate) plain: Vec<Look>,
    /// The bytes of all of them.
    trigger: ByteMask,
    /// All rules of the plain nodes.
    pub(crate) unchanged: RuleSet,
    /// Nodes whose transformations may change every value.
    pub(crate) special: Vec<Look>,
}

/// Rules that look at what a node makes of a value.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) node: usize,
    pub(crate) rules: RuleSet,
    /// The bytes without which that is the value itself; `None`: it may always be another.
    trigger: Option<ByteMask>,
}

impl Look {
    /// Whether a value of these bytes could look different. False is certain.
    pub(crate) fn may_change(&self, bytes: ByteMask) -> bool {
        self.trigger.is_none_or(|trigger| trigger.intersects(bytes))
    }
}

impl Phase {
    /// Whether no rule is asked in this phase.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.direct.is_empty()
    }
}

impl Plan {
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.special.is_empty()
    }

    /// Whether a value of these bytes could look different at a plain node. False is certain.
    pub(crate) fn may_change(&self, bytes: ByteMask) -> bool {
        self.trigger.intersects(bytes)
    }

    fn add(&mut self, node: usize, nodes: &[Node], rule: usize) {
        let trigger = trigger_of(node, nodes);
        let list = if trigger.is_some() { &mut self.plain } else { &mut self.special };
        let known = list.iter().position(|known| known.node == node).unwrap_or_else(|| {
            list.push(Look { node, rules: RuleSet::default(), trigger });
            list.len() - 1
        });
        if let Some(look) = list.get_mut(known) {
            look.rules.insert(rule);
        }
        if let Some(trigger) = trigger {
            self.trigger = self.trigger.or(trigger);
            self.unchanged.insert(rule);
        }
    }
}

/// The bytes without which nothing on the way to a node changes a value. `None`: something always may.
fn trigger_of(node: usize, nodes: &[Node]) -> Option<ByteMask> {
    let mut trigger = ByteMask::default();
    let mut at = node;
    while let Some(step) = at.checked_sub(1).and_then(|at| nodes.get(at)) {
        trigger = trigger.or(step.trigger?);
        at = step.parent;
    }
    Some(trigger)
}

impl Phase {
    /// Compiles the phase `number`. `looks`: the nodes each rule's first link looks at, an empty list
    /// for one asked in its turn, nothing for one that never runs.
    pub(super) fn new(
        number: u8,
        rules: &[Rule],
        looks: &[Option<Vec<usize>>],
        nodes: &[Node],
    ) -> Result<Self, BuildError> {
        let mut phase = Self {
            rules: Vec::new(),
            plans: Collection::ALL.iter().map(|_| Plan::default()).collect(),
            prefilter: Prefilter::shared(&[])?,
            direct: Vec::new(),
        };
        let mut requirements = Vec::new();
        for (at, (rule, looks)) in rules.iter().zip(looks).enumerate().filter(|(_, (rule, _))| rule.phase == number) {
            let Some(looks) = looks else { continue };
            if looks.is_empty() {
                phase.direct.push(at);
                continue;
            }
            let own_number = phase.rules.len();
            phase.rules.push(at);
            requirements.push(requirement(rule));
            for (collection, plan) in Collection::ALL.iter().zip(&mut phase.plans) {
                if !rule.links.first().is_some_and(|link| link.targets.touch(*collection)) {
                    continue;
                }
                for node in looks {
                    plan.add(*node, nodes, own_number);
                }
            }
        }
        for plan in &mut phase.plans {
            plan.plain.sort_by_key(|look| look.node);
            plan.special.sort_by_key(|look| look.node);
        }
        phase.prefilter = Prefilter::shared(&requirements)?;
        Ok(phase)
    }

    /// What to do with the values of a collection.
    pub(crate) fn plan(&self, collection: Collection) -> Option<&Plan> {
        self.plans.get(collection as usize).filter(|plan| !plan.is_empty())
    }

    /// The number in the program of a rule's number in this phase.
    pub(crate) fn rule(&self, own_number: usize) -> usize {
        self.rules.get(own_number).copied().unwrap_or(usize::MAX)
    }

    /// Whether the rule of this number in the program is scanned for.
    pub(crate) fn scans_for(&self, rule: usize) -> bool {
        self.rules.binary_search(&rule).is_ok()
    }

    /// Rules that no prefilter spares, by their number in the program.
    #[cfg(test)]
    pub(crate) fn always(&self) -> impl Iterator<Item = usize> + '_ {
        self.prefilter.always().iter().map(|own_number| self.rule(own_number))
    }
}

fn requirement(rule: &Rule) -> Requirement {
    match rule.links.first() {
        Some(link) if !link.negated => link.operator.requirement(),
        _ => Requirement::None,
    }
}
