//! Requests against our document of appointments.

use super::{STRICT, appointment, head};
use crate::{Code, Document};

#[track_caller]
fn check(target: &str, expected: &[&str]) {
    assert_eq!(head(&appointment(), "GET", target, &[], Some(0)), expected, "{target}");
}

const LIST: &str = "/api/appointment/departments";
const SLOTS: &str = "/api/appointment/departments/NK01/slots";

#[test]
fn described_requests_pass() {
    for query in [
        "",
        "?page=1",
        "?page=500&campus=north",
        "?tags=a&tags=%E5%86%85%E7%A7%91",
        "?ids=1,2,3",
        "?filter[a]=1&filter[b]=2",
        "?where=%7B%22day%22%3A1%7D",
        "?access_token=x",
        "?page=1&",
    ] {
        check(&format!("{LIST}{query}"), &[]);
    }
    for query in
        ["date=2026-11-22", "date=2026-11-22&maxFee=0.5&insured=true&doctor=0190d3a4-4b1c-7b1e-8c7e-2f9f4c0f9d3e"]
    {
        check(&format!("{SLOTS}?{query}"), &[]);
    }
    check("/internal/departments", &[]);
    check("/internal/appointments/9223372036854775807", &[]);
}

#[test]
fn each_rule_of_a_query_parameter_has_its_code() {
    for (query, expected) in [
        ("page=x", "parameter_type at query.page: expected integer"),
        ("page=1.5", "parameter_type at query.page: expected integer"),
        ("page=", "parameter_type at query.page: expected integer"),
        ("page=0", "parameter_range at query.page: expected at least 1"),
        ("page=501", "parameter_range at query.page: expected at most 500"),
        ("page=1&page=2", "parameter_repeated at query.page: expected one value"),
        ("page=%FF", "parameter_type at query.page: expected text in UTF-8"),
        ("campus=west", "parameter_enum at query.campus: expected one of [\"north\",\"south\"]"),
        ("tags=a&tags=b&tags=c&tags=d", "parameter_items at query.tags: expected at most 3 items"),
        ("tags=a&tags=123456789", "parameter_length at query.tags/1: expected at most 8 characters"),
        ("ids=1,x", "parameter_type at query.ids/1: expected integer"),
        ("ids=1,1", "parameter_items at query.ids: expected different items"),
        ("where=1", "parameter_type at query.where: expected object"),
        ("where={", "parameter_type at query.where: expected JSON"),
        ("where={}", "parameter_missing at query.where: expected a value"),
        ("debug=1", "parameter_unknown at query.*: expected only described parameters"),
    ] {
        check(&format!("{LIST}?{query}"), &[expected]);
    }
    for (query, expected) in [
        ("", "parameter_missing at query.date: expected a value"),
        ("?date=2026-02-30", "parameter_format at query.date: expected date"),
        ("?date=2026-11-22&doctor=1", "parameter_format at query.doctor: expected uuid"),
        ("?date=2026-11-22&maxFee=0", "parameter_range at query.maxFee: expected more than 0"),
        ("?date=2026-11-22&insured=yes", "parameter_type at query.insured: expected boolean"),
    ] {
        check(&format!("{SLOTS}{query}"), &[expected]);
    }
}

#[test]
fn unknown_query_parameters_pass_unless_refused() {
    let document = appointment();
    let request = crate::RequestHead {
        method: "GET",
        path: LIST,
        query: Some("debug=1"),
        header: &|_| None,
        content_length: Some(0),
    };
    assert_eq!(document.check_head(&request, &crate::Checks::default()), []);
    assert_eq!(document.check_head(&request, &STRICT)[0].code, Code::ParameterUnknown);
}

#[test]
fn path_header_and_cookie_parameters_are_checked() {
    let slots = "/api/appointment/departments/nk1/slots?date=2026-11-22";
    check(slots, &["parameter_pattern at path.department: expected pattern ^[A-Z]{2}[0-9]{2}$"]);
    check("/api/appointment/reports/0", &["parameter_range at path.id: expected at least 1"]);
    check(
        "/api/appointment/reports/9223372036854775808",
        &["parameter_range at path.id: expected at most 9223372036854775807"],
    );
    check("/api/appointment/reports/1'--.pdf", &["parameter_type at path.id: expected integer"]);
    let document = appointment();
    let headers = [("x-trace", "0123abcd"), ("cookie", "sid=1; lang=zh")];
    assert_eq!(head(&document, "GET", LIST, &headers, Some(0)), [""; 0]);
    let headers = [("x-trace", "0123ABCD"), ("cookie", "lang=fr")];
    assert_eq!(
        head(&document, "GET", LIST, &headers, Some(0)),
        [
            "parameter_pattern at header.x-trace: expected pattern ^[0-9a-f]{8}$",
            "parameter_enum at cookie.lang: expected one of [\"zh\",\"en\"]",
        ]
    );
}

#[test]
fn paths_and_methods_are_those_described() {
    let (document, unknown) = (appointment(), "unknown_path at path: expected a described path");
    for path in [
        "/",
        "/departments",
        "/api/appointment",
        "/api/appointment/",
        "/api/appointmentx/departments",
        "/api/appointment/departments/",
        "/api/appointment//departments",
        "/api/appointment/reports/.pdf/..",
        "/api/appointment/reports/%2e%2e",
        "/api/appointment/DEPARTMENTS",
    ] {
        assert_eq!(head(&document, "GET", path, &[], Some(0)), [unknown], "{path}");
    }
    assert_eq!(head(&document, "GET", "/api/appointment/d%65partments", &[], Some(0)), [""; 0]);
    let refused = ["method_not_allowed at method: expected GET"];
    assert_eq!(head(&document, "POST", LIST, &[], Some(0)), refused);
    assert_eq!(head(&document, "OPTIONS", LIST, &[], Some(0)), refused);
    assert_eq!(head(&document, "OPTIONS", LIST, &[("access-control-request-method", "GET")], Some(0)), [""; 0]);
    assert_eq!(head(&document, "HEAD", LIST, &[], Some(0)), [""; 0]);
    // The concrete path wins, also where only the template knows the method.
    assert_eq!(head(&document, "DELETE", "/internal/appointments/mine", &[], Some(0)), refused);
}

#[test]
fn content_type_and_length_are_checked_before_the_body() {
    let post = |kind: &str, length| {
        let kind = Some(("content-type", kind)).filter(|(_, kind)| !kind.is_empty());
        head(&appointment(), "POST", "/internal/appointments", kind.as_slice(), length)
    };
    assert_eq!(post("application/json", Some(10)), [""; 0]);
    assert_eq!(post("Application/JSON; charset=GBK", None), [""; 0]);
    let expected = "content_type at content_type: expected application/json or application/x-www-form-urlencoded";
    assert_eq!(post("text/xml", Some(10)), [expected]);
    assert_eq!(post("", Some(10)), [expected]);
    assert_eq!(post("application/json", Some(0)), ["body_missing at body: expected a body"]);
    assert_eq!(post("application/json", Some(4_097)), ["body_too_large at body: expected at most 4096 bytes"]);
}

fn body(document: &Document, method: &str, path: &str, kind: &str, body: &str) -> Vec<String> {
    let violations = document.check_body(method, path, Some(kind.as_bytes()), body.as_bytes(), &STRICT);
    violations.iter().map(ToString::to_string).collect()
}

/// In the order of codes and places: a schema's own order is that of its keywords.
#[track_caller]
fn check_json(sent: &str, expected: &[&str]) {
    let mut told = body(&appointment(), "POST", "/internal/appointments", "application/json", sent);
    told.sort();
    assert_eq!(told, expected, "{sent}");
}

#[test]
fn described_bodies_pass() {
    check_json(r#"{"patient":"王小明","slot":3,"items":[{"code":"A1","price":12.5}]}"#, &[]);
    check_json(
        r#"{"patient":{"card":"MTIz"},"slot":3,"remark":null,"items":[{"code":"A1","price":0}],"extra":{"x":1}}"#,
        &[],
    );
}

#[test]
fn each_rule_of_a_body_has_its_code_and_place() {
    check_json(
        r#"{"patient":"王小明","slot":3,"items":[{"code":"A1","price":1},{"code":"A1","price":"x"}]}"#,
        &["body_type at body/items/1/price: expected number"],
    );
    check_json(
        r#"{"patient":"王小明","items":[{"code":"a","price":-1}],"root":1}"#,
        &[
            "body_pattern at body/items/0/code: expected pattern ^[A-Z0-9]+$",
            "body_range at body/items/0/price: expected at least 0",
            "body_required at body/slot: expected a value",
            "body_unknown_property at body: expected only described properties",
        ],
    );
    check_json(
        r#"{"patient":{"card":"!"},"slot":1,"remark":"01234567890","items":[]}"#,
        &[
            "body_items at body/items: expected at least 1 items",
            "body_length at body/remark: expected at most 10 characters",
            "body_schema at body/patient: expected one of the described alternatives",
        ],
    );
    check_json("{", &["body_unreadable at body: expected JSON"]);
    check_json("", &["body_missing at body: expected a body"]);
    check_json("[]", &["body_type at body: expected object"]);
    check_json(
        &format!("{}{}", "[".repeat(33), "]".repeat(33)),
        &["body_too_deep at body: expected at most 32 levels"],
    );
    check_json(&" ".repeat(4_097), &["body_too_large at body: expected at most 4096 bytes"]);
}

/// What clients send is never told, not even the names that they make up.
#[test]
fn violations_hold_nothing_that_was_sent() {
    let sent = r#"{"patient":"王小明","slot":3,"items":[{"code":"A1","price":1}],"extra":{"110105194912310021":"13800138000"}}"#;
    check_json(sent, &["body_type at body/extra/*: expected integer"]);
    let document = appointment();
    for secret in ["13800138000x", "11010519491231002X"] {
        let told = head(&document, "GET", &format!("{LIST}?page={secret}&{secret}=1&campus={secret}"), &[], Some(0));
        assert_eq!(told.len(), 3);
        assert!(told.iter().all(|told| !told.contains("13800138000") && !told.contains("110105")), "{told:?}");
    }
}

#[test]
fn forms_are_held_against_their_schema() {
    let kind = "application/x-www-form-urlencoded";
    let post = |sent| body(&appointment(), "POST", "/internal/appointments", kind, sent);
    // A list of objects cannot be written in a form, so its rule is what is left.
    assert_eq!(
        post("patient=%E7%8E%8B%E5%B0%8F&slot=3&insured=true&items=1"),
        ["body_type at body/items/0: expected object",]
    );
    let told = post("patient=%E7%8E%8B%E5%B0%8F&slot=x&insured=maybe&items=1&slot=2");
    assert!(told.contains(&"body_type at body/slot: expected integer".to_owned()), "{told:?}");
    assert!(told.contains(&"body_type at body/insured: expected boolean".to_owned()), "{told:?}");
    assert_eq!(post("patient=%FF"), ["body_unreadable at body: expected a form in UTF-8"]);
}

#[test]
fn recursive_schemas_and_media_ranges_work() {
    let put = |kind: &str, sent: &str| body(&appointment(), "PUT", "/internal/forms", kind, sent);
    assert_eq!(put("application/json", r#"{"text":"a","next":[{"text":"b","next":[]}]}"#), [""; 0]);
    assert_eq!(
        put("application/json", r#"{"text":"a","next":[{"text":"b","next":[{}]}]}"#),
        ["body_required at body/next/0/next/0/text: expected a value",]
    );
    assert_eq!(put("image/png", "\0"), [""; 0]);
    assert_eq!(put("text/html", "a"), ["content_type at content_type: expected application/json or image/*"]);
}

#[test]
fn body_that_a_schema_meets_again_by_many_ways_may_not_be_deep() {
    // Without a bound the answer takes 4 to the power of 32 looks.
    let again = r##"{"items": {"$ref": "#/components/schemas/T"}}"##;
    let document = format!(
        r##"{{"openapi": "3.1.0", "info": {{"title": "t", "version": "1"}}, "paths": {{"/t": {{"post": {{"requestBody":
        {{"content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/T"}}}}}}}}}}}}}},
        "components": {{"schemas": {{"T": {{"anyOf": [{again}, {again}, {again}, {again}], "minItems": 1}}}}}}}}"##
    );
    let document = Document::compile(document.as_bytes()).unwrap();
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let told = |levels| body(&document, "POST", "/t", "application/json", &nested(levels));
    assert_eq!(told(12), ["body_too_deep at body: expected at most 8 levels"]);
    assert!(told(7).iter().all(|violation| !violation.starts_with("body_too_deep")), "{:?}", told(7));
    let put = |levels: usize| {
        let sent = format!("{}[]{}", r#"{"text":"a","next":["#.repeat(levels), "]}".repeat(levels));
        body(&appointment(), "PUT", "/internal/forms", "application/json", &sent)
    };
    assert!(put(12).iter().all(|violation| !violation.starts_with("body_too_deep")), "{:?}", put(12));
}

#[test]
fn codes_are_unique_and_snake_case() {
    let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
}
