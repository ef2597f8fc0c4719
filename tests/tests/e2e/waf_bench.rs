//! `medward waf bench`: what rules cost, with the lines of the format, alone and beside libmodsecurity. The rule set is a
//! small one of our own, laid out like the CRS.

use std::fs;
use std::path::Path;

use medward_tests::finished;
use medward_tests::peer::{require, texts};
use serde_json::Value;

/// Honest requests of the mix name a patient like this, attacks do not.
const RULES: &str = r#"
SecRule ARGS:patient "!@rx ^P\d{8}$" "id:801,phase:2,deny,status:403,t:none,msg:'no patient'"
SecRule RESPONSE_BODY "@rx secret" "id:802,phase:4,deny,status:403,t:none,msg:'a secret leaks'"
"#;

fn install(folder: &Path, rules: &str) {
    fs::create_dir_all(folder.join("crs/rules")).unwrap();
    fs::write(folder.join("crs/crs-setup.conf.example"), "SecDefaultAction \"phase:2,log,pass\"\n").unwrap();
    fs::write(folder.join("crs/rules/REQUEST-800.conf"), rules).unwrap();
}

/// Two rounds of turns of a millisecond: enough to see that everything is there.
fn bench(folder: &Path, more: &[&str]) -> (String, String, i32) {
    let arguments = ["waf", "bench", "--crs", "crs", "--rounds", "2", "--turn-ms", "1"];
    texts(&finished(folder, &[&arguments[..], more].concat()))
}

fn lines(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_kind_of_request_has_its_line_and_the_last_line_says_what_the_rules_take_up() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), RULES);
    let (stdout, stderr, code) = bench(folder.path(), &[]);
    assert_eq!(code, 0, "{stderr}");
    let lines = lines(&stdout);
    let (last, kinds) = lines.split_last().unwrap();
    let seen: Vec<_> =
        kinds.iter().map(|line| (line["mix"].as_str().unwrap(), line["response"].as_bool().unwrap())).collect();
    let expected = ["get", "form", "json", "sqli"].map(|mix| [(mix, false), (mix, true)]);
    assert_eq!(seen, expected.concat());
    for line in kinds {
        for figure in ["fast_us", "reference_us"] {
            assert!(line[figure].as_f64().unwrap() > 0.0, "{line}");
        }
        assert_eq!(line["fast_rounds_us"].as_array().unwrap().len(), 2, "{line}");
        assert!(line.get("peer_us").is_none() && line.get("ratio").is_none(), "{line}");
    }
    let summary = &last["summary"];
    assert!(summary["load_s"].as_f64().unwrap() > 0.0, "{summary}");
    assert!(summary["objects_mb"].as_f64() >= summary["memory_mb"].as_f64(), "{summary}");
    assert!(summary.get("peer").is_none(), "{summary}");
    assert!(!folder.path().join("data").exists(), "a benchmark made an installation");
}

#[test]
fn peer_judges_the_same_requests_by_the_same_rules() {
    if require("g++").is_none() || require("../include/modsecurity/modsecurity.h").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), RULES);
    let (stdout, stderr, code) = bench(folder.path(), &["--peer"]);
    assert_eq!(code, 0, "{stderr}");
    let lines = lines(&stdout);
    let (last, kinds) = lines.split_last().unwrap();
    for line in kinds {
        let [fast, peer, ratio] = ["fast_us", "peer_us", "ratio"].map(|figure| line[figure].as_f64().unwrap());
        assert!((peer / fast - ratio).abs() < 0.01 * ratio, "{line}");
        assert_eq!(line["peer_rounds_us"].as_array().unwrap().len(), 2, "{line}");
    }
    assert!(last["summary"]["peer"].as_str().unwrap().starts_with("libmodsecurity 3."), "{last}");
    assert!(last["summary"]["peer_load_s"].is_f64(), "{last}");
}

#[test]
fn wrong_answers_give_no_figures() {
    let folder = tempfile::tempdir().unwrap();
    for (rules, problem) in [
        (RULES.replace("!@rx", "@rx"), "measure get: our engine refused"),
        (RULES.replace("deny", "pass"), "measure sqli: our engine refused 0 of "),
        (RULES.replace("secret", "g/L"), "measure get: our engine refused"),
        (RULES.replace("@rx", "@regex"), "the operator @regex is not known"),
    ] {
        install(folder.path(), &rules);
        let (stdout, stderr, code) = bench(folder.path(), &[]);
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.contains(problem), "{problem:?} is missing in {stderr}");
        assert!(!stdout.contains("summary"), "{stdout}");
    }
}
