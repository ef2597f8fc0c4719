use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const START: Timestamp = Timestamp::from_micros(1_795_144_440_000_000);

fn rule(id: &str) -> Arc<RuleInfo> {
    let document = json!({"id": id, "title": "t", "level": "high"});
    Arc::new(RuleInfo::read(document.as_object().unwrap(), "x.yml").unwrap())
}

fn signal(rule: &Arc<RuleInfo>, seconds: u64, value: &str) -> Signal {
    let at = START.plus(Duration::from_secs(seconds));
    let group = vec![("source.ip".to_owned(), value.to_owned())];
    let records = vec![format!("waf:{seconds}")];
    Signal { rule: Arc::clone(rule), at, group, records, measured: None, system: Some("his".into()), pour: None }
}

/// What became of it in one word, with the count.
fn told(decision: &AlertDecision<'_>) -> String {
    match decision {
        AlertDecision::Raised(alert) => format!("raised {}", alert.count),
        AlertDecision::Counted(alert) => format!("counted {}", alert.count),
        AlertDecision::Storm(alert) => format!("storm {}", alert.count),
        AlertDecision::Throttled(alert) => format!("throttled {}", alert.count),
        AlertDecision::Suppressed(id) => format!("suppressed {id}"),
    }
}

fn check(signals: &[(u64, &str, &str)]) {
    let (mut alerts, rule) = (Alerts::default(), rule("R"));
    for (seconds, value, expected) in signals {
        assert_eq!(told(&alerts.take(&signal(&rule, *seconds, value))), *expected, "{value} at {seconds}");
    }
}

#[test]
fn first_hit_raises_and_later_ones_count_until_the_window_ends() {
    check(&[
        (0, "a", "raised 1"),
        (1, "a", "counted 2"),
        (599, "a", "counted 3"),
        (600, "a", "raised 1"),
        (1_199, "a", "counted 2"),
        (1_200, "a", "raised 1"),
    ]);
}

#[test]
fn each_value_of_the_group_has_its_own_alert() {
    check(&[(0, "a", "raised 1"), (1, "b", "raised 1"), (2, "a", "counted 2"), (3, "b", "counted 2")]);
}

#[test]
fn ended_windows_are_forgotten_and_open_ones_are_not() {
    let (mut alerts, rule) = (Alerts::default(), rule("R"));
    alerts.take(&signal(&rule, 0, "a"));
    alerts.take(&signal(&rule, 500, "b"));
    alerts.forget_ended(START.plus(Duration::from_secs(700)));
    assert_eq!(alerts.open_windows(), 1);
    assert_eq!(told(&alerts.take(&signal(&rule, 701, "b"))), "counted 2");
}

#[test]
fn record_that_comes_late_is_counted_in_the_open_window() {
    check(&[(100, "a", "raised 1"), (40, "a", "counted 2")]);
}

#[test]
fn alert_keeps_the_latest_twenty_records() {
    let (mut alerts, rule) = (Alerts::default(), rule("R"));
    for second in 0..50 {
        alerts.take(&signal(&rule, second, "a"));
    }
    let AlertDecision::Counted(alert) = alerts.take(&signal(&rule, 50, "a")) else { panic!("an open window") };
    assert_eq!((alert.count, alert.records.len()), (51, MAX_RECORDS));
    assert_eq!((alert.records[0].as_str(), alert.records[19].as_str()), ("waf:31", "waf:50"));
    assert_eq!((alert.window_start, alert.last_seen), (START, START.plus(Duration::from_secs(50))));
}

#[test]
fn storm_is_one_alert_and_counts_what_it_holds_back() {
    let (mut alerts, noisy, quiet) = (Alerts::default(), rule("R"), rule("Q"));
    for index in 0..100 {
        assert_eq!(told(&alerts.take(&signal(&noisy, 1, &format!("v{index}")))), "raised 1");
    }
    assert_eq!(told(&alerts.take(&signal(&noisy, 2, "v100"))), "storm 1");
    assert_eq!(told(&alerts.take(&signal(&noisy, 2, "v100"))), "throttled 2");
    assert_eq!(told(&alerts.take(&signal(&noisy, 2, "v101"))), "throttled 3");
    assert_eq!(told(&alerts.take(&signal(&noisy, 2, "v7"))), "counted 2");
    assert_eq!(told(&alerts.take(&signal(&quiet, 2, "v100"))), "raised 1");
    assert_eq!(told(&alerts.take(&signal(&noisy, 60, "v100"))), "raised 1");
}

#[test]
fn raised_alert_carries_what_its_consumer_needs_and_the_same_id_when_replayed() {
    let document = json!({"id": "R", "level": "high", "tags": ["attack.t1190"], "author": "Li", "references": ["https://a.example/"]});
    let rule = Arc::new(RuleInfo::read(document.as_object().unwrap(), "x.yml").unwrap());
    let raised = || match Alerts::default().take(&signal(&rule, 0, "203.0.113.9")) {
        AlertDecision::Raised(alert) => alert.to_raised(),
        other => panic!("{other:?}"),
    };
    let expected = AlertRaised {
        event_id: format!("vault:R:source.ip=203.0.113.9:{}", START.as_micros()),
        fingerprint: "R:source.ip=203.0.113.9".into(),
        source: "vault".into(),
        rule_id: "R".into(),
        severity: Severity::High,
        system: Some("his".into()),
        labels: vec!["attack.t1190".into(), "author:Li".into(), "link:https://a.example/".into()],
        evidence: vec!["waf:0".into()],
    };
    assert_eq!((raised(), raised()), (expected.clone(), expected));
}

fn suppression(group: &[(&str, &str)], days: u64) -> Result<Suppression, SuppressionError> {
    let group = group.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Suppression::new("s-1", "R", group, START, START.plus(Duration::from_secs(days * 86_400)))
}

#[test]
fn suppression_covers_its_rule_and_group_until_it_ends() {
    let (mut alerts, rule_r, rule_q) = (Alerts::default(), rule("R"), rule("Q"));
    alerts.set_suppressions(vec![suppression(&[("source.ip", "a")], 1).unwrap()]);
    assert_eq!(told(&alerts.take(&signal(&rule_r, 0, "a"))), "suppressed s-1");
    assert_eq!(told(&alerts.take(&signal(&rule_r, 0, "b"))), "raised 1");
    assert_eq!(told(&alerts.take(&signal(&rule_q, 0, "a"))), "raised 1");
    assert_eq!(told(&alerts.take(&signal(&rule_r, 86_399, "a"))), "suppressed s-1");
    assert_eq!(told(&alerts.take(&signal(&rule_r, 86_400, "a"))), "raised 1");
}

#[test]
fn suppression_lasts_ninety_days_at_most() {
    assert_eq!(suppression(&[], 91), Err(SuppressionError::TooLong));
    assert_eq!(suppression(&[], 0), Err(SuppressionError::Past));
    assert!(suppression(&[], 90).is_ok());
}

fn key(group: &[(&str, &str)]) -> String {
    let group: Vec<_> = group.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    key_of(&rule("R"), &group)
}

#[test]
fn key_is_readable_and_cannot_be_forged_with_separators() {
    assert_eq!(key(&[]), "R");
    assert_eq!(key(&[("source.ip", "203.0.113.9"), ("user.name", "张三")]), "R:source.ip=203.0.113.9,user.name=张三");
    assert_ne!(key(&[("u", "a,ip=1")]), key(&[("u", "a"), ("ip", "1")]));
    assert_ne!(key(&[("u", "\n")]), key(&[("u", "%0A")]));
    let (one, other) = ("x".repeat(5_000), format!("{}y", "x".repeat(4_999)));
    assert_ne!(key(&[("u", &one)]), key(&[("u", &other)]));
    assert!(key(&[("u", &one)]).len() < 200);
}

proptest! {
    /// Two groups have one key only if they are the same.
    #[test]
    fn keys_tell_groups_apart(
        one in proptest::collection::vec(("[a,=:%~]{0,3}", "[a,=:%~!\\n]{0,4}"), 0..3),
        other in proptest::collection::vec(("[a,=:%~]{0,3}", "[a,=:%~!\\n]{0,4}"), 0..3),
    ) {
        let rule = rule("R");
        prop_assert_eq!(key_of(&rule, &one) == key_of(&rule, &other), one == other);
    }

    /// Whatever comes in whatever order: every signal is in exactly one alert's count or suppressed, one key never has two
    /// windows over one moment, and a state written and read back goes on alike.
    #[test]
    fn every_signal_is_counted_once(signals in proptest::collection::vec((0_u64..3_000, 0_u8..40), 1..400), cut in 0_usize..400) {
        let (mut alerts, rule) = (Alerts::default(), rule("R"));
        let mut windows: HashMap<String, Vec<(Timestamp, u64)>> = HashMap::new();
        for (index, (seconds, value)) in signals.iter().enumerate() {
            if index == cut {
                alerts = serde_json::from_str(&serde_json::to_string(&alerts).unwrap()).unwrap();
            }
            let signal = signal(&rule, *seconds, &value.to_string());
            match alerts.take(&signal) {
                AlertDecision::Raised(alert) | AlertDecision::Storm(alert) => {
                    let earlier = windows.entry(alert.key.clone()).or_default();
                    prop_assert!(earlier.iter().all(|(start, _)| alert.window_start >= start.plus(DEFAULT_DEDUPE)));
                    prop_assert_eq!(alert.count, 1);
                    earlier.push((alert.window_start, 1));
                }
                AlertDecision::Counted(alert) | AlertDecision::Throttled(alert) => {
                    let last = windows.get_mut(&alert.key).and_then(|windows| windows.last_mut());
                    let (start, count) = last.expect("an open window");
                    *count += 1;
                    prop_assert_eq!((*start, *count), (alert.window_start, alert.count));
                    prop_assert!(alert.records.len() <= MAX_RECORDS && alert.last_seen >= alert.window_start);
                }
                AlertDecision::Suppressed(_) => prop_assert!(false, "nothing is suppressed"),
            }
        }
        let counted: u64 = windows.values().flatten().map(|(_, count)| count).sum();
        prop_assert_eq!(counted, signals.len() as u64);
    }
}
