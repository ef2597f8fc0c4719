//! Holds a request against the document.

use jsonschema::ValidationError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::compile::{Body, Content, Document, Operation};
use crate::parameter::{Parameter, Place};
use crate::path::Found;
use crate::read::{is_deeper, join};
use crate::schema::{Fields, Schemas};
use crate::value::{Types, meanings, pairs, percent_decoded};
use crate::violation::{Code, MAX_VIOLATIONS, Violation, Whose, explain, missing_property};

/// Levels of nesting in a JSON body.
pub const MAX_BODY_DEPTH: usize = 32;
pub const DEFAULT_MAX_BODY_BYTES: u64 = 1 << 20;
/// Query parameters and form fields that are looked at; more is a violation.
const MAX_PAIRS: usize = 1_000;

/// What is checked beyond the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checks {
    /// Whether a query parameter that is not described is a violation.
    pub refuse_unknown_parameters: bool,
    pub max_body_bytes: u64,
}

impl Default for Checks {
    fn default() -> Self {
        Self { refuse_unknown_parameters: false, max_body_bytes: DEFAULT_MAX_BODY_BYTES }
    }
}

/// The head of a request, as it came.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    pub method: &'a str,
    /// With the base path, percent-encoded, without the query. Dot segments and `//` match no template.
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// The value of a header by its name in lower case; of several the one that the application takes.
    pub header: &'a dyn Fn(&str) -> Option<&'a [u8]>,
    /// None if the length is not known, as with chunks.
    pub content_length: Option<u64>,
}

impl Document {
    /// Judges what is known before the body: path, method, parameters, content type, announced length.
    pub fn check_head(&self, head: &RequestHead<'_>, checks: &Checks) -> Vec<Violation> {
        let (found, operation) = match self.operation(head.method, head.path) {
            Ok(Some(found)) => found,
            Ok(None) if is_preflight(head) => return Vec::new(),
            Ok(None) => return vec![Violation::new(Code::MethodNotAllowed, "method", self.methods(head.path))],
            Err(violation) => return vec![violation],
        };
        let mut violations = Vec::new();
        for (value, parameter) in found.values.iter().zip(&operation.path) {
            let check = |parameter: &Parameter| parameter.check(&[value.as_bytes()], self.schemas());
            violations.extend(parameter.as_ref().and_then(check));
        }
        self.check_query(head.query.unwrap_or_default(), operation, checks, &mut violations);
        let cookies = cookies((head.header)("cookie").unwrap_or_default());
        for parameter in &operation.others {
            let values: Vec<&[u8]> = match parameter.place {
                Place::Header => (head.header)(&parameter.name).into_iter().collect(),
                _ => cookies
                    .iter()
                    .filter(|(name, _)| *name == parameter.name.as_bytes())
                    .map(|(_, value)| *value)
                    .collect(),
            };
            violations.extend(parameter.check(&values, self.schemas()));
        }
        let has_body = head.content_length.is_none_or(|length| length > 0);
        if head.content_length.is_some_and(|length| length > checks.max_body_bytes) {
            violations.push(too_large(checks));
        }
        match &operation.body {
            Some(body) if head.content_length == Some(0) && body.required => violations.push(missing()),
            Some(body) if has_body => {
                let content_type = (head.header)("content-type");
                if content_type.is_some() || head.content_length.is_some() {
                    violations.extend(body.content(content_type).err());
                }
            }
            _ => {}
        }
        violations.truncate(MAX_VIOLATIONS);
        violations
    }

    /// Judges the whole body. An unknown path or method is `check_head`'s to tell, and gives nothing here.
    pub fn check_body(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&[u8]>,
        body: &[u8],
        checks: &Checks,
    ) -> Vec<Violation> {
        let Ok(Some((_, operation))) = self.operation(method, path) else { return Vec::new() };
        if u64::try_from(body.len()).unwrap_or(u64::MAX) > checks.max_body_bytes {
            return vec![too_large(checks)];
        }
        let Some(described) = &operation.body else { return Vec::new() };
        if body.is_empty() {
            return if described.required { vec![missing()] } else { Vec::new() };
        }
        let content = match described.content(content_type) {
            Ok(content) => content,
            Err(violation) => return vec![violation],
        };
        let (value, schema) = match content {
            Content::Opaque => return Vec::new(),
            Content::Json(schema) => match serde_json::from_slice::<Value>(body) {
                Ok(value) => (value, *schema),
                Err(_) => return vec![Violation::new(Code::BodyUnreadable, "body", "JSON")],
            },
            Content::Form(schema, fields) => match form(body, fields) {
                Some(value) => (value, *schema),
                None => return vec![Violation::new(Code::BodyUnreadable, "body", "a form in UTF-8")],
            },
        };
        let depth = self.schemas().depth();
        if is_deeper(&value, depth) {
            return vec![Violation::new(Code::BodyTooDeep, "body", format!("at most {depth} levels"))];
        }
        let Some(validator) = self.schemas().validator(schema) else { return Vec::new() };
        if validator.is_valid(&value) {
            return Vec::new();
        }
        let told = |error: ValidationError<'_>| body_violation(&error, self.schemas());
        validator.iter_errors(&value).take(MAX_VIOLATIONS).map(told).collect()
    }

    /// The operation, or none if the path is known and the method is not.
    fn operation(&self, method: &str, path: &str) -> Result<Option<(Found, &Operation)>, Violation> {
        let unknown = || Violation::new(Code::UnknownPath, "path", "a described path");
        let found = self.find(path).ok_or_else(unknown)?;
        let operation = self.operation_of(found.path, method);
        Ok(operation.map(|operation| (found, operation)))
    }

    fn check_query(&self, query: &str, operation: &Operation, checks: &Checks, violations: &mut Vec<Violation>) {
        let mut sent: Vec<(Option<String>, &[u8])> = Vec::new();
        for (name, value) in pairs(query.as_bytes()) {
            if sent.len() >= MAX_PAIRS {
                violations.push(Violation::new(
                    Code::ParameterUnknown,
                    "query",
                    format!("at most {MAX_PAIRS} parameters"),
                ));
                break;
            }
            sent.push((percent_decoded(name, true), value));
        }
        for parameter in &operation.query {
            let mut values = Vec::new();
            for (name, value) in &sent {
                if name.as_ref().is_some_and(|name| parameter.owns(name)) {
                    values.push(*value);
                }
            }
            violations.extend(parameter.check(&values, self.schemas()));
        }
        let is_known =
            |name: &str| operation.query.iter().any(|parameter| parameter.owns(name)) || self.is_api_key(name);
        let unknown = sent.iter().any(|(name, _)| !name.as_ref().is_some_and(|name| is_known(name)));
        if checks.refuse_unknown_parameters && unknown {
            violations.push(Violation::new(Code::ParameterUnknown, "query.*", "only described parameters"));
        }
    }
}

/// A browser asks before a request from another origin (Fetch, 4.8); documents do not describe that.
fn is_preflight(head: &RequestHead<'_>) -> bool {
    head.method == "OPTIONS" && (head.header)("access-control-request-method").is_some()
}

fn too_large(checks: &Checks) -> Violation {
    Violation::new(Code::BodyTooLarge, "body", format!("at most {} bytes", checks.max_body_bytes))
}

fn missing() -> Violation {
    Violation::new(Code::BodyMissing, "body", "a body")
}

fn body_violation(error: &ValidationError<'_>, schemas: &Schemas) -> Violation {
    let (code, expected) = explain(error, Whose::Body);
    let mut place = format!("body{}", known_path(error.instance_path().as_str(), schemas));
    if let Some(property) = missing_property(error) {
        place = join(&place, property);
    }
    Violation::new(code, place, expected)
}

/// A pointer into a value in which only names of the document and positions are left: other names are the client's words.
pub(crate) fn known_path(pointer: &str, schemas: &Schemas) -> String {
    let shown = |segment: &str| {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let is_position = segment.len() <= 6 && segment.bytes().all(|byte| byte.is_ascii_digit());
        if is_position || schemas.knows(&name) { format!("/{segment}") } else { "/*".to_owned() }
    };
    pointer.split('/').skip(1).map(shown).collect()
}

/// Names and values of a `Cookie` header (RFC 6265, 4.2.1).
fn cookies(header: &[u8]) -> Vec<(&[u8], &[u8])> {
    let pair = |pair: &'_ [u8]| -> Option<(usize, usize)> {
        let begin = pair.iter().position(|byte| *byte != b' ')?;
        Some((begin, begin + pair.get(begin..)?.iter().position(|byte| *byte == b'=')?))
    };
    let split =
        |whole| pair(whole).and_then(|(begin, equals)| Some((whole.get(begin..equals)?, whole.get(equals + 1..)?)));
    header.split(|byte| *byte == b';').take(MAX_PAIRS).filter_map(split).collect()
}

/// The fields of a form, each with the type that the schema wants; of a field that comes twice and is no list, a list is made,
/// which its schema refuses.
fn form(body: &[u8], fields: &Fields) -> Option<Value> {
    let mut object = Map::new();
    for (at, (name, value)) in pairs(body).enumerate() {
        if at >= MAX_PAIRS {
            return None;
        }
        let (name, value) = (percent_decoded(name, true)?, percent_decoded(value, true)?);
        let (types, item_types) = fields.get(name.as_str()).copied().unwrap_or((Types::STRING, Types::STRING));
        let is_list = types.is_only(Types::ARRAY);
        let value = meanings(&value, if is_list { item_types } else { types }).pop()?;
        match object.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if is_list => drop(object.insert(name, Value::Array(vec![value]))),
            None => drop(object.insert(name, value)),
        }
    }
    Some(Value::Object(object))
}

impl Body {
    /// The content that the type names; the most exact description wins.
    fn content(&self, content_type: Option<&[u8]>) -> Result<&Content, Violation> {
        let sent = content_type.and_then(|text| std::str::from_utf8(text).ok()).map(crate::compile::essence);
        let matching = |(range, _): &&(Box<str>, Content)| sent.as_deref().is_some_and(|sent| covers(range, sent));
        let best = self.contents.iter().filter(matching).max_by_key(|(range, _)| specificity(range));
        best.map(|(_, content)| content).ok_or_else(|| {
            let ranges: Vec<&str> = self.contents.iter().map(|(range, _)| &**range).take(10).collect();
            Violation::new(Code::ContentType, "content_type", ranges.join(" or "))
        })
    }
}

fn covers(range: &str, sent: &str) -> bool {
    let group = range.strip_suffix('*').filter(|group| group.ends_with('/'));
    range == sent || range == "*/*" || group.is_some_and(|group| sent.starts_with(group))
}

fn specificity(range: &str) -> u8 {
    match range {
        "*/*" => 0,
        _ if range.ends_with("/*") => 1,
        _ => 2,
    }
}
