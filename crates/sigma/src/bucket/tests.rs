use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::rule::RuleInfo;

const START: Timestamp = Timestamp::from_micros(1_795_144_440_000_000);

fn rule(bucket: serde_json::Value) -> Arc<RuleInfo> {
    let document = json!({"id": "R", "level": "high", "medward.bucket": bucket});
    Arc::new(RuleInfo::read(document.as_object().unwrap(), "x.yml").unwrap())
}

fn signal(rule: &Arc<RuleInfo>, seconds: u64, key: &str, distinct: Option<&str>) -> Signal {
    Signal {
        rule: Arc::clone(rule),
        at: START.plus(Duration::from_secs(seconds)),
        group: Vec::new(),
        records: vec![format!("waf:{seconds}")],
        measured: None,
        system: None,
        pour: Some(Pour { key: key.into(), distinct: distinct.map(str::to_owned) }),
    }
}

/// Seconds at which somebody was to be banned.
fn check(bucket: serde_json::Value, signals: &[(u64, &str, Option<&str>)], expected: &[u64]) {
    let (rule, mut buckets) = (rule(bucket), Buckets::default());
    let banned: Vec<u64> = signals
        .iter()
        .filter(|(seconds, key, distinct)| buckets.pour(&signal(&rule, *seconds, key, *distinct)).is_some())
        .map(|(seconds, ..)| *seconds)
        .collect();
    assert_eq!(banned, expected);
}

#[test]
fn sixth_hit_in_a_row_runs_over_and_then_there_is_silence() {
    let flood: Vec<_> = (0..400).map(|second| (second, "203.0.113.9", None)).collect();
    // One leaks out in ten seconds; after running over, five minutes of silence.
    check(json!({"groupby": "source.ip"}), &flood, &[5, 310]);
}

#[test]
fn slow_hits_leak_out() {
    let slow: Vec<_> = (0..100).map(|index| (index * 10, "203.0.113.9", None)).collect();
    check(json!({"groupby": "source.ip"}), &slow, &[]);
}

#[test]
fn capacity_of_nothing_asks_at_once() {
    check(json!({"groupby": "source.ip", "capacity": 0}), &[(0, "203.0.113.9", None), (1, "203.0.113.9", None)], &[0]);
}

#[test]
fn equal_values_count_once_where_different_ones_are_wanted() {
    let bucket = || json!({"groupby": "source.ip", "distinct": "url.path", "capacity": 2, "leakspeed": "1h"});
    let same: Vec<_> = (0..50).map(|second| (second, "203.0.113.9", Some("/a"))).collect();
    check(bucket(), &same, &[]);
    let different = [(0, "203.0.113.9", Some("/a")), (1, "203.0.113.9", Some("/b")), (2, "203.0.113.9", Some("/c"))];
    check(bucket(), &different, &[2]);
    check(bucket(), &[(0, "203.0.113.9", None), (1, "203.0.113.9", None), (2, "203.0.113.9", None)], &[]);
}

#[test]
fn only_addresses_are_banned_and_spellings_of_one_share_a_bucket() {
    check(
        json!({"groupby": "user.name", "capacity": 0}),
        &[(0, "root", None), (1, "", None), (2, "1.2.3.4.5", None)],
        &[],
    );
    let spellings = [(0, "2001:db8::1", None), (1, "2001:0db8:0::1", None)];
    check(json!({"groupby": "source.ip", "capacity": 1, "leakspeed": "1h"}), &spellings, &[1]);
}

#[test]
fn request_names_rule_address_moment_and_evidence() {
    let rule = rule(json!({"groupby": "source.ip", "capacity": 0, "ttl": "10m"}));
    let ban = Buckets::default().pour(&signal(&rule, 0, "203.0.113.9", None)).unwrap();
    assert_eq!(ban.request_id, format!("R:203.0.113.9:{}", START.as_micros()));
    assert_eq!(ban.until, START.plus(Duration::from_secs(600)));
    assert_eq!((ban.rule_id.as_str(), ban.evidence.as_slice()), ("R", ["waf:0".to_owned()].as_slice()));
    let requested = ban.to_requested();
    assert_eq!(
        (requested.scope.as_str(), requested.value.as_str(), requested.until),
        ("ip", "203.0.113.9", Some(ban.until))
    );
    assert_eq!((requested.origin.as_str(), requested.request_id), ("vault", ban.request_id));
}

#[test]
fn number_of_buckets_is_bounded() {
    let (rule, mut buckets) = (rule(json!({"groupby": "source.ip"})), Buckets::default());
    for index in 0..u32::try_from(MAX_BUCKETS).unwrap() + 50 {
        buckets.pour(&signal(&rule, index.into(), &std::net::Ipv4Addr::from(index).to_string(), None));
    }
    assert!(buckets.len() <= MAX_BUCKETS && buckets.len() > MAX_BUCKETS / 2);
}

proptest! {
    /// Between two requests for one address lies the silence, no bucket holds more than it may, and a state written and read
    /// back goes on alike.
    #[test]
    fn requests_keep_their_distance(mut seconds in proptest::collection::vec(0_u64..3_000, 0..300), capacity in 0_u32..20) {
        seconds.sort_unstable();
        let rule = rule(json!({"groupby": "source.ip", "capacity": capacity}));
        let (mut buckets, mut copied) = (Buckets::default(), Buckets::default());
        let mut last: Option<Timestamp> = None;
        for second in seconds {
            let signal = signal(&rule, second, "203.0.113.9", None);
            let ban = buckets.pour(&signal);
            prop_assert_eq!(&copied.pour(&signal), &ban);
            copied = serde_json::from_str(&serde_json::to_string(&copied).unwrap()).unwrap();
            prop_assert_eq!(&copied, &buckets);
            if ban.is_some() {
                prop_assert!(last.is_none_or(|last| signal.at.since(last) >= Duration::from_secs(300)));
                last = Some(signal.at);
            }
            prop_assert!(buckets.by_rule["R"].values().all(|bucket| bucket.level <= capacity));
        }
    }
}
