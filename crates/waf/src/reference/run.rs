//! Runs the rules of a phase, one after the other.

use super::members::Member;
use super::stages::{first_form_counts, stages};
use super::state::{Match, State};
use super::{Reference, Rule, Transaction};
use crate::engine::{Judgement, LOGGING, Origin, place_of};
use crate::lang::ast::{AllowScope, Change, Ctl, EngineMode, Link, SetVar};
use crate::lang::ruleset::Action;
use crate::lang::template::Template;
use crate::op::{Found, Operator, atoi};
use crate::options::{Mode, ObjectOptions};
use crate::var::Values;
use crate::verdict::AttackClass;
use medward_detect::Context;

/// Where to go on after a rule.
enum Flow {
    Next,
    /// At the rule of this number.
    To(usize),
    EndPhase,
}

/// Points that came of a match, or of all matches of a chain.
#[derive(Clone, Copy, Default)]
pub(super) struct Points {
    /// By our own way of counting.
    pub(super) given: u16,
    /// What a rule set's own anomaly scores were raised by.
    pub(super) anomaly: u16,
}

/// A phase that runs.
pub(super) struct Run<'a> {
    pub(super) reference: &'a Reference,
    pub(super) phase: u8,
    pub(super) options: &'a ObjectOptions,
    pub(super) values: &'a Values,
    path: &'a [u8],
    pub(super) judgement: &'a mut Judgement,
    pub(super) state: &'a mut State,
    pub(super) points: Points,
}

impl<'a> Run<'a> {
    pub(super) fn new(reference: &'a Reference, transaction: Transaction<'a>, state: &'a mut State) -> Self {
        let Transaction { phase, options, values, path, judgement } = transaction;
        Self { reference, phase, options, values, path, judgement, state, points: Points::default() }
    }

    /// Runs every rule of the phase.
    pub(super) fn rules(&mut self) {
        let mut next = 0;
        for (number, rule) in self.reference.rules.iter().enumerate() {
            if number < next || rule.read.phase != self.phase || self.is_off(rule) {
                continue;
            }
            // A blocked request with a full list of hits has nothing more to say.
            if self.judgement.hits_dropped > 0 && self.judgement.reached(self.options) {
                return;
            }
            match self.rule(rule) {
                Flow::Next => {}
                Flow::To(later) => next = later,
                Flow::EndPhase => return,
            }
        }
    }

    fn engine(&self) -> EngineMode {
        self.state.controls.engine.unwrap_or(self.reference.engine)
    }

    fn is_off(&self, rule: &Rule) -> bool {
        self.engine() == EngineMode::Off
            || (!rule.read.steers() && self.options.is_off(&rule.read.id, &rule.read.meta.tags))
            || self.state.removed.iter().any(|removed| rule.covered_by(removed))
    }

    fn only_records(&self, rule: &Rule) -> bool {
        !rule.read.steers() && self.options.only_records(&rule.read.id, &rule.read.meta.tags)
    }

    /// Whether what a match says is also done.
    fn enforces(&self) -> bool {
        self.options.mode == Mode::Block && self.engine() == EngineMode::On
    }

    fn rule(&mut self, rule: &Rule) -> Flow {
        // What one rule has matched is nothing to the next one (waf.md §4.3).
        self.state.matches.clear();
        self.state.last_match = None;
        self.points = Points::default();
        let mut matches_of_starter = 0;
        for (at, (link, operator)) in rule.read.links.iter().zip(&rule.operators).enumerate() {
            let before = self.state.matches.len();
            self.link(rule, at, link, operator);
            if self.state.matches.len() == before {
                return Flow::Next;
            }
            if at == 0 {
                matches_of_starter = self.state.matches.len();
            }
        }
        if rule.read.links.len() > 1 {
            self.chain_hit(rule, matches_of_starter);
        }
        self.disrupt(rule)
    }

    /// Looks at everything a link names, variable by variable.
    fn link(&mut self, rule: &Rule, number: usize, link: &Link, operator: &Operator) {
        for at in 0..link.variables.len() {
            if link.variables.get(at).is_some_and(|variable| variable.use_ == crate::lang::ast::Use::Exclude) {
                continue;
            }
            for member in self.members(rule, link, at) {
                // An earlier match may have removed it.
                if !self.is_left_out(rule, link, member.collection, &member.name) {
                    self.look(rule, number, link, operator, &member);
                }
            }
        }
    }

    fn look(&mut self, rule: &Rule, number: usize, link: &Link, operator: &Operator, member: &Member) {
        if number == 0 && self.is_excepted(rule, member) {
            return;
        }
        for stage in stages(link, &member.bytes) {
            let (collection, name) = member.called.clone().unwrap_or((member.collection, member.name.clone()));
            let rich_text = self.options.rich_text.iter().any(|target| target.covers(collection, &name));
            let context = Context { place: place_of(collection, &name), rich_text };
            let Some(found) = self.ask(rule, link, operator, &stage, context) else { continue };
            let settled = first_form_counts(link) && found.settles();
            let matched = Match { collection, member: name, bytes: stage, found, value: member.value };
            self.matched(rule, number, link, operator, matched);
            if settled {
                return;
            }
        }
    }

    /// Whether the object's own settings speak against a match. They are about what starts a rule.
    fn is_excepted(&self, rule: &Rule, member: &Member) -> bool {
        let (collection, name) = (member.collection, member.name.as_slice());
        let rich = || self.options.rich_text.iter().any(|target| target.covers(collection, name));
        self.options.exclusions.covers(&rule.read.id, &rule.read.meta.tags, collection, name, self.path)
            || (rule.class == AttackClass::Xss && !rule.active_content && rich())
    }

    fn ask(&self, rule: &Rule, link: &Link, operator: &Operator, value: &[u8], context: Context) -> Option<Found> {
        let found = match operator {
            Operator::Quoting(kind, template) => {
                Operator::of_text(*kind, &self.expand(rule, template)).find(value, context)
            }
            _ => operator.find(value, context),
        };
        if link.operator.negated { found.is_none().then(|| Found::at(0..0)) } else { found }
    }

    /// What every match of a link does.
    fn matched(&mut self, rule: &Rule, number: usize, link: &Link, operator: &Operator, matched: Match) {
        let alone = rule.read.links.len() == 1;
        if number == 0 {
            // Points are for the value that the rule starts from.
            let content = matched.value.and_then(|at| self.values.get(at)).map(|value| self.values.bytes(value));
            self.judgement.origin = content.map_or(Origin::Made, |content| Origin::of(matched.collection, content));
        }
        if alone {
            self.points = Points::default();
        }
        self.state.last_match = Some((matched.name(), matched.bytes.clone()));
        self.state.matches.push(matched.clone());
        if link.capture {
            self.capture(operator, &matched);
        }
        for setvar in &link.setvars {
            self.set(rule, setvar);
        }
        for ctl in &link.ctls {
            self.control(ctl);
        }
        if alone {
            self.hit(rule, &matched, &[]);
        }
    }

    /// `TX:0` to `TX:9` are all written anew (waf.md §4.9).
    fn capture(&mut self, operator: &Operator, matched: &Match) {
        let groups = operator.captures(&matched.bytes, &matched.found);
        for number in 0..10 {
            let group = groups.get(number).and_then(Option::as_deref);
            self.state.tx.set(&self.reference.spelt, number.to_string().as_bytes(), group);
        }
    }

    fn set(&mut self, rule: &Rule, setvar: &SetVar) {
        let name = self.expand(rule, &setvar.name);
        let value = match &setvar.change {
            Change::Unset => None,
            Change::Assign(text) => Some(self.expand(rule, text)),
            Change::Add(amount) => Some(self.add(rule, &name, amount, 1)),
            Change::Subtract(amount) => Some(self.add(rule, &name, amount, -1)),
        };
        self.state.tx.set(&self.reference.spelt, &name, value.as_deref());
    }

    /// The sum of a variable and an amount. Our own scores are counted once per class and value as well; the variable has
    /// all that was added.
    fn add(&mut self, rule: &Rule, name: &[u8], amount: &Template, sign: i64) -> Vec<u8> {
        let amount = atoi(&self.expand(rule, amount)).saturating_mul(sign);
        let points = u16::try_from(amount).unwrap_or(0);
        let lower = name.to_ascii_lowercase();
        let ours = lower == b"score_in" || lower == b"score_out";
        let theirs = lower.starts_with(b"inbound_anomaly_score_pl") || lower.starts_with(b"outbound_anomaly_score_pl");
        if (ours || theirs) && self.only_records(rule) {
            return self.state.tx.number(name).to_string().into_bytes();
        }
        if ours {
            let given = self.judgement.award(rule.class, points, self.phase, self.options);
            self.points.given = self.points.given.saturating_add(given);
        } else if theirs {
            self.points.anomaly = self.points.anomaly.saturating_add(points);
        }
        self.state.tx.number(name).saturating_add(amount).to_string().into_bytes()
    }

    fn control(&mut self, ctl: &Ctl) {
        let controls = &mut self.state.controls;
        match ctl {
            Ctl::Engine(mode) => controls.engine = Some(*mode),
            Ctl::BodyProcessor(processor) => controls.processor = Some(*processor),
            Ctl::ForceBodyVariable(on) => controls.force_body = *on,
            Ctl::RequestBodyAccess(on) => controls.request_body = Some(*on),
            Ctl::ResponseBodyAccess(on) => controls.response_body = Some(*on),
            Ctl::Remove(rules) => self.state.removed.push(rules.clone()),
            Ctl::RemoveTarget(rules, targets) => self.state.removed_targets.push((rules.clone(), targets.clone())),
            Ctl::Nothing => {}
        }
    }

    /// Does what a rule says that has matched with all its links.
    fn disrupt(&mut self, rule: &Rule) -> Flow {
        let onwards = rule.read.jump.map_or(Flow::Next, Flow::To);
        let enforces = self.enforces();
        let status = rule.read.meta.status;
        let denies = match &rule.read.action {
            Action::Pass => return onwards,
            Action::Allow(_) if !enforces => return onwards,
            Action::Allow(scope) => {
                if *scope != AllowScope::Phase {
                    self.state.controls.allow = Some(*scope);
                }
                return Flow::EndPhase;
            }
            _ if self.only_records(rule) => return onwards,
            Action::Redirect(_) => status.unwrap_or(302),
            Action::Deny | Action::Drop => status.unwrap_or(self.options.block_status),
        };
        let enforces = enforces && self.phase < LOGGING;
        self.judgement.deny(denies, self.phase, enforces);
        if enforces { Flow::EndPhase } else { onwards }
    }
}
