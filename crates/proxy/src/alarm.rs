//! Alarms of the data path, at most one per cause in five minutes.
//!
//! It only drops them into a bounded queue; whoever runs it writes them down. A full queue loses repetitions of an alarm
//! that is already being written, never its event.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::alert::AlertRaised;
use medward_contract::id::{RequestId, SystemId};
use medward_contract::{Severity, Timestamp};
use medward_kernel::Clock;
use tokio::sync::mpsc;

/// Same cause again within this time raises nothing (gateway.md §12).
const QUIET: Duration = Duration::from_mins(5);
/// Notes waiting to be written.
const QUEUE: usize = 256;

/// Takes alarms in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Alarms {
    queue: mpsc::Sender<AlertRaised>,
    clock: Clock,
    raised: Arc<Mutex<HashMap<String, Timestamp>>>,
}

/// Alarms to be written down, in the order they were raised. Who reads holds the lock for as long.
pub type AlarmQueue = Arc<tokio::sync::Mutex<mpsc::Receiver<AlertRaised>>>;

impl Alarms {
    pub(crate) fn new(clock: Clock) -> (Self, AlarmQueue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let alarms = Self { queue: sender, clock, raised: Arc::default() };
        (alarms, Arc::new(tokio::sync::Mutex::new(receiver)))
    }

    /// The engine could not judge a request (P2).
    pub(crate) fn engine_failed(&self, object: &str, error: &str, system: Option<SystemId>, request: RequestId) {
        self.raise(AlertRaised {
            event_id: request.to_string(),
            fingerprint: format!("gateway.engine:{object}"),
            source: "gateway".to_owned(),
            rule_id: "waf.error".to_owned(),
            severity: Severity::High,
            system: system.map(|system| system.0),
            labels: vec![format!("object:{object}"), error.to_owned()],
            evidence: Vec::new(),
        });
    }

    /// Every upstream of an object is down (P1).
    pub(crate) fn upstreams_down(&self, object: &str, system: Option<SystemId>) {
        self.raise(AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: format!("gateway.upstreams:{object}"),
            source: "gateway".to_owned(),
            rule_id: "gateway.upstreams_down".to_owned(),
            severity: Severity::Critical,
            system: system.map(|system| system.0),
            labels: vec![format!("object:{object}")],
            evidence: Vec::new(),
        });
    }

    /// An application does not keep its service level, so others wait for those who come first (P2; PACS-062).
    pub(crate) fn level_below(&self, application: &str, admits_up_to: u8) {
        self.raise(AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: format!("gateway.level:{application}"),
            source: "gateway".to_owned(),
            rule_id: "gateway.level_below".to_owned(),
            severity: Severity::High,
            system: None,
            labels: vec![format!("application:{application}"), format!("admits_up_to:{admits_up_to}")],
            evidence: Vec::new(),
        });
    }

    /// Counters of limits are not shared with the other nodes (P3).
    pub(crate) fn counters_not_shared(&self, redis: &str, error: &str) {
        self.raise(AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: "gateway.shared_counters".to_owned(),
            source: "gateway".to_owned(),
            rule_id: "gateway.shared_counters_down".to_owned(),
            severity: Severity::Medium,
            system: None,
            labels: vec![format!("redis:{redis}"), error.to_owned()],
            evidence: Vec::new(),
        });
    }

    fn raise(&self, alert: AlertRaised) {
        let now = self.clock.now();
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        raised.retain(|_, at| now.since(*at) < QUIET);
        if raised.contains_key(&alert.fingerprint) {
            return;
        }
        let fingerprint = alert.fingerprint.clone();
        match self.queue.try_send(alert) {
            Ok(()) => drop(raised.insert(fingerprint, now)),
            Err(error) => tracing::error!(fingerprint, %error, "an alarm could not be queued"),
        }
    }
}
