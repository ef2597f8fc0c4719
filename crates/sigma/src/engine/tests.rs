use std::borrow::Cow;

use medward_contract::event::{Dataset, Event, Field};
use medward_contract::vault::{Record, RecordRef};

use super::*;
use crate::pack::RuleFile;
use crate::source::Sources;

const START: Timestamp = Timestamp::from_micros(1_795_144_440_000_000);

fn engine(rules: &str) -> Engine {
    let mut engine = Engine::default();
    assert_eq!(engine.load(&pack(rules)).refused, []);
    engine
}

fn pack(rules: &str) -> RulePack {
    let file = RuleFile { name: "x.yml".into(), bytes: Cow::Owned(rules.as_bytes().to_vec()) };
    RulePack::default().with_files([file])
}

fn record(seq: u64, seconds: u64, source: &str) -> Record {
    let at = START.plus(Duration::from_secs(seconds));
    let event = Event::new(Dataset::WafAttack, "block", at).set(Field::SourceIp, source);
    Record { at: RecordRef { stream: event.dataset.stream(), seq }, ingested: at, event }
}

fn feed(engine: &mut Engine, record: &Record) -> Vec<Signal> {
    let hits = engine.detect(record, &Sources::of(record));
    engine.correlate(record, hits, record.event.timestamp)
}

const COUNTING: &str = "
title: three
id: three
correlation: {type: event_count, rules: [one], group-by: [source.ip], timespan: 60s, condition: {gte: 3}}
level: high
---
title: one
id: one
logsource: {service: waf}
detection: {selection: {event.dataset: waf.attack}, condition: selection}
level: high
";

#[test]
fn correlation_names_group_measure_and_records() {
    let mut engine = engine(COUNTING);
    assert_eq!(feed(&mut engine, &record(7, 0, "a")), []);
    assert_eq!(feed(&mut engine, &record(8, 1, "b")), []);
    assert_eq!(feed(&mut engine, &record(9, 2, "a")), []);
    let signals = feed(&mut engine, &record(10, 3, "a"));
    assert_eq!(signals.len(), 1);
    assert_eq!(signals[0].rule.id, "three");
    assert_eq!(signals[0].group, [("source.ip".to_owned(), "a".to_owned())]);
    assert_eq!(signals[0].records, ["waf:7", "waf:9", "waf:10"]);
    assert_eq!(signals[0].measured, Some(3.0));
}

#[test]
fn what_was_counted_for_one_signal_does_not_count_for_the_next() {
    let mut engine = engine(COUNTING);
    let fired: Vec<u64> = (0..9).filter(|seq| !feed(&mut engine, &record(*seq, *seq, "a")).is_empty()).collect();
    assert_eq!(fired, [2, 5, 8]);
}

#[test]
fn counting_goes_on_after_a_restart_and_after_a_reload() {
    let mut before = engine(COUNTING);
    feed(&mut before, &record(0, 0, "a"));
    feed(&mut before, &record(1, 1, "a"));
    let mut after = engine(COUNTING);
    assert!(after.restore(&before.snapshot()));
    assert_eq!(feed(&mut after, &record(2, 2, "a")).len(), 1);
    assert_eq!(before.load(&pack(COUNTING)).refused, []);
    assert_eq!(feed(&mut before, &record(2, 2, "a")).len(), 1);
}

#[test]
fn state_of_a_rule_that_changed_is_not_taken_over() {
    let mut before = engine(COUNTING);
    feed(&mut before, &record(0, 0, "a"));
    feed(&mut before, &record(1, 1, "a"));
    let changed = COUNTING.replace("event_count", "value_count").replace("gte: 3", "gte: 1, field: source.ip");
    let mut after = engine(&changed);
    assert!(after.restore(&before.snapshot()));
    assert_eq!(after.state_entries(), 0);
    assert_eq!(feed(&mut after, &record(2, 2, "a")).len(), 1, "no window of the wrong kind is in the way");
}

#[test]
fn groups_out_of_their_time_frame_are_forgotten() {
    let mut engine = engine(COUNTING);
    feed(&mut engine, &record(0, 0, "a"));
    feed(&mut engine, &record(1, 50, "b"));
    engine.forget_expired(START.plus(Duration::from_secs(70)));
    assert_eq!(engine.state_entries(), 1);
}

#[test]
fn what_is_no_snapshot_changes_nothing() {
    let mut engine = engine(COUNTING);
    feed(&mut engine, &record(0, 0, "a"));
    for wrong in [&b""[..], b"{}", b"[1,2", b"{\"version\":2,\"rules\":{},\"correlations\":{}}", b"\xff"] {
        assert!(!engine.restore(wrong));
    }
    assert_eq!(engine.state_entries(), 1);
}

#[test]
fn event_that_its_sensor_alarmed_is_counted_and_raises_nothing_itself() {
    let rules = format!("{COUNTING}generate: true\n").replace("id: three", "id: three\ngenerate: true");
    let mut engine = engine(&rules);
    assert_eq!(feed(&mut engine, &record(0, 0, "a")).len(), 1);
    let mut alarmed = record(1, 1, "a");
    alarmed.event.tags.push("alerted".into());
    assert_eq!(feed(&mut engine, &alarmed), []);
    let mut third = alarmed.clone();
    third.at.seq = 2;
    let signals = feed(&mut engine, &third);
    assert_eq!(signals.iter().map(|signal| signal.rule.id.as_str()).collect::<Vec<_>>(), ["three"]);
}

#[test]
fn senders_clock_may_run_ahead_by_a_minute_and_behind_without_end() {
    let ingested = START;
    let (ahead, far) = (START.plus(Duration::from_secs(30)), START.plus(Duration::from_secs(86_400)));
    let behind = START.minus(Duration::from_secs(86_400));
    assert_eq!(moment_of(ahead, ingested), ahead);
    assert_eq!(moment_of(far, ingested), START.plus(MAX_AHEAD));
    assert_eq!(moment_of(behind, ingested), behind);
}

#[test]
fn virtual_fields_cannot_be_sent() {
    let mut engine = engine(
        "{title: t, id: night, level: high, logsource: {service: waf}, \
         detection: {night: {medward.local_hour|gte: 22}, condition: night}}",
    );
    let mut forged = record(0, 0, "a");
    forged.event.put_attr("medward.local_hour", 23.into());
    assert_eq!(feed(&mut engine, &forged), [], "11:14 in Shanghai");
    let mut night = record(1, 11 * 3_600, "a");
    night.event.put_attr("medward.local_hour", 12.into());
    assert_eq!(feed(&mut engine, &night).len(), 1, "22:14 in Shanghai");
}

#[test]
fn flood_of_equal_values_keeps_bounded_state_and_time() {
    let distinct = COUNTING.replace("event_count", "value_count").replace("gte: 3", "gte: 3, field: event.action");
    let mut engine = engine(&distinct);
    for seq in 0..5_000 {
        assert_eq!(feed(&mut engine, &record(seq, 0, "a")), []);
    }
    assert_eq!(engine.state_entries(), 1);
    let snapshot = engine.snapshot();
    assert!(snapshot.len() < 100_000, "2,000 entries are kept, not 5,000: {} bytes", snapshot.len());
}
