//! What sets the built-in policies apart from each other.

use std::sync::{Arc, OnceLock};

use medward_waf::policy::BuiltIn;
use medward_waf::{Conn, Outcome, Program, ResponseHead, Tx, UniqueId, Verdict};

use crate::requests::{Request, browser, get, post};

fn program(policy: BuiltIn) -> Arc<Program> {
    static PROGRAMS: OnceLock<[Arc<Program>; 3]> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(|| BuiltIn::ALL.map(|policy| policy.program().unwrap()));
    Arc::clone(&programs[BuiltIn::ALL.iter().position(|known| *known == policy).unwrap()])
}

fn judge(policy: BuiltIn, request: &Request, response: Option<(&str, &[u8])>) -> Verdict {
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(program(policy), &policy.options(), conn, UniqueId::default());
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    if let Some((content_type, body)) = response {
        let headers = vec![(b"Content-Type".to_vec(), content_type.as_bytes().to_vec())];
        tx.response_head(&ResponseHead { version: b"HTTP/1.1".to_vec(), status: 200, headers });
        tx.response_body(body);
        tx.response_end();
    }
    tx.finish()
}

/// Outcome, status and first rule by each policy, in the order balanced, observe, strict.
fn check(request: &Request, response: Option<(&str, &[u8])>, expected: [(Outcome, u16, &str); 3]) {
    for (policy, expected) in BuiltIn::ALL.into_iter().zip(expected) {
        let verdict = judge(policy, request, response);
        let first = verdict.hits.first().map_or("", |hit| &hit.rule);
        assert_eq!((verdict.outcome, verdict.status, first), expected, "{policy:?}: {:?}", request.head);
        assert_eq!(verdict.policy.0, policy.name());
    }
}

const PASS: (Outcome, u16, &str) = (Outcome::Pass, 0, "");

#[test]
fn observe_records_what_balanced_blocks_and_does_nothing_else() {
    let attack = get(b"/report?id=1'%20UNION%20SELECT%20login,password%20FROM%20users--%20");
    let verdicts = BuiltIn::ALL.map(|policy| judge(policy, &attack, None));
    let [balanced, observe, strict] = &verdicts;
    assert_eq!(verdicts.each_ref().map(|it| it.outcome), [Outcome::Block, Outcome::Observe, Outcome::Block]);
    assert_eq!((&balanced.hits, balanced.score_in), (&observe.hits, observe.score_in));
    assert_eq!(strict.score_in, balanced.score_in);
    check(&get(b"/report?id=7"), None, [PASS; 3]);
}

#[test]
fn strict_blocks_by_a_finding_that_balanced_only_records() {
    let doubtful = get(b"/download?file=/x/.env");
    let [balanced, _, strict] = BuiltIn::ALL.map(|policy| judge(policy, &doubtful, None));
    assert_eq!((balanced.score_in, balanced.outcome), (3, Outcome::Pass), "{:?}", balanced.hits);
    assert_eq!((strict.score_in, strict.outcome), (3, Outcome::Block));
}

#[test]
fn strict_refuses_methods_that_no_application_here_uses() {
    let request = |method: &str| Request { head: browser(method, b"/"), body: Vec::new() };
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        check(&request(method), None, [PASS; 3]);
    }
    for method in ["PROPFIND", "TRACE", "get", "GETS", "JEFF"] {
        check(&request(method), None, [PASS, PASS, (Outcome::Block, 405, "MW-PROTOCOL-001")]);
    }
}

#[test]
fn strict_refuses_content_types_that_no_application_here_uses() {
    for known in [
        "application/x-www-form-urlencoded",
        "Application/JSON; charset=utf-8",
        "application/fhir+json",
        "application/dicom+json",
        "application/soap+xml;charset=UTF-8;action=\"urn:Submit\"",
        "text/xml",
        "text/plain",
        "image/jpeg",
        "application/dicom",
        "application/octet-stream",
        "x-application/hl7-v2+er7",
        "application/vnd.ms-excel",
    ] {
        check(&post("/save", known, b"1"), None, [PASS; 3]);
    }
    check(&Request { head: browser("POST", b"/save"), body: b"a=1".to_vec() }, None, [PASS; 3]);
    for unknown in ["application/x-java-serialized-object", "application/jsonp", "text/xmlish", "foo", "x/y", "json"] {
        check(&post("/save", unknown, b"1"), None, [PASS, PASS, (Outcome::Block, 415, "MW-PROTOCOL-002")]);
    }
}

#[test]
fn strict_holds_back_responses_that_leak_and_the_others_do_not_look() {
    let leak: &[u8] = b"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n";
    let page = get(b"/report?id=7");
    for content_type in ["text/plain", "application/json", "application/octet-stream"] {
        check(&page, Some((content_type, leak)), [PASS, PASS, (Outcome::Block, 403, "MW-LEAK-001")]);
    }
    check(&page, Some(("text/html; charset=utf-8", "<p>血红蛋白 141 g/L</p>".as_bytes())), [PASS; 3]);
    let judged = BuiltIn::ALL.map(|policy| program(policy).judges_responses());
    assert_eq!(judged, [false, false, true]);
}

#[test]
fn names_lead_back_to_policies() {
    for policy in BuiltIn::ALL {
        assert_eq!(BuiltIn::from_name(policy.name()), Some(policy));
    }
    assert_eq!(BuiltIn::from_name("crs"), None);
}
