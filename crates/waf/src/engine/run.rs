//! Runs the rules of one phase, in the order of their files.
//!
//! Where the first links match is known already ([`super::scan`]); what is left is what depends on order: chains,
//! variables that rules set, jumps, removals, and what a match means for the request.

use crate::compile::{Link, Program, Rule, SetVar, Stages, VarName};
use crate::lang::ast::{AllowScope, Change, Ctl, EngineMode};
use crate::lang::ruleset::Action;
use crate::lang::template::{Quote, Template};
use crate::op::{Found, atoi};
use crate::options::{Mode, ObjectOptions};
use crate::var::{Collection, Index, Values};
use crate::verdict::Layer;

use super::evidence::Evidence;
use super::judgement::{Judgement, LOGGING, Origin};
use super::lookup::{quote, visit};
use super::scan::Matches;
use super::state::{MatchedValue, State, TxValue};
use super::work::Work;

/// Where to go on after a rule.
enum Flow {
    Next,
    To(usize),
    EndPhase,
}

/// One phase of one transaction.
pub(super) struct Run<'a> {
    pub(super) program: &'a Program,
    pub(super) options: &'a ObjectOptions,
    pub(super) values: &'a Values,
    pub(super) index: &'a Index,
    pub(super) path: &'a [u8],
    pub(super) phase: u8,
    pub(super) state: &'a mut State,
    pub(super) judgement: &'a mut Judgement,
    pub(super) work: &'a mut Work,
    pub(super) evidence: Evidence,
}

/// A value that a link matched.
pub(super) struct Matched<'m> {
    pub(super) collection: Collection,
    /// Name within the collection.
    pub(super) member: &'m [u8],
    /// The value as the operator saw it.
    pub(super) decoded: &'m [u8],
    pub(super) found: Found,
    pub(super) layers: &'m [Layer],
    /// Number of the value, when it came with the request or response.
    pub(super) value: Option<usize>,
}

/// What the rule that runs has done so far.
#[derive(Default)]
struct Tally {
    /// Points its links asked for and were given, by our own way of counting.
    asked: u16,
    given: u16,
    /// What a rule set's own anomaly scores were raised by.
    anomaly: u16,
}

impl Run<'_> {
    /// Runs every rule of the phase.
    pub(super) fn phase(&mut self, matches: &Matches) {
        let direct = self.program.phase(self.phase).map_or(&[][..], |phase| phase.direct.as_slice());
        let (mut next_match, mut next_direct, mut at) = (0, 0, 0);
        loop {
            while matches.get(next_match).is_some_and(|found| found.rule < at) {
                next_match += 1;
            }
            while direct.get(next_direct).is_some_and(|rule| *rule < at) {
                next_direct += 1;
            }
            let scanned = matches.get(next_match).map(|found| found.rule);
            let turn = direct.get(next_direct).copied();
            let Some(number) = scanned.into_iter().chain(turn).min() else { return };
            at = number + 1;
            if self.work.exhausted() || self.told() {
                return;
            }
            let Some(rule) = self.program.rules.get(number) else { return };
            if !self.is_on(rule) {
                continue;
            }
            let flow =
                if scanned == Some(number) { self.scanned(rule, matches, next_match) } else { self.direct(rule) };
            match flow {
                Flow::Next => {}
                Flow::To(later) => at = later.max(at),
                Flow::EndPhase => return,
            }
        }
    }

    /// A blocked request with a full list of hits has nothing more to say.
    fn told(&self) -> bool {
        self.judgement.hits_dropped > 0 && self.judgement.reached(self.options)
    }

    fn is_on(&self, rule: &Rule) -> bool {
        let engine = self.state.engine.unwrap_or(self.program.settings.engine);
        engine != EngineMode::Off
            && (rule.steers || !self.options.is_off(&rule.id, &rule.tags))
            && !self.state.removed.iter().any(|removed| removed.covers(&rule.id, &rule.tags, rule.title.as_bytes()))
    }

    fn only_records(&self, rule: &Rule) -> bool {
        !rule.steers && self.options.only_records(&rule.id, &rule.tags)
    }

    /// Whether what a match says is also done.
    fn enforces(&self) -> bool {
        let engine = self.state.engine.unwrap_or(self.program.settings.engine);
        self.options.mode == Mode::Block && engine == EngineMode::On
    }

    fn scanned(&mut self, rule: &Rule, matches: &Matches, first: usize) -> Flow {
        let number = matches.get(first).map(|found| found.rule);
        let mut tally = Tally::default();
        let mut any = false;
        let mut asked = None;
        self.state.forget_matches();
        for found in (first..).map_while(|at| matches.get(at)).take_while(|found| Some(found.rule) == number) {
            let Some(value) = self.values.get(found.value) else { continue };
            let member = self.values.name(value);
            // An earlier value may have removed this one, but no form of a value removes the forms after it.
            if asked != Some(found.value) && self.is_target_removed(rule, value.collection, member) {
                continue;
            }
            asked = Some(found.value);
            let matched = Matched {
                collection: value.collection,
                member,
                decoded: matches.decoded(found),
                found: found.found.clone(),
                layers: &found.layers,
                value: Some(found.value),
            };
            any |= self.starter(rule, &matched, &mut tally);
        }
        if any { self.matched(rule, &mut tally) } else { Flow::Next }
    }

    fn direct(&mut self, rule: &Rule) -> Flow {
        let Some(link) = rule.links.first() else { return Flow::Next };
        let mut tally = Tally::default();
        let mut any = false;
        self.state.forget_matches();
        visit(self, rule, link, &mut |run, matched| any |= run.starter(rule, matched, &mut tally));
        if any { self.matched(rule, &mut tally) } else { Flow::Next }
    }

    /// Takes a match of a rule's first link; false when something speaks against it.
    fn starter(&mut self, rule: &Rule, matched: &Matched<'_>, tally: &mut Tally) -> bool {
        let Some(link) = rule.links.first() else { return false };
        let (collection, member) = (matched.collection, matched.member);
        if self.options.exclusions.covers(&rule.id, &rule.tags, collection, member, self.path)
            || self.is_rich_text(rule, collection, member)
        {
            return false;
        }
        if rule.links.len() == 1 {
            *tally = Tally::default();
        }
        let content = matched.value.and_then(|at| self.values.get(at)).map(|value| self.values.bytes(value));
        self.judgement.origin = content.map_or(Origin::Made, |content| Origin::of(collection, content));
        self.take(rule, link, matched, tally);
        if rule.links.len() == 1 {
            self.hit(rule, Some(matched), tally);
        }
        true
    }

    pub(super) fn is_target_removed(&self, rule: &Rule, collection: Collection, member: &[u8]) -> bool {
        self.state.removed_targets.iter().any(|(rules, targets)| {
            let meant = |target: &crate::lang::ast::Variable| {
                target.collection.includes(collection) && target.selector.covers(member)
            };
            targets.iter().any(meant) && rules.covers(&rule.id, &rule.tags, rule.title.as_bytes())
        })
    }

    /// Whether a link does not look at a value: the rule says so itself, or another one has said so.
    pub(super) fn is_left_out(&self, rule: &Rule, link: &Link, collection: Collection, member: &[u8]) -> bool {
        link.targets.exclude(collection, member) || self.is_target_removed(rule, collection, member)
    }

    fn is_rich_text(&self, rule: &Rule, collection: Collection, member: &[u8]) -> bool {
        let rich = self.options.rich_text.iter().any(|target| target.covers(collection, member));
        rich && rule.class == crate::verdict::AttackClass::Xss && !rule.active_content
    }

    /// What every match of a link does: `MATCHED_VAR`, captures, `setvar`, `ctl`.
    fn take(&mut self, rule: &Rule, link: &Link, matched: &Matched<'_>, tally: &mut Tally) {
        let name = full_name(matched.collection, matched.member);
        self.state.matched.clear();
        self.state.matched.extend_from_slice(matched.decoded);
        self.state.matched_name.clone_from(&name);
        self.work.charge(matched.decoded.len() as u64);
        self.state.matched_all.push(MatchedValue {
            collection: matched.collection,
            member: matched.member.to_vec(),
            name,
            bytes: matched.decoded.to_vec(),
            found: matched.found.clone(),
            layers: matched.layers.to_vec(),
            value: matched.value,
        });
        if link.capture {
            self.capture(link, matched);
        }
        for setvar in &link.setvars {
            self.set(rule, setvar, tally);
        }
        for ctl in &link.ctls {
            self.control(ctl);
        }
    }

    /// All of `TX:0` to `TX:9` is rewritten (waf.md §4.9). The slots 0 to 9 are theirs.
    fn capture(&mut self, link: &Link, matched: &Matched<'_>) {
        let mut groups = link.operator.captures(matched.decoded, &matched.found).into_iter();
        for slot in 0..10 {
            let group = groups.next().flatten();
            self.state.tx.set_slot(slot, group.map(|group| TxValue::text(&group)));
        }
    }

    fn set(&mut self, rule: &Rule, setvar: &SetVar, tally: &mut Tally) {
        let made;
        let (slot, name): (Option<usize>, &[u8]) = match &setvar.name {
            VarName::Slot(slot) => (Some(*slot), self.program.slots.name(*slot)),
            VarName::Quoting(template) => {
                made = self.expand(rule, template);
                (self.program.slots.get(&made.to_ascii_lowercase()), &made)
            }
        };
        let value = match &setvar.change {
            Change::Unset => None,
            Change::Assign(template) => Some(TxValue::text(&self.expand(rule, template))),
            Change::Add(template) => Some(self.add(rule, name, template, 1, tally)),
            Change::Subtract(template) => Some(self.add(rule, name, template, -1, tally)),
        };
        match slot {
            Some(slot) => self.state.tx.set_slot(slot, value),
            None => self.state.tx.set(&self.program.slots, name, value),
        }
    }

    /// The sum of a variable and an amount. A missing or textual variable counts as its `atoi` (waf.md §4.6).
    fn add(&mut self, rule: &Rule, name: &[u8], amount: &Template, sign: i64, tally: &mut Tally) -> TxValue {
        let amount = match amount.constant() {
            Some(text) => atoi(text),
            None => atoi(&self.expand(rule, amount)),
        };
        let points = u16::try_from(amount.saturating_mul(sign)).unwrap_or(0);
        let before = self.state.tx.get(&self.program.slots, name).map_or(0, TxValue::number);
        let ours = name.eq_ignore_ascii_case(b"score_in") || name.eq_ignore_ascii_case(b"score_out");
        if (ours || is_anomaly_score(name)) && self.only_records(rule) {
            return TxValue::Number(before);
        }
        if ours {
            let given = self.judgement.award(rule.class, points, self.phase, self.options);
            tally.asked = tally.asked.saturating_add(points);
            tally.given = tally.given.saturating_add(given);
        } else if is_anomaly_score(name) {
            tally.anomaly = tally.anomaly.saturating_add(points);
        }
        TxValue::Number(before.saturating_add(amount.saturating_mul(sign)))
    }

    fn control(&mut self, ctl: &Ctl) {
        let state = &mut *self.state;
        match ctl {
            Ctl::Engine(mode) => state.engine = Some(*mode),
            Ctl::Remove(rules) => state.removed.push(rules.clone()),
            Ctl::RemoveTarget(rules, targets) => state.removed_targets.push((rules.clone(), targets.clone())),
            Ctl::BodyProcessor(processor) => state.processor = Some(*processor),
            Ctl::ForceBodyVariable(on) => state.force_body = *on,
            Ctl::RequestBodyAccess(on) => state.request_body = Some(*on),
            Ctl::ResponseBodyAccess(on) => state.response_body = Some(*on),
            Ctl::Nothing => {}
        }
    }

    /// The first link of a rule has matched: asks the others, and does what the rule says.
    fn matched(&mut self, rule: &Rule, tally: &mut Tally) -> Flow {
        let further = rule.links.get(1..).unwrap_or_default();
        let first_level = self.state.matched_all.len();
        for link in further {
            let mut any = false;
            visit(self, rule, link, &mut |run, matched| {
                any = true;
                run.take(rule, link, matched, tally);
            });
            if !any {
                return Flow::Next;
            }
        }
        if !further.is_empty() {
            self.judgement.chain_starts_at = first_level;
            self.hit(rule, None, tally);
        }
        self.disrupt(rule)
    }

    fn disrupt(&mut self, rule: &Rule) -> Flow {
        let enforces = self.enforces();
        let onwards = rule.jump.map_or(Flow::Next, Flow::To);
        match &rule.action {
            Action::Pass => onwards,
            Action::Deny | Action::Drop | Action::Redirect(_) if self.only_records(rule) => onwards,
            Action::Deny | Action::Drop | Action::Redirect(_) => {
                let status = match &rule.action {
                    Action::Redirect(_) => rule.status.unwrap_or(302),
                    _ => rule.status.unwrap_or(self.options.block_status),
                };
                let enforces = enforces && self.phase < LOGGING;
                self.judgement.deny(status, self.phase, enforces);
                if enforces { Flow::EndPhase } else { onwards }
            }
            Action::Allow(_) if !enforces => onwards,
            Action::Allow(scope) => {
                if *scope != AllowScope::Phase {
                    self.state.allow = Some(*scope);
                }
                Flow::EndPhase
            }
        }
    }

    fn hit(&mut self, rule: &Rule, matched: Option<&Matched<'_>>, tally: &Tally) {
        if !rule.log {
            return;
        }
        if self.judgement.hits.len() >= self.options.limits.hits {
            self.judgement.hits_dropped = self.judgement.hits_dropped.saturating_add(1);
            return;
        }
        let msg = self.expand(rule, &rule.msg);
        let data = self.expand(rule, &rule.logdata);
        let points = tally.given.max(tally.anomaly);
        let chain_at = self.judgement.chain_starts_at;
        let secrets = &self.options.secrets;
        let hit = match matched {
            Some(matched) => Some(self.evidence.hit(rule, matched, self.values, secrets)),
            None => self.evidence.chain(rule, &self.state.matched_all, chain_at, self.values, secrets),
        };
        let Some(mut hit) = hit else { return };
        hit.confidence = hit.confidence.max(super::evidence::confidence(tally.asked.max(tally.anomaly)));
        hit.points = points;
        // A message may quote the value, and knows nothing of secrets.
        hit.msg = if hit.decoded.masked { rule.title.clone() } else { String::from_utf8_lossy(&msg).into_owned() };
        hit.data = String::from_utf8_lossy(&data).into_owned();
        self.judgement.hits.push(hit);
    }

    pub(super) fn expand(&self, rule: &Rule, template: &Template) -> Vec<u8> {
        if let Some(text) = template.constant() {
            return text.to_vec();
        }
        template.expand(|quoted, text| self.quote(rule, quoted, text))
    }

    fn quote(&self, rule: &Rule, quoted: &Quote, text: &mut Vec<u8>) {
        quote(self, rule, quoted, text);
    }
}

/// Whether a rule set that scores adds up its points here.
fn is_anomaly_score(name: &[u8]) -> bool {
    let begins =
        |beginning: &[u8]| name.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning));
    begins(b"inbound_anomaly_score_pl") || begins(b"outbound_anomaly_score_pl")
}

/// `ARGS:id`, or the collection alone for what has no members.
pub(super) fn full_name(collection: Collection, member: &[u8]) -> Vec<u8> {
    let shown = collection.shown_name().as_bytes();
    if member.is_empty() { shown.to_vec() } else { [shown, b":", member].concat() }
}

/// The stages of a value's transformations that a link looks at, one after the other.
pub(super) fn stages(link: &Link, bytes: &[u8], work: &mut Work) -> Vec<Vec<u8>> {
    use medward_detect::ByteMask;

    use crate::transform::{MAX_LAYERS, Transformation, next_layer};
    let mut ends = vec![bytes.to_vec()];
    let mut changes = ends.clone();
    let mut output = Vec::new();
    for transformation in &link.transformations {
        let mut next: Vec<Vec<u8>> = Vec::new();
        for end in ends {
            if !work.charge(end.len() as u64) {
                return Vec::new();
            }
            if *transformation == Transformation::DecodeLayers {
                next.push(end);
                for _ in 0..MAX_LAYERS {
                    let layer = next.last().map_or(&[][..], Vec::as_slice);
                    if next_layer(layer, ByteMask::of(layer), &mut output).is_none() {
                        break;
                    }
                    changes.push(output.clone());
                    next.push(std::mem::take(&mut output));
                }
            } else {
                transformation.apply(&end, &mut output);
                if output != end {
                    changes.push(output.clone());
                }
                next.push(std::mem::take(&mut output));
            }
        }
        ends = next;
    }
    if link.stages == Stages::Every {
        return changes;
    }
    let mut distinct: Vec<Vec<u8>> = Vec::new();
    for end in ends {
        if !distinct.contains(&end) {
            distinct.push(end);
        }
    }
    distinct
}
