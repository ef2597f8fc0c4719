//! What rules have set and matched so far, kept in the plainest way: lists that are searched from the front.

use crate::lang::ast::{AllowScope, EngineMode, Processor, RuleMatch, Variable};
use crate::op::{Found, atoi};
use crate::var::Collection;

/// Most `TX` variables whose names no rule spells out (waf.md §4.20).
const MADE_NAMES: usize = 1024;
/// Longest value of a `TX` variable that is kept.
const VALUE_BYTES: usize = 64 * 1024;

/// Everything rules can change.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(super) tx: Variables,
    /// `MATCHED_VAR_NAME` and `MATCHED_VAR`, once the rule that runs has matched something.
    pub(super) last_match: Option<(Vec<u8>, Vec<u8>)>,
    /// `MATCHED_VARS`: what the rule that runs has matched, link after link.
    pub(super) matches: Vec<Match>,
    /// `ctl:ruleRemoveBy…`
    pub(super) removed: Vec<RuleMatch>,
    /// `ctl:ruleRemoveTargetBy…`
    pub(super) removed_targets: Vec<(RuleMatch, Vec<Variable>)>,
    pub(crate) controls: Controls,
}

impl State {
    /// The number a variable of `TX` holds: 0 when it is not set or text.
    pub(crate) fn number(&self, name: &[u8]) -> i64 {
        self.tx.number(name)
    }
}

/// What rules tell the transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Controls {
    pub(crate) engine: Option<EngineMode>,
    pub(crate) processor: Option<Processor>,
    pub(crate) force_body: bool,
    pub(crate) request_body: Option<bool>,
    pub(crate) response_body: Option<bool>,
    pub(crate) allow: Option<AllowScope>,
}

/// A value that matched.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) collection: Collection,
    /// Name within the collection.
    pub(super) member: Vec<u8>,
    /// The value as the operator saw it.
    pub(super) bytes: Vec<u8>,
    pub(super) found: Found,
    /// Number of the value, when it came with the request or response.
    pub(super) value: Option<usize>,
}

impl Match {
    /// `ARGS:id`, or the collection alone for what has no members.
    pub(super) fn name(&self) -> Vec<u8> {
        let shown = self.collection.shown_name().as_bytes();
        if self.member.is_empty() { shown.to_vec() } else { [shown, b":", &self.member].concat() }
    }
}

/// The variables of `TX`, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    list: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Variables {
    /// Sets or removes a variable. Names compare without case. Those that no rule spells out are limited in number.
    pub(super) fn set(&mut self, spelt: &[Vec<u8>], name: &[u8], value: Option<&[u8]>) {
        let known = self.list.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some(value) = value else {
            if let Some(at) = known {
                self.list.remove(at);
            }
            return;
        };
        let value = value.get(..VALUE_BYTES).unwrap_or(value).to_vec();
        if let Some((_, old)) = known.and_then(|at| self.list.get_mut(at)) {
            *old = value;
            return;
        }
        let is_made = |name: &[u8]| !spelt.iter().any(|spelt| spelt.eq_ignore_ascii_case(name));
        if is_made(name) && self.list.iter().filter(|(known, _)| is_made(known)).count() >= MADE_NAMES {
            return;
        }
        self.list.push((name.to_vec(), value));
    }

    /// The number a variable holds: 0 when it is not set or text.
    pub(super) fn number(&self, name: &[u8]) -> i64 {
        let value = self.list.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        value.map_or(0, |(_, value)| atoi(value))
    }

    /// Names and values: first what rules spell out, in the order and spelling of the files, then what they have made.
    pub(super) fn all(&self, spelt: &[Vec<u8>]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut all = Vec::new();
        for name in spelt {
            let value = self.list.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            all.extend(value.map(|(_, value)| (name.clone(), value.clone())));
        }
        let is_made = |name: &[u8]| !spelt.iter().any(|spelt| spelt.eq_ignore_ascii_case(name));
        all.extend(self.list.iter().filter(|(name, _)| is_made(name)).cloned());
        all
    }
}
