//! What a rule would have said: it is fed with stored records before anybody enables it (vault.md §10).
//!
//! An engine of its own on the events' own time; what the running one counts is not touched. The caller reads the records, in the
//! order of the log, and stops when it likes.

use std::collections::{BTreeMap, HashMap};

use crate::alert::{AlertDecision, Alerts, key_of};
use crate::engine::{DetectionEngine as _, Engine, MAX_RECORDS};
use crate::local::LocalTime;
use crate::pack::RulePack;
use crate::report::LoadReport;
use crate::source::Sources;
use crate::view::EventView;

/// A rule that would have raised more alerts than this on a day is enabled only after a second question.
pub const MANY_ALERTS_PER_DAY: u64 = 50;
/// Groups that are told.
const TOP: usize = 10;
/// Groups that are counted apart; further ones are counted in days only.
const MAX_GROUPS: usize = 50_000;

/// One local day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// Signals.
    pub hits: u64,
    /// Alerts that they would have become.
    pub alerts: u64,
}

/// What the rules of a pack would have said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BacktestReport {
    /// Records looked at.
    pub events: u64,
    /// Days with hits, counted from 1970-01-01 as 0.
    pub days: BTreeMap<i64, Day>,
    /// Keys of alerts with most hits, and their hits.
    pub top: Vec<(String, u64)>,
    /// Whether every group was counted apart.
    pub top_is_complete: bool,
    /// Addresses of the latest records that hit, 20 at most.
    pub samples: Vec<String>,
}

impl BacktestReport {
    /// Whether somebody must say once more that this rule is wanted.
    pub fn wants_confirmation(&self) -> bool {
        self.days.values().any(|day| day.alerts > MANY_ALERTS_PER_DAY)
    }
}

/// A backtest that is running.
pub struct Backtest {
    engine: Engine,
    alerts: Alerts,
    local: LocalTime,
    groups: HashMap<String, u64>,
    report: BacktestReport,
}

impl Backtest {
    /// A backtest of all rules of the pack. The caller looks whether its rule was loaded.
    pub fn new(local: LocalTime, pack: &RulePack) -> (Self, LoadReport) {
        let mut engine = Engine::new(local.clone());
        let loaded = engine.load(pack);
        let report = BacktestReport { top_is_complete: true, ..BacktestReport::default() };
        (Self { engine, alerts: Alerts::default(), local, groups: HashMap::new(), report }, loaded)
    }

    /// Takes the next record of the log.
    pub fn feed(&mut self, event: &dyn EventView) {
        self.report.events += 1;
        let hits = self.engine.detect(event, &Sources::of(event));
        for signal in self.engine.correlate(event, hits, event.timestamp()) {
            let day = self.report.days.entry(self.local.day(signal.at)).or_default();
            day.hits += 1;
            if let AlertDecision::Raised(_) | AlertDecision::Storm(_) = self.alerts.take(&signal) {
                day.alerts += 1;
            }
            for record in &signal.records {
                if self.report.samples.len() == MAX_RECORDS {
                    self.report.samples.remove(0);
                }
                self.report.samples.push(record.clone());
            }
            let key = key_of(&signal.rule, &signal.group);
            if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&key) {
                self.report.top_is_complete = false;
                continue;
            }
            *self.groups.entry(key).or_default() += 1;
        }
    }

    /// What came out so far.
    pub fn report(&self) -> BacktestReport {
        let mut top: Vec<(String, u64)> = self.groups.iter().map(|(key, hits)| (key.clone(), *hits)).collect();
        // Most hits first; of equals, by their key: two runs tell the same.
        top.sort_unstable_by(|(one, hits), (other, other_hits)| other_hits.cmp(hits).then_with(|| one.cmp(other)));
        top.truncate(TOP);
        BacktestReport { top, ..self.report.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::time::Duration;

    use medward_contract::Timestamp;
    use medward_contract::event::{Dataset, Event, Field};
    use medward_contract::vault::{Record, RecordRef};

    use super::*;
    use crate::pack::RuleFile;

    const RULE: &str = "{title: t, id: r, level: high, medward.group: [source.ip], logsource: {service: waf}, \
                        detection: {a: {event.action: block}, condition: a}}";
    /// 23:59:00 at the hospital.
    const START: Timestamp = Timestamp::from_micros(1_795_190_340_000_000);

    fn run(records: u64, every: Duration, source: impl Fn(u64) -> String) -> BacktestReport {
        let file = RuleFile { name: "r.yml".into(), bytes: Cow::Borrowed(RULE.as_bytes()) };
        let (mut backtest, loaded) = Backtest::new(LocalTime::default(), &RulePack::default().with_files([file]));
        assert_eq!((loaded.loaded, loaded.refused), (vec!["r".to_owned()], Vec::new()));
        for seq in 0..records {
            let at = START.plus(every * u32::try_from(seq).unwrap());
            let event = Event::new(Dataset::WafAttack, "block", at).set(Field::SourceIp, source(seq));
            // Recorded long after: a backtest goes by the events' own time.
            let ingested = at.plus(Duration::from_secs(86_400 * 30));
            backtest.feed(&Record { at: RecordRef { stream: event.dataset.stream(), seq }, ingested, event });
        }
        backtest.report()
    }

    #[test]
    fn hits_and_alerts_are_told_by_local_day() {
        let report = run(30, Duration::from_secs(6), |seq| format!("10.0.0.{}", seq % 2));
        let day = LocalTime::default().day(START);
        let expected = [(day, Day { hits: 10, alerts: 2 }), (day + 1, Day { hits: 20, alerts: 0 })];
        assert_eq!(report.days.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(report.events, 30);
        let top = [("r:source.ip=10.0.0.0".to_owned(), 15), ("r:source.ip=10.0.0.1".to_owned(), 15)];
        assert_eq!((report.top.as_slice(), report.top_is_complete), (top.as_slice(), true));
        assert_eq!((report.samples.len(), report.samples[19].as_str()), (MAX_RECORDS, "waf:29"));
    }

    #[test]
    fn many_alerts_on_a_day_want_a_second_word() {
        let second = Duration::from_secs(1);
        assert!(!run(50, second, |seq| format!("10.0.0.{seq}")).wants_confirmation());
        assert!(run(51, second, |seq| format!("10.0.0.{seq}")).wants_confirmation());
        assert!(!run(0, second, |_| String::new()).wants_confirmation());
    }
}
