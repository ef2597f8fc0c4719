//! `medward waf explain`: rule by rule, why a captured request is blocked or passes.

use std::fs;
use std::path::Path;

use medward_tests::finished;
use medward_tests::peer::texts;

const HEAD: &str = "HTTP/1.1\r\nHost: tj.example.org\r\n";

fn explain(folder: &Path, request: &str, arguments: &[&str]) -> (String, String, i32) {
    fs::write(folder.join("request.http"), request).unwrap();
    texts(&finished(folder, &[&["waf", "explain"][..], arguments, &["request.http"]].concat()))
}

fn check(folder: &Path, request: &str, arguments: &[&str], expected: &[&str]) -> String {
    let (stdout, stderr, code) = explain(folder, request, arguments);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    for text in expected {
        assert!(stdout.contains(text), "{text:?} is missing in\n{stdout}");
    }
    stdout
}

#[test]
fn hits_forms_and_what_spared_the_other_rules_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let attack = format!("GET /report?id=1%2527%20OR%20'1'='1&page=2 {HEAD}\r\n");
    let expected = [
        "verdict: block; score ",
        "(policy balanced, threshold 5)",
        "  ARGS:id\n    \"1%27 OR '1'='1\"\n",
        "\"1' OR '1'='1\" after urlDecode",
        " HIT, 5 points. SQL injection",
        "  MW-SQLI-001 (phase 2) HIT, ",
        "    ARGS:id: \"1' OR '1'='1\" after urlDecode",
        "-> matched OR '1'='1",
        "  MW-SSTI-001 (phase 2) cannot match. ",
    ];
    let all = check(folder.path(), &attack, &["--policy", "balanced"], &expected);
    assert!(all.contains("    not asked about "), "{all}");
    let some = check(folder.path(), &attack, &["--policy", "balanced", "--rule", "MW-SQLI-0"], &["rules: 2\n"]);
    assert!(!some.contains("MW-XSS"), "{some}");
    check(folder.path(), &attack, &["--policy", "observe"], &["verdict: would block, but only records; score "]);
    let honest = format!("GET /report?id=7 {HEAD}\r\n");
    let passed = check(
        folder.path(),
        &honest,
        &["--policy", "strict"],
        &["verdict: pass; score 0 (policy strict, threshold 3)"],
    );
    assert!(!passed.contains("HIT"), "{passed}");
}

#[test]
fn rules_of_an_installed_rule_set_are_explained_with_their_chains_and_gates() {
    let folder = tempfile::tempdir().unwrap();
    let rules = r#"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:801,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@contains evil" "id:802,phase:2,deny,t:none,msg:'above the level'"
SecMarker END
SecRule ARGS "@contains evil" "id:803,phase:2,deny,t:none,t:lowercase,msg:'bad word',chain"
    SecRule REQUEST_METHOD "@streq POST"
SecRule ARGS:word "@contains evil" "id:804,phase:2,pass,nolog,t:none,setvar:tx.a=1"
SecRule ARGS_POST "@rx x" "id:805,phase:2,deny,t:none,msg:'in a form'"
SecRule TX:A "@eq 1" "id:806,phase:2,deny,status:403,t:none,msg:'counted'"
"#;
    let setup = "SecAction \"id:900000,phase:1,pass,nolog,setvar:tx.detection_paranoia_level=1\"\n";
    fs::create_dir_all(folder.path().join("crs/rules")).unwrap();
    fs::write(folder.path().join("crs/crs-setup.conf"), setup).unwrap();
    fs::write(folder.path().join("crs/rules/REQUEST-800.conf"), rules).unwrap();
    let request = format!("GET /?word=evil {HEAD}\r\n");
    let expected = [
        "verdict: block; score 0 (policy crs",
        "  802 (phase 2) off: the settings of the policy leave it out. above the level\n",
        "  803 (phase 2) the first condition of its chain holds, and not all of them. bad word\n",
        "  804 (phase 2) matches, and says nothing by itself. ",
        "  805 (phase 2) nothing to look at. in a form\n",
        "  806 (phase 2) HIT, 0 points. counted\n",
    ];
    check(folder.path(), &request, &["--policy", "crs", "--crs", "crs"], &expected);
}

#[test]
fn refusal_by_framing_is_told_and_what_is_no_request_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let smuggling = format!("POST / {HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    let expected = ["verdict: block, before any rule is asked\nMW-HTTP-022: "];
    check(folder.path(), &smuggling, &["--policy", "balanced"], &expected);
    let (stdout, stderr, code) = explain(folder.path(), "GET / HTTP/1.1\r\nHost: a\r\n", &["--policy", "balanced"]);
    assert_eq!((stdout.as_str(), code), ("", 1));
    assert!(stderr.contains("request.http as a request: the head does not end"), "{stderr}");
    let (_, stderr, code) = explain(folder.path(), &smuggling, &["--policy", "crs"]);
    assert_eq!((code, stderr.contains("--crs must name")), (64, true), "{stderr}");
}
