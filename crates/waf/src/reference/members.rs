//! What a variable of a rule means at the moment it is asked for, and what macros stand for.

use super::Rule;
use super::run::Run;
use crate::lang::ast::{Link, Processor, Use, Variable};
use crate::lang::template::{Quote, Template};
use crate::var::Collection;

/// One thing that a link looks at.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// By which variables mean it and leave it out.
    pub(super) collection: Collection,
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    /// Number of the value, when it came with the request or response.
    pub(super) value: Option<usize>,
    /// What a match of it is called, when that is not collection and name: members of `MATCHED_VARS` keep theirs.
    pub(super) called: Option<(Collection, Vec<u8>)>,
}

impl Member {
    fn made(collection: Collection, name: &[u8], bytes: impl Into<Vec<u8>>) -> Self {
        Self { collection, name: name.to_vec(), bytes: bytes.into(), value: None, called: None }
    }
}

/// Whether a variable means a value of this name, whatever it does with it.
fn means(variable: &Variable, collection: Collection, name: &[u8]) -> bool {
    variable.collection.includes(collection) && variable.selector.covers(name)
}

impl Run<'_> {
    /// What a variable of a link means, in the order in which it was read or made. A value that an earlier variable of the
    /// link means is looked at for that one.
    pub(super) fn members(&self, rule: &Rule, link: &Link, at: usize) -> Vec<Member> {
        let Some(variable) = link.variables.get(at) else { return Vec::new() };
        let earlier = link.variables.get(..at).unwrap_or_default();
        let mut members = self.collection(rule, variable.collection);
        members.retain(|member| {
            let (collection, name) = (member.collection, member.name.as_slice());
            let meant_before =
                earlier.iter().any(|earlier| earlier.use_ == Use::Value && means(earlier, collection, name));
            means(variable, collection, name)
                && !self.is_left_out(rule, link, collection, name)
                && (variable.use_ == Use::Count || !meant_before)
        });
        if variable.use_ == Use::Count { self.count(rule, link, variable, members.len()) } else { members }
    }

    /// How many there are, as a value of its own; nothing when the rule does not look at what is counted.
    fn count(&self, rule: &Rule, link: &Link, variable: &Variable, members: usize) -> Vec<Member> {
        let name = match &variable.selector {
            crate::lang::ast::Selector::Name(name) => name.as_slice(),
            _ => b"",
        };
        if self.is_left_out(rule, link, variable.collection, name) {
            return Vec::new();
        }
        vec![Member::made(variable.collection, name, members.to_string())]
    }

    /// Whether the rule does not look at a value: it says so itself, or another rule has said so.
    pub(super) fn is_left_out(&self, rule: &Rule, link: &Link, collection: Collection, name: &[u8]) -> bool {
        link.variables.iter().any(|variable| variable.use_ == Use::Exclude && means(variable, collection, name))
            || self.state.removed_targets.iter().any(|(rules, targets)| {
                rule.covered_by(rules) && targets.iter().any(|target| means(target, collection, name))
            })
    }

    /// Everything in a collection.
    fn collection(&self, rule: &Rule, collection: Collection) -> Vec<Member> {
        let state = &*self.state;
        let one = |bytes: &[u8]| vec![Member::made(collection, b"", bytes)];
        match collection {
            Collection::Tx => {
                let variables = state.tx.all(&self.reference.spelt).into_iter();
                variables.map(|(name, value)| Member::made(collection, &name, value)).collect()
            }
            Collection::MatchedVar => state.last_match.as_ref().map_or_else(Vec::new, |(_, value)| one(value)),
            Collection::MatchedVarName => state.last_match.as_ref().map_or_else(Vec::new, |(name, _)| one(name)),
            Collection::MatchedVars => {
                let matches = state.matches.iter();
                let members = matches.map(|matched| Member {
                    value: matched.value,
                    called: Some((matched.collection, matched.member.clone())),
                    ..Member::made(collection, &matched.name(), matched.bytes.clone())
                });
                members.collect()
            }
            Collection::MatchedVarsNames => {
                let names = state.matches.iter().map(super::state::Match::name);
                names.map(|name| Member::made(collection, &name, name.clone())).collect()
            }
            Collection::Rule => {
                let names = [&b"id"[..], b"msg", b"severity", b"ver", b"rev"];
                names.map(|name| Member::made(collection, name, self.rule_field(rule, name))).to_vec()
            }
            Collection::Ip | Collection::Global => Vec::new(),
            // Nobody measures the time here.
            Collection::Duration => one(b"0"),
            Collection::ReqbodyProcessor if collection.is_made_by_rules() => {
                one(state.controls.processor.map_or("", Processor::name).as_bytes())
            }
            Collection::ArgsCombinedSize if collection.is_made_by_rules() => {
                let arguments = self.collection(rule, Collection::Args);
                let size: usize = arguments.iter().map(|member| member.name.len() + member.bytes.len()).sum();
                one(size.to_string().as_bytes())
            }
            _ => self.given(collection),
        }
    }

    /// Values that came with the request or response.
    fn given(&self, collection: Collection) -> Vec<Member> {
        let values = self.values.iter().enumerate().filter(|(_, value)| collection.includes(value.collection));
        let members = values.map(|(at, value)| Member {
            value: Some(at),
            ..Member::made(value.collection, self.values.name(value), self.values.bytes(value))
        });
        members.collect()
    }

    fn rule_field(&self, rule: &Rule, name: &[u8]) -> Vec<u8> {
        let meta = &rule.read.meta;
        match name {
            b"id" => rule.read.id.clone().into_bytes(),
            // A message that quotes itself says nothing.
            b"msg" if meta.msg.quotes().any(|quote| quote.collection == Collection::Rule) => Vec::new(),
            b"msg" => self.expand(rule, &meta.msg),
            b"severity" => meta.severity.map_or_else(Vec::new, |severity| (severity as u8).to_string().into_bytes()),
            b"ver" => meta.version.clone().into_bytes(),
            b"rev" => meta.revision.clone().into_bytes(),
            _ => Vec::new(),
        }
    }

    /// A text with its macros replaced by what they stand for.
    pub(super) fn expand(&self, rule: &Rule, template: &Template) -> Vec<u8> {
        template.expand(|quote, text| text.extend(self.quoted(rule, quote)))
    }

    /// The first value that a macro means; nothing when there is none.
    fn quoted(&self, rule: &Rule, quote: &Quote) -> Vec<u8> {
        let has_members = !matches!(quote.collection, Collection::MatchedVar | Collection::MatchedVarName);
        let name = quote.name.as_ref().filter(|_| has_members);
        if quote.collection == Collection::Rule
            && let Some(name) = name
        {
            return self.rule_field(rule, name);
        }
        let members = self.collection(rule, quote.collection).into_iter();
        let mut meant = members.filter(|member| name.is_none_or(|name| name.eq_ignore_ascii_case(&member.name)));
        meant.next().map_or_else(Vec::new, |member| member.bytes)
    }
}
