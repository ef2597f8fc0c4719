//! Schemas of the document, translated into JSON Schema 2020-12 and compiled.
//!
//! OpenAPI 3.1 speaks 2020-12 already; 3.0 speaks its own dialect, whose `nullable`, boolean `exclusiveMinimum` and ignored
//! siblings of `$ref` are rewritten. What is about responses or documentation is left out. Every schema that is asked for, and
//! every target of a reference, becomes one entry `sN` of `$defs`, so that shared and recursive schemas are translated once.
//!
//! Invariant: no schema leads back to itself without going into the value, and no value is held against more than `MAX_WEIGHT`
//! schemas at one place, so a check ends and its work is bounded by the value.

mod facets;
mod weight;

use std::collections::{HashMap, HashSet, VecDeque};

use jsonschema::{Draft, PatternOptions, Registry, Validator};
use serde_json::{Map, Value, json};

pub(crate) use self::facets::{Facets, Fields};
use crate::check::MAX_BODY_DEPTH;
use crate::error::{FaultList, Problem};
use crate::read::{join, local_reference};

/// Schemas that are asked for or referred to.
pub const MAX_SCHEMAS: usize = 5_000;
/// Schemas that one value meets at one place through `allOf`, `anyOf`, `oneOf` and references.
pub const MAX_WEIGHT: usize = 1_000;
pub(crate) const MAX_PATTERNS: usize = 5_000;
/// References in a row, so that following them fits on a stack: at one place, and into the value.
pub(crate) const MAX_CHAIN: usize = 128;
const MAX_PATTERN_MEMORY: usize = 1 << 20;

const BASE: &str = "urn:medward:openapi";

const ONE_SCHEMA: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const SCHEMA_LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
const SCHEMA_MAPS: &[&str] = &["properties", "patternProperties", "dependentSchemas"];
const PLAIN: &[&str] = &[
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "dependentRequired",
    "format",
];
/// What would give references another meaning.
const REFUSED: &[&str] = &["$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    V30,
    V31,
}

/// A schema of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SchemaId(usize);

/// Collects schemas while the document is read.
pub(crate) struct Translator<'d> {
    document: &'d Value,
    dialect: Dialect,
    ids: HashMap<String, SchemaId>,
    pointers: Vec<String>,
    waiting: VecDeque<SchemaId>,
    definitions: Vec<Value>,
    names: HashSet<Box<str>>,
    patterns: HashMap<String, bool>,
}

/// Translated schemas and the validators of those that are asked.
pub(crate) struct Schemas {
    validators: HashMap<SchemaId, Validator>,
    /// Names of properties that the document knows.
    names: HashSet<Box<str>>,
    /// Levels of a body that are held against them in bounded time.
    depth: usize,
}

impl Schemas {
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn validator(&self, id: SchemaId) -> Option<&Validator> {
        self.validators.get(&id)
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

impl<'d> Translator<'d> {
    pub(crate) fn new(document: &'d Value, dialect: Dialect) -> Self {
        Self {
            document,
            dialect,
            ids: HashMap::new(),
            pointers: Vec::new(),
            waiting: VecDeque::new(),
            definitions: Vec::new(),
            names: HashSet::new(),
            patterns: HashMap::new(),
        }
    }

    /// The schema at `pointer`, translated later.
    pub(crate) fn ask(&mut self, pointer: &str, faults: &mut FaultList) -> SchemaId {
        let mut pointer = pointer.to_owned();
        // What is nothing but a reference shares the validator of its target.
        for _ in 0..8 {
            let target = match self.document.pointer(&pointer) {
                Some(Value::Object(schema)) if schema.len() == 1 => schema.get("$ref").and_then(Value::as_str),
                _ => None,
            };
            match target.map(local_reference) {
                Some(Ok(target)) if self.document.pointer(&target).is_some() => pointer = target,
                _ => break,
            }
        }
        if let Some(id) = self.ids.get(&pointer) {
            return *id;
        }
        let id = SchemaId(self.pointers.len());
        if id.0 >= MAX_SCHEMAS {
            faults.add(&pointer, Problem::TooManySchemas);
            return SchemaId(0);
        }
        self.ids.insert(pointer.clone(), id);
        self.pointers.push(pointer);
        self.definitions.push(Value::Null);
        self.waiting.push_back(id);
        id
    }

    /// Translates what waits, and what that refers to. To be called before `facets` and `finish`.
    pub(crate) fn translate(&mut self, faults: &mut FaultList) {
        let document = self.document;
        while let Some(id) = self.waiting.pop_front() {
            let Some(pointer) = self.pointers.get(id.0).cloned() else { continue };
            let translated = match document.pointer(&pointer) {
                Some(schema) => self.schema(schema, &pointer, faults),
                None => Value::Bool(true),
            };
            if let Err(error) = jsonschema::draft202012::meta::validate(&translated) {
                faults.add(
                    format!("{pointer}{}", error.instance_path()),
                    Problem::Schema(error.kind().keyword().to_owned()),
                );
            }
            if let Some(definition) = self.definitions.get_mut(id.0) {
                *definition = translated;
            }
        }
        weight::check(&self.definitions, &self.pointers, faults);
    }

    pub(crate) fn facets(&self, id: SchemaId) -> Facets<'_> {
        Facets::of(&self.definitions, id.0)
    }

    /// Compiles the schemas of `asked`. Only when there was no fault: references must lead somewhere and end.
    pub(crate) fn finish(self, asked: &HashSet<SchemaId>, faults: &mut FaultList) -> Schemas {
        let depth = weight::safe_depth(&self.definitions, MAX_BODY_DEPTH);
        let definitions: Map<String, Value> =
            self.definitions.into_iter().enumerate().map(|(at, schema)| (format!("s{at}"), schema)).collect();
        let root = json!({ "$defs": definitions });
        let registry =
            Registry::new().draft(Draft::Draft202012).add(BASE, &root).and_then(jsonschema::RegistryBuilder::prepare);
        let mut validators = HashMap::new();
        match registry {
            Err(error) => faults.add("", Problem::Schema(error.to_string())),
            Ok(registry) => {
                for id in asked {
                    let reference = json!({ "$ref": format!("{BASE}#/$defs/s{}", id.0) });
                    match options().with_registry(&registry).build(&reference) {
                        Ok(validator) => drop(validators.insert(*id, validator)),
                        Err(error) => {
                            let pointer = self.pointers.get(id.0).map(String::as_str).unwrap_or_default();
                            faults.add(pointer, Problem::Schema(error.kind().keyword().to_owned()));
                        }
                    }
                }
            }
        }
        Schemas { validators, names: self.names, depth }
    }

    fn schema(&mut self, schema: &Value, pointer: &str, faults: &mut FaultList) -> Value {
        let schema = match schema {
            Value::Object(schema) => schema,
            Value::Bool(_) => return schema.clone(),
            _ => {
                faults.add(pointer, Problem::Kind("a schema"));
                return Value::Bool(true);
            }
        };
        let mut out = Map::new();
        if let Some(reference) = schema.get("$ref") {
            if let Some(id) = self.reference(reference, &join(pointer, "$ref"), faults) {
                out.insert("$ref".to_owned(), format!("#/$defs/s{}", id.0).into());
            }
            if self.dialect == Dialect::V30 {
                return Value::Object(out);
            }
        }
        for (key, value) in schema {
            let (key, place) = (key.as_str(), || join(pointer, key));
            if let Some(refused) = REFUSED.iter().find(|refused| **refused == key) {
                faults.add(place(), Problem::Keyword(refused));
            } else if ONE_SCHEMA.contains(&key) {
                let value = self.schema(value, &place(), faults);
                out.insert(key.to_owned(), value);
            } else if SCHEMA_LISTS.contains(&key) {
                let value = self.list(value, &place(), faults);
                out.insert(key.to_owned(), value);
            } else if SCHEMA_MAPS.contains(&key) {
                let value = self.map(key, value, &place(), faults);
                out.insert(key.to_owned(), value);
            } else if PLAIN.contains(&key) {
                if key == "pattern" {
                    self.pattern(value.as_str().unwrap_or_default(), &place(), faults);
                }
                out.insert(key.to_owned(), value.clone());
            }
        }
        self.sent_by_clients(schema, &mut out);
        if self.dialect == Dialect::V30 {
            rewrite_3_0(schema, &mut out);
        }
        bound_integer(&mut out);
        Value::Object(out)
    }

    fn reference(&mut self, reference: &Value, pointer: &str, faults: &mut FaultList) -> Option<SchemaId> {
        let target = reference.as_str().ok_or(Problem::Kind("text")).and_then(local_reference);
        match target {
            Ok(target) if self.document.pointer(&target).is_some() => return Some(self.ask(&target, faults)),
            Ok(_) => faults.add(pointer, Problem::Dangling),
            Err(problem) => faults.add(pointer, problem),
        }
        None
    }

    fn list(&mut self, list: &Value, pointer: &str, faults: &mut FaultList) -> Value {
        let Value::Array(list) = list else {
            faults.add(pointer, Problem::Kind("a list of schemas"));
            return json!([true]);
        };
        let each = |(at, schema)| self.schema(schema, &join(pointer, &format!("{at}")), faults);
        list.iter().enumerate().map(each).collect()
    }

    fn map(&mut self, keyword: &str, map: &Value, pointer: &str, faults: &mut FaultList) -> Value {
        let Value::Object(map) = map else {
            faults.add(pointer, Problem::Kind("schemas by name"));
            return json!({});
        };
        let mut out = Map::new();
        for (name, schema) in map {
            let place = join(pointer, name);
            if keyword == "patternProperties" {
                self.pattern(name, &place, faults);
            } else if !self.names.contains(name.as_str()) {
                self.names.insert(name.as_str().into());
            }
            out.insert(name.clone(), self.schema(schema, &place, faults));
        }
        Value::Object(out)
    }

    fn pattern(&mut self, pattern: &str, pointer: &str, faults: &mut FaultList) {
        if self.patterns.len() >= MAX_PATTERNS {
            return faults.add(pointer, Problem::TooManyPatterns);
        }
        // The same engine that will match it says whether it can.
        let compiles = || options().build(&json!({ "pattern": pattern })).is_ok();
        let known = self.patterns.entry(pattern.to_owned()).or_insert_with(compiles);
        if !*known {
            faults.add(pointer, Problem::Pattern);
        }
    }

    /// A `readOnly` property is required of responses only (OpenAPI 3.0.4, 4.7.24.1).
    fn sent_by_clients(&self, schema: &Map<String, Value>, out: &mut Map<String, Value>) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let Some(Value::Array(required)) = out.get_mut("required") else { return };
        required.retain(|name| {
            let property = name.as_str().and_then(|name| properties.get(name));
            !property.is_some_and(|property| self.is_read_only(property))
        });
    }

    fn is_read_only(&self, property: &Value) -> bool {
        let says = |schema: &Value| schema.get("readOnly") == Some(&Value::Bool(true));
        let target = property.get("$ref").and_then(Value::as_str).and_then(|target| local_reference(target).ok());
        says(property) || target.and_then(|target| self.document.pointer(&target)).is_some_and(says)
    }
}

/// `nullable` and boolean `exclusiveMinimum`, `exclusiveMaximum` (OpenAPI 3.0.4, 4.7.24).
fn rewrite_3_0(schema: &Map<String, Value>, out: &mut Map<String, Value>) {
    if schema.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::String(kind)) = out.get("type")
    {
        let kinds = json!([kind, "null"]);
        out.insert("type".to_owned(), kinds);
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match out.get(exclusive) {
            Some(Value::Bool(true)) => match out.remove(bound) {
                Some(limit) => drop(out.insert(exclusive.to_owned(), limit)),
                None => drop(out.remove(exclusive)),
            },
            Some(Value::Bool(false)) => drop(out.remove(exclusive)),
            _ => {}
        }
    }
}

/// `int32` and `int64` are formats of numbers, which JSON Schema does not look at.
fn bound_integer(out: &mut Map<String, Value>) {
    let bounds = match out.get("format").and_then(Value::as_str) {
        Some("int32") => json!({ "minimum": i32::MIN, "maximum": i32::MAX }),
        Some("int64") => json!({ "minimum": i64::MIN, "maximum": i64::MAX }),
        _ => return,
    };
    if let Value::Array(all) = out.entry("allOf").or_insert_with(|| json!([])) {
        all.push(bounds);
    }
}

fn options() -> jsonschema::ValidationOptions<'static> {
    let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_MEMORY).dfa_size_limit(4 * MAX_PATTERN_MEMORY);
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(patterns)
        .with_format("byte", is_base64)
        .with_format("regex", is_small_pattern)
}

/// RFC 4648, section 4, with padding.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let alphabet = body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    alphabet && text.len().is_multiple_of(4) && text.len() - body.len() <= 2
}

/// A pattern that a client sends must not cost us more than its length.
fn is_small_pattern(text: &str) -> bool {
    text.len() <= 1_024 && regex::RegexBuilder::new(text).size_limit(MAX_PATTERN_MEMORY / 8).build().is_ok()
}
