//! What rules say about responses, in the order in which a proxy feeds them.

use super::*;
use crate::compile::{CompileOptions, compile};
use crate::sources::{SourceFile, Sources};

const BODY: &str = "SecResponseBodyAccess On\nSecResponseBodyMimeType text/html\nSecResponseBodyLimit 16\n";
const LEAK: &str = "SecRule RESPONSE_BODY \"@contains secret\" \"id:1,phase:4,deny,status:502,msg:'leak'\"\n";

fn begin(rules: &str, mode: Mode) -> Tx {
    let file = SourceFile { path: "test.conf".to_owned(), bytes: rules.as_bytes().to_vec() };
    let sources = Sources { files: vec![file], ..Sources::default() };
    let (program, _) = compile(&sources, &CompileOptions::default()).unwrap();
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
    let options = ObjectOptions { mode, ..ObjectOptions::default() };
    let mut tx = Tx::new(program, &options, conn, UniqueId("u".to_owned()));
    tx.request_head(&Head::new(b"GET", b"/", b"HTTP/1.1").with_header(b"Host", b"a"));
    tx.request_end();
    tx
}

fn head(headers: &[(&str, &str)]) -> ResponseHead {
    let headers = headers.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    ResponseHead { version: b"HTTP/1.1".to_vec(), status: 200, headers: headers.collect() }
}

fn html() -> ResponseHead {
    head(&[("Content-Type", "text/html; charset=utf-8")])
}

#[test]
fn response_is_wanted_only_by_a_program_with_rules_for_it() {
    let wants = |rules: &str| begin(rules, Mode::Block).wants_response();
    assert!(!wants("SecRule ARGS \"@contains x\" \"id:1,phase:2,deny\""));
    for phase in 3..=5 {
        assert!(wants(&format!("SecAction \"id:1,phase:{phase},pass\"")), "{phase}");
    }
    assert!(!begin(LEAK, Mode::Off).wants_response());
    assert!(
        !Tx::new(
            crate::policy::balanced().unwrap(),
            &ObjectOptions::default(),
            *begin(LEAK, Mode::Block).conn(),
            UniqueId::default()
        )
        .wants_response()
    );
}

#[test]
fn body_is_wanted_only_where_a_rule_would_see_it() {
    let wants = |rules: &str, head: &ResponseHead| {
        let mut tx = begin(rules, Mode::Block);
        tx.response_head(head);
        tx.wants_response_body()
    };
    let rules = format!("{BODY}{LEAK}");
    assert!(wants(&rules, &html()));
    assert!(!wants(&rules, &head(&[("Content-Type", "image/png")])));
    assert!(!wants(LEAK, &html()), "access is off unless the rules turn it on");
    let only_heads = "SecRule RESPONSE_STATUS \"@streq 500\" \"id:2,phase:3,pass\"";
    assert!(!wants(&format!("{BODY}{only_heads}"), &html()));
    let off = "SecRule RESPONSE_STATUS \"@streq 200\" \"id:3,phase:3,pass,ctl:responseBodyAccess=Off\"";
    assert!(!wants(&format!("{BODY}{LEAK}{off}"), &html()), "a rule of phase 3 may still turn it off");
    let allow = "SecRule REQUEST_METHOD \"@streq GET\" \"id:3,phase:1,allow\"";
    assert!(!wants(&format!("{BODY}{LEAK}{allow}"), &html()), "who was let through is not asked again");
}

#[test]
fn body_beyond_the_limit_is_judged_in_part_or_refused() {
    let judge = |rules: &str, body: &[u8]| {
        let mut tx = begin(rules, Mode::Block);
        tx.response_head(&html());
        tx.response_body(body);
        let wants = tx.wants_response_body();
        let step = tx.response_end();
        (wants, step, tx.finish())
    };
    let rules = format!("{BODY}{LEAK}");
    let (wants, step, verdict) = judge(&rules, b"0123456789 and a secret");
    assert_eq!((wants, step, verdict.outcome, verdict.partial), (false, Step::Continue, Outcome::Pass, true));
    let (wants, step, verdict) = judge(&rules, b"a secret");
    assert_eq!((wants, step, verdict.partial), (true, Step::Block, false));
    assert_eq!((verdict.outcome, verdict.status, verdict.phase), (Outcome::Block, 502, 4));
    let rejecting = format!("SecResponseBodyLimitAction Reject\n{rules}");
    let (_, step, verdict) = judge(&rejecting, b"0123456789 and more");
    assert_eq!((step, verdict.status, verdict.phase), (Step::Block, 500, 4));
    let (_, step, _) = judge(&rejecting, b"0123456789");
    assert_eq!(step, Step::Continue);
}

#[test]
fn cookie_that_an_application_sets_is_masked_in_evidence() {
    let rules = "SecRule RESPONSE_HEADERS \"@contains HttpOnly\" \"id:1,phase:3,pass,msg:'saw %{MATCHED_VAR}'\"";
    let mut tx = begin(rules, Mode::Block);
    tx.response_head(&head(&[("Set-Cookie", "sid=0123abc; HttpOnly")]));
    let hit = tx.finish().hits.remove(0);
    assert_eq!((hit.decoded.text().as_str(), hit.decoded.masked), ("*************HttpOnly", true));
    assert_eq!(hit.msg, "saw %{MATCHED_VAR}", "a message must not tell what the quotation hides");
}

#[test]
fn score_of_the_request_and_of_the_response_are_told_apart() {
    let rules = "SecAction \"id:1,phase:2,pass,setvar:tx.score_in=+3\"\nSecAction \"id:2,phase:3,pass,setvar:tx.score_out=+4\"\n";
    let mut tx = begin(rules, Mode::Observe);
    tx.response_head(&html());
    assert_eq!(tx.response_end(), Step::Continue, "an observed object blocks nothing");
    let verdict = tx.finish();
    assert_eq!((verdict.score_in, verdict.score_out, verdict.phase), (3, 4, 3));
    assert_eq!(verdict.outcome, Outcome::Observe);
    let mut tx = begin(rules, Mode::Block);
    assert_eq!(tx.response_head(&html()), Step::Block);
}
