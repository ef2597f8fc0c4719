//! Rules of the test's own, to see the order of things: chains, deny, negation, transformations, the prefilter.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::compile::{CompileOptions, compile};
use crate::sources::{SourceFile, Sources};

fn judge(rules: &str, target: &str) -> Verdict {
    judge_with(rules, target, &ObjectOptions::default())
}

fn judge_with(rules: &str, target: &str, options: &ObjectOptions) -> Verdict {
    let file = SourceFile { path: "test.conf".to_owned(), bytes: rules.as_bytes().to_vec() };
    let (program, _) =
        compile(&Sources { files: vec![file], ..Sources::default() }, &CompileOptions::default()).unwrap();
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
    let mut tx = Tx::new(program, options, conn, UniqueId("u".to_owned()));
    let head = Head::new(b"GET", target.as_bytes(), b"HTTP/1.1").with_header(b"Host", b"a").with_header(b"X-A", b"va");
    tx.request_head(&head);
    tx.request_end();
    tx.finish()
}

fn ids(verdict: &Verdict) -> Vec<&str> {
    verdict.hits.iter().map(|hit| hit.rule.as_str()).collect()
}

#[test]
fn deny_refuses_at_once_with_its_status() {
    let verdict = judge("SecRule ARGS:a \"@streq x\" \"id:1,phase:2,deny,status:406,msg:m\"", "/?a=x");
    assert_eq!((verdict.outcome, verdict.status, verdict.score_in), (Outcome::Block, 406, 0));
    let verdict = judge("SecRule ARGS:a \"@streq x\" \"id:1,phase:2,deny,msg:m\"", "/?b=x");
    assert_eq!(verdict.outcome, Outcome::Pass);
}

#[test]
fn selectors_and_exclusions_pick_values_without_regard_to_case() {
    let rules = "SecRule ARGS|!ARGS:Skip|REQUEST_HEADERS:x-a \"@rx v\" \"id:1,phase:2,setvar:tx.score_in=+1\"";
    let verdict = judge(rules, "/?skip=v&other=v");
    let variables: Vec<_> = verdict.hits.iter().map(|hit| hit.variable.as_str()).collect();
    assert_eq!(variables, ["ARGS:other", "REQUEST_HEADERS:X-A"]);
}

#[test]
fn operators_compare_as_their_names_say() {
    for (operator, matching, other) in [
        ("@streq abc", "abc", "abcd"),
        ("@beginsWith ab", "abc", "cab"),
        ("@endsWith bc", "abc", "abcd"),
        ("@contains b", "abc", "acd"),
        ("@pm foo bar", "a-BAR-b", "baz"),
        ("!@contains b", "acd", "abc"),
        ("!@rx ^\\d+$", "12a", "12"),
    ] {
        let rules = format!("SecRule ARGS:a \"{operator}\" \"id:1,phase:2,setvar:tx.score_in=+1\"");
        assert_eq!(ids(&judge(&rules, &format!("/?a={matching}"))), ["1"], "{operator}");
        assert!(judge(&rules, &format!("/?a={other}")).hits.is_empty(), "{operator}");
    }
}

#[test]
fn a_negated_operator_does_not_run_on_an_absent_variable() {
    let rules = "SecRule ARGS:a \"!@streq x\" \"id:1,phase:2,setvar:tx.score_in=+1\"";
    assert!(judge(rules, "/?b=1").hits.is_empty());
    assert_eq!(ids(&judge(rules, "/?a=")), ["1"]);
}

#[test]
fn a_chain_needs_every_link() {
    let rules = "SecRule ARGS \"@contains one\" \"id:1,phase:2,t:lowercase,chain\"\n SecRule MATCHED_VARS \"@contains two\" \"chain\"\n SecRule REQUEST_HEADERS:X-A \"@streq va\" \"setvar:tx.score_in=+5\"";
    let verdict = judge(rules, "/?a=ONE-TWO");
    assert_eq!(ids(&verdict), ["1"]);
    assert_eq!(
        verdict.hits[0].chain.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["ARGS:a", "REQUEST_HEADERS:X-A"]
    );
    assert_eq!(verdict.hits[0].chain[0].1.text(), "one-two", "links see the transformed value");
    assert!(judge(rules, "/?a=one&b=two").hits.is_empty());
}

#[test]
fn phase_one_sees_the_head_before_the_end() {
    let rules = "SecRule REQUEST_METHOD \"@streq GET\" \"id:1,phase:1,setvar:tx.score_in=+5\"";
    let verdict = judge(rules, "/");
    assert_eq!((verdict.outcome, verdict.phase), (Outcome::Block, 1));
}

#[test]
fn an_action_without_condition_always_scores() {
    let verdict = judge("SecAction \"id:9,phase:1,setvar:tx.score_in=+2\"", "/");
    assert_eq!((verdict.score_in, ids(&verdict)), (2, vec!["9"]));
}

#[test]
fn every_head_variable_has_its_value() {
    for (variable, expected) in [
        ("REQUEST_LINE", "GET http://h/a/b.php?x=1#f HTTP/1.1"),
        ("REQUEST_METHOD", "GET"),
        ("REQUEST_PROTOCOL", "HTTP/1.1"),
        ("REQUEST_URI_RAW", "http://h/a/b.php?x=1#f"),
        ("REQUEST_URI", "/a/b.php?x=1"),
        ("REQUEST_FILENAME", "/a/b.php"),
        ("REQUEST_BASENAME", "b.php"),
        ("QUERY_STRING", "x=1"),
        ("REMOTE_ADDR", "127.0.0.1"),
        ("ARGS_GET:x", "1"),
        ("ARGS_GET_NAMES", "x"),
        ("REQUEST_HEADERS_NAMES:X-A", "X-A"),
    ] {
        let rules = format!("SecRule {variable} \"@streq {expected}\" \"id:1,phase:1\"");
        assert_eq!(ids(&judge(&rules, "http://h/a/b.php?x=1#f")), ["1"], "{variable}");
    }
}

proptest! {
    #[test]
    fn the_prefilter_never_hides_a_match(value in "[a-c%'\" 0-9<(]{0,16}") {
        // The same patterns with an alternative that needs nothing, so that they always run.
        let patterns = ["(?i)ab(?:c|\\d)", "'\\s*(?:a|b)", "a.?b.?c", "%[a-c]", "<a|\\(b"];
        let rule = |id: usize, pattern: &str| format!("SecRule ARGS \"{pattern}\" \"id:{id},phase:2,t:decodeLayers\"\n");
        let filtered: String = patterns.iter().enumerate().map(|(id, pattern)| rule(id, pattern)).collect();
        let open: String = patterns.iter().enumerate().map(|(id, pattern)| rule(id, &format!("(?:{pattern})|\\b\\B"))).collect();
        let encoded: String = value.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
        let target = format!("/?a={encoded}");
        let (filtered, open) = (judge(&filtered, &target), judge(&open, &target));
        prop_assert_eq!(ids(&filtered), ids(&open));
        prop_assert_eq!(filtered.hits, open.hits);
    }
}

#[test]
fn the_program_of_a_transaction_outlives_its_replacement() {
    let program = crate::policy::balanced().unwrap();
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
    let tx = Tx::new(Arc::clone(&program), &ObjectOptions::default(), conn, UniqueId("u".to_owned()));
    assert_eq!(tx.id(), &UniqueId("u".to_owned()));
    assert_eq!(tx.conn(), &conn);
    let id = program.id();
    drop(program);
    assert_eq!(tx.finish().program, id);
}
