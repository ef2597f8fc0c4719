//! Rules of the test's own, to see the order of things: chains, deny, negation, transformations, the prefilter.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::compile::{CompileOptions, compile};
use crate::options::{RuleSelector, RuleState};
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
fn rules_of_the_last_phase_record_and_block_nothing() {
    let rules =
        "SecAction \"id:1,phase:5,deny,log,msg:m\"\nSecAction \"id:2,phase:5,pass,log,msg:m,setvar:tx.score_in=+9\"";
    let verdict = judge(rules, "/");
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Observe, 0));
    assert_eq!(ids(&verdict), ["1", "2"], "a rule that would deny does not end the phase");
    let rules = format!("SecAction \"id:3,phase:2,deny,status:406,log,msg:m\"\n{rules}");
    let verdict = judge(&rules, "/");
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Block, 406));
}

#[test]
fn the_score_of_an_installed_rule_set_is_its_own() {
    let rules = "SecAction \"id:1,phase:2,pass,setvar:tx.blocking_inbound_anomaly_score=15\"\n\
                 SecRule TX:blocking_inbound_anomaly_score \"@ge 5\" \"id:2,phase:2,deny,msg:m\"\n\
                 SecAction \"id:3,phase:5,pass,setvar:tx.blocking_outbound_anomaly_score=4\"";
    let sources = Sources {
        files: vec![SourceFile { path: "test.conf".to_owned(), bytes: rules.as_bytes().to_vec() }],
        ..Sources::default()
    };
    for (profile, scores) in [(Profile::ModSecurity, (15, 4)), (Profile::Native, (0, 0))] {
        let options = CompileOptions { profile, ..CompileOptions::default() };
        let (program, _) = compile(&sources, &options).unwrap();
        let reference = Reference::compile(&sources).unwrap();
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
        let tx = || Tx::new(Arc::clone(&program), &ObjectOptions::default(), conn, UniqueId::default());
        for mut tx in [tx(), tx().with_reference(Arc::clone(&reference))] {
            tx.request_head(&Head::new(b"GET", b"/", b"HTTP/1.1"));
            tx.request_end();
            let verdict = tx.finish();
            assert_eq!((verdict.score_in, verdict.score_out), scores);
            assert_eq!(verdict.outcome, Outcome::Block);
        }
    }
}

#[test]
fn rule_that_only_records_refuses_nothing_and_raises_no_score() {
    let rules = "SecRule ARGS:a \"@streq x\" \"id:1,phase:2,deny,msg:m\"\n\
        SecRule ARGS:a \"@streq x\" \"id:2,phase:2,pass,setvar:tx.inbound_anomaly_score_pl1=+5\"\n\
        SecRule TX:inbound_anomaly_score_pl1 \"@ge 5\" \"id:3,phase:2,deny\"";
    let verdict = |recorded: &[&str]| {
        let switches = recorded.iter().map(|id| (RuleSelector::Id((*id).to_owned()), RuleState::Records)).collect();
        judge_with(rules, "/?a=x", &ObjectOptions { switches, ..ObjectOptions::default() })
    };
    assert_eq!(ids(&verdict(&[])), ["1"]);
    let only = verdict(&["1", "2"]);
    assert_eq!((only.outcome, ids(&only)), (Outcome::Pass, vec!["1", "2"]));
    assert_eq!(verdict(&["1"]).outcome, Outcome::Block);
    assert_eq!(ids(&verdict(&["2"])), ["1"]);
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
fn further_links_of_a_secret_value_are_masked_whole() {
    let rules = "SecRule ARGS \"@rx (q.)\" \"id:1,phase:2,capture,chain\"\n SecRule TX:1 \"@streq qx\" \"chain\"\n SecRule MATCHED_VARS \"!@streq z\"";
    let verdict = judge(rules, "/?password=12qx34");
    let hit = &verdict.hits[0];
    assert_eq!(hit.decoded.text(), "**qx**");
    let quoted: Vec<_> = hit.chain.iter().map(|(_, snip)| snip.text()).collect();
    assert!(quoted.len() > 1 && quoted.iter().all(|text| text.bytes().all(|byte| byte == b'*')), "{quoted:?}");
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

fn decoded(verdict: &Verdict) -> Vec<String> {
    verdict.hits.iter().map(|hit| format!("{}={}", hit.variable, hit.decoded.text())).collect()
}

#[test]
fn macros_of_an_operator_stand_for_what_earlier_values_have_set() {
    let rules = "SecRule ARGS \"@gt %{tx.most}\" \"id:1,phase:2,setvar:'tx.most=%{MATCHED_VAR}'\"";
    assert_eq!(decoded(&judge(rules, "/?a=1&b=3&c=2")), ["ARGS:a=1", "ARGS:b=3"]);
}

#[test]
fn a_value_is_looked_at_once_for_the_first_variable_that_means_it() {
    let rules = "SecRule ARGS:b|ARGS \"@rx .\" \"id:1,phase:2\"";
    assert_eq!(decoded(&judge(rules, "/?a=x&b=y")), ["ARGS:b=y", "ARGS:a=x"]);
    let asked_in_its_turn = "SecRule &ARGS|ARGS:b|ARGS \"@rx .\" \"id:1,phase:2\"";
    assert_eq!(decoded(&judge(asked_in_its_turn, "/?a=x&b=y")), ["ARGS=2", "ARGS:b=y", "ARGS:a=x"]);
}

#[test]
fn what_is_left_out_is_not_counted_and_not_missed() {
    assert_eq!(decoded(&judge("SecRule &ARGS|!ARGS:a \"@eq 1\" \"id:1,phase:2\"", "/?a=x&b=y")), ["ARGS=1"]);
    assert!(judge("SecRule &ARGS:a|!ARGS:a \"@eq 0\" \"id:1,phase:2\"", "/?a=x").hits.is_empty());
    // Arguments of the body would still be counted.
    assert_eq!(decoded(&judge("SecRule &ARGS|!ARGS_GET \"@eq 0\" \"id:1,phase:2\"", "/?a=x")), ["ARGS=0"]);
    let set = "SecAction \"id:1,phase:1,nolog,setvar:tx.a=1,setvar:tx.b=1\"\n";
    let count = format!("{set}SecRule &TX|!TX:a \"@eq 1\" \"id:2,phase:2\"");
    assert_eq!(decoded(&judge(&count, "/")), ["TX=1"]);
}

#[test]
fn a_target_removed_by_an_earlier_value_is_not_looked_at() {
    let rules = "SecRule ARGS:a \"@rx .\" \"id:1,phase:2,chain\"\n SecRule ARGS \"@rx .\" \"ctl:ruleRemoveTargetById=1;ARGS:b\"";
    let verdict = judge(rules, "/?a=x&b=y&c=z");
    let names: Vec<_> = verdict.hits[0].chain.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ARGS:a", "ARGS:c"]);
}

#[test]
fn a_form_of_a_value_does_not_remove_the_forms_after_it() {
    let rules =
        "SecRule ARGS \"@rx .\" \"id:1,phase:2,multiMatch,t:hexEncode,t:hexDecode,ctl:'ruleRemoveTargetById=1;ARGS'\"";
    assert_eq!(decoded(&judge(rules, "/?a=x&b=y")), ["ARGS:a=x", "ARGS:a=78", "ARGS:a=x"]);
}

#[test]
fn multi_match_looks_at_every_form_a_step_has_changed() {
    let rules = "SecRule ARGS \"@rx .\" \"id:1,phase:2,multiMatch,t:hexEncode,t:lowercase,t:hexDecode\"";
    let expected = ["ARGS:a=x", "ARGS:a=78", "ARGS:a=x"];
    assert_eq!(decoded(&judge(rules, "/?a=x")), expected);
    // The same for a rule that is asked in its turn.
    let again = rules.replace("ARGS", "&REQUEST_BODY|ARGS").replace("@rx .", "@rx [x7]");
    assert_eq!(decoded(&judge(&again, "/?a=x")), expected);
    let layers = "SecRule ARGS \"@rx .\" \"id:1,phase:2,multiMatch,t:decodeLayers,t:hexEncode\"";
    assert_eq!(decoded(&judge(layers, "/?a=x")), ["ARGS:a=x", "ARGS:a=78"]);
}

#[test]
fn the_outermost_layer_that_matches_counts_whatever_other_rules_decode() {
    let rules = "SecRule ARGS \"@rx zzz\" \"id:1,phase:2,t:jsDecode,t:htmlEntityDecode\"\n\
                 SecRule ARGS \"@rx b\" \"id:2,phase:2,t:decodeLayers\"";
    assert_eq!(decoded(&judge(rules, "/?a=%5cx62%26%2398;")), ["ARGS:a=\\x62b"]);
}

#[test]
fn points_of_a_rule_set_that_scores_are_counted_however_it_spells_the_variable() {
    for name in ["tx.inbound_anomaly_score_pl1", "TX.OUTBOUND_ANOMALY_SCORE_PL2"] {
        let rules = format!("SecAction \"id:1,phase:1,setvar:'{name}=+5'\"");
        assert_eq!(judge(&rules, "/").hits[0].points, 5, "{name}");
    }
}

#[test]
fn what_a_rule_has_matched_is_nothing_to_the_next_one() {
    let rules = "SecRule ARGS \"@rx x\" \"id:1,phase:2\"\n\
                 SecRule &ARGS \"@streq %{MATCHED_VAR_NAME}\" \"id:2,phase:2\"\n\
                 SecRule MATCHED_VAR|MATCHED_VARS|&MATCHED_VARS \"!@streq 0\" \"id:3,phase:2\"\n\
                 SecRule ARGS \"@streq x%{MATCHED_VAR}\" \"id:4,phase:2\"";
    assert_eq!(ids(&judge(rules, "/?a=x")), ["1", "4"]);
}

#[test]
fn what_another_rule_may_switch_off_is_not_worked_out_beforehand() {
    let absent = "SecRule ARGS:none \"@unconditionalMatch\" \"id:1,phase:2,nolog,skipAfter:END\"\n\
                  SecRule ARGS \"@rx x\" \"id:2,phase:2\"\nSecMarker END";
    assert_eq!(ids(&judge(absent, "/?a=x")), ["2"]);
    let set = "SecRule ARGS \"@streq x\" \"id:1,phase:1,nolog,ctl:ruleRemoveById=2\"\n\
               SecAction \"id:2,phase:1,nolog,setvar:tx.n=1\"\n\
               SecRule TX:n \"@eq 1\" \"id:3,phase:1\"";
    assert!(judge(set, "/?a=x").hits.is_empty());
    assert_eq!(ids(&judge(set, "/?a=y")), ["3"]);
    for ctl in ["ruleRemoveById=2", "ruleRemoveByTag=gate", "ruleRemoveTargetById=2;UNIQUE_ID"] {
        let gate = format!(
            "SecRule ARGS \"@streq x\" \"id:1,phase:1,nolog,ctl:{ctl}\"\n\
             SecAction \"id:2,phase:1,nolog,tag:gate,skipAfter:END\"\n\
             SecRule ARGS \"@rx .\" \"id:3,phase:1\"\nSecMarker END"
        );
        assert_eq!(ids(&judge(&gate, "/?a=x")), ["3"], "{ctl}");
        assert!(judge(&gate, "/?a=y").hits.is_empty(), "{ctl}");
    }
}

#[test]
fn detectors_of_libinjection_capture_fingerprint_and_input() {
    let rules = "SecRule ARGS \"@detectSQLi\" \"id:1,phase:2,capture,msg:'%{TX.0}'\"\n\
                 SecRule ARGS \"@detectXSS\" \"id:2,phase:2,capture,msg:'%{TX.0}'\"";
    assert_eq!(judge(rules, "/?a=1'%20or%20'1'='1").hits[0].msg, "s&sos");
    assert_eq!(judge(rules, "/?a=%3Cscript%3E").hits[0].msg, "<script>");
}
