//! Custom rules (gateway.md §7; CD-065 to CD-070): an ordered list of conditions with actions.
//!
//! Rules are asked in the order of their numbers. The first one that ends the matter (allow, block, challenge, captcha, redirect, ban)
//! wins; what comes before it and does not end it (record, tag, header, limit) adds up. A rule is asked in the phase in which
//! its whole condition is known. A later phase can only overrule with a smaller number, so an `allow` of the head phase does
//! not silence a `block` with a smaller number that waited for the body; a `block` of the head phase ends the request, and
//! nothing later undoes it. Who has passed a challenge has passed that rule and no other ([`RuleSet::go_on`]). It is *not* the allow-list of the pipeline, which stands before all rules.
//!
//! ```
//! use medward_defence::rule::{RawRule, RuleSet};
//!
//! let raw: Vec<RawRule> = serde_json::from_str(r#"[{"number":10,"name":"export only from inside","action":"block",
//!     "condition":{"all":[{"field":"path","op":"prefix","value":"/export"},{"field":"zone","op":"ne","value":"inside"}]}}]"#).unwrap();
//! assert_eq!(RuleSet::compile(&raw)?.len(), 1);
//! # Ok::<(), medward_defence::rule::RuleSetError>(())
//! ```

mod action;
mod outcome;
#[cfg(test)]
mod tests;

use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::action::{Action, ActionError, RawHeader, Terminal};
pub use self::outcome::{Hit, Outcome};
use crate::condition::{Condition, ConditionError, Facts, Phase, RawCondition};
use crate::window::{Holidays, RawTimeWindow, TimeWindow, WindowError};

/// Rules in one list.
pub const MAX_RULES: usize = 1_000;
/// Windows of one rule: opening hours before and after noon on each weekday, and to spare.
pub const MAX_WINDOWS: usize = 16;
/// Characters of a name.
pub const MAX_NAME_CHARS: usize = 120;

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    /// Its place in the order, and what events and errors call it.
    pub number: u32,
    pub name: String,
    /// None: every request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<RawCondition>,
    /// The rule applies while any of them is open; none: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<RawTimeWindow>,
    pub action: Action,
}

/// Why a list of rules was refused.
#[derive(Debug, thiserror::Error)]
pub enum RuleSetError {
    #[error("compile rules: {0} are more than {MAX_RULES}")]
    TooMany(usize),
    #[error("compile rules: number {0} is there twice")]
    SameNumber(u32),
    #[error("compile rule {number}")]
    Rule { number: u32, source: RuleError },
}

/// Why one rule was refused.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("name: expected 1 to {MAX_NAME_CHARS} characters without control characters")]
    Name,
    #[error("condition")]
    Condition(#[source] ConditionError),
    #[error("windows[{index}]")]
    Window { index: usize, source: WindowError },
    #[error("windows: more than {MAX_WINDOWS}")]
    TooManyWindows,
    #[error("action")]
    Action(#[source] ActionError),
}

/// A compiled rule.
#[derive(Debug, Clone)]
pub struct Rule {
    number: u32,
    name: Box<str>,
    condition: Option<Condition>,
    windows: Box<[TimeWindow]>,
    action: Action,
    phase: Phase,
}

/// Compiled rules, by number.
#[derive(Debug, Clone, Default)]
pub struct RuleSet(Box<[Rule]>);

impl Rule {
    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The phase in which it is asked.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    pub fn condition(&self) -> Option<&Condition> {
        self.condition.as_ref()
    }

    /// Whether it applied to a request of the past, of which not everything is known: none when it hangs on that.
    pub fn applied(&self, facts: &dyn Facts, at: Timestamp, holidays: &Holidays) -> Option<bool> {
        if !self.is_open(at, holidays) {
            return Some(false);
        }
        self.condition.as_ref().map_or(Some(true), |condition| condition.known(facts))
    }

    fn is_open(&self, now: Timestamp, holidays: &Holidays) -> bool {
        self.windows.is_empty() || self.windows.iter().any(|window| window.covers(now, holidays))
    }

    fn compile(raw: &RawRule) -> Result<Self, RuleError> {
        let length = raw.name.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&length) || raw.name.chars().any(char::is_control) {
            return Err(RuleError::Name);
        }
        if raw.windows.len() > MAX_WINDOWS {
            return Err(RuleError::TooManyWindows);
        }
        let window = |(index, raw)| TimeWindow::compile(raw).map_err(|source| RuleError::Window { index, source });
        let windows = raw.windows.iter().enumerate().map(window).collect::<Result<_, _>>()?;
        let condition = raw.condition.as_ref().map(Condition::compile).transpose().map_err(RuleError::Condition)?;
        raw.action.check().map_err(RuleError::Action)?;
        let phase = condition.as_ref().map_or(Phase::Head, Condition::phase);
        let (name, action) = (raw.name.as_str().into(), raw.action.clone());
        Ok(Self { number: raw.number, name, condition, windows, action, phase })
    }

    /// The windows first: they cost least.
    fn applies(&self, facts: &dyn Facts, now: Timestamp, holidays: &Holidays) -> bool {
        self.is_open(now, holidays) && self.condition.as_ref().is_none_or(|condition| condition.holds(facts))
    }
}

impl RuleSet {
    /// Compiles all rules or none.
    pub fn compile(raw: &[RawRule]) -> Result<Self, RuleSetError> {
        if raw.len() > MAX_RULES {
            return Err(RuleSetError::TooMany(raw.len()));
        }
        let compile =
            |raw: &RawRule| Rule::compile(raw).map_err(|source| RuleSetError::Rule { number: raw.number, source });
        let mut rules = raw.iter().map(compile).collect::<Result<Box<[_]>, _>>()?;
        rules.sort_unstable_by_key(Rule::number);
        let twice = rules.iter().zip(rules.iter().skip(1)).find(|(one, next)| one.number == next.number);
        match twice {
            Some((rule, _)) => Err(RuleSetError::SameNumber(rule.number)),
            None => Ok(Self(rules)),
        }
    }

    /// Asks the rules that become decidable up to `phase` and were not asked before, and adds to `outcome` what they say.
    ///
    /// Call it once per phase with the same outcome, or once with `Phase::Body` for a request without a body.
    pub fn evaluate<'a>(
        &'a self,
        phase: Phase,
        facts: &dyn Facts,
        now: Timestamp,
        holidays: &Holidays,
        outcome: &mut Outcome<'a>,
    ) {
        outcome.begin(phase);
        self.ask(None, facts, now, holidays, outcome);
    }

    /// Goes on behind the rule that ended the matter: it asked for a challenge, and the client has passed it.
    pub fn go_on<'a>(&'a self, facts: &dyn Facts, now: Timestamp, holidays: &Holidays, outcome: &mut Outcome<'a>) {
        if let Some(passed) = outcome.terminal.take() {
            self.ask(Some(passed.rule), facts, now, holidays, outcome);
        }
    }

    /// Asks what is due and has a number greater than `after`.
    fn ask<'a>(
        &'a self,
        after: Option<u32>,
        facts: &dyn Facts,
        now: Timestamp,
        holidays: &Holidays,
        outcome: &mut Outcome<'a>,
    ) {
        for rule in self.0.iter().filter(|rule| Some(rule.number) > after) {
            if outcome.ended_before(rule.number) {
                return;
            }
            if outcome.is_due(rule.phase) && rule.applies(facts, now, holidays) {
                outcome.add(rule);
            }
        }
    }

    /// Whether a rule with a smaller number than `number` is asked in this phase.
    pub fn has_before(&self, number: u32, phase: Phase) -> bool {
        self.0.iter().any(|rule| rule.number < number && rule.phase == phase)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rules in their order.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// The last phase in which there is anything to ask, so that the caller need not ask later.
    pub fn last_phase(&self) -> Option<Phase> {
        self.0.iter().map(Rule::phase).max()
    }
}
