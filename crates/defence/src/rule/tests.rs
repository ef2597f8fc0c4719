use std::net::IpAddr;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::condition::{Fact, Named, Number, Text};

/// A request whose path is `/a`, with a body of one byte and, in the response phase, status 500.
struct Request(Phase);

impl Facts for Request {
    fn ip(&self) -> IpAddr {
        "192.0.2.7".parse().unwrap()
    }

    fn in_address_group(&self, _: &str) -> bool {
        false
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        if field == Text::Path { Fact::Is(b"/a") } else { Fact::Absent }
    }

    fn number(&self, field: Number) -> Fact<u64> {
        match field {
            Number::BodySize if self.0 >= Phase::Body => Fact::Is(1),
            Number::ResponseStatus if self.0 == Phase::Response => Fact::Is(500),
            _ => Fact::NotYet,
        }
    }

    fn each(&self, _: &Named, _: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        Fact::Absent
    }
}

/// Conditions that hold as soon as they can.
fn in_phase(phase: Phase) -> Value {
    match phase {
        Phase::Head => json!({"field": "path", "op": "eq", "value": "/a"}),
        Phase::Body => json!({"field": "body_size", "op": "eq", "value": 1}),
        Phase::Response => json!({"field": "response.status", "op": "eq", "value": 500}),
    }
}

fn rule(number: u32, phase: Phase, action: Value) -> Value {
    json!({"number": number, "name": format!("rule {number}"), "condition": in_phase(phase), "action": action})
}

fn compile(rules: Value) -> Result<RuleSet, RuleSetError> {
    RuleSet::compile(&serde_json::from_value::<Vec<RawRule>>(rules).unwrap())
}

fn noon() -> Timestamp {
    Timestamp::parse("2026-11-20T12:00:00+08:00").unwrap()
}

fn ask<'a>(set: &'a RuleSet, phases: &[Phase]) -> Outcome<'a> {
    let mut outcome = Outcome::default();
    for phase in phases {
        set.evaluate(*phase, &Request(*phase), noon(), &Holidays::default(), &mut outcome);
    }
    outcome
}

fn ended_by(rules: Value, phases: &[Phase]) -> Option<u32> {
    ask(&compile(rules).unwrap(), phases).terminal.map(|hit| hit.rule)
}

const ALL: &[Phase] = &[Phase::Head, Phase::Body, Phase::Response];

#[test]
fn the_first_terminal_by_number_wins_whatever_the_written_order() {
    let rules = json!([rule(30, Phase::Head, json!("block")), rule(20, Phase::Head, json!("allow"))]);
    assert_eq!(ended_by(rules, ALL), Some(20));
    let rules = json!([rule(30, Phase::Head, json!("allow")), rule(20, Phase::Head, json!("challenge"))]);
    assert_eq!(ended_by(rules, ALL), Some(20));
}

#[test]
fn what_does_not_end_the_matter_adds_up_until_something_does() {
    let set = compile(json!([
        rule(1, Phase::Head, json!({"tag": "booking"})),
        rule(2, Phase::Head, json!("record")),
        rule(3, Phase::Head, json!({"set_header": {"name": "X-A", "value": "1"}})),
        rule(4, Phase::Head, json!({"limit": "burst"})),
        rule(5, Phase::Head, json!({"redirect": "/closed"})),
        rule(6, Phase::Head, json!({"tag": "never"})),
    ]));
    let set = set.unwrap();
    let outcome = ask(&set, ALL);
    assert_eq!(outcome.terminal, Some(Hit { rule: 5, what: Terminal::Redirect("/closed") }));
    assert_eq!(outcome.tags, [Hit { rule: 1, what: "booking" }]);
    assert_eq!(outcome.recorded, [2]);
    assert_eq!(outcome.headers, [Hit { rule: 3, what: ("X-A", "1") }]);
    assert_eq!(outcome.limits, [Hit { rule: 4, what: "burst" }]);
}

#[test]
fn an_allow_silences_greater_numbers_in_later_phases_and_no_smaller_ones() {
    let body_block = |number| json!([rule(5, Phase::Head, json!("allow")), rule(number, Phase::Body, json!("block"))]);
    assert_eq!(ended_by(body_block(3), ALL), Some(3));
    assert_eq!(ended_by(body_block(7), ALL), Some(5));
}

#[test]
fn a_refusal_is_not_undone_by_a_later_phase() {
    let rules = json!([rule(5, Phase::Head, json!("block")), rule(1, Phase::Body, json!("allow"))]);
    assert_eq!(ended_by(rules.clone(), ALL), Some(5));
    // Asked at once there is one order only.
    assert_eq!(ended_by(rules, &[Phase::Body]), Some(1));
}

#[test]
fn who_has_passed_a_challenge_has_passed_that_rule_and_no_other() {
    let set = compile(json!([
        rule(1, Phase::Head, json!("record")),
        rule(2, Phase::Head, json!("challenge")),
        rule(3, Phase::Head, json!({"tag": "behind"})),
        rule(4, Phase::Head, json!("captcha")),
        rule(5, Phase::Body, json!("block")),
    ]));
    let set = set.unwrap();
    let mut outcome = ask(&set, &[Phase::Head]);
    for (number, tags) in [(Some(2), 0), (Some(4), 1), (None, 1)] {
        assert_eq!((outcome.terminal.map(|hit| hit.rule), outcome.tags.len()), (number, tags));
        set.go_on(&Request(Phase::Head), noon(), &Holidays::default(), &mut outcome);
    }
    assert_eq!((outcome.terminal, outcome.recorded.as_slice()), (None, &[1][..]), "nothing is asked twice");
    set.evaluate(Phase::Body, &Request(Phase::Body), noon(), &Holidays::default(), &mut outcome);
    assert_eq!(outcome.terminal.map(|hit| hit.rule), Some(5));
}

#[test]
fn no_rule_is_asked_twice_or_before_its_phase() {
    let set = compile(json!([
        rule(1, Phase::Head, json!("record")),
        rule(2, Phase::Body, json!("record")),
        rule(3, Phase::Response, json!("record")),
    ]));
    let set = set.unwrap();
    assert_eq!(ask(&set, &[Phase::Head]).recorded, [1]);
    assert_eq!(ask(&set, &[Phase::Head, Phase::Head, Phase::Body]).recorded, [1, 2]);
    assert_eq!(ask(&set, &[Phase::Body, Phase::Response]).recorded, [1, 2, 3]);
    assert_eq!(ask(&set, &[Phase::Body, Phase::Head]).recorded, [1, 2]);
    assert_eq!(set.last_phase(), Some(Phase::Response));
}

#[test]
fn a_rule_applies_while_one_of_its_windows_is_open() {
    let check = |windows: Value, expected: bool| {
        let rules = json!([{"number": 1, "name": "opening time", "windows": windows, "action": "block"}]);
        assert_eq!(ended_by(rules, ALL).is_some(), expected);
    };
    check(json!([]), true);
    check(json!([{"from": "13:00"}]), false);
    check(json!([{"from": "13:00"}, {"weekdays": ["fri"], "to": "12:30"}]), true);
}

fn refused(rules: Value, expected: Expect) {
    let error = compile(rules).unwrap_err();
    let mut text = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    expected.assert_eq(&text);
}

#[test]
fn faults_name_the_rule_and_the_place() {
    let with = |action: Value| json!([rule(7, Phase::Head, action)]);
    refused(
        json!([{"number": 7, "name": "a", "action": "block", "condition": {"all": [{"field": "path", "op": "gt", "value": 1}]}}]),
        expect![
            "compile rule 7: condition: compile condition: all[0].op: `path` allows eq, ne, in, prefix, suffix, contains, regex, exists"
        ],
    );
    refused(
        json!([{"number": 7, "name": "a", "action": "block", "windows": [{}, {"from": "noon"}]}]),
        expect!["compile rule 7: windows[1]: read time window: from: expected a time like 08:30"],
    );
    refused(
        json!([{"number": 7, "name": "a", "action": "block", "windows": vec![json!({}); 17]}]),
        expect!["compile rule 7: windows: more than 16"],
    );
    refused(
        json!([{"number": 7, "name": "", "action": "block"}]),
        expect!["compile rule 7: name: expected 1 to 120 characters without control characters"],
    );
    refused(
        json!([rule(7, Phase::Head, json!("block")), rule(7, Phase::Body, json!("allow"))]),
        expect!["compile rules: number 7 is there twice"],
    );
    refused(
        with(json!({"tag": "a\nb"})),
        expect!["compile rule 7: action: tag: expected 1 to 64 bytes without control characters"],
    );
    refused(with(json!({"limit": ""})), expect!["compile rule 7: action: limit: expected the id of a limit"]);
    let many: Vec<Value> = (0..1_001).map(|number| rule(number, Phase::Head, json!("record"))).collect();
    refused(json!(many), expect!["compile rules: 1001 are more than 1000"]);
    assert!(serde_json::from_value::<RawRule>(json!({"number": 1, "name": "a", "action": "delete"})).is_err());
}

#[test]
fn a_redirect_stays_a_url_and_a_header_stays_a_header() {
    let accepts = |action: Value| compile(json!([rule(1, Phase::Head, action)])).is_ok();
    let redirect = |to: &str| accepts(json!({"redirect": to}));
    assert!(
        redirect("/closed?from=booking") && redirect("https://tj.example.org/") && redirect("http://[2001:db8::1]/")
    );
    for target in [
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "closed",
        "/a b",
        "/a\r\nSet-Cookie: a=b",
        "",
        "/体检",
    ] {
        assert!(!redirect(target), "{target:?}");
    }
    let header = |name: &str, value: &str| accepts(json!({"set_header": {"name": name, "value": value}}));
    assert!(header("X-Frame-Options", "DENY"));
    assert!(!header("Content-Length", "0") && !header("transfer-encoding", "chunked") && !header("X A", "1"));
    assert!(!header("X-A", "1\r\nX-B: 2") && !header("X-A", &"1".repeat(1_025)));
}

proptest! {
    /// Asked phase by phase or at once, the same rule ends the matter unless a refusal came early; what adds up is in order.
    #[test]
    fn phases_do_not_change_who_allows(rules in prop::collection::btree_map(0..40_u32, (0..3_usize, any::<bool>()), 0..12)) {
        let rules = rules.iter().map(|(number, (phase, ends))| {
            rule(*number, ALL[*phase], if *ends { json!("allow") } else { json!("record") })
        });
        let set = compile(rules.collect::<Vec<_>>().into()).unwrap();
        let (by_phase, at_once) = (ask(&set, ALL), ask(&set, &[Phase::Response]));
        prop_assert_eq!(by_phase.terminal, at_once.terminal);
        prop_assert!(at_once.recorded.is_sorted());
        for number in &at_once.recorded {
            prop_assert!(by_phase.recorded.contains(number));
        }
    }
}
