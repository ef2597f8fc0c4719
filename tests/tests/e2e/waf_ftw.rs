//! `medward waf ftw`: the tests of an installed rule set, run at the command line in process and through a real gateway.
//! The rule set is a small one of our own, laid out like the CRS.

use std::fs;
use std::path::Path;

use medward_tests::finished;
use medward_tests::peer::texts;

/// A rule that fires only where the settings between setup and rules are in force, its marker and its word list are found,
/// and a JSON body is read.
const RULES: &str = r#"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 4" "id:801,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@pmFromFile words.data" \
    "id:802,phase:2,block,capture,t:none,t:lowercase,msg:'bad word',\
    logdata:'Matched Data: %{TX.0} found within %{MATCHED_VAR_NAME}: %{MATCHED_VAR}',severity:CRITICAL,\
    setvar:'tx.score=+5'"
SecMarker END
SecRule TX:SCORE "@ge 5" "id:803,phase:2,deny,status:403,t:none,msg:'score %{TX.SCORE}'"
SecRule RESPONSE_BODY "@rx secret" "id:805,phase:4,deny,t:none,msg:'a secret leaks'"
SecRule REQUEST_METHOD "@streq FOO" "id:804,phase:1,pass,t:none,msg:'odd method'"
"#;

const TESTS: &str = r#"
rule_id: 802
tests:
  - test_id: 1
    stages:
      - input: {method: POST, uri: /record, headers: {Host: localhost, Content-Type: application/json}, data: '{"a": {"b": "so EVIL"}}'}
        output: {status: 200, log: {expect_ids: [802, 803], match_regex: 'Matched Data: evil found within ARGS:json\.a\.b: so evil'}}
      - input: {uri: /, headers: {Host: localhost}}
        output: {status: 200, log: {no_expect_ids: [802, 803]}}
      - input: {method: POST, uri: /reflect, headers: {Host: localhost, Content-Type: application/json}, data: '{"body": "a secret"}'}
        output: {status: 200, log: {expect_ids: [805]}}
  - test_id: 2
    stages:
      - input: {method: FOO, version: HTTP/1.1, headers: {User-Agent: no host}}
        output: {log: {expect_ids: [804]}}
"#;

fn install(folder: &Path) {
    for (name, text) in [
        ("crs-setup.conf.example", "SecDefaultAction \"phase:1,log,pass\"\nSecDefaultAction \"phase:2,log,pass\"\n"),
        ("rules/REQUEST-800.conf", RULES),
        ("rules/words.data", "# words\nevil\n"),
        ("tests/regression/tests/800/802.yaml", TESTS),
        ("tests/regression/tests/800/empty.yaml", "---\n"),
    ] {
        let path = folder.join("crs").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Runs it and compares the lines of the report and the exit code.
fn check(folder: &Path, more: &[&str], expected: &str, code: i32) {
    let arguments = [&["waf", "ftw", "--crs", "crs"][..], more].concat();
    let (stdout, stderr, exited) = texts(&finished(folder, &arguments));
    assert_eq!((stdout.as_str(), exited), (expected, code), "{more:?}: {stderr}");
    assert!(!folder.join("data").exists(), "a test run made an installation");
}

#[test]
fn tests_run_in_process_and_over_the_wire_where_the_front_refuses_what_it_must() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path());
    check(folder.path(), &[], "2 passed, 0 failed, 0 skipped\n", 0);
    let refused = "802-2 failed: expected 804 to fire; fired: nothing\n1 passed, 1 failed, 0 skipped\n";
    check(folder.path(), &["--wire"], refused, 1);
    let list = "version: v1\nmeta: {engine: x}\ntest_overrides:\n  - {rule_id: 802, test_ids: [2], reason: no Host}\n";
    fs::write(folder.path().join("list.yaml"), list).unwrap();
    let skipped = "802-2 skipped: no Host\n1 passed, 0 failed, 1 skipped\n";
    check(folder.path(), &["--wire", "--overrides", "list.yaml"], skipped, 0);
    check(folder.path(), &["--filter", "-1$"], "1 passed, 0 failed, 0 skipped\n", 0);
}

#[test]
fn what_cannot_be_run_is_never_a_success() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path());
    for (more, code, word) in [
        (&["--filter", "9999"][..], 1, "none was chosen"),
        (&["--tests", "missing"], 1, "missing"),
        (&["--tests", "crs/rules"], 1, "none was chosen"),
        (&["--overrides", "missing"], 1, "missing"),
        (&["--filter", "("], 64, "--filter"),
        (&["--engine", "slow"], 64, "slow"),
    ] {
        let arguments = [&["waf", "ftw", "--crs", "crs"][..], more].concat();
        let (stdout, stderr, exited) = texts(&finished(folder.path(), &arguments));
        assert_eq!((stdout.as_str(), exited), ("", code), "{more:?}: {stderr}");
        assert!(stderr.contains(word), "{word:?} is missing in {stderr}");
    }
    fs::write(folder.path().join("crs/rules/REQUEST-801.conf"), "SecRule ARGS \"@noSuch x\" \"id:1\"\n").unwrap();
    let (stdout, stderr, exited) = texts(&finished(folder.path(), &["waf", "ftw", "--crs", "crs"]));
    assert_eq!((stdout.as_str(), exited), ("", 1), "{stderr}");
    assert!(stderr.contains("rules/REQUEST-801.conf:1:") && stderr.contains("noSuch"), "{stderr}");
}
