use std::cell::RefCell;
use std::net::IpAddr;

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// One request of a table, and which fields were asked for.
#[derive(Default)]
struct Request {
    phase: Option<Phase>,
    headers: Vec<(&'static str, &'static [u8])>,
    /// As it was sent; POST when absent.
    method: Option<&'static [u8]>,
    /// Nobody knows where the client is.
    is_lost: bool,
    asked: RefCell<Vec<String>>,
}

impl Request {
    fn knows(&self, field: &Field) -> bool {
        self.asked.borrow_mut().push(field.to_string());
        field.phase() <= self.phase.unwrap_or(Phase::Response)
    }
}

impl Facts for Request {
    fn ip(&self) -> IpAddr {
        self.asked.borrow_mut().push("ip".to_owned());
        "192.0.2.7".parse().unwrap()
    }

    fn in_address_group(&self, name: &str) -> bool {
        name == "scanners"
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        if !self.knows(&Field::Text(field)) {
            return Fact::NotYet;
        }
        match field {
            Text::Host => Fact::Is(b"tj.example.org"),
            Text::Path => Fact::Is("/report/体检".as_bytes()),
            Text::Method => Fact::Is(self.method.unwrap_or(b"POST")),
            Text::Country if self.is_lost => Fact::Unknown,
            Text::Country => Fact::Is(b"CN"),
            Text::Region => Fact::Is("湖南".as_bytes()),
            Text::Zone => Fact::Is(b"outside"),
            Text::Query => Fact::Is(b"\xff=1"),
            _ => Fact::Absent,
        }
    }

    fn number(&self, field: Number) -> Fact<u64> {
        match (self.knows(&Field::Number(field)), field) {
            (false, _) => Fact::NotYet,
            (true, Number::BodySize) => Fact::Is(1_000),
            (true, Number::ResponseStatus) => Fact::Is(404),
        }
    }

    fn each(&self, field: &Named, matches: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        if !self.knows(&Field::Named(field.clone())) {
            return Fact::NotYet;
        }
        let values: Vec<&[u8]> = match field {
            Named::Argument(name) if &**name == "role" => vec![b"user", b"admin"],
            Named::Header(name) => {
                self.headers.iter().filter(|(known, _)| *known == &**name).map(|(_, value)| *value).collect()
            }
            _ => Vec::new(),
        };
        if values.is_empty() { Fact::Absent } else { Fact::Is(values.into_iter().any(matches)) }
    }
}

fn compiled(value: &serde_json::Value) -> Condition {
    Condition::compile(&RawCondition::from_json(&value.to_string()).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

fn holds(value: &serde_json::Value) -> bool {
    compiled(value).holds(&Request { headers: vec![("x-token", b"secret")], ..Request::default() })
}

fn check(field: &str, op: &str, value: serde_json::Value, expected: bool) {
    assert_eq!(holds(&json!({"field": field, "op": op, "value": value})), expected, "{field} {op} {value}");
}

fn refused(value: &serde_json::Value) -> String {
    let raw = RawCondition::from_json(&value.to_string());
    match raw.and_then(|raw| Condition::compile(&raw)) {
        Ok(_) => panic!("{value} must be refused"),
        Err(error @ ConditionError::Shape { .. }) => {
            format!("{error}: {}", std::error::Error::source(&error).unwrap())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn operators_do_what_they_say() {
    check("path", "eq", json!("/report/体检"), true);
    check("path", "eq", json!("/report"), false);
    check("path", "ne", json!("/report"), true);
    check("path", "in", json!(["/b", "/report/体检", "/a"]), true);
    check("path", "in", json!(["/b", "/a"]), false);
    check("path", "prefix", json!("/report/"), true);
    check("path", "prefix", json!("report"), false);
    check("path", "suffix", json!("体检"), true);
    check("path", "contains", json!("port/体"), true);
    check("path", "contains", json!("ports"), false);
    check("path", "regex", json!("^/report/[一-龥]{2}$"), true);
    check("path", "regex", json!("^report"), false);
    check("query", "regex", json!(r"(?-u)^\xFF="), true);
    check("body_size", "eq", json!(1000), true);
    check("body_size", "ne", json!(1000), false);
    check("body_size", "gt", json!(999), true);
    check("body_size", "gt", json!(1000), false);
    check("body_size", "lt", json!(1001), true);
    check("body_size", "lt", json!(1000), false);
    check("response.status", "in", json!([401, 404]), true);
    check("ip", "eq", json!("::ffff:192.0.2.7"), true);
    check("ip", "ne", json!("192.0.2.7"), false);
    check("ip", "in", json!(["192.0.2.6", "192.0.2.7"]), true);
    check("ip", "cidr", json!("192.0.2.0/24"), true);
    check("ip", "cidr", json!(["10.0.0.0/8", "192.0.2.1-192.0.2.6"]), false);
    check("ip_group", "eq", json!("scanners"), true);
    check("ip_group", "ne", json!("scanners"), false);
    check("ip_group", "in", json!(["partners", "scanners"]), true);
}

#[test]
fn method_is_compared_without_case_by_every_operator() {
    let holds = |method: &'static [u8], op: &str, value: serde_json::Value| {
        let condition = compiled(&json!({"field": "method", "op": op, "value": value}));
        condition.holds(&Request { method: Some(method), ..Request::default() })
    };
    for method in [&b"POST"[..], b"post", b"pOST"] {
        assert!(holds(method, "eq", json!("post")) && !holds(method, "ne", json!("POST")));
        assert!(holds(method, "in", json!(["PUT", "Post"])) && holds(method, "prefix", json!("po")));
        assert!(holds(method, "regex", json!("^(post|put)$")) && holds(method, "regex", json!("^(POST|PUT)$")));
        assert!(!holds(method, "regex", json!("^GET$")));
    }
}

#[test]
fn values_are_compared_in_the_form_in_which_facts_come() {
    check("host", "eq", json!("TJ.Example.Org"), true);
    check("method", "in", json!(["post"]), true);
    check("country", "eq", json!("cn"), true);
    check("region", "eq", json!("湖南"), true);
    check("zone", "eq", json!("outside"), true);
    check("header.X-Token", "eq", json!("secret"), true);
}

#[test]
fn any_value_of_a_repeated_name_counts() {
    check("arg.role", "eq", json!("admin"), true);
    check("arg.role", "ne", json!("admin"), false);
    check("arg.role", "ne", json!("root"), true);
    check("arg.role", "exists", json!(true), true);
}

#[test]
fn what_is_absent_equals_nothing() {
    check("cookie.sid", "eq", json!("1"), false);
    check("cookie.sid", "ne", json!("1"), true);
    check("cookie.sid", "exists", json!(true), false);
    check("cookie.sid", "exists", json!(false), true);
    check("user", "eq", json!(""), false);
    assert!(holds(&json!({"field": "body_size", "op": "exists"})));
}

#[test]
fn what_nobody_knows_makes_no_condition_true_however_it_is_turned_around() {
    let lost = Request { is_lost: true, ..Request::default() };
    let holds = |value: serde_json::Value| compiled(&value).holds(&lost);
    let country = |op: &str| json!({"field": "country", "op": op, "value": "CN"});
    let path = json!({"field": "path", "op": "exists"});
    for tree in [country("eq"), country("ne")] {
        assert!(!holds(tree.clone()));
        assert!(!holds(json!({"not": tree})));
        assert!(!holds(json!({"not": {"not": {"any": [tree, {"not": path}]}}})));
        assert!(!holds(json!({"all": [path, {"not": {"all": [tree, path]}}]})));
        assert!(holds(json!({"any": [tree, path]})), "it does not hang on the country");
        assert!(holds(json!({"not": {"all": [tree, {"not": path}]}})), "it does not hang on the country");
    }
    assert!(holds(json!({"field": "country", "op": "exists", "value": false})));
    assert!(!holds(json!({"field": "country", "op": "exists", "value": true})));
}

#[test]
fn trees_combine_and_ask_no_more_than_needed() {
    let path = json!({"field": "path", "op": "prefix", "value": "/report/"});
    let other = json!({"field": "host", "op": "eq", "value": "elsewhere"});
    assert!(holds(&json!({"any": [other, path]})));
    assert!(!holds(&json!({"all": [path, other]})));
    assert!(holds(&json!({"all": [path, {"not": other}]})));
    let request = Request::default();
    assert!(!compiled(&json!({"all": [other, {"field": "query", "op": "exists"}]})).holds(&request));
    assert_eq!(*request.asked.borrow(), ["host"]);
}

#[test]
fn phase_is_that_of_the_latest_field_and_a_field_before_its_phase_is_false() {
    let phase = |field: &str, op: &str, value: serde_json::Value| {
        compiled(
            &json!({"any": [{"field": "ip", "op": "eq", "value": "::1"}, {"field": field, "op": op, "value": value}]}),
        )
        .phase()
    };
    assert_eq!(phase("header.a", "exists", json!(true)), Phase::Head);
    assert_eq!(phase("arg.a", "exists", json!(true)), Phase::Body);
    assert_eq!(phase("body_size", "gt", json!(1)), Phase::Body);
    assert_eq!(phase("response.status", "eq", json!(500)), Phase::Response);
    let early = Request { phase: Some(Phase::Head), ..Request::default() };
    for op in ["eq", "ne"] {
        assert!(!compiled(&json!({"field": "response.status", "op": op, "value": 200})).holds(&early), "{op}");
        assert!(!compiled(&json!({"field": "arg.role", "op": op, "value": "admin"})).holds(&early), "{op}");
    }
}

#[test]
fn a_condition_says_what_it_uses() {
    let condition = compiled(&json!({"all": [
        {"field": "header.X-A", "op": "exists"}, {"field": "ip_group", "op": "in", "value": ["b", "a"]},
        {"not": {"field": "header.x-a", "op": "eq", "value": "1"}}, {"field": "ip_group", "op": "eq", "value": "b"}]}));
    let fields: Vec<String> = condition.fields().iter().map(ToString::to_string).collect();
    assert_eq!(fields, ["header.x-a", "ip_group"]);
    assert_eq!(condition.address_groups(), ["a", "b"]);
}

#[test]
fn faults_carry_their_path_and_what_is_allowed() {
    let check = |value: serde_json::Value, message: &str| {
        let told = refused(&value);
        assert!(told.contains(message), "{told}");
    };
    let leaf = |field: &str, op: &str, value: serde_json::Value| json!({"field": field, "op": op, "value": value});
    check(
        json!({"all": [leaf("path", "eq", json!("/")), {"not": leaf("ip", "eq", json!("x"))}]}),
        ": all[1].not.value: not an address",
    );
    check(json!({"any": [leaf("path", "in", json!(["/", 7]))]}), ": any[0].value[1]: expected text");
    check(
        leaf("path", "cidr", json!("::/0")),
        ": op: `path` allows eq, ne, in, prefix, suffix, contains, regex, exists",
    );
    check(leaf("path", "gt", json!(1)), ": op: `path` allows eq");
    check(leaf("ip", "prefix", json!("192.")), ": op: `ip` allows eq, ne, in, cidr");
    check(leaf("ip", "eq", json!("192.0.2.0/24")), "use `cidr` for a block");
    check(leaf("zone", "regex", json!(".")), ": op: `zone` allows eq, ne, in, exists");
    check(leaf("zone", "eq", json!("院内")), ": value: expected one of inside, outside, vpn");
    check(leaf("body_size", "gt", json!("1")), ": value: expected a whole number from 0");
    check(leaf("body_size", "gt", json!(-1)), ": value: expected a whole number from 0");
    check(leaf("body_size", "gt", json!([1])), ": value: expected a whole number from 0");
    check(leaf("path", "in", json!([])), ": value: needs at least one part");
    check(leaf("path", "in", json!("/")), ": value: expected a list of values");
    check(leaf("path", "prefix", json!("")), ": value: expected text that is not empty");
    check(leaf("path", "exists", json!("yes")), ": value: expected true, false, or no value");
    check(json!({"field": "path", "op": "eq"}), ": value: expected a value");
    check(leaf("path", "regex", json!("(")), ": value: not a pattern: unclosed group");
    check(leaf("path", "regex", json!(r"(\w{50}){50}")), ": value: the pattern needs more than");
    check(leaf("path", "eq", json!("/".repeat(1_025))), ": value: more than 1024 bytes");
    check(leaf("path", "in", json!(vec!["/"; 1_001])), ": value: more than 1000 values");
    check(leaf("paht", "eq", json!("/")), ": field: no such field; there are ip, ip_group");
    check(leaf("header.a b", "eq", json!("/")), ": field: no such field");
    check(leaf("arg.", "eq", json!("/")), ": field: no such field");
    check(json!({"all": []}), ": all: needs at least one part");
}

#[test]
fn wrong_shapes_are_named_by_place_too() {
    let check = |value: serde_json::Value, path: &str, message: &str| {
        let told = refused(&value);
        assert!(told.starts_with(&format!("read condition: {path}: ")) && told.contains(message), "{told}");
    };
    check(json!({"all": [{"not": {"fild": "path"}}]}), "all[0].not.fild", "unknown field `fild`");
    check(json!({"any": [{"all": [], "any": []}]}), "any[0]", "expected exactly one of");
    check(json!({"field": "path"}), ".", "expected exactly one of");
    check(json!({"all": {"field": "path"}}), "all", "expected a sequence");
}

#[test]
fn trees_are_bounded_in_depth_and_leaves() {
    let leaf = json!({"field": "path", "op": "exists"});
    let nested = |levels: usize| (1..levels).fold(leaf.clone(), |inner, _| json!({"not": inner}));
    assert!(holds(&nested(7)));
    assert_eq!(compiled(&nested(MAX_DEPTH)).fields().len(), 1);
    assert!(refused(&nested(MAX_DEPTH + 1)).ends_with(".not: deeper than 8 levels"));
    assert!(refused(&nested(1_000)).contains("recursion limit"));
    assert!(holds(&json!({"all": vec![leaf.clone(); MAX_LEAVES]})));
    assert_eq!(refused(&json!({"all": vec![leaf; MAX_LEAVES + 1]})), "compile condition: more than 256 tests");
    assert!(matches!(RawCondition::from_json(&" ".repeat(300_000)), Err(ConditionError::TooLong(..))));
}

#[test]
fn many_faults_are_told_at_once_but_not_all() {
    let wrong = json!({"field": "nothing", "op": "eq", "value": 1});
    let raw = RawCondition::from_json(&json!({"all": vec![wrong; 100]}).to_string()).unwrap();
    let ConditionError::Faults(faults) = Condition::compile(&raw).unwrap_err() else { panic!("faults") };
    assert_eq!((faults.len(), faults[19].path.as_str()), (20, "all[19].field"));
}

/// Trees over leaves whose answers are known, with the answer.
fn tree() -> impl Strategy<Value = (RawCondition, bool)> {
    let leaf = prop_oneof![
        Just((RawCondition::leaf("path", "prefix", "/report"), true)),
        Just((RawCondition::leaf("host", "eq", "elsewhere"), false)),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| {
                let answer = parts.iter().all(|(_, answer)| *answer);
                (RawCondition::All(parts.into_iter().map(|(part, _)| part).collect()), answer)
            }),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| {
                let answer = parts.iter().any(|(_, answer)| *answer);
                (RawCondition::Any(parts.into_iter().map(|(part, _)| part).collect()), answer)
            }),
            inner.prop_map(|(part, answer)| (RawCondition::Not(Box::new(part)), !answer)),
        ]
    })
}

proptest! {
    /// Written, read again and compiled, a tree answers as Boolean algebra does.
    #[test]
    fn trees_answer_as_algebra_does((raw, answer) in tree()) {
        let again = RawCondition::from_json(&serde_json::to_string(&raw).unwrap()).unwrap();
        prop_assert_eq!(&again, &raw);
        prop_assert_eq!(Condition::compile(&again).unwrap().holds(&Request::default()), answer);
    }
}

/// A body that nobody kept: what hangs on it is unknown, and one part that is known can decide.
#[test]
fn what_hangs_on_an_unknown_fact_is_unknown() {
    struct Kept;
    impl Facts for Kept {
        fn ip(&self) -> std::net::IpAddr {
            [192, 0, 2, 1].into()
        }
        fn in_address_group(&self, _: &str) -> bool {
            false
        }
        fn text(&self, field: Text) -> Fact<&[u8]> {
            if field == Text::Path { Fact::Is(b"/a") } else { Fact::NotYet }
        }
        fn number(&self, _: Number) -> Fact<u64> {
            Fact::NotYet
        }
        fn each(&self, _: &Named, _: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
            Fact::Absent
        }
    }
    let [yes, no] = ["/a", "/b"].map(|path| format!(r#"{{"field":"path","op":"eq","value":"{path}"}}"#));
    let unknown = r#"{"field":"body_size","op":"gt","value":1}"#;
    let check = |text: &str, expected: Option<bool>| {
        let condition = Condition::compile(&RawCondition::from_json(text).unwrap()).unwrap();
        assert_eq!(condition.known(&Kept), expected, "{text}");
    };
    check(&yes, Some(true));
    check(unknown, None);
    check(&format!(r#"{{"not":{unknown}}}"#), None);
    check(&format!(r#"{{"all":[{unknown},{no}]}}"#), Some(false));
    check(&format!(r#"{{"all":[{unknown},{yes}]}}"#), None);
    check(&format!(r#"{{"any":[{unknown},{yes}]}}"#), Some(true));
    check(&format!(r#"{{"any":[{unknown},{no}]}}"#), None);
    check(r#"{"field":"header.x","op":"ne","value":"1"}"#, Some(true));
}
