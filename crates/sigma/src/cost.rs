//! What a rule may cost: bounds on everything that is compiled or kept for it, held against the document before it is compiled.
//!
//! Matching itself is linear in the event: patterns have no look-around and no back references. What is left to bound is the
//! size of what a rule compiles to, and the state of correlations.

use std::time::Duration;

use regex::RegexBuilder;
use serde_json::Value;

use crate::read::Document;
use crate::report::Reason;
use crate::rule::duration;

/// Longest condition.
pub(crate) const MAX_CONDITION_BYTES: usize = 2_048;
/// Brackets inside brackets.
pub(crate) const MAX_CONDITION_DEPTH: usize = 32;
/// Values of all fields of a rule; public lists of hashes have 2,000.
pub(crate) const MAX_VALUES: usize = 5_000;
/// Regular expressions of a rule.
pub(crate) const MAX_PATTERNS: usize = 200;
pub(crate) const MAX_PATTERN_BYTES: usize = 4_096;
/// What one expression may compile to.
pub(crate) const MAX_PATTERN_SIZE: usize = 1 << 20;
/// `*` and `?` in one value: each becomes a repetition.
pub(crate) const MAX_WILDCARDS: usize = 32;
/// Texts that `windash` makes of a rule's values: five of each dash.
pub(crate) const MAX_VARIANTS: usize = 5_000;
/// Rules that a correlation refers to.
pub(crate) const MAX_REFERENCES: usize = 32;
/// Rules in an order: the search for one grows with a power of them.
pub(crate) const MAX_STEPS: usize = 4;
pub(crate) const MAX_GROUP_FIELDS: usize = 6;
/// Longest time frame: so long is state kept.
pub(crate) const MAX_TIMEFRAME_DAYS: u64 = 31;

const WINDASH_VARIANTS: usize = 5;

pub(crate) fn check(document: &Document) -> Result<(), Reason> {
    if let Some(correlation) = document.get("correlation") {
        return check_correlation(correlation);
    }
    let Some(Value::Object(detection)) = document.get("detection") else { return Ok(()) };
    let mut spent = Spent::default();
    for (name, part) in detection {
        match name.as_str() {
            "condition" => texts(part).try_for_each(check_condition)?,
            "timeframe" => {}
            _ => spent.part(part, &[])?,
        }
    }
    Ok(())
}

/// Of a scalar its text, of a list those of its items.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    items.iter().filter_map(Value::as_str)
}

fn check_condition(condition: &str) -> Result<(), Reason> {
    if condition.len() > MAX_CONDITION_BYTES {
        return Err(Reason::ConditionTooLong);
    }
    let mut depth = 0_usize;
    for byte in condition.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_CONDITION_DEPTH {
            return Err(Reason::ConditionTooDeep);
        }
    }
    Ok(())
}

/// What a rule has spent so far.
#[derive(Default)]
struct Spent {
    values: usize,
    patterns: usize,
    variants: usize,
}

impl Spent {
    /// One part of a detection: fields in a mapping, alternatives in a list, values below. The reader bounds the depth.
    fn part(&mut self, part: &Value, modifiers: &[&str]) -> Result<(), Reason> {
        match part {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if key == "condition" {
                        texts(value).try_for_each(check_condition)?;
                    }
                    let modifiers: Vec<&str> = key.split('|').skip(1).collect();
                    self.part(value, &modifiers)?;
                }
                Ok(())
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.part(item, modifiers)),
            scalar => self.value(scalar, modifiers),
        }
    }

    fn value(&mut self, value: &Value, modifiers: &[&str]) -> Result<(), Reason> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Reason::TooManyValues);
        }
        let Some(text) = value.as_str() else { return Ok(()) };
        if modifiers.contains(&"re") {
            return self.pattern(text, modifiers.iter().any(|modifier| matches!(*modifier, "i" | "ignorecase")));
        }
        if text.bytes().filter(|byte| matches!(byte, b'*' | b'?')).count() > MAX_WILDCARDS {
            return Err(Reason::TooManyWildcards);
        }
        if modifiers.contains(&"windash") {
            let dashes = text.bytes().filter(|byte| *byte == b'-').count();
            let variants = u32::try_from(dashes).ok().and_then(|dashes| WINDASH_VARIANTS.checked_pow(dashes));
            self.variants = self.variants.saturating_add(variants.unwrap_or(usize::MAX));
            if self.variants > MAX_VARIANTS {
                return Err(Reason::TooManyVariants);
            }
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &str, ignore_case: bool) -> Result<(), Reason> {
        self.patterns += 1;
        if self.patterns > MAX_PATTERNS {
            return Err(Reason::TooManyPatterns);
        }
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(Reason::PatternTooLong);
        }
        // The engine compiles with the crate's own, ten times larger bound; what passes here passes there.
        RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN_SIZE)
            .nest_limit(64)
            .case_insensitive(ignore_case)
            .build()
            .map(drop)
            .map_err(|_| Reason::Pattern)
    }
}

fn check_correlation(correlation: &Value) -> Result<(), Reason> {
    let count = |name: &str| correlation.get(name).map_or(0, |value| texts(value).count());
    let references = count("rules");
    if references > MAX_REFERENCES {
        return Err(Reason::TooManyReferences);
    }
    let kind = correlation.get("type").and_then(Value::as_str);
    if kind == Some("temporal_ordered") && references > MAX_STEPS {
        return Err(Reason::TooManySteps);
    }
    if count("group-by") > MAX_GROUP_FIELDS {
        return Err(Reason::TooManyGroupFields);
    }
    if let Some(condition) = correlation.get("condition") {
        texts(condition).try_for_each(check_condition)?;
    }
    let mut times = ["timespan", "timeframe", "gap"].into_iter().filter_map(|name| correlation.get(name));
    if times.all(is_timeframe) { Ok(()) } else { Err(Reason::Timeframe) }
}

fn is_timeframe(value: &Value) -> bool {
    let allowed = Duration::from_secs(1)..=Duration::from_secs(MAX_TIMEFRAME_DAYS * 86_400);
    value.as_str().and_then(duration).is_some_and(|duration| allowed.contains(&duration))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(document: Value, expected: Result<(), Reason>) {
        let Value::Object(document) = document else { panic!("a mapping") };
        assert_eq!(super::check(&document), expected, "{document:?}");
    }

    fn detection(fields: Value) -> Value {
        json!({"detection": {"selection": fields, "condition": "selection"}})
    }

    #[test]
    fn honest_rules_pass() {
        check(
            detection(json!({"a|contains|all": ["x", "y"], "b|re": "^a.*b$", "c|windash|contains": " -e -x "})),
            Ok(()),
        );
        check(json!({"correlation": {"type": "event_count", "rules": ["a"], "timespan": "31d"}}), Ok(()));
        check(json!({"title": "nothing to cost"}), Ok(()));
    }

    #[test]
    fn what_compiles_to_too_much_is_refused() {
        check(detection(json!({"a|re": "(a{1000}){1000}"})), Err(Reason::Pattern));
        check(detection(json!({"a|re": "(?=x)"})), Err(Reason::Pattern));
        check(detection(json!({"a|re": "x".repeat(MAX_PATTERN_BYTES + 1)})), Err(Reason::PatternTooLong));
        check(detection(json!({"a|re": vec!["x"; MAX_PATTERNS + 1]})), Err(Reason::TooManyPatterns));
        check(detection(json!([{"a": vec!["x"; MAX_VALUES]}, {"b": "y"}])), Err(Reason::TooManyValues));
        check(detection(json!({"a": "*x".repeat(MAX_WILDCARDS + 1)})), Err(Reason::TooManyWildcards));
        check(detection(json!({"a|windash": "-a-b-c-d-e-f"})), Err(Reason::TooManyVariants));
        check(detection(json!({"a|windash": "-".repeat(80)})), Err(Reason::TooManyVariants));
    }

    #[test]
    fn conditions_cannot_overflow_the_stack() {
        let condition = |condition: String| json!({"detection": {"a": {"b": 1}, "condition": condition}});
        check(condition("(".repeat(33)), Err(Reason::ConditionTooDeep));
        check(condition("a or ".repeat(500)), Err(Reason::ConditionTooLong));
        check(json!({"detection": {"a": {"b": 1}, "condition": ["a", "(".repeat(33)]}}), Err(Reason::ConditionTooDeep));
    }

    #[test]
    fn correlations_keep_bounded_state() {
        let correlation = |fields: Value| json!({"correlation": fields});
        check(correlation(json!({"rules": vec!["a"; 33], "timespan": "1m"})), Err(Reason::TooManyReferences));
        let five = json!({"type": "temporal_ordered", "rules": ["a", "b", "c", "d", "e"], "timespan": "1m"});
        check(correlation(five), Err(Reason::TooManySteps));
        check(
            correlation(json!({"rules": "a", "group-by": vec!["f"; 7], "timespan": "1m"})),
            Err(Reason::TooManyGroupFields),
        );
        for timespan in ["32d", "0s", "1y", "", "-1s", "99999999999999999999s"] {
            check(correlation(json!({"rules": "a", "timespan": timespan})), Err(Reason::Timeframe));
        }
        check(correlation(json!({"rules": "a", "timeframe": 60})), Err(Reason::Timeframe));
    }
}
