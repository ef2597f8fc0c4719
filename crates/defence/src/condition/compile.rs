//! From the written form to the compiled one; every fault is found in one go.

use std::fmt::{self, Write as _};

use memchr::memmem::Finder;
use regex::bytes::RegexBuilder;
use serde_json::Value;

use super::error::MAX_FAULTS;
use super::field::Writing;
use super::test::{Asked, NumberTest, Test, TextTest};
use super::{
    Condition, ConditionError, Fault, Field, MAX_DEPTH, MAX_LEAVES, MAX_PATTERN_MEMORY, MAX_VALUE_BYTES, MAX_VALUES,
    Node, Problem, RawCondition, RawLeaf, Text,
};
use crate::address::{AddressEntry, AddressSet};

const ADDRESS_OPS: &[&str] = &["eq", "ne", "in", "cidr"];
const GROUP_OPS: &[&str] = &["eq", "ne", "in"];
const NUMBER_OPS: &[&str] = &["eq", "ne", "in", "gt", "lt", "exists"];
const CHOICE_OPS: &[&str] = &["eq", "ne", "in", "exists"];
const TEXT_OPS: &[&str] = &["eq", "ne", "in", "prefix", "suffix", "contains", "regex", "exists"];

pub(super) fn compile(raw: &RawCondition) -> Result<Condition, ConditionError> {
    let mut compiler = Compiler { faults: Vec::new(), fields: Vec::new(), leaves: 0 };
    let root = compiler.node(raw, &Place::Root, 1);
    match root {
        Some(root) if compiler.faults.is_empty() => Ok(Condition { root, fields: compiler.fields }),
        _ => Err(ConditionError::Faults(compiler.faults)),
    }
}

/// A place in the tree; the path is only written when there is a fault.
enum Place<'a> {
    Root,
    Part(&'a Place<'a>, &'static str, usize),
    Key(&'a Place<'a>, &'static str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parent, key) = match self {
            Self::Root => return Ok(()),
            Self::Part(parent, key, _) | Self::Key(parent, key) => (parent, key),
        };
        write!(f, "{parent}")?;
        if !matches!(parent, Place::Root) {
            f.write_char('.')?;
        }
        f.write_str(key)?;
        if let Self::Part(_, _, index) = self { write!(f, "[{index}]") } else { Ok(()) }
    }
}

struct Compiler {
    faults: Vec<Fault>,
    fields: Vec<Field>,
    leaves: usize,
}

impl Compiler {
    fn fault<T>(&mut self, place: &Place<'_>, problem: Problem) -> Option<T> {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { path: place.to_string(), problem });
        }
        None
    }

    fn node(&mut self, raw: &RawCondition, place: &Place<'_>, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return self.fault(place, Problem::TooDeep);
        }
        match raw {
            RawCondition::All(parts) => self.parts(parts, place, "all", depth).map(Node::All),
            RawCondition::Any(parts) => self.parts(parts, place, "any", depth).map(Node::Any),
            RawCondition::Not(part) => {
                let part = self.node(part, &Place::Key(place, "not"), depth + 1)?;
                Some(Node::Not(Box::new(part)))
            }
            RawCondition::Leaf(leaf) => self.leaf(leaf, place).map(Node::Leaf),
        }
    }

    /// An empty `all` would always hold and an empty `any` never; nobody means either.
    fn parts(
        &mut self,
        parts: &[RawCondition],
        place: &Place<'_>,
        key: &'static str,
        depth: usize,
    ) -> Option<Box<[Node]>> {
        if parts.is_empty() {
            return self.fault(&Place::Key(place, key), Problem::Empty);
        }
        let mut nodes = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            nodes.extend(self.node(part, &Place::Part(place, key, index), depth + 1));
            if self.leaves > MAX_LEAVES {
                return None;
            }
        }
        Some(nodes.into())
    }

    fn leaf(&mut self, leaf: &RawLeaf, place: &Place<'_>) -> Option<Test> {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            return self.fault(&Place::Root, Problem::TooManyLeaves);
        }
        let Some(field) = Field::parse(&leaf.field) else {
            return self.fault(&Place::Key(place, "field"), Problem::UnknownField);
        };
        let allowed = ops_of(&field);
        let Some(op) = allowed.iter().find(|op| **op == leaf.op) else {
            let problem = Problem::Op { field: field.to_string(), allowed: allowed.join(", ") };
            return self.fault(&Place::Key(place, "op"), problem);
        };
        match test(&field, op, leaf.value.as_ref()) {
            Ok(test) => {
                if !self.fields.contains(&field) {
                    self.fields.push(field);
                }
                Some(test)
            }
            Err((Some(index), problem)) => self.fault(&Place::Part(place, "value", index), problem),
            Err((None, problem)) => self.fault(&Place::Key(place, "value"), problem),
        }
    }
}

fn ops_of(field: &Field) -> &'static [&'static str] {
    match field {
        Field::Ip => ADDRESS_OPS,
        Field::IpGroup => GROUP_OPS,
        Field::Number(_) => NUMBER_OPS,
        Field::Text(_) if matches!(field.writing(), Writing::OneOf(_)) => CHOICE_OPS,
        Field::Text(_) | Field::Named(_) => TEXT_OPS,
    }
}

/// A problem, and the index of the value that has it if there are several.
type Misfit = (Option<usize>, Problem);

fn test(field: &Field, op: &str, value: Option<&Value>) -> Result<Test, Misfit> {
    let (asked, negated) = match (field, op) {
        (_, "exists") => return exists(field, value),
        (Field::Ip, _) => (Asked::Ip(addresses(op, value)?), op == "ne"),
        (Field::IpGroup, _) => {
            let name = |value: &Value| filled(text(value)?).map(Into::into);
            (Asked::IpGroup(values(op, value, name)?.into()), op == "ne")
        }
        (Field::Number(field), _) => (Asked::Number(*field, number_test(op, value)?), op == "ne"),
        (Field::Text(name), _) => (Asked::Text(*name, text_test(field, op, value)?), op == "ne"),
        (Field::Named(name), _) => (Asked::Named(name.clone(), text_test(field, op, value)?), op == "ne"),
    };
    Ok(Test { negated, asked })
}

fn exists(field: &Field, value: Option<&Value>) -> Result<Test, Misfit> {
    let negated = match value {
        None => false,
        Some(Value::Bool(wanted)) => !wanted,
        Some(_) => return Err((None, Problem::Kind("true, false, or no value"))),
    };
    let asked = match field {
        Field::Text(field) => Asked::Text(*field, TextTest::Exists),
        Field::Named(field) => Asked::Named(field.clone(), TextTest::Exists),
        Field::Number(field) => Asked::Number(*field, NumberTest::Exists),
        Field::Ip | Field::IpGroup => {
            return Err((None, Problem::Kind("another operator: an address is always there")));
        }
    };
    Ok(Test { negated, asked })
}

/// `in` and `cidr` take a list (`cidr` also one value), the others one value.
fn values<T>(op: &str, value: Option<&Value>, read: impl Fn(&Value) -> Result<T, Problem>) -> Result<Vec<T>, Misfit> {
    match value {
        Some(Value::Array(list)) if matches!(op, "in" | "cidr") => {
            if list.is_empty() {
                return Err((None, Problem::Empty));
            }
            if list.len() > MAX_VALUES {
                return Err((None, Problem::TooManyValues));
            }
            let read_at = |(index, value)| read(value).map_err(|problem| (Some(index), problem));
            list.iter().enumerate().map(read_at).collect()
        }
        Some(value) if op != "in" => read(value).map(|value| vec![value]).map_err(|problem| (None, problem)),
        _ if op == "in" => Err((None, Problem::Kind("a list of values"))),
        _ => Err((None, Problem::Kind("a value"))),
    }
}

fn addresses(op: &str, value: Option<&Value>) -> Result<AddressSet, Misfit> {
    let entry = |value: &Value| {
        let entry = AddressEntry::parse(text(value)?).map_err(Problem::Address)?;
        let single = match entry {
            AddressEntry::V4 { first, last } => first == last,
            AddressEntry::V6 { first, last } => first == last,
        };
        if op == "cidr" || single { Ok(entry) } else { Err(Problem::Kind("one address; use `cidr` for a block")) }
    };
    Ok(values(op, value, entry)?.into_iter().collect())
}

fn number_test(op: &str, value: Option<&Value>) -> Result<NumberTest, Misfit> {
    let number = |value: &Value| value.as_u64().ok_or(Problem::Kind("a whole number from 0"));
    let numbers = values(op, value, number)?;
    Ok(match (op, numbers.as_slice()) {
        ("gt", [bound]) => NumberTest::Above(*bound),
        ("lt", [bound]) => NumberTest::Below(*bound),
        _ => NumberTest::OneOf(numbers.into()),
    })
}

fn text_test(field: &Field, op: &str, value: Option<&Value>) -> Result<TextTest, Misfit> {
    let read = |value: &Value| match op {
        "eq" | "ne" | "in" => written(field, text(value)?),
        "regex" => text(value).map(str::to_owned),
        // An empty prefix, suffix or part would match everything.
        _ => written(field, filled(text(value)?)?),
    };
    let mut texts: Vec<Box<[u8]>> =
        values(op, value, read)?.into_iter().map(|text| text.into_bytes().into_boxed_slice()).collect();
    Ok(match (op, texts.as_slice()) {
        ("prefix", [text]) => TextTest::Prefix(text.clone()),
        ("suffix", [text]) => TextTest::Suffix(text.clone()),
        ("contains", [text]) => TextTest::Contains(Box::new(Finder::new(text).into_owned())),
        ("regex", [text]) => {
            let ignores_case = *field == Field::Text(Text::Method);
            pattern(text, ignores_case).map_err(|problem| (None, problem))?
        }
        _ => {
            texts.sort_unstable();
            TextTest::OneOf(texts.into())
        }
    })
}

fn pattern(text: &[u8], ignores_case: bool) -> Result<TextTest, Problem> {
    let text = String::from_utf8_lossy(text);
    // The lazy automaton of a pattern may take as much again for each thread that asks.
    let compiled = RegexBuilder::new(&text)
        .case_insensitive(ignores_case)
        .size_limit(MAX_PATTERN_MEMORY)
        .dfa_size_limit(4 * MAX_PATTERN_MEMORY)
        .build();
    match compiled {
        Ok(regex) => Ok(TextTest::Regex(Box::new(regex))),
        Err(regex::Error::CompiledTooBig(_)) => Err(Problem::PatternTooLarge),
        Err(error) => {
            let message = error.to_string();
            Err(Problem::Pattern(message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()))
        }
    }
}

fn text(value: &Value) -> Result<&str, Problem> {
    let text = value.as_str().ok_or(Problem::Kind("text"))?;
    if text.len() > MAX_VALUE_BYTES { Err(Problem::TooLong) } else { Ok(text) }
}

fn filled(text: &str) -> Result<&str, Problem> {
    if text.is_empty() { Err(Problem::Kind("text that is not empty")) } else { Ok(text) }
}

/// The text in the form in which facts come.
fn written(field: &Field, text: &str) -> Result<String, Problem> {
    match field.writing() {
        Writing::AsIs => Ok(text.to_owned()),
        Writing::Lower => Ok(text.to_ascii_lowercase()),
        Writing::Upper => Ok(text.to_ascii_uppercase()),
        Writing::OneOf(allowed) if allowed.contains(&text) => Ok(text.to_owned()),
        Writing::OneOf(allowed) => Err(Problem::NotOneOf(allowed.join(", "))),
    }
}
