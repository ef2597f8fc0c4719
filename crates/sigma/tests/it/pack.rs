//! The 45 rules: each fires on its cases and on no other's, and says who it is.

use std::collections::BTreeSet;

use medward_contract::Severity;
use medward_sigma::{DetectionEngine as _, Engine, RulePack};
use serde_json::Value;

use crate::scenario::{Outcome, folder, play, yaml};

const IDS: std::ops::RangeInclusive<u32> = 1..=45;

fn id(number: u32) -> String {
    format!("MW-{number:03}")
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// Plays the cases of one kind; each alert must be the rule's own or named in `also`.
fn check(id: &str, kind: &str, fires: bool) {
    let fixtures = yaml(&folder("tests/rules").join(format!("{id}.yml")));
    let cases = fixtures[kind].as_array().unwrap_or_else(|| panic!("{id} has no cases under {kind}"));
    assert!(!cases.is_empty(), "{id} has no cases under {kind}");
    for case in cases {
        let mut alerts = texts(&case["also"]);
        if fires {
            alerts.insert(id.to_owned());
        }
        let expected = Outcome { alerts, bans: texts(&case["bans"]) };
        assert_eq!(play(case), expected, "{id} {kind}: {}", case["case"]);
    }
}

#[test]
fn every_rule_fires_on_what_it_is_for_and_on_nothing_else() {
    for number in IDS {
        check(&id(number), "fires", true);
    }
}

#[test]
fn every_rule_is_quiet_on_near_misses() {
    for number in IDS {
        check(&id(number), "quiet", false);
    }
}

#[test]
fn pack_is_the_folder_and_loads_whole() {
    let names = |path: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder(path)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let expected: BTreeSet<String> = IDS.map(|number| format!("{}.yml", id(number))).collect();
    let embedded = RulePack::builtin().files.iter().map(|file| file.name.replace("medward/", "")).collect();
    assert_eq!(
        (names("rules/medward"), names("tests/rules"), embedded),
        (expected.clone(), expected.clone(), expected)
    );
    let report = Engine::default().load(&RulePack::builtin());
    assert_eq!(report.refused, []);
}

#[test]
fn every_rule_says_in_two_languages_what_it_found_and_how_it_is_classed() {
    let mut engine = Engine::default();
    engine.load(&RulePack::builtin());
    let mut raising: Vec<&str> = engine.raising().map(|rule| rule.id.as_str()).collect();
    raising.sort_unstable();
    assert_eq!(raising, IDS.map(id).collect::<Vec<_>>(), "the parts of correlations raise nothing themselves");
    for rule in engine.raising() {
        let id = &rule.id;
        assert!(rule.title.chars().any(|letter| letter > '\u{2e7f}'), "{id}: a Chinese title");
        assert!(
            rule.title_en.as_ref().is_some_and(|title| title.is_ascii() && title.len() > 8),
            "{id}: an English title"
        );
        assert!(rule.description.is_some() && rule.description_en.is_some(), "{id}: a description");
        let is_class = |tag: &String| tag.starts_with("attack.t1") || tag.starts_with("medward.");
        assert!(rule.tags.iter().any(is_class), "{id}: a technique of MITRE ATT&CK, or a class of ours");
    }
}

/// Levels of the table in vault.md §10.
#[test]
fn every_rule_has_the_level_of_the_specification() {
    let critical = [10, 13, 17, 18, 20, 22, 25, 28, 32, 38, 40, 41];
    let medium = [6, 8, 11, 33, 35, 39, 43, 45];
    let low = [34];
    let mut engine = Engine::default();
    engine.load(&RulePack::builtin());
    for number in IDS {
        let expected = match number {
            number if critical.contains(&number) => Severity::Critical,
            number if medium.contains(&number) => Severity::Medium,
            number if low.contains(&number) => Severity::Low,
            _ => Severity::High,
        };
        assert_eq!(engine.rule(&id(number)).unwrap().severity, expected, "{}", id(number));
    }
}
