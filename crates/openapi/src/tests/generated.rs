//! Values made from a schema pass; one that is spoilt at one place fails there.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{STRICT, appointment};
use crate::Document;

fn verdict(document: &Document, body: &Value) -> Vec<String> {
    let sent = body.to_string();
    let told =
        document.check_body("POST", "/internal/appointments", Some(b"application/json"), sent.as_bytes(), &STRICT);
    told.iter().map(|violation| format!("{} {}", violation.code, violation.place)).collect()
}

fn valid() -> impl Strategy<Value = Value> {
    let item = ("[A-Z0-9]{1,8}", 0..100_000_u32).prop_map(|(code, price)| json!({"code": code, "price": price}));
    let patient =
        prop_oneof!["[一-龥]{2,20}".prop_map(Value::from), "([A-Z]{4}){0,3}".prop_map(|card| json!({"card": card}))];
    let remark = prop_oneof![Just(Value::Null), "[一-龥a-z]{0,10}".prop_map(Value::from)];
    (patient, 1..1_000_000_i64, remark, any::<bool>(), proptest::collection::vec(item, 1..=4)).prop_map(
        |(patient, slot, remark, insured, items)| {
            json!({"patient": patient, "slot": slot, "remark": remark, "insured": insured, "items": items})
        },
    )
}

/// How to spoil a value, and what must be told.
const SPOILT: &[(&str, &str, &str)] = &[
    ("/slot", "0", "body_range body/slot"),
    ("/slot", "\"1\"", "body_type body/slot"),
    ("/slot", "1.5", "body_type body/slot"),
    ("/remark", "\"12345678901\"", "body_length body/remark"),
    ("/remark", "[]", "body_type body/remark"),
    ("/insured", "\"true\"", "body_type body/insured"),
    ("/patient", "\"王\"", "body_schema body/patient"),
    ("/patient", "{}", "body_schema body/patient"),
    ("/items", "[]", "body_items body/items"),
    ("/items", "{}", "body_type body/items"),
    ("/items/0/code", "\"a'--\"", "body_pattern body/items/0/code"),
    ("/items/0/price", "-1", "body_range body/items/0/price"),
    ("/items/0/price", "null", "body_type body/items/0/price"),
    ("/items/0", "{\"code\":\"A\"}", "body_required body/items/0/price"),
];

proptest! {
    #[test]
    fn valid_values_pass_and_spoilt_ones_fail_at_their_place(body in valid(), at in 0..SPOILT.len()) {
        let document = appointment();
        prop_assert_eq!(verdict(&document, &body), Vec::<String>::new());
        let (pointer, value, expected) = SPOILT[at];
        let mut spoilt = body;
        *spoilt.pointer_mut(pointer).unwrap() = serde_json::from_str(value).unwrap();
        prop_assert_eq!(verdict(&document, &spoilt), [expected]);
    }

    #[test]
    fn numbers_in_a_query_are_judged_by_their_value(page in -10..600_i32) {
        let told = super::head(&appointment(), "GET", &format!("/internal/departments?page={page}"), &[], Some(0));
        prop_assert_eq!(told.is_empty(), (1..=500).contains(&page));
    }

    #[test]
    fn any_request_is_judged_without_surprise(target in "/internal/[a-z]{0,12}[/%a-f0-9{}.]{0,20}\\?[a-z=&%,+\\[\\]\\x00-\\xff]{0,60}", body in ".{0,60}") {
        let document = appointment();
        let headers = [("cookie", body.as_str()), ("content-type", body.as_str())];
        for method in ["GET", "POST", "PUT", ""] {
            super::head(&document, method, &target, &headers, None);
            document.check_body(method, "/internal/forms", Some(b"application/json"), body.as_bytes(), &STRICT);
        }
    }
}
