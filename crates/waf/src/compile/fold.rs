//! Runs at compile time what comes out the same for every request.
//!
//! Rule sets begin by setting dozens of variables from their configuration, and guard each of their files with gates that
//! compare such a variable (paranoia levels, features). A walk over the rules in the order in which they run keeps what is
//! known of `TX`: a rule that can never match goes away, and one that always matches and does no more than set variables
//! becomes part of the values a transaction begins with. Whatever depends on the request makes what it writes unknown. When
//! in doubt a rule stays.

use std::collections::{HashMap, HashSet};

use crate::lang::ast::{Change, Ctl, EngineMode, Link, OperatorKind, RuleMatch, Selector, SetVar, Use, Variable};
use crate::lang::ruleset::{Action, Rule};
use crate::lang::template::{Part, Quote, Template};
use crate::op::{Operator, atoi};
use crate::sources::Sources;
use crate::var::Collection;
use medward_detect::{Context, Place};

/// What is left to do at run time.
#[derive(Debug)]
pub(super) struct Folded {
    /// By number of the rule: whether it still has to run.
    pub(super) kept: Vec<bool>,
    /// The variables a transaction begins with, by lower-case name.
    pub(super) base: HashMap<Vec<u8>, Vec<u8>>,
    /// Those that no rule changes any more.
    constants: HashSet<Vec<u8>>,
}

/// What a rule does, whatever the request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Certainty {
    Never,
    Always,
    Depends,
}

/// A variable at some point of the walk: its value (`None`: not set), when it is known.
type Known = Option<Option<Vec<u8>>>;

/// What a `ctl` takes away for the rest of a transaction.
enum SwitchedOff {
    Everything,
    Rules(RuleMatch),
    /// These rules no longer look at what a walk knows.
    Targets(RuleMatch),
}

impl SwitchedOff {
    fn by(ctl: &Ctl) -> Option<Self> {
        let known = |target: &Variable| matches!(target.collection, Collection::Tx | Collection::UniqueId);
        match ctl {
            Ctl::Engine(EngineMode::Off) => Some(Self::Everything),
            Ctl::Remove(rules) => Some(Self::Rules(rules.clone())),
            Ctl::RemoveTarget(rules, targets) if targets.iter().any(known) => Some(Self::Targets(rules.clone())),
            _ => None,
        }
    }

    /// Whether a rule can no longer match.
    fn stops(&self, rule: &Rule) -> bool {
        match self {
            Self::Everything => true,
            Self::Rules(rules) | Self::Targets(rules) => {
                rules.covers(&rule.id, &rule.meta.tags, super::title(&rule.meta.msg).as_bytes())
            }
        }
    }

    /// Whether a rule no longer runs at all.
    fn removes(&self, rule: &Rule) -> bool {
        !matches!(self, Self::Targets(_)) && self.stops(rule)
    }
}

#[derive(Default)]
struct Walk {
    /// Variables that differ from "known not to be set".
    variables: HashMap<Vec<u8>, Known>,
    /// Beginnings of names that rules make at run time.
    made_prefixes: Vec<Vec<u8>>,
    /// Names that kept rules have written or read so far.
    written: HashSet<Vec<u8>>,
    read: HashSet<Vec<u8>>,
    /// A kept rule has read all of `TX`.
    read_all: bool,
    /// What kept rules so far may have switched off.
    switched_off: Vec<SwitchedOff>,
    base: HashMap<Vec<u8>, Vec<u8>>,
}

/// Folds the rules of a policy.
pub(super) fn fold(rules: &[Rule], sources: &Sources) -> Folded {
    let mut walk = Walk::default();
    let mut kept = vec![true; rules.len()];
    for phase in 1..=5 {
        walk.begin_phase();
        walk.phase(phase, rules, sources, &mut kept);
    }
    drop_idle(rules, &mut kept);
    let is_made = |name: &[u8]| walk.made_prefixes.iter().any(|prefix| name.starts_with(prefix));
    let constants = walk.base.keys().filter(|name| !walk.written.contains(*name) && !is_made(name)).cloned().collect();
    Folded { kept, base: walk.base, constants }
}

impl Folded {
    /// The text of a template all of whose macros are constants.
    pub(super) fn constant(&self, template: &Template) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        for part in &template.parts {
            match part {
                Part::Text(bytes) => text.extend_from_slice(bytes),
                Part::Quote(Quote { collection: Collection::Tx, name: Some(name) })
                    if self.constants.contains(name) =>
                {
                    text.extend_from_slice(self.base.get(name)?);
                }
                Part::Quote(_) => return None,
            }
        }
        Some(text)
    }
}

impl Walk {
    /// A phase may have ended early, or have been skipped: what its rules wrote is not known afterwards.
    fn begin_phase(&mut self) {
        for name in &self.written {
            self.variables.insert(name.clone(), None);
        }
    }

    fn phase(&mut self, phase: u8, rules: &[Rule], sources: &Sources, kept: &mut [bool]) {
        let mut at = 0;
        // Up to here a rule that depends on the request may have jumped.
        let mut maybe_skipped_to = 0;
        // A rule that depends on the request may have ended the phase.
        let mut maybe_ended = phase > 1;
        while let Some(rule) = rules.get(at) {
            let number = at;
            at += 1;
            if rule.phase != phase || kept.get(number) == Some(&false) {
                continue;
            }
            let certain_turn = number >= maybe_skipped_to;
            let certainty = self.certainty(rule, sources);
            if certainty == Certainty::Never {
                drop_rule(kept, number);
                continue;
            }
            let may_be_stopped = self.switched_off.iter().any(|off| off.stops(rule));
            let in_turn = certainty == Certainty::Always && certain_turn;
            let always = in_turn && !may_be_stopped;
            if always && !maybe_ended && self.can_fold(rule) {
                for link in &rule.links {
                    for setvar in &link.setvars {
                        self.assign_base(setvar);
                    }
                }
                drop_rule(kept, number);
            } else {
                self.keep(rule, always);
            }
            maybe_ended |= rule.action != Action::Pass;
            let Some(jump) = rule.jump else { continue };
            if in_turn {
                // What is jumped over never runs in this phase: what stops the jump removes it, too.
                let stops: Vec<_> = self.switched_off.iter().filter(|off| off.stops(rule)).collect();
                let is_over = |skipped: &Rule| skipped.phase == phase && stops.iter().all(|off| off.removes(skipped));
                for skipped in (at..jump).filter(|skipped| rules.get(*skipped).is_some_and(is_over)) {
                    drop_rule(kept, skipped);
                }
            }
            if always {
                at = jump;
            } else {
                maybe_skipped_to = maybe_skipped_to.max(jump);
            }
        }
    }

    fn value(&self, name: &[u8]) -> Known {
        if self.made_prefixes.iter().any(|prefix| name.starts_with(prefix)) || is_capture(name) {
            return None;
        }
        self.variables.get(name).cloned().unwrap_or(Some(None))
    }

    fn certainty(&self, rule: &Rule, sources: &Sources) -> Certainty {
        let mut all = Certainty::Always;
        for link in &rule.links {
            match self.link_certainty(link, sources) {
                Certainty::Never => {
                    return if all == Certainty::Always { Certainty::Never } else { Certainty::Depends };
                }
                Certainty::Depends => all = Certainty::Depends,
                Certainty::Always => {}
            }
            // Further links may look at what this one sets.
            if rule.links.len() > 1 && !(link.setvars.is_empty() && link.ctls.is_empty()) {
                return Certainty::Depends;
            }
        }
        all
    }

    /// Whether a link matches, as far as that is known: one spelt variable of `TX`, its presence, or nothing at all.
    fn link_certainty(&self, link: &Link, sources: &Sources) -> Certainty {
        let operator = &link.operator;
        let [variable] = link.variables.as_slice() else { return Certainty::Depends };
        // A `SecAction` looks at the id that every request has. Whatever is done to it, it matches once.
        let has_id = variable.collection == Collection::UniqueId && variable.use_ == Use::Value;
        if has_id && operator.kind == OperatorKind::UnconditionalMatch && !operator.negated && !link.multi_match {
            return Certainty::Always;
        }
        let Selector::Name(name) = &variable.selector else { return Certainty::Depends };
        if variable.collection != Collection::Tx || !link.transformations.is_empty() || link.capture {
            return Certainty::Depends;
        }
        let Ok(mut compiled) = Operator::compile(operator.kind, &operator.argument, sources, "") else {
            return Certainty::Depends;
        };
        let Some(value) = self.value(name) else { return Certainty::Depends };
        let value = match (variable.use_, value) {
            (Use::Count, value) => {
                if value.is_some() {
                    b"1".to_vec()
                } else {
                    b"0".to_vec()
                }
            }
            (Use::Value, Some(value)) => value,
            (Use::Value, None) => return Certainty::Never,
            (Use::Exclude, _) => return Certainty::Depends,
        };
        if let Operator::Quoting(kind, template) = &compiled {
            let Some(text) = self.expand(template) else { return Certainty::Depends };
            compiled = Operator::of_text(*kind, &text);
        }
        let matches = compiled.find(&value, Context::of(Place::Value)).is_some() != operator.negated;
        if matches { Certainty::Always } else { Certainty::Never }
    }

    /// The text of a template, when all it quotes is known.
    fn expand(&self, template: &Template) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        for part in &template.parts {
            match part {
                Part::Text(bytes) => text.extend_from_slice(bytes),
                Part::Quote(Quote { collection: Collection::Tx, name: Some(name) }) => {
                    text.extend(self.value(name)?.unwrap_or_default());
                }
                Part::Quote(_) => return None,
            }
        }
        Some(text)
    }

    /// Whether all a rule does is to set variables to what is known, and nobody has looked at them before.
    fn can_fold(&self, rule: &Rule) -> bool {
        let quiet = !rule.log && rule.action == Action::Pass;
        let setvars = rule.links.iter().flat_map(|link| &link.setvars);
        let settable = setvars.map(|setvar| self.outcome(setvar)).all(|outcome| outcome.is_some());
        quiet && settable && rule.links.iter().all(|link| link.ctls.is_empty() && !link.capture)
    }

    /// Name and value that a `setvar` leaves, when they are known and may be there from the beginning.
    fn outcome(&self, setvar: &SetVar) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let name = setvar.name.constant()?.to_ascii_lowercase();
        if self.read_all || self.read.contains(&name) || self.written.contains(&name) || is_score(&name) {
            return None;
        }
        let before = self.value(&name)?;
        let number = |template: &Template| Some(atoi(&self.expand(template)?));
        let sum = |amount: i64| {
            let before = before.as_deref().map_or(0, atoi);
            Some(before.saturating_add(amount).to_string().into_bytes())
        };
        let value = match &setvar.change {
            Change::Unset => None,
            Change::Assign(template) => Some(self.expand(template)?),
            Change::Add(template) => sum(number(template)?),
            Change::Subtract(template) => sum(number(template)?.saturating_neg()),
        };
        Some((name, value))
    }

    fn assign_base(&mut self, setvar: &SetVar) {
        let Some((name, value)) = self.outcome(setvar) else { return };
        match &value {
            Some(value) => self.base.insert(name.clone(), value.clone()),
            None => self.base.remove(&name),
        };
        self.variables.insert(name, Some(value));
    }

    /// Notes what a rule that stays may read and write. `always`: it runs and matches for every request.
    fn keep(&mut self, rule: &Rule, always: bool) {
        for link in &rule.links {
            self.switched_off.extend(link.ctls.iter().filter_map(SwitchedOff::by));
            for variable in &link.variables {
                match (&variable.selector, variable.collection) {
                    (Selector::Name(name), Collection::Tx) => {
                        self.read.insert(name.clone());
                    }
                    (_, Collection::Tx) => self.read_all = true,
                    _ => {}
                }
            }
            if let Ok(template) = Template::parse(&link.operator.argument) {
                self.note_quotes(&template);
            }
            for setvar in &link.setvars {
                self.note_quotes(&setvar.name);
                if let Change::Assign(template) | Change::Add(template) | Change::Subtract(template) = &setvar.change {
                    self.note_quotes(template);
                }
                self.note_write(setvar, always);
            }
        }
        self.note_quotes(&rule.meta.msg);
        self.note_quotes(&rule.meta.logdata);
    }

    fn note_quotes(&mut self, template: &Template) {
        for quote in template.quotes() {
            match (quote.collection, &quote.name) {
                (Collection::Tx, Some(name)) => {
                    self.read.insert(name.clone());
                }
                (Collection::Tx, None) => self.read_all = true,
                _ => {}
            }
        }
    }

    fn note_write(&mut self, setvar: &SetVar, always: bool) {
        let Some(name) = setvar.name.constant() else {
            let prefix = match setvar.name.parts.first() {
                Some(Part::Text(text)) => text.to_ascii_lowercase(),
                _ => Vec::new(),
            };
            self.made_prefixes.push(prefix);
            return;
        };
        let name = name.to_ascii_lowercase();
        let value = match &setvar.change {
            Change::Assign(template) if always => self.expand(template).map(Some),
            Change::Unset if always => Some(None),
            _ => None,
        };
        self.variables.insert(name.clone(), value);
        self.written.insert(name);
    }
}

/// Drops rules that do nothing but jump over rules that are gone: whether they match makes no difference.
fn drop_idle(rules: &[Rule], kept: &mut [bool]) {
    for (number, rule) in rules.iter().enumerate().rev() {
        let does_nothing = |link: &Link| link.setvars.is_empty() && link.ctls.is_empty() && !link.capture;
        let is_silent = !rule.log && rule.action == Action::Pass && rule.links.iter().all(does_nothing);
        let over = rules.iter().zip(kept.iter()).take(rule.jump.unwrap_or(0)).skip(number + 1);
        if is_silent && !over.into_iter().any(|(skipped, kept)| *kept && skipped.phase == rule.phase) {
            drop_rule(kept, number);
        }
    }
}

fn drop_rule(kept: &mut [bool], number: usize) {
    if let Some(kept) = kept.get_mut(number) {
        *kept = false;
    }
}

/// `TX:0` to `TX:9` belong to whatever captured last.
fn is_capture(name: &[u8]) -> bool {
    matches!(name, [digit] if digit.is_ascii_digit())
}

/// Our own scores are counted elsewhere, too.
fn is_score(name: &[u8]) -> bool {
    matches!(name, b"score_in" | b"score_out")
}
