//! Documents that are refused, each with the pointer of its fault.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::APPOINTMENT;
use crate::{Checks, Document, DocumentError, MAX_DOCUMENT_BYTES, MAX_FAULTS, MAX_OPERATIONS};

fn faults(document: &Value) -> Vec<String> {
    match Document::compile(document.to_string().as_bytes()) {
        Err(DocumentError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Ok(_) => Vec::new(),
        Err(other) => vec![other.to_string()],
    }
}

/// A document with one body schema and these components.
fn with_schema(schema: Value, schemas: Value) -> Value {
    json!({"openapi": "3.1.0", "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}},
        "components": {"schemas": schemas}})
}

const SCHEMA: &str = "/paths/~1a/post/requestBody/content/application~1json/schema";

#[track_caller]
fn check_schema(schema: Value, schemas: Value, expected: &[&str]) {
    let told: Vec<String> =
        faults(&with_schema(schema, schemas)).iter().map(|told| told.replace(SCHEMA, "SCHEMA")).collect();
    assert_eq!(told, expected);
}

#[test]
fn what_is_no_document_is_refused() {
    let check = |document: Value, expected: &[&str]| assert_eq!(faults(&document), expected);
    check(json!({"swagger": "2.0"}), &["/openapi: is missing"]);
    check(json!({"openapi": "2.0"}), &["/openapi: only OpenAPI 3.0 and 3.1 are known"]);
    check(json!({"openapi": "3.1.0"}), &["/paths: is missing"]);
    check(json!({"openapi": "3.1.0", "paths": {"a": {}}}), &["/paths/a: expected a path that begins with `/`"]);
    check(json!({"openapi": "3.1.0", "paths": {"/{a}": {}, "/{b}": {}}}), &["/paths/~1{b}: the same path as /{a}"]);
    check(
        json!({"openapi": "3.1.0", "paths": {"/{a}": {"get": {}}}}),
        &["/paths/~1{a}/get: `{a}` is not described as a path parameter"],
    );
    let parameters =
        json!([{"in": "query"}, {"name": "a", "in": "body"}, {"name": "b", "in": "query"}, {"$ref": "#/x"}]);
    check(
        json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": parameters}}}}),
        &[
            "/paths/~1a/get/parameters/0/name: is missing",
            "/paths/~1a/get/parameters/1/in: expected path, query, header or cookie",
            "/paths/~1a/get/parameters/2/schema: is missing",
            "/paths/~1a/get/parameters/3/$ref: the reference leads nowhere",
        ],
    );
    assert_eq!(Document::compile(b"\xff").unwrap_err(), DocumentError::NotUtf8);
    assert!(matches!(Document::compile(b"{").unwrap_err(), DocumentError::Unreadable { format: "JSON", .. }));
    assert!(matches!(Document::compile(b"a: [").unwrap_err(), DocumentError::Unreadable { format: "YAML", .. }));
    assert_eq!(
        Document::compile(&vec![b' '; MAX_DOCUMENT_BYTES + 1]).unwrap_err(),
        DocumentError::TooLong(MAX_DOCUMENT_BYTES + 1)
    );
}

#[test]
fn faults_of_schemas_have_their_pointers() {
    check_schema(
        json!({"$ref": "https://evil.example/a.json"}),
        json!({}),
        &["SCHEMA/$ref: the reference leaves the document"],
    );
    check_schema(
        json!({"items": {"$ref": "other.yaml#/A"}}),
        json!({}),
        &["SCHEMA/items/$ref: the reference leaves the document"],
    );
    check_schema(
        json!({"properties": {"a/b": {"$ref": "#/components/schemas/B"}}}),
        json!({}),
        &["SCHEMA/properties/a~1b/$ref: the reference leads nowhere"],
    );
    check_schema(
        json!({"pattern": "(a)\\1"}),
        json!({}),
        &["SCHEMA/pattern: not a pattern of linear time and moderate size"],
    );
    check_schema(
        json!({"pattern": "(?:a{1000}){1000}"}),
        json!({}),
        &["SCHEMA/pattern: not a pattern of linear time and moderate size"],
    );
    check_schema(json!({"type": "text"}), json!({}), &["SCHEMA/type: not a schema: anyOf"]);
    check_schema(json!({"allOf": 1}), json!({}), &["SCHEMA/allOf: expected a list of schemas"]);
    check_schema(json!({"$id": "x"}), json!({}), &["SCHEMA/$id: the keyword $id is not supported"]);
    // A property may be called so.
    check_schema(json!({"properties": {"$id": {"type": "string"}}}), json!({}), &[]);
}

#[test]
fn circles_at_one_place_and_bushes_are_refused() {
    let schema = json!({"$ref": "#/components/schemas/A"});
    let circle =
        json!({"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"not": {"$ref": "#/components/schemas/A"}}});
    check_schema(schema.clone(), circle, &["/components/schemas/A: refers to itself without going into the value"]);
    let recursive = json!({"A": {"properties": {"a": {"$ref": "#/components/schemas/A"}}}});
    check_schema(schema.clone(), recursive, &[]);
    let mut bush = serde_json::Map::new();
    for level in 0..30 {
        let next = json!({"$ref": format!("#/components/schemas/L{}", level + 1)});
        bush.insert(format!("L{level}"), json!({"anyOf": [next, next]}));
    }
    bush.insert("L30".to_owned(), json!({}));
    let told = faults(&with_schema(json!({"$ref": "#/components/schemas/L0"}), bush.into()));
    assert!(told.iter().any(|told| told.ends_with("would be held against more than 1000 schemas")), "{told:?}");
}

#[test]
fn endless_chains_are_refused_and_long_ones_fit_the_stack() {
    let chain = |length: usize, link: fn(Value) -> Value| {
        let mut schemas = serde_json::Map::new();
        for at in 0..length {
            schemas.insert(format!("C{at}"), link(json!({"$ref": format!("#/components/schemas/C{}", at + 1)})));
        }
        schemas.insert(format!("C{length}"), json!({"type": "object"}));
        faults(&with_schema(json!({"$ref": "#/components/schemas/C0"}), schemas.into()))
    };
    let into = |next: Value| json!({"properties": {"n": next}});
    let same = |next: Value| json!({"type": "object", "allOf": [next]});
    assert_eq!(chain(120, into), [""; 0]);
    assert_eq!(chain(120, same), [""; 0]);
    for told in [chain(4_000, into), chain(4_000, same)] {
        assert!(told.iter().any(|told| told.ends_with("goes through more than 128 schemas")), "{told:?}");
    }
}

#[test]
fn bombs_are_refused() {
    let mut aliases = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..10 {
        let items = vec![format!("*a{}", level - 1); 10].join(",");
        writeln!(aliases, "a{level}: &a{level} [{items}]").unwrap();
    }
    assert!(matches!(Document::compile(aliases.as_bytes()).unwrap_err(), DocumentError::Unreadable { .. }));
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"openapi\":{}1{}}}", open.repeat(100), close.repeat(100));
        assert!(Document::compile(deep.as_bytes()).is_err());
    }
    assert!(Document::compile("- ".repeat(100_000).as_bytes()).is_err());
    let mut paths = serde_json::Map::new();
    for at in 0..=MAX_OPERATIONS {
        paths.insert(format!("/p{at}"), json!({"get": {}}));
    }
    let told = faults(&json!({"openapi": "3.1.0", "paths": paths}));
    assert!(told.iter().all(|told| told.ends_with("more than 5000 operations")) && !told.is_empty());
    let many: Vec<Value> = (0..100).map(|_| json!({"in": "query"})).collect();
    assert_eq!(faults(&json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": many}}}})).len(), MAX_FAULTS);
}

#[test]
fn a_document_is_shared_between_threads_and_lists_its_operations() {
    fn shared<T: Send + Sync>(_: &T) {}
    let document = Document::compile(APPOINTMENT.as_bytes()).unwrap();
    shared(&document);
    let listed: Vec<_> = document.operations().filter(|operation| operation.template == "/appointments/{id}").collect();
    let ids: Vec<_> = listed.iter().map(|operation| (operation.method, operation.operation_id)).collect();
    assert_eq!(ids, [("GET", Some("appointmentGet")), ("DELETE", Some("appointmentCancel"))]);
    assert_eq!(document.operations().count(), 10);
    let checks: Checks = serde_json::from_str(r#"{"refuse_unknown_parameters":true}"#).unwrap();
    assert_eq!(checks, Checks { refuse_unknown_parameters: true, ..Checks::default() });
}

/// The same schema in both dialects: in 3.0 siblings of `$ref` count nothing and `nullable` does, in 3.1 the other way.
#[test]
fn dialects_differ_where_the_standard_says_so() {
    let verdict = |version: &str, body: &str| {
        let schema = json!({"type": "object", "properties": {
            "n": {"type": "string", "nullable": true},
            "r": {"$ref": "#/components/schemas/R", "maxLength": 2},
            "t": {"type": ["string", "null"]},
        }});
        let mut document = with_schema(schema, json!({"R": {"type": "string"}}));
        document["openapi"] = version.into();
        let document = Document::compile(document.to_string().as_bytes()).unwrap();
        document.check_body("POST", "/a", Some(b"application/json"), body.as_bytes(), &Checks::default()).is_empty()
    };
    for (body, in_3_0, in_3_1) in [
        (r#"{"n":null}"#, true, false),
        (r#"{"r":"long"}"#, true, false),
        (r#"{"t":null}"#, true, true),
        (r#"{"n":1}"#, false, false),
    ] {
        assert_eq!((verdict("3.0.3", body), verdict("3.1.0", body)), (in_3_0, in_3_1), "{body}");
    }
}
