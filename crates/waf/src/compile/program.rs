//! The compiled program: rules, the trie of their transformations, and per phase what to scan and what to run.

use std::collections::HashMap;
use std::sync::Arc;

use super::phase::Phase;
use super::target::Targets;
use crate::engine::TxValue;
use crate::lang::ast::{Change, Ctl};
use crate::lang::ruleset::{Action, Settings};
use crate::lang::template::Template;
use crate::op::{Found, Operator};
use crate::options::RuleSelector;
use crate::transform::Transformation;
use crate::verdict::{AttackClass, PolicyId, Severity};
use medward_detect::{ByteMask, Context};

/// A compiled policy: immutable, shared by every transaction of every object that uses it.
#[derive(Debug)]
pub struct Program {
    pub(super) policy: PolicyId,
    pub(super) id: [u8; 16],
    pub(crate) profile: Profile,
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<Rule>,
    pub(crate) nodes: Vec<Node>,
    pub(super) phases: Vec<Phase>,
    pub(crate) slots: Slots,
    /// What the variables of `TX` are at the beginning, by slot.
    pub(crate) base: Arc<[Option<TxValue>]>,
}

/// How requests are taken apart, which rules rely on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    /// As many readings of a body as a server may have; a class of attack scores once per value. Our own policies.
    #[default]
    Native,
    /// As `ModSecurity` does it: one body processor, chosen by rules. Installed rule sets.
    ModSecurity,
}

impl Program {
    /// Name of the policy.
    pub fn policy(&self) -> &PolicyId {
        &self.policy
    }

    /// First 16 bytes of the SHA-256 over the sources.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// Id, class and message (without its macros' values) of every rule, in file order.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = (&str, AttackClass, &str)> {
        self.rules.iter().map(|rule| (rule.id.as_str(), rule.class, rule.title.as_str()))
    }

    /// Whether it has a rule that is meant and looks at something of the request.
    pub fn has_rule(&self, selector: &RuleSelector) -> bool {
        self.rules.iter().any(|rule| !rule.steers && selector.covers(&rule.id, &rule.tags))
    }

    /// Whether any rule may look at the response; those of the last phase may, too.
    pub fn judges_responses(&self) -> bool {
        (3..=5).any(|phase| self.has_rules(phase))
    }

    /// What a phase (1 to 5) does.
    pub(crate) fn phase(&self, phase: u8) -> Option<&Phase> {
        self.phases.get(usize::from(phase).wrapping_sub(1))
    }

    /// Whether any rule belongs to the phase.
    pub(crate) fn has_rules(&self, phase: u8) -> bool {
        self.phase(phase).is_some_and(|phase| !phase.is_empty())
    }
}

/// One step in the trie of transformations. Node 0 is the value as it came; node n is `nodes[n - 1]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) parent: usize,
    pub(crate) transformation: Transformation,
    /// The bytes without which this step changes nothing; `None`: it may always.
    pub(crate) trigger: Option<ByteMask>,
}

impl Node {
    pub(super) fn new(parent: usize, transformation: Transformation) -> Self {
        Self { parent, transformation, trigger: transformation.trigger() }
    }

    /// Whether a value in which `bytes` occur could be changed by this step. False is certain.
    pub(crate) fn may_change(&self, bytes: ByteMask) -> bool {
        self.trigger.is_none_or(|trigger| trigger.intersects(bytes))
    }
}

/// One compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) phase: u8,
    /// The message as people see it in lists of rules.
    pub(crate) title: String,
    pub(crate) msg: Template,
    pub(crate) logdata: Template,
    pub(crate) tags: Vec<String>,
    /// Whether it looks at nothing of the request; objects do not switch it.
    pub(crate) steers: bool,
    pub(crate) severity: Option<Severity>,
    pub(crate) class: AttackClass,
    pub(crate) paranoia: u8,
    /// Cross-site scripting that is active even in rich text.
    pub(crate) active_content: bool,
    pub(crate) log: bool,
    pub(crate) action: Action,
    pub(crate) status: Option<u16>,
    pub(crate) jump: Option<usize>,
    pub(crate) version: String,
    pub(crate) revision: String,
    pub(crate) links: Vec<Link>,
    /// The nodes whose results the first link looks at, in this order; none for a rule that is asked in its turn.
    pub(crate) looks: Vec<usize>,
}

/// One link of a chain.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) targets: Targets,
    pub(crate) operator: Operator,
    pub(crate) negated: bool,
    pub(crate) transformations: Vec<Transformation>,
    pub(crate) stages: Stages,
    pub(crate) capture: bool,
    pub(crate) setvars: Vec<SetVar>,
    pub(crate) ctls: Vec<Ctl>,
}

/// Which stages of a value's transformations an operator looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stages {
    /// The end result.
    Last,
    /// Every one that changed the value (`multiMatch`), each match counting.
    Every,
    /// Every layer of encoding (`t:decodeLayers`), the first match counting.
    Any,
}

/// A compiled `setvar`.
#[derive(Debug)]
pub(crate) struct SetVar {
    pub(crate) name: VarName,
    pub(crate) change: Change,
}

/// The name of a variable of `TX`.
#[derive(Debug)]
pub(crate) enum VarName {
    Slot(usize),
    /// Known when the rule runs.
    Quoting(Template),
}

/// Names of `TX` variables that rules spell out, each with its slot.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// Spelling by slot.
    names: Vec<Vec<u8>>,
    /// Slot by lower-case name.
    slots: HashMap<Vec<u8>, usize>,
}

impl Slots {
    /// The slot of a name, made when it is new.
    pub(crate) fn intern(&mut self, name: &[u8]) -> usize {
        let next = self.names.len();
        let slot = *self.slots.entry(name.to_ascii_lowercase()).or_insert(next);
        if slot == next {
            self.names.push(name.to_vec());
        }
        slot
    }

    /// The slot of a lower-case name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<usize> {
        self.slots.get(name).copied()
    }

    pub(crate) fn name(&self, slot: usize) -> &[u8] {
        self.names.get(slot).map_or(&[], Vec::as_slice)
    }
}

impl Link {
    /// Whether its answer depends on the request alone, so that all values can be scanned before any rule runs.
    pub(crate) fn can_be_scanned(&self) -> bool {
        self.targets.can_be_scanned() && !matches!(self.operator, Operator::Quoting(..))
    }

    /// What the link says about a transformed value; a negated operator that holds has found nothing to point at.
    pub(crate) fn find(&self, value: &[u8], context: Context) -> Option<Found> {
        let found = self.operator.find(value, context);
        if !self.negated {
            return found;
        }
        found.is_none().then(|| Found::at(0..0))
    }
}
