//! Whether the work of a check is bounded: no circle at one place, no bushes, no endless chains.

use std::collections::HashMap;

use serde_json::Value;

use super::{MAX_CHAIN, MAX_WEIGHT, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS};
use crate::error::{FaultList, Problem};

/// Keywords whose schemas look at the same value.
const SAME_PLACE: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

pub(super) fn check(definitions: &[Value], pointers: &[String], faults: &mut FaultList) {
    let mut weights = Weights { definitions, known: HashMap::new() };
    for (id, (definition, pointer)) in definitions.iter().zip(pointers).enumerate() {
        let weighed = weights.of_definition(id, 0).and_then(|_| weights.everywhere(definition));
        if let Err(problem) = weighed {
            faults.add(pointer, problem);
        }
    }
    let mut reached = vec![false; definitions.len()];
    for (id, pointer) in pointers.iter().enumerate() {
        if nests_too_deep(definitions, id, &mut reached, 0) {
            return faults.add(pointer, Problem::ChainTooLong);
        }
    }
}

struct Weights<'a> {
    definitions: &'a [Value],
    /// None while it is being weighed.
    known: HashMap<usize, Option<usize>>,
}

impl Weights<'_> {
    fn of_definition(&mut self, id: usize, chain: usize) -> Result<usize, Problem> {
        if chain > MAX_CHAIN {
            return Err(Problem::ChainTooLong);
        }
        match self.known.get(&id) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Problem::Circular),
            None => drop(self.known.insert(id, None)),
        }
        let definitions = self.definitions;
        let weight = definitions.get(id).map_or(Ok(1), |schema| self.at_one_place(schema, chain));
        // After a fault it counts as light: the fault was told, and others may follow.
        self.known.insert(id, Some(weight.as_ref().map_or(1, |weight| *weight)));
        weight
    }

    fn at_one_place(&mut self, schema: &Value, chain: usize) -> Result<usize, Problem> {
        let mut weight = 1_usize;
        for part in parts(schema, SAME_PLACE) {
            weight = weight.saturating_add(self.at_one_place(part, chain)?);
        }
        if let Some(target) = target(schema) {
            weight = weight.saturating_add(self.of_definition(target, chain + 1)?);
        }
        if weight > MAX_WEIGHT { Err(Problem::TooHeavy) } else { Ok(weight) }
    }

    fn everywhere(&mut self, schema: &Value) -> Result<(), Problem> {
        self.at_one_place(schema, 0)?;
        for keywords in [ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS] {
            for part in parts(schema, keywords) {
                self.everywhere(part)?;
            }
        }
        Ok(())
    }
}

/// Times that a value may be looked at because a schema comes back to itself by several ways.
const MAX_LOOKS: usize = 1 << 16;

/// How deep a body may be nested, `levels` at most: where a schema comes back to itself by `n` ways on each level, each level
/// is looked at `n` times as often as the one above.
pub(super) fn safe_depth(definitions: &[Value], levels: usize) -> usize {
    let references: Vec<Vec<usize>> = definitions.iter().map(references).collect();
    let returns: Vec<bool> = (0..definitions.len()).map(|id| comes_back(&references, id)).collect();
    let returning = definitions.iter().zip(&returns).filter(|(_, returns)| **returns);
    let ways = returning.map(|(schema, _)| ways_back(definitions, &returns, schema)).max().unwrap_or(0);
    if ways < 2 {
        return levels;
    }
    let (mut depth, mut looks) = (0, ways);
    while depth < levels && looks <= MAX_LOOKS {
        looks = looks.saturating_mul(ways);
        depth += 1;
    }
    depth
}

/// By how many ways a schema leads one level down to what comes back to itself.
fn ways_back(definitions: &[Value], returns: &[bool], schema: &Value) -> usize {
    let is_back = |part: &&Value| references(part).iter().any(|id| returns.get(*id) == Some(&true));
    // Properties are different values; patterns and the rest may fall on one that has its own schema.
    let own = parts(schema, &["properties"]).iter().any(&is_back);
    let shared =
        ["patternProperties", "additionalProperties", "unevaluatedProperties", "prefixItems", "items", "contains"];
    let shared = shared.iter().filter(|keyword| parts(schema, &[**keyword]).iter().any(&is_back)).count();
    let alongside: usize = parts(schema, SAME_PLACE).iter().map(|part| ways_back(definitions, returns, part)).sum();
    let referred = target(schema).and_then(|id| definitions.get(id));
    usize::from(own) + shared + alongside + referred.map_or(0, |schema| ways_back(definitions, returns, schema))
}

/// Every definition that a schema refers to, in whatever part of it.
fn references(schema: &Value) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), vec![schema]);
    while let Some(schema) = open.pop() {
        found.extend(target(schema));
        open.extend([ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS].into_iter().flat_map(|keywords| parts(schema, keywords)));
    }
    found
}

/// Whether a definition leads back to itself.
fn comes_back(references: &[Vec<usize>], home: usize) -> bool {
    let (mut seen, mut open) = (vec![false; references.len()], vec![home]);
    while let Some(id) = open.pop() {
        for next in references.get(id).into_iter().flatten() {
            if *next == home {
                return true;
            }
            if let Some(seen) = seen.get_mut(*next).filter(|seen| !**seen) {
                *seen = true;
                open.push(*next);
            }
        }
    }
    false
}

/// The order in which schemas are compiled: whatever was not reached yet is compiled on the way.
fn nests_too_deep(definitions: &[Value], id: usize, reached: &mut [bool], depth: usize) -> bool {
    match reached.get_mut(id) {
        Some(reached) if !*reached => *reached = true,
        _ => return false,
    }
    depth > MAX_CHAIN || definitions.get(id).is_some_and(|schema| refers_too_deep(definitions, schema, reached, depth))
}

fn refers_too_deep(definitions: &[Value], schema: &Value, reached: &mut [bool], depth: usize) -> bool {
    let below = [ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS]
        .into_iter()
        .flat_map(|keywords| parts(schema, keywords))
        .any(|part| refers_too_deep(definitions, part, reached, depth));
    below || target(schema).is_some_and(|target| nests_too_deep(definitions, target, reached, depth + 1))
}

/// Schemas below these keywords. A value that is not a schema has no parts.
pub(super) fn parts<'a>(schema: &'a Value, keywords: &[&'static str]) -> Vec<&'a Value> {
    let mut parts = Vec::new();
    for keyword in keywords {
        let is_map = SCHEMA_MAPS.contains(keyword);
        match schema.get(keyword) {
            Some(Value::Array(list)) => parts.extend(list),
            Some(Value::Object(map)) if is_map => parts.extend(map.values()),
            Some(part) => parts.push(part),
            None => {}
        }
    }
    parts
}

/// The number of the definition that the schema refers to.
pub(super) fn target(schema: &Value) -> Option<usize> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/s")?.parse().ok()
}
