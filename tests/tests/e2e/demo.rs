//! `medward demo --once`: the loop holds, and each negative control breaks it.

use medward_tests::finished;
use medward_tests::peer::texts;
use serde_json::Value;

fn once(sabotage: Option<&str>) -> (Value, i32, String) {
    let data = tempfile::tempdir().unwrap();
    let mut arguments = vec!["demo", "--once", "--json"];
    if let Some(what) = sabotage {
        arguments.extend(["--sabotage", what]);
    }
    let (stdout, stderr, code) = texts(&finished(data.path(), &arguments));
    let summary = serde_json::from_str(stdout.trim()).unwrap_or_else(|error| panic!("{error}: {stdout}\n{stderr}"));
    (summary, code, stderr)
}

#[test]
fn every_step_of_the_loop_does_what_it_must() {
    let (summary, code, stderr) = once(None);
    assert_eq!(code, 0, "{summary}\n{stderr}");
    assert!(summary["benign"].as_u64().unwrap() >= 200);
    assert_eq!(summary["benign_blocked"], 0);
    assert!(summary["attacks"].as_u64().unwrap() >= 60);
    assert_eq!(summary["attacks"], summary["attacks_blocked"]);
    assert!(summary["attack_classes"].as_u64().unwrap() >= 6);
    assert!(summary["events"].as_u64().unwrap() > 260);
    assert_eq!(summary["vault_verified"], true);
    assert_eq!(summary["second_factor"], true);
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);
}

/// Breaks one thing; the run must fail, and for that reason.
fn check_control(what: &str, expected: impl Fn(&Value) -> bool) {
    let (summary, code, stderr) = once(Some(what));
    assert_ne!(code, 0, "{what}: {summary}\n{stderr}");
    assert!(expected(&summary), "{what}: {summary}");
}

#[test]
fn observing_gateway_fails_the_run() {
    check_control("observe", |summary| summary["attacks_blocked"] == 0 && summary["benign_blocked"] == 0);
}

#[test]
fn wrong_second_factor_fails_the_run() {
    check_control("totp", |summary| summary["second_factor"] == false && summary["vault_verified"] == true);
}

#[test]
fn one_altered_record_fails_the_run() {
    check_control("record", |summary| summary["vault_verified"] == false && summary["second_factor"] == true);
}

#[test]
fn one_altered_benign_page_fails_the_run() {
    check_control("page", |summary| {
        summary["failures"][0].as_str().unwrap().contains("/guide") && summary["attacks"] == summary["attacks_blocked"]
    });
}
