//! Cases as data: events with what the case changes of the stored fixture of their kind, fed through engine, alerts and buckets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::Event;
use medward_contract::vault::{Record, RecordRef};
use medward_sigma::{AlertDecision, Alerts, Buckets, DetectionEngine, Engine, RulePack, Sources};
use serde_json::{Map, Value};

/// A Friday, ten in the morning at the hospital.
const USUAL_START: &str = "2026-11-20T10:00:00+08:00";

/// What the rules said of one case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Rules that raised an alert.
    pub(crate) alerts: BTreeSet<String>,
    /// Addresses to be banned.
    pub(crate) bans: BTreeSet<String>,
}

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub(crate) fn yaml(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rules of Medward with lists as a hospital would fill them in.
pub(crate) fn pack() -> RulePack {
    let mut pack = RulePack::builtin();
    pack.lists.set("sensitive_tables", ["patient", "lab_result"]);
    pack.lists.set("app_accounts", ["his_app"]);
    pack.lists.set("app_servers", ["10.1.2.3"]);
    pack.lists.set("scanners", ["10.5.0.200"]);
    pack.lists.set("appointment_paths", ["/yy/submit"]);
    pack
}

/// Feeds the events of a case to a new engine.
pub(crate) fn play(case: &Value) -> Outcome {
    let mut engine = Engine::default();
    assert_eq!(engine.load(&pack()).refused, []);
    let (mut alerts, mut buckets, mut outcome) = (Alerts::default(), Buckets::default(), Outcome::default());
    for record in records(case) {
        record.event.validate().unwrap_or_else(|error| panic!("{}: {error}", case["case"]));
        let hits = engine.detect(&record, &Sources::of(&record));
        for signal in engine.correlate(&record, hits, record.event.timestamp) {
            if let AlertDecision::Raised(alert) = alerts.take(&signal) {
                assert!(alert.records.contains(&record.at.to_string()), "the alert names the record that raised it");
                outcome.alerts.insert(alert.rule_id.clone());
            }
            outcome.bans.extend(buckets.pour(&signal).map(|ban| ban.address.to_string()));
        }
    }
    outcome
}

/// The events of a case with their addresses, `times` of each, `every` so many seconds, `after` a pause.
fn records(case: &Value) -> Vec<Record> {
    let mut now = Timestamp::parse(case["at"].as_str().unwrap_or(USUAL_START)).unwrap();
    let mut records = Vec::new();
    for step in case["events"].as_array().expect("events") {
        let mut changes = step.as_object().expect("an event").clone();
        let mut number =
            |name: &str, usual: u64| changes.remove(name).map_or(usual, |value| value.as_u64().expect(name));
        let (times, every, after) = (number("times", 1), number("every", 1), number("after", 0));
        now = now.plus(Duration::from_secs(after));
        for n in 0..times {
            let event = event(&changes, n, now);
            let at = RecordRef { stream: event.dataset.stream(), seq: records.len() as u64 };
            records.push(Record { at, ingested: now, event });
            now = now.plus(Duration::from_secs(every));
        }
    }
    records
}

/// The stored fixture of the kind, changed.
fn event(changes: &Map<String, Value>, n: u64, now: Timestamp) -> Event {
    let dataset = changes["dataset"].as_str().expect("dataset");
    let path = folder("../contract/fixtures/events").join(format!("{dataset}.json"));
    let mut fields: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect(dataset)).unwrap();
    fields["@timestamp"] = now.as_micros().into();
    for (name, value) in changes.iter().filter(|(name, _)| *name != "dataset") {
        let name = match name.as_str() {
            "action" | "outcome" | "severity" => format!("event.{name}"),
            other => other.to_owned(),
        };
        fields[name] = match value {
            Value::String(text) => text.replace("{n}", &n.to_string()).into(),
            other => other.clone(),
        };
    }
    Event::from_value(fields).unwrap_or_else(|error| panic!("{dataset}: {error}"))
}
