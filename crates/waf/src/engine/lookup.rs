//! Where a rule that runs finds what it looks at: values of the request and response, and what rules have made.

use crate::compile::{Link, Rule, Stages, Wanted};
use crate::lang::ast::Processor;
use crate::lang::template::Quote;
use crate::op::{Found, Operator};
use crate::var::Collection;
use medward_detect::{Context, Place};

use super::run::{Matched, Run, stages};
use super::scan::place_of;
use super::state::{MatchedValue, TxValue};

/// A link, with its operator's macros filled in.
struct Asked<'a> {
    link: &'a Link,
    filled: Option<Operator>,
}

impl<'a> Asked<'a> {
    fn new(run: &Run<'_>, rule: &Rule, link: &'a Link) -> Self {
        let mut asked = Self { link, filled: None };
        asked.fill(run, rule);
        asked
    }

    /// Fills the macros in with what they stand for now.
    fn fill(&mut self, run: &Run<'_>, rule: &Rule) {
        if let Operator::Quoting(kind, template) = &self.link.operator {
            self.filled = Some(Operator::of_text(*kind, &run.expand(rule, template)));
        }
    }

    fn operator(&self) -> &Operator {
        self.filled.as_ref().unwrap_or(&self.link.operator)
    }

    fn find(&self, value: &[u8], context: Context) -> Option<Found> {
        let found = self.operator().find(value, context);
        if self.link.negated { found.is_none().then(|| Found::at(0..0)) } else { found }
    }
}

/// One thing looked at, by where it stands.
struct Member {
    collection: Collection,
    name: Vec<u8>,
    bytes: Vec<u8>,
    value: Option<usize>,
}

/// Asks a link about everything it looks at, variable by variable, and hands over each match.
pub(super) fn visit<'r>(run: &mut Run<'r>, rule: &Rule, link: &Link, take: &mut dyn FnMut(&mut Run<'r>, &Matched<'_>)) {
    let asked = &mut Asked::new(run, rule, link);
    for (at, wanted) in link.targets.included.iter().enumerate() {
        if wanted.count {
            let name = selector_name(wanted);
            if !run.is_left_out(rule, link, wanted.collection, &name) {
                let bytes = count(run, rule, asked, at).to_string().into_bytes();
                ask(run, rule, asked, &Member { collection: wanted.collection, name, bytes, value: None }, take);
            }
            continue;
        }
        if let Some(slot) = only_slot(run, asked.link, at) {
            // The gates of rule sets: one variable, one comparison, nothing copied unless it holds.
            if holds(run, asked, slot)
                && let Some(member) = variable(run, rule, asked.link, at, slot)
            {
                ask(run, rule, asked, &member, take);
            }
            continue;
        }
        for member in members(run, rule, asked, at) {
            if run.work.exhausted() {
                return;
            }
            // An earlier match may have removed it.
            let removed = wanted.collection != Collection::MatchedVars
                && run.is_target_removed(rule, member.collection, &member.name);
            if !removed {
                ask(run, rule, asked, &member, take);
            }
        }
    }
}

fn ask<'r>(
    run: &mut Run<'r>,
    rule: &Rule,
    asked: &mut Asked<'_>,
    member: &Member,
    take: &mut dyn FnMut(&mut Run<'r>, &Matched<'_>),
) {
    let stages = if asked.link.transformations.is_empty() {
        vec![member.bytes.clone()]
    } else {
        stages(asked.link, &member.bytes, run.work)
    };
    let rich_text = run.options.rich_text.iter().any(|target| target.covers(member.collection, &member.name));
    let context = Context { place: place_of(member.collection, &member.name), rich_text };
    for stage in stages {
        if !run.work.charge(asked.operator().cost(stage.len())) {
            return;
        }
        let Some(found) = asked.find(&stage, context) else { continue };
        let matched = Matched {
            collection: member.collection,
            member: &member.name,
            decoded: &stage,
            found,
            layers: &[],
            value: member.value,
        };
        let settled = asked.link.stages == Stages::Any && matched.found.settles();
        take(run, &matched);
        // What matched may have set what the operator compares with.
        asked.fill(run, rule);
        if settled {
            return;
        }
    }
}

/// The slot of a link that looks at one spelt variable of `TX` and changes nothing about it.
fn only_slot(run: &Run<'_>, link: &Link, at: usize) -> Option<usize> {
    let wanted = link.targets.included.get(at)?;
    let crate::lang::ast::Selector::Name(name) = &wanted.selector else { return None };
    let simple = wanted.collection == Collection::Tx && link.transformations.is_empty();
    if simple { run.program.slots.get(name) } else { None }
}

fn holds(run: &Run<'_>, asked: &Asked<'_>, slot: usize) -> bool {
    run.state
        .tx
        .slot(slot)
        .is_some_and(|value| value.with_text(|text| asked.find(text, Context::of(Place::Value)).is_some()))
}

/// The variable of a slot, unless a target before this one means it, or it is left out.
fn variable(run: &Run<'_>, rule: &Rule, link: &Link, at: usize, slot: usize) -> Option<Member> {
    let name = run.program.slots.name(slot);
    let meant = link.targets.position(Collection::Tx, name) == Some(at);
    let bytes = run.state.tx.slot(slot)?.with_text(<[u8]>::to_vec);
    (meant && !run.is_target_removed(rule, Collection::Tx, name)).then(|| Member {
        collection: Collection::Tx,
        name: name.to_vec(),
        bytes,
        value: None,
    })
}

fn selector_name(wanted: &Wanted) -> Vec<u8> {
    match &wanted.selector {
        crate::lang::ast::Selector::Name(name) => name.clone(),
        _ => Vec::new(),
    }
}

fn count(run: &Run<'_>, rule: &Rule, asked: &Asked<'_>, at: usize) -> usize {
    let Some(wanted) = asked.link.targets.included.get(at) else { return 0 };
    if wanted.collection == Collection::Tx {
        let meant = |(name, _): &(&[u8], &TxValue)| {
            wanted.selector.covers(name) && !run.is_left_out(rule, asked.link, Collection::Tx, name)
        };
        return run.state.tx.iter(&run.program.slots).filter(meant).count();
    }
    let mut count = 0;
    visit_members(run, rule, asked.link, at, &mut |_, _, _, _| count += 1);
    count
}

/// Everything a variable of a link means, less what is left out.
fn members(run: &Run<'_>, rule: &Rule, asked: &Asked<'_>, at: usize) -> Vec<Member> {
    let mut members = Vec::new();
    visit_members(run, rule, asked.link, at, &mut |collection, name, bytes, value| {
        members.push(Member { collection, name: name.to_vec(), bytes: bytes.to_vec(), value });
    });
    members
}

/// Takes one thing looked at: collection, name, bytes, and its number if it is a value that came.
type TakeMember<'t> = dyn FnMut(Collection, &[u8], &[u8], Option<usize>) + 't;

/// Hands over everything a variable of a link means.
fn visit_members(run: &Run<'_>, rule: &Rule, link: &Link, at: usize, take: &mut TakeMember<'_>) {
    let targets = &link.targets;
    let Some(wanted) = targets.included.get(at) else { return };
    let mut add = |collection: Collection, name: &[u8], bytes: &[u8], value: Option<usize>| {
        let meant = if wanted.count {
            wanted.covers(collection, name) && !targets.exclude(collection, name)
        } else {
            targets.position(collection, name) == Some(at)
        };
        if meant && !run.is_target_removed(rule, collection, name) {
            take(collection, name, bytes, value);
        }
    };
    let collection = wanted.collection;
    if collection == Collection::MatchedVars {
        for matched in matched_before(run, rule, link, at) {
            take(matched.collection, &matched.member, &matched.bytes, matched.value);
        }
        return;
    }
    if collection.is_made_by_rules() {
        made(run, rule, collection, &mut |name, bytes| add(collection, name, bytes, None));
        return;
    }
    let own = [collection];
    let parts = if collection.parts().is_empty() { &own[..] } else { collection.parts() };
    for part in parts {
        for at in run.index.members(*part) {
            let Some(value) = run.values.get(*at) else { continue };
            add(*part, run.values.name(value), run.values.bytes(value), Some(*at));
        }
    }
}

/// What the chain has matched, under the names it had there.
fn matched_before<'r>(
    run: &'r Run<'_>,
    rule: &'r Rule,
    link: &'r Link,
    at: usize,
) -> impl Iterator<Item = &'r MatchedValue> {
    let collection = Collection::MatchedVars;
    let wanted = link.targets.included.get(at);
    run.state.matched_all.iter().filter(move |matched| {
        wanted.is_some_and(|wanted| {
            wanted.selector.covers(&matched.name)
                && !run.is_left_out(rule, link, collection, &matched.name)
                && (wanted.count || link.targets.position(collection, &matched.name) == Some(at))
        })
    })
}

/// What rules have made so far.
fn made(run: &Run<'_>, rule: &Rule, collection: Collection, add: &mut dyn FnMut(&[u8], &[u8])) {
    let state = &*run.state;
    match collection {
        Collection::Tx => {
            for (name, value) in state.tx.iter(&run.program.slots) {
                value.with_text(|text| add(name, text));
            }
        }
        Collection::MatchedVar if !state.matched_name.is_empty() => add(b"", &state.matched),
        Collection::MatchedVarName if !state.matched_name.is_empty() => add(b"", &state.matched_name),
        Collection::MatchedVars => {
            for matched in &state.matched_all {
                add(&matched.name, &matched.bytes);
            }
        }
        Collection::MatchedVarsNames => {
            for matched in &state.matched_all {
                add(&matched.name, &matched.name);
            }
        }
        Collection::Duration => add(b"", (run.work.micros() / 1000).to_string().as_bytes()),
        Collection::ReqbodyProcessor => {
            add(b"", state.processor.map_or("", Processor::name).as_bytes());
        }
        Collection::ArgsCombinedSize => {
            let members = [Collection::ArgsGet, Collection::ArgsPost].map(|part| run.index.members(part));
            let values = members.iter().flat_map(|members| members.iter().filter_map(|at| run.values.get(*at)));
            let size: usize = values.map(|value| run.values.name(value).len() + run.values.bytes(value).len()).sum();
            add(b"", size.to_string().as_bytes());
        }
        Collection::Rule => {
            for name in [&b"id"[..], b"msg", b"severity", b"ver", b"rev"] {
                let mut text = Vec::new();
                rule_field(run, rule, name, &mut text);
                add(name, &text);
            }
        }
        _ => {}
    }
}

fn rule_field(run: &Run<'_>, rule: &Rule, name: &[u8], text: &mut Vec<u8>) {
    match name {
        b"id" => text.extend_from_slice(rule.id.as_bytes()),
        b"msg" if rule.msg.quotes().all(|quote| quote.collection != Collection::Rule) => {
            text.extend(rule.msg.expand(|quoted, text| quote(run, rule, quoted, text)));
        }
        b"severity" => {
            if let Some(severity) = rule.severity {
                text.extend_from_slice((severity as u8).to_string().as_bytes());
            }
        }
        b"ver" => text.extend_from_slice(rule.version.as_bytes()),
        b"rev" => text.extend_from_slice(rule.revision.as_bytes()),
        _ => {}
    }
}

/// Writes the value of a macro; nothing when it is not set.
pub(super) fn quote(run: &Run<'_>, rule: &Rule, quoted: &Quote, text: &mut Vec<u8>) {
    let state = &*run.state;
    match (quoted.collection, &quoted.name) {
        (Collection::Tx, Some(name)) => {
            if let Some(value) = state.tx.get(&run.program.slots, name) {
                value.with_text(|value| text.extend_from_slice(value));
            }
        }
        (Collection::MatchedVar, _) => text.extend_from_slice(&state.matched),
        (Collection::MatchedVarName, _) => text.extend_from_slice(&state.matched_name),
        (Collection::Rule, Some(name)) => rule_field(run, rule, name, text),
        (collection, name) if collection.is_made_by_rules() => {
            let mut first = true;
            made(run, rule, collection, &mut |member, bytes| {
                if first && name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(member)) {
                    text.extend_from_slice(bytes);
                    first = false;
                }
            });
        }
        (collection, name) => {
            let own = [collection];
            let parts = if collection.parts().is_empty() { &own[..] } else { collection.parts() };
            let mut members = parts.iter().flat_map(|part| run.index.members(*part));
            let found = members.find_map(|at| {
                let value = run.values.get(*at)?;
                let named = name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(run.values.name(value)));
                named.then_some(value)
            });
            if let Some(value) = found {
                text.extend_from_slice(run.values.bytes(value));
            }
        }
    }
}
