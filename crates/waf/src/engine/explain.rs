//! Why each rule matches a request or does not: what `medward waf explain` prints.
//!
//! A transaction judges the request as always; beside it every value is looked at once more, and what the scan only skims
//! over is written down: the forms a value has after transformations, what the prefilter says of each rule, and what the
//! operators it lets through answer. *Not* for traffic: it is slow and keeps copies of everything.

use std::sync::Arc;

use super::Tx;
use super::scan::{Scan, place_of};
use super::work::Work;
use crate::compile::{Phase, Program, Rule, RuleSet};
use crate::head::Head;
use crate::options::{Conn, Limits, ObjectOptions, UniqueId};
use crate::var::Value;
use crate::verdict::{AttackClass, Layer, Verdict, printable};
use medward_detect::{ByteMask, Context, Requirement};

/// What the engine makes of a request.
#[derive(Debug)]
pub struct Explanation {
    /// The verdict, as without explanation.
    pub verdict: Verdict,
    /// Every value some rule looks at, in the order they were read.
    pub values: Vec<Forms>,
    /// Every rule about requests, in file order.
    pub rules: Vec<RuleExplanation>,
}

/// A value and what transformations make of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forms {
    /// For example `ARGS:id`.
    pub variable: String,
    /// The value as it came, then each form that is different, with the transformations that led there.
    pub forms: Vec<Form>,
}

/// A value after some transformations, as printable text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// Bytes that are no text are `\xHH`.
    pub text: String,
    /// The transformations that changed it, first one first.
    pub layers: Vec<Layer>,
}

/// One rule.
#[derive(Debug)]
pub struct RuleExplanation {
    /// Its id.
    pub id: String,
    /// Its message; of a rule that did not match, without the values of its macros.
    pub msg: String,
    /// 1 or 2.
    pub phase: u8,
    /// Class of attack it is about.
    pub class: AttackClass,
    /// What a value must contain for the rule to be asked; nothing when it is asked about every value.
    pub needs: Option<String>,
    /// Forms that the prefilter spared it, since they lack that.
    pub spared: usize,
    /// Forms it was asked about.
    pub asked: Vec<Asked>,
    /// What came of it.
    pub outcome: RuleOutcome,
}

/// A rule's operator asked about a form of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// For example `ARGS:id`.
    pub variable: String,
    /// What the operator saw.
    pub form: Form,
    /// The part that matched, when it did; empty for an operator that points at nothing.
    pub matched: Option<String>,
}

/// What came of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleOutcome {
    /// The settings of the policy leave it out.
    Off,
    /// The request has nothing that it looks at.
    NothingToLookAt,
    /// No value contains what it needs.
    CannotMatch,
    /// Asked, and the answer was no.
    NoMatch,
    /// Its condition holds, but this object excludes it, a rule before it removed or skipped it, or the request was refused
    /// before its turn.
    NotReached,
    /// The first condition of its chain holds; a further one does not, or what is said of [`RuleOutcome::NotReached`].
    ChainBroken,
    /// It matched and says nothing by itself: it sets variables for others.
    Silent,
    /// It is asked in its turn about what other rules have set, and did not match.
    InTurn,
    /// A hit, worth these points.
    Hit(u16),
}

/// Judges a request and writes down why. Nothing is asked about a response.
pub fn explain(program: &Arc<Program>, options: &ObjectOptions, head: &Head, body: &[u8]) -> Explanation {
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 0, tls: false };
    let mut tx = Tx::new(Arc::clone(program), options, conn, UniqueId::default());
    let mut rules: Vec<RuleExplanation> = program.rules.iter().map(RuleExplanation::new).collect();
    let mut values = Vec::new();
    tx.request_head(head);
    tx.look(1, &mut rules, &mut values);
    tx.request_body(body);
    tx.request_end();
    values.clear();
    tx.look(2, &mut rules, &mut values);
    let verdict = tx.finish();
    for (at, (explained, rule)) in rules.iter_mut().zip(&program.rules).enumerate() {
        explained.outcome = outcome(program, at, rule, explained, &verdict);
        if let Some(hit) = verdict.hits.iter().find(|hit| hit.rule == rule.id) {
            explained.msg.clone_from(&hit.msg);
        }
    }
    rules.retain(|rule| rule.phase <= 2);
    Explanation { verdict, values, rules }
}

impl RuleExplanation {
    fn new(rule: &Rule) -> Self {
        let first = rule.links.first().filter(|link| !link.negated);
        Self {
            id: rule.id.clone(),
            msg: rule.title.clone(),
            phase: rule.phase,
            class: rule.class,
            needs: first.and_then(|link| needs(&link.operator.requirement())),
            spared: 0,
            asked: Vec::new(),
            outcome: RuleOutcome::NothingToLookAt,
        }
    }
}

impl Tx {
    /// Looks at every value known so far for the rules of a phase.
    fn look(&self, phase: u8, rules: &mut [RuleExplanation], values: &mut Vec<Forms>) {
        let Some(compiled) = self.program.phase(phase) else { return };
        let limits = Limits { max_work_units: u64::MAX, ..self.options.limits };
        let mut work = Work::new(0, 0, self.sink.values.size_bytes(), &limits, None);
        let mut scan = Scan::default();
        for value in self.sink.values.iter() {
            if scan.prepare(&self.program, compiled, &self.sink.values, value, &mut work) {
                values.push(self.look_at(value, compiled, &mut scan, &mut work, rules));
            }
        }
    }

    fn look_at(
        &self,
        value: Value,
        compiled: &Phase,
        scan: &mut Scan,
        work: &mut Work,
        rules: &mut [RuleExplanation],
    ) -> Forms {
        let name = self.sink.values.name(value);
        let variable = printable(&super::run::full_name(value.collection, name));
        let rich_text = self.options.rich_text.iter().any(|target| target.covers(value.collection, name));
        let context = Context { place: place_of(value.collection, name), rich_text };
        let mut forms = Vec::new();
        for variant in 0..scan.variants() {
            scan.find_candidates(compiled, variant, work);
            let Some(seen) = scan.seen(variant) else { continue };
            let form = Form { text: printable(seen.bytes), layers: seen.layers };
            for own_number in seen.looking.into_iter().flat_map(RuleSet::iter) {
                let number = compiled.rule(own_number);
                let link = self.program.rules.get(number).and_then(|rule| rule.links.first());
                let Some(link) = link.filter(|link| link.targets.cover(value.collection, name)) else { continue };
                let Some(rule) = rules.get_mut(number) else { continue };
                if !seen.candidates.contains(own_number) {
                    rule.spared += 1;
                    continue;
                }
                let found = link.find(seen.bytes, context);
                let matched = found.map(|found| printable(seen.bytes.get(found.range).unwrap_or_default()));
                rule.asked.push(Asked { variable: variable.clone(), form: form.clone(), matched });
            }
            forms.push(form);
        }
        Forms { variable, forms }
    }
}

fn outcome(program: &Program, at: usize, rule: &Rule, explained: &RuleExplanation, verdict: &Verdict) -> RuleOutcome {
    let hits = verdict.hits.iter().filter(|hit| hit.rule == rule.id);
    if let Some(points) = hits.map(|hit| hit.points).max() {
        return RuleOutcome::Hit(points);
    }
    let compiled = program.phase(rule.phase);
    if compiled.is_some_and(|phase| phase.direct.contains(&at)) {
        return RuleOutcome::InTurn;
    }
    if compiled.is_none_or(|phase| !phase.scans_for(at)) {
        return RuleOutcome::Off;
    }
    let matched = explained.asked.iter().any(|asked| asked.matched.is_some());
    match (matched, explained.asked.is_empty(), explained.spared) {
        (true, ..) if rule.links.len() > 1 => RuleOutcome::ChainBroken,
        (true, ..) if !rule.log => RuleOutcome::Silent,
        (true, ..) => RuleOutcome::NotReached,
        (false, false, _) => RuleOutcome::NoMatch,
        (false, true, 0) => RuleOutcome::NothingToLookAt,
        (false, true, _) => RuleOutcome::CannotMatch,
    }
}

/// How many literals or branches are named before the rest is only counted.
const NAMED: usize = 6;

/// What a value must contain, in words.
fn needs(requirement: &Requirement) -> Option<String> {
    let Requirement::Any(branches) = requirement else { return None };
    let mut words: Vec<String> = Vec::new();
    for branch in branches {
        let literals: Vec<String> =
            branch.literals.iter().map(|literal| format!("\"{}\"", printable(literal))).collect();
        let bytes = branch.bytes.iter().map(|mask| format!("a byte of [{}]", bytes_of(*mask)));
        let all: Vec<String> = (!literals.is_empty()).then(|| any_of(&literals)).into_iter().chain(bytes).collect();
        words.push(if all.len() > 1 { format!("({})", all.join(" and ")) } else { all.concat() });
    }
    words.dedup();
    Some(any_of(&words))
}

fn any_of(words: &[String]) -> String {
    let named = words.get(..NAMED).unwrap_or(words).join(" or ");
    match words.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{named} or {more} more"),
        _ => named,
    }
}

fn bytes_of(mask: ByteMask) -> String {
    let bytes: Vec<u8> = mask.iter().collect();
    printable(&bytes)
}
