//! The compiled program: rules, the trie of their transformations, and a plan per phase and collection.

use super::prefilter::{Prefilter, RuleSet};
use crate::lang::ast::{Disruptive, Selector};
use crate::op::Operator;
use crate::transform::Transformation;
use crate::var::Collection;
use crate::verdict::{AttackClass, PolicyId, Severity};

/// A compiled policy: immutable, shared by every transaction of every object that uses it.
#[derive(Debug)]
pub struct Program {
    pub(super) policy: PolicyId,
    pub(super) id: [u8; 16],
    pub(crate) rules: Vec<Rule>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) prefilter: Prefilter,
    /// By phase (1, 2), then by collection.
    pub(super) plans: [Vec<Plan>; 2],
}

/// What to do with the values of one collection in one phase: rules grouped by the node whose results they look at.
pub(crate) type Plan = Vec<(usize, RuleSet)>;

impl Program {
    /// Name of the policy.
    pub fn policy(&self) -> &PolicyId {
        &self.policy
    }

    /// First 16 bytes of the SHA-256 over the sources.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// Id, class and message of every rule, in file order.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = (&str, AttackClass, &str)> {
        self.rules.iter().map(|rule| (rule.id.as_str(), rule.class, rule.msg.as_str()))
    }

    /// The plan for values of a collection in a phase; empty when no rule looks at them.
    pub(crate) fn plan(&self, phase: u8, collection: Collection) -> &[(usize, RuleSet)] {
        let plans = self.plans.get(usize::from(phase).wrapping_sub(1));
        plans.and_then(|plans| plans.get(collection as usize)).map_or(&[], Vec::as_slice)
    }
}

/// One transformation in the trie. Node 0 is the value as it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) parent: usize,
    pub(crate) transformation: Transformation,
}

/// One compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) msg: String,
    pub(crate) tags: Vec<String>,
    pub(crate) severity: Severity,
    pub(crate) class: AttackClass,
    /// Cross-site scripting that is active even in rich text.
    pub(crate) active_content: bool,
    pub(crate) disruptive: Disruptive,
    pub(crate) status: Option<u16>,
    pub(crate) links: Vec<Link>,
    /// Points of its last link.
    pub(crate) points: u16,
}

/// One link of a chain.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) targets: Targets,
    pub(crate) operator: Operator,
    pub(crate) negated: bool,
    pub(crate) transformations: Vec<Transformation>,
}

impl Link {
    /// Where the link matches a transformed value; an empty range for a negated operator.
    pub(crate) fn find(&self, value: &[u8]) -> Option<std::ops::Range<usize>> {
        let found = self.operator.find(value);
        if !self.negated {
            return found;
        }
        found.is_none().then_some(0..0)
    }
}

/// Which values a link looks at.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    pub(super) included: Vec<(Collection, Selector)>,
    pub(super) excluded: Vec<(Collection, Selector)>,
}

impl Targets {
    /// Whether the value `name` of `collection` is looked at.
    pub(crate) fn cover(&self, collection: Collection, name: &[u8]) -> bool {
        let meant = |(wanted, selector): &(Collection, Selector)| {
            wanted.includes(collection)
                && match selector {
                    Selector::All => true,
                    Selector::Name(wanted) => wanted.eq_ignore_ascii_case(name),
                    Selector::Pattern(pattern) => pattern.is_match(name),
                }
        };
        self.included.iter().any(meant) && !self.excluded.iter().any(meant)
    }

    /// Whether only what the chain has matched is looked at.
    pub(crate) fn only_matched(&self) -> bool {
        self.included.iter().all(|(wanted, _)| *wanted == Collection::MatchedVars)
    }

    /// Whether any value of `collection` can be meant.
    pub(crate) fn touch(&self, collection: Collection) -> bool {
        self.included.iter().any(|(wanted, _)| wanted.includes(collection))
    }
}
