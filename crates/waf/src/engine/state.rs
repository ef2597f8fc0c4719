//! What rules have set and matched so far in a transaction.

use std::sync::Arc;

use crate::compile::{Program, Slots};
use crate::lang::ast::{AllowScope, EngineMode, Processor, RuleMatch, Variable};
use crate::op::Found;
use crate::reference;
use crate::var::Collection;
use crate::verdict::Layer;

/// Most `TX` variables whose names are made at run time (waf.md §4.20).
const MADE_NAMES: usize = 1024;
/// Longest value of a `TX` variable that is kept.
const VALUE_BYTES: usize = 64 * 1024;

/// Everything rules can change. Cloned before a body is judged for the first time, to go back to.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) tx: TxVariables,
    /// `MATCHED_VAR`
    pub(super) matched: Vec<u8>,
    /// `MATCHED_VAR_NAME`
    pub(super) matched_name: Vec<u8>,
    /// `MATCHED_VARS` and their names, of the chain that runs.
    pub(super) matched_all: Vec<MatchedValue>,
    /// `ctl:ruleEngine`
    pub(super) engine: Option<EngineMode>,
    /// `ctl:ruleRemoveBy…`
    pub(super) removed: Vec<RuleMatch>,
    /// `ctl:ruleRemoveTargetBy…`
    pub(super) removed_targets: Vec<(RuleMatch, Vec<Variable>)>,
    pub(super) processor: Option<Processor>,
    pub(super) force_body: bool,
    pub(super) request_body: Option<bool>,
    pub(super) response_body: Option<bool>,
    pub(super) allow: Option<AllowScope>,
    /// What the reference interpreter keeps, when it runs the rules.
    pub(super) reference: Option<Box<reference::State>>,
}

impl State {
    /// What one rule has matched is nothing to the next one.
    pub(super) fn forget_matches(&mut self) {
        self.matched.clear();
        self.matched_name.clear();
        self.matched_all.clear();
    }

    /// Takes out what the reference interpreter keeps, to run it.
    pub(super) fn for_reference(&mut self) -> Box<reference::State> {
        let mut own = self.reference.take().unwrap_or_default();
        own.controls = reference::Controls {
            engine: self.engine,
            processor: self.processor,
            force_body: self.force_body,
            request_body: self.request_body,
            response_body: self.response_body,
            allow: self.allow,
        };
        own
    }

    /// Puts it back, and takes over what its rules told the transaction.
    pub(super) fn after_reference(&mut self, own: Box<reference::State>) {
        let controls = &own.controls;
        self.engine = controls.engine;
        self.processor = controls.processor;
        self.force_body = controls.force_body;
        self.request_body = controls.request_body;
        self.response_body = controls.response_body;
        self.allow = controls.allow;
        self.reference = Some(own);
    }
}

/// One value that matched, as the operator saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MatchedValue {
    pub(super) collection: Collection,
    /// Name within the collection.
    pub(super) member: Vec<u8>,
    /// `ARGS:id`
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) found: Found,
    pub(super) layers: Vec<Layer>,
    /// Number of the value, when it came with the request or response.
    pub(super) value: Option<usize>,
}

impl State {
    pub(super) fn begin(program: &Program) -> Self {
        let tx = TxVariables { base: Arc::clone(&program.base), ..TxVariables::default() };
        Self { tx, ..Self::default() }
    }
}

/// The variables of `TX`.
#[derive(Clone, Debug)]
pub(super) struct TxVariables {
    /// What they are at the beginning, by slot.
    base: Arc<[Option<TxValue>]>,
    /// Values of the names that rules spell out, by slot; nothing where the beginning still holds.
    slots: Vec<Slot>,
    /// Names made at run time, as spelt.
    made: Vec<(Vec<u8>, TxValue)>,
    /// A name could not be kept.
    pub(super) limited: bool,
}

impl Default for TxVariables {
    fn default() -> Self {
        Self { base: Arc::from([]), slots: Vec::new(), made: Vec::new(), limited: false }
    }
}

/// What a transaction knows of a spelt variable.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Slot {
    /// Nothing has changed it.
    #[default]
    AsBegun,
    Removed,
    Set(TxValue),
}

/// Counters are counted, so most values are numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TxValue {
    Number(i64),
    Text(Vec<u8>),
}

impl TxValue {
    pub(crate) fn text(bytes: &[u8]) -> Self {
        Self::Text(bytes.get(..VALUE_BYTES).unwrap_or(bytes).to_vec())
    }

    /// Text as `atoi` reads it.
    pub(super) fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(text) => crate::op::atoi(text),
        }
    }

    /// Hands the value over as text.
    pub(super) fn with_text<T>(&self, take: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Text(text) => take(text),
            Self::Number(number) => {
                let mut buffer = [0; 20];
                let mut at = buffer.len();
                let mut rest = number.unsigned_abs();
                loop {
                    at -= 1;
                    if let Some(place) = buffer.get_mut(at) {
                        *place = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                    }
                    rest /= 10;
                    if rest == 0 {
                        break;
                    }
                }
                if *number < 0 {
                    at -= 1;
                    if let Some(place) = buffer.get_mut(at) {
                        *place = b'-';
                    }
                }
                take(buffer.get(at..).unwrap_or_default())
            }
        }
    }
}

impl TxVariables {
    pub(super) fn slot(&self, slot: usize) -> Option<&TxValue> {
        match self.slots.get(slot) {
            Some(Slot::Set(value)) => Some(value),
            Some(Slot::Removed) => None,
            Some(Slot::AsBegun) | None => self.base.get(slot).and_then(Option::as_ref),
        }
    }

    pub(super) fn set_slot(&mut self, slot: usize, value: Option<TxValue>) {
        if self.slots.len() <= slot {
            self.slots.resize((slot + 1).max(self.base.len()), Slot::AsBegun);
        }
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value.map_or(Slot::Removed, Slot::Set);
        }
    }

    /// The variable of a name, compared without case.
    pub(super) fn get(&self, slots: &Slots, name: &[u8]) -> Option<&TxValue> {
        if let Some(slot) = slots.get(name).or_else(|| slots.get(&name.to_ascii_lowercase())) {
            return self.slot(slot);
        }
        self.made.iter().find(|(made, _)| made.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, slots: &Slots, name: &[u8], value: Option<TxValue>) {
        if let Some(slot) = slots.get(name).or_else(|| slots.get(&name.to_ascii_lowercase())) {
            return self.set_slot(slot, value);
        }
        let known = self.made.iter().position(|(made, _)| made.eq_ignore_ascii_case(name));
        match (known, value) {
            (Some(at), Some(value)) => {
                if let Some((_, place)) = self.made.get_mut(at) {
                    *place = value;
                }
            }
            (Some(at), None) => {
                self.made.remove(at);
            }
            (None, Some(value)) if self.made.len() < MADE_NAMES => self.made.push((name.to_vec(), value)),
            (None, Some(_)) => self.limited = true,
            (None, None) => {}
        }
    }

    /// Names and values of all that is set.
    pub(super) fn texts(&self, slots: &Slots) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.iter(slots).map(|(name, value)| (name.to_vec(), value.with_text(<[u8]>::to_vec))).collect()
    }

    /// Every variable that is set, spelt as rules spell it.
    pub(super) fn iter<'a>(&'a self, slots: &'a Slots) -> impl Iterator<Item = (&'a [u8], &'a TxValue)> {
        let count = self.slots.len().max(self.base.len());
        let spelt = (0..count).filter_map(|slot| Some((slots.name(slot), self.slot(slot)?)));
        spelt.chain(self.made.iter().map(|(name, value)| (name.as_slice(), value)))
    }
}
