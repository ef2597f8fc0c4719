//! Placeholders: `field|expand: '%list%'` becomes the values of that list.
//!
//! Done on the document, before it is compiled, so that an empty list has one meaning: it matches nothing. `not` of it matches
//! everything, as with any selection that finds nothing.

use serde_json::{Map, Value};

use crate::pack::Lists;
use crate::read::Document;
use crate::report::Reason;

/// Matches no text: nothing is neither white nor not white.
const NEVER: &str = r"[^\s\S]";
/// Ways to write [`NEVER`] in one mapping, of which the first free one is taken.
const NEVER_KEYS: [&str; 4] = ["re", "re|i", "re|m", "re|s"];

pub(crate) fn expand(document: &mut Document, lists: &Lists) -> Result<(), Reason> {
    match document.get_mut("detection") {
        Some(detection) => expand_part(detection, lists),
        None => Ok(()),
    }
}

fn expand_part(part: &mut Value, lists: &Lists) -> Result<(), Reason> {
    match part {
        Value::Array(items) => items.iter_mut().try_for_each(|item| expand_part(item, lists)),
        Value::Object(fields) => {
            let mut expanded = Map::new();
            for (key, mut value) in std::mem::take(fields) {
                if key.split('|').skip(1).any(|modifier| modifier == "expand") {
                    put_values(&mut expanded, &key, &value, lists)?;
                } else {
                    expand_part(&mut value, lists)?;
                    put(&mut expanded, key, value)?;
                }
            }
            *fields = expanded;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn put_values(fields: &mut Map<String, Value>, key: &str, value: &Value, lists: &Lists) -> Result<(), Reason> {
    let mut values = Vec::new();
    let items = match value {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    for item in items {
        match item.as_str() {
            Some(text) => values.extend(fill(text, lists)?.into_iter().map(Value::from)),
            None => values.push(item.clone()),
        }
    }
    let name = key.split('|').next().unwrap_or_default();
    if values.is_empty() {
        let free = NEVER_KEYS.iter().map(|suffix| format!("{name}|{suffix}")).find(|key| !fields.contains_key(key));
        return put(fields, free.unwrap_or_else(|| name.to_owned()), NEVER.into());
    }
    let key: Vec<&str> = key.split('|').filter(|part| *part != "expand").collect();
    put(fields, key.join("|"), values.into())
}

fn put(fields: &mut Map<String, Value>, key: String, value: Value) -> Result<(), Reason> {
    match fields.insert(key.clone(), value) {
        Some(_) => Err(Reason::FieldTwice(key)),
        None => Ok(()),
    }
}

/// The texts that one text stands for: of each value of its list one. Two lists in one text are not combined.
fn fill(text: &str, lists: &Lists) -> Result<Vec<String>, Reason> {
    let Some((before, name, after)) = placeholder(text) else { return Ok(vec![text.to_owned()]) };
    let values = lists.get(name).ok_or_else(|| Reason::UnknownList(name.chars().take(64).collect()))?;
    Ok(values.iter().map(|value| format!("{before}{}{after}", plain(value))).collect())
}

fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('%')?;
    let (name, after) = rest.split_once('%')?;
    let is_name =
        !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    is_name.then_some((before, name, after))
}

/// A list holds plain texts: what is a wildcard to Sigma is escaped.
fn plain(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(selection: Value, expected: Result<Value, Reason>) {
        let mut lists = Lists::default();
        lists.set("servers", ["10.1.2.3", "10.1.2.4"]);
        lists.set("odd", ["a*b"]);
        let mut document = Map::from_iter([("detection".to_owned(), json!({"selection": selection}))]);
        let result = expand(&mut document, &lists).map(|()| document["detection"]["selection"].clone());
        assert_eq!(result, expected);
    }

    #[test]
    fn placeholder_becomes_the_values_of_its_list() {
        check(json!({"ip|expand": "%servers%"}), Ok(json!({"ip": ["10.1.2.3", "10.1.2.4"]})));
        check(
            json!({"ip|expand|contains": ["%servers%", "x"]}),
            Ok(json!({"ip|contains": ["10.1.2.3", "10.1.2.4", "x"]})),
        );
        check(json!([{"ip|expand": "net/%servers%/32"}]), Ok(json!([{"ip": ["net/10.1.2.3/32", "net/10.1.2.4/32"]}])));
        check(json!({"ip|expand": "%odd%"}), Ok(json!({"ip": [r"a\*b"]})));
        check(json!({"ip": "%servers%"}), Ok(json!({"ip": "%servers%"})));
    }

    #[test]
    fn empty_list_matches_nothing() {
        check(json!({"ip|expand|cidr": "%scanners%"}), Ok(json!({"ip|re": NEVER})));
        assert!(!regex::Regex::new(NEVER).unwrap().is_match("anything\n"));
        assert!(!regex::Regex::new(NEVER).unwrap().is_match(""));
    }

    #[test]
    fn unknown_list_and_field_written_twice_are_refused() {
        check(json!({"ip|expand": "%nobody%"}), Err(Reason::UnknownList("nobody".into())));
        check(json!({"ip": "x", "ip|expand": "%servers%"}), Err(Reason::FieldTwice("ip".into())));
    }
}
