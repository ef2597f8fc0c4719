//! Alarms of the data path, at most one per cause in five minutes, and their end.
//!
//! It only drops them into a bounded queue; whoever runs it writes them down. A full queue loses repetitions of an alarm
//! that is already being written, never its event; an end that found no room is queued by the next [`Alarms::sweep`].
//!
//! What is open is known in memory only: whoever writes alarms down clears at the start what was left open, because what is
//! still wrong is found and raised again.

mod attacks;

pub(crate) use attacks::{AttackKey, Weight};

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_contract::id::{RequestId, SystemId};
use medward_contract::{Severity, Timestamp};
use medward_kernel::Clock;
use tokio::sync::mpsc;

use self::attacks::{Attacks, Due};

/// Same cause again within this time raises nothing (gateway.md §12).
const QUIET: Duration = Duration::from_mins(5);
/// Notes waiting to be written.
const QUEUE: usize = 256;
/// What the data path is called in alerts.
const SOURCE: &str = "gateway";
/// What alarms of upstreams and of service levels begin with; the object or application follows.
const UPSTREAMS: &str = "gateway.upstreams:";
const LEVEL: &str = "gateway.level:";
/// Places in the queue that attacks leave to other alarms.
const RESERVED: usize = 64;
const SHARED_COUNTERS: &str = "gateway.shared_counters";

/// Something to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// Something is wrong, or happened.
    Raised {
        /// What.
        alert: AlertRaised,
        /// Whether its end will be told.
        ends: bool,
    },
    /// What was wrong is over.
    Cleared(AlertCleared),
}

impl Alarm {
    /// The end of what was raised under this fingerprint.
    pub fn cleared(fingerprint: &str) -> Self {
        Self::Cleared(AlertCleared {
            event_id: RequestId::new().to_string(),
            fingerprint: fingerprint.to_owned(),
            source: SOURCE.to_owned(),
        })
    }

    /// What groups its repetitions, and its end.
    pub fn fingerprint(&self) -> &str {
        match self {
            Self::Raised { alert, .. } => &alert.fingerprint,
            Self::Cleared(cleared) => &cleared.fingerprint,
        }
    }
}

/// Takes alarms in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Alarms {
    queue: mpsc::Sender<Alarm>,
    clock: Clock,
    raised: Arc<Mutex<HashMap<String, Raised>>>,
    attacks: Arc<Mutex<Attacks>>,
}

/// An attack, or something else that traffic defence refused.
pub(crate) struct Attack<'a> {
    pub(crate) key: AttackKey,
    pub(crate) weight: Weight,
    pub(crate) rule_id: &'a str,
    pub(crate) system: Option<&'a SystemId>,
    pub(crate) request: RequestId,
}

/// What came of an attack.
#[derive(Default)]
pub(crate) struct Counted {
    /// It belongs to an alarm.
    pub(crate) is_alerted: bool,
    /// To be raised once its event is out.
    alert: Option<AlertRaised>,
}

/// Alarms to be written down, in the order they were raised. Who reads holds the lock for as long.
pub type AlarmQueue = Arc<tokio::sync::Mutex<mpsc::Receiver<Alarm>>>;

/// An alarm that was raised.
struct Raised {
    /// When it was raised last.
    at: Timestamp,
    /// When its cause was seen last.
    seen: Timestamp,
    end: End,
}

/// How an alarm ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It happened, and there is nothing that could be over.
    Never,
    /// Somebody sees that it is over.
    Seen,
    /// Its cause was not seen for [`QUIET`].
    Quiet,
    /// It is over, which has to be queued.
    Due,
}

impl Alarms {
    pub(crate) fn new(clock: Clock) -> (Self, AlarmQueue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let alarms = Self { queue: sender, clock, raised: Arc::default(), attacks: Arc::default() };
        (alarms, Arc::new(tokio::sync::Mutex::new(receiver)))
    }

    /// Counts an attack. An alarm (P2) is due when it is of a critical class, or when there were 50 of a source in a minute:
    /// emit the event, then [`Alarms::attacked`].
    pub(crate) fn count(&self, attack: &Attack<'_>) -> Counted {
        let key = &attack.key;
        let due = {
            let mut attacks = self.attacks.lock().unwrap_or_else(PoisonError::into_inner);
            attacks.count(self.clock.now(), key, attack.weight)
        };
        let (source, rule_id) = match due {
            Due::Nothing => return Counted::default(),
            Due::Raised => return Counted { is_alerted: true, alert: None },
            Due::Named => (key.source.to_string(), "gateway.attack"),
            Due::Widespread => ("many".to_owned(), "gateway.attacks_widespread"),
        };
        let alert = AlertRaised {
            // Not that of the request, which may raise another alarm.
            event_id: RequestId::new().to_string(),
            fingerprint: format!("gateway.attack:{}:{}:{source}", key.category, key.object),
            source: SOURCE.to_owned(),
            rule_id: rule_id.to_owned(),
            severity: Severity::High,
            system: attack.system.map(|system| system.0.clone()),
            labels: vec![
                format!("object:{}", key.object),
                format!("category:{}", key.category),
                format!("source:{source}"),
                format!("rule:{}", attack.rule_id),
                format!("request:{}", attack.request),
            ],
            evidence: Vec::new(),
        };
        Counted { is_alerted: true, alert: Some(alert) }
    }

    /// Raises what is due for an attack whose event is out.
    pub(crate) fn attacked(&self, counted: Counted) {
        let Some(alert) = counted.alert else { return };
        if self.queue.capacity() > RESERVED {
            self.raise(alert, End::Never);
        } else {
            tracing::error!(fingerprint = alert.fingerprint, "an alarm for an attack could not be queued");
        }
    }

    /// The engine could not judge a request (P2); over when it judged all for five minutes.
    pub(crate) fn engine_failed(&self, object: &str, error: &str, system: Option<SystemId>, request: RequestId) {
        let alert = AlertRaised {
            event_id: request.to_string(),
            fingerprint: format!("gateway.engine:{object}"),
            source: SOURCE.to_owned(),
            rule_id: "waf.error".to_owned(),
            severity: Severity::High,
            system: system.map(|system| system.0),
            labels: vec![format!("object:{object}"), error.to_owned()],
            evidence: Vec::new(),
        };
        self.raise(alert, End::Quiet);
    }

    /// No upstream of an object can be used (P1); over when one of them answers.
    pub(crate) fn upstreams_down(&self, object: &str, system: Option<SystemId>) {
        let alert = AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: format!("{UPSTREAMS}{object}"),
            source: SOURCE.to_owned(),
            rule_id: "gateway.upstreams_down".to_owned(),
            severity: Severity::Critical,
            system: system.map(|system| system.0),
            labels: vec![format!("object:{object}")],
            evidence: Vec::new(),
        };
        self.raise(alert, End::Seen);
    }

    /// The upstreams of all objects answer but for these.
    pub(crate) fn upstreams_answer_but_for(&self, silent: &HashSet<&str>) {
        self.clear(|fingerprint| fingerprint.strip_prefix(UPSTREAMS).is_some_and(|object| !silent.contains(object)));
    }

    /// An application does not keep its service level, so others wait for those who come first (P2; PACS-062); over when
    /// everybody is let in again.
    ///
    /// Objects of one application may have names of their own: it is known by its id.
    pub(crate) fn level_below(&self, application: &str, name: &str, admits_up_to: u8) {
        let alert = AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: format!("{LEVEL}{application}"),
            source: SOURCE.to_owned(),
            rule_id: "gateway.level_below".to_owned(),
            severity: Severity::High,
            system: None,
            labels: vec![format!("application:{name}"), format!("admits_up_to:{admits_up_to}")],
            evidence: Vec::new(),
        };
        self.raise(alert, End::Seen);
    }

    /// An application lets everybody in again.
    pub(crate) fn level_restored(&self, application: &str) {
        self.clear(|fingerprint| fingerprint.strip_prefix(LEVEL) == Some(application));
    }

    /// These are all applications that have a guard: nobody waits for others any more.
    pub(crate) fn levels_are_of(&self, applications: &HashSet<&str>) {
        self.clear(|fingerprint| fingerprint.strip_prefix(LEVEL).is_some_and(|name| !applications.contains(name)));
    }

    /// Counters of limits are not shared with the other nodes (P3); over when they are again.
    pub(crate) fn counters_not_shared(&self, redis: &str, error: &str) {
        let alert = AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: SHARED_COUNTERS.to_owned(),
            source: SOURCE.to_owned(),
            rule_id: "gateway.shared_counters_down".to_owned(),
            severity: Severity::Medium,
            system: None,
            labels: vec![format!("redis:{redis}"), error.to_owned()],
            evidence: Vec::new(),
        };
        self.raise(alert, End::Seen);
    }

    /// Counters of limits are shared again.
    pub(crate) fn counters_shared(&self) {
        self.clear(|fingerprint| fingerprint == SHARED_COUNTERS);
    }

    /// Ends what nobody sees the end of, and queues what found no room before. To be called every few seconds.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        for one in raised.values_mut().filter(|one| one.end == End::Quiet && now.since(one.seen) >= QUIET) {
            one.end = End::Due;
        }
        self.queue_ends(&mut raised);
    }

    fn raise(&self, alert: AlertRaised, end: End) {
        let now = self.clock.now();
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        raised.retain(|_, one| one.end != End::Never || now.since(one.at) < QUIET);
        if let Some(known) = raised.get_mut(&alert.fingerprint) {
            // An end that was not queued yet is none.
            (known.seen, known.end) = (now, end);
            if now.since(known.at) < QUIET {
                return;
            }
        }
        let fingerprint = alert.fingerprint.clone();
        match self.queue.try_send(Alarm::Raised { alert, ends: end != End::Never }) {
            Ok(()) => drop(raised.insert(fingerprint, Raised { at: now, seen: now, end })),
            Err(error) => tracing::error!(fingerprint, %error, "an alarm could not be queued"),
        }
    }

    /// Ends the alarms with such a fingerprint. Those that come again are raised at once.
    fn clear(&self, is_over: impl Fn(&str) -> bool) {
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, one) in raised.iter_mut().filter(|(fingerprint, _)| is_over(fingerprint)) {
            one.end = End::Due;
        }
        self.queue_ends(&mut raised);
    }

    fn queue_ends(&self, raised: &mut HashMap<String, Raised>) {
        raised.retain(|fingerprint, one| {
            if one.end != End::Due {
                return true;
            }
            let queued = self.queue.try_send(Alarm::cleared(fingerprint));
            if let Err(error) = &queued {
                tracing::error!(fingerprint, %error, "the end of an alarm waits for room");
            }
            queued.is_err()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn told(queue: &AlarmQueue) -> Vec<String> {
        let mut queue = queue.try_lock().unwrap();
        std::iter::from_fn(|| queue.try_recv().ok())
            .map(|alarm| match alarm {
                Alarm::Raised { alert, .. } => format!("+{}", alert.fingerprint),
                Alarm::Cleared(cleared) => format!("-{}", cleared.fingerprint),
            })
            .collect()
    }

    #[test]
    fn cause_is_told_once_in_five_minutes_and_at_once_after_its_end() {
        let (clock, hand) = Clock::manual(START);
        let (alarms, queue) = Alarms::new(clock);
        for _ in 0..3 {
            alarms.upstreams_down("his", None);
            alarms.upstreams_answer_but_for(&HashSet::from(["his"]));
        }
        assert_eq!(told(&queue), ["+gateway.upstreams:his"]);
        hand.advance(QUIET);
        alarms.upstreams_down("his", None);
        assert_eq!(told(&queue), ["+gateway.upstreams:his"], "it goes on");
        alarms.upstreams_answer_but_for(&HashSet::new());
        alarms.upstreams_answer_but_for(&HashSet::new());
        alarms.upstreams_down("his", None);
        assert_eq!(told(&queue), ["-gateway.upstreams:his", "+gateway.upstreams:his"]);
    }

    #[test]
    fn each_end_clears_its_own_alarm() {
        let (alarms, queue) = Alarms::new(Clock::manual(START).0);
        alarms.counters_not_shared("redis://r/0", "refused");
        alarms.level_below("pacs", "pacs", 4);
        alarms.level_below("lis", "lis", 4);
        assert_eq!(told(&queue).len(), 3);
        alarms.level_restored("pac");
        assert!(told(&queue).is_empty());
        alarms.level_restored("pacs");
        assert_eq!(told(&queue), ["-gateway.level:pacs"]);
        alarms.counters_shared();
        assert_eq!(told(&queue), ["-gateway.shared_counters"]);
        alarms.levels_are_of(&HashSet::from(["ris"]));
        assert_eq!(told(&queue), ["-gateway.level:lis"], "its guard was taken away");
    }

    #[test]
    fn engine_that_judged_all_for_five_minutes_is_well_again() {
        let (clock, hand) = Clock::manual(START);
        let (alarms, queue) = Alarms::new(clock);
        let fail = || alarms.engine_failed("his", "panicked", None, RequestId::new());
        fail();
        hand.advance(Duration::from_secs(299));
        fail();
        hand.advance(Duration::from_secs(299));
        alarms.sweep();
        assert_eq!(told(&queue), ["+gateway.engine:his"], "it failed five minutes less a second ago");
        hand.advance(Duration::from_secs(1));
        alarms.sweep();
        assert_eq!(told(&queue), ["-gateway.engine:his"]);
        fail();
        assert_eq!(told(&queue), ["+gateway.engine:his"]);
    }

    #[test]
    fn attacks_of_too_many_sources_are_one_alarm_and_leave_room_for_others() {
        let (alarms, queue) = Alarms::new(Clock::manual(START).0);
        let attack = |last: u8, other: u8| {
            let key = AttackKey { source: [203, 0, other, last].into(), object: "his".into(), category: "sqli" };
            let weight = Weight { is_critical: true, is_refused: true };
            let counted =
                alarms.count(&Attack { key, weight, rule_id: "SQL-1", system: None, request: RequestId::new() });
            assert!(counted.is_alerted);
            alarms.attacked(counted);
        };
        (0..200).for_each(|last| attack(last, 113));
        let first = told(&queue);
        assert_eq!(first.len(), 101, "{first:?}");
        assert_eq!(first[0], "+gateway.attack:sqli:his:203.0.113.0");
        assert_eq!(first[100], "+gateway.attack:sqli:his:many");
        alarms.upstreams_answer_but_for(&HashSet::new());
        alarms.sweep();
        assert!(told(&queue).is_empty(), "an attack has no end");
        // A queue that is nearly full takes what is not an attack.
        (0..QUEUE - RESERVED).for_each(|number| alarms.upstreams_down(&number.to_string(), None));
        *alarms.attacks.lock().unwrap() = Attacks::default();
        attack(1, 114);
        alarms.level_below("pacs", "pacs", 4);
        let rest = told(&queue);
        assert_eq!((rest.len(), rest.last().unwrap().as_str()), (QUEUE - RESERVED + 1, "+gateway.level:pacs"));
    }

    #[test]
    fn end_that_finds_no_room_is_told_later() {
        let (alarms, queue) = Alarms::new(Clock::manual(START).0);
        for number in 0..QUEUE {
            alarms.upstreams_down(&number.to_string(), None);
        }
        alarms.upstreams_answer_but_for(&HashSet::new());
        assert_eq!(told(&queue).len(), QUEUE, "all of them raised");
        alarms.sweep();
        assert_eq!(told(&queue).iter().filter(|told| told.starts_with('-')).count(), QUEUE);
    }
}
