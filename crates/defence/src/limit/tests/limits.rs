//! What a limit applies to, whose counter it is, and what follows.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::condition::{Named, Number};

struct Request {
    ip: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    values: Vec<(&'static str, &'static str)>,
}

impl Default for Request {
    fn default() -> Self {
        Self { ip: "192.0.2.7", method: "GET", path: "/report/1", query: "", values: Vec::new() }
    }
}

impl Facts for Request {
    fn ip(&self) -> IpAddr {
        self.ip.parse().unwrap()
    }

    fn in_address_group(&self, _: &str) -> bool {
        false
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        match field {
            Text::Method => Fact::Is(self.method.as_bytes()),
            Text::Path => Fact::Is(self.path.as_bytes()),
            Text::Query => Fact::Is(self.query.as_bytes()),
            _ => Fact::Absent,
        }
    }

    fn number(&self, _: Number) -> Fact<u64> {
        Fact::NotYet
    }

    fn each(&self, _: &Named, _: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        Fact::Absent
    }
}

impl KeyFacts for Request {
    fn ip(&self) -> IpAddr {
        self.ip.parse().unwrap()
    }

    fn value(&self, part: &KeyPart) -> Option<&[u8]> {
        let name = part.to_string();
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes())
    }
}

fn limit(changes: Value) -> Result<Limit, String> {
    let mut raw = json!({"id": "a", "keys": ["ip"], "count": "requests", "window_seconds": 10, "threshold": 2, "action": "refuse"});
    for (name, value) in changes.as_object().unwrap() {
        raw[name] = value.clone();
    }
    let raw: RawLimit = serde_json::from_value(raw).map_err(|error| error.to_string())?;
    Limit::compile(&raw).map_err(|error| error.to_string())
}

fn key_of(parts: &[&str], request: &Request) -> Option<CounterKey> {
    limit(json!({"keys": parts})).unwrap().key(&hasher(), request)
}

fn with(values: &[(&'static str, &'static str)]) -> Request {
    Request { values: values.to_vec(), ..Request::default() }
}

#[test]
fn keys_tell_clients_apart_by_their_parts_only() {
    let ip = |ip| Request { ip, ..Request::default() };
    let same =
        |parts: &[&str], one: &Request, other: &Request| key_of(parts, one).unwrap() == key_of(parts, other).unwrap();
    assert!(same(&["ip"], &ip("192.0.2.7"), &ip("::ffff:192.0.2.7")));
    assert!(!same(&["ip"], &ip("192.0.2.7"), &ip("192.0.2.8")));
    assert!(same(&["ip_prefix"], &ip("192.0.2.7"), &ip("192.0.2.8")));
    assert!(!same(&["ip_prefix"], &ip("192.0.2.7"), &ip("192.0.3.7")));
    assert!(same(&["ip_prefix"], &ip("2001:db8::1"), &ip("2001:db8::ffff:0:0:1")));
    assert!(!same(&["ip_prefix"], &ip("2001:db8::1"), &ip("2001:db8:0:1::1")));
    assert!(same(&["user"], &with(&[("user", "a")]), &with(&[("user", "a"), ("session", "b")])));
    let (one, other) = (with(&[("user", "ab"), ("session", "c")]), with(&[("user", "a"), ("session", "bc")]));
    assert!(!same(&["user", "session"], &one, &other));
    assert!(!same(&["header.X-A"], &with(&[("header.x-a", "1")]), &with(&[("header.x-a", "2")])));
    // However long a value is, its end counts.
    let long: &'static str = Box::leak("x".repeat(100_000).into_boxed_str());
    let longer: &'static str = Box::leak(format!("{long}y").into_boxed_str());
    assert!(!same(&["token"], &with(&[("token", long)]), &with(&[("token", longer)])));
}

#[test]
fn keys_of_two_limits_windows_or_secrets_differ() {
    let request = Request::default();
    let key = |changes: Value| limit(changes).unwrap().key(&hasher(), &request);
    assert_eq!(key(json!({})), key(json!({"threshold": 3, "action": "ban"})));
    assert_ne!(key(json!({})), key(json!({"id": "b"})));
    assert_ne!(key(json!({})), key(json!({"window_seconds": 11})));
    assert_ne!(key(json!({})), key(json!({"shape": {"token_bucket": {"burst": 1}}})));
    assert_ne!(key(json!({})), limit(json!({})).unwrap().key(&KeyHasher::new([0; 16]), &request));
    assert_eq!(format!("{:?}", hasher()), "KeyHasher(***)");
}

#[test]
fn requests_that_say_nothing_of_their_client_are_not_one_client() {
    assert_eq!(key_of(&["session"], &Request::default()), None);
    assert_eq!(key_of(&["session"], &with(&[("session", "")])), None);
    assert_eq!(key_of(&["session", "object"], &with(&[("object", "pacs")])), None);
    assert!(key_of(&["object"], &with(&[("object", "pacs")])).is_some());
    assert!(key_of(&["session", "ip"], &Request::default()).is_some());
    assert_eq!(key_of(&["country", "object"], &with(&[("object", "pacs")])), None, "nobody knows its country");
    assert!(key_of(&["country"], &with(&[("country", "CN")])).is_some());
    assert!(key_of(&["country", "ip"], &Request::default()).is_some());
}

#[test]
fn what_is_over_the_limit_gets_the_action_and_when_to_come_again() {
    let check = |action: &str, expected: Decision| {
        let limit = limit(json!({"action": action})).unwrap();
        let counters = LocalCounters::default();
        let key = limit.key(&hasher(), &Request::default()).unwrap();
        let decide = || limit.decide(&counters, at(0), key, 1);
        assert_eq!([decide(), decide(), decide()], [Decision::Admit, Decision::Admit, expected]);
        assert_eq!(limit.ask(&counters, at(0), key), expected);
        assert_eq!(limit.ask(&counters, at(20 * SECOND), key), Decision::Admit);
    };
    let retry_after = Duration::from_secs(15);
    check("record", Decision::Record);
    check("delay", Decision::Delay(MAX_DELAY));
    check("challenge", Decision::Challenge);
    check("refuse", Decision::Refuse { retry_after });
    check("ban", Decision::Ban { retry_after });
}

#[test]
fn of_several_decisions_the_hardest_counts() {
    let refuse = Decision::Refuse { retry_after: Duration::ZERO };
    assert_eq!(Decision::Admit.and(Decision::Record).and(refuse).and(Decision::Challenge), refuse);
    assert_eq!(Decision::Delay(MAX_DELAY).and(Decision::Delay(Duration::ZERO)), Decision::Delay(MAX_DELAY));
    assert_eq!(
        refuse.and(Decision::Ban { retry_after: Duration::ZERO }),
        Decision::Ban { retry_after: Duration::ZERO }
    );
}

#[test]
fn failures_are_counted_after_they_happened_and_asked_before_the_next_try() {
    let limit =
        limit(json!({"count": {"statuses": [401, 403]}, "threshold": 5, "window_seconds": 300, "action": "challenge"}))
            .unwrap();
    assert!(limit.counts_status(401) && !limit.counts_status(200));
    let counters = LocalCounters::default();
    for failure in 0..5 {
        assert_eq!(limit.ask(&counters, at(0), key(1)), Decision::Admit, "{failure}");
        assert_eq!(limit.charge(&counters, at(0), key(1), 1), Decision::Admit);
    }
    assert_eq!(limit.ask(&counters, at(0), key(1)), Decision::Challenge);
    assert_eq!(limit.ask(&counters, at(0), key(2)), Decision::Admit);
}

#[test]
fn a_large_answer_is_charged_though_it_did_not_fit() {
    let limit = limit(json!({"count": "bytes", "threshold": 1_000})).unwrap();
    let counters = LocalCounters::default();
    assert_eq!(limit.ask(&counters, at(0), key(1)), Decision::Admit);
    assert!(limit.charge(&counters, at(0), key(1), 5_000) > Decision::Admit);
    assert!(limit.ask(&counters, at(SECOND), key(1)) > Decision::Admit);
}

#[test]
fn enumeration_is_stopped_for_good() {
    let limit = limit(json!({"keys": ["token"], "count": {"distinct": "arg.id"}, "threshold": 20})).unwrap();
    let counters = LocalCounters::default();
    let see = |id: u32| limit.see(&counters, at(0), key(1), hasher().value(&id.to_le_bytes()));
    let admitted = (0..1_000).filter(|id| see(*id) == Decision::Admit).count();
    assert!((18..=24).contains(&admitted), "{admitted}");
    assert!(see(3) > Decision::Admit);
}

#[test]
fn static_files_are_exempt_from_request_limits_unless_switched_off() {
    let applies = |changes: Value, method, path, query| {
        limit(changes).unwrap().applies(&Request { method, path, query, ..Request::default() })
    };
    assert!(!applies(json!({}), "GET", "/css/app.min.CSS", ""));
    assert!(!applies(json!({}), "HEAD", "/logo.png", ""));
    for (method, path, query) in [
        ("POST", "/app.css", ""),
        ("GET", "/app.css", "a=1"),
        ("GET", "/report;a.css", ""),
        ("GET", "/report%2fa.css", ""),
        ("GET", "/.css", ""),
        ("GET", "/css", ""),
        ("GET", "/a.css/", ""),
        ("GET", "/report.aspx", ""),
    ] {
        assert!(applies(json!({}), method, path, query), "{method} {path} {query}");
    }
    assert!(applies(json!({"static_files_exempt": false}), "GET", "/app.css", ""));
    assert!(applies(json!({"count": "waf_blocks"}), "GET", "/app.css", ""));
}

#[test]
fn a_limit_applies_where_its_condition_holds() {
    let changes = json!({"when": {"field": "path", "op": "prefix", "value": "/login"}});
    let limit = limit(changes).unwrap();
    assert!(limit.applies(&Request { path: "/login/sms", ..Request::default() }));
    assert!(!limit.applies(&Request::default()));
    assert_eq!(limit.phase(), Phase::Head);
}

#[test]
fn wrong_limits_are_refused_with_what_is_allowed() {
    let check = |changes: Value, message: &str| {
        let told = limit(changes).unwrap_err();
        assert!(told.contains(message), "{told}");
    };
    check(json!({"id": ""}), "id: expected 1 to 64 bytes");
    check(json!({"keys": []}), "`a`: keys: expected 1 to 8 parts, each once");
    check(json!({"keys": ["ip", "ip"]}), "keys: expected 1 to 8 parts, each once");
    check(json!({"keys": ["adress"]}), "expected one of ip, ip_prefix");
    check(json!({"keys": ["header.a b"]}), "expected one of ip, ip_prefix");
    check(json!({"window_seconds": 0}), "window_seconds: expected 1 to 86400");
    check(json!({"window_seconds": 86_401}), "window_seconds: expected 1 to 86400");
    check(json!({"threshold": 0}), "threshold: expected 1 to 1000000000");
    check(json!({"shape": {"token_bucket": {"burst": 0}}}), "shape.burst: expected 1");
    check(json!({"count": {"statuses": [99]}}), "expected 1 to 64 statuses");
    check(json!({"count": {"statuses": []}}), "expected 1 to 64 statuses");
    check(json!({"count": {"distinct": "arg.id"}, "threshold": 100_001}), "100000 distinct values");
    check(json!({"count": {"distinct": "arg.id"}, "shape": {"token_bucket": {"burst": 1}}}), "need `sliding`");
    check(json!({"count": {"distinct": "ip"}}), "the key has one value");
    check(json!({"when": {"field": "path", "op": "eq"}}), "compile limit `a`: when");
    check(json!({"window": "10s"}), "unknown field `window`");
}

#[test]
fn bans_climb_and_are_forgotten_after_a_day() {
    let ladder = Ladder::default();
    let hour = 3_600 * SECOND;
    let climb = |hours| ladder.climb(at(hours * hour), key(1));
    let minutes = |minutes: u64| BanStep::Local(Duration::from_secs(minutes * 60));
    assert_eq!(
        [climb(0), climb(1), climb(2), climb(3)],
        [minutes(10), minutes(60), BanStep::Decisions, BanStep::Decisions]
    );
    assert_eq!(climb(26), minutes(60), "only the one of hour 3 is younger than a day");
    assert_eq!(climb(60), minutes(10));
    assert_eq!(ladder.climb(at(0), key(2)), minutes(10));
}
