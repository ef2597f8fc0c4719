//! What the rules said about one request.

use super::{Action, Rule, Terminal};
use crate::condition::Phase;

/// One statement, and the number of the rule that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<T> {
    pub rule: u32,
    pub what: T,
}

/// The statements so far. A fresh one allocates nothing, and most requests leave it so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome<'a> {
    pub terminal: Option<Hit<Terminal<'a>>>,
    pub recorded: Vec<u32>,
    pub tags: Vec<Hit<&'a str>>,
    /// Name and value; of equal names the last one counts.
    pub headers: Vec<Hit<(&'a str, &'a str)>>,
    /// Ids of limits to count this request under.
    pub limits: Vec<Hit<&'a str>>,
    asked: Option<Phase>,
    /// Up to where the rules were asked before the phase that is asked now.
    asked_before: Option<Phase>,
}

impl<'a> Outcome<'a> {
    /// Notes that all rules up to `phase` are asked from here on.
    pub(super) fn begin(&mut self, phase: Phase) {
        self.asked_before = self.asked;
        self.asked = self.asked.max(Some(phase));
    }

    /// Whether a rule becomes decidable now that did not before.
    pub(super) fn is_due(&self, phase: Phase) -> bool {
        Some(phase) <= self.asked && Some(phase) > self.asked_before
    }

    /// What was refused stays refused; an `allow` only silences greater numbers.
    pub(super) fn ended_before(&self, number: u32) -> bool {
        self.terminal.is_some_and(|hit| hit.what != Terminal::Allow || hit.rule < number)
    }

    pub(super) fn add(&mut self, rule: &'a Rule) {
        let number = rule.number();
        if let Some(terminal) = rule.action().terminal() {
            self.terminal = Some(Hit { rule: number, what: terminal });
            return;
        }
        match rule.action() {
            Action::Record => self.recorded.push(number),
            Action::Tag(tag) => self.tags.push(Hit { rule: number, what: tag }),
            Action::Limit(id) => self.limits.push(Hit { rule: number, what: id }),
            Action::SetHeader(header) => {
                self.headers.push(Hit { rule: number, what: (&header.name, &header.value) });
            }
            Action::Allow | Action::Block | Action::Challenge | Action::Captcha | Action::Redirect(_) | Action::Ban => {
            }
        }
    }
}
